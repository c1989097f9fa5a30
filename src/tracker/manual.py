"""One page a command, made from the program: `python -m tracker.manual docs/commands`.

Usage, options and examples come from the commands themselves. What click has no place for stands here: what an
argument is, and what a command writes where. The tests run every command and hold the pages against what it did.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli import COMMANDS, cli, find_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

INDEX = "index.md"

ARGUMENTS: Mapping[str, str] = {
    "CASE": "A case description, such as `DOR-2026-014.toml`.",
    "WORKBOOK...": "A workbook, such as `DOR-2026-014.xlsx`; or several copies of it.",
    "WORKBOOK": "A workbook, such as `DOR-2026-014.xlsx`.",
    "PATH...": "Workbooks, folders of workbooks, or both.",
    "ID": "The row's ID, from column A of its sheet. Capitals do not matter.",
    "tracker procedure check FOLDER": "A procedure set's folder, or the name of one that travels with the program.",
    "tracker procedure new FOLDER": "The folder to make.",
    "tracker procedure diff SET": "A set's name or folder: first the older one, then the newer one.",
}
"""What each argument is, by the word that stands for it, and by its command where that differs."""

WRITES: Mapping[str, str] = {
    "new": """
        - The case description goes to the name given with `-o`, else to `REFERENCE.toml` in the folder you
          are in, such as `DOR-2026-014.toml`.
        - Until then your answers are in a file beside it that only you can read, such as
          `DOR-2026-014-answers.json`; without `-o` it is `tracker-new-answers.json`. It is deleted once the
          case description is written. After an interruption the same command goes on from it.
        - A file that exists is never replaced.""",
    "check": "Nothing is written, except the file named with `-o`.",
    "generate": """
        - The workbook goes beside the case description under its name: `case.toml` gives `case.xlsx`.
        - With `--blank` it is `tracker-blank.xlsx` in the folder you are in. `-o` names another file.
        - A file that exists is never replaced.""",
    "reconcile": """
        - Nothing is written, except the file named with `-o`.
        - The workbooks are only read. They may be open in Excel; what is not saved cannot be seen.""",
    "regenerate": """
        - The result goes beside the first workbook: `case.xlsx` gives `case-regenerated.xlsx`. `-o` names
          another file. A file that exists is not replaced.
        - With `--in-place` the workbook itself is replaced, after a copy into `tracker-backups/` beside it,
          with date and time in its name.
        - Nothing is written with `--dry-run`, and where nothing would change.""",
    "report": """
        - The report goes into the folder that was named, or beside the first workbook:
          `weekly-2026-11-23.html`, with the report's kind, the date and the format. A report of the same name
          is replaced.
        - With `--format csv` it is a folder, such as `weekly-2026-11-23-csv`; with `--for owners` one of
          messages, such as `owners-2026-11-23`.
        - Beside it stands a history, such as `weekly-2026-11-23.json`, that only you can read; `--since`
          takes it. There is none with `--no-history` or `--anonymise`.
        - Histories already in that folder are read for the drawing of each month.""",
    "calendar": """
        - The entries go into the folder that was named, or beside the first workbook:
          `calendar-2026-11-23.ics`. A file of the same name is replaced.""",
    "returns": """
        - The returns go into a folder beside the workbook, such as `returns-2026-11-11`; `-o` names another.
          Each is named after the case and the agency: `DOR-2026-014-return-POL.xlsx`.
        - A file that exists is never replaced: an agency may have filled it in.
        - The workbook itself is only read.""",
    "documents": """
        - The documents go into a folder beside the workbook: `case.xlsx` gives `case-documents/`. `-o` names
          another folder.
        - Each is named by its step, its document and the agency it is for:
          `RR-5.7-briefing-report-request-POL.docx`.
        - A document that is already there is never replaced: you may have filled in its blanks.""",
    "explain": "Nothing is written, except the file named with `-o`.",
    "demo": """
        - Workbooks and reports go into a new folder, `tracker-demo` in the folder you are in. `-o` names
          another one. A folder with anything in it is left alone.""",
    "procedure": """
        - `check`, `diff` and `schema` write nothing, except the file named with `-o`.
        - `new` writes the folder that was named. A folder with anything in it is refused.""",
}
"""What each command leaves behind: a list, or one thing."""

EXITS: Mapping[int, str] = {
    0: "done; nothing that needs a person",
    1: "an input is unusable or holds an error; everything usable was still done",
    2: "wrong use of the command; nothing was done",
    3: "finished with conflicts that a person must settle",
}
"""What an exit code means."""

STOPPED = (130, "stopped with Ctrl-C; no file is half-written")
"""How any command can end besides."""

_MEETS_CONFLICTS = ("reconcile", "regenerate", "report")


def exit_codes(name: str) -> list[int]:
    """The exit codes a command can end with: only some can meet a conflict."""
    return [code for code in EXITS if code != max(EXITS) or name in _MEETS_CONFLICTS]


def examples(command: click.Command) -> list[str]:
    """The lines under `Example` in a command's help."""
    lines = [line.strip() for line in (command.help or "").splitlines()]
    return [line for line in lines if line.startswith("tracker ")]


def _table(titles: tuple[str, str], rows: Iterable[tuple[object, str]]) -> Iterator[str]:
    for row in (titles, ("---", "---"), *rows):
        cells = [str(cell).replace("|", r"\|") for cell in row]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _options(context: click.Context) -> list[tuple[str, str]]:
    options = [each for each in context.command.params if isinstance(each, click.Option)]
    records = [each.get_help_record(context) for each in options]
    return [(f"`{names}`", " ".join(help_text.split())) for names, help_text in filter(None, records)]


def _arguments(context: click.Context) -> list[tuple[str, str]]:
    arguments = [each for each in context.command.params if isinstance(each, click.Argument)]
    words = dict.fromkeys(each.make_metavar(context).strip("[]") for each in arguments)
    own = {word: ARGUMENTS.get(f"{context.command_path} {word}") for word in words}
    return [(f"`{word}`", own[word] or ARGUMENTS[word]) for word in words]


def _body(context: click.Context, level: str) -> Iterator[str]:
    """What a command does, its usage, arguments, options and examples, under headings of a level."""
    command = context.command
    for paragraph in (command.help or "").split("\b")[0].strip().split("\n\n"):
        text = " ".join(paragraph.split()).replace("*", r"\*")
        yield from (re.sub(r"(?<!\S)(--[a-z-]+)", r"`\1`", text), "")
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from ("```text", usage, "```", "")
    if arguments := _arguments(context):
        yield from _table(("argument", "is"), arguments)
    if options := _options(context):
        yield from (f"{level} Options", "", *_table(("option", "does"), options))
    shown = examples(command)
    yield from (f"{level} {'Example' if len(shown) == 1 else 'Examples'}", "", "```text", *shown, "```", "")


def page(name: str) -> str:
    """The page of a command, in Markdown."""
    command = find_command(name)
    context = click.Context(command, info_name=name, parent=click.Context(cli, info_name="tracker"))
    lines = [f"# tracker {name}", "", *_body(context, "##")]
    for each, part in command.commands.items() if isinstance(command, click.Group) else ():
        inner = click.Context(part, info_name=each, parent=context)
        lines += [f"## tracker {name} {each}", "", *_body(inner, "###")]
    written = " ".join(WRITES[name].split()).removeprefix("- ").replace(" - ", "\n- ")
    lines += ["## What is written where", "", f"- {written}", ""]
    codes = [(code, EXITS[code]) for code in exit_codes(name)]
    return "\n".join([*lines, "## Exit codes", "", *_table(("code", "means"), codes)])


_INDEX = """\
# The commands

Made from the program by `python -m tracker.manual docs/commands`. Results go to standard output, messages
to standard error, so that a result can be piped or sent to a file. `--help` after any command shows its
options and an example in the terminal.

{commands}
A date is written `2026-11-23`; left out, it is today. Where a path holds blanks, put it in quotes:
`tracker report "Live cases" --for weekly`.

## Exit codes

For whoever runs the commands from a script or the task scheduler. 1 wins over 3.

{exits}
```{{toctree}}
:hidden:

{pages}
```
"""


def index() -> str:
    """The page that lists the commands."""
    commands = [(f"[tracker {name}]({name}.md)", does) for name, does in COMMANDS.items()]
    return _INDEX.format(
        commands="\n".join(_table(("command", "does"), commands)),
        exits="\n".join(_table(("code", "means"), [*EXITS.items(), STOPPED])),
        pages="\n".join(f"{name} <{name}>" for name in COMMANDS),
    )


def pages() -> dict[str, str]:
    """Every page, by its file's name."""
    return {INDEX: index(), **{f"{name}.md": page(name) for name in COMMANDS}}


def write(folder: Path) -> None:
    """Write the pages into a folder; the page of a command that is no longer there goes."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in folder.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
