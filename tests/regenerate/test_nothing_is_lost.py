"""Whatever people type and whatever the case becomes: nothing typed is lost, twice is once, values are right."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from reading.small import COLUMNS, Held, cells_of, table_at
from reading.test_nothing_is_lost import EDITS, VALUES, insert_column, insert_row
from reconcile.editing import FRESH

from regenerate.running import SMALL, Run, book_of, regenerated, saved, small
from tracker.case.model import Agency, Case, Child, Dates, Decisions, Meeting, Person
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.reading import address

if TYPE_CHECKING:
    from openpyxl import Workbook as XlsxWorkbook

EXAMPLES = int(os.environ.get("TRACKER_GENERATED_MERGES", "12"))

AGENCIES = (
    *FRESH.agencies,
    Agency("University Hospitals Dorset", "UHD"),
    Agency("BCP Council", "BCP", contact="B. Example"),
)
ROLE = "Head of QA and Partnerships"
DAYS = st.sampled_from([None, date(2026, 11, 3), date(2026, 11, 9), date(2027, 6, 10)])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """What a description of the case may have become."""
    wanted = draw(st.lists(st.sampled_from(AGENCIES), unique=True, max_size=4))
    day = draw(DAYS)
    return replace(
        FRESH,
        details=replace(FRESH.details, summary=draw(st.sampled_from(["", "Serious harm", "Other"]))),
        children=tuple(
            Child(label)
            for label in draw(st.lists(st.sampled_from(["Child 1", "Child 2", "Baby A"]), unique=True))
        ),
        agencies=tuple(wanted),
        people={**FRESH.people, ROLE: Person(draw(st.sampled_from(["H. Example", "N. Newcomer"])))},
        dates=Dates(sin_submitted=day, publication=draw(DAYS)),
        decisions=Decisions(
            lcspr=draw(st.sampled_from(["undecided", "yes", "no"])),
            lcspr_reason=draw(st.sampled_from(["", "Why"])),
        ),
        meetings=(Meeting("Rapid Review", day),) if day else (),
        office_closures=(day,) if day else (),
    )


TABLES_ASTRAY = {insert_row, insert_column}
"""openpyxl moves the cells and leaves the tables where they were: no program would save it so."""
CASES = st.one_of(st.none(), cases())
RULES = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # to shrink takes minutes, and the edits say enough
    suppress_health_check=list(HealthCheck),
)

Typing = tuple[str, str, int, Any]
FIELDS = st.tuples(
    st.just("field"),
    st.sampled_from(["Summary", "LCSPR", "LCSPR: reason", "Criteria decided on", "Other partnerships"]),
    st.just(2),
    st.one_of(VALUES, st.sampled_from(["no", "yes", "Somerset", None])),
)


def edited(edits: list[Any], fields: list[Typing]) -> XlsxWorkbook:
    """The small workbook after what people did."""
    book = book_of(small())
    for _, label, column, value in fields:
        page = book["Case"]
        row = next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == label)
        page.cell(row, column).value = value
    for done, arguments, named in edits:
        done(book, *arguments, **named)
    return book


def _refused(run: Run) -> bool:
    """IDs beside other rows: a person has to put them right first."""
    return run.outcome is None and {code for _, code in run.codes} == {"T351"}


@RULES
@given(edits=st.lists(EDITS, max_size=8), fields=st.lists(FIELDS, max_size=2), case=CASES, later=CASES)
def test_whatever_is_done(
    edits: list[Any], fields: list[Typing], case: Case | None, later: Case | None
) -> None:
    before = saved(edited(edits, fields))
    run = regenerated(before, case=case)
    if _refused(run):
        return
    nothing_typed_is_lost(before, run)
    if run.done.changed and not {done for done, *_ in edits} & TABLES_ASTRAY:
        values_are_right(run)
    again = run.again(case=case)
    assert (again.done.changed, again.cells, again.added, again.conflicts) == (False, [], [], run.conflicts)
    second = run.again(case=later)
    nothing_typed_is_lost(run.content, second)
    assert not second.again(case=later).done.changed


def nothing_typed_is_lost(before: bytes, run: Run) -> None:
    """Each cell under a header of ours still holds what it held, or the run says what became of it."""
    merge = run.done.merge
    told = {each.spot.cell for each in merge.cells}
    after = book_of(run.content)
    lost = [
        (held.place, held.value, after[held.sheet].cell(held.row, held.column).value)
        for held in cells_of(book_of(before))
        if _shown(after[held.sheet].cell(held.row, held.column).value) != _shown(held.value)
        and held.place not in told
    ]
    assert lost == []


def values_are_right(run: Run) -> None:
    """What our formulas show in the file is what reading it again works out."""
    shown: Any = book_of(run.content, values=True)
    formulas: Any = book_of(run.content)
    state = run.state()
    wrong = []
    lines: tuple[Any, ...] = (*state.actions, *state.action_plan)
    for action in lines:
        sheet, _, cell = action.cell.rpartition("!")
        name, row = sheet.strip("'"), int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        _, places = table_at(formulas[name], COLUMNS[name][0])
        worked = {"Due": getattr(action, "due", None), "RAG": action.rag, "Days late": action.days_late}
        for title in sorted(worked.keys() & places.keys()):
            column = places[title]
            ours = str(formulas[name].cell(row, column).value).startswith("=")
            if ours and _shown(shown[name].cell(row, column).value) != _shown(worked[title]):
                wrong.append((address(name, get_column_letter(column), row), worked[title]))
    assert wrong == []


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date() if value.time().isoformat() == "00:00:00" else value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else clean_text(str(value))


# The person's columns


PERSONS = [column.title for column in layout.STAGE_COLUMNS if column.edited_by == "person"]
FILLED = {"Completed", "Status", "Reason for change"}


@RULES
@given(
    edits=st.lists(EDITS, max_size=8),
    fields=st.lists(FIELDS, max_size=2),
    case=CASES,
    own=st.text("abc", max_size=3),
)
def test_the_persons_columns_are_the_edited_files(
    edits: list[Any], fields: list[Typing], case: Case | None, own: str
) -> None:
    book = edited(edits, fields)
    book["SIN"]["Z3"], book["SIN"]["Z5"] = "My column", own
    before = saved(book)
    run = regenerated(before, case=case)
    if _refused(run):
        return
    filled = {each.spot.cell: each.spot.title for each in run.done.merge.cells}
    assert set(filled.values()) & set(PERSONS) <= FILLED
    assert [held for held in persons_cells(before) if held.place not in filled] == [
        held for held in persons_cells(run.content, rows=before) if held.place not in filled
    ]
    after = book_of(run.content)["SIN"]
    assert [after["Z3"].value, after["Z5"].value or ""] == ["My column", own]


def persons_cells(content: bytes, rows: bytes | None = None) -> list[Held]:
    """The cells of the person's columns, in the rows there were."""
    book = book_of(content)
    last = {page.title: page.max_row for page in book_of(rows or content).worksheets}
    stages = {stage.name for stage in SMALL.stages}
    return [
        held
        for held in cells_of(book)
        if held.sheet in stages and held.title in PERSONS and held.row <= last[held.sheet]
    ]


# Nothing done, nothing written


@pytest.mark.parametrize("case", [None, FRESH])
def test_no_edits_and_the_same_rules_are_the_same_bytes(case: Case | None) -> None:
    run = regenerated(small(), case=case)
    assert (run.done.changed, run.content == small()) == (False, True)


@RULES
@given(edits=st.lists(EDITS, max_size=4), case=CASES)
def test_brought_up_to_date_the_same_bytes(edits: list[Any], case: Case | None) -> None:
    first = regenerated(saved(edited(edits, [])), case=case)
    if not _refused(first):
        assert first.again(case=case).content == first.content
