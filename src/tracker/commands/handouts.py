"""`tracker documents` and `returns`: what is handed out from the workbook of a case."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from typing import TYPE_CHECKING, Any

import click

from tracker import commands
from tracker.paths import STANDARD
from tracker.problems import codes, problem
from tracker.text import listed, quantity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tracker.api import Problem


@click.command("documents")
@click.argument("workbook", type=commands.FILE)
@click.option("--step", default="", metavar="ID", help="The document of this step alone, such as RR-5.7.")
@commands.as_at_option
@click.option(
    "--templates", type=commands.FILE, help="A folder of Word templates that replace the usual ones."
)
@commands.output_option(
    "The folder to write into; else one beside the workbook, such as case-documents.", folder=True
)
@commands.procedure_option
@commands.password_option
def documents_command(
    workbook: Path, templates: Path | None, output: Path | None, password_file: Path | None, **options: Any
) -> None:
    """Write the letters and forms the procedure asks for, in Word, filled from the case.

    What the case does not hold yet is a yellow blank in square brackets. A document that is already there is kept.

    \b
    Examples:
      tracker documents case.xlsx
      tracker documents case.xlsx --step RR-5.7 -o letters
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import make_documents

    if str(workbook) == STANDARD and output is None:
        raise click.UsageError("A workbook from standard input has no name: say with -o where to write.")
    commands.validate_template_folder(templates)
    password = commands.password_from(password_file)
    made, problems = make_documents(workbook, templates=templates, password=password, **options)
    if made is None:
        commands.abort(problems)
    problems += made.problems
    if str(output) == STANDARD and made.files:
        if len(made.files) > 1:
            commands.refuse_stdout()
        commands.write_to_stdout(*made.files.values())
    elif made.files:
        folder = output or workbook.with_name(f"{workbook.stem}-documents")
        commands.make_folder(folder)
        # Somebody may have filled in the blanks of those that are there.
        kept = [name for name in made.files if os.path.lexists(folder / name)]
        problems += [problem(codes.DOCUMENT_KEPT, file=str(folder), names=listed(kept))] if kept else []
        new = {name: content for name, content in made.files.items() if name not in kept}
        written, unwritten = _write_new(new, folder, "Choose another folder with -o.", workbook)
        problems += unwritten
        if written:
            commands.print_written(folder, f"Written: {quantity(len(written), 'document')} into {folder}")
        for each in made.documents:
            if each.name in written:
                commands.print_note(f"  {each.name}: {quantity(len(each.blanks), 'blank')} to fill in")
    elif not made.problems:
        commands.print_line("No step of this case asks for a document; nothing was written.", err=True)
    commands.print_problems(problems)
    commands.exit_with_status(problems)


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
    workbook: Path, output: Path | None, as_at: date, password_file: Path | None, **options: Any
) -> None:
    """Make a small workbook for each agency, with its own open rows and nothing else of the case.

    Send each to its agency. Filled in and sent back, tracker reconcile and regenerate read it after --returns.

    \b
    Examples:
      tracker returns DOR-2026-014.xlsx
      tracker returns DOR-2026-014.xlsx --owner UHD --owner "Dorset Police" -o to-send
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import make_returns

    if str(output) == STANDARD:
        commands.refuse_stdout()
    password = commands.password_from(password_file)
    made, problems = make_returns(workbook, as_at, password=password, **options)
    if made is None:
        commands.abort(problems)
    folder = output or workbook.parent / f"returns-{as_at.isoformat()}"
    commands.print_problems(problems)
    if not made:
        commands.print_line("Nobody has an open action; nothing was written.", err=True)
        return
    commands.make_folder(folder)
    # One that is there may have been filled in already.
    remedy = "Name another folder with -o, or move the older one away."
    written, unwritten = _write_new({each.name: each.content for each in made}, folder, remedy, workbook)
    if written:
        commands.print_written(folder, f"Written: {quantity(len(written), 'return')} into {folder}")
    if unwritten:
        commands.abort(unwritten)


def _write_new(
    files: Mapping[str, bytes], folder: Path, remedy: str, workbook: Path
) -> tuple[list[str], list[Problem]]:
    """Write files under names that are free; the names of those written, and why others were not."""
    from tracker.saving import write_new

    written: list[str] = []
    problems: list[Problem] = []
    for name, content in files.items():
        faults = write_new(folder / name, content, remedy=remedy, sources=[workbook])
        problems += faults
        written += [] if faults else [name]
    return written, problems
