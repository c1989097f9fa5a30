"""Returns of agencies merged into the workbook of their case: three-way, by ID, against what each was sent with."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker import rules
from tracker.merge import comparable, issued_value
from tracker.problems import DEBUG, Problem, codes, problem, unexpected
from tracker.reconcile.model import ReturnEntry, answers_text
from tracker.reconcile.return_rows import ReturnOwner, agencies_of, outside_owners
from tracker.regenerate.copies import Copies, apply_merge, read_mended
from tracker.regenerate.model import Merge, action_tables, rows_by_id, spot_of, what_to_take
from tracker.text import clean_text, listed
from tracker.workbook.issue import case_uuid
from tracker.workbook.patch.markup import CannotPatchError
from tracker.workbook.return_page import FREE_TEXT, text_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.procedure.model import Procedure
    from tracker.reconcile.model import CaseState
    from tracker.regenerate.model import CellSpot, Conflict, Load
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import CellValue, Reading, ReadRow
    from tracker.workbook.return_reader import ReadReturn

_REASON = "Reason for change"
_LONGEST = 32_767  # characters a cell can hold


def other_case_problems(returns: Iterable[ReadReturn], cases: Mapping[str, str]) -> list[Problem]:
    """The returns of no case that was read; `cases` are the references by UUID."""
    wanted = listed(sorted(each for each in cases.values() if each), "or") or "the case that was read"
    return [
        problem(codes.RETURN_OF_OTHER_CASE, file=each.path, other=each.reference, reference=wanted)
        for each in returns
        if each.uuid not in cases
    ]


def merge_returns(
    name: str, copies: Copies, returns: Sequence[ReadReturn], load: Load, as_at: date
) -> tuple[Copies | None, list[Problem]]:
    """Merge returns into a workbook (`name`), whose copies may have been merged before.

    None where the workbook cannot be read or changed, with every reason.
    """
    content, reading, procedure, found, mends = read_mended(name, copies.content, load)
    if reading is None or procedure is None:
        return None, found
    if stuck := [each for each in found if each.code == codes.IDS_MISALIGNED]:
        return None, stuck
    reference = (
        str(reading.fields["case.reference"].value or "") if "case.reference" in reading.fields else ""
    )
    uuid = reading.issue.uuid if reading.issue.uuid != case_uuid("") else case_uuid(reference)
    merger = _ReturnMerger(reading, procedure)
    merger.problems += other_case_problems(returns, {uuid: reference})
    for each in (read for read in returns if read.uuid == uuid):
        try:
            merger.add(each)
        except Exception as error:  # whatever somebody sends is named, and the others are read
            if os.environ.get(DEBUG):
                raise
            merger.problems.append(unexpected(error, each.path))
    try:
        content, more = apply_merge(content, None, reading, procedure, merger.merge, as_at)
    except CannotPatchError as error:
        return None, [problem(codes.WORKBOOK_NOT_PATCHED, file=name, reason=str(error))]
    merged = replace(
        copies,
        content=content,
        conflicts=(*copies.conflicts, *merger.conflicts()),
        problems=(*copies.problems, *mends, *merger.problems, *more),
        returns=tuple(merger.merged.values()),
        cells=tuple(merger.merge.cells),
    )
    return merged, []


def return_entry(read: ReadReturn, state: CaseState) -> ReturnEntry:
    """What a return answered, beside how its rows stand once it is merged."""
    late = {each.id for each in state.actions if each.rag == "Overdue"}
    late |= {each.id for each in state.action_plan if each.rag == "Overdue"}
    rows = {
        row_id: f"{read.state(row_id)}{', late' if row_id in late else ''}" for row_id in sorted(read.sent)
    }
    return ReturnEntry(read.path, read.owner, read.as_at, rows)


class _ReturnMerger:
    """Gathers what returns change in one workbook. `merged` are those that were taken over, by their digests."""

    def __init__(self, reading: Reading, procedure: Procedure) -> None:
        self.merge = Merge()
        self.problems: list[Problem] = []
        self.merged: dict[str, ReadReturn] = {}
        self._known = frozenset(reading.issue.sources)
        self._agencies = {each.code: each for each in agencies_of(reading) if each.code}
        self._roles = [ReturnOwner(row.text("Role")) for row in reading.tables[rules.ROLES]]
        self._outside = outside_owners(reading)
        tables = action_tables(procedure)
        rows = [row for _, table, _ in tables for row in reading.tables[table]]
        self._rows, self._all = rows_by_id(rows), rows
        self._columns = {column.title: column for _, _, columns in tables for column in columns}
        self._now: dict[str, CellValue] = {}  # what cells hold by now, by their address
        self._sources: dict[tuple[str, str], str] = {}  # the file a conflict comes from

    def conflicts(self) -> Iterator[Conflict]:
        """The conflicts, each with the file its new value is from."""
        for each in self.merge.conflicts:
            do = what_to_take(each.column, each.yours, each.new, self._sources[each.id, each.column])
            yield replace(each, kind="copies", do=do)

    def add(self, read: ReadReturn) -> None:
        """Merge one return."""
        owner = self._agencies.get(read.code, ReturnOwner(read.owner, read.code))
        others = (*self._agencies.values(), *self._roles)
        if not owner.is_called(read.owner) and any(each.is_called(read.owner) for each in others):
            return self._say(codes.RETURN_CODE_FOREIGN, read, short=read.code, other=owner.name)
        owner = replace(owner, also=(read.owner,))
        if not any(owner.owns(row) for row in self._all):
            return self._say(codes.RETURN_OF_OTHER_AGENCY, read)
        if read.digest in self._known:
            return self._say(codes.RETURN_READ_BEFORE, read)
        if read.digest in self.merged:
            return self._say(codes.RETURN_TWICE, read, other=self.merged[read.digest].path)
        states = {row_id: read.state(row_id) for row_id in read.sent}
        if set(states.values()) <= {"still open"}:
            return self._say(codes.RETURN_EMPTY, read)
        self.merged[read.digest] = read
        if not any(each.is_called(read.owner) for each in self._outside):
            self._say(codes.RETURN_OF_OWN_OFFICE, read)
        for row_id, row in read.rows.items():
            if read.answers(row_id):
                self._row(read, row, row_id, owner)
        self._say(codes.RETURN_READ, read, answers=answers_text(states))
        return None

    def _say(self, code: str, read: ReadReturn, **facts: str) -> None:
        self.problems.append(problem(code, file=read.path, owner=read.owner, **facts))

    def _row(self, read: ReadReturn, row: ReadRow, row_id: str, owner: ReturnOwner) -> None:
        mine = self._rows.get(row_id)
        place = {"file": read.path, "place": row.cell(), "id": row_id}
        if mine is None:
            self.problems.append(problem(codes.RETURN_ROW_GONE, **place))
            return
        if not owner.owns(mine):
            other = mine.text("Owner") or mine.text("Lead agency") or "nobody"
            self.problems.append(problem(codes.RETURN_ROW_FOREIGN, **place, owner=read.owner, other=other))
            return
        answers = self._as_the_workbook_says(read, mine, row_id, owner.name)
        for title, value in answers.items():
            if title in mine.columns:
                spot = spot_of(mine, title, row_id)
                self._sources[row_id, title] = read.path
                self._cell(spot, self._columns[title], read.sent[row_id].get(title), mine, value)

    def _as_the_workbook_says(
        self, read: ReadReturn, mine: ReadRow, row_id: str, owner: str
    ) -> dict[str, CellValue]:
        """The answers of a row in the workbook's words: without involvement it is not applicable, with a reason.

        One that is begun, by a note alone, is in progress, where nobody has chosen a status since it was sent: so it
        shows under Returns on Summary.
        """
        found = read.answers(row_id)
        state = read.state(row_id)
        if state == "no involvement":
            note = str(found.get("Progress") or "")
            begins = clean_text(note).casefold().startswith(rules.NO_INVOLVEMENT.casefold())
            found["Status"] = "Not applicable"
            found["Progress"] = note if begins else f"{rules.NO_INVOLVEMENT}. {note}".rstrip(". ")
            found[_REASON] = f"{rules.NO_INVOLVEMENT}, says {owner}"
        elif state == "half filled" and "Status" not in found and "Status" in mine.columns:
            now = self._held(spot_of(mine, "Status", row_id), mine)
            if comparable(now) == issued_value(self._columns["Status"], read.sent[row_id].get("Status")):
                found["Status"] = "In progress"
        return found

    def _held(self, spot: CellSpot, mine: ReadRow) -> CellValue:
        """What a cell holds by now: returns before this one may have filled it."""
        return self._now.get(spot.cell, mine.values.get(spot.title, mine.typed_over.get(spot.title)))

    def _cell(
        self, spot: CellSpot, column: SheetColumn, sent: str | None, mine: ReadRow, value: CellValue
    ) -> None:
        title = spot.title
        now = self._held(spot, mine)
        if title == _REASON:
            if comparable(now) is None:
                self._put(spot, value, now)
            return
        if title not in FREE_TEXT:
            after, _ = self.merge.cell(spot, issued_value(column, sent), now, value)
            self._now[spot.cell] = after
            return
        if _lines(value) in _lines(now):
            return
        both = str(value) if comparable(now) is None else f"{now}\n{value}"
        ours_is_older = comparable(now) is None or text_mark(now) == sent or spot.cell in self._now
        if ours_is_older and len(both) <= _LONGEST:
            self._put(spot, both, now)  # their answer below what the office had noted before it was sent
        else:
            self.merge.cell(spot, None, now, value)

    def _put(self, spot: CellSpot, value: CellValue, now: CellValue) -> None:
        self.merge.put(spot, value, now)
        self._now[spot.cell] = value


def _lines(value: CellValue) -> str:
    """A text as its lines are compared: a whole answer below a note is found, a part of a word is not."""
    return "\n".join(["", *map(clean_text, str(value or "").split("\n")), ""])
