"""Every check of an edited workbook: each public function of the modules of checks."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING

from tracker.problems import codes
from tracker.reconcile import checks_case, checks_dates, checks_rows
from tracker.text import clean_text, same_word
from tracker.workbook import layout

if TYPE_CHECKING:
    from datetime import date

    from tracker.problems import Problem
    from tracker.reconcile.checks_input import CheckInput
    from tracker.workbook.reading import Reading

CHECKS = tuple(
    function
    for module in (checks_rows, checks_dates, checks_case)
    for name, function in vars(module).items()
    if isinstance(function, FunctionType)
    and function.__module__ == module.__name__
    and not name.startswith("_")
)
ACCEPTABLE = (codes.ROW_DELETED, codes.DONE_TOO_EARLY)
"""A deleted row, and a step done before one it waits for: whoever meant it notes that once in Log, with the reason."""


def check(data: CheckInput) -> list[Problem]:
    """What is wrong with a case, in the order of the checks."""
    found: list[Problem] = [each for function in CHECKS for each in function(data)]
    return [each for each in found if not (each.code in ACCEPTABLE and _is_accepted(each, data))]


def _is_accepted(found: Problem, data: CheckInput) -> bool:
    """Whether Log has a decision on the row, with its reason: for a step that is done, since it was done."""
    checked = data.by_id.get(found.id)
    return is_decided(data.reading, found.id, since=checked.action.completed if checked else None)


def is_decided(reading: Reading, row_id: str, since: date | None = None) -> bool:
    """Whether Log has a decision on a row, with its reason, on or after a day where one is given."""
    return any(
        row.text("ID") == row_id
        and same_word(row.text("What"), "Decision")
        and clean_text(row.text("Text"))
        and (since is None or (day := row.day("Date")) is None or day >= since)
        for row in reading.tables.get(layout.LOG_TABLE, ())
    )
