"""Calendar entries, and the .ics file as vobject reads it: a parser that shares no code with the writer."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import vobject

from tracker.reconcile.model import MeetingEntry, ProceedingEntry
from tracker.report.calendar import calendar_bytes, make_calendar, read_times

from . import states
from .states import MONDAY, case, held, plan_action, read

if TYPE_CHECKING:
    from tracker.reconcile.model import Action, CaseState

THURSDAY = date(2026, 11, 26)
BEFORE_CHRISTMAS = date(2026, 12, 31)
KINDS = ("Rapid Review", "QPAG")
HOSTILE = (
    "<script>alert(1)</script>",
    "a, b; c: d\\n \\N",
    "one\r\nATTENDEE:mailto:x@example.org",
    "one\nEND:VEVENT\nEND:VCALENDAR",
    "\u202egro.elpmaxe\u202c \u05d0\u05d1",
    "\u2028\u0085\x0b",
    "emoji \U0001f600 " * 40,
    "note " * 6_000 + "end",
)


def action(row_id: str, rag: str = "On track", **facts: Any) -> Action:
    """A row without a timescale, unless one is given."""
    return states.action(row_id, rag, **{"timescale": ""} | facts)


def meeting(kind: str = "Rapid Review", day: date | None = THURSDAY, **facts: Any) -> MeetingEntry:
    usual: dict[str, Any] = {"time": "", "place": "", "held": False, "cell": "Calendar!G5"}
    return MeetingEntry(kind, day, **usual | facts)


def with_meetings(*meetings: MeetingEntry) -> CaseState:
    return case(meetings=meetings, meeting_kinds=KINDS)


HEADINGS = {"RR-6.2": "Rapid Review meeting", "RR-6.5": "Leadership sign-off", "SIN-3.4": "SIN to the Panel"}


def summaries(*cases: CaseState, **options: Any) -> list[str]:
    return [each.summary for each in make_calendar(read(*cases), **options).entries]


def events(*cases: CaseState, as_at: date = MONDAY, **options: Any) -> list[Any]:
    text = calendar_bytes(make_calendar(read(*cases, as_at=as_at), **options)).decode()
    (calendar,) = vobject.readComponents(text)
    return list(calendar.contents.get("vevent", []))


ROWS = (
    action("RR-6.2", key=True, due=THURSDAY, timescale="Day 11"),
    action("RR-6.5", "Complete", key=True, due=THURSDAY),
    action("RR-6.6", "Not applicable", key=True, due=THURSDAY),
    action("LCSPR-7.6", "No date", key=True),
    action("RR-5.7b-POL", due=date(2026, 11, 25), timescale="Day 8"),
    action("", due=date(2026, 11, 27), cell="'Rapid Review'!A47", action="A row of one's own"),
)
PLAN = (plan_action("AP-001", target=date(2026, 12, 1)), plan_action("AP-002", "Complete", target=MONDAY))


def test_key_dates_and_meetings_alone() -> None:
    state = case(*ROWS, action_plan=PLAN, meetings=(meeting("QPAG"),), meeting_kinds=KINDS, headings=HEADINGS)
    found = make_calendar(read(state)).entries
    assert [(each.summary, each.notes) for each in found] == [
        ("QPAG meeting, DOR-2026-014", ""),
        ("Rapid Review meeting, DOR-2026-014", "RR-6.2, Day 11"),
    ]


def test_all_takes_every_open_row_with_a_date() -> None:
    headings = {**HEADINGS, "RR-5.7b-POL": "Return the report (Dorset Police)"}
    assert summaries(case(*ROWS, action_plan=PLAN, headings=headings), every=True) == [
        "Return the report (Dorset Police), DOR-2026-014",
        "Rapid Review meeting, DOR-2026-014",
        "Action on sheet Rapid Review, DOR-2026-014",
        "Action Plan AP-001, DOR-2026-014",
    ]


def test_a_step_is_named_as_its_procedure_names_it() -> None:
    from workbook.making import PROCEDURE

    from tracker.procedure.model import row_headings

    rows = {
        row: PROCEDURE.step(step)
        for row, step in (
            ("RR-6.6", "RR-6.6"),
            ("RR-6.2", "RR-6.2"),
            ("RR-6.7", "RR-6.7"),
            ("RR-5.7", "RR-5.7"),
            ("RR-5.7b-POL", "RR-5.7b"),
            ("RR-5.7b-XYZ", "RR-5.7b"),
            ("RR-5.7b-A Name", "RR-5.7b"),
            ("SIN-3.6-JO", "SIN-3.6"),
        )
    }
    assert list(row_headings(rows, PROCEDURE).values()) == [
        "Rapid Review to the National Panel",
        "Rapid Review meeting",
        "Decide whether and how to share the learning with the family",
        "Send the standard request for a briefing report to every agency involved",
        "Return the completed briefing report (Dorset Police)",
        "Return the completed briefing report (XYZ)",
        "Return the completed briefing report",
        "Upload a copy of the SIN to the Mosaic record",
    ]


def test_an_entry_says_what_else_decides_its_date() -> None:
    rows = (
        action("RR-6.2", "Provisional", key=True, due=THURSDAY, provisional=True),
        action("RR-6.5", key=True, due=THURSDAY, agreed=date(2026, 11, 27)),
        action("LCSPR-7.6", "On hold", key=True, due=date(2026, 11, 30)),
        action("SIN-3.4", key=True, due=date(2026, 12, 1), agreed=date(2026, 12, 2), basis="Statutory"),
    )
    found = make_calendar(read(case(*rows, headings=HEADINGS))).entries
    assert [(each.summary, each.day.day, each.tentative) for each in found] == [
        ("Rapid Review meeting, DOR-2026-014 (provisional)", 26, True),
        ("Leadership sign-off, DOR-2026-014 (agreed date)", 27, False),
        ("Action LCSPR-7.6, DOR-2026-014 (on hold)", 30, True),
        ("SIN to the Panel, DOR-2026-014", 1, False),
    ]


def test_the_last_day_of_a_meeting_is_told_from_the_meeting_itself() -> None:
    row = action("RR-6.2", key=True, due=THURSDAY)
    planned = meeting(day=date(2026, 11, 24), time="10:00")
    state = case(row, meetings=(planned,), meeting_kinds=KINDS, headings=HEADINGS)
    assert summaries(state) == [
        "Rapid Review meeting, DOR-2026-014",
        "Rapid Review meeting, DOR-2026-014 (latest date)",
    ]


def test_hold_reviews_and_proceedings_are_entries_that_do_not_say_what_they_are_about() -> None:
    state = case(
        holds=(held(date(2026, 10, 1), date(2026, 11, 20)),),
        proceedings=tuple(
            ProceedingEntry("Murder trial", "Crown Court", day, "publication waits", f"Case!A{row}")
            for row, day in ((40, THURSDAY), (41, date(2026, 11, 1)), (42, None))
        ),
    )
    found = make_calendar(read(state)).entries
    assert [(each.day, each.summary, each.notes) for each in found] == [
        (date(2026, 11, 20), "Review of the hold on publication, DOR-2026-014", ""),
        (THURSDAY, "Next date of proceedings, DOR-2026-014", ""),
    ]


@pytest.mark.parametrize(("typed", "busy"), [("", "FREE"), ("after lunch", "FREE"), ("10:00", "BUSY")])
def test_a_meeting_without_a_time_leaves_the_day_free(typed: str, busy: str) -> None:
    (event,) = events(with_meetings(meeting(time=typed)))
    shown = "OPAQUE" if busy == "BUSY" else "TRANSPARENT"
    assert (event.transp.value, event.contents["x-microsoft-cdo-busystatus"][0].value) == (shown, busy)


def test_a_kind_of_meeting_is_shown_where_the_procedure_knows_it() -> None:
    state = with_meetings(meeting("rapid  review"), meeting("Home visit to the family"))
    assert summaries(state) == ["Meeting, DOR-2026-014", "Rapid Review meeting, DOR-2026-014"]


def test_what_was_held_or_belongs_to_a_closed_case_is_left_out() -> None:
    assert summaries(with_meetings(meeting(held=True), meeting("QPAG", None))) == []
    assert summaries(case(*ROWS, decisions={"case_closed": MONDAY}), every=True) == []


def test_alarms_ring_five_and_two_working_days_before_unless_that_has_passed() -> None:
    def alarms(due: date) -> list[date]:
        (entry,) = make_calendar(read(case(action("RR-6.2", key=True, due=due)))).entries
        return list(entry.alarms)

    assert alarms(BEFORE_CHRISTMAS) == [date(2026, 12, 22), date(2026, 12, 29)]
    assert alarms(THURSDAY) == [date(2026, 11, 24)]
    assert alarms(date(2026, 11, 20)) == []


def test_a_deadline_is_a_whole_day_with_its_alarms_in_the_morning() -> None:
    (event,) = events(case(action("RR-6.2", key=True, due=BEFORE_CHRISTMAS)))
    assert (event.dtstart.value, event.dtend.value) == (BEFORE_CHRISTMAS, date(2027, 1, 1))
    start = datetime.combine(BEFORE_CHRISTMAS, time())
    assert [start + alarm.trigger.value for alarm in event.contents["valarm"]] == [
        datetime(2026, 12, 22, 9),  # noqa: DTZ001  the local morning, wherever it is
        datetime(2026, 12, 29, 9),  # noqa: DTZ001  as above
    ]
    assert (event.transp.value, event.status.value) == ("TRANSPARENT", "CONFIRMED")


@pytest.mark.parametrize(
    ("day", "typed", "start", "length"),
    [
        (date(2026, 11, 26), "10:00", datetime(2026, 11, 26, 10, tzinfo=UTC), 60),
        (date(2026, 7, 1), "10:00-12:30", datetime(2026, 7, 1, 9, tzinfo=UTC), 150),  # summer time
        (date(2026, 11, 26), "23:30", datetime(2026, 11, 26, 23, 30, tzinfo=UTC), 60),
    ],
)
def test_a_meeting_has_its_time_in_england(day: date, typed: str, start: datetime, length: int) -> None:
    (event,) = events(with_meetings(meeting(day=day, time=typed)))
    assert (event.dtstart.value, event.dtend.value) == (start, start + timedelta(minutes=length))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", (None, None)),
        ("10:00", (time(10), None)),
        ("10:00:00", (time(10), None)),
        ("9.30", (time(9, 30), None)),
        ("1430", (time(14, 30), None)),
        ("2pm", (time(14), None)),
        ("12am", (time(0), None)),
        ("12.15 p.m.", (time(12, 15), None)),
        ("10:00 \u2013 12:30", (time(10), time(12, 30))),
        ("9.30am to 1pm", (time(9, 30), time(13))),
        ("0.4375", (time(10, 30), None)),
        (".5", (time(12), None)),
        ("0.9999", (time(0), None)),
        ("10", None),
        ("13pm", None),
        ("25:00", None),
        ("10:75", None),
        ("12:00-10:00", None),
        ("10:00-11:00-12:00", None),
        ("after lunch", None),
        ("\u0661\u0660:\u0660\u0660", (time(10), None)),
    ],
)
def test_times_as_people_type_them(typed: str, found: object) -> None:
    assert read_times(typed) == found


def test_a_time_that_cannot_be_read_makes_a_whole_day_and_a_problem() -> None:
    view = make_calendar(read(with_meetings(meeting(time="after lunch"))))
    assert [each.start for each in view.entries] == [None]
    assert [(each.code, each.place, each.found) for each in view.problems] == [
        (
            "T715",
            "Calendar!G5",
            "'after lunch' is not a time, so the meeting stands in the calendar as a whole day",
        )
    ]


# The same entry again


def uids(state: CaseState) -> list[str]:
    return [each.uid for each in make_calendar(read(state), every=True).entries]


def test_an_entry_keeps_its_uid_when_its_date_moves() -> None:
    before = case(*ROWS, action_plan=PLAN, meetings=(meeting(),), uuid="1234")
    moved = case(
        *(
            action(
                row.id, row.rag, due=row.due and row.due + timedelta(days=7), action=row.action, cell=row.cell
            )
            for row in ROWS
        ),
        action_plan=(plan_action("AP-001", target=date(2027, 1, 5)),),
        meetings=(meeting(day=date(2026, 12, 3), time="10:00", place="Online"),),
        uuid="1234",
    )
    assert set(uids(before)) == set(uids(moved))
    assert len(set(uids(before))) == 5


def test_a_row_of_ones_own_is_known_by_its_words_though_its_cell_moves() -> None:
    one, other = (action("", due=THURSDAY, cell=cell, action="Ring them") for cell in ("SIN!A40", "SIN!A41"))
    assert uids(case(one)) == uids(case(other))
    assert len(set(uids(case(one, other)))) == 2


def test_the_second_meeting_of_a_kind_stays_the_second() -> None:
    def of_review(*meetings: MeetingEntry) -> list[str]:
        return [each.uid for each in make_calendar(read(with_meetings(*meetings))).entries]

    first, second = of_review(meeting(), meeting(day=date(2026, 12, 3)))
    assert of_review(meeting(held=True), meeting("rapid review ", date(2026, 12, 10))) == [second]
    assert of_review(meeting(day=date(2026, 12, 17))) == [first]


def test_cases_have_entries_of_their_own_and_copies_of_one_case_have_not() -> None:
    row = action("RR-6.2", key=True, due=THURSDAY)
    assert len({*uids(case(row, reference="DOR-1")), *uids(case(row, reference="DOR-2"))}) == 2
    copies = [case(row, uuid="1234"), case(row, uuid="1234")]
    assert len(make_calendar(read(*copies)).entries) == 1


def test_a_later_export_is_a_later_revision_and_the_same_one_the_same_file() -> None:
    state = case(*ROWS, uuid="1234")
    (monday,), (tuesday,) = events(state), events(state, as_at=date(2026, 11, 24))
    assert int(tuesday.sequence.value) > int(monday.sequence.value)
    assert tuesday.dtstamp.value > monday.dtstamp.value == datetime(2026, 11, 23, tzinfo=UTC)
    assert tuesday.contents["last-modified"][0].value == tuesday.dtstamp.value
    assert calendar_bytes(make_calendar(read(state))) == calendar_bytes(make_calendar(read(state)))


# What people typed


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_person_typed_is_not_in_the_calendar(text: str) -> None:
    words: dict[str, Any] = dict.fromkeys(("action", "owner", "named_owner", "progress", "reason"), text)
    state = case(
        action("RR-6.2", key=True, due=THURSDAY, **words),
        action(text, due=THURSDAY, **words, stage="SIN"),
        action_plan=(plan_action("AP-001", target=THURSDAY, action=text, recommendation=text),),
        meetings=(meeting(text, place=text, time=text),),
        holds=(held(MONDAY, THURSDAY, reason=text, agreed_by=text),),
        proceedings=(ProceedingEntry(text, text, THURSDAY, text, "Case!A40"),),
        meeting_kinds=KINDS,
        summary=text,
        marking=text,
    )
    assert sorted(event.summary.value for event in events(state, every=True)) == [
        "Action Plan AP-001, DOR-2026-014",
        "Action RR-6.2, DOR-2026-014",
        "Action on sheet SIN, DOR-2026-014",
        "Meeting, DOR-2026-014",
        "Next date of proceedings, DOR-2026-014",
        "Review of the hold on publication, DOR-2026-014",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_reference_stays_text_whatever_was_typed(text: str) -> None:
    (event,) = events(case(action("RR-6.2", key=True, due=THURSDAY), reference=f"DOR {text}"))
    assert event.summary.value.startswith("Action RR-6.2, DOR")
    assert set(event.contents) == {
        "uid", "dtstamp", "last-modified", "sequence", "summary", "dtstart", "dtend", "status", "transp",
        "class", "categories", "valarm", "description", "x-microsoft-cdo-busystatus",
    }  # fmt: skip


def test_lines_are_folded_at_75_bytes_and_no_character_is_split() -> None:
    state = case(action("RR-6.2", key=True, due=THURSDAY), reference="\u00e9\u4e2d\U0001f600" * 200)
    content = calendar_bytes(make_calendar(read(state)))
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert [line.decode() for line in lines]
    assert b"\n" not in b"".join(lines)


def test_a_calendar_without_entries_is_still_one() -> None:
    assert events(case()) == []
