"""Copies of one workbook, edited apart: one workbook again, with what differs listed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from reconcile.editing import EARLY, FRESH

from regenerate.running import (
    SMALL,
    Run,
    book_of,
    choose,
    issued,
    regenerated,
    rows_of,
    saved,
    small,
    state_of,
    typed,
)
from tracker.case.model import Agency, Meeting
from tracker.regenerate.copies import Copies, merge_copies
from tracker.workbook import layout
from tracker.workbook.baseline import pieces

if TYPE_CHECKING:
    from openpyxl import Workbook as XlsxWorkbook

    from tracker.problems import Problem

DAY, LATER = date(2026, 11, 12), date(2026, 11, 13)


def merged(*contents: bytes) -> tuple[Copies | None, list[Problem]]:
    """Copies A, B, C merged into the first."""
    files = [(f"{'ABC'[at]}.xlsx", content) for at, content in enumerate(contents)]
    return merge_copies(files, lambda _: (SMALL, []), EARLY)


def together(*contents: bytes) -> Run:
    """The one workbook made of copies."""
    copies, problems = merged(*contents)
    assert copies is not None, problems
    return regenerated(copies.content, between_copies=copies.conflicts, merged=copies.content != contents[0])


A = {"SIN-2.6:Status": "In progress"}


@pytest.mark.parametrize(
    ("one", "other", "held"),
    [
        ({}, A, {"SIN-2.6:Status": "In progress"}),
        (A, {}, {"SIN-2.6:Status": "In progress"}),
        (A, A, {"SIN-2.6:Status": "In progress"}),
        (A, {"SIN-2.6:Progress": "Rung"}, {**A, "SIN-2.6:Progress": "Rung"}),
        ({"Summary:B": "Harm"}, {"Marking:B": "OFFICIAL"}, {"Summary:B": "Harm", "Marking:B": "OFFICIAL"}),
        ({}, {"SIN-2.6:Action": "Ring Leadership"}, {"SIN-2.6:Action": "Ring Leadership"}),
        ({}, {"POL:Contact": "R. Example"}, {"POL:Contact": "R. Example"}),
        ({}, {"POL:From date": "soon"}, {"POL:From date": "soon"}),
        ({}, {"SIN-2.6:Named owner": "T. Typed"}, {"SIN-2.6:Named owner": "T. Typed"}),
        ({}, {"SIN-2.6:Progress": None, **A}, A),
    ],
)  # fmt: skip
def test_what_either_changed_is_in_the_result(
    one: dict[str, object], other: dict[str, object], held: dict[str, object]
) -> None:
    run = together(typed(one), typed(other))
    assert {key: run.value(key) for key in held} == held
    assert run.conflicts == []
    assert not run.again().done.changed


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("SIN-2.6:Status", "In progress", "Waiting on others"),
        ("SIN-2.6:Progress", "Rung", "Written"),
        ("SIN-2.6:Named owner", "T. Typed", "O. Other"),
        ("Summary:B", "Harm", "Serious harm"),
        ("Head of QA and Partnerships:Name", "T. Typed", "O. Other"),
    ],
)
def test_different_changes_are_a_conflict_that_names_the_file(key: str, one: str, other: str) -> None:
    run = together(typed({key: one}), typed({key: other}))
    assert [each[2:] for each in run.conflicts] == [(one, other)]
    assert "B.xlsx" in str(run.done.open_conflicts[0]["do"])
    assert run.value(key) == one
    assert run.again().conflicts == run.conflicts
    assert not run.again().done.changed
    new = regenerated(choose(run.content, "new"))
    assert (new.value(key), new.conflicts, new.again().conflicts) == (other, [], [])
    yours = regenerated(choose(run.content, "yours"))
    assert (yours.value(key), yours.conflicts, yours.again().conflicts) == (one, [], [])


# Rows and lines


def _plan(*actions: str) -> dict[str, object]:
    return {f"Action Plan!C{row}": action for row, action in enumerate(actions, 4)}


def _column(run: Run, sheet: str, letter: str, rows: range) -> list[object]:
    page = book_of(run.content)[sheet]
    return [value for row in rows if (value := page[f"{letter}{row}"].value) is not None]


def test_plan_rows_of_either_are_kept() -> None:
    run = together(typed(_plan("Train", "Share")), typed(_plan("Audit", "Share")))
    assert _column(run, "Action Plan", "C", range(4, 12)) == ["Train", "Share", "Audit"]
    assert _column(run, "Action Plan", "A", range(4, 12)) == ["AP-001", "AP-002", "AP-003"]
    assert not run.again().done.changed


def test_log_lines_of_either_are_kept_and_the_same_line_is_one() -> None:
    same = {"Log!A4": DAY, "Log!C4": "Note", "Log!D4": "Rung"}
    run = together(typed({**same, "Log!D5": "Mine"}), typed({**same, "Log!D5": "Theirs"}))
    assert _column(run, "Log", "D", range(4, 12)) == ["Rung", "Mine", "Theirs"]


def test_rows_of_ones_own_in_either_are_kept() -> None:
    mine, theirs = ({"SIN+1:Action": text, "SIN+1:Agreed date": DAY} for text in ("Ring", "Write"))
    run = together(typed(mine), typed(theirs))
    page = book_of(run.content)["SIN"]
    assert [page.cell(row, 2).value for row in range(10, 13)] == ["Ring", "Write", None]
    assert not run.again().done.changed


def test_a_row_of_ones_own_that_was_there_is_not_doubled() -> None:
    own = {"SIN+1:Action": "Ring", "SIN+1:Agreed date": DAY}
    base = regenerated(typed(own), annotate=True).content
    mine, theirs = {"SIN!K10": "In progress"}, {"SIN!L10": "No answer yet"}
    run = together(typed(mine, content=base), typed(theirs, content=base))
    page = book_of(run.content)["SIN"]
    assert [page.cell(row, 2).value for row in range(10, 12)] == ["Ring", None]
    assert [run.value("SIN!K10"), run.value("SIN!L10"), run.conflicts] == ["In progress", "No answer yet", []]
    run = together(typed(mine, content=base), typed({"SIN!K10": "Complete"}, content=base))
    assert [each[2:] for each in run.conflicts] == [("In progress", "Complete")]
    new = regenerated(choose(run.content, "new"))
    assert (new.value("SIN!K10"), new.conflicts) == ("Complete", [])


def test_agencies_of_either_get_their_rows() -> None:
    mine = {"People!A39": "UHD", "People!B39": "University Hospitals Dorset"}
    theirs = {"People!A39": "BCP", "People!B39": "BCP Council", "People!G39": DAY}
    run = together(typed(mine), typed(theirs))
    assert _column(run, "People", "A", range(37, 47)) == ["POL", "ICB", "UHD", "BCP"]
    assert run.value("People!G40") is not None
    assert run.added == ["RR-5.7b-UHD", "RR-5.7b-BCP"]


def test_agencies_typed_without_a_code_in_either_are_both_kept() -> None:
    run = together(typed({"People!B39": "Dorset HealthCare"}), typed({"People!B39": "Dorset Fire Service"}))
    assert _column(run, "People", "B", range(37, 47))[2:] == ["Dorset HealthCare", "Dorset Fire Service"]
    assert len(run.added) == 2


MEETING = replace(FRESH, meetings=(Meeting("Rapid Review", DAY), Meeting("Leadership", DAY)))


def test_held_ticks_of_either_are_kept() -> None:
    content = issued(MEETING)
    run = together(
        typed({"Calendar!E5": "yes"}, content=content), typed({"Calendar!E6": "yes"}, content=content)
    )
    assert _column(run, "Calendar", "E", range(5, 9)) == ["yes", "yes"]


def test_moves_of_either_are_logged_once() -> None:
    mine, theirs = {"SIN-2.6:Agreed date": DAY}, {"SIN-2.6:Agreed date": DAY, "SIN-3.2:Agreed date": LATER}
    run = together(typed(mine), typed(theirs))
    assert _column(run, "Log", "B", range(4, 12)) == ["SIN-2.6", "SIN-3.2"]
    assert not run.again().done.changed


def _without(row_id: str) -> bytes:
    def delete(book: XlsxWorkbook) -> None:
        page = book["SIN"]
        page.delete_rows(next(row for row in range(4, 20) if page.cell(row, 1).value == row_id))

    return typed(then=delete)


@pytest.mark.parametrize("first", [True, False])
def test_a_row_deleted_in_one_and_worked_on_in_the_other_is_a_conflict(first: bool) -> None:
    pair = [_without("SIN-3.2"), typed({"SIN-3.2:Progress": "Drafted"})]
    run = together(*(pair if first else pair[::-1]))
    assert [each["id"] for each in run.done.open_conflicts] == ["SIN-3.2"]


def test_a_row_deleted_in_both_stays_deleted() -> None:
    run = together(_without("SIN-3.2"), _without("SIN-3.2"))
    assert (run.conflicts, run.codes) == ([], [("", "T614")])


def test_dates_typed_over_due_in_either_are_offered() -> None:
    run = together(typed({"SIN-2.6:Due": DAY}), typed({"SIN-3.2:Due": LATER}))
    assert sorted(str(each[2]) for each in run.conflicts) == ["2026-11-12", "2026-11-13"]


def test_two_dates_typed_over_one_due_are_both_offered() -> None:
    one, two = date(2026, 11, 12), date(2026, 11, 16)
    run = together(typed({"SIN-2.6:Due": one}), typed({"SIN-2.6:Due": two}))
    assert {each[2:] for each in run.conflicts} == {("2026-11-12", "2026-11-09"), (None, "2026-11-16")}
    settled = regenerated(choose(run.content, "new", "new"))
    assert settled.value("SIN-2.6:Agreed date") == datetime(2026, 11, 16)  # noqa: DTZ001  a workbook has no zones
    assert (settled.conflicts, settled.again().done.changed) == ([], False)


def test_a_bank_holiday_of_the_other_copy_keeps_its_name() -> None:
    page = book_of(small())["Calendar"]
    row = next(row for row in range(5, 200) if page.cell(row, 10).value is None)
    run = together(small(), typed({f"Calendar!J{row}": date(2026, 12, 1), f"Calendar!K{row}": "Royal day"}))
    assert run.value(f"Calendar!K{row}") == "Royal day"


def test_what_a_copy_has_of_its_own_is_told() -> None:
    def own(book: XlsxWorkbook) -> None:
        book.create_sheet("Notes")["A1"] = "Ask Legal"

    copies, _ = merged(small(), typed({"SIN!Z5": "Ask Comms", "SIN-2.6:Progress": "Rung"}, own))
    assert copies
    told = [each.found for each in copies.problems if each.code == "T619"]
    assert told == ["B.xlsx has sheet Notes, SIN!Z5, which the result does not have"]
    silent, _ = merged(typed({"SIN!Z9": "Ask Comms"}, own), typed({"SIN!Z5": "Ask Comms"}, own))
    assert silent
    assert not [each for each in silent.problems if each.code == "T619"]


def test_new_on_a_row_one_copy_lacks_leaves_its_cells() -> None:
    run = together(small(), typed(then=lambda book: book["SIN"].delete_rows(5)))
    assert [each["kind"] for each in run.done.open_conflicts] in (["copies"], [])
    settled = regenerated(choose(run.content, "new"))
    assert book_of(settled.content)["SIN"]["A5"].value == book_of(small())["SIN"]["A5"].value


@pytest.mark.parametrize(("takes", "stands"), [(("new", "yours"), "Two"), (("yours", "new"), "Three")])
def test_of_three_values_the_one_that_was_taken_stands(takes: tuple[str, str], stands: str) -> None:
    run = together(*(typed({"SIN-2.6:Progress": said}) for said in ("One", "Two", "Three")))
    settled = regenerated(choose(run.content, *takes))
    assert settled.value("SIN-2.6:Progress") == stands
    assert [each.state for each in settled.done.merge.settled] == list(takes)
    assert settled.conflicts == []


def test_a_renamed_sheet_in_either_is_the_same_sheet() -> None:
    def rename(book: XlsxWorkbook) -> None:
        book["SIN"].title = "Notification"

    run = together(typed(A), typed({"SIN-2.6:Progress": "Rung"}, rename))
    assert (run.value("SIN-2.6:Progress"), run.conflicts) == ("Rung", [])
    run = together(typed({"SIN-2.6:Progress": "Rung"}, rename), typed(A))
    assert book_of(run.content)["Notification"]["K5"].value == "In progress"


@pytest.mark.parametrize(
    ("mine", "theirs", "stands", "waiting"),
    [
        ("new", "", "Theirs", 0),
        ("", "new", "Theirs", 0),
        ("yours", "yours", "Mine", 0),
        ("yours", "new", "Mine", 1),
    ],
)
def test_choices_made_in_either_settle_a_conflict(mine: str, theirs: str, stands: str, waiting: int) -> None:
    case = replace(FRESH, details=replace(FRESH.details, summary="Theirs"))
    base = regenerated(typed({"Summary:B": "Mine"}), case=case).content
    run = together(choose(base, mine), choose(base, theirs))
    assert (run.value("Summary:B"), len(run.conflicts)) == (stands, waiting)
    assert not run.again().done.changed


@pytest.mark.parametrize("turned", [False, True])
def test_a_copy_with_a_title_written_over_is_put_right_before_it_is_merged(turned: bool) -> None:
    def rename(book: XlsxWorkbook) -> None:
        (cell,) = [each for each in book["SIN"][layout.HEADER_ROW] if each.value == "Status"]
        cell.value = "State of play"

    pair = [typed({"SIN-2.6:Progress": "Rung"}), typed(A, rename)]
    copies, _ = merged(*(pair[::-1] if turned else pair))
    assert copies is not None
    assert [each.code for each in copies.problems] == ["T360", "T601"]
    (row,) = [each for each in state_of(copies.content).actions if each.id == "SIN-2.6"]
    assert (row.status, row.progress) == ("In progress", "Rung")


def test_three_copies_are_one() -> None:
    run = together(typed(A), typed({"SIN-2.6:Progress": "Rung"}), typed({"SIN-2.6:Evidence": "Note 3"}))
    held = [run.value(f"SIN-2.6:{title}") for title in ("Status", "Progress", "Evidence")]
    assert held == ["In progress", "Rung", "Note 3"]
    copies, _ = merged(typed(A), typed({"SIN-2.6:Progress": "Rung"}), typed({"SIN-2.6:Progress": "Written"}))
    assert copies is not None
    assert ["C.xlsx" in each.do for each in copies.conflicts] == [True]


def _later(cells: dict[str, object] | None = None) -> bytes:
    """The small workbook, worked in and brought up to another case; the earlier issue is `small()`."""
    case = replace(FRESH, agencies=(*FRESH.agencies, Agency("BCP Council", "BCP")))
    return typed(cells or {}, content=regenerated(typed({"SIN-2.6:Evidence": "Note 1"}), case=case).content)


@pytest.mark.parametrize("turned", [False, True], ids=["the later first", "the earlier first"])
def test_a_copy_of_an_earlier_issue_is_merged_into_the_later(turned: bool) -> None:
    later, earlier = _later({"SIN-2.6:Status": "In progress"}), typed({"SIN-2.6:Progress": "Rung"})
    run = together(*((earlier, later) if turned else (later, earlier)))
    held = [run.value(f"SIN-2.6:{title}") for title in ("Status", "Progress", "Evidence")]
    assert (held, run.conflicts) == (["In progress", "Rung", "Note 1"], [])
    assert "RR-5.7b-BCP" in rows_of(run.content)
    assert not run.again().done.changed


def test_the_base_is_the_issue_that_both_descend_from() -> None:
    later, earlier = _later({"SIN-2.6:Evidence": "Note 2"}), typed({"SIN-2.6:Evidence": "Mine"})
    assert [each[1:] for each in together(later, earlier).conflicts] == [(None, "Note 2", "Mine")]


def test_two_later_issues_of_one_workbook_are_refused() -> None:
    one, other = (regenerated(typed({"SIN-2.6:Progress": word}), annotate=True).content for word in "ab")
    copies, problems = merged(one, other)
    assert (copies, [(each.code, each.file) for each in problems]) == (None, [("T612", "A.xlsx")])


def test_two_notes_on_one_cell_can_both_be_kept() -> None:
    run = together(typed({"SIN-2.6:Progress": "Rung"}), typed({"SIN-2.6:Progress": "Written"}))
    assert "or both" in str(run.done.open_conflicts[0]["do"])
    both = regenerated(choose(run.content, "both"))
    assert (both.value("SIN-2.6:Progress"), both.conflicts) == ("Rung\nWritten", [])
    assert not both.again().done.changed


@pytest.mark.parametrize(
    ("column", "one", "other"), [("Completed", DAY, LATER), ("Status", "In progress", "Waiting on others")]
)
def test_two_dates_or_words_of_a_list_cannot_both_be_kept(column: str, one: object, other: object) -> None:
    run = together(typed({f"SIN-2.6:{column}": one}), typed({f"SIN-2.6:{column}": other}))
    assert "both" not in str(run.done.open_conflicts[0]["do"])
    refused = regenerated(choose(run.content, "both"), takes={"C-001": "both"})
    assert refused.conflicts == run.conflicts
    told = [(each.place, each.found) for each in refused.problems if each.code == "T643"]
    assert told == [
        (run.conflicts[0][0], "the workbook has no open conflict C-001 for which both can be taken")
    ]


def test_both_is_no_longer_offered_where_an_earlier_version_offered_it() -> None:
    book = book_of(together(typed({"SIN-2.6:Completed": DAY}), typed({"SIN-2.6:Completed": LATER})).content)
    hidden = book[layout.HIDDEN]
    texts = [str(text) for (text,) in hidden.iter_rows(max_col=1, values_only=True) if text]
    record = json.loads("".join(texts))
    wanted = record["conflicts"][0]["do"]
    record["conflicts"][0]["do"] = book["Conflicts"]["H4"].value = f"{wanted.removesuffix('.')}, or both."
    for row, piece in enumerate(pieces(json.dumps(record)), 1):
        hidden.cell(row, 1, piece)
    run = regenerated(saved(book))
    assert (run.done.open_conflicts[0]["do"], book_of(run.content)["Conflicts"]["H4"].value) == (wanted,) * 2
    assert not run.again().done.changed
