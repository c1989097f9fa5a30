from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from reconcile.editing import reconcile_paths
from workbook.making import FACTS

from files.base import AS_AT, CASE, memory_in, parts_of, small_procedure
from files.mutations import bytes_damaged, cells_retyped, memory_damaged, parts_damaged
from files.worker import in_workers
from tracker.plan import make_plan
from tracker.problems import has_errors
from tracker.reconcile.output import as_text
from tracker.workbook.build import build
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.reconcile.model import CaseState, Reconciliation

PROCEDURE = small_procedure()
DAMAGED_BYTES, DAMAGED_PARTS, RETYPED, DAMAGED_MEMORY = 1_000, 120, 30, 60


@cache
def _tracker() -> bytes:
    """A tracker of few steps, so that many can be read."""
    return workbook_bytes(build(make_plan(CASE, PROCEDURE), FACTS, AS_AT))


def _reconciled(path: Path) -> Reconciliation:
    return reconcile_paths([path], AS_AT, load=lambda _: (PROCEDURE, []))


def _known(outcome: Reconciliation) -> CaseState | None:
    """What is known of the case, but for where the file lies."""
    return replace(outcome.cases[0], workbooks=()) if outcome.cases else None


def _judged(content: bytes, path: Path, issued: CaseState | None = None) -> str:
    """An empty text where the file was refused with a problem or read; else what is wrong with the outcome.

    A file that is read must tell the same as `issued`, where that is given.
    """
    path.write_bytes(content)
    outcome = _reconciled(path)
    told = as_text(outcome, colour=False) + outcome.to_json()
    if "MemoryError" in told or "Traceback" in told:
        return f"told {told[:300]}"
    if path.read_bytes() != content:
        return "the file was changed"
    known = _known(outcome)
    if known is None:
        return "" if has_errors(outcome.problems) else "refused without a problem"
    return "" if issued is None or known == issued else "read differently"


def _faults(
    make: Callable[[int], bytes], count: int, folder: Path, issued: CaseState | None = None
) -> dict[str, Any]:
    def job(seed: str) -> str:
        return _judged(make(int(seed)), folder / f"{seed}.xlsx", issued)

    outcomes = in_workers(job, [str(seed) for seed in range(count)], folder)
    assert len(outcomes) == count
    return {seed: outcome for seed, outcome in outcomes.items() if outcome}


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> CaseState:
    path = tmp_path_factory.mktemp("issued") / "case.xlsx"
    path.write_bytes(_tracker())
    known = _known(_reconciled(path))
    assert known
    assert known.problems == ()
    return known


def test_damaged_bytes_are_refused_or_make_no_difference(tmp_path: Path, issued: CaseState) -> None:
    content = _tracker()
    assert _faults(lambda seed: bytes_damaged(content, seed), DAMAGED_BYTES, tmp_path, issued) == {}


def test_damaged_parts_give_problems_or_a_reading(tmp_path: Path) -> None:
    parts = parts_of(_tracker())
    assert _faults(lambda seed: parts_damaged(parts, seed), DAMAGED_PARTS, tmp_path) == {}


def test_cells_typed_over_at_random_give_problems_or_a_reading(tmp_path: Path) -> None:
    parts = parts_of(_tracker())
    assert _faults(lambda seed: cells_retyped(parts, seed), RETYPED, tmp_path) == {}


def test_a_damaged_memory_gives_problems_or_a_reading(tmp_path: Path) -> None:
    parts, memory = parts_of(_tracker()), memory_in(_tracker())
    assert _faults(lambda seed: memory_damaged(parts, memory, seed), DAMAGED_MEMORY, tmp_path) == {}
