"""The format of a procedure set: every key of its files, as `templates/format/procedure.toml` declares them.

The loader reads by it. The schema for editors and the page on the format are made from it, and a new set is copied
with the schema. The page: `python -m tracker.procedure.format > docs/procedure-format.md`.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from tracker.case.model import case_paths
from tracker.procedure.kinds import KINDS, entries_kind, table_kind
from tracker.toml_reader import Key, ValueKind, load_format, object_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STAGE_FILE = "STAGE.toml"
"""Our name for the file of a stage; each set names its own files."""

_FORMAT = load_format("procedure")


def _declared_keys(table: str) -> tuple[Key, ...]:
    """The keys of a table, each with its kind."""
    declared: Mapping[str, Mapping[str, Any]] = _FORMAT["tables"][table]
    if table == "fields":  # for each field of a case the same
        declared = dict.fromkeys(case_paths(), declared["PATH"])
    return tuple(
        Key(
            name,
            _key_kind(each),
            each["about"],
            required=each.get("required", False),
            needed=each.get("needed", {}),
        )
        for name, each in declared.items()
    )


def _key_kind(declared: Mapping[str, Any]) -> ValueKind:
    if "entries" in declared:
        return entries_kind(_declared_keys(declared["entries"]), declared.get("id", ""))
    return table_kind(_declared_keys(declared["table"])) if "table" in declared else KINDS[declared["kind"]]


FILES: Mapping[str, tuple[Key, ...]] = {name: _declared_keys(name) for name in _FORMAT["about"]}
"""The files every set has, and a stage's."""

GENERAL_FILES = tuple(name for name in FILES if name != STAGE_FILE)
"""The files every set has; each other `.toml` file is a stage."""


# Made from the keys


def procedure_schema() -> str:
    """Write the JSON Schema of a set's files, for editors, as JSON text.

    Example:
        >>> procedure_schema().startswith("{")
        True
    """
    return json.dumps(schema(), indent=1) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of every file of a set; which of them a file is shows in its entries."""
    kinds = {name: name.partition(".")[0].lower() for name in FILES}
    # The key by which a file is known: its entries, or the title of the set.
    marks = {name: keys[0].name if name != GENERAL_FILES[0] else "title" for name, keys in FILES.items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A file of a procedure set of the action tracker",
        "type": "object",
        # No boards or no agencies is a set, too.
        "anyOf": [*({"required": [mark]} for mark in marks.values()), {"maxProperties": 0}],
        "allOf": [
            {"if": {"required": [marks[name]]}, "then": {"$ref": f"#/definitions/{kind}"}}
            for name, kind in kinds.items()
        ],
        "definitions": {kind: object_schema(FILES[name]) for name, kind in kinds.items()},
    }


def key_paths(name: str, keys: tuple[Key, ...], place: str = "") -> Iterator[tuple[str, Key]]:
    """The keys of a table and of those within it, each with its path; keys that are paths of a case stand once."""
    paths = {"PATH" if "." in key.name else key.name: key for key in keys}
    for path in _FORMAT["order"].get(name, "").split() or paths:
        yield f"{place}{path}", paths[path]
        if inner := paths[path].kind.keys:
            yield from key_paths(path, inner, f"{place}{path}.")


def page() -> str:
    """The page on the format, in Markdown."""
    lines = []
    for name, keys in FILES.items():
        lines += ["", f"### {name}", "", _FORMAT["about"][name], "", "| key | value | needed | means |"]
        lines.append("| --- | --- | --- | --- |")
        for path, key in key_paths(name, keys):
            lines.append(f"| `{path}` | {key.kind.words} | {'yes' if key.required else ''} | {key.about} |")
    return str(_FORMAT["head"]) + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
