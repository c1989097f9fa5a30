"""The documents say what the program does: each command runs, each path exists, each code is listed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tracker.case import format as case_format
from tracker.cli import COMMANDS, cli
from tracker.manual import problems_page
from tracker.problems import catalogue

ROOT = Path(__file__).resolve().parents[1]
PAGES = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "docs/try-it.md")}
"""The pages whose commands build on each other."""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the sample cases, to run the commands of a page in."""
    shutil.copytree(ROOT / "sample_cases", tmp_path / "sample_cases")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_runs_in_its_order(checkout: Path, page: str) -> None:
    lines = re.findall(r"^tracker .*$", PAGES[page], re.MULTILINE)
    codes = {line: CliRunner().invoke(cli, shlex.split(line)[1:]).exit_code for line in lines}
    assert codes == dict.fromkeys(lines, 0)
    written = {name for line in lines for name in re.findall(r"-o (\S+)", line)}
    assert written <= {path.name for path in checkout.iterdir()}


def test_there_is_a_page_to_try_every_command() -> None:
    assert {name for name in COMMANDS if f"tracker {name}" not in PAGES["docs/try-it.md"]} == set()


def test_every_path_the_documents_name_exists() -> None:
    named = {
        path
        for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
        for path in re.findall(
            r"[(`]((?:docs|templates|sample_cases|src|tests)/[\w./-]*)[)`]", document.read_text("utf-8")
        )
    }
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    assert len(named) > 5


def test_the_catalogue_page_is_the_programs_own() -> None:
    assert (ROOT / "docs" / "problems.md").read_text("utf-8") == problems_page()


def test_every_remedy_is_a_sentence_that_begins_with_a_capital() -> None:
    remedies = {kind.code: kind.remedy for kind in catalogue().values() if not kind.remedy.startswith("{")}
    assert [code for code, words in remedies.items() if not re.match(r"[A-Z][a-z]+ .*[.})]$", words)] == []


def test_the_page_on_the_case_description_is_the_codes() -> None:
    assert (ROOT / "docs" / "case-format.md").read_text("utf-8") == case_format.page()


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_helps_with_an_example(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert (result.exit_code, f"tracker {name}" in result.output) == (0, True)
    assert "Example" in result.output


def test_alone_it_says_the_three_things_people_come_for() -> None:
    told = CliRunner().invoke(cli, []).output.partition("Options:")[0]
    assert re.findall(r"^  tracker (\w+)", told, re.MULTILINE) == ["generate", "reconcile", "report"]


def test_a_misspelt_command_is_suggested() -> None:
    result = CliRunner().invoke(cli, ["generat"])
    assert (result.exit_code, 'did you mean "generate"' in result.output) == (2, True)


@pytest.mark.slow
def test_the_demo_shows_the_whole_round_in_a_new_folder(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    result = CliRunner().invoke(cli, ["demo", "-o", str(folder)])
    assert result.exit_code == 0, result.output
    assert {path.name for path in folder.iterdir()} == {
        "DOR-2026-014-new.xlsx",
        "DOR-2026-014-up-to-date.xlsx",
        "case.toml",
        "cases",
        "reconcile.json",
        "subgroup.docx",
        "weekly.html",
        "weekly.json",
    }
    again = CliRunner().invoke(cli, ["demo", "-o", str(folder)])
    assert (again.exit_code, "Name a new folder." in again.output) == (2, True)


def test_the_partnership_of_the_demo_is_in_every_state_on_one_day() -> None:
    places = [str(ROOT / "sample_cases" / "partnership"), "--as-at", "2026-11-19", "--format", "json"]
    result = CliRunner().invoke(cli, ["reconcile", *places])
    cases = {case["reference"]: case for case in json.loads(result.stdout)["cases"]}
    late = [each for each in cases["DOR-2026-012"]["actions"] if each["id"] == "RR-6.6"]
    assert (sorted(cases), late[0]["rag"]) == (
        [f"DOR-2026-{number}" for number in ("002", "005", "007", "011", "012", "014")],
        "Overdue",
    )
    assert cases["DOR-2026-011"]["timeliness"]["rapid_review_sent"] is not None
    assert cases["DOR-2026-007"]["clocks"]["LCSPR day zero"]["date"] is not None
    assert [case for case, held in cases.items() if held["holds"]] == ["DOR-2026-002"]
    assert cases["DOR-2026-005"]["decisions"]["case_closed"] is not None
