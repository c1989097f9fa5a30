"""What commands write has no wider rights than what they read, and nothing is written where a part is refused."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tracker.cli import cli

SAMPLES = Path(__file__).parents[2] / "sample_cases"
AS_AT = ("--as-at", "2026-11-19")


def tracker(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [*map(str, words), *AS_AT], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a workbook and a description that only their owner may read."""
    cases = tmp_path / "cases"
    cases.mkdir()
    for name in ("ordinary-in-time-edited.xlsx", "ordinary-in-time.toml"):
        shutil.copy(SAMPLES / name, cases / f"one{Path(name).suffix}")
        (cases / f"one{Path(name).suffix}").chmod(0o600)
    return cases


@pytest.mark.skipif(os.name != "posix", reason="rights are a matter of POSIX systems")
@pytest.mark.parametrize(
    ("words", "output"),
    [
        (("report", "{}/one.xlsx", "--for", "weekly"), "x.html"),
        (("report", "{}", "--for", "qpag", "--format", "docx"), "x.docx"),
        (("report", "{}", "--for", "weekly", "--format", "csv"), "x"),
        (("report", "{}", "--for", "owners", "--format", "eml"), "x"),
        (("calendar", "{}"), "x.ics"),
        (("returns", "{}/one.xlsx"), "x"),
        (("documents", "{}/one.xlsx", "--step", "RR-5.14"), "x"),
        (("reconcile", "{}/one.xlsx", "--format", "json"), "x.json"),
        (("explain", "{}/one.xlsx", "RR-6.5"), "x.txt"),
        (("check", "{}/one.toml"), "x.txt"),
        (("generate", "{}/one.toml"), "x.xlsx"),
        (("regenerate", "{}/one.xlsx"), "x.xlsx"),
    ],
)
def test_a_result_has_no_wider_rights_than_its_source(
    folder: Path, tmp_path: Path, words: tuple[str, ...], output: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    tracker(*(each.format(folder) for each in words), "-o", out / output)
    written = [each for each in out.rglob("*") if each.is_file()]
    assert written
    assert {each.name: stat.S_IMODE(each.stat().st_mode) for each in written} == dict.fromkeys(
        (each.name for each in written), 0o600
    )


@pytest.mark.parametrize(
    ("words", "output", "foreign"),
    [
        (("--for", "weekly"), "x.html", "x.json"),
        (("--for", "weekly", "--format", "csv"), "x", "x/plan.csv"),
        (("--for", "weekly", "--format", "csv"), "x-csv", "x.json"),
        (("--for", "owners"), "x", "x.json"),
    ],
)
def test_nothing_is_written_where_a_part_of_it_is_refused(
    folder: Path, tmp_path: Path, words: tuple[str, ...], output: str, foreign: str
) -> None:
    out = tmp_path / "out"
    (out / foreign).parent.mkdir(parents=True)
    (out / foreign).write_bytes(b"notes\n")
    result = tracker("report", folder, *words, "-o", out / output)
    assert (result.exit_code, "T121" in result.stderr) == (1, True)
    assert [str(each.relative_to(out)) for each in out.rglob("*") if each.is_file()] == [foreign]
