"""The page on the format of a set: `python -m tracker.procedure.format_page > docs/procedure-format.md`.

Which keys there are, of what kind and whether they are needed comes from the loader (`shape`); here stands what they
mean, in the order in which the page lists them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tracker.procedure.shape import STAGE_FILE, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ABOUT: Mapping[str, str] = {
    "procedure.toml": "The set itself, and what holds for all its stages.",
    "roles.toml": "Who can own a step, be consulted or be sent a copy.",
    "clocks.toml": "What steps are counted from. Day zero is the first that is known of `field`, `step`, `fallback`; "
    "until then it may be provisional.",
    "boards.toml": "The boards that are shown the tracker: `tracker report --for ID`.",
    "agencies.toml": "The agencies most cases involve: offered by `tracker new`, listed by `tracker generate --blank`.",
    STAGE_FILE: "A file for each stage, under any other name: a sheet of the workbook, a row for each step.",
}

MEANING: Mapping[str, Mapping[str, str]] = {
    "procedure.toml": {
        "title": "the procedure's name",
        "edition": "which edition it is; a workbook remembers it, and `regenerate --move-edition` moves it on",
        "effective_from": "the day from which the edition holds",
        "improvement_plan": "the plan that learning goes into",
        "meeting_kinds": "what a meeting can be called, besides the boards",
        "plan_sources": "where an action of the action plan can come from; left out, the stages and who writes letters",
        "checked_on": "the day the set was last compared with its sources; left out, nobody has",
        "checked_by": "who compared it: a role, never a person",
        "review_by": "the day until which that holds; past it every command and report says so",
        "source": "what the rules rest on",
        "source.title": "the document",
        "source.date": "its date",
        "source.taken": "what was taken from it",
        "not_applicable": "a decision that ends something",
        "not_applicable.when": "the decision",
        "not_applicable.stages": "whose rows become Not applicable",
        "not_applicable.excluding": "steps that stay",
        "not_applicable.reason": "the reason in the row; fields of the case in braces: `{decisions.lcspr_reason}`",
        "comparison": "another reading of when a step is due: shown on sheet Case, never used",
        "comparison.label": "what it is called there",
        "comparison.step": "the step",
        "comparison.from": "a clock",
        "comparison.count": "how far from its day zero",
        "comparison.unit": "in what",
        "comparison.note": "a word of help beside it",
        "fields": "the set's own words for the fields of sheet Case",
        "fields.PATH": 'one field, by its path in a case description: `"decisions.lcspr"`',
        "fields.PATH.label": "what it is called",
        "fields.PATH.help": "a word of help beside it, such as the paragraph",
        "guide": "lines of sheet Guide that the set words itself, by the word they begin with",
        "reading": "how a contradiction or a gap is read: a line on sheet Guide",
        "reading.paragraphs": "where",
        "reading.text": "how",
    },
    "roles.toml": {
        "employers": "how each kind of employer is shown",
        "employers.council": "the council",
        "employers.partnership": "the safeguarding partnership",
        "employers.partner agency": "any partner agency",
        "employers.external": "anybody outside, who is chased and never overdue",
        "role": "a role",
        "role.name": "its one name",
        "role.aliases": "its other names, read as this one everywhere",
        "role.employer": "whose it is",
        "role.code": "ends the IDs of its rows where a step has several owners; kept for ever",
        "role.email": "an address the procedure itself gives, written beside the role on People",
        "role.digest": "true for who gets the weekly digest of all cases",
        "role.option": "where the case decides who it is: the option that names the role",
        "role.default": "that role where the case says nothing; needed with `option`",
    },
    "clocks.toml": {
        "clock": "a clock",
        "clock.name": "its name, shown as Counted from",
        "clock.defined_name": "what formulas call it",
        "clock.paragraph": "where the procedure says so",
        "clock.field": "a date of the case. One clock has `aware`; `incident` is typed among the details of sheet Case",
        "clock.step": "the step whose Completed it is: one that every case has exactly once",
        "clock.fallback": "another date of the case, for when the first is not known",
        "clock.provisional": "until then, counted from another clock; left out, no dates before it is known",
        "clock.provisional.from": "that clock",
        "clock.provisional.count": "how far",
        "clock.provisional.unit": "in what",
        "clock.hold": "true where the case's hold stops the rows counted from it",
        "clock.note": "the reading taken",
    },
    "boards.toml": {
        "board": "a board",
        "board.id": "what `--for` calls it",
        "board.name": "its name, also a kind of meeting",
        "board.paragraph": "where the procedure says so",
        "board.sees": "what it is shown",
        "board.employer": "with `employer`: whose outstanding actions",
    },
    "agencies.toml": {
        "agency": "an agency",
        "agency.name": "its name",
        "agency.code": "ends the IDs of its rows; kept for ever",
        "agency.employer": "whose it is",
        "agency.statutory": "true for a statutory partner",
    },
    STAGE_FILE: {
        "name": "the sheet's name",
        "prefix": "how the IDs of its steps begin",
        "order": "its place among the stages, of which there are at most eight",
        "milestone": "the step the stage leads to",
        "milestone_words": 'what Summary says before its date: `"with the Panel by"`',
        "step": "a step: a row, in the order of the file",
        "step.id": "prefix, paragraph, then b, c ... for further steps of it; kept for ever",
        "step.paragraph": 'text in quotes (`"5.10"` is not `"5.1"`), or `"Appendix"`',
        "step.action": "short and plain; with `each` it begins small, since the row puts a name before it",
        "step.owner": "a role; several for a row each; `{agency}` where each agency does it itself",
        "step.consult": "roles, named at the end of the row",
        "step.copy_to": "roles, named at the end of the row",
        "step.short": "a key date's name on Summary and in messages, at most 30 characters",
        "step.unless": "fields of the case for which there is no such row",
        "step.standing": "true for what is done again and again: one open row without a date, never Ready",
        "step.document": "the Word template in `templates/documents/` that it is filled from",
        "step.from": "a clock, or a kind of planned meeting; with `count` and `unit`, or none of the three",
        "step.count": "how far from its day zero; negative counts back",
        "step.first": "of a range of days the first; the step is due on its last, which is `count`",
        "step.unit": "days are calendar days; a date in days, weeks or months is due on the last working day on or before it",
        "step.basis": "needed with a date; left out, Undated. Added is for steps of your own without a date",
        "step.target_of": "the step whose limit this one is to beat: the same clock and unit, a smaller count",
        "step.after": "steps that must be done first; a repeated one means all its rows",
        "step.key": "true for a key date",
        "step.when": "fields of the case, or with `each = \"child\"` of the child, for which there is such a row",
        "step.each": "a row for each of them",
        "step.completed_by": "the date of the case that fills Completed",
        "step.held": "true where the case's hold stops the step, whatever it is counted from",
        "step.delay_within": "for the step that gives the reasons for delay: it is asked for in the weekly report from "
        "so many working days before the local review is due",
        "step.note": "the reading taken; `tracker explain` shows it",
    },
}

_HEAD = """\
# The format of a procedure set

Made from the program by `python -m tracker.procedure.format_page`. A set is a folder of TOML files. Three travel with
the program: `templates/procedure/dorset/`, taken where none is named; `templates/procedure/national/`, the least that any
English partnership has to do, not checked by anybody; and `templates/procedure/riverside/`, an invented partnership with
other stages and another timeline.

## Your own set

1. `tracker procedure new my-procedure` copies the Dorset set, or with `--from national` that one, with a schema by which editors complete and check.
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

A step counted from a meeting, such as papers three working days before it: the kind of meeting in `from`. It follows the
next meeting of that kind on Calendar that is not held, else the last one held, and is provisional until then.

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


def _table(name: str) -> Iterator[str]:
    keys, meaning = lines(name), MEANING[name]
    yield from ("", f"### {name}", "", _ABOUT[name], "", "| key | value | needed | means |")
    yield "| --- | --- | --- | --- |"
    for key, words in meaning.items():
        line = keys[key]
        yield f"| `{key}` | {line.words} | {'yes' if line.required else ''} | {words} |"


def page() -> str:
    """The page in Markdown."""
    return _HEAD + "\n".join(line for name in MEANING for line in _table(name)) + "\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
