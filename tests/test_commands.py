"""The commands as they are typed: new, check, explain, reconcile, report."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from tracker.case.load import load_case
from tracker.cli import cli
from tracker.procedure.load import load_procedure

SAMPLES = Path(__file__).resolve().parents[1] / "sample_cases"
EDITED = SAMPLES / "ordinary-in-time-edited.xlsx"


def test_what_a_stopped_run_left_is_named_by_the_next(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "ordinary-in-time-edited.xlsx", tmp_path / "a.xlsx")
    (tmp_path / ".a.xlsx.abc_1234.tmp").write_bytes(b"")
    result = CliRunner().invoke(
        cli, ["regenerate", str(tmp_path / "a.xlsx"), "--dry-run", "--as-at", "2026-11-19"]
    )
    assert ("T135" in result.stderr, ".a.xlsx.abc_1234.tmp" in result.stderr) == (True, True)


def tracker(*words: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], input=typed, catch_exceptions=False)


def test_check_prints_clocks_and_key_dates() -> None:
    result = tracker("check", SAMPLES / "ordinary-in-time.toml", "--as-at", "2026-11-19")
    lines = {line.split("  ")[0]: line for line in result.stdout.splitlines()}
    assert result.exit_code == 0
    assert "Mon 2 Nov 2026" in lines["SIN day zero"]
    assert "Not known" in lines["LCSPR day zero"]
    assert lines["RR-6.6"].split("  ")[0:1] == ["RR-6.6"]
    assert "Mon 30 Nov 2026" in lines["RR-6.6"]


def test_check_tells_every_fault_and_prints_no_dates(tmp_path: Path) -> None:
    case = tmp_path / "case.toml"
    text = (SAMPLES / "ordinary-in-time.toml").read_text("utf-8")
    case.write_text(
        text.replace("aware = 2026-11-02", 'aware = "2026-11-02"').replace("summary", "sumary"), "utf-8"
    )
    result = tracker("check", case)
    assert (result.exit_code, result.stdout) == (1, "")
    assert ["case.aware" in result.stderr, 'did you mean "summary"' in result.stderr] == [True, True]


def test_explain_walks_the_days_over_a_bank_holiday() -> None:
    workbook = SAMPLES / "late-sin-over-christmas-edited.xlsx"
    result = tracker("explain", workbook, "SIN-3.4", "--as-at", "2026-01-16")
    assert result.exit_code == 0
    assert "  skipped  Thu 25 Dec 2025: Christmas Day" in result.stdout.splitlines()
    assert "Due: Tue 30 Dec 2025." in result.stdout.splitlines()
    assert "typed in Case!D" in result.stdout


def test_explain_suggests_the_id_that_was_meant() -> None:
    result = tracker("explain", EDITED, "RR-6.66")
    assert (result.exit_code, "T124" in result.stderr, "did you mean" in result.stderr) == (1, True, True)


def test_new_asks_and_writes_a_case_that_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answers = ["DOR-2026-099", "Serious harm to an infant", "30/10/2026", "2/11/2026", *[""] * 80]
    result = tracker("new", "-o", "case.toml", typed="\n".join(answers) + "\n")
    procedure, _ = load_procedure("dorset")
    assert result.exit_code == 0, result.stderr
    assert procedure is not None
    case, _ = load_case(tmp_path / "case.toml", procedure)
    assert case is not None
    assert (case.details.reference, str(case.details.aware), [each.label for each in case.children]) == (
        "DOR-2026-099",
        "2026-11-02",
        ["Child 1"],
    )


def test_new_never_replaces_a_file(tmp_path: Path) -> None:
    target = tmp_path / "case.toml"
    target.write_text("mine", "utf-8")
    answers = ["DOR-2026-099", "", "", "2/11/2026", *[""] * 80]
    result = tracker("new", "-o", target, typed="\n".join(answers) + "\n")
    assert (result.exit_code, target.read_text("utf-8")) == (1, "mine")


def test_reconcile_as_json_goes_to_the_file_it_is_told(tmp_path: Path) -> None:
    target = tmp_path / "state.json"
    result = tracker("reconcile", EDITED, "--as-at", "2026-11-19", "--format", "json", "-o", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(target.read_text("utf-8"))["cases"][0]["reference"] == "DOR-2026-014"


def test_a_report_over_a_folder_goes_into_it_and_names_what_it_left_out(tmp_path: Path) -> None:
    shutil.copy(EDITED, tmp_path / "good.xlsx")
    (tmp_path / "bad.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "~$good.xlsx").write_bytes(b"lock")
    result = tracker("report", tmp_path, "--for", "weekly", "--as-at", "2026-11-19", "--format", "md")
    report = tmp_path / "weekly-2026-11-19.md"
    assert (result.exit_code, result.stdout.strip()) == (1, str(report))
    words = report.read_text("utf-8")
    assert ["bad" in words, "DOR" in words, "~$good" in words] == [True, True, False]


def test_a_folder_without_workbooks_is_said_plainly(tmp_path: Path) -> None:
    result = tracker("report", tmp_path, "--for", "weekly")
    assert (result.exit_code, "T123" in result.stderr) == (1, True)


@pytest.mark.parametrize("words", [["--as-at", "22/11/2026"], ["--as-at", "1999-01-01"], ["--format", "pdf"]])
def test_wrong_use_is_exit_code_two(words: list[str]) -> None:
    assert tracker("reconcile", EDITED, *words).exit_code == 2


def test_a_workbook_of_a_procedure_that_is_not_here_is_named(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(EDITED)
    memory = book["_tracker"]["A1"]
    memory.value = str(memory.value).replace('"set":"dorset"', '"set":"elsewhere"')
    book.save(tmp_path / "case.xlsx")
    for words in (["reconcile"], ["explain", "RR-6.6"]):
        result = tracker(words[0], tmp_path / "case.xlsx", *words[1:])
        told = result.stdout + result.stderr
        assert (
            result.exit_code,
            f"error T112 {tmp_path / 'case.xlsx'}: procedure set elsewhere" in told,
        ) == (1, True)


@pytest.mark.parametrize(
    ("words", "output", "told"),
    [
        (["reconcile", "case.xlsx"], "case.xlsx", "another kind of file; name it case.txt"),
        (["reconcile", "case.xlsx"], ".", "is a folder; name a file in it, such as outcome.txt"),
        (["reconcile", "case.xlsx"], os.devnull, "is a device or a pipe"),
        (["reconcile", "case.xlsx", "--format", "json"], "state.html", "name it state.json"),
        (["reconcile", "case.xlsx", "--password-file", "words.txt"], "words.txt", "is read by this command"),
        (["check", "case.toml"], "case.toml", "another kind of file"),
        (["explain", "case.xlsx", "RR-6.6"], "case.xlsx", "another kind of file"),
    ],
)
def test_no_output_replaces_what_was_read_or_passes_for_another_kind_of_file(
    words: list[str], output: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EDITED, "case.xlsx")
    shutil.copy(SAMPLES / "ordinary-in-time.toml", "case.toml")
    Path("words.txt").write_text("secret\n", "utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    result = tracker(*words, "-o", output)
    assert (result.exit_code, told in " ".join(result.stderr.split())) == (2, True), result.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
