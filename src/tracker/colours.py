"""The colours of the RAG words, one set for the workbook, web pages and Word: `templates/colours.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tracker.resources import templates

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class RagColours:
    """One word's colours, each `#RRGGBB`: (background, text) of a cell, and a bar; then the same on a dark screen."""

    cell: tuple[str, str]
    bar: str
    dark: tuple[str, str]
    dark_bar: str


@cache
def rag_colours() -> Mapping[str, RagColours]:
    """RAG word -> its colours."""
    words = tomllib.loads((templates() / "colours.toml").read_text("utf-8"))
    return {
        word: RagColours((cell[0], cell[1]), each["bar"], (dark[0], dark[1]), each["dark_bar"])
        for word, each in words.items()
        for cell, dark in ((each["cell"], each["dark"]),)
    }
