"""The JSON Schemas in `docs/schemas/`, made from the dataclasses whose records are written.

`python -m tracker.schemas docs/schemas` writes them anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from tracker.api.cases import CheckedCase, FilledForm
from tracker.case.format import case_schema
from tracker.commands.new import ANSWERS_SCHEMA
from tracker.merge import Conflict
from tracker.problems import SEVERITIES, Problem
from tracker.reconcile import model
from tracker.records import JSON_NAMES
from tracker.regenerate.outcome import SCHEMA as REGENERATE
from tracker.report.data_output import YEARLY
from tracker.report.history import SCHEMA as REPORT
from tracker.report.yearly import Measure
from tracker.rules import Rag, Status

Schema = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_NAMES = {
    "Mapping": Mapping,
    "Sequence": Sequence,
    "date": date,
    "Problem": Problem,
    "Rag": Rag,
    "Status": Status,
}
"""What the annotations of the records name, which their modules import for types alone."""
_SIMPLE: Mapping[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    object: {},
    date: {"type": "string", "format": "date"},
}


def schemas() -> Mapping[str, Schema]:
    """Every schema by the name of its file."""
    return {
        "answers.json": _answers_schema(),
        "case.json": case_schema(),
        "check.json": _add_title("tracker check --format json", CheckedCase.SCHEMA, _record(CheckedCase)),
        "form.json": _add_title("tracker new --form", FilledForm.SCHEMA, _record(FilledForm)),
        "reconcile.json": _add_title(
            "tracker reconcile --format json", model.SCHEMA, _record(model.Reconciliation)
        ),
        "regenerate.json": _regenerate_schema(),
        "report.json": _report_schema(),
    }


def _add_title(title: str, name: str, record: Schema) -> Schema:
    """A record that begins with the name of its schema."""
    record["properties"] = {"schema": {"const": name}, **record["properties"]}
    record["required"].insert(0, "schema")
    return {"$schema": _DRAFT, "title": title, **record}


def _answers_schema() -> Schema:
    """What `tracker new` keeps while it is interrupted, and reads again: each question with its answer, in order."""
    pair = {
        "type": "array",
        "items": [{"type": "string"}, {"type": ["string", "boolean"]}],
        "minItems": 2,
        "maxItems": 2,
    }
    record = _object({"answers": {"type": "array", "items": pair}}, ["answers"])
    return _add_title("The answers of an interrupted tracker new", ANSWERS_SCHEMA, record)


def _regenerate_schema() -> Schema:
    """What `tracker regenerate --format json` writes; `problems` alone where nothing could be done."""
    value = {"type": ["string", "number", "boolean", "null"]}
    text = {"type": "string"}
    values = dict.fromkeys(("was", "yours", "new"), value)
    conflict = _object({**dict.fromkeys((each.name for each in fields(Conflict)), text), **values}, [])
    cell = {
        **dict.fromkeys(("cell", "id", "column"), text),
        "was": value,
        "now": value,
        "formula": {"type": "boolean"},
    }
    added = dict.fromkeys(("id", "table", "cell"), text)
    lists = {
        "added": _object(added, list(added)),
        **dict.fromkeys(("adopted", "withdrawn", "marks", "deleted"), text),
        "cells": _object(cell, list(cell)),
        **dict.fromkeys(("conflicts", "settled"), conflict),
    }
    done: Schema = {name: {"type": "array", "items": items} for name, items in lists.items()}
    record = _object(
        {"path": text, "changed": {"type": "boolean"}, **done, "problems": _schema_of(Sequence[Problem])},
        ["problems"],
    )
    return _add_title("tracker regenerate --format json", REGENERATE, record)


def _report_schema() -> Schema:
    """What `tracker report --format json` writes, and the history beside a report.

    Its cases are those of reconcile, but leave out what the report does not print; its rows have a hash.
    """
    case = _all_optional(_record(model.CaseState))
    for part in ("actions", "action_plan"):
        case["properties"][part]["items"]["properties"]["hash"] = {"type": "string"}
    case["properties"]["action_plan"]["items"]["properties"]["due"] = _schema_of(date)  # in the history alone
    case["properties"]["summary"] = {"type": "string"}
    head: Schema = {
        "schema": {"const": REPORT},
        "for": {"type": "string"},
        "as_at": _schema_of(date),
        "since": _schema_of(date),
        "procedures": {"type": "array", "items": {"type": "string"}},
        "cannot_be_right": {"type": "integer"},
        "reviews": {"type": "array", "items": {"type": "object"}},
        "measures": {"type": "array", "items": _record(Measure)},
        **{part: {"type": "array", "items": _record(kind)} for part, kind in YEARLY.items()},
        "cases": {"type": "array", "items": {**case, "required": ["reference", "uuid"]}},
        "problems": {"type": "array", "items": _all_optional(_record(Problem))},
    }
    required = ["schema", "for", "as_at", "since", "cases", "problems"]
    return {"$schema": _DRAFT, "title": "tracker report --format json", **_object(head, required)}


def _object(properties: Schema, required: Sequence[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _record(kind: type) -> Schema:
    """The schema of a dataclass: its fields, or of a case what it shows of itself."""
    hints = get_type_hints(kind, localns=_NAMES)
    names: Sequence[str] = [each.name for each in fields(kind)]
    if kind is model.CaseState:
        names = model.SHOWN
        for name in set(names) - set(hints):
            hints[name] = get_type_hints(getattr(kind, name).fget, localns=_NAMES)["return"]
    properties = {JSON_NAMES.get(name, name): _schema_of(hints[name]) for name in names}
    if kind is Problem:
        properties = {"cell" if name == "place" else name: each for name, each in properties.items()}
        properties["severity"] = {"enum": list(SEVERITIES)}
    return _object(properties, list(properties))


def _schema_of(hint: object) -> Schema:
    """The schema of what an annotation allows."""
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in {Union, UnionType}:
        return {"anyOf": [_schema_of(each) for each in inner]}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema_of(inner[1])}
    if origin in {Sequence, tuple, list}:
        return {"type": "array", "items": _schema_of(inner[0])}
    assert isinstance(hint, type), hint
    assert is_dataclass(hint), hint
    return _record(hint)


def _all_optional(schema: Any) -> Any:
    """The same where nothing has to be there."""
    if isinstance(schema, list):
        return [_all_optional(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _all_optional(each) for name, each in schema.items() if name != "required"}


def schema_text(schema: Schema) -> str:
    """A schema as the text of its file."""
    return json.dumps(schema, indent=1) + "\n"


if __name__ == "__main__":
    for name, made in schemas().items():
        Path(sys.argv[1], name).write_text(schema_text(made), "utf-8")
