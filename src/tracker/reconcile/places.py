"""Places of a workbook in the order a person meets them: sheet, row, column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.formula.parse import column_number
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLACE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))(?:!([A-Z]{1,3})([0-9]+))?")
_BELOW = 1 << 30  # what stands nowhere on a sheet any more comes after what does


def split_place(place: str) -> tuple[str, str]:
    """A place's sheet and cell, either of which may be empty: `SIN`, `F12` of `SIN!F12`."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return "", ""
    quoted, plain_name, column, row = found.groups("")
    return quoted.replace("''", "'") or plain_name, column + row


def sheet_order(stages: Sequence[str]) -> tuple[str, ...]:
    """The sheets of a workbook from left to right."""
    return (layout.SUMMARY, layout.CASE, *stages, layout.PLAN, layout.LOG, layout.PEOPLE, layout.CALENDAR,
            layout.GUIDE, layout.HIDDEN)  # fmt: skip


def place_key(place: str, sheets: Sequence[str]) -> tuple[int, int, int]:
    """What places are sorted by. A place without a cell comes last on its sheet, one without a sheet first."""
    sheet, cell = split_place(place)
    if not sheet:
        return (-1, 0, 0)
    number = sheets.index(sheet) if sheet in sheets else len(sheets)
    column = cell.rstrip("0123456789")
    return (number, int(cell[len(column) :]), column_number(column)) if cell else (number, _BELOW, 0)
