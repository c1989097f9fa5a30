"""What the hidden sheet remembers of what was issued: the baseline that later runs compare with and merge against."""

from __future__ import annotations

import hashlib
import json
import math
import re
import uuid
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracker import __version__, rules, workdays
from tracker.case.model import case_from_record, case_record, day_from_record
from tracker.formula.values import day_of, is_number
from tracker.records import plain
from tracker.text import clean_text
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.case.model import Case
    from tracker.formula.book import Book
    from tracker.plan import Plan
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure

ANCESTOR = 16  # characters of a SHA-256 that tell one baseline of a case from the others
_FINGERPRINTED = ("Paragraph", "Action", "Counted from", "Count")
_YEARS = 10  # of bank holidays the Calendar sheet lists, from the year before day zero
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "tracker.case")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Half of a character beyond the first 65,536, as JSON may spell it; most have their other half beside them."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a workbook was issued with.

    `values` maps sheet -> ID -> title -> value as JSON holds it; `formulas` sheet -> title -> formula; `due`
    ID -> the due date as issued; `fingerprints` ID -> a hash of the row's generated text; `holidays` the bank
    holidays as listed, by name: none in a workbook made before they were remembered. `case` is that of the
    workbook itself; `described` the last case description, where the two differ; `sources` the SHA-256 of
    the workbooks it was made from. `standby` are rows as in `values` that wait for the name under `Key`.
    """

    layout: int
    tool: str
    uuid: str
    sha256: str
    as_at: date
    case: Case
    set_name: str
    edition: str
    procedure_sha256: str
    title: str
    values: Mapping[str, Mapping[str, Mapping[str, Any]]]
    formulas: Mapping[str, Mapping[str, str]]
    due: Mapping[str, date]
    fingerprints: Mapping[str, str]
    holidays: Mapping[date, str] = field(default_factory=dict)
    conflicts: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    described: Case | None = None
    sources: Sequence[str] = ()
    standby: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    moves: Sequence[
        str
    ] = ()  # what sheet Log held: the ID of a row and the date it was moved to, as one text
    ancestors: Sequence[str] = ()  # the beginnings of the SHA-256 of the issues before this one, oldest first

    def descends_from(self, other: Baseline) -> bool:
        """Whether this workbook was regenerated from one of that baseline, which is what both have in common."""
        return self.uuid == other.uuid and other.sha256[:ANCESTOR] in self.ancestors

    def is_of_another(self, procedure: Procedure) -> bool:
        """Whether it was issued under another procedure, and not under an edition or an earlier text of this one.

        A set whose folder was only renamed is the same; another one in a folder of the same name is not.
        """
        if self.procedure_sha256 == procedure.sha256:
            return False
        other_title = self.title != procedure.title and self.edition == procedure.edition
        return self.set_name != procedure.set_name or other_title


def case_uuid(reference: str) -> str:
    """The case's UUID: version 5 of its reference, so that every copy and every baseline has the same."""
    return str(uuid.uuid5(_NAMESPACE, reference))


def fingerprint(values: Mapping[str, Any]) -> str:
    """A short hash of a row's generated text, by which a row without a trustworthy ID is known."""
    return _fingerprint(*(str(values.get(title) or "") for title in _FINGERPRINTED))


@lru_cache(maxsize=2048)
def _fingerprint(*texts: str) -> str:
    return hashlib.sha256("\x1f".join(map(clean_text, texts)).encode()).hexdigest()[:12]


def listed_holidays(case: Case, facts: CalendarFacts, as_at: date) -> Mapping[date, str]:
    """The bank holidays a workbook lists: from the year before day zero for ten years on, and the case's own."""
    first = (case.details.aware or as_at).year - 1
    days = dict(workdays.bank_holidays(facts.country, facts.subdivision, first, first + _YEARS))
    for day in case.extra_bank_holidays:
        days.setdefault(day, "Added for this case")
    return dict(sorted(days.items()))


def make_baseline(book: Book, plan: Plan, as_at: date, holidays: Mapping[date, str]) -> Baseline:
    """The issue of a new workbook whose book is laid out, with the bank holidays it lists."""
    procedure, case = plan.procedure, plan.case
    values: dict[str, dict[str, dict[str, Any]]] = {stage: {} for stage in plan.rows}
    standby: dict[str, dict[str, dict[str, Any]]] = {}
    for row in plan.all_rows():
        typed = {title: plain(value) for title, value in row.typed().items() if title != "ID"}
        if plan.standby and row.key:
            standby.setdefault(row.stage, {})[row.id] = {"Key": row.key, **typed}
        else:
            values[row.stage][row.id] = typed
    stage_formulas = {title: formula.text for title, formula in rules.stage_rules(procedure).items()}
    formulas = {stage.name: stage_formulas for stage in procedure.stages}
    formulas[layout.PLAN] = {title: formula.text for title, formula in rules.plan_rules().items()}
    due = {
        row.id: day_of(day)
        for stage, rows in plan.rows.items()
        for row, day in zip(rows, book.column(rules.table_name(stage), "Due"), strict=False)
        if is_number(day)
    }
    seed = json.dumps([case_record(case), procedure.sha256, as_at.isoformat(), layout.LAYOUT], sort_keys=True)
    return Baseline(
        layout=layout.LAYOUT,
        tool=__version__,
        uuid=case_uuid(case.details.reference),
        sha256=hashlib.sha256(seed.encode()).hexdigest(),
        as_at=as_at,
        case=case,
        set_name=procedure.set_name,
        edition=procedure.edition,
        procedure_sha256=procedure.sha256,
        title=procedure.title,
        values=values,
        formulas=formulas,
        due=due,
        fingerprints={row_id: fingerprint(row) for rows in values.values() for row_id, row in rows.items()},
        holidays=holidays,
        standby=standby,
    )


def _table(record: Any, value: Callable[[Any], Any] = lambda each: each) -> dict[str, Any]:
    """A JSON object, each of its values checked."""
    if not isinstance(record, dict):
        raise TypeError("an object is expected")
    return {key: value(each) for key, each in record.items()}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value


def _scalar(value: Any) -> Any:
    """What a cell can hold: any number a person can type in one is remembered, and read again."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if not isinstance(value, (int, float)) or not math.isfinite(value):  # an int no cell can hold overflows
        raise TypeError("a cell's value is expected")
    return value


def _plain_name(value: Any) -> str:
    """The name of a procedure set: a workbook must not make this program open folders of its choice."""
    if set(_text(value)) & set("/\\:\0") or value in {"", ".", ".."}:
        raise ValueError("a path in place of a name")
    return str(value)


def _rows(record: Any) -> dict[str, dict[str, Any]]:
    return _table(record, lambda row: _table(row, _scalar))


def _standby_rows(record: Any) -> dict[str, dict[str, Any]]:
    rows = _rows(record)
    for row in rows.values():
        _text(row["Key"])
    return rows


def _days(record: Any) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in _table(record, _text).items()}


def _same(value: Any) -> Any:
    return value


_RECORD: Mapping[str, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "layout": ("layout", _same, int),
    "tool": ("tool", _same, str),
    "uuid": ("uuid", _same, str),
    "sha256": ("issue", _same, str),
    "as_at": ("as_at", date.isoformat, day_from_record),
    "case": ("case", case_record, case_from_record),
    "set_name": ("procedure.set", _same, _plain_name),
    "edition": ("procedure.edition", _same, str),
    "procedure_sha256": ("procedure.digest", _same, str),
    "title": ("procedure.title", _same, str),
    "values": ("values", _same, lambda record: _table(record, _rows)),
    "formulas": ("formulas", _same, lambda record: _table(record, lambda each: _table(each, _text))),
    "due": ("due", lambda due: {key: day.isoformat() for key, day in due.items()},
            lambda record: _table(record, day_from_record)),
    "fingerprints": ("rows", _same, lambda record: _table(record, _text)),
    "holidays": ("holidays", lambda days: {day.isoformat(): name for day, name in days.items()}, _days),
    "conflicts": ("conflicts", list, lambda each: tuple(_table(one, _scalar) for one in each)),
    "described": ("described", case_record, case_from_record),
    "sources": ("sources", list, lambda each: tuple(map(_text, each))),
    "standby": ("standby", _same, lambda record: _table(record, _standby_rows)),
    "moves": ("moves", list, lambda each: tuple(map(_text, each))),
    "ancestors": ("ancestors", list, lambda each: tuple(map(_text, each))),
}  # fmt: skip
"""Each fact of a baseline: its key in the JSON, what writes it there, and what reads and checks it."""
_NOT_ALWAYS = {"described", "sources", "standby", "moves", "ancestors"}
"""Left out where they are empty."""
_MAY_LACK = {*_NOT_ALWAYS, "holidays"}


def baseline_text(baseline: Baseline) -> str:
    """The issue as JSON text, the same text for the same issue."""
    record: dict[str, Any] = {"schema": layout.SCHEMA, "procedure": {}}
    for name, (key, write, _) in _RECORD.items():
        value = getattr(baseline, name)
        if value or name not in _NOT_ALWAYS:
            group, _, inner = key.rpartition(".")
            (record[group] if group else record)[inner] = write(value)
    return json.dumps(record, ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def pieces(text: str) -> list[str]:
    """The text in pieces a cell can hold."""
    return [text[start : start + layout.PIECE] for start in range(0, len(text), layout.PIECE)]


def baseline_from_text(text: str) -> Baseline | None:
    """The baseline in a workbook's hidden sheet; None when the text is not one.

    People and programs can write anything there: whatever is not of our shape makes it no baseline.
    """
    try:
        record = json.loads(text)
        if _HALF.search(text):
            json.dumps(record, ensure_ascii=False).encode()  # half a character can be written nowhere
        facts = {}
        for name, (key, _, read) in _RECORD.items():
            group, _, inner = key.rpartition(".")
            held = record[group] if group else record
            if inner in held or name not in _MAY_LACK:
                facts[name] = read(held[inner])
        return Baseline(**facts)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
