"""A workbook open in LibreOffice follows what is typed, and Python reads the saved file to the same dates and words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from office.calc import cell_values, counted_values, differences, needs_soffice, strip_cached_values
from office.edits import Compare, CopyRow, Edit, Job, Read, Set, Today, Type, edit
from office.package import serial
from reading.small import read_path

from tracker import rules
from tracker.case.model import Agency, Case, Child, Details, Person
from tracker.formula.parse import column_letters
from tracker.reconcile.state import case_state
from tracker.workbook import layout
from workbook.making import PROCEDURE, cell, made, named_cell, row_of, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tracker.reconcile.model import Action, CaseState
    from tracker.workbook.build import Workbook
    from tracker.workbook.reading import Reading

AS_AT = date(2026, 11, 24)
CASE = Case(
    Details("DOR-2026-014", "Harm to an infant", aware=date(2026, 11, 2)),
    children=(Child("Child 1"), Child("Child 2")),
    agencies=(Agency("Dorset Police", "POL", contact="P. Example"), Agency("Probation", "PRO", "external")),
    people={"Head of QA and Partnerships": Person("A. Example")},
)
COMPARED: Mapping[str, Callable[[Action], object]] = {
    "Timescale": lambda action: action.timescale,
    "Named owner": lambda action: action.named_owner,
    "Due": lambda action: serial(action.due) if action.due else "",
    "RAG": lambda action: action.rag,
    "Days late": lambda action: "" if action.days_late is None else action.days_late,
    "Day zero": lambda action: serial(action.day_zero) if action.day_zero else "",
    "Employer": lambda action: action.employer,
}


class Typist:
    """Edits by what a person means: the cell of an ID, a name or a clock."""

    def __init__(self, workbook: Workbook, path: Path) -> None:
        self.workbook, self.path = workbook, path

    def row(self, row_id: str, title: str, typed: str | float | date | None) -> Edit:
        sheet, ref = cell(self.workbook, row_id, title).split("!")
        return Set(sheet.strip("'"), ref, typed)

    def name(self, name: str, typed: str | date) -> Edit:
        sheet, ref = named_cell(self.path, name).split("!")
        return Set(sheet, ref, typed)

    def clock(self, name: str, typed: date) -> Edit:
        table = self.workbook.book.tables[rules.CLOCKS]
        contents = self.workbook.book.contents[layout.CASE]
        row = next(row for row in table.rows() if contents[row, 1] == name)
        return Set(layout.CASE, f"{column_letters(table.columns['Type it here'])}{row}", typed)

    def hold(self, title: str, typed: date) -> Edit:
        table = self.workbook.book.tables[layout.HOLD_TABLE]
        return Set(layout.CASE, f"{column_letters(table.columns[title])}{table.header_row + 1}", typed)

    def below(self, table: str) -> int:
        return self.workbook.book.tables[table].last_row + 1


def _day_zero(typist: Typist) -> list[Edit]:
    return [typist.name("SIN_day_zero", date(2026, 12, 21))]


def _completion(typist: Typist) -> list[Edit]:
    return [typist.row("SIN-3.4", "Completed", date(2026, 11, 12))]


def _publication(typist: Typist) -> list[Edit]:
    return [typist.clock("Publication", date(2027, 6, 10))]


def _hold(typist: Typist) -> list[Edit]:
    held = [typist.hold("From", date(2026, 11, 1)), typist.hold("Review on", date(2027, 1, 4))]
    return [*_publication(typist), *held]


def _decision(typist: Typist) -> list[Edit]:
    contents = typist.workbook.book.contents[layout.CASE]
    row = next(row for (row, column), said in contents.items() if column == 1 and said == "LCSPR")
    return [Set(layout.CASE, f"B{row}", "yes"), typist.name("LCSPR_decided", date(2026, 12, 17))]


def _agreed(typist: Typist) -> list[Edit]:
    reason = typist.row("RR-5.6", "Reason for change", "The list was late")
    return [typist.row("RR-5.6", "Agreed date", date(2026, 12, 4)), reason]


def _bank_holiday(typist: Typist) -> list[Edit]:
    column = column_letters(typist.workbook.book.tables["Bank_holidays"].columns["Bank holiday"])
    return [Type(layout.CALENDAR, f"{column}{typist.below('Bank_holidays')}", "4/11/2026")]


def _own_row(typist: Typist) -> list[Edit]:
    below = typist.below("SIN_actions")
    columns = typist.workbook.book.tables["SIN_actions"].columns

    def typed(title: str, value: str | float | None) -> Edit:
        return Set("SIN", f"{column_letters(columns[title])}{below}", value)

    start = next(row for row in ("SIN-3.4", "SIN-3.4b") if row_of(typist.workbook, row))
    return [
        CopyRow("SIN", row_of(typist.workbook, start)[1], below),
        typed("ID", None),
        typed("Action", "Ask the school"),
        typed("Count", 8),
        typed("Owner", "Probation"),
        typed("Basis", "Added"),
    ]


def _all(typist: Typist) -> list[Edit]:
    each = (_completion, _hold, _decision, _agreed, _bank_holiday, _own_row)
    return [done for scenario in each for done in scenario(typist)]


def _people(typist: Typist) -> list[Edit]:
    table = typist.workbook.book.tables[rules.ROLES]
    contents = typist.workbook.book.contents[layout.PEOPLE]
    row = next(row for row in table.rows() if contents[row, 1] == "PDSCP Business Manager")
    return [Set(layout.PEOPLE, f"B{row}", "R. Example"), Set(layout.PEOPLE, f"E{row}", "external")]


def _meetings(typist: Typist) -> list[Edit]:
    """One in the table's empty row, and one below the table, which LibreOffice does not lengthen."""
    table = typist.workbook.book.tables[layout.MEETING_TABLE]
    columns = {title: column_letters(number) for title, number in table.columns.items()}
    meetings: tuple[dict[str, str | date], ...] = (
        {"Kind": "Rapid Review", "Date": date(2026, 11, 26)},
        {"Kind": "Leadership", "Date": date(2026, 11, 25)},
    )
    return [
        Set(layout.CALENDAR, f"{columns[title]}{row}", typed)
        for row, meeting in enumerate(meetings, table.last_row)
        for title, typed in meeting.items()
    ]


def _closed(typist: Typist) -> list[Edit]:
    return [typist.name("Case_closed", date(2026, 11, 23))]


def _ready(typist: Typist) -> list[Edit]:
    rows = ("RR-5.12", "RR-6.2", "RR-6.6", "RR-6.6c")
    return [typist.row(row_id, "Completed", date(2026, 11, 20)) for row_id in rows]


def _report_date(typist: Typist) -> list[Edit]:
    del typist
    return []


SCENARIOS: Mapping[str, tuple[Callable[[Typist], list[Edit]], Mapping[tuple[str, str], object]]] = {
    "nothing but the report date": (
        _report_date,
        {
            ("SIN-3.4", "due"): date(2026, 11, 9),
            ("SIN-3.4", "rag"): "Overdue",
            ("SIN-3.4", "days_late"): 11,
            ("RR-6.6", "due"): date(2026, 11, 30),
            ("RR-6.6", "rag"): "Provisional",
            ("RR-5.6", "rag"): "Provisional, passed",
            ("LCSPR-7.6", "rag"): "Clock not started",
        },
    ),
    "another day zero": (
        _day_zero,
        {
            ("SIN-3.4", "due"): date(2026, 12, 30),
            ("RR-6.6", "due"): date(2027, 1, 21),
            ("SIN-3.4", "rag"): "On track",
        },
    ),
    "the SIN sent": (
        _completion,
        {
            ("SIN-3.4", "rag"): "Complete, late",
            ("SIN-3.4", "days_late"): 3,
            ("RR-6.6", "due"): date(2026, 12, 3),
            ("RR-5.6", "rag"): "Overdue",
        },
    ),
    "a publication date": (
        _publication,
        {("LCSPR-7.19", "due"): date(2027, 6, 1), ("LCSPR-7.16", "due"): date(2027, 5, 6)},
    ),
    "a hold": (_hold, {("LCSPR-7.19", "rag"): "On hold", ("LCSPR-7.17", "rag"): "On hold"}),
    "a decision": (
        _decision,
        {
            ("LCSPR-7.6", "due"): date(2027, 6, 17),
            ("LCSPR-7.8", "due"): date(2027, 1, 7),
            ("LCSPR-7.6", "rag"): "On track",
        },
    ),
    "an agreed date": (_agreed, {("RR-5.6", "rag"): "Extended", ("RR-5.6", "days_late"): 10}),
    "a bank holiday below the last": (
        _bank_holiday,
        {("SIN-3.4", "due"): date(2026, 11, 10), ("RR-6.6", "due"): date(2026, 12, 1)},
    ),
    "a row copied below the last": (
        _own_row,
        {
            ("", "due"): date(2026, 11, 12),
            ("", "rag"): "Chase",
            ("", "timescale"): "Day 8",
            ("", "days_late"): 8,
        },
    ),
    "a name and an employer": (
        _people,
        {("RR-6.6", "named_owner"): "R. Example", ("RR-6.6", "employer"): "external"},
    ),
    "two meetings": (_meetings, {}),
    "the case closed": (_closed, {}),
    "what others wait for": (
        _ready,
        {("RR-5.12b", "rag"): "Ready", ("RR-6.6d", "rag"): "Ready", ("RR-8.6", "rag"): "No date"},
    ),
    "all of it together": (
        _all,
        {
            ("SIN-3.4", "days_late"): 2,
            ("RR-6.6", "due"): date(2026, 12, 3),
            ("LCSPR-7.19", "rag"): "On hold",
            ("LCSPR-7.6", "due"): date(2027, 6, 17),
            ("", "due"): date(2026, 11, 13),
        },
    ),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The workbook as it is after each scenario, its report date typed; all saved by one LibreOffice."""
    folder = tmp_path_factory.mktemp("live")
    workbook = made(CASE, date(2026, 11, 2))
    path = written(workbook, folder / "issued.xlsx")
    typist = Typist(workbook, path)
    jobs = {
        name: Job(
            path, folder / f"{number}.xlsx", [typist.name("Report_date_typed", AS_AT), *scenario(typist)]
        )
        for number, (name, (scenario, _)) in enumerate(SCENARIOS.items())
    }
    edit(list(jobs.values()))
    return {name: job.save for name, job in jobs.items() if job.save}


def _read(path: Path) -> tuple[Reading, CaseState]:
    reading, procedure, problems = read_path(path, lambda _baseline: (PROCEDURE, []))
    assert reading, problems
    assert procedure
    assert reading.report_date == AS_AT
    return reading, case_state(reading, procedure, AS_AT)


@needs_soffice
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_open_spreadsheet_and_python_follow_what_is_typed(name: str, saved: Mapping[str, Path]) -> None:
    _, expected = SCENARIOS[name]
    reading, state = _read(saved[name])
    actions = {action.id: action for action in state.actions}
    assert {(row, fact): getattr(actions[row], fact) for row, fact in expected} == expected
    _rows_agree(saved[name], reading, state)
    _clocks_agree(saved[name], state)


@pytest.fixture(scope="module")
def counted(
    saved: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Mapping[str, object]]:
    """The values of each saved workbook, every formula of it counted again from nothing."""
    folder = tmp_path_factory.mktemp("bare")
    for name, path in saved.items():
        strip_cached_values(path, folder / f"{list(saved).index(name)}.xlsx")
    bare = [folder / f"{number}.xlsx" for number in range(len(saved))]
    return dict(zip(saved, counted_values(bare), strict=True))


@needs_soffice
@pytest.mark.parametrize("name", SCENARIOS)
def test_summary_is_live_at_the_moment_of_typing(
    name: str, saved: Mapping[str, Path], counted: Mapping[str, Mapping[str, object]]
) -> None:
    found = differences(saved[name], counted[name])

    assert [each for each in found if each[0].startswith(("Summary!", "_tracker!"))] == []


@needs_soffice
def test_summary_lists_a_meeting_typed_below_the_table(saved: Mapping[str, Path]) -> None:
    below = saved["two meetings"]
    titles = cell_values(below, [f"Summary!A{row}" for row in range(1, 99)])
    heading = 1 + list(titles.values()).index("Meetings ahead")
    places = [f"Summary!{column}{heading + line}" for line in (2, 3) for column in "BD"]

    assert list(cell_values(below, places).values()) == [
        "Leadership", serial(date(2026, 11, 25)), "Rapid Review", serial(date(2026, 11, 26)),
    ]  # fmt: skip


@needs_soffice
def test_the_headline_says_that_a_case_is_closed(saved: Mapping[str, Path]) -> None:
    assert cell_values(saved["the case closed"], ["Summary!A3"]) == {
        "Summary!A3": "The case was closed on Mon 23 Nov 2026"
    }


@needs_soffice
def test_summary_follows_each_step_of_a_day_and_the_days_themselves(tmp_path: Path) -> None:
    workbook = made(CASE, date(2026, 11, 2))
    path = written(workbook, tmp_path / "issued.xlsx")
    typist = Typist(workbook, path)
    steps: tuple[tuple[Edit, ...], ...] = (
        (Today(AS_AT),),
        (*_completion(typist),),
        (*_agreed(typist),),
        (*_meetings(typist),),
        (*_hold(typist),),
        (Today(date(2026, 11, 27)),),
        (*_decision(typist),),
        (Today(date(2027, 6, 18)),),
    )
    each_step = [edit for step in steps for edit in (*step, Compare(layout.SUMMARY))]

    [result] = edit(
        [Job(path, None, [*each_step, Read(layout.SUMMARY, ("A2", "A3"))])],
        moves_clock=True,
    )

    assert result["compared"] == [[]] * len(steps)
    assert [each["value"] for each in result["read"].values()] == [
        "OFFICIAL-SENSITIVE · Report date Fri 18 Jun 2027 · Where the case stands; an ID leads to its row.",
        "Today is day 149 of the Rapid Review, 134 working days late: due with the Panel by Thu 3 Dec 2026",
    ]


def _rows_agree(saved: Path, reading: Reading, state: CaseState) -> None:
    """Every calculated cell of every row shows what Python says of it."""
    python: dict[str, object] = {}
    by_cell = {
        row.cell(): row for each in PROCEDURE.stages for row in reading.tables[rules.table_name(each.name)]
    }
    for action in state.actions:
        for title, said in COMPARED.items():
            python[by_cell[action.cell].cell(title)] = said(action)
    shown = cell_values(saved, python)
    assert len(state.actions) > 100
    assert {place: (said, shown[place]) for place, said in python.items() if said != shown[place]} == {}


def _clocks_agree(saved: Path, state: CaseState) -> None:
    places = {clock.name: named_cell(saved, clock.defined_name) for clock in PROCEDURE.clocks}
    shown = cell_values(saved, places.values())
    python = {clock: serial(each.day) if each.day else "" for clock, each in state.clocks.items()}
    assert {clock: shown[place] for clock, place in places.items()} == python
