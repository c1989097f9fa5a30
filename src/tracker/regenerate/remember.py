"""The issue a regenerated workbook carries: the base of the next merge."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker import __version__, rules
from tracker.case.model import case_record
from tracker.formula.values import day_of, is_number
from tracker.merge import comparable
from tracker.problems import codes, problem
from tracker.records import plain
from tracker.regenerate.model import action_rules
from tracker.regenerate.rows import COUNTING
from tracker.text import listed
from tracker.workbook import layout
from tracker.workbook.issue import ANCESTOR, case_uuid, fingerprint, issue_text, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.case.model import Case
    from tracker.formula.book import Book
    from tracker.merge import Values
    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.regenerate.model import Merge
    from tracker.workbook.issue import Issue
    from tracker.workbook.patch.file import WorkbookFile

_SOURCES = 60
"""SHA-256 of earlier states that are remembered: a year of weekly runs."""


def next_issue(
    issue: Issue,
    procedure: Procedure,
    case: Case,
    described: Case,
    sources: Sequence[str],
    rows: Mapping[str, Mapping[str, Values]],
    book: Book,
    as_at: date,
    *,
    keeps_edition: bool,
    conflicts: Sequence[Mapping[str, Any]],
) -> Issue:
    """The issue after a run.

    `case` is what the workbook says now, `described` what its description does; `rows` are what to remember of
    each sheet's rows; `book` holds the worked-out dates.
    """
    values: dict[str, dict[str, dict[str, Any]]] = {sheet: plain(each) for sheet, each in rows.items()}
    stages = {stage.name: values.get(stage.name, {}) for stage in procedure.stages}
    named = not issue.case.details.reference and case.details.reference
    made = replace(
        issue,
        layout=layout.LAYOUT,
        tool=__version__,
        uuid=case_uuid(case.details.reference) if named else issue.uuid,
        as_at=as_at,
        case=case,
        described=None if described == case else described,
        sources=(*issue.sources, *sources)[-_SOURCES:],
        # Only with its sources is it written; what is merely compared has no new ancestor.
        ancestors=(*issue.ancestors, *([issue.digest[:ANCESTOR]] if sources else []))[-_SOURCES:],
        values=values,
        formulas={
            sheet: {title: each.text for title, each in formulas.items()}
            for sheet, formulas in action_rules(procedure).items()
        },
        due=_due(issue, stages, book),
        fingerprints={row_id: fingerprint(row) for each in stages.values() for row_id, row in each.items()},
        conflicts=tuple(conflicts),
        digest="",
    )
    if not keeps_edition:
        made = replace(
            made,
            set_name=procedure.set_name,
            edition=procedure.edition,
            procedure_digest=procedure.digest,
            title=procedure.title,
        )
    return replace(made, digest=hashlib.sha256(issue_text(made).encode()).hexdigest())


def check_procedure(issue: Issue, procedure: Procedure, path: str, *, moves: bool) -> list[Problem]:
    """Why a workbook is not for this procedure: what it remembers of its own would be lost under another."""
    if issue.is_of_another(procedure) and not moves:
        was, now = (f"{each.set_name}, edition {each.edition}" for each in (issue, procedure))
        return [
            problem(codes.OTHER_PROCEDURES_WORKBOOK, file=path, was=was, now=now, name=procedure.set_name)
        ]
    stages = [each for each in issue.formulas if each != layout.PLAN]
    new = [stage.name for stage in procedure.stages]
    if moves and set(stages) != set(new):
        facts = {"was": listed(stages), "now": listed(new), "name": procedure.set_name}
        return [problem(codes.OTHER_STAGES, file=path, **facts)]
    return []


def add_holidays(issue: Issue, merge: Merge) -> None:
    """Remember the bank holidays that a run adds to sheet Calendar."""
    for row in merge.rows:
        day = row.values.get("Bank holiday")
        if row.table == layout.HOLIDAY_TABLE and isinstance(day, date):
            assert isinstance(issue.holidays, dict)
            issue.holidays[day] = str(row.values.get("Name") or "")


def _due(issue: Issue, stages: Mapping[str, Mapping[str, Mapping[str, Any]]], book: Book) -> dict[str, date]:
    """Each due date as first issued; anew where the row is new, had none, or is counted in another way now."""
    now: dict[str, date] = {}
    for stage in stages:
        table = rules.table_name(stage)
        ids, dates = book.column(table, "ID"), book.column(table, "Due")
        if len(ids) == len(dates):
            for row_id, due in zip(ids, dates, strict=True):
                if row_id and is_number(due):
                    now.setdefault(str(row_id), day_of(due))
    found = {}
    for sheet, rows in stages.items():
        for row_id, row in rows.items():
            before = issue.values.get(sheet, {}).get(row_id, {})
            counted = any(comparable(row.get(each)) != comparable(before.get(each)) for each in COUNTING)
            due = now.get(row_id) if counted or row_id not in issue.due else issue.due[row_id]
            if due:
                found[row_id] = due
    return found


def forgotten(old: Issue, new: Issue) -> frozenset[str]:
    """The texts that the hidden sheet still remembers and this run no longer does: what somebody has deleted."""
    before, now = (
        [case_record(each.case), each.described and case_record(each.described), each.values, each.conflicts]
        for each in (old, new)
    )
    return frozenset(_texts(before)) - frozenset(_texts(now))


def _texts(record: Any) -> Iterator[str]:
    if isinstance(record, str):
        yield record
    elif isinstance(record, (Mapping, list, tuple)):
        for each in record.values() if isinstance(record, Mapping) else record:
            yield from _texts(each)


def write_issue(file: WorkbookFile, old: Issue, new: Issue, *, again: bool = False) -> None:
    """Put the issue into the hidden sheet; `again` where another has been put since the file was read."""
    before, now = pieces(issue_text(old)), pieces(issue_text(new))
    for row in range(1, max(len(before), len(now)) + 1):
        held = file.cell(layout.HIDDEN, row, 1)
        text = now[row - 1] if row <= len(now) else None
        if held.formula is None and (again or held.value != text):
            file.put(layout.HIDDEN, row, 1, text)
    part = "docProps/custom.xml"
    if old.uuid != new.uuid and part in file.package:
        file.package.put(part, file.package.read(part).replace(old.uuid.encode(), new.uuid.encode()))
