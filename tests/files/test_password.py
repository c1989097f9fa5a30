from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from reading.small import read_path
from workbook.making import PROCEDURE

from files.base import AS_AT, TYPES, file, packed, tracker
from files.kinds_files import PASSWORD, encrypted
from files.worker import in_workers
from tracker.cli import cli
from tracker.workbook import preflight

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.workbook.baseline import Baseline
    from tracker.workbook.reading import Reading

_written: list[str] = []
_watching = False


def _watch(event: str, details: tuple[Any, ...]) -> None:
    if not _watching or event not in {"open", "os.mkdir", "os.rename", "tempfile.mkstemp"}:
        return
    mode = str(details[1]) if event == "open" else "w"
    if set(mode) & set("wax+"):
        _written.append(str(details[0]))


sys.addaudithook(_watch)


def _load(_: Baseline) -> tuple[Procedure, list[Problem]]:
    return PROCEDURE, []


def _codes(path: Path, password: str) -> list[str]:
    reading, _, problems = read_path(path, _load, password=lambda _: password)
    assert reading is None
    return [each.code for each in problems]


def _read(path: Path) -> Reading:
    reading, _, problems = read_path(path, _load, password=lambda _: PASSWORD)
    assert reading
    assert problems == []
    return reading


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    return file(encrypted, "locked.xlsx")(tmp_path)


def _told(path: Path, word: str, *options: str) -> tuple[int, str]:
    """The exit code and all output of `tracker reconcile` with a password file."""
    words = path.parent / "password.txt"
    words.write_text(f"{word}\nthe second line does not count\n")
    arguments = ["reconcile", str(path), "--as-at", str(AS_AT), "--password-file", str(words), *options]
    result = CliRunner().invoke(cli, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_the_right_password_opens_it_and_it_reads_like_the_open_one(locked: Path, tmp_path: Path) -> None:
    plain = _read(file(tracker(), "plain.xlsx")(tmp_path))
    reading = _read(locked)
    assert (reading.tables, reading.fields, reading.baseline) == (plain.tables, plain.fields, plain.baseline)


def test_nothing_of_it_touches_the_disk(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = locked.read_bytes()
    _written.clear()
    monkeypatch.setattr(sys.modules[__name__], "_watching", True)
    _read(locked)
    monkeypatch.undo()
    assert _written == []
    assert [each.name for each in locked.parent.iterdir()] == [locked.name]
    assert locked.read_bytes() == before


@pytest.mark.parametrize("word", ["lyme regis 1833", f"{PASSWORD} ", "x" * 300, "\u202e", "Lyme"])
def test_a_wrong_password_is_t134(word: str, locked: Path) -> None:
    assert _codes(locked, word) == ["T134"]


def test_without_a_password_it_is_t105(locked: Path) -> None:
    assert _codes(locked, "") == ["T105"]


@pytest.mark.parametrize("form", ["text", "json", "md", "html"])
@pytest.mark.parametrize("word", [PASSWORD, "Corfe Castle 1646"])
def test_the_password_is_in_no_output(form: str, word: str, locked: Path) -> None:
    code, told = _told(locked, word, "--format", form)
    assert code == (word != PASSWORD)
    assert ("T134" in told) == (word != PASSWORD)
    assert word not in told


@pytest.mark.parametrize(("limit", "value"), [("MOST_SPINS", 99_999), ("MOST_ABOUT", 500)])
def test_a_locked_file_that_asks_for_too_much_work_is_refused(
    limit: str, value: int, locked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, limit, value)
    assert _codes(locked, PASSWORD) == ["T106"]


def test_something_else_behind_a_password_is_looked_at_like_any_file(tmp_path: Path) -> None:
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    # The library's own encrypting fails below 4,096 bytes.
    picture = random.Random(1).randbytes(5_000)
    document = packed({TYPES: types, "word/document.xml": b"<document/>", "word/media/1.png": picture})
    assert _codes(file(encrypted(document))(tmp_path), PASSWORD) == ["T126"]


def test_damaged_locked_files_are_refused_or_read(tmp_path: Path) -> None:
    content = encrypted()

    def job(seed: str) -> str:
        chance = random.Random(int(seed))
        damaged = bytearray(content)
        # The heads of the container, its table of contents, what says how it is encrypted.
        places = [place for place in range(0, len(content), 512) if any(content[place : place + 64])]
        for _ in range(chance.randint(1, 6)):
            damaged[chance.choice((*places[-12:], 0)) + chance.randrange(400)] = chance.randrange(256)
        cut = len(damaged) if chance.random() < 0.8 else chance.randrange(len(damaged))
        path = tmp_path / f"{seed}.xlsx"
        path.write_bytes(bytes(damaged[:cut]))
        reading, _, problems = read_path(path, _load, password=lambda _: PASSWORD)
        return "" if reading or len(problems) == 1 else f"{problems}"

    outcomes = in_workers(job, [str(seed) for seed in range(40)], tmp_path)
    assert [f"{seed}: {outcome}" for seed, outcome in outcomes.items() if outcome] == []


def test_nobody_is_asked_for_a_password_in_a_folder_where_no_terminal_answers(
    locked: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    locked.rename(folder / "locked.xlsx")
    (folder / "open.xlsx").write_bytes(tracker())
    result = CliRunner().invoke(cli, ["reconcile", str(folder), "--as-at", str(AS_AT)])
    assert (result.exit_code, result.output.count("T105"), "Password" in result.output) == (1, 1, False)
