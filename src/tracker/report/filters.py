"""What templates call: ordinary functions that turn a value into words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker import text
from tracker.report.figures import counted
from tracker.report.lines import rag_rank, slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from markupsafe import Markup

_DATE = re.compile(r"\b[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4}\b")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def short_date(day: date | None) -> str:
    """`Mon 9 Nov 2026`, or nothing."""
    return text.short_date(day) if day else ""


def iso_date(day: date | None) -> str:
    """`2026-11-09`, or nothing: for machines and for sorting."""
    return day.isoformat() if day else ""


def working_days(count: int | None) -> str:
    """`1 working day`, `3 working days`, or nothing."""
    return "" if count is None else text.quantity(count, "working day")


def quantity(count: int, noun: str, plural: str = "") -> str:
    """`1 row`, `3 rows`."""
    return text.quantity(count, noun, plural)


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    return text.listed(words)


def file_name(path: str) -> str:
    """The last part of a path, whichever way its slashes lean."""
    return re.split(r"[/\\]", path)[-1]


def markdown(value: object) -> str:
    """Text that stays what it is inside a Markdown line or table cell."""
    return text.escape_markdown(str(value))


def plain(value: object) -> str:
    """Text on one line of a plain message, as it was typed but for what would break or turn the line."""
    return text.isolate_direction(_CONTROLS.sub("", text.one_line(str(value))))


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
    "quantity": quantity,
    "listed": listed,
    "file_name": file_name,
    "slug": slug,
    "rag_rank": rag_rank,
    "counted": counted,
    "inline": inline,
    "whole_dates": whole_dates,
}
