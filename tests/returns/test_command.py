"""`tracker returns`, and `--returns`, as they are typed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from tracker import make_returns, reconcile_workbooks, regenerate_workbook
from tracker.cli import cli

from .sending import book_of, filled, saved

SAMPLE = Path(__file__).resolve().parents[2] / "sample_cases" / "ordinary-in-time-edited.xlsx"
DAY = date(2026, 11, 11)
UHD = "RR-5.7b-UHD"


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample's workbook in a folder of its own, in which the commands are typed."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(SAMPLE, tmp_path / "case.xlsx")
    return Path("case.xlsx")


def tracker(*words: object) -> Result:
    typed = [*map(str, words), "--as-at", DAY.isoformat()]
    return CliRunner().invoke(cli, typed, catch_exceptions=False)


def the_return(owner: str = "UHD") -> bytes:
    made, problems = make_returns(SAMPLE, DAY, owners=[owner])
    assert made, problems
    return made[0].content


def emptied(cell: str, content: bytes) -> bytes:
    book = book_of(content)
    book["Case"][cell].value = None
    return saved(book)


def test_a_file_for_each_agency_goes_beside_the_workbook(case: Path) -> None:
    result = tracker("returns", case)
    assert result.exit_code == 0
    assert result.stderr.splitlines()[-1] == "Written: 8 returns into returns-2026-11-11"
    names = sorted(path.name for path in Path("returns-2026-11-11").iterdir())
    assert (len(names), names[0]) == (8, "DOR-2026-014-return-ASC.xlsx")


def test_one_that_is_there_is_never_replaced(case: Path) -> None:
    tracker("returns", case, "--owner", "UHD", "-o", "out")
    there = Path("out/DOR-2026-014-return-UHD.xlsx")
    there.write_bytes(b"filled in")
    result = tracker("returns", case, "--owner", "UHD", "--owner", "dorset police", "-o", "out")
    assert (result.exit_code, there.read_bytes()) == (1, b"filled in")
    assert (str(there) in result.stderr, Path("out/DOR-2026-014-return-POL.xlsx").exists()) == (True, True)


@pytest.mark.parametrize(
    ("words", "exit_code", "code"),
    [
        (["--owner", "Dorset Polise"], 1, "T638 case.xlsx: No agency, role or owner is called Dorset Polise"),
        (["--owner", "Submitting officer"], 0, "T639 case.xlsx: There is no open action of Submitting officer"),
        (["--owner", "DHC"], 0, "T640 case.xlsx, 'Action Plan'!C4: An open row of Dorset HealthCare has no ID"),
    ],
    ids=["a name that is nobody's", "nothing open", "a row without an ID"],
)  # fmt: skip
def test_what_cannot_be_sent_is_named(case: Path, words: list[str], exit_code: int, code: str) -> None:
    result = tracker("returns", case, *words, "-o", "out")
    assert (result.exit_code, code in result.stderr) == (exit_code, True), result.stderr


def test_a_case_without_a_reference_sends_nothing() -> None:
    name = openpyxl.load_workbook(SAMPLE).defined_names["Case_reference"].attr_text
    made, problems = make_returns(emptied(name.rpartition("!")[2].replace("$", ""), SAMPLE.read_bytes()), DAY)
    assert (made, [each.code for each in problems]) == (None, ["T641"])


def test_returns_go_to_a_folder_not_to_standard_output(case: Path) -> None:
    assert tracker("returns", case, "-o", "-").exit_code == 2


def test_a_folder_of_returns_may_be_that_of_the_case(case: Path) -> None:
    """Of a folder the returns are read after --returns, and the cases without it; each says so of the other."""
    Path("UHD.xlsx").write_bytes(filled(the_return(), {f"{UHD}:Evidence": "Mail"}))
    result = tracker("reconcile", case, "--returns", ".")
    assert ("Returns read: 1" in result.stdout, "T392" in result.stdout) == (True, False)
    outcome = reconcile_workbooks(".", DAY)
    assert [(each.code, each.file) for each in outcome.problems] == [("T393", "UHD.xlsx")]


def test_an_empty_folder_is_named(case: Path) -> None:
    Path("back").mkdir()
    result = tracker("reconcile", case, "--returns", "back")
    assert (result.exit_code, "T642" in result.stdout) == (1, True)


def test_an_answer_is_taken_over_once(case: Path) -> None:
    Path("UHD.xlsx").write_bytes(filled(the_return(), {f"{UHD}:Progress": "Comes on Friday"}))
    outcome, problems = regenerate_workbook(case, DAY, returns="UHD.xlsx")
    assert outcome is not None
    assert [each.code for each in problems if each.file == "UHD.xlsx"] == ["T630"]
    Path("next.xlsx").write_bytes(outcome.content)
    again, problems = regenerate_workbook("next.xlsx", DAY, returns=["UHD.xlsx"])
    assert again is not None
    assert ([each.code for each in problems if each.file == "UHD.xlsx"], again.changed) == (["T636"], False)


def test_what_both_sides_changed_is_settled_on_sheet_conflicts(case: Path) -> None:
    """The return is named in every run; what a person took stays taken."""
    Path("UHD.xlsx").write_bytes(filled(the_return(), {f"{UHD}:Completed": DAY}))
    book = book_of(case.read_bytes())
    row = next(row for row in book["Rapid Review"].iter_rows() if row[0].value == UHD)
    row[7].value = date(2026, 11, 10)
    case.write_bytes(saved(book))
    result = tracker("regenerate", case, "--returns", "UHD.xlsx", "-o", "asked.xlsx")
    assert result.exit_code == 3
    book = book_of(Path("asked.xlsx").read_bytes())
    assert (
        book["Conflicts"]["H4"].value
        == "Take yours to keep Tue 10 Nov 2026, or new to have Wed 11 Nov 2026 from UHD.xlsx."
    )
    book["Conflicts"]["I4"].value = "yours"
    Path("settled.xlsx").write_bytes(saved(book))
    result = tracker("regenerate", "settled.xlsx", "--returns", "UHD.xlsx", "-o", "done.xlsx")
    assert (result.exit_code, "T636" in result.stderr) == (0, True)
    outcome, _ = regenerate_workbook("done.xlsx", DAY, returns="UHD.xlsx")
    assert outcome is not None
    assert (outcome.changed, outcome.open_conflicts) == (False, [])


def test_three_returns_in_turn_lose_no_note(case: Path) -> None:
    """A conflict that waits stays beside the next one, and what was settled says nothing about a later one."""
    back = the_return()
    notes = ("Draft", "Draft ready; final on Friday", "Third version", "Third version; sent")
    book = book_of(case.read_bytes())
    next(row for row in book["Rapid Review"].iter_rows() if row[0].value == UHD)[11].value = "Office note"
    content = saved(book)
    waiting = []
    for note in notes[1:]:
        Path("UHD.xlsx").write_bytes(filled(back, {f"{UHD}:Progress": note}))
        outcome, _ = regenerate_workbook(content, DAY, returns="UHD.xlsx")
        assert outcome is not None
        content = outcome.content
        waiting.append([(each["number"], each["new"]) for each in outcome.open_conflicts])
    assert waiting[-1] == [("C-001", notes[1]), ("C-002", notes[2]), ("C-003", notes[3])]
    settled, _ = regenerate_workbook(content, DAY, takes={"C-003": "yours"})
    assert settled is not None
    assert settled.open_conflicts == []


def test_what_is_taken_over_is_listed_before_it_is_written(case: Path) -> None:
    Path("UHD.xlsx").write_bytes(filled(the_return(), {f"{UHD}:Completed": DAY}))
    shown = tracker("regenerate", case, "--returns", "UHD.xlsx", "--dry-run").stdout
    assert [line.split("  ")[-1] for line in shown.splitlines() if UHD in line] == [
        f"Completed of {UHD}: (blank) -> Wed 11 Nov 2026"
    ]
