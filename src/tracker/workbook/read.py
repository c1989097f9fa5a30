"""From an edited workbook to a `Reading`: what was understood, and every problem at once.

Nothing of the file is trusted: its size is checked first, sheets are found by name or by what they hold, tables by
their headers, rows by their ID.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.formula.parse import column_letters
from tracker.formula.values import SHIFT_1904
from tracker.problems import Problem, codes, problem
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.baseline import Baseline, baseline_from_text
from tracker.workbook.fast_reader import LibraryBook, fast_book
from tracker.workbook.fast_reader_sheet import UnusualError
from tracker.workbook.find_tables import TableFinder, table_places
from tracker.workbook.interpret import SingleCells
from tracker.workbook.preflight import LIMITS
from tracker.workbook.read_rows import RowReader, homes_by_text, realign_rows, settle_copies
from tracker.workbook.reading import FormulaText, Reading, SheetGrid, address
from tracker.workbook.respell import FormulaComparison
from tracker.workbook.standby import NAMING, awake, names_in, standby_keys
from tracker.workbook.structure import file_table_problems, fixed_problems, name_problems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tracker.formula.values import Value
    from tracker.procedure.model import Procedure
    from tracker.workbook.fast_reader import SourceBook
    from tracker.workbook.reading import ReadRow, SheetTable

    Place = tuple[str, int, int]

LoadProcedure = Callable[[Baseline], tuple["Procedure | None", list[Problem]]]
"""Gives the procedure a workbook's baseline names."""


def read_content(
    content: bytes, path: str, load: LoadProcedure, *, realign: bool = False
) -> tuple[Reading | None, Procedure | None, list[Problem]]:
    """Read the bytes of an edited workbook, which must have been checked (`workbook_content`); `path` names it.

    With `realign`, rows whose IDs stand beside another row's text are read by their text. Returns the reading and
    the procedure, or None where the file is unusable, and every problem.
    """
    with suppress(UnusualError):  # here or in a sheet that is read later
        return _read_book(fast_book(content), content, path, load, realign=realign)
    try:
        book = LibraryBook(content)
    except Exception:  # noqa: BLE001  the library raises anything on a damaged file
        return None, None, [problem(codes.WORKBOOK_DAMAGED, file=path, reason="a part that cannot be read")]
    return _read_book(book, content, path, load, realign=realign)


def _read_book(
    book: SourceBook, content: bytes, path: str, load: LoadProcedure, *, realign: bool
) -> tuple[Reading | None, Procedure | None, list[Problem]]:
    baseline = (
        baseline_from_text("".join(book.texts(layout.HIDDEN))) if layout.HIDDEN in book.titles else None
    )
    if baseline is None:
        code = codes.RETURN_AS_WORKBOOK if layout.RETURN in book.titles else codes.NOT_A_TRACKER
        return None, None, [problem(code, file=path)]
    if baseline.layout > layout.LAYOUT:
        facts: dict[str, Any] = {
            "found_layout": baseline.layout,
            "known_layout": layout.LAYOUT,
            "tool": baseline.tool,
        }
        return None, None, [problem(codes.NEWER_VERSION, file=path, **facts)]
    procedure, problems = load(baseline)
    if procedure is None:
        return None, None, [replace(each, file=each.file or path) for each in problems]
    reader = _WorkbookReader(book, baseline, procedure, realign=realign)
    reading = reader.read(path, hashlib.sha256(content).hexdigest())
    return reading, procedure if reading else None, [replace(each, file=path) for each in reader.problems]


class _WorkbookReader:
    """Reads one workbook; `problems` holds what was found on the way."""

    def __init__(self, book: SourceBook, baseline: Baseline, procedure: Procedure, *, realign: bool) -> None:
        self.problems: list[Problem] = []
        self._baseline, self._procedure, self._realign = baseline, procedure, realign
        self._book = book
        self._finder = TableFinder(book, baseline, procedure)
        self._sheets = self._finder.sheets
        self._rows: dict[str, list[ReadRow]] = self._finder.rows

    def read(self, path: str, sha256: str) -> Reading | None:
        """Find every table, read every row. None where tables are too long, or all dates are four years off."""
        finder = self._finder
        finder.find()
        longest = max(finder.tables, key=lambda table: len(table.rows), default=None)
        if longest and len(longest.rows) > LIMITS.table_rows:
            found = f"{len(longest.rows)} rows on sheet {longest.grid.name}"
            limit = f"at most {LIMITS.table_rows} rows in a table"
            self.problems = [problem(codes.WORKBOOK_TOO_LARGE_INSIDE, found_size=found, limit=limit)]
            return None
        formulas = FormulaComparison(finder.tables, finder.renamed, finder.other_names())
        baseline = self._baseline
        reader = RowReader(baseline.fingerprints, formulas, standby_keys(baseline))
        clocks = next((table for table in finder.tables if table.name == rules.CLOCKS), None)
        for table in self._in_order(finder.tables):
            if table is not clocks:  # whose cells are read one by one
                self._rows[table.name] = reader.read(table)
                reader.names |= names_in({table.name: self._rows[table.name]})
        if self._moved_to_1904():
            self.problems = [problem(codes.DATES_SINCE_1904)]
            return None
        self.problems += finder.problems + reader.problems
        every = [row for rows in self._rows.values() for row in rows]
        there = {row.text("ID") for row in every if not row.asleep}
        self._baseline = awake(self._baseline, reader.names, there)
        self._settle_rows()
        self._sheets.report_copied_sheets()
        self.problems += self._sheets.problems
        places = table_places(finder.tables, self._rows, finder.renamed, self._baseline, self._procedure)
        for name, rows in self._rows.items():
            self._rows[name] = [row for row in rows if not row.asleep]
        # A table that lacks a title has been reported.
        whole = {each.name for each in finder.tables if len(each.header.columns) == len(each.columns)}
        checked = {name: place for name, place in places.items() if name in whole}
        self.problems += file_table_problems(checked, finder.file_tables, frozenset(finder.renamed))
        self.problems += fixed_problems(reader.fixed)
        self.problems += name_problems(self._sheets.book.names(), self._procedure, self._baseline.layout)
        single = SingleCells(self._sheets, self._procedure, clocks, self._baseline.layout)
        fields, clocks_read = single.fields(), single.clocks()  # in the order of their problems
        report_date, report_cell = single.report_date()
        reading = Reading(
            path=path,
            sha256=sha256,
            baseline=self._baseline,
            tables=self._rows,
            fields=fields,
            clocks=clocks_read,
            report_date=report_date,
            report_date_cell=report_cell,
            known_until=single.known_until(),
            places=places,
            sheets=self._sheets.names(),
            asleep=[row for row in every if row.asleep],
        )
        self.problems += single.problems
        return reading

    def _in_order(self, tables: Sequence[SheetTable]) -> Sequence[SheetTable]:
        """The tables as they are read: where rows are on standby, the names that wake them come first."""
        if not self._baseline.standby:
            return tables
        return sorted(tables, key=lambda table: table.name not in NAMING)

    def _moved_to_1904(self) -> bool:
        """Whether somebody ticked the 1904 date system: every date, the bank holidays too, is four years later.

        Where the bank holidays are gone, the dates of the case itself witness to it.
        """
        if not self._book.from_1904:
            return False
        rows = self._rows.get(layout.HOLIDAY_TABLE, ())
        days = [day for row in rows if (day := row.day("Bank holiday"))]
        issued = set(self._baseline.holidays)
        if not days:
            page = self._sheets.grid(layout.CASE)
            cells = [cell for row in page.rows.values() for cell in row.values()] if page else []
            days = [each.date() for each in cells if isinstance(each, datetime)]
            cases = [case for case in (self._baseline.case, self._baseline.described) if case]
            issued = {day for case in cases for day in (case.details.incident, case.details.aware) if day}
        moved = sum(day - timedelta(days=SHIFT_1904) in issued for day in days)
        return moved > sum(day in issued for day in days) if issued else False

    def _settle_rows(self) -> None:
        """Settle which row is which, on every stage sheet."""
        issued = self._baseline.fingerprints
        for stage in self._procedure.stages:
            name = rules.table_name(stage.name)
            rows, found = realign_rows(self._rows[name], issued, realign=self._realign)
            self.problems += found
            if not homes_by_text(rows, issued):  # else no ID shows which row is the original
                rows, found = settle_copies(rows, issued)
                self.problems += found
            self._rows[name] = rows


# A changed workbook is read again before it replaces anything: nothing a person typed may be missing from it


def lost_cells(
    before: bytes,
    after: bytes,
    put: Mapping[Place, Value],
    *,
    left_out: Collection[str],
    headers: Collection[tuple[str, int]],
) -> list[str]:
    """The addresses of the cells that `after` does not keep as they were typed in `before`.

    Args:
        before: The bytes that were read.
        after: The bytes that are to take their place. Both must have been read as a tracker.
        put: What was put on purpose, by sheet, row and column (1-based): a value, or None for a formula.
        left_out: Sheets that are not compared: this program writes them as a whole, or nobody has touched them.
        headers: The header rows, by sheet and row: a title may be put right there, but not go.
    """
    old, new = _grids(before, left_out), _grids(after, left_out)
    return [
        address(sheet, column_letters(column), row)
        for sheet, grid in old.items()
        for row, column in _losses(grid, new.get(sheet, SheetGrid(sheet, {})), put, headers)
    ]


def _grids(content: bytes, left_out: Collection[str]) -> Mapping[str, SheetGrid]:
    """The sheets of a workbook as the reader reads them, without some."""
    with suppress(UnusualError):
        fast = fast_book(content)
        return {title: fast.grid(title) for title in fast.titles if title not in left_out}
    try:
        library = LibraryBook(content)
    except Exception:  # noqa: BLE001  the library raises anything on a damaged file
        # Without a sheet that neither reader reads: one of a person's own, on which nothing is put.
        fast = fast_book(content)
        grids: dict[str, SheetGrid] = {}
        for title in fast.titles:
            with suppress(UnusualError):
                grids[title] = fast.grid(title)
        return grids
    return {title: library.grid(title) for title in library.titles if title not in left_out}


def _losses(
    old: SheetGrid, new: SheetGrid, put: Mapping[Place, Value], headers: Collection[tuple[str, int]]
) -> Iterator[tuple[int, int]]:
    """The places of cells whose value is neither what it was nor what was put there."""
    for row, cells in old.rows.items():
        for column, value in cells.items():
            place = (old.name, row, column)
            now = new.value(row, column)
            if place in put:
                kept = _holds(now, put[place])
            elif isinstance(value, FormulaText):
                continue  # a formula of ours, or one that was put right with its table
            else:
                kept = _same(value, now) or ((old.name, row) in headers and now is not None)
            if not kept:
                yield row, column
    for (sheet, row, column), value in put.items():
        known = old.value(row, column) is not None  # compared above
        if sheet == old.name and not known and not _holds(new.value(row, column), value):
            yield row, column


def _same(value: object, now: object) -> bool:
    """Whether a cell reads as it did: the same day, the same number, the same text but for invisible characters."""
    if isinstance(value, str) and isinstance(now, str):
        return value == now or clean_text(value) == clean_text(now)
    if isinstance(value, (int, float)) and isinstance(now, (int, float)):
        return value == now or math.isclose(value, now, rel_tol=1e-14)
    return value == now


def _holds(now: object, value: Value) -> bool:
    """Whether a cell holds what was put: a text as it is, a number or day as any number or day.

    A number reads as a day where the cell has such a format, and the other way round.
    """
    if value is None:
        return True
    if isinstance(value, str):
        return clean_text(value) == clean_text(now if isinstance(now, str) else "")
    return isinstance(now, (int, float, date, datetime, time))
