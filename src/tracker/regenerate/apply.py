"""What was decided, put into the person's file: cells, rows below the last, tables that reach further."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import Problem, codes, problem
from tracker.regenerate.formulas import table_formulas
from tracker.workbook import layout
from tracker.workbook.reading import quoted
from tracker.workbook.sheet_page import row_height

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.formula.evaluate import Formula
    from tracker.merge import CellValue
    from tracker.procedure.model import Procedure
    from tracker.regenerate.model import AddRow, Merge
    from tracker.workbook.patch.file import WorkbookFile
    from tracker.workbook.reading import Reading, TablePlace

_LOOKED_UP = (
    rules.ROLES, rules.AGENCIES, layout.CHILDREN_TABLE, layout.HOLIDAY_TABLE, layout.CLOSURE_TABLE,
    layout.MEETING_TABLE,
)  # fmt: skip
_WRAPPED = ("Action", "Owner", "Reason for change")


class Applier:
    """Puts a merge into a file. `places` says in which row of which sheet each added row came to stand."""

    def __init__(self, file: WorkbookFile, reading: Reading, procedure: Procedure) -> None:
        self.file, self.reading, self.procedure = file, reading, procedure
        self.problems: list[Problem] = []
        self.places: dict[str, str] = {}
        self._formulas = table_formulas(procedure)
        self._next: dict[str, int] = {}

    def run(self, merge: Merge) -> None:
        """Every cell and row of the merge; then the tables reach over what lies below them."""
        for each in merge.cells:
            self.file.put(each.spot.sheet, each.spot.row, each.spot.column, each.content)
        for row in merge.rows:
            self._add(row)
        for table, place in self.reading.places.items():
            if self._formulas.get(table) or self._next.get(table):
                self.file.reach(table, self._next.get(table, place.last_row + 1) - 1)
                self._complete(table, place)
        for table in _LOOKED_UP:
            self._take_in(table, merge)

    def _take_in(self, table: str, merge: Merge) -> None:
        """Let a list that formulas look people up in take in what LibreOffice left below it."""
        place, marked = self.reading.places.get(table), self.file.tables.get(table)
        if place is None or marked is None or marked.totals or marked.sheet != place.sheet:
            return
        if marked.last_row < place.last_row:
            self.file.reach(table, place.last_row)
            merge.marks.append(f"table on sheet {place.sheet} down to row {place.last_row}")

    def _add(self, row: AddRow) -> None:
        place = self.reading.places[row.table]
        number = self._free_row(row.table, place)
        marked = self.file.tables.get(row.table)
        if marked and marked.totals:
            facts = {"name": row.id, "table": row.table}
            self.problems.append(problem(codes.TOTALS_ROW, place=quoted(place.sheet), id=row.id, **facts))
            return
        if place.until and number >= place.until:
            facts = {"name": row.id, "sheet": place.sheet}
            self.problems.append(problem(codes.NO_ROOM_BELOW, place=quoted(place.sheet), id=row.id, **facts))
            return
        self._next[row.table] = number + 1
        self.places[f"{row.table} {row.id}"] = f"{quoted(place.sheet)}!A{number}"
        self._write(row, place, number)

    def _free_row(self, table: str, place: TablePlace) -> int:
        """The first row below the last that holds nothing typed in the table's columns."""
        number = self._next.get(table, place.last_row + 1)
        marked = self.file.tables.get(table)
        columns = range(marked.first_column, marked.last_column + 1) if marked else place.columns.values()
        while any(self._typed(place.sheet, number, column) for column in columns):
            number += 1
        return number

    def _typed(self, sheet: str, row: int, column: int) -> bool:
        held = self.file.cell(sheet, row, column)
        return held.formula is None and held.value not in {None, ""}

    def _write(self, row: AddRow, place: TablePlace, number: int) -> None:
        like = row.like or self._neighbour(row.table, place, number)
        page = self.file.sheet(place.sheet)
        formulas = self._formulas.get(row.table, {})
        for column in self._columns(row.table, place):
            title = next((title for title, at in place.columns.items() if at == column), "")
            content: CellValue | Formula = formulas.get(title) or row.values.get(title)
            style = page.style(number, column) if page.cell(number, column) else page.style(like, column)
            if content is not None or style:
                self.file.put(place.sheet, number, column, content, style)
        if number not in page.rows and formulas:
            page.height(number, self._height(row.values))

    def _columns(self, table: str, place: TablePlace) -> list[int]:
        marked = self.file.tables.get(table)
        own = range(marked.first_column, marked.last_column + 1) if marked else ()
        return sorted({*own, *place.columns.values()})

    def _neighbour(self, table: str, place: TablePlace, number: int) -> int:
        """The row a new one looks like: the last one read, else the first below the header."""
        rows = [row.number for row in self.reading.tables[table] if row.number < number]
        return max(rows, default=place.header_row + 1)

    @staticmethod
    def _height(values: Mapping[str, CellValue]) -> float:
        widths = {column.title: column.width for column in layout.STAGE_COLUMNS}
        return row_height([(str(values.get(title) or ""), widths[title]) for title in _WRAPPED])

    def _complete(self, table: str, place: TablePlace) -> None:
        """Rows typed below a table by hand have no formulas yet; they get theirs, as in a row typed in Excel."""
        formulas = self._formulas.get(table, {})
        page = self.file.sheet(place.sheet)
        styles: dict[int, str] = {}  # of a column, once: a person may type thousands of rows
        for row in self.reading.tables[table]:
            for title in formulas:
                column = place.columns.get(title, 0)
                span = page.cell(row.number, column)
                if row.sheet == place.sheet and column and span is None:
                    if column not in styles:
                        styles[column] = self._styled(table, place, column)
                    self.file.put(place.sheet, row.number, column, formulas[title], styles[column])

    def _styled(self, table: str, place: TablePlace, column: int) -> str:
        page = self.file.sheet(place.sheet)
        styles = (page.style(row.number, column) for row in self.reading.tables[table] if row.text("ID"))
        return next((style for style in styles if style), "")


class OurCells:
    """Tells whether a formula in a cell is one of ours, by where it stands."""

    def __init__(self, reading: Reading, procedure: Procedure) -> None:
        """Find once where everything stands."""
        ours = {theirs: name for name, theirs in reading.sheets.items()}
        stages = {stage.name for stage in procedure.stages}
        self._whole = {layout.SUMMARY, layout.CASE, layout.HIDDEN}
        self._titled = {layout.PEOPLE, layout.CALENDAR, layout.LOG, layout.GUIDE, layout.PLAN} | stages
        self._ours = ours
        rules_of = {rules.table_name(stage): rules.stage_rules(procedure) for stage in stages}
        rules_of[rules.PLAN] = rules.plan_rules()
        tables = {stage: rules.table_name(stage) for stage in stages} | {layout.PLAN: rules.PLAN}
        self._columns: dict[str, tuple[int, frozenset[int]]] = {}
        for name, table in tables.items():
            place = reading.places.get(table)
            if place is not None:
                columns = (place.columns.get(title, 0) for title in rules_of[table])
                self._columns[name] = place.header_row, frozenset(columns)

    def __call__(self, sheet: str, row: int, column: int) -> bool:
        """Whether a formula there is ours; `sheet` is its name in the file."""
        name = self._ours.get(sheet, sheet)
        if name in self._whole:
            return True
        if row <= 2 and column == 1:  # noqa: PLR2004  title and subtitle
            return name in self._titled
        header, columns = self._columns.get(name, (row, frozenset()))
        return row > header and column in columns
