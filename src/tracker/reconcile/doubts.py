"""Dates of a new workbook that are possible and hardly meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.values import day_of, is_number
from tracker.problems import Problem, codes, problem
from tracker.procedure.load import load_calendar_facts
from tracker.text import short_date

if TYPE_CHECKING:
    from datetime import date

    from tracker.workbook.build import Workbook


def doubtful_dates(workbook: Workbook, as_at: date) -> list[Problem]:
    """An awareness date that lies ahead, and due dates past the last date with known bank holidays."""
    found = []
    aware = workbook.plan.case.details.aware
    if aware and aware > as_at:
        facts = {"aware": short_date(aware), "as_at": short_date(as_at)}
        found.append(problem(codes.AWARENESS_IN_FUTURE, place="case.aware", **facts))
    known = load_calendar_facts().known_until
    late = sorted((day, row_id) for row_id, day in _due_dates(workbook).items() if day > known)
    if late:
        facts = {
            "count": str(len(late)),
            "known": short_date(known),
            "id": late[0][1],
            "day": short_date(late[0][0]),
        }
        found.append(problem(codes.CASE_PAST_KNOWN_HOLIDAYS, **facts))
    return found


def _due_dates(workbook: Workbook) -> dict[str, date]:
    dates: dict[str, date] = {}
    for stage in workbook.plan.procedure.stages:
        columns = (workbook.book.column(rules.table_name(stage.name), title) for title in ("ID", "Due"))
        dates |= {str(row_id): day_of(due) for row_id, due in zip(*columns, strict=True) if is_number(due)}
    return dates
