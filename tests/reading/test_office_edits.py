"""What people do in LibreOffice, saved by LibreOffice, and exactly what is then read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from office.calc import Job, convert, edit, needs_soffice
from reconcile.editing import EARLY, case_in, issued_bytes

from reading import edits_case, edits_cells, edits_rows, edits_sheets
from reading.alike import differences
from reading.doing import CASE, Done, cells, changes_of, problems_of, states_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tracker.reconcile.model import CaseState

GROUPS: tuple[tuple[Done, ...], ...] = (
    edits_sheets.SHEETS,
    edits_sheets.HEADERS,
    edits_sheets.LOOKS,
    edits_rows.ORDER,
    edits_rows.IDENTITY,
    edits_rows.ADDED,
    edits_cells.DATES,
    edits_cells.WORDS,
    edits_cells.FORMULAS,
    edits_case.CASE,
    edits_case.PEOPLE,
    edits_case.CALENDAR,
    edits_case.LISTS,
    edits_case.TOGETHER,
)
EVERYTHING = [done for group in GROUPS for done in group]
XLSX, ODS = ("xlsx", "Calc MS Excel 2007 XML"), ("ods", "calc8")

WHAT_PEOPLE_DO = {
    "two headers alike but for a blank": ["two headers alike"],
    "a number or a date as a header": ["a number as a header", "a date as a header"],
    "a misspelt header": ["misspells a header", "renames a header"],
    "a title line put above the header": ["puts a title line above the table", "puts rows above the header"],
    "data after 60 blank rows": ["types a row after sixty empty ones"],
    "another sheet in front when saved": ["leaves another sheet in front, and types there"],
    "Opne, done, Closed": ["types an unknown status", "types done", "types closed"],
    "dates as text": [
        "types a date in British order as text",
        "types an ISO date as text",
        "types a date that can be read in two ways",
    ],
    "a formula typed into an input cell": [
        "types a formula into Completed",
        "types a formula that fails into Completed",
    ],
    "NBSP, zero-width, smart quotes": ["types invisible characters and typographic marks into IDs and words"],
    "sorted, filtered, hidden, moved, inserted, pasted": [
        "sorts by owner",
        "filters by owner",
        "hides rows",
        "cuts a row and puts it on another stage's sheet",
        "inserts a row in the middle and types there",
        "copies a row",
    ],
    "the ID cell, except when a sort leaves column A out": [
        "sorts by owner without column A",
        "sorts without column A, and has the rows read by their text",
    ],
    "a copied row duplicates its ID": ["copies a row and makes it another"],
    "an inserted row gets no formulas, text below a table stays outside it": [
        "inserts a row in the middle and types there",
        "types a row below the table",
    ],
    "a copied sheet's formulas still point at the first table": ["copies a sheet"],
    "the 1904 date system": ["works in a file that counts from 1904"],
}
"""The rows of the tables in style.md and workbook.md, and the edits that show them."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Every workbook as LibreOffice saved it, all by one LibreOffice."""
    folder = tmp_path_factory.mktemp("edited")
    names = {done.does: f"{number:03}" for number, done in enumerate(EVERYTHING)}
    jobs = [
        Job(done.start(folder, names[done.does]), folder / f"{names[done.does]}-saved.xlsx", done.in_office())
        for done in EVERYTHING
    ]
    edit(jobs)
    return {done.does: job.save for done, job in zip(EVERYTHING, jobs, strict=True) if job.save}


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("issued") / "issued.xlsx"
    path.write_bytes(issued_bytes(CASE, EARLY))
    return path


@pytest.fixture(scope="module")
def before(issued: Path) -> CaseState:
    return case_in(issued)


@needs_soffice
@pytest.mark.parametrize("done", EVERYTHING, ids=lambda done: done.does)
def test_what_people_do_is_read_as_this_and_nothing_else(
    done: Done, saved: Mapping[str, Path], before: CaseState
) -> None:
    case = case_in(saved[done.does], EARLY, **done.options)
    assert problems_of(case) == cells(done.problems)
    assert changes_of(case) == cells(done.changes)
    assert states_of(case, before) == done.states
    due = {action.id or action.cell: action.due for action in case.actions}
    assert {row_id: due[row_id] for row_id in done.due} == done.due
    for each in case.problems:
        assert each.file == str(saved[done.does])
        assert each.remedy.endswith(".")


@needs_soffice
def test_our_own_reader_and_the_library_read_every_edit_alike(saved: Mapping[str, Path]) -> None:
    assert {does: found for does, path in saved.items() if (found := differences(path.read_bytes()))} == {}


def test_the_workbook_as_issued_has_neither_problem_nor_change(before: CaseState) -> None:
    assert (before.problems, before.changes) == ((), ())


def test_every_row_of_the_tables_is_shown() -> None:
    named = [done.does for done in EVERYTHING]
    assert len(set(named)) == len(named) >= 40
    assert {does for each in WHAT_PEOPLE_DO.values() for does in each} <= set(named)


@needs_soffice
def test_a_trip_through_another_format_is_no_edit(issued: Path, before: CaseState, tmp_path: Path) -> None:
    other = convert([issued], tmp_path / "ods", *ODS)
    (back,) = convert(other, tmp_path / "xlsx", *XLSX)
    case = case_in(back)
    assert {code for _, code in problems_of(case)} == {"T364"}  # formulas that name cells by now
    assert (changes_of(case), states_of(case, before)) == ([], {})


@needs_soffice
def test_edits_survive_a_trip_through_another_format(saved: Mapping[str, Path], tmp_path: Path) -> None:
    names = ["does everything at once", "filters, sorts, completes and adds", "changes a formula"]
    other = convert([saved[name] for name in names], tmp_path / "ods", *ODS)
    for name, back in zip(names, convert(other, tmp_path / "xlsx", *XLSX), strict=True):
        direct, travelled = case_in(saved[name]), case_in(back)
        found = [each for each in problems_of(travelled) if each[1] != "T364"]
        assert found == problems_of(direct), name
        assert changes_of(travelled) == changes_of(direct), name
        assert states_of(travelled, direct) == {}, name
