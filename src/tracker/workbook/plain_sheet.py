"""One sheet's cells by our own reader: the text of its part is cut into rows and cells, with no gap between them.

Programs spell sheets in one way: `<row r="4"><c r="A4" s="2" t="s"><v>7</v></c></row>`, addresses in order, nothing
in between. Whatever is spelt otherwise, or could be understood otherwise by the library, is an `UnusualError`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.formula.parse import column_letters, column_number
from tracker.workbook.grid import FormulaText
from tracker.workbook.plain_values import number
from tracker.workbook.plain_xml import ATTRIBUTES, OFFICE, UnusualError, attributes, plain, root_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.workbook.plain_values import Styles

_TEXT = r'(?:<t(?: xml:space="preserve")?>[^<]*</t>|<t/>)'
_LOOK = rf"(?:<rPr>(?:<[\w:]+{ATTRIBUTES}/>)*</rPr>|<rPr/>)?"
RICH = rf"{_TEXT}?(?:<r>{_LOOK}{_TEXT}?</r>)*"
"""A text in one piece, or in pieces that look different."""
TEXTS = re.compile(r"<t(?: [^<>]*)?>([^<]*)</t>")

_PIECE = re.compile(
    r'<c r="([A-Z]{1,2})([1-9][0-9]{0,6})"(?: s="([0-9]{1,5})")?(?: t="([a-zA-Z]+)")?(?: [cv]m="[0-9]+")*'
    rf"(?:/>|>(?:<f({ATTRIBUTES})(?:/>|>([^<]*)</f>))?"
    rf'(?:<v(?: xml:space="preserve")?>([^<]*)</v>|<v/>)?(?:<is>({RICH})</is>)?</c>)'
    rf"|<row({ATTRIBUTES})(/?)>"
    r"|</row>"
)
_COLUMNS = {column_letters(number): number for number in range(1, 703)}

_DATA, _DATA_END, _NO_DATA = "<sheetData>", "</sheetData>", "<sheetData/>"
_ROW_OUTSIDE = re.compile(r"<(?:row|c|sheetData)[\s/>]")
_MERGED = re.compile(r'<mergeCells(?: count="[0-9]+")?>((?:<mergeCell ref="[A-Z0-9:]+"/>)+)</mergeCells>')
_AREA = re.compile(r'<mergeCell ref="([A-Z]{1,2})([1-9][0-9]{0,6}):([A-Z]{1,2})([1-9][0-9]{0,6})"/>')
_LINK = re.compile(rf"<hyperlink({ATTRIBUTES})(?:/>|></hyperlink>)")
_TABLE = re.compile(r'<tablePart r:id="([^"&<]+)"(?:/>|></tablePart>)')
_ADDRESS = re.compile(r"([A-Z]{1,2})([1-9][0-9]{0,6})")

_ROW_ATTRIBUTES = frozenset(
    ("r", "spans", "s", "customFormat", "ht", "hidden", "customHeight", "outlineLevel", "collapsed",
     "thickTop", "thickBot")
)  # fmt: skip
_ROW_NUMBERS = ("s", "outlineLevel")
_HIDDEN = {"1": True, "true": True, "0": False, "false": False}
_FORMULA_ATTRIBUTES = frozenset(("t", "ref", "si", "aca", "ca", "xml:space"))
_MOST_COVERED = 50_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the cells of a sheet refer to: the texts and looks all sheets share."""

    texts: Sequence[str]
    styles: Styles


@dataclass(frozen=True, slots=True)
class PlainSheet:
    """The cells of a sheet by row, then column, untouched; its hidden rows, merged ranges, and tables' relations."""

    rows: Mapping[int, Mapping[int, object]]
    hidden: frozenset[int]
    merged: Sequence[tuple[str, int, int]]
    tables: Sequence[str]


def read_sheet(text: str, around: Surroundings, *, values: bool) -> PlainSheet:
    """The cells of a sheet whose part is `text`; with `values` what formulas showed in place of the formulas.

    Raises:
        UnusualError: It is spelt otherwise than programs spell sheets.
    """
    start, end, after = _data(text)
    outside = text[:start] + text[after:]
    if root_end(text, "worksheet", outside) > start or _ROW_OUTSIDE.search(outside):
        raise UnusualError("cells beside the cells")
    rows, hidden = _Rows(around, values=values).read(text, start, end)
    tail = text[after:]
    merged = _merged(outside, tail, rows)
    _check_links(outside, tail, rows)
    return PlainSheet(rows, frozenset(hidden), merged, _tables(outside, tail))


def _data(text: str) -> tuple[int, int, int]:
    """Where the rows begin and end, and where what follows them begins."""
    start, end = text.find(_DATA), text.find(_DATA_END)
    if start < 0 and text.count(_NO_DATA) == 1:
        start = text.find(_NO_DATA)
        return start, start, start + len(_NO_DATA)
    if not 0 <= start < end:
        raise UnusualError("no cells")
    return start, end, end + len(_DATA_END)


class _Rows:
    """Puts the pieces of a sheet together."""

    def __init__(self, around: Surroundings, *, values: bool) -> None:
        self.around, self.values = around, values
        self.rows: dict[int, dict[int, object]] = {}
        self.hidden: set[int] = set()
        self._row = 0  # the last row that was begun
        self._open = False
        self._formulas: dict[str, FormulaText] = {}
        self._shared: dict[str, tuple[str, str]] = {}

    def read(self, text: str, start: int, end: int) -> tuple[dict[int, dict[int, object]], set[int]]:
        """The rows between two places of a text, and which of them are hidden."""
        if start == end:
            return self.rows, self.hidden
        at = start + len(_DATA)
        cells: dict[int, object] = {}
        before = 0
        for found in _PIECE.finditer(text, at, end):
            if found.start() != at:
                break
            at = found.end()
            letters, row, style, kind, look, formula, raw, rich, begun, empty = found.groups()
            if letters is None:
                if begun is None:
                    self._end(cells)
                else:
                    self._begin(begun, closed=bool(empty))
                cells, before = {}, 0
                continue
            column = _COLUMNS[letters]
            if not self._open or column <= before or int(row) != self._row:
                raise UnusualError("a cell out of order")
            before = column
            value = self._value(letters + row, style, kind, look, formula, raw, rich)
            if value is not None:
                cells[column] = value
        if at != end or self._open:
            raise UnusualError("something between the cells")
        return self.rows, self.hidden

    def _begin(self, text: str, *, closed: bool) -> None:
        look = attributes(text)
        if not all(name in _ROW_ATTRIBUTES or name.startswith("x14ac:") for name in look):
            raise UnusualError("a row that says more")
        row = look.get("r", "")
        plain_numbers = all(look.get(name, "0").isdecimal() for name in _ROW_NUMBERS)
        if self._open or not (row.isascii() and row.isdecimal() and len(row) < 8) or not plain_numbers:  # noqa: PLR2004
            raise UnusualError("a row without a number, or in another")
        if int(row) <= self._row or int(look.get("s", "0")) >= self.around.styles.count:
            raise UnusualError("rows out of order, or of unknown looks")
        self._row = int(row)
        self._open = not closed
        hidden = _HIDDEN.get(look.get("hidden", "0"))
        if hidden is None:
            raise UnusualError("neither hidden nor shown")
        if hidden:
            self.hidden.add(self._row)

    def _end(self, cells: dict[int, object]) -> None:
        if not self._open:
            raise UnusualError("a row ends that never began")
        self._open = False
        if cells:
            self.rows[self._row] = cells

    def _value(
        self, cell: str, style: str | None, kind: str | None, look: str | None, formula: str | None,
        raw: str | None, rich: str | None,
    ) -> object:  # fmt: skip
        styled = int(style or 0)
        if styled >= self.around.styles.count:
            raise UnusualError("an unknown look")
        if look is not None and not self.values:
            return self._formula(cell, look, formula or "")
        if not raw:
            if rich is not None and (kind != "inlineStr" or look is not None):
                raise UnusualError("a text that would be passed over")
            return None if rich is None else rich_text(rich)
        if rich is not None:
            raise UnusualError("two values")
        if kind == "s":
            return self._shared_text(raw)
        if kind is None or kind == "n":
            return self.around.styles.value(number(raw), styled)
        if kind in {"str", "e"}:
            return plain(raw)
        if kind == "b" and raw in {"0", "1"}:
            return raw == "1"
        raise UnusualError("a cell of another kind")

    def _shared_text(self, raw: str) -> str:
        if not (raw.isascii() and raw.isdecimal() and len(raw) < 8) or int(raw) >= len(self.around.texts):  # noqa: PLR2004
            raise UnusualError("an unknown text")
        return self.around.texts[int(raw)]

    def _formula(self, cell: str, look: str, text: str) -> FormulaText:
        says = attributes(look) if look else {}
        if says:
            kind = says.get("t", "normal")
            if not _FORMULA_ATTRIBUTES.issuperset(says):
                raise UnusualError("a formula that says more")
            if kind == "shared":
                return FormulaText(self._shared_formula(cell, says.get("si", ""), text))
            if kind not in {"normal", "array"}:
                raise UnusualError("a formula of another kind")
        known = self._formulas.get(text)
        if known is None:
            known = self._formulas[text] = FormulaText("=" + plain(text))
        return known

    def _shared_formula(self, cell: str, key: str, text: str) -> str:
        """A formula written once for several cells, as the library moves it from its first cell to another."""
        first = self._shared.get(key)
        if first is None:
            formula = "=" + plain(text)
            if text:
                self._shared[key] = formula, cell
            return formula
        from openpyxl.formula.translate import Translator

        try:
            return str(Translator(*first).translate_formula(cell))
        except Exception as error:
            raise UnusualError("a formula that cannot be moved") from error


def rich_text(text: str) -> str:
    """The text of a cell or shared text, in whatever pieces."""
    return "".join(plain(each) for each in TEXTS.findall(text))


def _merged(outside: str, tail: str, rows: dict[int, dict[int, object]]) -> list[tuple[str, int, int]]:
    """The merged ranges; all but the first cell of each lose their values, as they do in the library."""
    if "mergeCell" not in outside:
        return []
    found = _MERGED.search(tail)
    if found is None or outside.count("mergeCell") != 2 + found[1].count("mergeCell"):
        raise UnusualError("merged ranges elsewhere")
    areas = _AREA.findall(found[1])
    if len(areas) != found[1].count("<") or len(set(areas)) != len(areas):
        raise UnusualError("merged ranges spelt otherwise")
    covered = 0
    merged = []
    for left, top, right, bottom in areas:
        first, last, columns = int(top), int(bottom), range(column_number(left), column_number(right) + 1)
        covered += (last - first + 1) * len(columns)
        if first > last or not columns or (first, len(columns)) == (last, 1) or covered > _MOST_COVERED:
            raise UnusualError("merged ranges of no or too many cells")
        _uncover(rows, first, last, columns)
        merged.append((f"{left}{top}:{right}{bottom}", first, last))
    return merged


def _uncover(rows: dict[int, dict[int, object]], first: int, last: int, columns: range) -> None:
    for row in range(first, last + 1):
        cells = rows.get(row)
        if cells is None:
            continue
        for column in columns[1:] if row == first else columns:
            cells.pop(column, None)
        if not cells:
            del rows[row]


def _elements(name: str, pattern: re.Pattern[str], outside: str, tail: str) -> Iterator[str]:
    """What each element of a name says, all of which stand after the cells."""
    found = pattern.findall(tail)
    if len(found) != outside.count(f"<{name} ") or outside.count(f"<{name}") > len(found) + 1:
        raise UnusualError(f"{name} elsewhere or spelt otherwise")
    yield from found


def _check_links(outside: str, tail: str, rows: Mapping[int, Mapping[int, object]]) -> None:
    """See that each link lies on one cell with a value: the library gives empty ones the link's own address."""
    if "hyperlink" not in outside:
        return
    for link in _elements("hyperlink", _LINK, outside, tail):
        found = _ADDRESS.fullmatch(attributes(link).get("ref", ""))
        if found is None or _COLUMNS[found[1]] not in rows.get(int(found[2]), {}):
            raise UnusualError("a link over no value")


def _tables(outside: str, tail: str) -> list[str]:
    if "tablePart" not in outside:
        return []
    if f'xmlns:r="{OFFICE}"' not in outside:
        raise UnusualError("relations spelt otherwise")
    return list(_elements("tablePart", _TABLE, outside, tail))
