"""A case description, read and written.

It is read whole: every fault is listed, and without an error there is a case. It is written with every key there is,
those not yet known as comments.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from tracker.case.checks import check_case, meeting_words
from tracker.case.format import (
    ABOUT,
    LISTS,
    PERSON,
    SECTION_NAMES,
    SINGLE_HOLD,
    TABLES,
    TOP,
    CaseSection,
    table_header,
)
from tracker.case.model import SECTIONS, Agency, Case, Child, Hold, Meeting, Person, attribute
from tracker.paths import LARGEST_TOML, hint, is_folder, open_regular
from tracker.problems import Problem, codes, has_errors, problem
from tracker.text import did_you_mean, fold, listed, parse_day, refusal, same_word
from tracker.toml_reader import (
    Key,
    load_format,
    parse_toml,
    quoted,
    shown,
    toml_text,
    toml_value,
    undecodable_line,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tracker.procedure.model import Procedure, Role

T = TypeVar("T")
_HEAD = """\
# The description of one case for the action tracker. Dates are year-month-day, without quotation marks.
# A line that begins with # is not read: remove the # when the value becomes known.
# Never write a child's name here: the reference and labels such as "Child 1" stand for them.
"""

_COMMENT_COLUMN = 38


def load_case(path: Path, procedure: Procedure) -> tuple[Case | None, list[Problem]]:
    """Read the case description in a file."""
    text = read_text(path)
    if isinstance(text, Problem):
        return None, [text]
    return parse_case(text, procedure, file=str(path))


def parse_case(text: str, procedure: Procedure, *, file: str = "") -> tuple[Case | None, list[Problem]]:
    """Read a case description; no case when any problem is an error."""
    tables = parse_tables(text, file=file)
    if isinstance(tables, Problem):
        return None, [tables]
    top = CaseSection(file, "", tables, [])
    draft = _read_draft(top, procedure)
    faulty = [each.place for each in top.problems if each.severity == "error"]
    problems = top.problems + check_case(draft, procedure, file=file, faulty=faulty)
    return (None if has_errors(problems) else _finish_case(draft, procedure)), problems


def _read_draft(top: CaseSection, procedure: Procedure) -> Case:
    """The case as far as it was understood, every item at its place; a refused value is as if not given."""
    _unknown_sections(top)
    single = {name: top.section(name).read_section(keys) for name, keys in TABLES.items()}
    options = single["options"]
    if chair := options.get("rapid_review_chair"):
        options["rapid_review_chair"] = require_role(chair, procedure, "options.rapid_review_chair", top)
    records = {field: made(**single[name]) for name, (field, made) in SECTIONS.items()}
    for key in TOP:
        if key.name in top.values and (value := top.take(key)) is not None:
            top.read[key.name] = value
    children = _read_list(top, "children")
    if not top.values.get("children") and "children" not in top.faulty:
        example = '[[children]] label = "Child 1"'
        top.report(codes.VALUE_MISSING, "children", about="at least one child", example=example)
    agencies = _read_list(top, "agencies")
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
        meetings=tuple(Meeting(**{"kind": "", "date": None, **each}) for each in _read_list(top, "meetings")),
    )


def _unknown_sections(top: CaseSection) -> None:
    names = [key.name for key in TOP]
    for name, raw in top.values.items():
        if name in SECTION_NAMES or name in names or name == SINGLE_HOLD:
            continue
        if isinstance(raw, dict) or (isinstance(raw, list) and raw and isinstance(raw[0], dict)):
            hint = did_you_mean(name, SECTION_NAMES) if top.suggests else ""
            top.report(codes.UNKNOWN_SECTION, name, name=name, known=quoted(SECTION_NAMES, "or"), hint=hint)
        else:
            top.unknown_key(name, (*names, *SECTION_NAMES))


def _read_list(top: CaseSection, name: str) -> list[dict[str, Any]]:
    return [each.read_section(LISTS[name]) for each in top.sections(name)]


def assignable_roles(procedure: Procedure) -> tuple[Role, ...]:
    """The roles that may chair: all but the one that only stands for whoever the case names."""
    return tuple(role for role in procedure.roles if not role.option)


def find_role(word: str, procedure: Procedure) -> str:
    """The name of the role that a person wrote, by its name or an alias; empty when there is none."""
    for role in assignable_roles(procedure):
        if any(same_word(word, known) for known in (role.name, *role.aliases)):
            return role.name
    return ""


def role_hint(word: str, procedure: Procedure) -> str:
    """The end of a remedy that suggests the role, or alias, nearest to a word."""
    return did_you_mean(
        word, (known for role in assignable_roles(procedure) for known in (role.name, *role.aliases))
    )


def require_role(word: str, procedure: Procedure, place: str, top: CaseSection) -> str:
    """The name of the role that a person wrote; where there is none, that is reported."""
    name = find_role(word, procedure)
    if not name:
        names = listed((role.name for role in assignable_roles(procedure)), "or")
        facts = {"value": shown(word)[1:-1], "known": names, "hint": role_hint(word, procedure)}
        top.report(codes.UNKNOWN_CASE_ROLE, place, **facts)
    return name


def read_people(top: CaseSection, procedure: Procedure) -> dict[str, Person]:
    """Who holds which role, by the section `[people]` of a description."""
    people: dict[str, Person] = {}
    written: dict[str, str] = {}
    for word, raw in top.section("people").values.items():
        place = f'people["{shown(word)[1:-1]}"]'
        person = _read_person(raw, place, top)
        role = require_role(word, procedure, place, top)
        if role in written:
            top.report(codes.DUPLICATE_ROLE, place, value=word, first=written[role], role=role)
        elif role:
            written[role] = word
            if person:
                people[role] = person
    return people


def _read_person(raw: object, place: str, top: CaseSection) -> Person | None:
    """Who holds a role: a name alone, or a table; nobody where the name is left blank."""
    if isinstance(raw, dict):
        return Person(**{"name": "", **top.inner(place, raw).read_section(PERSON)})
    if isinstance(raw, str):
        name = PERSON[0].kind.take(top, PERSON[0], place, raw)
        return Person(name) if name else None
    wanted = "a name in quotation marks, or { name = ..., email = ... }"
    top.refuse(place, raw, wanted, '"A. Example"')
    return None


def _finish_case(draft: Case, procedure: Procedure) -> Case:
    """A draft without errors as the case: repeats dropped, meetings by the procedure's words."""
    kinds = meeting_words(procedure)
    chosen = draft.options
    return replace(
        draft,
        options=replace(
            chosen,
            other_partnerships=_drop_repeats(chosen.other_partnerships),
            rapid_review_chair=chosen.rapid_review_chair or procedure.default_of("rapid_review_chair"),
        ),
        meetings=tuple(replace(each, kind=kinds[fold(each.kind)]) for each in draft.meetings),
        extra_bank_holidays=_drop_repeats(draft.extra_bank_holidays),
        office_closures=_drop_repeats(draft.office_closures),
    )


def _drop_repeats(values: tuple[T, ...]) -> tuple[T, ...]:
    """Each value once, the first where two differ only in capitals; blanks and gaps dropped."""
    first = {fold(str(value)): value for value in reversed(values) if value}
    return tuple(value for value in dict.fromkeys(values) if value in first.values())


# The text of a description

_ZIP = b"PK\x03\x04"
"""How every workbook begins."""

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_ODD_DATE = re.compile(r"=\s*([0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ][0-9]{1,4})\s*(?:#.*)?$")


def read_text(path: Path) -> str | Problem:
    """The file's text, or why it could not be read."""
    file = str(path)
    try:
        with open_regular(path) as stream:
            data = stream.read(LARGEST_TOML + 1)
    except FileNotFoundError:
        return problem(codes.DESCRIPTION_NOT_FOUND, file=file, hint=hint(path))
    except IsADirectoryError:
        return problem(codes.FOLDER_NOT_DESCRIPTION, file=file)
    except OSError as error:
        # Opening a folder is "permission denied" on Windows.
        if is_folder(path):
            return problem(codes.FOLDER_NOT_DESCRIPTION, file=file)
        return problem(codes.DESCRIPTION_UNREADABLE, file=file, reason=refusal(error))
    return decode_description(data, file)


def decode_description(data: bytes, file: str) -> str | Problem:
    """The text of a description's bytes, or why they are none."""
    if len(data) > LARGEST_TOML:
        return problem(codes.DESCRIPTION_TOO_LARGE, file=file, limit="1 MB")
    if data.startswith(_ZIP):
        return problem(codes.WORKBOOK_NOT_DESCRIPTION, file=file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return problem(codes.DESCRIPTION_NOT_UTF8, file=file, place=f"line {undecodable_line(data, error)}")


def parse_tables(text: str, *, file: str = "") -> dict[str, Any] | Problem:
    """The description as tables, or the first fault of its TOML."""
    text = text.removeprefix("\ufeff")
    try:
        return parse_toml(text)
    except ValueError as error:
        return _in_plain_words(str(error), text, file)


def _in_plain_words(message: str, text: str, file: str) -> Problem:
    lines = text.splitlines() or [""]
    position = _POSITION.search(message)
    number = int(position[1]) if position and position[1] else len(lines)
    place = f"line {number}" if position else ""
    line = lines[min(number, len(lines)) - 1]
    if (odd := _ODD_DATE.search(line)) and (day := parse_day(odd[1])) and str(day) != odd[1]:
        rule = "a date as year-month-day, with two digits for month and day"
        words = {"fault": f"a date written as {odd[1]}", "rule": rule, "mend": f"Write it as {day}."}
    else:  # the last fault fits every message
        faults = load_format("toml_faults")["fault"]
        words = next(each for each in faults if message.startswith(each["message"]))
    return problem(codes.DESCRIPTION_NOT_TOML, **words, file=file, place=place)


# Writing


def _examples(procedure: Procedure) -> dict[str, str]:
    """What stands as an example of names that only a set can give, by key: TOML values."""
    agency = next(iter(procedure.agencies), None)
    chair = procedure.default_of("rapid_review_chair") or procedure.roles[0].name
    names = {
        "rapid_review_chair": chair,
        "kind": procedure.meeting_kinds[0],
        **({"name": agency.name, "code": agency.code} if agency else {}),
    }
    return {key: toml_text(name) for key, name in names.items()}


def case_toml(case: Case, procedure: Procedure) -> str:
    """The commented description of a case. Reading it back gives the same case."""
    if case.options.rapid_review_chair == procedure.default_of("rapid_review_chair"):
        case = replace(case, options=replace(case.options, rapid_review_chair=""))
    examples = _examples(procedure)
    parts = [_HEAD + "".join(_key_line(key, getattr(case, key.name)) for key in TOP)]
    for name in SECTION_NAMES:
        if name == "people":
            body = _people_text(case, procedure)
        else:
            body = (_list_text if name in LISTS else _section_text)(name, case, examples)
        parts.append(f"# {ABOUT[name]}\n{body}")
    return "\n".join(parts)


def _with_own_example(key: Key, examples: Mapping[str, str]) -> Key:
    """The key with the set's own example."""
    return replace(key, example=examples.get(key.name, key.example))


def _section_text(name: str, case: Case, examples: Mapping[str, str]) -> str:
    holder = getattr(case, SECTIONS[name][0]) if name in SECTIONS else case
    lines = (_key_line(_with_own_example(key, examples), getattr(holder, key.name)) for key in TABLES[name])
    return f"{table_header(name)}\n{''.join(lines)}"


def _key_line(key: Key, value: object) -> str:
    """One key: as it is, or as a comment that shows its shape while it has no value."""
    # An empty marking or edition has a meaning of its own.
    unset = key not in TOP and value in (None, "", ())
    written = f"# {key.line}" if unset else f"{key.name} = {toml_value(value)}"
    return f"{written:<{_COMMENT_COLUMN}}  # {key.about}\n"


def _toml_values(keys: tuple[Key, ...], record: object) -> dict[str, str]:
    """The keys of a record that have a value, as TOML."""
    values = {key.name: getattr(record, attribute(key.name)) for key in keys}
    return {name: toml_value(value) for name, value in values.items() if value not in (None, "")}


def _list_text(name: str, case: Case, examples: Mapping[str, str]) -> str:
    """The sections `[[name]]`; where there is none, one as a comment."""
    header, keys = table_header(name), LISTS[name]
    items = [_toml_values(keys, each) for each in getattr(case, name)]
    if not items:
        return f"# {header}\n" + "".join(f"# {_with_own_example(key, examples).line}\n" for key in keys)
    return "\n".join(
        f"{header}\n" + "".join(f"{key} = {value}\n" for key, value in item.items()) for item in items
    )


def _people_text(case: Case, procedure: Procedure) -> str:
    """A line a role in the procedure's order; the first without a person shows every key."""
    lines = [table_header("people")]
    full = f"{{ {', '.join(key.line for key in PERSON)} }}"
    for role in dict.fromkeys((*(role.name for role in procedure.roles if not role.option), *case.people)):
        if role not in case.people:
            lines.append(f"# {toml_text(role)} = {full}")
            full = toml_text("")
            continue
        given = _toml_values(PERSON, case.people[role])
        table = f"{{ {', '.join(f'{key} = {value}' for key, value in given.items())} }}"
        lines.append(f"{toml_text(role)} = {given['name'] if list(given) == ['name'] else table}")
    return "".join(f"{line}\n" for line in lines)
