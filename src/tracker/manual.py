"""One page a command, and one of all problems, made from the program: `python -m tracker.manual docs`.

Usage, options and examples come from the commands themselves. What click has no place for stands in `manual.toml`:
what an argument is, and what a command writes where. The tests run every command and compare the pages with that.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli import COMMANDS, cli, find_command
from tracker.problems import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

INDEX = "index.md"
GROUPS = {
    "T1": "Files and sheets",
    "T2": "Cell values",
    "T3": "Rows and formulas",
    "T4": "The case description",
    "T5": "The procedure set and its documents",
    "T6": "Merging",
    "T7": "Reports, messages and the calendar",
}
_FACT = re.compile(r"\{(\w+)(?:![rsa])?(?::[^}]*)?\}")

_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
"""The words on these pages that no command holds."""
_EXITS: Sequence[str] = _WORDS["exits"]
_MEETS_CONFLICTS = ("reconcile", "regenerate", "report")


def exit_codes(name: str) -> list[int]:
    """The exit codes a command can end with: only some can meet a conflict."""
    return list(range(len(_EXITS) if name in _MEETS_CONFLICTS else len(_EXITS) - 1))


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
    names = dict.fromkeys(each.make_metavar(context).strip("[]") for each in arguments)
    known = _WORDS["arguments"]
    return [(f"`{name}`", known.get(f"{context.command_path} {name}") or known[name]) for name in names]


def _command_lines(context: click.Context, level: str) -> Iterator[str]:
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
    lines = [f"# tracker {name}", "", *_command_lines(context, "##")]
    for each, part in command.commands.items() if isinstance(command, click.Group) else ():
        inner = click.Context(part, info_name=each, parent=context)
        lines += [f"## tracker {name} {each}", "", *_command_lines(inner, "###")]
    written = " ".join(_WORDS["writes"][name].split()).removeprefix("- ").replace(" - ", "\n- ")
    lines += ["## What is written where", "", f"- {written}", ""]
    codes = [(code, _EXITS[code]) for code in exit_codes(name)]
    return "\n".join([*lines, "## Exit codes", "", *_table(("code", "means"), codes)])


def index() -> str:
    """The page that lists the commands."""
    commands = [(f"[tracker {name}]({name}.md)", does) for name, (_, does) in COMMANDS.items()]
    text: str = _WORDS["index"]
    return text.format(
        commands="\n".join(_table(("command", "does"), commands)),
        exits="\n".join(_table(("code", "means"), [*enumerate(_EXITS), _WORDS["stopped"]])),
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


def _template_words(template: str) -> str:
    """A template as a sentence: the facts it names stand in italics; a suggestion may be missing."""

    def as_markdown(fact: re.Match[str]) -> str:
        return "" if fact[1] in {"suggestion", "hint"} else f"*{fact[1].replace('_', ' ')}*"

    return _FACT.sub(as_markdown, template).replace("|", "\\|")


def problems_page() -> str:
    """The page that lists every problem, made from the catalogue."""
    lines = [
        "# The problems the tracker reports",
        "",
        "Made by `python -m tracker.manual docs`; codes are never renumbered. An **error** could",
        "not be understood or contradicts itself, and makes the exit code 1; a **warning** was understood and should",
        "be mended; a **note** is for information. Words in *italics* are filled in.",
    ]
    for prefix, title in GROUPS.items():
        lines += ["", f"## {prefix}xx: {title}", ""]
        lines += ["| code | severity | what | found | expected | what to do |", f"|{' --- |' * 6}"]
        for code, kind in sorted(catalogue().items()):
            if code.startswith(prefix):
                words = map(_template_words, (kind.found, kind.expected, kind.remedy))
                lines.append(f"| {' | '.join([code, kind.severity, kind.title, *words])} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    docs = Path(sys.argv[1])
    write(docs / "commands")
    (docs / "problems.md").write_text(problems_page(), encoding="utf-8", newline="\n")
