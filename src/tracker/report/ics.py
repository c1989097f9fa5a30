"""Calendar entries as an iCalendar file; the only module that knows the library."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from tracker import __version__

if TYPE_CHECKING:
    from tracker.report.calendar import CalendarView, Entry

_LONDON = ZoneInfo("Europe/London")
_USUAL_LENGTH = timedelta(hours=1)
_EPOCH = date(2000, 1, 1)
_ALARM_AT = time(9)


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
    event.add("transp", "OPAQUE" if entry.meeting else "TRANSPARENT")
    event.add("class", "PRIVATE")
    event.add("categories", ["Meeting" if entry.meeting else "Deadline"])
    for day in entry.alarms:
        event.add_component(_alarm(entry, day))
    return event


def _span(entry: Entry) -> tuple[date, date]:
    """Start and end: whole days, or times in England as UTC, which every calendar knows without a table of zones."""
    if entry.start is None:
        return entry.day, entry.day + timedelta(days=1)
    start = datetime.combine(entry.day, entry.start, _LONDON).astimezone(UTC)
    if entry.end is None:
        return start, start + _USUAL_LENGTH
    return start, datetime.combine(entry.day, entry.end, _LONDON).astimezone(UTC)


def _alarm(entry: Entry, day: date) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.summary)
    alarm.add("trigger", datetime.combine(day, _ALARM_AT) - datetime.combine(entry.day, time()))
    return alarm
