"""How long reviews took (SI 2018/789 reg. 14): a row a review, and the averages; and the page of both.

An anonymised row has a number for its reference, months for its days, and nothing that a person typed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
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
    number_cell,
    small,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.history import safe_id
from tracker.report.lines import copied
from tracker.report.monthly import chart, month_of, month_words, months, steps_done
from tracker.report.sections import Reason, Review, review
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.reconcile.model import Reconciliation
    from tracker.report.blocks import ReportPage, Span
    from tracker.report.monthly import Chart, Done, Month, StepDone

TITLE = "Timeliness of reviews"
OF_REVIEWS = slice(0, 3)
"""The measures of the notification and of Rapid Reviews."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How many were done, how many in time; average working days, and average days late of those that were late."""

    words: str
    done: int
    on_time: int | None
    average: float | None
    average_late: float | None
    open_late: int | None


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

    @property
    def chart(self) -> Chart | None:
        """The months drawn; None where there are too few."""
        return chart(self.months)


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
            holds=tuple(map(_anonymised_hold, each.holds)),
            reasons=tuple(Reason(reason.label, "") for reason in each.reasons),
            **copied(each, _GOES_OUT),
        )
        for number, each in enumerate(ordered, 1)
    )


def _anonymised_hold(each: frame.ReportedHold) -> frame.ReportedHold:
    return frame.ReportedHold(
        each.since, each.review_on, each.ended_on, "", "", each.running, each.past_review
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
    done_months = months(
        done, month_of(first) if first else "", month_of(min(last, read.as_at) if last else read.as_at)
    )
    fields = read.frame(frame.a_week_before(read.as_at), [replace(case, lines=()) for case in cases])
    return TimelinessView(
        **(_anonymised_frame(fields) if anonymous else fields),  # type: ignore[arg-type]  # fields by name
        first=first,
        last=last,
        anonymous=anonymous,
        reviews=anonymised(reviews) if anonymous else reviews,
        undated=sum(case.state.timeliness.aware is None for case in read.cases),
        measures=measures(reviews, named),
        named=named,
        months=done_months,
        steps=tuple(each for each in steps_done(done, done_months) if not anonymous or safe_id(each.step)),
        waits=yearly.waits(cases, read.as_at, read.days),
        quality=yearly.quality(cases, reviews, named, read.as_at),
        actions=yearly.step_headings(read.cases) if anonymous else yearly.step_words(read.cases),
    )


# The page


def timeliness_page(view: TimelinessView) -> ReportPage:
    """The timeliness report as blocks."""
    period = [words("All reviews, closed ones included")]
    if view.first or view.last:
        start = (words("from "), day(view.first)) if view.first else ()
        end = (words(" to "), day(view.last)) if view.last else ()
        period = [
            words("Reviews of which the authority learnt "),
            *start,
            *end,
            words(", closed ones included"),
        ]
    about = (*period, words(" · as at "), day(view.as_at))
    shares = [share for each in view.measures if (share := _share(each))]
    lead = Para((strong("Reviews:"), words("; ".join([f" {len(view.reviews)}", *shares]) + ".")), "lead")
    return parts.report_page(view, TITLE, about, (lead,), _sections(view), named=not view.anonymous)


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
    begun, after = _columns(view)
    caption = "Working days; a number with days late beside it was late"
    begun_table = parts.table(caption, view.reviews, _REVIEW, *begun, look="matrix")
    after_table = parts.table(f"After the {rapid}", view.reviews, _REVIEW, *after, look="matrix")
    sections = [
        Section("averages", "Averages", (parts.measures_table(view.measures), *note)),
        Section("waits", "Where reviews wait longest", yearly.waits_blocks(view.waits, view.actions), nav="Waits"),
        Section("on-time", "On time", (*yearly.by_month(view.chart), *yearly.by_step(view.steps, view.actions))),
        Section("quality", "Quality", yearly.quality_blocks(view.quality)),
        Section("sin", f"Notification and {rapid}", (begun_table,), len(view.reviews)),
        Section("lcspr", local, (after_table,), nav=local),
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


def _columns(view: TimelinessView) -> tuple[list[parts.Column[Review]], list[parts.Column[Review]]]:
    """What is shown of each review up to its Rapid Review, and after it."""

    def day_of(title: str, field: str) -> parts.Column[Review]:
        """A day; of an anonymised review the month alone."""

        def cell(each: Review) -> ReportCell:
            value: date | None = getattr(each, field)
            if value and view.anonymous:
                return ReportCell((words(month_words(f"{value:%Y-%m}")),), sort=f"{value:%Y-%m}")
            return day_cell(value)

        return title, "day", cell

    local = view.named[1]
    decided = {"yes": local, "no": f"no {local}", "undecided": "undecided"}
    begun: list[parts.Column[Review]] = [
        day_of("Aware", "aware"),
        day_of("Notification due", "sin_due"),
        day_of("Notification sent", "sin_sent"),
        _took("Days", "sin_days", "sin_late", "sin_running"),
        day_of("Review due", "review_due"),
        day_of("Review sent", "review_sent"),
        _took("Days from notification", "days_from_sin", "review_late", "review_running"),
        ("Days from awareness", "number", lambda each: number_cell(each.days_from_awareness)),
        ("Open actions", "number", lambda each: number_cell(each.open_actions)),
    ]
    after: list[parts.Column[Review]] = [
        day_of("Panel's letter", "panel_letter"),
        ("Decision", "why", lambda each: text_cell(words(decided.get(each.decision, "other")))),
        day_of(f"{local} day zero", "lcspr_day_zero"),
        day_of("First Review Panel", "first_review_panel"),
        day_of("Publication due (six months)", "six_months"),
        day_of("Publication planned", "target"),
        day_of("Published", "published"),
        _took("Days from day zero", "lcspr_days", "lcspr_late", "lcspr_running"),
        day_of("Closed", "closed"),
    ]
    return begun, after


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
    found: list[Span | str] = []
    for reason in each.reasons:
        found += ["; "] if found else []
        found += [name(reason.label), *((": ", free(reason.text)) if reason.text else ())]
    return ReportCell(spans(*found))
