"""The file as its XML says it: nothing for Excel to repair, nothing that changes by itself, text that stays text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest
from office.package import MAIN, Package, sheet_values
from office.validator import format_faults

from tracker.case.model import Agency, Case, Child, Dates, Decisions, Details, Hold, Meeting, Options, Person
from tracker.workbook import layout
from tracker.workbook.baseline import baseline_from_text, case_uuid
from tracker.workbook.fast_reader import FastBook
from tracker.workbook.write import workbook_bytes
from workbook.making import SAMPLES, lay_rows, made, made_blank, sample, type_in, worked_out_again
from workbook.random_cases import NASTY, random_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from lxml import etree  # type: ignore[import-untyped]  # ships no types

    from tracker.workbook.build import Workbook

AS_AT = date(2026, 11, 22)
DC = "{http://purl.org/dc/elements/1.1/}"
TERMS = "{http://purl.org/dc/terms/}"
CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"


def nasty_case() -> Case:
    """Every free text begins with a sign that a spreadsheet takes for a formula, or holds what XML minds."""
    text = '=1+1 & <b> "x"'
    return Case(
        Details("DOR-1", "=HYPERLINK(A1)", aware=date(2026, 11, 2), died=True, looked_after="looked after"),
        marking="+OFFICIAL & 'more'",
        children=(Child("Child 1"), Child("Sibling B")),
        agencies=tuple(
            Agency(name, f"N{number}", contact=NASTY[-number], email="@x")
            for number, name in enumerate(NASTY, 1)
        ),
        people={"Head of QA and Partnerships": Person("=cmd|' /C calc'!A0", "-x@example.org", "@deputy")},
        dates=Dates(sin_submitted=date(2026, 11, 9)),
        decisions=Decisions("no", date(2026, 11, 9), text, lcspr="no", lcspr_reason=text),
        holds=(Hold(date(2027, 1, 1), None, None, text, text),),
        options=Options(("=Somerset", "+Wilts", "_x000A_"), submitters_absent=True),
        meetings=(Meeting("Leadership", date(2026, 11, 20), "=9:30", "@Room"),),
    )


def nasty() -> Workbook:
    """The nasty case, with nasty text typed where people type."""
    workbook = made(nasty_case(), AS_AT)
    table = workbook.book.tables["SIN_actions"]
    titles = ("Progress", "Reason for change", "Evidence", "Named owner", "Completed", "Agreed date")
    for row, text in zip(table.rows(), NASTY, strict=False):
        for title in titles:
            type_in(workbook, "SIN", row, title, text)
    lay_rows(
        workbook, "Action Plan", [{"Recommendation": text, "Action": text, "Owner": text} for text in NASTY]
    )
    lay_rows(workbook, "Log", [{"Text": text} for text in NASTY])
    return worked_out_again(workbook)


@cache
def workbook_of(name: str) -> Workbook:
    if name == "blank":
        return made_blank(AS_AT)
    if name == "nasty":
        return nasty()
    if name.startswith("generated"):
        return random_workbook(int(name.split()[1]))
    return made(sample(name), AS_AT)


@cache
def file_of(name: str) -> bytes:
    return workbook_bytes(workbook_of(name))


EVERY = (*SAMPLES, "blank", "nasty", "generated 1001", "generated 1002")


@pytest.fixture(params=EVERY)
def package(request: pytest.FixtureRequest, tmp_path: Path) -> Package:
    path = tmp_path / "made.xlsx"
    path.write_bytes(file_of(request.param))
    return Package.read(path)


def opened(name: str, folder: Path) -> Package:
    path = folder / "made.xlsx"
    path.write_bytes(file_of(name))
    return Package.read(path)


QUICK = ("ordinary-in-time", "blank", "nasty")


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in EVERY if name not in QUICK)]
)
def test_the_validator_finds_nothing(name: str, tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    path.write_bytes(file_of(name))
    assert format_faults(path) == []


def test_the_validator_finds_a_fault_that_is_there(tmp_path: Path) -> None:
    package = opened("blank", tmp_path)
    part = package.sheet_parts()["SIN"]
    package.parts[part] = package.parts[part].replace(b't="str"', b't="nonsense"', 1)
    package.write(tmp_path / "broken.xlsx")
    (fault,) = format_faults(tmp_path / "broken.xlsx")
    assert "nonsense" in fault


AGAIN: Mapping[str, Callable[[], Workbook]] = {
    "ordinary-in-time": lambda: made(sample("ordinary-in-time"), AS_AT),
    "nasty": nasty,
    "blank": lambda: made_blank(AS_AT),
}


@pytest.mark.parametrize("name", AGAIN)
def test_the_same_case_and_day_give_the_same_bytes(name: str) -> None:
    assert workbook_bytes(AGAIN[name]()) == file_of(name)


def test_another_day_gives_another_file() -> None:
    assert workbook_bytes(made(sample("ordinary-in-time"), date(2026, 11, 23))) != file_of("ordinary-in-time")


# Formula cells and their cached values


def _formula_cells(package: Package) -> list[tuple[str, etree._Element]]:
    return [
        (name, cell)
        for name, sheet in package.sheets()
        for cell in sheet.iter(f"{MAIN}c")
        if cell.find(f"{MAIN}f") is not None
    ]


def test_every_formula_cell_carries_a_value_and_none_is_an_error(package: Package) -> None:
    cells = _formula_cells(package)
    assert len(cells) > 1000
    valueless = [(name, each.get("r")) for name, each in cells if each.find(f"{MAIN}v") is None]
    errors = [
        (name, each.get("r"), each.findtext(f"{MAIN}v"))
        for name, each in cells
        if each.get("t") == "e" or (each.findtext(f"{MAIN}v") or "").startswith("#")
    ]
    assert valueless == []
    assert errors == []


def test_an_empty_text_says_that_it_is_text(package: Package) -> None:
    empty = [each for _, each in _formula_cells(package) if not each.findtext(f"{MAIN}v")]
    assert empty
    assert {each.get("t") for each in empty} == {"str"}


EVERYWHERE = (
    "WORKDAY NETWORKDAYS EDATE IFERROR IF ISNUMBER COUNTIF COUNTIFS COUNT INDEX MATCH SMALL ROW INT MOD CHOOSE "
    "SUMPRODUCT SUM TEXT TODAY AND OR NOT LEFT FIND LEN ABS HYPERLINK"
)
SCREEN_SYNTAX = re.compile(r"\[@|(?<![A-Za-z_\[,])\[")  # a column without its table


def test_formulas_use_only_what_works_everywhere(package: Package) -> None:
    texts = {re.sub(r'"(?:[^"]|"")*"', "", each.findtext(f"{MAIN}f")) for _, each in _formula_cells(package)}
    called = {name for text in texts for name in re.findall(r"([A-Za-z_.]+)\(", text)}
    assert called <= set(EVERYWHERE.split())
    assert not [text for text in texts if SCREEN_SYNTAX.search(text)]
    assert max(len(text) for text in texts) < 8192


# Text that begins like a formula


def test_nasty_text_is_stored_as_text_and_never_as_a_formula(tmp_path: Path) -> None:
    package = opened("nasty", tmp_path)
    strings = package.shared_strings()
    for text in NASTY:
        assert text in strings
    for text in (
        "=HYPERLINK(A1)",
        "=cmd|' /C calc'!A0",
        '=1+1 & <b> "x"',
        "=9:30",
        "@Room",
        "+OFFICIAL & 'more'",
    ):
        assert text in strings
    formulas = {cell.findtext(f"{MAIN}f") for _, cell in _formula_cells(package)}
    assert not [text for text in formulas if text in {"1+1", 'HYPERLINK("x")', "HYPERLINK(A1)"}]
    typed = dict(package.sheets())["SIN"]
    values = sheet_values(typed, strings)
    column = {values[ref]: re.sub(r"\d", "", ref) for ref in values if ref.endswith("3") and len(ref) <= 3}
    found = [values[f"{column['Progress']}{row}"] for row in range(4, 4 + len(NASTY))]
    assert found == list(NASTY)
    owner = next(each for each in typed.iter(f"{MAIN}c") if each.get("r") == f"{column['Named owner']}4")
    assert owner.get("t") == "s"


def test_a_typed_formula_lookalike_shows_in_summary_as_it_was_typed(tmp_path: Path) -> None:
    package = opened("nasty", tmp_path)
    values = sheet_values(dict(package.sheets())["Summary"], package.shared_strings())
    assert values["A1"] == "DOR-1 · =HYPERLINK(A1)"


def test_signs_that_xml_forbids_are_left_out(tmp_path: Path) -> None:
    case = replace(nasty_case(), details=replace(nasty_case().details, summary="a\x00b\x0bc\ufffed\ud800e"))
    path = tmp_path / "made.xlsx"
    path.write_bytes(workbook_bytes(made(case, AS_AT)))
    package = Package.read(path)
    assert sheet_values(dict(package.sheets())["Summary"], package.shared_strings())["A1"] == "DOR-1 · abcde"
    assert format_faults(path) == []


# What the file says of itself


def test_the_core_properties_name_the_case_and_are_fixed_in_time(tmp_path: Path) -> None:
    core = opened("ordinary-in-time", tmp_path).tree("docProps/core.xml")
    assert core.findtext(f"{DC}title") == "Action tracker DOR-2026-014"
    assert core.findtext(f"{CORE}category") == "OFFICIAL-SENSITIVE"
    assert core.findtext(f"{DC}language") == "en-GB"
    assert core.findtext(f"{TERMS}created") == "2026-11-22T00:00:00Z"
    assert core.findtext(f"{TERMS}modified") == "2026-11-22T00:00:00Z"


REMEMBERED = {
    "schema", "layout", "tool", "uuid", "issue", "as_at", "case", "procedure", "values", "formulas", "due", "rows",
    "conflicts",
}  # fmt: skip
"""Contract, Workbook: what the hidden sheet holds at least."""


@pytest.mark.parametrize("name", EVERY)
def test_the_hidden_sheet_remembers_what_was_issued(name: str, tmp_path: Path) -> None:
    package = opened(name, tmp_path)
    states = {
        each.get("name"): each.get("state") for each in package.tree("xl/workbook.xml").iter(f"{MAIN}sheet")
    }
    assert {sheet for sheet, state in states.items() if state} == {"_tracker"}
    assert states["_tracker"] == "hidden"
    values = sheet_values(dict(package.sheets())["_tracker"], package.shared_strings())
    pieces: list[str] = []
    while text := values.get(f"A{len(pieces) + 1}"):
        pieces.append(str(text))
    assert max(map(len, pieces)) <= 32_000
    assert all(len(piece) == 32_000 for piece in pieces[:-1])
    record = json.loads("".join(pieces))
    assert set(record) >= REMEMBERED
    _remembers(record, workbook_of(name))
    baseline = baseline_from_text("".join(pieces))
    assert baseline
    assert baseline.case == workbook_of(name).plan.case


def _remembers(record: dict[str, object], workbook: Workbook) -> None:
    case, procedure = workbook.plan.case, workbook.plan.procedure
    waiting = {row.id: row.key for row in workbook.plan.all_rows() if workbook.plan.standby and row.key}
    standby = record.get("standby", {})
    assert isinstance(standby, dict)
    assert {row_id: row["Key"] for rows in standby.values() for row_id, row in rows.items()} == waiting
    ids = {row.id for row in workbook.plan.all_rows()} - waiting.keys()
    assert record["uuid"] == case_uuid(case.details.reference)
    assert record["as_at"] == workbook.as_at.isoformat()
    assert record["conflicts"] == []
    assert record["procedure"] == {
        "set": "dorset",
        "title": procedure.title,
        "edition": procedure.edition,
        "digest": procedure.sha256,
    }
    values, rows, due, formulas = (record[key] for key in ("values", "rows", "due", "formulas"))
    assert isinstance(values, dict)
    assert isinstance(rows, dict)
    assert isinstance(due, dict)
    assert isinstance(formulas, dict)
    assert set(rows) == ids == {row_id for each in values.values() for row_id in each}
    assert set(due) <= ids
    assert set(formulas) == {"SIN", "Rapid Review", "LCSPR", "Action Plan"}
    for stage in ("SIN", "Rapid Review", "LCSPR"):
        assert set(formulas[stage]) == {
            "Timescale",
            "Named owner",
            "Due",
            "RAG",
            "Days late",
            "Day zero",
            "Employer",
            "Order",
        }


def test_the_issue_hash_follows_the_case_and_the_day() -> None:
    def sha256_of(summary: str, day: date) -> str:
        case = replace(nasty_case(), details=replace(nasty_case().details, summary=summary))
        return made(case, day).baseline.sha256

    first = sha256_of("one", AS_AT)
    assert sha256_of("one", AS_AT) == first
    assert sha256_of("two", AS_AT) != first
    assert sha256_of("one", date(2026, 11, 23)) != first


def test_half_a_character_makes_no_issue() -> None:
    """It could be written into no report."""
    text = "".join(FastBook(workbook_bytes(workbook_of(SAMPLES[0]))).texts(layout.HIDDEN))
    assert baseline_from_text(text.replace('"title":"', '"title":"\\ud83d\\ude00')) is not None
    assert baseline_from_text(text.replace('"title":"', '"title":"\\ud83d')) is None
