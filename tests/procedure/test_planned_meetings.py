"""Counting from a planned meeting and in calendar days, in the national set: built, read, explained, regenerated."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

import pytest
from regenerate.running import FILE, book_of, saved
from workbook.making import FACTS

from tracker import explain_due_date, resources
from tracker.case.model import Agency, Case, Child, Dates, Details, Meeting
from tracker.plan import make_plan
from tracker.procedure.load import load_procedure
from tracker.reconcile.run import reconcile_reading
from tracker.regenerate.run import UpdateOptions, regenerate_content
from tracker.workbook.build import build
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.read import read_content
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.procedure.model import Procedure
    from tracker.reconcile.model import Action, CaseState

SETS = resources.templates() / "procedure"
AS_AT = date(2026, 11, 20)
PAPERS, MEETING, ANSWER = "RR-2.5", "RR-2.4", "RR-2.8"
CASE = Case(
    Details(reference="NAT-2026-001", incident=date(2026, 10, 30), aware=date(2026, 11, 2)),
    children=(Child("Child 1"),),
    agencies=(Agency("Police", "POL", statutory=True),),
    dates=Dates(sin_submitted=date(2026, 11, 9)),
    meetings=(
        Meeting("Rapid Review", date(2026, 12, 7)),
        Meeting("Rapid Review", date(2026, 11, 24)),
        Meeting("Partners", date(2026, 11, 23)),
    ),
)


@cache
def national() -> Procedure:
    procedure, problems = load_procedure("national")
    assert procedure, problems
    return procedure


def issued(case: Case = CASE) -> bytes:
    return workbook_bytes(build(make_plan(case, national()), FACTS, AS_AT))


def typed(meetings: list[tuple[object, ...]], content: bytes | None = None) -> bytes:
    """The workbook with these rows in the table of meetings: kind, date and whether it was held."""
    book = book_of(content or issued())
    sheet = book["Calendar"]
    table = sheet.tables["Meetings"]
    head = sheet[table.ref.partition(":")[0]]
    titles = [cell.value for cell in sheet[head.row][head.column - 1 : head.column + 4]]
    for place in range(12):
        kind, day, held = meetings[place] if place < len(meetings) else (None, None, None)
        for title, value in (("Kind", kind), ("Date", day), ("Held", held)):
            spot = sheet.cell(head.row + 1 + place, head.column + titles.index(title))
            spot.value = value  # type: ignore[assignment]  # a test types anything
    return saved(book)


def state_of(content: bytes) -> CaseState:
    reading, found, problems = read_content(content, FILE, lambda _: (national(), []))
    assert reading, problems
    assert found
    return reconcile_reading(reading, found, problems, AS_AT)


def row(state: CaseState, row_id: str) -> Action:
    return next(each for each in state.actions if each.id == row_id)


NEXT, LAST = date(2026, 11, 24), date(2026, 12, 7)
RR = "Rapid Review"


@pytest.mark.parametrize(
    ("meetings", "day", "provisional"),
    [
        ([(RR, LAST, None), (RR, NEXT, None)], NEXT, True),
        ([(RR, LAST, None), (RR, NEXT, "yes")], LAST, True),
        ([(RR, LAST, "yes"), (RR, NEXT, "yes")], LAST, False),
        ([(RR, NEXT, "yes"), (RR, NEXT, None)], NEXT, True),
        ([("Partners", NEXT, None)], None, False),
        ([(RR, None, None), (RR, "to be agreed", None)], None, False),
        ([(RR, "to be agreed", None), (RR, NEXT, None), ("Partners", "=soon", None)], NEXT, True),
        ([("rapid review", NEXT, None)], NEXT, True),
        ([], None, False),
    ],
    ids=["next", "held", "all-held", "same-day", "other-kind", "no-date", "text-beside", "case", "none"],
)
def test_the_next_meeting_not_held_counts_else_the_last_held(
    meetings: list[tuple[object, ...]], day: date | None, provisional: bool
) -> None:
    state = state_of(typed(meetings))
    clock = state.clocks[RR]
    assert (clock.day, clock.provisional) == (day, provisional)
    assert row(state, MEETING).due == day
    papers = row(state, PAPERS)
    assert papers.due == {NEXT: date(2026, 11, 19), LAST: date(2026, 12, 2), None: None}[day]
    passed = "Provisional, passed" if provisional else "Overdue"
    expected = {NEXT: passed, LAST: "Provisional" if provisional else "On track", None: "Clock not started"}
    assert papers.rag == expected[day]


def test_a_workbook_is_issued_with_the_date() -> None:
    workbook = build(make_plan(CASE, national()), FACTS, AS_AT)
    clocks = zip(
        *(workbook.book.column("Case_clocks", title) for title in ("Clock", "Confirmed or provisional")),
        strict=True,
    )
    assert dict(clocks)[RR] == "Provisional"
    state = state_of(issued())
    assert (state.clocks[RR].day, row(state, PAPERS).due) == (NEXT, date(2026, 11, 19))
    assert state.changes == ()


def explained(content: bytes, row_id: str) -> str:
    text, problems = explain_due_date(content, row_id, AS_AT, procedure="national")
    assert text, problems
    return text


def test_explain_names_the_meeting_and_walks_back_from_it() -> None:
    text = explained(issued(), PAPERS)
    assert "Counted from: the meeting Rapid Review, Tue 24 Nov 2026 (in Calendar!A" in text
    assert "not held yet, so the date is provisional" in text
    assert "skipped  Sun 22 Nov 2026: weekend" in text
    assert "Due: Thu 19 Nov 2026." in text
    assert "the last one held" in explained(typed([(RR, NEXT, "yes")]), PAPERS)
    assert "which is not on Calendar yet: no due date" in explained(typed([]), PAPERS)


def test_calendar_days_end_on_the_last_working_day_on_or_before_them() -> None:
    """Sent on Thu 26 Nov, ten days on is Sun 6 Dec: due on the Friday."""
    book = book_of(issued())
    sheet = book["Rapid Review"]
    titles = {cell.value: place for place, cell in enumerate(sheet[3], 1)}
    (sent,) = (cell.row for cell in sheet["A"] if cell.value == "RR-2.6")
    sheet.cell(sent, titles["Completed"]).value = date(2026, 11, 19)
    content = saved(book)
    answer = row(state_of(content), ANSWER)
    assert (answer.timescale, answer.due) == ("10 days", date(2026, 11, 27))
    text = explained(content, ANSWER)
    assert "+10 days: limit Sun 29 Nov 2026" in text
    assert "the limit is a weekend: the last working day on or before it is Fri 27 Nov 2026" in text


def test_regenerate_keeps_the_meetings_people_typed_and_follows_them() -> None:
    content = typed([(RR, LAST, None), (RR, NEXT, "yes"), (RR, "to be agreed", None)])
    for case in (None, replace(CASE, dates=replace(CASE.dates, national_panel_meeting=date(2027, 1, 14)))):
        outcome, problems = regenerate_content(
            content, FILE, lambda _: (national(), []), FACTS, AS_AT, replace(UpdateOptions(), case=case)
        )
        assert outcome, problems
        state = state_of(outcome.content)
        assert {(each.kind, each.day, each.held) for each in state.meetings} >= {
            (RR, LAST, False),
            (RR, NEXT, True),
        }
        assert (state.clocks[RR].day, row(state, PAPERS).due) == (LAST, date(2026, 12, 2))


def _loaded(folder: Path, kinds: str, counted_from: str) -> tuple[Procedure | None, list[str]]:
    """The national set with other kinds of meeting, its papers counted from one of them."""
    shutil.copytree(SETS / "national", folder)
    for name, old, new in (
        ("procedure.toml", 'meeting_kinds = ["Partners", "Rapid Review",', f"meeting_kinds = [{kinds},"),
        ("rapid_review.toml", 'from = "Rapid Review"\ncount = -3', f"from = {counted_from}\ncount = -3"),
    ):
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")
    procedure, problems = load_procedure(str(folder))
    return procedure, [f"{each.code} {each.place} {each.id}" for each in problems]


def test_a_workbook_looks_at_every_meeting_it_is_made_with() -> None:
    content = issued(replace(CASE, meetings=(*[Meeting("Partners", NEXT)] * 70, *CASE.meetings)))
    rows = book_of(content, values=True)["Case"].iter_rows(values_only=True)
    (shown,) = (day for label, day, *_ in rows if label == RR)
    assert (shown, state_of(content).clocks[RR].day) == (datetime(2026, 11, 24), NEXT)  # noqa: DTZ001  as read


def test_names_grow_with_the_table_of_meetings() -> None:
    partners = [Meeting("Partners", date(2026, 11, day)) for day in range(1, 31)]
    wishes = UpdateOptions(case=replace(CASE, meetings=(*partners * 3, *CASE.meetings)))
    outcome, problems = regenerate_content(issued(), FILE, lambda _: (national(), []), FACTS, AS_AT, wishes)
    assert outcome, problems
    file = WorkbookFile(outcome.content)
    ends = {
        int(place.rpartition("$")[2])
        for name, place in file.package.names().items()
        if name.startswith("Meetings_")
    }
    last = file.tables["Meetings"].last_row
    assert last > 64
    assert ends == {last}


@pytest.mark.parametrize("kind", ["'The \"big\" one'", f'"{"x" * 61}"', '"The {one}"'])
def test_a_kind_that_no_formula_can_hold_is_refused(tmp_path: Path, kind: str) -> None:
    procedure, found = _loaded(tmp_path / "set", f'"Rapid Review", {kind}', kind)
    assert (procedure, found) == (None, [f"T526 step.from {PAPERS}"])


@pytest.mark.parametrize("kind", ['"Publication"', '"publication"'])
def test_of_a_clock_and_a_meeting_of_one_name_the_clock_is_meant(tmp_path: Path, kind: str) -> None:
    procedure, found = _loaded(tmp_path / "set", f'"Rapid Review", {kind}', kind)
    assert procedure, found
    (clock,) = (each for each in procedure.clocks if each.name.casefold() == "publication")
    assert (clock.meeting, procedure.step(PAPERS).clock) == ("", "Publication")


def test_two_kinds_alike_but_for_a_sign_have_two_names(tmp_path: Path) -> None:
    procedure, found = _loaded(tmp_path / "set", '"Rapid-Review", "Rapid Review"', '"Rapid-Review"')
    assert procedure, found
    names = [each.defined_name for each in procedure.clocks if each.meeting]
    assert names == ["Meeting_Rapid_Review", "Meeting_Rapid_Review_2"]
