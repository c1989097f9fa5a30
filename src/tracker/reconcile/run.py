"""From edited workbooks to what is known of their cases: state, changes, problems."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import problem
from tracker.procedure.load import load_calendar_facts
from tracker.reconcile.changes import changes
from tracker.reconcile.checks import check
from tracker.reconcile.checks_input import CheckInput, unread_sheets
from tracker.reconcile.model import CaseState, Reconciliation
from tracker.reconcile.places import place_key, sheets_of
from tracker.reconcile.state import case_state
from tracker.text import short_date
from tracker.workbook.read import read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from tracker.case.model import Case
    from tracker.problems import Problem
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure
    from tracker.workbook.issue import Issue
    from tracker.workbook.read import Password
    from tracker.workbook.reading import Reading, ReadRow

    Load = Callable[[Issue], tuple[Procedure | None, list[Problem]]]


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
    problems = sorted([*found, *check(data)], key=lambda each: (*place_key(each.place, sheets), each.code))
    return replace(
        state,
        changes=tuple(changes(typed or reading, procedure, facts, unread=unread_sheets(found))),
        conflicts=tuple(reading.issue.conflicts),
        problems=tuple(replace(each, file=reading.path) for each in problems),
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
) -> Reconciliation:
    """Read workbooks, each as a case of its own.

    `load` gives the procedure that a workbook's issue names. Problems of files that gave no case stand beside
    the cases. With `accept_typed_dates` a date typed over the formula of `Due` is read as an agreed date; with
    `realign` rows whose IDs stand beside another row's text are read by their text.
    """
    facts = load_calendar_facts()
    cases: list[CaseState] = []
    problems: list[Problem] = []
    for path in paths:
        reading, procedure, found = read_workbook(path, load, realign=realign, password=password)
        if reading is None or procedure is None:
            problems += [replace(each, file=each.file or str(path)) for each in found]
            continue
        typed = reading
        if accept_typed_dates:
            reading, found = with_typed_dates(reading, procedure, found)
        cases.append(reconcile_reading(reading, procedure, found, as_at, facts=facts, case=case, typed=typed))
    return Reconciliation(as_at, tuple(_with_twins(cases)), tuple(problems))


def with_typed_dates(
    reading: Reading, procedure: Procedure, found: Sequence[Problem]
) -> tuple[Reading, list[Problem]]:
    """The reading with dates typed over `Due` as agreed dates, where no other was agreed, and what to say of it."""
    tables = dict(reading.tables)
    accepted: dict[str, Problem] = {}
    for stage in procedure.stages:
        name = rules.table_name(stage.name)
        tables[name] = [_with_typed_date(row, accepted) for row in tables[name]]
    said = [accepted.pop(each.place, each) if each.code == "T205" else each for each in found]
    return replace(reading, tables=tables), said


def _with_typed_date(row: ReadRow, accepted: dict[str, Problem]) -> ReadRow:
    typed = row.typed_over.get("Due")
    if not isinstance(typed, date) or row.values.get("Agreed date") is not None:
        return row
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
        other = first.setdefault(case.uuid, path)
        twin = [problem("T309", file=path, other=other)] if other != path else []
        told.append(replace(case, problems=(*twin, *case.problems)))
    return told
