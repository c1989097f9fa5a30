"""`tracker explain`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    abort,
    as_at_option,
    output_option,
    procedure_option,
    today,
    validate_output_path,
    write_text,
)

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
    from tracker.api import explain_due_date

    validate_output_path(output, (".txt",), workbook)
    text, problems = explain_due_date(workbook, row_id, as_at or today(), procedure=procedure_name)
    if text is None:
        abort(problems)
    write_text(text, output, sources=[workbook])
