"""`tracker regenerate` and the file system: what it writes, what it leaves, what it refuses with one message."""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner
from msoffcrypto.format.ooxml import OOXMLFile
from reconcile.editing import issued_bytes

from patch.packages import unzipped, zipped
from tracker import api, saving
from tracker.cli import cli
from tracker.regenerate import run as running
from tracker.workbook import preflight

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

DAY = date(2026, 11, 4)
PASSWORD = "correct horse"
_written: list[str] = []
_watching: list[bool] = []


def _watch(event: str, details: tuple[Any, ...]) -> None:
    writes = {
        "open",
        "os.mkdir",
        "os.rename",
        "os.link",
        "os.chmod",
        "os.remove",
        "os.utime",
        "tempfile.mkstemp",
    }
    if not _watching or event not in writes:
        return
    flags = details[2] if event == "open" and isinstance(details[2], int) else os.O_WRONLY
    if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        _written.append(f"{event} {details[0]}")


sys.addaudithook(_watch)


def issued() -> bytes:
    return issued_bytes("fresh", DAY)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.xlsx"
    path.write_bytes(issued())
    return path


def told(*arguments: str | Path) -> Result:
    """The command as at the day; `--annotate` gives it something to do."""
    words = ["regenerate", *map(str, arguments), "--annotate", "--as-at", str(DAY)]
    result = CliRunner().invoke(cli, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def codes(result: Result) -> list[str]:
    return re.findall(r"\bT\d{3}\b", result.stderr)


def names(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


def sheets(content: bytes) -> list[str]:
    return openpyxl.load_workbook(io.BytesIO(content), read_only=True).sheetnames


# Written


def test_without_a_name_the_result_stands_beside_the_workbook(case: Path) -> None:
    result = told(case)
    assert (result.exit_code, names(case.parent)) == (0, ["case-regenerated.xlsx", "case.xlsx"])
    assert case.read_bytes() == issued()
    assert "case-regenerated.xlsx" in result.stderr


def test_in_place_the_old_one_is_whole_in_the_backups(case: Path) -> None:
    assert told(case, "--in-place").exit_code == 0
    (backup,) = (case.parent / "tracker-backups").iterdir()
    assert re.fullmatch(r"case-\d{4}-\d\d-\d\dT\d{6}\.xlsx", backup.name)
    assert backup.read_bytes() == issued()
    assert sheets(case.read_bytes())[-1] == "Problems"
    assert len(names(case.parent)) == 2


def test_a_report_on_the_folder_does_not_read_the_backups(case: Path) -> None:
    told(case, "--in-place")
    assert api.find_workbooks([case.parent]) == ([case], [])


def test_a_dry_run_touches_nothing(case: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in [case, case.parent]}
    _written.clear()
    _watching.append(True)
    results = [
        told(case, "--dry-run", *more) for more in ([], ["--in-place"], ["-o", case.parent / "new.xlsx"])
    ]
    _watching.clear()
    assert [each.exit_code for each in results] == [0, 0, 0]
    assert [each for each in _written if "__pycache__" not in each] == []
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.skipif(os.name != "posix", reason="rights are a matter of POSIX systems")
@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_a_result_and_a_backup_are_as_private_as_the_workbook(case: Path, mode: int) -> None:
    case.chmod(mode)
    told(case)
    told(case, "--in-place")
    modes = {path.stat().st_mode & 0o777 for path in case.parent.rglob("*.xlsx")}
    assert (len(names(case.parent)), modes) == (3, {mode})


@pytest.mark.skipif(os.name != "posix", reason="links need no rights here")
def test_a_link_to_a_workbook_stays_a_link(case: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    link = tmp_path / "other" / "linked.xlsx"
    link.symlink_to(case)
    assert told(link, "--in-place").exit_code == 0
    assert link.is_symlink()
    assert sheets(case.read_bytes())[-1] == "Problems"


# Refused


def untouched(case: Path, result: Result, code: str) -> None:
    assert result.exit_code == 1
    assert codes(result) == [code]
    assert case.read_bytes() == issued()
    assert not [name for name in names(case.parent) if name.endswith(".tmp")]


@pytest.mark.parametrize("lock", ["~$case.xlsx", ".~lock.case.xlsx#"])
def test_a_workbook_that_is_open_is_not_replaced(case: Path, lock: str) -> None:
    (case.parent / lock).write_text("R. Example")
    result = told(case, "--in-place")
    untouched(case, result, "T607")
    assert lock in result.stderr


@pytest.mark.parametrize("lock", ["~$case.xlsx", ".~lock.case.xlsx#"])
@pytest.mark.parametrize("more", [[], ["--dry-run"], ["--dry-run", "--in-place"]])
def test_beside_a_workbook_that_is_open_the_result_is_written_with_a_note(
    case: Path, lock: str, more: list[str]
) -> None:
    (case.parent / lock).write_text("R. Example")
    result = told(case, *more)
    assert (result.exit_code, codes(result)) == (0, ["T617"])
    assert ("case-regenerated.xlsx" in names(case.parent)) == (not more)


def test_a_workbook_saved_during_the_run_is_not_replaced(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = running.regenerate_content

    def slow(*arguments: Any) -> Any:
        found = real(*arguments)
        case.write_bytes(b"saved meanwhile")
        return found

    monkeypatch.setattr(running, "regenerate_content", slow)
    result = told(case, "--in-place")
    assert (result.exit_code, codes(result), case.read_bytes()) == (1, ["T606"], b"saved meanwhile")


def test_a_workbook_saved_while_it_is_read_is_not_replaced(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = preflight.workbook_content

    def slow(*arguments: Any) -> Any:
        found = real(*arguments)
        case.write_bytes(b"saved meanwhile")
        return found

    monkeypatch.setattr(preflight, "workbook_content", slow)
    result = told(case, "--in-place")
    assert (result.exit_code, codes(result), case.read_bytes()) == (1, ["T606"], b"saved meanwhile")


def test_a_read_only_workbook_is_not_replaced(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _, wanted: wanted != os.W_OK)
    untouched(case, told(case, "--in-place"), "T608")


@pytest.mark.parametrize("more", [[], ["--in-place"]])
def test_a_folder_that_takes_no_files_is_said_plainly(
    case: Path, monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", denied)
    result = told(case, *more)
    untouched(case, result, "T122")
    assert "Permission denied" in result.stderr


def test_a_file_in_the_place_of_the_backups_is_named(case: Path) -> None:
    (case.parent / "tracker-backups").write_text("a note")
    result = told(case, "--in-place")
    untouched(case, result, "T122")
    assert f"{case.parent / 'tracker-backups'}" in result.stderr


@pytest.mark.parametrize("name", ["case-regenerated.xlsx", "taken.xlsx"])
def test_a_file_of_that_name_is_never_replaced(case: Path, name: str) -> None:
    target = case.parent / name
    target.write_bytes(b"a person's work")
    result = told(case) if name == "case-regenerated.xlsx" else told(case, "-o", target)
    untouched(case, result, "T121")
    assert target.read_bytes() == b"a person's work"
    assert "--in-place" in result.stderr


def test_the_workbook_itself_is_no_name_for_the_result(case: Path) -> None:
    result = told(case, "-o", case)
    assert (result.exit_code, names(case.parent), case.read_bytes()) == (2, ["case.xlsx"], issued())


@pytest.mark.parametrize("more", [["-o", "x.xlsx"], ["other.xlsx"]])
def test_in_place_takes_one_workbook_and_no_name(case: Path, more: list[str]) -> None:
    result = told(case, "--in-place", *more)
    assert result.exit_code == 2
    assert "--in-place takes one workbook" in result.stderr


# Locked


def test_a_locked_workbook_goes_back_under_its_password_and_nothing_bare_touches_the_disk(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(issued())).encrypt(PASSWORD, sealed)
    case.write_bytes(sealed.getvalue())
    word = case.parent / "word.txt"
    word.write_text(PASSWORD)
    contents: list[bytes] = []
    real = saving._write_beside  # noqa: SLF001  the one place that writes bytes

    def spied(path: Path, content: bytes) -> Path:
        contents.append(content[:2])
        return real(path, content)

    monkeypatch.setattr(saving, "_write_beside", spied)
    _written.clear()
    _watching.append(True)
    result = told(case, "--in-place", "--password-file", word)
    _watching.clear()
    assert result.exit_code == 0, result.stderr
    named = [
        each for each in _written if not each.rpartition(" ")[2].isdecimal()
    ]  # the others are open files
    assert [each for each in named if str(case.parent) not in each and "__pycache__" not in each] == []
    assert contents == [b"\xd0\xcf"] * 2
    assert [path.read_bytes()[:2] for path in case.parent.rglob("*.xlsx")] == [b"\xd0\xcf"] * 2
    opened = io.BytesIO()
    file = OOXMLFile(io.BytesIO(case.read_bytes()))
    file.load_key(password=PASSWORD, verify_password=True)
    file.decrypt(opened)
    assert sheets(opened.getvalue())[-1] == "Problems"
    assert PASSWORD not in result.output


# Wrong files


def _edited(sheet: int, change: Callable[[str], str]) -> bytes:
    parts = unzipped(issued())
    part = f"xl/worksheets/sheet{sheet}.xml"
    return zipped(parts | {part: change(parts[part].decode()).encode()})


def _foreign() -> bytes:
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing in it": (lambda: b"", "T10"),
    "text": (lambda: b"ID;Action\r\n1;Ask", "T10"),
    "half a package": (lambda: issued()[: len(issued()) // 2], "T10"),
    "an old .xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "T1"),
    "a package of something else": (lambda: zipped({"mimetype": "application/epub+zip"}), "T1"),
    "somebody's own workbook": (_foreign, "T107"),
    "rows that do not say which they are": (
        lambda: _edited(3, lambda x: re.sub(r'<row r="\d+"', "<row", x)),
        "T613",
    ),
    "cells that do not say where they stand": (
        lambda: _edited(3, lambda x: re.sub(r'<c r="\w+"', "<c", x)),
        "T613",
    ),
}


@pytest.mark.parametrize(("content", "code"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("more", [[], ["--in-place"], ["--dry-run"]])
def test_a_wrong_file_is_one_message_and_stays(
    tmp_path: Path, content: Callable[[], bytes], code: str, more: list[str]
) -> None:
    path = tmp_path / "case.xlsx"
    path.write_bytes(before := content())
    result = told(path, *more)
    assert result.exit_code == 1
    assert len(codes(result)) == 1
    assert codes(result)[0].startswith(code)
    assert (names(tmp_path), path.read_bytes()) == (["case.xlsx"], before)


@pytest.mark.parametrize("name", ["missing.xlsx", "."])
def test_a_workbook_that_is_not_there_is_one_message(tmp_path: Path, name: str) -> None:
    result = told(tmp_path / name)
    assert (result.exit_code, len(codes(result)), names(tmp_path)) == (1, 1, [])
