"""XML as programs that make workbooks write it; unsupported XML falls back to openpyxl."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from xml.parsers import expat

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"

ATTRIBUTES = r"""(?: [\w:]+="[^"<]*")*"""
_ATTRIBUTE = re.compile(r""" ([\w:]+)="([^"<]*)\"""")
_DECLARATION = re.compile(
    r"""<\?xml version=["']1\.0["'](?: encoding=["']utf-8["'])?(?: standalone=["'](?:yes|no)["'])?\s?\?>\s*""",
    re.IGNORECASE,
)
_NAMESPACE = re.compile(r"xmlns([:\w]{0,99})(=?[\"']?)([^\"']*)")
_ROOT = re.compile(rf"<(\w+)({ATTRIBUTES})>")
_CHARACTER = re.compile("&(?:#(?:x([0-9a-fA-F]+)|([0-9]+))|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class UnusualError(Exception):
    """Something is not written as the programs we know write it, or is damaged: openpyxl reads the file."""


def text_of(part: bytes) -> str:
    """A part that is well-formed XML of elements and text alone, without its declaration, line ends as XML says.

    Raises:
        UnusualError: It is not.
    """
    try:
        text = part.decode("utf-8")
        expat.ParserCreate(None, "}").Parse(part, True)
    except (UnicodeDecodeError, expat.ExpatError) as error:
        raise UnusualError("no plain XML") from error
    found = _DECLARATION.match(text)
    body = text[found.end() :] if found else text
    if "<!" in body or "<?" in body:  # comments, sections of characters, document types, instructions
        raise UnusualError("more than elements and text")
    return body.replace("\r\n", "\n").replace("\r", "\n") if "\r" in body else body


def root_end(text: str, root: str, outside: str) -> int:
    """Where the opening tag of the root ends, all whose names are the spreadsheet's.

    `outside` is the part without what is read piece by piece: no names may come from elsewhere there.

    Raises:
        UnusualError: The root has another name, or is written otherwise.
    """
    found = _ROOT.match(text)
    if found is None or found[1] != root or attributes(found[2]).get("xmlns") != MAIN:
        raise UnusualError("another root")
    declared = _NAMESPACE.findall(outside)
    main = sum(name == MAIN for *_, name in declared)
    strange = any(
        between not in {'="', "='"} or "&" in name or bool(prefix) == (name == MAIN)
        for prefix, between, name in declared
    )
    if strange or main != 1 or outside.count("xmlns") != len(declared):
        raise UnusualError("names from elsewhere")
    return found.end()


def attributes(text: str) -> dict[str, str]:
    """The attributes of one element, as they are written."""
    return dict(_ATTRIBUTE.findall(text))


def plain(text: str) -> str:
    """Text with its character references resolved."""
    if "&" not in text:
        return text
    return _CHARACTER.sub(_character, text) if "&#" in text else _unnamed(text)


def _unnamed(text: str) -> str:
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
    return text.replace("&amp;", "&")


def _character(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    return chr(int(found[1], 16) if found[1] else int(found[2]))


def tree(part: bytes, root: str) -> ET.Element:
    """A small part as a tree.

    Raises:
        UnusualError: It is no XML, or its root has another name.
    """
    text_of(part)
    found = ET.fromstring(part)  # noqa: S314  a document type was refused above
    if found.tag != root:
        raise UnusualError("another root")
    return found


def children(element: ET.Element, namespace: str, name: str) -> list[ET.Element]:
    """The children of a name.

    Raises:
        UnusualError: There are children of the same name from another namespace, which the library would take.
    """
    found = [each for each in element if each.tag.rpartition("}")[2] == name]
    if any(each.tag != f"{{{namespace}}}{name}" for each in found):
        raise UnusualError("names from elsewhere")
    return found


def number_in(element: ET.Element, name: str) -> int:
    """An attribute that is a plain whole number; 0 where there is none.

    Raises:
        UnusualError: It is written otherwise.
    """
    value = element.get(name, "0")
    if not (value.isascii() and value.isdigit() and len(value) < 10):  # noqa: PLR2004  as many as anything has
        raise UnusualError("no plain number")
    return int(value)
