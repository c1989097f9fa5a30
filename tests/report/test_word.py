"""A report in Word: headings, colours, bars to scale, the timeline as a picture, and what it leaves out."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from workbook.making import PROCEDURE

from tracker.report.reports import Wanted, make, report_files

from .crowded import crowded_case
from .fixed import REPORTS, fixed
from .states import action, case, read


def document(kind: str = "weekly", cases: Any = None, **wanted: Any) -> Any:
    made = make(Wanted(kind, **wanted), cases or fixed(), PROCEDURE)
    return docx.Document(io.BytesIO(report_files(made, "docx")[0][""]))


def levels(opened: Any) -> list[int]:
    names = [each.style.name for each in opened.paragraphs]
    return [int(found[1]) for name in names if (found := re.match(r"Heading (\d)", name))]


@pytest.mark.parametrize("kind", REPORTS)
def test_no_level_of_headings_is_left_out(kind: str) -> None:
    found = levels(document(kind))
    assert found[0] == 1
    assert [pair for pair in pairwise(found) if pair[1] > pair[0] + 1] == []


@pytest.mark.parametrize(
    ("rag", "fill", "ink", "bold"),
    [
        ("Overdue", "A4262C", "FFFFFF", True),
        ("On track", "FFFFFF", "1D5420", False),
        ("Complete", "DDEBF7", "1F4E79", False),
    ],
)
def test_a_state_wears_its_colours(rag: str, fill: str, ink: str, bold: bool) -> None:
    opened = document(cases=read(case(action("RR-6.6", rag, key=True, due=date(2026, 11, 20)))))
    cells = [
        cell for table in opened.tables for row in table.rows[1:] for cell in row.cells if cell.text == rag
    ]
    assert cells
    grounds = [each for cell in cells for each in cell.paragraphs[0]._p.getparent().iter(qn("w:shd"))]  # noqa: SLF001  python-docx has no colour of a cell
    runs = [next(run for run in cell.paragraphs[0].runs if run.text) for cell in cells]
    assert {each.get(qn("w:fill")) for each in grounds} == {fill}
    assert {(str(run.font.color.rgb), bool(run.font.bold)) for run in runs} == {(ink, bold)}


def test_counts_are_drawn_to_scale() -> None:
    rows = [action(f"RR-5.{place}", "Overdue" if place < 4 else "On track") for place in range(1, 5)]
    opened = document(cases=read(case(*rows)))
    (counts,) = [each for each in opened.tables if each.rows[0].cells[-1].text == "Drawn to scale"]
    bars = [row.cells[-1].text.count("\u00a0") for row in counts.rows[1:]]
    assert [row.cells[0].text for row in counts.rows[1:]] == ["Overdue", "On track"]
    assert bars == [110, 37]


def test_the_timeline_is_a_picture_with_words() -> None:
    key = action("RR-6.6", "Overdue", key=True, due=date(2026, 11, 9), days_late=10)
    opened = document(cases=read(case(key)))
    (about,) = opened.element.body.iter(qn("wp:docPr"))
    assert about.get("descr").startswith("Timeline of the key dates of DOR-2026-014. RR-6.6: counted from")
    images = [each for each in opened.part.package.iter_parts() if each.content_type == "image/x-emf"]
    assert [each.blob[40:44] for each in images] == [b" EMF"]
    assert "\u2063" not in opened.element.xml


@pytest.mark.parametrize(("annex", "shown"), [(False, False), (True, True)])
def test_every_open_row_stands_in_word_with_an_annex_alone(annex: bool, shown: bool) -> None:
    opened = document(cases=read(case(action("RR-5.6", "Clock not started"))), annex=annex)
    texts = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    assert ("RR-5.6" in texts) == shown


def test_the_annex_has_a_line_a_row() -> None:
    long = action("RR-5.4", action="word " * 60)
    opened = document("subgroup", read(case(long, replace(long, id="RR-5.5", progress="Asked twice"))))
    table = next(each for each in opened.tables if each.rows[0].cells[1].text == "Action, and what was typed")
    first, second = (row.cells[1].text for row in table.rows[2:4])
    assert (len(first) <= 106, first.endswith("\u2026"), "\n" in first) == (True, True, False)
    assert second.splitlines()[1] == "Asked twice"


def test_short_tables_stay_on_one_page() -> None:
    opened = document("subgroup", read(crowded_case()))
    table = next(each for each in opened.tables if each.rows[0].cells[-1].text == "Holds up")
    keeps = [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in table.rows]
    assert keeps[-2:] == [True, False]  # the last row never stands alone
