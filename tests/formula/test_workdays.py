"""Counting days against the `holidays` package and against walking day by day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.formula.values import day_of, serial
from tracker.workdays import bank_holidays, edate, is_weekend, networkdays, workday

FIRST, LAST = 2015, 2032
LISTED = frozenset(serial(day) for day in bank_holidays("GB", "ENG", FIRST, LAST))

days = st.dates(date(2018, 1, 1), date(2030, 12, 31))
counts = st.integers(-250, 250)
some_holidays = st.frozensets(st.integers(serial(date(2024, 1, 1)), serial(date(2024, 12, 31))), max_size=80)


@cache
def england() -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST, LAST + 1))


def _is_working(day: date, closed: frozenset[int]) -> bool:
    return day.weekday() < 5 and serial(day) not in closed


def _walked(start: date, count: int, closed: frozenset[int]) -> date:
    day, left = start, abs(count)
    while left:
        day += timedelta(days=1 if count > 0 else -1)
        left -= _is_working(day, closed)
    return day


@given(days, counts)
def test_a_working_day_is_the_one_the_holidays_package_counts(start: date, count: int) -> None:
    expected = england().get_nth_working_day(start, count) if count else start
    assert day_of(workday(serial(start), count, LISTED)) == expected


@given(st.dates(date(2023, 10, 1), date(2025, 3, 31)), st.integers(-120, 120), some_holidays)
def test_a_working_day_is_found_by_walking(start: date, count: int, closed: frozenset[int]) -> None:
    assert day_of(workday(serial(start), count, closed)) == _walked(start, count, closed)


@given(st.dates(date(2023, 10, 1), date(2025, 3, 31)), st.integers(-200, 200), some_holidays)
def test_working_days_between_are_counted_one_by_one(first: date, span: int, closed: frozenset[int]) -> None:
    last = first + timedelta(days=span)
    low, high = min(first, last), max(first, last)
    walked = sum(_is_working(low + timedelta(days=n), closed) for n in range((high - low).days + 1))
    assert networkdays(serial(first), serial(last), closed) == (walked if first <= last else -walked)


@given(days, st.integers(1, 250), some_holidays)
def test_counting_forward_and_counting_between_agree(start: date, count: int, closed: frozenset[int]) -> None:
    end = workday(serial(start), count, closed)
    assert networkdays(serial(start) + 1, end, closed) == count


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(-120, 120))
def test_months_are_added_by_the_calendar(start: date, months: int) -> None:
    found = day_of(edate(serial(start), months))
    year, month = start.year, start.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month in {0, 13}:
            year, month = (year - 1, 12) if month == 0 else (year + 1, 1)
    assert found == date(year, month, min(start.day, monthrange(year, month)[1]))


@pytest.mark.parametrize(
    ("day", "weekend"),
    [
        (date(2026, 11, 20), False),
        (date(2026, 11, 21), True),
        (date(2026, 11, 22), True),
        (date(2026, 11, 23), False),
    ],
)
def test_saturday_and_sunday_are_the_weekend(day: date, weekend: bool) -> None:
    assert is_weekend(serial(day)) is weekend


PUBLISHED = {
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}
"""The weekdays of the government's published list for England and Wales."""


@pytest.mark.parametrize("year", PUBLISHED)
def test_bank_holidays_are_those_the_government_publishes(year: int) -> None:
    found = bank_holidays("GB", "ENG", year, year)
    weekdays = [f"{day:%m-%d}" for day in found if day.weekday() < 5]
    assert weekdays == PUBLISHED[year].split()
    assert all(found.values())


def test_years_are_listed_in_order_and_none_is_left_out() -> None:
    found = list(bank_holidays("GB", "ENG", 2025, 2027))
    assert found == sorted(found)
    assert {day.year for day in found} == {2025, 2026, 2027}
