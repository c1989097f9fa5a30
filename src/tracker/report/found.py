"""What the reading found: problems, folded where one fault repeats, and what was changed since the issue."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.problems import catalogue
from tracker.report.lines import natural
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.problems import Problem
    from tracker.reconcile.model import Change
    from tracker.report.lines import CaseRows

_RANK = {"error": 0, "warning": 1, "note": 2}
PLACES_SHOWN = 6
CASE, STATUS = "Case", "Status"


@dataclass(frozen=True, slots=True)
class FoundFault:
    """One place of a folded problem."""

    place: str
    id: str
    found: str
    remedy: str


@dataclass(frozen=True, slots=True)
class FoldedProblem:
    """All problems of one kind in one case or file: `T310 in 12 cells: SIN!H5, SIN!H9, ...`."""

    code: str
    severity: str
    title: str
    case: str
    file: str
    faults: tuple[FoundFault, ...]

    @property
    def first(self) -> FoundFault:
        """The first fault; it speaks for the rest."""
        return self.faults[0]

    @property
    def where(self) -> str:
        """The cells, the first few of them named."""
        places = [fault.place for fault in self.faults if fault.place]
        if len(places) < len(("one", "another")):
            return "".join(places)
        more = ", ..." if len(places) > PLACES_SHOWN else ""
        return f"{quantity(len(places), 'cell')}: {', '.join(places[:PLACES_SHOWN])}{more}"


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """One changed cell; `was` and `now` as people read them."""

    cell: str
    id: str
    column: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """How many cells of a case differ from what was issued, by column; and those of them that somebody must know of.

    `cells` are those that held something else when issued, and sheet Case. What was filled in, and the state of a
    row, is told by the sections above.
    """

    case: str
    anchor: str
    columns: tuple[tuple[str, int], ...]
    number: int
    cells: tuple[ChangedCell, ...]


def folded(problems: Iterable[Problem], case: str = "") -> tuple[FoldedProblem, ...]:
    """Problems folded by kind and file, the gravest first."""
    groups: dict[tuple[int, str, str], list[Problem]] = {}
    for each in problems:
        groups.setdefault((_RANK[each.severity], each.code, each.file), []).append(each)
    return tuple(_folded(groups[key], case) for key in sorted(groups))


def _folded(group: list[Problem], case: str) -> FoldedProblem:
    one = group[0]
    faults = sorted(
        (FoundFault(each.place, each.id, each.found, each.remedy) for each in group),
        key=lambda fault: (natural(fault.place), fault.found),
    )
    return FoldedProblem(
        one.code, str(one.severity), catalogue()[one.code].title, case, one.file, tuple(faults)
    )


def by_severity(problems: Iterable[FoldedProblem]) -> tuple[FoldedProblem, ...]:
    """The folded problems of many cases in one list: severity, code, case, file."""
    return tuple(sorted(problems, key=lambda each: (_RANK[each.severity], each.code, each.case, each.file)))


def changes(case: CaseRows) -> CaseChanges | None:
    """What was changed in a case, or None."""
    found = case.state.changes
    if not found:
        return None
    told = [each for each in found if _is_told(each)]
    cells = [
        ChangedCell(each.cell, each.id, each.column, value_text(each.was), value_text(each.now))
        for each in told
    ]
    columns = Counter(each.column for each in found)
    return CaseChanges(
        case.reference,
        case.anchor,
        tuple(sorted(columns.items(), key=lambda each: (-each[1], each[0]))),
        len(found),
        tuple(sorted(cells, key=lambda cell: natural(cell.cell))),
    )


def _is_told(change: Change) -> bool:
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
