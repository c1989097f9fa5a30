"""The one hold of a workbook of layout 1: four labelled cells on sheet Case, read as a row of the table of today."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.formula.parse import column_letters
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.interpret import CellPlace, interpret
from tracker.workbook.reading import CellValue, ReadRow, address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracker.problems import Problem
    from tracker.workbook.grid import SheetGrid

_LABELS = {clean_text(each.label).casefold(): each.path for each in layout.HOLD_OF_LAYOUT_1}


@dataclass(frozen=True, slots=True)
class HoldOfLayout1(ReadRow):
    """A hold whose cells stand below one another; `places` gives the address of each by title."""

    places: Mapping[str, str] = field(default_factory=dict)

    def cell(self, title: str = "From") -> str:
        """The address of the cell under a title; of one there is none for, the first day's."""
        return self.places.get(title, self.places["From"])


def hold_cells(grid: SheetGrid) -> dict[str, tuple[int, int]]:
    """Row and column of each cell of the hold, by the title of today; empty unless all its labels are there."""
    found = {
        title: (row, column + 1)
        for row, cells in grid.rows.items()
        for column, value in cells.items()
        if isinstance(value, str) and (title := _LABELS.get(clean_text(value).casefold()))
    }
    return found if len(found) == len(_LABELS) else {}


def read_hold(
    grid: SheetGrid, cells: Mapping[str, tuple[int, int]], spot: Callable[[str], CellPlace]
) -> tuple[list[ReadRow], list[Problem]]:
    """The hold, if one was typed, and what is wrong with its cells."""
    values: dict[str, CellValue] = {}
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for column in layout.HOLD_COLUMNS:
        if column.title in cells:
            row, number = cells[column.title]
            places[column.title] = address(grid.name, column_letters(number), row)
            values[column.title], found = interpret(
                grid.value(row, number), column, spot(places[column.title])
            )
            problems += found
    if not any(value is not None for value in values.values()):
        return [], problems
    row, number = cells["From"]
    letters = dict.fromkeys(values, column_letters(number))
    return [HoldOfLayout1(grid.name, row, letters, values, places=places)], problems
