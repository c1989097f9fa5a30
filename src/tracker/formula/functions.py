"""The spreadsheet functions our formulas use, as Excel and LibreOffice both count them.

A function takes values that are already worked out. What it is given may be a list (a column of cells); the
functions marked `@each` then answer with a list, as in an array formula.
"""

from __future__ import annotations

import re
from functools import lru_cache, wraps
from typing import TYPE_CHECKING

from tracker import workdays
from tracker.formula.values import (
    BAD_NUMBER,
    BAD_REFERENCE,
    BAD_VALUE,
    DIVIDED_BY_ZERO,
    LATEST_SERIAL,
    NOT_FOUND,
    Error,
    Value,
    as_number,
    as_text,
    as_truth,
    day_of,
    is_number,
    order_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_COUNT = 100_000
"""Days a count may reach; further counts are refused as #NUM! rather than walked."""


class Cells(list[Value]):
    """The values of a column or range of cells, with what is looked up in it again and again."""

    __slots__ = ("_days", "_places")

    def places(self) -> dict[tuple[int, Value], int]:
        """The first place (from 1) of each value, as MATCH finds it; blanks are no value."""
        try:
            return self._places
        except AttributeError:
            self._places: dict[tuple[int, Value], int] = {}
            for place, value in enumerate(self, 1):
                if value is not None and not isinstance(value, Error):
                    self._places.setdefault(order_key(value, value), place)
            return self._places

    def days(self) -> frozenset[int] | Error:
        """The dates among the values; a text among them is an error, as it is in WORKDAY."""
        try:
            return self._days
        except AttributeError:
            wrong = any(value is not None and not is_number(value) for value in self)
            self._days: frozenset[int] | Error = (
                BAD_VALUE if wrong else frozenset(int(value) for value in self if value is not None)
            )
            return self._days


def each(function: Callable[..., Value]) -> Callable[..., Value]:
    """Apply a function of single values to lists too, element by element."""

    @wraps(function)
    def spread(*arguments: Value) -> Value:
        for argument in arguments:
            if isinstance(argument, list):
                break
        else:
            return function(*arguments)
        length = max(len(argument) for argument in arguments if isinstance(argument, list))
        columns = [argument if isinstance(argument, list) else [argument] * length for argument in arguments]
        return Cells([function(*row) for row in zip(*columns, strict=True)])

    return spread


def flat(arguments: tuple[Value, ...]) -> list[Value]:
    """The single values among arguments and their lists."""
    return [
        value for argument in arguments for value in (argument if isinstance(argument, list) else [argument])
    ]


def first_error(values: list[Value]) -> Error | None:
    """The first error among values, which spreads to the result."""
    return next((value for value in values if isinstance(value, Error)), None)


def logical_and(*arguments: Value) -> Value:
    """AND."""
    truths = [as_truth(value) for value in flat(arguments)]
    return first_error(truths) or all(truths)


def logical_or(*arguments: Value) -> Value:
    """OR."""
    truths = [as_truth(value) for value in flat(arguments)]
    return first_error(truths) or any(truths)


@each
def logical_not(value: Value) -> Value:
    """NOT."""
    truth = as_truth(value)
    return truth if isinstance(truth, Error) else not truth


@each
def truncate(value: Value) -> Value:
    """INT: rounded down."""
    number = as_number(value)
    return number if isinstance(number, Error) else int(number // 1)


@each
def absolute(value: Value) -> Value:
    """ABS."""
    number = as_number(value)
    return number if isinstance(number, Error) else abs(number)


@each
def modulo(value: Value, divisor: Value) -> Value:
    """MOD."""
    numbers = [as_number(value), as_number(divisor)]
    wrong = first_error(numbers)
    if wrong is not None:
        return wrong
    return numbers[0] % numbers[1] if numbers[1] else DIVIDED_BY_ZERO


def _holidays(holidays: Value) -> frozenset[int] | Error:
    return holidays.days() if isinstance(holidays, Cells) else frozenset()


def workday(start: Value, count: Value, holidays: Value = None) -> Value:
    """WORKDAY."""
    numbers = [as_number(start), as_number(count)]
    days = _holidays(holidays)
    if isinstance(days, Error):
        return days
    wrong = first_error(numbers)
    if wrong is not None:
        return wrong
    if not 0 < numbers[0] <= LATEST_SERIAL or abs(numbers[1]) > LONGEST_COUNT:
        return BAD_NUMBER
    day = workdays.workday(int(numbers[0]), int(numbers[1]), days)
    return day if 0 < day <= LATEST_SERIAL else BAD_NUMBER


def networkdays(first: Value, last: Value, holidays: Value = None) -> Value:
    """NETWORKDAYS."""
    numbers = [as_number(first), as_number(last)]
    days = _holidays(holidays)
    if isinstance(days, Error):
        return days
    wrong = first_error(numbers)
    if wrong is not None:
        return wrong
    return workdays.networkdays(int(numbers[0]), int(numbers[1]), days)


def edate(start: Value, months: Value) -> Value:
    """EDATE."""
    numbers = [as_number(start), as_number(months)]
    wrong = first_error(numbers)
    if wrong is not None:
        return wrong
    if not 0 < numbers[0] <= LATEST_SERIAL or abs(numbers[1]) > LONGEST_COUNT:
        return BAD_NUMBER
    try:
        return workdays.edate(int(numbers[0]), int(numbers[1]))
    except ValueError:
        return BAD_NUMBER


def index(values: Value, place: Value) -> Value:
    """INDEX in one column."""
    number = as_number(place)
    if isinstance(number, Error):
        return number
    return values[int(number) - 1] if 1 <= number <= len(values) else BAD_REFERENCE


@lru_cache(maxsize=256)
def _wildcard(text: str) -> re.Pattern[str]:
    # A tilde takes the next sign for itself, whatever it is: "a~b" looks for "ab", and finds no "a~b".
    parts = re.split(r"(~.|[*?])", text, flags=re.DOTALL)
    wild = {"*": ".*", "?": "."}
    pattern = "".join(
        wild.get(part) or re.escape(part[1:] if len(part) > 1 and number % 2 else part)
        for number, part in enumerate(parts)
    )
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def match(value: Value, values: Value, _exact: Value = 0) -> Value:
    """MATCH with 0: the place of the first equal value, `*` and `?` standing for anything in a text."""
    if isinstance(value, Error):
        return value
    if isinstance(value, str) and re.search(r"[*?~]", value):
        pattern = _wildcard(value)
        found = (n for n, text in enumerate(values, 1) if isinstance(text, str) and pattern.fullmatch(text))
        return next(found, NOT_FOUND)
    if value is None:
        value = 0
    return values.places().get(order_key(value, value), NOT_FOUND)


def _criterion(wanted: Value) -> Callable[[Value], bool]:
    """What COUNTIF asks of a cell: equal to a value, to a text with wildcards, or `<>` a text."""
    if isinstance(wanted, str) and wanted.startswith("<>"):
        unequal = _criterion(wanted[2:])
        return lambda value: not unequal(value)
    if isinstance(wanted, str):
        if not wanted:
            return lambda value: value is None or value == ""
        pattern = _wildcard(wanted)
        return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None
    return lambda value: is_number(value) and value == wanted


def countif(values: Value, wanted: Value) -> Value:
    """COUNTIF; with a list of wanted values, a list of counts, as within SUMPRODUCT."""
    if isinstance(wanted, list):
        return Cells([countif(values, one) for one in wanted])
    test = _criterion(wanted)
    return sum(1 for value in values if test(value))


def countifs(*arguments: Value) -> Value:
    """COUNTIFS."""
    tests = [_criterion(wanted) for wanted in arguments[1::2]]
    return sum(
        1
        for row in zip(*arguments[::2], strict=True)
        if all(test(value) for test, value in zip(tests, row, strict=True))
    )


def total(*arguments: Value) -> Value:
    """SUM."""
    values = flat(arguments)
    return first_error(values) or sum(value for value in values if is_number(value))


def sumproduct(values: Value) -> Value:
    """SUMPRODUCT of one (already multiplied) list."""
    return total(values)


def count(*arguments: Value) -> Value:
    """COUNT: the numbers among the values."""
    return sum(1 for value in flat(arguments) if is_number(value))


def smallest(values: Value, rank: Value) -> Value:
    """SMALL: the rank-th smallest number; texts and blanks are passed over."""
    wrong = first_error(values)
    if wrong is not None:
        return wrong
    numbers = sorted(value for value in values if is_number(value))
    return numbers[int(rank) - 1] if 1 <= rank <= len(numbers) else BAD_NUMBER


def choose(place: Value, *options: Value) -> Value:
    """CHOOSE, its options already worked out."""
    number = as_number(place)
    if isinstance(number, Error):
        return number
    return options[int(number) - 1] if 1 <= number <= len(options) else BAD_VALUE


@each
def text(value: Value, pattern: Value) -> Value:
    """TEXT, for the date patterns we use: `ddd d mmm yyyy` and its shorter forms."""
    if isinstance(value, (Error, str)):
        return value
    number = as_number(value)
    if not 0 <= number <= LATEST_SERIAL:
        return BAD_VALUE
    day = day_of(number)
    words = {"ddd": f"{day:%a}", "d": str(day.day), "mmm": f"{day:%b}", "yyyy": f"{day.year:04}"}
    return re.sub(r"[a-z]+", lambda part: words[part[0]], pattern)


def left(value: Value, length: Value) -> Value:
    """LEFT."""
    word = as_text(value)
    return word if isinstance(word, Error) else word[: int(length)]


def length(value: Value) -> Value:
    """LEN."""
    word = as_text(value)
    return word if isinstance(word, Error) else len(word)


def hyperlink(target: Value, words: Value) -> Value:
    """HYPERLINK: the cell shows the words, unless there is nothing to link to."""
    return target if isinstance(target, Error) else words


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "ABS": absolute,
    "AND": logical_and,
    "CHOOSE": choose,
    "COUNT": count,
    "COUNTIF": countif,
    "COUNTIFS": countifs,
    "EDATE": edate,
    "HYPERLINK": hyperlink,
    "INDEX": index,
    "INT": truncate,
    "ISNUMBER": each(is_number),
    "LEFT": each(left),
    "LEN": each(length),
    "MATCH": match,
    "MOD": modulo,
    "NETWORKDAYS": networkdays,
    "NOT": logical_not,
    "OR": logical_or,
    "SMALL": smallest,
    "SUM": total,
    "SUMPRODUCT": sumproduct,
    "TEXT": text,
    "WORKDAY": workday,
}
