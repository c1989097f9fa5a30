"""Dates, words, numbers and formulas, as people type them."""

from __future__ import annotations

from datetime import date, datetime

from office.edits import MoveRange

from reading.doing import At, Done, Typed, Worked

THIRD = date(2026, 11, 3)
FRIDAY = date(2026, 11, 13)
COMPLETED, DONE = "SIN-2.1:Completed", {"SIN-2.1": "Complete"}
PLANNED = "RR-8.3:Agreed date"

DATES = (
    Done("types a date", [Typed(COMPLETED, "3/11/2026")], changes=[(COMPLETED, THIRD)], states=DONE),
    Done(
        "types a date in British order as text",
        [At(PLANNED, "13/11/2026")],
        [(PLANNED, "T202")],
        [(PLANNED, FRIDAY)],
        {"RR-8.3": "Not started: On track"},
    ),
    Done(
        "types a two-digit year as text",
        [At(PLANNED, "13/11/26")],
        [(PLANNED, "T202")],
        [(PLANNED, FRIDAY)],
        {"RR-8.3": "Not started: On track"},
    ),
    Done(
        "types an ISO date as text",
        [At(COMPLETED, "2026-11-03")],
        [(COMPLETED, "T202")],
        [(COMPLETED, THIRD)],
        DONE,
    ),
    Done(
        "types a date in words as text",
        [At(COMPLETED, "3rd November 2026")],
        [(COMPLETED, "T202")],
        [(COMPLETED, THIRD)],
        DONE,
    ),
    Done(
        "types a date that can be read in two ways",
        [At(COMPLETED, "3/11/2026")],
        [(COMPLETED, "T210")],
        [(COMPLETED, "3/11/2026")],
        DONE,  # anything in Completed is enough, as the workbook's own RAG has it
    ),
    Done(
        "types words for a date",
        [At(COMPLETED, "after the weekend")],
        [(COMPLETED, "T201")],
        [(COMPLETED, "after the weekend")],
        DONE,
    ),
    Done(
        "types a number without a date's format",
        [MoveRange("SIN", "X20:X20", "H4"), At(COMPLETED, 46329)],
        [(COMPLETED, "T212")],
        [(COMPLETED, THIRD)],
        DONE,
    ),
    Done(
        "types a date with a time",
        [At(COMPLETED, datetime(2026, 11, 3, 14, 30))],  # noqa: DTZ001  # a cell has no zone
        [(COMPLETED, "T211")],
        [(COMPLETED, THIRD)],
        DONE,
    ),
    Done(
        "types a time alone",
        [Typed(COMPLETED, "14:30")],
        [(COMPLETED, "T201")],
        [(COMPLETED, "14:30:00")],
        DONE,
    ),
    Done(
        "types a date of the wrong century",
        [Typed(COMPLETED, "3/11/1926")],
        [(COMPLETED, "T201")],
        [(COMPLETED, "3/11/1926")],
        DONE,
    ),
)


def _status(does: str, typed: str) -> Done:
    """A word for Complete beside the date."""
    return Done(
        does,
        [At("SIN-2.1:Status", typed), At(COMPLETED, THIRD)],
        [("SIN-2.1:Status", "T204")],
        [("SIN-2.1:Status", "Complete"), (COMPLETED, THIRD)],
        DONE,
    )


WORDS = (
    _status("types done", "done"),
    _status("types closed", "Closed"),
    _status("types Complete with blanks", "Complete\u00a0 "),
    _status("types complete with an invisible character", "comp\u200blete"),
    Done(
        "types n/a",
        [At("SIN-2.1:Status", "n/a"), At("SIN-2.1:Reason for change", "No other partners")],
        [("SIN-2.1:Status", "T204")],
        [("SIN-2.1:Status", "Not applicable"), ("SIN-2.1:Reason for change", "No other partners")],
        {"SIN-2.1": "Not applicable"},
    ),
    Done(
        "types an unknown status",
        [At("SIN-2.6:Status", "Opne")],
        [("SIN-2.6:Status", "T203")],
        [("SIN-2.6:Status", "Opne")],
        {"SIN-2.6": "Opne: On track"},
    ),
    Done(
        "types a name over the formula",
        [At("SIN-2.6:Named owner", "B. Example")],
        changes=[("SIN-2.6:Named owner", "B. Example")],
    ),
    Done(
        "types a count in words",
        [At("SIN-2.6:Count", "five")],
        [("SIN-2.6:Count", "T206")],
        [("SIN-2.6:Count", "five")],
        {"SIN-2.6": "Not started: Clock not started"},
    ),
    Done(
        "types an unknown unit",
        [At("SIN-2.6:Unit", "fortnights")],
        [("SIN-2.6:Unit", "T203")],
        [("SIN-2.6:Unit", "fortnights")],
        {"SIN-2.6": "Not started: Clock not started"},
    ),
    Done(
        "completes a step of the Rapid Review",
        [At("RR-5.6:Status", "Complete"), At("RR-5.6:Completed", THIRD)],
        changes=[("RR-5.6:Status", "Complete"), ("RR-5.6:Completed", THIRD)],
        states={"RR-5.6": "Complete"},
    ),
)

DUE = "SIN-2.6:Due"
FORMULAS = (
    Done(
        "types a formula into Completed",
        [Worked(COMPLETED, "=DATE(2026;11;3)")],
        [(COMPLETED, "T213")],
        [(COMPLETED, THIRD)],
        DONE,
    ),
    Done("types a formula that fails into Completed", [Worked(COMPLETED, "=1/0")], [(COMPLETED, "T207")]),
    Done("types a date over the due date", [At(DUE, FRIDAY)], [(DUE, "T205")], [(DUE, FRIDAY)]),
    Done(
        "types a date over the due date, and has it accepted",
        [At(DUE, FRIDAY), At("SIN-2.6:Reason for change", "Leave")],
        [(DUE, "T353")],
        [(DUE, FRIDAY), ("SIN-2.6:Reason for change", "Leave")],
        due={"SIN-2.6": date(2026, 11, 9)},
        options={"accept_typed_dates": True},
    ),
    Done(
        "types a word over RAG",
        [At("SIN-2.6:RAG", "Green")],
        [("SIN-2.6:RAG", "T205")],
        [("SIN-2.6:RAG", "Green")],
    ),
    Done("changes a formula", [Worked(DUE, "=WORKDAY(S5;7)")], [(DUE, "T305")]),
    Done("clears a formula", [At(DUE, None)], [(DUE, "T354")]),
    Done(
        "clears a column of formulas",
        [At(f"SIN!F{row}", None) for row in range(4, 15)],
        [(f"SIN!F{row}", "T354") for row in range(4, 15)],
    ),
)
