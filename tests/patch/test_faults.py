"""A fault or an end at any file-system call: the old or the new file is whole under its name, never neither."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from patch import faults
from patch.faults import NEW, OLD, Faults, Killed, replaced, steps, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.problems import Problem

JOBS = {"in place": replaced, "beside": written}
TESTS = Path(__file__).parents[1]


def folder_in(path: Path) -> Path:
    path.mkdir()
    (path / "case.xlsx").write_bytes(OLD)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def whole(folder: Path) -> bool:
    """Whether each file that has a name of its own is whole, and the workbook is there."""
    held = contents(folder)
    return (
        held["case.xlsx"] in {OLD, NEW}
        and held.get("new.xlsx", NEW) == NEW
        and held.get("tracker-backups/case-1.xlsx", OLD) == OLD
        and (held["case.xlsx"] == OLD or "tracker-backups/case-1.xlsx" in held)
    )


def strays(folder: Path) -> list[str]:
    return [name for name in contents(folder) if name.endswith(".tmp")]


def full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def killed() -> None:
    raise Killed


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_fault_at_any_call_is_a_problem_and_leaves_nothing_half(
    tmp_path: Path, job: Callable[[Path], list[Problem]]
) -> None:
    number = steps(job, folder_in(tmp_path / "all"))
    assert number > 8
    done, stray, told = [], [], set()
    for step in range(1, number + 1):
        folder = folder_in(tmp_path / str(step))
        with Faults(step, full) as at:
            problems = job(folder)
        assert whole(folder), (step, at.hit)
        written_now = contents(folder)["case.xlsx"] == NEW or "new.xlsx" in contents(folder)
        done.append(written_now == (problems == []))
        told |= {(each.code, each.found) for each in problems}
        stray += [at.hit] if strays(folder) else []
    assert all(done)
    assert told == {("T122", "the file could not be written: No space left on device")}
    assert set(stray) <= {"unlink"}


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_an_end_at_any_call_leaves_nothing_half(tmp_path: Path, job: Callable[[Path], list[Problem]]) -> None:
    states = set()
    for step in range(1, steps(job, folder_in(tmp_path / "all")) + 1):
        folder = folder_in(tmp_path / str(step))
        with Faults(step, killed, lasting=True), pytest.raises(Killed):
            job(folder)
        assert whole(folder), step
        states.add(contents(folder)["case.xlsx"] == NEW or "new.xlsx" in contents(folder))
    assert states == {False, True}


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a matter of POSIX systems")
def test_a_process_killed_at_any_call_leaves_nothing_half(tmp_path: Path) -> None:
    states = set()
    for step in range(1, steps(replaced, folder_in(tmp_path / "all")) + 1):
        folder = folder_in(tmp_path / str(step))
        command = [sys.executable, faults.__file__, str(folder), str(step)]
        ended = subprocess.run(command, capture_output=True, check=False, cwd=TESTS)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        assert whole(folder), step
        states.add(contents(folder)["case.xlsx"] == NEW)
    assert states == {False, True}


def test_after_an_end_the_next_run_goes_through(tmp_path: Path) -> None:
    folder = folder_in(tmp_path / "a")
    with (
        Faults(steps(replaced, folder_in(tmp_path / "all")) // 2, killed, lasting=True),
        pytest.raises(Killed),
    ):
        replaced(folder)
    for left in (folder / "tracker-backups").glob("*"):
        left.rename(left.with_stem("earlier"))
    assert replaced(folder) == []
    assert contents(folder)["case.xlsx"] == NEW
