"""From edited workbooks to what is known of their cases: state, changes, problems."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tracker import rules
from tracker.merge import OPEN, conflict_problem
from tracker.parallel import Died, in_order
from tracker.problems import codes, problem
from tracker.problems.unexpected import DEBUG, unexpected
from tracker.procedure.load import load_calendar_facts
from tracker.reconcile.changes import changes, values_worked_out
from tracker.reconcile.checks import check
from tracker.reconcile.checks_input import CheckInput, unread_sheets
from tracker.reconcile.model import CaseState, Reconciliation, case_identity
from tracker.reconcile.places import place_key, sheets_of
from tracker.reconcile.state import case_state
from tracker.text import short_date
from tracker.workbook.preflight import LOCKED
from tracker.workbook.read import read_content, workbook_content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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
    today: date | None = None,
) -> CaseState:
    """The state of one workbook's case, with what was changed since issue and all that is wrong.

    `found` are the problems met while reading; `case` is the description to hold the workbook against; `typed`
    the reading as people typed it, where `reading` takes a cell for another; `today` the day itself, where `as_at`
    is an earlier one.
    """
    state = case_state(reading, procedure, as_at)
    data = CheckInput(
        reading=reading,
        procedure=procedure,
        state=state,
        as_at=as_at,
        known_until=reading.known_until or facts.known_until,
        today=today,
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


@dataclass(frozen=True, slots=True)
class Settings:
    """How workbooks are read and judged. Handed to other processes, so all of it can be pickled.

    `load` gives the procedure that a workbook's issue names. With `accept_typed_dates` a date typed over the formula
    of `Due` is read as an agreed date; with `realign` rows whose IDs stand beside another row's text are read by
    their text. `case` is the description to hold the workbooks against; `today` the day itself, where
    `as_at` is an earlier one.
    """

    as_at: date
    load: Load
    case: Case | None = None
    accept_typed_dates: bool = False
    realign: bool = False
    password: Password | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True)
class FileRead:
    """What one workbook gave: its case, or the problems for which it gave none."""

    path: str
    state: CaseState | None
    problems: tuple[Problem, ...] = ()


def read_file(path: Path, settings: Settings) -> FileRead:
    """Read one workbook and judge its case. Whatever is in it, the other workbooks of a run are read as well."""
    try:
        content, found = workbook_content(path, settings.password)
        if found:
            return FileRead(str(path), None, problems=tuple(_of_file(found, str(path))))
        return read_bytes(content, str(path), settings)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return FileRead(str(path), None, problems=(unexpected(error, str(path)),))


def read_bytes(content: bytes, path: str, settings: Settings) -> FileRead:
    """Read the bytes of a workbook and judge its case; `path` is what it is called."""
    reading, procedure, found = read_content(content, path, settings.load, realign=settings.realign)
    if reading is None or procedure is None:
        return FileRead(path, None, problems=tuple(_of_file(found, path)))
    typed = reading
    if settings.accept_typed_dates:
        reading, found = with_typed_dates(reading, procedure, found)
    state = reconcile_reading(
        reading,
        procedure,
        found,
        settings.as_at,
        facts=load_calendar_facts(),
        case=settings.case,
        typed=typed,
        today=settings.today,
    )
    return FileRead(path, state)


def _of_file(found: Sequence[Problem], path: str) -> list[Problem]:
    return [replace(each, file=each.file or path) for each in found]


def read_files(
    paths: Sequence[Path], settings: Settings, *, workers: int = 1, step: Callable[[], object] = lambda: None
) -> Iterator[FileRead]:
    """Read workbooks, in `workers` processes, in the order of their paths; `step` is called after each."""
    job = partial(read_file, settings=settings)
    for path, read in zip(paths, in_order(job, paths, workers), strict=True):
        yield here(path, read, settings)
        step()


def here(path: Path, read: FileRead | Died[Path], settings: Settings) -> FileRead:
    """What another process made of a workbook, done over here where it could not be done there."""
    if isinstance(read, Died):
        return FileRead(str(path), None, problems=(problem(codes.WORKER_CRASHED, file=str(path)),))
    if settings.password and [each.code for each in read.problems] == [LOCKED]:
        return read_file(path, settings)  # only here can somebody be asked
    return read


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
    today: date | None = None,
    workers: int = 1,
    step: Callable[[], object] = lambda: None,
) -> Reconciliation:
    """Read workbooks, each as a case of its own; copies of one issue, where `merge` is given, as one case.

    Problems of files that gave no case stand beside the cases. The options are those of `Settings`. The answer is
    the same for any number of processes; with more than one, what is handed in must be picklable.
    """
    settings = Settings(as_at, load, case, accept_typed_dates, realign, password, today)
    return settled(list(read_files(list(paths), settings, workers=workers, step=step)), settings, merge)


def settled(reads: Sequence[FileRead], settings: Settings, merge: MergeCopies | None) -> Reconciliation:
    """What workbooks that were read say together: what is counted once, and of which there is another."""
    problems = [each for read in reads for each in read.problems]
    cases = [read.state for read in reads if read.state]
    if merge:
        cases = _merged(without_sources(cases), settings, merge, problems)
    return Reconciliation(settings.as_at, tuple(_with_twins(cases)), tuple(problems))


def without_sources(cases: Sequence[CaseState]) -> list[CaseState]:
    """The cases without those of workbooks from which another was made, untouched since: they are counted there."""
    newer = {digest: _path(case) for case in cases for digest in case.made_from}
    kept: list[CaseState] = []
    notes: dict[str, list[Problem]] = {}
    for case in cases:
        other = newer.get(case.workbooks[0].sha256, _path(case))
        if other == _path(case):
            kept.append(case)
        else:
            notes.setdefault(other, []).append(problem(codes.OLDER_COPY, file=_path(case), other=other))
    return [_with_problems(each, notes.get(_path(each), [])) for each in kept]


def _with_problems(case: CaseState, more: Sequence[Problem]) -> CaseState:
    return replace(case, problems=(*more, *case.problems)) if more else case


def _path(case: CaseState) -> str:
    return case.workbooks[0].path


def _merged(
    cases: Sequence[CaseState], settings: Settings, merge: MergeCopies, problems: list[Problem]
) -> list[CaseState]:
    """The cases, copies of one issue merged into the first of them."""
    groups: dict[tuple[str, str, str], list[CaseState]] = {}
    for case in cases:
        # Two workbooks issued blank are of one issue, and of two cases.
        groups.setdefault((case.uuid, case.issue, case_identity(case)), []).append(case)
    return [_as_one(states, settings, merge, problems) for states in groups.values()]


def _as_one(
    states: Sequence[CaseState], settings: Settings, merge: MergeCopies, told: list[Problem]
) -> CaseState:
    if len(states) == 1:
        return states[0]
    paths = [_path(each) for each in states]
    files = [(path, workbook_content(Path(path), settings.password)[0]) for path in paths]
    copies, problems = merge(files, settings.load, settings.as_at)
    if copies is None:
        return replace(states[0], problems=(*states[0].problems, *problems))
    read = read_bytes(copies.content, paths[0], settings)
    told += read.problems
    assert read.state is not None, "what was merged can be read"
    between = [each.record() for each in copies.conflicts]
    conflicts = [conflict_problem(each, paths[0]) for each in between]
    return replace(
        read.state,
        workbooks=tuple(each.workbooks[0] for each in states),
        conflicts=(*read.state.conflicts, *between),
        problems=(*copies.problems, *conflicts, *read.state.problems),
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
    said = [
        accepted.pop(each.place, each) if each.code == codes.FORMULA_TYPED_OVER else each for each in found
    ]
    return replace(reading, tables=tables), said


def _with_typed_date(row: ReadRow, accepted: dict[str, Problem], issued: Mapping[str, date]) -> ReadRow:
    typed = row.typed_over.get("Due")
    if not isinstance(typed, date) or row.values.get("Agreed date") is not None:
        return row
    if typed == issued.get(row.text("ID")):
        return row  # the due date itself, as where a sheet was pasted as values: nobody agreed anything
    cell = row.cell("Due")
    facts = {"value": short_date(typed), "title": "Due"}
    accepted[cell] = problem(codes.DUE_TYPED_OVER, place=cell, id=row.text("ID"), **facts)
    return replace(row, values={**row.values, "Agreed date": typed})


def _with_twins(cases: Sequence[CaseState]) -> list[CaseState]:
    """The cases, each told where another workbook of the same case was read before it."""
    first: dict[str, str] = {}
    told = []
    for case in cases:
        path = _path(case)
        other = first.setdefault(case_identity(case), path)
        twin = [problem(codes.SAME_CASE_TWICE, file=path, other=other)] if other != path else []
        told.append(_with_problems(case, twin))
    return told
