"""`tracker calendar`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    abort,
    as_at_option,
    beside,
    exit_with_status,
    jobs_option,
    other_procedure_problems,
    output_option,
    password_option,
    print_problems,
    print_written,
    procedure_option,
    read_cases,
    require_workbooks,
    today,
    validate_output_path,
    write_to_stdout,
)
from tracker.paths import STANDARD

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


@click.command("calendar")
@click.argument("paths", type=FILE, nargs=-1, required=True, metavar="PATH...")
@click.option("--all", "every", is_flag=True, help="Every open action that has a date, not key dates alone.")
@as_at_option
@output_option("The file to write; else beside the workbooks, such as calendar-2026-11-23.ics.", folder=False)
@procedure_option
@password_option
@jobs_option
def command(
    paths: tuple[Path, ...],
    every: bool,
    as_at: date | None,
    output: Path | None,
    procedure_name: str,
    password_file: Path | None,
    jobs: int | None,
) -> None:
    """Write meetings and key dates as calendar entries (.ics).

    An entry names the case by its reference alone. A later export moves the entries of an earlier one; what is done
    since is no longer in it, and stays in a calendar that has it.

    \b
    Example:
      tracker calendar sample_cases -o deadlines.ics
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import make_calendar
    from tracker.saving import write_over

    validate_output_path(output, (".ics",), *paths, password_file)
    day = as_at or today()
    files = require_workbooks(paths)
    outcome = read_cases(
        files, day, procedure_name=procedure_name, password_file=password_file, today=today(), jobs=jobs
    )
    calendar = make_calendar(outcome, every=every)
    target = output or beside(paths[0], f"calendar-{day.isoformat()}.ics")
    to_output = str(target) == STANDARD
    if to_output:
        write_to_stdout(calendar.content)
    elif unwritten := write_over(target, calendar.content, sources=files):
        abort([*outcome.problems, *unwritten])
    problems = [*outcome.problems, *other_procedure_problems(outcome), *calendar.problems]
    print_problems(problems)
    if not to_output:
        print_written(target, f"Written: {len(calendar.entries)} calendar entries to {target}")
    exit_with_status(problems)
