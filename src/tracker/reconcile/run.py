"""From edited workbooks to what is known of their cases: state, changes, problems."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tracker import rules
from tracker.merge.told import OPEN, conflict_problem
from tracker.problems import problem
from tracker.procedure.load import load_calendar_facts
from tracker.reconcile.changes import changes, values_worked_out
from tracker.reconcile.checks import check
from tracker.reconcile.checks_input import CheckInput, unread_sheets
from tracker.reconcile.model import CaseState, Reconciliation, case_identity
from tracker.reconcile.places import place_key, sheets_of
from tracker.reconcile.state import case_state
from tracker.text import short_date
from tracker.workbook.read import read_content, workbook_content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tracker.case.model import Case
    from tracker.problems import Problem
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure
    from tracker.workbook.issue import Issue
    from tracker.workbook.read import Password
    from tracker.workbook.reading import Reading, ReadRow

    Load = Callable[[Issue], tuple[Procedure | None, list[Problem]]]


class ConflictRecord(Protocol):
    """A conflict between copies."""

    def record(self) -> Mapping[str, Any]:
        """As JSON holds it."""


class MergedCopies(Protocol):
    """Copies merged into the first of them."""

    @property
    def content(self) -> bytes:
        """The workbook that holds what all of them say."""

    @property
    def conflicts(self) -> Sequence[ConflictRecord]:
        """What they say differently."""

    @property
    def problems(self) -> Sequence[Problem]:
        """What is to be told of it."""


class MergeCopies(Protocol):
    """Merges copies of one issue, name and bytes each; later on the way than reading, so it is handed in."""

    def __call__(
        self, files: Sequence[tuple[str, bytes]], load: Load, as_at: date
    ) -> tuple[MergedCopies | None, list[Problem]]:
        """The merged copies, or why they cannot be merged."""


def reconcile_reading(
    reading: Reading,
    procedure: Procedure,
    found: Sequence[Problem],
    as_at: date,
    *,
    facts: CalendarFacts,
    case: Case | None = None,
    typed: Reading | None = None,
) -> CaseState:
    """The state of one workbook's case, with what was changed since issue and all that is wrong.

    `found` are the problems met while reading; `case` is the description to hold the workbook against; `typed`
    the reading as people typed it, where `reading` takes a cell for another.
    """
    state = case_state(reading, procedure, as_at)
    data = CheckInput(
        reading=reading,
        procedure=procedure,
        state=state,
        as_at=as_at,
        known_until=reading.known_until or facts.known_until,
        case=case,
        found=found,
    )
    sheets = sheets_of(procedure)
    waiting = [each for each in reading.issue.conflicts if each.get("state") == OPEN]
    open_ones = [conflict_problem(each, reading.path) for each in waiting]
    problems = sorted(
        [*found, *check(data), *open_ones], key=lambda each: (*place_key(each.place, sheets), each.code)
    )
    told = changes(
        typed or reading,
        procedure,
        facts,
        unread=unread_sheets(found),
        worked_out=values_worked_out(reading, state),
    )
    return replace(
        state,
        changes=tuple(told),
        conflicts=tuple(waiting),
        problems=tuple(replace(each, file=reading.path) for each in problems),
    )


@dataclass(slots=True)
class _Run:
    """The workbooks of one run: cases as they are read, which issue each came from, problems of files."""

    as_at: date
    load: Load
    facts: CalendarFacts
    case: Case | None
    accept_typed_dates: bool
    realign: bool
    cases: list[CaseState] = field(default_factory=list)
    issues: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    made_from: dict[str, str] = field(default_factory=dict)  # digest of a workbook -> the one made from it

    def read(self, content: bytes, path: str) -> CaseState | None:
        """The case of a workbook's bytes; None, with the problems noted, where it holds none."""
        reading, procedure, found = read_content(content, path, self.load, realign=self.realign)
        if reading is None or procedure is None:
            self.problems += [replace(each, file=each.file or path) for each in found]
            return None
        typed = reading
        if self.accept_typed_dates:
            reading, found = with_typed_dates(reading, procedure, found)
        self.made_from |= dict.fromkeys(reading.issue.sources, path)
        self.issues.append((reading.issue.uuid, reading.issue.digest))
        return reconcile_reading(
            reading, procedure, found, self.as_at, facts=self.facts, case=self.case, typed=typed
        )


def reconcile_paths(
    paths: Iterable[Path],
    as_at: date,
    *,
    load: Load,
    case: Case | None = None,
    accept_typed_dates: bool = False,
    realign: bool = False,
    password: Password | None = None,
    merge: MergeCopies | None = None,
) -> Reconciliation:
    """Read workbooks, each as a case of its own; copies of one issue, where `merge` is given, as one case.

    `load` gives the procedure that a workbook's issue names. Problems of files that gave no case stand beside
    the cases. With `accept_typed_dates` a date typed over the formula of `Due` is read as an agreed date; with
    `realign` rows whose IDs stand beside another row's text are read by their text.
    """
    run = _Run(as_at, load, load_calendar_facts(), case, accept_typed_dates, realign)
    for path in paths:
        content, found = workbook_content(path, password)
        run.problems += [replace(each, file=each.file or str(path)) for each in found]
        state = None if found else run.read(content, str(path))
        if state is not None:
            run.cases.append(state)
    if merge:
        _leave_out_sources(run)
    cases = _merged(run, merge, password) if merge else run.cases
    return Reconciliation(as_at, tuple(_with_twins(cases)), tuple(run.problems))


def _leave_out_sources(run: _Run) -> None:
    """A workbook from which another of these was made, and which nobody touched since, is counted there."""
    kept: list[tuple[CaseState, tuple[str, str]]] = []
    notes: dict[str, list[Problem]] = {}
    for state, issue in zip(run.cases, run.issues, strict=True):
        file = state.workbooks[0]
        newer = run.made_from.get(file.sha256)
        if newer is None or newer == file.path:
            kept.append((state, issue))
        else:
            notes.setdefault(newer, []).append(problem("T358", file=file.path, other=newer))
    run.cases = [
        replace(state, problems=(*notes.get(state.workbooks[0].path, ()), *state.problems))
        for state, _ in kept
    ]
    run.issues = [issue for _, issue in kept]


def _merged(run: _Run, merge: MergeCopies, password: Password | None) -> list[CaseState]:
    """The cases, copies of one issue merged into the first of them."""
    groups: dict[tuple[str, str, str], list[CaseState]] = {}
    for state, issue in zip(list(run.cases), list(run.issues), strict=True):
        # Two workbooks issued blank are of one issue, and of two cases.
        groups.setdefault((*issue, case_identity(state)), []).append(state)
    return [_as_one(states, run, merge, password) for states in groups.values()]


def _as_one(
    states: Sequence[CaseState], run: _Run, merge: MergeCopies, password: Password | None
) -> CaseState:
    if len(states) == 1:
        return states[0]
    paths = [each.workbooks[0].path for each in states]
    files = [(path, workbook_content(Path(path), password)[0]) for path in paths]
    copies, problems = merge(files, run.load, run.as_at)
    if copies is None:
        return replace(states[0], problems=(*states[0].problems, *problems))
    state = run.read(copies.content, paths[0])
    assert state is not None, "what was merged can be read"
    between = [each.record() for each in copies.conflicts]
    told = [conflict_problem(each, paths[0]) for each in between]
    return replace(
        state,
        workbooks=tuple(each.workbooks[0] for each in states),
        conflicts=(*state.conflicts, *between),
        problems=(*copies.problems, *told, *state.problems),
    )


def with_typed_dates(
    reading: Reading, procedure: Procedure, found: Sequence[Problem]
) -> tuple[Reading, list[Problem]]:
    """The reading with dates typed over `Due` as agreed dates, where no other was agreed, and what to say of it."""
    tables = dict(reading.tables)
    accepted: dict[str, Problem] = {}
    for stage in procedure.stages:
        name = rules.table_name(stage.name)
        tables[name] = [_with_typed_date(row, accepted, reading.issue.due) for row in tables[name]]
    said = [accepted.pop(each.place, each) if each.code == "T205" else each for each in found]
    return replace(reading, tables=tables), said


def _with_typed_date(row: ReadRow, accepted: dict[str, Problem], issued: Mapping[str, date]) -> ReadRow:
    typed = row.typed_over.get("Due")
    if not isinstance(typed, date) or row.values.get("Agreed date") is not None:
        return row
    if typed == issued.get(row.text("ID")):
        return row  # the due date itself, as where a sheet was pasted as values: nobody agreed anything
    cell = row.cell("Due")
    facts = {"value": short_date(typed), "title": "Due"}
    accepted[cell] = problem("T353", place=cell, id=row.text("ID"), **facts)
    return replace(row, values={**row.values, "Agreed date": typed})


def _with_twins(cases: Sequence[CaseState]) -> list[CaseState]:
    """The cases, each told where another workbook of the same case was read before it."""
    first: dict[str, str] = {}
    told = []
    for case in cases:
        path = case.workbooks[0].path
        other = first.setdefault(case_identity(case), path)
        twin = [problem("T309", file=path, other=other)] if other != path else []
        told.append(replace(case, problems=(*twin, *case.problems)))
    return told
