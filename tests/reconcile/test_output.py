from __future__ import annotations

import json
import pickle
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from workbook.making import PROCEDURE

from reconcile.editing import EARLY, Edited, reconciled
from tracker.problems import Problem, problem
from tracker.reconcile.output import as_text, fold_problems, place_key, sheet_order, split_place
from tracker.report.reports import format_page
from tracker.text import escape_markdown, wrap_lines

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.reconcile.model import Reconciliation

SHEETS = sheet_order(["SIN", "Rapid Review", "LCSPR"])
HOSTILE = "<script>alert(1)</script> | `x` [a](http://example.org) \x1b[31m"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Reconciliation:
    """A workbook with work in it, two errors, and words that mean mark-up elsewhere."""
    cells = {
        "SIN-2.1:Completed": date(2026, 11, 5),
        "SIN-2.6:Progress": HOSTILE.replace("\x1b", ""),
        "SIN-3.2:Status": "Opne",
        "RR-6.5:Agreed date": date(2026, 12, 1),
        "Action Plan!C4": "Train",
        "Log!D4": "Chased",
        "Calendar!A5": "Leadership",
        "Case_holds#1:From": date(2026, 11, 2),
    }
    cells |= {f"RR-{step}:Status": "in progress" for step in ("5.3", "5.6", "5.8", "5.7")}
    return reconciled(Edited(cells).saved(tmp_path_factory.mktemp("output")))


def test_a_case_from_another_process_is_the_same_and_shares_its_words(outcome: Reconciliation) -> None:
    (case,) = outcome.cases
    first, second = (pickle.loads(pickle.dumps(case)) for _ in range(2))
    assert first == case == second
    assert first.record() == case.record()
    assert list(first.changes) == list(case.changes)
    assert (len(first.changes), hash(first.changes)) == (len(case.changes), hash(case.changes))
    for one, other in zip(first.actions, second.actions, strict=True):
        assert (one.action, one.due, one.after, one.cell) == (
            other.action,
            other.due,
            other.after,
            other.cell,
        )
        assert all(getattr(one, name) is getattr(other, name) for name in ("action", "due", "after", "cell"))
    assert all(one is other for one, other in zip(first.people, second.people, strict=True))


def test_json_has_the_contracts_keys_in_its_order(outcome: Reconciliation) -> None:
    record = json.loads(outcome.to_json())
    assert list(record) == ["schema", "as_at", "cases", "problems"]
    assert (record["schema"], record["as_at"]) == ("tracker/reconcile/1", "2026-11-04")
    (case,) = record["cases"]
    assert list(case) == [
        "reference", "uuid", "procedure", "workbooks", "clocks", "decisions", "holds", "actions", "action_plan", "log",
        "meetings", "timeliness", "changes", "conflicts", "problems", "counts", "events", "ready", "returns",
    ]  # fmt: skip
    assert list(case["procedure"]) == ["title", "edition", "currency"]
    assert list(case["workbooks"][0]) == ["path", "sha256", "tool"]
    assert case["clocks"]["SIN day zero"] == {"date": "2026-11-02", "provisional": False}
    assert case["clocks"]["LCSPR day zero"] == {"date": None, "provisional": False}
    assert list(case["actions"][0]) == [
        "id", "stage", "paragraph", "action", "owner", "named_owner", "employer", "timescale", "counted_from", "count",
        "unit", "day_zero", "due", "due_issued", "agreed", "provisional", "status", "completed", "rag", "days_late",
        "days_past_agreed", "progress", "reason", "evidence", "basis", "key", "after", "cell",
    ]  # fmt: skip
    assert list(case["timeliness"]) == [
        "aware", "sin_due", "sin_sent", "sin_days", "rapid_review_sent", "days_from_sin", "days_from_awareness",
        "panel_letter", "lcspr_day_zero", "first_review_panel", "publication_target", "published", "open_actions",
    ]  # fmt: skip
    (hold,) = case["holds"]
    assert list(hold) == ["from", "review_on", "ended_on", "reason", "agreed_by", "cell"]
    assert hold["from"] == "2026-11-02"
    assert list(case["log"][0]) == [
        "date",
        "id",
        "what",
        "text",
        "from",
        "to",
        "agreed_by",
        "evidence",
        "cell",
    ]
    assert list(case["meetings"][0]) == ["kind", "date", "time", "place", "held", "cell"]
    assert {tuple(each) for each in case["changes"]} == {("cell", "id", "column", "was", "now")}
    names = ("code", "severity", "file", "cell", "id", "found", "expected", "remedy")
    assert {tuple(each) for each in case["problems"]} == {names}
    assert case["counts"]["SIN"]


def test_json_says_what_the_values_say(outcome: Reconciliation) -> None:
    (case,) = json.loads(outcome.to_json())["cases"]
    (state,) = outcome.cases
    assert [each["id"] for each in case["actions"]] == [each.id for each in state.actions]
    assert [each["due"] for each in case["actions"]] == [
        each.due.isoformat() if each.due else None for each in state.actions
    ]
    assert [(each["code"], each["cell"]) for each in case["problems"]] == [
        (each.code, each.place) for each in state.problems
    ]
    assert len(case["changes"]) == len(state.changes)
    assert case["ready"] == [each.id for each in state.actions if each.rag == "Ready"]
    assert case["procedure"]["currency"].startswith("Nobody has checked these rules")


def test_what_becomes_possible_is_ready_in_json_and_in_the_counts(tmp_path: Path) -> None:
    """What a step without a date waits for is done: it may begin; once it is done itself, it is not Ready."""
    steps = {step.id: step for _, step in PROCEDURE.steps()}
    waiting = next(
        step
        for step in steps.values()
        if step.after and not step.lag and not step.standing and not step.repeated and not step.when
        and not any(steps[each].repeated or steps[each].when for each in step.after)
    )  # fmt: skip
    before = {f"{each}:Completed": EARLY for each in waiting.after}
    for cells, ready in (({}, False), (before, True), ({**before, f"{waiting.id}:Completed": EARLY}, False)):
        outcome = reconciled(Edited(cells).saved(tmp_path))
        (case,) = json.loads(outcome.to_json())["cases"]
        assert (waiting.id in case["ready"]) is ready
        assert sum(words.get("Ready", 0) for words in case["counts"].values()) == len(case["ready"])
        shown = "Ready" in as_text(outcome, colour=False)
        assert shown is bool(case["ready"])


def test_text_groups_by_sheet_in_row_order_with_the_remedy_on_its_own_line(outcome: Reconciliation) -> None:
    lines = as_text(outcome, colour=False).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Problems: 2 errors"))
    block = lines[start + 1 : lines.index("", start)]
    told = [line for line in block if line.startswith("  ") and not line.startswith("   ")]
    assert told == ["  SIN", "  Rapid Review", "  Action Plan"]
    assert "    note T204 'in progress' was read as In progress in 4 cells: " in "\n".join(lines)
    at = next(number for number, line in enumerate(lines) if "error T311 H4 (SIN-2.1)" in line)
    assert lines[at + 1] == "        Correct the date in Completed; put a planned date in Agreed date."
    assert "    row 4  SIN-2.1  Completed: Thu 5 Nov 2026" in lines


def test_problems_come_first_and_a_changed_row_is_one_line(tmp_path: Path) -> None:
    cells = {
        "SIN-2.1:Completed": EARLY,
        "SIN-2.1:Progress": "agreed by phone",
        "SIN-2.6:Named owner": "A. Example",
        "SIN-2.6:Completed": date(2027, 1, 5),
    }
    lines = as_text(reconciled(Edited(cells).saved(tmp_path)), colour=False).splitlines()
    heads = [line.partition(":")[0] for line in lines if line and not line.startswith(" ")]
    assert heads[1:-1] == [
        "Problems",
        "Nobody is needed today",
        "Changed since issue",
        "Clocks",
        "Rows",
        "About",
    ]
    start = next(number for number, line in enumerate(lines) if line.startswith("Changed since issue"))
    assert lines[start : start + 4] == [
        "Changed since issue: 4 cells in 2 rows",
        "  SIN",
        "    row 4  SIN-2.1  Completed: Wed 4 Nov 2026; Progress: agreed by phone",
        "    row 5  SIN-2.6  Named owner: P. Example → A. Example; Completed: Tue 5 Jan 2027",
    ]


def test_lines_are_broken_between_words_and_colours_take_no_room() -> None:
    bold = "\x1b[1mwarning T314\x1b[0m"
    text = f"  Clock     Mon 2 Nov 2026\n  {bold} nobody is named in this row\n    {'x' * 40}"
    assert wrap_lines(text, 30).splitlines() == [
        "  Clock     Mon 2 Nov 2026",
        f"  {bold} nobody is named",
        "      in this row",
        f"    {'x' * 40}",
    ]


def test_what_was_typed_over_is_told_with_what_the_formula_showed(tmp_path: Path) -> None:
    typed = {"SIN-2.6:Due": date(2026, 11, 13), "SIN-2.6:RAG": "Green"}
    text = as_text(reconciled(Edited(typed).saved(tmp_path)), colour=False)
    row = "row 5  SIN-2.6  Due: Mon 9 Nov 2026 → Fri 13 Nov 2026; RAG: Green in place of the formula\n"
    assert row in text
    assert "T205 F5 (SIN-2.6): Fri 13 Nov 2026 was typed over the formula of Due." in text


def test_text_is_coloured_only_when_asked(outcome: Reconciliation) -> None:
    assert "\x1b" not in as_text(outcome, colour=False)
    coloured = as_text(outcome, colour=True)
    assert "\x1b[31merror T311\x1b[0m" in coloured


def test_nothing_a_person_typed_is_obeyed(outcome: Reconciliation) -> None:
    (case,) = outcome.cases
    hostile = replace(outcome, cases=(replace(case, summary=HOSTILE),))
    assert "\x1b" not in as_text(hostile, colour=False)
    html = format_page(hostile, "html")
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert "[a](http" not in format_page(hostile, "md")


def test_the_page_loads_nothing_and_runs_the_reports_own_script_alone(outcome: Reconciliation) -> None:
    html = format_page(outcome, "html")
    assert "default-src 'none'" in html
    for sign in ("<script", "http://www", "https://", "<img", "<link", " on"):
        assert f"{sign}click" not in html
    assert html.count("<script") == 1
    assert "T311" in html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b", r"a\|b"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("# title", r"\# title"),
        ("two\nlines", "two lines"),
        ("https://example.org", r"https\://example.org"),
    ],
)
def test_markdown_shows_text_as_it_stands(text: str, expected: str) -> None:
    assert escape_markdown(text) == expected


def test_a_file_that_is_no_workbook_is_told_without_a_case(tmp_path: Path) -> None:
    outcome = reconciled(tmp_path / "none.xlsx")
    assert outcome.cases == ()
    assert [each.code for each in outcome.problems] == ["T101"]
    assert "T101" in as_text(outcome, colour=False)
    assert "T101" in format_page(outcome, "md")
    assert "T101" in format_page(outcome, "html")
    assert json.loads(outcome.to_json())["problems"][0]["code"] == "T101"


# Folding and order


def _problems(*places: str) -> list[Problem]:
    facts = {"due": "today", "owner": "x"}
    return [problem("T314", place=place, **facts) for place in places]


def test_repeats_fold_by_sheet_and_name_their_cells() -> None:
    folds = fold_problems(
        _problems("SIN!E9", "SIN!E5", "SIN!E12", "'Rapid Review'!E4", "'Rapid Review'!E5"), SHEETS
    )
    assert [(each.sheet, each.where) for each in folds] == [
        ("SIN", "in 3 cells: E5, E9, E12"),
        ("Rapid Review", "E4"),
        ("Rapid Review", "E5"),
    ]


def test_problems_without_a_cell_that_differ_in_their_words_are_listed_one_by_one() -> None:
    facts = {"cells": "no cell", "rows": "no row"}
    copies = [problem("T601", file="a.xlsx", other=f"{name}.xlsx", **facts) for name in "bcd"]
    assert [each.first.found.split(";")[0] for each in fold_problems(copies, SHEETS)] == [
        f"{name}.xlsx is a copy of the same workbook" for name in "bcd"
    ]


def test_a_long_fold_names_the_first_cells() -> None:
    (found,) = fold_problems(_problems(*(f"SIN!E{row}" for row in range(4, 34))), SHEETS)
    assert found.where.startswith("in 30 cells: E4, E5,")
    assert found.where.endswith(", E15, ...")


@pytest.mark.parametrize(
    ("place", "parts"),
    [
        ("SIN!F12", ("SIN", "F12")),
        ("'Rapid Review'!A7", ("Rapid Review", "A7")),
        ("'A''s'!A7", ("A's", "A7")),
        ("SIN", ("SIN", "")),
        ("'Rapid Review'", ("Rapid Review", "")),
        ("", ("", "")),
    ],
)
def test_places_are_taken_apart(place: str, parts: tuple[str, str]) -> None:
    assert split_place(place) == parts


def test_places_stand_in_the_order_of_sheets_rows_and_columns() -> None:
    places = [
        "",
        "Case!D16",
        "SIN!H4",
        "SIN!AA4",
        "SIN!A12",
        "SIN",
        "'Rapid Review'!A4",
        "'Action Plan'!B4",
        "Log!A4",
    ]
    assert sorted(set(places), key=lambda place: place_key(place, SHEETS)) == places


def test_as_at_is_said(outcome: Reconciliation) -> None:
    assert outcome.as_at == EARLY
    assert "As at Wed 4 Nov 2026" in as_text(outcome, colour=False)
