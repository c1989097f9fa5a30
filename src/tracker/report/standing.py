"""Where each case stands: the stage reached, the day it is on, its next key date, its hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.procedure.milestones import Milestone, Milestones
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.reconcile.model import Action, CaseState
    from tracker.report.days import WorkingDays
    from tracker.report.lines import CaseRows, ReportRow

_WEEK = 7


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
class NextKeyDate:
    """An open key date: its row's ID and action, and the date it is judged by."""

    label: str
    action: str
    day: date
    rag: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line a case. `stage` is the stage reached, `standing` says how far: `day 8 of 15`."""

    reference: str
    summary: str
    anchor: str
    stage: str
    standing: str
    closed: date | None
    next_key: NextKeyDate | None
    overdue: int
    chase: int
    moved: int
    open: int
    hold: ReportedHold | None


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


def hold_of(state: CaseState, as_at: date) -> ReportedHold | None:
    """The hold on publication that runs, the last to begin; none where the case is published or closed."""
    running = [hold for hold in recorded_holds(state, as_at) if hold.running]
    return running[-1] if running else None


def recorded_holds(state: CaseState, as_at: date) -> tuple[ReportedHold, ...]:
    """Every hold on publication that has begun, as they began, also those that are over: timeliness shows them all."""
    over = state.timeliness.published is not None or is_closed(state, as_at)
    found = []
    for each in state.holds:
        if each.from_ and each.from_ <= as_at:
            ended = each.ended_on if each.ended_on and each.ended_on <= as_at else None
            running = not over and ended is None
            late = running and each.review_on is not None and each.review_on <= as_at
            found.append(
                ReportedHold(
                    each.from_, each.review_on, ended, each.reason, each.agreed_by, running, past_review=late
                )
            )
    return tuple(sorted(found, key=lambda hold: hold.since))


def _progress(key: Action, as_at: date, days: WorkingDays) -> str:
    """`day 8 of 15`, `week 12 of 26`; how late where the date it is due has passed."""
    if key.day_zero is None or key.due is None:
        return "clock not started"
    if key.unit in {"", "working days"}:
        where = f"day {days.between(key.day_zero, as_at)} of {key.count}"
    else:
        week = max((as_at - key.day_zero).days // _WEEK + 1, 0)
        where = f"week {week} of {-(-(key.due - key.day_zero).days // _WEEK)}"
    if key.days_late:
        where += f", {quantity(key.days_late, 'working day')} late"
    return f"{where}, provisional" if key.provisional else where


def stage_reached(state: CaseState, as_at: date, days: WorkingDays) -> tuple[str, str]:
    """The stage a case has reached, and how far it is in it, counted in the case's own working days."""
    days = days.of(state.holidays)
    closed = closed_on(state)
    if closed and closed <= as_at:
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
    return (f"{done} done", "no stage is left") if done else ("Not applicable", "no stage is live")


def _next_key(rows: Sequence[ReportRow]) -> NextKeyDate | None:
    dated = [(row.judged, row) for row in rows if row.key and row.open and row.judged]
    if not dated:
        return None
    day, row = min(dated, key=lambda each: each[0])
    return NextKeyDate(row.label, row.action, day, row.rag)


def case_line(rows: CaseRows, moved: int, as_at: date, days: WorkingDays) -> CaseLine:
    """The line of one case; `moved` is the number of its rows with a moved date."""
    stage, standing = stage_reached(rows.state, as_at, days)
    return CaseLine(
        reference=rows.reference,
        summary=rows.state.summary,
        anchor=rows.anchor,
        stage=stage,
        standing=standing,
        closed=closed_on(rows.state),
        next_key=_next_key(rows.lines),
        overdue=sum(row.rag == "Overdue" for row in rows.lines),
        chase=sum(row.rag == "Chase" for row in rows.lines),
        moved=moved,
        open=len(rows.open),
        hold=hold_of(rows.state, as_at),
    )
