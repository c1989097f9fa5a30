"""Every check of an edited workbook: small pure functions in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.reconcile import checks_case, checks_dates, checks_order, checks_owners, checks_rows

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
    return [each for check in CHECKS for each in check(data)]
