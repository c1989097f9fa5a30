"""What a typed cell means: dates, numbers, words of a list. Every doubt is a problem, nothing is guessed."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

from tracker.formula.values import day_of, is_number
from tracker.problems import Problem, codes, problem
from tracker.resources import templates
from tracker.text import (
    as_found,
    clean_text,
    did_you_mean,
    in_range,
    listed,
    month_first,
    parse_day,
    same_word,
    short_date,
    tidy_text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import CellValue

_HUGE = 1e6  # a count of days, weeks or months is far smaller
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_415  # the years 2000 to 2100


@dataclass(frozen=True, slots=True)
class CellPlace:
    """Where a typed cell stands: its address, its row's ID, and what day numbers count from in this file."""

    place: str
    row_id: str = ""
    epoch_shift: int = 0  # 1,462 in a workbook of the 1904 date system

    def problem(self, code: str, **facts: Any) -> Problem:
        """A problem at this cell."""
        return problem(code, place=self.place, id=self.row_id, **facts)


@cache
def aliases(title: str) -> Mapping[str, str]:
    """What people type into a list's cells, and the list's own word for it."""
    words = tomllib.loads((templates() / "workbook" / "words.toml").read_text("utf-8"))
    return {
        clean_text(alias).casefold(): word for word, each in words.get(title, {}).items() for alias in each
    }


def typed_date(value: object, title: str, spot: CellPlace) -> tuple[CellValue, list[Problem]]:
    """A cell that should hold a date. Text that is no date stays text: it was typed and must not be lost."""
    if isinstance(value, date) and not in_range(value):
        shown = f"{value.day}/{value.month}/{value.year}"
        return shown, [spot.problem(codes.NOT_A_DATE, value=as_found(shown), title=title)]
    if isinstance(value, datetime):
        day = value.date()
        timed = value.time() != time()
        return day, [
            spot.problem(codes.DATE_WITH_TIME, value=f"{value:%d/%m/%Y %H:%M}", day=short_date(day))
        ] if timed else []
    if isinstance(value, date) or value is None:
        return value, []
    if isinstance(value, (int, float)) and is_number(value):  # without a date's format: a day number
        serial, shown = value + spot.epoch_shift, f"{float(value):.10g}"
        if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
            return shown, [spot.problem(codes.NOT_A_DATE, value=as_found(shown), title=title)]
        day = day_of(serial)
        return day, [spot.problem(codes.NUMBER_NOT_DATE, value=shown, day=short_date(day))]
    text = value.isoformat() if isinstance(value, time) else str(value)
    if not clean_text(text):
        return None, []
    words, shown = _without_time(text), as_found(text)
    if short := _SHORT_YEAR.fullmatch(words):
        words = f"{short[1]}20{short[3]}"  # every case lies in this century
    day_first, us_order = parse_day(words), month_first(words)
    if day_first is None or not in_range(day_first):
        return text, [spot.problem(codes.NOT_A_DATE, value=shown, title=title)]
    if us_order is not None:
        readings = {"day": short_date(day_first), "other_day": short_date(us_order)}
        return text, [spot.problem(codes.AMBIGUOUS_DATE, value=shown, **readings)]
    return day_first, [spot.problem(codes.DATE_AS_TEXT, value=shown, day=short_date(day_first))]


_TIME = re.compile(
    r"(?<=\d{4})(?:T|,? (?:at )?)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?(?: ?[ap]m|Z)?$", re.IGNORECASE
)
_ISO_TIME = re.compile(r"(?<=-\d\d)(?:T| )\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$", re.IGNORECASE)
_AROUND = re.compile(r"(?<=\d) *([-/.]) *(?=\d)")
_SHORT_YEAR = re.compile(
    r"(\d{1,2}([-/. ])\d{1,2}\2|(?:[a-z]{3,9}\.?,? )?\d{1,2}(?:st|nd|rd|th)?[- ](?:of )?[a-z]{3,9}\.?,?[- ])(\d{2})",
    re.IGNORECASE,
)


def _without_time(text: str) -> str:
    """The day alone of a text such as `13/11/2026 14:30`; dashes as hyphens, no blanks around what separates."""
    typed = clean_text(text).replace("\u2013", "-").replace("\u2014", "-")
    return _AROUND.sub(r"\1", _ISO_TIME.sub("", _TIME.sub("", typed)))


def typed_number(value: object, title: str, spot: CellPlace) -> tuple[CellValue, list[Problem]]:
    """A cell that should hold a whole number."""
    if isinstance(value, str):
        text = clean_text(value)
        if not text:
            return None, []
        try:
            value = float(text)
        except ValueError:
            return value, [spot.problem(codes.NOT_A_WHOLE_NUMBER, value=as_found(value), title=title)]
    if value is None:
        return None, []
    if isinstance(value, (int, float)) and is_number(value) and abs(value) < _HUGE and value == int(value):
        return int(value), []
    typed = typed_text(value)  # a date stays none of our counts: its day number would be one
    return str(typed), [spot.problem(codes.NOT_A_WHOLE_NUMBER, value=as_found(typed), title=title)]


def typed_word(value: object, column: SheetColumn, spot: CellPlace) -> tuple[CellValue, list[Problem]]:
    """A cell with a list of words: the list's own spelling, or a problem with the nearest word."""
    text = clean_text(str(value)) if value is not None else ""
    if not text:
        return None, []
    if not column.words or not column.strict:  # the words stand in cells, where formulas look for this one
        name = tidy_text(str(value))  # a curly apostrophe belongs to it: formulas look for the very name
        return name, [_spelling_problem(value, name, spot)] if name != str(value).strip() else []
    if value in column.words:
        return str(value), []
    word = next((each for each in column.words if same_word(each, text)), "")
    word = word or aliases(column.known_as or column.title).get(text.casefold(), "")
    if word not in column.words:
        near = did_you_mean(text, column.words)
        words = listed(column.words, "or")
        return str(value), [
            spot.problem(
                codes.UNKNOWN_WORD, value=as_found(text), title=column.title, words=words, suggestion=near
            )
        ]
    return word, [_spelling_problem(value, word, spot)]


def _spelling_problem(value: object, word: str, spot: CellPlace) -> Problem:
    return spot.problem(codes.WORD_SPELLING, value=shown_as(value, word), word=word)


def shown_as(value: object, word: str) -> str:
    """What stands in place of a word of ours; a difference that does not show in print is put into words."""
    unseen = " with blanks or marks that do not show" if clean_text(str(value)) == word else ""
    return f"{as_found(value)}{unseen}"


def typed_text(value: object) -> CellValue:
    """Free text as it was typed, but for surrounding blanks."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, (date, bool)):
        return str(value) if isinstance(value, bool) else value
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() else str(value)
    text = str(value)
    bare = text.strip()
    if bare.isascii():
        return bare or None
    return bare if clean_text(text) else None


def interpret(value: object, column: SheetColumn, spot: CellPlace) -> tuple[CellValue, list[Problem]]:
    """A typed cell by its column's kind."""
    if value is None:
        return None, []
    if column.kind == "date":
        return typed_date(value, column.title, spot)
    if column.kind == "number":
        return typed_number(value, column.title, spot)
    if column.kind == "list":
        return typed_word(value, column, spot)
    return typed_text(value), []
