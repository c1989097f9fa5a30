"""Parts of a package as trees, by the standard library alone: read, changed, and written back.

A tree is one of `xml.etree.ElementTree`. That library forgets prefixes and unused declarations of namespaces, which
Excel wants back (`mc:Ignorable` names prefixes). So each element keeps its declarations as attributes of its own
(`xmlns`, `xmlns:mc`), and a part is written here by the prefixes they declare.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, NoReturn
from xml.sax.saxutils import escape

from tracker.workbook.patch.spans import CannotPatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_XML = "http://www.w3.org/XML/1998/namespace"
_DECLARATION = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_TEXT, _PHONETIC = f"{{{MAIN}}}t", f"{{{MAIN}}}rPh"
_DEEPEST = 256  # elements in elements and namespaces in force: no office program comes near
_IN_TEXT = {"\r": "&#13;"}  # else it comes back as a line feed
_IN_ATTRIBUTE = {**_IN_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


class _Target:
    """What a parser calls with what it reads, within bounds.

    A document type may declare entities; without one there are none, and nothing outside is ever fetched.
    """

    def __init__(self) -> None:
        self._nested = 0

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> NoReturn:
        raise CannotPatchError("a part with a document type")

    def _enter(self) -> None:
        self._nested += 1
        if self._nested > _DEEPEST:
            raise CannotPatchError(f"a part with more than {_DEEPEST} elements or namespaces in each other")


class _Builder(_Target, ET.TreeBuilder):
    """Builds a tree that keeps its declarations, comments and instructions."""

    def __init__(self) -> None:
        _Target.__init__(self)
        ET.TreeBuilder.__init__(self, insert_comments=True, insert_pis=True)
        self._declared: dict[str, str] = {}

    def start_ns(self, prefix: str | None, uri: str | None) -> None:
        self._enter()
        self._declared[f"xmlns:{prefix}" if prefix else "xmlns"] = uri or ""

    def end_ns(self, _prefix: str | None) -> None:
        self._nested -= 1

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._enter()
        if self._declared:
            attrs, self._declared = self._declared | attrs, {}
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._nested -= 1
        return super().end(tag)


class _Texts(_Target):
    """Gathers the shared texts without a tree: there may be megabytes of them."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[str] = []
        self._runs: list[str] = []

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        self._enter()
        self._open.append(tag)

    def end(self, _tag: str) -> None:
        self._nested -= 1
        self._open.pop()
        if self._nested == 1:
            self.texts.append("".join(self._runs))
            self._runs.clear()

    def data(self, text: str) -> None:
        if self._open[-1] == _TEXT and _PHONETIC not in self._open:
            self._runs.append(text)

    def close(self) -> list[str]:
        return self.texts


def parse_xml(part: bytes) -> ET.Element:
    """The tree of a part. Raises `CannotPatchError` where it is no XML, too deep, or has a document type."""
    tree: ET.Element = _read(part, _Builder())
    return tree


def read_shared_texts(part: bytes) -> list[str]:
    """The shared texts in order, as they stand in the part; phonetic hints are no part of them."""
    texts: list[str] = _read(part, _Texts())
    return texts


def _read(part: bytes, target: _Builder | _Texts) -> Any:
    parser = ET.XMLParser(target=target)  # noqa: S314  the targets refuse a document type
    try:
        parser.feed(part)
        return parser.close()
    except ET.ParseError as error:
        raise CannotPatchError(f"a part that is no XML from line {error.position[0]} on") from None
    except (LookupError, ValueError):
        raise CannotPatchError("a part in an encoding that cannot be read") from None


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
