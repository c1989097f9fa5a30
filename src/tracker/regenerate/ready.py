"""A workbook made ready to be merged: put right, brought up to the layout of today, its settled conflicts taken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tracker.problems import codes
from tracker.regenerate.mend import MENDED, mended, not_mended, with_table_of_holds
from tracker.regenerate.sheets import choices, settle_cells
from tracker.regenerate.upgrade import upgraded
from tracker.regenerate.waking import names_for, with_rows_awake
from tracker.workbook import layout
from tracker.workbook.case_of import case_of
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.read import read_content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tracker.case.model import Case
    from tracker.formula.values import Value
    from tracker.problems import Problem
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure
    from tracker.regenerate.model import Choice, ConflictKey, Load
    from tracker.workbook.reading import Reading

_REPAIRED_LATER = frozenset((codes.ID_SPELLING, codes.DEFINED_NAMES_MISSING))


class UnreadableError(Exception):
    """A workbook that was repaired, or in which conflicts were settled, and that cannot be read any more."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(*problems)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Way:
    """What a run has beside the workbook."""

    load: Load
    facts: CalendarFacts
    as_at: date
    case: Case | None = None  # a description, where there is one
    realign: bool = False
    takes: Mapping[str, str] = field(default_factory=dict)  # choices among conflicts, by number


@dataclass(slots=True)
class Ready:
    """A workbook put right and brought up to the layout, and what was done to it; `refused` says why it cannot be."""

    content: bytes
    reading: Reading
    procedure: Procedure
    found: list[Problem]
    put: dict[tuple[str, int, int], Value]
    done: list[str] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    picked: Mapping[ConflictKey, Choice] = field(default_factory=dict)
    rewritten: set[str] = field(default_factory=set)
    refused: list[Problem] = field(default_factory=list)

    def again(self, content: bytes, way: Way) -> None:
        """Read the workbook after something in it was changed."""
        self.content = content
        reading, procedure, found = read_content(content, self.reading.path, way.load, realign=way.realign)
        if reading is None or procedure is None:
            raise UnreadableError(found)
        self.reading, self.procedure, self.found = reading, procedure, found


def made_ready(
    content: bytes, reading: Reading, procedure: Procedure, found: list[Problem], way: Way
) -> Ready:
    """Put titles and tables right, bring an older layout up, settle what people chose among conflicts."""
    content, put = with_table_of_holds(content, reading)
    ready = Ready(content, reading, procedure, found, dict(put))
    content, ready.done, unmended = mended(content, reading, procedure, found)
    ready.notes = [each for each in found if each.code in MENDED or each.code in _REPAIRED_LATER]
    if put or ready.done:
        ready.again(content, way)
        unmended = unmended or [each for each in ready.found if each.code in MENDED]
    if unmended:
        ready.refused = not_mended(ready.notes, unmended, reading.path)
        return ready
    content, awake, words = with_rows_awake(
        ready.content, ready.reading, names_for(ready.reading, case=way.case)
    )
    if words:
        ready.put |= awake
        ready.done.append(words)
        ready.again(content, way)
    was = reading.issue.layout
    if was < layout.LAYOUT:
        case = way.case or case_of(ready.reading, ready.procedure)[0]
        up = upgraded(ready.content, ready.reading, ready.procedure, case, way.facts, way.as_at)
        if up.problems:
            ready.refused = [replace(each, file=reading.path) for each in up.problems]
            return ready
        ready.put |= up.put
        ready.done += up.done
        ready.rewritten |= up.rewritten
        ready.again(up.content, way)
    file = WorkbookFile(ready.content)
    for name in ready.reading.sheets.values():
        file.sheet(name)  # raises where it cannot be changed, before anything is decided
    ready.picked = choices(file, ready.reading.issue.conflicts, way.takes)
    if settle_cells(file, ready.reading, ready.procedure, ready.picked):
        ready.put |= file.changes()
        ready.again(file.to_bytes(), way)
    # What it was issued under: formulas that are not those of today are nobody's edit.
    ready.reading = replace(ready.reading, issue=replace(ready.reading.issue, layout=was))
    return ready
