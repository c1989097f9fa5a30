"""How long reviews took, with and without telling whose they are."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from workbook.making import PROCEDURE

from tracker.reconcile.model import Timeliness
from tracker.report.render import render
from tracker.report.reports import Wanted, make, report_files
from tracker.report.timeliness import TimelinessView, timeliness_page, timeliness_view

from .fixed import fixed
from .states import action, case, read


def view(*cases: Any, **options: Any) -> TimelinessView:
    return timeliness_view(read(*cases), **options)


def test_a_row_a_review_closed_ones_included() -> None:
    rows = timeliness_view(fixed()).reviews
    assert [
        (each.reference, each.sin_days, each.days_from_sin, each.review_late, each.closed) for each in rows
    ] == [
        ("DOR-2025-009", 5, 14, 0, date(2026, 2, 2)),
        ("DOR-2026-003", 5, 25, 10, None),
        ("DOR-2026-014", 6, None, None, None),
    ]
    assert [
        (each.reference, [(one.label, one.text) for one in each.reasons]) for each in rows if each.reasons
    ] == [
        ("DOR-2026-003", [("RR-6.6", "Two Easter weeks")]),
        ("DOR-2026-014", [("SIN-3.4", "no reason given"), ("RR-6.5", "Two members at an inspection")]),
    ]


@pytest.mark.parametrize(
    ("period", "found"),
    [
        ({}, ["A", "B", "C"]),
        ({"first": date(2026, 1, 1)}, ["B"]),
        ({"last": date(2025, 12, 31)}, ["A"]),
        ({"first": date(2025, 9, 1), "last": date(2026, 3, 2)}, ["A", "B"]),
        ({"first": date(2027, 1, 1)}, []),
    ],
)
def test_a_review_counts_by_the_day_the_authority_learnt(period: dict[str, date], found: list[str]) -> None:
    cases = (
        case(reference="A", timeliness=Timeliness(aware=date(2025, 9, 1))),
        case(reference="B", timeliness=Timeliness(aware=date(2026, 3, 2))),
        case(reference="C"),
    )
    shown = view(*cases, **period)
    assert [each.reference for each in shown.reviews] == found
    assert shown.undated == 1


def test_what_is_late_and_not_sent_counts() -> None:
    late = action("RR-6.6", "Overdue", key=True, due=date(2026, 11, 2), days_late=15)
    told = view(case(late), case(reference="B"))
    measure = told.measures[1]
    assert (measure.done, measure.on_time, measure.open_late) == (0, None, 1)
    assert "1 late and not sent yet" in render(timeliness_page(told), "md", "timeliness")


def test_the_last_stage_is_measured_in_the_cases_own_working_days() -> None:
    published = action("LCSPR-7.6", "Complete, late", key=True, due=date(2026, 11, 6), completed=date(2026, 11, 9),
                       days_late=1)  # fmt: skip
    took = Timeliness(lcspr_day_zero=date(2026, 11, 2), published=date(2026, 11, 9))
    done = case(published, timeliness=took, holidays=frozenset({date(2026, 11, 4)}))
    measure = view(done).measures[3]
    assert (measure.done, measure.on_time, measure.average, measure.average_late) == (1, 0, 4.0, 1.0)


TELLING = ("DOR-", "infant", "toddler", "Easter", "inspection", "trial", "uuid-", "cases/", "Leadership", "2026-11-0",
           "2 Nov", "9 Mar", "R. Example", "minutes")  # fmt: skip


@pytest.mark.parametrize("form", ["html", "md", "csv", "json", "docx"])
def test_an_anonymised_report_tells_months_and_days_alone(form: str) -> None:
    made = make(Wanted("timeliness", anonymous=True), fixed(), PROCEDURE)
    files, _ = report_files(made, form)
    for content in files.values():
        text = docx_text(content) if form == "docx" else content.decode("utf-8-sig")
        assert [each for each in TELLING if each in text] == []
    if form != "docx":
        assert "Review 1" in "".join(content.decode() for content in files.values())


def _all_of(content: bytes) -> str:
    """The XML of a Word document, headers and properties too."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))


def docx_text(content: bytes) -> str:
    import re

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return re.sub(r"<[^>]*>", "", package.read("word/document.xml").decode())


@pytest.mark.parametrize("form", ["html", "md", "docx", "csv", "json"])
def test_an_anonymised_report_shows_no_words_of_a_decision(form: str) -> None:
    typed = "The mother asked us to wait"
    read = fixed()
    cases = tuple(
        replace(each, decisions={**each.decisions, "lcspr": typed}, marking=f"SENSITIVE: {typed}")
        for each in read.cases
    )
    made = make(Wanted("timeliness", anonymous=True), replace(read, cases=cases), PROCEDURE)
    files, problems = report_files(made, form)
    shown = [_all_of(each) if form == "docx" else each.decode("utf-8-sig") for each in files.values()]
    assert (problems, [each for each in shown if "mother" in each]) == ([], [])
    assert ("other" in "".join(shown), "undecided" in "".join(shown)) == (True, False)


def test_anonymised_reviews_stand_by_the_day_they_began() -> None:
    made = timeliness_view(fixed(), anonymous=True)
    assert [(each.reference, each.aware) for each in made.reviews] == [
        ("Review 1", date(2025, 9, 1)),
        ("Review 2", date(2026, 3, 2)),
        ("Review 3", date(2026, 11, 2)),
    ]
    assert (made.rows, [each.text for review in made.reviews for each in review.reasons]) == (
        (),
        ["", "", ""],
    )
