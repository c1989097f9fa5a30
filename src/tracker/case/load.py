"""A case description is read whole: every fault is listed, and without an error there is a case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from tracker.case.checks import check_case, meeting_words
from tracker.case.fields import (
    LISTS,
    PERSON,
    SECTION_NAMES,
    SINGLE_HOLD,
    TABLES,
    TOP,
    CaseKey,
    CaseKind,
    home_of,
    quoted,
    shown,
    table_header,
    wrong_type,
)
from tracker.case.model import SECTIONS, Agency, Case, Child, Hold, Meeting, Person, attribute
from tracker.case.syntax import read_text, tables_of
from tracker.problems import Problem, codes, has_errors
from tracker.text import clean_text, did_you_mean, listed
from tracker.toml_reader import TomlTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tracker.procedure.model import Procedure, Role

T = TypeVar("T")
_SUGGESTED = 100


class CaseSection(TomlTable[CaseKind]):
    """A section of a case description. Its keys are read in the order of the file."""

    __slots__ = ()

    def order(self, known: Mapping[str, CaseKey]) -> Iterable[str]:
        """The keys that are there; those that are missing are reported last."""
        del known
        return self.values

    def take(self, key: CaseKey) -> Any:
        """The value of a key that is there, or None where it was refused."""
        return key.kind.take(self, key, key.name, self.values[key.name])

    @property
    def suggests(self) -> bool:
        """Whether a word that is not known gets a suggestion: a file of thousands of them is none of ours."""
        return len(self.problems) < _SUGGESTED

    def unknown_key(self, name: str, known: Iterable[str]) -> None:
        """Report a key that the description does not have there, with where it may belong."""
        words, home = list(known), home_of(name)
        hint = f" (it belongs {home})" if home else did_you_mean(name, words) if self.suggests else ""
        self.report(codes.UNKNOWN_KEY, name, name=name, known=quoted(words), hint=hint)

    def read_section(self, keys: tuple[CaseKey, ...]) -> dict[str, Any]:
        """The understood values by key; unknown, missing and refused ones are reported."""
        self.read_keys(keys)
        for key in keys:
            if key.required and key.name not in self.faulty and self.read.get(key.name, "") == "":
                self.report(codes.VALUE_MISSING, key.name, about=key.about, example=key.line)
        return self.read

    def section(self, name: str) -> CaseSection:
        """The section of that name; empty where there is none, or something else in its place."""
        raw = self.values.get(name, {})
        if not isinstance(raw, dict):
            wrong_type(self, name, raw, f"a section {table_header(name)}", table_header(name))
            raw = {}
        return self.inner(name, raw)

    def sections(self, name: str) -> Iterator[CaseSection]:
        """The sections `[[name]]`, each with its place, counted from 1: `children[2]`."""
        header = table_header(name)
        if not isinstance(raw := self.values.get(name, []), list):
            wrong_type(self, name, raw, f"a section {header} for each, in double brackets", header)
            return
        for each in self.entries(name):
            if isinstance(each, CaseSection):
                yield each
            else:
                wrong_type(self, *each, f"a section {header}", header)


def load_case(path: Path, procedure: Procedure) -> tuple[Case | None, list[Problem]]:
    """Read the case description in a file."""
    text = read_text(path)
    if isinstance(text, Problem):
        return None, [text]
    return parse_case(text, procedure, file=str(path))


def parse_case(text: str, procedure: Procedure, *, file: str = "") -> tuple[Case | None, list[Problem]]:
    """Read a case description; no case when any problem is an error."""
    tables = tables_of(text, file=file)
    if isinstance(tables, Problem):
        return None, [tables]
    top = CaseSection(file, "", tables, [])
    draft = _draft(top, procedure)
    faulty = [found.place for found in top.problems if found.severity == "error"]
    problems = top.problems + check_case(draft, procedure, file=file, faulty=faulty)
    return (None if has_errors(problems) else _settled(draft, procedure)), problems


def _draft(top: CaseSection, procedure: Procedure) -> Case:
    """The case as far as it was understood, every item at its place; a refused value is as if not given."""
    _unknown_sections(top)
    single = {name: top.section(name).read_section(keys) for name, keys in TABLES.items()}
    options = single["options"]
    if chair := options.get("rapid_review_chair"):
        options["rapid_review_chair"] = require_role(
            chair, chairs_of(procedure), "options.rapid_review_chair", top
        )
    records = {field: made(**single[name]) for name, (field, made) in SECTIONS.items()}
    for key in TOP:
        if key.name in top.values and (value := top.take(key)) is not None:
            top.read[key.name] = value
    children = _entries(top, "children")
    if not top.values.get("children") and "children" not in top.faulty:
        example = '[[children]] label = "Child 1"'
        top.report(codes.VALUE_MISSING, "children", about="at least one child", example=example)
    agencies = _entries(top, "agencies")
    people = read_people(top, procedure)
    holds = list(top.sections("holds"))
    if (alone := top.section(SINGLE_HOLD)).values:
        holds.append(top.inner(f"holds[{len(holds) + 1}]", alone.values))
    found_holds = [each.read_section(LISTS["holds"]) for each in holds]
    return Case(
        **records,
        **top.read,
        **single["calendar"],
        children=tuple(Child(**{"label": "", **each}) for each in children),
        agencies=tuple(Agency(**{"name": "", "code": "", **each}) for each in agencies),
        people=people,
        holds=tuple(Hold(**{attribute(key): value for key, value in each.items()}) for each in found_holds),
        meetings=tuple(Meeting(**{"kind": "", "date": None, **each}) for each in _entries(top, "meetings")),
    )


def _unknown_sections(top: CaseSection) -> None:
    names = [key.name for key in TOP]
    for name, raw in top.values.items():
        if name in SECTION_NAMES or name in names or name == SINGLE_HOLD:
            continue
        if isinstance(raw, dict) or (isinstance(raw, list) and raw and isinstance(raw[0], dict)):
            hint = did_you_mean(name, SECTION_NAMES) if top.suggests else ""
            top.report(codes.UNKNOWN_SECTION, name, name=name, known=quoted(SECTION_NAMES), hint=hint)
        else:
            top.unknown_key(name, (*names, *SECTION_NAMES))


def _entries(top: CaseSection, name: str) -> list[dict[str, Any]]:
    return [each.read_section(LISTS[name]) for each in top.sections(name)]


def chairs_of(procedure: Procedure) -> tuple[Role, ...]:
    """The roles that may chair: all but the one that only stands for whoever the case names."""
    return tuple(role for role in procedure.roles if not role.option)


def find_role(word: str, roles: Iterable[Role]) -> str:
    """The name of the role that a person wrote, by its name or an alias; empty when there is none."""
    fold = clean_text(word).casefold()
    for role in roles:
        if fold in (clean_text(known).casefold() for known in (role.name, *role.aliases)):
            return role.name
    return ""


def role_hint(word: str, roles: Iterable[Role]) -> str:
    """The end of a remedy that suggests the role, or alias, nearest to a word."""
    return did_you_mean(word, (known for role in roles for known in (role.name, *role.aliases)))


def require_role(word: str, roles: tuple[Role, ...], place: str, top: CaseSection) -> str:
    """The name of the role that a person wrote; where there is none, that is reported."""
    if name := find_role(word, roles):
        return name
    names = listed((role.name for role in roles), "or")
    value = shown(word)[1:-1]
    top.report(codes.UNKNOWN_CASE_ROLE, place, value=value, known=names, hint=role_hint(word, roles))
    return ""


def read_people(top: CaseSection, procedure: Procedure) -> dict[str, Person]:
    """Who holds which role, by the section `[people]` of a description."""
    people: dict[str, Person] = {}
    written: dict[str, str] = {}
    for word, raw in top.section("people").values.items():
        place = f'people["{shown(word)[1:-1]}"]'
        person = _person(raw, place, top)
        role = require_role(word, chairs_of(procedure), place, top)
        if role in written:
            top.report(codes.DUPLICATE_ROLE, place, value=word, first=written[role], role=role)
        elif role:
            written[role] = word
            if person:
                people[role] = person
    return people


def _person(raw: object, place: str, top: CaseSection) -> Person | None:
    """Who holds a role: a name alone, or a table; nobody where the name is left blank."""
    if isinstance(raw, dict):
        return Person(**{"name": "", **top.inner(place, raw).read_section(PERSON)})
    if isinstance(raw, str):
        name = PERSON[0].kind.take(top, PERSON[0], place, raw)
        return Person(name) if name else None
    wanted = "a name in quotation marks, or { name = ..., email = ... }"
    wrong_type(top, place, raw, wanted, '"A. Example"')
    return None


def _settled(draft: Case, procedure: Procedure) -> Case:
    """A draft without errors as the case: repeats dropped, meetings by the procedure's words."""
    kinds = meeting_words(procedure)
    chosen = draft.options
    return replace(
        draft,
        options=replace(
            chosen,
            other_partnerships=_once(chosen.other_partnerships),
            rapid_review_chair=chosen.rapid_review_chair or procedure.default_of("rapid_review_chair"),
        ),
        meetings=tuple(
            replace(each, kind=kinds[clean_text(each.kind).casefold()]) for each in draft.meetings
        ),
        extra_bank_holidays=_once(draft.extra_bank_holidays),
        office_closures=_once(draft.office_closures),
    )


def _once(values: tuple[T, ...]) -> tuple[T, ...]:
    """Each value once, the first where two differ only in capitals; blanks and gaps dropped."""
    first = {clean_text(str(value)).casefold(): value for value in reversed(values) if value}
    return tuple(value for value in dict.fromkeys(values) if value in first.values())
