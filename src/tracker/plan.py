"""From a case and its procedure to the plan: the rows of each stage, in working order, and nothing evaluated yet.

The plan holds what is typed into a new workbook. Due dates and states are formulas over it (`rules`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tracker import rules
from tracker.case.model import Agency, Case, Child, Details, Options, value_at
from tracker.formula.book import Book
from tracker.procedure.model import AGENCY_OWNER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from tracker.procedure.model import Condition, NotApplicable, Procedure, Stage, Step

UNNAMED = "{agency}"
"""Stands where the name of an agency goes that has none yet."""
SPARE_AGENCIES = ("AG1", "AG2", "AG3", "AG4")
"""The codes that a blank workbook keeps for further agencies; their rows begin with the name, not with the code."""
SPARE_CHILDREN = ("Child 2", "Child 3", "Sibling 1", "Sibling 2")
"""The labels of children whose rows a blank workbook has from the start."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of a stage sheet as it is issued. `key` is the agency's code or the child's label of a repeat."""

    id: str
    stage: str
    step: str
    paragraph: str
    action: str
    owner: str
    counted_from: str
    count: int | None
    unit: str
    basis: str
    waits_for: str = ""
    note: str = ""
    status: str = "Not started"
    completed: date | None = None
    reason: str = ""
    key: str = ""

    def typed(self) -> dict[str, str | int | date]:
        """What stands typed in the row's cells, by column title; blank cells are left out."""
        cells = {
            "ID": self.id,
            "Action": self.action,
            "Owner": self.owner,
            "Completed": self.completed,
            "Status": self.status,
            "Reason for change": self.reason or None,
            "Paragraph": self.paragraph,
            "Counted from": self.counted_from or None,
            "Count": self.count,
            "Unit": self.unit or None,
            "Basis": self.basis,
            "Waits for": self.waits_for or None,
            "Note": self.note or None,
        }
        return {title: value for title, value in cells.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Plan:
    """A case under a procedure, as rows by stage.

    With `standby`, rows of agencies and children are there before their names: each wakes when it gets its own.
    """

    case: Case
    procedure: Procedure
    rows: Mapping[str, tuple[PlannedRow, ...]]
    standby: bool = False

    def all_rows(self) -> Iterator[PlannedRow]:
        """Every row, stage by stage."""
        for stage in self.procedure.stages:
            yield from self.rows[stage.name]


def holds(condition: Condition, value: Callable[[str], object]) -> bool:
    """Whether a condition of the procedure holds: any alternative, all of whose tests hold for the field's value."""
    return not condition or any(
        all(value(path) in allowed for path, allowed in alternative) for alternative in condition
    )


def child_code(label: str) -> str:
    """The code of a child in row IDs: `Child 1` -> `C1`, `Young person B` -> `YPB`."""
    *words, number = label.split()
    return "".join(word[0].upper() for word in words) + number


def partnership_codes(names: tuple[str, ...]) -> Mapping[str, str]:
    """A short code for each other partnership: `Somerset` -> `SOM`, longer where two would be alike."""
    codes: dict[str, str] = {}
    for name in names:
        letters = re.sub(r"[^A-Z0-9]", "", name.upper()) or "P"
        length = 3
        while letters[:length] in codes.values() and length < len(letters):
            length += 1
        code, number = letters[:length], 2
        while code in codes.values():
            code, number = f"{letters[:length]}{number}", number + 1
        codes[name] = code
    return codes


@dataclass(frozen=True, slots=True)
class _Repeat:
    """What distinguishes one repeat of a step: the ID's ending, the word before the action, the owner."""

    code: str = ""
    first: str = ""
    owner: str = ""
    key: str = ""


def _applies(step: Step, value: Callable[[str], object]) -> bool:
    return holds(step.when, value) and not (step.unless and holds(step.unless, value))


def _repeats(step: Step, procedure: Procedure, case: Case) -> list[_Repeat]:
    if step.owners:
        codes = {role.name: role.code for role in procedure.roles}
        return [_Repeat(codes[owner], "", role_in(owner, procedure, case)) for owner in step.owners]
    if step.each == "child":
        return [
            _Repeat(child_code(child.label), child.label, key=child.label)
            for child in case.children
            if _applies(step, partial(value_at, case, child=child))
        ]
    if step.each == "agency":
        owns = step.owner == AGENCY_OWNER
        return [
            _Repeat(each.code, _first_word(each), each.name if owns else "", each.code)
            for each in case.agencies
        ]
    if step.each == "other partnership":
        names = case.options.other_partnerships
        return [_Repeat(code, name) for name, code in partnership_codes(names).items()]
    return [_Repeat()]


def _first_word(agency: Agency) -> str:
    return agency.name if agency.code in SPARE_AGENCIES else agency.code


def _wording(step: Step, first: str) -> str:
    """The action as the row words it: whose it is first, who is consulted or copied last."""
    words = f"{first}: {step.action}" if first else step.action
    if step.consult:
        words += f"; consult {', '.join(step.consult)}"
    if step.copy_to:
        words += f"; copy to {', '.join(step.copy_to)}"
    return words


def role_in(name: str, procedure: Procedure, case: Case) -> str:
    """The role that owns a step of this owner: where the case decides who it is, the role the case names."""
    role = next((role for role in procedure.roles if role.name == name), None)
    if role is None or not role.option:
        return name
    return str(value_at(case, f"options.{role.option}")) or role.default


def _rows_of(step: Step, stage: Stage, procedure: Procedure, case: Case) -> Iterator[PlannedRow]:
    if step.each != "child" and not _applies(step, partial(value_at, case)):
        return
    completed = getattr(case.dates, step.completed_by) if step.completed_by else None
    for repeat in _repeats(step, procedure, case):
        yield PlannedRow(
            id=f"{step.id}-{repeat.code}" if repeat.code else step.id,
            stage=stage.name,
            step=step.id,
            paragraph=step.paragraph,
            action=_wording(step, repeat.first),
            owner=repeat.owner or role_in(step.owner, procedure, case),
            counted_from=step.clock,
            count=step.lag.count if step.lag else None,
            unit=step.lag.unit if step.lag else "",
            basis=step.basis,
            waits_for="" if step.standing else ", ".join(step.after),  # what never ends is never Ready
            note=step.note,
            status="Complete" if completed else "Not started",
            completed=completed,
            key=repeat.key,
        )


def filled_reason(rule: NotApplicable, value: Callable[[str], object]) -> str:
    """The reason a decision gives, its fields filled in; nothing is left hanging where one is empty."""
    filled = re.sub(r"\{([\w.]+)\}", lambda field: str(value(field[1]) or ""), rule.reason)
    return filled.rstrip(" :;,")


def _ended(row: PlannedRow, procedure: Procedure, case: Case) -> PlannedRow:
    """The row, Not applicable with its reason where a decision ended it before it was done."""
    if row.completed:
        return row
    value = partial(value_at, case)
    for rule in procedure.not_applicable:
        if row.stage in rule.stages and row.step not in rule.excluding and holds(rule.when, value):
            return replace(row, status="Not applicable", reason=filled_reason(rule, value))
    return row


def make_plan(case: Case, procedure: Procedure) -> Plan:
    """The rows a new workbook is issued with."""
    rows = {
        stage.name: tuple(
            _ended(row, procedure, case)
            for step in stage.steps
            for row in _rows_of(step, stage, procedure, case)
        )
        for stage in procedure.stages
    }
    return Plan(case, procedure, rows)


def blank_case(procedure: Procedure) -> Case:
    """The case of a workbook for a council that runs no commands: usual agencies, one child, no dates."""
    agencies = tuple(
        Agency(usual.name, usual.code, usual.employer, usual.statutory) for usual in procedure.agencies
    )
    options = Options(rapid_review_chair=procedure.default_of("rapid_review_chair"))
    return Case(Details(), children=(Child("Child 1"),), agencies=agencies, options=options)


def blank_plan(procedure: Procedure) -> Plan:
    """The plan of that workbook: the rows of its agencies and children, and of those to come, follow their names."""
    case = blank_case(procedure)
    named = [replace(each, name=UNNAMED) for each in case.agencies]
    used = {each.code for each in named}
    to_come = [Agency(UNNAMED, code) for code in SPARE_AGENCIES if code not in used]
    children = (*case.children, *map(Child, SPARE_CHILDREN))
    filled = replace(case, agencies=(*named, *to_come), children=children)
    return replace(make_plan(filled, procedure), case=case, standby=True)


# A procedure as a table for people

_STEP_TITLES = ("ID", "Paragraph", "Owner", "Timescale", "Counted from", "Basis", "Action")


def step_table(procedure: Procedure, stage: Stage) -> list[tuple[str, ...]]:
    """List the steps of one of a set's stages, as texts: the titles of the columns, then a row a step.

    The ID of a key date is marked with a star; the timescale is by the workbook's own rule: `Days 2 to 10`.

    Example:
        >>> procedure, _ = load_procedure("dorset")
        >>> [row[0] for row in step_table(procedure, procedure.stages[0])[:2]]
        ['ID', 'SIN-1.4 *']
    """
    rows: list[tuple[str, ...]] = [_STEP_TITLES]
    table, rule, book = "Steps", rules.stage_rules(procedure)["Timescale"], Book(0)
    book.add_table(table, table, 1, ["ID", "Count", "Unit", "Timescale"], max(len(stage.steps), 1))
    for row, step in enumerate(stage.steps, 2):
        # A repeated step is known by the rows it has.
        row_id = f"{step.id}-" if step.repeated else step.id
        count, unit = (step.lag.count, step.lag.unit) if step.lag else (None, None)
        for column, content in enumerate((row_id, count, unit, rule), 1):
            book.put(table, row, column, content)
        owners = " / ".join(step.owners or (step.owner,))
        rows.append(
            (
                f"{step.id} *" if step.key else step.id,
                step.paragraph,
                f"{owners}, each {step.each}" if step.each else owners,
                str(book.in_row(table, row, "Timescale")),
                step.clock,
                f"{step.basis}, target of {step.target_of}" if step.target_of else step.basis,
                step.action,
            )
        )
    return rows
