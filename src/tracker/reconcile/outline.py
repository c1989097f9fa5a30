"""What reconcile reports, in words and in order; text, Markdown and HTML only format it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import catalogue, tally
from tracker.reconcile.changes import CALCULATED
from tracker.reconcile.model import Action
from tracker.reconcile.places import place_key, sheet_order, split_place
from tracker.text import clean_text, quantity, short_date
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.problems import Problem
    from tracker.reconcile.model import CaseState, Change, PlanAction, Reconciliation

FOLD_FROM = 3
"""So many problems of one kind on one sheet are shown as one."""
PLACES_NAMED = 12
"""Cells a folded problem names before it counts the rest."""

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutlineTable:
    """A part of a case as rows under titles; the first cell of a row names it. Without rows, its heading says so."""

    heading: str
    titles: Cells
    rows: tuple[Cells, ...]


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
    def severity(self) -> str:
        """`error`, `warning` or `note`."""
        return str(self.first.severity)

    @property
    def label(self) -> str:
        """Severity and code."""
        return f"{self.severity} {self.first.code}"

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
    def words(self) -> str:
        """What was found and where; the kind's title where it differs from cell to cell."""
        first = self.first
        if len(self.problems) == 1:
            expected = f" (expected: {first.expected})" if first.expected else ""
            return f"{self.where}: {first.found}{expected}"
        alike = len({each.found for each in self.problems}) == 1
        return f"{first.found if alike else catalogue()[first.code].title} {self.where}"


@dataclass(frozen=True, slots=True)
class CaseOutline:
    """One case, ready to be shown. `folds` are its problems by sheet; the file's own stand under no sheet."""

    title: str
    facts: tuple[Cells, ...]
    clocks: OutlineTable
    counts: OutlineTable
    needed: OutlineTable
    changes: OutlineTable
    tally: str
    folds: dict[str, list[ProblemFold]]

    @property
    def tables(self) -> tuple[OutlineTable, ...]:
        """The tables in their order."""
        return self.clocks, self.counts, self.needed, self.changes


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole outcome, ready to be shown. `problems` are those of files that gave no case."""

    as_at: str
    cases: tuple[CaseOutline, ...]
    summary: str
    problems: tuple[ProblemFold, ...]


def outline(reconciliation: Reconciliation) -> Outline:
    """What there is to tell."""
    cases = tuple(map(_case, reconciliation.cases))
    count = tally(reconciliation.all_problems()) or "no problems"
    return Outline(
        as_at=short_date(reconciliation.as_at),
        cases=cases,
        summary=f"{quantity(len(cases), 'case')}; {count}.",
        problems=tuple(ProblemFold("", (each,)) for each in reconciliation.problems),
    )


def _case(case: CaseState) -> CaseOutline:
    reference = case.reference or "a case without a reference"
    needed, changes = _needed(case), tuple(map(_change, case.changes))
    nobody, none = "Nobody is needed today", "No cell was changed since issue"
    sheets: dict[str, list[ProblemFold]] = {}
    for each in fold(case.problems, sheet_order([sheet for sheet in case.counts if sheet != layout.PLAN])):
        sheets.setdefault(each.sheet, []).append(each)
    return CaseOutline(
        title=f"{reference}: {clean_text(case.summary)}" if case.summary else reference,
        facts=_facts(case),
        clocks=OutlineTable("Clocks", ("Clock", "Date"), _clocks(case)),
        counts=OutlineTable("Rows", ("Sheet", "Rows"), _counts(case)),
        needed=OutlineTable(
            f"Needed today: {quantity(len(needed), 'row')}" if needed else nobody,
            ("ID", "RAG", "When", "Who", "Action"),
            needed,
        ),
        changes=OutlineTable(
            f"Changed since issue: {quantity(len(changes), 'cell')}" if changes else none,
            ("Cell", "ID", "Column", "Was", "Now"),
            changes,
        ),
        tally=tally(case.problems),
        folds=sheets,
    )


def _facts(case: CaseState) -> tuple[Cells, ...]:
    facts = [("Marking", case.marking), ("Procedure", f"{case.title}, edition {case.edition}")]
    facts += [("Workbook", each.path) for each in case.workbooks]
    for hold in case.holds:
        ends = ("ended on", hold.ended_on) if hold.ended_on else ("to be reviewed on", hold.review_on)
        if hold.from_:
            facts.append(("Hold", f"from {value_words(hold.from_)}, {ends[0]} {value_words(ends[1])}"))
    return tuple((name, words) for name, words in facts if words)


def _clocks(case: CaseState) -> tuple[Cells, ...]:
    rows = []
    for name, clock in case.clocks.items():
        provisional = ", provisional" if clock.provisional else ""
        rows.append((name, f"{short_date(clock.day)}{provisional}" if clock.day else "not known"))
    return tuple(rows)


def _counts(case: CaseState) -> tuple[Cells, ...]:
    return tuple(
        (sheet, ", ".join(f"{number} {word}" for word, number in words.items()) or "nothing")
        for sheet, words in case.counts.items()
    )


def _needed(case: CaseState) -> tuple[Cells, ...]:
    """The rows that need someone, the most pressing word first, then the longest due."""
    everything: list[Action | PlanAction] = [*case.actions, *case.action_plan]
    rows = [each for each in everything if each.rag in rules.NEEDS_SOMEONE]
    rows.sort(key=lambda each: (rules.NEEDS_SOMEONE.index(each.rag), _judged(each) or date.max))
    return tuple(
        (each.id or each.cell, each.rag, _when(each), each.named_owner or each.owner or "nobody",
         clean_text(each.action)) for each in rows
    )  # fmt: skip


def _judged(row: Action | PlanAction) -> date | None:
    return row.judged if isinstance(row, Action) else row.agreed or row.target


def _when(row: Action | PlanAction) -> str:
    day = _judged(row)
    late = f", {quantity(row.days_late, 'working day')} late" if row.days_late else ""
    return f"due {short_date(day)}{late}" if day else ""


def _change(change: Change) -> Cells:
    """A changed cell; what a formula showed before it was typed over is not remembered."""
    calculated = change.was is None and change.column in CALCULATED
    was = "worked out" if calculated else value_words(change.was)
    return change.cell, change.id, change.column, was, value_words(change.now)


def value_words(value: str | float | date | None) -> str:
    """A cell's value on one line: dates in words, `blank` for none."""
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = clean_text(str(value)) if value is not None else ""
    return text or "blank"


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
        several = len({place_name(each) for each in found}) > 1  # else they differ in their words alone
        parts = [tuple(found)] if several and len(found) >= FOLD_FROM else [(each,) for each in found]
        folds += [ProblemFold(sheet, part) for part in parts]
    return sorted(folds, key=lambda each: place_key(each.first.place, sheets))
