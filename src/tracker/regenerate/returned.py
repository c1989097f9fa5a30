"""Returns: what each owner is sent, and what came back merged three-way, by ID, into the workbook of its case."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tracker import rules
from tracker.merge import (
    CellSpot,
    Conflict,
    Merge,
    action_rows,
    action_tables,
    comparable,
    issued_value,
    rows_by_id,
    spot_of,
    what_to_take,
)
from tracker.problems import DEBUG, Problem, codes, problem, unexpected
from tracker.reconcile.model import (
    Action,
    CaseState,
    PlanAction,
    Reconciliation,
    ReturnEntry,
    answers_text,
    case_identity,
)
from tracker.reconcile.run import Settings, note_twins, read_bytes, read_files
from tracker.regenerate.copies import Copies, apply_merge, merge_copies, read_mended
from tracker.text import clean_text, listed, same_word
from tracker.workbook.baseline import case_uuid
from tracker.workbook.patch.markup import CannotPatchError
from tracker.workbook.preflight import workbook_content
from tracker.workbook.return_page import FREE_TEXT, TYPED, ReturnContent, ReturnRow, text_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tracker.procedure.model import Procedure
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.read import LoadProcedure
    from tracker.workbook.reading import CellValue, Reading, ReadRow
    from tracker.workbook.return_reader import ReadReturn

_REASON = "Reason for change"
_LONGEST = 32_767  # characters a cell can hold


_AS_SENT = ("On hold", "Clock not started", "Ready", "No date")


@dataclass(frozen=True, slots=True)
class ReturnOwner:
    """Somebody who is sent a return: the name rows are owned by, the code in IDs, and the words for it."""

    name: str
    code: str = ""
    also: tuple[str, ...] = ()

    def is_called(self, word: str) -> bool:
        """Whether somebody means this owner by a word: name, code, or another name of a role."""
        return any(same_word(word, each) for each in (self.name, self.code, *self.also) if each)

    def owns(self, row: ReadRow) -> bool:
        """Whether a row is this owner's: as its owner, or as the lead agency of an action of the plan."""
        names = (row.text("Owner"), row.text("Lead agency"))
        return any(name and (same_word(name, self.name) or name in self.also) for name in names)


def agencies_of(reading: Reading) -> list[ReturnOwner]:
    """The agencies on sheet People."""
    rows = reading.tables[rules.AGENCIES]
    return [ReturnOwner(row.text("Agency"), row.text("Code")) for row in rows if row.text("Agency")]


def outside_owners(reading: Reading) -> list[ReturnOwner]:
    """Who is sent a return unasked: the agencies, and the roles that somebody in a partner agency holds."""
    roles = [row for row in reading.tables[rules.ROLES] if row.text("Employer") == "partner agency"]
    return [*agencies_of(reading), *(ReturnOwner(row.text("Role")) for row in roles if row.text("Role"))]


def owners_of(reading: Reading, state: CaseState) -> list[ReturnOwner]:
    """Everybody who can be named: agencies, roles, and whoever else a row names as its owner."""
    found = agencies_of(reading)
    found += [ReturnOwner(each.owner, also=each.aliases) for each in state.people]
    found += [ReturnOwner(each.owner) for each in state.actions]
    found += [ReturnOwner(each.lead_agency) for each in state.action_plan]
    found += [ReturnOwner(each.owner) for each in state.action_plan]
    first: dict[str, ReturnOwner] = {}
    for each in found:
        if each.name:
            first.setdefault(each.name.casefold(), each)
    return list(first.values())


def return_content(
    owner: ReturnOwner, reading: Reading, procedure: Procedure, state: CaseState, as_at: date
) -> tuple[ReturnContent, list[str]]:
    """What an owner is sent, and the cells of open rows left out because they have no ID to be read back by."""
    actions = {each.cell: each for each in state.rows}
    found = [
        (row, action)
        for row in action_rows(reading, procedure)
        if (action := actions.get(row.cell())) and action.open and owner.owns(row)
    ]
    found.sort(key=lambda pair: (pair[1].judged is None, pair[1].judged or date.max))
    rows = tuple(_return_row(row, action, owner) for row, action in found if action.id)
    days = [day for row in rows for day in (row.day_zero, row.agreed)]
    days += [each.target if isinstance(each, PlanAction) else each.due for _, each in found]
    first = min([as_at, *filter(None, days)])
    content = ReturnContent(
        uuid=case_identity(state),
        reference=state.reference,
        marking=state.marking,
        owner=owner.name,
        code=owner.code,
        asks=_who_asks(procedure, state),
        as_at=as_at,
        rows=rows,
        holidays=tuple(sorted(day for day in state.holidays if day >= first)),
    )
    return content, [row.cell("Action") for row, action in found if not action.id]


def _return_row(row: ReadRow, action: Action | PlanAction, owner: ReturnOwner) -> ReturnRow:
    typed = {title: row.values.get(title) for title in TYPED if title in row.columns}
    words = action.action.removeprefix(f"{owner.code}: ").removeprefix(f"{owner.name}: ")
    words = words[:1].upper() + words[1:]
    sent = action.rag if action.rag in _AS_SENT else ""
    if isinstance(action, PlanAction):
        words = words or action.recommendation
        return ReturnRow(action.id, words, "", action.target, action.agreed, None, None, "", "", sent, typed)
    sent = sent or ("Provisional" if action.provisional else "")
    counted = action.agreed, action.day_zero, action.count, action.unit, action.basis
    return ReturnRow(action.id, words, action.timescale, None, *counted, sent, typed)


def _who_asks(procedure: Procedure, state: CaseState) -> tuple[str, str]:
    """Who asks, and the line with what to do and whom to answer: the first of the partnership's own roles."""
    own = (role.name for role in procedure.roles if role.employer == "partnership")
    role = next(own, procedure.roles[0].name if procedure.roles else "")
    entry = {each.owner.casefold(): each for each in state.people}.get(role.casefold())
    name, email = (entry.name, entry.email) if entry else ("", "")
    asks = ", ".join(filter(None, (name, role))) or "The partnership"
    to = f"{name or f'the {role}'}{f' ({email})' if email else ''}"
    return f"Asked by {asks}", f"Fill in the green columns, save this file and send it back to {to}."


# What came back


def other_case_problems(returns: Iterable[ReadReturn], cases: Mapping[str, str]) -> list[Problem]:
    """The returns of no case that was read; `cases` are the references by UUID."""
    wanted = listed(sorted(each for each in cases.values() if each), "or") or "the case that was read"
    return [
        problem(codes.RETURN_OF_OTHER_CASE, file=each.path, other=each.reference, reference=wanted)
        for each in returns
        if each.uuid not in cases
    ]


def merge_returns(
    name: str, copies: Copies, returns: Sequence[ReadReturn], load: LoadProcedure, as_at: date
) -> tuple[Copies | None, list[Problem]]:
    """Merge returns into a workbook (`name`), whose copies may have been merged before.

    None where the workbook cannot be read or changed, with every reason.
    """
    ready, found = read_mended(name, copies.content, load)
    if ready is None:
        return None, found
    reading = ready.reading
    if stuck := [each for each in found if each.code == codes.IDS_MISALIGNED]:
        return None, stuck
    read_reference = reading.fields.get("case.reference")
    reference = str(read_reference.value or "") if read_reference else ""
    uuid = reading.baseline.uuid if reading.baseline.uuid != case_uuid("") else case_uuid(reference)
    merger = _ReturnMerger(reading, ready.procedure)
    merger.problems += other_case_problems(returns, {uuid: reference})
    for each in (read for read in returns if read.uuid == uuid):
        try:
            merger.add(each)
        except Exception as error:  # whatever somebody sends is named, and the others are read
            if os.environ.get(DEBUG):
                raise
            merger.problems.append(unexpected(error, each.path))
    try:
        content, more = apply_merge(ready, None, merger.merge, as_at)
    except CannotPatchError as error:
        return None, [problem(codes.WORKBOOK_NOT_PATCHED, file=name, reason=str(error))]
    return replace(
        copies,
        content=content,
        conflicts=(*copies.conflicts, *merger.conflicts()),
        problems=(*copies.problems, *ready.notes, *merger.problems, *more),
        returns=tuple(merger.merged.values()),
        cells=tuple(merger.merge.cells),
    ), []


def return_entry(read: ReadReturn, state: CaseState) -> ReturnEntry:
    """What a return answered, beside how its rows stand once it is merged."""
    late = {each.id for each in state.rows if each.rag == "Overdue"}
    rows = {each: read.state(each) + (", late" if each in late else "") for each in sorted(read.sent)}
    return ReturnEntry(read.path, read.owner, read.as_at, rows)


class _ReturnMerger:
    """Gathers what returns change in one workbook. `merged` are those that were taken over, by their digests."""

    def __init__(self, reading: Reading, procedure: Procedure) -> None:
        self.merge = Merge()
        self.problems: list[Problem] = []
        self.merged: dict[str, ReadReturn] = {}
        self._known = frozenset(reading.baseline.sources)
        self._agencies = {each.code: each for each in agencies_of(reading) if each.code}
        self._roles = [ReturnOwner(row.text("Role")) for row in reading.tables[rules.ROLES]]
        self._outside = outside_owners(reading)
        self._all = action_rows(reading, procedure)
        self._rows = rows_by_id(self._all)
        self._columns = {
            each.title: each for _, _, columns, _ in action_tables(procedure) for each in columns
        }
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
            return self._note(codes.RETURN_CODE_FOREIGN, read, short=read.code, other=owner.name)
        owner = replace(owner, also=(read.owner,))
        if not any(owner.owns(row) for row in self._all):
            return self._note(codes.RETURN_OF_OTHER_AGENCY, read)
        if read.sha256 in self._known:
            return self._note(codes.RETURN_READ_BEFORE, read)
        if read.sha256 in self.merged:
            return self._note(codes.RETURN_TWICE, read, other=self.merged[read.sha256].path)
        states = {row_id: read.state(row_id) for row_id in read.sent}
        if set(states.values()) <= {"still open"}:
            return self._note(codes.RETURN_EMPTY, read)
        self.merged[read.sha256] = read
        if not any(each.is_called(read.owner) for each in self._outside):
            self._note(codes.RETURN_OF_OWN_OFFICE, read)
        for row_id, row in read.rows.items():
            if read.answers(row_id):
                self._row(read, row, row_id, owner)
        self._note(codes.RETURN_READ, read, answers=answers_text(states))
        return None

    def _note(self, code: str, read: ReadReturn, **facts: str) -> None:
        self.problems.append(problem(code, file=read.path, owner=read.owner, **facts))

    def _row(self, read: ReadReturn, row: ReadRow, row_id: str, owner: ReturnOwner) -> None:
        mine, place = self._rows.get(row_id), {"file": read.path, "place": row.cell(), "id": row_id}
        if mine is None:
            self.problems.append(problem(codes.RETURN_ROW_GONE, **place))
            return
        if not owner.owns(mine):
            other = mine.text("Owner") or mine.text("Lead agency") or "nobody"
            self.problems.append(problem(codes.RETURN_ROW_FOREIGN, **place, owner=read.owner, other=other))
            return
        answers = self._in_workbook_words(read, mine, row_id, owner.name)
        for title, value in answers.items():
            if title in mine.columns:
                spot = spot_of(mine, title, row_id)
                self._sources[row_id, title] = read.path
                self._cell(spot, self._columns[title], read.sent[row_id].get(title), mine, value)

    def _in_workbook_words(
        self, read: ReadReturn, mine: ReadRow, row_id: str, owner: str
    ) -> dict[str, CellValue]:
        """The answers of a row in the workbook's words: without involvement it is not applicable, with a reason.

        One that is begun, by a note alone, is in progress, where nobody has chosen a status since it was sent: so it
        shows under Returns on Summary.
        """
        found, state = read.answers(row_id), read.state(row_id)
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
        title, now = spot.title, self._held(spot, mine)
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


# Workbooks read together: each case once


def reconcile_cases(
    paths: Iterable[Path], settings: Settings, *, returns: Sequence[ReadReturn] = (), workers: int = 1,
    step: Callable[[], object] = lambda: None,
) -> Reconciliation:  # fmt: skip
    """Read workbooks, in `workers` processes, and count each case once; `step` is called after each workbook."""
    reads = list(read_files(list(paths), settings, workers=workers, step=step))
    problems = [each for read in reads for each in read.problems]
    groups: dict[tuple[str, str, str], list[CaseState]] = {}
    for case in _without_sources([read.state for read in reads if read.state]):
        # Two workbooks issued blank are of one baseline, and of two cases.
        groups.setdefault((case.uuid, case.baseline, case_identity(case)), []).append(case)
    identities = {identity: states[0].reference for (_, _, identity), states in groups.items()}
    problems += other_case_problems(returns, identities)
    cases = [
        _merge_states(states, settings, problems, [each for each in returns if each.uuid == identity])
        for (_, _, identity), states in groups.items()
    ]
    return Reconciliation(settings.as_at, note_twins(cases), tuple(problems))


def _without_sources(cases: Sequence[CaseState]) -> list[CaseState]:
    """The cases without those of workbooks from which another was made, untouched since: they are counted there."""
    newer = {sha256: case.workbooks[0].path for case in cases for sha256 in case.made_from}
    kept: list[CaseState] = []
    notes: dict[str, list[Problem]] = {}
    for case in cases:
        path = case.workbooks[0].path
        other = newer.get(case.workbooks[0].sha256, path)
        if other == path:
            kept.append(case)
        else:
            notes.setdefault(other, []).append(problem(codes.OLDER_COPY, file=path, other=other))
    return [replace(each, problems=(*notes.get(each.workbooks[0].path, ()), *each.problems)) for each in kept]


def _merge_states(
    states: Sequence[CaseState], settings: Settings, problems: list[Problem], returns: Sequence[ReadReturn]
) -> CaseState:
    """One case out of the copies of one baseline and what came back to it; `problems` gets those of a file."""
    if len(states) == 1 and not returns:
        return states[0]
    paths = [each.workbooks[0].path for each in states]
    files = [(path, workbook_content(Path(path), settings.password)[0]) for path in paths]
    copies, reasons = merge_copies(files, settings.load, settings.as_at)
    if copies is not None and returns:
        copies, reasons = merge_returns(paths[0], copies, returns, settings.load, settings.as_at)
    if copies is None:
        return replace(states[0], problems=(*states[0].problems, *reasons))
    read = read_bytes(copies.content, paths[0], settings)
    problems += read.problems
    assert read.state is not None, "what was merged can be read"
    notes = [each for each in copies.problems if each.code != codes.RETURN_READ]  # its returns are listed
    return replace(
        read.state,
        workbooks=tuple(each.workbooks[0] for each in states),
        conflicts=(*read.state.conflicts, *(each.record() for each in copies.conflicts)),
        returns=tuple(return_entry(each, read.state) for each in copies.returns),
        problems=(*notes, *(each.problem(paths[0]) for each in copies.conflicts), *read.state.problems),
    )
