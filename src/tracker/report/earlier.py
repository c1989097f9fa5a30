"""Earlier reports' JSON, read as a stream: a line a case, so that thousands of cases need no more memory than one.

Nothing is remembered anywhere else.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from tracker.paths import open_regular
from tracker.problems import codes, problem
from tracker.report.figures import OWN, Done
from tracker.rules import DONE_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import TextIO

    from tracker.problems import Problem

SCHEMA = "tracker/report/1"
LARGEST = 20_000_000
"""Characters of a file that is not laid out a line a case, or of one line."""
MONDAYS = 53
_LONGEST = 1_000_000
"""Working days that no row can be late."""
_CASES, _END = '"cases": [\n', "],\n"


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

    def rows(self, uuid: str) -> Mapping[str, EarlierRow]:
        """The rows of a case; none of one it did not know."""
        case = self.cases.get(uuid)
        return case.rows if case else {}


class _NotAReportError(Exception):
    """A file that is no earlier report; the message says why."""


def read_earlier(path: Path) -> tuple[Earlier | None, list[Problem]]:
    """An earlier report's JSON, or what is wrong with the file."""
    cases: dict[str, EarlierCase] = {}
    try:
        with TextIOWrapper(open_regular(path), "utf-8-sig") as file:
            as_at, lines = _opened(file)
            for line in lines:
                uuid, case = _case(line)
                before = cases.get(uuid)  # where two workbooks of it were counted
                cases[uuid] = EarlierCase(case.reference, {**before.rows, **case.rows}) if before else case
    except (OSError, _NotAReportError, ValueError, RecursionError) as error:
        return None, [problem(codes.NOT_AN_EARLIER_REPORT, file=str(path), reason=_reason(error))]
    return Earlier(as_at, cases), []


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or "a file that cannot be read"
    return str(error) if isinstance(error, _NotAReportError) else "text that is not JSON"


def _case(line: str) -> tuple[str, EarlierCase]:
    """A case of an earlier report, with its UUID."""
    try:
        record = _record(line)
        rows = {_key(each): _row(each) for each in _rows(record)}
        return str(record["uuid"]), EarlierCase(str(record["reference"]), rows)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _NotAReportError("a report that is not whole") from None


def _record(line: str) -> dict[str, Any]:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise TypeError("a case is a record")
    return record


def _rows(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows of a case; a history leaves out what is blank, a report in JSON does not."""
    return [*record["actions"], *record["action_plan"]]


def _key(row: Mapping[str, Any]) -> str:
    return sys.intern(str(row.get("id") or row["cell"]))


def _row(row: Mapping[str, Any]) -> EarlierRow:
    late = row.get("days_late")
    return EarlierRow(
        sys.intern(str(row["rag"])),
        _day(row.get("due") or row.get("target")),
        _day(row.get("agreed")),
        _day(row.get("completed")),
        None if late is None else _number_of_days(late),
        sys.intern(str(row["employer"])),
        str(row["hash"]),
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _number_of_days(value: float) -> int:
    """A number of days as JSON has it, which may be anything that somebody typed there.

    Raises:
        TypeError, ValueError: It is none, or one that no count of days can be.
    """
    if not -_LONGEST < value < _LONGEST:  # NaN, too, is not between them
        raise ValueError("no number of days")
    return int(value)


# The file


def _opened(file: TextIO) -> tuple[date, Iterator[str]]:
    """The day of a report and the lines of its cases: as we lay them out, else from the whole text."""
    first = file.readline(LARGEST)
    if first.startswith("{") and first.endswith(",\n") and file.readline(len(_CASES)) == _CASES:
        return _as_at(json.loads(f"{first[:-2]}}}")), _lines(file)
    file.seek(0)
    text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise _NotAReportError("a file of more than 20 MB that is not a line a case")
    record = json.loads(text)
    as_at = _as_at(record)
    try:
        cases = [json.dumps(case, ensure_ascii=False) for case in record["cases"]]
    except (KeyError, TypeError):
        raise _NotAReportError("a report that is not whole") from None
    return as_at, iter(cases)


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of the cases, without the comma between them."""
    while True:
        line = file.readline(LARGEST)
        if line == _END:
            return
        if not line.endswith("\n"):
            raise _NotAReportError("a report that is not whole")
        if line != "\n":  # where there is no case at all
            yield line.removesuffix("\n").removesuffix(",")


def _as_at(record: Any) -> date:
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise _NotAReportError(f"no schema {SCHEMA}")
    try:
        return date.fromisoformat(record["as_at"])
    except (KeyError, TypeError, ValueError):
        raise _NotAReportError("a report that is not whole") from None


# A year of them


class DoneKnown:
    """The rows that were done, by case: as the last report that knew them had them.

    Most lines are the same every week; they are read once.
    """

    def __init__(self) -> None:
        """Nothing is known."""
        self._cases: dict[str, dict[str, Done]] = {}
        self._seen: dict[str, int] = {}

    def add(self, line: str) -> None:
        """A case as a later report has it. What raises is no line of a report."""
        name, same = line[:_START], hash(line)
        if self._seen.get(name) == same:
            return
        record = _record(line)
        rows = _rows(record)
        self.put(str(record["uuid"]), [_key(row) for row in rows], _done(rows))
        self._seen[name] = same

    def put(self, uuid: str, labels: Iterable[str], done: Iterable[Done]) -> None:
        """A case's rows as they are now, and those of them that are done."""
        case = self._cases.setdefault(uuid, {})
        for label in labels:
            case.pop(label, None)
        case |= {each.label: each for each in done}

    def rows(self) -> Iterator[Done]:
        """Every row that was done."""
        for case in self._cases.values():
            yield from case.values()


def _done(rows: Sequence[Mapping[str, Any]]) -> list[Done]:
    """The dated rows of our own that were done."""
    return [
        Done(sys.intern(completed.isoformat()[:7]), _number_of_days(row.get("days_late") or 0), _key(row))
        for row in rows
        if row["rag"] in DONE_WORDS and row["employer"] in OWN and (completed := _day(row.get("completed")))
        if row.get("due") or row.get("target") or row.get("agreed")
    ]


_START = 120
"""Characters in which a line has named its case."""


def done_in(folder: Path, kinds: Sequence[str], as_at: date) -> DoneKnown:
    """What a year of Mondays of each kind, in a folder, lists as done."""
    known = DoneKnown()
    for day, _, path in _dated(folder, kinds):
        if day <= as_at:
            _add_done(path, known)
    return known


def _add_done(path: Path, known: DoneKnown) -> None:
    """What one report lists as done; of one that breaks off, what stands before the break."""
    broken = (OSError, _NotAReportError, ValueError, RecursionError, KeyError, TypeError, AttributeError)
    with suppress(*broken), TextIOWrapper(open_regular(path), "utf-8-sig") as file:
        for line in _opened(file)[1]:
            known.add(line)


def _dated(folder: Path, kinds: Sequence[str]) -> list[tuple[date, str, Path]]:
    """The reports of some kinds in a folder by their day, the oldest first; what is no report is passed over."""
    names = [sorted(folder.glob(f"{kind}-*.json"))[-MONDAYS:] for kind in dict.fromkeys(kinds)]
    found = []
    for path in (path for paths in names for path in paths):
        try:
            with TextIOWrapper(open_regular(path), "utf-8-sig") as file:
                found.append((_opened(file)[0], path.name, path))
        except (OSError, _NotAReportError, ValueError, RecursionError):
            continue
    return sorted(found)
