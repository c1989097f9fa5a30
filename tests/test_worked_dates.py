"""The worked dates of readings.md: through the due rule, through whole workbooks, and through LibreOffice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from office.calc import counted_values, needs_soffice
from workbook.making import PROCEDURE, cell, made, stripped, value, written

from tracker import rules
from tracker.case.model import Case, Child, Dates, Details
from tracker.formula.book import Area, Book
from tracker.formula.values import day_of, serial
from tracker.workdays import bank_holidays

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.workbook.build import Workbook

HOLIDAYS = tuple(bank_holidays("GB", "ENG", 2015, 2030))


@dataclass(frozen=True)
class Worked:
    """One worked date: the case's dates, the step it is the due date of, and how it is counted."""

    aware: str
    step: str
    counted_from: str
    count: int
    unit: str
    due: str
    sin: str = ""
    recommended: str = ""
    publication: str = ""

    def case(self) -> Case:
        def day(text: str) -> date | None:
            return date.fromisoformat(text) if text else None

        dates = Dates(day(self.sin), None, day(self.recommended), None, day(self.publication))
        return Case(Details("DOR-1", aware=day(self.aware)), children=(Child("Child 1"),), dates=dates)

    def __str__(self) -> str:
        return f"{self.step} counted from {self.counted_from} {self.count} {self.unit} is {self.due}"


def _review(sin: str, days: str) -> list[Worked]:
    """Rapid Review due dates of a SIN: `15 2024-01-22` is day 15."""
    found = []
    for each in days.split(", "):
        count, due = each.split()
        step = {"1": "RR-5.6", "2": "RR-5.7", "5": "RR-5.4", "6": "RR-5.13", "8": "RR-5.5", "9": "RR-5.14",
                "11": "RR-6.2", "12": "RR-6.4", "14": "RR-6.5", "15": "RR-6.6"}[count]  # fmt: skip
        found.append(Worked(sin, step, sin, int(count), "working days", due, sin=sin))
    return found


def _sin(aware: str, due: str) -> Worked:
    return Worked(aware, "SIN-3.4", aware, 5, "working days", due)


def _before_publication(step: str, count: int, unit: str, due: str) -> Worked:
    return Worked(
        "2023-06-01", step, "2024-04-08", count, unit, due, recommended="2023-09-01", publication="2024-04-08"
    )


def _lcspr(step: str, start: str, count: int, unit: str, due: str) -> Worked:
    return Worked("2025-06-02", step, start, count, unit, due, recommended="2025-08-31")


WORKED = (
    _sin("2023-12-20", "2023-12-29"),
    *_review("2023-12-29", "15 2024-01-22"),
    _sin("2025-06-14", "2025-06-20"),
    *_review("2022-09-05", "15 2022-09-27"),
    *_review("2023-04-24", "15 2023-05-17"),
    *_review("2026-06-01", "15 2026-06-22"),
    _sin("2026-12-21", "2026-12-30"),
    *_review(
        "2025-04-10",
        "1 2025-04-11, 2 2025-04-14, 5 2025-04-17, 6 2025-04-22, 8 2025-04-24, 9 2025-04-25, "
        "11 2025-04-29, 12 2025-04-30, 14 2025-05-02, 15 2025-05-06",
    ),
    _before_publication("LCSPR-7.19", -7, "working days", "2024-03-26"),
    _before_publication("LCSPR-7.16", -5, "weeks", "2024-03-04"),
    _before_publication("LCSPR-7.17", -4, "weeks", "2024-03-11"),
    _lcspr("LCSPR-7.6", "2025-08-31", 6, "months", "2026-02-27"),
    _lcspr("LCSPR-7.8", "2025-08-31", 3, "weeks", "2025-09-19"),
    _lcspr("LCSPR-7.19", "2026-02-27", -7, "working days", "2026-02-18"),
)
CLOCKS = {
    "Rapid Review day zero": ("2025-06-09", "Provisional"),
    "LCSPR day zero": ("2025-08-31", "Confirmed"),
    "Publication": ("2026-02-27", "Provisional"),
}
"""The clocks of the last three: the target is the last working day on or before six months."""


def _rule(worked: Worked) -> Book:
    """A book with the due rule in one row."""
    book = Book(0)
    book.add_table("Steps", "Steps", 1, ["Due", "Day zero", "Count", "Unit"], 1)
    day_zero = serial(date.fromisoformat(worked.counted_from))
    row = (rules.stage_rules(PROCEDURE)["Due"], day_zero, worked.count, worked.unit)
    for column, content in enumerate(row, 1):
        book.put("Steps", 2, column, content)
    for place, day in enumerate(HOLIDAYS, 1):
        book.put("Days", place, 1, serial(day))
    book.names[rules.HOLIDAYS] = Area("Days", 1, len(HOLIDAYS) + 5, 1)
    return book


@pytest.mark.parametrize("worked", WORKED, ids=str)
def test_the_due_rule_gives_the_worked_date(worked: Worked) -> None:
    assert day_of(_rule(worked).in_row("Steps", 2, "Due")).isoformat() == worked.due


@pytest.mark.parametrize("worked", WORKED, ids=str)
def test_the_workbook_of_such_a_case_gives_the_worked_date(worked: Worked) -> None:
    workbook = made(worked.case(), date(2026, 11, 22))
    shown = {title: value(workbook, worked.step, title) for title in ("Day zero", "Due", "Count", "Unit")}
    assert shown == {
        "Day zero": serial(date.fromisoformat(worked.counted_from)),
        "Due": serial(date.fromisoformat(worked.due)),
        "Count": worked.count,
        "Unit": worked.unit,
    }


def test_without_a_confirmed_publication_the_target_runs_the_clock() -> None:
    book = made(WORKED[-1].case(), date(2026, 11, 22)).book
    columns = (
        book.column(rules.CLOCKS, each) for each in ("Clock", "Date in use", "Confirmed or provisional")
    )
    clocks = {name: (day, state) for name, day, state in zip(*columns, strict=True)}
    expected = {name: (serial(date.fromisoformat(day)), state) for name, (day, state) in CLOCKS.items()}
    assert {name: clocks[name] for name in CLOCKS} == expected


@needs_soffice
def test_libreoffice_gives_the_worked_dates(tmp_path: Path) -> None:
    (bare := tmp_path / "bare").mkdir()
    workbooks: dict[str, Workbook] = {}
    for worked in WORKED:
        workbooks.setdefault(repr(worked.case()), made(worked.case(), date(2026, 11, 22)))
    assert len(workbooks) < len(WORKED)
    paths = []
    for number, workbook in enumerate(workbooks.values()):
        path = written(workbook, tmp_path / f"{number}.xlsx")
        paths.append(stripped(path, bare / path.name, workbook.as_at))
    counted = dict(zip(workbooks, counted_values(paths), strict=True))
    found = {}
    for worked in WORKED:
        key = repr(worked.case())
        place = cell(workbooks[key], worked.step, "Due")
        found[str(worked)] = counted[key][place]
    assert found == {str(worked): serial(date.fromisoformat(worked.due)) for worked in WORKED}
