"""Whether a formula in a file is still ours, however a program has written it; and our references written again.

Excel and LibreOffice keep structured references (`SIN_actions[[#This Row],[Due]]`); a trip through ODS or another
program turns them into addresses (`SIN!$F5`, `SIN!$F$4:$F$14`), which no longer grow with their table. To compare,
both formulas are parsed and addresses turned back into the columns that lie there. To respell, nothing but the
reference is touched: whatever else a person wrote in the formula stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
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
    column_number,
    parse,
)
from tracker.text import clean_text
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.workbook.reading import SheetTable, TablePlace

_PIECE = re.compile(
    r"""(?P<text>"[^"]*+")
    | (?<![\w.!$'\]])(?P<cell>(?:(?:'(?P<quoted>(?:[^']|'')++)'|(?P<sheet>[A-Za-z_][\w.]*+))!)?
        \$?(?P<column>[A-Z]{1,3})(?P<fixed>\$?)(?P<row>[1-9]\d{0,6})
        (?::\$?(?P<last>[A-Z]{1,3})\$?(?P<bottom>[1-9]\d{0,6}))?)(?![\w(!:\[.])
    | (?P<structured>(?<![\w.])(?P<table>[A-Za-z_]\w*+)\[
        (?P<part>\[\#[A-Za-z ]++\],)?(?P<title>\[[^\[\]]++\]|[^\[\]]++)\])
    """,
    re.VERBOSE,
)
_LONGEST = 8_192
"""Characters a formula can have."""
_GNUMERIC = '_xlfngnumeric.ERROR("'
_TRUTH = re.compile(r'("[^"]*+")|\b(TRUE|FALSE)\(\)')


def unwrap(formula: str) -> str:
    """A formula that Gnumeric kept as the text of an error, because it knows no tables."""
    sign = "=" if formula.startswith("=") else ""
    inner = formula.removeprefix(sign)
    if inner.startswith(_GNUMERIC) and inner.endswith('")'):
        return sign + inner[len(_GNUMERIC) : -2].replace('""', '"')
    return formula


@dataclass(frozen=True, slots=True)
class Known:
    """A table to spell references with. `last_row` is where it ended when the fixed ranges were made."""

    name: str
    place: TablePlace
    last_row: int


class Respeller:
    """Spells the formulas of one workbook anew."""

    def __init__(
        self, tables: Mapping[str, Known], other_names: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """The tables by our names; `other_names` are names that somebody gave to tables of ours."""
        self._tables = tables
        self._names = {name.casefold(): name for name in tables}
        self._names |= {other.casefold(): name for other, name in other_names.items()}
        self._titles = {
            name: {clean_text(now).casefold(): title for title, now in known.place.renamed.items() if now}
            for name, known in tables.items()
        }
        self._at: dict[str, list[tuple[Known, dict[int, str]]]] = {}
        for known in tables.values():
            titles = {column: title for title, column in known.place.columns.items()}
            self._at.setdefault(known.place.sheet.casefold(), []).append((known, titles))

    def spell(self, formula: str, sheet: str, row: int, *, ours: bool) -> str:
        """The formula of a cell with our tables and titles; where it is not `ours`, only titles change."""
        if len(formula) > 2 * _LONGEST:
            return formula
        if ours:  # ODS knows truths as functions
            formula = _TRUTH.sub(lambda found: found[1] or found[2], unwrap(formula))

        def piece(found: re.Match[str]) -> str:
            if found["structured"]:
                return self._structured(found)
            return (found["cell"] and ours and self._cell(found, sheet, row)) or found[0]

        return _PIECE.sub(piece, formula)

    def _structured(self, found: re.Match[str]) -> str:
        name = self._names.get(found["table"].casefold())
        if name is None:
            return found[0]
        title_there = found["title"].strip("[]")
        title = self._titles[name].get(clean_text(title_there).casefold(), title_there)
        inner = f"[{title}]" if found["title"].startswith("[") else title
        return f"{name}[{found['part'] or ''}{inner}]"

    def _cell(self, found: re.Match[str], sheet: str, row: int) -> str:
        there = (found["quoted"] or found["sheet"] or sheet).replace("''", "'").casefold()
        top, column = int(found["row"]), column_number(found["column"])
        for known, titles in self._at.get(there, ()):
            title = titles.get(column)
            first = known.place.header_row + 1
            if title and found["fixed"] and not found["last"] and top == first - 1:
                return f"{known.name}[[#Headers],[{title}]]"
            inside = not known.place.until or top < known.place.until
            if title is None or not first <= top or not inside:
                continue
            whole = found["last"] == found["column"] and top == first
            alone = not found["last"] and found["fixed"] and top == first == known.last_row
            if whole or alone:
                return f"{known.name}[{title}]"
            if not found["last"] and not found["fixed"] and top == row and there == sheet.casefold():
                return f"{known.name}[[#This Row],[{title}]]"
        return ""


# Comparing


_LIES_IN = {
    rules.HOLIDAYS: layout.HOLIDAY_TABLE,
    rules.REPORT_DATE: rules.CLOCKS,
    rules.HOLD_RUNNING: rules.CLOCKS,
}
"""The names our formulas use, and a table of the sheet they lie on."""


class FormulaComparison:
    """Compares formulas of one workbook with ours; addresses are read as the columns of its tables."""

    def __init__(
        self, tables: Sequence[SheetTable], renamed: Mapping[str, Mapping[str, str]],
        other_names: Mapping[str, str],
    ) -> None:  # fmt: skip
        """`renamed` gives, by table, our titles and what people wrote in their place.

        `tables` are all that were found, which formulas may refer to; `other_names` are names that somebody gave them.
        """
        self._by_sheet: dict[str, list[tuple[SheetTable, dict[int, str]]]] = {}
        for table in tables:
            titles = {column: title for title, column in table.header.columns.items()}
            self._by_sheet.setdefault(table.grid.name.casefold(), []).append((table, titles))
        self._titles = {table.name: frozenset(table.header.columns) for table in tables}
        # Whoever retypes a header with another capital or blank has every formula follow.
        self._our_titles = {
            clean_text(title).casefold(): title for titles in self._titles.values() for title in titles
        }
        self._names = {name.casefold(): name for name in self._titles}
        self._names |= {other.casefold(): name for other, name in other_names.items()}
        self._written_over = {
            name: {clean_text(now).casefold(): title for title, now in titles.items() if now}
            for name, titles in renamed.items()
        }

    def has_all_parts(self, ours: str, table: str) -> bool:
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

    def is_ours(self, text: str, ours: str, sheet: str, row: int) -> bool:
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
                held = (titles.get(node.column) for _, titles in self._above(sheet, row))
                return next((ThisRow(title) for title in held if title), node)
            case ThisRow(title):
                name = next((table.name for table, _ in self._above(sheet, row)), "")
                return ThisRow(self._our_title(title, name))
            case ColumnReference(name, title, header):
                name = self._names.get(name.casefold(), name)
                return ColumnReference(name, self._our_title(title, name), header)
            case Range(first, last) if first.column == last.column:
                # It begins in the row below the header.
                for table, titles in self._by_sheet.get((first.sheet or sheet).casefold(), ()):
                    if first.row == table.header.row + 1 and first.column in titles:
                        return ColumnReference(table.name, titles[first.column])
                return node
            case Call(function, arguments):
                return Call(function, tuple(self._resolved(each, sheet, row) for each in arguments))
            case Operation(operator, left, right):
                return Operation(
                    operator, self._resolved(left, sheet, row), self._resolved(right, sheet, row)
                )
            case _:
                return node

    def _above(self, sheet: str, row: int) -> list[tuple[SheetTable, dict[int, str]]]:
        """The tables of a sheet whose header stands above a row, each with its titles by column."""
        return [each for each in self._by_sheet.get(sheet.casefold(), ()) if each[0].header.row < row]

    def _our_title(self, title: str, table: str) -> str:
        word = clean_text(title).casefold()
        return self._written_over.get(table, {}).get(word) or self._our_titles.get(word, title)


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
