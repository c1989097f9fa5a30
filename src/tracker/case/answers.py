"""Answers to the questions of `tracker new`, one after the other or all at once.

An interview goes back one question, or on after an interruption; a form is filled in as a whole.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.case.questions import ask_case
from tracker.records import JsonRecord
from tracker.text import LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.case.model import Case, Person
    from tracker.case.questions import Asker
    from tracker.procedure.model import Procedure

Answers = list[tuple[str, str | bool]]
"""Each question with its answer, in order."""


class _Answering(ABC):
    """An `Asker` that answers questions of all kinds in one place."""

    @abstractmethod
    def answer(self, kind: str, question: str, **options: Any) -> str | bool:
        """The answer to one question; `kind` is the method of `Asker`, `options` are its further arguments."""

    def text(self, question: str, *, default: str = "") -> str:
        return str(self.answer("text", question, default=default))

    def date(self, question: str) -> str:
        return str(self.answer("date", question))

    def choice(self, question: str, choices: Sequence[str], *, default: str) -> str:
        return str(self.answer("choice", question, choices=choices, default=default))

    def yes_no(self, question: str, *, default: bool) -> bool:
        return bool(self.answer("yes_no", question, default=default))


# An interview


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
    recorder = _Recorder(ask, [] if answers is None else answers, keep)
    while True:
        try:
            return ask_case(procedure, recorder, people or {})
        except GoBack:
            recorder.drop_last()


class _Recorder(_Answering):
    """An `Asker` that repeats the answers so far, then puts the further questions. Until then it prints nothing."""

    def __init__(self, ask: Asker, answers: Answers, keep: Callable[[Answers], object]) -> None:
        self._ask, self._answers, self._keep = ask, answers, keep
        self._next = 0
        self._question = ""
        self._silent = bool(answers)

    def say(self, message: str) -> None:
        if not self._silent:
            self._ask.say(message)

    def topic(self, title: str) -> None:
        self._ask.topic(title)

    def drop_last(self) -> None:
        """Forget the last answer, and begin again."""
        # A refused answer has the same question as the one that is put now.
        while self._answers and self._answers[-1][0] == self._question:
            self._answers.pop()
        if self._answers:
            self._answers.pop()
        else:
            self._ask.say("This is the first question.")
        self._keep(self._answers)
        self._next, self._silent = 0, True

    def answer(self, kind: str, question: str, **options: Any) -> str | bool:
        """The next of the answers so far, if it answers this question; else what the person answers now."""
        if self._next < len(self._answers):
            asked, given = self._answers[self._next]
            is_of_kind = isinstance(given, bool if kind == "yes_no" else str)
            if asked == question and is_of_kind and given in options.get("choices", [given]):
                self._next += 1
                return given
            # The questions have changed since the last time: from here on they are put again.
            del self._answers[self._next :]
        self._question, self._silent = question, False
        answer: str | bool = getattr(self._ask, kind)(question, **options)
        self._answers.append((question, answer))
        self._next += 1
        self._keep(self._answers)
        return answer


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


class CaseForm(_Answering):
    """A form as far as it is filled in: every question with its answer or its default, and remarks on the case.

    Where a question is put again, its answer was refused: the case then has a stand-in for it.
    """

    def __init__(self, procedure: Procedure, answers: Answers, today: date) -> None:
        self.questions: list[FormQuestion] = []
        self.remarks: list[str] = []
        self._topic = ""
        self._answers: dict[tuple[str, int], str | bool] = {}
        self._asked: Counter[str] = Counter()
        self._messages: list[str] = []
        days = today.isoformat(), date(LAST_YEAR, 12, 31).isoformat()
        self._stand_ins: Mapping[str, tuple[str, ...]] = {"text": ("", "X-1"), "date": ("", *days)}
        self._tried = 0
        count: Counter[str] = Counter()
        for question, answer in answers:
            self._answers[question, count[question]] = answer
            count[question] += 1
        self.case = ask_case(procedure, self)
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

    def answer(self, kind: str, question: str, **options: Any) -> str | bool:
        """What the form holds, or the default; a stand-in where the question is put again."""
        default: str | bool = options.get("default", "")
        choices: Sequence[str] = options.get("choices", ())
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
        elif self.questions:  # after the last one; messages before the first are for a terminal
            self.remarks += self._messages
        self._messages = []
