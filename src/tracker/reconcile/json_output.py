"""What reconcile says, as JSON: the contract's names in the contract's order."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.reconcile.model import SCHEMA
from tracker.text import terminal_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.problems import Problem
    from tracker.reconcile.model import CaseState, Reconciliation

Record = dict[str, Any]


_AS_IT_IS = frozenset({str, int, bool, float, type(None)})


def plain(value: object) -> Any:
    """A value as JSON holds it: dates as `YYYY-MM-DD`."""
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    return value


_fields_of: dict[type, tuple[tuple[str, str], ...]] = {}


def _names(item: Any) -> tuple[tuple[str, str], ...]:
    """The fields of a record and what JSON calls them: a `day` is the contract's `date`, `from_` its `from`."""
    kind = type(item)
    if kind not in _fields_of:
        names = {"day": "date", "from_": "from"}
        _fields_of[kind] = tuple((names.get(each.name, each.name), each.name) for each in fields(kind))
    return _fields_of[kind]


def _record(item: Any) -> Record:
    """A record of the model by its fields."""
    return {said: plain(getattr(item, name)) for said, name in _names(item)}


def problem_record(problem: Problem) -> Record:
    """A problem; its place is the contract's `cell`."""
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "file": problem.file,
        "cell": problem.place,
        "id": problem.id,
        "found": problem.found,
        "expected": problem.expected,
        "remedy": problem.remedy,
    }


def case_record(case: CaseState) -> Record:
    """One case."""
    return {
        "reference": case.reference,
        "uuid": case.uuid,
        "procedure": {"title": case.title, "edition": case.edition},
        "workbooks": [_record(each) for each in case.workbooks],
        "clocks": {name: _record(clock) for name, clock in case.clocks.items()},
        "decisions": plain(dict(case.decisions)),
        "holds": [_record(each) for each in case.holds],
        "actions": [_record(each) for each in case.actions],
        "action_plan": [_record(each) for each in case.action_plan],
        "log": [_record(each) for each in case.log],
        "meetings": [_record(each) for each in case.meetings],
        "timeliness": _record(case.timeliness),
        "changes": [_record(each) for each in case.changes],
        "conflicts": [plain(dict(each)) for each in case.conflicts],
        "problems": [problem_record(each) for each in case.problems],
        "counts": _counts(case.counts),
    }


def _counts(counts: Mapping[str, Mapping[str, int]]) -> Record:
    return {sheet: dict(words) for sheet, words in counts.items()}


def as_json(reconciliation: Reconciliation) -> str:
    """The whole outcome as JSON text."""
    record = {
        "schema": SCHEMA,
        "as_at": reconciliation.as_at.isoformat(),
        "cases": [case_record(each) for each in reconciliation.cases],
        "problems": [problem_record(each) for each in reconciliation.problems],
    }
    return terminal_json(json.dumps(record, ensure_ascii=False, indent=2))
