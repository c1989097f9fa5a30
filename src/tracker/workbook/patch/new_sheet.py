"""A plain sheet of ours put into a person's workbook: title, subtitle, header, rows of text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from tracker.formula.parse import column_letters
from tracker.text import xml_text
from tracker.workbook.patch.markup import MAIN, parse_xml, to_xml
from tracker.workbook.patch.sheet import escaped
from tracker.workbook.stage_pages import row_height

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.workbook.patch.package import Package

_HEADER_ROW = 3
_HEIGHTS = {"title": 26, "subtitle": 16, "header": 24}
_CELL = re.compile(r"(?:'(?:[^']|'')+'|[A-Za-z_]\w*)!\$?[A-Z]{1,3}\$?[1-9]\d*")
_NAMESPACES = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def _tag(name: str) -> str:
    return f"{{{MAIN}}}{name}"


def _child(root: ET.Element, name: str) -> ET.Element:
    found = root.find(_tag(name))
    assert found is not None, f"a stylesheet has {name}"
    return found


def _shape(element: ET.Element) -> tuple[object, ...]:
    """What an element holds, whatever prefixes are used."""
    return (
        element.tag,
        dict(element.attrib),
        [_shape(each) for each in element if isinstance(each.tag, str)],
    )


def _appended(parent: ET.Element, child: ET.Element) -> int:
    """Put an element behind its like, and count it; its index. One that is there already is taken as it is."""
    wanted = _shape(child)
    held = parent.findall(child.tag)
    for place, each in enumerate(held):
        if _shape(each) == wanted:
            return place
    parent.append(child)
    parent.set("count", str(len(held) + 1))
    return len(held)


def _font(**looks: str) -> ET.Element:
    font = ET.Element(_tag("font"))
    if looks.get("bold"):
        ET.SubElement(font, _tag("b"))
    if looks.get("underline"):
        ET.SubElement(font, _tag("u"))
    ET.SubElement(font, _tag("sz"), val=looks["size"])
    ET.SubElement(font, _tag("color"), rgb=looks["ink"])
    ET.SubElement(font, _tag("name"), val="Calibri")
    ET.SubElement(font, _tag("family"), val="2")
    return font


def _fill(ground: str) -> ET.Element:
    fill = ET.Element(_tag("fill"))
    pattern = ET.SubElement(fill, _tag("patternFill"), patternType="solid")
    ET.SubElement(pattern, _tag("fgColor"), rgb=ground)
    ET.SubElement(pattern, _tag("bgColor"), indexed="64")
    return fill


def _box() -> ET.Element:
    border = ET.Element(_tag("border"))
    for side in ("left", "right", "top", "bottom"):
        ET.SubElement(ET.SubElement(border, _tag(side), style="thin"), _tag("color"), rgb="FFD9D9D9")
    ET.SubElement(border, _tag("diagonal"))
    return border


def _format(font: int, fill: int = 0, border: int = 0, *, wrap: bool, vertical: str = "top") -> ET.Element:
    record = ET.Element(
        _tag("xf"), numFmtId="0", fontId=str(font), fillId=str(fill), borderId=str(border), xfId="0",
        applyFont="1", applyFill="1" if fill else "0", applyBorder="1" if border else "0", applyAlignment="1",
    )  # fmt: skip
    alignment = ET.SubElement(record, _tag("alignment"), vertical=vertical)
    if wrap:
        alignment.set("wrapText", "1")
    return record


def _looks(package: Package) -> dict[str, int]:
    """The formats of such a sheet, put behind those the workbook has; none of its own changes."""
    root = parse_xml(package.read(package.styles))
    fonts, fills, borders = (_child(root, name) for name in ("fonts", "fills", "borders"))
    formats = _child(root, "cellXfs")
    plain = _appended(fonts, _font(size="10", ink="FF1A1A1A"))
    title = _appended(fonts, _font(size="16", ink="FF1F3864", bold="1"))
    grey = _appended(fonts, _font(size="10", ink="FF595959"))
    white = _appended(fonts, _font(size="10", ink="FFFFFFFF", bold="1"))
    blue = _appended(fonts, _font(size="10", ink="FF0B5394", underline="1"))
    navy = _appended(fills, _fill("FF1F3864"))
    box = _appended(borders, _box())
    found = {
        "title": _appended(formats, _format(title, wrap=False, vertical="center")),
        "subtitle": _appended(formats, _format(grey, wrap=False)),
        "header": _appended(formats, _format(white, navy, box, wrap=True, vertical="center")),
        "text": _appended(formats, _format(plain, 0, box, wrap=True)),
        "link": _appended(formats, _format(blue, 0, box, wrap=True)),
    }
    if _shape(parse_xml(package.read(package.styles))) != _shape(root):
        package.put(package.styles, to_xml(root))
    return found


class NewSheet:
    """Gathers the rows of a sheet, then spells it."""

    def __init__(self, title: str, subtitle: str, columns: Sequence[tuple[str, float]]) -> None:
        """`columns` are titles and widths in characters."""
        self._columns = columns
        self._lines: list[tuple[list[str], str]] = [([title], "title"), ([subtitle], "subtitle")]
        self._lines.append(([name for name, _ in columns], "header"))
        self._links: list[tuple[str, str]] = []
        self._choice = ""

    def row(self, cells: Sequence[str], *, link: str = "", link_column: int = 0) -> None:
        """A row of texts; where `link` is the address of a cell, its column leads there."""
        self._lines.append((list(cells), "text"))
        if _CELL.fullmatch(link):
            self._links.append((f"{column_letters(link_column)}{len(self._lines)}", link))

    def choice(self, column: int, words: Sequence[str]) -> None:
        """A drop-down in every row of a column."""
        letters = column_letters(column)
        area = f"{letters}{_HEADER_ROW + 1}:{letters}{max(len(self._lines), _HEADER_ROW + 1)}"
        self._choice = (
            f'<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" '
            f'showErrorMessage="1" errorTitle="Please take one from the list" '
            f'error="Take one of the words from the list, or clear the cell." sqref="{area}">'
            f'<formula1>"{",".join(words)}"</formula1></dataValidation></dataValidations>'
        )

    def texts(self) -> list[list[str]]:
        """The texts of the sheet, row by row."""
        return [[xml_text(cell) for cell in cells if cell] for cells, _ in self._lines if any(cells)]

    def to_bytes(self, package: Package, heads: str = "") -> bytes:
        """The sheet's part, `heads` its lines on paper; the formats it needs are put into the package."""
        looks = _looks(package)
        last = column_letters(max(len(cells) for cells, _ in self._lines))
        columns = "".join(
            f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
            for place, (_, width) in enumerate(self._columns, 1)
        )
        rows = "".join(self._row(looks, number, *line) for number, line in enumerate(self._lines, 1))
        links = "".join(
            f'<hyperlink ref="{cell}" location={quoteattr(to)} display={quoteattr(to)}/>'
            for cell, to in self._links
        )
        links = f"<hyperlinks>{links}</hyperlinks>" if links else ""
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f"<worksheet {_NAMESPACES}>"
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<dimension ref="A1:{last}{len(self._lines)}"/>'
            '<sheetViews><sheetView showGridLines="0" workbookViewId="0">'
            f'<pane ySplit="{_HEADER_ROW}" topLeftCell="A{_HEADER_ROW + 1}" activePane="bottomLeft" state="frozen"/>'
            '<selection pane="bottomLeft"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{rows}</sheetData>'
            f"{self._choice}{links}"
            '<pageMargins left="0.4" right="0.4" top="0.7" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            f"{heads}</worksheet>"
        ).encode()

    def _row(self, looks: Mapping[str, int], number: int, cells: Sequence[str], look: str) -> str:
        linked = {cell for cell, _ in self._links}
        spelling = []
        for column, text in enumerate(cells, 1):
            at = f"{column_letters(column)}{number}"
            style = looks["link" if at in linked else look]
            if text:
                spelling.append(
                    f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
                    f"{escape(escaped(text))}</t></is></c>"
                )
            else:
                spelling.append(f'<c r="{at}" s="{style}"/>')
        return f'<row r="{number}" ht="{self._height(cells, look):g}">{"".join(spelling)}</row>'

    def _height(self, cells: Sequence[str], look: str) -> float:
        """Points for the lines a row needs: LibreOffice prints them over each other where none are given."""
        if look != "text":
            return _HEIGHTS[look]
        return row_height(list(zip(cells, (width for _, width in self._columns), strict=False)))
