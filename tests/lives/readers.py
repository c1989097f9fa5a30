"""What each reader needs to know on a Monday, and where the weekly report shows it: a row of a table a Monday."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report.render import markdown, render
from tracker.report.weekly_page import weekly_page

from .mondays import _briefly, spell

if TYPE_CHECKING:
    from tracker.report.weekly import WeeklyView

READERS = {
    "Director": "first sentences",
    "Business Manager": "Needs somebody this week",
    "Everybody": "What happened",
    "Chairs and assistants": "What is coming",
    "Leadership": "Decisions awaited",
    "Owners": "Ready to start",
}
"""Each reader, and the part of the report that answers."""


def heading(title: str) -> str:
    """The head of the table of a story."""
    head = " | ".join(f"{reader}: {place}" for reader, place in READERS.items())
    return f"# {title}\n\n| Monday | {head} |\n|{' --- |' * (len(READERS) + 1)}\n"


def row(view: WeeklyView) -> str:
    """What the report of a Monday answers each reader; every answer is where the head of the table says."""
    text = render(weekly_page(view), "md")
    answers = {
        "Director": [each.words for each in view.headlines],
        "Business Manager": [each.label for each in view.needs],
        "Everybody": [each.event.text for each in reversed(view.happened)],
        "Chairs and assistants": [
            f"{spell(each.day)} {each.what}{' (not ticked)' if each.day < view.as_at else ''}"
            for each in view.coming
        ],
        "Leadership": [each.ask for each in view.decisions],
        "Owners": [each.label for each in view.ready],
    }
    for reader, place in READERS.items():
        shown = text.partition("\n## ")[0] if reader == "Director" else _section(text, place)
        for words in answers[reader]:
            fact = words.partition(" (not ticked)")[0]
            fact = " ".join(fact.split()[2:]) if reader == "Chairs and assistants" else fact
            assert markdown(f"x{fact}")[1:] in shown.replace("**", ""), (view.as_at, reader, fact)
    if not (view.headlines or not view.cases):
        answers["Director"] = ["No case is late."]
    brief = {"Business Manager", "Owners"}
    cells = [
        _briefly(answers[reader]) if reader in brief else "; ".join(answers[reader]).replace("|", "/")
        for reader in READERS
    ]
    return f"| {spell(view.as_at)} {view.as_at.year} | {' | '.join(cells)} |\n"


def _section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}")[2].partition("\n## ")[0]
