"""Habits of the command line: `-`, `--quiet`, `NO_COLOR`, folders, lists of choices."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tracker import commands
from tracker.cli import COMMANDS, cli

SAMPLES = Path(__file__).resolve().parents[2] / "sample_cases"
EDITED = (SAMPLES / "ordinary-in-time-edited.xlsx").read_bytes()
CASE = (SAMPLES / "ordinary-in-time.toml").read_bytes()


def tracker(*words: object, given: bytes = b"") -> Result:
    typed = [*map(str, words), *(() if words[0] == "procedure" else ("--as-at", "2026-11-19"))]
    return CliRunner().invoke(cli, typed, input=given, catch_exceptions=False)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


@pytest.mark.parametrize(
    ("words", "given", "shown"),
    [
        (["check", "-"], CASE, "DOR-2026-014"),
        (["reconcile", "-"], EDITED, "DOR-2026-014"),
        (["reconcile", "-", "-o", "-", "--format", "json"], EDITED, '"reference": "DOR-2026-014"'),
        (["explain", "-", "RR-6.6"], EDITED, "RR-6.6"),
        (["regenerate", "-", "--dry-run"], EDITED, "1 cell changed"),
        (["report", "-", "--for", "weekly", "--format", "md", "-o", "-"], EDITED, "DOR-2026-014"),
        (["calendar", "-", "-o", "-"], EDITED, "BEGIN:VCALENDAR"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_dash_is_standard_input_and_output(words: list[str], given: bytes, shown: str) -> None:
    result = tracker(*words, given=given)
    assert (shown in result.stdout, names()) == (True, [])


@pytest.mark.parametrize(("words", "given"), [(["generate"], CASE), (["regenerate"], EDITED)])
def test_a_workbook_goes_through_a_pipe(words: list[str], given: bytes) -> None:
    result = tracker(*words, "-", "-o", "-", given=given)
    with zipfile.ZipFile(io.BytesIO(result.stdout_bytes)) as made:
        assert (made.testzip(), names()) == (None, [])


def test_a_description_from_standard_input_is_named_after_its_case() -> None:
    assert tracker("generate", "-", given=CASE).exit_code == 0
    assert names() == ["DOR-2026-014.xlsx"]


@pytest.mark.parametrize(
    "words",
    [["regenerate", "-"], ["report", "-", "--for", "owners", "-o", "-"],
     ["report", "-", "--for", "weekly", "--format", "csv", "-o", "-"]],
)  # fmt: skip
def test_what_cannot_go_that_way_is_wrong_use(words: list[str]) -> None:
    assert (tracker(*words, given=EDITED).exit_code, names()) == (2, [])


def test_nothing_by_standard_input_is_an_empty_file() -> None:
    result = tracker("reconcile", "-")
    assert (result.exit_code, "standard input" in result.stdout, "an empty file" in result.stdout) == (
        1,
        True,
        True,
    )


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "procedure"])
def test_every_command_can_be_quiet(command: str) -> None:
    assert "--quiet" in CliRunner().invoke(cli, [command, "--help"]).output


def test_quiet_leaves_out_written_and_keeps_problems() -> None:
    Path("a.xlsx").write_bytes(EDITED)
    loud = tracker("report", "a.xlsx", "--for", "weekly", "-o", "w.html")
    quiet = tracker("report", "a.xlsx", "--for", "weekly", "-o", "w.html", "--quiet")
    assert [each.stderr.count("Written") for each in (loud, quiet)] == [1, 0]
    assert loud.stderr.replace("Written: w.html\n", "") == quiet.stderr


def test_quiet_messages_say_nothing_of_what_was_written() -> None:
    Path("a.xlsx").write_bytes(EDITED)
    assert "Written" not in tracker("report", "a.xlsx", "--for", "owners", "-o", "messages", "--quiet").stderr


def test_written_is_said_once_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(commands, "print_line", lambda text, **_: shown.append(str(text)))
    monkeypatch.setattr(
        commands, "sys", type("", (), {"stdout": type("", (), {"isatty": staticmethod(lambda: True)})})
    )
    commands.print_written(Path("a.html"))
    assert shown == ["Written: a.html"]


def test_reconcile_takes_a_folder() -> None:
    Path("cases").mkdir()
    for name in ("ordinary-in-time-edited.xlsx", "late-sin-over-christmas-edited.xlsx"):
        shutil.copy(SAMPLES / name, "cases")
    result = tracker("reconcile", "cases")
    assert ["DOR-2026-014" in result.stdout, "DOR-2025-031" in result.stdout] == [True, True]
    Path("empty").mkdir()
    assert "T123" in tracker("reconcile", "empty").stderr


def test_a_missing_report_lists_the_reports() -> None:
    Path("a.xlsx").write_bytes(EDITED)
    result = tracker("report", "a.xlsx")
    assert result.exit_code == 2
    assert "weekly, timeliness, owners, subgroup, maqpag or qpag" in " ".join(result.stderr.split())


def test_text_may_be_written_to_a_text_file() -> None:
    Path("a.xlsx").write_bytes(EDITED)
    tracker("reconcile", "a.xlsx", "--format", "text", "-o", "r.text")
    assert Path("r.text").read_text("utf-8").startswith("DOR-2026-014")


@pytest.mark.parametrize(("value", "coloured"), [("", True), ("1", False)])
def test_no_color_is_respected(value: str, coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from tracker.commands import workbooks

    Path("a.xlsx").write_bytes(EDITED)
    asked: list[bool] = []
    terminal = type(
        "", (), {"stdout": type("", (), {"isatty": staticmethod(lambda: True)}), "exit": lambda *_: None}
    )
    monkeypatch.setattr(workbooks, "sys", terminal)

    def formatted(*_: object, colour: bool) -> str:
        asked.append(colour)
        return ""

    monkeypatch.setattr("tracker.api.format_reconciliation", formatted)
    monkeypatch.setenv("NO_COLOR", value)
    tracker("reconcile", "a.xlsx")
    assert asked == [coloured]
