"""What happened in a case, as dated events from its rows, Case, Calendar and Log.

Example:
    >>> [(str(each.day), each.text) for each in state.events]
    [('2026-11-10', 'SIN sent to the National Panel, 1 working day late'), ('2026-11-24', 'Rapid Review meeting held')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tracker.reconcile.model import CaseState, Event, EventKind
from tracker.text import article, clean_text, quantity, same_word, short_date

if TYPE_CHECKING:
    from tracker.procedure.model import Procedure, Step
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
    """What sheet Case holds, by the paths of a case description, the dates beside the clocks among them."""
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

    `steps` maps the ID of each row to its step; `values` is what sheet Case holds.
    """
    letter, known = state.timeliness.panel_letter, dict(values)
    plan = known.get(_PUBLICATION)
    entries = (each for each in reversed(state.log) if each.day and plan and each.to == plan)
    confirmed = next(entries, None)  # by which the date of publication in use was confirmed
    log = [entry for entry in state.log if entry.what in _LOGGED and entry is not confirmed]
    if letter:  # it holds the answer of the National Panel
        known["decisions.panel_response"] = None
        log = [each for each in log if (each.what, each.day) != (_LETTER, letter)]
    if confirmed:
        known[_PUBLICATION] = None
    events = list(_steps(state, steps, known))
    events += [*_meetings(state, events), *_decisions(state, values), *_holds(state)]
    if confirmed and confirmed.day and confirmed.to:
        text = f"Publication confirmed for {short_date(confirmed.to)}"
        events.append(Event(confirmed.day, "Publication confirmed", text, confirmed.id, confirmed.evidence))
    events += [
        Event(each.day, "Log", clean_text(f"{each.what}: {each.text}").strip(" :"), each.id, each.evidence)
        for each in log
        if each.day
    ]
    return tuple(sorted((each for each in events if each.day <= as_at), key=lambda each: each.day))


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
    """The meetings ticked as held, but for those that a step of that day has listed already."""
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
