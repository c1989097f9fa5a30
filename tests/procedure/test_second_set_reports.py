"""Another partnership's procedure in the reports: they speak in its words."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from procedure.test_second_set import issued as issued  # noqa: PLC0414  a fixture, named again so that pytest finds it

from .test_second_set import DESCRIPTION, RIVERSIDE, ROOT, edit, tracker, type_beside

if TYPE_CHECKING:
    from pathlib import Path

# Report


@pytest.mark.parametrize("format_", ["md", "html"])
def test_the_weekly_report_tells_of_it(issued: Path, tmp_path: Path, format_: str) -> None:
    target = tmp_path / f"weekly.{format_}"
    result = tracker(
        "report", issued, "--for", "weekly", "--as-at", "2026-09-28", "--format", format_, "-o", target
    )
    assert result.exit_code == 0, result.stderr
    text = target.read_text("utf-8")
    assert "Swift Review, day 12 of 16" in text
    assert "SR-3.4: 0 of 3 returns back" in re.sub(r"<[^>]+>", "", text)
    assert re.findall(r"Rapid Review|Dorset|PDSCP|SIN\b", text) == []


TRIAGE = """
name = "Triage"
prefix = "TR"
order = 2
milestone = "TR-1.1"
milestone_words = "sorted by"

[[step]]
id = "TR-1.1"
paragraph = "1.1"
action = "Sort what has come in"
owner = "Partnership Manager"
from = "Awareness"
count = 2
unit = "working days"
basis = "Procedure"
key = true
"""


@pytest.fixture
def four_stages(tmp_path: Path) -> Path:
    """The set with a stage of its own between the notification and the review."""
    folder = tmp_path / "four"
    shutil.copytree(ROOT / "templates" / "procedure" / "riverside", folder)
    for name, order in (("learning_review", 4), ("swift_review", 3)):
        path = folder / f"{name}.toml"
        path.write_text(path.read_text("utf-8").replace(f"order = {order - 1}", f"order = {order}"), "utf-8")
    (folder / "triage.toml").write_text(TRIAGE, "utf-8")
    return folder


def test_a_review_is_measured_by_what_its_steps_are_and_not_by_their_place(four_stages: Path) -> None:
    path = four_stages.with_name("four.xlsx")
    tracker("generate", DESCRIPTION, "--procedure", four_stages, "--as-at", "2026-09-21", "-o", path)
    edit(path, type_beside("Case", "National Panel's response", 2, "agrees"))
    words = ("--procedure", four_stages, "--as-at", "2026-10-05", "--format", "md")
    told = {}
    for kind in ("learning", "timeliness"):
        target = path.with_name(f"{kind}.md")
        tracker("report", path, "--for", kind, *words, "-o", target)
        told[kind] = re.sub(r"[*\[\]]", "", target.read_text("utf-8"))
    asked = "Whether to hold a Learning Review: the National Panel agrees with the Swift Review"
    assert asked in told["learning"]
    assert re.findall(
        r"^\| (Swift Review sent, from the notification) .* (\d+) \|$", told["timeliness"], re.MULTILINE
    ) == [("Swift Review sent, from the notification", "1")]
    row = next(line for line in told["timeliness"].splitlines() if line.startswith("| RIV-2026-003"))
    assert "Fri 2 Oct 2026" in row  # working day 16 from the notification, not the day of the triage


def test_the_timeliness_report_is_in_its_words(issued: Path) -> None:
    target = issued.with_name("times.html")
    tracker("report", issued, "--for", "timeliness", "--as-at", "2026-10-05", "-o", target)
    text = re.sub(r"<style>.*?</style>|<[^>]+>", "", target.read_text("utf-8"), flags=re.DOTALL)
    assert "Swift Review sent, from awareness" in text
    assert re.findall(r"Rapid Review|LCSPR|Dorset|SIN\b", text) == []


def test_several_owners_are_no_agencies_whose_returns_are_counted(issued: Path, tmp_path: Path) -> None:
    target = tmp_path / "weekly.md"
    tracker("report", issued, "--for", "weekly", "--as-at", "2026-10-05", "--format", "md", "-o", target)
    text = target.read_text("utf-8")
    assert re.findall(r"(\S+): 0 of 3 returns back", text) == ["NO-1.3", "SR-3.4"]
    assert "SR-4.1-NUR Approve the outcome of the review" in text


def test_what_is_to_be_decided_is_told_in_its_words(issued: Path) -> None:
    edit(issued, type_beside("Case", "National Panel's response", 2, "agrees"))
    target = issued.with_name("weekly.md")
    tracker("report", issued, "--for", "weekly", "--as-at", "2026-10-05", "--format", "md", "-o", target)
    text = re.sub(r"[*\[\]]|\(#\w+\)", "", target.read_text("utf-8"))
    assert "whether to hold a Learning Review in RIV-2026-003" in text
    assert "Whether to hold a Learning Review: the National Panel agrees with the Swift Review" in text


BOARDS = {board.id: board.name for board in RIVERSIDE.boards}


@pytest.mark.parametrize("board", BOARDS)
def test_its_boards_have_their_reports_without_being_told_of_the_set(issued: Path, board: str) -> None:
    target = issued.with_name("board.html")
    result = tracker("report", issued, "--for", board, "--as-at", "2026-09-28", "-o", target)
    assert result.exit_code == 0, result.stderr
    text = re.sub(r"<[^>]+>", "", target.read_text("utf-8"))
    assert f"{BOARDS[board]}: " in text
    assert re.findall(r"Rapid Review|Dorset|PDSCP|SIN\b", text) == []
