"""On time by month and by step, over a year: what was done in each, and the chart of the months as plain numbers.

What counts: rows with a due date that the council or the partnership completed (interpretations: averages of
lateness leave external and agency rows out). A row done late counts with the working days past its due date; the
average is over those done late.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

MONTHS_SHOWN = 12
MONTHS_NEEDED = 2
OWN = ("council", "partnership")
_HEIGHT, _BAR, _BASE = 164, 84, 118
_LINE = 14
"""The pixels of a line of words."""
_SLOT, _NARROW_SLOT = 84, 44
"""The pixels of a month across; where there are many, its words stand on two lines."""
_CROWDED = 8
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEAR = 12
_REPEAT = re.compile(r"-[A-Z0-9]{1,12}$")


@dataclass(frozen=True, slots=True)
class Done:
    """A dated row that was done: the month as `2026-11`, the working days it was late (0: in time), its ID."""

    month: str
    days_late: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """What was done in a month; in a gap nothing was."""

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
class StepDone:
    """How often a step was done over the months, how often on time, and how late the others were."""

    step: str
    done: int
    on_time: int
    average_late: float | None
    longest: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A month as it is drawn: percentages across, pixels down; `label` has a line or two."""

    month: Month
    middle: str
    y: int
    height: int
    label: tuple[str, ...]
    label_y: int
    late: str
    short: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The months drawn; `words` says the same as the picture. `whole` is where the line at 100 % stands."""

    width: int
    height: int
    base: int
    whole: int
    scale: str
    bars: tuple[Bar, ...]
    words: str
    months: tuple[Month, ...]


def step_of(label: str) -> str:
    """The step a row repeats, for an agency or a child: `RR-5.7b-POL` -> `RR-5.7b`."""
    return _REPEAT.sub("", label) if "-" in label.partition("-")[2] else label


def month_words(month: str) -> str:
    """`2026-11` -> `Nov 2026`."""
    year, number = month.split("-")
    return f"{_NAMES[int(number) - 1]} {year}"


def month_of(day: date) -> str:
    """`2026-11` of a day in November 2026."""
    return day.isoformat()[:7]


def months(done: Iterable[Done], first: str, last: str) -> tuple[Month, ...]:
    """Every month from the first in which something was done to `last`, gaps too; none before `first`, 12 at most."""
    by_month: defaultdict[str, list[int]] = defaultdict(list)
    for each in done:
        by_month[each.month].append(each.days_late)
    shown = [month for month in _months_up_to(last) if month >= first]
    begun = next((place for place, month in enumerate(shown) if month in by_month), len(shown))
    found = []
    for month in shown[begun:]:
        whole, (on_time, average, _) = len(by_month[month]), _lateness(by_month[month])
        found.append(Month(month, month_words(month), whole, on_time, average))
    return tuple(found)


def _months_up_to(last: str) -> list[str]:
    """The 12 months that end with this one."""
    year, number = map(int, last.split("-"))
    end = year * _YEAR + number - 1
    return [f"{each // _YEAR:04}-{each % _YEAR + 1:02}" for each in range(end - MONTHS_SHOWN + 1, end + 1)]


def _lateness(days: list[int]) -> tuple[int, float | None, int | None]:
    """How many were on time; the average and the longest of the days late of the others."""
    late = [each for each in days if each > 0]
    average = round(sum(late) / len(late), 1) if late else None
    return len(days) - len(late), average, max(late, default=None)


def steps_done(done: Iterable[Done], shown: Iterable[Month]) -> tuple[StepDone, ...]:
    """The steps done in these months, the one most often late first."""
    within = {each.month for each in shown}
    by_step: defaultdict[str, list[int]] = defaultdict(list)
    for each in done:
        if each.month in within:
            by_step[step_of(each.label)].append(each.days_late)
    found = [StepDone(step, len(days), *_lateness(days)) for step, days in by_step.items()]
    return tuple(
        sorted(found, key=lambda each: (each.on_time - each.done, -(each.average_late or 0), each.step))
    )


def chart(found: tuple[Month, ...]) -> Chart | None:
    """The chart, or None where there are too few months to compare."""
    if sum(bool(each.done) for each in found) < MONTHS_NEEDED:
        return None
    crowded = len(found) >= _CROWDED
    sentences = []
    for each in found:
        late = f", those late by {each.average_late:g} working days on average" if each.average_late else ""
        done = (
            f"{each.on_time} of {quantity(each.done, 'row')} on time{late}" if each.done else "nothing done"
        )
        sentences.append(f"{each.words}: {done}")
    slot = _NARROW_SLOT if crowded else _SLOT
    return Chart(
        width=slot * (len(found) + 1),
        height=_HEIGHT,
        base=_BASE,
        whole=_BASE - _BAR,
        scale=_across(0, len(found)),
        bars=tuple(_bar(each, place, len(found), crowded=crowded) for place, each in enumerate(found)),
        words=f"{'; '.join(sentences)}.",
        months=found,
    )


def _across(place: int, months_drawn: int) -> str:
    """The middle of a place; the first is that of the scale's words, the months come after it."""
    return f"{100 * (place + 0.5) / (months_drawn + 1):.4g}%"


def _bar(month: Month, place: int, whole: int, *, crowded: bool) -> Bar:
    height = max(round(_BAR * month.share / 100), 1) if month.done else 0
    name, year = month.words.split()
    label = (str(month.on_time), f"of {month.done}") if crowded else (f"{month.on_time} of {month.done}",)
    whole_y, label_y = _BASE - _BAR, _BASE - height - 6
    if label_y - _LINE * len(label) < whole_y < label_y:  # the line at 100 % would cross it
        label_y = whole_y - 6
    late = f"{month.average_late:g} d" if month.average_late else ""
    return Bar(
        month=month,
        middle=_across(place + 1, whole),
        y=_BASE - height,
        height=height,
        label=label if month.done else ("none",),
        label_y=label_y,
        late=late if crowded or not late else f"{late} late",
        short=month.words if not crowded else name if place and name != _NAMES[0] else f"{name} {year[2:]}",
    )
