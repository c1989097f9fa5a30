"""Regenerating in memory: a workbook of the small procedure, typed into, brought up to its case."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from reading.small import STEPS, narrowed
from reconcile.editing import EARLY, FRESH, spot, typed_into
from workbook.making import FACTS
from workbook.opening import open_workbook

from tracker.plan import make_plan
from tracker.reconcile.run import reconcile_reading
from tracker.regenerate.outcome import Outcome, remarks
from tracker.regenerate.run import UpdateOptions, regenerate_content
from tracker.workbook.build import build
from tracker.workbook.read import read_content
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from openpyxl import Workbook as XlsxWorkbook

    from tracker.case.model import Case
    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.reconcile.model import CaseState
    from tracker.regenerate.outcome import Outcome

SHEETS = ("Case", "SIN", "Rapid Review", "LCSPR", "Action Plan", "Log", "People", "Calendar")
FILE = "case.xlsx"
SMALL = narrowed(STEPS | {"SIN-3.6", "RR-5.7b", "LCSPR-7.11b"})
"""The small set with its repeats: a row for each child, two kinds of them, and one for each agency."""


@dataclass(frozen=True)
class Run:
    """What one run made of a workbook."""

    outcome: Outcome | None
    problems: list[Problem]
    procedure: Procedure = SMALL

    @property
    def done(self) -> Outcome:
        """The outcome of a run that was not refused."""
        assert self.outcome is not None, self.problems
        return self.outcome

    @property
    def content(self) -> bytes:
        return self.done.content

    @property
    def codes(self) -> list[tuple[str, str]]:
        """(place, code) of everything told."""
        told = remarks(self.outcome, self.problems) if self.outcome else self.problems
        return [(each.place, each.code) for each in told]

    @property
    def added(self) -> list[str]:
        """The IDs and names of the rows added, without the lines of the log."""
        return [each.id for each in self.done.merge.rows if each.table != "Log_entries"]

    @property
    def cells(self) -> list[tuple[str, object]]:
        """Single cells with what was put there; formulas as `formula`."""
        put = [(each.spot.cell, each.content) for each in self.done.merge.cells]
        return [(cell, "formula" if hasattr(content, "text") else content) for cell, content in put]

    @property
    def conflicts(self) -> list[tuple[object, ...]]:
        """(cell, was, yours, new) of the open conflicts."""
        names = ("cell", "was", "yours", "new")
        return [tuple(each[name] for name in names) for each in self.done.open_conflicts]

    def value(self, key: str) -> object:
        """What a cell of the result holds; `key` as in `reconcile.editing`."""
        return spot(_to_look_at(self.content), key).value

    def again(self, **wishes: Any) -> Run:
        """One more run over the result."""
        return regenerated(self.content, self.procedure, **wishes)

    def state(self) -> CaseState:
        """What is read of the result."""
        return state_of(self.content, self.procedure)


def book_of(content: bytes, *, values: bool = False) -> XlsxWorkbook:
    """A workbook's bytes, opened to look at or to type into."""
    return open_workbook(content, values=values)


_to_look_at = lru_cache(maxsize=4)(book_of)


def saved(book: XlsxWorkbook) -> bytes:
    """A workbook's bytes after somebody saved it."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@cache
def small() -> bytes:
    """The small workbook as issued."""
    return issued()


def issued(case: Case = FRESH, procedure: Procedure = SMALL) -> bytes:
    """The workbook of a case as it is issued."""
    return workbook_bytes(build(make_plan(case, procedure), FACTS, EARLY))


def typed(
    cells: Mapping[str, object] | None = None,
    then: Callable[[XlsxWorkbook], None] | None = None,
    content: bytes | None = None,
) -> bytes:
    """A workbook with some of its cells typed anew, or changed by `then`; the small one as issued by default."""
    content = small() if content is None else content
    package = None if then else typed_into(content, cells or {})
    if package:
        file = io.BytesIO()
        package.write(file)
        return file.getvalue()
    book = book_of(content)
    for cell, value in [(spot(book, key), value) for key, value in (cells or {}).items()]:
        cell.value = value  # type: ignore[assignment]  # a test types anything
    if then:
        then(book)
    return saved(book)


def regenerated(content: bytes, procedure: Procedure = SMALL, *, as_at: date = EARLY, **wishes: Any) -> Run:
    """One run over a workbook's bytes."""
    asked = replace(UpdateOptions(), **wishes)
    outcome, problems = regenerate_content(content, FILE, lambda _: (procedure, []), FACTS, as_at, asked)
    return Run(outcome, problems, procedure)


def state_of(content: bytes, procedure: Procedure = SMALL) -> CaseState:
    """What is read of a workbook's bytes."""
    reading, found, problems = read_content(content, FILE, lambda _: (procedure, []))
    assert reading is not None
    assert found is not None
    return reconcile_reading(reading, found, problems, EARLY)


def rows_of(content: bytes, procedure: Procedure = SMALL) -> list[str]:
    """The IDs of the stages' rows as they stand."""
    return [each.id for each in state_of(content, procedure).actions]


def choose(content: bytes, *takes: str) -> bytes:
    """A workbook in which somebody has chosen on the sheet Conflicts, from the first open line on."""
    book = book_of(content)
    page = book["Conflicts"]
    lines = [row for row in range(4, page.max_row + 1) if page.cell(row, 10).value == "open"]
    for row, take in zip(lines, takes, strict=False):
        page.cell(row, 9).value = take
    return saved(book)
