"""`tracker reconcile`."""

from __future__ import annotations

import os
import sys
from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    as_at_option,
    exit_with_status,
    jobs_option,
    output_option,
    password_for,
    password_option,
    procedure_option,
    progress,
    require_case,
    require_procedure,
    require_workbooks,
    today,
    validate_output_path,
    write_text,
)
from tracker.paths import STANDARD

if TYPE_CHECKING:
    from datetime import date

SUFFIXES = {"text": (".txt", ".text"), "json": (".json",), "md": (".md",), "html": (".html", ".htm")}
"""The formats, and how the name of a file in each may end."""


@click.command("reconcile")
@click.argument("workbooks", type=FILE, nargs=-1, required=True, metavar="WORKBOOK...")
@click.option(
    "--case", "case_path", type=FILE, default=None, help="Compare the key dates with this case description."
)
@as_at_option
@click.option(
    "--accept-typed-dates", is_flag=True, help="Read a date typed over the formula of Due as agreed."
)
@click.option("--realign", is_flag=True, help="Read rows whose IDs were left behind by a sort by their text.")
@password_option
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(SUFFIXES)),
    default="text",
    show_default=True,
    help="text for the screen, json for other programs, md for a mail, html for a browser.",
)
@output_option("Write it to a file instead of the screen.", folder=False)
@procedure_option
@jobs_option
def command(
    workbooks: tuple[Path, ...],
    case_path: Path | None,
    as_at: date | None,
    accept_typed_dates: bool,
    realign: bool,
    password_file: Path | None,
    form: str,
    output: Path | None,
    procedure_name: str,
    jobs: int | None,
) -> None:
    """Read edited workbooks, or all in a folder: the state of the case, what was changed since issue, what is wrong.

    \b
    Examples:
      tracker reconcile sample_cases/ordinary-in-time-edited.xlsx --as-at 2026-11-19
      tracker reconcile case.xlsx --format json -o state.json
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import format_reconciliation, reconcile_workbooks
    from tracker.parallel import processes

    validate_output_path(output, SUFFIXES[form], *workbooks, case_path, password_file)
    case = require_case(case_path, require_procedure(procedure_name or None)) if case_path else None
    files = require_workbooks(workbooks)
    with progress(files) as step:
        outcome = reconcile_workbooks(
            files,
            as_at or today(),
            case=case,
            procedure=procedure_name,
            accept_typed_dates=accept_typed_dates,
            realign=realign,
            password=password_for(password_file, in_folder=files != list(workbooks)),
            today=today(),
            workers=jobs or processes(),
            step=step,
        )
    on_screen = output is None or str(output) == STANDARD
    colour = on_screen and form == "text" and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    text = format_reconciliation(outcome, form, colour=colour)
    write_text(text, output, styled=colour, sources=files)
    exit_with_status(outcome.all_problems(), conflicts=outcome.has_conflicts)
