"""TOML as people write it, read by a declaration of its keys: what each is, whether it is needed and what it means.

A case description and a procedure set are read by it. Each brings its kinds of value and its words for a fault.
"""

from __future__ import annotations

import tomllib
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tracker.problems import Problem, problem
from tracker.text import has_endless_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Self

K = TypeVar("K")


@dataclass(frozen=True)
class Key(Generic[K]):
    """One key. `about` says what it is for, `example` is its value as TOML.

    `needed` tells by the values read before it whether the key must be there, where `required` is not always true.
    """

    name: str
    kind: K
    about: str
    example: str = ""
    required: bool = False
    needed: Callable[[Mapping[str, Any]], object] | None = None

    @property
    def line(self) -> str:
        """The key as a line of TOML: `aware = 2026-11-02`."""
        return f"{self.name} = {self.example}"


@dataclass(slots=True)
class TomlTable(ABC, Generic[K]):
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
        found = self.problem(code, key, **facts)
        self.problems.append(found)
        if found.severity == "error":
            self.faulty.add(key)

    def inner(self, place: str, values: Mapping[str, Any], own_id: str = "") -> Self:
        """A table within this one, or of the same file."""
        return type(self)(self.file, place, values, self.problems, own_id)

    def entries(self, name: str, id_key: str = "") -> Iterator[Self | tuple[str, Any]]:
        """The tables `[[name]]`, each called by its value of `id_key` or its number; what is none with its place."""
        for number, values in enumerate(self.values.get(name, ()), 1):
            numbered = f"{name}[{number}]"
            if not isinstance(values, dict):
                yield numbered, values
                continue
            called = values.get(id_key)
            own_id = called.strip() if isinstance(called, str) else ""
            yield self.inner(name if own_id else numbered, values, own_id)

    def read_keys(self, keys: Iterable[Key[K]]) -> dict[str, Any]:
        """The understood value of each key; every fault is reported, and every key that is none of these."""
        known = {key.name: key for key in keys}
        for name in self.order(known):
            if name not in known:
                self.unknown_key(name, known)
            elif (value := self.take(known[name])) is not None:
                self.read[name] = value
        return self.read

    @abstractmethod
    def order(self, known: Mapping[str, Key[K]]) -> Iterable[str]:
        """The keys in the order in which faults are reported, unknown ones among them."""

    @abstractmethod
    def take(self, key: Key[K]) -> Any:
        """The value of a key; None where there is none, or it was refused."""

    @abstractmethod
    def unknown_key(self, name: str, known: Mapping[str, Key[K]]) -> None:
        """Report a key that the table does not have."""


class EndlessKeyError(ValueError):
    """A key of hundreds of parts."""


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a text.

    Raises:
        EndlessKeyError: for a key that would take minutes.
        ValueError: a `TOMLDecodeError`, or Python's own refusal of a number of thousands of digits.
        RecursionError: for brackets without end.
    """
    if has_endless_key(text):
        raise EndlessKeyError
    return tomllib.loads(text)


def undecodable_line(data: bytes, error: UnicodeDecodeError) -> int:
    """The line of the first byte that is no UTF-8 text."""
    return data[: error.start].count(b"\n") + 1
