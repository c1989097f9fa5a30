"""From edited workbooks to what is known of their cases: state, changes, problems."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING

from tracker import rules
from tracker.merge import issued_conflicts
from tracker.parallel import WorkerCrashed, in_order
from tracker.problems import DEBUG, Problem, codes, problem, unexpected
from tracker.procedure.load import CalendarFacts, load_calendar_facts
from tracker.reconcile import checks_case, checks_rows
from tracker.reconcile.changes import changes
from tracker.reconcile.checks_input import CheckInput
from tracker.reconcile.model import CaseState, case_identity
from tracker.reconcile.output import place_key, sheet_order
from tracker.reconcile.state import case_state
from tracker.text import clean_text, same_word, short_date
from tracker.workbook import layout
from tracker.workbook.preflight import Password, workbook_content
from tracker.workbook.read import LoadProcedure, read_content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tracker.case.model import Case
    from tracker.procedure.model import Procedure
    from tracker.workbook.reading import Reading, ReadRow


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
    sheets = sheet_order([stage.name for stage in procedure.stages])
    waiting = [each for each in issued_conflicts(reading.issue) if each.open]
    problems = [*found, *check(data), *(each.problem(reading.path) for each in waiting)]
    problems.sort(key=lambda each: (*place_key(each.place, sheets), each.code))
    changed = changes(data, typed or reading, facts)
    changed.sort(key=lambda each: place_key(each.cell, sheets))
    return replace(
        state,
        changes=tuple(changed),
        conflicts=tuple(each.record() for each in waiting),
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
    load: LoadProcedure
    case: Case | None = None
    accept_typed_dates: bool = False
    realign: bool = False
    password: Password | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True)
class FileRead:
    """What one workbook gave: its case, or the problems for which it gave none."""

    state: CaseState | None
    problems: tuple[Problem, ...] = ()


def read_file(path: Path, settings: Settings) -> FileRead:
    """Read one workbook and judge its case. Whatever is in it, the other workbooks of a run are read as well."""
    try:
        content, found = workbook_content(path, settings.password)
        if found:
            return _unread(str(path), found)
        return read_bytes(content, str(path), settings)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return _unread(str(path), [unexpected(error, str(path))])


def read_bytes(content: bytes, path: str, settings: Settings) -> FileRead:
    """Read the bytes of a workbook and judge its case; `path` is what it is called."""
    reading, procedure, found = read_content(content, path, settings.load, realign=settings.realign)
    if reading is None or procedure is None:
        return _unread(path, found)
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
    return FileRead(state)


def _unread(path: str, found: Sequence[Problem]) -> FileRead:
    return FileRead(None, tuple(replace(each, file=each.file or path) for each in found))


def read_files(
    paths: Sequence[Path], settings: Settings, *, workers: int = 1, step: Callable[[], object] = lambda: None
) -> Iterator[FileRead]:
    """Read workbooks, in `workers` processes, in the order of their paths; `step` is called after each."""
    job = partial(read_file, settings=settings)
    for path, read in zip(paths, in_order(job, paths, workers), strict=True):
        if isinstance(read, WorkerCrashed):
            yield _unread(str(path), [problem(codes.WORKER_CRASHED, file=str(path))])
        elif settings.password and [each.code for each in read.problems] == [codes.PASSWORD_PROTECTED]:
            yield read_file(path, settings)  # only in this process can somebody be asked
        else:
            yield read
        step()


def note_twins(cases: Sequence[CaseState]) -> tuple[CaseState, ...]:
    """The cases, each with a problem where another workbook of the same case was read before it."""
    first: dict[str, str] = {}
    noted = []
    for case in cases:
        path = case.workbooks[0].path
        other = first.setdefault(case_identity(case), path)
        twin = [problem(codes.SAME_CASE_TWICE, file=path, other=other)] if other != path else []
        noted.append(replace(case, problems=(*twin, *case.problems)))
    return tuple(noted)


def with_typed_dates(
    reading: Reading, procedure: Procedure, found: Sequence[Problem]
) -> tuple[Reading, list[Problem]]:
    """The reading with dates typed over `Due` as agreed dates, where no other was agreed, and what to say of it."""
    tables = dict(reading.tables)
    accepted: dict[str, Problem] = {}
    for name in (rules.table_name(stage.name) for stage in procedure.stages):
        tables[name] = [_with_typed_date(row, accepted, reading.issue.due) for row in tables[name]]
    problems = [
        accepted.pop(each.place, each) if each.code == codes.FORMULA_TYPED_OVER else each for each in found
    ]
    return replace(reading, tables=tables), problems


def _with_typed_date(row: ReadRow, accepted: dict[str, Problem], issued: Mapping[str, date]) -> ReadRow:
    typed, row_id, cell = row.typed_over.get("Due"), row.text("ID"), row.cell("Due")
    if not isinstance(typed, date) or row.values.get("Agreed date") is not None:
        return row
    if typed == issued.get(row_id):
        return row  # the due date itself, as where a sheet was pasted as values: nobody agreed anything
    facts = {"value": short_date(typed), "title": "Due"}
    accepted[cell] = problem(codes.DUE_TYPED_OVER, place=cell, id=row_id, **facts)
    return replace(row, values={**row.values, "Agreed date": typed})


CHECKS = tuple(
    function
    for module in (checks_rows, checks_case)
    for name, function in vars(module).items()
    if isinstance(function, FunctionType)
    and function.__module__ == module.__name__
    and not name.startswith("_")
)
ACCEPTABLE = (codes.ROW_DELETED, codes.DONE_TOO_EARLY)
"""A deleted row, and a step done before one it waits for: whoever meant it notes that once in Log, with the reason."""


def check(data: CheckInput) -> list[Problem]:
    """What is wrong with a case, in the order of the checks."""
    found: list[Problem] = [each for function in CHECKS for each in function(data)]
    return [each for each in found if not (each.code in ACCEPTABLE and _is_accepted(each, data))]


def _is_accepted(found: Problem, data: CheckInput) -> bool:
    """Whether Log has a decision on the row, with its reason: for a step that is done, since it was done."""
    checked = data.by_id.get(found.id)
    return is_decided(data.reading, found.id, since=checked.action.completed if checked else None)


def is_decided(reading: Reading, row_id: str, since: date | None = None) -> bool:
    """Whether Log has a decision on a row, with its reason, on or after a day where one is given."""
    return any(
        row.text("ID") == row_id
        and same_word(row.text("What"), "Decision")
        and clean_text(row.text("Text"))
        and (since is None or (day := row.day("Date")) is None or day >= since)
        for row in reading.tables.get(layout.LOG_TABLE, ())
    )
