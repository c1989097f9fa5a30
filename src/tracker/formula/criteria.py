"""What COUNTIF and MATCH ask of a cell: values, orders, and texts with wildcards.

In a text `*` stands for any signs, `?` for one, `~` for the next sign itself.

A text of a file may hold any number of stars, so nothing here goes back further than to the last of them: the work
is at most the product of the two lengths, and for nearly every pattern their sum.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tracker.formula.values import Error, Value, as_number, is_number

if TYPE_CHECKING:
    from collections.abc import Callable

_ANY, _ONE = 1, 2  # as numbers among letters, so that a star meant for itself stays a letter

LONGEST_PATTERN = 255
"""Signs of a criterion; Excel refuses longer ones."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text that may hold wildcards, folded for comparison without case."""

    parts: tuple[str | int, ...]

    @property
    def is_plain(self) -> bool:
        """Whether it holds no wildcard."""
        return _ANY not in self.parts and _ONE not in self.parts

    def matches(self, text: str) -> bool:
        """Whether the whole text is as the pattern says."""
        text = text.casefold()
        if self.is_plain:
            return text == "".join(map(str, self.parts))
        return matching_steps(self.parts, text)[0]


def matching_steps(parts: tuple[str | int, ...], text: str) -> tuple[bool, int]:
    """Whether a folded text is as the parts say, and how many signs were compared to find out."""
    at = place = steps = 0
    star = resume = -1
    while place < len(text):
        steps += 1
        part = parts[at] if at < len(parts) else None
        if part == _ANY:
            if at == len(parts) - 1:
                return True, steps
            star, resume = at, place
            at += 1
        elif part == _ONE or part == text[place]:
            at, place = at + 1, place + 1
        elif star < 0:
            return False, steps
        else:  # what the last star stands for is one sign longer; earlier stars never need to change
            resume += 1
            at, place = star + 1, resume
    return all(part == _ANY for part in parts[at:]), steps


@lru_cache(maxsize=1024)
def wildcard_pattern(text: str) -> Pattern:
    """The pattern of a text. A tilde takes the next sign for itself: "a~b" looks for "ab", "end~" for "end~"."""
    parts: list[str | int] = []
    signs = iter(text)
    for sign in signs:
        if sign == "~":
            parts += next(signs, "~").casefold()
        elif sign == "*":
            if parts[-1:] != [_ANY]:
                parts.append(_ANY)
        elif sign == "?":
            parts.append(_ONE)
        else:
            parts += sign.casefold()
    return Pattern(tuple(parts))


_ORDERS: dict[str, Callable[[Value, Value], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def criterion(wanted: Value) -> Callable[[Value], bool]:
    """What COUNTIF asks of a cell: equal to a value, to a text with wildcards, `<>` a text, or `>` a number."""
    if isinstance(wanted, str):
        return _text_criterion(wanted)
    if isinstance(wanted, (bool, Error)):
        return lambda value: type(value) is type(wanted) and value == wanted
    number = 0 if wanted is None else wanted
    return lambda value: is_number(value) and value == number


def _text_criterion(wanted: str) -> Callable[[Value], bool]:
    if wanted.startswith("<>"):
        if wanted == "<>":
            return lambda value: value is not None
        unequal = _text_criterion(wanted[2:])
        return lambda value: not unequal(value)
    sign = next((sign for sign in _ORDERS if wanted.startswith(sign)), "")
    if sign:
        return _order_criterion(_ORDERS[sign], wanted.removeprefix(sign))
    if not wanted:
        return lambda value: value is None or value == ""
    if wanted.startswith("="):
        if wanted == "=":
            return lambda value: value is None
        wanted = wanted[1:]
    if len(wanted) > LONGEST_PATTERN:
        return lambda _value: False
    pattern = wildcard_pattern(wanted)
    number = as_number(wanted)
    return lambda value: (
        pattern.matches(value) if isinstance(value, str) else is_number(value) and value == number
    )


def _order_criterion(order: Callable[[Value, Value], bool], limit: str) -> Callable[[Value], bool]:
    """`>5` asks of numbers, `>m` of texts."""
    number = as_number(limit)
    if isinstance(number, Error):
        folded = limit.casefold()
        return lambda value: isinstance(value, str) and order(value.casefold(), folded)
    return lambda value: is_number(value) and order(value, number)
