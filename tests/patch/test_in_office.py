"""What LibreOffice makes of patched workbooks: shared formulas, days counted from 1904, rows beyond the spare ones."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from office.calc import counted_values, differences, needs_soffice
from office.package import Package as Parts
from office.package import formula_refs
from reconcile.editing import FRESH, issued_bytes, load
from workbook.making import FACTS, stripped

from patch.packages import small, unzipped, zipped
from tracker.case.model import Agency, Child
from tracker.regenerate.outcome import Outcome
from tracker.regenerate.run import UpdateOptions, regenerate_content
from tracker.workbook.patch.file import WorkbookFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.regenerate.outcome import Outcome

DAY = date(2026, 11, 4)
GROWN = replace(
    FRESH, agencies=(*FRESH.agencies, Agency("Housing", "HOU")), children=(Child("Child 1"), Child("Child 2"))
)
SHARED = (
    '<row r="1"><c r="A1"><v>10</v></c><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2+$A$1</f><v>0</v></c></row>'
    '<row r="2"><c r="A2"><v>20</v></c><c r="B2"><f t="shared" si="0"/><v>0</v></c></row>'
    '<row r="3"><c r="A3"><v>30</v></c><c r="B3"><f t="shared" si="0"/><v>0</v></c></row>'
)


def regenerated(content: bytes) -> Outcome:
    outcome, problems = regenerate_content(content, "case.xlsx", load, FACTS, DAY, UpdateOptions(case=GROWN))
    assert outcome, problems
    assert outcome.merge.rows
    return outcome


def wrong_values(content: bytes, folder: Path) -> list[tuple[str, object, object]]:
    """Formula cells whose value LibreOffice works out otherwise."""
    path = folder / "after.xlsx"
    path.write_bytes(content)
    return differences(path, *counted_values([stripped(path, folder / "bare.xlsx", DAY)]))


@needs_soffice
def test_formulas_spelt_out_from_a_shared_one_are_right(tmp_path: Path) -> None:
    file = WorkbookFile(zipped(small({"One": SHARED})))
    file.put("One", 1, 2, 5)
    path = tmp_path / "shared.xlsx"
    path.write_bytes(file.to_bytes())
    (counted,) = counted_values([path])
    assert [counted[cell] for cell in ("One!B1", "One!B2", "One!B3")] == [5, 50, 70]


def counting_from_1904(content: bytes) -> bytes:
    """The workbook after somebody switched its dates to 1904: every day reads four years and a day later."""
    parts = unzipped(content)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<workbookPr", b'<workbookPr date1904="1"')
    return zipped(parts)


def with_prefixes(content: bytes) -> bytes:
    """The sheet SIN spelt with a prefix, as some libraries do."""
    parts = unzipped(content)
    text = parts["xl/worksheets/sheet3.xml"].decode()
    spelt = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text).replace("xmlns=", "xmlns:x=")
    return zipped(parts | {"xl/worksheets/sheet3.xml": spelt.encode()})


def with_few_spare_rows(content: bytes) -> bytes:
    """Drop-downs and colours of SIN that end with its last row."""
    parts = unzipped(content)
    text = parts["xl/worksheets/sheet3.xml"].decode()
    (last,) = re.findall(r'<dimension ref="A1:X(\d+)"', text)
    spelt = re.sub(r'sqref="([A-Z])4:\1\d{3}"', rf'sqref="\g<1>4:\g<1>{last}"', text)
    assert spelt != text
    return zipped(parts | {"xl/worksheets/sheet3.xml": spelt.encode()})


@needs_soffice
@pytest.mark.parametrize("made", [with_prefixes, with_few_spare_rows])
def test_our_values_are_those_of_libreoffice(tmp_path: Path, made: Callable[[bytes], bytes]) -> None:
    assert wrong_values(regenerated(made(issued_bytes("fresh", DAY))).content, tmp_path) == []


def test_a_workbook_whose_dates_were_switched_to_1904_is_refused() -> None:
    ticked = counting_from_1904(issued_bytes("fresh", DAY))
    outcome, problems = regenerate_content(ticked, "case.xlsx", load, FACTS, DAY, UpdateOptions(case=GROWN))
    assert (outcome, [each.code for each in problems]) == (None, ["T383"])


def test_rules_reach_the_rows_beyond_the_spare_ones() -> None:
    outcome = regenerated(with_few_spare_rows(issued_bytes("fresh", DAY)))
    file = WorkbookFile(outcome.content)
    last = file.tables["SIN_actions"].last_row
    ends = {int(said.rpartition(":")[2][1:]) for _, _, said in file.sheet("SIN").ranges() if ":" in said}
    assert ends == {last}


def test_every_new_row_has_the_formulas_and_looks_of_its_neighbours(tmp_path: Path) -> None:
    path = tmp_path / "after.xlsx"
    path.write_bytes(regenerated(issued_bytes("fresh", DAY)).content)
    file, parts = WorkbookFile(path.read_bytes()), Parts.read(path)
    refs = set(formula_refs(dict(parts.sheets())["SIN"]))
    last = file.tables["SIN_actions"].last_row
    columns = "ABCDEFGHIJKLMNOPQRSTU"
    assert [f"{c}{last}" in refs for c in columns] == [f"{c}{last - 1}" in refs for c in columns]
    styles = [[file.sheet("SIN").style(row, column) for column in range(1, 22)] for row in (last - 1, last)]
    assert styles[0] == styles[1]
