"""Sections of a case description: each value taken, or refused with a problem at its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracker.case.fields import WANTED, FieldKey, Is, home_of, table_header
from tracker.case.values import ValueFault, quoted, shape_fault, take, wrong_type
from tracker.problems import Problem, codes, problem
from tracker.text import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


_SUGGESTED = 100


@dataclass(slots=True)
class SectionReader:
    """Takes values and collects problems. `faulty` are the places whose value was refused."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)

    def report(self, code: str, place: str, **facts: str) -> None:
        """Add a problem; an error makes the place faulty."""
        found = problem(code, file=self.file, place=place, **facts)
        self.problems.append(found)
        if found.severity == "error":
            self.faulty.add(place)

    def fault(self, fault: ValueFault, place: str) -> None:
        """Add the problem that a fault describes."""
        self.report(fault.code, place, **fault.facts)

    def table(self, tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """The section of that name; empty where there is none, or something else in its place."""
        raw = tables.get(name, {})
        if isinstance(raw, dict):
            return raw
        self.fault(wrong_type(raw, f"a section {table_header(name)}", table_header(name)), name)
        return {}

    def tables(self, tables: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The sections `[[name]]`, each with its place, counted from 1: `children[2]`."""
        raw = tables.get(name, [])
        header = table_header(name)
        if not isinstance(raw, list):
            self.fault(wrong_type(raw, f"a section {header} for each, in double brackets", header), name)
            return
        for number, item in enumerate(raw, 1):
            place = f"{name}[{number}]"
            if isinstance(item, dict):
                yield place, item
            else:
                self.fault(wrong_type(item, f"a section {header}", header), place)

    def section(self, table: Mapping[str, Any], place: str, keys: tuple[FieldKey, ...]) -> dict[str, Any]:
        """The understood values of a section by key; unknown, missing and refused ones are reported."""
        by_name = {key.name: key for key in keys}
        values = {}
        for name, raw in table.items():
            where = f"{place}.{name}"
            if name not in by_name:
                self.unknown_key(name, where, by_name)
            elif (value := self.value(by_name[name], raw, where)) is not None:
                values[name] = value
        for key in keys:
            where = f"{place}.{key.name}"
            if key.required and where not in self.faulty and values.get(key.name, "") == "":
                self.report(codes.VALUE_MISSING, where, about=key.about, example=key.line)
        return values

    @property
    def suggests(self) -> bool:
        """Whether a word that is not known gets a suggestion: a file of thousands of them is none of ours."""
        return len(self.problems) < _SUGGESTED

    def unknown_key(self, name: str, place: str, known: Iterable[str]) -> None:
        """A key that the description does not have there, with where it may belong."""
        words = list(known)
        home = home_of(name)
        hint = f" (it belongs {home})" if home else did_you_mean(name, words) if self.suggests else ""
        self.report(codes.UNKNOWN_KEY, place, name=name, known=quoted(words), hint=hint)

    def value(self, key: FieldKey, raw: object, place: str) -> Any:
        """The value of a key, or None where it was refused."""
        if key.kind in {Is.TEXTS, Is.DATES}:
            return self._items(key, raw, place)
        taken = self._item(key, raw, place)
        if key.kind is Is.EMAIL and taken is not None and (odd := shape_fault(key.kind, taken)):
            self.fault(odd, place)
        return taken

    def _items(self, key: FieldKey, raw: object, place: str) -> tuple[Any, ...] | None:
        if not isinstance(raw, list):
            self.fault(wrong_type(raw, WANTED[key.kind], key.line), place)
            return None
        # A refused item leaves a gap, so that the places of those after it stay true.
        return tuple(self._item(key, item, f"{place}[{number}]") for number, item in enumerate(raw, 1))

    def _item(self, key: FieldKey, raw: object, place: str) -> Any:
        taken = take(key, raw)
        if isinstance(taken, ValueFault):
            self.fault(taken, place)
            return None
        return taken
