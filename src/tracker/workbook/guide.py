"""The words of the Guide sheet: data for what holds everywhere, the procedure's own readings after it."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

from tracker.resources import templates

if TYPE_CHECKING:
    from tracker.procedure.model import Procedure

Line = tuple[str, str]


@cache
def _standing() -> tuple[tuple[str, tuple[Line, ...]], ...]:
    text = (templates() / "workbook" / "guide.toml").read_text("utf-8")
    return tuple(
        (section["title"], tuple((first, second) for first, second in section["lines"]))
        for section in tomllib.loads(text)["section"]
    )


def sections(procedure: Procedure) -> list[tuple[str, tuple[Line, ...]]]:
    """The Guide's sections: title, and lines of a word and what it means."""
    readings = tuple((f"Paragraphs {each.paragraphs}", each.text) for each in procedure.readings)
    return [
        *_standing(),
        (f"How the procedure is read ({procedure.title}, edition {procedure.edition})", readings),
    ]
