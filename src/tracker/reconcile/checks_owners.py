"""Who does it: no owner, an unknown one, or one for whom nobody is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import Problem, codes, problem
from tracker.text import as_found, clean_text, short_date, suggest
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.reconcile.checks_input import CheckInput, PlanRow, StageRow


def _known(data: CheckInput) -> list[str]:
    """The roles and agencies of sheet People."""
    roles = [row.text("Role") for row in data.reading.tables[rules.ROLES]]
    agencies = [row.text("Agency") for row in data.reading.tables[rules.AGENCIES]]
    return [name for name in (*roles, *agencies) if name]


def no_owner(data: CheckInput) -> Iterator[Problem]:
    """An open row without an owner."""
    for checked in data.rows:
        if checked.action.open and checked.action.action and data.blank(checked.row, "Owner"):
            yield checked.fault(codes.NO_OWNER, "Owner")


def unknown_owner(data: CheckInput) -> Iterator[Problem]:
    """An owner that is not on sheet People; the same role under another name is suggested."""
    if layout.PEOPLE in data.unread:
        return
    names = _known(data)
    known = {name.casefold() for name in names}
    aliases = {
        clean_text(alias).casefold(): role.name for role in data.procedure.roles for alias in role.aliases
    }
    employers = {clean_text(name).casefold() for _, name in data.procedure.employer_names}
    agencies = [each.name for each in data.reading.issue.case.agencies]
    issued = {name.casefold() for name in (*agencies, *(role.name for role in data.procedure.roles))}
    owned: list[tuple[StageRow | PlanRow, str, str]] = [
        *((checked, checked.action.owner, "Owner") for checked in data.rows),
        *((checked, checked.action.owner, "Owner") for checked in data.plan),
        *((checked, checked.action.lead_agency, "Lead agency") for checked in data.plan),
    ]
    for checked, owner, title in owned:
        word = clean_text(owner)
        if title == "Lead agency" and word.casefold() in employers:
            continue  # the council leads what no single service of it does
        if word and owner.casefold() not in known:
            # A role or agency as issued was taken off sheet People: another one like it is not what was meant.
            near = "" if word.casefold() in issued else aliases.get(word.casefold()) or suggest(word, names)
            hint = f' (did you mean "{near}"?)' if near else ""
            yield checked.fault(codes.UNKNOWN_OWNER, title, owner=as_found(owner), suggestion=hint)


def nobody_named(data: CheckInput) -> Iterator[Problem]:
    """An open row with a confirmed due date, and no name for its owner; others' bodies name their own."""
    if not _names_are_there(data):
        return
    known = {name.casefold() for name in _known(data)}
    for checked in data.rows:
        action = checked.action
        if not (action.open and action.due) or action.provisional or action.employer == "external":
            continue
        if action.owner.casefold() in known and not action.named_owner:
            yield checked.fault(
                codes.NOBODY_NAMED, "Named owner", due=short_date(action.due), owner=action.owner
            )


def _names_are_there(data: CheckInput) -> bool:
    """Whether sheet People still has the columns that hold names: a missing one is reported once."""
    tables = data.reading.tables
    return all(
        title in row.columns
        for table, title in ((rules.ROLES, "Name"), (rules.AGENCIES, "Contact"))
        for row in tables[table][:1]
    )


def named_twice(data: CheckInput) -> Iterator[Problem]:
    """A role or an agency that stands in two rows of sheet People: the formulas take the first."""
    for table, title in ((rules.ROLES, "Role"), (rules.AGENCIES, "Agency")):
        first: dict[str, str] = {}
        for row in data.reading.tables[table]:
            name = clean_text(row.text(title))
            other = first.setdefault(name.casefold(), row.cell(title))
            if name and other != row.cell(title):
                yield problem(codes.DUPLICATE_NAME, place=row.cell(title), name=name, other=other)


CHECKS = (no_owner, unknown_owner, nobody_named, named_twice)
