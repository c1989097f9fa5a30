"""The kinds of value in a procedure set: how each is taken, what an editor's schema says of it, and its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracker.problems import codes
from tracker.procedure.model import AGENCY_OWNER
from tracker.text import clean_text, did_you_mean, suggest
from tracker.toml_reader import Key, TomlTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST_COUNT = 999
"""More days, weeks or months than any step is away from its clock; beyond it lies a slip of the keyboard."""

Schema = Mapping[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class SetKind:
    """A kind of value.

    `take` reports what is wrong with a value and gives what is understood of it; `empty` stands where there is none.
    `schema` is the JSON Schema, by whether the key is required; `keys` are those of the tables within.
    """

    words: str
    take: Callable[[SetTable, SetKey, Any], Any]
    schema: Callable[[bool], Schema]
    empty: Any = ""
    keys: tuple[SetKey, ...] = ()
    pattern: re.Pattern[str] | None = None
    rule: str = ""


SetKey = Key[SetKind]


def quoted(words: Iterable[object]) -> str:
    """Words as a list in quotation marks: `"weeks", "months"`."""
    return ", ".join(f'"{word}"' for word in words)


@lru_cache(maxsize=1024)
def fold(word: str) -> str:
    """The spelling by which two names are the same."""
    return clean_text(word).casefold()


def shown(value: object) -> str:
    """A value as a problem shows it, in the words of TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else str(value)


@dataclass(frozen=True, slots=True)
class Names:
    """The names another file may use for something, aliases among them: folded spelling -> name.

    Without any names their file could not be read. Then any word passes, so that one cause is reported once.
    """

    code: str
    by_fold: Mapping[str, str]
    known: tuple[str, ...]

    def resolve(self, table: SetTable, key: str, word: str) -> str:
        """The name that a word means; an unknown one is reported and kept."""
        name = self.by_fold.get(word) or self.by_fold.get(fold(word))
        if name is None and self.known and word:
            hint = did_you_mean(word, self.known)
            table.report(self.code, key, word=word, known=quoted(self.known), hint=hint)
        return name or word


@dataclass(slots=True)
class SetTable(TomlTable[SetKind]):
    """A table of a set: its keys are read in the order of their declaration. `names` are those of other files."""

    names: dict[str, Names] = field(default_factory=dict)

    def inner(self, place: str, values: Mapping[str, Any], own_id: str = "") -> SetTable:
        """A table within this one, or of the same file."""
        return SetTable(self.file, place, values, self.problems, own_id, names=self.names)

    def order(self, known: Mapping[str, SetKey]) -> Iterable[str]:
        """The declared keys, then the unknown ones. What is misspelt is not reported as missing as well."""
        unknown = [name for name in self.values if name not in known]
        self.faulty.update(suggest(name, sorted(known)) for name in unknown)
        return (*known, *unknown)

    def take(self, key: SetKey) -> Any:
        """The value of a key, or what its kind has for none."""
        raw = self.values.get(key.name)
        value = key.kind.empty if raw is None else key.kind.take(self, key, raw)
        required = key.required or (key.needed is not None and key.needed(self.read))
        if required and (raw is None or value in ("", ())) and key.name not in self.faulty:
            self.missing(key.name)
        return value

    def unknown_key(self, name: str, known: Mapping[str, SetKey]) -> None:
        """Report a key that nothing asks for."""
        words = sorted(known)
        self.report(
            codes.SET_UNKNOWN_KEY, name, name=name, known=quoted(words), hint=did_you_mean(name, words)
        )

    def missing(self, key: str) -> None:
        """Report a value that is needed and not there."""
        self.report(codes.SET_VALUE_MISSING, key, key=key)

    def wrong(self, key: SetKey, value: object, wanted: str) -> None:
        """Refuse a value of the wrong type."""
        self.report(codes.SET_WRONG_TYPE, key.name, value=shown(value), wanted=wanted)


# Texts


def read_text(table: SetTable, key: SetKey, raw: object) -> str:
    """A text, trimmed; of the pattern a workbook needs."""
    if not isinstance(raw, str):
        table.wrong(key, raw, "text in quotation marks")
        return ""
    text = raw.strip()
    if text and key.kind.pattern and not key.kind.pattern.fullmatch(text):
        table.report(codes.NAME_NOT_USABLE, key.name, word=text, rule=key.kind.rule)
    return text


def text_schema(required: bool) -> Schema:
    """Text, not empty where it is required."""
    return {"type": "string", **({"minLength": 1} if required else {})}


TEXT = SetKind("text", read_text, text_schema)


def _text_like(pattern: re.Pattern[str], rule: str) -> SetKind:
    """What a name must look like because a workbook uses it. `rule` says so after "Choose"."""
    # Neither kind of whole-match is written alike in Python and in a schema.
    schema = {"type": "string", "pattern": f"^(?:{pattern.pattern})$"}
    return SetKind(f"text: {rule}", read_text, lambda _: schema, pattern=pattern, rule=rule)


SHEET_NAME = _text_like(
    re.compile(
        r"(?!(?:Summary|Case|Action Plan|Plan|Log|People|Calendar|Guide|Conflicts|Problems|History)$)"
        r"[A-Za-z][A-Za-z0-9 ]{0,30}",
        re.IGNORECASE,
    ),
    "a sheet name of letters, digits and blanks, at most 31, that no other sheet of the workbook has",
)
PREFIX = _text_like(re.compile(r"[A-Z]{1,8}"), "one to eight capital letters")
CODE = _text_like(re.compile(r"[A-Z0-9]{1,8}"), "one to eight capital letters or digits")
DEFINED_NAME = _text_like(
    re.compile(
        r"(?!(?:(?:Case|People|Hold|Keys)_\w*|Report_date(?:_typed)?|Incident_date|LCSPR_deci(?:ded|sion)|Holidays_known_until"
        r"|Bank_holidays|Office_closures|Log_entries|(?:Role|Agency|Clock)_list|Meeting_kinds|\w*_actions)$)[A-Za-z][^\W_]*_\w+",
        re.ASCII | re.IGNORECASE,
    ),
    "words joined by underscores, such as Review_day_zero, that the workbook does not use itself",
)
DOCUMENT = _text_like(re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*"), "small letters and digits joined by hyphens")
SHORT = _text_like(re.compile(r".{1,30}"), "a name of at most 30 characters")
PLAIN = _text_like(re.compile(r'[^"{}\n]+'), "a name without quotation marks or braces")


def choice(words: Iterable[str]) -> SetKind:
    """One of some fixed words; an empty text where it is left out or refused."""
    known = tuple(words)

    def take(table: SetTable, key: SetKey, raw: object) -> str:
        word = read_text(table, key, raw)
        if not word or word in known:
            return word
        hint = did_you_mean(word, known)
        table.report(codes.SET_NOT_A_FIXED_WORD, key.name, word=word, known=quoted(known), hint=hint)
        return ""

    return SetKind(f"one of {', '.join(known)}", take, lambda _: {"enum": list(known)})


def _texts(table: SetTable, key: SetKey, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        table.wrong(key, raw, "a list of texts")
        return ()
    return tuple(each.strip() for each in raw)


def _texts_schema(required: bool) -> Schema:
    return {"type": "array", "items": {"type": "string"}, **({"minItems": 1} if required else {})}


TEXTS = SetKind("list of texts", _texts, _texts_schema, ())


def _named_texts(table: SetTable, key: SetKey, raw: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(raw, dict):
        table.wrong(key, raw, f"a table {key.name}")
        return ()
    texts = table.inner(table.at(key.name), raw, table.id).read_keys(
        Key(name, TEXT, "", required=True) for name in raw
    )
    return tuple(texts.items())


NAMED_TEXTS = SetKind(
    "table of texts",
    _named_texts,
    lambda _: {"type": "object", "additionalProperties": text_schema(required=True)},
    (),
)
"""Texts under names of the set's own choice, in its order."""


# Names that stand in another file


def _owners(table: SetTable, key: SetKey, raw: object) -> tuple[str, ...]:
    """One owner or a list of them."""
    words = _texts(table, key, raw) if isinstance(raw, list) else (read_text(table, key, raw) or None,)
    resolve = table.names["role"].resolve
    return tuple(
        word if word == AGENCY_OWNER else resolve(table, key.name, word) for word in words if word is not None
    )


def _roles(table: SetTable, key: SetKey, raw: object) -> tuple[str, ...]:
    return tuple(table.names["role"].resolve(table, key.name, word) for word in _texts(table, key, raw))


OWNERS = SetKind(
    "text, or list of texts",
    _owners,
    lambda _: {"anyOf": [text_schema(required=True), _texts_schema(required=True)]},
    (),
)
ROLES = SetKind("list of texts", _roles, _texts_schema, ())
CLOCK = SetKind(
    "text",
    lambda table, key, raw: table.names["clock"].resolve(table, key.name, read_text(table, key, raw)),
    text_schema,
)


# Numbers, flags and dates


def _whole(table: SetTable, key: SetKey, raw: object) -> int | None:
    """A whole number of a sensible size."""
    if not isinstance(raw, int) or isinstance(raw, bool) or abs(raw) > LARGEST_COUNT:
        table.wrong(key, raw, f"a whole number from -{LARGEST_COUNT} to {LARGEST_COUNT}")
        return None
    return raw


def _flag(table: SetTable, key: SetKey, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    table.wrong(key, raw, "true or false")
    return False


def _day(table: SetTable, key: SetKey, raw: object) -> date | None:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    table.wrong(key, raw, "a date such as 2023-05-01, without quotation marks")
    return None


WHOLE = SetKind(
    "whole number",
    _whole,
    lambda _: {"type": "integer", "minimum": -LARGEST_COUNT, "maximum": LARGEST_COUNT},
    None,
)
FLAG = SetKind("true or false", _flag, lambda _: {"type": "boolean"}, False)
DAY = SetKind("date, without quotation marks", _day, lambda _: {"type": "string", "format": "date"}, None)


# Tables within


def object_schema(inside: tuple[SetKey, ...]) -> dict[str, Any]:
    """The JSON Schema of a table."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {key.name: key.kind.schema(key.required) for key in inside},
        "additionalProperties": False,
    }
    if needed := [key.name for key in inside if key.required]:
        schema["required"] = needed
    return schema


def _table(table: SetTable, key: SetKey, raw: object) -> SetTable | None:
    if not isinstance(raw, dict):
        table.wrong(key, raw, f"a table {key.name}")
        return None
    inner = table.inner(table.at(key.name), raw, table.id)
    inner.read_keys(key.kind.keys)
    return inner


def table_of(inside: tuple[SetKey, ...]) -> SetKind:
    """A table with the same id as the one around it."""
    return SetKind("table", _table, lambda _: object_schema(inside), None, inside)


def entries_of(inside: tuple[SetKey, ...], id_key: str = "") -> SetKind:
    """The entries `[[key]]`, as a list of tables."""

    def take(table: SetTable, key: SetKey, raw: object) -> Sequence[SetTable]:
        found = []
        for each in table.entries(key.name, id_key) if isinstance(raw, list) else [("", raw)]:
            if isinstance(each, SetTable):
                each.read_keys(inside)
                found.append(each)
            else:
                table.wrong(key, each[1], f"entries that begin [[{key.name}]]")
        return found

    def schema(required: bool) -> Schema:
        return {"type": "array", "items": object_schema(inside), **({"minItems": 1} if required else {})}

    return SetKind("entries", take, schema, [], inside)
