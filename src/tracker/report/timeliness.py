"""How long reviews took (SI 2018/789 reg. 14): a row a review, and the averages; and the page of both.

An anonymised row has a number for its reference, months for its days, and nothing that a person typed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.problems import Problem, catalogue
from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Para,
    ReportCell,
    Section,
    day,
    free,
    name,
    number_cell,
    small,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.days import WorkingDays
from tracker.report.figures import month_words
from tracker.report.frame import (
    Contradiction,
    Frame,
    ReportedHold,
    a_week_before,
    closed_on,
    contradictions,
    read_cases,
    recorded_holds,
    review_names,
    row_of_step,
)
from tracker.report.lines import copied
from tracker.report.sections import moved
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.reconcile.model import Action, Reconciliation
    from tracker.report.blocks import ReportPage, Span, Spans
    from tracker.report.figures import Chart
    from tracker.report.lines import CaseRows

TITLE = "Timeliness of reviews"
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


_MEASURED = ("aware", "sin_due", "sin_sent", "sin_days", "days_from_sin", "days_from_awareness", "panel_letter",
             "lcspr_day_zero", "first_review_panel", "published", "open_actions")  # fmt: skip


def review(case: CaseRows, as_at: date) -> Review:
    """The row of one case."""
    state, took = case.state, case.state.timeliness
    sin, sent, published = (
        row_of_step(state, step)
        for step in (state.marks.notification, state.marks.review, state.marks.local_review)
    )
    days = None
    if took.lcspr_day_zero and took.published:  # in working days of the case's own calendar
        days = WorkingDays(frozenset()).of(state.holidays).between(took.lcspr_day_zero, took.published)
    logged = {id(each.line): each.reason for each in moved(case, date.min)}
    reasons = tuple(
        Reason(row.label, row.reason or logged.get(id(row), "") or "no reason given")
        for row in case.lines
        if row.key and (row.days_late or id(row) in logged)
    )
    return Review(
        reference=case.reference,
        anchor=case.anchor,
        sin_late=_late(sin, took.sin_sent),
        review_due=_due(sent),
        review_sent=took.rapid_review_sent,
        review_late=_late(sent, took.rapid_review_sent),
        sin_running=_running(sin),
        review_running=_running(sent),
        lcspr_days=days,
        lcspr_late=_late(published, took.published),
        lcspr_running=_running(published),
        decision=str(state.decisions.get("lcspr") or "undecided"),
        six_months=_due(published),
        target=took.publication_target,
        closed=closed_on(state),
        holds=recorded_holds(state, as_at),
        reasons=reasons,
        **copied(took, _MEASURED),
    )


def _late(action: Action | None, done: date | None) -> int | None:
    """How late what is done was."""
    return (action.days_late or 0) if action and done else None


def _due(action: Action | None) -> date | None:
    return action.due if action and action.rag != "Not applicable" else None


def _running(action: Action | None) -> int:
    """How late an open action is."""
    return (action.days_late or 0) if action and action.open else 0


def measures(reviews: Sequence[Review], named: tuple[str, str]) -> tuple[Measure, ...]:
    """What is measured over the reviews; `named` is what the Rapid Review and the LCSPR are called."""
    rapid, local = named
    found = (
        ("Notification sent, from awareness", "sin_days", "sin_late", "sin_running"),
        (f"{rapid} sent, from the notification", "days_from_sin", "review_late", "review_running"),
        (f"{rapid} sent, from awareness", "days_from_awareness", "", ""),
        (f"{local} published, from its day zero", "lcspr_days", "lcspr_late", "lcspr_running"),
    )
    return tuple(_measure(reviews, *each) for each in found)


def _measure(reviews: Sequence[Review], words: str, days: str, late: str, running: str) -> Measure:
    """A measure from the fields of a review; without a field for lateness nothing is said of it."""
    done = [each for each in reviews if getattr(each, days) is not None]
    lates = [getattr(each, late) for each in done if late and getattr(each, late) is not None]
    return Measure(
        words,
        len(done),
        sum(each == 0 for each in lates) if lates else None,
        _average([getattr(each, days) for each in done]),
        _average([each for each in lates if each]),
        sum(getattr(each, running) > 0 for each in reviews) if running else None,
    )


def _average(numbers: Sequence[int]) -> float | None:
    return round(sum(numbers) / len(numbers), 1) if numbers else None


_DECISIONS = frozenset({"yes", "no", "undecided"})
_MARKINGS = frozenset({"", "OFFICIAL", "OFFICIAL-SENSITIVE", "SECRET"})
_GOES_OUT = ("aware", "sin_due", "sin_sent", "sin_days", "sin_late", "review_due", "review_sent", "days_from_sin",
             "days_from_awareness", "review_late", "sin_running", "review_running", "lcspr_days", "lcspr_late",
             "lcspr_running", "panel_letter", "lcspr_day_zero", "first_review_panel", "six_months", "target",
             "published", "closed", "open_actions")  # fmt: skip


def anonymised(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """The reviews by awareness, without what shows whose they are: numbered, and nothing typed.

    Every field is named here: one that is new goes out only where somebody decides that it may.
    """
    ordered = sorted(reviews, key=lambda each: (each.aware or date.max, each.review_sent or date.max))
    return tuple(
        Review(
            reference=f"Review {number}",
            anchor="",
            decision=each.decision if each.decision in _DECISIONS else "other",
            holds=tuple(
                ReportedHold(
                    hold.since, hold.review_on, hold.ended_on, "", "", hold.running, hold.past_review
                )
                for hold in each.holds
            ),
            reasons=tuple(Reason(reason.label, "") for reason in each.reasons),
            **copied(each, _GOES_OUT),
        )
        for number, each in enumerate(ordered, 1)
    )


def _anonymised_frame(frame: Mapping[str, object], wrong: Sequence[Contradiction]) -> dict[str, object]:
    """What every report has in common, of which these fields alone go out; `wrong` are counted, not shown."""
    left_out: Sequence[Problem] = frame["left_out"]  # type: ignore[assignment]  # fields by name
    marking = str(frame["marking"])
    return {
        "as_at": frame["as_at"],
        "since": frame["since"],
        # The markings of government; of a wording somebody typed, the usual one of such a case.
        "marking": marking if marking in _MARKINGS else "OFFICIAL-SENSITIVE",
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


# The page


def timeliness_page(view: TimelinessView) -> ReportPage:
    """The timeliness report as blocks."""
    about = (*_period(view), words(" · as at "), day(view.as_at))
    shares = [
        f"{each.words.partition(',')[0]} on time in {each.on_time} of {each.done}"
        for each in view.measures
        if each.on_time is not None
    ]
    lead = Para((strong("Reviews:"), words("; ".join([f" {len(view.reviews)}", *shares]) + ".")), "lead")
    return parts.report_page(view, TITLE, about, (lead,), _sections(view), named=not view.anonymous)


def _period(view: TimelinessView) -> Spans:
    if view.first is None and view.last is None:
        return (words("All reviews, closed ones included"),)
    start = (words("from "), day(view.first)) if view.first else ()
    end = (words(" to "), day(view.last)) if view.last else ()
    return (words("Reviews of which the authority learnt "), *start, *end, words(", closed ones included"))


def _sections(view: TimelinessView) -> list[Section]:
    if not view.reviews:
        return [Section("reviews", "Reviews", (parts.none("No review falls into this period."),), 0)]
    missing = f"{quantity(view.undated, 'workbook')} without a day of awareness are left out where a period is given."
    note: tuple[Block, ...] = (Para((words(missing),)),) if view.undated else ()
    months = parts.months_block(view.chart)
    reasons = [each for each in view.reviews if each.reasons or each.holds]
    rapid, local = view.named
    sections = [
        Section("averages", "Averages", (parts.measures_table(view.measures), *months, *note)),
        Section("sin", f"Notification and {rapid}", (_first_table(view),), len(view.reviews)),
        Section("lcspr", local, (_second_table(view),), nav=local),
    ]
    if reasons:
        table = _reasons_table(view, reasons)
        sections.append(Section("reasons", "Holds and reasons", (table,), len(reasons)))
    return sections


def _day(view: TimelinessView, value: date | None) -> ReportCell:
    """A day; of an anonymised review the month alone."""
    if value is None:
        return ReportCell()
    if view.anonymous:
        return ReportCell((words(month_words(f"{value:%Y-%m}")),), sort=f"{value:%Y-%m}")
    return ReportCell((day(value),), sort=value.isoformat())


def _took(days: int | None, late: int | None, running: int) -> ReportCell:
    """How many working days something took, and how late it was, or is by now."""
    if days is None:
        if not running:
            return ReportCell()
        return ReportCell((words("not done"), small(f"{running} late")), mark="pressing")
    late_words = (small(f"{late} late"),) if late else ()
    return ReportCell((words(str(days)), *late_words), sort=str(days), mark="pressing" if late else "")


def _first_table(view: TimelinessView) -> Block:
    columns: list[parts.Column[Review]] = [
        _REVIEW,
        ("Aware", "day", lambda each: _day(view, each.aware)),
        ("Notification due", "day", lambda each: _day(view, each.sin_due)),
        ("Notification sent", "day", lambda each: _day(view, each.sin_sent)),
        ("Days", "number", lambda each: _took(each.sin_days, each.sin_late, each.sin_running)),
        ("Review due", "day", lambda each: _day(view, each.review_due)),
        ("Review sent", "day", lambda each: _day(view, each.review_sent)),
        ("Days from notification", "number",
         lambda each: _took(each.days_from_sin, each.review_late, each.review_running)),
        ("Days from awareness", "number", lambda each: number_cell(each.days_from_awareness)),
        ("Open actions", "number", lambda each: number_cell(each.open_actions)),
    ]  # fmt: skip
    caption = "Working days; a number with days late beside it was late"
    return parts.table(caption, view.reviews, *columns, look="matrix")


def _second_table(view: TimelinessView) -> Block:
    rapid, local = view.named
    decided = {"yes": local, "no": f"no {local}", "undecided": "undecided"}
    columns: list[parts.Column[Review]] = [
        _REVIEW,
        ("Panel's letter", "day", lambda each: _day(view, each.panel_letter)),
        ("Decision", "why", lambda each: text_cell(words(decided.get(each.decision, "other")))),
        (f"{local} day zero", "day", lambda each: _day(view, each.lcspr_day_zero)),
        ("First Review Panel", "day", lambda each: _day(view, each.first_review_panel)),
        ("Publication due (six months)", "day", lambda each: _day(view, each.six_months)),
        ("Publication planned", "day", lambda each: _day(view, each.target)),
        ("Published", "day", lambda each: _day(view, each.published)),
        ("Days from day zero", "number",
         lambda each: _took(each.lcspr_days, each.lcspr_late, each.lcspr_running)),
        ("Closed", "day", lambda each: _day(view, each.closed)),
    ]  # fmt: skip
    return parts.table(f"After the {rapid}", view.reviews, *columns, look="matrix")


def _reasons_table(view: TimelinessView, reviews: list[Review]) -> Block:
    columns: list[parts.Column[Review]] = [
        _REVIEW,
        ("Publication held", "hold", lambda each: _holds(view, each)),
        ("Key dates moved or late", "text", _reasons),
    ]
    caption = "What holds publication up, and the reasons given for key dates that were moved or late"
    return parts.table(caption, reviews, *columns, look="matrix")


def _holds(view: TimelinessView, each: Review) -> ReportCell:
    """Every hold with its dates and reason, running or over."""
    if not each.holds:
        return ReportCell((words("no"),), mark="nil")
    if view.anonymous:
        return ReportCell((words("yes" if len(each.holds) == 1 else quantity(len(each.holds), "time")),))
    found: list[Span | str] = []
    for place, hold in enumerate(each.holds):
        if place:
            found.append(" " if each.holds[place - 1].reason else "; ")  # a reason ends its line
        found += ["from ", day(hold.since)]
        if hold.ended_on:
            found += [" to ", day(hold.ended_on)]
        elif hold.review_on:
            found += [", review on ", day(hold.review_on)]
        if not (hold.running or hold.ended_on):
            found.append(", over")
        if hold.reason:
            found.append(small(hold.reason))
    return ReportCell(spans(*found))


def _reasons(each: Review) -> ReportCell:
    found: list[Span | str] = []
    for reason in each.reasons:
        found += ["; "] if found else []
        found += [name(reason.label), *((": ", free(reason.text)) if reason.text else ())]
    return ReportCell(spans(*found))


_REVIEW: parts.Column[Review] = ("Review", "case", lambda each: parts.name_cell(each.reference))
