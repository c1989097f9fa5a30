"""What a case is known by across reports, however its workbook was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report.standing import closed_on
from tracker.workbook.issue import case_uuid

if TYPE_CHECKING:
    from datetime import date

    from tracker.reconcile.model import CaseState

_BLANK = case_uuid("")


def case_identity(state: CaseState) -> str:
    """The case's UUID. Workbooks issued blank all carry the same one: they go by the reference typed since.

    Without a reference either they go by their path, so that two of them are never taken for copies of one case.
    """
    if state.uuid not in {"", _BLANK}:
        return state.uuid
    return case_uuid(state.reference or f"path {state.workbooks[0].path}")


def closed(state: CaseState, as_at: date) -> bool:
    """Whether the case was closed by that day; nobody is reminded of a closed case."""
    day = closed_on(state)
    return day is not None and day <= as_at
