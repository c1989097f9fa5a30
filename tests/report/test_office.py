"""The Word pages and the tables as LibreOffice opens them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from office.calc import convert, formula_values, needs_soffice
from office.package import Package, sheet_values
from office.pages import page_texts
from office.program import need
from office.validator import format_faults
from workbook.making import PROCEDURE

from tracker.report.reports import Wanted, make, report_files

from .crowded import crowded_case
from .fixed import REPORTS, fixed
from .states import MONDAY, action, case, read
from .test_formats import with_everything
from .test_render import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from office.browser import Browser

    from tracker.reconcile.model import Reconciliation

pytestmark = needs_soffice
WRITER = "libreoffice-writer is not installed"


def writer_missing() -> str:
    import os
    from pathlib import Path

    place = Path(os.path.realpath(shutil.which("soffice") or "")).parent
    return "" if (place / "libswlo.so").exists() else WRITER


def pages(folder: Path, reports: Mapping[str, Reconciliation]) -> dict[str, list[str]]:
    """The text of each page of the reports' Word documents, as one LibreOffice prints them."""
    need(writer_missing())
    documents = [folder / f"{kind}.docx" for kind in reports]
    for document, (kind, reconciliation) in zip(documents, reports.items(), strict=True):
        files, _ = report_files(make(Wanted(kind), reconciliation, PROCEDURE), "docx")
        document.write_bytes(files[""])
    printed = convert(documents, folder / "pdf", "pdf", "writer_pdf_Export")
    return {kind: page_texts(pdf) for kind, pdf in zip(reports, printed, strict=True)}


@pytest.fixture(scope="module")
def fixed_pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Every report over the fixed set."""
    return pages(tmp_path_factory.mktemp("printed"), {kind: fixed() for kind in REPORTS})


@pytest.mark.parametrize("text", ["calm", *HOSTILE])
def test_a_word_document_keeps_the_formats_rules(tmp_path: Path, text: str) -> None:
    for kind in REPORTS:
        files, _ = report_files(make(Wanted(kind), read(with_everything(text)), PROCEDURE), "docx")
        document = tmp_path / f"{kind}.docx"
        document.write_bytes(files[""])
        assert format_faults(document) == []


@pytest.mark.parametrize("kind", REPORTS)
def test_a_word_document_opens_and_prints(fixed_pages: Mapping[str, list[str]], kind: str) -> None:
    printed = fixed_pages[kind]
    assert "Mon 23 Nov 2026" in printed[0]
    assert "Left out: 1 file" in printed[0]
    assert [text.count("OFFICIAL-SENSITIVE") for text in printed] == [2] * len(printed)
    assert f"Page {len(printed)} of {len(printed)}" in printed[-1]
    assert not [text for text in printed if "{{" in text or "{%" in text or "None" in text]


def test_a_board_of_everything_begins_with_one_page(fixed_pages: Mapping[str, list[str]]) -> None:
    printed = fixed_pages["subgroup"]
    assert ["Decisions asked today" in printed[0], "Case by case" in printed[0]] == [True, False]
    assert printed[1].lstrip().startswith("OFFICIAL-SENSITIVE")
    assert "Case by case" in printed[1]


def test_a_note_longer_than_a_page_is_printed_whole(tmp_path: Path) -> None:
    note = " ".join(f"word{number}" for number in range(3000))
    row = action("RR-5.4", "Overdue", due=MONDAY, days_late=1, progress=note)
    text = " ".join(pages(tmp_path, {"subgroup": read(case(row))})["subgroup"])
    assert [word for word in note.split() if word not in text] == []


def test_a_table_is_opened_with_nothing_worked_out(tmp_path: Path) -> None:
    for number, text in enumerate(HOSTILE):
        files, _ = report_files(make(Wanted("subgroup"), read(with_everything(text)), PROCEDURE), "csv")
        for name, content in files.items():
            (tmp_path / f"{number}-{name}").write_bytes(content)
    opened = convert(sorted(tmp_path.glob("*.csv")), tmp_path / "opened", "xlsx", "Calc MS Excel 2007 XML")
    for path in opened:
        assert formula_values(path) == {}
        book = Package.read(path)
        strings = book.shared_strings()
        values = [value for _, sheet in book.sheets() for value in sheet_values(sheet, strings).values()]
        assert not [
            value for value in values if str(value).startswith("#") and str(value).endswith(("!", "?"))
        ]
    first = formula_free_texts(tmp_path / "opened" / f"{HOSTILE.index(CMD)}-actions.xlsx")
    assert f"'{CMD}" in first


def test_numbers_that_are_text_keep_their_zeros_in_a_spreadsheet(tmp_path: Path) -> None:
    row = action(
        "RR-5.10", "Overdue", paragraph="5.10", due=MONDAY, days_late=1, evidence="0012345", progress="1/2"
    )
    files, _ = report_files(make(Wanted("subgroup"), read(case(row)), PROCEDURE), "csv")
    (tmp_path / "actions.csv").write_bytes(files["actions.csv"])
    (opened,) = convert([tmp_path / "actions.csv"], tmp_path / "opened", "xlsx", "Calc MS Excel 2007 XML")
    texts = {text.strip() for text in formula_free_texts(opened)}
    assert {"5.10", "0012345", "1/2"} <= texts


CMD = "=cmd|' /C calc'!A0"


def formula_free_texts(path: Path) -> list[str]:
    book = Package.read(path)
    strings = book.shared_strings()
    return [str(value) for _, sheet in book.sheets() for value in sheet_values(sheet, strings).values()]


def test_word_is_at_most_as_long_as_print(
    browser: Browser, fixed_pages: Mapping[str, list[str]], tmp_path: Path
) -> None:
    printed = {}
    for kind in REPORTS:
        page = tmp_path / f"{kind}.html"
        page.write_bytes(report_files(make(Wanted(kind), fixed(), PROCEDURE), "html")[0][""])
        browser.open(page)
        printed[kind] = len(page_texts(browser.print_to(tmp_path / f"{kind}.pdf")))
    longer = {kind: (len(fixed_pages[kind]), pages) for kind, pages in printed.items()}
    assert {kind: each for kind, each in longer.items() if each[0] > each[1]} == {}


def test_a_case_of_a_boards_paper_takes_three_pages_in_word(tmp_path: Path) -> None:
    printed = pages(tmp_path, {"subgroup": read(crowded_case(1), crowded_case(2))})["subgroup"]
    first, second, annex = (
        next(place for place, text in enumerate(printed) if title in text)
        for title in ("Case by case", "DOR-2026-002", "Annex: every action")
    )
    assert (second - first, annex - second) <= (3, 3)
