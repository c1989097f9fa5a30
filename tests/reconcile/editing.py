"""Workbooks made with the product and edited in their cells, as small tables in the tests say."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from datetime import date, time
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from office.package import Package, cell_at, serialised, type_into
from openpyxl.styles.numbers import is_date_format
from workbook.making import PROCEDURE, made, sample
from workbook.opening import open_workbook

from tracker.case.model import Agency, Case, Child, Dates, Details, Person
from tracker.reconcile.model import Reconciliation
from tracker.reconcile.run import Settings, note_twins, read_files
from tracker.workbook.reading import address
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from openpyxl import Workbook as XlsxWorkbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.reconcile.model import CaseState
    from tracker.workbook.baseline import Baseline

EARLY = date(2026, 11, 4)
"""Two days after awareness in `FRESH`: nothing is done, nothing is late."""

FRESH = Case(
    Details(reference="DOR-2026-099", incident=date(2026, 10, 30), aware=date(2026, 11, 2)),
    children=(Child("Child 1"),),
    agencies=(
        Agency("Dorset Police", "POL", statutory=True, contact="P. Example"),
        Agency("NHS Dorset", "ICB", statutory=True, contact="N. Example"),
    ),
    people={role.name: Person(f"{role.name[:1]}. Example") for role in PROCEDURE.roles if not role.option},
)
PUBLISHED = replace(
    FRESH,
    dates=Dates(
        sin_submitted=date(2026, 11, 9),
        national_panel_meeting=date(2026, 12, 10),
        lcspr_recommended=date(2026, 12, 17),
        publication=date(2027, 6, 10),
        published=date(2027, 6, 10),
    ),
)
LATE = date(2027, 6, 21)


def case_named(name: str) -> Case:
    """`fresh`, `published`, or a sample's name."""
    return {"fresh": FRESH, "published": PUBLISHED}.get(name) or sample(name)


@cache
def issued_bytes(name: str, as_at: date) -> bytes:
    """The workbook of a case as it is issued."""
    return workbook_bytes(made(case_named(name), as_at))


def _opened(name: str, as_at: date) -> XlsxWorkbook:
    return open_workbook(issued_bytes(name, as_at))


@cache
def issued_book(name: str, as_at: date) -> XlsxWorkbook:
    """The issued workbook, to look at only."""
    return _opened(name, as_at)


@lru_cache(maxsize=64)
def _saved(content: bytes) -> tuple[XlsxWorkbook, Package]:
    """A workbook to look at, and the package openpyxl saves of it."""
    book, file = open_workbook(content), io.BytesIO()
    book.save(file)
    return book, Package.read(file)


def typed_into(content: bytes, cells: Mapping[str, object]) -> Package | None:
    """A workbook with cells typed into, as openpyxl saves it; None where it would change more than their values.

    To save takes openpyxl a tenth of a second. It is done once, and the cells are written into what it saved.
    """
    book, package = _saved(content)
    places = {spot(book, key): typed for key, typed in cells.items()}
    if not all(_keeps_its_style(cell, typed) for cell, typed in places.items()):
        return None
    parts, names = dict(package.parts), package.sheet_parts()
    for sheet in {cell.parent.title for cell in places}:
        root = package.tree(names[sheet])
        for cell, typed in places.items():
            if cell.parent.title == sheet:
                type_into(cell_at(root, cell.coordinate), typed)
        parts[names[sheet]] = serialised(root)
    return Package(parts)


def _keeps_its_style(cell: Cell, typed: object) -> bool:
    """Openpyxl gives a cell for a date the look of one, and takes some words for errors."""
    if isinstance(typed, date | time):
        return type(typed) is date and is_date_format(cell.number_format)
    return not str(typed).startswith("#")


def load(_: Baseline) -> tuple[Procedure | None, list[Problem]]:
    """The Dorset set, whatever a workbook names."""
    return PROCEDURE, []


# Cells, named so that a test reads as what a person does


def spot(book: XlsxWorkbook, key: str) -> Cell:
    """A cell as a test names it.

    `SIN!H7`; `SIN-3.4:Completed`, by the text in column A and the header above (or a column letter);
    `SIN+1:Action`, in the first row below the last one; `Case_holds#2:From`, in the second row of a table.
    """
    sheet, bang, place = key.partition("!")
    if bang:
        return book[sheet.strip("'")][place]  # type: ignore[no-any-return]  # a cell's address gives one cell
    first, _, title = key.rpartition(":")
    name, hash_sign, place = first.rpartition("#")
    if hash_sign:
        worksheet = next(each for each in book.worksheets if name in each.tables)
        return _under(worksheet, int(re.findall(r"\d+", worksheet.tables[name].ref)[0]) + int(place), title)
    name, plus, below = first.rpartition("+")
    if plus:
        worksheet = book[name]
        row = _last_row(worksheet, title) + int(below)
        return _under(worksheet, row, title)
    for name in ("Case", "SIN", "Rapid Review", "LCSPR", "People", "Calendar"):
        for row in range(1, book[name].max_row + 1):
            if book[name].cell(row, 1).value == first:
                return _under(book[name], row, title)
    raise LookupError(key)


def _last_row(worksheet: Worksheet, title: str = "") -> int:
    """The last row of the table that has a title, else of the first one."""
    tables = list(worksheet.tables.values())
    having = [each for each in tables if title in [column.name for column in each.tableColumns]]
    table = (having or tables)[0]
    return int(table.ref.rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _under(worksheet: Worksheet, row: int, title: str) -> Cell:
    if len(title) == 1:
        return worksheet[f"{title}{row}"]  # type: ignore[no-any-return]  # as above
    for above in range(row, 0, -1):
        for column in range(1, worksheet.max_column + 1):
            if worksheet.cell(above, column).value == title:
                return worksheet.cell(row, column)  # type: ignore[return-value]  # no cell here is merged
    raise LookupError(title)


def place_of(book: XlsxWorkbook, key: str) -> str:
    """The address of a cell as problems give it; a sheet's name alone stays."""
    if ":" not in key and "!" not in key:
        return key
    cell = spot(book, key)
    return address(cell.parent.title, cell.column_letter, cell.row)


@dataclass(frozen=True)
class Edited:
    """A workbook with some of its cells typed anew, or changed by `then`."""

    cells: Mapping[str, object] = field(default_factory=dict)
    then: Callable[[XlsxWorkbook], None] | None = None
    case: str = "fresh"
    as_at: date = EARLY

    def book(self) -> XlsxWorkbook:
        """The issued workbook, unedited."""
        return _opened(self.case, self.as_at)

    def saved(self, folder: Path, name: str = "edited.xlsx") -> Path:
        """The edited workbook in a file, as openpyxl saves it."""
        path = folder / name
        package = None if self.then else typed_into(issued_bytes(self.case, self.as_at), self.cells)
        if package:
            package.write(path)
            return path
        book = self.book()
        for cell, typed in [(spot(book, key), typed) for key, typed in self.cells.items()]:
            cell.value = typed  # type: ignore[assignment]  # a test types anything
        if self.then:
            self.then(book)
        book.save(path)
        return path


def reconcile_paths(
    paths: Iterable[Path],
    as_at: date,
    *,
    load: Callable[[Baseline], tuple[Procedure | None, list[Problem]]],
    **options: object,
) -> Reconciliation:
    """Workbooks, each as a case of its own; the options are those of `Settings`."""
    settings = Settings(as_at, load, **options)  # type: ignore[arg-type]  # the options of run
    reads = list(read_files(list(paths), settings))
    problems = [each for read in reads for each in read.problems]
    return Reconciliation(as_at, note_twins([read.state for read in reads if read.state]), tuple(problems))


def reconciled(path: Path, as_at: date = EARLY, **options: object) -> Reconciliation:
    """The outcome for one file."""
    return reconcile_paths([path], as_at, load=load, **options)


def case_in(path: Path, as_at: date = EARLY, **options: object) -> CaseState:
    """The one case of a file."""
    outcome = reconciled(path, as_at, **options)
    assert not outcome.problems
    (case,) = outcome.cases
    return case


def delete_row(key: str) -> Callable[[XlsxWorkbook], None]:
    """Delete the row of an ID, as a spreadsheet does."""

    def delete(book: XlsxWorkbook) -> None:
        cell = spot(book, f"{key}:ID")
        book[cell.parent.title].delete_rows(cell.row)

    return delete


def copy_row(key: str, sheet: str, *, cut: bool = False) -> Callable[[XlsxWorkbook], None]:
    """Paste the row of an ID below the last row of a sheet; cut it from its place where asked."""

    def copy(book: XlsxWorkbook) -> None:
        cell = spot(book, f"{key}:ID")
        source, target = book[cell.parent.title], book[sheet]
        below = _last_row(target) + 1
        for column in range(1, source.max_column + 1):
            target.cell(below, column).value = source.cell(cell.row, column).value
        if cut:
            source.delete_rows(cell.row)

    return copy
