"""An .xlsx as its XML says it, with nothing of the product's own reader in between."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from posixpath import join, normpath
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]  # ships no types
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, rows_from_range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BytesIO
    from pathlib import Path

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DOCUMENT = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DECIMALS = 9


def address(sheet: str, ref: str) -> str:
    """The cell's full address: `SIN!A7`, `'Rapid Review'!A7`."""
    quoted = sheet if _PLAIN_NAME.fullmatch(sheet) else "'" + sheet.replace("'", "''") + "'"
    return f"{quoted}!{ref}"


def split_address(cell: str) -> tuple[str, str]:
    """The sheet's name, unquoted, and the cell's reference: the reverse of `address`."""
    sheet, mark, ref = cell.rpartition("!")
    if not mark:
        raise ValueError(f"{cell!r} names no sheet")
    return (sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet), ref


def serial(value: date | datetime, *, date1904: bool = False) -> float | int:
    """The number that a workbook stores for a date: 46335 for 9 November 2026."""
    start = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
    if not isinstance(value, datetime):
        return (value - start).days
    return (value - datetime.combine(start, time())).total_seconds() / 86_400


@dataclass(frozen=True)
class Package:
    """The parts of one workbook, unpacked into memory."""

    parts: dict[str, bytes]

    @classmethod
    def read(cls, path: Path | BytesIO) -> Package:
        with zipfile.ZipFile(path) as archive:
            return cls({info.filename: archive.read(info) for info in archive.infolist()})

    def write(self, path: Path | BytesIO) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)

    def tree(self, part: str) -> etree._Element:
        return etree.fromstring(self.parts[part])

    def sheet_parts(self) -> dict[str, str]:
        """Each worksheet's name and part, in the workbook's order; chart sheets are left out."""
        targets = {
            rel.get("Id"): normpath(join("xl", rel.get("Target"))).lstrip("/")
            for rel in self.tree("xl/_rels/workbook.xml.rels")
            if rel.get("Type").endswith("/worksheet")
        }
        sheets = self.tree("xl/workbook.xml").iter(f"{MAIN}sheet")
        return {
            s.get("name"): targets[s.get(f"{DOCUMENT}id")]
            for s in sheets
            if s.get(f"{DOCUMENT}id") in targets
        }

    def sheets(self) -> Iterator[tuple[str, etree._Element]]:
        """Each worksheet's name and its XML."""
        for name, part in self.sheet_parts().items():
            yield name, self.tree(part)

    def shared_strings(self) -> list[str]:
        part = "xl/sharedStrings.xml"
        return [text_of(item) for item in self.tree(part).iter(f"{MAIN}si")] if part in self.parts else []

    def date1904(self) -> bool:
        settings = self.tree("xl/workbook.xml").find(f"{MAIN}workbookPr")
        return settings is not None and settings.get("date1904") in {"1", "true"}


def formula_refs(sheet: etree._Element) -> list[str]:
    """The references of all formula cells of a sheet, an array formula's whole range included."""
    refs: dict[str, None] = {}
    for cell in sheet.iter(f"{MAIN}c"):
        formula = cell.find(f"{MAIN}f")
        if formula is None:
            continue
        refs[cell.get("r")] = None
        if formula.get("t") in {"array", "dataTable"} and formula.get("ref"):
            refs.update((ref, None) for row in rows_from_range(formula.get("ref")) for ref in row)
    return list(refs)


def sheet_values(sheet: etree._Element, strings: list[str]) -> dict[str, object]:
    """Every cell that a sheet's XML holds, by reference."""
    return {cell.get("r"): _value(cell, strings) for cell in sheet.iter(f"{MAIN}c")}


def text_of(item: etree._Element) -> str:
    """The text of a shared or inline string, rich text joined, phonetic hints left out."""
    texts = (t.text or "" for t in item.iter(f"{MAIN}t") if t.getparent().tag != f"{MAIN}rPh")
    return _unescape("".join(texts))


def _value(cell: etree._Element, strings: list[str]) -> object:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        return "" if inline is None else text_of(inline)
    stored = cell.findtext(f"{MAIN}v") or ""
    if stored == "" or kind == "e":
        return stored
    match kind:
        case "s":
            return strings[int(stored)]
        case "b":
            return stored in {"1", "true"}
        case "n":
            return _number(stored)
        case _:  # "str", and "d": an ISO date
            return _unescape(stored)


def _number(stored: str) -> int | float:
    number = round(float(stored), _DECIMALS)
    return int(number) if number.is_integer() else number


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def cell_at(sheet: etree._Element, ref: str) -> etree._Element:
    """The cell at `ref`, made where the sheet has none, in its right place among its neighbours."""
    column, row_number = coordinate_from_string(ref)
    row = _child(sheet.find(f"{MAIN}sheetData"), "row", row_number, lambda row: int(row.get("r")))
    row.set("r", str(row_number))
    row.attrib.pop("spans", None)  # a hint only, and wrong once a cell is added outside
    cell = _child(row, "c", column_index_from_string(column), _column_of)
    cell.set("r", ref)
    return cell


def _column_of(cell: etree._Element) -> int:
    return column_index_from_string(coordinate_from_string(cell.get("r"))[0])


def _child(
    parent: etree._Element, tag: str, position: int, position_of: Callable[[etree._Element], int]
) -> etree._Element:
    """The child standing at `position`, made where there is none, in front of those that stand later."""
    earlier = [child for child in parent if position_of(child) < position]
    if len(earlier) < len(parent) and position_of(parent[len(earlier)]) == position:
        return parent[len(earlier)]
    made = etree.Element(f"{MAIN}{tag}")
    parent.insert(len(earlier), made)
    return made


def type_into(cell: etree._Element, value: object, *, date1904: bool = False) -> None:
    """Put a value into a cell in place of what it holds; its style stays. A text with = in front is a formula."""
    cell.attrib.pop("t", None)
    del cell[:]
    match value:
        case None:
            pass
        case bool():
            cell.set("t", "b")
            etree.SubElement(cell, f"{MAIN}v").text = str(int(value))
        case int() | float():
            etree.SubElement(cell, f"{MAIN}v").text = repr(value)
        case date():
            etree.SubElement(cell, f"{MAIN}v").text = repr(serial(value, date1904=date1904))
        case str() if value.startswith("="):
            etree.SubElement(cell, f"{MAIN}f").text = value[1:]
        case str():
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
            text.text = value
            if value != value.strip():
                text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        case _:
            raise TypeError(f"{value!r} cannot be typed into a cell")


def serialised(root: etree._Element) -> bytes:
    """A part as it is written."""
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    assert isinstance(written, bytes)
    return written
