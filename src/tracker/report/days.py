"""The working days a report counts in: the one place where a report asks for bank holidays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.formula.values import day_of, serial
from tracker.procedure.load import load_calendar_facts
from tracker.workdays import bank_holidays, networkdays, workday

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Monday to Friday less the bank holidays of England, as serial numbers."""

    holidays: frozenset[int]

    def of(self, holidays: Collection[date]) -> WorkingDays:
        """The working days of a case that lists its own bank holidays."""
        return WorkingDays(frozenset(serial(day) for day in holidays)) if holidays else self

    def after(self, day: date, count: int) -> date:
        """The working day `count` after a day."""
        return day_of(workday(serial(day), count, self.holidays))

    def between(self, start: date, end: date) -> int:
        """Working days from the day after `start` to `end`; 0 where `end` is not later."""
        return networkdays(serial(start) + 1, serial(end), self.holidays) if end > start else 0


def working_days(first: date, last: date) -> WorkingDays:
    """The working days between two dates, with a year of room on either side."""
    facts = load_calendar_facts()
    days = bank_holidays(facts.country, facts.subdivision, first.year - 1, last.year + 1)
    return WorkingDays(frozenset(serial(day) for day in days))
