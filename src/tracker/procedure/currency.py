"""Whether a set's rules are those of today: who checked them against their sources, and until when that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.text import short_date

if TYPE_CHECKING:
    from datetime import date

    from tracker.procedure.model import Procedure


def currency(procedure: Procedure, as_at: date) -> str:
    """A sentence where the rules need a check on that day; empty where they do not."""
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
