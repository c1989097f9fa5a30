"""Every code of reading, and what one root cause must not set off; typed with openpyxl, without LibreOffice."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from reconcile.editing import (
    EARLY,
    Edited,
    case_in,
    copy_row,
    delete_row,
    issued_book,
    issued_bytes,
    place_of,
    reconciled,
)

from reading import test_office_edits
from tracker import workdays
from tracker.problems import kinds_of
from tracker.workbook import layout
from tracker.workbook.baseline import pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from openpyxl import Workbook as XlsxWorkbook

    from tracker.reconcile.model import CaseState


def codes(case: CaseState) -> list[tuple[str, str]]:
    return [(each.place, each.code) for each in case.problems]


def test_a_wrong_password_is_told(tmp_path: Path) -> None:
    (tmp_path / "plain.xlsx").write_bytes(issued_bytes("fresh", EARLY))
    with (tmp_path / "plain.xlsx").open("rb") as plain, (tmp_path / "locked.xlsx").open("wb") as locked:
        OOXMLFile(plain).encrypt("right", locked)
    for word, found, cases in (("", ["T105"], 0), ("wrong", ["T134"], 0), ("right", [], 1)):
        outcome = reconciled(tmp_path / "locked.xlsx", password=lambda _, word=word: word)
        assert ([each.code for each in outcome.problems], len(outcome.cases)) == (found, cases)


def test_every_code_of_reading_is_produced() -> None:
    # In tests/regenerate: T358 test_copies.py; T359 test_standby.py; T361 to T364 test_mended.py; T366
    # test_defined_names.py
    elsewhere = {"T134", "T358", "T359", "T361", "T362", "T363", "T364", "T366"}
    produced = {code for done in test_office_edits.EVERYTHING for _, code in done.problems} | elsewhere
    assert {kind.code for kind in kinds_of("readings")} <= produced


# One root cause, one problem


def _without(*sheets: str) -> Callable[[XlsxWorkbook], None]:
    def delete(book: XlsxWorkbook) -> None:
        for sheet in sheets:
            del book[sheet]

    return delete


@pytest.mark.parametrize(
    "sheet", ["Case", "SIN", "Rapid Review", "LCSPR", "Action Plan", "Log", "People", "Calendar"]
)
def test_a_deleted_sheet_is_one_problem(sheet: str, tmp_path: Path) -> None:
    case = case_in(Edited(then=_without(sheet)).saved(tmp_path))
    place = f"'{sheet}'" if " " in sheet else sheet
    assert codes(case) == [(place, "T109")]
    assert case.changes == ()


@pytest.mark.parametrize("sheet", ["Summary", "Guide"])
def test_a_deleted_sheet_without_anything_typed_is_no_problem(sheet: str, tmp_path: Path) -> None:
    assert codes(case_in(Edited(then=_without(sheet)).saved(tmp_path))) == []


def test_a_header_row_deleted_is_one_problem(tmp_path: Path) -> None:
    case = case_in(Edited(then=lambda book: book["Rapid Review"].delete_rows(3)).saved(tmp_path))
    assert codes(case) == [("'Rapid Review'", "T110")]
    assert case.changes == ()


def _ids_moved_on(sheet: str, first: int, last: int) -> Callable[[XlsxWorkbook], None]:
    """The IDs of some rows, each moved to the next row, the last to the first."""

    def move(book: XlsxWorkbook) -> None:
        page = book[sheet]
        ids = [page.cell(row, 1).value for row in range(first, last + 1)]
        for row, row_id in enumerate([ids[-1], *ids[:-1]], first):
            page.cell(row, 1).value = row_id

    return move


STEPS = {
    "SIN-2.1:Status": "Complete",  # without a date
    "SIN-2.6:Agreed date": date(2026, 11, 12),  # past due, without a reason
    "SIN-3.2b:Completed": date(2026, 10, 1),  # before awareness, before what it waits for
    "SIN-3.4:Completed": date(2026, 11, 2),  # starts the Rapid Review clock
    "SIN-3.6b:Owner": "Somebody else",
}


def test_ids_beside_other_rows_set_off_nothing_else(tmp_path: Path) -> None:
    case = case_in(Edited(STEPS, _ids_moved_on("SIN", 4, 15)).saved(tmp_path))
    assert codes(case) == [("SIN!A4", "T351")]
    assert [(each.cell, each.column) for each in case.changes] == [
        ("SIN!K4", "Status"), ("SIN!G5", "Agreed date"), ("SIN!H7", "Completed"), ("SIN!H12", "Completed"),
    ]  # fmt: skip
    assert {action.due_issued for action in case.actions if action.stage == "SIN"} == {None}


def test_with_ids_beside_other_rows_the_other_sheets_are_still_checked(tmp_path: Path) -> None:
    typed = {**STEPS, "RR-5.3:Status": "Complete", "RR-6.5:Agreed date": date(2026, 12, 24)}
    case = case_in(Edited(typed, _ids_moved_on("SIN", 4, 15)).saved(tmp_path))
    assert codes(case) == [("SIN!A4", "T351"), ("'Rapid Review'!H4", "T310")]


def test_one_row_with_the_text_of_another_is_told_cell_by_cell(tmp_path: Path) -> None:
    def copy_text(book: XlsxWorkbook) -> None:
        for column in range(2, book["SIN"].max_column + 1):
            book["SIN"].cell(6, column).value = book["SIN"].cell(5, column).value

    case = case_in(Edited(then=copy_text).saved(tmp_path))
    assert codes(case) == []
    assert {each.column for each in case.changes} >= {"Action", "Owner"}


def test_a_sheet_misread_and_a_row_moved_to_it_are_two_things(tmp_path: Path) -> None:
    def edit(book: XlsxWorkbook) -> None:
        copy_row("RR-8.4", "SIN", cut=True)(book)
        _ids_moved_on("SIN", 4, 15)(book)

    read = codes(case_in(Edited(then=edit).saved(tmp_path)))
    assert read == [("SIN!A3", "T362"), ("SIN!A4", "T351")]  # the row with its formulas lies below the table


@pytest.mark.parametrize("title", ["ID", "Counted from", "Count"])
def test_a_missing_column_leaves_no_row_without_what_its_date_needs(title: str, tmp_path: Path) -> None:
    def delete(book: XlsxWorkbook) -> None:
        column = next(cell.column for cell in book["SIN"][3] if cell.value == title)
        book["SIN"].delete_cols(column)

    assert codes(case_in(Edited(then=delete).saved(tmp_path))) == [("SIN!A3", "T111")]


def test_a_missing_column_of_names_leaves_nobody_unnamed(tmp_path: Path) -> None:
    case = case_in(Edited(then=lambda book: book["People"].delete_cols(2)).saved(tmp_path))
    codes_told = {each.code for each in case.problems}
    assert "T111" in codes_told
    assert "T314" not in codes_told


def test_merged_ids_are_missing_ids(tmp_path: Path) -> None:
    case = case_in(Edited(then=lambda book: book["SIN"].merge_cells("A4:A6")).saved(tmp_path))
    assert codes(case) == [("SIN!A4", "T132"), ("SIN!A5", "T342"), ("SIN!A6", "T342")]
    assert case.problems[1].remedy == "Type SIN-2.6 in column ID of this row."


def test_two_rows_that_changed_places_without_their_ids_are_told(tmp_path: Path) -> None:
    def swap(book: XlsxWorkbook) -> None:
        sheet = book["SIN"]
        for column in range(2, sheet.max_column + 1):
            one, other = sheet.cell(4, column), sheet.cell(6, column)
            one.value, other.value = other.value, one.value

    path = Edited({"SIN-2.1:Completed": date(2026, 11, 3)}, swap).saved(tmp_path)
    assert codes(case_in(path)) == [("SIN!A4", "T351")]
    read = case_in(path, realign=True)
    assert codes(read) == [("SIN!A4", "T352")]
    assert {each.id: each.completed for each in read.actions if each.completed} == {
        "SIN-2.1": date(2026, 11, 3)
    }


# Sheet Case


def test_what_is_typed_over_a_clock_says_where_to_type_it(tmp_path: Path) -> None:
    case = case_in(
        Edited({"Publication:B": date(2027, 6, 10), "First Review Panel:D": "June"}).saved(tmp_path)
    )
    assert codes(case) == [("Case!B10", "T355"), ("Case!D12", "T355")]
    assert [each.remedy.partition("type the date ")[2] for each in case.problems] == [
        "beside it in Type it here.",
        "in Completed of LCSPR-7.8.",
    ]


def test_a_label_that_is_gone_is_told_with_the_nearest(tmp_path: Path) -> None:
    case = case_in(Edited({"Case reference:A": "Case refrence", "SIN day zero:A": None}).saved(tmp_path))
    told = [(each.code, each.remedy) for each in case.problems if each.code == "T356"]
    assert told == [
        ("T356", 'Restore the label Case reference (did you mean "Case refrence"?).'),
        ("T356", "Restore the label SIN day zero."),
    ]


def test_the_labels_of_single_dates_are_missed_too(tmp_path: Path) -> None:
    case = case_in(
        Edited({"Report date (empty: today):A": "Report date", "Calendar!M3": None}).saved(tmp_path)
    )
    assert [(each.place, each.code, each.expected) for each in case.problems] == [
        ("Case", "T356", "the label Report date (empty: today) on sheet Case, its value beside it"),
        ("Calendar", "T356", "the label Bank holidays known until on sheet Calendar, its value below it"),
    ]


def test_a_missing_column_of_labels_is_not_told_label_by_label(tmp_path: Path) -> None:
    case = case_in(Edited(then=lambda book: book["Case"].delete_cols(1)).saved(tmp_path))
    assert {each.code for each in case.problems} >= {"T111"}
    assert "T356" not in {each.code for each in case.problems}


def test_a_formula_as_report_date_is_told_and_fixes_nothing(tmp_path: Path) -> None:
    case = case_in(Edited({"Report date (empty: today):B": "=TODAY()"}).saved(tmp_path))
    assert codes(case) == [("Case!B3", "T207")]


# Formulas


FORMULA_COLUMNS = "CEFIJSTX"


def test_each_cleared_formula_of_an_issued_row_is_told(tmp_path: Path) -> None:
    case = case_in(Edited({f"SIN!{column}5": None for column in FORMULA_COLUMNS}).saved(tmp_path))
    assert codes(case) == [(f"SIN!{column}5", "T354") for column in FORMULA_COLUMNS]
    assert {each.id for each in case.problems} == {"SIN-2.6"}


def test_a_row_of_ones_own_needs_no_formulas(tmp_path: Path) -> None:
    own: dict[str, object] = {
        "SIN+1:Action": "Ring the school",
        "SIN+1:Owner": "Executive Director",
        "SIN+1:Agreed date": date(2026, 11, 6),
    }
    assert [code for _, code in codes(case_in(Edited(own).saved(tmp_path)))] == ["T303"]


def test_a_formula_typed_where_a_date_belongs_is_told_with_its_date(tmp_path: Path) -> None:
    case = case_in(Edited({"SIN-2.1:Completed": "=TODAY()"}).saved(tmp_path))
    assert codes(case) == [("SIN!H4", "T207")]  # openpyxl saves no values


# IDs


@pytest.mark.parametrize(
    ("typed", "hint"), [("SIN-2.66", 'did you mean "SIN-2.6"?'), ("AP-1", "the row is yours.")]
)
def test_only_an_id_that_is_missing_is_suggested(typed: str, hint: str, tmp_path: Path) -> None:
    case = case_in(Edited({"SIN-2.6:ID": typed}).saved(tmp_path))
    assert next(each.remedy for each in case.problems if each.code == "T304").find(hint) > 0


def test_no_id_that_stands_elsewhere_is_suggested(tmp_path: Path) -> None:
    own: dict[str, object] = {"SIN+1:ID": "SIN-2.66", "SIN+1:Action": "Ring", "SIN+1:Agreed date": EARLY}
    case = case_in(Edited(own).saved(tmp_path))
    assert "did you mean" not in next(each.remedy for each in case.problems if each.code == "T304")


def test_a_copied_row_whose_action_only_looks_different_is_a_doubled_id(tmp_path: Path) -> None:
    def edit(book: XlsxWorkbook) -> None:
        copy_row("SIN-2.6", "SIN")(book)
        book["SIN"]["B16"] = f"\u00a0{book['SIN']['B16'].value} "

    assert codes(case_in(Edited(then=edit).saved(tmp_path))) == [("SIN!A3", "T362"), ("SIN!A16", "T302")]


def test_a_deleted_row_is_told_once(tmp_path: Path) -> None:
    case = case_in(Edited(then=delete_row("SIN-3.3")).saved(tmp_path))
    assert codes(case) == [("SIN", "T301")]


# Bank holidays as they were issued


@pytest.fixture
def newer_holidays(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Mapping[date, str]]]:
    """A version of the bank holidays that knows one more day, and calls another by another name."""
    assert issued_bytes("fresh", EARLY)  # before anything newer is known
    known = workdays.bank_holidays

    def newer(*years: object) -> dict[date, str]:
        days = dict(known(*years))  # type: ignore[arg-type]  # what it is asked
        return {**days, date(2027, 12, 25): "Christmas", date(2028, 6, 2): "A jubilee"}

    monkeypatch.setattr(workdays, "bank_holidays", newer)
    yield newer
    monkeypatch.undo()


def test_newer_bank_holidays_are_no_change_of_the_workbook(
    newer_holidays: Callable[..., Mapping[date, str]], tmp_path: Path
) -> None:
    path = tmp_path / "issued.xlsx"
    path.write_bytes(issued_bytes("fresh", EARLY))
    assert newer_holidays("GB", "ENG", 2028, 2028)[date(2028, 6, 2)] == "A jubilee"
    assert case_in(path).changes == ()


def _forgetting_holidays(book: XlsxWorkbook) -> None:
    """As a workbook was issued before it remembered its bank holidays."""
    page = book[layout.HIDDEN]
    texts = [cell.value for (cell,) in page.iter_rows(max_col=1)]
    record = json.loads("".join(str(text) for text in texts if text))
    del record["holidays"]
    parts = pieces(json.dumps(record))
    for row in range(1, len(texts) + 1):
        page.cell(row, 1).value = parts[row - 1] if row <= len(parts) else None


def test_a_workbook_that_remembers_no_bank_holidays_is_held_against_those_known_now(tmp_path: Path) -> None:
    assert case_in(Edited(then=_forgetting_holidays).saved(tmp_path)).changes == ()


def test_a_typed_and_a_deleted_bank_holiday_are_changes(tmp_path: Path) -> None:
    def edit(book: XlsxWorkbook) -> None:
        page = book["Calendar"]
        page["J5"], page["K6"] = None, "Renamed"
        page["K5"] = None

    case = case_in(Edited(then=edit).saved(tmp_path))
    assert [(each.cell, each.id, each.was, each.now) for each in case.changes] == [
        ("Calendar!K6", "2025-04-18", "Good Friday", "Renamed"),
        ("Calendar", "2025-01-01", date(2025, 1, 1), None),
    ]


# What a message repeats of a cell

AS_TEXT = "is text, not a date; it was read as"
TWO_DAYS = "is text that could be Tue 3 Nov 2026 or Wed 11 Mar 2026"
STATUS_WORDS = "Not started, In progress, Waiting on others, Complete or Not applicable"


@pytest.mark.parametrize(
    ("cell", "typed", "found"),
    [
        ("SIN-2.1:Completed", "3\u00a0Nov\u00a02026", f"'3 Nov 2026' {AS_TEXT} Tue 3 Nov 2026"),
        ("SIN-2.1:Completed", "13/11/2026 14:30", f"'13/11/2026 14:30' {AS_TEXT} Fri 13 Nov 2026"),
        ("SIN-2.1:Completed", "2026-11-03T00:00:00", f"'2026-11-03T00:00:00' {AS_TEXT} Tue 3 Nov 2026"),
        ("SIN-2.1:Completed", "3 Nov 2026, 2.15 pm", f"'3 Nov 2026, 2.15 pm' {AS_TEXT} Tue 3 Nov 2026"),
        ("SIN-2.1:Completed", "13 / 11 / 2026", f"'13 / 11 / 2026' {AS_TEXT} Fri 13 Nov 2026"),
        ("SIN-2.1:Completed", "13\u201311\u20132026", f"'13\u201311\u20132026' {AS_TEXT} Fri 13 Nov 2026"),
        ("SIN-2.1:Completed", "Mon. 2 Nov 2026", f"'Mon. 2 Nov 2026' {AS_TEXT} Mon 2 Nov 2026"),
        ("SIN-2.1:Completed", "3/11/2026 09:00", f"'3/11/2026 09:00' {TWO_DAYS}"),
        ("SIN-2.1:Completed", "3/11/26 09:00", "'3/11/26 09:00' under Completed is not a date"),
        ("SIN-2.1:Completed", "soon " * 100, f"'{'soon ' * 11}soon\u2026' under Completed is not a date"),
        ("SIN-2.6:Count", date(2026, 11, 5), "Thu 5 Nov 2026 under Count is not a whole number"),
        ("SIN-2.6:Count", 5.5, "'5.5' under Count is not a whole number"),
        ("SIN-2.1:Status", "Complete\u200b", "'Complete' with blanks or marks that do not show was read as Complete"),
        ("SIN-2.1:Status", "the deputy's", f"'the deputy's' under Status is not one of these: {STATUS_WORDS}"),
        ("SIN-2.6:Due", date(2026, 11, 13), "Fri 13 Nov 2026 was typed over the formula of Due"),
        ("SIN-2.6:Owner", "B. Example", "'B. Example' is not on sheet People"),
    ],
)  # fmt: skip
def test_a_message_repeats_a_cell_as_people_read_it(
    cell: str, typed: object, found: str, tmp_path: Path
) -> None:
    case = case_in(Edited({cell: typed}).saved(tmp_path))
    place = place_of(issued_book("fresh", EARLY), cell)
    assert [each.found for each in case.problems if each.place == place][:1] == [found]


def test_only_the_due_date_is_sent_to_agreed_date(tmp_path: Path) -> None:
    case = case_in(Edited({"SIN-2.6:Due": date(2026, 11, 13), "SIN-2.6:RAG": "Green"}).saved(tmp_path))
    assert [each.remedy for each in case.problems] == [
        "Restore the formula with tracker regenerate; type another date in Agreed date.",
        "Restore the formula with tracker regenerate.",
    ]


def test_a_role_taken_off_people_is_not_taken_for_another(tmp_path: Path) -> None:
    case = case_in(Edited({"PDSCP Business Manager:A": "Manager"}).saved(tmp_path))
    assert {each.remedy for each in case.problems if each.code == "T326"} == {
        "Choose the owner from the list, or add it on sheet People."
    }
