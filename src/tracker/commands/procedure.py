"""`tracker procedure check|new|diff|schema`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    abort,
    output_option,
    print_line,
    require_procedure,
    text_table,
    validate_output_path,
    write_text,
)
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.api import Difference, Procedure

_ACTION = 60  # characters of an action the table shows


@click.group("procedure")
def command() -> None:
    """Look at a procedure set, copy one to adapt, compare two.

    \b
    Examples:
      tracker procedure check dorset
      tracker procedure new my-procedure
      tracker procedure diff dorset my-procedure
    """  # noqa: D301  click's own mark for lines that stay as they are


@command.command("check", short_help="Validate a set and print it as a table.")
@click.argument("name", metavar="FOLDER")
@output_option("Write the table to a file instead of the screen.", folder=False)
def check(name: str, output: Path | None) -> None:
    """Validate a set and print it as a table: every problem at once, or every step.

    FOLDER is the set's folder, or the name of one that travels with the program. Key dates are marked *.

    \b
    Examples:
      tracker procedure check my-procedure
      tracker procedure check riverside -o riverside.txt
    """  # noqa: D301  click's own mark for lines that stay as they are
    validate_output_path(output, (".txt",))
    write_text("\n".join(_overview_lines(require_procedure(name))), output)


def _overview_lines(procedure: Procedure) -> Iterator[str]:
    from tracker.api import step_table

    since = short_date(procedure.effective_from)
    steps = quantity(sum(len(stage.steps) for stage in procedure.stages), "step")
    stages = listed(stage.name for stage in procedure.stages)
    yield f"{procedure.title}, edition {procedure.edition}, in force from {since}"
    yield f"{steps} in {stages}; boards: {listed(board.name for board in procedure.boards) or 'none'}"
    for stage in procedure.stages:
        rows = [
            (*row[:-1], shorten(row[-1], _ACTION, placeholder="...")) for row in step_table(procedure, stage)
        ]
        yield from (
            "",
            f"{stage.name}: {stage.milestone}, {stage.milestone_words}",
            "",
            text_table(rows),
        )


@command.command("new", short_help="Copy a set, to adapt it.")
@click.argument("folder", type=FILE)
@click.option(
    "--from",
    "name",
    default="",
    metavar="SET",
    help="The set to copy, by name or folder; else the present one.",
)
def new(folder: Path, name: str) -> None:
    """Copy a set into a new folder, to adapt it.

    A folder with anything in it is refused. The copy holds a schema.json by which editors complete and check.

    \b
    Examples:
      tracker procedure new my-procedure
      tracker procedure new my-procedure --from riverside
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import copy_procedure

    if problems := copy_procedure(name, folder):
        abort(problems)
    print_line(str(folder))
    print_line(f"Edit its files, then run: tracker procedure check {folder}", err=True)


@command.command("diff", short_help="Show what differs between two sets.")
@click.argument("old", metavar="SET")
@click.argument("new", metavar="SET")
@output_option("Write it to a file instead of the screen.", folder=False)
def diff(old: str, new: str, output: Path | None) -> None:
    """Show what differs from one set to another: roles, clocks, boards, and step by step.

    \b
    Examples:
      tracker procedure diff dorset my-procedure
      tracker procedure diff editions/2023 editions/2026
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import compare_procedures

    validate_output_path(output, (".txt",))
    was, now = require_procedure(old or None), require_procedure(new or None)
    write_text(
        "\n".join(_difference_lines(compare_procedures(was, now))) or "The two sets say the same.", output
    )


def _difference_lines(found: Iterable[Difference]) -> Iterator[str]:
    """The differences, gathered under what they are differences of."""
    heading = ""
    for each in found:
        title = f"{each.what} {each.name}".strip()
        if not each.was or not each.now:
            value = each.now or each.was
            words = f": {value}" if value != each.name else ""
            yield f"{'added' if each.now else 'removed'} {title}{words}"
            heading = ""
            continue
        if title != heading:
            yield f"changed {title}"
            heading = title
        yield f"    {each.key}: {each.was} -> {each.now}"


@command.command("schema", short_help="Print the JSON Schema for editors.")
@output_option("Write it to a file instead of the screen.", folder=False)
def schema(output: Path | None) -> None:
    """Print the JSON Schema of a set's files, for editors.

    \b
    Example:
      tracker procedure schema -o schema.json
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import procedure_schema

    validate_output_path(output, (".json",))
    write_text(procedure_schema().rstrip("\n"), output)
