from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest
from workbook.making import PROCEDURE, SAMPLES

from reconcile.editing import (
    EARLY,
    Edited,
    case_in,
    copy_row,
    delete_row,
    issued_book,
    issued_bytes,
    place_of,
)
from tracker.workbook.reading import quoted

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook as XlsxWorkbook
    from openpyxl.worksheet.worksheet import Worksheet

SEEN_ON = {
    "converted-to-lcspr": date(2026, 10, 1),
    "ends-with-rapid-review": date(2026, 8, 3),
    "late-sin-over-christmas": date(2026, 1, 12),
    "looked-after-death": date(2026, 9, 21),
    "ordinary-in-time": date(2026, 11, 19),
    "publication-on-hold": date(2026, 11, 23),
}
"""The day each sample says it is looked at."""


@pytest.mark.parametrize("name", SAMPLES)
def test_an_untouched_workbook_has_no_changes_and_no_errors(name: str, tmp_path: Path) -> None:
    path = tmp_path / "untouched.xlsx"
    path.write_bytes(issued_bytes(name, SEEN_ON[name]))
    case = case_in(path, SEEN_ON[name])
    assert case.changes == ()
    assert [each for each in case.problems if each.severity == "error"] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_the_state_is_what_the_workbook_shows(name: str, tmp_path: Path) -> None:
    path = tmp_path / "untouched.xlsx"
    path.write_bytes(issued_bytes(name, SEEN_ON[name]))
    case = case_in(path, SEEN_ON[name])
    book = openpyxl.load_workbook(path, data_only=True)
    for action in case.actions:
        worked_out = {
            "Timescale": action.timescale or None,
            "Named owner": action.named_owner or None,
            "Due": action.due,
            "RAG": action.rag,
            "Days late": action.days_late,
            "Day zero": action.day_zero,
            "Employer": action.employer or None,
        }
        row = int(action.cell.rpartition("!A")[2])
        assert shown(book[action.stage], row, list(worked_out)) == worked_out, action.id


def shown(sheet: Worksheet, row: int, titles: list[str]) -> dict[str, object]:
    """What the file stores as the values of a row's formulas."""
    columns = {str(cell.value): cell.column or 0 for cell in sheet[3]}
    values = {title: sheet.cell(row, columns[title]).value for title in titles}
    return {
        title: value.date() if isinstance(value, datetime) else value or None
        for title, value in values.items()
    }


@dataclass(frozen=True)
class Row:
    """An edit, and the changes told: (cell, id, column, was, now)."""

    does: str
    edited: Edited
    finds: list[tuple[str, str, str, object, object]]


def _moved_row_edited(book: XlsxWorkbook) -> None:
    copy_row("SIN-2.6", "Rapid Review", cut=True)(book)
    sheet = book["Rapid Review"]
    sheet.cell(sheet.max_row, 12).value = "told by phone"


DAY = date(2026, 11, 3)
TOLD = PROCEDURE.step("SIN-2.6").action
ORDINARY = {"case": "ordinary-in-time", "as_at": SEEN_ON["ordinary-in-time"]}
ROWS = [
    Row(
        "a date",
        Edited({"SIN-2.1:Completed": DAY}),
        [("SIN-2.1:Completed", "SIN-2.1", "Completed", None, DAY)],
    ),
    Row(
        "words as a date",
        Edited({"SIN-2.1:Completed": "soon"}),
        [("SIN-2.1:Completed", "SIN-2.1", "Completed", None, "soon")],
    ),
    Row(
        "the procedure's own words and count",
        Edited({"SIN-2.6:Action": "Ring them", "SIN-2.6:Count": 7}),
        [
            ("SIN-2.6:Action", "SIN-2.6", "Action", TOLD, "Ring them"),
            ("SIN-2.6:Count", "SIN-2.6", "Count", 5, 7),
        ],
    ),
    Row(
        "what only looks different",
        Edited({"SIN-2.6:Count": 5.0, "SIN-2.6:Owner": " PDSCP\u00a0Business  Manager "}),
        [],
    ),
    Row(
        "a name and a value over formulas",
        Edited({"SIN-2.1:Named owner": "B. Example", "SIN-2.1:RAG": "Green"}),
        [
            ("SIN-2.1:Named owner", "SIN-2.1", "Named owner", "H. Example", "B. Example"),
            ("SIN-2.1:RAG", "SIN-2.1", "RAG", None, "Green"),
        ],
    ),
    Row(
        "a date over a due date, and a name over an agency's contact",
        Edited({"SIN-2.6:Due": date(2026, 11, 13), "RR-5.7b-ICB:Named owner": "Z. Example"}),
        [
            ("SIN-2.6:Due", "SIN-2.6", "Due", date(2026, 11, 9), date(2026, 11, 13)),
            ("RR-5.7b-ICB:Named owner", "RR-5.7b-ICB", "Named owner", "N. Example", "Z. Example"),
        ],
    ),
    Row(
        "the values that formulas give, pasted over them",
        Edited({"SIN-2.6:Due": date(2026, 11, 9), "SIN-2.6:RAG": "On track", "SIN-2.6:Timescale": "Day 5"}),
        [],
    ),
    Row(
        "a row on another sheet is the same row",
        Edited(then=copy_row("SIN-2.6", "Rapid Review", cut=True)),
        [],
    ),
    Row(
        "an edited row on another sheet",
        Edited(then=_moved_row_edited),
        [("Rapid Review+1:Progress", "SIN-2.6", "Progress", None, "told by phone")],
    ),
    Row(
        "a row of one's own",
        Edited({"SIN+1:Action": "Ring the school", "SIN+1:Agreed date": DAY}),
        [
            ("SIN+1:Action", "", "Action", None, "Ring the school"),
            ("SIN+1:Agreed date", "", "Agreed date", None, DAY),
        ],
    ),
    Row(
        "a deleted row",
        Edited(then=delete_row("SIN-2.6")),
        [("SIN", "SIN-2.6", "Action", TOLD, None)],
    ),
    Row(
        "Case: a field, a date, a clock",
        Edited({"Summary:B": "Serious harm", "Incident date:B": None, "SIN day zero:D": DAY}),
        [
            ("SIN day zero:D", "", "SIN day zero", date(2026, 11, 2), DAY),
            ("Summary:B", "", "Summary", None, "Serious harm"),
            ("Incident date:B", "", "Incident date", date(2026, 10, 30), None),
        ],
    ),
    Row(
        "People: a name, an agency's contact",
        Edited({"Executive Director:Name": "N. Example", "ICB:Contact": None}),
        [
            ("Executive Director:Name", "Executive Director", "Name", "E. Example", "N. Example"),
            ("ICB:Contact", "ICB", "Contact", "N. Example", None),
        ],
    ),
    Row(
        "People: another employer",
        Edited({"ICB:Employer": "council", "SIN-2.6:Employer": "us"}),
        [
            ("SIN-2.6:Employer", "SIN-2.6", "Employer", None, "us"),
            ("ICB:Employer", "ICB", "Employer", "partner agency", "council"),
        ],
    ),
    Row(
        "People: a role typed once more",
        Edited({"People!A30": "Executive Director", "People!B30": "Z. Example"}),
        [
            ("People!A30", "Executive Director", "Role", None, "Executive Director"),
            ("People!B30", "Executive Director", "Name", None, "Z. Example"),
        ],
    ),
    Row(
        "Calendar: a closure, a moved meeting, one held, a new one",
        Edited(
            {
                "Calendar!G8": date(2026, 12, 24),
                "Calendar!B5": date(2026, 11, 25),
                "Calendar!E6": "yes",
                "Calendar!A11": "Learning event",
            },
            **ORDINARY,  # type: ignore[arg-type]  # a case and its day
        ),
        [
            ("Calendar!B5", "", "Date", date(2026, 11, 24), date(2026, 11, 25)),
            ("Calendar!E6", "", "Held", None, "yes"),
            ("Calendar!G8", "2026-12-24", "Office closure", None, date(2026, 12, 24)),
            ("Calendar!A11", "", "Kind", None, "Learning event"),
        ],
    ),
    Row(
        "Case: a child renamed",
        Edited({"Child 1:A": "Child A"}),
        [("Child 1:A", "", "Child", "Child 1", "Child A")],
    ),
    Row(
        "action plan and log",
        Edited({"Action Plan!C4": "Train", "Log!A4": DAY, "Log!B4": "SIN-2.1", "Log!D4": "Chased"}),
        [
            ("Action Plan!C4", "", "Action", None, "Train"),
            ("Log!A4", "SIN-2.1", "Date", None, DAY),
            ("Log!D4", "SIN-2.1", "Text", None, "Chased"),
        ],
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.does)
def test_each_changed_cell_is_told_as_it_was_and_as_it_is(row: Row, tmp_path: Path) -> None:
    edited = row.edited
    case = case_in(edited.saved(tmp_path), edited.as_at)
    book = issued_book(edited.case, edited.as_at)
    assert [(each.cell, each.id, each.column, each.was, each.now) for each in case.changes] == [
        (place_of(book, key), *rest) for key, *rest in row.finds
    ]


def test_a_missing_sheet_is_no_list_of_deleted_rows(tmp_path: Path) -> None:
    def without_people(book: XlsxWorkbook) -> None:
        del book["People"]

    assert case_in(Edited(then=without_people).saved(tmp_path)).changes == ()


def test_a_date_typed_over_due_counts_as_agreed_when_asked(tmp_path: Path) -> None:
    path = Edited({"SIN-2.6:Due": date(2026, 11, 12)}).saved(tmp_path)
    due = date(2026, 11, 9)
    for asked, agreed, codes in ((False, None, ["T205"]), (True, date(2026, 11, 12), ["T353", "T312"])):
        case = case_in(path, EARLY, accept_typed_dates=asked)
        action = next(each for each in case.actions if each.id == "SIN-2.6")
        assert (action.due, action.agreed) == (due, agreed)
        assert [each.code for each in case.problems] == codes


def test_the_due_date_itself_typed_over_due_is_no_agreement(tmp_path: Path) -> None:
    path = Edited({"SIN-2.6:Due": date(2026, 11, 9)}).saved(tmp_path)
    case = case_in(path, EARLY, accept_typed_dates=True)
    action = next(each for each in case.actions if each.id == "SIN-2.6")
    assert (action.agreed, [each.code for each in case.problems]) == (None, ["T205"])


def test_places_are_quoted_as_references_are() -> None:
    assert [quoted(name) for name in ("SIN", "Rapid Review")] == ["SIN", "'Rapid Review'"]
