"""The steps by which a review is measured (SI 2018/789 reg. 14), found by what a set says of its steps.

No set has to have three stages, or to have them in this order: the notification is the step whose completion is the
day it was submitted (without one, what the first stage leads to), the review the first stage that leads to a step
counted from that day, the local review the stage in which the report is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.procedure.model import Procedure, Stage

REVIEW, LOCAL_REVIEW = "Rapid Review", "LCSPR"
"""What national guidance calls the two reviews; a set may call them otherwise."""

_ASKED = ((("decisions.panel_response", ("asks for more",)),),)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step and the name of its stage; both empty where the set has no such step."""

    step: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Milestones:
    """The notification, what is sent to the National Panel after it, and the step that publication is judged by.

    `delay` is the step that gives the reasons for delay, asked for from `delay_within` working days before
    publication is due; `question` is the step that answers the National Panel where it asks for more.
    """

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
    first = procedure.stages[0] if procedure.stages else None
    notification = _filled_by(procedure, "sin_submitted") or _leads_to(first)
    published = _filled_by(procedure, "published")
    started = {
        clock.name
        for clock in procedure.clocks
        if clock.step == notification.step or clock.field == "sin_submitted"
    }
    reviews = (each for each in procedure.stages if procedure.step(each.milestone).clock in started)
    if published and procedure.step(published.step).lag is None:
        local = next(each for each in procedure.stages if each.name == published.stage)
        published = _leads_to(local)  # what has no date of its own is judged by what its stage leads to
    delay = (
        (Milestone(step.id, stage.name), step.delay_within)
        for stage, step in procedure.steps()
        if step.delay_within
    )
    review, published = _leads_to(next(reviews, None)), published or Milestone()
    return Milestones(notification, review, published, *next(delay, (Milestone(), 0)), _question(procedure))


def _question(procedure: Procedure) -> Milestone:
    """The step that only a question of the National Panel adds."""
    found = (Milestone(step.id, stage.name) for stage, step in procedure.steps() if step.when == _ASKED)
    return next(found, Milestone())


def _filled_by(procedure: Procedure, date: str) -> Milestone | None:
    """The step whose completion is this date of the case."""
    found = (Milestone(step.id, stage.name) for stage, step in procedure.steps() if step.completed_by == date)
    return next(found, None)


def _leads_to(stage: Stage | None) -> Milestone:
    return Milestone(stage.milestone, stage.name) if stage else Milestone()
