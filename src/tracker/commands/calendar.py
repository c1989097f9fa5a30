"""`tracker calendar`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    as_at_option,
    finish,
    fit_for,
    jobs_option,
    judged_otherwise,
    output_option,
    password_from,
    password_option,
    procedure_option,
    progress,
    say_written,
    stop,
    tell,
    today,
    write_out,
)
from tracker.commands.report import beside, workbooks_in
from tracker.paths import STANDARD
from tracker.problems import codes

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
    from tracker import reconcile
    from tracker.parallel import processes
    from tracker.problems import problem
    from tracker.report.calendar import calendar_bytes, make_calendar
    from tracker.saving import write_over

    fit_for(output, (".ics",), *paths, password_file)
    day = as_at or today()
    files = workbooks_in(paths)
    if not files:
        stop([problem(codes.NO_WORKBOOK_IN_FOLDER, file=str(paths[0]))])
    # Nobody is asked for a password in the middle of a folder: without the file a locked workbook is left out.
    password = password_from(password_file) if password_file else None
    with progress(files) as step:
        outcome = reconcile(
            files,
            day,
            procedure=procedure_name,
            own_first=True,  # a folder may hold cases of several procedures
            password=password,
            workers=jobs or processes(),
            step=step,
        )
    if not outcome.cases:
        stop(outcome.problems)
    view = make_calendar(outcome, every=every)
    target = output or beside(paths[0], f"calendar-{day.isoformat()}.ics")
    to_output = str(target) == STANDARD
    if to_output:
        write_out(calendar_bytes(view))
    unwritten = [] if to_output else write_over(target, calendar_bytes(view), sources=files)
    if unwritten:
        stop([*outcome.problems, *unwritten])
    problems = [*outcome.problems, *judged_otherwise(outcome), *view.problems]
    tell(problems)
    if not to_output:
        say_written(target, f"Written: {len(view.entries)} calendar entries to {target}")
    finish(problems)
