"""What people type on Case, People, Calendar, Log and Action Plan; and everything at once."""

from __future__ import annotations

from datetime import date

from office.edits import (
    Autofilter,
    Colour,
    CopyRow,
    DeleteRows,
    HideRows,
    InsertColumns,
    InsertRows,
    MoveSheet,
    Note,
    RenameSheet,
    SelectSheet,
    Set,
    Sort,
)
from reconcile.editing import FRESH
from workbook.making import PROCEDURE

from reading.doing import At, Done
from tracker.plan import make_plan

THIRD = date(2026, 11, 3)
FRIDAY = date(2026, 11, 6)
_ROWS = make_plan(FRESH, PROCEDURE).rows


def _typed(does: str, *edits: At) -> Done:
    """What is typed is told as changed, and changes no row."""
    return Done(does, edits, changes=[(each.key, each.value) for each in edits])


def _counted_from(clock: str, state: str) -> dict[str, str | None]:
    """Every row that is counted from a clock, in one state."""
    rows = (row for each in _ROWS.values() for row in each)
    return {row.id: f"Not started: {state}" for row in rows if row.counted_from == clock}


_EARLY = {0: "Overdue", 1: "Due today", 2: "Due soon"}
_RUNNING = {
    row.id: f"Not started: {_EARLY.get(row.count or 0, 'On track')}"
    for row in _ROWS["Rapid Review"]
    if row.counted_from == "Rapid Review day zero"
}
"""The Rapid Review the day after its clock has started."""

PEOPLE = (
    _typed(
        "adds an agency",
        At("People!A39", "UHD"),
        At("People!B39", "University Hospitals Dorset"),
        At("People!C39", "partner agency"),
        At("People!D39", "yes"),
        At("People!E39", "U. Example"),
    ),
    _typed("adds a role", At("People!A30", "Press office"), At("People!B30", "M. Example")),
    _typed("names another person", At("PDSCP Business Manager:Name", "T. Example")),
)

CALENDAR = (
    Done(
        "adds a bank holiday",
        [At("Calendar+1:Bank holiday", FRIDAY), At("Calendar+1:Name", "A day of mourning")],
        [("SIN day zero:D", "T334")],
        [("Calendar+1:Bank holiday", FRIDAY), ("Calendar+1:Name", "A day of mourning")],
        due={"SIN-3.4": date(2026, 11, 10), "RR-6.6": date(2026, 12, 1)},
    ),
    Done(
        "adds an office closure",
        [At("Calendar!G5", date(2026, 11, 25))],
        [("RR-6.4:Due", "T316")],
        [("Calendar!G5", date(2026, 11, 25))],
    ),
    _typed(
        "adds a meeting",
        At("Calendar!A5", "Rapid Review"),
        At("Calendar!B5", date(2026, 11, 24)),
        At("Calendar!D5", "Online"),
    ),
)

CASE = (
    _typed("adds a child", At("Case!A46", "Child 2")),
    _typed("types a decision", At("Rapid Review recommends:B", "LCSPR")),
    _typed("adds proceedings", At("Case!F16", "Coroner"), At("Case!H16", date(2026, 12, 1))),
    Done(
        "types an unknown decision",
        [At("LCSPR:B", "perhaps")],
        [("LCSPR:B", "T203")],
        [("LCSPR:B", "perhaps")],
    ),
    Done(
        "fixes the report date",
        [At("Report date (empty: today):B", FRIDAY)],
        [("Report date (empty: today):B", "T333")],
    ),
    Done(
        "puts publication on hold",
        [
            At("Case_holds#1:From", THIRD),
            At("Case_holds#1:Review on", date(2027, 3, 1)),
            At("Case_holds#1:Reason", "A trial"),
        ],
        changes=[
            ("Case_holds#1:From", THIRD),
            ("Case_holds#1:Review on", date(2027, 3, 1)),
            ("Case_holds#1:Reason", "A trial"),
        ],
        states={**_counted_from("Publication", "On hold"), "LCSPR-7.6": "Not started: On hold"},
    ),
    Done(
        "types the day of publication",
        [At("Publication:D", date(2027, 6, 10))],
        changes=[("Publication:D", date(2027, 6, 10))],
        states=_counted_from("Publication", "On track"),
    ),
    Done(
        "moves day zero",
        [At("SIN day zero:D", THIRD)],
        [("SIN day zero:D", "T334")],
        [("SIN day zero:D", THIRD)],
        due={"SIN-3.4": date(2026, 11, 10), "RR-6.6": date(2026, 12, 1)},
    ),
    Done(
        "types dates over a clock in use and over the link to a row",
        [At("SIN day zero:B", THIRD), At("Rapid Review day zero:D", THIRD)],
        [("SIN day zero:B", "T355"), ("Rapid Review day zero:D", "T355")],
    ),
    Done(
        "misspells a label and a clock",
        [At("Incident date:A", "Incidnt date"), At("National Panel meeting:A", "Panel")],
        [("Case", "T356"), ("Case", "T356")],
    ),
    Done(
        "puts a column before the values and a row above the labels",
        [
            InsertColumns("Case", "B"),
            InsertRows("Case", 3),
            Set("Case", "C35", date(2026, 10, 29)),
            InsertRows("Calendar", 2),
            InsertColumns("Calendar", "C"),
            Set("Calendar", "N5", date(2026, 11, 29)),
        ],
        [(f"{step}:Due", "T317") for step in ("RR-6.6", "RR-6.6b", "RR-6.6c")],
        [("Case!C35", date(2026, 10, 29))],
    ),
    Done(
        "sends the SIN, and signs off nothing",
        [At("SIN-3.4:Completed", THIRD)],
        [("SIN-3.4:Completed", "T323"), ("SIN-3.4:Completed", "T334")],
        [("SIN-3.4:Completed", THIRD)],
        {"SIN-3.4": "Complete", **_RUNNING},
        {"RR-5.3": THIRD, "RR-6.6": date(2026, 11, 24)},
    ),
)

LISTS = (
    Done(
        "writes a line in the log",
        [At("Log!A4", THIRD), At("Log!B4", "SIN-2.6"), At("Log!C4", "Chased"), At("Log!D4", "By phone")],
        changes=[("Log!A4", THIRD), ("Log!C4", "Chased"), ("Log!D4", "By phone")],
    ),
    _typed(
        "writes an action into the plan",
        At("Action Plan!B4", "Bruising is always referred"),
        At("Action Plan!C4", "Remind the health visitors"),
        At("Action Plan!D4", "NHS Dorset"),
        At("Action Plan!F4", date(2026, 12, 18)),
        At("Action Plan!R4", "SIN immediate action"),
    ),
)

TOGETHER = (
    Done(
        "does everything at once",
        [
            At("SIN-2.1:Completed", THIRD),
            At("SIN-2.1:Status", "done"),
            At("SIN-2.6:Status", "Opne"),
            At("SIN-3.2:Due", FRIDAY),
            At("RR-5.6:Completed", "3/11/2026"),
            At("SIN-3.3c:Named owner", "B. Example"),
            At("SIN-3.4b:Due", None),
            Sort("SIN", "A3:X15", by="D"),
            InsertRows("SIN", 3, 2),
            InsertColumns("SIN", "B"),
            Set("SIN", "B5", "Mine"),
            HideRows("SIN", 8, 2),
            DeleteRows("Rapid Review", 40),
            CopyRow("Rapid Review", 5, 45),
            Set("Rapid Review", "B45", "Ask again"),
            RenameSheet("SIN", "SIN phase"),
            MoveSheet("LCSPR", 0),
            Note("Case", "B33", "No names"),
            Colour("Rapid Review", "H1:H1048576", 0xFFF8DC),
            SelectSheet("Guide"),
        ],
        [
            ("'SIN phase'", "T127"),
            ("'SIN phase'!A5", "T130"),
            ("'SIN phase'!A8", "T131"),
            ("'SIN phase'!L11", "T204"),
            ("'SIN phase'!G12", "T205"),
            ("'SIN phase'!G14", "T354"),
            ("'SIN phase'!L17", "T203"),
            ("'Rapid Review'", "T301"),
            ("'Rapid Review'!H5", "T210"),
            ("'Rapid Review'!A3", "T362"),
            ("'Rapid Review'!A45", "T133"),
            ("'Rapid Review'!A45", "T350"),
            ("'Rapid Review'!H45", "T210"),
        ],
        [
            ("'SIN phase'!F10", "B. Example"),
            ("'SIN phase'!I11", THIRD),
            ("'SIN phase'!L11", "Complete"),
            ("'SIN phase'!G12", FRIDAY),
            ("'SIN phase'!L17", "Opne"),
            ("'Rapid Review'", None),
            ("'Rapid Review'!H5", "3/11/2026"),
            ("'Rapid Review'!B45", "Ask again"),
            ("'Rapid Review'!D45", "PDSCP Business Manager"),
            ("'Rapid Review'!H45", "3/11/2026"),
            ("'Rapid Review'!K45", "Not started"),
            ("'Rapid Review'!O45", "5.6"),
            ("'Rapid Review'!P45", "Rapid Review day zero"),
            ("'Rapid Review'!Q45", 1),
            ("'Rapid Review'!R45", "working days"),
            ("'Rapid Review'!U45", "Procedure"),
            ("'Rapid Review'!W45", next(row.note for row in _ROWS["Rapid Review"] if row.id == "RR-5.6")),
        ],
        {
            "SIN-2.1": "Complete",
            "SIN-2.6": "Opne: On track",
            "RR-5.6": "Complete",
            "RR-8.4": None,
            "'Rapid Review'!A45": "Complete",
        },
    ),
    Done(
        "filters, sorts, completes and adds",
        [
            At("RR-5.3:Completed", THIRD),
            At("RR-5.3:Status", "closed"),
            Sort("Rapid Review", "A3:X40", by="F", ascending=False),
            Autofilter("Rapid Review", "A3:X40", "K", "Not started"),
            At("Rapid Review+2:Action", "Brief the press office"),
            At("Rapid Review+2:Owner", "PDSCP Business Manager"),
            At("Rapid Review+2:Agreed date", FRIDAY),
            At("Log!A4", THIRD),
            At("Log!D4", "Told the chair"),
            MoveSheet("People", 0),
        ],
        [
            ("'Rapid Review'!A40", "T131"),
            ("'Rapid Review'!K40", "T204"),
            ("'Rapid Review'!A42", "T133"),
            ("'Rapid Review'!A42", "T303"),
        ],
        [
            ("'Rapid Review'!H40", THIRD),
            ("'Rapid Review'!K40", "Complete"),
            ("'Rapid Review'!B42", "Brief the press office"),
            ("'Rapid Review'!D42", "PDSCP Business Manager"),
            ("'Rapid Review'!G42", FRIDAY),
            ("Log!A4", THIRD),
            ("Log!D4", "Told the chair"),
        ],
        {"RR-5.3": "Complete", "'Rapid Review'!A42": "Not started: Due soon"},
    ),
)
