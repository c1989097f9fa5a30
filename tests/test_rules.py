"""RAG and Days late against an oracle written from the contract's words, over every combination of a small space."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from workbook.making import PROCEDURE, made, sample

from tracker import rules
from tracker.formula.book import Area, Book
from tracker.formula.values import serial
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.formula.evaluate import Formula

HOLIDAYS = frozenset(date.fromisoformat(day) for day in ("2026-12-25", "2026-12-28", "2027-01-01"))
REPORTS = (date(2026, 11, 23), date(2026, 12, 26))
"""A Monday; a Saturday between two bank holidays."""
EXTERNAL, COUNCIL = "National Panel", "Head of QA and Partnerships"
PUBLICATION, OTHER = "Publication", "SIN day zero"


@dataclass(frozen=True)
class Row:
    """A row as the contract speaks of it. `completed` may be text."""

    status: str | None
    completed: date | str | None
    due: date | None
    agreed: date | str | None
    basis: str = "Procedure"
    external: bool = False
    counted_from: str = ""
    provisional: bool = False
    held: bool = False
    plan: bool = False


def _at(row: Row, report: date) -> Row:
    """The row as it stands on a day: a completion after it does not count yet, nor the status beside it."""
    if not isinstance(row.completed, date) or row.completed <= report:
        return row
    return replace(row, completed=None, status=None if row.status == "Complete" else row.status)


def _walk(start: date, count: int) -> date:
    """The working day `count` after `start`, day by day."""
    while count:
        start += timedelta(days=1)
        count -= start.weekday() < 5 and start not in HOLIDAYS
    return start


def _working_days(after: date, end: date) -> int:
    """Working days later than `after`, up to and with `end`."""
    days = (after + timedelta(days=n) for n in range(1, (end - after).days + 1))
    return sum(day.weekday() < 5 and day not in HOLIDAYS for day in days)


def expected_rag(row: Row, report: date) -> str:
    """Contract, Workbook, RAG: "the first that holds"."""
    row = _at(row, report)
    agreed = row.agreed if isinstance(row.agreed, date) else None
    if row.status == "Not applicable":
        return "Not applicable"
    measure = row.due or agreed  # after `Due`; after `Agreed date` where there is no `Due`
    if isinstance(row.completed, date) and measure and row.completed > measure:
        return "Complete, late"
    if row.completed or row.status == "Complete":
        return "Complete"
    if row.counted_from == PUBLICATION and row.held:
        return "On hold"
    judged = row.due if row.basis == "Statutory" or not agreed else agreed
    soft = row.provisional and not agreed
    if judged is None:
        return "Clock not started" if row.counted_from else "No date"
    if judged < report:
        return "Provisional, passed" if soft else ("Chase" if row.external else "Overdue")
    if judged == report:
        return "Due today"
    if judged <= _walk(report, 2):
        return "Due soon"
    if row.due and row.due < report:
        return "Extended"
    return "Provisional" if soft else "On track"


def expected_days_late(row: Row, report: date) -> int | str:
    """Contract, Workbook, Days late."""
    row = _at(row, report)
    agreed = row.agreed if isinstance(row.agreed, date) else None
    done = isinstance(row.completed, date)
    complete = bool(row.completed) or row.status == "Complete"
    if row.status == "Not applicable" or (complete and not done):
        return ""
    if not complete and row.provisional and not agreed:
        return ""
    measure = row.due or agreed
    end = row.completed if isinstance(row.completed, date) else report
    if measure is None or end <= measure:
        return ""
    return _working_days(measure, end)


def _days(report: date) -> tuple[date | None, ...]:
    """No date, passed, today, soon at the latest, and the day after that."""
    soon = _walk(report, 2)
    return None, _before(report, 4), report, soon, soon + timedelta(days=1)


def _before(day: date, days: int) -> date:
    return day - timedelta(days=days)


def _completions(due: date | None, agreed: date | str | None, report: date) -> Iterator[date | str | None]:
    """None, text, and before, on and after whatever the row is measured by."""
    measure = due or (agreed if isinstance(agreed, date) else report)
    yield from (
        None,
        "last week",
        _before(measure, 1),
        measure,
        measure + timedelta(days=1),
        measure + timedelta(days=5),
    )


def _stage_rows(report: date, *, provisional: bool, held: bool) -> Iterator[Row]:
    statuses = (*rules.STATUSES, None)
    agreements = (*_days(report), "soon")
    for status, due, agreed, basis, external, clock in product(
        statuses,
        _days(report),
        agreements,
        ("Statutory", "Procedure"),
        (False, True),
        ("", OTHER, PUBLICATION),
    ):
        for completed in _completions(due, agreed, report):
            soft = provisional and bool(clock)
            yield Row(status, completed, due, agreed, basis, external, clock, soft, held)


def _plan_rows(report: date) -> Iterator[Row]:
    for status, due, agreed, external in product(
        (*rules.STATUSES, None), _days(report), (*_days(report), "soon"), (False, True)
    ):
        for completed in _completions(due, agreed, report):
            yield Row(status, completed, due, agreed, external=external, plan=True)


def _content(value: object) -> object:
    return serial(value) if isinstance(value, date) else value


def _book(report: date, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> Book:
    """A book with one table of rows, and what its rules read beside it."""
    book = Book(serial(report))
    book.add_table("Rows", "Rows", 1, columns, len(rows))
    for number, row in enumerate(rows, 2):
        for place, title in enumerate(columns, 1):
            book.put("Rows", number, place, _content(row.get(title)))
    for place, day in enumerate(sorted(HOLIDAYS), 1):
        book.put("Lists", place, 1, serial(day))
    book.names[rules.HOLIDAYS] = Area("Lists", 1, len(HOLIDAYS) + 3, 1)
    book.put("Lists", 1, 2, serial(report))
    book.names[rules.REPORT_DATE] = Area("Lists", 1, 1, 2)
    book.add_table(rules.ROLES, "Roles", 1, ["Role", "Name", "Employer"], 2)
    book.add_table(rules.AGENCIES, "Agencies", 1, ["Agency", "Contact", "Employer"], 1)
    people = [(EXTERNAL, None, "external"), (COUNCIL, "A. Example", "council")]
    for number, person in enumerate(people, 2):
        for place, word in enumerate(person, 1):
            book.put("Roles", number, place, word)
    book.contents.setdefault("Agencies", {})
    return book


def _put_clocks(book: Book, *, provisional: bool, held: bool) -> None:
    book.add_table(rules.CLOCKS, "Clocks", 1, ["Clock", "Confirmed or provisional", "Date in use"], 2)
    for number, name in enumerate((PUBLICATION, OTHER), 2):
        book.put("Clocks", number, 1, name)
        book.put("Clocks", number, 2, "Provisional" if provisional else "Confirmed")
    book.put("Lists", 1, 3, "yes" if held else "no")
    book.names[rules.HOLD_RUNNING] = Area("Lists", 1, 1, 3)


def _typed(row: Row, formulas: Mapping[str, Formula]) -> dict[str, object]:
    typed = {
        "Action": "do it",
        "Status": row.status,
        "Completed": row.completed,
        "Agreed date": row.agreed,
        "Target date" if row.plan else "Due": row.due if row.due or row.plan else "",
        "Basis": row.basis,
        "Counted from": row.counted_from or None,
        "Owner": EXTERNAL if row.external else COUNCIL,
        "Employer": "external" if row.external else "council",
    }
    return typed | {title: formulas[title] for title in ("RAG", "Days late")}


def _disagreements(book: Book, rows: Sequence[Row], report: date) -> list[tuple[Row, str, object, object]]:
    found: list[tuple[Row, str, object, object]] = []
    for row, rag, late in zip(
        rows, book.column("Rows", "RAG"), book.column("Rows", "Days late"), strict=True
    ):
        for title, ours, said in (
            ("RAG", rag, expected_rag(row, report)),
            ("Days late", late, expected_days_late(row, report)),
        ):
            if ours != said:
                found.append((row, title, ours, said))
    return found


_KINDS = [
    pytest.param(provisional, held, id=f"{'' if held else 'no '}hold-{'provisional' if provisional else 'confirmed'}",
                 marks=() if provisional == held else pytest.mark.slow)  # `make quick` takes two of the four
    for held, provisional in product((False, True), repeat=2)
]  # fmt: skip


@pytest.mark.parametrize("report", REPORTS, ids=str)
@pytest.mark.parametrize(("provisional", "held"), _KINDS)
def test_a_stage_row_reads_as_the_contract_says(report: date, provisional: bool, held: bool) -> None:
    rows = list(_stage_rows(report, provisional=provisional, held=held))
    assert len(rows) == 6 * 5 * 6 * 2 * 2 * 3 * 6
    formulas = rules.stage_rules(PROCEDURE)
    titles = layout.titles(layout.STAGE_COLUMNS)
    book = _book(report, titles, [_typed(row, formulas) for row in rows])
    _put_clocks(book, provisional=provisional, held=held)
    assert _disagreements(book, rows, report)[:5] == []
    seen = set(book.column("Rows", "RAG"))
    soft = {"Provisional", "Provisional, passed"} if provisional else set()
    others = {"Provisional", "Provisional, passed", "On hold", "Ready"}
    assert seen == set(rules.RAG_WORDS) - others | soft | ({"On hold"} if held else set())


@pytest.mark.parametrize("report", REPORTS, ids=str)
def test_an_action_of_the_plan_reads_alike_without_the_clocks_words(report: date) -> None:
    rows = list(_plan_rows(report))
    titles = layout.titles(layout.PLAN_COLUMNS)
    book = _book(report, titles, [_typed(row, rules.plan_rules()) for row in rows])
    assert _disagreements(book, rows, report)[:5] == []
    clock_words = {"Provisional", "Provisional, passed", "On hold", "Clock not started", "Ready"}
    assert set(book.column("Rows", "RAG")) == set(rules.RAG_WORDS) - clock_words


# What a row waits for: status and completion, and whether it is done, open, or neither

_WAITED_FOR: Mapping[tuple[str | None, date | str | None], str] = {
    ("Not started", None): "open",
    ("Waiting on others", None): "open",
    (None, None): "open",
    ("Complete", None): "done",
    ("In progress", REPORTS[0]): "done",
    ("In progress", "last week"): "done",
    ("Complete", REPORTS[0] + timedelta(days=1)): "open",
    ("Not applicable", None): "neither",
    ("Not applicable", REPORTS[0]): "neither",
}


@pytest.mark.parametrize("first", _WAITED_FOR)
@pytest.mark.parametrize("second", _WAITED_FOR)
def test_an_undated_row_is_ready_once_all_it_waits_for_is_done_or_not_applicable(
    first: tuple[str | None, date | str | None], second: tuple[str | None, date | str | None]
) -> None:
    """Contract, Workbook, RAG; `RR-5.7b` means all its rows, and `RR-5.7` is another step."""
    formulas = rules.stage_rules(PROCEDURE)
    undated = _typed(Row(None, None, None, None), formulas)
    waiting = undated | {"ID": "RR-1", "Waits for": "SIN-1, RR-5.7b"}
    rows = [
        waiting,
        waiting | {"Waits for": None},
        waiting | {"Counted from": OTHER},
        waiting | {"Agreed date": serial(REPORTS[0])},
        undated | {"ID": "RR-5.7b-POL", "Status": first[0], "Completed": first[1]},
        undated | {"ID": "RR-5.7", "Status": "Not started"},
    ]
    titles = layout.titles(layout.STAGE_COLUMNS)
    book = _book(REPORTS[0], titles, rows)
    _put_clocks(book, provisional=False, held=False)
    others = [undated | {"ID": "SIN-1", "Status": second[0], "Completed": second[1]}]
    of_stages: tuple[Sequence[Mapping[str, object]], ...] = (others, rows, [{}])
    for stage, stage_rows in zip(PROCEDURE.stages, of_stages, strict=True):
        table = rules.table_name(stage.name)
        book.add_table(table, table, 1, titles, len(stage_rows))
        for number, row in enumerate(stage_rows, 2):
            for place, title in enumerate(titles, 1):
                book.put(table, number, place, _content(row.get(title)))

    states = {_WAITED_FOR[first], _WAITED_FOR[second]}
    ready = "Ready" if "open" not in states and "done" in states else "No date"
    assert list(book.column("Rows", "RAG"))[:4] == [ready, "No date", "Clock not started", "Due today"]


def test_a_standing_step_waits_for_nothing_so_it_is_never_ready() -> None:
    standing = {step.id for _, step in PROCEDURE.steps() if step.standing}
    rows = {row.id: row for row in made(sample("ordinary-in-time"), REPORTS[0]).plan.all_rows()}
    assert standing <= set(rows)
    assert {rows[each].waits_for for each in standing} == {""}


def test_an_empty_row_is_no_action() -> None:
    report = REPORTS[0]
    empty = {**rules.plan_rules(), "Status": None}
    book = _book(report, layout.titles(layout.PLAN_COLUMNS), [empty, empty | {"Recommendation": "Train"}])
    assert list(book.column("Rows", "RAG")) == ["", "No date"]
    assert list(book.column("Rows", "Days late")) == ["", ""]
    stage = dict(rules.stage_rules(PROCEDURE))
    book = _book(
        report,
        layout.titles(layout.STAGE_COLUMNS),
        [stage, {**stage, "ID": "SIN-1"}, {**stage, "Action": "x"}],
    )
    _put_clocks(book, provisional=False, held=True)
    assert list(book.column("Rows", "RAG")) == ["", "No date", "No date"]


def test_a_time_of_day_makes_nothing_late() -> None:
    report = REPORTS[0]
    formulas = rules.stage_rules(PROCEDURE)
    done = _typed(Row(None, None, report, None), formulas) | {"Completed": serial(report) + 0.75}
    agreed = _typed(Row(None, None, None, None), formulas) | {"Agreed date": serial(report) + 0.5}
    book = _book(report, layout.titles(layout.STAGE_COLUMNS), [done, agreed])
    _put_clocks(book, provisional=False, held=False)
    assert list(book.column("Rows", "RAG")) == ["Complete", "Due today"]
    assert list(book.column("Rows", "Days late")) == ["", ""]
