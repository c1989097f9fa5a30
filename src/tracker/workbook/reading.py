"""What was read from an edited workbook: plain values, and where each stood.

Nothing here is judged yet. Dates are dates, texts are as the person typed them but for surrounding blanks, a blank
cell is None. A formula of ours that still stands has no value of its own: it is evaluated again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from tracker.formula.parse import column_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.workbook.issue import Issue

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


@dataclass(frozen=True, slots=True)
class Reading:
    """A workbook as it was read. Tables map to their rows by table name, fields by the description's path.

    `asleep` are the rows on standby whose agency or child has no name: they are in no table.
    """

    path: str
    sha256: str
    issue: Issue
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
