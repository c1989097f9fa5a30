"""What a template of a report cannot know of a document: its tables' columns, and where its pictures stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.report.docx_blocks import PICTURE
from tracker.report.docx_picture import put_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker.report.docx_blocks import DocBlock

ROWS = "rows"
"""The alternative text by which the template marks the table that our rows fill."""
_TEXT_WIDTH = 15_140  # of A4 across less its margins, in twentieths of a point


def lay_out(document: Any, blocks: Sequence[DocBlock]) -> None:
    """Set the tables and pictures of a filled template."""
    _set_widths(document, [each for each in blocks if each.kind == "table"])
    _put_pictures(document, blocks)


def _put_pictures(document: Any, blocks: Sequence[DocBlock]) -> None:
    """Each drawing in the paragraph that holds its place; a template of a council's may have left it out."""
    from docx.oxml.ns import qn

    places = {
        PICTURE.format(number): (number, each.drawing)
        for number, each in enumerate(blocks, 1)
        if each.drawing
    }
    for paragraph in list(document.docx.element.body.iter(qn("w:p"))):
        text = "".join(each.text or "" for each in paragraph.iter(qn("w:t")))
        if text in places:
            put_picture(document.docx, paragraph, *places[text])


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
        _set_table(element, table, qn)


def _set_table(element: Any, table: DocBlock, qn: Callable[[str], str]) -> None:
    for mark in element.tblPr.iter(qn("w:tblCaption")):
        mark.set(qn("w:val"), table.alternative or ", ".join(table.columns))
    if table.compact:
        margins = (each for four in element.tblPr.iter(qn("w:tblCellMar")) for each in four)
        for margin in margins:
            if margin.tag in {qn("w:top"), qn("w:bottom")}:
                margin.set(qn("w:w"), "0")
    widths = [_TEXT_WIDTH * width // sum(table.widths) for width in table.widths]
    for column, width in zip(element.tblGrid.iter(qn("w:gridCol")), widths, strict=False):
        column.set(qn("w:w"), str(width))
    rows = list(element.iter(qn("w:tr")))
    for row in rows[:-1] if table.whole else rows[-2:-1]:  # no row stands alone on a page
        for paragraph in row.iter(qn("w:p")):
            paragraph.get_or_add_pPr().get_or_add_keepNext()
    for row in rows:
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
