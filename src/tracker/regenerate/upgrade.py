"""A workbook made ready to be merged: mended, given the columns, fields and lists of today's layout, its choices taken.

Only what is ours is written. What a person has typed stays where it is: new columns go to the first free ones.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import area_text, column_letters
from tracker.merge import action_tables, issued_conflicts
from tracker.plan import make_plan
from tracker.problems import codes, problem
from tracker.regenerate.apply import table_formulas
from tracker.regenerate.mend import (
    MENDED,
    Corners,
    Ready,
    add_table_of_holds,
    corners_of,
    mend_workbook,
    names_for,
    overlap_problem,
    table_titles,
    wake_rows,
)
from tracker.regenerate.sheets import read_choices, settle_cells
from tracker.text import clean_text, quantity
from tracker.workbook import layout
from tracker.workbook.baseline import baseline_text, pieces
from tracker.workbook.build import Workbook, build
from tracker.workbook.case_of import case_of
from tracker.workbook.case_page import field_value
from tracker.workbook.patch.donor import Donor, with_checks, with_colours, with_columns
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.patch.package import Package
from tracker.workbook.patch.parts import WantedTable, put_names, put_table
from tracker.workbook.reading import CellValue, quoted
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tracker.case.model import Case
    from tracker.procedure.load import CalendarFacts
    from tracker.workbook.layout import SheetColumn

_ROOM = 12
"""Rows left for more children above the fields that are put below them."""
_COUNT = 3
"""The column of Summary in which returns are counted, behind the step's ID and its words."""
_EARLIER_WORDS = frozenset(("Days late", "Done late", "To watch"))
"""Words of an earlier Summary that today's has no longer."""
_REPAIRED_LATER = frozenset((codes.ID_SPELLING, codes.DEFINED_NAMES_MISSING))


class _Upgrader:
    """Brings a workbook up to the layout of today; `made` is one that is issued for its case today."""

    def __init__(self, ready: Ready, made: Workbook) -> None:
        self.ready, self.reading, self.procedure = ready, ready.reading, ready.procedure
        self.file, self.made = WorkbookFile(ready.content), made
        self.donor = Donor(self.file.package, Package(workbook_bytes(made)))
        self.was = ready.reading.baseline.layout
        self._tables: list[tuple[str, WantedTable]] = []
        self._columns: dict[str, dict[int, Mapping[str, str]]] = {}
        self._checks: dict[str, list[tuple[str, Corners]]] = {}

    def run(self) -> None:
        for sheet, table, columns, _ in action_tables(self.procedure):
            self._widen(sheet, table, columns)
        self._widen(layout.CASE, layout.CHILDREN_TABLE, layout.CHILD_COLUMNS)
        if self.ready.refused:
            return
        self._fields()
        self.ready.put |= self.file.changes()
        lists = self._lists()
        for row, piece in enumerate(
            pieces(baseline_text(replace(self.reading.baseline, layout=layout.LAYOUT))), 1
        ):
            self.file.put(layout.HIDDEN, row, 1, piece)
        package = WorkbookFile(self.file.to_bytes()).package
        sheets = package.sheets()
        for sheet, attributes in self._columns.items():
            ours = next(name for name, theirs in self.reading.sheets.items() if theirs == sheet)
            coloured = with_colours(package.read(sheets[sheet]), self.donor.colours(ours))
            package.put(sheets[sheet], with_columns(coloured, attributes))
        for sheet, checks in self._checks.items():
            package.put(sheets[sheet], with_checks(package.read(sheets[sheet]), checks))
        for name, wanted in self._tables:
            part = self.file.table(name)
            put_table(package, sheets[self.reading.places[name].sheet], part, wanted)
        if lists:
            put_names(package, lists)
        self.ready.again(package.to_bytes())

    # Columns at the end of our tables

    def _widen(self, sheet: str, name: str, columns: Sequence[SheetColumn]) -> None:
        """New columns beside a table, which takes in what stands between."""
        place = self.reading.places.get(name)
        new = [each for each in columns if each.since > self.was]
        if place is None or not new:
            return
        part = self.file.table(name)
        ours = dict(place.columns)
        top, left, bottom, right = place.header_row, min(ours.values()), place.last_row, max(ours.values())
        if part is not None and part.sheet == place.sheet:
            top, left, bottom, right = corners_of(part)
        first = self._free(place.sheet, top, bottom, right + 1, len(new))
        last = first + len(new) - 1
        tables = (each for each in self.file.tables.values() if each.sheet == place.sheet)
        others = [(each.name, corners_of(each)) for each in tables if each.name.casefold() != name.casefold()]
        if in_the_way := overlap_problem(name, place.sheet, (top, left, bottom, last), others):
            self.ready.refused.append(replace(in_the_way, file=self.reading.path))
            return
        from_row = next(each.header_row for each in self.made.book.tables.values() if each.name == name)
        page = self.donor.page(sheet)
        for at, column in enumerate(new, first):
            source = layout.titles(columns).index(column.title) + 1
            ours[column.title] = at
            self.file.put(place.sheet, top, at, column.title, page.style(from_row, source))
            held = self._held(name, sheet, column.title)
            for row in range(top + 1, bottom + 1):
                self.file.put(place.sheet, row, at, held.get(row), page.style(from_row + 1, source))
            if sheet != layout.CASE:  # whose columns are those of all its tables
                self._columns.setdefault(place.sheet, {})[at] = self.donor.column(sheet, source)
            area = (top + 1, at, bottom + (_ROOM if sheet == layout.CASE else layout.ROOM), at)
            check = self.donor.check(sheet, from_row + 1, source)
            self._checks.setdefault(place.sheet, []).append((check, area))
        titles = table_titles(self.file, place, ours, left, last)
        texts = {title: each.text for title, each in table_formulas(self.procedure).get(name, {}).items()}
        cells = area_text(top, left, bottom, last)
        self._tables.append((name, WantedTable(name, cells, titles, texts, filters=sheet != layout.CASE)))
        letters = f"{column_letters(first)} to {column_letters(last)}"
        self.ready.done.append(f"{quantity(len(new), 'column')} on sheet {place.sheet}: {letters}")

    def _held(self, name: str, sheet: str, title: str) -> dict[int, CellValue]:
        """The procedure's values of a new column, by row; nothing beside rows of another edition."""
        if self.reading.baseline.edition != self.made.baseline.edition:
            return {}
        planned = {row.id: row.typed().get(title) for row in self.made.plan.rows.get(sheet, ())}
        return {row.number: planned.get(row.text("ID")) for row in self.reading.tables[name]}

    def _free(self, sheet: str, top: int, bottom: int, first: int, count: int) -> int:
        """The first of so many free columns beside each other, from a column on."""
        page = self.file.sheet(sheet)
        taken: set[int] = set()
        for row in page.rows.values():
            held = {
                at: self.file.cell(sheet, row.number, at) for at in row.cells if top <= row.number <= bottom
            }
            taken |= {
                at for at, each in held.items() if each.formula is not None or each.value not in {None, ""}
            }
        return next(at for at in itertools.count(first) if not taken.intersection(range(at, at + count)))

    # Fields of sheet Case, below what stands there

    def _fields(self) -> None:
        sheet, clocks = self.reading.sheets.get(layout.CASE), self.reading.places.get(rules.CLOCKS)
        new = [each for each in layout.fields(self.procedure) if each.since > self.was]
        if sheet is None or clocks is None or not new:
            return
        labels, values = clocks.columns.get("Clock", 1), clocks.columns.get("Date in use", 2)
        column = (self.file.cell(sheet, row, labels).value for row in self.file.sheet(sheet).rows)
        there = {clean_text(each) for each in column if isinstance(each, str)}
        new = [each for each in new if each.label not in there]  # a label of a person's own is read as ours
        if not new:
            return
        made = self.made.book.contents[layout.CASE]
        rows = {str(made.get((row, 1), "")): row for row, at in made if at == 1}
        page, like = self.donor.page(layout.CASE), rows["Decisions"]
        children = self.reading.places.get(layout.CHILDREN_TABLE)
        used = [row for row, each in self.file.sheet(sheet).rows.items() if each.cells]
        row = max(max(used, default=0) + 2, children.last_row + _ROOM if children else 0)
        for at in (labels, values, values + 1):
            title = "Decisions that an earlier version did not have" if at == labels else None
            self.file.put(sheet, row, at, title, page.style(like, min(at, 3)))
        for number, each in enumerate(new, row + 1):
            source = rows[each.label]
            held = field_value(self.reading.baseline.case, each.path)
            self.file.put(sheet, number, labels, each.label, page.style(source, 1))
            self.file.put(sheet, number, values, held, page.style(source, 2))
            self.file.put(sheet, number, values + 1, each.help or None, page.style(source, 3))
            area = (number, values, number, values)
            self._checks.setdefault(sheet, []).append((self.donor.check(layout.CASE, source, 2), area))
        self.ready.done.append(f"{quantity(len(new), 'field')} on sheet {sheet}, from row {row}")

    # Summary and what it is made from

    def _lists(self) -> dict[str, str]:
        """Summary as it is today, unless somebody typed on it; the defined names it looks through."""
        summary = self.reading.sheets.get(layout.SUMMARY)
        if summary is None:
            return {}
        if typed := self._typed(summary):
            self.ready.done.append(f"sheet {summary} stays as it was, for somebody typed in {typed}")
            return {}
        content = self.donor.sheet(layout.SUMMARY)
        if b' tabSelected="1"' in self.file.sheet(summary).part:
            content = content.replace(b"<sheetView ", b'<sheetView tabSelected="1" ', 1)
        self.file.replace_sheet(summary, content)
        self.file.replace_sheet(layout.HIDDEN, self.donor.sheet(layout.HIDDEN))
        for row, held in self.file.sheet(layout.HIDDEN).rows.items():
            if 1 in held.cells:  # an baseline of its own
                self.file.put(layout.HIDDEN, row, 1, None)
        self.ready.rewritten.add(summary)
        names = {layout.SUMMARY: summary, layout.HIDDEN: layout.HIDDEN}
        found = {}
        for name, area in self.made.book.names.items():
            if area.sheet in names:
                column = column_letters(area.column)
                last = f":${column}${area.last_row}" if area.last_row > area.first_row else ""
                found[name] = f"{quoted(names[area.sheet])}!${column}${area.first_row}{last}"
        return found

    def _typed(self, summary: str) -> str:
        """The first cell of Summary that holds neither a formula nor words of ours; empty where there is none."""
        contents = self.made.book.contents[layout.SUMMARY].values()
        texts = _EARLIER_WORDS.union(clean_text(each) for each in contents if isinstance(each, str))
        page = self.file.sheet(summary)
        for number, row in sorted(page.rows.items()):
            counted = _COUNT in row.cells and self.file.cell(summary, number, _COUNT).formula is not None
            for column in row.cells:
                held = self.file.cell(summary, number, column)
                typed = held.formula is None and held.value not in {None, ""}
                # The words beside a count may have been others.
                ours = (counted and column < _COUNT) or clean_text(str(held.value)) in texts
                if typed and not ours:
                    return f"{column_letters(column)}{number}"
        return ""


def make_ready(
    ready: Ready, facts: CalendarFacts, as_at: date, case: Case | None, takes: Mapping[str, str]
) -> WorkbookFile | None:
    """Put titles and tables right, bring an older layout up, settle what people chose among conflicts.

    `case` is a description, where there is one; `takes` are choices among conflicts, by number. The result is the
    file to go on with; None where the workbook is refused.
    """
    found, was = ready.found, ready.reading.baseline.layout
    add_table_of_holds(ready)
    unmended = mend_workbook(ready)
    ready.notes = [each for each in found if each.code in MENDED or each.code in _REPAIRED_LATER]
    if ready.put or ready.done:
        ready.again(ready.content)
        unmended = unmended or [each for each in ready.found if each.code in MENDED]
    if unmended:
        code = codes.TABLE_NOT_REPAIRED
        reasons = [each if each.code == code else problem(code, tables=each.found) for each in unmended]
        ready.refused = [*ready.notes, *(replace(each, file=ready.reading.path) for each in reasons)]
        return None
    wake_rows(ready, names_for(ready.reading, case=case))
    if was < layout.LAYOUT:
        of_today = make_plan(case or case_of(ready.reading, ready.procedure)[0], ready.procedure)
        _Upgrader(ready, build(of_today, facts, as_at)).run()
        if ready.refused:
            return None
    file = WorkbookFile(ready.content)
    for name in ready.reading.sheets.values():
        file.sheet(name)  # raises where it cannot be changed, before anything is decided
    known = issued_conflicts(ready.reading.baseline)
    ready.picked, impossible = read_choices(file, known, takes)
    ready.notes += impossible
    if settle_cells(file, ready.reading, ready.procedure, ready.picked):
        ready.put |= file.changes()
        ready.again(file.to_bytes())
        file = WorkbookFile(ready.content)
    # What it was issued under: formulas that are not those of today are nobody's edit.
    ready.reading = replace(ready.reading, baseline=replace(ready.reading.baseline, layout=was))
    return file
