"""Sheets Case and Calendar as they stood when layout 3 was new: all blocks of Case below one another, and the bank
holidays first.

`tests/data/layout-3.xlsx` was generated from sample_cases/converted-to-lcspr.toml by the version before the holds and
proceedings came to stand beside the clocks and decisions, and the meetings first.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workbook.making import PROCEDURE, made, sample

from regenerate.running import Run, book_of, regenerated, state_of, typed
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from openpyxl import Workbook as XlsxWorkbook

AS_AT = date(2026, 10, 12)


def _of_layout_3() -> bytes:
    return (Path(__file__).parents[1] / "data" / "layout-3.xlsx").read_bytes()


@cache
def _of_today() -> bytes:
    return workbook_bytes(made(sample("converted-to-lcspr"), AS_AT))


BOTH = pytest.mark.parametrize("content", [_of_layout_3(), _of_today()], ids=["before", "today"])


def _type(book: XlsxWorkbook, sheet: str, title: str, *values: object) -> None:
    """Type into the first free row below a title, from its column on."""
    page = book[sheet]
    header = next(cell for row in page.iter_rows() for cell in row if cell.value == title)
    row = next(row for row in range(header.row + 1, 99) if page.cell(row, header.column).value is None)
    for column, value in enumerate(values, header.column):
        page.cell(row, column).value = value  # type: ignore[assignment]  # a test types anything


def _type_everywhere(book: XlsxWorkbook) -> None:
    _type(book, "Case", "From", datetime(2026, 9, 1), None, None, "Trial")  # noqa: DTZ001  as the library has dates
    _type(book, "Case", "Child", "Child 7", "no")
    _type(book, "Case", "Contact", "Coroner", datetime(2026, 12, 1), "Wait")  # noqa: DTZ001
    _type(book, "Calendar", "Kind", "Leadership", datetime(2026, 11, 30))  # noqa: DTZ001
    _type(book, "Calendar", "Office closure", datetime(2026, 12, 24))  # noqa: DTZ001


def _run(content: bytes) -> Run:
    return regenerated(content, PROCEDURE, as_at=AS_AT)


@BOTH
def test_where_the_blocks_stand_is_no_change_and_no_problem(content: bytes) -> None:
    state = state_of(content, PROCEDURE)
    assert [each for each in state.changes if not each.cell.startswith("People!")] == []
    assert {each.code for each in state.problems} & {
        "T110",
        "T111",
        "T302",
        "T305",
        "T356",
        "T362",
        "T366",
    } == set()
    assert [(each.from_, each.reason) for each in state.holds] == []
    assert len(state.meetings) == 9


@BOTH
def test_what_is_typed_in_a_block_is_read_and_kept(content: bytes) -> None:
    edited = typed({}, _type_everywhere, content)
    state = state_of(edited, PROCEDURE)
    assert [(each.from_, each.reason) for each in state.holds] == [(date(2026, 9, 1), "Trial")]
    assert ("Leadership", date(2026, 11, 30)) in [(each.kind, each.day) for each in state.meetings]
    assert {str(each.now) for each in state.changes} >= {"Child 7", "Coroner", "Wait", "2026-12-24"}
    run = _run(edited)
    assert any(each.endswith("-C7") for each in run.added)
    assert {cell for cell, value in run.cells if value is None} == set()
    assert not run.again(as_at=AS_AT).done.changed
    again = run.state()
    assert (again.holds, again.meetings) == (state.holds, state.meetings)


@BOTH
def test_lost_names_lead_to_the_cells_they_led_to(content: bytes) -> None:
    file = WorkbookFile(content)
    before = file.package.names()
    part = file.package.read("xl/workbook.xml")
    file.package.put("xl/workbook.xml", re.sub(rb"<definedName name=[^>]*>[^<]*</definedName>", b"", part))
    after = WorkbookFile(_run(file.package.to_bytes()).content).package.names()
    for name in (
        "Hold_running",
        "Holidays",
        "LCSPR_decision",
        "Report_date",
        "LCSPR_day_zero",
        "Role_list",
    ):
        assert (name, after.get(name)) == (name, before[name])
    assert book_of(content)["Case"][before["Hold_running"].replace("$", "").partition("!")[2]].value
