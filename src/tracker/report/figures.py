"""Counts and timelines as plain numbers: percentages and heights, so that no template does arithmetic."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.report.lines import ReportRow, group_anchor, natural, rag_rank
from tracker.rules import DONE_WORDS, OPEN_WORDS, RAG_WORDS
from tracker.text import short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.report.lines import CaseRows

_MOST_TICKS = 5
_WEEK, _WEEKS_UP_TO = 7, 70
_EDGE = 0.1
_ROW, _TOP = 38, 26
_TRACK = 24  # below a row's label
_HALF = 6  # of a mark
_MONTHS = 12
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


def _bar(counts: Counter[str], anchors: dict[str, str]) -> tuple[Count, ...]:
    whole, before, found = sum(counts.values()), 0, []
    for word in sorted(counts, key=rag_rank):
        number = counts[word]
        share = percent(number, whole)
        found.append(Count(word, number, percent(before, whole), share, anchors.get(word, "")))
        before += number
    return tuple(found)


def counted(counts: Iterable[Count]) -> str:
    """`2 overdue; 9 on track; 1 complete, late`: what a bar shows, in words."""
    return "; ".join(f"{count.number} {count.rag.lower()}" for count in counts)


def sheet_counts(case: CaseRows, linked: Iterable[str] = OPEN_WORDS) -> tuple[SheetCounts, ...]:
    """The counts of each sheet of a case; the words of `linked` lead to their rows in the annex."""
    found = []
    sheets = sheets_of(case)
    for sheet in sheets:
        words = Counter(row.rag for row in case.lines if row.sheet == sheet and row.rag)
        if words:
            anchors = {word: group_anchor(case.anchor, sheets, sheet, word) for word in linked}
            bar = _bar(words, anchors)
            done = sum(words[word] for word in DONE_WORDS)
            live = words.total() - words["Not applicable"]
            found.append(SheetCounts(case.reference, case.anchor, sheet, done, live, bar, counted(bar)))
    return tuple(found)


def sheets_of(case: CaseRows) -> list[str]:
    """The sheets in the order their anchors number them: the stages, then the action plan."""
    from tracker.report.lines import PLAN

    return [*(sheet for sheet in case.stages if sheet != PLAN), PLAN]


def totals(rows: Iterable[ReportRow], more: Iterable[tuple[str, int]] = ()) -> tuple[Count, ...]:
    """All rows by RAG word, `more` of them counted already, each as a bar: as wide as its share of the longest."""
    words = Counter(row.rag for row in rows if row.rag)
    for word, number in more:
        words[word] += number
    longest = max(words.values(), default=0)
    sections = {"Overdue": "overdue", "Chase": "waiting", "Due today": "due", "Due soon": "due",
                "Provisional, passed": "provisional", "Complete, late": "done"}  # fmt: skip
    return tuple(
        Count(word, words[word], "0%", percent(words[word], longest), sections.get(word, "counts"))
        for word in RAG_WORDS
        if words[word]
    )


# Timelines


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> str:
        return percent((day - self.first).days, (self.last - self.first).days)


def timeline(case: CaseRows, as_at: date) -> Timeline | None:
    """The timeline of a case's key dates, or None where none of them has a date."""
    zeros = {action.id: action.day_zero for action in case.state.actions if action.id}
    keys = [row for row in case.keys if _days(row)]
    if not keys:
        return None
    keys.sort(key=lambda row: (min(_days(row)), natural(row.label)))
    starts = [zero for row in keys if (zero := zeros.get(row.label))]
    every = [*starts, *(day for row in keys for day in _days(row)), as_at]
    scale = _Scale(min(every), max(every))
    tracks = tuple(_track(row, zeros.get(row.label), scale, place, as_at) for place, row in enumerate(keys))
    return Timeline(
        height=_TOP + _ROW * len(tracks),
        today=scale.x(as_at),
        ticks=_ticks(scale),
        tracks=tracks,
        words=_in_words(keys, zeros, as_at),
    )


def _days(row: ReportRow) -> list[date]:
    return [day for day in (row.due, row.agreed, row.completed) if day]


def _track(row: ReportRow, zero: date | None, scale: _Scale, place: int, as_at: date) -> Track:
    marks = (("due", row.due), ("agreed", row.agreed), ("done", row.completed))
    known = [*_days(row), *([zero] if zero else [])]
    late_from = row.due or row.agreed  # as Days late counts, whatever was agreed
    top = _TOP + _ROW * place
    return Track(
        label=row.label,
        words=_short(row),
        rag=row.rag,
        label_y=top + 12,
        y=top + _TRACK,
        top=top + _TRACK - _HALF,
        bottom=top + _TRACK + _HALF,
        zero=scale.x(zero) if zero else "",
        start=scale.x(min(known)),
        end=scale.x(max(known)),
        over=scale.x(late_from) if late_from and row.rag in _LATE and late_from < as_at else "",
        marks=tuple(TimelineMark(kind, scale.x(day), day, _PATHS[kind]) for kind, day in marks if day),
    )


def _short(row: ReportRow) -> str:
    """The one date that matters: done, else agreed or due."""
    if row.completed:
        return f"done {short_date(row.completed)}"
    if row.judged and row.judged != row.due:
        return f"agreed {short_date(row.judged)}"
    return f"due {short_date(row.judged)}" if row.judged else ""


def _ticks(scale: _Scale) -> tuple[Tick, ...]:
    """Mondays where the picture spans a few weeks, else the first days of months."""
    if (scale.last - scale.first).days <= _WEEKS_UP_TO:
        days = _mondays(scale)
        words = [f"{day.day} {day:%b}" for day in days]
    else:
        days = _months(scale)
        words = [f"{day:%b %Y}" for day in days]
    step = max(-(-len(days) // _MOST_TICKS), 1)
    return tuple(
        Tick(scale.x(day), word, _side(scale, day))
        for day, word in list(zip(days, words, strict=True))[::step]
    )


def _mondays(scale: _Scale) -> list[date]:
    start = scale.first + timedelta(days=-scale.first.weekday() % _WEEK)
    return [start + timedelta(days=past) for past in range(0, (scale.last - start).days + 1, _WEEK)]


def _months(scale: _Scale) -> list[date]:
    first = scale.first.year * _MONTHS + scale.first.month  # the month after the first day's
    last = scale.last.year * _MONTHS + scale.last.month - 1
    return [date(number // _MONTHS, number % _MONTHS + 1, 1) for number in range(first, last + 1)]


def _side(scale: _Scale, day: date) -> str:
    """Where a tick's word stands, so that it stays inside the picture."""
    share = (day - scale.first) / (scale.last - scale.first or timedelta(days=1))
    return "start" if share < _EDGE else "end" if share > 1 - _EDGE else "middle"


def _in_words(keys: Sequence[ReportRow], zeros: dict[str, date | None], as_at: date) -> str:
    parts = []
    for row in keys:
        zero = zeros.get(row.label)
        facts = [f"counted from {short_date(zero)}"] if zero else []
        facts += [
            f"{kind} {short_date(day)}"
            for kind, day in (("due", row.due), ("agreed", row.agreed), ("done", row.completed))
            if day
        ]
        parts.append(f"{row.label}: {', '.join(facts)}, {row.rag}")
    return f"{'; '.join(parts)}. Today: {short_date(as_at)}."
