"""Our own reader of workbooks and the library say the same of every file, or ours says nothing."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest
from office.calc import convert, needs_soffice
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from patch.carrier import carrier
from reconcile.editing import EARLY, issued_bytes, load
from workbook.making import FOLDER, SAMPLES

from reading.alike import by_library, differences
from tracker.workbook import read
from tracker.workbook.fast_reader_sheet import BUILT_IN_DAYS, BUILT_IN_SPANS, UnusualError, is_day, is_span
from tracker.workbook.read import read_content

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.workbook.fast_reader import FastBook

EDITED = tuple(sorted(path.name for path in FOLDER.glob("*.xlsx")))
XLSX = ("xlsx", "Calc MS Excel 2007 XML")


@pytest.mark.parametrize("name", SAMPLES)
def test_an_issued_workbook_is_read_alike(name: str) -> None:
    assert differences(issued_bytes(name, EARLY)) == []


@pytest.mark.parametrize("name", EDITED)
def test_an_edited_sample_is_read_alike(name: str) -> None:
    assert differences((FOLDER / name).read_bytes()) == []


def test_what_the_library_saves_is_read_alike() -> None:
    book = openpyxl.load_workbook(io.BytesIO(issued_bytes("ordinary-in-time", EARLY)))
    file = io.BytesIO()
    book["SIN"]["H4"] = date(2026, 11, 3)
    book["SIN"]["L4"] = "_x000D_ typed & sent"
    book["SIN"].merge_cells("L5:M6")
    book.save(file)
    assert differences(file.getvalue()) == []


def test_a_workbook_that_is_spelt_by_hand_is_left_to_the_library() -> None:
    content = carrier(issued_bytes("ordinary-in-time", EARLY))
    with pytest.raises(UnusualError):
        differences(content)
    reading, _, _ = read_content(content, "case.xlsx", load)
    assert reading is not None
    assert "My sums" in by_library(content).titles


@needs_soffice
def test_what_libreoffice_saves_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "issued.xlsx"
    path.write_bytes(issued_bytes("ordinary-in-time", EARLY))
    (saved,) = convert([path], tmp_path / "saved", *XLSX)
    assert differences(saved.read_bytes()) == []


def _forbidden(_: bytes) -> None:
    raise AssertionError("read by the library")


def _unusual(_: bytes) -> FastBook:
    raise UnusualError("for this test")


@pytest.mark.parametrize("name", EDITED)
def test_the_library_is_not_needed_for_a_sample(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "LibraryBook", _forbidden)
    reading, _, _ = read_content((FOLDER / name).read_bytes(), name, load)
    assert reading is not None
    assert len(reading.tables["SIN_actions"]) > 5


@pytest.mark.parametrize("name", EDITED)
def test_a_reading_is_the_same_by_the_library(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (FOLDER / name).read_bytes()
    ours = read_content(content, name, load)
    monkeypatch.setattr(read, "fast_book", _unusual)
    assert read_content(content, name, load) == ours
    assert ours[0] is not None


# Formats


CODES = (
    "General", "0", "@", "dd/mm/yyyy", "ddd d mmm yy", r"ddd\ d\ mmm\ yy", "h:mm", "[h]:mm", "[hh]:mm:ss", "[mm]:ss",
    "[S].0", "[Red]0", '0 "days"', '"day" 0', "[$-809]d mmmm", "[$£-809]#,##0", r"\d0", "_d0", "0;d", "d;0", "",
    "yyyy", "S", "[h", "[hx]", '"', "[$-F800]", "0_);[Red](0)",
)  # fmt: skip


@pytest.mark.parametrize("code", [*CODES, *BUILTIN_FORMATS.values()])
def test_a_format_shows_days_where_the_library_says_so(code: str) -> None:
    assert (is_day(code), is_span(code)) == (is_date_format(code), is_timedelta_format(code))


def test_the_formats_known_by_number_alone() -> None:
    def numbers(test: Callable[[str], bool]) -> set[int]:
        return {number for number, code in BUILTIN_FORMATS.items() if test(code)}

    assert (numbers(is_date_format), numbers(is_timedelta_format)) == (BUILT_IN_DAYS, BUILT_IN_SPANS)
