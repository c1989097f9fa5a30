"""`tracker generate`: the workbook it writes, and what it refuses to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from office.package import MAIN, Package, sheet_values
from workbook.making import FOLDER, PROCEDURE, made, made_blank, named_cell, sample

from tracker import commands
from tracker.cli import cli
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SAMPLE = FOLDER / "ordinary-in-time.toml"
AS_AT = "2026-11-22"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["generate", *map(str, arguments)])


def case_file(folder: Path, text: str = "") -> Path:
    path = folder / "case.toml"
    path.write_text(text or SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def test_it_writes_the_workbook_where_it_is_told(tmp_path: Path) -> None:
    target = tmp_path / "made.xlsx"
    result = run(SAMPLE, "-o", target, "--as-at", AS_AT)
    assert (result.exit_code, result.stdout) == (0, f"{target}\n")
    assert target.read_bytes() == workbook_bytes(made(sample("ordinary-in-time"), date(2026, 11, 22)))
    assert [path.name for path in tmp_path.iterdir()] == ["made.xlsx"]


def test_without_a_name_it_stands_beside_the_case_description(tmp_path: Path) -> None:
    case = case_file(tmp_path)
    result = run(case, "--as-at", AS_AT)
    assert result.exit_code == 0
    assert result.stdout.strip() == str(tmp_path / "case.xlsx")
    assert (tmp_path / "case.xlsx").is_file()


def test_it_never_replaces_a_file_and_points_to_regenerate(tmp_path: Path) -> None:
    target = tmp_path / "made.xlsx"
    target.write_bytes(b"a person's work")
    result = run(SAMPLE, "-o", target, "--as-at", AS_AT)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "T121" in result.stderr
    assert "tracker regenerate" in result.stderr
    assert target.read_bytes() == b"a person's work"
    assert [path.name for path in tmp_path.iterdir()] == ["made.xlsx"]


def test_a_folder_that_is_not_there_is_a_problem_with_a_remedy(tmp_path: Path) -> None:
    result = run(SAMPLE, "-o", tmp_path / "nowhere" / "made.xlsx", "--as-at", AS_AT)
    assert result.exit_code == 1
    assert "T122" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_blank_workbook_has_the_usual_agencies_and_no_dates(tmp_path: Path) -> None:
    target = tmp_path / "blank.xlsx"
    result = run("--blank", "-o", target, "--as-at", AS_AT)
    assert result.exit_code == 0
    assert target.read_bytes() == workbook_bytes(made_blank(date(2026, 11, 22)))
    package = Package.read(target)
    values = sheet_values(dict(package.sheets())["People"], package.shared_strings()).values()
    assert {agency.name for agency in PROCEDURE.agencies} <= set(values)
    assert named_cell(target, "SIN_day_zero").split("!")[1] not in _filled(package, "Case")
    sin = sheet_values(dict(package.sheets())["SIN"], package.shared_strings())
    assert "Clock not started" in sin.values()
    assert "Overdue" not in sin.values()


def _filled(package: Package, sheet: str) -> set[str]:
    """The cells of a sheet that hold something."""
    return {str(each.get("r")) for each in dict(package.sheets())[sheet].iter(f"{MAIN}c") if len(each)}


def test_a_blank_workbook_gets_a_name_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("--blank", "--as-at", AS_AT)
    assert (result.exit_code, result.stdout) == (0, "tracker-blank.xlsx\n")
    assert (tmp_path / "tracker-blank.xlsx").is_file()


def test_without_a_day_the_values_are_counted_for_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(commands.today(), date)
    monkeypatch.setattr("tracker.commands.today", lambda: date(2026, 11, 22))
    assert run(SAMPLE, "-o", tmp_path / "today.xlsx").exit_code == 0
    assert run(SAMPLE, "-o", tmp_path / "named.xlsx", "--as-at", AS_AT).exit_code == 0
    assert (tmp_path / "today.xlsx").read_bytes() == (tmp_path / "named.xlsx").read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (SAMPLE, "--blank"),
        (SAMPLE, "--as-at", "22/11/2026"),
        (SAMPLE, "--as-at", "1926-11-22"),
        (SAMPLE, "--no"),
    ],
)
def test_wrong_use_is_exit_code_2(
    arguments: tuple[str | Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


@dataclass(frozen=True)
class Fault:
    """What a fault's line says, and the remedy under it."""

    field: str
    found: str
    remedy: str


BAD = """\
colour = "red"
[case]
reference = "DOR 2026/14"
summary = "=1+1"
incident = 2026-11-05
aware = 2026-11-02
died = "no"
sumary = "x"
[[children]]
label = "Tommy"
[[agencies]]
name = "Dorset Police"
code = "POL"
[[agencies]]
name = "Dorset police"
code = "POL"
[people]
"Head of Cakes" = "A. Example"
[dates]
sin_submitted = "2026-11-09"
[[meetings]]
kind = "Tea"
date = 2026-11-20
"""
FAULTS = (
    Fault(
        "colour",
        'There is no key "colour" here; known are "procedure", "marking"',
        "Correct or remove the key",
    ),
    Fault("case.sumary", 'There is no key "sumary" here', 'did you mean "summary"?'),
    Fault("case.reference", '"DOR 2026/14" is not a reference', "never use a name"),
    Fault("case.died", '"no" is not true or false', "died = false"),
    Fault("dates.sin_submitted", '"2026-11-09" stands in quotation marks', "Remove the quotation marks"),
    Fault(
        "children[1].label", '"Tommy" is not a label: Child, Sibling, Baby or Young person', "never a name"
    ),
    Fault("agencies[2].code", '"POL" is used twice, first at agencies[1].code', "Choose another code"),
    Fault("agencies[2].name", '"Dorset police" is listed twice', "Remove one of the two"),
    Fault("case.aware", "Mon 2 Nov 2026 is before case.incident", "Correct one of the two"),
    Fault("meetings[1].kind", '"Tea" is not one of Rapid Review, Leadership', "Write one of those kinds"),
    Fault('people["Head of Cakes"]', 'no role "Head of Cakes"', "as the procedure names it"),
)


def told(stderr: str) -> dict[str, tuple[str, str]]:
    """Each fault told: its field, then its line and the remedy below."""
    lines = stderr.splitlines()
    return {
        line.split(", ", 1)[1].split(": ", 1)[0]: (line, lines[number + 1].strip())
        for number, line in enumerate(lines)
        if line.startswith("error ")
    }


def test_a_bad_description_is_told_every_fault_at_once(tmp_path: Path) -> None:
    result = run(case_file(tmp_path, BAD), "--as-at", AS_AT)
    assert result.exit_code == 1
    assert result.stdout == ""
    faults = told(result.stderr)
    assert set(faults) == {fault.field for fault in FAULTS}
    for fault in FAULTS:
        line, remedy = faults[fault.field]
        assert fault.found in line
        assert fault.remedy in remedy
    assert result.stderr.splitlines()[-1] == f"{len(FAULTS)} errors."
    assert [path.name for path in tmp_path.iterdir()] == ["case.toml"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (None, "T401", "There is no file"),
        ("aware = [", "T406", "line 1"),
        ("PK\x03\x04 not a description", "T440", "a workbook"),
        ("[case]\nreference = 'DOR-1'\n", "T409", "case.aware"),
    ],
)
def test_an_unusable_description_is_one_problem_and_no_workbook(
    tmp_path: Path, text: str | None, code: str, words: str
) -> None:
    path = tmp_path / "case.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    result = run(path, "--as-at", AS_AT)
    assert result.exit_code == 1
    assert code in result.stderr
    assert words in result.stderr
    assert not list(tmp_path.glob("*.xlsx"))
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_text_that_begins_like_a_formula_becomes_text(tmp_path: Path, sign: str) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace("summary = ", f'summary = "{sign}1+1" # ', 1)
    case = case_file(tmp_path, text)
    result = run(case, "--as-at", AS_AT)
    assert result.exit_code == 0
    package = Package.read(tmp_path / "case.xlsx")
    assert f"{sign}1+1" in package.shared_strings()
    formulas = {each.findtext(f"{MAIN}f") for _, sheet in package.sheets() for each in sheet.iter(f"{MAIN}c")}
    assert not formulas & {"1+1", f"{sign}1+1"}


def test_a_note_does_not_stop_it(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    both = "[dates]\nlcspr_recommended = 2026-12-17\nlcspr_decided = 2026-12-18\n"
    case = case_file(tmp_path, text.replace("[dates]\n", both, 1))
    result = run(case, "--as-at", AS_AT)
    assert result.exit_code == 0, result.stderr
    assert "note T426" in result.stderr
    assert (tmp_path / "case.xlsx").is_file()
