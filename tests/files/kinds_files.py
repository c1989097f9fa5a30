"""Files that are no .xlsx workbook at all, or cannot be read."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from functools import cache
from typing import TYPE_CHECKING

from msoffcrypto.format.ooxml import OOXMLFile

from files.base import TYPES, WORKBOOK, Kind, changed, file, packed, parts, swap, tracker

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "Lyme Regis 1833"
SIGN_IN = b"""<!DOCTYPE html>
<html><head><title>Sign in to your account</title></head><body>You have been signed out.</body></html>"""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MB = 1024 * 1024


def missing(folder: Path) -> Path:
    return folder / "missing.xlsx"


def a_folder(folder: Path) -> Path:
    path = folder / "folder.xlsx"
    path.mkdir()
    return path


def link_to_itself(folder: Path) -> Path:
    path = folder / "loop.xlsx"
    path.symlink_to(path)
    return path


def pipe(folder: Path) -> Path:
    path = folder / "pipe.xlsx"
    os.mkfifo(path)
    return path


def device(folder: Path) -> Path:
    path = folder / "device.xlsx"
    path.symlink_to("/dev/zero")
    return path


def long_name(folder: Path) -> Path:
    return folder / f"{'x' * 300}.xlsx"


def ole(*streams: str) -> bytes:
    """The head of an old container whose directory names these streams."""
    return (
        OLE
        + bytes(504)
        + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
        + bytes(512)
    )


@cache
def encrypted(content: bytes | None = None, password: str = PASSWORD) -> bytes:
    """A workbook encrypted with a password, as Excel does it."""
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(content or tracker())).encrypt(password, stream)
    return stream.getvalue()


def opendocument() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office:document-content/>")
    return stream.getvalue()


def doubled() -> bytes:
    """A zip in which two parts have one name: programs differ in which one they read."""
    stream = io.BytesIO(tracker())
    with zipfile.ZipFile(stream, "a") as archive:
        second = zipfile.ZipInfo("xl/workbook.xmk")
        archive.writestr(second, b"<workbook/>")
    return stream.getvalue().replace(b"xl/workbook.xmk", b"xl/workbook.xml")


def directory_changed(offset: int, form: str, value: int, local: int | None = None) -> bytes:
    """The tracker with one number changed in every entry of the zip's directory, and in the parts' own heads."""
    content = bytearray(tracker())
    for mark, at in ((b"PK\x01\x02", offset), (b"PK\x03\x04", local)):
        start = content.find(mark)
        while at is not None and start >= 0:
            struct.pack_into(form, content, start + at, value)
            start = content.find(mark, start + 4)
    return bytes(content)


def wrong_checksum() -> bytes:
    content = bytearray(packed(parts(), zipfile.ZIP_STORED))
    at = content.index(b"<sheetData>")
    content[at : at + 11] = b"<SheetData>"
    return bytes(content)


def zeros(part: str, size: int) -> bytes:
    """The tracker with one part of nothing but blanks, written without ever holding them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts().items():
            if name != part:
                archive.writestr(name, content)
        with archive.open(part, "w", force_zip64=True) as bomb:
            for _ in range(size // MB):
                bomb.write(bytes(MB))
    return stream.getvalue()


def many_parts() -> bytes:
    return packed({**parts(), **{f"xl/media/{number}.png": b"" for number in range(1_001)}})


SYSTEM = (
    Kind("not existing", "T101", missing),
    Kind("a link to itself", "T101", link_to_itself),
    Kind("a folder", "T123", a_folder),
    Kind("a pipe", "T103", pipe),
    Kind("a device", "T103", device),
    Kind("a name longer than the system allows", "T103", long_name),
    Kind("Excel's lock file", "T113", file(b"\x05PDSCP" + bytes(159), "~$case.xlsx")),
    Kind("LibreOffice's lock file", "T113", file(b",pdscp,pc,04.11.2026 09:00;", ".~lock.case.xlsx#")),
    Kind("21 MB", "T114", file(lambda: b"PK\x03\x04" + bytes(21 * MB))),
)
OTHER_KINDS = (
    Kind("empty", "T104", file(b"")),
    Kind("text", "T104", file(b"Minutes of the Rapid Review\n")),
    Kind("text in UTF-16", "T104", file("Minutes of the Rapid Review\n".encode("utf-16"))),
    Kind("a case description", "T148", file(b'[case]\nreference = "DOR-2026-014"\n', "case.toml")),
    Kind("a CSV", "T104", file(b"ID,Action,Due\nSIN-2.1,Ring,2026-11-04\n")),
    Kind("a sign-in page", "T104", file(SIGN_IN)),
    Kind("a picture", "T104", file(b"\x89PNG\r\n\x1a\n" + bytes(64))),
    Kind("a PDF", "T104", file(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(64))),
    Kind("only zeros, as a sync client leaves it", "T104", file(bytes(4096))),
    Kind("an .xls", "T117", file(ole("Root Entry", "Workbook"))),
    Kind("an .ods", "T116", file(opendocument)),
    Kind(
        "an .xlsm",
        "T115",
        changed(
            swap(
                TYPES,
                b"openxmlformats-officedocument.spreadsheetml.sheet.main",
                b"ms-excel.sheet.macroEnabled.main",
            )
        ),
    ),
    Kind("a zip of something else", "T126", file(lambda: packed({"minutes.txt": b"Minutes"}))),
    Kind("an empty zip", "T126", file(lambda: packed({}))),
    Kind("a Word document", "T126", file(lambda: packed({TYPES: b"<Types/>", "word/document.xml": b"<w/>"}))),
    Kind("an .xlsb", "T126", file(lambda: packed({TYPES: b"<Types/>", "xl/workbook.bin": b"\x83\x01"}))),
    Kind(
        "Strict Open XML",
        "T118",
        changed(
            swap(
                WORKBOOK,
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
        ),
    ),
)
LOCKED = (
    Kind("protected by a password", "T105", file(encrypted)),
    Kind(
        "the head of a protected file", "T105", file(ole("Root Entry", "EncryptionInfo", "EncryptedPackage"))
    ),
    Kind(
        "encrypted by a label",
        "T120",
        file(ole("Root Entry", "EncryptedPackage", "\x06DataSpaces", "DRMEncryptedDataSpace")),
    ),
)
ZIPS = (
    Kind("half of the download", "T106", file(lambda: tracker()[: len(tracker()) // 2])),
    Kind("all but the last byte", "T106", file(lambda: tracker()[:-1])),
    Kind("the first four bytes", "T106", file(lambda: tracker()[:4])),
    Kind("a checksum that is wrong", "T106", file(wrong_checksum)),
    Kind("two parts of one name", "T106", file(doubled)),
    Kind("encrypted parts", "T106", file(lambda: directory_changed(8, "<H", 1, 6))),
    Kind("an unknown way of packing", "T106", file(lambda: directory_changed(10, "<H", 97, 8))),
    Kind("packed with LZMA", "T106", file(lambda: directory_changed(10, "<H", 14, 8))),
    Kind("sizes declared too small", "T106", file(lambda: directory_changed(24, "<I", 10, 22))),
    Kind("parts said to lie beyond the end", "T106", file(lambda: directory_changed(42, "<I", 2**31))),
    Kind("a thousand parts too many", "T119", file(many_parts)),
    Kind("1 GiB of zeros for a sheet", "T119", file(lambda: zeros("xl/worksheets/sheet3.xml", 1024 * MB))),
    Kind("128 MiB of zeros for a picture", "T119", file(lambda: zeros("xl/media/image1.png", 128 * MB))),
    Kind("128 MiB of zeros for the styles", "T119", file(lambda: zeros("xl/styles.xml", 128 * MB))),
)
KINDS = (*SYSTEM, *OTHER_KINDS, *LOCKED, *ZIPS)
