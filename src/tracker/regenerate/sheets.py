"""The sheets Conflicts and Problems, which regenerate writes behind the others; and the choices made there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import column_number
from tracker.merge import (
    BOTH,
    CELL_KINDS,
    NEW,
    TAKES,
    YOURS,
    Choice,
    Conflict,
    ConflictKey,
    action_rows,
    comparable,
    rows_by_id,
    spot_of,
)
from tracker.problems import codes, problem
from tracker.records import plain
from tracker.regenerate.shared import entry_names
from tracker.text import clean_text, xml_text
from tracker.workbook import layout
from tracker.workbook.layout import on_paper, without_blanks
from tracker.workbook.patch.markup import escape
from tracker.workbook.patch.parts import NewSheet
from tracker.workbook.reading import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.case.model import Case
    from tracker.merge import Merge
    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.workbook.patch.file import WorkbookFile
    from tracker.workbook.reading import CellValue, Reading, ReadRow

CONFLICTS, PROBLEMS = "Conflicts", "Problems"
_COLUMNS: Mapping[str, Sequence[tuple[str, float]]] = {
    CONFLICTS: (
        ("No", 7), ("Cell", 20), ("ID", 16), ("Column", 18), ("Was", 26), ("Yours", 30), ("New", 30),
        ("What to do", 46), ("Take", 10), ("State", 18),
    ),
    PROBLEMS: (
        ("Severity", 11), ("Cell", 20), ("ID", 16), ("Found", 52), ("Expected", 36), ("What to do", 52),
        ("Code", 8),
    ),
}  # fmt: skip
_TAKE = 9
_HEADER = 3
_OWN_WIDTH = 30  # of a column people have added
_HELP_CONFLICTS = (
    "Both you and the case or its procedure changed these cells. Choose yours, new, or both for two notes under "
    "Take, save, and run tracker regenerate again."
)
_HELP_NONE = "Nothing is left to settle. Settled lines stay as a record."
_HELP_PROBLEMS = "What reading this workbook found, each line linked to its cell. Written anew at every run."


def _sheet_of_ours(file: WorkbookFile, title: str) -> str:
    """The name of the sheet we wrote under a title, empty where there is none; people have sheets of that name too."""
    header = [name for name, _ in _COLUMNS[title]]
    for name in sorted(file.names(), key=lambda name: name != title):
        if file.row_texts(name, 1)[:1] == [title] and file.row_texts(name, _HEADER)[: len(header)] == header:
            return name
    return ""


def sheets_of_ours(file: WorkbookFile) -> set[str]:
    """The names of the sheets of conflicts and of problems, where there are any."""
    return {_sheet_of_ours(file, title) for title in _COLUMNS} - {""}


def _choice_cells(file: WorkbookFile) -> dict[str, tuple[str, tuple[str, int, int]]]:
    """What stands under Take by the conflict's number, and where."""
    name = _sheet_of_ours(file, CONFLICTS)
    found = {}
    for row in file.sheet(name).rows if name else ():
        number = clean_text(str(file.cell(name, row, 1).value or ""))
        take = clean_text(str(file.cell(name, row, _TAKE).value or "")).casefold()
        if number.startswith("C-"):
            found[number] = take, (name, row, _TAKE)
    return found


def copy_choices(file: WorkbookFile, other: WorkbookFile) -> bool:
    """Put the choices made in another copy beside those of this one; two that differ are none. Whether any was put."""
    mine = _choice_cells(file)
    put = False
    for number, (take, _) in _choice_cells(other).items():
        chosen, place = mine.get(number, (take, None))
        if take in TAKES and place is not None and chosen != take:
            file.put(*place, None if chosen in TAKES else take)
            put = True
    return put


def read_choices(
    file: WorkbookFile, known: Sequence[Conflict], takes: Mapping[str, str]
) -> tuple[dict[ConflictKey, Choice], list[Problem]]:
    """The choices by conflict; of those that were settled before, what they were settled to.

    `takes` are choices by the conflict's number that were not made on the sheet; they go before those that were.
    A choice that cannot be made is a problem: of no open conflict, or both of what is no sentence.
    """
    picked = {number: take for number, (take, _) in _choice_cells(file).items()} | dict(takes)
    found: dict[ConflictKey, Choice] = {}
    problems = [
        problem(codes.NOTHING_TO_TAKE, number=number, take=takes[number])
        for number in sorted(takes.keys() - {each.number for each in known if each.open})
    ]
    for each in known:
        choice = Choice(picked.get(each.number, "") if each.open else each.state, each)
        if choice.take in TAKES and choice.possible:
            # Of two open ones about one cell, as three copies make them, new from one goes before yours.
            both = each.open and each.key in found and found[each.key].conflict.open
            if choice.take != YOURS or not both:
                found[each.key] = choice
        elif choice.take in TAKES and each.open:
            facts = {"number": each.number, "take": choice.take}
            problems.append(problem(codes.NOTHING_TO_TAKE, place=each.cell, id=each.id, **facts))
    return found, problems


def _identity(conflict: Conflict) -> tuple[object, ...]:
    """What makes an open conflict the same: the cell, and of what was sent or copied also the words offered.

    What the case holds now replaces what it held before; what two people sent are two offers.
    """
    offered = comparable(plain(conflict.new)) if conflict.kind == "copies" else None
    return *conflict.key, offered


def _choice_made(merge: Merge, key: ConflictKey) -> Choice | None:
    """The choice on a conflict that was still open: one settled before is no choice on a later one."""
    choice = merge.choices.get(key)
    return choice if choice and choice.conflict.open else None


def number_conflicts(
    conflicts: Sequence[Conflict], settled: Sequence[Conflict], known: Sequence[Conflict]
) -> list[Conflict]:
    """All conflicts as they are to be remembered: open ones keep their number, new ones get the next."""
    numbers = {_identity(each): each.number for each in known if each.open}
    last = max((int(each.number[2:] or 0) for each in known), default=0)
    found = []
    for conflict in conflicts:
        number = conflict.number or numbers.get(_identity(conflict), "")
        if not number:
            last += 1
            number = f"C-{last:03}"
        found.append(replace(conflict, number=number))
    again = {each.number for each in (*found, *settled)}
    kept = [each for each in known if not each.open and each.number not in again]
    done = {each.number: each for each in settled}
    return sorted([*kept, *done.values(), *found], key=lambda each: each.number)


def write_conflicts(file: WorkbookFile, conflicts: Sequence[Conflict], case: Case) -> None:
    """Write the Conflicts sheet, where there is anything to write or it is there already."""
    name = _sheet_of_ours(file, CONFLICTS)
    if not conflicts and not name:
        return
    waiting = any(each.open for each in conflicts)
    numbers = {each.number for each in conflicts}
    # What people wrote there: right of our columns, by the conflict's number, and below our rows.
    beside: dict[str, list[str]] = {}
    below = []
    for row in sorted(file.sheet(name).rows) if name else ():
        held = file.row_texts(name, row)
        if row == _HEADER or (row > _HEADER and any(held) and held[0] in numbers):
            beside[held[0]] = held[len(_COLUMNS[CONFLICTS]) :]
        elif row > _HEADER and any(held):
            below.append(held)
    columns = [*_COLUMNS[CONFLICTS], *((title, _OWN_WIDTH) for title in beside.get("No", []))]
    sheet = NewSheet(CONFLICTS, _HELP_CONFLICTS if waiting else _HELP_NONE, columns)
    for each in conflicts:
        state, settled = ("open", "") if each.open else (f"settled: {each.state}", each.state)
        where = each.number, each.cell, each.id, each.column
        texts = [*where, *each.shown().values(), each.do, settled, state]
        sheet.row([*texts, *beside.get(each.number, [])], link=each.cell, link_column=2)
    for row, each in enumerate(conflicts, _HEADER + 1):
        sheet.choice(_TAKE, row, TAKES if Choice(BOTH, each).possible else TAKES[:2])
    for texts in below:
        sheet.row(texts)
    _put(file, name, CONFLICTS, sheet, case)


def write_problems(file: WorkbookFile, problems: Sequence[Problem], case: Case) -> None:
    """Write the Problems sheet."""
    sheet = NewSheet(PROBLEMS, _HELP_PROBLEMS, _COLUMNS[PROBLEMS])
    for each in problems:
        cells = [each.severity, each.place, each.id, each.found, each.expected, each.remedy, each.code]
        sheet.row(cells, link=each.place, link_column=2)
    _put(file, _sheet_of_ours(file, PROBLEMS), PROBLEMS, sheet, case)


def _put(file: WorkbookFile, name: str, title: str, sheet: NewSheet, case: Case) -> None:
    """Write a sheet in place of the older one, else behind the others under a name nobody has."""
    if name and file.sheet_texts(name) == sheet.texts():
        return
    lines = on_paper(case, title)  # above and below a printed page, as our other sheets have them
    header, footer = escape(xml_text(lines.header)), escape(xml_text(lines.footer))
    on_page = f"<headerFooter><oddHeader>{header}</oddHeader><oddFooter>{footer}</oddFooter></headerFooter>"
    content = sheet.to_bytes(file.package, on_page)
    if name:
        file.replace_sheet(name, content)
    else:
        taken_names = {each.casefold() for each in file.names()}
        names = (title, *(f"{title} {number}" for number in range(2, 1_000)))
        file.add_sheet(next(each for each in names if each.casefold() not in taken_names), content)


def print_lines(file: WorkbookFile, sheets: Mapping[str, str], old: Case, new: Case) -> int:
    """Put into the lines on paper the new marking and reference, where they are as the old ones gave them.

    `sheets` are the names in this file by ours. Returns how many lines were changed.
    """
    if on_paper(old, "") == on_paper(new, ""):
        return 0
    added = {title: _sheet_of_ours(file, title) for title in _COLUMNS}
    changed = 0
    for title, name in {layout.HIDDEN: layout.HIDDEN, **sheets, **added}.items():
        before, after = on_paper(old, title), on_paper(new, title)
        changed_lines = {before.header: after.header, before.footer: after.footer}
        changed_lines |= {without_blanks(line): now for line, now in changed_lines.items()}
        for place, line in file.sheet(name).lines() if name else ():
            if changed_lines.get(line, line) != line:
                file.sheet(name).put_line(place, changed_lines[line])
                changed += 1
    return changed


# Choices that write a cell, and conflicts that wait on


class _Places:
    """Where the cells of remembered conflicts stand now: rows by their ID, single cells where they stood."""

    def __init__(self, reading: Reading, procedure: Procedure) -> None:
        self._reading = reading
        self._rows = rows_by_id(action_rows(reading, procedure))

    def entry(self, conflict: Conflict) -> ReadRow | None:
        """The row of an agency, a child or a meeting a conflict is about; None where it is gone."""
        meetings = self._reading.tables.get(layout.MEETING_TABLE, ())
        named = entry_names(meetings)
        for table in (rules.AGENCIES, layout.CHILDREN_TABLE):
            for row in self._reading.tables.get(table, ()):
                if row.sheet == conflict.sheet and conflict.id in {row.text("Code"), row.text("Child")}:
                    return row
        known = (row for row in meetings if named[row.number] == conflict.id)
        return next((row for row in known if row.sheet == conflict.sheet), None)

    def find(self, conflict: Conflict, title: str = "") -> tuple[str, int, int] | None:
        """Sheet, row and column number; None where the cell is gone."""
        title = title or conflict.column
        row = self._rows.get(conflict.id)
        if row is not None and title in row.columns:
            return row.sheet, row.number, column_number(row.columns[title])
        clock = self._reading.clocks.get(conflict.id)
        if clock and conflict.kind == "typed over" and conflict.column == "Date in use":
            return place_of(clock.cell)
        return place_of(conflict.cell)


def settle_cells(
    file: WorkbookFile, reading: Reading, procedure: Procedure, choices: Mapping[ConflictKey, Choice]
) -> bool:
    """Write the cells that open conflicts were settled to. Whether anything was written."""
    places = _Places(reading, procedure)
    chosen = [each for each in choices.values() if each.conflict.open]
    writes = [each for choice in chosen for each in _writes(choice.conflict, choice.take, places)]
    for place, value in writes:
        file.put(*place, value)
    return bool(writes)


def _writes(found: Conflict, take: str, places: _Places) -> Iterator[tuple[tuple[str, int, int], CellValue]]:
    if found.kind in CELL_KINDS and found.column and take in {NEW, BOTH}:
        place = places.find(found)
        if place:
            yield place, f"{found.yours}\n{found.new}" if take == BOTH else found.new
    if found.kind == "typed over" and take == YOURS:
        to = {"Due": "Agreed date", "Date in use": "Type it here"}.get(found.column)
        place = places.find(found, to) if to and isinstance(found.yours, date) else None
        if place and (to != "Agreed date" or place != place_of(found.cell)):
            yield place, found.yours
    if found.kind == "dropped" and take == NEW and (row := places.entry(found)):
        for title in row.values:
            spot = spot_of(row, title)
            yield (spot.sheet, spot.row, spot.column), None


def waiting_conflicts(
    merge: Merge, file: WorkbookFile, reading: Reading, procedure: Procedure, known: Sequence[Conflict]
) -> list[Conflict]:
    """Open conflicts of earlier runs that this one has not met again and nobody has settled."""
    places = _Places(reading, procedure)
    met = {_identity(each) for each in merge.conflicts}
    settled = {each.key for each in merge.settled}
    waiting = []
    for found in known:
        done = _identity(found) in met or found.key in settled or _choice_made(merge, found.key)
        if not found.open or done:
            continue
        there = found.kind == "typed over"
        if found.kind in CELL_KINDS:  # the cell still holds what the person had when the conflict was listed
            place = places.find(found)
            there = place is not None and comparable(file.cell(*place).value) == comparable(
                file.number(found.yours)
            )
        elif found.kind == "dropped":
            there = places.entry(found) is not None
        if there:
            waiting.append(found)
    return waiting


def settle_unmet(merge: Merge, known: Sequence[Conflict]) -> list[Conflict]:
    """Choices on conflicts that no longer arise: they are settled all the same."""
    done = {each.key for each in (*merge.settled, *merge.conflicts)}
    found = []
    for each in known:
        choice = _choice_made(merge, each.key)
        if each.open and choice and each.key not in done:
            # Of two about one cell, as three copies make them, the choice was made on the other.
            own = choice.conflict.number == each.number
            found.append(replace(each, state=choice.take if own else YOURS))
    return found
