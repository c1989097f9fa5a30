"""Whether the rules are those of today: said by the commands and at the end of every report, or not at all."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document

from tracker.cli import cli
from tracker.procedure.load import load_procedure
from tracker.procedure.model import rules_currency

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "sample_cases" / "riverside" / "under-way.toml"
NOBODY = "Nobody has checked these rules against their sources"
DUE = "These rules were due for another check by Wed 31 Mar 2027."
CURRENT, LATER = "2026-11-23", "2027-04-01"
SAID = [("current", CURRENT, ""), ("current", LATER, DUE), ("unchecked", CURRENT, f"{NOBODY}.")]
"""A set, the day it is used on, and what is said of its rules."""


def tracker(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Riverside set as it was checked, and the same as nobody has."""
    folder = tmp_path_factory.mktemp("sets")
    for name in ("current", "unchecked"):
        shutil.copytree(ROOT / "templates" / "procedure" / "riverside", folder / name)
    path = folder / "unchecked" / "procedure.toml"
    text = re.sub(r"^checked_(on|by) = .*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    path.write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("on", "by", "until", "said"),
    [
        (date(2026, 3, 20), "Partnership Manager", date(2027, 3, 31), ""),
        (date(2026, 3, 20), "Partnership Manager", None, ""),
        (date(2026, 3, 20), "Partnership Manager", date(2027, 3, 30), DUE.replace("Wed 31", "Tue 30")),
        (date(2026, 3, 20), "", date(2027, 3, 31), f"{NOBODY}."),
        (None, "", None, f"{NOBODY}."),
        (None, "", date(2027, 3, 30), f"{NOBODY}, and a check was due by Tue 30 Mar 2027."),
    ],
)
def test_rules_are_current_until_the_day_of_their_review(
    on: date | None, by: str, until: date | None, said: str
) -> None:
    procedure, _ = load_procedure("riverside")
    assert procedure
    procedure = replace(procedure, checked_on=on, checked_by=by, review_by=until)
    assert rules_currency(procedure, date(2027, 3, 31)) == said
    assert procedure.last_check().startswith(NOBODY) == said.startswith(NOBODY)


def _said(printed: str) -> str:
    """What a command says of the rules."""
    found = re.findall(rf"^({NOBODY}.*|These rules were due .*)$", printed, re.MULTILINE)
    assert len(found) <= 1
    return "".join(found)


@pytest.mark.parametrize(("name", "day", "said"), SAID)
def test_the_commands_say_it_once(sets: Path, tmp_path: Path, name: str, day: str, said: str) -> None:
    used = ("--procedure", sets / name, "--as-at", day)
    shown = tracker("procedure", "check", sets / name, "--as-at", day)
    assert (shown.exit_code, _said(shown.stdout), _said(shown.stderr)) == (0, said, "")
    counted = tracker("check", CASE, *used)
    assert (counted.exit_code, _said(counted.stdout), _said(counted.stderr)) == (0, said, "")
    made = tracker("generate", CASE, *used, "-o", tmp_path / "made.xlsx")
    assert (made.exit_code, _said(made.stdout), _said(made.stderr)) == (0, "", said)
    quiet = tracker("generate", CASE, *used, "--quiet", "-o", tmp_path / "quiet.xlsx")
    assert (quiet.exit_code, quiet.stderr) == (0, "")


_IN_EVERY_FORMAT = ("timeliness", "learning")


def _text(path: Path, form: str) -> str:
    """The words of a report."""
    if form == "csv":
        return (path / "cases.csv").read_text("utf-8-sig")
    if form == "docx":
        document = Document(io.BytesIO(path.read_bytes()))
        with zipfile.ZipFile(path) as package:
            parts = [package.read(name).decode() for name in package.namelist() if "footer" in name]
        return "\n".join([*(each.text for each in document.paragraphs), *parts])
    return path.read_text("utf-8")


@pytest.mark.parametrize(("name", "day", "said"), SAID)
def test_every_report_ends_with_it(sets: Path, tmp_path: Path, name: str, day: str, said: str) -> None:
    procedure, _ = load_procedure(str(sets / name))
    assert procedure
    workbook = tmp_path / "case.xlsx"
    used = ("--procedure", sets / name, "--as-at", day)
    assert tracker("generate", CASE, *used, "-o", workbook).exit_code == 0
    words = said.removesuffix(".")
    for kind in ("weekly", "timeliness", *(board.id for board in procedure.boards)):
        for form in ("html", "md", "docx", "csv", "json") if kind in _IN_EVERY_FORMAT else ("md",):
            target = tmp_path / (f"{kind}-csv" if form == "csv" else f"{kind}.{form}")
            made = tracker("report", workbook, "--for", kind, "--format", form, *used, "-o", target)
            assert made.exit_code == 0, made.stderr
            text = _text(target, form)
            assert bool(re.search(f"{NOBODY}|These rules were due", text)) == bool(said), (kind, form)
            assert words in text, (kind, form)
            if said and form in {"html", "md"}:
                assert text.index(words) > text.rindex("</main>" if form == "html" else "\n## ")
                assert text.count(words) == 1
            if form == "json":
                (case,) = json.loads(text)["cases"]
                assert case["procedure"]["currency"] == said
