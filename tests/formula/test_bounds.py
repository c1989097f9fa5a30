"""Work on a formula's text or on a pattern grows no faster than what it is made of; what cannot be worked out stays."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from formula.answers import book
from tracker.formula.evaluate import Context, Formula
from tracker.formula.parse import DEEPEST_FORMULA, LONGEST_FORMULA, FormulaSyntaxError, parse
from tracker.formula.values import CannotEvaluateError, matching_steps, wildcard_parts
from tracker.text import suggest

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def _steps(pattern: str, text: str) -> int:
    return matching_steps(wildcard_parts(pattern), text)[1]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("*a" * 8 + "*b", "a"), ("*", "a"), ("?*?*x", "a"), ("a*" * 8, "a"), ("*aab", "a")],
)
def test_twice_the_text_is_twice_the_work(pattern: str, text: str) -> None:
    once, twice = (_steps(pattern, text * count) for count in (2_000, 4_000))
    assert twice <= 2.1 * once + 10


def test_twice_the_stars_are_no_more_than_twice_the_work() -> None:
    once, twice = (_steps("*a" * count + "*b", "a" * 200) for count in (20, 40))
    assert twice <= 2.1 * once


def _calls(job: Callable[[], object]) -> int:
    """The Python calls that a job makes: a measure of work that no clock disturbs."""
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        job()
    finally:
        sys.setprofile(None)
    return calls


def test_twice_the_formula_is_twice_the_parsing() -> None:
    once, twice = (_calls(partial(parse, "+".join(["[Due]"] * count))) for count in (40, 80))
    assert twice <= 2.2 * once


@pytest.mark.parametrize(
    "text",
    ["(" * (DEEPEST_FORMULA + 1) + "1" + ")" * (DEEPEST_FORMULA + 1), "1" + "+1" * LONGEST_FORMULA,
     "9" * 400, "Data!A9999999", "1" + "&1" * 200],
    ids=["too deep", "too long", "too many digits", "beyond the sheet", "too many operators"],
)  # fmt: skip
def test_what_no_formula_of_ours_is_is_refused(text: str) -> None:
    with pytest.raises(FormulaSyntaxError):
        parse(text)


@pytest.mark.parametrize("text", ['TEXT(Start,"[h]:mm")', 'MATCH("a",Words,1)'])
def test_what_is_not_calculated_here_keeps_its_value(text: str) -> None:
    made = book()
    made.put("Data", 90, 1, Formula(text))
    made.kept["Data", 90, 1] = "as it was"
    with pytest.raises(CannotEvaluateError):
        Formula(text).evaluate(Context(made, "Data", 1, ""))
    assert made.cell("Data", 90, 1) == "as it was"
    assert ("Data", 90, 1) in made.unevaluated


def test_a_long_word_is_compared_with_none() -> None:
    assert suggest("a" * 100_000, ["a" * 99_999, "summary"]) == ""
