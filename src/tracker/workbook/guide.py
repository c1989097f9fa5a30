"""The words of the Guide sheet: data for what holds everywhere, the procedure's own readings after it."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

from tracker.procedure.currency import checked
from tracker.resources import templates
from tracker.text import short_date

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
    own, stages = dict(procedure.guide), ", ".join(stage.name for stage in procedure.stages)
    standing = [
        (title, tuple((word, own.pop(word, text).replace("{stages}", stages)) for word, text in lines))
        for title, lines in _standing()
    ]
    sources = tuple((f"{each.title}, {short_date(each.date)}", each.taken) for each in procedure.rests_on)
    readings = tuple((f"Paragraphs {each.paragraphs}", each.text) for each in procedure.interpretations)
    return [
        *standing,
        ("What the rules rest on", (("Checked", checked(procedure)), *sources)),
        *([("More on this procedure", tuple(own.items()))] if own else []),
        (f"How the procedure is read ({procedure.title}, edition {procedure.edition})", readings),
    ]
