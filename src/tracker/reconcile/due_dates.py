"""Due dates in words: how one was counted, day by day, and which of a new workbook's are in doubt."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.values import day_of, is_number, serial
from tracker.problems import Problem, codes, problem
from tracker.procedure.load import load_calendar_facts
from tracker.reconcile.events import step_index, step_of
from tracker.text import quantity, same_word, short_date
from tracker.workbook import layout
from tracker.workdays import edate, is_weekend, workday

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.procedure.model import Clock, Procedure
    from tracker.reconcile.model import Action, CaseState
    from tracker.workbook.build import Workbook
    from tracker.workbook.reading import Reading

_UNNAMED = "bank holiday"
_CALENDAR_DAYS = {"days": 1, "weeks": 7}


def count_lines(start: date, count: int, unit: str, holidays: Mapping[date, str]) -> tuple[list[str], date]:
    """The count in lines, and the date it ends on.

    Working days are walked from day zero on, each counted or skipped; days, weeks and months give a limit, and the
    last working day on or before it.
    """
    if unit in _CALENDAR_DAYS or unit == "months":
        limit = day_of(edate(serial(start), count)) if unit == "months" else start
        limit += timedelta(days=count * _CALENDAR_DAYS.get(unit, 0))
        due = day_of(workday(serial(limit) + 1, -1, frozenset(map(serial, holidays))))
        lines = [f"  from   {short_date(start)}", f"  {count:+} {unit}: limit {short_date(limit)}"]
        if due != limit:
            why = "a weekend" if is_weekend(serial(limit)) else holidays.get(limit, _UNNAMED)
            lines.append(f"  the limit is {why}: the last working day on or before it is {short_date(due)}")
        return lines, due
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


def _clock_lines(clock: Clock, state: CaseState, reading: Reading, procedure: Procedure) -> list[str]:
    now = state.clocks[clock.name]
    if now.day is None:
        if clock.meeting:
            return [f"Counted from: the meeting {clock.name}, which is not on Calendar yet: no due date."]
        return [f"Counted from: {clock.name}, which is not known yet ({clock.paragraph}): no due date."]
    if clock.meeting:
        that_day = (each for each in state.meetings if each.day == now.day)
        cell = next((each.cell for each in that_day if same_word(each.kind, clock.meeting)), "")
        where = f"in {cell}" if cell else "on Calendar"
        stands = "not held yet, so the date is provisional" if now.provisional else "the last one held"
        return [f"Counted from: the meeting {clock.name}, {short_date(now.day)} ({where}; {stands})."]
    read = reading.clocks.get(clock.name)
    if now.provisional and clock.provisional:
        lag = f"{clock.provisional.count} {clock.provisional.unit}"
        source = f"provisional: {lag} after {clock.provisional_from}, until it is confirmed"
    elif read and read.value == now.day:
        source = f"typed in {read.cell}"
    elif clock.step:
        action = next((each for each in state.actions if each.id == clock.step), None)
        cell = action.cell if action else clock.step
        source = f"Completed of {clock.step}, in the row of {cell}"
    else:
        read = reading.fields.get(layout.DATE_PATHS.get(clock.fallback, ""))
        source = f"typed in {read.cell}" if read else "typed on sheet Case"
    lines = [f"Counted from: {clock.name}, {short_date(now.day)} ({source}; paragraph {clock.paragraph})."]
    if now.provisional and clock.provisional_from:
        lines += _clock_lines(procedure.clock(clock.provisional_from), state, reading, procedure)
    return lines


def explain(action: Action, state: CaseState, reading: Reading, procedure: Procedure) -> list[str]:
    """The lines of `tracker explain` for one row."""
    step = step_of(action.id, step_index(procedure))
    lines = [f"{action.id}  {action.action}", f"Paragraph {action.paragraph}; basis: {action.basis}."]
    clock = next((each for each in procedure.clocks if each.name == action.counted_from), None)
    if clock is None or action.count is None:
        lines.append("The procedure gives no date for this step: it has none until an agreed date is typed.")
    else:
        lines += _clock_lines(clock, state, reading, procedure)
    if action.day_zero and action.count is not None and action.due:
        rows = reading.tables[layout.HOLIDAY_TABLE]
        holidays = {day: row.text("Name") or _UNNAMED for row in rows if (day := row.day("Bank holiday"))}
        counted, due = count_lines(action.day_zero, action.count, action.unit, holidays)
        assert due == action.due, "the explanation and the due rule must not drift apart"
        unit = action.unit or "working days"
        begins = f" (the range begins at {step.first})" if step and step.first is not None else ""
        lines += [f"Count: {action.count} {unit}{begins}.", *counted, f"Due: {short_date(due)}."]
        known_until = reading.known_until or load_calendar_facts().known_until
        if max(action.day_zero, due) > known_until:
            beware = f"Beware: bank holidays are known until {short_date(known_until)} only. Later ones are computed;"
            lines.append(f"{beware} one that is declared later would move this date.")
    if action.agreed:
        stands = "a statutory date stays" if action.basis == "Statutory" else "judged by it"
        reason = action.reason or "none given"
        lines.append(f"Agreed date: {short_date(action.agreed)} ({stands}); reason: {reason}.")
        if action.days_late:
            lines.append(f"Late by {quantity(action.days_late, 'working day')}, counted from Due.")
    if step and step.note:
        lines.append(f"Reading: {step.note}")
    if clock and clock.note:
        lines.append(f"Reading of the clock: {clock.note}")
    return lines


def doubtful_dates(workbook: Workbook, as_at: date) -> list[Problem]:
    """An awareness date that lies ahead, and due dates past the last date with known bank holidays."""
    problems = []
    aware = workbook.plan.case.details.aware
    if aware and aware > as_at:
        problems.append(problem(codes.AWARENESS_IN_FUTURE, place="case.aware", aware=aware, as_at=as_at))
    known = load_calendar_facts().known_until
    due_dates: list[tuple[date, str]] = []
    for stage in workbook.plan.procedure.stages:
        columns = (workbook.book.column(rules.table_name(stage.name), title) for title in ("ID", "Due"))
        due_dates += [
            (day_of(due), str(row_id)) for row_id, due in zip(*columns, strict=True) if is_number(due)
        ]
    if late := [each for each in due_dates if each[0] > known]:
        day, row_id = min(late)
        count = str(len(late))
        problems.append(problem(codes.CASE_PAST_KNOWN_HOLIDAYS, id=row_id, day=day, known=known, count=count))
    return problems
