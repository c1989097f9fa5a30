"""The three programs of `docs/programs/` run on the six sample cases, and their page shows them as they are."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from importlib.util import find_spec
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tracker.cli import cli

from .pages import DOCS, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = DOCS / "programs"
PAGE = (DOCS / "programs.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PRINTED = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
NOTEBOOK = json.loads((PROGRAMS / "year.ipynb").read_text("utf-8"))["cells"]
CELLS = ["".join(cell["source"]) for cell in NOTEBOOK if cell["cell_type"] == "code"]
CASES = SAMPLES / "partnership"
DAY = "2026-11-19"


def nightly(cases: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAMS / "nightly.py"), str(cases), str(out), DAY]
    return subprocess.run(command, check=False, capture_output=True, encoding="utf-8")


def tracker(*words: str) -> None:
    result = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_the_page_shows_the_programs_as_they_are() -> None:
    programs = [(PROGRAMS / name).read_text("utf-8") for name in ("nightly.py", "due.py")]
    assert [programs[0], "\n\n".join(CELLS) + "\n", programs[1]] == BLOCKS


def test_each_program_is_short() -> None:
    code = [re.sub(r'^""".*?"""\n', "", block, flags=re.DOTALL) for block in BLOCKS]
    assert [len([line for line in block.splitlines() if line.strip()]) <= 25 for block in code] == [True] * 3


# A nightly job


def test_the_nightly_job_leaves_a_report_its_data_and_a_mail(tmp_path: Path) -> None:
    done = nightly(CASES, tmp_path / "out")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out" / "mail.txt").read_text("utf-8") == PRINTED[0]
    assert (tmp_path / "out" / "weekly.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    state = json.loads((tmp_path / "out" / "state.json").read_text("utf-8"))
    assert (state["schema"], len(state["cases"])) == ("tracker/reconcile/1", 6)


def test_the_mail_of_the_night_holds_nothing_that_was_typed(tmp_path: Path) -> None:
    nightly(CASES, tmp_path)
    mail = (tmp_path / "mail.txt").read_text("utf-8")
    state = json.loads((tmp_path / "state.json").read_text("utf-8"))
    steps = [step for case in state["cases"] for step in case["actions"]]
    typed = {step[key] for step in steps for key in ("action", "owner", "named_owner", "progress", "reason")}
    assert [words for words in typed if words and words in mail] == []


def test_a_file_that_cannot_be_used_does_not_stop_the_night(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "DOR-2026-014.xlsx").write_bytes((CASES / "DOR-2026-014.xlsx").read_bytes())
    (cases / "half-copied.xlsx").write_bytes((CASES / "DOR-2026-012.xlsx").read_bytes()[:9000])
    done = nightly(cases, tmp_path / "out")
    mail = (tmp_path / "out" / "mail.txt").read_text("utf-8").splitlines()
    assert (done.returncode, done.stderr) == (1, "")
    assert mail[0] == "19 November 2026: 1 cases read, 0 steps overdue."
    assert re.fullmatch(r"Has an error: half-copied\.xlsx \(T1\d\d\)", mail[1])


# A year in pandas


@pytest.fixture
def year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the notebook's first cell asks for."""
    monkeypatch.chdir(tmp_path)
    (line,) = re.findall(r"tracker (report .*)$", "".join(NOTEBOOK[0]["source"]), re.MULTILINE)
    words = line.replace("report cases", f"report {CASES.as_posix()}").split(" ")
    tracker(*words, "--as-at", DAY)
    return tmp_path / "year"


def test_the_notebook_holds_no_results() -> None:
    assert [cell["outputs"] for cell in NOTEBOOK if cell["cell_type"] == "code"] == [[], [], []]


def test_the_notebook_asks_for_columns_that_there_are(year: Path) -> None:
    table = StringIO((year / "cases.csv").read_text("utf-8-sig"))
    rows = list(csv.DictReader(table))
    words = set(re.findall(r'"([a-z_]+)"', "\n".join(CELLS))) - {"count", "mean", "max"}
    assert (len(rows), words - set(rows[0])) == (6, set())
    sent = [row for row in rows if row["rapid_review_sent"]]
    in_time = sum(row["rapid_review_late"] == "0" for row in sent)
    assert f"{len(rows)} cases, {len(sent)} Rapid Reviews sent, {in_time} of them in time" in PAGE


@pytest.mark.usefixtures("year")
def test_the_notebook_runs_where_pandas_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    """Pandas is no part of the project: without it the cells are compiled, and the test above knows their columns."""
    code = [compile(cell, "year.ipynb", "exec") for cell in CELLS]
    if find_spec("pandas") is None:
        return
    names: dict[str, object] = {}
    for cell in code:
        exec(cell, names)
    assert capsys.readouterr().out == PRINTED[1]


# A reader of the JSON


def due(state: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(PROGRAMS / "due.py"), str(state)]  # no package can be found
    return subprocess.run(command, check=False, capture_output=True, encoding="utf-8")


def test_the_reader_of_the_json_names_who_has_to_do_what(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    tracker("reconcile", str(CASES), "--as-at", DAY, "--format", "json", "-o", str(state))
    done = due(state)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(PRINTED[-1].removesuffix("...\n"))
    assert done.stdout.count("Overdue") == 5


def test_another_json_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "weekly.json"
    state.write_text('{"schema": "tracker/report/1"}', "utf-8")
    done = due(state)
    assert (done.returncode, "reads tracker/reconcile/1, not tracker/report/1" in done.stderr) == (1, True)
