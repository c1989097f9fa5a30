"""Every check of an edited workbook: small pure functions in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.reconcile import checks_case, checks_dates, checks_order, checks_owners, checks_rows
from tracker.text import clean_text
from tracker.workbook import layout

if TYPE_CHECKING:
    from tracker.problems import Problem
    from tracker.reconcile.checks_input import Check, CheckInput

CHECKS: tuple[Check, ...] = (
    *checks_rows.CHECKS,
    *checks_dates.CHECKS,
    *checks_order.CHECKS,
    *checks_owners.CHECKS,
    *checks_case.CHECKS,
)


def check(data: CheckInput) -> list[Problem]:
    """What is wrong with a case, in the order of the checks."""
    accepted = _accepted(data)
    found = (each for check in CHECKS for each in check(data))
    return [each for each in found if each.code not in ACCEPTABLE or each.id not in accepted]


ACCEPTABLE = frozenset(("T301", "T323"))
"""A deleted row, and a step done before one it waits for: whoever meant it says so once in Log, with the reason."""


def _accepted(data: CheckInput) -> frozenset[str]:
    """The IDs that a decision in Log names, with its reason."""
    rows = data.reading.tables.get(layout.LOG_TABLE, ())
    return frozenset(
        row.text("ID") for row in rows if row.text("What") == "Decision" and clean_text(row.text("Text"))
    )
