"""Conflicts as they are told: the words for values out of a record, and the problem each is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.problems import Problem, codes, problem
from tracker.text import short_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.merge.tables import Typed

OPEN = "open"
_BRIEF = 60
"""Letters of a value in what to do; whole, it stands under Yours and New."""


def shown(value: object) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "(blank)"
    return short_date(value) if isinstance(value, date) else str(value)


def brief(value: object) -> str:
    """A value as it is named in a sentence: a long text only by its beginning."""
    text = " ".join(shown(value).split())
    return text if len(text) <= _BRIEF else f"{text[: _BRIEF - 1].rstrip()}…"


def from_json(value: object) -> Typed:
    """A value of a record as it is typed: dates are dates."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value if isinstance(value, (int, float)) else None


def read_value(value: Any) -> str:
    """A value as JSON holds it, as people read it."""
    return shown(from_json(value))


def conflict_problem(record: Mapping[str, Any], file: str) -> Problem:
    """The problem an open conflict is."""
    facts = {name: read_value(record[name]) for name in ("was", "yours", "new")}
    column = str(record["column"] or "the row")
    return problem(
        codes.CONFLICT,
        file=file,
        place=str(record["cell"]),
        id=str(record["id"]),
        column=column,
        whose=str(record["id"] or "the case"),
        do=record["do"],
        **facts,
    )
