"""What the decisions and conditions of a case do to its rows, in the Dorset set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tracker.case.model import Agency, Case, Child, Dates, Decisions, Details, Options
from tracker.plan import make_plan
from tracker.procedure.load import CalendarFacts, load_calendar_facts, load_procedure

if TYPE_CHECKING:
    from tracker.procedure.model import Procedure


@pytest.fixture(scope="module")
def dorset() -> Procedure:
    procedure, problems = load_procedure()
    assert problems == []
    assert procedure is not None
    return procedure


ONE = (Child("Child 1"),)
AGENCIES = tuple(Agency(name, name[:3].upper()) for name in ("Police", "Health", "Probation", "Cafcass"))
PLAIN = Case(Details(aware=date(2026, 11, 2)), children=(Child("Child 1"),), agencies=AGENCIES)


def rows(procedure: Procedure, case: Case) -> dict[str, int]:
    return {stage: len(rows) for stage, rows in make_plan(case, procedure).rows.items()}


def added(procedure: Procedure, case: Case) -> list[str]:
    """The rows that this case has beyond the plain one's."""
    plain = {row.id for row in make_plan(PLAIN, procedure).all_rows()}
    return [row.id for row in make_plan(case, procedure).all_rows() if row.id not in plain]


def test_one_child_and_four_agencies_make_about_110_rows(dorset: Procedure) -> None:
    assert rows(dorset, PLAIN) == {"SIN": 12, "Rapid Review": 39, "LCSPR": 56}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (Case(Details(died=True, looked_after="looked after"), children=ONE), ["SIN-1.4-C1"]),
        (Case(Details(died=True, looked_after="care leaver"), children=ONE), ["SIN-1.4-C1"]),
        (Case(Details(), options=Options(rapid_review_chair="Chair of the LCSPR subgroup")), []),
        (Case(Details(), options=Options(rapid_review_chair="PDSCP Scrutineer")), ["RR-6.1"]),
        (Case(Details(), decisions=Decisions(criteria_met="no")), ["RR-4.3"]),
        (Case(Details(died=True)), []),
        (Case(Details(looked_after="looked after")), []),
        (Case(Details(), options=Options(submitters_absent=True)), ["SIN-3.5"]),
        (Case(Details(), options=Options(other_partnerships=("Somerset",))), ["SIN-2.6b-SOM"]),
    ],
)
def test_a_case_switches_its_rows_on(dorset: Procedure, case: Case, expected: list[str]) -> None:
    assert added(dorset, case) == expected


@pytest.mark.parametrize(
    ("response", "recommended", "expected"),
    [
        ("awaited", "LCSPR", []),
        ("agrees", "LCSPR", []),
        ("agrees", "no LCSPR", []),
        ("recommends LCSPR", "LCSPR", []),
        ("recommends LCSPR", "no LCSPR", ["RR-6.8e"]),
        ("recommends LCSPR", "undecided", ["RR-6.8e"]),
        ("recommends no LCSPR", "no LCSPR", []),
        ("recommends no LCSPR", "LCSPR", ["RR-6.8e"]),
        ("recommends no LCSPR", "undecided", ["RR-6.8e"]),
        ("asks for more", "LCSPR", ["RR-6.8d", "RR-6.8e"]),
    ],
)
def test_leadership_answers_a_panel_that_disagrees_or_asks(
    dorset: Procedure, response: str, recommended: str, expected: list[str]
) -> None:
    decisions = Decisions(panel_response=response, rapid_review_recommends=recommended)

    assert added(dorset, Case(Details(), decisions=decisions)) == expected


@pytest.mark.parametrize(
    ("details", "child", "expected"),
    [
        (Details(), Child("Child 1", died=True, looked_after="looked after"), True),
        (Details(), Child("Child 1", died=True, looked_after="care leaver"), True),
        (Details(), Child("Child 1", died=True), False),
        (Details(), Child("Child 1", looked_after="looked after"), False),
        (Details(died=True, looked_after="looked after"), Child("Child 1", died=False), False),
        (Details(died=True, looked_after="looked after"), Child("Child 1", looked_after="no"), False),
        (Details(died=True), Child("Child 1", looked_after="care leaver"), True),
        (Details(looked_after="looked after"), Child("Child 1", died=True), True),
    ],
)
def test_each_child_is_told_apart(dorset: Procedure, details: Details, child: Child, expected: bool) -> None:
    case = Case(details, children=(child, Child("Child 2", died=False)))

    assert added(dorset, case).count("SIN-1.4-C1") == expected
    assert "SIN-1.4-C2" not in added(dorset, case)


def live(procedure: Procedure, case: Case) -> list[str]:
    """The rows that are not ended."""
    return [row.id for row in make_plan(case, procedure).all_rows() if row.status != "Not applicable"]


def reasons(procedure: Procedure, case: Case) -> set[tuple[str, str]]:
    """The stages whose rows are ended, with the reasons given."""
    rows = make_plan(case, procedure).all_rows()
    return {(row.stage, row.reason) for row in rows if row.status == "Not applicable"}


def test_without_abuse_or_neglect_only_the_decision_to_notify_stays_live(dorset: Procedure) -> None:
    case = Case(
        Details(died=True, looked_after="looked after", abuse_or_neglect="no"),
        children=ONE,
        agencies=AGENCIES,
    )

    assert live(dorset, case) == ["SIN-1.4-C1", "SIN-2.1"]


def test_not_notified_ends_every_row_but_the_decision(dorset: Procedure) -> None:
    case = Case(Details(), children=ONE, decisions=Decisions(notify="no", notify_reason="not serious"))

    assert live(dorset, case) == ["SIN-2.1"]
    assert {reason for _, reason in reasons(dorset, case)} == {"Not notified: not serious"}
    assert live(dorset, replace(case, decisions=Decisions(notify="undecided")))[1:] != []


def test_no_lcspr_ends_the_lcspr_rows_but_the_synopsis(dorset: Procedure) -> None:
    case = Case(Details(), decisions=Decisions(lcspr="no", lcspr_reason="learning is known"))
    left = [each for each in live(dorset, case) if each.startswith("LCSPR")]

    assert reasons(dorset, case) == {("LCSPR", "No LCSPR: learning is known")}
    assert left == ["LCSPR-8.7", "LCSPR-8.8", "LCSPR-8.8b", "LCSPR-8.9", "LCSPR-8.9b"]


def test_the_synopsis_ends_where_there_is_no_learning_review_either(dorset: Procedure) -> None:
    decisions = Decisions(lcspr="no", lcspr_reason="learning is known", learning_review="no")
    case = Case(Details(), decisions=decisions)

    assert [each for each in live(dorset, case) if each.startswith("LCSPR")] == []
    assert ("LCSPR", "No LCSPR and no learning review (8.7)") in reasons(dorset, case)
    undecided = Case(Details(), decisions=Decisions(learning_review="no"))
    assert reasons(dorset, undecided) == set()


def test_criteria_not_met_leave_the_rapid_review_live(dorset: Procedure) -> None:
    case = Case(Details(), dates=Dates(), decisions=Decisions(criteria_met="no"))

    assert {row.status for row in make_plan(case, dorset).all_rows()} == {"Not started"}


def test_a_rapid_review_that_does_not_continue_ends_but_for_the_decision(dorset: Procedure) -> None:
    ends = Decisions(criteria_met="no", criteria_reason="no harm", rapid_review_continues="no")
    case = Case(Details(), decisions=ends)

    assert [each for each in live(dorset, case) if each.startswith("RR")] == ["RR-4.3"]
    assert {stage for stage, _ in reasons(dorset, case)} == {"Rapid Review"}
    # The criteria are met: nothing to end.
    assert reasons(dorset, Case(Details(), decisions=Decisions(rapid_review_continues="no"))) == set()


def test_the_holidays_are_englands_and_known_until_2028() -> None:
    assert load_calendar_facts() == CalendarFacts("GB", "ENG", date(2028, 12, 31))
