"""Rows sorted, inserted, deleted, copied, moved and typed."""

from __future__ import annotations

from datetime import date

from office.edits import CopyRow, DeleteRows, InsertRows, MoveRange, Set, Sort
from reconcile.editing import FRESH
from workbook.making import PROCEDURE

from reading.doing import At, Done, Step
from tracker.plan import make_plan

THIRD = date(2026, 11, 3)
FRIDAY = date(2026, 11, 13)
_ROWS = make_plan(FRESH, PROCEDURE).rows


def _own(first: str, **typed: object) -> list[Step]:
    """A row of one's own: `_own("SIN+1", Action="Ring the school")`; `_` stands for a blank."""
    return [At(f"{first}:{title.replace('_', ' ')}", value) for title, value in typed.items()]  # type: ignore[arg-type]  # checked there


def _copied(row: int, row_id: str, *, without: str = "") -> list[tuple[str, object]]:
    """The changes of a row whose typed cells all repeat those of an issued row."""
    cells = next(each for each in _ROWS["SIN"] if each.id == row_id)
    typed = {"B": cells.action, "D": cells.owner, "K": cells.status, "O": cells.paragraph,
             "P": cells.counted_from, "Q": cells.count, "R": cells.unit, "U": cells.basis,
             "V": cells.waits_for or None, "W": cells.note or None}  # fmt: skip
    return [
        (f"SIN!{column}{row}", value) for column, value in typed.items() if value and column not in without
    ]


_SENT = [At(f"SIN!H{row}", THIRD) for row in range(4, 13)]
"""Everything up to the submission of the SIN is done."""

ORDER = (
    Done("sorts by owner", [Sort("SIN", "A3:X15", by="D")]),
    Done(
        "types, then sorts by owner downwards",
        [At("SIN-2.1:Completed", THIRD), Sort("SIN", "A3:X15", by="D", ascending=False)],
        changes=[("SIN!H5", THIRD)],
        states={"SIN-2.1": "Complete"},
    ),
    Done(
        "sorts by owner without column A",
        [Sort("SIN", "B3:X15", by="D")],
        [("SIN!A4", "T351")],
        # Each ID beside another row's text: offered is another reading, taken is none. All are due on day 5.
    ),
    Done(
        "types, then sorts without column A",
        [At("SIN-2.1:Completed", THIRD), Sort("SIN", "B3:X15", by="D")],
        [("SIN!A4", "T351")],
        [("SIN!H9", THIRD)],
        {"SIN-3.3b": "Complete"},
    ),
    Done(
        "sorts without column A, and has the rows read by their text",
        [At("SIN-2.1:Completed", THIRD), Sort("SIN", "B3:X15", by="D")],
        [("SIN!A4", "T352")],
        [("SIN!H9", THIRD)],
        {"SIN-2.1": "Complete"},
        options={"realign": True},
    ),
    Done(
        "sends the SIN, then sorts without column A",
        [*_SENT, Sort("SIN", "B3:X15", by="D")],
        [("SIN!A4", "T351")],
        [(f"SIN!H{row}", THIRD) for row in (*range(4, 12), 15)],
        dict.fromkeys(
            (
                "SIN-2.1",
                "SIN-2.6",
                "SIN-3.2",
                "SIN-3.2b",
                "SIN-3.3",
                "SIN-3.3b",
                "SIN-3.3d",
                "SIN-3.3c",
                "SIN-3.6b",
            ),
            "Complete",
        ),
    ),
    Done(
        "sorts two sheets without column A",
        [Sort("SIN", "B3:X15", by="D"), Sort("Rapid Review", "B3:X40", by="D")],
        [("SIN!A4", "T351"), ("'Rapid Review'!A4", "T351")],
        states={
            "RR-5.7b-ICB": "Not started: Clock not started",
            **dict.fromkeys(
                ("RR-5.4", "RR-5.4c", "RR-5.13", "RR-5.13b", "RR-5.7b-POL", "RR-6.6c"),
                "Not started: No date",
            ),
            **dict.fromkeys(
                ("RR-5.15", "RR-6.8", "RR-6.8b", "RR-6.8c", "RR-8.1", "RR-8.3", "RR-8.4"),
                "Not started: Provisional",
            ),
        },
    ),
)

IDENTITY = (
    Done("deletes a row", [DeleteRows("SIN", 5)], [("SIN", "T301")], [("SIN", None)], {"SIN-2.6": None}),
    Done(
        "cuts a row and puts it on another stage's sheet",
        [MoveRange("SIN", "A5:X5", "A41", "Rapid Review"), DeleteRows("SIN", 5)],
        [("'Rapid Review'!A3", "T362"), ("'Rapid Review'!A41", "T306")],
    ),
    Done("copies a row", [CopyRow("SIN", 5, 16)], [("SIN!A16", "T302"), ("SIN!A3", "T362")]),
    Done(
        "copies the header and a row below the table",
        [CopyRow("SIN", 3, 17), CopyRow("SIN", 5, 18)],
        [("SIN!A17", "T133"), ("SIN!A17", "T357"), ("SIN!A18", "T302"), ("SIN!A3", "T362")],
    ),
    Done(
        "copies a row and makes it another",
        [CopyRow("SIN", 5, 16), Set("SIN", "B16", "Report to the regional network")],
        [("SIN!A16", "T350"), ("SIN!A3", "T362")],
        [("SIN!B16", "Report to the regional network"), *_copied(16, "SIN-2.6", without="B")],
        {"SIN!A16": "Not started: On track"},
    ),
    Done(
        "clears an ID",
        [At("SIN-2.6:ID", None)],
        [("SIN!A5", "T342")],
        [("SIN", None), *_copied(5, "SIN-2.6")],
        {"SIN-2.6": None, "SIN!A5": "Not started: On track"},
    ),
    Done(
        "types an ID of its own",
        _own("SIN+1", ID="SIN-9.9", Action="Ring", Owner="Executive Director", Agreed_date=FRIDAY),
        [("SIN!A16", "T304")],
        [("SIN!B16", "Ring"), ("SIN!D16", "Executive Director"), ("SIN!G16", FRIDAY)],
        {"SIN-9.9": "Not started: On track"},
    ),
    Done(
        "types invisible characters and typographic marks into IDs and words",
        [
            At("SIN-2.6:ID", "SIN\u20112.6\u200b"),
            At("SIN-3.2:ID", "\u00a0SIN-3.2 "),
            At("SIN-3.2b:ID", "sin-3.2B"),
            At("SIN-2.6:Owner", "PDSCP\u00a0Business Manager\u200b"),
            At("SIN-3.2b:Progress", "The \u2018deputy\u2019 \u2013 away"),
        ],
        [
            ("SIN-2.6:ID", "T365"),
            ("SIN-2.6:Owner", "T204"),
            ("SIN-3.2:ID", "T365"),
            ("SIN-3.2b:ID", "T365"),
        ],
        [("SIN-3.2b:Progress", "The \u2018deputy\u2019 \u2013 away")],
    ),
    Done(
        "clears a whole row but its ID",
        [At(f"SIN!{column}5", None) for column in "BCDEFIJKOPQRSTUVWX"],
        [("SIN!B5", "T307")],
        [(cell, None) for cell, _ in _copied(5, "SIN-2.6")],
        {"SIN-2.6": "Not started: No date"},
    ),
)

_RING, _WHO = "Ring the school", "Executive Director"
ADDED = (
    Done(
        "types a row below the table",
        _own("SIN+1", Action=_RING, Owner=_WHO),
        [("SIN!A16", "T303"), ("SIN!G16", "T308")],
        [("SIN!B16", _RING), ("SIN!D16", _WHO)],
        {"SIN!A16": "Not started: No date"},
    ),
    Done(
        "types a row with a clock and a count",
        _own("SIN+1", Action=_RING, Owner=_WHO, Counted_from="SIN day zero", Count=3),
        [("SIN!A16", "T303")],
        [("SIN!B16", _RING), ("SIN!D16", _WHO), ("SIN!P16", "SIN day zero"), ("SIN!Q16", 3)],
        {"SIN!A16": "Not started: Due soon"},
        due={"SIN!A16": date(2026, 11, 5)},
    ),
    Done(
        "types a row with an agreed date",
        _own("SIN+1", Action=_RING, Owner=_WHO, Agreed_date=FRIDAY),
        [("SIN!A16", "T303")],
        [("SIN!B16", _RING), ("SIN!D16", _WHO), ("SIN!G16", FRIDAY)],
        {"SIN!A16": "Not started: On track"},
    ),
    Done(
        "types a row after sixty empty ones",
        _own("SIN+61", Action=_RING, Owner=_WHO, Agreed_date=FRIDAY),
        [("SIN!A76", "T133"), ("SIN!A76", "T303")],
        [("SIN!B76", _RING), ("SIN!D76", _WHO), ("SIN!G76", FRIDAY)],
        {"SIN!A76": "Not started: On track"},
    ),
    Done(
        "inserts a row in the middle and types there",
        [InsertRows("SIN", 7), Set("SIN", "B7", _RING), Set("SIN", "D7", _WHO), Set("SIN", "G7", FRIDAY)],
        [("SIN!A7", "T303")],
        [("SIN!B7", _RING), ("SIN!D7", _WHO), ("SIN!G7", FRIDAY)],
        {"SIN!A7": "Not started: On track"},
    ),
    Done("inserts empty rows", [InsertRows("SIN", 7, 2)], [("SIN!A9", "T133")]),
    Done(
        "inserts a row and copies a neighbour into it",
        [InsertRows("SIN", 15), CopyRow("SIN", 16, 15), Set("SIN", "A15", None), Set("SIN", "B15", _RING)],
        [("SIN!A15", "T303")],
        [("SIN!B15", _RING), *_copied(15, "SIN-3.6b", without="B")],
        {"SIN!A15": "Not started: On track"},
    ),
    Done(
        "types only progress below the table",
        _own("SIN+1", Progress="rang them"),
        [("SIN!B16", "T307")],
        [("SIN!L16", "rang them")],
        {"SIN!A16": "Not started: "},
    ),
)
