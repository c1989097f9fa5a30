"""The rows of our tables: each cell under a title becomes a value, or the problem that it is none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.problems import Problem, codes, problem
from tracker.text import as_found, clean_text, listed, quantity, same_word
from tracker.workbook import layout
from tracker.workbook.baseline import fingerprint
from tracker.workbook.interpret import read_cell, shown_as, typed_date, typed_text
from tracker.workbook.reading import CellValue, FormulaText, ReadRow, SheetGrid, SheetTable, address, quoted
from tracker.workbook.respell import FormulaComparison, unwrap
from tracker.workbook.standby import wake_cells

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import CellPlace


_HEADERS_ALIKE = 3
"""Titles that a row must repeat to be a header: one or two may be what somebody typed."""


class RowReader:
    """Reads the rows of tables; gathers problems as it goes.

    `fixed` are, by table, the cells whose formulas refer to fixed cells. `names` are the agencies and children that
    wake rows on standby: the tables they stand in are read first.
    """

    def __init__(
        self, ids: Collection[str], formulas: FormulaComparison, standby: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """`ids` are those the file was issued with; `standby` gives, by its ID, the key of each row on standby."""
        self.problems: list[Problem] = []
        self.fixed: dict[str, list[str]] = {}
        self.names: dict[str, str] = {}
        self._issued = ids
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
            place = row.cell(typed[0])
            yield problem(codes.ENTRIES_IN_SPARE_ROW, place=place, id=row.text("ID"), **facts)

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
            if column.kind == "formula":
                spot = table.grid.place(number, place, row_id)
                found += self._calculated(table, raw, column, spot, typed_over, number)
            else:
                values[column.title], more = read_cell(table.grid, number, place, column, raw, row_id)
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
            if ours is None or self._formulas.is_ours(raw.text, ours, table.grid.name, row):
                if "[" not in raw.text and "[" in (ours or ""):
                    self.fixed.setdefault(table.name, []).append(spot.place)
                return []
            older = table.older.get(column.title)
            if older and self._formulas.is_ours(raw.text, older, table.grid.name, row):
                return []  # as an earlier tracker issued it; regenerate brings the rule of today
            if not self._formulas.has_all_parts(ours, table.name):
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


_ENOUGH = 3
"""Rows beside another row's text from which on a sort without column A is suspected."""

_DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d", "-")
)

_TEXT = ("Action", "Paragraph", "Counted from", "Count")


def clean_id(value: object) -> str:
    """An ID as it is compared: blanks, invisible characters and typographic dashes do not matter."""
    text = value if isinstance(value, (str, int, float)) else ""
    return clean_text(str(text)).translate(_DASHES).replace(" ", "")


def row_fingerprint(row: ReadRow) -> str:
    """The fingerprint of a row as it was read; empty where a column it needs is missing."""
    return fingerprint(row.values) if all(title in row.columns for title in _TEXT) else ""


def _renamed(row: ReadRow, row_id: str) -> ReadRow:
    return replace(row, values={**row.values, "ID": row_id or None})


def settle_copies(rows: Sequence[ReadRow], issued: Mapping[str, str]) -> tuple[list[ReadRow], list[Problem]]:
    """Rows with an ID once each, where the fingerprints tell the original from a copy that was changed.

    Where they cannot tell, both keep the ID and a check reports them.
    """
    counts = Counter(row.text("ID") for row in rows if row.text("ID"))
    originals = {
        row.text("ID"): row
        for row in reversed(rows)
        if row_fingerprint(row) == issued.get(row.text("ID"), "-")
    }
    settled, found = [], []
    for row in rows:
        row_id = row.text("ID")
        original = originals.get(row_id)
        if counts[row_id] > 1 and original is not None and row_fingerprint(row) not in {"", issued[row_id]}:
            found.append(problem(codes.COPIED_ROW, place=row.cell(), id=row_id, other=original.cell()))
            row = _renamed(row, "")  # noqa: PLW2901  the row goes on without the ID it copied
        settled.append(row)
    return settled, found


def homes_by_text(rows: Sequence[ReadRow], issued: Mapping[str, str]) -> Mapping[int, str]:
    """The ID each row has by its text, where the IDs of a sheet cannot be trusted; empty where they can.

    Rows are named by their number; one whose text is no row's of this workbook is left out.
    """
    if not _was_sorted(_misplaced_rows(rows, issued)):
        return {}
    id_of = {mark: row_id for row_id, mark in issued.items()}
    return {row.number: id_of[mark] for row in rows if (mark := row_fingerprint(row)) in id_of}


def _was_sorted(wrong: Sequence[tuple[ReadRow, str]]) -> bool:
    """Whether rows changed places without their IDs: many of them, or two that stand in each other's place."""
    ids, homes = [row.text("ID") for row, _ in wrong], [home for _, home in wrong]
    return len(wrong) >= _ENOUGH or (len(wrong) > 1 and sorted(ids) == sorted(homes))


def _misplaced_rows(rows: Sequence[ReadRow], issued: Mapping[str, str]) -> list[tuple[ReadRow, str]]:
    """Rows whose text belongs to another ID of this workbook: the row, and that ID."""
    id_of = {mark: row_id for row_id, mark in issued.items()}
    homes = ((row, id_of.get(row_fingerprint(row), "")) for row in rows)
    return [
        (row, home) for row, home in homes if home and row.text("ID") in issued and home != row.text("ID")
    ]


def realign_rows(
    rows: Sequence[ReadRow], issued: Mapping[str, str], *, realign: bool
) -> tuple[list[ReadRow], list[Problem]]:
    """Report IDs that stand beside other rows' text; with `realign`, read those rows by their text."""
    wrong = _misplaced_rows(rows, issued)
    if not _was_sorted(wrong):
        return list(rows), []
    first, home = wrong[0]
    if not realign:
        example = f"{first.text('ID')} beside the text of {home}"
        return list(rows), [
            problem(codes.IDS_MISALIGNED, place=first.cell(), count=len(wrong), example=example)
        ]
    homes = {row.number: home for row, home in wrong}
    read = [_renamed(row, homes[row.number]) if row.number in homes else row for row in rows]
    return read, [problem(codes.ROWS_READ_BY_TEXT, place=first.cell(), count=len(wrong))]
