"""What templates call: ordinary functions that turn a value into words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker import text
from tracker.report.figures import counted
from tracker.report.lines import file_name, rag_rank, slug

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from markupsafe import Markup

_DATE = re.compile(r"\b[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4}\b")
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~&])")
_LINE_BREAKS = re.compile(r"(?<!\s)\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]\s*|\t")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_AT_START = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+=:])")
# Right-to-left letters, and the characters that turn the direction of what follows.
_DIRECTED = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]")
_ISOLATE, _END = "\u2068", "\u2069"


def short_date(day: date | None) -> str:
    """`Mon 9 Nov 2026`, or nothing."""
    return text.short_date(day) if day else ""


def iso_date(day: date | None) -> str:
    """`2026-11-09`, or nothing: for machines and for sorting."""
    return day.isoformat() if day else ""


def working_days(count: int | None) -> str:
    """`1 working day`, `3 working days`, or nothing."""
    return "" if count is None else text.quantity(count, "working day")


def markdown(value: object) -> str:
    r"""Text that stays what it is inside a Markdown line or table cell.

    >>> markdown("| a | <b>\n_c_")
    '\\| a \\| \\<b\\> \\_c\\_'
    """
    line = _LINE_BREAKS.sub(" ", str(value))
    escaped = _AT_START.sub(r"\1\\\2\3", _MARKUP.sub(r"\\\1", line))
    # What turns direction must not turn the words beside it.
    return f"{_ISOLATE}{escaped}{_END}" if _DIRECTED.search(line) else escaped


def plain(value: object) -> str:
    """Text on one line of a plain message, as it was typed but for what would break or turn the line."""
    line = _CONTROLS.sub("", _LINE_BREAKS.sub(" ", str(value)))
    return f"{_ISOLATE}{line}{_END}" if _DIRECTED.search(line) else line


def inline(value: object) -> Markup:
    """Text inside a Markdown line that has begun, where a colon or a dash means nothing."""
    from markupsafe import Markup

    marked = f"x{value}"
    return Markup(markdown(marked).replace("x", "", 1))  # noqa: S704  escaped on this line


def whole_dates(value: str) -> str:
    """Text in which no line breaks inside a date: its blanks are those that stay together."""
    return _DATE.sub(lambda found: found[0].replace(" ", "\xa0"), value)


def css_string(value: str) -> str:
    """Text between quotes in a style sheet: whatever could end the string or the sheet is written as a number."""
    return "".join(each if each.isascii() and each.isalnum() else f"\\{ord(each):x} " for each in value)


FILTERS: Mapping[str, Callable[..., object]] = {
    "short_date": short_date,
    "iso_date": iso_date,
    "working_days": working_days,
    "quantity": text.quantity,
    "listed": text.listed,
    "file_name": file_name,
    "slug": slug,
    "rag_rank": rag_rank,
    "counted": counted,
    "inline": inline,
    "whole_dates": whole_dates,
}
