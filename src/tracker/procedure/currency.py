"""Whether a set's rules are those of today: who checked them against their sources, and until when that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.text import short_date

if TYPE_CHECKING:
    from datetime import date

    from tracker.procedure.model import Procedure


def rules_currency(procedure: Procedure, as_at: date) -> str:
    """Say in a sentence that nobody has checked a set's rules, or that they are due for another check on a day.

    Gives nothing where somebody has checked them and that still holds.

    Example:
        >>> from datetime import date
        >>> procedure, _ = load_procedure("riverside")
        >>> rules_currency(procedure, date(2026, 11, 22)), rules_currency(procedure, date(2027, 4, 1))
        ('', 'These rules were due for another check by Wed 31 Mar 2027.')
    """
    if procedure.checked_on is None or not procedure.checked_by:
        sentence = "Nobody has checked these rules against their sources"
        if procedure.review_by and procedure.review_by < as_at:
            sentence += f", and a check was due by {short_date(procedure.review_by)}"
        return f"{sentence}."
    if procedure.review_by and procedure.review_by < as_at:
        return f"These rules were due for another check by {short_date(procedure.review_by)}."
    return ""


def checked(procedure: Procedure) -> str:
    """Who checked the rules and when, and until when that holds."""
    if procedure.checked_on is None or not procedure.checked_by:
        done = "Nobody has checked these rules against their sources"
    else:
        done = f"Checked on {short_date(procedure.checked_on)} by {procedure.checked_by}"
    due = f"; to be checked by {short_date(procedure.review_by)}" if procedure.review_by else ""
    return f"{done}{due}."
