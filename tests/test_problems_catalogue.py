"""The catalogue of problems is the one place of codes and their words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracker import problems
from tracker.problems import as_sentence, catalogue, codes

SOURCE = Path(problems.__file__).parents[1]


def _source() -> dict[str, str]:
    return {str(path.relative_to(SOURCE)): path.read_text("utf-8") for path in SOURCE.rglob("*.py")}


def test_a_code_stands_in_the_catalogue_alone() -> None:
    literal = re.compile(r'"T\d{3}"')
    elsewhere = [
        f"{name}: {found}"
        for name, text in _source().items()
        for found in literal.findall(re.sub(r'"""(?:.|\n)*?"""', "", text))
    ]
    assert elsewhere == []


def test_every_name_we_use_is_in_the_catalogue_and_every_one_there_is_used() -> None:
    used = {name for text in _source().values() for name in re.findall(r"\bcodes\.([A-Z]\w*)", text)}
    assert used == {kind.name for kind in catalogue().values()}


def test_a_name_gives_its_code_and_another_is_a_mistake() -> None:
    assert codes.ROW_DELETED == "T301"
    with pytest.raises(AttributeError):
        _ = codes.NO_SUCH_PROBLEM


def test_nothing_is_expected_where_nothing_is() -> None:
    assert [kind.code for kind in catalogue().values() if kind.expected.startswith("nothing")] == []


def test_what_was_found_is_a_clause_that_becomes_a_sentence() -> None:
    odd = [kind.code for kind in catalogue().values() if kind.found.endswith(".") or kind.found[:1].isupper()]
    assert odd == []


@pytest.mark.parametrize(
    ("clause", "sentence"),
    [
        ("there is no file of this name", "There is no file of this name."),
        ("aware on Mon 2 Nov 2026", "Aware on Mon 2 Nov 2026."),
        ("'soon' under Completed is not a date", "'soon' under Completed is not a date."),
        ("RR-5.4 also stands in A7", "RR-5.4 also stands in A7."),
        ('roles.toml has no role "BM"', 'roles.toml has no role "BM".'),
        ("what is missing?", "What is missing?"),
    ],
)
def test_a_clause_becomes_a_sentence(clause: str, sentence: str) -> None:
    assert as_sentence(clause) == sentence
