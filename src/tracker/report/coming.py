"""What has happened and what is coming in a case, beside its steps: events, meetings, hold reviews, proceedings.

Example:
    >>> [(each.day, each.what, each.time) for each in coming(case, as_at)]
    [(datetime.date(2026, 11, 24), 'Rapid Review meeting', '10:00')]
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

from tracker.reconcile.events import meeting_name
from tracker.report.frame import hold_of, is_closed
from tracker.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from tracker.reconcile.model import Event, MeetingEntry
    from tracker.report.lines import CaseRows

ComingKind = Literal["Meeting", "Not ticked", "Hold review", "Proceedings"]


@dataclass(frozen=True, slots=True)
class Coming:
    """A day that no step has. `time` and `place` are as typed; of `Not ticked` and passed proceedings the day is over.

    `what` may hold words a person typed: a meeting's kind, the proceedings. `cases` are those that share a meeting.
    """

    kind: ComingKind
    day: date
    what: str
    cases: tuple[str, ...]
    case_anchor: str
    time: str = ""
    place: str = ""


def coming(case: CaseRows, as_at: date) -> tuple[Coming, ...]:
    """What is ahead in a case, and meetings that are over and not ticked as held; nothing of a closed case."""
    if is_closed(case.state, as_at):
        return ()

    def entry(kind: ComingKind, day: date, what: str, time: str = "", place: str = "") -> Coming:
        return Coming(kind, day, what, (case.reference,), case.anchor, time, place)

    found = [
        entry(
            "Not ticked" if day < as_at else "Meeting",
            day,
            name,
            clean_text(each.time),
            clean_text(each.place),
        )
        for name, day, each in _open_meetings(case)
    ]
    hold = hold_of(case.state, as_at)
    if hold and hold.review_on and not hold.past_review:  # else a decision is awaited
        found.append(entry("Hold review", hold.review_on, "Review of the hold on publication"))
    for each in case.state.proceedings:
        if each.day:
            what = clean_text(": ".join(filter(None, (each.kind, each.effect)))) or "Proceedings"
            found.append(entry("Proceedings", each.day, what))
    return tuple(sorted(found, key=lambda each: (each.day, each.what)))


def _open_meetings(case: CaseRows) -> Iterator[tuple[str, date, MeetingEntry]]:
    """The meetings neither ticked as held nor settled by a step that is done, each with its name and day.

    A step of which an event tells settles one meeting that it names: that of its day, else the earliest left open.
    """
    by_name: defaultdict[str, list[tuple[date, MeetingEntry]]] = defaultdict(list)
    for each in case.state.meetings:
        if each.day:
            by_name[meeting_name(each.kind, case.state.meeting_kinds)[0]].append((each.day, each))
    for name, meetings in by_name.items():
        done = [each.day for each in case.state.events if each.kind == "Step" and _tells_of(case, each, name)]
        left = [(day, each) for day, each in meetings if not (each.held or day in done)]
        settled = max(len(done) - (len(meetings) - len(left)), 0)
        yield from ((name, day, each) for day, each in sorted(left, key=itemgetter(0))[settled:])


def _tells_of(case: CaseRows, event: Event, name: str) -> bool:
    """Whether an event, or the step it is of, names a meeting: `Sign off ... at the Leadership meeting`."""
    row = case.by_id.get(event.id)
    texts = (event.text.partition(":")[0], row.action if row else "")
    return name != "Meeting" and any(name.casefold() in text.casefold() for text in texts)


def coming_of_all(cases: Iterable[CaseRows], as_at: date) -> tuple[Coming, ...]:
    """The same of many cases by day; a meeting that several of them list, a board's say, once."""
    shared: defaultdict[tuple[object, ...], list[Coming]] = defaultdict(list)
    for case in cases:
        for each in coming(case, as_at):
            own = "" if each.kind in {"Meeting", "Not ticked"} else each.cases
            shared[each.day, each.kind, each.what, each.time, each.place, own].append(each)
    merged = [
        Coming(
            first.kind,
            first.day,
            first.what,
            tuple(dict.fromkeys(name for each in found for name in each.cases)),
            first.case_anchor,
            first.time,
            first.place,
        )
        for found in shared.values()
        for first in found[:1]
    ]
    return tuple(sorted(merged, key=lambda each: (each.day, each.what, each.cases)))


def events_since(case: CaseRows, since: date, as_at: date) -> tuple[Event, ...]:
    """What happened in a case after a day, oldest first; what happened on that day, the last report had."""
    return tuple(each for each in case.state.events if since < each.day <= as_at)
