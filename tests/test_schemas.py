"""The JSON Schemas in `docs/schemas/`: made from the code, and true of what the commands write."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from click.testing import CliRunner

from tracker import make_report, reconcile_workbooks
from tracker.cli import cli
from tracker.procedure.load import load_procedure
from tracker.schemas import schema_text, schemas

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = sorted((ROOT / "sample_cases").glob("*-edited.xlsx"))


def written(tmp_path: Path, *words: object) -> dict[str, Any]:
    target = tmp_path / "out.json"
    result = CliRunner().invoke(cli, [*map(str, words), "--format", "json", "-o", str(target)])
    assert target.is_file(), result.stderr
    found = json.loads(target.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_schemas_in_docs_are_those_of_the_code() -> None:
    folder = ROOT / "docs" / "schemas"
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == {
        name: schema_text(schema) for name, schema in schemas().items()
    }


@pytest.mark.parametrize("as_at", ["2026-11-19", "2027-06-01"])
def test_what_reconcile_writes_is_as_its_schema_says(tmp_path: Path, as_at: str) -> None:
    validate = fastjsonschema.compile(schemas()["reconcile.json"])
    found = written(tmp_path, "reconcile", *SAMPLES, "--as-at", as_at)
    assert found["cases"]
    validate(found)


def test_what_is_unknown_or_missing_is_refused(tmp_path: Path) -> None:
    validate = fastjsonschema.compile(schemas()["reconcile.json"])
    found = written(tmp_path, "reconcile", SAMPLES[0], "--as-at", "2026-11-19")
    (case,) = found["cases"]
    for key, value in (("unknown", 1), ("ready", "RR-5.3"), ("summary", None)):
        with pytest.raises(fastjsonschema.JsonSchemaException):
            validate({**found, "cases": [{**case, key: value}]})
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate({**found, "cases": [{key: value for key, value in case.items() if key != "ready"}]})


def test_what_report_writes_is_as_its_schema_says(tmp_path: Path) -> None:
    validate = fastjsonschema.compile(schemas()["report.json"])
    procedure, _ = load_procedure("dorset")
    assert procedure
    outcome = reconcile_workbooks(SAMPLES, date(2026, 11, 19))
    weekly, _ = make_report(outcome, "weekly")
    assert weekly
    validate(json.loads(b"".join(weekly.history())))
    for kind in ("weekly", "timeliness", *(board.id for board in procedure.boards)):
        found = written(tmp_path, "report", *SAMPLES, "--for", kind, "--as-at", "2026-11-19")
        assert found["cases"]
        validate(found)
