"""`tracker regenerate`."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    CONFLICTS,
    FILE,
    UNUSABLE,
    as_at_option,
    case_of,
    finish,
    fit_for,
    output_option,
    password_from,
    password_option,
    procedure_for,
    procedure_of,
    procedure_option,
    stop,
    tell,
    today,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.regenerate.model import Conflict
    from tracker.regenerate.run import Outcome
    from tracker.workbook.issue import Issue

BACKUPS = "tracker-backups"
_LONGEST = 120
"""Letters of a workbook's name in that of its backup, which must still have room for the time."""


@dataclass(frozen=True, slots=True)
class _File:
    """A workbook that was read: its bytes without a password, the digest of the file, the password it has."""

    path: Path
    content: bytes
    sha256: str
    password: str


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
    from tracker.procedure.load import load_calendar_facts
    from tracker.regenerate.run import Wishes, regenerate_content

    if in_place and (output is not None or len(workbooks) > 1):
        raise click.UsageError("--in-place takes one workbook and no -o.")
    fit_for(output, (".xlsx",), *workbooks, case_path, password_file)
    case = case_of(case_path, procedure_of(procedure_name)) if case_path else None
    files = _read(workbooks, password_from(password_file))
    load = procedure_for(procedure_name)
    day = as_at or today()
    content, between, said = _merged(files, load, day)
    wishes = Wishes(
        case=case,
        restore=frozenset(restore),
        accept_typed_dates=accept_typed_dates,
        annotate=annotate,
        move_edition=move_edition,
        realign=realign,
        between_copies=between,
        sources=tuple(hashlib.sha256(each.content).hexdigest() for each in files),
        merged=content != files[0].content,
    )
    facts = load_calendar_facts()
    outcome, problems = regenerate_content(content, str(workbooks[0]), load, facts, day, wishes)
    opened = () if in_place and not dry_run else _open_elsewhere(files)
    problems = [*said, *opened, *problems]
    _say(outcome, problems, form, dry=dry_run)
    if outcome is None:
        sys.exit(UNUSABLE)
    if outcome.changed and not dry_run:
        target = output or workbooks[0].with_stem(f"{workbooks[0].stem}-regenerated")
        _write(outcome, files[0], None if in_place else target)
    finish(problems)
    if outcome.open_conflicts:
        sys.exit(CONFLICTS)


def _read(paths: Sequence[Path], password: Callable[[str], str]) -> list[_File]:
    """Every workbook, unlocked in memory; leaves where one cannot be read, telling all that cannot."""
    from tracker.saving import sha256_of
    from tracker.workbook.read import workbook_content

    files = []
    problems: list[Problem] = []
    for path in paths:
        used: list[str] = []

        def ask(name: str, used: list[str] = used) -> str:
            used[:] = [password(name)]
            return used[0]

        # The bytes on disk must still be these when the result takes their place. Taken before they are read: a
        # change between the two is then a change too.
        digest = sha256_of(path)
        content, found = workbook_content(path, ask)
        problems += found
        files.append(_File(path, content, digest, used[0] if used else ""))
    if problems:
        stop(problems)
    return files


def _open_elsewhere(files: Sequence[_File]) -> list[Problem]:
    """A note for each workbook somebody has open: what they have not saved cannot be in the result."""
    from tracker.problems import problem
    from tracker.saving import lock_of

    locks = [(file.path, lock_of(file.path)) for file in files]
    return [problem("T617", file=str(path), lock=lock) for path, lock in locks if lock]


def _merged(
    files: Sequence[_File], load: Callable[[Issue], tuple[Procedure | None, list[Problem]]], as_at: date
) -> tuple[bytes, Sequence[Conflict], list[Problem]]:
    if len(files) == 1:
        return files[0].content, (), []
    from tracker.regenerate.copies import merge_copies

    copies, problems = merge_copies([(str(each.path), each.content) for each in files], load, as_at)
    if copies is None:
        stop(problems)
    return copies.content, copies.conflicts, list(copies.problems)


def _write(outcome: Outcome, file: _File, target: Path | None) -> None:
    from tracker.saving import replace_file, write_new

    content = outcome.content
    if file.password:
        from tracker.workbook.unlock import locked_again

        content = locked_again(content, file.password)
    if target is None:
        stamp = f"{datetime.now():%Y-%m-%dT%H%M%S}"  # noqa: DTZ005  people look for their own clock's time
        backup = file.path.parent / BACKUPS / f"{file.path.stem[:_LONGEST]}-{stamp}{file.path.suffix}"
        problems = replace_file(file.path, content, read_sha256=file.sha256, backup=backup)
        said = f"Written: {file.path} (the old one is {backup})"
    else:
        remedy = "Choose another name with -o, or replace the workbook itself with --in-place."
        problems = write_new(target, content, remedy=remedy, like=file.path)
        said = f"Written: {target}"
    if problems:
        stop(problems)
    click.echo(said, err=True)


def _say(outcome: Outcome | None, problems: list[Problem], form: str, *, dry: bool) -> None:
    from tracker.regenerate.text import as_text, json_text, remarks

    told = remarks(outcome, problems) if outcome else problems
    if form == "json":
        click.echo(json_text(outcome, told))
        return
    if outcome:
        click.echo(as_text(outcome, dry=dry))
    tell(told)
