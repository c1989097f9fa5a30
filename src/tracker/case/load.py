"""A case description is read whole: every fault is listed, and without an error there is a case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from tracker.case.checks import check_case, meeting_words
from tracker.case.fields import LISTS, PERSON, SECTION_NAMES, SINGLE_HOLD, TABLES, TOP
from tracker.case.model import SECTIONS, Agency, Case, Child, Hold, Meeting, Person, attribute
from tracker.case.reading import SectionReader
from tracker.case.syntax import read_text, tables_of
from tracker.case.values import quoted, shown, wrong_type
from tracker.problems import Problem, codes, has_errors
from tracker.text import clean_text, did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tracker.procedure.model import Procedure, Role

T = TypeVar("T")


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
    reader = SectionReader(file)
    draft = _draft(tables, procedure, reader)
    problems = reader.problems + check_case(draft, procedure, file=file, faulty=reader.faulty)
    return (None if has_errors(problems) else _settled(draft, procedure)), problems


def _draft(tables: Mapping[str, Any], procedure: Procedure, reader: SectionReader) -> Case:
    """The case as far as it was understood, every item at its place; a refused value is as if not given."""
    _unknown_sections(tables, reader)
    single = {name: _values(tables, name, reader) for name in TABLES}
    chair = single["options"].get("rapid_review_chair", "")
    single["options"].pop("rapid_review_chair", None)
    if chair and (role := _role(chair, chairs_of(procedure), "options.rapid_review_chair", reader)):
        single["options"]["rapid_review_chair"] = role
    records = {field: made(**single[name]) for name, (field, made) in SECTIONS.items()}
    return Case(
        **records,
        **_top(tables, reader),
        **single["calendar"],
        children=_children(tables, reader),
        agencies=_agencies(tables, reader),
        people=_people(tables, procedure, reader),
        holds=_holds(tables, reader),
        meetings=_meetings(tables, reader),
    )


def _unknown_sections(tables: Mapping[str, Any], reader: SectionReader) -> None:
    names = [key.name for key in TOP]
    for name, raw in tables.items():
        if name in SECTION_NAMES or name in names or name == SINGLE_HOLD:
            continue
        if isinstance(raw, dict) or (isinstance(raw, list) and raw and isinstance(raw[0], dict)):
            hint = did_you_mean(name, SECTION_NAMES) if reader.suggests else ""
            reader.report(codes.UNKNOWN_SECTION, name, name=name, known=quoted(SECTION_NAMES), hint=hint)
        else:
            reader.unknown_key(name, name, (*names, *SECTION_NAMES))


def _top(tables: Mapping[str, Any], reader: SectionReader) -> dict[str, Any]:
    given = {key.name: reader.value(key, tables[key.name], key.name) for key in TOP if key.name in tables}
    return {name: value for name, value in given.items() if value is not None}


def _values(tables: Mapping[str, Any], name: str, reader: SectionReader) -> dict[str, Any]:
    return reader.section(reader.table(tables, name), name, TABLES[name])


def _entries(tables: Mapping[str, Any], name: str, reader: SectionReader) -> list[dict[str, Any]]:
    return [reader.section(table, place, LISTS[name]) for place, table in reader.tables(tables, name)]


def _children(tables: Mapping[str, Any], reader: SectionReader) -> tuple[Child, ...]:
    found = _entries(tables, "children", reader)
    if not tables.get("children") and "children" not in reader.faulty:
        reader.report(
            codes.VALUE_MISSING,
            "children",
            about="at least one child",
            example='[[children]] label = "Child 1"',
        )
    return tuple(Child(**{"label": "", **each}) for each in found)


def _agencies(tables: Mapping[str, Any], reader: SectionReader) -> tuple[Agency, ...]:
    found = _entries(tables, "agencies", reader)
    return tuple(Agency(**{"name": "", "code": "", **each}) for each in found)


def _holds(tables: Mapping[str, Any], reader: SectionReader) -> tuple[Hold, ...]:
    sections = list(reader.tables(tables, "holds"))
    if single := reader.table(tables, SINGLE_HOLD):
        sections.append((f"holds[{len(sections) + 1}]", single))
    found = [reader.section(table, place, LISTS["holds"]) for place, table in sections]
    return tuple(Hold(**{attribute(key): value for key, value in each.items()}) for each in found)


def _meetings(tables: Mapping[str, Any], reader: SectionReader) -> tuple[Meeting, ...]:
    found = _entries(tables, "meetings", reader)
    return tuple(Meeting(**{"kind": "", "date": None, **each}) for each in found)


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


def _role(word: str, roles: tuple[Role, ...], place: str, reader: SectionReader) -> str:
    if name := find_role(word, roles):
        return name
    names = listed((role.name for role in roles), "or")
    reader.report(
        codes.UNKNOWN_CASE_ROLE, place, value=shown(word)[1:-1], known=names, hint=role_hint(word, roles)
    )
    return ""


def _people(tables: Mapping[str, Any], procedure: Procedure, reader: SectionReader) -> dict[str, Person]:
    people: dict[str, Person] = {}
    written: dict[str, str] = {}
    for word, raw in reader.table(tables, "people").items():
        place = f'people["{shown(word)[1:-1]}"]'
        person = _person(raw, place, reader)
        role = _role(word, chairs_of(procedure), place, reader)
        if role in written:
            reader.report(codes.DUPLICATE_ROLE, place, value=word, first=written[role], role=role)
        elif role:
            written[role] = word
            if person:
                people[role] = person
    return people


def _person(raw: object, place: str, reader: SectionReader) -> Person | None:
    """Who holds a role: a name alone, or a table; nobody where the name is left blank."""
    if isinstance(raw, dict):
        return Person(**{"name": "", **reader.section(raw, place, PERSON)})
    if isinstance(raw, str):
        name = reader.value(PERSON[0], raw, place)
        return Person(name) if name else None
    reader.fault(
        wrong_type(raw, "a name in quotation marks, or { name = ..., email = ... }", '"A. Example"'), place
    )
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
