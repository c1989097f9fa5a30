"""A sheet's XML as spans of bytes, and changes to single cells of it.

A tree that is written out again would respell every cell: quotes, entities, empty tags. So the bytes are only read
through a parser, which gives where each row and cell begins; what changes is cut out and put in, and every other
byte stays as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr, unescape

from tracker.formula.parse import column_letters, column_number
from tracker.formula.values import Error, serial
from tracker.text import xml_text
from tracker.workbook.patch.spans import TAG, CannotPatchError, CellSpan, read_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracker.formula.values import Value

_SPANS = re.compile(rb"""\sspans=["'](\d{1,9}):(\d{1,9})["']""")
_DIMENSION = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")
_LINES = frozenset({"oddHeader", "oddFooter"})
_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}_")
_TYPE = re.compile(rb"""\st=(?:"[^"]*"|'[^']*')""")


@dataclass(frozen=True, slots=True)
class NewCell:
    """What a cell becomes. `formula` is text without `=`; `style` the index of its format, empty to keep it."""

    value: Value = None
    formula: str = ""
    style: str = ""
    array: bool = False


class PatchSheet:
    """A sheet part that cells can be put into."""

    def __init__(self, part: bytes) -> None:
        """Raises `CannotPatchError` where rows or cells do not say where they stand."""
        self.part = part
        found = read_spans(part)
        self.rows, self.heads, self.prefix = found.rows, found.heads, found.prefix
        self.data_start, self.data_end = found.data_start, found.data_end
        self._cells: dict[tuple[int, int], NewCell] = {}
        self._values: dict[tuple[int, int], Value] = {}
        self._heights: dict[int, float] = {}
        self._attributes: dict[tuple[int, int], dict[str, str]] = {}
        self._lines: dict[tuple[int, int], str] = {}

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

    def heads_with(self, attribute: str) -> Iterator[tuple[str, tuple[int, int], str]]:
        """The elements outside the rows that have an attribute: name, the bytes of the start tag, its value now."""
        for name, start, end, attributes in self.heads:
            if attribute in attributes:
                value = self._attributes.get((start, end), {}).get(attribute, attributes[attribute])
                yield name, (start, end), value

    def widen(self, attribute: str, value: str, place: tuple[int, int]) -> None:
        """Give an element outside the rows another attribute; `place` are the bytes of its start tag."""
        self._attributes.setdefault(place, {})[attribute] = value

    def lines(self) -> Iterator[tuple[tuple[int, int], str]]:
        """The lines above and below a printed page: the bytes of the text, and its text in the file."""
        for name, _, start, _ in self.heads:
            if name in _LINES and not self.part.startswith(b"/>", start - 2):
                end = self.part.index(b"<", start)
                yield (start, end), unescape(self.part[start:end].decode(), {"&quot;": '"', "&apos;": "'"})

    def say(self, place: tuple[int, int], text: str) -> None:
        """Give a line above or below a printed page another text."""
        self._lines[place] = text

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
        lines = [(*place, escape(xml_text(text)).encode()) for place, text in self._lines.items()]
        splices = [*self._cell_splices(), *self._widened(), *self._dimension(), *lines]
        out, at = [], 0
        for start, end, text in sorted(splices, key=lambda each: (each[0], each[1])):
            out += [self.part[at:start], text]
            at = end
        return b"".join((*out, self.part[at:]))

    def _widened(self) -> Iterator[tuple[int, int, bytes]]:
        for (start, end), attributes in self._attributes.items():
            tag = self.part[start:end]
            for name, value in attributes.items():
                tag = with_attribute(tag, name, value)
            yield start, end, tag

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
        behind = b""
        last = max(self.rows, default=0)
        for row, cells in fresh.items():
            if row > last:
                behind += self._new_row(row, cells)
            else:
                splices += self._row_splices(row, cells)
        return [*splices, self._at_end(behind)] if behind else splices

    def _row_splices(self, row: int, cells: Mapping[int, NewCell]) -> list[tuple[int, int, bytes]]:
        span = self.rows.get(row)
        if span is None:
            after = self.rows[min(number for number in self.rows if number > row)].start
            return [(after, after, self._new_row(row, cells))]
        body = b"".join(self._spelt(row, column, cell) for column, cell in cells.items())
        head = self._spanning(self.part[span.start : span.inside], cells)
        if span.empty_tag:
            return [(span.start, span.end, b"%b>%b</%b>" % (head[:-2].rstrip(), body, self._name(b"row")))]
        splices = [(span.start, span.inside, head)] if head != self.part[span.start : span.inside] else []
        for column, cell in cells.items():
            later = [each for number, each in span.cells.items() if number > column]
            at = min(later, key=lambda each: each.column).start if later else span.tail
            splices.append((at, at, self._spelt(row, column, cell)))
        return splices

    def _new_row(self, row: int, cells: Mapping[int, NewCell]) -> bytes:
        body = b"".join(self._spelt(row, column, cell) for column, cell in cells.items())
        height = self._heights.get(row)
        taller = f' ht="{height:g}"'.encode() if height else b""
        tag = self._name(b"row")
        return b'<%b r="%d"%b>%b</%b>' % (tag, row, taller, body, tag)

    @staticmethod
    def _spanning(tag: bytes, cells: Mapping[int, NewCell]) -> bytes:
        """A row's start tag whose hint on its columns takes in the new ones."""
        found = _SPANS.search(tag)
        if found is None:
            return tag
        first, last = min(int(found[1]), *cells), max(int(found[2]), *cells)
        return with_attribute(tag, "spans", f"{first}:{last}")

    def _at_end(self, text: bytes) -> tuple[int, int, bytes]:
        """Rows behind the last one, also where the sheet has none yet."""
        if self.part[self.data_start : self.data_end].endswith(b"/>"):
            tag = self._name(b"sheetData")
            return self.data_start, self.data_end, b"<%b>%b</%b>" % (tag, text, tag)
        end = self.part.rfind(b"</", self.data_start, self.data_end)
        if end < 0:
            raise CannotPatchError("a sheet without a place for rows")
        return end, end, text

    def _dimension(self) -> list[tuple[int, int, bytes]]:
        """The used area the part states, where cells now lie outside it."""
        found = next((each for each in self.heads if each[0] == "dimension"), None)
        area = _DIMENSION.fullmatch(found[3].get("ref", "")) if found else None
        if found is None or area is None or not self._cells:
            return []
        top, left = int(area[2]), column_number(area[1])
        bottom, right = int(area[4] or top), column_number(area[3] or area[1])
        rows, columns = {row for row, _ in self._cells}, {column for _, column in self._cells}
        new = (min(top, *rows), min(left, *columns), max(bottom, *rows), max(right, *columns))
        if new == (top, left, bottom, right):
            return []
        ref = f"{column_letters(new[1])}{new[0]}:{column_letters(new[3])}{new[2]}"
        return [(found[1], found[2], with_attribute(self.part[found[1] : found[2]], "ref", ref))]

    def _name(self, name: bytes) -> bytes:
        return self.prefix + name

    def _spelt(self, row: int, column: int, cell: NewCell) -> bytes:
        style = cell.style or self.style(row, column)
        formatted = f' s="{style}"'.encode() if style and style != "0" else b""
        old = self.cell(row, column)
        others = "".join(f" {name}={quoteattr(value)}" for name, value in old.others.items()) if old else ""
        place = (column_letters(column).encode(), row)
        head = b'%b r="%b%d"%b%b' % (self._name(b"c"), *place, formatted, others.encode())
        if cell.formula:
            text = escape(cell.formula.removeprefix("=")).encode()
            area = b' t="array" ref="%b%d"' % (column_letters(column).encode(), row) if cell.array else b""
            tag = self._name(b"f")
            formula = b"<%b%b>%b</%b>" % (tag, area, text, tag)
            return self._closed(head, formula, cell.value)
        if cell.value is None:
            return b"<%b/>" % head
        if isinstance(cell.value, str):
            return self._inline(head, cell.value)
        return self._closed(head, b"", cell.value)

    def _inline(self, head: bytes, value: str) -> bytes:
        text = escape(escaped(value)).replace("\r", "&#13;").encode()
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
        opening = TAG.match(self.part, span.start)
        assert opening is not None
        head = _TYPE.sub(b"", opening[0]).rstrip(b">").rstrip(b"/")
        formula = self.part[span.formula_start : span.formula_end]
        return self._closed(head.removeprefix(b"<"), formula, value)


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """A start tag with another value of one of its attributes; its other bytes stay."""
    return re.sub(rf"""(\s{name}=)(?:"[^"]*"|'[^']*')""".encode(), rf'\g<1>"{value}"'.encode(), tag, count=1)


def escaped(text: str) -> str:
    """Text in which nothing is taken for one of the format's own escapes."""
    return _ESCAPE.sub(r"_x005F\g<0>", xml_text(text))


def unescaped(text: str) -> str:
    """Text of a file as it reads: `_x000D_` is a carriage return. What names no character stays as it is."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[0][2:6], 16)
    return found[0] if 0xD800 <= number <= 0xDFFF or number >= 0xFFFE else chr(number)  # noqa: PLR2004  no characters


def _value_xml(value: Value) -> tuple[bytes, bytes]:
    """The type and text a value is stored with."""
    if isinstance(value, bool):
        return b"b", b"1" if value else b"0"
    if isinstance(value, Error):
        return b"e", value.code.encode()
    if isinstance(value, str):
        return b"str", escape(escaped(value)).encode()
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
        return unescaped(span.text)
    if span.type == "b":
        return span.text in {"1", "true"}
    if span.type == "e":
        return Error(span.text)
    if span.type == "d":
        return _day_number(span.text)
    try:
        number = float(span.text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def _day_number(text: str) -> Value:
    """The number of a day written in ISO, which the format allows and no common program writes."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return serial(date(moment.year, moment.month, moment.day))


def _moved(master: CellSpan, to: CellSpan) -> str:
    """A shared formula as it reads in another cell."""
    from openpyxl.formula.translate import Translator

    origin = f"{column_letters(master.column)}{master.row}"
    moved = Translator(f"={master.formula}", origin=origin)
    return str(moved.translate_formula(f"{column_letters(to.column)}{to.row}")).removeprefix("=")
