"""A report as a flat list of blocks for Word: paragraphs by the name of their style, and tables of coloured cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tracker.report.blocks import (
    Bullets,
    Collapsible,
    Drawing,
    Heading,
    Months,
    Para,
    ReportTable,
    Span,
    spans,
)
from tracker.report.figures import counted
from tracker.resources import rag_colours
from tracker.text import one_line, quantity, xml_text
from tracker.workbook.sheet_page import CONDITIONAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.report.blocks import Block, ReportCell, ReportPage, ReportTableRow, Section
    from tracker.report.figures import Count

_WIDTHS = {
    "case": 20, "id": 17, "action": 62, "who": 30, "day": 23, "rag": 20, "late": 12, "ids": 16, "status": 14,
    "text": 44, "reason": 44, "ref": 30, "stage": 22, "next": 40, "number": 13, "hold": 34, "sheet": 24, "done": 12,
    "words": 90, "state": 24, "why": 18, "whys": 26, "cell": 18, "code": 9, "severity": 11, "scale": 15, "plan": 18,
    "bar": 90,
}  # fmt: skip
_COLOURS = {"small": "535C6B", "none": "535C6B"}
_BLANKS = 110
"""Blanks that a whole bar is wide; shaded ones draw it to scale, and no screen reader reads them aloud."""
_COMPACT, _COMPACT_LETTERS = 16, {"line": 105, "who": 32}
_COMPACT_WIDTHS = {"id": 22, "line": 122, "who": 38, "day": 32}
"""Half points of a compact table's letters, and how many of them stand on one line."""
_LONGEST, _PERSON_LETTERS = 10_000, 28
_WHOLE = frozenset({"totals", "narrow"})
"""The looks of short tables whose rows belong together."""
_HEAD = "EEF1F6"
_BLANK = "\u00a0"
_BOLD_LAST = re.compile(r"<w:rPr>((?:<w:(?:color|sz|szCs) [^>]*/>)+)<w:b/>")
"""As docxtpl orders what a run looks like; the format wants it bold first. No text can hold a tag."""
PICTURE = "\u2063timeline {}\u2063"
"""What stands in a document until the picture takes its place: invisible signs that nobody types around it."""


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

    `widths` are weights of the columns, `numbers` stand to the right. `drawing` takes the place of its text;
    the rows of a `compact` table stand close, those of a `whole` one on one page.
    """

    kind: str
    text: Any = None
    drawing: Drawing | None = None
    caption: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[DocRow, ...] = ()
    widths: tuple[int, ...] = ()
    numbers: tuple[bool, ...] = ()
    alternative: str = ""
    compact: bool = False
    whole: bool = False


def page_blocks(page: ReportPage) -> list[DocBlock]:
    """The report; each drawing has signs that hold its place."""
    return [
        replace(each, text=rich_text(spans(PICTURE.format(number)))) if each.drawing else each
        for number, each in enumerate(_blocks(page), 1)
    ]


def _blocks(page: ReportPage) -> Iterator[DocBlock]:
    if page.left_out:
        yield DocBlock("alert", rich_text(spans(f"Left out: {quantity(len(page.left_out.items), 'file')}")))
        yield from _block(page.left_out)
    for para in page.lead:
        yield DocBlock("lead", rich_text(para.spans))
    for section in page.sections:
        yield DocBlock("page" if section.paper else "section", _title(section))
        for place, block in enumerate(section.blocks):
            yield from _block(block, first=not place)


def _title(titled: Section | Heading) -> Any:
    number = "" if titled.number is None else f" ({titled.number})"
    return rich_text(spans(f"{titled.title}{number}"))


def _block(block: Block, *, first: bool = True, heading: str = "case") -> Iterator[DocBlock]:
    """A block in a section; `heading` names the style of the headings in it, one below that of what it stands in."""
    match block:
        case ReportTable():
            yield from _tables(block)
        case Para():
            yield DocBlock(block.look if block.look in {"alert", "none"} else "text", rich_text(block.spans))
        case Bullets():
            yield from (DocBlock("bullet", rich_text(item, small_after=" ")) for item in block.items)
        case Heading():
            yield DocBlock(heading, _title(block))
        case Drawing():
            yield DocBlock("text", drawing=block)
        case Collapsible(title, blocks, look="case"):
            parted = [each for span in title for each in (Span("  "), span)][1:]
            yield DocBlock("case page" if block.paper and not first else "case", rich_text(parted))
            yield from _inside([_brief(each) if isinstance(each, ReportTable) else each for each in blocks])
        case Collapsible(title, look="annex", open=False):
            yield DocBlock("none", rich_text(title, small_after=" "))
        case Collapsible(title, blocks):
            yield DocBlock(heading, rich_text(title, small_after=" "))
            yield from _inside(blocks)
        case Months():
            yield from _tables(block.table)


def _inside(blocks: Sequence[Block]) -> Iterator[DocBlock]:
    """The blocks under a title; a heading names what the table below it shows, which then needs no caption."""
    headed = False
    for each in blocks:
        for found in _block(each, heading="heading"):
            yield replace(found, caption="") if headed and found.kind == "table" else found
        headed = isinstance(each, Heading)


def _brief(table: ReportTable) -> ReportTable:
    """The same with each person and role on one line, so that a case takes few pages."""

    def one(cell: ReportCell, kind: str) -> ReportCell:
        if kind != "who" or len(cell.spans) == 1:
            return cell
        words = ", ".join(span.text for span in cell.spans)
        return replace(cell, spans=spans(_cut(words, _PERSON_LETTERS)))

    kinds = [column.kind for column in table.columns]
    rows = (replace(row, cells=tuple(map(one, row.cells, kinds))) for row in table.rows)
    return replace(table, rows=tuple(rows))


def _tables(table: ReportTable) -> Iterator[DocBlock]:
    if "compact" in table.look:
        yield _compact(table)
        return
    if not table.groups:
        yield _table(table.caption, table, table.rows)
    for group in table.groups:
        yield DocBlock("group", rich_text(group.title, small_after=" "))
        yield _table("", table, group.rows)


def _compact(table: ReportTable) -> DocBlock:
    """All groups in one table, a line a row; the title of a group stands where the rows' words do."""
    kinds = [column.kind for column in table.columns]
    rows = []
    for group in table.groups:
        title = rich_text(group.title, small_after=" ", bold=True, size=_COMPACT)
        rows.append(
            DocRow(tuple(DocCell(title if each == "line" else rich_text(()), _HEAD) for each in kinds))
        )
        rows += [DocRow(tuple(map(_compact_cell, row.cells, kinds))) for row in group.rows]
    widths = tuple(_COMPACT_WIDTHS[kind] for kind in kinds)
    return replace(_table(table.caption, table, ()), compact=True, rows=tuple(rows), widths=widths)


def _compact_cell(cell: ReportCell, kind: str) -> DocCell:
    """A cell whose first words are cut to the length of a line."""
    if not cell.spans:
        return DocCell(rich_text(()))
    first = cell.spans[0]
    cut = replace(first, text=_cut(one_line(first.text), _COMPACT_LETTERS.get(kind, _LONGEST)))
    return DocCell(rich_text((cut, *cell.spans[1:]), size=_COMPACT))


def _table(caption: str, table: ReportTable, rows: Sequence[ReportTableRow]) -> DocBlock:
    kinds = [column.kind for column in table.columns]
    return DocBlock(
        "table",
        whole=table.look in _WHOLE,
        caption=xml_text(caption),
        alternative=xml_text(caption),
        columns=tuple(column.title for column in table.columns),
        rows=tuple(DocRow(tuple(map(_cell, row.cells, kinds))) for row in rows),
        widths=tuple(_WIDTHS.get(kind, 20) for kind in kinds),
        numbers=tuple(kind in {"number", "late"} for kind in kinds),
    )


def _cell(cell: ReportCell, kind: str) -> DocCell:
    if cell.counts:
        text = _bar(cell.counts, _BLANKS if cell.scale else _BLANKS // 2)
        if not cell.scale:
            text.add(f"  {counted(cell.counts)}", size=_COMPACT)
        return DocCell(text)
    first, *others = cell.spans or (Span(""),)
    if first.kind == "rag" and all(each.kind in {"", "small"} for each in others):
        colours = CONDITIONAL[f"rag {first.text}"]
        background, foreground = (str(colours[name]).removeprefix("#") for name in ("bg_color", "font_color"))
        state = replace(first, kind="strong" if colours["bold"] else "")
        return DocCell(rich_text((state, *others), foreground=foreground), background)
    return DocCell(rich_text(cell.spans, small_after=", " if kind == "who" else "\n"))


def _cut(text: str, letters: int) -> str:
    """The text up to so many letters, cut between words."""
    return text if len(text) <= letters else f"{text[:letters].rsplit(' ', 1)[0]}\u2026"


def _bar(counts: Sequence[Count], whole: int) -> Any:
    """A bar drawn to scale, a stretch of shaded blanks for each count; `whole` are those of the longest."""
    from docxtpl import RichText

    rich = RichText()
    for count in counts:
        blanks = max(round(float(count.width.removesuffix("%")) / 100 * whole), 1)
        shade = rag_colours()[count.rag].bar.removeprefix("#")
        rich.xml += (
            f'<w:r><w:rPr><w:sz w:val="16"/><w:shd w:val="clear" w:color="auto" w:fill="{shade}"/></w:rPr>'
            f'<w:t xml:space="preserve">{_BLANK * blanks}</w:t></w:r>'
        )
    rich.add("\u200b")  # shaded blanks that end a line are not drawn everywhere
    return rich


def rich_text(
    stretches: Sequence[Span],
    *,
    small_after: str = "\n",
    foreground: str = "",
    bold: bool = False,
    size: int | None = None,
) -> Any:
    """Spans as Word's runs; a small one stands on a line of its own after others, unless `small_after` is a blank."""
    from docxtpl import RichText

    rich = RichText()
    for place, span in enumerate(stretches):
        text = xml_text(span.text)
        if span.kind == "small" and place:
            text = f"{small_after}{text}"
        if text:
            colour = foreground or _COLOURS.get(span.kind)
            letters = size or (_COMPACT if span.kind == "small" else None)
            rich.add(text, bold=bold or span.kind == "strong", color=colour, size=letters, style=None)
    rich.xml = _BOLD_LAST.sub(r"<w:rPr><w:b/>\1", rich.xml)
    return rich
