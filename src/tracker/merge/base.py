"""The base of every merge: the cells as they were issued, out of what the workbook remembers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.merge.tables import Typed
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import Reading

Values = dict[str, "Typed"]


def issued_value(column: SheetColumn, value: Any) -> Typed:
    """A value as the hidden sheet's JSON holds it, as it was typed: dates are dates."""
    if column.kind == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value  # words somebody typed for a date
    return value if isinstance(value, (str, int, float)) else None


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
