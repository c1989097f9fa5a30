"""What a drop-down shows beside its choices: what each means, and what it switches on or off in this procedure."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

from tracker.resources import templates
from tracker.text import listed, listed_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracker.procedure.model import Condition, Procedure

LONGEST = 255
"""Letters of a message, the most that Excel shows."""
_FEW = 2  # IDs that are named; more are counted
_SHOWN: Mapping[object, str] = {True: "yes", False: "no"}


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((templates() / "workbook" / "choices.toml").read_text("utf-8"))


def column_message(title: str) -> str:
    """The text beside the list of a table's column."""
    return _texts()["columns"][title]


def field_message(path: str, procedure: Procedure) -> str:
    """The text beside the list of a field of the case: its choices, then their effects as far as there is room."""
    message = _texts()["fields"][path]
    for effect in _effects(path, procedure):
        if len(message) + 1 + len(effect) <= LONGEST:
            message += f" {effect}"
    return message


def _effects(path: str, procedure: Procedure) -> Iterator[str]:
    for rule in procedure.not_applicable:
        for word, alone in _words(path, rule.when):
            marks = "marks" if alone else "may mark"
            but = f", except {listed_first(rule.excluding, _FEW)}" if rule.excluding else ""
            yield f"With {word}, regenerate {marks} open rows of {listed(rule.stages)} Not applicable{but}."
    steps: dict[tuple[str, bool], list[str]] = {}
    for _, step in procedure.steps():
        for choice in dict.fromkeys(_words(path, step.when)):
            steps.setdefault(choice, []).append(step.id)
    words: dict[tuple[bool, str], list[str]] = {}
    for (word, alone), ids in steps.items():
        words.setdefault((alone, listed_first(ids, _FEW)), []).append(word)
    for (alone, rows), choices in words.items():
        yield f"With {listed(choices, 'or')}, regenerate {'adds' if alone else 'may add'} {rows}."


def _words(path: str, when: Condition) -> Iterator[tuple[str, bool]]:
    """The choices of a field that a condition asks for, and whether it asks for nothing else."""
    same = {path, path.replace("case.", "child.")}  # what holds for a child of its own holds for the case's
    for tests in when:
        for tested, words in tests:
            if tested in same:
                for word in words:
                    yield _SHOWN.get(word, str(word)), len(tests) == 1
