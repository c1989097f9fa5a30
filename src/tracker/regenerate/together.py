"""Workbooks read together: each case once, its copies and the returns to it merged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.merge import conflict_problem
from tracker.problems import codes, problem
from tracker.reconcile.model import Reconciliation, case_identity
from tracker.reconcile.run import note_twins, read_bytes, read_files
from tracker.regenerate.copies import Copies, merge_copies
from tracker.regenerate.returned import merge_returns, other_case_problems, return_entry
from tracker.workbook.preflight import workbook_content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tracker.problems import Problem
    from tracker.reconcile.model import CaseState
    from tracker.reconcile.run import Settings
    from tracker.workbook.return_reader import ReadReturn


def reconcile_cases(
    paths: Iterable[Path], settings: Settings, *, returns: Sequence[ReadReturn] = (), workers: int = 1,
    step: Callable[[], object] = lambda: None,
) -> Reconciliation:  # fmt: skip
    """Read workbooks, in `workers` processes, and count each case once; `step` is called after each workbook."""
    reads = list(read_files(list(paths), settings, workers=workers, step=step))
    problems = [each for read in reads for each in read.problems]
    groups: dict[tuple[str, str, str], list[CaseState]] = {}
    for case in _without_sources([read.state for read in reads if read.state]):
        # Two workbooks issued blank are of one issue, and of two cases.
        groups.setdefault((case.uuid, case.issue, case_identity(case)), []).append(case)
    identities = {identity: states[0].reference for (_, _, identity), states in groups.items()}
    problems += other_case_problems(returns, identities)
    cases = [
        _merge_states(states, settings, problems, [each for each in returns if each.uuid == identity])
        for (_, _, identity), states in groups.items()
    ]
    return Reconciliation(settings.as_at, note_twins(cases), tuple(problems))


def _without_sources(cases: Sequence[CaseState]) -> list[CaseState]:
    """The cases without those of workbooks from which another was made, untouched since: they are counted there."""
    newer = {sha256: case.workbooks[0].path for case in cases for sha256 in case.made_from}
    kept: list[CaseState] = []
    notes: dict[str, list[Problem]] = {}
    for case in cases:
        other = newer.get(case.workbooks[0].sha256, case.workbooks[0].path)
        if other == case.workbooks[0].path:
            kept.append(case)
        else:
            notes.setdefault(other, []).append(
                problem(codes.OLDER_COPY, file=case.workbooks[0].path, other=other)
            )
    return [replace(each, problems=(*notes.get(each.workbooks[0].path, ()), *each.problems)) for each in kept]


def _merge_states(
    states: Sequence[CaseState], settings: Settings, problems: list[Problem], returns: Sequence[ReadReturn]
) -> CaseState:
    """One case out of the copies of one issue and what came back to it; `problems` gets those of a file."""
    if len(states) == 1 and not returns:
        return states[0]
    paths = [each.workbooks[0].path for each in states]
    files = [(path, workbook_content(Path(path), settings.password)[0]) for path in paths]
    copies: Copies | None = Copies(files[0][1], (), ())
    reasons: list[Problem] = []
    if len(files) > 1:
        copies, reasons = merge_copies(files, settings.load, settings.as_at)
    if copies is not None and returns:
        copies, reasons = merge_returns(paths[0], copies, returns, settings.load, settings.as_at)
    if copies is None:
        return replace(states[0], problems=(*states[0].problems, *reasons))
    read = read_bytes(copies.content, paths[0], settings)
    problems += read.problems
    assert read.state is not None, "what was merged can be read"
    between = [each.record() for each in copies.conflicts]
    conflicts = [conflict_problem(each, paths[0]) for each in between]
    notes = [each for each in copies.problems if each.code != codes.RETURN_READ]  # its returns are listed
    return replace(
        read.state,
        workbooks=tuple(each.workbooks[0] for each in states),
        conflicts=(*read.state.conflicts, *between),
        returns=tuple(return_entry(each, read.state) for each in copies.returns),
        problems=(*notes, *conflicts, *read.state.problems),
    )
