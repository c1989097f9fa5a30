"""The letters and forms as LibreOffice opens and prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from office.calc import convert, needs_soffice
from office.document_samples import sample_documents
from office.pages import page_texts
from office.program import need

from .test_documents import hostile, made
from .test_office import writer_missing
from .test_render import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [needs_soffice, pytest.mark.slow]


def printed(folder: Path, files: dict[str, bytes]) -> dict[str, list[str]]:
    """The text of each page, by the document's name."""
    need(writer_missing())
    for name, content in files.items():
        (folder / name).write_bytes(content)
    pdfs = convert([folder / name for name in files], folder / "pdf", "pdf", "writer_pdf_Export")
    return {name: page_texts(pdf) for name, pdf in zip(files, pdfs, strict=True)}


def test_the_documents_of_the_sample_print_on_a_page_or_two_with_the_marking_on_each(tmp_path: Path) -> None:
    found = printed(tmp_path, sample_documents())
    assert {name.partition(".docx")[0]: len(pages) for name, pages in found.items()} == {
        "RR-5.7-briefing-report-request-POL": 2,
        "RR-5.14-rapid-review-agenda": 2,
        "RR-6.3-rapid-review-recommendation": 2,
        "LCSPR-7.7-terms-of-reference": 2,
        "LCSPR-7.9-report-and-chronology-request-POL": 2,
        "LCSPR-8.7-seven-minute-briefing": 1,
    }
    for pages in found.values():
        assert [text.count("OFFICIAL-SENSITIVE") for text in pages] == [2] * len(pages)
        assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def test_hostile_text_prints_as_text(tmp_path: Path) -> None:
    files = {
        f"{number}-{name}": content
        for number, text in enumerate(HOSTILE)
        for name, content in made(hostile(text), step="RR-6.3").files.items()
    }
    pages = printed(tmp_path, files)
    assert len(pages) == len(HOSTILE)
    assert ["49" in "".join(texts) for texts in pages.values()] == [False] * len(HOSTILE)
