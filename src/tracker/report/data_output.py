"""A report for other programs: as JSON (`tracker/report/1`), one line a case, or as three tables in CSV.

The history beside a report holds every row without any word a person typed; the formats hold the rows the reader is
shown, with the words that this report prints. The tables are `cases.csv`, `actions.csv` and `plan.csv`, for a
spreadsheet or for Power BI; timeliness adds `months.csv`, `steps.csv`, `waits.csv` and `quality.csv`. Their headings
never change with the report: what it does not print stays blank. Text that a spreadsheet would take for a formula has
an apostrophe put before it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.case.model import CHOICES
from tracker.procedure.model import BASES, EMPLOYERS, UNITS
from tracker.reconcile.model import TYPED_EVENTS, case_identity
from tracker.records import Record, plain
from tracker.report.frame import case_status, days_counted, rules_of
from tracker.report.history import SCHEMA, row_hash, row_key
from tracker.report.rows import PLAN as PLAN_SHEET
from tracker.report.rows import file_name, safe_id
from tracker.report.timeliness import Review, TimelinessView, review
from tracker.report.yearly import Month, QualityFact, StepDone, Wait
from tracker.rules import STATUSES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from tracker.problems import Problem
    from tracker.reconcile.model import Event
    from tracker.report.frame import Frame
    from tracker.report.rows import CaseRows, ReportRow, WorkingDays

_ROW_TEXTS = frozenset({"action", "owner", "named_owner", "progress", "reason", "evidence", "recommendation",
                        "lead_agency", "impact", "success_measure", "source", "improvement_plan_ref"})  # fmt: skip
PRINTED: Mapping[str, frozenset[str]] = {
    "weekly": frozenset({"summary", "action", "owner", "named_owner", "reason", "recommendation", "lead_agency",
                         "changes", "events", "problems"}),
    "everything": frozenset({"summary", *_ROW_TEXTS, "log"}),
    "exceptions": frozenset({"action", "owner", "named_owner", "reason", "recommendation", "lead_agency"}),
    "employer": frozenset({"action", "owner", "named_owner", "recommendation", "lead_agency",
                           "improvement_plan_ref"}),
    "timeliness": frozenset({"reason"}),
}  # fmt: skip
"""The typed words that each layout prints."""
_WORDS = {"status": STATUSES, "employer": EMPLOYERS, "unit": UNITS, "basis": BASES}
"""Fields that hold one of a few words, and these; what else stands there was typed."""
_COMPARED = ("rag", "due", "agreed", "completed", "days_late")
"""What a later report compares of a row."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIDED = frozenset(word for words in CHOICES.values() for word in words)
_PARAGRAPH = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2}){0,2}")

CASES = ("case", "summary", "stage", "standing", "next_key", "next_key_date", "overdue", "to_chase", "moved", "open",
         "on_hold", "hold_review", "closed", "aware", "sin_due", "sin_sent", "sin_days", "sin_late",
         "rapid_review_due", "rapid_review_sent", "days_from_sin", "days_from_awareness", "rapid_review_late",
         "panel_letter", "lcspr", "lcspr_day_zero", "first_review_panel", "publication_due", "publication_target",
         "published", "open_actions", "holds", "rules")  # fmt: skip
ACTIONS = ("case", "stage", "id", "paragraph", "action", "owner", "named_owner", "employer", "timescale",
           "counted_from", "count", "unit", "day_zero", "due", "due_issued", "agreed", "completed", "provisional",
           "rag", "days_late", "days_past_agreed", "status", "progress", "reason", "evidence", "basis", "key",
           "cell")  # fmt: skip
PLAN = ("case", "id", "recommendation", "action", "lead_agency", "owner", "named_owner", "employer", "target",
        "agreed", "completed", "signed_off", "rag", "days_late", "status", "progress", "impact", "success_measure",
        "reason", "evidence", "source", "improvement_plan_ref", "cell")  # fmt: skip
HEADINGS: Mapping[str, Sequence[str]] = {"cases": CASES, "actions": ACTIONS, "plan": PLAN}
YEARLY: Mapping[str, type] = {"months": Month, "steps": StepDone, "waits": Wait, "quality": QualityFact}
"""What timeliness holds besides, by the name of its part: in CSV a table each."""

_DEFUSED = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_CONVERTED = re.compile(
    r"""[\u00a3$\u20ac]?[\d.,]*\d[\d.,]*\ ?%?|\d[\d.,]*e[+-]?\d+  # numbers
    |\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?|\d{1,2}:\d\d(:\d\d)?(\ ?[ap]\.?m\.?)?  # dates and times
    |(\d{1,2}[-/\ ])?(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*([-/\ ,]+\d{1,4}){0,2}""",
    re.IGNORECASE | re.VERBOSE,
)
"""What Excel and LibreOffice make a number, a date or a time of."""
_OUR_DAYS = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_FIELDS = {"case": "reference", "rapid_review_due": "review_due", "rapid_review_sent": "review_sent",
           "rapid_review_late": "review_late", "lcspr": "decision", "publication_due": "six_months",
           "publication_target": "target"}  # fmt: skip
"""The fields of a review behind columns of another name."""


def _value(value: object, view: Frame) -> Any:
    """A value of a review; of an anonymised one the month of a date alone."""
    anonymous = isinstance(view, TimelinessView) and view.anonymous
    return f"{value:%Y-%m}" if anonymous and isinstance(value, date) else plain(value)


# JSON


def history_lines(kind: str, view: Frame, cases: Sequence[CaseRows]) -> Iterator[str]:
    """What later reports compare with, in pieces: every row of every case, and no word a person typed."""
    return _pieces(_head(kind, view), map(history_line, cases), [])


def history_line(case: CaseRows) -> str:
    """The line of a case in the history: what is compared of each row, and nothing that is blank."""
    uuid = case_identity(case.state)
    rows: dict[str, list[Record]] = {"actions": [], "action_plan": []}
    for row in case.rows:
        compared = {
            "id" if safe_id(row.label) else "cell": row_key(row),
            **{name: plain(getattr(row, name)) for name in _COMPARED},
            "employer": row.employer if row.employer in EMPLOYERS else "",
            "hash": row_hash(uuid, row),
        }
        part = "action_plan" if row.sheet == PLAN_SHEET else "actions"
        rows[part].append({name: value for name, value in compared.items() if value is not None})
    record = {"reference": case.state.reference, "uuid": uuid, **rows}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def report_json(kind: str, layout: str, view: Frame) -> str:
    """The report for other programs: the rows the reader is shown, with the words it prints."""
    head = {**_head(kind, view), "procedures": view.procedures, "cannot_be_right": len(view.contradictions)}
    printed, problems = PRINTED[layout], {"problems"}
    if isinstance(view, TimelinessView):
        head["reviews"] = [_review_record(view, each) for each in view.reviews]
        head["measures"] = [_fields(measure) for measure in view.measures]
        for part in YEARLY:
            head[part] = [_fields(each) for each in getattr(view, part)]
        problems = set() if view.anonymous else problems
    cases = (json.dumps(_case(case, printed), ensure_ascii=False) for case in view.rows)
    return "".join(_pieces(head, cases, [_problem(each, problems) for each in view.left_out]))


def _head(kind: str, view: Frame) -> Record:
    return {"schema": SCHEMA, "for": kind, "as_at": view.as_at.isoformat(), "since": view.since.isoformat()}


def _pieces(head: Record, cases: Iterable[str], problems: Sequence[Record]) -> Iterator[str]:
    """The record with a line a case, so that two reports can be compared line by line."""
    yield f'{json.dumps(head, ensure_ascii=False)[:-1]},\n"cases": [\n'
    for place, case in enumerate(cases):
        yield f",\n{case}" if place else case
    yield f'\n],\n"problems": {json.dumps(problems, ensure_ascii=False)}}}\n'


def _fields(made: Any) -> Record:
    return {each.name: plain(getattr(made, each.name)) for each in fields(made)}


def _review_record(view: TimelinessView, found: Review) -> Record:
    """One review; of an anonymised one the months alone."""
    names = [each.name for each in fields(found) if each.name not in {"anchor", "holds", "reasons"}]
    record = {name: _value(getattr(found, name), view) for name in names}
    dates = (("from", "since"), ("review_on", "review_on"), ("ended_on", "ended_on"))
    record["holds"] = [
        {title: _value(getattr(hold, name), view) for title, name in dates} for hold in found.holds
    ]
    if view.anonymous:
        return {**record, "reasons": [each.label for each in found.reasons]}
    for shown, hold in zip(record["holds"], found.holds, strict=True):
        shown["reason"] = hold.reason
    return {**record, "reasons": [{"id": each.label, "reason": each.text} for each in found.reasons]}


def _case(case: CaseRows, printed: frozenset[str]) -> Record:
    record = case.state.record()
    del record["returns"]  # which a report does not read
    record["uuid"] = case_identity(case.state)  # by which the next report finds the case again
    shown = {row.cell: row for row in case.rows}
    for part in ("actions", "action_plan"):
        record[part] = [_row(case, each, shown, printed) for each in record[part] if each["cell"] in shown]
    record["ready"] = [each["id"] for each in record["actions"] if each["rag"] == "Ready" and each["id"]]
    record["workbooks"] = [
        {**each, "path": file_name(each["path"]) if printed else ""} for each in record["workbooks"]
    ]
    record["decisions"] = {name: _known(value) for name, value in record["decisions"].items()}
    record["holds"] = [
        {name: _known(each[name]) for name in ("from", "review_on", "ended_on")} for each in record["holds"]
    ]
    record["log"] = [_logged(each, printed) for each in record["log"] if "log" in printed or not printed]
    record["meetings"] = [
        {name: each[name] for name in ("date", "held", "cell")} for each in record["meetings"]
    ]
    unseen = {each.id for each in case.state.actions if each.cell not in shown}
    record["events"] = [
        _happened(each, printed) for each in case.state.events if not each.id or each.id not in unseen
    ]
    record["changes"] = record["changes"] if "changes" in printed else []
    record["conflicts"] = [
        {"cell": each.get("cell"), "id": safe_id(str(each.get("id") or ""))} for each in record["conflicts"]
    ]
    record["problems"] = [_problem(each, printed) for each in case.state.problems]
    if "summary" in printed:
        record["summary"] = case.state.summary
    return record


def _row(case: CaseRows, record: Record, rows: Mapping[str, ReportRow], printed: Collection[str]) -> Record:
    kept = {name: value for name, value in record.items() if name not in _ROW_TEXTS or name in printed}
    for name, known in {**_WORDS, "counted_from": case.state.clocks}.items():
        if name in kept and kept[name] not in known:
            kept[name] = ""
    kept["id"] = safe_id(kept["id"])
    if "paragraph" in kept and not _PARAGRAPH.fullmatch(kept["paragraph"]):
        kept["paragraph"] = ""
    return {**kept, "hash": row_hash(case_identity(case.state), rows[record["cell"]])}


def _happened(event: Event, printed: frozenset[str]) -> Record:
    """An event without the words a person typed, unless the report prints them."""
    kept = {**event.record(), "id": safe_id(event.id)}
    if event.kind in TYPED_EVENTS and printed.isdisjoint({"log", "events"}):
        kept["text"] = ""
    if "evidence" not in printed:
        kept["evidence"] = ""
    return kept


def _logged(entry: Record, printed: Collection[str]) -> Record:
    kept = entry if "log" in printed else {name: entry[name] for name in ("date", "id", "from", "to", "cell")}
    return {**kept, "id": safe_id(kept["id"])}


def _known(value: str | None) -> str | None:
    """A date, or one of the words a decision can be."""
    return value if value in _DECIDED or (value and _DAY.fullmatch(value)) else None


def _problem(found: Problem, printed: Collection[str]) -> Record:
    record = {"code": found.code, "severity": found.severity, "cell": found.place, "id": safe_id(found.id)}
    if "problems" in printed:
        record |= {"file": file_name(found.file), "found": found.found, "remedy": found.remedy}
    return record


# CSV


def csv_files(layout: str, view: Frame) -> Mapping[str, bytes]:
    """The files by name; UTF-8 with the mark that spreadsheets know it by."""
    printed = PRINTED[layout]
    tables: dict[str, Iterable[Sequence[object]]] = {
        "cases": (CASES, *_cases(view, printed)),
        "actions": (ACTIONS, *_rows(view, "actions", ACTIONS, printed)),
        "plan": (PLAN, *_rows(view, "action_plan", PLAN, printed)),
    }
    if isinstance(view, TimelinessView):
        for part, kind in YEARLY.items():
            names = [each.name for each in fields(kind)]
            found = ([getattr(each, name) for name in names] for each in getattr(view, part))
            tables[part] = (names, *found)
    files = {}
    for name, table in tables.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows([csv_text(value) for value in row] for row in table)
        files[f"{name}.csv"] = text.getvalue().encode("utf-8-sig")
    return files


def _rows(view: Frame, part: str, names: Sequence[str], printed: Collection[str]) -> Iterator[list[object]]:
    """The rows the reader is shown, each with its case."""
    for case in view.rows:
        cells = {row.cell for row in case.rows}
        known = {"case": case.reference, **dict.fromkeys(_ROW_TEXTS.difference(printed))}
        for row in getattr(case.state, part):
            if row.cell in cells:
                yield [known[name] if name in known else getattr(row, name) for name in names]


def csv_text(value: object) -> str:
    r"""A value as it stands in the file: dates as `2026-11-09`, yes or no in words, text as it was typed.

    >>> csv_text("=1+1"), csv_text("5.10")
    ("'=1+1", '\t5.10')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value)
    if text.lstrip(" \u00a0\n").startswith(_DEFUSED):
        return f"'{text}"
    converted = _CONVERTED.fullmatch(text.strip()) and not _OUR_DAYS.fullmatch(text)
    return f"\t{text}" if converted else text


def _cases(view: Frame, printed: Collection[str]) -> list[list[object]]:
    if isinstance(view, TimelinessView):
        form = "%Y-%m" if view.anonymous else "%Y-%m-%d"
        rules = "; ".join(view.procedures)
        found = [
            {**_review_columns(each, form, reasons=not view.anonymous), "rules": rules}
            for each in view.reviews
        ]
    else:
        days = days_counted(view.rows, view.as_at)
        found = [_case_values(case, view.as_at, days, printed) for case in view.rows]
    return [[_value(known.get(name), view) for name in CASES] for known in found]


def _case_values(case: CaseRows, as_at: date, days: WorkingDays, printed: Collection[str]) -> Record:
    status = case_status(case, sum(row.moved for row in case.open), as_at, days)
    key, hold = status.next_key, status.hold
    return {
        **_review_columns(review(case, as_at)),
        **{
            name: getattr(status, name)
            for name in ("stage", "standing", "overdue", "moved", "open", "closed")
        },
        "summary": status.summary if "summary" in printed else None,
        "next_key": key.label if key else None,
        "next_key_date": key.judged if key else None,
        "to_chase": status.chase,
        "on_hold": hold is not None,
        "hold_review": hold.review_on if hold else None,
        "rules": rules_of(case.state),
    }


def _review_columns(found: Review, form: str = "%Y-%m-%d", *, reasons: bool = False) -> Record:
    """What a review gives to the columns; its holds as `2027-03-01 to 2027-10-04; from 2027-12-01`."""
    known = {name: getattr(found, _FIELDS.get(name, name), None) for name in CASES}
    holds = []
    for hold in found.holds:
        since = f"{hold.since:{form}}"
        dates = f"{since} to {hold.ended_on:{form}}" if hold.ended_on else f"from {since}"
        holds.append(f"{dates}: {hold.reason}" if reasons and hold.reason else dates)
    return {**known, "on_hold": any(hold.running for hold in found.holds), "holds": "; ".join(holds)}
