"""Results as JSON: the contract's names for the fields of a dataclass, and its spelling of dates."""

from __future__ import annotations

import json
import pickle
import sys
import zlib
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, time
from functools import cache, cached_property, lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from tracker.text import terminal_json

if TYPE_CHECKING:
    from collections.abc import Callable

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
    if isinstance(value, (tuple, list, PackedRecords)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    return value.record() if isinstance(value, JsonRecord) else value


@cache
def _names(kind: type) -> tuple[tuple[str, str], ...]:
    """The fields of a dataclass that JSON shows: the name in JSON, and in Python."""
    shown = [each.name for each in fields(kind) if each.type != "bytes" and not each.name.startswith("_")]
    return tuple((JSON_NAMES.get(name, name), name) for name in shown)


class JsonRecord:
    """A dataclass that can be written as JSON, without the content of files and without private fields.

    `SCHEMA` is the name of its schema, where it has one: the object begins with it. `REPEATED` is set where many cases
    have an equal one, which is then held once.
    """

    __slots__ = ()
    SCHEMA: ClassVar[str] = ""
    REPEATED: ClassVar[bool] = False

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """How another process gets it: each text and date of all that it gets is held once there."""
        kind: Any = type(self)
        return _unpickle_repeated if self.REPEATED else _unpickle, _values_of(kind)(self)

    def record(self) -> Record:
        """The JSON object as a dictionary, in the contract's order."""
        kind: Any = type(self)
        record = {title: plain(getattr(self, name)) for title, name in _names(kind)}
        return {"schema": self.SCHEMA, **record} if self.SCHEMA else record

    def to_json(self) -> str:
        """The JSON object as text, the same that the commands write."""
        return terminal_json(json.dumps(self.record(), ensure_ascii=False, indent=2))


# From one process to another: what is the same in many cases would come anew with each


@cache
def _values_of(kind: type) -> Callable[[object], tuple[Any, ...]]:
    """What gives the class of a record and its values."""
    return attrgetter("__class__", *(each.name for each in fields(kind)))


def _unpickle(kind: type, *values: Any) -> Any:
    # Most values are texts or nothing: a call for each would take half of the time.
    return kind(
        *[
            sys.intern(each) if type(each) is str else each if each is None else _shared(each)
            for each in values
        ]
    )


@lru_cache(maxsize=2048, typed=True)
def _unpickle_repeated(kind: type, *values: Any) -> Any:
    return _unpickle(kind, *values)


def _shared(value: Any) -> Any:
    """An equal value that is held already, of the kinds worth it."""
    kind = type(value)
    # Of tuples those of texts alone: they are few, and records would be held longer than their case.
    if kind is date or kind is frozenset or (kind is tuple and value and type(value[0]) is str):
        return _same(value)
    if kind is dict:
        return {sys.intern(name): _shared(each) for name, each in value.items()}
    return sys.intern(value) if kind is str else value


@lru_cache(maxsize=4096)
def _same(value: Any) -> Any:
    return value


class PackedRecords(Sequence[Any]):
    """Records that are sent to another process, where few of them are looked at: packed until somebody does."""

    def __init__(self, records: Sequence[JsonRecord]) -> None:
        """The records are packed here; nothing but the packed bytes is sent."""
        self._packed = zlib.compress(pickle.dumps(tuple(records)), 1)

    @cached_property
    def _records(self) -> tuple[Any, ...]:
        return tuple(pickle.loads(zlib.decompress(self._packed)))  # noqa: S301  our own process packed them

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, place: Any) -> Any:
        return self._records[place]

    def __eq__(self, other: object) -> bool:
        return self._records == (other._records if isinstance(other, PackedRecords) else other)

    def __hash__(self) -> int:
        return hash(self._records)
