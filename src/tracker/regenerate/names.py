"""Defined names that are gone or lead nowhere, put back where they belong: our formulas look through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.formula.parse import column_letters
from tracker.plan import make_plan
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.build import build
from tracker.workbook.patch.tables import put_names
from tracker.workbook.reading import quoted
from tracker.workbook.structure import LOST_NAME

if TYPE_CHECKING:
    from datetime import date

    from tracker.formula.book import Area, Book
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure
    from tracker.workbook.patch.file import WorkbookFile
    from tracker.workbook.reading import Reading


def put_names_back(
    file: WorkbookFile, reading: Reading, procedure: Procedure, facts: CalendarFacts, as_at: date
) -> tuple[list[str], list[str]]:
    """The names put back, and those whose cells cannot be found.

    Names that no formula of the file uses stay away: an earlier layout had fewer.
    """
    made = build(make_plan(reading.issue.case, procedure), facts, as_at).book
    held = {name.casefold(): place for name, place in file.package.names().items()}
    parts = [file.package.read(part) for part in file.package.sheets().values()]
    wanted = [
        name
        for name in made.names
        if (
            LOST_NAME.search(held[name.casefold()])
            if name.casefold() in held
            else any(name.encode() in part for part in parts)
        )
    ]
    places = {name: _place(made, made.names[name], file, reading) for name in wanted}
    found = {name: place for name, place in places.items() if place}
    if found:
        put_names(file.package, found)
    return list(found), [f"defined name {name}" for name in wanted if name not in found]


def _place(made: Book, area: Area, file: WorkbookFile, reading: Reading) -> str:
    """Where a name leads in this file, by its table or the word beside it; empty where neither is found."""
    sheet = reading.sheets.get(area.sheet, area.sheet)
    if sheet not in file.names():
        return ""
    first, last = area.first_row, area.last_row
    tables = [each for each in made.tables.values() if each.sheet == area.sheet]
    above = [each for each in tables if each.header_row <= first]
    table = max(above, key=lambda each: each.header_row, default=None)
    if area.sheet == layout.CASE and (table is None or first > table.last_row):
        row = _row_of(str(made.contents[area.sheet].get((first, 1), "")), first, file, sheet)
        first, last = row, row + last - first
    elif table is not None:
        place = reading.places.get(table.name)
        if place is None:
            return ""
        shift = place.header_row - table.header_row
        inside = area.column in place.columns.values() and last > first
        first, last = first + shift, max(last + shift, place.last_row if inside else 0)
    column = column_letters(area.column)
    end = f":${column}${last}" if last > first else ""
    return f"{quoted(sheet)}!${column}${first}{end}" if first > 0 else ""


def _row_of(word: str, row: int, file: WorkbookFile, sheet: str) -> int:
    """The row of a word in the first column: the row it was issued in, else the only one; 0 where there is none."""
    wanted = clean_text(word).casefold()
    rows = [
        each
        for each in file.sheet(sheet).rows
        if clean_text(str(file.cell(sheet, each, 1).value or "")).casefold() == wanted
    ]
    if row in rows:
        return row
    return rows[0] if len(rows) == 1 and wanted else 0
