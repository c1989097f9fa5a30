"""Working days: Monday to Friday, less the bank holidays of England (see the procedure, clocks).

Days are counted on serial numbers, as the spreadsheet functions WORKDAY, NETWORKDAYS and EDATE
count them: day zero is the date itself, also on a weekend or holiday; day one is the next working day.
"""

from __future__ import annotations

import sys
from calendar import monthrange
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING

from tracker.formula.values import day_of, serial

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date

_WEEK = 7
_WORKING = 5


def is_weekend(number: int) -> bool:
    """Whether a serial number is a Saturday or Sunday (day 0 of the count was a Saturday)."""
    return number % _WEEK < 2  # noqa: PLR2004  Saturday is 0, Sunday 1


def workday(start: int, count: int, holidays: AbstractSet[int]) -> int:
    """The working day `count` after `start` (before it, where negative); `start` itself for 0."""
    step = 1 if count > 0 else -1
    left = abs(count)
    while left > _WORKING:
        # A week without holidays holds five working days: skip whole weeks, then make up for what they hid.
        weeks = (left - 1) // _WORKING
        end = start + step * weeks * _WEEK
        low, high = min(start + step, end), max(start + step, end)
        hidden = sum(1 for day in holidays if low <= day <= high and not is_weekend(day))
        start, left = end, left - weeks * _WORKING + hidden
    while left:
        start += step
        if not is_weekend(start) and start not in holidays:
            left -= 1
    return start


def networkdays(first: int, last: int, holidays: AbstractSet[int]) -> int:
    """Working days from `first` to `last`, both counted; negative when they stand the other way round."""
    if first > last:
        return -networkdays(last, first, holidays)
    whole, rest = divmod(last - first + 1, _WEEK)
    days = whole * _WORKING + sum(not is_weekend(number) for number in range(last - rest + 1, last + 1))
    return days - sum(1 for day in holidays if first <= day <= last and not is_weekend(day))


def edate(start: int, months: int) -> int:
    """The same day `months` later, or the month's last day where it has no such day (31 August + 6)."""
    day = day_of(start)
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(years, month + 1)[1]
    return serial(day.replace(year=years, month=month + 1, day=min(day.day, last)))


@lru_cache(maxsize=512)
def _year(country: str, subdivision: str, year: int) -> tuple[tuple[date, str], ...]:
    import holidays

    # The package `holidays.countries` loads every country of the world; a bare one finds the only one needed.
    bare = ModuleType("holidays.countries")
    bare.__path__ = [f"{folder}/countries" for folder in holidays.__path__]
    added = sys.modules.setdefault(bare.__name__, bare) is bare
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_GB")
    finally:
        if added:
            del sys.modules[bare.__name__]
    return tuple(sorted(found.items()))


def bank_holidays(country: str, subdivision: str, first: int, last: int) -> Mapping[date, str]:
    """The bank holidays of the years `first` to `last`, by date, with their names."""
    return {day: name for year in range(first, last + 1) for day, name in _year(country, subdivision, year)}
