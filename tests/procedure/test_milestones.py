"""The steps by which reviews are measured, found by what they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.procedure.load import load_procedure
from tracker.procedure.milestones import find_milestones

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.procedure.model import Procedure, Step


def the_set(name: str) -> Procedure:
    procedure, problems = load_procedure(name)
    assert procedure, problems
    return procedure


RIVERSIDE = the_set("riverside")


def test_both_sets_are_measured_by_their_own_steps() -> None:
    found = [find_milestones(the_set(name)) for name in ("dorset", "riverside")]
    assert [(each.notification.step, each.review.step, each.local_review.step) for each in found] == [
        ("SIN-3.4", "RR-6.6", "LCSPR-7.6"),
        ("NO-2.2", "SR-4.3", "LR-5.7"),
    ]


def test_without_a_stage_for_it_the_local_review_has_its_national_name() -> None:
    two = replace(RIVERSIDE, stages=RIVERSIDE.stages[:2])
    assert find_milestones(RIVERSIDE).names == ("Swift Review", "Learning Review")
    assert find_milestones(two).names == ("Swift Review", "LCSPR")
    assert find_milestones(replace(RIVERSIDE, stages=RIVERSIDE.stages[:1])).names == ("Rapid Review", "LCSPR")


def _steps(procedure: Procedure, change: Callable[[Step], Step]) -> Procedure:
    stages = tuple(
        replace(stage, steps=tuple(change(step) for step in stage.steps)) for stage in procedure.stages
    )
    return replace(procedure, stages=stages)


def test_what_is_measured_is_found_without_the_dates_of_the_case() -> None:
    """A clock may hold the day of the notification instead of the step, and a set may tick neither."""
    own = find_milestones(RIVERSIDE)
    assert [each.step for each in (own.notification, own.review, own.local_review)] == [
        "NO-2.2",
        "SR-4.3",
        "LR-5.7",
    ]
    bare = _steps(RIVERSIDE, lambda step: replace(step, completed_by=""))
    assert [find_milestones(bare).notification, find_milestones(bare).review] == [
        own.notification,
        own.review,
    ]
    clocks = tuple(
        replace(clock, step="", field="sin_submitted") if clock.step == "NO-2.2" else clock
        for clock in RIVERSIDE.clocks
    )
    assert find_milestones(replace(bare, clocks=clocks)).review == own.review


def test_publication_is_judged_by_its_own_step_where_that_has_a_date() -> None:
    stages = (*RIVERSIDE.stages[:2], replace(RIVERSIDE.stages[2], milestone="LR-5.2"))
    other = replace(RIVERSIDE, stages=stages)
    assert find_milestones(other).local_review.step == "LR-5.7"
    undated = _steps(other, lambda step: replace(step, lag=None) if step.id == "LR-5.7" else step)
    assert find_milestones(undated).local_review.step == "LR-5.2"
