"""Results as JSON: the contract's names for the fields of a dataclass, and its spelling of dates."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, time
from functools import cache
from typing import Any, ClassVar

from tracker.text import terminal_json

Record = dict[str, Any]
"""A JSON object."""

_AS_IT_IS = frozenset({str, int, bool, float, type(None)})
JSON_NAMES = {"day": "date", "from_": "from"}
"""What JSON calls a field where Python needs another name."""


def plain(value: object) -> Any:
    """A value as JSON holds it: dates as `YYYY-MM-DD`, times as `HH:MM:SS`."""
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    return value.record() if isinstance(value, JsonRecord) else value


@cache
def _names(kind: Any) -> tuple[tuple[str, str], ...]:
    """The fields of a dataclass that JSON shows: the name in JSON, and in Python."""
    shown = [each.name for each in fields(kind) if each.type != "bytes" and not each.name.startswith("_")]
    return tuple((JSON_NAMES.get(name, name), name) for name in shown)


class JsonRecord:
    """A dataclass that can be written as JSON, without the content of files and without private fields.

    `SCHEMA` is the name of its schema, where it has one: the object begins with it.
    """

    __slots__ = ()
    SCHEMA: ClassVar[str] = ""

    def record(self) -> Record:
        """The JSON object as a dictionary, in the contract's order."""
        kind: Any = type(self)
        record = {title: plain(getattr(self, name)) for title, name in _names(kind)}
        return {"schema": self.SCHEMA, **record} if self.SCHEMA else record

    def to_json(self) -> str:
        """The JSON object as text, the same that the commands write."""
        return terminal_json(json.dumps(self.record(), ensure_ascii=False, indent=2))
