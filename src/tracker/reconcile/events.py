"""What happened in a case, as dated events from rows, Case, Calendar and Log; and how one due date was counted.

Example:
    >>> [(str(each.day), each.text) for each in state.events]
    [('2026-11-10', 'SIN sent to the National Panel, 1 working day late'), ('2026-11-24', 'Rapid Review meeting held')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.values import day_of, is_number, serial
from tracker.problems import Problem, codes, problem
from tracker.procedure.load import CalendarFacts, load_calendar_facts
from tracker.reconcile.model import Action, CaseState, Event, EventKind
from tracker.text import article, clean_text, quantity, same_word, short_date
from tracker.workbook import layout
from tracker.workdays import edate, is_weekend, workday

if TYPE_CHECKING:
    from tracker.procedure.model import Clock, Procedure, Step
    from tracker.workbook.build import Workbook
    from tracker.workbook.reading import Reading

_LOGGED = ("Decision", "Panel letter", "Proceedings", "Escalated")
"""What in the Log is an event; a chase or a note is none, and a moved date has its own place."""
_LETTER = "Panel letter"
_PUBLICATION = "dates.publication"
_NOT_KNOWN = frozenset({"", "undecided", "awaited"})
_MEETS = ("meeting", "event")
_FIELD = re.compile(r"\{([\w.]+)\}")


def step_index(procedure: Procedure) -> Mapping[str, Step]:
    """Every step by its ID."""
    return {step.id: step for _, step in procedure.steps()}


def step_of(row_id: str, steps: Mapping[str, Step]) -> Step | None:
    """The step a row belongs to: `RR-5.7b-POL` is a repeat of `RR-5.7b`."""
    return steps.get(row_id) or steps.get(row_id.rpartition("-")[0])


Values = Mapping[str, str | date | None]
"""Fields of a case by their path in a case description."""


def case_values(reading: Reading, procedure: Procedure) -> Values:
    """What sheet Case says, by the paths of a case description, the dates beside the clocks among them."""
    typed = {path: read.value for path, read in reading.fields.items()}
    for clock in procedure.clocks:
        if clock.field and clock.name in reading.clocks:
            typed[f"dates.{clock.field}"] = reading.clocks[clock.name].value
    return {
        path: value if isinstance(value, date) or value is None else str(value)
        for path, value in typed.items()
    }


def case_events(
    state: CaseState, steps: Mapping[str, Step], values: Values, as_at: date
) -> tuple[Event, ...]:
    """The events up to the report date, oldest first. One event is one line, wherever it was recorded.

    `steps` maps the ID of each row to its step; `values` is what sheet Case says.
    """
    letter, known = state.timeliness.panel_letter, dict(values)
    plan = known.get(_PUBLICATION)
    entries = (each for each in reversed(state.log) if each.day and plan and each.to == plan)
    confirmed = next(entries, None)  # by which the date of publication in use was confirmed
    log = [entry for entry in state.log if entry.what in _LOGGED and entry is not confirmed]
    if letter:  # it says what the National Panel answered
        known["decisions.panel_response"] = None
        log = [each for each in log if (each.what, each.day) != (_LETTER, letter)]
    if confirmed:
        known[_PUBLICATION] = None
    found = list(_steps(state, steps, known))
    found += [*_meetings(state, found), *_decisions(state, values), *_holds(state)]
    if confirmed and confirmed.day and confirmed.to:
        text = f"Publication confirmed for {short_date(confirmed.to)}"
        found.append(Event(confirmed.day, "Publication confirmed", text, confirmed.id, confirmed.evidence))
    found += [
        Event(each.day, "Log", clean_text(f"{each.what}: {each.text}").strip(" :"), each.id, each.evidence)
        for each in log
        if each.day
    ]
    return tuple(sorted((each for each in found if each.day <= as_at), key=lambda each: each.day))


def _steps(state: CaseState, steps: Mapping[str, Step], known: Values) -> Iterator[Event]:
    for action in state.actions:
        step = steps.get(action.id)
        if step and step.event and action.completed:
            kind: EventKind = "Published" if step.completed_by == "published" else "Step"
            text = _filled(step.event, action.days_late, known)
            yield Event(action.completed, kind, text, action.id, action.evidence)


def _filled(words: str, late: int | None, known: Values) -> str:
    """The words with how late it was and the fields they name; what follows a colon waits until these are known."""
    what, colon, more = words.partition(":")
    if late:
        what += f", {quantity(late, 'working day')} late"
    values = {path: known.get(path) for path in _FIELD.findall(more)}
    if not colon or any(str(each or "") in _NOT_KNOWN for each in values.values()):
        return what
    filled = {
        path: short_date(each) if isinstance(each, date) else str(each) for path, each in values.items()
    }
    return f"{what}:{_FIELD.sub(lambda field: filled[field[1]], more)}"


def meeting_name(kind: str, known_kinds: Iterable[str]) -> tuple[str, bool]:
    """A meeting's name, and whether it is one of the procedure's: `Rapid Review meeting`, `Learning event`."""
    known = next((each for each in known_kinds if same_word(each, kind)), "")
    name = known or clean_text(kind) or "Meeting"
    return name if name.casefold().endswith(_MEETS) else f"{name} meeting", bool(known)


def _meetings(state: CaseState, steps: Sequence[Event]) -> Iterator[Event]:
    """The meetings ticked as held, but for those that a step of that day says already."""
    for each in state.meetings:
        if not (each.held and each.day):
            continue
        name, known = meeting_name(each.kind, state.meeting_kinds)
        text = f"{name} held"
        same_day = (step.text.casefold().partition(":")[0] for step in steps if step.day == each.day)
        if not any(text.casefold() in step for step in same_day):
            yield Event(each.day, "Meeting" if known else "Other meeting", text)


def _decisions(state: CaseState, values: Values) -> Iterator[Event]:
    """The decisions that bear a date of their own, the National Panel's letter, and the end of the state."""
    local = state.marks.names[1]
    review = f"{article(local)} {local}"
    worded = {
        ("decisions.notify", "decisions.notify_decided"): ("Decided to notify", "Decided not to notify"),
        ("decisions.criteria_met", "decisions.criteria_decided"): (
            "Notification criteria found met",
            "Notification criteria found not met",
        ),
        ("decisions.lcspr", "dates.lcspr_decided"): (
            f"Partners decided to hold {review}",
            f"Partners decided against {review}",
        ),
    }
    for (path, dated), words in worded.items():
        day, decided = values.get(dated), values.get(path)
        if isinstance(day, date) and decided in {"yes", "no"}:
            yield Event(day, "Decision", words[decided == "no"])
    if letter := state.timeliness.panel_letter:
        yield Event(letter, "Letter", f"Letter from the National Panel: it recommends {review}")
    closed = values.get("decisions.case_closed")
    if isinstance(closed, date):
        yield Event(closed, "Closed", "Case closed")


def _holds(state: CaseState) -> Iterator[Event]:
    for each in state.holds:
        if each.from_:
            review = f", to be reviewed on {short_date(each.review_on)}" if each.review_on else ""
            yield Event(each.from_, "Hold begun", f"Hold on publication begun{review}")
        if each.from_ and each.ended_on:
            yield Event(each.ended_on, "Hold ended", "Hold on publication ended")


# How a due date was counted

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


def explain(
    action: Action, state: CaseState, reading: Reading, procedure: Procedure, facts: CalendarFacts
) -> list[str]:
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
        known_until = reading.known_until or facts.known_until
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
    found = []
    aware = workbook.plan.case.details.aware
    if aware and aware > as_at:
        facts = {"aware": short_date(aware), "as_at": short_date(as_at)}
        found.append(problem(codes.AWARENESS_IN_FUTURE, place="case.aware", **facts))
    known = load_calendar_facts().known_until
    due_dates: list[tuple[date, str]] = []
    for stage in workbook.plan.procedure.stages:
        columns = (workbook.book.column(rules.table_name(stage.name), title) for title in ("ID", "Due"))
        due_dates += [
            (day_of(due), str(row_id)) for row_id, due in zip(*columns, strict=True) if is_number(due)
        ]
    if late := [each for each in due_dates if each[0] > known]:
        day, row_id = min(late)
        facts = {"count": str(len(late)), "known": short_date(known), "id": row_id, "day": short_date(day)}
        found.append(problem(codes.CASE_PAST_KNOWN_HOLIDAYS, **facts))
    return found
