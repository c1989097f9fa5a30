"""The wheel, installed into an environment of its own: the program and its data come from there."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workbook.making import FOLDER, made, sample

from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[1]


def run(command: Sequence[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program as on another machine: nothing of this checkout on its path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TRACKER"))}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=kept, capture_output=True, encoding="utf-8", check=False
    )


def succeed(command: Sequence[str | Path], cwd: Path) -> str:
    done = run(command, cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    succeed([sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, ROOT], folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment that holds the wheel; its dependencies are this one's."""
    home = tmp_path_factory.mktemp("environment") / "venv"
    succeed([sys.executable, "-m", "venv", "--without-pip", home], home.parent)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    python = programs / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    succeed([*pip, "install", "--no-deps", "--no-index", "--quiet", str(wheel)], home.parent)
    purelib = Path(
        succeed([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], home).strip()
    )
    # After the wheel's own files on the path, and without the .pth of an editable install.
    (purelib / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return programs


def test_the_program_and_its_data_come_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    script = (
        "import tracker; from tracker import resources; print(tracker.__file__); print(resources.templates())"
    )
    program, templates = map(Path, succeed([installed / "python", "-c", script], tmp_path).split("\n")[:2])
    assert program.is_relative_to(installed.parent)
    assert templates == program.parent / "templates"
    packed = {path.relative_to(templates) for path in templates.rglob("*") if path.is_file()}
    here = {
        path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*") if path.is_file()
    }
    assert packed == here


def test_it_generates_the_same_workbook_in_another_folder(installed: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.toml"
    case.write_bytes((FOLDER / "ordinary-in-time.toml").read_bytes())
    printed = succeed([installed / "tracker", "generate", "case.toml", "--as-at", "2026-11-22"], tmp_path)
    assert printed == "case.xlsx\n"
    expected = workbook_bytes(made(sample("ordinary-in-time"), date(2026, 11, 22)))
    assert (tmp_path / "case.xlsx").read_bytes() == expected


def test_it_runs_as_a_module_too(installed: Path, tmp_path: Path) -> None:
    succeed([installed / "python", "-m", "tracker", "generate", "--blank", "--as-at", "2026-11-22"], tmp_path)
    assert (tmp_path / "tracker-blank.xlsx").is_file()
    assert "generate" in succeed([installed / "tracker", "--help"], tmp_path)


def test_a_fault_in_the_case_is_told_there_too(installed: Path, tmp_path: Path) -> None:
    done = run([installed / "tracker", "check", "nowhere.toml"], tmp_path)
    assert done.returncode == 1
    assert "T401" in done.stderr
