"""What every report has in common: its cases with their rows, its marking, what was left out, what it rests on.

A closed case, every row of which is done or not applicable, needs a row and its counts alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.problems import codes
from tracker.report.blocks import Bullets, Para, ReportPage, free, name, small, spans, strong
from tracker.report.days import working_days
from tracker.report.lines import case_rows, file_name, natural
from tracker.report.standing import closed_on, is_closed
from tracker.rules import DONE_WORDS
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from tracker.problems import Problem
    from tracker.procedure.model import Board, Procedure
    from tracker.reconcile.model import CaseState, Reconciliation
    from tracker.report.blocks import Section, Span, Spans, Tile
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
_OVER = frozenset({*DONE_WORDS, "Not applicable"})
_OF_TWO_WORKBOOKS = frozenset({codes.SAME_CASE_TWICE, codes.OLDER_COPY})
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
class ClosedCase:
    """A case in which nobody has anything to do. `ended` is the last day on which anything in it was done."""

    rows: CaseRows
    closed: date
    ended: date

    @property
    def reference(self) -> str:
        """What the case is called."""
        return self.rows.reference

    @property
    def counts(self) -> Mapping[str, int]:
        """Its rows by state."""
        return Counter(row.rag for row in self.rows.lines)

    @property
    def errors(self) -> list[Problem]:
        """The errors in its workbook."""
        return [each for each in self.rows.state.problems if each.severity == "error"]

    def number_in(self, rag: str) -> int:
        """How many of its rows are in a state."""
        return self.counts.get(rag, 0)

    def number_of(self, severity: str) -> int:
        """How many problems of a severity its workbook has."""
        return sum(each.severity == severity for each in self.rows.state.problems)


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


@dataclass(frozen=True, slots=True)
class Meetings:
    """The board's meetings on the Calendar sheets: the last before the report date, the next from it on."""

    last: date | None
    next: date | None


@dataclass(frozen=True, slots=True)
class BoardView(Frame):
    """The start of every board's view."""

    board: str
    meetings: Meetings


@dataclass(frozen=True, slots=True)
class BoardRead:
    """What a board's report is made from. `since` is its last meeting, unless another day was given."""

    read: Read
    board: Board
    procedure: Procedure
    meetings: Meetings
    since: date | None

    @property
    def as_at(self) -> date:
        """The report date."""
        return self.read.as_at

    def frame(self, rows: Sequence[CaseRows] | None = None) -> dict[str, object]:
        """The fields of a `BoardView`; `rows` where the board is not shown every row."""
        issued = [case.state.issued for case in self.read.cases if case.state.issued]
        since = self.since or min(issued, default=self.as_at)
        return {**self.read.frame(since, rows), "board": self.board.name, "meetings": self.meetings}


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
    return Read(reconciliation, cases, days_counted(cases, reconciliation.as_at))


def days_counted(cases: Sequence[CaseRows], as_at: date) -> WorkingDays:
    """The working days from the first day zero of the cases."""
    zeros = [action.day_zero for case in cases for action in case.state.actions if action.day_zero]
    return working_days(min([as_at, *zeros]), as_at)


def open_cases(reconciliation: Reconciliation) -> tuple[list[CaseRows], WorkingDays]:
    """The cases that are not closed, and the working days over all their dates."""
    as_at = reconciliation.as_at
    states = [state for state in reconciliation.cases if not is_closed(state, as_at)]
    cases = [case_rows(state, number) for number, state in enumerate(states, 1)]
    dates = [as_at, *(row.judged for case in cases for row in case.lines if row.judged)]
    return cases, working_days(min(dates), max(dates))


def separate_closed_cases(read: Read, since: date, moved: Callable[[CaseRows], bool]) -> Read:
    """The same with the cases apart that were closed before `since`, and in which nothing moved after."""
    found = {case.anchor: closed_case(case, read.as_at, since) for case in read.cases}
    closed = tuple(each for each in found.values() if each and not moved(each.rows))
    set_aside = {each.rows.anchor for each in closed}
    return replace(
        read, cases=tuple(case for case in read.cases if case.anchor not in set_aside), closed=closed
    )


def closed_case(rows: CaseRows, as_at: date, since: date) -> ClosedCase | None:
    """The case, if it was closed and all of it was done before `since`; None where somebody should look at it."""
    state, closed = rows.state, closed_on(rows.state)
    if closed is None or closed > as_at or state.conflicts or not state.reference:
        return None
    if any(row.rag not in _OVER for row in rows.lines):
        return None
    if any(each.code in _OF_TWO_WORKBOOKS for each in state.problems):
        return None
    days = [day for row in rows.lines for day in (row.completed, row.signed_off) if day]
    ended = max([closed, *days])
    return ClosedCase(rows, closed, ended) if ended < since else None


def _case_key(state: CaseState) -> tuple[object, ...]:
    return (natural(state.reference), [file.path for file in state.workbooks])


def a_week_before(as_at: date) -> date:
    """The day from which on a report says what was done, where nobody gives another."""
    return as_at - timedelta(days=RECENT_DAYS)


# The page


def report_page(
    view: Frame,
    title: str,
    about: Spans,
    lead: Sequence[Para],
    sections: Sequence[Section],
    *,
    tiles: Sequence[Tile] = (),
    named: bool = True,
) -> ReportPage:
    """A report as blocks. Not `named` where the names of files and cases might tell whose case it is."""
    return ReportPage(
        title=f"{title}, {short_date(view.as_at)}",
        about=about,
        marking=view.marking,
        left_out=_left_out(view, named=named),
        lead=(*_contradictions(view, named=named), *lead),
        tiles=tuple(tiles),
        sections=tuple(sections),
        procedures=view.procedures,
        sources=_sources(view) if named else (),
        as_at=view.as_at,
    )


def _left_out(view: Frame, *, named: bool) -> Bullets | None:
    """The files that could not be read; unnamed where their names might tell whose case it is."""
    if not view.left_out:
        return None
    return Bullets(tuple(_left_out_file(each) if named else _unnamed(each) for each in view.left_out))


def _left_out_file(each: Problem) -> Spans:
    return spans(
        strong(file_name(each.file)), ": ", free(each.found), ". ", free(each.remedy), small(each.code)
    )


def _unnamed(each: Problem) -> Spans:
    return spans(strong("A file"), ": ", each.found, small(each.code))


_CONTRADICTIONS_NAMED = 5


def _contradictions(view: Frame, *, named: bool) -> tuple[Para, ...]:
    """How many entries cannot be right, and where the first of them stand; nothing where there are none."""
    found = view.contradictions
    if not found:
        return ()
    count = f"{quantity(len(found), 'entry', 'entries')} cannot be right"
    if not named:
        return (Para((strong(f"{count}."),)),)
    named_first: list[Span | str] = [strong(f"{count}: ")]
    for place, each in enumerate(found[:_CONTRADICTIONS_NAMED]):
        named_first += ["; " if place else "", name(each.case), " ", name(each.problem.place)]
    more = len(found) - _CONTRADICTIONS_NAMED
    return (Para(spans(*named_first, f" and {more} more." if more > 0 else ".")),)


def _sources(view: Frame) -> tuple[Spans, ...]:
    """The workbooks the report rests on."""
    return tuple(
        spans(name(each.case), ": ", name(file_name(each.path)), " ", small(f"SHA-256 {each.sha256}"))
        for each in view.sources
    )
