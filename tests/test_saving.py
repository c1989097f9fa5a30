"""Nothing is half-written, nothing of a person's is replaced."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tracker import saving

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
    assert (found.code, found.found) == ("T122", "No space left on device")
    assert names(tmp_path) == []


def test_our_own_output_is_replaced_at_once(tmp_path: Path) -> None:
    target = tmp_path / "weekly.html"
    assert [saving.write_over(target, text) for text in (b"one", b"two")] == [[], []]
    assert (names(tmp_path), target.read_bytes()) == (["weekly.html"], b"two")


def test_a_failure_keeps_the_older_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "weekly.html"
    saving.write_over(target, b"one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert [each.code for each in saving.write_over(target, b"two")] == ["T122"]
    assert (names(tmp_path), target.read_bytes()) == (["weekly.html"], b"one")


@pytest.mark.skipif(os.name != "posix", reason="rights are a matter of POSIX systems")
def test_a_private_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    saving.write_over(tmp_path / "a.json", b"{}", private=True)
    saving.write_over(tmp_path / "b.html", b"")
    rights = {name: (tmp_path / name).stat().st_mode & 0o077 for name in names(tmp_path)}
    assert (rights["a.json"], bool(rights["b.html"] & 0o044)) == (0, True)


def test_a_folder_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    (found,) = saving.write_new(tmp_path / "no" / "a.xlsx", b"", remedy=REMEDY)
    assert (found.code, found.found) == ("T122", f"no folder {tmp_path / 'no'}")
