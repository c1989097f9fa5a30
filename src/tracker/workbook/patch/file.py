"""A workbook file whose cells can be changed and whose formulas of ours are evaluated again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from tracker.formula.book import Area, Book
from tracker.formula.evaluate import Formula, compiled
from tracker.formula.parse import FormulaSyntaxError, area_text, column_letters, column_number, parse_area
from tracker.formula.values import SHIFT_1904, CannotEvaluateError, is_number, serial
from tracker.problems import CellError
from tracker.workbook.patch.markup import CannotPatchError, read_shared_texts, whole_number
from tracker.workbook.patch.package import Package, TablePart
from tracker.workbook.patch.parts import put_names
from tracker.workbook.patch.sheet import NewCell, PatchSheet, cached, unescaped
from tracker.workbook.reading import address, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.formula.values import Value
    from tracker.workbook.patch.markup import CellSpan

_REFERENCE = re.compile(
    r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?"
)
_EARLIEST_DAY = 30_000  # a number above it is a day: no count of ours comes near
_KEY = 100_000  # keys on the hidden sheet are a day times this, and a row


@dataclass(frozen=True, slots=True)
class FileCell:
    """What a cell of the file holds: a plain value, or a formula's text and the value noted with it."""

    value: Value
    formula: str | None = None
    array: bool = False


class WorkbookFile:
    """A person's workbook as a package, changed cell by cell."""

    def __init__(self, content: bytes) -> None:
        """The parts are parsed when they are asked for."""
        self.package = Package(content)
        self._parts = self.package.sheets()
        self._sheets: dict[str, PatchSheet] = {}
        self._resized: dict[str, int] = {}
        self.tables = self.package.tables()
        self.shift = SHIFT_1904 if self.package.epoch_1904() else 0

    def sheet(self, name: str) -> PatchSheet:
        """A sheet by its name in this file."""
        if name not in self._sheets:
            self._sheets[name] = PatchSheet(self.package.read(self._parts[name]))
        return self._sheets[name]

    def add_sheet(self, name: str, content: bytes) -> None:
        """Put a new sheet behind the last."""
        self._parts[name] = self.package.add_sheet(name, content)

    def replace_sheet(self, name: str, content: bytes) -> None:
        """Give one of our own generated sheets new contents as a whole."""
        self._sheets.pop(name, None)
        self.package.put(self._parts[name], content)

    def names(self) -> list[str]:
        """The names of the sheets, in the order of the tabs."""
        return list(self._parts)

    def row_texts(self, sheet: str, row: int) -> list[str]:
        """The texts of a row up to its last cell, blank ones as empty texts; none of a sheet nobody can place."""
        try:
            found = self.sheet(sheet).rows.get(row)
        except CannotPatchError:
            return []
        values = {column: self._value(span) for column, span in found.cells.items()} if found else {}
        texts = (values.get(column) for column in range(1, max(values, default=0) + 1))
        return ["" if value is None else str(value) for value in texts]

    def sheet_texts(self, name: str) -> list[list[str]]:
        """The texts of a sheet, row by row, blank cells left out."""
        rows = (self.row_texts(name, row) for row in sorted(self.sheet(name).rows))
        return [[text for text in row if text] for row in rows if any(row)]

    @cached_property
    def _texts(self) -> list[str]:
        """The shared texts, in order."""
        if not self.package.shared_strings:
            return []
        part = self.package.read(self.package.shared_strings)
        return [unescaped(text) for text in read_shared_texts(part)]

    # Cells

    def cell(self, sheet: str, row: int, column: int) -> FileCell:
        """A cell as the file holds it, before anything was changed."""
        page = self.sheet(sheet)
        span = page.cell(row, column)
        if span is None:
            return FileCell(None)
        return FileCell(self._value(span), page.formula_of(span), span.formula_type == "array")

    def _value(self, span: CellSpan) -> Value:
        if span.type == "s" and span.formula is None:
            place = whole_number(span.text or "0")
            return "" if place is None or place >= len(self._texts) else self._texts[place]
        if not span.text and span.type not in {"str", "inlineStr"}:
            return None
        return cached(span)

    def put(self, sheet: str, row: int, column: int, content: Value | Formula, style: str = "") -> None:
        """Give a cell a value or a formula; dates come as dates."""
        new = (
            NewCell(None, content.text, style, content.array)
            if isinstance(content, Formula)
            else NewCell(self.number(content), "", style)
        )
        self.sheet(sheet).put(row, column, new)

    def changes(self) -> dict[tuple[str, int, int], Value]:
        """What was put where, by sheet, row and column; None where it is a formula."""
        return {
            (name, *place): None if new.formula else new.value
            for name, sheet in self._sheets.items()
            for place, new in sheet.new_cells()
        }

    def number(self, value: Value) -> Value:
        """A value as this file counts it: dates are its day numbers."""
        return serial(value) - self.shift if isinstance(value, date) else value

    def reach(self, table: str, row: int) -> None:
        """Let a table reach down to a row, with the names, drop-downs and colours of its last one."""
        marked = self.table(table)
        if marked is None or row <= self.last_row(marked):
            return
        self._resized[marked.name] = row
        sheet = self.sheet(marked.sheet)
        for name, place, ranges in list(sheet.ranges()):
            blocks = " ".join(_stretched(block, marked, row) for block in ranges.split())
            if name in {"dataValidation", "conditionalFormatting"} and blocks != ranges:
                sheet.cover(place, blocks)
        self._stretch_names(marked, row)

    def _stretch_names(self, table: TablePart, row: int) -> None:
        """Names of more than one cell that begin within a table reach as far down as it does."""
        found = {}
        for name, reference in self.package.names().items():
            area = named_area(reference)
            if area is None or area.sheet != table.sheet or not area.first_row < area.last_row < row:
                continue
            inside = table.first_column <= area.column <= table.last_column
            if inside and table.first_row <= area.first_row <= table.last_row:
                letters = column_letters(area.column)
                found[name] = f"{quoted(area.sheet)}!${letters}${area.first_row}:${letters}${row}"
        if found:
            put_names(self.package, found)

    def table(self, name: str) -> TablePart | None:
        """A table by its name, found without regard to case as spreadsheet programs do."""
        return next((each for each in self.tables.values() if each.name.casefold() == name.casefold()), None)

    def last_row(self, table: TablePart) -> int:
        """The row a table ends in, as it now is."""
        return self._resized.get(table.name, table.last_row)

    # Evaluating

    def note_values(self, book: Book) -> None:
        """Note beside every formula of ours what it evaluates to over the changed cells."""
        for sheet, row, column, _ in list(book.formulas()):
            value, held = cell_value(book, sheet, row, column), book.kept.get((sheet, row, column))
            same = value == held and type(value) is type(held)
            # What the file holds of one that is not evaluated stays as well.
            if not same and (sheet, row, column) not in book.unevaluated:
                self.sheet(sheet).put_value(row, column, self._counted(value))

    def _counted(self, value: Value) -> Value:
        """A formula's number as this file counts days: a date, or a key that a date begins."""
        if not self.shift or not is_number(value) or value <= _EARLIEST_DAY:
            return value
        return value - (self.shift if value < _EARLIEST_DAY * _KEY else self.shift * _KEY)

    def book(self, today: date, ours: Callable[[str, int, int], bool]) -> Book:
        """The workbook as it now is, as cells whose formulas of ours can be evaluated."""
        book = Book(serial(today))
        for name in self._parts:
            contents = book.contents.setdefault(name, {})
            try:
                page = self.sheet(name)
            except CannotPatchError:
                continue  # a sheet of the person's own: what is ours was tried before anything was decided
            for each in page.rows.values():
                for span in each.cells.values():
                    place, value = span.place, self._value(span)
                    if span.formula is None or not ours(name, *place):
                        contents[place] = self._day(value)
                        continue
                    array = span.formula_type == "array"
                    content = contents[place] = self._content(page.formula_of(span), value, array)
                    if isinstance(content, Formula):  # ours as it stands, or a person's in its place
                        book.kept[name, *place] = self._day(value)
            for place, new in page.new_cells():
                book.kept.pop((name, *place), None)
                text = new.formula if new.formula and ours(name, *place) else None
                contents[place] = self._content(text, new.value, new.array)
        for table in self.tables.values():
            rows = self.last_row(table) - table.first_row
            book.add_table(table.name, table.sheet, table.first_row, table.titles, rows, table.first_column)
        areas = {name: named_area(reference) for name, reference in self.package.names().items()}
        book.names.update((name, area) for name, area in areas.items() if area)
        return book

    def _content(self, formula: str | None, value: Value, array: bool) -> Value | Formula:
        """A formula within the grammar and functions of ours, else the value of the cell."""
        try:
            if formula:
                compiled(formula)
                return Formula(formula, array)
        except (FormulaSyntaxError, RecursionError):
            pass
        return self._day(value)

    def _day(self, value: Value) -> Value:
        """Numbers of a 1904 file that can only be days, as days are counted everywhere else."""
        return value + self.shift if self.shift and is_number(value) and value > _EARLIEST_DAY else value

    def single_cell(self, name: str) -> tuple[str, int, int] | None:
        """Where the one cell of a defined name lies: sheet, row, column."""
        area = named_area(self.package.names().get(name, ""))
        return (area.sheet, area.first_row, area.column) if area and area.first_row == area.last_row else None

    # Writing

    def to_bytes(self) -> bytes:
        """The file with everything that was put; the very file that was read where nothing was."""
        self._into_package()
        return self.package.to_bytes()

    def changed(self) -> bool:
        """Whether anything was put that differs from what was read."""
        self._into_package()
        return bool(self.package.changed)

    def _into_package(self) -> None:
        for name, sheet in self._sheets.items():
            self.package.put(self._parts[name], sheet.to_bytes())
        for name, row in self._resized.items():
            self.package.resize_table(self.tables[name], row)


def cell_value(book: Book, sheet: str, row: int, column: int) -> Value:
    """The value of a cell; one that cannot be evaluated is named."""
    try:
        return book.cell(sheet, row, column)
    except (ArithmeticError, CannotEvaluateError, LookupError, TypeError, ValueError) as error:
        raise CellError(address(sheet, column_letters(column), row)) from error


def named_area(reference: str) -> Area | None:
    """The cells of one column that a defined name leads to."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    sheet = found[1].replace("''", "'") if found[1] else found[2]
    column = column_number(found[3])
    if found[5] and column_number(found[5]) != column:
        return None
    return Area(sheet, int(found[4]), int(found[6] or found[4]), column)


def _stretched(block: str, table: TablePart, row: int) -> str:
    """Drop-downs and colours that cover a table's last row cover the new rows as well."""
    area = parse_area(block)
    if area is None:
        return block
    top, left, bottom, right = area
    inside = table.first_column <= left <= table.last_column
    if not inside or not top <= table.last_row <= bottom or bottom >= row or top <= table.first_row:
        return block
    return area_text(top, left, row, right)
