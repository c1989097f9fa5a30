"""Work and memory grow with a file's size and no faster; nothing but regular files is opened."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from files.base import packed, parts_of, tracker
from tracker.case.description import read_text
from tracker.paths import open_regular, read_regular
from tracker.problems import Problem
from tracker.report.messages import addresses
from tracker.workbook.preflight import unpack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHEET, TABLE, STYLES = "xl/worksheets/sheet3.xml", "xl/tables/table1.xml", "xl/styles.xml"
WATCHDOG = 60  # seconds: each of these took minutes, and takes less than one second


def _changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    members = parts_of(tracker())
    members[part] = change(members[part])
    return packed(members)


def _code(content: bytes) -> str:
    found = unpack(content, "case.xlsx")
    return found.code if isinstance(found, Problem) else ""


def _long_tag(size: int) -> bytes:
    return _changed(SHEET, lambda part: part.replace(b"<sheetData>", b"<sheetData" + b" " * size + b">"))


def _long_format(size: int) -> bytes:
    new = b'<numFmts count="1"><numFmt numFmtId="200" formatCode="' + b"[" * size + b'"/></numFmts>'
    return _changed(STYLES, lambda part: part.replace(b"</styleSheet>", new + b"</styleSheet>"))


def _table_to(row: int) -> bytes:
    def change(part: bytes) -> bytes:
        head, _, rest = part.partition(b' ref="')
        return head + b' ref="A3:X' + str(row).encode() + rest[rest.index(b'"') :]

    return _changed(TABLE, change)


@pytest.mark.parametrize(
    ("make", "size", "code"),
    [
        (_long_tag, 10_000, ""),
        (_long_tag, 1_100_000, "T119"),
        (_long_format, 1_000, ""),
        (_long_format, 100_000, "T119"),
        (_table_to, 40, ""),
        (_table_to, 60_000, "T119"),
        (_table_to, 99_999_999_999, "T119"),
    ],
)
def test_what_costs_a_multiple_of_its_size_is_refused(
    make: Callable[[int], bytes], size: int, code: str
) -> None:
    assert _code(make(size)) == code


HARD = {
    "row with many attributes": """
from tracker.workbook.preflight import _FILLED_ROW
for size in (50_000, 100_000):
    assert not _FILLED_ROW.search(b"<row" + b' r="1"' * size + b"<")
""",
    "blanks between addresses": """
from tracker.problems import Problem
from tracker.report.messages import addresses
assert addresses("a@example.org;" + " " * 1_000_000 + "b") is None
""",
    "key of many parts": """
from tracker.case.description import parse_tables
assert parse_tables(".".join("a" * 60_000) + " = 1").code == "T406"
""",
}


@pytest.mark.parametrize("code", HARD.values(), ids=HARD.keys())
def test_hostile_text_ends_before_the_watchdog(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, timeout=WATCHDOG, env=os.environ)


def test_blanks_around_addresses_do_not_count() -> None:
    assert addresses(" a@example.org ;  b@example.org ; ") == ("a@example.org", "b@example.org")


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices have names on POSIX alone")
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_or_device_is_a_problem(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "case.toml"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(OSError, match="a device or pipe"):
        open_regular(path)
    found = read_text(path)
    assert isinstance(found, Problem) and found.code == "T403"  # noqa: PT018  the first narrows the second


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_bytes(b"12345")
    assert read_regular(path, 5) == b"12345"
    with pytest.raises(OSError, match="larger than 4 bytes"):
        read_regular(path, 4)
