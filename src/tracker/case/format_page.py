"""The JSON Schema of a case description for editors, and the page on its format, both made from `fields`.

The page: `python -m tracker.case.format_page > docs/case-format.md`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tracker.case.fields import LISTS, PERSON, SECTION_NAMES, TABLES, TOP, table_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.case.fields import CaseKey


def case_schema() -> dict[str, Any]:
    """The JSON Schema of a case description; words are written as the program writes them."""
    sections = {name: _object(keys) for name, keys in TABLES.items()}
    sections |= {name: {"type": "array", "items": _object(keys)} for name, keys in LISTS.items()}
    person = {"anyOf": [{"type": "string"}, _object(PERSON)]}
    sections["people"] = {"type": "object", "additionalProperties": person}
    top = _object(TOP)
    top["properties"] |= {name: sections[name] for name in SECTION_NAMES}
    title = "A case description of the action tracker"
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": title, **top, "required": ["case"]}


def _object(keys: Iterable[CaseKey]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "object",
        "properties": {key.name: {**key.kind.schema, "description": key.about} for key in keys},
        "additionalProperties": False,
    }
    if required := [key.name for key in keys if key.required]:
        found["required"] = required
    return found


_HEAD = """\
# The case description

A case description is a small text file. It says what a case is: dates, agencies, people, decisions. `tracker new` asks
for it and writes it. You can also copy one from `sample_cases/` and change it in any text editor. `tracker check
case.toml` lists everything that is wrong with it.

Never put a child's name in it. Use a reference and labels such as `Child 1`.

- Text stands in quotation marks: `"Dorset Police"`.
- A date is year, month and day, without quotation marks: `2026-11-02`. Leave a line out while its date is not known.
- A line that begins with `#` is a note to yourself. `tracker regenerate` does not keep such notes; it writes workbooks.

[The schema](schemas/case.json) lets an editor complete and check the file. Put this on its first line, with the path to
your copy: `#:schema ./case.json`

Only `[case]` with its reference and its date `aware` has to be there.
"""
_PEOPLE = """\
Each line is a role of the procedure: `"PDSCP Business Manager" = "R. Example"`, or with these keys:
`{ name = "R. Example", email = "r.example@example.org" }`. Leave out a role while nobody holds it."""


def page() -> str:
    """The page in Markdown."""
    lines = [*_section("At the top", TOP)]
    for name in SECTION_NAMES:
        keys = TABLES.get(name) or LISTS.get(name) or PERSON
        lines += _section(f"`{table_header(name)}`", keys, _PEOPLE if name == "people" else "")
    return _HEAD + "\n".join(lines) + "\n"


def _section(title: str, keys: tuple[CaseKey, ...], words: str = "") -> Iterator[str]:
    yield from ("", f"## {title}", "", *([words, ""] if words else []))
    yield from ("| key | example | needed | what it is |", "| --- | --- | --- | --- |")
    for key in keys:
        example = f"`{key.example}`"
        yield f"| `{key.name}` | {example} | {'yes' if key.required else ''} | {key.about} |"


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
