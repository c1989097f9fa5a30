"""What comes from a file or its name moves no cursor, colours nothing and turns no line around."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from reconcile.editing import Edited

from tracker import __main__ as start
from tracker.cli import cli
from tracker.commands import ask_password, write_to_stdout

TOP = Path(__file__).resolve().parents[2]
ODD = "\x9b31m \u202egpj.exe \u2066x\u2069 _x000D_ end"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A workbook with such characters in its name and in cells of every kind."""
    keys = ("Action", "Owner", "Status", "Completed", "Due", "Progress", "Named owner")
    cells: dict[str, object] = {f"SIN-2.6:{title}": ODD for title in keys}
    return Edited({**cells, "Summary:B": ODD, "LCSPR:B": ODD, "POL:Email": ODD}).saved(
        tmp_path, "a\u202eb\x9b.xlsx"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["reconcile"],
        ["reconcile", "--format", "json"],
        ["regenerate", "--dry-run"],
        ["regenerate", "--dry-run", "--format", "json"],
        ["explain", "SIN-2.6"],
        ["report", "--for", "weekly"],
        ["report", "--for", "owners"],
        ["calendar"],
        ["check"],
        ["generate"],
    ],
    ids=" ".join,
)
def test_no_command_prints_what_would_move_a_terminal(odd: Path, words: list[str]) -> None:
    command, *rest = words
    typed = [command, str(odd), *rest, "--as-at", "2026-11-04"]
    result = CliRunner().invoke(cli, typed, catch_exceptions=False)
    assert (RAW.findall(result.output), bool(result.output)) == ([], True)


def test_no_command_on_sets_prints_what_would_move_a_terminal(tmp_path: Path) -> None:
    runner, folder = CliRunner(), tmp_path / "set\u202e\x9b"
    assert runner.invoke(cli, ["procedure", "new", str(folder)]).exit_code == 0
    sin = folder / "sin.toml"
    text = re.sub(r'action = "Report the', f'action = "{ODD} Report the', sin.read_text("utf-8"))
    sin.write_text(text, "utf-8")
    shown = [runner.invoke(cli, ["procedure", "diff", "dorset", str(folder)])]
    sin.write_text(text.replace("\n[[step]]", f'\n[[step]]\n"{ODD}" = "{ODD}"', 1), "utf-8")
    shown.append(runner.invoke(cli, ["procedure", "check", str(folder)]))
    assert [(RAW.findall(each.output), "gpj.exe" in each.output) for each in shown] == [([], True)] * 2


def test_a_report_to_a_terminal_is_clean_and_to_a_program_exact(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    content = "one\u202etwo\r\nthree\x9b".encode()
    write_to_stdout(content)
    assert capsysbinary.readouterr().out == content
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    write_to_stdout(content)
    assert capsysbinary.readouterr().out.decode() == "one\ufffdtwo\nthree\ufffd"
    write_to_stdout(b"PK\x03\x04\xff")
    assert capsysbinary.readouterr().out == b"PK\x03\x04\xff"


def test_a_refusal_of_the_system_and_a_question_repeat_a_name_clean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied", ODD)

    monkeypatch.setattr(cli, "main", refuse)
    assert start._exit_code() == start.FAULT  # noqa: SLF001  main would also put other streams in place of these
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    def answer(question: str, **_: object) -> str:
        asked.append(question)
        return ""

    monkeypatch.setattr("click.prompt", answer)
    ask_password(ODD)
    told = capsys.readouterr().err
    assert ("gpj.exe" in told, RAW.findall(told), RAW.findall("".join(asked)), len(asked)) == (
        True,
        [],
        [],
        1,
    )


def test_the_samples_write_nothing_that_git_would_take() -> None:
    git = shutil.which("git")
    if git is None or not (TOP / ".git").exists():
        pytest.skip("no checkout, or no git")
    page = (TOP / "docs" / "try-it.md").read_text("utf-8")
    written = re.findall(r"^tracker .* -o (\S+)$", page, re.MULTILINE)
    assert len(written) > 10
    others = [
        "my-procedure/sin.toml",
        "weekly.json",
        "case.xlsx",
        "tracker-backups/case.toml",
        "tracker-demo/case.toml",
    ]
    names = [*written, *others]
    found = subprocess.run(
        [git, "check-ignore", *names], cwd=TOP, capture_output=True, text=True, check=False
    ).stdout.split()
    assert sorted(set(names) - set(found)) == []
    kept = [
        "sample_cases/ordinary-in-time-edited.xlsx",
        "sample_cases/partnership/DOR-2026-014.xlsx",
        "docs/problems.md",
    ]
    assert not subprocess.run([git, "check-ignore", *kept], cwd=TOP, capture_output=True, check=False).stdout
