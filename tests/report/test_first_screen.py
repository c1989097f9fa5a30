"""The weekly report's first sentences, what it says once, and what it leaves to other places."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from reconcile.editing import Edited, case_in
from workbook.making import SAMPLES

from tracker.reconcile.model import Event, MeetingEntry, ProceedingEntry
from tracker.report.decisions import case_headline, coming_of_all
from tracker.report.frame import read_cases
from tracker.report.render import render
from tracker.report.weekly import weekly_view
from tracker.report.weekly_page import weekly_page

from .fixed import fixed
from .states import MONDAY, action, case, held, read

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.reconcile.model import CaseState

FRIDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 24)
SHORT = {
    "SIN-3.4": "SIN to the Panel",
    "RR-6.2": "Rapid Review meeting",
    "RR-6.5": "Leadership sign-off",
    "RR-6.6": "Rapid Review to the Panel",
}


def headline(*rows: Any, **facts: Any) -> str:
    (rows_of_case,) = read_cases(read(case(*rows, short_names=SHORT, **facts))).cases
    found = case_headline(rows_of_case, MONDAY)
    return found.words if found else ""


def late(row_id: str, days: int = 9, **facts: Any) -> Any:
    return action(row_id, "Overdue", due=FRIDAY, days_late=days, key=row_id in SHORT, **facts)


def returns(*codes: str) -> list[Any]:
    agency: dict[str, Any] = {"employer": "partner agency", "after": ("RR-5.7",)}
    return [late(f"RR-5.7b-{code}", 9, action=f"{code}: return it", **agency) for code in codes]


SIN = action("SIN-3.4", "Due soon", due=TUESDAY, key=True, basis="Statutory", after=("SIN-3.3c",))
SIGN_OFF = action(
    "SIN-3.3c", due=TUESDAY, action="Sign off the SIN", owner="Executive Director", after=("SIN-3.2",)
)
DRAFT = action("SIN-3.2", due=TUESDAY, action="Draft the SIN", owner="Head of QA")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], ""),
        ([action("RR-5.4", due=TUESDAY)], ""),
        ([SIN], "SIN to the Panel is due tomorrow."),
        (
            [SIN, SIGN_OFF],
            (
                "SIN to the Panel is due tomorrow; still open before it: "
                "SIN-3.3c Sign off the SIN (Executive Director)."
            ),
        ),
        (
            [SIN, SIGN_OFF, DRAFT],
            (
                "SIN to the Panel is due tomorrow; 2 steps before it are still open, "
                "first SIN-3.2 Draft the SIN (Head of QA)."
            ),
        ),
        (
            [replace(SIN, rag="Overdue", days_late=2), replace(SIGN_OFF, rag="Complete")],
            "SIN to the Panel, a statutory date, is 2 working days late.",
        ),
        (
            [
                *returns("POL", "ASC"),
                late("RR-5.14", 8, after=("RR-5.7b-POL", "RR-5.7b-ASC")),
                late("RR-6.2", 6, after=("RR-5.14",)),
                late("RR-6.6", 2, after=("RR-6.2",)),
            ],
            (
                "Rapid Review to the Panel is 2 working days late; 2 agency returns (ASC and POL) hold up RR-5.14, "
                "and with it the Rapid Review meeting."
            ),
        ),
        (
            [late("RR-5.4", 3, action="Complete the report"), late("RR-5.6", 1)],
            "2 actions overdue, the longest RR-5.4 Complete the report (QA Service Manager), 3 working days late.",
        ),
        (
            [late("", 3, action="Ask the nursery", cell="'Rapid Review'!A46")],
            "Own row: Ask the nursery (QA Service Manager), 3 working days late.",
        ),
    ],
)
def test_the_headline_names_what_is_late_or_near_and_what_stands_in_its_way(
    rows: list[Any], said: str
) -> None:
    assert headline(*rows) == said


def test_nobody_is_asked_about_a_closed_case() -> None:
    assert headline(late("RR-6.6"), decisions={"case_closed": FRIDAY}) == ""


def page(*cases: CaseState, form: str = "md", brief: bool = False) -> str:
    return render(weekly_page(weekly_view(read(*cases)), brief=brief), form)


def section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    ("rags", "said"),
    [(["Overdue"], "The case is late."), (["Overdue"] * 2, "All 2 cases are late."),
     (["Overdue", "On track"], "1 of 2 cases is late.")],
)  # fmt: skip
def test_the_first_sentence_counts_the_late_cases(rags: list[str], said: str) -> None:
    cases = [
        case(action("RR-6.6", rag, due=FRIDAY, key=True, days_late=1), reference=rag + str(place))
        for place, rag in enumerate(rags)
    ]
    assert f"**{said}**" in page(*cases)


def test_what_there_is_nothing_of_is_said_once() -> None:
    text = page(case(action("RR-5.4", due=date(2027, 1, 4))))
    assert "No case is late." in text
    assert (
        "Nothing is overdue, nothing to chase, nothing is due in 5 working days, nothing to decide and nothing "
        "done since the last report." in text
    )
    assert section(text, "Nothing to report").strip() == (
        "Nothing happened; no meeting or review is ahead; we are not waiting for anyone; nothing is ready to start; "
        "no step without a date was passed; no date was moved."
    )
    assert "(0)" not in text.partition("\n## Counts")[0]


def test_no_row_of_the_week_stands_twice() -> None:
    text = render(weekly_page(weekly_view(fixed())), "md").partition("\n## Dates moved")[0]
    rows = Counter(re.findall(r"^- (?:DOR-\S+ )?((?:RR|SIN|LCSPR|AP)-\d\S+)", text, re.MULTILINE))
    assert {row: count for row, count in rows.items() if count > 1} == {}


def test_events_come_first_and_what_they_say_is_not_listed_again_as_done() -> None:
    done = {"completed": FRIDAY, "due": FRIDAY}
    state = case(
        action("SIN-3.4", "Complete", **done),
        action("RR-5.4", "Complete", **done),
        events=(
            Event(date(2026, 11, 2), "Decision", "Decided to notify"),
            Event(FRIDAY, "Step", "SIN sent to the National Panel", "SIN-3.4"),
            Event(MONDAY, "Log", "Decision: *all* agreed"),
        ),
    )
    told = section(page(state), "What happened")
    assert [line for line in told.splitlines() if line.startswith(("- ", "### "))] == [
        "- Mon 23 Nov 2026; What: Decision: \\*all\\* agreed",
        "- Fri 20 Nov 2026 SIN-3.4 SIN sent to the National Panel",
        "### 1 other step done",
        "- RR-5.4 Complete the briefing report; Who: QA Service Manager; Completed: Fri 20 Nov 2026; How: Complete",
    ] or told


def meeting(kind: str, day: date, time: str = "", place: str = "", *, held: bool = False) -> MeetingEntry:
    return MeetingEntry(kind, day, time, place, held, "Calendar!G5")


def test_what_is_coming_has_its_time_and_place_and_what_is_over_asks() -> None:
    state = case(
        meetings=(
            meeting("Leadership", date(2026, 11, 27), "10:00", "County Hall"),
            meeting("Rapid Review", FRIDAY),
            meeting("Review Panel", FRIDAY, held=True),
            meeting("LCSPR subgroup", date(2026, 12, 1)),
        ),
        holds=(held(date(2026, 11, 2), date(2026, 12, 14)),),
        proceedings=(ProceedingEntry("Criminal trial", "", date(2027, 1, 11), "", "Case!A50"),),
    )
    other = replace(
        state,
        reference="DOR-2",
        holds=(),
        proceedings=(),
        meetings=(meeting("LCSPR subgroup", date(2026, 12, 1)),),
    )
    found = coming_of_all(read_cases(read(state, other)).cases, MONDAY)
    assert [(each.kind, each.what, each.time, each.place, len(each.cases)) for each in found] == [
        ("Not ticked", "Rapid Review meeting", "", "", 1),
        ("Meeting", "Leadership meeting", "10:00", "County Hall", 1),
        ("Meeting", "LCSPR subgroup meeting", "", "", 2),
        ("Hold review", "Review of the hold on publication", "", "", 1),
        ("Proceedings", "Criminal trial", "", "", 1),
    ]
    told = section(page(state, other), "What is coming")
    assert "Rapid Review meeting (Fri 20 Nov 2026). Tick on Calendar what was held" in told
    closed = replace(state, decisions={"case_closed": FRIDAY})
    assert coming_of_all(read_cases(read(closed)).cases, MONDAY) == ()


def test_a_meeting_that_its_step_says_was_held_needs_no_tick() -> None:
    state = case(
        meetings=(meeting("Rapid Review", FRIDAY),),
        events=(Event(FRIDAY, "Step", "Rapid Review meeting held", "RR-6.2"),),
    )
    assert coming_of_all(read_cases(read(state)).cases, MONDAY) == ()


def test_a_meeting_whose_step_is_done_is_neither_asked_about_nor_ahead() -> None:
    """One step settles one meeting: the next of its kind is still to be held."""
    signed = action("RR-6.5", "Complete", action="Sign off the notification at the Leadership meeting")
    state = case(
        signed,
        meetings=(
            meeting("Rapid Review", TUESDAY),
            meeting("Leadership", date(2026, 11, 9)),
            meeting("Leadership", date(2026, 11, 27)),
            meeting("", FRIDAY),
        ),
        events=(
            Event(FRIDAY, "Step", "Rapid Review meeting held, 2 working days late", "RR-6.2"),
            Event(FRIDAY, "Step", "Leadership signed off the Rapid Review", "RR-6.5"),
        ),
    )
    found = coming_of_all(read_cases(read(state)).cases, MONDAY)
    assert [(each.what, each.day) for each in found] == [
        ("Meeting", FRIDAY),
        ("Leadership meeting", date(2026, 11, 27)),
    ]


def test_a_ready_step_that_waits_for_others_is_listed_as_waiting_alone() -> None:
    waits: dict[str, Any] = {"status": "Waiting on others"}
    state = case(
        action("RR-6.8c", "Ready", **waits),
        action("RR-6.6d", "Ready"),
        action("RR-8.1", "No date", **waits),
        standing=frozenset({"RR-8.1"}),
    )
    view = weekly_view(read(state))
    assert [each.row.label for each in view.waiting] == ["RR-6.8c", "RR-8.1"]
    assert ([row.label for row in view.ready], view.standing) == (["RR-6.6d"], ())
    assert "further open row" not in page(state)


@pytest.mark.parametrize(
    ("rows", "asks", "quiet"),
    [
        ([], {}, "nothing to chase, nothing is due in 5 working days, nothing to decide"),
        (returns("POL"), {}, "Nothing is due in 5 working days, nothing to decide"),
        ([late("RR-6.2c")], {"RR-6.2c": "Agree"}, "Nothing to chase, nothing is due in 5 working days and"),
    ],
)
def test_nothing_to_chase_or_decide_is_said_where_it_is_true(
    rows: list[Any], asks: dict[str, str], quiet: str
) -> None:
    assert quiet in page(case(action("RR-5.7", "Complete"), *rows, asks=asks))


def test_a_held_case_says_so_and_neither_how_late_nor_what_is_next() -> None:
    held_step = action("LCSPR-7.6", "On hold", due=TUESDAY, key=True, days_late=4)
    state = case(held_step, late("LCSPR-8.8"), holds=(held(date(2026, 11, 2), date(2026, 12, 14)),))
    (line,) = (each for each in section(page(state), "Cases (1)").splitlines() if "DOR-2026-014" in each)
    assert [cell.strip() for cell in line.split("|")[2:4]] == [
        "Overdue (LCSPR) (publication on hold, to be reviewed on Mon 14 Dec 2026)",
        "no key date ahead",
    ]


def test_ready_steps_stand_apart_from_what_is_done_again_and_again() -> None:
    state = case(
        action("RR-6.6d", "Ready", due=None), action("RR-8.1", "No date"), standing=frozenset({"RR-8.1"})
    )
    view = weekly_view(read(state))
    assert ([row.label for row in view.ready], [row.label for row in view.standing]) == (
        ["RR-6.6d"],
        ["RR-8.1"],
    )
    assert "### Done again and again: 1 standing step" in section(page(state), "Ready to start")


def test_after_publication_it_says_what_is_left() -> None:
    published = action("LCSPR-7.6", "Complete", key=True, completed=FRIDAY)
    left, standing = action("LCSPR-8.7", "Ready", action="Write the briefing"), action("RR-8.1", "No date")
    state = case(published, left, standing, standing=frozenset({"RR-8.1"}))
    assert weekly_view(read(state)).cases[0].standing == "1 step left to do"
    assert "LCSPR-8.7 Write the briefing" in section(page(state), "Case by case").partition("open rows")[0]
    done = replace(state, actions=(published, standing))
    assert weekly_view(read(done)).cases[0].standing == "nothing is left to do"


def test_the_brief_page_has_no_case_by_itself() -> None:
    text = page(*fixed().cases, brief=True)
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [
        "Cases",
        "Needs somebody this week (5)",
        "Decisions awaited (2)",
        "What happened",
        "What is coming",
    ]


def test_the_brief_page_leads_nowhere_but_to_itself() -> None:
    text = page(*fixed().cases, form="html", brief=True)
    assert set(re.findall('href="#([^"]+)"', text)) <= set(re.findall(' id="([^"]+)"', text))


def test_a_case_takes_at_most_40_kb_of_the_page(tmp_path: Path) -> None:
    """Over the samples as they are issued: nothing is done in them, and all of it is listed."""
    as_at = date(2026, 11, 19)
    states = [case_in(Edited(case=name, as_at=as_at).saved(tmp_path), as_at) for name in SAMPLES]
    sizes = [
        len(render(weekly_page(weekly_view(read(*found, as_at=as_at))), "html").encode())
        for found in (
            [*states],
            [*states, *(replace(each, reference=f"X-{each.reference}") for each in states)],
        )
    ]
    assert (sizes[1] - sizes[0]) / len(states) <= 40_000
