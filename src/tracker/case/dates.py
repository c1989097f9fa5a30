"""Dates as people in the United Kingdom type them."""

from __future__ import annotations

import re
from datetime import date

from tracker.text import clean_text

FIRST_YEAR, LAST_YEAR = 2000, 2100

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})")
_SPELT = re.compile(
    r"(?:([a-z]{3,9})\.?,? )?([0-9]{1,2})(?:st|nd|rd|th)?[- ](?:of )?([a-z]{3,9})\.?,?[- ]([0-9]{4})"
)


def parse_day(text: str) -> date | None:
    """The date a person typed, or None: year first, or day first; the month may be a word.

    A weekday that does not fit makes it no date, and so do two digits for the year: a date is never guessed.

    >>> parse_day("2/11/2026") == parse_day("2026-11-02") == parse_day("Mon 2 Nov 2026")
    True
    """
    typed = clean_text(text).casefold()
    if found := _YEAR_FIRST.fullmatch(typed):
        return _day(found[1], found[3], found[4])
    if found := _DAY_FIRST.fullmatch(typed):
        return _day(found[4], found[3], found[1])
    if found := _SPELT.fullmatch(typed):
        return _with_month_name(found[1] or "", found[2], found[3], found[4])
    return None


_SHORT_YEAR = re.compile(r"(?<=[-/. ])[0-9]{2}$")


def parse_answer(text: str) -> date | None:
    """The date of an answer, which is shown back in words: here alone the year may have two digits, day first.

    >>> parse_answer("2/3/27") == parse_answer("2 March 27") == parse_day("2/3/2027")
    True
    """
    return parse_day(text) or parse_day(_SHORT_YEAR.sub(r"20\g<0>", clean_text(text)))


def month_first(text: str) -> date | None:
    """What `2/11/2026` would be in the American order, where that is another date; None otherwise."""
    found = _DAY_FIRST.fullmatch(clean_text(text))
    if not found or found[1] == found[3]:
        return None
    return _day(found[4], found[1], found[3])


def in_range(day: date) -> bool:
    """Whether a date can belong to a case: another year is a slip of the finger."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _with_month_name(weekday: str, day: str, month: str, year: str) -> date | None:
    number = _month(month)
    found = _day(year, str(number), day) if number else None
    if found and weekday and not _WEEKDAYS[found.weekday()].startswith(weekday):
        return None
    return found


def _month(word: str) -> int:
    """The number of a month's name: in full, three letters, or `sept`; 0 for any other word."""
    short = "sep" if word == "sept" else word
    return next((number for number, name in enumerate(_MONTHS, 1) if short in (name, name[:3])), 0)
