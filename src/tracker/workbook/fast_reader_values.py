"""What a number in a cell is: a number, or by the style of its cell a day, a time or a span of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from tracker.workbook.fast_reader_xml import MAIN, UnusualError, children, number_in, tree

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Mapping

_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,3})?")
BUILT_IN_DAYS = {*range(14, 23), 45, 46, 47}
BUILT_IN_SPANS = {46}
"""The formats that have a number and no code: days and times, spans of time."""

_LITERAL = re.compile(r'".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]')
"""In a format's code: what stands in quotes, and what stands in brackets but for hours, minutes and seconds."""
_DAY = re.compile(r"(?<![_\\])[dmhysDMHYS]")
_SPAN = re.compile(r"\[(?:hh?|mm?|ss?)\]", re.IGNORECASE)
_LONGEST_FORMAT = 2_000  # the size check lets no longer one pass
_FIRST_MARCH_1900 = 60
"""Excel's calendar has a 29 February 1900; days before it are one off."""


def is_day(code: str) -> bool:
    """Whether a format's code shows a number as a day or time."""
    if len(code) > _LONGEST_FORMAT:
        return False
    shown = code.split(";", maxsplit=1)[0]
    # A bracket that nothing closes is no literal; the pattern would look for its end from each of them.
    closed = shown.rfind("]") + 1
    return _DAY.search(_LITERAL.sub("", shown[:closed] + shown[closed:].replace("[", " "))) is not None


def is_span(code: str) -> bool:
    """Whether a format's code shows a number as a span of time."""
    return _SPAN.search(code.split(";", maxsplit=1)[0]) is not None


def number(raw: str) -> float:
    """A number as the format spells it, whole where it is.

    Raises:
        UnusualError: It is written otherwise.
    """
    found = _NUMBER.fullmatch(raw)
    if found is None:
        raise UnusualError("no plain number")
    return int(raw) if found.lastindex is None else float(raw)


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles cells refer to by number: which there are, which are days, which spans of time."""

    known: frozenset[str]
    days: frozenset[str]
    spans: frozenset[str]
    from_1904: bool

    def value(self, value: float, style: str) -> object:
        """A number as its cell shows it."""
        if style not in self.days:
            return value
        try:
            return shown_span(value) if style in self.spans else shown_day(value, from_1904=self.from_1904)
        except (OverflowError, ValueError):
            return "#VALUE!"  # what the library says of a day beyond the calendar


def shown_span(value: float) -> timedelta:
    """A span of days, to the millisecond."""
    span = timedelta(days=value)
    if not span.microseconds:
        return span
    return timedelta(seconds=span.total_seconds() // 1, microseconds=round(span.microseconds, -3))


def shown_day(value: float, *, from_1904: bool) -> datetime | time:
    """A day counted from 1900 or 1904, a time where it is less than one."""
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001  a sheet knows no zones
    whole, part = divmod(value, 1)
    of_day = timedelta(milliseconds=round(part * 86_400 * 1000))
    if 0 <= value < 1 and not of_day.days:
        return (datetime(1900, 1, 1) + of_day).time()  # noqa: DTZ001  a sheet knows no zones
    if not from_1904 and 0 < value < _FIRST_MARCH_1900:
        whole += 1
    return start + timedelta(days=whole) + of_day


def read_styles(part: bytes, *, from_1904: bool) -> Styles:
    """The styles of cells from the part that holds them.

    Raises:
        UnusualError: It is written otherwise than programs write it.
    """
    root = tree(part, f"{{{MAIN}}}styleSheet")
    codes = _codes(root)
    lists = children(root, MAIN, "cellXfs")
    if len(lists) != 1:
        raise UnusualError("not one list of styles")
    styles = children(lists[0], MAIN, "xf")
    if not styles or len(styles) != len(lists[0]):
        raise UnusualError("no styles, or something between them")
    days, spans = set(), set()
    for place, style in enumerate(styles):
        kind = number_in(style, "numFmtId")
        code = codes.get(kind)
        if kind in BUILT_IN_DAYS if code is None else is_day(code):
            days.add(str(place))
        if kind in BUILT_IN_SPANS if code is None else is_span(code):
            spans.add(str(place))
    return Styles(frozenset(map(str, range(len(styles)))), frozenset(days), frozenset(spans), from_1904)


def _codes(root: ET.Element) -> Mapping[int, str]:
    """The formats a file brings, by their numbers."""
    lists = children(root, MAIN, "numFmts")
    if len(lists) > 1:
        raise UnusualError("two lists of formats")
    found = {}
    for each in children(lists[0], MAIN, "numFmt") if lists else ():
        code = each.get("formatCode")
        if each.get("numFmtId") is None or code is None:
            raise UnusualError("a format without a number or code")
        found[number_in(each, "numFmtId")] = code
    return found
