"""Action plan IDs, lines of the Log, the sheet Problems, IDs put right, a workbook filled in by hand."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from regenerate.running import SMALL, book_of, issued, regenerated, small, typed
from tracker.plan import blank_case
from tracker.workbook import layout
from tracker.workbook.baseline import case_uuid

if TYPE_CHECKING:
    from openpyxl import Workbook as XlsxWorkbook

DAY = date(2026, 11, 12)


def _ids(content: bytes) -> list[object]:
    page = book_of(content)["Action Plan"]
    return [page.cell(row, 1).value for row in range(4, 12) if page.cell(row, 3).value]


def _log(content: bytes) -> list[tuple[object, ...]]:
    page = book_of(content)["Log"]
    lines = page.iter_rows(min_row=4, max_col=6, values_only=True)
    plain = (tuple(cell.date() if isinstance(cell, datetime) else cell for cell in line) for line in lines)
    return [line for line in plain if any(line)]


def test_actions_of_the_plan_get_their_ids() -> None:
    run = regenerated(typed({"Action Plan!C4": "Train staff", "Action Plan!C5": "Share records"}))
    assert _ids(run.content) == ["AP-001", "AP-002"]
    assert not run.again().done.changed


def test_a_new_action_gets_the_next_id() -> None:
    first = regenerated(typed({"Action Plan!C4": "Train staff", "Action Plan!C5": "Share records"})).content
    run = regenerated(typed({"Action Plan!C6": "Audit"}, content=first))
    assert _ids(run.content) == ["AP-001", "AP-002", "AP-003"]


def test_the_id_of_a_deleted_action_is_not_given_again() -> None:
    first = regenerated(typed({"Action Plan!C4": "Train staff", "Action Plan!C5": "Share records"})).content
    gone = typed(dict.fromkeys(("Action Plan!A5", "Action Plan!C5")), content=first)
    between = regenerated(typed({"Action Plan!C5": "Audit"}, content=gone)).content
    assert _ids(between) == ["AP-001", "AP-003"]
    gone = typed(dict.fromkeys(("Action Plan!A5", "Action Plan!C5")), content=between)
    moved = regenerated(typed({"SIN-2.6:Agreed date": DAY}, content=gone)).content  # remembers the plan anew
    assert _ids(regenerated(typed({"Action Plan!C5": "Visit"}, content=moved)).content) == [
        "AP-001",
        "AP-004",
    ]


def test_from_is_the_due_date_in_force_when_the_date_was_moved() -> None:
    cells = {"SIN-3.4:Completed": date(2026, 11, 4), "RR-5.7b-POL:Agreed date": DAY}
    run = regenerated(typed(cells))
    # Issued on a provisional clock (9 Nov), due 19 Nov; the SIN went in on Wed 4 Nov, 8 working days before 16 Nov.
    assert [line[4:] for line in _log(run.content)] == [(date(2026, 11, 16), DAY)]


def test_a_moved_date_is_logged_once() -> None:
    cells = {"SIN-2.6:Agreed date": DAY, "SIN-2.6:Reason for change": "Leadership away"}
    run = regenerated(typed(cells))
    line = (date(2026, 11, 4), "SIN-2.6", "Date moved", "Leadership away", date(2026, 11, 9), DAY)
    assert _log(run.content) == [line]
    assert not run.again().done.changed
    later = regenerated(typed({"SIN-2.6:Agreed date": date(2026, 11, 13)}, content=run.content))
    assert _log(later.content)[1:] == [
        (date(2026, 11, 4), "SIN-2.6", "Date moved", "Leadership away", DAY, date(2026, 11, 13))
    ]
    back = regenerated(typed({"SIN-2.6:Agreed date": None}, content=later.content))
    assert _log(back.content)[2][4:] == (date(2026, 11, 13), None)
    assert not back.again().done.changed


def test_a_date_that_is_agreed_or_taken_back_again_is_logged_again() -> None:
    content, other = small(), date(2026, 11, 13)
    for day in (DAY, other, DAY, None, DAY, None):
        content = regenerated(typed({"SIN-2.6:Agreed date": day}, content=content)).content
    assert [line[5] for line in _log(content)] == [DAY, other, DAY, None, DAY, None]


def test_a_move_that_a_person_logged_is_not_logged_again() -> None:
    cells = {"SIN-2.6:Agreed date": DAY, "Log!B4": "SIN-2.6", "Log!C4": "Date moved", "Log!F4": DAY}
    run = regenerated(typed(cells))
    assert (run.done.changed, len(_log(run.content))) == (False, 1)


@pytest.mark.parametrize("written", [date(2026, 10, 30), None, date(2027, 6, 1), "on Monday"])
def test_a_move_that_a_person_logged_counts_once_whatever_day_they_gave(written: object) -> None:
    first, other = regenerated(typed({"SIN-2.6:Agreed date": DAY})).content, date(2026, 11, 13)
    theirs = {"Log!A5": written, "Log!B5": "SIN-2.6", "Log!C5": "Date moved", "Log!F5": other}
    content = regenerated(typed({"SIN-2.6:Agreed date": other, **theirs}, content=first)).content
    assert [line[5] for line in _log(content)] == [DAY, other]
    for day in (DAY, other):
        content = regenerated(typed({"SIN-2.6:Agreed date": day}, content=content)).content
    assert [line[5] for line in _log(content)] == [DAY, other, DAY, other]


def test_a_first_date_of_a_row_without_one_is_no_move() -> None:
    run = regenerated(typed({"LCSPR-7.11b-C1:Agreed date": DAY}))
    assert (run.done.changed, _log(run.content)) == (False, [])


def test_a_moved_date_of_the_plan_is_logged() -> None:
    plan = {"Action Plan!C4": "Train staff", "Action Plan!F4": DAY}
    first = regenerated(typed(plan)).content
    run = regenerated(typed({"Action Plan!G4": date(2026, 12, 1)}, content=first))
    assert [line[1:] for line in _log(run.content)] == [
        ("AP-001", "Date moved", None, DAY, date(2026, 12, 1))
    ]


def test_a_target_that_is_no_date_is_no_move() -> None:
    plan = {"Action Plan!C4": "Train staff", "Action Plan!F4": "soon"}
    first = regenerated(typed(plan)).content
    assert _log(regenerated(typed({"Action Plan!G4": DAY}, content=first)).content) == []


def test_problems_are_put_on_a_sheet_that_links_to_the_cells() -> None:
    run = regenerated(typed({"SIN-2.6:Status": "Opne"}), annotate=True)
    page = book_of(run.content)["Problems"]
    assert [page.cell(4, column).value for column in (1, 2, 3, 7)] == ["error", "SIN!K5", "SIN-2.6", "T203"]
    assert page["B4"].hyperlink.location == "SIN!K5"
    assert not run.again(annotate=True).done.changed
    mended = regenerated(typed({"SIN-2.6:Status": "In progress"}, content=run.content), annotate=True)
    assert book_of(mended.content)["Problems"].max_row == 3


def _ids_moved_on(book: XlsxWorkbook) -> None:
    page = book["SIN"]
    ids = [page.cell(row, 1).value for row in range(4, 10)]
    for row, row_id in enumerate([ids[-1], *ids[:-1]], 4):
        page.cell(row, 1).value = row_id


def test_ids_beside_other_rows_are_refused_and_put_right_where_asked() -> None:
    content = typed({"SIN-2.6:Progress": "Rung"}, _ids_moved_on)
    run = regenerated(content)
    assert (run.outcome, [code for _, code in run.codes]) == (None, ["T351"])
    right = regenerated(content, realign=True)
    assert right.value("SIN-2.6:Progress") == "Rung"
    assert [book_of(right.content)["SIN"].cell(row, 1).value for row in range(4, 10)] == [
        book_of(small())["SIN"].cell(row, 1).value for row in range(4, 10)
    ]
    assert (right.conflicts, right.added) == ([], [])
    assert not right.again().done.changed


# A blank workbook


def _filled(**cells: object) -> bytes:
    keys = {"Reference": "Case reference:B", "Aware": "SIN day zero:D"}
    blank = issued(blank_case(SMALL))
    return typed({keys[name]: value for name, value in cells.items()}, content=blank)


def _record(content: bytes) -> dict[str, object]:
    column = book_of(content)[layout.HIDDEN].iter_rows(max_col=1, values_only=True)
    return dict(json.loads("".join(str(text) for (text,) in column if text)))


def test_a_blank_workbook_left_blank_is_nothing_to_do() -> None:
    assert not regenerated(issued(blank_case(SMALL))).done.changed


def test_a_blank_workbook_filled_in_by_hand_becomes_its_cases() -> None:
    run = regenerated(_filled(Reference="DOR-2026-120", Aware=date(2026, 11, 2)))
    record = _record(run.content)
    assert record["uuid"] == case_uuid("DOR-2026-120")
    assert record["case"]["details"]["reference"] == "DOR-2026-120"  # type: ignore[index]  # as the baseline has it
    values = book_of(run.content, values=True)
    assert "DOR-2026-120" in str(values["Summary"]["A1"].value)
    assert run.state().uuid == case_uuid("DOR-2026-120")
    assert not run.again().done.changed


@pytest.mark.parametrize("reference", ["DOR-2026-120"])
def test_a_blank_workbook_takes_a_description(reference: str) -> None:
    from dataclasses import replace

    from reconcile.editing import FRESH

    case = replace(FRESH, details=replace(FRESH.details, reference=reference))
    run = regenerated(_filled(), case=case)
    assert run.value("Case reference:B") == reference
    assert _record(run.content)["uuid"] == case_uuid(reference)
    assert not run.again(case=case).done.changed
