"""What is done to workbooks in LibreOffice shows on the screen and in the file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from . import calc, edits
from .edits import Edit, Job, Read, Recalc, Set
from .package import split_address
from .test_harness import make

if TYPE_CHECKING:
    from pathlib import Path


# ---------------------------------------------------------------- edits

# What is done, and what the cells named then hold.
EDITED: dict[str, tuple[tuple[Edit, ...], dict[str, object]]] = {
    "set": (
        (
            Set("SIN", "D5", date(2026, 11, 9)),
            Set("SIN", "B6", 3),
            Set("SIN", "A6", "=text"),
            Set("SIN", "A7", None),
            Set("Case", "B20", date(2026, 11, 6)),
        ),
        {
            "SIN!D5": 46335,
            "SIN!E5": "Complete",
            "SIN!C6": 46332,
            "SIN!E6": "On track",
            "SIN!A6": "=text",
            "SIN!A7": "",
        },
    ),
    "formula": ((edits.SetFormula("Case", "D1", "=SUM(SIN.B5:B7;10)"),), {"Case!D1": 16}),
    "type": (
        (
            edits.Type("SIN", "D5", "16/11/2026"),
            edits.Type("SIN", "G1", "04/05/2026"),
            edits.Type("SIN", "G2", "9 November 2026"),
            edits.Type("SIN", "G3", "=B5+1"),
            edits.Type("SIN", "G4", "'007"),
            edits.Type("SIN", "G5", "09.11.26"),
            edits.Type("SIN", "G6", "5.10"),
        ),
        {
            "SIN!D5": 46342,
            "SIN!E5": "Complete",
            "SIN!G1": 46146,
            "SIN!G2": 46335,
            "SIN!G3": 2,
            "SIN!G4": "007",
            "SIN!G5": "09.11.26",
            "SIN!G6": 5.1,
        },
    ),
    "insert rows": (
        (edits.InsertRows("SIN", 6, 2),),
        {"SIN!A5": "SIN-1", "SIN!A6": "", "SIN!A7": "", "SIN!A8": "SIN-2", "SIN!C8": 46331},
    ),
    "delete rows": ((edits.DeleteRows("SIN", 5, 2),), {"SIN!A5": "SIN-3", "SIN!C5": 46332, "SIN!A6": ""}),
    "insert columns": (
        (edits.InsertColumns("SIN", "B"),),
        {"SIN!A6": "SIN-2", "SIN!B6": "", "SIN!D6": 46331},
    ),
    "delete columns": ((edits.DeleteColumns("SIN", "D"),), {"SIN!C6": 46331, "SIN!D4": "RAG"}),
    "sort": (
        (edits.Sort("SIN", "A4:E7", by="B", ascending=False),),
        {"SIN!A4": "ID", "SIN!A5": "SIN-3", "SIN!C5": 46332, "SIN!A7": "SIN-1", "SIN!C7": 46329},
    ),
    "sort all": (
        (edits.Sort("Case", "J1:J4", by="J", header=False),),
        {"Case!J1": "Gas", "Case!J2": "Gas", "Case!J3": "Kind", "Case!J4": "Water"},
    ),
    "copy row": (
        (edits.CopyRow("SIN", 5, onto=7),),
        {"SIN!A5": "SIN-1", "SIN!A6": "SIN-2", "SIN!A7": "SIN-1", "SIN!C7": 46329},
    ),
    "move range": (
        (edits.MoveRange("SIN", "A7:B7", to="G9"), edits.MoveRange("SIN", "A6", to="E1", to_sheet="Case")),
        {"SIN!A7": "", "SIN!G9": "SIN-3", "SIN!H9": 3, "Case!E1": "SIN-2"},
    ),
    "sheets": (
        (
            edits.CopySheet("SIN", "SIN copy"),
            edits.CopySheet("SIN", "SIN first", position=0),
            edits.RenameSheet("Case", "The case"),
            edits.MoveSheet("The case", 2),
            edits.SelectSheet("SIN copy"),
        ),
        {"'SIN copy'!A5": "SIN-1", "'SIN first'!A5": "SIN-1", "'The case'!B1": 46328},
    ),
    "looks": (
        (
            edits.HideRows("SIN", 5, 2),
            edits.HideColumns("SIN", "B", 2),
            edits.Merge("Case", "L1:M2"),
            edits.Note("SIN", "A5", "first"),
            edits.Note("SIN", "A5", "second"),
            edits.Colour("SIN", "A5:B5", 0xFFCC00),
        ),
        {},
    ),
    "filter": (
        (
            edits.Autofilter("SIN", "A4:E7", by="A", equals="SIN-2"),
            edits.Autofilter("Case", "J1:J4", by="J", equals="Gas"),
        ),
        {"SIN!A5": "SIN-1", "Case!J3": "Water"},
    ),
}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, dict[str, Any]]]:
    """Each job of EDITED as saved and as read, all done in one LibreOffice."""
    folder = tmp_path_factory.mktemp("edited")
    made = make(folder / "made.xlsx")
    jobs = [
        Job(
            made,
            folder / f"{name}.xlsx",
            [*done, *(Read(sheet, (ref,)) for sheet, ref in map(split_address, then))],
        )
        for name, (done, then) in EDITED.items()
    ]
    results = calc.edit(jobs)
    return {
        name: (folder / f"{name}.xlsx", result["read"]) for name, result in zip(EDITED, results, strict=True)
    }


@pytest.mark.parametrize("name", EDITED)
def test_each_edit_shows_on_the_screen_and_in_the_file(
    edited: dict[str, tuple[Path, dict[str, Any]]], name: str
) -> None:
    saved, read = edited[name]
    expected = EDITED[name][1]
    assert {cell: found["value"] for cell, found in read.items()} == expected
    assert calc.cell_values(saved, expected) == expected


def test_a_set_date_is_a_date_in_the_cells_own_format(edited: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    cell = openpyxl.load_workbook(edited["set"][0])["SIN"]["D5"]
    assert (cell.is_date, cell.number_format) == (True, "dd/mm/yyyy")


def test_formulas_are_read_beside_values(edited: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    assert edited["formula"][1]["Case!D1"] == {"value": 16, "formula": "=SUM(SIN.B5:B7;10)"}
    assert edited["set"][1]["SIN!D5"]["formula"] == ""


def test_sheets_are_copied_renamed_moved_and_brought_to_the_front(
    edited: dict[str, tuple[Path, dict[str, Any]]],
) -> None:
    book = openpyxl.load_workbook(edited["sheets"][0])
    assert book.sheetnames == ["SIN first", "SIN", "The case", "SIN copy"]
    assert book.active is not None
    assert book.active.title == "SIN copy"


def test_hiding_merging_notes_and_colours_are_saved(edited: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    book = openpyxl.load_workbook(edited["looks"][0])
    sin = book["SIN"]
    assert [row for row in range(4, 8) if sin.row_dimensions[row].hidden] == [5, 6]
    hidden = sin.column_dimensions["B"]
    assert (hidden.hidden, hidden.min, hidden.max) == (True, 2, 3)
    assert [str(merged) for merged in book["Case"].merged_cells.ranges] == ["L1:M2"]
    assert sin["A5"].comment.text == "second"
    assert [sin[ref].fill.start_color.rgb for ref in ("A5", "B5", "C5")] == [
        "FFFFCC00",
        "FFFFCC00",
        "00000000",
    ]


def test_a_filter_hides_the_other_rows_of_a_table_and_of_a_plain_range(
    edited: dict[str, tuple[Path, dict[str, Any]]],
) -> None:
    book = openpyxl.load_workbook(edited["filter"][0])
    assert [row for row in range(1, 9) if book["SIN"].row_dimensions[row].hidden] == [5, 7]
    assert list(book["SIN"].tables) == ["SIN_actions"]
    assert [row for row in range(1, 9) if book["Case"].row_dimensions[row].hidden] == [3]
    assert book["Case"].auto_filter.ref == "J1:J4"


def test_a_wrong_value_is_trusted_on_opening_until_counted_anew(tmp_path: Path) -> None:
    wrong = make(tmp_path / "wrong.xlsx", due=(date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 6)))
    look = Read("SIN", ("C6",))
    trusted, counted = calc.edit([Job(wrong, None, [look]), Job(wrong, None, [Recalc(), look])])
    assert (trusted["read"]["SIN!C6"]["value"], counted["read"]["SIN!C6"]["value"]) == (46330, 46331)


def test_a_workbook_goes_through_ods_and_back(tmp_path: Path) -> None:
    made, ods = make(tmp_path / "made.xlsx"), tmp_path / "made.ods"
    calc.edit(
        [Job(made, ods, [Set("SIN", "D5", date(2026, 11, 9))], "ods"), Job(ods, tmp_path / "back.xlsx")]
    )
    assert calc.differences(made, tmp_path / "back.xlsx") == [("SIN!E5", "Overdue", "Complete")]


def test_a_failed_edit_is_told_and_its_workbook_not_saved(tmp_path: Path) -> None:
    made = make(tmp_path / "made.xlsx")
    jobs = [
        Job(made, tmp_path / "bad.xlsx", [Set("LCSPR", "A1", 1)]),
        Job(tmp_path / "absent.xlsx", None),
        Job(made, tmp_path / "good.xlsx"),
    ]
    with pytest.raises(calc.ProgramError) as failure:
        calc.edit(jobs)
    assert "edit 1 (set" in str(failure.value)
    assert "no sheet 'LCSPR', only Case, SIN" in str(failure.value)
    assert "absent.xlsx" in str(failure.value)
    assert [(tmp_path / name).exists() for name in ("bad.xlsx", "good.xlsx")] == [False, True]
