"""`tracker check`, `generate`, and `tracker procedure check|new|diff|schema`."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from tracker import commands
from tracker.paths import STANDARD
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from tracker.api import CaseSummary, Difference, Procedure


@click.command("check")
@click.argument("path", type=commands.FILE, metavar="CASE")
@commands.format_option(("text", "json"), "What is printed: text for people, json for other programs.")
@commands.output_option()
@commands.as_at_option
@commands.procedure_option
def check_command(path: Path, form: str, output: Path | None, as_at: date, procedure: str) -> None:
    """Validate a case description; print its clocks and key dates.

    \b
    Example:
      tracker check sample_cases/ordinary-in-time.toml
    """
    from tracker.api import check_case

    commands.validate_output_path(output, (".json",) if form == "json" else (".txt",), path)
    checked = check_case(path, as_at, procedure)
    if form == "json":
        commands.write_text(checked.to_json(), output, sources=[path])
        commands.exit_with_status(checked.problems)
        return
    summary = commands.require((checked.case, checked.problems))
    commands.write_text("\n".join(_summary_lines(summary)), output, sources=[path])


def _summary_lines(summary: CaseSummary) -> Iterator[str]:
    yield f"{summary.reference}: {summary.summary}".rstrip(": ")
    yield f"{summary.procedure}, edition {summary.edition}; {summary.rows} rows"
    yield from filter(None, [summary.currency])
    clocks = [(each.clock, _format_date(each.day), each.state) for each in summary.clocks]
    yield from ("", commands.text_table([("Clock", "Date", "State"), *clocks]))
    keys = [
        (each.id, each.timescale, _format_date(each.due), each.rag, _shorten(each.action))
        for each in summary.key_dates
    ]
    yield from ("", commands.text_table([("ID", "Timescale", "Due", "RAG", "Action"), *keys]))


def _format_date(day: date | None) -> str:
    return short_date(day) if day else ""


def _shorten(action: str) -> str:
    return shorten(action, 60, placeholder="...")


@click.command("generate")
@click.argument("path", type=commands.FILE, required=False, metavar="[CASE]")
@click.option(
    "--blank", is_flag=True, help="A workbook without a case: usual agencies, spare rows, no dates."
)
@commands.output_option("The workbook to write; else beside the case description, under its name.")
@commands.as_at_option
@commands.procedure_option
def generate_command(
    path: Path | None, blank: bool, output: Path | None, as_at: date, procedure: str
) -> None:
    """Make the workbook of a case from its description.

    The workbook follows today's date whenever it is opened; --as-at only sets the day for which the values in the
    file are counted. An existing file is never replaced.

    \b
    Examples:
      tracker generate sample_cases/ordinary-in-time.toml -o DOR-2026-014.xlsx
      tracker generate --blank -o blank.xlsx
    """
    if blank == (path is not None):
        raise click.UsageError("Name a case description, or ask for --blank; one of the two.")
    from tracker.api import generate, rules_currency
    from tracker.saving import write_new

    commands.validate_output_path(output, (".xlsx",), path)
    loaded = commands.require_procedure(procedure)
    case, target = None, Path("tracker-blank.xlsx")
    if path is not None:
        case = commands.require_case(path, loaded)
        target = path.with_suffix(".xlsx")
        if str(path) == STANDARD:
            target = Path(f"{case.details.reference}.xlsx")
    target = output or target
    content = commands.require(generate(case, as_at, loaded))
    if currency := rules_currency(loaded, as_at):
        commands.print_note(currency)
    if str(target) == STANDARD:
        commands.write_to_stdout(content)
        return
    remedy = "Choose another name with -o, or bring the existing workbook up to date with tracker regenerate."
    if problems := write_new(target, content, remedy=remedy, sources=[path] if path else []):
        commands.abort(problems)
    commands.print_written(target)


# Procedure sets


@click.group("procedure")
def procedure_command() -> None:
    """Look at a procedure set, copy one to adapt, compare two.

    \b
    Examples:
      tracker procedure check dorset
      tracker procedure new my-procedure
      tracker procedure diff dorset my-procedure
    """


@procedure_command.command("check", short_help="Validate a set and print it as a table.")
@click.argument("name", metavar="FOLDER")
@commands.output_option("Write the table to a file instead of the screen.")
@commands.as_at_option
def check_procedure_command(name: str, output: Path | None, as_at: date) -> None:
    """Validate a set and print it as a table: every problem at once, or every step.

    FOLDER is the set's folder, or the name of one that travels with the program. Key dates are marked *.
    A line is added where the rules are due for another check, or where nobody has checked them.

    \b
    Examples:
      tracker procedure check my-procedure
      tracker procedure check riverside -o riverside.txt
    """
    commands.validate_output_path(output, (".txt",))
    commands.write_text("\n".join(_overview_lines(commands.require_procedure(name), as_at)), output)


def _overview_lines(procedure: Procedure, as_at: date) -> Iterator[str]:
    from tracker.api import rules_currency, step_table

    since = short_date(procedure.effective_from)
    steps = quantity(sum(len(stage.steps) for stage in procedure.stages), "step")
    stages = listed(stage.name for stage in procedure.stages)
    yield f"{procedure.title}, edition {procedure.edition}, in force from {since}"
    yield f"{steps} in {stages}; boards: {listed(board.name for board in procedure.boards) or 'none'}"
    yield from filter(None, [rules_currency(procedure, as_at)])
    for stage in procedure.stages:
        rows = [(*row[:-1], _shorten(row[-1])) for row in step_table(procedure, stage)]
        yield from (
            "",
            f"{stage.name}: {stage.milestone}, {stage.milestone_words}",
            "",
            commands.text_table(rows),
        )


@procedure_command.command("new", short_help="Copy a set, to adapt it.")
@click.argument("folder", type=commands.FILE)
@click.option(
    "--from",
    "name",
    default="",
    metavar="SET",
    help="The set to copy, by name or folder; else the present one.",
)
def new_procedure_command(folder: Path, name: str) -> None:
    """Copy a set into a new folder, to adapt it.

    A folder with anything in it is refused. The copy holds a schema.json by which editors complete and check.

    \b
    Examples:
      tracker procedure new my-procedure
      tracker procedure new our-procedure --from national
    """
    from tracker.api import copy_procedure

    if problems := copy_procedure(name, folder):
        commands.abort(problems)
    commands.print_line(str(folder))
    commands.print_line(f"Edit its files, then run: tracker procedure check {folder}", err=True)


@procedure_command.command("diff", short_help="Show what differs between two sets.")
@click.argument("old", metavar="SET")
@click.argument("new", metavar="SET")
@commands.output_option()
def diff_command(old: str, new: str, output: Path | None) -> None:
    """Show what differs from one set to another: roles, clocks, boards, and step by step.

    \b
    Examples:
      tracker procedure diff dorset my-procedure
      tracker procedure diff editions/2023 editions/2026
    """
    from tracker.api import compare_procedures

    commands.validate_output_path(output, (".txt",))
    differences = compare_procedures(commands.require_procedure(old), commands.require_procedure(new))
    commands.write_text("\n".join(_difference_lines(differences)) or "The two sets say the same.", output)


def _difference_lines(differences: Iterable[Difference]) -> Iterator[str]:
    """The differences, gathered under what they are differences of."""
    heading = ""
    for each in differences:
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


@procedure_command.command("schema", short_help="Print the JSON Schema for editors.")
@commands.output_option()
def schema_command(output: Path | None) -> None:
    """Print the JSON Schema of a set's files, for editors.

    \b
    Example:
      tracker procedure schema -o schema.json
    """
    from tracker.api import procedure_schema

    commands.validate_output_path(output, (".json",))
    commands.write_text(procedure_schema().rstrip("\n"), output)
