"""The case as its workbook says it: what people typed on Case, People and Calendar, as a case description."""

from __future__ import annotations

import re
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.case.codes import propose_code
from tracker.case.model import SECTIONS, Case, value_at
from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, tidy_text
from tracker.workbook import layout
from tracker.workbook.entries import agency_of, holds_of, meetings_of, people_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.case.model import Agency, Hold, Meeting, Person
    from tracker.procedure.model import Clock, Procedure
    from tracker.workbook.reading import Reading, ReadRow

_LABEL = re.compile(r"(?:Child|Sibling|Baby|Young person) (?:[0-9]{1,3}|[A-Z])")
_CODE = re.compile(r"[A-Z0-9]{2,6}")


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

    What a person cannot type there is as it was issued: the dates that are the `Completed` of a row.
    """
    base = reading.issue.case
    case = base
    for path, read in reading.fields.items():
        case = with_value(case, path, read.value if read.value is not None else _blank(path))
    for clock in procedure.clocks:
        typed = reading.clocks.get(clock.name)
        if typed and clock.field:
            case = with_value(case, clock_path(clock), typed.value)
    children, problems = _children(reading)
    agencies, more = _agencies(reading)
    return replace(
        case,
        children=children,
        agencies=agencies,
        people=_people(reading, procedure),
        holds=_holds(reading),
        meetings=_meetings(reading),
        extra_bank_holidays=_extra_days(reading),
        office_closures=_closures(reading),
    ), [*problems, *more]


def _blank(path: str) -> Any:
    """What a cleared cell means: the field's own default, where it is one of fixed words."""
    value = value_at(Case(SECTIONS["case"][1]()), path) if "." in path else ""
    return value if isinstance(value, str) else None


def _there(reading: Reading, table: str) -> bool:
    return table in reading.places


def _children(reading: Reading) -> tuple[tuple[str, ...], list[Problem]]:
    if not _there(reading, layout.CHILDREN_TABLE):
        return reading.issue.case.children, []
    labels: list[str] = []
    problems = []
    for row in reading.tables[layout.CHILDREN_TABLE]:
        label = clean_text(row.text("Child"))
        if label in labels or not _LABEL.fullmatch(label):
            known = label in labels
            facts = {"value": label, "why": "is listed twice" if known else "is no label such as Child 1"}
            problems.append(problem(codes.ENTRY_WITHOUT_ROWS, place=row.cell("Child"), **facts))
        else:
            labels.append(label)
    return tuple(labels), problems


def _agencies(reading: Reading) -> tuple[tuple[Agency, ...], list[Problem]]:
    if not _there(reading, rules.AGENCIES):
        return reading.issue.case.agencies, []
    rows = reading.tables[rules.AGENCIES]
    known = {clean_text(row.text("Code")) for row in rows} - {""}
    taken: set[str] = set()
    names: set[str] = set()
    agencies = []
    problems = []
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
    return tuple(agencies), problems


def _unusable(name: str, code: str, taken: set[str], names: set[str]) -> str:
    if not name:
        return "has no name under Agency"
    if not _CODE.fullmatch(code):
        return "has no code of 2 to 6 capitals or digits"
    if code in taken or clean_text(name).casefold() in names:
        return "is listed twice"
    return ""


def _people(reading: Reading, procedure: Procedure) -> dict[str, Person]:
    if not _there(reading, rules.ROLES):
        return dict(reading.issue.case.people)
    roles = {role.name for role in procedure.roles}
    rows = reading.tables[rules.ROLES]
    return people_of((role, row.values) for row in rows if (role := clean_text(row.text("Role"))) in roles)


def _meetings(reading: Reading) -> tuple[Meeting, ...]:
    if not _there(reading, layout.MEETING_TABLE):
        return reading.issue.case.meetings
    return meetings_of(row.values for row in reading.tables[layout.MEETING_TABLE])


def _holds(reading: Reading) -> tuple[Hold, ...]:
    if layout.HOLD_TABLE not in reading.tables:
        return reading.issue.case.holds
    return holds_of(row.values for row in reading.tables[layout.HOLD_TABLE])


def _days(rows: Sequence[ReadRow], title: str) -> list[date]:
    return [day for row in rows if (day := row.day(title))]


def _extra_days(reading: Reading) -> tuple[date, ...]:
    """The bank holidays that were declared for this case, or typed since."""
    base = reading.issue.case.extra_bank_holidays
    if not _there(reading, layout.HOLIDAY_TABLE):
        return base
    listed = _days(reading.tables[layout.HOLIDAY_TABLE], "Bank holiday")
    return tuple(day for day in listed if day in base or day not in reading.issue.holidays)


def _closures(reading: Reading) -> tuple[date, ...]:
    if not _there(reading, layout.CLOSURE_TABLE):
        return reading.issue.case.office_closures
    return tuple(_days(reading.tables[layout.CLOSURE_TABLE], "Office closure"))
