"""IDs given and put right, moved dates written into the Log, dates typed over Due made agreed ones."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.merge import Values, comparable, from_json, issued_rows, issued_value
from tracker.reconcile.state import case_state
from tracker.regenerate.model import AddRow, Merge, action_tables, spot_of
from tracker.regenerate.rows import without_id
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.read_rows import clean_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.procedure.model import Procedure
    from tracker.workbook.patch.file import WorkbookFile
    from tracker.workbook.reading import Reading, ReadRow

_PLAN_ID = re.compile(r"AP-(\d{1,6})")


def plan_ids(merge: Merge, reading: Reading) -> dict[str, Values]:
    """Give each action of the plan its ID; returns the plan's rows as they are to be remembered."""
    # A deleted action stays known, so that its ID is never given to another.
    remembered = issued_rows(reading, layout.PLAN, layout.PLAN_COLUMNS)
    if rules.PLAN not in reading.places or "ID" not in reading.places[rules.PLAN].columns:
        return remembered
    rows = reading.tables[rules.PLAN]
    known = [*(row.text("ID") for row in rows), *reading.issue.values.get(layout.PLAN, {})]
    last = max((int(found[1]) for each in known if (found := _PLAN_ID.fullmatch(each))), default=0)
    for row in rows:
        if not (row.text("Recommendation") or row.text("Action")):
            continue
        row_id = row.text("ID")
        if not row_id:
            last += 1
            row_id = f"AP-{last:03}"
            merge.put(spot_of(row, "ID", row_id), row_id)
        remembered[row_id] = {t: v for t, v in without_id(row.values).items() if v is not None}
    return remembered


def log_moves(merge: Merge, reading: Reading, procedure: Procedure, as_at: date) -> None:
    """A row in the Log for each agreed date that differs from the one known at the last issue.

    `From` is the due date in force as the file stands: a clock may have been confirmed since issue.
    """
    if layout.LOG_TABLE not in reading.places:
        return
    written = {
        (clean_text(row.text("ID")), row.day("To"))
        for row in reading.tables[layout.LOG_TABLE]
        if row.text("What") in {"", "Date moved"}
    }
    for row, before in _moved(reading, procedure, as_at):
        row_id, to = row.text("ID"), row.day("Agreed date")
        if (row_id, to) in written:
            continue
        text = clean_text(row.text("Reason for change")) or (None if to else "Agreed date taken back")
        entry: Values = {"Date": as_at, "ID": row_id, "What": "Date moved"}
        entry |= {"From": before, "To": to, "Text": text}
        merge.rows.append(AddRow(layout.LOG_TABLE, row_id, entry))


def _moved(reading: Reading, procedure: Procedure, as_at: date) -> Iterator[tuple[ReadRow, date]]:
    """Rows whose agreed date was moved, and the date they had before: the agreed one, else the due date."""
    agreed = next(each for each in layout.STAGE_COLUMNS if each.title == "Agreed date")
    due = {action.cell: action.due for action in case_state(reading, procedure, as_at).actions}
    for sheet, table, _ in action_tables(procedure):
        issued = reading.issue.values.get(sheet, {})
        for row in reading.tables[table]:
            values = issued.get(row.text("ID"))
            if values is None or "Agreed date" not in row.columns:
                continue
            was, now = issued_value(agreed, values.get("Agreed date")), row.values.get("Agreed date")
            if comparable(was) == comparable(now) or not (now is None or isinstance(now, date)):
                continue
            issued_due = reading.issue.due.get(row.text("ID")) or from_json(values.get("Target date"))
            first = due.get(row.cell()) or issued_due
            before = was if isinstance(was, date) else first
            if isinstance(before, date):
                yield row, before


def accept_typed_dates(merge: Merge, reading: Reading, procedure: Procedure) -> list[str]:
    """Make dates typed over Due agreed dates where none was agreed; the cells of Due."""
    accepted = []
    for stage in procedure.stages:
        for row in reading.tables[rules.table_name(stage.name)]:
            day = row.typed_over.get("Due")
            if (
                isinstance(day, date)
                and row.values.get("Agreed date") is None
                and "Agreed date" in row.columns
            ):
                merge.put(spot_of(row, "Agreed date"), day)
                accepted.append(row.cell("Due"))
    return accepted


def correct_ids(
    merge: Merge, reading: Reading, procedure: Procedure, file: WorkbookFile, *, all_of_them: bool
) -> None:
    """Put right ID cells that people typed in another way; `all_of_them` where rows were read by their text."""
    given = {each.spot.cell for each in merge.cells}
    for stage in procedure.stages:
        for row in reading.tables[rules.table_name(stage.name)]:
            spot = spot_of(row, "ID") if "ID" in row.columns else None
            held = file.cell(spot.sheet, spot.row, spot.column).value if spot else None
            if not spot or not row.text("ID") or held == row.text("ID") or spot.cell in given:
                continue
            if all_of_them or clean_id(held).casefold() == row.text("ID").casefold():
                merge.put(spot, row.text("ID"), str(held or "") or None)
