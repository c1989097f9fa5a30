"""The digests: what whoever signs and whoever manages is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tracker.problems import problem
from tracker.reconcile.model import ClockState, Event, MeetingEntry
from tracker.report.owners import make_mailing
from tracker.report.render import message_text

from .states import MONDAY, action, read
from .test_owners import FRIDAY, HEAD, LAST_MONDAY, MANAGER, THURSDAY, with_people

# The digests


def test_a_digest_tells_cases_key_dates_and_who_is_late() -> None:
    late: dict[str, Any] = {"rag": "Overdue", "due": FRIDAY}
    mailing = make_mailing(
        read(
            with_people(
                action("SIN-3.4", **late, basis="Statutory", key=True, days_late=1),
                action("RR-5.4", **late, days_late=3, owner="Dorset Police"),
                action("RR-5.5", **late, days_late=2, owner="Dorset Police"),
                action("RR-6.2", key=True, due=THURSDAY),
                action("RR-6.3", due=THURSDAY),
                action("RR-6.6", key=True, due=date(2026, 12, 1)),
                reference="DOR-1",
            ),
            with_people(reference="DOR-2", people=(MANAGER,)),
        )
    )
    (digest,) = mailing.digests
    assert (digest.stem, digest.to.addresses) == ("digest-head-of-qa-a-example", ("a@example.org",))
    assert [each.row.label for each in digest.key_dates] == ["RR-6.2"]
    assert [each.row.label for each in digest.statutory_missed] == ["SIN-3.4"]
    assert [(each.owner, each.number, each.longest) for each in digest.late] == [
        ("Dorset Police", 2, 3),
        ("QA Service Manager", 1, 1),
    ]
    assert [(each.reference, each.overdue) for each in digest.cases] == [("DOR-1", 3)]
    assert digest.subject == "Safeguarding reviews this week: 3 actions overdue, 1 key date"


def test_a_digest_says_at_its_top_which_workbooks_could_not_be_read() -> None:
    broken = problem("T104", file="cases/minutes.xlsx", found_kind="a file of another kind")
    mailing = make_mailing(read(with_people(), problems=(broken,)))
    lines = message_text(mailing.digests[0], "md").splitlines()
    assert lines[10:13] == [
        "1 workbook could not be read. Its case is missing here.",
        "",
        f"- minutes.xlsx: {broken.sentence} (T104)",
    ]


def test_between_two_weekly_digests_only_key_dates_are_told() -> None:
    rows = (action("RR-6.2", key=True, due=THURSDAY), action("RR-5.4", "Overdue", due=FRIDAY))
    tuesday = make_mailing(read(with_people(*rows), as_at=date(2026, 11, 24)), since=MONDAY)
    (digest,) = tuesday.digests
    assert (digest.weekly, digest.cases, digest.subject) == (
        False,
        (),
        "Safeguarding reviews today: 1 key date",
    )
    wednesday = make_mailing(read(with_people(*rows), as_at=date(2026, 11, 25)), since=date(2026, 11, 24))
    assert wednesday.digests == ()


def test_who_gets_a_digest_is_the_procedures_to_say() -> None:
    from workbook.making import PROCEDURE

    assert [role.name for role in PROCEDURE.roles if role.digest] == [
        "Head of QA and Partnerships",
        "Corporate Director, QA and Safeguarding Families",
    ]


def test_a_provisional_key_date_is_told_as_such() -> None:
    row = action("RR-6.2", "Provisional", key=True, due=THURSDAY, provisional=True)
    state = with_people(row, clocks={"Rapid Review day zero": ClockState(MONDAY, provisional=True)})
    (digest,) = make_mailing(read(state)).digests
    assert [each.when for each in digest.key_dates] == ["Due Thu 26 Nov 2026, provisional"]


ASKS = {
    "SIN-2.1": "Decide whether to notify",
    "SIN-3.3": "Sign off the SIN",
    "SIN-3.4": "Sign off the report",
}


def decisions_in(*rows: Any, **facts: Any) -> tuple[list[str], list[str], list[str]]:
    """What the Head of QA is asked for, what others are, and what no single step settles."""
    (digest,) = make_mailing(read(with_people(*rows, asks=ASKS, **facts))).digests
    shared = [f"{each.ask}: {each.because}" for each in digest.shared]
    return [each.words for each in digest.yours], [each.words for each in digest.others], shared


def test_a_digest_asks_for_the_decisions_that_can_be_made_now() -> None:
    rows = (
        action("SIN-2.1", due=THURSDAY, owner="HoQA"),
        action("SIN-3.3", due=THURSDAY, owner="Executive Director"),
        action("SIN-3.4", due=date(2026, 12, 8), owner="HoQA", after=("SIN-2.1",)),
        action("RR-6.2", due=THURSDAY, owner="HoQA"),
    )
    assert decisions_in(*rows) == (["Decide whether to notify"], ["Sign off the SIN"], [])
    done = action("SIN-2.1", "Complete", due=THURSDAY, owner="HoQA", completed=FRIDAY)
    assert decisions_in(done, *rows[1:]) == (["Sign off the report"], ["Sign off the SIN"], [])
    sent = action("RR-6.2", "Complete", owner="HoQA", completed=FRIDAY, after=("SIN-3.4",))
    assert decisions_in(*rows[:3], sent) == ([], ["Sign off the SIN"], [])
    not_yet = action("SIN-2.1", "Clock not started", owner="HoQA")
    assert decisions_in(not_yet) == ([], [], [])


def test_a_digest_asks_for_a_decision_that_is_due_within_days_whatever_is_open_before_it() -> None:
    before = action("RR-5.4", owner="Somebody")
    soon = action("SIN-2.1", due=THURSDAY, owner="HoQA", after=("RR-5.4",))
    state = with_people(before, soon, asks=ASKS, headings={"RR-5.4": "Write the report"})
    (digest,) = make_mailing(read(state)).digests
    assert [(each.words, each.notes) for each in digest.yours] == [
        ("Decide whether to notify", ("Still open before it: Write the report (RR-5.4)",))
    ]


def test_a_digest_says_nothing_twice() -> None:
    missed: dict[str, Any] = {"due": FRIDAY, "days_late": 1, "basis": "Statutory"}
    rows = (
        action("SIN-3.4", "Overdue", key=True, owner="Executive Director", **missed),
        action("SIN-2.1", key=True, due=THURSDAY, owner="HoQA"),
        action("SIN-3.3", key=True, due=THURSDAY, owner="Executive Director"),
    )
    (digest,) = make_mailing(read(with_people(*rows, asks=ASKS)), since=LAST_MONDAY).digests
    parts = (digest.yours, digest.others, digest.statutory_missed, digest.key_dates)
    assert [[each.row.label for each in part] for part in parts] == [
        ["SIN-2.1"],
        [],
        ["SIN-3.4"],
        ["SIN-3.3"],
    ]


def test_a_digest_names_the_decisions_that_no_step_settles() -> None:
    decided = {"panel_response": "recommends LCSPR", "rapid_review_recommends": "LCSPR"}
    assert decisions_in(decisions=decided) == (
        [],
        [],
        ["Whether to hold an LCSPR: the National Panel recommends one"],
    )


def test_a_digest_says_what_happened_and_what_is_coming() -> None:
    state = with_people(
        meetings=(
            MeetingEntry("QPAG", THURSDAY, "10:00", "Online", held=False, cell="Calendar!G5"),
            MeetingEntry("QPAG", LAST_MONDAY, "", "", held=False, cell="Calendar!G6"),
            MeetingEntry("QPAG", date(2027, 1, 21), "", "", held=False, cell="Calendar!G7"),
        ),
        meeting_kinds=("QPAG",),
        events=(
            Event(LAST_MONDAY, "Step", "Told last week already"),
            Event(FRIDAY, "Step", "SIN sent to the National Panel"),
        ),
    )
    (digest,) = make_mailing(read(state), since=LAST_MONDAY).digests
    lines = message_text(digest, "txt").splitlines()
    assert lines[lines.index("COMING UP (1)") + 2 :][:7] == [
        "- DOR-2026-014: QPAG meeting",
        "  Thu 26 Nov 2026, 10:00, Online",
        "",
        "WHAT HAPPENED (1)",
        "",
        "- DOR-2026-014: SIN sent to the National Panel",
        "  Fri 20 Nov 2026",
    ]


def test_who_signs_is_told_of_past_meetings_without_a_tick() -> None:
    signs = replace(HEAD, signs=True)
    past = MeetingEntry("QPAG", LAST_MONDAY, "", "", held=False, cell="Calendar!G6")
    state = with_people(
        action("RR-6.4", "Due today", due=MONDAY, owner="Head of QA"), people=(signs,), meetings=(past,)
    )
    (message,) = make_mailing(read(state)).messages
    text = message_text(message, "txt")
    assert "On Calendar, 1 past meeting is not ticked as held. Tick what was held" in text
    assert "past meeting" not in message_text(replace(message, not_ticked=0), "txt")


def test_what_is_to_be_decided_is_the_procedures_to_say() -> None:
    from workbook.making import PROCEDURE

    asked = {step.id: step.decides for _, step in PROCEDURE.steps() if step.decides}
    assert (len(asked), asked["SIN-2.1"]) == (15, "Decide whether to notify the National Panel")
    assert [role.name for role in PROCEDURE.roles if role.signs] == ["PDSCP Business Manager"]
