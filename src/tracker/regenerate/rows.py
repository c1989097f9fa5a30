"""The rows of the stages: what the procedure would issue for the case now, merged with what people made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker import rules
from tracker.merge import RowFate, Values, comparable, issued_rows, merge_row
from tracker.reconcile.checks import is_decided
from tracker.regenerate.model import NEW, AddRow, Conflict, Merge
from tracker.regenerate.shared import rows_by_id, spot_of
from tracker.text import clean_text
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.merge import CellValue
    from tracker.plan import Plan
    from tracker.procedure.model import Procedure
    from tracker.workbook.reading import Reading, ReadRow

OWNED = tuple(
    column.title
    for column in layout.STAGE_COLUMNS
    if column.edited_by == "procedure" and column.title != "ID"
)
"""The columns of a stage that are the procedure's."""
FILLED = ("Completed", "Status", "Reason for change")
"""Columns of the person's that the plan fills where a date or a decision of the case does."""
_COUNTING = ("Counted from", "Count", "Unit")
_ENDED = "Not applicable"
WITHDRAWN = "No longer a step for this case"


def is_done(row: ReadRow) -> bool:
    """Whether a row is complete: a date, or the word."""
    return row.values.get("Completed") is not None or row.text("Status") == "Complete"


def has_work(row: ReadRow) -> bool:
    """Whether a person has worked in a row."""
    if any(comparable(row.values.get(title)) is not None for title in
           ("Agreed date", "Completed", "Progress", "Evidence")):  # fmt: skip
        return True
    status = row.text("Status")
    return status not in {"", "Not started", _ENDED} or bool(
        row.text("Reason for change") and status != _ENDED
    )


@dataclass(frozen=True, slots=True)
class Target:
    """The rows as they should be: by stage and ID, the typed cells by title. `before` is the same for the base."""

    rows: Mapping[str, Mapping[str, Values]]
    before: Mapping[str, Values]


def target(base: Mapping[str, Mapping[str, Values]], old: Plan, new: Plan, *, keeps_edition: bool) -> Target:
    """What to merge with: the new plan; under another edition that is not moved to, only what the case changed."""
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
    return Target(rows, before)


def _changed_by_case(issued: Values, before: Values, now: Values) -> Values:
    cells: Values = {}
    for title in {**issued, **now}:
        same = comparable(before.get(title)) == comparable(now.get(title))
        value = issued.get(title) if same else now.get(title)
        if value is not None:
            cells[title] = value
    return cells


class StageRows:
    """Merges the rows of every stage. `values` are what to remember of them as issued, by stage and ID."""

    def __init__(self, merge: Merge, reading: Reading, procedure: Procedure) -> None:
        self.merge, self.reading, self.procedure = merge, reading, procedure
        self.base = {
            stage.name: issued_rows(reading, stage.name, layout.STAGE_COLUMNS) for stage in procedure.stages
        }
        self.values: dict[str, dict[str, Values]] = {stage.name: {} for stage in procedure.stages}
        rows = {stage.name: reading.tables[rules.table_name(stage.name)] for stage in procedure.stages}
        self._rows = rows_by_id(row for stage in rows.values() for row in stage)
        self._own = {stage: [row for row in each if not row.text("ID")] for stage, each in rows.items()}

    def run(self, wanted: Target) -> None:
        """Merge with the target rows."""
        for stage in self.procedure.stages:
            name = stage.name
            base, new = self.base[name], wanted.rows.get(name, {})
            if not self._readable(name):
                self.values[name] = dict(base)
                continue
            for row_id in [*new, *(each for each in base if each not in new)]:
                self._row(name, row_id, base.get(row_id), new.get(row_id), wanted.before.get(row_id, {}))

    def _readable(self, stage: str) -> bool:
        place = self.reading.places.get(rules.table_name(stage))
        return place is not None and "ID" in place.columns

    def _row(self, stage: str, row_id: str, base: Values | None, new: Values | None, before: Values) -> None:
        row = self._rows.get(row_id)
        if row is None and base is None and new is not None:
            row = self._adoptable(stage, row_id, new)
            # What the person worded in it stays, and is no conflict: as if it had been issued so.
            base = dict(new) if row else None
        changed = (
            base is not None
            and new is not None
            and any(comparable(base.get(title)) != comparable(new.get(title)) for title in OWNED)
        )
        fate = merge_row(
            base=base is not None,
            edited=row is not None,
            new=new is not None,
            touched=row is not None and (has_work(row) or self._reworded(row, base or {})),
            changed=changed,
        )
        if fate is RowFate.MERGE and row is not None and new is not None:
            self.values[stage][row_id] = self._merged(row, row_id, base, new, before)
        elif fate is RowFate.ADD and new is not None:
            self._add(stage, row_id, new)
        elif base is not None and row is not None:
            self._withdrawn(stage, row_id, row, base, fate)
        elif base is not None:
            self._deleted(stage, row_id, base, new, fate)

    @staticmethod
    def _reworded(row: ReadRow, base: Values) -> bool:
        return any(
            comparable(row.values.get(title)) != comparable(base.get(title))
            for title in OWNED
            if title in row.columns
        )

    # Both sides have it

    def _merged(self, row: ReadRow, row_id: str, base: Values | None, new: Values, before: Values) -> Values:
        remembered: Values = {}
        issued = {} if _bare(row) else base or {}
        for title in OWNED:
            wanted = new.get(title)
            if is_done(row) and title in _COUNTING and issued:
                wanted = issued.get(title)
            remembered[title] = self._cell(row, row_id, title, issued.get(title), wanted, owned=True)
        for title in layout.titles(layout.STAGE_COLUMNS):
            if title in OWNED or title == "ID":
                continue
            if title in FILLED:
                remembered[title] = self._filled(row, row_id, title, issued, new, before)
            else:
                remembered[title] = row.values.get(title)
        return {title: value for title, value in remembered.items() if value is not None}

    def _cell(
        self, row: ReadRow, row_id: str, title: str, base: CellValue, new: CellValue, *, owned: bool
    ) -> CellValue:
        if title not in row.columns:
            return base
        spot = spot_of(row, title, row_id)
        return self.merge.cell(spot, base, row.values.get(title), new, owned=owned)[1]

    def _filled(
        self, row: ReadRow, row_id: str, title: str, issued: Values, new: Values, before: Values
    ) -> CellValue:
        """A cell of the person's that the case may fill: touched only where the case now says otherwise."""
        wanted = new.get(title)
        was = before.get(title) if before else issued.get(title, wanted if not issued else None)
        if comparable(was) == comparable(wanted) or title not in row.columns:
            return row.values.get(title)
        if is_done(row) and new.get("Status") == _ENDED:
            return row.values.get(title)  # a decision ends what is open, not what was done before it
        spot = spot_of(row, title, row_id)
        after, base = self.merge.cell(spot, was, row.values.get(title), wanted)
        return after if comparable(base) == comparable(wanted) else base

    # One side has it

    def _add(self, stage: str, row_id: str, new: Values) -> None:
        like = self._sibling(stage, row_id)
        self.merge.rows.append(AddRow(rules.table_name(stage), row_id, new, like))
        self.values[stage][row_id] = {title: value for title, value in new.items() if title != "ID"}

    def _sibling(self, stage: str, row_id: str) -> int:
        """The sheet row of a repeat of the same step, whose look the new row takes; 0 where there is none."""
        step = row_id.rpartition("-")[0]
        for other, row in self._rows.items():
            if other.rpartition("-")[0] == step and row.sheet == self._sheet(stage):
                return row.number
        return 0

    def _sheet(self, stage: str) -> str:
        return self.reading.sheets.get(stage, stage)

    def _adoptable(self, stage: str, row_id: str, new: Values) -> ReadRow | None:
        """A row that a person made for this step, by copying a neighbour say; it gets the ID."""
        alone = not any(
            _same(issued, new, "Paragraph") and _same(issued, new, "Owner")
            for issued in self.base[stage].values()
        )
        for row in self._own.get(stage, ()):
            if _fits(row, new, by_owner=alone):
                self._own[stage].remove(row)
                self.merge.adopted.append(row_id)
                spot = spot_of(row, "ID", row_id)
                self.merge.put(spot, row_id, row.values.get("ID"))
                return self._adopted(row, row_id, new)
        return None

    def _adopted(self, row: ReadRow, row_id: str, new: Values) -> ReadRow:
        """What a copied row still carries of the row it was copied from gives way to its own."""
        values = {**row.values, "ID": row_id}
        for title in OWNED:
            wanted = new.get(title)
            differs = comparable(values.get(title)) != comparable(wanted)
            if title in row.columns and differs and self._issued_somewhere(title, values.get(title)):
                self.merge.put(spot_of(row, title, row_id), wanted, values.get(title))
                values[title] = wanted
        return replace(row, values=values)

    def _issued_somewhere(self, title: str, value: CellValue) -> bool:
        """Whether some row was issued with the value: it was copied, not worded."""
        rows = (row for stage in self.base.values() for row in stage.values())
        return any(comparable(row.get(title)) == comparable(value) for row in rows)

    def _withdrawn(self, stage: str, row_id: str, row: ReadRow, base: Values, fate: RowFate) -> None:
        """A row the case needs no longer: kept, and Not applicable where nobody works in it.

        One that was done before stays as it is: what ends it ends only what is open.
        """
        if is_done(row):
            self.values[stage][row_id] = dict(base)
            return
        if fate is RowFate.WITHDRAWN_WITH_WORK:
            do = "Take yours to keep the row as it is, or new to mark it Not applicable."
            spot = spot_of(row, "ID", row_id)
            found = Conflict("withdrawn", row.sheet, row_id, "", spot.cell, row_id, row_id, None, do)
            take = self.merge.user_choice(found)
            if take != NEW:
                if not take:
                    self.merge.conflicts.append(found)
                self.values[stage][row_id] = dict(base)
                return
        typed = {title: row.values.get(title) for title in row.columns if title != "ID"}
        remembered: Values = {title: value for title, value in typed.items() if value is not None}
        remembered |= {title: base[title] for title in OWNED if title in base}
        if row.text("Status") != _ENDED:
            self.merge.withdrawn.append(row_id)
            for title, value in (("Status", _ENDED), ("Reason for change", WITHDRAWN)):
                if title in row.columns and (title == "Status" or not row.text(title)):
                    self.merge.put(spot_of(row, title, row_id), value, row.values.get(title))
                    remembered[title] = value
        self.values[stage][row_id] = remembered

    def _deleted(self, stage: str, row_id: str, base: Values, new: Values | None, fate: RowFate) -> None:
        """A row a person deleted: it stays so, unless its rule has changed, which somebody has to see."""
        if fate is RowFate.GONE or new is None:
            return
        self.values[stage][row_id] = {title: value for title, value in base.items() if title != "ID"}
        if fate is RowFate.STAYS_DELETED:
            if not is_decided(self.reading, row_id):  # accepted once, it is not reported again
                self.merge.deleted.append(row_id)
            return
        sheet = self._sheet(stage)
        do = "Take yours to leave the row deleted, or new to have it again."
        action = clean_text(str(new.get("Action", "")))
        found = Conflict("deleted", sheet, row_id, "", sheet, base.get("Action"), None, action, do)
        take = self.merge.user_choice(found)
        if take == NEW:
            self._add(stage, row_id, new)
        elif take:
            self.values[stage][row_id] = {title: value for title, value in new.items() if title != "ID"}
        else:
            self.merge.conflicts.append(found)


def _bare(row: ReadRow) -> bool:
    """Whether a row has nothing but its ID: somebody who had deleted it wants it back."""
    return all(comparable(row.values.get(title)) is None for title in row.columns if title != "ID")


def _same(one: Values, other: Values, title: str) -> bool:
    return comparable(one.get(title)) == comparable(other.get(title))


def _fits(row: ReadRow, new: Values, *, by_owner: bool) -> bool:
    """Whether a row without an ID was made for a step: its paragraph, and whose it is.

    Whose says the first word of the action ("UHD: ..."); `by_owner`: the owner says it, who has no other such row.
    """
    if comparable(row.values.get("Paragraph")) != comparable(new.get("Paragraph")):
        return False
    action, wanted = clean_text(row.text("Action")).casefold(), clean_text(str(new.get("Action"))).casefold()
    first, colon, _ = wanted.partition(":")
    owner = clean_text(row.text("Owner")).casefold() == clean_text(str(new.get("Owner"))).casefold()
    return action == wanted or (bool(colon) and (_starts(action, first) or (by_owner and owner)))


def _starts(action: str, first: str) -> bool:
    return action.startswith(first) and not action[len(first) : len(first) + 1].isalnum()
