"""A sheet's XML as spans of bytes, and changes to single cells of it.

A tree that is written out again would respell every cell: quotes, entities, empty tags. So the bytes are only read
through a parser, which tells where each row and cell begins; what changes is cut out and put in, and every other
byte stays as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape

from tracker.formula.parse import column_letters, column_number
from tracker.formula.values import Error
from tracker.text import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracker.formula.values import Value

_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TYPE = re.compile(rb"""\st=(?:"[^"]*"|'[^']*')""")


class CannotPatchError(Exception):
    """A sheet spelt in a way that cells cannot be placed in; the message says how."""


@dataclass(slots=True)
class CellSpan:
    """A cell of the part: where its bytes lie, and what it holds. `formula` is None where it has none."""

    row: int
    column: int
    start: int
    end: int = 0
    style: str = ""
    type: str = ""
    formula: str | None = None
    formula_type: str = ""
    formula_area: str = ""
    shared: str = ""
    formula_start: int = 0
    formula_end: int = 0
    text: str = ""  # of <v>, or of an inline string

    @property
    def place(self) -> tuple[int, int]:
        """Row and column, 1-based."""
        return self.row, self.column


@dataclass(slots=True)
class RowSpan:
    """A row of the part. `tail` is where its end tag begins; for `<row/>` where the tag ends."""

    number: int
    start: int
    inside: int
    tail: int = 0
    end: int = 0
    empty_tag: bool = False
    cells: dict[int, CellSpan] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewCell:
    """What a cell becomes. `formula` is text without `=`; `style` the index of its format, empty to keep it."""

    value: Value = None
    formula: str = ""
    style: str = ""
    array: bool = False


class Sheet:
    """A sheet part that cells can be put into."""

    def __init__(self, part: bytes) -> None:
        """Raises `CannotPatchError` where rows or cells do not say where they stand."""
        self.part = part
        self.rows: dict[int, RowSpan] = {}
        self.heads: list[tuple[str, int, int, Mapping[str, str]]] = []  # other elements: name, start, end
        self.data_start = self.data_end = 0
        self._cells: dict[tuple[int, int], NewCell] = {}
        self._values: dict[tuple[int, int], Value] = {}
        self._heights: dict[int, float] = {}
        self._attributes: list[tuple[int, int, bytes]] = []
        self.prefix = b""
        _Spans(self).run()

    def cell(self, row: int, column: int) -> CellSpan | None:
        """A cell as it stands in the part."""
        span = self.rows.get(row)
        return span.cells.get(column) if span else None

    def style(self, row: int, column: int) -> str:
        """The index of a cell's format."""
        found = self.cell(row, column)
        return found.style if found else ""

    # What is to be changed

    def put(self, row: int, column: int, cell: NewCell) -> None:
        """Give a cell new contents; without a style of its own it keeps the one it has."""
        self._free_shared(row, column)
        self._values.pop((row, column), None)
        self._cells[row, column] = cell

    def put_value(self, row: int, column: int, value: Value) -> None:
        """Give a formula cell the value it works out to; the formula's own bytes stay."""
        if (row, column) in self._cells:
            old = self._cells[row, column]
            self._cells[row, column] = NewCell(value, old.formula, old.style, old.array)
        else:
            self._values[row, column] = value

    def height(self, row: int, points: float) -> None:
        """The height of a row that is new; it still grows with its text."""
        self._heights[row] = points

    def widen(self, name: str, attributes: Mapping[str, str], old: tuple[int, int]) -> None:
        """Give an element outside the rows other attributes; `old` are the bytes of its start tag."""
        start, end = old
        tag = self.part[start:end]
        for key, value in attributes.items():
            tag = re.sub(
                rf'(\s{key}=)(?:"[^"]*"|\'[^\']*\')'.encode(), rf'\g<1>"{value}"'.encode(), tag, count=1
            )
        assert name.encode() in tag
        self._attributes.append((start, end, tag))

    def _free_shared(self, row: int, column: int) -> None:
        """Spell out the formulas that share the one of a cell which is about to change."""
        span = self.cell(row, column)
        if span is None or span.formula_type != "shared" or not span.formula_area:
            return
        for other in self._sharing(span.shared):
            if other is not span and other.place not in self._cells:
                text = self.formula_of(other) or ""
                value = cached(other)
                self._cells[other.place] = NewCell(value, text, other.style)

    def _sharing(self, group: str) -> list[CellSpan]:
        return [
            cell
            for each in self.rows.values()
            for cell in each.cells.values()
            if cell.formula_type == "shared" and cell.shared == group
        ]

    def formula_of(self, span: CellSpan) -> str | None:
        """The formula of a cell, a shared one as it reads in this cell; None where there is none."""
        if span.formula is None:
            return None
        if span.formula or span.formula_type != "shared":
            return span.formula
        master = next((each for each in self._sharing(span.shared) if each.formula), None)
        return _moved(master, span) if master else ""

    def new_cells(self) -> Iterator[tuple[tuple[int, int], NewCell]]:
        """Every cell that was put, with its place."""
        yield from self._cells.items()

    # The part with its changes

    def to_bytes(self) -> bytes:
        """The part with everything that was put."""
        splices = [*self._cell_splices(), *self._attributes, *self._dimension()]
        out, at = [], 0
        for start, end, text in sorted(splices, key=lambda each: (each[0], each[1])):
            out += [self.part[at:start], text]
            at = end
        return b"".join((*out, self.part[at:]))

    def _cell_splices(self) -> list[tuple[int, int, bytes]]:
        splices = []
        fresh: dict[int, dict[int, NewCell]] = {}
        for (row, column), cell in sorted(self._cells.items()):
            old = self.cell(row, column)
            if old:
                splices.append((old.start, old.end, self._spelt(row, column, cell)))
            else:
                fresh.setdefault(row, {})[column] = cell
        for place, value in self._values.items():
            span = self.cell(*place)
            if span is not None and span.formula is not None and cached(span) != _stored(value):
                splices.append((span.start, span.end, self._with_value(span, value)))
        for row, cells in fresh.items():
            splices += self._row_splices(row, cells)
        return splices

    def _row_splices(self, row: int, cells: Mapping[int, NewCell]) -> list[tuple[int, int, bytes]]:
        span = self.rows.get(row)
        if span is None:
            body = b"".join(self._spelt(row, column, cell) for column, cell in sorted(cells.items()))
            height = self._heights.get(row)
            taller = f' ht="{height:g}"'.encode() if height else b""
            tag = self._name(b"row")
            text = b'<%b r="%d"%b>%b</%b>' % (tag, row, taller, body, tag)
            after = min((number for number in self.rows if number > row), default=0)
            if after:
                return [(self.rows[after].start, self.rows[after].start, text)]
            return [self._at_end(text)]
        if span.empty_tag:
            body = b"".join(self._spelt(row, column, cell) for column, cell in sorted(cells.items()))
            head = self.part[span.start : span.end].rstrip(b">").rstrip(b"/")
            return [(span.start, span.end, b"%b>%b</%b>" % (head, body, self._name(b"row")))]
        splices = []
        for column, cell in cells.items():
            later = [each for number, each in span.cells.items() if number > column]
            at = min(later, key=lambda each: each.column).start if later else span.tail
            splices.append((at, at, self._spelt(row, column, cell)))
        return splices

    def _at_end(self, text: bytes) -> tuple[int, int, bytes]:
        """Rows behind the last one, also where the sheet has none yet."""
        if self.part[self.data_start : self.data_end].endswith(b"/>"):
            tag = self._name(b"sheetData")
            return self.data_start, self.data_end, b"<%b>%b</%b>" % (tag, text, tag)
        end = self.part.rindex(b"</", self.data_start, self.data_end)
        return end, end, text

    def _dimension(self) -> list[tuple[int, int, bytes]]:
        """The used area the part states, where cells now lie outside it."""
        found = next((each for each in self.heads if each[0] == "dimension"), None)
        area = re.fullmatch(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?", found[3].get("ref", "")) if found else None
        if found is None or area is None or not self._cells:
            return []
        last_row, last_column = int(area[4] or area[2]), column_number(area[3] or area[1])
        rows = max(last_row, *(row for row, _ in self._cells))
        columns = max(last_column, *(column for _, column in self._cells))
        if (rows, columns) == (last_row, last_column):
            return []
        ref = f"{area[1]}{area[2]}:{column_letters(columns)}{rows}"
        old = self.part[found[1] : found[2]]
        return [(found[1], found[2], old.replace(found[3]["ref"].encode(), ref.encode()))]

    def _name(self, name: bytes) -> bytes:
        return self.prefix + name

    def _spelt(self, row: int, column: int, cell: NewCell) -> bytes:
        style = cell.style or self.style(row, column)
        formatted = f' s="{style}"'.encode() if style and style != "0" else b""
        head = b'%b r="%b%d"%b' % (self._name(b"c"), column_letters(column).encode(), row, formatted)
        if cell.formula:
            spelt = escape(cell.formula.removeprefix("=")).encode()
            area = b' t="array" ref="%b%d"' % (column_letters(column).encode(), row) if cell.array else b""
            tag = self._name(b"f")
            formula = b"<%b%b>%b</%b>" % (tag, area, spelt, tag)
            return self._closed(head, formula, cell.value)
        if cell.value is None:
            return b"<%b/>" % head
        if isinstance(cell.value, str):
            return self._inline(head, cell.value)
        return self._closed(head, b"", cell.value)

    def _inline(self, head: bytes, value: str) -> bytes:
        text = escape(xml_text(value)).replace("\r", "&#13;").encode()
        inner, kept = self._name(b"is"), self._name(b"t")
        return b'<%b t="inlineStr"><%b><%b xml:space="preserve">%b</%b></%b></%b>' % (
            head, inner, kept, text, kept, inner, self._name(b"c"),
        )  # fmt: skip

    def _closed(self, head: bytes, formula: bytes, value: Value) -> bytes:
        kind, text = _value_xml(value)
        typed = b' t="%b"' % kind if kind else b""
        tag = self._name(b"v")
        return b"<%b%b>%b<%b>%b</%b></%b>" % (head, typed, formula, tag, text, tag, self._name(b"c"))

    def _with_value(self, span: CellSpan, value: Value) -> bytes:
        """The cell with another value; its own start tag and formula stay but for the type."""
        opening = _TAG.match(self.part, span.start)
        assert opening is not None
        head = _TYPE.sub(b"", opening[0]).rstrip(b">").rstrip(b"/")
        formula = self.part[span.formula_start : span.formula_end]
        return self._closed(head.removeprefix(b"<"), formula, value)


def _value_xml(value: Value) -> tuple[bytes, bytes]:
    """The type and text a value is stored with."""
    if isinstance(value, bool):
        return b"b", b"1" if value else b"0"
    if isinstance(value, Error):
        return b"e", value.code.encode()
    if isinstance(value, str):
        return b"str", escape(xml_text(value)).encode()
    return b"", f"{value:.15g}".encode() if value is not None else b"0"


def _stored(value: Value) -> Value:
    """A value as a file gives it back."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return xml_text(value)
    return value


def cached(span: CellSpan) -> Value:
    """The value a formula cell holds in the file. Texts of the shared table are not followed: formulas have none."""
    if span.type in {"str", "inlineStr", "s"}:
        return span.text
    if span.type == "b":
        return span.text == "1"
    if span.type == "e":
        return Error(span.text)
    try:
        number = float(span.text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def _moved(master: CellSpan, to: CellSpan) -> str:
    """A shared formula as it reads in another cell."""
    from openpyxl.formula.translate import Translator

    origin = f"{column_letters(master.column)}{master.row}"
    moved = Translator(f"={master.formula}", origin=origin)
    return str(moved.translate_formula(f"{column_letters(to.column)}{to.row}")).removeprefix("=")


class _Spans:
    """Reads a sheet's bytes once and notes where everything lies."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.part = sheet, sheet.part
        self.path: list[str] = []
        self.row: RowSpan | None = None
        self.cell: CellSpan | None = None
        self.texts: list[str] = []

    def run(self) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.texts.append
        self.parser = parser
        parser.Parse(self.part, True)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        at = self.parser.CurrentByteIndex
        plain = name.rpartition(":")[2]
        self.path.append(plain)
        if plain == "row" and self.path[-2:-1] == ["sheetData"]:
            self._start_row(at, attributes)
        elif plain == "c" and self.row is not None:
            self._start_cell(at, attributes)
        elif plain == "f" and self.cell is not None:
            self.cell.formula_start = at
            self.cell.formula_type = attributes.get("t", "")
            self.cell.formula_area = attributes.get("ref", "")
            self.cell.shared = attributes.get("si", "")
        elif plain == "sheetData":
            self.sheet.data_start = at
            self.sheet.prefix = name.encode().removesuffix(b"sheetData")
        elif self.row is None:
            self.sheet.heads.append((plain, at, self._tag_end(at), attributes))
        if plain in {"v", "t", "f"}:
            self.texts.clear()

    def _start_row(self, at: int, attributes: dict[str, str]) -> None:
        number = int(attributes["r"]) if "r" in attributes else 0
        if not number or number in self.sheet.rows:
            raise CannotPatchError("rows that do not say which they are")
        self.row = RowSpan(number, at, self._tag_end(at))
        self.sheet.rows[number] = self.row

    def _start_cell(self, at: int, attributes: dict[str, str]) -> None:
        assert self.row is not None
        place = _ADDRESS.fullmatch(attributes.get("r", ""))
        if place is None or int(place[2]) != self.row.number:
            raise CannotPatchError("cells that do not say where they stand")
        self.cell = CellSpan(self.row.number, column_number(place[1]), at)
        self.cell.style, self.cell.type = attributes.get("s", ""), attributes.get("t", "")
        self.row.cells[self.cell.column] = self.cell

    def end(self, name: str) -> None:
        at = self.parser.CurrentByteIndex
        plain = name.rpartition(":")[2]
        self.path.pop()
        # The end of `<c/>` is told where the tag ends, that of `<c></c>` where its end tag begins.
        empty = not self.part.startswith(b"</", at)
        end = at if empty else self._tag_end(at)
        if plain == "row" and self.row is not None and self.cell is None:
            self.row.empty_tag = empty
            self.row.tail, self.row.end, self.row = at, end, None
        elif plain == "sheetData":
            self.sheet.data_end = end
        elif self.cell is not None:
            self._end_inside(plain, end)

    def _end_inside(self, plain: str, end: int) -> None:
        cell = self.cell
        assert cell is not None
        if plain == "c":
            cell.end, self.cell = end, None
        elif plain == "f":
            cell.formula, cell.formula_end = "".join(self.texts), end
        elif plain == "v":
            cell.text = "".join(self.texts)
        elif plain == "t" and "rPh" not in self.path:
            cell.text += "".join(self.texts)

    def _tag_end(self, at: int) -> int:
        found = _TAG.match(self.part, at)
        assert found is not None, "the parser has seen a tag here"
        return found.end()
