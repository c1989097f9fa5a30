"""A report as JSON (`tracker/report/1`), one line a case.

The history beside a report holds every row without any word a person typed; `--format json` holds the rows the
reader is shown, with the words that this report prints.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.case.model import CHOICES
from tracker.procedure.model import BASES, EMPLOYERS, UNITS
from tracker.reconcile.model import case_identity
from tracker.records import Record, plain
from tracker.report.history import SCHEMA, line_hash, row_key, safe_id
from tracker.report.lines import PLAN, file_name
from tracker.report.timeliness import TimelinessView
from tracker.rules import STATUSES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tracker.problems import Problem
    from tracker.report.frame import Frame
    from tracker.report.lines import CaseRows

_ROW_TEXTS = ("action", "owner", "named_owner", "progress", "reason", "evidence", "recommendation", "lead_agency",
              "impact", "success_measure", "source", "improvement_plan_ref")  # fmt: skip
_WORDS: Mapping[str, Collection[str]] = {
    "status": STATUSES,
    "employer": EMPLOYERS,
    "unit": UNITS,
    "basis": BASES,
}
"""Fields that hold one of a few words, and these; what else stands there was typed."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIDED = frozenset(word for words in CHOICES.values() for word in words)
_PARAGRAPH = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2}){0,2}")

PRINTED: Mapping[str, frozenset[str]] = {
    "weekly": frozenset({"summary", "action", "owner", "named_owner", "reason", "recommendation", "lead_agency",
                         "changes", "problems"}),
    "everything": frozenset({"summary", *_ROW_TEXTS, "log"}),
    "exceptions": frozenset({"action", "owner", "named_owner", "reason", "recommendation", "lead_agency"}),
    "employer": frozenset({"action", "owner", "named_owner", "recommendation", "lead_agency",
                           "improvement_plan_ref"}),
    "timeliness": frozenset({"reason"}),
}  # fmt: skip
"""The typed words that each layout prints."""


def history_lines(kind: str, view: Frame, cases: Sequence[CaseRows]) -> Iterator[str]:
    """What later reports compare with, in pieces: every row of every case, and no word a person typed."""
    yield _start(_head(kind, view))
    for place, case in enumerate(cases):
        line = history_line(case)
        yield f",\n{line}" if place else line
    yield _end([])


def history_line(case: CaseRows) -> str:
    """The line of a case in the history: what is compared of each row, and nothing that is blank."""
    uuid = case_identity(case.state)
    rows: dict[str, list[Record]] = {"actions": [], "action_plan": []}
    for line in case.lines:
        row = {
            "id" if safe_id(line.label) else "cell": row_key(line),
            "rag": line.rag,
            "due": plain(line.due),
            "agreed": plain(line.agreed),
            "completed": plain(line.completed),
            "days_late": line.days_late,
            "employer": line.employer if line.employer in EMPLOYERS else "",
            "hash": line_hash(uuid, line),
        }
        part = "action_plan" if line.sheet == PLAN else "actions"
        rows[part].append({name: value for name, value in row.items() if value is not None})
    record = {"reference": case.state.reference, "uuid": uuid, **rows}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def report_json(kind: str, layout: str, view: Frame) -> str:
    """The report for other programs: the rows the reader is shown, with the words it prints."""
    head = {**_head(kind, view), "cannot_be_right": len(view.contradictions)}
    printed = PRINTED[layout]
    if isinstance(view, TimelinessView):
        head["reviews"] = [_review(view, each) for each in view.reviews]
        head["measures"] = [_fields(each) for each in view.measures]
    cases = [_case(case, printed) for case in view.rows]
    anonymous = isinstance(view, TimelinessView) and view.anonymous
    return _text(
        head, cases, [_problem(each, {"problems"} if not anonymous else set()) for each in view.left_out]
    )


def _head(kind: str, view: Frame) -> Record:
    return {"schema": SCHEMA, "for": kind, "as_at": view.as_at.isoformat(), "since": view.since.isoformat()}


def _text(head: Record, cases: Sequence[Record], problems: Sequence[Record]) -> str:
    """The record with a line a case, so that two reports can be compared line by line."""
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    return f"{_start(head)}{lines}{_end(problems)}"


def _start(head: Record) -> str:
    return f'{json.dumps(head, ensure_ascii=False)[:-1]},\n"cases": [\n'


def _end(problems: Sequence[Record]) -> str:
    return f'\n],\n"problems": {json.dumps(problems, ensure_ascii=False)}}}\n'


def _fields(item: Any) -> Record:
    return {each.name: plain(getattr(item, each.name)) for each in fields(item)}


def _review(view: TimelinessView, review: Any) -> Record:
    """One review; of an anonymised one the months alone."""
    record = {
        key: value for key, value in _fields(review).items() if key not in {"anchor", "holds", "reasons"}
    }
    record["holds"] = [
        {
            "from": plain(each.since),
            "review_on": plain(each.review_on),
            "ended_on": plain(each.ended_on),
            "reason": each.reason,
        }
        for each in review.holds
    ]
    record["reasons"] = [{"id": each.label, "reason": each.text} for each in review.reasons]
    if not view.anonymous:
        return record
    dates = {each.name for each in fields(review) if isinstance(getattr(review, each.name), date)}
    record["reasons"] = [each["id"] for each in record["reasons"]]
    record["holds"] = [
        {name: day[:7] if day else None for name, day in each.items() if name != "reason"}
        for each in record["holds"]
    ]
    return {key: value[:7] if key in dates else value for key, value in record.items()}


def _case(case: CaseRows, printed: Collection[str]) -> Record:
    record = case.state.record()
    record["uuid"] = case_identity(case.state)  # by which the next report finds the case again
    shown = {line.cell: line for line in case.lines}
    for part in ("actions", "action_plan"):
        record[part] = [_row(case, each, shown, printed) for each in record[part] if each["cell"] in shown]
    record["workbooks"] = [
        {**each, "path": file_name(each["path"]) if printed else ""} for each in record["workbooks"]
    ]
    record["decisions"] = {name: _known(value) for name, value in record["decisions"].items()}
    dates = ("from", "review_on", "ended_on")
    record["holds"] = [{name: _known(each[name]) for name in dates} for each in record["holds"]]
    record["log"] = [_logged(each, printed) for each in record["log"] if "log" in printed or not printed]
    record["meetings"] = [
        {"date": each["date"], "held": each["held"], "cell": each["cell"]} for each in record["meetings"]
    ]
    record["changes"] = record["changes"] if "changes" in printed else []
    record["conflicts"] = [
        {"cell": each.get("cell"), "id": safe_id(str(each.get("id") or ""))} for each in record["conflicts"]
    ]
    record["problems"] = [_problem(each, printed) for each in case.state.problems]
    if "summary" in printed:
        record["summary"] = case.state.summary
    return record


def _row(case: CaseRows, record: Record, lines: Mapping[str, Any], printed: Collection[str]) -> Record:
    kept = {name: value for name, value in record.items() if name not in _ROW_TEXTS or name in printed}
    for name, known in _WORDS.items():
        if name in kept and kept[name] not in known:
            kept[name] = ""
    kept["id"] = safe_id(kept["id"])
    if "paragraph" in kept and not _PARAGRAPH.fullmatch(kept["paragraph"]):
        kept["paragraph"] = ""
    if "counted_from" in kept and kept["counted_from"] not in case.state.clocks:
        kept["counted_from"] = ""
    return {**kept, "hash": line_hash(case_identity(case.state), lines[record["cell"]])}


def _logged(entry: Record, printed: Collection[str]) -> Record:
    kept = entry if "log" in printed else {name: entry[name] for name in ("date", "id", "from", "to", "cell")}
    return {**kept, "id": safe_id(kept["id"])}


def _known(value: str | None) -> str | None:
    """A date, or one of the words a decision can be."""
    return value if value in _DECIDED or (value and _DAY.fullmatch(value)) else None


def _problem(found: Problem, printed: Collection[str]) -> Record:
    record: Record = {
        "code": found.code,
        "severity": found.severity,
        "cell": found.place,
        "id": safe_id(found.id),
    }
    if "problems" in printed:
        record |= {"file": file_name(found.file), "found": found.found, "remedy": found.remedy}
    return record
