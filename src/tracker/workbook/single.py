"""The cells that stand alone: the labelled fields of sheet Case, its clocks, the dates a whole workbook has."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tracker.case.model import CHOICES
from tracker.formula.parse import column_letters
from tracker.problems import Problem, codes, problem
from tracker.text import as_found, clean_text, did_you_mean, same_word
from tracker.workbook import layout
from tracker.workbook.grid import FormulaText
from tracker.workbook.interpret import CellPlace, interpret, typed_text, typed_word
from tracker.workbook.layout import SheetColumn
from tracker.workbook.reading import ReadField, address, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.procedure.model import Clock, Procedure
    from tracker.workbook.find_tables import Sheets
    from tracker.workbook.grid import SheetGrid, SheetTable

    TypedFormula = Callable[[SheetGrid, int, int, SheetColumn, CellPlace], tuple[object, list[Problem]]]

_KNOWN_UNTIL = "Bank holidays known until"


class SingleCells:
    """Reads single cells of a workbook; gathers problems as it goes."""

    def __init__(
        self, sheets: Sheets, procedure: Procedure, clocks: SheetTable | None,
        spot: Callable[[str], CellPlace], typed_formula: TypedFormula, version: int = layout.LAYOUT,
    ) -> None:  # fmt: skip
        """`clocks` is their table; `spot` gives a cell's place, `typed_formula` the value of a person's formula.

        `version` is the layout of the workbook, which has no field of a newer one.
        """
        self.problems: list[Problem] = []
        self._sheets, self._procedure, self._clocks = sheets, procedure, clocks
        self._spot, self._typed_formula, self._version = spot, typed_formula, version

    def fields(self) -> dict[str, ReadField]:
        """The labelled fields of sheet Case, by the description's path."""
        grid = self._sheets.grid(layout.CASE)
        if grid is None:
            return {}
        label_column, value_column = self._case_columns()
        labelled = _labels(grid, label_column)
        kinds = {"date": "date", "list": "list", "yes/no": "list"}
        usual = {each.path: each.label for each in reversed(layout.CASE_FIELDS)}
        found = {}
        for each in layout.fields(self._procedure):
            if each.since > self._version:
                continue
            row = labelled.get(clean_text(each.label).casefold())
            if row is None:
                self._unlabelled(grid, each.label)
            else:
                words = layout.YES_NO if each.kind == "yes/no" else CHOICES.get(each.path, ())
                kind = kinds.get(each.kind, "text")
                column = SheetColumn(
                    each.label, 0, kind, words, strict=bool(words), known_as=usual[each.path]
                )
                found[each.path] = self._single(grid, row, value_column, column)
        return found

    def _unlabelled(self, grid: SheetGrid, label: str) -> None:
        """A label of sheet Case is gone, and with it what stood beside it."""
        if self._clocks and "Clock" not in self._clocks.header.columns:
            return  # the column of labels is missing, which is reported once
        labels = [each.label for each in layout.fields(self._procedure)]
        clocks = [each.name for each in self._procedure.clocks]
        ours = {clean_text(each).casefold() for each in (*labels, *clocks, layout.REPORT_DATE_LABEL)}
        column, _ = self._case_columns()
        strangers = [str(cells[column]) for cells in grid.rows.values() if isinstance(cells.get(column), str)]
        near = did_you_mean(label, [each for each in strangers if clean_text(each).casefold() not in ours])
        facts = {"label": label, "sheet": layout.CASE, "where": "beside it", "suggestion": near}
        self.problems.append(problem(codes.LABEL_MISSING, place=quoted(grid.name), **facts))

    def _case_columns(self) -> tuple[int, int]:
        """Where sheet Case has its labels and the values beside them: as in its table of clocks."""
        columns = self._clocks.header.columns if self._clocks else {}
        return columns.get("Clock", 1), columns.get("Date in use", 2)

    def _single(self, grid: SheetGrid, row: int, column_number: int, column: SheetColumn) -> ReadField:
        spot = self._spot(address(grid.name, column_letters(column_number), row))
        raw = grid.value(row, column_number)
        found: list[Problem] = []
        if isinstance(raw, FormulaText):
            raw, found = self._typed_formula(grid, row, column_number, column, spot)
        value, more = typed_word(raw, column, spot) if column.kind == "list" else interpret(raw, column, spot)
        self.problems += [*found, *more]
        return ReadField(value, spot.place)

    def clocks(self) -> dict[str, ReadField]:
        """What is typed beside each clock."""
        table = self._clocks
        if table is None:
            return {}
        names = {clean_text(clock.name).casefold(): clock for clock in self._procedure.clocks}
        column = table.header.columns.get("Type it here", 4)
        typed = {}
        for number in table.rows:
            label = table.grid.value(number, table.header.columns.get("Clock", 1))
            clock = names.pop(clean_text(str(label or "")).casefold(), None)
            if clock is None:
                continue
            self._clock_typed_over(table, number, clock)
            if not clock.field:
                continue
            typed[clock.name] = self._single(table.grid, number, column, SheetColumn(clock.name, 0, "date"))
        for clock in names.values():
            self._unlabelled(table.grid, clock.name)
        return typed

    def _clock_typed_over(self, table: SheetTable, row: int, clock: Clock) -> None:
        """What was typed where a clock's date is calculated, or over the link to the row that sets it."""
        titles = ["Date in use", "Confirmed or provisional", *([] if clock.field else ["Type it here"])]
        if clock.field:
            where = "beside it in Type it here"
        else:
            where = (
                f"in Completed of {clock.step}" if clock.step else f"among the fields of sheet {layout.CASE}"
            )
        for title in titles:
            column = table.header.columns.get(title, 0)
            value = table.grid.value(row, column)
            if isinstance(value, FormulaText) or typed_text(value) is None:
                continue
            shown = as_found(value)
            facts = {"value": shown, "title": title, "clock": clock.name, "where": where}
            place = address(table.grid.name, column_letters(column), row)
            self.problems.append(problem(codes.CLOCK_TYPED_OVER, place=place, **facts))

    def report_date(self) -> tuple[date | None, str]:
        """The report date a person fixed, and its cell; a formula there is reported, and fixes nothing."""
        grid = self._sheets.grid(layout.CASE)
        if grid is None:
            return None, ""
        label_column, column = self._case_columns()
        row = _labels(grid, label_column).get(clean_text(layout.REPORT_DATE_LABEL).casefold())
        if row is None:
            self._unlabelled(grid, layout.REPORT_DATE_LABEL)
            return None, ""
        read = self._single(grid, row, column, SheetColumn("Report date", 0, "date"))
        if isinstance(read.value, date) and not isinstance(grid.value(row, column), FormulaText):
            return read.value, read.cell
        return None, read.cell

    def known_until(self) -> date | None:
        """The day up to which bank holidays are known, below its title on sheet Calendar."""
        grid = self._sheets.grid(layout.CALENDAR)
        if grid is None:
            return None
        cells = ((row, column, value) for row, held in grid.rows.items() for column, value in held.items())
        for row, column, value in cells:
            if same_word(str(value), _KNOWN_UNTIL):
                day = self._single(grid, row + 1, column, SheetColumn("Known until", 0, "date")).value
                return day if isinstance(day, date) else None
        facts = {"label": _KNOWN_UNTIL, "sheet": layout.CALENDAR, "where": "below it", "suggestion": ""}
        self.problems.append(problem(codes.LABEL_MISSING, place=quoted(grid.name), **facts))
        return None


def _labels(grid: SheetGrid, column: int) -> dict[str, int]:
    labels: dict[str, int] = {}
    for row in sorted(grid.rows):
        if isinstance(value := grid.value(row, column), str):
            labels.setdefault(clean_text(value).casefold(), row)
    return labels
