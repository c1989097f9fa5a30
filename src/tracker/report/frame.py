"""What every report has in common: its cases with their rows, its marking, what was left out, what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.problems import codes
from tracker.report.closed import closed_case
from tracker.report.days import working_days
from tracker.report.lines import case_rows, natural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from tracker.problems import Problem
    from tracker.reconcile.model import CaseState, Reconciliation
    from tracker.report.closed import ClosedCase
    from tracker.report.days import WorkingDays
    from tracker.report.lines import CaseRows

RECENT_DAYS = 7
CONTRADICTIONS = frozenset(
    {
        codes.NOT_A_DATE,
        codes.UNKNOWN_WORD,
        codes.NOT_A_WHOLE_NUMBER,
        codes.FORMULA_WITHOUT_VALUE,
        codes.AMBIGUOUS_DATE,
        codes.COMPLETED_IN_FUTURE,
        codes.UNKNOWN_CLOCK,
        codes.COMPLETED_BEFORE_AWARENESS,
        codes.SIN_BEFORE_AWARENESS,
        codes.CASE_DATES_CONTRADICT,
    }
)
"""The codes of entries that cannot be right: not understood, in the future, or before what they follow."""
CASES_SHOWN_OPEN = 6
"""Up to this many cases the page opens their details; beyond, the reader does."""


@dataclass(frozen=True, slots=True)
class ReportSource:
    """A workbook the report rests on."""

    case: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An entry that cannot be right: the case, and what was found at which cell."""

    case: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Frame:
    """The start of every view. `rows` are the cases with the rows the reader is shown, for CSV and JSON.

    `closed` are the cases of which nothing but their counts is shown.
    """

    as_at: date
    since: date
    marking: str
    left_out: tuple[Problem, ...]
    contradictions: tuple[Contradiction, ...]
    sources: tuple[ReportSource, ...]
    procedures: tuple[str, ...]
    rows: tuple[CaseRows, ...]
    closed: tuple[ClosedCase, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """The cases in order with their rows; those of them that are closed; and the days to count in."""

    reconciliation: Reconciliation
    cases: tuple[CaseRows, ...]
    days: WorkingDays
    closed: tuple[ClosedCase, ...] = ()

    @property
    def as_at(self) -> date:
        """The report date."""
        return self.reconciliation.as_at

    @property
    def every_case(self) -> tuple[CaseRows, ...]:
        """The cases, and then those that are closed."""
        return (*self.cases, *(each.rows for each in self.closed))

    def frame(self, since: date, rows: Sequence[CaseRows] | None = None) -> Mapping[str, object]:
        """The fields of a `Frame`; `rows` where the reader is not shown every row."""
        markings = {case.state.marking for case in self.every_case}
        found = self.reconciliation.problems
        return {
            "as_at": self.as_at,
            "since": since,
            "marking": " / ".join(sorted(markings - {""})),
            "left_out": tuple(each for each in found if each.severity == "error"),
            "contradictions": contradictions(self.cases if rows is None else rows),
            "sources": tuple(
                ReportSource(case.reference, file.path, file.sha256)
                for case in self.every_case
                for file in case.state.workbooks
            ),
            "procedures": tuple(sorted(self._procedures())),
            "rows": tuple(self.cases if rows is None else rows),
            "closed": self.closed,
        }

    def _procedures(self) -> set[str]:
        return {f"{case.state.title}, edition {case.state.edition}" for case in self.every_case}


def contradictions(cases: Sequence[CaseRows]) -> tuple[Contradiction, ...]:
    """The entries of these cases that cannot be right, case by case."""
    return tuple(
        Contradiction(case.reference, each)
        for case in cases
        for each in case.state.problems
        if each.severity == "error" and each.code in CONTRADICTIONS
    )


def read_cases(reconciliation: Reconciliation) -> Read:
    """The cases in the order of their references, each row in its one shape."""
    ordered = sorted(reconciliation.cases, key=_case_key)
    cases = tuple(case_rows(state, number) for number, state in enumerate(ordered, 1))
    zeros = [action.day_zero for case in cases for action in case.state.actions if action.day_zero]
    days = working_days(min([reconciliation.as_at, *zeros]), reconciliation.as_at)
    return Read(reconciliation, cases, days)


def with_closed_apart(read: Read, since: date, moved: Callable[[CaseRows], bool]) -> Read:
    """The same with the cases apart that were closed before `since`, and in which nothing moved after."""
    found = {case.anchor: closed_case(case, read.as_at, since) for case in read.cases}
    closed = tuple(each for each in found.values() if each and not moved(each.rows))
    apart = {each.rows.anchor for each in closed}
    return replace(read, cases=tuple(case for case in read.cases if case.anchor not in apart), closed=closed)


def _case_key(state: CaseState) -> tuple[object, ...]:
    return (natural(state.reference), [file.path for file in state.workbooks])


def a_week_before(as_at: date) -> date:
    """Where nobody says since when, what was done within a week is told."""
    return as_at - timedelta(days=RECENT_DAYS)
