"""What a run of regenerate does, as plain values: cells set, rows added, conflicts that a person must settle."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import column_letters, column_number
from tracker.merge import OPEN, CellFate, comparable, from_json, merge_cell, shorten_value
from tracker.records import JsonRecord, Record, plain
from tracker.workbook import layout
from tracker.workbook.reading import address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.workbook.issue import Issue
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import CellValue, ReadRow

    Load = Callable[[Issue], tuple[Procedure | None, list[Problem]]]
    """Finds the procedure of a workbook's issue."""

YOURS, NEW, BOTH = "yours", "new", "both"
ConflictKey = tuple[str, str, str, str]
TAKES = (YOURS, NEW, BOTH)


def action_tables(procedure: Procedure) -> list[tuple[str, str, tuple[SheetColumn, ...]]]:
    """Sheet, table and columns of each stage and, last, of the plan."""
    stages = [(each.name, rules.table_name(each.name), layout.STAGE_COLUMNS) for each in procedure.stages]
    return [*stages, (layout.PLAN, rules.PLAN, layout.PLAN_COLUMNS)]


def action_rules(procedure: Procedure) -> dict[str, Mapping[str, Formula]]:
    """The formulas by title, for each sheet of `action_tables`."""
    stage = rules.stage_rules(procedure)
    return {**{each.name: stage for each in procedure.stages}, layout.PLAN: rules.plan_rules()}


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


def spot_of(row: ReadRow, title: str, row_id: str = "") -> CellSpot:
    """The place of a row's cell under a title."""
    return CellSpot(row.sheet, row.number, column_number(row.columns[title]), row_id or row.text("ID"), title)


def rows_by_id(rows: Iterable[ReadRow]) -> dict[str, ReadRow]:
    """The rows that have an ID; of two with one ID, the first."""
    found: dict[str, ReadRow] = {}
    for row in rows:
        if row.text("ID"):
            found.setdefault(row.text("ID"), row)
    return found


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
class Conflict(JsonRecord):
    """Something that only a person can settle.

    `kind` is `cell`, `typed over`, `withdrawn` (a row), `dropped` (an entry of a list), `deleted` or `copies`.
    """

    number: str = field(default="", kw_only=True)
    kind: str
    sheet: str
    id: str
    column: str
    cell: str
    was: CellValue
    yours: CellValue
    new: CellValue
    do: str
    state: str = OPEN

    @property
    def key(self) -> ConflictKey:
        """What makes it the same conflict in the next run."""
        return self.kind, self.sheet, self.id, self.column


def conflict_at(
    kind: str, spot: CellSpot, was: CellValue, yours: CellValue, new: CellValue, do: str
) -> Conflict:
    """A conflict about one cell."""
    return Conflict(kind, spot.sheet, spot.id, spot.title, spot.cell, was, yours, new, do)


def conflict_key(record: Mapping[str, Any]) -> ConflictKey:
    """The key of a conflict as a record holds it."""
    kind, sheet, row_id, column = (str(record.get(name, "")) for name in ("kind", "sheet", "id", "column"))
    return kind, sheet, row_id, column


def is_note(value: object, column: str) -> bool:
    """Whether a value is a sentence beside which another can stand in one cell: no name, date or word of a list."""
    return column in layout.NOTES and isinstance(value, str) and isinstance(from_json(value), str)


def what_to_take(column: str, yours: CellValue, new: CellValue, source: str = "") -> str:
    """What to do about a conflict between two values of a column; `source` is the copy the new one is from."""
    from_copy = f" from {source}" if source else ""
    both = ", or both" if is_note(yours, column) and is_note(new, column) else ""
    return f"Take yours to keep {shorten_value(yours)}, or new to have {shorten_value(new)}{from_copy}{both}."


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person took on the Conflicts sheet, of the conflict as it was listed."""

    take: str
    conflict: Mapping[str, Any]

    @property
    def possible(self) -> bool:
        """Whether the choice can be made: only two texts can both be kept."""
        texts = (self.conflict.get("yours"), self.conflict.get("new"))
        column = str(self.conflict.get("column") or "")
        whole = self.conflict.get("kind") in {"cell", "copies"} and bool(column)
        return self.take != BOTH or (whole and all(is_note(each, column) for each in texts))

    def settles(self, new: CellValue) -> bool:
        """Whether the choice still fits: the new value is the one it was made on."""
        return comparable(plain(new)) == comparable(self.conflict.get("new"))


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
    kept: list[SetCell] = field(default_factory=list)  # edits in the procedure's cells that stay: not set
    conflicts: list[Conflict] = field(default_factory=list)
    settled: list[Conflict] = field(default_factory=list)
    restored: set[str] = field(default_factory=set)
    mended: list[str] = field(default_factory=list)  # titles, tables and references put right before
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
        differs = comparable(edited) != comparable(new)
        fate = merge_cell(base, edited, new)
        if spot.cell in self.restore and differs:
            self.restored.add(spot.cell)
            fate = CellFate.TAKE
        elif fate is CellFate.CONFLICT:
            take = self.settle(
                conflict_at("cell", spot, base, edited, new, what_to_take(spot.title, edited, new))
            )
            if take != NEW:
                return edited, new if take else base  # both are in the cell by now
            fate = CellFate.TAKE
        if fate is CellFate.TAKE:
            self.put(spot, new, edited)
            return new, new
        if owned and differs:
            self.kept.append(SetCell(spot, new, edited))
        return edited, new

    def settle(self, found: Conflict) -> str:
        """What a person chose for a conflict; empty where nobody has, or it is another one by now: it is listed."""
        choice = self.choices.get(found.key)
        if choice is None or not choice.settles(found.new):
            self.conflicts.append(found)
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
