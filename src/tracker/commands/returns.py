"""`tracker returns`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from typing import TYPE_CHECKING

import click

from tracker import commands
from tracker.paths import STANDARD
from tracker.text import quantity

if TYPE_CHECKING:
    from datetime import date


@click.command("returns")
@click.argument("workbook", type=commands.FILE)
@click.option(
    "--owner", "owners", multiple=True, metavar="NAME",
    help="Only for this agency, role or other owner: its name or code. May be given several times.",
)  # fmt: skip
@commands.output_option(
    "The folder to write into; else one beside the workbook, as returns-2026-11-11.", folder=True
)
@commands.as_at_option
@commands.procedure_option
@commands.password_option
def returns_command(
    workbook: Path,
    owners: tuple[str, ...],
    output: Path | None,
    as_at: date,
    procedure_name: str,
    password_file: Path | None,
) -> None:
    """Make a small workbook for each agency, with its own open rows and nothing else of the case.

    Send each to its agency. Filled in and sent back, tracker reconcile and regenerate read it after --returns.

    \b
    Examples:
      tracker returns DOR-2026-014.xlsx
      tracker returns DOR-2026-014.xlsx --owner UHD --owner "Dorset Police" -o to-send
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import make_returns
    from tracker.saving import cannot_write, write_new

    if str(output) == STANDARD:
        raise click.UsageError("-o - takes one file; these are several: name a folder.")
    made, problems = make_returns(
        workbook,
        as_at,
        owners=owners,
        procedure=procedure_name,
        password=commands.password_from(password_file),
    )
    if made is None:
        commands.abort(problems)
    folder = output or workbook.parent / f"returns-{as_at.isoformat()}"
    commands.print_problems(problems)
    if not made:
        commands.print_line("Nobody has an open action; nothing was written.", err=True)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        commands.abort([cannot_write(folder, error)])
    # One that is there may have been filled in already.
    remedy = "Name another folder with -o, or move the older one away."
    unwritten = [
        each
        for one in made
        for each in write_new(folder / one.name, one.content, remedy=remedy, sources=[workbook])
    ]
    if written := len(made) - len(unwritten):
        commands.print_written(folder, f"Written: {quantity(written, 'return')} into {folder}")
    if unwritten:
        commands.abort(unwritten)
