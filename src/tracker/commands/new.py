"""`tracker new` and `demo`: how people begin.

The first puts its questions in a terminal; the answers are kept in a file until the description is written. The
second does the main job on the workbooks of an imaginary partnership, and shows each command as it is typed.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from tracker import commands
from tracker.paths import LARGEST_TOML, STANDARD, is_there, read_regular
from tracker.problems import codes, problem
from tracker.resources import samples
from tracker.text import quantity, refusal, terminal_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.api import Case, Person, Procedure

Answer = TypeVar("Answer", str, bool)

_UNREADABLE = "\ufffd"
"""What stands for bytes that are no letter in the terminal's encoding."""
_BACK = "<"
ANSWERS_SCHEMA = "tracker/answers/1"


class _Terminal:
    """Puts the questions on standard error and reads the answers from the keyboard."""

    def text(self, question: str, *, default: str = "") -> str:
        from tracker.api import GoBack

        while True:
            shown = terminal_text(question)
            typed = str(click.prompt(shown, default=default, show_default=bool(default), err=True))
            if typed.strip() == _BACK:
                raise GoBack
            if _UNREADABLE not in typed:
                return typed
            self.say("Some of these letters did not arrive; type the line again, without accents.")

    def date(self, question: str) -> str:
        return self.text(question)

    def choice(self, question: str, choices: Sequence[str], *, default: str) -> str:
        words = {each.casefold(): each for each in choices}
        listed = ", ".join(choices)
        return self._one_of(f"{question} ({listed})", words, f"Type one of: {listed}.", default)

    def yes_no(self, question: str, *, default: bool) -> bool:
        words = {"": default, "y": True, "yes": True, "n": False, "no": False}
        return self._one_of(
            f"{question} [{'Y/n' if default else 'y/N'}]", words, "Type y for yes or n for no."
        )

    def _one_of(self, question: str, words: Mapping[str, Answer], remedy: str, default: str = "") -> Answer:
        while (typed := self.text(question, default=default).strip().casefold()) not in words:
            self.say(remedy)
        return words[typed]

    def say(self, message: str) -> None:
        commands.print_line(message, err=True)

    def topic(self, title: str) -> None:
        del title  # one question follows the other


def _load_answers(path: Path) -> list[tuple[str, str | bool]]:
    """The questions with their answers in a file; exits where it cannot be used."""
    answers, reason = None, "another kind of file, or a damaged one"
    try:
        record = json.loads(read_regular(path, LARGEST_TOML))
        if record["schema"] == ANSWERS_SCHEMA:
            answers = [(str(question), answer) for question, answer in record["answers"]]
    except OSError as error:
        reason = refusal(error)
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    if answers is None:
        commands.abort([problem(codes.ANSWERS_UNREADABLE, file=str(path), reason=reason)])
    return answers


class _AnswersFile:
    """The file of the answers so far, which only its owner can read."""

    def __init__(self, output: Path | None) -> None:
        named = output if output and str(output) != STANDARD else Path("tracker-new.toml")
        self.file = named.with_name(f"{named.stem}-answers.json")
        self._can_write = True

    def load(self) -> list[tuple[str, str | bool]]:
        """The answers of an interrupted run, none where there was no such run."""
        # A place that cannot be is reported in writing.
        return _load_answers(self.file) if is_there(self.file) else []

    def keep(self, answers: Sequence[tuple[str, str | bool]]) -> None:
        """Save the answers; where that is not possible it is reported once, and the questions go on."""
        from tracker.saving import write_over

        if not answers:
            self.delete()
        elif self._can_write:
            content = json.dumps({"schema": ANSWERS_SCHEMA, "answers": answers}, ensure_ascii=False, indent=1)
            problems = write_over(self.file, content.encode("utf-8", "replace"), private=True)
            commands.print_problems(problems)
            self._can_write = not problems

    def delete(self) -> None:
        """Take the file away."""
        with suppress(OSError):
            self.file.unlink()

    @contextmanager
    def name_file_when_stopped(self) -> Iterator[None]:
        """Print where the answers are kept when Ctrl-C, the end of the input or a closed terminal ends the run."""
        try:
            yield
        except (click.Abort, KeyboardInterrupt, SystemExit):
            if is_there(self.file):
                commands.print_line(
                    f"\nYour answers are kept in {self.file}. Type the same command again to go on from them.",
                    err=True,
                )
            raise


@click.command("new")
@commands.output_option("The case description to write; else REFERENCE.toml in this folder.")
@click.option(
    "--people",
    "people_file",
    type=commands.FILE,
    metavar="FILE",
    help="Take names and addresses from a contacts file (CSV: Role, Name, Email, Deputy) or another case.",
)
@click.option(
    "--form",
    "form_file",
    type=commands.FILE,
    metavar="FILE",
    help="For other programs: answers from a JSON file; prints every question and what is wrong, as JSON.",
)
@commands.procedure_option
def new_command(
    output: Path | None, people_file: Path | None, form_file: Path | None, procedure: str
) -> None:
    """Ask for a case, step by step, and write its description.

    Type < to go back one question. Stop whenever you like: your answers are kept, and the same command goes on from
    them. Nothing leaves this computer.

    \b
    Examples:
      tracker new -o DOR-2026-014.toml
      tracker new -o DOR-2026-015.toml --people sample_cases/ordinary-in-time.toml
    """
    from tracker.api import load_people, milestone_dates, write_case

    if form_file:
        _print_form(form_file, output, procedure)
        return
    # Some forty questions follow: a name that is taken is refused before them, or asked again after them.
    commands.validate_output_path(output, (".toml",), people_file)
    if output and is_there(output):
        commands.abort([problem(codes.FILE_EXISTS, file=str(output), do="Choose another name with -o.")])
    loaded = commands.require_procedure(procedure)
    people: Mapping[str, Person] = {}
    if people_file:
        people = commands.require(load_people(people_file, loaded, password=commands.ask_password))
        commands.print_line(f"{quantity(len(people), 'name')} taken from {people_file}.", err=True)
    saved = _AnswersFile(output)
    with saved.name_file_when_stopped():
        case = _ask_for_case(loaded, people, saved)
        content = write_case(case, loaded)
        target = output or Path(f"{case.details.reference}.toml")
        if str(output) == STANDARD:
            commands.write_to_stdout(content)
        else:
            target = _write_description(content, target, people_file)
    saved.delete()
    for line in milestone_dates(case, loaded, commands.today()):
        commands.print_note(line)
    if str(output) != STANDARD:
        commands.print_written(target, f"Written: {target}. Next: tracker generate {target}")


def _ask_for_case(procedure: Procedure, people: Mapping[str, Person], saved: _AnswersFile) -> Case:
    from tracker.api import ask_for_case

    answers = saved.load()
    if answers:
        count = quantity(len(answers), "answer")
        question = f"{saved.file} holds {count} of a run that was interrupted. Go on from there?"
        if not click.confirm(terminal_text(question), default=True, err=True):
            answers = []
    return ask_for_case(procedure, _Terminal(), people=people, answers=answers, keep=saved.keep)


def _write_description(content: bytes, target: Path, people_file: Path | None) -> Path:
    """Write the description under a free name, and give that name."""
    from tracker.saving import write_new

    sources = [people_file] if people_file else []
    while problems := write_new(target, content, remedy="Choose another name.", sources=sources):
        commands.print_problems(problems)
        target = Path(click.prompt("Write it where", err=True))
    return target


def _print_form(form_file: Path, output: Path | None, procedure: str) -> None:
    """Print all questions for a program that shows a form; exit code 1 while an answer is missing or wrong."""
    from tracker.api import case_form

    commands.validate_output_path(output, (".json",), form_file)
    answers = _load_answers(form_file)
    form = case_form(commands.require_procedure(procedure), answers, commands.today())
    commands.write_text(form.to_json(), output, sources=[form_file])
    if not form.description:
        sys.exit(commands.UNUSABLE)


# The demo

_AS_AT = "2026-11-19"
"""The day on which the workbooks were left."""
_CASE, _EDITED = "case.toml", Path("cases", "DOR-2026-014.xlsx")
_NEW, _CURRENT = "DOR-2026-014-new.xlsx", "DOR-2026-014-up-to-date.xlsx"
_MADE = (
    ("cases", "six workbooks as people left them on 19 November 2026: in time, late, with the Panel, ..."),
    (_NEW, "a workbook as it is first sent out"),
    (_CURRENT, "the edited one brought up to date: moved dates in Log, the action its ID"),
    ("reconcile.json", "where all six cases stand, for other programs"),
    ("weekly.html", "the weekly report: open it in a browser"),
    ("subgroup.docx", "the paper for the subgroup"),
)


def demo_steps(folder: Path) -> list[list[str]]:
    """The commands of the demo, which write into a folder; its case description is there already."""
    from tracker.api import check_case

    day = commands.to_day(_AS_AT)
    checked = check_case(folder / _CASE, day).case
    ahead = [each.id for each in checked.key_dates if each.due and each.due > day] if checked else []
    case, edited, cases = folder / _CASE, folder / _EDITED, folder / "cases"
    paper = ("--for", "subgroup", "--format", "docx", "--no-history", "-o", folder / "subgroup.docx")
    steps = [
        ["check", case],
        ["generate", case, "-o", folder / _NEW],
        *(["explain", edited, row_id] for row_id in ahead[:1]),
        ["reconcile", edited],
        ["reconcile", cases, "--format", "json", "-o", folder / "reconcile.json"],
        ["regenerate", edited, "-o", folder / _CURRENT],
        ["report", cases, "--for", "weekly", "-o", folder / "weekly.html"],
        ["report", cases, *paper],
    ]
    return [[*map(str, step), "--as-at", _AS_AT] for step in steps]


@click.command("demo")
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              default=Path("tracker-demo"), help="A new folder (tracker-demo).")  # fmt: skip
@click.pass_context
def demo_command(context: click.Context, folder: Path) -> None:
    """Try the program on six imaginary cases; show each command.

    \b
    Example:
      tracker demo
    """
    if folder.exists() and any(folder.iterdir()):
        raise click.BadParameter(f"{folder} is there already. Name a new folder.", param_hint="-o")
    shutil.copytree(samples() / "partnership", folder / "cases")
    shutil.copyfile(samples() / "ordinary-in-time.toml", folder / _CASE)
    program = context.find_root().command
    for step in demo_steps(folder):
        commands.print_line(f"\n$ tracker {shlex.join(step)}")
        if code := program.main(step, "tracker", standalone_mode=False):
            context.exit(code)
    commands.print_line(f"\nAll of it is in {folder.resolve()}:")
    width = max(len(name) for name, _ in _MADE)
    for name, what in _MADE:
        commands.print_line(f"  {name.ljust(width)}  {what}")
