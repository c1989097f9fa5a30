"""Where the rows and cells of a sheet lie in the bytes of its part, and what they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from tracker.formula.parse import column_number

if TYPE_CHECKING:
    from collections.abc import Mapping

TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ENCODED = re.compile(rb"""\A<\?xml[^>]*?\sencoding=["']([\w.-]+)["']""")
_UNKNOWN_ENCODING = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_OURS = frozenset({"r", "s", "t", "cm", "vm"})


_MOST_DIGITS = 9  # of a number that counts or places something


def whole_number(text: str) -> int | None:
    """The whole number a file gives in an attribute or as a place; None where it gives none that can be used."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


class CannotPatchError(Exception):
    """A sheet in which cells cannot be placed; the message says how."""


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
    others: Mapping[str, str] = field(default_factory=dict)  # attributes the format does not know, or hints

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


@dataclass(slots=True)
class SheetSpans:
    """A sheet part as it was read. `heads` are the elements outside the rows: name, start, end, attributes."""

    rows: dict[int, RowSpan] = field(default_factory=dict)
    heads: list[tuple[str, int, int, Mapping[str, str]]] = field(default_factory=list)
    prefix: bytes = b""
    data_start: int = 0
    data_end: int = 0


def read_spans(part: bytes) -> SheetSpans:
    """Where everything lies. Raises `CannotPatchError` where rows or cells do not say where they stand."""
    named = _ENCODED.match(part.removeprefix(b"\xef\xbb\xbf"))
    if part.startswith(_UNKNOWN_ENCODING) or (named and named[1].lower() not in {b"utf-8", b"us-ascii"}):
        raise CannotPatchError("a sheet in another encoding than UTF-8")
    reader = _SpanReader(part)
    try:
        reader.run()
    except expat.ExpatError as error:
        raise CannotPatchError(f"a sheet that is no XML from line {error.lineno} on") from None
    return reader.sheet


class _SpanReader:
    """Reads a sheet's bytes once and notes where everything lies."""

    def __init__(self, part: bytes) -> None:
        self.sheet, self.part = SheetSpans(), part
        self.path: list[str] = []
        self.insides: list[int] = []  # where the start tag of each open element ends
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
        inside = self._tag_end(at)
        self.path.append(plain)
        self.insides.append(inside)
        if plain == "row" and self.path[-2:-1] == ["sheetData"]:
            self._start_row(at, inside, attributes)
        elif plain == "c" and self.path[-2:-1] == ["row"] and self.row is not None:
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
            self.sheet.heads.append((plain, at, inside, attributes))
        if plain in {"v", "t", "f"}:
            self.texts.clear()

    def _start_row(self, at: int, inside: int, attributes: dict[str, str]) -> None:
        number = whole_number(attributes.get("r", ""))
        if not number or number in self.sheet.rows:
            raise CannotPatchError("rows that do not say which they are")
        self.row = RowSpan(number, at, inside)
        self.sheet.rows[number] = self.row

    def _start_cell(self, at: int, attributes: dict[str, str]) -> None:
        assert self.row is not None
        place = _ADDRESS.fullmatch(attributes.get("r", ""))
        if place is None or int(place[2]) != self.row.number or column_number(place[1]) in self.row.cells:
            raise CannotPatchError("cells that do not say where they stand")
        self.cell = CellSpan(self.row.number, column_number(place[1]), at)
        self.cell.style, self.cell.type = attributes.get("s", ""), attributes.get("t", "")
        self.cell.others = {name: value for name, value in attributes.items() if name not in _OURS}
        self.row.cells[self.cell.column] = self.cell

    def end(self, name: str) -> None:
        at = self.parser.CurrentByteIndex
        plain = name.rpartition(":")[2]
        self.path.pop()
        # The parser gives the end of `<c/>` behind the tag, where the next one may begin; that of `<c></c>` at `</c>`.
        empty = self.part.startswith(b"/>", self.insides.pop() - 2)
        end = at if empty else self.part.index(b">", at) + 1
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
        if plain == "c" and self.path[-1:] == ["row"]:
            cell.end, self.cell = end, None
        elif plain == "f":
            cell.formula, cell.formula_end = "".join(self.texts), end
        elif plain == "v":
            cell.text = "".join(self.texts)
        elif plain == "t" and "rPh" not in self.path:
            cell.text += "".join(self.texts)

    def _tag_end(self, at: int) -> int:
        found = TAG.match(self.part, at)
        assert found is not None, "the parser has seen a tag here"
        return found.end()
