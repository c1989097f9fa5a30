"""Times and memory: what is compared runs by turns, so that a machine that slows down slows both."""

from __future__ import annotations

import gc
import math
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Job = Callable[[], object]
    Clock = Callable[[], float]

PROC = Path("/proc")
WALL, PROCESSOR = time.perf_counter, time.process_time
"""The clock on the wall for whole processes; the processor's for one job in this process, which is one thread."""
_POLL = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class Spread:
    """The seconds of some runs."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        """`12.3 ms (11.9 to 14.0)`, `31 s` of one run."""
        scale, unit = (1000, "ms") if self.median < 2 else (1, "s")
        low, middle, high = (scale * each for each in (min(self.seconds), self.median, max(self.seconds)))
        form = "{:.1f}" if middle < 100 else "{:.0f}"
        spread = f" ({form.format(low)} to {form.format(high)})" if len(self.seconds) > 1 else ""
        return f"{form.format(middle)} {unit}{spread}"


@dataclass(frozen=True)
class Row:
    """A line of the table; `at_most` None where there is no target, `value` None where it could not be measured."""

    what: str
    ours: str
    against: str
    value: float | None
    at_most: float | None = None
    unit: str = ""

    @property
    def met(self) -> bool | None:
        return None if self.at_most is None else self.value is not None and self.value <= self.at_most


def by_turns(
    jobs: Mapping[str, Job], rounds: int, clock: Clock, *, warm_up: bool = True
) -> dict[str, Spread]:
    """The times of jobs that run one after the other, round by round, after a round that is not counted.

    What one job leaves behind is collected before the next starts: nobody pays for another's garbage.
    """
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for number in range(-1 if warm_up else 0, rounds):
        for name, job in jobs.items():
            gc.collect()
            start = clock()
            job()
            if number >= 0:
                seconds[name].append(clock() - start)
    return {name: Spread(tuple(each)) for name, each in seconds.items()}


def ratio(ours: Spread, theirs: Spread) -> float:
    """The median of the ratios of each round."""
    return statistics.median(mine / other for mine, other in zip(ours.seconds, theirs.seconds, strict=True))


def pair(what: str, against: str, ours: Job, theirs: Job, at_most: float | None, rounds: int) -> Row:
    """Two whole processes by turns, as a line of the table."""
    times = by_turns({"ours": ours, "theirs": theirs}, rounds, WALL)
    return compared(what, against, times["ours"], times["theirs"], at_most)


def compared(what: str, against: str, ours: Spread, theirs: Spread, at_most: float | None) -> Row:
    """Times as a line of the table."""
    return Row(what, str(ours), f"{against}: {theirs}", ratio(ours, theirs), at_most)


def exponent(times: Mapping[int, float]) -> float:
    """How time grows with number: the slope of the line through their logarithms."""
    xs = [math.log(number) for number in times]
    ys = [math.log(each) for each in times.values()]
    return statistics.linear_regression(xs, ys).slope


# Whole processes


def python(*words: str) -> Job:
    """A whole process of this Python; a report that tells of errors ends with code 1, and is done all the same."""

    def run() -> None:
        done = subprocess.run([sys.executable, "-W", "ignore", *words], capture_output=True, check=False)
        assert done.returncode in {0, 1, 3}, done.stderr.decode()
        assert b"Traceback" not in done.stderr, done.stderr.decode()

    return run


def together(*commands: Sequence[str]) -> Job:
    """Processes of this Python at the same time, until the last of them is done."""

    def run() -> None:
        running = [
            subprocess.Popen([sys.executable, "-W", "ignore", *words], stdout=subprocess.DEVNULL)
            for words in commands
        ]
        assert [process.wait() for process in running] == [0] * len(running)

    return run


@dataclass(frozen=True)
class Watched:
    """One run of a process: its seconds, and the most that it and all its children held at once, in kB."""

    seconds: float
    kilobytes: int | None


def watched(*words: str) -> Watched:
    """Run a whole process, looking at the memory of its tree ten times a second (Linux; elsewhere None)."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    most = 0
    while process.poll() is None:
        if PROC.is_dir():
            most = max(most, _tree_kilobytes(process.pid))
        time.sleep(_POLL)
    seconds = time.perf_counter() - start
    assert process.returncode in {0, 1, 3}, process.returncode
    return Watched(seconds, most or None)


def _tree_kilobytes(root: int) -> int:
    parents = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    tree = {root}
    while more := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return sum(_kilobytes(number) for number in tree)


def _kilobytes(number: int) -> int:
    """The memory a process holds, what it shares counted in parts (PSS)."""
    try:
        lines = (PROC / str(number) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
