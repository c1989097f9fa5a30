"""What was read from an edited workbook: plain values, and where each stood.

Nothing here is judged yet. Dates are dates, texts are as the person typed them but for surrounding blanks, a blank
cell is None. A formula of ours that still stands has no value of its own: it is evaluated again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracker.formula.parse import area_text, column_letters, column_number, parse_area
from tracker.problems import Problem, problem
from tracker.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from tracker.workbook.baseline import Baseline
    from tracker.workbook.layout import SheetColumn


CellValue = str | float | date | None
"""What a person typed: blank cells are None."""

_ADDRESS = re.compile(
    r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!]+))!(?P<column>[A-Z]{1,3})(?P<row>[1-9][0-9]{0,6})"
)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of a table. `number` is its sheet row; `columns` gives each title's column letters."""

    sheet: str
    number: int
    columns: Mapping[str, str]
    values: Mapping[str, CellValue]
    typed_over: Mapping[str, CellValue] = field(default_factory=dict)
    hidden: bool = False
    standby: Sequence[str] = ()  # the titles whose cells hold the formula of a row on standby
    asleep: bool = False

    def text(self, title: str) -> str:
        """A value as text, empty where there is none."""
        value = self.values.get(title)
        return "" if value is None else str(value)

    def day(self, title: str) -> date | None:
        """A value that is a date."""
        value = self.values.get(title)
        return value if isinstance(value, date) else None

    def cell(self, title: str = "ID") -> str:
        """The address of the row's cell under a title: `SIN!A7`, `'Rapid Review'!F12`."""
        return address(self.sheet, self.columns.get(title, "A"), self.number)

    def problem(self, code: str, title: str, /, **facts: Any) -> Problem:
        """A problem of this row, at its cell under a title."""
        return problem(code, place=self.cell(title), id=self.text("ID"), **facts)


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where a table lies: its sheet, header row, each title's column number, the last row that holds anything.

    `until` is the first row that is no longer its own, 0 where nothing lies below; `renamed` are our titles that
    stand there otherwise, and how. `ours_to` is the last row that we put there, or that carries our formulas.
    """

    sheet: str
    header_row: int
    columns: Mapping[str, int]
    last_row: int
    until: int = 0
    renamed: Mapping[str, str] = field(default_factory=dict)
    ours_to: int = 0


@dataclass(frozen=True, slots=True)
class ReadField:
    """One labelled field of the Case sheet."""

    value: CellValue
    cell: str

    @property
    def day(self) -> date | None:
        """A value that is a date."""
        return self.value if isinstance(self.value, date) else None


@dataclass(frozen=True, slots=True)
class Reading:
    """A workbook as it was read. Tables map to their rows by table name, fields by the description's path.

    `asleep` are the rows on standby whose agency or child has no name: they are in no table.
    """

    path: str
    sha256: str
    baseline: Baseline
    tables: Mapping[str, Sequence[ReadRow]]
    fields: Mapping[str, ReadField]
    clocks: Mapping[str, ReadField]
    report_date: date | None = None
    report_date_cell: str = ""
    known_until: date | None = None
    places: Mapping[str, TablePlace] = field(default_factory=dict)
    sheets: Mapping[str, str] = field(default_factory=dict)  # our name of a sheet -> its name in the file
    asleep: Sequence[ReadRow] = ()


@lru_cache(maxsize=256)
def quoted(sheet: str) -> str:
    """A sheet's name as a reference writes it: `SIN`, `'Rapid Review'`."""
    plain = sheet.replace("_", "a").isalnum() and sheet.isascii() and not sheet[:1].isdigit()
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


def address(sheet: str, column: str, row: int) -> str:
    """The address of a cell: `'Rapid Review'!F12`."""
    return f"{quoted(sheet)}!{column}{row}"


def place_of(cell: str) -> tuple[str, int, int] | None:
    """Sheet, row and column number of an address as `address` writes it; None where it names no cell."""
    found = _ADDRESS.fullmatch(cell)
    if found is None:
        return None
    sheet = found["plain"] or found["quoted"].replace("''", "'")
    return sheet, int(found["row"]), column_number(found["column"])


_ESCAPE = re.compile("_x00([01][0-9A-Fa-f])_")
"""How the format writes control characters, such as a carriage return that was pasted; readers leave them."""

HEADER_SEARCH = 60
"""Rows in which a header is looked for: people put titles and notes above a table."""


@dataclass(frozen=True, slots=True)
class FormulaText:
    """A formula as the file holds it."""

    text: str


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header row: its sheet row, the sheet column of each of our titles that was found.

    `doubled` lists titles found twice: title, first column, further column.
    """

    row: int
    columns: Mapping[str, int]
    doubled: Sequence[tuple[str, int, int]] = ()

    def letters(self) -> dict[str, str]:
        """The column letters of each title."""
        return {title: column_letters(column) for title, column in self.columns.items()}


@dataclass(frozen=True, slots=True)
class CellPlace:
    """Where a typed cell stands: its address, its row's ID, and what day numbers count from in this file."""

    place: str
    row_id: str = ""
    epoch_shift: int = 0  # 1,462 in a workbook of the 1904 date system

    def problem(self, code: str, **facts: Any) -> Problem:
        """A problem at this cell."""
        return problem(code, place=self.place, id=self.row_id, **facts)


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """The non-blank cells of a sheet by row, then column.

    `epoch_shift` is as in `CellPlace`; `shown` gives what a formula's cell showed when the file was saved.
    """

    name: str
    rows: Mapping[int, Mapping[int, object]]
    hidden: AbstractSet[int] = frozenset()
    merged: Sequence[tuple[str, int, int]] = ()  # address, first row, last row
    epoch_shift: int = 0
    shown: Callable[[int, int], object] = lambda _row, _column: None

    def place(self, row: int, column: int, row_id: str = "") -> CellPlace:
        """A cell's place, for problems; `row_id` is the ID of its row."""
        return CellPlace(address(self.name, column_letters(column), row), row_id, self.epoch_shift)

    def value(self, row: int, column: int) -> object:
        """A cell's value, a `FormulaText`, or None."""
        return self.rows.get(row, {}).get(column)


def as_read(text: str) -> str:
    """A text as a grid holds it: control characters are themselves again."""
    if "_x0" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text.replace("_x005F_", "_"))


def find_header(grid: SheetGrid, titles: Iterable[str], after: int = 0) -> Header | None:
    """The row below `after` that holds most of the titles (the first of equals); at least half of them."""
    wanted = {clean_text(title).casefold(): title for title in titles}
    best: Header | None = None
    for row in [row for row in sorted(grid.rows) if row > after][:HEADER_SEARCH]:
        columns: dict[str, int] = {}
        doubled = []
        for column, value in sorted(grid.rows[row].items()):
            title = wanted.get(clean_text(value).casefold()) if isinstance(value, str) else None
            if title in columns:
                doubled.append((title, columns[title], column))
            elif title:
                columns[title] = column
        if len(columns) * 2 >= len(wanted) and (best is None or len(columns) > len(best.columns)):
            best = Header(row, columns, doubled)
        if best and len(best.columns) == len(wanted):
            break  # no row holds more
    return best


@dataclass(frozen=True, slots=True)
class FileTable:
    """An Excel table as the file describes it: its corners (1-based), its titles, whether it has a header."""

    name: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int
    titles: tuple[str, ...]
    header: bool = True

    @property
    def header_row(self) -> int:
        """The row its titles stand in, or stood in before somebody switched the header off."""
        return self.first_row if self.header else self.first_row - 1

    def title_at(self, column: int) -> str:
        """The title of a sheet column; empty where the table has none there."""
        place = column - self.first_column
        return self.titles[place] if 0 <= place < len(self.titles) else ""

    @property
    def area(self) -> str:
        """Its cells as a spreadsheet writes them."""
        return area_text(self.first_row, self.first_column, self.last_row, self.last_column)


def file_table(name: str, area: str, titles: Iterable[str], *, header: bool) -> FileTable | None:
    """A table by its facts in the file; None where that is no area of a sheet."""
    corners = parse_area(area.replace("$", ""))
    return FileTable(name, *corners, tuple(titles), header) if corners else None


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One of our tables in the file: where it lies, and which rows are its own.

    `older` are the formulas it was issued with where those of today differ.
    """

    name: str
    grid: SheetGrid
    header: Header
    columns: Sequence[SheetColumn]
    rows: Sequence[int]
    formulas: Mapping[str, str]
    until: int = 0
    older: Mapping[str, str] = field(default_factory=dict)
