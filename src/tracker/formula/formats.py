"""TEXT: a number or date in a pattern, for the patterns people write in a tracker; others are not calculated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.formula.values import (
    BAD_VALUE,
    LATEST_SERIAL,
    CannotEvaluateError,
    Error,
    Value,
    as_number,
    day_of,
)

if TYPE_CHECKING:
    from datetime import date

LONGEST_FORMAT = 255
_MOST_DIGITS = 15
_DATE_PART = re.compile(r'd{1,4}|m{1,4}|yyyy|yy|"[^"]*"|[ ./,-]', re.IGNORECASE)
_NUMBER = re.compile(r"(#,##)?0(?:\.(0{1,15}))?(%)?")


def format_value(value: Value, pattern: str) -> Value:
    """What TEXT answers. Raises `CannotEvaluateError` on a pattern that is not calculated here."""
    if isinstance(value, str) and isinstance(as_number(value), Error):
        return value
    number = as_number(value)
    if len(pattern) > LONGEST_FORMAT:
        return BAD_VALUE
    if not pattern:
        return ""
    plain = _NUMBER.fullmatch(pattern)
    if plain:
        return _spell_number(number, plain)
    parts = _date_parts(pattern)
    if not 0 <= number <= LATEST_SERIAL:
        return BAD_VALUE
    return "".join(_spell_part(part, day_of(number)) for part in parts)


def _date_parts(pattern: str) -> list[str]:
    """The parts of a date pattern. Times, colours and conditions are for the spreadsheet program."""
    parts, place = [], 0
    while place < len(pattern):
        found = _DATE_PART.match(pattern, place)
        if found is None:
            raise CannotEvaluateError(f"TEXT with {pattern!r}")
        parts.append(found[0])
        place = found.end()
    return parts


def _spell_part(part: str, day: date) -> str:
    words = {
        "dddd": f"{day:%A}",
        "ddd": f"{day:%a}",
        "dd": f"{day.day:02}",
        "d": str(day.day),
        "mmmm": f"{day:%B}",
        "mmm": f"{day:%b}",
        "mm": f"{day.month:02}",
        "m": str(day.month),
        "yyyy": f"{day.year:04}",
        "yy": f"{day.year % 100:02}",
    }
    return words.get(part.lower()) or part.strip('"')


def _spell_number(number: float, pattern: re.Match[str]) -> str:
    """Halves are rounded away from zero, as spreadsheets round them."""
    from decimal import ROUND_HALF_UP, Decimal

    places = len(pattern[2] or "")
    exact = Decimal(repr(number)) * (100 if pattern[3] else 1)
    if exact.adjusted() > _MOST_DIGITS:  # beyond fifteen digits the programs differ
        raise CannotEvaluateError("TEXT of a number of more than fifteen digits")
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    words = f"{abs(rounded):,.{places}f}" if pattern[1] else f"{abs(rounded):.{places}f}"
    return f"{'-' if rounded < 0 else ''}{words}{pattern[3] or ''}"
