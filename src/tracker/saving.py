"""Writing files so that nothing is ever half-written and nothing of a person's is overwritten."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import signal
import tempfile
import threading
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.paths import (
    TEMPORARY_NAME,
    exchange_names,
    is_folder,
    lock_of,
    of_another_system,
    sha256,
    sha256_of,
)
from tracker.problems import Problem, codes, problem
from tracker.text import refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

_WINDOWS = os.name == "nt"
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[1-9]|lpt[1-9])\s*(\..*)?")
"""Names that mean a device on Windows, whatever their ending: a file called so could not even be copied there."""
_NOT_WINDOWS = re.compile(r'[<>:"|?*]|[ .]$')


@contextmanager
def unbroken() -> Iterator[None]:
    """Ctrl-C, or a request to end, waits until what is written within stands whole; a second one does not."""
    if threading.current_thread() is not threading.main_thread():  # signals arrive in the main one alone
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    before = {number: how for number, how in before.items() if how not in {None, signal.SIG_IGN}}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def wait(number: int, frame: FrameType | None) -> None:
        del frame
        came.append(number)
        if len(came) > 1:
            restore()
            signal.raise_signal(number)

    for number in before:
        signal.signal(number, wait)
    try:
        yield
    finally:
        restore()
        if len(came) == 1:
            signal.raise_signal(came[0])


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_beside(path: Path, content: bytes | Iterable[bytes]) -> Path:
    """Write the content, whole or in pieces, to disk: a temporary file in the same folder."""
    # Its name is cut: a long name that is allowed would else be too long for its temporary file.
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:TEMPORARY_NAME]}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    return temporary


@contextmanager
def _temporary_file(path: Path, content: bytes | Iterable[bytes]) -> Iterator[Path]:
    """A temporary file in the same folder, which loses this name at the end, whatever came of it."""
    temporary = _write_beside(path, content)
    try:
        yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink()


def _set_rights(temporary: Path, like: Path | None = None, sources: Iterable[Path] = ()) -> None:
    """Give the file the rights of another, else those a new file has here; a temporary file starts private.

    Whoever may not read one of its `sources` may not read a new file either.
    """
    if like:
        temporary.chmod(like.stat().st_mode & 0o777 | 0o200)
    elif os.name == "posix":
        mask = os.umask(0)
        os.umask(mask)
        rights = 0o666 & ~mask
        for source in sources:
            with suppress(OSError, ValueError):  # standard input has no rights
                rights &= source.stat().st_mode
        temporary.chmod(rights | 0o600)


@unbroken()
def write_new(
    path: Path, content: bytes, *, remedy: str, like: Path | None = None, sources: Iterable[Path] = ()
) -> list[Problem]:
    """Write a file that must not exist yet; `remedy` is what to do where it does.

    `like` is a file that holds the same matter: whoever may not read it may not read this one. So it is with the
    `sources`, whose other rights it does not get.
    """
    if unfit := _name_problem(path):
        return [unfit]
    try:
        with _temporary_file(path, content) as temporary:
            _set_rights(temporary, like, sources)
            if not _claim_name(temporary, path):
                return [problem(codes.FILE_EXISTS, file=str(path), do=remedy)]
    except OSError as error:
        return [cannot_write(path, error)]
    _sync_folder(path.parent)
    return []


def _claim_name(temporary: Path, path: Path) -> bool:
    """Give the file its name, and return whether it was free: a link fails where a rename would replace."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except (OSError, AttributeError):
        # On a file system without links the check and the rename are two steps.
        if path.exists():
            return False
        temporary.replace(path)
    with suppress(OSError):
        temporary.unlink()
    return True


@unbroken()
def write_over(
    path: Path, content: bytes | Iterable[bytes], *, private: bool = False, sources: Iterable[Path] = ()
) -> list[Problem]:
    """Write one of our own outputs, replacing an older one but no file that this program did not write.

    `private` keeps it from other users, and `sources` from whoever may not read one of them. A file that is replaced
    gives its rights to the new one.
    """
    if unfit := _name_problem(path):
        return [unfit]
    pieces = [content] if isinstance(content, bytes) else content
    pieces = [*pieces, _MARKS.get(path.suffix.lower(), b"")]
    try:
        with _temporary_file(path, pieces) as temporary:
            with temporary.open("rb") as new:
                head = new.read(_HEAD)
            if refused := refusals([(path, head)]):
                return refused
            if path.exists():
                _set_rights(temporary, path)
            elif not private:
                _set_rights(temporary, sources=sources)
            temporary.replace(path)
    except OSError as error:
        return [cannot_write(path, error)]
    _sync_folder(path.parent)
    return []


_MARKS = dict.fromkeys((".html", ".md"), b"<!-- Written by tracker. -->\n")
"""What ends a file of ours that could be anybody's; it is not shown."""
_SIGNS = {".json": b'"tracker/', ".ics": b"PRODID:-//tracker//", ".eml": b"X-Unsent: 1"}
_HEAD = 400


def refusals(targets: Iterable[tuple[Path, bytes]]) -> list[Problem]:
    """Why `write_over` would not write these files; each with how its new content begins.

    Where several files are written, all are checked before the first is.
    """
    return [found for path, head in targets if (found := _refusal(path, head))]


def _refusal(path: Path, head: bytes) -> Problem | None:
    try:
        if (unfit := _name_problem(path)) or not path.exists() or _is_ours(path, head[:_HEAD]):
            return unfit
    except OSError as error:
        return cannot_write(path, error)
    do = f"Choose another name with -o, or move {path.name} away: tracker did not write it."
    return problem(codes.FILE_EXISTS, file=str(path), do=do)


def _is_ours(path: Path, now: bytes) -> bool:
    """Whether this program wrote a file that another is to replace, by what it bears; `now` begins the other.

    Tables and texts bear no sign. They are known by their first line, which for ours is the same each time: a file of
    somebody else's that begins with exactly that line would be taken for ours.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        file.seek(max(0, file.seek(0, os.SEEK_END) - _HEAD))
        tail = file.read()
    suffix = path.suffix.lower()
    if not head:
        return True
    if suffix in _MARKS:
        return _MARKS[suffix].strip() in tail
    if suffix in _SIGNS:
        return _SIGNS[suffix] in head
    if suffix == ".docx":
        with (
            suppress(zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, ValueError, OSError),
            zipfile.ZipFile(path) as archive,
            archive.open("docProps/core.xml") as part,
        ):
            return b">tracker<" in part.read(64 * 1024)
        return False
    return head.splitlines()[:1] == now.splitlines()[:1]


def _name_problem(path: Path) -> Problem | None:
    """Why no file may have this name; None where one may."""
    if of_another_system(path):
        reason = "a drive letter, which means nothing here"
    elif _DEVICE.fullmatch(path.name):
        reason = f"{path.name}, a name that Windows keeps for a device"
    elif _WINDOWS and _NOT_WINDOWS.search(path.name):
        reason = f"{path.name}, a name that Windows allows no file"
    elif is_folder(path):
        reason = "a folder of this name"
    else:
        return None
    return problem(codes.FILE_NOT_WRITTEN, file=str(path), reason=reason)


def cannot_write(path: Path, error: OSError) -> Problem:
    """The problem of a file that could not be written."""
    reason = refusal(error)
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        reason = f"no folder {path.parent}"
    elif _WINDOWS and isinstance(error, PermissionError) and path.exists():
        reason = f"{reason} (it may be open in another program)"
    return problem(codes.FILE_NOT_WRITTEN, file=str(path), reason=reason)


@unbroken()
def replace_file(path: Path, content: bytes, *, read_sha256: str, backup: Path) -> list[Problem]:
    """Replace a person's workbook by its new state; the old one becomes the backup.

    Refused where the file is open in a spreadsheet program, read-only, or no longer what was read. What somebody
    saves in the very moment of replacing is never lost: it goes back under its name, or is kept beside it and named.
    Where the file system can exchange two names, the whole old or the whole new file has its name at every moment.
    """
    if refused := _not_replaceable(path, read_sha256):
        return [refused]
    at = backup.parent
    try:
        at.mkdir(exist_ok=True)
        at = path
        # A link to the workbook stays a link: what it leads to is replaced.
        real = path.resolve()
        temporary = _write_beside(real, content)
    except OSError as error:
        return [cannot_write(at, error)]
    try:
        problems = write_new(backup, path.read_bytes(), remedy="Run the command again.", like=path)
        refused = _not_replaceable(path, read_sha256)
        if refused and not problems:
            backup.unlink()
        if refused or problems:
            return [refused] if refused else problems
        temporary.chmod(path.stat().st_mode & 0o777)
        return _exchanged(temporary, real, content, read_sha256, backup)
    except OSError as error:
        return [cannot_write(path, error)]
    finally:
        with suppress(OSError):
            if sha256_of(temporary) == hashlib.sha256(content).hexdigest():
                temporary.unlink()
        _sync_folder(real.parent)


def _exchanged(temporary: Path, real: Path, content: bytes, read_sha256: str, backup: Path) -> list[Problem]:
    """Give the new file the old one's name, and see that what had the name was what was read."""
    taken = _swap(temporary, real)
    changed = problem(codes.CHANGED_MEANWHILE, file=str(real))
    try:
        found = sha256(taken)
    except OSError as error:
        _give_back(taken, temporary, real, backup, content)
        return [cannot_write(real, error)]
    if found != read_sha256:
        kept = _give_back(taken, temporary, real, backup, content)
        return [changed, *([problem(codes.SAVED_MEANWHILE, file=str(real), kept=kept)] if kept else [])]
    free = taken == temporary or _claim_name(temporary, real)
    late = _as_backup(taken, backup, read_sha256)
    return late if free else [changed]  # somebody has saved under the name that was free for a moment


def _give_back(taken: Path, temporary: Path, real: Path, backup: Path, content: bytes) -> str:
    """Give what had the name its name again. Where somebody has saved meanwhile: the name under which that is kept."""
    with suppress(OSError):
        backup.unlink()
    if taken != temporary:
        return "" if _claim_name(taken, real) else _keep(taken, real)
    _swap(temporary, real)
    return "" if sha256_of(temporary) == hashlib.sha256(content).hexdigest() else _keep(temporary, real)


def _swap(temporary: Path, real: Path) -> Path:
    """Take away what has the name, and give the name to the new file at once where the system can; where it is now."""
    if exchange_names(temporary, real):
        return temporary
    return real.replace(_write_beside(real, b""))


def _as_backup(taken: Path, backup: Path, read_sha256: str) -> list[Problem]:
    """Let the old file itself be the backup: a program that still writes into it writes there, and that is reported."""
    try:
        taken.replace(backup)
    except OSError:  # on another disk: the backup is a copy
        with suppress(OSError):
            taken.unlink()
    if sha256_of(backup) in {read_sha256, ""}:
        return []
    return [problem(codes.SAVED_MEANWHILE, file=str(backup), kept=str(backup))]


def _keep(other: Path, path: Path) -> str:
    """Give a file that somebody else saved a name of its own beside the workbook; that name."""
    for number in range(1, 100):
        name = path.with_stem(f"{path.stem}-other-save-{number}")
        if _claim_name(other, name):
            return str(name)
    return str(other)


def _not_replaceable(path: Path, read_sha256: str) -> Problem | None:
    try:
        lock = lock_of(path) or lock_of(path.resolve())
        if lock:
            return problem(codes.WORKBOOK_OPEN, file=str(path), lock=lock)
        if hashlib.sha256(path.read_bytes()).hexdigest() != read_sha256:
            return problem(codes.CHANGED_MEANWHILE, file=str(path))
    except OSError as error:
        return cannot_write(path, error)
    if not os.access(path, os.W_OK):
        return problem(codes.READ_ONLY, file=str(path))
    return None
