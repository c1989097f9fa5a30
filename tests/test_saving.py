"""Nothing is half-written, nothing of a person's is replaced."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from tracker import saving

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

REMEDY = "Choose another name."


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written_whole_and_alone(tmp_path: Path) -> None:
    assert saving.write_new(tmp_path / "a.xlsx", b"new", remedy=REMEDY) == []
    assert (names(tmp_path), (tmp_path / "a.xlsx").read_bytes()) == (["a.xlsx"], b"new")


def test_a_file_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"old")
    (found,) = saving.write_new(tmp_path / "a.xlsx", b"new", remedy=REMEDY)
    assert (found.code, found.remedy) == ("T121", REMEDY)
    assert (names(tmp_path), (tmp_path / "a.xlsx").read_bytes()) == (["a.xlsx"], b"old")


def test_a_file_system_without_links_refuses_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", no_link)
    assert saving.write_new(tmp_path / "a.xlsx", b"new", remedy=REMEDY) == []
    assert [each.code for each in saving.write_new(tmp_path / "a.xlsx", b"newer", remedy=REMEDY)] == ["T121"]
    assert (names(tmp_path), (tmp_path / "a.xlsx").read_bytes()) == (["a.xlsx"], b"new")


@pytest.mark.parametrize("step", ["fsync", "link", "fdopen"])
def test_a_failure_at_any_step_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    if step == "link":
        monkeypatch.setattr(Path, "replace", full)
    (found,) = saving.write_new(tmp_path / "a.xlsx", b"new", remedy=REMEDY)
    assert (found.code, found.found) == ("T122", "the file could not be written: No space left on device")
    assert names(tmp_path) == []


def test_our_own_output_is_replaced_at_once(tmp_path: Path) -> None:
    target = tmp_path / "weekly.html"
    assert [saving.write_over(target, text) for text in (b"one", b"two")] == [[], []]
    assert (names(tmp_path), target.read_bytes()[:3]) == (["weekly.html"], b"two")


@pytest.mark.parametrize("name", ["x.html", "x.md", "x.json", "x.docx", "x.csv", "x.ics", "x.eml", "x.text"])
def test_a_file_that_tracker_did_not_write_is_never_replaced(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    target.write_bytes(b"my own notes\n")
    assert [each.code for each in saving.write_over(target, b"the report\n")] == ["T121"]
    assert (names(tmp_path), target.read_bytes()) == ([name], b"my own notes\n")


@pytest.mark.skipif(os.name != "posix", reason="rights are a matter of POSIX systems")
def test_a_report_keeps_the_rights_of_the_one_it_replaces(tmp_path: Path) -> None:
    target = tmp_path / "weekly.html"
    saving.write_over(target, b"one")
    target.chmod(0o640)
    saving.write_over(target, b"two")
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_failure_keeps_the_older_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "weekly.html"
    saving.write_over(target, b"one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert [each.code for each in saving.write_over(target, b"two")] == ["T122"]
    assert (names(tmp_path), target.read_bytes()[:3]) == (["weekly.html"], b"one")


@pytest.mark.skipif(os.name != "posix", reason="rights are a matter of POSIX systems")
def test_a_private_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    saving.write_over(tmp_path / "a.json", b"{}", private=True)
    saving.write_over(tmp_path / "b.html", b"")
    rights = {name: (tmp_path / name).stat().st_mode & 0o077 for name in names(tmp_path)}
    assert (rights["a.json"], bool(rights["b.html"] & 0o044)) == (0, True)


def test_a_folder_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    (found,) = saving.write_new(tmp_path / "no" / "a.xlsx", b"", remedy=REMEDY)
    assert (found.code, found.found) == (
        "T122",
        f"the file could not be written: no folder {tmp_path / 'no'}",
    )


OLD, NEW, THEIRS = b"old", b"new", b"theirs"


def _by_replacing(path: Path, _: BinaryIO) -> None:
    other = path.with_name("~theirs.tmp")
    other.write_bytes(THEIRS)
    other.replace(path)


def _in_place(path: Path, _: BinaryIO) -> None:
    path.write_bytes(THEIRS)


def _through_an_open_file(_: Path, opened: BinaryIO) -> None:
    opened.write(THEIRS)
    opened.truncate()
    opened.flush()


SAVES = {"by replacing": _by_replacing, "in place": _in_place, "through an open file": _through_an_open_file}


def _replace_while_saved(
    folder: Path, save: Callable[[Path, BinaryIO], None], at: int
) -> tuple[bool, list[str]]:
    """Replace a workbook while a colleague saves it before line number `at`; whether that line came, and codes."""
    path = folder / "a.xlsx"
    path.write_bytes(OLD)
    lines = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal lines
        if frame.f_code.co_filename != saving.__file__:
            return None
        if event == "line":
            lines += 1
            if lines == at:
                save(path, opened)
        return trace

    with path.open("r+b") as opened:
        sys.settrace(trace)
        try:
            found = saving.replace_file(
                path, NEW, read_sha256=hashlib.sha256(OLD).hexdigest(), backup=folder / "backups" / "a.xlsx"
            )
        finally:
            sys.settrace(None)
    return lines >= at, [each.code for each in found]


@pytest.mark.parametrize("exchange", [True, False], ids=["names exchanged", "names taken away"])
@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_no_save_of_a_colleague_is_lost_at_any_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, save: Callable[[Path, BinaryIO], None], exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(saving, "exchange_names", lambda *_: False)
    at, came, lost = 0, True, []
    while came:
        at += 1
        folder = tmp_path / str(at)
        folder.mkdir()
        came, codes = _replace_while_saved(folder, save, at)
        held = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*.xlsx")}
        if not came:
            assert (held, codes) == ({"a.xlsx": NEW, "backups/a.xlsx": OLD}, [])
        elif THEIRS not in held.values() or (
            save is _by_replacing and held["a.xlsx"] != THEIRS and not codes
        ):
            lost.append(
                (at, held, codes)
            )  # what comes through an open file after all is done is in the backup
        assert [file.name for file in folder.rglob("*.tmp")] == []
    assert (lost, at > 60) == ([], True)
