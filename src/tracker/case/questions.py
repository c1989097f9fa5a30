"""The questions of `tracker new`, which end with a case. An `Asker` puts them: a terminal, a form or a test."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from tracker.case.checks import check_case
from tracker.case.description import assignable_roles, find_role, role_hint
from tracker.case.format import KINDS, CaseSection, key_of, propose_code
from tracker.case.model import CHOICES, Agency, Case, Child, Dates, Details, Options, Person
from tracker.procedure.model import EMPLOYERS
from tracker.text import (
    FIRST_YEAR,
    LAST_YEAR,
    clean_text,
    in_range,
    long_date,
    parse_answer,
    same_word,
    short_date,
    tidy_text,
)
from tracker.toml_reader import Key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tracker.procedure.model import Procedure, Role, UsualAgency

MOST_CHILDREN = 20
_FIXED_QUESTIONS = 14
"""The questions of every set, without those for email addresses."""
_ASKED_EMPLOYERS = ("council", "partnership")
_DAY_HINT = "day first, as in 2/11/26 or 2 Nov 2026"


class Asker(Protocol):
    """Puts one question and gives back what was answered, unchecked."""

    def text(self, question: str, *, default: str = "") -> str:
        """A line of text; the default where nothing was typed."""

    def date(self, question: str) -> str:
        """A date as it was typed; empty where nothing was."""

    def choice(self, question: str, choices: Sequence[str], *, default: str) -> str:
        """One of the words."""

    def yes_no(self, question: str, *, default: bool) -> bool:
        """Yes or no."""

    def say(self, message: str) -> None:
        """Show a message: why an answer was refused, how it was understood."""

    def topic(self, title: str) -> None:
        """What the next questions are about; after the last one nothing."""


def ask_case(procedure: Procedure, ask: Asker, people: Mapping[str, Person] = MappingProxyType({})) -> Case:
    """Ask for all that a case needs and what is known at its beginning, but for the people in `people`."""
    asked = (role for role in assignable_roles(procedure) if role.employer in _ASKED_EMPLOYERS)
    roles = [role for role in asked if role.name not in people]
    names = {role.name for role in procedure.roles}
    known = {name: person for name, person in people.items() if name in names}
    for line in _introduction(round(_FIXED_QUESTIONS + len(procedure.agencies) + len(roles), -1)):
        ask.say(line)
    details, children = _ask_details(ask)
    ask.topic("The SIN")
    sent = _ask_day(ask, "Day the SIN was submitted (blank if it was not yet)", details.aware, "aware")
    ask.topic("Agencies")
    agencies = tuple(_with_contact(agency, people) for agency in _ask_agencies(procedure, ask))
    ask.topic("The Rapid Review")
    options = _ask_options(procedure, ask)
    ask.topic("People")
    case = Case(
        details,
        children=children,
        agencies=agencies,
        options=options,
        people={**known, **_ask_people(roles, ask, others=bool(people))},
        dates=Dates(sin_submitted=sent),
    )
    ask.topic("")
    for each in check_case(case, procedure):
        ask.say(f"{each.place}: {each.sentence} {each.remedy}")
    return case


def _introduction(count: int) -> tuple[str, ...]:
    return (
        f"You will be asked about {count} questions: what happened and when, the children, the agencies,",
        "who chairs the Rapid Review, and who holds which role.",
        "Nothing you type leaves this computer. Never type a child's name.",
        "Press Enter to leave a question open, or to accept the answer in brackets.",
        "Type < to go back one question. Type dates day first; each is shown back in words.",
    )


def _ask_details(ask: Asker) -> tuple[Details, tuple[Child, ...]]:
    ask.topic("The case")
    reference = _ask_line(
        ask, "Case reference (letters, digits, hyphens; never a name)", key_of("case", "reference")
    )
    summary = _ask_line(
        ask, "What happened, in a few words and without names (blank to skip)", key_of("case", "summary")
    )
    incident = _ask_day(ask, "Day of the incident (blank if it is not known)")
    question = "Day the local authority became aware: SIN day zero"
    while not (aware := _ask_day(ask, question, incident, "the incident")):
        ask.say("This date is needed: every due date of the SIN is counted from it.")
    ask.topic("The children")
    died, looked_after, children = _ask_children(ask)
    details = Details(
        reference=reference,
        summary=summary,
        incident=incident,
        aware=aware,
        died=died,
        looked_after=looked_after,
        abuse_or_neglect=_ask_choice(
            ask, "Is abuse or neglect known or suspected?", "case.abuse_or_neglect", "suspected"
        ),
    )
    return details, children


def _ask_choice(ask: Asker, question: str, path: str, default: str) -> str:
    return ask.choice(question, CHOICES[path], default=default)


_NAME = Key("name", KINDS["text"], "a name", '"A. Example"')
_EMAIL = key_of("agencies", "email")
_CODE = key_of("agencies", "code")


def _ask_line(ask: Asker, question: str, key: Key, *, default: str = "") -> str:
    """A line that is fit for its key; asked again until it is."""
    while True:
        answer = CaseSection("", "", {key.name: ask.text(question, default=default)}, [])
        typed = answer.take(key)
        if answer.problems:
            refused = answer.problems[0]
            ask.say(f"{refused.sentence} {refused.remedy}")
        elif key.required and not typed:
            ask.say(f"This is needed: {key.about}.")
        else:
            return str(typed)


def _ask_day(ask: Asker, question: str, earliest: date | None = None, name: str = "") -> date | None:
    """A day not before the earliest, or None where nothing was typed; asked again until it is one."""
    while typed := clean_text(ask.date(f"{question} [{_DAY_HINT}]")):
        day = parse_answer(typed)
        if day is None:
            ask.say(f'"{typed}" is not a date: type the {_DAY_HINT}.')
        elif not in_range(day):
            ask.say(f"The year must be from {FIRST_YEAR} to {LAST_YEAR}.")
        elif earliest and day < earliest:
            ask.say(f"{short_date(day)} is before the day of {name}, {short_date(earliest)}.")
        else:
            ask.say(f"{typed}: {long_date(day)}")
            return day
    return None


def _ask_children(ask: Asker) -> tuple[bool, str, tuple[Child, ...]]:
    """Whether a child died or was looked after, and the children; each has its own answer where they differ."""
    labels = _ask_labels(ask)
    names = labels if len(labels) > 1 else ("the child",)
    died, looked_after = [], []
    for name in names:
        died.append(ask.yes_no(f"Did {name} die?", default=False))
        question = f"Was {name} looked after or a care leaver?"
        looked_after.append(_ask_choice(ask, question, "case.looked_after", "no"))
    own_died = len(set(died)) > 1
    own_looked_after = len(set(looked_after)) > 1
    children = tuple(
        Child(label, death if own_died else None, word if own_looked_after else "")
        for label, death, word in zip(labels, died, looked_after, strict=True)
    )
    return any(died), next((word for word in looked_after if word != "no"), "no"), children


def _ask_labels(ask: Asker) -> tuple[str, ...]:
    while True:
        typed = clean_text(ask.text("How many children?", default="1"))
        if re.fullmatch(r"[0-9]{1,2}", typed) and 1 <= int(typed) <= MOST_CHILDREN:
            return tuple(f"Child {number}" for number in range(1, int(typed) + 1))
        ask.say(f"Type a number from 1 to {MOST_CHILDREN}.")


def _is_involved(usual: UsualAgency, ask: Asker) -> bool:
    if ask.yes_no(f"Is {usual.name} involved?", default=usual.statutory):
        return True
    doubt = f"{usual.name} is a statutory partner. Is it really not involved?"
    return usual.statutory and not ask.yes_no(doubt, default=False)


def _ask_agencies(procedure: Procedure, ask: Asker) -> tuple[Agency, ...]:
    agencies = [
        Agency(usual.name, usual.code, usual.employer, usual.statutory)
        for usual in procedure.agencies
        if _is_involved(usual, ask)
    ]
    # The codes of usual agencies that are not involved today may be needed tomorrow.
    used = {usual.code for usual in procedure.agencies}
    while name := _ask_line(ask, "Name of a further agency (blank to go on)", _NAME):
        if any(same_word(name, agency.name) for agency in agencies):
            ask.say(f'"{name}" is listed already.')
            continue
        tidy = tidy_text(name)
        while (code := _ask_line(ask, "Its code", _CODE, default=propose_code(tidy, used))) in used:
            ask.say(f'The code "{code}" belongs to another agency.')
        used.add(code)
        employer = ask.choice("Whose is it?", EMPLOYERS, default="partner agency")
        agencies.append(Agency(tidy, code, employer))
    return tuple(agencies)


def _with_contact(agency: Agency, people: Mapping[str, Person]) -> Agency:
    contact = next((people[name] for name in people if same_word(name, agency.name)), Person(""))
    return replace(agency, contact=contact.name, email=contact.email)


def _ask_options(procedure: Procedure, ask: Asker) -> Options:
    others = _ask_line(
        ask, "Other safeguarding partnerships concerned, with commas between (blank for none)", _NAME
    )
    asked = "options.submitters_absent" in procedure.tested_fields()
    where = _paragraph(procedure, "options.submitters_absent")
    absent = asked and ask.yes_no(f"Are both officers who may submit a SIN absent{where}?", default=False)
    default = procedure.default_of("rapid_review_chair")
    names = [name for name in map(tidy_text, others.split(",")) if name]
    first = {name.casefold(): name for name in reversed(names)}  # a name twice is one partnership
    return Options(
        other_partnerships=tuple(dict.fromkeys(first[name.casefold()] for name in names)),
        submitters_absent=absent,
        rapid_review_chair=_ask_chair(procedure, ask, default) if default else "",
    )


def _paragraph(procedure: Procedure, path: str) -> str:
    """The set's words beside a field, as the end of a question: ` (3.5)`."""
    words = dict(procedure.fields).get(path)
    return f" ({words.help})" if words and words.help else ""


def _ask_chair(procedure: Procedure, ask: Asker, default: str) -> str:
    question = (
        f"Who chairs the Rapid Review meeting: a role{_paragraph(procedure, 'options.rapid_review_chair')}"
    )
    while True:
        typed = _ask_line(ask, question, _NAME, default=default)
        if not typed or typed == default:
            return default
        if role := find_role(typed, procedure):
            return role
        ask.say(f'"{typed}" is no role of the procedure{role_hint(typed, procedure)}.')


def _ask_people(roles: Sequence[Role], ask: Asker, *, others: bool) -> dict[str, Person]:
    question = f"Name the people who hold the {'other ' if others else ''}roles now?"
    if not roles or not ask.yes_no(question, default=True):
        return {}
    people = {}
    for role in roles:
        if name := _ask_line(ask, f"{role.name} (blank to skip)", _NAME):
            people[role.name] = Person(name, _ask_line(ask, f"Email of {name} (blank to skip)", _EMAIL))
    return people
