"""Formulas that name fixed cells, or titles that were written over, written with our tables and titles again.

A trip through ODS turns `SIN_actions[Due]` into `SIN!$F$4:$F$14`, which no longer grows with its table. Nothing but
the reference is touched: whatever else a person wrote in the formula stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from tracker.formula.parse import column_number
from tracker.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.workbook.reading import TablePlace

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
            if found["cell"] and ours:
                return self._cell(found, sheet, row) or found[0]
            return found[0]

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
