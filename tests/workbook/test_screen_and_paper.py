"""What people see of a sheet on a small laptop and on paper, and what tells them where and what to type.

Sizes are worked out as LibreOffice draws them: its columns are wider than Excel's. A window of 1366 by 768 pixels
leaves 1313 by 544 of them for a stage, and 586 in height where nothing is folded.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest
from office.calc import convert, needs_soffice
from office.program import run

from tracker import rules
from tracker.case.description import load_case
from tracker.case.model import CHOICES
from tracker.procedure.load import load_procedure
from tracker.workbook import layout
from tracker.workbook.choices import LONGEST, column_message, field_message
from tracker.workbook.sheet_page import style_properties, text_lines
from workbook.making import FOLDER, PROCEDURE, STAGES, made, made_blank, page_of, sample, written

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.procedure.model import Procedure
    from tracker.workbook.build import Workbook
    from tracker.workbook.sheet_page import CellCheck, SheetPage

AS_AT = date(2026, 11, 22)
WIDE, HIGH, HIGH_ON_STAGES = 1313, 586, 544
PIXELS, POINTS, MARGIN = 7.82, 5.6, 0.71  # of a unit of a column's width, and the units it has besides
SAMPLES = (
    "ordinary-in-time",
    "converted-to-lcspr",
    "publication-on-hold",
    "looked-after-death",
    "ends-with-rapid-review",
)
HEADER_AND_FOOTER = 6
"""Texts that each printed page has."""
SHEETS = ("Summary", "Case", *STAGES, "Action Plan", "Log", "People", "Calendar", "Guide")
SETS = ("dorset", "national", "riverside")


@cache
def workbook(name: str = "ordinary-in-time") -> Workbook:
    return made(sample(name), AS_AT)


@cache
def of_set(name: str) -> tuple[Workbook, Procedure]:
    procedure, _ = load_procedure(name)
    assert procedure
    path = FOLDER / ("riverside/under-way.toml" if name == "riverside" else "ordinary-in-time.toml")
    case, problems = load_case(path, procedure)
    if case is None and name == "national":
        case = sample("ordinary-in-time")
    assert case, problems
    return made(case, AS_AT, procedure), procedure


def width(page: SheetPage, last: int) -> float:
    """How wide the columns up to one are, in units."""
    return sum(page.widths.get(column, (8.43, ""))[0] + MARGIN for column in range(1, last + 1))


def down_to(page: SheetPage, row: int) -> float:
    """How high the rows down to one are, at 100 per cent."""
    return sum(page.heights.get(each, 15) / 0.75 for each in range(1, row + 1))


def printed_columns(page: SheetPage) -> int:
    return page.paper.last_column or max(page.widths)


# On the screen


@pytest.mark.parametrize("name", SAMPLES[:-1])  # once a case has ended, each row says why, and is higher
@pytest.mark.parametrize("sheet", STAGES)
def test_thirteen_rows_of_a_stage_and_its_progress_fit_on_a_small_screen(name: str, sheet: str) -> None:
    page = page_of(workbook(name), sheet)
    progress = layout.titles(layout.STAGE_COLUMNS).index("Progress") + 1
    last = min(layout.HEADER_ROW + 13, layout.HEADER_ROW + len(workbook(name).plan.rows[sheet]))
    assert width(page, progress) * PIXELS * page.zoom / 100 <= WIDE
    assert down_to(page, last) * page.zoom / 100 <= HIGH_ON_STAGES


def test_the_progress_of_the_action_plan_fits_too() -> None:
    page = page_of(workbook(), "Action Plan")
    progress = layout.titles(layout.PLAN_COLUMNS).index("Progress") + 1
    assert width(page, progress) * PIXELS * page.zoom / 100 <= WIDE


def test_clocks_decisions_holds_and_proceedings_are_on_one_screen_and_the_first_page() -> None:
    page, tables = page_of(workbook(), "Case"), workbook().book.tables
    labels = {content: row for (row, column), content in page.book.contents["Case"].items() if column == 1}
    wanted = [labels[each.label] for each in layout.fields(PROCEDURE, layout.DECISIONS)]
    wanted += [tables[name].last_row for name in (rules.CLOCKS, layout.HOLD_TABLE, layout.PROCEEDINGS_TABLE)]
    wanted += [labels[layout.REPORT_DATE_LABEL]]
    assert down_to(page, max(wanted)) <= HIGH
    assert width(page, max(page.widths)) * PIXELS <= WIDE
    assert page.breaks == (max(wanted),)


@pytest.mark.parametrize("name", SETS)
def test_no_word_of_help_on_case_runs_into_what_stands_beside_it(name: str) -> None:
    page = page_of(of_set(name)[0], "Case")
    cells = page.book.contents["Case"]
    room = sum(page.widths[column][0] for column in (3, 4, 5))
    beside = {row for row, column in cells if column == layout.BESIDE_COLUMN}
    notes = [
        text
        for (row, column), text in cells.items()
        if column == 3 and row in beside and isinstance(text, str)
    ]
    assert [text for text in notes if text_lines(text, room) > 1] == []


def test_meetings_stand_before_closures_and_bank_holidays() -> None:
    tables = workbook().book.tables
    places = {min(tables[name].columns.values()): name for name in ("Bank_holidays", "Closures", "Meetings")}
    assert [places[column] for column in sorted(places)] == ["Meetings", "Closures", "Bank_holidays"]


# On paper


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("sheet", SHEETS)
def test_nothing_prints_below_nine_points(name: str, sheet: str) -> None:
    page = page_of(workbook(name), sheet)
    last = printed_columns(page)
    short, long = (842, 1191) if page.paper.paper == "A3" else (595, 842)
    room = (long if page.paper.landscape else short) - 2 * 0.25 * 72
    fitted = min(1, room / (width(page, last) * POINTS))
    scale = page.paper.scale / 100 if page.paper.scale else fitted
    assert scale <= fitted  # no column on a page of its own
    sizes = {
        style_properties(style)["font_size"] for (_, column), style in page.styles.items() if column <= last
    }
    assert min(sizes) * scale >= 9


@pytest.mark.parametrize("sheet", [*STAGES, "Action Plan", "Log", "Calendar"])
def test_each_page_repeats_the_headers_and_no_row_of_data(sheet: str) -> None:
    page = page_of(workbook(), sheet)
    assert {workbook().book.tables[each.name].header_row for each in page.tables} == {page.paper.header_row}


@needs_soffice
def test_libreoffice_prints_nothing_below_nine_points_and_no_empty_page(tmp_path: Path) -> None:
    books = {"converted": workbook("converted-to-lcspr"), **{name: of_set(name)[0] for name in SETS}}
    files = [written(book, tmp_path / f"{name}.xlsx") for name, book in books.items()]
    small, empty = [], []
    for pdf in convert(files, tmp_path, "pdf", "calc_pdf_Export"):
        printed = run(["pdftohtml", "-xml", "-i", "-zoom", "3", "-stdout", pdf], seconds=60)
        # Three times the points, rounded down.
        points = {
            font: (int(size) + 0.5) / 3
            for font, size in re.findall(r'<fontspec id="(\d+)" size="(\d+)"', printed)
        }
        pages = [re.findall(r'<text [^>]*font="(\d+)"', each) for each in printed.split("<page ")[1:]]
        assert len(pages) > len(SHEETS)
        small += [
            (pdf.stem, page) for page, fonts in enumerate(pages, 1) if min(map(points.__getitem__, fonts)) < 9
        ]
        empty += [(pdf.stem, page) for page, fonts in enumerate(pages, 1) if len(fonts) <= HEADER_AND_FOOTER]
    assert (small, empty) == ([], [])


# Where to type, and what


def test_headings_and_labels_are_green_where_people_type() -> None:
    found = {}
    for sheet in SHEETS:
        page = page_of(workbook(), sheet)
        for table in page.tables:
            place = workbook().book.tables[table.name]
            for column in table.columns:
                style = page.styles[place.header_row, place.columns[column.title]]
                found[table.name, column.title] = style == "header typed"
    typed = {title for (name, title), green in found.items() if green and name == "SIN_actions"}
    assert typed == {"Agreed date", "Completed", "Status", "Progress", "Reason for change", "Evidence"}
    assert not any(
        found["Case_clocks", title] for title in ("Clock", "Date in use", "Confirmed or provisional")
    )
    assert all(
        green for (name, _), green in found.items() if name in {"Meetings", "Log_entries", "Case_holds"}
    )
    page = page_of(workbook(), "Case")
    cells = page.book.contents["Case"]
    labels = {text: page.styles[row, column] for (row, column), text in cells.items() if column in {1, 6}}
    assert {labels[each.label] for each in layout.fields(PROCEDURE)} == {"label typed"}
    assert labels["Report date in use"] == labels[layout.HOLD_RUNNING_LABEL] == "label"


def _explained(page: SheetPage, check: CellCheck) -> str:
    """What a person reads of a list: the message beside the cell, or beside the heading above it."""
    if check.message:
        return check.message
    column, row = check.block.first_column, check.block.first_row - 1
    return next(
        (
            each.message
            for each in page.checks
            if each.kind == "any" and (each.block.first_row, each.block.first_column) == (row, column)
        ),
        "",
    )


@pytest.mark.parametrize("name", [*SETS, "blank"])
def test_every_drop_down_explains_itself(name: str) -> None:
    made_of_set = made_blank(AS_AT) if name == "blank" else of_set(name)[0]
    lists = [(page, check) for page in made_of_set.pages for check in page.checks if check.kind == "list"]
    assert len(lists) > 30
    silent = [
        (page.name, check.title) for page, check in lists if not 0 < len(_explained(page, check)) <= LONGEST
    ]
    assert silent == []


@pytest.mark.parametrize("path", [each.path for each in layout.CASE_FIELDS if each.kind == "list"])
def test_a_message_names_every_choice(path: str) -> None:
    message = field_message(path, PROCEDURE)
    words = CHOICES.get(path, ())
    assert [word for word in words if not re.search(rf"\b{word}\b", message)] == []


def test_a_message_says_what_a_choice_switches_in_this_procedure() -> None:
    assert "With no, regenerate marks open rows of LCSPR Not applicable, except" in field_message(
        "decisions.lcspr", PROCEDURE
    )
    assert field_message("options.submitters_absent", PROCEDURE).endswith(
        "With yes, regenerate adds SIN-3.5."
    )
    _, riverside = of_set("riverside")
    assert "open rows of Learning Review Not applicable." in field_message("decisions.lcspr", riverside)
    assert "regenerate" not in field_message("decisions.notify", riverside)


def test_the_words_of_a_list_are_those_its_message_explains() -> None:
    lists = {
        column.title: column.words
        for columns in (layout.STAGE_COLUMNS, layout.LOG_COLUMNS, layout.ROLE_COLUMNS, layout.MEETING_COLUMNS)
        for column in columns
        if column.kind == "list" and column.words
    }
    for title, words in lists.items():
        assert [word for word in words if word not in column_message(title)] == [], title
