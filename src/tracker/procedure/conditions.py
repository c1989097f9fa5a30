"""Conditions of the procedure, and texts that name fields of a case: which fields there are, and what they can be."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from tracker.case.model import CHOICES, SECTIONS, case_paths, keys
from tracker.problems import codes
from tracker.procedure.kinds import SetKind, quoted, read_text, shown, text_schema
from tracker.text import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tracker.procedure.kinds import Schema, SetKey, SetTable
    from tracker.procedure.model import Condition

_FIELD = re.compile(r"\{([^{}]*)\}")


def _template(table: SetTable, key: SetKey, raw: object) -> str:
    text = read_text(table, key, raw)
    for path in _FIELD.findall(text):
        if path not in case_paths():
            _unknown_field(table, key, path, case_paths())
    return text


TEMPLATE = SetKind("text", _template, text_schema)
"""Text that may name fields of the case in braces."""


@cache
def testable() -> Mapping[str, tuple[object, ...] | None]:
    """The fields a condition may test, with the values they can have; None for any text."""
    found: dict[str, tuple[object, ...] | None] = {}
    for path in case_paths():
        section, _, key = path.partition(".")
        empty = getattr(SECTIONS[section][1](), key)
        if isinstance(empty, bool):
            found[path] = (True, False)
        elif isinstance(empty, str):
            found[path] = CHOICES.get(path)
    return found | {"child.died": (True, False), "child.looked_after": CHOICES["case.looked_after"]}


def text_options() -> tuple[str, ...]:
    """The options of a case that can name a role: `rapid_review_chair`."""
    return tuple(key for key in keys("options") if testable().get(f"options.{key}", ()) is None)


def _condition(table: SetTable, key: SetKey, raw: Any) -> Condition:
    """One table whose tests must all hold, or a list of such tables of which one must."""
    alternatives = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(each, dict) for each in alternatives):
        table.wrong(key, raw, 'a table such as { "case.died" = true }, or a list of such tables')
        return ()
    if not alternatives or not all(alternatives):
        table.missing(key.name)
    return tuple(
        tuple((path, _tested(table, key, path, value)) for path, value in _flat(each))
        for each in alternatives
    )


def _flat(tests: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The tests by path; `case.died` without quotation marks is a table within a table to TOML."""
    for name, value in tests.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", deeper) for inner, deeper in value.items())
        else:
            yield name, value


def _tested(table: SetTable, key: SetKey, path: str, raw: object) -> tuple[object, ...]:
    """The values a field is tested for, each checked."""
    if path not in testable():
        _unknown_field(table, key, path, testable())
        return ()
    known = testable()[path]
    values = tuple(raw) if isinstance(raw, list) else (raw,)
    expected = ", ".join(map(shown, known)) if known else "a text in quotation marks"
    # A field tested for no value at all can never hold: the empty list is the fault then.
    for value in values or (raw,):
        if known is None:
            possible = isinstance(value, str)
        else:  # True equals 1 in Python, and 1 is no answer to a yes-or-no question
            possible = any(type(value) is type(each) and value == each for each in known)
        if not possible:
            hint = did_you_mean(value, map(str, known or ())) if isinstance(value, str) else ""
            facts = {"field": path, "value": shown(value), "known": expected, "hint": hint}
            table.report(codes.CONDITION_NEVER_TRUE, key.name, **facts)
    return values


def _unknown_field(table: SetTable, key: SetKey, path: str, known: Iterable[str]) -> None:
    hint = did_you_mean(path, known)
    table.report(codes.SET_UNKNOWN_FIELD, key.name, word=path, known=quoted(known), hint=hint)


def _condition_schema(required: bool) -> Schema:
    """Fields of the case, quoted or as a table in a table, each with a value or some."""
    del required
    tests: dict[str, Any] = {}
    for path, values in testable().items():
        value = {"enum": list(values)} if values else {"type": "string"}
        test = {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}
        section, _, key = path.partition(".")
        tests[path] = test
        empty: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
        tests.setdefault(section, empty)["properties"][key] = test
    one = {"type": "object", "properties": tests, "additionalProperties": False, "minProperties": 1}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


CONDITION = SetKind("a condition, or a list of them", _condition, _condition_schema, ())
