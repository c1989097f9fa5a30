"""Seeded damage to trackers through every command: no exception, no hang, no more than 3 seconds and 400 MB each.

`python bench/mutations.py [count] [first seed]`; the damage is what `tests/files/mutations.py` makes. Every eighth
group of four seeds damages a tracker of all steps, the others one of few, which is read in a fraction of the time.
Each seed is worked on in a process of its own, whose highest memory the system reports; seconds are the processor's.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from files.commands_run import OTHERS, RECONCILE, base, damaged, faults_of, in_folder

SECONDS, MEGABYTES, WATCHDOG = 3, 400, 60
COMMANDS = (RECONCILE, *(command for turn in OTHERS for command in turn))
TELL_EVERY = 100


def _is_small(seed: int) -> bool:
    return seed // 4 % 8 != 0


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
    faults, small = ["the bench itself ended early"], _is_small(seed)
    try:
        with tempfile.TemporaryDirectory() as name, in_folder(Path(name), small=small):
            Path("case.xlsx").write_bytes(damaged(seed, small=small))
            faults = [fault for command in COMMANDS for fault in faults_of(command, SECONDS)]
    finally:
        for fault in faults:
            print(f"seed {seed}: {fault}", flush=True)
        os._exit(bool(faults))


def main() -> None:
    """Run the seeds that the words of the command line ask for."""
    count, first = ([int(word) for word in sys.argv[1:]] + [4_000, 0][len(sys.argv) - 1 :])[:2]
    for small in (True, False):
        base(small=small)
        with tempfile.TemporaryDirectory() as name, in_folder(Path(name), small=small):
            # What every process needs once (modules, templates) is loaded before they part.
            Path("case.xlsx").write_bytes(base(small=small))
            faults = [fault for command in COMMANDS for fault in faults_of(command)]
            assert faults == [], faults
    faulty = 0
    for seed in range(first, first + count):
        faulty += bool(run_seed(seed))
        if (seed + 1) % TELL_EVERY == 0:
            print(f"seed {seed} done", file=sys.stderr, flush=True)
    print(f"{count} damaged trackers, {faulty} with faults")
    sys.exit(bool(faulty))


if __name__ == "__main__":
    main()
