"""The cells of one sheet by our own reader, the texts and styles they refer to, and the XML of all parts.

It takes what openpyxl would take in the same way. Anything else, and whatever openpyxl might refuse, is an
`UnusualError`, in every function.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from tracker.formula.parse import column_letters, column_number
from tracker.workbook.preflight import LIMITS, in_other_encoding
from tracker.workbook.reading import FormulaText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CELL, _FORMULA, _VALUE, _INLINE = MAIN + "c", MAIN + "f", MAIN + "v", MAIN + "is"
_ROW, _DATA = MAIN + "row", MAIN + "sheetData"
_TEXT, _RUN, _RUN_STYLE = MAIN + "t", MAIN + "r", MAIN + "rPr"

_NO_ELEMENT = re.compile(rb"<[!?]")
"""Comments, sections of characters, document types, instructions."""
_COLUMNS = {column_letters(number).encode(): number for number in range(1, LIMITS.columns + 1)}
_ADDRESS = re.compile("([A-Z]{1,2})([1-9][0-9]{0,6})")
_AREA = re.compile(f"{_ADDRESS.pattern}:{_ADDRESS.pattern}")
_ATTRIBUTES = rb'((?: [\w:]+="[^"<]*")*)'
_PIECE = re.compile(
    rb'\s*(?:<c r="([A-Z]{1,2})([1-9][0-9]{0,6})"' + _ATTRIBUTES + b" ?(?:/>|>"
    rb'(<f[ />][^<]*(?:</f>)?)?(?:<v(?: xml:space="preserve")? ?(?:/>|>([^<]*)</v>))?(<is>.*?</is>|<is ?/>)?</c>)'
    rb'|<row r="([1-9][0-9]{0,6})"' + _ATTRIBUTES + b" ?(/)?>|</row>)",
    re.DOTALL,
)  # fmt: skip
"""A cell (column, row, attributes, formula, value, typed text), the start of a row, or its end."""
_SHEET_TAG = re.compile(rb"<worksheet\s[^>]{,2000}>")  # short, as it is parsed with every kind of cell
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,3})?")
_TRUTH = re.compile("1|0|true|false")
_ROW_ATTRIBUTES = {
    "spans": re.compile("[0-9: ]+"),
    "s": re.compile("[0-9]{1,5}"),
    "ht": re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,20})?"),
    "outlineLevel": re.compile("[0-9]"),
    "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac}dyDescent": re.compile("[0-9.]+"),
    **dict.fromkeys(("hidden", "customFormat", "customHeight", "collapsed", "thickTop", "thickBot"), _TRUTH),
}
"""What a row may say: openpyxl refuses some of what it does not know."""
_FORMULA_ATTRIBUTES = frozenset(
    ("t", "ref", "si", "aca", "ca", "{http://www.w3.org/XML/1998/namespace}space")
)


class UnusualError(Exception):
    """Something is not written as the programs we know write it, or is damaged: openpyxl reads the file."""


def parse_part(part: bytes, root: str) -> ET.Element:
    """A part as a tree. It must be XML of elements and text alone, and its root have this name."""
    if in_other_encoding(part) or _NO_ELEMENT.search(part, 1):
        raise UnusualError("more than elements and text, or an odd encoding")
    try:
        found = ET.fromstring(part)  # noqa: S314  a document type was refused above
    except ET.ParseError as error:
        raise UnusualError("no XML") from error
    if found.tag != root:
        raise UnusualError("another root")
    return found


def children(element: ET.Element, tag: str) -> list[ET.Element]:
    """The children with a tag. openpyxl would take children of the same name from another namespace as well."""
    name = tag.rpartition("}")[2]
    found = [each for each in element if each.tag.rpartition("}")[2] == name]
    if any(each.tag != tag for each in found):
        raise UnusualError("names from elsewhere")
    return found


def text_in(element: ET.Element) -> str:
    """The text of a cell or shared text, in one piece or in pieces that look different."""
    if len(element) == 1 and element[0].tag == _TEXT and not len(element[0]) and not element.attrib:
        return element[0].text or ""
    plain = _texts(element, _RUN)
    runs = [piece for run in element if run.tag == _RUN for piece in _texts(run, _RUN_STYLE)[:1]]
    return "".join(plain[:1] + runs)


def _texts(element: ET.Element, other: str) -> list[str]:
    """The texts right inside an element, where nothing but `other` stands beside them."""
    texts = [each for each in element if each.tag == _TEXT]
    others = [each for each in element if each.tag == other]
    if len(texts) > 1 or len(texts) + len(others) != len(element) or element.attrib or any(map(len, texts)):
        raise UnusualError("a text written otherwise")
    return [each.text or "" for each in texts]


BUILT_IN_DAYS = {*range(14, 23), 45, 46, 47}
BUILT_IN_SPANS = {46}
"""The formats that have a number and no code: days and times, spans of time."""
_LITERAL = re.compile(r'".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]')
"""In a format's code: what stands in quotes, and what stands in brackets but for hours, minutes and seconds."""
_DAY = re.compile(r"(?<![_\\])[dmhysDMHYS]")
_SPAN = re.compile(r"\[(?:hh?|mm?|ss?)\]", re.IGNORECASE)
_LONGEST_FORMAT = 2_000  # the size check lets no longer one pass
_FIRST_MARCH_1900 = 60
"""Excel's calendar has a 29 February 1900; days before it are one off."""


def is_day(code: str) -> bool:
    """Whether a format's code shows a number as a day or time."""
    if len(code) > _LONGEST_FORMAT:
        return False
    shown = code.split(";", maxsplit=1)[0]
    # A bracket that nothing closes is no literal; the pattern would look for its end from each of them.
    closed = shown.rfind("]") + 1
    return _DAY.search(_LITERAL.sub("", shown[:closed] + shown[closed:].replace("[", " "))) is not None


def is_span(code: str) -> bool:
    """Whether a format's code shows a number as a span of time."""
    return _SPAN.search(code.split(";", maxsplit=1)[0]) is not None


def number(raw: str) -> float:
    """A number as the format writes it, whole where it is."""
    found = _NUMBER.fullmatch(raw)
    if found is None:
        raise UnusualError("no plain number")
    return int(raw) if found.lastindex is None else float(raw)


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles cells refer to by number, and what each shows: "" a number, "day", or "span" of time."""

    shows: Mapping[str, str]
    from_1904: bool

    def value(self, value: float, style: str) -> object:
        """A number as its cell shows it."""
        try:
            if self.shows[style] == "day":
                return _day(value, from_1904=self.from_1904)
            return _span(value) if self.shows[style] else value
        except (OverflowError, ValueError):
            return "#VALUE!"  # what openpyxl makes of a day beyond the calendar


def _span(value: float) -> timedelta:
    """A span of days, to the millisecond."""
    span = timedelta(days=value)
    if not span.microseconds:
        return span
    return timedelta(seconds=span.total_seconds() // 1, microseconds=round(span.microseconds, -3))


def _day(value: float, *, from_1904: bool) -> datetime | time:
    """A day counted from 1900 or 1904, a time where it is less than one."""
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001  a sheet knows no zones
    whole, part = divmod(value, 1)
    of_day = timedelta(milliseconds=round(part * 86_400 * 1000))
    if 0 <= value < 1 and not of_day.days:
        return (datetime(1900, 1, 1) + of_day).time()  # noqa: DTZ001  a sheet knows no zones
    if not from_1904 and 0 < value < _FIRST_MARCH_1900:
        whole += 1
    return start + timedelta(days=whole) + of_day


@dataclass(frozen=True, slots=True)
class SharedParts:
    """What the sheets of a workbook share: texts by number, styles, and elements by the bytes they were read from.

    Those are first the bytes of the sheet's own tag, which declares the namespaces.
    """

    texts: Mapping[bytes, str]
    styles: Styles
    elements: dict[bytes, dict[bytes, ET.Element]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FastSheet:
    """The cells of a sheet by row, then column, untouched; its hidden rows, merged ranges, and tables' relations."""

    rows: Mapping[int, Mapping[int, object]]
    hidden: frozenset[int]
    merged: Sequence[tuple[str, int, int]]
    tables: Sequence[str]


def read_sheet(part: bytes, shared: SharedParts, *, shown: bool) -> FastSheet:
    """The cells of a sheet; with `shown`, what formulas showed when the file was saved, in place of the formulas."""
    reader = SheetReader(part, shared, shown=shown)
    root = parse_part(reader.around, MAIN + "worksheet")
    around = [each for each in root if each.tag != _DATA]
    tags = Counter(each.tag for child in around for each in child.iter())
    if len(around) != len(root) - 1 or tags[_DATA] or tags[_ROW]:
        raise UnusualError("no cells, or cells beside the cells")
    rows = {number: cells for number, cells in reader.rows() if cells}
    merged = _merged(_listed(around, tags, "mergeCells", "mergeCell"), rows)
    for link in _listed(around, tags, "hyperlinks", "hyperlink"):
        found = _ADDRESS.fullmatch(link.get("ref", ""))
        # openpyxl gives an empty cell the link's own address.
        if found is None or column_number(found[1]) not in rows.get(int(found[2]), {}):
            raise UnusualError("a link over no value")
    tables = [each.get(f"{{{OFFICE}}}id", "") for each in _listed(around, tags, "tableParts", "tablePart")]
    return FastSheet(rows, frozenset(reader.hidden), merged, tables)


def _listed(around: Sequence[ET.Element], tags: Counter[str], name: str, item: str) -> list[ET.Element]:
    """The items of the one list of a name, which stands right in the sheet."""
    lists = [each for each in around if each.tag == MAIN + name]
    items = [each for some in lists for each in some]
    if tags[MAIN + name] != len(lists) or len(lists) > 1 or any(each.tag != MAIN + item for each in items):
        raise UnusualError(f"{name} elsewhere or written otherwise")
    return items


class SheetReader:
    """Reads the rows of a sheet by pattern. XML is parsed once for what many cells have in common.

    `around` is the sheet without its rows; `hidden` are the hidden ones of those that were read.
    """

    def __init__(self, part: bytes, shared: SharedParts, *, shown: bool) -> None:
        """Nothing is read yet; for the arguments, and what is raised, see `read_sheet`."""
        head, begun, rest = part.partition(b"<sheetData>")
        self._data, _, tail = rest.partition(b"</sheetData>")
        self.around = head + b"<sheetData/>" + tail if begun else part
        self.hidden: set[int] = set()
        opening = _SHEET_TAG.search(head)
        if opening is None:
            raise UnusualError("a sheet with a prefix, or none")
        self._opening, self._texts, self._styles, self._shown = opening[0], shared.texts, shared.styles, shown
        self._elements = shared.elements.setdefault(opening[0], {})
        self._hides: dict[bytes, bool] = {}  # attributes of rows -> whether they hide them
        self._kinds: dict[bytes, tuple[str, str]] = {}  # attributes of cells -> style and type
        self._formulas: dict[bytes, FormulaText] = {}
        self._shared: dict[str, tuple[str, str]] = {}

    def rows(self) -> Iterator[tuple[int, dict[int, object]]]:
        """The number and the cells of each row that does not close itself."""
        cells: dict[int, object] = {}
        row = b""  # empty between two rows
        end = last = before = 0
        while found := _PIECE.match(self._data, end):
            end = found.end()
            letters, number, attributes, formula, raw, inline, next_row, row_attributes, empty = (
                found.groups()
            )
            if letters:
                column = _COLUMNS.get(letters, 0)
                if number != row or column <= before:
                    raise UnusualError("cells out of order, or in another row")
                before = column
                value = self._value(letters + number, attributes, formula, raw, inline)
                if value is not None:
                    cells[column] = value
                continue
            if (row == b"") is (next_row is None) or (next_row and int(next_row) <= last):
                raise UnusualError("rows out of order, or in each other")
            if next_row:
                last = int(next_row)
                self._note_hidden(last, row_attributes)
                row, before, cells = b"" if empty else next_row, 0, {}
            else:
                row = b""
                yield last, cells
        if row or self._data[end:].strip():
            raise UnusualError("something between the cells, or cells written otherwise")

    def _element(self, text: bytes, tag: str) -> ET.Element:
        """An element of the sheet by itself."""
        if (known := self._elements.get(text)) is not None and known.tag == tag:
            return known
        try:
            found = ET.fromstring(self._opening + text + b"</worksheet>")  # noqa: S314  a document type has no place
        except ET.ParseError as error:
            raise UnusualError("no XML") from error
        if len(found) != 1 or found[0].tag != tag:
            raise UnusualError("names from elsewhere")
        self._elements[text] = found[0]
        return found[0]

    def _note_hidden(self, number: int, attributes: bytes) -> None:
        if attributes not in self._hides:
            settings = self._element(b"<row%b/>" % attributes, _ROW).attrib
            for name, value in settings.items():
                known = name in _ROW_ATTRIBUTES and _ROW_ATTRIBUTES[name].fullmatch(value)
                if not known or (name == "s" and value not in self._styles.shows):
                    raise UnusualError("a row with further attributes")
            self._hides[attributes] = settings.get("hidden") in {"1", "true"}
        if self._hides[attributes]:
            self.hidden.add(number)

    def _kind(self, attributes: bytes) -> tuple[str, str]:
        cell = self._element(b"<c%b/>" % attributes, _CELL)
        style = cell.get("s", "0")
        if style not in self._styles.shows:
            raise UnusualError("an unknown style")
        self._kinds[attributes] = style, cell.get("t", "n")
        return self._kinds[attributes]

    def _value(
        self,
        address: bytes,
        attributes: bytes,
        formula: bytes | None,
        raw: bytes | None,
        inline: bytes | None,
    ) -> object:
        style, kind = self._kinds.get(attributes) or self._kind(attributes)
        if formula and not self._shown:
            return self._formulas.get(formula) or self._formula(formula, address)
        if inline:
            if raw is not None or kind != "inlineStr":
                raise UnusualError("a text that openpyxl would pass over")
            return text_in(self._element(inline, _INLINE))
        if not raw:
            return None
        if kind == "s" and raw in self._texts:
            return self._texts[raw]
        if kind == "n":
            return self._styles.value(number(raw.decode("latin-1")), style)
        if kind in {"str", "e"}:
            return self._element(b"<v>%b</v>" % raw, _VALUE).text
        if kind == "b" and raw in {b"0", b"1"}:
            return raw == b"1"
        raise UnusualError("an unknown text, or a cell of another kind")

    def _formula(self, raw: bytes, address: bytes) -> FormulaText:
        formula = self._element(raw, _FORMULA)
        text = "=" + (formula.text or "")
        kind = formula.get("t", "normal")
        if not _FORMULA_ATTRIBUTES.issuperset(formula.keys()) or kind not in {"normal", "array", "shared"}:
            raise UnusualError("a formula of another kind")
        if kind != "shared":
            self._formulas[raw] = FormulaText(text)
            return self._formulas[raw]
        # Written once for several cells, as openpyxl moves it from its first cell to another.
        key, place = formula.get("si", ""), address.decode()
        if key in self._shared:
            from openpyxl.formula.translate import Translator

            try:
                text = str(Translator(*self._shared[key]).translate_formula(place))
            except Exception as error:
                raise UnusualError("a formula that cannot be moved") from error
        elif text != "=":
            self._shared[key] = text, place
        return FormulaText(text)


def _merged(items: Sequence[ET.Element], rows: dict[int, dict[int, object]]) -> list[tuple[str, int, int]]:
    """The merged ranges; all but the first cell of each lose their values, as they do in openpyxl."""
    areas = [_AREA.fullmatch(each.get("ref", "")) for each in items]
    covered = 0
    merged: dict[str, tuple[str, int, int]] = {}
    for area in areas:
        if area is None or area[0] in merged:
            raise UnusualError("merged ranges written otherwise")
        first, last = int(area[2]), int(area[4])
        columns = range(column_number(area[1]), column_number(area[3]) + 1)
        covered += (last - first + 1) * len(columns)
        if first > last or not columns or (first, len(columns)) == (last, 1) or covered > LIMITS.covered:
            raise UnusualError("merged ranges of no or too many cells")
        for row in range(first, last + 1):
            cells = rows.get(row, {})
            for column in columns[1:] if row == first else columns:
                cells.pop(column, None)
            if not cells:
                rows.pop(row, None)
        merged[area[0]] = area[0], first, last
    return list(merged.values())
