"""`tracker report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    as_at_option,
    finish,
    output_option,
    procedure_for,
    procedure_option,
    stop,
    tell,
    today,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

FORMATS = {"weekly": ("html", "md"), "owners": ("md", "eml")}
"""The formats of each report, the usual one first."""


def workbooks_in(paths: Sequence[Path]) -> list[Path]:
    """The workbooks named, and those in the folders named."""
    from tracker.workbook.preflight import workbook_files

    return [file for path in paths for file in (workbook_files(path) if path.is_dir() else [path])]


def beside(path: Path, name: str) -> Path:
    """A name in the folder, or beside the file."""
    return (path if path.is_dir() else path.parent) / name


@click.command("report")
@click.argument("paths", type=FILE, nargs=-1, required=True, metavar="PATH...")
@click.option("--for", "kind", type=click.Choice(list(FORMATS)), required=True, help="Who it is for.")
@as_at_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "md", "eml"]),
    default=None,
    help="html or md for weekly; md or eml (drafts, never sent) for owners. The first named is the usual one.",
)
@output_option(
    "The file to write, for owners the folder; else beside the workbooks, such as weekly-2026-11-23.html."
)
@procedure_option
def command(
    paths: tuple[Path, ...],
    kind: str,
    as_at: date | None,
    form: str | None,
    output: Path | None,
    procedure_name: str,
) -> None:
    """Write a status report over workbooks or whole folders of them.

    A workbook that cannot be read is named at the top; the report of the others is written all the same.

    \b
    Example:
      tracker report sample_cases --for weekly -o weekly.html
      tracker report sample_cases --for owners --format eml -o drafts
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.problems import problem
    from tracker.reconcile.run import reconcile_paths
    from tracker.report.render import render
    from tracker.report.view import weekly_view
    from tracker.saving import write_over

    day = as_at or today()
    form = form or FORMATS[kind][0]
    if form not in FORMATS[kind]:
        raise click.UsageError(f"--for {kind} is written as {' or '.join(FORMATS[kind])}.")
    files = workbooks_in(paths)
    if not files:
        stop([problem("T123", file=str(paths[0]))])
    outcome = reconcile_paths(files, day, case=None, load=procedure_for(procedure_name))
    if not outcome.cases:
        stop(outcome.problems)
    if kind == "owners":
        from tracker.commands.owners import write_messages

        write_messages(outcome, output or beside(paths[0], f"owners-{day.isoformat()}"), form, since=None)
        return
    target = output or beside(paths[0], f"{kind}-{day.isoformat()}.{form}")
    problems = write_over(target, render(weekly_view(outcome), form).encode())
    if problems:
        stop(problems)
    tell(outcome.problems)
    click.echo(f"Written: {target}", err=True)
    click.echo(target)
    finish(outcome.problems)
