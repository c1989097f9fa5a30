"""Problems as text for the terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tracker.problems import SEVERITIES
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.problems import Problem


def problem_text(problem: Problem) -> str:
    """One problem: where and what on the first line, the remedy on its own.

    >>> print(problem_text(problem("T101", file="case.xlsx")))
    error T101 case.xlsx: no file of this name (expected: an .xlsx workbook made by tracker generate)
        Check the path and the spelling of the file name.
    """
    where = ", ".join(part for part in (problem.file, problem.place, problem.id) if part)
    head = f"{problem.severity} {problem.code}{where and f' {where}'}"
    expected = f" (expected: {problem.expected})" if problem.expected else ""
    return f"{head}: {problem.found}{expected}\n    {problem.remedy}"


def problems_text(problems: Sequence[Problem]) -> str:
    """All problems, then how many of each severity."""
    count = tally(problems)
    return "\n".join([*map(problem_text, problems), *([f"{count}."] if count else [])])


def tally(problems: Iterable[Problem]) -> str:
    """`1 error, 3 warnings`; empty where there is nothing."""
    counts = Counter(each.severity for each in problems)
    return ", ".join(quantity(counts[severity], severity) for severity in SEVERITIES if counts[severity])
