"""Short ways to write the state of a case by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from tracker.procedure.milestones import Milestone, Milestones
from tracker.reconcile.model import (
    Action,
    CaseState,
    ClockState,
    HoldEntry,
    PlanAction,
    Reconciliation,
    SourceWorkbook,
    Timeliness,
)

if TYPE_CHECKING:
    from tracker.problems import Problem
    from tracker.rules import Rag

MONDAY = date(2026, 11, 23)

_ACTION = Action(
    id="RR-5.4", stage="Rapid Review", paragraph="5.4", action="Complete the briefing report",
    owner="QA Service Manager", named_owner="", employer="council", timescale="Day 5",
    counted_from="Rapid Review day zero", count=5, unit="working days", day_zero=date(2026, 11, 9), due=None,
    due_issued=None, agreed=None, provisional=False, status="Not started", completed=None, rag="No date",
    days_late=None, days_past_agreed=None, progress="", reason="", evidence="", basis="Procedure", key=False,
    after=(), cell="'Rapid Review'!A5",
)  # fmt: skip
_PLAN = PlanAction(
    id="AP-001", recommendation="Share learning", action="Brief the teams", lead_agency="Dorset Police",
    named_owner="", target=None, agreed=None, completed=None, signed_off=None, rag="No date", days_late=None,
    status="Not started", progress="", impact="", success_measure="", reason="", evidence="", source="",
    owner="", improvement_plan_ref="", cell="'Action Plan'!A5",
)  # fmt: skip


def action(row_id: str, rag: str = "On track", **facts: Any) -> Action:
    """A row; its stage follows from its ID."""
    stages = {"SIN": "SIN", "RR": "Rapid Review", "LCSPR": "LCSPR"}
    stage = stages.get(row_id.partition("-")[0], "Rapid Review")
    return replace(_ACTION, id=row_id, rag=cast("Rag", rag), **{"stage": stage, **facts})


def plan_action(row_id: str, rag: str = "On track", **facts: Any) -> PlanAction:
    return replace(_PLAN, id=row_id, rag=cast("Rag", rag), **facts)


def held(
    since: date, review: date | None = None, ended: date | None = None, reason: str = "", agreed_by: str = ""
) -> HoldEntry:
    return HoldEntry(since, review, ended, reason, agreed_by, "Case!A30")


def case(*actions: Action, reference: str = "DOR-2026-014", **facts: Any) -> CaseState:
    decisions = {"lcspr": "undecided", "panel_response": "awaited", "criteria_met": "yes"}
    state = CaseState(
        reference=reference,
        summary="Serious harm to an infant",
        marking="OFFICIAL-SENSITIVE",
        uuid="",
        title="The process",
        edition="2023",
        workbooks=(SourceWorkbook(f"cases/{reference}.xlsx", "0" * 64, "0.1.0"),),
        clocks={"SIN day zero": ClockState(date(2026, 11, 2), provisional=False)},
        decisions={**decisions, **facts.pop("decisions", {})},
        holds=(),
        actions=actions,
        action_plan=(),
        log=(),
        meetings=(),
        timeliness=Timeliness(),
        changes=(),
        milestones={"SIN": "SIN-3.4", "Rapid Review": "RR-6.6", "LCSPR": "LCSPR-7.6"},
        marks=Milestones(
            Milestone("SIN-3.4", "SIN"), Milestone("RR-6.6", "Rapid Review"), Milestone("LCSPR-7.6", "LCSPR")
        ),
    )
    return replace(state, **facts)


def read(*cases: CaseState, problems: tuple[Problem, ...] = (), as_at: date = MONDAY) -> Reconciliation:
    return Reconciliation(as_at, cases, problems)
