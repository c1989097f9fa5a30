"""A case as plain values, as a case description gives them. Dates are dates, or None while unknown.

Its JSON record is what a workbook remembers of the description it was issued from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.records import JsonRecord, Record, plain
from tracker.text import in_range
from tracker.toml_reader import load_format

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Details(JsonRecord):
    """`[case]`: what happened, without a name. `aware` is SIN day zero."""

    reference: str = ""
    summary: str = ""
    incident: date | None = None
    aware: date | None = None
    died: bool = False
    looked_after: str = "no"
    abuse_or_neglect: str = "suspected"


@dataclass(frozen=True, slots=True)
class Child(JsonRecord):
    """A child of the case, by a label, never a name; what is left open is the case's (`None`, empty)."""

    label: str
    died: bool | None = None
    looked_after: str = ""


@dataclass(frozen=True, slots=True)
class Agency(JsonRecord):
    """An agency involved in the case. `code` is part of row IDs and kept for ever."""

    name: str
    code: str
    employer: str = "partner agency"
    statutory: bool = False
    contact: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Person(JsonRecord):
    """Who holds a role in this case."""

    name: str
    email: str = ""
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Dates(JsonRecord):
    """`[dates]`: filled as they become known."""

    sin_submitted: date | None = None
    national_panel_meeting: date | None = None
    lcspr_recommended: date | None = None
    lcspr_decided: date | None = None
    publication: date | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Decisions(JsonRecord):
    """`[decisions]`: what was decided, in the contract's fixed words."""

    notify: str = "yes"
    notify_decided: date | None = None
    notify_reason: str = ""
    criteria_met: str = "yes"
    criteria_decided: date | None = None
    criteria_reason: str = ""
    rapid_review_continues: str = "yes"
    rapid_review_recommends: str = "undecided"
    panel_response: str = "awaited"
    lcspr: str = "undecided"
    lcspr_reason: str = ""
    learning_review: str = "undecided"
    publication_form: str = "full report"
    case_closed: date | None = None


@dataclass(frozen=True, slots=True)
class Hold(JsonRecord):
    """A hold: publication waits, for example for a trial, from its first day until the day it ended."""

    from_: date | None = None
    review_on: date | None = None
    ended_on: date | None = None
    reason: str = ""
    agreed_by: str = ""


@dataclass(frozen=True, slots=True)
class Options(JsonRecord):
    """`[options]`: conditions that switch rows on."""

    other_partnerships: tuple[str, ...] = ()
    submitters_absent: bool = False
    rapid_review_chair: str = ""


@dataclass(frozen=True, slots=True)
class Meeting(JsonRecord):
    """A meeting that is fixed. `kind` is one of the set's meeting kinds or a board."""

    kind: str
    date: date | None
    time: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `people` maps a role's name to its holder."""

    details: Details
    procedure: str = ""
    marking: str = "OFFICIAL-SENSITIVE"
    children: tuple[Child, ...] = ()
    agencies: tuple[Agency, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    dates: Dates = Dates()
    decisions: Decisions = Decisions()
    holds: tuple[Hold, ...] = ()
    options: Options = Options()
    meetings: tuple[Meeting, ...] = ()
    extra_bank_holidays: tuple[date, ...] = ()
    office_closures: tuple[date, ...] = ()


SECTIONS: Mapping[str, tuple[str, type]] = {
    "case": ("details", Details),
    "dates": ("dates", Dates),
    "decisions": ("decisions", Decisions),
    "options": ("options", Options),
}
"""The description's tables of single values: TOML name -> (attribute of `Case`, its class)."""


def attribute(key: str) -> str:
    """The attribute that holds a TOML key: `from` is a Python keyword."""
    return "from_" if key == "from" else key


def keys(section: str) -> tuple[str, ...]:
    """The TOML keys of a section: `keys("options") == ("other_partnerships", ...)`."""
    return tuple(each.name for each in fields(SECTIONS[section][1]))


def value_at(case: Case, path: str, child: Child | None = None) -> object:
    """The value at a path as the description writes it: `case.died`, `decisions.lcspr`; `child.died` of a child."""
    section, _, key = path.partition(".")
    if section == "child":
        own = getattr(child, key, None)
        return getattr(case.details, key) if own in {None, ""} else own
    return getattr(getattr(case, SECTIONS[section][0]), key)


def case_paths() -> tuple[str, ...]:
    """Every path that `value_at` takes."""
    return tuple(f"{section}.{key}" for section in SECTIONS for key in keys(section))


CHOICES: Mapping[str, tuple[str, ...]] = {
    f"{section}.{name}": tuple(declared["words"])
    for section, keys_of in load_format("case")["tables"].items()
    for name, declared in keys_of.items()
    if "words" in declared
}
"""The fixed words of a field, the default first where the field has a neutral one."""


def case_record(case: Case) -> Record:
    """The case as JSON can hold it."""
    return {each.name: plain(getattr(case, each.name)) for each in fields(case)}


def case_from_record(record: Record) -> Case:
    """The case of a record that `case_record` made.

    Raises:
        TypeError, ValueError, KeyError, AttributeError: when it is another record.
    """
    # A record of layout 1 has one hold, which may be empty.
    holds = [_restore(Hold, each) for each in (*record.get("holds", ()), record.get("hold", {}))]
    return Case(
        **{name: _restore(cls, record.get(name, {})) for name, cls in SECTIONS.values()},
        procedure=_expect(str, record.get("procedure", "")),
        marking=_expect(str, record.get("marking", "")),
        # Before layout 3 a record has the labels alone.
        children=tuple(
            Child(each) if isinstance(each, str) else _restore(Child, each)
            for each in _expect(list, record.get("children", []))
        ),
        agencies=tuple(_restore(Agency, each) for each in record.get("agencies", ())),
        people={role: _restore(Person, each) for role, each in record.get("people", {}).items()},
        holds=tuple(each for each in holds if each != Hold()),
        meetings=tuple(_restore(Meeting, each) for each in record.get("meetings", ())),
        extra_bank_holidays=tuple(map(day_from_record, record.get("extra_bank_holidays", ()))),
        office_closures=tuple(map(day_from_record, record.get("office_closures", ()))),
    )


def day_from_record(value: Any) -> date:
    """The date of a `YYYY-MM-DD` in a record.

    Raises:
        TypeError: when it is no text.
        ValueError: when it is no date a case can have.
    """
    day = date.fromisoformat(value)
    if not in_range(day):
        raise ValueError(f"{day} is not of this century")
    return day


def _restore(cls: type, record: Any) -> Any:
    """An instance of a part of the case. Unknown keys of the record are passed over; a missing one has its default."""
    values: dict[str, Any] = {}
    for each in fields(cls):
        if (key := each.name.rstrip("_")) not in _expect(dict, record):
            continue
        value, kind = record[key], str(each.type)
        if kind == "date | None":
            values[each.name] = None if value is None else day_from_record(value)
        elif kind == "bool | None":
            values[each.name] = None if value is None else _expect(bool, value)
        elif kind.startswith("tuple"):
            values[each.name] = _texts(value)
        else:
            values[each.name] = _expect({"str": str, "bool": bool}[kind], value)
    return cls(**values)


def _expect(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_expect(str, each) for each in _expect(list, value))
