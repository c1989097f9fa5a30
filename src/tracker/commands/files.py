"""Several files that belong together: refused, written and replaced as one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.commands.common import abort
from tracker.problems import codes, problem
from tracker.saving import cannot_write, refusals, unbroken, write_over
from tracker.text import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tracker.api import Problem

_OURS = re.compile(r"(?:owner|digest)-.+\.(?:md|eml)")


def refuse_unwritable(files: Mapping[str, bytes], target: Path, *more: Path) -> None:
    """Leave where one of the files may not be written: half a report would look like a whole one.

    `files` are contents by their name in the folder `target`, or a single one by the empty name, which is `target`
    itself; `more` are written besides.
    """
    wanted = [(_place(target, name), content) for name, content in files.items()]
    if refused := refusals([*wanted, *((path, b"") for path in more)]):
        abort(refused)


def write_files(
    files: Mapping[str, bytes | Iterable[bytes]],
    target: Path,
    *,
    private: bool = False,
    sources: Sequence[Path] = (),
) -> None:
    """Write files by their name in the folder `target`; leaves where one cannot be written."""
    problems: list[Problem] = []
    with unbroken():  # files of two days beside each other would look like one run
        for name, content in files.items():
            if name:
                make_folder(target)
            problems += write_over(_place(target, name), content, private=private, sources=sources)
    if problems:
        abort(problems)


def _place(target: Path, name: str) -> Path:
    return target / name if name else target


def make_folder(folder: Path) -> None:
    """Make a folder; leaves where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        abort([cannot_write(folder, error)])


def older_messages(folder: Path, files: Iterable[str]) -> list[Problem]:
    """A note of the messages that an earlier run left in the folder."""
    older = sorted(each.name for each in folder.iterdir() if _OURS.fullmatch(each.name))
    left = [name for name in older if name not in files]
    return [problem(codes.MESSAGES_OF_OTHER_RUN, file=str(folder), names=listed(left))] if left else []
