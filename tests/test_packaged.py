"""The program as a folder for machines without Python: built by PyInstaller, and run with nothing around it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from office.program import need, run
from workbook.making import made, sample

from tracker.workbook.write import workbook_bytes

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_cases"
_BUILD_SECONDS = 600


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `packaging/tracker.spec` gives."""
    left_out = os.environ.get("TRACKER_REAL_PARTS") == "none"
    need("PyInstaller is not installed" if left_out or not importlib.util.find_spec("PyInstaller") else "")
    home = tmp_path_factory.mktemp("packaged")
    build = [
        "--noconfirm",
        "--log-level",
        "ERROR",
        "--distpath",
        str(home),
        "--workpath",
        str(home / "build"),
    ]
    run(
        [sys.executable, "-m", "PyInstaller", *build, ROOT / "packaging" / "tracker.spec"],
        seconds=_BUILD_SECONDS,
    )
    return home / "tracker"


def tracker(folder: Path, *words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the packaged program; its environment knows no Python."""
    return subprocess.run(
        [str(folder / "tracker"), *map(str, words)],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_it_makes_the_same_workbook(folder: Path, tmp_path: Path) -> None:
    case = SAMPLES / "ordinary-in-time.toml"
    ran = tracker(folder, "generate", case, "-o", "case.xlsx", "--as-at", "2026-11-22", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "case.xlsx\n"), ran.stderr
    assert (tmp_path / "case.xlsx").read_bytes() == workbook_bytes(
        made(sample("ordinary-in-time"), date(2026, 11, 22))
    )


def test_it_shows_the_whole_round(folder: Path, tmp_path: Path) -> None:
    ran = tracker(folder, "demo", "-o", "demo", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert {path.suffix for path in (tmp_path / "demo").iterdir()} == {
        "",
        ".docx",
        ".html",
        ".json",
        ".toml",
        ".xlsx",
    }


def test_several_processes_read_a_folder(folder: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    shutil.copytree(SAMPLES / "partnership", cases)
    for number in range(4):
        shutil.copyfile(SAMPLES / "late-sin-over-christmas-edited.xlsx", cases / f"copy-{number}.xlsx")
    reports = [
        tracker(
            folder, "report", "cases", "--for", "weekly", "--format", "md", "--no-history", "--as-at", "2026-11-19",
            "--jobs", jobs, "-o", f"{jobs}.md", cwd=tmp_path,
        )
        for jobs in ("1", "2")
    ]  # fmt: skip
    assert {each.returncode for each in reports} <= {0, 3}, reports[1].stderr
    assert (tmp_path / "1.md").read_text("utf-8") == (tmp_path / "2.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("templates/reports/report.css", ("report", "case.xlsx", "--for", "weekly")),
        ("templates/calendar/england.toml", ("check", "case.toml")),
        ("problems/catalogue.toml", ("check", "nowhere.toml")),
    ],
)
def test_a_missing_part_is_a_faulty_installation(
    folder: Path, tmp_path: Path, part: str, words: tuple[str, ...]
) -> None:
    shutil.copyfile(SAMPLES / "ordinary-in-time.toml", tmp_path / "case.toml")
    shutil.copyfile(SAMPLES / "ordinary-in-time-edited.xlsx", tmp_path / "case.xlsx")
    (there,) = folder.rglob(f"tracker/{part}")
    aside = there.rename(tmp_path / "aside")
    try:
        ran = tracker(folder, *words, cwd=tmp_path)
    finally:
        aside.rename(there)
    assert (ran.returncode, Path(part).name in ran.stderr) == (1, True), ran.stderr
    assert "The installation is not complete" in ran.stderr
    assert "Install tracker again." in ran.stderr
