"""The glossary: short, in order, and of words that are used."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ENTRIES = dict(re.findall(r"^### (.+)\n\n((?:.+\n)+)", GLOSSARY, re.MULTILINE))


def test_each_word_has_one_short_entry() -> None:
    assert len(ENTRIES) == GLOSSARY.count("\n### ")
    assert 30 <= len(ENTRIES) <= 40
    assert [word for word, meaning in ENTRIES.items() if len(meaning.split()) > 50] == []


def test_a_word_in_italics_has_an_entry() -> None:
    named = {word.lower() for word in re.findall(r"\*([a-z ]+)\*", GLOSSARY)} - {"italics", "procedure"}
    assert named - {word.lower() for word in ENTRIES} == set()


def test_each_word_is_used() -> None:
    places = (("src", "*.py"), ("docs", "*.md"), ("templates/procedure", "*.toml"))
    files = [ROOT / "README.md", *(path for place, kind in places for path in (ROOT / place).rglob(kind))]
    text = " ".join(path.read_text("utf-8") for path in files if path.name != "glossary.md").lower()
    text = re.sub(r"[_\s]+", " ", text)
    assert [word for word in ENTRIES if word.lower() not in text] == []


def test_contributors_are_led_to_it() -> None:
    assert "(docs/glossary.md)" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
