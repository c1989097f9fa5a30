"""A blank workbook: rows that wait for the name of an agency or a child, typed into, read and brought up to date."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest
from reconcile.editing import EARLY, spot
from workbook.making import made_blank

from regenerate.running import (
    SMALL,
    book_of,
    regenerated,
    rows_of,
    saved,
    state_of,
    typed,
)
from tracker.case.model import Agency, Case, Child, Details
from tracker.regenerate.copies import merge_copies
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openpyxl import Workbook as XlsxWorkbook
    from openpyxl.cell import Cell

NAMED = {"AG1:Agency": "School Trust", "Case_children#2:Child": "Sibling 1"}
USUAL = [f"RR-5.7b-{agency.code}" for agency in SMALL.agencies]
DAY = date(2026, 11, 12)


@cache
def blank() -> bytes:
    """The blank workbook of the small procedure."""
    return workbook_bytes(made_blank(EARLY, SMALL))


def cell_of(book: XlsxWorkbook, row_id: str, title: str) -> Cell:
    """The cell of a row that may be asleep: its ID stands in a formula."""
    for name in ("SIN", "Rapid Review", "LCSPR"):
        for (found,) in book[name].iter_rows(max_col=1):
            if found.value == row_id or f'"{row_id}"' in str(found.value):
                letter = next(each.column_letter for each in book[name][3] if each.value == title)
                return book[name][f"{letter}{found.row}"]  # type: ignore[no-any-return]  # one cell
    raise LookupError(row_id)


def filled(
    cells: Mapping[str, object], rows: Mapping[str, object] | None = None, content: bytes = b""
) -> bytes:
    """The blank workbook with cells typed, and cells of rows that may be asleep: `RR-5.7b-AG1:Completed`."""

    def type_rows(book: XlsxWorkbook) -> None:
        for key, typed_value in (rows or {}).items():
            cell_of(book, *key.split(":")).value = typed_value  # type: ignore[assignment]  # a test types anything

    return typed(cells, type_rows, content or blank())


def repeated(content: bytes) -> list[str]:
    """The IDs read of the rows that agencies and children repeat."""
    return [each for each in rows_of(content, SMALL) if each.count("-") > 1]


def notes(content: bytes) -> list[str]:
    """The codes of what is wrong, but for dates and people not typed yet."""
    return [each.code for each in state_of(content, SMALL).problems if each.code not in {"T314", "T329"}]


def changed(content: bytes) -> list[tuple[str, object]]:
    """(cell, value) of what people changed."""
    return [(each.cell, each.now) for each in state_of(content, SMALL).changes]


# Read


def test_rows_that_wait_are_no_rows() -> None:
    state = state_of(blank(), SMALL)
    assert repeated(blank()) == ["SIN-3.6-C1", *USUAL, "LCSPR-7.11b-C1"]
    assert state.changes == ()
    assert notes(blank()) == []
    assert sum(state.counts["Rapid Review"].values()) == len(
        [each for each in state.actions if each.stage == "Rapid Review"]
    )


def test_in_the_workbook_they_show_nothing_but_what_they_wait_for() -> None:
    book = book_of(blank(), values=True)["Rapid Review"]
    (row,) = (row for row in book.iter_rows(values_only=True) if row[3] == "spare: AG1")
    assert [each for each in row if each not in {None, ""}] == ["spare: AG1"]
    workbook = made_blank(EARLY, SMALL)
    words = workbook.book.column("Rapid_Review_actions", "RAG")
    ids = workbook.book.column("Rapid_Review_actions", "ID")
    assert [(row_id == "", word == "") for row_id, word in zip(ids, words, strict=True)].count(
        (True, True)
    ) == 4


def test_a_name_wakes_the_rows_and_a_cleared_one_sends_them_back() -> None:
    content = filled({**NAMED, "PRO:Agency": None})
    ids = [each for each in USUAL if not each.endswith("PRO")]
    assert repeated(content) == ["SIN-3.6-C1", "SIN-3.6-S1", *ids, "RR-5.7b-AG1",
                                 "LCSPR-7.11b-C1", "LCSPR-7.11b-S1"]  # fmt: skip
    (action,) = (each for each in state_of(content, SMALL).actions if each.id == "RR-5.7b-AG1")
    assert (action.action, action.owner) == (
        "School Trust: return the completed briefing report",
        "School Trust",
    )
    assert (action.status, action.employer, action.count) == ("Not started", "partner agency", 8)
    assert [each for _, each in changed(content)] == ["Sibling 1", None, "School Trust"]
    assert notes(content) == []


def test_another_name_for_a_usual_agency_is_one_change() -> None:
    content = filled({"DHC:Agency": "Another Trust"})
    (action,) = (each for each in state_of(content, SMALL).actions if each.id == "RR-5.7b-DHC")
    assert (action.action[:4], action.owner) == ("DHC:", "Another Trust")
    assert [each for _, each in changed(content)] == ["Another Trust"]
    assert notes(content) == []


def test_what_was_typed_in_a_row_that_waits_is_told() -> None:
    content = filled({}, {"RR-5.7b-AG2:Completed": DAY, "RR-5.7b-AG2:Progress": "Came by post"})
    assert "RR-5.7b-AG2" not in repeated(content)
    assert notes(content) == ["T359"]
    (told,) = (each for each in state_of(content, SMALL).problems if each.code == "T359")
    assert told.found.startswith("a row for AG2 holds Completed and Progress")


def test_an_action_of_ones_own_in_a_row_that_waits_is_ones_own_row() -> None:
    content = filled({}, {"RR-5.7b-AG2:Action": "Ask the school", "RR-5.7b-AG2:Agreed date": DAY})
    (own,) = (each for each in state_of(content, SMALL).actions if not each.id)
    assert (own.action, own.owner, own.count, own.rag) == ("Ask the school", "", None, "On track")
    assert own.status == "Not started"


def test_pasted_as_values_the_rows_that_are_awake_stay_and_the_others_are_nothing() -> None:
    named = _counted(filled(NAMED))
    assert "RR-5.7b-AG1" in repeated(named)
    assert repeated(_as_values(named)) == repeated(named)
    assert "T311" not in notes(_as_values(named))


def _counted(content: bytes) -> bytes:
    """With the values that a spreadsheet program would note beside the formulas."""
    from tracker.workbook.patch.file import WorkbookFile

    file = WorkbookFile(content)
    file.note_values(file.book(EARLY, lambda *_: True))
    return file.to_bytes()


def _as_values(content: bytes) -> bytes:
    values, book = book_of(content, values=True), book_of(content)
    for name in ("SIN", "Rapid Review", "LCSPR"):
        for row in book[name].iter_rows(min_row=4, max_col=22):
            for each in row:
                each.value = values[name][each.coordinate].value
    return saved(book)


def test_another_code_typed_over_a_spare_one_gets_its_rows_from_a_run() -> None:
    content = filled({"AG1:Agency": "School Trust", "AG1:A": "SCH"}, {"RR-5.7b-AG1:Progress": "By post"})
    assert ("RR-5.7b-AG1" in repeated(content), notes(content)) == (False, ["T359"])
    run = regenerated(content)
    assert (run.added, run.conflicts) == (["RR-5.7b-SCH"], [])
    assert cell_of(book_of(run.content), "RR-5.7b-AG1", "Progress").value == "By post"


# Brought up to date


def test_awake_they_become_rows_like_any_other_and_lose_nothing() -> None:
    content = filled(
        {**NAMED, "Case reference:B": "DOR-2026-200"},
        {
            "RR-5.7b-AG1:Completed": DAY,
            "RR-5.7b-AG1:Progress": "By post",
            "SIN-3.6-S1:Status": "In progress",
            "RR-5.7b-AG3:Evidence": "kept",
        },
    )
    before = repeated(content)
    run = regenerated(content)
    assert (run.added, run.conflicts, run.codes) == ([], [], [])
    assert repeated(run.content) == before
    cells = ("ID", "Action", "Owner", "Status", "Completed", "Progress")
    at = {title: cell_of(book_of(run.content), "RR-5.7b-AG1", title).value for title in cells}
    assert at["ID"] == "RR-5.7b-AG1"
    assert at["Action"] == "School Trust: return the completed briefing report"
    assert (at["Owner"], at["Status"], at["Progress"]) == ("School Trust", "Not started", "By post")
    assert spot(book_of(run.content), "SIN-3.6-S1:Status").value == "In progress"
    assert cell_of(book_of(run.content), "RR-5.7b-AG3", "Evidence").value == "kept"
    assert changed(run.content) == []
    assert not run.again().done.changed


def test_what_still_waits_wakes_later_and_what_was_named_keeps_its_id() -> None:
    first = regenerated(filled(NAMED)).content
    again = filled({"AG1:Agency": "School Trust West", "AG2:Agency": "Housing"}, content=first)
    assert "RR-5.7b-AG2" in repeated(again)
    run = regenerated(again)
    assert (run.added, run.conflicts) == ([], [])
    owners = {each.id: each.owner for each in run.state().actions if each.id.startswith("RR-5.7b-AG")}
    assert owners == {"RR-5.7b-AG1": "School Trust West", "RR-5.7b-AG2": "Housing"}
    assert not run.again().done.changed


def test_a_name_cleared_after_that_withdraws_the_rows_as_of_any_agency() -> None:
    first = regenerated(filled(NAMED)).content
    run = regenerated(filled({"AG1:Agency": None}, content=first))
    assert "RR-5.7b-AG1" in run.done.merge.withdrawn
    assert notes(run.content) == ["T326"]  # the row that is Not applicable names it still
    assert not run.again().done.changed


def test_a_name_cleared_before_that_leaves_nothing_behind() -> None:
    run = regenerated(filled({"PRO:Agency": None}))
    assert (run.conflicts, run.done.merge.withdrawn, run.codes) == ([], [], [])
    assert "RR-5.7b-PRO" not in repeated(run.content)
    assert changed(run.content) == []
    named = filled({"PRO:Agency": "Probation"}, content=run.content)
    assert "RR-5.7b-PRO" in repeated(regenerated(named).content)


def test_ones_own_action_in_a_row_that_waits_is_freed_of_it() -> None:
    run = regenerated(filled({}, {"RR-5.7b-AG2:Action": "Ask the school"}))
    named = regenerated(filled({"AG2:Agency": "Housing"}, content=run.content))
    assert named.added == ["RR-5.7b-AG2"]
    assert [each.action for each in named.state().actions if not each.id] == ["Ask the school"]


def test_a_row_deleted_before_its_name_was_typed_is_added() -> None:
    def delete(book: XlsxWorkbook) -> None:
        found = cell_of(book, "RR-5.7b-AG4", "ID")
        book["Rapid Review"].delete_rows(found.row)

    content = typed({"AG4:Agency": "Housing"}, delete, blank())
    assert regenerated(content).added == ["RR-5.7b-AG4"]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_name_in_one_of_two_copies_wakes_the_rows_of_both(swapped: bool) -> None:
    one = filled({**NAMED, "Case reference:B": "DOR-2026-200"}, {"RR-5.7b-AG1:Progress": "By post"})
    other = filled({"AG2:Agency": "Housing"}, {"RR-5.7b-AG2:Completed": DAY})
    contents = (other, one) if swapped else (one, other)
    files = [(f"{'AB'[at]}.xlsx", content) for at, content in enumerate(contents)]
    copies, problems = merge_copies(files, lambda _: (SMALL, []), EARLY)
    assert copies is not None, problems
    run = regenerated(copies.content, between_copies=copies.conflicts, merged=True)
    assert (run.added, run.conflicts) == ([], [])
    actions = {each.id: each for each in run.state().actions}
    assert actions["RR-5.7b-AG1"].progress == "By post"
    assert actions["RR-5.7b-AG2"].completed is None  # it lies after the day
    assert spot(book_of(run.content), "RR-5.7b-AG2:Completed").value.date() == DAY  # type: ignore[union-attr]
    assert {"SIN-3.6-S1", "RR-5.7b-AG1", "RR-5.7b-AG2"} <= set(repeated(run.content))


def test_a_description_that_names_a_further_agency_wakes_its_rows() -> None:
    usual = [Agency(each.name, each.code, each.employer, each.statutory) for each in SMALL.agencies]
    described = Case(
        Details("DOR-2026-200"),
        children=(Child("Child 1"), Child("Child 2")),
        agencies=(*usual, Agency("Housing", "AG1", "council")),
    )
    run = regenerated(blank(), case=described)
    assert (run.added, run.conflicts) == (["Child 2"], [])
    assert {"SIN-3.6-C2", "RR-5.7b-AG1"} <= set(repeated(run.content))
    assert spot(book_of(run.content), "AG1:Agency").value == "Housing"
    assert not run.again().done.changed
