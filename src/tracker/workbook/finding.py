"""Finding our sheets and tables in a file that people have renamed, moved and copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import column_letters
from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, did_you_mean, quantity, same_word
from tracker.workbook import layout
from tracker.workbook.grid import FormulaText, SheetGrid, find_header
from tracker.workbook.reading import address, quoted
from tracker.workbook.structure import table_named

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from tracker.procedure.model import Procedure
    from tracker.workbook.grid import Header, SourceBook
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
        return found | {
            name: title for name in _TOP_LINES if (title := self._untyped_sheet(name, {*found.values()}))
        }

    def _untyped_sheet(self, name: str, read: Container[str]) -> str:
        """A sheet nobody types on, which may have another name by now; empty where it is gone."""
        titles = [title for title in self.book.titles if title not in read]
        if name in titles:
            return name
        return next((title for title in titles if self._has_top_line(title, _TOP_LINES[name])), "")

    def _has_top_line(self, title: str, words: str) -> bool:
        """Whether the lines on top of a sheet are the formulas we put there."""
        cells = (self._read(title).value(row, 1) for row in range(1, _TOP + 1))
        return any(isinstance(cell, FormulaText) and words in cell.text for cell in cells)

    def _find(self, name: str) -> SheetGrid | None:
        titles = self.book.titles
        if name in titles:
            return self._read(name)
        known = {*_SINGLE_TABLE, *self._stages, layout.SUMMARY, layout.GUIDE, layout.HIDDEN}
        strangers = [title for title in titles if title not in known]
        for title in strangers:
            if same_word(title, name) or self._is(name, title):
                facts = {"found_sheet": title, "sheet": name}
                self.problems.append(problem(codes.SHEET_RENAMED, place=quoted(title), id="", **facts))
                return self._read(title)
        near = did_you_mean(name, strangers)
        self.problems.append(problem(codes.SHEET_MISSING, place=quoted(name), sheet=name, suggestion=near))
        return None

    def _is(self, name: str, title: str) -> bool:
        """Whether a sheet under a strange name carries our table, or the rows of our stage."""
        grid = self._read(title)
        table = _SINGLE_TABLE.get(name) or rules.table_name(name)
        return table_named(table, self.book.tables(title)) is not None or self._holds_rows_of(name, grid)

    def _holds_rows_of(self, stage: str, grid: SheetGrid) -> bool:
        prefix = self._stages.get(stage)
        header = find_header(grid, layout.titles(layout.STAGE_COLUMNS)) if prefix else None
        if header is None or "ID" not in header.columns:
            return False
        ids = [grid.value(row, header.columns["ID"]) for row in grid.rows if row > header.row]
        ours = sum(isinstance(each, str) and clean_text(each).startswith(f"{prefix}-") for each in ids)
        return ours * 2 > len(ids) > 0

    def copies(self) -> None:
        """Report sheets that hold rows of a stage beside the sheet that was read."""
        read = {grid.name for grid in self._found.values() if grid}
        for title in self.book.titles:
            if title in read or title in {layout.SUMMARY, layout.GUIDE, layout.HIDDEN}:
                continue
            for stage in self._stages:
                if self._holds_rows_of(stage, self._read(title)):
                    facts = {"found_sheet": title, "sheet": stage}
                    self.problems.append(problem(codes.SHEET_COPIED, place=quoted(title), id="", **facts))


def header_problems(
    grid: SheetGrid, header: Header, columns: Sequence[SheetColumn], row: int
) -> list[Problem]:
    """What is wrong with a table's header row: missing, doubled, moved from `row` (0: it may stand anywhere)."""
    letters = header.letters()
    taken = set(header.columns.values())
    unknown = [
        value
        for column, value in grid.rows.get(header.row, {}).items()
        if isinstance(value, str) and column not in taken
    ]
    found = []
    place = address(grid.name, "A", header.row)
    for column in columns:
        if column.title not in header.columns:
            near = did_you_mean(column.title, unknown)
            found.append(problem(codes.COLUMN_MISSING, place=place, title=column.title, suggestion=near))
    for title, _, second in header.doubled:
        again = address(grid.name, column_letters(second), header.row)
        other = address(grid.name, letters[title], header.row)
        found.append(problem(codes.HEADER_TWICE, place=again, title=title, other=other))
    if row and header.row != row:
        found.append(problem(codes.HEADER_ROW_MOVED, place=place, found_row=header.row, row=row))
    return found


def table_problems(grid: SheetGrid, first: int, rows: Sequence[int]) -> list[Problem]:
    """What is wrong with a table as a whole: hidden rows, merged cells, gaps."""
    found = []
    hidden = [row for row in rows if row in grid.hidden]
    if hidden:
        count = quantity(len(hidden), "hidden or filtered row")
        found.append(problem(codes.HIDDEN_ROWS, place=address(grid.name, "A", hidden[0]), rows=count))
    last = rows[-1] if rows else first
    for area, top, bottom in grid.merged:
        if bottom >= first and top <= last:
            place = f"{quoted(grid.name)}!{area.partition(':')[0]}"
            found.append(problem(codes.MERGED_CELLS, place=place, area=area))
    for before, row in zip((first - 1, *rows), rows, strict=False):
        if row - before > 1:
            count = quantity(row - before - 1, "empty row")
            found.append(problem(codes.GAP_IN_TABLE, place=address(grid.name, "A", row), rows=count))
    return found
