"""The catalogue of problems is the one place of codes and their words."""

from __future__ import annotations

import re
from pathlib import Path

from tracker.problems import catalogue, codes
from tracker.problems.catalogue_page import constants

SOURCE = Path(codes.__file__).parents[1]


def test_the_constants_are_made_from_the_catalogue() -> None:
    assert Path(codes.__file__).read_text("utf-8") == constants()


def test_a_code_stands_in_the_catalogue_alone() -> None:
    literal = re.compile(r'"T\d{3}"')
    elsewhere = [
        f"{path.relative_to(SOURCE)}: {found}"
        for path in SOURCE.rglob("*.py")
        if path != Path(codes.__file__)
        for found in literal.findall(re.sub(r'"""(?:.|\n)*?"""', "", path.read_text("utf-8")))
    ]
    assert elsewhere == []


def test_every_constant_is_used() -> None:
    text = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py") if path != Path(codes.__file__))
    unused = [kind.name for kind in catalogue().values() if not re.search(rf"\bcodes\.{kind.name}\b", text)]
    assert unused == []


def test_nothing_is_expected_where_nothing_is() -> None:
    assert [kind.code for kind in catalogue().values() if kind.expected.startswith("nothing")] == []
