"""Earlier reports' JSON, read as a stream: a line a case, so that thousands of cases need no more memory than one.

Nothing is remembered anywhere else: the file beside the last report says which workbooks were read, and what stood
in those of cases that are over.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from tracker.paths import open_regular
from tracker.problems import problem
from tracker.report.resting import (
    DoneRow,
    Resting,
    day_of,
    days_of,
    done_rows,
    pack,
    read_line,
    resting_of,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import TextIO

    from tracker.problems import Problem

SCHEMA = "tracker/report/1"
LARGEST = 20_000_000
"""Characters of a file that is not laid out a line a case, or of one line."""
MONDAYS = 53
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
    """A case as an earlier report had it: its lines, packed (more than one where two workbooks were counted)."""

    reference: str
    packed: tuple[bytes, ...]

    def rows(self) -> dict[str, EarlierRow]:
        """Its rows by ID, those without one by cell."""
        found: dict[str, EarlierRow] = {}
        for line in self.packed:
            found |= _rows(read_line(unpacked(line)))
        return found

    def same(self, line: bytes) -> bool:
        """Whether a packed line says what was said of the case then."""
        return self.packed == (line,)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier report: its day, its cases by UUID, its cases at rest by their workbook's digest.

    `made_with` tells what judged it: another program or procedure might judge otherwise.
    """

    as_at: date
    cases: Mapping[str, EarlierCase]
    at_rest: Mapping[str, Resting] = field(default_factory=dict)
    made_with: str = ""

    def rows(self, uuid: str) -> Mapping[str, EarlierRow]:
        """The rows of a case; none of one it did not know."""
        case = self.cases.get(uuid)
        return case.rows() if case else {}


@dataclass(frozen=True, slots=True)
class _Head:
    as_at: date
    made_with: str


class _NotAReportError(Exception):
    """A file that is no earlier report; the message says why."""


def read_earlier(path: Path) -> tuple[Earlier | None, list[Problem]]:
    """An earlier report's JSON, or what is wrong with the file."""
    cases: dict[str, EarlierCase] = {}
    at_rest: dict[str, Resting] = {}
    try:
        with TextIOWrapper(open_regular(path), "utf-8-sig") as file:
            head, lines = _opened(file)
            for line in lines:
                uuid, case, resting = _case(line)
                before = cases.get(uuid)
                cases[uuid] = EarlierCase(case.reference, (*before.packed, *case.packed)) if before else case
                if resting and resting.closed <= head.as_at and resting.ended <= head.as_at:
                    at_rest[resting.sha256] = resting
    except OSError as error:
        return None, [problem("T146", file=str(path), reason=error.strerror or "a file that cannot be read")]
    except _NotAReportError as error:
        return None, [problem("T146", file=str(path), reason=str(error))]
    except (ValueError, RecursionError):
        return None, [problem("T146", file=str(path), reason="text that is not JSON")]
    return Earlier(head.as_at, cases, at_rest, head.made_with), []


def _case(line: str) -> tuple[str, EarlierCase, Resting | None]:
    """A case of an earlier report: its UUID, its line, and the case at rest it may be."""
    try:
        record = read_line(line)
        resting = resting_of(line, record) if "issue" in record else None
        packed = resting.packed if resting else pack(line)
        for _ in _facts(record):
            pass  # what cannot be read is told now, not in the middle of a report
        return str(record["uuid"]), EarlierCase(str(record["reference"]), (packed,)), resting
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _NotAReportError("a report that is not whole") from None


def _rows(record: Mapping[str, Any]) -> dict[str, EarlierRow]:
    return {key: EarlierRow(*facts) for key, facts in _facts(record)}


def _facts(record: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What is known of each row, by its ID or cell, in the order of `EarlierRow`."""
    for each in (*record["actions"], *record["action_plan"]):
        late = each["days_late"]
        yield (
            str(each["id"] or each["cell"]),
            (
                str(each["rag"]),
                _day(each.get("due") or each.get("target")),
                _day(each["agreed"]),
                _day(each["completed"]),
                None if late is None else days_of(late),
                str(each["employer"]),
                str(each["hash"]),
            ),
        )


def _day(value: str | None) -> date | None:
    return day_of(value) if value else None


# The file


def _opened(file: TextIO) -> tuple[_Head, Iterator[str]]:
    """The head of a report and the lines of its cases: as we lay them out, else from the whole text."""
    first = file.readline(LARGEST)
    if first.startswith("{") and first.endswith(",\n") and file.readline(len(_CASES)) == _CASES:
        return _head(json.loads(f"{first[:-2]}}}")), _lines(file)
    file.seek(0)
    text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise _NotAReportError("a file of more than 20 MB that is not a line a case")
    record = json.loads(text)
    head = _head(record)
    try:
        cases = [json.dumps(case, ensure_ascii=False) for case in record["cases"]]
    except (KeyError, TypeError):
        raise _NotAReportError("a report that is not whole") from None
    return head, iter(cases)


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


def _head(record: Any) -> _Head:
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise _NotAReportError(f"no schema {SCHEMA}")
    try:
        return _Head(date.fromisoformat(record["as_at"]), str(record.get("made_with", "")))
    except (KeyError, TypeError, ValueError):
        raise _NotAReportError("a report that is not whole") from None


# A year of them


def latest(folder: Path, kind: str, as_at: date) -> Earlier | None:
    """The last report of a kind in a folder, up to a day."""
    paths = [path for day, _, path in _dated(folder, (kind,)) if day <= as_at]
    return read_earlier(paths[-1])[0] if paths else None


class DoneKnown:
    """The rows that were done, by case: as the last report that knew them had them.

    Most lines are the same every week; they are read once.
    """

    def __init__(self) -> None:
        """Nothing is known."""
        self._cases: dict[str, dict[str, DoneRow]] = {}
        self._seen: dict[str, int] = {}

    def add(self, line: str) -> None:
        """A case as a later report has it. What raises is no line of a report."""
        name, same = line[:_START], hash(line)
        if self._seen.get(name) == same:
            return
        record = read_line(line)
        rows = (*record["actions"], *record["action_plan"])
        self.put(str(record["uuid"]), [str(row["id"] or row["cell"]) for row in rows], done_rows(rows))
        self._seen[name] = same

    def put(self, uuid: str, labels: Iterable[str], done: Iterable[DoneRow]) -> None:
        """A case's rows as they are now, and those of them that are done."""
        case = self._cases.setdefault(uuid, {})
        for label in labels:
            case.pop(label, None)
        case |= {each.label: each for each in done}

    def rest(self, resting: Resting) -> None:
        """A case at rest as it is now."""
        if resting.uuid in self._cases:
            self.add(resting.line)
        else:
            self.put(resting.uuid, (), resting.done)

    def rows(self) -> Iterator[DoneRow]:
        """Every row that was done."""
        for case in self._cases.values():
            yield from case.values()


_START = 120
"""Characters in which a line has named its case."""


def done_in(folder: Path, kinds: Sequence[str], as_at: date) -> DoneKnown:
    """What a year of Mondays of each kind, in a folder, says was done."""
    known = DoneKnown()
    for day, _, path in _dated(folder, kinds):
        if day <= as_at:
            _add_done(path, known)
    return known


def _add_done(path: Path, known: DoneKnown) -> None:
    """What one report says was done; one that breaks off has said what it has said."""
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
                found.append((_opened(file)[0].as_at, path.name, path))
        except (OSError, _NotAReportError, ValueError, RecursionError):
            continue
    return sorted(found)
