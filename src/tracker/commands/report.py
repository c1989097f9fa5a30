"""`tracker report`."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import click

from tracker.commands.common import (
    CONFLICTS,
    FILE,
    Day,
    as_at_option,
    finish,
    fit_for,
    jobs_option,
    judged_otherwise,
    left_behind,
    output_option,
    password_from,
    password_option,
    procedure_for,
    procedure_of,
    procedure_option,
    progress,
    say_written,
    show,
    stop,
    tell,
    today,
    write_out,
)
from tracker.paths import STANDARD
from tracker.problems import Severity, codes
from tracker.text import listed, quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.reconcile.model import Reconciliation
    from tracker.reconcile.run import Settings
    from tracker.report.earlier import Earlier
    from tracker.report.reports import Made

FORMATS = ("html", "md", "docx", "csv", "json", "eml")
OWNERS = "owners"
_OWNERS_FORMATS = ("md", "eml")
_SUFFIXES = {"html": (".html", ".htm"), "md": (".md", ".txt"), "docx": (".docx",), "json": (".json",)}
_WITH_EVERY_ROW = ("csv", "json")
"""Formats for other programs, which get every row of every case with its words."""


def workbooks_in(paths: Sequence[Path]) -> list[Path]:
    """The workbooks named, and those in the folders named."""
    from tracker.workbook.preflight import workbook_files

    return [file for path in paths for file in (workbook_files(path) if os.path.isdir(path) else [path])]  # noqa: PTH112  says no where it is too long


def _begun(paths: Sequence[Path], workers: int) -> list[Path]:
    """The workbooks; further processes begin to load what reads them while this one loads all else."""
    from tracker.parallel import ENOUGH, get_ready

    files = workbooks_in(paths)
    if workers > 1 and len(files) >= ENOUGH:
        get_ready("tracker.reconcile.run", "tracker.workbook.fast_reader")
    return files


def beside(path: Path, name: str) -> Path:
    """A name in the folder, or beside the file."""
    return (path if os.path.isdir(path) else path.parent) / name  # noqa: PTH112  as above


@click.command("report")
@click.argument("paths", type=FILE, nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--for",
    "kind",
    default=None,
    metavar="REPORT",
    help="weekly, owners, timeliness, or a board of the workbooks' procedure: subgroup, maqpag, qpag (Dorset).",
)
@as_at_option
@click.option("--since", type=FILE, default=None, help="An earlier report's JSON: tells what moved since.")
@click.option(
    "--from", "first", type=Day(), default=None, help="timeliness: reviews known of from this date on."
)
@click.option(
    "--to", "last_day", type=Day(), default=None, help="timeliness: reviews known of up to this date."
)
@click.option(
    "--anonymise", is_flag=True, help="timeliness: numbers, months and days alone, for a public request."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=None,
    help="html if left out; md or eml (drafts, never sent) for owners.",
)
@click.option(
    "--templates", type=FILE, default=None, help="A folder of templates that replace the usual ones."
)
@password_option
@click.option("--no-history", is_flag=True, help="Leave no JSON beside the report.")
@output_option(
    "The file to write (for csv and owners the folder); else beside the workbooks, as weekly-2026-11-23.html."
)
@procedure_option
@jobs_option
def command(
    paths: tuple[Path, ...],
    kind: str | None,
    as_at: date | None,
    since: Path | None,
    first: date | None,
    last_day: date | None,
    anonymise: bool,
    form: str | None,
    templates: Path | None,
    password_file: Path | None,
    no_history: bool,
    output: Path | None,
    procedure_name: str,
    jobs: int | None,
) -> None:
    """Write a status report over workbooks or whole folders of them.

    A workbook that cannot be read is named at the top; the report of the others is written all the same.

    \b
    Examples:
      tracker report sample_cases --for weekly -o weekly.html
      tracker report sample_cases --for owners --format eml -o drafts
      tracker report sample_cases --for subgroup --format docx -o subgroup.docx
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.commands.boards import by_their_sets, refuse_unknown
    from tracker.parallel import processes

    kind = kind or _no_kind()
    workers = jobs or processes()
    files = _begun(paths, workers)

    from tracker.problems import problem
    from tracker.reconcile.run import Settings
    from tracker.report.earlier import done_in
    from tracker.report.reports import KINDS, Wanted, make

    named = procedure_of(procedure_name) if procedure_name else None
    _check(kind, templates, period=bool(first or last_day), anonymise=anonymise)
    day = as_at or today()
    form = _form_for(kind, form, output)
    if kind != OWNERS and form != "csv":
        fit_for(output, _SUFFIXES[form], *paths, since, password_file)
    if not files:
        stop([problem(codes.NO_WORKBOOK_IN_FOLDER, file=str(paths[0]))])
    earlier = _earlier(since)
    own = templates.resolve() if templates else None
    # Nobody is asked for a password in the middle of a folder: without the file a locked workbook is left out.
    password = password_from(password_file) if password_file else None
    load = procedure_for(procedure_name, own_first=True)  # a folder may hold cases of several procedures
    reader = _FolderReader(files, Settings(day, load, password=password, today=today()), workers)
    others = (*KINDS, OWNERS)
    if kind not in others:
        refuse_unknown(kind, others, named, files, reader.settings)
    if kind == OWNERS:
        outcome = reader.whole()
        folder = output or beside(paths[0], f"{OWNERS}-{day.isoformat()}")
        _owners(outcome, folder, form, own, earlier, history=not no_history, sources=files)
        return
    target = output or beside(paths[0], f"{kind}-{day.isoformat()}{_ending(form)}")
    outcome = reader.whole()
    procedure, outcome = (None, outcome) if kind in others else by_their_sets(kind, others, named, outcome)
    history = done_in(target.parent, (kind, "weekly"), day)
    apart = form not in _WITH_EVERY_ROW
    wanted = Wanted(kind, earlier, history, first, last_day, anonymise, closed_apart=apart)
    made = make(wanted, outcome, procedure)
    _write(made, form, own, target, history=not no_history, sources=files)
    tell(outcome.problems)
    _leave(outcome, outcome.problems)


@dataclass(frozen=True, slots=True)
class _FolderReader:
    """Reads the workbooks of a report behind a progress bar."""

    files: Sequence[Path]
    settings: Settings
    workers: int

    def whole(self) -> Reconciliation:
        """Every case with all its words; leaves where there is none."""
        from tracker.regenerate.cases import reconcile_cases

        with progress(self.files) as step:
            outcome = reconcile_cases(self.files, self.settings, workers=self.workers, step=step)
        if not outcome.cases:
            stop(outcome.problems)
        return outcome


def _owners(
    outcome: Reconciliation,
    folder: Path,
    form: str,
    templates: Path | None,
    earlier: Earlier | None,
    *,
    history: bool,
    sources: Sequence[Path],
) -> None:
    """Write the messages, then what the next run is compared with: a run that failed has reminded nobody."""
    from tracker.commands.owners import write_messages
    from tracker.report.reports import remembered
    from tracker.saving import refusals

    target = folder.with_name(f"{folder.name}.json")
    keeps = history and folder.parent.is_dir()
    if keeps and (refused := refusals([(target, b"")])):
        stop(refused)
    since = earlier.as_at if earlier else None
    problems = write_messages(outcome, folder, form, templates, since=since, sources=sources)
    if keeps:
        _write_files({"": _encoded(remembered(OWNERS, outcome))}, target, private=True)
    _leave(outcome, problems)


def _leave(outcome: Reconciliation, problems: Sequence[Problem]) -> None:
    """Leave with the exit code of what the workbooks hold: errors in cells count as well as files left out."""
    tell(judged_otherwise(outcome))
    within = sum(each.severity is Severity.ERROR for case in outcome.cases for each in case.problems)
    if within:
        said = quantity(within, "error")
        show(f"The workbooks hold {said} that tracker reconcile explains.", err=True)
    finish([*problems, *outcome.all_problems()])
    if any(each.conflicts for each in outcome.cases):
        sys.exit(CONFLICTS)


def _no_kind() -> NoReturn:
    """Leave with the reports there are, and the boards of the usual procedure."""
    from tracker.report.reports import KINDS

    kinds = [*KINDS, OWNERS, *(board.id for board in procedure_of("").boards)]
    raise click.UsageError(f"Say which report with --for: {listed(kinds, 'or')}.")


def _ending(form: str) -> str:
    return "-csv" if form == "csv" else f".{form}"


def _form_for(kind: str, form: str | None, output: Path | None) -> str:
    """The format to write; leaves where the report is not written in it."""
    form = form or ("md" if kind == OWNERS else "html")
    fitting = _OWNERS_FORMATS if kind == OWNERS else FORMATS[:-1]
    if form not in fitting:
        raise click.UsageError(f"--for {kind} is written as {listed(fitting, 'or')}.")
    if str(output) == STANDARD and (kind == OWNERS or form == "csv"):
        raise click.UsageError("-o - takes one file; these are several: name a folder.")
    return form


def _check(kind: str, templates: Path | None, *, period: bool, anonymise: bool) -> None:
    """Leave where the options do not go together."""
    if (period or anonymise) and kind != "timeliness":
        raise click.UsageError("--from, --to and --anonymise go with --for timeliness.")
    if templates is not None and not os.path.isdir(templates):  # noqa: PTH112  as above
        raise click.BadParameter(f'"{templates}" is not a folder.', param_hint="'--templates'")


def _earlier(since: Path | None) -> Earlier | None:
    """The report to compare with; leaves where it cannot be used."""
    from tracker.report.earlier import read_earlier

    if since is None:
        return None
    earlier, problems = read_earlier(since)
    if earlier is None:
        stop(problems)
    return earlier


def _write(
    made: Made, form: str, templates: Path | None, target: Path, *, history: bool, sources: Sequence[Path]
) -> None:
    """Write the report, and its history beside it; leaves where one of them cannot be written."""
    from tracker.report.reports import keeps_history, written
    from tracker.saving import refusals

    tell(left_behind(target))
    files, problems = written(made, form, templates)
    if problems:
        stop(problems)
    if str(target) == STANDARD:
        write_out(next(iter(files.values())))
        return
    name = f"{target.name.removesuffix('-csv')}.json" if form == "csv" else f"{target.stem}.json"
    beside_it = target.with_name(name)
    keeps = history and form != "json" and keeps_history(made) and beside_it != target
    wanted = [(target / name if name else target, content) for name, content in files.items()]
    if refused := refusals([*wanted, *([(beside_it, b"")] if keeps else [])]):
        stop(refused)  # half a report would look like a whole one
    _write_files(files, target, private=form == "json", sources=sources)
    say_written(target)
    if keeps:
        _write_files({"": _encoded(made.pieces())}, beside_it, private=True)


def _encoded(pieces: Iterator[str]) -> Iterator[bytes]:
    return (piece.encode() for piece in pieces)


def _write_files(
    files: Mapping[str, bytes | Iterator[bytes]],
    target: Path,
    *,
    private: bool,
    sources: Sequence[Path] = (),
) -> None:
    from tracker.saving import cannot_write, unbroken, write_over

    problems: list[Problem] = []
    with unbroken():  # tables of two days beside each other would look like one report
        for name, content in files.items():
            if name:
                try:
                    target.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    stop([cannot_write(target, error)])
            problems += write_over(
                target / name if name else target, content, private=private, sources=sources
            )
    if problems:
        stop(problems)
