"""What is typed into the workbook is enough: agencies, children, decisions get their rows without a description."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest

from regenerate.running import book_of, regenerated, rows_of, small, typed
from tracker.regenerate.outcome import as_text

if TYPE_CHECKING:
    from openpyxl import Workbook as XlsxWorkbook


def below(sheet: str, text: str, *values: object) -> dict[str, object]:
    """Values typed side by side into the row below the one whose first cell reads `text`."""
    page = book_of(small())[sheet]
    row = next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == text) + 1
    quoted = f"'{sheet}'" if " " in sheet else sheet
    return {f"{quoted}!{'ABCDEFG'[at]}{row}": value for at, value in enumerate(values) if value is not None}


def test_nothing_typed_is_nothing_done() -> None:
    run = regenerated(small())
    assert (run.done.changed, run.content == small(), run.codes) == (False, True, [])


# Agencies


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("UHD", "University Hospitals Dorset", "partner agency", "no"), "UHD"),
        ((None, "University Hospitals Dorset"), "UHD"),
        ((None, "Dorset HealthCare"), "DH"),
        ((None, "Polar Ocean Lido"), "POL2"),  # POL is taken
    ],
)
def test_an_agency_typed_on_people_gets_its_rows(cells: tuple[object, ...], code: str) -> None:
    run = regenerated(typed(below("People", "ICB", *cells)))
    assert run.added == [f"RR-5.7b-{code}"]
    assert (run.codes, run.conflicts) == ([], [])
    assert run.value(f"RR-5.7b-{code}:Owner") == cells[1]
    assert run.value(f"{code}:Agency") == cells[1]
    assert not run.again().done.changed


def test_an_agency_typed_below_the_table_is_found_by_its_rows() -> None:
    """openpyxl, as LibreOffice, leaves the table as it was."""
    page = book_of(small())["People"]
    row = next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == "ICB") + 1
    run = regenerated(
        typed(below("People", "ICB", "UHD", "University Hospitals Dorset", "council", "no", "U. Name"))
    )
    table = book_of(run.content)["People"].tables["People_agencies"]
    assert table.ref.endswith(f":G{row}")
    (action,) = [each for each in run.state().actions if each.id == "RR-5.7b-UHD"]
    values = book_of(run.content, values=True)[action.cell.partition("!")[0].strip("'")]
    assert values.cell(int(action.cell.rpartition("A")[2]), 5).value == "U. Name"
    assert not run.again().done.changed


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("POL", "Another Police"), "T610"),
        (("U", "University Hospitals Dorset"), "T610"),
        (("uhd", "University Hospitals Dorset"), "T610"),
        ((None, "dorset police"), "T610"),
        (("UHD", None), "T610"),
    ],
)
def test_an_agency_that_gets_no_rows_is_told(cells: tuple[object, ...], told: str) -> None:
    run = regenerated(typed(below("People", "ICB", *cells)))
    assert [code for _, code in run.codes] == [told]
    assert run.added == []


def test_an_agency_cleared_on_people_is_withdrawn() -> None:
    run = regenerated(typed(dict.fromkeys(below("People", "POL", *"ABCDE"))))
    assert run.done.merge.withdrawn == ["RR-5.7b-ICB"]
    assert run.value("RR-5.7b-ICB:Status") == "Not applicable"
    assert not run.again().done.changed


def test_a_row_that_was_done_stays_as_it_is_when_its_agency_is_cleared() -> None:
    cleared = dict.fromkeys(below("People", "POL", *"ABCDE"))
    run = regenerated(typed({**cleared, "RR-5.7b-ICB:Completed": date(2026, 11, 3)}))
    assert (run.done.merge.withdrawn, run.conflicts) == ([], [])
    assert run.value("RR-5.7b-ICB:Status") == "Not started"
    assert not run.again().done.changed


def test_a_withdrawn_agency_that_comes_back_has_its_row_back() -> None:
    content = typed(dict.fromkeys(below("People", "POL", *"ABCDE")))
    back = below("People", "POL", "ICB", "NHS Dorset", "partner agency", "yes")
    run = regenerated(typed(back, content=regenerated(content).content))
    assert run.added == []
    assert run.value("RR-5.7b-ICB:Status") in {None, "Not started"}


# Children


def test_a_child_typed_on_case_gets_its_rows() -> None:
    run = regenerated(typed(below("Case", "Child 1", "Child 2")))
    assert run.added == ["SIN-3.6-C2", "LCSPR-7.11b-C2"]
    assert rows_of(run.content)[-1] == "LCSPR-7.11b-C2"
    assert not run.again().done.changed


@pytest.mark.parametrize("label", ["Child One", "Child 1", "child"])
def test_a_child_without_a_label_is_told(label: str) -> None:
    run = regenerated(typed(below("Case", "Child 1", label)))
    assert ([code for _, code in run.codes], run.added) == (["T610"], [])


# Decisions


DECIDED = {"LCSPR:B": "no", "LCSPR: reason:B": "Learning is under way"}
LCSPR = ("LCSPR-7.11b-C1", "LCSPR-7.19", "LCSPR-7.6", "LCSPR-7.8")


def _statuses(content: bytes) -> dict[str, tuple[object, object]]:
    page = book_of(content)["LCSPR"]
    rows = {page.cell(row, 1).value: row for row in range(4, page.max_row + 1)}
    return {each: (page.cell(rows[each], 11).value, page.cell(rows[each], 13).value) for each in LCSPR}


ENDED = ("Not applicable", "No LCSPR: Learning is under way")


def test_no_lcspr_ends_rows_nobody_has_worked_in() -> None:
    run = regenerated(typed(DECIDED))
    assert _statuses(run.content) == dict.fromkeys(LCSPR, ENDED)
    assert not run.again().done.changed


def test_what_a_decision_does_to_many_rows_is_one_line() -> None:
    run = regenerated(typed(DECIDED))
    said = as_text(run.done)
    assert said.count("Not started -> Not applicable") == 1
    assert f"{len(run.done.merge.cells)} cells changed" in said


def test_no_lcspr_leaves_a_completed_row_as_it_is() -> None:
    run = regenerated(typed({**DECIDED, "LCSPR-7.8:Completed": date(2026, 11, 3)}))
    assert _statuses(run.content) == {**dict.fromkeys(LCSPR, ENDED), "LCSPR-7.8": ("Not started", None)}
    assert run.conflicts == []
    assert not run.again().done.changed


def test_no_lcspr_is_a_conflict_where_somebody_works() -> None:
    run = regenerated(typed({**DECIDED, "LCSPR-7.8:Status": "In progress"}))
    (conflict,) = run.conflicts
    assert conflict[1:] == ("Not started", "In progress", "Not applicable")
    assert _statuses(run.content)["LCSPR-7.8"][0] == "In progress"
    assert not run.again().done.changed


def test_a_row_reopened_after_the_decision_stays_open() -> None:
    ended = regenerated(typed(DECIDED)).content
    run = regenerated(typed({"LCSPR-7.8:Status": "In progress", "Summary:B": "Typed"}, content=ended))
    assert (run.conflicts, run.cells) == ([], [])


def test_the_decision_taken_back_opens_the_rows() -> None:
    ended = regenerated(typed(DECIDED)).content
    run = regenerated(typed({"LCSPR:B": "yes"}, content=ended))
    assert _statuses(run.content) == dict.fromkeys(LCSPR, ("Not started", None))


def test_a_hold_typed_on_case_is_worked_out() -> None:
    held = {"Publication:D": date(2027, 6, 10), "Case_holds#1:From": date(2026, 11, 1),
            "Case_holds#1:Review on": date(2027, 1, 1)}  # fmt: skip
    state = regenerated(typed({**held, **DECIDED, "LCSPR:B": "yes"})).state()
    assert {each.id: each.rag for each in state.actions if each.id == "LCSPR-7.19"} == {
        "LCSPR-7.19": "On hold"
    }


# Rows people made themselves


def _copy(row_id: str, **cells: object) -> dict[str, object]:
    """A row copied below the table, some of its cells typed anew."""
    page = book_of(small())["Rapid Review"]
    row = next(row for row in range(4, page.max_row + 1) if page.cell(row, 1).value == row_id)
    titles = {str(page.cell(3, column).value): column for column in range(1, page.max_column + 1)}
    copied: dict[str, object] = {title: page.cell(row, column).value for title, column in titles.items()}
    copied |= {title.replace("_", " "): value for title, value in cells.items()}
    return {f"Rapid Review+1:{title}": value for title, value in copied.items()}


@cache
def _uhd() -> dict[str, object]:
    """One more agency."""
    return below("People", "ICB", "UHD", "University Hospitals Dorset", "partner agency", "no")


@pytest.mark.parametrize(
    "cells",
    [
        {"ID": None, "Action": "UHD: send the chronology"},
        {"ID": None, "Owner": "University Hospitals Dorset"},
        {"ID": None, "Owner": "University Hospitals Dorset", "Completed": date(2026, 11, 3)},
        {"Action": "UHD: send the chronology", "Owner": "University Hospitals Dorset"},  # the copied ID left
    ],
)
def test_a_copied_row_is_adopted_not_doubled(cells: dict[str, object]) -> None:
    run = regenerated(typed({**_uhd(), **_copy("RR-5.7b-POL", **cells)}))
    assert (run.added, run.done.merge.adopted, run.conflicts) == ([], ["RR-5.7b-UHD"], [])
    assert rows_of(run.content).count("RR-5.7b-UHD") == 1
    assert run.value("RR-5.7b-UHD:Owner") == "University Hospitals Dorset"
    assert not run.again().done.changed


def test_what_was_worded_in_an_adopted_row_stays() -> None:
    cells = {"ID": None, "Action": "UHD: send the chronology by hand", "Progress": "Rung"}
    run = regenerated(typed({**_uhd(), **_copy("RR-5.7b-POL", **cells)}))
    assert run.value("RR-5.7b-UHD:Action") == "UHD: send the chronology by hand"
    assert run.value("RR-5.7b-UHD:Progress") == "Rung"


def test_a_row_of_ones_own_stays_as_it_is() -> None:
    own = {"SIN+1:Action": "Ring the school", "SIN+1:Agreed date": date(2026, 11, 6)}
    content = typed({**own, **below("Case", "Child 1", "Child 2")})
    run = regenerated(content)
    page = book_of(run.content)["SIN"]
    ids = [page.cell(row, 1).value for row in range(4, page.max_row + 1) if page.cell(row, 2).value]
    assert ids == ["SIN-2.1", "SIN-2.6", "SIN-3.2", "SIN-3.4", "SIN-3.6-C1", "SIN-3.6b", None, "SIN-3.6-C2"]
    assert str(run.value("SIN!F10")).startswith("=")  # its formulas came with the run
    assert not run.again().done.changed


def _deleted(row_id: str) -> bytes:
    def delete(book: XlsxWorkbook) -> None:
        for name in ("SIN", "Rapid Review", "LCSPR"):
            page = book[name]
            for row in range(4, page.max_row + 1):
                if page.cell(row, 1).value == row_id:
                    page.delete_rows(row)

    return typed(then=delete)


def test_a_deleted_row_stays_deleted_and_is_listed() -> None:
    run = regenerated(_deleted("SIN-3.2"))
    assert (run.done.changed, run.codes) == (False, [("", "T614")])


def test_a_deleted_row_comes_back_by_its_id() -> None:
    content = typed({"SIN!A20": "SIN-3.2"}, content=_deleted("SIN-3.2"))
    run = regenerated(content)
    assert str(run.value("SIN-3.2:Action")).startswith("Draft the SIN")
    assert run.value("SIN-3.2:Count") == 5
    assert run.conflicts == []
    assert not run.again().done.changed
