"""One answer from a folder, however it is come by: one process or many, read anew or known from the last report."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from reconcile.editing import EARLY, FRESH, load, spot
from workbook.making import PROCEDURE, made

from tracker import resources
from tracker.__main__ import cli
from tracker.parallel import Died
from tracker.problems import problem
from tracker.reconcile import run as running
from tracker.reconcile.model import Reconciliation
from tracker.reconcile.run import Settings, read_bytes, read_file, reconcile_paths
from tracker.regenerate.copies import merge_copies
from tracker.report import gather as gathering
from tracker.report.earlier import Earlier, read_earlier
from tracker.report.gather import Glance, Known, Looked, gather
from tracker.report.json_output import case_line
from tracker.report.lines import case_rows
from tracker.report.render import render
from tracker.report.resting import Resting, resting_of
from tracker.report.view import weekly_view
from tracker.report.weekly_page import weekly_page
from tracker.workbook.write import workbook_bytes

from .states import action, case, plan_action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from openpyxl import Workbook as XlsxWorkbook

    from tracker.case.model import Case
    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.workbook.issue import Issue

OVER = date(2027, 3, 1)
"""The day on which the last row of a case at rest was done."""
CLOSED = date(2027, 3, 8)
AS_AT, NEXT = date(2027, 3, 22), date(2027, 3, 29)


def issued_case(reference: str) -> Case:
    return replace(FRESH, details=replace(FRESH.details, reference=reference))


@cache
def issued(reference: str) -> bytes:
    return workbook_bytes(made(issued_case(reference), EARLY))


def typed(reference: str, then: Callable[[XlsxWorkbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(issued(reference)))
    then(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def all_done(book: XlsxWorkbook) -> None:
    """Every row done, the case closed."""
    for stage in PROCEDURE.stages:
        sheet = book[stage.name]
        for row in range(1, sheet.max_row + 1):
            if str(sheet.cell(row, 1).value).startswith(f"{stage.prefix}-"):
                spot(book, f"{stage.name}!H{row}").value = OVER
    spot(book, "Case closed on:B").value = CLOSED


@cache
def over(reference: str) -> bytes:
    return typed(reference, all_done)


def with_an_error(book: XlsxWorkbook) -> None:
    all_done(book)
    spot(book, "SIN-3.4:Agreed date").value = "soon"


def reopened(book: XlsxWorkbook) -> None:
    all_done(book)
    spot(book, "SIN-3.4:Completed").value = None


def reworded(book: XlsxWorkbook) -> None:
    all_done(book)
    spot(book, "SIN-3.4:Progress").value = "Filed"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cases at rest, live, in copies, a file that is none, and beside their folder last week's report."""
    cases = tmp_path_factory.mktemp("first") / "cases"
    cases.mkdir()
    for number in range(1, 5):
        (cases / f"over-{number}.xlsx").write_bytes(over(f"DOR-2026-00{number}"))
    (cases / "over-3.xlsx").write_bytes(typed("DOR-2026-003", with_an_error))
    (cases / "copy-of-4.xlsx").write_bytes(over("DOR-2026-004"))
    (cases / "live.xlsx").write_bytes(issued("DOR-2026-090"))
    for name in ("broken", "empty"):
        (cases / f"{name}.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    report(cases, "last", AS_AT, "--jobs", "1")
    return cases.parent


@pytest.fixture
def folder(first: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(first, tmp_path / "own") / "cases"


def report(folder: Path, name: str, day: date, *options: str | Path) -> tuple[str, str]:
    """A weekly report and its history."""
    target = folder.parent / name / "weekly.html"
    target.parent.mkdir(exist_ok=True)
    words = ["report", folder, "--for", "weekly", "--as-at", day.isoformat(), "-o", target, *options]
    result = CliRunner().invoke(cli, [str(each) for each in words], catch_exceptions=False)
    assert result.exit_code == 1, result.output  # two files are broken
    return target.read_text("utf-8"), target.with_suffix(".json").read_text("utf-8")


def last_report(folder: Path) -> Earlier:
    found, problems = read_earlier(folder.parent / "last" / "weekly.json")
    assert found, problems
    return found


# The same answer


def test_one_process_and_many_give_the_same_report(folder: Path) -> None:
    assert report(folder, "one", AS_AT, "--jobs", "1") == report(folder, "two", AS_AT, "--jobs", "2")


@pytest.mark.parametrize("change", ["nothing", "reopened", "reworded", "new", "gone", "broken", "renamed"])
def test_a_workbook_that_is_the_same_need_not_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    last = folder.parent / "last" / "weekly.json"
    changed(folder, change)
    warm = report(folder, "warm", NEXT, "--since", last, "--jobs", "1")
    monkeypatch.setattr(gathering, "lines_of", lambda *_: {})
    assert warm == report(folder, "cold", NEXT, "--since", last, "--jobs", "1")


def changed(folder: Path, change: str) -> None:
    one, two = folder / "over-1.xlsx", folder / "over-2.xlsx"
    if change in {"reopened", "reworded"}:
        one.write_bytes(typed("DOR-2026-001", {"reopened": reopened, "reworded": reworded}[change]))
    elif change == "new":
        (folder / "over-7.xlsx").write_bytes(over("DOR-2026-007"))
    elif change == "gone":
        one.unlink()
    elif change == "broken":
        one.write_bytes(b"PK\x03\x04 no workbook")
    elif change == "renamed":
        one.rename(folder / "z.xlsx")
        two.rename(one)


def test_what_was_said_of_two_workbooks_is_not_said_of_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Last week another workbook of the case lay beside it."""
    last = folder.parent / "first" / "weekly.json"
    again = folder / "again.xlsx"
    again.write_bytes(workbook_bytes(made(issued_case("DOR-2026-001"), EARLY + timedelta(1))))
    report(folder, "first", AS_AT, "--jobs", "1")
    assert '"T309"' in last.read_text("utf-8")
    again.unlink()
    for name in ("warm", "cold"):
        shutil.copytree(last.parent, folder.parent / name)
        (folder.parent / name / "weekly.json").rename(folder.parent / name / "weekly-2027-03-22.json")
    warm = report(folder, "warm", NEXT, "--jobs", "1")
    monkeypatch.setattr(gathering, "lines_of", lambda *_: {})
    assert warm == report(folder, "cold", NEXT, "--jobs", "1")
    assert "1 note" not in warm[0]


def gathered(folder: Path, since: date, known: Known) -> set[str]:
    """The cases whose workbooks were read."""
    read: set[str] = set()

    def note(issue: Issue) -> tuple[Procedure | None, list[Problem]]:
        read.add(issue.case.details.reference)
        return load(issue)

    gather(sorted(folder.iterdir()), Settings(NEXT, note), since, known=known, merge=merge_copies)
    return read


def test_only_what_changed_or_is_live_is_read_again(folder: Path) -> None:
    last = last_report(folder)
    changed(folder, "reworded")
    # Of 4 there are two copies, which are merged; the live case needs its words.
    changed_or_live = {"DOR-2026-001", "DOR-2026-004", "DOR-2026-090"}
    assert gathered(folder, last.as_at, Known(last, last.at_rest)) == changed_or_live
    assert gathered(folder, last.as_at, Known(last)) == {*changed_or_live, "DOR-2026-002", "DOR-2026-003"}


def test_another_procedure_or_an_earlier_day_takes_no_line(first: Path) -> None:
    last = last_report(first / "cases")
    assert len(last.at_rest) == 3
    assert gathering.lines_of(last, NEXT, last.made_with) == last.at_rest
    assert gathering.lines_of(last, NEXT, "another") == {}
    assert gathering.lines_of(last, AS_AT - timedelta(1), last.made_with) == {}
    assert gathering.made_with("") == last.made_with != gathering.made_with("riverside")


def test_a_set_beside_the_user_counts_in_what_judged_the_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = gathering.made_with("")
    shutil.copytree(resources.templates() / "procedure" / "dorset", tmp_path / "mine")
    with_it = gathering.made_with("")
    steps = tmp_path / "mine" / "sin.toml"
    steps.write_text(steps.read_text("utf-8").replace("count = 5", "count = 4", 1), "utf-8")
    assert len({before, with_it, gathering.made_with("")}) == 3
    (tmp_path / "mine" / "stage.toml").mkdir()  # nothing of ours, and not to be read
    assert gathering.made_with("") not in {before, with_it}


@pytest.mark.parametrize("reader", ["reconcile", "gather"])
def test_a_process_that_dies_costs_its_workbook_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    """The process itself is ended in tests/test_parallel.py; here it is only said to have been."""

    def dying(job: Callable[[Path], Any], paths: Sequence[Path], _: int) -> Iterator[Any]:
        yield from (Died(path) if path.name == "over-2.xlsx" else job(path) for path in paths)

    settings = Settings(AS_AT, load)
    paths = sorted(folder.glob("over-*.xlsx"))
    monkeypatch.setattr(running, "in_order", dying)
    monkeypatch.setattr(gathering, "in_order", dying)
    if reader == "gather":
        found = gather(paths, settings, AS_AT, known=Known(), merge=merge_copies)
        outcome, read = found.reconciliation, [each.reference for each in found.at_rest]
    else:
        outcome = reconcile_paths(paths, AS_AT, load=load)
        read = [each.reference for each in outcome.cases]
    assert [(Path(each.file).name, each.code) for each in outcome.problems] == [("over-2.xlsx", "T147")]
    assert read == ["DOR-2026-001", "DOR-2026-003", "DOR-2026-004"]


# What is at rest


def test_the_page_tells_cases_at_rest_in_a_line(first: Path) -> None:
    page = (first / "last" / "weekly.html").read_text("utf-8")
    history = json.loads((first / "last" / "weekly.json").read_text("utf-8"))
    assert "3 cases at rest" in page
    assert page.count("T201, ") == 1
    assert [each["reference"][-3:] for each in history["cases"]] == ["004", "090", "001", "002", "003"]


@settings(max_examples=15, deadline=None)  # each reads a whole workbook
@given(st.dates(CLOSED, date(2040, 1, 1)))
def test_the_line_of_a_case_at_rest_does_not_depend_on_the_day(day: date) -> None:
    assert line(day) == line(CLOSED)


@cache
def line(day: date) -> str:
    read = read_bytes(over("DOR-2026-001"), "over.xlsx", Settings(day, load))
    assert read.state
    return case_line(case_rows(read.state, 1))


DONE: dict[str, Any] = {"rag": "Complete", "completed": OVER, "due": OVER}


@pytest.mark.parametrize(
    ("facts", "rests"),
    [
        ({}, True),
        ({"decisions": {"case_closed": None}}, False),
        ({"marking": "Words that were typed"}, False),
        ({"reference": ""}, False),
        ({"conflicts": ({"cell": "SIN!A1"},)}, False),
        ({"problems": (problem("T309", other="b.xlsx"),)}, False),  # said of two workbooks, not of this one
        ({"problems": (problem("T358", other="b.xlsx"),)}, False),
        ({"actions": (action("SIN-2.6", "No date"),)}, False),
        ({"actions": (action("SIN-2.6", "Overdue", due=OVER),)}, False),
        ({"actions": (action("SIN-2.6", "Not applicable"),)}, True),
        ({"action_plan": (plan_action("AP-001", "On track"),)}, False),
        ({"action_plan": (plan_action("AP-001", "Complete", completed=OVER),)}, True),
        ({"action_plan": (plan_action("AP-001", "Complete", completed=OVER, signed_off=AS_AT),)}, False),
        ({"actions": (action("SIN-2.6", "Complete", completed=NEXT),)}, False),
    ],
)
def test_a_case_is_at_rest_where_nobody_has_to_do_anything(facts: dict[str, Any], rests: bool) -> None:
    state = case(action("SIN-3.4", **DONE), **{"decisions": {"case_closed": CLOSED}, **facts})
    text = case_line(case_rows(state, 1))
    found = resting_of(text, json.loads(text))
    assert (found is not None and found.by(AS_AT, AS_AT - timedelta(7))) is rests


def test_errors_in_a_case_at_rest_are_told_by_code_and_cell_and_the_rest_is_counted() -> None:
    error = problem("T201", place="SIN!H7", title="Completed", value="a word somebody typed")
    milder = [problem("T314", place="SIN!E8", due="1", owner="x"), problem("T303", action="x")]
    state = case(action("SIN-3.4", **DONE), decisions={"case_closed": CLOSED}, problems=(error, *milder))
    text = case_line(case_rows(state, 1))
    found = resting_of(text, json.loads(text))
    assert found
    assert ([(each.code, each.cell) for each in found.errors], found.milder) == ([("T201", "SIN!H7")], (1, 1))
    page = render(weekly_page(weekly_view(Reconciliation(AS_AT, (), ()), at_rest=(found,))), "md")
    assert "DOR-2026-014 SIN!H7: T201, " in page.replace("\\", "")
    assert "In cases at rest also 1 warning and 1 note." in page
    assert "Every case is at rest." in page
    assert "somebody typed" not in page


@pytest.mark.parametrize(
    ("as_at", "since", "rests"),
    [
        (CLOSED, CLOSED, False),  # it was closed on the first of the days that are told
        (CLOSED + timedelta(1), CLOSED + timedelta(1), True),
        (CLOSED - timedelta(1), OVER + timedelta(1), False),
    ],
)
def test_a_case_rests_when_its_last_day_has_been_told(as_at: date, since: date, rests: bool) -> None:
    state = case(action("SIN-3.4", **DONE), decisions={"case_closed": CLOSED})
    text = case_line(case_rows(state, 1))
    found = resting_of(text, json.loads(text))
    assert found
    assert (found.by(as_at, since), found.line) == (rests, text)


def test_a_glance_keeps_a_line_of_what_is_over_and_all_of_the_rest(folder: Path) -> None:
    glance = Glance(Settings(AS_AT, load), AS_AT - timedelta(7))
    over_one, live = glance(folder / "over-1.xlsx"), glance(folder / "live.xlsx")
    assert isinstance(over_one, Resting)
    assert over_one.line == line(AS_AT)
    assert isinstance(live, Looked)
    assert live.read == read_file(folder / "live.xlsx", glance.settings)
