"""A report as three tables for a spreadsheet or for Power BI: `cases.csv`, `actions.csv`, `plan.csv`.

The headings never change with the report; what a report does not print stays blank. Text that a spreadsheet would
take for a formula has an apostrophe put before it.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

from tracker.report.frame import case_line, days_counted
from tracker.report.json_output import PRINTED
from tracker.report.sections import Review, review
from tracker.report.timeliness import TimelinessView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tracker.reconcile.model import Action, PlanAction
    from tracker.report.days import WorkingDays
    from tracker.report.frame import Frame
    from tracker.report.lines import CaseRows

CASES = ("case", "summary", "stage", "standing", "next_key", "next_key_date", "overdue", "to_chase", "moved", "open",
         "on_hold", "hold_review", "closed", "aware", "sin_due", "sin_sent", "sin_days", "sin_late",
         "rapid_review_due", "rapid_review_sent", "days_from_sin", "days_from_awareness", "rapid_review_late",
         "panel_letter", "lcspr", "lcspr_day_zero", "first_review_panel", "publication_due", "publication_target",
         "published", "open_actions", "holds")  # fmt: skip
ACTIONS = ("case", "stage", "id", "paragraph", "action", "owner", "named_owner", "employer", "timescale",
           "counted_from", "count", "unit", "day_zero", "due", "due_issued", "agreed", "completed", "provisional",
           "rag", "days_late", "days_past_agreed", "status", "progress", "reason", "evidence", "basis", "key",
           "cell")  # fmt: skip
PLAN = ("case", "id", "recommendation", "action", "lead_agency", "owner", "named_owner", "employer", "target",
        "agreed", "completed", "signed_off", "rag", "days_late", "status", "progress", "impact", "success_measure",
        "reason", "evidence", "source", "improvement_plan_ref", "cell")  # fmt: skip
HEADINGS: Mapping[str, Sequence[str]] = {"cases": CASES, "actions": ACTIONS, "plan": PLAN}

_DEFUSED = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_TEXTS = frozenset({"action", "owner", "named_owner", "progress", "reason", "evidence", "recommendation",
                    "lead_agency", "impact", "success_measure", "source", "improvement_plan_ref"})  # fmt: skip


def csv_files(layout: str, view: Frame) -> Mapping[str, bytes]:
    """The files by name; UTF-8 with the mark that spreadsheets know it by."""
    printed = PRINTED[layout]
    rows: Mapping[str, Iterable[Sequence[object]]] = {
        "cases": _cases(view, with_summary="summary" in printed),
        "actions": [_values(ACTIONS, *each, printed) for each in _shown(view, "actions")],
        "plan": [_values(PLAN, *each, printed) for each in _shown(view, "action_plan")],
    }
    return {f"{name}.csv": _csv([HEADINGS[name], *rows[name]]) for name in HEADINGS}


def _shown(view: Frame, part: str) -> Iterator[tuple[str, Action | PlanAction]]:
    """The rows the reader is shown, each with its case."""
    for case in view.rows:
        cells = {row.cell for row in case.lines}
        yield from ((case.reference, each) for each in getattr(case.state, part) if each.cell in cells)


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([written(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def written(value: object) -> str:
    """A value as it stands in the file: dates as `2026-11-09`, yes or no in words, formulas defused.

    >>> written("=1+1")
    "'=1+1"
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0\n").startswith(_DEFUSED) else text


def _values(
    names: Sequence[str], case: str, row: Action | PlanAction, printed: frozenset[str]
) -> list[object]:
    hidden = _TEXTS - printed
    known = {"case": case, **dict.fromkeys(hidden)}
    return [known[name] if name in known else getattr(row, name) for name in names]


def _cases(view: Frame, *, with_summary: bool) -> list[list[object]]:
    if isinstance(view, TimelinessView):
        return [_reviewed(view, each) for each in view.reviews]
    days = days_counted(view.rows, view.as_at)
    return [_case(case, view.as_at, days, with_summary=with_summary) for case in view.rows]


def _case(case: CaseRows, as_at: date, days: WorkingDays, *, with_summary: bool) -> list[object]:
    line, took = case_line(case, sum(row.moved for row in case.open), as_at, days), review(case, as_at)
    key = line.next_key
    known: dict[str, object] = {
        "summary": line.summary if with_summary else None,
        "stage": line.stage,
        "standing": line.standing,
        "next_key": key.label if key else None,
        "next_key_date": key.day if key else None,
        "overdue": line.overdue,
        "to_chase": line.chase,
        "moved": line.moved,
        "open": line.open,
        "on_hold": line.hold is not None,
        "hold_review": line.hold.review_on if line.hold else None,
        "closed": line.closed,
    }
    return [{**_took(took), **known}.get(name) for name in CASES]


_FIELDS = {"case": "reference", "rapid_review_due": "review_due", "rapid_review_sent": "review_sent",
           "rapid_review_late": "review_late", "lcspr": "decision", "publication_due": "six_months",
           "publication_target": "target"}  # fmt: skip
"""The fields of a review behind columns of another name."""


def _took(took: Review) -> dict[str, object]:
    known = {name: getattr(took, _FIELDS.get(name, name), None) for name in CASES}
    return {**known, "on_hold": any(hold.running for hold in took.holds), "holds": _holds(took)}


def _holds(took: Review, form: str = "%Y-%m-%d", *, reasons: bool = False) -> str:
    """Every hold: `2027-03-01 to 2027-10-04; from 2027-12-01`, with its reason where the report prints reasons."""
    found = []
    for hold in took.holds:
        since = f"{hold.since:{form}}"
        dates = f"{since} to {hold.ended_on:{form}}" if hold.ended_on else f"from {since}"
        found.append(f"{dates}: {hold.reason}" if reasons and hold.reason else dates)
    return "; ".join(found)


def _reviewed(view: TimelinessView, took: Review) -> list[object]:
    known = {**_took(took), "holds": _holds(took, reasons=True)}
    if view.anonymous:
        known = {
            name: f"{value:%Y-%m}" if isinstance(value, date) else value for name, value in known.items()
        }
        known["holds"] = _holds(took, "%Y-%m")
    return [known.get(name) for name in CASES]
