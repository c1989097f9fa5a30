"""What other programs take from the package: the functions, their examples, and how they are reached."""

from __future__ import annotations

import doctest
import inspect
import json
import re
import subprocess
import sys
from dataclasses import is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import api_client
import pytest
from files.base import file
from files.kinds_files import PASSWORD, encrypted

import tracker
from tracker import api, generate, load_case, read_workbook, reconcile_workbooks, regenerate_workbook
from tracker.rules import RAG_WORDS

if TYPE_CHECKING:
    from tracker.problems import Problem

ROOT = Path(__file__).parents[1]
EDITED = ROOT / "sample_cases" / "ordinary-in-time-edited.xlsx"
CASE = ROOT / "sample_cases" / "ordinary-in-time.toml"
DAY = date(2026, 11, 19)
FUNCTIONS = [name for name in tracker.__all__ if name.islower()]


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(each.code, each.file) for each in problems]


@pytest.fixture(autouse=True)
def _top_of_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def python(script: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


# Examples


@pytest.mark.parametrize(
    "name", [each for each in FUNCTIONS if each not in {"load_procedure", "ask_for_case"}]
)
def test_the_example_of_each_function_gives_what_it_says(name: str) -> None:
    (example,) = doctest.DocTestFinder().find(getattr(api, name), name, globs=vars(api).copy())
    told: list[str] = []
    result = doctest.DocTestRunner().run(example, out=told.append)
    assert ("".join(told), result.failed, result.attempted > 0) == ("", 0, True)


def test_the_run_on_the_page_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    sample = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[1]
    (printed,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    exec(compile(sample, "docs/api.md", "exec"), {})
    assert capsys.readouterr().out == printed


def test_the_page_names_every_function() -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    assert [name for name in FUNCTIONS if f"| `{name}(" not in page] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_tells_its_shapes(name: str) -> None:
    function = getattr(tracker, name)
    assert function.__doc__
    assert set(inspect.signature(function).parameters) <= set(function.__annotations__)


# How they are reached


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    script = "import sys, tracker; print(sorted(each for each in sys.modules if each.startswith('tracker')))"
    assert python(script) == "['tracker']"


@pytest.mark.parametrize(
    "first", ["pass", "import tracker.reconcile.run, tracker.regenerate.run", "import tracker.api"]
)
def test_a_function_is_found_whatever_was_imported_before(first: str) -> None:
    script = f"{first}\nfrom tracker import read_workbook as read, regenerate_workbook as update\n"
    script += "print(read.__module__, update.__name__)"
    assert python(script) == "tracker.api.workbooks regenerate_workbook"


def test_a_name_that_is_not_offered_is_an_ordinary_mistake() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'recon'"):
        _ = tracker.recon
    assert set(tracker.__all__) <= set(dir(tracker))
    assert {name for name in vars(api) if name in tracker.__all__} == set(tracker.__all__)


# What they give


def test_a_file_and_its_bytes_are_the_same() -> None:
    assert load_case(CASE) == load_case(CASE.read_bytes()) == load_case(str(CASE), "dorset")
    one, _, of_file = read_workbook(EDITED)
    two, _, of_bytes = read_workbook(EDITED.read_bytes())
    assert one
    assert two
    assert (one.sha256, one.tables, one.fields) == (two.sha256, two.tables, two.fields)
    assert [each.code for each in of_file] == [each.code for each in of_bytes]
    assert {each.file for each in of_bytes} <= {"the workbook given"}


def test_a_workbook_that_was_made_is_read_and_needs_nothing() -> None:
    case, _ = load_case(CASE)
    content, problems = generate(case, DAY)
    assert content
    outcome, more = regenerate_workbook(content, DAY, case=case)
    assert outcome
    assert (outcome.changed, outcome.content == content, problems, more) == (False, True, [], [])
    blank, _ = generate(None, DAY)
    assert blank
    reading, procedure, _ = read_workbook(blank)
    assert reading
    assert procedure
    assert (reading.fields["case.reference"].value, procedure.set_name) == (None, "dorset")


def test_another_set_is_named_loaded_or_found_by_the_workbook() -> None:
    source = ROOT / "sample_cases" / "riverside" / "under-way.toml"
    procedure, _ = tracker.load_procedure("riverside")
    assert procedure
    case, _ = load_case(source, procedure)
    made = [generate(case, DAY, each)[0] for each in (procedure, "riverside", procedure_folder())]
    assert made[0]
    assert made[0] == made[1]
    assert made[2]
    reading, found, _ = read_workbook(made[0])
    assert reading
    assert found
    assert found.set_name == "riverside"


def procedure_folder() -> Path:
    return ROOT / "templates" / "procedure" / "riverside"


def test_what_cannot_be_used_is_a_value() -> None:
    case, _ = load_case(CASE)
    assert codes(load_case("nowhere.toml")[1]) == [("T401", "nowhere.toml")]
    assert codes(load_case(b"\xff")[1]) == [("T405", "")]
    assert codes(load_case(b"x" * 2_000_000)[1]) == [("T404", "")]
    assert codes(load_case(CASE, "elsewhere")[1]) == [("T501", "elsewhere")]
    assert codes(generate(case, DAY, "elsewhere")[1]) == [("T501", "elsewhere")]
    assert codes(read_workbook("nowhere.xlsx")[2]) == [("T101", "nowhere.xlsx")]
    assert codes(read_workbook(b"PK\x03\x04")[2]) == [("T106", "the workbook given")]
    assert codes(read_workbook(EDITED, "elsewhere")[2]) == [("T501", "elsewhere")]
    assert codes(list(reconcile_workbooks(["nowhere.xlsx"], DAY).problems)) == [("T101", "nowhere.xlsx")]
    outcome, problems = regenerate_workbook([b"", "nowhere.xlsx", b"a,b"], DAY)
    assert outcome is None
    assert codes(problems) == [
        ("T104", "the workbook given"),
        ("T101", "nowhere.xlsx"),
        ("T104", "the workbook given as copy 3"),
    ]


def test_to_regenerate_nothing_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="none was given"):
        regenerate_workbook([], DAY)


def test_copies_are_merged_and_copies_of_other_cases_refused() -> None:
    other = ROOT / "sample_cases" / "late-sin-over-christmas-edited.xlsx"
    outcome, problems = regenerate_workbook([EDITED.read_bytes(), EDITED], DAY)
    assert outcome
    assert ("T601", "the workbook given") in codes(problems)
    outcome, problems = regenerate_workbook([EDITED, other], DAY)
    assert (outcome, codes(problems)) == (None, [("T612", str(EDITED))])


def test_a_folder_of_workbooks_is_read(tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        (tmp_path / name).write_bytes(EDITED.read_bytes())
    assert [len(each.workbooks) for each in reconcile_workbooks(tmp_path, DAY).cases] == [2]
    (tmp_path / "empty").mkdir()
    assert codes(reconcile_workbooks(tmp_path / "empty", DAY).all_problems()) == [
        ("T123", str(tmp_path / "empty"))
    ]


def test_results_are_written_as_the_commands_write_them() -> None:
    outcome = reconcile_workbooks(EDITED, DAY)
    record = json.loads(outcome.to_json())
    assert outcome.to_json() == api.format_reconciliation(outcome, "json")
    assert json.loads(outcome.cases[0].to_json()) == record["cases"][0]
    assert json.loads(outcome.cases[0].actions[0].to_json()) == record["cases"][0]["actions"][0]
    assert json.loads(outcome.all_problems()[0].to_json()) == record["cases"][0]["problems"][0]
    updated, problems = regenerate_workbook(EDITED, DAY)
    assert updated
    shown = json.loads(api.format_outcome(updated, problems, "json")[0])
    assert json.loads(updated.to_json()) == {name: shown[name] for name in updated.record()}
    pages = {form: api.make_report(outcome, "weekly", form=form)[0] for form in ("json", "md")}
    assert pages["json"]
    assert pages["md"]
    assert json.loads(pages["json"].files[""]) == json.loads(pages["json"].to_json())
    assert json.loads(pages["md"].to_json())["for"] == "weekly"


def test_every_type_of_a_result_that_is_a_record_can_be_written_as_json() -> None:
    silent = {"Case", "Procedure", "Reading", "Earlier"}  # what goes in, and has formats of its own
    types = {name: getattr(tracker, name) for name in tracker.__all__}
    records = {name for name, each in types.items() if is_dataclass(each) and not hasattr(each, "to_json")}
    assert records == silent


def test_messages_and_calendar_entries_are_written_as_json() -> None:
    outcome = reconcile_workbooks(EDITED, DAY)
    messages, _ = api.make_messages(outcome, form="eml")
    assert messages
    assert [each["file"] for each in json.loads(messages.to_json())["files"]] == list(messages.files)
    calendar = api.make_calendar(outcome)
    shown = json.loads(calendar.to_json())["entries"][0]
    assert (shown["date"], shown["summary"]) == (
        "2026-11-24",
        "Rapid Review meeting, DOR-2026-014 (latest date)",
    )


def test_the_words_of_rag_and_severity_are_the_only_ones_met() -> None:
    outcome = reconcile_workbooks(ROOT / "sample_cases", DAY)
    assert {each.rag for case in outcome.cases for each in case.actions} <= set(RAG_WORDS)
    assert {each.severity for each in outcome.all_problems()} <= set(get_args(tracker.Severity))


def test_what_no_report_can_be_made_of_is_a_mistake_of_the_caller() -> None:
    outcome = reconcile_workbooks(EDITED, DAY)
    with pytest.raises(tracker.UnknownReportError, match='has no board "learning"'):
        api.make_report(outcome, "learning")
    with pytest.raises(ValueError, match="pdf is none of"):
        api.make_report(outcome, "weekly", form="pdf")
    with pytest.raises(ValueError, match="go with timeliness"):
        api.make_report(outcome, "weekly", anonymise=True)
    with pytest.raises(ValueError, match="brief with weekly"):
        api.make_report(outcome, "timeliness", brief=True)
    with pytest.raises(ValueError, match="docx is none of"):
        api.make_messages(outcome, form="docx")


def test_a_report_is_what_the_next_one_compares_with(tmp_path: Path) -> None:
    outcome = reconcile_workbooks(EDITED, DAY)
    report, _ = api.make_report(outcome, "weekly")
    assert report
    history = tmp_path / "weekly-2026-11-19.json"
    history.write_bytes(b"".join(report.history()))
    earlier, problems = api.load_earlier_report(history)
    assert earlier
    assert (earlier.as_at, problems) == (DAY, [])
    later, _ = api.make_report(outcome, "weekly", form="md", since=earlier, history=tmp_path)
    assert later
    assert "1 case · since Thu 19 Nov 2026" in later.files[""].decode()


def test_what_was_locked_is_read_and_stays_locked(tmp_path: Path) -> None:
    locked = file(encrypted, "locked.xlsx")(tmp_path)
    for source in (locked, locked.read_bytes()):
        assert [each.code for each in read_workbook(source)[2]] == ["T105"]
        assert [each.code for each in read_workbook(source, password="wrong")[2]] == ["T134"]
        assert [each.code for each in regenerate_workbook(source, DAY, password=lambda _: "")[1]] == ["T105"]
        outcome, _ = regenerate_workbook(source, DAY, password=lambda _: PASSWORD)
        assert outcome
        assert [each.code for each in read_workbook(outcome.content)[2]] == ["T105"]
        assert read_workbook(outcome.content, password=PASSWORD)[0]
    assert reconcile_workbooks(locked, DAY, password=PASSWORD).cases


def test_a_typed_program_runs_as_its_types_say() -> None:
    assert api_client.main(CASE, EDITED) == ["T303", "T314", "T323", "T324", "T601", "T611"]
