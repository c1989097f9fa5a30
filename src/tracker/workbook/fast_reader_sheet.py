"""One sheet's cells by our own reader: the text of its part is cut into rows and cells, with no gap between them.

Programs write sheets in one way: `<row r="4"><c r="A4" s="2" t="s"><v>7</v></c></row>`, addresses in order, nothing
in between. Whatever is written otherwise, or could be understood otherwise by the library, is an `UnusualError`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.formula.parse import column_letters, column_number
from tracker.workbook.fast_reader_values import number
from tracker.workbook.fast_reader_xml import ATTRIBUTES, OFFICE, UnusualError, attributes, plain, root_end
from tracker.workbook.grid import FormulaText, as_read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.workbook.fast_reader_values import Styles

_TEXT = r'(?:<t(?: xml:space="preserve")?>[^<]*</t>|<t/>)'
_STYLE = rf"(?:<rPr>(?:<[\w:]+{ATTRIBUTES}/>)*</rPr>|<rPr/>)?"
RICH = rf"{_TEXT}?(?:<r>{_STYLE}{_TEXT}?</r>)*"
"""A text in one piece, or in pieces that look different."""
TEXTS = re.compile(r"<t(?: [^<>]*)?>([^<]*)</t>")

_PIECE = re.compile(
    r'<c r="([A-Z]{1,2})([1-9][0-9]{0,6})"(?: s="([0-9]{1,5})")?(?: t="([a-zA-Z]+)")?(?: [cv]m="[0-9]+")*'
    rf"(?:/>|>(?:<f({ATTRIBUTES})(?:/>|>([^<]*)</f>))?"
    rf'(?:<v(?: xml:space="preserve")?>([^<]*)</v>|<v/>)?(?:<is>({RICH})</is>)?</c>)'
    rf'|<row r="([1-9][0-9]{{0,6}})"({ATTRIBUTES})(/?)>'
    r"|</row>"
)
_COLUMNS = {column_letters(number): number for number in range(1, 703)}

_DATA, _DATA_END, _NO_DATA = "<sheetData>", "</sheetData>", "<sheetData/>"
_ROW_OUTSIDE = re.compile(r"<(?:row|c|sheetData)[\s/>]")
_MERGED = re.compile(r'<mergeCells(?: count="[0-9]+")?>((?:<mergeCell ref="[A-Z0-9:]+"/>)+)</mergeCells>')
_AREA = re.compile(r'<mergeCell ref="([A-Z]{1,2})([1-9][0-9]{0,6}):([A-Z]{1,2})([1-9][0-9]{0,6})"/>')
_LINK = re.compile(rf"<hyperlink({ATTRIBUTES})(?:/>|></hyperlink>)")
_RELATIONS = re.compile(r"""xmlns:r\s*=\s*["']([^"']*)""")
_TABLE = re.compile(r'<tablePart(?: xmlns:r="[^"&<]*")? r:id="([^"&<]+)"(?:/>|></tablePart>)')
_ADDRESS = re.compile(r"([A-Z]{1,2})([1-9][0-9]{0,6})")

_ROW_ATTRIBUTES = re.compile(
    r' (?:spans="[0-9: ]+"|s="(?P<style>[0-9]{1,5})"|ht="[0-9]{1,9}(?:\.[0-9]{1,20})?"|hidden="(?P<hidden>\w+)"'
    r'|outlineLevel="[0-9]"|(?:customFormat|customHeight|collapsed|thickTop|thickBot)="(?:1|0|true|false)"'
    r'|x14ac:dyDescent="[0-9.]+")'
)
"""What a row may say: the library refuses some of what it does not know."""
_HIDDEN = {"1": True, "true": True, "0": False, "false": False}
_FORMULA_ATTRIBUTES = frozenset(("t", "ref", "si", "aca", "ca", "xml:space"))
_MOST_COVERED = 50_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the cells of a sheet refer to: the texts and styles all sheets share.

    `read` are the texts as a grid holds them, `untouched` as the file does.
    """

    read: Sequence[str]
    untouched: Sequence[str]
    styles: Styles


@dataclass(frozen=True, slots=True)
class FastSheet:
    """The cells of a sheet by row, then column, untouched; its hidden rows, merged ranges, and tables' relations."""

    rows: Mapping[int, Mapping[int, object]]
    hidden: frozenset[int]
    merged: Sequence[tuple[str, int, int]]
    tables: Sequence[str]


def read_sheet(text: str, around: Surroundings, *, values: bool, untouched: bool) -> FastSheet:
    """The cells of a sheet whose part is `text`; with `values` what formulas showed in place of the formulas.

    Texts are as a grid holds them, or `untouched`.

    Raises:
        UnusualError: It is written otherwise than programs write sheets.
    """
    start, end, after = _data(text)
    outside = text[:start] + text[after:]
    if root_end(text, "worksheet", outside) > start or _ROW_OUTSIDE.search(outside):
        raise UnusualError("cells beside the cells")
    rows, hidden = _Rows(around, values=values, untouched=untouched).read(text, start, end)
    tail = text[after:]
    merged = _merged(outside, tail, rows)
    _check_links(outside, tail, rows)
    return FastSheet(rows, frozenset(hidden), merged, _tables(outside, tail))


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

    def __init__(self, around: Surroundings, *, values: bool, untouched: bool) -> None:
        self.texts = around.untouched if untouched else around.read
        self.styles, self.values, self.untouched = around.styles, values, untouched
        self.rows: dict[int, dict[int, object]] = {}
        self.hidden: set[int] = set()
        self._last = 0  # the last row that was begun
        self._row = ""  # the row that is open, as its cells write it
        self._hides_row: dict[str, bool] = {}  # what rows say -> whether that hides them
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
            letters, row, style, kind, markup, formula, raw, rich, begun, markup_of_row, empty = (
                found.groups()
            )
            if letters is None:
                if begun is None:
                    self._end(cells)
                else:
                    self._begin(begun, markup_of_row, closed=bool(empty))
                cells, before = {}, 0
                continue
            column = _COLUMNS[letters]
            if row != self._row or column <= before or (style is not None and style not in self.styles.known):
                raise UnusualError("a cell out of order, or of an unknown style")
            before = column
            value = self._content(letters + row, kind, style, markup, formula, raw, rich)
            if value is not None:
                cells[column] = value
        if at != end or self._row:
            raise UnusualError("something between the cells")
        return self.rows, self.hidden

    def _begin(self, row: str, markup_of_row: str, *, closed: bool) -> None:
        hidden = self._hides_row.get(markup_of_row)
        if hidden is None:
            hidden = self._hides_row[markup_of_row] = _hides(markup_of_row, self.styles)
        number = int(row)
        if self._row or number <= self._last:
            raise UnusualError("rows out of order")
        self._last = number
        if not closed:
            self._row = row
        if hidden:
            self.hidden.add(number)

    def _end(self, cells: dict[int, object]) -> None:
        if not self._row:
            raise UnusualError("a row ends that never began")
        self._row = ""
        if cells:
            self.rows[self._last] = cells

    def _content(
        self, cell: str, kind: str | None, style: str | None, markup: str | None, formula: str | None,
        raw: str | None, rich: str | None,
    ) -> object:  # fmt: skip
        if markup is not None and not self.values:
            return self._formula(cell, markup, formula or "")
        if raw:
            if rich is not None:
                raise UnusualError("two values")
            return self._value(kind, style, raw)
        if rich is None:
            return None
        if kind != "inlineStr" or markup is not None:
            raise UnusualError("a text that would be passed over")
        return self._text(rich_text(rich))

    def _value(self, kind: str | None, style: str | None, raw: str) -> object:
        if kind == "s":
            if not raw.isascii() or not raw.isdecimal() or len(raw) > 7 or int(raw) >= len(self.texts):  # noqa: PLR2004
                raise UnusualError("an unknown text")
            return self.texts[int(raw)]
        if kind is None or kind == "n":
            return self.styles.value(number(raw), style or "0")
        if kind in {"str", "e"}:
            return self._text(plain(raw))
        if kind == "b" and raw in {"0", "1"}:
            return raw == "1"
        raise UnusualError("a cell of another kind")

    def _text(self, text: str) -> str:
        return text if self.untouched else as_read(text)

    def _formula(self, cell: str, markup: str, text: str) -> FormulaText:
        given = attributes(markup) if markup else {}
        if given:
            kind = given.get("t", "normal")
            if not _FORMULA_ATTRIBUTES.issuperset(given):
                raise UnusualError("a formula with further attributes")
            if kind == "shared":
                return FormulaText(self._shared_formula(cell, given.get("si", ""), text))
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


def _hides(markup_of_row: str, styles: Styles) -> bool:
    """Whether the attributes of a row hide it."""
    at, hidden = 0, False
    for found in _ROW_ATTRIBUTES.finditer(markup_of_row):
        if found.start() != at or (found["style"] and found["style"] not in styles.known):
            break
        at = found.end()
        if found["hidden"]:
            if found["hidden"] not in _HIDDEN:
                break
            hidden = _HIDDEN[found["hidden"]]
    else:
        if at == len(markup_of_row):
            return hidden
    raise UnusualError("a row with further attributes")


def rich_text(text: str) -> str:
    """The text of a cell or shared text, in whatever pieces."""
    pieces = TEXTS.findall(text)
    return plain(pieces[0]) if len(pieces) == 1 else "".join(map(plain, pieces))


def _merged(outside: str, tail: str, rows: dict[int, dict[int, object]]) -> list[tuple[str, int, int]]:
    """The merged ranges; all but the first cell of each lose their values, as they do in the library."""
    if "mergeCell" not in outside:
        return []
    found = _MERGED.search(tail)
    if found is None or outside.count("mergeCell") != 2 + found[1].count("mergeCell"):
        raise UnusualError("merged ranges elsewhere")
    areas = _AREA.findall(found[1])
    if len(areas) != found[1].count("<") or len(set(areas)) != len(areas):
        raise UnusualError("merged ranges written otherwise")
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
    """The attributes of each element of a name, all of which stand after the cells."""
    found = pattern.findall(tail)
    if len(found) != outside.count(f"<{name} ") or outside.count(f"<{name}") > len(found) + 1:
        raise UnusualError(f"{name} elsewhere or written otherwise")
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
    if set(_RELATIONS.findall(outside)) != {OFFICE}:
        raise UnusualError("relations written otherwise")
    return list(_elements("tablePart", _TABLE, outside, tail))
