"""Sheets as a test spells them, and the bytes of each of their cells."""

from __future__ import annotations

import re

from tracker.workbook.patch.sheet import NewCell, PatchSheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CELL = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]+\d+)["'][^>]*?(?:/>|>.*?</(?:\w+:)?c>)""", re.DOTALL
)


def sheet(rows: str, *, around: tuple[str, str] = ("", "")) -> PatchSheet:
    """A sheet whose `<sheetData>` holds these rows, with elements before and behind."""
    before, behind = around
    data = f"<sheetData>{rows}</sheetData>" if rows else "<sheetData/>"
    return PatchSheet(f'<worksheet xmlns="{MAIN}">{before}{data}{behind}</worksheet>'.encode())


def rows_of(part: PatchSheet | bytes) -> str:
    """What stands in `<sheetData>` of a sheet with its changes."""
    spelt = part if isinstance(part, bytes) else part.to_bytes()
    found = re.search(rb"<sheetData>(.*)</sheetData>", spelt, re.DOTALL)
    assert found, spelt
    return found[1].decode()


def cells_of(part: bytes) -> dict[str, bytes]:
    """The very bytes of each cell, by its address. The product's own reader has no part in it."""
    return {found[1].decode(): found[0] for found in _CELL.finditer(part)}


def changed_cells(before: bytes, after: bytes) -> set[str]:
    """The cells whose bytes differ, or that only one of two sheets has."""
    old, new = cells_of(before), cells_of(after)
    return {cell for cell in old.keys() | new.keys() if old.get(cell) != new.get(cell)}


def put(page: PatchSheet, cell: str, content: NewCell | float | str | None) -> PatchSheet:
    """Put a value into a cell named by its address."""
    column, row = ord(cell[0]) - 64, int(cell[1:])
    page.put(row, column, content if isinstance(content, NewCell) else NewCell(content))
    return page
