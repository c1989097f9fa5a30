"""Formulas that were typed over, changed or cleared come back; what was typed there is offered, not lost."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from regenerate.running import SMALL, book_of, choose, regenerated, saved, small, typed
from tracker.regenerate.apply import OurCells
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.read import read_content

DAY = date(2026, 11, 12)
NOON = datetime(2026, 11, 12)  # noqa: DTZ001  # a cell has no zone


def _log(content: bytes) -> list[tuple[object, ...]]:
    page = book_of(content)["Log"]
    lines = page.iter_rows(min_row=4, max_col=6, values_only=True)
    return [tuple(_day(cell) for cell in line) for line in lines if any(line)]


def _day(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def test_every_formula_of_a_workbook_nobody_touched_is_worked_out() -> None:
    reading, procedure, _ = read_content(small(), "case.xlsx", lambda _: (SMALL, []))
    assert reading is not None
    assert procedure is not None
    file = WorkbookFile(small())
    book = file.book(DAY, OurCells(reading, procedure))
    file.note_values(book)
    assert (book.unevaluated, len(list(book.formulas())) > 500) == (set(), True)


@pytest.mark.parametrize(
    ("key", "value", "yours", "new"),
    [
        ("SIN-2.6:Due", DAY, "2026-11-12", "2026-11-09"),
        ("SIN-2.6:RAG", "Complete", "Complete", "On track"),
        ("SIN-2.6:RAG", "Overdue", "Overdue", "On track"),
        ("SIN-2.6:Days late", 3, 3, ""),
        ("SIN-2.6:Timescale", "Day 6", "Day 6", "Day 5"),
        ("SIN-2.6:Due", "=G5+1", "=G5+1", "2026-11-09"),
        ("SIN day zero:B", date(2026, 11, 3), "2026-11-03", "2026-11-02"),
        ("Publication:C", "Confirmed", "Confirmed", "Not known"),
    ],
)
def test_a_formula_typed_over_comes_back_and_the_value_is_listed(
    key: str, value: object, yours: object, new: object
) -> None:
    run = regenerated(typed({key: value}))
    assert [each[2:] for each in run.conflicts] == [(yours, new)]
    assert (
        run.value(key) == book_of(small())[run.cells[0][0].split("!")[0]][run.cells[0][0].split("!")[1]].value
    )
    assert run.again().conflicts == run.conflicts
    assert not run.again().done.changed


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SIN-2.6:Due", None),
        ("SIN-2.6:RAG", None),
        ("SIN-2.6:Due", date(2026, 11, 9)),
        ("SIN-2.6:RAG", "On track"),
    ],
)
def test_a_cleared_formula_comes_back_and_nothing_waits(key: str, value: object) -> None:
    run = regenerated(typed({key: value}))
    assert ([content for _, content in run.cells], run.conflicts) == (["formula"], [])
    assert not run.again().done.changed


def test_a_date_over_due_can_become_the_agreed_date() -> None:
    open_ = regenerated(typed({"SIN-2.6:Due": DAY})).content
    run = regenerated(choose(open_, "yours"))
    assert (run.value("SIN-2.6:Agreed date"), run.conflicts) == (NOON, [])
    assert not run.again().done.changed


def test_a_date_over_due_can_be_dropped() -> None:
    run = regenerated(choose(regenerated(typed({"SIN-2.6:Due": DAY})).content, "new"))
    assert (run.value("SIN-2.6:Agreed date"), run.conflicts) == (None, [])
    assert not run.again().done.changed


def test_a_date_over_a_clock_can_be_typed_where_it_belongs() -> None:
    open_ = regenerated(typed({"Publication:B": DAY})).content
    run = regenerated(choose(open_, "yours"))
    assert (run.value("Publication:D"), run.conflicts) == (NOON, [])
    assert not run.again().done.changed


def test_typed_dates_are_accepted_where_asked() -> None:
    run = regenerated(typed({"SIN-2.6:Due": DAY}), accept_typed_dates=True)
    assert (run.value("SIN-2.6:Agreed date"), run.conflicts) == (NOON, [])
    assert _log(run.content) == [(date(2026, 11, 4), "SIN-2.6", "Date moved", None, date(2026, 11, 9), DAY)]
    assert not run.again(accept_typed_dates=True).done.changed
    assert not run.again().done.changed


def test_an_agreed_date_goes_before_an_accepted_one() -> None:
    cells = {"SIN-2.6:Due": DAY, "SIN-2.6:Agreed date": date(2026, 11, 13)}
    run = regenerated(typed(cells), accept_typed_dates=True)
    assert [each[1:] for each in run.conflicts] == [("2026-11-09", "2026-11-12", "2026-11-09")]


# Named owner, and what --restore takes back


def test_a_name_typed_over_stays() -> None:
    run = regenerated(typed({"SIN-2.6:Named owner": "T. Typed"}))
    assert (run.done.changed, run.codes) == (False, [])


def test_a_name_typed_over_is_taken_back_where_asked() -> None:
    run = regenerated(typed({"SIN-2.6:Named owner": "T. Typed"}), restore=frozenset({"SIN!E5"}))
    assert str(run.value("SIN-2.6:Named owner")).startswith("=")
    assert [code for _, code in run.codes] == []
    assert not run.again().done.changed


def test_a_changed_action_stays_and_is_told() -> None:
    run = regenerated(typed({"SIN-2.6:Action": "Ring Leadership"}))
    assert (run.done.changed, run.codes) == (False, [("SIN!B5", "T603")])


@pytest.mark.parametrize(("cell", "place"), [("SIN!B5", "SIN!B5"), ("sin!$b$5", "SIN!B5")])
def test_a_changed_action_is_taken_back_where_asked(cell: str, place: str) -> None:
    run = regenerated(typed({"SIN-2.6:Action": "Ring Leadership"}), restore=frozenset({cell}))
    assert run.cells == [(place, "Report the incident to PDSCP Leadership")]
    assert not run.again().done.changed


@pytest.mark.parametrize("cell", ["Rapid Review!B4", "'Rapid Review'!B4"])
def test_a_cell_of_a_sheet_with_a_blank_is_taken_back(cell: str) -> None:
    run = regenerated(typed({"RR-5.3:Action": "Appoint"}), restore=frozenset({cell}))
    assert [place for place, _ in run.cells] == ["'Rapid Review'!B4"]


@pytest.mark.parametrize("cell", ["SIN!B5", "SIN!L5", "Nowhere!A1", "B5"])
def test_nothing_to_take_back_is_told(cell: str) -> None:
    run = regenerated(small(), restore=frozenset({cell}))
    assert run.codes == [(cell, "T611")]
    assert not run.done.changed


def test_a_formula_changed_in_an_empty_row_of_the_plan_comes_back() -> None:
    book = book_of(small())
    book["Action Plan"]["J4"] = '=IF(1=1,"Complete","")'
    run = regenerated(saved(book))
    assert book_of(run.content)["Action Plan"]["J4"].value == book_of(small())["Action Plan"]["J4"].value
