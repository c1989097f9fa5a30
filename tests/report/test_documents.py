"""The letters and forms in Word: what stands in them, what is left blank, and what a case's text cannot do."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from click.testing import CliRunner, Result
from docx.oxml.ns import qn
from office.document_samples import TARGET, sample_documents
from office.validator import format_faults
from reconcile.editing import FRESH, Edited
from workbook.making import PROCEDURE, SAMPLES, sample

from tracker import generate, make_documents, read_workbook
from tracker.case.model import Agency, Case, Decisions, Meeting, Person
from tracker.cli import cli
from tracker.reconcile.state import case_state
from tracker.report.documents import KnownCase, make_case_documents
from tracker.rules import PLAN
from tracker.workbook.case_of import case_of

from .test_formats import word_text
from .test_render import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker import Documents

ROOT = Path(__file__).parents[2]
EDITED = ROOT / "sample_cases" / "late-sin-over-christmas-edited.xlsx"
DAY = date(2026, 1, 12)
ASKED = {
    "RR-5.7": "briefing-report-request",
    "RR-5.14": "rapid-review-agenda",
    "RR-6.3": "rapid-review-recommendation",
    "LCSPR-7.7": "terms-of-reference",
    "LCSPR-7.9": "report-and-chronology-request",
    "LCSPR-8.7": "seven-minute-briefing",
}


@cache
def made(source: Path | bytes, day: date = DAY, step: str = "") -> Documents:
    return made_by(None, source, day, step)


def made_by(templates: Path | None, source: Path | bytes, day: date = DAY, step: str = "") -> Documents:
    """The documents by the templates of a folder."""
    found, _ = make_documents(source, day, step=step, templates=templates)
    assert found
    return found


def text_of(source: Path | bytes, step: str, day: date = DAY, agency: str = "") -> str:
    """The text of the document of a step, blanks in their brackets."""
    found = made(source, day, step)
    return word_text(found.files[f"{'-'.join(filter(None, (step, ASKED[step], agency)))}.docx"])


def workbook(case: Case, day: date = DAY) -> bytes:
    content, problems = generate(case, day)
    assert content, problems
    return content


def parts(content: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


# Which there are


def test_each_agency_gets_its_own_letter_and_each_file_says_whose_it_is() -> None:
    agencies = ["POL", "ICB", "DCH", "ASC", "ASP", "SCS"]
    letters = [f"{step}-{ASKED[step]}-{code}.docx" for step in ("RR-5.7", "LCSPR-7.9") for code in agencies]
    forms = [f"{step}-{ASKED[step]}.docx" for step in ASKED if step not in {"RR-5.7", "LCSPR-7.9"}]
    assert sorted(made(EDITED).files) == sorted([*letters, *forms])


def test_the_procedure_says_which_step_asks_for_which_document() -> None:
    assert {step.id: step.document for _, step in PROCEDURE.steps() if step.document} == ASKED


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_gets_its_documents(name: str) -> None:
    found = made(workbook(sample(name), date(2026, 11, 19)), date(2026, 11, 19))
    assert found.problems == ()
    for each in found.documents:
        text = word_text(each.content)
        assert not re.search(r"\{[{%]|[%}]\}|None|[\ufdd0\ufdd1]", text), each.name
        assert [f"[{blank}]" in text for blank in each.blanks] == [True] * len(each.blanks)


def test_a_step_that_is_not_applicable_is_left_out_unless_it_is_named() -> None:
    none = workbook(replace(FRESH, decisions=Decisions(lcspr="no", lcspr_reason="Learning known")))
    assert {each.step for each in made(none).documents if each.step.startswith("LCSPR")} == {"LCSPR-8.7"}
    assert list(made(none, step="lcspr-7.7").files) == ["LCSPR-7.7-terms-of-reference.docx"]


def test_an_agency_that_needs_no_letter_gets_none(tmp_path: Path) -> None:
    path = Edited({"RR-5.7b-POL:Status": "Not applicable"}).saved(tmp_path)
    assert {each.agency for each in made(path, step="RR-5.7").documents} == {"ICB"}


def test_another_set_without_documents_gets_none(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        cli, ["generate", "--blank", "--procedure", "riverside", "-o", str(tmp_path / "a.xlsx")]
    )
    assert result.exit_code == 0
    assert made(tmp_path / "a.xlsx").files == {}


# What stands in them


def test_a_briefing_report_is_asked_for_by_the_date_of_day_8() -> None:
    text = text_of(EDITED, "RR-5.7", date(2026, 1, 6), "ICB")
    assert "We need it by Wednesday 14 January 2026." in text
    assert "Return it to R. Example at r.example@example.org by Wednesday 14 January 2026." in text
    assert "told of a serious incident on Friday 2 January 2026" in text
    assert "meeting is on Monday 19 January 2026, 09:30, Online" in text
    assert "[contact at NHS Dorset ICB], NHS Dorset ICB" in text


def test_an_agreed_date_is_asked_for_and_a_day_that_has_passed_never(tmp_path: Path) -> None:
    cells = {"SIN-3.4:Completed": date(2026, 11, 9), "RR-5.7b-POL:Agreed date": date(2026, 11, 24)}
    path = Edited(cells).saved(tmp_path)
    assert "need it by Tuesday 24 November 2026." in text_of(path, "RR-5.7", date(2026, 11, 11), "POL")
    assert "need it by Thursday 19 November 2026." in text_of(path, "RR-5.7", date(2026, 11, 11), "ICB")
    late = text_of(path, "RR-5.7", date(2026, 11, 20), "ICB")
    assert "need it by [date to reply by: Thursday 19 November 2026 has passed]." in late


def test_an_agency_typed_since_is_asked_by_the_date_of_the_others(tmp_path: Path) -> None:
    cells = {"SIN-3.4:Completed": date(2026, 11, 9), "People_agencies#3:Agency": "Cafcass"}
    path = Edited(cells | {"People_agencies#3:Code": "CAF"}).saved(tmp_path)
    text = text_of(path, "RR-5.7", date(2026, 11, 11), "CAF")
    assert ["[contact at Cafcass], Cafcass" in text, "Thursday 19 November 2026" in text] == [True, True]


def test_the_agenda_lists_who_has_sent_a_report_and_who_is_invited() -> None:
    text = text_of(EDITED, "RR-5.14", date(2026, 1, 15))
    said = ("Dorset Police", "Received Tuesday 13 January 2026", "Somerset Children's Services",
            "Not received yet; due Wednesday 14 January 2026", "Children's Services")  # fmt: skip
    assert [each in text for each in said] == [True] * len(said)
    assert "Head of QA and Partnerships\nA. Example" in text
    assert "The recommendation goes to the National Panel\nFriday 23 January 2026" in text


@pytest.mark.parametrize(
    ("decisions", "said"),
    [
        (Decisions(), "[whether an LCSPR is recommended, in the words the three partners agreed]"),
        (
            Decisions(rapid_review_recommends="LCSPR"),
            "We recommend a Local Child Safeguarding Practice Review",
        ),
        (Decisions(rapid_review_recommends="no LCSPR"), "We do not recommend a Local Child Safeguarding"),
        (Decisions(), "[whether they are met, and why]"),
        (Decisions(criteria_decided=date(2026, 11, 20)), "Found to be met on Friday 20 November 2026."),
        (
            Decisions(
                criteria_met="no",
                criteria_decided=date(2026, 11, 20),
                criteria_reason="The harm was not serious",
            ),
            "Found not to be met on Friday 20 November 2026: The harm was not serious",
        ),
    ],
)
def test_the_recommendation_says_what_was_decided_and_nothing_else(decisions: Decisions, said: str) -> None:
    assert said in text_of(workbook(replace(FRESH, decisions=decisions)), "RR-6.3")


def test_the_recommendation_holds_the_action_plan_and_the_proceedings(tmp_path: Path) -> None:
    cells = {
        f"{PLAN}#1:Action": "Tell every school",
        f"{PLAN}#1:Target date": date(2026, 12, 1),
        f"{PLAN}#1:Lead agency": "Dorset Police",
        "Case_proceedings#1:Kind": "Inquest",
        "Case_proceedings#1:Next date": date(2027, 2, 1),
    }
    text = text_of(Edited(cells).saved(tmp_path), "RR-6.3", date(2026, 11, 20))
    assert "Tell every school\nDorset Police\nTue 1 Dec 2026\n" in text
    assert "Inquest\n[contact]\nMon 1 Feb 2027\n[effect on this review]" in text


def test_the_terms_of_reference_hold_scope_timeline_and_the_day_to_finish() -> None:
    text = word_text(sample_documents()["LCSPR-7.7-terms-of-reference.docx"])
    assert "Final Review Panel, at the latest\nWednesday 29 July 2026" in text
    assert "finished and published by Wednesday 2 September 2026" in text
    assert "Questions\t[the questions the review answers]" in text


def test_nothing_is_made_up_for_a_case_that_holds_nothing() -> None:
    blank, problems = generate(None, DAY)
    assert blank, problems
    text = text_of(blank, "RR-5.7", DAY, "POL")
    assert "Case [case reference]" in text
    assert "[date to reply by]" in text
    assert re.findall(r"\b\d{1,2} \w+ 20\d\d", text) == ["12 January 2026"]


def test_a_blank_is_in_brackets_and_yellow_and_looks_like_the_words_around_it() -> None:
    document = docx.Document(io.BytesIO(made(EDITED, step="LCSPR-7.9").documents[0].content))
    runs = [run for each in document.paragraphs for run in each.runs if run.text == "[date to reply by]"]
    assert {str(run.font.highlight_color) for run in runs} == {"YELLOW (7)"}
    assert [run.bold for run in runs] == [True, True, None]


def test_every_page_carries_the_marking() -> None:
    for each in made(EDITED).documents:
        section = docx.Document(io.BytesIO(each.content)).sections[0]
        lines = [section.header.paragraphs[0].text, section.footer.paragraphs[0].text]
        assert [line.startswith("OFFICIAL-SENSITIVE") for line in lines] == [True, True]


def test_the_same_case_gives_the_same_bytes() -> None:
    again, _ = make_documents(EDITED.read_bytes(), DAY, step="RR-6.3")
    assert again
    assert made(EDITED, step="RR-6.3").files == again.files


# What a case's text cannot do


@cache
def hostile(text: str) -> bytes:
    """A workbook with the text wherever a description can hold one."""
    person = Person(text, text, text)
    return workbook(
        replace(
            FRESH,
            details=replace(FRESH.details, summary=text),
            marking=text,
            agencies=(Agency(text, "POL", contact=text, email=text),),
            people={role.name: person for role in PROCEDURE.roles if not role.option},
            decisions=Decisions(criteria_met="no", criteria_reason=text, criteria_decided=date(2026, 11, 20)),
            meetings=tuple(Meeting(kind, date(2027, 1, 4), text, text) for kind in PROCEDURE.meeting_kinds),
        )
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_typed_is_only_ever_text(text: str) -> None:
    calm, found = made(hostile("calm")), made(hostile(text))
    assert found.problems == ()
    said = re.sub(r"\s+", " ", text)
    for quiet, each in zip(calm.documents, found.documents, strict=True):
        assert said in re.sub(r"\s+", " ", word_text(each.content)), each.name
        assert instructions(each.content) == instructions(quiet.content) == ["NUMPAGES", "PAGE"]
        assert links(each.content) == links(quiet.content)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["calm", HOSTILE[10]])
def test_a_document_keeps_the_formats_rules(tmp_path: Path, text: str) -> None:
    for each in made(hostile(text)).documents:
        path = tmp_path / each.name
        path.write_bytes(each.content)
        assert format_faults(path) == []


def test_no_code_leads_a_file_out_of_its_folder() -> None:
    reading, procedure, _ = read_workbook(EDITED)
    assert reading
    assert procedure
    case, _ = case_of(reading, procedure)
    odd = replace(case, agencies=(Agency("Odd", "../../X"), Agency("Dorset Police", "POL")))
    known = KnownCase(reading, odd, case_state(reading, procedure, DAY), DAY)
    found, problems = make_case_documents(known, procedure, "RR-5.7")
    assert ([each.name for each in found], problems) == (["RR-5.7-briefing-report-request-POL.docx"], [])


def instructions(content: bytes) -> list[str]:
    """The fields of a document: what Word would work out."""
    found = [
        re.findall(rb"<w:(?:instrText[^>]*>([^<]*)|fldSimple)", part) for part in parts(content).values()
    ]
    return sorted({each.decode() for part in found for each in part})


def links(content: bytes) -> list[bytes]:
    return [part for name, part in sorted(parts(content).items()) if name.endswith(".rels")]


def test_the_marks_of_a_blank_cannot_be_typed() -> None:
    found = made(hostile("a\ufdd0b\ufdd1c"), step="RR-5.14")
    assert "abc" in word_text(found.documents[0].content)
    assert not [blank for blank in found.documents[0].blanks if blank == "b"]


# Everybody can read them


@pytest.mark.parametrize("name", sorted(path.name for path in TARGET.glob("*.docx")))
def test_a_document_has_what_a_screen_reader_needs(name: str) -> None:
    document = docx.Document(str(TARGET / name))
    about = document.core_properties
    assert [bool(about.title), about.language, about.author] == [True, "en-GB", "tracker"]
    assert {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    levels = [each.style.name for each in document.paragraphs if each.style and each.style.name]
    assert sum(level.startswith("Heading 1") for level in levels) >= 3
    for table in document.tables:
        (caption,) = table._tbl.tblPr.iter(qn("w:tblCaption"))
        header, *others = [bool(list(row._tr.iter(qn("w:tblHeader")))) for row in table.rows]
        assert (len(caption.get(qn("w:val"))) > 10, header, any(others)) == (True, True, False)
        assert not [*table._tbl.iter(qn("w:gridSpan")), *table._tbl.iter(qn("w:vMerge"))]


# The command


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(
        cli, ["documents", *map(str, words), "--as-at", "2026-01-12"], catch_exceptions=False
    )


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook in a folder of its own."""
    path = tmp_path / "case.xlsx"
    path.write_bytes(EDITED.read_bytes())
    return path


def test_the_documents_go_beside_the_workbook_and_say_what_is_left(book: Path) -> None:
    result = run(book, "--step", "RR-5.14")
    folder = book.with_name("case-documents")
    assert (result.exit_code, [path.name for path in folder.iterdir()]) == (
        0,
        ["RR-5.14-rapid-review-agenda.docx"],
    )
    assert f"Written: 1 document into {folder}" in result.stderr
    assert "RR-5.14-rapid-review-agenda.docx: 9 blanks to fill in" in result.stderr


def test_a_document_somebody_may_have_filled_in_is_never_replaced(book: Path, tmp_path: Path) -> None:
    run(book, "-o", tmp_path / "out")
    mine = tmp_path / "out" / "RR-5.14-rapid-review-agenda.docx"
    mine.write_bytes(b"filled in")
    (tmp_path / "out" / "RR-5.7-briefing-report-request-POL.docx").unlink()
    result = run(book, "-o", tmp_path / "out")
    assert (result.exit_code, mine.read_bytes(), "T563" in result.stderr) == (0, b"filled in", True)
    assert "Written: 1 document into" in result.stderr


def test_a_step_without_a_document_is_told_with_those_that_have_one(book: Path) -> None:
    result = run(book, "--step", "RR-5.8")
    assert (result.exit_code, "T562" in result.stderr, "RR-5.7, RR-5.14" in result.stderr) == (1, True, True)
    assert not book.with_name("case-documents").exists()


def test_one_document_goes_to_standard_output_and_several_do_not(book: Path) -> None:
    result = run(book, "--step", "RR-5.14", "-o", "-")
    assert (result.exit_code, result.stdout_bytes[:2]) == (0, b"PK")
    assert run(book, "-o", "-").exit_code == 2
    assert run("-", "--step", "RR-5.14").exit_code == 2


def test_a_folder_of_templates_must_be_one_and_a_workbook_must_be_there(book: Path, tmp_path: Path) -> None:
    assert run(book, "--templates", tmp_path / "none").exit_code == 2
    result = run(tmp_path / "none.xlsx")
    assert (result.exit_code, "T101" in result.stderr) == (1, True)
