from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from lives.mondays import needed

from tracker.problems import problem
from tracker.procedure.milestones import Milestone, Milestones
from tracker.reconcile.model import LogEntry, Timeliness
from tracker.report.decisions import to_decide
from tracker.report.weekly import weekly_view

from .states import MONDAY, action, case, held, plan_action, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.report.decisions import Decision

FRIDAY = date(2026, 11, 20)


def test_overdue_says_how_late_and_what_it_holds_up() -> None:
    view = weekly_view(
        read(
            case(
                action("RR-5.10", "Overdue", due=FRIDAY, days_late=1),
                action("RR-5.4", "Overdue", due=date(2026, 11, 16), days_late=5),
                action("RR-6.2", after=("RR-5.4",)),
                action("RR-5.13", "Complete", after=("RR-5.4",)),
                action("RR-5.9", "Chase", due=FRIDAY),
            )
        )
    )
    assert [(line.label, line.days_late, line.blocks) for line in view.overdue] == [
        ("RR-5.4", 5, ("RR-6.2",)),
        ("RR-5.10", 1, ()),
    ]


def test_lists_are_sorted_by_date_then_case_then_id_as_people_count() -> None:
    rows = [action(row, "Overdue", due=FRIDAY) for row in ("RR-5.10", "RR-5.9", "RR-5.9b")]
    view = weekly_view(
        read(
            case(*rows, reference="DOR-2"),
            case(*reversed(rows), action("RR-9", "Overdue", due=date(2026, 1, 5)), reference="DOR-1"),
        )
    )
    assert [(line.case, line.label) for line in view.overdue] == [
        ("DOR-1", "RR-9"),
        ("DOR-1", "RR-5.9"),
        ("DOR-1", "RR-5.9b"),
        ("DOR-1", "RR-5.10"),
        ("DOR-2", "RR-5.9"),
        ("DOR-2", "RR-5.9b"),
        ("DOR-2", "RR-5.10"),
    ]


@pytest.mark.parametrize(
    ("as_at", "due", "found"),
    [
        (MONDAY, date(2026, 11, 23), [1, 0]),
        (MONDAY, date(2026, 11, 30), [1, 0]),
        (MONDAY, date(2026, 12, 1), [0, 1]),
        (MONDAY, date(2026, 12, 7), [0, 1]),
        (MONDAY, date(2026, 12, 8), [0, 0]),
        (date(2026, 12, 21), date(2026, 12, 30), [1, 0]),  # Christmas Day and its holiday do not count
        (date(2026, 12, 21), date(2026, 12, 31), [0, 1]),
    ],
)
def test_due_next_counts_working_days(as_at: date, due: date, found: list[int]) -> None:
    view = weekly_view(read(case(action("RR-6.2", due=due)), as_at=as_at))
    assert [len(window.rows) for window in view.windows] == found


def test_what_is_on_hold_or_done_is_not_due() -> None:
    view = weekly_view(
        read(case(action("RR-6.2", "On hold", due=MONDAY), action("RR-6.3", "Complete", due=MONDAY)))
    )
    assert [window.rows for window in view.windows] == [(), ()]


def test_an_agreed_date_counts_except_for_a_statutory_row() -> None:
    agreed: dict[str, Any] = {"due": date(2026, 11, 25), "agreed": date(2027, 1, 5)}
    view = weekly_view(
        read(case(action("RR-6.5", **agreed), action("LCSPR-7.19", basis="Statutory", **agreed)))
    )
    assert [line.label for line in view.windows[0].rows] == ["LCSPR-7.19"]


def test_done_since_the_last_report_late_apart() -> None:
    rows = (
        action("RR-5.4", "Complete, late", completed=date(2026, 11, 18), days_late=2),
        action("RR-5.5", "Complete", completed=date(2026, 11, 16)),
        action("RR-5.6", "Complete", completed=date(2026, 11, 15)),
        action("RR-5.7", "Complete"),
    )
    view = weekly_view(read(case(*rows)))
    assert [(line.label, line.days_late) for line in view.done_late] == [("RR-5.4", 2)]
    assert [line.label for line in view.done_in_time] == ["RR-5.5"]
    earlier = weekly_view(read(case(*rows)), since=date(2026, 11, 1))
    assert [line.label for line in earlier.done_in_time] == ["RR-5.6", "RR-5.5"]


def test_moved_dates_tell_their_reason_else_what_the_log_says() -> None:
    dates: dict[str, Any] = {"due": date(2026, 11, 27), "agreed": date(2026, 12, 1)}
    entry = LogEntry(FRIDAY, "RR-6.6", "Date moved", "Two away", None, None, "Leadership", "", "Log!A5")
    view = weekly_view(
        read(
            case(
                action("RR-6.5", reason="Inspection", **dates),
                action("RR-6.6", **dates),
                action("RR-6.7", "Complete", completed=date(2026, 9, 1), **dates),
                action("RR-6.8", "Not applicable", **dates),
                action("RR-6.9", agreed=date(2026, 12, 1)),  # the first date of an undated step is no move
                log=(entry,),
            )
        )
    )
    assert [(each.row.label, each.reason, each.agreed_by) for each in view.moved] == [
        ("RR-6.5", "Inspection", ""),
        ("RR-6.6", "Two away", "Leadership"),
    ]
    assert view.cases[0].moved == 2


def test_due_dates_that_followed_their_clock_are_counted_once() -> None:
    moved: dict[str, Any] = {"due": date(2026, 12, 1), "due_issued": date(2026, 11, 30)}
    view = weekly_view(
        read(
            case(
                action("RR-6.5", **moved),
                action("RR-6.6", **moved),
                action("RR-5.4", "Complete", **moved),
                action("RR-6.7", due=date(2026, 12, 1)),
            )
        )
    )
    assert [(each.clock, each.open) for each in view.clocks_moved] == [("Rapid Review day zero", 2)]


def test_undated_steps_that_later_steps_have_passed() -> None:
    view = weekly_view(
        read(
            case(
                action("RR-5.12b", "No date"),
                action("RR-6.7", "No date"),
                action("RR-6.8", "No date", agreed=None),
                action("RR-8.6", "Overdue", due=FRIDAY, after=("RR-5.12b",)),
                action("RR-8.7", "Complete", after=("RR-5.12b",)),
                action("RR-8.8", "On track", due=FRIDAY, after=("RR-6.7",)),
                action("RR-8.9", "Not applicable", after=("RR-6.8",)),
            )
        )
    )
    assert [(each.row.label, each.notes) for each in view.undated] == [("RR-5.12b", ("RR-8.6", "RR-8.7"))]


def test_waiting_on_others() -> None:
    agency: dict[str, Any] = {"employer": "partner agency", "due": FRIDAY, "after": ("RR-5.7",)}
    view = weekly_view(
        read(
            case(
                action("RR-5.7", "Complete"),
                action("RR-5.7b-POL", "Overdue", action="POL: complete the briefing report", **agency),
                action("RR-5.7b-ICB", "Complete", **agency),
                action("RR-5.7b-ASC", "Overdue", **(agency | {"employer": "council"})),
                action("RR-5.9", "Chase", employer="external", due=date(2026, 11, 11)),
                action("RR-6.8", "No date", employer="external", after=("RR-6.6",)),  # not their turn yet
                action("RR-6.6", due=date(2026, 11, 30)),
                action("RR-5.3", due=date(2026, 12, 1), status="Waiting on others"),
            )
        )
    )
    assert [(each.row.label, *each.notes) for each in view.waiting] == [
        ("RR-5.9", "To chase"),
        ("RR-5.7b-ASC", "Agency return"),
        ("RR-5.7b-POL", "Agency return"),
        ("RR-5.3", "Marked as waiting"),
    ]
    assert [(each.label, each.back, each.asked, each.missing) for each in view.returns] == [
        ("RR-5.7b", 1, 3, ("ASC", "POL"))
    ]


def test_a_row_of_ones_own_and_the_action_plan_are_reported_too() -> None:
    own = action("", "Overdue", due=FRIDAY, cell="SIN!A40", stage="SIN")
    plan = (plan_action("AP-001", "Overdue", target=date(2026, 11, 19), days_late=2),)
    view = weekly_view(read(case(own, action_plan=plan)))
    assert [(line.label, line.sheet, line.who) for line in view.overdue] == [
        ("AP-001", "Action Plan", "Dorset Police"),
        ("SIN!A40", "SIN", "QA Service Manager"),
    ]


# The lines at the top


def _said(awaited: Sequence[Decision]) -> list[str]:
    return [phrase.text for phrase in to_decide(awaited)]


def test_who_is_needed_in_one_sentence() -> None:
    view = weekly_view(
        read(
            case(
                action("RR-5.4", "Overdue"),
                action("SIN-3.4", "Overdue", basis="Statutory"),
                action("RR-5.9", "Chase"),
                action("RR-6.2", "Due today"),
                action("RR-6.3", "Provisional, passed"),
                action("LCSPR-7.19", "On hold", basis="Statutory"),
            )
        )
    )
    assert needed(view) == [
        "2 actions overdue in 1 case",
        "1 statutory date missed",
        "1 to chase",
        "1 due today",
        "1 past a provisional date",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, []),
        ({"decisions": {"panel_response": "agrees"}}, ["whether to hold an LCSPR in A"]),
        ({"decisions": {"panel_response": "agrees"}, "marks": Milestones(local_review=Milestone("Y-1", "Inquiry"))},
         ["whether to hold an Inquiry in A"]),
        ({"decisions": {"panel_response": "agrees", "lcspr": "no"}}, []),
        ({"decisions": {"panel_response": "asks for more"}}, ["the answer to the National Panel in A"]),
        ({"decisions": {"criteria_met": "no"}}, ["whether to hold an LCSPR in A"]),
        ({"decisions": {"panel_response": "agrees", "case_closed": FRIDAY}}, []),
        ({"holds": (held(FRIDAY, date(2027, 1, 1)),)}, []),
        ({"holds": (held(FRIDAY, MONDAY),)}, ["the hold on publication in A"]),
        ({"holds": (held(FRIDAY),)}, ["the hold on publication in A"]),
        ({"holds": (held(date(2026, 12, 1)),)}, []),
        ({"holds": (held(FRIDAY),), "timeliness": Timeliness(published=MONDAY)}, []),
        ({"holds": (held(FRIDAY),), "decisions": {"case_closed": date(2027, 1, 1)}},
         ["the hold on publication in A"]),
        ({"decisions": {"panel_response": "agrees", "case_closed": date(2027, 1, 1)}},
         ["whether to hold an LCSPR in A"]),
        ({"conflicts": ({"cell": "SIN!H5"},)}, ["which of two values stands in A"]),
        ({"problems": (problem("T309", file="b.xlsx", other="a.xlsx"),)}, ["which workbook of A is in use"]),
    ],
)  # fmt: skip
def test_what_is_to_be_decided(facts: dict[str, object], said: list[str]) -> None:
    assert _said(weekly_view(read(case(reference="A", **facts))).decisions) == said


def test_decisions_are_told_apart_by_what_each_procedure_calls_the_review() -> None:
    agrees = {"panel_response": "agrees"}
    cases = [
        case(reference="A", decisions=agrees),
        case(
            reference="B",
            decisions=agrees,
            marks=Milestones(local_review=Milestone("L-1", "Learning Review")),
        ),
        case(reference="C", decisions=agrees),
    ]
    assert _said(weekly_view(read(*cases)).decisions) == [
        "whether to hold an LCSPR in A and C",
        "whether to hold a Learning Review in B",
    ]


def test_a_closed_case_with_actions_overdue_is_asked_about() -> None:
    late = action("RR-6.2", "Overdue", due=FRIDAY, days_late=1)
    closed = case(late, reference="A", decisions={"case_closed": FRIDAY})
    view = weekly_view(read(closed, case(late, reference="B")))
    assert needed(view) == ["2 actions overdue in 2 cases (1 in 1 closed case)"]
    assert _said(view.decisions) == ["whether A is closed, with actions overdue"]


def test_what_is_to_be_settled_says_where() -> None:
    conflicts = tuple({"cell": f"SIN!H{row}"} for row in range(5, 9))
    twin = problem("T309", file="b.xlsx", other="a.xlsx")
    view = weekly_view(read(case(conflicts=conflicts, problems=(twin, twin))))
    assert [each.because for each in view.decisions] == [
        *["a.xlsx holds the same case as DOR-2026-014.xlsx; this report counts both"] * 2,
        "a conflict is open in 4 cells; tracker regenerate lists it",
    ]
    assert _said(view.decisions)[0] == "which workbook of DOR-2026-014 is in use"


def test_disagreement_with_the_panel_is_named() -> None:
    decisions = {"panel_response": "recommends LCSPR", "rapid_review_recommends": "no LCSPR"}
    (decision,) = weekly_view(read(case(decisions=decisions))).decisions
    assert decision.because == "the National Panel recommends one, the Rapid Review the opposite"
