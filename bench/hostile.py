"""The slowest and the largest of all hostile and oversized files: under 3 s and under 400 MB each.

Every file is read by `tracker reconcile` in a process of its own, start-up included, with and without lxml: the
library parses with it wherever it is installed, and it is not installed with tracker.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from files.base import AS_AT, Kind  # noqa: E402  the builders are the tests' own
from files.kinds import KINDS  # noqa: E402  as above

TARGET_SECONDS, TARGET_MB = 3.0, 400


@dataclass(frozen=True)
class Run:
    """One file read: the processor's seconds, the clock's, the most memory, the exit code."""

    name: str
    seconds: float
    clock: float
    megabytes: float
    code: int


def run(name: str, words: Sequence[str], *, lxml: bool = True, folder: Path | None = None) -> Run:
    """Run one command of tracker in a process of its own."""
    whole = [sys.executable, "-W", "ignore", "-m", "tracker", *words, "--as-at", str(AS_AT)]
    environment = {**os.environ, "OPENPYXL_LXML": str(lxml)}
    start = time.perf_counter()
    process = subprocess.Popen(
        whole, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=folder
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    clock = time.perf_counter() - start
    return Run(
        name, used.ru_utime + used.ru_stime, clock, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)
    )


def make(kind: Kind, place: Path) -> Path:
    """Make a file in a process of its own: what a parent holds would count as its child's memory."""
    place.mkdir()
    process = os.fork()
    if process == 0:
        kind.make(place)
        os._exit(0)
    assert os.waitpid(process, 0)[1] == 0, kind.name
    made = sorted(place.iterdir())
    return made[0] if made else place / "missing.xlsx"


def main() -> None:
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for number, kind in enumerate(KINDS):
            path = make(kind, Path(folder) / str(number))
            runs += [
                run(f"{kind.name}{'' if lxml else ', without lxml'}", ("reconcile", str(path)), lxml=lxml)
                for lxml in (True, False)
            ]
    print(f"{len(KINDS)} files, {len(runs)} runs, a whole process each\n")
    print("| file | processor, s | clock, s | MB | exit |\n| --- | --- | --- | --- | --- |")
    slowest = sorted(runs, key=lambda each: -each.seconds)[:8]
    largest = sorted(runs, key=lambda each: -each.megabytes)[:4]
    for each in dict.fromkeys([*slowest, *largest]):
        print(f"| {each.name} | {each.seconds:.2f} | {each.clock:.2f} | {each.megabytes:.0f} | {each.code} |")
    met = slowest[0].seconds < TARGET_SECONDS and largest[0].megabytes < TARGET_MB
    print(
        f"\nSlowest {slowest[0].seconds:.2f} s of processor time, largest {largest[0].megabytes:.0f} MB: "
        f"{'within' if met else 'BEYOND'} the targets of {TARGET_SECONDS:.0f} s and {TARGET_MB} MB."
    )
    sys.exit(not met)


if __name__ == "__main__":
    main()
