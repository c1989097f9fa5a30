"""Which report a name means: one that every procedure has, or that of a board of some procedure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.api.sources import Set, find_procedure
from tracker.problems import Problem, codes, problem
from tracker.procedure.load import load_procedure
from tracker.text import did_you_mean, listed, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.procedure.model import Board, Procedure
    from tracker.reconcile.model import Reconciliation

OWNERS = "owners"
"""What the commands call the messages of `make_messages`."""


class UnknownReportError(ValueError):
    """There is no such report, or it is a board of several procedures; the message says which there are."""


def names_for_every_procedure() -> tuple[str, ...]:
    """Their names; the messages to owners are asked for like a report."""
    from tracker.report.reports import KINDS

    return (*KINDS, OWNERS)


def refuse_misspelt(name: str, boards: Iterable[str]) -> None:
    """Refuse a name that is none, and much like one."""
    choices = dict.fromkeys([*names_for_every_procedure(), *boards])
    if name not in choices and (hint := did_you_mean(name, choices)):
        raise UnknownReportError(f'"{name}" is none of {", ".join(choices)}{hint}.')


def cases_of_board(board: str, procedure: Set, outcome: Reconciliation) -> tuple[Procedure, Reconciliation]:
    """The procedure whose board it is, and the cases under procedures that have this board.

    A board is shown no case of a procedure that does not know it; a problem says so.
    """
    named = find_procedure(procedure)[0] if procedure else None
    used = Counter(case.set_name for case in outcome.cases)
    sets = {name: _set(name, named) for name in sorted(used)}
    sights = {name: _sight(board, each) for name, each in sets.items()}
    meant = {sight: name for name, sight in sights.items() if sight}
    if named and sights.get(named.set_name):
        meant = {sights[named.set_name]: named.set_name}
    if not meant:
        theirs = list(dict.fromkeys(each for found in sets.values() for each in boards_of(found)))
        refuse_misspelt(board, theirs)
        raise UnknownReportError(
            f'the procedure of these workbooks has no board "{board}"; it has {listed(theirs)}. '
            f"There are also {listed(names_for_every_procedure())}."
        )
    if len(meant) > 1:
        which = listed(f'"{sight[0]}" in set {name}' for sight, name in meant.items())
        raise UnknownReportError(
            f'"{board}" is a board of several procedures: {which}. Choose with --procedure.'
        )
    sight, chosen = next(iter(meant.items()))
    shown = tuple(case for case in outcome.cases if sights[case.set_name] == sight)
    others = [_left_out(board, sets[name], used[name]) for name in sets if sights[name] != sight]
    return sets[chosen], replace(outcome, cases=shown, problems=(*outcome.problems, *others))


def _set(name: str, named: Procedure | None) -> Procedure:
    if named and named.set_name == name:
        return named
    found, _ = load_procedure(name)
    assert found, "a case was read by it"
    return found


def _sight(board_id: str, procedure: Procedure) -> tuple[str, ...]:
    """What makes two sets' boards the same one: its name, what it sees, and the words its report uses."""
    board = boards_of(procedure).get(board_id)
    if board is None:
        return ()
    shown = dict(procedure.employer_names).get(board.employer, "")
    plan = procedure.improvement_plan if board.employer else ""
    return board.name, board.sees, board.employer, shown, plan


def _left_out(board: str, procedure: Procedure, cases: int) -> Problem:
    return problem(
        codes.BOARD_UNKNOWN_TO_PROCEDURE,
        cases=quantity(cases, "case"),
        set_name=procedure.set_name,
        title=procedure.title,
        board=board,
        has="has another board" if board in boards_of(procedure) else "has no board",
        boards=", ".join(boards_of(procedure)),
    )


def boards_of(procedure: Procedure | None) -> dict[str, Board]:
    """The boards of a procedure by their IDs."""
    return {board.id: board for board in procedure.boards} if procedure else {}
