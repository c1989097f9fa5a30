"""A changed workbook is read again before it replaces anything: nothing a person typed may be missing from it."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from tracker.formula.parse import column_letters
from tracker.text import clean_text
from tracker.workbook.fast_reader import FastBook
from tracker.workbook.fast_reader_sheet import UnusualError
from tracker.workbook.grid import FormulaText, LibraryBook, SheetGrid
from tracker.workbook.reading import address

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tracker.formula.values import Value

    Place = tuple[str, int, int]


def lost_cells(
    before: bytes,
    after: bytes,
    put: Mapping[Place, Value],
    *,
    rewritten: Collection[str],
    headers: Collection[tuple[str, int]],
) -> list[str]:
    """The addresses of the cells that `after` does not keep as they were typed in `before`.

    Args:
        before: The bytes that were read.
        after: The bytes that are to take their place. Both must have been read as a tracker.
        put: What was put on purpose, by sheet, row and column (1-based): a value, or None for a formula.
        rewritten: The sheets that this program writes as a whole.
        headers: The header rows, by sheet and row: a title may be put right there, but not go.
    """
    old, new = _grids(before), _grids(after)
    return [
        address(sheet, column_letters(column), row)
        for sheet, grid in old.items()
        if sheet not in rewritten
        for row, column in _losses(grid, new.get(sheet, SheetGrid(sheet, {})), put, headers)
    ]


def _grids(content: bytes) -> Mapping[str, SheetGrid]:
    """The sheets of a workbook as the reader reads them."""
    try:
        plain = FastBook(content)
        return {title: plain.grid(title) for title in plain.titles}
    except UnusualError:
        pass
    try:
        library = LibraryBook(content)
    except Exception:  # noqa: BLE001  the library raises anything on a damaged file
        return dict(_readable_grids(FastBook(content)))
    return {title: library.grid(title) for title in library.titles}


def _readable_grids(book: FastBook) -> Iterator[tuple[str, SheetGrid]]:
    """The sheets without one that neither reader reads: a sheet of a person's own, on which nothing is put."""
    for title in book.titles:
        with suppress(UnusualError):
            yield title, book.grid(title)


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

    A number reads as a day where the cell's format says so, and the other way round.
    """
    if value is None:
        return True
    if isinstance(value, str):
        return clean_text(value) == clean_text(now if isinstance(now, str) else "")
    return isinstance(now, (int, float, date, datetime, time))
