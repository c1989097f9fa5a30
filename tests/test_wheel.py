"""The wheel, installed into an environment of its own: the program and its data come from there."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workbook.making import FOLDER, made, sample

from tracker import __version__
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


@dataclass(frozen=True)
class Built:
    """What a build has made, and what it was made from."""

    source: Path
    sdist: Path
    wheel: Path


def build(source: Path, folder: Path) -> Built:
    """The sdist of a folder of sources, and the wheel made from that sdist, as `python -m build` does it."""
    succeed([sys.executable, "-m", "build", "--no-isolation", "-o", folder, source], folder)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return Built(source, sdist, wheel)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(ROOT, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def built_again(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A build of the same sources in another folder, from files of another time and with other rights."""
    home = tmp_path_factory.mktemp("again")
    with tarfile.open(built.sdist) as packed:
        packed.extractall(home, filter="data")
    (source,) = home.iterdir()
    for path in source.rglob("*"):
        if path.is_file():
            path.chmod(0o600 | path.stat().st_mode & 0o100)
            os.utime(path, (1_700_000_000, 1_700_000_000))
    folder = home / "built"
    folder.mkdir()
    return build(source, folder)


@pytest.fixture(scope="module")
def wheel(built: Built) -> Path:
    return built.wheel


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


def test_two_builds_from_two_folders_are_the_same_to_the_byte(built: Built, built_again: Built) -> None:
    assert built_again.source != built.source
    assert built_again.sdist.read_bytes() == built.sdist.read_bytes()
    assert built_again.wheel.read_bytes() == built.wheel.read_bytes()
    assert (built.sdist.name, built.wheel.name) == (
        f"lcspr_tracker-{__version__}.tar.gz",
        f"lcspr_tracker-{__version__}-py3-none-any.whl",
    )


def test_the_wheel_says_that_it_is_typed_and_carries_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        (about,) = [packed.read(name).decode() for name in names if name.endswith(".dist-info/METADATA")]
    assert "tracker/py.typed" in names
    assert f"lcspr_tracker-{__version__}.dist-info/licenses/LICENSE" in names
    assert "License-Expression: MIT" in about
    assert {name.split("/")[0] for name in names} == {"tracker", f"lcspr_tracker-{__version__}.dist-info"}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a clone knows which files are its own")
def test_the_sdist_holds_every_file_of_the_sources(built: Built) -> None:
    tracked = set(
        succeed(["git", "ls-files", "--cached", "--others", "--exclude-standard"], ROOT).splitlines()
    )
    with tarfile.open(built.sdist) as packed:
        held = {name.partition("/")[2] for name in packed.getnames()}
    assert tracked - held == set()
    assert held - tracked == {"PKG-INFO"}
