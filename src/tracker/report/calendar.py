"""Deadlines and meetings as calendar entries, first as plain values, then as an iCalendar file.

An entry carries the procedure's words for a step and the case's reference, and nothing a person wrote: calendars are
shared, and shown on walls.

Example:
    >>> [(each.day, each.summary) for each in make_calendar(reconciliation).entries]
    [(date(2026, 11, 24), 'Rapid Review meeting, DOR-2026-014'), (date(2026, 11, 26), 'QPAG, DOR-2026-014')]
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from tracker import __version__
from tracker.problems import Problem, codes, problem
from tracker.reconcile.events import meeting_name
from tracker.reconcile.model import case_identity
from tracker.records import JsonRecord
from tracker.report.frame import hold_of, open_cases
from tracker.report.render import header_words
from tracker.report.rows import PLAN, CaseRows, ReportRow, natural
from tracker.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.reconcile.model import Reconciliation
    from tracker.report.rows import WorkingDays

ALARMS_BEFORE = (5, 2)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "tracker.calendar")
_ID = re.compile(r"[A-Z]{1,8}-\d+(?:\.\d+)?[a-z]{0,2}(?:-[A-Z0-9]{1,12})?")
_CELL = re.compile(r"(?:'[\w ]+'|\w+)![A-Z]{1,3}\d+")
_TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?::\d{2})?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
_TO = re.compile(r"(?<!\s)\s*(?:-|\u2013|\u2014|\bto\b|\buntil\b)\s*", re.IGNORECASE)
_FRACTION = re.compile(r"0?\.\d+")
_NOON = 12
_MINUTES = 24 * 60

_LONDON = ZoneInfo("Europe/London")
_USUAL_LENGTH = timedelta(hours=1)
_EPOCH = date(2000, 1, 1)
_ALARM_AT = time(9)


@dataclass(frozen=True, slots=True)
class Entry(JsonRecord):
    """One entry of a calendar. Without a `start` it takes the whole day, and leaves it free.

    `notes` are the row's ID and timescale, in our words. `tentative` where the date may still move by itself: a
    provisional clock, a hold. `alarms` are days.
    """

    uid: str
    day: date
    summary: str
    meeting: bool
    tentative: bool = False
    start: time | None = None
    end: time | None = None
    alarms: tuple[date, ...] = ()
    notes: str = ""


@dataclass(frozen=True, slots=True)
class CalendarView:
    """The entries by day, and what could not be understood."""

    as_at: date
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def make_calendar(reconciliation: Reconciliation, *, every: bool = False) -> CalendarView:
    """The meetings, key dates, hold reviews and next dates of proceedings of all open cases.

    `every` takes each open row that has a date. What is done, held or not applicable is left out. Of two copies of a
    case the first one counts.
    """
    as_at = reconciliation.as_at
    cases, usual = open_cases(reconciliation)
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    for case in cases:
        days = usual.of(case.state.holidays)
        found = (
            *_deadlines(case, as_at, days, every=every),
            *_meetings(case, problems),
            *_other_dates(case, as_at, days),
        )
        for entry in found:
            entries.setdefault(entry.uid, entry)
    ordered = sorted(
        entries.values(), key=lambda each: (each.day, each.start or time(), natural(each.summary))
    )
    return CalendarView(as_at, tuple(ordered), tuple(problems))


def _uids(case: CaseRows, keys: Iterable[str]) -> Iterator[str]:
    """One for each key, the same whatever else changes, so that a new export moves the entry.

    Keys are made different from one another by counting: `a`, `b`, `a#2`.
    """
    counts = Counter[str]()
    for key in keys:
        counts[key] += 1
        name = key if counts[key] == 1 else f"{key}#{counts[key]}"
        yield f"{uuid.uuid5(_NAMESPACE, f'{case_identity(case.state)}/{name}')}@tracker"


# Deadlines


def _deadlines(case: CaseRows, as_at: date, days: WorkingDays, *, every: bool) -> Iterator[Entry]:
    uids = _uids(case, map(_row_key, case.rows))
    meetings = {_meeting_name(case, each.kind) for each in case.state.meetings}
    for row, uid in zip(case.rows, uids, strict=True):
        if not (row.open and row.judged and (row.key or every)):
            continue
        # What a person typed in place of an ID is not shown.
        known = row.label if _ID.fullmatch(row.label) or _CELL.fullmatch(row.label) else row.sheet
        heading = case.state.headings.get(row.label) or _own_heading(row)
        status = "latest date" if heading in meetings else _date_status(row)
        yield Entry(
            uid,
            row.judged,
            summary=_summary(case, heading, status),
            meeting=False,
            tentative=row.provisional or row.rag == "On hold",
            alarms=_alarms(row.judged, as_at, days),
            notes=", ".join(filter(None, (known, row.timescale))),
        )


def _own_heading(row: ReportRow) -> str:
    """The heading of a row that people added themselves."""
    if not _ID.fullmatch(row.label):
        return f"Action on sheet {row.sheet}"
    return f"{row.sheet if row.sheet == PLAN else 'Action'} {row.label}"


def _summary(case: CaseRows, heading: str, status: str = "") -> str:
    """`Rapid Review meeting, DOR-2026-014 (provisional)`."""
    return f"{heading}, {header_words(case.reference)}{f' ({status})' if status else ''}"


def _alarms(day: date, as_at: date, days: WorkingDays) -> tuple[date, ...]:
    alarms = (days.after(day, -before) for before in ALARMS_BEFORE)
    return tuple(alarm for alarm in alarms if alarm >= as_at)


def _other_dates(case: CaseRows, as_at: date, days: WorkingDays) -> Iterator[Entry]:
    """The review of the hold that runs, and the next dates of parallel proceedings from the report date on.

    What the proceedings are is left out: it could show what happened.
    """
    hold = hold_of(case.state, as_at)
    dates = [("hold", "Review of the hold on publication", hold.review_on)] if hold else []
    dates += [("proceedings", "Next date of proceedings", each.day) for each in case.state.proceedings]
    uids = _uids(case, (key for key, _, _ in dates))
    for (key, heading, day), uid in zip(dates, uids, strict=True):
        if day and (day >= as_at or key == "hold"):
            alarms = _alarms(day, as_at, days)
            yield Entry(uid, day, _summary(case, heading), meeting=False, alarms=alarms)


def _row_key(row: ReportRow) -> str:
    """What a row is known by. A person's own row has no ID, and its cell moves: it goes by its words."""
    if not _CELL.fullmatch(row.label):
        return f"row/{row.label}"
    return f"own/{row.sheet}/{hashlib.sha256(clean_text(row.action).encode()).hexdigest()}"


def _date_status(row: ReportRow) -> str:
    """What else decides the date: a hold, an agreement, a provisional clock."""
    if row.rag == "On hold":
        return "on hold"
    if row.due and row.judged != row.due:
        return "agreed date"
    return "provisional" if row.provisional else ""


# Meetings


def _meetings(case: CaseRows, problems: list[Problem]) -> Iterator[Entry]:
    """The meetings still to be held. The nth of its kind stays the nth, so that a new date moves its entry."""
    meetings = case.state.meetings
    uids = _uids(case, (f"meeting/{clean_text(each.kind).casefold()}" for each in meetings))
    for meeting, uid in zip(meetings, uids, strict=True):
        if not meeting.day or meeting.held:
            continue
        times = read_times(meeting.time)
        if times is None:
            facts = {"file": case.state.workbooks[0].path, "place": meeting.cell, "value": meeting.time}
            problems.append(problem(codes.MEETING_TIME_UNREADABLE, **facts))
        start, end = times or (None, None)
        summary = _summary(case, _meeting_name(case, meeting.kind))
        yield Entry(uid, meeting.day, summary, meeting=True, start=start, end=end)


def _meeting_name(case: CaseRows, typed: str) -> str:
    """`Rapid Review meeting`; a kind that the procedure does not know may show what happened."""
    name, known = meeting_name(typed, case.state.meeting_kinds)
    return name if known else "Meeting"


def read_times(typed: str) -> tuple[time | None, time | None] | None:
    """Start and end of a meeting as people type them; None where they cannot be read.

    >>> read_times("10.30 - 12pm")
    (datetime.time(10, 30), datetime.time(12, 0))
    """
    parts = _TO.split(clean_text(typed))
    if parts == [""]:
        return None, None
    match [_time(part) for part in parts]:
        case [time() as start]:
            return start, None
        case [time() as start, time() as end] if start < end:
            return start, end
    return None


def _time(typed: str) -> time | None:
    """One time of the day. A spreadsheet may give it as a fraction of the day."""
    if _FRACTION.fullmatch(typed):
        hours, minutes = divmod(round(float(typed) * _MINUTES), 60)
        return time(hours % 24, minutes)
    found = _TIME.fullmatch(typed)
    if found is None or not (found[2] or found[3]):  # a bare number may be anything
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


# The file


def calendar_bytes(view: CalendarView) -> bytes:
    """The file's bytes, the same for the same entries and report date."""
    calendar = Calendar()
    calendar.add("prodid", f"-//tracker//tracker {__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for entry in view.entries:
        calendar.add_component(_event(entry, view.as_at))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry, as_at: date) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    # A later export is a later revision: by it a calendar knows that the entry has moved.
    stamp = datetime.combine(as_at, time(), UTC)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", (as_at - _EPOCH).days)
    event.add("summary", entry.summary)
    start, end = _span(entry)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("status", "TENTATIVE" if entry.tentative else "CONFIRMED")
    busy = entry.start is not None  # a meeting without a time blocks nobody's day
    event.add("transp", "OPAQUE" if busy else "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "BUSY" if busy else "FREE")  # Outlook asks for it
    if entry.notes:
        event.add("description", entry.notes)
    event.add("class", "PRIVATE")
    event.add("categories", ["Meeting" if entry.meeting else "Deadline"])
    for day in entry.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.summary)
        alarm.add("trigger", datetime.combine(day, _ALARM_AT) - datetime.combine(entry.day, time()))
        event.add_component(alarm)
    return event


def _span(entry: Entry) -> tuple[date, date]:
    """Start and end: whole days, or times in England as UTC, which every calendar knows without a table of zones."""
    if entry.start is None:
        return entry.day, entry.day + timedelta(days=1)
    start = datetime.combine(entry.day, entry.start, _LONDON).astimezone(UTC)
    end = datetime.combine(entry.day, entry.end, _LONDON).astimezone(UTC) if entry.end else None
    return start, end or start + _USUAL_LENGTH
