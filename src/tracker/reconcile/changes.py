"""What people changed in a workbook since it was issued, cell by cell.

Compared are cleaned values: what only looks different (blanks, quotes, 3.0 for 3) is no change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.merge import comparable, issued_rows
from tracker.reconcile.model import Change, field_name
from tracker.reconcile.state import stage_tables
from tracker.text import clean_text
from tracker.workbook import entries, layout
from tracker.workbook.case_of import clock_path
from tracker.workbook.case_page import field_value
from tracker.workbook.identity import homes_by_text
from tracker.workbook.issue import listed_holidays
from tracker.workbook.reading import quoted
from tracker.workbook.standby import is_spare, spare_entries, standby_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from tracker.merge import Values
    from tracker.procedure.load import CalendarFacts
    from tracker.reconcile.checks_input import CheckInput
    from tracker.workbook.reading import CellValue, Reading, ReadRow

_NEVER_CHANGED = frozenset({"ID", "Order"})
"""What a row is known by, and the hidden key that Summary sorts by: no change of anybody's."""
_CALCULATED = (
    frozenset(column.title for column in layout.STAGE_COLUMNS if column.edited_by == "formula")
    - _NEVER_CHANGED
)
"""The columns the rules alone fill; a name may be typed over its formula, and then counts."""
_PERSONS = frozenset(column.title for column in layout.STAGE_COLUMNS if column.edited_by != "procedure")
"""The columns of a stage that hold what people typed; compared alone where the IDs stand beside other rows."""


def changes(data: CheckInput, reading: Reading, facts: CalendarFacts) -> list[Change]:
    """Every cell of `reading`, which is as people typed it, that differs from what was issued.

    A value typed over a formula that gives the same, as when a sheet is pasted as values, is no change.
    """
    found = [
        *_fields(data, reading),
        *_stages(data, reading),
        *_keyed_tables(data, reading, facts),
        *_listed_tables(data, reading),
    ]
    judged = {each.cell: each for each in data.state.rows}
    evaluated = {
        row.cell(title): str(comparable(getattr(judged[row.cell()], field_name(title))))
        for rows in reading.tables.values()
        for row in rows
        if row.typed_over and row.cell() in judged
        for title in _CALCULATED.intersection(row.typed_over)
    }
    return [each for each in found if evaluated.get(each.cell) != str(comparable(each.now))]


def _fields(data: CheckInput, reading: Reading) -> Iterator[Change]:
    """The single cells of sheet Case."""
    procedure = data.procedure
    labels = {field.path: field.label for field in layout.fields(procedure)}
    read = [(labels[path], path, each) for path, each in reading.fields.items()]
    read += [(name, clock_path(procedure.clock(name)), each) for name, each in reading.clocks.items()]
    for label, path, now in read:
        was = field_value(reading.issue.case, path)
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
        now = row.values.get(title, row.typed_over.get(title))
        was = issued.get(title)
        if now is was or (type(now) is type(was) and now == was):
            continue
        if comparable(now) != comparable(was):
            yield Change(row.cell(title), row_id, title, was, now)


def _can_be_matched(data: CheckInput, rows: Sequence[ReadRow], key: str, sheet: str) -> bool:
    """Whether rows can be missed: a sheet, or the column they are known by, is missing once, not row by row."""
    return key in rows[0].columns if rows else sheet not in data.unread


def _stages(data: CheckInput, reading: Reading) -> Iterator[Change]:
    """By ID over all stages: a row that was moved to another sheet is still the same row."""
    case, due = reading.issue.case, reading.issue.due
    names = {each.name: each.contact for each in case.agencies}
    names |= {role: person.name for role, person in case.people.items()}
    tables = stage_tables(reading, data.procedure)
    homes = {sheet: homes_by_text(rows, reading.issue.fingerprints) for sheet, rows in tables.items()}
    issued: dict[str, Values] = {}
    lost: list[tuple[str, str]] = []
    for sheet, rows in tables.items():
        rows_issued = issued_rows(reading, sheet, layout.STAGE_COLUMNS)
        for row_id, values in rows_issued.items():  # and what formulas showed, as far as that is remembered
            shown = {"Due": due.get(row_id), "Named owner": names.get(str(values.get("Owner")))}
            issued[row_id] = {**shown, **values}
        if _can_be_matched(data, rows, "ID", sheet) and not homes[sheet]:
            lost += [(sheet, row_id) for row_id in rows_issued]
    seen: set[str] = set()
    for sheet, rows in tables.items():
        for row in rows:
            if "ID" in row.columns:
                row_id = row.text("ID")
                seen.add(row_id)
                home = homes[sheet].get(row.number, "") or row_id
                yield from _cells(row, issued.get(home, {}), row_id, _PERSONS if homes[sheet] else None)
    for sheet, row_id in lost:
        if row_id not in seen:
            yield Change(quoted(sheet), row_id, "Action", issued[row_id].get("Action"), None)


def _roles(data: CheckInput, reading: Reading) -> entries.Entries:
    """The rows of roles as issued.

    Under another text of the procedure a role may have been added since, and so may an address that it gives.
    """
    issue = reading.issue
    rows = {clean_text(row.text("Role")): row for row in reading.tables[rules.ROLES]}
    issued = entries.role_entries(issue.case, data.procedure)
    if issue.procedure_digest == data.procedure.digest:
        return issued
    there = set(rows) | set(issue.case.people)
    without = entries.role_entries(issue.case, data.procedure, addresses=False)
    return {
        name: entry if name in rows and rows[name].text("Email") == entry["Email"] else without[name]
        for name, entry in issued.items()
        if name in there
    }


def _keyed_tables(data: CheckInput, reading: Reading, facts: CalendarFacts) -> Iterator[Change]:
    """Tables whose rows are known by the text in one column. People and Calendar follow from case and procedure."""
    issue, case = reading.issue, reading.issue.case
    spare = spare_entries(issue)
    waiting = {*standby_keys(issue).values()} - {each.code for each in case.agencies}
    holidays = issue.holidays or listed_holidays(case, facts, issue.as_at)
    for table, key, sheet, issued in (
        (rules.PLAN, "ID", layout.PLAN, issued_rows(reading, layout.PLAN, layout.PLAN_COLUMNS)),
        (rules.ROLES, "Role", layout.PEOPLE, _roles(data, reading)),
        (rules.AGENCIES, "Code", layout.PEOPLE, entries.agency_entries(case.agencies)),
        (layout.HOLIDAY_TABLE, "Bank holiday", layout.CALENDAR, entries.holiday_entries(holidays)),
        (
            layout.CLOSURE_TABLE,
            "Office closure",
            layout.CALENDAR,
            entries.closure_entries(case.office_closures),
        ),
    ):
        rows = [row for row in reading.tables[table] if not is_spare(row, waiting)]
        if not _can_be_matched(data, rows, key, sheet):
            continue
        left = {clean_text(name): values for name, values in issued.items()}
        for row in rows:
            name = clean_text(row.text(key))
            yield from _cells(
                row, left.pop(name, spare.get(name, {})), name
            )  # a name typed once more is a row of its own
        title = "Action" if key == "ID" else key
        for name, values in left.items():
            yield Change(quoted(sheet), name, title, values.get(title), None)


def _listed_tables(data: CheckInput, reading: Reading) -> Iterator[Change]:
    """Tables whose rows have no key."""
    case = reading.issue.case
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
    left, open_rows = list(issued), list(rows)
    pairs: list[tuple[ReadRow, Values]] = []
    tests: tuple[Callable[[ReadRow, Values], bool], ...] = (
        lambda row, values: not any(_cells(row, values, "")),
        lambda row, values: comparable(row.values.get(first)) == comparable(values[first]),
        lambda _row, _values: True,
    )
    for alike in tests:
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
