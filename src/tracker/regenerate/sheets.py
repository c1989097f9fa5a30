"""The sheets regenerate puts behind the others: Conflicts, where a person settles them, and Problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.merge.told import OPEN, read_value
from tracker.regenerate.model import NEW, YOURS, Choice, Conflict
from tracker.text import clean_text
from tracker.workbook.patch.new_sheet import NewSheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.problems import Problem
    from tracker.workbook.patch.file import WorkbookFile

CONFLICTS, PROBLEMS = "Conflicts", "Problems"
_CONFLICT_COLUMNS = (
    ("No", 7), ("Cell", 20), ("ID", 16), ("Column", 18), ("Was", 26), ("Yours", 30), ("New", 30),
    ("What to do", 46), ("Take", 10), ("State", 18),
)  # fmt: skip
_TAKE, _STATE = 9, 10
_HEADER = 3
_PROBLEM_COLUMNS = (("Severity", 11), ("Cell", 20), ("ID", 16), ("Found", 52), ("Expected", 36), ("What to do", 52),
                    ("Code", 8))  # fmt: skip
_SAY_CONFLICTS = (
    "Both you and the case or its procedure changed these cells. Choose yours or new under Take, save, and run "
    "tracker regenerate again."
)
_SAY_NONE = "Nothing is left to settle. Settled lines stay as a record."
_SAY_PROBLEMS = "What reading this workbook found, each line linked to its cell. Written anew at every run."


def taken(file: WorkbookFile) -> dict[str, str]:
    """What people chose on the Conflicts sheet: the conflict's number and `yours` or `new`."""
    if not file.has(CONFLICTS):
        return {}
    page = file.sheet(CONFLICTS)
    found = {}
    for row in page.rows:
        number = clean_text(str(file.cell(CONFLICTS, row, 1).value or ""))
        take = clean_text(str(file.cell(CONFLICTS, row, _TAKE).value or "")).casefold()
        if number.startswith("C-") and take in {YOURS, NEW}:
            found[number] = take
    return found


def choices(
    file: WorkbookFile, known: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str, str, str], Choice]:
    """The choices by conflict; of those that were settled before, what they were settled to."""
    picked = taken(file)
    found = {}
    for each in known:
        state = str(each.get("state", OPEN))
        take = picked.get(str(each.get("number")), "") if state == OPEN else state
        if take in {YOURS, NEW}:
            key = tuple(str(each.get(name, "")) for name in ("kind", "sheet", "id", "column"))
            found[key] = Choice(take, each)
    return found  # type: ignore[return-value]  # four names make four texts


def numbered(
    conflicts: Sequence[Conflict], settled: Sequence[Conflict], known: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """All conflicts as they are to be remembered: open ones keep their number, new ones get the next."""
    numbers = {
        tuple(str(each.get(name, "")) for name in ("kind", "sheet", "id", "column")): str(each.get("number"))
        for each in known
        if each.get("state") == OPEN
    }
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


def write_conflicts(file: WorkbookFile, records: Sequence[Mapping[str, Any]]) -> None:
    """Write the Conflicts sheet, where there is anything to write or it is there already."""
    if not records and not file.has(CONFLICTS):
        return
    waiting = any(each["state"] == OPEN for each in records)
    sheet = NewSheet("Conflicts", _SAY_CONFLICTS if waiting else _SAY_NONE, _CONFLICT_COLUMNS)
    for each in records:
        state = "open" if each["state"] == OPEN else f"settled: {each['state']}"
        cells = [each["number"], each["cell"], each["id"], each["column"], read_value(each["was"]),
                 read_value(each["yours"]), read_value(each["new"]), each["do"],
                 "" if each["state"] == OPEN else each["state"], state]  # fmt: skip
        sheet.row([str(cell) for cell in cells], link=str(each["cell"]), link_column=2)
    sheet.choice(_TAKE, (YOURS, NEW))
    _put(file, CONFLICTS, sheet)


def write_problems(file: WorkbookFile, problems: Sequence[Problem]) -> None:
    """Write the Problems sheet."""
    sheet = NewSheet("Problems", _SAY_PROBLEMS, _PROBLEM_COLUMNS)
    for each in problems:
        cells = [each.severity.value, each.place, each.id, each.found, each.expected, each.remedy, each.code]
        sheet.row(cells, link=each.place, link_column=2)
    _put(file, PROBLEMS, sheet)


def _put(file: WorkbookFile, name: str, sheet: NewSheet) -> None:
    if not file.has(name):
        file.add_sheet(name, sheet.to_bytes(file.package))
    elif file.sheet_says(name) != sheet.says():
        file.replace_sheet(name, sheet.to_bytes(file.package))
