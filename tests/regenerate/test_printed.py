"""What stands above and below a printed page follows the marking and the reference."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from office.calc import needs_soffice, recalculate
from reconcile.editing import FRESH

from regenerate.running import SMALL, book_of, issued, regenerated, small, typed
from tracker.plan import blank_case
from tracker.workbook.patch.file import WorkbookFile

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook

MARKED = replace(FRESH, marking="OFFICIAL <A&B>")
REMARKED = "OFFICIAL-SENSITIVE: CHILDREN & FAMILIES"


def lines(content: bytes) -> dict[str, list[str]]:
    """The texts above and below each sheet."""
    file = WorkbookFile(content)
    found = {name: [line for _, line in file.sheet(name).lines()] for name in file.names()}
    return {name: said for name, said in found.items() if said}


def test_a_reference_typed_into_a_blank_workbook_is_printed_on_every_page() -> None:
    run = regenerated(typed({"Case reference:B": "DOR-2026-120"}, content=issued(blank_case(SMALL))))
    said = lines(run.content)
    assert said["SIN"] == [
        "&LOFFICIAL-SENSITIVE&CDOR-2026-120&RSIN",
        "&LOFFICIAL-SENSITIVE&CPrinted &D&RPage &P of &N",
    ]
    assert all("&CDOR-2026-120&R" in header for header, _ in said.values())
    assert run.again().done.changed is False


@pytest.mark.parametrize(("was", "marking"), [(FRESH, REMARKED), (MARKED, REMARKED), (FRESH, "X" * 300)])
def test_a_changed_marking_is_printed_on_every_page(was: object, marking: str) -> None:
    content = issued(was)  # type: ignore[arg-type]  # both are cases
    run = regenerated(typed({"Marking:B": marking}, content=content))
    spelt = marking[:90].replace("&", "&&")
    assert run.done.merge.marks == ["marking and reference on printed pages"]
    assert all(line.startswith(f"&L{spelt}&C") for said in lines(run.content).values() for line in said)
    assert all(len(line) <= 255 for said in lines(run.content).values() for line in said)
    assert run.again().done.changed is False


def test_a_line_a_person_wrote_stays() -> None:
    def own(book: Workbook) -> None:
        header = book["SIN"].oddHeader
        assert header
        header.left.text = "For the panel only"
        book["SIN"].title = "Notification"

    said = lines(regenerated(typed({"Marking:B": REMARKED}, own)).content)
    assert said["Notification"][0] == "&LFor the panel only&CDOR-2026-099&RSIN"
    assert said["Notification"][1].startswith("&LOFFICIAL-SENSITIVE: CHILDREN && FAMILIES&C")


def test_the_sheets_of_conflicts_and_problems_follow() -> None:
    first = regenerated(small(), case=replace(FRESH, marking="SECRET"), annotate=True)
    clash = typed({"Marking:B": "MINE"}, content=first.content)
    second = regenerated(clash, case=replace(FRESH, marking="THEIRS"))
    third = regenerated(typed({"Marking:B": "OURS"}, content=second.content))
    for run, marking in ((first, "SECRET"), (second, "MINE"), (third, "OURS")):
        said = lines(run.content)
        assert {line.partition("&C")[0] for each in said.values() for line in each} == {f"&L{marking}"}
    assert {"Conflicts", "Problems"} <= set(lines(third.content))


@needs_soffice
def test_lines_that_libreoffice_saved_follow_too(tmp_path: Path) -> None:
    (tmp_path / "blank.xlsx").write_bytes(issued(blank_case(SMALL)))
    (saved,) = recalculate([tmp_path / "blank.xlsx"], tmp_path / "saved")
    run = regenerated(typed({"Case reference:B": "DOR-2026-120"}, content=saved.read_bytes()))
    assert lines(run.content)["SIN"][0] == "&LOFFICIAL-SENSITIVE&CDOR-2026-120&RSIN"


def test_a_renamed_summary_is_worked_out_and_its_lines_follow() -> None:
    def renamed(book: Workbook) -> None:
        book["Summary"].title = "Overview"
        book["Guide"].title = "Help"

    run = regenerated(typed({"Marking:B": REMARKED}, renamed))
    assert "DOR-2026-099" in str(book_of(run.content, values=True)["Overview"]["A1"].value)
    assert all("CHILDREN" in lines(run.content)[name][0] for name in ("Overview", "Help"))
