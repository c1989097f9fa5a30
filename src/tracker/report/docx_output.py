"""Word documents through `docxtpl` and templates, which a council can brand in Word: reports, letters and forms.

The template of a report sees a flat list of blocks; the styles it gives them are its own. What a table's columns need
is set afterwards, since a template cannot know how many there are. The template of a letter or form sees fields.
"""

from __future__ import annotations

import re
import zipfile
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self

from tracker import resources
from tracker.paths import read_regular
from tracker.problems import codes, problem
from tracker.report.blocks import Bullets, Collapsible, Heading, Months, Para, ReportTable, Span, spans
from tracker.report.figures import counted
from tracker.text import quantity, xml_text
from tracker.workbook.sheet_page import CONDITIONAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.report.blocks import Block, ReportCell, ReportPage, ReportTableRow, Section

NAME = "report.docx"
ROWS = "rows"
"""The alternative text by which the template marks the table that our rows fill."""
_TEXT_WIDTH = 15_140  # of A4 across less its margins, in twentieths of a point
_WIDTHS = {
    "case": 17, "id": 15, "action": 42, "who": 24, "day": 19, "rag": 17, "late": 9, "ids": 16, "status": 14,
    "text": 30, "reason": 30, "ref": 30, "stage": 22, "next": 40, "number": 10, "hold": 34, "sheet": 24, "done": 12,
    "words": 60, "state": 24, "why": 18, "whys": 26, "cell": 18, "code": 9, "severity": 11, "scale": 12, "plan": 18,
}  # fmt: skip
_COLOURS = {"small": "535C6B", "none": "535C6B"}
_LARGEST_TEMPLATE = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class DocCell:
    """A cell of a table in Word: its text, and the colour behind it."""

    text: Any
    ground: str = "auto"


@dataclass(frozen=True, slots=True)
class DocRow:
    """A row of a table in Word."""

    cells: tuple[DocCell, ...]


@dataclass(frozen=True, slots=True)
class DocBlock:
    """A paragraph in Word, whose `kind` names its style in the template; or a table, of the kind `table`.

    `widths` are weights of the columns, `numbers` says which stand to the right.
    """

    kind: str
    text: Any = None
    caption: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[DocRow, ...] = ()
    widths: tuple[int, ...] = ()
    numbers: tuple[bool, ...] = ()


def check_can_write() -> list[Problem]:
    """A problem where the packages that write Word cannot be used; everything else runs without them."""
    try:
        import docxtpl  # noqa: F401
    except ImportError as error:
        return [problem(codes.WORD_NOT_AVAILABLE, package=error.name or "docxtpl")]
    return []


def docx_bytes(page: ReportPage, template: Path) -> bytes:
    """The report as a document."""
    blocks = list(_blocks(page))
    values = {
        "marking": xml_text(page.marking),
        "title": xml_text(page.title),
        "about": _rich(page.about),
        "procedures": xml_text("; ".join(page.procedures)),
        "blocks": blocks,
    }
    document = _rendered(template, values)
    _set_widths(document, [block for block in blocks if block.kind == "table"])
    return _saved(document, page.title, page.as_at)


def _rendered(template: Path, values: Mapping[str, Any]) -> Any:
    """The template with its values, in the sandbox; within bounds where it is none of ours."""
    from docxtpl import DocxTemplate

    from tracker.report import sandbox

    document = DocxTemplate(BytesIO(read_regular(template, _LARGEST_TEMPLATE)))
    own = None if template.is_relative_to(resources.templates()) else template.parent
    environment = sandbox.environment([], own, trim_blocks=False, lstrip_blocks=False)
    document.render(values, jinja_env=environment, autoescape=True)
    return document


def _saved(document: Any, title: str, as_at: date) -> bytes:
    """The bytes of a document, the same each time: without the moment at which it was made."""
    about = document.docx.core_properties
    about.title, about.author, about.language = xml_text(title), "tracker", "en-GB"
    about.created = about.modified = datetime.combine(as_at, datetime.min.time())
    first, out = BytesIO(), BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as parts, zipfile.ZipFile(out, "w") as steady:
        for name in parts.namelist():
            steady.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# Letters and forms, and what is left blank in them

_BEGIN, _END = "\ufdd0", "\ufdd1"
"""Around a blank until it is marked: characters that Unicode keeps for programs, and no text of a case holds."""
_BLANK = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
_NO_MARKS = str.maketrans("", "", _BEGIN + _END)
_MOST_WORDS = 250  # Word's limit of a title is 255


class Blank(str):
    """What the case does not hold: no in a template's `if`, and a marked blank with these words where it stands."""

    __slots__ = ()

    def __new__(cls, words: str) -> Self:
        """A blank with words in it."""
        return super().__new__(cls, f"{_BEGIN}{' '.join(document_text(words).split())}{_END}")

    def __bool__(self) -> bool:
        """A blank is nothing."""
        return False


def document_text(text: str) -> str:
    """Text of a case as a letter or form can hold it."""
    return xml_text(text).translate(_NO_MARKS).strip()


def document_bytes(
    template: Path, values: Mapping[str, Any], title: str, as_at: date, blanks: list[str]
) -> bytes:
    """A letter or form; the words of its blanks are added to `blanks`."""
    document = _rendered(template, values)
    for part in document.docx.part.package.iter_parts():
        if hasattr(part, "element"):
            _mark_blanks(part.element, blanks)
    return _saved(document, _BLANK.sub(r"[\1]", title)[:_MOST_WORDS], as_at)


def _mark_blanks(root: Any, blanks: list[str]) -> None:
    """Each blank as a run of its own, in brackets and highlighted, otherwise as the template formats it."""
    from docx.enum.text import WD_COLOR_INDEX
    from docx.oxml.ns import qn

    def add(run: Any) -> Any:
        """An empty run before `run`, formatted like it."""
        made = deepcopy(run)
        for each in [each for each in made if each.tag != qn("w:rPr")]:
            made.remove(each)
        run.addprevious(made)
        return made

    for run in [each for each in root.iter(qn("w:r")) if _BEGIN in "".join(each.itertext())]:
        for child in [each for each in run if each.tag != qn("w:rPr")]:
            if child.tag != qn("w:t"):
                add(run).append(child)
                continue
            for place, piece in enumerate(_BLANK.split(child.text or "")):
                if place % 2:
                    made = add(run)
                    made.add_t(f"[{piece}]")
                    made.get_or_add_rPr().highlight_val = WD_COLOR_INDEX.YELLOW
                    blanks.append(piece)
                elif piece:
                    add(run).add_t(piece)
        run.getparent().remove(run)


# The tables of a report


def _set_widths(document: Any, tables: Sequence[DocBlock]) -> None:
    """Each of our tables as wide as the page, its columns by what they hold, numbers to the right.

    The template marks our table by its alternative text; a branded one may have tables of its own.
    """
    from docx.oxml.ns import qn

    ours = [
        each
        for each in document.docx.element.body.iter(qn("w:tbl"))
        if [mark for mark in each.tblPr.iter(qn("w:tblCaption")) if mark.get(qn("w:val")) == ROWS]
    ]
    if len(ours) != len(tables):
        return
    for table, element in zip(tables, ours, strict=True):
        for mark in element.tblPr.iter(qn("w:tblCaption")):
            mark.set(qn("w:val"), table.caption or ", ".join(table.columns))
        widths = [_TEXT_WIDTH * width // sum(table.widths) for width in table.widths]
        for column, width in zip(element.tblGrid.iter(qn("w:gridCol")), widths, strict=False):
            column.set(qn("w:w"), str(width))
        for row in element.iter(qn("w:tr")):
            for cell, width, number in zip(row.iter(qn("w:tc")), widths, table.numbers, strict=False):
                _set_cell(cell, width, qn, number=number)


def _set_cell(cell: Any, width: int, qn: Callable[[str], str], *, number: bool) -> None:
    properties = cell.get_or_add_tcPr()
    width_of = properties.get_or_add_tcW()
    width_of.set(qn("w:w"), str(width))
    width_of.set(qn("w:type"), "dxa")
    for ground in properties.findall(qn("w:shd")):  # docxtpl puts it first, where the format wants it after
        width_of.addnext(ground)
    if number:
        for paragraph in cell.iter(qn("w:p")):
            paragraph.get_or_add_pPr().get_or_add_jc().set(qn("w:val"), "right")


# From the page to what Word shows


def _blocks(page: ReportPage) -> Iterator[DocBlock]:
    if page.left_out:
        yield DocBlock("alert", _rich(spans(f"Left out: {quantity(len(page.left_out.items), 'file')}")))
        yield from _block(page.left_out)
    for para in page.lead:
        yield DocBlock("lead", _rich(para.spans))
    for section in page.sections:
        yield DocBlock("page" if section.paper else "section", _title(section))
        for place, block in enumerate(section.blocks):
            yield from _block(block, first=not place)


def _title(titled: Section | Heading) -> Any:
    number = "" if titled.number is None else f" ({titled.number})"
    return _rich(spans(f"{titled.title}{number}"))


def _block(block: Block, *, first: bool = True) -> Iterator[DocBlock]:
    match block:
        case ReportTable():
            yield from _tables(block)
        case Para():
            yield DocBlock(block.look if block.look in {"alert", "none"} else "text", _rich(block.spans))
        case Bullets():
            yield from (DocBlock("bullet", _rich(item, small_after=" ")) for item in block.items)
        case Heading():
            yield DocBlock("heading", _title(block))
        case Collapsible(title, blocks, look="case"):
            parted = [each for span in title for each in (Span("  "), span)][1:]
            yield DocBlock("case page" if block.paper and not first else "case", _rich(parted))
            yield from (found for each in blocks for found in _block(each))
        case Collapsible(title, blocks):
            yield DocBlock("heading", _rich(title, small_after=" "))
            yield from (found for each in blocks for found in _block(each))
        case Months():
            yield from _tables(block.table)


def _tables(table: ReportTable) -> Iterator[DocBlock]:
    if not table.groups:
        yield _table(table.caption, table, table.rows)
    for group in table.groups:
        yield DocBlock("group", _rich(group.title, small_after=" "))
        yield _table("", table, group.rows)


def _table(caption: str, table: ReportTable, rows: Sequence[ReportTableRow]) -> DocBlock:
    kept = [place for place, column in enumerate(table.columns) if column.kind != "bar"]
    columns = [table.columns[place] for place in kept]
    return DocBlock(
        "table",
        caption=xml_text(caption),
        columns=tuple(column.title for column in columns),
        rows=tuple(DocRow(tuple(_cell(row.cells[place]) for place in kept)) for row in rows),
        widths=tuple(_WIDTHS.get(column.kind, 20) for column in columns),
        numbers=tuple(column.kind in {"number", "late"} for column in columns),
    )


def _cell(cell: ReportCell) -> DocCell:
    if cell.counts:
        return DocCell(_rich(spans(counted(cell.counts))))
    if len(cell.spans) == 1 and cell.spans[0].kind == "rag":
        ground = str(CONDITIONAL[f"rag {cell.spans[0].text}"]["bg_color"]).removeprefix("#")
        return DocCell(_rich(cell.spans), ground)
    return DocCell(_rich(cell.spans))


def _rich(stretches: Sequence[Span], *, small_after: str = "\n") -> Any:
    """Spans as Word's runs; a small one stands on a line of its own after others, unless `small_after` is a blank."""
    from docxtpl import RichText

    rich = RichText()
    for place, span in enumerate(stretches):
        text = xml_text(span.text)
        if span.kind == "small" and place:
            text = f"{small_after}{text}"
        if text:
            rich.add(text, bold=span.kind == "strong", color=_COLOURS.get(span.kind), style=None)
    return rich
