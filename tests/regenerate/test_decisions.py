"""What follows from each decision of the case: done by generate and regenerate, undone when it is withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from reading.small import STEPS, narrowed
from reconcile.editing import FRESH

from regenerate.running import Run, book_of, choose, issued, regenerated, typed
from tracker.case.model import Case, Child
from tracker.plan import make_plan

DECIDING = narrowed(STEPS | {"SIN-1.4", "RR-4.3", "LCSPR-8.7"})
OPEN_ROW = ("Not started", None)
SIN, REVIEW, LCSPR = ("SIN-2.6", "SIN-3.2"), ("RR-5.3", "RR-6.6"), ("LCSPR-7.6", "LCSPR-7.8")
NOT_NOTIFIED = {"notify": "no", "notify_reason": "Below the threshold"}
STOPPED = {"criteria_met": "no", "criteria_reason": "No serious harm", "rapid_review_continues": "no"}
NO_LCSPR = {"lcspr": "no", "lcspr_reason": "Nothing more to learn"}
NO_REVIEW = {**NO_LCSPR, "learning_review": "no"}
SAID = "Not notified: Below the threshold"
ENDS = [
    (NOT_NOTIFIED, (*SIN, *REVIEW, *LCSPR, "LCSPR-8.7"), SAID, ("SIN-2.1",)),
    (
        STOPPED,
        REVIEW,
        "The Rapid Review does not continue, the criteria are not met: No serious harm",
        (*SIN, *LCSPR, "RR-4.3"),
    ),
    (NO_LCSPR, LCSPR, "No LCSPR: Nothing more to learn", (*SIN, *REVIEW, "LCSPR-8.7")),
    (NO_REVIEW, ("LCSPR-8.7",), "No LCSPR and no learning review (8.7)", (*SIN, *REVIEW)),
]
EACH = pytest.mark.parametrize(("decided", "ended", "reason", "live"), ENDS)
LABELS = {
    "notify": "Notify", "notify_reason": "Notify: reason", "criteria_met": "Criteria met",
    "criteria_reason": "Criteria: reason", "rapid_review_continues": "Rapid Review continues", "lcspr": "LCSPR",
    "lcspr_reason": "LCSPR: reason", "learning_review": "Learning review",
}  # fmt: skip


@cache
def _issued() -> bytes:
    return issued(FRESH, DECIDING)


def _rows(content: bytes, label: str) -> int:
    sheet = book_of(content)["Case"]
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == label)


def _decided(cells: dict[str, object], content: bytes | None = None, **work: object) -> Run:
    """One run after somebody typed decisions on Case, and in rows."""
    held = content or _issued()
    places: dict[str, object] = {f"Case!B{_rows(held, LABELS[name])}": value for name, value in cells.items()}
    return regenerated(typed({**places, **work}, content=held), DECIDING)


def _state(run: Run, row_id: str) -> tuple[object, object]:
    return run.value(f"{row_id}:Status"), run.value(f"{row_id}:Reason for change")


def _as_decided(**decided: str) -> Case:
    return replace(FRESH, decisions=replace(FRESH.decisions, **decided))  # type: ignore[arg-type]  # words alone


@EACH
def test_a_new_workbook_has_what_follows(
    decided: dict[str, str], ended: tuple[str, ...], reason: str, live: tuple[str, ...]
) -> None:
    plan = make_plan(_as_decided(**decided), DECIDING)
    rows = {row.id: (row.status, row.reason or None) for row in plan.all_rows()}
    assert {each: rows[each] for each in ended} == dict.fromkeys(ended, ("Not applicable", reason))
    assert {each: rows[each] for each in live} == dict.fromkeys(live, OPEN_ROW)


@EACH
def test_a_decision_typed_on_case_ends_rows_and_withdrawn_opens_them(
    decided: dict[str, str], ended: tuple[str, ...], reason: str, live: tuple[str, ...]
) -> None:
    run = _decided(dict(decided))
    assert {each: _state(run, each) for each in ended} == dict.fromkeys(ended, ("Not applicable", reason))
    assert {each: _state(run, each) for each in live} == dict.fromkeys(live, OPEN_ROW)
    assert not run.again().done.changed
    back = _decided(dict.fromkeys(decided), run.content)
    every = (*SIN, *REVIEW, *LCSPR, "LCSPR-8.7")
    assert {each: _state(back, each) for each in every} == dict.fromkeys(every, OPEN_ROW)
    assert (back.conflicts, back.again().done.changed) == ([], False)


def test_a_description_decides_and_withdraws_too() -> None:
    run = regenerated(_issued(), DECIDING, case=_as_decided(**NOT_NOTIFIED))
    assert _state(run, "SIN-2.6") == ("Not applicable", SAID)
    assert _state(run.again(case=FRESH), "SIN-2.6") == OPEN_ROW


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Progress", "Rang them"),
        ("Agreed date", date(2026, 12, 1)),
        ("Status", "In progress"),
        ("Evidence", "File"),
    ],
)
def test_a_row_somebody_works_in_is_theirs_to_end(title: str, value: object) -> None:
    typed: dict[str, Any] = {f"SIN-2.6:{title}": value}
    run = _decided({**NOT_NOTIFIED}, **typed)
    assert _state(run, "SIN-2.6") == ("In progress" if title == "Status" else "Not started", None)
    assert [each[-1] for each in run.conflicts] == ["Not applicable"]
    assert _state(run, "SIN-3.2") == ("Not applicable", SAID)
    assert not run.again().done.changed
    settled = regenerated(choose(run.content, "new"), DECIDING)
    assert (_state(settled, "SIN-2.6"), settled.conflicts) == (("Not applicable", SAID), [])
    assert settled.value(f"SIN-2.6:{title}") == (
        "Not applicable" if title == "Status" else run.value(f"SIN-2.6:{title}")
    )
    back = _decided(dict.fromkeys(NOT_NOTIFIED), run.content)
    assert (back.conflicts, _state(back, "SIN-2.6")[1]) == ([], None)


def test_a_row_done_before_stays_done() -> None:
    typed: dict[str, Any] = {"SIN-2.6:Completed": date(2026, 11, 3)}
    run = _decided({**NOT_NOTIFIED}, **typed)
    assert (_state(run, "SIN-2.6"), run.conflicts) == (OPEN_ROW, [])


def test_a_row_opened_by_hand_is_left_when_the_decision_is_withdrawn() -> None:
    ended = _decided({**NO_LCSPR}).content
    own = {"LCSPR-7.8:Status": "In progress", "LCSPR-7.8:Reason for change": "The author has begun"}
    run = _decided(dict.fromkeys(NO_LCSPR), ended, **own)
    assert (_state(run, "LCSPR-7.8"), run.conflicts) == (("In progress", "The author has begun"), [])
    assert _state(run, "LCSPR-7.6") == OPEN_ROW
    assert not run.again().done.changed


# Rows that a decision writes


def test_criteria_not_met_writes_the_row_of_what_to_do() -> None:
    run = _decided({"criteria_met": "no"})
    assert (run.added, _state(run, "RR-5.3")) == (["RR-4.3"], OPEN_ROW)
    back = _decided({"criteria_met": "yes"}, run.content)
    assert _state(back, "RR-4.3")[0] == "Not applicable"
    worked = _decided({"criteria_met": "yes"}, run.content, **{"RR-4.3:Progress": "Written to the Panel"})
    assert (_state(worked, "RR-4.3"), len(worked.conflicts)) == (OPEN_ROW, 1)


def test_a_childs_death_writes_its_row_and_taken_back_ends_it() -> None:
    row = _rows(_issued(), "Child") + 1

    def told(content: bytes, died: str, **work: object) -> Run:
        cells = {f"Case!B{row}": died, f"Case!C{row}": "looked after", **work}
        return regenerated(typed(cells, content=content), DECIDING)

    run = told(_issued(), "yes")
    assert (run.added, _state(run, "SIN-1.4-C1")) == (["SIN-1.4-C1"], OPEN_ROW)
    back = told(run.content, "no")
    assert _state(back, "SIN-1.4-C1") == ("Not applicable", "No longer a step for this case")
    assert _state(told(back.content, "yes"), "SIN-1.4-C1") == OPEN_ROW
    worked = told(run.content, "no", **{"SIN-1.4-C1:Progress": "Sent by telephone"})
    assert (_state(worked, "SIN-1.4-C1"), len(worked.conflicts)) == (OPEN_ROW, 1)


def test_a_new_workbook_has_a_row_for_each_child_that_died_in_care() -> None:
    children = (
        Child("Child 1", died=True, looked_after="looked after"),
        Child("Child 2", died=True),
        Child("Child 3"),
    )
    plan = make_plan(replace(FRESH, children=children), DECIDING)
    assert [row.id for row in plan.all_rows() if row.step == "SIN-1.4"] == ["SIN-1.4-C1"]
