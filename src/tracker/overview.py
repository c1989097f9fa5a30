"""A procedure set as a table for people: stages, steps, their owners and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.book import Book

if TYPE_CHECKING:
    from tracker.procedure.model import Procedure, Stage, Step

_TITLES = ("ID", "Paragraph", "Owner", "Timescale", "Counted from", "Basis", "Action")
_TABLE = "Steps"


def timescales(procedure: Procedure) -> dict[str, str]:
    """Each step's timescale by the workbook's own rule: `Day 8`, `Days 2 to 10`, `7 wd before`."""
    book, rule = Book(0), rules.stage_rules(procedure)["Timescale"]
    steps = [step for _, step in procedure.steps()]
    book.add_table(_TABLE, _TABLE, 1, ["ID", "Count", "Unit", "Timescale"], max(len(steps), 1))
    for row, step in enumerate(steps, 2):
        # A repeated step is known by the rows it has.
        row_id = f"{step.id}-" if step.repeated else step.id
        count, unit = (step.lag.count, step.lag.unit) if step.lag else (None, None)
        for column, content in enumerate((row_id, count, unit, rule), 1):
            book.put(_TABLE, row, column, content)
    return {step.id: str(book.in_row(_TABLE, row, "Timescale")) for row, step in enumerate(steps, 2)}


def _owner(step: Step) -> str:
    owners = " / ".join(step.owners or (step.owner,))
    return f"{owners}, each {step.each}" if step.each else owners


def step_table(procedure: Procedure, stage: Stage) -> list[tuple[str, ...]]:
    """List the steps of one of a set's stages, as texts: the titles of the columns, then a row a step.

    The ID of a key date is marked with a star.

    Example:
        >>> procedure, _ = load_procedure("dorset")
        >>> [row[0] for row in step_table(procedure, procedure.stages[0])[:2]]
        ['ID', 'SIN-1.4 *']
    """
    times = timescales(procedure)
    rows: list[tuple[str, ...]] = [_TITLES]
    for step in stage.steps:
        basis = f"{step.basis}, target of {step.target_of}" if step.target_of else step.basis
        mark = " *" if step.key else ""
        rows.append(
            (f"{step.id}{mark}", step.paragraph, _owner(step), times[step.id], step.clock, basis, step.action)
        )
    return rows
