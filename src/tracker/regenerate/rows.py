"""The rows of stages: what the case and procedure ask for, merged with what people made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.merge import (
    NEW,
    YOURS,
    AddRow,
    Conflict,
    Merge,
    RowFate,
    Values,
    action_tables,
    comparable,
    conflict_at,
    issued_conflicts,
    issued_rows,
    merge_row,
    rows_by_id,
    spot_of,
    what_to_take,
)
from tracker.reconcile.run import is_decided
from tracker.text import clean_text
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.merge import CellSpot
    from tracker.plan import Plan
    from tracker.procedure.model import Procedure
    from tracker.workbook.reading import CellValue, Reading, ReadRow

_FIXED = (each.title for each in layout.STAGE_COLUMNS if each.edited_by == "procedure")
OWNED = tuple(title for title in _FIXED if title != "ID")
"""The columns of a stage that are the procedure's."""
FILLED = ("Completed", "Status", "Reason for change")
"""Columns of the person's that the plan fills where a date or a decision of the case does."""
COUNTING = ("Counted from", "Count", "Unit")
"""The columns by which a due date is counted."""
_ENDED = "Not applicable"
_REASON = "Reason for change"
WITHDRAWN = "No longer a step for this case"


def same_values(one: Mapping[str, CellValue], other: Mapping[str, CellValue], *titles: str) -> bool:
    """Whether two rows hold the same under each of the titles."""
    pairs = ((one.get(title), other.get(title)) for title in titles)
    return all(mine == theirs or comparable(mine) == comparable(theirs) for mine, theirs in pairs)


def without_id(values: Mapping[str, CellValue]) -> Values:
    """What a row holds beside its ID."""
    return {title: value for title, value in values.items() if title != "ID"}


def is_done(row: ReadRow) -> bool:
    """Whether a row is complete: a date, or the word."""
    return row.values.get("Completed") is not None or row.text("Status") == "Complete"


def has_work(row: ReadRow) -> bool:
    """Whether a person has worked in a row."""
    if not same_values(row.values, {}, "Agreed date", "Completed", "Progress", "Evidence"):
        return True
    status = row.text("Status")
    reason = status != _ENDED and bool(row.text("Reason for change"))
    return reason or status not in {"", "Not started", _ENDED}


def target_rows(
    base: Mapping[str, Mapping[str, Values]], old: Plan, new: Plan, *, keeps_edition: bool
) -> tuple[Mapping[str, Mapping[str, Values]], Mapping[str, Values]]:
    """What to merge with: the new plan; under another edition that is not moved to, only what the case changed.

    Returns the rows by stage and ID, each as the typed cells by title; and the rows of the old plan by ID.
    """
    before: dict[str, Values] = {row.id: dict(row.typed()) for row in old.all_rows()}
    rows: dict[str, dict[str, Values]] = {}
    for stage, planned in new.rows.items():
        issued = base.get(stage, {})
        rows[stage] = {}
        for row in planned:
            cells: Values = dict(row.typed())
            if keeps_edition:
                if row.id not in issued and row.id in before:
                    continue  # a step of the newer edition only
                if row.id in issued and row.id in before:
                    cells = _changed_by_case(issued[row.id], before[row.id], cells)
            rows[stage][row.id] = cells
        if keeps_edition:
            gone = [row_id for row_id in issued if row_id not in rows[stage] and row_id not in before]
            rows[stage] |= {row_id: dict(issued[row_id]) for row_id in gone}
    return rows, before


def _changed_by_case(issued: Values, before: Values, now: Values) -> Values:
    cells = {
        title: (issued if same_values(before, now, title) else now).get(title) for title in {**issued, **now}
    }
    return {title: value for title, value in cells.items() if value is not None}


class StageRows:
    """Merges the rows of every stage. `values` are what to remember of them as issued, by stage and ID."""

    def __init__(self, merge: Merge, reading: Reading, procedure: Procedure) -> None:
        self.merge, self.reading = merge, reading
        self._tables = {sheet: table for sheet, table, *_ in action_tables(procedure)[:-1]}
        self.base = {sheet: issued_rows(reading, sheet, layout.STAGE_COLUMNS) for sheet in self._tables}
        self.values: dict[str, dict[str, Values]] = {sheet: {} for sheet in self._tables}
        self._rows = rows_by_id(row for table in self._tables.values() for row in reading.tables[table])
        self._own = {
            sheet: [row for row in reading.tables[table] if not row.text("ID")]
            for sheet, table in self._tables.items()
        }

    def run(self, wanted: Mapping[str, Mapping[str, Values]], before: Mapping[str, Values]) -> None:
        """Merge with what `target_rows` gives."""
        for stage, table in self._tables.items():
            base, new = self.base[stage], wanted.get(stage, {})
            place = self.reading.places.get(table)
            if place is None or "ID" not in place.columns:
                self.values[stage] = dict(base)
                continue
            self._repeated_now(base, new)
            for row_id in [*new, *(each for each in base if each not in new)]:
                self._row(stage, row_id, base.get(row_id), new.get(row_id), before.get(row_id, {}))

    def _row(self, stage: str, row_id: str, base: Values | None, new: Values | None, before: Values) -> None:
        row = self._rows.get(row_id)
        if row is None and base is None and new is not None:
            row = self._adoptable(stage, row_id, new)
            # What the person worded in it stays, and is no conflict: as if it had been issued so.
            base = dict(new) if row else None
        reworded = row is not None and not same_values(
            row.values, base or {}, *(set(OWNED) & row.columns.keys())
        )
        fate = merge_row(
            base=base is not None,
            edited=row is not None,
            new=new is not None,
            touched=row is not None and (has_work(row) or reworded),
            changed=base is not None and new is not None and not same_values(base, new, *OWNED),
        )
        if fate is RowFate.MERGE and row is not None and new is not None:
            self.values[stage][row_id] = self._merged(row, row_id, base, new, before)
        elif fate is RowFate.ADD and new is not None:
            self._add(stage, row_id, new)
        elif base is not None and row is not None:
            self.values[stage][row_id] = self._withdrawn(row_id, row, base, fate)
        elif base is not None and new is not None:
            self._deleted(stage, row_id, base, new, fate)

    # Both sides have it

    def _merged(self, row: ReadRow, row_id: str, base: Values | None, new: Values, before: Values) -> Values:
        remembered: Values = {}
        bare = same_values(row.values, {}, *(row.columns.keys() - {"ID"}))  # who had deleted it wants it back
        issued = {} if bare else base or {}
        for title in OWNED:
            was, wanted = issued.get(title), new.get(title)
            if is_done(row) and title in COUNTING and issued:
                wanted = was
            remembered[title] = was
            if title in row.columns:
                spot = spot_of(row, title, row_id)
                remembered[title] = self.merge.cell(spot, was, row.values.get(title), wanted, owned=True)[1]
        for title in layout.titles(layout.STAGE_COLUMNS):
            if title in FILLED:
                remembered[title] = self._filled(row, row_id, title, issued, new, before)
            elif title not in OWNED and title != "ID":
                remembered[title] = row.values.get(title)
        return {title: value for title, value in remembered.items() if value is not None}

    def _filled(
        self, row: ReadRow, row_id: str, title: str, issued: Values, new: Values, before: Values
    ) -> CellValue:
        """A cell of the person's that the case may fill: touched only where the case has changed."""
        held, wanted = row.values.get(title), new.get(title)
        was = before.get(title) if before else issued.get(title, wanted if not issued else None)
        if title not in row.columns:
            return held
        spot = spot_of(row, title, row_id)
        if title == _REASON and wanted and comparable(held) is None and self._took_the_end(row, row_id):
            self.merge.put(spot, wanted)
            return wanted
        if comparable(was) == comparable(wanted):
            return held
        ends, ended = (each.get("Status") == _ENDED for each in (new, before or issued))
        if ends and is_done(row):
            return held  # a decision ends what is open, not what was done before it
        if ends and has_work(row) and row.text("Status") != _ENDED:
            if title != "Status":
                return held  # the reason comes with the word
            found = conflict_at("cell", spot, was, held, wanted, what_to_take(spot.title, held, wanted))
            if self.merge.settle(found) != NEW:
                return was
            self.merge.put(spot, wanted, held)
            return wanted
        if ended and not ends and comparable(held) != comparable(was):
            self._lapsed(spot, held)
            return held  # the decision is taken back: what a person made of the row stands
        after, base = self.merge.cell(spot, was, held, wanted)
        return after if comparable(base) == comparable(wanted) else base

    def _took_the_end(self, row: ReadRow, row_id: str) -> bool:
        """Whether somebody has just chosen on sheet Conflicts that a decision ends a row."""
        choice = self.merge.choices.get(("cell", row.sheet, row_id, "Status"))
        return choice is not None and choice.take == NEW and choice.conflict.open

    def _lapsed(self, spot: CellSpot, held: CellValue) -> None:
        """A conflict about a decision that has been taken back is none any more."""
        found = conflict_at("cell", spot, held, held, None, "")
        for each in issued_conflicts(self.reading.baseline):
            if each.key == found.key and each.open:
                self.merge.settled.append(replace(found, number=each.number, state=YOURS))

    def _repeated_now(self, base: dict[str, Values], new: Mapping[str, Values]) -> None:
        """A row whose step is now repeated, for one child say, goes on as the one repeat it has."""
        for old in [each for each in base if each not in new and each in self._rows]:
            repeats = [each for each in new if each.rpartition("-")[0] == old]
            if len(repeats) == 1 and repeats[0] not in base and repeats[0] not in self._rows:
                row, now = self._rows.pop(old), repeats[0]
                self.merge.put(spot_of(row, "ID", now), now, old)
                self.merge.adopted.append(now)
                self._rows[now] = replace(row, values={**row.values, "ID": now})
                base[now] = base.pop(old)

    # One side has it

    def _add(self, stage: str, row_id: str, new: Values) -> None:
        """Add a row; it takes the look of a repeat of the same step, where there is one."""
        step, sheet = row_id.rpartition("-")[0], self.reading.sheets.get(stage, stage)
        repeats = (row for other, row in self._rows.items() if other.rpartition("-")[0] == step)
        alike = (row.number for row in repeats if row.sheet == sheet)
        self.merge.rows.append(AddRow(self._tables[stage], row_id, new, next(alike, 0)))
        self.values[stage][row_id] = without_id(new)

    def _adoptable(self, stage: str, row_id: str, new: Values) -> ReadRow | None:
        """A row that a person made for this step, by copying a neighbour say; it gets the ID.

        What a copied row still carries of the row it was copied from gives way to its own.
        """
        alone = not any(
            same_values(issued, new, "Paragraph", "Owner") for issued in self.base[stage].values()
        )
        row = next((row for row in self._own.get(stage, ()) if _fits(row, new, by_owner=alone)), None)
        if row is None:
            return None
        self._own[stage].remove(row)
        self.merge.adopted.append(row_id)
        self.merge.put(spot_of(row, "ID", row_id), row_id, row.values.get("ID"))
        values = {**row.values, "ID": row_id}
        for title in OWNED:
            differs = title in row.columns and not same_values(values, new, title)
            if differs and self._was_issued(title, values):
                self.merge.put(spot_of(row, title, row_id), new.get(title), values.get(title))
                values[title] = new.get(title)
        return replace(row, values=values)

    def _was_issued(self, title: str, values: Values) -> bool:
        """Whether some row was issued with the value: it was copied, not worded."""
        return any(same_values(row, values, title) for stage in self.base.values() for row in stage.values())

    def _withdrawn(self, row_id: str, row: ReadRow, base: Values, fate: RowFate) -> Values:
        """A row the case needs no longer: kept, and Not applicable where nobody works in it.

        One that was done before stays as it is: what ends it ends only what is open.
        """
        if is_done(row):
            return dict(base)
        if fate is RowFate.WITHDRAWN_WITH_WORK:
            do = "Take yours to keep the row as it is, or new to mark it Not applicable."
            cell = spot_of(row, "ID", row_id).cell
            found = Conflict("withdrawn", row.sheet, row_id, "", cell, row_id, row_id, None, do)
            if self.merge.settle(found) != NEW:
                return dict(base)
        typed = {title: row.values.get(title) for title in row.columns if title != "ID"}
        remembered: Values = {title: value for title, value in typed.items() if value is not None}
        remembered |= {title: base[title] for title in OWNED if title in base}
        if row.text("Status") != _ENDED:
            self.merge.withdrawn.append(row_id)
            for title, value in (("Status", _ENDED), ("Reason for change", WITHDRAWN)):
                if title in row.columns and (title == "Status" or not row.text(title)):
                    self.merge.put(spot_of(row, title, row_id), value, row.values.get(title))
                    remembered[title] = value
        return remembered

    def _deleted(self, stage: str, row_id: str, base: Values, new: Values, fate: RowFate) -> None:
        """A row a person deleted: it stays so, unless its rule has changed, which somebody has to see."""
        self.values[stage][row_id] = without_id(base)
        if fate is RowFate.STAYS_DELETED:
            if not is_decided(self.reading, row_id):  # accepted once, it is not reported again
                self.merge.deleted.append(row_id)
            return
        sheet = self.reading.sheets.get(stage, stage)
        do = "Take yours to leave the row deleted, or new to have it again."
        action = clean_text(str(new.get("Action", "")))
        found = Conflict("deleted", sheet, row_id, "", sheet, base.get("Action"), None, action, do)
        take = self.merge.settle(found)
        if take == NEW:
            self._add(stage, row_id, new)
        elif take:
            self.values[stage][row_id] = without_id(new)


def _fits(row: ReadRow, new: Values, *, by_owner: bool) -> bool:
    """Whether a row without an ID was made for a step: its paragraph, and whose it is.

    Whose it is, is the first word of the action ("UHD: ..."); `by_owner`: its owner, who has no other such row.
    """
    if not same_values(row.values, new, "Paragraph"):
        return False
    action, wanted = clean_text(row.text("Action")).casefold(), clean_text(str(new.get("Action"))).casefold()
    first, colon, _ = wanted.partition(":")
    owner = clean_text(row.text("Owner")).casefold() == clean_text(str(new.get("Owner"))).casefold()
    begins = action.startswith(first) and not action[len(first) : len(first) + 1].isalnum()
    return action == wanted or (bool(colon) and (begins or (by_owner and owner)))
