"""The trackers that the bench measures are what docs/performance.md says of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from reading.small import read_path
from stories import AS_AT, LIVE, ONE_LIVE_OF, PROCEDURE, story
from trackers import SEED, has_problem, make, tracker

from tracker.reconcile.run import reconcile_reading
from tracker.report.frame import is_closed

if TYPE_CHECKING:
    from datetime import date

    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.reconcile.model import CaseState
    from tracker.workbook.baseline import Baseline

FORTY = 40


def dorset(_: Baseline) -> tuple[Procedure | None, list[Problem]]:
    return PROCEDURE, []


def number_of(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


def read(path: Path, as_at: date = AS_AT) -> tuple[CaseState, list[Problem]]:
    """The case of a file, and what the reading of it found."""
    reading, procedure, found = read_path(path, dorset)
    assert reading, found
    assert procedure
    return reconcile_reading(reading, procedure, found, as_at), found


@pytest.fixture(scope="module")
def found() -> dict[int, tuple[CaseState, list[Problem]]]:
    """What each of forty trackers holds, by its number."""
    with TemporaryDirectory() as folder:
        make(Path(folder), FORTY)
        return {number_of(path): read(path) for path in sorted(Path(folder).glob("*.xlsx"))}


@pytest.fixture(scope="module")
def cases(found: dict[int, tuple[CaseState, list[Problem]]]) -> tuple[CaseState, ...]:
    return tuple(case for case, _ in found.values())


def test_every_tracker_is_a_case_of_its_own_with_some_hundred_rows(cases: tuple[CaseState, ...]) -> None:
    assert len({case.uuid for case in cases}) == len({case.reference for case in cases}) == FORTY
    assert {110 <= len(case.actions) + len(case.action_plan) <= 135 for case in cases} == {True}


def test_one_in_sixteen_is_live_and_the_rest_is_closed(cases: tuple[CaseState, ...]) -> None:
    assert Counter(is_closed(case, AS_AT) for case in cases) == {False: 3, True: FORTY - 3}


def test_what_is_closed_is_done_and_some_of_it_was_late(cases: tuple[CaseState, ...]) -> None:
    states = Counter(action.rag for case in cases if is_closed(case, AS_AT) for action in case.actions)
    assert set(states) == {"Complete", "Complete, late", "Not applicable"}
    assert 0.02 < states["Complete, late"] / states["Complete"] < 0.25


def test_live_cases_stand_at_every_stage() -> None:
    assert {story(number, SEED).kind for number in range(0, ONE_LIVE_OF * len(LIVE), ONE_LIVE_OF)} == set(
        LIVE
    )


def test_a_live_case_shows_what_the_report_is_for(cases: tuple[CaseState, ...]) -> None:
    actions = [action for case in cases if not is_closed(case, AS_AT) for action in case.actions]
    assert {"Overdue", "On track", "Complete", "No date"} <= {action.rag for action in actions}
    assert any(action.progress for action in actions)
    assert any(action.agreed and action.reason for action in actions)


def test_the_reading_finds_something_in_one_of_twenty_and_in_no_other(
    found: dict[int, tuple[CaseState, list[Problem]]],
) -> None:
    told = {number for number, (_, problems) in found.items() if problems}
    assert told == {number for number in found if has_problem(number)}
    assert len(told) == FORTY // 20
    assert {has_problem(number) for number in range(0, 400, ONE_LIVE_OF)} == {True, False}, "live ones too"


def test_no_other_holds_an_error(found: dict[int, tuple[CaseState, list[Problem]]]) -> None:
    errors = {
        number
        for number, (case, _) in found.items()
        if any(each.severity == "error" for each in case.problems)
    }
    assert {has_problem(number) for number in errors} <= {True}


def test_a_number_gives_the_same_bytes_again_and_another_seed_others() -> None:
    name, content = tracker(0)
    assert tracker(0) == (name, content)
    assert tracker(0, SEED + 1)[1] != content
