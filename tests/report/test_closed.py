"""Closed cases in a weekly report, and one answer from a folder in one process or many."""

from __future__ import annotations

import io
import json
import shutil
import warnings
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from reconcile.editing import EARLY, FRESH, load, reconcile_paths, spot
from workbook.making import PROCEDURE, made
from workbook.opening import open_workbook

from tracker.cli import cli
from tracker.parallel import WorkerCrashed
from tracker.problems import problem
from tracker.reconcile import run as running
from tracker.reconcile.model import Reconciliation
from tracker.reconcile.run import Settings, read_bytes
from tracker.report.data_output import history_line
from tracker.report.frame import closed_case
from tracker.report.render import render
from tracker.report.reports import Wanted, make
from tracker.report.rows import case_rows
from tracker.workbook.write import workbook_bytes

from .states import action, case, plan_action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from openpyxl import Workbook as XlsxWorkbook

    from tracker.case.model import Case

OVER = date(2027, 3, 1)
"""The day on which the last row of a case closed was done."""
CLOSED = date(2027, 3, 8)
AS_AT, NEXT = date(2027, 3, 22), date(2027, 3, 29)


def issued_case(reference: str) -> Case:
    return replace(FRESH, details=replace(FRESH.details, reference=reference))


@cache
def issued(reference: str) -> bytes:
    return workbook_bytes(made(issued_case(reference), EARLY))


def typed(reference: str, then: Callable[[XlsxWorkbook], None]) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl cannot keep print areas of whole columns
        book = open_workbook(issued(reference))
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
    """Cases closed, live, in copies, a file that is none, and beside their folder last week's report."""
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


# The same answer


def test_one_process_and_many_give_the_same_report(folder: Path) -> None:
    assert report(folder, "one", AS_AT, "--jobs", "1") == report(folder, "two", AS_AT, "--jobs", "2")


@pytest.mark.parametrize(
    ("then", "closed"),
    [(all_done, 4), (reopened, 3), (reworded, 3)],
    ids=["as it was", "reopened", "reworded"],
)
def test_a_closed_case_in_which_something_moved_is_shown_whole(
    folder: Path, then: Callable[[XlsxWorkbook], None], closed: int
) -> None:
    (folder / "over-1.xlsx").write_bytes(typed("DOR-2026-001", then))
    page, _ = report(folder, "next", NEXT, "--since", folder.parent / "last" / "weekly.json")
    assert f"{closed} closed cases" in page


def test_a_process_that_dies_costs_its_workbook_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process itself is ended in tests/test_parallel.py; here it is only said to have been."""

    def dying(job: Callable[[Path], Any], paths: Sequence[Path], _: int) -> Iterator[Any]:
        yield from (WorkerCrashed(path) if path.name == "over-2.xlsx" else job(path) for path in paths)

    monkeypatch.setattr(running, "in_order", dying)
    outcome = reconcile_paths(sorted(folder.glob("over-*.xlsx")), AS_AT, load=load)
    assert [(Path(each.file).name, each.code) for each in outcome.problems] == [("over-2.xlsx", "T147")]
    assert [each.reference for each in outcome.cases] == ["DOR-2026-001", "DOR-2026-003", "DOR-2026-004"]


# What is closed


def test_the_page_gives_closed_cases_a_line(first: Path) -> None:
    page = (first / "last" / "weekly.html").read_text("utf-8")
    history = json.loads((first / "last" / "weekly.json").read_text("utf-8"))
    assert "4 closed cases" in page
    assert page.count("T201, ") == 1
    assert [each["reference"][-3:] for each in history["cases"]] == ["001", "002", "003", "004", "090"]


def test_a_case_adds_at_most_15_kb_to_the_history(first: Path) -> None:
    lines = (first / "last" / "weekly.json").read_text("utf-8").splitlines()
    assert max(len(line.encode()) for line in lines) <= 15_000


@settings(max_examples=15, deadline=None)  # each reads a whole workbook
@given(st.dates(CLOSED, date(2040, 1, 1)))
def test_the_history_of_a_closed_case_does_not_depend_on_the_day(day: date) -> None:
    assert line(day) == line(CLOSED)


@cache
def line(day: date) -> str:
    read = read_bytes(over("DOR-2026-001"), "over.xlsx", Settings(day, load))
    assert read.state
    return history_line(case_rows(read.state, 1))


DONE: dict[str, Any] = {"rag": "Complete", "completed": OVER, "due": OVER}


@pytest.mark.parametrize(
    ("facts", "closed"),
    [
        ({}, True),
        ({"decisions": {"case_closed": None}}, False),
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
def test_a_case_is_closed_where_nobody_has_to_do_anything(facts: dict[str, Any], closed: bool) -> None:
    state = case(action("SIN-3.4", **DONE), **{"decisions": {"case_closed": CLOSED}, **facts})
    assert (closed_case(case_rows(state, 1), AS_AT, AS_AT - timedelta(7)) is not None) is closed


def test_errors_in_a_closed_case_are_shown_by_code_and_cell_and_the_rest_is_counted() -> None:
    error = problem("T201", place="SIN!H7", title="Completed", value="a word somebody typed")
    milder = [problem("T314", place="SIN!E8", due="1", owner="x"), problem("T303", action="x")]
    state = case(action("SIN-3.4", **DONE), decisions={"case_closed": CLOSED}, problems=(error, *milder))
    made_report = make(Wanted("weekly", closed_apart=True), Reconciliation(AS_AT, (state,), ()))
    page = render(made_report.page, "md")
    assert "DOR-2026-014 SIN!H7: T201, " in page.replace("\\", "")
    assert "Closed cases also have 1 warning and 1 note." in page
    assert "Every case is closed." in page
    assert "somebody typed" not in page


@pytest.mark.parametrize(
    ("as_at", "since", "closed"),
    [
        (CLOSED, CLOSED, False),  # it was closed on the first of the days that are shown
        (CLOSED + timedelta(1), CLOSED + timedelta(1), True),
        (CLOSED - timedelta(1), OVER + timedelta(1), False),
    ],
)
def test_a_case_is_closed_when_its_last_day_has_been_shown(as_at: date, since: date, closed: bool) -> None:
    state = case(action("SIN-3.4", **DONE), decisions={"case_closed": CLOSED})
    assert (closed_case(case_rows(state, 1), as_at, since) is not None) is closed
