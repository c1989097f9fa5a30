from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tracker.problems import problem
from tracker.reconcile.model import CaseState, ClockState, Event, MeetingEntry, OwnerEntry
from tracker.report.messages import recipient_of
from tracker.report.owners import make_mailing
from tracker.report.render import message_text

from .states import MONDAY, action, case, plan_action, read

if TYPE_CHECKING:
    from tracker.problems import Problem
    from tracker.report.messages import Message
    from tracker.report.owners import Mailing

FRIDAY = date(2026, 11, 20)
THURSDAY = date(2026, 11, 26)
LAST_MONDAY = date(2026, 11, 16)
HEAD = OwnerEntry("Head of QA", "A. Example", "a@example.org", ("HoQA",), digest=True)
MANAGER = OwnerEntry("QA Service Manager", "Q. Example", "q@example.org")
POLICE = OwnerEntry("Dorset Police", "", "")
PEOPLE = (HEAD, MANAGER, POLICE)


def with_people(*actions: Any, people: tuple[OwnerEntry, ...] = PEOPLE, **facts: Any) -> CaseState:
    return case(*actions, people=people, **facts)


def told(mailing: Mailing) -> dict[str, dict[str, list[str]]]:
    """The rows of each message by its file and group."""
    return {
        message.stem: {
            group.title: [f"{each.row.case} {each.row.label}" for each in group.requests]
            for group in message.groups
        }
        for message in mailing.messages
    }


def only(mailing: Mailing) -> Message:
    (message,) = mailing.messages
    return message


def said(problems: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    return [(each.code, each.found, each.expected) for each in problems]


def test_one_message_an_owner_over_all_cases_overdue_first() -> None:
    late: dict[str, Any] = {"due": FRIDAY, "days_late": 1}
    mailing = make_mailing(
        read(
            with_people(
                action("RR-6.2", "Due today", due=MONDAY),
                action("RR-5.4", "Overdue", **late),
                action("RR-5.9", "Chase", **late),
                action("RR-5.10", "Provisional, passed", **late, provisional=True),
                action("RR-6.3", due=THURSDAY),
                action("RR-6.6", due=date(2026, 12, 1)),
                reference="DOR-2",
            ),
            with_people(
                action("RR-5.4", "Overdue", due=LAST_MONDAY, days_late=5),
                action("RR-6.4", due=MONDAY, rag="Due today", owner="HoQA"),
                action_plan=(plan_action("AP-001", "Overdue", target=FRIDAY),),
                reference="DOR-1",
            ),
        )
    )
    assert told(mailing) == {
        "owner-dorset-police": {"Overdue": ["DOR-1 AP-001"]},
        "owner-head-of-qa-a-example": {"Due today": ["DOR-1 RR-6.4"]},
        "owner-qa-service-manager-q-example": {
            "Overdue": ["DOR-1 RR-5.4", "DOR-2 RR-5.4"],
            "Past its date": ["DOR-2 RR-5.9"],
            "Past a provisional date": ["DOR-2 RR-5.10"],
            "Due today": ["DOR-2 RR-6.2"],
            "Due soon": ["DOR-2 RR-6.3"],
        },
    }
    manager = mailing.messages[-1]
    assert (manager.to.addresses, manager.later) == (("q@example.org",), 1)
    assert (manager.subject, manager.asked) == (
        "Your actions for 2 cases: 2 overdue, 1 past its date, 1 past a provisional date, 1 due today, 1 due soon",
        "these actions for cases DOR-1 and DOR-2",
    )


@pytest.mark.parametrize(
    "word",
    ["Complete", "Complete, late", "Not applicable", "On hold", "Ready", "Clock not started", "No date", ""],
)
def test_nobody_is_reminded_of_what_is_done_or_rests(word: str) -> None:
    assert not make_mailing(read(with_people(action("RR-5.4", word, due=FRIDAY)))).messages


def test_nobody_is_reminded_of_a_closed_case() -> None:
    row = action("RR-5.4", "Overdue", due=FRIDAY)
    closed = with_people(row, decisions={"case_closed": FRIDAY})
    mailing = make_mailing(read(closed))
    assert (mailing.messages, mailing.digests) == ((), ())
    closing = with_people(row, decisions={"case_closed": THURSDAY})
    assert len(make_mailing(read(closing)).messages) == 1


def test_a_later_run_takes_what_fell_due_since_the_last_one() -> None:
    rows = (
        action("RR-1.1", "Overdue", due=LAST_MONDAY),
        action("RR-1.2", "Overdue", due=FRIDAY),
        action("RR-1.3", due=date(2026, 11, 25)),
        action("RR-1.4", due=THURSDAY),
        action("RR-1.5", "Due today", due=MONDAY),
    )
    weekly = make_mailing(read(with_people(*rows)), since=LAST_MONDAY)
    assert list(told(weekly).values()) == [
        {
            "Overdue": ["DOR-2026-014 RR-1.1", "DOR-2026-014 RR-1.2"],
            "Due today": ["DOR-2026-014 RR-1.5"],
            "Due soon": ["DOR-2026-014 RR-1.3"],
        }
    ]
    assert weekly.messages[0].later == 1
    assert not make_mailing(read(with_people(*rows)), since=MONDAY).messages


def test_the_days_are_the_cases_own() -> None:
    row = action("RR-5.4", due=date(2026, 12, 1))
    usual = with_people(row, holidays=frozenset({date(2026, 12, 25)}))
    declared = with_people(row, holidays=frozenset({date(2026, 11, 27)}))
    assert [len(make_mailing(read(each)).messages) for each in (usual, declared)] == [0, 1]


def test_an_agreed_date_is_reminded_of_except_for_a_statutory_row() -> None:
    agreed: dict[str, Any] = {"due": FRIDAY, "agreed": date(2027, 1, 5)}
    mailing = make_mailing(
        read(
            with_people(
                action("RR-5.4", "Extended", **agreed),
                action("SIN-3.4", "Overdue", basis="Statutory", **agreed),
            )
        )
    )
    assert list(told(mailing).values()) == [{"Overdue": ["DOR-2026-014 SIN-3.4"]}]


# Who is written to


def owner_of(people: tuple[OwnerEntry, ...] = PEOPLE, **facts: Any) -> tuple[str, str, object]:
    message = only(
        make_mailing(read(with_people(action("RR-5.4", "Overdue", due=FRIDAY, **facts), people=people)))
    )
    return message.to.owner, message.to.person, message.to.addresses


def test_a_roles_other_names_are_the_role() -> None:
    assert owner_of(owner=" hoqa ") == ("Head of QA", "A. Example", ("a@example.org",))


def test_a_person_typed_over_the_role_is_written_to_only_at_an_address_of_their_own() -> None:
    assert owner_of(named_owner="A. Example") == ("QA Service Manager", "A. Example", ("a@example.org",))
    assert owner_of(named_owner="Z. Example") == ("QA Service Manager", "Z. Example", ())
    assert owner_of(named_owner="q.  example") == ("QA Service Manager", "Q. Example", ("q@example.org",))


def test_an_owner_that_people_does_not_know_has_no_address() -> None:
    assert owner_of(owner="Somebody else") == ("Somebody else", "", ())


def test_several_addresses_and_unusable_ones() -> None:
    people = (OwnerEntry("QA Service Manager", "", "a@example.org; b@example.org,"),)
    assert owner_of(people) == ("QA Service Manager", "", ("a@example.org", "b@example.org"))
    for typed in ("ask him", "a@b", "a@example.org b@example.org", "a@example.org\nBcc: x@example.org"):
        assert owner_of((OwnerEntry("QA Service Manager", "", typed),))[2] is None


def test_a_person_in_a_role_is_one_owner_also_where_a_case_lacks_the_address() -> None:
    row = action("RR-5.4", "Overdue", due=FRIDAY)
    without = OwnerEntry("QA Service Manager", "Q. Example", "")
    other = OwnerEntry("QA Service Manager", "Y. Example", "")
    mailing = make_mailing(
        read(
            with_people(row, reference="DOR-1"),
            with_people(row, reference="DOR-2", people=(without,)),
            with_people(row, reference="DOR-3", people=(other,)),
        )
    )
    assert [(each.stem, each.to.addresses, len(each.groups[0].requests)) for each in mailing.messages] == [
        ("owner-qa-service-manager-q-example", ("q@example.org",), 2),
        ("owner-qa-service-manager-y-example", (), 1),
    ]


def test_two_addresses_of_one_name_are_two_owners_with_files_of_their_own() -> None:
    row = action("RR-5.4", "Overdue", due=FRIDAY)
    other = OwnerEntry("QA Service Manager", "Q. Example", "other@example.org")
    mailing = make_mailing(
        read(with_people(row, reference="DOR-1"), with_people(row, reference="DOR-2", people=(other,)))
    )
    stems = [each.stem for each in mailing.messages]
    assert len(set(stems)) == 2
    assert all(stem.startswith("owner-qa-service-manager-q-example-") for stem in stems)


@pytest.mark.parametrize(
    "owner", ["../../etc/passwd", "CON", "a\\b:c|d?*", "\u05d0\u05d1", "x" * 30_000, "\u202e.exe", "%00\n"]
)
def test_file_names_are_safe_and_stable(owner: str) -> None:
    message = only(make_mailing(read(with_people(action("RR-5.4", "Overdue", due=FRIDAY, owner=owner)))))
    again = only(make_mailing(read(with_people(action("RR-5.9", "Overdue", due=FRIDAY, owner=owner)))))
    assert message.stem == again.stem
    assert set(message.stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert message.stem.startswith("owner-")
    assert len(message.stem) < 100


def test_a_row_of_two_copies_of_a_case_is_told_once() -> None:
    row = action("RR-5.4", "Overdue", due=FRIDAY)
    twin = with_people(row, uuid="0" * 8)
    assert len(only(make_mailing(read(twin, twin))).groups[0].requests) == 1
    unnamed = [
        with_people(row, reference="", workbooks=copy.workbooks) for copy in (case(), case(reference="x"))
    ]
    assert len(only(make_mailing(read(*unnamed))).groups[0].requests) == 2


def test_problems_tell_who_cannot_be_reached_and_where_to_mend_it() -> None:
    late: dict[str, Any] = {"rag": "Overdue", "due": FRIDAY}
    bad = OwnerEntry("QA Service Manager", "Q. Example", "ask him")
    mailing = make_mailing(
        read(
            with_people(action("RR-5.4", **late), people=(bad,), reference="DOR-1"),
            with_people(
                action("RR-5.7b-POL", **late, owner="Dorset Police"),
                action("RR-5.8", **late, owner=""),
                action("RR-5.9", **late, owner=""),
                action("RR-5.10", "On track", due=date(2027, 1, 5), owner=""),
                reference="DOR-2",
            ),
        )
    )
    drafted = "so the message is Markdown and not a draft"
    assert said(mailing.unaddressed) == [
        ("T711", f"there is no address for Dorset Police, {drafted}", "an address on sheet People of DOR-2"),
        (
            "T712",
            f"'ask him' cannot be used as the address of Q. Example (QA Service Manager), {drafted}",
            "an address such as name@example.org on sheet People of DOR-1",
        ),
    ]
    assert said(mailing.problems) == [
        ("T713", "nobody owns RR-5.8 and RR-5.9, so nobody was reminded", "an owner in every open row")
    ]


def test_recipients_are_found_without_people_too() -> None:
    (line,) = _lines(action("RR-5.4", named_owner="Q. Example"))
    assert recipient_of(line, ()).person == "Q. Example"


def _lines(*actions: Any) -> Any:
    from tracker.report.lines import case_rows

    return case_rows(case(*actions), 1).lines


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
