"""The commands on any machine: odd paths, no room, no home, a closed pipe, a terminal with few letters.

What depends on the process itself (streams, environment, exit codes) starts one; the rest runs within this one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner, Result

from tracker import saving
from tracker.cli import COMMANDS, cli
from tracker.problems import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "sample_cases" / "ordinary-in-time.toml"
EDITED = ROOT / "sample_cases" / "ordinary-in-time-edited.xlsx"
DAY = ("--as-at", "2026-11-19")
INNER = re.compile(r"Traceback|[a-z]Error\b|Exception|NoneType|\.py\b|Errno|codec|object has no|warn\(")
"""Words of the language this program is written in; no message holds one."""
ANSWERS = "\n".join(["DOR-2026-099", "Serious harm", "", "2/11/2026", *[""] * 80]) + "\n"
posix = pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX systems")


def tracker(*words: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], input=typed, catch_exceptions=False)


def process(
    *words: object, folder: Path, env: Mapping[str, str] | None = None, **streams: Any
) -> subprocess.CompletedProcess[bytes]:
    """A run of its own in an environment that holds nothing but PATH and what is given."""
    kept = {"PATH": os.environ["PATH"], **(env or {})}
    program = [sys.executable, "-c", "from tracker.__main__ import main; main()", *map(str, words)]
    streams = {"stdin": subprocess.DEVNULL, "capture_output": True} | streams
    done: subprocess.CompletedProcess[bytes]
    done = subprocess.run(program, cwd=folder, env=kept, check=False, **streams)  # type: ignore[assignment]  # bytes
    return done


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    return (done.stdout or b"").decode("utf-8", "replace") + (done.stderr or b"").decode("utf-8", "replace")


# Paths


def round_of(stem: str) -> Iterator[Sequence[str]]:
    """Every command that takes a path, over a case and a workbook of this name in the present folder."""
    case, book = f"./{stem}.toml", f"./{stem}.xlsx"
    yield ["check", case, *DAY]
    yield ["generate", case, "-o", f"./{stem}-new.xlsx", *DAY]
    yield ["explain", book, "RR-6.6", *DAY]
    yield ["reconcile", book, "--case", case, *DAY, "--format", "json", "-o", f"./{stem}.json"]
    yield ["reconcile", book, *DAY, "--format", "html", "-o", f"./{stem}.html"]
    yield ["regenerate", book, *DAY]
    yield ["regenerate", book, *DAY, "--in-place"]
    yield ["calendar", book, *DAY]
    for words in (["weekly"], ["weekly", "--format", "md"], ["weekly", "--format", "json", "-o", "r.json"]):
        yield ["report", book, "--for", *words, *DAY]
    for form in ("docx", "csv"):
        yield ["report", book, "--for", "subgroup", "--format", form, *DAY]
    yield ["report", book, "--for", "owners", "--format", "eml", *DAY]


@posix
@pytest.mark.parametrize("stem", ["-A 'b' \"c\" é \U0001d11e", "n" * 240])
def test_every_command_takes_odd_names(stem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a b é"
    folder.mkdir()
    monkeypatch.chdir(folder)
    shutil.copy(CASE, f"{stem}.toml")
    shutil.copy(EDITED, f"{stem}.xlsx")
    for words in round_of(stem):
        if stem.startswith("n") and words[0] == "regenerate" and "--in-place" not in words:
            continue  # there is no room for -regenerated in its name, which is told
        result = tracker(*words)
        assert (words, result.exit_code, INNER.findall(result.output)) == (words, 0, [])


def test_a_folder_with_undecodable_names_is_reported_with_what_was_left_out(tmp_path: Path) -> None:
    for name in ("f\udce9ll.xlsx", "b\udce9d.xlsx"):
        try:
            shutil.copy(EDITED if name[0] == "f" else CASE, tmp_path / name)
        except (OSError, UnicodeEncodeError):
            pytest.skip("this file system takes no such names")
    for form in ("html", "md", "json", "docx"):
        target = tmp_path / f"weekly.{form}"
        result = tracker("report", tmp_path, "--for", "weekly", *DAY, "--format", form, "-o", target)
        assert (result.exit_code, target.is_file(), INNER.findall(result.output)) == (1, True, [])
    for words in (["reconcile", "--format", "json", "-o", "a.json"], ["regenerate"], ["explain", "RR-6.6"]):
        done = process(words[0], "f\udce9ll.xlsx", *words[1:], *DAY, folder=tmp_path)
        assert (done.returncode, INNER.findall(said(done))) == (0, [])
    result = tracker("report", tmp_path, "--for", "owners", *DAY, "--format", "eml")
    assert (result.exit_code, "b?d.xlsx" in result.stderr, "Written: " in result.stderr) == (1, True, True)


LONG = "n" * 300
DRIVE = r"C:\x y\case"


@posix
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["check", LONG], 1, "T403"),
        (["explain", LONG, "RR-6.6"], 1, "T103"),
        (["reconcile", LONG], 1, "T103"),
        (["regenerate", LONG], 1, "T103"),
        (["procedure", "check", LONG], 1, "T501"),
        (["procedure", "diff", LONG, "dorset"], 1, "T501"),
        (["procedure", "new", LONG], 1, "T535"),
        (["generate", CASE, "-o", f"{LONG}.xlsx"], 1, "T122"),
        (["regenerate", EDITED, "-o", f"{LONG}.xlsx"], 1, "T122"),
        (["calendar", EDITED, "-o", f"{LONG}.ics"], 1, "T122"),
        (["procedure", "schema", "-o", f"{LONG}.json"], 1, "T122"),
        (["check", f"{DRIVE}.toml"], 1, "a drive letter means nothing here"),
        (["reconcile", f"{DRIVE}.xlsx"], 1, "a drive letter means nothing here"),
        (["procedure", "check", DRIVE], 1, "a drive letter means nothing here"),
        (["generate", CASE, "-o", f"{DRIVE}.xlsx"], 1, "a drive letter, which means nothing here"),
        (["generate", CASE, "-o", "CON.xlsx"], 1, "a name that Windows keeps for a device"),
        (["calendar", EDITED, "-o", "nul.ics"], 1, "a name that Windows keeps for a device"),
        (["generate", CASE, "-o", "not-there/"], 2, "ends like the name of a folder"),
        (["generate", CASE, "-o", "."], 2, "is a folder; name a file in it"),
        (["new", "-o", "."], 2, "is a folder; name a file in it"),
        (["new", "-o", "case.xlsx"], 2, "another kind of file; name it case.toml"),
    ],
)
def test_a_path_that_cannot_be_used_is_told_plainly(
    words: list[object], code: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = tracker(*words)
    assert (result.exit_code, told in " ".join(result.output.split())) == (code, True), result.output
    assert (list(tmp_path.iterdir()), INNER.findall(result.output)) == ([], [])


@pytest.mark.parametrize(
    ("typed", "meant"), [("ordinary-in-tme.toml", CASE.name), ("ordinary-in-time-edit.xlsx", EDITED.name)]
)
def test_the_file_that_was_meant_is_suggested(typed: str, meant: str) -> None:
    result = tracker("check" if typed.endswith("toml") else "reconcile", CASE.with_name(typed))
    assert f'did you mean "{meant}"?' in result.output


def test_a_name_that_begins_with_a_dash_is_explained(tmp_path: Path) -> None:
    shutil.copy(CASE, tmp_path / "-x.toml")
    done = process("check", "-x.toml", folder=tmp_path)
    assert (done.returncode, "is written ./-x.toml" in said(done)) == (2, True)


# Places that cannot be written to

OUTPUTS: tuple[tuple[str, ...], ...] = (
    ("check", str(CASE), "-o", "x.txt"),
    ("generate", str(CASE), "-o", "x.xlsx"),
    ("explain", str(EDITED), "RR-6.6", "-o", "x.txt"),
    ("reconcile", str(EDITED), "-o", "x.txt"),
    ("regenerate", str(EDITED), "-o", "x.xlsx"),
    ("report", str(EDITED), "--for", "weekly", "-o", "x.html"),
    ("report", str(EDITED), "--for", "weekly", "--format", "csv", "-o", "x"),
    ("report", str(EDITED), "--for", "owners", *DAY, "-o", "x"),
    ("calendar", str(EDITED), "-o", "x.ics"),
    ("documents", str(EDITED), "--step", "RR-5.14", "-o", "x"),
    ("procedure", "check", "dorset", "-o", "x.txt"),
    ("procedure", "diff", "dorset", "riverside", "-o", "x.txt"),
    ("procedure", "schema", "-o", "x.json"),
    ("procedure", "new", "x"),
    ("new", "-o", "x.toml"),
)


@pytest.mark.parametrize("words", OUTPUTS, ids=lambda words: " ".join(words[:2])[:14])
@pytest.mark.parametrize("place", ["below a file", "refused by the system"])
def test_a_place_that_cannot_be_written_to_is_told(
    words: tuple[str, ...], place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    if place == "below a file":
        folder.write_bytes(b"")
    else:
        folder.mkdir()

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("tempfile.mkstemp", refuse)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    result = tracker(*words[:-1], folder / words[-1], typed=ANSWERS)
    assert (result.exit_code, bool(re.search("T122|T535", result.stderr))) == (1, True), result.stderr
    assert INNER.findall(result.output) == []
    left = {path.name for path in tmp_path.rglob("*")} - set(before)
    assert left <= {words[-1]}  # an empty folder, at most
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path != folder]


def test_a_workbook_open_in_another_program_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use(*_: object) -> None:
        raise PermissionError(13, "Access is denied")

    (tmp_path / "a.docx").touch()
    monkeypatch.setattr(saving, "_WINDOWS", True)
    monkeypatch.setattr(Path, "replace", in_use)
    (found,) = saving.write_over(tmp_path / "a.docx", b"")
    assert (
        found.found == "the file could not be written: Access is denied (it may be open in another program)"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.docx"]


@pytest.mark.parametrize("name", ["a:b.xlsx", "what?.xlsx", "ends in a dot.", "com1.tar.gz", "aux"])
def test_names_that_windows_takes_for_something_else_are_refused_there(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "_WINDOWS", True)
    (found,) = saving.write_over(tmp_path / name, b"")
    assert (found.code, "Windows" in found.found, list(tmp_path.iterdir())) == ("T122", True, [])


# What is said


def test_tracker_alone_says_what_people_come_for(tmp_path: Path) -> None:
    done = process(folder=tmp_path)
    shown = done.stdout.decode()
    assert (done.returncode, re.findall(r"^  tracker (\w+)", shown, re.MULTILINE)) == (
        0,
        ["generate", "reconcile", "report"],
    )
    assert tracker().stdout == shown


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", each) for sub, each in command.commands.items())


def test_every_help_text_has_an_example_that_names_its_command() -> None:
    without = [
        name
        for name, each in commands()
        if not re.search(rf"Examples?:\n +tracker {name} ?", each.help or "")
    ]
    assert without == []


def test_a_fault_of_ours_names_nothing_inner_and_leaves_details_for_whoever_asks(tmp_path: Path) -> None:
    script = (
        "import sys, tracker.case.description as load\n"
        "def broken(*_): raise TypeError('NoneType object has no attribute x')\n"
        "load.load_case = broken\n"
        f"sys.argv = ['tracker', 'check', {str(CASE)!r}]\n"
        "from tracker.__main__ import main\nmain()"
    )
    run = [sys.executable, "-c", script]
    usual = {name: value for name, value in os.environ.items() if name != "TRACKER_DEBUG"}
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False, env=usual)
    assert (done.returncode, "a fault in tracker itself" in said(done), INNER.findall(said(done))) == (
        1,
        True,
        [],
    )
    env = {**os.environ, "TRACKER_DEBUG": "1"}
    assert "Traceback" in said(subprocess.run(run, cwd=tmp_path, capture_output=True, check=False, env=env))


def test_no_message_of_the_catalogue_names_anything_inner() -> None:
    texts = {
        kind.code: f"{kind.title} {kind.found} {kind.expected} {kind.remedy}" for kind in catalogue().values()
    }
    assert [code for code, text in texts.items() if INNER.search(text) or "Python" in text] == []


# Progress


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_is_for_terminals_alone(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracker.commands import HANDFUL, progress

    monkeypatch.setattr("tracker.commands.stderr_is_terminal", lambda: terminal)
    with progress([Path()] * (HANDFUL + 1)) as step:
        for _ in range(HANDFUL + 1):
            step()
    assert ("Reading" in capsys.readouterr().err) is terminal
