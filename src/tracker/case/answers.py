"""The answers given so far. Given again from the start, they go back one question, or on after an interruption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.case.questions import ask_case

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.case.model import Case, Person
    from tracker.case.questions import Asker
    from tracker.procedure.model import Procedure

Answers = list[tuple[str, str | bool]]
"""Each question with its answer, in order."""


class GoBack(Exception):  # noqa: N818  a wish, no error
    """Raised by an asker in place of an answer: the person wants to answer the question before once more."""


def interview(
    procedure: Procedure,
    ask: Asker,
    people: Mapping[str, Person],
    answers: Answers,
    keep: Callable[[Answers], object],
) -> Case:
    """Ask for a case; `keep` is called after each new answer, with all of them."""
    recorder = _Recorder(ask, answers, keep)
    while True:
        try:
            return ask_case(procedure, recorder, people)
        except GoBack:
            recorder.drop_last()


class _Recorder:
    """Gives the answers it has, then asks for more. Says nothing until it asks."""

    def __init__(self, ask: Asker, answers: Answers, keep: Callable[[Answers], object]) -> None:
        self._ask, self._answers, self._keep = ask, answers, keep
        self._next = 0
        self._question = ""
        self._silent = bool(answers)

    def text(self, question: str, *, default: str = "") -> str:
        """As `Asker` says; so with the others."""
        return str(self._answer(question, str, lambda: self._ask.text(question, default=default)))

    def date(self, question: str) -> str:
        return str(self._answer(question, str, lambda: self._ask.date(question)))

    def choice(self, question: str, choices: Sequence[str], *, default: str) -> str:
        def put() -> str:
            return self._ask.choice(question, choices, default=default)

        return str(self._answer(question, str, put, choices))

    def yes_no(self, question: str, *, default: bool) -> bool:
        return bool(self._answer(question, bool, lambda: self._ask.yes_no(question, default=default)))

    def say(self, message: str) -> None:
        if not self._silent:
            self._ask.say(message)

    def topic(self, title: str) -> None:
        self._ask.topic(title)

    def drop_last(self) -> None:
        """Forget the last answer, and begin again."""
        # What was refused has the question that is asked now.
        while self._answers and self._answers[-1][0] == self._question:
            self._answers.pop()
        if self._answers:
            self._answers.pop()
        else:
            self._ask.say("This is the first question.")
        self._keep(self._answers)
        self._next, self._silent = 0, True

    def _answer(
        self, question: str, kind: type, put: Callable[[], str | bool], choices: Sequence[str] = ()
    ) -> str | bool:
        if self._next < len(self._answers):
            asked, answer = self._answers[self._next]
            if asked == question and isinstance(answer, kind) and (not choices or answer in choices):
                self._next += 1
                return answer
            # The questions are no longer those of the last time: from here on they are asked.
            del self._answers[self._next :]
        self._question, self._silent = question, False
        answer = put()
        self._answers.append((question, answer))
        self._next += 1
        self._keep(self._answers)
        return answer
