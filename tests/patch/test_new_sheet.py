"""The sheets Conflicts and Problems: put behind the others, readable, and never in the place of a person's own."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest
from lxml import etree  # type: ignore[import-untyped]  # ships no types
from office.calc import needs_soffice
from office.edits import Job, Set, edit
from office.validator import format_faults
from reconcile.editing import FRESH, issued_bytes, load
from workbook.making import FACTS

from patch.cells import MAIN
from patch.packages import unzipped, zipped
from tracker.formula.values import serial
from tracker.merge import Conflict
from tracker.regenerate.outcome import Outcome
from tracker.regenerate.run import UpdateOptions, regenerate_content
from tracker.regenerate.sheets import CONFLICTS, read_choices, write_conflicts
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.patch.parts import NewSheet

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.regenerate.outcome import Outcome

DAY = date(2026, 11, 4)
ANNOTATED = UpdateOptions(annotate=True)
TYPED = date(2026, 11, 12)


@cache
def issued() -> bytes:
    return issued_bytes("fresh", DAY)


def typed_over_due(content: bytes) -> bytes:
    """A date typed over the formula of Due in the first dated row of SIN: a conflict to settle."""
    file = WorkbookFile(content)
    row = next(row for row in range(4, 20) if file.cell("SIN", row, 6).value)
    file.put("SIN", row, 6, TYPED)
    return file.to_bytes()


def with_sheet(content: bytes, name: str, rows: str) -> bytes:
    """A sheet of a person's own behind the others."""
    file = WorkbookFile(content)
    file.add_sheet(name, f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode())
    return file.to_bytes()


def text(at: str, said: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{said}</t></is></c>'


def regenerated(content: bytes, wishes: UpdateOptions | None = None) -> Outcome:
    outcome, problems = regenerate_content(content, "case.xlsx", load, FACTS, DAY, wishes or UpdateOptions())
    assert outcome, problems
    return outcome


def rows_of(content: bytes, sheet: str) -> list[list[str]]:
    file = WorkbookFile(content)
    return [file.row_texts(sheet, row) for row in sorted(file.sheet(sheet).rows)]


# As it is spelt


def page() -> NewSheet:
    sheet = NewSheet("Title", "What it says.", (("No", 7), ("Cell", 20), ("Take", 10)))
    sheet.row(["1", "SIN!B4", ""], link="SIN!B4", link_column=2)
    sheet.row(["2", "'Rapid Review'!A7", "a < b & _x0041_\nc\x00"], link="'Rapid Review'!A7", link_column=2)
    sheet.row(["3", "nowhere", ""], link="nowhere", link_column=2)
    for row in (4, 5, 6):
        sheet.choice(3, row, ("yours", "new"))
    return sheet


def part_of(file: WorkbookFile, name: str) -> bytes:
    return file.package.read(file.package.sheets()[name])


def test_a_new_sheet_says_what_was_given_and_its_links_lead_to_cells() -> None:
    file = WorkbookFile(issued())
    file.add_sheet("New", page().to_bytes(file.package))
    after = WorkbookFile(file.to_bytes())
    assert after.sheet_texts("New") == page().texts()
    assert after.cell("New", 5, 3).value == "a < b & _x0041_\nc"
    root = etree.fromstring(part_of(after, "New"))
    assert [(each.get("ref"), each.get("location")) for each in root.iter(f"{{{MAIN}}}hyperlink")] == [
        ("B4", "SIN!B4"), ("B5", "'Rapid Review'!A7"),
    ]  # fmt: skip
    (choice,) = root.iter(f"{{{MAIN}}}dataValidation")
    assert (choice.get("sqref"), choice.findtext(f"{{{MAIN}}}formula1")) == ("C4:C6", '"yours,new"')


def test_formats_are_only_added_and_only_once() -> None:
    file = WorkbookFile(issued())
    before = etree.fromstring(file.package.read(file.package.styles))
    file.add_sheet("New", page().to_bytes(file.package))
    once = file.package.read(file.package.styles)
    page().to_bytes(file.package)
    assert file.package.read(file.package.styles) == once
    for old, new in zip(before, etree.fromstring(once), strict=True):
        kept = [etree.tostring(each, method="c14n") for each in old]
        assert [etree.tostring(each, method="c14n") for each in new][: len(kept)] == kept


def test_every_row_is_as_high_as_its_longest_text() -> None:
    sheet = NewSheet("T", "S", (("Found", 20),))
    sheet.row(["short"])
    sheet.row(["long " * 30])
    part = sheet.to_bytes(WorkbookFile(issued()).package).decode()
    heights = [float(each) for each in re.findall(r'<row r="\d+" ht="([\d.]+)"', part)]
    assert heights[4] > 4 * heights[3]
    assert "customHeight" not in part


# In a workbook


@pytest.mark.parametrize("wishes", [UpdateOptions(), ANNOTATED], ids=["conflicts", "problems too"])
def test_the_validator_finds_nothing(tmp_path: Path, wishes: UpdateOptions) -> None:
    path = tmp_path / "out.xlsx"
    path.write_bytes(regenerated(typed_over_due(issued()), wishes).content)
    assert format_faults(path) == []


def test_the_marking_is_printed_as_on_the_other_sheets() -> None:
    file = WorkbookFile(regenerated(typed_over_due(issued()), ANNOTATED).content)
    for name in ("Conflicts", "Problems"):
        assert (
            f"<oddHeader>&amp;LOFFICIAL-SENSITIVE&amp;CDOR-2026-099&amp;R{name}</oddHeader>"
            in part_of(file, name).decode()
        )
        assert "<oddFooter>&amp;LOFFICIAL-SENSITIVE" in part_of(file, name).decode()


@pytest.mark.parametrize(("own", "ours"), [("Problems", "Problems 2"), ("problems", "Problems 2")])
def test_a_sheet_of_that_name_that_is_a_persons_own_stays(own: str, ours: str) -> None:
    content = with_sheet(issued(), own, f'<row r="1">{text("A1", "What I must not forget")}</row>')
    once = regenerated(content, ANNOTATED).content
    twice = regenerated(once, ANNOTATED).content
    assert WorkbookFile(once).names()[-2:] == [own, ours]
    assert WorkbookFile(twice).names() == WorkbookFile(once).names()
    assert rows_of(twice, own) == [["What I must not forget"]]
    assert rows_of(twice, ours)[0] == ["Problems"]


def test_a_sheet_of_ours_is_known_under_another_name() -> None:
    once = regenerated(typed_over_due(issued())).content
    parts = unzipped(once)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'name="Conflicts"', b'name="To settle"')
    file = WorkbookFile(zipped(parts))
    (row,) = [row for row in file.sheet("To settle").rows if file.row_texts("To settle", row)[0] == "C-001"]
    file.put("To settle", row, 9, "Yours ")
    settled = regenerated(file.to_bytes())
    assert settled.open_conflicts == []
    assert "Conflicts" not in WorkbookFile(settled.content).names()


def test_what_people_write_beside_and_below_the_conflicts_stays() -> None:
    file = WorkbookFile(regenerated(typed_over_due(issued())).content)
    for row, column, said in (
        (3, 11, "Who asks"),
        (4, 11, "R. Example"),
        (4, 9, "new"),
        (9, 2, "Ask the Panel"),
    ):
        file.put(CONFLICTS, row, column, said)
    outcome = regenerated(file.to_bytes())
    rows = rows_of(outcome.content, CONFLICTS)
    assert outcome.open_conflicts == []
    assert [row[10:] for row in rows[2:4]] == [["Who asks"], ["R. Example"]]
    assert rows[4] == ["", "Ask the Panel"]
    again = regenerated(outcome.content)
    assert again.content is outcome.content


def test_a_choice_counts_only_on_a_sheet_of_ours() -> None:
    conflict = Conflict(
        "cell", "SIN", "SIN-2.1", "Action", "SIN!B4", "a", "b", "c", "Choose.", number="C-001"
    )
    rows = f'<row r="4">{text("A4", "C-001")}{text("I4", "new")}</row>'
    own = WorkbookFile(with_sheet(issued(), "Conflicts", rows))
    assert read_choices(own, [conflict], {}) == ({}, [])
    ours = WorkbookFile(issued())
    write_conflicts(ours, [conflict], FRESH)
    ours = WorkbookFile(ours.to_bytes())
    ours.put(CONFLICTS, 4, 9, "new")
    (choice,) = read_choices(WorkbookFile(ours.to_bytes()), [conflict], {})[0].values()
    assert choice.take == "new"


@needs_soffice
def test_a_choice_made_in_libreoffice_settles_the_conflict_and_links_survive(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    path.write_bytes(regenerated(typed_over_due(issued())).content)
    edit([Job(path, tmp_path / "saved.xlsx", [Set(CONFLICTS, "I4", "yours")])])
    saved = (tmp_path / "saved.xlsx").read_bytes()
    assert 'sqref="I4"' in part_of(WorkbookFile(saved), CONFLICTS).decode()
    assert re.search(r"<hyperlink[^>]*SIN!F\d+", part_of(WorkbookFile(saved), CONFLICTS).decode())
    outcome = regenerated(saved)
    assert outcome.open_conflicts == []
    assert [each.state for each in outcome.conflicts] == ["yours"]
    after = WorkbookFile(outcome.content)
    assert serial(TYPED) in [after.cell("SIN", row, 7).value for row in range(4, 20)]
