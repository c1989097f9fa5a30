"""The shape of a set's files, taken from the loader itself: it is run over tables that note what it asks them for.

So an editor's JSON Schema and the page on the format are the loader's own definitions, and there is no second one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from tracker.procedure.build import GENERAL_FILES, ProcedureSource, build
from tracker.procedure.conditions import testable
from tracker.procedure.read import LARGEST_COUNT, Form, TomlTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

STAGE_FILE = "STAGE.toml"
"""Our name for the file of a stage; each set names its own files."""


@dataclass(frozen=True, slots=True)
class ShapeKey:
    """What the loader asks for at one key: JSON Schema of its value, the same in words, the tables within."""

    schema: Mapping[str, Any]
    words: str
    required: bool
    inner: Probe | None = None


class Probe(TomlTable):
    """A table that holds nothing and notes every key it is asked for."""

    def __init__(self) -> None:
        TomlTable.__init__(self, "", "", {}, [])
        self.keys: dict[str, ShapeKey] = {}

    def _note(
        self, key: str, schema: Mapping[str, Any], words: str, required: bool, inner: Probe | None = None
    ) -> None:
        self.keys[key] = ShapeKey(schema, words, required, inner)

    def report(self, code: str, key: str, /, **facts: object) -> None:
        """An empty table has every fault."""

    def close(self) -> None:
        """Nothing was given that nobody asked for."""

    def raw(self, key: str, *, required: bool = False) -> Any:
        """Only conditions are taken as they stand."""
        self._note(key, _condition(), "a condition, or a list of them", required)

    def text(self, key: str, *, required: bool = False, form: Form | None = None) -> str:
        """A text."""
        schema: dict[str, Any] = {"type": "string"}
        if form:
            # Neither kind of whole-match is written alike in Python and in a schema.
            schema["pattern"] = f"^(?:{form.pattern.pattern})$"
        elif required:
            schema["minLength"] = 1
        self._note(key, schema, f"text: {form.rule}" if form else "text", required)
        return ""

    def whole(self, key: str, *, required: bool = False) -> int | None:
        """A whole number."""
        schema = {"type": "integer", "minimum": -LARGEST_COUNT, "maximum": LARGEST_COUNT}
        self._note(key, schema, "whole number", required)
        return None

    def flag(self, key: str) -> bool:
        """True or false."""
        self._note(key, {"type": "boolean"}, "true or false", required=False)
        return False

    def day(self, key: str, *, required: bool = True) -> date | None:
        """A date."""
        self._note(key, {"type": "string", "format": "date"}, "date, without quotation marks", required)
        return None

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        self._note(key, _texts(required), "list of texts", required)
        return ()

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of them."""
        either = [{"type": "string", "minLength": 1}, _texts(required=True)]
        self._note(key, {"anyOf": either}, "text, or list of texts", required=True)
        return ()

    def named_texts(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of texts."""
        schema = {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}}
        self._note(key, schema, "table of texts", required=False)
        return ()

    def word(self, key: str, known: Iterable[str], *, required: bool = False) -> str:
        """One of some words."""
        words = list(known)
        self._note(key, {"enum": words}, f"one of {', '.join(words)}", required)
        return ""

    def table(self, key: str, *, required: bool = False) -> TomlTable | None:
        """A table within."""
        inner = Probe()
        self._note(key, {}, "table", required, inner)
        return inner

    def tables(self, key: str, id_key: str = "", *, required: bool = False) -> Iterator[TomlTable]:
        """Entries within."""
        del id_key
        inner = Probe()
        self._note(key, {"type": "array"}, "entries", required, inner)
        yield inner


def _texts(required: bool) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, **({"minItems": 1} if required else {})}


def _condition() -> dict[str, Any]:
    """A condition: fields of the case, quoted or as a table in a table, each with a value or some."""
    tests: dict[str, Any] = {}
    for path, values in testable().items():
        value = {"enum": list(values)} if values else {"type": "string"}
        test = {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}
        section, _, key = path.partition(".")
        tests[path] = test
        nested = tests.setdefault(
            section, {"type": "object", "properties": {}, "additionalProperties": False}
        )
        nested["properties"][key] = test
    one = {"type": "object", "properties": tests, "additionalProperties": False, "minProperties": 1}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


@cache
def files() -> Mapping[str, Probe]:
    """Each kind of file with the keys the loader asks it for."""
    probes = {name: Probe() for name in (*GENERAL_FILES, STAGE_FILE)}
    build(ProcedureSource("", "", probes, frozenset()))
    return probes


def _object(probe: Probe) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {key: _value(each) for key, each in probe.keys.items()},
        "additionalProperties": False,
    }
    if needed := [key for key, each in probe.keys.items() if each.required]:
        schema["required"] = needed
    return schema


def _value(key: ShapeKey) -> Mapping[str, Any]:
    if key.inner is None:
        return key.schema
    inner = _object(key.inner)
    if key.schema.get("type") != "array":
        return inner
    return {"type": "array", "items": inner, **({"minItems": 1} if key.required else {})}


def _mark(name: str) -> str:
    """The key by which a file is known: its entries, or its first key."""
    keys = files()[name].keys
    return next(
        (key for key, each in keys.items() if name != GENERAL_FILES[0] and each.inner and each.schema),
        "title",
    )


def schema_text() -> str:
    """The schema as the text of its file."""
    return json.dumps(schema(), indent=1) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of every file of a set; which of them a file is shows in its entries."""
    names = {name: name.partition(".")[0].lower() for name in files()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A file of a procedure set of the action tracker",
        "type": "object",
        # No boards or no agencies is a set, too.
        "anyOf": [*({"required": [_mark(name)]} for name in names), {"maxProperties": 0}],
        "allOf": [
            {"if": {"required": [_mark(name)]}, "then": {"$ref": f"#/definitions/{kind}"}}
            for name, kind in names.items()
        ],
        "definitions": {kind: _object(files()[name]) for name, kind in names.items()},
    }


@dataclass(frozen=True, slots=True)
class ShapeLine:
    """One key of a file, for people: `clock.provisional.count`."""

    key: str
    words: str
    required: bool


def lines(name: str) -> dict[str, ShapeLine]:
    """The keys of a file, each with its line; keys that are paths of a case stand once."""
    return {line.key: line for line in _lines("", files()[name])}


def _lines(place: str, probe: Probe) -> Iterator[ShapeLine]:
    for key, each in probe.keys.items():
        path = f"{place}{'PATH' if '.' in key else key}"
        yield ShapeLine(path, each.words, each.required)
        if each.inner:
            yield from _lines(f"{path}.", each.inner)
