"""T2xx: cell values."""

from __future__ import annotations

from tracker.problems import Kind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

KINDS: tuple[Kind, ...] = (
    Kind(
        "T201",
        _ERROR,
        "Not a date",
        found="{value} under {title}",
        expected="a date such as 9/11/2026",
        remedy="Type the date again, or clear the cell; words belong into a text column such as Progress.",
    ),
    Kind(
        "T202",
        _WARNING,
        "A date stored as text",
        found="{value} as text, read as {day}",
        expected="a date the spreadsheet knows as one",
        remedy="Type the date again, so that the formulas see it.",
    ),
    Kind(
        "T203",
        _ERROR,
        "An unknown word",
        found="{value} under {title}",
        expected="{words}",
        remedy="Choose one of the words from the list{suggestion}.",
    ),
    Kind(
        "T204",
        _NOTE,
        "A word in another spelling",
        found="{value}, read as {word}",
        expected="{word}",
        remedy="Choose {word} from the list when you next edit the row.",
    ),
    Kind(
        "T205",
        _WARNING,
        "A calculated cell was typed over",
        found="{value} where {title} is worked out",
        expected="the column's formula",
        remedy="Restore the formula with tracker regenerate{instead}.",
    ),
    Kind(
        "T206",
        _ERROR,
        "Not a whole number",
        found="{value} under {title}",
        expected="a whole number of days, weeks or months",
        remedy="Type a whole number, or clear the cell.",
    ),
    Kind(
        "T207",
        _ERROR,
        "A formula in a cell that is typed",
        found="a formula under {title}",
        expected="a typed value",
        remedy="Type the value itself in place of the formula.",
    ),
)
