"""What a board's page says: headings, what it is asked to do, and a paper of three pages a case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from workbook.making import PROCEDURE

from tracker.reconcile.model import Event
from tracker.report.blocks import ReportTable
from tracker.report.render import render
from tracker.report.reports import board_page, board_view

from .crowded import crowded_case
from .fixed import LAST_MEETING, board
from .states import MONDAY, action, case, plan_action, read
from .test_boards import FRIDAY, employer, everything, meeting

# On the page


def text_of(sees: str, *cases: Any) -> str:
    """The board's report as Markdown."""
    view = board_view(read(*cases), board(sees), PROCEDURE)
    return render(board_page(view), "md", sees)


@pytest.mark.parametrize(
    ("rags", "heading"),
    [
        (["Overdue"], "Overdue (1)"),
        (["Overdue", "Chase"], "Overdue and to chase (2)"),
        (["Chase", "Provisional, passed"], "Overdue, to chase and past a provisional date (2)"),
    ],
)
def test_the_heading_of_what_is_late_names_what_it_counts(rags: list[str], heading: str) -> None:
    rows = [action(f"RR-{place}", rag, due=MONDAY) for place, rag in enumerate(rags)]
    assert f"### {heading}\n" in text_of("everything", case(*rows))


def test_the_numbers_of_the_employers_board_add_up() -> None:
    held = action("RR-50", "On hold", due=date(2026, 11, 1), days_late=3)
    text = text_of("employer", case(held, action("RR-51", "Overdue", due=FRIDAY, days_late=1)))
    assert "2 actions in 1 case, 1 overdue, the oldest by 1 working day." in text
    assert "**1** overdue · **0** not overdue · **1** on hold · **0** ready" in text


def test_the_board_of_exceptions_is_told_what_was_agreed_for_another_day() -> None:
    held = action("RR-50", "On hold", due=date(2026, 11, 1), days_late=3)
    agreed = action("RR-6.5", "Overdue", due=MONDAY, agreed=date(2026, 12, 1), reason="An inspection")
    text = text_of("exceptions", case(held, agreed))
    assert "**1** agreed for another day" in text
    assert "## Agreed for another day (1)" in text
    assert "An inspection" in text
    assert "Days late" not in text
    assert "(0)" not in text


# What a board is asked to do


def asked_of(sees: str, *rows: Any) -> list[str]:
    view = board_view(read(case(*rows)), board(sees), PROCEDURE)
    return [row.label for row in view.requests]


@pytest.mark.parametrize(
    ("rag", "asked"),
    [("Ready", True), ("Overdue", True), ("On track", True), ("No date", False), ("Clock not started", False),
     ("On hold", False), ("Complete", False), ("Not applicable", False)],
)  # fmt: skip
def test_a_board_is_asked_for_what_its_members_own_and_can_do_now(rag: str, asked: bool) -> None:
    theirs = action("LCSPR-7.4", rag, owner="CSPR sub-group")  # another name of the LCSPR subgroup
    others = action("LCSPR-7.3", rag, owner="Head of QA and Partnerships")
    assert asked_of("everything", theirs, others) == (["LCSPR-7.4"] if asked else [])
    assert asked_of("exceptions", theirs, others) == []  # nobody is named as a member of MAQPAG


def test_what_a_board_is_asked_for_comes_first() -> None:
    view = everything(case(action("LCSPR-7.4", "Ready", owner="LCSPR subgroup")))
    page = board_page(view)
    first = page.lead[0]
    assert "".join(span.text for span in first.spans) == "For this board to do: 1 step."
    said = "".join(span.text for span in page.lead[1].spans)
    assert said == "Today: nothing is overdue."  # and not that no decision is asked
    assert page.sections[0].title == "For this board to do"
    assert "For this board to do" not in [each.title for each in board_page(everything(case())).sections]


# A paper of three pages a case


def test_a_case_shows_the_first_rows_of_each_list_and_the_annex_all() -> None:
    text = render(board_page(everything(crowded_case())), "md")
    case_by_case, annex = text.split("## Case by case")[1].split("## Annex")
    assert (case_by_case.count("RR-2."), annex.count("RR-2.")) == (4, 20)
    assert [line for line in case_by_case.splitlines() if line.endswith("in the annex")] == [
        "33 more in the annex", "16 more in the annex", "37 more in the annex", "45 more in the annex",
        "17 more in the annex",
    ]  # fmt: skip


def test_statutory_steps_and_key_dates_are_the_first_that_are_overdue() -> None:
    rows = [action(f"RR-5.{place}", "Overdue", due=date(2026, 1, place + 1)) for place in range(1, 9)]
    late = action("SIN-3.4", "Overdue", due=FRIDAY, basis="Statutory")
    text = render(board_page(everything(case(*rows, late))), "md")
    assert text.split("### Overdue")[1].index("SIN-3.4") < text.split("### Overdue")[1].index("RR-5.1")


def test_a_list_without_rows_is_named_in_one_line() -> None:
    text = render(board_page(everything(case(action("RR-5.4"), issued=LAST_MEETING))), "md")
    assert "Nothing to report: overdue, completed since Tue 27 Oct 2026, dates moved or asked for" in text
    assert "Nothing is overdue." not in text


def test_a_row_of_the_annex_tells_what_was_typed() -> None:
    typed = action("RR-5.4", status="In progress", progress="Asked\ntwice", evidence="Minutes", due=FRIDAY)
    text = render(board_page(everything(case(typed))), "md")
    assert "(In progress. Asked twice. Minutes)" in text.split("## Annex")[1]


def test_a_line_a_case_says_what_happened_last() -> None:
    days = (date(2026, 10, 1), date(2026, 10, 28), date(2026, 11, 2), FRIDAY)
    events = tuple(Event(each, "Meeting", f"Meeting of {each.day}") for each in days)
    met = (meeting(LAST_MEETING),)
    text = render(
        board_page(everything(case(events=events, meetings=met), case(reference="B", meetings=met))), "md"
    )
    lines = text.split("### What happened")[1].split("## ")[0].split("\n")
    assert [line for line in lines if line.startswith("-")] == [
        "- DOR-2026-014: Mon 2 Nov 2026 Meeting of 2; Fri 20 Nov 2026 Meeting of 20 (1 earlier)."
    ]


def test_what_has_no_date_needs_no_column_for_it() -> None:
    rows = (action("RR-5.4", "No date"), action("RR-5.5", "On track", due=FRIDAY))
    ages = board_page(employer(case(*rows))).sections[1]
    tables = [each for each in ages.blocks if isinstance(each, ReportTable)][1:]
    assert [[column.title for column in each.columns] for each in tables] == [
        ["Case", "ID", "Action", "Who", "Due", "State"],
        ["Case", "ID", "Action", "Who"],
    ]


def test_the_plan_tells_what_was_signed_off() -> None:
    plan = (
        plan_action("AP-1", "Complete", signed_off=FRIDAY),
        plan_action("AP-2", "Complete, late", signed_off=date(2026, 1, 5)),
        plan_action("AP-3", "Overdue"),
        plan_action("AP-4", "Not applicable"),
    )
    text = text_of("everything", case(action_plan=plan, meetings=(meeting(LAST_MEETING),)))
    heading = "Action plan: 2 of 3 done, 1 overdue, 2 signed off, 1 of them since the last meeting"
    assert f"### {heading}\n" in text
    assert "**1** plan actions signed off since" in text
