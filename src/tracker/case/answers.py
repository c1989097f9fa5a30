"""Answers to the questions of `tracker new`: a form, which is filled in as a whole or one question after the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from tracker.case.questions import ask_case
from tracker.records import JsonRecord
from tracker.text import LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.case.model import Case, Person
    from tracker.case.questions import Asker
    from tracker.procedure.model import Procedure

_LAST_DAY = date(LAST_YEAR, 12, 31)
Answers = list[tuple[str, str | bool]]
"""Each question with its answer, in order."""


# A form


@dataclass(slots=True)
class FormQuestion(JsonRecord):
    """A question of the form. `kind` is text, date, choice or yes_no."""

    topic: str
    question: str
    kind: str
    choices: Sequence[str]
    default: str | bool
    answer: str | bool
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class CaseForm:
    """A form as far as it is filled in: every question with its answer or its default, and remarks on the case.

    It is the `Asker` of its own questions. Where one is put again, its answer was refused: the case then has a
    stand-in for it.
    """

    def __init__(
        self, procedure: Procedure, people: Mapping[str, Person], today: date, answers: Answers
    ) -> None:
        self.introduction: list[str] = []
        self.questions: list[FormQuestion] = []
        self.remarks: list[str] = []
        self._topic = ""
        self._answers: dict[tuple[str, int], str | bool] = {}
        self._asked: Counter[str] = Counter()
        self._messages: list[str] = []
        days = today.isoformat(), _LAST_DAY.isoformat()
        self._stand_ins: Mapping[str, tuple[str, ...]] = {"text": ("", "X-1"), "date": ("", *days)}
        self._tried = 0
        count: Counter[str] = Counter()
        for question, answer in answers:
            self._answers[question, count[question]] = answer
            count[question] += 1
        self.case = ask_case(procedure, self, people)
        self.topic("")

    def fits(self, *kinds: str) -> bool:
        """Whether every answer is fit, or every one of some kinds."""
        return not any(each.problems for each in self.questions if not kinds or each.kind in kinds)

    def topic(self, title: str) -> None:
        """What the next questions are about."""
        self._file_messages()
        self._topic = title

    def say(self, message: str) -> None:
        """Keep a message until the next question, which may be the same once more."""
        self._messages.append(message)

    def text(self, question: str, *, default: str = "") -> str:
        """A line of text, from the form."""
        return str(self._answer("text", question, default))

    def date(self, question: str) -> str:
        """A date as it was typed, from the form."""
        return str(self._answer("date", question, ""))

    def choice(self, question: str, choices: Sequence[str], *, default: str) -> str:
        """One of the words, from the form."""
        return str(self._answer("choice", question, default, choices))

    def yes_no(self, question: str, *, default: bool) -> bool:
        """Yes or no, from the form."""
        return bool(self._answer("yes_no", question, default))

    def _answer(
        self, kind: str, question: str, default: str | bool, choices: Sequence[str] = ()
    ) -> str | bool:
        """What the form holds, or the default; a stand-in where the question is put again."""
        last = self.questions[-1] if self.questions else None
        if last and last.question == question and self._messages:
            last.problems = last.problems or self._messages  # the rest is about a stand-in
            self._messages = []
            return self._stand_in(kind, default)
        self._file_messages()
        self._tried = 0
        answer = self._answers.get((question, self._asked[question]), default)
        self._asked[question] += 1
        if not isinstance(answer, type(default)) or (choices and answer not in choices):
            answer = default
        self.questions.append(FormQuestion(self._topic, question, kind, choices, default, answer))
        return answer

    def _stand_in(self, kind: str, default: str | bool) -> str | bool:
        """What lets the questions go on where an answer is not fit: the default, then nothing, then something fit."""
        fits = (default, *self._stand_ins[kind])
        self._tried += 1
        return fits[min(self._tried, len(fits)) - 1]

    def _file_messages(self) -> None:
        """Make the messages since the last question its notes, or remarks on the case: no question was put again."""
        if self._topic and self.questions:
            last = self.questions[-1]
            last.notes += [] if last.problems else self._messages  # what is about a stand-in is dropped
        else:
            (self.remarks if self.questions else self.introduction).extend(self._messages)
        self._messages = []


# One question after the other


class GoBack(Exception):  # noqa: N818  a wish, no error
    """Raised by an asker in place of an answer: the person wants to go back one question."""


def ask_for_case(
    procedure: Procedure,
    ask: Asker,
    *,
    people: Mapping[str, Person] | None = None,
    answers: Answers | None = None,
    keep: Callable[[Answers], object] = lambda _: None,
) -> Case:
    """Ask for a case, question by question: `ask` puts each and gives the answer, again where it is not possible.

    Args:
        procedure: The set whose questions are put.
        ask: Puts the questions. It raises `GoBack` where the person wants to go back one question.
        people: Who holds a role or answers for an agency (`load_people`): these questions are left out.
        answers: The answers of an earlier run that was interrupted: these questions are left out, too.
        keep: Called after each answer with all of them.
    """
    answers = [] if answers is None else answers
    fill_in = partial(CaseForm, procedure, people or {}, _LAST_DAY)
    # Where the questions are no longer those of the last time, the further ones are put again.
    pairs = zip(fill_in(answers).questions, answers, strict=False)
    fits = ((each.question, each.answer) == given and not each.problems for each, given in pairs)
    del answers[sum(takewhile(bool, fits)) :]
    form = fill_in(answers)
    for message in [] if answers else form.introduction:
        ask.say(message)
    while len(answers) < len(form.questions):
        question = form.questions[len(answers)]
        options: dict[str, Any] = {} if question.kind == "date" else {"default": question.default}
        options |= {"choices": question.choices} if question.choices else {}
        ask.topic(question.topic)
        try:
            answer = getattr(ask, question.kind)(question.question, **options)
        except GoBack:
            if not answers:
                ask.say("This is the first question.")
            del answers[-1:]
            form = fill_in(answers)
        else:
            longer = fill_in([*answers, (question.question, answer)])
            judged = longer.questions[len(answers)]
            for message in judged.problems or judged.notes:
                ask.say(message)
            if not judged.problems:  # else it is put again
                answers.append((question.question, answer))
                form = longer
        keep(answers)
    ask.topic("")
    for remark in form.remarks:
        ask.say(remark)
    return form.case
