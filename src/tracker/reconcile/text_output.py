"""What reconcile says, as text for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.problems.text import problem_text
from tracker.reconcile.outline import outline
from tracker.text import quantity, terminal_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.reconcile.fold import ProblemFold
    from tracker.reconcile.model import Reconciliation
    from tracker.reconcile.outline import CaseOutline, Fact

NEEDED_SHOWN = 10
LONGEST_VALUE = 90
"""Characters of a value that a line shows; JSON has it whole."""


_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m"}


class _Text:
    """Lines for a terminal; colours only where they are asked for."""

    def __init__(self, *, colour: bool) -> None:
        self.colour = colour

    def dressed(self, text: str, code: str) -> str:
        return f"{code}{text}{_RESET}" if self.colour else text

    def heading(self, text: str) -> str:
        return self.dressed(_shown(text), _BOLD)

    # The parts of a case

    def case(self, case: CaseOutline, as_at: str) -> Iterator[str]:
        yield self.heading(case.title)
        yield from _facts([*case.facts])
        yield f"  As at {as_at}"
        yield from ("", self.heading("Clocks"), *_facts(case.clocks))
        yield from ("", self.heading("Rows"), *_facts(case.counts))
        yield from ("", *self.needed(case))
        yield from ("", *self.changes(case))
        yield from ("", *self.problems(case))

    def needed(self, case: CaseOutline) -> Iterator[str]:
        if not case.needed:
            yield self.heading("Nobody is needed today")
            return
        yield self.heading(f"Needed today: {quantity(len(case.needed), 'row')}")
        for row in case.needed[:NEEDED_SHOWN]:
            yield _shown(f"  {row.id}  {row.rag}, {row.when}: {row.who}")
            yield self.dressed(_shown(f"      {_short(row.action)}"), _DIM)
        if len(case.needed) > NEEDED_SHOWN:
            yield f"  and {len(case.needed) - NEEDED_SHOWN} more"

    def changes(self, case: CaseOutline) -> Iterator[str]:
        if not case.changes:
            yield self.heading("No cell was changed since issue")
            return
        yield self.heading(f"Changed since issue: {quantity(len(case.changes), 'cell')}")
        for each in case.changes:
            where = "  ".join(part for part in (each.cell, each.id) if part)
            yield _shown(f"  {where}  {each.column}: {_short(each.was)} → {_short(each.now)}")

    def problems(self, case: CaseOutline) -> Iterator[str]:
        if not case.problems:
            yield self.heading("No problems")
            return
        yield self.heading(f"Problems: {case.tally}")
        for sheet in case.problems:
            yield f"  {_shown(sheet.sheet)}" if sheet.sheet else "  The file"
            for each in sheet.folds:
                yield from self.fold(each)

    def fold(self, fold: ProblemFold) -> Iterator[str]:
        first = fold.first
        mark = self.dressed(f"{first.severity} {first.code}", _COLOURS[first.severity])
        expected = f" (expected: {fold.expected})" if fold.expected else ""
        if len(fold.problems) == 1:
            yield f"    {mark} {_shown(f'{fold.where}: {fold.found}{expected}')}"
        else:
            yield f"    {mark} {_shown(f'{fold.found} {fold.where}')}"
        yield _shown(f"        {first.remedy}")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _shown(text: str) -> str:
    """Text without what a terminal would obey."""
    return terminal_text(text.replace("\n", " "))


def _facts(facts: Sequence[Fact]) -> list[str]:
    width = max((len(fact.name) for fact in facts), default=0)
    return [_shown(f"  {fact.name:<{width}}  {fact.words}") for fact in facts]


def as_text(reconciliation: Reconciliation, *, colour: bool) -> str:
    """The outcome for a terminal: case by case, problems by sheet, the remedy on its own line."""
    text, told = _Text(colour=colour), outline(reconciliation)
    blocks = ["\n".join(text.case(case, told.as_at)) for case in told.cases]
    if told.problems:
        blocks.append("\n".join(_shown_lines(problem_text(each)) for each in told.problems))
    blocks.append(f"{quantity(len(told.cases), 'case')}; {told.tally or 'no problems'}.")
    return "\n\n".join(blocks)


def _shown_lines(text: str) -> str:
    return "\n".join(map(_shown, text.split("\n")))
