"""What a run of regenerate does, as plain values: cells set, rows added, conflicts that a person must settle."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.formula.evaluate import Formula
from tracker.formula.parse import column_letters
from tracker.merge import OPEN, CellFate, comparable, from_json, merge_cell, shorten_value
from tracker.records import JsonRecord, Record, plain
from tracker.text import clean_text
from tracker.workbook.reading import address, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.merge import CellValue
    from tracker.problems import Problem
    from tracker.workbook.reading import Reading

YOURS, NEW, BOTH = "yours", "new", "both"
ConflictKey = tuple[str, str, str, str]
TAKES = (YOURS, NEW, BOTH)


@dataclass(frozen=True, slots=True)
class CellSpot:
    """A cell of the file: sheet, row and column number; and what it is to people: row ID and column title."""

    sheet: str
    row: int
    column: int
    id: str
    title: str

    @property
    def cell(self) -> str:
        """The address people know: `'Rapid Review'!F12`."""
        return address(self.sheet, column_letters(self.column), self.row)


def parse_address(cell: str, reading: Reading) -> str:
    """An address as people type it, as this program spells it: `Rapid Review!$b$5` is `'Rapid Review'!B5`."""
    sheet, _, ref = cell.rpartition("!")
    plain = clean_text(sheet).strip("'").replace("''", "'")
    named = next((each for each in reading.sheets.values() if each.casefold() == plain.casefold()), plain)
    return f"{quoted(named)}!{ref.replace('$', '').strip().upper()}"


@dataclass(frozen=True, slots=True)
class SetCell:
    """A cell that gets another content. `was` is what a person sees there now."""

    spot: CellSpot
    content: CellValue | Formula
    was: CellValue = None

    def record(self) -> Record:
        """As JSON holds it; a formula is not shown."""
        formula = isinstance(self.content, Formula)
        return {
            "cell": self.spot.cell, "id": self.spot.id, "column": self.spot.title, "was": plain(self.was),
            "now": None if formula else plain(self.content), "formula": formula,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class AddRow:
    """A row put below a table. `values` by title; `like` is the sheet row whose look it takes, 0 for the last."""

    table: str
    id: str
    values: Mapping[str, CellValue]
    like: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that only a person can settle.

    `kind` is `cell`, `typed over`, `withdrawn` (a row), `dropped` (an entry of a list), `deleted` or `copies`.
    """

    kind: str
    sheet: str
    id: str
    column: str
    cell: str
    was: CellValue
    yours: CellValue
    new: CellValue
    do: str
    number: str = ""
    state: str = OPEN

    @property
    def key(self) -> ConflictKey:
        """What makes it the same conflict in the next run."""
        return self.kind, self.sheet, self.id, self.column

    def record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "number": self.number, "kind": self.kind, "sheet": self.sheet, "id": self.id,
            "column": self.column, "cell": self.cell, "was": as_json(self.was), "yours": as_json(self.yours),
            "new": as_json(self.new), "do": self.do, "state": self.state,
        }  # fmt: skip


def conflict_key(record: Mapping[str, Any]) -> ConflictKey:
    """The key of a conflict as a record holds it."""
    kind, sheet, row_id, column = (str(record.get(name, "")) for name in ("kind", "sheet", "id", "column"))
    return kind, sheet, row_id, column


def is_note(value: object) -> bool:
    """Whether a value is a text beside which another can stand in one cell: no date in a record's spelling."""
    return isinstance(value, str) and isinstance(from_json(value), str)


def what_to_take(yours: CellValue, new: CellValue, source: str = "") -> str:
    """What to do about a conflict between two values; `source` is the copy that the new one is from."""
    from_copy = f" from {source}" if source else ""
    both = ", or both" if is_note(yours) and is_note(new) else ""
    return f"Take yours to keep {shorten_value(yours)}, or new to have {shorten_value(new)}{from_copy}{both}."


def as_json(value: CellValue) -> str | float | None:
    """A value as JSON holds it: dates as `YYYY-MM-DD`."""
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person took on the Conflicts sheet, of the conflict as it was listed."""

    take: str
    conflict: Mapping[str, Any]

    @property
    def possible(self) -> bool:
        """Whether the choice can be made: only two texts can both be kept."""
        texts = (self.conflict.get("yours"), self.conflict.get("new"))
        whole = self.conflict.get("kind") in {"cell", "copies"} and bool(self.conflict.get("column"))
        return self.take != BOTH or (whole and all(is_note(each) for each in texts))

    def settles(self, new: CellValue) -> bool:
        """Whether the choice still fits: the new value is the one it was made on."""
        return comparable(as_json(new)) == comparable(self.conflict.get("new"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A cell of the procedure that a person changed and that stays so; `new` is what it would be."""

    spot: CellSpot
    now: CellValue
    new: CellValue


@dataclass(slots=True)
class Merge:
    """Gathers what a run does."""

    restore: frozenset[str] = frozenset()
    source: str = ""  # the copy whose values are the new ones; empty: the case and its procedure
    choices: Mapping[ConflictKey, Choice] = field(default_factory=dict)
    cells: list[SetCell] = field(default_factory=list)
    rows: list[AddRow] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    settled: list[Conflict] = field(default_factory=list)
    restored: set[str] = field(default_factory=set)
    mended: list[str] = field(
        default_factory=list
    )  # titles, tables and references put right before the merge
    marks: list[str] = field(default_factory=list)  # layout, edition, case: what the workbook says of itself

    def put(self, spot: CellSpot, content: CellValue | Formula, was: CellValue = None) -> None:
        """Set a cell."""
        self.cells.append(SetCell(spot, content, was))

    def cell(
        self, spot: CellSpot, base: CellValue, edited: CellValue, new: CellValue, *, owned: bool = False
    ) -> tuple[CellValue, CellValue]:
        """Merge one cell. Returns what it holds afterwards and what its base is from then on.

        `owned` are the procedure's: an edit that is kept there is listed, and `restore` takes it back.
        """
        if spot.cell in self.restore and comparable(edited) != comparable(new):
            self.restored.add(spot.cell)
            self.put(spot, new, edited)
            return new, new
        fate = merge_cell(base, edited, new)
        if fate is CellFate.TAKE:
            self.put(spot, new, edited)
            return new, new
        if fate is CellFate.KEEP:
            if owned and comparable(edited) != comparable(new):
                self.kept.append(Kept(spot, edited, new))
            return edited, new
        return self._conflict(spot, base, edited, new)

    def _conflict(
        self, spot: CellSpot, base: CellValue, edited: CellValue, new: CellValue
    ) -> tuple[CellValue, CellValue]:
        do = what_to_take(edited, new)
        found = Conflict("cell", spot.sheet, spot.id, spot.title, spot.cell, base, edited, new, do)
        take = self.user_choice(found)
        if take == NEW:
            self.put(spot, new, edited)
            return new, new
        if take in {YOURS, BOTH}:  # both are in the cell by now
            return edited, new
        self.conflicts.append(found)
        return edited, base

    def user_choice(self, found: Conflict) -> str:
        """What a person chose for a conflict; empty where nobody has, or it is another one by now."""
        choice = self.choices.get(found.key)
        if choice is None or not choice.settles(found.new):
            return ""
        self.settled.append(replace(found, number=str(choice.conflict["number"]), state=choice.take))
        return choice.take


@dataclass(frozen=True, slots=True)
class Outcome(JsonRecord):
    """The result of a run: the new file, what was done, and the conflicts on record.

    `content` is the very file that was read where nothing had to change.
    """

    path: str
    content: bytes
    changed: bool
    merge: Merge
    records: Sequence[Mapping[str, Any]]
    problems: Sequence[Problem]
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def open_conflicts(self) -> list[Mapping[str, Any]]:
        """The conflicts somebody still has to settle."""
        return [each for each in self.records if each["state"] == "open"]

    def record(self) -> Record:
        """What was done, as JSON holds it."""
        merge = self.merge
        return {
            "path": self.path,
            "changed": self.changed,
            "added": [
                {"id": each.id, "table": each.table, "cell": self.places.get(f"{each.table} {each.id}", "")}
                for each in merge.rows
            ],
            "adopted": merge.adopted,
            "withdrawn": merge.withdrawn,
            "marks": merge.marks,
            "deleted": merge.deleted,
            "cells": [each.record() for each in merge.cells],
            "conflicts": [dict(each) for each in self.open_conflicts],
            "settled": [each.record() for each in merge.settled],
        }
