"""Every command that reads a workbook, run on a damaged one in this process."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from click.testing import CliRunner
from workbook.making import FACTS

from files.base import AS_AT, CASE, memory_in, parts_of, small_procedure, tracker
from files.mutations import bytes_damaged, cells_retyped, memory_damaged, parts_damaged
from tracker.cli import cli
from tracker.plan import make_plan
from tracker.workbook.build import build
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = ("--as-at", "2026-11-19")
RECONCILE = ("reconcile", "case.xlsx", *DAY)
REGENERATE = (
    ("regenerate", "case.xlsx", "-o", "new.xlsx", *DAY),
    ("reconcile", "new.xlsx", *DAY),
)
OTHERS = (
    REGENERATE,
    (("report", "case.xlsx", "--for", "weekly", "-o", "weekly.html", *DAY),),
    (("report", "case.xlsx", "--for", "owners", "-o", "owners", *DAY),),
    (("regenerate", "case.xlsx", "--dry-run", "--annotate", *DAY),),
    (("report", "case.xlsx", "--for", "timeliness", "-o", "timeliness.html", *DAY),),
    (("calendar", "case.xlsx", "--all", "-o", "days.ics", *DAY),),
    (("explain", "case.xlsx", "SIN-2.1", *DAY),),
    (("returns", "case.xlsx", "-o", "sent", *DAY),),
    (("documents", "case.xlsx", "-o", "letters", *DAY),),
    (("report", "case.xlsx", "--for", "maqpag", "--format", "csv", "-o", "maqpag", *DAY),),
)
USUAL_EXITS = (0, 1, 3)  # 3: there are conflicts
UNREADABLE = "error T10"


@cache
def base(*, small: bool) -> bytes:
    """An undamaged tracker: of every step, or of few, which is read in a fraction of the time."""
    return workbook_bytes(build(make_plan(CASE, small_procedure()), FACTS, AS_AT)) if small else tracker()


@cache
def _memory(*, small: bool) -> str:
    return memory_in(base(small=small))


def damaged(seed: int, *, small: bool) -> bytes:
    """A tracker damaged in one of four ways, in turn."""
    content = base(small=small)
    ways = (
        lambda: bytes_damaged(content, seed),
        lambda: parts_damaged(parts_of(content), seed),
        lambda: cells_retyped(parts_of(content), seed),
        lambda: memory_damaged(parts_of(content), _memory(small=small), seed),
    )
    return ways[seed % len(ways)]()


@contextmanager
def in_folder(folder: Path, *, small: bool) -> Iterator[None]:
    """Work in a folder, by a procedure with as many steps as the tracker has.

    What nothing foresaw is an exception, not a problem (`TRACKER_DEBUG`).
    """
    before = Path.cwd()
    found = mock.Mock(return_value=(small_procedure(), []))
    os.chdir(folder)
    try:
        with mock.patch.dict(os.environ, {"TRACKER_DEBUG": "1"}):
            if not small:
                yield
                return
            with mock.patch("tracker.api.sources.load_procedure", found):
                yield
    finally:
        os.chdir(before)


def faults_of(command: tuple[str, ...], most_seconds: float = 0.0) -> list[str]:
    """What is wrong with how one command ended in the present folder."""
    if not Path(command[1]).exists():
        return []
    start = time.process_time()
    result = CliRunner().invoke(cli, command)
    seconds = time.process_time() - start
    words = " ".join(command[:4])
    faults = [f"{words}: {seconds:.1f} s"] if 0 < most_seconds < seconds else []
    if result.exit_code not in USUAL_EXITS or "fault in tracker itself" in result.output:
        faults.append(f"{words}: exit {result.exit_code}, {result.exception!r} {result.output[-300:]}")
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        faults.append(f"{words}: {result.exception!r}")
    if command[1] == "new.xlsx" and UNREADABLE in result.output:
        faults.append(f"the result cannot be read: {result.output[:300]}")
    return faults
