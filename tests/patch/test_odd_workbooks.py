"""Workbooks that people and other programs have made odd, through regenerate: done, or refused with one message."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from office.calc import counted_values, differences, needs_soffice
from office.edits import Job, RenameSheet, edit
from reconcile.editing import FRESH, issued_bytes, load
from workbook.making import FACTS, stripped

from patch.packages import DOCUMENT, MAIN, relations, unzipped, zipped
from tracker.case.model import Agency
from tracker.regenerate.outcome import Outcome
from tracker.regenerate.run import UpdateOptions, regenerate_content
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.read import read_content

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.regenerate.outcome import Outcome

DAY = date(2026, 11, 4)
GROWN = replace(FRESH, agencies=(*FRESH.agencies, Agency("Housing", "HOU")))


def issued() -> bytes:
    return issued_bytes("fresh", DAY)


def run(content: bytes) -> tuple[Outcome | None, list[Problem]]:
    return regenerate_content(content, "case.xlsx", load, FACTS, DAY, UpdateOptions(case=GROWN))


def changed(content: bytes, part: str, old: str, new: str) -> bytes:
    parts = unzipped(content)
    text = parts[part].decode()
    assert old in text
    return zipped(parts | {part: text.replace(old, new, 1).encode()})


def with_own_sheet(content: bytes, spelt: bytes) -> bytes:
    file = WorkbookFile(content)
    file.add_sheet("Mine", spelt)
    return file.to_bytes()


def with_chart_sheet(content: bytes) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.chartsheet+xml"
    page = f'<chartsheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"/></sheetViews></chartsheet>'
    parts = {"xl/chartsheets/sheet1.xml": page, "xl/chartsheets/_rels/sheet1.xml.rels": relations()}
    content = zipped({**unzipped(content), **parts})
    override = f'<Override PartName="/xl/chartsheets/sheet1.xml" ContentType="{kind}"/></Types>'
    content = changed(content, "[Content_Types].xml", "</Types>", override)
    relation = f'<Relationship Id="rId88" Type="{DOCUMENT}/chartsheet" Target="chartsheets/sheet1.xml"/>'
    content = changed(
        content, "xl/_rels/workbook.xml.rels", "</Relationships>", f"{relation}</Relationships>"
    )
    return changed(
        content, "xl/workbook.xml", "</sheets>", '<sheet name="Chart" sheetId="88" r:id="rId88"/></sheets>'
    )


def absolute(content: bytes) -> bytes:
    """Relations that name their parts from the root of the package."""
    parts = unzipped(content)
    for name in [each for each in parts if each.endswith(".rels") and each.startswith("xl/")]:
        text = parts[name].decode().replace('Target="../', 'Target="/xl/')
        if name == "xl/_rels/workbook.xml.rels":
            text = text.replace('Target="', 'Target="/xl/')
        parts[name] = text.encode()
    return zipped(parts)


ODD: dict[str, Callable[[bytes], bytes]] = {
    "a sheet of one's own whose rows have no numbers": lambda x: with_own_sheet(
        x, f'<worksheet xmlns="{MAIN}"><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>'.encode()
    ),
    "a sheet of one's own in another encoding": lambda x: with_own_sheet(
        x,
        f'<?xml version="1.0" encoding="iso-8859-1"?><worksheet xmlns="{MAIN}"><sheetData><row r="1">'
        '<c r="A1" t="str"><v>£</v></c></row></sheetData></worksheet>'.encode("latin-1"),
    ),
    "a chart sheet": with_chart_sheet,
    "relations from the root": absolute,
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_not_ours_may_be_odd(odd: Callable[[bytes], bytes]) -> None:
    content = odd(issued())
    outcome, problems = run(content)
    assert outcome, problems
    before, after = unzipped(content), unzipped(outcome.content)
    assert outcome.merge.rows
    ours = {f"xl/worksheets/sheet{number}.xml" for number in range(1, 12)}
    strange = {name for name in before if before[name] != after[name]} - ours
    assert {name for name in strange if not name.startswith("xl/tables/")} <= {"xl/workbook.xml"}


def test_a_table_with_a_totals_row_is_left_alone_with_one_message() -> None:
    content = changed(issued(), "xl/tables/table6.xml", ' totalsRowShown="0"', ' totalsRowCount="1"')
    outcome, problems = run(content)
    assert outcome
    assert [(each.code, each.id) for each in problems if each.code == "T618"] == [("T618", "RR-5.7b-HOU")]
    before, after = WorkbookFile(content), WorkbookFile(outcome.content)
    table = "Rapid_Review_actions"
    assert after.tables[table].last_row == before.tables[table].last_row


def test_a_line_break_pasted_from_elsewhere_is_read_as_one() -> None:
    file = WorkbookFile(issued())
    file.put("SIN", 5, 12, "Rang\r\nand wrote")
    parts = unzipped(file.to_bytes())
    spelt = parts["xl/worksheets/sheet3.xml"].replace(b"Rang&#13;\nand", b"Rang_x000D_\nand")
    reading, _, problems = read_content(
        zipped(parts | {"xl/worksheets/sheet3.xml": spelt}), "case.xlsx", load, realign=False
    )
    assert reading, problems
    said = [row.values.get("Progress") for row in reading.tables["SIN_actions"] if row.number == 5]
    assert "_x000D_" not in str(said)
    assert "Rang" in str(said)


@needs_soffice
def test_a_sheet_renamed_with_a_quote_is_worked_out(tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    path.write_bytes(issued())
    edit([Job(path, tmp_path / "renamed.xlsx", [RenameSheet("Rapid Review", "It's the review")])])
    outcome, problems = run((tmp_path / "renamed.xlsx").read_bytes())
    assert outcome, problems
    after = tmp_path / "after.xlsx"
    after.write_bytes(outcome.content)
    assert outcome.places["Rapid_Review_actions RR-5.7b-HOU"].startswith("'It''s the review'!A")
    bare = stripped(after, tmp_path / "bare.xlsx", DAY)
    assert differences(after, *counted_values([bare])) == []
