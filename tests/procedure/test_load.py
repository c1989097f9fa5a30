"""Each fault a procedure set can have is told, and what is no fault is taken."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from procedure.faults import (
    AGENCIES,
    BOARDS,
    CLOCKS,
    EDITS,
    HOQA,
    LCSPR,
    ROLES,
    RR,
    SET,
    SIN,
    in_step,
    of_file,
)
from tracker import resources
from tracker.problems import kinds_of
from tracker.procedure.load import load_procedure

if TYPE_CHECKING:
    from tracker.problems import Problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the Dorset set, to be edited."""
    return Path(shutil.copytree(resources.templates() / "procedure" / "dorset", tmp_path / "set"))


def found_in(folder: Path) -> list[tuple[str, str, str]]:
    return [(each.code, each.id, each.place) for each in load_procedure(folder)[1]]


def only(folder: Path) -> Problem:
    """The one problem of a set."""
    (problem,) = load_procedure(folder)[1]
    return problem


# A clock that its step counts from is told at the clock, though the step was edited.
ELSEWHERE = {"clock that its own step waits for": CLOCKS, "order twice": SIN}


@pytest.mark.parametrize("name", EDITS)
def test_a_fault_is_told_with_its_file_step_and_field(folder: Path, name: str) -> None:
    edit = EDITS[name]
    edit.make(folder)
    procedure, problems = load_procedure(folder)

    assert [(each.code, each.id, each.place) for each in problems] == list(edit.found)
    assert {each.file for each in problems} == {str(folder / ELSEWHERE.get(name, edit.file))}
    assert (procedure is None) == any(each.severity == "error" for each in problems)


# Faults of whole files, which no edit of a line makes; each has its test below.
OF_FILES = {"T501", "T502", "T503", "T533", "T534", "T535", "T536", "T537"}


def test_every_kind_of_procedure_fault_has_a_test() -> None:
    codes = {code for edit in EDITS.values() for code, _, _ in edit.found}

    assert codes | OF_FILES == {kind.code for kind in kinds_of("procedures")}


def test_faults_are_told_all_at_once(folder: Path) -> None:
    together = [
        "unknown owner",
        "unknown unit",
        "misspelt key of a step",
        "id of another paragraph",
        "unknown step left out",
        "agency code twice",
        "unknown employer shown",
    ]
    for name in together:
        EDITS[name].make(folder)

    assert sorted(found_in(folder)) == sorted(found for name in together for found in EDITS[name].found)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("unknown key of a provisional rule", "Correct or remove the key."),
        ("misspelt key of a clock", 'Correct or remove the key (did you mean "note"?).'),
        (
            "unknown role consulted",
            'Correct the role or add it to roles.toml (did you mean "relevant Head"?).',
        ),
        (
            "unknown clock",
            'Correct the clock or add it to clocks.toml (did you mean "Rapid Review day zero"?).',
        ),
        ("unknown unit", 'Use one of the words expected (did you mean "working days"?).'),
        ("unknown step to wait for", 'Correct the id (did you mean "RR-5.6"?).'),
        ("unknown field in a condition", 'Correct the field (did you mean "case.died"?).'),
        (
            "word that a field never says",
            'Use a value that the field can have (did you mean "care leaver"?).',
        ),
        ("count without unit", "Add unit, or remove from and count."),
        ("count in words", "Write a whole number from -999 to 999."),
        ("step without owner", "Add the line owner = ..."),
    ],
)
def test_a_fault_says_what_to_do(folder: Path, name: str, remedy: str) -> None:
    EDITS[name].make(folder)

    assert only(folder).remedy == remedy


def test_a_circle_is_told_along_its_way(folder: Path) -> None:
    EDITS["steps in a circle"].make(folder)

    assert only(folder).found == "steps wait for one another in a circle: SIN-3.2, SIN-3.2b, SIN-3.2"


def test_two_circles_are_both_told(folder: Path) -> None:
    EDITS["steps in a circle"].make(folder)
    EDITS["step that waits for itself"].make(folder)

    assert sorted(found_in(folder)) == [("T521", "RR-5.7", "step.after"), ("T521", "SIN-3.2", "step.after")]


def test_a_second_step_of_one_id_tells_where_the_first_stands(folder: Path) -> None:
    EDITS["two steps with one id"].make(folder)

    assert only(folder).found == f"the id RR-6.6c is given twice, first in {folder / RR}"


def test_a_warning_leaves_the_procedure_usable(folder: Path) -> None:
    EDITS["step above one it waits for"].make(folder)
    procedure, _ = load_procedure(folder)

    assert procedure is not None
    assert procedure.step("RR-5.3").after == ("RR-5.6",)


@pytest.mark.parametrize(
    ("name", "hint"), [("dorest", ' (did you mean "dorset"?)'), ("no/such/folder", ""), ("", "")]
)
def test_a_set_that_is_not_there_is_told(name: str, hint: str) -> None:
    procedure, problems = load_procedure(name)

    assert procedure is None
    sets = '"dorset", "national", "riverside"'
    assert [(each.code, each.found, each.remedy) for each in problems] == [
        (
            "T501",
            f'there is no procedure set or folder "{name}"; the sets are {sets}',
            f"Check the name or the path{hint}.",
        )
    ]


@pytest.mark.parametrize("name", [SET, ROLES, CLOCKS, BOARDS, AGENCIES])
def test_a_missing_file_is_told_once_without_echoes(folder: Path, name: str) -> None:
    (folder / name).unlink()

    assert [(each.code, each.file) for each in load_procedure(folder)[1]] == [("T502", str(folder / name))]


def test_a_set_without_stages_is_told(folder: Path) -> None:
    for name in (SIN, RR, LCSPR):
        (folder / name).unlink()

    assert found_in(folder) == [("T502", "", "")]


def test_an_empty_folder_misses_every_file(tmp_path: Path) -> None:
    assert found_in(tmp_path) == [("T502", "", "")] * 6


def test_a_folder_in_place_of_a_file_is_told(folder: Path) -> None:
    (folder / BOARDS).unlink()
    (folder / BOARDS).mkdir()

    assert found_in(folder) == [("T502", "", "")]


def test_a_file_in_another_encoding_is_told_with_its_line(folder: Path) -> None:
    (folder / AGENCIES).write_bytes("# one\n# caf\u00e9\n".encode("latin-1"))

    assert (only(folder).code, only(folder).found) == ("T503", "line 2 is not UTF-8 text")


@pytest.mark.parametrize("text", ["step = 3", "step = [1]", "[step]\nid = 1"])
def test_a_stage_without_entries_echoes_nothing(folder: Path, text: str) -> None:
    head, _, _ = (folder / LCSPR).read_text(encoding="utf-8").partition("\n[[step]]")
    root, _, table = text.partition("\n")
    (folder / LCSPR).write_text(f"{head}\n{root}\n{table}", encoding="utf-8")

    assert found_in(folder) == [("T506", "", "step")]


def test_an_unreadable_stage_hides_the_references_to_its_steps(folder: Path) -> None:
    (folder / SIN).write_text("step", encoding="utf-8")

    assert found_in(folder) == [("T504", "", "")]


@pytest.mark.parametrize("file", [ROLES, CLOCKS])
def test_a_file_without_entries_is_told_once(folder: Path, file: str) -> None:
    head, _, _ = (folder / file).read_text(encoding="utf-8").partition("\n[[")
    (folder / file).write_text(head, encoding="utf-8")
    key = file.removesuffix("s.toml")

    assert found_in(folder) == [("T507", "", key)]


def test_an_alias_is_read_as_the_role(folder: Path) -> None:
    in_step(RR, "RR-5.3", HOQA, 'owner = "hoqa"').make(folder)
    in_step(SIN, "SIN-3.2", '["relevant Head"]', '["Head of Locality"]').make(folder)
    of_file(ROLES, 'default = "Chair of the LCSPR subgroup"', 'default = "LCSPR Group"').make(folder)
    procedure, problems = load_procedure(folder)

    assert problems == []
    assert procedure is not None
    assert procedure.step("RR-5.3").owner == "Head of QA and Partnerships"
    assert procedure.step("SIN-3.2").consult == ("relevant Head",)
    assert [role.default for role in procedure.roles if role.option] == ["LCSPR subgroup"]


def test_a_condition_may_be_written_without_quotation_marks(folder: Path) -> None:
    in_step(SIN, "SIN-1.4", '"child.died"', "child.died").make(folder)
    procedure, problems = load_procedure(folder)

    assert problems == []
    assert procedure is not None
    assert procedure.step("SIN-1.4").when == (
        (("child.died", (True,)), ("child.looked_after", ("looked after", "care leaver"))),
    )


def test_an_undated_step_needs_no_basis(folder: Path) -> None:
    procedure, _ = load_procedure(folder)

    assert procedure is not None
    assert procedure.step("RR-6.8").basis == "Undated"


def test_a_file_may_begin_with_a_byte_order_mark(folder: Path) -> None:
    (folder / BOARDS).write_bytes(b"\xef\xbb\xbf" + (folder / BOARDS).read_bytes())

    assert found_in(folder) == []


def test_the_sha256_is_of_file_names_and_bytes(folder: Path) -> None:
    procedure, _ = load_procedure(folder)
    sha256 = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        sha256.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")

    assert procedure is not None
    assert procedure.sha256 == sha256.hexdigest()


def test_a_set_is_taken_by_its_name_or_its_folder(folder: Path) -> None:
    by_name, _ = load_procedure("dorset")
    by_folder, _ = load_procedure(folder)

    assert by_name is not None
    assert by_folder is not None
    assert (by_name.set_name, by_folder.set_name) == ("dorset", "set")
    assert by_name.sha256 == by_folder.sha256


def test_files_beside_the_set_do_not_disturb_it(folder: Path) -> None:
    (folder / "README.md").write_text("About this set.", encoding="utf-8")
    (folder / ".draft.toml").write_text("not read", encoding="utf-8")

    assert found_in(folder) == []
