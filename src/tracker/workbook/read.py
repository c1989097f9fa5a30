"""From an edited workbook to a `Reading`: what was understood, and every problem at once.

Nothing of the file is trusted: its size is checked first, sheets are found by name or by what they hold, tables by
their headers, rows by their ID.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import Problem, codes, problem
from tracker.workbook import layout
from tracker.workbook.fast_reader import FastBook
from tracker.workbook.fast_reader_sheet import UnusualError
from tracker.workbook.find_tables import TableFinder, table_places
from tracker.workbook.grid import LibraryBook
from tracker.workbook.identity import homes_by_text, realign_rows, settle_copies
from tracker.workbook.interpret import CellPlace
from tracker.workbook.issue import Issue, issue_from_text
from tracker.workbook.read_rows import RowReader
from tracker.workbook.reading import Reading
from tracker.workbook.single import SingleCells
from tracker.workbook.size_limits import LIMITS
from tracker.workbook.structure import file_table_problems, fixed_problems, name_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.procedure.model import Procedure
    from tracker.workbook.grid import SourceBook
    from tracker.workbook.reading import ReadRow, TablePlace

LoadProcedure = Callable[[Issue], tuple["Procedure | None", list[Problem]]]
"""Gives the procedure a workbook's issue names."""

_SHIFT_1904 = 1_462


def read_content(
    content: bytes,
    path: str,
    load: LoadProcedure,
    *,
    realign: bool = False,
) -> tuple[Reading | None, Procedure | None, list[Problem]]:
    """Read the bytes of an edited workbook, which must have been checked (`workbook_content`); `path` names it.

    With `realign`, rows whose IDs stand beside another row's text are read by their text. Returns the reading and
    the procedure, or None where the file is unusable, and every problem.
    """
    try:
        return _read_book(FastBook(content), content, path, load, realign=realign)
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
    load: LoadProcedure,
    *,
    realign: bool,
) -> tuple[Reading | None, Procedure | None, list[Problem]]:
    issue, problems = _issue_of(book, path)
    if issue is None:
        return None, None, problems
    procedure, problems = load(issue)
    if procedure is None:
        return None, None, [replace(each, file=each.file or path) for each in problems]
    reader = _WorkbookReader(book, issue, procedure, realign=realign)
    reading = reader.read(path, hashlib.sha256(content).hexdigest())
    return reading, procedure if reading else None, [replace(each, file=path) for each in reader.problems]


def _issue_of(book: SourceBook, name: str) -> tuple[Issue | None, list[Problem]]:
    """The issue a workbook remembers, or why it is no tracker."""
    issue = issue_from_text("".join(book.texts(layout.HIDDEN))) if layout.HIDDEN in book.titles else None
    if issue is None:
        return None, [problem(codes.NOT_A_TRACKER, file=name)]
    if issue.layout > layout.LAYOUT:
        facts = {"found_layout": issue.layout, "known_layout": layout.LAYOUT}
        return None, [problem(codes.NEWER_VERSION, file=name, place="", id="", tool=issue.tool, **facts)]
    return issue, []


class _WorkbookReader:
    """Reads one workbook; `problems` holds what was found on the way."""

    def __init__(self, book: SourceBook, issue: Issue, procedure: Procedure, *, realign: bool) -> None:
        self.problems: list[Problem] = []
        self._issue, self._procedure, self._realign = issue, procedure, realign
        self._shift = _SHIFT_1904 if book.from_1904 else 0
        self._book = book
        self._finder = TableFinder(book, issue, procedure, self._spot)
        self._sheets = self._finder.sheets
        self._rows: dict[str, list[ReadRow]] = self._finder.rows

    def _spot(self, place: str, row_id: str = "") -> CellPlace:
        """A cell's place, for problems."""
        return CellPlace(place, row_id, self._shift)

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
        reader = RowReader(self._book, self._issue, finder.tables, finder.renamed, self._spot)
        clocks = next((table for table in finder.tables if table.name == rules.CLOCKS), None)
        for table in finder.tables:
            if table is not clocks:  # whose cells are read one by one
                self._rows[table.name] = reader.read(table)
        if self._moved_to_1904():
            self.problems = [problem(codes.DATES_SINCE_1904)]
            return None
        self.problems += finder.problems + reader.problems
        self._settle_rows()
        self._sheets.copies()
        self.problems += self._sheets.problems
        places = table_places(finder.tables, self._rows, finder.renamed, self._issue, self._procedure)
        self._check_tables(places)
        self.problems += fixed_problems(reader.fixed)
        self.problems += name_problems(self._sheets.book.names(), self._procedure)
        single = SingleCells(self._sheets, self._procedure, clocks, self._spot, reader.typed_formula)
        fields, clocks_read = single.fields(), single.clocks()  # in the order of their problems
        report_date, report_cell = single.report_date()
        reading = Reading(
            path=path,
            sha256=sha256,
            issue=self._issue,
            tables=self._rows,
            fields=fields,
            clocks=clocks_read,
            report_date=report_date,
            report_date_cell=report_cell,
            known_until=single.known_until(),
            places=places,
            sheets=self._sheets.names(),
        )
        self.problems += single.problems
        return reading

    def _check_tables(self, places: Mapping[str, TablePlace]) -> None:
        """Compare the Excel tables with ours, but for one that lacks a title: that has been reported."""
        finder = self._finder
        whole = {each.name for each in finder.tables if len(each.header.columns) == len(each.columns)}
        checked = {name: place for name, place in places.items() if name in whole}
        self.problems += file_table_problems(checked, finder.file_tables, frozenset(finder.renamed))

    def _moved_to_1904(self) -> bool:
        """Whether somebody ticked the 1904 date system: every date, the bank holidays too, is four years later.

        Where the bank holidays are gone, the dates of the case itself witness to it.
        """
        if not self._shift:
            return False
        rows = self._rows.get(layout.HOLIDAY_TABLE, ())
        days = [day for row in rows if (day := row.day("Bank holiday"))]
        issued = set(self._issue.holidays)
        if not days:
            page = self._sheets.grid(layout.CASE)
            cells = [cell for row in page.rows.values() for cell in row.values()] if page else []
            days = [each.date() for each in cells if isinstance(each, datetime)]
            issued = {
                day
                for case in (self._issue.case, self._issue.described)
                if case
                for day in (case.details.incident, case.details.aware)
                if day
            }
        moved = sum(day - timedelta(days=_SHIFT_1904) in issued for day in days)
        return moved > sum(day in issued for day in days) if issued else False

    def _settle_rows(self) -> None:
        """Settle which row is which, on every stage sheet."""
        issued = self._issue.fingerprints
        for stage in self._procedure.stages:
            name = rules.table_name(stage.name)
            rows, found = realign_rows(self._rows[name], issued, realign=self._realign)
            self.problems += found
            if not homes_by_text(rows, issued):  # else no ID shows which row is the original
                rows, found = settle_copies(rows, issued)
                self.problems += found
            self._rows[name] = rows
