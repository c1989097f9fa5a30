"""From a formula's tree to a Python function that evaluates it.

Each node becomes one closure over a `Context`: the book of cells, and the row the formula stands in.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tracker.formula.functions import FUNCTIONS, Cells, elementwise, first_error, in_cells, takes
from tracker.formula.parse import (
    Call,
    CellReference,
    ColumnReference,
    FormulaSyntaxError,
    Literal,
    Name,
    Node,
    Operation,
    Range,
    ThisRow,
    Truth,
    parse,
)
from tracker.formula.values import (
    BAD_VALUE,
    DIVIDED_BY_ZERO,
    CannotEvaluateError,
    Error,
    Value,
    as_number,
    as_text,
    as_truth,
    bounded,
    order_key,
)
from tracker.text import LONGEST_CELL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker.formula.book import Book


_WHOLE = frozenset({int, bool})
"""The types of nearly all that is calculated with: counts, days and truths need no reading as numbers."""


@dataclass(slots=True)
class Context:
    """Where a formula stands."""

    book: Book
    sheet: str
    row: int
    table: str


def _arithmetic(sign: Callable[..., Value]) -> Callable[..., Value]:
    """What an operator makes of two numbers."""

    def calculate(left: Value, right: Value) -> Value:
        if type(left) not in _WHOLE or type(right) not in _WHOLE:
            if isinstance(left, list) or isinstance(right, list):
                return in_cells(calculate, left, right)
            left, right = as_number(left), as_number(right)
            if wrong := first_error((left, right)):
                return wrong
        return DIVIDED_BY_ZERO if sign is operator.truediv and not right else bounded(sign(left, right))

    return calculate


def _comparison(sign: Callable[..., bool]) -> Callable[..., Value]:
    """What an operator makes of two values it compares."""

    def compare(left: Value, right: Value) -> Value:
        kind = type(left)
        if kind is type(right):
            if kind is str:
                return sign(left.casefold(), right.casefold())
            if kind is int:
                return sign(left, right)
        elif left is None and type(right) is str:  # a blank, most often compared with ""
            return sign("", right.casefold())
        if isinstance(left, list) or isinstance(right, list):
            return in_cells(compare, left, right)
        return first_error((left, right)) or sign(order_key(left, right), order_key(right, left))

    return compare


@elementwise
def _join(left: Value, right: Value) -> Value:
    words = as_text(left), as_text(right)
    if wrong := first_error(words):
        return wrong
    joined = words[0] + words[1]
    return joined if len(joined) <= LONGEST_CELL else BAD_VALUE


_OPERATORS: dict[str, Callable[..., Value]] = {
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(operator.truediv),
    "=": _comparison(operator.eq),
    "<>": _comparison(operator.ne),
    "<": _comparison(operator.lt),
    ">": _comparison(operator.gt),
    "<=": _comparison(operator.le),
    ">=": _comparison(operator.ge),
    "&": _join,
}


def _operation(node: Operation) -> Callable[[Context], Value]:
    left, right, operate = _compiled(node.left), _compiled(node.right), _OPERATORS[node.operator]
    if isinstance(node.right, Literal):
        value = node.right.value
        return lambda context: operate(left(context), value)
    return lambda context: operate(left(context), right(context))


@elementwise
def _choice(condition: Value, then: Value, otherwise: Value) -> Value:
    truth = as_truth(condition)
    if isinstance(truth, Error):
        return truth
    return then if truth else otherwise


def _if(arguments: tuple[Node, ...]) -> Callable[[Context], Value]:
    condition, then = _compiled(arguments[0]), _compiled(arguments[1])
    otherwise = _compiled(arguments[2] if len(arguments) > 2 else Truth(value=False))  # noqa: PLR2004  IF(c,a)

    def choose(context: Context) -> Value:
        truth = condition(context)
        if isinstance(truth, list):
            return _choice(truth, then(context), otherwise(context))
        if truth is not True and truth is not False:  # it is no comparison
            truth = as_truth(truth)
        if isinstance(truth, Error):
            return truth
        return then(context) if truth else otherwise(context)

    return choose


def _iferror(arguments: tuple[Node, ...]) -> Callable[[Context], Value]:
    value, otherwise = map(_compiled, arguments)

    def rescue(context: Context) -> Value:
        found = value(context)
        return otherwise(context) if isinstance(found, Error) else found

    return rescue


def _choose(arguments: tuple[Node, ...]) -> Callable[[Context], Value]:
    """CHOOSE evaluates only the option it takes."""
    place, *options = map(_compiled, arguments)
    pick = FUNCTIONS["CHOOSE"]

    def choose(context: Context) -> Value:
        picked = pick(place(context), *options)
        return picked(context) if callable(picked) else picked

    return choose


def _row(arguments: tuple[Node, ...]) -> Callable[[Context], Value]:
    (node,) = arguments
    if isinstance(node, ThisRow):
        return lambda context: context.row
    if not isinstance(node, ColumnReference):
        raise FormulaSyntaxError("ROW is asked of a table's column only")
    table, column = node.table, node.column
    if node.header:
        return lambda context: context.book.header_row(table)

    def rows(context: Context) -> Value:
        header = context.book.header_row(table)
        if isinstance(header, Error):
            return header
        first = header + 1
        return Cells(range(first, first + len(context.book.column(table, column))))

    return rows


_OWN: dict[str, tuple[int, int, Callable[[tuple[Node, ...]], Callable[[Context], Value]]]] = {
    "IF": (2, 3, _if),
    "IFERROR": (2, 2, _iferror),
    "CHOOSE": (2, 255, _choose),
    "ROW": (1, 1, _row),
    "TODAY": (0, 0, lambda _: lambda context: context.book.today),
}
"""The functions that evaluate their arguments themselves: the fewest and the most of them, and the compiler."""


def _call(node: Call) -> Callable[[Context], Value]:
    count = len(node.arguments)
    fewest, most, compiler = _OWN.get(node.function, (0, 0, None))
    if compiler and fewest <= count <= most:
        return compiler(node.arguments)
    if compiler or node.function not in FUNCTIONS or not takes(node.function, count):
        raise FormulaSyntaxError(f"{node.function} of {count} arguments")
    function = FUNCTIONS[node.function]
    arguments = [_compiled(argument) for argument in node.arguments]
    if len(arguments) == 1:
        (only,) = arguments
        return lambda context: function(only(context))
    if len(arguments) == 2:  # noqa: PLR2004  the usual counts, without a list on the way
        first, second = arguments
        return lambda context: function(first(context), second(context))
    return lambda context: function(*[argument(context) for argument in arguments])


@lru_cache(maxsize=16_384)
def _compiled(node: Node) -> Callable[[Context], Value]:
    evaluate = _worker(node)
    titles = _row_titles(node) if isinstance(node, (Call, Operation)) else None
    return evaluate if titles is None else _once(evaluate, titles)


def _once(evaluate: Callable[[Context], Value], titles: Sequence[str]) -> Callable[[Context], Value]:
    """Evaluate a part once a workbook: ten ranks of one list, or forty agencies, use the same column.

    Where it also depends on what its row holds under `titles`, once for each such content.
    """

    def remembered(context: Context) -> Value:
        memo = context.book.memo
        key: object = evaluate
        if titles:
            held = [context.book.in_row(context.table, context.row, title) for title in titles]
            key = (evaluate, *map(type, held), *held)  # 1, 1.0 and TRUE are one key of a dictionary
        if key not in memo:
            memo[key] = evaluate(context)
        return memo[key]

    return remembered


def _row_titles(node: Node) -> Sequence[str] | None:
    """The titles under which a part reads its row. None where it is evaluated each time.

    That is so where it reads no column or name, depends on where it stands, or leaves out what it does not need.
    """
    shared, lazy, titles, left = False, False, {}, [node]
    while left:
        match left.pop():
            case Call(function, arguments):
                lazy = lazy or function in _OWN
                left += arguments
            case Operation(_, first, second):
                left += first, second
            case CellReference(""):
                return None
            case ThisRow(title):
                titles[title] = True
            case ColumnReference() | Name():
                shared = True
    return None if not shared or (lazy and titles) else list(titles)


def _worker(node: Node) -> Callable[[Context], Value]:
    match node:
        case Literal(value) | Truth(value):
            return lambda _context: value
        case Name(name):
            return lambda context: context.book.name(name)
        case CellReference(sheet, row, column):
            return lambda context: context.book.cell(sheet or context.sheet, row, column)
        case ThisRow(column_name):
            return lambda context: context.book.in_row(context.table, context.row, column_name)
        case ColumnReference(table, column_name):
            return lambda context: context.book.column(table, column_name)
        case Range():
            raise FormulaSyntaxError("ranges are compared only, never evaluated")
        case Operation():
            return _operation(node)
        case Call():
            return _call(node)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours: its text, with own columns written `[Due]`, and whether it is an array formula."""

    text: str
    array: bool = False

    def evaluate(self, context: Context) -> Value:
        """Its value where it stands; what a cell shows of a blank is 0.

        Raises `CannotEvaluateError` on what is not calculated here.
        """
        try:
            value = compiled(self.text)(context)
        except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
            # A column where one value belongs, a sheet that is not there, cells without end.
            raise CannotEvaluateError(f"{type(error).__name__}: {error}") from error
        if isinstance(value, list):
            value = value[0] if value else None
        return 0 if value is None else value


@lru_cache(maxsize=4096)
def compiled(text: str) -> Callable[[Context], Value]:
    """The function that evaluates a formula's text."""
    return _compiled(parse(text))
