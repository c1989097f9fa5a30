"""Counts, timelines and charts as plain numbers, so that no template does arithmetic."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.report.rows import PRESSING, ReportRow, group_anchor, natural, rag_rank
from tracker.rules import DONE_WORDS, NEEDS_SOMEONE, OPEN_WORDS, RAG_WORDS
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tracker.report.rows import CaseRows
    from tracker.report.yearly import Month

_TICKS_SHOWN = 5
_WEEK, _WEEKS_UP_TO = 7, 70
_EDGE = 0.1
_ROW, _TOP = 36, 30
_TRACK = 23  # below a row's label
_HALF = 6  # of a mark
_YEAR = 12
_BEYOND = timedelta(days=5)  # past the last date; a later report date stands at the break of the axis
_BEFORE_BREAK = 0.55  # the share of the axis that keeps its ticks where words stand at the break
_PATHS = {
    "due": "M0-6 6 0 0 6-6 0z",
    "agreed": "M-5-5H5V5H-5z",
    "done": "M-4.5 0A4.5 4.5 0 1 1 4.5 0 4.5 4.5 0 1 1-4.5 0z",
}
"""The shape of each mark about its middle: three shapes, so that colour is not needed to tell them apart."""
_SMALL_PATHS = {
    "due": "M0-5 5 0 0 5-5 0z",
    "agreed": "M-4-4H4V4H-4z",
    "done": "M-4 0A4 4 0 1 1 4 0 4 4 0 1 1-4 0z",
}
_HALF_STRIP = timedelta(weeks=8)
_MONTHS_NEEDED = 2
_CHART, _BAR, _BASE = 164, 84, 118
_LINE = 14  # of words
_SLOT, _NARROW_SLOT, _CROWDED = 84, 44, 8
"""The pixels of a month across; where there are many, its words stand on two lines."""


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


@dataclass(frozen=True, slots=True)
class DateMark:
    """A date on a line, its shape about its middle: `due`, `agreed` or `done`."""

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
    marks: tuple[DateMark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A day on the axis; `side` is the SVG's `text-anchor` of its words."""

    x: str
    words: str
    side: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The key dates of a case over time. `words` is the same in words.

    `today` is where the report date stands; `beyond` are the words at the break of the axis where it lies past it.
    """

    height: int
    today: str
    beyond: str
    ticks: tuple[Tick, ...]
    tracks: tuple[Track, ...]
    words: str


def percent(part: float, whole: float) -> str:
    """A share as SVG takes it: `12.5%`."""
    return f"{100 * part / whole if whole else 0:.4g}%"


def counted(counts: Iterable[Count]) -> str:
    """`2 overdue; 9 on track; 1 complete, late`: what a bar shows, in words."""
    return "; ".join(f"{count.number} {count.rag.lower()}" for count in counts)


def sheet_counts(case: CaseRows) -> tuple[SheetCounts, ...]:
    """The counts of each sheet of a case; the words of open rows lead to them in the annex."""
    found = []
    for sheet in case.sheets:
        words = Counter(row.rag for row in case.rows if row.sheet == sheet and row.rag)
        whole, before, bar = words.total(), 0, []
        for word in sorted(words, key=rag_rank):
            anchor = group_anchor(case, sheet, word) if word in OPEN_WORDS else ""
            start, width = percent(before, whole), percent(words[word], whole)
            bar.append(Count(word, words[word], start, width, anchor))
            before += words[word]
        if bar:
            done, live = sum(words[word] for word in DONE_WORDS), whole - words["Not applicable"]
            found.append(SheetCounts(case.reference, case.anchor, sheet, done, live, tuple(bar)))
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
    zeros = _day_zeros(case)
    keys = [(row, zeros.get(row.label), days) for row in case.keys if (days := _days(row))]
    if not keys:
        return None
    keys.sort(key=lambda each: (min(each[2].values()), natural(each[0].label)))
    every = [day for _, zero, days in keys for day in (zero, *days.values()) if day]
    first, last = min(*every, as_at), min(max(*every, as_at), max(every) + _BEYOND)
    # What stands at the break of the axis: how late the latest key date is, else today.
    late = max((row.days_late or 0 for row, _, _ in keys if row.open), default=0)
    words = f"{quantity(late, 'working day')} late" if late else "today"
    beyond = f"{words} \u2192" if as_at > last else ""

    def x(day: date) -> str:
        return percent((min(day, last) - first).days, (last - first).days)

    tracks = tuple(_track(row, zero, x, place, as_at) for place, (row, zero, _) in enumerate(keys))
    in_words = []
    for row, zero, days in keys:
        facts = [f"counted from {short_date(zero)}"] if zero else []
        facts += [f"{kind} {short_date(day)}" for kind, day in days.items()]
        in_words.append(f"{row.label}: {', '.join(facts)}, {row.rag}")
    return Timeline(
        height=_TOP + _ROW * len(tracks),
        today=x(as_at),
        beyond=beyond,
        ticks=tuple(_ticks(first, last, x, _BEFORE_BREAK if beyond else 1)),
        tracks=tracks,
        words=f"{'; '.join(in_words)}. Today: {short_date(as_at)}.",
    )


def _day_zeros(case: CaseRows) -> dict[str, date | None]:
    return {action.id: action.day_zero for action in case.state.actions if action.id}


def _deciding_date(row: ReportRow) -> tuple[str, date | None]:
    """The one date that matters: done, else agreed or due."""
    if row.completed:
        return "done", row.completed
    return ("due" if row.judged == row.due else "agreed"), row.judged


def _days(row: ReportRow) -> dict[str, date]:
    """The days of a row by the kind of their mark."""
    kinds = {"due": row.due, "agreed": row.agreed, "done": row.completed}
    return {kind: day for kind, day in kinds.items() if day}


def _track(row: ReportRow, zero: date | None, x: Callable[[date], str], place: int, as_at: date) -> Track:
    marks = _days(row)
    known = [*marks.values(), *([zero] if zero else [])]
    late_from = row.due or row.agreed  # as Days late counts, whatever was agreed
    top = _TOP + _ROW * place
    kind, day = _deciding_date(row)
    return Track(
        label=row.label,
        words=f"{kind} {short_date(day)}" if day else "",
        rag=row.rag,
        label_y=top + 12,
        y=top + _TRACK,
        top=top + _TRACK - _HALF,
        bottom=top + _TRACK + _HALF,
        zero=x(zero) if zero else "",
        start=x(min(known)),
        end=x(max(known)),
        over=x(late_from) if late_from and row.rag in {*PRESSING, "Extended"} and late_from < as_at else "",
        marks=tuple(DateMark(kind, x(day), day, _PATHS[kind]) for kind, day in marks.items()),
    )


def _ticks(first: date, last: date, x: Callable[[date], str], end: float) -> list[Tick]:
    """Mondays where the picture spans a few weeks, else the first days of months; none past the share `end`."""
    if (last - first).days <= _WEEKS_UP_TO:
        monday = first + timedelta(days=-first.weekday() % _WEEK)
        days = [monday + timedelta(days=past) for past in range(0, (last - monday).days + 1, _WEEK)]
        words = [f"{day.day} {day:%b}" for day in days]
    else:
        # Months are numbered from year 0 on: the first is the one after the first day's.
        numbers = range(first.year * _YEAR + first.month, last.year * _YEAR + last.month)
        days = [date(number // _YEAR, number % _YEAR + 1, 1) for number in numbers]
        words = [f"{day:%b %Y}" for day in days]
    step = max(-(-len(days) // _TICKS_SHOWN), 1)
    ticks = []
    for day, word in list(zip(days, words, strict=True))[::step]:
        share = (day - first) / (last - first or timedelta(days=1))
        if share > end:
            break
        side = "start" if share < _EDGE else "end" if share > 1 - _EDGE else "middle"
        ticks.append(Tick(x(day), word, side))  # so that its word stays inside the picture
    return ticks


# A case on the axis that all cases share: eight weeks back, eight weeks ahead


@dataclass(frozen=True, slots=True)
class StripRun:
    """A stretch of a stage, from its day zero on: where it starts and how wide it is; `late` where it is hatched."""

    x: str
    width: str
    rag: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class CaseStrip:
    """A case's key dates as one thin line. `words` is the same in words."""

    runs: tuple[StripRun, ...]
    marks: tuple[DateMark, ...]
    words: str


def case_strip(case: CaseRows, as_at: date) -> CaseStrip | None:
    """The line of a case, None where no key date of it has a day."""
    first = as_at - _HALF_STRIP

    def share(day: date) -> float:
        return min(max((day - first) / (2 * _HALF_STRIP), 0), 1)

    def run(start: date, end: date, rag: str, *, late: bool = False) -> list[StripRun]:
        width = share(end) - share(start)
        return [StripRun(percent(share(start), 1), percent(width, 1), rag, late)] if width > 0 else []

    zeros, ends = _day_zeros(case), set(case.state.milestones.values())
    runs: list[StripRun] = []
    marks, facts = [], []
    for row in case.keys:
        kind, day = _deciding_date(row)
        if day is None:
            continue
        if row.label in ends:
            passed = row.rag in PRESSING
            zero = zeros.get(row.label)
            runs += run(zero, min(day, as_at) if passed else day, row.rag) if zero else []
            runs += run(day, as_at, row.rag, late=True) if passed else []
        name = row.short or row.label
        if row.rag == "On hold":  # its day is no day to come
            facts.append(f"{name} on hold")
            continue
        if abs(day - as_at) <= _HALF_STRIP:
            marks.append(DateMark(kind, percent(share(day), 1), day, _SMALL_PATHS[kind]))
        facts.append(f"{name} {kind} {short_date(day)}")
    return CaseStrip(tuple(runs), tuple(marks), "; ".join(facts)) if facts else None


# On time by month


@dataclass(frozen=True, slots=True)
class Bar:
    """A month as it is drawn: percentages across, pixels down; `label` has a line or two."""

    middle: str
    y: int
    height: int
    label: tuple[str, ...]
    label_y: int
    late: str
    short: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The months drawn; `words` is the same in words. `whole` is where the line at 100 % stands."""

    width: int
    height: int
    base: int
    whole: int
    scale: str
    bars: tuple[Bar, ...]
    words: str
    months: tuple[Month, ...]


def chart(found: tuple[Month, ...]) -> Chart | None:
    """The chart, or None where there are too few months to compare."""
    if sum(bool(each.done) for each in found) < _MONTHS_NEEDED:
        return None
    crowded = len(found) >= _CROWDED
    sentences = []
    for each in found:
        late = f", those late by {each.average_late:g} working days on average" if each.average_late else ""
        done = f"{each.on_time} of {quantity(each.done, 'row')} on time{late}"
        sentences.append(f"{each.words}: {done if each.done else 'nothing done'}")
    slot = _NARROW_SLOT if crowded else _SLOT
    return Chart(
        width=slot * (len(found) + 1),
        height=_CHART,
        base=_BASE,
        whole=_BASE - _BAR,
        scale=percent(0.5, len(found) + 1),
        bars=tuple(_bar(each, place, len(found), crowded=crowded) for place, each in enumerate(found)),
        words=f"{'; '.join(sentences)}.",
        months=found,
    )


def _bar(month: Month, place: int, whole: int, *, crowded: bool) -> Bar:
    height = max(round(_BAR * month.share / 100), 1) if month.done else 0
    name, year = month.words.split()
    label = (str(month.on_time), f"of {month.done}") if crowded else (f"{month.on_time} of {month.done}",)
    whole_y, label_y = _BASE - _BAR, _BASE - height - 6
    if label_y - _LINE * len(label) < whole_y < label_y:  # the line at 100 % would cross it
        label_y = whole_y - 6
    late = f"{month.average_late:g} d" if month.average_late else ""
    return Bar(
        middle=percent(place + 1.5, whole + 1),
        y=_BASE - height,
        height=height,
        label=label if month.done else ("none",),
        label_y=label_y,
        late=late if crowded or not late else f"{late} late",
        short=month.words if not crowded else name if place and name != "Jan" else f"{name} {year[2:]}",
    )
