"""A workbook as plain values and formulas, which can work itself out.

Rows and columns count from 1, as a spreadsheet shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.formula.evaluate import Context, Formula
from tracker.formula.functions import Cells
from tracker.formula.values import BAD_NAME, BAD_REFERENCE, CannotEvaluateError, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LONGEST_COLUMN = 10_000  # rows that are read without asking whether the sheet reaches so far

Content = Value  # a value, or a `Formula`


@dataclass(frozen=True, slots=True)
class Area:
    """A block of cells in one column: what a defined name stands for."""

    sheet: str
    first_row: int
    last_row: int
    column: int


@dataclass(frozen=True, slots=True)
class BookTable:
    """Where a table lies. `columns` gives each title's sheet column; rows run to `last_row`."""

    name: str
    sheet: str
    header_row: int
    last_row: int
    columns: Mapping[str, int]

    def number(self, title: str) -> int | None:
        """The sheet column of a title, compared without case as spreadsheet programs do."""
        if title in self.columns:
            return self.columns[title]
        word = title.casefold()
        return next((column for each, column in self.columns.items() if each.casefold() == word), None)

    def rows(self) -> range:
        """The sheet rows of its data."""
        return range(self.header_row + 1, self.last_row + 1)


@dataclass(slots=True)
class Book:
    """The cells of every sheet. `today` is the serial number TODAY() answers with."""

    today: int
    contents: dict[str, dict[tuple[int, int], Content]] = field(default_factory=dict)
    tables: dict[str, BookTable] = field(default_factory=dict)
    names: dict[str, Area] = field(default_factory=dict)
    kept: dict[tuple[str, int, int], Value] = field(default_factory=dict)
    """The present values of cells whose formulas a person may have written: they stay where nothing is calculated."""
    unevaluated: set[tuple[str, int, int]] = field(default_factory=set)
    """The cells whose present values stayed."""
    memo: dict[object, Value] = field(default_factory=dict)
    _values: dict[tuple[str, int, int], Value] = field(default_factory=dict)
    _columns: dict[tuple[str, str], Cells] = field(default_factory=dict)
    _column_places: dict[tuple[str, str], tuple[BookTable, int] | None] = field(default_factory=dict)
    _named: dict[str, Value] = field(default_factory=dict)
    _last_rows: dict[str, int] = field(default_factory=dict)
    _table_at: dict[str, list[BookTable]] = field(default_factory=dict)
    _by_word: dict[str, BookTable] = field(default_factory=dict)

    def put(self, sheet: str, row: int, column: int, content: Content) -> None:
        """Set a cell, before anything is evaluated."""
        self.contents.setdefault(sheet, {})[row, column] = content

    def add_table(self, name: str, sheet: str, header_row: int, titles: Sequence[str], rows: int,
                  first_column: int = 1) -> BookTable:  # fmt: skip
        """Register the place of a table: `rows` rows of data below its header."""
        columns = {title: first_column + place for place, title in enumerate(titles)}
        table = BookTable(name, sheet, header_row, header_row + rows, columns)
        self.tables[name] = self._by_word[name.casefold()] = table
        self._table_at.setdefault(sheet, []).append(table)
        return table

    def table_at(self, sheet: str, row: int, column: int) -> str:
        """The name of the table a cell lies in, or an empty string."""
        for table in self._table_at.get(sheet, ()):
            if table.header_row < row <= table.last_row and column in table.columns.values():
                return table.name
        return ""

    def formulas(self) -> Iterator[tuple[str, int, int, Formula]]:
        """Every formula cell: sheet, row, column, formula."""
        for sheet, cells in self.contents.items():
            for (row, column), content in cells.items():
                if isinstance(content, Formula):
                    yield sheet, row, column, content

    # What formulas look up

    def cell(self, sheet: str, row: int, column: int) -> Value:
        """The value of one cell, evaluated once."""
        cells = self.contents.get(sheet)
        if cells is None:
            return BAD_REFERENCE
        content = cells.get((row, column))
        if not isinstance(content, Formula):
            return content
        place = (sheet, row, column)
        if place in self._values:
            return self._values[place]
        table = self.table_at(sheet, row, column)
        self._values[place] = 0  # the value of a formula that refers to itself
        try:
            value = content.evaluate(Context(self, sheet, row, table))
        except CannotEvaluateError:
            if place not in self.kept:
                raise
            self.unevaluated.add(place)
            value = self.kept[place]
        self._values[place] = value
        return value

    def name(self, name: str) -> Value:
        """The value of a named cell, or the values of a named area."""
        if name not in self._named:
            area = self.names.get(name)
            if area is None:
                return BAD_NAME
            cells = self._cells(area.sheet, range(area.first_row, area.last_row + 1), area.column)
            self._named[name] = cells[0] if len(cells) == 1 else cells
        return self._named[name]

    def _cells(self, sheet: str, rows: range, column: int) -> Cells:
        """The values of cells below each other; of a sheet that is not there, errors."""
        held = self.contents.get(sheet)
        if held is None:
            return Cells([BAD_REFERENCE] * len(self._bounded(sheet, rows)))
        contents = ((row, held.get((row, column))) for row in self._bounded(sheet, rows))
        return Cells(
            [
                self.cell(sheet, row, column) if isinstance(content, Formula) else content
                for row, content in contents
            ]
        )

    def _bounded(self, sheet: str, rows: range) -> range:
        """Rows as far as they may hold anything: a file may name rows without end."""
        if len(rows) <= _LONGEST_COLUMN:
            return rows
        if sheet not in self._last_rows:
            self._last_rows[sheet] = max((row for row, _ in self.contents.get(sheet, ())), default=0)
        return range(
            rows.start, min(rows.stop, max(rows.start + _LONGEST_COLUMN, self._last_rows[sheet] + 1))
        )

    def column(self, table: str, column: str) -> Cells:
        """The values of a table's column."""
        if (table, column) not in self._columns:
            place = self._column_place(table, column)
            if place is None:
                return Cells([BAD_REFERENCE])
            lies, number = place
            self._columns[table, column] = self._cells(lies.sheet, lies.rows(), number)
        return self._columns[table, column]

    def header_row(self, table: str) -> Value:
        """The sheet row of a table's header."""
        place = self._table(table)
        return place.header_row if place else BAD_REFERENCE

    def _table(self, name: str) -> BookTable | None:
        """A table by its name, compared without case as spreadsheet programs do."""
        found = self.tables.get(name)
        return self._by_word.get(name.casefold()) if found is None else found

    def in_row(self, table: str, row: int, column: str) -> Value:
        """The value in a table's column, in one sheet row."""
        place = self._column_place(table, column)
        if place is None:
            return BAD_REFERENCE
        sheet, number = place[0].sheet, place[1]
        content = self.contents.get(sheet, {}).get((row, number))
        return self.cell(sheet, row, number) if isinstance(content, Formula) else content

    def _column_place(self, table: str, column: str) -> tuple[BookTable, int] | None:
        """A table and the sheet column of one of its titles."""
        if (table, column) not in self._column_places:
            lies = self._table(table)
            number = lies.number(column) if lies else None
            self._column_places[table, column] = (lies, number) if lies and number else None
        return self._column_places[table, column]
