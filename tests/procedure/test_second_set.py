"""Another partnership's procedure, carried through the whole program: nothing in Python knows it."""

from __future__ import annotations

import ast
import re
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner, Result
from office.calc import counted_values, differences, needs_soffice
from office.validator import format_faults
from reconcile.editing import reconcile_paths
from workbook.making import FACTS, stripped, written

from tracker.case.description import parse_case
from tracker.cli import cli
from tracker.plan import blank_case, make_plan
from tracker.procedure.load import load_procedure
from tracker.workbook.build import build
from tracker.workbook.layout import CASE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.case.model import Case
    from tracker.procedure.model import Procedure
    from tracker.reconcile.model import CaseState
    from tracker.workbook.build import Workbook

ROOT = Path(__file__).resolve().parents[2]
DESCRIPTION = ROOT / "sample_cases" / "riverside" / "under-way.toml"
UNDER_WAY = DESCRIPTION.read_text("utf-8")
LONGER = (
    UNDER_WAY.replace(
        "sin_submitted = 2026-09-10",
        "sin_submitted = 2026-09-16\nlcspr_recommended = 2026-11-02\npublication = 2027-04-28",
    )
    + '\n[decisions]\nlcspr = "yes"\n[hold]\nfrom = 2027-01-04\nreview_on = 2027-03-01\nreason = "Trial"\n'
)
ENDED = UNDER_WAY + '\n[decisions]\nlcspr = "no"\nlcspr_reason = "The learning is known"\n'


def the_set(name: str) -> Procedure:
    procedure, problems = load_procedure(name)
    assert procedure, problems
    assert problems == []
    return procedure


RIVERSIDE = the_set("riverside")


def case_of(text: str) -> Case:
    case, problems = parse_case(text, RIVERSIDE)
    assert case, problems
    return case


def made(text: str, as_at: date) -> Workbook:
    return build(make_plan(case_of(text), RIVERSIDE), FACTS, as_at)


def row(workbook: Workbook, table: str, row_id: str, *titles: str) -> tuple[object, ...]:
    place = workbook.book.column(f"{table}_actions", "ID").index(row_id)
    return tuple(workbook.book.column(f"{table}_actions", title)[place] for title in titles)


def day(number: object) -> date:
    assert isinstance(number, int | float)
    return date.fromordinal(date(1899, 12, 30).toordinal() + int(number))


def tracker(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)


def state_of(path: Path, as_at: date) -> CaseState:
    done = reconcile_paths([path], as_at, load=lambda _: (RIVERSIDE, []))
    assert [each.code for each in done.problems if each.severity == "error"] == []
    (case,) = done.cases
    return case


@pytest.fixture
def issued(tmp_path: Path) -> Path:
    """The sample case as a workbook."""
    path = tmp_path / "RIV-2026-003.xlsx"
    result = tracker("generate", DESCRIPTION, "--procedure", "riverside", "--as-at", "2026-09-21", "-o", path)
    assert result.exit_code == 0, result.stderr
    return path


def edit(path: Path, change: Callable[[openpyxl.Workbook], None]) -> None:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def type_beside(sheet: str, text: str, column: int, value: str | date) -> Callable[[openpyxl.Workbook], None]:
    """Type into the row of a sheet whose first cell says `text`."""

    def change(book: openpyxl.Workbook) -> None:
        page = book[sheet]
        place = next(number for number in range(1, page.max_row + 1) if page.cell(number, 1).value == text)
        page.cell(place, column, value)

    return change


# A line of Python that knew a set would name one of these.


def names_in(procedure: Procedure) -> set[str]:
    found = {step.id for _, step in procedure.steps()}
    found |= {role.name for role in procedure.roles} | {clock.name for clock in procedure.clocks}
    found |= {board.name for board in procedure.boards} | {agency.name for agency in procedure.agencies}
    return found - {field.label for field in CASE_FIELDS}  # which a set may word anew


def test_no_python_names_what_a_set_holds() -> None:
    names = names_in(the_set("dorset")) | names_in(RIVERSIDE)
    known = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        if path.name in {"fields.py", "timeliness.py"}:
            continue  # examples in a case description; figures over cases of any procedure, in national words
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and str(node.value) in names:
                known[path.name] = node.value
    assert known == {}


# Generate


def test_its_dates_are_those_of_its_timeline() -> None:
    workbook = made(UNDER_WAY, date(2026, 9, 21))
    found = {
        row_id: (timescale, day(due).isoformat())
        for row_id in ("SR-3.1", "SR-3.2", "SR-3.4-CON", "SR-3.6", "SR-4.2", "SR-4.1-NUR", "SR-4.3")
        for timescale, due in (row(workbook, "Swift_Review", row_id, "Timescale", "Due"),)
    }
    assert found == {
        "SR-3.1": ("Day 0", "2026-09-10"),
        "SR-3.2": ("Day 1", "2026-09-11"),
        "SR-3.4-CON": ("Days 2 to 10", "2026-09-24"),
        "SR-3.6": ("Days 10 to 12", "2026-09-28"),
        "SR-4.2": ("Day 14", "2026-09-30"),
        "SR-4.1-NUR": ("Days 12 to 15", "2026-10-01"),
        "SR-4.3": ("Day 16", "2026-10-02"),
    }


def test_a_range_follows_the_rows_own_count_and_unit() -> None:
    workbook = made(LONGER, date(2027, 1, 5))
    found = {
        row_id: (timescale, day(due).isoformat())
        for row_id in ("LR-5.6", "LR-5.9")
        for timescale, due in (row(workbook, "Learning_Review", row_id, "Timescale", "Due"),)
    }
    assert found == {"LR-5.6": ("10 to 8 wd before", "2027-04-16"), "LR-5.9": ("2 to 6 weeks", "2027-06-09")}


def test_a_step_counts_from_the_incident_and_a_target_stands_beside_its_limit() -> None:
    workbook = made(UNDER_WAY, date(2026, 9, 8))
    (secured,) = row(workbook, "Notification", "NO-1.3-CON", "Due")
    target = row(workbook, "Notification", "NO-2.2b", "Due", "Basis")
    limit = row(workbook, "Notification", "NO-2.2", "Due", "Basis")
    assert day(secured) == date(2026, 9, 25)  # three weeks from the incident end on a Saturday
    assert (day(target[0]), target[1]) == (date(2026, 9, 10), "Implied")
    assert (day(limit[0]), limit[1]) == (date(2026, 9, 14), "Statutory")


def test_each_owner_has_a_row_and_the_same_action() -> None:
    workbook = made(UNDER_WAY, date(2026, 9, 8))
    found = {
        row_id: row(workbook, "Swift_Review", row_id, "Owner", "Action", "Named owner")
        for row_id in ("SR-4.1-DCF", "SR-4.1-NUR", "SR-4.1-PUB")
    }
    action = "Approve the outcome of the review"
    assert found == {
        "SR-4.1-DCF": ("Director for Children and Families", action, "D. Example"),
        "SR-4.1-NUR": ("Chief Nurse", action, "N. Example"),
        "SR-4.1-PUB": ("Head of Public Protection", action, ""),
    }


def test_summary_and_case_speak_in_its_words() -> None:
    workbook = made(LONGER, date(2027, 1, 5))
    shown = {
        str(workbook.book.cell(sheet, number, column))
        for sheet in ("Summary", "Case", "Guide")
        for (number, column) in workbook.book.contents[sheet]
    }
    words = "\n".join(sorted(shown))
    assert "Swift Review recommends" in shown
    assert "Learning Review decided by partners on" in shown
    assert "Typed at Incident date" in shown
    assert "Notification, Swift Review, Learning Review and Action Plan hold the work" in words
    assert re.findall(r"SIN\b|Rapid Review|appendix|Dorset|PDSCP", words) == []


@needs_soffice
def test_no_cell_of_its_workbooks_differs_in_libreoffice(tmp_path: Path) -> None:
    days = {"under-way": UNDER_WAY, "longer": LONGER, "ended": ENDED}
    workbooks = {
        f"{name}-{as_at}": made(text, as_at)
        for name, text in days.items()
        for as_at in (date(2026, 9, 8), date(2026, 9, 28), date(2027, 1, 5), date(2027, 6, 1))
    }
    workbooks["blank"] = build(make_plan(blank_case(RIVERSIDE), RIVERSIDE), FACTS, date(2026, 9, 8))
    (tmp_path / "bare").mkdir()
    paths = [written(each, tmp_path / f"{name}.xlsx") for name, each in workbooks.items()]
    bare = [
        stripped(path, tmp_path / "bare" / path.name, each.as_at)
        for path, each in zip(paths, workbooks.values(), strict=True)
    ]
    counted = zip(paths, counted_values(bare), strict=True)
    wrong = {path.stem: differences(path, values) for path, values in counted}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_the_validator_finds_nothing_in_its_workbook(issued: Path) -> None:
    assert format_faults(issued) == []


@needs_soffice
def test_clocks_of_every_kind_are_counted_alike(tmp_path: Path) -> None:
    """A clock that only follows another, and one from the partners' decision alone."""
    folder = tmp_path / "set"
    shutil.copytree(ROOT / "templates" / "procedure" / "riverside", folder)
    clocks = folder / "clocks.toml"
    text = clocks.read_text("utf-8").replace('field = "lcspr_recommended"\nfallback', "field")
    follows = '{ from = "Going public", count = 6, unit = "months" }'
    entry = 'name = "A look back"\ndefined_name = "A_look_back"\nparagraph = "6"'
    text += f"\n[[clock]]\n{entry}\nprovisional = {follows}\n"
    clocks.write_text(text, "utf-8")
    procedure, problems = load_procedure(folder)
    assert procedure, problems
    decided = '\n[decisions]\nlcspr = "yes"\n'
    case, problems = parse_case(
        UNDER_WAY.replace("[dates]", "[dates]\nlcspr_decided = 2026-11-02") + decided, procedure
    )
    assert case, problems
    workbook = build(make_plan(case, procedure), FACTS, date(2027, 1, 5))
    columns = [workbook.book.column("Case_clocks", title) for title in ("Clock", "Confirmed or provisional")]
    states = dict(zip(*columns, strict=True))
    assert (states["Learning Review start"], states["A look back"]) == ("Confirmed", "Provisional")
    path = written(workbook, tmp_path / "clocks.xlsx")
    bare = stripped(path, tmp_path / "bare.xlsx", workbook.as_at)
    assert differences(path, *counted_values([bare])) == []
    done = reconcile_paths([path], date(2027, 1, 5), load=lambda _: (procedure, []))
    assert [each.changes for each in done.cases] == [()]


# Ask and describe


def test_a_description_is_asked_for_and_written_in_its_words(tmp_path: Path) -> None:
    target = tmp_path / "case.toml"
    answers = ["RIV-2026-009", "", "", "7/9/2026", *[""] * 60]
    words = ["new", "--procedure", "riverside", "-o", str(target)]
    result = CliRunner().invoke(cli, words, input="\n".join(answers) + "\n", catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    assert "absent" not in result.stdout + result.stderr  # no step of the set depends on it
    text = target.read_text("utf-8")
    assert '# rapid_review_chair = "Head of Practice Quality"' in text
    assert '# kind = "Progress"' in text
    assert case_of(text).options.rapid_review_chair == "Head of Practice Quality"
    assert re.findall(r"Dorset|PDSCP|subgroup", text) == []


# Read back


def test_an_untouched_workbook_reads_back_as_it_was(issued: Path) -> None:
    case = state_of(issued, date(2026, 9, 21))
    assert case.changes == ()
    assert (case.timeliness.aware, case.timeliness.sin_sent, case.timeliness.sin_days) == (
        date(2026, 9, 7),
        date(2026, 9, 10),
        3,
    )
    # Steps before the notification are not ticked yet, and some roles have nobody.
    assert {each.code for each in case.problems} <= {"T314", "T323"}


def test_what_is_typed_is_read_under_its_own_labels(issued: Path) -> None:
    edit(issued, type_beside("Case", "Learning Review", 2, " Y "))
    edit(issued, type_beside("Case", "Incident date", 2, date(2026, 9, 1)))
    edit(issued, type_beside("Swift Review", "SR-4.3", 8, date(2026, 10, 5)))
    edit(issued, type_beside("Learning Review", "LR-5.2", 8, date(2026, 11, 20)))
    case = state_of(issued, date(2026, 11, 23))
    rows = {each.id: each for each in case.actions}
    assert case.decisions["lcspr"] == "yes"
    assert rows["NO-1.3-CON"].due == date(2026, 9, 22)
    assert (rows["SR-4.3"].rag, rows["SR-4.3"].days_late) == ("Complete, late", 1)
    times = case.timeliness
    assert (times.rapid_review_sent, times.days_from_sin) == (date(2026, 10, 5), 17)
    assert times.first_review_panel == date(2026, 11, 20)


def test_a_date_is_explained_with_its_range_and_its_clock(issued: Path) -> None:
    ranged = tracker("explain", issued, "SR-3.4-CON", "--as-at", "2026-09-21").stdout
    assert "Count: 10 working days (the range begins at 2)." in ranged
    secured = tracker("explain", issued, "NO-1.3-CON", "--as-at", "2026-09-21").stdout
    assert "Counted from: Incident, Sat 5 Sep 2026 (typed in Case!B" in secured


# Regenerate


def test_with_nothing_changed_there_is_nothing_to_do(issued: Path, tmp_path: Path) -> None:
    before = issued.read_bytes()
    result = tracker("regenerate", issued, "--in-place", "--as-at", "2026-09-28")
    assert (result.exit_code, "Nothing to do" in result.stdout) == (0, True)
    assert issued.read_bytes() == before
    assert not (tmp_path / "tracker-backups").exists()


@needs_soffice
def test_an_agency_typed_on_people_gets_its_rows(issued: Path, tmp_path: Path) -> None:
    def add(book: openpyxl.Workbook) -> None:
        people = book["People"]
        table = people.tables["People_agencies"]
        first, last = table.ref.split(":")
        number = int(re.sub(r"\D", "", last)) + 1
        for column, value in enumerate(("AMB", "Riverside Ambulance", "partner agency", "no"), 1):
            people.cell(number, column, value)
        table.ref = f"{first}:{re.sub(r'[0-9]', '', last)}{number}"
        assert table.autoFilter
        table.autoFilter.ref = table.ref

    edit(issued, add)
    target = tmp_path / "with-ambulance.xlsx"
    result = tracker("regenerate", issued, "--as-at", "2026-09-21", "-o", target)
    assert result.exit_code == 0, result.stdout + result.stderr
    case = state_of(target, date(2026, 9, 21))
    added = {each.id: (each.stage, each.timescale, each.due) for each in case.actions if "-AMB" in each.id}
    assert added == {
        "NO-1.3-AMB": ("Notification", "3 weeks", date(2026, 9, 25)),
        "SR-3.4-AMB": ("Swift Review", "Days 2 to 10", date(2026, 9, 24)),
        "LR-5.3-AMB": ("Learning Review", "Day 20", None),
    }
    again = tracker("regenerate", target, "--as-at", "2026-09-21", "-o", tmp_path / "again.xlsx")
    assert "Nothing to do" in again.stdout
    bare = stripped(target, tmp_path / "bare.xlsx", date(2026, 9, 21))
    assert differences(target, *counted_values([bare])) == []
