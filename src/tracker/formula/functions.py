"""The spreadsheet functions our formulas use, as Excel and LibreOffice both count them.

A function takes values that are already evaluated. What it is given may be a list (a column of cells); the
functions marked `@elementwise` then answer with a list, as in an array formula.
"""

from __future__ import annotations

import inspect
import operator
from functools import cache, cached_property, wraps
from math import floor, prod
from typing import TYPE_CHECKING

from tracker import workdays
from tracker.formula.values import (
    BAD_NUMBER,
    BAD_REFERENCE,
    BAD_VALUE,
    DIVIDED_BY_ZERO,
    LATEST_SERIAL,
    LONGEST_PATTERN,
    NOT_FOUND,
    CannotEvaluateError,
    Error,
    Value,
    as_number,
    as_text,
    as_truth,
    bounded,
    criterion,
    format_value,
    is_like,
    is_number,
    order_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LONGEST_COUNT = 100_000  # days a count may reach; further counts are refused as #NUM! rather than walked
_MOST_ARGUMENTS = 255
_WILDCARDS = frozenset("*?~")


class Cells(list[Value]):
    """The values of a column or range of cells, with what is looked up in it again and again."""

    @cached_property
    def places(self) -> dict[tuple[int, Value], int]:
        """The first place (from 1) of each value, as MATCH finds it; blanks are no value."""
        places: dict[tuple[int, Value], int] = {}
        for place, value in enumerate(self, 1):
            if value is not None and not isinstance(value, Error):
                places.setdefault(order_key(value, value), place)
        return places

    @cached_property
    def numbers(self) -> list[Value] | Error:
        """The numbers among the values, the smallest first; the first error, where there is one."""
        return first_error(self) or sorted(value for value in self if is_number(value))

    @cached_property
    def days(self) -> frozenset[int] | Error:
        """The dates among the values; a text among them is an error, as it is in WORKDAY."""
        held = [value for value in self if value is not None]
        return frozenset(map(int, held)) if all(map(is_number, held)) else BAD_VALUE


def as_cells(values: Value) -> Cells:
    """A column of cells; a single value is a column of one."""
    return values if isinstance(values, Cells) else Cells(values if isinstance(values, list) else [values])


def elementwise(function: Callable[..., Value]) -> Callable[..., Value]:
    """Apply a function of single values to lists too, element by element; see `in_cells`."""

    @wraps(function)
    def spread(*arguments: Value) -> Value:
        for argument in arguments:
            if isinstance(argument, list):
                return in_cells(function, *arguments)
        return function(*arguments)

    return spread


def in_cells(function: Callable[..., Value], *arguments: Value) -> Cells:
    """What a function makes of each row of columns.

    A single value repeats; a column shorter than the longest has nothing to give.
    """
    length = max(len(argument) for argument in arguments if isinstance(argument, list))
    columns = []
    for argument in arguments:
        values = argument if isinstance(argument, list) else [argument]
        rest = values * (length - 1) if len(values) == 1 else [NOT_FOUND] * (length - len(values))
        columns.append([*values, *rest] if rest else values)
    return Cells(map(function, *columns))


def converting(*kinds: Callable[[Value], Value]) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Give a function its arguments as `as_number` and its like read them; the first error is the answer."""

    def decorate(function: Callable[..., Value]) -> Callable[..., Value]:
        @wraps(function)
        def converted(*arguments: Value) -> Value:
            values = [kind(argument) for kind, argument in zip(kinds, arguments, strict=False)]
            for value in values:  # without a call of `first_error`: this runs for each cell of a column
                if isinstance(value, Error):
                    return value
            return function(*values)

        return converted

    return decorate


def flat(arguments: tuple[Value, ...]) -> list[Value]:
    """The single values among arguments and their lists."""
    return [
        value for argument in arguments for value in (argument if isinstance(argument, list) else [argument])
    ]


def first_error(values: Iterable[Value]) -> Error | None:
    """The first error among values, which spreads to the result."""
    for value in values:  # called so often that a generator would be felt
        if isinstance(value, Error):
            return value
    return None


def logical_and(*arguments: Value) -> Value:
    """AND."""
    truths = [as_truth(value) for value in flat(arguments)]
    return first_error(truths) or all(truths)


def logical_or(*arguments: Value) -> Value:
    """OR."""
    truths = [as_truth(value) for value in flat(arguments)]
    return first_error(truths) or any(truths)


@elementwise
@converting(as_number, as_number)
def modulo(value: Value, divisor: Value) -> Value:
    """MOD."""
    return value % divisor if divisor else DIVIDED_BY_ZERO


def _as_days(holidays: Value) -> frozenset[int] | Error:
    return as_cells(holidays).days


@converting(as_number, as_number, _as_days)
def workday(start: Value, count: Value, holidays: Value = frozenset()) -> Value:
    """WORKDAY."""
    if not 0 < start <= LATEST_SERIAL or abs(count) > LONGEST_COUNT:
        return BAD_NUMBER
    day = workdays.workday(int(start), int(count), holidays)
    return day if 0 < day <= LATEST_SERIAL else BAD_NUMBER


@converting(as_number, as_number, _as_days)
def networkdays(first: Value, last: Value, holidays: Value = frozenset()) -> Value:
    """NETWORKDAYS."""
    if max(abs(first), abs(last)) > LATEST_SERIAL:
        return BAD_NUMBER
    return workdays.networkdays(int(first), int(last), holidays)


@converting(as_number, as_number)
def edate(start: Value, months: Value) -> Value:
    """EDATE."""
    if not 0 < start <= LATEST_SERIAL or abs(months) > LONGEST_COUNT:
        return BAD_NUMBER
    try:
        return workdays.edate(int(start), int(months))
    except ValueError:
        return BAD_NUMBER


def index(values: Value, place: Value, column: Value = 1) -> Value:
    """INDEX in one column, which may be named as the first."""
    number, across = as_number(place), as_number(column)
    if wrong := first_error([number, across]):
        return wrong
    values = as_cells(values)
    if int(across) not in {0, 1}:
        return BAD_REFERENCE
    if int(number) == 0:
        return values
    return values[int(number) - 1] if 1 <= number <= len(values) else BAD_REFERENCE


def match(value: Value, values: Value, kind: Value) -> Value:
    """MATCH with 0: the place of the first equal value, `*` and `?` standing for anything in a text."""
    if as_number(kind) != 0:
        raise CannotEvaluateError("MATCH in sorted values")
    if isinstance(value, list):
        return Cells([match(one, values, kind) for one in value])
    if isinstance(value, Error):
        return value
    values = as_cells(values)
    if isinstance(value, str) and not _WILDCARDS.isdisjoint(value):
        if len(value) > LONGEST_PATTERN:
            return BAD_VALUE
        like = is_like(value)
        found = (n for n, text in enumerate(values, 1) if isinstance(text, str) and like(text))
        return next(found, NOT_FOUND)
    if value is None:
        value = 0
    return values.places.get(order_key(value, value), NOT_FOUND)


def countif(values: Value, wanted: Value) -> Value:
    """COUNTIF; with a list of wanted values, a list of counts, as within SUMPRODUCT."""
    if isinstance(wanted, list):
        return Cells([countif(values, one) for one in wanted])
    return sum(map(criterion(wanted), as_cells(values)))


def countifs(*arguments: Value) -> Value:
    """COUNTIFS."""
    if len(arguments) % 2:
        raise CannotEvaluateError("COUNTIFS without a criterion")
    columns = [as_cells(values) for values in arguments[::2]]
    tests = [criterion(wanted) for wanted in arguments[1::2]]
    if len({len(values) for values in columns}) > 1:
        return BAD_VALUE
    rows = zip(*columns, strict=True)
    return sum(1 for row in rows if all(test(value) for test, value in zip(tests, row, strict=True)))


def total(*arguments: Value) -> Value:
    """SUM."""
    values = flat(arguments)
    return first_error(values) or bounded(sum(value for value in values if is_number(value)))


def sumproduct(*arguments: Value) -> Value:
    """SUMPRODUCT: what is no number counts as 0, and columns must be of one length."""
    columns = [as_cells(values) for values in arguments]
    if len(columns) == 1:
        return total(*columns)
    if len({len(values) for values in columns}) > 1:
        return BAD_VALUE
    rows = zip(*columns, strict=True)
    return first_error(flat(tuple(columns))) or bounded(
        sum(prod(value if is_number(value) else 0 for value in row) for row in rows)
    )


def count(*arguments: Value) -> Value:
    """COUNT: the numbers among the values."""
    return sum(map(is_number, flat(arguments)))


def smallest(values: Value, rank: Value) -> Value:
    """SMALL: the rank-th smallest number; texts and blanks are passed over."""
    numbers, rank = as_cells(values).numbers, as_number(rank)
    if isinstance(numbers, Error):
        return numbers
    if isinstance(rank, Error):
        return rank
    return numbers[int(rank) - 1] if 1 <= rank <= len(numbers) else BAD_NUMBER


def choose(place: Value, *options: Value) -> Value:
    """CHOOSE, its options already evaluated."""
    number = as_number(place)
    if isinstance(number, Error):
        return number
    return options[int(number) - 1] if 1 <= number <= len(options) else BAD_VALUE


@elementwise
def text(value: Value, pattern: Value) -> Value:
    """TEXT, for patterns of dates and plain numbers."""
    return first_error([value, pattern]) or format_value(value, as_text(pattern))


def find(word: str, words: str, start: float = 1) -> Value:
    """FIND: where a text stands in another, counted from 1; capitals matter."""
    place = words.find(word, int(start) - 1) if 1 <= start <= len(words) + 1 else -1
    return place + 1 if place >= 0 else BAD_VALUE


def left(value: Value, length: Value = 1) -> Value:
    """LEFT."""
    return value[: int(length)] if length >= 0 else BAD_VALUE


def hyperlink(target: Value, *words: Value) -> Value:
    """HYPERLINK: the cell shows the words, unless there is nothing to link to."""
    return words[0] if words and not isinstance(target, Error) else target


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "ABS": elementwise(converting(as_number)(abs)),
    "AND": logical_and,
    "CHOOSE": choose,
    "COUNT": count,
    "COUNTIF": countif,
    "COUNTIFS": countifs,
    "EDATE": edate,
    "FIND": elementwise(converting(as_text, as_text, as_number)(find)),
    "HYPERLINK": hyperlink,
    "INDEX": index,
    "INT": elementwise(converting(as_number)(floor)),
    "ISNUMBER": elementwise(is_number),
    "LEFT": elementwise(converting(as_text, as_number)(left)),
    "LEN": elementwise(converting(as_text)(len)),
    "MATCH": match,
    "MOD": modulo,
    "NETWORKDAYS": networkdays,
    "NOT": elementwise(converting(as_truth)(operator.not_)),
    "OR": logical_or,
    "SMALL": smallest,
    "SUM": total,
    "SUMPRODUCT": sumproduct,
    "TEXT": text,
    "WORKDAY": workday,
}


@cache
def takes(function: str, count: int) -> bool:
    """Whether a function takes so many arguments. Checked once a formula, so that none is called with the wrong number.

    >>> takes("MATCH", 3), takes("MATCH", 1), takes("SUM", 0)
    (True, False, False)
    """
    if not 0 < count <= _MOST_ARGUMENTS:
        return False
    try:
        inspect.signature(FUNCTIONS[function]).bind(*[None] * count)
    except TypeError:
        return False
    return function != "HYPERLINK" or count <= 2  # noqa: PLR2004  its words may be left out
