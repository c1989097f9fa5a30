"""A workbook that is open, and what of ours is put right in it before anything is merged.

That is titles, tables and references, the hold of layout 1, and rows on standby whose agency or child has a name now.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import area_text, column_letters, in_table
from tracker.problems import Problem, codes, problem
from tracker.regenerate.apply import OurCells, table_formulas
from tracker.text import clean_text, quantity
from tracker.workbook import layout
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.patch.parts import (
    WantedTable,
    drop_names,
    put_table,
    without_filter,
    without_level,
)
from tracker.workbook.read import read_content
from tracker.workbook.reading import CellValue, Reading, ReadRow, TablePlace, place_of, quoted
from tracker.workbook.respell import Known, Respeller
from tracker.workbook.standby import listed_keys, names_in, standby_keys, standby_value
from tracker.workbook.structure import covers, knows_titles, whole_area

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.case.model import Case
    from tracker.formula.values import Value
    from tracker.merge import Choice, ConflictKey
    from tracker.procedure.model import Procedure
    from tracker.workbook.patch.package import TablePart
    from tracker.workbook.read import LoadProcedure

MENDED = (
    codes.TITLE_OVERWRITTEN, codes.TITLES_MISSING, codes.TABLE_TOO_SMALL, codes.TABLES_MISSING, codes.FIXED_REFERENCES,
)  # fmt: skip
"""What is put right here."""
_SINGLY = 3
"""Titles of a table that are named one by one."""
_NO_FILTERS = frozenset((rules.CLOCKS, layout.HOLD_TABLE, layout.PROCEEDINGS_TABLE, layout.CHILDREN_TABLE))
_HOLD_TITLES = layout.titles(layout.HOLD_COLUMNS)
_HOLD_LABELS = [*(each.label for each in layout.HOLD_OF_LAYOUT_1), layout.HOLD_RUNNING_LABEL]

Corners = tuple[int, int, int, int]


class UnreadableError(Exception):
    """A workbook that was repaired, or in which conflicts were settled, and that cannot be read any more."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(*problems)
        self.problems = problems


@dataclass(slots=True)
class Ready:
    """A workbook put right and brought up to the layout, and what was done to it; `refused`: why it cannot be.

    `put` is what was put where, `done` what to report of it; `rewritten` are sheets that were written as a whole.
    """

    content: bytes
    reading: Reading
    procedure: Procedure
    found: list[Problem]
    load: LoadProcedure
    realign: bool = False
    put: dict[tuple[str, int, int], Value] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    picked: Mapping[ConflictKey, Choice] = field(default_factory=dict)
    rewritten: set[str] = field(default_factory=set)
    refused: list[Problem] = field(default_factory=list)

    def again(self, content: bytes) -> None:
        """Read the workbook after something in it was changed."""
        self.content = content
        reading, procedure, found = read_content(content, self.reading.path, self.load, realign=self.realign)
        if reading is None or procedure is None:
            raise UnreadableError(found)
        self.reading, self.procedure, self.found = reading, procedure, found


def open_workbook(
    content: bytes, path: str, load: LoadProcedure, *, realign: bool = False
) -> tuple[Ready | None, list[Problem]]:
    """A workbook ready to be mended, None where it cannot be read; and what was found while reading."""
    reading, procedure, found = read_content(content, path, load, realign=realign)
    if reading is None or procedure is None:
        return None, found
    return Ready(content, reading, procedure, found, load, realign), found


def mend_workbook(ready: Ready) -> list[Problem]:
    """Put titles, tables and references right; why some cannot be."""
    return _Mender(ready).run() if any(each.code in MENDED for each in ready.found) else []


class _Mender:
    def __init__(self, ready: Ready) -> None:
        self.ready, self.reading, self.procedure = ready, ready.reading, ready.procedure
        self.file, self.done = WorkbookFile(ready.content), ready.done
        self.parts = {part.name.casefold(): part for part in self.file.tables.values()}
        self._other_names = self._named_otherwise()
        self._renamed = bool(self._other_names) or any(
            place.renamed for place in self.reading.places.values()
        )
        self.problems: list[Problem] = []

    def run(self) -> list[Problem]:
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
        if self.done:
            self.ready.content = package.to_bytes()
        return self.problems

    def _named_otherwise(self) -> dict[str, str]:
        """Tables of ours that have another name, by that name: a table of the file over the header of ours."""
        found = {}
        parts = reversed(self.parts.items())
        corners = {(part.sheet, part.first_row, part.first_column): key for key, part in parts}
        for name, place in self.reading.places.items():
            key = corners.get((place.sheet, place.header_row, min(place.columns.values())), "")
            if key in self.parts and name.casefold() not in self.parts:
                found[self.parts[key].name] = name
                self.parts[name.casefold()] = self.parts.pop(key)
        return found

    def _part(self, name: str) -> TablePart | None:
        return self.parts.get(name.casefold())

    def _seen(self, name: str) -> TablePart | None:
        """A table of ours as the file has it on its sheet."""
        part = self._part(name)
        return part if part and part.sheet == self.reading.places[name].sheet else None

    def _titles(self) -> None:
        for place in self.reading.places.values():
            page, row = self.file.sheet(place.sheet), place.header_row
            for title in place.renamed:
                column = place.columns[title]
                # It looks as its cell does, else as its neighbours do.
                near = (page.style(row, at) for at in (column, *place.columns.values()))
                look = next((style for style in near if style and style != "0"), "")
                self.file.put(place.sheet, row, column, title, look)
                if len(place.renamed) <= _SINGLY:
                    self.done.append(f"title {title} in {quoted(place.sheet)}!{column_letters(column)}{row}")
            if len(place.renamed) > _SINGLY:
                count = quantity(len(place.renamed), "title")
                self.done.append(f"{count} in row {row} of sheet {place.sheet}")

    def _formulas(self) -> None:
        known = {}
        for name, place in self.reading.places.items():
            part = self._part(name)
            known[name] = Known(name, place, part.last_row if part else place.last_row)
        respeller = Respeller(known, self._other_names)
        ours = OurCells(self.reading, self.procedure)
        clocks = self.reading.places.get(rules.CLOCKS)
        count = 0
        for name in self.file.names():
            page = self.file.sheet(name)
            for span in [span for row in page.rows.values() for span in row.cells.values()]:
                formula = page.formula_of(span) if span.formula is not None else None
                if not formula:
                    continue
                mine = ours(name, *span.place) or (clocks is not None and clocks.sheet == name)
                rewritten = respeller.spell(formula, name, span.place[0], ours=mine)
                if rewritten != formula:
                    self.file.put(name, *span.place, Formula(rewritten, span.formula_type == "array"))
                    count += 1
        if count:
            self.done.append(f"{quantity(count, 'formula')} written with table and title")

    def _wanted(self, name: str, place: TablePlace) -> WantedTable | None:
        """How a table has to be, where it is not so yet; None too where there is no room for it."""
        part, seen = self._part(name), self._seen(name)
        formulas = table_formulas(self.procedure).get(name, {})
        whole = seen and covers(place, seen, place.last_row) and knows_titles(place, seen)
        # A table's own formulas name titles of other tables too.
        rewritten = not self._renamed or not formulas
        named = part and part.header and part.name not in self._other_names and not place.renamed
        if whole and rewritten and named:
            return None
        top, left, bottom, right = whole_area(place, seen, place.last_row)
        if part and part.totals:
            bottom = part.last_row
        if in_the_way := overlap_problem(name, place.sheet, (top, left, bottom, right), self._others(name)):
            self.problems.append(in_the_way)
            return None
        titles = table_titles(self.file, place, place.columns, left, right)
        texts = {title: in_table(each.text, name) for title, each in formulas.items()}
        cells = area_text(top, left, bottom, right)
        return WantedTable(name, cells, titles, texts, filters=name not in _NO_FILTERS)

    def _others(self, name: str) -> list[tuple[str, Corners]]:
        """The other tables on a table's sheet, as they will lie."""
        places = self.reading.places
        sheet, ours = places[name].sheet, {each.casefold() for each in places}
        theirs = (part for key, part in self.parts.items() if key not in ours)
        found = [(part.name, corners_of(part)) for part in theirs if part.sheet == sheet]
        for other, place in places.items():
            if other != name and place.sheet == sheet:
                found.append((other, whole_area(place, self._seen(other), place.last_row)))
        return found


def table_titles(
    file: WorkbookFile, place: TablePlace, columns: Mapping[str, int], left: int, right: int
) -> list[str]:
    """The titles of a table from left to right, each once, as they stand above its columns.

    `columns` are those of ours; a title that one of them has is put otherwise above a column of a person's.
    """
    ours = {column: title for title, column in columns.items()}
    taken = {title.casefold() for title in ours.values()}
    titles = []
    for column in range(left, right + 1):
        title = ours.get(column, "")
        if not title:
            held = file.cell(place.sheet, place.header_row, column).value
            word = str(held) if held is not None and clean_text(str(held)) else "Column"
            names = (word, *(f"{word} {number}" for number in range(2, 20_000)))
            title = next(each for each in names if each.casefold() not in taken)
            taken.add(title.casefold())
            if held != title:
                file.put(place.sheet, place.header_row, column, title)
        titles.append(title)
    return titles


def corners_of(part: TablePart) -> Corners:
    """The cells of a table in the file: first row and column, last row and column."""
    return part.first_row, part.first_column, part.last_row, part.last_column


def overlap_problem(
    name: str, sheet: str, area: Corners, others: Iterable[tuple[str, Corners]]
) -> Problem | None:
    """Why a table cannot have an area: another one of its sheet, with these cells, lies there."""
    top, left, bottom, right = area
    for other, there in others:
        if there[0] <= bottom and top <= there[2] and there[1] <= right and left <= there[3]:
            reason = f"{name} would lie over {other} ({area_text(*there)})"
            return problem(codes.TABLE_NOT_REPAIRED, place=quoted(sheet), tables=reason)
    return None


# Layout 1: its one hold becomes the first row of a table


def add_table_of_holds(ready: Ready) -> None:
    """Put the hold of a workbook into a table.

    It stays as it is where the cells are no longer as they were issued, or something of a person's is in the way.
    """
    reading = ready.reading
    if layout.HOLD_TABLE in reading.places or layout.CASE not in reading.sheets:
        return
    file, sheet = WorkbookFile(ready.content), reading.sheets[layout.CASE]
    found = _hold_label(file, sheet)
    if found is None:
        return
    row, column = found
    typed = [file.cell(sheet, row + place, column + 1) for place in range(len(layout.HOLD_OF_LAYOUT_1))]
    beside = [file.cell(sheet, row + r, column + c).value for r in range(4) for c in (3, 4)]
    if any(cell.formula is not None for cell in typed) or any(value not in {None, ""} for value in beside):
        return
    _write_holds(file, reading, sheet, row, column, [cell.value for cell in typed])
    ready.put |= file.changes()
    changed = WorkbookFile(file.to_bytes())
    first, last = column_letters(column), column_letters(column + len(_HOLD_TITLES) - 1)
    table = WantedTable(layout.HOLD_TABLE, f"{first}{row}:{last}{row + 3}", _HOLD_TITLES, filters=False)
    put_table(changed.package, changed.package.sheets()[sheet], None, table)
    ready.content = changed.package.to_bytes()


def _hold_label(file: WorkbookFile, sheet: str) -> tuple[int, int] | None:
    """Row and column of the hold's first label, where the others stand right below it."""
    wanted = [clean_text(label).casefold() for label in _HOLD_LABELS]
    rows = {row: file.row_texts(sheet, row) for row in file.sheet(sheet).rows}
    labels = {row: [clean_text(text).casefold() for text in texts] for row, texts in rows.items()}
    for row, texts in labels.items():
        if wanted[0] in texts:
            column = texts.index(wanted[0])
            below = [labels.get(row + place, [])[column : column + 1] for place in range(len(wanted))]
            return (row, column + 1) if below == [[label] for label in wanted] else None
    return None


def _write_holds(
    file: WorkbookFile, reading: Reading, sheet: str, row: int, column: int, typed: list[Value]
) -> None:
    page, clocks = file.sheet(sheet), reading.places.get(rules.CLOCKS)
    heading = page.style(clocks.header_row, clocks.columns.get("Clock", 1)) if clocks else ""
    day, text = page.style(row, column + 1), page.style(row + 2, column + 1)
    values = dict(zip((each.path for each in layout.HOLD_OF_LAYOUT_1), typed, strict=True))
    for place, each in enumerate(layout.HOLD_COLUMNS, column):
        style = day if each.kind == "date" else text
        file.put(sheet, row, place, each.title, heading)
        file.put(sheet, row + 1, place, values.get(each.title), style)
        for blank in (row + 2, row + 3):
            file.put(sheet, blank, place, None, style)
    file.put(sheet, row + 4, column + 1, rules.HOLD_RULE, page.style(row + 4, column + 1))


def names_for(reading: Reading, *, case: Case | None = None, copy: Reading | None = None) -> dict[str, str]:
    """Who is named in a workbook; where it names nobody, in a copy of it, or in a description that adds somebody."""
    names: dict[str, str] = {}
    if case is not None:
        known = listed_keys(reading.baseline)
        named = [(each.code, each.name) for each in case.agencies]
        named += [(each.label, each.label) for each in case.children]
        names = {key.casefold(): name for key, name in named if key not in known}
    return {**names, **(names_in(copy.tables) if copy else {}), **names_in(reading.tables)}


def wake_rows(ready: Ready, names: Mapping[str, str]) -> None:
    """Make the rows of everybody named ordinary ones."""
    reading = ready.reading
    keys = standby_keys(reading.baseline)
    rows = [row for rows in reading.tables.values() for row in rows if row.standby]
    rows += [row for row in reading.asleep if keys[row.text("ID")].casefold() in names]
    if not rows:
        return
    file = WorkbookFile(ready.content)
    for row in rows:
        for title in row.standby:
            place = place_of(row.cell(title))
            assert place is not None, "a cell that was read has a place"
            # Who wrote an action of their own into a row that waits has made it their own row.
            file.put(*place, _shown(row, title, file.cell(*place).formula, names) if row.text("ID") else None)
    ready.put |= file.changes()
    ready.done.append(f"{quantity(len(rows), 'row')} of agencies and children, now text in place of formulas")
    ready.again(file.to_bytes())


def _shown(row: ReadRow, title: str, formula: str | None, names: Mapping[str, str]) -> CellValue:
    """What a cell of a row that is awake shows; where its formula is shared with another's, as it was read."""
    shown = standby_value(formula or "", names)
    return row.values.get(title) if shown is None else shown
