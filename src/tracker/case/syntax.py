"""The text of a case description as TOML tables; what is wrong with the TOML, in plain words."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from tracker.case.dates import parse_day
from tracker.paths import LARGEST_TOML, hint, open_regular
from tracker.problems import Problem, codes, problem
from tracker.text import refusal
from tracker.toml_reader import EndlessKeyError, parse_toml, undecodable_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ZIP = b"PK\x03\x04"
"""How every workbook begins."""

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_ODD_DATE = re.compile(r"=\s*([0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ][0-9]{1,4})\s*(?:#.*)?$")

_RULE = "a line such as: aware = 2026-11-02"
_CLOSING = (
    "text without its closing quotation mark",
    "text between two quotation marks",
    "Add the closing quotation mark.",
)
_CHARACTER = (
    "a character that cannot stand here, such as a control character",
    "plain text",
    "Type the line afresh.",
)
_PLAIN: Mapping[str, tuple[str, str, str]] = {
    "Expected '=' after a key": (
        'a name that is not followed by "="',
        'a name, "=" and a value; a comment begins with #',
        'Add the "="; put quotation marks around a name with blanks, and # before a comment.',
    ),
    "Invalid value": (
        "a value that cannot be read",
        "text in quotation marks, a date such as 2026-11-02, true, false, or a list in [ ]",
        "Put quotation marks around text, or remove the line.",
    ),
    "Invalid date": (
        "a date that does not exist",
        "a day of the calendar, year-month-day",
        "Correct the day or the month.",
    ),
    "Cannot overwrite": (
        "a name that is given twice",
        "each name once in its section",
        "Remove one of the two.",
    ),
    "Cannot declare": ("a section that is given twice", "each section once", "Join the two sections."),
    "Cannot mutate": ("a section that is given in two ways", "each section once", "Join the two."),
    "Illegal character '\\n'": _CLOSING,
    "Unterminated string": _CLOSING,
    "Invalid statement": (
        "a line that begins with none of a name, [ and #",
        _RULE,
        "Put quotation marks around a name with unusual letters, and # before a comment.",
    ),
    "Found invalid character": _CHARACTER,
    "Illegal character": _CHARACTER,
    "Unescaped '\\' in a string": (
        "a backslash in text",
        "a backslash written twice",
        "Write \\\\ for each backslash.",
    ),
    "Expected newline": (
        "more than one value on a line",
        'one value on a line, a quotation mark within text as \\"',
        "Put the second on a line of its own, or quotation marks around the whole text.",
    ),
    "Expected ']": (
        'a section or a list without its closing "]"',
        "a section such as [case] or [[children]]",
        'Add the "]".',
    ),
    "Unclosed array": ('a list without its closing "]"', "a list such as [2026-12-29]", 'Add the "]".'),
}
"""How a message of the TOML reader begins -> the fault, what is expected and what to do, in plain words."""


def read_text(path: Path) -> str | Problem:
    """The file's text, or why it could not be read."""
    file = str(path)
    try:
        with open_regular(path) as stream:
            data = stream.read(LARGEST_TOML + 1)
    except FileNotFoundError:
        return problem(codes.DESCRIPTION_NOT_FOUND, file=file, hint=hint(path))
    except IsADirectoryError:
        return problem(codes.FOLDER_NOT_DESCRIPTION, file=file)
    except OSError as error:
        # Opening a folder is "permission denied" on Windows.
        if os.path.isdir(path):  # noqa: PTH112  says no where the path is too long to ask
            return problem(codes.FOLDER_NOT_DESCRIPTION, file=file)
        return problem(codes.DESCRIPTION_UNREADABLE, file=file, reason=refusal(error))
    return decoded(data, file)


def decoded(data: bytes, file: str) -> str | Problem:
    """The text of a description's bytes, or why they are none."""
    if len(data) > LARGEST_TOML:
        return problem(codes.DESCRIPTION_TOO_LARGE, file=file, limit="1 MB")
    if data.startswith(_ZIP):
        return problem(codes.WORKBOOK_NOT_DESCRIPTION, file=file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return problem(codes.DESCRIPTION_NOT_UTF8, file=file, place=f"line {undecodable_line(data, error)}")


def tables_of(text: str, *, file: str = "") -> dict[str, Any] | Problem:
    """The description as tables, or the first fault of its TOML."""
    text = text.removeprefix("\ufeff")
    try:
        return parse_toml(text)
    except EndlessKeyError:
        return _fault(file, "", "a line with hundreds of dots", _RULE, "Remove the line.")
    except RecursionError:
        return _fault(file, "", "lists within lists, too deep to read", _RULE, "Remove the brackets.")
    except ValueError as error:
        # A TOMLDecodeError, or Python's own refusal of a number with thousands of digits.
        return _in_plain_words(str(error), text, file)


def _in_plain_words(message: str, text: str, file: str) -> Problem:
    lines = text.splitlines() or [""]
    position = _POSITION.search(message)
    number = int(position[1]) if position and position[1] else len(lines)
    place = f"line {number}" if position else ""
    line = lines[min(number, len(lines)) - 1]
    if (odd := _ODD_DATE.search(line)) and (day := parse_day(odd[1])) and str(day) != odd[1]:
        rule = "a date as year-month-day, with two digits for month and day"
        return _fault(file, place, f"a date written as {odd[1]}", rule, f"Write it as {day}.")
    for start, words in _PLAIN.items():
        if message.startswith(start):
            return _fault(file, place, *words)
    return _fault(file, place, "something that is not TOML", _RULE, "Correct the line, or put # before it.")


def _fault(file: str, place: str, fault: str, rule: str, mend: str) -> Problem:
    return problem(codes.DESCRIPTION_NOT_TOML, file=file, place=place, fault=fault, rule=rule, mend=mend)
