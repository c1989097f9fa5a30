"""LibreOffice as the tests of one process keep it: started for the first job, and ended with the process.

To start one takes as long as two or three workbooks take, and most tests have one or two.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .program import OFFICE_PYTHON, SCRIPTS, ProgramError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_START_SECONDS = 90
_SECONDS_A_JOB = 30
_MOST_JOBS = 200
"""After so many workbooks another is started: what a program forgets to give back grows."""


class Office:
    """A LibreOffice with a new, private profile, which does jobs as `scripts/edit.py` describes them."""

    def __init__(self, *, recalculate: bool) -> None:
        self.done = 0
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the program runs
        self._process = subprocess.Popen(
            [OFFICE_PYTHON, SCRIPTS / "edit.py", "--serve", *(["--recalculate"] if recalculate else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True,
        )  # fmt: skip

    def do(self, jobs: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        """The result of each job.

        Raises:
            ProgramError: Where LibreOffice does not answer; it is ended then.
        """
        assert self._process.stdin
        assert self._process.stdout
        self.done += len(jobs)
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(jobs).encode() + b"\n")
            self._process.stdin.flush()
        seconds = _START_SECONDS + _SECONDS_A_JOB * len(jobs)
        answered = select.select([self._process.stdout], [], [], seconds)[0]
        line = self._process.stdout.readline() if answered else b""
        if not line:
            raise ProgramError(
                f"LibreOffice did not answer within {seconds} s, or ended:\n{self.end(at_once=True)}"
            )
        results: list[dict[str, Any]] = json.loads(line)
        return results

    def end(self, *, at_once: bool = False) -> str:
        """End it, by the end of its input or at once; what it said of errors."""
        if at_once:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        with self._errors:
            self._errors.seek(0)
            return self._errors.read().decode(errors="replace")


_OFFICES: dict[bool, Office] = {}


@atexit.register
def _end_all() -> None:
    for office in _OFFICES.values():
        office.end()


def do_jobs(jobs: Sequence[Mapping[str, object]], *, recalculate: bool = False) -> list[dict[str, Any]]:
    """Do jobs in the LibreOffice of this process; `recalculate`: the one that counts every formula on opening."""
    office = _OFFICES.pop(recalculate, None)
    if office and office.done > _MOST_JOBS:
        office.end()
        office = None
    office = office or Office(recalculate=recalculate)
    results = office.do(jobs)
    _OFFICES[recalculate] = office  # not one that did not answer
    return results
