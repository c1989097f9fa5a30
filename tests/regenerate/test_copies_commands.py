"""Copies of a workbook as the commands take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from regenerate.running import (
    book_of,
)
from tracker.cli import cli

if TYPE_CHECKING:
    from pathlib import Path


# As commands


def tracker(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two copies whose status of SIN-2.6 differs."""
    from reconcile.editing import Edited

    return tuple(  # type: ignore[return-value]  # two names, two paths
        Edited({"SIN-2.6:Status": word}).saved(tmp_path, name)
        for name, word in (("A.xlsx", "In progress"), ("B.xlsx", "Waiting on others"))
    )


def test_reconcile_of_copies_tells_their_conflicts(pair: tuple[Path, Path]) -> None:
    result = tracker("reconcile", *pair, "--as-at", "2026-11-04")
    assert result.exit_code == 3
    assert ["T601" in result.stdout, "T602" in result.stdout, "B.xlsx" in result.stdout] == [True, True, True]


def test_regenerate_of_copies_writes_one_workbook(pair: tuple[Path, Path], tmp_path: Path) -> None:
    result = tracker("regenerate", *pair, "-o", tmp_path / "C.xlsx", "--as-at", "2026-11-04")
    assert result.exit_code == 3
    assert "yours In progress, new Waiting on others" in result.stdout
    assert tracker("reconcile", tmp_path / "C.xlsx", "--as-at", "2026-11-04").exit_code == 3
    assert tracker("regenerate", tmp_path / "C.xlsx", "--as-at", "2026-11-04").exit_code == 3


@pytest.mark.parametrize(("which", "stands"), [("yours", "In progress"), ("new", "Waiting on others")])
def test_a_conflict_is_settled_by_an_option(
    pair: tuple[Path, Path], tmp_path: Path, which: str, stands: str
) -> None:
    both, settled, day = tmp_path / "both.xlsx", tmp_path / "settled.xlsx", ("--as-at", "2026-11-04")
    assert tracker("regenerate", *pair, "-o", both, *day).exit_code == 3
    done = tracker("regenerate", both, "--take", f"c-001={which}", "-o", settled, *day)
    assert (done.exit_code, f"C-001  SIN!K5: {which}" in done.stdout) == (0, True), done.output
    assert book_of(settled.read_bytes())["SIN"]["K5"].value == stands


def test_a_conflict_that_is_not_there_cannot_be_settled(pair: tuple[Path, Path]) -> None:
    told = tracker("regenerate", pair[0], "--take", "C-001=new", "--dry-run", "--as-at", "2026-11-04")
    assert (told.exit_code, "T643" in told.stderr) == (1, True)
    assert tracker("regenerate", pair[0], "--take", "C-001=mine").exit_code == 2


def test_copies_of_different_issues_are_told(pair: tuple[Path, Path], tmp_path: Path) -> None:
    later = tmp_path / "later.xlsx"
    tracker("regenerate", pair[1], "--annotate", "-o", later, "--as-at", "2026-11-04")
    other = tmp_path / "other.xlsx"
    tracker("regenerate", pair[0], "--annotate", "-o", other, "--as-at", "2026-11-04")
    result = tracker("regenerate", other, later, "--as-at", "2026-11-04")
    assert (result.exit_code, "T612" in result.stderr) == (1, True)
    result = tracker("reconcile", pair[0], later, "--as-at", "2026-11-04")
    assert (result.exit_code, "T309" in result.stdout) == (0, True)


def test_the_workbook_another_was_made_from_is_counted_there(pair: tuple[Path, Path], tmp_path: Path) -> None:
    (source, _), new = pair, tmp_path / "new.xlsx"
    made = tracker("regenerate", source, "--annotate", "--as-at", "2026-11-04", "-o", new)
    assert made.exit_code == 0
    result = tracker("reconcile", source, new, "--as-at", "2026-11-04")
    assert ("T358" in result.stdout, "T309" in result.stdout, "1 case;" in result.stdout) == (
        True,
        False,
        True,
    )
    source.write_bytes((new).read_bytes())
    touched = tracker("reconcile", source, new, "--as-at", "2026-11-04")
    assert ("T358" in touched.stdout, "T601" in touched.stdout) == (False, True)
