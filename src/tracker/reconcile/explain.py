"""How one due date was counted, step by step."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.formula.values import day_of, serial
from tracker.reconcile.state import step_index, step_of
from tracker.text import quantity, short_date
from tracker.workbook import layout
from tracker.workdays import edate, is_weekend, workday

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Clock, Procedure
    from tracker.reconcile.model import Action, CaseState
    from tracker.workbook.reading import Reading

_UNNAMED = "bank holiday"


def holiday_names(reading: Reading) -> Mapping[date, str]:
    """The bank holidays on the Calendar sheet, by date, with the names that stand beside them."""
    rows = reading.tables[layout.HOLIDAY_TABLE]
    return {day: row.text("Name") or _UNNAMED for row in rows if (day := row.day("Bank holiday"))}


def _walk(start: date, count: int, holidays: Mapping[date, str]) -> tuple[list[str], date]:
    """Each day from day zero on: counted or skipped, and why. Ends on the due date."""
    lines = [f"  day 0    {short_date(start)}"]
    day, counted, step = start, 0, 1 if count > 0 else -1
    while counted != count:
        day += timedelta(days=step)
        if is_weekend(serial(day)):
            lines.append(f"  skipped  {short_date(day)}: weekend")
        elif day in holidays:
            lines.append(f"  skipped  {short_date(day)}: {holidays[day]}")
        else:
            counted += step
            lines.append(f"  day {counted:<4} {short_date(day)}")
    return lines, day


def _longer(start: date, count: int, unit: str, holidays: Mapping[date, str]) -> tuple[list[str], date]:
    """Weeks and months: the limit, then the last working day on or before it."""
    limit = start + timedelta(weeks=count) if unit == "weeks" else day_of(edate(serial(start), count))
    due = day_of(workday(serial(limit) + 1, -1, frozenset(map(serial, holidays))))
    lines = [f"  from   {short_date(start)}", f"  {count:+} {unit}: limit {short_date(limit)}"]
    if due != limit:
        why = "a weekend" if is_weekend(serial(limit)) else holidays.get(limit, _UNNAMED)
        lines.append(f"  the limit is {why}: the last working day on or before it is {short_date(due)}")
    return lines, due


def count_lines(start: date, count: int, unit: str, holidays: Mapping[date, str]) -> tuple[list[str], date]:
    """The count in lines, and the date it ends on."""
    if unit in {"", "working days"}:
        return _walk(start, count, holidays)
    return _longer(start, count, unit, holidays)


def _clock_line(clock: Clock, state: CaseState, reading: Reading, procedure: Procedure) -> list[str]:
    """Where a clock's date came from."""
    now = state.clocks[clock.name]
    if now.day is None:
        return [f"Counted from: {clock.name}, which is not known yet ({clock.paragraph}): no due date."]
    read = reading.clocks.get(clock.name)
    if now.provisional and clock.provisional:
        lag = f"{clock.provisional.count} {clock.provisional.unit}"
        source = f"provisional: {lag} after {clock.provisional_from}, until it is confirmed"
    elif read and read.value == now.day:
        source = f"typed in {read.cell}"
    elif clock.step:
        source = _completed(clock, state)
    else:
        read = reading.fields.get(layout.DATE_PATHS.get(clock.fallback, ""))
        source = f"typed in {read.cell}" if read else "typed on sheet Case"
    lines = [f"Counted from: {clock.name}, {short_date(now.day)} ({source}; paragraph {clock.paragraph})."]
    if now.provisional and clock.provisional_from:
        lines += _clock_line(procedure.clock(clock.provisional_from), state, reading, procedure)
    return lines


def _completed(clock: Clock, state: CaseState) -> str:
    action = next((each for each in state.actions if each.id == clock.step), None)
    cell = action.cell if action else clock.step
    return f"Completed of {clock.step}, in the row of {cell}"


def explain(
    action: Action, state: CaseState, reading: Reading, procedure: Procedure, facts: CalendarFacts
) -> list[str]:
    """The lines of `tracker explain` for one row."""
    step = step_of(action.id, step_index(procedure))
    lines = [f"{action.id}  {action.action}", f"Paragraph {action.paragraph}; basis: {action.basis}."]
    clock = next((each for each in procedure.clocks if each.name == action.counted_from), None)
    holidays = holiday_names(reading)
    if clock is None or action.count is None:
        lines.append("The procedure gives no date for this step: it has none until an agreed date is typed.")
    else:
        lines += _clock_line(clock, state, reading, procedure)
    if action.day_zero and action.count is not None and action.due:
        counted, due = count_lines(action.day_zero, action.count, action.unit, holidays)
        assert due == action.due, "the explanation and the due rule must not drift apart"
        unit = action.unit or "working days"
        begins = f" (the range begins at {step.first})" if step and step.first is not None else ""
        lines += [f"Count: {action.count} {unit}{begins}.", *counted, f"Due: {short_date(due)}."]
        lines += _beyond(action.day_zero, due, reading.known_until or facts.known_until)
    lines += _agreed(action)
    if step and step.note:
        lines.append(f"Reading: {step.note}")
    return [*lines, *_clock_note(clock)]


def _clock_note(clock: Clock | None) -> list[str]:
    return [f"Reading of the clock: {clock.note}"] if clock and clock.note else []


def _beyond(start: date, due: date, known_until: date) -> list[str]:
    """The warning where the count reaches past the bank holidays that are known."""
    if max(start, due) <= known_until:
        return []
    known = f"Beware: bank holidays are known until {short_date(known_until)} only."
    return [f"{known} Later ones are computed; one that is declared later would move this date."]


def _agreed(action: Action) -> list[str]:
    if action.agreed is None:
        return []
    stands = "a statutory date stays" if action.basis == "Statutory" else "judged by it"
    lines = [f"Agreed date: {short_date(action.agreed)} ({stands}); reason: {action.reason or 'none given'}."]
    if action.days_late:
        lines.append(f"Late by {quantity(action.days_late, 'working day')}, counted from Due.")
    return lines
