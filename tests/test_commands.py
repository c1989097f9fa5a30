"""The commands as they are typed: new, check, explain, reconcile, report."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import fastjsonschema
import openpyxl
import pytest
from click.testing import CliRunner, Result

from tracker.case.description import load_case
from tracker.cli import cli
from tracker.procedure.load import load_procedure
from tracker.schemas import schemas

if TYPE_CHECKING:
    from tracker.case.model import Case

SAMPLES = Path(__file__).resolve().parents[1] / "sample_cases"
EDITED = SAMPLES / "ordinary-in-time-edited.xlsx"


def test_what_a_stopped_run_left_is_named_by_the_next(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "ordinary-in-time-edited.xlsx", tmp_path / "a.xlsx")
    (tmp_path / ".a.xlsx.abc_1234.tmp").write_bytes(b"")
    result = CliRunner().invoke(
        cli, ["regenerate", str(tmp_path / "a.xlsx"), "--dry-run", "--as-at", "2026-11-19"]
    )
    assert ("T135" in result.stderr, ".a.xlsx.abc_1234.tmp" in result.stderr) == (True, True)


def tracker(*words: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], input=typed, catch_exceptions=False)


def test_check_prints_clocks_and_key_dates() -> None:
    result = tracker("check", SAMPLES / "ordinary-in-time.toml", "--as-at", "2026-11-19")
    lines = {line.split("  ")[0]: line for line in result.stdout.splitlines()}
    assert result.exit_code == 0
    assert "Mon 2 Nov 2026" in lines["SIN day zero"]
    assert "Not known" in lines["LCSPR day zero"]
    assert lines["RR-6.6"].split("  ")[0:1] == ["RR-6.6"]
    assert "Mon 30 Nov 2026" in lines["RR-6.6"]


def test_check_tells_every_fault_and_prints_no_dates(tmp_path: Path) -> None:
    case = tmp_path / "case.toml"
    text = (SAMPLES / "ordinary-in-time.toml").read_text("utf-8")
    case.write_text(
        text.replace("aware = 2026-11-02", 'aware = "2026-11-02"').replace("summary", "sumary"), "utf-8"
    )
    result = tracker("check", case)
    assert (result.exit_code, result.stdout) == (1, "")
    assert ["case.aware" in result.stderr, 'did you mean "summary"' in result.stderr] == [True, True]


def test_explain_walks_the_days_over_a_bank_holiday() -> None:
    workbook = SAMPLES / "late-sin-over-christmas-edited.xlsx"
    result = tracker("explain", workbook, "SIN-3.4", "--as-at", "2026-01-16")
    assert result.exit_code == 0
    assert "  skipped  Thu 25 Dec 2025: Christmas Day" in result.stdout.splitlines()
    assert "Due: Tue 30 Dec 2025." in result.stdout.splitlines()
    assert "typed in Case!D" in result.stdout


def test_explain_suggests_the_id_that_was_meant() -> None:
    result = tracker("explain", EDITED, "RR-6.66")
    assert (result.exit_code, "T124" in result.stderr, "did you mean" in result.stderr) == (1, True, True)


def case_of(path: Path) -> Case:
    procedure, _ = load_procedure("dorset")
    assert procedure
    case, problems = load_case(path, procedure)
    assert case, problems
    return case


def test_new_asks_and_writes_a_case_that_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answers = ["DOR-2026-099", "Serious harm to an infant", "30/10/2026", "2/11/2026", *[""] * 80]
    result = tracker("new", "-o", "case.toml", typed="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.stderr
    case = case_of(tmp_path / "case.toml")
    assert (case.details.reference, str(case.details.aware), [each.label for each in case.children]) == (
        "DOR-2026-099",
        "2026-11-02",
        ["Child 1"],
    )


def test_new_never_replaces_a_file(tmp_path: Path) -> None:
    target = tmp_path / "case.toml"
    target.write_text("mine", "utf-8")
    answers = ["DOR-2026-099", "", "", "2/11/2026", *[""] * 80]
    result = tracker("new", "-o", target, typed="\n".join(answers) + "\n")
    assert (result.exit_code, target.read_text("utf-8")) == (1, "mine")


ANSWERS = ("DOR-2026-099", "Serious harm", "", "2/11/26")
REST = [""] * 80


def keyed(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        (
            "dorset",
            [
                "SIN with the Panel by Monday 9 November 2026 (Day 5)",
                "Rapid Review with the Panel by Monday 30 November 2026 (Day 15, provisional)",
            ],
        ),
        (
            "riverside",
            [
                "Notification with the Panel by Monday 9 November 2026 (Day 5)",
                "Swift Review summary with the Panel by Tuesday 1 December 2026 (Day 16, provisional)",
            ],
        ),
    ],
)
def test_new_ends_with_the_day_each_stage_leads_to(
    name: str, days: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.commands.today", lambda: date(2026, 11, 3))
    target = tmp_path / "a.toml"
    result = tracker("new", "-o", target, "--procedure", name, typed=keyed(*ANSWERS, *REST))
    lines = result.stderr.replace(": SIN with", ":\nSIN with").replace(
        ": Notification with", ":\nNotification with"
    )
    assert lines.splitlines()[-3:-1] == days
    assert lines.splitlines()[-1] == f"Written: {target}. Next: tracker generate {target}"


def test_new_goes_back_one_question(tmp_path: Path) -> None:
    target = tmp_path / "a.toml"
    lines = ("DOR-2026-098", "<", *ANSWERS, "<", "3/11/26", "2", "y", " < ", "n", *REST)
    result = tracker("new", "-o", target, typed=keyed(*lines))
    case = case_of(target)
    assert (result.exit_code, str(case.details.aware), case.details.died) == (0, "2026-11-03", False)
    assert (case.details.reference, len(case.children)) == ("DOR-2026-099", 2)


@pytest.mark.parametrize("answered", [1, 4, 8, 30])
@pytest.mark.parametrize("output", [["-o", "a.toml"], [], ["-o", "-"]], ids=" ".join)
def test_new_keeps_the_answers_and_goes_on_from_them(
    answered: int, output: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = [*ANSWERS, *REST]
    result = tracker("new", *output, typed=keyed(*answers[:answered]))
    (kept,) = tmp_path.iterdir()
    assert kept.name == ("a-answers.json" if "a.toml" in output else "tracker-new-answers.json")
    fastjsonschema.compile(schemas()["answers.json"])(json.loads(kept.read_text("utf-8")))
    assert (result.exit_code, f"Your answers are kept in {kept.name}." in result.stderr) == (1, True)
    assert os.name != "posix" or kept.stat().st_mode & 0o777 == 0o600
    again = tracker("new", *output, typed=keyed("y", *answers[answered:]))
    question = (
        f"{kept.name} holds {answered} answer{'s' if answered > 1 else ''} of a run that was interrupted."
    )
    assert (again.exit_code, question in again.stderr, kept.exists()) == (0, True, False)
    whole = tracker("new", "-o", "-", typed=keyed(*answers)).stdout
    written = [path.read_text("utf-8") for path in tmp_path.iterdir()] or [again.stdout]
    assert written == [whole]


def test_new_begins_afresh_where_one_wants_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tracker("new", typed=keyed("DOR-2026-001", "Another case"))
    result = tracker("new", typed=keyed("n", *ANSWERS, *REST))
    assert (result.exit_code, [path.name for path in tmp_path.iterdir()]) == (0, ["DOR-2026-099.toml"])


@pytest.mark.parametrize(
    "content",
    [
        b"mine",
        b"{}",
        b"[]",
        b'{"schema": "tracker/answers/2", "answers": []}',
        b'{"schema": "tracker/answers/1", "answers": [1]}',
        b'{"schema": "tracker/answers/1", "answers": [["What"]]}',
        b"\xff",
        b"[" * 100_000,
    ],
    ids=range(8),
)
def test_new_leaves_alone_what_holds_no_answers(content: bytes, tmp_path: Path) -> None:
    kept = tmp_path / "a-answers.json"
    kept.write_bytes(content)
    result = tracker("new", "-o", tmp_path / "a.toml", typed=keyed(*ANSWERS, *REST))
    assert (result.exit_code, "T447" in result.stderr, kept.read_bytes()) == (1, True, content)
    assert [path.name for path in tmp_path.iterdir()] == ["a-answers.json"]


@pytest.mark.parametrize("kind", ["csv", "toml", "xlsx"])
def test_new_takes_names_from_elsewhere(kind: str, tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text(
        "\ufeffRole,Name,Email,Deputy\nBM,R. Example,r.example@example.org,S. Example\n", "utf-8"
    )
    source = {"csv": contacts, "toml": SAMPLES / "ordinary-in-time.toml", "xlsx": EDITED}[kind]
    target = tmp_path / "a.toml"
    result = tracker("new", "-o", target, "--people", source, typed=keyed(*ANSWERS, *REST))
    person = case_of(target).people["PDSCP Business Manager"]
    assert (person.name, person.email, person.deputy) == (
        "R. Example",
        "r.example@example.org",
        "S. Example",
    )
    assert (result.exit_code, f"taken from {source}." in result.stderr) == (0, True)
    assert "PDSCP Business Manager (blank to skip)" not in result.stderr


def test_new_asks_nothing_where_the_names_are_not_in_order(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("Role,Name\nHead of QQ,A. Example\nBusness Manager,B. Example\n", "utf-8")
    result = tracker("new", "--people", contacts, typed=keyed(*ANSWERS, *REST))
    assert (result.exit_code, result.stderr.count("T422"), "Case reference" in result.stderr) == (1, 2, False)
    assert ["line 2, Role" in result.stderr, "line 3, Role" in result.stderr] == [True, True]


@pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX systems")
def test_new_gives_nobody_rights_that_the_names_do_not_give(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("Role,Name\nBM,R. Example\n", "utf-8")
    contacts.chmod(0o600)
    tracker("new", "-o", tmp_path / "a.toml", "--people", contacts, typed=keyed(*ANSWERS, *REST))
    assert (tmp_path / "a.toml").stat().st_mode & 0o777 == 0o600


def test_reconcile_as_json_goes_to_the_file_it_is_told(tmp_path: Path) -> None:
    target = tmp_path / "state.json"
    result = tracker("reconcile", EDITED, "--as-at", "2026-11-19", "--format", "json", "-o", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(target.read_text("utf-8"))["cases"][0]["reference"] == "DOR-2026-014"


def test_a_report_over_a_folder_goes_into_it_and_names_what_it_left_out(tmp_path: Path) -> None:
    shutil.copy(EDITED, tmp_path / "good.xlsx")
    (tmp_path / "bad.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "~$good.xlsx").write_bytes(b"lock")
    result = tracker("report", tmp_path, "--for", "weekly", "--as-at", "2026-11-19", "--format", "md")
    report = tmp_path / "weekly-2026-11-19.md"
    assert (result.exit_code, result.stdout.strip()) == (1, str(report))
    words = report.read_text("utf-8")
    assert ["bad" in words, "DOR" in words, "~$good" in words] == [True, True, False]


def test_a_folder_without_workbooks_is_said_plainly(tmp_path: Path) -> None:
    result = tracker("report", tmp_path, "--for", "weekly")
    assert (result.exit_code, "T123" in result.stderr) == (1, True)


@pytest.mark.parametrize("words", [["--as-at", "22/11/2026"], ["--as-at", "1999-01-01"], ["--format", "pdf"]])
def test_wrong_use_is_exit_code_two(words: list[str]) -> None:
    assert tracker("reconcile", EDITED, *words).exit_code == 2


def test_a_workbook_of_a_procedure_that_is_not_here_is_named(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(EDITED)
    memory = book["_tracker"]["A1"]
    memory.value = str(memory.value).replace('"set":"dorset"', '"set":"elsewhere"')
    book.save(tmp_path / "case.xlsx")
    for words in (["reconcile"], ["explain", "RR-6.6"]):
        result = tracker(words[0], tmp_path / "case.xlsx", *words[1:])
        told = result.stdout + result.stderr
        assert (
            result.exit_code,
            f"error T112 {tmp_path / 'case.xlsx'}: The procedure set elsewhere is not here." in told,
        ) == (1, True)


@pytest.mark.parametrize(
    ("words", "output", "told"),
    [
        (["reconcile", "case.xlsx"], "case.xlsx", "another kind of file; name it case.txt"),
        (["reconcile", "case.xlsx"], ".", "is a folder; name a file in it, such as outcome.txt"),
        (["reconcile", "case.xlsx"], os.devnull, "is a device or a pipe"),
        (["reconcile", "case.xlsx", "--format", "json"], "state.html", "name it state.json"),
        (["reconcile", "case.xlsx", "--password-file", "words.txt"], "words.txt", "is read by this command"),
        (["check", "case.toml"], "case.toml", "another kind of file"),
        (["explain", "case.xlsx", "RR-6.6"], "case.xlsx", "another kind of file"),
    ],
)
def test_no_output_replaces_what_was_read_or_passes_for_another_kind_of_file(
    words: list[str], output: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EDITED, "case.xlsx")
    shutil.copy(SAMPLES / "ordinary-in-time.toml", "case.toml")
    Path("words.txt").write_text("secret\n", "utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    result = tracker(*words, "-o", output)
    assert (result.exit_code, told in " ".join(result.stderr.split())) == (2, True), result.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
