"""Formulas that a person overwrote, changed or cleared come back; what was typed there is not lost."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import in_table
from tracker.formula.values import day_of, is_number
from tracker.merge import comparable, display_value
from tracker.problems import codes
from tracker.regenerate.model import CellSpot, Conflict, Merge
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.summary_page import completed_since

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tracker.formula.book import Book
    from tracker.merge import CellValue
    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.workbook.patch.file import FileCell, WorkbookFile
    from tracker.workbook.reading import Reading, TablePlace

_CHANGED = codes.FORMULA_CHANGED
_RESULT_DATES = ("Due", "Day zero", "Date in use")


def table_formulas(procedure: Procedure) -> Mapping[str, Mapping[str, Formula]]:
    """The formulas of each table by title, as they stand in a file."""
    stage = rules.stage_rules(procedure)
    tables = {rules.table_name(each.name): stage for each in procedure.stages}
    tables[rules.PLAN] = rules.plan_rules()
    return {
        table: {title: Formula(in_table(each.text, table)) for title, each in formulas.items()}
        for table, formulas in tables.items()
    }


def _edited_by(table: str, title: str) -> str:
    columns = layout.PLAN_COLUMNS if table == rules.PLAN else layout.STAGE_COLUMNS
    return next(column.edited_by for column in columns if column.title == title)


class FormulaRepair:
    """Finds the formulas of one workbook that have to come back."""

    def __init__(
        self,
        merge: Merge,
        reading: Reading,
        procedure: Procedure,
        file: WorkbookFile,
        found: Sequence[Problem],
    ) -> None:
        self.merge, self.reading, self.procedure, self.file = merge, reading, procedure, file
        self._altered = {each.place for each in found if each.code == _CHANGED}
        self._typed: list[tuple[CellSpot, CellValue]] = []

    def restore(self) -> None:
        """Put back every formula that is not there any more."""
        for table, formulas in table_formulas(self.procedure).items():
            place = self.reading.places.get(table)
            if place:
                self._table(table, place, formulas)
        self._clocks()
        self._hold()
        self._summary()

    def _issued(self, table: str, title: str) -> str:
        """The formula a column was issued with: that of an older tracker is replaced and is nobody's edit."""
        sheets = {rules.table_name(stage.name): stage.name for stage in self.procedure.stages}
        sheets[rules.PLAN] = layout.PLAN
        text = self.reading.issue.formulas.get(sheets.get(table, ""), {}).get(title, "")
        return in_table(text, table).removeprefix("=")

    def _table(self, table: str, place: TablePlace, formulas: Mapping[str, Formula]) -> None:
        for row in self.reading.tables[table]:
            if row.sheet != place.sheet:
                continue
            for title, formula in formulas.items():
                column = place.columns.get(title)
                if column:
                    spot = CellSpot(place.sheet, row.number, column, row.text("ID"), title)
                    shared = _edited_by(table, title) == "shared" and spot.cell not in self.merge.restore
                    self._cell(spot, formula, shared=shared, issued=self._issued(table, title))
        self._rows_without_entry(table, place, formulas)

    def _rows_without_entry(self, table: str, place: TablePlace, formulas: Mapping[str, Formula]) -> None:
        """The formulas of rows that hold nothing else, as an empty plan has one: the reader gives no row for it."""
        read = {row.number for row in self.reading.tables[table]}
        for number in self.file.sheet(place.sheet).rows:
            if number in read or number <= place.header_row or (place.until and number >= place.until):
                continue
            for title, formula in formulas.items():
                column, issued = place.columns.get(title, 0), self._issued(table, title)
                held = self.file.cell(place.sheet, number, column).formula if column else None
                spot = CellSpot(place.sheet, number, column, "", title)
                if held is not None and (held == issued or spot.cell in self._altered):
                    self._cell(spot, formula, shared=False, issued=issued)

    def _cell(self, spot: CellSpot, formula: Formula, *, shared: bool, issued: str = "") -> None:
        held = self.file.cell(spot.sheet, spot.row, spot.column)
        older = bool(issued) and issued != formula.text
        if held.formula is not None and spot.cell not in self._altered and not older:
            return
        ours = spot.cell not in self._altered or held.formula == issued
        typed = None if held.formula and ours else self._what(held)
        if typed is not None and shared:
            return
        asked = spot.cell in self.merge.restore
        if asked:
            self.merge.restored.add(spot.cell)
        self.merge.put(spot, formula, _as_date(typed) if spot.title in _RESULT_DATES else typed)
        if typed is not None and not asked:
            self._typed.append((spot, typed))

    def _renew(self, spot: CellSpot, formula: Formula) -> None:
        """A formula of sheet Case as an earlier layout had it is replaced: what was issued there is not kept."""
        held = self.file.cell(spot.sheet, spot.row, spot.column)
        older = self.reading.issue.layout < layout.LAYOUT
        if older and held.formula is not None and held.formula != formula.text:
            self.merge.put(spot, formula)

    def _hold(self) -> None:
        place = self.file.single_cell(rules.HOLD_RUNNING)
        if place:
            self._renew(CellSpot(*place, "", rules.HOLD_RUNNING), rules.HOLD_RULE)

    def _summary(self) -> None:
        """The completions on sheet Summary, which layout 1 showed before their day."""
        name = self.reading.sheets.get(layout.SUMMARY)
        if name is None or self.reading.issue.layout >= layout.LAYOUT:
            return
        newer = dict(
            completed_since(rules.table_name(stage.name), step.id)
            for stage in self.procedure.stages
            for step in stage.steps
        )
        page = self.file.sheet(name)
        spans = [
            span for row in page.rows.values() for span in row.cells.values() if span.formula is not None
        ]
        for span in spans:
            now = newer.get(page.formula_of(span) or "")
            if now:
                self._renew(CellSpot(name, *span.place, "", "Completed"), Formula(now))

    def _what(self, held: FileCell) -> CellValue:
        if held.formula is not None:
            return f"={held.formula}"
        value = held.value
        if isinstance(value, str):
            return clean_text(value) or None
        return value if isinstance(value, (int, float, date)) else None

    def _clocks(self) -> None:
        place = self.reading.places.get(rules.CLOCKS)
        if place is None:
            return
        for row, clock_name in self._clock_rows(place):
            clock = self.procedure.clock(clock_name)
            in_use, confirmed = rules.clock_rules(clock, self.procedure, layout.DATE_NAMES)
            for title, formula in (("Date in use", in_use), ("Confirmed or provisional", confirmed)):
                column = place.columns.get(title)
                if column:
                    written = Formula(in_table(formula.text, rules.CLOCKS))
                    spot = CellSpot(place.sheet, row, column, clock_name, title)
                    self._renew(spot, written)
                    self._cell(spot, written, shared=False)

    def _clock_rows(self, place: TablePlace) -> Iterator[tuple[int, str]]:
        names = {clean_text(clock.name).casefold(): clock.name for clock in self.procedure.clocks}
        column = place.columns.get("Clock", 1)
        for row in range(place.header_row + 1, place.header_row + 2 * len(names)):
            value = self.file.cell(place.sheet, row, column).value
            name = names.pop(clean_text(str(value or "")).casefold(), None)
            if name:
                yield row, name

    # What was typed there

    def offer(self, book: Book, accepted: Collection[str] = ()) -> None:
        """List what was typed over a formula, where it is not just what the formula gives.

        `accepted` are the cells of Due whose date has been taken for the agreed one.
        """
        for spot, typed in self._typed:
            value = book.cell(spot.sheet, spot.row, spot.column)
            if _same(typed, value) or spot.cell in accepted:
                continue
            typed_shown = _as_date(typed) if spot.title in _RESULT_DATES else typed
            worked = _as_date(value) if spot.title in _RESULT_DATES else value
            was = self.reading.issue.due.get(spot.id) if spot.title == "Due" else None
            self.merge.conflicts.append(
                Conflict(
                    "typed over", spot.sheet, spot.id or f"row {spot.row}", spot.title, spot.cell, was,
                    typed_shown, worked if isinstance(worked, (str, int, float, date)) else None,
                    _advice(spot, typed_shown),
                )
            )  # fmt: skip


def _same(typed: CellValue, value: object) -> bool:
    if is_number(typed) and is_number(value):
        return float(typed) == float(value)  # type: ignore[arg-type]  # both are numbers
    if typed is None or isinstance(typed, date) or not isinstance(value, (str, int, float)):
        return False
    return comparable(typed) == comparable(value)


def _as_date(value: object) -> CellValue:
    if is_number(value) and 0 < value < 100_000:  # type: ignore[operator]  # noqa: PLR2004  # a day of this century
        return day_of(value)  # type: ignore[arg-type]  # it is a number
    return value if isinstance(value, (str, int, float, date)) else None


def _advice(spot: CellSpot, typed: CellValue) -> str:
    if spot.title == "Due" and isinstance(typed, date):
        return f"Take yours to have {display_value(typed)} as the agreed date, or new to drop it."
    if spot.title == "Date in use" and isinstance(typed, date):
        return f"Take yours to have {display_value(typed)} under Type it here, or new to drop it."
    return "Take new once you have read it; the column is worked out."
