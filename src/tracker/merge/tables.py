"""The decision tables of a merge: base (as issued), edited (as people left it), new (as it should be now)."""

from __future__ import annotations

from datetime import date
from enum import Enum

from tracker.text import clean_text

Typed = str | float | date | None


def comparable(value: Typed) -> Typed:
    """A value as it is compared: cleaned text, whole numbers as such, blank as None."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return clean_text(value) or None
    return value


class CellFate(Enum):
    """What becomes of a cell."""

    KEEP = "keep"  # the person's value stands
    TAKE = "take"  # the new value is written
    CONFLICT = "conflict"  # the person's value stands until somebody settles it


def merge_cell(base: Typed, edited: Typed, new: Typed) -> CellFate:
    """The fate of one cell; values are compared as `comparable` sees them."""
    was, now, wanted = comparable(base), comparable(edited), comparable(new)
    if wanted in (now, was):
        return CellFate.KEEP
    return CellFate.TAKE if now == was else CellFate.CONFLICT


class RowFate(Enum):
    """What becomes of a row."""

    MERGE = "merge"  # in all three, or on both sides: cell by cell
    ADD = "add"
    KEEP = "keep"  # the person's own
    WITHDRAW = "withdraw"  # no longer a step: Not applicable, with the reason
    WITHDRAWN_WITH_WORK = "withdrawn but has work in it"
    STAYS_DELETED = "stays deleted"
    DELETED_BUT_CHANGED = "deleted, but its rule changed"
    GONE = "gone"  # neither edited nor new: nothing to do


def merge_row(*, base: bool, edited: bool, new: bool, touched: bool, changed: bool) -> RowFate:
    """The fate of a row that is (or is not) in each of the three.

    `touched`: a person has worked in it since the base; `changed`: the new differs from the base.
    """
    if edited and new:
        return RowFate.MERGE
    if new:
        if not base:
            return RowFate.ADD
        return RowFate.DELETED_BUT_CHANGED if changed else RowFate.STAYS_DELETED
    if edited and base:
        return RowFate.WITHDRAWN_WITH_WORK if touched else RowFate.WITHDRAW
    return RowFate.KEEP if edited else RowFate.GONE
