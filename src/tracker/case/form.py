"""The questions of `tracker new` as a form: all of them at once, each with its answer and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from tracker.case.dates import LAST_YEAR
from tracker.case.questions import ask_case
from tracker.records import JsonRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.case.answers import Answers
    from tracker.case.model import Case
    from tracker.procedure.model import Procedure


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


@dataclass(frozen=True, slots=True)
class CaseForm:
    """A form as far as it is filled in, the case that it gives, and what is odd about it.

    Where an answer is not fit the case holds a stand-in for it.
    """

    questions: Sequence[FormQuestion]
    case: Case
    remarks: Sequence[str]

    @property
    def fit(self) -> bool:
        """Whether every answer is fit."""
        return not any(each.problems for each in self.questions)

    @property
    def dates_fit(self) -> bool:
        """Whether every date is: what is counted from them is true."""
        return not any(each.problems for each in self.questions if each.kind == "date")


def fill_form(procedure: Procedure, answers: Answers, today: date) -> CaseForm:
    """Put all the questions, with answers as far as there are; the others have their default."""
    form = _Form(answers, today)
    case = ask_case(procedure, form)
    form.topic("")
    return CaseForm(form.questions, case, form.remarks)


class _Form:
    """Answers at once. A question that comes again after a complaint was answered wrongly, and gets a stand-in."""

    def __init__(self, answers: Answers, today: date) -> None:
        self.questions: list[FormQuestion] = []
        self.remarks: list[str] = []
        self._topic = ""
        self._answers: dict[tuple[str, int], str | bool] = {}
        self._asked: Counter[str] = Counter()
        self._said: list[str] = []
        days = today.isoformat(), date(LAST_YEAR, 12, 31).isoformat()
        self._stand_ins: Mapping[str, tuple[str, ...]] = {"text": ("", "X-1"), "date": ("", *days)}
        self._tried = 0
        count: Counter[str] = Counter()
        for question, answer in answers:
            self._answers[question, count[question]] = answer
            count[question] += 1

    def topic(self, title: str) -> None:
        """What the next questions are about."""
        self._settle()
        self._topic = title

    def text(self, question: str, *, default: str = "") -> str:
        """As `Asker` says; so with the others."""
        return str(self._answer("text", question, default))

    def date(self, question: str) -> str:
        return str(self._answer("date", question, ""))

    def choice(self, question: str, choices: Sequence[str], *, default: str) -> str:
        return str(self._answer("choice", question, default, choices))

    def yes_no(self, question: str, *, default: bool) -> bool:
        return bool(self._answer("yes_no", question, default))

    def say(self, message: str) -> None:
        """Kept until it is known whether the question is put again."""
        self._said.append(message)

    def _answer(
        self, kind: str, question: str, default: str | bool, choices: Sequence[str] = ()
    ) -> str | bool:
        last = self.questions[-1] if self.questions else None
        if last and last.question == question and self._said:
            last.problems = last.problems or self._said  # the rest is said of a stand-in
            self._said = []
            return self._stand_in(kind, default)
        self._settle()
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

    def _settle(self) -> None:
        """What was said without a question put again: how an answer was understood, or what is odd about the case."""
        if self._topic and self.questions:
            last = self.questions[-1]
            last.notes += [] if last.problems else self._said  # what is said of a stand-in is nobody's
        elif self.questions:  # after the last one; what is said before the first is for a terminal
            self.remarks += self._said
        self._said = []
