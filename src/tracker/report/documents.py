"""The letters and forms that steps ask for by their key `document`: which a case needs, as Word files.

What a template can name is filled from the case; `docs/documents.md` explains every field. Texts and dates are in
words. Whatever the case does not hold is a `Blank`: it stands in the document as a marked blank, and is no in a
template's `if`.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

from tracker import resources
from tracker.case.format import AGENCY_CODE
from tracker.case.model import Agency, value_at
from tracker.problems import codes, problem
from tracker.reconcile.events import step_index, step_of
from tracker.records import JsonRecord
from tracker.report.docx_output import W, check_can_write, document_file, render_docx
from tracker.report.sandbox import catch_template_mistakes
from tracker.rules import DONE_WORDS
from tracker.text import listed, long_date, same_word, short_date, xml_text
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tracker.case.model import Case, Child
    from tracker.problems import Problem
    from tracker.procedure.model import Procedure, Step
    from tracker.reconcile.model import Action, CaseState, MeetingEntry, PlanAction
    from tracker.workbook.reading import Reading, ReadRow

_NO_DECISION = frozenset({"undecided", "awaited"})
_NOT_APPLICABLE = "Not applicable"


@dataclass(frozen=True, slots=True)
class CaseDocument(JsonRecord):
    """A Word file: its name, the step that asks for it, the agency it is for, and what is left to fill in."""

    name: str
    step: str
    agency: str
    blanks: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class KnownCase:
    """What is known of a case: its sheets as they were read, its description, and how it is judged."""

    reading: Reading
    case: Case
    state: CaseState
    as_at: date


def make_case_documents(
    known: KnownCase, procedure: Procedure, step_id: str = "", folder: Path | None = None
) -> tuple[list[CaseDocument], list[Problem]]:
    """The documents of one step, or of every step that applies to the case; and the templates that cannot be used.

    A template in `folder` is taken before ours of that name.
    """
    if unable := check_can_write():
        return [], unable
    asking = [step for _, step in procedure.steps() if step.document]
    wanted = [step for step in asking if not step_id or same_word(step.id, step_id)]
    if step_id and not wanted:
        known_steps = listed([step.id for step in asking], "or") or "none"
        return [], [problem(codes.NO_DOCUMENT_OF_STEP, id=step_id, steps=known_steps)]
    made: list[CaseDocument] = []
    problems: list[Problem] = []
    for step in wanted:
        template = _template(step.document, folder)
        if not template.is_file():
            problems.append(problem(codes.DOCUMENT_TEMPLATE_MISSING, file=str(template), id=step.id))
            continue
        for agency, values in _fields_by_agency(known, procedure, step, named=bool(step_id)):
            title = f"{step.document.replace('-', ' ').capitalize()}, {values['reference']}"
            blanks: list[str] = []
            make = partial(document_bytes, template, values, title, known.as_at, blanks)
            content, mistakes = catch_template_mistakes(make, template.parent, template)
            if mistakes:
                problems += mistakes
                break
            name = "-".join(filter(None, (step.id, step.document, agency)))
            made.append(CaseDocument(f"{name}.docx", step.id, agency, tuple(dict.fromkeys(blanks)), content))
    return made, problems


def _template(document: str, folder: Path | None) -> Path:
    """The Word template of a document: theirs before ours."""
    name = f"{document}.docx"
    if folder and (folder / name).is_file():
        return folder / name
    return resources.templates() / "documents" / name


def _fields_by_agency(
    known: KnownCase, procedure: Procedure, step: Step, *, named: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields of a step's document, by the code of its agency where each agency gets its own.

    Each agency gets its own where its reply waits for the step. What is not applicable is made only when it is named.
    """
    steps = step_index(procedure)
    rows = {each.id: (each, found) for each in known.state.actions if (found := step_of(each.id, steps))}
    of_agencies = {row_id: each for row_id, (each, found) in rows.items() if found.each == "agency"}
    for action, found in rows.values():
        if found is not step or not (named or action.rag != _NOT_APPLICABLE):
            continue
        returns = [each for each in of_agencies.values() if each.stage == action.stage]
        if not any(found.each == "agency" and step.id in found.after for found in steps.values()):
            yield "", document_fields(known, action, returns, Agency("", ""), None)
            continue
        replies = {row_id: each for row_id, each in of_agencies.items() if action.id in each.after}
        # A code ends the name of a file, and what a hidden sheet remembers may be damaged.
        for agency in (each for each in known.case.agencies if AGENCY_CODE.fullmatch(each.code)):
            own = [each for row_id, each in replies.items() if row_id.endswith(f"-{agency.code}")]
            if not own or own[0].rag != _NOT_APPLICABLE:
                # An agency listed since the rows were made has the due date of the others.
                reply = own[0].judged if own else next((each.due for each in replies.values()), None)
                yield agency.code, document_fields(known, action, returns, agency, reply)


# What a template can name


class _ByName(dict[str, Any]):
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


def document_fields(
    known: KnownCase, action: Action, returns: Sequence[Action], agency: Agency, reply: date | None
) -> dict[str, Any]:
    """The fields of one document: of the row that asks for it, and of one agency where each gets its own.

    `returns` are the rows of its stage that each agency has, `reply` the day by which that agency is to reply.
    """
    case, state, details = known.case, known.state, known.case.details
    ahead = [each for each in state.meetings if each.day and each.day >= known.as_at and not each.held]
    proceedings = known.reading.tables.get(layout.PROCEEDINGS_TABLE, ())
    decisions = ((each.name, getattr(case.decisions, each.name)) for each in fields(case.decisions))
    return {
        "marking": _words(state.marking, "marking"),
        "reference": _words(state.reference, "case reference"),
        "summary": _words(state.summary, "what happened, without a name"),
        "today": long_date(known.as_at),
        "procedure": _words(f"{state.title}, {state.edition}", "procedure"),
        "incident": _words(details.incident, "date of the incident"),
        "aware": _words(details.aware, "date the council knew of it"),
        "abuse_or_neglect": _words(details.abuse_or_neglect, "abuse or neglect: known, suspected or no"),
        "labels": _words(listed(each.label for each in case.children), "label of each child"),
        "reply_by": _reply_by(reply, known.as_at),
        "step": _row(action),
        "sender": _person(known, action.owner),
        "agency": _agency(agency),
        "children": [_child(known, each) for each in case.children] or [_child(known, None)],
        "agencies": [_agency(each) for each in case.agencies],
        "returns": [_row(each) for each in returns],
        "plan": [_plan_row(each) for each in state.action_plan if each.rag != _NOT_APPLICABLE],
        "proceedings": [_proceeding(each) for each in proceedings],
        "meetings_ahead": [
            _meeting(each, each.kind) for each in sorted(ahead, key=lambda each: str(each.day))
        ],
        "rows": _ByName(_no_row, {each.id: _row(each) for each in state.actions if each.id}),
        "people": _ByName(partial(_person, known)),
        "clocks": _ByName(_clock, {name: _clock(name, each.day) for name, each in state.clocks.items()}),
        "meetings": _ByName(partial(_next_meeting, known)),
        "decisions": _ByName(_decision, {name: _decision(name, value) for name, value in decisions}),
        "blank": Blank,
    }


def _reply_by(day: date | None, as_at: date) -> str:
    """The day a reply is asked for; nobody is asked for one by a day that has passed."""
    if day and day < as_at:
        return Blank(f"date to reply by: {long_date(day)} has passed")
    return _words(day, "date to reply by")


def _clock(name: str, day: date | None = None) -> str:
    return _words(day, f"{name}: not known yet")


def _decision(name: str, value: object = None) -> str:
    decided = value if value and value not in _NO_DECISION else None
    return _words(decided, f"{name.replace('_', ' ')}: not recorded yet")


def _person(known: KnownCase, role: str) -> SimpleNamespace:
    """A role and who holds it."""
    held = (each for name, each in known.case.people.items() if same_word(name, role))
    person = next(held, None)
    return SimpleNamespace(
        role=_words(role, "role"),
        name=_words(person and person.name, f"name of the {role}"),
        email=_words(person and person.email, f"email of the {role}"),
        deputy=_words(person and person.deputy, f"deputy of the {role}"),
    )


def _agency(agency: Agency) -> SimpleNamespace:
    name = agency.name or "the agency"
    return SimpleNamespace(
        name=_words(agency.name, "name of the agency"),
        code=_words(agency.code, "code of the agency"),
        contact=_words(agency.contact, f"contact at {name}"),
        email=_words(agency.email, f"email of {name}"),
    )


def _child(known: KnownCase, child: Child | None) -> SimpleNamespace:
    """A child by its label."""
    died, after = (
        value_at(known.case, f"child.{key}", child) if child else None for key in ("died", "looked_after")
    )
    return SimpleNamespace(
        label=child.label if child else Blank("Child 1"),
        died=_words(died, "died: yes or no"),
        looked_after=_words(after, "looked after: yes or no"),
    )


def _row(action: Action) -> SimpleNamespace:
    """A row of a stage; its date is the one it is judged by: agreed, else due."""
    return SimpleNamespace(
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


def _no_row(row_id: str) -> SimpleNamespace:
    texts = ("action", "owner", "name", "date", "completed", "reason")
    blanks = {text: Blank(f"{text} of {row_id}") for text in texts}
    return SimpleNamespace(id=document_text(row_id), **blanks, done=False, applies=False)


def _meeting(entry: MeetingEntry | None, kind: str) -> SimpleNamespace:
    return SimpleNamespace(
        kind=document_text(kind),
        date=_words(entry and entry.day, f"date of the {kind} meeting"),
        time=_words(entry and entry.time, "time"),
        place=_words(entry and entry.place, "place"),
        held=bool(entry and entry.held),
    )


def _next_meeting(known: KnownCase, kind: str) -> SimpleNamespace:
    """The next meeting of a kind that is not held, else the last one."""
    days = [each for each in known.state.meetings if same_word(each.kind, kind)]
    days.sort(key=lambda each: (each.held, each.day or date.max))
    if days and days[0].held:
        return _meeting(days[-1], kind)
    return _meeting(days[0] if days else None, kind)


def _plan_row(row: PlanAction) -> SimpleNamespace:
    return SimpleNamespace(
        id=_words(row.id, "no ID yet"),
        recommendation=_words(row.recommendation, "recommendation"),
        action=_words(row.action, "action"),
        who=_words(row.named_owner or row.owner or row.lead_agency, "who"),
        date=_words(row.judged, "date to be set", short=True),
        state=_words(row.rag, "state"),
        source=_words(row.source, "source"),
    )


def _proceeding(row: ReadRow) -> SimpleNamespace:
    """A row of the parallel proceedings on sheet Case."""
    return SimpleNamespace(
        kind=_words(row.text("Kind"), "kind of proceedings"),
        contact=_words(row.text("Contact"), "contact"),
        date=_words(row.day("Next date"), "next date", short=True),
        effect=_words(row.text("Effect"), "effect on this review"),
    )


# What is left blank

_BEGIN, _END = "\ufdd0", "\ufdd1"
"""Around a blank until it is marked: characters that Unicode keeps for programs, and no text of a case holds."""
_BLANK = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
_NO_MARKS = str.maketrans("", "", _BEGIN + _END)
_TITLE_LENGTH = 250  # Word's limit of a title is 255


class Blank(str):
    """What the case does not hold: no in a template's `if`, and a marked blank with these words where it stands."""

    __slots__ = ()

    def __new__(cls, words: str) -> Self:
        """A blank with words in it."""
        return super().__new__(cls, f"{_BEGIN}{' '.join(document_text(words).split())}{_END}")

    def __bool__(self) -> bool:
        """No: a template's `if` takes a blank for nothing."""
        return False


def document_text(text: str) -> str:
    """Text of a case as a letter or form can hold it."""
    return xml_text(text).translate(_NO_MARKS).strip()


def document_bytes(
    template: Path, values: Mapping[str, Any], title: str, as_at: date, blanks: list[str]
) -> bytes:
    """A letter or form; the words of its blanks are added to `blanks`."""
    document = render_docx(template, values)
    for part in document.docx.part.package.iter_parts():
        if hasattr(part, "element"):
            _mark_blanks(part.element, blanks)
    return document_file(document, _BLANK.sub(r"[\1]", title)[:_TITLE_LENGTH], as_at)


def _mark_blanks(root: Any, blanks: list[str]) -> None:
    """Each blank as a run of its own, in brackets and highlighted, otherwise as the template formats it."""
    from docx.enum.text import WD_COLOR_INDEX

    def add(run: Any) -> Any:
        """An empty run before `run`, formatted like it."""
        made = deepcopy(run)
        for each in [each for each in made if each.tag != f"{W}rPr"]:
            made.remove(each)
        run.addprevious(made)
        return made

    for run in [each for each in root.iter(f"{W}r") if _BEGIN in "".join(each.itertext())]:
        for child in [each for each in run if each.tag != f"{W}rPr"]:
            if child.tag != f"{W}t":
                add(run).append(child)
                continue
            for place, piece in enumerate(_BLANK.split(child.text or "")):
                if place % 2:
                    made = add(run)
                    made.add_t(f"[{piece}]")
                    made.get_or_add_rPr().highlight_val = WD_COLOR_INDEX.YELLOW
                    blanks.append(piece)
                elif piece:
                    add(run).add_t(piece)
        run.getparent().remove(run)
