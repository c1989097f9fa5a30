from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import fastjsonschema
import pytest
from click.testing import CliRunner

from tracker.api import FilledForm, FormQuestion, case_form
from tracker.case.description import parse_case
from tracker.cli import cli
from tracker.procedure.load import load_procedure
from tracker.schemas import schemas

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.case.answers import Answers

PROCEDURE = load_procedure("dorset")[0]
assert PROCEDURE is not None
TODAY = date(2026, 11, 19)
HINT = " [day first, as in 2/11/26 or 2 Nov 2026]"
REFERENCE = "Case reference (letters, digits, hyphens; never a name)"
AWARE = f"Day the local authority became aware: SIN day zero{HINT}"
INCIDENT = f"Day of the incident (blank if it is not known){HINT}"
FURTHER = "Name of a further agency (blank to go on)"
LEAST: Answers = [(REFERENCE, "DOR-2026-014"), (AWARE, "2/11/26")]


def form(*answers: tuple[str, str | bool]) -> FilledForm:
    assert PROCEDURE is not None
    return case_form(PROCEDURE, list(answers), TODAY)


def asked(filled: FilledForm, question: str) -> FormQuestion:
    return next(each for each in filled.questions if each.question == question)


def test_an_empty_form_has_every_topic_and_says_what_is_needed() -> None:
    filled = form()
    topics = list(dict.fromkeys(each.topic for each in filled.questions))
    assert topics == ["The case", "The children", "The SIN", "Agencies", "The Rapid Review", "People"]
    assert [each.question for each in filled.questions if each.problems] == [REFERENCE, AWARE]
    assert (filled.description, filled.dates, filled.remarks) == ("", (), ())


def test_the_least_answers_are_a_case_with_its_dates() -> None:
    filled = form(*LEAST)
    assert PROCEDURE is not None
    case, problems = parse_case(filled.description, PROCEDURE)
    assert case is not None, problems
    assert (filled.reference, case.details.aware) == ("DOR-2026-014", date(2026, 11, 2))
    assert [line.partition(" (")[2] for line in filled.dates][:2] == ["Day 5)", "Day 15, provisional)"]
    assert asked(filled, AWARE).notes == ["2/11/26: Monday 2 November 2026"]


def test_the_dates_are_there_before_the_reference() -> None:
    assert form((AWARE, "2 Nov 2026")).dates == form(*LEAST).dates
    assert form((AWARE, "2 Nov 2026")).description == ""


@pytest.mark.parametrize(
    ("question", "answer", "problem"),
    [
        (REFERENCE, "J. Smith", "Write the reference as in DOR-2026-014"),
        (AWARE, "soon", '"soon" is not a date'),
        (AWARE, "1/11/26", "is before the day of the incident"),
        ("How many children?", "many", "Type a number from 1 to 20"),
    ],
)
def test_an_answer_that_is_not_fit_keeps_its_words_and_the_other_questions_stay(
    question: str, answer: str, problem: str
) -> None:
    filled = form((INCIDENT, "2/11/26"), *(each for each in LEAST if each[0] != question), (question, answer))
    wrong = asked(filled, question)
    assert (wrong.answer, len(wrong.problems), filled.description) == (answer, 1, "")
    assert problem in wrong.problems[0]
    assert len(filled.questions) >= len(form().questions)


def test_questions_follow_from_answers() -> None:
    filled = form(*LEAST, ("How many children?", "2"), (FURTHER, "Probation"), (FURTHER, "probation"))
    assert [each.question for each in filled.questions if each.question.startswith("Did ")] == [
        "Did Child 1 die?",
        "Did Child 2 die?",
    ]
    first, second = (each for each in filled.questions if each.question == FURTHER)
    assert (first.problems, second.problems) == ([], ['"probation" is listed already.'])


def test_what_is_odd_is_said_beside_the_form() -> None:
    (line,) = form(*LEAST, ("Is abuse or neglect known or suspected?", "no")).remarks
    assert line.startswith("case.abuse_or_neglect: ")


@pytest.mark.parametrize("odd", [1, None, [], "maybe"])
def test_an_answer_of_another_kind_is_none(odd: object) -> None:
    filled = form(*LEAST, ("Did the child die?", odd))  # type: ignore[arg-type]  # as a file may hold it
    assert asked(filled, "Did the child die?").answer is False


def test_a_date_that_is_not_known_is_after_the_one_it_must_follow() -> None:
    assert [each.question for each in form((INCIDENT, "1/1/2090")).questions if each.problems] == [
        REFERENCE,
        AWARE,
    ]


def test_the_command_prints_the_form_as_json(tmp_path: Path) -> None:
    answers, out = tmp_path / "answers.json", tmp_path / "form.json"
    answers.write_text(json.dumps({"schema": "tracker/answers/1", "answers": LEAST}), "utf-8")
    result = CliRunner().invoke(cli, ["new", "--form", str(answers), "-o", str(out)])
    written = json.loads(out.read_text("utf-8"))
    fastjsonschema.compile(schemas()["form.json"])(written)
    assert (result.exit_code, written["schema"], written["reference"]) == (
        0,
        "tracker/form/1",
        "DOR-2026-014",
    )
    answers.write_text('{"schema": "tracker/answers/1", "answers": []}', "utf-8")
    assert CliRunner().invoke(cli, ["new", "--form", str(answers)]).exit_code == 1
    answers.write_text("[]", "utf-8")
    assert "T447" in CliRunner().invoke(cli, ["new", "--form", str(answers)]).stderr
