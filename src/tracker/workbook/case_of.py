"""The case as its workbook says it: what people typed on Case, People and Calendar, as a case description."""

from __future__ import annotations

from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.case.fields import AGENCY_CODE, CHILD_LABEL, propose_code
from tracker.case.model import SECTIONS, Case, value_at
from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, tidy_text
from tracker.workbook import layout
from tracker.workbook.entries import agency_of, holds_of, meetings_of, people_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.case.model import Agency, Person
    from tracker.procedure.model import Clock, Procedure
    from tracker.workbook.reading import Reading, ReadRow


def with_value(case: Case, path: str, value: Any) -> Case:
    """The case with another value at a path such as `decisions.lcspr`, `marking`."""
    section, _, key = path.partition(".")
    if not key:
        return _with(case, section, value or "")
    name, cls = SECTIONS[section]
    kind = next(str(each.type) for each in fields_of(cls) if each.name == key)
    held = getattr(case, name)
    return _with(case, name, replace(held, **{key: _of_kind(kind, value)}))


def _with(case: Case, attribute_name: str, value: Any) -> Case:
    changed: dict[str, Any] = {attribute_name: value}
    return replace(case, **changed)


def _of_kind(kind: str, value: Any) -> Any:
    if kind == "bool":
        return value == "yes"
    if kind.startswith("tuple"):
        return tuple(part for each in str(value or "").split(",") if (part := tidy_text(each)))
    if kind.startswith("date"):
        return value if isinstance(value, date) else None
    return tidy_text(str(value)) if value is not None else ""


def clock_path(clock: Clock) -> str:
    """The description's path of the date that is typed beside a clock."""
    return "case.aware" if clock.field == "aware" else f"dates.{clock.field}"


def case_of(reading: Reading, procedure: Procedure) -> tuple[Case, list[Problem]]:
    """The case of a workbook, and what on it cannot be taken into rows.

    What a person cannot type there is as it was issued: the dates that are the `Completed` of a row, and whatever
    table is gone.
    """
    case = reading.issue.case
    for path, read in reading.fields.items():
        case = with_value(case, path, read.value if read.value is not None else _blank(path))
    for clock in procedure.clocks:
        typed = reading.clocks.get(clock.name)
        if typed and clock.field:
            case = with_value(case, clock_path(clock), typed.value)
    problems: list[Problem] = []
    return _with_tables(case, reading, procedure, problems), problems


def _with_tables(case: Case, reading: Reading, procedure: Procedure, problems: list[Problem]) -> Case:
    tables = {name: rows for name, rows in reading.tables.items() if name in reading.places}
    if (rows := tables.get(layout.CHILDREN_TABLE)) is not None:
        case = replace(case, children=_children(rows, problems))
    if (rows := tables.get(rules.AGENCIES)) is not None:
        case = replace(case, agencies=_agencies(rows, problems))
    if (rows := tables.get(rules.ROLES)) is not None:
        case = replace(case, people=_people(rows, procedure))
    if (rows := reading.tables.get(layout.HOLD_TABLE)) is not None:  # the hold of layout 1 is no table
        case = replace(case, holds=holds_of(row.values for row in rows))
    if (rows := tables.get(layout.MEETING_TABLE)) is not None:
        case = replace(case, meetings=meetings_of(row.values for row in rows))
    if (rows := tables.get(layout.HOLIDAY_TABLE)) is not None:
        known, own = reading.issue.holidays, reading.issue.case.extra_bank_holidays
        listed = _days(rows, "Bank holiday")
        case = replace(
            case, extra_bank_holidays=tuple(day for day in listed if day in own or day not in known)
        )
    if (rows := tables.get(layout.CLOSURE_TABLE)) is not None:
        case = replace(case, office_closures=tuple(_days(rows, "Office closure")))
    return case


def _blank(path: str) -> Any:
    """What a cleared cell means: the field's own default, where it is one of fixed words."""
    value = value_at(Case(SECTIONS["case"][1]()), path) if "." in path else ""
    return value if isinstance(value, str) else None


def _children(rows: Sequence[ReadRow], problems: list[Problem]) -> tuple[str, ...]:
    labels: list[str] = []
    for row in rows:
        label = clean_text(row.text("Child"))
        if label in labels or not CHILD_LABEL.fullmatch(label):
            known = label in labels
            facts = {"value": label, "why": "is listed twice" if known else "is no label such as Child 1"}
            problems.append(problem(codes.ENTRY_WITHOUT_ROWS, place=row.cell("Child"), **facts))
        else:
            labels.append(label)
    return tuple(labels)


def _agencies(rows: Sequence[ReadRow], problems: list[Problem]) -> tuple[Agency, ...]:
    known = {clean_text(row.text("Code")) for row in rows} - {""}
    taken: set[str] = set()
    names: set[str] = set()
    agencies = []
    for row in rows:
        name, code = tidy_text(row.text("Agency")), clean_text(row.text("Code"))
        if name and not code:
            code = propose_code(name, known)
            known.add(code)
        why = _unusable(name, code, taken, names)
        if why:
            problems.append(
                problem(codes.ENTRY_WITHOUT_ROWS, place=row.cell("Code"), value=code or name, why=why)
            )
            continue
        taken.add(code)
        names.add(clean_text(name).casefold())
        agencies.append(agency_of(code, row.values))
    return tuple(agencies)


def _unusable(name: str, code: str, taken: set[str], names: set[str]) -> str:
    if not name:
        return "has no name under Agency"
    if not AGENCY_CODE.fullmatch(code):
        return "has no code of 2 to 6 capitals or digits"
    if code in taken or clean_text(name).casefold() in names:
        return "is listed twice"
    return ""


def _people(rows: Sequence[ReadRow], procedure: Procedure) -> dict[str, Person]:
    roles = {role.name for role in procedure.roles}
    return people_of((role, row.values) for row in rows if (role := clean_text(row.text("Role"))) in roles)


def _days(rows: Sequence[ReadRow], title: str) -> list[date]:
    return [day for row in rows if (day := row.day(title))]
