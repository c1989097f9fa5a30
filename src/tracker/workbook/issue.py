"""What the hidden sheet remembers of the issue: the base that later runs compare with and merge against."""

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

from tracker import __version__, rules
from tracker.case.model import case_from_record, case_record, day_from_record
from tracker.formula.values import day_of, is_number
from tracker.records import plain
from tracker.text import clean_text
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.case.model import Case
    from tracker.formula.book import Book
    from tracker.plan import Plan, PlannedRow
    from tracker.procedure.model import Procedure

ANCESTOR = 16
"""Letters of a digest that tell one issue of a case from the others."""

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "tracker.case")


@dataclass(frozen=True, slots=True)
class Issue:
    """What a workbook was issued with.

    `values` maps sheet -> ID -> title -> value as JSON holds it; `formulas` sheet -> title -> formula; `due`
    ID -> the due date as issued; `fingerprints` ID -> a hash of the row's generated text; `holidays` the bank
    holidays as listed, by name: none in a workbook made before they were remembered. `case` is what the workbook
    itself says; `described` the last case description, where the two differ; `sources` the digests of
    the workbooks it was made from.
    """

    layout: int
    tool: str
    uuid: str
    digest: str
    as_at: date
    case: Case
    set_name: str
    edition: str
    procedure_digest: str
    title: str
    values: Mapping[str, Mapping[str, Mapping[str, Any]]]
    formulas: Mapping[str, Mapping[str, str]]
    due: Mapping[str, date]
    fingerprints: Mapping[str, str]
    holidays: Mapping[date, str] = field(default_factory=dict)
    conflicts: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    described: Case | None = None
    sources: Sequence[str] = ()
    ancestors: Sequence[str] = ()  # the beginnings of the digests of the issues before this one, oldest first

    def descends_from(self, other: Issue) -> bool:
        """Whether this workbook was regenerated from one of that issue: that issue is what both have in common."""
        return self.uuid == other.uuid and other.digest[:ANCESTOR] in self.ancestors

    def is_of_another(self, procedure: Procedure) -> bool:
        """Whether it was issued under another procedure, and not under an edition or an earlier text of this one.

        A set whose folder was only renamed is the same; another one in a folder of the same name is not.
        """
        if self.procedure_digest == procedure.digest:
            return False
        other_title = self.title != procedure.title and self.edition == procedure.edition
        return self.set_name != procedure.set_name or other_title


_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Half of a character beyond the first 65,536, as JSON may spell it; most have their other half beside them."""


def case_uuid(reference: str) -> str:
    """The case's UUID: version 5 of its reference, so that every copy and every issue has the same."""
    return str(uuid.uuid5(_NAMESPACE, reference))


def fingerprint(values: Mapping[str, Any]) -> str:
    """A short hash of a row's generated text, by which a row without a trustworthy ID is known."""
    titles = ("Paragraph", "Action", "Counted from", "Count")
    return _fingerprint(tuple(str(values.get(title) or "") for title in titles))


@lru_cache(maxsize=2048)
def _fingerprint(texts: tuple[str, ...]) -> str:
    text = "\x1f".join(clean_text(each) for each in texts)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _row_values(row: PlannedRow) -> dict[str, Any]:
    """The typed cells of a row as JSON holds them; the ID is their key."""
    return {title: plain(value) for title, value in row.typed().items() if title != "ID"}


def _due_dates(book: Book, plan: Plan) -> dict[str, date]:
    dates = {}
    for stage in plan.procedure.stages:
        for row, due in zip(
            plan.rows[stage.name], book.column(rules.table_name(stage.name), "Due"), strict=False
        ):
            if is_number(due):
                dates[row.id] = day_of(due)
    return dates


def make_issue(book: Book, plan: Plan, as_at: date, holidays: Mapping[date, str]) -> Issue:
    """The issue of a new workbook whose book is laid out, with the bank holidays it lists."""
    procedure, case = plan.procedure, plan.case
    values = {stage: {row.id: _row_values(row) for row in rows} for stage, rows in plan.rows.items()}
    stage_formulas = {title: formula.text for title, formula in rules.stage_rules(procedure).items()}
    formulas = {stage.name: stage_formulas for stage in procedure.stages}
    formulas[layout.PLAN] = {title: formula.text for title, formula in rules.plan_rules().items()}
    seed = json.dumps([case_record(case), procedure.digest, as_at.isoformat(), layout.LAYOUT], sort_keys=True)
    return Issue(
        layout=layout.LAYOUT,
        tool=__version__,
        uuid=case_uuid(case.details.reference),
        digest=hashlib.sha256(seed.encode()).hexdigest(),
        as_at=as_at,
        case=case,
        set_name=procedure.set_name,
        edition=procedure.edition,
        procedure_digest=procedure.digest,
        title=procedure.title,
        values=values,
        formulas=formulas,
        due=_due_dates(book, plan),
        fingerprints={row_id: fingerprint(row) for rows in values.values() for row_id, row in rows.items()},
        holidays=holidays,
    )


def issue_text(issue: Issue) -> str:
    """The issue as JSON text, the same text for the same issue."""
    record = {
        "schema": layout.SCHEMA,
        "layout": issue.layout,
        "tool": issue.tool,
        "uuid": issue.uuid,
        "issue": issue.digest,
        "as_at": issue.as_at.isoformat(),
        "case": case_record(issue.case),
        "procedure": {
            "set": issue.set_name,
            "title": issue.title,
            "edition": issue.edition,
            "digest": issue.procedure_digest,
        },
        "values": issue.values,
        "formulas": issue.formulas,
        "due": {row_id: day.isoformat() for row_id, day in issue.due.items()},
        "rows": issue.fingerprints,
        "holidays": {day.isoformat(): name for day, name in issue.holidays.items()},
        "conflicts": list(issue.conflicts),
    }
    if issue.sources:
        record["sources"] = list(issue.sources)
    if issue.ancestors:
        record["ancestors"] = list(issue.ancestors)
    if issue.described is not None:
        record["described"] = case_record(issue.described)
    return json.dumps(record, ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def pieces(text: str) -> list[str]:
    """The text in pieces a cell can hold."""
    return [text[start : start + layout.PIECE] for start in range(0, len(text), layout.PIECE)]


def issue_from_text(text: str) -> Issue | None:
    """The issue in a workbook's hidden sheet; None when the text is not one.

    People and programs can write anything there: whatever is not of our shape makes it no issue.
    """
    try:
        record = json.loads(text)
        if _HALF.search(text):
            json.dumps(record, ensure_ascii=False).encode()  # half a character can be written nowhere
        procedure = record["procedure"]
        return Issue(
            layout=int(record["layout"]),
            tool=str(record["tool"]),
            uuid=str(record["uuid"]),
            digest=str(record["issue"]),
            as_at=day_from_record(record["as_at"]),
            case=case_from_record(record["case"]),
            set_name=_plain_name(procedure["set"]),
            edition=str(procedure["edition"]),
            procedure_digest=str(procedure["digest"]),
            title=str(procedure["title"]),
            values={
                sheet: {row_id: _table(row, _scalar) for row_id, row in _table(rows).items()}
                for sheet, rows in _table(record["values"]).items()
            },
            formulas={sheet: _table(each, _text) for sheet, each in _table(record["formulas"]).items()},
            due=_table(record["due"], day_from_record),
            fingerprints=_table(record["rows"], _text),
            holidays={
                date.fromisoformat(day): name
                for day, name in _table(record.get("holidays", {}), _text).items()
            },
            conflicts=tuple(_table(each, _scalar) for each in record["conflicts"]),
            described=case_from_record(record["described"]) if "described" in record else None,
            sources=tuple(_text(each) for each in record.get("sources", ())),
            ancestors=tuple(_text(each) for each in record.get("ancestors", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


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
