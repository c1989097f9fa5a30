"""Where each table of a workbook was found, and how far its Excel table must reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.workbook import layout
from tracker.workbook.grid import FormulaText
from tracker.workbook.reading import TablePlace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.procedure.model import Procedure
    from tracker.workbook.grid import SheetTable
    from tracker.workbook.issue import Issue
    from tracker.workbook.reading import ReadRow


def table_places(
    tables: Sequence[SheetTable],
    rows: Mapping[str, Sequence[ReadRow]],
    renamed: Mapping[str, Mapping[str, str]],
    issue: Issue,
    procedure: Procedure,
) -> dict[str, TablePlace]:
    """The place of each table by its name."""
    found = {}
    for table in tables:
        if table.name == rules.CLOCKS:  # read clock by clock
            last = ours_to = table.header.row + len(procedure.clocks)
        else:
            own = rows[table.name]
            last = max((row.number for row in own), default=table.header.row)
            ours_to = _last_row_of_ours(table, own, issue, procedure)
        found[table.name] = TablePlace(
            table.grid.name, table.header.row, table.header.columns, last, table.until,
            renamed.get(table.name, {}), ours_to,
        )  # fmt: skip
    return found


def _last_row_of_ours(table: SheetTable, rows: Sequence[ReadRow], issue: Issue, procedure: Procedure) -> int:
    """The last row that we put there, or that carries our formulas: the Excel table must cover it."""
    case = issue.case
    listed_once: dict[str, set[object]] = {
        rules.ROLES: {role.name for role in procedure.roles},
        rules.AGENCIES: {each.code for each in case.agencies},
        layout.CHILDREN_TABLE: set(case.children),
        layout.HOLIDAY_TABLE: set(issue.holidays),
        layout.CLOSURE_TABLE: set(case.office_closures),
        layout.MEETING_TABLE: {each.date for each in case.meetings},
        layout.HOLD_TABLE: {each.from_ for each in case.holds},
    }
    known = {*listed_once.get(table.name, ())}
    titles = table.header.columns

    def is_ours(row: ReadRow) -> bool:
        if row.text("ID") in issue.fingerprints and table.name != layout.LOG_TABLE:
            return True
        cells = table.grid.rows.get(row.number, {})
        if any(isinstance(cells.get(titles.get(title, 0)), FormulaText) for title in table.formulas):
            return True
        listed = known.intersection(row.values.values())
        known.difference_update(listed)  # whoever types an entry again adds one of their own
        return bool(listed)

    return max((row.number for row in rows if is_ours(row)), default=table.header.row)
