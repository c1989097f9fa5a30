"""The kinds of value in a procedure set: texts, names of other files, conditions on the case, tables within."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from tracker.case.model import CHOICES, SECTIONS, case_paths, keys
from tracker.problems import codes
from tracker.procedure.model import (
    AGENCY_OWNER,
    BASES,
    EMPLOYERS,
    FIELD_DATES,
    REPETITIONS,
    SIGHTS,
    UNITS,
    Condition,
)
from tracker.text import did_you_mean, fold, suggest
from tracker.toml_reader import (
    Key,
    TomlTable,
    ValueKind,
    exact_kind,
    is_flag,
    load_format,
    misses_shape,
    object_schema,
    quoted,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LARGEST_COUNT = 999
"""More days, weeks or months than any step is away from its clock; beyond it lies a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names another file may use for something, aliases among them: folded spelling -> name.

    Without any names their file could not be read. Then any word passes, so that one cause is reported once.
    """

    code: str
    by_fold: Mapping[str, str]
    known: tuple[str, ...]

    def resolve(self, table: ProcedureTable, key: str, word: str) -> str:
        """The name that a word means; an unknown one is reported and kept."""
        name = self.by_fold.get(word) or self.by_fold.get(fold(word))
        if name is None and self.known and word:
            table.unknown_word(self.code, key, word, self.known)
        return name or word


@dataclass(slots=True)
class ProcedureTable(TomlTable):
    """A table of a set: its keys are read in the order of their declaration. `names` are the names in other files."""

    names: dict[str, Names] = field(default_factory=dict)

    def order(self, known: Mapping[str, Key]) -> Iterable[str]:
        """The declared keys, then the unknown ones. What is misspelt is not reported as missing as well."""
        unknown = [name for name in self.values if name not in known]
        self.faulty.update(suggest(name, sorted(known)) for name in unknown)
        return (*known, *unknown)

    def take(self, key: Key) -> Any:
        """The value of a key, or the empty value of its kind."""
        raw = self.values.get(key.name)
        value = key.kind.empty if raw is None else key.kind.take(self, key, key.name, raw)
        none_given = raw is None or value in ("", ())
        if none_given and key.is_needed(self.read) and key.name not in self.faulty:
            self.missing(key.name)
        return value

    def unknown_key(self, name: str, known: Iterable[str]) -> None:
        """Report a key that the table does not have."""
        words = sorted(known)
        hint = did_you_mean(name, words)
        self.report(codes.SET_UNKNOWN_KEY, name, name=name, known=quoted(words), hint=hint)

    def missing(self, key: str) -> None:
        """Report a value that is needed and not there."""
        self.report(codes.SET_VALUE_MISSING, key, key=key)

    def wrong_type(self, place: str, raw: object, key: Key) -> None:
        """Refuse a value of another type than the key's."""
        wanted = key.kind.wanted.format(key=key.name)
        self.report(codes.SET_WRONG_TYPE, place, value=shown(raw), wanted=wanted)

    def unknown_word(self, code: str, key: str, word: str, known: Iterable[str]) -> None:
        """Report a word that is none of those it can be."""
        words = list(known)
        self.report(code, key, word=word, known=quoted(words), hint=did_you_mean(word, words))


# Texts

_IN_QUOTES = "text in quotation marks"
_STRING = {"type": "string"}
_NOT_EMPTY = {"minLength": 1}


def _text(table: ProcedureTable, key: Key, place: str, raw: object) -> str:
    """A text, trimmed; of the pattern a workbook needs."""
    if not isinstance(raw, str):
        table.wrong_type(place, raw, key)
        return ""
    text = raw.strip()
    if misses_shape(key.kind, text):
        table.report(codes.NAME_NOT_USABLE, place, word=text, rule=key.kind.rule)
    return text


def _pattern_kind(pattern: str, rule: str, flags: str = "") -> ValueKind:
    """The pattern of a name that a workbook uses. `rule` is the same in words, after "Choose"."""
    # Neither kind of whole-match is written alike in Python and in a schema.
    schema = {**_STRING, "pattern": f"^(?:{pattern})$"}
    shape = re.compile(f"(?{flags}){pattern}" if flags else pattern)
    return ValueKind(_IN_QUOTES, _text, schema, f"text: {rule}", "", pattern=shape, rule=rule)


def _choice_kind(words: Iterable[str]) -> ValueKind:
    """One of some fixed words; an empty text where it is left out or refused."""
    known = tuple(words)

    def take(table: ProcedureTable, key: Key, place: str, raw: object) -> str:
        word = _text(table, key, place, raw)
        if not word or word in known:
            return word
        table.unknown_word(codes.SET_NOT_A_FIXED_WORD, place, word, known)
        return ""

    return ValueKind(_IN_QUOTES, take, {"enum": list(known)}, f"one of {', '.join(known)}", "")


def _texts(table: ProcedureTable, key: Key, place: str, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        table.wrong_type(place, raw, key)
        return ()
    return tuple(each.strip() for each in raw)


def _named_texts(table: ProcedureTable, key: Key, place: str, raw: object) -> tuple[tuple[str, str], ...]:
    """Texts under names of the set's own choice, in its order."""
    inner = _table(table, key, place, raw)
    return (
        tuple(inner.read_keys(Key(name, TEXT, required=True) for name in inner.values).items())
        if inner
        else ()
    )


# Names that stand in another file


def _owners(table: ProcedureTable, key: Key, place: str, raw: object) -> tuple[str, ...]:
    """One owner or a list of them."""
    if isinstance(raw, list):
        words = _texts(table, replace(key, kind=TEXTS), place, raw)
    else:
        words = tuple(filter(None, [_text(table, key, place, raw)]))
    resolve = table.names["role"].resolve
    return tuple(word if word == AGENCY_OWNER else resolve(table, place, word) for word in words)


def _roles(table: ProcedureTable, key: Key, place: str, raw: object) -> tuple[str, ...]:
    return tuple(table.names["role"].resolve(table, place, word) for word in _texts(table, key, place, raw))


def _clock(table: ProcedureTable, key: Key, place: str, raw: object) -> str:
    return table.names["clock"].resolve(table, place, _text(table, key, place, raw))


# Conditions, and texts that name fields of a case

FIELD_IN_BRACES = re.compile(r"\{([^{}]*)\}")


def _template(table: ProcedureTable, key: Key, place: str, raw: object) -> str:
    """Text that may name fields of the case in braces."""
    text = _text(table, key, place, raw)
    for path in FIELD_IN_BRACES.findall(text):
        if path not in case_paths():
            table.unknown_word(codes.SET_UNKNOWN_FIELD, place, path, case_paths())
    return text


@cache
def condition_fields() -> Mapping[str, tuple[object, ...] | None]:
    """The fields a condition may test, with the values they can have; None for any text."""
    values: dict[str, tuple[object, ...] | None] = {}
    for path in case_paths():
        section, _, key = path.partition(".")
        empty = getattr(SECTIONS[section][1](), key)
        if isinstance(empty, bool):
            values[path] = (True, False)
        elif isinstance(empty, str):
            values[path] = CHOICES.get(path)
    return values | {"child.died": (True, False), "child.looked_after": CHOICES["case.looked_after"]}


def role_options() -> tuple[str, ...]:
    """The options of a case that can name a role: `rapid_review_chair`."""
    return tuple(key for key in keys("options") if condition_fields().get(f"options.{key}", ()) is None)


def _condition(table: ProcedureTable, key: Key, place: str, raw: Any) -> Condition:
    """One table whose tests must all hold, or a list of such tables of which one must."""
    alternatives = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(each, dict) for each in alternatives):
        table.wrong_type(place, raw, key)
        return ()
    if not alternatives or not all(alternatives):
        table.missing(place)
    return tuple(
        tuple((path, _check_tested_values(table, place, path, value)) for path, value in _flatten_tests(each))
        for each in alternatives
    )


def _flatten_tests(tests: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The tests by path; `case.died` without quotation marks is a table within a table to TOML."""
    for name, value in tests.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", deeper) for inner, deeper in value.items())
        else:
            yield name, value


def _check_tested_values(table: ProcedureTable, place: str, path: str, raw: object) -> tuple[object, ...]:
    """The values a field is tested for, each checked."""
    if path not in condition_fields():
        table.unknown_word(codes.SET_UNKNOWN_FIELD, place, path, condition_fields())
        return ()
    known = condition_fields()[path]
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
            table.report(codes.CONDITION_NEVER_TRUE, place, **facts)
    return values


def _condition_schema() -> dict[str, Any]:
    """Fields of the case, quoted or as a table in a table, each with a value or some."""
    tests: dict[str, Any] = {}
    for path, values in condition_fields().items():
        value = {"enum": list(values)} if values else _STRING
        test = {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}
        section, _, key = path.partition(".")
        tests[path] = test
        empty: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
        tests.setdefault(section, empty)["properties"][key] = test
    one = {"type": "object", "properties": tests, "additionalProperties": False, "minProperties": 1}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


# Tables within


def _table(table: ProcedureTable, key: Key, place: str, raw: object) -> ProcedureTable | None:
    if not isinstance(raw, dict):
        table.wrong_type(place, raw, key)
        return None
    inner = table.inner(table.at(place), raw, table.id)
    if key.kind.keys:
        inner.read_keys(key.kind.keys)
    return inner


def table_kind(inside: tuple[Key, ...]) -> ValueKind:
    """A table with the same id as the one around it."""
    return ValueKind("a table {key}", _table, object_schema(inside), "table", keys=inside)


def entries_kind(inside: tuple[Key, ...], id_key: str = "") -> ValueKind:
    """The entries `[[key]]`, as a list of tables."""

    def take(table: ProcedureTable, key: Key, place: str, raw: object) -> Sequence[ProcedureTable]:
        found = []
        for each in table.entries(place, id_key) if isinstance(raw, list) else [("", raw)]:
            if isinstance(each, ProcedureTable):
                each.read_keys(inside)
                found.append(each)
            else:
                table.wrong_type(place, each[1], key)
        return found

    schema = {"type": "array", "items": object_schema(inside)}
    wanted = "entries that begin [[{key}]]"
    return ValueKind(wanted, take, schema, "entries", [], if_required={"minItems": 1}, keys=inside)


TEXT = ValueKind(_IN_QUOTES, _text, _STRING, "text", "", if_required=_NOT_EMPTY)
_LIST = {"type": "array", "items": _STRING}
TEXTS = ValueKind("a list of texts", _texts, _LIST, "list of texts", (), if_required={"minItems": 1})

KINDS: Mapping[str, ValueKind] = {
    "text": TEXT,
    "texts": TEXTS,
    "named texts": ValueKind(
        "a table {key}",
        _named_texts,
        {"type": "object", "additionalProperties": {**_STRING, **_NOT_EMPTY}},
        "table of texts",
        (),
    ),
    "template": replace(TEXT, take=_template),
    "owners": ValueKind(
        _IN_QUOTES,
        _owners,
        {"anyOf": [{**_STRING, **_NOT_EMPTY}, {**_LIST, "minItems": 1}]},
        "text, or list of texts",
        (),
    ),
    "roles": replace(TEXTS, take=_roles),
    "clock": replace(TEXT, take=_clock),
    "whole": exact_kind(
        f"a whole number from -{LARGEST_COUNT} to {LARGEST_COUNT}",
        lambda raw: type(raw) is int and abs(raw) <= LARGEST_COUNT,
        {"type": "integer", "minimum": -LARGEST_COUNT, "maximum": LARGEST_COUNT},
        words="whole number",
    ),
    "flag": exact_kind("true or false", is_flag, {"type": "boolean"}, words="true or false", empty=False),
    "day": exact_kind(
        "a date such as 2023-05-01, without quotation marks",
        lambda raw: type(raw) is date,
        {**_STRING, "format": "date"},
        words="date, without quotation marks",
    ),
    "condition": ValueKind(
        'a table such as {{ "case.died" = true }}, or a list of such tables',
        _condition,
        _condition_schema(),
        "a condition, or a list of them",
        (),
    ),
    "employer": _choice_kind(EMPLOYERS),
    "unit": _choice_kind(UNITS),
    "basis": _choice_kind(BASES),
    "sight": _choice_kind(SIGHTS),
    "repetition": _choice_kind(REPETITIONS),
    "option": _choice_kind(role_options()),
    "case date": _choice_kind(("aware", "incident", *keys("dates"))),
    "field date": _choice_kind(FIELD_DATES),
    "completion date": _choice_kind(keys("dates")),
    **{name: _pattern_kind(**shape) for name, shape in load_format("procedure")["shapes"].items()},
}
"""What a value can be, by the name that a key's declaration gives it."""
