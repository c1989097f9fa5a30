"""`tracker report` and `tracker calendar`."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from tracker import commands
from tracker.paths import STANDARD, is_folder
from tracker.problems import codes, problem
from tracker.text import listed, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.api import Earlier, Problem, Reconciliation, Report

FORMATS = ("html", "md", "docx", "csv", "json", "eml")
OWNERS = "owners"
_OWNERS_FORMATS = ("md", "eml")
_SUFFIXES = {"html": (".html", ".htm"), "md": (".md", ".txt"), "docx": (".docx",), "json": (".json",)}
_MESSAGE = re.compile(r"(?:owner|digest)-.+\.(?:md|eml)")
"""The name of a message of ours."""


@click.command("report")
@click.argument("paths", type=commands.FILE, nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--for",
    "kind",
    metavar="REPORT",
    help="weekly, owners, timeliness, or a board of the workbooks' procedure: subgroup, maqpag, qpag (Dorset).",
)
@commands.as_at_option
@click.option("--since", type=commands.FILE, help="An earlier report's JSON: shows what moved since.")
@click.option(
    "--from",
    "first",
    type=commands.to_day,
    metavar="DATE",
    help="timeliness: reviews known of from this date on.",
)
@click.option(
    "--to", "last", type=commands.to_day, metavar="DATE", help="timeliness: reviews known of up to this date."
)
@click.option(
    "--anonymise", is_flag=True, help="timeliness: numbers, months and days alone, for a public request."
)
@click.option("--brief", is_flag=True, help="weekly: one page for directors, without the cases one by one.")
@click.option("--annex", is_flag=True, help="What a web page folds away, in print and Word too.")
@commands.format_option(FORMATS, "html if left out; md or eml (drafts, never sent) for owners.")
@click.option("--templates", type=commands.FILE, help="A folder of templates that replace the usual ones.")
@commands.password_option
@click.option("--no-history", is_flag=True, help="Leave no JSON beside the report.")
@commands.output_option(
    "The file to write (for csv and owners the folder); else beside the workbooks, as weekly-2026-11-23.html.",
    folder=True,
)
@commands.procedure_option
@commands.jobs_option
def report_command(
    paths: tuple[Path, ...],
    kind: str | None,
    as_at: date,
    since: Path | None,
    form: str | None,
    templates: Path | None,
    password_file: Path | None,
    no_history: bool,
    output: Path | None,
    procedure: str,
    jobs: int | None,
    **options: Any,
) -> None:
    """Write a status report over workbooks or whole folders of them.

    A workbook that cannot be read is named at the top; the report of the others is written all the same.

    \b
    Examples:
      tracker report sample_cases --for weekly -o weekly.html
      tracker report sample_cases --for owners --format eml -o drafts
      tracker report sample_cases --for subgroup --format docx -o subgroup.docx
    """
    from tracker.api import check_report_name, find_workbooks, load_earlier_report, make_report, report_names

    if kind is None:
        raise click.UsageError(f"Say which report with --for: {listed(report_names(), 'or')}.")
    files, no_files = find_workbooks(paths)
    named = commands.require_procedure(procedure) if procedure else ""
    _validate_options(kind, options, templates)
    form = _choose_format(kind, form, output)
    if form in _SUFFIXES and kind != OWNERS:
        commands.validate_output_path(output, _SUFFIXES[form], *paths, since, password_file)
    if no_files:
        commands.abort(no_files)
    earlier = commands.require(load_earlier_report(since)) if since else None
    with _unknown_report_refused():
        check_report_name(kind, named)
    outcome = _read_cases(files, as_at, procedure, password_file, jobs)
    ending = "" if kind == OWNERS else "-csv" if form == "csv" else f".{form}"
    target = output or _path_beside(paths[0], f"{kind}-{as_at.isoformat()}{ending}")
    if kind == OWNERS:
        _write_messages(outcome, target, form, templates, earlier, history=not no_history, sources=files)
        return
    with _unknown_report_refused():
        made = make_report(
            outcome,
            kind,
            form=form,
            procedure=named,
            since=earlier,
            history=target.parent,
            templates=templates,
            **options,
        )
    _write_report(made, target, history=not no_history, sources=files)


@click.command("calendar")
@click.argument("paths", type=commands.FILE, nargs=-1, required=True, metavar="PATH...")
@click.option("--all", "every", is_flag=True, help="Every open action that has a date, not key dates alone.")
@commands.as_at_option
@commands.output_option("The file to write; else beside the workbooks, such as calendar-2026-11-23.ics.")
@commands.procedure_option
@commands.password_option
@commands.jobs_option
def calendar_command(
    paths: tuple[Path, ...], every: bool, as_at: date, output: Path | None, **options: Any
) -> None:
    """Write meetings and key dates as calendar entries (.ics).

    An entry names the case by its reference alone. A later export moves the entries of an earlier one; what is done
    since is no longer in it, and stays in a calendar that has it.

    \b
    Example:
      tracker calendar sample_cases -o deadlines.ics
    """
    from tracker.api import make_calendar
    from tracker.saving import write_over

    commands.validate_output_path(output, (".ics",), *paths, options["password_file"])
    files = commands.require_workbooks(paths)
    outcome = _read_cases(files, as_at, **options)
    calendar = make_calendar(outcome, every=every)
    target = output or _path_beside(paths[0], f"calendar-{as_at.isoformat()}.ics")
    to_output = str(target) == STANDARD
    if to_output:
        commands.write_to_stdout(calendar.content)
    elif unwritten := write_over(target, calendar.content, sources=files):
        commands.abort([*outcome.problems, *unwritten])
    problems = [*outcome.problems, *_other_procedure_problems(outcome), *calendar.problems]
    commands.print_problems(problems)
    if not to_output:
        commands.print_written(target, f"Written: {len(calendar.entries)} calendar entries to {target}")
    commands.exit_with_status(problems)


# What both do


def _read_cases(
    files: Sequence[Path], as_at: date, procedure: str, password_file: Path | None, jobs: int | None
) -> Reconciliation:
    """The cases of the workbooks of folders, read behind a progress bar; exits where there is none."""
    from tracker.api import reconcile_workbooks
    from tracker.parallel import processes

    with commands.progress(files) as step:
        outcome = reconcile_workbooks(
            files,
            as_at,
            procedure=procedure,
            own_first=True,  # a folder may hold cases of several procedures
            # No question is put in the middle of a folder: without the file a locked workbook is left out.
            password=commands.password_from(password_file) if password_file else None,
            today=commands.today(),
            workers=jobs or processes(),
            step=step,
        )
    if not outcome.cases:
        commands.abort(outcome.problems)
    return outcome


def _path_beside(path: Path, name: str) -> Path:
    """A name in the folder, or beside the file."""
    return (path if is_folder(path) else path.parent) / name


def _other_procedure_problems(outcome: Reconciliation) -> list[Problem]:
    """A problem for each workbook judged by another procedure than its own: not every page of a report mentions it."""
    return [each for case in outcome.cases for each in case.problems if each.code == codes.OTHER_PROCEDURE]


# Reports


@contextmanager
def _unknown_report_refused() -> Iterator[None]:
    """Exit with the reports there are where `--for` names none of them."""
    from tracker.api import UnknownReportError

    try:
        yield
    except UnknownReportError as error:
        raise click.BadParameter(str(error), param_hint="'--for'") from None


def _validate_options(kind: str, options: Mapping[str, Any], templates: Path | None) -> None:
    """Exit where an option does not go with the report, or names no folder."""
    if options["brief"] and kind != "weekly":
        raise click.UsageError("--brief goes with --for weekly.")
    if any(options[each] for each in ("first", "last", "anonymise")) and kind != "timeliness":
        raise click.UsageError("--from, --to and --anonymise go with --for timeliness.")
    commands.validate_template_folder(templates)


def _choose_format(kind: str, form: str | None, output: Path | None) -> str:
    """The format to write; exits where the report is not written in it."""
    form = form or ("md" if kind == OWNERS else "html")
    fitting = _OWNERS_FORMATS if kind == OWNERS else FORMATS[:-1]
    if form not in fitting:
        raise click.UsageError(f"--for {kind} is written as {listed(fitting, 'or')}.")
    if str(output) == STANDARD and (kind == OWNERS or form == "csv"):
        commands.refuse_stdout()
    return form


def _write_report(
    made: tuple[Report | None, list[Problem]], target: Path, *, history: bool, sources: Sequence[Path]
) -> None:
    """Write the report, and its history beside it, and exit."""
    commands.print_problems(commands.leftover_problems(target))
    report = commands.require(made)
    if str(target) == STANDARD:
        commands.write_to_stdout(*report.files.values())
    else:
        _write_to_files(report, target, history=history, sources=sources)
    commands.print_problems(report.outcome.problems)
    _exit_with_case_status(report.outcome, report.outcome.problems)


def _write_to_files(report: Report, target: Path, *, history: bool, sources: Sequence[Path]) -> None:
    stem = target.name.removesuffix("-csv") if report.form == "csv" else target.stem
    beside_it = target.with_name(f"{stem}.json")
    keeps = history and report.form != "json" and report.has_history and beside_it != target
    files = {target / name: content for name, content in report.files.items()}  # a single one has no name
    _refuse_unwritable({**files, beside_it: b""} if keeps else files)
    if report.form == "csv":
        commands.make_folder(target)
    _write_files(files, private=report.form == "json", sources=sources)
    commands.print_written(target)
    if keeps:
        _write_files({beside_it: report.history()}, private=True)


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

    target = folder.with_name(f"{folder.name}.json")
    keeps = history and folder.parent.is_dir()
    if keeps:
        _refuse_unwritable({target: b""})
    messages = commands.require(make_messages(outcome, form=form, since=earlier, templates=templates))
    problems = [*outcome.problems, *messages.problems]
    if messages.files:
        commands.make_folder(folder)
        files = {folder / name: content for name, content in messages.files.items()}
        _refuse_unwritable(files)
        _write_files(files, sources=sources)
        written = {each.name for each in folder.iterdir() if _MESSAGE.fullmatch(each.name)}
        if older := sorted(written - set(messages.files)):
            problems.append(problem(codes.MESSAGES_OF_OTHER_RUN, file=str(folder), names=listed(older)))
    commands.print_problems(problems)
    if messages.files:
        counts = (quantity(len(messages.messages), "message"), quantity(len(messages.digests), "digest"))
        commands.print_written(folder, f"Written: {' and '.join(counts)} into {folder}")
    else:
        commands.print_line("Nobody is due for a reminder; nothing was written.", err=True)
    if keeps:
        _write_files({target: messages.history()}, private=True)
    _exit_with_case_status(outcome, problems)


def _exit_with_case_status(outcome: Reconciliation, problems: Sequence[Problem]) -> None:
    """Exit with the exit code of what the workbooks hold: errors in cells count as well as files left out."""
    commands.print_problems(_other_procedure_problems(outcome))
    within = sum(each.severity == "error" for case in outcome.cases for each in case.problems)
    if within:
        count = quantity(within, "error")
        commands.print_line(f"The workbooks hold {count} that tracker reconcile explains.", err=True)
    commands.exit_with_status([*problems, *outcome.all_problems()], conflicts=outcome.has_conflicts)


# Several files that belong together


def _refuse_unwritable(files: Mapping[Path, bytes]) -> None:
    """Exit where one of the files may not be written: half a report would look like a whole one."""
    from tracker.saving import refusals

    if refused := refusals([*files.items()]):
        commands.abort(refused)


def _write_files(
    files: Mapping[Path, bytes | Iterable[bytes]], *, private: bool = False, sources: Sequence[Path] = ()
) -> None:
    """Write files; exits where one cannot be written."""
    from tracker.saving import unbroken, write_over

    problems: list[Problem] = []
    with unbroken():  # files of two days beside each other would look like one run
        for path, content in files.items():
            problems += write_over(path, content, private=private, sources=sources)
    if problems:
        commands.abort(problems)
