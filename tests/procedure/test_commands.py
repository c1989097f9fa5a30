"""tracker procedure: a set as a table, a copy of one, what differs between two."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from procedure.faults import EDITS
from procedure.test_load import folder as folder  # noqa: PLC0414  a fixture, named again so that pytest finds it
from tracker.cli import cli
from tracker.procedure.load import load_procedure
from tracker.procedure.sets import compare_procedures, set_names

ROOT = Path(__file__).resolve().parents[2]


def tracker(*words: object) -> Result:
    return CliRunner().invoke(cli, ["procedure", *map(str, words)], catch_exceptions=False)


@pytest.mark.parametrize("name", set_names())
def test_a_set_is_printed_with_every_step(name: str) -> None:
    procedure, _ = load_procedure(name)
    assert procedure
    result = tracker("check", name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert {step.id for _, step in procedure.steps()} <= set(
        re.findall(r"^(\S+)", result.stdout, re.MULTILINE)
    )


def test_a_step_stands_in_one_line() -> None:
    lines = [re.split(r" {2,}", line) for line in tracker("check", "riverside").stdout.splitlines()]
    found = {cells[0]: cells[1:] for cells in lines}
    assert found["SR-3.4"] == [
        "3.4", "{agency}, each agency", "Days 2 to 10", "Notification day", "Procedure",
        "write and return the summary of its part",
    ]  # fmt: skip
    assert found["NO-2.2b"][1:5] == [
        "Director for Children and Families", "Day 3", "Awareness", "Implied, target of NO-2.2",
    ]  # fmt: skip
    assert found["SR-4.3 *"][1] == "Partnership Manager"


def test_every_fault_is_told_and_no_table_printed(folder: Path) -> None:
    for name in ("unknown owner", "unknown unit", "target by another clock"):
        EDITS[name].make(folder)
    result = tracker("check", folder)
    assert (result.exit_code, result.stdout) == (1, "")
    assert [code in result.stderr for code in ("T508", "T510", "T528")] == [True] * 3


@pytest.mark.parametrize("name", ["dorset", "national", "riverside"])
def test_a_copy_says_the_same_and_brings_its_schema(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "a new" / "procedure"
    result = tracker("new", copy, "--from", name)
    assert (result.exit_code, result.stdout) == (0, f"{copy}\n")
    assert tracker("diff", name, copy).stdout == "The two sets say the same.\n"
    assert (copy / "schema.json").is_file()
    assert {path.read_text("utf-8").splitlines()[0] for path in copy.glob("*.toml")} == {
        "#:schema ./schema.json"
    }


def test_nothing_is_written_into_a_folder_in_use(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    for place in (tmp_path, tmp_path / "mine.txt"):
        result = tracker("new", place)
        assert (result.exit_code, "T534" in result.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", ["dorset", "national", "riverside"])
def test_a_new_set_has_a_name_of_its_own(name: str, tmp_path: Path) -> None:
    result = tracker("new", tmp_path / name)
    assert (result.exit_code, f"such as my-{name}" in result.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_named_like_a_set_that_travels_is_told_where_it_is_used(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates" / "procedure" / "dorset", tmp_path / "dorset")
    result = tracker("check", tmp_path / "dorset")
    assert (result.exit_code, "warning T537" in result.stderr) == (0, True)
    ours = tracker("check", ROOT / "templates" / "procedure" / "dorset")
    assert (ours.exit_code, ours.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="links are made otherwise on Windows")
def test_a_link_that_leads_to_itself_is_no_place_for_a_set(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    result = tracker("new", tmp_path / "loop")
    assert (result.exit_code, bool(re.search("T53[45]", result.stderr))) == (1, True)


def test_a_file_in_a_sets_place_is_told_as_one() -> None:
    result = tracker("check", ROOT / "templates" / "procedure" / "dorset" / "sin.toml")
    assert (result.exit_code, "(it is a file: name its folder)" in result.stderr) == (1, True)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    result = tracker("new", tmp_path / "file" / "set")
    assert (result.exit_code, "T535" in result.stderr) == (1, True)


def test_a_set_that_is_not_there_is_suggested(tmp_path: Path) -> None:
    result = tracker("new", tmp_path / "set", "--from", "riversid")
    assert (result.exit_code, 'did you mean "riverside"' in result.stderr) == (1, True)


CHANGES = {
    "rapid_review.toml": (
        ('id = "RR-5.7"\n', 'id = "RR-5.7"\nfirst = 1\n'),
        ('id = "RR-8.1"\nparagraph = "8.1"', 'id = "RR-8.2"\nparagraph = "8.2"'),
    ),
    "procedure.toml": (('edition = "2023"', 'edition = "2027"'),),
    "roles.toml": (('aliases = ["Scrutineer"]', 'aliases = ["Scrutineer"]\ndigest = true'),),
    "boards.toml": (('name = "QPAG"', 'name = "Quality Board"'),),
}


def test_a_difference_is_told_where_it_is(folder: Path) -> None:
    for file, changes in CHANGES.items():
        text = (folder / file).read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / file).write_text(text, "utf-8")
    was, _ = load_procedure("dorset")
    now, problems = load_procedure(folder)
    assert was, problems
    assert now, problems
    assert [
        (each.what, each.name, each.key, each.was, each.now) for each in compare_procedures(was, now)
    ] == [
        ("set", "", "edition", "2023", "2027"),
        ("role", "PDSCP Scrutineer", "digest", "false", "true"),
        ("board", "qpag", "name", "QPAG", "Quality Board"),
        ("step", "RR-5.7", "first", "nothing", "1"),
        ("step", "RR-8.1", "", was.step("RR-8.1").action, ""),
        ("step", "RR-8.2", "", "", was.step("RR-8.1").action),
    ]
    told = tracker("diff", "dorset", folder).stdout.splitlines()
    assert told[:2] == ["changed set", "    edition: 2023 -> 2027"]
    assert told[-1] == f"added step RR-8.2: {was.step('RR-8.1').action}"


def test_what_is_gone_is_told_by_the_keys_of_the_file() -> None:
    told = tracker("diff", "dorset", "riverside").stdout.splitlines()
    comparison = next(line for line in told if line.startswith("    comparison: "))
    assert comparison.startswith(
        "    comparison: label Rapid Review by the appendix; step RR-6.6; from SIN day zero; count 15 working days;"
    )


def test_steps_in_another_order_are_told(folder: Path) -> None:
    path = folder / "sin.toml"
    head, *steps = path.read_text("utf-8").split("\n[[step]]\n")
    steps[1], steps[0] = steps[0], steps[1]
    path.write_text("\n[[step]]\n".join([head, *steps]), "utf-8")
    told = tracker("diff", "dorset", folder).stdout
    assert told == "changed set\n    order of steps: SIN-1.4 and SIN-2.1 -> SIN-2.1 and SIN-1.4\n"


def test_more_stages_than_summary_can_list_are_refused(folder: Path) -> None:
    stage = (folder / "sin.toml").read_text("utf-8")
    head = stage.partition("# Before the draft")[0]
    for number in range(4, 10):
        letter = "ABCDEFGHIJ"[number]
        text = re.sub(r'= "SIN"', f'= "S{letter}"', head).replace("order = 1", f"order = {number}")
        step = f'\n[[step]]\nid = "S{letter}-1"\nparagraph = "1"\naction = "Do"\nowner = "BM"\n'
        text = text.replace('"SIN-3.4"', f'"S{letter}-1"', 1)
        (folder / f"s{number}.toml").write_text(text + step, "utf-8")
    result = tracker("check", folder)
    assert (result.exit_code, re.findall(r"T5\d\d", result.stderr)) == (1, ["T533"])


def test_more_ranges_than_one_formula_can_tell_are_refused(folder: Path) -> None:
    path = folder / "rapid_review.toml"
    step = (
        '\n[[step]]\nid = "RR-9.{0}"\nparagraph = "9.{0}"\naction = "Do"\nowner = "BM"\n'
        'from = "Rapid Review day zero"\nfirst = {0}\ncount = 99\nunit = "working days"\nbasis = "Procedure"\n'
    )
    text = path.read_text("utf-8")
    path.write_text(text + "".join(step.format(number) for number in range(1, 51)), "utf-8")
    assert tracker("check", folder).exit_code == 0
    path.write_text(text + "".join(step.format(number) for number in range(1, 52)), "utf-8")
    result = tracker("check", folder)
    assert (result.exit_code, re.findall(r"T5\d\d", result.stderr)) == (1, ["T533"])


def test_the_schema_is_printed() -> None:
    assert '"$schema"' in tracker("schema").stdout
