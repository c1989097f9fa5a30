"""Into the person's file: formulas of ours that are gone, cells, rows below the last, tables that reach further.

What was typed in a formula's place is not lost.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import FormulaSyntaxError, column_letters, in_table, parse
from tracker.formula.values import day_of, is_number
from tracker.merge import CellSpot, Merge, action_tables, comparable, conflict_at, display_value
from tracker.plan import Plan
from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, quantity, same_word
from tracker.workbook import layout
from tracker.workbook.build import pages_with_names
from tracker.workbook.patch.file import named_area
from tracker.workbook.patch.parts import put_names
from tracker.workbook.reading import quoted
from tracker.workbook.respell import unwrap
from tracker.workbook.sheet_page import row_height
from tracker.workbook.structure import LOST_NAME

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from tracker.formula.book import Area, Book
    from tracker.merge import AddRow
    from tracker.plan import PlannedRow
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure
    from tracker.workbook.patch.file import WorkbookFile
    from tracker.workbook.reading import CellValue, Reading, TablePlace

_LOOKED_UP = (
    rules.ROLES, rules.AGENCIES, layout.CHILDREN_TABLE, layout.HOLIDAY_TABLE, layout.CLOSURE_TABLE,
    layout.MEETING_TABLE,
)  # fmt: skip
_WRAPPED = ("Action", "Owner", "Reason for change")
_RESULT_DATES = ("Due", "Day zero", "Date in use")


def table_formulas(procedure: Procedure) -> Mapping[str, Mapping[str, Formula]]:
    """The formulas of each table by title, as they stand in a file."""
    return {
        table: {title: Formula(in_table(each.text, table)) for title, each in formulas.items()}
        for _, table, _, formulas in action_tables(procedure)
    }


class OurCells:
    """Tells whether a formula in a cell is one of ours, by where it stands."""

    def __init__(self, reading: Reading, procedure: Procedure) -> None:
        self._ours = {theirs: name for name, theirs in reading.sheets.items()}
        self._whole = {layout.SUMMARY, layout.CASE, layout.HIDDEN}
        self._titled = {layout.PEOPLE, layout.CALENDAR, layout.LOG, layout.GUIDE}
        self._columns: dict[str, tuple[int, frozenset[int]]] = {}
        for sheet, table, _, formulas in action_tables(procedure):
            self._titled.add(sheet)
            if place := reading.places.get(table):
                columns = frozenset(place.columns.get(title, 0) for title in formulas)
                self._columns[sheet] = place.header_row, columns

    def __call__(self, sheet: str, row: int, column: int) -> bool:
        """Whether a formula there is ours; `sheet` is its name in the file."""
        name = self._ours.get(sheet, sheet)
        if name in self._whole:
            return True
        if row <= 2 and column == 1:  # noqa: PLR2004  title and subtitle
            return name in self._titled
        header, columns = self._columns.get(name, (row, frozenset()))
        return row > header and column in columns


class Applier:
    """Puts a merge into a file. `places` gives the sheet and row of each added row."""

    def __init__(self, file: WorkbookFile, reading: Reading, procedure: Procedure) -> None:
        self.file, self.reading = file, reading
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
        for table in _LOOKED_UP:  # formulas look people up in them: they take in what LibreOffice left below
            listed, marked = self.reading.places.get(table), self.file.table(table)
            if listed is None or marked is None or marked.totals or marked.sheet != listed.sheet:
                continue
            if marked.last_row < listed.last_row:
                self.file.reach(table, listed.last_row)
                merge.marks.append(f"table on sheet {listed.sheet} down to row {listed.last_row}")

    def _add(self, row: AddRow) -> None:
        place, marked = self.reading.places[row.table], self.file.table(row.table)
        own = range(marked.first_column, marked.last_column + 1) if marked else ()
        number = self._next.get(row.table, place.last_row + 1)
        while any(self._is_typed(place.sheet, number, column) for column in own or place.columns.values()):
            number += 1
        where = quoted(place.sheet)
        if marked and marked.totals:
            facts = {"name": row.id, "table": row.table}
            self.problems.append(problem(codes.TOTALS_ROW, place=where, id=row.id, **facts))
            return
        if place.until and number >= place.until:
            facts = {"name": row.id, "sheet": place.sheet}
            self.problems.append(problem(codes.NO_ROOM_BELOW, place=where, id=row.id, **facts))
            return
        self._next[row.table] = number + 1
        self.places[f"{row.table} {row.id}"] = f"{where}!A{number}"
        self._write(row, place, number, sorted({*own, *place.columns.values()}))

    def _is_typed(self, sheet: str, row: int, column: int) -> bool:
        held = self.file.cell(sheet, row, column)
        return held.formula is None and held.value not in {None, ""}

    def _write(self, row: AddRow, place: TablePlace, number: int, columns: Iterable[int]) -> None:
        # It looks like the last row read, else like the first below the header.
        above = (each.number for each in self.reading.tables[row.table] if each.number < number)
        like = row.like or max(above, default=place.header_row + 1)
        page = self.file.sheet(place.sheet)
        formulas = self._formulas.get(row.table, {})
        titles = {column: title for title, column in place.columns.items()}
        for column in columns:
            title = titles.get(column, "")
            content: CellValue | Formula = formulas.get(title) or row.values.get(title)
            style = page.style(number, column) if page.cell(number, column) else page.style(like, column)
            if content is not None or style:
                self.file.put(place.sheet, number, column, content, style)
        if number not in page.rows and formulas:
            widths = {column.title: column.width for column in layout.STAGE_COLUMNS}
            texts = [(str(row.values.get(title) or ""), widths[title]) for title in _WRAPPED]
            page.height(number, row_height(texts))

    def _complete(self, table: str, place: TablePlace) -> None:
        """Rows typed below a table by hand have no formulas yet; they get theirs, as in a row typed in Excel."""
        page = self.file.sheet(place.sheet)
        styles: dict[int, str] = {}  # of a column, once: a person may type thousands of rows
        for row in self.reading.tables[table]:
            for title, formula in self._formulas.get(table, {}).items():
                column = place.columns.get(title, 0)
                if row.sheet == place.sheet and column and page.cell(row.number, column) is None:
                    if column not in styles:
                        with_id = (each for each in self.reading.tables[table] if each.text("ID"))
                        found = (page.style(each.number, column) for each in with_id)
                        styles[column] = next((style for style in found if style), "")
                    self.file.put(place.sheet, row.number, column, formula, styles[column])


class FormulaRepair:
    """Finds the formulas of one workbook that a person overwrote, changed or cleared."""

    def __init__(
        self, merge: Merge, reading: Reading, procedure: Procedure, file: WorkbookFile, found: Sequence[Problem],
    ) -> None:  # fmt: skip
        self.merge, self.reading, self.procedure, self.file = merge, reading, procedure, file
        self._altered = {each.place for each in found if each.code == codes.FORMULA_CHANGED}
        self._older_layout = reading.baseline.layout < layout.LAYOUT
        self._typed: list[tuple[CellSpot, CellValue]] = []

    def restore(self) -> None:
        """Put back every formula that is not there any more."""
        formulas = table_formulas(self.procedure)
        for sheet, table, columns, _ in action_tables(self.procedure):
            # What an older tracker issued is replaced and is nobody's edit.
            texts = self.reading.baseline.formulas.get(sheet, {})
            issued = {
                title: in_table(texts.get(title, ""), table).removeprefix("=") for title in formulas[table]
            }
            place = self.reading.places.get(table)
            if place:
                shared = {column.title for column in columns if column.edited_by == "shared"}
                self._rows(table, place, formulas[table], issued, shared)
        self._clocks()
        hold = self.file.single_cell(rules.HOLD_RUNNING)
        if hold:
            self._renew(CellSpot(*hold, "", rules.HOLD_RUNNING), rules.HOLD_RULE)

    def _rows(
        self, table: str, place: TablePlace, formulas: Mapping[str, Formula], issued: Mapping[str, str],
        shared: Collection[str],
    ) -> None:  # fmt: skip
        """The formulas of every row, and of rows that hold nothing else, for which the reader gives none."""
        read = {row.number for row in self.reading.tables[table]}
        columns = {title: place.columns[title] for title in formulas if place.columns.get(title)}
        for row in self.reading.tables[table]:
            for title, column in columns.items() if row.sheet == place.sheet else ():
                spot = CellSpot(place.sheet, row.number, column, row.text("ID"), title)
                self._cell(spot, formulas[title], shared=title in shared, issued=issued[title])
        for number in self.file.sheet(place.sheet).rows:
            if number in read or number <= place.header_row or (place.until and number >= place.until):
                continue
            for title, column in columns.items():
                held = self.file.cell(place.sheet, number, column).formula
                spot = CellSpot(place.sheet, number, column, "", title)
                if held is not None and (held == issued[title] or spot.cell in self._altered):
                    self._cell(spot, formulas[title], issued=issued[title])

    def _cell(self, spot: CellSpot, formula: Formula, *, shared: bool = False, issued: str = "") -> None:
        held = self.file.cell(spot.sheet, spot.row, spot.column)
        altered = spot.cell in self._altered
        if held.formula is not None and not altered and issued in {"", formula.text}:
            return
        typed = _typed_value(held.value)
        if held.formula is not None:
            ours = held.formula and (not altered or held.formula == issued)
            typed = None if ours else f"={held.formula}"
        asked = spot.cell in self.merge.restore
        if typed is not None and shared and not asked:
            return
        if asked:
            self.merge.restored.add(spot.cell)
        self.merge.put(spot, formula, _as_date(typed) if spot.title in _RESULT_DATES else typed)
        if typed is not None and not asked:
            self._typed.append((spot, typed))

    def _renew(self, spot: CellSpot, formula: Formula) -> None:
        """A formula of sheet Case as an earlier layout had it is replaced: what was issued there is not kept."""
        held = self.file.cell(spot.sheet, spot.row, spot.column)
        if self._older_layout and held.formula is not None and not _means(held.formula, formula.text):
            self.merge.put(spot, formula)

    def _clocks(self) -> None:
        place = self.reading.places.get(rules.CLOCKS)
        if place is None:
            return
        names = {clean_text(clock.name).casefold(): clock.name for clock in self.procedure.clocks}
        for row in range(place.header_row + 1, place.header_row + 2 * len(names)):
            value = self.file.cell(place.sheet, row, place.columns.get("Clock", 1)).value
            name = names.pop(clean_text(str(value or "")).casefold(), None)
            if not name:
                continue
            found = rules.clock_rules(self.procedure.clock(name), self.procedure, layout.DATE_NAMES)
            for title, formula in zip(("Date in use", "Confirmed or provisional"), found, strict=True):
                column = place.columns.get(title)
                if column:
                    written = Formula(in_table(formula.text, rules.CLOCKS))
                    spot = CellSpot(place.sheet, row, column, name, title)
                    self._renew(spot, written)
                    self._cell(spot, written)

    def offer(self, book: Book, accepted: Collection[str] = ()) -> None:
        """List what was typed over a formula, where it is not just what the formula gives.

        `accepted` are the cells of Due whose date has been taken for the agreed one.
        """
        for spot, typed in self._typed:
            value = book.cell(spot.sheet, spot.row, spot.column)
            if _same(typed, value) or spot.cell in accepted:
                continue
            dated = spot.title in _RESULT_DATES
            shown, worked = (_as_date(each) if dated else _plain(each) for each in (typed, value))
            was = self.reading.baseline.due.get(spot.id) if spot.title == "Due" else None
            agreed = {"Due": "as the agreed date", "Date in use": "under Type it here"}.get(spot.title)
            do = "Take new once you have read it; the column is worked out."
            if agreed and isinstance(shown, date):
                do = f"Take yours to have {display_value(shown)} {agreed}, or new to drop it."
            named = replace(spot, id=spot.id or f"row {spot.row}")
            self.merge.conflicts.append(conflict_at("typed over", named, was, shown, worked, do))


def _typed_value(value: object) -> CellValue:
    return clean_text(value) or None if isinstance(value, str) else _plain(value)


def _plain(value: object) -> CellValue:
    return value if isinstance(value, (str, int, float, date)) else None


def _as_date(value: object) -> CellValue:
    if is_number(value) and 0 < value < 100_000:  # type: ignore[operator]  # noqa: PLR2004  # a day of this century
        return day_of(value)  # type: ignore[arg-type]  # it is a number
    return _plain(value)


def _same(typed: CellValue, value: object) -> bool:
    if is_number(typed) and is_number(value):
        return float(typed) == float(value)  # type: ignore[arg-type]  # both are numbers
    if typed is None or isinstance(typed, date) or not isinstance(value, (str, int, float)):
        return False
    return comparable(typed) == comparable(value)


# Defined names


def put_names_back(
    file: WorkbookFile, reading: Reading, procedure: Procedure, facts: CalendarFacts, as_at: date
) -> tuple[list[str], list[str]]:
    """What was done to defined names; the tables our formulas look through that are missing, and names without cells.

    Names that no formula of the file uses stay away: an earlier layout had fewer. The clocks get the formulas of today.
    A name of meetings that an earlier version left too short reaches over its table again.
    """
    rows: Mapping[str, tuple[PlannedRow, ...]] = {stage.name: () for stage in procedure.stages}
    plan = Plan(reading.baseline.case, procedure, rows)  # no name depends on the rows of its stages
    made = pages_with_names(plan, facts, as_at)[0].book
    held = {name.casefold(): place for name, place in file.package.names().items()}
    parts = [file.package.read(part) for part in file.package.sheets().values()]
    clocks = (rules.clock_rules(clock, procedure, layout.DATE_NAMES) for clock in procedure.clocks)
    parts += [formula.text.encode() for formulas in clocks for formula in formulas]
    meetings = reading.places.get(layout.MEETING_TABLE)
    of_meetings = {rules.meeting_cells(title): title for title in layout.titles(layout.MEETING_COLUMNS)}
    lost, short = [], []
    for name in made.names:
        place = held.get(name.casefold())
        if LOST_NAME.search(place) if place is not None else any(name.encode() in part for part in parts):
            lost.append(name)
        elif place and meetings and name in of_meetings and not _reaches(place, meetings, of_meetings[name]):
            short.append(name)
    wanted = [*lost, *short]
    found = {name: place for name in wanted if (place := _name_place(made, made.names[name], file, reading))}
    if found:
        put_names(file.package, found)
    tables = [*(rules.table_name(stage.name) for stage in procedure.stages), rules.PLAN, rules.CLOCKS]
    missing = [name for name in tables if name in reading.places and file.table(name) is None]
    missing += [f"defined name {name}" for name in wanted if name not in found]
    done = [(lost, "put back"), (short, "led over their table again")]
    return [f"{quantity(len(names), 'defined name')} {what}" for names, what in done if names], missing


def _means(held: str, ours: str) -> bool:
    """Whether a formula is ours, perhaps as another program writes it: `FALSE()` for `FALSE`."""
    try:
        return parse(unwrap(held).removeprefix("=")) == parse(ours)
    except (FormulaSyntaxError, RecursionError):
        return False


def _reaches(place: str, table: TablePlace, title: str) -> bool:
    """Whether a name leads to a column of a table, from its header to its last row."""
    area = named_area(place)
    if area is None or (area.sheet, area.column) != (table.sheet, table.columns.get(title)):
        return False
    return area.first_row <= table.header_row and table.last_row <= area.last_row


def _name_place(made: Book, area: Area, file: WorkbookFile, reading: Reading) -> str:
    """Where a name leads in this file, by its table or the word beside it; empty where neither is found."""
    sheet = reading.sheets.get(area.sheet, area.sheet)
    if sheet not in file.names():
        return ""
    first, last, column = area.first_row, area.last_row, area.column
    tables = [each for each in made.tables.values() if each.sheet == area.sheet]
    above = [each for each in tables if each.header_row <= first]
    # Of tables beside each other the one the name stands in or below.
    table = max(above, key=lambda each: (column in each.columns.values(), each.header_row), default=None)
    if area.sheet == layout.CASE and (table is None or first > table.last_row):
        word = str(made.contents[area.sheet].get((first, column - 1), ""))
        first, column = _place_of(word, (first, column - 1), file, sheet)
        last, column = first + last - area.first_row, column + 1
    elif table is not None:
        place = reading.places.get(table.name)
        if place is None:
            return ""
        title = next((title for title, at in table.columns.items() if at == column), "")
        shift = place.header_row - table.header_row
        inside, column = title in place.columns and last > first, place.columns.get(title, column)
        first, last = first + shift, max(last + shift, place.last_row if inside else 0)
    letters = column_letters(column)
    end = f":${letters}${last}" if last > first else ""
    return f"{quoted(sheet)}!${letters}${first}{end}" if first > 0 else ""


def _place_of(word: str, issued: tuple[int, int], file: WorkbookFile, sheet: str) -> tuple[int, int]:
    """Row and column of a label: where it was issued, else where it stands alone; (0, 0) where there is none.

    A label of today's second block stood in the first column of an earlier workbook.
    """
    for column in dict.fromkeys((issued[1], 1)):
        words = {row: str(file.cell(sheet, row, column).value or "") for row in file.sheet(sheet).rows}
        rows = [row for row, held in words.items() if same_word(held, word)]
        if column == issued[1] and issued[0] in rows:
            return issued
        if len(rows) == 1 and clean_text(word):
            return rows[0], column
    return 0, 0
