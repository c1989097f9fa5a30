"""What people wrote into the lists of a workbook: log, holds, meetings, people, decisions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.reconcile.model import HoldEntry, LogEntry, MeetingEntry, OwnerEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.procedure.model import Procedure
    from tracker.workbook.reading import Reading, ReadRow


def log_entries(rows: Sequence[ReadRow]) -> list[LogEntry]:
    """The rows of the Log."""
    return [
        LogEntry(
            row.day("Date"), row.text("ID"), row.text("What"), row.text("Text"), row.day("From"),
            row.day("To"), row.text("Agreed by"), row.text("Evidence"), row.cell("Date"),
        )
        for row in rows
    ]  # fmt: skip


def hold_entries(rows: Sequence[ReadRow]) -> list[HoldEntry]:
    """The holds on publication."""
    return [
        HoldEntry(
            row.day("From"), row.day("Review on"), row.day("Ended on"), row.text("Reason"),
            row.text("Agreed by"), row.cell("From"),
        )
        for row in rows
    ]  # fmt: skip


def meeting_entries(rows: Sequence[ReadRow]) -> list[MeetingEntry]:
    """The meetings on sheet Calendar."""
    return [
        MeetingEntry(
            row.text("Kind"), row.day("Date"), row.text("Time"), row.text("Place"),
            bool(row.text("Held")), row.cell("Kind"),
        )
        for row in rows
    ]  # fmt: skip


def owner_entries(reading: Reading, procedure: Procedure) -> list[OwnerEntry]:
    """The roles and agencies on sheet People."""
    known = {role.name.casefold(): role for role in procedure.roles}
    found = []
    for row in reading.tables[rules.ROLES]:
        role = known.get(row.text("Role").casefold())
        aliases, digest = (role.aliases, role.digest) if role else ((), False)
        found.append(OwnerEntry(row.text("Role"), row.text("Name"), row.text("Email"), aliases, digest))
    agencies = [
        OwnerEntry(row.text("Agency"), row.text("Contact"), row.text("Email"))
        for row in reading.tables[rules.AGENCIES]
    ]
    return [each for each in (*found, *agencies) if each.owner]


def section_values(reading: Reading, section: str) -> dict[str, str | date | None]:
    """A section of the case's fields, such as `decisions`."""
    found: dict[str, str | date | None] = {}
    for path, read in reading.fields.items():
        if path.startswith(f"{section}."):
            value = read.value
            found[path.partition(".")[2]] = value if isinstance(value, date) else str(value or "") or None
    return found
