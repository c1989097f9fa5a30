"""Titles, tables and references put right before anything is merged: all of them are ours, nobody's work is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import column_letters, in_table
from tracker.problems import Problem, codes, problem
from tracker.regenerate.apply import OurCells
from tracker.regenerate.formulas import table_formulas
from tracker.text import clean_text, quantity
from tracker.workbook import layout
from tracker.workbook.grid import FileTable, area_text
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.patch.tables import WantedTable, drop_names, put_table, without_filter, without_level
from tracker.workbook.reading import quoted
from tracker.workbook.respell import Known, Respeller
from tracker.workbook.structure import covers, knows_titles, whole_area

if TYPE_CHECKING:
    from collections.abc import Sequence

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
                spelt = respeller.spell(formula, name, row, ours=mine)
                if spelt != formula:
                    self.file.put(name, row, column, Formula(spelt, array))
                    count += 1
        if count:
            self.done.append(f"{quantity(count, 'formula')} spelt by table and title")

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
        spelt = not self._renamed or not table_formulas(self.procedure).get(name)
        if whole and spelt and part and part.header and part.name not in self._other_names:
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
