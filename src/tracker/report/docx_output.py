"""Word documents through `docxtpl` and templates, which a council can brand in Word: reports, letters and forms.

The template of a report sees a flat list of blocks; the styles it gives them are its own. What a table's columns need
is set afterwards, since a template cannot know how many there are. The template of a letter or form sees fields.
"""

from __future__ import annotations

import re
import zipfile
from copy import deepcopy
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self

from tracker import resources
from tracker.paths import read_regular
from tracker.problems import codes, problem
from tracker.report.docx_blocks import PICTURE, page_blocks, rich_text
from tracker.report.docx_picture import W, put_picture
from tracker.text import xml_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.report.blocks import ReportPage
    from tracker.report.docx_blocks import DocBlock

NAME = "report.docx"
_LARGEST_TEMPLATE = 20 * 1024 * 1024
_ROWS = "rows"
"""The alternative text by which the template marks the table that our rows fill."""
_TEXT_WIDTH = 15_140  # of A4 across less its margins, in twentieths of a point


def check_can_write() -> list[Problem]:
    """A problem where the packages that write Word cannot be used; everything else runs without them."""
    try:
        import docxtpl  # noqa: F401
    except ImportError as error:
        return [problem(codes.WORD_NOT_AVAILABLE, package=error.name or "docxtpl")]
    return []


def docx_bytes(page: ReportPage, template: Path) -> bytes:
    """The report as a document."""
    blocks = page_blocks(page)
    values = {
        "marking": xml_text(page.marking),
        "title": xml_text(page.title),
        "about": rich_text(page.about),
        "procedures": xml_text("; ".join(page.procedures)),
        "blocks": blocks,
    }
    document = _rendered(template, values)
    _set_tables(document, [each for each in blocks if each.kind == "table"])
    _put_pictures(document, blocks)
    return _saved(document, page.title, page.as_at)


def _put_pictures(document: Any, blocks: Sequence[DocBlock]) -> None:
    """Each drawing in the paragraph that holds its place; a template of a council's may have left it out."""
    places = {
        PICTURE.format(number): (number, each.drawing)
        for number, each in enumerate(blocks, 1)
        if each.drawing
    }
    for paragraph in list(document.docx.element.body.iter(f"{W}p")):
        text = "".join(each.text or "" for each in paragraph.iter(f"{W}t"))
        if text in places:
            put_picture(document.docx, paragraph, *places[text])


def _set_tables(document: Any, tables: Sequence[DocBlock]) -> None:
    """Each of our tables as wide as the page, its columns by what they hold, numbers to the right.

    A branded template may have tables of its own.
    """
    ours = [
        (each, caption)
        for each in document.docx.element.body.iter(f"{W}tbl")
        for caption in each.tblPr.iter(f"{W}tblCaption")
        if caption.get(f"{W}val") == _ROWS
    ]
    if len(ours) == len(tables):
        for table, (element, caption) in zip(tables, ours, strict=True):
            caption.set(f"{W}val", table.alternative or ", ".join(table.columns))
            _set_table(element, table)


def _set_table(element: Any, table: DocBlock) -> None:
    if table.compact:
        for margin in (each for four in element.tblPr.iter(f"{W}tblCellMar") for each in four):
            if margin.tag in {f"{W}top", f"{W}bottom"}:
                margin.set(f"{W}w", "0")
    widths = [str(_TEXT_WIDTH * width // sum(table.widths)) for width in table.widths]
    for column, width in zip(element.tblGrid.iter(f"{W}gridCol"), widths, strict=False):
        column.set(f"{W}w", width)
    rows = list(element.iter(f"{W}tr"))
    for row in rows[:-1] if table.whole else rows[-2:-1]:  # no row stands alone on a page
        for paragraph in row.iter(f"{W}p"):
            paragraph.get_or_add_pPr().get_or_add_keepNext()
    for row in rows:
        for cell, width, number in zip(row.iter(f"{W}tc"), widths, table.numbers, strict=False):
            _set_cell(cell, width, number=number)


def _set_cell(cell: Any, width: str, *, number: bool) -> None:
    properties = cell.get_or_add_tcPr()
    width_of = properties.get_or_add_tcW()
    width_of.set(f"{W}w", width)
    width_of.set(f"{W}type", "dxa")
    for background in properties.findall(f"{W}shd"):  # docxtpl puts it first, where the format wants it after
        width_of.addnext(background)
    if number:
        for paragraph in cell.iter(f"{W}p"):
            paragraph.get_or_add_pPr().get_or_add_jc().set(f"{W}val", "right")


def _rendered(template: Path, values: Mapping[str, Any]) -> Any:
    """The template with its values, in the sandbox; within bounds where it is none of ours."""
    from docxtpl import DocxTemplate

    from tracker.report import sandbox

    document = DocxTemplate(BytesIO(read_regular(template, _LARGEST_TEMPLATE)))
    own = None if template.is_relative_to(resources.templates()) else template.parent
    environment = sandbox.environment([], own, trim_blocks=False, lstrip_blocks=False)
    del environment.filters["safe"]  # text that somebody typed would become a field or a link of Word
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
        """No: a template's `if` takes a blank for nothing."""
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

    def add(run: Any) -> Any:
        """An empty run before `run`, formatted like it."""
        made = deepcopy(run)
        for each in [each for each in made if each.tag != f"{W}rPr"]:
            made.remove(each)
        run.addprevious(made)
        return made

    for run in [each for each in root.iter(f"{W}r") if _BEGIN in "".join(each.itertext())]:
        for child in [each for each in run if each.tag != f"{W}rPr"]:
            if child.tag != f"{W}t":
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
