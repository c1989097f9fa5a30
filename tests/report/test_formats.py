"""What a person typed stays text in every format of every report."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from lxml import etree  # type: ignore[import-untyped]  # ships no types
from workbook.making import PROCEDURE

from tracker.reconcile.model import LogEntry, MeetingEntry
from tracker.report.data_output import HEADINGS, YEARLY, csv_text
from tracker.report.reports import FORMATS, Wanted, make
from tracker.report.reports import report_files as files_of

from .fixed import BOARDS, LAST_MEETING, REPORTS, fixed
from .states import MONDAY, action, case, plan_action, read
from .test_render import HOSTILE, hostile_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.reconcile.model import CaseState

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def files(kind: str, form: str, *cases: CaseState) -> Mapping[str, bytes]:
    made = make(Wanted(kind), read(*cases) if cases else fixed(), PROCEDURE)
    found, problems = files_of(made, form)
    assert problems == []
    return found


def word_text(content: bytes) -> str:
    """The text of a Word document, breaks as line breaks; its parts are well-formed."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(package.read(name))
        root = etree.fromstring(package.read("word/document.xml"))
    breaks = {f"{WORD}br": "\n", f"{WORD}p": "\n", f"{WORD}tab": "\t"}
    return "".join(breaks.get(each.tag) or each.text or "" for each in root.iter(f"{WORD}t", *breaks))


def with_everything(text: str) -> CaseState:
    """The hostile case, with what the boards are shown besides."""
    from dataclasses import replace

    state = hostile_case(text)
    entry = LogEntry(MONDAY, "RR-5.4", "Date moved", text, None, MONDAY.replace(day=27), "", text, "Log!A5")
    plan = plan_action("AP-9", "On track", action=text, impact=text, owner="", lead_agency=text, progress=text,
                       improvement_plan_ref=text)  # fmt: skip
    meeting = MeetingEntry("LCSPR subgroup", LAST_MEETING, text, text, held=True, cell="Calendar!A5")
    return replace(state, log=(entry,), action_plan=(*state.action_plan, plan), meetings=(meeting,),
                   conflicts=({"cell": text, "id": text},))  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", REPORTS)
def test_a_word_document_holds_it_as_text(kind: str, text: str) -> None:
    said = word_text(files(kind, "docx", with_everything(text))[""])
    assert re.sub(r"\s+", " ", text) in re.sub(r"\s+", " ", said)
    assert " 49 " not in said


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", BOARDS)
def test_a_boards_page_has_no_more_tags_for_it(kind: str, text: str) -> None:
    calm, hostile = (files(kind, "html", with_everything(each))[""].decode() for each in ("calm", text))
    tags = re.compile(r"<(/?[a-z]+)")
    body = re.compile(r"<(style|script)>.*?</\1>", re.DOTALL)
    assert Counter(tags.findall(body.sub("", hostile))) == Counter(tags.findall(body.sub("", calm)))


@pytest.mark.parametrize("kind", REPORTS)
def test_json_holds_any_text(kind: str) -> None:
    for text in HOSTILE:
        record = json.loads(files(kind, "json", with_everything(text))[""])
        assert record["for"] == kind


@pytest.mark.slow
@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_very_long_note_and_two_thousand_rows(kind: str, form: str) -> None:
    note = "Long words, \u05d0\u05d1 and =1+1. " * 1100
    plan = tuple(
        plan_action(f"AP-{number:04}", "Overdue", target=MONDAY, employer="council", days_late=1)
        for number in range(2000)
    )
    state = case(
        action("RR-5.4", "Overdue", due=MONDAY, progress=note, reason=note, action=note), action_plan=plan
    )
    found = files(kind, form, state)
    whole = b"".join(found.values())
    if kind != "timeliness" and form != "docx":
        assert b"AP-1999" in whole
    if form == "docx":
        said = word_text(whole)
        assert kind == "timeliness" or ("AP-1999" in said and note.strip() in said)


# CSV


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("=1+1", "'=1+1"),
        ("+44 1305", "'+44 1305"),
        ("-5", "'-5"),
        ("@home", "'@home"),
        (" =1", "' =1"),
        ("\n=1", "'\n=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a=1", "a=1"),
        (-5, "-5"),
        (None, ""),
        (True, "yes"),
        (MONDAY, "2026-11-23"),
    ],
)
def test_a_formula_is_defused(value: object, said: str) -> None:
    assert csv_text(value) == said


@pytest.mark.parametrize(
    "typed",
    [
        "5.10",
        "0012345",
        " 007",
        "1,000",
        "50%",
        "1E5",
        "\u00a35.00",
        "1/2",
        "3-4",
        "4 Nov",
        "March 2026",
        "10:30",
        "9 Nov 2026",
    ],
)
def test_text_that_a_spreadsheet_would_convert_is_kept(typed: str) -> None:
    assert csv_text(typed) == f"\t{typed}"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-09",
        "2026-11",
        "RR-5.10",
        "AP-001",
        "12 reports",
        "3 weeks",
        "01305 251000",
        "May we meet?",
        "x",
    ],
)
def test_other_text_and_our_own_dates_stand_as_they_are(text: str) -> None:
    assert csv_text(text) == text


@pytest.mark.parametrize("kind", REPORTS)
def test_the_headings_are_the_same_in_every_report(kind: str) -> None:
    tables = files(kind, "csv")
    yearly = [f"{each}.csv" for each in YEARLY] if kind == "timeliness" else []
    assert list(tables) == ["cases.csv", "actions.csv", "plan.csv", *yearly]
    for name, content in tables.items():
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert rows[0] == list(HEADINGS.get(name.removesuffix(".csv"), rows[0]))
        assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_table_gives_back_what_was_typed(text: str) -> None:
    content = files("subgroup", "csv", with_everything(text))["actions.csv"]
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0]["action"].removeprefix("'").removeprefix("\t") == text
    assert not [
        value for row in rows for value in row.values() if value.lstrip().startswith(("=", "+", "@", "-"))
    ]


# Boards see no more than they should


@pytest.mark.parametrize("form", FORMATS)
def test_a_board_of_exceptions_sees_these_alone(form: str) -> None:
    quiet = action("RR-5.5", action="A quiet row", due=MONDAY.replace(day=30), progress="Nobody asked")
    loud = action(
        "RR-5.4", "Overdue", action="A loud row", due=MONDAY, progress="A child's note", cell="SIN!A6"
    )
    kind = next(board.id for board in BOARDS.values() if board.sees == "exceptions")
    found = files(kind, form, case(quiet, loud))
    text = "".join(word_text(each) if form == "docx" else each.decode("utf-8-sig") for each in found.values())
    assert "A loud row" in text
    assert [
        word for word in ("A quiet row", "Nobody asked", "A child's note", "infant") if word in text
    ] == []
