"""The codes of agencies and the labels of children: part of the IDs of their rows, and kept for ever."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_LONGEST_CODE = 6
AGENCY_CODE = re.compile(r"[A-Z0-9]{2,6}")
CHILD_LABEL = re.compile(r"(?:Child|Sibling|Baby|Young person) (?:[0-9]{1,3}|[A-Z])")


def propose_code(name: str, taken: Collection[str]) -> str:
    """A short code for an agency: its initials, or the beginning of its only word, and a number if need be.

    >>> propose_code("Barnardo's", ()), propose_code("Somerset and Avon Fire", {"SAF"})
    ('BARN', 'SAF2')
    """
    plain = unicodedata.normalize("NFKD", name.replace("'", "")).encode("ascii", "ignore").decode()
    words = [word for word in re.findall(r"[A-Za-z0-9]+", plain) if word not in {"and", "of", "the", "for"}]
    initials = "".join(word[0] for word in words).upper()[:_LONGEST_CODE]
    stem = initials if len(initials) > 1 else "".join(words).upper()[:4]
    stem = stem if len(stem) > 1 else "AG"
    code, number = stem, 1
    while code in taken:
        number += 1
        code = f"{stem[: _LONGEST_CODE - len(str(number))]}{number}"
    return code
