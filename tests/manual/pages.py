"""The pages as tests see them: the commands they show, and what they say these print."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result
from regenerate.running import book_of, saved

from tracker.cli import cli

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SAMPLES = ROOT / "sample_cases"
DAY = date(2026, 11, 19)
"""The day the pages speak of: the edited sample was saved on it."""
ANSWERS = ["DOR-2026-099", "Serious harm to an infant", "30/10/2026", "2/11/2026", *[""] * 80]
"""What is typed where a command asks."""

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(tracker [^`]+)`")


@dataclass(frozen=True)
class Shown:
    """A command as a page shows it, with what it is said to print."""

    line: str
    prints: str


def markdown() -> dict[str, str]:
    """Every page for people, by its path."""
    pages = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in pages}


def consoles(text: str) -> list[Shown]:
    """The commands of a page's console blocks, each with the lines below it."""
    shown = []
    for kind, block in _BLOCK.findall(text):
        if kind == "console":
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                line, _, prints = part.partition("\n")
                shown.append(Shown(line, prints))
    return shown


def listed(text: str) -> list[str]:
    """The commands that stand alone on a line of a block without output."""
    blocks = [block for kind, block in _BLOCK.findall(text) if kind != "console"]
    return [line for block in blocks for line in block.splitlines() if re.match(r"tracker [^\[]*$", line)]


def inline(text: str) -> list[str]:
    """The commands within a sentence."""
    return [each.replace("\n", " ") for each in _INLINE.findall(_BLOCK.sub("", text))]


def prints_as_shown(result: str, shown: str) -> bool:
    """Whether a result reads as shown; `...` stands for anything, as a line for any lines."""
    pattern = re.escape(shown.rstrip("\n"))
    pattern = re.sub(r"(?:^|\\\n)\\\.\\\.\\\.(?=\\\n|$)", r"(?:(?:^|\\n).*)?", pattern)
    return re.fullmatch(pattern.replace(r"\.\.\.", ".*"), result.rstrip("\n"), re.DOTALL) is not None


def furnish(folder: Path) -> None:
    """The files the pages speak of, as somebody has them who works with the program."""
    shutil.copytree(SAMPLES, folder / "sample_cases")
    edited, late = SAMPLES / "ordinary-in-time-edited.xlsx", SAMPLES / "late-sin-over-christmas-edited.xlsx"
    for name in ("case.xlsx", "DOR-2026-014.xlsx", "A.xlsx"):
        shutil.copyfile(edited, folder / name)
    for name in ("case.toml", "DOR-2026-014.toml"):
        shutil.copyfile(SAMPLES / "ordinary-in-time.toml", folder / name)
    for place in (folder / "cases", folder / "Live cases"):
        place.mkdir()
        shutil.copyfile(edited, place / "DOR-2026-014.xlsx")
    shutil.copyfile(late, folder / "cases" / "DOR-2025-031.xlsx")
    procedures = ROOT / "templates" / "procedure"
    for source, name in (
        ("dorset", "my-procedure"),
        ("dorset", "editions/2023"),
        ("riverside", "editions/2026"),
    ):
        shutil.copytree(procedures / source, folder / name)
    (folder / "B.xlsx").write_bytes(_second_copy(edited))


@cache
def _second_copy(path: Path) -> bytes:
    """The workbook as somebody else went on with it."""
    book = book_of(path.read_bytes())
    book["Rapid Review"]["L16"] = "Passed on by hand"
    return saved(book)


def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command believe that it is the day the pages speak of."""
    monkeypatch.setattr("tracker.commands.today", lambda: DAY)


def run(line: str) -> Result:
    """Run a command as a page shows it. What it is to write anew is not there yet."""
    words = shlex.split(line)[1:]
    new = {words[place + 1] for place, word in enumerate(words) if word == "-o"}
    if words[:2] == ["procedure", "new"]:
        new.add(words[2])
    if words[0] == "generate" and words[1].endswith(".toml"):
        new.add(words[1].replace(".toml", ".xlsx"))
    for name in new:
        shutil.rmtree(name) if Path(name).is_dir() else Path(name).unlink(missing_ok=True)
    return CliRunner().invoke(cli, words, input="\n".join(ANSWERS) + "\n", catch_exceptions=False)
