"""Streams, environments, questions and signals of a process of its own: no room, a closed pipe, few letters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tracker.__main__ import _replace_letters

from .test_anywhere import ANSWERS, CASE, DAY, EDITED, INNER, posix, process, said

# Streams


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_an_output_without_room_is_told_and_is_exit_code_one(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = process("generate", CASE, "-o", "a.xlsx", *DAY, folder=tmp_path, **to(stdout=full))
        told = done.stderr.decode()
        assert (done.returncode, told.splitlines()[-1]) == (
            1,
            "The output could not be written: No space left on device.",
        )
        assert (tmp_path / "a.xlsx").is_file()
        assert process("procedure", "check", "dorset", folder=tmp_path, **to(stderr=full)).returncode == 0


def to(**streams: Any) -> dict[str, Any]:
    """Streams of a process: what is not given is kept."""
    pipe = subprocess.PIPE
    return {"capture_output": False, "stdout": pipe, "stderr": pipe} | streams


@posix
def test_a_reader_who_leaves_stops_no_work(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as left:
        done = process("regenerate", EDITED, *DAY, "-o", "a.xlsx", folder=tmp_path, **to(stdout=left))
    assert (done.returncode, done.stderr.decode(), (tmp_path / "a.xlsx").is_file()) == (
        0,
        "Written: a.xlsx\n",
        True,
    )


@posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_change_no_exit_code(closed: str, tmp_path: Path) -> None:
    command = f'"{sys.executable}" -c "from tracker.__main__ import main; main()"'
    line = f"{command} reconcile '{EDITED}' --as-at 2026-11-19 {closed} && {command} new -o a.toml {closed}"
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, input=b"", capture_output=True, check=False)
    expected = "" if "2>" in closed else "\nThere were no more answers; the command was not finished.\n"
    assert (done.returncode, said(done).endswith(expected), INNER.findall(said(done))) == (1, True, [])
    assert list(tmp_path.iterdir()) == []


# Environments


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"HOME": "/nonexistent"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii:strict"},
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONWARNINGS": "error"},
        {"PYTHONOPTIMIZE": "2", "PYTHONWARNINGS": "error", "PYTHONWARNDEFAULTENCODING": "1"},
    ],
    ids=lambda env: " ".join(f"{key}={value}" for key, value in env.items()) or "nothing but PATH",
)
def test_any_environment_gives_the_same_outcome(env: dict[str, str], tmp_path: Path) -> None:
    done = process("reconcile", EDITED, *DAY, folder=tmp_path, env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"  Completed: ") == 31


def test_a_terminal_of_few_letters_gets_them_replace_letters(tmp_path: Path) -> None:
    env = {"PYTHONIOENCODING": "cp1252"}
    done = process("reconcile", EDITED, *DAY, folder=tmp_path, env=env)
    assert "RR-6.4  Named owner: A. Example -> B. Example" in done.stdout.decode("cp1252")


@pytest.mark.parametrize(
    ("text", "spelt"),
    [("→ …", "-> ..."), ("Łódź é", "?odz e"), ("“a” \u2013 b", '"a" - b'), ("f\udce9", "f?")],
)
def test_letters_an_encoding_lacks_are_replace_letters(text: str, spelt: str) -> None:
    found = text
    while not found.isascii():
        try:
            found.encode("ascii")
        except UnicodeEncodeError as error:
            plain, end = _replace_letters(error)
            found = found[: error.start] + plain + found[end:]
    assert found == spelt


# Questions


@pytest.mark.parametrize("answered", [0, 1, 3, 5, 12])
def test_questions_that_are_broken_off_write_nothing_but_their_answers(answered: int, tmp_path: Path) -> None:
    typed = "".join(f"{line}\n" for line in ANSWERS.splitlines()[:answered])
    done = process("new", "-o", "a.toml", folder=tmp_path, **to(stdin=None, input=typed.encode()))
    assert (done.returncode, done.stdout.strip()) == (1, b"")
    assert done.stderr.decode().endswith("\nThere were no more answers; the command was not finished.\n")
    assert [path.name for path in tmp_path.iterdir()] == (["a-answers.json"] if answered else [])


SIGNAL_AT_THE_FIFTH_QUESTION = """
import os, signal, sys
# As at a terminal: where the tests were started in the background, they are ignored from the start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
asked = []
def watch(event, words):
    if event == "builtins.input":
        asked.append(words)
        if len(asked) == 5:
            os.kill(os.getpid(), signal.NAME)
sys.addaudithook(watch)
from tracker.__main__ import main
main()
"""


@posix
@pytest.mark.parametrize(
    ("name", "code", "words"),
    [("SIGINT", 130, "Stopped."), ("SIGHUP", 129, ""), ("SIGTERM", 143, ""), ("SIGKILL", -9, None)],
)
def test_no_signal_loses_an_answer(name: str, code: int, words: str | None, tmp_path: Path) -> None:
    script = SIGNAL_AT_THE_FIFTH_QUESTION.replace("NAME", name)
    command = [sys.executable, "-c", script, "new", "-o", "a.toml"]
    typed = ANSWERS.encode()
    done = subprocess.run(command, cwd=tmp_path, input=typed, capture_output=True, check=False, timeout=60)
    kept = "Your answers are kept in a-answers.json. Type the same command again to go on from them."
    assert (done.returncode, kept in said(done), (words or "") in said(done)) == (
        code,
        words is not None,
        True,
    )
    found = json.loads((tmp_path / "a-answers.json").read_text("utf-8"))
    assert [answer for _, answer in found["answers"]] == ["DOR-2026-099", "Serious harm", "", "2/11/2026"]
    assert [path.name for path in tmp_path.iterdir()] == ["a-answers.json"]


def test_letters_that_did_not_arrive_are_asked_for_again(tmp_path: Path) -> None:
    typed = ANSWERS.encode().replace(b"Serious harm\n", b"F\xe9ll\nFall\n")
    done = process("new", "-o", "a.toml", folder=tmp_path, **to(stdin=None, input=typed))
    assert (done.returncode, "type the line again" in said(done)) == (0, True)
    assert '"Fall"' in (tmp_path / "a.toml").read_text("utf-8")
