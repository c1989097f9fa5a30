"""From edited workbooks to what is known of their cases: state, changes, problems."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING

from tracker import rules
from tracker.merge import Values, comparable, issued_conflicts, issued_rows
from tracker.parallel import WorkerCrashed, in_order
from tracker.problems import DEBUG, Problem, codes, problem, unexpected
from tracker.procedure.load import load_calendar_facts
from tracker.reconcile import checks_case, checks_rows
from tracker.reconcile.checks_case import CheckInput
from tracker.reconcile.model import CaseState, Change, case_identity, field_name
from tracker.reconcile.output import place_key, sheet_order
from tracker.reconcile.state import case_state, stage_tables
from tracker.text import clean_text, same_word
from tracker.workbook import entries, layout
from tracker.workbook.baseline import listed_holidays
from tracker.workbook.case_of import clock_path
from tracker.workbook.case_page import field_value
from tracker.workbook.preflight import Password, workbook_content
from tracker.workbook.read import LoadProcedure, read_content
from tracker.workbook.read_rows import homes_by_text
from tracker.workbook.reading import CellValue, Reading, ReadRow, quoted
from tracker.workbook.standby import is_spare, spare_entries, standby_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from tracker.case.model import Case
    from tracker.procedure.model import Procedure


def reconcile_reading(
    reading: Reading, procedure: Procedure, reading_problems: Sequence[Problem], as_at: date, *,
    case: Case | None = None, typed: Reading | None = None, today: date | None = None,
) -> CaseState:  # fmt: skip
    """The state of one workbook's case, with what was changed since issue and all that is wrong.

    `reading_problems` are those met while reading; `case` is the description to hold the workbook against; `typed` the
    reading as people typed it, where `reading` takes a cell for another; `today` the day itself, where `as_at` is
    an earlier one.
    """
    state = case_state(reading, procedure, as_at)
    known_until = reading.known_until or load_calendar_facts().known_until
    data = CheckInput(reading, procedure, state, as_at, known_until, today, case, reading_problems)
    sheets = sheet_order([stage.name for stage in procedure.stages])
    waiting = [each for each in issued_conflicts(reading.baseline) if each.open]
    problems = [*reading_problems, *check(data), *(each.problem(reading.path) for each in waiting)]
    problems.sort(key=lambda each: (*place_key(each.place, sheets), each.code))
    changed = changes(data, typed or reading)
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

    `load` gives the procedure that a workbook's baseline names. With `accept_typed_dates` a date typed over the formula
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
        content, problems = workbook_content(path, settings.password)
        if problems:
            return _unread(str(path), problems)
        return read_bytes(content, str(path), settings)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return _unread(str(path), [unexpected(error, str(path))])


def read_bytes(content: bytes, path: str, settings: Settings) -> FileRead:
    """Read the bytes of a workbook and judge its case; `path` is what it is called."""
    reading, procedure, problems = read_content(content, path, settings.load, realign=settings.realign)
    if reading is None or procedure is None:
        return _unread(path, problems)
    typed = reading
    if settings.accept_typed_dates:
        reading, problems = with_typed_dates(reading, procedure, problems)
    state = reconcile_reading(
        reading, procedure, problems, settings.as_at, case=settings.case, typed=typed, today=settings.today
    )
    return FileRead(state)


def _unread(path: str, problems: Sequence[Problem]) -> FileRead:
    return FileRead(None, tuple(replace(each, file=each.file or path) for each in problems))


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
    reading: Reading, procedure: Procedure, problems: Sequence[Problem]
) -> tuple[Reading, list[Problem]]:
    """The reading with dates typed over `Due` as agreed dates, where no other was agreed, and what to say of it."""
    tables = dict(reading.tables)
    accepted: dict[str, Problem] = {}
    for stage in procedure.stages:
        name = rules.table_name(stage.name)
        tables[name] = [_with_typed_date(row, accepted, reading.baseline.due) for row in tables[name]]
    problems = [
        accepted.pop(each.place, each) if each.code == codes.FORMULA_TYPED_OVER else each for each in problems
    ]
    return replace(reading, tables=tables), problems


def _with_typed_date(row: ReadRow, accepted: dict[str, Problem], issued: Mapping[str, date]) -> ReadRow:
    typed = row.typed_over.get("Due")
    agreed = row.values.get("Agreed date") is not None
    # The due date itself, as where a sheet was pasted as values: nobody agreed anything.
    if not isinstance(typed, date) or agreed or typed == issued.get(row.text("ID")):
        return row
    accepted[row.cell("Due")] = row.problem(codes.DUE_TYPED_OVER, "Due", value=typed, title="Due")
    return replace(row, values={**row.values, "Agreed date": typed})


# What is wrong: every public function of the modules of checks is one

CHECKS = tuple(
    function
    for module in (checks_rows, checks_case)
    for name, function in vars(module).items()
    if isinstance(function, FunctionType) and function.__module__ == module.__name__ and name[0] != "_"
)
ACCEPTABLE = (codes.ROW_DELETED, codes.DONE_TOO_EARLY)
"""A deleted row, and a step done before one it waits for: whoever meant it notes that once in Log, with the reason."""


def check(data: CheckInput) -> list[Problem]:
    """What is wrong with a case, in the order of the checks."""
    problems: list[Problem] = [each for function in CHECKS for each in function(data)]
    return [each for each in problems if not (each.code in ACCEPTABLE and _is_accepted(each, data))]


def _is_accepted(problem_of_row: Problem, data: CheckInput) -> bool:
    """Whether Log has a decision on the row: for a step that is done, since it was done."""
    checked = data.by_id.get(problem_of_row.id)
    return is_decided(data.reading, problem_of_row.id, since=checked.action.completed if checked else None)


def is_decided(reading: Reading, row_id: str, since: date | None = None) -> bool:
    """Whether Log has a decision on a row, with its reason, on or after a day where one is given."""
    return any(
        row.text("ID") == row_id
        and same_word(row.text("What"), "Decision")
        and clean_text(row.text("Text"))
        and (since is None or (day := row.day("Date")) is None or day >= since)
        for row in reading.tables.get(layout.LOG_TABLE, ())
    )


# What people changed since issue: only what looks different (blanks, quotes, 3.0 for 3) is no change

_NEVER_CHANGED = frozenset({"ID", "Order"})
"""What a row is known by, and the hidden key that Summary sorts by: no change of anybody's."""
_FORMULAS = {column.title for column in layout.STAGE_COLUMNS if column.edited_by == "formula"}
_CALCULATED = frozenset(_FORMULAS - _NEVER_CHANGED)
"""The columns the rules alone fill; a name may be typed over its formula, and then counts."""
_PERSONS = frozenset(column.title for column in layout.STAGE_COLUMNS if column.edited_by != "procedure")
"""The columns of a stage that hold what people typed; compared alone where the IDs stand beside other rows."""


def changes(data: CheckInput, reading: Reading) -> list[Change]:
    """Every cell of `reading`, which is as people typed it, that differs from what was issued.

    A value typed over a formula that gives the same, as when a sheet is pasted as values, is no change.
    """
    changed = [*_fields(data, reading), *_stages(data, reading), *_keyed_tables(data, reading)]
    changed += _listed_tables(data, reading)
    judged = {each.cell: each for each in data.state.rows}
    as_evaluated = {
        row.cell(title)
        for rows in reading.tables.values()
        for row in rows
        if row.typed_over and row.cell() in judged
        for title in _CALCULATED.intersection(row.typed_over)
        if _alike(row.typed_over[title], getattr(judged[row.cell()], field_name(title)))
    }
    return [each for each in changed if each.cell not in as_evaluated]


def _alike(left: CellValue, right: CellValue) -> bool:
    return str(comparable(left)) == str(comparable(right))


def _fields(data: CheckInput, reading: Reading) -> Iterator[Change]:
    """The single cells of sheet Case."""
    procedure = data.procedure
    labels = {field.path: field.label for field in layout.fields(procedure)}
    read = [(labels[path], path, each) for path, each in reading.fields.items()]
    read += [(name, clock_path(procedure.clock(name)), each) for name, each in reading.clocks.items()]
    for label, path, now in read:
        was = field_value(reading.baseline.case, path)
        if comparable(was) != comparable(now.value):
            yield Change(now.cell, "", label, was, now.value)


def _cells(
    row: ReadRow, issued: Mapping[str, CellValue], row_id: str, only: Collection[str] | None = None
) -> Iterator[Change]:
    """The cells of a row that differ; a formula that still stands has no value of its own."""
    for title in row.columns:
        if title in _NEVER_CHANGED or (only is not None and title not in only):
            continue
        if title not in row.values and title not in row.typed_over:
            continue
        now, was = row.values.get(title, row.typed_over.get(title)), issued.get(title)
        same = now is was or (type(now) is type(was) and now == was)  # most are, and need no cleaning
        if not same and comparable(now) != comparable(was):
            yield Change(row.cell(title), row_id, title, was, now)


def _stages(data: CheckInput, reading: Reading) -> Iterator[Change]:
    """By ID over all stages: a row that was moved to another sheet is still the same row."""
    case, due = reading.baseline.case, reading.baseline.due
    names = {each.name: each.contact for each in case.agencies}
    names |= {role: person.name for role, person in case.people.items()}
    tables = stage_tables(reading, data.procedure)
    homes = {sheet: homes_by_text(tables[sheet], reading.baseline.fingerprints) for sheet in data.misaligned}
    issued: dict[str, Values] = {}
    lost: list[tuple[str, str]] = []
    for sheet, rows in tables.items():
        rows_issued = issued_rows(reading, sheet, layout.STAGE_COLUMNS)
        for row_id, values in rows_issued.items():  # and what formulas showed, as far as that is remembered
            shown = {"Due": due.get(row_id), "Named owner": names.get(str(values.get("Owner")))}
            issued[row_id] = {**shown, **values}
        if _has_key(data, rows, "ID", sheet) and sheet not in homes:
            lost += [(sheet, row_id) for row_id in rows_issued]
    seen: set[str] = set()
    for sheet, rows in tables.items():
        for row in rows:
            if "ID" in row.columns:
                row_id = row.text("ID")
                seen.add(row_id)
                home = homes.get(sheet, {}).get(row.number, "") or row_id
                yield from _cells(row, issued.get(home, {}), row_id, _PERSONS if sheet in homes else None)
    for sheet, row_id in lost:
        if row_id not in seen:
            yield Change(quoted(sheet), row_id, "Action", issued[row_id].get("Action"), None)


def _has_key(data: CheckInput, rows: Sequence[ReadRow], key: str, sheet: str) -> bool:
    """Whether rows can be missed: a sheet or column that is missing is reported once, not row by row."""
    return key in rows[0].columns if rows else sheet not in data.unread


def _roles(data: CheckInput, reading: Reading) -> entries.Entries:
    """The rows of roles as issued.

    Under another text of the procedure a role may have been added since, and so may an address that it gives.
    """
    baseline = reading.baseline
    rows = {clean_text(row.text("Role")): row for row in reading.tables[rules.ROLES]}
    issued = entries.role_entries(baseline.case, data.procedure)
    if baseline.procedure_sha256 == data.procedure.sha256:
        return issued
    there = set(rows) | set(baseline.case.people)
    without = entries.role_entries(baseline.case, data.procedure, addresses=False)
    return {
        name: entry if name in rows and rows[name].text("Email") == entry["Email"] else without[name]
        for name, entry in issued.items()
        if name in there
    }


def _keyed_tables(data: CheckInput, reading: Reading) -> Iterator[Change]:
    """Tables whose rows are known by the text in one column. People and Calendar follow from case and procedure."""
    baseline, case = reading.baseline, reading.baseline.case
    spare = spare_entries(baseline)
    waiting = {*standby_keys(baseline).values()} - {each.code for each in case.agencies}
    issued_holidays = baseline.holidays or listed_holidays(case, load_calendar_facts(), baseline.as_at)
    holidays = entries.holiday_entries(issued_holidays)
    closures = entries.closure_entries(case.office_closures)
    for table, key, sheet, issued in (
        (rules.PLAN, "ID", layout.PLAN, issued_rows(reading, layout.PLAN, layout.PLAN_COLUMNS)),
        (rules.ROLES, "Role", layout.PEOPLE, _roles(data, reading)),
        (rules.AGENCIES, "Code", layout.PEOPLE, entries.agency_entries(case.agencies)),
        (layout.HOLIDAY_TABLE, "Bank holiday", layout.CALENDAR, holidays),
        (layout.CLOSURE_TABLE, "Office closure", layout.CALENDAR, closures),
    ):
        rows = [row for row in reading.tables[table] if not is_spare(row, waiting)]
        if not _has_key(data, rows, key, sheet):
            continue
        left = {clean_text(name): values for name, values in issued.items()}
        for row in rows:
            name = clean_text(row.text(key))  # typed once more it is a row of its own
            yield from _cells(row, left.pop(name, spare.get(name, {})), name)
        title = "Action" if key == "ID" else key
        for name, values in left.items():
            yield Change(quoted(sheet), name, title, values.get(title), None)


def _listed_tables(data: CheckInput, reading: Reading) -> Iterator[Change]:
    """Tables whose rows have no key."""
    case = reading.baseline.case
    for table, sheet, first, issued in (
        (layout.HOLD_TABLE, layout.CASE, "From", entries.hold_entries(case.holds)),
        (layout.CHILDREN_TABLE, layout.CASE, "Child", entries.child_entries(case.children)),
        (layout.PROCEEDINGS_TABLE, layout.CASE, "Kind", {}),
        (layout.LOG_TABLE, layout.LOG, "Date", {}),
        (layout.MEETING_TABLE, layout.CALENDAR, "Kind", entries.meeting_entries(case.meetings)),
    ):
        rows = reading.tables[table]
        if rows or sheet not in data.unread:
            yield from _listed(rows, sheet, first, [*issued.values()])


def _listed(rows: Sequence[ReadRow], sheet: str, first: str, issued: Sequence[Values]) -> Iterator[Change]:
    """Rows alike are the same; what is left is paired by its first column, then in order."""
    left, rest = list(issued), list(rows)
    tests: tuple[Callable[[ReadRow, Values], bool], ...] = (
        lambda row, values: not any(_cells(row, values, "")),
        lambda row, values: comparable(row.values.get(first)) == comparable(values[first]),
        lambda _row, _values: True,
    )
    for alike in tests:
        for row in list(rest):
            alike_values = next((values for values in left if alike(row, values)), None)
            if alike_values is not None:
                left.remove(alike_values)
                rest.remove(row)
                yield from _cells(row, alike_values, row.text("ID"))
    for row in rest:
        yield from _cells(row, {}, row.text("ID"))
    for values in left:
        for title, was in values.items():
            if comparable(was) is not None:
                yield Change(quoted(sheet), "", title, was, None)
