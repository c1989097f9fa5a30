"""What the commands share: options, reading what was named, printing problems, exit codes."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, TypeVar

import click

from tracker.paths import STANDARD, is_folder, is_there, leftovers, read_regular
from tracker.problems import Problem, codes, has_errors, problem, problems_text
from tracker.text import listed, terminal_text, wrap_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tracker.api import Case, Procedure

Result = TypeVar("Result")

UNUSABLE = 1
"""An input is unusable or holds an error; everything usable was still done."""
CONFLICTS = 3
"""Finished with conflicts that a person must settle."""
HANDFUL = 5
"""More workbooks than these are read behind a progress bar."""
_MOST_JOBS = 64
_LONGEST_PASSWORD_FILE = 64 * 1024
_QUIET = "tracker.quiet"


# Options


def to_day(text: str) -> date:
    """A date on the command line, written `YYYY-MM-DD`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f'"{text}" is not a date; write it as 2026-11-22.') from None
    if not 2000 <= day.year <= 2100:  # noqa: PLR2004  the years a case can lie in
        raise click.BadParameter(f'"{text}" is outside the years 2000 to 2100.')
    return day


def _to_jobs(text: str) -> int:
    if text not in map(str, range(1, _MOST_JOBS + 1)):
        raise click.BadParameter(f'"{text}" is not a number from 1 to {_MOST_JOBS}.')
    return int(text)


class _PathArgument(click.Path):
    """The path of a file: one that ends like a folder's is refused, since its end would be lost without a word."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and value.endswith(("/", os.sep)) and not is_folder(value):
            self.fail(f"{value} ends like the name of a folder; end it with the name of a file.", param, ctx)
        return super().convert(value, param, ctx)


FILE = click.Path(path_type=Path)
as_at_option = click.option(
    "--as-at", type=to_day, default=lambda: today().isoformat(), metavar="DATE",
    help="Judge every state as at this date (YYYY-MM-DD); else today.",
)  # fmt: skip
procedure_option = click.option(
    "--procedure", default="", metavar="SET", help="A procedure set's name, or its folder."
)
password_option = click.option(
    "--password-file", type=FILE, help="A file whose first line is the password of locked workbooks."
)
jobs_option = click.option(
    "--jobs", type=_to_jobs, metavar="NUMBER",
    help="How many workbooks are read at once, 1 to 64; left out, one for each core of the machine.",
)  # fmt: skip


def output_option(
    what: str = "Write it to a file instead of the screen.", *, folder: bool = False
) -> Callable[[Any], Any]:
    """`-o`; with `folder` it may name a folder that is not there yet."""
    return click.option("-o", "--output", type=FILE if folder else _PathArgument(path_type=Path), help=what)


def format_option(formats: Sequence[str], what: str) -> Callable[[Any], Any]:
    """`--format`: `text`, where there is that, if left out."""
    usual = "text" if "text" in formats else None
    kind = click.Choice(formats)
    return click.option("--format", "form", type=kind, default=usual, show_default=True, help=what)


def _set_quiet(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.meta[_QUIET] = value


QUIET_OPTION = click.Option(
    ["--quiet"], is_flag=True, expose_value=False, callback=_set_quiet,
    help="Leave out the progress bar and the line Written.",
)  # fmt: skip
"""`--quiet`, which every command has."""


def is_quiet() -> bool:
    """Whether the command prints its results and problems alone (`--quiet`)."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_QUIET))


def today() -> date:
    """Today, on this machine's clock."""
    return date.today()  # noqa: DTZ011  deadlines run in the local day


def ask_password(name: str) -> str:
    """Ask for the password of a workbook by its name, where somebody can answer; empty where there is none."""
    if not (sys.stdin and sys.stdin.isatty()):
        return ""
    question = f"Password of {terminal_text(name)}"
    return str(click.prompt(question, hide_input=True, default="", show_default=False, err=True))


def password_from(file: Path | None) -> str | Callable[[str], str]:
    """The password in a file's first line; without a file somebody is asked."""
    if file is None:
        return ask_password
    try:
        lines = read_regular(file, _LONGEST_PASSWORD_FILE).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise click.UsageError(f"The password file {file} cannot be read as text.") from None
    return lines[0] if lines else ""


def validate_output_path(output: Path | None, suffixes: Sequence[str], *inputs: Path | None) -> None:
    """Refuse to write over what was read, into a folder's place, or under the name of another kind of file.

    `suffixes` are those of what will be written, the usual one first; a name without any is taken as well.
    """
    if output is None or str(output) == STANDARD:
        return
    usual, reason = suffixes[0], ""
    if is_folder(output):
        reason = f"{output} is a folder; name a file in it, such as {output / f'outcome{usual}'}."
    elif is_there(output) and not output.is_file():
        reason = f"{output} is a device or a pipe; leave -o out to write to the screen."
    elif output.suffix.lower() not in {"", *suffixes}:
        reason = f"{output.name} is the name of another kind of file; name it {output.stem}{usual}."
    elif any(each is not None and _is_same(output, each) for each in inputs):
        reason = f"{output} is read by this command; name another file."
    if reason:
        raise click.BadParameter(reason, param_hint="-o")


def validate_template_folder(folder: Path | None) -> None:
    """Refuse `--templates` that names no folder."""
    if folder is not None and not is_folder(folder):
        raise click.BadParameter(f'"{folder}" is not a folder.', param_hint="'--templates'")


def refuse_stdout() -> NoReturn:
    """Refuse `-o -` where several files are made."""
    raise click.UsageError("-o - takes one file; these are several: name a folder.")


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


# What was named


def require(result: tuple[Result | None, Sequence[Problem]]) -> Result:
    """The result of a function of the API, with its problems printed; exits where there is none."""
    found, problems = result
    print_problems(problems)
    if found is None:
        sys.exit(UNUSABLE)
    return found


def require_procedure(name: str) -> Procedure:
    """The procedure of a set's name or folder, the usual one for none; exits where it cannot be used."""
    from tracker.api import check_procedure

    return require(check_procedure(name))


def require_case(path: Path, procedure: Procedure | str) -> Case:
    """The case of a description; exits where it, or its procedure, holds an error, printing every fault."""
    from tracker.api import load_case

    loaded = require_procedure(procedure) if isinstance(procedure, str) else procedure
    return require(load_case(path, loaded))


def require_workbooks(paths: Sequence[Path]) -> list[Path]:
    """The workbooks among files and folders; exits where there is none."""
    from tracker.api import find_workbooks

    files, problems = find_workbooks(paths)
    if problems:
        abort(problems)
    return files


def stderr_is_terminal() -> bool:
    """Whether a terminal shows what goes to standard error."""
    return sys.stderr.isatty()


@contextmanager
def progress(files: Sequence[Path]) -> Iterator[Callable[[], None]]:
    """A function to call after each file. It moves a bar where there are more than a handful, and a terminal."""
    if len(files) <= HANDFUL or not stderr_is_terminal() or is_quiet():
        yield lambda: None
        return
    with click.progressbar(length=len(files), label="Reading", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


# What is printed and written


def print_line(text: object = "", *, err: bool = False, wrap: bool = False) -> None:
    """Print a line without control characters: no text from a file moves the cursor or turns a line around."""
    shown = terminal_text(str(text))
    click.echo(wrap_to_terminal(shown, sys.stderr if err else sys.stdout) if wrap else shown, err=err)


def wrap_to_terminal(text: str, stream: TextIO) -> str:
    """Text broken at words to the width of the terminal that shows it; a program gets whole lines."""
    return wrap_lines(text, shutil.get_terminal_size().columns) if stream.isatty() else text


def print_note(text: str) -> None:
    """Print what was done to standard error, unless `--quiet` is set."""
    if not is_quiet():
        print_line(text, err=True)


def print_written(target: Path, words: str = "") -> None:
    """Print what was written: `Written:` for people, and the bare path for a program that reads the output."""
    print_note(words or f"Written: {target}")
    if not sys.stdout.isatty():
        print_line(target)


def write_to_stdout(content: bytes) -> None:
    """The one result of a command to standard output: exactly its bytes, but clean where a terminal shows them."""
    if sys.stdout.isatty():
        with suppress(UnicodeDecodeError):  # what is no text stays as it is
            content = terminal_text(content.decode("utf-8-sig").replace("\r\n", "\n")).encode()
    click.echo(content, nl=False)


def make_folder(folder: Path) -> None:
    """Make a folder to write into; exits where the system refuses."""
    from tracker.saving import cannot_write

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        abort([cannot_write(folder, error)])


def write_text(text: str, output: Path | None, *, styled: bool = False, sources: Iterable[Path] = ()) -> None:
    """Text to a file, or to standard output; `styled` text carries colours of ours and is clean otherwise.

    Whoever may not read one of the `sources` may not read a new file.
    """
    if output is None or str(output) == STANDARD:
        click.echo(text if styled else terminal_text(text))
        return
    from tracker.saving import write_over

    if problems := write_over(output, text.encode("utf-8", "replace"), sources=sources):
        abort(problems)
    print_note(f"Written: {output}")


def text_table(rows: list[tuple[str, ...]]) -> str:
    """Rows as text columns, the first row their titles."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ruled = [rows[0], tuple("-" * width for width in widths), *rows[1:]]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in ruled)


# How a command ends


def print_problems(problems: Sequence[Problem]) -> None:
    """Print problems to standard error."""
    if problems:
        print_line(problems_text(problems), err=True, wrap=True)


def abort(problems: Sequence[Problem]) -> NoReturn:
    """Print the problems and exit with code 1."""
    print_problems(problems)
    sys.exit(UNUSABLE)


def exit_with_status(problems: Sequence[Problem], *, conflicts: bool = False) -> None:
    """Exit with exit code 1 where one of the problems is an error, else with 3 where conflicts are open."""
    if has_errors(problems):
        sys.exit(UNUSABLE)
    if conflicts:
        sys.exit(CONFLICTS)


def leftover_problems(*paths: Path) -> list[Problem]:
    """A warning for each file beside which a stopped run left temporary files: nobody else will find them."""
    return [
        problem(
            codes.TEMPORARY_FILES_LEFT,
            file=str(path),
            name=path.name,
            names=listed(each.name for each in names),
        )
        for path in paths
        if (names := leftovers(path))
    ]
