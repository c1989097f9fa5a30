"""What the page on accessibility says and no other test holds: the styles' contrast, the files' own structure."""

from __future__ import annotations

import io
import math
import re
import zipfile
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import axe_core_python
import openpyxl
import pytest
from docx import Document
from office.browser import violations
from report.fixed import REPORTS, fixed
from report.test_render import _contrast as contrast
from workbook.making import PROCEDURE, made, sample

from tracker.report.reports import Wanted, format_page, make, report_files
from tracker.resources import rag_colours
from tracker.rules import RAG_WORDS
from tracker.workbook.sheet_page import CONDITIONAL, STYLES
from tracker.workbook.write import workbook_bytes

from .pages import DAY

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from office.browser import Browser

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")


# The workbook


@pytest.fixture(scope="module")
def content() -> bytes:
    return workbook_bytes(made(sample("ordinary-in-time"), DAY))


@pytest.mark.parametrize("name", [*STYLES, *CONDITIONAL])
def test_a_look_can_be_read(name: str) -> None:
    style = STYLES.get(name) or CONDITIONAL[name]
    foreground, background = style.get("font_color", "#000000"), style.get("bg_color", "#FFFFFF")
    assert contrast(foreground, background) >= 4.5


# Readers who do not see green: Machado, Oliveira and Fernandes 2009, severity 1.0, for linear red, green and blue.
_DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.01182, 0.04294, 0.968881),
)
_TO_XYZ = (
    (0.43394, 0.37622, 0.18985),
    (0.21267, 0.71515, 0.07218),
    (0.01776, 0.10948, 0.87276),
)  # white is 1, 1, 1


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _mixed(matrix: tuple[tuple[float, ...], ...], values: list[float]) -> list[float]:
    return [sum(one * other for one, other in zip(row, values, strict=True)) for row in matrix]


def _lab_without_green(colour: str) -> tuple[float, float, float]:
    """Lightness, a and b (CIE 1976) of `#RRGGBB` as a reader with deuteranopia sees it."""
    seen = _mixed(_DEUTERANOPIA, [_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5)])
    x, y, z = (
        each ** (1 / 3) if each > 0.008856 else 7.787 * each + 16 / 116
        for each in _mixed(_TO_XYZ, [min(1, max(0, each)) for each in seen])
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _difference(one: str, other: str) -> float:
    return math.dist(_lab_without_green(one), _lab_without_green(other))


def _looks(screen: str) -> dict[str, tuple[str, ...]]:
    """RAG word -> what it is told by: background and text of a cell, or the colour of a bar."""
    return {
        word: value if isinstance(value := getattr(each, screen), tuple) else (value,)
        for word, each in rag_colours().items()
    }


@pytest.mark.parametrize("screen", ["cell", "dark", "bar", "dark_bar"])
def test_whoever_does_not_see_green_can_tell_the_rag_words_apart(screen: str) -> None:
    alike = [
        (one, other)
        for (one, its), (other, theirs) in combinations(_looks(screen).items(), 2)
        if its != theirs and max(map(_difference, its, theirs)) < 20
    ]
    assert alike == []


def test_rag_words_that_share_a_colour_ask_nothing_of_anybody() -> None:
    cells = {word: each.cell for word, each in rag_colours().items()}
    shared = {word for word, cell in cells.items() if list(cells.values()).count(cell) > 1}
    assert (shared, list(cells)) == ({"Clock not started", "No date", "Not applicable"}, list(RAG_WORDS))


def test_no_cells_are_merged_and_every_pane_is_frozen(content: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content))
    shown = [sheet for sheet in book if sheet.sheet_state == "visible"]
    assert [sheet.title for sheet in shown if sheet.merged_cells.ranges] == []
    assert [sheet.title for sheet in shown if sheet.freeze_panes is None] == []
    assert len(shown) == 10


def _tables(content: bytes) -> dict[str, list[list[object]]]:
    """Table name -> its rows, the header first."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        table.displayName: [[cell.value for cell in row] for row in sheet[table.ref]]
        for sheet in book
        for table in sheet.tables.values()
    }


def test_each_column_of_a_table_has_a_header_of_its_own(content: bytes) -> None:
    headers = {name: rows[0] for name, rows in _tables(content).items()}
    assert len(headers) > 12
    assert [name for name, header in headers.items() if not all(header)] == []
    assert [name for name, header in headers.items() if len(set(header)) < len(header)] == []


def test_no_row_of_a_table_is_blank_but_those_that_wait_to_be_typed_in(content: bytes) -> None:
    holes = {}
    for name, rows in _tables(content).items():
        filled = [number for number, row in enumerate(rows) if any(value is not None for value in row)]
        holes[name] = sorted(set(range(len(rows))).intersection(range(filled[-1])) - set(filled))
    assert {name: rows for name, rows in holes.items() if rows} == {}


def test_a_link_says_where_it_leads(content: bytes) -> None:
    formulas, shown = (openpyxl.load_workbook(io.BytesIO(content), data_only=only) for only in (False, True))
    texts = {
        str(shown[sheet.title][cell.coordinate].value or "")
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if "HYPERLINK(" in str(cell.value)
    }
    names = {step.short for stage in PROCEDURE.stages for step in stage.steps if step.short}
    known = r"[A-Z]+-\d+(\.\d+[a-z]?(-[A-Z0-9]+)?)?|Completed of [A-Z]+-[\d.]+[a-z]?|own row|Next|"
    assert [text for text in texts - names if not re.fullmatch(known, text)] == []
    assert len(texts) > 20


def test_there_is_no_picture_no_chart_and_no_macro(content: bytes) -> None:
    parts = zipfile.ZipFile(io.BytesIO(content)).namelist()
    odd = [part for part in parts if any(word in part for word in ("drawing", "media", "chart", "vba"))]
    assert odd == []


# Word


@pytest.fixture(scope="module", params=REPORTS)
def document(request: pytest.FixtureRequest) -> Docx:
    files, _ = report_files(make(Wanted(request.param), fixed(), PROCEDURE), "docx")
    return Document(io.BytesIO(files[""]))


def test_a_word_document_says_what_it_is_and_in_which_language(document: Docx) -> None:
    said = document.core_properties
    assert (bool(said.title), said.language) == (True, "en-GB")


def test_a_word_document_has_real_headings(document: Docx) -> None:
    styles = {each.style.name for each in document.paragraphs if each.style is not None}
    assert "Title" in styles
    assert {name for name in styles if str(name).startswith("Heading")}


def test_each_table_in_word_has_a_header_row_and_says_what_it_shows(document: Docx) -> None:
    body = document.element.body
    tables = list(body.iter(f"{WORD}tbl"))
    marked = [table.find(f"{WORD}tr/{WORD}trPr/{WORD}tblHeader") is not None for table in tables]
    captions = [table.find(f"{WORD}tblPr/{WORD}tblCaption") for table in tables]
    assert (all(marked), all(each is not None and each.get(f"{WORD}val") for each in captions)) == (
        True,
        True,
    )
    assert tables


def test_nothing_in_word_is_merged_and_every_picture_has_words(document: Docx) -> None:
    odd = {tag for tag in ("gridSpan", "vMerge", "pict") for _ in document.element.iter(f"{WORD}{tag}")}
    words = [picture.get("descr") for picture in document.element.iter(f"{DRAWING}docPr")]
    pictures = list(document.element.iter(f"{WORD}drawing"))
    assert (odd, len(words), [each for each in words if not each]) == (set(), len(pictures), [])


# The page of reconcile


@pytest.mark.parametrize("width", [1200, 360])
def test_axe_finds_no_violation_in_what_reconcile_shows(browser: Browser, tmp_path: Path, width: int) -> None:
    page = tmp_path / "reconciled.html"
    page.write_text(format_page(fixed(), "html"), "utf-8")
    for dark in (False, True):
        browser.open(page, width=width, dark=dark)
        assert violations(browser, AXE) == []
