"""What the case description and the workbook share: fields, clocks, people, agencies, meetings, days.

With a case description that differs from the one the workbook was issued with, each cell is merged on its own; an
entry that only the description has is added, one that it has dropped and nobody touched is cleared. IDs and the rows
of Log that follow from what people typed stand at the end.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.merge import (
    AddRow,
    CellSpot,
    Conflict,
    Merge,
    Values,
    action_tables,
    comparable,
    from_json,
    issued_rows,
    issued_value,
    spot_of,
)
from tracker.reconcile.state import case_state
from tracker.regenerate.rows import same_values, without_id
from tracker.text import clean_text
from tracker.workbook import entries, layout
from tracker.workbook.case_of import clock_path, with_value
from tracker.workbook.case_page import field_value
from tracker.workbook.read_rows import clean_id
from tracker.workbook.reading import CellValue, ReadField, Reading, ReadRow, place_of
from tracker.workbook.standby import is_spare, spare_entries, standby_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tracker.case.model import Agency, Case
    from tracker.procedure.model import Procedure
    from tracker.workbook.entries import Entries, Entry
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.patch.file import WorkbookFile


def entry_names(rows: Sequence[ReadRow], title: str = "Kind") -> dict[int, str]:
    """What each meeting, say, is known by, by its sheet row: its kind, and its place among those of that kind."""
    places: Counter[str] = Counter()
    named = {}
    for row in rows:
        kind = clean_text(row.text(title))
        places[kind] += 1
        named[row.number] = f"{kind} {places[kind]}"
    return named


def _agencies(found: Entries) -> tuple[Agency, ...]:
    return tuple(
        entries.agency_of(code, entry) for code, entry in found.items() if code and entry.get("Agency")
    )


_LISTS: Mapping[str, tuple[str, Sequence[SheetColumn], Callable[[Any], Entries], Callable[[Entries], object]]] = {
    "agencies": (rules.AGENCIES, layout.AGENCY_COLUMNS, entries.agency_entries, _agencies),
    "children": (layout.CHILDREN_TABLE, layout.CHILD_COLUMNS, entries.child_entries,
                 lambda found: tuple(entries.child_of(label, each) for label, each in found.items())),
    "holds": (layout.HOLD_TABLE, layout.HOLD_COLUMNS, entries.hold_entries,
              lambda found: entries.holds_of(found.values())),
    "meetings": (layout.MEETING_TABLE, layout.MEETING_COLUMNS, entries.meeting_entries,
                 lambda found: entries.meetings_of(found.values())),
}  # fmt: skip
"""The lists of a case: table, columns, and what makes entries of them and them of entries."""


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
        self, table: str, columns: Sequence[SheetColumn], base: Entries, new: Entries,
        *, named: Mapping[int, str] | None = None, clears: bool = True,
    ) -> tuple[Entries, Entries]:  # fmt: skip
        """Merge a list known by its first column; what the workbook holds afterwards, and its base from then on."""
        if table not in self.reading.places:
            return {}, dict(base)
        key, rows = columns[0].title, dict[str, ReadRow]()
        for row in self.reading.tables[table]:
            rows.setdefault((named or {}).get(row.number) or _key(row.values.get(key)), row)
        after: Entries = {
            name: {column.title: row.values.get(column.title) for column in columns}
            for name, row in rows.items()
        }
        remembered = dict(new)
        for name, row in rows.items():
            if name in new:
                after[name], remembered[name] = self._entry(
                    row, name, base.get(name, {}), new[name], after[name]
                )
            elif name in base and clears:
                self._dropped(row, name, base, after, remembered)
        for name, entry in new.items():
            filled = any(value is not None for value in entry.values())
            same = name in base and same_values(base[name], entry, *base[name], *entry)
            if name not in rows and filled and not same:
                self.merge.rows.append(AddRow(table, name, entry if key in entry else {key: name, **entry}))
                after[name] = entry
        return after, remembered

    def _entry(self, row: ReadRow, name: str, base: Entry, new: Entry, held: Entry) -> tuple[Entry, Entry]:
        after, remembered = dict(held), dict(new)
        for title, value in new.items():
            if title in row.columns:
                spot = spot_of(row, title, name)
                after[title], remembered[title] = self.merge.cell(spot, base.get(title), after[title], value)
        return after, remembered

    def _dropped(self, row: ReadRow, name: str, base: Entries, after: Entries, remembered: Entries) -> None:
        """An entry the description has no longer: cleared where nobody touched it, else kept and listed."""
        cell = spot_of(row, next(iter(base[name])), name).cell
        now = {title: value for title, value in after[name].items() if title in row.columns}
        if same_values(now, base[name], *now):
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
        baseline = self.reading.baseline
        same_text = baseline.procedure_sha256 == self.procedure.sha256
        base = entries.holder_entries(self.issued, self.procedure, addresses=same_text)
        new = entries.holder_entries(self.new, self.procedure)
        after, remembered = self._list(rules.ROLES, layout.ROLE_COLUMNS, base, new, clears=False)
        if after:
            self.case = replace(self.case, people=entries.people_of(after.items()))
        newer = baseline.layout < layout.LAYOUT and not same_text
        if (self._moves or newer) and rules.ROLES in self.reading.places:
            # Roles only the new text has get their rows; a role somebody deleted comes back with them.
            there = set(after) | {row.id for row in self.merge.rows}
            for role in self.procedure.roles:
                if not role.option and role.name not in there:
                    self.merge.rows.append(AddRow(rules.ROLES, role.name, {"Role": role.name}))
        employers = {role.name: role.employer for role in self.procedure.roles}
        for place, row in enumerate(self.merge.rows):
            if row.table == rules.ROLES:
                values = {"Employer": employers.get(row.id), **row.values}
                self.merge.rows[place] = replace(row, values=values)
        self.base = replace(self.base, people=entries.people_of(remembered.items()))

    def _keyed_lists(self) -> None:
        """The lists of the case, each known by its first column; of rows beside the case's, those in `kept` stay."""
        tables = self.reading.tables
        # Holds by their place: a description that moves a date moves it in the same hold.
        holds = {row.number: str(place) for place, row in enumerate(tables.get(layout.HOLD_TABLE, ()), 1)}
        meetings = entry_names(tables.get(layout.MEETING_TABLE, ()))
        named = {"agencies": self._given_codes(), "holds": holds, "meetings": meetings}
        kept = {
            "agencies": {each.code for each in self.edited.agencies},
            "children": {each.label for each in self.edited.children},
        }
        for field, (table, columns, to_entries, from_entries) in _LISTS.items():
            base, new = (to_entries(getattr(each, field)) for each in (self.issued, self.new))
            if field == "agencies":
                base = self._with_spare(base, new)
            after, remembered = self._list(table, columns, base, new, named=named.get(field))
            stay = {*kept.get(field, after), *new}
            held: dict[str, Any] = {field: from_entries({k: each for k, each in after.items() if k in stay})}
            if table in self.reading.places:
                self.case = replace(self.case, **held)
            held = {field: from_entries(remembered)}
            self.base = replace(self.base, **held)

    def _with_spare(self, base: Entries, new: Entries) -> Entries:
        """The base of agencies where sheet People keeps rows for others: one without a name stays as it is."""
        baseline = self.reading.baseline
        keys = set(standby_keys(baseline).values())
        rows = self.reading.tables.get(rules.AGENCIES, ())
        spare = {clean_text(row.text("Code")) for row in rows if is_spare(row, keys)} - new.keys()
        added = {code: entry for code, entry in spare_entries(baseline).items() if code in new}
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
        after, _ = self._list(layout.CLOSURE_TABLE, layout.CLOSURE_COLUMNS, base, new, clears=False)
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


_PLAN_ID = re.compile(r"AP-(\d{1,6})")


def plan_ids(merge: Merge, reading: Reading) -> dict[str, Values]:
    """Give each action of the plan its ID; returns the plan's rows as they are to be remembered."""
    # A deleted action stays known, so that its ID is never given to another.
    remembered = issued_rows(reading, layout.PLAN, layout.PLAN_COLUMNS)
    if rules.PLAN not in reading.places or "ID" not in reading.places[rules.PLAN].columns:
        return remembered
    rows = reading.tables[rules.PLAN]
    known = [*(row.text("ID") for row in rows), *reading.baseline.values.get(layout.PLAN, {})]
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


def logged_moves(reading: Reading, added: Iterable[AddRow] = ()) -> Counter[str]:
    """How often sheet Log holds each move of an agreed date, with the rows that are added to it."""
    rows = [row for row in reading.tables.get(layout.LOG_TABLE, ()) if row.text("What") in {"", "Date moved"}]
    moves = [_move(clean_text(row.text("ID")), row.day("To")) for row in rows if row.text("ID")]
    return Counter(
        [*moves, *(_move(each.id, each.values["To"]) for each in added if each.table == layout.LOG_TABLE)]
    )


def _move(row_id: str, to: CellValue) -> str:
    return f"{row_id} {to or ''}".strip()


def log_moves(merge: Merge, reading: Reading, procedure: Procedure, as_at: date) -> None:
    """A row in the Log for each agreed date that differs from the one known at the last baseline.

    A person may have written it there already: then a row that the Log has got since leads to that date.

    `From` is the due date in force as the file stands: a clock may have been confirmed since issue.
    """
    if layout.LOG_TABLE not in reading.places:
        return
    written = logged_moves(reading) - Counter(reading.baseline.moves)
    moved = [
        (row, was, due)
        for row, was, due in _moved(reading, procedure)
        if _move(row.text("ID"), row.day("Agreed date")) not in written
    ]
    # Every row is judged only where one of them was moved, since that takes a while.
    state = case_state(reading, procedure, as_at) if moved else None
    due = {action.cell: action.due for action in state.actions} if state else {}
    for row, was, issued_due in moved:
        row_id, to = row.text("ID"), row.day("Agreed date")
        before = was if isinstance(was, date) else due.get(row.cell()) or issued_due
        if not isinstance(before, date):
            continue
        text = clean_text(row.text("Reason for change")) or (None if to else "Agreed date taken back")
        entry: Values = {"Date": as_at, "ID": row_id, "What": "Date moved"}
        entry |= {"From": before, "To": to, "Text": text}
        merge.rows.append(AddRow(layout.LOG_TABLE, row_id, entry))


def _moved(reading: Reading, procedure: Procedure) -> Iterator[tuple[ReadRow, CellValue, CellValue]]:
    """Rows whose agreed date was moved, the date agreed before, and the due date they were issued with."""
    agreed = next(each for each in layout.STAGE_COLUMNS if each.title == "Agreed date")
    for sheet, table, *_ in action_tables(procedure):
        issued = reading.baseline.values.get(sheet, {})
        for row in reading.tables[table]:
            values = issued.get(row.text("ID"))
            if values is None or "Agreed date" not in row.columns:
                continue
            was, now = issued_value(agreed, values.get("Agreed date")), row.values.get("Agreed date")
            if comparable(was) == comparable(now) or not (now is None or isinstance(now, date)):
                continue
            yield row, was, reading.baseline.due.get(row.text("ID")) or from_json(values.get("Target date"))


def accept_typed_dates(merge: Merge, reading: Reading, procedure: Procedure) -> list[str]:
    """Make dates typed over Due agreed dates where none was agreed; the cells of Due."""
    accepted = []
    for stage in procedure.stages:
        for row in reading.tables[rules.table_name(stage.name)]:
            day, free = row.typed_over.get("Due"), row.values.get("Agreed date") is None
            if isinstance(day, date) and free and "Agreed date" in row.columns:
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
