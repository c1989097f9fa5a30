"""Whatever is in one workbook, the others of a run are read, and the one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from reconcile.editing import Edited
from tracker.cli import cli
from tracker.formula.book import Book
from tracker.reconcile import run
from tracker.report.messages import addresses

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.reconcile.model import CaseState
    from tracker.workbook.reading import Reading


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two workbooks; what stands at LCSPR!A9 of the second is more than the program can work out."""
    monkeypatch.delenv("TRACKER_DEBUG", raising=False)
    for name, word in (("good.xlsx", "Rung"), ("odd.xlsx", "Odd")):
        Edited({"SIN-2.6:Progress": word}).saved(tmp_path, name)
    cell = Book.cell

    def failing(book: Book, sheet: str, row: int, column: int) -> object:
        if (sheet, row, column) == ("SIN", 5, 6) and "Odd" in book.contents["SIN"].values():
            raise ZeroDivisionError
        return cell(book, sheet, row, column)

    def stopped(reading: Reading, *rest: Any, **named: Any) -> CaseState:
        if reading.path.endswith("odd.xlsx"):
            raise ZeroDivisionError
        return judged(reading, *rest, **named)

    judged = run.reconcile_reading
    monkeypatch.setattr(Book, "cell", failing)
    monkeypatch.setattr(run, "reconcile_reading", stopped)
    return tmp_path


def _run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [*map(str, words), "--as-at", "2026-11-04"], catch_exceptions=False)
    return result.exit_code, result.output


@pytest.mark.parametrize("kind", ["weekly", "timeliness", "maqpag"])
def test_a_report_goes_on_without_the_odd_one(folder: Path, kind: str) -> None:
    target = folder / "out" / "report.html"
    target.parent.mkdir()
    code, output = _run("report", folder, "--for", kind, "-o", target, "--procedure", "dorset")
    assert (code, "T140" in output, "odd.xlsx" in output, target.exists()) == (1, True, True, True)


def test_regenerate_names_the_cell(folder: Path) -> None:
    code, output = _run("regenerate", folder / "odd.xlsx")
    assert (code, "T140" in output, "SIN!F5" in output) == (1, True, True)
    assert sorted(path.name for path in folder.glob("odd*")) == ["odd.xlsx"]


@pytest.mark.parametrize("typed", ["=?utf-8?q?a?=@b.org", "a@b.org; =?utf-8?b?YQ==?=@b.org"])
def test_an_encoded_word_is_no_address(typed: str) -> None:
    assert addresses(typed) is None


def test_an_address_is_one() -> None:
    assert addresses("r.example@example.org; s+x@mail.example.org") == (
        "r.example@example.org",
        "s+x@mail.example.org",
    )
