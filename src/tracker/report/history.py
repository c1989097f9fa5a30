"""An earlier report's JSON, and what moved since: rows done, newly overdue, moved, added or gone.

A report remembers of each row its ID, its dates and its state, and a hash of its words: no text of a case. A year
of such files is a history.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.problems import problem
from tracker.reconcile.model import case_identity
from tracker.report.chart import OWN, Done
from tracker.rules import DONE_WORDS, NEEDS_SOMEONE
from tracker.text import refusal, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.report.lines import CaseRows, Line

SCHEMA = "tracker/report/1"
LARGEST = 20_000_000
MONDAYS = 53
_ID = re.compile(r"[A-Z]{1,8}-[0-9][0-9.]{0,7}[a-z]{0,2}(-[A-Z0-9]{1,12})?")
_PRESSING = NEEDS_SOMEONE[:3]

Key = tuple[str, str]
"""A case's UUID, and a row's ID or its cell."""


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """A row as an earlier report had it."""

    rag: str
    due: date | None
    agreed: date | None
    completed: date | None
    days_late: int | None
    employer: str
    hash: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier report: its day, its cases by UUID, its rows."""

    as_at: date
    cases: Mapping[str, str]
    rows: Mapping[Key, EarlierRow]


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


def row_hash(uuid: str, *texts: str) -> str:
    """A hash of a row's words, its case mixed in, so that equal words of two cases do not show."""
    return hashlib.sha256("\x1f".join((uuid, *texts)).encode()).hexdigest()[:16]


def line_hash(uuid: str, line: Line) -> str:
    """The hash of what people write in a row."""
    return row_hash(
        uuid, line.action, line.owner, line.named_owner, line.progress, line.reason, line.evidence
    )


def line_key(case: CaseRows, line: Line) -> Key:
    """What a row is found again by: its ID; a row of a person's own by its cell."""
    return case_identity(case.state), safe_id(line.label) or line.cell


# Reading


def read_earlier(path: Path) -> tuple[Earlier | None, list[Problem]]:
    """An earlier report's JSON, or what is wrong with the file."""
    try:
        if path.stat().st_size > LARGEST:
            return None, [problem("T146", file=str(path), reason="a file of more than 20 MB")]
        record = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        return None, [problem("T146", file=str(path), reason=refusal(error))]
    except (ValueError, RecursionError):
        return None, [problem("T146", file=str(path), reason="text that is not JSON")]
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        return None, [problem("T146", file=str(path), reason=f"no schema {SCHEMA}")]
    try:
        return _earlier(record), []
    except (KeyError, TypeError, ValueError, AttributeError):
        return None, [problem("T146", file=str(path), reason="a report that is not whole")]


def _earlier(record: Mapping[str, Any]) -> Earlier:
    rows: dict[Key, EarlierRow] = {}
    for case in record["cases"]:
        for each in (*case["actions"], *case["action_plan"]):
            rows[str(case["uuid"]), str(each["id"] or each["cell"])] = EarlierRow(
                rag=str(each["rag"]),
                due=_day(each.get("due") or each.get("target")),
                agreed=_day(each["agreed"]),
                completed=_day(each["completed"]),
                days_late=int(each["days_late"]) if each["days_late"] is not None else None,
                employer=str(each["employer"]),
                hash=str(each["hash"]),
            )
    cases = {str(case["uuid"]): str(case["reference"]) for case in record["cases"]}
    return Earlier(date.fromisoformat(record["as_at"]), cases, rows)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def histories(folder: Path, kinds: Sequence[str], as_at: date) -> list[Earlier]:
    """The earlier reports of some kinds in a folder, the oldest first: a year of Mondays of each."""
    names = [sorted(folder.glob(f"{kind}-*.json"))[-MONDAYS:] for kind in dict.fromkeys(kinds)]
    found = [read_earlier(path)[0] for paths in names for path in paths]
    return sorted((each for each in found if each and each.as_at <= as_at), key=lambda each: each.as_at)


def done_by_month(reports: Iterable[Earlier], cases: Sequence[CaseRows]) -> list[Done]:
    """Every dated row of our own that was done, as the last report that knew it had it."""
    known: dict[Key, EarlierRow] = {}
    for report in reports:
        known.update(report.rows)
    known.update(dict(_now(cases)))
    return [
        Done(f"{row.completed:%Y-%m}", row.days_late or 0)
        for row in known.values()
        if row.rag in DONE_WORDS and row.completed and (row.due or row.agreed) and row.employer in OWN
    ]


def _now(cases: Sequence[CaseRows]) -> Iterator[tuple[Key, EarlierRow]]:
    for case in cases:
        for line in case.lines:
            row = EarlierRow(line.rag, line.due, line.agreed, line.completed, line.days_late, line.employer,
                             line_hash(case_identity(case.state), line))  # fmt: skip
            yield line_key(case, line), row


# Movement


def done_lines(earlier: Earlier, cases: Sequence[CaseRows]) -> list[Line]:
    """The rows done since an earlier report: open then, or not known then and completed after its day."""
    found = []
    for case in cases:
        for line in case.lines:
            before = earlier.rows.get(line_key(case, line))
            known = before is not None and before.rag not in DONE_WORDS
            new = before is None and line.completed is not None and line.completed > earlier.as_at
            if line.rag in DONE_WORDS and (known or new):
                found.append(line)
    return found


def movement(earlier: Earlier, cases: Sequence[CaseRows]) -> Movement:
    """What moved since an earlier report; a case that it did not know is only named."""
    known = [case for case in cases if case_identity(case.state) in earlier.cases]
    moves = [move for case in known for move in _moves(earlier, case)]
    words = ((case.reference, _reworded(earlier, case)) for case in known)
    clocks: Counter[tuple[str, str]] = Counter()
    for case in known:
        for line in case.lines:
            before = earlier.rows.get(line_key(case, line))
            if before and line.open and line.counted_from and before.due != line.due:
                clocks[case.reference, line.counted_from] += 1
    here = {case_identity(case.state) for case in cases}
    return Movement(
        since=earlier.as_at,
        moves=tuple(moves),
        clocks=tuple((*key, clocks[key]) for key in sorted(clocks)),
        words=tuple(each for each in words if each[1]),
        new_cases=tuple(case.reference for case in cases if case_identity(case.state) not in earlier.cases),
        gone_cases=tuple(sorted(name for uuid, name in earlier.cases.items() if uuid not in here)),
    )


def _moves(earlier: Earlier, case: CaseRows) -> Iterator[Move]:
    seen: set[Key] = set()
    for line in case.lines:
        key = line_key(case, line)
        if key in seen:
            continue  # a copied row: its original has spoken
        seen.add(key)
        before = earlier.rows.get(key)
        for what, was, now in _what(before, line):
            yield Move(case.reference, case.anchor, line.label, line.action, what, was, now)
    for key, row in earlier.rows.items():
        if key[0] == case_identity(case.state) and key not in seen:
            yield Move(case.reference, case.anchor, key[1], "", "Gone", row.rag, "")


def _reworded(earlier: Earlier, case: CaseRows) -> tuple[str, ...]:
    """The rows in which something else was written, and no state or date moved."""
    found = []
    for line in case.lines:
        before = earlier.rows.get(line_key(case, line))
        if (
            before
            and before.hash != line_hash(case_identity(case.state), line)
            and not list(_what(before, line))
        ):
            found.append(line.label)
    return tuple(dict.fromkeys(found))


def _what(before: EarlierRow | None, line: Line) -> Iterator[tuple[str, str, str]]:
    if before is None:
        yield "Added", "", line.rag
        return
    said = _state_said(before.rag, line.rag)
    if said:
        yield said, before.rag, line.rag
    if before.agreed != line.agreed:
        yield "Agreed date", _said(before.agreed), _said(line.agreed)
    if not line.counted_from and before.due != line.due:
        yield "Due date", _said(before.due), _said(line.due)


def _state_said(was: str, now: str) -> str:
    """How a change of state is called; one that only time brought about is not told."""
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


def _said(day: date | None) -> str:
    return short_date(day) if day else "none"
