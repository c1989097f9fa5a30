"""From an edited workbook to a `Reading`: what was understood, and every problem at once.

Nothing of the file is trusted: the bytes are looked at first, sheets are found by name or by what they hold, tables
by their headers, rows by their ID.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import in_table
from tracker.problems import Problem, codes, problem
from tracker.text import as_found, clean_text, same_word, short_date
from tracker.workbook import layout
from tracker.workbook.cells import LibraryBook
from tracker.workbook.compare import FormulaComparison, Place
from tracker.workbook.finding import Sheets, header_problems, table_problems
from tracker.workbook.grid import FileTable, FormulaText, SheetGrid, SheetTable, find_header
from tracker.workbook.identity import clean_id, homes_by_text, realigned, settle_copies
from tracker.workbook.interpret import CellPlace, Typed, interpret, typed_date, typed_text
from tracker.workbook.issue import Issue, issue_from_text
from tracker.workbook.layout_1 import hold_cells, read_hold
from tracker.workbook.plain import PlainBook
from tracker.workbook.plain_xml import UnusualError
from tracker.workbook.preflight import LIMITS, LOCKED, examine, looked_at, read_bytes
from tracker.workbook.reading import Reading, ReadRow, TablePlace, address, quoted
from tracker.workbook.respell import unwrapped
from tracker.workbook.single import SingleCells
from tracker.workbook.structure import (
    completed,
    emptied,
    fixed_problems,
    header_of,
    name_problems,
    shown_as,
    table_named,
    title_problems,
)
from tracker.workbook.structure import (
    table_problems as file_table_problems,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tracker.case.model import Details
    from tracker.procedure.model import Procedure
    from tracker.workbook.cells import SourceBook
    from tracker.workbook.layout import SheetColumn

Password = Callable[[str], str]
"""Gives the password of a file by its name; empty where there is none."""

_SHIFT_1904 = 1_462
_HEADERS_ALIKE = 3
"""Titles that a row must repeat to be a header: one or two may be what somebody typed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that has been opened. `content` are its bytes."""

    path: str
    content: bytes
    book: SourceBook
    issue: Issue


def workbook_content(path: Path, password: Password | None = None) -> tuple[bytes, list[Problem]]:
    """The bytes of a workbook, unlocked in memory where `password` opens it, or why it cannot be one."""
    return _usable(*read_bytes(path), str(path), password)


def given_content(content: bytes, name: str, password: Password | None) -> tuple[bytes, list[Problem]]:
    """The bytes of a workbook that came as bytes, as from a form or a mail: the same first look as at a file."""
    return _usable(*looked_at(content, name), name, password)


def _usable(
    content: bytes, problems: list[Problem], name: str, password: Password | None
) -> tuple[bytes, list[Problem]]:
    if [each.code for each in problems] == [LOCKED] and password is not None and (word := password(name)):
        from tracker.workbook.unlock import unlocked

        content, problems = unlocked(content, word, name)
    if problems:
        return b"", problems
    refused = examine(content, name)
    return content, [refused] if refused else []


def _opened(book: SourceBook, content: bytes, name: str) -> tuple[Opened | None, list[Problem]]:
    """A workbook with the issue it remembers, or why it is no tracker."""
    if layout.HIDDEN not in book.titles:
        return None, [problem(codes.NOT_A_TRACKER, file=name)]
    issue = issue_from_text("".join(book.texts(layout.HIDDEN)))
    if issue is None:
        return None, [problem(codes.NOT_A_TRACKER, file=name)]
    if issue.layout > layout.LAYOUT:
        facts = {"found_layout": issue.layout, "known_layout": layout.LAYOUT}
        return None, [problem(codes.NEWER_VERSION, file=name, place="", id="", tool=issue.tool, **facts)]
    return Opened(name, content, book, issue), []


class _WorkbookReader:
    """Reads one workbook; gathers problems as it goes."""

    def __init__(self, opened: Opened, procedure: Procedure, *, realign: bool) -> None:
        self.opened, self.procedure, self.realign = opened, procedure, realign
        self.problems: list[Problem] = []
        self.sheets = Sheets(opened.book, procedure)
        self.tables: dict[str, list[ReadRow]] = {}
        self._located: list[SheetTable] = []
        self._issued: dict[str, dict[str, str]] = {}
        self._files: dict[str, FileTable | None] = {}
        self._renamed: dict[str, dict[str, str]] = {}  # by table: our titles, and what stands in their place
        self._fixed: dict[str, list[str]] = {}  # by table: cells whose formulas look at fixed cells
        self._ids = {row_id.casefold(): row_id for row_id in opened.issue.fingerprints}
        self._ids_as_issued = frozenset(self._ids.values())
        self._shift = _SHIFT_1904 if opened.book.from_1904 else 0

    def spot(self, place: str, row_id: str = "") -> CellPlace:
        """A cell's place, for problems."""
        return CellPlace(place, row_id, self._shift)

    # Where everything is

    def locate(
        self, name: str, sheet: str, columns: Sequence[SheetColumn], *, after: int = 0, until: int = 0,
        formulas: Mapping[str, str] | None = None, row: int = 0,
    ) -> int:  # fmt: skip
        """Find a table; its header's row, 0 where there is none. Rows from `until` on are not its own."""
        self.tables[name] = []
        grid = self.sheets.grid(sheet)
        if grid is None:
            return 0
        table = self._file_table(name, grid.name)
        header = find_header(grid, layout.titles(tuple(columns)), after)
        over: dict[str, str] = {}
        if header is not None:
            header, over = completed(header, grid, columns, table)
            self.problems += title_problems(grid, header, over)
        elif (header := header_of(table, columns, grid)) is not None:
            on = table is not None and table.header and len(columns) == 1
            cells = grid.rows.get(header.row, {}) if on else {}
            over = {title: str(cells.get(column) or "") for title, column in header.columns.items()}
            self.problems += emptied(grid, header, name, over)
        if over:
            self._renamed[name] = over
        if header is None:
            titles = ", ".join(column.title for column in columns[:4])
            self.problems.append(
                problem(codes.HEADER_ROW_MISSING, place=quoted(sheet), sheet=sheet, titles=titles)
            )
            return 0
        self.problems += header_problems(grid, header, columns, row)
        own = [
            number for number in sorted(grid.rows) if header.row < number and (not until or number < until)
        ]
        self._issued[name] = _formulas_since_replaced(
            self.opened.issue.formulas.get(sheet, {}), formulas or {}
        )
        # As our own files spell them, so that a formula nobody touched is compared without parsing it.
        spelt = {title: in_table(text, name) for title, text in (formulas or {}).items()}
        self._located.append(SheetTable(name, grid, header, columns, own, spelt, until))
        return header.row

    def run(self) -> bool:
        """Find every table, then read every row. False where a table has more rows than can be worked out."""
        self._locate_all()
        longest = max(self._located, key=lambda table: len(table.rows), default=None)
        if longest and len(longest.rows) > LIMITS.table_rows:
            found = f"{len(longest.rows)} rows on sheet {longest.grid.name}"
            limit = f"at most {LIMITS.table_rows} rows in a table"
            self.problems = [problem(codes.WORKBOOK_TOO_LARGE_INSIDE, found_size=found, limit=limit)]
            return False
        self._formulas = FormulaComparison(
            [
                Place(
                    table.name, table.grid.name, table.header.row,
                    {column: title for title, column in table.header.columns.items()},
                    self._renamed.get(table.name, {}),
                )
                for table in self._located
            ]
        )  # fmt: skip
        for table in self._located:
            self._read_table(table)
        if self._moved_to_1904():
            self.problems = [problem(codes.DATES_SINCE_1904)]
            return False
        self._settle()
        self.sheets.copies()
        self.problems += self.sheets.problems
        whole = {each.name for each in self._located if len(each.header.columns) == len(each.columns)}
        places = {name: place for name, place in self.places().items() if name in whole}  # else told already
        self.problems += file_table_problems(places, self._files, frozenset(self._renamed))
        self.problems += fixed_problems(self._fixed)
        self.problems += name_problems(self.opened.book.names(), self.procedure)
        return True

    def _moved_to_1904(self) -> bool:
        """Whether somebody ticked the 1904 date system: every date, the bank holidays too, is four years later.

        Where the bank holidays are gone, the dates of the case itself witness to it.
        """
        if not self._shift:
            return False
        rows = self.tables.get(layout.HOLIDAY_TABLE, ())
        days = [day for row in rows if (day := row.day("Bank holiday"))]
        issued = set(self.opened.issue.holidays)
        if not days:
            page = self.sheets.grid(layout.CASE)
            cells = [cell for row in page.rows.values() for cell in row.values()] if page else []
            days = [each.date() for each in cells if isinstance(each, datetime)]
            issued = {day for each in self._known_cases() for day in (each.incident, each.aware) if day}
        moved = sum(day - timedelta(days=_SHIFT_1904) in issued for day in days)
        return moved > sum(day in issued for day in days) if issued else False

    def _known_cases(self) -> list[Details]:
        """What the case was issued with: as the workbook says it, and as the last description does."""
        issue = self.opened.issue
        return [each.details for each in (issue.case, issue.described) if each]

    def _locate_all(self) -> None:
        stage_formulas = {title: rule.text for title, rule in rules.stage_rules(self.procedure).items()}
        header = layout.HEADER_ROW
        for stage in self.procedure.stages:
            name = rules.table_name(stage.name)
            self.locate(name, stage.name, layout.STAGE_COLUMNS, formulas=stage_formulas, row=header)
        plan_formulas = {title: rule.text for title, rule in rules.plan_rules().items()}
        plan_columns = layout.plan_columns(self.procedure)
        self.locate(rules.PLAN, layout.PLAN, plan_columns, formulas=plan_formulas, row=header)
        self.locate(layout.LOG_TABLE, layout.LOG, layout.LOG_COLUMNS, row=header)
        agencies = self._header_row(rules.AGENCIES, layout.PEOPLE, layout.AGENCY_COLUMNS)
        # The section title right above the agencies is no role.
        self.locate(rules.ROLES, layout.PEOPLE, layout.ROLE_COLUMNS, until=max(agencies - 1, 0))
        self.locate(rules.AGENCIES, layout.PEOPLE, layout.AGENCY_COLUMNS, after=max(agencies - 1, 0))
        self.locate(layout.HOLIDAY_TABLE, layout.CALENDAR, layout.HOLIDAY_COLUMNS)
        self.locate(layout.CLOSURE_TABLE, layout.CALENDAR, layout.CLOSURE_COLUMNS)
        self.locate(layout.MEETING_TABLE, layout.CALENDAR, layout.MEETING_COLUMNS)
        children = self._header_row(layout.CHILDREN_TABLE, layout.CASE, layout.CHILD_COLUMNS)
        self.locate(layout.CHILDREN_TABLE, layout.CASE, layout.CHILD_COLUMNS)
        self.locate(
            layout.PROCEEDINGS_TABLE, layout.CASE, layout.PROCEEDING_COLUMNS, until=max(children - 1, 0)
        )
        self._locate_holds()
        clocks = self._header_row(rules.CLOCKS, layout.CASE, layout.CLOCK_COLUMNS)
        self.locate(
            rules.CLOCKS, layout.CASE, layout.CLOCK_COLUMNS, until=clocks + len(self.procedure.clocks) + 1
        )

    def _locate_holds(self) -> None:
        """The table of holds, or the cells of the one hold that layout 1 had in its place."""
        grid = self.sheets.grid(layout.CASE)
        cells = hold_cells(grid) if grid else {}
        if grid and cells and not self._header_row(layout.HOLD_TABLE, layout.CASE, layout.HOLD_COLUMNS):
            self.tables[layout.HOLD_TABLE], found = read_hold(grid, cells, self.spot)
            self.problems += found
            return
        label = clean_text(layout.HOLD_RUNNING_LABEL).casefold()
        below = (
            row
            for row, held in (grid.rows.items() if grid else ())
            if any(
                isinstance(value, str) and clean_text(value).casefold() == label for value in held.values()
            )
        )
        self.locate(layout.HOLD_TABLE, layout.CASE, layout.HOLD_COLUMNS, until=min(below, default=0))

    def _header_row(self, name: str, sheet: str, columns: Sequence[SheetColumn]) -> int:
        grid = self.sheets.grid(sheet)
        if grid is None:
            return 0
        header = find_header(grid, layout.titles(tuple(columns)))
        header = header or header_of(self._file_table(name, grid.name), columns, grid)
        return header.row if header else 0

    def _file_table(self, name: str, title: str) -> FileTable | None:
        """The Excel table of a name on a sheet, as the file describes it."""
        if name not in self._files:
            self._files[name] = table_named(name, self.opened.book.tables(title))
        return self._files[name]

    # Rows

    def _read_table(self, table: SheetTable) -> None:
        if table.name == rules.CLOCKS:
            return
        again = {number for number in table.rows if _is_header_again(table, number)}
        for number in sorted(again):
            place = address(table.grid.name, "A", number)
            self.problems.append(problem(codes.HEADERS_REPEATED, place=place, row=table.header.row))
        rows = [number for number in table.rows if number not in again]
        letters = table.header.letters()
        read = [row for number in rows if (row := self._row(table, number, letters))]
        self.tables[table.name] = read
        if table.grid.name in {layout.CALENDAR, layout.PEOPLE, layout.CASE}:
            return  # several tables share these sheets: gaps and hidden rows say nothing there
        filled = sorted({row.number for row in read} | again)
        self.problems += table_problems(table.grid, table.header.row + 1, filled)

    def _row(self, table: SheetTable, number: int, letters: Mapping[str, str]) -> ReadRow | None:
        values: dict[str, Typed] = {}
        typed_over: dict[str, Typed] = {}
        found: list[Problem] = []
        row_id = self._row_id(table, number, letters)
        cells = table.grid.rows.get(number, {})
        for column in table.columns:
            if column.title not in letters:
                continue
            raw = cells.get(table.header.columns[column.title])
            if column.kind == "formula":
                if isinstance(raw, FormulaText) and self._formulas.spelt_as(
                    raw.text, table.formulas.get(column.title)
                ):
                    continue
            elif raw is None:
                values[column.title] = None
                continue
            spot = self.spot(address(table.grid.name, letters[column.title], number), row_id)
            if column.kind == "formula":
                found += self._calculated(table, raw, column, spot, typed_over, number)
                continue
            if isinstance(raw, FormulaText):
                raw, more = self.typed_formula(
                    table.grid, number, table.header.columns[column.title], column, spot
                )
                found += more
            values[column.title], more = interpret(raw, column, spot)
            found += more
        if row_id:
            values["ID"] = row_id
        emptied = not any(value is not None for title, value in values.items() if title != "ID")
        # A formula typed alone into an otherwise empty row is told as well, though there is no row to read.
        self.problems += [each for each in found if not (emptied and each.code == codes.FORMULA_CLEARED)]
        if not any(value is not None for value in (*values.values(), *typed_over.values())):
            return None
        return ReadRow(table.grid.name, number, letters, values, typed_over, number in table.grid.hidden)

    def _row_id(self, table: SheetTable, number: int, letters: Mapping[str, str]) -> str:
        """The ID of a row as we spell it; another spelling of one of ours is told."""
        held = table.grid.value(number, table.header.columns.get("ID", 0))
        row_id = clean_id(held)
        row_id = self._ids.get(row_id.casefold(), row_id)
        if row_id and table.name != layout.LOG_TABLE and row_id in self._ids_as_issued and held != row_id:
            place = address(table.grid.name, letters["ID"], number)
            self.problems.append(
                problem(codes.ID_SPELLING, place=place, id=row_id, value=shown_as(held, row_id))
            )
        return row_id

    def typed_formula(
        self, grid: SheetGrid, row: int, column_number: int, column: SheetColumn, spot: CellPlace
    ) -> tuple[object, list[Problem]]:
        """The value of a formula a person typed where a value belongs, as the file holds it."""
        value = self.opened.book.shown(grid.name, row, column_number)
        if value is None or (isinstance(value, str) and value.startswith("#")):
            return None, [spot.problem(codes.FORMULA_WITHOUT_VALUE, title=column.title)]
        shown = short_date(value) if isinstance(value, date) else str(value)
        return value, [spot.problem(codes.FORMULA_IN_TYPED_CELL, title=column.title, value=shown)]

    def _calculated(
        self,
        table: SheetTable,
        raw: object,
        column: SheetColumn,
        spot: CellPlace,
        typed_over: dict[str, Typed],
        row: int,
    ) -> list[Problem]:
        """A cell that is worked out: a formula still ours, or what a person typed over it."""
        ours = table.formulas.get(column.title)
        if raw is None or (isinstance(raw, str) and not clean_text(raw)):
            cleared = ours is not None and spot.row_id in self.opened.issue.fingerprints
            return [spot.problem(codes.FORMULA_CLEARED, title=column.title)] if cleared else []
        if isinstance(raw, FormulaText):
            raw = FormulaText(unwrapped(raw.text))
            if ours is None or self._formulas.same(raw.text, ours, table.grid.name, row):
                if "[" not in raw.text and "[" in (ours or ""):
                    self._fixed.setdefault(table.name, []).append(spot.place)
                return []
            older = self._issued[table.name].get(column.title)
            if older and self._formulas.same(raw.text, older, table.grid.name, row):
                return []  # as an earlier tracker issued it; regenerate brings the rule of today
            if not self._formulas.whole(ours, table.name):
                return []  # the missing sheet or column it refers to is told once
            return [spot.problem(codes.FORMULA_CHANGED, title=column.title)]
        found: list[Problem] = []
        if column.shape == "date":
            typed_over[column.title], found = typed_date(raw, column.title, spot)
        else:
            typed_over[column.title] = typed_text(raw)
        if column.keeper != "formula":
            return []
        doubts = [each for each in found if each.code == codes.AMBIGUOUS_DATE]
        instead = "; type another date in Agreed date" if column.title == "Due" else ""
        facts = {"value": as_found(typed_over[column.title]), "title": column.title, "instead": instead}
        return [spot.problem(codes.FORMULA_TYPED_OVER, **facts), *doubts]

    def _settle(self) -> None:
        """Settle which row is which, on every stage sheet."""
        issued = self.opened.issue.fingerprints
        for stage in self.procedure.stages:
            name = rules.table_name(stage.name)
            rows, found = realigned(self.tables[name], issued, realign=self.realign)
            self.problems += found
            if not homes_by_text(rows, issued):  # else no ID tells which row is the original
                rows, found = settle_copies(rows, issued)
                self.problems += found
            self.tables[name] = rows

    def places(self) -> dict[str, TablePlace]:
        """Where each table was found."""
        return {
            each.name: TablePlace(
                each.grid.name,
                each.header.row,
                each.header.columns,
                self._last_row(each),
                each.until,
                self._renamed.get(each.name, {}),
                self._ours_to(each),
            )
            for each in self._located
        }

    def _last_row(self, table: SheetTable) -> int:
        """The last row of a table that holds anything."""
        if table.name == rules.CLOCKS:  # read clock by clock
            return table.header.row + len(self.procedure.clocks)
        return max((row.number for row in self.tables[table.name]), default=table.header.row)

    def _ours_to(self, table: SheetTable) -> int:
        """The last row of a table that we put there, or that carries our formulas: its table must cover it."""
        if table.name == rules.CLOCKS:
            return self._last_row(table)
        case, calendar = self.opened.issue.case, self.opened.issue.holidays
        listed_once: dict[str, set[object]] = {
            rules.ROLES: {role.name for role in self.procedure.roles},
            rules.AGENCIES: {each.code for each in case.agencies},
            layout.CHILDREN_TABLE: set(case.children),
            layout.HOLIDAY_TABLE: set(calendar),
            layout.CLOSURE_TABLE: set(case.office_closures),
            layout.MEETING_TABLE: {each.date for each in case.meetings},
            layout.HOLD_TABLE: {each.from_ for each in case.holds},
        }  # fmt: skip
        known = {*listed_once.get(table.name, ())}
        titles = table.header.columns

        def is_ours(row: ReadRow) -> bool:
            if row.text("ID") in self._ids_as_issued and table.name != layout.LOG_TABLE:
                return True
            cells = table.grid.rows.get(row.number, {})
            if any(isinstance(cells.get(titles.get(title, 0)), FormulaText) for title in table.formulas):
                return True
            listed = known.intersection(row.values.values())
            known.difference_update(listed)  # whoever types an entry again adds one of their own
            return bool(listed)

        return max((row.number for row in self.tables[table.name] if is_ours(row)), default=table.header.row)

    def clocks_table(self) -> SheetTable | None:
        """The table of clocks on sheet Case, whose cells are read one by one."""
        return next((each for each in self._located if each.name == rules.CLOCKS), None)


def _formulas_since_replaced(issued: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """The formulas a table was issued with that are no longer ours: an earlier tracker's, and nobody's edit."""
    return {title: text for title, text in issued.items() if title in ours and text != ours[title]}


def _is_header_again(table: SheetTable, number: int) -> bool:
    """Whether a row repeats the header, as where a table was pasted below itself: told once, not cell by cell."""

    def is_title(title: str, column: int) -> bool:
        return same_word(str(table.grid.value(number, column) or ""), title)

    titles = list(table.header.columns.items())
    if len(titles) < _HEADERS_ALIKE or not is_title(*titles[0]):
        return False
    alike = sum(is_title(title, column) for title, column in titles)
    return alike >= _HEADERS_ALIKE and alike * 2 >= len(titles)


def read_workbook(
    path: Path,
    load: Callable[[Issue], tuple[Procedure | None, list[Problem]]],
    *,
    realign: bool = False,
    password: Password | None = None,
) -> tuple[Reading | None, Procedure | None, list[Problem]]:
    """Read an edited workbook.

    `load` gives the procedure a workbook's issue names. With `realign`, rows whose IDs stand beside another row's
    text are read by their text. Returns the reading and the procedure, or None where the file is unusable, and
    every problem.
    """
    content, problems = workbook_content(path, password)
    if problems:
        return None, None, problems
    return read_content(content, str(path), load, realign=realign)


def read_content(
    content: bytes,
    path: str,
    load: Callable[[Issue], tuple[Procedure | None, list[Problem]]],
    *,
    realign: bool = False,
) -> tuple[Reading | None, Procedure | None, list[Problem]]:
    """Read the bytes of an edited workbook, as `read_workbook` does; `path` is what it is called.

    They must have passed the first look (`workbook_content`).
    """
    try:
        return _read_book(PlainBook(content), content, path, load, realign=realign)
    except UnusualError:  # here or in a sheet that was read later
        pass
    try:
        book = LibraryBook(content)
    except Exception:  # noqa: BLE001  the library raises anything on a damaged file
        return None, None, [problem(codes.WORKBOOK_DAMAGED, file=path, reason="a part that cannot be read")]
    return _read_book(book, content, path, load, realign=realign)


def _read_book(
    book: SourceBook,
    content: bytes,
    path: str,
    load: Callable[[Issue], tuple[Procedure | None, list[Problem]]],
    *,
    realign: bool,
) -> tuple[Reading | None, Procedure | None, list[Problem]]:
    opened, problems = _opened(book, content, path)
    if opened is None:
        return None, None, problems
    procedure, problems = load(opened.issue)
    if procedure is None:
        return None, None, [replace(each, file=each.file or str(path)) for each in problems]
    reader = _WorkbookReader(opened, procedure, realign=realign)
    if not reader.run():
        return None, None, [replace(each, file=path) for each in reader.problems]
    single = SingleCells(reader.sheets, procedure, reader.clocks_table(), reader.spot, reader.typed_formula)
    reading = Reading(
        path=path,
        sha256=hashlib.sha256(opened.content).hexdigest(),
        issue=opened.issue,
        tables=reader.tables,
        fields=single.fields(),
        clocks=single.clocks(),
        report_date=single.report_date(),
        report_date_cell=single.report_date_cell(),
        known_until=single.known_until(),
        places=reader.places(),
        sheets=reader.sheets.names(),
    )
    return (
        reading,
        procedure,
        [replace(each, file=path) for each in (*reader.problems, *single.problems)],
    )
