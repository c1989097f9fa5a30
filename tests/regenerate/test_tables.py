"""The decision tables, every combination: cells by the values of base, edited and new; rows by where they are."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from tracker.merge import CellFate, RowFate, comparable, merge_cell, merge_row

KEEP, TAKE, CONFLICT = CellFate.KEEP, CellFate.TAKE, CellFate.CONFLICT
# base, edited, new: letters stand for three values that differ
CELLS = {
    "aaa": KEEP, "aab": TAKE, "aac": TAKE, "aba": KEEP, "abb": KEEP, "abc": CONFLICT, "aca": KEEP,
    "acb": CONFLICT, "acc": KEEP, "baa": KEEP, "bab": KEEP, "bac": CONFLICT, "bba": TAKE, "bbb": KEEP,
    "bbc": TAKE, "bca": CONFLICT, "bcb": KEEP, "bcc": KEEP, "caa": KEEP, "cab": CONFLICT, "cac": KEEP,
    "cba": CONFLICT, "cbb": KEEP, "cbc": KEEP, "cca": TAKE, "ccb": TAKE, "ccc": KEEP,
}  # fmt: skip
SPACES: dict[str, tuple[str | float | date | None, ...]] = {
    "texts": ("Ring", "Write", "Call"),
    "with a blank": (None, "Write", "Call"),
    "dates": (None, date(2026, 11, 9), date(2026, 11, 10)),
    "kinds": ("3", 3, date(2026, 11, 3)),
}


def test_the_table_of_cells_is_whole() -> None:
    assert sorted(CELLS) == sorted("".join(each) for each in product("abc", repeat=3))


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("place", CELLS)
def test_cells(place: str, space: str) -> None:
    base, edited, new = (dict(zip("abc", SPACES[space], strict=True))[each] for each in place)
    assert merge_cell(base, edited, new) is CELLS[place]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, ""), (None, " \u00a0"), (3, 3.0), ("The \u2018deputy\u2019", "The 'deputy' "),
        ("a\u00a0b", "a b"), (date(2026, 11, 9), date(2026, 11, 9)),
    ],
)  # fmt: skip
def test_values_that_are_alike(one: str | float | date | None, other: str | float | date | None) -> None:
    assert comparable(one) == comparable(other)
    assert merge_cell(one, other, "new") is TAKE


# Where the row is (base, edited, new); for some, whether it was worked in or its rule changed
ROWS = {
    "BEN": dict.fromkeys(("", "touched", "changed", "both"), RowFate.MERGE),
    "EN": dict.fromkeys(("", "touched", "changed", "both"), RowFate.MERGE),
    "N": dict.fromkeys(("", "touched", "changed", "both"), RowFate.ADD),
    "E": dict.fromkeys(("", "touched", "changed", "both"), RowFate.KEEP),
    "BE": {
        "": RowFate.WITHDRAW, "changed": RowFate.WITHDRAW, "touched": RowFate.WITHDRAWN_WITH_WORK,
        "both": RowFate.WITHDRAWN_WITH_WORK,
    },
    "BN": {
        "": RowFate.STAYS_DELETED, "touched": RowFate.STAYS_DELETED, "changed": RowFate.DELETED_BUT_CHANGED,
        "both": RowFate.DELETED_BUT_CHANGED,
    },
    "B": dict.fromkeys(("", "touched", "changed", "both"), RowFate.GONE),
    "": dict.fromkeys(("", "touched", "changed", "both"), RowFate.GONE),
}  # fmt: skip


@pytest.mark.parametrize("where", ROWS)
@pytest.mark.parametrize("how", ["", "touched", "changed", "both"])
def test_rows(where: str, how: str) -> None:
    fate = merge_row(
        base="B" in where,
        edited="E" in where,
        new="N" in where,
        touched=how in {"touched", "both"},
        changed=how in {"changed", "both"},
    )
    assert fate is ROWS[where][how]


def test_the_table_of_rows_is_whole() -> None:
    assert len(ROWS) * 4 == 2**5
