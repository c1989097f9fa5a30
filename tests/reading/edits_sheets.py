"""Sheets renamed, moved, copied and deleted; headers and columns moved and misspelt; the look of things."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from office.edits import (
    Autofilter,
    Colour,
    CopySheet,
    DeleteColumns,
    DeleteRows,
    HideColumns,
    HideRows,
    InsertColumns,
    InsertRows,
    Merge,
    MoveRange,
    MoveSheet,
    Note,
    RenameSheet,
    SelectSheet,
    Set,
)
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from reconcile.editing import FRESH
from workbook.making import PROCEDURE

from reading.doing import At, Done
from tracker.plan import make_plan

if TYPE_CHECKING:
    from openpyxl import Workbook as XlsxWorkbook

THIRD = date(2026, 11, 3)


def _without_people(book: XlsxWorkbook) -> None:
    del book["People"]


def _from_1904(book: XlsxWorkbook) -> None:
    book.epoch = CALENDAR_MAC_1904


SHEETS = (
    Done("saves it without an edit"),
    Done("renames a stage's sheet", [RenameSheet("SIN", "SIN (old)")], [("'SIN (old)'", "T127")]),
    Done("renames the log", [RenameSheet("Log", "Decisions")], [("Decisions", "T127")]),
    Done("reorders the sheets", [MoveSheet("LCSPR", 0), MoveSheet("_tracker", 3), MoveSheet("Case", 8)]),
    Done(
        "leaves another sheet in front, and types there",
        [SelectSheet("Guide"), At("SIN-2.1:Completed", THIRD)],
        changes=[("SIN-2.1:Completed", THIRD)],
        states={"SIN-2.1": "Complete"},
    ),
    Done("copies a sheet", [CopySheet("SIN", "SIN backup")], [("'SIN backup'", "T128")]),
    Done("copies a sheet in front of all", [CopySheet("SIN", "SIN_2", 0)], [("SIN_2", "T128")]),
    Done(
        "deletes a sheet",
        first=_without_people,
        problems=[("People", "T109")],
    ),
    Done(
        "adds a sheet of its own",
        [CopySheet("Guide", "My notes", 2), Set("My notes", "A3", "Ring the school on Monday")],
    ),
)

HEADERS = (
    Done("puts rows above the header", [InsertRows("SIN", 3, 2)], [("SIN!A5", "T130")]),
    Done(
        "puts a title line above the table",
        [InsertRows("Rapid Review", 1), Set("Rapid Review", "A1", "For the meeting on the 24th")],
        [("'Rapid Review'!A4", "T130")],
    ),
    Done(
        "inserts a column of its own",
        [
            InsertColumns("SIN", "H"),
            Set("SIN", "H3", "Who rang"),
            Set("SIN", "H4", "the deputy"),
            Set("SIN", "I4", THIRD),
        ],
        changes=[("SIN!I4", THIRD)],
        states={"SIN-2.1": "Complete"},
    ),
    Done(
        "moves a column",
        [
            InsertColumns("SIN", "C"),
            MoveRange("SIN", "L3:L15", "C3"),
            DeleteColumns("SIN", "L"),
            Set("SIN", "C5", "In progress"),
        ],
        changes=[("SIN!C5", "In progress")],
        states={"SIN-2.6": "In progress: On track"},
    ),
    Done("renames a header", [At("SIN!L3", "Progress so far")], [("SIN!L3", "T360")]),
    Done(
        "misspells a header",
        [At("SIN!H3", "Complted"), At("SIN-2.1:Completed", THIRD)],
        [("SIN!H3", "T360")],
        [("SIN-2.1:Completed", THIRD)],
        {"SIN-2.1": "Complete"},
    ),
    Done(
        "respells a header",
        [At("SIN!H3", " COMPLETED\u00a0"), At("SIN!G3", "Agreed  date\u200b")],
        [("SIN!G3", "T360"), ("SIN!H3", "T360")],
    ),
    Done(
        "two headers alike",
        [InsertColumns("SIN", "I"), Set("SIN", "I3", "completed "), Set("SIN", "H4", THIRD)],
        [("SIN!I3", "T129")],
        [("SIN!H4", THIRD)],
        {"SIN-2.1": "Complete"},
    ),
    Done("a number as a header", [At("SIN!N3", 2026)], [("SIN!N3", "T360")]),
    Done("a date as a header", [At("SIN!M3", THIRD)], [("SIN!M3", "T360")]),
    Done(
        "deletes the header row",
        [DeleteRows("SIN", 3)],
        [("SIN", "T110")],
        states={row.id: None for row in make_plan(FRESH, PROCEDURE).rows["SIN"]},
    ),
)

LOOKS = (
    Done("hides rows", [HideRows("SIN", 6, 3)], [("SIN!A6", "T131")]),
    Done("hides columns", [HideColumns("SIN", "G", 2)]),
    Done(
        "filters by owner",
        [Autofilter("SIN", "A3:X15", "D", "Head of QA and Partnerships")],
        [("SIN!A5", "T131")],
    ),
    Done(
        "merges cells",
        [Merge("SIN", "L5:L6")],
        [("SIN!L5", "T132")],
    ),
    Done(
        "colours whole columns and a whole row",
        [Colour("SIN", "G1:H1048576", 0xFFF8DC), Colour("SIN", "A7:XFD7", 0xDDEEFF)],
    ),
    Done("writes comments", [Note("SIN", "C5", "Ask again on Monday"), Note("Case", "B33", "No names")]),
    Done(
        "works in a file that counts from 1904",
        [At("SIN-2.1:Completed", THIRD)],
        changes=[("SIN-2.1:Completed", THIRD)],
        states={"SIN-2.1": "Complete"},
        first=_from_1904,
    ),
)
