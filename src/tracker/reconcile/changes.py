"""What people changed in a workbook since it was issued, cell by cell.

Compared are cleaned values: what only looks different (blanks, quotes, 3.0 for 3) is no change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.merge import comparable, issued_rows
from tracker.reconcile.model import Change
from tracker.reconcile.places import place_key, sheets_of
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.case_of import clock_path
from tracker.workbook.case_page import field_value
from tracker.workbook.entries import (
    agency_entries,
    child_entries,
    closure_entries,
    hold_entries,
    holiday_entries,
    meeting_entries,
    role_entries,
)  # fmt: skip
from tracker.workbook.identity import homes_by_text
from tracker.workbook.reading import quoted
from tracker.workbook.support_pages import listed_holidays

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tracker.merge import Values
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure
    from tracker.reconcile.model import Action, CaseState, PlanAction
    from tracker.workbook.reading import CellValue, Reading, ReadRow


def changes(
    reading: Reading,
    procedure: Procedure,
    facts: CalendarFacts,
    *,
    unread: Collection[str] = (),
    evaluated: Mapping[str, CellValue] | None = None,
) -> list[Change]:
    """Every cell that differs from what was issued, in the order of sheets, rows and columns.

    `unread` are the sheets that are missing or without a header: their rows were not deleted one by one.
    `evaluated` are the values that the rules give cells that were typed over: the same value typed, as when a
    sheet is pasted as values, is no change.
    """
    found = [
        *_fields(reading, procedure),
        *_clocks(reading, procedure),
        *_stages(reading, procedure, unread),
        *_plan(reading, unread),
        *_keyed_tables(reading, procedure, facts, unread),
        *_listed_tables(reading, unread),
    ]
    sheets = sheets_of(procedure)
    rules_say = evaluated or {}
    kept = [each for each in found if not (each.cell in rules_say and _alike(each.now, rules_say[each.cell]))]
    return sorted(kept, key=lambda change: place_key(change.cell, sheets))


_RULES = {
    "Timescale": "timescale",
    "Due": "due",
    "RAG": "rag",
    "Days late": "days_late",
    "Day zero": "day_zero",
    "Employer": "employer",
}
"""The calculated columns, and what a state calls them; a name may be typed over, and then counts."""


def evaluated_values(reading: Reading, state: CaseState) -> dict[str, CellValue]:
    """What the rules give each cell that was typed over, by its address."""
    rules_of: tuple[Action | PlanAction, ...] = (*state.actions, *state.action_plan)
    judged = {each.cell: each for each in rules_of}
    rows = (row for table in reading.tables.values() for row in table if row.typed_over)
    return {
        row.cell(title): getattr(judged[row.cell()], _RULES[title])
        for row in rows
        for title in row.typed_over
        if title in _RULES and row.cell() in judged
    }


def _alike(left: CellValue, right: CellValue) -> bool:
    return str(comparable(left)) == str(comparable(right))


_ALL_COLUMNS = (*layout.STAGE_COLUMNS, *layout.PLAN_COLUMNS, *layout.ROLE_COLUMNS, *layout.AGENCY_COLUMNS)
CALCULATED = frozenset(column.title for column in _ALL_COLUMNS if column.kind == "formula") - {
    column.title for column in _ALL_COLUMNS if column.kind != "formula"
}
"""The columns that hold formulas on every sheet; an employer is typed on sheet People."""

_PERSONS = frozenset(column.title for column in layout.STAGE_COLUMNS if column.edited_by != "procedure")
"""The columns of a stage that hold what people typed; compared alone where the IDs stand beside other rows."""


def _cells(
    row: ReadRow, issued: Mapping[str, CellValue], row_id: str, only: Collection[str] | None = None
) -> Iterator[Change]:
    """The cells of a row that differ; a formula that still stands has no value of its own."""
    for title in row.columns:
        if title == "ID" or (only is not None and title not in only):
            continue
        if title not in row.values and title not in row.typed_over:
            continue
        now = row.values.get(title, row.typed_over.get(title))
        was = issued.get(title)
        if now is was or (type(now) is type(was) and now == was):
            continue
        if comparable(now) != comparable(was):
            yield Change(row.cell(title), row_id, title, was, now)


def _field_change(cell: str, label: str, was: CellValue, now: CellValue) -> Iterator[Change]:
    if comparable(was) != comparable(now):
        yield Change(cell, "", label, was, now)


def _fields(reading: Reading, procedure: Procedure) -> Iterator[Change]:
    labels = {field.path: field.label for field in layout.fields(procedure)}
    for path, read in reading.fields.items():
        yield from _field_change(read.cell, labels[path], field_value(reading.issue.case, path), read.value)


def _clocks(reading: Reading, procedure: Procedure) -> Iterator[Change]:
    for name, read in reading.clocks.items():
        was = field_value(reading.issue.case, clock_path(procedure.clock(name)))
        yield from _field_change(read.cell, name, was, read.value)


# Rows with an ID


def _as_evaluated(reading: Reading, rows: Mapping[str, Values]) -> dict[str, Values]:
    """The rows with what their formulas showed when they were issued, as far as that is remembered."""
    case, due = reading.issue.case, reading.issue.due
    contacts = {each.name: each.contact for each in case.agencies}
    names = contacts | {role: person.name for role, person in case.people.items()}
    return {
        row_id: {"Due": due.get(row_id), "Named owner": names.get(str(values.get("Owner"))), **values}
        for row_id, values in rows.items()
    }


def _stages(reading: Reading, procedure: Procedure, unread: Collection[str]) -> Iterator[Change]:
    """By ID over all stages: a row that was moved to another sheet is still the same row."""
    issued: dict[str, Values] = {}
    seen: set[str] = set()
    lost: list[tuple[str, str]] = []
    for stage in procedure.stages:
        rows = issued_rows(reading, stage.name, layout.STAGE_COLUMNS)
        issued |= _as_evaluated(reading, rows)
        read = reading.tables[rules.table_name(stage.name)]
        matched = _can_be_matched(read, "ID", stage.name, unread)
        if matched and not homes_by_text(read, reading.issue.fingerprints):
            lost += [(stage.name, row_id) for row_id in rows]
    for stage in procedure.stages:
        rows_read = _with(reading.tables[rules.table_name(stage.name)], "ID")
        homes = homes_by_text(rows_read, reading.issue.fingerprints)
        for row in rows_read:
            seen.add(row.text("ID"))
            home = homes.get(row.number, "") or row.text("ID")
            only = _PERSONS if homes else None
            yield from _cells(row, issued.get(home, {}), row.text("ID"), only)
    for sheet, row_id in lost:
        if row_id not in seen:
            yield Change(quoted(sheet), row_id, "Action", issued[row_id].get("Action"), None)


def _plan(reading: Reading, unread: Collection[str]) -> Iterator[Change]:
    issued = issued_rows(reading, layout.PLAN, layout.PLAN_COLUMNS)
    yield from _keyed(reading.tables[rules.PLAN], "ID", layout.PLAN, issued, unread)


def _with(rows: Sequence[ReadRow], key: str) -> list[ReadRow]:
    """The rows, unless the column they are known by is missing: that is one fault, not a hundred changes."""
    return [row for row in rows if key in row.columns]


def _can_be_matched(rows: Sequence[ReadRow], key: str, sheet: str, unread: Collection[str]) -> bool:
    return bool(_with(rows, key)) if rows else sheet not in unread


def _keyed(
    rows: Sequence[ReadRow], key: str, sheet: str, issued: Mapping[str, Values], unread: Collection[str]
) -> Iterator[Change]:
    """The changes of a table whose rows are known by the text in one column."""
    if not _can_be_matched(rows, key, sheet, unread):
        return
    left = {clean_text(name): values for name, values in issued.items()}
    for row in rows:
        name = clean_text(row.text(key))
        yield from _cells(row, left.pop(name, {}), name)  # a name typed once more is a row of its own
    for name, values in left.items():
        title = "Action" if key == "ID" else key
        yield Change(quoted(sheet), name, title, values.get(title), None)


# People and Calendar: what was issued follows from the case and its procedure


def _keyed_tables(
    reading: Reading, procedure: Procedure, facts: CalendarFacts, unread: Collection[str]
) -> Iterator[Change]:
    issue = reading.issue
    case = issue.case
    holidays = issue.holidays or listed_holidays(case, facts, issue.as_at)
    for table, key, sheet, issued in (
        (rules.ROLES, "Role", layout.PEOPLE, role_entries(case, procedure)),
        (rules.AGENCIES, "Code", layout.PEOPLE, agency_entries(case.agencies)),
        (layout.HOLIDAY_TABLE, "Bank holiday", layout.CALENDAR, holiday_entries(holidays)),
        (layout.CLOSURE_TABLE, "Office closure", layout.CALENDAR, closure_entries(case.office_closures)),
    ):
        yield from _keyed(reading.tables[table], key, sheet, issued, unread)


# Lists whose rows have no key


def _listed_tables(reading: Reading, unread: Collection[str]) -> Iterator[Change]:
    case = reading.issue.case
    for table, sheet, first, issued in (
        (layout.HOLD_TABLE, layout.CASE, "From", hold_entries(case.holds)),
        (layout.CHILDREN_TABLE, layout.CASE, "Child", child_entries(case.children)),
        (layout.PROCEEDINGS_TABLE, layout.CASE, "Kind", {}),
        (layout.LOG_TABLE, layout.LOG, "Date", {}),
        (layout.MEETING_TABLE, layout.CALENDAR, "Kind", meeting_entries(case.meetings)),
    ):
        rows = reading.tables[table]
        if rows or sheet not in unread:
            yield from _listed(rows, sheet, first, [*issued.values()])


def _listed(rows: Sequence[ReadRow], sheet: str, first: str, issued: Sequence[Values]) -> Iterator[Change]:
    """Rows alike are the same; what is left is paired by its first column, then in order."""
    left = list(issued)
    open_rows = list(rows)
    pairs: list[tuple[ReadRow, Values]] = []
    for alike in (_same_row, lambda row, values: comparable(row.values.get(first)) == comparable(values[first]),
                  lambda _row, _values: True):  # fmt: skip
        for row in list(open_rows):
            found = next((values for values in left if alike(row, values)), None)
            if found is not None:
                left.remove(found)
                open_rows.remove(row)
                pairs.append((row, found))
    for row, values in [*pairs, *((row, {}) for row in open_rows)]:
        yield from _cells(row, values, row.text("ID"))
    for values in left:
        for title, was in values.items():
            if comparable(was) is not None:
                yield Change(quoted(sheet), "", title, was, None)


def _same_row(row: ReadRow, values: Values) -> bool:
    return not any(True for _ in _cells(row, values, ""))
