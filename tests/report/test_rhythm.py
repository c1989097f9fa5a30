"""The reminder rhythm, day by day and for every pair of runs, over Christmas with its two bank holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tracker.report import rows as rhythm
from tracker.report.rows import working_days

DAYS = working_days(date(2026, 12, 1), date(2027, 1, 31))
MONTH = [date(2026, 12, 8) + timedelta(days=day) for day in range(31)]
"""From 8 December to 7 January: the 25th is Christmas Day, the 28th its neighbour's substitute, the 1st New Year."""
WEDNESDAY = date(2026, 12, 23)
BOXING_DAY = date(2026, 12, 26)  # a Saturday: somebody agreed it


def reminded(due: date, since: date, as_at: date) -> bool:
    return rhythm.owner_is_reminded(due, since, as_at, DAYS)


def days_of_daily_runs(due: date) -> list[str]:
    return [f"{day:%a} {day.day} {day:%b}" for day in MONTH if reminded(due, day - timedelta(days=1), day)]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (WEDNESDAY, ["Mon 21 Dec", "Wed 23 Dec", "Tue 29 Dec", "Thu 31 Dec", "Tue 5 Jan", "Thu 7 Jan"]),
        (BOXING_DAY, ["Wed 23 Dec", "Sat 26 Dec", "Wed 30 Dec", "Mon 4 Jan", "Wed 6 Jan"]),
    ],
)
def test_a_daily_run_reminds_two_days_before_on_the_day_and_every_second_working_day(
    due: date, expected: list[str]
) -> None:
    assert days_of_daily_runs(due) == expected


@pytest.mark.parametrize("due", [WEDNESDAY, BOXING_DAY])
def test_any_run_takes_what_fell_due_since_the_last_one(due: date) -> None:
    reminders = {day for day in MONTH if reminded(due, day - timedelta(days=1), day)}
    pairs = [(since, as_at) for since in MONTH for as_at in MONTH]
    wrong = [
        (since, as_at)
        for since, as_at in pairs
        if reminded(due, since, as_at) != any(since < day <= as_at for day in reminders)
    ]
    assert wrong == []


def test_the_first_run_takes_what_is_overdue_or_due_within_five_working_days() -> None:
    taken = [due for due in MONTH if rhythm.owner_is_reminded(due, None, date(2026, 12, 21), DAYS)]
    assert (taken[0], taken[-1]) == (MONTH[0], date(2026, 12, 30))
    assert len(taken) == (taken[-1] - taken[0]).days + 1


def test_a_digest_tells_key_dates_at_five_two_and_no_days() -> None:
    told = [
        f"{day:%a} {day.day} {day:%b}"
        for day in MONTH
        if rhythm.key_date_is_due(date(2026, 12, 30), day - timedelta(days=1), day, DAYS)
    ]
    assert told == ["Mon 21 Dec", "Thu 24 Dec", "Wed 30 Dec"]
    first = [due for due in MONTH if rhythm.key_date_is_due(due, None, WEDNESDAY, DAYS)]
    assert (first[0], first[-1]) == (WEDNESDAY, date(2027, 1, 4))


def test_the_digest_comes_once_a_week_on_its_first_working_day() -> None:
    due = [
        f"{day:%a} {day.day} {day:%b}"
        for day in MONTH
        if rhythm.digest_is_due(day - timedelta(days=1), day, DAYS)
    ]
    assert due == ["Mon 14 Dec", "Mon 21 Dec", "Tue 29 Dec", "Mon 4 Jan"]
    assert rhythm.digest_is_due(None, BOXING_DAY, DAYS)
    assert all(rhythm.digest_is_due(day - timedelta(weeks=1), day, DAYS) for day in MONTH[7:14])
