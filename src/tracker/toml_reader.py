"""TOML as people write it, read by a declaration of its keys: what each is, whether it is needed and what it means.

A case description and a procedure set are read by it. Their keys are declared in `templates/format/`; each brings its
kinds of value and its words for a fault. The schemas for editors are made from the same declarations.
"""

from __future__ import annotations

import json
import re
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from tracker.problems import Problem, problem
from tracker.resources import templates
from tracker.text import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

Schema = Mapping[str, Any]
_SHOWN = 60
"""Characters of a value that a message repeats."""


@dataclass(frozen=True, eq=False, slots=True)
class ValueKind:
    """A kind of value: `wanted` in a message, `words` on the page about the format.

    `take` reports what is wrong with the value at a place and gives what is understood of it; `empty` stands where
    there is none. An editor checks by the JSON Schema `schema`, with `if_required` where the key must be there. A text
    of this kind has the shape `pattern`, or the problem `code`; `rule` is that shape in words. `keys` are those of the
    tables within.
    """

    wanted: str
    take: Callable[[Any, Key, str, Any], Any]
    schema: Schema
    words: str = ""
    empty: Any = None
    if_required: Schema = field(default_factory=dict)
    keys: tuple[Key, ...] = ()
    pattern: re.Pattern[str] | None = None
    code: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Key:
    """One key. `about` is what it is for, `example` is its value as TOML.

    `needed` are the keys beside which this one must be there too, where `required` is not always true: those that have
    the value given, or any where that is `True`.
    """

    name: str
    kind: ValueKind
    about: str = ""
    example: str = ""
    required: bool = False
    needed: Mapping[str, object] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The key as a line of TOML: `aware = 2026-11-02`."""
        return f"{self.name} = {self.example}"

    def is_needed(self, read: Mapping[str, Any]) -> bool:
        """Whether the key must be there beside the values that were read before it."""
        return self.required or any(
            read.get(name) not in (None, "") if value is True else read.get(name) == value
            for name, value in self.needed.items()
        )


def exact_kind(wanted: str, fits: Callable[[Any], bool], schema: Schema, **more: Any) -> ValueKind:
    """A kind whose values are understood as they are written, or refused."""

    def take(table: TomlTable, key: Key, place: str, raw: Any) -> Any:
        if fits(raw):
            return raw
        table.wrong_type(place, raw, key)
        return key.kind.empty

    return ValueKind(wanted, take, schema, **more)


def is_flag(raw: object) -> bool:
    """Whether a value is `true` or `false`."""
    return isinstance(raw, bool)


def misses_shape(kind: ValueKind, text: str) -> bool:
    """Whether a text misses the shape of its kind; an empty text has none to miss."""
    return bool(text and kind.pattern and not kind.pattern.fullmatch(text))


@dataclass(slots=True)
class TomlTable(ABC):
    """One table of a file, read key by key.

    `place` is the table in problems (`case`, `step`, `reading[3]`), empty for the file itself; `id` the entry's own
    (`RR-5.7`). `read` holds what was understood; `faulty` are the keys whose value was refused or is missing.
    """

    file: str
    place: str
    values: Mapping[str, Any]
    problems: list[Problem]
    id: str = ""
    faulty: set[str] = field(default_factory=set)
    read: dict[str, Any] = field(default_factory=dict)

    def at(self, key: str) -> str:
        """A key's place: `step.count`."""
        return f"{self.place}.{key}" if self.place else key

    def problem(self, code: str, key: str, /, **facts: object) -> Problem:
        """A problem at a key."""
        return problem(code, file=self.file, place=self.at(key), id=self.id, **facts)

    def report(self, code: str, key: str, /, **facts: object) -> None:
        """Add a problem at a key; an error makes the key faulty."""
        fault = self.problem(code, key, **facts)
        self.problems.append(fault)
        if fault.severity == "error":
            self.faulty.add(key)

    def inner(self, place: str, values: Mapping[str, Any], own_id: str = "") -> Self:
        """A table within this one, or of the same file."""
        return replace(self, place=place, values=values, id=own_id, faulty=set(), read={})

    def entries(self, name: str, id_key: str = "") -> Iterator[Self | tuple[str, Any]]:
        """The tables `[[name]]`, each named by its value of `id_key` or its number; anything else with its place."""
        for number, values in enumerate(self.values.get(name, ()), 1):
            numbered = f"{name}[{number}]"
            if not isinstance(values, dict):
                yield numbered, values
                continue
            given = values.get(id_key)
            own_id = given.strip() if isinstance(given, str) else ""
            yield self.inner(name if own_id else numbered, values, own_id)

    def read_keys(self, keys: Iterable[Key]) -> dict[str, Any]:
        """The understood value of each key; every fault is reported, and every key that is none of these."""
        known = {key.name: key for key in keys}
        for name in self.order(known):
            if name not in known:
                self.unknown_key(name, known)
            elif (value := self.take(known[name])) is not None:
                self.read[name] = value
        return self.read

    @abstractmethod
    def order(self, known: Mapping[str, Key]) -> Iterable[str]:
        """The keys in the order in which faults are reported, unknown ones among them."""

    @abstractmethod
    def take(self, key: Key) -> Any:
        """The value of a key; None where there is none, or it was refused."""

    @abstractmethod
    def unknown_key(self, name: str, known: Iterable[str]) -> None:
        """Report a key that the table does not have."""

    @abstractmethod
    def wrong_type(self, place: str, raw: object, key: Key) -> None:
        """Refuse a value of another type than the key's."""


# Declarations


@cache
def load_format(name: str) -> dict[str, Any]:
    """The declarations of a format: `case`, `procedure`."""
    return tomllib.loads((templates() / "format" / f"{name}.toml").read_text("utf-8"))


def object_schema(keys: Iterable[Key], *, described: bool = False) -> dict[str, Any]:
    """The JSON Schema of a table."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            key.name: {
                **key.kind.schema,
                **(key.kind.if_required if key.required else {}),
                **({"description": key.about} if described else {}),
            }
            for key in keys
        },
        "additionalProperties": False,
    }
    if required := [key.name for key in keys if key.required]:
        schema["required"] = required
    return schema


# Words


def quoted(words: Iterable[object], last: str = "") -> str:
    """Words to choose from: `"weeks", "months"`, or with a last word between them `"yes" or "no"`."""
    marked = [f'"{word}"' for word in words]
    return listed(marked, last) if last else ", ".join(marked)


def shown(value: object, table: str = "a table") -> str:
    """A value as a message shows it: text in quotation marks, cut short, nothing invisible."""
    match value:
        case str():
            text = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}..."
            return f'"{"".join(map(_visible, text))}"'
        case bool():
            return str(value).lower()
        case dict():
            return table
        case list():
            return "a list"
        case _:
            return str(value)


def _visible(sign: str) -> str:
    return sign if sign.isprintable() else f"\\x{ord(sign):02x}"


def toml_text(text: str) -> str:
    """Text as a TOML basic string: JSON's escapes are TOML's too, but TOML also forbids a bare DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_value(value: object) -> str:
    """A value as TOML."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return toml_text(value)
        case date():
            return value.isoformat()
        case tuple() | list():
            return f"[{', '.join(map(toml_value, value))}]"
        case _:
            raise TypeError(value)


# The text of a file


_MOST_KEY_PARTS = 200
_KEY_PART = re.compile(r"""\.[ \t]{0,9}[\w"'-]""")


def _has_endless_key(text: str) -> bool:
    """Whether a line of TOML has a key of hundreds of parts: Python's parser needs the square of them."""
    if text.count(".") <= _MOST_KEY_PARTS:
        return False
    return any(
        line.count(".") > _MOST_KEY_PARTS and len(_KEY_PART.findall(line)) > _MOST_KEY_PARTS
        for line in text.splitlines()
    )


ENDLESS_KEY = "a line with hundreds of dots"
"""The message of `parse_toml` for a key that would take minutes."""


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a text.

    Raises:
        ValueError: a `TOMLDecodeError`, or the refusal of an endless key, of a number of thousands of digits or of
            brackets without end.
    """
    if _has_endless_key(text):
        raise ValueError(ENDLESS_KEY)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("brackets too deep") from None


def undecodable_line(data: bytes, error: UnicodeDecodeError) -> int:
    """The line of the first byte that is no UTF-8 text."""
    return data[: error.start].count(b"\n") + 1
