"""The due rule, the clocks it counts from and the hold, each against plain Python."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook.making import PROCEDURE, made

from tracker import rules
from tracker.case.model import Case, Child, Dates, Details, Hold
from tracker.formula.book import Area, Book
from tracker.formula.evaluate import Context, Formula
from tracker.formula.values import day_of, serial
from tracker.reconcile.due_dates import count_lines
from tracker.workdays import bank_holidays

LISTED = dict(bank_holidays("GB", "ENG", 2015, 2032))
days = st.dates(date(2018, 1, 1), date(2029, 12, 31))
extra = st.lists(st.dates(date(2018, 1, 1), date(2029, 12, 31)), max_size=5)
TITLES = ("Due", "Timescale", "Day zero", "Count", "Unit")


def _row(day_zero: object, count: object, unit: object, holidays: dict[date, str] = LISTED) -> Book:
    stage = rules.stage_rules(PROCEDURE)
    book = Book(0)
    book.add_table("Steps", "Steps", 1, TITLES, 1)
    for column, content in enumerate((stage["Due"], stage["Timescale"], day_zero, count, unit), 1):
        book.put("Steps", 2, column, content)
    for place, day in enumerate(holidays, 1):
        book.put("Days", place, 1, serial(day))
    book.names[rules.HOLIDAYS] = Area("Days", 1, len(holidays) + 5, 1)
    return book


def _due(day_zero: int, count: int, unit: str, holidays: dict[date, str] = LISTED) -> date:
    return day_of(_row(day_zero, count, unit, holidays).in_row("Steps", 2, "Due"))


@settings(deadline=None)
@given(days, st.integers(-60, 60), st.sampled_from(["working days", "weeks", "months", ""]), extra)
def test_the_explanation_ends_on_the_due_date(start: date, count: int, unit: str, more: list[date]) -> None:
    holidays = LISTED | dict.fromkeys(more, "extra")
    lines, explained = count_lines(start, count, unit, holidays)
    assert _due(serial(start), count, unit, holidays) == explained
    assert lines


@given(st.dates(date(2018, 1, 1), date(2026, 1, 1)), st.integers(1, 60), st.sampled_from(["weeks", "months"]))
def test_weeks_and_months_end_on_the_last_working_day_not_after_the_limit(
    start: date, count: int, unit: str
) -> None:
    due = _due(serial(start), count, unit)
    assert due.weekday() < 5
    assert due not in LISTED
    weeks = start + timedelta(weeks=count)
    after = due + timedelta(days=1)
    while unit == "weeks" and after <= weeks:
        assert after.weekday() >= 5 or after in LISTED
        after += timedelta(days=1)
    if unit == "weeks":
        assert due <= weeks


MONDAY = serial(date(2026, 11, 2))


@pytest.mark.parametrize(
    ("day_zero", "count", "unit", "due", "timescale"),
    [
        (MONDAY, 5, "working days", "2026-11-09", "Day 5"),
        (MONDAY, 5, None, "2026-11-09", "Day 5"),
        (MONDAY, 0, "working days", "2026-11-02", "Day 0"),
        (MONDAY - 1, 0, "working days", "2026-11-01", "Day 0"),
        (MONDAY, -7, "working days", "2026-10-22", "7 wd before"),
        (MONDAY, 3, "weeks", "2026-11-23", "3 weeks"),
        (MONDAY, -5, "weeks", "2026-09-28", "5 weeks before"),
        (MONDAY, 6, "months", "2027-04-30", "6 months"),
        (MONDAY, 5, "fortnights", "", ""),
        (MONDAY, None, "working days", "", ""),
        (MONDAY, "five", "working days", "", ""),
        ("", 5, "working days", "", "Day 5"),
        (None, 3, "weeks", "", "3 weeks"),
    ],
)
def test_a_row_is_counted_in_its_unit(
    day_zero: object, count: object, unit: object, due: str, timescale: str
) -> None:
    found = _row(day_zero, count, unit)
    shown = found.in_row("Steps", 2, "Due")
    assert (day_of(shown).isoformat() if shown != "" else "") == due
    assert found.in_row("Steps", 2, "Timescale") == timescale


AWARE, SENT, LETTER, DECIDED, PLANNED = (
    date(2026, 11, 2), date(2026, 11, 5), date(2026, 12, 17), date(2026, 12, 21), date(2027, 6, 10)
)  # fmt: skip
_known = [(None, day) for day in (AWARE, SENT, LETTER, DECIDED, PLANNED)]


@pytest.mark.parametrize(("aware", "sent", "letter", "decided", "planned"), list(product(*_known)))
def test_every_clock_has_the_date_the_readings_give_it(
    aware: date | None, sent: date | None, letter: date | None, decided: date | None, planned: date | None
) -> None:
    details = Details("DOR-1", aware=aware)
    dates = Dates(sent, None, letter, decided, planned)
    book = made(Case(details, children=(Child("Child 1"),), dates=dates), date(2026, 11, 22)).book
    review = (sent, "Confirmed") if sent else (date(2026, 11, 9), "Provisional") if aware else None
    start = letter or decided
    target = {LETTER: date(2027, 6, 17), DECIDED: date(2027, 6, 21)}
    publication = (planned, "Confirmed") if planned else (target[start], "Provisional") if start else None
    expected = {
        "SIN day zero": (aware, "Confirmed") if aware else None,
        "Rapid Review day zero": review,
        "LCSPR day zero": (start, "Confirmed") if start else None,
        "Publication": publication,
        "National Panel meeting": None,
        "First Review Panel": None,
    }
    columns = [
        book.column(rules.CLOCKS, each) for each in ("Clock", "Date in use", "Confirmed or provisional")
    ]
    found = {
        name: (day_of(day), state) if state != "Not known" else None
        for name, day, state in zip(*columns, strict=True)
    }
    assert found == expected
    for clock in PROCEDURE.clocks:
        known = expected[clock.name]
        assert book.name(clock.defined_name) in ([serial(known[0])] if known else [None, ""])


_REPORT = date(2026, 11, 23)
_NEAR = (None, *(_REPORT + timedelta(days=n) for n in (-30, -1, 0, 1, 30)))


@pytest.mark.parametrize(("start", "end"), list(product(_NEAR, _NEAR)))
@pytest.mark.parametrize(
    "before", [(), (Hold(date(2026, 9, 1), None, date(2026, 10, 1)),)], ids=["first", "second"]
)
def test_a_hold_runs_from_its_first_day_until_the_day_it_ended_whatever_its_review_date(
    start: date | None, end: date | None, before: tuple[Hold, ...]
) -> None:
    holds = (*before, Hold(start, _REPORT - timedelta(days=5), end))
    case = Case(Details("DOR-1", aware=AWARE), children=(Child("Child 1"),), holds=holds)
    runs = start is not None and start <= _REPORT and not (end and end <= _REPORT)
    assert made(case, _REPORT).book.name(rules.HOLD_RUNNING) == ("yes" if runs else "no")


def test_a_typed_report_date_replaces_today() -> None:
    book = Book(serial(_REPORT))
    book.names["Report_date_typed"] = Area("Case", 1, 1, 1)
    book.put("Case", 1, 1, None)
    context = Context(book, "Case", 2, "")
    assert rules.REPORT_DATE_RULE.evaluate(context) == serial(_REPORT)
    typed = Book(serial(_REPORT))
    typed.names["Report_date_typed"] = Area("Case", 1, 1, 1)
    typed.put("Case", 1, 1, serial(AWARE))
    assert Formula(rules.REPORT_DATE_RULE.text).evaluate(Context(typed, "Case", 2, "")) == serial(AWARE)
