"""What the page on accessibility says and no other test holds: the styles' contrast, the files' own structure."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import axe_core_python
import openpyxl
import pytest
from docx import Document
from office.browser import Browser, violations
from office.pages import chromium_missing
from office.program import need
from report.fixed import REPORTS, fixed
from report.test_render import _contrast as contrast
from workbook.making import PROCEDURE, made, sample

from tracker.reconcile.output import as_html
from tracker.report.reports import Wanted, make, written
from tracker.workbook.sheet_page import CONDITIONAL, STYLES
from tracker.workbook.write import workbook_bytes

from .pages import DAY

if TYPE_CHECKING:
    from docx.document import Document as Docx

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


def test_no_cells_are_merged_and_every_pane_is_frozen(content: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content))
    shown = [sheet for sheet in book if sheet.sheet_state == "visible"]
    assert [sheet.title for sheet in shown if sheet.merged_cells.ranges] == []
    assert [sheet.title for sheet in shown if sheet.freeze_panes is None] == []
    assert len(shown) == 10


def test_there_is_no_picture_no_chart_and_no_macro(content: bytes) -> None:
    parts = zipfile.ZipFile(io.BytesIO(content)).namelist()
    odd = [part for part in parts if any(word in part for word in ("drawing", "media", "chart", "vba"))]
    assert odd == []


# Word


@pytest.fixture(scope="module", params=REPORTS)
def document(request: pytest.FixtureRequest) -> Docx:
    files, _ = written(make(Wanted(request.param), fixed(), PROCEDURE), "docx")
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


def test_nothing_in_word_is_merged_or_a_picture(document: Docx) -> None:
    odd = {
        tag
        for tag in ("gridSpan", "vMerge", "drawing", "pict")
        for _ in document.element.iter(f"{WORD}{tag}")
    }
    assert odd == set()


# The page of reconcile


@pytest.mark.parametrize("width", [1200, 360])
def test_axe_finds_no_violation_in_what_reconcile_shows(tmp_path: Path, width: int) -> None:
    need(chromium_missing())
    page = tmp_path / "reconciled.html"
    page.write_text(as_html(fixed()), "utf-8")
    with Browser() as browser:
        for dark in (False, True):
            browser.open(page, width=width, dark=dark)
            assert violations(browser, AXE) == []
