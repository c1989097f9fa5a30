"""What stands above and below each printed page: the marking must not be missing there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.case.model import Case

_MOST = 90
"""Letters of the marking, and of the reference: Excel takes 255 in all and repairs a workbook that has more."""


@dataclass(frozen=True, slots=True)
class OnPaper:
    """The lines of a sheet, in the codes of the format: `&L` left, `&C` centre, `&R` right."""

    header: str
    footer: str


def on_paper(case: Case, sheet: str) -> OnPaper:
    """The lines a sheet of a case has."""
    marking, reference = (text[:_MOST].replace("&", "&&") for text in (case.marking, case.details.reference))
    return OnPaper(
        f"&L{marking}&C{reference}&R{sheet}",
        f"&L{marking}&CPrinted &D&RPage &P of &N",
    )


def without_blanks(line: str) -> str:
    """A line as LibreOffice saves it: sections with nothing in them are left out."""
    for empty, rest in (("&L&C", "&C"), ("&C&R", "&R")):
        line = line.replace(empty, rest)
    return line
