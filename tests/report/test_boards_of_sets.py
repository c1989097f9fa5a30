"""Whose board a report is for, where a folder holds cases of several procedures."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from tracker.cli import cli

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
SETS = ROOT / "templates" / "procedure"
CASES = {
    "riverside": ROOT / "sample_cases" / "riverside" / "under-way.toml",
    "dorset": ROOT / "sample_cases" / "ordinary-in-time.toml",
    "mine": ROOT / "sample_cases" / "looked-after-death.toml",
}
AS_AT = ("--as-at", "2026-11-23")


def tracker(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)


def own_set(folder: Path, boards: Mapping[str, str]) -> Path:
    """A copy of the Dorset set called "mine", with its boards worded otherwise."""
    copy = folder / "sets" / "mine"
    shutil.copytree(SETS / "dorset", copy)
    text = (copy / "boards.toml").read_text("utf-8")
    for old, new in boards.items():
        assert old in text, old
        text = text.replace(old, new)
    (copy / "boards.toml").write_text(text, "utf-8")
    return copy


def generated(folder: Path, *sets: str | Path) -> Path:
    """A folder with a workbook under each of these sets."""
    cases = folder / "cases"
    cases.mkdir()
    for each in sets:
        name = Path(each).name
        result = tracker("generate", CASES[name], "--procedure", each, *AS_AT, "-o", cases / f"{name}.xlsx")
        assert result.exit_code == 0, result.stderr
    return cases


def report(cases: Path, board: str, *words: object) -> Result:
    return tracker(
        "report", cases, "--for", board, *AS_AT, "--format", "md", "-o", cases / "report.md", *words
    )


def shown(cases: Path) -> set[str]:
    """The references in the report."""
    return set(re.findall(r"(?:RIV|DOR)-2026-\d+", (cases / "report.md").read_text("utf-8")))


def passed_over(result: Result) -> list[tuple[str, str]]:
    """The sets whose cases the board is not shown, as told."""
    return re.findall(
        r"^note T149: This report leaves out 1 case under set (\w+) .* which (has \w+ board)",
        result.stderr,
        re.MULTILINE,
    )


def test_a_board_that_is_not_theirs_is_told_with_those_that_are(tmp_path: Path) -> None:
    result = report(generated(tmp_path, "riverside"), "subgroup")
    theirs = (
        "it has learning (Learning Group), executive (Executive Group) and improvement (Improvement Board)"
    )
    assert (result.exit_code, theirs in result.stderr) == (2, True)
    assert list(tmp_path.rglob("*.md")) == []


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(
    ("board", "of", "reference", "other"),
    [
        ("learning", "riverside", "RIV-2026-003", "dorset"),
        ("subgroup", "dorset", "DOR-2026-014", "riverside"),
    ],
)
def test_a_board_is_shown_the_cases_of_its_own_procedure(
    tmp_path: Path, board: str, of: str, reference: str, other: str, named: bool
) -> None:
    cases = generated(tmp_path, "riverside", "dorset")
    result = report(cases, board, *(["--procedure", of] if named else []))
    assert result.exit_code == 0, result.stderr
    assert passed_over(result) == [(other, "has no board")]
    assert shown(cases) == {reference}


def test_a_set_in_a_folder_is_named_beside_those_that_travel(tmp_path: Path) -> None:
    mine = own_set(tmp_path, {'id = "maqpag"': 'id = "quality"'})
    cases = generated(tmp_path, "dorset", mine)
    assert "T112" in report(cases, "weekly").stderr
    result = report(cases, "weekly", "--procedure", mine)
    assert (result.exit_code, result.stderr.count(" T")) == (0, 0)
    assert shown(cases) == {"DOR-2026-014", "DOR-2026-009"}
    result = report(cases, "quality", "--procedure", mine)
    assert passed_over(result) == [("dorset", "has no board")]
    assert report(cases, "subgroup", "--procedure", mine).exit_code == 0
    assert shown(cases) == {"DOR-2026-014", "DOR-2026-009"}  # the same board in both sets


def test_the_board_of_a_set_beside_the_workbooks_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = own_set(tmp_path, {'id = "maqpag"': 'id = "quality"'})
    cases = generated(tmp_path, mine)
    monkeypatch.chdir(mine.parent)
    assert report(cases, "quality").exit_code == 0
    result = report(cases, "qualty")
    assert (result.exit_code, 'did you mean "quality"?' in result.stderr) == (2, True)


@pytest.mark.parametrize("first", ["a", "z"])  # what the workbooks are called decides nothing
def test_boards_that_differ_in_what_they_see_are_not_taken_for_each_other(
    tmp_path: Path, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = own_set(tmp_path, {'sees = "everything"': 'sees = "exceptions"'})
    cases = generated(tmp_path, "dorset", mine)
    (cases / "mine.xlsx").rename(cases / f"{first}.xlsx")
    monkeypatch.chdir(mine.parent)
    result = report(cases, "subgroup")
    assert (result.exit_code, "of several procedures" in result.stderr) == (2, True)
    result = report(cases, "subgroup", "--procedure", "mine")
    assert (result.exit_code, passed_over(result)) == (0, [("dorset", "has another board")])
    assert "LCSPR subgroup: exceptions" in (cases / "report.md").read_text("utf-8")
    assert shown(cases) <= {"DOR-2026-009"}
    result = report(cases, "subgroup", "--procedure", "dorset")
    assert (result.exit_code, passed_over(result)) == (0, [("mine", "has another board")])
    assert shown(cases) == {"DOR-2026-014"}


def test_a_calendar_holds_the_key_dates_of_every_procedure(tmp_path: Path) -> None:
    cases = generated(tmp_path, "riverside", "dorset")
    target = tmp_path / "dates.ics"
    result = tracker("calendar", cases, "--procedure", "dorset", "--all", *AS_AT, "-o", target)
    assert result.exit_code == 0, result.stderr
    assert {"RR-6.6", "SR-4.3"} <= set(re.findall(r"(?:RR|SR)-\d\.\d", target.read_text("utf-8")))


@pytest.mark.parametrize("kind", ["qpag", "timeliness"])
def test_a_set_that_is_not_in_order_is_replaced_by_no_other(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = own_set(tmp_path, {})
    cases = generated(tmp_path, "dorset", mine)
    monkeypatch.chdir(mine.parent)
    with (mine / "procedure.toml").open("a", encoding="utf-8") as file:
        file.write("\nx = 1\n")
    result = report(cases, kind, "--procedure", "dorset")
    assert (result.exit_code, "T505" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    "command", [("report", "--for", "timeliness"), ("report", "--for", "owners"), ("calendar",)]
)
def test_a_workbook_judged_by_another_set_is_told_whatever_is_written(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    cases = generated(tmp_path, own_set(tmp_path, {'sees = "everything"': 'sees = "exceptions"'}))
    result = tracker(command[0], cases, *command[1:], "--procedure", "dorset", *AS_AT)
    assert "warning T345" in result.stderr, result.stderr


def test_a_board_of_a_later_workbooks_set_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = own_set(tmp_path, {'id = "maqpag"': 'id = "zpanel"'})
    cases = generated(tmp_path, "dorset", mine)
    monkeypatch.chdir(mine.parent)
    assert report(cases, "zpanel").exit_code == 0
    assert report(cases, "maqpag", "--procedure", "mine").exit_code == 0  # only the other set has it
    assert shown(cases) == {"DOR-2026-014"}
