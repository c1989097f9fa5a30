"""What a report leaves for the next one, and what the next one tells of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from workbook.making import PROCEDURE

from tracker.reconcile.model import CaseState, Change, LogEntry, MeetingEntry, SourceWorkbook
from tracker.report.figures import chart
from tracker.report.frame import read_cases
from tracker.report.history import Done, Earlier, done_by_month, done_in, movement, read_earlier
from tracker.report.reports import Wanted, make
from tracker.report.rows import safe_id
from tracker.report.weekly import weekly_view
from tracker.report.yearly import months, steps_done

from .states import MONDAY, action, case, held, plan_action, read

if TYPE_CHECKING:
    from pathlib import Path

LAST_MONDAY = date(2026, 11, 16)
SECRET = "A word that was typed"


def history(*cases: CaseState, as_at: date = LAST_MONDAY, kind: str = "weekly") -> str:
    return make(Wanted(kind), read(*cases, as_at=as_at), PROCEDURE).history


def earlier(folder: Path, *cases: CaseState, as_at: date = LAST_MONDAY) -> Earlier:
    path = folder / f"weekly-{as_at}.json"
    path.write_text(history(*cases, as_at=as_at), encoding="utf-8")
    found, problems = read_earlier(path)
    assert found, problems
    return found


def moves(folder: Path, before: CaseState, now: CaseState) -> list[tuple[str, str, str, str]]:
    told = movement(earlier(folder, before), read_cases(read(now)).cases)
    return [(each.label, each.what, each.was, each.now) for each in told.moves]


# What it holds


def test_it_holds_ids_dates_states_and_hashes_a_line_a_case() -> None:
    text = history(
        case(action("RR-5.4", "Overdue", due=MONDAY, days_late=2), uuid="one"), case(reference="B")
    )
    record = json.loads(text)
    assert (record["schema"], record["for"], record["as_at"]) == ("tracker/report/1", "weekly", "2026-11-16")
    (row,) = record["cases"][1]["actions"]
    assert (row["id"], row["due"], row["rag"], row["days_late"]) == ("RR-5.4", "2026-11-23", "Overdue", 2)
    assert len(row["hash"]) == 16
    assert [line.startswith('{"reference"') for line in text.splitlines()].count(True) == 2


def test_no_word_that_a_person_typed_is_in_it() -> None:
    typed: dict[str, Any] = dict.fromkeys(
        ("action", "owner", "named_owner", "progress", "reason", "evidence", "paragraph", "counted_from", "unit",
         "status", "employer"), SECRET)  # fmt: skip
    plan: dict[str, Any] = dict.fromkeys(
        ("recommendation", "action", "lead_agency", "named_owner", "progress", "impact", "success_measure", "reason",
         "evidence", "source", "owner", "improvement_plan_ref", "status", "employer"), SECRET)  # fmt: skip
    entry = LogEntry(MONDAY, SECRET, SECRET, SECRET, None, None, SECRET, SECRET, "Log!A5")
    state = case(
        action(SECRET, "Overdue", **typed),
        summary=SECRET,
        action_plan=(plan_action(SECRET, "Overdue", **plan),),
        log=(entry,),
        holds=(held(MONDAY, reason=SECRET, agreed_by=SECRET),),
        decisions={"lcspr_reason": SECRET, "panel_response": SECRET},
        workbooks=(SourceWorkbook(f"cases/{SECRET}.xlsx", "0" * 64, "0.1.0"),),
        marking=SECRET,
        baseline=SECRET,
        made_from=(SECRET,),
        meetings=(MeetingEntry(SECRET, MONDAY, SECRET, SECRET, held=True, cell="Calendar!A5"),),
        changes=(Change("SIN!A1", SECRET, "Progress", SECRET, SECRET),),
        conflicts=({"cell": "SIN!A1", "id": SECRET, "was": SECRET, "yours": SECRET},),
    )
    assert SECRET not in history(state)


@pytest.mark.parametrize(
    ("row_id", "kept"),
    [("RR-5.7b-POL", True), ("SIN-3.4", True), ("AP-001", True), ("LCSPR-7.11b-C1", True),
     ("Child One", False), ("RR-Anna", False)],
)  # fmt: skip
def test_only_an_id_as_we_give_them_is_kept(row_id: str, kept: bool) -> None:
    assert safe_id(row_id) == (row_id if kept else "")


# What moved since


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({"rag": "On track"}, {"rag": "Complete"}, [("Done", "On track", "Complete")]),
        ({"rag": "On track"}, {"rag": "Overdue"}, [("Overdue", "On track", "Overdue")]),
        ({"rag": "Overdue"}, {"rag": "Extended"}, [("No longer overdue", "Overdue", "Extended")]),
        ({"rag": "Complete"}, {"rag": "Overdue"}, [("Reopened", "Complete", "Overdue")]),
        ({"rag": "No date"}, {"rag": "Not applicable"}, [("State", "No date", "Not applicable")]),
        ({"rag": "On track"}, {"rag": "Due soon"}, []),  # time alone
        ({"agreed": None}, {"agreed": MONDAY}, [("Agreed date", "none", "Mon 23 Nov 2026")]),
        ({"progress": ""}, {"progress": "Rang twice"}, []),  # told apart
        ({}, {}, []),
    ],
)
def test_a_row_tells_what_moved(
    tmp_path: Path, before: dict[str, Any], now: dict[str, Any], told: list[tuple[str, str, str]]
) -> None:
    one, other = (case(action("RR-5.4", **facts)) for facts in (before, now))
    assert [each[1:] for each in moves(tmp_path, one, other)] == told


def test_rows_with_other_words_are_named(tmp_path: Path) -> None:
    before = case(action("RR-5.4"), action("RR-5.5"), action("RR-5.6"))
    now = case(
        action("RR-5.4", progress="Rang"), action("RR-5.5", "Overdue", progress="Rang"), action("RR-5.6")
    )
    told = movement(earlier(tmp_path, before), read_cases(read(now)).cases)
    assert told.words == (("DOR-2026-014", ("RR-5.4",)),)


def test_rows_that_came_and_went_are_told(tmp_path: Path) -> None:
    one, other = case(action("RR-5.4"), action("RR-5.5")), case(action("RR-5.5"), action("RR-5.6", "Overdue"))
    assert moves(tmp_path, one, other) == [
        ("RR-5.6", "Added", "", "Overdue"),
        ("RR-5.4", "Gone", "On track", ""),
    ]


def test_due_dates_that_moved_with_their_clock_are_counted_once(tmp_path: Path) -> None:
    before = case(*(action(f"RR-{number}", due=MONDAY) for number in (1, 2)))
    now = case(*(action(f"RR-{number}", due=date(2026, 12, 1)) for number in (1, 2)))
    told = movement(earlier(tmp_path, before), read_cases(read(now)).cases)
    assert (told.moves, told.clocks) == ((), (("DOR-2026-014", "Rapid Review day zero", 2),))


def test_cases_that_came_and_went_are_named(tmp_path: Path) -> None:
    told = movement(
        earlier(tmp_path, case(reference="A", uuid="a"), case(reference="B", uuid="b")),
        read_cases(read(case(reference="B", uuid="b"), case(reference="C", uuid="c"))).cases,
    )
    assert (told.new_cases, told.gone_cases) == (("C",), ("A",))


def test_done_since_the_last_report_is_what_was_open_in_it(tmp_path: Path) -> None:
    before = case(action("RR-1"), action("RR-2"), action("RR-3", "Complete", completed=date(2026, 11, 10)))
    now = case(
        action("RR-1", "Complete", completed=date(2026, 11, 10)),  # typed in after the last report
        action("RR-2", "Complete"),
        action("RR-3", "Complete", completed=date(2026, 11, 10)),
        action("RR-4", "Complete", completed=date(2026, 11, 18)),
        action("RR-5", "Complete", completed=date(2026, 11, 2)),
    )
    view = weekly_view(read(now), earlier=earlier(tmp_path, before))
    assert [line.label for line in view.done_in_time] == ["RR-1", "RR-4", "RR-2"]
    assert view.since == LAST_MONDAY


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "text that is not JSON"),
        ("[]", "no schema tracker/report/1"),
        ('{"schema": "tracker/reconcile/1"}', "no schema tracker/report/1"),
        ('{"schema": "tracker/report/1", "as_at": "x", "cases": []}', "a report that is not whole"),
        ('{"schema": "tracker/report/1", "cases": [{}]}', "a report that is not whole"),
        (
            '{"schema": "tracker/report/1", "as_at": "2026-11-16", "cases": [[]]}',
            "a report that is not whole",
        ),
        ('{"schema": "tracker/report/1", "as_at": "2026-11-16", "cases": 7}', "a report that is not whole"),
        ("[" * 100_000, "text that is not JSON"),
    ],
)
def test_a_file_that_is_no_earlier_report_is_told(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    found, problems = read_earlier(path)
    assert (found, [(each.code, each.found) for each in problems]) == (
        None,
        [("T146", f"this is not the file of an earlier report: {reason}")],
    )


OVER = case(
    action("SIN-3.4", "Complete", completed=LAST_MONDAY, due=LAST_MONDAY),
    decisions={"case_closed": LAST_MONDAY},
)


@pytest.mark.parametrize(
    "state", [OVER, case(action("RR-1", "Overdue", due=LAST_MONDAY))], ids=["over", "live"]
)
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("hash", None),
        ("cell", None),
        ("due", "soon"),
        ("agreed", 7),
        ("completed", "yesterday"),
        ("days_late", "3"),
        ("days_late", 10**400),
        ("days_late", float("inf")),
        ("days_late", float("nan")),
    ],
)
def test_a_row_that_says_what_no_row_says_is_told_before_anything_is_made(
    tmp_path: Path, state: CaseState, field: str, typed: object
) -> None:
    record = json.loads(history(state))
    (row,) = record["cases"][0]["actions"]
    row |= {"id": "", "cell": "SIN!A4"}  # it goes by its cell
    row[field] = typed
    if typed is None:
        del row[field]
    head, cases = {key: record[key] for key in record if key not in {"cases", "problems"}}, record["cases"]
    text = f'{json.dumps(head)[:-1]},\n"cases": [\n{json.dumps(cases[0])}\n],\n"problems": []}}\n'
    path = tmp_path / "weekly-2026-11-16.json"
    path.write_text(text, encoding="utf-8")
    _, problems = read_earlier(path)
    assert [(each.code, each.found) for each in problems] == [
        ("T146", "this is not the file of an earlier report: a report that is not whole")
    ]
    known = done_in(tmp_path, ("weekly",), MONDAY)
    assert done_by_month(known, ()) == [] or field in {"hash", "due", "agreed"}


# A year of Mondays


def test_months_have_a_share_and_an_average_and_gaps_are_shown() -> None:
    done = [
        Done("2026-08", 0),
        *(Done("2026-10", days) for days in (0, 0, 4)),
        *(Done("2026-11", n) for n in (3, 4)),
    ]
    found = months(done, "", "2026-12")
    assert [(each.words, each.on_time, each.done, each.share, each.average_late) for each in found] == [
        ("Aug 2026", 1, 1, 100, None),
        ("Sep 2026", 0, 0, 0, None),
        ("Oct 2026", 2, 3, 67, 4.0),
        ("Nov 2026", 0, 2, 0, 3.5),
        ("Dec 2026", 0, 0, 0, None),
    ]
    assert [each.words for each in months(done, "2026-11", "2026-11")] == ["Nov 2026"]


@pytest.mark.parametrize("count", [0, 1, 2, 12, 13])
def test_a_chart_needs_two_months_and_shows_twelve(count: int) -> None:
    done = [Done(f"{2020 + number // 12}-{number % 12 + 1:02}", 0) for number in range(count)]
    drawn = chart(months(done, "", done[-1].month if done else "2020-01"))
    assert (len(drawn.bars) if drawn else 0) == (0 if count < 2 else min(count, 12))


def test_a_bar_says_how_many_of_how_many_were_on_time() -> None:
    drawn = chart(months([Done("2026-09", 0), *(Done("2026-11", days) for days in (0, 0, 5))], "", "2026-11"))
    assert drawn is not None
    assert [(bar.label, bar.height, bar.late) for bar in drawn.bars] == [
        (("1 of 1",), 84, ""),
        (("none",), 0, ""),
        (("2 of 3",), 56, "5 d late"),
    ]


def test_the_line_at_100_percent_crosses_no_label() -> None:
    drawn = chart(
        months([Done("2026-10", 0), *(Done("2026-11", days) for days in (0,) * 9 + (5,))], "", "2026-11")
    )
    assert drawn is not None
    assert (drawn.whole, [bar.label_y for bar in drawn.bars]) == (34, [28, 28])


def test_steps_stand_with_their_repeats_the_one_most_often_late_first() -> None:
    done = [
        Done("2026-11", 0, "RR-5.4"),
        Done("2026-11", 2, "SIN-3.6-C1"),
        Done("2026-11", 4, "SIN-3.6-SA"),
        Done("2020-01", 9, "RR-5.4"),
    ]
    assert [
        (each.step, each.done, each.on_time, each.average_late, each.longest)
        for each in steps_done(done, months(done, "", "2026-11"))
    ] == [("SIN-3.6", 2, 0, 3.0, 4), ("RR-5.4", 1, 1, None, None)]


def test_own_dated_rows_count_as_the_last_report_had_them(tmp_path: Path) -> None:
    late = action("RR-1", "Complete, late", due=date(2026, 10, 1), completed=date(2026, 10, 6), days_late=3)
    rows = (
        late,
        action("RR-2", "Complete", completed=date(2026, 10, 6)),  # without a due date
        replace(late, id="RR-3", employer="external"),
        replace(late, id="RR-4", employer="partner agency"),
        replace(late, id="RR-5", employer="partnership", rag="Complete", days_late=None),
        action("RR-6", due=MONDAY),
    )
    gone = case(replace(late, id="RR-7"), reference="B", uuid="b")
    earlier(tmp_path, case(*rows, uuid="a"), gone, as_at=date(2026, 11, 9))
    (tmp_path / "weekly-x.json").write_text("no report", encoding="utf-8")
    known = done_in(tmp_path, ("weekly",), MONDAY)
    done = done_by_month(known, read_cases(read(case(replace(late, days_late=2), uuid="a"))).cases)
    assert sorted((each.month, each.days_late) for each in done) == [
        ("2026-10", 0),
        ("2026-10", 2),
        ("2026-10", 3),
    ]
