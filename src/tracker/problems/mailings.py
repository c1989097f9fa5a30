"""T711 to T719: messages to owners, and the calendar."""

from __future__ import annotations

from tracker.problems import Kind, Severity

_WARNING, _NOTE = Severity.WARNING, Severity.NOTE

KINDS: tuple[Kind, ...] = (
    Kind(
        "T711",
        _WARNING,
        "An owner without an address",
        found="no address for {owner}; the message was written as Markdown, not as a draft",
        expected="an address on sheet People of {cases}",
        remedy="Type the address under Email on sheet People, or send the message by hand.",
    ),
    Kind(
        "T712",
        _WARNING,
        "An address that cannot be used",
        found="{address!r} as the address of {owner}; the message was written as Markdown, not as a draft",
        expected="an address such as name@example.org on sheet People of {cases}",
        remedy="Correct the address under Email on sheet People.",
    ),
    Kind(
        "T713",
        _WARNING,
        "Reminders that reach nobody",
        found="nobody owns {rows}, which are due for a reminder",
        expected="an owner in every open row",
        remedy="Choose the owner of each in the workbook.",
    ),
    Kind(
        "T714",
        _NOTE,
        "Messages of another run",
        found="{names} in the folder, which this run did not write",
        expected="the messages of one run",
        remedy="Delete them if they were sent, or choose another folder with -o.",
    ),
    Kind(
        "T715",
        _NOTE,
        "A meeting's time that cannot be read",
        found="{value!r} as the time of a meeting, which stands in the calendar as a whole day",
        expected="a time such as 10:00, or 10:00-12:30",
        remedy="Type the time again on sheet Calendar.",
    ),
)
