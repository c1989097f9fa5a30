"""What stands out of a case: which date is late and what is in the way, what needs a decision, what is coming.

Example:
    >>> case_headline(case, as_at).words
    'SIN to the National Panel is due tomorrow; still open before it: SIN-3.3c Sign off the SIN (Executive Director)'
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from operator import attrgetter, itemgetter
from pathlib import PurePath
from textwrap import shorten
from typing import TYPE_CHECKING, Literal

from tracker.problems import codes
from tracker.reconcile.events import meeting_name
from tracker.report.blocks import name
from tracker.report.frame import hold_of, is_closed
from tracker.report.rows import PRESSING, by_date, working_days
from tracker.report.sections import agency_returns
from tracker.text import article, clean_text, listed, listed_first, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from tracker.reconcile.model import Event, MeetingEntry
    from tracker.report.blocks import Spans
    from tracker.report.rows import CaseRows, ReportRow

_RESPONSES = {
    "agrees": "the National Panel agrees with the {review}",
    "recommends LCSPR": "the National Panel recommends one",
    "recommends no LCSPR": "the National Panel recommends none",
}
_DISAGREES = {("LCSPR", "recommends no LCSPR"), ("no LCSPR", "recommends LCSPR")}
_TO_DECIDE = {
    "LCSPR": "whether to hold {review} in {cases}",
    "question": "the answer to the National Panel in {cases}",
    "hold": "the hold on publication in {cases}",
    "delay": "the reason for delay in {cases}",
    "twin": "which workbook of {cases} is in use",
    "conflict": "which of two values stands in {cases}",
    "closed": "whether {cases} is closed, with actions overdue",
}
"""What each kind of decision is about, in a sentence."""
_STEPS_NAMED, _CODES_NAMED = 12, 6
_CELLS_NAMED, _CASES_NAMED = 3, 3
"""Up to this many a sentence names; beyond, it counts them."""
_ACTION = 90  # characters of an action in a sentence
_Asked = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that is awaited. `kind` is which, `because` what it follows from.

    `review` is the local review it is about, with its article: `an LCSPR`.
    """

    case: str
    case_anchor: str
    kind: str
    ask: str
    because: str
    review: str


def decisions(case: CaseRows, as_at: date) -> tuple[Decision, ...]:
    """What someone must decide in a case; a closed case asks for nothing."""
    if is_closed(case.state, as_at):
        return ()
    asked = (*_about_lcspr(case), *_about_hold(case, as_at), *_about_delay(case, as_at))
    return tuple(Decision(case.reference, case.anchor, *each) for each in asked)


def awaited_decisions(case: CaseRows, as_at: date) -> tuple[Decision, ...]:
    """What someone must decide in a case, and what must be settled before its figures can be relied on."""
    to_settle = (Decision(case.reference, case.anchor, *each) for each in _to_settle(case, as_at))
    return (*decisions(case, as_at), *to_settle)


def _about_lcspr(case: CaseRows) -> Iterator[_Asked]:
    values = case.state.decisions
    response = str(values.get("panel_response") or "")
    undecided = values.get("lcspr") not in {"yes", "no"}
    rapid, local = case.state.marks.names
    local = f"{article(local)} {local}"
    if response == "asks for more":
        answer = case.by_id.get(case.state.marks.question.step)
        if answer is None or answer.open:  # else the National Panel's next letter is awaited
            because = "the National Panel asks for more"
            yield "question", "Answer the National Panel's question", because, ""
    elif undecided and response in _RESPONSES:
        because = _RESPONSES[response].format(review=rapid)
        if (values.get("rapid_review_recommends"), response) in _DISAGREES:
            because += f", the {rapid} the opposite"
        yield "LCSPR", f"Whether to hold {local}", because, local
    elif undecided and values.get("criteria_met") == "no":
        because = "the notification criteria were found not met"
        yield "LCSPR", f"Whether to hold {local} all the same", because, local


def _about_hold(case: CaseRows, as_at: date) -> Iterator[_Asked]:
    hold = hold_of(case.state, as_at)
    if hold and hold.review_on and hold.past_review:
        because = f"its review date was {short_date(hold.review_on)}"
        yield "hold", "Whether the hold on publication goes on", because, ""
    elif hold and hold.review_on is None:
        yield "hold", "When the hold on publication is reviewed", "it has no review date", ""


def _about_delay(case: CaseRows, as_at: date) -> Iterator[_Asked]:
    """The reasons for delay, asked for shortly before publication is due while steps before it are open."""
    milestones = case.state.marks
    last, reasons = case.by_id.get(milestones.local_review.step), case.by_id.get(milestones.delay.step)
    if not (last and reasons and last.due and last.open and reasons.open):
        return
    days = working_days(as_at, max(last.due, as_at)).of(case.state.holidays)
    # A step whose own day is still to come, and comes before the last one's, is in time and stands in nobody's way.
    in_the_way = [
        row.label for row in case.open_before(last) if not (row.judged and as_at <= row.judged <= last.due)
    ]
    if in_the_way and last.due <= days.after(as_at, milestones.delay_within):
        named = listed_first(in_the_way, _STEPS_NAMED)
        because = f"{last.label} is due {short_date(last.due)}, and still open before it: {named}"
        yield "delay", f"The reason for delay ({reasons.label})", because, ""


def _to_settle(case: CaseRows, as_at: date) -> Iterator[_Asked]:
    """What two workbooks, two values of a cell, or actions left over in a closed case ask."""
    file = PurePath(case.state.workbooks[0].path).name
    for twin in case.state.problems:
        if twin.code == codes.SAME_CASE_TWICE:
            because = f"{twin.found} as {file}; this report counts both"
            yield "twin", "Which workbook of the case is in use", because, ""
    cells = [str(each.get("cell") or each.get("id") or "") for each in case.state.conflicts]
    if cells:
        named = listed(cells) if len(cells) <= _CELLS_NAMED else quantity(len(cells), "cell")
        because = f"a conflict is open in {named}; tracker regenerate lists it"
        yield "conflict", "Which of two values stands", because, ""
    late = sum(row.rag == "Overdue" for row in case.rows)
    if late and is_closed(case.state, as_at):
        ask = "Whether the case is closed: complete its rows, or mark them Not applicable"
        because = f"{quantity(late, 'action')} overdue in it; no owner is reminded"
        yield "closed", ask, because, ""


def to_decide(awaited: Sequence[Decision]) -> Spans:
    """What is to be decided, in phrases that lead to the decisions."""
    phrases = []
    for kind, text in _TO_DECIDE.items():
        by_review: dict[str, dict[str, None]] = {}
        for decision in awaited:
            if decision.kind == kind:
                by_review.setdefault(decision.review, {})[decision.case] = None
        for review, cases in by_review.items():
            named = listed(cases) if len(cases) <= _CASES_NAMED else quantity(len(cases), "case")
            phrases.append(name(text.format(cases=named, review=review), to="decisions"))
    return tuple(phrases)


# Days that no step has: events, meetings, hold reviews, proceedings

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


def coming_days(case: CaseRows, as_at: date) -> tuple[Coming, ...]:
    """What is ahead in a case, and meetings that are over and not ticked as held; nothing of a closed case."""
    if is_closed(case.state, as_at):
        return ()
    cases = (case.reference,)
    found = []
    for what, day, each in _open_meetings(case):
        kind: ComingKind = "Not ticked" if day < as_at else "Meeting"
        time, place = clean_text(each.time), clean_text(each.place)
        found.append(Coming(kind, day, what, cases, case.anchor, time, place))
    hold = hold_of(case.state, as_at)
    if hold and hold.review_on and not hold.past_review:  # else a decision is awaited
        what = "Review of the hold on publication"
        found.append(Coming("Hold review", hold.review_on, what, cases, case.anchor))
    for entry in case.state.proceedings:
        if entry.day:
            what = clean_text(": ".join(filter(None, (entry.kind, entry.effect)))) or "Proceedings"
            found.append(Coming("Proceedings", entry.day, what, cases, case.anchor))
    return tuple(sorted(found, key=attrgetter("day", "what")))


def _open_meetings(case: CaseRows) -> Iterator[tuple[str, date, MeetingEntry]]:
    """The meetings neither ticked as held nor settled by a step that is done, each with its name and day.

    A step that an event is about settles one meeting that it names: that of its day, else the earliest left open.
    """
    by_name: defaultdict[str, list[tuple[date, MeetingEntry]]] = defaultdict(list)
    for each in case.state.meetings:
        if each.day:
            by_name[meeting_name(each.kind, case.state.meeting_kinds)[0]].append((each.day, each))
    for kind, meetings in by_name.items():
        done = [each.day for each in case.state.events if each.kind == "Step" and _tells_of(case, each, kind)]
        left = [(day, each) for day, each in meetings if not (each.held or day in done)]
        settled = max(len(done) - (len(meetings) - len(left)), 0)
        yield from ((kind, day, each) for day, each in sorted(left, key=itemgetter(0))[settled:])


def _tells_of(case: CaseRows, event: Event, meeting: str) -> bool:
    """Whether an event, or the step it is of, names a meeting: `Sign off ... at the Leadership meeting`."""
    row = case.by_id.get(event.id)
    texts = (event.text.partition(":")[0], row.action if row else "")
    return meeting != "Meeting" and any(meeting.casefold() in text.casefold() for text in texts)


def coming_of_all(cases: Iterable[CaseRows], as_at: date) -> tuple[Coming, ...]:
    """The same of many cases by day; a meeting that several of them list, a board's say, once."""
    shared: defaultdict[tuple[object, ...], list[Coming]] = defaultdict(list)
    for case in cases:
        for each in coming_days(case, as_at):
            own = "" if each.kind in {"Meeting", "Not ticked"} else each.cases
            shared[each.day, each.kind, each.what, each.time, each.place, own].append(each)
    merged = [
        replace(found[0], cases=tuple(dict.fromkeys(case for each in found for case in each.cases)))
        for found in shared.values()
    ]
    return tuple(sorted(merged, key=attrgetter("day", "what", "cases")))


def events_since(case: CaseRows, since: date, as_at: date) -> tuple[Event, ...]:
    """What happened in a case after a day, oldest first; what happened on that day, the last report had."""
    return tuple(each for each in case.state.events if since < each.day <= as_at)


# Headlines


@dataclass(frozen=True, slots=True)
class Headline:
    """What a case's reader must know first. `rank` sorts the gravest first; `words` may hold a typed action."""

    case: str
    case_anchor: str
    rank: tuple[int, int]
    words: str


def case_headline(case: CaseRows, as_at: date) -> Headline | None:
    """The sentence of a case: its key date that is late or near and what holds it up, else its longest delay."""
    if is_closed(case.state, as_at):
        return None
    overdue = [row for row in case.rows if row.rag == "Overdue"]
    near = by_date(row for row in case.rows if row.grave and row.rag in {"Due today", "Due soon"})
    if late := [row for row in overdue if row.grave]:
        # What a stage leads to matters more than a step on its way.
        ends = case.state.milestones.values()
        weights = {id(each): 2 if each.label in ends else int(each.basis == "Statutory") for each in late}
        row = max(late, key=lambda each: (weights[id(each)], each.days_late or 0))
        statutory = ", a statutory date," if row.basis == "Statutory" else ""
        delay = quantity(row.days_late or 0, "working day")
        rank = (0 if statutory else 1, -(row.days_late or 0))
        words = f"{step_name(row)}{statutory} is {delay} late{_held_up(case, row)}"
    elif near:
        rank = (2, 0)
        row, tomorrow = near[0], as_at + timedelta(days=1)
        on_day = f"on {short_date(row.judged)}" if row.judged else "soon"
        when = "today" if row.judged == as_at else "tomorrow" if row.judged == tomorrow else on_day
        words = f"{step_name(row)} is due {when}{_still_open(case, row)}"
    elif overdue:
        row = max(overdue, key=lambda each: each.days_late or 0)
        blocks = f"; it holds up {listed_first(row.blocks, 2)}" if row.blocks else ""
        days = f", {quantity(row.days_late, 'working day')} late" if row.days_late else ""
        more = f"{quantity(len(overdue), 'action')} overdue, the longest " if len(overdue) > 1 else ""
        rank, words = (3, -(row.days_late or 0)), f"{more}{_step(row)}{days}{blocks}"
    else:
        return None
    return Headline(case.reference, case.anchor, rank, f"{words[0].upper()}{words[1:]}.")


def step_name(row: ReportRow) -> str:
    """A key step by its short name, any other by its ID and what is to be done."""
    own = ":" if row.called != row.label else ""
    return row.short or f"{row.called}{own} {shorten(row.action, _ACTION, placeholder='…')}"


def _step(row: ReportRow) -> str:
    return f"{step_name(row)} ({row.owner or row.who})"


def _first_to_do(rows: Sequence[ReportRow]) -> list[ReportRow]:
    """Those of some open rows that wait for none of the others."""
    labels = {row.label for row in rows}
    return [row for row in rows if labels.isdisjoint(row.after)]


def _still_open(case: CaseRows, row: ReportRow) -> str:
    """What stands before a date that is near."""
    before = case.open_before(row)
    if len(before) < 2:  # noqa: PLR2004  one step is named, of several the first
        return "".join(f"; still open before it: {_step(each)}" for each in before)
    return f"; {len(before)} steps before it are still open, first {_step(_first_to_do(before)[0])}"


def _held_up(case: CaseRows, row: ReportRow) -> str:
    """What holds a late step up, and what else waits for that."""
    first = _first_to_do(case.open_before(row))
    roots = [each for each in first if each.rag in PRESSING] or first
    if not roots:
        return ""
    of_agencies = [each for rows in agency_returns(case).values() for each in rows]
    returns = [each for each in roots if each in of_agencies]
    if len(returns) > 1:
        agencies = sorted(each.label.rpartition("-")[2] for each in returns)
        held = f"{len(returns)} agency returns ({listed_first(agencies, _CODES_NAMED)}) hold up"
        roots = returns
    elif len(roots) == 1:
        held = f"{_step(roots[0])} holds up"
    else:
        held = f"{listed_first((each.called for each in roots), 3)} hold up"
    blocked = Counter(label for each in roots for label in each.blocks).most_common(1)
    if not blocked:
        return f"; still open before it: {listed_first((each.called for each in roots), 3)}"
    waiting = blocked[0][0]  # the step that most of them hold up
    labels = {each.label for each in roots}
    keys = [
        f"the {each.short}" if each.short else each.called
        for each in case.keys
        if each.open
        and each is not row
        and each.label != waiting
        and not labels.isdisjoint(before.label for before in case.open_before(each))
    ]
    and_with = f", and with it {listed(keys)}" if keys else ""
    return f"; {held} {waiting}{and_with}"
