"""`tracker generate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    abort,
    as_at_option,
    output_option,
    print_written,
    procedure_option,
    require_case,
    require_procedure,
    today,
    validate_output_path,
    write_to_stdout,
)
from tracker.paths import STANDARD

if TYPE_CHECKING:
    from datetime import date

    from tracker.api import Case

BLANK_NAME = "tracker-blank.xlsx"


@click.command("generate")
@click.argument("case", type=FILE, required=False)
@click.option("--blank", is_flag=True, help="A workbook without a case: usual agencies, no dates.")
@output_option("The workbook to write; else beside the case description, under its name.", folder=False)
@as_at_option
@procedure_option
def command(
    case: Path | None, blank: bool, output: Path | None, as_at: date | None, procedure_name: str
) -> None:
    """Make the workbook of a case from its description.

    The workbook follows today's date whenever it is opened; --as-at only says for which day the values in the
    file are counted. An existing file is never replaced.

    \b
    Examples:
      tracker generate sample_cases/ordinary-in-time.toml -o DOR-2026-014.xlsx
      tracker generate --blank -o blank.xlsx
    """  # noqa: D301  click's own mark for lines that stay as they are
    if blank == (case is not None):
        raise click.UsageError("Name a case description, or ask for --blank; one of the two.")
    from tracker.api import generate
    from tracker.saving import write_new

    validate_output_path(output, (".xlsx",), case)
    procedure = require_procedure(procedure_name or None)
    described = None if case is None else require_case(case, procedure)
    target = output or _beside(case, described)
    content, problems = generate(described, as_at or today(), procedure)
    if content is None:
        abort(problems)
    if str(target) == STANDARD:
        write_to_stdout(content)
        return
    remedy = "Choose another name with -o, or bring the existing workbook up to date with tracker regenerate."
    problems = write_new(target, content, remedy=remedy, sources=[case] if case else [])
    if problems:
        abort(problems)
    print_written(target)


def _beside(path: Path | None, case: Case | None) -> Path:
    """The name of the workbook where none was given; a description from standard input has its case's."""
    if path is None or case is None:
        return Path(BLANK_NAME)
    return Path(f"{case.details.reference}.xlsx") if str(path) == STANDARD else path.with_suffix(".xlsx")
