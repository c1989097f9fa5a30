"""Which board a report is for: one of the procedure the command names, else of those the workbooks name."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import click

from tracker.commands.common import procedure_of
from tracker.problems import codes, problem
from tracker.text import did_you_mean, listed, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.procedure.model import Board, Procedure
    from tracker.reconcile.model import Reconciliation
    from tracker.reconcile.run import Settings

    _Sight: TypeAlias = tuple[str, ...]

_FIRST = 5
"""So many workbooks are looked into for a board that no set of ours has; a folder mostly holds cases of one set."""


def refuse_unknown(
    board: str, known: Sequence[str], named: Procedure | None, files: Sequence[Path], settings: Settings
) -> None:
    """Leave where a word is misspelt: better before hundreds of workbooks are read.

    `known` is everything else that a report can be for. A word like no other may be a board of a later workbook's set.
    """
    choices = dict.fromkeys(known)
    for boards in _known_by_sets(named, files, settings):
        choices.update(dict.fromkeys(boards))
        if board in choices:
            return
    if hint := did_you_mean(board, choices):
        raise click.BadParameter(f'"{board}" is none of {", ".join(choices)}{hint}.', param_hint="'--for'")


def _known_by_sets(
    named: Procedure | None, files: Sequence[Path], settings: Settings
) -> Iterator[Iterable[str]]:
    """The boards of the set that is named, of those that travel with the program, and of the first workbook's."""
    from tracker.procedure.load import DORSET, load_procedure, set_names
    from tracker.reconcile.run import read_file

    yield _boards(named)
    for name in sorted(set_names(), key=lambda each: each != DORSET):
        yield _boards(load_procedure(name)[0])
    states = (read_file(path, settings).state for path in files[:_FIRST])
    first = next((state for state in states if state), None)
    yield _boards(_set(first.set_name, named)) if first else ()


def by_their_sets(
    board: str, known: Sequence[str], named: Procedure | None, outcome: Reconciliation
) -> tuple[Procedure, Reconciliation]:
    """The procedure whose board it is, and the cases under procedures that have this board.

    `known` is everything else that a report can be for. A board is shown no case of a procedure that does not know it;
    that is told. Leaves where no procedure has it, and where procedures mean different boards by it.
    """
    used = Counter(case.set_name for case in outcome.cases)
    sets = {name: _set(name, named) for name in sorted(used)}
    sights = {name: _sight(board, procedure) for name, procedure in sets.items()}
    meant = {sight: name for name, sight in sights.items() if sight}
    if named and sights.get(named.set_name):
        meant = {sights[named.set_name]: named.set_name}
    if not meant:
        has = listed(dict.fromkeys(each for procedure in sets.values() for each in _boards(procedure)))
        said = f'the procedure of these workbooks has no board "{board}"; it has {has}. There are also {listed(known)}.'
        raise click.BadParameter(said, param_hint="'--for'")
    if len(meant) > 1:
        which = listed(f'"{sight[0]}" in set {name}' for sight, name in meant.items())
        said = f'"{board}" is a board of several procedures: {which}. Choose with --procedure.'
        raise click.BadParameter(said, param_hint="'--for'")
    sight, chosen = next(iter(meant.items()))
    theirs = tuple(case for case in outcome.cases if sights[case.set_name] == sight)
    others = [_left_out(board, sets[name], used[name]) for name in sets if sights[name] != sight]
    return sets[chosen], replace(outcome, cases=theirs, problems=(*outcome.problems, *others))


def _set(name: str, named: Procedure | None) -> Procedure:
    return named if named and named.set_name == name else procedure_of(name)


def _sight(board_id: str, procedure: Procedure) -> _Sight:
    """What makes two sets' boards the same one: its name, what it sees, and the words it is told in."""
    board = _boards(procedure).get(board_id)
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
        has="has another board" if board in _boards(procedure) else "has no board",
        boards=", ".join(_boards(procedure)),
    )


def _boards(procedure: Procedure | None) -> dict[str, Board]:
    return {board.id: board for board in procedure.boards} if procedure else {}
