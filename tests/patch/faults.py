"""File-system calls that fail, or are the last thing a process does, one after the other.

As a program: `python faults.py FOLDER STEP` writes FOLDER/case.xlsx back and is killed at that step.
"""

from __future__ import annotations

import builtins
import hashlib
import io
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tracker.saving import replace_file, write_new

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.problems import Problem

OLD, NEW = b"old" * 50_000, b"newer" * 50_000
_CALLS = ("open", "fsync", "link", "replace", "rename", "chmod", "mkdir", "unlink", "stat")


class Killed(BaseException):
    """The process is no more: whatever it would do next does not happen either."""


class Faults:
    """Counts the calls into the file system; at the `step`th, and for good where `lasting`, `act` happens instead.

    A write is two calls: a half that reaches the disk, and the rest.
    """

    def __init__(self, step: int, act: Callable[[], Any], *, lasting: bool = False) -> None:
        self.step, self.act, self.lasting = step, act, lasting
        self.count = 0
        self.hit = ""
        self._kept: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> Self:
        for name in _CALLS:
            self._wrap(os, name)
        self._wrap(io, "open")
        return self

    def __exit__(self, *_: object) -> None:
        for owner, name, real in self._kept:
            setattr(owner, name, real)

    def called(self, name: str) -> None:
        self.count += 1
        if self.count == self.step or (self.lasting and self.hit):
            self.hit = self.hit or name
            self.act()

    def _wrap(self, owner: Any, name: str) -> None:
        real = getattr(owner, name)
        self._kept.append((owner, name, real))

        def wrapped(*args: Any, **options: Any) -> Any:
            self.called(name)
            made = real(*args, **options)
            mode = args[1] if owner is io and len(args) > 1 else ""
            return _Written(made, self) if "w" in str(mode) else made

        setattr(owner, name, wrapped)


class _Written:
    """A file whose content reaches the disk in two halves."""

    def __init__(self, file: Any, faults: Faults) -> None:
        self._file, self._faults = file, faults

    def write(self, content: bytes) -> None:
        half = len(content) // 2
        self._file.write(content[:half])
        self._file.flush()
        self._faults.called("write")
        self._file.write(content[half:])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def replaced(folder: Path) -> list[Problem]:
    """Write the new state of FOLDER/case.xlsx back."""
    digest = hashlib.sha256(OLD).hexdigest()
    backup = folder / "tracker-backups" / "case-1.xlsx"
    return replace_file(folder / "case.xlsx", NEW, read_sha256=digest, backup=backup)


def written(folder: Path) -> list[Problem]:
    """Write FOLDER/new.xlsx, which is not there yet."""
    return write_new(folder / "new.xlsx", NEW, remedy="Choose another name.", like=folder / "case.xlsx")


def steps(job: Callable[[Path], list[Problem]], folder: Path) -> int:
    """How many calls a job makes when nothing fails."""
    with Faults(0, lambda: None) as faults:
        assert job(folder) == []
    return faults.count


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    with Faults(int(sys.argv[2]), _kill):
        found = replaced(Path(sys.argv[1]))
    builtins.print([str(each) for each in found])
