"""Everything but Word runs where lxml is not: the same files come out, and Word says what it wants."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import tracker
from tracker.cli import cli

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
DAY = ("--as-at", "2026-11-19")
MISSING = "raise ModuleNotFoundError(\"No module named 'lxml'\", name='lxml')\n"
ROUND: Sequence[Sequence[str]] = (
    ("generate", "case.toml", "-o", "new.xlsx", *DAY),
    ("reconcile", "edited.xlsx", "--format", "json", "-o", "state.json", *DAY),
    ("regenerate", "edited.xlsx", "--annotate", "-o", "annotated.xlsx", *DAY),
    ("report", "edited.xlsx", "--for", "weekly", "--format", "html", "-o", "weekly.html", *DAY),
    ("report", "edited.xlsx", "--for", "weekly", "--format", "md", "-o", "weekly.md", *DAY),
    ("report", "edited.xlsx", "--for", "weekly", "--format", "csv", "-o", "weekly-csv", *DAY),
    ("report", "edited.xlsx", "--for", "weekly", "--format", "json", "-o", "weekly.json", *DAY),
    ("calendar", "edited.xlsx", "-o", "case.ics", *DAY),
    ("returns", "edited.xlsx", "-o", "sent", *DAY),
)
WORD = (
    ("report", "edited.xlsx", "--for", "weekly", "--format", "docx", "-o", "weekly.docx", *DAY),
    ("documents", "edited.xlsx", "-o", "letters", *DAY),
)


@pytest.fixture
def without(tmp_path: Path) -> Path:
    """A folder in whose processes lxml cannot be imported."""
    folder = tmp_path / "without"
    (folder / "packages").mkdir(parents=True)
    (folder / "packages" / "lxml.py").write_text(MISSING, "utf-8")
    return with_samples(folder)


def with_samples(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "sample_cases" / "ordinary-in-time.toml", folder / "case.toml")
    shutil.copy(ROOT / "sample_cases" / "ordinary-in-time-edited.xlsx", folder / "edited.xlsx")
    return folder


def run_in(folder: Path, *commands: Sequence[str]) -> list[tuple[int, str]]:
    """Exit code and messages of commands run one after the other in a process of its own."""
    script = (
        "import json, sys; from click.testing import CliRunner; from tracker.cli import cli\n"
        "runs = [CliRunner().invoke(cli, words) for words in json.loads(sys.argv[1])]\n"
        "print(json.dumps([(run.exit_code, run.stderr + repr(run.exception)) for run in runs]))"
    )
    path = os.pathsep.join((str(folder / "packages"), str(Path(tracker.__file__).parents[1])))
    done = subprocess.run(
        (sys.executable, "-c", script, json.dumps(commands)),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [(code, told) for code, told in json.loads(done.stdout)]


def files_of(folder: Path) -> dict[str, bytes]:
    made = (path for path in folder.rglob("*") if path.is_file() and "packages" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in made}


def test_everything_but_word_comes_out_the_same(
    without: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [(code, told) for code, told in run_in(without, *ROUND) if code] == []
    beside = with_samples(tmp_path / "beside")
    monkeypatch.chdir(beside)
    for words in ROUND:
        assert CliRunner().invoke(cli, words, catch_exceptions=False).exit_code == 0
    assert [
        name for name, content in files_of(beside).items() if files_of(without).get(name) != content
    ] == []


def test_word_says_what_it_wants(without: Path) -> None:
    for code, told in run_in(without, *WORD):
        assert (code, "error T150" in told, "pip install docxtpl" in told) == (1, True, True)
        assert told.endswith("SystemExit(1)")
        assert "(lxml) is missing" in told
    assert [(without / name).exists() for name in ("weekly.docx", "letters")] == [False, False]
