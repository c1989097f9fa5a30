"""Our sheets and tables in a file that people have renamed, moved and copied, and how far each table must reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import column_letters, in_table
from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, did_you_mean, same_word
from tracker.workbook import layout
from tracker.workbook.interpret import interpret
from tracker.workbook.reading import (
    CellValue,
    FileTable,
    FormulaText,
    ReadRow,
    SheetGrid,
    SheetTable,
    TablePlace,
    find_header,
    quoted,
)
from tracker.workbook.structure import (
    complete_header,
    emptied_header_problems,
    header_by_file_table,
    header_problems,
    table_named,
    title_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.procedure.model import Procedure
    from tracker.workbook.baseline import Baseline
    from tracker.workbook.fast_reader import SourceBook
    from tracker.workbook.layout import SheetColumn

_SINGLE_TABLE = {layout.PLAN: rules.PLAN, layout.LOG: layout.LOG_TABLE, layout.PEOPLE: rules.ROLES,
                 layout.CALENDAR: layout.HOLIDAY_TABLE, layout.CASE: rules.CLOCKS}  # fmt: skip


_TOP_LINES = {layout.SUMMARY: "Where the case stands;", layout.GUIDE: "How to use this workbook."}
"""Sheets nobody types on, and what stands in the formula on top of them."""
_TOP = 10


class Sheets:
    """The sheets of a file under the names we know them by; each is read once."""

    def __init__(self, book: SourceBook, procedure: Procedure) -> None:
        """Nothing is read yet."""
        self.book = book
        self.problems: list[Problem] = []
        self._stages = {stage.name: stage.prefix for stage in procedure.stages}
        self._grids: dict[str, SheetGrid] = {}
        self._found: dict[str, SheetGrid | None] = {}

    def _read(self, title: str) -> SheetGrid:
        if title not in self._grids:
            self._grids[title] = self.book.grid(title)
        return self._grids[title]

    def grid(self, name: str) -> SheetGrid | None:
        """The cells of the sheet we call `name`; a missing one is reported once."""
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def names(self) -> dict[str, str]:
        """Our name of each sheet that was found, and the name it has in the file."""
        found = {name: grid.name for name, grid in self._found.items() if grid}
        titles = [title for title in self.book.titles if title not in found.values()]
        # Nobody types on these, and they may have other names by now.
        for name, words in _TOP_LINES.items():
            if name in titles:
                found[name] = name
            elif title := next((each for each in titles if self._has_top_lines(each, words)), ""):
                found[name] = title
        return found

    def _has_top_lines(self, title: str, words: str) -> bool:
        """Whether the lines on top of a sheet are the formulas we put there."""
        cells = (self._read(title).value(row, 1) for row in range(1, _TOP + 1))
        return any(isinstance(cell, FormulaText) and words in cell.text for cell in cells)

    def _find(self, name: str) -> SheetGrid | None:
        titles = self.book.titles
        if name in titles:
            return self._read(name)
        known = {*_SINGLE_TABLE, *self._stages, layout.SUMMARY, layout.GUIDE, layout.HIDDEN}
        unknown_sheets = [title for title in titles if title not in known]
        table = _SINGLE_TABLE.get(name) or rules.table_name(name)
        for title in unknown_sheets:
            if (
                same_word(title, name)
                or table_named(table, self.book.tables(title))
                or self._holds_rows_of(name, self._read(title))
            ):
                facts = {"found_sheet": title, "sheet": name}
                self.problems.append(problem(codes.SHEET_RENAMED, place=quoted(title), id="", **facts))
                return self._read(title)
        near = did_you_mean(name, unknown_sheets)
        self.problems.append(problem(codes.SHEET_MISSING, place=quoted(name), sheet=name, suggestion=near))
        return None

    def _holds_rows_of(self, stage: str, grid: SheetGrid) -> bool:
        prefix = self._stages.get(stage)
        header = find_header(grid, layout.titles(layout.STAGE_COLUMNS)) if prefix else None
        if header is None or "ID" not in header.columns:
            return False
        ids = [grid.value(row, header.columns["ID"]) for row in grid.rows if row > header.row]
        ours = sum(isinstance(each, str) and clean_text(each).startswith(f"{prefix}-") for each in ids)
        return ours * 2 > len(ids) > 0

    def report_copied_sheets(self) -> None:
        """Report sheets that hold rows of a stage beside the sheet that was read."""
        read = {grid.name for grid in self._found.values() if grid}
        read |= {layout.SUMMARY, layout.GUIDE, layout.HIDDEN}
        for title in (each for each in self.book.titles if each not in read):
            for stage in self._stages:
                if self._holds_rows_of(stage, self._read(title)):
                    facts = {"found_sheet": title, "sheet": stage}
                    self.problems.append(problem(codes.SHEET_COPIED, place=quoted(title), id="", **facts))


class TableFinder:
    """Finds the tables of a workbook; gathers problems as it goes.

    `tables` are those that were found, `rows` holds a list for each that is known: read already where the hold is
    that of layout 1, else empty. `renamed` gives, by table, our titles and what stands in their place.
    """

    def __init__(self, book: SourceBook, baseline: Baseline, procedure: Procedure) -> None:
        """Nothing is read yet."""
        self.sheets = Sheets(book, procedure)
        self.problems: list[Problem] = []
        self.tables: list[SheetTable] = []
        self.rows: dict[str, list[ReadRow]] = {}
        self.renamed: dict[str, dict[str, str]] = {}
        self.file_tables: dict[str, FileTable | None] = {}
        self._book, self._baseline, self._procedure = book, baseline, procedure

    def find(self) -> None:
        """Find every table, sheet by sheet."""
        stage_formulas = {title: rule.text for title, rule in rules.stage_rules(self._procedure).items()}
        plan_formulas = {title: rule.text for title, rule in rules.plan_rules().items()}
        plan_columns = layout.plan_columns(self._procedure)
        row = layout.HEADER_ROW
        for stage in self._procedure.stages:
            name = rules.table_name(stage.name)
            self._locate(name, stage.name, layout.STAGE_COLUMNS, formulas=stage_formulas, row=row)
        self._locate(rules.PLAN, layout.PLAN, plan_columns, formulas=plan_formulas, row=row)
        self._locate(layout.LOG_TABLE, layout.LOG, layout.LOG_COLUMNS, row=row)
        # The section title right above the agencies is no role.
        above = max(self._header_row(rules.AGENCIES, layout.PEOPLE, layout.AGENCY_COLUMNS) - 1, 0)
        self._locate(rules.ROLES, layout.PEOPLE, layout.ROLE_COLUMNS, until=above)
        self._locate(rules.AGENCIES, layout.PEOPLE, layout.AGENCY_COLUMNS, after=above)
        self._locate(layout.HOLIDAY_TABLE, layout.CALENDAR, layout.HOLIDAY_COLUMNS)
        self._locate(layout.CLOSURE_TABLE, layout.CALENDAR, layout.CLOSURE_COLUMNS)
        self._locate(layout.MEETING_TABLE, layout.CALENDAR, layout.MEETING_COLUMNS)
        until = self._below_children()
        above = max(
            self._locate(layout.CHILDREN_TABLE, layout.CASE, layout.CHILD_COLUMNS, until=until) - 1, 0
        )
        self._locate(layout.PROCEEDINGS_TABLE, layout.CASE, layout.PROCEEDING_COLUMNS, until=above)
        self._locate_holds()
        clocks = self._header_row(rules.CLOCKS, layout.CASE, layout.CLOCK_COLUMNS)
        until = clocks + len(self._procedure.clocks) + 1
        self._locate(rules.CLOCKS, layout.CASE, layout.CLOCK_COLUMNS, until=until)

    def _locate(
        self, name: str, sheet: str, columns: Sequence[SheetColumn], *, after: int = 0, until: int = 0,
        formulas: Mapping[str, str] | None = None, row: int = 0,
    ) -> int:  # fmt: skip
        """Find a table; its header's row, 0 where there is none. Rows from `until` on are not its own."""
        self.rows[name] = []
        columns = layout.columns_of(columns, self._baseline.layout)
        grid = self.sheets.grid(sheet)
        if grid is None:
            return 0
        table = self._file_table(name, grid.name)
        header = find_header(grid, layout.titles(tuple(columns)), after)
        over: dict[str, str] = {}
        if header is not None:
            header, over = complete_header(header, grid, columns, table)
            self.problems += title_problems(grid, header, over)
        elif (header := header_by_file_table(table, columns, grid)) is not None:
            on = table is not None and table.header and len(columns) == 1
            cells = grid.rows.get(header.row, {}) if on else {}
            over = {title: str(cells.get(column) or "") for title, column in header.columns.items()}
            self.problems += emptied_header_problems(grid, header, name, over)
        if over:
            self.renamed[name] = over
        if header is None:
            titles = ", ".join(column.title for column in columns[:4])
            self.problems.append(
                problem(codes.HEADER_ROW_MISSING, place=quoted(sheet), sheet=sheet, titles=titles)
            )
            return 0
        self.problems += header_problems(grid, header, columns, row)
        own = [row for row in sorted(grid.rows) if header.row < row and (not until or row < until)]
        ours, issued = formulas or {}, self._baseline.formulas.get(sheet, {})
        # An earlier tracker's formulas are nobody's edit.
        older = {title: text for title, text in issued.items() if title in ours and text != ours[title]}
        # As our own files write them, so that a formula nobody touched is compared without parsing it.
        written = {title: in_table(text, name) for title, text in ours.items()}
        self.tables.append(SheetTable(name, grid, header, columns, own, written, until, older))
        return header.row

    def _below_children(self) -> int:
        """The heading above the fields that regenerate put below the children of an older workbook, else 0."""
        grid = self.sheets.grid(layout.CASE)
        header = self._header_row(layout.CHILDREN_TABLE, layout.CASE, layout.CHILD_COLUMNS)
        newer = {each.label for each in layout.fields(self._procedure) if each.since > 1}
        rows = (
            row
            for row, held in (grid.rows.items() if grid and header else ())
            if row > header
            and any(isinstance(each, str) and clean_text(each) in newer for each in held.values())
        )
        return max(min(rows, default=1) - 1, 0)

    def _locate_holds(self) -> None:
        """The table of holds, or the cells of the one hold that layout 1 had in its place."""
        grid = self.sheets.grid(layout.CASE)
        cells = _hold_cells(grid) if grid else {}
        if grid and cells and not self._header_row(layout.HOLD_TABLE, layout.CASE, layout.HOLD_COLUMNS):
            self.rows[layout.HOLD_TABLE], found = _read_hold(grid, cells)
            self.problems += found
            return
        below = [
            row
            for row, held in (grid.rows.items() if grid else ())
            if any(
                isinstance(each, str) and same_word(each, layout.HOLD_RUNNING_LABEL) for each in held.values()
            )
        ]
        # Without the line below it, the Excel table gives how far its rows reach.
        table = self._file_table(layout.HOLD_TABLE, grid.name) if grid else None
        until = min(below, default=table.last_row + 1 if table else 0)
        self._locate(layout.HOLD_TABLE, layout.CASE, layout.HOLD_COLUMNS, until=until)

    def _header_row(self, name: str, sheet: str, columns: Sequence[SheetColumn]) -> int:
        grid = self.sheets.grid(sheet)
        if grid is None:
            return 0
        columns = layout.columns_of(columns, self._baseline.layout)
        header = find_header(grid, layout.titles(columns))
        header = header or header_by_file_table(self._file_table(name, grid.name), columns, grid)
        return header.row if header else 0

    def _file_table(self, name: str, title: str) -> FileTable | None:
        """The Excel table of a name on a sheet, as the file describes it."""
        if name not in self.file_tables:
            self.file_tables[name] = table_named(name, self._book.tables(title))
        return self.file_tables[name]

    def other_names(self) -> dict[str, str]:
        """Our tables by the names that somebody gave them: Excel tables over the headers of ours."""
        corners = {
            (table.grid.name, table.header.row, min(table.header.columns.values())): table.name
            for table in self.tables
            if self.file_tables.get(table.name) is None and table.header.columns
        }
        return {
            each.name: corners[sheet, each.header_row, each.first_column]
            for sheet in {sheet for sheet, _, _ in corners}
            for each in self._book.tables(sheet)
            if (sheet, each.header_row, each.first_column) in corners
        }


def table_places(
    tables: Sequence[SheetTable],
    rows: Mapping[str, Sequence[ReadRow]],
    renamed: Mapping[str, Mapping[str, str]],
    baseline: Baseline,
    procedure: Procedure,
) -> dict[str, TablePlace]:
    """The place of each table by its name."""
    case = baseline.case
    listed_once: dict[str, set[object]] = {
        rules.ROLES: {role.name for role in procedure.roles},
        rules.AGENCIES: {each.code for each in case.agencies},
        layout.CHILDREN_TABLE: {each.label for each in case.children},
        layout.HOLIDAY_TABLE: set(baseline.holidays),
        layout.CLOSURE_TABLE: set(case.office_closures),
        layout.MEETING_TABLE: {each.date for each in case.meetings},
        layout.HOLD_TABLE: {each.from_ for each in case.holds},
    }
    found = {}
    for table in tables:
        if table.name == rules.CLOCKS:  # read clock by clock
            last = ours_to = table.header.row + len(procedure.clocks)
        else:
            own = rows[table.name]
            last = max((row.number for row in own), default=table.header.row)
            ours = _rows_of_ours(table, own, listed_once.get(table.name, set()), baseline)
            ours_to = max(ours, default=table.header.row)
        found[table.name] = TablePlace(
            table.grid.name, table.header.row, table.header.columns, last, table.until,
            renamed.get(table.name, {}), ours_to,
        )  # fmt: skip
    return found


def _rows_of_ours(
    table: SheetTable, rows: Sequence[ReadRow], listed: set[object], baseline: Baseline
) -> Iterator[int]:
    """The rows that we put there, or that carry our formulas: the Excel table must cover them."""
    titles = table.header.columns
    for row in rows:
        cells = table.grid.rows.get(row.number, {})
        if (row.text("ID") in baseline.fingerprints and table.name != layout.LOG_TABLE) or any(
            isinstance(cells.get(titles.get(title, 0)), FormulaText) for title in table.formulas
        ):
            yield row.number
        elif held := listed.intersection(row.values.values()):
            listed.difference_update(held)  # whoever types an entry again adds one of their own
            yield row.number


# The one hold of layout 1: four labelled cells, read as a row of the table of today


_HOLD_LABELS = {clean_text(each.label).casefold(): each.path for each in layout.HOLD_OF_LAYOUT_1}


@dataclass(frozen=True, slots=True)
class HoldOfLayout1(ReadRow):
    """A hold whose cells stand below one another; `places` gives the address of each by title."""

    places: Mapping[str, str] = field(default_factory=dict)

    def cell(self, title: str = "From") -> str:
        """The address of the cell under a title; of one there is none for, the first day's."""
        return self.places.get(title, self.places["From"])


def _hold_cells(grid: SheetGrid) -> dict[str, tuple[int, int]]:
    """Row and column of each cell of the hold, by the title of today; empty unless all its labels are there."""
    found = {
        title: (row, column + 1)
        for row, cells in grid.rows.items()
        for column, value in cells.items()
        if isinstance(value, str) and (title := _HOLD_LABELS.get(clean_text(value).casefold()))
    }
    return found if len(found) == len(_HOLD_LABELS) else {}


def _read_hold(grid: SheetGrid, cells: Mapping[str, tuple[int, int]]) -> tuple[list[ReadRow], list[Problem]]:
    """The hold, if one was typed, and what is wrong with its cells."""
    values: dict[str, CellValue] = {}
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for column in layout.HOLD_COLUMNS:
        if column.title in cells:
            spot = grid.place(*cells[column.title])
            places[column.title] = spot.place
            values[column.title], found = interpret(grid.value(*cells[column.title]), column, spot)
            problems += found
    if not any(value is not None for value in values.values()):
        return [], problems
    row, number = cells["From"]
    letters = dict.fromkeys(values, column_letters(number))
    return [HoldOfLayout1(grid.name, row, letters, values, places=places)], problems
