"""A sheet before it is written: contents in the book, and their styles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.formula.book import Area, Book

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.formula.book import Content
    from tracker.workbook.layout import SheetColumn


_LETTERS_A_DIGIT = 1.17
_LINE = 13.5  # points a line of wrapped text takes
_LEAST = 18.0


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of cells."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class CellCheck:
    """What a block of cells accepts, and the message a person gets.

    `kind` is `date`, `list` or `formula` (a calculated cell: typing there warns).
    """

    block: Block
    kind: str
    words: tuple[str, ...] = ()
    source: str = ""
    strict: bool = True
    title: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Colour:
    """A conditional style of a block: where a cell equals `word`, or where `formula` holds."""

    block: Block
    style: str
    word: str = ""
    formula: str = ""


@dataclass(frozen=True, slots=True)
class TableMarkup:
    """A table to mark up: the book knows where it lies."""

    name: str
    columns: tuple[SheetColumn, ...]
    filters: bool


@dataclass(slots=True)
class Print:
    """How a sheet goes to paper. `last_column` 0 prints every column; `tall` 0 takes the pages it needs."""

    paper: str = "A4"
    landscape: bool = False
    last_column: int = 0
    tall: int = 0
    header_row: int = 0


@dataclass(slots=True)
class SheetPage:
    """One sheet."""

    name: str
    book: Book
    styles: dict[tuple[int, int], str] = field(default_factory=dict)
    widths: dict[int, tuple[float, str]] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    tables: list[TableMarkup] = field(default_factory=list)
    checks: list[CellCheck] = field(default_factory=list)
    colours: list[Colour] = field(default_factory=list)
    paper: Print = field(default_factory=Print)
    freeze: tuple[int, int] = (0, 0)
    folded: tuple[int, int] = (0, 0)
    hidden: bool = False

    def __post_init__(self) -> None:
        self.book.contents.setdefault(self.name, {})

    def put(self, row: int, column: int, content: Content, style: str = "text") -> None:
        """Set a cell: its content and its style."""
        self.book.contents[self.name][row, column] = content
        self.styles[row, column] = style

    def name_cell(self, name: str, row: int, column: int, last_row: int = 0) -> None:
        """Give a cell, or a block down to `last_row`, a defined name."""
        self.book.names[name] = Area(self.name, row, last_row or row, column)

    def table(
        self,
        name: str,
        columns: tuple[SheetColumn, ...],
        header_row: int,
        rows: Sequence[Sequence[Content]],
        *,
        first_column: int = 1,
        filters: bool = True,
    ) -> None:
        """Lay a table: headers, rows (one empty row where there is none), and its mark-up."""
        body = list(rows) or [[None] * len(columns)]
        titles = [column.title for column in columns]
        self.book.add_table(name, self.name, header_row, titles, len(body), first_column)
        self.tables.append(TableMarkup(name, columns, filters))
        for place, column in enumerate(columns):
            self.put(header_row, first_column + place, column.title, "header")
            style = column_style(column)
            for number, row in enumerate(body, header_row + 1):
                self.put(number, first_column + place, row[place], style)


def column_style(column: SheetColumn) -> str:
    """The style of a column's cells: white where a person types, tinted where a formula answers."""
    if column.kind == "formula":
        return {"date": "calc date", "days": "calc days"}.get(column.shape, "calc")
    if column.kind == "date":
        return "input date"
    if column.kind == "number":
        return "input number"
    if not column.wrap:
        return "input id" if column.title == "ID" else "input line"
    return "input"


def text_lines(text: str, width: float) -> int:
    """How many lines a text takes in a column, wrapped at blanks; a little generous.

    A column's width counts digits of the default font; the letters of our smaller text are narrower.
    """
    width *= _LETTERS_A_DIGIT
    lines = 0
    for paragraph in text.split("\n"):
        room, count = width - 1, 1
        for word in paragraph.split(" "):
            if len(word) > room and room < width - 1:
                count, room = count + 1, width - 1
            room -= len(word) + 1
        lines += count
    return lines


def row_height(texts: Sequence[tuple[str, float]]) -> float:
    """The points a row needs for its texts, each with its column's width."""
    return max(_LEAST, 4 + _LINE * max(text_lines(text, width) for text, width in texts))
