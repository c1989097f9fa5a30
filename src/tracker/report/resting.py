"""Cases at rest: closed, every row done or not applicable, nothing in them for anybody to do.

Ten years of a country are thousands of cases, nearly all of them over. Of such a case a report needs a line and its
counts, so only the line of the JSON beside the report is kept of it, packed. What a line says of a case at rest
does not depend on the day of the report: a row that is done is judged by its own dates alone. So the line of an
earlier report is as good as a new one, while the workbook's bytes are the same.
"""

from __future__ import annotations

import json
import sys
import zlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.problems import Severity
from tracker.report.chart import OWN
from tracker.rules import DONE_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MARKINGS = frozenset({"", "OFFICIAL", "OFFICIAL-SENSITIVE", "OFFICIAL - SENSITIVE", "OFFICIAL: SENSITIVE"})
"""The markings a line may carry; any other is words that somebody typed."""
_OVER = frozenset({*DONE_WORDS, "Not applicable"})
_OF_ANOTHER = frozenset({"T309", "T358"})
"""What is said of a case because of another workbook read with it: once that one is gone, so is what was said."""
_LONGEST = 1_000_000
"""Working days that no row can be late."""
_QUICK = 1


@dataclass(frozen=True, slots=True)
class DoneRow:
    """A dated row of our own that was done: its ID, the month as `2026-11`, the working days it was late."""

    label: str
    month: str
    days_late: int


@dataclass(frozen=True, slots=True)
class RestingError:
    """An error in a workbook whose case is over: its code and its cell."""

    code: str
    cell: str


@dataclass(frozen=True, slots=True)
class Resting:
    """A case that is over. `ended` is the last day on which anything in it was done.

    `counts` are its rows by state; `errors` are what its reading found wrong, without the words of a cell, and
    `milder` counts its warnings and notes; `issue` and `made_from` say which workbooks it is a copy of or was made
    from; `packed` is its line.
    """

    reference: str
    uuid: str
    path: str
    sha256: str
    procedure: str
    marking: str
    closed: date
    ended: date
    counts: Sequence[tuple[str, int]]
    done: Sequence[DoneRow]
    errors: Sequence[RestingError]
    milder: tuple[int, int]
    issue: str
    made_from: tuple[str, ...]
    packed: bytes

    def by(self, as_at: date, since: date) -> bool:
        """Whether it is at rest for a report as at a day that tells what was done since another."""
        return self.closed <= as_at and self.ended < since

    @property
    def line(self) -> str:
        """Its line of the JSON."""
        return unpacked(self.packed)


def pack(line: str) -> bytes:
    """A line as it is kept: a tenth of its size."""
    return zlib.compress(line.encode(), _QUICK)


def unpacked(line: bytes) -> str:
    """A line as it was."""
    return zlib.decompress(line).decode()


def resting_of(line: str, record: Mapping[str, Any], path: str = "") -> Resting | None:
    """The case of a line (`record` is the same line, read), if it is over; None where somebody is needed still.

    Raises:
        KeyError, TypeError, ValueError: the line is not a whole case.
    """
    rows = [*record["actions"], *record["action_plan"]]
    words = [str(row["rag"]) for row in rows]
    workbooks, marking = record["workbooks"], record.get("marking")
    closed = record["decisions"].get("case_closed")
    severities = [str(each["severity"]) for each in record["problems"]]
    codes = [str(each["code"]) for each in record["problems"]]
    alone = (
        len(workbooks) == 1 and _OF_ANOTHER.isdisjoint(codes) and record["reference"] and marking in MARKINGS
    )
    if not (alone and closed and not record["conflicts"] and _OVER.issuperset(words)):
        return None
    procedure = record["procedure"]
    return Resting(
        reference=str(record["reference"]),
        uuid=str(record["uuid"]),
        path=path,
        sha256=str(workbooks[0]["sha256"]),
        procedure=sys.intern(f"{procedure['title']}, edition {procedure['edition']}"),
        marking=sys.intern(str(marking)),
        closed=date.fromisoformat(closed),
        ended=max([date.fromisoformat(closed), *_days_of(rows)]),
        counts=tuple((word, words.count(word)) for word in sorted(set(words))),
        done=tuple(done_rows(rows)),
        errors=tuple(
            RestingError(str(each["code"]), str(each["cell"]))
            for each in record["problems"]
            if each["severity"] == Severity.ERROR
        ),
        milder=(severities.count(Severity.WARNING), severities.count(Severity.NOTE)),
        issue=str(record["issue"]),
        made_from=tuple(str(each) for each in record["made_from"]),
        packed=pack(line),
    )


def _days_of(rows: Sequence[Mapping[str, Any]]) -> list[date]:
    """The days on which something was done or signed off."""
    said = (day for row in rows for day in (row["completed"], row.get("signed_off")) if day)
    return [day_of(day) for day in said]


def day_of(value: str) -> date:
    """A day as JSON holds it.

    Raises:
        TypeError, ValueError: It is none.
    """
    return date.fromisoformat(value)


def days_of(value: float) -> int:
    """A number of days as JSON holds it, which may be anything that somebody typed there.

    Raises:
        TypeError, ValueError: It is none, or one that no count of days can be.
    """
    if not -_LONGEST < value < _LONGEST:  # NaN, too, is not between them
        raise ValueError("no number of days")
    return int(value)


def done_rows(rows: Sequence[Mapping[str, Any]]) -> list[DoneRow]:
    """The dated rows of our own that were done, of a case's rows as JSON holds them."""
    return [
        DoneRow(
            sys.intern(str(row["id"] or row["cell"])),
            sys.intern(day_of(row["completed"]).isoformat()[:7]),
            days_of(row["days_late"] or 0),
        )
        for row in rows
        if row["rag"] in DONE_WORDS and row["completed"] and row["employer"] in OWN
        if row.get("due") or row.get("target") or row["agreed"]
    ]


def read_line(line: str) -> dict[str, Any]:
    """A line of the JSON as a record; a comma at its end does not matter."""
    record = json.loads(line)
    if not isinstance(record, dict):
        raise TypeError("a case is a record")
    return record
