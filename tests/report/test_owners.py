from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tracker.reconcile.model import CaseState, OwnerEntry
from tracker.report.messages import recipient_of
from tracker.report.owners import make_mailing

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
    from tracker.report.rows import case_rows

    return case_rows(case(*actions), 1).rows
