"""Seeded damage to trackers through every command: no exception, no hang, no more than 3 seconds and 400 MB each.

`python bench/mutations.py [count] [first seed] [untimed]`; the damage is what `tests/files/mutations.py` makes.
Each seed is worked on in a process of its own, whose highest memory the system reports.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from click.testing import CliRunner
from files.base import memory_in, parts_of, tracker
from files.mutations import bytes_damaged, cells_retyped, memory_damaged, parts_damaged

from tracker.__main__ import cli

SECONDS, MEGABYTES, WATCHDOG = 3, 400, 60
AS_AT = ("--as-at", "2026-11-19")
COMMANDS = (
    ("reconcile", "case.xlsx", *AS_AT),
    ("regenerate", "case.xlsx", "--dry-run", *AS_AT),
    ("regenerate", "case.xlsx", "-o", "new.xlsx", *AS_AT),
    ("reconcile", "new.xlsx", *AS_AT),
    ("report", "case.xlsx", "--for", "weekly", "-o", "weekly.html", *AS_AT),
    ("report", "case.xlsx", "--for", "owners", "-o", "owners", *AS_AT),
    ("report", "case.xlsx", "--for", "timeliness", "-o", "timeliness.html", *AS_AT),
    ("calendar", "case.xlsx", "-o", "days.ics", *AS_AT),
    ("explain", "case.xlsx", "SIN-2.1", *AS_AT),
)
UNTIMED = "untimed" in sys.argv  # for the tests, which run beside others
USUAL_EXITS = (0, 1, 3)  # 3: there are conflicts


def damaged(seed: int) -> bytes:
    """A tracker damaged in one of four ways, by turns."""
    content = tracker()
    ways = (
        lambda: bytes_damaged(content, seed),
        lambda: parts_damaged(parts_of(content), seed),
        lambda: cells_retyped(parts_of(content), seed),
        lambda: memory_damaged(parts_of(content), memory_in(content), seed),
    )
    return ways[seed % len(ways)]()


def faults_of(command: tuple[str, ...]) -> list[str]:
    """What is wrong with how one command ended in the present folder."""
    if not Path(command[1]).exists():
        return []
    start = time.process_time()
    result = CliRunner().invoke(cli, command)
    seconds = time.process_time() - start
    said = " ".join(command[:4])
    faults = [f"{said}: {seconds:.1f} s"] if seconds > SECONDS and not UNTIMED else []
    if result.exit_code not in USUAL_EXITS or "fault in tracker itself" in result.output:
        faults.append(f"{said}: exit {result.exit_code}, {result.exception!r} {result.output[-300:]}")
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        faults.append(f"{said}: {result.exception!r}")
    if command[1] == "new.xlsx" and "error T10" in result.output:
        faults.append(f"the result cannot be read: {result.output[:300]}")
    return faults


def run_seed(seed: int) -> int:
    """Every command on one damaged tracker, in a process of its own; how many faults it printed."""
    child = os.fork()
    if child:
        _, status, used = os.wait4(child, 0)
        megabytes = used.ru_maxrss // 1024
        if megabytes > MEGABYTES:
            print(f"seed {seed}: {megabytes} MB", flush=True)
        return int(status != 0) + int(megabytes > MEGABYTES)
    resource.setrlimit(resource.RLIMIT_CPU, (WATCHDOG, WATCHDOG))
    faults = ["the bench itself ended early"]
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            Path("case.xlsx").write_bytes(damaged(seed))
            faults = [fault for command in COMMANDS for fault in faults_of(command)]
            os.chdir("/")
    finally:
        for fault in faults:
            print(f"seed {seed}: {fault}", flush=True)
        os._exit(bool(faults))


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word != "untimed"]
    count, first = (numbers + [4_000, 0][len(numbers) :])[:2]
    tracker()
    faulty = sum(bool(run_seed(seed)) for seed in range(first, first + count))
    print(f"{count} damaged trackers, {faulty} with faults")
    sys.exit(bool(faulty))
