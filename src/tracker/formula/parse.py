"""From a formula's text to its tree.

The grammar is what our own formulas use: numbers, texts, names, function calls, the operators
`= <> < > <= >= & + - * /`, cells (`Case!$D$12`), table columns (`SIN_actions[ID]`), a header
(`SIN_actions[[#Headers],[ID]]`), and the row's own columns, written `[Due]` in our sources and
`SIN_actions[[#This Row],[Due]]` in a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


class FormulaSyntaxError(ValueError):
    """A formula outside the grammar: a bug in ours, an ordinary finding in a person's."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or text."""

    value: float | str


@dataclass(frozen=True, slots=True)
class Truth:
    """TRUE or FALSE: a node of its own, since Python takes `False` and `0` for equal."""

    value: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name such as `Report_date`."""

    name: str


@dataclass(frozen=True, slots=True)
class CellReference:
    """One cell; `sheet` is empty for the formula's own sheet."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Range:
    """A rectangle of cells, as other programs spell a table's column. Ours use tables and names instead."""

    first: CellReference
    last: CellReference


@dataclass(frozen=True, slots=True)
class ColumnReference:
    """A whole column of a table's data, or its header cell."""

    table: str
    column: str
    header: bool = False


@dataclass(frozen=True, slots=True)
class ThisRow:
    """The cell of the formula's own row in a column of its table."""

    column: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function call."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """A binary operation; a leading minus is `0 - x`."""

    operator: str
    left: Node
    right: Node


Node = Literal | Truth | Name | CellReference | Range | ColumnReference | ThisRow | Call | Operation

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?)
    | (?P<text>"(?:[^"]|"")*")
    | (?P<cell>(?:(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?\$?[A-Z]{1,3}\$?[1-9]\d*(?![\w(]))
    | (?P<thisrow>[A-Za-z_]\w*\[\[\#(?i:This\ Row)\],\[[^\]]+\]\]|\[[^\]\[]+\])
    | (?P<header>[A-Za-z_]\w*\[\[\#(?i:Headers)\],\[[^\]]+\]\])
    | (?P<column>[A-Za-z_]\w*\[[^\]\[]+\])
    | (?P<name>[A-Za-z_][\w.]*)
    | (?P<operator><>|<=|>=|[=<>&+\-*/(),:])
    )""",
    re.VERBOSE,
)
LAST_ROW = 1_048_576  # the last row a sheet can have
_BINDING = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4}
_UNARY = 5
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")
_CELL = re.compile(r"(?:(.+)!)?\$?([A-Z]{1,3})\$?(\d+)")
# A quoted text or a word is taken as a whole, so that no sign is read more than a bounded number of times.
_LOCAL = re.compile(
    r'"[^"]*(?:"|$)|\w+(?:\[\[[^\]]{0,255}\],\[[^\]]{0,255}\]\]|\[[^\]\[]{0,255}\])?|\[([^\]\[]{1,255})\]'
)
LONGEST_FORMULA = 8_192  # signs of a formula, as Excel bounds them
DEEPEST_FORMULA = 64  # calls and brackets within each other, as Excel bounds them
_LONGEST_CHAIN = 128  # of operators in a row: each is a level of the tree
_MOST_DIGITS = 15  # of a whole number; a longer one is counted as spreadsheets count it
_LARGEST_NUMBER = 308  # digits; more is no number


@lru_cache(maxsize=1024)
def in_table(formula: str, table: str) -> str:
    """The formula as it stands in a file: each own column `[Due]` written with its table.

    >>> in_table("=[Due]+1", "SIN_actions")
    '=SIN_actions[[#This Row],[Due]]+1'
    """

    def with_table(reference: re.Match[str]) -> str:
        return f"{table}[[#This Row],[{reference[1]}]]" if reference[1] else reference[0]

    return _LOCAL.sub(with_table, formula)


def column_number(letters: str) -> int:
    """`A` is 1, `AA` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@lru_cache(maxsize=1024)
def column_letters(number: int) -> str:
    """1 is `A`, 27 is `AA`."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parse_area(text: str) -> tuple[int, int, int, int] | None:
    """The first row and column and the last ones of `A1:C3` or `A1`; None for anything else."""
    found = _AREA.fullmatch(text)
    if found is None:
        return None
    top, left = int(found[2]), column_number(found[1])
    return top, left, int(found[4] or top), column_number(found[3]) if found[3] else left


def area_text(top: int, left: int, bottom: int, right: int) -> str:
    """The reference of a rectangle of cells: `A1:C3`."""
    return f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > LONGEST_FORMULA:
        raise FormulaSyntaxError(f"{len(text)} signs")
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            if text[position:].strip():
                raise FormulaSyntaxError(f"at {position}: {text[position : position + 20]!r}")
            break
        kind = match.lastgroup or ""
        tokens.append((kind, match[kind]))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text.removeprefix("="))
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> tuple[str, str]:
        if self.at >= len(self.tokens) or (expected and self.peek() != expected):
            raise FormulaSyntaxError(f"expected {expected or 'more'}, found {self.peek() or 'the end'}")
        self.at += 1
        return self.tokens[self.at - 1]

    def expression(self, binding: int = 0) -> Node:
        self.depth += 1
        if self.depth > DEEPEST_FORMULA:
            raise FormulaSyntaxError("nested too deeply")
        left, chain = self.operand(), 0
        while _BINDING.get(self.peek(), 0) > binding and self.tokens[self.at][0] == "operator":
            chain += 1
            if chain > _LONGEST_CHAIN:
                raise FormulaSyntaxError("too many operators in a row")
            operator = self.take()[1]
            left = Operation(operator, left, self.expression(_BINDING[operator]))
        self.depth -= 1
        return left

    def operand(self) -> Node:
        kind, text = self.take()
        if kind == "operator" and text == "-":
            return Operation("-", Literal(0), self.expression(_UNARY))
        if kind == "operator" and text == "(":
            inner = self.expression()
            self.take(")")
            return inner
        if kind == "name":
            return self.named(text)
        leaf = _leaf(kind, text)
        if isinstance(leaf, CellReference) and self.peek() == ":":
            self.take()
            last = _leaf(*self.take())
            if not isinstance(last, CellReference):
                raise FormulaSyntaxError("a range ends in a cell")
            return Range(leaf, last)
        return leaf

    def named(self, text: str) -> Node:
        truth = Truth(text.upper() == "TRUE") if text.upper() in {"TRUE", "FALSE"} else None
        if self.peek() != "(":
            return truth or Name(text)
        self.take("(")
        arguments: list[Node] = []
        while self.peek() != ")":
            arguments.append(self.expression())
            if self.peek() != ")":
                self.take(",")
        self.take(")")
        if truth and not arguments:
            return truth  # LibreOffice writes truths as functions
        return Call(text.upper(), tuple(arguments))


def _leaf(kind: str, text: str) -> Node:
    """The node of a single token."""
    if kind == "operator":
        raise FormulaSyntaxError(f"unexpected {text}")
    if kind == "number":
        if len(text) > _LARGEST_NUMBER:
            raise FormulaSyntaxError("a number of too many digits")
        return Literal(float(text) if "." in text or len(text) > _MOST_DIGITS else int(text))
    if kind == "text":
        return Literal(text[1:-1].replace('""', '"'))
    if kind == "cell":
        sheet, letters, row = _CELL.fullmatch(text).groups("")  # type: ignore[union-attr]  # the token is one
        if len(row) > len(str(LAST_ROW)) or int(row) > LAST_ROW:
            raise FormulaSyntaxError("a row beyond the sheet")
        if sheet.startswith("'"):
            sheet = sheet[1:-1].replace("''", "'")
        return CellReference(sheet, int(row), column_number(letters))
    table, _, column = text.partition("[")
    column = column.rpartition("[")[2].rstrip("]")
    return ThisRow(column) if kind == "thisrow" else ColumnReference(table, column, kind == "header")


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of a formula, with or without its leading `=`.

    Raises:
        FormulaSyntaxError: when it is outside the grammar.
    """
    parser = _Parser(text)
    node = parser.expression()
    if parser.at != len(parser.tokens):
        raise FormulaSyntaxError(f"unexpected {parser.peek()}")
    return node
