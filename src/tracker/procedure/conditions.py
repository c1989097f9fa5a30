"""Conditions of the procedure: which fields of a case may be tested, and for what."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from tracker.case.model import CHOICES, SECTIONS, case_paths, keys
from tracker.problems import codes
from tracker.procedure.read import quoted, shown
from tracker.text import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracker.procedure.model import Condition
    from tracker.procedure.read import TomlTable

_FIELD = re.compile(r"\{([^{}]*)\}")


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
    return tuple(key for key in keys("options") if f"options.{key}" in testable() and _is_text(key))


def _is_text(option: str) -> bool:
    return testable()[f"options.{option}"] is None


def read_condition(table: TomlTable, key: str = "when", *, required: bool = False) -> Condition:
    """A condition: one table whose tests must all hold, or a list of such tables of which one must."""
    value = table.raw(key, required=required)
    if value is None:
        return ()
    alternatives = value if isinstance(value, list) else [value]
    if not all(isinstance(each, dict) for each in alternatives):
        table.wrong(key, value, 'a table such as { "case.died" = true }, or a list of such tables')
        return ()
    if not alternatives or not all(alternatives):
        table.missing(key)
    return tuple(
        tuple((path, _values(table, key, path, raw)) for path, raw in _flat(each)) for each in alternatives
    )


def _flat(tests: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The tests by path; `case.died` without quotation marks is a table within a table to TOML."""
    for key, value in tests.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", deeper) for inner, deeper in value.items())
        else:
            yield key, value


def _values(table: TomlTable, key: str, path: str, raw: object) -> tuple[object, ...]:
    """The values a field is tested for, each checked."""
    if path not in testable():
        _unknown_field(table, key, path, testable())
        return ()
    known = testable()[path]
    values = tuple(raw) if isinstance(raw, list) else (raw,)
    expected = ", ".join(map(shown, known)) if known else "a text in quotation marks"
    # A field tested for no value at all can never hold: the empty list is the fault then.
    for value in values or (raw,):
        if not _possible(value, known):
            hint = did_you_mean(value, map(str, known or ())) if isinstance(value, str) else ""
            table.report(
                codes.CONDITION_NEVER_TRUE, key, field=path, value=shown(value), known=expected, hint=hint
            )
    return values


def _possible(value: object, known: tuple[object, ...] | None) -> bool:
    if known is None:
        return isinstance(value, str)
    # True equals 1 in Python, and 1 is no answer to a yes-or-no question.
    return any(type(value) is type(each) and value == each for each in known)


def check_fields(table: TomlTable, key: str, text: str) -> None:
    """Report the fields in braces that no case has."""
    for path in _FIELD.findall(text):
        if path not in case_paths():
            _unknown_field(table, key, path, case_paths())


def _unknown_field(
    table: TomlTable, key: str, path: str, known: Mapping[str, object] | tuple[str, ...]
) -> None:
    table.report(codes.SET_UNKNOWN_FIELD, key, word=path, known=quoted(known), hint=did_you_mean(path, known))
