"""Which procedure's board a report is for, where the command names no procedure: the workbooks say it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tracker.commands.common import procedure_of
from tracker.problems import problem
from tracker.text import listed, quantity

if TYPE_CHECKING:
    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.reconcile.model import Reconciliation


def boards_that_travel() -> tuple[str, ...]:
    """The boards of every set that travels with the program, by their IDs."""
    from tracker.procedure.load import load_procedure, set_names

    loaded = (load_procedure(name)[0] for name in set_names())
    return tuple(dict.fromkeys(board for each in loaded if each for board in _boards(each)))


def by_their_sets(board: str, outcome: Reconciliation) -> tuple[Procedure, Reconciliation]:
    """The procedure whose board it is, and the cases under procedures that have the board.

    A board is shown no case of a procedure that does not know it; that is told. Leaves where no procedure has it.
    """
    used = Counter(case.set_name for case in outcome.cases)
    sets = {name: procedure_of(name) for name, _ in used.most_common()}
    have = [name for name, procedure in sets.items() if board in _boards(procedure)]
    if not have:
        known = listed(dict.fromkeys(each for procedure in sets.values() for each in _boards(procedure)))
        said = f'the procedure these workbooks were issued under has no board "{board}"; it has {known}.'
        raise click.BadParameter(said, param_hint="'--for'")
    passed_over = [
        _without(board, procedure, used[name]) for name, procedure in sets.items() if name not in have
    ]
    theirs = tuple(case for case in outcome.cases if case.set_name in have)
    return sets[have[0]], replace(outcome, cases=theirs, problems=(*outcome.problems, *passed_over))


def _without(board: str, procedure: Procedure, cases: int) -> Problem:
    return problem(
        "T149",
        cases=quantity(cases, "case"),
        title=procedure.title,
        board=board,
        boards=", ".join(_boards(procedure)),
    )


def _boards(procedure: Procedure) -> list[str]:
    return [board.id for board in procedure.boards]
