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

RECENT_DAYS = 7
CASES_SHOWN_OPEN = 6
"""Up to this many cases the page opens their details; beyond, the reader does."""


@dataclass(frozen=True, slots=True)
class Source:
    """A workbook the report rests on."""

    case: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The start of every view. `rows` are the cases with the rows the reader is shown, for CSV and JSON."""

    as_at: date
    since: date
    marking: str
    left_out: tuple[Problem, ...]
    sources: tuple[Source, ...]
    procedures: tuple[str, ...]
    rows: tuple[CaseRows, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """The cases as they were read, in order, with their rows; and the days to count in."""

    reconciliation: Reconciliation
    cases: tuple[CaseRows, ...]
    days: WorkingDays

    @property
    def as_at(self) -> date:
        """The report date."""
        return self.reconciliation.as_at

    def frame(self, since: date, rows: Sequence[CaseRows] | None = None) -> Mapping[str, object]:
        """The fields of a `Frame`; `rows` where the reader is not shown every row."""
        states = [case.state for case in self.cases]
        found = self.reconciliation.problems
        return {
            "as_at": self.as_at,
            "since": since,
            "marking": " / ".join(sorted({state.marking for state in states if state.marking})),
            "left_out": tuple(each for each in found if each.severity is Severity.ERROR),
            "sources": tuple(
                Source(case.reference, file.path, file.sha256)
                for case in self.cases
                for file in case.state.workbooks
            ),
            "procedures": tuple(sorted({f"{state.title}, edition {state.edition}" for state in states})),
            "rows": tuple(self.cases if rows is None else rows),
        }


def read_cases(reconciliation: Reconciliation) -> Read:
    """The cases in the order of their references, each row in its one shape."""
    ordered = sorted(reconciliation.cases, key=_case_key)
    cases = tuple(case_rows(state, number) for number, state in enumerate(ordered, 1))
    zeros = [action.day_zero for case in cases for action in case.state.actions if action.day_zero]
    return Read(
        reconciliation, cases, working_days(min([reconciliation.as_at, *zeros]), reconciliation.as_at)
    )


def _case_key(state: CaseState) -> tuple[object, ...]:
    return (natural(state.reference), [file.path for file in state.workbooks])


def a_week_before(as_at: date) -> date:
    """Where nobody says since when, what was done within a week is told."""
    return as_at - timedelta(days=RECENT_DAYS)
