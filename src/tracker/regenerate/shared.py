"""What the case description and the workbook both say: fields, clocks, people, agencies, meetings, days.

With a case description that differs from the one the workbook was issued with, each cell is merged on its own; an
entry that only the description has is added, one that it has dropped and nobody touched is cleared.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import column_number
from tracker.merge import RowFate, comparable
from tracker.regenerate.model import AddRow, CellSpot, Conflict, Merge
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.case_of import clock_path, with_value
from tracker.workbook.case_page import field_value
from tracker.workbook.entries import (
    agency_entries,
    agency_of,
    child_entries,
    child_of,
    closure_entries,
    hold_entries,
    holder_entries,
    holds_of,
    meeting_entries,
    meetings_of,
    people_of,
)  # fmt: skip
from tracker.workbook.reading import place_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from tracker.case.model import Agency, Case, Child
    from tracker.merge import CellValue, Values
    from tracker.procedure.model import Procedure
    from tracker.workbook.entries import Entries
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import ReadField, Reading, ReadRow


def spot_of(row: ReadRow, title: str, row_id: str = "") -> CellSpot:
    """The place of a row's cell under a title."""
    return CellSpot(row.sheet, row.number, column_number(row.columns[title]), row_id or row.text("ID"), title)


def rows_by_id(rows: Iterable[ReadRow]) -> dict[str, ReadRow]:
    """The rows that have an ID; of two with one ID, the first."""
    found: dict[str, ReadRow] = {}
    for row in rows:
        if row.text("ID"):
            found.setdefault(row.text("ID"), row)
    return found


def field_spot(read: ReadField, title: str) -> CellSpot:
    """The place of a single cell of sheet Case."""
    place = place_of(read.cell)
    assert place is not None, "a field that was read has a cell"
    return CellSpot(*place, "", title)


def meeting_names(rows: Sequence[ReadRow]) -> dict[int, str]:
    """What each meeting is known by, by its sheet row: its kind, and its place among those of that kind."""
    kinds: dict[str, int] = {}
    named = {}
    for row in rows:
        kind = clean_text(row.text("Kind"))
        kinds[kind] = kinds.get(kind, 0) + 1
        named[row.number] = f"{kind} {kinds[kind]}"
    return named


class SharedCells:
    """Merges the shared cells of one workbook; `case` is the merged case afterwards, `base` what to remember."""

    def __init__(
        self,
        merge: Merge,
        reading: Reading,
        procedure: Procedure,
        issued: Case,
        edited: Case,
        new: Case,
        *,
        moves: bool = False,
    ) -> None:
        """`moves`: the workbook comes under another edition, whose new roles it gets."""
        self._moves = moves
        self.merge, self.reading, self.procedure = merge, reading, procedure
        self.issued, self.edited, self.new = issued, edited, new
        self.case, self.base = edited, new

    def run(self) -> None:
        """Merge everything."""
        self._fields()
        self._clocks()
        self._completions()
        self._people()
        self._agencies()
        self._children()
        self._holds()
        self._meetings()
        self._days()

    # Single values

    def _value(self, path: str, spot: CellSpot) -> None:
        old, now, new = (field_value(each, path) for each in (self.issued, self.edited, self.new))
        after, base = self.merge.cell(spot, old, now, new)
        self.case = with_value(self.case, path, after)
        self.base = with_value(self.base, path, base)

    def _fields(self) -> None:
        for field in layout.fields(self.procedure):
            read = self.reading.fields.get(field.path)
            if read:
                self._value(field.path, field_spot(read, field.label))

    def _clocks(self) -> None:
        for clock in self.procedure.clocks:
            read = self.reading.clocks.get(clock.name)
            if read and clock.field:
                self._value(clock_path(clock), field_spot(read, clock.name))

    def _completions(self) -> None:
        """Dates that stand in a row's `Completed` are merged there; the plan takes the description's."""
        for _, step in self.procedure.steps():
            if step.completed_by:
                day = getattr(self.new.dates, step.completed_by)
                self.case = with_value(self.case, f"dates.{step.completed_by}", day)

    # Lists

    def _list(
        self, table: str, key: str, columns: Sequence[SheetColumn], base: Entries, new: Entries,
        *, named: Mapping[int, str] | None = None, clears: bool = True,
    ) -> tuple[Entries, Entries]:  # fmt: skip
        """Merge a keyed list. Returns what the workbook holds afterwards, and what to remember as its base."""
        if table not in self.reading.places:
            return {}, dict(base)
        rows: dict[str, ReadRow] = {}
        for row in self.reading.tables[table]:
            rows.setdefault((named or {}).get(row.number) or _key(row.values.get(key)), row)
        after: Entries = {}
        remembered = dict(new)
        titles = [column.title for column in columns]
        for name, row in rows.items():
            now = {title: row.values.get(title) for title in titles}
            after[name] = now
            if name in new:
                after[name], remembered[name] = self._entry(row, name, base.get(name, {}), now, new[name])
            elif name in base and clears:
                fate = self._dropped(row, name, base[name], now)
                if fate is RowFate.WITHDRAW:
                    del after[name]
                elif fate is RowFate.WITHDRAWN_WITH_WORK:
                    remembered[name] = base[name]  # settled by nobody yet
        for name, entry in new.items():
            filled = any(value is not None for value in entry.values())
            if name not in rows and filled and (name not in base or not _alike(base[name], entry)):
                self.merge.rows.append(AddRow(table, name, entry if key in entry else {key: name, **entry}))
                after[name] = entry
        return after, remembered

    def _entry(
        self,
        row: ReadRow,
        name: str,
        base: dict[str, CellValue],
        now: dict[str, CellValue],
        new: dict[str, CellValue],
    ) -> tuple[dict[str, CellValue], dict[str, CellValue]]:
        after, remembered = dict(now), dict(new)
        for title, value in new.items():
            if title in row.columns:
                spot = spot_of(row, title, name)
                after[title], remembered[title] = self.merge.cell(spot, base.get(title), now[title], value)
        return after, remembered

    def _dropped(
        self, row: ReadRow, name: str, base: dict[str, CellValue], now: dict[str, CellValue]
    ) -> RowFate:
        """An entry the description has no longer: cleared where nobody touched it, else kept and listed."""
        spot = spot_of(row, next(iter(base)), name)
        there = [title for title in now if title in row.columns]
        if all(comparable(now[title]) == comparable(base.get(title)) for title in there):
            for title in there:
                if now[title] is not None:
                    self.merge.put(spot_of(row, title, name), None, now[title])
            self.merge.withdrawn.append(name)
            return RowFate.WITHDRAW
        do = "Take yours to keep the entry, or new to clear it."
        found = Conflict("dropped", row.sheet, name, "", spot.cell, name, name, None, do)
        if self.merge.user_choice(found):
            return RowFate.KEEP
        self.merge.conflicts.append(found)
        return RowFate.WITHDRAWN_WITH_WORK

    def _people(self) -> None:
        base, new = (holder_entries(each, self.procedure) for each in (self.issued, self.new))
        after, remembered = self._list(rules.ROLES, "Role", layout.ROLE_COLUMNS, base, new, clears=False)
        if after:
            self.case = replace(self.case, people=people_of(after.items()))
        if self._moves and rules.ROLES in self.reading.places:
            self._new_roles(set(after) | {row.id for row in self.merge.rows})
        self.base = replace(self.base, people=people_of(remembered.items()))

    def _new_roles(self, there: set[str]) -> None:
        """Roles only the new edition has get their rows; a role somebody deleted comes back with them."""
        for role in self.procedure.roles:
            if not role.option and role.name not in there:
                entry: Values = {"Role": role.name, "Employer": role.employer}
                self.merge.rows.append(AddRow(rules.ROLES, role.name, entry))

    def _agencies(self) -> None:
        base, new = (agency_entries(each.agencies) for each in (self.issued, self.new))
        named = self._given_codes(new)
        after, remembered = self._list(rules.AGENCIES, "Code", layout.AGENCY_COLUMNS, base, new, named=named)
        if rules.AGENCIES in self.reading.places:
            kept = {each.code for each in self.edited.agencies}
            taken = {name: entry for name, entry in after.items() if name in kept or name in new}
            self.case = replace(self.case, agencies=_agencies(taken))
        self.base = replace(self.base, agencies=_agencies(remembered))

    def _given_codes(self, new: Entries) -> dict[int, str]:
        """Codes for agencies that were typed without one, by sheet row; they are written beside the name.

        Where the description has the agency as well, merging its cells writes the code.
        """
        known = (*self.edited.agencies, *self.new.agencies)  # the description's code goes before one made up
        code_of = {clean_text(agency.name).casefold(): agency.code for agency in known}
        given = {}
        for row in self.reading.tables.get(rules.AGENCIES, ()):
            name = clean_text(row.text("Agency")).casefold()
            if not clean_text(row.text("Code")) and name in code_of and "Code" in row.columns:
                given[row.number] = code_of[name]
                if code_of[name] not in new:
                    self.merge.put(spot_of(row, "Code", code_of[name]), code_of[name])
        return given

    def _children(self) -> None:
        base, new = (child_entries(each.children) for each in (self.issued, self.new))
        after, remembered = self._list(layout.CHILDREN_TABLE, "Child", layout.CHILD_COLUMNS, base, new)
        if layout.CHILDREN_TABLE in self.reading.places:
            kept = {*(each.label for each in self.edited.children), *new}
            self.case = replace(self.case, children=_children(after, kept))
        self.base = replace(self.base, children=_children(remembered, remembered))

    def _holds(self) -> None:
        """Holds by their place: a description that moves a date moves it in the same hold."""
        base, new = (hold_entries(each.holds) for each in (self.issued, self.new))
        rows = self.reading.tables.get(layout.HOLD_TABLE, ())
        named = {row.number: str(place) for place, row in enumerate(rows, 1)}
        after, remembered = self._list(layout.HOLD_TABLE, "From", layout.HOLD_COLUMNS, base, new, named=named)
        if layout.HOLD_TABLE in self.reading.places:
            self.case = replace(self.case, holds=holds_of(after.values()))
        self.base = replace(self.base, holds=holds_of(remembered.values()))

    def _meetings(self) -> None:
        base, new = (meeting_entries(each.meetings) for each in (self.issued, self.new))
        named = meeting_names(self.reading.tables.get(layout.MEETING_TABLE, ()))
        after, remembered = self._list(
            layout.MEETING_TABLE, "Kind", layout.MEETING_COLUMNS, base, new, named=named
        )
        if layout.MEETING_TABLE in self.reading.places:
            self.case = replace(self.case, meetings=meetings_of(after.values()))
        self.base = replace(self.base, meetings=meetings_of(remembered.values()))

    def _days(self) -> None:
        """Office closures and declared bank holidays of the description; those on the sheet are never cleared."""
        closures, days = self.issued.office_closures, self.issued.extra_bank_holidays
        after, _ = self._list(
            layout.CLOSURE_TABLE, "Office closure", layout.CLOSURE_COLUMNS,
            closure_entries(closures), closure_entries(self.new.office_closures),
            clears=False,
        )  # fmt: skip
        if after:
            found = [entry["Office closure"] for entry in after.values()]
            self.case = replace(self.case, office_closures=tuple(d for d in found if isinstance(d, date)))
        listed = self.reading.tables.get(layout.HOLIDAY_TABLE, ())
        known = {row.day("Bank holiday") for row in listed} | set(days)
        for day in self.new.extra_bank_holidays:
            if day not in known and layout.HOLIDAY_TABLE in self.reading.places:
                entry: dict[str, CellValue] = {"Bank holiday": day, "Name": "Added for this case"}
                self.merge.rows.append(AddRow(layout.HOLIDAY_TABLE, day.isoformat(), entry))
        extra = dict.fromkeys((*self.case.extra_bank_holidays, *self.new.extra_bank_holidays))
        self.case = replace(self.case, extra_bank_holidays=tuple(extra))


def _key(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else clean_text(str(value or ""))


def _alike(one: Mapping[str, CellValue], other: Mapping[str, CellValue]) -> bool:
    return all(comparable(one.get(title)) == comparable(other.get(title)) for title in {*one, *other})


def _children(entries: Entries, kept: Container[str]) -> tuple[Child, ...]:
    return tuple(child_of(label, entry) for label, entry in entries.items() if label in kept)


def _agencies(entries: Entries) -> tuple[Agency, ...]:
    return tuple(agency_of(code, entry) for code, entry in entries.items() if code)
