"""What reports remember of their rows, and what moved since: rows done, newly overdue, moved, added or gone.

A report remembers of each row its ID, its dates and its state, and a hash of its words: no text of a case. A year
of such files is a history. They are read as a stream, a line a case, so that thousands of cases need no more memory
than one, and nothing is remembered anywhere else.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from tracker.paths import open_regular
from tracker.problems import codes, problem
from tracker.reconcile.model import case_identity
from tracker.report.rows import PRESSING, safe_id
from tracker.rules import DONE_WORDS
from tracker.text import short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import TextIO

    from tracker.problems import Problem
    from tracker.reconcile.model import Action, PlanAction
    from tracker.report.rows import CaseRows, ReportRow

SCHEMA = "tracker/report/1"
_LARGEST = 20_000_000  # characters of a file that is not laid out a line a case, or of one line
_MONDAYS = 53
_DAYS_LATE_LIMIT = 1_000_000  # no row can be so late
_START = 120  # characters in which a line has named its case
_OWN = ("council", "partnership")
_CASES, _END = '"cases": [\n', "],\n"
DONE, AGREED = "Done", "Agreed date"
_BROKEN = (OSError, ValueError, RecursionError)


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
class EarlierCase:
    """A case as an earlier report had it: its rows by ID, those without one by cell."""

    reference: str
    rows: Mapping[str, EarlierRow]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier report: its day, and its cases by UUID."""

    as_at: date
    cases: Mapping[str, EarlierCase]


@dataclass(frozen=True, slots=True)
class Done:
    """A dated row that was done: the month as `2026-11`, the working days it was late (0: in time), its ID."""

    month: str
    days_late: int
    label: str = ""


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


# What a row is known by


def row_hash(uuid: str, row: ReportRow) -> str:
    """A hash of what people write in a row, its case mixed in, so that equal words of two cases do not show."""
    texts = (uuid, row.action, row.owner, row.named_owner, row.progress, row.reason, row.evidence)
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]


def row_key(row: ReportRow | Action | PlanAction) -> str:
    """What a row of a case is found again by: its ID; a row of a person's own by its cell."""
    return safe_id(row.label) or row.cell


# Reading


class _NotAReportError(ValueError):
    """A file that is no earlier report, with the reason."""


def read_earlier(path: Path) -> tuple[Earlier | None, list[Problem]]:
    """An earlier report's JSON, or what is wrong with the file."""
    cases: dict[str, EarlierCase] = {}
    try:
        with _open_report(path) as (as_at, lines):
            for line in lines:
                uuid, reference, rows = _case(line)
                before = cases.get(uuid)  # where two workbooks of it were counted
                merged = {**before.rows, **dict(rows)} if before else dict(rows)
                cases[uuid] = EarlierCase(reference, merged)
    except _BROKEN as error:
        reason = str(error) if isinstance(error, _NotAReportError) else "text that is not JSON"
        if isinstance(error, OSError):
            reason = error.strerror or "a file that cannot be read"
        return None, [problem(codes.NOT_AN_EARLIER_REPORT, file=str(path), reason=reason)]
    return Earlier(as_at, cases), []


@contextmanager
def _open_report(path: Path) -> Iterator[tuple[date, Iterator[str]]]:
    """The day of a report and the lines of its cases: as we lay them out, else from the whole text."""
    with TextIOWrapper(open_regular(path), "utf-8-sig") as file:
        first = file.readline(_LARGEST)
        if first.startswith("{") and first.endswith(",\n") and file.readline(len(_CASES)) == _CASES:
            yield _as_at(json.loads(f"{first[:-2]}}}")), _lines(file)
            return
        file.seek(0)
        text = file.read(_LARGEST + 1)
        if len(text) > _LARGEST:
            raise _NotAReportError("a file of more than 20 MB that is not a line a case")
        record = json.loads(text)
        as_at = _as_at(record)
        if not isinstance(record.get("cases"), list):
            raise _NotAReportError("a report that is not whole")
        yield as_at, (json.dumps(case, ensure_ascii=False) for case in record["cases"])


def _as_at(record: Any) -> date:
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise _NotAReportError(f"no schema {SCHEMA}")
    try:
        return date.fromisoformat(record["as_at"])
    except (KeyError, TypeError, ValueError):
        raise _NotAReportError("a report that is not whole") from None


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of the cases, without the comma between them."""
    while (line := file.readline(_LARGEST)) != _END:
        if not line.endswith("\n"):
            raise _NotAReportError("a report that is not whole")
        if line != "\n":  # where there is no case at all
            yield line.removesuffix("\n").removesuffix(",")


def _case(line: str) -> tuple[str, str, list[tuple[str, EarlierRow]]]:
    """A case of an earlier report: its UUID, its reference and its rows by what they are known by."""
    try:
        record = json.loads(line)
        rows = [
            (sys.intern(str(row.get("id") or row["cell"])), _row(row))
            for row in [*record["actions"], *record["action_plan"]]
        ]
        return str(record["uuid"]), str(record["reference"]), rows
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _NotAReportError("a report that is not whole") from None


def _row(row: Mapping[str, Any]) -> EarlierRow:
    """A row; a history leaves out what is blank, a report in JSON does not."""
    late = row.get("days_late")
    if late is not None and not -_DAYS_LATE_LIMIT < late < _DAYS_LATE_LIMIT:  # NaN, too, is not between them
        raise ValueError("no number of days")
    return EarlierRow(
        sys.intern(str(row["rag"])),
        _day(row.get("due") or row.get("target")),
        _day(row.get("agreed")),
        _day(row.get("completed")),
        None if late is None else int(late),
        sys.intern(str(row["employer"])),
        str(row["hash"]),
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


# A year of them


class DoneKnown:
    """The dated rows of our own that were done, by case: as the last report that knew them had them."""

    def __init__(self) -> None:
        """Nothing is known."""
        self.cases: dict[str, dict[str, Done]] = {}
        self._seen: dict[str, int] = {}

    def add(self, line: str) -> None:
        """A case as a later report has it. Most lines are the same every week; they are read once."""
        name, same = line[:_START], hash(line)
        if self._seen.get(name) != same:
            uuid, _, rows = _case(line)
            self.put(uuid, rows)
            self._seen[name] = same

    def put(self, uuid: str, rows: Sequence[tuple[str, EarlierRow | Action | PlanAction]]) -> None:
        """A case's rows as they are now."""
        case = self.cases.setdefault(uuid, {})
        for key, _ in rows:
            case.pop(key, None)
        for key, row in rows:
            done = row.rag in DONE_WORDS and row.employer in _OWN and (row.due or row.agreed)
            if done and row.completed:
                case[key] = Done(sys.intern(row.completed.isoformat()[:7]), row.days_late or 0, key)


def done_in(folder: Path, kinds: Iterable[str], as_at: date) -> DoneKnown:
    """What a year of Mondays of each kind, in a folder, lists as done; what is no report is passed over."""
    dated, known = [], DoneKnown()
    for kind in dict.fromkeys(kinds):
        for path in sorted(folder.glob(f"{kind}-*.json"))[-_MONDAYS:]:
            with suppress(*_BROKEN), _open_report(path) as (day, _):
                dated.append((day, path.name, path))
    for day, _, path in sorted(dated):
        if day <= as_at:
            # Of one that breaks off, what stands before the break.
            with suppress(*_BROKEN), _open_report(path) as (_, lines):
                for line in lines:
                    known.add(line)
    return known


def done_by_month(known: DoneKnown, cases: Sequence[CaseRows]) -> list[Done]:
    """Every dated row of our own that was done; what earlier reports knew is brought up to date."""
    for case in cases:
        known.put(case_identity(case.state), [(row_key(row), row) for row in case.state.rows])
    return [done for case in known.cases.values() for done in case.values()]


# Movement


def rows_done(earlier: Earlier, cases: Sequence[CaseRows]) -> list[ReportRow]:
    """The rows done since an earlier report: open then, or not known then and completed after its day."""
    found = []
    for case in cases:
        known = earlier.cases.get(case_identity(case.state))
        rows = known.rows if known else {}
        for row in case.rows:
            if before := rows.get(row_key(row)):
                new = before.rag not in DONE_WORDS
            else:
                new = row.completed is not None and row.completed > earlier.as_at
            if new and row.rag in DONE_WORDS:
                found.append(row)
    return found


def has_moved(earlier: Earlier, case: CaseRows) -> bool:
    """Whether a case that an earlier report knew is not as it was."""
    known = earlier.cases.get(case_identity(case.state))
    if known is None:
        return False
    held = case.holding(case.rows)
    return bool([*_moves(known.rows, held), *_reworded(known.rows, held)])


def movement(earlier: Earlier, cases: Sequence[CaseRows], unmoved: Sequence[CaseRows] = ()) -> Movement:
    """What moved since an earlier report; a case that it did not know is only named.

    `unmoved` are further cases, as the earlier report had them or new to it.
    """
    moves: list[Move] = []
    words, new = [], []
    clocks: Counter[tuple[str, str]] = Counter()
    gone = dict(earlier.cases)
    for case in (*cases, *unmoved):
        uuid = case_identity(case.state)
        gone.pop(uuid, None)
        if uuid not in earlier.cases:
            new.append(case.reference)
    for case in cases:
        known = earlier.cases.get(case_identity(case.state))
        if known is None:
            continue
        rows = known.rows
        moves += _moves(rows, case)
        if reworded := _reworded(rows, case):
            words.append((case.reference, reworded))
        for row in case.rows:
            before = rows.get(row_key(row))
            if before and row.open and row.counted_from and before.due != row.due:
                clocks[case.reference, row.counted_from] += 1
    return Movement(
        since=earlier.as_at,
        moves=tuple(moves),
        clocks=tuple((*key, clocks[key]) for key in sorted(clocks)),
        words=tuple(words),
        new_cases=tuple(new),
        gone_cases=tuple(sorted(case.reference for case in gone.values())),
    )


def _moves(rows: Mapping[str, EarlierRow], case: CaseRows) -> Iterator[Move]:
    now: dict[str, ReportRow] = {}
    for row in case.rows:
        now.setdefault(row_key(row), row)  # of a copied row its original speaks
    for key, row in now.items():
        for what, was, is_now in _what(rows.get(key), row):
            yield Move(case.reference, case.anchor, row.label, row.action, what, was, is_now)
    for key, before in rows.items():
        if key not in now:
            yield Move(case.reference, case.anchor, key, "", "Gone", before.rag, "")


def _reworded(rows: Mapping[str, EarlierRow], case: CaseRows) -> tuple[str, ...]:
    """The rows in which something else was written, and no state or date moved."""
    found: dict[str, None] = {}
    for row in case.rows:
        before = rows.get(row_key(row))
        reworded = before and before.hash != row_hash(case_identity(case.state), row)
        if reworded and not any(_what(before, row)):
            found[row.label] = None
    return tuple(found)


def _what(before: EarlierRow | None, row: ReportRow) -> Iterator[tuple[str, str, str]]:
    if before is None:
        yield "Added", "", row.rag
        return
    if state := _state_words(before.rag, row.rag):
        yield state, before.rag, row.rag
    if before.agreed != row.agreed:
        yield AGREED, _day_words(before.agreed), _day_words(row.agreed)
    if not row.counted_from and before.due != row.due:
        yield "Due date", _day_words(before.due), _day_words(row.due)


def _state_words(was: str, now: str) -> str:
    """The words for a change of state; none for one that only time brought about."""
    if was == now:
        return ""
    if now in DONE_WORDS:
        return "" if was in DONE_WORDS else DONE
    if was in DONE_WORDS:
        return "Reopened"
    if now in PRESSING:
        return now
    if was in PRESSING:
        return f"No longer {was.lower()}"
    if "Not applicable" in {was, now}:
        return "State"
    return ""


def _day_words(day: date | None) -> str:
    return short_date(day) if day else "none"
