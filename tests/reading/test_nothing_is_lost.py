"""Whatever people type, and whatever they do to the rows: each cell is read, told as changed, or told as wrong."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reading.small import COLUMNS, STAGES, lost, opened, read_back, table_at
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from openpyxl import Workbook as XlsxWorkbook
    from openpyxl.worksheet.worksheet import Worksheet

EXAMPLES = int(os.environ.get("TRACKER_GENERATED_EDITS", "60"))

WORDS = st.sampled_from(
    [
        "done", "Closed", "n/a", "Opne", "Complete\u00a0", "In progress", "Waiting on others", "Ring the school",
        "The \u2018deputy\u2019 \u2013 away", "\u200b", " ", "SIN-2.6", "SIN\u20112.6", "SIN-9.9", "RR-5.6",
        "PDSCP Business Manager", "PDSCP  Business Manager", "Business Manager", "B. Example", "Dorset Police",
        "SIN day zero", "Rapid Review day zero", "SIN day zer", "working days", "weeks", "fortnights", "Procedure",
        "3/11/2026", "13/11/2026", "2026-11-03", "3 November 2026", "after the weekend", "31/2/2026", "yes", "no",
        "Decision", "Chased", "Rapid Review", "Agency", "5", "0", "-3", "5.10", "=1+1", "=TODAY()", "#N/A", "TRUE",
    ]
)  # fmt: skip
TEXTS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc")), max_size=20
)
DAYS = st.dates(date(2026, 10, 1), date(2027, 12, 31))
VALUES = st.one_of(
    WORDS,
    WORDS,
    TEXTS,
    DAYS,
    DAYS.map(lambda day: datetime(day.year, day.month, day.day, 14, 30)),  # noqa: DTZ001  # a cell has no zone
    st.dates(date(1900, 3, 1), date(2150, 1, 1)),
    st.integers(-5, 60),
    st.integers(46_000, 47_000),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.booleans(),
    st.just(time(14, 30)),
)
TABLES = [(sheet, number) for sheet, tables in COLUMNS.items() for number in range(len(tables))]
ROWS = st.integers(0, 12)


@dataclass(frozen=True)
class Table:
    """A table of the workbook as it now stands."""

    page: Worksheet
    header: int
    columns: dict[str, int]

    @property
    def last(self) -> int:
        """The last row with anything under one of the headers."""
        filled = (
            row
            for row in range(self.page.max_row, self.header, -1)
            if any(self.page.cell(row, column).value is not None for column in self.columns.values())
        )
        return next(filled, self.header)


def table(book: XlsxWorkbook, sheet: str, number: int) -> Table:
    page = book[sheet]
    header, columns = table_at(page, COLUMNS[sheet][number])
    return Table(page, header, columns)


def put(book: XlsxWorkbook, where: tuple[str, int], row: int, column: int, value: object) -> None:
    """Type into a row of a table."""
    it = table(book, *where)
    at = it.header + 1 + row % max(it.last - it.header, 1)
    it.page.cell(at, list(it.columns.values())[column % len(it.columns)]).value = value  # type: ignore[assignment]  # anything is typed


def below(book: XlsxWorkbook, where: tuple[str, int], gap: int, column: int, value: object) -> None:
    """Type below a table, next to it or after a gap."""
    it = table(book, *where)
    # The roles end above the agencies on the same sheet.
    at = it.last + 1 + gap if where != (layout.PEOPLE, 0) else it.header + 24 + gap % 5
    it.page.cell(at, list(it.columns.values())[column % len(it.columns)]).value = value  # type: ignore[assignment]  # as above


def swap(book: XlsxWorkbook, sheet: str, one: int, other: int, *, ids: bool) -> None:
    """Let two rows change places, with or without their IDs."""
    it = table(book, sheet, 0)
    rows = [it.header + 1 + each % max(it.last - it.header, 1) for each in (one, other)]
    for column in range(1 if ids else 2, it.page.max_column + 1):
        first, second = (it.page.cell(row, column) for row in rows)
        first.value, second.value = second.value, first.value


def duplicate(book: XlsxWorkbook, sheet: str, row: int, gap: int) -> None:
    """Copy a row below the table."""
    it = table(book, sheet, 0)
    at, onto = it.header + 1 + row % max(it.last - it.header, 1), it.last + 1 + gap
    for column in range(1, it.page.max_column + 1):
        it.page.cell(onto, column).value = it.page.cell(at, column).value


def insert_row(book: XlsxWorkbook, sheet: str, row: int) -> None:
    it = table(book, sheet, 0)
    it.page.insert_rows(row % (it.last + 1) + 1)


def delete_row(book: XlsxWorkbook, sheet: str, row: int) -> None:
    it = table(book, sheet, 0)
    it.page.delete_rows(it.header + 1 + row % max(it.last - it.header, 1))


def insert_column(book: XlsxWorkbook, sheet: str, column: int) -> None:
    it = table(book, sheet, 0)
    it.page.insert_cols(column % len(it.columns) + 1)


def clear(book: XlsxWorkbook, where: tuple[str, int], row: int, column: int) -> None:
    put(book, where, row, column, None)


Edit = tuple["Callable[..., None]", tuple[Any, ...], dict[str, Any]]
ANY_TABLE, STAGE = st.sampled_from(TABLES), st.sampled_from([*STAGES, layout.PLAN])
COLUMN = st.integers(0, 20)


def edit(done: Callable[..., None], *given_: st.SearchStrategy[Any], **named: st.SearchStrategy[Any]) -> Any:
    return st.tuples(st.just(done), st.tuples(*given_), st.fixed_dictionaries(named))


EDITS = st.one_of(
    edit(put, ANY_TABLE, ROWS, COLUMN, VALUES),
    edit(put, ANY_TABLE, ROWS, COLUMN, VALUES),
    edit(below, ANY_TABLE, st.sampled_from([0, 0, 1, 70]), COLUMN, VALUES),
    edit(swap, STAGE, ROWS, ROWS, ids=st.booleans()),
    edit(duplicate, STAGE, ROWS, st.integers(0, 3)),
    edit(insert_row, STAGE, ROWS),
    edit(delete_row, STAGE, ROWS),
    edit(insert_column, STAGE, COLUMN),
    edit(clear, ANY_TABLE, ROWS, COLUMN),
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # to shrink takes minutes, and the edits say enough
    suppress_health_check=list(HealthCheck),
)
@given(edits=st.lists(EDITS, min_size=1, max_size=12))
def test_no_typed_cell_is_lost(edits: list[Edit], tmp_path_factory: pytest.TempPathFactory) -> None:
    book = opened()
    for done, arguments, named in edits:
        done(book, *arguments, **named)
    case = read_back(book, tmp_path_factory.getbasetemp() / "small.xlsx")
    assert lost(book, case) == []


def test_the_small_workbook_as_issued_loses_nothing(tmp_path: Path) -> None:
    book = opened()
    case = read_back(book, tmp_path / "small.xlsx")
    assert (case.problems, case.changes, lost(book, case)) == ((), (), [])


def test_a_cell_that_is_read_nowhere_would_be_found(tmp_path: Path) -> None:
    book = opened()
    case = read_back(book, tmp_path / "small.xlsx")
    book["SIN"]["L5"] = "typed after it was read"
    assert lost(book, case) == [("SIN!L5", "typed after it was read")]
