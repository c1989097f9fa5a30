"""The rules of a merge: base (as issued), edited (as people left it), new (as it should be now).

The decision tables, the base out of what the workbook remembers, and the words for a conflict.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, short_date
from tracker.workbook.reading import CellValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import Reading

Values = dict[str, CellValue]


def comparable(value: CellValue) -> CellValue:
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


def merge_cell(base: CellValue, edited: CellValue, new: CellValue) -> CellFate:
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


def from_json(value: object) -> CellValue:
    """A value of a record as it is typed: dates are dates."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value if isinstance(value, (int, float)) else None


def issued_value(column: SheetColumn, value: object) -> CellValue:
    """A value as the hidden sheet's JSON holds it, as it was typed: only a column of dates has dates."""
    return value if isinstance(value, str) and column.kind != "date" else from_json(value)


def issued_rows(reading: Reading, sheet: str, columns: Sequence[SheetColumn]) -> dict[str, Values]:
    """The rows of a sheet as they were issued, by their ID."""
    by_title = {column.title: column for column in columns}
    return {
        row_id: {
            title: issued_value(by_title[title], value)
            for title, value in values.items()
            if title in by_title
        }
        for row_id, values in reading.issue.values.get(sheet, {}).items()
    }


OPEN = "open"
_BRIEF = 60
"""Letters of a value in what to do; whole, it stands under Yours and New."""


def display_value(value: object) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "(blank)"
    return short_date(value) if isinstance(value, date) else str(value)


def shorten_value(value: object) -> str:
    """A value as it is named in a sentence: a long text only by its beginning."""
    text = " ".join(display_value(value).split())
    return text if len(text) <= _BRIEF else f"{text[: _BRIEF - 1].rstrip()}…"


def display_json_value(value: Any) -> str:
    """A value as JSON holds it, as people read it."""
    return display_value(from_json(value))


def conflict_problem(record: Mapping[str, Any], file: str) -> Problem:
    """The problem an open conflict is."""
    facts = {name: display_json_value(record[name]) for name in ("was", "yours", "new")}
    return problem(
        codes.CONFLICT,
        file=file,
        place=str(record["cell"]),
        id=str(record["id"]),
        column=str(record["column"] or "the row"),
        whose=str(record["id"] or "the case"),
        do=record["do"],
        **facts,
    )
