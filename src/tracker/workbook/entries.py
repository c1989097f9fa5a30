"""What a case says as rows of Case, People and Calendar, and what such rows say as a case.

An entry is one row: its values by title, None for a blank cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from tracker.case.model import Agency, Child, Hold, Meeting, Person
from tracker.formula.values import serial
from tracker.text import clean_text, tidy_text
from tracker.workbook.reading import CellValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.case.model import Case
    from tracker.formula.book import Content
    from tracker.procedure.model import Procedure
    from tracker.workbook.layout import SheetColumn

Entry = dict[str, CellValue]
Entries = dict[str, Entry]
"""Entries by what each is known by."""

_Row = Mapping[str, CellValue]


def cells(entries: Iterable[_Row], columns: Sequence[SheetColumn]) -> list[list[Content]]:
    """Entries as the cells of a table with these columns: dates are serial numbers."""
    return [[_cell(entry.get(column.title)) for column in columns] for entry in entries]


def _cell(value: CellValue) -> Content:
    return serial(value) if isinstance(value, date) else value


def _text(entry: _Row, title: str) -> str:
    value = entry.get(title)
    return "" if value is None else str(value)


def _day(entry: _Row, title: str) -> date | None:
    value = entry.get(title)
    return value if isinstance(value, date) else None


def holder_entries(case: Case, procedure: Procedure) -> Entries:
    """Who holds each role that every case has: what the description says of them."""
    found: Entries = {}
    for role in procedure.roles:
        if not role.option:
            each = case.people.get(role.name, Person(""))
            found[role.name] = {
                "Name": each.name or None,
                "Email": each.email or role.email or None,
                "Deputy": each.deputy or None,
            }
    return found


def role_entries(case: Case, procedure: Procedure) -> Entries:
    """The rows of roles: their holders, and the employer that the procedure gives each."""
    employers = {role.name: role.employer for role in procedure.roles}
    return {
        name: {"Role": name, **holder, "Employer": employers[name]}
        for name, holder in holder_entries(case, procedure).items()
    }


def people_of(entries: Iterable[tuple[str, _Row]]) -> dict[str, Person]:
    """Who holds each role, from rows by role; roles that nobody holds are left out."""
    people = (
        (role, Person(_text(entry, "Name"), _text(entry, "Email"), _text(entry, "Deputy")))
        for role, entry in entries
    )
    return {role: person for role, person in people if person != Person("")}


def agency_entries(agencies: Sequence[Agency]) -> Entries:
    """The rows of agencies, by code."""
    return {
        each.code: {
            "Code": each.code,
            "Agency": each.name,
            "Employer": each.employer,
            "Statutory": "yes" if each.statutory else "no",
            "Contact": each.contact or None,
            "Email": each.email or None,
        }
        for each in agencies
    }


def agency_of(code: str, entry: _Row) -> Agency:
    """The agency of a row whose code is known."""
    return Agency(
        tidy_text(_text(entry, "Agency")),
        code,
        clean_text(_text(entry, "Employer")) or Agency("", "").employer,
        clean_text(_text(entry, "Statutory")).casefold() == "yes",
        _text(entry, "Contact"),
        _text(entry, "Email"),
    )


def child_entries(children: Sequence[Child]) -> Entries:
    """The rows of children, by label."""
    died = {None: None, True: "yes", False: "no"}
    return {
        each.label: {"Child": each.label, "Died": died[each.died], "Looked after": each.looked_after or None}
        for each in children
    }


def child_of(label: str, entry: _Row) -> Child:
    """The child of a row whose label is known."""
    died = {"yes": True, "no": False}.get(clean_text(_text(entry, "Died")).casefold())
    return Child(label, died, clean_text(_text(entry, "Looked after")).casefold())


def hold_entries(holds: Sequence[Hold]) -> Entries:
    """The rows of holds, by their place."""
    return {
        str(place): {
            "From": each.from_,
            "Review on": each.review_on,
            "Ended on": each.ended_on,
            "Reason": each.reason or None,
            "Agreed by": each.agreed_by or None,
        }
        for place, each in enumerate(holds, 1)
    }


def holds_of(entries: Iterable[_Row]) -> tuple[Hold, ...]:
    """The holds of rows, without the empty ones."""
    return tuple(
        Hold(
            _day(entry, "From"),
            _day(entry, "Review on"),
            _day(entry, "Ended on"),
            _text(entry, "Reason"),
            _text(entry, "Agreed by"),
        )
        for entry in entries
        if any(entry.values())
    )


def meeting_entries(meetings: Sequence[Meeting]) -> Entries:
    """The rows of meetings, by kind and place among those of a kind: a moved date is the same meeting."""
    found: Entries = {}
    for each in meetings:
        place = sum(name.rpartition(" ")[0] == each.kind for name in found) + 1
        found[f"{each.kind} {place}"] = {
            "Kind": each.kind,
            "Date": each.date,
            "Time": each.time or None,
            "Place": each.place or None,
        }
    return found


def meetings_of(entries: Iterable[_Row]) -> tuple[Meeting, ...]:
    """The meetings of rows, without those of no kind."""
    return tuple(
        Meeting(kind, _day(entry, "Date"), _text(entry, "Time"), _text(entry, "Place"))
        for entry in entries
        if (kind := _text(entry, "Kind"))
    )


def holiday_entries(days: Mapping[date, str]) -> Entries:
    """The rows of bank holidays, by day."""
    return {day.isoformat(): {"Bank holiday": day, "Name": name} for day, name in days.items()}


def closure_entries(days: Iterable[date]) -> Entries:
    """The rows of office closures, by day."""
    return {day.isoformat(): {"Office closure": day} for day in days}
