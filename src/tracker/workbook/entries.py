"""A case as rows of Case, People and Calendar, and such rows as a case.

An entry is one row: its values by title, None for a blank cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

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

_PERSON = {"Name": "name", "Email": "email", "Deputy": "deputy"}
_HOLD = {
    "From": "from_", "Review on": "review_on", "Ended on": "ended_on", "Reason": "reason", "Agreed by": "agreed_by",
}  # fmt: skip
_MEETING = {"Kind": "kind", "Date": "date", "Time": "time", "Place": "place"}
"""The titles of each kind of entry, and the fields of the case."""
_DATES = frozenset(("from_", "review_on", "ended_on", "date"))


def cells(entries: Iterable[_Row], columns: Sequence[SheetColumn]) -> list[list[Content]]:
    """Entries as the cells of a table with these columns: dates are serial numbers."""
    held = ([entry.get(column.title) for column in columns] for entry in entries)
    return [[serial(value) if isinstance(value, date) else value for value in row] for row in held]


def _entry(each: object, titles: Mapping[str, str]) -> Entry:
    return {title: getattr(each, name) or None for title, name in titles.items()}


def _fields(entry: _Row, titles: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an entry: dates or None, else texts."""
    return {
        name: _day(entry, title) if name in _DATES else _text(entry, title) for title, name in titles.items()
    }


def _text(entry: _Row, title: str) -> str:
    value = entry.get(title)
    return "" if value is None else str(value)


def _day(entry: _Row, title: str) -> date | None:
    value = entry.get(title)
    return value if isinstance(value, date) else None


def holder_entries(case: Case, procedure: Procedure, *, addresses: bool = True) -> Entries:
    """Who holds each role that every case has: what the description holds of them.

    Without `addresses` those are left out that the procedure gives: an earlier text of it may have had none.
    """
    found = {}
    for role in procedure.roles:
        if not role.option:
            held = case.people.get(role.name, Person(""))
            found[role.name] = _entry(
                held if held.email or not addresses else replace(held, email=role.email), _PERSON
            )
    return found


def role_entries(case: Case, procedure: Procedure, *, addresses: bool = True) -> Entries:
    """The rows of roles: their holders, and the employer that the procedure gives each."""
    employers = {role.name: role.employer for role in procedure.roles}
    return {
        name: {"Role": name, **holder, "Employer": employers[name]}
        for name, holder in holder_entries(case, procedure, addresses=addresses).items()
    }


def people_of(entries: Iterable[tuple[str, _Row]]) -> dict[str, Person]:
    """Who holds each role, from rows by role; roles that nobody holds are left out."""
    people = ((role, Person(**_fields(entry, _PERSON))) for role, entry in entries)
    return {role: person for role, person in people if person != Person("")}


def agency_entry(code: str) -> Entry:
    """The row of an agency that has a code and no name yet."""
    return {**agency_entries([Agency("", code)])[code], "Agency": None}


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
    return {str(place): _entry(each, _HOLD) for place, each in enumerate(holds, 1)}


def holds_of(entries: Iterable[_Row]) -> tuple[Hold, ...]:
    """The holds of rows, without the empty ones."""
    return tuple(Hold(**_fields(entry, _HOLD)) for entry in entries if any(entry.values()))


def meeting_entries(meetings: Sequence[Meeting]) -> Entries:
    """The rows of meetings, by kind and place among those of a kind: a moved date is the same meeting."""
    places: Counter[str] = Counter()
    found: Entries = {}
    for each in meetings:
        places[each.kind] += 1
        found[f"{each.kind} {places[each.kind]}"] = _entry(each, _MEETING)
    return found


def meetings_of(entries: Iterable[_Row]) -> tuple[Meeting, ...]:
    """The meetings of rows, without those of no kind."""
    return tuple(Meeting(**_fields(entry, _MEETING)) for entry in entries if _text(entry, "Kind"))


def holiday_entries(days: Mapping[date, str]) -> Entries:
    """The rows of bank holidays, by day."""
    return {day.isoformat(): {"Bank holiday": day, "Name": name} for day, name in days.items()}


def closure_entries(days: Iterable[date]) -> Entries:
    """The rows of office closures, by day."""
    return {day.isoformat(): {"Office closure": day} for day in days}
