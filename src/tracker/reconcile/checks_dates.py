"""What the dates of a row say: done when, agreed when, due when; of a stage or of the action plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import codes, problem
from tracker.text import listed_first, short_date
from tracker.workbook import layout
from tracker.workbook.reading import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tracker.problems import Problem
    from tracker.reconcile.checks_input import CheckInput, PlanRow, StageRow


def _all(data: CheckInput) -> Iterator[tuple[StageRow | PlanRow, date | None]]:
    """The rows of the stages and of the action plan, each with the date it is due by its own rule."""
    for checked in data.rows:
        yield checked, checked.action.due
    for plan in data.plan:
        yield plan, plan.action.target


def complete_without_date(data: CheckInput) -> Iterator[Problem]:
    """`Complete`, but when?"""
    for checked, _ in _all(data):
        if checked.row.text("Status") == "Complete" and data.blank(checked.row, "Completed"):
            yield checked.fault(codes.COMPLETE_WITHOUT_DATE, "Completed")


def bank_holidays_deleted(data: CheckInput) -> Iterator[Problem]:
    """Bank holidays that the workbook was issued with and that its Calendar no longer lists."""
    if layout.HOLIDAY_TABLE not in data.reading.places:
        return  # a missing sheet or header row is reported once
    listed_days = {row.values.get("Bank holiday") for row in data.reading.tables[layout.HOLIDAY_TABLE]}
    gone = sorted(day for day in data.reading.issue.holidays if day not in listed_days)
    if gone:
        place = quoted(data.reading.places[layout.HOLIDAY_TABLE].sheet)
        days = listed_first([short_date(day) for day in gone], _NAMED)
        yield problem(codes.HOLIDAY_DELETED, place=place, days=days)


_NAMED = 3


def completed_in_future(data: CheckInput) -> Iterator[Problem]:
    """A completion after the report date: wrong where it lies ahead, else only not counted as at that day."""
    today = max(data.as_at, data.today or data.as_at)
    for checked, _ in _all(data):
        day = checked.row.day("Completed")
        if day and day > data.as_at:
            code = codes.COMPLETED_IN_FUTURE if day > today else codes.COMPLETED_AFTER_REPORT_DATE
            yield checked.fault(code, "Completed", day=short_date(day), as_at=short_date(data.as_at))


def completed_too_early(data: CheckInput) -> Iterator[Problem]:
    """A completion before awareness, else before what the row is counted from.

    Work that a step implies may begin before its clock (7.1), and what is counted back always does.
    """
    for checked in data.rows:
        day, action = checked.action.completed, checked.action
        if day is None:
            continue
        if data.aware and data.awareness and day < data.aware:
            sent = checked.step is not None and checked.step.completed_by == "sin_submitted"
            facts = {"clock": data.awareness.name, "day_zero": short_date(data.aware)}
            yield checked.fault(
                codes.SIN_BEFORE_AWARENESS if sent else codes.COMPLETED_BEFORE_AWARENESS,
                "Completed",
                day=short_date(day),
                **facts,
            )
        elif _before_day_zero(checked, day) and action.day_zero:
            facts = {"clock": action.counted_from, "day_zero": short_date(action.day_zero)}
            yield checked.fault(codes.COMPLETED_BEFORE_DAY_ZERO, "Completed", day=short_date(day), **facts)


def _before_day_zero(checked: StageRow, day: date) -> bool:
    action = checked.action
    counts_on = action.count is not None and action.count >= 0 and action.basis != "Implied"
    return counts_on and not action.provisional and action.day_zero is not None and day < action.day_zero


def moved_without_reason(data: CheckInput) -> Iterator[Problem]:
    """An agreed date past the due date: with its reason, and never on a statutory row."""
    for checked, due in _all(data):
        agreed = checked.action.agreed
        if not (agreed and due and agreed > due) or checked.action.rag == "Not applicable":
            continue
        facts = {"agreed": short_date(agreed), "due": short_date(due)}
        if checked.row.text("Basis") == "Statutory":
            yield checked.fault(codes.STATUTORY_DATE_MOVED, "Agreed date", **facts)
        elif data.blank(checked.row, "Reason for change"):
            yield checked.fault(codes.MOVED_WITHOUT_REASON, "Reason for change", **facts)


def dropped_without_reason(data: CheckInput) -> Iterator[Problem]:
    """`Not applicable` needs its reason."""
    for checked, _ in _all(data):
        dropped = checked.row.text("Status") == "Not applicable"
        if dropped and data.blank(checked.row, "Reason for change"):
            yield checked.fault(codes.NOT_APPLICABLE_WITHOUT_REASON, "Reason for change")


def due_on_closure(data: CheckInput) -> Iterator[Problem]:
    """The date a row is judged by, on a day still to come on which offices are closed."""
    closed = {row.day("Office closure") for row in data.reading.tables[layout.CLOSURE_TABLE]}
    for checked in data.rows:
        judged = checked.action.judged
        if judged and judged >= data.as_at and judged in closed and checked.action.open:
            title = "Due" if judged == checked.action.due else "Agreed date"
            yield checked.fault(codes.DUE_ON_CLOSURE, title, due=short_date(judged))


def due_past_calendar(data: CheckInput) -> Iterator[Problem]:
    """A due date past the last day up to which bank holidays are known."""
    known = data.known_until
    for checked in data.rows:
        due = checked.action.due
        if known and due and due > known and checked.action.open:
            yield checked.fault(
                codes.DUE_PAST_KNOWN_HOLIDAYS, "Due", due=short_date(due), known_until=short_date(known)
            )


def plan_without_owner(data: CheckInput) -> Iterator[Problem]:
    """An action of the plan that nobody carries out."""
    for checked in data.plan:
        named = checked.action.lead_agency or checked.action.owner or checked.action.named_owner
        if not named and _is_open(checked) and data.blank(checked.row, "Lead agency"):
            yield checked.fault(codes.PLAN_ACTION_WITHOUT_OWNER, "Lead agency")


def plan_without_target(data: CheckInput) -> Iterator[Problem]:
    """An action of the plan without a date."""
    for checked in data.plan:
        if _is_open(checked) and not checked.action.agreed and data.blank(checked.row, "Target date"):
            yield checked.fault(codes.PLAN_ACTION_WITHOUT_TARGET, "Target date")


def _is_open(checked: PlanRow) -> bool:
    return checked.action.rag in rules.OPEN_WORDS


CHECKS = (
    complete_without_date,
    completed_in_future,
    completed_too_early,
    moved_without_reason,
    dropped_without_reason,
    bank_holidays_deleted,
    due_on_closure,
    due_past_calendar,
    plan_without_owner,
    plan_without_target,
)
