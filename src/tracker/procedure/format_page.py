"""The schema of a set's files for editors, and the page on their format, both made from `format`.

The page: `python -m tracker.procedure.format_page > docs/procedure-format.md`.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from tracker.procedure.format import FILES, GENERAL_FILES, STAGE_FILE
from tracker.procedure.kinds import object_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracker.procedure.kinds import SetKey


def schema_text() -> str:
    """The schema as the text of its file."""
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


_ABOUT: Mapping[str, str] = {
    "procedure.toml": "The set itself, and what holds for all its stages.",
    "roles.toml": "Who can own a step, be consulted or be sent a copy.",
    "clocks.toml": "What steps are counted from. Day zero is the first that is known of `field`, `step`, `fallback`; "
    "until then it may be provisional.",
    "boards.toml": "The boards that are shown the tracker: `tracker report --for ID`.",
    "agencies.toml": "The agencies most cases involve: offered by `tracker new`, listed by `tracker generate --blank`.",
    STAGE_FILE: "A file for each stage, under any other name: a sheet of the workbook, a row for each step.",
}

_ORDER: Mapping[str, str] = {
    "procedure.toml": "title edition effective_from checked_on checked_by review_by improvement_plan meeting_kinds "
    "plan_sources not_applicable comparison fields guide reading source",
    "roles.toml": "employers role",
    "role": "name aliases employer code email email_note digest signs option default",
    "clock": "name defined_name paragraph field step fallback provisional hold note",
    "board": "id name paragraph sees employer members",
    STAGE_FILE: "name prefix order milestone milestone_words step",
    "step": "id paragraph action owner consult copy_to from count first unit basis target_of after key short event "
    "title decides when unless each standing completed_by held delay_within document note",
}
"""The keys of a table as the page lists them, where that is not the order of `format`."""

_HEAD = """\
# The format of a procedure set

Made from the program by `python -m tracker.procedure.format_page`. A set is a folder of TOML files. Three travel with
the program: `templates/procedure/dorset/`, taken where none is named; `templates/procedure/national/`, the least that
any English partnership has to do, checked by nobody; and `templates/procedure/riverside/`, an invented partnership with
other stages and another timeline.

## Your own set

1. `tracker procedure new my-procedure` copies the present set, with a schema by which editors complete and check.
   Outside Dorset add `--from national`: it has the steps of every partnership, and you add your own.
2. Edit the files. IDs and codes are kept for ever: people's rows are found by them.
3. `tracker procedure check my-procedure` lists all that is wrong at once, or the set as a table.
4. `tracker procedure diff dorset my-procedure` shows what differs, step by step.
5. `tracker generate case.toml --procedure my-procedure`, and `--procedure` again with every other command. Where a
   folder holds workbooks of other sets too, reports judge each by its own.

A workbook names its set by the folder's name. So a set needs a name of its own, other than those that travel with the
program, and its folder keeps it.

A new edition is a copy with another `edition` and `effective_from`, in a folder of another name (`my-procedure-2027`):
the older one stays where it is for the workbooks that were issued under it. Compare the two with `diff`, then bring
workbooks under way to it with `tracker regenerate`, adding `--procedure my-procedure-2027 --move-edition`, or leave
them under the edition they were issued with. A case that became known before `effective_from` is noted when its
description is checked. A description with `procedure = "2023"` is for that edition alone: name the folder of that
edition with it.

Reviews are measured by what the steps are, not by the order of the stages: the notification is the step with
`completed_by = "sin_submitted"` (without one, the first stage's milestone), the review sent to the National Panel the
first milestone whose clock starts with that step, and the local review the step `completed_by = "published"`. Reports
call the two reviews as these stages are called, or Rapid Review and LCSPR where a set has no such stage.

## How to say it

A range of days, such as working days 2 to 10: due on the last; Timescale reads `Days 2 to 10`.

```toml
from = "Notification day"
first = 2
count = 10
unit = "working days"
basis = "Procedure"
```

A step counted from the incident: a clock with `field = "incident"`, and steps that name it in `from`.

A target beside a limit: two steps. The limit keeps its row and its lateness; the target names it.

```toml
id = "NO-2.2b"
count = 3
target_of = "NO-2.2"
```

Calendar days, such as "within about ten days": `unit = "days"`.

A step counted from a meeting, such as papers three working days before it: the kind of meeting in `from`. It follows
the next meeting of that kind on Calendar that is not held, else the last one held, and is provisional until then.
Where a clock has the same name, the clock is meant.

```toml
from = "Rapid Review"
count = -3
unit = "working days"
basis = "Procedure"
```

A row for each child of whom something holds: `child.died` and `child.looked_after` in `when`. A child of whom the case
says nothing else is as the case.

```toml
each = "child"
when = { "child.died" = true, "child.looked_after" = ["looked after", "care leaver"] }
```

Several owners, each with a row: a list. The row's ID ends in the role's code (`SR-4.1-NUR`).

```toml
owner = ["Director for Children and Families", "Chief Nurse"]
```

A condition tests fields of the case; all tests of a table must hold, and of a list of tables any one.

```toml
when = { "case.died" = true, "case.looked_after" = ["looked after", "care leaver"] }
```

## The files
"""


def rows(name: str, keys: tuple[SetKey, ...], place: str = "") -> Iterator[tuple[str, SetKey]]:
    """The keys of a table and of those within it, each with its path; keys that are paths of a case stand once."""
    order = _ORDER.get(name, "").split()
    paths = {"PATH" if "." in key.name else key.name: key for key in keys}
    for path in order or paths:
        yield f"{place}{path}", paths[path]
        if inner := paths[path].kind.keys:
            yield from rows(path, inner, f"{place}{path}.")


def page() -> str:
    """The page in Markdown."""
    lines = []
    for name, keys in FILES.items():
        lines += ["", f"### {name}", "", _ABOUT[name], "", "| key | value | needed | means |"]
        lines.append("| --- | --- | --- | --- |")
        for path, key in rows(name, keys):
            lines.append(f"| `{path}` | {key.kind.words} | {'yes' if key.required else ''} | {key.about} |")
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
