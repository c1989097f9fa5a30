"""The kinds of value in a case description: how each is taken, and the shapes of codes and labels."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tracker.case.dates import FIRST_YEAR, LAST_YEAR, in_range, parse_day
from tracker.problems import codes
from tracker.text import clean_text, did_you_mean, listed, same_word, xml_text
from tracker.toml_reader import Key, TomlTable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

LONGEST_TEXT = 2_000
"""Characters of a text in a case description: a paragraph, not a report."""
AGENCY_CODE = re.compile(r"[A-Z0-9]{2,6}")
CHILD_LABEL = re.compile(r"(?:Child|Sibling|Baby|Young person) (?:[0-9]{1,3}|[A-Z])")
_LONGEST_CODE = 6
_SHOWN = 60


@dataclass(frozen=True, eq=False, slots=True)
class CaseKind:
    """A kind of value. `take` gives what is understood at a place, or reports why there is nothing.

    A value of this kind has the shape `pattern`, or the problem `code`.
    """

    wanted: str
    take: Callable[[CaseTable, CaseKey, str, Any], Any]
    code: str = ""
    pattern: re.Pattern[str] | None = None


CaseTable = TomlTable[CaseKind]
CaseKey = Key[CaseKind]


def shown(value: object) -> str:
    """A value as a message shows it: text in quotation marks, cut short, nothing invisible."""
    match value:
        case str():
            text = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}..."
            return f'"{"".join(map(_visible, text))}"'
        case bool():
            return str(value).lower()
        case dict():
            return "a section"
        case list():
            return "a list"
        case _:
            return str(value)


def _visible(sign: str) -> str:
    return sign if sign.isprintable() else f"\\x{ord(sign):02x}"


def quoted(words: Iterable[str]) -> str:
    """`"yes" or "no"` for the words to choose from."""
    return listed((f'"{word}"' for word in words), "or")


def wrong_type(
    table: CaseTable, place: str, raw: object, wanted: str, example: str, otherwise: str = ""
) -> None:
    """Refuse a value of another type than the key's."""
    facts = {"value": shown(raw), "wanted": wanted, "example": example, "otherwise": otherwise}
    table.report(codes.WRONG_TYPE, place, **facts)


def misses_shape(kind: CaseKind, text: str) -> bool:
    """Whether a text misses the shape of its kind; an empty text has none to miss."""
    return bool(text and kind.pattern and not kind.pattern.fullmatch(text))


def _text(table: CaseTable, key: CaseKey, place: str, raw: object) -> str | None:
    """Free text, as one line."""
    if not isinstance(raw, str):
        wrong_type(table, place, raw, key.kind.wanted, key.line)
    elif len(raw) > LONGEST_TEXT:
        facts = {"value": shown(raw), "length": f"{len(raw):,}", "limit": f"{LONGEST_TEXT:,}"}
        table.report(codes.TEXT_TOO_LONG, place, **facts)
    elif xml_text(raw) != raw:  # characters no workbook can hold
        table.report(codes.CONTROL_CHARACTERS, place, value=shown(raw))
    else:
        return " ".join(raw.split())
    return None


def _email(table: CaseTable, key: CaseKey, place: str, raw: object) -> str | None:
    text = _text(table, key, place, raw)
    if text and misses_shape(key.kind, text):
        table.report(key.kind.code, place, value=shown(text))
    return text


def _word(table: CaseTable, key: CaseKey, place: str, raw: object) -> str | None:
    """A reference, label or code: cleaned, and of its shape."""
    text = _text(table, key, place, raw)
    word = text and clean_text(text)
    if word and misses_shape(key.kind, word):
        table.report(key.kind.code, place, value=shown(word))
        return None
    return word


def choice(words: tuple[str, ...]) -> CaseKind:
    """One of some fixed words; capitals and blanks do not matter."""

    def take(table: CaseTable, key: CaseKey, place: str, raw: object) -> str | None:
        if not isinstance(raw, str):
            wrong_type(table, place, raw, key.kind.wanted, key.line)
            return None
        for word in words:
            if same_word(word, raw):
                return word
        facts = {"value": shown(raw), "known": quoted(words), "hint": did_you_mean(raw, words)}
        table.report(codes.NOT_A_FIXED_WORD, place, **facts)
        return None

    return CaseKind(f"one of {quoted(words)}", take)


def _flag(table: CaseTable, key: CaseKey, place: str, raw: object) -> bool | None:
    if isinstance(raw, bool):
        return raw
    wrong_type(table, place, raw, key.kind.wanted, key.line)
    return None


def _date(table: CaseTable, key: CaseKey, place: str, raw: object) -> date | None:
    """A date alone, of a likely year. One in quotation marks gets a remedy of its own."""
    if isinstance(raw, datetime):  # before `date`, whose subclass it is
        table.report(codes.TOML_DATE_WITH_TIME, place, value=str(raw), day=str(raw.date()))
    elif isinstance(raw, date):
        if in_range(raw):
            return raw
        facts = {"value": str(raw), "first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
        table.report(codes.DATE_OUT_OF_RANGE, place, **facts)
    elif isinstance(raw, str) and (typed := parse_day(raw)):
        # Day and month are not guessed for the person: only the unmistakable date is written out.
        plain = str(typed) == clean_text(raw)
        written = f": {typed}" if plain else " and put the year first, as in 2026-11-02"
        table.report(codes.DATE_IN_QUOTES, place, value=shown(raw), written=written)
    else:
        otherwise = "; while the date is not known, leave the line out" if raw == "" else ""
        wrong_type(table, place, raw, Is.DATE.wanted, key.line, otherwise)
    return None


def _list_of(take: Callable[[CaseTable, CaseKey, str, Any], Any], wanted: str) -> CaseKind:
    def items(table: CaseTable, key: CaseKey, place: str, raw: object) -> tuple[Any, ...] | None:
        if not isinstance(raw, list):
            wrong_type(table, place, raw, key.kind.wanted, key.line)
            return None
        # A refused item leaves a gap, so that the places of those after it stay true.
        return tuple(take(table, key, f"{place}[{number}]", item) for number, item in enumerate(raw, 1))

    return CaseKind(wanted, items)


_IN_QUOTES = "text in quotation marks"
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}")
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")


class Is:
    """What a value is."""

    TEXT = CaseKind(_IN_QUOTES, _text)
    DATE = CaseKind("a date: year-month-day, without quotation marks", _date)
    FLAG = CaseKind("true or false, without quotation marks", _flag)
    REFERENCE = CaseKind(_IN_QUOTES, _word, codes.REFERENCE_FORMAT, _REFERENCE)
    LABEL = CaseKind(_IN_QUOTES, _word, codes.CHILD_LABEL_FORMAT, CHILD_LABEL)
    CODE = CaseKind(_IN_QUOTES, _word, codes.AGENCY_CODE_FORMAT, AGENCY_CODE)
    EMAIL = CaseKind(_IN_QUOTES, _email, codes.NOT_AN_EMAIL, _EMAIL)
    TEXTS = _list_of(_text, "a list of texts in square brackets")
    DATES = _list_of(_date, "a list of dates in square brackets")


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
