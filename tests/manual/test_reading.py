"""Every page is easy to read: plain English throughout, and easier still before anybody scrolls."""

from __future__ import annotations

import pytest

from .pages import markdown
from .reading_ease import first_screen, measure, sentences, syllables

PAGES = {name: found for name, page in markdown().items() if (found := sentences(page))}
"""The sentences of each page. One has none: what it shows is made from the code."""


def test_the_pages_are_measured() -> None:
    assert sorted(markdown().keys() - PAGES.keys()) == ["docs/reference.md"]
    assert sum(measure(found).words for found in PAGES.values()) > 15_000


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_in_plain_english(name: str) -> None:
    assert measure(PAGES[name]).flesch >= 65


@pytest.mark.parametrize("name", PAGES)
def test_the_first_screen_is_for_everybody(name: str) -> None:
    assert measure(first_screen(PAGES[name])).grade <= 9


def test_the_readme_is_short() -> None:
    assert measure(PAGES["README.md"]).words <= 900


# The measure itself


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "a case rule typed names guide through"),
        (2, "people before table value agreed owner something"),
        (3, "procedure agency's agencies employment overdue partnership safeguarding"),
        (4, "anybody's partnership-led"),
        (5, "notification organisation responsible-for"),
    ],
)
def test_syllables_are_counted(count: int, words: str) -> None:
    assert {word: sum(map(syllables, word.split("-"))) for word in words.split()} == dict.fromkeys(
        words.split(), count
    )


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("# Title\n\nOpen it. Read `tracker check x`, then\ngo on.\n", ["Open it", "Read then go on"]),
        ("- one thing\n- another\n", ["one thing", "another"]),
        ("See [the page](a.md#b) of RR-6.6b.\n", ["See the page of"]),
        ("```text\nnot this\n```\n\nBut this.\n\n![not this](a.png)\n", ["But this"]),
        (
            "| do | why |\n| --- | --- |\n| save | then nobody loses a word |\n",
            ["then nobody loses a word"],
        ),
    ],
)
def test_the_sentences_of_a_page(page: str, found: list[str]) -> None:
    assert [" ".join(words) for words in sentences(page)] == found


def test_hard_english_is_told_from_plain() -> None:
    plain = "Type the day the step was done. The dates that hang on it move at once."
    hard = (
        "Notwithstanding the aforementioned considerations, determination of the applicable statutory "
        "notification obligations necessitates comprehensive multidisciplinary consultation."
    )
    assert measure(sentences(plain)).flesch > 90
    assert measure(sentences(hard)).flesch < 0
    assert measure(sentences(hard)).grade > 20
