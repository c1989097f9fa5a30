"""Single values of a case description: taken, or refused with the fault. Pure; nothing is reported here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tracker.case.codes import AGENCY_CODE, CHILD_LABEL
from tracker.case.dates import FIRST_YEAR, LAST_YEAR, in_range, parse_day
from tracker.case.fields import LONGEST_TEXT, WANTED, FieldKey, Is
from tracker.problems import codes
from tracker.text import clean_text, did_you_mean, listed, same_word, xml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_SHOWN = 60
_SHAPES: Mapping[Is, tuple[str, re.Pattern[str]]] = {
    Is.REFERENCE: (codes.REFERENCE_FORMAT, re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}")),
    Is.LABEL: (codes.CHILD_LABEL_FORMAT, CHILD_LABEL),
    Is.CODE: (codes.AGENCY_CODE_FORMAT, AGENCY_CODE),
    Is.EMAIL: (codes.NOT_AN_EMAIL, re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")),
}


@dataclass(frozen=True, slots=True)
class ValueFault:
    """Why a value was refused: the code of the problem and the facts its words need."""

    code: str
    facts: Mapping[str, str]


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


def one_line(text: str) -> str:
    """Text for a single-line field: line breaks and runs of blanks are one blank."""
    return " ".join(text.split())


def text_fault(text: str) -> ValueFault | None:
    """What is wrong with a text as such: its length, or characters no workbook can hold."""
    if len(text) > LONGEST_TEXT:
        facts = {"value": shown(text), "length": f"{len(text):,}", "limit": f"{LONGEST_TEXT:,}"}
        return ValueFault(codes.TEXT_TOO_LONG, facts)
    if xml_text(text) != text:
        return ValueFault(codes.CONTROL_CHARACTERS, {"value": shown(text)})
    return None


def shape_fault(kind: Is, text: str) -> ValueFault | None:
    """Whether a text misses the shape of its kind; an empty text has none to miss."""
    code, pattern = _SHAPES.get(kind, ("", None))
    if not text or pattern is None or pattern.fullmatch(text):
        return None
    return ValueFault(code, {"value": shown(text)})


def wrong_type(raw: object, wanted: str, example: str, otherwise: str = "") -> ValueFault:
    """A value of another type than the key's."""
    return ValueFault(
        codes.WRONG_TYPE, {"value": shown(raw), "wanted": wanted, "example": example, "otherwise": otherwise}
    )


def take_text(key: FieldKey, raw: object) -> str | ValueFault:
    """Free text, as one line."""
    if not isinstance(raw, str):
        return wrong_type(raw, WANTED[key.kind], key.line)
    return text_fault(raw) or one_line(raw)


def take_word(key: FieldKey, raw: object) -> str | ValueFault:
    """A reference, label or code: cleaned, and of its shape."""
    text = take_text(key, raw)
    if isinstance(text, ValueFault):
        return text
    word = clean_text(text)
    return shape_fault(key.kind, word) or word


def take_choice(key: FieldKey, raw: object) -> str | ValueFault:
    """One of the key's fixed words; capitals and blanks do not matter."""
    if not isinstance(raw, str):
        return wrong_type(raw, f"one of {quoted(key.choices)}", key.line)
    for word in key.choices:
        if same_word(word, raw):
            return word
    hint = did_you_mean(raw, key.choices)
    return ValueFault(
        codes.NOT_A_FIXED_WORD, {"value": shown(raw), "known": quoted(key.choices), "hint": hint}
    )


def take_flag(key: FieldKey, raw: object) -> bool | ValueFault:
    """True or false."""
    return raw if isinstance(raw, bool) else wrong_type(raw, WANTED[Is.FLAG], key.line)


def take_date(key: FieldKey, raw: object) -> date | ValueFault:
    """A date alone, of a likely year. One in quotation marks gets a remedy of its own."""
    if isinstance(raw, datetime):  # before `date`, whose subclass it is
        return ValueFault(codes.TOML_DATE_WITH_TIME, {"value": str(raw), "day": str(raw.date())})
    if isinstance(raw, date):
        facts = {"value": str(raw), "first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
        return raw if in_range(raw) else ValueFault(codes.DATE_OUT_OF_RANGE, facts)
    if isinstance(raw, str) and (typed := parse_day(raw)):
        # Day and month are not guessed for the person: only the unmistakable date is written out.
        written = (
            f": {typed}" if str(typed) == clean_text(raw) else " and put the year first, as in 2026-11-02"
        )
        return ValueFault(codes.DATE_IN_QUOTES, {"value": shown(raw), "written": written})
    otherwise = "; while the date is not known, leave the line out" if raw == "" else ""
    return wrong_type(raw, WANTED[Is.DATE], key.line, otherwise)


_TAKE: Mapping[Is, Callable[[FieldKey, object], Any]] = {
    Is.TEXT: take_text,
    Is.EMAIL: take_text,
    Is.REFERENCE: take_word,
    Is.LABEL: take_word,
    Is.CODE: take_word,
    Is.CHOICE: take_choice,
    Is.FLAG: take_flag,
    Is.DATE: take_date,
    Is.TEXTS: take_text,
    Is.DATES: take_date,
}


def take(key: FieldKey, raw: object) -> Any:
    """The value of a key, or of one item of a key that holds a list; a `Fault` where it was refused."""
    return _TAKE[key.kind](key, raw)
