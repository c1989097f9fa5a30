"""Finding and running the real programs: private profiles, a watchdog, one rule for what is absent."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

SCRIPTS = Path(__file__).parent / "scripts"
OFFICE_PYTHON = "/usr/bin/python3"  # the one that python3-uno belongs to


class ProgramError(AssertionError):
    """A real program did not do what the test asked of it."""


def missing(program: str, package: str) -> str:
    """Why `program` cannot be run, or "" where it can."""
    if os.environ.get("TRACKER_REAL_PARTS") == "none":
        return f"{program} is left out (TRACKER_REAL_PARTS=none, as in make quick)"
    return "" if shutil.which(program) else f"{program} is not installed (Debian package {package})"


def soffice_missing() -> str:
    return missing("soffice", "libreoffice-calc")


def uno_missing() -> str:
    """Why workbooks cannot be edited through LibreOffice, or ""."""
    if reason := soffice_missing():
        return reason
    if not Path(OFFICE_PYTHON).exists():
        return f"{OFFICE_PYTHON} is not there"
    return "" if _has_uno() else f"{OFFICE_PYTHON} has no uno module (Debian package python3-uno)"


@cache
def _has_uno() -> bool:
    probe = subprocess.run([OFFICE_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return probe.returncode == 0


def faketime_missing() -> str:
    """Why the system's date cannot be moved for a program, or ""."""
    return missing("faketime", "faketime")


def required() -> bool:
    """Whether an absent program is a failure, as where a release is tested."""
    return os.environ.get("TRACKER_REAL_PARTS") == "required"


def need(reason: str) -> None:
    """Go on where `reason` is empty; else skip the test, or fail it under TRACKER_REAL_PARTS=required."""
    if reason and required():
        pytest.fail(f"TRACKER_REAL_PARTS=required, but {reason}", pytrace=False)
    if reason:
        pytest.skip(reason)


def make_profile(folder: Path, *, recalculate: bool) -> str:
    """Write a new LibreOffice profile (British dates); return the argument that makes soffice use it."""
    settings = (SCRIPTS / "profile.xcu").read_text(encoding="utf-8")
    user = folder / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        settings.replace("<value>RECALC</value>", f"<value>{0 if recalculate else 1}</value>"),
        encoding="utf-8",
    )
    return f"-env:UserInstallation={folder.resolve().as_uri()}"


def run(command: Sequence[str | Path], *, seconds: float) -> str:
    """Run a program to its end and return what it printed; past `seconds` it and its children are ended."""
    with subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # soffice and chromium are wrappers: the group is what must end
    ) as process:
        try:
            printed, _ = process.communicate(timeout=seconds)
        except BaseException as stopped:
            os.killpg(process.pid, signal.SIGKILL)
            printed, _ = process.communicate()
            if isinstance(stopped, subprocess.TimeoutExpired):
                raise ProgramError(f"{command[0]} was ended after {seconds:g} s:\n{printed}") from None
            raise
    if process.returncode != 0:
        raise ProgramError(f"{command[0]} ended with {process.returncode}:\n{printed}")
    return printed


def must_exist(wanted: Sequence[Path], printed: str) -> None:
    """Fail with the names of the files that a program should have written."""
    absent = [path.name for path in wanted if not path.is_file()]
    if absent:
        raise ProgramError(f"not written: {', '.join(absent)}. The program printed:\n{printed}")
