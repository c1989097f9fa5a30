"""What a year of reviews shows: where they wait, and what is known of quality."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from workbook.making import PROCEDURE

from tracker.reconcile.model import Timeliness
from tracker.report.figures import timeline
from tracker.report.frame import read_cases
from tracker.report.render import render
from tracker.report.reports import Wanted, make, report_files
from tracker.report.timeliness import TimelinessView, timeliness_page, timeliness_view
from tracker.report.yearly import Wait, waits

from .fixed import fixed
from .states import MONDAY, action, case, held, plan_action, read

SENT = date(2026, 11, 9)


def found(*cases: Any) -> list[Wait]:
    seen = read_cases(read(*cases))
    return list(waits(seen.cases, MONDAY, seen.days))


def step(row_id: str, done: date | None = None, rag: str = "Complete", **facts: Any) -> Any:
    return action(row_id, rag, completed=done, **facts)


def test_a_wait_runs_from_the_last_step_that_was_needed_first() -> None:
    rows = (
        step("RR-5.7", SENT),
        step("RR-5.7b-POL", date(2026, 11, 11), after=("RR-5.7",), due=date(2026, 11, 11)),
        step("RR-5.7b-ICB", date(2026, 11, 16), after=("RR-5.7",), due=date(2026, 11, 11)),
        step("RR-5.5", date(2026, 11, 10)),
        step(
            "RR-5.14",
            date(2026, 11, 18),
            after=("RR-5.5", "RR-5.7b-POL", "RR-5.7b-ICB"),
            due=date(2026, 11, 12),
        ),
    )
    assert found(case(*rows)) == [
        Wait("RR-5.7", "RR-5.7b", 1, 5.0, 5, None, 0),
        Wait("RR-5.7b", "RR-5.14", 1, 2.0, 2, 1.0, 0),
    ]


@pytest.mark.parametrize(
    ("rag", "waiting"),
    [("Overdue", [(1, 10.0, 1)]), ("Ready", [(1, 10.0, 1)]), ("No date", []), ("Clock not started", []),
     ("On hold", []), ("Not applicable", [])],
)  # fmt: skip
def test_a_step_that_can_be_done_now_waits_up_to_the_report_date(rag: str, waiting: list[Any]) -> None:
    rows = (step("RR-5.5", SENT), step("RR-5.14", rag=rag, after=("RR-5.5",)))
    assert [(each.reviews, each.average, each.waiting) for each in found(case(*rows))] == waiting


def test_what_is_needed_first_and_open_starts_no_wait() -> None:
    rows = (
        step("RR-5.5", SENT),
        step("RR-5.6", rag="Overdue"),
        step("RR-5.14", rag="Overdue", after=("RR-5.5", "RR-5.6")),
    )
    assert found(case(*rows)) == []


def test_waits_of_reviews_are_averaged_the_longest_first() -> None:
    def review(reference: str, done: date, then: date) -> Any:
        rows = (
            step("RR-5.5", SENT),
            step("RR-6.2", done, after=("RR-5.5",)),
            step("RR-6.3", then, after=("RR-6.2",)),
        )
        return case(*rows, reference=reference)

    both = found(
        review("A", date(2026, 11, 10), date(2026, 11, 12)),
        review("B", date(2026, 11, 11), date(2026, 11, 18)),
    )
    assert [(each.before, each.after, each.reviews, each.average, each.longest) for each in both] == [
        ("RR-6.2", "RR-6.3", 2, 3.5, 5),
        ("RR-5.5", "RR-6.2", 2, 1.5, 2),
    ]


def test_what_is_recorded_about_quality_is_counted() -> None:
    late = action("RR-6.6", "Complete, late", key=True, completed=MONDAY, due=SENT, days_late=10)
    plan = (
        plan_action(
            "AP-1", "Complete", impact="Fewer repeat visits", signed_off=MONDAY, success_measure="Audit"
        ),
        plan_action("AP-2", "Complete, late", evidence="Minutes"),
        plan_action("AP-3", "Overdue"),
        plan_action("AP-4", "Not applicable"),
    )
    sent = Timeliness(aware=SENT, rapid_review_sent=MONDAY)
    view = timeliness_view(
        read(
            case(late, action_plan=plan, timeliness=sent, decisions={"panel_response": "asks for more"}),
            case(replace(late, reason="Two Easter weeks"), reference="B", timeliness=sent,
                 holds=(held(SENT, reason="The trial", agreed_by="Leadership"), held(MONDAY)),
                 decisions={"panel_response": "awaited", "lcspr": "yes", "lcspr_reason": "New learning"}),
        )
    )  # fmt: skip
    counted = {each.fact: (each.number, each.of) for each in view.quality}
    assert {fact: number for fact, number in counted.items() if number[1]} == {
        "Rapid Reviews sent that the National Panel has answered": (1, 2),
        "Answers: the National Panel agrees": (0, 1),
        "Answers: the National Panel recommends LCSPR": (0, 1),
        "Answers: the National Panel recommends no LCSPR": (0, 1),
        "Answers: the National Panel asks for more": (1, 1),
        "Decisions on LCSPR with a recorded reason": (1, 1),
        "Key dates late or moved, with a reason": (1, 2),
        "Holds with a reason and who agreed": (1, 2),
        "Plan actions with a success measure": (1, 3),
        "Plan actions done": (2, 3),
        "Plan actions done, with evidence": (1, 2),
        "Plan actions done, with their impact": (1, 2),
        "Plan actions done, signed off": (1, 2),
        "Rows done, with the day": (2, 4),
    }


def test_the_page_says_what_the_numbers_cannot_show() -> None:
    page = timeliness_page(timeliness_view(fixed()))
    assert [each.title for each in page.sections][:4] == [
        "Averages",
        "Where reviews wait longest",
        "On time",
        "Quality",
    ]
    assert "whether practice changed" in render(page, "md", "timeliness")


def test_a_period_bounds_the_months_of_the_year() -> None:
    made = make(Wanted("timeliness", first=date(2026, 4, 1), last=date(2026, 4, 30)), fixed(), PROCEDURE)
    assert isinstance(made.view, TimelinessView)
    assert [(each.month, each.done) for each in made.view.months] == [("2026-04", 1)]
    assert [(each.step, each.done, each.on_time) for each in made.view.steps] == [("RR-6.6", 1, 0)]


def test_an_anonymised_year_has_the_words_of_the_procedure_alone() -> None:
    typed = action(
        "RR-5.4", "Complete, late", due=SENT, completed=MONDAY, days_late=10, action="Ask the mother"
    )
    own = replace(typed, id="Mum", cell="'Rapid Review'!A9")
    headings = {"RR-5.4": "Complete the report (Mum)", "Mum": "Mum"}
    told = read(case(typed, own, headings=headings))
    made = make(Wanted("timeliness", anonymous=True), told, PROCEDURE)
    record = json.loads(report_files(made, "json")[0][""])
    assert [each["step"] for each in record["steps"]] == ["RR-5.4"]
    text = report_files(made, "html")[0][""].decode()
    assert "Complete the report" in text
    assert not {"mother", "Mum"} & set(re.findall(r"\w+", text))


def test_a_timeline_is_drawn_for_word_with_every_mark() -> None:
    from tracker.report.blocks import Drawing
    from tracker.report.docx_output import draw_timeline

    (one,) = read_cases(read(case(action("RR-6.6", "Overdue", key=True, due=SENT, days_late=10)))).cases
    drawn = timeline(one, MONDAY)
    assert drawn is not None
    content = draw_timeline(Drawing("case-1", "DOR-2026-014", drawn, MONDAY)).to_bytes()
    size, records = int.from_bytes(content[48:52], "little"), int.from_bytes(content[52:56], "little")
    places, at = 0, 0
    while at < len(content):
        at += int.from_bytes(content[at + 4 : at + 8], "little")
        places += 1
    assert (content[40:44], size, records, at) == (b" EMF", len(content), places, len(content))
    assert "10 working days late".encode("utf-16-le") in content
