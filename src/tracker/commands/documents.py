"""`tracker documents`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from tracker import commands
from tracker.paths import STANDARD
from tracker.problems import codes, problem
from tracker.text import listed, quantity

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from tracker.api import Documents, Problem


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
    workbook: Path,
    step: str,
    as_at: date,
    templates: Path | None,
    output: Path | None,
    procedure_name: str,
    password_file: Path | None,
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
    made, problems = make_documents(
        str(workbook),
        as_at,
        step=step,
        procedure=procedure_name,
        templates=templates,
        password=commands.password_from(password_file),
    )
    if made is None:
        commands.abort(problems)
    problems += made.problems
    if str(output) == STANDARD and made.files:
        if len(made.files) > 1:
            raise click.UsageError("-o - takes one file; these are several: name a folder.")
        commands.write_to_stdout(next(iter(made.files.values())))
    elif made.files:
        folder = output or workbook.with_name(f"{workbook.stem}-documents")
        problems += _write(made, folder, workbook)
    elif not made.problems:
        commands.print_line("No step of this case asks for a document; nothing was written.", err=True)
    commands.print_problems(problems)
    commands.exit_with_status(problems)


def _write(made: Documents, folder: Path, workbook: Path) -> list[Problem]:
    """Write the documents that are not there yet: somebody may have filled in the blanks of the others."""
    from tracker.saving import write_new

    commands.make_folder(folder)
    kept = [name for name in made.files if os.path.lexists(folder / name)]
    problems = [problem(codes.DOCUMENT_KEPT, file=str(folder), names=listed(kept))] if kept else []
    written = []
    for document in made.documents:
        if document.name not in kept:
            remedy = "Choose another folder with -o."
            content = made.files[document.name]
            faults = write_new(folder / document.name, content, remedy=remedy, sources=[workbook])
            problems += faults
            written += [] if faults else [document]
    if written:
        commands.print_written(folder, f"Written: {quantity(len(written), 'document')} into {folder}")
    for each in written:
        commands.print_note(f"  {each.name}: {quantity(len(each.blanks), 'blank')} to fill in")
    return problems
