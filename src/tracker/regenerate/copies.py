"""Several copies of one workbook, edited separately: merged cell by cell against the issue they share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.merge import Values, comparable, issued_rows, shorten_value
from tracker.problems import Problem, codes, problem
from tracker.regenerate.apply import Applier, OurCells
from tracker.regenerate.mend import MENDED, mended
from tracker.regenerate.model import AddRow, Conflict, Merge, what_to_take
from tracker.regenerate.rows import has_work
from tracker.regenerate.shared import SharedCells, rows_by_id, spot_of
from tracker.regenerate.sheets import name_unmerged, take_over
from tracker.text import quantity
from tracker.workbook import layout
from tracker.workbook.case_of import case_of
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.patch.markup import CannotPatchError
from tracker.workbook.read import read_content

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.merge import CellValue
    from tracker.procedure.model import Procedure
    from tracker.workbook.issue import Issue
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import Reading, ReadRow

    Load = Callable[[Issue], tuple[Procedure | None, list[Problem]]]

_UNDESCRIBED: Mapping[str, tuple[str, str]] = {
    layout.MEETING_TABLE: ("Kind", "Held"),
    layout.CLOSURE_TABLE: ("Office closure", "Note"),
    layout.HOLIDAY_TABLE: ("Bank holiday", "Name"),
    rules.AGENCIES: ("Code", "From date"),
}
"""Lists with a column that no case description knows: the column their rows are known by, and that one."""

_ACTION = ("Action",)
_KNOWN_BY: Mapping[str, tuple[str, ...]] = {
    rules.PLAN: ("Recommendation", "Action"),
    layout.LOG_TABLE: ("Date", "ID", "Text"),
    layout.PROCEEDINGS_TABLE: ("Kind", "Contact"),
}
"""What a row without an ID is known by in two copies."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies merged into the first: its bytes with what the others add, what differs, what there is to say."""

    content: bytes
    conflicts: tuple[Conflict, ...]
    problems: tuple[Problem, ...]


class _Merger:
    """Merges a second copy into the first, against the issue that both descend from."""

    def __init__(self, first: Reading, second: Reading, procedure: Procedure) -> None:
        base = second.issue if first.issue.descends_from(second.issue) else first.issue
        self.first, self.second, self.procedure = replace(first, issue=base), second, procedure
        self.merge = Merge(source=second.path)

    def run(self) -> Merge:
        """Everything that was typed into the second."""
        edited, _ = case_of(self.first, self.procedure)
        new, _ = case_of(self.second, self.procedure)
        SharedCells(self.merge, self.first, self.procedure, self.first.issue.case, edited, new).run()
        for stage in self.procedure.stages:
            self._rows(rules.table_name(stage.name), stage.name, layout.STAGE_COLUMNS)
        self._rows(rules.PLAN, layout.PLAN, layout.PLAN_COLUMNS)
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
            elif self._changed(row, base[row_id]):
                self._gone(row, row_id, self.first.path, sheet)
        for row_id, row in mine.items():
            if row_id not in theirs and row_id in base:
                self._gone(row, row_id, self.second.path, row.sheet)
        self._own_rows(
            table,
            [row for row in self.first.tables[table] if not row.text("ID")],
            [row for row in self.second.tables[table] if not row.text("ID")],
        )

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
            one = mine.values.get(title, mine.typed_over.get(title))
            other = theirs.values.get(title, theirs.typed_over.get(title))
            self.merge.cell(spot_of(mine, title, row_id), base.get(title), one, other)

    def _typed_over(self, mine: ReadRow, theirs: ReadRow, title: str, row_id: str) -> None:
        """What was typed over a formula in the second copy: listed, since the first has its formula."""
        typed = theirs.typed_over.get(title)
        if typed is None or comparable(mine.typed_over.get(title)) == comparable(typed):
            return
        if title == "Due" and isinstance(typed, date) and mine.typed_over.get(title) is not None:
            self._second_date(mine, row_id, typed)
            return
        spot = spot_of(mine, title, row_id)
        do = f"Take new once you have read it; it was typed over a formula in {self.second.path}."
        if title == "Due":
            do = f"Take yours to have {shorten_value(typed)} as the agreed date, or new to drop it."
        self.merge.conflicts.append(
            Conflict("typed over", spot.sheet, row_id, title, spot.cell, None, typed, None, do)
        )

    def _second_date(self, mine: ReadRow, row_id: str, typed: date) -> None:
        """Another date over the same Due: the first copy's is offered beside it."""
        if "Agreed date" in mine.columns:
            spot = spot_of(mine, "Agreed date", row_id)
            held = mine.values.get("Agreed date")
            do = f"Take new to have {shorten_value(typed)} as the agreed date"
            do += f"; it was typed over Due in {self.second.path}."
            self.merge.conflicts.append(
                Conflict("copies", spot.sheet, row_id, "Agreed date", spot.cell, None, held, typed, do)
            )

    @staticmethod
    def _changed(row: ReadRow, base: Values) -> bool:
        return has_work(row) or any(
            comparable(row.values.get(title)) != comparable(value) for title, value in base.items()
        )

    def _gone(self, row: ReadRow, row_id: str, where: str, sheet: str) -> None:
        """A row that one of the copies lacks."""
        here = row.sheet == sheet and where == self.second.path
        cell = row.cell() if here else sheet
        do = f"Take yours to leave it as it is here. It was deleted in {where}; delete or copy it yourself."
        self.merge.conflicts.append(
            Conflict("copies", sheet, row_id, "", cell, row_id, row_id if here else None, None, do)
        )

    def _own_rows(self, table: str, mine: Sequence[ReadRow], theirs: Sequence[ReadRow]) -> None:
        """Rows only the second has are added; a row that is in both is one row, merged cell by cell."""
        if table not in self.first.places:
            return
        left, alike = _without_twins(mine, theirs)
        known = _KNOWN_BY.get(table, _ACTION)
        for number, row in enumerate(alike, 1):
            other = next((each for each in left if _words(each, known) == _words(row, known)), None)
            if other is not None and any(_words(row, known)):
                left.remove(other)
                self._own_cells(other, row)
            elif _typed(row):
                typed = {title: value for title, value in row.values.items() if value is not None}
                typed |= {t: v for t, v in row.typed_over.items() if t == "Named owner" and v is not None}
                self.merge.rows.append(AddRow(table, f"row {number} of the copy", typed))

    def _own_cells(self, mine: ReadRow, theirs: ReadRow) -> None:
        """A row without an ID is not remembered: a cell that is blank in one copy was filled in the other."""
        for title in theirs.values:
            if title in mine.columns:
                spot = spot_of(mine, title, f"row {mine.number}")
                self.merge.cell(spot, None, mine.values.get(title), theirs.values.get(title))

    # Columns no case description knows

    def _extra(self, table: str, key: str, title: str) -> None:
        mine, theirs = (_by_key(each.tables.get(table, ()), key) for each in (self.first, self.second))
        for name, row in theirs.items():
            other = mine.get(name)
            if other is not None and title in other.columns and title in row.columns:
                one, two = other.values.get(title), row.values.get(title)
                self.merge.cell(spot_of(other, title, name), None, one, two)
        for added in [each for each in self.merge.rows if each.table == table]:
            found = next(
                (row for row in theirs.values() if row.values.get(key) == added.values.get(key)), None
            )
            if found:
                values = {**added.values, title: found.values.get(title)}
                self.merge.rows[self.merge.rows.index(added)] = replace(added, values=values)


def _by_key(rows: Sequence[ReadRow], key: str) -> dict[str, ReadRow]:
    counts: dict[str, int] = {}
    found = {}
    for row in rows:
        name = row.text(key)
        counts[name] = counts.get(name, 0) + 1
        found[f"{name} {counts[name]}"] = row
    return found


def _typed(row: ReadRow) -> dict[str, CellValue]:
    return {title: comparable(value) for title, value in row.values.items() if comparable(value) is not None}


def _words(row: ReadRow, titles: Sequence[str]) -> list[CellValue]:
    return [comparable(row.values.get(title)) for title in titles]


def _without_twins(mine: Sequence[ReadRow], theirs: Sequence[ReadRow]) -> tuple[list[ReadRow], list[ReadRow]]:
    """The rows of each that the other has not just so."""
    left, rest = list(mine), []
    for row in theirs:
        twin = next((each for each in left if _typed(each) == _typed(row)), None)
        if twin is None:
            rest.append(row)
        else:
            left.remove(twin)
    return left, rest


def merge_copies(
    files: Sequence[tuple[str, bytes]], load: Load, as_at: date
) -> tuple[Copies | None, list[Problem]]:
    """Merge copies of one workbook (name and bytes each) into the first.

    Where one is of an earlier issue, the result is of the later one. None where they cannot be merged: another case,
    issues of which neither descends from the other, or one of them unreadable.
    """
    (name, content), *others = files
    conflicts: list[Conflict] = []
    notes: list[Problem] = []
    for other_copy in others:
        other, bytes_of_other = other_copy
        content, first, procedure, found, mends = _read_mended(content, name, load)
        bytes_of_other, second, _, more, mends_of_other = _read_mended(bytes_of_other, other, load)
        notes += [*mends, *mends_of_other]
        if first is None or second is None or procedure is None:
            return None, [*found, *more]
        if second.issue.descends_from(first.issue):  # the later issue goes on
            name, content, first, other, bytes_of_other, second = (
                other, bytes_of_other, second, name, content, first
            )  # fmt: skip
        same = (first.issue.uuid, first.issue.digest) == (second.issue.uuid, second.issue.digest)
        if not same and not first.issue.descends_from(second.issue):
            return None, [problem(codes.COPIES_NOT_MERGED, file=name, other=other)]
        stuck = [each for each in (*found, *more) if each.code == codes.IDS_MISALIGNED]
        if stuck:
            return None, stuck
        merge = _Merger(first, second, procedure).run()
        conflicts += _named(merge.conflicts, other)
        facts = {"cells": quantity(len(merge.cells), "cell"), "rows": quantity(len(merge.rows), "row")}
        notes.append(problem(codes.COPIES_OF_ONE_CASE, file=name, other=other, **facts))
        try:
            beside = name_unmerged((WorkbookFile(content), first), (WorkbookFile(bytes_of_other), second))
            if beside:
                notes.append(problem(codes.NOT_MERGED_FROM_COPY, file=name, other=other, what=beside))
            content, more = _applied(content, bytes_of_other, first, procedure, merge, as_at)
        except CannotPatchError as error:
            return None, [problem(codes.WORKBOOK_NOT_PATCHED, file=name, reason=str(error))]
        notes += more
    return Copies(content, tuple(conflicts), tuple(notes)), []


def _read_mended(
    content: bytes, name: str, load: Load
) -> tuple[bytes, Reading | None, Procedure | None, list[Problem], list[Problem]]:
    """A copy with its titles, tables and references put right, as one workbook alone is; and what was wrong with it.

    What cannot be put right is found again when the result is brought up to date.
    """
    reading, procedure, found = read_content(content, name, load)
    if reading is None or procedure is None:
        return content, reading, procedure, found, []
    right, done, _ = mended(content, reading, procedure, found)
    if not done:
        return content, reading, procedure, found, []
    mended_problems = [each for each in found if each.code in MENDED]
    return right, *read_content(right, name, load), mended_problems


def _named(conflicts: Sequence[Conflict], other: str) -> list[Conflict]:
    """Conflicts between copies say whose is whose."""
    return [
        replace(
            each,
            kind="copies",
            do=what_to_take(each.yours, each.new, other),
        )
        if each.kind == "cell"
        else each
        for each in conflicts
    ]


def _applied(
    content: bytes, other: bytes, reading: Reading, procedure: Procedure, merge: Merge, as_at: date
) -> tuple[bytes, list[Problem]]:
    file = WorkbookFile(content)
    applier = Applier(file, reading, procedure)
    applier.run(merge)
    chosen = take_over(file, WorkbookFile(other))
    if not (merge.cells or merge.rows or chosen):
        return content, applier.problems
    file.work_out(as_at, OurCells(reading, procedure))
    file.package.recalculate_on_opening()
    return file.to_bytes(), applier.problems
