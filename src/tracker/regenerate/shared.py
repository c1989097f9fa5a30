"""What the case description and the workbook both say: fields, clocks, people, agencies, meetings, days.

With a case description that differs from the one the workbook was issued with, each cell is merged on its own; an
entry that only the description has is added, one that it has dropped and nobody touched is cleared.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.merge import comparable
from tracker.regenerate.model import AddRow, CellSpot, Conflict, Merge, spot_of
from tracker.text import clean_text
from tracker.workbook import entries, layout
from tracker.workbook.case_of import clock_path, with_value
from tracker.workbook.case_page import field_value
from tracker.workbook.reading import place_of
from tracker.workbook.standby import is_spare, spare_entries, standby_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from tracker.case.model import Agency, Case
    from tracker.procedure.model import Procedure
    from tracker.workbook.entries import Entries, Entry
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import CellValue, ReadField, Reading, ReadRow


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
        self, merge: Merge, reading: Reading, procedure: Procedure, issued: Case, edited: Case, new: Case,
        *, moves: bool = False,
    ) -> None:  # fmt: skip
        """`moves`: the workbook comes under another edition, whose new roles it gets."""
        self._moves = moves
        self.merge, self.reading, self.procedure = merge, reading, procedure
        self.issued, self.edited, self.new = issued, edited, new
        self.case, self.base = edited, new

    def run(self) -> None:
        """Merge everything."""
        self._single_values()
        self._people()
        self._keyed_lists()
        self._days()

    def _single_values(self) -> None:
        for field in layout.fields(self.procedure):
            self._value(field.path, self.reading.fields.get(field.path), field.label)
        for clock in self.procedure.clocks:
            if clock.field:
                self._value(clock_path(clock), self.reading.clocks.get(clock.name), clock.name)
        # Dates that stand in a row's `Completed` are merged there; the plan takes the description's.
        for _, step in self.procedure.steps():
            if step.completed_by:
                day = getattr(self.new.dates, step.completed_by)
                self.case = with_value(self.case, f"dates.{step.completed_by}", day)

    def _value(self, path: str, read: ReadField | None, title: str) -> None:
        if read is None:
            return
        place = place_of(read.cell)
        assert place is not None, "a field that was read has a cell"
        old, now, new = (field_value(each, path) for each in (self.issued, self.edited, self.new))
        after, base = self.merge.cell(CellSpot(*place, "", title), old, now, new)
        self.case = with_value(self.case, path, after)
        self.base = with_value(self.base, path, base)

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
        after: Entries = {
            name: {column.title: row.values.get(column.title) for column in columns}
            for name, row in rows.items()
        }
        remembered = dict(new)
        for name, row in rows.items():
            if name in new:
                after[name], remembered[name] = self._entry(row, name, base.get(name, {}), new[name], after)
            elif name in base and clears:
                self._dropped(row, name, base, after, remembered)
        for name, entry in new.items():
            filled = any(value is not None for value in entry.values())
            if name not in rows and filled and (name not in base or not _alike(base[name], entry)):
                self.merge.rows.append(AddRow(table, name, entry if key in entry else {key: name, **entry}))
                after[name] = entry
        return after, remembered

    def _entry(self, row: ReadRow, name: str, base: Entry, new: Entry, held: Entries) -> tuple[Entry, Entry]:
        after, remembered = dict(held[name]), dict(new)
        for title, value in new.items():
            if title in row.columns:
                spot = spot_of(row, title, name)
                after[title], remembered[title] = self.merge.cell(spot, base.get(title), after[title], value)
        return after, remembered

    def _dropped(self, row: ReadRow, name: str, base: Entries, after: Entries, remembered: Entries) -> None:
        """An entry the description has no longer: cleared where nobody touched it, else kept and listed."""
        cell = spot_of(row, next(iter(base[name])), name).cell
        now = {title: value for title, value in after[name].items() if title in row.columns}
        if _alike(now, {title: base[name].get(title) for title in now}):
            for title, value in now.items():
                if value is not None:
                    self.merge.put(spot_of(row, title, name), None, value)
            self.merge.withdrawn.append(name)
            del after[name]
            return
        do = "Take yours to keep the entry, or new to clear it."
        if not self.merge.settle(Conflict("dropped", row.sheet, name, "", cell, name, name, None, do)):
            remembered[name] = base[name]

    def _people(self) -> None:
        issue = self.reading.issue
        base = entries.holder_entries(
            self.issued, self.procedure, addresses=issue.procedure_digest == self.procedure.digest
        )
        new = entries.holder_entries(self.new, self.procedure)
        after, remembered = self._list(rules.ROLES, "Role", layout.ROLE_COLUMNS, base, new, clears=False)
        if after:
            self.case = replace(self.case, people=entries.people_of(after.items()))
        newer = issue.layout < layout.LAYOUT and issue.procedure_digest != self.procedure.digest
        if (self._moves or newer) and rules.ROLES in self.reading.places:
            # Roles only the new text has get their rows; a role somebody deleted comes back with them.
            there = set(after) | {row.id for row in self.merge.rows}
            for role in self.procedure.roles:
                if not role.option and role.name not in there:
                    entry: Entry = {"Role": role.name}
                    self.merge.rows.append(AddRow(rules.ROLES, role.name, entry))
        employers = {role.name: role.employer for role in self.procedure.roles}
        self.merge.rows = [
            replace(row, values={"Employer": employers.get(row.id), **row.values})
            if row.table == rules.ROLES
            else row
            for row in self.merge.rows
        ]
        self.base = replace(self.base, people=entries.people_of(remembered.items()))

    def _keyed_lists(self) -> None:
        self._keyed_list(
            "agencies",
            rules.AGENCIES,
            layout.AGENCY_COLUMNS,
            entries.agency_entries,
            _agencies,
            named=self._given_codes(),
            kept={each.code for each in self.edited.agencies},
        )
        self._keyed_list(
            "children",
            layout.CHILDREN_TABLE,
            layout.CHILD_COLUMNS,
            entries.child_entries,
            lambda found: tuple(entries.child_of(label, each) for label, each in found.items()),
            kept={each.label for each in self.edited.children},
        )
        # By their place: a description that moves a date moves it in the same hold.
        holds = enumerate(self.reading.tables.get(layout.HOLD_TABLE, ()), 1)
        self._keyed_list(
            "holds",
            layout.HOLD_TABLE,
            layout.HOLD_COLUMNS,
            entries.hold_entries,
            lambda found: entries.holds_of(found.values()),
            named={row.number: str(place) for place, row in holds},
        )
        self._keyed_list(
            "meetings", layout.MEETING_TABLE, layout.MEETING_COLUMNS, entries.meeting_entries,
            lambda found: entries.meetings_of(found.values()),
            named=meeting_names(self.reading.tables.get(layout.MEETING_TABLE, ())),
        )  # fmt: skip

    def _keyed_list(
        self, field: str, table: str, columns: Sequence[SheetColumn], to_entries: Callable[[Any], Entries],
        from_entries: Callable[[Entries], object], *, named: Mapping[int, str] | None = None,
        kept: Collection[str] | None = None,
    ) -> None:  # fmt: skip
        """Merge one list of the case, known by its first column; of rows beside the case's, those in `kept` stay."""
        base, new = (to_entries(getattr(each, field)) for each in (self.issued, self.new))
        if table == rules.AGENCIES:
            base = self._with_spare(base, new)
        after, remembered = self._list(table, columns[0].title, columns, base, new, named=named)
        if table in self.reading.places:
            held = {name: each for name, each in after.items() if kept is None or name in kept or name in new}
            changes: dict[str, Any] = {field: from_entries(held)}
            self.case = replace(self.case, **changes)
        changes = {field: from_entries(remembered)}
        self.base = replace(self.base, **changes)

    def _with_spare(self, base: Entries, new: Entries) -> Entries:
        """The base of agencies where sheet People keeps rows for others: one without a name stays as it is."""
        issue = self.reading.issue
        keys = set(standby_keys(issue).values())
        rows = self.reading.tables.get(rules.AGENCIES, ())
        spare = {clean_text(row.text("Code")) for row in rows if is_spare(row, keys)} - new.keys()
        added = {code: entry for code, entry in spare_entries(issue).items() if code in new}
        return {code: entry for code, entry in {**added, **base}.items() if code not in spare}

    def _given_codes(self) -> dict[int, str]:
        """Codes for agencies that were typed without one, by sheet row; they are written beside the name.

        Where the description has the agency as well, merging its cells writes the code.
        """
        known = (*self.edited.agencies, *self.new.agencies)  # the description's code goes before one made up
        code_of = {clean_text(agency.name).casefold(): agency.code for agency in known}
        described = {agency.code for agency in self.new.agencies}
        given = {}
        for row in self.reading.tables.get(rules.AGENCIES, ()):
            code = code_of.get(clean_text(row.text("Agency")).casefold())
            if code is not None and not clean_text(row.text("Code")) and "Code" in row.columns:
                given[row.number] = code
                if code not in described:
                    self.merge.put(spot_of(row, "Code", code), code)
        return given

    def _days(self) -> None:
        """Office closures and declared bank holidays of the description; those on the sheet are never cleared."""
        base, new = (entries.closure_entries(each.office_closures) for each in (self.issued, self.new))
        after, _ = self._list(
            layout.CLOSURE_TABLE, "Office closure", layout.CLOSURE_COLUMNS, base, new, clears=False
        )
        if after:
            found = [entry["Office closure"] for entry in after.values()]
            self.case = replace(self.case, office_closures=tuple(d for d in found if isinstance(d, date)))
        listed = self.reading.tables.get(layout.HOLIDAY_TABLE, ())
        known = {row.day("Bank holiday") for row in listed} | set(self.issued.extra_bank_holidays)
        for day in self.new.extra_bank_holidays:
            if day not in known and layout.HOLIDAY_TABLE in self.reading.places:
                entry: Entry = {"Bank holiday": day, "Name": "Added for this case"}
                self.merge.rows.append(AddRow(layout.HOLIDAY_TABLE, day.isoformat(), entry))
        extra = dict.fromkeys((*self.case.extra_bank_holidays, *self.new.extra_bank_holidays))
        self.case = replace(self.case, extra_bank_holidays=tuple(extra))


def _key(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else clean_text(str(value or ""))


def _alike(one: Mapping[str, CellValue], other: Mapping[str, CellValue]) -> bool:
    return all(comparable(one.get(title)) == comparable(other.get(title)) for title in {*one, *other})


def _agencies(found: Entries) -> tuple[Agency, ...]:
    return tuple(
        entries.agency_of(code, entry) for code, entry in found.items() if code and entry.get("Agency")
    )
