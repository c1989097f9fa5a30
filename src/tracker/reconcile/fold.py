"""Repeats of one problem told once: `T314 in 12 cells: E5, E9, ...`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.problems import catalogue
from tracker.reconcile.places import place_key, split_place
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.problems import Problem

FOLD_FROM = 3
"""So many of one kind on one sheet are told as one."""
PLACES_NAMED = 12
"""Cells a folded problem names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class ProblemFold:
    """Problems of one code and one remedy on one sheet, in row order; often only one."""

    sheet: str
    problems: tuple[Problem, ...]

    @property
    def first(self) -> Problem:
        """The first of them, which speaks for all."""
        return self.problems[0]

    @property
    def where(self) -> str:
        """The cells without their sheet: `F5`, or `in 12 cells: E5, E9, ...`; IDs where there are no cells."""
        names = [place_name(each) for each in self.problems]
        if len(names) == 1:
            return names[0]
        noun = "cell" if all(split_place(each.place)[1] for each in self.problems) else "place"
        more = ", ..." if len(names) > PLACES_NAMED else ""
        return f"in {quantity(len(names), noun)}: {', '.join(names[:PLACES_NAMED])}{more}"

    @property
    def found(self) -> str:
        """What was found; the kind's title where it differs from cell to cell."""
        alike = len({each.found for each in self.problems}) == 1
        return self.first.found if alike else catalogue()[self.first.code].title

    @property
    def expected(self) -> str:
        """What was expected, where all of them expect the same."""
        return self.first.expected if len({each.expected for each in self.problems}) == 1 else ""


def place_name(problem: Problem) -> str:
    """A problem's cell without its sheet and with its ID: `F5 (SIN-3.4)`."""
    _, cell = split_place(problem.place)
    if cell and problem.id:
        return f"{cell} ({problem.id})"
    return cell or problem.id or problem.place or problem.file


def fold(problems: Iterable[Problem], sheets: Sequence[str]) -> list[ProblemFold]:
    """Problems grouped by sheet, in row order; from `FOLD_FROM` of one code and remedy on, as one."""
    ordered = sorted(problems, key=lambda each: place_key(each.place, sheets))
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for each in ordered:
        groups.setdefault((split_place(each.place)[0], each.code, each.remedy), []).append(each)
    folds = []
    for (sheet, _, _), found in groups.items():
        parts = [tuple(found)] if len(found) >= FOLD_FROM else [(each,) for each in found]
        folds += [ProblemFold(sheet, part) for part in parts]
    return sorted(folds, key=lambda each: place_key(each.first.place, sheets))
