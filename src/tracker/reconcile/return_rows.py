"""What each owner is sent as a return: the open rows of that owner, taken from a workbook that was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.reconcile.model import PlanAction, case_identity
from tracker.reconcile.state import stage_tables
from tracker.text import same_word
from tracker.workbook.return_page import TYPED, ReturnContent, ReturnRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.procedure.model import Procedure
    from tracker.reconcile.model import Action, CaseState
    from tracker.workbook.reading import Reading, ReadRow

_AS_SENT = ("On hold", "Clock not started", "Ready", "No date")


@dataclass(frozen=True, slots=True)
class ReturnOwner:
    """Somebody who is sent a return: the name rows are owned by, the code in IDs, and the words for it."""

    name: str
    code: str = ""
    also: tuple[str, ...] = ()

    def is_called(self, word: str) -> bool:
        """Whether somebody means this owner by a word: name, code, or another name of a role."""
        return any(same_word(word, each) for each in (self.name, self.code, *self.also) if each)

    def owns(self, row: ReadRow) -> bool:
        """Whether a row is this owner's: as its owner, or as the lead agency of an action of the plan."""
        names = (row.text("Owner"), row.text("Lead agency"))
        return any(name and (same_word(name, self.name) or name in self.also) for name in names)


def agencies_of(reading: Reading) -> list[ReturnOwner]:
    """The agencies on sheet People."""
    rows = reading.tables[rules.AGENCIES]
    return [ReturnOwner(row.text("Agency"), row.text("Code")) for row in rows if row.text("Agency")]


def outside_owners(reading: Reading) -> list[ReturnOwner]:
    """Who is sent a return unasked: the agencies, and the roles that somebody in a partner agency holds."""
    roles = [row for row in reading.tables[rules.ROLES] if row.text("Employer") == "partner agency"]
    return [*agencies_of(reading), *(ReturnOwner(row.text("Role")) for row in roles if row.text("Role"))]


def owners_of(reading: Reading, state: CaseState) -> list[ReturnOwner]:
    """Everybody who can be named: agencies, roles, and whoever else a row names as its owner."""
    found = agencies_of(reading)
    found += [ReturnOwner(each.owner, also=each.aliases) for each in state.people]
    named = [*(each.owner for each in state.actions), *(each.lead_agency for each in state.action_plan)]
    found += [
        ReturnOwner(name) for name in dict.fromkeys((*named, *(each.owner for each in state.action_plan)))
    ]
    first: dict[str, ReturnOwner] = {}
    for each in found:
        if each.name:
            first.setdefault(each.name.casefold(), each)
    return list(first.values())


def return_content(
    owner: ReturnOwner, reading: Reading, procedure: Procedure, state: CaseState, as_at: date
) -> tuple[ReturnContent, list[str]]:
    """What an owner is sent, and the cells of open rows left out because they have no ID to be read back by."""
    judged: list[Action | PlanAction] = [*state.actions, *state.action_plan]
    actions = {each.cell: each for each in judged}
    tables = [*stage_tables(reading, procedure).values(), reading.tables[rules.PLAN]]
    found = [
        (row, actions[row.cell()])
        for rows in tables
        for row in rows
        if row.cell() in actions and actions[row.cell()].open and owner.owns(row)
    ]
    found.sort(key=lambda pair: (pair[1].judged is None, pair[1].judged or date.max))
    rows = tuple(_return_row(row, action, owner) for row, action in found if action.id)
    days = [day for row in rows for day in (row.day_zero, row.agreed)]
    days += [each.target if isinstance(each, PlanAction) else each.due for _, each in found]
    first = min([as_at, *filter(None, days)])
    content = ReturnContent(
        uuid=case_identity(state),
        reference=state.reference,
        marking=state.marking,
        owner=owner.name,
        code=owner.code,
        asks=_who_asks(procedure, state),
        as_at=as_at,
        rows=rows,
        holidays=tuple(sorted(day for day in state.holidays if day >= first)),
    )
    return content, [row.cell("Action") for row, action in found if not action.id]


def _return_row(row: ReadRow, action: Action | PlanAction, owner: ReturnOwner) -> ReturnRow:
    typed = {title: row.values.get(title) for title in TYPED if title in row.columns}
    words = action.action.removeprefix(f"{owner.code}: ").removeprefix(f"{owner.name}: ")
    words = words[:1].upper() + words[1:]
    if isinstance(action, PlanAction):
        words = words or action.recommendation
        rest = (
            action.target,
            action.agreed,
            None,
            None,
            "",
            "",
            action.rag if action.rag in _AS_SENT else "",
        )
        return ReturnRow(action.id, words, "", *rest, typed)
    sent = action.rag if action.rag in _AS_SENT else "Provisional" if action.provisional else ""
    rest_of_stage = (action.agreed, action.day_zero, action.count, action.unit, action.basis, sent)
    return ReturnRow(action.id, words, action.timescale, None, *rest_of_stage, typed)


def _who_asks(procedure: Procedure, state: CaseState) -> tuple[str, str]:
    """Who asks, and the line that says what to do and whom to answer."""
    role = _asking_role(procedure)
    people = {each.owner.casefold(): each for each in state.people}
    entry = people.get(role.casefold())
    name, email = (entry.name, entry.email) if entry else ("", "")
    asks = ", ".join(filter(None, (name, role))) or "The partnership"
    to = f"{name or f'the {role}'}{f' ({email})' if email else ''}"
    return f"Asked by {asks}", f"Fill in the green columns, save this file and send it back to {to}."


def _asking_role(procedure: Procedure) -> str:
    """The role that keeps the tracker: the first of the partnership's own."""
    own: Iterator[str] = (role.name for role in procedure.roles if role.employer == "partnership")
    return next(own, procedure.roles[0].name if procedure.roles else "")
