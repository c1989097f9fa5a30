"""What people do to a workbook in LibreOffice, and what is then read: the words of the tables beside this."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import openpyxl
from office.edits import Edit, Set, SetFormula, Type
from reconcile.editing import EARLY, issued_book, issued_bytes, place_of, spot

from tracker.workbook.reading import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from openpyxl import Workbook as XlsxWorkbook

    from tracker.reconcile.model import Action, CaseState

CASE = "fresh"
"""Nothing is done and nothing is late two days after awareness; every role has a name."""
QUOTE = "'"


@dataclass(frozen=True)
class At:
    """Put a value into a cell named as in `reconcile.editing`: `SIN-2.6:Completed`, `SIN+1:Action`, `Log!A4`."""

    key: str
    value: str | float | date | None


@dataclass(frozen=True)
class Typed:
    """Type text into such a cell as at a British keyboard."""

    key: str
    text: str


@dataclass(frozen=True)
class Worked:
    """Put a formula into such a cell, in English with semicolons."""

    key: str
    formula: str


Step = Edit | At | Typed | Worked


@dataclass(frozen=True)
class Done:
    """One thing people do, and the exact difference it makes to what is read of the workbook.

    `problems` are (cell, code); `changes` (cell, value now). `states` maps a row's ID (its cell where it has none)
    to its status, followed by its RAG where that says another thing; None for a row that is gone. `due` are some
    of the due dates. `first` prepares the file before LibreOffice opens it.
    """

    does: str
    edits: Sequence[Step] = ()
    problems: Sequence[tuple[str, str]] = ()
    changes: Sequence[tuple[str, object]] = ()
    states: Mapping[str, str | None] = field(default_factory=dict)
    due: Mapping[str, date] = field(default_factory=dict)
    options: Mapping[str, bool] = field(default_factory=dict)
    first: Callable[[XlsxWorkbook], None] | None = None

    def start(self, folder: Path, name: str) -> Path:
        """The file LibreOffice opens."""
        path = folder / f"{name}.xlsx"
        path.write_bytes(issued_bytes(CASE, EARLY))
        if self.first:
            book = openpyxl.load_workbook(path)
            self.first(book)
            book.save(path)
        return path

    def in_office(self) -> list[Edit]:
        """The edits with every cell as the screen shows it."""
        return [_resolved(each) for each in self.edits]


def _resolved(step: Step) -> Edit:
    if isinstance(step, Edit):
        return step
    cell = spot(issued_book(CASE, EARLY), step.key)
    sheet, ref = cell.parent.title, cell.coordinate
    match step:
        case At():
            return Set(sheet, ref, step.value)
        case Typed():
            return Type(sheet, ref, step.text)
        case Worked():
            return SetFormula(sheet, ref, step.formula)


def cells(told: Sequence[tuple[str, object]]) -> list[tuple[str, object]]:
    """The cells of a table as addresses, in a fixed order."""
    return in_order([(_address(key), what) for key, what in told])


def _address(key: str) -> str:
    sheet, bang, ref = key.rpartition("!")
    return f"{quoted(sheet.strip(QUOTE))}!{ref}" if bang else place_of(issued_book(CASE, EARLY), key)


def in_order(told: Sequence[tuple[str, object]]) -> list[tuple[str, object]]:
    """Cells with what is told of them, sorted."""
    return sorted(told, key=lambda each: (each[0], str(each[1])))


def problems_of(case: CaseState) -> list[tuple[str, object]]:
    """(cell, code) of every problem."""
    return in_order([(each.place, each.code) for each in case.problems])


def changes_of(case: CaseState) -> list[tuple[str, object]]:
    """(cell, value now) of every change."""
    return in_order([(each.cell, each.now) for each in case.changes])


def states_of(case: CaseState, before: CaseState) -> dict[str, str | None]:
    """The rows that stand otherwise than before."""
    were, are = ({each.id or each.cell: _word(each) for each in one.actions} for one in (before, case))
    return {row_id: are.get(row_id) for row_id in (*were, *are) if were.get(row_id) != are.get(row_id)}


def _word(action: Action) -> str:
    return action.status if action.status == action.rag else f"{action.status}: {action.rag}"
