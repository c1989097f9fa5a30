"""What the reading found: problems, folded where one fault repeats, and what was changed since the issue."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.problems import Severity
from tracker.report.lines import natural
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.problems import Problem
    from tracker.reconcile.model import Change
    from tracker.report.lines import CaseRows

PLACES_SHOWN = 6
CASE, STATUS = "Case", "Status"


@dataclass(frozen=True, slots=True)
class FoldedProblem:
    """All problems of one kind in one case or file: `T310 in 12 cells: SIN!H5, SIN!H9, ...`."""

    case: str
    problems: tuple[Problem, ...]

    @property
    def first(self) -> Problem:
        """The first of them; it speaks for the rest."""
        return self.problems[0]

    @property
    def code(self) -> str:
        """What kind they are of."""
        return self.first.code

    @property
    def where(self) -> str:
        """The cells, the first few of them named."""
        places = [each.place for each in self.problems if each.place]
        if len(places) < len(("one", "another")):
            return "".join(places)
        more = ", ..." if len(places) > PLACES_SHOWN else ""
        return f"{quantity(len(places), 'cell')}: {', '.join(places[:PLACES_SHOWN])}{more}"


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """How many cells of a case differ from what was issued, by column; and those of them that somebody must know of.

    `cells` are those that held something else when issued, and sheet Case. What was filled in, and the state of a
    row, is told by the sections above.
    """

    case: str
    columns: tuple[tuple[str, int], ...]
    number: int
    cells: tuple[Change, ...]


def folded(problems: Iterable[Problem], case: str = "") -> list[FoldedProblem]:
    """Problems folded by kind and file."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for each in sorted(problems, key=lambda each: (natural(each.place), each.found)):
        groups.setdefault((each.severity, each.code, each.file), []).append(each)
    return [FoldedProblem(case, tuple(group)) for group in groups.values()]


def by_severity(problems: Iterable[FoldedProblem]) -> tuple[FoldedProblem, ...]:
    """The folded problems of many cases in one list, the gravest first."""
    grave = tuple(Severity).index
    return tuple(
        sorted(problems, key=lambda each: (grave(each.first.severity), each.code, each.case, each.first.file))
    )


def changes(case: CaseRows) -> CaseChanges | None:
    """What was changed in a case, or None."""
    found = case.state.changes
    if not found:
        return None
    cells = [
        replace(each, was=value_text(each.was), now=value_text(each.now)) for each in found if _is_shown(each)
    ]
    columns = Counter(each.column for each in found)
    return CaseChanges(
        case.reference,
        tuple(sorted(columns.items(), key=lambda each: (-each[1], each[0]))),
        len(found),
        tuple(sorted(cells, key=lambda cell: natural(cell.cell))),
    )


def _is_shown(change: Change) -> bool:
    sheet, _, _ = change.cell.partition("!")
    return sheet == CASE or (change.was is not None and change.column != STATUS)


def value_text(value: str | float | date | None) -> str:
    """A cell's value as people read it: 3.0 is 3, a date is spelt out, a blank is nothing."""
    if value is None:
        return ""
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
