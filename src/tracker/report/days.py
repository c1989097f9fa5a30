"""The working days a report counts in, the one place where it asks for bank holidays; and when an owner is reminded.

The rhythm is that of `readings.md`, in the case's own working days: 2 working days before, on the day, then every 2
working days. A run takes what fell due for reminding since the last one, so that a weekly run and a daily run send
the same reminders, only bundled differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.formula.values import day_of, serial
from tracker.procedure.load import load_calendar_facts
from tracker.workdays import bank_holidays, networkdays, workday

if TYPE_CHECKING:
    from collections.abc import Collection

BEFORE = 2
EVERY = 2
FIRST_RUN_AHEAD = 5
DIGEST_AHEAD = (5, 2, 0)


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


# Reminders


def owner_is_reminded(due: date, since: date | None, as_at: date, days: WorkingDays) -> bool:
    """Whether a reminder fell due after the last run, up to and with this one.

    The first run has no last one: it takes what is overdue or due within 5 working days.
    """
    if since is None:
        return due <= days.after(as_at, FIRST_RUN_AHEAD)
    fixed = (days.after(due, -BEFORE), due)
    if any(since < day <= as_at for day in fixed):
        return True
    if as_at <= due:
        return False
    passed = days.between(due, max(due, since))
    return days.after(due, passed + EVERY - passed % EVERY) <= as_at


def key_date_is_due(due: date, since: date | None, as_at: date, days: WorkingDays) -> bool:
    """Whether a digest lists a key date: 5 and 2 working days before, and on the day."""
    if since is None:
        return as_at <= due <= days.after(as_at, max(DIGEST_AHEAD))
    return any(since < days.after(due, -ahead) <= as_at for ahead in DIGEST_AHEAD)


def digest_is_due(since: date | None, as_at: date, days: WorkingDays) -> bool:
    """Whether the week's digest is due: on the first working day of a week, or on the first run."""
    if since is None:
        return True
    sunday = as_at - timedelta(days=as_at.weekday() + 1)
    first = days.after(sunday, 1)
    if first > as_at:  # the week has only begun with holidays
        first = days.after(sunday - timedelta(weeks=1), 1)
    return since < first <= as_at
