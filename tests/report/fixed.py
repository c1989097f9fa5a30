"""One fixed set of cases, at different stages, for golden files and for looking at pages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from workbook.making import PROCEDURE

from tracker.problems import problem
from tracker.reconcile.model import Change, ClockState, Event, LogEntry, MeetingEntry, Timeliness

from .states import MONDAY, action, case, held, plan_action, read

if TYPE_CHECKING:
    from tracker.procedure.model import Board
    from tracker.reconcile.model import CaseState, Reconciliation

LAST_MEETING = date(2026, 10, 27)
BOARDS = {board.id: board for board in PROCEDURE.boards}
REPORTS = ("weekly", *BOARDS, "timeliness")


def board(sees: str) -> Board:
    """The board that sees so much."""
    return next(each for each in PROCEDURE.boards if each.sees == sees)


def _key(row_id: str, rag: str, **facts: Any) -> Any:
    return action(row_id, rag, key=True, **facts)


def in_rapid_review() -> CaseState:
    """A Rapid Review under way: overdue, moved, waiting, an unsettled cell."""
    return case(
        _key("SIN-3.4", "Complete, late", due=date(2026, 11, 9), completed=date(2026, 11, 10), days_late=1,
             owner="Head of QA and Partnerships", basis="Statutory", action="Submit the SIN"),
        action("RR-5.4", "Overdue", due=date(2026, 11, 17), days_late=4, named_owner="Q. Example",
               action="Complete the briefing report", status="In progress"),
        action("RR-5.7b-POL", "Overdue", due=date(2026, 11, 20), days_late=1, owner="Dorset Police",
               employer="partner agency", action="POL: return the briefing report", after=("RR-5.7",)),
        action("RR-5.9", "Chase", due=date(2026, 11, 12), days_late=7, owner="National Panel",
               employer="external", action="Say that a Rapid Review is required"),
        action("RR-5.14", "Due soon", due=date(2026, 11, 24), owner="PDSCP Business Support",
               employer="partnership", action="Send the briefing reports", after=("RR-5.4",)),
        action("RR-5.12b", "No date", owner="PDSCP Business Manager", employer="partnership",
               action="Hold the action planning meeting"),
        _key("RR-6.5", "Extended", due=date(2026, 11, 20), agreed=date(2026, 12, 1), days_late=1,
             owner="PDSCP Leadership", employer="partnership", action="Sign off the notification",
             reason="Two members at an inspection", due_issued=date(2026, 11, 19), progress="Diaries checked"),
        _key("RR-6.6", "On track", due=date(2026, 12, 1), count=15, owner="PDSCP Business Manager",
             employer="partnership", action="Send the notification to the National Panel"),
        action("LCSPR-7.1", "Clock not started", owner="", counted_from="LCSPR day zero", day_zero=None,
               action="Source CVs of authors"),
        action_plan=(
            plan_action("AP-001", "Overdue", target=date(2026, 11, 2), days_late=15, employer="council",
                        owner="QA Service Manager", improvement_plan_ref="SSP 4.2", action="Brief the teams",
                        impact="Fewer repeat visits"),
            plan_action("AP-002", "Complete", completed=date(2026, 11, 5), signed_off=date(2026, 11, 18),
                        target=date(2026, 11, 6), employer="partner agency", action="Change the form"),
            plan_action("AP-003", "On track", target=date(2027, 1, 4), lead_agency="Somebody else",
                        action="Ask the practice nurses"),
        ),
        log=(
            LogEntry(date(2026, 11, 18), "RR-6.5", "Date moved", "Two away", None, date(2026, 12, 1),
                     "Leadership", "", "Log!A5"),
            LogEntry(date(2026, 11, 20), "RR-5.4", "Date moved", "Genogram is missing", None,
                     date(2026, 11, 27), "", "", "Log!A6"),
        ),
        meetings=(
            MeetingEntry("LCSPR subgroup", LAST_MEETING, "", "", held=True, cell="Calendar!A5"),
            MeetingEntry("lcspr subgroup ", date(2026, 12, 8), "", "", held=False, cell="Calendar!A6"),
            MeetingEntry("MAQPAG", date(2026, 10, 6), "", "", held=True, cell="Calendar!A7"),
            MeetingEntry("Rapid Review", date(2026, 11, 20), "", "", held=False, cell="Calendar!A8"),
            MeetingEntry("Leadership", date(2026, 11, 27), "10:00", "County Hall", held=False, cell="Calendar!A9"),
        ),
        timeliness=Timeliness(aware=date(2026, 11, 2), sin_due=date(2026, 11, 9), sin_sent=date(2026, 11, 10),
                              sin_days=6, open_actions=8),
        decisions={"panel_response": "asks for more"},
        problems=(problem("T311", place="SIN!K1", id="SIN-3.3", day="Tue 1 Dec 2026", as_at="Mon 23 Nov 2026"),),
        changes=(Change("SIN!H9", "SIN-3.4", "Completed", None, date(2026, 11, 10)),),
        clocks={"SIN day zero": ClockState(date(2026, 11, 2), provisional=False),
                "Rapid Review day zero": ClockState(date(2026, 11, 10), provisional=False)},
        events=(
            Event(date(2026, 11, 10), "Step", "SIN sent to the National Panel, 1 working day late", "SIN-3.4"),
            Event(date(2026, 11, 18), "Log", "Decision: The genogram can follow", "RR-5.4", "Mail of 18 Nov"),
            Event(date(2026, 11, 19), "Meeting", "Leadership meeting held"),
        ),
        short_names={"SIN-3.4": "SIN to the National Panel", "RR-6.5": "Leadership sign-off",
                     "RR-6.6": "Rapid Review to the Panel"},
        uuid="uuid-1", issued=date(2026, 11, 2),
    )  # fmt: skip


def on_hold() -> CaseState:
    """An LCSPR whose publication waits past the hold's review."""
    lcspr: dict[str, Any] = {"counted_from": "Publication", "day_zero": date(2026, 12, 17), "stage": "LCSPR"}
    return case(
        _key("SIN-3.4", "Complete", due=date(2026, 3, 9), completed=date(2026, 3, 9), action="Submit the SIN"),
        _key("RR-6.6", "Complete, late", due=date(2026, 3, 30), completed=date(2026, 4, 15), days_late=10,
             action="Send the notification to the National Panel", reason="Two Easter weeks"),
        _key("LCSPR-7.6", "On hold", due=date(2026, 12, 17), action="Complete and publish", **lcspr),
        action("LCSPR-7.17", "Complete", status="Complete", action="Convene a Comms meeting", **lcspr),
        action("LCSPR-7.16b", "Complete, late", due=date(2026, 11, 2), completed=date(2026, 11, 16), days_late=10,
               action="Convene the Leadership meeting", **lcspr),
        reference="DOR-2026-003", summary="Serious harm to a toddler",
        holds=(held(date(2026, 8, 3), date(2026, 11, 16), reason="The trial", agreed_by="Leadership"),),
        timeliness=Timeliness(aware=date(2026, 3, 2), sin_due=date(2026, 3, 9), sin_sent=date(2026, 3, 9), sin_days=5,
                              rapid_review_sent=date(2026, 4, 15), days_from_sin=25, days_from_awareness=30,
                              panel_letter=date(2026, 6, 17), lcspr_day_zero=date(2026, 6, 17),
                              publication_target=date(2026, 12, 17), open_actions=1),
        decisions={"lcspr": "yes", "panel_response": "recommends LCSPR"}, uuid="uuid-2", issued=date(2026, 3, 2),
    )  # fmt: skip


def closed() -> CaseState:
    """A case that ended with its Rapid Review."""
    return case(
        _key("SIN-3.4", "Complete", due=date(2025, 9, 8), completed=date(2025, 9, 8)),
        _key("RR-6.6", "Complete", due=date(2025, 9, 29), completed=date(2025, 9, 26)),
        _key("LCSPR-7.6", "Not applicable", day_zero=None),
        reference="DOR-2025-009", summary="Neglect",
        timeliness=Timeliness(aware=date(2025, 9, 1), sin_due=date(2025, 9, 8), sin_sent=date(2025, 9, 8), sin_days=5,
                              rapid_review_sent=date(2025, 9, 26), days_from_sin=14, days_from_awareness=19),
        decisions={"lcspr": "no", "case_closed": date(2026, 2, 2)}, uuid="uuid-3", issued=date(2025, 9, 1),
    )  # fmt: skip


def fixed() -> Reconciliation:
    """The set, with a file that could not be read."""
    broken = problem("T104", file="cases/minutes.xlsx", found_kind="a file of another kind")
    return read(in_rapid_review(), on_hold(), closed(), problems=(broken,), as_at=MONDAY)
