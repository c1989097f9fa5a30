"""`tracker generate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    as_at_option,
    case_of,
    fit_for,
    output_option,
    procedure_of,
    procedure_option,
    say_written,
    stop,
    today,
    write_out,
)
from tracker.paths import STANDARD

if TYPE_CHECKING:
    from datetime import date

    from tracker.case.model import Case

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
    from tracker import generate
    from tracker.saving import write_new

    fit_for(output, (".xlsx",), case)
    procedure = procedure_of(procedure_name)
    described = None if case is None else case_of(case, procedure)
    target = output or _beside(case, described)
    content, problems = generate(described, as_at or today(), procedure)
    if content is None:
        stop(problems)
    if str(target) == STANDARD:
        write_out(content)
        return
    remedy = "Choose another name with -o, or bring the existing workbook up to date with tracker regenerate."
    problems = write_new(target, content, remedy=remedy, sources=[case] if case else [])
    if problems:
        stop(problems)
    say_written(target)


def _beside(path: Path | None, case: Case | None) -> Path:
    """The name of the workbook where none was given; a description from standard input has its case's."""
    if path is None or case is None:
        return Path(BLANK_NAME)
    return Path(f"{case.details.reference}.xlsx") if str(path) == STANDARD else path.with_suffix(".xlsx")
