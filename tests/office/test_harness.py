"""The harness itself, over small workbooks made here."""

from __future__ import annotations

import sys
import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlsxwriter

from . import calc, edits, pages, program
from .edits import Edit, Job, Read, Recalc, Set
from .package import Package, address, serial, split_address

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DAY_ZERO = date(2026, 11, 2)
RAG = (
    '=IF(SIN_actions[[#This Row],[Completed]]<>"","Complete",'
    'IF(SIN_actions[[#This Row],[Due]]<Report_date,"Overdue","On track"))'
)
DUE = "=WORKDAY(Case!$B$1,SIN_actions[[#This Row],[Count]],Holidays)"
HEADERS = ("ID", "Count", "Due", "Completed", "RAG")


def make(
    path: Path, *, due: Sequence[date] = (date(2026, 11, 3), date(2026, 11, 5), date(2026, 11, 6))
) -> Path:
    """Three actions one, two and three working days after day zero, 4 November being a holiday."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        dates = book.add_format({"num_format": "dd/mm/yyyy"})
        case, sin = book.add_worksheet("Case"), book.add_worksheet("SIN")
        case.write_datetime("B1", DAY_ZERO, dates)
        case.write_blank("B20", None, dates)
        case.write_formula("C20", '=IF(B20="",DATE(2026,11,22),B20)', dates, serial(date(2026, 11, 22)))
        case.write_datetime("H5", date(2026, 11, 4), dates)
        case.write_string("J1", "Kind")
        case.write_column("J2", ["Gas", "Water", "Gas"])
        book.define_name("Holidays", "=Case!$H$5:$H$400")
        book.define_name("Report_date", "=Case!$C$20")
        sin.add_table("A4:E7", {"name": "SIN_actions", "columns": [{"header": name} for name in HEADERS]})
        for number, day in enumerate(due, start=1):
            row = 3 + number
            sin.write_string(row, 0, f"SIN-{number}")
            sin.write_number(row, 1, number)
            sin.write_formula(row, 2, DUE, dates, serial(day))
            sin.write_blank(row, 3, None, dates)
            sin.write_formula(row, 4, RAG, None, "Overdue")
    return path


def make_kinds(path: Path) -> Path:
    """A formula of each kind of result, right as cached."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Rapid Review")
        page.write_column("A1", [1, 2])
        page.write_array_formula("A7:A8", "{=A1:A2*2}", None, 2)
        page.write_number("A8", 4)
        page.write_array_formula("B7", "{=SUM(A1:A2*2)}", None, 6)
        page.write_formula("C7", "=1=1", None, True)
        page.write_formula("D7", "=NA()", None, "#N/A")
        page.write_formula("E7", "=1/0", None, "#DIV/0!")
        page.write_formula("F7", '=""', None, "")
        page.write_formula("G7", '="a"&CHAR(10)&"<&> é"', None, "a\n<&> é")
        page.write_formula("H7", "=1/3", None, 1 / 3)
    return path


KINDS = {
    "'Rapid Review'!A7": 2,
    "'Rapid Review'!A8": 4,
    "'Rapid Review'!B7": 6,
    "'Rapid Review'!C7": True,
    "'Rapid Review'!D7": "#N/A",
    "'Rapid Review'!E7": "#DIV/0!",
    "'Rapid Review'!F7": "",
    "'Rapid Review'!G7": "a\n<&> é",
    "'Rapid Review'!H7": 0.333333333,
}


# ---------------------------------------------------------------- values


def test_addresses_are_quoted_only_where_needed_and_read_back() -> None:
    for sheet, cell in (("SIN", "SIN!A7"), ("Rapid Review", "'Rapid Review'!A7"), ("It's", "'It''s'!A7")):
        assert address(sheet, "A7") == cell
        assert split_address(cell) == (sheet, "A7")


def test_dates_become_the_numbers_a_workbook_stores() -> None:
    assert serial(date(2026, 11, 9)) == 46335
    assert serial(datetime(2026, 11, 9, 12)) == 46335.5  # noqa: DTZ001  # a cell has no zone
    assert serial(date(2026, 11, 9), date1904=True) == 46335 - 1462


def test_every_kind_of_cached_value_is_read_with_the_whole_of_an_array_formula(tmp_path: Path) -> None:
    assert calc.formula_values(make_kinds(tmp_path / "kinds.xlsx")) == KINDS


def test_the_followers_of_a_shared_formula_are_formula_cells(tmp_path: Path) -> None:
    path = make(tmp_path / "shared.xlsx")
    book = Package.read(path)
    sheet = book.parts["xl/worksheets/sheet2.xml"].decode()
    formula = RAG[1:].replace("<", "&lt;").replace(">", "&gt;")
    first, *rest = sheet.split(f"<f>{formula}</f>")
    shared = f'{first}<f t="shared" ref="E5:E7" si="0">{formula}</f>' + '<f t="shared" si="0"/>'.join(rest)
    book.parts["xl/worksheets/sheet2.xml"] = shared.encode()
    book.write(path)
    assert shared != sheet
    assert [cell for cell in calc.formula_values(path) if cell.startswith("SIN!E")] == [
        "SIN!E5",
        "SIN!E6",
        "SIN!E7",
    ]


def test_a_formula_without_a_value_reads_as_empty_text(tmp_path: Path) -> None:
    calc.strip_cached_values(make_kinds(tmp_path / "kinds.xlsx"), tmp_path / "stripped.xlsx")
    assert calc.formula_values(tmp_path / "stripped.xlsx") == dict.fromkeys(KINDS, "")


def test_stripping_keeps_everything_but_the_values(tmp_path: Path) -> None:
    source = make(tmp_path / "made.xlsx")
    calc.strip_cached_values(source, tmp_path / "stripped.xlsx")
    before, after = Package.read(source).parts, Package.read(tmp_path / "stripped.xlsx").parts
    assert list(before) == list(after)
    assert [part for part in before if before[part] != after[part]] == [
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    ]
    formulas = (
        openpyxl.load_workbook(source)["SIN"]["C5"],
        openpyxl.load_workbook(tmp_path / "stripped.xlsx")["SIN"]["C5"],
    )
    assert formulas[0].value == formulas[1].value
    assert formulas[0].number_format == formulas[1].number_format


def test_typed_cells_keep_their_style_and_may_be_new(tmp_path: Path) -> None:
    typed: dict[str, object] = {
        "Case!B20": date(2026, 11, 4),
        "Case!A3": "new",
        "Case!A20": 2.5,
        "SIN!ZZ6": True,
        "SIN!E7": None,
    }
    calc.strip_cached_values(make(tmp_path / "made.xlsx"), tmp_path / "typed.xlsx", typed)
    held = calc.cell_values(tmp_path / "typed.xlsx", typed)
    assert held == {"Case!B20": 46330, "Case!A3": "new", "Case!A20": 2.5, "SIN!ZZ6": True, "SIN!E7": ""}
    book = openpyxl.load_workbook(tmp_path / "typed.xlsx")
    assert book["Case"]["B20"].value == datetime(2026, 11, 4)  # noqa: DTZ001  # a cell has no zone
    assert book["SIN"]["E7"].value is None


def test_the_calculation_chain_goes_with_all_that_names_it(tmp_path: Path) -> None:
    path = make(tmp_path / "chained.xlsx")
    book = Package.read(path)
    book.parts["xl/calcChain.xml"] = b"<calcChain/>"
    rels = book.parts["xl/_rels/workbook.xml.rels"]
    chain = b'<Relationship Id="rId99" Type="x/calcChain" Target="calcChain.xml"/></Relationships>'
    book.parts["xl/_rels/workbook.xml.rels"] = rels.replace(b"</Relationships>", chain)
    kinds = book.parts["[Content_Types].xml"]
    override = b'<Override PartName="/xl/calcChain.xml" ContentType="x"/></Types>'
    book.parts["[Content_Types].xml"] = kinds.replace(b"</Types>", override)
    book.write(path)
    calc.strip_cached_values(path, tmp_path / "stripped.xlsx")
    assert not any(b"calcChain" in part for part in Package.read(tmp_path / "stripped.xlsx").parts.values())
    assert "xl/calcChain.xml" not in Package.read(tmp_path / "stripped.xlsx").parts


def test_a_sheet_that_is_not_there_cannot_be_typed_into(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sheet 'LCSPR'; it has Case, SIN"):
        calc.strip_cached_values(make(tmp_path / "made.xlsx"), tmp_path / "typed.xlsx", {"LCSPR!A1": 1})


# ---------------------------------------------------------------- recalculation


@calc.needs_soffice
def test_one_wrong_cached_value_among_many_is_found(tmp_path: Path) -> None:
    right, kinds = make(tmp_path / "right.xlsx"), make_kinds(tmp_path / "kinds.xlsx")
    wrong = make(tmp_path / "wrong.xlsx", due=(date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 6)))
    calc.strip_cached_values(wrong, tmp_path / "stripped.xlsx")
    calc.strip_cached_values(right, tmp_path / "earlier.xlsx", {"Case!B20": date(2026, 11, 6)})
    originals = [right, kinds, wrong, tmp_path / "stripped.xlsx", tmp_path / "earlier.xlsx"]
    counted = calc.recalculate(originals, tmp_path / "out")
    assert [path.name for path in counted] == [path.name for path in originals]
    assert calc.differences(right, counted[0]) == []
    assert calc.differences(kinds, counted[1]) == []
    assert calc.differences(wrong, counted[2]) == [("SIN!C6", 46330, 46331)]
    assert calc.differences(wrong, counted[3]) == [("SIN!C6", 46330, 46331)]
    assert calc.differences(right, counted[4]) == [
        ("Case!C20", 46348, 46332),
        ("SIN!E7", "Overdue", "On track"),
    ]


@calc.needs_soffice
def test_a_workbook_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(calc.ProgramError, match=r"not written: broken\.xlsx"):
        calc.recalculate([make(tmp_path / "right.xlsx"), tmp_path / "broken.xlsx"], tmp_path / "out")


@calc.needs_soffice
def test_originals_and_namesakes_are_not_overwritten(tmp_path: Path) -> None:
    path = make(tmp_path / "made.xlsx")
    with pytest.raises(ValueError, match="holds the originals"):
        calc.recalculate([path], tmp_path)
    with pytest.raises(ValueError, match=r"overwrite each other .*: made\.xlsx"):
        calc.recalculate([path, tmp_path / "other" / "made.xlsx"], tmp_path / "out")


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


# ---------------------------------------------------------------- pictures


def first_pixel(png: Path) -> tuple[int, int, tuple[int, ...]]:
    """Width, height and the colour of the top left pixel, which no PNG filter changes."""
    content = png.read_bytes()
    start = content.index(b"IDAT") + 4
    pixels = zlib.decompressobj().decompress(content[start:], 4)
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24]), tuple(pixels[1:4])


@calc.needs_soffice
def test_a_workbook_is_printed_and_pictured_page_by_page(tmp_path: Path) -> None:
    pictures = pages.pdf_pages(make(tmp_path / "made.xlsx"), tmp_path / "out", dpi=70)
    texts = pages.page_texts(tmp_path / "out" / "made.pdf")
    assert len(pictures) == len(texts) == 2
    assert "SIN-3" in texts[-1]
    assert first_pixel(pictures[0])[:2] == (579, 819)  # A4 at 70 dpi


def test_a_page_is_pictured_light_and_dark_at_the_width_asked_for(tmp_path: Path) -> None:
    html = tmp_path / "page.html"
    html.write_text(
        "<!doctype html><style>html{background:rgb(1,2,3)}"
        "@media (width > 400px){html{background:rgb(4,5,6)}}"
        "@media (prefers-color-scheme: dark){html{background:rgb(7,8,9)}}</style>"
    )
    assert first_pixel(pages.screenshot(html, tmp_path / "narrow.png", 360, 640)) == (360, 640, (1, 2, 3))
    assert first_pixel(pages.screenshot(html, tmp_path / "wide.png", 1000, 700)) == (1000, 700, (4, 5, 6))
    assert first_pixel(pages.screenshot(html, tmp_path / "dark.png", 360, 640, dark=True)) == (
        360,
        640,
        (7, 8, 9),
    )


# ---------------------------------------------------------------- programs


def test_what_is_absent_skips_or_where_required_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TRACKER_REAL_PARTS", raising=False)
    assert calc.soffice_missing() == "soffice is not installed (Debian package libreoffice-calc)"
    with pytest.raises(pytest.skip.Exception, match="soffice is not installed"):
        calc.recalculate([], tmp_path)
    with pytest.raises(pytest.skip.Exception, match="pdftoppm is not installed"):
        pages.page_texts(tmp_path / "no.pdf")
    monkeypatch.setenv("TRACKER_REAL_PARTS", "required")
    with pytest.raises(pytest.fail.Exception, match="required, but soffice is not installed"):
        calc.edit([])


def test_a_program_that_does_not_end_is_ended() -> None:
    with pytest.raises(program.ProgramError, match=r"was ended after 0\.5 s"):
        program.run([sys.executable, "-c", "import signal; signal.pause()"], seconds=0.5)


def test_a_program_that_fails_shows_what_it_printed() -> None:
    with pytest.raises(program.ProgramError, match=r"ended with 1:\nno such luck"):
        program.run([sys.executable, "-c", "raise SystemExit('no such luck')"], seconds=10)
