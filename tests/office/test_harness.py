"""The harness itself, over small workbooks made here."""

from __future__ import annotations

import sys
import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter

from . import calc, pages, program
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
    saved = calc.recalculate(originals, tmp_path / "out")
    assert [path.name for path in saved] == [path.name for path in originals]
    for counted in (saved, calc.counted_values(originals)):
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
