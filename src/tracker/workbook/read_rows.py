"""The rows of our tables: each cell under a title becomes a value, or the problem that it is none."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tracker.problems import Problem, codes, problem
from tracker.text import as_found, clean_text, listed, quantity, same_word, short_date
from tracker.workbook import layout
from tracker.workbook.grid import FormulaText, SheetGrid, SheetTable
from tracker.workbook.identity import clean_id
from tracker.workbook.interpret import CellPlace, interpret, shown_as, typed_date, typed_text
from tracker.workbook.reading import CellValue, ReadRow, address, quoted
from tracker.workbook.respell import FormulaComparison, unwrap
from tracker.workbook.standby import wake_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from tracker.workbook.grid import SourceBook
    from tracker.workbook.layout import SheetColumn

_HEADERS_ALIKE = 3
"""Titles that a row must repeat to be a header: one or two may be what somebody typed."""


class RowReader:
    """Reads the rows of tables; gathers problems as it goes.

    `fixed` are, by table, the cells whose formulas refer to fixed cells. `names` are the agencies and children that
    wake rows on standby: the tables they stand in are read first.
    """

    def __init__(
        self, book: SourceBook, ids: Collection[str], formulas: FormulaComparison,
        spot: Callable[[str, str], CellPlace], standby: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """`ids` are those the file was issued with; `spot` gives a cell's place.

        `standby` gives, by its ID, the key of each row on standby.
        """
        self.problems: list[Problem] = []
        self.fixed: dict[str, list[str]] = {}
        self.names: dict[str, str] = {}
        self._book, self._issued, self._spot = book, ids, spot
        self._standby = standby or {}
        self._ids = {row_id.casefold(): row_id for row_id in (*ids, *self._standby)}
        self._formulas = formulas

    def read(self, table: SheetTable) -> list[ReadRow]:
        """The rows of a table, without those that are empty."""
        again = {number for number in table.rows if _is_header_again(table, number)}
        for number in sorted(again):
            place = address(table.grid.name, "A", number)
            self.problems.append(problem(codes.HEADERS_REPEATED, place=place, row=table.header.row))
        rows = [number for number in table.rows if number not in again]
        letters = table.header.letters()
        columns = [
            (each, table.header.columns[each.title], f"={table.formulas.get(each.title, '')}")
            for each in table.columns
            if each.title in letters
        ]
        read = [row for number in rows if (row := self._row(table, number, letters, columns))]
        if table.grid.name in {layout.CALENDAR, layout.PEOPLE, layout.CASE}:
            return read  # several tables share these sheets: gaps and hidden rows say nothing there
        filled = sorted({row.number for row in read} | again)
        self.problems += [fault for row in read if row.asleep for fault in self._entries_asleep(row)]
        hidden = [row.number for row in read if row.hidden and not row.asleep]
        self.problems += _table_problems(table.grid, table.header.row + 1, filled, hidden)
        return read

    def _entries_asleep(self, row: ReadRow) -> Iterator[Problem]:
        """Entries in a row that waits for a name: it counts nowhere, and nothing of it may go unseen."""
        typed = [
            title for title, value in row.values.items() if value is not None and title not in row.standby
        ]
        if typed := [*typed, *row.typed_over]:
            facts = {"key": self._standby[row.text("ID")], "titles": listed(typed)}
            spot = self._spot(row.cell(typed[0]), row.text("ID"))
            yield spot.problem(codes.ENTRIES_IN_SPARE_ROW, **facts)

    def _row(
        self, table: SheetTable, number: int, letters: Mapping[str, str],
        columns: Sequence[tuple[SheetColumn, int, str]],
    ) -> ReadRow | None:  # fmt: skip
        """A row of a table, whose columns are given with their numbers and our formulas; None of an empty one."""
        values: dict[str, CellValue] = {}
        typed_over: dict[str, CellValue] = {}
        found: list[Problem] = []
        held = table.grid.rows.get(number, {})
        cells, standby, asleep = wake_cells(table, held, self._standby, self.names)
        row_id = self._row_id(table, number, letters, cells)
        for column, place, ours in columns:
            raw = cells.get(place)
            # First what cells usually hold: nothing, text, or our own formula to the letter.
            if column.kind != "formula" and (raw is None or (column.kind == "text" and isinstance(raw, str))):
                values[column.title] = typed_text(raw)
                continue
            if column.kind == "formula" and isinstance(raw, FormulaText) and ours in ("=", raw.text):
                continue
            spot = self._spot(address(table.grid.name, letters[column.title], number), row_id)
            if column.kind == "formula":
                found += self._calculated(table, raw, column, spot, typed_over, number)
                continue
            if isinstance(raw, FormulaText):
                raw, more = self.typed_formula(table.grid, number, place, column, spot)
                found += more
            values[column.title], more = interpret(raw, column, spot)
            found += more
        if row_id:
            values["ID"] = row_id
        emptied = not any(value is not None for title, value in values.items() if title != "ID")
        # A formula typed alone into an otherwise empty row is reported as well, though there is no row to read.
        self.problems += [each for each in found if not (emptied and each.code == codes.FORMULA_CLEARED)]
        if not any(value is not None for value in (*values.values(), *typed_over.values())):
            return None
        hidden = number in table.grid.hidden
        return ReadRow(table.grid.name, number, letters, values, typed_over, hidden, standby, asleep)

    def _row_id(
        self, table: SheetTable, number: int, letters: Mapping[str, str], cells: Mapping[int, object]
    ) -> str:
        """The ID of a row as we write it; report another spelling of one of ours."""
        held = cells.get(table.header.columns.get("ID", 0))
        row_id = clean_id(held)
        row_id = self._ids.get(row_id.casefold(), row_id)
        ours = row_id in self._issued and table.name != layout.LOG_TABLE
        if row_id and ours and held != row_id:
            place = address(table.grid.name, letters["ID"], number)
            shown = shown_as(held, row_id)
            self.problems.append(problem(codes.ID_SPELLING, place=place, id=row_id, value=shown))
        return row_id

    def typed_formula(
        self, grid: SheetGrid, row: int, column_number: int, column: SheetColumn, spot: CellPlace
    ) -> tuple[object, list[Problem]]:
        """The value of a formula a person typed where a value belongs, as the file holds it."""
        value = self._book.shown(grid.name, row, column_number)
        if value is None or (isinstance(value, str) and value.startswith("#")):
            return None, [spot.problem(codes.FORMULA_WITHOUT_VALUE, title=column.title)]
        shown = short_date(value) if isinstance(value, date) else str(value)
        return value, [spot.problem(codes.FORMULA_IN_TYPED_CELL, title=column.title, value=shown)]

    def _calculated(
        self, table: SheetTable, raw: object, column: SheetColumn, spot: CellPlace,
        typed_over: dict[str, CellValue], row: int,
    ) -> list[Problem]:  # fmt: skip
        """A calculated cell: a formula still ours, or what a person typed over it."""
        ours = table.formulas.get(column.title)
        if raw is None or (isinstance(raw, str) and not clean_text(raw)):
            cleared = ours is not None and spot.row_id in self._issued
            return [spot.problem(codes.FORMULA_CLEARED, title=column.title)] if cleared else []
        if isinstance(raw, FormulaText):
            raw = FormulaText(unwrap(raw.text))
            if ours is None or self._formulas.same(raw.text, ours, table.grid.name, row):
                if "[" not in raw.text and "[" in (ours or ""):
                    self.fixed.setdefault(table.name, []).append(spot.place)
                return []
            older = table.older.get(column.title)
            if older and self._formulas.same(raw.text, older, table.grid.name, row):
                return []  # as an earlier tracker issued it; regenerate brings the rule of today
            if not self._formulas.whole(ours, table.name):
                return []  # the missing sheet or column it refers to is reported once
            return [spot.problem(codes.FORMULA_CHANGED, title=column.title)]
        found: list[Problem] = []
        if column.shape == "date":
            typed_over[column.title], found = typed_date(raw, column.title, spot)
        else:
            typed_over[column.title] = typed_text(raw)
        if column.edited_by != "formula":
            return []
        doubts = [each for each in found if each.code == codes.AMBIGUOUS_DATE]
        instead = "; type another date in Agreed date" if column.title == "Due" else ""
        facts = {"value": as_found(typed_over[column.title]), "title": column.title, "instead": instead}
        return [spot.problem(codes.FORMULA_TYPED_OVER, **facts), *doubts]


def _is_header_again(table: SheetTable, number: int) -> bool:
    """Whether a row repeats the header, as where a table was pasted below itself: reported once, not cell by cell."""
    alike = 0
    for title, column in table.header.columns.items():
        alike += same_word(str(table.grid.value(number, column) or ""), title)
        if not alike:
            return False  # as nearly every row: its first cell is no title
    return alike >= max(_HEADERS_ALIKE, len(table.header.columns) / 2)


def _table_problems(grid: SheetGrid, first: int, rows: Sequence[int], hidden: Sequence[int]) -> list[Problem]:
    """What is wrong with a table as a whole: hidden rows, merged cells, gaps."""
    found = []
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
