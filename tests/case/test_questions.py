from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case.sets import CHAIR, PROCEDURE
from tracker.case.fields import propose_code
from tracker.case.load import parse_case
from tracker.case.model import Agency, Case, Child, Details, Options, Person
from tracker.case.questions import ask_case
from tracker.case.write import case_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Script:
    """Answers by the beginning of the question; a question without an answer takes its default."""

    def __init__(self, answers: Mapping[str, Sequence[str]]) -> None:
        self.answers = {start: list(given) for start, given in answers.items()}
        self.asked: list[str] = []
        self.said: list[str] = []

    def _next(self, question: str, default: str) -> str:
        self.asked.append(question)
        for start, left in self.answers.items():
            if question.startswith(start) and left:
                return left.pop(0)
        return default

    def text(self, question: str, *, default: str = "") -> str:
        return self._next(question, default)

    def date(self, question: str) -> str:
        return self._next(question, "")

    def choice(self, question: str, choices: Sequence[str], *, default: str) -> str:
        answer = self._next(question, default)
        assert answer in choices
        return answer

    def yes_no(self, question: str, *, default: bool) -> bool:
        return self._next(question, "yes" if default else "no") == "yes"

    def say(self, message: str) -> None:
        self.said.append(message)


AWARE = "Day the local authority"
REFERENCE = "Case reference"
LEAST = {REFERENCE: ["DOR-2026-014"], AWARE: ["2/11/2026"]}


def talk(answers: Mapping[str, Sequence[str]]) -> tuple[Case, Script]:
    script = Script({**LEAST, **answers})
    case = ask_case(PROCEDURE, script)
    assert not any(left for left in script.answers.values()), "an answer was never asked for"
    found, problems = parse_case(case_toml(case, PROCEDURE), PROCEDURE)
    assert found == case, problems
    return case, script


def test_the_shortest_way_to_a_case() -> None:
    case, script = talk({})
    assert case == Case(
        Details(reference="DOR-2026-014", aware=date(2026, 11, 2)),
        children=(Child("Child 1"),),
        agencies=(
            Agency("Dorset Police", "POL", "partner agency", statutory=True),
            Agency("NHS Dorset", "ICB", "partner agency", statutory=True),
        ),
        options=Options(rapid_review_chair="Chair of the LCSPR subgroup"),
    )
    assert script.said == []


def test_a_full_conversation() -> None:
    case, script = talk(
        {
            "What happened": ["Serious harm to an infant"],
            "Day of the incident": ["30 Oct 2026"],
            "Did a child die": ["yes"],
            "Was the child looked after": ["care leaver"],
            "Is abuse or neglect": ["known"],
            "How many children": ["2"],
            "Day the SIN": ["2026-11-09"],
            "Is NHS Dorset": ["no"],
            "Is Adult Social Care": ["yes"],
            "Name of a further agency": ["CAFCASS", "Dorset and Wiltshire Fire", ""],
            "Its code": ["CAF", "DWF"],
            "Whose is it": ["external"],
            "Other safeguarding": ["Somerset, Hampshire, somerset"],
            "Are both officers": ["yes"],
            "Who chairs": ["head of qa"],
            "Head of QA and Partnerships (": ["A. Example"],
            "Email of A. Example": ["a.example@example.org"],
            "PDSCP Business Manager (": ["R. Example"],
        }
    )
    assert case.details == Details(
        "DOR-2026-014",
        "Serious harm to an infant",
        date(2026, 10, 30),
        date(2026, 11, 2),
        died=True,
        looked_after="care leaver",
        abuse_or_neglect="known",
    )
    assert case.children == (Child("Child 1"), Child("Child 2"))
    assert case.dates.sin_submitted == date(2026, 11, 9)
    assert case.agencies == (
        Agency("Dorset Police", "POL", "partner agency", statutory=True),
        Agency("Adult Social Care", "ASC", "council"),
        Agency("CAFCASS", "CAF", "external"),
        Agency("Dorset and Wiltshire Fire", "DWF"),
    )
    assert case.options == Options(("Somerset", "Hampshire"), True, "Head of QA and Partnerships")
    assert case.people == {
        "Head of QA and Partnerships": Person("A. Example", "a.example@example.org"),
        "PDSCP Business Manager": Person("R. Example"),
    }
    assert not [question for question in script.asked if question.startswith("National Panel")]


@pytest.mark.parametrize(
    ("question", "refused", "accepted", "why"),
    [
        (REFERENCE, "Jane Example", "DOR-1", "never use a name"),
        (REFERENCE, "", "DOR-1", "This is needed"),
        (AWARE, "", "2/11/2026", "This date is needed"),
        (AWARE, "soon", "2/11/2026", '"soon" is not a date'),
        (AWARE, "2/11/26", "2/11/2026", "four digits"),
        (AWARE, "2 Nov 1926", "2 Nov 2026", "The year must be from 2000"),
        ("Day the SIN", "1/11/2026", "9/11/2026", "before the day of aware"),
        ("How many", "none", "3", "Type a number from 1 to 20"),
        ("How many", "0", "3", "Type a number"),
        ("Who chairs", "Head of QQ", "Head of QA", 'did you mean "Head of QA'),
        ("What happened", "a\x01b", "ab", "control characters"),
    ],
)
def test_a_bad_answer_is_refused_and_asked_again(
    question: str, refused: str, accepted: str, why: str
) -> None:
    _, script = talk({question: [refused, accepted]})
    assert len(script.said) == 1
    assert why in script.said[0]


def test_awareness_before_the_incident_is_refused_at_once() -> None:
    case, script = talk({"Day of the incident": ["3/11/2026"], AWARE: ["2/11/2026", "4/11/2026"]})
    assert case.details.aware == date(2026, 11, 4)
    assert script.said == ["Mon 2 Nov 2026 is before the day of the incident, Tue 3 Nov 2026."]


def test_every_date_question_says_that_the_day_comes_first() -> None:
    _, script = talk({})
    days = [question for question in script.asked if question.startswith("Day ")]
    assert len(days) == 3
    assert all("day first" in question for question in days)


def test_an_agency_is_listed_once_and_its_code_too() -> None:
    further = {"Name of a further": ["dorset police", "Fire", ""], "Its code": ["POL", "fire", "FIRE"]}
    case, script = talk(further)
    assert [agency.code for agency in case.agencies] == ["POL", "ICB", "FIRE"]
    assert len(script.said) == 3


def test_a_bad_email_is_asked_again() -> None:
    answers = {"QA Service Manager (": ["Q. Example"], "Email of Q.": ["q.example", "q@example.org"]}
    case, script = talk(answers)
    assert case.people == {"QA Service Manager": Person("Q. Example", "q@example.org")}
    assert len(script.said) == 1


def test_people_can_be_left_for_later() -> None:
    case, script = talk({"Name the people": ["no"]})
    assert case.people == {}
    assert not any("blank to skip)" in question and "Manager" in question for question in script.asked)


def test_what_is_odd_is_said_at_the_end() -> None:
    _, script = talk({"Is abuse or neglect": ["no"]})
    assert len(script.said) == 1
    assert script.said[0].startswith("case.abuse_or_neglect: ")


def test_the_chair_is_the_procedures_own_unless_another_is_named() -> None:
    assert talk({})[0].options.rapid_review_chair == CHAIR
    assert talk({"Who chairs": [" "]})[0].options.rapid_review_chair == CHAIR


@pytest.mark.parametrize(
    ("name", "taken", "code"),
    [
        ("Dorset and Wiltshire Fire", set(), "DWF"),
        ("CAFCASS", set(), "CAFC"),
        ("Barnardo's", set(), "BARN"),
        ("Dorset Police", {"DP", "DP2"}, "DP3"),
        ("Société Ärzte", set(), "SA"),
        ("\u4e2d\u6587", {"AG"}, "AG2"),
        ("A B C D E F G H", {"ABCDEF"}, "ABCDE2"),
    ],
)
def test_a_code_is_proposed_from_the_name(name: str, taken: set[str], code: str) -> None:
    assert propose_code(name, taken) == code


@given(st.text(), st.sets(st.from_regex(r"[A-Z]{2}", fullmatch=True), max_size=50))
def test_a_proposed_code_is_always_right_and_new(name: str, taken: set[str]) -> None:
    code = propose_code(name, taken)
    assert code not in taken
    assert 2 <= len(code) <= 6
    assert code.isascii()
    assert code == code.upper()
    assert code.isalnum()
