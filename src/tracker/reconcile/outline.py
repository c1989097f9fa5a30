"""What reconcile tells people, in words and in order; text, Markdown and HTML only dress it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import SEVERITIES
from tracker.reconcile.changes import CALCULATED
from tracker.reconcile.fold import ProblemFold, fold
from tracker.reconcile.model import Action
from tracker.reconcile.places import sheet_order, split_place
from tracker.text import clean_text, quantity, short_date
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.problems import Problem
    from tracker.reconcile.model import CaseState, Change, PlanAction, Reconciliation

BLANK = "blank"
WORKED_OUT = "worked out"
"""What stood in a cell whose formula was typed over; the value it showed is not remembered."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what is said of it."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class NeededNow:
    """A row that needs someone today."""

    id: str
    rag: str
    when: str
    who: str
    action: str


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """One changed cell."""

    cell: str
    id: str
    column: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class SheetProblems:
    """The problems of one sheet, or of the file where `sheet` is empty."""

    sheet: str
    folds: tuple[ProblemFold, ...]


@dataclass(frozen=True, slots=True)
class CaseOutline:
    """One case, ready to be shown."""

    title: str
    facts: tuple[Fact, ...]
    clocks: tuple[Fact, ...]
    counts: tuple[Fact, ...]
    needed: tuple[NeededNow, ...]
    changes: tuple[ChangeWords, ...]
    tally: str
    problems: tuple[SheetProblems, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole outcome, ready to be shown. `problems` are those of files that gave no case."""

    as_at: str
    cases: tuple[CaseOutline, ...]
    tally: str
    problems: tuple[Problem, ...]


def value_words(value: str | float | date | None) -> str:
    """A cell's value on one line: dates spelt out, `blank` for none."""
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = clean_text(str(value)) if value is not None else ""
    return text or BLANK


def tally(problems: Iterable[Problem]) -> str:
    """`1 error, 3 warnings`; empty where there is nothing."""
    counts = Counter(each.severity for each in problems)
    return ", ".join(quantity(counts[severity], severity) for severity in SEVERITIES if counts[severity])


def _facts(case: CaseState) -> tuple[Fact, ...]:
    facts = [Fact("Marking", case.marking), Fact("Procedure", f"{case.title}, edition {case.edition}")]
    facts += [Fact("Workbook", each.path) for each in case.workbooks]
    for hold in case.holds:
        ends = ("ended on", hold.ended_on) if hold.ended_on else ("to be reviewed on", hold.review_on)
        if hold.from_:
            facts.append(Fact("Hold", f"from {value_words(hold.from_)}, {ends[0]} {value_words(ends[1])}"))
    return tuple(fact for fact in facts if fact.words)


def _clocks(case: CaseState) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            name,
            f"{short_date(clock.day)}{', provisional' if clock.provisional else ''}"
            if clock.day
            else "not known",
        )
        for name, clock in case.clocks.items()
    )


def _counts(case: CaseState) -> tuple[Fact, ...]:
    return tuple(
        Fact(sheet, ", ".join(f"{number} {word}" for word, number in words.items()) or "nothing")
        for sheet, words in case.counts.items()
    )


def _needed(case: CaseState) -> tuple[NeededNow, ...]:
    """The rows that need someone, the most pressing word first, then the longest due."""
    everything: list[Action | PlanAction] = [*case.actions, *case.action_plan]
    rows = [each for each in everything if each.rag in rules.NEEDS_SOMEONE]
    order = {word: place for place, word in enumerate(rules.NEEDS_SOMEONE)}
    rows.sort(key=lambda each: (order[each.rag], _judged(each) or date.max))
    return tuple(
        NeededNow(each.id or each.cell, each.rag, _when(each), each.named_owner or each.owner or "nobody",
                  clean_text(each.action)) for each in rows
    )  # fmt: skip


def _judged(row: Action | PlanAction) -> date | None:
    return row.judged if isinstance(row, Action) else row.agreed or row.target


def _when(row: Action | PlanAction) -> str:
    day = _judged(row)
    late = f", {quantity(row.days_late, 'working day')} late" if row.days_late else ""
    return f"due {short_date(day)}{late}" if day else ""


def _change(change: Change) -> ChangeWords:
    was = value_words(change.was)
    if change.was is None and change.column in CALCULATED:
        was = WORKED_OUT
    return ChangeWords(change.cell, change.id, change.column, was, value_words(change.now))


def _by_sheet(problems: Sequence[Problem], case: CaseState) -> tuple[SheetProblems, ...]:
    stages = [sheet for sheet in case.counts if sheet != layout.PLAN]
    sheets: dict[str, list[ProblemFold]] = {}
    for each in fold(problems, sheet_order(stages)):
        sheets.setdefault(split_place(each.first.place)[0], []).append(each)
    return tuple(SheetProblems(sheet, tuple(folds)) for sheet, folds in sheets.items())


def _case(case: CaseState) -> CaseOutline:
    reference = case.reference or "a case without a reference"
    return CaseOutline(
        title=f"{reference}: {clean_text(case.summary)}" if case.summary else reference,
        facts=_facts(case),
        clocks=_clocks(case),
        counts=_counts(case),
        needed=_needed(case),
        changes=tuple(map(_change, case.changes)),
        tally=tally(case.problems),
        problems=_by_sheet(case.problems, case),
    )


def outline(reconciliation: Reconciliation) -> Outline:
    """What there is to tell."""
    return Outline(
        as_at=short_date(reconciliation.as_at),
        cases=tuple(map(_case, reconciliation.cases)),
        tally=tally(reconciliation.all_problems()),
        problems=reconciliation.problems,
    )
