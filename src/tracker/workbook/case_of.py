"""The case of a workbook: what people typed on Case, People and Calendar, as a case description."""

from __future__ import annotations

from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.case.format import AGENCY_CODE, CHILD_LABEL, propose_code
from tracker.case.model import SECTIONS, Case, value_at
from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, tidy_text
from tracker.workbook import layout
from tracker.workbook.entries import agency_of, child_of, holds_of, meetings_of, people_of
from tracker.workbook.standby import is_spare, standby_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from tracker.case.model import Agency, Child
    from tracker.procedure.model import Clock, Procedure
    from tracker.workbook.reading import Reading, ReadRow


def with_value(case: Case, path: str, value: Any) -> Case:
    """The case with another value at a path such as `decisions.lcspr`, `marking`."""
    section, _, key = path.partition(".")
    if not key:
        return _with(case, section, value or "")
    name, cls = SECTIONS[section]
    kind = next(str(each.type) for each in fields_of(cls) if each.name == key)
    changed = replace(getattr(case, name), **{key: _of_kind(kind, value)})
    return _with(case, name, changed)


def _with(case: Case, name: str, value: Any) -> Case:
    changed: dict[str, Any] = {name: value}
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
    case = reading.baseline.case
    for path, read in reading.fields.items():
        case = with_value(case, path, read.value if read.value is not None else _blank(path))
    for clock in procedure.clocks:
        typed = reading.clocks.get(clock.name)
        if typed and clock.field:
            case = with_value(case, clock_path(clock), typed.value)
    problems: list[Problem] = []
    spare = set(standby_keys(reading.baseline).values())
    roles = {role.name for role in procedure.roles}
    known, own = reading.baseline.holidays, reading.baseline.case.extra_bank_holidays
    readers: dict[str, tuple[str, Callable[[Sequence[ReadRow]], Any]]] = {
        layout.CHILDREN_TABLE: ("children", lambda rows: _children(rows, problems)),
        rules.AGENCIES: ("agencies", lambda rows: _agencies(rows, spare, problems)),
        rules.ROLES: (
            "people",
            lambda rows: people_of(
                (role, row.values) for row in rows if (role := clean_text(row.text("Role"))) in roles
            ),
        ),
        layout.HOLD_TABLE: ("holds", lambda rows: holds_of(row.values for row in rows)),
        layout.MEETING_TABLE: ("meetings", lambda rows: meetings_of(row.values for row in rows)),
        layout.HOLIDAY_TABLE: (
            "extra_bank_holidays",
            lambda rows: tuple(day for day in _days(rows, "Bank holiday") if day in own or day not in known),
        ),
        layout.CLOSURE_TABLE: ("office_closures", lambda rows: _days(rows, "Office closure")),
    }
    there = {*reading.places, layout.HOLD_TABLE}  # the hold of layout 1 is no table
    changes = {
        name: read_rows(reading.tables[table])
        for table, (name, read_rows) in readers.items()
        if table in there and table in reading.tables
    }
    return replace(case, **changes), problems


def _blank(path: str) -> Any:
    """What a cleared cell means: the field's own default, where it is one of fixed words."""
    value = value_at(Case(SECTIONS["case"][1]()), path) if "." in path else ""
    return value if isinstance(value, str) else None


def _children(rows: Sequence[ReadRow], problems: list[Problem]) -> tuple[Child, ...]:
    found: dict[str, Child] = {}
    for row in rows:
        label = clean_text(row.text("Child"))
        if label in found or not CHILD_LABEL.fullmatch(label):
            # What is no label may be a name, which is never repeated.
            facts = {"value": "an entry", "why": "is no label such as Child 1"}
            if label in found:
                facts = {"value": repr(label), "why": "is listed twice"}
            problems.append(problem(codes.ENTRY_WITHOUT_ROWS, place=row.cell("Child"), **facts))
        else:
            found[label] = child_of(label, row.values)
    return tuple(found.values())


def _agencies(rows: Sequence[ReadRow], spare: Collection[str], problems: list[Problem]) -> tuple[Agency, ...]:
    known = {clean_text(row.text("Code")) for row in rows} - {""}
    names: set[str] = set()
    agencies: dict[str, Agency] = {}
    for row in rows:
        if is_spare(row, spare):
            continue
        name, code = tidy_text(row.text("Agency")), clean_text(row.text("Code"))
        if name and not code:
            code = propose_code(name, known)
            known.add(code)
        word = clean_text(name).casefold()
        if not name:
            why = "has no name under Agency"
        elif not AGENCY_CODE.fullmatch(code):
            why = "has no code of 2 to 6 capitals or digits"
        elif code in agencies or word in names:
            why = "is listed twice"
        else:
            agencies[code] = agency_of(code, row.values)
            names.add(word)
            continue
        problems.append(
            problem(codes.ENTRY_WITHOUT_ROWS, place=row.cell("Code"), value=repr(code or name), why=why)
        )
    return tuple(agencies.values())


def _days(rows: Sequence[ReadRow], title: str) -> tuple[date, ...]:
    return tuple(day for row in rows if (day := row.day(title)))
