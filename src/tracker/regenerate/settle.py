"""Choices made on the Conflicts sheet that write a cell, and conflicts that wait on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.formula.parse import column_number
from tracker.merge import OPEN, comparable, from_json
from tracker.regenerate.model import BOTH, NEW, YOURS, Conflict
from tracker.regenerate.shared import meeting_names, rows_by_id, spot_of
from tracker.workbook import layout
from tracker.workbook.reading import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.merge import CellValue
    from tracker.procedure.model import Procedure
    from tracker.regenerate.model import Choice, ConflictKey, Merge
    from tracker.workbook.patch.file import WorkbookFile
    from tracker.workbook.reading import Reading, ReadRow

_CELLS = {"cell", "copies"}


class Places:
    """Where the cells of remembered conflicts stand now: rows by their ID, single cells where they stood."""

    def __init__(self, reading: Reading, procedure: Procedure) -> None:
        self._reading = reading
        tables = (*(rules.table_name(stage.name) for stage in procedure.stages), rules.PLAN)
        self._rows = rows_by_id(row for table in tables for row in reading.tables[table])

    def entry(self, record: Mapping[str, Any]) -> ReadRow | None:
        """The row of an agency, a child or a meeting a conflict is about; None where it is gone."""
        meetings = self._reading.tables.get(layout.MEETING_TABLE, ())
        named = meeting_names(meetings)
        for table in (rules.AGENCIES, layout.CHILDREN_TABLE):
            for row in self._reading.tables.get(table, ()):
                if row.sheet == record["sheet"] and record["id"] in {row.text("Code"), row.text("Child")}:
                    return row
        known = (row for row in meetings if named[row.number] == record["id"])
        return next((row for row in known if row.sheet == record["sheet"]), None)

    def find(self, record: Mapping[str, Any], title: str = "") -> tuple[str, int, int] | None:
        """Sheet, row and column number; None where the cell is gone."""
        title = title or str(record["column"])
        row = self._rows.get(str(record["id"]))
        if row is not None and title in row.columns:
            return row.sheet, row.number, column_number(row.columns[title])
        if record.get("kind") == "typed over" and record["column"] == "Date in use":
            typed_cell = self._reading.clocks.get(str(record["id"]))
            if typed_cell:
                return place_of(typed_cell.cell)
        return place_of(str(record["cell"]))


def settle_cells(
    file: WorkbookFile,
    reading: Reading,
    procedure: Procedure,
    choices: Mapping[ConflictKey, Choice],
) -> bool:
    """Write the cells that open conflicts were settled to. Whether anything was written."""
    places = Places(reading, procedure)
    written = False
    for choice in choices.values():
        record = choice.conflict
        if record.get("state") != OPEN:
            continue
        for place, value in _writes(record, choice.take, places):
            file.put(*place, value)
            written = True
    return written


def _writes(
    record: Mapping[str, Any], take: str, places: Places
) -> Iterator[tuple[tuple[str, int, int], CellValue]]:
    title = str(record["column"])
    if record["kind"] in _CELLS and title and take in {NEW, BOTH}:
        place = places.find(record)
        if place:
            new = from_json(record["new"])
            yield place, f"{record['yours']}\n{new}" if take == BOTH else new
    if record["kind"] == "typed over" and take == YOURS:
        value = from_json(record["yours"])
        to = {"Due": "Agreed date", "Date in use": "Type it here"}.get(title)
        place = places.find(record, to) if to and isinstance(value, date) else None
        if place and (to != "Agreed date" or place != place_of(str(record["cell"]))):
            yield place, value
    if record["kind"] == "dropped" and take == NEW and (row := places.entry(record)):
        for title in row.values:
            spot = spot_of(row, title)
            yield (spot.sheet, spot.row, spot.column), None


def carried(merge: Merge, file: WorkbookFile, reading: Reading, procedure: Procedure) -> list[Conflict]:
    """Open conflicts of earlier runs that this one has not met again and nobody has settled."""
    places = Places(reading, procedure)
    met = {each.key for each in (*merge.conflicts, *merge.settled)}
    waiting = []
    for record in reading.issue.conflicts:
        found = conflict_of(record)
        if record.get("state") != OPEN or found.key in met or found.key in merge.choices:
            continue
        if found.kind in _CELLS and not _still(file, places, record):
            continue
        if found.kind == "dropped" and places.entry(record) is None:
            continue
        if found.kind in {*_CELLS, "typed over", "dropped"}:
            waiting.append(found)
    return waiting


def _still(file: WorkbookFile, places: Places, record: Mapping[str, Any]) -> bool:
    """Whether a cell still holds what the person had when the conflict was listed."""
    place = places.find(record)
    if place is None:
        return False
    value = file.cell(*place).value
    yours = from_json(record["yours"])
    if isinstance(yours, date):
        return comparable(value) == comparable(file.number(yours))
    return comparable(value) == comparable(yours)


def conflict_of(record: Mapping[str, Any]) -> Conflict:
    """A conflict as the hidden sheet remembers it."""
    title = str(record["column"])
    return Conflict(
        str(record["kind"]), str(record["sheet"]), str(record["id"]), title, str(record["cell"]),
        from_json(record["was"]), from_json(record["yours"]), from_json(record["new"]),
        str(record["do"]), str(record["number"]), str(record["state"]),
    )  # fmt: skip


def settled_otherwise(merge: Merge, records: Sequence[Mapping[str, Any]]) -> list[Conflict]:
    """Choices on conflicts that no longer arise: they are settled all the same."""
    done = {each.key for each in merge.settled} | {each.key for each in merge.conflicts}
    found = []
    for record in records:
        conflict = conflict_of(record)
        choice = merge.choices.get(conflict.key)
        if record.get("state") == OPEN and choice and conflict.key not in done:
            # Of two about one cell, as three copies make them, the choice was made on the other.
            own = str(choice.conflict["number"]) == conflict.number
            found.append(replace(conflict, state=choice.take if own else YOURS))
    return found


def settles_open_conflict(choices: Mapping[ConflictKey, Choice]) -> bool:
    """Whether somebody has chosen on a conflict that was still open."""
    return any(choice.conflict.get("state") == OPEN for choice in choices.values())
