"""`tracker report`."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tracker.commands.common import (
    FILE,
    Day,
    abort,
    as_at_option,
    beside,
    exit_with_status,
    jobs_option,
    leftover_problems,
    other_procedure_problems,
    output_option,
    password_option,
    print_line,
    print_problems,
    print_written,
    procedure_option,
    read_cases,
    require_procedure,
    today,
    validate_output_path,
    write_to_stdout,
)
from tracker.commands.files import refuse_unwritable, write_files
from tracker.paths import STANDARD
from tracker.text import listed, quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.api import Earlier, Problem, Reconciliation, Report

FORMATS = ("html", "md", "docx", "csv", "json", "eml")
OWNERS = "owners"
_OWNERS_FORMATS = ("md", "eml")
_SUFFIXES = {"html": (".html", ".htm"), "md": (".md", ".txt"), "docx": (".docx",), "json": (".json",)}


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
@click.option("--since", type=FILE, default=None, help="An earlier report's JSON: shows what moved since.")
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
    from tracker.api import check_report_name, find_workbooks
    from tracker.api.reports import start_workers
    from tracker.parallel import processes

    kind = kind or _no_kind()
    workers = jobs or processes()
    files, no_files = find_workbooks(paths)
    start_workers(files, workers)
    named = require_procedure(procedure_name) if procedure_name else None
    _check(kind, templates, period=bool(first or last_day), anonymise=anonymise)
    day = as_at or today()
    form = _form_for(kind, form, output)
    if kind != OWNERS and form != "csv":
        validate_output_path(output, _SUFFIXES[form], *paths, since, password_file)
    if no_files:
        abort(no_files)
    earlier = _earlier(since)
    with _unknown_report_refused():
        check_report_name(kind, named or "")
    outcome = read_cases(
        files, day, procedure_name=procedure_name, password_file=password_file, today=today(), jobs=workers
    )
    target = output or beside(paths[0], f"{kind}-{day.isoformat()}{_ending(kind, form)}")
    if kind == OWNERS:
        _write_messages(outcome, target, form, templates, earlier, history=not no_history, sources=files)
        return
    options = {"since": earlier, "first": first, "last": last_day, "anonymise": anonymise}
    report = _make_report(
        outcome, kind, target, form=form, procedure=named or "", templates=templates, **options
    )
    _write(report, target, history=not no_history, sources=files)
    print_problems(report.outcome.problems)
    _leave(report.outcome, report.outcome.problems)


def _make_report(outcome: Reconciliation, kind: str, target: Path, **options: Any) -> Report:
    """The report that is asked for; leaves where there is none such, or a template has a mistake."""
    from tracker.api import make_report

    with _unknown_report_refused():
        report, problems = make_report(outcome, kind, history=target.parent, **options)
    print_problems(leftover_problems(target))
    if report is None:
        abort(problems)
    return report


@contextmanager
def _unknown_report_refused() -> Iterator[None]:
    """Leave with the reports there are where `--for` names none of them."""
    from tracker.api import UnknownReportError

    try:
        yield
    except UnknownReportError as error:
        raise click.BadParameter(str(error), param_hint="'--for'") from None


def _no_kind() -> NoReturn:
    """Leave with the reports there are, and the boards of the usual procedure."""
    from tracker.api import report_names

    raise click.UsageError(f"Say which report with --for: {listed(report_names(), 'or')}.")


def _check(kind: str, templates: Path | None, *, period: bool, anonymise: bool) -> None:
    """Leave where the options do not go together."""
    if (period or anonymise) and kind != "timeliness":
        raise click.UsageError("--from, --to and --anonymise go with --for timeliness.")
    if templates is not None and not os.path.isdir(templates):  # noqa: PTH112  says no where it is too long
        raise click.BadParameter(f'"{templates}" is not a folder.', param_hint="'--templates'")


def _form_for(kind: str, form: str | None, output: Path | None) -> str:
    """The format to write; leaves where the report is not written in it."""
    form = form or ("md" if kind == OWNERS else "html")
    fitting = _OWNERS_FORMATS if kind == OWNERS else FORMATS[:-1]
    if form not in fitting:
        raise click.UsageError(f"--for {kind} is written as {listed(fitting, 'or')}.")
    if str(output) == STANDARD and (kind == OWNERS or form == "csv"):
        raise click.UsageError("-o - takes one file; these are several: name a folder.")
    return form


def _ending(kind: str, form: str) -> str:
    """How the name of a file ends, or that of a folder of several."""
    if kind == OWNERS:
        return ""
    return "-csv" if form == "csv" else f".{form}"


def _earlier(since: Path | None) -> Earlier | None:
    """The report to compare with; leaves where it cannot be used."""
    from tracker.api import load_earlier_report

    if since is None:
        return None
    earlier, problems = load_earlier_report(since)
    if earlier is None:
        abort(problems)
    return earlier


def _write(report: Report, target: Path, *, history: bool, sources: Sequence[Path]) -> None:
    """Write the report, and its history beside it; leaves where one of them cannot be written."""
    if str(target) == STANDARD:
        write_to_stdout(next(iter(report.files.values())))
        return
    stem = target.name.removesuffix("-csv") if report.form == "csv" else target.stem
    beside_it = target.with_name(f"{stem}.json")
    keeps = history and report.form != "json" and report.has_history and beside_it != target
    refuse_unwritable(report.files, target, *([beside_it] if keeps else []))
    write_files(report.files, target, private=report.form == "json", sources=sources)
    print_written(target)
    if keeps:
        write_files({"": report.history()}, beside_it, private=True)


def _write_messages(
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
    from tracker.api import make_messages
    from tracker.commands.files import make_folder, older_messages

    target = folder.with_name(f"{folder.name}.json")
    keeps = history and folder.parent.is_dir()
    if keeps:
        refuse_unwritable({}, target, target)
    messages, mistakes = make_messages(outcome, form=form, since=earlier, templates=templates)
    if messages is None:
        abort(mistakes)
    problems = [*outcome.problems, *messages.problems]
    if messages.files:
        make_folder(folder)
        refuse_unwritable(messages.files, folder)
        write_files(messages.files, folder, sources=sources)
        problems += older_messages(folder, messages.files)
    print_problems(problems)
    if messages.files:
        counts = (quantity(len(messages.messages), "message"), quantity(len(messages.digests), "digest"))
        print_written(folder, f"Written: {' and '.join(counts)} into {folder}")
    else:
        print_line("Nobody is due for a reminder; nothing was written.", err=True)
    if keeps:
        write_files({"": messages.history()}, target, private=True)
    _leave(outcome, problems)


def _leave(outcome: Reconciliation, problems: Sequence[Problem]) -> None:
    """Leave with the exit code of what the workbooks hold: errors in cells count as well as files left out."""
    print_problems(other_procedure_problems(outcome))
    within = sum(each.severity == "error" for case in outcome.cases for each in case.problems)
    if within:
        count = quantity(within, "error")
        print_line(f"The workbooks hold {count} that tracker reconcile explains.", err=True)
    exit_with_status([*problems, *outcome.all_problems()], conflicts=outcome.has_conflicts)
