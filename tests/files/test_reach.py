"""How far a table or name says it reaches costs next to nothing, and a long tag no multiple of itself: counted."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from reconcile.editing import reconcile_paths
from regenerate.running import book_of, saved
from workbook.making import FACTS

from files.base import AS_AT, CASE, STYLES, WORKBOOK, packed, parts_of, small_procedure
from files.commands_run import base
from files.growth import count_calls, peak_memory
from tracker.case.model import Agency
from tracker.regenerate.run import UpdateOptions, regenerate_content
from tracker.workbook.preflight import unpack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MB = 1_000_000
GROWN = replace(CASE, agencies=(*CASE.agencies, Agency("Housing", "HOU")))
ACTIONS, PEOPLE = "xl/tables/table5.xml", "xl/tables/table9.xml"


def _changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    members = parts_of(base(small=True))
    members[part] = change(members[part])
    return packed(members)


def _names_to(row: int) -> bytes:
    """Every name of a range of cells reaches down to a row."""
    return _changed(
        WORKBOOK,
        lambda part: re.sub(rb"(:\$[A-Z]+\$)[0-9]+(</definedName>)", rb"\g<1>%d\2" % row, part),
    )


def _table_to(part: str, row: int) -> bytes:
    return _changed(part, lambda old: re.sub(rb'( ref="[A-Z]+[0-9]+:[A-Z]+)[0-9]+"', rb'\g<1>%d"' % row, old))


def _regenerate(content: bytes) -> None:
    def load(_: object) -> tuple[object, list[object]]:
        return small_procedure(), []

    regenerate_content(content, "case.xlsx", load, FACTS, AS_AT, UpdateOptions(case=GROWN))  # type: ignore[arg-type]  # small


def _reconcile(content: bytes, folder: Path) -> None:
    path = folder / "case.xlsx"
    path.write_bytes(content)
    reconcile_paths([path], AS_AT, load=lambda _: (small_procedure(), []))


def test_names_of_huge_ranges_are_little_more_work() -> None:
    near, far, beyond = (
        count_calls(partial(_regenerate, _names_to(row))) for row in (500, 1_048_576, 9_999_999)
    )
    assert far < 4 * near  # two thousand times as far
    assert beyond < 1.1 * far


@pytest.mark.parametrize("part", [ACTIONS, PEOPLE])
def test_a_table_twice_as_far_is_no_more_than_twice_the_work(part: str) -> None:
    once, twice, far = (count_calls(partial(_regenerate, _table_to(part, row))) for row in (300, 600, 49_000))
    assert twice < 2.2 * once
    assert far < 40 * once  # 160 times as far: what is beyond the rows of any tracker is not worked out


@pytest.mark.parametrize("part", [ACTIONS, PEOPLE])
def test_reading_a_table_costs_its_rows_alone(part: str, tmp_path: Path) -> None:
    near, far = (count_calls(partial(_reconcile, _table_to(part, row), tmp_path)) for row in (100, 49_000))
    assert far < 1.2 * near


SHEET = "xl/worksheets/sheet3.xml"
LONG: dict[str, tuple[str, bytes, bytes]] = {
    "spaces in a tag": (SHEET, b"<sheetData", b" "),
    "an attribute": (SHEET, b"<sheetData", b""),
    "a text": (SHEET, b"<v>", b"7"),
    "a style": (STYLES, b"<cellXfs", b" "),
}


def _long(kind: str, size: int) -> bytes:
    part, mark, filling = LONG[kind]
    filled = filling * size or b' x="%b"' % (b"a" * size)
    return _changed(part, lambda old: old.replace(mark, mark + filled, 1))


@pytest.mark.parametrize("kind", LONG)
def test_a_tag_of_16_mb_is_refused_for_little_more_than_itself(kind: str) -> None:
    content = _long(kind, 16 * MB)
    found = []
    peak = peak_memory(lambda: found.append(unpack(content, "case.xlsx")))
    assert [getattr(each, "code", "") for each in found] == ["T119"]
    assert peak < 5 * 16 * MB


@pytest.mark.parametrize("kind", LONG)
def test_a_tag_twice_as_long_takes_no_more_than_twice_the_memory(kind: str, tmp_path: Path) -> None:
    none, once, twice = (
        peak_memory(partial(_reconcile, _long(kind, size), tmp_path)) for size in (1, 400_000, 800_000)
    )
    assert twice - none < 2.5 * max(once - none, MB)


def _plan_of(count: int) -> bytes:
    """An Action Plan with this many rows that somebody has typed."""
    book = book_of(base(small=True))
    page = book["Action Plan"]
    for row in range(4, 4 + count):
        page.cell(row, 2, f"Recommendation {row}")
        page.cell(row, 3, f"Action {row}")
    (table,) = page.tables.values()
    table.ref = f"A3:T{3 + count}"
    return saved(book)


def test_twice_the_typed_rows_are_no_more_than_twice_the_work() -> None:
    once, twice = (count_calls(partial(_regenerate, _plan_of(count))) for count in (400, 800))
    assert twice < 2.1 * once
