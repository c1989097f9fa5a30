"""Titles, tables, references, names and an older layout put right before anything is merged: all of them are ours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import column_letters, in_table
from tracker.plan import make_plan
from tracker.problems import Problem, codes, problem
from tracker.regenerate.apply import OurCells
from tracker.regenerate.formulas import table_formulas
from tracker.text import clean_text, quantity
from tracker.workbook import layout
from tracker.workbook.build import build
from tracker.workbook.grid import FileTable, area_text
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.patch.parts import (
    WantedTable,
    drop_names,
    put_names,
    put_table,
    without_filter,
    without_level,
)
from tracker.workbook.reading import quoted
from tracker.workbook.respell import Known, Respeller
from tracker.workbook.structure import LOST_NAME, covers, knows_titles, whole_area

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tracker.formula.book import Area, Book
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure
    from tracker.workbook.patch.package import TablePart
    from tracker.workbook.reading import Reading, TablePlace

MENDED = frozenset(
    (
        codes.TITLE_OVERWRITTEN,
        codes.TITLES_MISSING,
        codes.TABLE_TOO_SMALL,
        codes.TABLES_MISSING,
        codes.FIXED_REFERENCES,
    )
)
"""What is put right here."""

_SINGLY = 3
"""Titles of a table that are named one by one."""

_NO_FILTERS = frozenset((rules.CLOCKS, layout.HOLD_TABLE, layout.PROCEEDINGS_TABLE, layout.CHILDREN_TABLE))


def mended(
    content: bytes, reading: Reading, procedure: Procedure, found: Sequence[Problem]
) -> tuple[bytes, list[str], list[Problem]]:
    """A workbook with its titles, tables and references put right, what was done, and what could not be."""
    if not MENDED.intersection(each.code for each in found):
        return content, [], []
    return _Mender(content, reading, procedure).run()


def not_mended(found: Sequence[Problem], left: Sequence[Problem], path: str) -> list[Problem]:
    """Why titles and tables cannot be put right."""
    reasons = [
        each
        if each.code == codes.TABLE_NOT_REPAIRED
        else problem(codes.TABLE_NOT_REPAIRED, tables=each.found)
        for each in left
    ]
    return [*found, *(replace(each, file=path) for each in reasons)]


class _Mender:
    def __init__(self, content: bytes, reading: Reading, procedure: Procedure) -> None:
        self.file, self.reading, self.procedure = WorkbookFile(content), reading, procedure
        self.parts = {part.name.casefold(): part for part in self.file.tables.values()}
        self._other_names = self._named_otherwise()
        self._renamed = bool(self._other_names) or any(place.renamed for place in reading.places.values())
        self.done: list[str] = []
        self.problems: list[Problem] = []

    def run(self) -> tuple[bytes, list[str], list[Problem]]:
        self._titles()
        self._formulas()
        wanted = {name: self._wanted(name, place) for name, place in self.reading.places.items()}
        package = WorkbookFile(self.file.to_bytes()).package  # the cells; other parts are changed beside them
        sheets = package.sheets()
        if dropped := drop_names(package, {name.casefold() for name in self.reading.places}):
            self.done.append(f"{quantity(len(dropped), 'defined name')} in place of tables taken away")
        if package.hide(layout.HIDDEN):
            self.done.append(f"sheet {layout.HIDDEN} hidden again")
        for part in sheets.values():
            package.put(part, without_level(package.read(part)))
        for name, table in wanted.items():
            if table is None:
                continue
            place = self.reading.places[name]
            sheet = sheets[place.sheet]
            if self._part(name) is None:
                package.put(sheet, without_filter(package.read(sheet)))
            put_table(package, sheet, self._part(name), table)
            self.done.append(f"table {name} over {quoted(place.sheet)}!{table.area}")
        return package.to_bytes(), self.done, self.problems

    def _named_otherwise(self) -> dict[str, str]:
        """Tables of ours that have another name, by that name: a table of the file over the header of ours."""
        found = {}
        for name, place in self.reading.places.items():
            corner = (place.sheet, place.header_row, min(place.columns.values()))
            key = next(
                (
                    key
                    for key, part in self.parts.items()
                    if (part.sheet, part.first_row, part.first_column) == corner
                ),
                "",
            )
            if key and name.casefold() not in self.parts:
                found[self.parts[key].name] = name
                self.parts[name.casefold()] = self.parts.pop(key)
        return found

    def _part(self, name: str) -> TablePart | None:
        return self.parts.get(name.casefold())

    # Titles

    def _titles(self) -> None:
        for place in self.reading.places.values():
            for title in place.renamed:
                cell = f"{quoted(place.sheet)}!{column_letters(place.columns[title])}{place.header_row}"
                look = self._look(place, place.columns[title])
                self.file.put(place.sheet, place.header_row, place.columns[title], title, look)
                if len(place.renamed) <= _SINGLY:
                    self.done.append(f"title {title} in {cell}")
            if len(place.renamed) > _SINGLY:
                count = quantity(len(place.renamed), "title")
                self.done.append(f"{count} in row {place.header_row} of sheet {place.sheet}")

    def _look(self, place: TablePlace, column: int) -> str:
        """The look of a title: the cell's own, else that of its neighbours."""
        page = self.file.sheet(place.sheet)
        near = (page.style(place.header_row, at) for at in (column, *place.columns.values()))
        return next((style for style in near if style and style != "0"), "")

    # Formulas

    def _formulas(self) -> None:
        respeller = Respeller(
            {
                name: Known(name, place, self._ended(name, place))
                for name, place in self.reading.places.items()
            },
            self._other_names,
        )
        ours = OurCells(self.reading, self.procedure)
        clocks = self.reading.places.get(rules.CLOCKS)
        count = 0
        for name in self.file.names():
            page = self.file.sheet(name)
            held = [
                (span.place, page.formula_of(span), span.formula_type == "array")
                for row in page.rows.values()
                for span in row.cells.values()
                if span.formula is not None
            ]
            for (row, column), formula, array in held:
                if not formula:
                    continue
                mine = ours(name, row, column) or (clocks is not None and clocks.sheet == name)
                rewritten = respeller.spell(formula, name, row, ours=mine)
                if rewritten != formula:
                    self.file.put(name, row, column, Formula(rewritten, array))
                    count += 1
        if count:
            self.done.append(f"{quantity(count, 'formula')} written with table and title")

    def _ended(self, name: str, place: TablePlace) -> int:
        part = self._part(name)
        return part.last_row if part else place.last_row

    # Tables

    def _wanted(self, name: str, place: TablePlace) -> WantedTable | None:
        """How a table has to be, where it is not so yet; None too where there is no room for it."""
        part = self._part(name)
        seen = _as_seen(part) if part and part.sheet == place.sheet else None
        whole = (
            not place.renamed and seen and covers(place, seen, place.last_row) and knows_titles(place, seen)
        )
        # A table's own formulas name titles of other tables too.
        rewritten = not self._renamed or not table_formulas(self.procedure).get(name)
        if whole and rewritten and part and part.header and part.name not in self._other_names:
            return None
        top, left, bottom, right = whole_area(place, seen, place.last_row)
        if part and part.totals:
            bottom = part.last_row
        for other, area in self._others(name):
            if area[0] <= bottom and top <= area[2] and area[1] <= right and left <= area[3]:
                reason = f"{name} would lie over {other} ({area_text(*area)})"
                self.problems.append(
                    problem(codes.TABLE_NOT_REPAIRED, place=quoted(place.sheet), tables=reason)
                )
                return None
        titles = self._titles_of(place, left, right)
        formulas = {
            title: in_table(each.text, name)
            for title, each in table_formulas(self.procedure).get(name, {}).items()
        }
        cells = area_text(top, left, bottom, right)
        return WantedTable(name, cells, titles, formulas, filters=name not in _NO_FILTERS)

    def _others(self, name: str) -> list[tuple[str, tuple[int, int, int, int]]]:
        """The other tables on a table's sheet, as they will lie."""
        sheet = self.reading.places[name].sheet
        ours = {each.casefold() for each in self.reading.places}
        found = [
            (part.name, (part.first_row, part.first_column, part.last_row, part.last_column))
            for key, part in self.parts.items()
            if part.sheet == sheet and key not in ours
        ]
        for other, place in self.reading.places.items():
            if other != name and place.sheet == sheet:
                part = self._part(other)
                seen = _as_seen(part) if part and part.sheet == sheet else None
                found.append((other, whole_area(place, seen, place.last_row)))
        return found

    def _titles_of(self, place: TablePlace, left: int, right: int) -> list[str]:
        """The titles from left to right, each once, as the cells above the columns say them."""
        ours = {column: title for title, column in place.columns.items()}
        taken = {title.casefold() for title in ours.values()}
        titles = []
        for column in range(left, right + 1):
            title = ours.get(column, "")
            if not title:
                held = self.file.cell(place.sheet, place.header_row, column).value
                title = self._free(
                    str(held) if held is not None and clean_text(str(held)) else "Column", taken
                )
                taken.add(title.casefold())
                if held != title:
                    self.file.put(place.sheet, place.header_row, column, title)
            titles.append(title)
        return titles

    @staticmethod
    def _free(title: str, taken: set[str]) -> str:
        names = (title, *(f"{title} {number}" for number in range(2, 20_000)))
        return next(each for each in names if each.casefold() not in taken)


def _as_seen(part: TablePart) -> FileTable:
    return FileTable(
        part.name,
        part.first_row,
        part.first_column,
        part.last_row,
        part.last_column,
        part.titles,
        part.header,
    )


def missing_tables(file: WorkbookFile, reading: Reading, procedure: Procedure) -> list[str]:
    """Tables our formulas look through that the file does not have."""
    names = [*(rules.table_name(stage.name) for stage in procedure.stages), rules.PLAN, rules.CLOCKS]
    return [name for name in names if name in reading.places and name not in file.tables]


# Defined names


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
    places = {name: _name_place(made, made.names[name], file, reading) for name in wanted}
    found = {name: place for name, place in places.items() if place}
    if found:
        put_names(file.package, found)
    return list(found), [f"defined name {name}" for name in wanted if name not in found]


def _name_place(made: Book, area: Area, file: WorkbookFile, reading: Reading) -> str:
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
