"""The first sentences of a report: which case is late, what stands in the way of its next key date.

Example:
    >>> case_headline(case, as_at).words
    'SIN to the National Panel is due tomorrow; still open before it: SIN-3.3c Sign off the SIN (Executive Director)'
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from textwrap import shorten
from typing import TYPE_CHECKING

from tracker.report.frame import is_closed
from tracker.report.lines import by_date
from tracker.report.sections import agency_returns
from tracker.text import listed, listed_first, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from tracker.report.lines import CaseRows, ReportRow

_PRESSING = ("Overdue", "Chase", "Provisional, passed")
_SOON = ("Due today", "Due soon")
_ACTION = 90  # characters of an action in a sentence
_CODES_NAMED = 6


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
    grave = [row for row in case.lines if row.key or row.basis == "Statutory"]
    late = [row for row in grave if row.rag == "Overdue"]
    if late:
        row = max(late, key=lambda each: (_weight(case, each), each.days_late or 0))
        statutory = ", a statutory date," if row.basis == "Statutory" else ""
        words = f"{step_name(row)}{statutory} is {quantity(row.days_late or 0, 'working day')} late"
        return _headline(case, (0 if statutory else 1, -(row.days_late or 0)), words + _held_up(case, row))
    if near := by_date(row for row in grave if row.rag in _SOON):
        day = near[0].judged
        words = f"{step_name(near[0])} is due {_day_words(day, as_at)}" + _still_open(case, near[0])
        return _headline(case, (2, 0), words)
    if other := [row for row in case.lines if row.rag == "Overdue"]:
        row = max(other, key=lambda each: each.days_late or 0)
        blocks = f"; it holds up {listed_first(row.blocks, 2)}" if row.blocks else ""
        days = f", {quantity(row.days_late, 'working day')} late" if row.days_late else ""
        more = f"{quantity(len(other), 'action')} overdue, the longest " if len(other) > 1 else ""
        return _headline(case, (3, -(row.days_late or 0)), f"{more}{_step(row)}{days}{blocks}")
    return None


def _headline(case: CaseRows, rank: tuple[int, int], words: str) -> Headline:
    return Headline(case.reference, case.anchor, rank, f"{words[0].upper()}{words[1:]}.")


def _weight(case: CaseRows, row: ReportRow) -> int:
    """What a stage leads to says more than a step on its way."""
    return 2 if row.label in case.state.milestones.values() else int(row.basis == "Statutory")


def step_name(row: ReportRow) -> str:
    """A key step by its short name, any other by its ID and what is to be done."""
    own = ":" if row.called != row.label else ""
    return row.short or f"{row.called}{own} {shorten(row.action, _ACTION, placeholder='…')}"


def _step(row: ReportRow) -> str:
    return f"{step_name(row)} ({row.owner or row.who})"


def _day_words(day: date | None, as_at: date) -> str:
    if day == as_at:
        return "today"
    if day == as_at + timedelta(days=1):
        return "tomorrow"
    return f"on {short_date(day)}" if day else "soon"


def _first_to_do(rows: Sequence[ReportRow]) -> list[ReportRow]:
    """Those of some open rows that wait for none of the others."""
    labels = {row.label for row in rows}
    return [row for row in rows if labels.isdisjoint(row.after)]


def _still_open(case: CaseRows, row: ReportRow) -> str:
    """What stands before a date that is near."""
    before = case.open_before(row)
    if not before:
        return ""
    if len(before) == 1:
        return f"; still open before it: {_step(before[0])}"
    first = _first_to_do(before)[0]
    return f"; {len(before)} steps before it are still open, first {_step(first)}"


def _held_up(case: CaseRows, row: ReportRow) -> str:
    """What holds a late step up, and what else waits for that."""
    before = case.open_before(row)
    roots = [each for each in _first_to_do(before) if each.rag in _PRESSING] or _first_to_do(before)
    if not roots:
        return ""
    returns = [each for each in roots if _return_of(case, each)]
    if len(returns) > 1:
        codes = sorted(each.label.rpartition("-")[2] for each in returns)
        held = f"{len(returns)} agency returns ({listed_first(codes, _CODES_NAMED)}) hold up"
        roots = returns
    elif len(roots) == 1:
        held = f"{_step(roots[0])} holds up"
    else:
        held = f"{listed_first((each.called for each in roots), 3)} hold up"
    waiting = _common(each.blocks for each in roots)
    if not waiting:
        return f"; still open before it: {listed_first((each.called for each in roots), 3)}"
    keys = [
        f"the {each.short}" if each.short else each.called
        for each in case.keys
        if each.open and each is not row and each.label != waiting and _waits_for(case, each, roots)
    ]
    and_with = f", and with it {listed(keys)}" if keys else ""
    return f"; {held} {waiting}{and_with}"


def _return_of(case: CaseRows, row: ReportRow) -> bool:
    return any(row in rows for rows in agency_returns(case).values())


def _waits_for(case: CaseRows, row: ReportRow, roots: Iterable[ReportRow]) -> bool:
    before = {each.label for each in case.open_before(row)}
    return any(root.label in before for root in roots)


def _common(blocked: Iterable[tuple[str, ...]]) -> str:
    """The step that most of some rows hold up."""
    counts: defaultdict[str, int] = defaultdict(int)
    for labels in blocked:
        for label in labels:
            counts[label] += 1
    return max(counts, key=lambda label: counts[label], default="")
