"""Problems as values: what was found, where, what was expected, and what to do about it.

Reading anything a person wrote returns what was understood plus a list of problems. A problem belongs to a
*kind* of `catalogue.toml`, which has a code that is never renumbered, a severity, and strict sentence templates: a fact
that a template names and nobody gives is a bug (`KeyError`), never a half sentence for the user.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from tracker.records import JsonRecord, Record
from tracker.text import encodable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


Severity = Literal["error", "warning", "note"]
"""How grave a problem is; it belongs to the code, not to the occasion.

An error could not be understood or contradicts itself; a warning was understood and should be mended; a note is for
information.
"""

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem.

    `found`, `expected` and `remedy` are `str.format` templates over the facts given to `problem`. The remedy
    begins with a verb. `title` names the kind for people, `name` its constant in `tracker.problems.codes`; `group` is
    what reports it (`case`, `rows`, `merges`).
    """

    code: str
    severity: Severity
    title: str
    found: str
    expected: str
    remedy: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Problem(JsonRecord):
    """One thing that was found wrong.

    `place` is a cell (`SIN!F12`, `'Rapid Review'!A7`) or a field (`case.aware`, `children[2].label`); `id` is
    the row's or step's ID where there is one; `file` the path as the person gave it.
    """

    code: str
    severity: Severity
    file: str
    place: str
    id: str
    found: str
    expected: str
    remedy: str

    def record(self) -> Record:
        """As JSON holds it; its place is the contract's `cell`."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "cell": self.place,
            "id": self.id,
            "found": self.found,
            "expected": self.expected,
            "remedy": self.remedy,
        }


@cache
def catalogue() -> Mapping[str, Kind]:
    """Every kind of problem by its code."""
    groups = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text("utf-8"))
    kinds = [
        Kind(
            words["code"], words["severity"], words["title"], words["found"], words.get("expected", ""),
            words["remedy"], name, group,
        )
        for group, named in groups.items()
        for name, words in named.items()
    ]  # fmt: skip
    by_code = {kind.code: kind for kind in kinds}
    assert len(by_code) == len(kinds), "two kinds share a code"
    assert {kind.severity for kind in kinds} <= set(SEVERITIES)
    return by_code


def kinds_of(group: str) -> list[Kind]:
    """The kinds that one part of the program reports: `files`, `rows`, `merges`."""
    return [kind for kind in catalogue().values() if kind.group == group]


def problem(code: str, *, file: str = "", place: str = "", id: str = "", **facts: object) -> Problem:  # noqa: A002  the contract's word
    """Make a problem of the kind `code` from the facts its templates name."""
    kind = catalogue()[code]
    file = encodable(file)
    facts = {"place": place, "id": id, "file": file, **facts}
    return Problem(
        code,
        kind.severity,
        file,
        place,
        id,
        kind.found.format_map(facts),
        kind.expected.format_map(facts),
        kind.remedy.format_map(facts),
    )


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of them is an error, which makes the exit code 1."""
    return any(each.severity == "error" for each in problems)
