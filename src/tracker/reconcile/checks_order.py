"""Steps that wait for one another: done too soon, made impossible, passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import codes
from tracker.text import listed_first, short_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tracker.problems import Problem
    from tracker.reconcile.checks_input import CheckInput, StageRow
    from tracker.reconcile.model import Action

_NAMED = 4  # steps a sentence names before it counts the rest


def _is_passed_over(action: Action) -> bool:
    """Whether a step is open and has no date of its own: it is reported itself."""
    return action.open and action.judged is None and not action.counted_from


def done_before(data: CheckInput) -> Iterator[Problem]:
    """A step done although one it waits for is open, or was done later."""
    for checked in data.rows:
        if checked.action.rag not in rules.DONE_WORDS:
            continue
        reasons = []
        for before in data.before(checked):
            row_id = before.id
            if before.open and not _is_passed_over(before):
                reasons.append(f"{row_id} (open)")
            elif (
                checked.action.completed and before.completed and before.completed > checked.action.completed
            ):
                reasons.append(f"{row_id} (done {short_date(before.completed)})")
        if reasons:
            yield checked.fault(codes.DONE_TOO_EARLY, "Completed", others=listed_first(reasons, _NAMED))


def cannot_be_met(data: CheckInput) -> Iterator[Problem]:
    """An agreed date after the date of a step that waits for this one, directly or through others."""
    for checked in data.rows:
        action = checked.action
        agreed = action.agreed
        if not (agreed and action.open) or (action.due and agreed <= action.due):
            continue
        missed = _missed(data, checked, agreed)
        if missed:
            yield checked.fault(
                codes.LATER_STEP_LATE, "Agreed date", agreed=short_date(agreed), steps=_with_days(missed)
            )


def _with_days(actions: list[Action]) -> str:
    """`RR-6.6, day 15,` alone; `RR-6.5 (day 14) and RR-6.6 (day 15)`."""
    if len(actions) == 1:
        return f"{actions[0].id}, {_timescale(actions[0])},"
    return listed_first([f"{each.id} ({_timescale(each)})" for each in actions], _NAMED)


def _timescale(action: Action) -> str:
    """`day 15`, `7 wd before`; the agreed date where that is what cannot be met."""
    if action.judged != action.due and action.judged:
        return f"agreed for {short_date(action.judged)}"
    return action.timescale[:1].lower() + action.timescale[1:]


def _missed(data: CheckInput, start: StageRow, day: date) -> list[Action]:
    """The open steps that follow, directly or through others, whose own date is before `day`, in working order."""
    seen, queue, missed = {start.row.text("ID")}, [start.row.text("ID")], []
    while queue:
        for checked in data.waiting.get(queue.pop(0), ()):
            action = checked.action
            if action.id in seen or not action.open:
                continue
            seen.add(action.id)
            if action.judged is not None and action.judged >= day:
                continue
            queue.append(action.id)
            if action.judged is not None:
                missed.append(action)
    places = {id(checked.action): place for place, checked in enumerate(data.rows)}
    return sorted(missed, key=lambda action: places[id(action)])


def undated_and_passed(data: CheckInput) -> Iterator[Problem]:
    """An undated step that is open although a step that waits for it is done or past its date."""
    for checked in data.rows:
        if not _is_passed_over(checked.action) or not checked.row.text("ID"):
            continue
        for waiting in data.waiting.get(checked.row.text("ID"), ()):
            reason = _is_past(waiting.action)
            if reason:
                yield checked.fault(
                    codes.UNDATED_AND_PASSED,
                    "Agreed date",
                    waiting=f"{waiting.action.id}, which waits for it, {reason}",
                )
                break


def _is_past(action: Action) -> str:
    if action.rag in rules.DONE_WORDS:
        return "is done"
    return "is past its date" if action.rag in {"Overdue", "Chase"} else ""


CHECKS = (done_before, cannot_be_met, undated_and_passed)
