"""On-time share and average lateness by month, as plain numbers that a template draws.

What is counted: rows with a due date that were completed in the month, done by the council or the partnership
(readings: averages of lateness leave external and agency rows out). A row done late counts with the working days
past its due date; the average is over those done late.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.report.figures import percent
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable

MONTHS_SHOWN = 12
MONTHS_NEEDED = 2
OWN = ("council", "partnership")
_HEIGHT, _BAR = 120, 84
_TOP = 20
_GAP = 0.3
_CROWDED = 8


@dataclass(frozen=True, slots=True)
class Done:
    """A dated row that was done: the month as `2026-11`, the working days it was late (0: in time), its ID."""

    month: str
    days_late: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """What was done in a month."""

    month: str
    words: str
    done: int
    on_time: int
    average_late: float | None

    @property
    def share(self) -> int:
        """The on-time share, in percent."""
        return round(100 * self.on_time / self.done) if self.done else 0


@dataclass(frozen=True, slots=True)
class Bar:
    """A month as it is drawn: percentages across, pixels down."""

    month: Month
    x: str
    middle: str
    width: str
    y: int
    height: int
    label_y: int
    share: str
    late: str
    short: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The months drawn; `words` says the same as the picture."""

    height: int
    base: int
    bars: tuple[Bar, ...]
    words: str
    months: tuple[Month, ...]


_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def month_words(month: str) -> str:
    """`2026-11` -> `Nov 2026`."""
    year, number = month.split("-")
    return f"{_NAMES[int(number) - 1]} {year}"


def months(done: Iterable[Done]) -> tuple[Month, ...]:
    """The last months in which something was done, the oldest first."""
    by_month: defaultdict[str, list[int]] = defaultdict(list)
    for each in done:
        by_month[each.month].append(each.days_late)
    found = []
    for month in sorted(by_month)[-MONTHS_SHOWN:]:
        late = [days for days in by_month[month] if days > 0]
        average = round(sum(late) / len(late), 1) if late else None
        whole = len(by_month[month])
        found.append(Month(month, month_words(month), whole, whole - len(late), average))
    return tuple(found)


def chart(found: tuple[Month, ...]) -> Chart | None:
    """The chart, or None where there are too few months to compare."""
    if len(found) < MONTHS_NEEDED:
        return None
    base = _TOP + _BAR
    bars = tuple(_bar(each, place, len(found), base) for place, each in enumerate(found))
    sentence = "; ".join(_month_sentence(each) for each in found)
    return Chart(_HEIGHT + 34, base, bars, f"{sentence}.", found)


def _bar(month: Month, place: int, whole: int, base: int) -> Bar:
    height = max(round(_BAR * month.share / 100), 1)
    late = "" if month.average_late is None else f"{month.average_late:g} d late"
    name, year = month.words.split()
    return Bar(
        month=month,
        x=percent(place + _GAP / 2, whole),
        middle=percent(place + 0.5, whole),
        width=percent(1 - _GAP, whole),
        y=base - height,
        height=height,
        label_y=base - height - 5,
        share=f"{month.share}%",
        late=late.removesuffix(" late") if whole >= _CROWDED else late,
        short=name
        if whole >= _CROWDED and place and name != _NAMES[0]
        else f"{name} {year}"
        if whole < _CROWDED
        else f"{name} {year[2:]}",
    )


def _month_sentence(month: Month) -> str:
    late = (
        ""
        if month.average_late is None
        else f", those late by {month.average_late:g} working days on average"
    )
    return f"{month.words}: {month.on_time} of {quantity(month.done, 'row')} on time ({month.share}%){late}"
