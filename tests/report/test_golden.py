"""Each report over one fixed set of cases, word for word. `--refresh-golden` writes the files anew."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workbook.making import PROCEDURE

from tracker import __version__
from tracker.report.reports import Made, Wanted, make, report_files

from .fixed import REPORTS, fixed

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden"


def made(kind: str) -> Made:
    return make(Wanted(kind), fixed(), PROCEDURE)


def normalised(text: str) -> str:
    """Without what moves for other reasons: version, style, script and the hashes of the two."""
    text = re.sub(r"(<(style|script)>).*?(</\2>)", r"\1\3", text, flags=re.DOTALL)
    text = re.sub(r"(?:'|&#39;)sha256-[^'&]*(?:'|&#39;)", "HASH", text)
    return text.replace(f"tracker {__version__}", "tracker VERSION")


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_a_report_is_as_it_was(kind: str, form: str, golden: Callable[[Path, str], None]) -> None:
    files, problems = report_files(made(kind), form)
    assert problems == []
    golden(GOLDEN / f"{kind}.{form}", normalised(files[""].decode()))


@pytest.mark.parametrize("kind", REPORTS)
def test_the_tables_are_as_they_were(kind: str, golden: Callable[[Path, str], None]) -> None:
    files, _ = report_files(made(kind), "csv")
    text = "".join(f"# {name}\n{content.decode('utf-8-sig')}" for name, content in files.items())
    golden(GOLDEN / f"{kind}.csv.txt", text.replace("\r\n", "\n"))


@pytest.mark.parametrize("kind", REPORTS)
def test_the_history_is_as_it_was(kind: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{kind}.history.json", made(kind).history)
