"""`tracker new`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    abort,
    output_option,
    print_line,
    print_problems,
    print_written,
    procedure_option,
    require_procedure,
    validate_output_path,
    write_to_stdout,
)
from tracker.paths import STANDARD
from tracker.problems import codes

if TYPE_CHECKING:
    from collections.abc import Sequence

_ANOTHER_NAME = "Choose another name with -o."
_UNREADABLE = "\ufffd"
"""What stands for bytes that are no letter in the terminal's encoding."""


class _Terminal:
    """Puts the questions on standard error and reads the answers from the keyboard."""

    def text(self, question: str, *, default: str = "") -> str:
        answer = str(click.prompt(question, default=default, show_default=bool(default), err=True))
        while _UNREADABLE in answer:
            self.say("Some of these letters did not arrive; type the line again, without accents.")
            answer = str(click.prompt(question, default=default, show_default=bool(default), err=True))
        return answer

    def date(self, question: str) -> str:
        return self.text(question)

    def choice(self, question: str, choices: Sequence[str], *, default: str) -> str:
        kind = click.Choice(list(choices), case_sensitive=False)
        return str(click.prompt(question, type=kind, default=default, err=True))

    def yes_no(self, question: str, *, default: bool) -> bool:
        return click.confirm(question, default=default, err=True)

    def say(self, message: str) -> None:
        print_line(message, err=True)


@click.command("new")
@output_option("The case description to write; else REFERENCE.toml in this folder.", folder=False)
@procedure_option
def command(output: Path | None, procedure_name: str) -> None:
    """Ask for a case, step by step, and write its description.

    \b
    Example:
      tracker new -o DOR-2026-014.toml
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import ask_for_case, write_case
    from tracker.problems import problem
    from tracker.saving import write_new

    # Some forty questions follow: a name that is taken is refused before them, or asked again after them.
    validate_output_path(output, (".toml",))
    if output and os.path.exists(output):  # noqa: PTH110  says no where the path is too long to ask
        abort([problem(codes.FILE_EXISTS, file=str(output), do=_ANOTHER_NAME)])
    procedure = require_procedure(procedure_name or None)
    case = ask_for_case(procedure, _Terminal())
    content = write_case(case, procedure)
    if str(output) == STANDARD:
        write_to_stdout(content)
        return
    target = output or Path(f"{case.details.reference}.toml")
    while problems := write_new(target, content, remedy="Choose another name."):
        print_problems(problems)
        target = Path(click.prompt("Write it where", err=True))
    print_written(target, f"Written: {target}. Next: tracker generate {target}")
