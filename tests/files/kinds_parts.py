"""Workbooks whose parts are hostile, damaged, or far larger than a tracker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from office.package import MAIN

from files.base import (
    RELATIONS,
    STRINGS,
    STYLES,
    THEME,
    TYPES,
    WORKBOOK,
    Kind,
    cell,
    changed,
    insert,
    recoded,
    sheet,
    swap,
    typed,
)
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from files.base import Change

SIN = "SIN"
MB = 1024 * 1024
LAUGHS = b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
CHART_SHEET = b"""<chartsheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetViews><sheetView workbookViewId="0"/></sheetViews></chartsheet>"""


def in_sheet(before: bytes, new: bytes | Callable[[], bytes]) -> Change:
    """Put something into the sheet SIN."""

    def change(members: dict[str, bytes]) -> None:
        insert(sheet(SIN), before, new)(members)

    return change


def rows(new: bytes | Callable[[], bytes]) -> Change:
    """Put rows below the last one of SIN."""
    return in_sheet(b"</sheetData>", new)


def after_rows(new: bytes | Callable[[], bytes]) -> Change:
    """Put something behind the rows of SIN."""
    return in_sheet(b"<pageMargins", new)


def without(part: Callable[[], str]) -> Change:
    """Leave a part out."""

    def change(members: dict[str, bytes]) -> None:
        del members[part()]

    return change


def replaced(part: Callable[[], str] | str, content: bytes | Callable[[], bytes]) -> Change:
    """Put something else in a part's place."""

    def change(members: dict[str, bytes]) -> None:
        name = part if isinstance(part, str) else part()
        members[name] = content if isinstance(content, bytes) else content()

    return change


def no_sheets(members: dict[str, bytes]) -> None:
    members[WORKBOOK] = re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", members[WORKBOOK], flags=re.DOTALL)


def chart_sheets(members: dict[str, bytes]) -> None:
    members[RELATIONS] = members[RELATIONS].replace(b"relationships/worksheet", b"relationships/chartsheet")
    for name in members:
        if name.startswith("xl/worksheets/sheet"):
            members[name] = CHART_SHEET


def moved_away(members: dict[str, bytes]) -> None:
    """A sheet's part under a name that does not say what it is."""
    name = sheet(SIN)
    members["xl/pictures/holiday.png"] = members.pop(name)
    members[RELATIONS] = members[RELATIONS].replace(
        name.removeprefix("xl/").encode(), b"pictures/holiday.png"
    )


def wide(members: dict[str, bytes]) -> None:
    recoded(sheet(SIN), "utf-16", 'encoding="UTF-16"')(members)


def outside(members: dict[str, bytes]) -> None:
    swap(RELATIONS, sheet(SIN).removeprefix("xl/").encode(), b"../../../etc/passwd")(members)


def plain_workbook(folder: Path) -> Path:
    import openpyxl

    path = folder / "budget.xlsx"
    openpyxl.Workbook().save(path)
    return path


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def million_cells() -> bytes:
    return b"".join(b'<row r="%d">%b</row>' % (row, b"<c><v>1</v></c>" * 100) for row in range(5_000, 15_000))


FORMATS = (
    Kind("a document type", "T125", changed(swap(STRINGS, b"<sst", LAUGHS + b"<sst"))),
    Kind(
        "a document type in UTF-16",
        "T125",
        changed(swap(STRINGS, b"<sst", LAUGHS + b"<sst"), recoded(STRINGS, "utf-16", 'encoding="UTF-16"')),
    ),
    Kind("UTF-16", "T125", changed(recoded(STRINGS, "utf-16", 'encoding="UTF-16"'))),
    Kind("UTF-16 that says nothing of it", "T125", changed(recoded(STRINGS, "utf-16-le", ""))),
    Kind("UTF-16 of millions of rows", "T125", changed(rows(b"<row/>" * 1_000_000), wide)),
    Kind("UTF-7", "T125", changed(recoded(STRINGS, "utf-7", 'encoding="UTF-7"'))),
    Kind("UTF-7 declared with blanks", "T125", changed(recoded(STRINGS, "utf-8", "encoding  =  'UTF-7'"))),
    Kind("UTF-7 declared late", "T125", changed(recoded(STRINGS, "utf-8", f"{' ' * 400} encoding='UTF-7'"))),
    Kind("EBCDIC", "T125", changed(recoded(STRINGS, "cp037", 'encoding="cp037"'))),
    Kind("no XML in a part", "T106", changed(replaced(STRINGS, b"<sst><si></sst>"))),
    Kind("an empty part", "T106", changed(replaced(STRINGS, b""))),
    Kind("XML of a million levels", "T119", changed(after_rows(lambda: nested(1_000_000)))),
    Kind("10,000 levels in a part", "T106", changed(replaced(STYLES, lambda: nested(10_000)))),
)
BOMBS = (
    Kind("20 million empty rows", "T119", changed(rows(lambda: b"<row/>" * 20_000_000))),
    Kind("5 million empty rows", "T119", changed(rows(lambda: b"<row/>" * 5_000_000))),
    Kind(
        "1,048,576 rows with a style",
        "T119",
        changed(rows(lambda: b'<row s="1" customFormat="1"/>' * 1_048_576)),
    ),
    Kind(
        "rows under a prefix",
        "T119",
        changed(rows(lambda: b'<x-.y:row xmlns:x-.y="%b"/>' % MAIN.strip("{}").encode() * 60_000)),
    ),
    Kind(
        "one value in XFD1048576",
        "T119",
        changed(rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    ),
    Kind("a far row", "T119", changed(rows(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'))),
    Kind(
        "a far row whose cell has no place", "T119", changed(rows(b'<row r="1048576"><c><v>1</v></c></row>'))
    ),
    Kind("a far column", "T119", changed(rows(b'<row r="9000"><c r="XFD9000"><v>1</v></c></row>'))),
    Kind("a million cells", "T119", changed(rows(million_cells))),
    Kind(
        "a merged range over the whole sheet",
        "T119",
        changed(after_rows(b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
    ),
    Kind(
        "the same in other letters",
        "T119",
        changed(after_rows(b'<mergeCells><mergeCell ref = "$a$1:xfd1048576"/></mergeCells>')),
    ),
    Kind(
        "the same with references",
        "T119",
        changed(after_rows(b'<mergeCells><mergeCell ref="A1:&#88;FD1048576"/></mergeCells>')),
    ),
    Kind(
        "the same by columns",
        "T119",
        changed(after_rows(b'<mergeCells><mergeCell ref="A:XFD"/></mergeCells>')),
    ),
    Kind(
        "a link over the whole sheet",
        "T119",
        changed(after_rows(b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="a"/></hyperlinks>')),
    ),
    Kind(
        "a link with a bracket before its range",
        "T119",
        changed(after_rows(b'<hyperlinks><hyperlink display="a>b" ref="A1:XFD1048576"/></hyperlinks>')),
    ),
    Kind(
        "20,000 merged ranges",
        "T119",
        changed(after_rows(lambda: b"<mergeCells>%b</mergeCells>" % (b'<mergeCell ref="A1:A2"/>' * 20_000))),
    ),
    Kind(
        "5,001 names",
        "T119",
        changed(
            insert(
                WORKBOOK,
                b"</definedNames>",
                lambda: b"".join(b'<definedName name="n%d">1</definedName>' % n for n in range(5_001)),
            )
        ),
    ),
    Kind(
        "400,000 formats", "T119", changed(insert(STYLES, b"</cellXfs>", lambda: b'<xf xfId="0"/>' * 400_000))
    ),
    Kind("5 MB of theme", "T119", changed(insert(THEME, b"</a:theme>", lambda: b" " * 5 * MB))),
    Kind(
        "2 million texts", "T119", changed(insert(STRINGS, b"</sst>", lambda: b"<si><t/></si>" * 2_000_000))
    ),
    Kind(
        "2 million rich texts",
        "T119",
        changed(insert(STRINGS, b"</sst>", lambda: b"<si>%b</si></sst>" % (b"<r><t/></r>" * 2_000_000))),
    ),
    Kind(
        "a million drop-downs",
        "T119",
        changed(
            after_rows(
                lambda: (
                    b"<dataValidations>%b</dataValidations>" % (b'<dataValidation sqref="A1"/>' * 1_000_000)
                )
            )
        ),
    ),
    Kind(
        "a million content types",
        "T119",
        changed(insert(TYPES, b"</Types>", lambda: b'<Override PartName="/a" ContentType="b"/>' * 400_000)),
    ),
    Kind(
        "5 million rows in a part named as a picture",
        "T119",
        changed(rows(lambda: b"<row/>" * 5_000_000), moved_away),
    ),
    Kind(
        "10,000 rows of actions",
        "T119",
        changed(
            rows(
                lambda: b"".join(
                    b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (row, row) for row in range(5_000, 15_000)
                )
            )
        ),
    ),
)
BROKEN = (
    Kind("another workbook", "T107", plain_workbook),
    Kind("no sheets", "T107", changed(no_sheets)),
    Kind("chart sheets", "T106", changed(chart_sheets)),
    Kind("without the hidden sheet's part", "T107", changed(without(lambda: sheet(layout.HIDDEN)))),
    Kind("without a stage's part", "T109", changed(without(lambda: sheet(SIN)))),
    Kind("without the texts", "T106", changed(without(lambda: STRINGS))),
    Kind("a sheet that lies outside", "T109", changed(outside)),
    Kind("a number that is none", "T106", changed(typed(SIN, cell("Completed"), "NaN"))),
    Kind("a text that is not there", "T106", changed(typed(SIN, cell("Completed"), "999999", "s"))),
    Kind("a format that is not there", "T106", changed(typed(SIN, cell("Completed"), "1", style="999999"))),
    Kind(
        "a merged range that is none",
        "T119",
        changed(after_rows(b'<mergeCells><mergeCell ref="B2:0"/></mergeCells>')),
    ),
)
KINDS = (*FORMATS, *BOMBS, *BROKEN)
