"""What the dates of a row say: done when, agreed when, due when; of a stage or of the action plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import codes, problem
from tracker.text import listed, short_date
from tracker.workbook import layout
from tracker.workbook.reading import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tracker.problems import Problem
    from tracker.reconcile.checks_input import CheckedRow, CheckInput, PlanLine


def _all(data: CheckInput) -> Iterator[tuple[CheckedRow | PlanLine, date | None]]:
    """The rows of the stages and of the action plan, each with the date it is due by its own rule."""
    for line in data.lines:
        yield line, line.action.due
    for plan in data.plan:
        yield plan, plan.action.target


def complete_without_date(data: CheckInput) -> Iterator[Problem]:
    """`Complete`, but when?"""
    for line, _ in _all(data):
        if line.row.text("Status") == "Complete" and data.blank(line.row, "Completed"):
            yield line.fault(codes.COMPLETE_WITHOUT_DATE, "Completed")


def bank_holidays_deleted(data: CheckInput) -> Iterator[Problem]:
    """Bank holidays that the workbook was issued with and that its Calendar no longer lists."""
    if layout.HOLIDAY_TABLE not in data.reading.places:
        return  # a missing sheet or header row is told once
    listed_days = {row.values.get("Bank holiday") for row in data.reading.tables[layout.HOLIDAY_TABLE]}
    gone = sorted(day for day in data.reading.issue.holidays if day not in listed_days)
    if gone:
        place = quoted(data.reading.places[layout.HOLIDAY_TABLE].sheet)
        shown = [short_date(day) for day in gone[:_NAMED]]
        rest = [f"{len(gone) - _NAMED} more"] if len(gone) > _NAMED else []
        yield problem(codes.HOLIDAY_DELETED, place=place, days=listed([*shown, *rest]))


_NAMED = 3


def completed_in_future(data: CheckInput) -> Iterator[Problem]:
    """A completion after the report date: wrong where it lies ahead, else only not counted as at that day."""
    today = max(data.as_at, data.today or data.as_at)
    for line, _ in _all(data):
        day = line.row.day("Completed")
        if day and day > data.as_at:
            code = codes.COMPLETED_IN_FUTURE if day > today else codes.COMPLETED_AFTER_REPORT_DATE
            yield line.fault(code, "Completed", day=short_date(day), as_at=short_date(data.as_at))


def completed_too_early(data: CheckInput) -> Iterator[Problem]:
    """A completion before awareness, else before what the row is counted from.

    Work that a step implies may begin before its clock (7.1), and what is counted back always does.
    """
    for line in data.lines:
        day, action = line.action.completed, line.action
        if day is None:
            continue
        if data.aware and data.awareness and day < data.aware:
            sent = line.step is not None and line.step.completed_by == "sin_submitted"
            facts = {"clock": data.awareness.name, "day_zero": short_date(data.aware)}
            yield line.fault(
                codes.SIN_BEFORE_AWARENESS if sent else codes.COMPLETED_BEFORE_AWARENESS,
                "Completed",
                day=short_date(day),
                **facts,
            )
        elif _before_day_zero(line, day) and action.day_zero:
            facts = {"clock": action.counted_from, "day_zero": short_date(action.day_zero)}
            yield line.fault(codes.COMPLETED_BEFORE_DAY_ZERO, "Completed", day=short_date(day), **facts)


def _before_day_zero(line: CheckedRow, day: date) -> bool:
    action = line.action
    counts_on = action.count is not None and action.count >= 0 and action.basis != "Implied"
    return counts_on and not action.provisional and action.day_zero is not None and day < action.day_zero


def moved_without_reason(data: CheckInput) -> Iterator[Problem]:
    """An agreed date past the due date: with its reason, and never on a statutory row."""
    for line, due in _all(data):
        agreed = line.action.agreed
        if not (agreed and due and agreed > due) or line.action.rag == "Not applicable":
            continue
        facts = {"agreed": short_date(agreed), "due": short_date(due)}
        if line.row.text("Basis") == "Statutory":
            yield line.fault(codes.STATUTORY_DATE_MOVED, "Agreed date", **facts)
        elif data.blank(line.row, "Reason for change"):
            yield line.fault(codes.MOVED_WITHOUT_REASON, "Reason for change", **facts)


def dropped_without_reason(data: CheckInput) -> Iterator[Problem]:
    """`Not applicable` needs its reason."""
    for line, _ in _all(data):
        dropped = line.row.text("Status") == "Not applicable"
        if dropped and data.blank(line.row, "Reason for change"):
            yield line.fault(codes.NOT_APPLICABLE_WITHOUT_REASON, "Reason for change")


def due_on_closure(data: CheckInput) -> Iterator[Problem]:
    """The date a row is judged by, on a day still to come on which offices are closed."""
    closed = {row.day("Office closure") for row in data.reading.tables[layout.CLOSURE_TABLE]}
    for line in data.lines:
        judged = line.action.judged
        if judged and judged >= data.as_at and judged in closed and line.action.open:
            title = "Due" if judged == line.action.due else "Agreed date"
            yield line.fault(codes.DUE_ON_CLOSURE, title, due=short_date(judged))


def due_past_calendar(data: CheckInput) -> Iterator[Problem]:
    """A due date past the last day up to which bank holidays are known."""
    known = data.known_until
    for line in data.lines:
        due = line.action.due
        if known and due and due > known and line.action.open:
            yield line.fault(
                codes.DUE_PAST_KNOWN_HOLIDAYS, "Due", due=short_date(due), known_until=short_date(known)
            )


def plan_without_owner(data: CheckInput) -> Iterator[Problem]:
    """An action of the plan that nobody carries out."""
    for line in data.plan:
        named = line.action.lead_agency or line.action.owner or line.action.named_owner
        if not named and _is_open(line) and data.blank(line.row, "Lead agency"):
            yield line.fault(codes.PLAN_ACTION_WITHOUT_OWNER, "Lead agency")


def plan_without_target(data: CheckInput) -> Iterator[Problem]:
    """An action of the plan without a date."""
    for line in data.plan:
        if _is_open(line) and not line.action.agreed and data.blank(line.row, "Target date"):
            yield line.fault(codes.PLAN_ACTION_WITHOUT_TARGET, "Target date")


def _is_open(line: PlanLine) -> bool:
    return line.action.rag in rules.OPEN_WORDS


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
