"""`tracker regenerate`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    UNUSABLE,
    abort,
    as_at_option,
    exit_with_status,
    is_quiet,
    leftover_problems,
    output_option,
    password_from,
    password_option,
    print_line,
    print_problems,
    procedure_option,
    require_case,
    require_procedure,
    today,
    validate_output_path,
    write_to_stdout,
)
from tracker.paths import STANDARD
from tracker.problems import codes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tracker.api import Outcome, Problem

BACKUPS = "tracker-backups"
_LONGEST = 120
"""Letters of a workbook's name in that of its backup, which must still have room for the time."""


@click.command("regenerate")
@click.argument("workbooks", type=FILE, nargs=-1, required=True, metavar="WORKBOOK...")
@click.option("--case", "case_path", type=FILE, default=None, help="The case description to bring it up to.")
@output_option(
    "The workbook to write; else beside the first one, with -regenerated in its name.", folder=False
)
@click.option("--in-place", is_flag=True, help="Replace the workbook, after a dated backup.")
@click.option("--dry-run", is_flag=True, help="Print what would be done and write nothing.")
@click.option(
    "--restore", multiple=True, metavar="CELL", help="Take back an edit in a cell of the procedure: SIN!B5."
)
@click.option("--annotate", is_flag=True, help="Add a sheet Problems whose lines link to the cells.")
@click.option("--move-edition", is_flag=True, help="Bring the rows to the set's present edition.")
@click.option(
    "--accept-typed-dates", is_flag=True, help="Take a date typed over the formula of Due as agreed."
)
@click.option("--realign", is_flag=True, help="Put IDs right that a sort has left beside other rows.")
@password_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="What is printed: text for people, json for other programs.",
)
@as_at_option
@procedure_option
def command(
    workbooks: tuple[Path, ...],
    case_path: Path | None,
    output: Path | None,
    in_place: bool,
    dry_run: bool,
    restore: tuple[str, ...],
    annotate: bool,
    move_edition: bool,
    accept_typed_dates: bool,
    realign: bool,
    password_file: Path | None,
    form: str,
    as_at: date | None,
    procedure_name: str,
) -> None:
    """Bring a workbook up to its case and procedure, keeping every edit.

    New agencies, children and decisions get their rows, broken formulas come back, and nothing a person typed is
    lost. Several copies of one workbook are merged. What two sides changed is listed on a sheet Conflicts; choose
    there and run it again.

    \b
    Examples:
      tracker regenerate DOR-2026-014.xlsx --dry-run
      tracker regenerate DOR-2026-014.xlsx --case DOR-2026-014.toml --in-place
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import regenerate_workbook
    from tracker.paths import sha256_of

    _check(workbooks, output, in_place=in_place, dry_run=dry_run)
    validate_output_path(output, (".xlsx",), *workbooks, case_path, password_file)
    case = require_case(case_path, require_procedure(procedure_name or None)) if case_path else None
    # The bytes on disk must still be these when the result takes their place, so this comes before they are read.
    sha256 = sha256_of(workbooks[0])
    outcome, problems = regenerate_workbook(
        workbooks,
        as_at or today(),
        case=case,
        procedure=procedure_name,
        restore=restore,
        accept_typed_dates=accept_typed_dates,
        annotate=annotate,
        move_edition=move_edition,
        realign=realign,
        password=password_from(password_file),
    )
    stopped = leftover_problems(workbooks[0], *([output] if output else []))
    opened = () if in_place and not dry_run else _open_elsewhere(workbooks)
    problems = [*stopped, *opened, *problems]
    to_output = str(output) == STANDARD
    _print_outcome(outcome, problems, form, dry=dry_run, err=to_output)
    if outcome is None:
        sys.exit(UNUSABLE)
    if to_output and not dry_run:
        write_to_stdout(outcome.content)
    elif outcome.changed and not dry_run:
        target = output or workbooks[0].with_stem(f"{workbooks[0].stem}-regenerated")
        _write(outcome.content, workbooks[0], sha256, None if in_place else target)
    exit_with_status(problems, conflicts=bool(outcome.open_conflicts))


def _check(workbooks: Sequence[Path], output: Path | None, *, in_place: bool, dry_run: bool) -> None:
    """Leave where the options do not go together."""
    if in_place and (output is not None or len(workbooks) > 1):
        raise click.UsageError("--in-place takes one workbook and no -o.")
    if str(workbooks[0]) == STANDARD and output is None and not dry_run:
        raise click.UsageError("A workbook from standard input has no name: say with -o where to write.")


def _open_elsewhere(paths: Sequence[Path]) -> list[Problem]:
    """A note for each workbook somebody has open: what they have not saved cannot be in the result."""
    from tracker.paths import lock_of
    from tracker.problems import problem

    locks = [(path, lock_of(path)) for path in paths]
    return [problem(codes.OPEN_ELSEWHERE, file=str(path), lock=lock) for path, lock in locks if lock]


def _write(content: bytes, path: Path, sha256: str, target: Path | None) -> None:
    """Write the result: under a name of its own, or in the workbook's place if that is still what was read."""
    from tracker.saving import replace_file, write_new

    if target is None:
        stamp = f"{datetime.now():%Y-%m-%dT%H%M%S}"  # noqa: DTZ005  people look for their own clock's time
        backup = path.parent / BACKUPS / f"{path.stem[:_LONGEST]}-{stamp}{path.suffix}"
        problems = replace_file(path, content, read_sha256=sha256, backup=backup)
        message = f"Written: {path} (the old one is {backup})"
    else:
        remedy = "Choose another name with -o, or replace the workbook itself with --in-place."
        problems = write_new(target, content, remedy=remedy, like=path)
        message = f"Written: {target}"
    if problems:
        abort(problems)
    if not is_quiet():
        print_line(message, err=True)


def _print_outcome(
    outcome: Outcome | None, problems: list[Problem], form: str, *, dry: bool, err: bool
) -> None:
    from tracker.api import format_outcome

    text, problems = format_outcome(outcome, problems, form, dry=dry)
    if text:
        print_line(text, err=err)
    if form != "json":
        print_problems(problems)
