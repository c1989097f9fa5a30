"""What a person accepts once in Log is not reported again; what hardly anybody means is asked about."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner
from regenerate.running import SMALL, regenerated, small, state_of, typed

from reconcile.editing import EARLY, Edited, case_in
from tracker.case.description import parse_case
from tracker.cli import cli
from tracker.procedure.load import load_procedure
from tracker.workbook.preflight import workbook_files
from tracker.workbook.read import read_content

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl import Workbook as XlsxWorkbook

SAMPLE = Path(__file__).resolve().parents[2] / "sample_cases" / "ordinary-in-time.toml"
DECIDED = {"Log!A4": EARLY, "Log!B4": "SIN-3.2b", "Log!C4": "Decision", "Log!D4": "Sent at once on advice"}


def codes(folder: Path, edited: Edited, *wanted: str) -> list[tuple[str, str]]:
    case = case_in(edited.saved(folder))
    return [(each.id, each.code) for each in case.problems if each.code in wanted]


def _emptied(book: XlsxWorkbook) -> None:
    """Somebody empties the whole row SIN-3.2b."""
    (row,) = [each for each in book["SIN"].iter_rows() if each[0].value == "SIN-3.2b"]
    for cell in row:
        cell.value = None


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ({}, [("SIN-3.2b", "T323")]),
        (DECIDED, []),
        ({**DECIDED, "Log!B4": "SIN-3.2"}, [("SIN-3.2b", "T323")]),
        ({**DECIDED, "Log!C4": "Note"}, [("SIN-3.2b", "T323")]),
        ({**DECIDED, "Log!A4": date(2026, 11, 2)}, [("SIN-3.2b", "T323")]),  # before it was done
        ({**DECIDED, "Log!D4": None}, [("SIN-3.2b", "T323")]),
    ],
)
def test_a_step_done_too_soon_is_accepted_with_a_reason(
    tmp_path: Path, log: dict[str, object], told: list[tuple[str, str]]
) -> None:
    assert codes(tmp_path, Edited({"SIN-3.2b:Completed": EARLY, **log}), "T323") == told


def test_a_deleted_row_is_accepted_with_a_reason(tmp_path: Path) -> None:
    told = [codes(tmp_path, Edited(log, _emptied), "T301") for log in ({}, DECIDED)]
    assert told == [[("SIN-3.2b", "T301")], []]


def test_a_bank_holiday_that_was_deleted_is_a_warning() -> None:
    def deleted(book: XlsxWorkbook) -> None:
        page = book["Calendar"]
        (cell,) = [
            each for row in page.iter_rows() for each in row if str(each.value).startswith("2026-12-25")
        ]
        cell.value = None

    (found,) = [each for each in state_of(typed(then=deleted)).problems if each.code == "T382"]
    assert (found.place, found.severity, "Fri 25 Dec 2026" in found.found) == ("Calendar", "warning", True)


def test_every_bank_holiday_deleted_is_a_warning_too() -> None:
    def emptied(book: XlsxWorkbook) -> None:
        for row in book["Calendar"].iter_rows(min_col=10, max_col=11):
            if isinstance(row[0].value, datetime):
                row[0].value = row[1].value = None

    assert "T382" in [each.code for each in state_of(typed(then=emptied)).problems]


@pytest.mark.parametrize(("log", "told"), [({}, ["T614"]), (DECIDED, [])])
def test_regenerate_does_not_report_an_accepted_deletion(log: dict[str, object], told: list[str]) -> None:
    def deleted(book: XlsxWorkbook) -> None:
        (row,) = [each for each in book["SIN"].iter_rows() if each[0].value == "SIN-3.4"]
        for cell in row:
            cell.value = None

    edited = typed({**log, **({"Log!B4": "SIN-3.4"} if log else {})}, deleted)
    assert [code for _, code in regenerated(edited).codes if code == "T614"] == told


def _without_holidays() -> bytes:
    """As issued, with every bank holiday deleted."""
    book, out = openpyxl.load_workbook(io.BytesIO(small())), io.BytesIO()
    for row in book["Calendar"].iter_rows(min_col=10, max_col=11):
        if isinstance(row[0].value, datetime):
            row[0].value = row[1].value = None
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("content", [small, _without_holidays])
def test_ticking_the_1904_date_system_is_told_as_that(content: Callable[[], bytes]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content())) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "xl/workbook.xml":
                part = re.sub(rb"<workbookPr", b'<workbookPr date1904="1"', part)
            after.writestr(name, part)
    reading, _, problems = read_content(out.getvalue(), "case.xlsx", lambda _: (SMALL, []))
    assert (reading, [each.code for each in problems]) == (None, ["T383"])


def _checked(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = SAMPLE.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "case.toml").write_text(text, "utf-8")
    return CliRunner().invoke(cli, ["check", str(tmp_path / "case.toml"), "--as-at", "2026-11-19"]).stderr


def test_check_asks_about_an_awareness_that_lies_ahead(tmp_path: Path) -> None:
    moved = [("aware = 2026-11-02", "aware = 2037-11-02"), ("sin_submitted = 2026-11-09", "")]
    moved.append(("notify_decided = 2026-11-04", ""))
    told = _checked(tmp_path, *moved)
    assert [code in told for code in ("T450", "T449")] == [True, True]
    assert [code in _checked(tmp_path) for code in ("T450", "T449")] == [False, False]


@pytest.mark.parametrize("name", ["dorset", "copied"])
def test_a_copied_procedure_keeps_asking_about_the_own_childrens_services(tmp_path: Path, name: str) -> None:
    folder = name
    if name == "copied":
        folder = str(tmp_path / name)
        assert CliRunner().invoke(cli, ["procedure", "new", folder]).exit_code == 0
    procedure, _ = load_procedure(folder)
    assert procedure is not None
    line = '\n[[agencies]]\nname = "Dorset Children\'s Services"\ncode = "DCS"\n'
    _, problems = parse_case(SAMPLE.read_text("utf-8") + line, procedure)
    assert "T421" in [each.code for each in problems]


@pytest.mark.parametrize("ending", [".ods", ".xltx", ".xlsb", ".numbers", ".xls", ".xlsm", ".fods"])
@pytest.mark.parametrize(
    "words", [["report", "--for", "weekly"], ["calendar"], ["reconcile"]], ids=lambda each: each[0]
)
def test_what_looks_like_a_case_and_cannot_be_read_is_named(
    tmp_path: Path, words: list[str], ending: str
) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    Edited({}).saved(folder, "a.xlsx")
    (folder / f"other{ending}").write_bytes(b"something else")
    (folder / "cases.csv").write_bytes(b"a table of somebody's own")
    command, *rest = words
    typed_words = [command, str(folder), *rest, "--as-at", EARLY.isoformat()]
    result = CliRunner().invoke(cli, typed_words, catch_exceptions=False)
    assert (result.exit_code, f"other{ending}" in result.output) == (1, True)
    assert "cases.csv" not in result.output


def test_a_case_saved_as_a_table_is_named_unless_its_workbook_is_there(tmp_path: Path) -> None:
    for name in (
        "DOR-2026-014.csv",
        "DOR-2026-015 (1).CSV",
        "DOR-2026-016.csv",
        "DOR-2026-016.xlsx",
        "2026.csv",
    ):
        (tmp_path / name).write_bytes(b"Case;DOR-2026-014")
    assert [each.name for each in workbook_files(tmp_path)] == [
        "DOR-2026-014.csv",
        "DOR-2026-015 (1).CSV",
        "DOR-2026-016.xlsx",
    ]
