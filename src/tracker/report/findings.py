"""What the reading found in the workbooks, and what was changed in them: folded where one fault repeats."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.problems import SEVERITIES, catalogue
from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Collapsible,
    Heading,
    ReportCell,
    free,
    name,
    small,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.lines import file_name, natural
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.problems import Problem
    from tracker.reconcile.model import Change
    from tracker.report.frame import ClosedCase
    from tracker.report.lines import CaseRows

_PLACES_SHOWN = 6
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
        if len(places) <= 1:
            return "".join(places)
        more = ", ..." if len(places) > _PLACES_SHOWN else ""
        return f"{quantity(len(places), 'cell')}: {', '.join(places[:_PLACES_SHOWN])}{more}"


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """How many cells of a case differ from what was issued, by column; and those of them that somebody must know of.

    `cells` are those that held something else when issued, and sheet Case. What was filled in, and the state of a
    row, stands in the sections above.
    """

    case: str
    columns: tuple[tuple[str, int], ...]
    number: int
    cells: tuple[Change, ...]


def folded_problems(problems: Iterable[Problem], cases: Iterable[CaseRows]) -> tuple[FoldedProblem, ...]:
    """What was found in the workbooks that were read, the gravest first; files left out stand at the top instead."""
    milder = [each for each in problems if each.severity != "error"]
    found = [*_folded(milder, "")]
    for case in cases:
        found += _folded(case.state.problems, case.reference)
    grave = SEVERITIES.index
    return tuple(
        sorted(found, key=lambda each: (grave(each.first.severity), each.code, each.case, each.first.file))
    )


def _folded(problems: Iterable[Problem], case: str) -> list[FoldedProblem]:
    """Problems folded by kind and file."""
    groups: defaultdict[tuple[str, str, str], list[Problem]] = defaultdict(list)
    for each in sorted(problems, key=lambda each: (natural(each.place), each.found)):
        groups[each.severity, each.code, each.file].append(each)
    return [FoldedProblem(case, tuple(group)) for group in groups.values()]


def changes_of(case: CaseRows) -> CaseChanges | None:
    """What was changed in a case, or None."""
    found = case.state.changes
    if not found:
        return None
    cells = [
        replace(each, was=value_text(each.was), now=value_text(each.now))
        for each in sorted(found, key=lambda each: natural(each.cell))
        if each.cell.startswith(f"{CASE}!") or (each.was is not None and each.column != STATUS)
    ]
    columns = Counter(each.column for each in found)
    in_order = tuple(sorted(columns.items(), key=lambda each: (-each[1], each[0])))
    return CaseChanges(case.reference, in_order, len(found), tuple(cells))


def value_text(value: str | float | date | None) -> str:
    """A cell's value as people read it: 3.0 is 3, a date is written out, a blank is nothing."""
    if value is None:
        return ""
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# On the page


def change_blocks(changes: Sequence[CaseChanges]) -> tuple[Block, ...]:
    """The cells somebody must know of, case by case; of the other cases how many cells were filled in, by column."""
    columns: list[parts.Column[Change]] = [
        ("Cell", "cell", lambda each: text_cell(words(each.cell))),
        ("ID", "id", lambda each: text_cell(name(each.id))),
        ("Column", "why", lambda each: text_cell(words(each.column))),
        ("Was", "text", lambda each: text_cell(free(str(each.was)))),
        ("Now", "text", lambda each: text_cell(free(str(each.now)))),
    ]
    shown, filled = [], []
    for each in changes:
        by_column = ", ".join(f"{column} {number}" for column, number in each.columns)
        title = (name(each.case), words(f": {quantity(each.number, 'cell')} "), small(by_column))
        if each.cells:
            caption = (
                f"Cells of {each.case} that held something else when issued, and what was typed on sheet Case"
            )
            shown.append(Collapsible(title, (parts.table(caption, each.cells, *columns, names=0),)))
        else:
            filled.append(title)
    return (*shown, *parts.bullets(filled)) or (parts.none("Nothing was changed."),)


def problem_blocks(problems: Sequence[FoldedProblem]) -> tuple[Block, ...]:
    """What the reading found."""

    def found(problem: FoldedProblem) -> ReportCell:
        more = tuple(
            (name(each.place), words(f" ({each.id}): " if each.id else ": "), free(each.found))
            for each in problem.problems
        )
        what = (strong(f"{catalogue()[problem.code].title}:"), words(" "), free(problem.first.found))
        return ReportCell(what, more=more if len(more) > 1 else ())

    columns: list[parts.Column[FoldedProblem]] = [
        ("Code", "code", lambda each: text_cell(words(each.code))),
        ("Severity", "severity", lambda each: text_cell(strong(each.first.severity))),
        ("Case or file", "case", lambda each: text_cell(name(each.case or file_name(each.first.file)))),
        ("Where", "cell", lambda each: text_cell(name(each.where))),
        ("Found", "text", found),
        ("What to do", "text", lambda each: text_cell(free(each.first.remedy))),
    ]
    caption = "What to mend in the workbooks, the gravest first"
    return parts.table_or("The reading found no problem.", caption, problems, *columns)


def blocks_of_closed(closed: Sequence[ClosedCase]) -> tuple[Block, ...]:
    """What was found in closed cases: errors by code and cell, the rest counted."""
    found = [(case.rows.reference, each) for case in closed for each in case.rows.state.problems]
    errors = [
        spans(name(case), " ", name(each.place), f": {each.code}, {catalogue()[each.code].title}.")
        for case, each in found
        if each.severity == "error"
    ]
    numbers = {kind: sum(each.severity == kind for _, each in found) for kind in ("warning", "note")}
    milder = [quantity(number, kind) for kind, number in numbers.items() if number]
    blocks: list[Block] = []
    if errors:
        blocks += (Heading("Errors in closed cases", number=len(errors)), *parts.bullets(errors))
    if milder:
        blocks.append(parts.none(f"Closed cases also have {listed(milder)}."))
    if blocks:
        blocks.append(parts.none("Run tracker reconcile to see what each workbook holds and what to do."))
    return tuple(blocks)
