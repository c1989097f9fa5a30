"""Whether a case is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report.standing import closed_on

if TYPE_CHECKING:
    from datetime import date

    from tracker.reconcile.model import CaseState


def closed(state: CaseState, as_at: date) -> bool:
    """Whether the case was closed by that day; nobody is reminded of a closed case."""
    day = closed_on(state)
    return day is not None and day <= as_at
