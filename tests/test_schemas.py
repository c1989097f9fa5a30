"""The JSON Schemas in `docs/schemas/`: made from the code, and true of what the commands write."""

from __future__ import annotations

import json
import tomllib
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


CASES = sorted((ROOT / "sample_cases").rglob("*.toml"))


def as_json(value: Any) -> Any:
    """What a TOML reader gave, its dates as a schema knows them."""
    if isinstance(value, dict):
        return {name: as_json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_description_is_as_its_schema_says(path: Path) -> None:
    validate = fastjsonschema.compile(schemas()["case.json"])
    found = as_json(tomllib.loads(path.read_text("utf-8")))
    validate(found)
    for wrong in (
        {"awear": "2026-11-02"},
        {"died": "no"},
        {"looked_after": "perhaps"},
        {"aware": "yesterday"},
    ):
        with pytest.raises(fastjsonschema.JsonSchemaException):
            validate({**found, "case": {**found["case"], **wrong}})


@pytest.mark.parametrize(
    "text", ["", "case.awear = 2026-11-02", '[case]\nreference = "D-1"\naware = 2026-11-02\n']
)
def test_what_check_writes_is_as_its_schema_says(tmp_path: Path, text: str) -> None:
    validate = fastjsonschema.compile(schemas()["check.json"])
    (tmp_path / "case.toml").write_text(text, "utf-8")
    found = written(tmp_path, "check", tmp_path / "case.toml", "--as-at", "2026-11-19")
    validate(found)
    assert (found["case"] is None) == any(each["severity"] == "error" for each in found["problems"])


@pytest.mark.parametrize("name", ["ordinary-in-time-edited", "late-sin-over-christmas-edited"])
def test_what_regenerate_writes_is_as_its_schema_says(tmp_path: Path, name: str) -> None:
    validate = fastjsonschema.compile(schemas()["regenerate.json"])
    case = tmp_path / "case.toml"
    described = (ROOT / "sample_cases" / f"{name.removesuffix('-edited')}.toml").read_text("utf-8")
    case.write_text(described.replace("aware = 2026-11-02", "aware = 2026-11-03"), "utf-8")
    words = ["regenerate", ROOT / "sample_cases" / f"{name}.xlsx", "--case", case, "--as-at", "2026-11-19"]
    result = CliRunner().invoke(cli, [*map(str, words), "--dry-run", "--format", "json"])
    found = json.loads(result.stdout)
    validate(found)
    assert found["path"]
