"""The timeliness report laid out: the averages, then a row a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Para,
    ReportCell,
    ReportTable,
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
from tracker.report.chart import month_words
from tracker.report.frame import report_page
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tracker.report.blocks import ReportPage, Span, Spans
    from tracker.report.standing import ReportedHold
    from tracker.report.timeliness import Review, TimelinessView

TITLE = "Timeliness of reviews"


def timeliness_page(view: TimelinessView) -> ReportPage:
    """The timeliness report as blocks."""
    about = (*_period(view), words(" · as at "), day(view.as_at))
    return report_page(view, TITLE, about, (_lead(view),), _sections(view), named=not view.anonymous)


def _period(view: TimelinessView) -> Spans:
    if view.first is None and view.last is None:
        return (words("All reviews, closed ones included"),)
    start = (words("from "), day(view.first)) if view.first else ()
    end = (words(" to "), day(view.last)) if view.last else ()
    return (words("Reviews of which the authority learnt "), *start, *end, words(", closed ones included"))


def _lead(view: TimelinessView) -> Para:
    shares = [
        f"{each.words.partition(',')[0]} on time in {each.on_time} of {each.done}"
        for each in view.measures
        if each.on_time is not None
    ]
    return Para((strong("Reviews:"), words("; ".join([f" {len(view.reviews)}", *shares]) + ".")), "lead")


def _sections(view: TimelinessView) -> list[Section]:
    if not view.reviews:
        return [Section("reviews", "Reviews", (parts.none("No review falls into this period."),), 0)]
    missing = f"{quantity(view.undated, 'workbook')} without a day of awareness are left out where a period is given."
    note: tuple[Block, ...] = (Para((words(missing),)),) if view.undated else ()
    months = parts.months_block(view.chart)
    reasons = [each for each in view.reviews if each.reasons or each.holds]
    rapid, local = view.named
    return [
        Section("averages", "Averages", (parts.measures_table(view.measures), *months, *note)),
        Section("sin", f"Notification and {rapid}", (_first_table(view),), len(view.reviews)),
        Section("lcspr", local, (_second_table(view),), nav=local),
        *(
            [Section("reasons", "Holds and reasons", (_reasons_table(view, reasons),), len(reasons))]
            if reasons
            else []
        ),
    ]


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


def _first_table(view: TimelinessView) -> ReportTable:
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
    return parts.table(caption, view.reviews, columns, look="matrix")


def _second_table(view: TimelinessView) -> ReportTable:
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
    return parts.table(f"After the {rapid}", view.reviews, columns, look="matrix")


def _reasons_table(view: TimelinessView, reviews: list[Review]) -> ReportTable:
    columns: list[parts.Column[Review]] = [
        _REVIEW,
        ("Publication held", "hold", lambda each: _holds(view, each)),
        ("Key dates moved or late", "text", _reasons),
    ]
    caption = "What holds publication up, and the reasons given for key dates that were moved or late"
    return parts.table(caption, reviews, columns, look="matrix")


def _holds(view: TimelinessView, each: Review) -> ReportCell:
    if not each.holds:
        return ReportCell((words("no"),), mark="nil")
    if view.anonymous:
        return ReportCell((words("yes" if len(each.holds) == 1 else quantity(len(each.holds), "time")),))
    return ReportCell(_recorded_holds(each.holds))


def _recorded_holds(holds: Sequence[ReportedHold]) -> Spans:
    """Every hold with its dates and reason, running or over."""
    found: list[Span] = []
    for place, hold in enumerate(holds):
        before = words(" ") if place and holds[place - 1].reason else words("; ")  # a reason ends its line
        found += [before, *_recorded_hold(hold)] if found else _recorded_hold(hold)
    return tuple(found)


def _recorded_hold(hold: ReportedHold) -> Spans:
    dates: list[Span | str] = ["from ", day(hold.since)]
    if hold.ended_on:
        dates += [" to ", day(hold.ended_on)]
    elif hold.review_on:
        dates += [", review on ", day(hold.review_on)]
    if not (hold.running or hold.ended_on):
        dates.append(", over")
    return spans(*dates, *((small(hold.reason),) if hold.reason else ()))


def _reasons(each: Review) -> ReportCell:
    found: list[Span | str] = []
    for place, reason in enumerate(each.reasons):
        found += ["; "] if place else []
        found += [name(reason.label), *((": ", free(reason.text)) if reason.text else ())]
    return ReportCell(spans(*found))


_REVIEW: parts.Column[Review] = ("Review", "case", lambda each: parts.name_cell(each.reference))
