from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case.sets import CHAIR, PROCEDURE
from tracker.case.answers import GoBack, ask_for_case
from tracker.case.description import case_toml, parse_case
from tracker.case.format import propose_code
from tracker.case.model import Agency, Case, Child, Details, Options, Person
from tracker.case.questions import ask_case
from tracker.procedure.load import load_procedure
from tracker.text import parse_answer, parse_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.case.answers import Answers


class Script:
    """Answers by the beginning of the question; a question without an answer takes its default."""

    def __init__(self, answers: Mapping[str, Sequence[str]]) -> None:
        self.answers = {start: list(given) for start, given in answers.items()}
        self.asked: list[str] = []
        self.said: list[str] = []
        self.explained: list[str] = []
        self.dates: list[str] = []
        self.topics: list[str] = []

    def _next(self, question: str, default: str) -> str:
        self.asked.append(question)
        for start, left in self.answers.items():
            if question.startswith(start) and left:
                if (answer := left.pop(0)) == "<":
                    raise GoBack
                return answer
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

    def topic(self, title: str) -> None:
        if title:
            self.topics.append(title)

    def say(self, message: str) -> None:
        in_words = re.search(r": [A-Z][a-z]+day [0-9]", message)
        (self.dates if in_words else self.said if self.asked else self.explained).append(message)


AWARE = "Day the local authority"
REFERENCE = "Case reference"
LEAST = {REFERENCE: ["DOR-2026-014"], AWARE: ["2/11/2026"]}


def talk(
    answers: Mapping[str, Sequence[str]],
    earlier: Answers | None = None,
    keep: Callable[[Answers], object] = lambda _: None,
) -> tuple[Case, Script]:
    script = Script({**({} if earlier else LEAST), **answers})
    case = ask_for_case(PROCEDURE, script, answers=earlier, keep=keep)
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
            "Did Child 1 die": ["yes"],
            "Was Child 1 looked after": ["care leaver"],
            "Is abuse or neglect": ["known"],
            "How many children": ["2"],
            "Day the SIN": ["2026-11-09"],
            "Is NHS Dorset": ["no"],
            "NHS Dorset is a statutory partner": ["yes"],
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
    assert case.children == (
        Child("Child 1", died=True, looked_after="care leaver"),
        Child("Child 2", died=False, looked_after="no"),
    )
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
        (AWARE, "2/13/26", "2/11/26", '"2/13/26" is not a date'),
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


@pytest.mark.parametrize(
    ("typed", "shown", "day"),
    [
        ("2/3/27", "2/3/27: Tuesday 2 March 2027", date(2027, 3, 2)),
        ("2.3.27", "2.3.27: Tuesday 2 March 2027", date(2027, 3, 2)),
        ("2 Mar 27", "2 Mar 27: Tuesday 2 March 2027", date(2027, 3, 2)),
        ("2026-11-02", "2026-11-02: Monday 2 November 2026", date(2026, 11, 2)),
        ("Mon 2 Nov 2026", "Mon 2 Nov 2026: Monday 2 November 2026", date(2026, 11, 2)),
    ],
)
def test_a_date_is_read_day_first_and_shown_back_in_words(typed: str, shown: str, day: date) -> None:
    case, script = talk({AWARE: [typed]})
    assert (case.details.aware, script.dates) == (day, [shown])


def test_two_digits_for_a_year_are_a_date_here_alone() -> None:
    assert (parse_answer("2/3/27"), parse_day("2/3/27")) == (date(2027, 3, 2), None)


def test_what_will_be_asked_is_explained_first() -> None:
    explained = " ".join(talk({})[1].explained)
    assert "You will be asked about 20 questions" in explained
    assert "Nothing you type leaves this computer." in explained
    assert "Type < to go back one question." in explained


def test_the_number_of_questions_is_about_right_for_every_set() -> None:
    for name in ("dorset", "national", "riverside"):
        procedure, _ = load_procedure(name)
        assert procedure
        script = Script(LEAST)
        ask_case(procedure, script)
        (told,) = re.findall(r"about ([0-9]+) questions", script.explained[0])
        assert abs(len(script.asked) - int(told)) <= 7


@pytest.mark.parametrize(
    ("died", "looked_after", "details", "children"),
    [
        (["no", "no"], ["no", "no"], (False, "no"), [(None, ""), (None, "")]),
        (["yes", "yes"], ["looked after"] * 2, (True, "looked after"), [(None, ""), (None, "")]),
        (["no", "yes"], ["no", "no"], (True, "no"), [(False, ""), (True, "")]),
        (["no", "no"], ["no", "care leaver"], (False, "care leaver"), [(None, "no"), (None, "care leaver")]),
    ],
)
def test_several_children_are_asked_about_one_by_one_and_told_apart_where_they_differ(
    died: list[str], looked_after: list[str], details: tuple[bool, str], children: list[tuple[object, str]]
) -> None:
    answers = {"How many": ["2"]}
    for number in (1, 2):
        answers[f"Did Child {number} die"] = [died[number - 1]]
        answers[f"Was Child {number} looked after"] = [looked_after[number - 1]]
    case, _ = talk(answers)
    assert (case.details.died, case.details.looked_after) == details
    assert [(child.died, child.looked_after) for child in case.children] == children


def test_of_one_child_the_case_itself_says_it() -> None:
    case, script = talk({"Did the child die": ["yes"], "Was the child looked after": ["care leaver"]})
    assert (case.details.died, case.details.looked_after) == (True, "care leaver")
    assert case.children == (Child("Child 1"),)
    assert not any("Child 1" in question for question in script.asked)


@pytest.mark.parametrize(("doubt", "codes"), [("no", ["POL", "ICB"]), ("yes", ["ICB"])])
def test_that_a_statutory_partner_is_not_involved_is_questioned(doubt: str, codes: list[str]) -> None:
    answers = {"Is Dorset Police": ["no"], "Dorset Police is a statutory partner. Is it really not": [doubt]}
    case, script = talk(answers)
    assert [agency.code for agency in case.agencies] == codes
    assert not any("Adult Social Care is a statutory" in question for question in script.asked)


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


# Back, and on again


def test_going_back_asks_the_question_before_once_more() -> None:
    case, script = talk({REFERENCE: ["DOR-2025-014", "DOR-2026-014"], "What happened": ["<", "Serious harm"]})
    assert (case.details.reference, case.details.summary) == ("DOR-2026-014", "Serious harm")
    assert [question.split(" (")[0] for question in script.asked[:4]] == [
        "Case reference",
        "What happened, in a few words and without names",
    ] * 2
    assert len(script.explained) == 5


@pytest.mark.parametrize(
    "question", ["Is abuse or neglect", "Is Dorset Police", "Is Adult Social Care", "Email of"]
)
def test_every_kind_of_question_can_be_gone_back_from(question: str) -> None:
    answers = {question: ["<"], "PDSCP Business Manager (": ["R. Example", "R. Example"]}
    if question != "Email of":
        answers["PDSCP Business Manager ("] = ["R. Example"]
    case, script = talk(answers)
    assert case == talk({"PDSCP Business Manager (": ["R. Example"]})[0]
    first = next(place for place, asked in enumerate(script.asked) if asked.startswith(question))
    assert script.asked[first - 1 : first + 1] == script.asked[first + 1 : first + 3]


def test_going_back_passes_over_answers_that_were_refused() -> None:
    case, script = talk({"Day of the incident": ["1/11/26", "2/11/26"], AWARE: ["soon", "<", "3/11/26"]})
    assert (case.details.incident, case.details.aware) == (date(2026, 11, 2), date(2026, 11, 3))
    assert len(script.said) == 1


def test_one_can_go_back_to_the_beginning_and_no_further() -> None:
    case, script = talk({REFERENCE: ["A-1", "<", "B-1"], "What happened": ["<"]})
    assert (case.details.reference, script.said) == ("B-1", ["This is the first question."])


def test_answers_of_an_earlier_run_are_not_asked_for_again() -> None:
    kept: list[Answers] = []
    case, script = talk({}, keep=lambda answers: kept.append(list(answers)))
    assert [len(each) for each in kept] == list(range(1, len(script.asked) + 1))
    for count, earlier in enumerate(kept, 1):
        again, rest = talk({} if count > 3 else {AWARE: ["2/11/26"]}, earlier=earlier)
        assert again == case
        assert rest.asked == script.asked[count:]
        assert rest.explained == []


@pytest.mark.parametrize("odd", ["a question of another set", "Is abuse or neglect known or suspected?"])
def test_from_an_answer_that_does_not_fit_all_is_asked(odd: str) -> None:
    kept: Answers = []
    case, script = talk({}, earlier=kept)
    place = next(place for place, (question, _) in enumerate(kept) if question.startswith("Is abuse"))
    again, rest = talk({}, earlier=[*kept[:place], (odd, "perhaps"), *kept[place + 1 :]])
    assert (again, rest.asked) == (case, script.asked[place:])


def test_nobody_is_asked_for_whom_a_file_names() -> None:
    script = Script(LEAST)
    people = {"QA Service Manager": Person("Q. Example"), "National Panel": Person("The Panel")}
    police = Person("P. Example", "p@example.org")
    case = ask_case(PROCEDURE, script, {**people, "Dorset Police": police, "Probation": Person("N. Example")})
    assert case.people == people
    assert [(each.contact, each.email) for each in case.agencies] == [(police.name, police.email), ("", "")]
    assert not any(question.startswith("QA Service Manager") for question in script.asked)
    assert any("hold the other roles" in question for question in script.asked)


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
