"""The values of a spreadsheet cell, and how a spreadsheet compares, adds and spells them.

A value is a number (a date is its serial number: days since 30 December 1899), a text, a truth value,
None for a blank cell, an `Error`, or a list of these for a column of cells.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Value = Any  # float | int | str | bool | None | Error | list[Value]; open, since every use first tests which

_EPOCH = date(1899, 12, 30).toordinal()
SHIFT_1904 = 1_462  # days between the two days that spreadsheets count from
LONGEST_NUMBER = 400  # signs of a text that may be read as a number
LONGEST_PATTERN = 255  # signs of a criterion; Excel refuses longer ones
LONGEST_FORMAT = 255  # signs of a pattern of TEXT
_MOST_DIGITS = 15
_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d{1,3})?\s*", re.ASCII)
_ANY, _ONE = 1, 2  # as numbers among letters, so that a star meant for itself stays a letter
_DATE_PART = re.compile(r'd{1,4}|m{1,4}|yyyy|yy|"[^"]*"|[ ./,-]', re.IGNORECASE)
_NUMBER_FORMAT = re.compile(r"(#,##)?0(?:\.(0{1,15}))?(%)?")


@dataclass(frozen=True, slots=True)
class Error:
    """An error value such as `#N/A`: an ordinary value that spreads."""

    code: str


class CannotEvaluateError(Exception):
    """A formula beyond what is calculated here: an ordinary finding in a person's, a bug in ours."""


NOT_FOUND = Error("#N/A")
BAD_VALUE = Error("#VALUE!")
BAD_NUMBER = Error("#NUM!")
BAD_REFERENCE = Error("#REF!")
BAD_NAME = Error("#NAME?")
DIVIDED_BY_ZERO = Error("#DIV/0!")

LATEST_SERIAL = 2_958_465  # 31 December 9999, the last date of a spreadsheet
LARGEST_EXACT = 2**53  # larger whole numbers are kept as spreadsheets keep all numbers: with fifteen digits


def serial(day: date) -> int:
    """The serial number of a date: `serial(date(2026, 11, 9)) == 46335`."""
    return day.toordinal() - _EPOCH


def day_of(number: float) -> date:
    """The date of a serial number; the time of day is dropped."""
    return date.fromordinal(int(number) + _EPOCH)


def bounded(number: Value) -> Value:
    """A number as a spreadsheet can hold it, so that no calculation grows without end; else an error."""
    if isinstance(number, int) and abs(number) <= LARGEST_EXACT:
        return number
    try:
        number = float(number)
    except OverflowError:
        return BAD_NUMBER
    return number if isfinite(number) else BAD_NUMBER


_NUMBERS = frozenset((int, float))


def is_number(value: Value) -> bool:
    """The result of ISNUMBER: true for numbers and dates, not for truth values and not for text that looks like one."""
    return type(value) in _NUMBERS


def as_number(value: Value) -> Value:
    """The number a value stands for in a sum, or an error."""
    if value is None:
        return 0
    if isinstance(value, (bool, int, float)):
        return bounded(value + 0)
    if isinstance(value, Error):
        return value
    if isinstance(value, list):
        raise CannotEvaluateError("a column where one value belongs")
    if len(value) > LONGEST_NUMBER or not _NUMBER.fullmatch(value):
        return BAD_VALUE
    return bounded(float(value))


def as_text(value: Value) -> Value:
    """The text a value becomes when it is joined with `&`."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list):
        raise CannotEvaluateError("a column where one text belongs")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) <= LARGEST_EXACT
        return str(int(value)) if whole else f"{value:.15g}"
    return str(value) if isinstance(value, int) else value


def as_truth(value: Value) -> Value:
    """The truth value a condition has, or an error."""
    if value is True or value is False:  # nearly every condition is a comparison
        return value
    if value is None:
        return False
    if isinstance(value, (int, float)):
        return bool(value)
    if isinstance(value, Error):
        return value
    if isinstance(value, list):
        raise CannotEvaluateError("a column where one condition belongs")
    return {"TRUE": True, "FALSE": False}.get(value.upper(), BAD_VALUE)


def order_key(value: Value, other: Value) -> tuple[int, Any]:
    """A key by which spreadsheets order values: numbers before texts before truth values.

    A blank takes the kind of what it is compared with.
    """
    if value is None:
        value = "" if isinstance(other, str) else (False if isinstance(other, bool) else 0)
    if isinstance(value, bool):
        return (2, value)
    if isinstance(value, str):
        return (1, value.casefold())
    return (0, value)


# Texts with wildcards. A text of a file may hold any number of stars, so nothing here goes back further than to the
# last of them: the work is at most the product of the two lengths, and for nearly every pattern their sum.


def matching_steps(parts: tuple[str | int, ...], text: str) -> tuple[bool, int]:
    """Whether a folded text matches the parts, and how many signs were compared to find out."""
    at = place = steps = 0
    star = resume = -1
    while place < len(text):
        steps += 1
        part = parts[at] if at < len(parts) else None
        if part == _ANY:
            if at == len(parts) - 1:
                return True, steps
            star, resume = at, place
            at += 1
        elif part == _ONE or part == text[place]:
            at, place = at + 1, place + 1
        elif star < 0:
            return False, steps
        else:  # what the last star stands for is one sign longer; earlier stars never need to change
            resume += 1
            at, place = star + 1, resume
    return all(part == _ANY for part in parts[at:]), steps


@lru_cache(maxsize=1024)
def wildcard_parts(text: str) -> tuple[str | int, ...]:
    """The folded letters of a text and its wildcards: `*` stands for any signs, `?` for one.

    A tilde takes the next sign for itself: "a~b" looks for "ab", "end~" for "end~".
    """
    parts: list[str | int] = []
    signs = iter(text)
    for sign in signs:
        if sign == "~":
            parts += next(signs, "~").casefold()
        elif sign == "*":
            if parts[-1:] != [_ANY]:
                parts.append(_ANY)
        elif sign == "?":
            parts.append(_ONE)
        else:
            parts += sign.casefold()
    return tuple(parts)


def is_like(wanted: str) -> Callable[[str], bool]:
    """Whether a text matches one with wildcards, without regard to case."""
    parts = wildcard_parts(wanted)
    if _ANY not in parts and _ONE not in parts:
        word = "".join(map(str, parts))
        return lambda text: text.casefold() == word
    return lambda text: matching_steps(parts, text.casefold())[0]


_ORDERS: dict[str, Callable[[Value, Value], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def criterion(wanted: Value) -> Callable[[Value], bool]:
    """The criterion of COUNTIF: equal to a value, to a text with wildcards, `<>` a text, or `>` a number."""
    if isinstance(wanted, str):
        return _text_criterion(wanted)
    if isinstance(wanted, (bool, Error)):
        return lambda value: type(value) is type(wanted) and value == wanted
    number = 0 if wanted is None else wanted
    return lambda value: is_number(value) and value == number


def _text_criterion(wanted: str) -> Callable[[Value], bool]:
    if wanted.startswith("<>"):
        if wanted == "<>":
            return lambda value: value is not None
        unequal = _text_criterion(wanted[2:])
        return lambda value: not unequal(value)
    sign = next((sign for sign in _ORDERS if wanted.startswith(sign)), "")
    number = as_number(wanted.removeprefix(sign) if sign else wanted.removeprefix("="))
    if sign:
        order = _ORDERS[sign]
        if not isinstance(number, Error):
            return lambda value: is_number(value) and order(value, number)
        folded = wanted.removeprefix(sign).casefold()
        return lambda value: isinstance(value, str) and order(value.casefold(), folded)
    if not wanted:
        return lambda value: value is None or value == ""
    if wanted == "=":
        return lambda value: value is None
    wanted = wanted.removeprefix("=")
    if len(wanted) > LONGEST_PATTERN:
        return lambda _value: False
    like = is_like(wanted)
    return lambda value: like(value) if isinstance(value, str) else is_number(value) and value == number


def format_value(value: Value, pattern: str) -> Value:
    """What TEXT answers, for the patterns of dates and numbers people write in a tracker.

    Raises `CannotEvaluateError` on others: times, colours and conditions are for the spreadsheet program.
    """
    number = as_number(value)
    if isinstance(value, str) and isinstance(number, Error):
        return value
    if len(pattern) > LONGEST_FORMAT:
        return BAD_VALUE
    if not pattern:
        return ""
    plain = _NUMBER_FORMAT.fullmatch(pattern)
    if plain:
        return _format_number(number, plain)
    parts, place = [], 0
    while place < len(pattern):
        found = _DATE_PART.match(pattern, place)
        if found is None:
            raise CannotEvaluateError(f"TEXT with {pattern!r}")
        parts.append(found[0])
        place = found.end()
    if not 0 <= number <= LATEST_SERIAL:
        return BAD_VALUE
    day = day_of(number)
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
    return "".join(words.get(part.lower()) or part.strip('"') for part in parts)


def _format_number(number: float, pattern: re.Match[str]) -> str:
    """Halves are rounded away from zero, as spreadsheets round them."""
    from decimal import ROUND_HALF_UP, Decimal

    places = len(pattern[2] or "")
    exact = Decimal(repr(number)) * (100 if pattern[3] else 1)
    if exact.adjusted() > _MOST_DIGITS:  # beyond fifteen digits the programs differ
        raise CannotEvaluateError("TEXT of a number of more than fifteen digits")
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    words = f"{abs(rounded):,.{places}f}" if pattern[1] else f"{abs(rounded):.{places}f}"
    return f"{'-' if rounded < 0 else ''}{words}{pattern[3] or ''}"
