"""What an agency gets: its own open rows, live dates, and not a byte of anybody else's."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
from office.calc import differences, formula_values, needs_soffice, recalculate, strip_cached_values
from office.edits import Job, Read, Set, edit
from office.program import need, uno_missing
from workbook.making import made, procedure_named

from tracker import make_returns
from tracker.workbook import layout
from tracker.workbook.write import workbook_bytes

from .sending import CASE, CODES, NAMES, PLAN, SENT, SHEET, edited, sent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECRETS: Mapping[str, object] = {
    "RR-5.7b-POL:Progress": "canary-note-of-the-office on what NHS Dorset said",
    "RR-5.7b-POL:Evidence": "P:/canary-path",
    "RR-5.7b-POL:Reason for change": "canary-reason",
    "RR-5.7b-ICB:Progress": "canary-of-the-icb",
    "SIN-2.1:Progress": "canary-of-the-sin",
    "Log!D4": "canary-of-the-log",
    "Case!B6": "canary-summary",
    **PLAN,
}


HOW = (
    "Done: type the date under Completed. Not done yet: say under Progress how far you are. "
    'Never involved: choose "No involvement" under Status.'
)


def page(content: bytes) -> list[list[object]]:
    """What stands on the sheet, row by row, as it is shown."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return [list(row) for row in book[SHEET].iter_rows(values_only=True)]


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def test_a_director_reads_what_is_asked_by_when_and_whom_to_answer() -> None:
    rows = page(sent("POL"))
    assert [row[0] for row in rows[:5]] == [
        "DOR-2026-099 · Dorset Police: your actions",
        "OFFICIAL-SENSITIVE · Asked by P. Example, PDSCP Business Manager",
        "Please answer by Thu 19 Nov 2026, 6 working days from now: Return the completed briefing report",
        "Fill in the green columns, save this file and send it back to P. Example.",
        HOW,
    ]
    assert [(row[0], row[1], row[2], row[3] and str(row[3])[:10], row[4]) for row in rows[6:]] == [
        ("RR-5.7b-POL", "Return the completed briefing report", "Day 8", "2026-11-19", "On track"),
        ("LCSPR-7.9b-POL", "Return the report and chronology", None, None, "No date"),
    ]


def test_impact_is_asked_for_in_a_row_of_the_plan_alone() -> None:
    content = edited(PLAN)
    assert page(sent("UHD", content))[5][:9] == [
        "ID", "Action", "Timescale", "Due", "RAG", "Completed", "Status", "Progress", "Evidence",
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(sent("UHD", content)))
    titles = [cell.value for cell in book[SHEET][6]]
    assert titles.index("Impact") == 9
    fills = {row[0].value: row[9].fill.fgColor.rgb for row in book[SHEET].iter_rows(min_row=7)}
    assert fills == {"RR-5.7b-UHD": "FFE6EAF2", "AP-001": "00000000", "LCSPR-7.9b-UHD": "FFE6EAF2"}


def test_a_date_counted_back_over_a_bank_holiday_is_the_one_of_the_workbook() -> None:
    """Sixty working days before Mon 9 Nov 2026 would be Mon 17 Aug without the bank holiday of 31 August."""
    rows = page(sent("POL", edited({"RR-5.7b-POL:Count": -60})))
    assert [str(row[3])[:10] for row in rows[6:] if row[0] == "RR-5.7b-POL"] == ["2026-08-14"]


def test_a_return_holds_not_a_byte_of_anybody_else() -> None:
    """Every part, unzipped: no other agency, role or person, no summary, no note of the office, no other row."""
    content = edited(SECRETS)
    found = parts(sent("POL", content))
    text = "\n".join([*found, *found.values()])
    people = {person.name for person in CASE.people.values()} - {"P. Example"}
    roles = set(CASE.people) - {"PDSCP Business Manager"}
    others = {
        word
        for name, code in zip(NAMES, CODES, strict=True)
        if code != "POL"
        for word in (name, f"{code}-", f"-{code}")
    }
    summary = {"canary", "Office only", "Brief every ward", "AP-001", "Child 1"}
    assert [
        word
        for word in sorted(people | roles | others | summary)
        if re.search(re.escape(word), text, re.IGNORECASE)
    ] == []
    ids = set(re.findall(r"\b(?:SIN|RR|LCSPR|AP)-[\w.]+(?:-\w+)?", text))
    assert ids == {"RR-5.7b-POL", "LCSPR-7.9b-POL"}
    assert sorted(name for name in found if "sheet" in name and name.endswith(".xml")) == [
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    ]


def test_only_open_rows_are_sent() -> None:
    done = edited({"RR-5.7b-POL:Completed": date(2026, 11, 10)})
    assert [row[0] for row in page(sent("POL", done))[6:]] == ["LCSPR-7.9b-POL"]


def test_the_same_workbook_gives_the_same_bytes() -> None:
    assert sent("POL") == sent("POL")


def test_free_text_stays_text_whatever_it_begins_with() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sent("POL")))
    assert [book[SHEET].cell(7, column).number_format for column in (8, 9)] == ["@", "@"]


def test_whoever_holds_no_role_has_rows_of_their_own() -> None:
    content = edited({"RR-5.10:Owner": "Fire Service"})
    assert [row[0] for row in page(sent("Fire Service", content))[6:]] == ["RR-5.10"]


def test_a_role_in_a_partner_agency_is_sent_a_return_unasked() -> None:
    riverside = procedure_named("riverside")
    content = workbook_bytes(made(replace(CASE, people={}), SENT, riverside))
    returns, problems = make_returns(content, SENT, procedure=riverside)
    assert returns is not None, problems
    assert [each.name.removeprefix("DOR-2026-099-return-") for each in returns] == [
        *(f"{code}.xlsx" for code in CODES),
        "Chief-Nurse.xlsx",
        "Head-of-Public-Protection.xlsx",
    ]


def _stages(content: bytes) -> list[str]:
    return [name for name in openpyxl.load_workbook(io.BytesIO(content)).sheetnames if name != SHEET]


def test_the_hidden_sheet_is_hidden_and_the_only_other() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sent("POL")))
    assert (_stages(sent("POL")), book[layout.RETURN].sheet_state) == ([layout.RETURN], "hidden")


@needs_soffice
def test_every_formula_holds_what_libreoffice_counts(tmp_path: Path) -> None:
    content = edited({**PLAN, "RR-5.7b-UHD:Agreed date": date(2026, 11, 23)})
    paths = []
    for code in CODES:
        path = tmp_path / f"{code}.xlsx"
        path.write_bytes(sent(code, content))
        strip_cached_values(path, tmp_path / f"bare-{code}.xlsx", {f"{layout.RETURN}!C1": SENT})
        paths.append(path)
    counted = recalculate([tmp_path / f"bare-{code}.xlsx" for code in CODES], tmp_path / "counted")
    for path, other in zip(paths, counted, strict=True):
        left = [each for each in differences(path, other) if each[0] != f"{layout.RETURN}!C1"]
        assert left == []
        assert [value for value in formula_values(other).values() if str(value).startswith("#")] == []


def test_what_is_typed_is_answered_at_once(tmp_path: Path) -> None:
    """The headline follows the answers and the day, as somebody fills the file in."""
    need(uno_missing())
    path = tmp_path / "return.xlsx"
    path.write_bytes(sent("POL"))
    headline, state = Read(SHEET, ("A3", "E7")), Read(SHEET, ("A3", "E7", "E8"))
    jobs = [
        Job(path, None, [Set(layout.RETURN, "C1", date(2026, 11, 19)), headline]),
        Job(path, None, [Set(layout.RETURN, "C1", date(2026, 11, 20)), headline]),
        Job(
            path,
            None,
            [
                Set(layout.RETURN, "C1", SENT),
                Set(SHEET, "F7", SENT),
                Set(SHEET, "G8", "No involvement"),
                state,
            ],
        ),
    ]
    shown = [{cell: each["value"] for cell, each in result["read"].items()} for result in edit(jobs)]
    report = "Return the completed briefing report"
    assert [list(each.values()) for each in shown] == [
        [f"Please answer today, Thu 19 Nov 2026: {report}", "Due today"],
        [f"Overdue since Thu 19 Nov 2026: {report}", "Overdue"],
        [
            "Thank you. Everything is answered: please save this file and send it back",
            "Complete",
            "Not applicable",
        ],
    ]
