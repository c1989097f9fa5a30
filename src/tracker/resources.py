"""Where the data that travels with the program lies: procedure sets, calendar, templates, sample cases, colours."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def templates() -> Path:
    """The `templates` folder: inside the package in a wheel, at the top of the checkout otherwise."""
    return _folder("templates")


def samples() -> Path:
    """The `sample_cases` folder, which lies where `templates` lies."""
    return _folder("sample_cases")


def _folder(name: str) -> Path:
    package = Path(__file__).resolve().parent
    inside = package / name
    return inside if inside.is_dir() else package.parents[1] / name


@dataclass(frozen=True, slots=True)
class RagColours:
    """One word's colours, each `#RRGGBB`: (background, text) of a cell, and a bar; then the same on a dark screen."""

    cell: tuple[str, str]
    bar: str
    dark: tuple[str, str]
    dark_bar: str


@cache
def rag_colours() -> Mapping[str, RagColours]:
    """RAG word -> its colours, one set for the workbook, web pages and Word: `templates/colours.toml`."""
    words = tomllib.loads((templates() / "colours.toml").read_text("utf-8"))
    return {
        word: RagColours((cell[0], cell[1]), each["bar"], (dark[0], dark[1]), each["dark_bar"])
        for word, each in words.items()
        for cell, dark in ((each["cell"], each["dark"]),)
    }
