"""Every kind of file a person may hand over in place of a tracker, and trackers with odd cells."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from files import kinds_files, kinds_memory, kinds_parts
from files.base import STRINGS, STYLES, Kind, cell, changed, file, insert, sheet, tracker, typed
from tracker.workbook import layout
from tracker.workbook.preflight import LIMITS

if TYPE_CHECKING:
    from pathlib import Path


def counted_from_1904(folder: Path) -> Path:
    book = openpyxl.load_workbook(io.BytesIO(tracker()))
    book.epoch = CALENDAR_MAC_1904
    path = folder / "mac.xlsx"
    book.save(path)
    return path


def small_dimension(members: dict[str, bytes]) -> None:
    part = sheet("SIN")
    members[part] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', members[part])


COMPLETED = cell("Completed")
CELLS = (
    Kind("a date of the year 27,000,000", "T201", changed(typed("SIN", COMPLETED, "1e10"))),
    Kind("a date before all dates", "T201", changed(typed("SIN", COMPLETED, "-5"))),
    Kind("an endless date", "T201", changed(typed("SIN", COMPLETED, "1e400"))),
    Kind("an ISO date that is none", "T106", changed(typed("SIN", COMPLETED, "2026-99-99", "d"))),
    Kind("an error for a date", "T201", changed(typed("SIN", COMPLETED, "#N/A", "e"))),
    Kind("an endless count", "T206", changed(typed("SIN", cell("Count"), "1e400"))),
    Kind("a huge count", "T206", changed(typed("SIN", cell("Count"), "1e300"))),
    Kind("a count of not a number, as text", "T206", changed(typed("SIN", cell("Count"), "nan", "str"))),
    Kind("an endless count, as text", "T206", changed(typed("SIN", cell("Count"), "inf", "str"))),
)
READ = (
    Kind("a tracker", "", changed()),
    Kind("sizes declared too large", "", file(lambda: kinds_files.directory_changed(24, "<I", 2**31, 22))),
    Kind("a wrong dimension", "", changed(small_dimension)),
    Kind("the 1904 date system", "", counted_from_1904),
    Kind("an endless number in free text", "", changed(typed("SIN", cell("Evidence"), "1e400"))),
)


def many_numbers(members: dict[str, bytes]) -> None:
    rows = [
        b'<row r="%d">%b</row>' % (row, b"<c><v>1</v></c>" * 100)
        for row in range(5_000, 5_000 + (LIMITS.cells - 9_000) // 100)
    ]
    insert(sheet(layout.GUIDE), b"</sheetData>", b"".join(rows))(members)


def many_actions(members: dict[str, bytes]) -> None:
    row = b'<row r="%d"><c r="B%d" t="inlineStr"><is><t>Ring</t></is></c></row>'
    kinds_parts.rows(
        b"".join(row % (number, number) for number in range(1_000, 1_000 + LIMITS.table_rows - 120))
    )(members)


MANY_FORMATS = insert(STYLES, b"</cellXfs>", b'<xf xfId="0"/>' * (LIMITS.objects * 6 // 10))
MANY_TEXTS = insert(STRINGS, b"</sst>", b"<si><t>a</t></si>" * (LIMITS.texts * 9 // 10))
LARGE = (
    Kind("nearly too many numbers beside the tables", "", changed(many_numbers)),
    Kind("nearly too many actions", "", changed(many_actions)),
    Kind("nearly too many formats", "", changed(MANY_FORMATS)),
    Kind("nearly too many texts", "", changed(MANY_TEXTS)),
    Kind("all of these", "", changed(many_numbers, many_actions, MANY_FORMATS, MANY_TEXTS)),
)
REFUSED = (*kinds_files.KINDS, *kinds_parts.KINDS, *kinds_memory.KINDS, *CELLS)
KINDS = (*REFUSED, *READ, *LARGE)
