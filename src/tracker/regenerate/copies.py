"""Several copies of one workbook, edited separately: merged cell by cell against the baseline they share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import column_letters
from tracker.merge import (
    AddRow,
    Conflict,
    Merge,
    Values,
    action_tables,
    comparable,
    conflict_at,
    issued_rows,
    rows_by_id,
    shorten_value,
    spot_of,
    what_to_take,
)
from tracker.problems import Problem, codes, problem
from tracker.regenerate.apply import Applier, OurCells
from tracker.regenerate.mend import (
    MENDED,
    Ready,
    UnreadableError,
    mend_workbook,
    names_for,
    open_workbook,
    wake_rows,
)
from tracker.regenerate.rows import has_work, same_values
from tracker.regenerate.shared import SharedCells, entry_names
from tracker.regenerate.sheets import copy_choices, sheets_of_ours
from tracker.text import clean_text, quantity
from tracker.workbook import layout
from tracker.workbook.case_of import case_of
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.patch.markup import CannotPatchError
from tracker.workbook.reading import address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.formula.values import Value
    from tracker.merge import SetCell
    from tracker.procedure.model import Procedure
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.read import LoadProcedure
    from tracker.workbook.reading import CellValue, Reading, ReadRow
    from tracker.workbook.return_reader import ReadReturn

_UNDESCRIBED: Mapping[str, tuple[str, str]] = {
    layout.MEETING_TABLE: ("Kind", "Held"),
    layout.CLOSURE_TABLE: ("Office closure", "Note"),
    layout.HOLIDAY_TABLE: ("Bank holiday", "Name"),
    rules.AGENCIES: ("Code", "From date"),
}
"""Lists with a column that no case description has: the column their rows are known by, and that one."""

_KNOWN_BY: Mapping[str, tuple[str, ...]] = {
    rules.PLAN: ("Recommendation", "Action"),
    layout.LOG_TABLE: ("Date", "ID", "Text"),
    layout.PROCEEDINGS_TABLE: ("Kind", "Contact"),
}
"""What a row without an ID is known by in two copies; others by their action."""
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies merged into the first: its bytes with what the others add, what differs, and every problem."""

    content: bytes
    conflicts: tuple[Conflict, ...]
    problems: tuple[Problem, ...]
    returns: tuple[ReadReturn, ...] = ()  # what was merged as well
    cells: tuple[SetCell, ...] = ()  # what they filled in


class _Merger:
    """Merges a second copy into the first, against the baseline that both descend from."""

    def __init__(self, first: Reading, second: Reading, procedure: Procedure) -> None:
        base = second.baseline if first.baseline.descends_from(second.baseline) else first.baseline
        self.first, self.second, self.procedure = replace(first, baseline=base), second, procedure
        self.merge = Merge()

    def run(self) -> Merge:
        """Everything that was typed into the second."""
        edited, _ = case_of(self.first, self.procedure)
        new, _ = case_of(self.second, self.procedure)
        SharedCells(self.merge, self.first, self.procedure, self.first.baseline.case, edited, new).run()
        for sheet, table, columns, _ in action_tables(self.procedure):
            self._rows(table, sheet, columns)
        for table in (layout.LOG_TABLE, layout.PROCEEDINGS_TABLE):
            self._own_rows(table, self.first.tables[table], self.second.tables[table])
        for table, (key, title) in _UNDESCRIBED.items():
            self._extra(table, key, title)
        return self.merge

    # Rows with an ID, and people's own

    def _rows(self, table: str, sheet: str, columns: Sequence[SheetColumn]) -> None:
        base = issued_rows(self.first, sheet, columns)
        mine, theirs = (rows_by_id(each.tables[table]) for each in (self.first, self.second))
        for row_id, row in theirs.items():
            if row_id in mine:
                self._cells(mine[row_id], row, row_id, base.get(row_id, {}), columns)
            elif row_id not in base:
                self.merge.rows.append(AddRow(table, row_id, {**row.values, "ID": row_id}))
            elif has_work(row) or not same_values(row.values, base[row_id], *base[row_id]):
                self._gone(row, row_id, self.first.path, sheet)
        for row_id, row in mine.items():
            if row_id not in theirs and row_id in base:
                self._gone(row, row_id, self.second.path, row.sheet)
        both = (self.first.tables[table], self.second.tables[table])
        self._own_rows(table, *([row for row in rows if not row.text("ID")] for rows in both))

    def _cells(
        self, mine: ReadRow, theirs: ReadRow, row_id: str, base: Values, columns: Sequence[SheetColumn]
    ) -> None:
        for column in columns:
            title = column.title
            if title == "ID" or title not in mine.columns or title not in theirs.columns:
                continue
            if column.edited_by == "formula":
                self._typed_over(mine, theirs, title, row_id)
                continue
            one, other = (row.values.get(title, row.typed_over.get(title)) for row in (mine, theirs))
            self.merge.cell(spot_of(mine, title, row_id), base.get(title), one, other)

    def _typed_over(self, mine: ReadRow, theirs: ReadRow, title: str, row_id: str) -> None:
        """What was typed over a formula in the second copy: listed, since the first has its formula."""
        typed = theirs.typed_over.get(title)
        if typed is None or comparable(mine.typed_over.get(title)) == comparable(typed):
            return
        if title == "Due" and isinstance(typed, date) and mine.typed_over.get(title) is not None:
            # Another date over the same Due: the first copy's is offered beside it.
            if "Agreed date" in mine.columns:
                do = f"Take new to have {shorten_value(typed)} as the agreed date"
                do += f"; it was typed over Due in {self.second.path}."
                spot, held = spot_of(mine, "Agreed date", row_id), mine.values.get("Agreed date")
                self.merge.conflicts.append(conflict_at("copies", spot, None, held, typed, do))
            return
        do = f"Take new once you have read it; it was typed over a formula in {self.second.path}."
        if title == "Due":
            do = f"Take yours to have {shorten_value(typed)} as the agreed date, or new to drop it."
        spot = spot_of(mine, title, row_id)
        self.merge.conflicts.append(conflict_at("typed over", spot, None, typed, None, do))

    def _gone(self, row: ReadRow, row_id: str, where: str, sheet: str) -> None:
        """A row that one of the copies lacks."""
        cell, yours = sheet, None
        if row.sheet == sheet and where == self.second.path:
            cell, yours = row.cell(), row_id
        do = f"Take yours to leave it as it is here. It was deleted in {where}; delete or copy it yourself."
        self.merge.conflicts.append(Conflict("copies", sheet, row_id, "", cell, row_id, yours, None, do))

    def _own_rows(self, table: str, mine: Sequence[ReadRow], theirs: Sequence[ReadRow]) -> None:
        """Rows only the second has are added; a row that is in both is one row, merged cell by cell."""
        if table not in self.first.places:
            return
        left, rest = list(mine), []
        for row in theirs:  # what is in both just so needs no merging
            twin = next((each for each in left if _typed(each) == _typed(row)), None)
            if twin is None:
                rest.append(row)
            else:
                left.remove(twin)
        known = _KNOWN_BY.get(table, ("Action",))
        for number, row in enumerate(rest, 1):
            words = _words(row, known)
            other = next((each for each in left if _words(each, known) == words), None)
            if other is not None and any(words):
                left.remove(other)
                # Such a row is not remembered: a cell that is blank in one copy was filled in the other.
                for title in row.values:
                    if title in other.columns:
                        spot = spot_of(other, title, f"row {other.number}")
                        self.merge.cell(spot, None, other.values.get(title), row.values.get(title))
            elif _typed(row):
                typed = {title: value for title, value in row.values.items() if value is not None}
                typed |= {t: v for t, v in row.typed_over.items() if t == "Named owner" and v is not None}
                self.merge.rows.append(AddRow(table, f"row {number} of the copy", typed))

    # Columns no case description has

    def _extra(self, table: str, key: str, title: str) -> None:
        mine, theirs = (_by_name(each.tables.get(table, ()), key) for each in (self.first, self.second))
        for name, row in theirs.items():
            other = mine.get(name)
            if other is not None and title in other.columns and title in row.columns:
                one, two = other.values.get(title), row.values.get(title)
                self.merge.cell(spot_of(other, title, name), None, one, two)
        for place, added in enumerate(self.merge.rows):
            same = (row for row in theirs.values() if row.values.get(key) == added.values.get(key))
            found = next(same, None) if added.table == table else None
            if found:
                values = {**added.values, title: found.values.get(title)}
                self.merge.rows[place] = replace(added, values=values)


def _by_name(rows: Sequence[ReadRow], title: str) -> dict[str, ReadRow]:
    names = entry_names(rows, title)
    return {names[row.number]: row for row in rows}


def _typed(row: ReadRow) -> dict[str, CellValue]:
    return {title: comparable(value) for title, value in row.values.items() if comparable(value) is not None}


def _words(row: ReadRow, titles: Sequence[str]) -> list[CellValue]:
    return [comparable(row.values.get(title)) for title in titles]


def merge_copies(
    files: Sequence[tuple[str, bytes]], load: LoadProcedure, as_at: date
) -> tuple[Copies | None, list[Problem]]:
    """Merge copies of one workbook (name and bytes each) into the first.

    Where one is of an earlier baseline, the result is of the later one. None where they cannot be merged: another case,
    issues of which neither descends from the other, or one of them unreadable.
    """
    (name, content), *others = files
    conflicts: list[Conflict] = []
    notes: list[Problem] = []
    for other_copy in others:
        first, found = read_mended(name, content, load)
        second, of_second = read_mended(*other_copy, load)
        if first is None or second is None:
            return None, [*found, *of_second]
        notes += [*first.notes, *second.notes]
        if second.reading.baseline.descends_from(first.reading.baseline):  # the later baseline goes on
            first, second = second, first
        name, other = first.reading.path, second.reading.path
        if refused := _not_mergeable(first.reading, second.reading, [*found, *of_second]):
            return None, refused
        names = names_for(first.reading, copy=second.reading)
        try:
            for each in (first, second):
                wake_rows(each, names)
        except UnreadableError as error:
            return None, error.problems
        merge = _Merger(first.reading, second.reading, first.procedure).run()
        for met in merge.conflicts:  # between copies it is named whose is whose
            do = what_to_take(met.column, met.yours, met.new, other)
            conflicts.append(replace(met, kind="copies", do=do) if met.kind == "cell" else met)
        facts = {"cells": quantity(len(merge.cells), "cell"), "rows": quantity(len(merge.rows), "row")}
        notes.append(problem(codes.COPIES_OF_ONE_CASE, file=name, other=other, **facts))
        try:
            if beside := _name_unmerged(first, second):
                notes.append(problem(codes.NOT_MERGED_FROM_COPY, file=name, other=other, what=beside))
            content, more = apply_merge(first, second.content, merge, as_at)
        except CannotPatchError as error:
            return None, [problem(codes.WORKBOOK_NOT_PATCHED, file=name, reason=str(error))]
        notes += more
    return Copies(content, tuple(conflicts), tuple(notes)), []


def _not_mergeable(first: Reading, second: Reading, found: Sequence[Problem]) -> list[Problem]:
    """Why two workbooks cannot be merged; `found` are the problems met while reading them."""
    mine, theirs = first.baseline, second.baseline
    if (mine.uuid, mine.sha256) != (theirs.uuid, theirs.sha256) and not mine.descends_from(theirs):
        return [problem(codes.COPIES_NOT_MERGED, file=first.path, other=second.path)]
    return [each for each in found if each.code == codes.IDS_MISALIGNED]


def read_mended(name: str, content: bytes, load: LoadProcedure) -> tuple[Ready | None, list[Problem]]:
    """A copy with its titles, tables and references put right, as one workbook alone is; its notes are what was wrong.

    What cannot be put right is found again when the result is brought up to date.
    """
    ready, found = open_workbook(content, name, load)
    if ready is None:
        return None, found
    mend_workbook(ready)
    if ready.done:
        ready.notes = [each for each in found if each.code in MENDED]
        try:
            ready.again(ready.content)
        except UnreadableError as error:
            return None, error.problems
    return ready, ready.found


def apply_merge(ready: Ready, other: bytes | None, merge: Merge, as_at: date) -> tuple[bytes, list[Problem]]:
    """Put a merge into a workbook's bytes, with the choices made on sheet Conflicts of another copy."""
    file = WorkbookFile(ready.content)
    applier = Applier(file, ready.reading, ready.procedure)
    applier.run(merge)
    chosen = other is not None and copy_choices(file, WorkbookFile(other))
    if not (merge.cells or merge.rows or chosen):
        return ready.content, applier.problems
    file.note_values(file.book(as_at, OurCells(ready.reading, ready.procedure)))
    file.package.recalculate_on_opening()
    return file.to_bytes(), applier.problems


# What a copy has beside our tables, which merging does not bring over


def _name_unmerged(mine: Ready, theirs: Ready) -> str:
    """The sheets and cells only the second copy has, as people name them; empty where there are none."""
    file, other = WorkbookFile(mine.content), WorkbookFile(theirs.content)
    known = {(sheet, value) for sheet, value, _ in _cells_beside(file, mine.reading)}
    beside = _cells_beside(other, theirs.reading)
    cells = [place for sheet, value, place in beside if (sheet, value) not in known]
    ours = {*theirs.reading.sheets.values(), layout.HIDDEN, *sheets_of_ours(other)}
    own = (each for each in other.names() if each not in ours)
    sheets = [f"sheet {each}" for each in own if _sheet_texts(other, each) != _sheet_texts(file, each)]
    return name_first([*sheets, *cells])


def name_first(found: Sequence[str]) -> str:
    """The first of some cells or sheets, and how many more there are."""
    rest = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + rest


def _sheet_texts(file: WorkbookFile, name: str) -> list[list[str]] | None:
    try:
        return file.sheet_texts(name) if name in file.names() else None
    except CannotPatchError:
        return None


def _cells_beside(file: WorkbookFile, reading: Reading) -> Iterator[tuple[str, Value, str]]:
    """What was typed on our sheets outside the columns of our tables: our name of the sheet, value, address."""
    for ours, name in reading.sheets.items():
        places = [place for place in reading.places.values() if place.sheet == name]
        known = {column for place in places for column in place.columns.values()}
        for row in file.sheet(name).rows.values():
            for column in row.cells.keys() - known:
                held = file.cell(name, row.number, column)
                value = clean_text(held.value) if isinstance(held.value, str) else held.value
                if held.formula is None and value not in {None, ""}:
                    yield ours, value, address(name, column_letters(column), row.number)
