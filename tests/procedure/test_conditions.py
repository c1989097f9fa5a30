"""What the decisions and conditions of a case do to its rows, in the Dorset set."""

from __future__ import annotations

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


AGENCIES = tuple(Agency(name, name[:3].upper()) for name in ("Police", "Health", "Probation", "Cafcass"))
PLAIN = Case(Details(aware=date(2026, 11, 2)), children=(Child("Child 1"),), agencies=AGENCIES)


def rows(procedure: Procedure, case: Case) -> dict[str, int]:
    return {stage: len(rows) for stage, rows in make_plan(case, procedure).rows.items()}


def added(procedure: Procedure, case: Case) -> list[str]:
    """The rows that this case has beyond the plain one's."""
    plain = {row.id for row in make_plan(PLAIN, procedure).all_rows()}
    return [row.id for row in make_plan(case, procedure).all_rows() if row.id not in plain]


def test_one_child_and_four_agencies_make_about_110_rows(dorset: Procedure) -> None:
    assert rows(dorset, PLAIN) == {"SIN": 11, "Rapid Review": 40, "LCSPR": 54}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (Case(Details(died=True, looked_after="looked after")), ["SIN-1.4"]),
        (Case(Details(died=True, looked_after="care leaver")), ["SIN-1.4"]),
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


def test_without_abuse_or_neglect_only_the_decision_to_notify_stays_live(dorset: Procedure) -> None:
    case = Case(Details(died=True, looked_after="looked after", abuse_or_neglect="no"), agencies=AGENCIES)
    live = [row.id for row in make_plan(case, dorset).all_rows() if row.status != "Not applicable"]

    assert live == ["SIN-1.4", "SIN-2.1"]


def test_no_lcspr_ends_the_lcspr_rows_alone(dorset: Procedure) -> None:
    case = Case(Details(), decisions=Decisions(lcspr="no", lcspr_reason="learning is known"))
    plan = make_plan(case, dorset)
    ended = {(row.stage, row.reason) for row in plan.all_rows() if row.status == "Not applicable"}

    assert ended == {("LCSPR", "No LCSPR: learning is known")}
    assert {row.status for row in plan.rows["LCSPR"]} == {"Not applicable"}


def test_criteria_not_met_leave_the_rapid_review_live(dorset: Procedure) -> None:
    case = Case(Details(), dates=Dates(), decisions=Decisions(criteria_met="no"))

    assert {row.status for row in make_plan(case, dorset).all_rows()} == {"Not started"}


def test_the_holidays_are_englands_and_known_until_2028() -> None:
    assert load_calendar_facts() == CalendarFacts("GB", "ENG", date(2028, 12, 31))
