"""How long reviews took (SI 2018/789 reg. 14): a row a review, and the averages.

An anonymised row has a number for its reference, months for its days, and nothing that a person typed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.problems import Problem, catalogue
from tracker.report.days import WorkingDays
from tracker.report.frame import Contradiction, Frame, a_week_before, contradictions, read_cases
from tracker.report.lines import copied
from tracker.report.sections import moved
from tracker.report.standing import ReportedHold, closed_on, recorded_holds, review_names, row_of_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.reconcile.model import Action, Reconciliation
    from tracker.report.chart import Chart
    from tracker.report.lines import CaseRows

OF_REVIEWS = slice(0, 3)
"""The measures of the notification and of Rapid Reviews."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a key date was moved or late."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """One review. Days are working days; `*_late` those past the due date, None while it is not sent.

    `*_running` are the days late of what is not sent yet. `six_months` is the day publication is due by the procedure:
    lateness counts from it, whatever was planned (`target`).
    """

    reference: str
    anchor: str
    aware: date | None
    sin_due: date | None
    sin_sent: date | None
    sin_days: int | None
    sin_late: int | None
    review_due: date | None
    review_sent: date | None
    days_from_sin: int | None
    days_from_awareness: int | None
    review_late: int | None
    sin_running: int
    review_running: int
    lcspr_days: int | None
    lcspr_late: int | None
    lcspr_running: int
    panel_letter: date | None
    decision: str
    lcspr_day_zero: date | None
    first_review_panel: date | None
    six_months: date | None
    target: date | None
    published: date | None
    closed: date | None
    holds: tuple[ReportedHold, ...]
    reasons: tuple[Reason, ...]
    open_actions: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure over the reviews: how many were done, how many of them in time, and averages of working days.

    `average` is the days it took, `average_late` the days late of those that were late.
    """

    words: str
    done: int
    on_time: int | None
    average: float | None
    average_late: float | None
    open_late: int | None


@dataclass(frozen=True, slots=True)
class TimelinessView(Frame):
    """The timeliness report. A review counts by the day the authority became aware.

    `named` is what the Rapid Review and the LCSPR are called.
    """

    first: date | None
    last: date | None
    anonymous: bool
    reviews: tuple[Review, ...]
    undated: int
    measures: tuple[Measure, ...]
    named: tuple[str, str]
    chart: Chart | None


def review(case: CaseRows, as_at: date) -> Review:
    """The row of one case."""
    state, took = case.state, case.state.timeliness
    sin, sent = row_of_step(state, state.marks.notification), row_of_step(state, state.marks.review)
    published = row_of_step(state, state.marks.local_review)
    return Review(
        reference=case.reference,
        anchor=case.anchor,
        sin_late=_late(sin, took.sin_sent),
        review_due=_due(sent),
        review_sent=took.rapid_review_sent,
        review_late=_late(sent, took.rapid_review_sent),
        sin_running=_running(sin),
        review_running=_running(sent),
        lcspr_days=_days(case, took.lcspr_day_zero, took.published),
        lcspr_late=_late(published, took.published),
        lcspr_running=_running(published),
        decision=str(state.decisions.get("lcspr") or "undecided"),
        six_months=_due(published),
        target=took.publication_target,
        closed=closed_on(state),
        holds=recorded_holds(state, as_at),
        reasons=_reasons(case),
        **copied(took, _MEASURED),
    )


_MEASURED = ("aware", "sin_due", "sin_sent", "sin_days", "days_from_sin", "days_from_awareness", "panel_letter",
             "lcspr_day_zero", "first_review_panel", "published", "open_actions")  # fmt: skip


def _late(action: Action | None, done: date | None) -> int | None:
    """How late what is done was."""
    return (action.days_late or 0) if action and done else None


def _due(action: Action | None) -> date | None:
    return action.due if action and action.rag != "Not applicable" else None


def _days(case: CaseRows, start: date | None, end: date | None) -> int | None:
    """Working days of the case's own calendar between two days."""
    if start is None or end is None:
        return None
    return WorkingDays(frozenset()).of(case.state.holidays).between(start, end)


def _running(action: Action | None) -> int:
    """How late an open action is."""
    return (action.days_late or 0) if action and action.open else 0


def _reasons(case: CaseRows) -> tuple[Reason, ...]:
    """What was written of key dates that were moved or late."""
    logged = {id(each.line): each.reason for each in moved(case, date.min)}
    found = []
    for row in case.lines:
        if row.key and (row.days_late or id(row) in logged):
            text = row.reason or logged.get(id(row), "")
            found.append(Reason(row.label, text or "no reason given"))
    return tuple(found)


def measures(reviews: Sequence[Review], named: tuple[str, str]) -> tuple[Measure, ...]:
    """What is measured over the reviews; `named` is what the Rapid Review and the LCSPR are called."""
    rapid, local = named
    return (
        _measure(
            "Notification sent, from awareness",
            [(r.sin_days, r.sin_late) for r in reviews],
            [r.sin_running for r in reviews],
        ),
        _measure(
            f"{rapid} sent, from the notification",
            [(r.days_from_sin, r.review_late) for r in reviews],
            [r.review_running for r in reviews],
        ),
        _measure(f"{rapid} sent, from awareness", [(r.days_from_awareness, None) for r in reviews], None),
        _measure(
            f"{local} published, from its day zero",
            [(r.lcspr_days, r.lcspr_late) for r in reviews],
            [r.lcspr_running for r in reviews],
        ),
    )


def _measure(
    words: str, found: Iterable[tuple[int | None, int | None]], running: Sequence[int] | None
) -> Measure:
    done = [(days, late) for days, late in found if days is not None]
    lates = [late for _, late in done if late is not None]
    return Measure(
        words,
        len(done),
        sum(late == 0 for late in lates) if lates else None,
        _average([days for days, _ in done]),
        _average([late for late in lates if late]),
        None if running is None else sum(late > 0 for late in running),
    )


def _average(numbers: Sequence[int]) -> float | None:
    return round(sum(numbers) / len(numbers), 1) if numbers else None


_DECISIONS = frozenset({"yes", "no", "undecided"})


def anonymised(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """The reviews by awareness, without what shows whose they are: numbered, and nothing typed.

    Every field is named here: one that is new goes out only where somebody decides that it may.
    """
    ordered = sorted(reviews, key=lambda each: (each.aware or date.max, each.review_sent or date.max))
    return tuple(_anonymised(each, number) for number, each in enumerate(ordered, 1))


def _anonymised_hold(hold: ReportedHold) -> ReportedHold:
    return ReportedHold(
        hold.since, hold.review_on, hold.ended_on, "", "", hold.running, past_review=hold.past_review
    )


_GOES_OUT = ("aware", "sin_due", "sin_sent", "sin_days", "sin_late", "review_due", "review_sent", "days_from_sin",
             "days_from_awareness", "review_late", "sin_running", "review_running", "lcspr_days", "lcspr_late",
             "lcspr_running", "panel_letter", "lcspr_day_zero", "first_review_panel", "six_months", "target",
             "published", "closed", "open_actions")  # fmt: skip


def _anonymised(each: Review, number: int) -> Review:
    return Review(
        reference=f"Review {number}",
        anchor="",
        decision=each.decision if each.decision in _DECISIONS else "other",
        holds=tuple(_anonymised_hold(hold) for hold in each.holds),
        reasons=tuple(Reason(reason.label, "") for reason in each.reasons),
        **copied(each, _GOES_OUT),
    )


def _anonymised_frame(frame: Mapping[str, object], wrong: Sequence[Contradiction]) -> dict[str, object]:
    """What every report has in common, of which these fields alone go out; `wrong` are counted, not shown."""
    left_out: Sequence[Problem] = frame["left_out"]  # type: ignore[assignment]  # fields by name
    return {
        "as_at": frame["as_at"],
        "since": frame["since"],
        "marking": _fixed_marking(str(frame["marking"])),
        "left_out": tuple(map(_titled, left_out)),
        "contradictions": tuple(Contradiction("", _titled(each.problem)) for each in wrong),
        "sources": (),
        "procedures": frame["procedures"],
        "rows": (),
        "closed": (),
    }


def _titled(found: Problem) -> Problem:
    """The kind of a problem in the words of the catalogue: its own words can quote a file or a cell."""
    return Problem(found.code, found.severity, "", "", "", catalogue()[found.code].title, "", "")


_MARKINGS = frozenset({"", "OFFICIAL", "OFFICIAL-SENSITIVE", "SECRET"})


def _fixed_marking(typed: str) -> str:
    """The markings of government; of a wording somebody typed, the usual one of such a case."""
    return typed if typed in _MARKINGS else "OFFICIAL-SENSITIVE"


def timeliness_view(
    reconciliation: Reconciliation,
    *,
    first: date | None = None,
    last: date | None = None,
    anonymous: bool = False,
    chart: Chart | None = None,
) -> TimelinessView:
    """Put the timeliness report together, over the reviews of which the authority learnt from `first` to `last`."""
    read = read_cases(reconciliation)
    cases = [case for case in read.cases if _within(case, first, last)]
    reviews: tuple[Review, ...] = tuple(review(case, read.as_at) for case in cases)
    named = review_names(cases)
    wrong = contradictions(cases)
    frame = read.frame(a_week_before(read.as_at), [replace(case, lines=()) for case in cases])
    frame = _anonymised_frame(frame, wrong) if anonymous else {**frame, "contradictions": wrong}
    return TimelinessView(
        **frame,  # type: ignore[arg-type]  # fields by name
        first=first,
        last=last,
        anonymous=anonymous,
        reviews=anonymised(reviews) if anonymous else reviews,
        undated=sum(case.state.timeliness.aware is None for case in read.cases),
        measures=measures(reviews, named),
        named=named,
        chart=None if anonymous else chart,
    )


def _within(case: CaseRows, first: date | None, last: date | None) -> bool:
    aware = case.state.timeliness.aware
    if first is None and last is None:
        return True
    return aware is not None and (first is None or first <= aware) and (last is None or aware <= last)
