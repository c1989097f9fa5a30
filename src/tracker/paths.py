"""Files by their names: what people may have meant, opening them safely, what stands beside them."""

from __future__ import annotations

import errno
import hashlib
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
    """What comes by standard input, as far as any workbook is large: read once, and given as often as a file."""
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
    file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | _AT_ONCE))  # noqa: SIM115  for the caller to close
    mode = os.fstat(file.fileno()).st_mode
    if stat.S_ISREG(mode):
        return file
    file.close()
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
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


def is_folder(path: str | Path) -> bool:
    """Whether there is a folder of this name; a name too long for the system is none."""
    return os.path.isdir(path)  # noqa: PTH112  that of `Path` raises where the name is too long


def is_there(path: Path) -> bool:
    """Whether there is a file or folder of this name; a name too long for the system is none."""
    return os.path.exists(path)  # noqa: PTH110  as above


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


TEMPORARY_NAME = 40
"""Letters of a file's name that its temporary file has as well."""


def leftovers(path: Path) -> list[Path]:
    """The temporary files that stopped runs have left beside a file they were to write."""
    name = re.escape(path.name[:TEMPORARY_NAME])
    pattern = re.compile(rf"\.{name}\.[a-z0-9_]{{8}}\.tmp")
    with suppress(OSError):
        return sorted(each for each in path.parent.iterdir() if pattern.fullmatch(each.name))
    return []


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes.

    Raises:
        OSError: It cannot be opened, or is no file.
    """
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes; empty where it cannot be read."""
    with suppress(OSError):
        return sha256(path)
    return ""


def lock_of(path: Path) -> str:
    """The name of the lock file a spreadsheet program keeps beside an open workbook; empty where there is none."""
    for name in (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#"):
        with suppress(OSError):  # a name too long for the system, for example
            if (path.parent / name).exists():
                return name
    return ""


def exchange_names(one: Path, other: Path) -> bool:
    """Let two files change names in one step; False where the system or the file system cannot."""
    with suppress(ImportError, OSError, TypeError):  # Windows has no such library, a browser none at all
        import ctypes

        library = ctypes.CDLL(None, use_errno=True)
        names = os.fsencode(one), os.fsencode(other)
        if hasattr(library, "renameat2"):  # Linux
            return int(library.renameat2(_PRESENT_FOLDER, names[0], _PRESENT_FOLDER, names[1], 2)) == 0
        if hasattr(library, "renamex_np"):  # macOS
            return int(library.renamex_np(*names, 2)) == 0
    return False


_PRESENT_FOLDER = -100
"""The present folder, for system calls that take names relative to an open one."""
