"""What a template of a letter or form can name, filled from a case. `docs/documents.md` explains every field.

Texts and dates are in words. Whatever the case does not hold is a `Blank`: it stands in the document as a marked
blank, and is no in a template's `if`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.case.model import value_at
from tracker.report.docx_output import Blank, document_text
from tracker.rules import DONE_WORDS
from tracker.text import listed, long_date, same_word, short_date
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.case.model import Agency, Case, Child
    from tracker.reconcile.model import Action, CaseState, MeetingEntry, PlanAction
    from tracker.workbook.reading import Reading, ReadRow

_NO_DECISION = frozenset({"undecided", "awaited"})
_NOT_APPLICABLE = "Not applicable"


@dataclass(frozen=True, slots=True)
class PersonFields:
    """A role and who holds it."""

    role: str
    name: str
    email: str
    deputy: str


@dataclass(frozen=True, slots=True)
class AgencyFields:
    """An agency of the case."""

    name: str
    code: str
    contact: str
    email: str


@dataclass(frozen=True, slots=True)
class ChildFields:
    """A child of the case, by a label."""

    label: str
    died: str
    looked_after: str


@dataclass(frozen=True, slots=True)
class RowFields:
    """A row of a stage. `date` is the one it is judged by: agreed, else due."""

    id: str
    action: str
    owner: str
    name: str
    date: str
    completed: str
    reason: str
    done: bool = False
    applies: bool = True


@dataclass(frozen=True, slots=True)
class MeetingFields:
    """A meeting on sheet Calendar."""

    kind: str
    date: str
    time: str
    place: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class PlanFields:
    """A row of the action plan."""

    id: str
    recommendation: str
    action: str
    who: str
    date: str
    state: str
    source: str


@dataclass(frozen=True, slots=True)
class ProceedingFields:
    """A row of the parallel proceedings on sheet Case."""

    kind: str
    contact: str
    date: str
    effect: str


@dataclass(frozen=True, slots=True)
class DocumentFields:
    """All that a template can name.

    `returns` are the rows of its stage that each agency has. `rows`, `people`, `clocks`, `meetings`, `decisions` are
    found by ID, role, clock, kind of meeting and key.
    """

    marking: str
    reference: str
    summary: str
    today: str
    procedure: str
    incident: str
    aware: str
    abuse_or_neglect: str
    labels: str
    reply_by: str
    step: RowFields
    sender: PersonFields
    agency: AgencyFields
    children: Sequence[ChildFields]
    agencies: Sequence[AgencyFields]
    returns: Sequence[RowFields]
    plan: Sequence[PlanFields]
    proceedings: Sequence[ProceedingFields]
    meetings_ahead: Sequence[MeetingFields]
    rows: Mapping[str, RowFields]
    people: Mapping[str, PersonFields]
    clocks: Mapping[str, str]
    meetings: Mapping[str, MeetingFields]
    decisions: Mapping[str, str]
    blank: Callable[[str], Blank] = Blank

    def values(self) -> dict[str, Any]:
        """The fields by their names, as a template takes them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


class _Found(dict[str, Any]):
    """Fields by a name. Another name gives blanks: a template may ask for what this case does not have."""

    def __init__(self, missing: Callable[[str], Any], known: Mapping[str, Any] | None = None) -> None:
        super().__init__(known or {})
        self._missing = missing

    def __missing__(self, name: str) -> Any:
        return self._missing(name)


def _words(value: object, blank: str, *, short: bool = False) -> str:
    """A value in words, or a marked blank."""
    if isinstance(value, date):
        return short_date(value) if short else long_date(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return document_text(str(value or "")) or Blank(blank)


@dataclass(frozen=True, slots=True)
class KnownCase:
    """What is known of a case: its sheets as they were read, its description, and how it is judged."""

    reading: Reading
    case: Case
    state: CaseState
    as_at: date

    def fields(
        self, action: Action, returns: Sequence[Action], agency: Agency, reply: date | None
    ) -> DocumentFields:
        """The fields of one document: of the row that asks for it, and of one agency where each gets its own."""
        case, state, details = self.case, self.state, self.case.details
        ahead = sorted(
            (each for each in state.meetings if each.day and each.day >= self.as_at and not each.held),
            key=lambda each: str(each.day),
        )
        return DocumentFields(
            marking=_words(state.marking, "marking"),
            reference=_words(state.reference, "case reference"),
            summary=_words(state.summary, "what happened, without a name"),
            today=long_date(self.as_at),
            procedure=_words(f"{state.title}, {state.edition}", "procedure"),
            incident=_words(details.incident, "date of the incident"),
            aware=_words(details.aware, "date the council knew of it"),
            abuse_or_neglect=_words(details.abuse_or_neglect, "abuse or neglect: known, suspected or no"),
            labels=_words(listed(each.label for each in case.children), "label of each child"),
            reply_by=self._reply_by(reply),
            step=_row(action),
            sender=self._person(action.owner),
            agency=_agency(agency),
            children=[self._child(each) for each in case.children] or [_no_child()],
            agencies=[_agency(each) for each in case.agencies],
            returns=[_row(each) for each in returns],
            plan=[_plan(each) for each in state.action_plan if each.rag != _NOT_APPLICABLE],
            proceedings=[_proceeding(each) for each in self.reading.tables.get(layout.PROCEEDINGS_TABLE, ())],
            meetings_ahead=[_meeting(each, each.kind) for each in ahead],
            rows=_Found(_no_row, {each.id: _row(each) for each in state.actions if each.id}),
            people=_Found(self._person),
            clocks=_Found(
                lambda name: Blank(f"{name}: not known yet"),
                {name: _words(each.day, f"{name}: not known yet") for name, each in state.clocks.items()},
            ),
            meetings=_Found(self._next_meeting),
            decisions=_Found(
                _undecided,
                {
                    each.name: _decision(each.name, getattr(case.decisions, each.name))
                    for each in fields(case.decisions)
                },
            ),
        )

    def _reply_by(self, day: date | None) -> str:
        """The day a reply is asked for; nobody is asked for one by a day that has passed."""
        if day and day < self.as_at:
            return Blank(f"date to reply by: {long_date(day)} has passed")
        return _words(day, "date to reply by")

    def _person(self, role: str) -> PersonFields:
        held = (each for name, each in self.case.people.items() if same_word(name, role))
        person, called = next(held, None), _words(role, "role")
        return PersonFields(
            called,
            _words(person and person.name, f"name of the {role}"),
            _words(person and person.email, f"email of the {role}"),
            _words(person and person.deputy, f"deputy of the {role}"),
        )

    def _child(self, child: Child) -> ChildFields:
        died, after = (value_at(self.case, f"child.{key}", child) for key in ("died", "looked_after"))
        return ChildFields(
            child.label, _words(died, "died: yes or no"), _words(after, "looked after: yes or no")
        )

    def _next_meeting(self, kind: str) -> MeetingFields:
        """The next meeting of a kind that is not held, else the last one."""
        days = [each for each in self.state.meetings if same_word(each.kind, kind)]
        days.sort(key=lambda each: (each.held, each.day or date.max))
        if days and days[0].held:
            return _meeting(days[-1], kind)
        return _meeting(days[0] if days else None, kind)


def _row(action: Action) -> RowFields:
    return RowFields(
        id=_words(action.id, "ID"),
        action=_words(action.action, "action"),
        owner=_words(action.owner, "owner"),
        name=_words(action.named_owner, f"name of the {action.owner or 'owner'}"),
        date=_words(action.judged, "date to be set"),
        completed=_words(action.completed, "date it was done"),
        reason=_words(action.reason, "reason"),
        done=action.rag in DONE_WORDS,
        applies=action.rag != _NOT_APPLICABLE,
    )


def _no_row(row_id: str) -> RowFields:
    texts = ("action", "owner", "name", "date", "completed", "reason")
    blanks: dict[str, Any] = {text: Blank(f"{text} of {row_id}") for text in texts}
    return RowFields(id=document_text(row_id), **blanks, applies=False)


def _agency(agency: Agency) -> AgencyFields:
    name = agency.name or "the agency"
    return AgencyFields(
        _words(agency.name, "name of the agency"),
        _words(agency.code, "code of the agency"),
        _words(agency.contact, f"contact at {name}"),
        _words(agency.email, f"email of {name}"),
    )


def _no_child() -> ChildFields:
    return ChildFields(Blank("Child 1"), Blank("died: yes or no"), Blank("looked after: yes or no"))


def _meeting(entry: MeetingEntry | None, kind: str) -> MeetingFields:
    return MeetingFields(
        document_text(kind),
        _words(entry and entry.day, f"date of the {kind} meeting"),
        _words(entry and entry.time, "time"),
        _words(entry and entry.place, "place"),
        held=bool(entry and entry.held),
    )


def _plan(row: PlanAction) -> PlanFields:
    return PlanFields(
        id=_words(row.id, "no ID yet"),
        recommendation=_words(row.recommendation, "recommendation"),
        action=_words(row.action, "action"),
        who=_words(row.named_owner or row.owner or row.lead_agency, "who"),
        date=_words(row.judged, "date to be set", short=True),
        state=_words(row.rag, "state"),
        source=_words(row.source, "source"),
    )


def _proceeding(row: ReadRow) -> ProceedingFields:
    return ProceedingFields(
        _words(row.text("Kind"), "kind of proceedings"),
        _words(row.text("Contact"), "contact"),
        _words(row.day("Next date"), "next date", short=True),
        _words(row.text("Effect"), "effect on this review"),
    )


def _undecided(name: str) -> Blank:
    return Blank(f"{name.replace('_', ' ')}: not recorded yet")


def _decision(name: str, value: object) -> str:
    return _words(value, "") if value and value not in _NO_DECISION else _undecided(name)
