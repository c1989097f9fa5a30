"""The steps by which a review is measured (SI 2018/789 reg. 14), found by what a set records of its steps.

No set has to have three stages, or to have them in this order: the notification is the step whose completion is the
day it was submitted (without one, what the first stage leads to), the review the first stage that leads to a step
counted from that day, the local review the stage in which the report is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tracker.records import JsonRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker.procedure.model import Procedure, Stage, Step

REVIEW, LOCAL_REVIEW = "Rapid Review", "LCSPR"
"""What national guidance calls the two reviews; a set may call them otherwise."""

_ASKED = ((("decisions.panel_response", ("asks for more",)),),)


@dataclass(frozen=True, slots=True)
class Milestone(JsonRecord):
    """A step and the name of its stage; both empty where the set has no such step."""

    REPEATED: ClassVar[bool] = True
    step: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Milestones(JsonRecord):
    """The notification, what is sent to the National Panel after it, and the step that publication is judged by.

    `delay` is the step that gives the reasons for delay, due from `delay_within` working days before publication
    is; `question` is the step that answers the National Panel's `asks for more`.
    """

    REPEATED: ClassVar[bool] = True
    notification: Milestone = Milestone()
    review: Milestone = Milestone()
    local_review: Milestone = Milestone()
    delay: Milestone = Milestone()
    delay_within: int = 0
    question: Milestone = Milestone()

    @property
    def names(self) -> tuple[str, str]:
        """What the set calls the Rapid Review and the LCSPR."""
        return self.review.stage or REVIEW, self.local_review.stage or LOCAL_REVIEW


def find_milestones(procedure: Procedure) -> Milestones:
    """The steps a set is measured by."""

    def find(fits: Callable[[Step], object]) -> Milestone | None:
        fitting = (Milestone(step.id, stage.name) for stage, step in procedure.steps() if fits(step))
        return next(fitting, None)

    notification = find(lambda step: step.completed_by == "sin_submitted") or _milestone_of(
        procedure.stages[:1]
    )
    started = {
        clock.name
        for clock in procedure.clocks
        if clock.step == notification.step or clock.field == "sin_submitted"
    }
    reviews = [each for each in procedure.stages if procedure.step(each.milestone).clock in started]
    published = find(lambda step: step.completed_by == "published") or Milestone()
    if published.step and procedure.step(published.step).lag is None:
        # What has no date of its own is judged by what its stage leads to.
        published = _milestone_of([each for each in procedure.stages if each.name == published.stage])
    delay = find(lambda step: step.delay_within) or Milestone()
    return Milestones(
        notification=notification,
        review=_milestone_of(reviews),
        local_review=published,
        delay=delay,
        delay_within=(procedure.step(delay.step).delay_within or 0) if delay.step else 0,
        question=find(lambda step: step.when == _ASKED) or Milestone(),
    )


def _milestone_of(stages: Sequence[Stage]) -> Milestone:
    """The milestone of the first of some stages."""
    return Milestone(stages[0].milestone, stages[0].name) if stages else Milestone()
