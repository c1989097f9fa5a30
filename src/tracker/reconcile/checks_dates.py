"""What the dates of a row say: done when, agreed when, due when; and of steps that wait for one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import codes
from tracker.reconcile.checks_input import fault
from tracker.reconcile.model import Action
from tracker.text import listed_first, short_date
from tracker.workbook import layout
from tracker.workbook.reading import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tracker.problems import Problem
    from tracker.reconcile.checks_input import CheckInput, StageRow

_DAYS_NAMED = 3
_STEPS_NAMED = 4


def bank_holidays_deleted(data: CheckInput) -> Iterator[Problem]:
    """Bank holidays that the workbook was issued with and that its Calendar no longer lists."""
    if layout.HOLIDAY_TABLE not in data.reading.places:
        return  # a missing sheet or header row is reported once
    listed_days = {row.values.get("Bank holiday") for row in data.reading.tables[layout.HOLIDAY_TABLE]}
    gone = sorted(day for day in data.reading.issue.holidays if day not in listed_days)
    if gone:
        place = quoted(data.reading.places[layout.HOLIDAY_TABLE].sheet)
        yield fault(
            codes.HOLIDAY_DELETED, place, days=listed_first([short_date(day) for day in gone], _DAYS_NAMED)
        )


def completed_in_future(data: CheckInput) -> Iterator[Problem]:
    """A completion after the report date: wrong where it lies ahead, else only not counted as at that day."""
    today = max(data.as_at, data.today or data.as_at)
    for checked in data.all_rows:
        day = checked.row.day("Completed")
        if day and day > data.as_at:
            code = codes.COMPLETED_IN_FUTURE if day > today else codes.COMPLETED_AFTER_REPORT_DATE
            yield checked.fault(code, "Completed", day=day, as_at=data.as_at)


def completed_too_early(data: CheckInput) -> Iterator[Problem]:
    """A completion before awareness, else before what the row is counted from.

    Work that a step implies may begin before its clock (7.1), and what is counted back always does.
    """
    aware = data.state.timeliness.aware
    for checked in data.rows:
        action = checked.action
        day, start = action.completed, action.day_zero
        if day and aware and data.awareness and day < aware:
            sent = checked.step is not None and checked.step.completed_by == "sin_submitted"
            code = codes.SIN_BEFORE_AWARENESS if sent else codes.COMPLETED_BEFORE_AWARENESS
            yield checked.fault(code, "Completed", day=day, clock=data.awareness.name, day_zero=aware)
        elif day and start and day < start and not action.provisional and _counts_on(action):
            facts = {"day": day, "day_zero": start}
            yield checked.fault(
                codes.COMPLETED_BEFORE_DAY_ZERO, "Completed", clock=action.counted_from, **facts
            )


def _counts_on(action: Action) -> bool:
    return action.count is not None and action.count >= 0 and action.basis != "Implied"


def moved_without_reason(data: CheckInput) -> Iterator[Problem]:
    """An agreed date past the due date: with its reason, and never on a statutory row."""
    for checked in data.all_rows:
        action = checked.action
        agreed, due = action.agreed, action.due if isinstance(action, Action) else action.target
        if not (agreed and due and agreed > due) or action.rag == "Not applicable":
            continue
        if checked.row.text("Basis") == "Statutory":
            yield checked.fault(codes.STATUTORY_DATE_MOVED, "Agreed date", agreed=agreed, due=due)
        elif data.blank(checked.row, "Reason for change"):
            yield checked.fault(codes.MOVED_WITHOUT_REASON, "Reason for change", agreed=agreed, due=due)


def due_on_closure(data: CheckInput) -> Iterator[Problem]:
    """The date a row is judged by, on a day still to come on which offices are closed."""
    closed = {row.day("Office closure") for row in data.reading.tables[layout.CLOSURE_TABLE]}
    for checked in data.rows:
        judged = checked.action.judged
        if judged and judged >= data.as_at and judged in closed and checked.action.open:
            title = "Due" if judged == checked.action.due else "Agreed date"
            yield checked.fault(codes.DUE_ON_CLOSURE, title, due=judged)


def due_past_calendar(data: CheckInput) -> Iterator[Problem]:
    """A due date past the last day up to which bank holidays are known."""
    for checked in data.rows:
        due = checked.action.due
        if due and due > data.known_until and checked.action.open:
            yield checked.fault(codes.DUE_PAST_KNOWN_HOLIDAYS, "Due", due=due, known_until=data.known_until)


# Steps that wait for one another


def _is_passed_over(action: Action) -> bool:
    """Whether a step is open and has no date of its own: it is reported itself."""
    return action.open and action.judged is None and not action.counted_from


def done_before(data: CheckInput) -> Iterator[Problem]:
    """A step done although one it waits for is open, or was done later."""
    for checked in data.rows:
        done, reasons = checked.action.completed, []
        if checked.action.rag not in rules.DONE_WORDS:
            continue
        for before in (data.by_id[each].action for each in checked.action.after if each in data.by_id):
            if before.open and not _is_passed_over(before):
                reasons.append(f"{before.id} (open)")
            elif done and before.completed and before.completed > done:
                reasons.append(f"{before.id} (done {short_date(before.completed)})")
        if reasons:
            yield checked.fault(codes.DONE_TOO_EARLY, "Completed", others=listed_first(reasons, _STEPS_NAMED))


def cannot_be_met(data: CheckInput) -> Iterator[Problem]:
    """An agreed date after the date of a step that waits for this one, directly or through others."""
    for checked in data.rows:
        action = checked.action
        agreed = action.agreed
        if not (agreed and action.open) or (action.due and agreed <= action.due):
            continue
        missed = _missed(data, checked, agreed)
        steps = listed_first([f"{each.id} ({_timescale(each)})" for each in missed], _STEPS_NAMED)
        if len(missed) == 1:
            steps = f"{missed[0].id}, {_timescale(missed[0])},"
        if missed:
            yield checked.fault(codes.LATER_STEP_LATE, "Agreed date", agreed=agreed, steps=steps)


def _timescale(action: Action) -> str:
    """`day 15`, `7 wd before`; the agreed date where that is what cannot be met."""
    if action.judged != action.due and action.judged:
        return f"agreed for {short_date(action.judged)}"
    return action.timescale[:1].lower() + action.timescale[1:]


def _missed(data: CheckInput, start: StageRow, day: date) -> list[Action]:
    """The open steps that follow, directly or through others, whose own date is before `day`, in working order."""
    seen, queue, missed = {start.row.text("ID")}, [start.row.text("ID")], []
    while queue:
        for checked in data.waiting.get(queue.pop(0), ()):
            action = checked.action
            if action.id in seen or not action.open:
                continue
            seen.add(action.id)
            if action.judged is not None and action.judged >= day:
                continue
            queue.append(action.id)
            if action.judged is not None:
                missed.append(action)
    places = {id(checked.action): place for place, checked in enumerate(data.rows)}
    return sorted(missed, key=lambda action: places[id(action)])


def undated_and_passed(data: CheckInput) -> Iterator[Problem]:
    """An undated step that is open although a step that waits for it is done or past its date."""
    for checked in data.rows:
        if not _is_passed_over(checked.action):
            continue
        for waiting in data.waiting.get(checked.row.text("ID"), ()):
            done = waiting.action.rag in rules.DONE_WORDS
            if done or waiting.action.rag in {"Overdue", "Chase"}:
                words = (
                    f"{waiting.action.id}, which waits for it, {'is done' if done else 'is past its date'}"
                )
                yield checked.fault(codes.UNDATED_AND_PASSED, "Agreed date", waiting=words)
                break
