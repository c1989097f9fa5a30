"""How large a workbook may be inside, checked before any spreadsheet library sees it.

A hostile or broken workbook can cost a library gigabytes and minutes (a merged range over a whole sheet, one value
in the last cell, a gigabyte of styles zipped into one megabyte). Everything here is bounded: parts are counted while
they are unpacked, since the sizes a zip declares may lie, and XML is searched as bytes, never parsed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from io import BytesIO

from tracker.problems import Problem, codes, problem

_MB = 1024 * 1024


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


_TAG = rb"<(?:[^\s<>/:]*:)?"  # whatever its prefix
_COUNTED = re.compile(_TAG + rb"(c|v|f|row|is|si|t|mergeCell|hyperlink)[\s/>]")
# A row with something in it: LibreOffice writes the last row of all, empty, when a row was cut from a sheet.
_FILLED_ROW = re.compile(_TAG + rb"""row\b((?:[^<>"']|"[^"<]*"|'[^'<]*')*)(?<!/)>\s*<(?!/)""")
_ROW_NUMBER = re.compile(rb"""\sr=["'](\d{1,9})""")
_TABLE = re.compile(_TAG + rb"table\s[^<]*")
_TABLE_END = re.compile(rb"""\sref=["'][^"':]{0,20}:\$?[A-Z]{1,3}\$?(\d{1,9})""")
_LONG_PIECE = re.compile(rb"<[^<]{%d}" % LIMITS.piece)
_LONG_FORMAT = re.compile(rb"""formatCode\s*=\s*(?:"[^"<]{2000}|'[^'<]{2000})""")
_FAR_CELL = re.compile(rb""" r=["'][A-Z]{1,3}(\d{6,9})""")
_FAR_COLUMN = re.compile(rb""" r=["'][A-Z]{3,}\d""")
_ATTRIBUTE = rb"""\s+([\w:.-]+)\s*=\s*("[^"<]*"|'[^'<]*')"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_COVERING_WHOLE = re.compile(_TAG + rb"(?:mergeCell|hyperlink)((?:" + _ATTRIBUTE + rb")*)\s*/?>")
_RANGE = re.compile(rb"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")


_OTHER_ZIPS = {
    "xl/workbook.bin": "an Excel binary workbook (.xlsb)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
}
"""Parts by which the other files of the same container are known."""


def check_size_limits(content: bytes, name: str) -> Problem | None:
    """The first reason not to hand a zip to the spreadsheet library; None where there is none."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _check_archive(archive, name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError):
        return problem(
            codes.WORKBOOK_DAMAGED, file=name, reason="the file breaks off or its parts do not unpack"
        )
    except (NotImplementedError, RuntimeError):
        return problem(
            codes.WORKBOOK_DAMAGED, file=name, reason="its parts are packed in a way workbooks never are"
        )


def _check_archive(archive: zipfile.ZipFile, name: str) -> Problem | None:
    names = archive.namelist()
    if len(names) > LIMITS.parts:
        return _too_much(name, f"{len(names)} parts", f"at most {LIMITS.parts}")
    if len(set(names)) != len(names):
        return problem(codes.WORKBOOK_DAMAGED, file=name, reason="two of its parts have one name")
    if "mimetype" in names:
        with archive.open("mimetype") as file:
            if b"opendocument" in file.read(200):
                return problem(codes.OPENDOCUMENT_FILE, file=name)
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        kinds = (kind for part, kind in _OTHER_ZIPS.items() if part in names)
        return problem(
            codes.OTHER_ZIP_FILE, file=name, found_kind=next(kinds, "a zip file without a workbook in it")
        )
    counts = _PartCounts(name)
    return next((found for info in archive.infolist() if (found := counts.add(archive, info))), None)


def _too_much(name: str, found: str, expected: str) -> Problem:
    return problem(codes.WORKBOOK_TOO_LARGE_INSIDE, file=name, found_size=found, limit=expected)


class _PartCounts:
    """What the parts of a package add up to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.unpacked = 0
        self.counts: Counter[str] = Counter()

    def add(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Problem | None:
        """Count one part; a reason to refuse the file, or None."""
        limit = LIMITS.styles if info.filename.endswith(("styles.xml", "theme1.xml")) else LIMITS.part
        limit = min(limit, LIMITS.unpacked - self.unpacked)
        with archive.open(info) as file:
            part = file.read(limit + 1)
        if len(part) > limit:
            return _too_much(
                self.name, f"{info.filename} unpacks to more than {limit // _MB} MB", "a small part"
            )
        self.unpacked += len(part)
        # A sheet's part may have any name: the library goes by the relations between the parts.
        return self._xml(info.filename, part) if _is_xml(info.filename, part) else None

    def _xml(self, part_name: str, part: bytes) -> Problem | None:
        if in_other_encoding(part) or b"<!DOCTYPE" in part:
            return problem(codes.UNEXPECTED_CONTENT, file=self.name, part=part_name)
        if part_name == "[Content_Types].xml" and _MACROS in part:
            return problem(codes.MACRO_WORKBOOK, file=self.name)
        if part_name == "xl/workbook.xml" and _STRICT in part:
            return problem(codes.STRICT_OPEN_XML, file=self.name)
        return self._counted(part) or self._long(part_name, part) or self._far(part_name, part)

    def _counted(self, part: bytes) -> Problem | None:
        """Too much of anything. The cheap count comes first, so that no pattern meets millions of tags."""
        tags = part.count(b"<") - part.count(b"</")
        found = self._more("tags", "XML elements", tags)
        if found:
            return found
        counts = Counter(_COUNTED.findall(part))
        covering = counts[b"mergeCell"] + counts[b"hyperlink"]
        return (
            self._more("cells", "cells", counts[b"c"])
            or self._more("rows", "rows", counts[b"row"])
            or self._more("texts", "texts", counts[b"si"])
            or self._more("names", "defined names", part.count(b"definedName "))
            or self._more("merges", "merged ranges", counts[b"mergeCell"])
            or self._more("objects", "formats, links and other things", tags - counts.total() + covering)
            or (self._covering(part, covering) if covering else None)
        )

    def _more(self, limit: str, words: str, count: int) -> Problem | None:
        self.counts[limit] += count
        most = int(getattr(LIMITS, limit))
        if self.counts[limit] <= most:
            return None
        return _too_much(self.name, f"{self.counts[limit]} {words} or more", f"at most {most}")

    def _covering(self, part: bytes, count: int) -> Problem | None:
        """Merged ranges and links over too many cells, or written so that their size is unknown."""
        areas = [_area(found[1]) for found in _COVERING_WHOLE.finditer(part)]
        if 0 in areas or len(areas) != count:
            return _too_much(
                self.name, "merged cells or links over no plain range", f"at most {LIMITS.covered} cells"
            )
        return self._more("covered", "cells under merged ranges and links", sum(areas))

    def _long(self, part_name: str, part: bytes) -> Problem | None:
        """A tag or text, or a number format, so long that parsing it costs a multiple of its size."""
        # Other programs keep whole files as text in `customXml`, which is copied and never parsed.
        if not part_name.startswith("customXml/") and _LONG_PIECE.search(part):
            return _too_much(
                self.name, f"a tag or text of more than {LIMITS.piece // _MB} MB in {part_name}", "short tags"
            )
        if _LONG_FORMAT.search(part):
            return _too_much(
                self.name, f"a number format of 2,000 characters in {part_name}", "short formats"
            )
        return None

    def _far(self, part_name: str, part: bytes) -> Problem | None:
        rows = (number for found in _FILLED_ROW.finditer(part) for number in _ROW_NUMBER.findall(found[1]))
        ends = (number for found in _TABLE.finditer(part) for number in _TABLE_END.findall(found[0]))
        last = max(map(int, (*rows, *ends, *_FAR_CELL.findall(part))), default=0)
        if last > LIMITS.last_row:
            return _too_much(self.name, f"row {last} in {part_name}", f"at most {LIMITS.last_row} rows")
        if _FAR_COLUMN.search(part):
            return _too_much(
                self.name, f"a cell beyond column ZZ in {part_name}", f"at most {LIMITS.columns} columns"
            )
        return None


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
    from tracker.formula.parse import column_number

    references = [value[1:-1] for name, value in _ATTRIBUTES.findall(attributes) if name == b"ref"]
    found = _RANGE.fullmatch(references[0]) if len(references) == 1 else None
    if found is None:
        return 0
    if found[3] is None:
        return 1
    first, last = (column_number(found[group].decode()) for group in (1, 3))
    return (abs(last - first) + 1) * (abs(int(found[4]) - int(found[2])) + 1)
