"""Ctrl-C and requests to end, at every step of writing: nothing half-written, nothing left behind, one short line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tracker import paths, saving
from tracker.procedure.sets import copy_set, find_set_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracker.problems import Problem

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "sample_cases" / "ordinary-in-time.toml"
EDITED = ROOT / "sample_cases" / "ordinary-in-time-edited.xlsx"
STEPS = ("open", "fsync", "link", "unlink", "replace", "mkdir", "chmod", "stat", "fdopen")
"""What touches files, as the module `os` calls it; the paths' own methods come through here."""


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Signals as at a terminal: where the tests were started in the background, they are ignored from the start."""
    usual: dict[str, Any] = {
        "SIGINT": signal.default_int_handler,
        "SIGHUP": signal.SIG_DFL,
        "SIGTERM": signal.SIG_DFL,
    }
    numbers = {int(getattr(signal, name)): how for name, how in usual.items() if hasattr(signal, name)}
    before = {number: signal.signal(number, how) for number, how in numbers.items()}
    yield
    for number, how in before.items():
        signal.signal(number, how)


class Interrupter:
    """Sends a signal after the nth step that touches files, as if it had arrived within it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, at: int) -> None:
        self.steps, self.sent = 0, False

        def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*words: Any, **named: Any) -> Any:
                try:
                    return real(*words, **named)
                finally:
                    self.steps += 1
                    if self.steps == at:
                        self.sent = True
                        signal.raise_signal(number)

            return call

        for name in STEPS:
            monkeypatch.setattr(os, name, wrapped(getattr(os, name)))


@pytest.fixture(params=["SIGINT", "SIGTERM"])
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    """A signal that ends the test's own process by an exception, as `tracker` arranges it."""
    wanted = int(getattr(signal, request.param))

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(wanted, end)
    yield wanted
    signal.signal(wanted, before)


def in_folder(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def write_new(folder: Path) -> object:
    return saving.write_new(folder / "a.xlsx", b"new", remedy="Choose another name.")


def write_over(folder: Path) -> object:
    (folder / "a.html").write_bytes(b"old")
    return saving.write_over(folder / "a.html", b"new")


def in_place(folder: Path) -> object:
    book = folder / "a.xlsx"
    book.write_bytes(b"old")
    return saving.replace_file(
        book, b"new", read_sha256=paths.sha256_of(book), backup=folder / "backups" / "a.xlsx"
    )


def new_set(folder: Path) -> list[Problem]:
    source = find_set_folder("dorset")
    assert isinstance(source, Path)
    return copy_set(source, folder / "mine")


BEFORE_AND_AFTER: dict[Callable[[Path], object], tuple[set[str], ...]] = {
    write_new: (set(), {"a.xlsx=new"}),
    write_over: ({"a.html=old"}, {"a.html=new"}),
    in_place: (
        {"a.xlsx=old"},
        {"a.xlsx=old", "backups/a.xlsx=old"},
        {"a.xlsx=new", "backups/a.xlsx=old"},
    ),
}


@pytest.mark.parametrize("write", BEFORE_AND_AFTER)
def test_a_signal_at_any_step_leaves_a_whole_file_or_none(
    write: Callable[[Path], object], number: int, tmp_path: Path
) -> None:
    points = 0
    for at in range(1, 100):
        folder = tmp_path / str(at)
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            interrupter = Interrupter(patch, number, at)
            try:
                write(folder)
            except KeyboardInterrupt:
                points += 1
            else:
                assert not interrupter.sent
        found = {f"{name}={content.decode()}" for name, content in in_folder(folder).items()}
        assert found in BEFORE_AND_AFTER[write] or not interrupter.sent
        if not interrupter.sent:
            break
    assert points > 4


def test_a_copied_procedure_is_whole_or_not_there(number: int, tmp_path: Path) -> None:
    new_set(tmp_path)
    whole = {name.removeprefix("mine/") for name in in_folder(tmp_path)}
    for at in (1, 2, 3, 20, 60):
        folder = tmp_path / str(at)
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            interrupter = Interrupter(patch, number, at)
            with pytest.raises(KeyboardInterrupt):
                new_set(folder)
        assert interrupter.sent
        assert {path.name for path in folder.rglob("*") if path.is_file()} in (set(), whole)


def test_the_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), saving.unbroken():  # noqa: PT012  what is reached is the point
        signal.raise_signal(signal.SIGINT)
        (tmp_path / "still here").touch()
        signal.raise_signal(signal.SIGINT)
        (tmp_path / "not reached").touch()
    assert sorted(in_folder(tmp_path)) == ["still here"]


def test_a_set_that_cannot_be_copied_whole_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    real = saving.write_over

    def full(path: Path, content: bytes) -> object:
        written.append(path)
        return real(path / "below" if len(written) == 4 else path, content)

    monkeypatch.setattr("tracker.procedure.sets.write_over", full)
    assert [each.code for each in new_set(tmp_path)] == ["T535"]
    assert (len(written), in_folder(tmp_path)) == (4, {})


def driven(before: str, *words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """A run of its own, in a process group of its own, after a few lines that send it a signal at some step."""
    script = folder / "driver.py"
    lines = [
        "import os, signal, sys",
        before,
        "if __name__ == '__main__':",
        f"    sys.argv = ['tracker', *{[str(word) for word in words]!r}]",
        "    from tracker.__main__ import main",
        "    main()",
    ]
    script.write_text("\n".join(lines), "utf-8")
    return subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, start_new_session=True
    )


def at_opening(ending: str, name: str) -> str:
    return f"""
sent = []
def watch(event, words):
    if event == "open" and not sent and str(words[0]).endswith({ending!r}):
        sent.append(1)
        os.kill(os.getpid(), signal.{name})
sys.addaudithook(watch)
"""


AT_THE_SECOND_WORKBOOK = """
from concurrent.futures import ProcessPoolExecutor
sent, submit = [], ProcessPoolExecutor.submit
def submitted(*words):
    sent.append(1)
    if len(sent) == 2:
        os.killpg(0, signal.SIGINT)
    return submit(*words)
ProcessPoolExecutor.submit = submitted
"""
STOPPED = "Stopped. No file was left half-written."


@pytest.mark.skipif(os.name != "posix", reason="other systems end a process in other ways")
@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("SIGINT", 130, STOPPED),
        ("SIGTERM", 143, ""),
        ("SIGHUP", 129, ""),
    ],
)
def test_a_run_that_is_stopped_says_so_in_a_line_and_leaves_nothing(
    name: str, code: int, said: str, tmp_path: Path
) -> None:
    target = tmp_path / "a.xlsx"
    done = driven(at_opening(CASE.name, name), "generate", CASE, "-o", target, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (code, "", said)
    assert sorted(in_folder(tmp_path)) == ["driver.py"]


@pytest.mark.skipif(os.name != "posix", reason="other systems end a process in other ways")
def test_a_run_stopped_while_it_writes_leaves_the_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    done = driven(at_opening(".tmp", "SIGINT"), "generate", CASE, "-o", target, folder=tmp_path)
    assert (done.returncode, done.stderr.strip().split("\n")[-1]) == (130, STOPPED)
    assert sorted(in_folder(tmp_path)) == ["a.xlsx", "driver.py"]


@pytest.mark.skipif(os.name != "posix", reason="other systems end a process in other ways")
def test_a_folder_read_by_several_processes_is_left_without_a_trace(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    for number in range(9):
        shutil.copy(EDITED, cases / f"{number}.xlsx")
    done = driven(AT_THE_SECOND_WORKBOOK, "calendar", cases, "--jobs", "2", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.split("\n")[-2]) == (130, "", STOPPED)
    assert ("Traceback" in done.stderr, len(in_folder(cases))) == (False, 9)
