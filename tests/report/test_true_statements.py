"""What a report may claim: entries that cannot be right, lateness, delay, holds, what followed an early submission."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from workbook.making import PROCEDURE

from tracker.problems import problem
from tracker.procedure.milestones import Milestone, Milestones, find_milestones
from tracker.reconcile.model import ClockState, Timeliness
from tracker.report.exceptions import ExceptionsView
from tracker.report.render import render
from tracker.report.reports import board_view
from tracker.report.timeliness import timeliness_view
from tracker.report.weekly import weekly_view
from tracker.report.weekly_page import weekly_page

from .fixed import board
from .states import MONDAY, action, case, held, read

FRIDAY = date(2026, 11, 20)
FUTURE = problem("T311", place="SIN!H9", id="SIN-3.4", day="Tue 1 Dec 2026", as_at="Mon 23 Nov 2026")
MILD = problem("T310", place="SIN!H5")


def exceptions(*cases: Any) -> ExceptionsView:
    view = board_view(read(*cases), board("exceptions"), PROCEDURE)
    assert isinstance(view, ExceptionsView)
    return view


@pytest.mark.parametrize("form", ["html", "md"])
def test_entries_that_cannot_be_right_stand_in_the_headline(form: str) -> None:
    view = weekly_view(read(case(problems=(FUTURE, MILD)), case(reference="B", problems=(FUTURE,))))
    text = render(weekly_page(view), form)
    assert "2 entries cannot be right" in text
    assert "cannot be right" not in render(weekly_page(weekly_view(read(case(problems=(MILD,))))), form)


def test_what_was_late_before_the_workbook_was_issued_is_an_exception() -> None:
    late = action(
        "SIN-3.4", "Complete, late", completed=date(2026, 10, 1), days_late=1, basis="Statutory", key=True
    )
    other = action("SIN-3.2", "Complete, late", completed=date(2026, 9, 1), days_late=9)
    view = exceptions(case(other, late, issued=FRIDAY))
    assert [(each.row.label, each.notes) for each in view.found] == [
        ("SIN-3.4", ("Done late",)),
        ("SIN-3.2", ("Done late",)),
    ]
    assert view.measures[0].words == "Notification sent, from awareness"


@pytest.mark.parametrize(
    ("sent", "due", "listed"),
    [
        (date(2026, 11, 5), FRIDAY, 0),
        (date(2026, 11, 12), FRIDAY, 1),
        (date(2026, 11, 5), date(2026, 11, 30), 1),
    ],
)
def test_what_only_followed_an_early_submission_is_no_exception(sent: date, due: date, listed: int) -> None:
    state = case(
        action("RR-6.6", counted_from="Rapid Review day zero", due=due, due_issued=date(2026, 11, 26)),
        clocks={"Rapid Review day zero": ClockState(sent, provisional=False)},
        timeliness=Timeliness(sin_due=date(2026, 11, 9), sin_sent=sent),
    )
    assert len(exceptions(state).moved) == listed


DELAY = Milestones(
    local_review=Milestone("LCSPR-7.6", "LCSPR"), delay=Milestone("LCSPR-A1", "LCSPR"), delay_within=20
)


def _near(due: date, reasons: str = "No date", before: str = "On track") -> list[tuple[str, str]]:
    state = replace(
        case(
            action("LCSPR-7.9", before, stage="LCSPR"),
            action("LCSPR-7.19", "Provisional", stage="LCSPR", after=("LCSPR-7.9",)),
            action("LCSPR-A1", reasons, stage="LCSPR"),
            action("LCSPR-7.6", due=due, stage="LCSPR", after=("LCSPR-7.19",)),
        ),
        marks=DELAY,
    )
    return [(each.ask, each.because) for each in weekly_view(read(state)).decisions]


def test_shortly_before_six_months_the_weekly_report_asks_for_the_reason_for_delay() -> None:
    because = "LCSPR-7.6 is due Mon 21 Dec 2026, and still open before it: LCSPR-7.9 and LCSPR-7.19"
    assert _near(date(2026, 12, 21)) == [("The reason for delay (LCSPR-A1)", because)]
    assert _near(date(2027, 3, 1)) == []
    assert _near(date(2026, 12, 21), reasons="Complete") == []
    assert len(_near(FRIDAY)) == 1  # also once they are over


@pytest.mark.parametrize(
    ("due", "agreed", "asked"),
    [
        (date(2026, 12, 7), None, 0),
        (MONDAY, None, 0),
        (FRIDAY, None, 1),
        (FRIDAY, date(2026, 12, 7), 0),
        (date(2026, 12, 7), date(2027, 1, 4), 1),
    ],
)
def test_a_step_that_is_in_time_stands_in_nobodys_way(due: date, agreed: date | None, asked: int) -> None:
    before = action("LCSPR-7.19", "On track", stage="LCSPR", due=due, agreed=agreed)
    last = action("LCSPR-7.6", due=date(2026, 12, 14), stage="LCSPR", after=("LCSPR-7.19",))
    state = replace(case(before, action("LCSPR-A1", "No date", stage="LCSPR"), last), marks=DELAY)
    assert len(weekly_view(read(state)).decisions) == asked


@pytest.mark.parametrize(("rag", "asked"), [("No date", 1), ("Overdue", 1), ("Complete", 0)])
def test_an_answered_question_of_the_panel_asks_for_nothing_more(rag: str, asked: int) -> None:
    marks = Milestones(question=Milestone("RR-6.8d", "Rapid Review"))
    state = replace(case(action("RR-6.8d", rag), decisions={"panel_response": "asks for more"}), marks=marks)
    assert len(weekly_view(read(state)).decisions) == asked


def test_the_set_marks_the_reasons_for_delay_and_the_panels_question() -> None:
    marks = find_milestones(PROCEDURE)
    assert (marks.delay, marks.delay_within) == (Milestone("LCSPR-A1", "LCSPR"), 20)
    assert marks.question == Milestone("RR-6.8d", "Rapid Review")


@pytest.mark.parametrize(
    ("rag", "due", "agreed", "drawn"),
    [
        ("Overdue", date(2026, 11, 9), FRIDAY, True),
        ("Extended", date(2026, 11, 9), date(2026, 12, 1), True),
        ("Overdue", date(2026, 12, 1), FRIDAY, False),  # past what was agreed, not late
    ],
)
def test_the_timeline_draws_lateness_from_due(rag: str, due: date, agreed: date, drawn: bool) -> None:
    key = action("RR-6.6", rag, key=True, due=due, agreed=agreed, day_zero=date(2026, 11, 2))
    drawing = weekly_view(read(case(key))).details[0].timeline
    assert drawing is not None
    (track,) = drawing.tracks
    at_due = next(mark.x for mark in track.marks if mark.kind == "due")
    assert track.over == (at_due if drawn else "")


def test_timeliness_tells_every_hold_and_the_six_month_date() -> None:
    state = case(
        action("LCSPR-7.6", "Complete, late", stage="LCSPR", key=True, due=date(2026, 6, 30),
               completed=date(2026, 9, 1), days_late=44),
        holds=(
            held(date(2026, 5, 1), date(2026, 8, 3), reason="The trial"),
            held(date(2026, 2, 2), ended=date(2026, 3, 2), reason="The inquest"),
        ),
        timeliness=Timeliness(aware=date(2025, 11, 3), published=date(2026, 9, 1),
                              publication_target=date(2026, 9, 1)),
    )  # fmt: skip
    (row,) = timeliness_view(read(replace(state, marks=find_milestones(PROCEDURE)))).reviews
    assert [(hold.since, hold.ended_on, hold.running, hold.reason) for hold in row.holds] == [
        (date(2026, 2, 2), date(2026, 3, 2), False, "The inquest"),
        (date(2026, 5, 1), None, False, "The trial"),
    ]
    assert (row.six_months, row.target, row.lcspr_late) == (date(2026, 6, 30), date(2026, 9, 1), 44)
