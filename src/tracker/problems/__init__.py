"""Problems as values: what was found, where, what was expected, and what to do about it.

Reading anything a person wrote returns what was understood plus a list of problems. A problem belongs to a
*kind* of `catalogue.toml`, which has a code that is never renumbered, a severity, and strict sentence templates: a fact
that a template names and nobody gives is a bug (`KeyError`), never a half sentence for the user.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from tracker.records import JsonRecord, Record
from tracker.text import encodable, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


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
    begins with a verb. `title` names the kind for people, `name` in Python (`codes.ROW_DELETED`); `group` is what
    reports it (`case`, `rows`, `merges`).
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

    @property
    def sentence(self) -> str:
        """What is wrong, as one sentence."""
        return as_sentence(self.found)

    def record(self) -> Record:
        """As JSON holds it; its place is the contract's `cell`."""
        record = JsonRecord.record(self)
        return {"cell" if name == "place" else name: value for name, value in record.items()}


@cache
def catalogue() -> Mapping[str, Kind]:
    """Every kind of problem by its code."""
    groups = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text("utf-8"))
    kinds = [
        Kind(**{"expected": "", **words}, name=name, group=group)
        for group, named in groups.items()
        for name, words in named.items()
    ]
    by_code = {kind.code: kind for kind in kinds}
    assert len(by_code) == len(kinds), "two kinds share a code"
    assert {kind.severity for kind in kinds} <= set(SEVERITIES)
    return by_code


def kinds_of(group: str) -> list[Kind]:
    """The kinds that one part of the program reports: `files`, `rows`, `merges`."""
    return [kind for kind in catalogue().values() if kind.group == group]


_WORD = re.compile(r"[a-z]+[\s,:;]")


class _Codes:
    """The codes by their names in the catalogue; a test looks up every name that our code uses."""

    def __getattr__(self, name: str) -> str:
        code = next((kind.code for kind in catalogue().values() if kind.name == name), None)
        if code is None:
            raise AttributeError(name)
        setattr(self, name, code)
        return code


codes = _Codes()
"""`codes.ROW_DELETED` is the code of that kind."""


def problem(code: str, *, file: str = "", place: str = "", id: str = "", **facts: object) -> Problem:  # noqa: A002  the contract's word
    """Make a problem of the kind `code` from the facts its templates name; dates are put into words."""
    kind = catalogue()[code]
    file = encodable(file)
    facts = {"place": place, "id": id, "file": file, **facts}
    facts = {name: short_date(fact) if isinstance(fact, date) else fact for name, fact in facts.items()}
    words = (template.format_map(facts) for template in (kind.found, kind.expected, kind.remedy))
    return Problem(code, kind.severity, file, place, id, *words)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of them is an error, which makes the exit code 1."""
    return any(each.severity == "error" for each in problems)


DEBUG = "TRACKER_DEBUG"
"""Set in the environment, this shows the traceback of what is caught otherwise."""


class CellError(Exception):
    """A failure while one cell was worked on; `place` is its address."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


def unexpected(error: Exception, file: str) -> Problem:
    """The problem of a file whose content led to a failure that nothing foresaw, with the cell where it is known.

    This is the last boundary between one workbook and the others of a run.
    """
    place = error.place if isinstance(error, CellError) else ""
    cause = error.__cause__ if place and error.__cause__ else error
    return problem(codes.WORKBOOK_NOT_PROCESSED, file=file, place=place, what=type(cause).__name__)


def as_sentence(clause: str) -> str:
    """A clause with a capital and a full stop; what begins with a name keeps it as it is."""
    first = clause[:1].upper() + clause[1:] if _WORD.match(clause) else clause
    return first if first.endswith((".", "!", "?")) else f"{first}."


def problem_text(problem: Problem) -> str:
    """One problem for the terminal: where and what on the first line, the remedy on its own.

    >>> print(problem_text(problem("T101", file="case.xlsx")))
    error T101 case.xlsx: There is no file of this name.
        Check the path and the spelling of the file name.
    """
    where = ", ".join(part for part in (problem.file, problem.place, problem.id) if part)
    head = f"{problem.severity} {problem.code}{where and f' {where}'}"
    return f"{head}: {problem.sentence}\n    {problem.remedy}"


def problems_text(problems: Sequence[Problem]) -> str:
    """All problems for the terminal, then how many of each severity."""
    count = tally(problems)
    return "\n".join([*map(problem_text, problems), *([f"{count}."] if count else [])])


def tally(problems: Iterable[Problem]) -> str:
    """`1 error, 3 warnings`; empty where there is nothing."""
    counts = Counter(each.severity for each in problems)
    return ", ".join(quantity(counts[severity], severity) for severity in SEVERITIES if counts[severity])
