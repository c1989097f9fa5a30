"""What happened in a case, as its events say it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from reconcile.editing import LATE, Edited, case_in
from tracker.reconcile.model import Reconciliation
from tracker.report.data_output import report_json
from tracker.report.weekly import weekly_view

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.reconcile.model import CaseState

LOG = {
    "Log_entries#1:Date": date(2026, 12, 18),
    "Log_entries#1:What": "Decision",
    "Log_entries#1:Text": "Agreed by all partners",
    "Log_entries#1:Evidence": "T drive",
}


def happened(state: CaseState) -> list[str]:
    return [f"{each.day:%d %b %y} {each.kind}: {each.text}" for each in state.events]


def state_of(folder: Path, cells: dict[str, object], case: str = "fresh", as_at: date = LATE) -> CaseState:
    return case_in(Edited(cells, case=case).saved(folder), as_at)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({}, []),
        (
            {"SIN-3.4:Completed": date(2026, 11, 11)},
            ["11 Nov 26 Step: SIN sent to the National Panel, 2 working days late"],
        ),
        ({"SIN-3.4:Completed": date(2027, 6, 22)}, []),  # after the report date
        (
            {"RR-6.6:Completed": date(2026, 11, 30), "Case:Rapid Review recommends": "LCSPR"},
            ["30 Nov 26 Step: Rapid Review sent to the National Panel: recommends LCSPR"],
        ),
        (
            {"RR-6.8b:Completed": date(2026, 12, 18), "Case:National Panel's response": "agrees"},
            ["18 Dec 26 Step: National Panel's response received: it agrees"],
        ),
        (
            {"Case:Criteria met": "no", "Case:Criteria decided on": date(2026, 11, 13)},
            ["13 Nov 26 Decision: Notification criteria found not met"],
        ),
        (
            {"Case:LCSPR": "yes", "Case:LCSPR decided by partners on": date(2026, 12, 18)},
            ["18 Dec 26 Decision: Partners decided to hold an LCSPR"],
        ),
        ({"Case:Case closed on": date(2027, 6, 1)}, ["01 Jun 27 Closed: Case closed"]),
        (
            {"Case_holds#1:From": date(2027, 3, 1), "Case_holds#1:Ended on": date(2027, 5, 3)},
            ["01 Mar 27 Hold begun: Hold on publication begun", "03 May 27 Hold ended: Hold on publication ended"],
        ),
        (LOG, ["18 Dec 26 Log: Decision: Agreed by all partners"]),
        ({**LOG, "Log_entries#1:What": "Chased"}, []),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_an_event(cells: dict[str, object], told: list[str], tmp_path: Path) -> None:
    typed = {f"{key}:B" if key.startswith("Case:") else key: value for key, value in cells.items()}
    typed = {key.removeprefix("Case:"): value for key, value in typed.items()}
    assert happened(state_of(tmp_path, typed)) == told


def meeting(kind: str, day: date, held: str = "x") -> dict[str, object]:
    return {"Meetings#1:Kind": kind, "Meetings#1:Date": day, "Meetings#1:Held": held}


@pytest.mark.parametrize(
    ("kind", "held", "completed", "told"),
    [
        ("Rapid Review", "yes", date(2026, 11, 24), ["24 Nov 26 Step: Rapid Review meeting held"]),
        ("Rapid Review", "yes", None, ["24 Nov 26 Meeting: Rapid Review meeting held"]),
        ("Rapid Review", "", None, []),
        ("Learning event", "yes", None, ["24 Nov 26 Meeting: Learning event held"]),
        ("Strategy", "yes", None, ["24 Nov 26 Other meeting: Strategy meeting held"]),
    ],
)
def test_a_meeting_is_one_line_wherever_it_was_recorded(
    kind: str, held: str, completed: date | None, told: list[str], tmp_path: Path
) -> None:
    cells = {**meeting(kind, date(2026, 11, 24), held), "RR-6.2:Completed": completed}
    assert happened(state_of(tmp_path, cells)) == told


def test_a_published_case_tells_its_story(tmp_path: Path) -> None:
    moved = {
        "Log_entries#1:Date": date(2027, 5, 12),
        "Log_entries#1:What": "Date moved",
        "Log_entries#1:To": date(2027, 6, 10),
    }
    assert happened(state_of(tmp_path, moved, "published")) == [
        "09 Nov 26 Step: SIN sent to the National Panel",
        "17 Dec 26 Letter: Letter from the National Panel: it recommends an LCSPR",
        "12 May 27 Publication confirmed: Publication confirmed for Thu 10 Jun 2027",
        "10 Jun 27 Published: LCSPR published: full report",
    ]


@pytest.mark.parametrize(
    ("layout", "told"),
    [
        ("weekly", ["SIN sent to the National Panel", "Decision: Agreed by all partners"]),
        ("exceptions", ["SIN sent to the National Panel", ""]),
    ],
)
def test_a_report_for_programs_has_the_typed_words_that_it_prints(
    layout: str, told: list[str], tmp_path: Path
) -> None:
    cells = {**LOG, "SIN-3.4:Completed": date(2026, 11, 9), "SIN-3.4:Evidence": "Portal receipt"}
    state = state_of(tmp_path, cells)
    assert [each.evidence for each in state.events] == ["Portal receipt", "T drive"]
    written = json.loads(report_json(layout, layout, weekly_view(Reconciliation(LATE, (state,), ()))))
    (case,) = written["cases"]
    assert [each["text"] for each in case["events"]] == told
    assert [each["evidence"] for each in case["events"]] == ["", ""]
