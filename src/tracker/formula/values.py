"""The values of a spreadsheet cell, and how a spreadsheet compares, adds and spells them.

A value is a number (a date is its serial number: days since 30 December 1899), a text, a truth value,
None for a blank cell, an `Error`, or a list of these for a column of cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

Value = Any
"""float | int | str | bool | None | Error | list[Value]; open, since every use first asks which."""

_EPOCH = date(1899, 12, 30).toordinal()
LONGEST_NUMBER = 400
"""Signs of a text that may be read as a number."""
_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d{1,3})?\s*", re.ASCII)


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

LATEST_SERIAL = 2_958_465
"""31 December 9999, the last date a spreadsheet knows."""


def serial(day: date) -> int:
    """The serial number of a date: `serial(date(2026, 11, 9)) == 46335`."""
    return day.toordinal() - _EPOCH


def day_of(number: float) -> date:
    """The date of a serial number; the time of day is dropped."""
    return date.fromordinal(int(number) + _EPOCH)


LARGEST_EXACT = 2**53
"""Whole numbers beyond it are kept as spreadsheets keep all numbers: with fifteen digits."""


def bounded(number: Value) -> Value:
    """A number as a spreadsheet can hold it, so that no calculation grows without end; else an error."""
    if isinstance(number, int) and abs(number) <= LARGEST_EXACT:
        return number
    try:
        number = float(number)
    except OverflowError:
        return BAD_NUMBER
    return number if isfinite(number) else BAD_NUMBER


def is_number(value: Value) -> bool:
    """What ISNUMBER says: numbers and dates, not truth values and not text that looks like one."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


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
