"""A case as full as they come: more rows in each list than a board's paper has room for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tracker.reconcile.model import LogEntry, MeetingEntry

from .states import MONDAY, action, case, plan_action

if TYPE_CHECKING:
    from tracker.reconcile.model import Action, CaseState

LONG = "Agree with the statutory partners, on the same day, the recommendation and wording, to go to PDSCP Leadership"
KEYS = ("SIN-1.4-C1", "SIN-3.4", "RR-6.2", "RR-6.5", "RR-6.6", "LCSPR-7.8", "LCSPR-7.19", "LCSPR-7.6")
EACH = 20


def crowded_case(number: int = 1) -> CaseState:
    """Eight key dates, and twenty rows each that are overdue, done, moved, live, and in the plan."""
    who = {"owner": "Corporate Director, QA and Safeguarding Families", "named_owner": "A. Example"}

    def rows(paragraph: int, rag: str = "On track", **facts: Any) -> list[Action]:
        return [
            action(f"RR-{paragraph}.{place}", rag, action=LONG, after=(f"RR-{paragraph}.{place - 1}",), **who, **facts)
            for place in range(1, EACH + 1)
        ]  # fmt: skip

    keys = [
        action(row_id, key=True, action=LONG, due=date(2027, 1, 4) + timedelta(days=place), **who)
        for place, row_id in enumerate(KEYS)
    ]
    plan = [
        plan_action(f"AP-{place:03}", "Overdue", action=LONG, target=MONDAY, impact=LONG)
        for place in range(1, EACH + 1)
    ]
    asked = [
        LogEntry(MONDAY, f"RR-1.{place}", "Date moved", LONG, None, date(2027, 2, 1), "", "", f"Log!A{place}")
        for place in range(1, EACH + 1)
    ]
    return case(
        *keys,
        *rows(1, "Overdue", due=date(2026, 11, 2), days_late=15),
        *rows(2, "Complete, late", due=date(2026, 11, 2), completed=date(2026, 11, 3), days_late=1),
        *rows(3, "Extended", due=date(2026, 11, 2), agreed=date(2026, 12, 1), reason=LONG, days_late=15),
        *rows(4, due=date(2026, 12, 7)),
        reference=f"DOR-2026-{number:03}",
        action_plan=tuple(plan),
        log=tuple(asked),
        meetings=(MeetingEntry("LCSPR subgroup", date(2026, 10, 27), "", "", held=True, cell="Calendar!A5"),),
        uuid=f"crowded-{number}",
    )
