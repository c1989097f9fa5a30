"""Parts of a package read and written, by the standard library alone: as trees, and as spans of bytes.

A tree is one of `xml.etree.ElementTree`. That library forgets prefixes and unused declarations of namespaces, which
Excel wants back (`mc:Ignorable` names prefixes). So each element keeps its declarations as attributes of its own
(`xmlns`, `xmlns:mc`), and a part is written here by the prefixes they declare.

Of a sheet, where cells are changed and every other byte stays, it is noted where each row and cell lies.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from tracker.formula.parse import column_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TAG = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")
_XML = "http://www.w3.org/XML/1998/namespace"
_DECLARATION = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_DEEPEST = 256  # elements in elements and namespaces in force: no office program comes near
_IN_TEXT = {"\r": "&#13;"}  # else it comes back as a line feed
_IN_ATTRIBUTE = {**_IN_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_LETTERS = re.compile("[A-Z]{1,3}")
_ENCODED = re.compile(rb"""\A<\?xml[^>]*?\sencoding=["']([\w.-]+)["']""")
_UNKNOWN_ENCODING = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_CHILD = 3  # names on the way to an element right in the sheet
_TEXTS = frozenset(("v", "t", "f"))  # elements of a cell that hold a text
_TO_METADATA = ("cm", "vm")  # attributes of a cell that hold for what stood in it
_MOST_DIGITS = 9  # of a number that counts or places something


# As `xml.sax.saxutils` has them, which loads all that opens connections for it.


def escape(text: str, more: Mapping[str, str] = MappingProxyType({})) -> str:
    """Text as XML holds it, with further signs replaced."""
    for sign, entity in {"&": "&amp;", "<": "&lt;", ">": "&gt;", **more}.items():
        text = text.replace(sign, entity)
    return text


def unescape(text: str) -> str:
    """The text that XML holds."""
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


def quoteattr(text: str) -> str:
    """A value of an attribute in quotation marks, of the kind that it does not hold itself."""
    value = escape(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
    if '"' not in value:
        return f'"{value}"'
    return f"'{value}'" if "'" not in value else '"{}"'.format(value.replace('"', "&quot;"))


class CannotPatchError(Exception):
    """A part that cannot be read or in which cells cannot be placed; the message explains why."""


def whole_number(text: str) -> int | None:
    """The whole number a file gives in an attribute or as a place; None where it gives none that can be used."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def main(name: str) -> str:
    """The name of an element of a workbook, as a tree has it."""
    return f"{{{MAIN}}}{name}"


_TEXT, _PHONETIC = main("t"), main("rPh")


class _Builder(ET.TreeBuilder):
    """Builds a tree that keeps its declarations, comments and instructions, within bounds.

    A document type may declare entities; without one there are none, and nothing outside is ever fetched.
    """

    def __init__(self) -> None:
        super().__init__(insert_comments=True, insert_pis=True)
        self._declared: dict[str, str] = {}
        self._nested = 0

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> NoReturn:
        raise CannotPatchError("a part with a document type")

    def _enter(self) -> None:
        self._nested += 1
        if self._nested > _DEEPEST:
            raise CannotPatchError(f"a part with more than {_DEEPEST} elements or namespaces in each other")

    def start_ns(self, prefix: str | None, uri: str | None) -> None:
        self._enter()
        self._declared[f"xmlns:{prefix}" if prefix else "xmlns"] = uri or ""

    def end_ns(self, _prefix: str | None) -> None:
        self._nested -= 1

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._enter()
        declared, self._declared = self._declared, {}
        return super().start(tag, declared | attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._nested -= 1
        return super().end(tag)


def parse_xml(part: bytes) -> ET.Element:
    """The tree of a part. Raises `CannotPatchError` where it is no XML, too deep, or has a document type."""
    parser = ET.XMLParser(target=_Builder())  # noqa: S314  the builder refuses a document type
    try:
        parser.feed(part)
        tree: ET.Element = parser.close()
    except ET.ParseError as error:
        raise CannotPatchError(f"a part that is no XML from line {error.position[0]} on") from None
    except (LookupError, ValueError):
        raise CannotPatchError("a part in an encoding that cannot be read") from None
    return tree


def read_shared_texts(part: bytes) -> list[str]:
    """The shared texts in order, as they stand in the part; phonetic hints are no part of them."""
    items = (item for item in parse_xml(part) if isinstance(item.tag, str))
    return ["".join(_text_pieces(item)) for item in items]


def _text_pieces(item: ET.Element) -> Iterator[str]:
    for child in item:
        for text in child.iter(_TEXT) if child.tag != _PHONETIC else ():
            yield from text.itertext()


def to_xml(root: ET.Element) -> bytes:
    """A tree as a part."""
    pieces = [_DECLARATION]
    _write(pieces.append, root, {"xml": _XML})
    return "".join(pieces).encode()


def _write(put: Callable[[str], None], element: ET.Element, outside: dict[str, str]) -> None:
    """Write an element and the text behind it; `outside` are the namespaces that hold around it, by prefix."""
    if not isinstance(element.tag, str):  # a comment or an instruction
        put(ET.tostring(element, "unicode").replace("\r", _IN_TEXT["\r"]))
        return
    declared = {key[6:]: uri for key, uri in element.items() if key.partition(":")[0] == "xmlns"}
    spaces = outside | declared if declared else outside
    name = _qualified(element.tag, spaces)
    put(f"<{name}")
    for key, value in element.items():
        put(f' {_qualified(key, spaces, attribute=True)}="{escape(value, _IN_ATTRIBUTE)}"')
    if element.text or len(element):
        put(f">{escape(element.text or '', _IN_TEXT)}")
        for child in element:
            _write(put, child, spaces)
        put(f"</{name}>")
    else:
        put("/>")
    if element.tail:
        put(escape(element.tail, _IN_TEXT))


def _qualified(name: str, spaces: Mapping[str, str], *, attribute: bool = False) -> str:
    """A name with the prefix declared for its namespace; the default namespace holds for no attribute."""
    if not name.startswith("{"):
        return name
    space, _, local = name[1:].rpartition("}")
    prefix = next(prefix for prefix, uri in spaces.items() if uri == space and (prefix or not attribute))
    return f"{prefix}:{local}" if prefix else local


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
    others: Sequence[tuple[str, str]] = ()  # attributes beside those of the format, or hints

    @property
    def place(self) -> tuple[int, int]:
        """Row and column, 1-based."""
        return self.row, self.column


@dataclass(slots=True)
class RowSpan:
    """A row of the part. `inside` and `tail` are where its start tag ends and its end tag begins.

    All three ends are one where the tag closes itself.
    """

    number: int
    start: int
    inside: int
    tail: int = 0
    end: int = 0
    cells: dict[int, CellSpan] = field(default_factory=dict)


@dataclass(slots=True)
class SheetSpans:
    """A sheet part as it was read.

    `heads` are the start tags outside the rows: name, start, end, attributes; `behind_rows` are the sheet's elements
    behind them: name, start, end.
    """

    rows: dict[int, RowSpan] = field(default_factory=dict)
    heads: list[tuple[str, int, int, Mapping[str, str]]] = field(default_factory=list)
    behind_rows: list[tuple[str, int, int]] = field(default_factory=list)
    prefix: bytes = b""
    data_start: int = 0
    data_end: int = 0


def read_spans(part: bytes) -> SheetSpans:
    """Where everything lies. Raises `CannotPatchError` where rows or cells have no place."""
    named = _ENCODED.match(part.removeprefix(b"\xef\xbb\xbf"))
    if part.startswith(_UNKNOWN_ENCODING) or (named and named[1].lower() not in {b"utf-8", b"us-ascii"}):
        raise CannotPatchError("a sheet in another encoding than UTF-8")
    reader = _SpanReader(part)
    try:
        reader.parser.Parse(part, True)
    except expat.ExpatError as error:
        raise CannotPatchError(f"a sheet that is no XML from line {error.lineno} on") from None
    return reader.sheet


class _SpanReader:
    """Reads a sheet's bytes once and notes where everything lies."""

    def __init__(self, part: bytes) -> None:
        self.sheet, self.part = SheetSpans(), part
        self.path = [""]
        self.child = 0  # where the last element right in the sheet begins
        self.row: RowSpan | None = None
        self.cell: CellSpan | None = None
        self.texts: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.texts.append

    def start(self, name: str, attributes: dict[str, str]) -> None:
        plain = name.rpartition(":")[2] if ":" in name else name
        path = self.path
        parent = path[-1]
        path.append(plain)
        cell = self.cell
        if plain in _TEXTS:
            self.texts.clear()
            if plain == "f" and cell is not None:
                cell.formula_start = self.parser.CurrentByteIndex
                if attributes:
                    cell.formula_type = attributes.get("t", "")
                    cell.formula_area = attributes.get("ref", "")
                    cell.shared = attributes.get("si", "")
                return
        if plain == "c" and parent == "row" and self.row is not None:
            self.cell = _cell_span(self.row, self.parser.CurrentByteIndex, attributes)
        elif plain == "row" and parent == "sheetData":
            number = whole_number(attributes.get("r", ""))
            if not number or number in self.sheet.rows:
                raise CannotPatchError("rows that do not say which they are")
            self.row = self.sheet.rows[number] = RowSpan(number, *self.tag())
        elif plain == "sheetData":
            self.sheet.data_start = self.parser.CurrentByteIndex
            self.sheet.prefix = name.encode().removesuffix(b"sheetData")
        elif self.row is None:
            start, end = self.tag()
            self.sheet.heads.append((plain, start, end, attributes))
            if len(path) == _CHILD:
                self.child = start

    def tag(self) -> tuple[int, int]:
        """Where the start tag that is being read begins and ends."""
        tag = TAG.match(self.part, self.parser.CurrentByteIndex)
        assert tag is not None, "the parser has seen a tag here"
        return tag.span()

    def end(self, name: str) -> None:
        plain = self.path.pop()
        cell = self.cell
        if cell is not None:
            if plain == "v":
                cell.text = "".join(self.texts)
            elif plain == "f":
                cell.formula, cell.formula_end = "".join(self.texts), self.behind(name)
            elif plain == "c" and self.path[-1] == "row":
                cell.end, self.cell = self.behind(name), None
            elif plain == "t" and "rPh" not in self.path:
                cell.text += "".join(self.texts)
        elif plain == "row" and self.row is not None:
            self.row.tail, self.row.end, self.row = self.parser.CurrentByteIndex, self.behind(name), None
        elif plain == "sheetData":
            self.sheet.data_end = self.behind(name)
        elif self.row is None and self.sheet.data_end and len(self.path) == _CHILD - 1:
            self.sheet.behind_rows.append((plain, self.child, self.behind(name)))

    def behind(self, name: str) -> int:
        """Where the element that ends here is over: the parser is at `</c>` of `<c></c>`, but behind `<c/>`."""
        at = self.parser.CurrentByteIndex
        closing = f"</{name}".encode()
        if not self.part.startswith(closing, at):
            return at
        end = at + len(closing)
        follows = self.part[end : end + 1]
        if follows == b">":
            return end + 1
        return self.part.index(b">", end) + 1 if follows in b" \t\r\n" else at


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    """The number of a column; 0 where the letters name none."""
    return column_number(letters) if _LETTERS.fullmatch(letters) else 0


def _cell_span(row: RowSpan, at: int, attributes: dict[str, str]) -> CellSpan:
    column = _column(attributes.pop("r", "").removesuffix(str(row.number)))
    if not column or column in row.cells:
        raise CannotPatchError("cells that do not say where they stand")
    cell = row.cells[column] = CellSpan(row.number, column, at)
    cell.style, cell.type = attributes.pop("s", ""), attributes.pop("t", "")
    if attributes:
        cell.others = [each for each in attributes.items() if each[0] not in _TO_METADATA]
    return cell
