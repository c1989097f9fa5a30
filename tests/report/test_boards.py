"""What each board is shown, in short projections."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from reconcile.editing import reconcile_paths
from workbook.making import FOLDER, PROCEDURE

from tracker.problems import problem
from tracker.reconcile.model import LogEntry, MeetingEntry
from tracker.report.employer import EmployerView
from tracker.report.everything import EverythingView
from tracker.report.exceptions import ExceptionsView, why
from tracker.report.reports import board_page, board_view

from .fixed import LAST_MEETING, board, fixed, in_rapid_review
from .states import MONDAY, action, case, plan_action, read

FRIDAY = date(2026, 11, 20)


def everything(*cases: Any) -> EverythingView:
    view = board_view(read(*cases), board("everything"), PROCEDURE)
    assert isinstance(view, EverythingView)
    return view


def exceptions(*cases: Any, since: date | None = None) -> ExceptionsView:
    view = board_view(read(*cases), board("exceptions"), PROCEDURE, since)
    assert isinstance(view, ExceptionsView)
    return view


def employer(*cases: Any) -> EmployerView:
    view = board_view(read(*cases), board("employer"), PROCEDURE)
    assert isinstance(view, EmployerView)
    return view


def meeting(day: date, kind: str = "LCSPR subgroup") -> MeetingEntry:
    return MeetingEntry(kind, day, "", "", held=False, cell="Calendar!A5")


# Since the last listed meeting


@pytest.mark.parametrize(
    ("days", "last", "following"),
    [
        ((), None, None),
        ((date(2026, 10, 27), date(2026, 9, 1)), date(2026, 10, 27), None),
        ((MONDAY, date(2026, 10, 27)), date(2026, 10, 27), MONDAY),  # today's meeting is the one reported to
        ((date(2026, 12, 8), date(2027, 1, 12)), None, date(2026, 12, 8)),
    ],
)
def test_since_is_the_boards_last_listed_meeting(
    days: tuple[date, ...], last: date | None, following: date | None
) -> None:
    view = everything(case(meetings=tuple(map(meeting, days))), case(meetings=(meeting(FRIDAY, "MAQPAG"),)))
    assert (view.last_meeting, view.next_meeting) == (last, following)


def test_without_a_meeting_each_case_is_told_of_since_its_issue() -> None:
    done = action("RR-5.5", "Complete", completed=date(2026, 10, 1))
    view = everything(
        case(done, issued=date(2026, 10, 2)), case(done, reference="B", issued=date(2026, 9, 30))
    )
    assert [[line.label for line in each.done] for each in view.cases] == [["RR-5.5"], []]
    assert view.since == date(2026, 9, 30)
    assert board_page(view).about[-1].text.endswith("so this covers each case since its issue")


# Everything


def test_a_case_by_itself() -> None:
    (one,) = everything(in_rapid_review()).cases
    assert one.since == LAST_MEETING
    assert [line.label for line in one.overdue] == ["AP-001", "RR-5.9", "RR-5.4", "RR-5.7b-POL"]
    assert [line.label for line in one.done] == ["AP-002", "SIN-3.4"]
    assert [each.row.label for each in one.moved] == ["RR-6.5"]
    assert [(each.row.label, each.to, each.reason) for each in one.asked] == [
        ("RR-5.4", date(2026, 11, 27), "Genogram is missing")
    ]
    assert [line.label for line in one.live] == ["RR-5.14", "RR-6.5", "RR-6.6"]
    assert (one.undated, one.not_started) == (1, 1)
    assert sum(map(len, one.groups)) == 12


@pytest.mark.parametrize(
    ("entry", "asked"),
    [
        ({}, 1),
        ({"agreed_by": "Leadership"}, 0),
        ({"to": date(2026, 12, 1)}, 0),  # the row has this date already
        ({"to": None}, 0),
        ({"what": "Note"}, 0),
        ({"id": "RR-9"}, 0),
    ],
)
def test_a_date_is_asked_for_until_somebody_agrees(entry: dict[str, Any], asked: int) -> None:
    facts: dict[str, Any] = {
        "day": FRIDAY, "id": "RR-5.4", "what": "Date moved", "text": "", "from_": None,
        "to": date(2026, 12, 2), "agreed_by": "", "evidence": "", "cell": "Log!A5",
    }  # fmt: skip
    row = action("RR-5.4", due=FRIDAY, agreed=date(2026, 12, 1))
    assert len(everything(case(row, log=(LogEntry(**facts | entry),))).asked) == asked


# Exceptions


@pytest.mark.parametrize(
    ("rag", "facts", "whys"),
    [
        ("Overdue", {}, ("Overdue",)),
        ("Chase", {}, ("Chase",)),
        ("Extended", {}, ("Extended",)),
        ("On hold", {}, ("On hold",)),
        ("Provisional, passed", {}, ("Provisional, passed",)),
        ("Due today", {}, ("Due within 2 working days, not started",)),
        ("Due soon", {}, ("Due within 2 working days, not started",)),
        ("Due soon", {"status": "In progress"}, ()),
        ("Complete, late", {"completed": LAST_MEETING, "days_late": 1}, ("Done late",)),
        ("Complete, late", {"completed": LAST_MEETING, "days_late": 0}, ()),  # due on Friday, done on Sunday
        ("Complete, late", {"completed": date(2026, 10, 26), "days_late": 1}, ()),
        ("Complete", {"completed": FRIDAY}, ()),
        ("Complete", {}, ("Complete without a date",)),
        ("On track", {}, ()),
        ("On track", {"owner": ""}, ("No owner",)),
        ("On track", {"owner": "", "named_owner": "A. Example"}, ()),
        ("Overdue", {"owner": ""}, ("Overdue", "No owner")),
        ("Not applicable", {"owner": ""}, ()),
        ("No date", {}, ()),
    ],
)
def test_what_an_exception_is(rag: str, facts: dict[str, Any], whys: tuple[str, ...]) -> None:
    (one,) = everything(case(action("RR-5.4", rag, **facts))).rows
    assert why(one.rows[0], LAST_MEETING) == whys


def test_exceptions_are_listed_by_case_the_most_pressing_first() -> None:
    rows = (action("RR-1", "Extended"), action("RR-2", "Complete"), action("RR-3", "Overdue"), action("RR-4"))
    view = exceptions(case(*rows, reference="B"), case(action("RR-9", "Chase"), reference="A"))
    assert [(each.row.case, each.row.label) for each in view.found] == [
        ("A", "RR-9"),
        ("B", "RR-3"),
        ("B", "RR-1"),
        ("B", "RR-2"),
    ]
    assert view.totals == {"Overdue": 1, "Chase": 1, "Extended": 1, "Complete without a date": 1}
    assert [[line.label for line in each.rows] for each in view.rows] == [["RR-9"], ["RR-1", "RR-2", "RR-3"]]


def test_due_dates_that_are_not_as_issued_stand_together_by_clock() -> None:
    moved: dict[str, Any] = {"due": FRIDAY, "due_issued": MONDAY}
    view = exceptions(
        case(
            action("RR-6.10", **moved),
            action("RR-6.2", "Complete", completed=MONDAY, **moved),
            action("RR-6.3", "Not applicable", **moved),
            action("RR-6.4", due=FRIDAY, due_issued=FRIDAY),
        )
    )
    assert [(each.clock, each.labels, each.open) for each in view.moved] == [
        ("Rapid Review day zero", ("RR-6.2", "RR-6.10"), 1)
    ]


def test_what_reconcile_could_not_settle_is_an_exception() -> None:
    errors = (problem("T311", place="SIN!K9", day="1", as_at="2"), problem("T310", place="SIN!K5"))
    view = exceptions(case(conflicts=({"cell": "SIN!H5", "id": "SIN-3.4"},), problems=errors))
    found = [(each.place, each.title) for each in view.unsettled]
    assert ("SIN!H5", "Conflict") in found
    assert len(found) == 1 + sum(each.severity == "error" for each in errors)


def test_timeliness_so_far_is_of_the_notification_and_the_rapid_review() -> None:
    view = board_view(fixed(), board("exceptions"), PROCEDURE)
    assert isinstance(view, ExceptionsView)
    assert [
        (each.done, each.on_time, each.average, each.average_late, each.open_late) for each in view.measures
    ] == [
        (3, 2, 5.3, 1.0, 0),
        (2, 1, 19.5, 10.0, 0),
        (2, None, 24.5, None, None),
    ]


# One employer's


def test_a_real_workbook_says_whose_its_plan_is_and_when_it_was_made() -> None:
    sample = FOLDER / "ordinary-in-time-edited.xlsx"
    outcome = reconcile_paths([sample], MONDAY, load=lambda _: (PROCEDURE, []))
    (state,) = outcome.cases
    assert [(row.lead_agency, row.employer) for row in state.action_plan] == [
        ("Dorset HealthCare", "partner agency")
    ]
    assert state.issued is not None
    assert state.issued <= MONDAY


def test_an_employers_outstanding_actions_by_owner_and_age() -> None:
    late = [
        action(f"RR-{days}", "Overdue", days_late=days, named_owner="Q. Example")
        for days in (1, 5, 6, 10, 11, 20, 21)
    ]
    view = employer(
        case(
            *late,
            action("RR-0", "Overdue", days_late=0, named_owner="Q. Example"),  # on the Saturday after
            action("RR-50", "Extended", days_late=3, named_owner="B. Example"),
            action("RR-57", "On hold", days_late=30, named_owner="B. Example"),
            action("RR-51"),
            action("RR-52", "No date"),
            action("RR-56", "Ready"),
            action("RR-53", "Clock not started"),
            action("RR-54", "Complete"),
            action("RR-55", "Overdue", employer="partner agency"),
        )
    )
    assert [(age.words, [line.label for line in age.rows]) for age in view.bands] == [
        ("more than 20 working days late", ["RR-21"]),
        ("11 to 20 working days late", ["RR-11", "RR-20"]),
        ("6 to 10 working days late", ["RR-6", "RR-10"]),
        ("1 to 5 working days late", ["RR-0", "RR-1", "RR-5"]),
        ("not overdue", ["RR-50", "RR-51"]),
        ("on hold", ["RR-57"]),
        ("ready to start", ["RR-56"]),
        ("no date", ["RR-52"]),
        ("clock not started", ["RR-53"]),
    ]
    assert [
        (each.who, each.overdue, each.dated, each.held, each.undated, each.whole, each.oldest)
        for each in view.owners
    ] == [
        ("Q. Example", 8, 0, 0, 0, 8, 21),
        ("B. Example", 0, 1, 1, 0, 2, None),
        ("QA Service Manager", 0, 1, 0, 3, 4, None),
    ]
    assert (view.whole, view.employer, view.improvement_plan) == (
        14,
        "Dorset Council",
        "Strengthening Services Plan",
    )


def test_plan_actions_of_nobody_known_are_shown_apart() -> None:
    plan = (
        plan_action("AP-1", employer="council", improvement_plan_ref="SSP 4"),
        plan_action("AP-2"),
        plan_action("AP-3", "Complete"),
        plan_action("AP-4", employer="partnership"),
    )
    view = employer(case(action_plan=plan))
    assert [line.plan_ref for age in view.bands for line in age.rows] == ["SSP 4"]
    assert [line.label for line in view.unknown] == ["AP-2"]
    assert [[line.label for line in each.rows] for each in view.rows] == [["AP-1", "AP-2"]]
