"""A case as the text of its description: every key there, those not yet known as comments."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from tracker.case.fields import LISTS, PERSON, TABLES, TOP, table_header
from tracker.case.model import SECTIONS, Case, Person, attribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tracker.case.values import CaseKey
    from tracker.procedure.model import Procedure

_HEAD = """\
# The description of one case for the action tracker. Dates are year-month-day, without quotation marks.
# A line that begins with # is not read: remove the # when the value becomes known.
# Never write a child's name here: the reference and labels such as "Child 1" stand for them.
"""

_ABOUT = {
    "case": "What happened. The day the local authority became aware starts the SIN clock.",
    "children": "The children of the incident, one section each.",
    "agencies": "The other agencies involved, one section each. Children's Services is not among them.",
    "people": "Who holds which role in this case: a name, or a name with email and deputy.",
    "dates": "Filled in as they become known.",
    "decisions": "What was decided, in these words.",
    "holds": "Publication waits, for a trial say: one section each, kept when it has ended.",
    "options": "What switches steps on or off.",
    "meetings": "Meetings that are fixed, one section each.",
    "calendar": "Days that the bank-holiday calendar does not know.",
}
_COMMENT_COLUMN = 38
_NONE: Mapping[str, str] = MappingProxyType({})


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
    parts = (
        _HEAD + _lines((key, getattr(case, key.name)) for key in TOP),
        _section("case", case),
        _repeated("children", [{"label": label} for label in case.children]),
        _repeated("agencies", [_given(LISTS["agencies"], agency) for agency in case.agencies], examples),
        _people(case, procedure),
        _section("dates", case),
        _section("decisions", case),
        _repeated("holds", [_given(LISTS["holds"], hold) for hold in case.holds]),
        _section("options", case, examples),
        _repeated("meetings", [_given(LISTS["meetings"], meeting) for meeting in case.meetings], examples),
        _section("calendar", case),
    )
    return "\n".join(parts)


def toml_text(text: str) -> str:
    """Text as a TOML basic string: JSON's escapes are TOML's too, but TOML also forbids a bare DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_value(value: object) -> str:
    """A value of a case as TOML."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return toml_text(value)
        case date():
            return value.isoformat()
        case tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case _:
            raise TypeError(value)


def _shown(key: CaseKey, examples: Mapping[str, str]) -> CaseKey:
    """The key with the set's own example."""
    return replace(key, example=examples.get(key.name, key.example))


def _header(name: str) -> str:
    return f"# {_ABOUT[name]}\n"


def _section(name: str, case: Case, examples: Mapping[str, str] = _NONE) -> str:
    holder = getattr(case, SECTIONS[name][0]) if name in SECTIONS else case
    values = ((_shown(key, examples), getattr(holder, key.name)) for key in TABLES[name])
    return f"{_header(name)}{table_header(name)}\n{_lines(values)}"


def _lines(values: Iterable[tuple[CaseKey, object]]) -> str:
    return "".join(f"{_line(key, value)}\n" for key, value in values)


def _line(key: CaseKey, value: object) -> str:
    """One key: as it is, or as a comment that shows its shape while it has no value."""
    written = f"# {key.line}" if _unset(key, value) else f"{key.name} = {toml_value(value)}"
    return f"{written:<{_COMMENT_COLUMN}}  # {key.about}"


def _unset(key: CaseKey, value: object) -> bool:
    if key in TOP:
        return False  # an empty marking or edition says something
    return value in (None, "", ())


def _given(keys: tuple[CaseKey, ...], record: object) -> dict[str, object]:
    values = {key.name: getattr(record, attribute(key.name)) for key in keys}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _repeated(name: str, items: list[dict[str, object]], examples: Mapping[str, str] = _NONE) -> str:
    """The sections `[[name]]`; where there is none, one as a comment."""
    if not items:
        shape = "".join(f"# {_shown(key, examples).line}\n" for key in LISTS[name])
        return f"{_header(name)}# {table_header(name)}\n{shape}"
    return _header(name) + "\n".join(_item(name, item) for item in items)


def _item(name: str, item: dict[str, object]) -> str:
    lines = "".join(f"{key} = {toml_value(value)}\n" for key, value in item.items())
    return f"{table_header(name)}\n{lines}"


def _people(case: Case, procedure: Procedure) -> str:
    roles = [role.name for role in procedure.roles if not role.option]
    lines = "".join(f"{line}\n" for line in _person_lines(case, roles))
    return f"{_header('people')}{table_header('people')}\n{lines}"


def _person_lines(case: Case, roles: list[str]) -> Iterator[str]:
    """A line a role in the procedure's order; the first without a person shows every key."""
    full = f"{{ {', '.join(key.line for key in PERSON)} }}"
    for role in dict.fromkeys((*roles, *case.people)):
        person = case.people.get(role)
        if person is None:
            yield f"# {toml_text(role)} = {full}"
            full = toml_text("")
        else:
            yield f"{toml_text(role)} = {_person(person)}"


def _person(person: Person) -> str:
    given = _given(PERSON, person)
    if list(given) == ["name"]:
        return toml_text(person.name)
    return f"{{ {', '.join(f'{key} = {toml_value(value)}' for key, value in given.items())} }}"
