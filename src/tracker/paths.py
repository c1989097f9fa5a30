"""Paths as people type them: what may have been meant where nothing is found."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from tracker.text import did_you_mean

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
LARGEST_TOML = 1_000_000
"""Bytes: a case description or a file of a procedure is a few pages; anything larger is another file by mistake."""
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe is opened without waiting for its other end."""
_MOST = 2_000
"""Names of a folder that are compared: in a larger one nobody waits for a guess."""


STANDARD = "-"
"""The name of standard input, and as an output of standard output."""
_LARGEST_INPUT = 20 * 1024 * 1024 + 1
"""Bytes: more than any workbook that is read."""
_typed_in: list[tuple[object, bytes]] = []


def standard_input() -> bytes:
    """What comes by standard input, as far as any workbook is large: read once, to be looked at as often as a file."""
    if not _typed_in or _typed_in[0][0] is not sys.stdin:
        stream = getattr(sys.stdin, "buffer", None)
        _typed_in[:] = [(sys.stdin, stream.read(_LARGEST_INPUT) if stream else b"")]
    return _typed_in[0][1]


def open_regular(path: Path) -> BufferedReader | BytesIO:
    """A file opened for reading, never a device or pipe: these can be endless, or wait for ever.

    `-` is standard input, which is read to its end or to its bound.

    Raises:
        OSError: It cannot be opened, or is no file.
    """
    if str(path) == STANDARD:
        return BytesIO(standard_input())
    file = open(path, "rb", opener=_open_at_once)  # noqa: SIM115  whoever asks for it closes it
    try:
        _require_regular(file.fileno(), path)
    except BaseException:
        file.close()
        raise
    return file


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | _AT_ONCE)


def _require_regular(handle: int, path: Path) -> None:
    mode = os.fstat(handle).st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "a device or pipe, not a file", str(path))


def read_regular(path: Path, most: int) -> bytes:
    """The bytes of a file.

    Raises:
        OSError: It cannot be opened, is no file, or has more bytes than `most`.
    """
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"larger than {most:,} bytes", str(path))
    return content


def of_another_system(path: Path) -> bool:
    """Whether a path begins with a drive letter where there are none: it would be one odd name in this folder."""
    return os.sep == "/" and bool(_DRIVE.match(str(path)))


def hint(path: Path) -> str:
    """The end of a remedy for a path that leads nowhere: the near miss, or what is odd about it; else nothing."""
    if of_another_system(path):
        return " (a drive letter means nothing here: write the path with /, as this system shows it)"
    with suppress(OSError, ValueError):
        names = os.listdir(path.parent)  # noqa: PTH208  names alone, also of a folder that holds odd ones
        alike = [each for each in names if os.path.splitext(each)[1] == path.suffix]  # noqa: PTH122  as above
        return did_you_mean(path.name, alike[:_MOST])
    return ""


def leads_out(path: Path, folder: Path | None) -> bool:
    """Whether a file of a folder is a link to somewhere else."""
    return bool(
        folder and path.is_relative_to(folder) and not path.resolve().is_relative_to(folder.resolve())
    )
