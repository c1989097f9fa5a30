"""A folder of trackers: every figure of every report, counted again from the cells as LibreOffice counts them.

The workbooks are generated at all stages, saved by LibreOffice with every value counted anew, and read here by
openpyxl alone. Three files beside them cannot be read.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner
from office.calc import needs_soffice, recalculate
from workbook.making import PROCEDURE, STAGES, stripped, written
from workbook.random_cases import random_workbook

from tracker import rules
from tracker.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

pytestmark = needs_soffice

AS_AT = date(2024, 6, 3)
CASES = 20
OPEN = rules.OPEN_WORDS


@dataclass(frozen=True)
class Row:
    """One row as its cells say."""

    case: str
    sheet: str
    cells: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.cells.get(name.replace("_", " ").capitalize().replace("Rag", "RAG").replace("Id", "ID"))

    def day(self, title: str) -> date | None:
        found = self.cells.get(title)
        day = found.date() if isinstance(found, datetime) else None
        later = title == "Completed" and day is not None and day > AS_AT  # does not count yet
        return None if later else day

    @property
    def judged(self) -> date | None:
        agreed = self.day("Agreed date")
        due = self.day("Target date" if self.sheet == "Action Plan" else "Due")
        return agreed if agreed and self.cells.get("Basis") != "Statutory" else due


@dataclass(frozen=True)
class Book:
    """One workbook as its cells say."""

    rows: list[Row]
    holidays: set[date]
    meetings: list[tuple[str, date]]


def table_rows(sheet: Any, first: str) -> Iterable[dict[str, Any]]:
    """The rows under the header that begins with `first`, until the sheet ends."""
    lines = list(sheet.iter_rows(values_only=True))
    start = next(place for place, line in enumerate(lines) if line[0] == first)
    titles = lines[start]
    for line in lines[start + 1 :]:
        yield {title: value for title, value in zip(titles, line, strict=True) if title}


def read_book(path: Path) -> Book:
    book: Any = openpyxl.load_workbook(path, data_only=True)
    case = next(row[1].value for row in book["Case"].iter_rows() if row[0].value == "Case reference")
    rows = [
        Row(case, sheet, cells)
        for sheet in (*STAGES, "Action Plan")
        for cells in table_rows(book[sheet], "ID")
        if cells["Action"] or cells.get("Recommendation") or (sheet != "Action Plan" and cells["ID"])
    ]
    calendar = list(book["Calendar"].iter_rows(values_only=True))
    header = next(line for line in calendar if "Kind" in line)
    kind, day = header.index("Kind"), header.index("Date")
    meetings = [(line[kind], line[day].date()) for line in calendar
                if line[kind] and isinstance(line[day], datetime)]  # fmt: skip
    off = header.index("Bank holiday")
    holidays = {line[off].date() for line in calendar if isinstance(line[off], datetime)}
    return Book(rows, holidays, meetings)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """23 files: 20 trackers as LibreOffice saved them on the report date, and three that cannot be read."""
    made = tmp_path_factory.mktemp("made")
    copies = []
    for number in range(CASES):
        path = written(random_workbook(number), made / f"made-{number:02}.xlsx")
        copies.append(stripped(path, made / f"case-{number:02}.xlsx", AS_AT))
    cases = tmp_path_factory.mktemp("cases")
    recalculate(copies, cases)
    (cases / "minutes.xlsx").write_bytes(b"%PDF-1.7")
    (cases / "torn.xlsx").write_bytes((cases / "case-00.xlsx").read_bytes()[:9000])
    (cases / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    return cases


@pytest.fixture(scope="module")
def books(folder: Path) -> dict[str, Book]:
    found = [read_book(path) for path in sorted(folder.glob("case-*.xlsx"))]
    return {book.rows[0].case: book for book in found if book.rows}


@pytest.fixture(scope="module")
def report(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], dict[str, list[dict[str, str]]]]:
    """The tables of a report, each made once."""
    out = tmp_path_factory.mktemp("out")
    made: dict[str, dict[str, list[dict[str, str]]]] = {}

    def tables(kind: str) -> dict[str, list[dict[str, str]]]:
        if kind not in made:
            words = [
                "report",
                str(folder),
                "--for",
                kind,
                "--as-at",
                str(AS_AT),
                "--format",
                "csv",
                "-o",
                str(out / kind),
            ]
            result = CliRunner().invoke(cli, words, catch_exceptions=False)
            assert result.exit_code == 1  # three files were left out
            made[kind] = {
                path.stem: list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
                for path in (out / kind).glob("*.csv")
            }
        return made[kind]

    return tables


def all_rows(books: dict[str, Book]) -> list[Row]:
    return [row for book in books.values() for row in book.rows]


def test_every_row_has_the_state_and_the_dates_of_its_cells(books: dict[str, Book], report: Any) -> None:
    tables = report("subgroup")
    said = Counter(
        (row["case"], row["stage"], row["rag"], row["due"], row["agreed"], row["completed"], row["days_late"])
        for row in tables["actions"]
    )
    counted = Counter(
        (row.case, row.sheet, row.rag or "", *map(iso, (row.day("Due"), row.day("Agreed date"), row.day("Completed"))),
         number(row.days_late))
        for row in all_rows(books) if row.sheet != "Action Plan"
    )  # fmt: skip
    assert said == counted
    plan = Counter((row["case"], row["rag"], row["target"], row["days_late"]) for row in tables["plan"])
    assert plan == Counter(
        (row.case, row.rag or "", iso(row.day("Target date")), number(row.days_late))
        for row in all_rows(books) if row.sheet == "Action Plan"
    )  # fmt: skip


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def number(value: Any) -> str:
    return str(int(value)) if isinstance(value, (int, float)) else ""


@pytest.mark.parametrize("kind", ["weekly", "subgroup"])
def test_a_line_a_case_counts_its_rows(books: dict[str, Book], report: Any, kind: str) -> None:
    for line in report(kind)["cases"]:
        rags = Counter(row.rag for row in books[line["case"]].rows)
        assert (line["overdue"], line["to_chase"]) == (str(rags["Overdue"]), str(rags["Chase"]))
        assert line["open"] == str(sum(rags[word] for word in OPEN))
    assert len(report(kind)["cases"]) == CASES


def test_qpag_is_shown_the_councils_open_rows(books: dict[str, Book], report: Any) -> None:
    said = Counter(
        (row["case"], row["stage"], row["rag"], row["days_late"]) for row in report("qpag")["actions"]
    )
    assert said == Counter(
        (row.case, row.sheet, row.rag, number(row.days_late))
        for row in all_rows(books)
        if row.sheet != "Action Plan" and row.employer == "council" and row.rag in OPEN
    )


def test_maqpag_is_shown_the_exceptions(books: dict[str, Book], report: Any) -> None:
    said = Counter((row["case"], row["stage"], row["rag"]) for row in report("maqpag")["actions"])
    last = last_meeting(books, "MAQPAG")
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in all_rows(books):
        # Without an earlier meeting what was done late counts over the whole case.
        if row.sheet != "Action Plan" and is_exception(row, last or date.min):
            counted[row.case, row.sheet, row.rag] += 1
    assert said == counted


def is_exception(row: Row, since: date) -> bool:
    done = row.day("Completed")
    return (
        row.rag in {"Overdue", "Chase", "Provisional, passed", "Extended", "On hold"}
        or (row.rag in {"Due today", "Due soon"} and (row.status or "Not started") == "Not started")
        or bool(row.rag == "Complete, late" and row.days_late and done and done >= since)
        or (row.rag in OPEN and not row.owner and not row.named_owner)
        or (row.rag == "Complete" and done is None)
    )


def last_meeting(books: dict[str, Book], kind: str) -> date | None:
    days = [day for book in books.values() for name, day in book.meetings if name == kind and day < AS_AT]
    return max(days, default=None)


def working_days(start: date, end: date, holidays: set[date]) -> int:
    """From the day after `start` to `end`, one day after another."""
    days = (start + timedelta(days=past) for past in range(1, (end - start).days + 1))
    return sum(day.weekday() < 5 and day not in holidays for day in days)


def test_timeliness_counts_the_days_between_cells(books: dict[str, Book], report: Any) -> None:
    sent_of = {stage.name: stage.milestone for stage in PROCEDURE.stages}
    checked = 0
    for line in report("timeliness")["cases"]:
        book = books[line["case"]]
        by_id = {row.id: row for row in book.rows}
        sin, review = (by_id.get(sent_of[stage]) for stage in STAGES[:2])
        aware = date.fromisoformat(line["aware"]) if line["aware"] else None
        sin_sent, review_sent = (row.day("Completed") if row else None for row in (sin, review))
        assert (line["sin_sent"], line["rapid_review_sent"]) == (iso(sin_sent), iso(review_sent))
        for said, start, end in (
            ("sin_days", aware, sin_sent),
            ("days_from_sin", sin_sent, review_sent),
            ("days_from_awareness", aware, review_sent),
        ):
            counted = str(working_days(start, end, book.holidays)) if start and end else ""
            assert (line["case"], said, line[said]) == (line["case"], said, counted)
            checked += bool(counted)
        assert line["open_actions"] == str(
            sum(row.rag in OPEN for row in book.rows if row.sheet != "Action Plan")
        )
    assert checked > 5  # what was completed after the report date does not count yet


def test_the_weekly_page_says_the_same_figures(books: dict[str, Book], folder: Path, tmp_path: Path) -> None:
    words = [
        "report",
        str(folder),
        "--for",
        "weekly",
        "--as-at",
        str(AS_AT),
        "--format",
        "md",
        "-o",
        str(tmp_path / "w.md"),
    ]
    assert CliRunner().invoke(cli, words, catch_exceptions=False).exit_code == 1
    text = (tmp_path / "w.md").read_text("utf-8")
    rows = all_rows(books)
    week = AS_AT - timedelta(days=7)
    done = [
        row
        for row in rows
        if row.rag in rules.DONE_WORDS and (day := row.day("Completed")) and week <= day <= AS_AT
    ]
    days = next(iter(books.values())).holidays
    ahead = [AS_AT + timedelta(days=past) for past in range(30)]
    working = [day for day in ahead if day.weekday() < 5 and day not in days and day > AS_AT]
    due = [(row.judged, row) for row in rows if row.rag in OPEN and row.rag != "On hold" and row.judged]
    soon = [row for day, row in due if AS_AT <= day <= working[4]]
    pressing = [row for row in rows if row.rag in rules.NEEDS_SOMEONE and row not in soon]
    figures = {
        "## Cases ({})": CASES,
        "**{}** overdue": sum(row.rag == "Overdue" for row in rows),
        "**{}** to chase": sum(row.rag == "Chase" for row in rows),
        "**{}** due in 5 working days": len(soon),
        "**{}** done since the last report": len(done),
        "## Needs somebody this week ({})": len(soon) + len(pressing),
        "### {} steps due in the 5 working days after": sum(working[4] < day <= working[9] for day, _ in due),
    }
    missing = [words.format(number) for words, number in figures.items() if number]
    assert [words for words in missing if words not in text] == []
    assert "Left out: 3 files" in text
