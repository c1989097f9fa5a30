"""What reads the workbook of a case: `tracker reconcile`, `regenerate`, `explain`, `documents` and `returns`."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from typing import TYPE_CHECKING, Any

import click

from tracker import commands
from tracker.paths import STANDARD, lock_of, sha256_of
from tracker.problems import codes, problem
from tracker.text import listed, quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tracker.api import Problem

SUFFIXES = {"text": (".txt", ".text"), "json": (".json",), "md": (".md",), "html": (".html", ".htm")}
"""The formats of `reconcile`, and how the name of a file in each may end."""
BACKUPS = "tracker-backups"
_LONGEST = 120
"""Letters of a workbook's name in that of its backup, which must still have room for the time."""


_returns_option = click.option(
    "--returns", type=commands.FILE, multiple=True, metavar="FILE-OR-FOLDER",
    help="Returns that agencies sent back: merged into their case. May be given several times.",
)  # fmt: skip


def _to_take(text: str) -> tuple[str, str]:
    """A choice on the command line, `C-001=yours`."""
    number, _, which = text.partition("=")
    if which not in {"yours", "new", "both"}:
        raise click.BadParameter(f'"{text}" is no choice; write C-001=yours, C-001=new or C-001=both.')
    return number.upper(), which


@click.command("reconcile")
@click.argument("workbooks", type=commands.FILE, nargs=-1, required=True, metavar="WORKBOOK...")
@click.option(
    "--case", "case_path", type=commands.FILE, help="Compare the key dates with this case description."
)
@commands.as_at_option
@click.option(
    "--accept-typed-dates", is_flag=True, help="Read a date typed over the formula of Due as agreed."
)
@click.option("--realign", is_flag=True, help="Read rows whose IDs were left behind by a sort by their text.")
@_returns_option
@commands.password_option
@commands.format_option(
    tuple(SUFFIXES), "text for the screen, json for other programs, md for a mail, html for a browser."
)
@commands.output_option()
@commands.procedure_option
@commands.jobs_option
def reconcile_command(
    workbooks: tuple[Path, ...],
    case_path: Path | None,
    password_file: Path | None,
    form: str,
    output: Path | None,
    jobs: int | None,
    **options: Any,
) -> None:
    """Read edited workbooks, or all in a folder: the state of the case, what was changed since issue, what is wrong.

    \b
    Examples:
      tracker reconcile sample_cases/ordinary-in-time-edited.xlsx --as-at 2026-11-19
      tracker reconcile case.xlsx --format json -o state.json
    """
    from tracker.api import format_reconciliation, reconcile_workbooks
    from tracker.parallel import processes

    commands.validate_output_path(
        output, SUFFIXES[form], *workbooks, *options["returns"], case_path, password_file
    )
    case = commands.require_case(case_path, options["procedure"]) if case_path else None
    files = commands.require_workbooks(workbooks)
    # No question is put about a folder where no terminal could answer: a problem then names the locked workbook.
    unasked = password_file is None and files != list(workbooks) and not sys.stdin.isatty()
    with commands.progress(files) as step:
        outcome = reconcile_workbooks(
            files,
            case=case,
            password=None if unasked else commands.password_from(password_file),
            today=commands.today(),
            workers=jobs or processes(),
            step=step,
            **options,
        )
    on_screen = output is None or str(output) == STANDARD
    colour = on_screen and form == "text" and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    text = format_reconciliation(outcome, form, colour=colour)
    if on_screen and form == "text":
        text = commands.wrap_to_terminal(text, sys.stdout)
    commands.write_text(text, output, styled=colour, sources=files)
    commands.exit_with_status(outcome.all_problems(), conflicts=outcome.has_conflicts)


@click.command("regenerate")
@click.argument("workbooks", type=commands.FILE, nargs=-1, required=True, metavar="WORKBOOK...")
@click.option("--case", "case_path", type=commands.FILE, help="The case description to bring it up to.")
@commands.output_option("The workbook to write; else beside the first one, with -regenerated in its name.")
@click.option("--in-place", is_flag=True, help="Replace the workbook, after a dated backup.")
@click.option("--dry-run", is_flag=True, help="Print what would be done and write nothing.")
@click.option(
    "--restore", multiple=True, metavar="CELL", help="Take back an edit in a cell of the procedure: SIN!B5."
)
@click.option(
    "--take",
    "takes",
    multiple=True,
    type=_to_take,
    metavar="NUMBER=WHICH",
    help="Settle a conflict of sheet Conflicts: C-001=yours, C-001=new, or C-001=both for two notes.",
)
@click.option("--annotate", is_flag=True, help="Add a sheet Problems whose lines link to the cells.")
@click.option("--move-edition", is_flag=True, help="Bring the rows to the set's present edition.")
@click.option(
    "--accept-typed-dates", is_flag=True, help="Take a date typed over the formula of Due as agreed."
)
@click.option("--realign", is_flag=True, help="Put IDs right that a sort has left beside other rows.")
@_returns_option
@commands.password_option
@commands.format_option(("text", "json"), "What is printed: text for people, json for other programs.")
@commands.as_at_option
@commands.procedure_option
def regenerate_command(
    workbooks: tuple[Path, ...],
    case_path: Path | None,
    output: Path | None,
    in_place: bool,
    dry_run: bool,
    password_file: Path | None,
    form: str,
    takes: tuple[tuple[str, str], ...],
    **options: Any,
) -> None:
    """Bring a workbook up to its case and procedure, keeping every edit.

    New agencies, children and decisions get their rows, broken formulas come back, and nothing a person typed is
    lost. Several copies of one workbook are merged. What two sides changed is listed on a sheet Conflicts; choose
    there and run it again.

    \b
    Examples:
      tracker regenerate DOR-2026-014.xlsx --dry-run
      tracker regenerate DOR-2026-014.xlsx --case DOR-2026-014.toml --in-place
    """
    from tracker.api import format_outcome, regenerate_workbook

    first = workbooks[0]
    if in_place and (output is not None or len(workbooks) > 1):
        raise click.UsageError("--in-place takes one workbook and no -o.")
    if not dry_run:
        _require_name(first, output)
    commands.validate_output_path(
        output, (".xlsx",), *workbooks, *options["returns"], case_path, password_file
    )
    # The bytes on disk must still be these when the result takes their place, so this comes before they are read.
    sha256 = sha256_of(first)
    outcome, problems = regenerate_workbook(
        workbooks,
        case=commands.require_case(case_path, options["procedure"]) if case_path else None,
        password=commands.password_from(password_file),
        takes=dict(takes),
        **options,
    )
    leftover = commands.leftover_problems(first, *([output] if output else []))
    problems = [*leftover, *([] if in_place and not dry_run else _lock_problems(workbooks)), *problems]
    to_output = str(output) == STANDARD
    text, shown = format_outcome(outcome, problems, form, dry=dry_run)
    if text:
        commands.print_line(text, err=to_output, wrap=form == "text")
    if form != "json":
        commands.print_problems(shown)
    if outcome is None:
        sys.exit(commands.UNUSABLE)
    if to_output and not dry_run:
        commands.write_to_stdout(outcome.content)
    elif outcome.changed and not dry_run:
        target = output or first.with_stem(f"{first.stem}-regenerated")
        _write_workbook(outcome.content, first, sha256, None if in_place else target)
    commands.exit_with_status(problems, conflicts=bool(outcome.open_conflicts))


def _require_name(workbook: Path, output: Path | None) -> None:
    if str(workbook) == STANDARD and output is None:
        raise click.UsageError("A workbook from standard input has no name: say with -o where to write.")


def _lock_problems(workbooks: Sequence[Path]) -> list[Problem]:
    """Warn of workbooks that somebody has open: what is not saved yet cannot be in the result."""
    locks = ((path, lock_of(path)) for path in workbooks)
    return [problem(codes.OPEN_ELSEWHERE, file=str(path), lock=lock) for path, lock in locks if lock]


def _write_workbook(content: bytes, path: Path, sha256: str, target: Path | None) -> None:
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
        commands.abort(problems)
    commands.print_note(message)


@click.command("explain")
@click.argument("workbook", type=commands.FILE)
@click.argument("row_id", metavar="ID")
@commands.output_option()
@commands.as_at_option
@commands.procedure_option
def explain_command(workbook: Path, row_id: str, output: Path | None, as_at: date, procedure: str) -> None:
    """Show how one due date was counted: the clock, each day skipped, the paragraph, the reading taken.

    \b
    Example:
      tracker explain DOR-2026-014.xlsx RR-6.6
    """
    from tracker.api import explain_due_date

    commands.validate_output_path(output, (".txt",), workbook)
    text, problems = explain_due_date(workbook, row_id, as_at, procedure=procedure)
    if text is None:
        commands.abort(problems)
    commands.write_text(text, output, sources=[workbook])


# What is handed out


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
    """
    from tracker.api import make_documents

    _require_name(workbook, output)
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
        # Somebody may have filled in the blanks of those that are there.
        kept = [name for name in made.files if os.path.lexists(folder / name)]
        problems += [problem(codes.DOCUMENT_KEPT, file=str(folder), names=listed(kept))] if kept else []
        new = {name: content for name, content in made.files.items() if name not in kept}
        remedy = "Choose another folder with -o."
        written, unwritten = _write_new(new, "document", folder, remedy, workbook)
        problems += unwritten
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
    """
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
    # One that is there may have been filled in already.
    remedy = "Name another folder with -o, or move the older one away."
    files = {each.name: each.content for each in made}
    _, unwritten = _write_new(files, "return", folder, remedy, workbook)
    if unwritten:
        commands.abort(unwritten)


def _write_new(
    files: Mapping[str, bytes], noun: str, folder: Path, remedy: str, workbook: Path
) -> tuple[list[str], list[Problem]]:
    """Write files under names that are free; the names of those written, and why others were not."""
    from tracker.saving import write_new

    commands.make_folder(folder)
    written: list[str] = []
    problems: list[Problem] = []
    for name, content in files.items():
        faults = write_new(folder / name, content, remedy=remedy, sources=[workbook])
        problems += faults
        written += [] if faults else [name]
    if written:
        commands.print_written(folder, f"Written: {quantity(len(written), noun)} into {folder}")
    return written, problems
