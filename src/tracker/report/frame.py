"""What every report has in common: its cases with their rows, its marking, what was left out, what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.problems import Severity
from tracker.report.days import working_days
from tracker.report.lines import case_rows, natural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tracker.problems import Problem
    from tracker.reconcile.model import CaseState, Reconciliation
    from tracker.report.days import WorkingDays
    from tracker.report.lines import CaseRows
    from tracker.report.resting import Resting

RECENT_DAYS = 7
CONTRADICTIONS = frozenset({"T201", "T203", "T206", "T207", "T210", "T311", "T319", "T321", "T322", "T327"})
"""The codes of entries that cannot be right: not understood, in the future, or before what they follow."""
CASES_SHOWN_OPEN = 6
"""Up to this many cases the page opens their details; beyond, the reader does."""


@dataclass(frozen=True, slots=True)
class Source:
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

    `at_rest` are the cases that are over, of which nothing but their counts is told.
    """

    as_at: date
    since: date
    marking: str
    left_out: tuple[Problem, ...]
    contradictions: tuple[Contradiction, ...]
    sources: tuple[Source, ...]
    procedures: tuple[str, ...]
    rows: tuple[CaseRows, ...]
    at_rest: tuple[Resting, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """The cases as they were read, in order, with their rows; those at rest; and the days to count in."""

    reconciliation: Reconciliation
    cases: tuple[CaseRows, ...]
    days: WorkingDays
    at_rest: tuple[Resting, ...] = ()

    @property
    def as_at(self) -> date:
        """The report date."""
        return self.reconciliation.as_at

    def frame(self, since: date, rows: Sequence[CaseRows] | None = None) -> Mapping[str, object]:
        """The fields of a `Frame`; `rows` where the reader is not shown every row."""
        markings = {case.state.marking for case in self.cases} | {each.marking for each in self.at_rest}
        found = self.reconciliation.problems
        return {
            "as_at": self.as_at,
            "since": since,
            "marking": " / ".join(sorted(markings - {""})),
            "left_out": tuple(each for each in found if each.severity is Severity.ERROR),
            "contradictions": contradictions(self.cases if rows is None else rows),
            "sources": tuple(
                Source(case.reference, file.path, file.sha256)
                for case in self.cases
                for file in case.state.workbooks
            )
            + tuple(Source(each.reference, each.path, each.sha256) for each in self.at_rest),
            "procedures": tuple(sorted(self._procedures())),
            "rows": tuple(self.cases if rows is None else rows),
            "at_rest": self.at_rest,
        }

    def _procedures(self) -> set[str]:
        read = {f"{case.state.title}, edition {case.state.edition}" for case in self.cases}
        return read | {each.procedure for each in self.at_rest}


def contradictions(cases: Sequence[CaseRows]) -> tuple[Contradiction, ...]:
    """The entries of these cases that cannot be right, case by case."""
    return tuple(
        Contradiction(case.reference, each)
        for case in cases
        for each in case.state.problems
        if each.severity is Severity.ERROR and each.code in CONTRADICTIONS
    )


def read_cases(reconciliation: Reconciliation, at_rest: Sequence[Resting] = ()) -> Read:
    """The cases in the order of their references, each row in its one shape."""
    ordered = sorted(reconciliation.cases, key=_case_key)
    cases = tuple(case_rows(state, number) for number, state in enumerate(ordered, 1))
    zeros = [action.day_zero for case in cases for action in case.state.actions if action.day_zero]
    days = working_days(min([reconciliation.as_at, *zeros]), reconciliation.as_at)
    resting = sorted(at_rest, key=lambda each: (natural(each.reference), each.path))
    return Read(reconciliation, cases, days, tuple(resting))


def _case_key(state: CaseState) -> tuple[object, ...]:
    return (natural(state.reference), [file.path for file in state.workbooks])


def a_week_before(as_at: date) -> date:
    """Where nobody says since when, what was done within a week is told."""
    return as_at - timedelta(days=RECENT_DAYS)
