"""What a copy has of its people's own beside our tables, which merging does not bring over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.formula.parse import column_letters
from tracker.regenerate.sheets import is_written_by_us
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.patch.spans import CannotPatchError
from tracker.workbook.reading import Reading, address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.formula.values import Value
    from tracker.workbook.patch.file import WorkbookFile

Copy = tuple["WorkbookFile", Reading]
_MOST = 5


def only_there(mine: Copy, theirs: Copy) -> str:
    """The sheets and cells only the second copy has, as people name them; empty where there are none."""
    known = {(sheet, value) for sheet, value, _ in _cells(*mine)}
    cells = [place for sheet, value, place in _cells(*theirs) if (sheet, value) not in known]
    found = [*(f"sheet {name}" for name in _sheets(mine, theirs)), *cells]
    rest = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return ", ".join(found[:_MOST]) + rest


def _sheets(mine: Copy, theirs: Copy) -> Iterator[str]:
    file, reading = theirs
    for name in file.names():
        own = name not in {*reading.sheets.values(), layout.HIDDEN} and not is_written_by_us(file, name)
        if own and _says(file, name) != _says(mine[0], name):
            yield name


def _says(file: WorkbookFile, name: str) -> list[list[str]] | None:
    try:
        return file.sheet_says(name) if file.has(name) else None
    except CannotPatchError:
        return None


def _cells(file: WorkbookFile, reading: Reading) -> Iterator[tuple[str, Value, str]]:
    """What was typed on our sheets outside the columns of our tables: our name of the sheet, value, address."""
    for ours, name in reading.sheets.items():
        places = [place for place in reading.places.values() if place.sheet == name]
        known = {column for place in places for column in place.columns.values()}
        for row in file.sheet(name).rows.values():
            for column in row.cells.keys() - known:
                held = file.cell(name, row.number, column)
                value = clean_text(held.value) if isinstance(held.value, str) else held.value
                if held.formula is None and value not in {None, ""}:
                    yield ours, value, address(name, column_letters(column), row.number)
