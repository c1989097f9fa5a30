"""What a case description gives when it is read, and files that cannot be read."""

from __future__ import annotations

import errno
import os
from datetime import date
from typing import TYPE_CHECKING, NoReturn

from case.sets import CHAIR, PLAIN, PROCEDURE
from tracker.case.description import load_case, parse_case
from tracker.case.model import Agency, Case, Child, Details, Meeting, Options, Person
from tracker.paths import LARGEST_TOML

from .test_load import AWARE, flat

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_plain_case_is_read() -> None:
    assert parse_case(PLAIN, PROCEDURE) == (
        Case(
            Details(reference="DOR-2026-014", aware=date(2026, 11, 2)),
            children=(Child("Child 1"),),
            agencies=(Agency("Dorset Police", "POL"),),
            options=Options(rapid_review_chair="Chair of the LCSPR subgroup"),
        ),
        [],
    )


def test_what_people_write_is_brought_to_one_spelling() -> None:
    text = PLAIN.replace(AWARE, AWARE + 'summary = """Harm\n  to an\u00a0infant"""\n') + (
        "[people]\n'head of qa' = ' A.  Example '\n"
        "[options]\nother_partnerships = ['Somerset', '', 'somerset']\nrapid_review_chair = 'BM'\n"
        "[[meetings]]\nkind = 'rapid review'\ndate = 2026-11-24\n"
        "[[meetings]]\nkind = 'subgroup'\ndate = 2026-12-01\n"
        "[calendar]\noffice_closures = [2026-12-29, 2026-12-29]"
    )
    case, problems = parse_case(text, PROCEDURE)
    assert case
    assert {each.severity for each in problems} == {"note"}
    assert case.details.summary == "Harm to an infant"
    assert case.people == {"Head of QA and Partnerships": Person("A. Example")}
    assert case.options.other_partnerships == ("Somerset",)
    assert case.options.rapid_review_chair == "PDSCP Business Manager"
    assert [each.kind for each in case.meetings] == ["Rapid Review", "LCSPR subgroup"]
    assert case.office_closures == (date(2026, 12, 29),)


CONTRACT = """
procedure = ""
marking   = "OFFICIAL-SENSITIVE"
[case]
reference = "DOR-2026-014"
summary   = "Serious harm to an infant"
incident  = 2026-10-30
aware     = 2026-11-02
died      = false
looked_after = "no"
abuse_or_neglect = "suspected"
[[children]]
label = "Child 1"
[[agencies]]
name = "Dorset Police"
code = "POL"
employer = "partner agency"
statutory = true
contact = ""
[people]
"Head of QA and Partnerships" = "A. Example"
"PDSCP Business Manager" = { name = "R. Example", email = "r@example.org", deputy = "S. Example" }
[dates]
sin_submitted = 2026-11-09
national_panel_meeting = 2026-12-10
lcspr_recommended = 2026-12-17
lcspr_decided = 2026-12-18
publication = 2027-06-10
published = 2027-06-10
[decisions]
criteria_met = "yes"
rapid_review_recommends = "undecided"
panel_response = "awaited"
lcspr = "undecided"
publication_form = "full report"
case_closed = 2027-09-30
[hold]
from = 2027-03-01
review_on = 2027-06-01
reason = ""
agreed_by = ""
[options]
other_partnerships = ["Somerset"]
submitters_absent = false
rapid_review_chair = "Chair of the LCSPR subgroup"
[[meetings]]
kind = "Rapid Review"
date = 2026-11-23
time = ""
place = ""
[calendar]
extra_bank_holidays = []
office_closures = [2026-12-29, 2026-12-30, 2026-12-31]
"""


def test_the_contracts_example_is_read() -> None:
    case, problems = parse_case(CONTRACT, PROCEDURE)
    assert case
    assert flat(problems) == [("T426", "dates.lcspr_decided"), ("T428", "holds[1].reason")]
    assert case.meetings == (Meeting("Rapid Review", date(2026, 11, 23)),)
    assert case.people["PDSCP Business Manager"] == Person("R. Example", "r@example.org", "S. Example")
    assert case.options.rapid_review_chair == CHAIR


def test_a_byte_order_mark_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode())
    assert load_case(path, PROCEDURE) == parse_case("\ufeff" + PLAIN, PROCEDURE)
    assert load_case(path, PROCEDURE)[0]


def _codes(path: Path) -> list[str]:
    case, problems = load_case(path, PROCEDURE)
    assert case is None
    assert all(each.file == str(path) for each in problems)
    return [each.code for each in problems]


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "case.toml"
    assert _codes(path) == ["T401"]
    assert _codes(tmp_path) == ["T402"]
    path.write_text("#" * (LARGEST_TOML + 1))
    assert _codes(path) == ["T404"]
    path.write_bytes(PLAIN.encode("utf-16"))
    assert _codes(path) == ["T405"]
    path.write_bytes(b"PK\x03\x04 a workbook")
    assert _codes(path) == ["T440"]
    path.write_bytes(b'[case]\nsummary = "caf\xe9"\n')
    assert [each.place for each in load_case(path, PROCEDURE)[1]] == ["line 2"]

    def refuse(*_: object, **__: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert _codes(path) == ["T403"]
