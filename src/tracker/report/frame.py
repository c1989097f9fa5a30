"""What every report has in common: its cases with their rows and where each stands, what was left out, its sources.

A closed case, every row of which is done or not applicable, needs a row and its counts alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from tracker.problems import codes
from tracker.procedure.milestones import Milestone, Milestones
from tracker.report.rows import (
    CaseRows,
    by_date,
    case_rows,
    natural,
    rows_to_do_now,
    shared_fields,
    working_days,
)
from tracker.rules import DONE_WORDS
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tracker.problems import Problem
    from tracker.procedure.model import Board, Procedure
    from tracker.reconcile.model import Action, CaseState, PlanAction, Reconciliation, SourceWorkbook
    from tracker.report.rows import ReportRow, WorkingDays

CONTRADICTIONS = frozenset({
    codes.NOT_A_DATE, codes.UNKNOWN_WORD, codes.NOT_A_WHOLE_NUMBER, codes.FORMULA_WITHOUT_VALUE,
    codes.AMBIGUOUS_DATE, codes.COMPLETED_IN_FUTURE, codes.UNKNOWN_CLOCK, codes.COMPLETED_BEFORE_AWARENESS,
    codes.SIN_BEFORE_AWARENESS, codes.CASE_DATES_CONTRADICT,
})  # fmt: skip
"""The codes of entries that cannot be right: not understood, in the future, or before what they follow."""
LEFT_TO_DO = "left to do"


# Where a case stands


@dataclass(frozen=True, slots=True)
class ReportedHold:
    """A hold on publication. `running` on the report date; `past_review` once its review date has come.

    `ended_on` is None while it has not ended on the report date.
    """

    since: date
    review_on: date | None
    ended_on: date | None
    reason: str
    agreed_by: str
    running: bool
    past_review: bool


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """Where a case stands, for the one row a report has of it.

    `stage` is the stage reached, `standing` how far it is in it: `day 8 of 15`. `next_key` is the next open row
    with a key date that is judged by a day.
    """

    reference: str
    summary: str
    anchor: str
    stage: str
    standing: str
    closed: date | None
    next_key: ReportRow | None
    overdue: int
    chase: int
    moved: int
    open: int
    hold: ReportedHold | None


def case_status(rows: CaseRows, moved: int, as_at: date, days: WorkingDays) -> CaseStatus:
    """Where a case stands; `moved` is the number of its rows with a moved date."""
    stage, standing = stage_reached(rows.state, as_at, days)
    dated = [row for row in rows.rows if row.key and row.open and row.judged]
    return CaseStatus(
        reference=rows.reference,
        summary=rows.state.summary,
        anchor=rows.anchor,
        stage=stage,
        standing=standing,
        closed=closed_on(rows.state),
        next_key=min(dated, key=lambda row: str(row.judged), default=None),
        overdue=sum(row.rag == "Overdue" for row in rows.rows),
        chase=sum(row.rag == "Chase" for row in rows.rows),
        moved=moved,
        open=len(rows.open),
        hold=hold_of(rows.state, as_at),
    )


def row_of_step(state: CaseState, step: Milestone) -> Action | None:
    """The row of a step; where somebody deleted it, the last key row that is left of its stage."""
    rows = [action for action in state.actions if action.stage == step.stage]
    keys = [action for action in rows if action.key]
    return next((action for action in rows if action.id == step.step), keys[-1] if keys else None)


def review_names(cases: Iterable[CaseRows]) -> tuple[str, str]:
    """What the cases call the Rapid Review and the LCSPR, where all call them the same; else the national words."""
    own = {case.state.marks.names for case in cases}
    return own.pop() if len(own) == 1 else Milestones().names


def closed_on(state: CaseState) -> date | None:
    """The day the case was closed, if it was."""
    day = state.decisions.get("case_closed")
    return day if isinstance(day, date) else None


def is_closed(state: CaseState, as_at: date) -> bool:
    """Whether the case was closed by that day; nobody is reminded of a closed case."""
    day = closed_on(state)
    return day is not None and day <= as_at


def recorded_holds(state: CaseState, as_at: date) -> tuple[ReportedHold, ...]:
    """Every hold on publication that has begun, as they began, also those that are over: timeliness shows them all."""
    over = state.timeliness.published is not None or is_closed(state, as_at)
    found = []
    for each in state.holds:
        if each.from_ and each.from_ <= as_at:
            ended = each.ended_on if each.ended_on and each.ended_on <= as_at else None
            running = not over and ended is None
            late = bool(running and each.review_on and each.review_on <= as_at)
            texts = (each.reason, each.agreed_by)
            found.append(ReportedHold(each.from_, each.review_on, ended, *texts, running, late))
    return tuple(sorted(found, key=lambda hold: hold.since))


def hold_of(state: CaseState, as_at: date) -> ReportedHold | None:
    """The hold on publication that runs, the last to begin; none where the case is published or closed."""
    running = [hold for hold in recorded_holds(state, as_at) if hold.running]
    return running[-1] if running else None


def stage_reached(state: CaseState, as_at: date, days: WorkingDays) -> tuple[str, str]:
    """The stage a case has reached, and how far it is in it, counted in the case's own working days."""
    days = days.of(state.holidays)
    if (closed := closed_on(state)) and closed <= as_at:
        return "Closed", f"on {short_date(closed)}"
    done = ""
    for stage in dict.fromkeys(action.stage for action in state.actions):
        key = row_of_step(state, Milestone(state.milestones.get(stage, ""), stage))
        if key is None or not key.open:
            done = stage if key and key.rag != "Not applicable" else done
        elif key.day_zero is None and done:
            return f"{done} done", f"{stage}: clock not started"
        else:
            return stage, _progress(key, as_at, days)
    if not done:
        return "Not applicable", "no stage is live"
    rows: list[Action | PlanAction] = [*state.actions, *state.action_plan]
    left = sum(each.open and each.id not in state.standing for each in rows)
    return f"{done} done", f"{quantity(left, 'step')} {LEFT_TO_DO}" if left else "nothing is left to do"


def _progress(key: Action, as_at: date, days: WorkingDays) -> str:
    """`day 8 of 15`, `week 12 of 26`; once the date it is due has passed, only how late it is."""
    if key.day_zero is None or key.due is None:
        return "clock not started"
    if key.days_late:
        return f"{quantity(key.days_late, 'working day')} late"
    if key.unit in {"", "working days"}:
        where = f"day {days.between(key.day_zero, as_at)} of {key.count}"
    else:
        week, weeks = (as_at - key.day_zero).days // 7 + 1, -(-(key.due - key.day_zero).days // 7)
        where = f"week {max(week, 0)} of {weeks}"
    return f"{where}, provisional" if key.provisional else where


# The start of every view


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An entry that cannot be right: the case, and what was found at which cell."""

    case: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """A case in which nobody has anything to do. `ended` is the last day on which anything in it was done."""

    case: CaseRows
    closed: date
    ended: date

    @property
    def counts(self) -> Counter[str]:
        """Its rows by state."""
        return Counter(row.rag for row in self.case.state.rows)


@dataclass(frozen=True, slots=True)
class Frame:
    """The start of every view. `rows` are the cases with the rows the reader is shown, for CSV and JSON.

    `procedures` are the rules they were judged by, each with whether it needs a check.
    `closed` are the cases of which nothing but their counts is shown; `sources` are workbooks with their case.
    """

    as_at: date
    since: date
    marking: str
    left_out: tuple[Problem, ...]
    contradictions: tuple[Contradiction, ...]
    sources: tuple[tuple[str, SourceWorkbook], ...]
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
        return (*self.cases, *(each.case for each in self.closed))

    def frame(self, since: date, rows: Sequence[CaseRows] | None = None) -> dict[str, object]:
        """The fields of a `Frame`; `rows` where the reader is not shown every row."""
        states = [case.state for case in self.every_case]
        shown = tuple(self.cases if rows is None else rows)
        return {
            "as_at": self.as_at,
            "since": since,
            "marking": " / ".join(sorted({state.marking for state in states} - {""})),
            "left_out": tuple(each for each in self.reconciliation.problems if each.severity == "error"),
            "contradictions": contradictions(shown),
            "sources": tuple(
                (case.reference, file) for case in self.every_case for file in case.state.workbooks
            ),
            "procedures": tuple(sorted({rules_of(state) for state in states})),
            "rows": shown,
            "closed": self.closed,
        }


def rules_of(state: CaseState) -> str:
    """The rules a case was judged by; where they need a check, that too. Nothing ends it: reports do."""
    rules = f"{state.title}, edition {state.edition}"
    return f"{rules}. {state.currency.removesuffix('.')}" if state.currency else rules


@dataclass(frozen=True, slots=True)
class BoardView(Frame):
    """The start of every board's view. `requests` are the steps that members of the board own and can do now.

    Its meetings are those on the Calendar sheets: the last before the report date, the next from it on. `sees` is the
    word for what such boards are shown, and the module that makes it.
    """

    sees: ClassVar[str]
    board: str
    last_meeting: date | None
    next_meeting: date | None
    requests: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class BoardRead:
    """What a board's report is made from. `since` is its last meeting, unless another day was given."""

    read: Read
    board: Board
    procedure: Procedure
    last_meeting: date | None
    next_meeting: date | None
    since: date | None

    def frame(self, rows: Sequence[CaseRows] | None = None) -> Mapping[str, object]:
        """The fields of a `BoardView`; `rows` where the board is not shown every row but those asked of it."""
        members = set(self.board.members)
        roles = [role for role in self.procedure.roles if role.name in members]
        names = {name for role in roles for name in (role.name, *role.aliases)}
        asked = [rows_to_do_now(case, names) for case in self.read.cases]
        if rows is not None:
            pairs = zip(self.read.cases, rows, asked, strict=True)
            rows = [case.only([*shown.rows, *theirs]) for case, shown, theirs in pairs]
        issued = [case.state.issued for case in self.read.cases if case.state.issued]
        since = self.since or min(issued, default=self.read.as_at)
        requests = by_date(row for theirs in asked for row in theirs)
        meetings = shared_fields(self, ("last_meeting", "next_meeting"))
        return {**self.read.frame(since, rows), **meetings, "board": self.board.name, "requests": requests}


def contradictions(cases: Sequence[CaseRows]) -> tuple[Contradiction, ...]:
    """The entries of these cases that cannot be right, case by case."""
    return tuple(
        Contradiction(case.reference, each)
        for case in cases
        for each in case.state.problems
        if each.severity == "error" and each.code in CONTRADICTIONS
    )


def cases_in_order(reconciliation: Reconciliation) -> tuple[CaseRows, ...]:
    """The cases in the order of their references; none holds its rows yet."""
    ordered = sorted(
        reconciliation.cases,
        key=lambda state: (natural(state.reference), [file.path for file in state.workbooks]),
    )
    return tuple(CaseRows(state, f"case-{number}", None) for number, state in enumerate(ordered, 1))


def read_cases(
    reconciliation: Reconciliation, set_apart: Callable[[CaseRows], ClosedCase | None] = lambda _: None
) -> Read:
    """The cases in the order of their references, each row in its one shape; a case set apart holds no rows."""
    every_case = cases_in_order(reconciliation)
    apart = {case.anchor: found for case in every_case if (found := set_apart(case))}
    cases = tuple(case.holding(case.rows) for case in every_case if case.anchor not in apart)
    return Read(reconciliation, cases, days_counted(every_case, reconciliation.as_at), tuple(apart.values()))


def days_counted(cases: Sequence[CaseRows], as_at: date) -> WorkingDays:
    """The working days from the first day zero of the cases."""
    zeros = [action.day_zero for case in cases for action in case.state.actions if action.day_zero]
    return working_days(min([as_at, *zeros]), as_at)


def open_cases(reconciliation: Reconciliation) -> tuple[list[CaseRows], WorkingDays]:
    """The cases that are not closed, and the working days over all their dates."""
    as_at = reconciliation.as_at
    states = [state for state in reconciliation.cases if not is_closed(state, as_at)]
    cases = [case_rows(state, number) for number, state in enumerate(states, 1)]
    dates = [as_at, *(row.judged for case in cases for row in case.rows if row.judged)]
    return cases, working_days(min(dates), max(dates))


def closed_case(rows: CaseRows, as_at: date, since: date) -> ClosedCase | None:
    """The case, if it was closed and all of it was done before `since`; None where somebody should look at it."""
    state, closed = rows.state, closed_on(rows.state)
    if closed is None or closed > as_at or state.conflicts or not state.reference:
        return None
    twice = any(each.code in {codes.SAME_CASE_TWICE, codes.OLDER_COPY} for each in state.problems)
    if twice or any(row.rag not in {*DONE_WORDS, "Not applicable"} for row in state.rows):
        return None
    days = [*(row.completed for row in state.rows), *(row.signed_off for row in state.action_plan)]
    ended = max([closed, *filter(None, days)])
    return ClosedCase(rows, closed, ended) if ended < since else None


def a_week_before(as_at: date) -> date:
    """The day from which on a report lists what was done, where nobody gives another."""
    return as_at - timedelta(weeks=1)
