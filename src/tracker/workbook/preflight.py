"""The bytes of a file before any spreadsheet library sees them: what kind of file it is, and how large inside.

A hostile or broken workbook can cost a library gigabytes and minutes (a merged range over a whole sheet, one value
in the last cell, a gigabyte of styles zipped into one megabyte). So parts are counted while they are unpacked, since
the sizes a zip declares may lie, and XML is searched as bytes, never parsed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tracker.formula.parse import parse_area
from tracker.paths import STANDARD, hint, open_regular, standard_input
from tracker.problems import Problem, codes, problem
from tracker.text import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Password = Callable[[str], str]
"""Gives the password of a file by its name; empty where there is none."""

_MB = 1024 * 1024
_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def workbook_content(path: Path, password: Password | None = None) -> tuple[bytes, list[Problem]]:
    """The bytes of a workbook, unlocked in memory where `password` opens it, or why it cannot be one."""
    return _usable(*read_bytes(path), str(path), password)


def given_content(content: bytes, name: str, password: Password | None) -> tuple[bytes, list[Problem]]:
    """The bytes of a workbook that came as bytes, as from a form or a mail: checked as a file is."""
    return _usable(*check_file_type(content, name), name, password)


def _usable(
    content: bytes, problems: list[Problem], name: str, password: Password | None
) -> tuple[bytes, list[Problem]]:
    locked = [each.code for each in problems] == [codes.PASSWORD_PROTECTED]
    if locked and password is not None and (word := password(name)):
        content, problems = unlock(content, word, name)
    if problems:
        return b"", problems
    unpacked = unpack(content, name)
    return (content, [unpacked]) if isinstance(unpacked, Problem) else (unpacked, [])


def read_bytes(path: Path) -> tuple[bytes, list[Problem]]:
    """The file's bytes, read once (a sync client may rewrite the file underneath), if it can be a workbook.

    The bytes of a workbook locked with a password come with their problem (T105).
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
    """The bytes, if they can be a workbook; those of a locked one with their problem (T105)."""
    if len(content) > LIMITS.file:
        return b"", [
            problem(codes.FILE_TOO_LARGE, file=name, found_size=f"more than {LIMITS.file // _MB} MB")
        ]
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


@dataclass(frozen=True, slots=True)
class Limits:
    """What a tracker can reasonably be; a real one has 100 kB, 50 parts and 8,000 cells."""

    file: int = 20 * _MB  # pictures people paste in; a mail would not carry more
    parts: int = 1_000
    part: int = 32 * _MB  # unpacked
    styles: int = 4 * _MB  # parsed into objects many times its size
    unpacked: int = 96 * _MB
    # In all parts together, as the library takes 10 to 40 microseconds for each and a person waits 3 seconds:
    tags: int = 300_000  # XML elements of any kind; what is below is only counted where there are no more
    cells: int = 50_000
    rows: int = 20_000
    texts: int = 15_000  # different texts in cells
    objects: int = 12_000  # formats, drop-downs, links, relations: all that is no cell, row or text
    merges: int = 2_000  # each is compared with every other
    covered: int = 50_000  # cells under merged ranges and links, which are created one by one
    names: int = 5_000
    columns: int = 702  # up to ZZ
    piece: int = _MB  # a tag with its attributes and the text after it; a cell's text has 32,767 characters
    last_row: int = 50_000
    table_rows: int = 2_200  # of our tables, each with some twenty rules to evaluate


LIMITS = Limits()

_STRICT = b"http://purl.oclc.org/ooxml/"
_MACROS = b"application/vnd.ms-excel.sheet.macroEnabled"
_XML_NAMES = (".xml", ".rels", ".vml")
_BEFORE_XML = b"\xef\xbb\xbf \t\r\n"
_DECLARED = re.compile(rb"""encoding\s*=\s*["']([^"']*)""")
_DECLARATION = 300  # bytes in which a declaration ends
_KNOWN_ENCODINGS = {b"utf-8", b"us-ascii", b"ascii"}

_NAMES = re.compile(rb"<([^\s<>/]+)")
"""The name of each start tag."""
_COUNTED = {
    "cells": ("cells", b"c"),
    "rows": ("rows", b"row"),
    "texts": ("texts", b"si"),
    "names": ("defined names", b"definedName"),
    "merges": ("merged ranges", b"mergeCell"),
}
_CELLS = (b"c", b"v", b"f", b"row", b"is", b"si", b"t")
"""What makes up cells and texts; everything else is an object."""
_TAG = rb"<(?:[^\s<>/:]*:)?"
# A row with something in it: LibreOffice writes the last row of all, empty, when a row was cut from a sheet.
_FILLED_ROW = re.compile(_TAG + rb"""row\b((?:[^<>"']|"[^"<]*"|'[^'<]*')*)(?<!/)>\s*<(?!/)""")
_ROW_NUMBER = re.compile(rb"""\sr=["'](\d{1,9})""")
_TABLE = re.compile(_TAG + rb"table\s[^<]*")
_TABLE_END = re.compile(rb"""\sref=["'][^"':]{0,20}:\$?[A-Z]{1,3}\$?(\d{1,9})""")
_LONG_PIECE = re.compile(rb"<[^<]{%d}" % LIMITS.piece)
_LONG_FORMAT = re.compile(rb"""formatCode\s*=\s*(?:"[^"<]{2000}|'[^'<]{2000})""")
_FAR = re.compile(rb"""r=["'](?:[A-Z]{3,}[0-9]|[A-Z]{0,2}[0-9]{5})""")  # either of the next two, cheaply
_FAR_CELL = re.compile(rb""" r=["'][A-Z]{1,3}(\d{6,9})""")
_FAR_COLUMN = re.compile(rb""" r=["'][A-Z]{3,}\d""")
_ATTRIBUTE = rb"""\s+([\w:.-]+)\s*=\s*("[^"<]*"|'[^'<]*')"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_COVERING_WHOLE = re.compile(_TAG + rb"(?:mergeCell|hyperlink)((?:" + _ATTRIBUTE + rb")*)\s*/?>")
_OTHER_ZIPS = {
    "xl/workbook.bin": "an Excel binary workbook (.xlsb)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
}
"""Parts by which the other files of the same container are known."""


class _RefusedError(Exception):
    """A reason not to hand a file to the spreadsheet library: a problem's code, and its facts."""

    def __init__(self, code: str, **facts: str) -> None:
        self.code, self.facts = code, facts


def _too_much(found: str, expected: str) -> _RefusedError:
    return _RefusedError(codes.WORKBOOK_TOO_LARGE_INSIDE, found_size=found, limit=expected)


class UnpackedWorkbook(bytes):
    """The bytes of a workbook that may be read, and its parts of XML by name, so that it is unpacked once.

    `book` is what a reader has made of it, so that no sheet is read twice.
    """

    parts: Mapping[str, bytes]
    book: Any = None


def unpack(content: bytes, name: str) -> UnpackedWorkbook | Problem:
    """The workbook with its parts, or the first reason not to read it."""
    reason = "the file breaks off or its parts do not unpack"
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            unpacked = UnpackedWorkbook(content)
            unpacked.parts = _parts(archive)
            return unpacked
    except _RefusedError as refused:
        return problem(refused.code, file=name, **refused.facts)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError):
        pass
    except (NotImplementedError, RuntimeError):
        reason = "its parts are packed in a way workbooks never are"
    return problem(codes.WORKBOOK_DAMAGED, file=name, reason=reason)


def _parts(archive: zipfile.ZipFile) -> Mapping[str, bytes]:
    names = archive.namelist()
    if len(names) > LIMITS.parts:
        raise _too_much(f"{len(names)} parts", f"at most {LIMITS.parts}")
    if len(set(names)) != len(names):
        raise _RefusedError(codes.WORKBOOK_DAMAGED, reason="two of its parts have one name")
    if "mimetype" in names:
        with archive.open("mimetype") as file:
            if b"opendocument" in file.read(200):
                raise _RefusedError(codes.OPENDOCUMENT_FILE)
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        kinds = (kind for part, kind in _OTHER_ZIPS.items() if part in names)
        raise _RefusedError(
            codes.OTHER_ZIP_FILE, found_kind=next(kinds, "a zip file without a workbook in it")
        )
    parts: dict[str, bytes] = {}
    counts: Counter[str] = Counter()
    left = LIMITS.unpacked
    for info in archive.infolist():
        name = info.filename
        limit = min(LIMITS.styles if name.endswith(("styles.xml", "theme1.xml")) else LIMITS.part, left)
        with archive.open(info) as file:
            part = file.read(limit + 1)
        if len(part) > limit:
            raise _too_much(f"{name} unpacks to more than {limit // _MB} MB", "a small part")
        left -= len(part)
        # A sheet's part may have any name: the library goes by the relations between the parts.
        if _is_xml(name, part):
            _check_xml(name, part, counts)
            parts[name] = part
    return parts


def _check_xml(part_name: str, part: bytes, counts: Counter[str]) -> None:
    """Refuse a part of XML for what it is, or for what it and the parts before it add up to in `counts`."""
    if in_other_encoding(part) or b"<!DOCTYPE" in part:
        raise _RefusedError(codes.UNEXPECTED_CONTENT, part=part_name)
    tags = part.count(b"<")
    if counts["tags"] + tags > LIMITS.tags:  # no pattern may meet millions of them
        _add(Counter(counts), "tags", "XML elements", tags - part.count(b"</"))
    names = Counter(_NAMES.findall(part))
    if part_name == "[Content_Types].xml" and _MACROS in part:
        raise _RefusedError(codes.MACRO_WORKBOOK)
    if part_name == "xl/workbook.xml" and _STRICT in part:
        raise _RefusedError(codes.STRICT_OPEN_XML)
    _count(part, names, counts)
    # Other programs keep whole files as text in `customXml`, which is copied and never parsed.
    if len(part) > LIMITS.piece and not part_name.startswith("customXml/") and _LONG_PIECE.search(part):
        raise _too_much(f"a tag or text of more than {LIMITS.piece // _MB} MB in {part_name}", "short tags")
    if names[b"numFmt"] and _LONG_FORMAT.search(part):
        raise _too_much(f"a number format of 2,000 characters in {part_name}", "short formats")
    if names[b"table"] or _FAR.search(part):
        _check_far(part_name, part)


def _count(part: bytes, names: Counter[bytes], counts: Counter[str]) -> None:
    """Add up the elements of a part by their names, to which those without prefix are added."""
    tags = names.total()
    for name in [name for name in names if b":" in name]:
        names[name.rpartition(b":")[2]] += names[name]
    _add(counts, "tags", "XML elements", tags)
    for limit, (words, name) in _COUNTED.items():
        _add(counts, limit, words, names[name])
    _add(counts, "objects", "formats, links and other things", tags - sum(names[each] for each in _CELLS))
    if covering := names[b"mergeCell"] + names[b"hyperlink"]:
        _add(counts, "covered", "cells under merged ranges and links", _covered(part, covering))


def _add(counts: Counter[str], limit: str, words: str, count: int) -> None:
    """Count more of what `LIMITS` has a limit for."""
    counts[limit] += count
    if counts[limit] > (most := int(getattr(LIMITS, limit))):
        raise _too_much(f"{counts[limit]} {words} or more", f"at most {most}")


def _covered(part: bytes, count: int) -> int:
    """The cells under merged ranges and links, of which there are `count`."""
    areas = [_area(found[1]) for found in _COVERING_WHOLE.finditer(part)]
    if 0 in areas or len(areas) != count:
        raise _too_much("merged cells or links over no plain range", f"at most {LIMITS.covered} cells")
    return sum(areas)


def _check_far(part_name: str, part: bytes) -> None:
    rows = (number for found in _FILLED_ROW.finditer(part) for number in _ROW_NUMBER.findall(found[1]))
    ends = (number for found in _TABLE.finditer(part) for number in _TABLE_END.findall(found[0]))
    last = max(map(int, (*rows, *ends, *_FAR_CELL.findall(part))), default=0)
    if last > LIMITS.last_row:
        raise _too_much(f"row {last} in {part_name}", f"at most {LIMITS.last_row} rows")
    if _FAR_COLUMN.search(part):
        raise _too_much(f"a cell beyond column ZZ in {part_name}", f"at most {LIMITS.columns} columns")


def _is_xml(name: str, part: bytes) -> bool:
    return name.endswith(_XML_NAMES) or part[:64].replace(b"\0", b"").lstrip(_BEFORE_XML)[:1] == b"<"


def in_other_encoding(part: bytes) -> bool:
    """Whether XML is in anything but UTF-8, which every program that makes workbooks uses."""
    start = part[:_DECLARATION].lstrip(_BEFORE_XML)
    if b"\0" in part or start[:1] not in {b"<", b""}:
        return True
    if not start.startswith(b"<?xml"):
        return False
    declaration, end, _ = start.partition(b"?>")
    found = _DECLARED.search(declaration)
    return not end or (found is not None and found[1].lower() not in _KNOWN_ENCODINGS)


def _area(attributes: bytes) -> int:
    """The cells a merged range or link covers; 0 where its range is not written as programs write it."""
    references = [value[1:-1] for name, value in _ATTRIBUTES.findall(attributes) if name == b"ref"]
    area = parse_area(references[0].decode("latin-1")) if len(references) == 1 else None
    if area is None:
        return 0
    top, left, bottom, right = area
    return (abs(right - left) + 1) * (abs(bottom - top) + 1)
