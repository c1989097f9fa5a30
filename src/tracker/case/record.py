"""A case as a JSON record, and back: what the workbook remembers of the description it was issued from."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.case.dates import in_range
from tracker.case.model import SECTIONS, Agency, Case, Child, Hold, Meeting, Person

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = dict[str, Any]


def plain(value: object) -> Any:
    """A value with dates as `YYYY-MM-DD`, records as dicts, tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name.rstrip("_"): plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value


def case_record(case: Case) -> Record:
    """The case as JSON can hold it."""
    record = plain(case)
    assert isinstance(record, dict)
    return record


def _restored(cls: type, record: Any) -> Any:
    """An instance of one of the case's records; what it does not know is left out, what lacks is the default."""
    values = {}
    for each in fields(cls):
        key = each.name.rstrip("_")
        if key in _as(dict, record):
            values[each.name] = _value(str(each.type), record[key])
    return cls(**values)


def _value(kind: str, value: Any) -> Any:
    """A value of the kind a field is annotated with."""
    if kind == "bool | None":
        return None if value is None else _as(bool, value)
    if kind == "date | None":
        return None if value is None else day_from_record(value)
    if kind.startswith("tuple"):
        return _texts(value)
    return _as({"str": str, "bool": bool}[kind], value)


def _as(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_as(str, each) for each in _as(list, value))


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


def _child(value: Any) -> Child:
    """A child; before layout 3 a record has its label alone."""
    if isinstance(value, str):
        return Child(value)
    child = _restored(Child, value)
    assert isinstance(child, Child)
    return child


def _holds(record: Mapping[str, Any]) -> tuple[Hold, ...]:
    """The holds; a record of layout 1 has one of them, which may be empty."""
    found = [_restored(Hold, each) for each in (*record.get("holds", ()), record.get("hold", {}))]
    return tuple(each for each in found if each != Hold())


def case_from_record(record: Mapping[str, Any]) -> Case:
    """The case of a record that `case_record` made.

    Raises:
        TypeError, ValueError, KeyError, AttributeError: when it is another record.
    """
    sections = {name: _restored(cls, record.get(name, {})) for name, cls in SECTIONS.values()}
    return Case(
        procedure=_as(str, record.get("procedure", "")),
        marking=_as(str, record.get("marking", "")),
        children=tuple(_child(each) for each in record.get("children", ())),
        agencies=tuple(_restored(Agency, each) for each in record.get("agencies", ())),
        people={role: _restored(Person, each) for role, each in record.get("people", {}).items()},
        holds=_holds(record),
        meetings=tuple(_restored(Meeting, each) for each in record.get("meetings", ())),
        extra_bank_holidays=tuple(map(day_from_record, record.get("extra_bank_holidays", ()))),
        office_closures=tuple(map(day_from_record, record.get("office_closures", ()))),
        **sections,
    )
