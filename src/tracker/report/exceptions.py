"""Exceptions, as the readings define them (8.3): what a board that sees only these is shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.report.lines import natural, rag_rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tracker.report.lines import CaseRows, ReportRow

BY_STATE = ("Overdue", "Chase", "Provisional, passed", "Extended", "On hold")
SOON = "Due within 2 working days, not started"
LATE = "Done late"
NO_OWNER = "No owner"
MOVED = "Due date not as issued"
UNDATED = "Complete without a date"
KINDS = (*BY_STATE[:3], SOON, *BY_STATE[3:], LATE, NO_OWNER, UNDATED)
"""The kinds that are listed row by row, the most pressing first."""


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """A row that is an exception, and why: one reason or several."""

    line: ReportRow
    whys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MovedDue:
    """Due dates of a case that are not as issued, by their clock, and how many working rows of them are open."""

    case: str
    case_anchor: str
    clock: str
    labels: tuple[str, ...]
    open: int


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What reconcile could not settle in a case: a conflict, or an error of the reading."""

    case: str
    case_anchor: str
    place: str
    id: str
    title: str


def why(line: ReportRow, since: date) -> tuple[str, ...]:
    """Why a row is an exception; empty where it is none."""
    tests = (
        (line.rag if line.rag in BY_STATE else "", line.rag in BY_STATE),
        (SOON, line.rag in {"Due today", "Due soon"} and line.status == "Not started"),
        (LATE, line.rag == "Complete, late" and line.completed is not None and line.completed >= since),
        (NO_OWNER, line.open and not line.owner and not line.named_owner),
        (UNDATED, line.rag == "Complete" and line.completed is None),
    )
    return tuple(word for word, holds in tests if holds)


def exceptions(case: CaseRows, since: date) -> tuple[ExceptionLine, ...]:
    """The exceptions of a case, the most pressing kind first."""
    found = [ExceptionLine(line, whys) for line in case.lines if (whys := why(line, since))]
    return tuple(sorted(found, key=lambda each: (KINDS.index(each.whys[0]), _late_rank(each), rag_rank(each.line.rag),
                                                 str(each.line.judged), natural(each.line.label))))  # fmt: skip


def _late_rank(found: ExceptionLine) -> int:
    """Of what was done late, statutory steps and key dates come first (readings: an exception)."""
    if found.whys[0] != LATE:
        return 0
    return 0 if found.line.basis == "Statutory" else 1 if found.line.key else 2


def due_not_as_issued(case: CaseRows) -> tuple[MovedDue, ...]:
    """Rows whose due date is not the one they were issued with, together by clock."""
    by_clock: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for line in case.lines:
        if _followed_early(case, line):
            continue
        if line.rag != "Not applicable" and line.due_issued and line.due != line.due_issued:
            by_clock[line.counted_from].append(line)
    return tuple(
        MovedDue(
            case.reference,
            case.anchor,
            clock,
            tuple(sorted((line.label for line in lines), key=natural)),
            sum(line.open for line in lines),
        )
        for clock, lines in sorted(by_clock.items())
    )


def _followed_early(case: CaseRows, line: ReportRow) -> bool:
    """Whether a date came forward only because the notification was submitted before its own limit."""
    took, clock = case.state.timeliness, case.state.clocks.get(line.counted_from)
    early = took.sin_sent and took.sin_due and took.sin_sent < took.sin_due
    if not (early and clock and clock.day == took.sin_sent and line.due and line.due_issued):
        return False
    return line.due < line.due_issued


def unsettled(case: CaseRows) -> tuple[Unsettled, ...]:
    """Open conflicts, and what the reading could not understand."""
    from tracker.problems import catalogue

    conflicts = [
        Unsettled(case.reference, case.anchor, str(each.get("cell", "")), str(each.get("id", "")), "Conflict")
        for each in case.state.conflicts
    ]
    errors = [
        Unsettled(case.reference, case.anchor, each.place, each.id, catalogue()[each.code].title)
        for each in case.state.problems
        if each.severity == "error"
    ]
    return tuple(sorted([*conflicts, *errors], key=lambda each: (natural(each.place), each.title)))


def counted(found: Sequence[ExceptionLine]) -> Mapping[str, int]:
    """How many rows are an exception of each kind; a row with two reasons counts in both."""
    counts = Counter(word for each in found for word in each.whys)
    return {kind: counts[kind] for kind in KINDS if counts[kind]}
