"""The case as a whole: its clocks, its decisions, its hold, and the description it came from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tracker.case.checks import DATE_ORDER
from tracker.case.fields import Is, misses_shape
from tracker.case.model import value_at
from tracker.plan import filled_reason, holds
from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, listed, listed_first, quantity, short_date
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tracker.procedure.model import Clock
    from tracker.reconcile.checks_input import CheckInput, StageRow
    from tracker.reconcile.model import Action

_NAMED = 5
_SWITCHES = frozenset({"case.died", "options.submitters_absent"})
"""Fields of the case that are yes or no."""
_WORKED_ON = frozenset({"In progress", "Waiting on others", "Complete"})


def dates_in_order(data: CheckInput) -> Iterator[Problem]:
    """Dates of the case that come before what they follow."""
    dates = data.typed_dates
    for later, earlier in DATE_ORDER:
        after, before = dates.get(later), dates.get(earlier)
        if later == "dates.sin_submitted":
            continue  # checked with the rows
        if after and before and after.day and before.day and after.day < before.day:
            facts = {"later": after.label, "earlier": before.label}
            yield problem(
                codes.CASE_DATES_CONTRADICT, place=after.cell, day=after.words, before=before.words, **facts
            )


def publication_after_day_zero(data: CheckInput) -> Iterator[Problem]:
    """Publication typed before the day from which its target is counted."""
    for clock in data.procedure.clocks:
        read = data.reading.clocks.get(clock.name)
        start = data.state.clocks.get(clock.provisional_from)
        day = data.state.clocks[clock.name].day
        if not (read and read.value and day and start and start.day) or clock.field == "aware":
            continue
        if day < start.day:
            facts = {"later": clock.name, "earlier": clock.provisional_from}
            yield problem(
                codes.CASE_DATES_CONTRADICT,
                place=read.cell,
                day=short_date(day),
                before=short_date(start.day),
                **facts,
            )


def day_zero_missing(data: CheckInput) -> Iterator[Problem]:
    """The one date every case needs: reported once, not in each row that waits for it."""
    clock = data.awareness
    read = data.reading.clocks.get(clock.name) if clock else None
    if clock and read and read.value is None and read.cell not in data.unclear:
        yield problem(codes.DAY_ZERO_MISSING, place=read.cell, clock=clock.name)


def worked_without_clock(data: CheckInput) -> Iterator[Problem]:
    """Rows at work although what they are counted from is not known; what is only implied may begin before."""
    for clock in data.procedure.clocks:
        if not clock.field or clock.field == "aware" or data.state.clocks[clock.name].day:
            continue
        at_work = [checked for checked in _counted_from(data, clock) if _is_at_work(checked)]
        place = data.clock_place(clock)
        if at_work and place not in data.unclear:
            ids = listed_first([checked.action.id for checked in at_work], _NAMED)
            ids += " is" if len(at_work) == 1 else " are"
            yield problem(codes.WORK_WITHOUT_CLOCK, place=place, clock=clock.name, ids=ids)


def _counted_from(data: CheckInput, clock: Clock) -> list[StageRow]:
    name = clock.name.casefold()
    return [checked for checked in data.rows if checked.action.counted_from.casefold() == name]


def _is_at_work(checked: StageRow) -> bool:
    action = checked.action
    return action.basis != "Implied" and (action.completed is not None or action.status in _WORKED_ON)


def two_day_zeros(data: CheckInput) -> Iterator[Problem]:
    """The Panel's letter and the partners' own decision, on different days."""
    for clock in data.procedure.clocks:
        used, other = data.reading.clocks.get(clock.name), data.typed_dates.get(f"dates.{clock.fallback}")
        if used and other and other.day and used.value and used.value != other.day:
            day = data.state.clocks[clock.name].day
            facts = {"clock": clock.name, "used": short_date(day) if day else "", "fallback": other.label}
            yield problem(codes.TWO_DATES_FOR_DAY_ZERO, place=other.cell, day=other.words, **facts)


def decision_against_date(data: CheckInput) -> Iterator[Problem]:
    """No LCSPR, yet a day zero for it; partners may decide so against the Panel's letter, and say why."""
    fields = data.reading.fields
    decision, reason = fields.get("decisions.lcspr"), fields.get("decisions.lcspr_reason")
    response = fields.get("decisions.panel_response")
    if response and response.value == "recommends LCSPR" and reason and reason.value:
        return
    for clock in data.procedure.clocks:
        day = data.state.clocks[clock.name].day
        if clock.field == "lcspr_recommended" and day and decision and decision.value == "no":
            yield problem(
                codes.DECISION_CONTRADICTS_DATE, place=decision.cell, clock=clock.name, day=short_date(day)
            )


def holds_in_order(data: CheckInput) -> Iterator[Problem]:
    """A hold that never begins, or ends before it does; one whose review date has come, while rows still wait."""
    held = [clock for clock in data.procedure.clocks if clock.hold]
    waiting = any(checked.action.open for clock in held for checked in _counted_from(data, clock))
    for row in data.reading.tables[layout.HOLD_TABLE]:
        start, review, end = (row.day(title) for title in ("From", "Review on", "Ended on"))
        for title, day in (("Review on", review), ("Ended on", end)):
            if start and day and day < start:
                facts = {"later": title, "earlier": "From"}
                place = row.cell(title)
                yield problem(
                    codes.CASE_DATES_CONTRADICT,
                    place=place,
                    day=short_date(day),
                    before=short_date(start),
                    **facts,
                )
        given = [each.title for each in layout.HOLD_COLUMNS if row.values.get(each.title) is not None]
        if given and "From" not in given:
            yield problem(codes.HOLD_ROW_WITHOUT_START, place=row.cell("From"), given=listed(given))
        running = start and start <= data.as_at and not (end and end <= data.as_at)
        if running and review and review <= data.as_at and waiting:
            yield problem(codes.HOLD_REVIEW_PASSED, place=row.cell("Review on"), day=short_date(review))


def published_as_planned(data: CheckInput) -> Iterator[Problem]:
    """The day of publication beside the plan."""
    plan, done = data.typed_dates.get("dates.publication"), data.typed_dates.get("dates.published")
    if plan and done and plan.day and done.day and plan.day != done.day:
        yield problem(codes.PUBLISHED_ON_OTHER_DAY, place=done.cell, day=done.words, planned=plan.words)


def later_than_appendix(data: CheckInput) -> Iterator[Problem]:
    """What is sent after the notification beside another reading of its date, which counts from awareness."""
    other, times = data.procedure.comparison, data.state.timeliness
    if not other or not data.awareness or other.start != data.awareness.name:
        return
    checked, days = data.by_id.get(other.step), times.days_from_awareness
    if checked and times.rapid_review_sent and days and days > other.lag.count:
        yield checked.fault(
            codes.LATER_THAN_OTHER_INTERPRETATION,
            "Completed",
            days=str(days),
            limit=str(other.lag.count),
            label=other.label,
        )


def fixed_report_date(data: CheckInput) -> Iterator[Problem]:
    """A report date that was typed and left."""
    if data.reading.report_date:
        day = short_date(data.reading.report_date)
        yield problem(codes.REPORT_DATE_FIXED, place=data.reading.report_date_cell or layout.CASE, day=day)


def due_moved(data: CheckInput) -> Iterator[Problem]:
    """Rows due on another date than issued, counted for each clock, and those whose lateness changed by it.

    A provisional clock follows another, which is the one that moved.
    """
    for clock in data.procedure.clocks:
        if data.state.clocks[clock.name].provisional:
            continue
        actions = [checked.action for checked in _counted_from(data, clock)]
        moved = [each for each in actions if each.due_issued and each.due and each.due != each.due_issued]
        if not moved:
            continue
        changed = [each.id for each in moved if _lateness_changed(each, data.as_at)]
        lateness = (
            f"lateness changed in {listed_first(changed, _NAMED)}"
            if changed
            else "none is late or in time by it alone"
        )
        facts = {"rows": quantity(len(moved), "row"), "clock": clock.name, "lateness": lateness}
        yield problem(codes.DUE_DATES_MOVED, place=data.clock_place(clock), **facts)


def _lateness_changed(action: Action, as_at: date) -> bool:
    if action.rag == "Not applicable" or not (action.due and action.due_issued):
        return False
    if action.open and action.provisional:
        return False
    end = action.completed or as_at
    return (end > action.due) != (end > action.due_issued)


def perhaps_a_name(data: CheckInput) -> Iterator[Problem]:
    """A case reference or a child's label of another shape than theirs; what is typed there is not repeated."""
    reference = data.reading.fields.get("case.reference")
    typed = [(reference.cell, str(reference.value or ""), Is.REFERENCE)] if reference else []
    children = data.reading.tables[layout.CHILDREN_TABLE]
    typed += [(row.cell("Child"), row.text("Child"), Is.LABEL) for row in children]
    for place, text, shape in typed:
        if misses_shape(shape, clean_text(text)):
            kind, example = _SHAPES[shape]
            yield problem(codes.POSSIBLE_NAME, place=place, kind=kind, example=example)


_SHAPES = {Is.REFERENCE: ("case reference", "DOR-2026-014"), Is.LABEL: ("label of a child", "Child 2")}


def another_case(data: CheckInput) -> Iterator[Problem]:
    """The description of another case than the workbook's."""
    read = data.reading.fields.get("case.reference")
    if data.case and _is_another(data):
        now = data.state.reference or data.reading.issue.case.details.reference
        place = read.cell if read else ""
        yield problem(codes.OTHER_CASES_WORKBOOK, place=place, now=now, described=data.case.details.reference)


def _is_another(data: CheckInput) -> bool:
    """By the reference it was issued with, too: a reference may have been mended since."""
    references = {data.state.reference, data.reading.issue.case.details.reference} - {""}
    return data.case is not None and bool(references) and data.case.details.reference not in references


def another_procedure(data: CheckInput) -> Iterator[Problem]:
    """A workbook that is judged by a set it was not issued under."""
    issue, procedure = data.reading.issue, data.procedure
    if issue.is_of_another(procedure):
        was = f'{issue.set_name}, edition {issue.edition} ("{issue.title}")'
        now = f'{procedure.set_name}, edition {procedure.edition} ("{procedure.title}")'
        yield problem(codes.OTHER_PROCEDURE, was=was, now=now)


def differs_from_description(data: CheckInput) -> Iterator[Problem]:
    """Each date of the case against the description given beside the workbook."""
    case = data.case
    if case is None or _is_another(data):
        return
    for path, typed in data.typed_dates.items():
        described = value_at(case, path)
        if described != typed.day and typed.cell not in data.unclear:
            words = short_date(described) if described else "no date"  # type: ignore[arg-type]  # a date's path
            yield problem(
                codes.DESCRIPTION_DIFFERS,
                place=typed.cell,
                label=typed.label,
                now=typed.words,
                described=words,
                path=path,
            )


def rows_a_decision_ends(data: CheckInput) -> Iterator[Problem]:
    """Rows that a decision typed in the workbook ends, but that are still open; one problem a sheet."""
    typed = partial(_typed_value, data)
    for rule in data.procedure.not_applicable:
        if not holds(rule.when, typed):
            continue
        for stage in rule.stages:
            ended = [
                checked
                for checked in data.rows
                if checked.action.stage == stage
                and checked.action.open
                and checked.step
                and checked.step.id not in rule.excluding
            ]
            if ended:
                reason, place = filled_reason(rule, typed), ended[0].row.cell("Status")
                rows = quantity(len(ended), "open row")
                yield problem(
                    codes.DECISION_LEAVES_OPEN_ROWS, place=place, reason=reason, rows=rows, sheet=stage
                )


def _typed_value(data: CheckInput, path: str) -> object:
    """What is typed on sheet Case for a field of the description."""
    read = data.reading.fields.get(path)
    value = read.value if read else None
    return {"yes": True, "no": False}.get(str(value)) if path in _SWITCHES else value


CHECKS = (
    dates_in_order,
    publication_after_day_zero,
    day_zero_missing,
    worked_without_clock,
    two_day_zeros,
    decision_against_date,
    holds_in_order,
    published_as_planned,
    later_than_appendix,
    fixed_report_date,
    perhaps_a_name,
    due_moved,
    another_case,
    another_procedure,
    differs_from_description,
    rows_a_decision_ends,
)
