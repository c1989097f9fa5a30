"""The pages say what the program does: made from it where they can be, else run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from tracker import manual
from tracker.cli import COMMANDS, cli, find_command

from .pages import DOCS, consoles, furnish, inline, listed, markdown, on_the_day, prints_as_shown, run

if TYPE_CHECKING:
    from pathlib import Path

PAGES = markdown()
IN_ORDER = ("README.md", "docs/try-it.md")  # run by tests/test_docs.py: their commands build on each other
LISTED = sorted({line for name, text in PAGES.items() if name not in IN_ORDER for line in listed(text)})
INLINE = sorted({line for text in PAGES.values() for line in inline(text)})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's folder on the day the pages speak of."""
    monkeypatch.chdir(tmp_path)
    on_the_day(monkeypatch)
    furnish(tmp_path)
    return tmp_path


def whole(line: str) -> bool:
    """Whether a command of a sentence names all it needs: neither a gap (FOLDER) nor nothing at all."""
    words = line.split()[1:]
    given = [word for word in words if not word.startswith("-") and word not in COMMANDS]
    gaps = [word for word in given if re.fullmatch(r"[A-Z]{2,}(\.\w+)?|[<>|]", word)]
    return bool(given) and not gaps and any(re.search(r"[./]|^cases$|my-procedure", word) for word in given)


def command_of(line: str) -> tuple[click.Command, list[str]]:
    """The command a line calls, and its further words."""
    words = line.split()[1:]
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None, line
        command = found
    return command, words


# Made from the program


@pytest.mark.parametrize("name", [manual.INDEX, *(f"{name}.md" for name in COMMANDS)])
def test_the_page_of_a_command_is_the_programs_own(name: str) -> None:
    assert (DOCS / "commands" / name).read_text("utf-8") == manual.pages()[name]


def test_no_page_of_a_command_is_left_over() -> None:
    assert {path.name for path in (DOCS / "commands").iterdir()} == set(manual.pages())


def test_writing_the_pages_takes_away_those_of_commands_that_went(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("# tracker gone\n", "utf-8")
    manual.write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(manual.pages())


def commands() -> list[tuple[str, click.Command]]:
    """Every command and every part of one."""
    found: list[tuple[str, click.Command]] = []
    for name in COMMANDS:
        command = find_command(name)
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {part}", each) for part, each in command.commands.items()]
    return found


def test_every_option_says_what_it_does() -> None:
    silent = [
        f"{name} {option.opts[0]}"
        for name, command in commands()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


def test_every_command_and_part_of_one_has_an_example() -> None:
    assert [name for name, command in commands() if not manual.examples(command)] == []


# Run


@pytest.mark.parametrize("line", LISTED)
def test_an_example_runs(folder: Path, line: str) -> None:
    result = run(line)
    assert (result.exit_code, result.output if result.exit_code else "") == (0, "")
    for target in re.findall(r"-o (\S+)", line):
        assert (folder / target).exists()


@pytest.mark.parametrize("line", [line for line in INLINE if whole(line)])
@pytest.mark.usefixtures("folder")
def test_a_command_within_a_sentence_runs(line: str) -> None:
    result = run(line)
    assert (result.exit_code, result.output if result.exit_code else "") == (0, "")


@pytest.mark.parametrize("line", [line for line in INLINE if not whole(line)])
def test_a_command_that_leaves_something_out_names_what_there_is(line: str) -> None:
    command, words = command_of(line)
    options = {name for each in command.params for name in each.opts} | {"--help"}
    assert [word for word in words if word.startswith("-") and word not in options] == []


def test_the_sentences_hold_commands_of_both_kinds() -> None:
    kinds = [whole(line) for line in INLINE]
    assert (kinds.count(True) > 5, kinds.count(False) > 5) == (True, True)


@pytest.mark.parametrize("name", [name for name, text in PAGES.items() if consoles(text)])
@pytest.mark.usefixtures("folder")
def test_a_page_shows_what_is_printed(name: str) -> None:
    for shown in consoles(PAGES[name]):
        result = run(shown.line)
        assert result.exit_code == 0, shown.line + "\n" + result.output
        assert prints_as_shown(result.output, shown.prints), shown.line + "\n" + result.output


@pytest.mark.parametrize(
    ("result", "shown", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\nc\n", "a\n...\nc\n", True),
        ("a\nb\nc\n", "...\nc\n", True),
        ("a\nb\nc\n", "a\n...\n", True),
        ("a 1 c\n", "a ... c\n", True),
        ("", "...\n", True),
        ("a\nb\nc\n", "a\nc\n", False),
        ("a\nb\nc\n", "b\n...\n", False),
    ],
)
def test_dots_stand_for_what_is_left_out(result: str, shown: str, same: bool) -> None:
    assert prints_as_shown(result, shown) is same


# What is written where


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("tracker new", {"DOR-2026-099.toml"}),
        ("tracker check case.toml", set()),
        ("tracker generate sample_cases/looked-after-death.toml", {"sample_cases/looked-after-death.xlsx"}),
        ("tracker generate --blank", {"tracker-blank.xlsx"}),
        ("tracker reconcile case.xlsx", set()),
        ("tracker regenerate case.xlsx", {"case-regenerated.xlsx"}),
        ("tracker regenerate case.xlsx --in-place", {"tracker-backups/case-*.xlsx"}),
        ("tracker regenerate case.xlsx --dry-run", set()),
        (
            "tracker report cases --for weekly",
            {"cases/weekly-2026-11-19.html", "cases/weekly-2026-11-19.json"},
        ),
        ("tracker report case.xlsx --for weekly --no-history", {"weekly-2026-11-19.html"}),
        ("tracker report cases --for timeliness --anonymise", {"cases/timeliness-2026-11-19.html"}),
        (
            "tracker report cases --for qpag --format csv",
            {"cases/qpag-2026-11-19-csv/*.csv", "cases/qpag-2026-11-19.json"},
        ),
        (
            "tracker report cases --for owners",
            {"cases/owners-2026-11-19/*.md", "cases/owners-2026-11-19.json"},
        ),
        ("tracker calendar cases", {"cases/calendar-2026-11-19.ics"}),
        ("tracker documents case.xlsx --step RR-5.14", {"case-documents/RR-5.14-rapid-review-agenda.docx"}),
        ("tracker explain case.xlsx RR-6.6", set()),
        ("tracker procedure check my-procedure", set()),
        ("tracker procedure new another", {"another/*.toml", "another/schema.json"}),
    ],
)
def test_a_command_writes_where_its_page_says(folder: Path, line: str, written: set[str]) -> None:
    before = {path for path in folder.rglob("*") if path.is_file()}
    assert run(line).exit_code == 0
    new = {path for path in folder.rglob("*") if path.is_file()} - before
    expected = [set(folder.glob(pattern)) for pattern in written]
    assert new == set().union(*expected)
    assert all(expected)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_names_the_exit_codes_its_command_has(name: str) -> None:
    """A conflict can come of what reads copies of a workbook, and of nothing else."""
    settles = name in {"reconcile", "regenerate", "report"}
    assert manual.exit_codes(name) == [0, 1, 2, 3][: 4 if settles else 3]


# Shell completion


@pytest.mark.parametrize("shell", re.findall(r"_TRACKER_COMPLETE=(\w+)_source", PAGES["docs/completion.md"]))
def test_the_completion_of_a_shell_is_produced(shell: str) -> None:
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    source = found(cli, {}, "tracker", "_TRACKER_COMPLETE").source()
    assert ["_TRACKER_COMPLETE=" + shell in source, "tracker" in source] == [True, True]


def test_bash_is_told_what_can_follow() -> None:
    typed = {"_TRACKER_COMPLETE": "bash_complete", "COMP_WORDS": "tracker re", "COMP_CWORD": "1"}
    result = CliRunner().invoke(cli, [], prog_name="tracker", env=typed)
    assert result.output.split() == [
        f"plain,{name}" for name in ("reconcile", "regenerate", "report", "returns")
    ]
