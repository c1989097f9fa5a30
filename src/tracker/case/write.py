"""A case as the text of its description: every key there, those not yet known as comments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.case.format import ABOUT, LISTS, PERSON, SECTION_NAMES, TABLES, TOP, table_header
from tracker.case.model import SECTIONS, Case, attribute
from tracker.toml_reader import Key, toml_text, toml_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.procedure.model import Procedure

_HEAD = """\
# The description of one case for the action tracker. Dates are year-month-day, without quotation marks.
# A line that begins with # is not read: remove the # when the value becomes known.
# Never write a child's name here: the reference and labels such as "Child 1" stand for them.
"""

_COMMENT_COLUMN = 38


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
    parts = [_HEAD + "".join(_line(key, getattr(case, key.name)) for key in TOP)]
    for name in SECTION_NAMES:
        if name == "people":
            body = _people(case, procedure)
        else:
            body = (_repeated if name in LISTS else _section)(name, case, examples)
        parts.append(f"# {ABOUT[name]}\n{body}")
    return "\n".join(parts)


def _shown(key: Key, examples: Mapping[str, str]) -> Key:
    """The key with the set's own example."""
    return replace(key, example=examples.get(key.name, key.example))


def _section(name: str, case: Case, examples: Mapping[str, str]) -> str:
    holder = getattr(case, SECTIONS[name][0]) if name in SECTIONS else case
    lines = (_line(_shown(key, examples), getattr(holder, key.name)) for key in TABLES[name])
    return f"{table_header(name)}\n{''.join(lines)}"


def _line(key: Key, value: object) -> str:
    """One key: as it is, or as a comment that shows its shape while it has no value."""
    # An empty marking or edition says something.
    unset = key not in TOP and value in (None, "", ())
    written = f"# {key.line}" if unset else f"{key.name} = {toml_value(value)}"
    return f"{written:<{_COMMENT_COLUMN}}  # {key.about}\n"


def _given(keys: tuple[Key, ...], record: object) -> dict[str, str]:
    """The keys of a record that have a value, as TOML."""
    values = {key.name: getattr(record, attribute(key.name)) for key in keys}
    return {name: toml_value(value) for name, value in values.items() if value not in (None, "")}


def _repeated(name: str, case: Case, examples: Mapping[str, str]) -> str:
    """The sections `[[name]]`; where there is none, one as a comment."""
    header, keys = table_header(name), LISTS[name]
    items = [_given(keys, each) for each in getattr(case, name)]
    if not items:
        return f"# {header}\n" + "".join(f"# {_shown(key, examples).line}\n" for key in keys)
    return "\n".join(
        f"{header}\n" + "".join(f"{key} = {value}\n" for key, value in item.items()) for item in items
    )


def _people(case: Case, procedure: Procedure) -> str:
    """A line a role in the procedure's order; the first without a person shows every key."""
    lines = [table_header("people")]
    full = f"{{ {', '.join(key.line for key in PERSON)} }}"
    for role in dict.fromkeys((*(role.name for role in procedure.roles if not role.option), *case.people)):
        if role not in case.people:
            lines.append(f"# {toml_text(role)} = {full}")
            full = toml_text("")
            continue
        given = _given(PERSON, case.people[role])
        table = f"{{ {', '.join(f'{key} = {value}' for key, value in given.items())} }}"
        lines.append(f"{toml_text(role)} = {given['name'] if list(given) == ['name'] else table}")
    return "".join(f"{line}\n" for line in lines)
