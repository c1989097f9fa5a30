"""Workbooks changed as a person would change them, in LibreOffice.

Example:
    >>> job = Job(made, tmp_path / "edited.xlsx", [Set("SIN", "H5", date(2026, 11, 9)), Read("SIN", ("I5",))])
    >>> [result] = edit([job])
    >>> result["read"]["SIN!I5"]["value"]
    'Complete'
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .kept import do_jobs
from .program import (
    OFFICE_PYTHON,
    SCRIPTS,
    ProgramError,
    faketime_missing,
    must_exist,
    need,
    run,
    uno_missing,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_START_SECONDS = 90
_SECONDS_A_JOB = 30


@dataclass(frozen=True)
class Edit:
    """One thing done to a workbook; rows are numbered and columns lettered as the screen shows them."""

    def as_json(self) -> dict[str, object]:
        """The edit for `scripts/edit.py`: `{"op": "insert_rows", "sheet": "SIN", "row": 5, "count": 1}`."""
        operation = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()
        return {"op": operation} | {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return {"date": value.isoformat(timespec="seconds")}
        case date():
            return {"date": value.isoformat()}
        case tuple() | list():
            return list(value)
    return value


@dataclass(frozen=True)
class Set(Edit):
    """Put a value of a known kind into a cell; None clears it. The cell's number format stays."""

    sheet: str
    cell: str
    value: str | float | date | None


@dataclass(frozen=True)
class SetFormula(Edit):
    """Put a formula into a cell, in English with semicolons: `=SUM(A1;B1)`."""

    sheet: str
    cell: str
    formula: str


@dataclass(frozen=True)
class Type(Edit):
    """Type text into a cell as at a British keyboard: `16/11/2026` becomes a date, `=A1` a formula."""

    sheet: str
    cell: str
    text: str


@dataclass(frozen=True)
class InsertRows(Edit):
    """Insert empty rows above `row`."""

    sheet: str
    row: int
    count: int = 1


@dataclass(frozen=True)
class DeleteRows(Edit):
    sheet: str
    row: int
    count: int = 1


@dataclass(frozen=True)
class InsertColumns(Edit):
    """Insert empty columns left of `column`."""

    sheet: str
    column: str
    count: int = 1


@dataclass(frozen=True)
class DeleteColumns(Edit):
    sheet: str
    column: str
    count: int = 1


@dataclass(frozen=True)
class Sort(Edit):
    """Sort a range by one of the sheet's columns, named by its letter; `header`: its first row stays."""

    sheet: str
    range: str
    by: str
    ascending: bool = True
    header: bool = True


@dataclass(frozen=True)
class CopyRow(Edit):
    """Copy a whole row and paste it over another."""

    sheet: str
    row: int
    onto: int


@dataclass(frozen=True)
class MoveRange(Edit):
    """Cut a range and paste it with its first cell at `to`, on `to_sheet` or the same sheet."""

    sheet: str
    range: str
    to: str
    to_sheet: str = ""


@dataclass(frozen=True)
class CopySheet(Edit):
    """Copy a sheet as `name`, in front of the sheet at `position` (0 is the first), else behind the last."""

    sheet: str
    name: str
    position: int | None = None


@dataclass(frozen=True)
class RenameSheet(Edit):
    sheet: str
    name: str


@dataclass(frozen=True)
class MoveSheet(Edit):
    """Move a sheet so that it is the one at `position` (0 is the first)."""

    sheet: str
    position: int


@dataclass(frozen=True)
class HideRows(Edit):
    sheet: str
    row: int
    count: int = 1


@dataclass(frozen=True)
class HideColumns(Edit):
    sheet: str
    column: str
    count: int = 1


@dataclass(frozen=True)
class Merge(Edit):
    sheet: str
    range: str


@dataclass(frozen=True)
class Autofilter(Edit):
    """Switch the filter arrows of a range on (a table has its own); with `equals`, show those rows only.

    Outside tables it is the menu command: one range a sheet, and a second time switches it off.
    """

    sheet: str
    range: str
    by: str = ""
    equals: str | None = None


@dataclass(frozen=True)
class Note(Edit):
    """Put a note (comment) on a cell, in place of one it had."""

    sheet: str
    cell: str
    text: str


@dataclass(frozen=True)
class Colour(Edit):
    """Give a range a background, `0xFFCC00`."""

    sheet: str
    range: str
    rgb: int


@dataclass(frozen=True)
class SelectSheet(Edit):
    """Make a sheet the one in front when the workbook is saved."""

    sheet: str


@dataclass(frozen=True)
class Recalc(Edit):
    """Count every formula anew, changed or not (Ctrl+Shift+F9)."""


@dataclass(frozen=True)
class Today(Edit):
    """Move the system's date, and count anew what follows it, as F9 does; needs `edit(..., moves_clock=True)`."""

    day: date


@dataclass(frozen=True)
class Compare(Edit):
    """Hold what a sheet shows at this point against a hard recalculation (Ctrl+Shift+F9).

    The job's result gets a list, `result["compared"]`, of `[cell, shown, counted]` for each comparison.
    """

    sheet: str


@dataclass(frozen=True)
class Read(Edit):
    """Put the cells' values and formulas, as they are at this point, into the job's result.

    Of a cell read twice in one job the later reading is kept.
    """

    sheet: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """One workbook: opened, edited, saved under another name (not at all where `save` is None)."""

    open: Path
    save: Path | None
    edits: Sequence[Edit] = ()
    format: Literal["xlsx", "ods"] = "xlsx"

    def as_json(self) -> dict[str, object]:
        return {
            "open": str(self.open.resolve()),
            "save": None if self.save is None else str(self.save.resolve()),
            "format": self.format,
            "edits": [edit.as_json() for edit in self.edits],
        }


def edit(jobs: Sequence[Job], *, moves_clock: bool = False) -> list[dict[str, Any]]:
    """Do all jobs in one LibreOffice.

    Returns:
        A record a job: `{"open": ..., "read": {"SIN!I5": {"value": "Complete", "formula": "=IF(...)"}}}`;
        `formula` is "" for a cell without one, dates are serial numbers, an empty cell's value is "".

    Raises:
        ProgramError: where an edit failed; that job's workbook is then not saved.
    """
    need(uno_missing() or (moves_clock and faketime_missing()) or "")
    asked = [job.as_json() for job in jobs]
    results = _with_a_clock(asked) if moves_clock else do_jobs(asked)
    if errors := [f"{result['open']}: {error}" for result in results for error in result["errors"]]:
        raise ProgramError("\n".join(errors))
    must_exist([job.save for job in jobs if job.save is not None], "")
    return results


def _with_a_clock(jobs: Sequence[dict[str, object]]) -> list[dict[str, Any]]:
    """Do the jobs in a LibreOffice of their own, whose date they move."""
    with tempfile.TemporaryDirectory(prefix="edits-", ignore_cleanup_errors=True) as folder:
        asked, answered = Path(folder, "jobs.json"), Path(folder, "results.json")
        asked.write_text(json.dumps(jobs), encoding="utf-8")
        run(
            [OFFICE_PYTHON, SCRIPTS / "edit.py", asked, "-o", answered, "--clock", Path(folder, "clock")],
            seconds=_START_SECONDS + _SECONDS_A_JOB * len(jobs),
        )
        results: list[dict[str, Any]] = json.loads(answered.read_text(encoding="utf-8"))
    return results
