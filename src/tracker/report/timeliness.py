"""How long reviews took (SI 2018/789 reg. 14): a row a review, and the averages; and the page of both.

An anonymised row has a number for its reference, months for its days, and nothing that a person typed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from tracker.problems import Problem, catalogue
from tracker.report import frame, parts, yearly
from tracker.report.blocks import (
    Para,
    ReportCell,
    Section,
    day,
    day_cell,
    free,
    name,
    small,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.figures import chart
from tracker.report.rows import WorkingDays, safe_id, shared_fields
from tracker.report.sections import moved
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.procedure.milestones import Milestone
    from tracker.reconcile.model import CaseState, Reconciliation
    from tracker.report.blocks import ReportPage, ReportTable, Span
    from tracker.report.history import Done
    from tracker.report.rows import CaseRows
    from tracker.report.yearly import Measure, Month, StepDone


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a key date was moved or late."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """One review. Days are working days, `*_late` those past the due date, `*_running` those of what is not sent yet.

    `six_months` is the day publication is due by the procedure: lateness counts from it, whatever was planned.
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
    holds: tuple[frame.ReportedHold, ...]
    reasons: tuple[Reason, ...]
    open_actions: int


def review(case: CaseRows, as_at: date) -> Review:
    """The row of one case."""
    state, took = case.state, case.state.timeliness
    _, sin_late, sin_running = _step_lateness(state, state.marks.notification, took.sin_sent)
    review_due, review_late, review_running = _step_lateness(
        state, state.marks.review, took.rapid_review_sent
    )
    six_months, lcspr_late, lcspr_running = _step_lateness(state, state.marks.local_review, took.published)
    days = None
    if took.lcspr_day_zero and took.published:  # in working days of the case's own calendar
        days = WorkingDays(frozenset()).of(state.holidays).between(took.lcspr_day_zero, took.published)
    logged = {id(each.row): each.reason for each in moved(case, date.min)}
    reasons = tuple(
        Reason(row.label, row.reason or logged.get(id(row), "") or "no reason given")
        for row in case.rows
        if row.key and (row.days_late or id(row) in logged)
    )
    return Review(
        reference=case.reference,
        anchor=case.anchor,
        sin_late=sin_late,
        review_due=review_due,
        review_sent=took.rapid_review_sent,
        review_late=review_late,
        sin_running=sin_running,
        review_running=review_running,
        lcspr_days=days,
        lcspr_late=lcspr_late,
        lcspr_running=lcspr_running,
        decision=str(state.decisions.get("lcspr") or "undecided"),
        six_months=six_months,
        target=took.publication_target,
        closed=frame.closed_on(state),
        holds=frame.recorded_holds(state, as_at),
        reasons=reasons,
        **shared_fields(took, Review.__slots__),
    )


def _step_lateness(
    state: CaseState, step: Milestone, done: date | None
) -> tuple[date | None, int | None, int]:
    """When a step is due, how late it was done (None: not yet), and how late it is while it is open."""
    row = frame.row_of_step(state, step)
    if row is None:
        return None, None, 0
    late = row.days_late or 0
    return None if row.rag == "Not applicable" else row.due, late if done else None, late if row.open else 0


@dataclass(frozen=True, slots=True)
class TimelinessView(frame.Frame):
    """The timeliness report. `named` is what the Rapid Review and the LCSPR are called.

    `actions` are the words of the steps; where the report is anonymised they are the procedure's, as nobody typed them.
    """

    first: date | None
    last: date | None
    anonymous: bool
    reviews: tuple[Review, ...]
    undated: int
    measures: tuple[Measure, ...]
    named: tuple[str, str]
    months: tuple[Month, ...]
    steps: tuple[StepDone, ...]
    waits: tuple[yearly.Wait, ...]
    quality: tuple[yearly.QualityFact, ...]
    actions: Mapping[str, str]


_DECISIONS = frozenset({"yes", "no", "undecided"})
_MARKINGS = frozenset({"", "OFFICIAL", "OFFICIAL-SENSITIVE", "SECRET"})
_GOES_OUT = ("aware", "sin_due", "sin_sent", "sin_days", "sin_late", "review_due", "review_sent", "days_from_sin",
             "days_from_awareness", "review_late", "sin_running", "review_running", "lcspr_days", "lcspr_late",
             "lcspr_running", "panel_letter", "lcspr_day_zero", "first_review_panel", "six_months", "target",
             "published", "closed", "open_actions")  # fmt: skip


def anonymise(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """The reviews by awareness, without what shows whose they are: numbered, and nothing typed.

    Every field is named here: one that is new goes out only where somebody decides that it may.
    """
    ordered = sorted(reviews, key=lambda each: (each.aware or date.max, each.review_sent or date.max))
    return tuple(
        Review(
            reference=f"Review {number}",
            anchor="",
            decision=each.decision if each.decision in _DECISIONS else "other",
            holds=tuple(replace(hold, reason="", agreed_by="") for hold in each.holds),
            reasons=tuple(Reason(reason.label, "") for reason in each.reasons),
            **shared_fields(each, _GOES_OUT),
        )
        for number, each in enumerate(ordered, 1)
    )


def _anonymised_frame(fields: Mapping[str, Any]) -> dict[str, object]:
    """What every report has in common, of which these fields alone go out; contradictions are counted, not shown."""
    return {
        **{name: fields[name] for name in ("as_at", "since", "procedures")},
        # The markings of government; of a wording somebody typed, the usual one of such a case.
        "marking": fields["marking"] if fields["marking"] in _MARKINGS else "OFFICIAL-SENSITIVE",
        "left_out": tuple(map(_titled, fields["left_out"])),
        "contradictions": tuple(
            frame.Contradiction("", _titled(each.problem)) for each in fields["contradictions"]
        ),
        **dict.fromkeys(("sources", "rows", "closed"), ()),
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
    done: Sequence[Done] = (),
) -> TimelinessView:
    """Put the timeliness report together, over the reviews of which the authority learnt from `first` to `last`.

    `done` are the rows done in all cases: what was done by month and step does not stop at those reviews, only at
    these days.
    """
    read = frame.read_cases(reconciliation)
    cases = list(read.cases)
    if first or last:
        start, end = first or date.min, last or date.max
        known = [(case, case.state.timeliness.aware) for case in cases]
        cases = [case for case, aware in known if aware and start <= aware <= end]
    reviews: tuple[Review, ...] = tuple(review(case, read.as_at) for case in cases)
    named = frame.review_names(cases)
    until = min(last or read.as_at, read.as_at)
    done_months = yearly.months(done, yearly.month_of(first) if first else "", yearly.month_of(until))
    fields = read.frame(frame.a_week_before(read.as_at), [case.holding(()) for case in cases])
    return TimelinessView(
        **(_anonymised_frame(fields) if anonymous else fields),  # type: ignore[arg-type]  # fields by name
        first=first,
        last=last,
        anonymous=anonymous,
        reviews=anonymise(reviews) if anonymous else reviews,
        undated=sum(case.state.timeliness.aware is None for case in read.cases),
        measures=yearly.measures(reviews, named),
        named=named,
        months=done_months,
        steps=tuple(
            each for each in yearly.steps_done(done, done_months) if not anonymous or safe_id(each.step)
        ),
        waits=yearly.waits(cases, read.as_at, read.days),
        quality=yearly.quality(cases, reviews, named, read.as_at),
        actions=yearly.step_headings(read.cases) if anonymous else yearly.step_words(read.cases),
    )


# The page


def timeliness_page(view: TimelinessView) -> ReportPage:
    """The timeliness report as blocks."""
    period = spans("All reviews, closed ones included")
    if view.first or view.last:
        start = ("from ", day(view.first)) if view.first else ()
        end = (" to ", day(view.last)) if view.last else ()
        period = spans("Reviews of which the authority learnt ", *start, *end, ", closed ones included")
    about = (*period, *spans(" · as at ", day(view.as_at)))
    shares = [share for each in view.measures if (share := _share(each))]
    lead = Para((strong("Reviews:"), words("; ".join([f" {len(view.reviews)}", *shares]) + ".")), "lead")
    return parts.report_page(
        view, "Timeliness of reviews", about, (lead,), _sections(view), named=not view.anonymous
    )


def _share(each: Measure) -> str:
    """`Rapid Review sent on time in 4 of 4, 2 late and not sent yet`."""
    what = each.words.partition(",")[0]
    subject, _, verb = what.rpartition(" ")
    late = f"{each.open_late} late and not {verb} yet" if each.open_late else ""
    if each.on_time is None:
        return f"{subject}: {late}" if late else ""
    return f"{what} on time in {each.on_time} of {each.done}" + (f", {late}" if late else "")


def _sections(view: TimelinessView) -> list[Section]:
    if not view.reviews:
        return [Section("reviews", "Reviews", (parts.none("No review falls into this period."),), 0)]
    missing = f"{quantity(view.undated, 'workbook')} without a day of awareness are left out where a period is given."
    note = (Para((words(missing),)),) if view.undated else ()
    rapid, local = view.named
    begun, after = _review_tables(view)
    sections = [
        Section("averages", "Averages", (parts.measures_table(view.measures), *note)),
        Section("waits", "Where reviews wait longest", yearly.waits_blocks(view.waits, view.actions), nav="Waits"),
        Section("on-time", "On time", yearly.on_time(chart(view.months), view.steps, view.actions)),
        Section("quality", "Quality", yearly.quality_blocks(view.quality)),
        Section("sin", f"Notification and {rapid}", (begun,), len(view.reviews)),
        Section("lcspr", local, (after,), nav=local),
    ]  # fmt: skip
    if reasons := [each for each in view.reviews if each.reasons or each.holds]:
        table = parts.table(
            "What holds publication up, and the reasons given for key dates that were moved or late",
            reasons,
            _REVIEW,
            ("Publication held", "hold", lambda each: _holds(view, each)),
            ("Key dates moved or late", "text", _reasons),
            look="matrix",
        )
        sections.append(Section("reasons", "Holds and reasons", (table,), len(reasons)))
    return sections


_REVIEW: parts.Column[Review] = ("Review", "case", lambda each: parts.name_cell(each.reference))


def _review_tables(view: TimelinessView) -> tuple[ReportTable, ReportTable]:
    """What is shown of each review up to its Rapid Review, and after it."""

    def days(**titles: str) -> list[parts.Column[Review]]:
        return [(title, "day", partial(_day_cell, view, field)) for field, title in titles.items()]

    rapid, local = view.named
    decided = {"yes": local, "no": f"no {local}", "undecided": "undecided"}
    begun = parts.table(
        "Working days; a number with days late beside it was late",
        view.reviews,
        _REVIEW,
        *days(aware="Aware", sin_due="Notification due", sin_sent="Notification sent"),
        _took("Days", "sin_days", "sin_late", "sin_running"),
        *days(review_due="Review due", review_sent="Review sent"),
        _took("Days from notification", "days_from_sin", "review_late", "review_running"),
        *parts.numbers(days_from_awareness="Days from awareness", open_actions="Open actions"),
        look="matrix",
    )
    after = parts.table(
        f"After the {rapid}",
        view.reviews,
        _REVIEW,
        *days(panel_letter="Panel's letter"),
        ("Decision", "why", lambda each: text_cell(words(decided.get(each.decision, "other")))),
        *days(lcspr_day_zero=f"{local} day zero", first_review_panel="First Review Panel"),
        *days(six_months="Publication due (six months)", target="Publication planned", published="Published"),
        _took("Days from day zero", "lcspr_days", "lcspr_late", "lcspr_running"),
        *days(closed="Closed"),
        look="matrix",
    )
    return begun, after


def _day_cell(view: TimelinessView, field: str, each: Review) -> ReportCell:
    """A day; of an anonymised review the month alone."""
    value: date | None = getattr(each, field)
    if value and view.anonymous:
        return ReportCell((words(f"{value:%b %Y}"),), sort=f"{value:%Y-%m}")
    return day_cell(value)


def _took(title: str, *fields: str) -> parts.Column[Review]:
    """How many working days something took, and how late it was, or is by now."""

    def cell(each: Review) -> ReportCell:
        days, late, running = (getattr(each, field) for field in fields)
        if days is None:
            not_done = ReportCell((words("not done"), small(f"{running} late")), mark="pressing")
            return not_done if running else ReportCell()
        late_words = (small(f"{late} late"),) if late else ()
        return ReportCell((words(str(days)), *late_words), sort=str(days), mark="pressing" if late else "")

    return title, "number", cell


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
    return ReportCell(
        parts.joined(
            spans(name(reason.label), *((": ", free(reason.text)) if reason.text else ()))
            for reason in each.reasons
        )
    )
