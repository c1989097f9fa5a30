"""Which row is which. The ID is the key; a fingerprint of the row's generated text checks it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.problems import Problem, codes, problem
from tracker.text import clean_text
from tracker.workbook.issue import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.workbook.reading import ReadRow

_ENOUGH = 3
"""Rows beside another row's text from which on a sort without column A is suspected."""

_DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d", "-")
)

_TEXT = ("Action", "Paragraph", "Counted from", "Count")


def clean_id(value: object) -> str:
    """An ID as it is compared: blanks, invisible characters and typographic dashes do not matter."""
    text = value if isinstance(value, (str, int, float)) else ""
    return clean_text(str(text)).translate(_DASHES).replace(" ", "")


def row_fingerprint(row: ReadRow) -> str:
    """The fingerprint of a row as it was read; empty where a column it needs is missing."""
    return fingerprint(row.values) if all(title in row.columns for title in _TEXT) else ""


def _renamed(row: ReadRow, row_id: str) -> ReadRow:
    return replace(row, values={**row.values, "ID": row_id or None})


def settle_copies(rows: Sequence[ReadRow], issued: Mapping[str, str]) -> tuple[list[ReadRow], list[Problem]]:
    """Rows with an ID once each, where the fingerprints tell the original from a copy that was changed.

    Where they cannot tell, both keep the ID and a check reports them.
    """
    counts = Counter(row.text("ID") for row in rows if row.text("ID"))
    originals = {
        row.text("ID"): row
        for row in reversed(rows)
        if row_fingerprint(row) == issued.get(row.text("ID"), "-")
    }
    settled, found = [], []
    for row in rows:
        row_id = row.text("ID")
        original = originals.get(row_id)
        if counts[row_id] > 1 and original is not None and row_fingerprint(row) not in {"", issued[row_id]}:
            found.append(problem(codes.COPIED_ROW, place=row.cell(), id=row_id, other=original.cell()))
            row = _renamed(row, "")  # noqa: PLW2901  the row goes on without the ID it copied
        settled.append(row)
    return settled, found


def homes_by_text(rows: Sequence[ReadRow], issued: Mapping[str, str]) -> Mapping[int, str]:
    """The ID each row has by its text, where the IDs of a sheet cannot be trusted; empty where they can.

    Rows are named by their number; one whose text is no row's of this workbook is left out.
    """
    if not _was_sorted(_misplaced_rows(rows, issued)):
        return {}
    id_of = {mark: row_id for row_id, mark in issued.items()}
    return {row.number: id_of[mark] for row in rows if (mark := row_fingerprint(row)) in id_of}


def _was_sorted(wrong: Sequence[tuple[ReadRow, str]]) -> bool:
    """Whether rows changed places without their IDs: many of them, or two that stand in each other's place."""
    ids, homes = [row.text("ID") for row, _ in wrong], [home for _, home in wrong]
    return len(wrong) >= _ENOUGH or (len(wrong) > 1 and sorted(ids) == sorted(homes))


def _misplaced_rows(rows: Sequence[ReadRow], issued: Mapping[str, str]) -> list[tuple[ReadRow, str]]:
    """Rows whose text belongs to another ID of this workbook: the row, and that ID."""
    id_of = {mark: row_id for row_id, mark in issued.items()}
    homes = ((row, id_of.get(row_fingerprint(row), "")) for row in rows)
    return [
        (row, home) for row, home in homes if home and row.text("ID") in issued and home != row.text("ID")
    ]


def realign_rows(
    rows: Sequence[ReadRow], issued: Mapping[str, str], *, realign: bool
) -> tuple[list[ReadRow], list[Problem]]:
    """Report IDs that stand beside other rows' text; with `realign`, read those rows by their text."""
    wrong = _misplaced_rows(rows, issued)
    if not _was_sorted(wrong):
        return list(rows), []
    first, home = wrong[0]
    if not realign:
        example = f"{first.text('ID')} beside the text of {home}"
        return list(rows), [
            problem(codes.IDS_MISALIGNED, place=first.cell(), count=len(wrong), example=example)
        ]
    homes = {row.number: home for row, home in wrong}
    read = [_renamed(row, homes[row.number]) if row.number in homes else row for row in rows]
    return read, [problem(codes.ROWS_READ_BY_TEXT, place=first.cell(), count=len(wrong))]
