"""Who does it: no owner, an unknown one, or one for whom nobody is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.text import clean_text, short_date, suggest
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.problems import Problem
    from tracker.reconcile.checks_input import CheckInput, Line, PlanLine


def _known(data: CheckInput) -> list[str]:
    """The roles and agencies of sheet People."""
    roles = [row.text("Role") for row in data.reading.tables[rules.ROLES]]
    agencies = [row.text("Agency") for row in data.reading.tables[rules.AGENCIES]]
    return [name for name in (*roles, *agencies) if name]


def no_owner(data: CheckInput) -> Iterator[Problem]:
    """An open row without an owner."""
    for line in data.lines:
        if line.action.open and line.action.action and data.blank(line.row, "Owner"):
            yield line.fault("T318", "Owner")


def unknown_owner(data: CheckInput) -> Iterator[Problem]:
    """An owner that is not on sheet People; the same role under another name is suggested."""
    if layout.PEOPLE in data.unread:
        return
    names = _known(data)
    known = {name.casefold() for name in names}
    aliases = {
        clean_text(alias).casefold(): role.name for role in data.procedure.roles for alias in role.aliases
    }
    owned: list[tuple[Line | PlanLine, str, str]] = [
        *((line, line.action.owner, "Owner") for line in data.lines),
        *((line, line.action.owner, "Owner") for line in data.plan),
        *((line, line.action.lead_agency, "Lead agency") for line in data.plan),
    ]
    for line, owner, title in owned:
        word = clean_text(owner)
        if word and owner.casefold() not in known:
            near = aliases.get(word.casefold()) or suggest(word, names)
            hint = f' (did you mean "{near}"?)' if near else ""
            yield line.fault("T326", title, owner=owner, suggestion=hint)


def nobody_named(data: CheckInput) -> Iterator[Problem]:
    """An open row with a confirmed due date, and no name for its owner; others' bodies name their own."""
    known = {name.casefold() for name in _known(data)}
    for line in data.lines:
        action = line.action
        if not (action.open and action.due) or action.provisional or action.employer == "external":
            continue
        if action.owner.casefold() in known and not action.named_owner:
            yield line.fault("T314", "Named owner", due=short_date(action.due), owner=action.owner)


CHECKS = (no_owner, unknown_owner, nobody_named)
