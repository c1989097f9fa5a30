"""Whether a formula in a file is still ours, however another program has written it.

Excel and LibreOffice keep structured references (`SIN_actions[[#This Row],[Due]]`); a trip through ODS or another
program turns them into addresses (`SIN!$F5`, `Case!$B$16:$B$21`). Both are parsed, addresses are turned back into
the columns that lie there, and the trees are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import (
    Call,
    CellReference,
    ColumnReference,
    FormulaSyntaxError,
    Name,
    Node,
    Operation,
    Range,
    ThisRow,
    parse,
)
from tracker.text import clean_text
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LIES_IN = {
    rules.HOLIDAYS: layout.HOLIDAY_TABLE,
    rules.REPORT_DATE: rules.CLOCKS,
    rules.HOLD_RUNNING: rules.CLOCKS,
}
"""The names our formulas use, and a table of the sheet they lie on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table lies in the file: its sheet, header row, and the title of each of its sheet columns."""

    name: str
    sheet: str
    header_row: int
    titles: Mapping[int, str]
    renamed: Mapping[str, str] = field(
        default_factory=dict
    )  # our titles, and what people wrote in their place


class FormulaComparison:
    """Compares formulas of one workbook, whose tables lie at `places`."""

    def __init__(self, places: Sequence[Place]) -> None:
        """The places are needed to read addresses as columns."""
        self._by_sheet: dict[str, list[Place]] = {}
        for place in places:
            self._by_sheet.setdefault(place.sheet.casefold(), []).append(place)
        self._titles = {place.name: frozenset(place.titles.values()) for place in places}
        # Whoever retypes a header with another capital or blank has every formula follow.
        self._our_titles = {
            clean_text(title).casefold(): title for titles in self._titles.values() for title in titles
        }
        self._names = {place.name.casefold(): place.name for place in places}
        self._written_over = {
            place.name: {clean_text(now).casefold(): title for title, now in place.renamed.items() if now}
            for place in places
        }

    def whole(self, ours: str, table: str) -> bool:
        """Whether all that a formula of ours refers to is there: else it was spoilt by what is missing."""
        for node in _references(parse(ours)):
            match node:
                case ThisRow(title) if title not in self._titles.get(table, ()):
                    return False
                case ColumnReference(name, title) if title not in self._titles.get(name, ()):
                    return False
                case Name(name) if _LIES_IN.get(name, table) not in self._titles:
                    return False
        return True

    @staticmethod
    def same_text(text: str, ours: str | None) -> bool:
        """Whether a formula is ours to the letter, or stands where we have none: the usual case, answered at once."""
        return ours is None or text.removeprefix("=") == ours

    def same(self, text: str, ours: str, sheet: str, row: int) -> bool:
        """Whether the formula `text`, found on a sheet row, means what `ours` means."""
        if text.removeprefix("=") == ours:
            return True
        try:
            return self._resolved(parse(text), sheet, row) == parse(ours)
        except (FormulaSyntaxError, RecursionError):
            return False

    def _resolved(self, node: Node, sheet: str, row: int) -> Node:
        match node:
            case CellReference() if node.row == row and (
                not node.sheet or node.sheet.casefold() == sheet.casefold()
            ):
                title = self._title(sheet, node.column, row)
                return ThisRow(title) if title else node
            case ThisRow(title):
                return ThisRow(self._our(title, self._table_on(sheet, row)))
            case ColumnReference(table, title, header):
                name = self._names.get(table.casefold(), table)
                return ColumnReference(name, self._our(title, name), header)
            case Range(first, last) if first.column == last.column:
                return self._column(first, sheet) or node
            case Call(function, arguments):
                return Call(function, tuple(self._resolved(each, sheet, row) for each in arguments))
            case Operation(operator, left, right):
                return Operation(
                    operator, self._resolved(left, sheet, row), self._resolved(right, sheet, row)
                )
            case _:
                return node

    def _our(self, title: str, table: str) -> str:
        word = clean_text(title).casefold()
        return self._written_over.get(table, {}).get(word) or self._our_titles.get(word, title)

    def _table_on(self, sheet: str, row: int) -> str:
        """The table a row of a sheet belongs to."""
        places = self._by_sheet.get(sheet.casefold(), ())
        return next((place.name for place in places if place.header_row < row), "")

    def _title(self, sheet: str, column: int, row: int) -> str:
        for place in self._by_sheet.get(sheet.casefold(), ()):
            if place.header_row < row and column in place.titles:
                return place.titles[column]
        return ""

    def _column(self, first: CellReference, sheet: str) -> ColumnReference | None:
        """The table's column a range covers: it begins in the row below the header."""
        for place in self._by_sheet.get((first.sheet or sheet).casefold(), ()):
            if first.row == place.header_row + 1 and first.column in place.titles:
                return ColumnReference(place.name, place.titles[first.column])
        return None


def _references(node: Node) -> Iterator[Node]:
    """The parts of a formula that name something outside it."""
    match node:
        case Call(_, arguments):
            for argument in arguments:
                yield from _references(argument)
        case Operation(_, left, right):
            yield from _references(left)
            yield from _references(right)
        case ThisRow() | ColumnReference() | Name():
            yield node
