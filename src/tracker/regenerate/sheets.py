"""The sheets Conflicts and Problems, which regenerate writes behind the others; and what people have beside ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from tracker.formula.parse import column_letters
from tracker.merge import OPEN, display_json_value
from tracker.regenerate.model import TAKES, YOURS, Choice, Conflict, ConflictKey, conflict_key
from tracker.text import clean_text, xml_text
from tracker.workbook import layout
from tracker.workbook.layout import on_paper, without_blanks
from tracker.workbook.patch.markup import CannotPatchError
from tracker.workbook.patch.parts import NewSheet
from tracker.workbook.reading import Reading, address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from tracker.case.model import Case
    from tracker.formula.values import Value
    from tracker.problems import Problem
    from tracker.workbook.patch.file import WorkbookFile

CONFLICTS, PROBLEMS = "Conflicts", "Problems"
_CONFLICT_COLUMNS = (
    ("No", 7), ("Cell", 20), ("ID", 16), ("Column", 18), ("Was", 26), ("Yours", 30), ("New", 30),
    ("What to do", 46), ("Take", 10), ("State", 18),
)  # fmt: skip
_TAKE, _STATE = 9, 10
_HEADER = 3
_OWN_WIDTH = 30  # of a column people have added
_PROBLEM_COLUMNS = (("Severity", 11), ("Cell", 20), ("ID", 16), ("Found", 52), ("Expected", 36), ("What to do", 52),
                    ("Code", 8))  # fmt: skip
_SAY_CONFLICTS = (
    "Both you and the case or its procedure changed these cells. Choose yours, new, or both for two notes under "
    "Take, save, and run tracker regenerate again."
)
_SAY_NONE = "Nothing is left to settle. Settled lines stay as a record."
_SAY_PROBLEMS = "What reading this workbook found, each line linked to its cell. Written anew at every run."


def sheet_of_ours(file: WorkbookFile, title: str, columns: Sequence[tuple[str, float]]) -> str:
    """The name of the sheet we wrote under a title, empty where there is none; people have sheets of that name too."""
    header = [name for name, _ in columns]
    for name in sorted(file.names(), key=lambda name: name != title):
        if file.row_says(name, 1)[:1] == [title] and file.row_says(name, _HEADER)[: len(header)] == header:
            return name
    return ""


def is_written_by_us(file: WorkbookFile, name: str) -> bool:
    """Whether a sheet is the one of conflicts or that of problems."""
    columns = {CONFLICTS: _CONFLICT_COLUMNS, PROBLEMS: _PROBLEM_COLUMNS}
    return any(sheet_of_ours(file, title, each) == name for title, each in columns.items())


def read_choices(file: WorkbookFile) -> dict[str, str]:
    """What people chose on the Conflicts sheet: the conflict's number and `yours`, `new` or `both`."""
    return {number: take for number, (take, _) in _choice_cells(file).items() if take in TAKES}


def _choice_cells(file: WorkbookFile) -> dict[str, tuple[str, tuple[str, int, int]]]:
    """What stands under Take by the conflict's number, and where."""
    name = sheet_of_ours(file, CONFLICTS, _CONFLICT_COLUMNS)
    found = {}
    for row in file.sheet(name).rows if name else ():
        number = clean_text(str(file.cell(name, row, 1).value or ""))
        take = clean_text(str(file.cell(name, row, _TAKE).value or "")).casefold()
        if number.startswith("C-"):
            found[number] = take, (name, row, _TAKE)
    return found


def take_over(file: WorkbookFile, other: WorkbookFile) -> bool:
    """Put the choices made in another copy beside those of this one; two that differ are none. Whether any was put."""
    mine, theirs = _choice_cells(file), read_choices(other)
    put = False
    for number, take in theirs.items():
        chosen, place = mine.get(number, (take, None))
        if place is not None and chosen != take:
            file.put(*place, None if chosen in TAKES else take)
            put = True
    return put


def choices(file: WorkbookFile, known: Sequence[Mapping[str, Any]]) -> dict[ConflictKey, Choice]:
    """The choices by conflict; of those that were settled before, what they were settled to."""
    picked = read_choices(file)
    found: dict[ConflictKey, Choice] = {}
    for each in known:
        state = str(each.get("state", OPEN))
        take = picked.get(str(each.get("number")), "") if state == OPEN else state
        if take in TAKES and Choice(take, each).possible:
            key = conflict_key(each)
            # Of two open ones about one cell, as three copies make them, new from one goes before yours.
            both = state == OPEN and key in found and found[key].conflict.get("state") == OPEN
            if take != YOURS or not both:
                found[key] = Choice(take, each)
    return found


def numbered(
    conflicts: Sequence[Conflict], settled: Sequence[Conflict], known: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """All conflicts as they are to be remembered: open ones keep their number, new ones get the next."""
    numbers = {conflict_key(each): str(each.get("number")) for each in known if each.get("state") == OPEN}
    last = max((int(str(each.get("number", "C-0"))[2:] or 0) for each in known), default=0)
    records = []
    for conflict in conflicts:
        number = conflict.number or numbers.get(conflict.key, "")
        if not number:
            last += 1
            number = f"C-{last:03}"
        records.append({**conflict.record(), "number": number})
    done = {each.number: each.record() for each in settled}
    open_numbers = {record["number"] for record in records}
    before = [dict(each) for each in known if each.get("state") != OPEN and each["number"] not in done]
    kept = [each for each in before if each["number"] not in open_numbers]
    return sorted([*kept, *done.values(), *records], key=lambda each: str(each["number"]))


def write_conflicts(file: WorkbookFile, records: Sequence[Mapping[str, Any]], case: Case) -> None:
    """Write the Conflicts sheet, where there is anything to write or it is there already."""
    name = sheet_of_ours(file, CONFLICTS, _CONFLICT_COLUMNS)
    if not records and not name:
        return
    waiting = any(each["state"] == OPEN for each in records)
    numbers = {str(each["number"]) for each in records}
    beside, below = _typed_around(file, name, numbers) if name else ({}, [])
    columns = [*_CONFLICT_COLUMNS, *((title, _OWN_WIDTH) for title in beside.get("No", []))]
    sheet = NewSheet(CONFLICTS, _SAY_CONFLICTS if waiting else _SAY_NONE, columns)
    for each in records:
        state = "open" if each["state"] == OPEN else f"settled: {each['state']}"
        cells = [each["number"], each["cell"], each["id"], each["column"], display_json_value(each["was"]),
                 display_json_value(each["yours"]), display_json_value(each["new"]), each["do"],
                 "" if each["state"] == OPEN else each["state"], state]  # fmt: skip
        texts = [*(str(cell) for cell in cells), *beside.get(str(each["number"]), [])]
        sheet.row(texts, link=str(each["cell"]), link_column=2)
    sheet.choice(_TAKE, TAKES)
    for row in below:
        sheet.row(row)
    _put(file, name, CONFLICTS, sheet, case)


def _typed_around(
    file: WorkbookFile, name: str, numbers: AbstractSet[str]
) -> tuple[dict[str, list[str]], list[list[str]]]:
    """What people wrote on the Conflicts sheet: right of our columns by the conflict's number, and below our rows."""
    beside: dict[str, list[str]] = {}
    below = []
    for row in sorted(file.sheet(name).rows):
        texts = file.row_says(name, row)
        if row < _HEADER or not any(texts):
            continue
        if row == _HEADER or texts[0] in numbers:
            beside[texts[0]] = texts[len(_CONFLICT_COLUMNS) :]
        else:
            below.append(texts)
    return beside, below


def write_problems(file: WorkbookFile, problems: Sequence[Problem], case: Case) -> None:
    """Write the Problems sheet."""
    sheet = NewSheet(PROBLEMS, _SAY_PROBLEMS, _PROBLEM_COLUMNS)
    for each in problems:
        cells = [each.severity, each.place, each.id, each.found, each.expected, each.remedy, each.code]
        sheet.row(cells, link=each.place, link_column=2)
    _put(file, sheet_of_ours(file, PROBLEMS, _PROBLEM_COLUMNS), PROBLEMS, sheet, case)


def _put(file: WorkbookFile, name: str, title: str, sheet: NewSheet, case: Case) -> None:
    """Write a sheet in place of the older one, else behind the others under a name nobody has."""
    if not name:
        taken_names = {each.casefold() for each in file.names()}
        names = (title, *(f"{title} {number}" for number in range(2, 1_000)))
        free = next(each for each in names if each.casefold() not in taken_names)
        file.add_sheet(free, sheet.to_bytes(file.package, _lines(case, title)))
    elif file.sheet_says(name) != sheet.texts():
        file.replace_sheet(name, sheet.to_bytes(file.package, _lines(case, title)))


def _lines(case: Case, title: str) -> str:
    """The lines above and below a printed page, as our other sheets have them."""
    lines = on_paper(case, title)
    header, footer = escape(xml_text(lines.header)), escape(xml_text(lines.footer))
    return f"<headerFooter><oddHeader>{header}</oddHeader><oddFooter>{footer}</oddFooter></headerFooter>"


def print_lines(file: WorkbookFile, sheets: Mapping[str, str], old: Case, new: Case) -> int:
    """Put into the lines on paper the new marking and reference, where they are as the old ones gave them.

    `sheets` are the names in this file by ours. Returns how many lines were changed.
    """
    if on_paper(old, "") == on_paper(new, ""):
        return 0
    columns = {CONFLICTS: _CONFLICT_COLUMNS, PROBLEMS: _PROBLEM_COLUMNS}
    added = {title: sheet_of_ours(file, title, each) for title, each in columns.items()}
    changed = 0
    for title, name in {layout.HIDDEN: layout.HIDDEN, **sheets, **added}.items():
        before, after = on_paper(old, title), on_paper(new, title)
        changed_lines = {before.header: after.header, before.footer: after.footer}
        changed_lines |= {without_blanks(line): now for line, now in changed_lines.items()}
        for place, line in file.sheet(name).lines() if name else ():
            if changed_lines.get(line, line) != line:
                file.sheet(name).say(place, changed_lines[line])
                changed += 1
    return changed


# What a copy has beside our tables, which merging does not bring over

Copy = tuple["WorkbookFile", Reading]
_MOST_NAMED = 5


def name_unmerged(mine: Copy, theirs: Copy) -> str:
    """The sheets and cells only the second copy has, as people name them; empty where there are none."""
    known = {(sheet, value) for sheet, value, _ in _cells_beside(*mine)}
    cells = [place for sheet, value, place in _cells_beside(*theirs) if (sheet, value) not in known]
    found = [*(f"sheet {name}" for name in _own_sheets(mine, theirs)), *cells]
    rest = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + rest


def _own_sheets(mine: Copy, theirs: Copy) -> Iterator[str]:
    file, reading = theirs
    for name in file.names():
        own = name not in {*reading.sheets.values(), layout.HIDDEN} and not is_written_by_us(file, name)
        if own and _sheet_texts(file, name) != _sheet_texts(mine[0], name):
            yield name


def _sheet_texts(file: WorkbookFile, name: str) -> list[list[str]] | None:
    try:
        return file.sheet_says(name) if file.has(name) else None
    except CannotPatchError:
        return None


def _cells_beside(file: WorkbookFile, reading: Reading) -> Iterator[tuple[str, Value, str]]:
    """What was typed on our sheets outside the columns of our tables: our name of the sheet, value, address."""
    for ours, name in reading.sheets.items():
        places = [place for place in reading.places.values() if place.sheet == name]
        known = {column for place in places for column in place.columns.values()}
        for row in file.sheet(name).rows.values():
            for column in row.cells.keys() - known:
                held = file.cell(name, row.number, column)
                value = clean_text(held.value) if isinstance(held.value, str) else held.value
                if held.formula is None and value not in {None, ""}:
                    yield ours, value, address(name, column_letters(column), row.number)
