"""The bytes of a file before any spreadsheet library sees them: what kind of file it is, and how large."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

from tracker.paths import STANDARD, hint, open_regular, standard_input
from tracker.problems import Problem, codes, problem
from tracker.text import refusal
from tracker.workbook.size_limits import LIMITS, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Password = Callable[[str], str]
"""Gives the password of a file by its name; empty where there is none."""

_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def workbook_content(path: Path, password: Password | None = None) -> tuple[bytes, list[Problem]]:
    """The bytes of a workbook, unlock in memory where `password` opens it, or why it cannot be one."""
    return _usable(*read_bytes(path), str(path), password)


def given_content(content: bytes, name: str, password: Password | None) -> tuple[bytes, list[Problem]]:
    """The bytes of a workbook that came as bytes, as from a form or a mail: checked as a file is."""
    return _usable(*check_file_type(content, name), name, password)


def _usable(
    content: bytes, problems: list[Problem], name: str, password: Password | None
) -> tuple[bytes, list[Problem]]:
    if (
        [each.code for each in problems] == [codes.PASSWORD_PROTECTED]
        and password is not None
        and (word := password(name))
    ):
        content, problems = unlock(content, word, name)
    if problems:
        return b"", problems
    unpacked = unpack(content, name)
    return (content, [unpacked]) if isinstance(unpacked, Problem) else (unpacked, [])


def read_bytes(path: Path) -> tuple[bytes, list[Problem]]:
    """The file's bytes, read once (a sync client may rewrite the file underneath), if it can be a workbook.

    The bytes of a workbook locked with a password come with the problem that says so (T105).
    """
    name = str(path)
    if path.name.startswith(("~$", ".~lock.")):
        return b"", [problem(codes.LOCK_FILE, file=name)]
    try:
        if name == STANDARD:
            return check_file_type(standard_input(), "standard input")
        if path.is_dir():
            return b"", [problem(codes.FOLDER_NOT_WORKBOOK, file=name)]
        if not path.exists():
            return b"", [problem(codes.FILE_NOT_FOUND, file=name, hint=hint(path))]
        if not path.is_file():
            return b"", [problem(codes.FILE_UNREADABLE, file=name, reason="a device or pipe, not a file")]
        with open_regular(path) as file:
            content = file.read(LIMITS.file + 1)
    except (OSError, ValueError) as error:
        reason = refusal(error) if isinstance(error, OSError) else "a name no file can have"
        return b"", [problem(codes.FILE_UNREADABLE, file=name, reason=reason)]
    return check_file_type(content, name)


def check_file_type(content: bytes, name: str) -> tuple[bytes, list[Problem]]:
    """The bytes, if they can be a workbook; those of a locked one with the problem that says so (T105)."""
    if len(content) > LIMITS.file:
        size = f"more than {LIMITS.file // (1024 * 1024)} MB"
        return b"", [problem(codes.FILE_TOO_LARGE, file=name, found_size=size)]
    found = _kind(content, name)
    if found is None:
        return content, []
    return content if found.code == codes.PASSWORD_PROTECTED else b"", [found]


def _kind(content: bytes, name: str) -> Problem | None:
    """What a file is that is no zip; None where it is one."""
    if content.startswith(_OLE):  # the old container: an encrypted workbook, or one of the old .xls format
        if "EncryptedPackage".encode("utf-16-le") not in content:
            return problem(codes.OLD_EXCEL_FILE, file=name)
        label = "DRMEncrypted".encode("utf-16-le") in content
        return problem(codes.SENSITIVITY_LABEL if label else codes.PASSWORD_PROTECTED, file=name)
    if content.startswith((_ZIP, _EMPTY_ZIP)):
        return None
    head = content[:4096]
    kind = "a file of another kind"
    if not content:
        kind = "an empty file"
    elif head.lstrip()[:5].lower() in {b"<html", b"<!doc"} or b"<html" in head.lower():
        kind = "a web page, perhaps a sign-in page saved in its place"
    elif b"\x00" not in head:
        if name.lower().endswith(".toml"):
            return problem(codes.DESCRIPTION_NOT_WORKBOOK, file=name)
        kind = "a text file, such as a CSV"
    return problem(codes.NOT_XLSX, file=name, found_kind=kind)


_SPREADSHEETS = frozenset(
    (".xlsx", ".xlsm", ".xls", ".xlsb", ".xltx", ".xltm", ".xlt", ".ods", ".fods", ".ots", ".numbers", ".gsheet", ".et")
)  # fmt: skip
_LIKE_A_CASE = re.compile(r"(?i)[a-z]{1,12}[-_ ]\d{4}[-_ ]\d{1,6}\b.{0,80}\.(csv|tsv)")
"""A table named with the reference of a case, of which there is no workbook."""


def workbook_files(folder: Path) -> Iterator[Path]:
    """The files in a folder that may be cases, by name; lock files and hidden files are passed over.

    A case saved as another kind of spreadsheet cannot be read, and must not be passed over in silence.
    """
    for path in sorted(folder.iterdir()):
        if path.name.startswith(("~$", ".")):
            continue
        table = _LIKE_A_CASE.fullmatch(path.name) and not path.with_suffix(".xlsx").exists()
        if table or path.suffix.lower() in _SPREADSHEETS:
            yield path


# Passwords, in memory only


MOST_SPINS = 1_000_000
"""Rounds of hashing a file may ask for: Excel asks for 100,000, a hostile file for hours."""
MOST_ABOUT = 65_536
"""Bytes that say how a file is encrypted: 2 kB of XML, of which a hostile file makes gigabytes of objects."""


def lock(content: bytes, password: str) -> bytes:
    """The workbook's bytes under the password they were opened with; nothing of it touches the disk."""
    from msoffcrypto.format.ooxml import OOXMLFile

    file = BytesIO()
    OOXMLFile(BytesIO(content)).encrypt(password, file)
    return file.getvalue()


def unlock(content: bytes, password: str, name: str) -> tuple[bytes, list[Problem]]:
    """The workbook's bytes as they are without the password; nothing of it touches the disk."""
    import msoffcrypto
    import olefile  # type: ignore[import-untyped]  # what msoffcrypto itself reads with; ships no types
    from msoffcrypto.exceptions import InvalidKeyError

    plain = BytesIO()
    try:
        about = olefile.OleFileIO(BytesIO(content)).get_size("EncryptionInfo")
        file = msoffcrypto.OfficeFile(BytesIO(content)) if about <= MOST_ABOUT else None
        if file is None or getattr(file, "info", {}).get("spinValue", 0) > MOST_SPINS:
            reason = "its encryption asks for more work than any program's"
            return b"", [problem(codes.WORKBOOK_DAMAGED, file=name, reason=reason)]
        try:
            file.load_key(password=password, verify_password=True)
        except InvalidKeyError:
            return b"", [problem(codes.WRONG_PASSWORD, file=name)]
        file.decrypt(plain)
    except Exception:  # noqa: BLE001  the library raises anything on a damaged file
        return b"", [problem(codes.WORKBOOK_DAMAGED, file=name, reason="an encryption that cannot be read")]
    return plain.getvalue(), []
