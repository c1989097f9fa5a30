"""Counts, timelines and the chart over months as plain numbers, so that no template does arithmetic."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.report.lines import ReportRow, group_anchor, natural, rag_rank
from tracker.rules import DONE_WORDS, NEEDS_SOMEONE, OPEN_WORDS, RAG_WORDS
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tracker.report.lines import CaseRows

_MOST_TICKS = 5
_WEEK, _WEEKS_UP_TO = 7, 70
_EDGE = 0.1
_ROW, _TOP = 38, 26
_TRACK = 24  # below a row's label
_HALF = 6  # of a mark
_YEAR = 12
_LATE = {"Overdue", "Chase", "Provisional, passed", "Extended"}
_PATHS = {
    "due": "M0-6 6 0 0 6-6 0z",
    "agreed": "M-5-5H5V5H-5z",
    "done": "M-4.5 0A4.5 4.5 0 1 1 4.5 0 4.5 4.5 0 1 1-4.5 0z",
}
"""The shape of each mark about its middle: three shapes, so that colour is not needed to tell them apart."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows have a RAG word, as part of a bar: where it starts and how wide it is, in percent."""

    rag: str
    number: int
    x: str
    width: str
    anchor: str


@dataclass(frozen=True, slots=True)
class SheetCounts:
    """The counts of one sheet of one case; `done` of `live`, which leaves out what is not applicable."""

    case: str
    case_anchor: str
    sheet: str
    done: int
    live: int
    counts: tuple[Count, ...]
    words: str


@dataclass(frozen=True, slots=True)
class TimelineMark:
    """A mark on a timeline: `due`, `agreed` or `done`."""

    kind: str
    x: str
    day: date
    path: str


@dataclass(frozen=True, slots=True)
class Track:
    """One key date on a timeline: its label, its clock's stretch, its marks. `y`, `top`, `bottom` are pixels.

    `zero` is its clock's day zero, empty where that is not known; `over` is where lateness begins that still runs
    on today, empty where it is not late.
    """

    label: str
    words: str
    rag: str
    label_y: int
    y: int
    top: int
    bottom: int
    zero: str
    start: str
    end: str
    over: str
    marks: tuple[TimelineMark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A day on the axis; `side` is the SVG's `text-anchor` of its words."""

    x: str
    words: str
    side: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The key dates of a case over time. `words` says the same as the picture."""

    height: int
    today: str
    ticks: tuple[Tick, ...]
    tracks: tuple[Track, ...]
    words: str


def percent(part: float, whole: float) -> str:
    """A share as SVG takes it: `12.5%`."""
    return f"{100 * part / whole if whole else 0:.4g}%"


def counted(counts: Iterable[Count]) -> str:
    """`2 overdue; 9 on track; 1 complete, late`: what a bar shows, in words."""
    return "; ".join(f"{count.number} {count.rag.lower()}" for count in counts)


def sheet_counts(case: CaseRows, linked: Collection[str] = OPEN_WORDS) -> tuple[SheetCounts, ...]:
    """The counts of each sheet of a case; the words of `linked` lead to their rows in the annex."""
    found = []
    for sheet in case.sheets:
        words = Counter(row.rag for row in case.lines if row.sheet == sheet and row.rag)
        whole, before, bar = words.total(), 0, []
        for word in sorted(words, key=rag_rank):
            anchor = group_anchor(case, sheet, word) if word in linked else ""
            start, width = percent(before, whole), percent(words[word], whole)
            bar.append(Count(word, words[word], start, width, anchor))
            before += words[word]
        if bar:
            done, live = sum(words[word] for word in DONE_WORDS), whole - words["Not applicable"]
            found.append(
                SheetCounts(case.reference, case.anchor, sheet, done, live, tuple(bar), counted(bar))
            )
    return tuple(found)


def totals(rag_words: Iterable[str]) -> tuple[Count, ...]:
    """The states of all rows, each with a bar: as wide as its share of the longest."""
    words = Counter(word for word in rag_words if word)
    longest = max(words.values(), default=0)
    sections = {**dict.fromkeys((*NEEDS_SOMEONE, "Due soon"), "needs"), "Complete, late": "happened"}
    return tuple(
        Count(word, words[word], "0%", percent(words[word], longest), sections.get(word, "counts"))
        for word in RAG_WORDS
        if words[word]
    )


# Timelines


def timeline(case: CaseRows, as_at: date) -> Timeline | None:
    """The timeline of a case's key dates, or None where none of them has a date."""
    zeros = {action.id: action.day_zero for action in case.state.actions if action.id}
    keys = [(row, zeros.get(row.label), days) for row in case.keys if (days := _days(row))]
    if not keys:
        return None
    keys.sort(key=lambda each: (min(each[2].values()), natural(each[0].label)))
    every = [day for _, zero, days in keys for day in (zero, *days.values()) if day] + [as_at]
    first, last = min(every), max(every)

    def x(day: date) -> str:
        return percent((day - first).days, (last - first).days)

    tracks = tuple(_track(row, zero, x, place, as_at) for place, (row, zero, _) in enumerate(keys))
    in_words = []
    for row, zero, days in keys:
        facts = [f"counted from {short_date(zero)}"] if zero else []
        facts += [f"{kind} {short_date(day)}" for kind, day in days.items()]
        in_words.append(f"{row.label}: {', '.join(facts)}, {row.rag}")
    return Timeline(
        height=_TOP + _ROW * len(tracks),
        today=x(as_at),
        ticks=tuple(_ticks(first, last, x)),
        tracks=tracks,
        words=f"{'; '.join(in_words)}. Today: {short_date(as_at)}.",
    )


def _days(row: ReportRow) -> dict[str, date]:
    """The days of a row by the kind of their mark."""
    kinds = {"due": row.due, "agreed": row.agreed, "done": row.completed}
    return {kind: day for kind, day in kinds.items() if day}


def _track(row: ReportRow, zero: date | None, x: Callable[[date], str], place: int, as_at: date) -> Track:
    marks = _days(row)
    known = [*marks.values(), *([zero] if zero else [])]
    late_from = row.due or row.agreed  # as Days late counts, whatever was agreed
    top = _TOP + _ROW * place
    # The one date that matters: done, else agreed or due.
    if row.completed:
        words = f"done {short_date(row.completed)}"
    elif row.judged:
        words = f"{'due' if row.judged == row.due else 'agreed'} {short_date(row.judged)}"
    else:
        words = ""
    return Track(
        label=row.label,
        words=words,
        rag=row.rag,
        label_y=top + 12,
        y=top + _TRACK,
        top=top + _TRACK - _HALF,
        bottom=top + _TRACK + _HALF,
        zero=x(zero) if zero else "",
        start=x(min(known)),
        end=x(max(known)),
        over=x(late_from) if late_from and row.rag in _LATE and late_from < as_at else "",
        marks=tuple(TimelineMark(kind, x(day), day, _PATHS[kind]) for kind, day in marks.items()),
    )


def _ticks(first: date, last: date, x: Callable[[date], str]) -> list[Tick]:
    """Mondays where the picture spans a few weeks, else the first days of months."""
    if (last - first).days <= _WEEKS_UP_TO:
        monday = first + timedelta(days=-first.weekday() % _WEEK)
        days = [monday + timedelta(days=past) for past in range(0, (last - monday).days + 1, _WEEK)]
        words = [f"{day.day} {day:%b}" for day in days]
    else:
        # Months are numbered from year 0 on: the first is the one after the first day's.
        numbers = range(first.year * _YEAR + first.month, last.year * _YEAR + last.month)
        days = [date(number // _YEAR, number % _YEAR + 1, 1) for number in numbers]
        words = [f"{day:%b %Y}" for day in days]
    step = max(-(-len(days) // _MOST_TICKS), 1)
    ticks = []
    for day, word in list(zip(days, words, strict=True))[::step]:
        share = (day - first) / (last - first or timedelta(days=1))
        side = "start" if share < _EDGE else "end" if share > 1 - _EDGE else "middle"
        ticks.append(Tick(x(day), word, side))  # so that its word stays inside the picture
    return ticks


# The chart over months: on-time share and average lateness
#
# What is counted: rows with a due date that were completed in the month, done by the council or the partnership
# (readings: averages of lateness leave external and agency rows out). A row done late counts with the working days
# past its due date; the average is over those done late.

MONTHS_SHOWN = 12
MONTHS_NEEDED = 2
OWN = ("council", "partnership")
_CHART_HEIGHT, _BAR, _BASE = 154, 84, 104
_GAP = 0.3
_CROWDED = 8
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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
    bars = tuple(_bar(each, place, len(found)) for place, each in enumerate(found))
    sentences = []
    for each in found:
        late = f", those late by {each.average_late:g} working days on average" if each.average_late else ""
        done = f"{each.on_time} of {quantity(each.done, 'row')} on time ({each.share}%)"
        sentences.append(f"{each.words}: {done}{late}")
    return Chart(_CHART_HEIGHT, _BASE, bars, f"{'; '.join(sentences)}.", found)


def _bar(month: Month, place: int, whole: int) -> Bar:
    height = max(round(_BAR * month.share / 100), 1)
    late = f"{month.average_late:g} d late" if month.average_late else ""
    name, year = month.words.split()
    short = f"{name} {year}"
    if whole >= _CROWDED:
        late = late.removesuffix(" late")
        short = name if place and name != _NAMES[0] else f"{name} {year[2:]}"
    return Bar(
        month=month,
        x=percent(place + _GAP / 2, whole),
        middle=percent(place + 0.5, whole),
        width=percent(1 - _GAP, whole),
        y=_BASE - height,
        height=height,
        label_y=_BASE - height - 5,
        share=f"{month.share}%",
        late=late,
        short=short,
    )
