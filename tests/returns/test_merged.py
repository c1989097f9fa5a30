"""A return read back: three-way against what it was sent with, and what is said of one that does not fit."""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from files.base import parts_of
from files.mutations import bytes_damaged, cells_retyped, parts_damaged
from reconcile.editing import FRESH
from regenerate.running import issued

from tracker.problems import codes, kinds_of
from tracker.regenerate.copies import Copies
from tracker.regenerate.returned import merge_returns
from tracker.workbook import layout
from tracker.workbook.preflight import given_content
from tracker.workbook.return_reader import read_return

from .sending import (
    PLAN,
    PROCEDURE,
    SENT,
    SHEET,
    book_of,
    edited,
    filled,
    merged,
    read,
    saved,
    sent,
    workbook,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openpyxl import Workbook as XlsxWorkbook

DONE = date(2026, 11, 18)
POL = "RR-5.7b-POL"
REASON = "No involvement, says Dorset Police"
FIVE = ("Completed", "Status", "Progress", "Evidence", "Reason for change")


def answered(**cells: object) -> bytes:
    """The return of the police with its first row filled in."""
    return filled(sent("POL"), {f"{POL}:{title}": value for title, value in cells.items()})


def test_what_was_filled_in_comes_into_the_row() -> None:
    run = merged(
        answered(Completed=DONE, Status="Complete", Progress="Sent by secure mail", Evidence="Mail of 18 Nov")
    )
    assert run.row(POL, *FIVE) == [DONE, "Complete", "Sent by secure mail", "Mail of 18 Nov", None]
    assert (run.codes, run.conflicts) == (["T630"], [])
    assert run.problems[0].found == "Dorset Police: answered RR-5.7b-POL; still open LCSPR-7.9b-POL"


def test_an_action_of_the_plan_gets_its_impact() -> None:
    content = edited(PLAN)
    back = filled(sent("UHD", content), {"AP-001:Completed": DONE, "AP-001:Impact": "Two fewer readmissions"})
    run = merged(back, into=content)
    assert run.row("AP-001", "Completed", "Impact") == [DONE, "Office only\nTwo fewer readmissions"]


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ({"Status": "No involvement"}, [None, "Not applicable", "No involvement", None, REASON]),
        (
            {"Status": "nil return", "Progress": "Checked both systems"},
            [None, "Not applicable", "No involvement. Checked both systems", None, REASON],
        ),
        ({"Progress": "Half of it is written"}, [None, "In progress", "Half of it is written", None, None]),
        ({"Status": "Waiting on others"}, [None, "Waiting on others", None, None, None]),
        (
            {"Completed": "not yet", "Progress": "Half of it is written"},
            [None, "In progress", "Half of it is written\nCompleted: not yet", None, None],
        ),
    ],
    ids=["no involvement", "no involvement, with a note", "half filled", "waiting", "words for a date"],
)  # fmt: skip
def test_an_answer_that_is_no_completion_shows_in_the_row(
    cells: Mapping[str, object], row: list[object]
) -> None:
    assert merged(answered(**cells)).row(POL, *FIVE) == row


def test_a_note_of_the_office_stays_and_the_answer_comes_below_it() -> None:
    mine = edited({f"{POL}:Progress": "Chased by phone"})
    back = filled(sent("POL", mine), {f"{POL}:Progress": "Sent on Tuesday"})
    assert merged(back, into=mine).row(POL, "Progress") == ["Chased by phone\nSent on Tuesday"]


@pytest.mark.parametrize(
    ("note", "answer", "both"),
    [
        ("Sent on Tuesday", "Sent on Tuesday", "Sent on Tuesday"),
        ("Chased\nSent", "Sent", "Chased\nSent"),
        ("Presented", "Sent", "Presented\nSent"),
    ],
)
def test_an_answer_that_stands_there_already_is_not_said_twice(note: str, answer: str, both: str) -> None:
    mine = edited({f"{POL}:Progress": note})
    back = filled(sent("POL", mine), {f"{POL}:Progress": answer})
    assert merged(back, into=mine).row(POL, "Progress") == [both]


def test_a_note_alone_leaves_the_status_the_office_chose() -> None:
    mine = edited({f"{POL}:Status": "Waiting on others"})
    run = merged(answered(Progress="Half of it is written"), into=mine)
    assert (run.row(POL, "Status", "Progress"), run.conflicts) == (
        ["Waiting on others", "Half of it is written"],
        [],
    )


def test_an_owner_is_warned_of_where_nobody_in_a_partner_agency_is_called_so() -> None:
    content = edited({"RR-5.7b-POL:Owner": "Somebody", "LCSPR-7.9b-POL:Owner": "Somebody"})
    back = filled(sent("Somebody", content), {f"{POL}:Completed": DONE})
    assert merged(back, into=content).codes == ["T645", "T630"]


def test_a_cell_that_would_overflow_is_a_conflict() -> None:
    mine = edited({f"{POL}:Progress": "a" * 20_000})
    back = filled(sent("POL", mine), {f"{POL}:Progress": "b" * 20_000})
    run = merged(back, into=mine)
    assert [(row_id, title) for row_id, title, *_ in run.conflicts] == [(POL, "Progress")]


def test_what_both_changed_is_a_conflict_as_between_copies() -> None:
    mine = edited({f"{POL}:Completed": date(2026, 11, 17), f"{POL}:Progress": "Came by post"})
    run = merged(answered(Completed=DONE, Progress="Sent by mail", Evidence="Receipt"), into=mine)
    assert run.row(POL, "Completed", "Progress", "Evidence") == [
        date(2026, 11, 17),
        "Came by post",
        "Receipt",
    ]
    assert run.conflicts == [
        (POL, "Completed", None, date(2026, 11, 17), DONE),
        (POL, "Progress", None, "Came by post", "Sent by mail"),
    ]


def test_a_return_of_an_older_workbook_is_read_by_id() -> None:
    """The row stands elsewhere by now, an agency more is in the case, and the office has typed in the meantime."""

    def moved(book: XlsxWorkbook) -> None:
        book["Rapid Review"].insert_rows(4, 3)

    later = edited({"ICB:Email": "new@example.org", "SIN-2.1:Completed": DONE})
    later = saved_after(later, moved)
    assert merged(answered(Completed=DONE), into=later).row(POL, "Completed") == [DONE]


def saved_after(content: bytes, change: Callable[[XlsxWorkbook], None]) -> bytes:
    book = book_of(content)
    change(book)
    return saved(book)


def test_two_returns_of_one_agency_follow_each_other() -> None:
    run = merged(answered(Progress="Begun"), answered(Progress="Done now", Completed=DONE))
    assert run.row(POL, "Completed", "Status", "Progress") == [DONE, "In progress", "Begun\nDone now"]


def test_hostile_text_stays_text() -> None:
    for text in ('=HYPERLINK("http://example.org","x")', "+1+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"):
        back = filled(sent("POL"), then=lambda book, text=text: _as_text(book, text))  # type: ignore[misc]  # mypy knows no default
        run = merged(back)
        cell = next(
            cell
            for row in book_of(run.content)["Rapid Review"].iter_rows()
            for cell in row
            if cell.value == text
        )
        assert (cell.data_type, run.row(POL, "Progress")) == ("s", [text])
        with zipfile.ZipFile(io.BytesIO(run.content)) as archive:
            sheets = [
                archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name
            ]
        assert [text[1:12] for sheet in sheets if f"<f>{text[1:12]}" in sheet] == []


def _as_text(book: XlsxWorkbook, text: str) -> None:
    cell = book[SHEET]["H7"]
    cell.value = text
    cell.data_type = "s"


def test_a_formula_without_a_value_is_no_answer() -> None:
    found, problems = read(answered(Progress="=1+1"))
    assert (found.answers(POL), problems) == ({}, ["T207"])


# What does not fit


def other_case() -> bytes:
    """The return of the police in another case."""
    other = replace(FRESH, details=replace(FRESH.details, reference="DOR-2026-777"))
    return filled(sent("POL", issued(other, PROCEDURE)), {f"{POL}:Completed": DONE})


def with_record(content: bytes, **changes: object) -> bytes:
    """A return whose hidden sheet says something else, as nobody but a forger writes it."""
    book = book_of(content)
    cell = book[layout.RETURN]["A1"]
    cell.value = json.dumps({**json.loads(str(cell.value)), **changes})
    return saved(book)


def forged() -> bytes:
    """A return of the police that answers for the ICB."""
    content = with_record(sent("POL"), rows={"RR-5.7b-ICB": {"Completed": None, "Status": "Not started"}})
    return saved_after(content, lambda book: _own(book, "RR-5.7b-ICB"))


def _own(book: XlsxWorkbook, row_id: str) -> None:
    book[SHEET]["A7"].value, book[SHEET]["F7"].value = row_id, DONE


def with_row(row_id: str | None, action: str) -> bytes:
    def then(book: XlsxWorkbook) -> None:
        book[SHEET]["A9"].value, book[SHEET]["H9"].value, book[SHEET]["F7"].value = row_id, action, DONE

    return filled(sent("POL"), then=then)


def changed(**cells: object) -> bytes:
    """The return of the police, answered, with other cells changed: `A6="Nr"`."""

    def then(book: XlsxWorkbook) -> None:
        for cell, value in {"F7": DONE, **cells}.items():
            book[SHEET][cell].value = value

    return filled(sent("POL"), then=then)


def renamed() -> bytes:
    def then(book: XlsxWorkbook) -> None:
        book[SHEET].title = "Police answers"

    return filled(sent("POL"), {f"{POL}:Completed": DONE}, then)


def shortened(row: int, by: int = 1) -> bytes:
    """The return of the police, answered, with rows taken out, or put in where `by` is negative."""

    def then(book: XlsxWorkbook) -> None:
        page = book[SHEET]
        page.delete_rows(row, by) if by > 0 else page.insert_rows(row, -by)

    return filled(sent("POL"), {f"{POL}:Completed": DONE}, then)


def without_hidden_sheet() -> bytes:
    return saved_after(sent("POL"), lambda book: book.remove(book[layout.RETURN]))


MERGED: Mapping[str, tuple[Callable[[], tuple[bytes, ...]], list[str], date | None]] = {
    "another case": (lambda: (other_case(),), ["T631"], None),
    "another agency": (lambda: (with_record(answered(Completed=DONE), owner="Fire", code="FIR"),), ["T632"], None),
    "the name of the office with the code of an agency": (
        lambda: (with_record(answered(Completed=DONE), owner="PDSCP Business Manager"),), ["T644"], None,
    ),
    "a forged row of another agency": (lambda: (forged(),), ["T633", "T630"], None),
    "a row that is gone": (
        lambda: (with_record(changed(A7="RR-9.9"), rows={"RR-9.9": {"Completed": None}}),), ["T634", "T630"], None,
    ),
    "the same answers twice": (lambda: (answered(Completed=DONE), answered(Completed=DONE)), ["T630", "T635"], DONE),
    "no answer": (lambda: (sent("POL"),), ["T637"], None),
}  # fmt: skip
"""What was sent back, the codes told when it is merged, and when the row of the police is then complete."""


@pytest.mark.parametrize("name", MERGED)
def test_a_return_that_does_not_fit_is_named(name: str) -> None:
    make, told, completed = MERGED[name]
    run = merged(*make())
    assert (run.codes, run.row(POL, "Completed"), run.row("RR-5.7b-ICB", "Completed")) == (
        told,
        [completed],
        [None],
    )


READ: Mapping[str, tuple[Callable[[], bytes], list[str], date | None]] = {
    "a renamed sheet": (renamed, ["T127"], DONE),
    "a row that was deleted": (lambda: shortened(8), ["T395"], DONE),
    "the row itself deleted": (lambda: shortened(7), ["T395"], None),
    "a foreign ID": (lambda: with_row("RR-6.6", "Mine now"), ["T396"], DONE),
    "a row without an ID": (lambda: with_row(None, "And this"), ["T133", "T396"], DONE),
    "a row twice": (lambda: with_row(POL, "Again"), ["T133", "T397"], DONE),
    "a title written over": (lambda: changed(F6="Done on"), ["T394"], DONE),
    "a title cleared": (lambda: changed(I6=None), ["T394"], DONE),
    "titles far down": (lambda: shortened(1, -4), [], DONE),
    "a date in words": (lambda: answered(Completed="18 November 2026"), ["T202"], DONE),
    "no date at all": (lambda: answered(Completed="soon"), ["T201"], None),
    "an unknown word": (lambda: answered(Status="perhaps"), ["T203"], None),
}  # fmt: skip
"""A return, the codes told when it is read, and when its first row is complete."""


@pytest.mark.parametrize("name", READ)
def test_a_return_that_was_changed_is_read_as_far_as_it_goes(name: str) -> None:
    make, told, completed = READ[name]
    found, problems = read(make())
    days = found.answers(POL).get("Completed")
    assert (sorted(set(problems) - {"T133"}), days if isinstance(days, date) else None) == (
        sorted(set(told) - {"T133"}), completed,
    )  # fmt: skip


UNREADABLE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "the workbook of a case": (workbook, "T392"),
    "a workbook of one's own": (without_hidden_sheet, "T391"),
    "a forged hidden sheet": (lambda: with_record(sent("POL"), schema="x"), "T391"),
    "no header": (lambda: filled(sent("POL"), then=lambda book: book[SHEET].delete_rows(1, 6)), "T110"),
    "a damaged file": (lambda: sent("POL")[:6000], "T106"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_return_is_said_to_be_none(name: str) -> None:
    make, code = UNREADABLE[name]
    found, problems = read_return(make(), "POL.xlsx")
    assert (found, [(each.code, each.file) for each in problems]) == (None, [(code, "POL.xlsx")])


@pytest.mark.parametrize("seed", range(int(os.environ.get("TRACKER_DAMAGED_RETURNS", "24"))))
def test_whatever_is_sent_is_read_or_named(seed: int) -> None:
    """A return cut short, with changed bytes, elements or cells, or with another memory."""
    content = answered(Completed=DONE, Progress="Sent")
    ways = (
        lambda: bytes_damaged(content, seed),
        lambda: parts_damaged(parts_of(content), seed),
        lambda: cells_retyped(parts_of(content), seed),
        lambda: with_record(content, **damaged_record(content, seed)),
    )
    given, refused = given_content(ways[seed % len(ways)](), "POL.xlsx", None)
    found, problems = (None, refused) if refused else read_return(given, "POL.xlsx")
    assert found is not None or problems
    if found is not None:
        run = merge_returns("case.xlsx", Copies(workbook(), (), ()), [found], lambda _: (PROCEDURE, []), SENT)
        assert run[0] is not None


def damaged_record(content: bytes, seed: int) -> dict[str, object]:
    """One value of what the hidden sheet remembers, changed to something of another kind."""
    record = json.loads(str(book_of(content)[layout.RETURN]["A1"].value))
    name = sorted(record)[seed // 4 % len(record)]
    return {
        name: (None, 7, [], {"x": []}, {POL: None}, {POL: {"Status": 3}}, "2026-99-99", "\ud800")[
            seed // 4 % 8
        ]
    }


def test_every_problem_of_a_return_is_produced_by_a_test_or_by_a_command() -> None:
    here = {code for _, told, _ in (*MERGED.values(), *READ.values()) for code in told}
    here |= {code for _, code in UNREADABLE.values()}
    by_command = {
        codes.RETURN_AS_WORKBOOK, codes.RETURN_READ_BEFORE, codes.RETURN_FOR_NOBODY, codes.RETURN_NOT_NEEDED,
        codes.RETURN_ROW_WITHOUT_ID, codes.RETURN_WITHOUT_REFERENCE, codes.NO_RETURN_IN_FOLDER,
        codes.RETURN_OF_OWN_OFFICE,
    }  # fmt: skip
    assert {kind.code for kind in kinds_of("returns")} - here == by_command
