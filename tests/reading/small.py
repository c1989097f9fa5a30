"""A small workbook of a small procedure, typed into in memory, and where each typed cell is accounted for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter
from reconcile.editing import EARLY, FRESH, reconcile_paths
from workbook.making import FACTS, PROCEDURE
from workbook.opening import open_workbook

from tracker.plan import make_plan
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.build import build
from tracker.workbook.preflight import workbook_content
from tracker.workbook.read import read_content
from tracker.workbook.reading import address
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openpyxl import Workbook as XlsxWorkbook
    from openpyxl.worksheet.worksheet import Worksheet

    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.reconcile.model import CaseState
    from tracker.workbook.preflight import Password
    from tracker.workbook.read import LoadProcedure
    from tracker.workbook.reading import Reading

STEPS = frozenset(
    {
        "SIN-2.1", "SIN-2.6", "SIN-3.2", "SIN-3.4", "SIN-3.6b", "RR-5.3", "RR-5.6", "RR-5.10", "RR-6.6",
        "LCSPR-7.6", "LCSPR-7.8", "LCSPR-7.19",
    }
)  # fmt: skip


def narrowed(steps: frozenset[str]) -> Procedure:
    """The Dorset set with these steps alone."""
    return replace(
        PROCEDURE,
        stages=tuple(
            replace(
                stage,
                steps=tuple(
                    replace(step, after=tuple(each for each in step.after if each in steps))
                    for step in stage.steps
                    if step.id in steps
                ),
            )
            for stage in PROCEDURE.stages
        ),
    )


SMALL = narrowed(STEPS)
STAGES = tuple(stage.name for stage in SMALL.stages)


@cache
def _issued() -> bytes:
    return workbook_bytes(build(make_plan(FRESH, SMALL), FACTS, EARLY))


def opened() -> XlsxWorkbook:
    """The workbook as issued, to be typed into."""
    return open_workbook(_issued())


def read_back(book: XlsxWorkbook, path: Path) -> CaseState:
    """What is read of the workbook as it now is."""
    book.save(path)
    outcome = reconcile_paths([path], EARLY, load=lambda _: (SMALL, []))
    assert not outcome.problems
    (case,) = outcome.cases
    return case


# The cells of our tables


COLUMNS: Mapping[str, tuple[tuple[layout.SheetColumn, ...], ...]] = {
    **dict.fromkeys(STAGES, (layout.STAGE_COLUMNS,)),
    layout.PLAN: (layout.PLAN_COLUMNS,),
    layout.LOG: (layout.LOG_COLUMNS,),
    layout.PEOPLE: (layout.ROLE_COLUMNS, layout.AGENCY_COLUMNS),
    layout.CALENDAR: (layout.HOLIDAY_COLUMNS, layout.CLOSURE_COLUMNS, layout.MEETING_COLUMNS),
}


def table_at(page: Worksheet, columns: tuple[layout.SheetColumn, ...]) -> tuple[int, dict[str, int]]:
    """The header row of a table, and the sheet column of each of its titles."""
    titles = [column.title for column in columns]
    for row in range(1, page.max_row + 1):
        found = {
            str(page.cell(row, column).value): column
            for column in range(page.max_column, 0, -1)
            if page.cell(row, column).value in titles
        }
        if len(found) == len(titles):
            return row, found
    raise LookupError(page.title, titles)


@dataclass(frozen=True)
class Held:
    """A cell with something in it that stands under one of our headers."""

    sheet: str
    row: int
    column: int
    title: str
    value: object

    @property
    def place(self) -> str:
        return address(self.sheet, get_column_letter(self.column), self.row)


def cells_of(book: XlsxWorkbook) -> Iterator[Held]:
    """Every cell that people or we have filled in our tables."""
    for sheet, tables in COLUMNS.items():
        page = book[sheet]
        headers = [table_at(page, columns) for columns in tables]
        for header, columns in headers:
            below = [row for row, others in headers if row > header]
            last = min(below) - 2 if below else page.max_row
            for row in range(header + 1, last + 1):
                for title, column in columns.items():
                    value = page.cell(row, column).value
                    if value is not None and clean_text(str(value)):
                        yield Held(sheet, row, column, title, value)


# Where a cell is accounted for


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value.isoformat() if isinstance(value, date) else clean_text(str(value))


def _records(case: CaseState) -> dict[tuple[str, str], set[str]]:
    """What is read of each row of a state, by its sheet and sheet row."""
    found: dict[tuple[str, str], set[str]] = {}
    lists: tuple[Any, ...] = (*case.actions, *case.action_plan, *case.log, *case.meetings)
    for record in lists:
        sheet, _, cell = record.cell.rpartition("!")
        values = {_shown(getattr(record, name)) for name in record.__slots__ if getattr(record, name)}
        found[sheet, cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")] = values | {"0"}
    return found


@cache
def _as_issued() -> frozenset[tuple[str, str, str]]:
    """What was issued: sheet, title, value; of the stages by the row's ID in place of the sheet."""
    book = opened()
    return frozenset((_row_of(book, held), held.title, _shown(held.value)) for held in cells_of(book))


def _row_of(book: XlsxWorkbook, held: Held) -> str:
    if held.sheet not in STAGES:
        return held.sheet
    _, columns = table_at(book[held.sheet], layout.STAGE_COLUMNS)
    return clean_text(str(book[held.sheet].cell(held.row, columns["ID"]).value))


def lost(book: XlsxWorkbook, case: CaseState) -> list[tuple[str, object]]:
    """The cells of a workbook that stand neither in a state, nor as issued, nor in a change or a problem."""
    told = {each.cell for each in case.changes} | {each.place for each in case.problems}
    records = _records(case)
    missing = []
    for held in cells_of(book):
        if held.place in told or _is_ours(held.value):
            continue
        if (_row_of(book, held), held.title, _shown(held.value)) in _as_issued():
            continue
        if (held.title, _shown(held.value)) in _our_words():
            continue
        sheet = held.place.rpartition("!")[0]
        if _shown(held.value) not in records.get((sheet, str(held.row)), set()):
            missing.append((held.place, held.value))
    return missing


@cache
def _our_words() -> set[tuple[str, object]]:
    """What we wrote into the columns that no state repeats: in another row it is still nobody's typing."""
    return {(title, shown) for _, title, shown in _as_issued() if title in {"Waits for", "Note"}}


def _is_ours(value: object) -> bool:
    """A formula as it was issued."""
    return isinstance(value, str) and value.startswith("=") and "[[#This Row]" in value


def read_path(
    path: Path, load: LoadProcedure, password: Password | None = None
) -> tuple[Reading | None, Procedure | None, list[Problem]]:
    """Read an edited workbook from its file: the reading, its procedure, and every problem."""
    content, problems = workbook_content(path, password)
    return (None, None, problems) if problems else read_content(content, str(path), load)
