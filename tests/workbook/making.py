"""Workbooks for tests: made from cases, and typed into before they are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from office.calc import strip_cached_values
from office.package import MAIN, Package

from tracker.case.description import load_case
from tracker.formula.book import Book
from tracker.formula.parse import column_letters
from tracker.formula.values import serial
from tracker.plan import blank_plan, make_plan
from tracker.procedure.load import load_calendar_facts, load_procedure
from tracker.workbook.build import Workbook, build
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.case.model import Case
    from tracker.formula.book import Content
    from tracker.procedure.model import Procedure
    from tracker.workbook.sheet_page import SheetPage

FOLDER = Path(__file__).parents[2] / "sample_cases"
SAMPLES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
FACTS = load_calendar_facts()
STAGES = ("SIN", "Rapid Review", "LCSPR")


def procedure_named(name: str) -> Procedure:
    """A set that travels with the program."""
    procedure, problems = load_procedure(name)
    assert procedure, problems
    return procedure


PROCEDURE = procedure_named("dorset")


def sample(name: str) -> Case:
    """The case of a sample's description."""
    case, problems = load_case(FOLDER / f"{name}.toml", PROCEDURE)
    assert case, problems
    return case


def made(case: Case, as_at: date, procedure: Procedure = PROCEDURE) -> Workbook:
    """The workbook of a case, worked out as at a date."""
    return build(make_plan(case, procedure), FACTS, as_at)


def made_blank(as_at: date, procedure: Procedure = PROCEDURE) -> Workbook:
    """The workbook for a council without the program, worked out as at a date."""
    return build(blank_plan(procedure), FACTS, as_at)


def page_of(workbook: Workbook, sheet: str) -> SheetPage:
    """The page of that name."""
    return next(page for page in workbook.pages if page.name == sheet)


def table_on(workbook: Workbook, sheet: str) -> str:
    """The name of the one table of a stage sheet, of the action plan or the log."""
    (marked,) = page_of(workbook, sheet).tables
    return marked.name


def row_of(workbook: Workbook, row_id: str) -> tuple[str, int]:
    """The sheet and row of an ID."""
    for sheet in (stage.name for stage in workbook.plan.procedure.stages):
        table = workbook.book.tables[table_on(workbook, sheet)]
        for row in table.rows():
            if workbook.book.contents[sheet].get((row, table.columns["ID"])) == row_id:
                return sheet, row
    raise LookupError(row_id)


def cell(workbook: Workbook, row_id: str, title: str) -> str:
    """The address of a row's cell: `SIN!F12`, `'Rapid Review'!F12`."""
    sheet, row = row_of(workbook, row_id)
    column = workbook.book.tables[table_on(workbook, sheet)].columns[title]
    quoted = f"'{sheet}'" if " " in sheet else sheet
    return f"{quoted}!{column_letters(column)}{row}"


def value(workbook: Workbook, row_id: str, title: str) -> object:
    """What a row's cell shows."""
    sheet, row = row_of(workbook, row_id)
    return workbook.book.in_row(table_on(workbook, sheet), row, title)


def content(typed: object) -> Content:
    """What is typed, as a cell holds it."""
    return serial(typed) if isinstance(typed, date) else typed


def type_in(workbook: Workbook, sheet: str, row: int, title: str, typed: object) -> None:
    """Type into a cell of a table; its style stays. `worked_out_again` makes the rest follow."""
    page = page_of(workbook, sheet)
    column = workbook.book.tables[table_on(workbook, sheet)].columns[title]
    page.put(row, column, content(typed), page.styles[row, column])


def lay_rows(workbook: Workbook, sheet: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Lay the one table of a sheet anew with these typed values; its formulas stay."""
    page = page_of(workbook, sheet)
    (marked,) = page.tables
    table = workbook.book.tables[marked.name]
    first = {
        title: page.book.contents[sheet].get((table.header_row + 1, column))
        for title, column in table.columns.items()
    }
    page.tables.remove(marked)
    page.table(
        marked.name,
        marked.columns,
        table.header_row,
        [
            [
                first[column.title] if column.kind == "formula" else content(row.get(column.title))
                for column in marked.columns
            ]
            for row in rows
        ],
        filters=marked.filters,
    )


def worked_out_again(workbook: Workbook) -> Workbook:
    """The workbook with nothing worked out yet: what was typed after it was built counts."""
    old = workbook.book
    book = Book(old.today, contents=old.contents, names=old.names)
    for table in old.tables.values():
        first = min(table.columns.values())
        rows = table.last_row - table.header_row
        book.add_table(table.name, table.sheet, table.header_row, list(table.columns), rows, first)
    return replace(workbook, book=book)


def written(workbook: Workbook, path: Path) -> Path:
    """The workbook as a file."""
    path.write_bytes(workbook_bytes(workbook))
    return path


def named_cell(path: Path, name: str) -> str:
    """The cell a defined name of the file stands for: `Case!B12`."""
    names = Package.read(path).tree("xl/workbook.xml").iter(f"{MAIN}definedName")
    return next(str(each.text) for each in names if each.get("name") == name).replace("$", "")


def stripped(path: Path, target: Path, as_at: date) -> Path:
    """A copy without any cached value, the as-at date typed into the report date cell."""
    strip_cached_values(path, target, {named_cell(path, "Report_date_typed"): as_at})
    return target
