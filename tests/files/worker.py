"""Work on hostile files in forked processes that may neither take much memory nor run for long."""

from __future__ import annotations

import json
import os
import resource
import signal
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MEMORY = 1_200_000_000
"""Bytes of address space a worker may take beyond what it shares with its parent, which is larger after a long run."""

SECONDS = 60
"""How long one file may take, on a machine that is busy with other tests too."""


@dataclass
class Lane:
    """The names one worker goes through, and what it has written about them."""

    names: Sequence[str]
    notes: Path
    outcomes: dict[str, Any] = field(default_factory=dict)
    process: int = 0

    def left(self) -> Sequence[str]:
        return self.names[len(self.outcomes) :]

    def start(self, job: Callable[[str], Any]) -> None:
        with warnings.catch_warnings():
            # Newer Pythons warn of it where the test runner has threads.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process = os.fork()
        if self.process == 0:
            _work(job, self.left(), self.notes)

    def wait(self) -> None:
        """Take over what the worker wrote; the file at which it died is named."""
        _, status = os.waitpid(self.process, 0)
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        self.notes.unlink(missing_ok=True)
        for line in lines:
            name, outcome = json.loads(line)
            self.outcomes[name] = outcome
        if self.left():
            # Less than nothing is the signal that killed it.
            self.outcomes[self.left()[0]] = f"DIED with {os.waitstatus_to_exitcode(status)}"


def _address_space() -> int:
    """The bytes this process takes now; none where the system does not say."""
    sizes = Path("/proc/self/statm")
    return int(sizes.read_text().split()[0]) * resource.getpagesize() if sizes.exists() else 0


def _work(job: Callable[[str], Any], names: Sequence[str], notes: Path) -> None:
    """Do the job for every name; this process ends here."""
    status = 1
    try:
        most = _address_space() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        with notes.open("w") as file:
            for name in names:
                signal.setitimer(signal.ITIMER_REAL, SECONDS)
                try:
                    outcome = job(name)
                except Exception as error:  # noqa: BLE001  whatever it is, it is a finding
                    at = traceback.extract_tb(error.__traceback__)[-1]
                    outcome = f"RAISED {error!r:.200} at {at.filename}:{at.lineno}"
                file.write(json.dumps([name, outcome]) + "\n")
                file.flush()
        status = 0
    finally:
        os._exit(status)


def in_workers(
    job: Callable[[str], Any], names: Sequence[str], folder: Path, lanes: int = 2
) -> dict[str, Any]:
    """What the job makes of each name, which JSON can hold; DIED or RAISED and how, where it made nothing."""
    started = [Lane(names[number::lanes], folder / f"notes-{number}") for number in range(lanes)]
    working = started
    while working := [lane for lane in working if lane.left()]:
        for lane in working:
            lane.start(job)
        for lane in working:
            lane.wait()
    return {name: outcome for lane in started for name, outcome in lane.outcomes.items()}
