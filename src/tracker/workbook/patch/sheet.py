"""A sheet's XML as spans of bytes, and changes to single cells of it.

A tree that is written out again would respell every cell: quotes, entities, empty tags. So the bytes are only read
through a parser, which gives where each row and cell begins; what changes is cut out and put in, and every other
byte stays as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.formula.parse import area_text, column_letters, parse_area
from tracker.formula.values import Error, serial
from tracker.text import xml_text
from tracker.workbook.patch.markup import (
    TAG,
    CannotPatchError,
    CellSpan,
    escape,
    quoteattr,
    read_spans,
    unescape,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracker.formula.values import Value

_SPANS = re.compile(r"""\sspans=["'](\d{1,9}):(\d{1,9})["']""", re.ASCII)
_LINES = frozenset({"oddHeader", "oddFooter"})
_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}_")
_TYPE = re.compile(r"""\st=(?:"[^"]*"|'[^']*')""", re.ASCII)


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
        """Raises `CannotPatchError` where rows or cells have no place."""
        self.part = part
        self.spans = read_spans(part)
        self.rows = self.spans.rows
        self._prefix = self.spans.prefix.decode()
        self._cells: dict[tuple[int, int], NewCell] = {}
        self._values: dict[tuple[int, int], Value] = {}
        self._heights: dict[int, float] = {}
        self._ranges: dict[tuple[int, int], str] = {}
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
        span = self.cell(row, column)
        if span and span.formula_type == "shared" and span.formula_area:
            for other in self._sharing(span.shared):  # the others have their formula from this cell
                if other is not span and other.place not in self._cells:
                    text = self.formula_of(other) or ""
                    self._cells[other.place] = NewCell(cached(other), text, other.style)
        self._values.pop((row, column), None)
        self._cells[row, column] = cell

    def put_value(self, row: int, column: int, value: Value) -> None:
        """Give a formula cell the value it works out to; the formula's own bytes stay."""
        if (row, column) in self._cells:
            self._cells[row, column] = replace(self._cells[row, column], value=value)
        else:
            self._values[row, column] = value

    def height(self, row: int, points: float) -> None:
        """The height of a row that is new; it still grows with its text."""
        self._heights[row] = points

    def ranges(self) -> Iterator[tuple[str, tuple[int, int], str]]:
        """What covers ranges of cells: the element's name, the bytes of its start tag, its ranges as they now are."""
        for name, start, end, attributes in self.spans.heads:
            if "sqref" in attributes:
                yield name, (start, end), self._ranges.get((start, end), attributes["sqref"])

    def cover(self, place: tuple[int, int], ranges: str) -> None:
        """Let an element cover other ranges; `place` are the bytes of its start tag."""
        self._ranges[place] = ranges

    def lines(self) -> Iterator[tuple[tuple[int, int], str]]:
        """The lines above and below a printed page: the bytes of the text, and its text in the file."""
        for name, _, start, _ in self.spans.heads:
            if name in _LINES and not self.part.startswith(b"/>", start - 2):
                end = self.part.index(b"<", start)
                yield (start, end), unescape(self.part[start:end].decode())

    def put_line(self, place: tuple[int, int], text: str) -> None:
        """Give a line above or below a printed page another text."""
        self._lines[place] = text

    def _sharing(self, group: str) -> list[CellSpan]:
        cells = (cell for each in self.rows.values() for cell in each.cells.values())
        return [cell for cell in cells if cell.formula_type == "shared" and cell.shared == group]

    def formula_of(self, span: CellSpan) -> str | None:
        """The formula of a cell, a shared one as it reads in this cell; None where there is none."""
        if span.formula is None or span.formula or span.formula_type != "shared":
            return span.formula
        master = next((each for each in self._sharing(span.shared) if each.formula), None)
        if master is None:
            return ""
        from openpyxl.formula.translate import Translator

        moved = Translator(f"={master.formula}", origin=f"{column_letters(master.column)}{master.row}")
        return str(moved.translate_formula(f"{column_letters(span.column)}{span.row}")).removeprefix("=")

    def new_cells(self) -> Iterator[tuple[tuple[int, int], NewCell]]:
        """Every cell that was put, with its place."""
        yield from self._cells.items()

    # The part with its changes

    def to_bytes(self) -> bytes:
        """The part with everything that was put."""
        splices = [
            *self._cell_splices(),
            *((start, end, self._tag(start, end, "sqref", to)) for (start, end), to in self._ranges.items()),
            *self._dimension(),
            *((start, end, escape(xml_text(text))) for (start, end), text in self._lines.items()),
        ]
        out, at = [], 0
        for start, end, text in sorted(splices, key=lambda each: (each[0], each[1])):
            out += [self.part[at:start], text.encode()]
            at = end
        return b"".join((*out, self.part[at:]))

    def _tag(self, start: int, end: int, name: str, value: str) -> str:
        return with_attribute(self.part[start:end].decode(), name, value)

    def _cell_splices(self) -> list[tuple[int, int, str]]:
        splices = []
        fresh: dict[int, dict[int, NewCell]] = {}
        for (row, column), cell in sorted(self._cells.items()):
            old = self.cell(row, column)
            if old:
                splices.append((old.start, old.end, self._cell_xml(row, column, cell)))
            else:
                fresh.setdefault(row, {})[column] = cell
        for place, value in self._values.items():
            span = self.cell(*place)
            stored = xml_text(value) if isinstance(value, str) else value
            if span is not None and span.formula is not None and cached(span) != stored:
                splices.append((span.start, span.end, self._with_value(span, value)))
        behind = ""
        last = max(self.rows, default=0)
        for row, cells in fresh.items():
            if row > last:
                behind += self._new_row(row, cells)
            else:
                splices += self._row_splices(row, cells)
        return [*splices, self._at_end(behind)] if behind else splices

    def _row_splices(self, row: int, cells: Mapping[int, NewCell]) -> list[tuple[int, int, str]]:
        span = self.rows.get(row)
        if span is None:
            after = self.rows[min(number for number in self.rows if number > row)].start
            return [(after, after, self._new_row(row, cells))]
        head = old = self.part[span.start : span.inside].decode()
        if found := _SPANS.search(old):  # the row's hint on its columns takes in the new ones
            first, last = min(int(found[1]), *cells), max(int(found[2]), *cells)
            head = with_attribute(old, "spans", f"{first}:{last}")
        if span.end == span.inside:
            body = "".join(self._cell_xml(row, column, cell) for column, cell in cells.items())
            return [(span.start, span.end, f"{head[:-2].rstrip()}>{body}</{self._prefix}row>")]
        splices = [(span.start, span.inside, head)] if head != old else []
        for column, cell in cells.items():
            later = min((number for number in span.cells if number > column), default=0)
            at = span.cells[later].start if later else span.tail
            splices.append((at, at, self._cell_xml(row, column, cell)))
        return splices

    def _new_row(self, row: int, cells: Mapping[int, NewCell]) -> str:
        body = "".join(self._cell_xml(row, column, cell) for column, cell in cells.items())
        height = self._heights.get(row)
        taller = f' ht="{height:g}"' if height else ""
        return f'<{self._prefix}row r="{row}"{taller}>{body}</{self._prefix}row>'

    def _at_end(self, text: str) -> tuple[int, int, str]:
        """Rows behind the last one, also where the sheet has none yet."""
        start, end = self.spans.data_start, self.spans.data_end
        if self.part[start:end].endswith(b"/>"):
            return start, end, f"<{self._prefix}sheetData>{text}</{self._prefix}sheetData>"
        close = self.part.rfind(b"</", start, end)
        if close < 0:
            raise CannotPatchError("a sheet without a place for rows")
        return close, close, text

    def _dimension(self) -> Iterator[tuple[int, int, str]]:
        """The used area the part states, where cells now lie outside it."""
        found = next((each for each in self.spans.heads if each[0] == "dimension"), None)
        area = parse_area(found[3].get("ref", "")) if found else None
        if found and area and self._cells:
            rows, columns = zip(*self._cells, strict=True)
            top, left, bottom, right = area
            new = (min(top, *rows), min(left, *columns), max(bottom, *rows), max(right, *columns))
            if new != area:
                yield found[1], found[2], self._tag(found[1], found[2], "ref", area_text(*new))

    def _cell_xml(self, row: int, column: int, cell: NewCell) -> str:
        old, at, p = self.cell(row, column), f"{column_letters(column)}{row}", self._prefix
        style = cell.style or (old.style if old else "")
        head = f'{p}c r="{at}"' + (f' s="{style}"' if style and style != "0" else "")
        if old:
            head += "".join(f" {name}={quoteattr(value)}" for name, value in old.others)
        if cell.formula:
            area = f' t="array" ref="{at}"' if cell.array else ""
            text = escape(cell.formula.removeprefix("="))
            return self._with_content(head, f"<{p}f{area}>{text}</{p}f>", cell.value)
        if cell.value is None:
            return f"<{head}/>"
        if isinstance(cell.value, str):
            text = escape(escaped(cell.value)).replace("\r", "&#13;")
            return f'<{head} t="inlineStr"><{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is></{p}c>'
        return self._with_content(head, "", cell.value)

    def _with_content(self, head: str, formula: str, value: Value) -> str:
        p = self._prefix
        kind, text = "", "0"
        if isinstance(value, bool):
            kind, text = "b", str(int(value))
        elif isinstance(value, Error):
            kind, text = "e", value.code
        elif isinstance(value, str):
            kind, text = "str", escape(escaped(value))
        elif value is not None:
            text = f"{value:.15g}"
        typed = f' t="{kind}"' if kind else ""
        return f"<{head}{typed}>{formula}<{p}v>{text}</{p}v></{p}c>"

    def _with_value(self, span: CellSpan, value: Value) -> str:
        """The cell with another value; its own start tag and formula stay but for the type."""
        opening = TAG.match(self.part, span.start)
        assert opening is not None
        head = _TYPE.sub("", opening[0].decode()).rstrip(">").rstrip("/")
        formula = self.part[span.formula_start : span.formula_end].decode()
        return self._with_content(head.removeprefix("<"), formula, value)


def with_attribute(tag: str, name: str, value: str) -> str:
    """A start tag with another value of one of its attributes; its other signs stay."""
    attribute = re.compile(rf"""(\s{name}=)(?:"[^"]*"|'[^']*')""", re.ASCII)
    return attribute.sub(rf'\g<1>"{value}"', tag, count=1)


def escaped(text: str) -> str:
    """Text in which nothing is taken for one of the format's own escapes."""
    return _ESCAPE.sub(r"_x005F\g<0>", xml_text(text))


def unescaped(text: str) -> str:
    """Text of a file as it reads: `_x000D_` is a carriage return. What names no character stays as it is."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[0][2:6], 16)
    return found[0] if 0xD800 <= number <= 0xDFFF or number >= 0xFFFE else chr(number)  # noqa: PLR2004  no characters


def cached(span: CellSpan) -> Value:
    """The value a formula cell holds in the file. Texts of the shared table are not followed: formulas have none."""
    if span.type in {"str", "inlineStr", "s"}:
        return unescaped(span.text)
    if span.type == "b":
        return span.text in {"1", "true"}
    if span.type == "e":
        return Error(span.text)
    try:
        if span.type == "d":  # a day in ISO, which the format allows and no common program writes
            return serial(datetime.fromisoformat(span.text).date())
        number = float(span.text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number
