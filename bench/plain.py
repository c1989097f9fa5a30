"""What the program is compared with: the libraries alone, doing the same and nothing else."""

from __future__ import annotations

import json
import warnings
from datetime import date, datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl
import xlsxwriter
from openpyxl.utils.datetime import to_excel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from openpyxl.cell import Cell, MergedCell

    Job = Callable[[], object]

LOOP = "import sys, openpyxl\nfor path in open(sys.argv[1]).read().split('\\n'): openpyxl.load_workbook(path)"
"""The plain loop over workbooks, each loaded as openpyxl loads it by default."""

SCRIPT = """
import json, sys
import xlsxwriter

formats, sheets = json.load(open(sys.argv[1]))
workbook = xlsxwriter.Workbook(sys.argv[2])
looks = [workbook.add_format(each) for each in formats]
for title, cells in sheets:
    sheet = workbook.add_worksheet(title)
    for row, column, look, formula, array, value in cells:
        style = looks[look]
        if array:
            sheet.write_array_formula(row, column, row, column, formula, style, value)
        elif formula:
            sheet.write_formula(row, column, formula, style, value)
        elif value is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, style)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, style)
        else:
            sheet.write_number(row, column, value, style)
workbook.close()
"""
"""A process that imports XlsxWriter and writes the cells of a file made by `Written`."""


def load(source: Path | BytesIO, *, values: bool = False) -> openpyxl.Workbook:
    """`openpyxl.load_workbook`, without its words on print areas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(source, data_only=values)


def _colour(colour: Any) -> str | None:
    text = colour.rgb if colour is not None and colour.type == "rgb" else None
    return f"#{text[-6:]}" if isinstance(text, str) else None


def _format(cell: Cell | MergedCell) -> dict[str, Any]:
    """A cell's look as XlsxWriter takes it."""
    font, fill, side = cell.font, cell.fill, cell.border
    look: dict[str, Any] = {
        "bold": bool(font.b),
        "italic": bool(font.i),
        "font_size": font.sz or 11,
        "font_name": font.name or "Calibri",
        "num_format": cell.number_format,
        "text_wrap": bool(cell.alignment.wrap_text),
        "align": cell.alignment.horizontal or "",
        "valign": {"center": "vcenter"}.get(cell.alignment.vertical or "", cell.alignment.vertical or ""),
        "font_color": _colour(font.color),
        "bg_color": _colour(fill.fgColor) if fill.fill_type else None,
    }
    look |= {name: 1 for name in ("left", "right", "top", "bottom") if getattr(side, name).style}
    return {name: value for name, value in look.items() if value}


def _plain(value: Any) -> Any:
    """A value as a file holds it: days are numbers."""
    if isinstance(value, date | datetime | time):
        return to_excel(value)  # type: ignore[no-untyped-call]  # the library's own gap
    return value


class Written:
    """The cells of a workbook: place, look, formula, value; ready to be written again by XlsxWriter alone."""

    def __init__(self, content: bytes) -> None:
        """Read them with openpyxl, once for the formulas and once for the values."""
        self.formats: list[dict[str, Any]] = []
        places: dict[str, int] = {}
        self.sheets: list[tuple[str, list[tuple[Any, ...]]]] = []
        book, values = load(BytesIO(content)), load(BytesIO(content), values=True)
        for sheet in book.worksheets:
            cells = []
            for (row, column), cell in sorted(sheet._cells.items()):  # noqa: SLF001  the cells that are there
                look = _format(cell)
                held: Any = cell.value
                key = json.dumps(look, sort_keys=True)
                if key not in places:
                    places[key] = len(self.formats)
                    self.formats.append(look)
                array = cell.data_type == "f" and not isinstance(held, str)
                formula = (held.text if array else held) if cell.data_type == "f" else None
                value = _plain(values[sheet.title].cell(row, column).value)
                value = "" if formula and value is None else value  # a formula that answers with empty text
                cells.append((row - 1, column - 1, places[key], formula, array, value))
            self.sheets.append((sheet.title, cells))

    def __len__(self) -> int:
        return sum(len(cells) for _, cells in self.sheets)

    def to_file(self, path: Path) -> Path:
        """The cells as the file that `SCRIPT` reads."""
        path.write_text(json.dumps([self.formats, self.sheets]), "utf-8")
        return path

    def write(self, *, formulas: bool) -> bytes:
        """XlsxWriter writing them with nothing else; without formulas their values stand in their place."""
        target = BytesIO()
        workbook = xlsxwriter.Workbook(target, {"in_memory": True})
        looks = [workbook.add_format(each) for each in self.formats]
        for title, cells in self.sheets:
            sheet = workbook.add_worksheet(title)
            for cell in cells:
                _write(sheet, cell, looks, formulas=formulas)
        workbook.close()
        return target.getvalue()


def _write(sheet: Any, cell: Sequence[Any], looks: Sequence[Any], *, formulas: bool) -> None:
    row, column, look, formula, array, value = cell
    if formula and formulas:
        if array:
            sheet.write_array_formula(row, column, row, column, formula, looks[look], value)
        else:
            sheet.write_formula(row, column, formula, looks[look], value)
    elif value is None:
        sheet.write_blank(row, column, None, looks[look])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, looks[look])
    elif isinstance(value, str):
        sheet.write_string(row, column, value, looks[look])
    else:
        sheet.write_number(row, column, value, looks[look])
