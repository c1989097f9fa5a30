"""A small case with six agencies: its workbook, its returns, and what is filled in and read back, in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from reading.small import STEPS, narrowed
from reconcile.editing import FRESH
from regenerate.running import book_of, issued, saved, typed
from workbook.making import FACTS

from tracker.case.model import Agency, Dates
from tracker.reconcile.state import case_state
from tracker.regenerate.copies import Copies
from tracker.regenerate.returned import agencies_of, merge_returns, owners_of, return_content
from tracker.workbook.read import read_content
from tracker.workbook.return_page import SHEET, return_bytes
from tracker.workbook.return_reader import ReadReturn, read_return

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openpyxl import Workbook as XlsxWorkbook

    from tracker.problems import Problem

__all__ = ["FACTS", "SHEET", "book_of", "saved"]

SENT = date(2026, 11, 11)
"""The day the returns are sent: the SIN went in on 9 November, and the briefing reports are due on 19 November."""
CODES = ("POL", "ICB", "DHC", "UHD", "ASC", "CAF")
NAMES = (
    "Dorset Police",
    "NHS Dorset",
    "Dorset HealthCare",
    "University Hospitals",
    "Adult Social Care",
    "Cafcass",
)
CASE = replace(
    FRESH,
    agencies=tuple(
        Agency(name, code, contact=f"{code}-contact", email=f"{code.lower()}@example.org")
        for name, code in zip(NAMES, CODES, strict=True)
    ),
    dates=Dates(sin_submitted=date(2026, 11, 9)),
)
PROCEDURE = narrowed(STEPS | {"RR-5.7", "RR-5.7b", "LCSPR-7.9b"})
PLAN: Mapping[str, object] = {
    "Action Plan!A4": "AP-001", "Action Plan!B4": "Share concerns sooner", "Action Plan!C4": "Brief every ward",
    "Action Plan!D4": "University Hospitals", "Action Plan!F4": date(2026, 12, 4), "Action Plan!N4": "Office only",
}  # fmt: skip
"""One action of the plan, led by UHD."""


@cache
def workbook() -> bytes:
    """The workbook of the case as it is issued."""
    return issued(CASE, PROCEDURE)


def edited(cells: Mapping[str, object], content: bytes | None = None) -> bytes:
    """The workbook with some of its cells typed anew."""
    return typed(cells, content=workbook() if content is None else content)


def sent(owner: str, content: bytes | None = None, as_at: date = SENT) -> bytes:
    """The return of an owner as it is sent."""
    reading, procedure, problems = read_content(
        workbook() if content is None else content, "case.xlsx", lambda _: (PROCEDURE, [])
    )
    assert reading is not None, problems
    assert procedure is not None
    state = case_state(reading, procedure, as_at)
    found = next(
        each for each in (*agencies_of(reading), *owners_of(reading, state)) if each.is_called(owner)
    )
    return return_bytes(return_content(found, reading, procedure, state, as_at)[0])


def filled(
    content: bytes,
    cells: Mapping[str, object] | None = None,
    then: Callable[[XlsxWorkbook], None] | None = None,
) -> bytes:
    """A return with cells filled in, named `RR-5.7b-POL:Completed`, or changed by `then`."""
    book = book_of(content)
    page = book[SHEET]
    titles = {page.cell(6, column).value: column for column in range(1, 20)}
    rows = {page.cell(row, 1).value: row for row in range(7, 12)}
    for key, value in (cells or {}).items():
        row_id, _, title = key.partition(":")
        page.cell(rows[row_id], titles[title]).value = value  # type: ignore[assignment]  # a test types anything
    if then:
        then(book)
    return saved(book)


def read(content: bytes, path: str = "POL.xlsx") -> tuple[ReadReturn, list[str]]:
    """A return as it is read, and the codes of what was found."""
    found, problems = read_return(content, path)
    assert found is not None, problems
    return found, [each.code for each in problems]


@dataclass(frozen=True)
class Merged:
    """What merging returns made of a workbook."""

    content: bytes
    problems: tuple[Problem, ...]
    conflicts: Sequence[tuple[str, str, object, object, object]]

    @property
    def codes(self) -> list[str]:
        return [each.code for each in self.problems]

    def row(self, row_id: str, *titles: str) -> list[object]:
        """What stands in a row of the result, under some titles."""
        reading, _, _ = read_content(self.content, "case.xlsx", lambda _: (PROCEDURE, []))
        assert reading is not None
        rows = (row for rows in reading.tables.values() for row in rows)
        found = next(row for row in rows if row.text("ID") == row_id and "Progress" in row.columns)
        return [found.values.get(title) for title in titles]


def merged(*returns: bytes, into: bytes | None = None) -> Merged:
    """The workbook with returns merged into it; each file is called by its number."""
    reads = [read(content, f"{number}.xlsx")[0] for number, content in enumerate(returns, 1)]
    copies = Copies(workbook() if into is None else into, (), ())
    made, problems = merge_returns("case.xlsx", copies, reads, lambda _: (PROCEDURE, []), SENT)
    assert made is not None, problems
    conflicts = [(each.id, each.column, each.was, each.yours, each.new) for each in made.conflicts]
    return Merged(made.content, made.problems, conflicts)
