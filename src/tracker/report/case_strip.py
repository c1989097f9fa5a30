"""A case's key dates as one thin line on an axis that all cases share: eight weeks back, eight weeks ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.report.figures import percent
from tracker.text import short_date

if TYPE_CHECKING:
    from tracker.report.lines import CaseRows, ReportRow

WEEKS = 16
_HALF = timedelta(weeks=WEEKS // 2)
_SPAN = 2 * _HALF.days
_RUN_LATE = ("Overdue", "Chase", "Provisional, passed")
_PATHS = {
    "due": "M0-5 5 0 0 5-5 0z",
    "agreed": "M-4-4H4V4H-4z",
    "done": "M-4 0A4 4 0 1 1 4 0 4 4 0 1 1-4 0z",
}


@dataclass(frozen=True, slots=True)
class StripRun:
    """A stretch of a stage, from its day zero on: where it starts and how wide it is; `late` where it is hatched."""

    x: str
    width: str
    rag: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class StripMark:
    """A key date on the line; the shape tells `due`, `agreed` and `done` apart."""

    x: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class CaseStrip:
    """The line of a case. `words` says the same as the picture."""

    runs: tuple[StripRun, ...]
    marks: tuple[StripMark, ...]
    words: str


def case_strip(case: CaseRows, as_at: date) -> CaseStrip | None:
    """The line of a case, None where no key date of it has a day."""
    first = as_at - _HALF

    def at(day: date) -> float:
        return min(max((day - first).days / _SPAN, 0), 1)

    def x(day: date) -> str:
        return percent(at(day), 1)

    zeros = {action.id: action.day_zero for action in case.state.actions if action.id}
    ends = set(case.state.milestones.values())
    runs, marks, said = [], [], []
    for row in case.keys:
        kind, day = _mark(row)
        if day is None:
            continue
        zero, end = zeros.get(row.label), min(day, as_at) if row.rag in _RUN_LATE else day
        if row.label in ends and zero and at(end) > at(zero):
            runs.append(StripRun(x(zero), percent(at(end) - at(zero), 1), row.rag))
        if row.label in ends and row.rag in _RUN_LATE and at(day) < at(as_at):
            runs.append(StripRun(x(day), percent(at(as_at) - at(day), 1), row.rag, late=True))
        if row.rag == "On hold":  # its day is no day to come
            said.append(f"{row.short or row.label} on hold")
            continue
        if abs(day - as_at) <= _HALF:
            marks.append(StripMark(x(day), kind, _PATHS[kind]))
        said.append(f"{row.short or row.label} {kind} {short_date(day)}")
    return CaseStrip(tuple(runs), tuple(marks), "; ".join(said)) if said else None


def _mark(row: ReportRow) -> tuple[str, date | None]:
    if row.completed:
        return "done", row.completed
    return ("agreed" if row.judged != row.due else "due"), row.judged
