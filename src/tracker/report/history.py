"""What moved since an earlier report: rows done, newly overdue, moved, added or gone.

A report remembers of each row its ID, its dates and its state, and a hash of its words: no text of a case. A year
of such files is a history.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.reconcile.model import case_identity
from tracker.report.figures import OWN, Done
from tracker.rules import DONE_WORDS, NEEDS_SOMEONE
from tracker.text import short_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from tracker.report.earlier import DoneKnown, Earlier, EarlierRow
    from tracker.report.lines import CaseRows, ReportRow

_ID = re.compile(r"[A-Z]{1,8}-[0-9][0-9.]{0,7}[a-z]{0,2}(-[A-Z0-9]{1,12})?")
_PRESSING = NEEDS_SOMEONE[:3]


@dataclass(frozen=True, slots=True)
class Move:
    """A row that is not as it was: what happened, and the state or date before and after."""

    case: str
    anchor: str
    label: str
    action: str
    what: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Movement:
    """What moved since an earlier report.

    `clocks` counts due dates that moved with a clock: case, clock, rows. `words` names rows of a case in which
    only words changed.
    """

    since: date
    moves: tuple[Move, ...]
    clocks: tuple[tuple[str, str, int], ...]
    words: tuple[tuple[str, tuple[str, ...]], ...]
    new_cases: tuple[str, ...]
    gone_cases: tuple[str, ...]


def safe_id(row_id: str) -> str:
    """An ID as we give them; anything else typed there might be words."""
    return row_id if _ID.fullmatch(row_id) else ""


def line_hash(uuid: str, row: ReportRow) -> str:
    """A hash of what people write in a row, its case mixed in, so that equal words of two cases do not show."""
    texts = (uuid, row.action, row.owner, row.named_owner, row.progress, row.reason, row.evidence)
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]


def row_key(row: ReportRow) -> str:
    """What a row of a case is found again by: its ID; a row of a person's own by its cell."""
    return safe_id(row.label) or row.cell


def done_by_month(known: DoneKnown, cases: Sequence[CaseRows]) -> list[Done]:
    """Every dated row of our own that was done; what earlier reports knew is brought up to date."""
    for case in cases:
        rows = [(row_key(row), row) for row in case.lines]
        known.put(
            case_identity(case.state),
            [label for label, _ in rows],
            [
                Done(f"{row.completed:%Y-%m}", row.days_late or 0, label)
                for label, row in rows
                if row.rag in DONE_WORDS and row.completed and row.employer in OWN
                if row.due or row.agreed
            ],
        )
    return list(known.rows())


# Movement


def done_lines(earlier: Earlier, cases: Sequence[CaseRows]) -> list[ReportRow]:
    """The rows done since an earlier report: open then, or not known then and completed after its day."""
    found = []
    for case in cases:
        rows = earlier.rows(case_identity(case.state))
        for row in case.lines:
            before = rows.get(row_key(row))
            known = before is not None and before.rag not in DONE_WORDS
            new = before is None and row.completed is not None and row.completed > earlier.as_at
            if row.rag in DONE_WORDS and (known or new):
                found.append(row)
    return found


def has_moved(earlier: Earlier, case: CaseRows) -> bool:
    """Whether a case that an earlier report knew is not as it was."""
    rows = earlier.rows(case_identity(case.state))
    known = case_identity(case.state) in earlier.cases
    return known and (any(True for _ in _moves(rows, case)) or bool(_reworded(rows, case)))


def movement(earlier: Earlier, cases: Sequence[CaseRows]) -> Movement:
    """What moved since an earlier report; a case that it did not know is only named."""
    known = [case for case in cases if case_identity(case.state) in earlier.cases]
    moves: list[Move] = []
    words = []
    clocks: Counter[tuple[str, str]] = Counter()
    for case in known:
        rows = earlier.rows(case_identity(case.state))
        moves += _moves(rows, case)
        words.append((case.reference, _reworded(rows, case)))
        for row in case.lines:
            before = rows.get(row_key(row))
            if before and row.open and row.counted_from and before.due != row.due:
                clocks[case.reference, row.counted_from] += 1
    named = [(case_identity(case.state), case.reference) for case in cases]
    here = {uuid for uuid, _ in named}
    return Movement(
        since=earlier.as_at,
        moves=tuple(moves),
        clocks=tuple((*key, clocks[key]) for key in sorted(clocks)),
        words=tuple(each for each in words if each[1]),
        new_cases=tuple(reference for uuid, reference in named if uuid not in earlier.cases),
        gone_cases=tuple(sorted(case.reference for uuid, case in earlier.cases.items() if uuid not in here)),
    )


def _moves(rows: Mapping[str, EarlierRow], case: CaseRows) -> Iterator[Move]:
    seen: set[str] = set()
    for line in case.lines:
        key = row_key(line)
        if key in seen:
            continue  # a copied row: its original has spoken
        seen.add(key)
        for what, was, now in _what(rows.get(key), line):
            yield Move(case.reference, case.anchor, line.label, line.action, what, was, now)
    for key, row in rows.items():
        if key not in seen:
            yield Move(case.reference, case.anchor, key, "", "Gone", row.rag, "")


def _reworded(rows: Mapping[str, EarlierRow], case: CaseRows) -> tuple[str, ...]:
    """The rows in which something else was written, and no state or date moved."""
    found = []
    for row in case.lines:
        before = rows.get(row_key(row))
        reworded = before and before.hash != line_hash(case_identity(case.state), row)
        if reworded and not list(_what(before, row)):
            found.append(row.label)
    return tuple(dict.fromkeys(found))


def _what(before: EarlierRow | None, row: ReportRow) -> Iterator[tuple[str, str, str]]:
    if before is None:
        yield "Added", "", row.rag
        return
    state = _state_words(before.rag, row.rag)
    if state:
        yield state, before.rag, row.rag
    if before.agreed != row.agreed:
        yield "Agreed date", _day_words(before.agreed), _day_words(row.agreed)
    if not row.counted_from and before.due != row.due:
        yield "Due date", _day_words(before.due), _day_words(row.due)


def _state_words(was: str, now: str) -> str:
    """The words for a change of state; none for one that only time brought about."""
    if was == now:
        return ""
    if now in DONE_WORDS:
        return "" if was in DONE_WORDS else "Done"
    if was in DONE_WORDS:
        return "Reopened"
    if now in _PRESSING:
        return now
    if was in _PRESSING:
        return f"No longer {was.lower()}"
    if "Not applicable" in {was, now}:
        return "State"
    return ""


def _day_words(day: date | None) -> str:
    return short_date(day) if day else "none"
