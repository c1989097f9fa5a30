"""`tracker explain`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    as_at_option,
    fit_for,
    output_option,
    procedure_option,
    stop,
    today,
    write_text,
)
from tracker.problems import codes

if TYPE_CHECKING:
    from datetime import date


@click.command("explain")
@click.argument("workbook", type=FILE)
@click.argument("row_id", metavar="ID")
@output_option("Write it to a file instead of the screen.", folder=False)
@as_at_option
@procedure_option
def command(
    workbook: Path, row_id: str, output: Path | None, as_at: date | None, procedure_name: str
) -> None:
    """Show how one due date was counted: the clock, each day skipped, the paragraph, the reading taken.

    \b
    Example:
      tracker explain DOR-2026-014.xlsx RR-6.6
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker import read_workbook
    from tracker.problems import problem
    from tracker.procedure.load import load_calendar_facts
    from tracker.reconcile.explain import explain
    from tracker.reconcile.state import case_state
    from tracker.text import did_you_mean, same_word

    fit_for(output, (".txt",), workbook)
    reading, procedure, problems = read_workbook(workbook, procedure_name)
    if reading is None or procedure is None:
        stop(problems)
    state = case_state(reading, procedure, as_at or today())
    action = next((each for each in state.actions if each.id and same_word(each.id, row_id)), None)
    if action is None:
        near = did_you_mean(row_id, [each.id for each in state.actions])
        stop([problem(codes.ROW_NOT_IN_WORKBOOK, file=str(workbook), id=row_id, suggestion=near)])
    write_text(
        "\n".join(explain(action, state, reading, procedure, load_calendar_facts())),
        output,
        sources=[workbook],
    )
