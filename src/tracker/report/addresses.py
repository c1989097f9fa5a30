"""Addresses and header words as they were typed, made safe for the head of a message."""

from __future__ import annotations

import re
import unicodedata
from email.errors import MessageError
from email.headerregistry import Address

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_LONGEST_ADDRESS = 254  # RFC 5321
_BETWEEN = re.compile(r"[;,]")
_BLANKS = re.compile(r"\s+")


def addresses(typed: str) -> tuple[str, ...] | None:
    """The addresses in a cell, several parted by `;` or `,`; none in an empty cell; None where one cannot be used.

    What is not wholly an address is refused and never mended: a message about a child must not go astray.

    >>> addresses("a@example.org; b@example.org")
    ('a@example.org', 'b@example.org')
    """
    parts = tuple(part for part in map(str.strip, _BETWEEN.split(typed)) if part)
    return parts if all(map(_is_usable, parts)) else None


def _is_usable(part: str) -> bool:
    """Whether a part is wholly an address, also to those who write heads of messages: `=?x?=@a.org` reads as code."""
    if len(part) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(part):
        return False
    try:
        return Address(addr_spec=part).addr_spec == part
    except (MessageError, ValueError, LookupError):
        return False


def header_words(text: str) -> str:
    """Text for a header: one line, without characters that control a line or turn its direction.

    What looks like an encoded word (`=?utf-8?q?=0D=0A?=`) would be decoded, line breaks and all: it is taken apart.
    """
    line = _BLANKS.sub(" ", text)
    plain = "".join(each for each in line if unicodedata.category(each) not in {"Cc", "Cf", "Cs"})
    return plain.replace("=?", "= ?").strip()
