"""The schema for editors and the page on the format: made from the loader, current, and in agreement with it."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastjsonschema
import pytest

from procedure.faults import EDITS
from procedure.test_load import folder as folder  # noqa: PLC0414  a fixture, named again so that pytest finds it
from tracker import resources
from tracker.procedure.format import FILES, key_paths, page, procedure_schema, schema
from tracker.procedure.sets import set_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.toml_reader import Key

ROOT = Path(__file__).resolve().parents[2]
SETS = resources.templates() / "procedure"
VALID = fastjsonschema.compile(schema())


def as_json(value: Any) -> Any:
    """TOML as an editor's schema sees it: a date is a text."""
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def faults(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.toml")):
        try:
            VALID(as_json(tomllib.loads(path.read_text("utf-8"))))
        except fastjsonschema.JsonSchemaException:
            yield path.name


def test_the_schema_in_the_folder_is_the_loaders() -> None:
    assert (SETS / "schema.json").read_text("utf-8") == procedure_schema()
    assert json.loads(procedure_schema()) == schema()


def test_the_page_is_the_loaders() -> None:
    assert (ROOT / "docs" / "procedure-format.md").read_text("utf-8") == page()


def paths(keys: tuple[Key, ...], place: str = "") -> Iterator[str]:
    for key in keys:
        path = f"{place}{'PATH' if '.' in key.name else key.name}"
        yield from (path, *paths(key.kind.keys, f"{path}."))


def test_the_page_lists_every_key_with_its_meaning() -> None:
    for name, keys in FILES.items():
        listed = dict(key_paths(name, keys))
        assert set(listed) == set(paths(keys))
        assert all(key.about for key in listed.values())


@pytest.mark.parametrize("name", set_names())
def test_the_schema_takes_the_sets(name: str) -> None:
    assert list(faults(SETS / name)) == []


# Faults of a single value, which an editor can tell as it is typed; others need the whole set.
CODES = {"T505", "T506", "T510", "T514"}
SINGLE = [
    name
    for name, edit in EDITS.items()
    # To a schema, a date is a text.
    if {code for code, _, _ in edit.found} <= CODES and name != "date in quotation marks"
]


@pytest.mark.parametrize("name", SINGLE)
def test_the_schema_refuses_what_the_loader_refuses(folder: Path, name: str) -> None:
    EDITS[name].make(folder)
    assert list(faults(folder)) == [EDITS[name].file]


def test_there_are_such_faults() -> None:
    assert len(SINGLE) > 20
