"""A sheet before it is written: contents in the book, and their styles, widths, checks and colours.

Every pair of text and background among the styles has a contrast of at least 4.5 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.formula.book import Area, Book
from tracker.formula.evaluate import Formula
from tracker.resources import rag_colours
from tracker.workbook.choices import column_message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.formula.book import Content
    from tracker.workbook.layout import SheetColumn

_LINE = 12.75  # points a line of wrapped text takes in Excel; LibreOffice takes a little less
_LEAST = 14.0
_HINT_COLUMN = 4
_EM = 7 / (10 * 96 / 72)  # a unit of a column's width, in widths of an m of our text
_NARROW, _WIDE = frozenset(" !'(),-./:;I[]fijlrt|\u2019"), frozenset("%&@MWmw\u2014\u2026")
_TYPED_HINT = {
    "Due": "Due is worked out. Type another date in Agreed date, with the reason beside it.",
    "RAG": "RAG is worked out from the dates and the status.",
    "Days late": "Days late is worked out.",
    "Timescale": "Timescale is worked out from Count and Unit.",
    "Day zero": "Day zero comes from sheet Case.",
    "Employer": "Employer comes from sheet People.",
    "Order": "Order is worked out: the lists on Summary are sorted by it.",
}

FONT = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
DATE = "ddd d mmm yy"
SHORT_DATE = "ddd d mmm"
_NAVY, _GREY, _GREEN, _TINT = "#1F3864", "#595959", "#0B5345", "#E6EAF2"
_BOX = {"border": 1, "border_color": "#BFC5CF"}
_HEADER = {**FONT, **_BOX, "bold": True, "font_color": "#FFFFFF", "bg_color": _NAVY}
_CALC = {**FONT, **_BOX, "bg_color": _TINT}
_DATE = {"num_format": DATE, "align": "left"}
_NUMBER = {"num_format": "0", "align": "center"}
_ROW = {**FONT, "text_wrap": True, "font_size": 11}
_LIST = {**_ROW, **_BOX}
_SUMMARY = {**FONT, "font_size": 10, "valign": "vcenter", "bottom": 1, "bottom_color": "#DDE1E8"}

STYLES: Mapping[str, Mapping[str, Any]] = {
    "text": FONT,
    "plain": {**FONT, "font_size": 11},
    "open": {**FONT, "text_wrap": True},
    "open date": {**FONT, **_DATE},
    "title": {**FONT, "font_size": 16, "bold": True, "font_color": _NAVY, "valign": "vcenter"},
    "subtitle": {**FONT, "font_color": _GREY, "valign": "vcenter"},
    "unseen": {**FONT, "num_format": ";;;"},
    "summary": {**_SUMMARY},
    "summary date": {**_SUMMARY, "num_format": SHORT_DATE, "align": "left"},
    "summary days": {**_SUMMARY, **_NUMBER},
    "summary link": {**_SUMMARY, "font_color": "#0B4A94", "underline": 1},
    "summary wrapped": {**_SUMMARY, "text_wrap": True},
    "summary header days": {**_SUMMARY, "bold": True, "font_color": _NAVY, "bg_color": "#EDF1F8", "align": "center"},
    "summary header": {**_SUMMARY, "bold": True, "font_color": _NAVY, "bg_color": "#EDF1F8"},
    "tile": {**FONT, "font_size": 18, "bold": True, "valign": "vcenter", "align": "left", "indent": 1},
    "tile caption": {**FONT, "font_color": "#3B3B3B", "indent": 1},
    "strip": {**_SUMMARY, "align": "center", "bold": True},
    "strip label": {**_SUMMARY, "align": "center", "font_size": 8, "font_color": _NAVY},
    "strip caption": {**FONT, "font_size": 9, "font_color": _GREY, "valign": "bottom"},
    "headline": {**FONT, "font_size": 15, "bold": True, "valign": "vcenter"},
    "lead": {**FONT, "font_size": 12, "valign": "vcenter"},
    "section": {**FONT, "font_size": 12, "bold": True, "font_color": _NAVY, "valign": "bottom"},
    "header": {**_HEADER, "text_wrap": True},
    "header typed": {
        **_HEADER, "text_wrap": True, "font_color": _GREEN, "bg_color": "#E5F2EC", "bottom": 2,
        "bottom_color": "#0B7A55",
    },
    "header line": {**_HEADER, "font_size": 11},
    "input": {**FONT, **_BOX, "text_wrap": True},
    "input text": {**FONT, **_BOX, "text_wrap": True, "num_format": "@"},
    "input line": {**FONT, **_BOX},
    "input number": {**FONT, **_BOX, **_NUMBER},
    "input date": {**FONT, **_BOX, **_DATE},
    "calc": {**_CALC, "text_wrap": True},
    "calc date": {**_CALC, **_DATE},
    "calc days": {**_CALC, **_NUMBER},
    "link": {**_CALC, "font_color": "#0B5394", "underline": 1, "text_wrap": True},
    "label": {**_CALC, "bold": True, "font_color": _NAVY, "text_wrap": True},
    "label typed": {**FONT, **_BOX, "bold": True, "font_color": _GREEN, "bg_color": "#E5F2EC", "text_wrap": True},
    "help": {**FONT, "font_color": _GREY},
    "cell": _LIST,
    "row": _ROW,
    "row date": {**_ROW, **_DATE},
    "row days": {**_ROW, **_NUMBER},
    "spill": {**FONT, "font_size": 11},
    "cell date": {**_LIST, **_DATE},
    "cell days": {**_LIST, **_NUMBER},
    "guide": {**FONT, "text_wrap": True},
    "guide word": {**FONT, "text_wrap": True, "bold": True},
}  # fmt: skip

_QUIET = frozenset(("On track", "Complete", "Clock not started", "No date", "Not applicable"))
"""RAG words that ask nothing of anybody."""
_LATE = rag_colours()["Overdue"].cell
_NEAR = rag_colours()["Due today"].cell


def _on_bar(bar: str) -> str:
    """White or black, whichever is read better on a bar of this colour."""
    red, green, blue = (int(bar[place : place + 2], 16) for place in (1, 3, 5))
    return "#FFFFFF" if 0.3 * red + 0.6 * green + 0.1 * blue < 130 else "#1F1F1F"  # noqa: PLR2004  half of 255


CONDITIONAL: Mapping[str, Mapping[str, Any]] = {
    **{
        f"rag {word}": {"bg_color": each.cell[0], "font_color": each.cell[1], "bold": word not in _QUIET}
        for word, each in rag_colours().items()
    },
    **{
        f"strip {word}": {"bg_color": each.bar, "font_color": _on_bar(each.bar)}
        for word, each in rag_colours().items()
    },
    "strip late": {"pattern": 14, "fg_color": _LATE[0], "bg_color": "#FBE3E4"},
    "headline late": {"bg_color": _LATE[0], "font_color": _LATE[1]},
    "headline near": {"bg_color": _NEAR[0], "font_color": _NEAR[1]},
    "tile late": {"bg_color": _LATE[0], "font_color": _LATE[1]},
    "tile near": {"bg_color": _NEAR[0], "font_color": _NEAR[1]},
    "spare": {"bg_color": "#F3F3F3", "font_color": "#666666", "italic": True},
    "summary divider": {"bg_color": "#EDF1F8", "font_color": _NAVY, "bold": True},
    "fixed": {
        "font_color": "#B00000", "bold": True,
        "num_format": '@" (FIXED: clear the report date on sheet Case to follow today again)"',
    },
}  # fmt: skip
"""Styles that a condition puts on top."""


def style_properties(name: str) -> Mapping[str, Any]:
    """The properties of a style; a RAG style stands alone on the Guide sheet."""
    if name.startswith("rag "):
        return {**FONT, "text_wrap": True, **CONDITIONAL[name]}
    return STYLES[name]


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

    `kind` is `date`, `list`, `formula` (a calculated cell: typing there warns) or `any` (only the message).
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
    columns: Sequence[SheetColumn]
    filters: bool


@dataclass(slots=True)
class Print:
    """How a sheet goes to paper. `last_column` 0 prints every column.

    `scale` is per cent, 0 fits the columns' width: on a fitted sheet Excel ignores our page breaks.
    """

    paper: str = "A4"
    landscape: bool = False
    last_column: int = 0
    scale: int = 0
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
    zoom: int = 100  # in per cent
    folded: tuple[int, int] = (0, 0)
    hidden_columns: tuple[int, ...] = ()  # among folded ones folded once more: unfolding does not show them
    hidden: bool = False
    tab: str = "#8C95A3"  # the colour of its tab
    breaks: tuple[int, ...] = ()  # rows after which a new sheet of paper begins

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
        columns: Sequence[SheetColumn],
        header_row: int,
        rows: Sequence[Sequence[Content]],
        *,
        first_column: int = 1,
        filters: bool = True,
        least: float = _LEAST,
    ) -> None:
        """Lay a table: headers, rows (one empty row where there is none), and its mark-up.

        A row is at least so many points high, and as high as what stands in it needs, but for folded columns.
        """
        body = list(rows) or [[None] * len(columns)]
        titles = [column.title for column in columns]
        self.book.add_table(name, self.name, header_row, titles, len(body), first_column)
        self.tables.append(TableMarkup(name, columns, filters))
        for place, column in enumerate(columns):
            typed = column.kind != "formula" and column.edited_by in {"person", "shared"}
            self.put(header_row, first_column + place, column.title, "header typed" if typed else "header")
            style = column_style(column)
            for number, row in enumerate(body, header_row + 1):
                self.put(number, first_column + place, row[place], style)
        seen = self.folded[0] - first_column if self.folded[0] else len(columns)
        for number, row in enumerate(body, header_row + 1):
            wrapped = [
                (each, column.width) for each, column in zip(row[:seen], columns, strict=False) if column.wrap
            ]
            self.heights[number] = row_height(wrapped, self.heights.get(number, least))

    def heading(self, title: str, subtitle: str, hint: str = "") -> None:
        """A1 names sheet and case; A2 gives what the sheet holds and its report date, in red where it is fixed.

        A hint stands right of them, where the frozen columns end.
        """
        self.put(1, 1, Formula(f'"{title}"&IF(Case_reference="",""," · "&Case_reference)'), "title")
        about = f'&" · {subtitle}"' if subtitle else ""
        line = f'Case_marking&" · Report date "&TEXT(Report_date,"ddd d mmm yyyy"){about}'
        self.put(2, 1, Formula(line), "subtitle")
        if hint:
            self.put(1, _HINT_COLUMN, hint, "subtitle")
        self.heights[1], self.heights[2] = 20.5, 13.5
        self.colours.append(Colour(Block(2, 1, 2, 1), "fixed", formula='Report_date_typed<>""'))

    def section(self, row: int, title: Content, height: float = 22, column: int = 1) -> None:
        """A title above what follows; of height 0 it is as high as any row."""
        self.put(row, column, title, "section")
        if height:
            self.heights[row] = height

    def rag_colours(self, column: int, first: int, last: int) -> None:
        """The colour beside each RAG word of a column."""
        block = Block(first, column, last, column)
        self.colours.extend(Colour(block, f"rag {word}", word=word) for word in rules.RAG_WORDS)

    def check_columns(
        self,
        columns: Sequence[SheetColumn],
        first: int,
        last: int,
        first_column: int = 1,
        *,
        on_header: int = 0,
    ) -> None:
        """What each column of a table accepts: dates only, a list, or nothing typed over a formula.

        A list explains itself where it is selected, or on the header in that row: on the rows that people work in
        all day nothing pops up.
        """
        for number, column in enumerate(columns, first_column):
            block, title = Block(first, number, last, number), column.title
            if column.kind in {"date", "list"}:
                message = column_message(title) if column.kind == "list" and not on_header else ""
                self.checks.append(
                    CellCheck(block, column.kind, column.words, column.source, column.strict, title, message)
                )
                if column.kind == "list" and on_header:
                    above = Block(on_header, number, on_header, number)
                    self.checks.append(CellCheck(above, "any", title=title, message=column_message(title)))
            elif title in _TYPED_HINT:
                self.checks.append(CellCheck(block, "formula", title=title, message=_TYPED_HINT[title]))

    def column_widths(
        self, columns: Sequence[SheetColumn], first_column: int = 1, *, styled: bool = True
    ) -> None:
        """The columns' widths; where styled, also what a row typed below the last looks like."""
        for number, column in enumerate(columns, first_column):
            style = "open date" if "date" in {column.kind, column.shape} else "open"
            self.widths[number] = (column.width, style if styled else "")


def column_style(column: SheetColumn) -> str:
    """The style of a column's cells: white where a person types, tinted where a formula answers."""
    if column.kind == "formula":
        return {"date": "calc date", "days": "calc days"}.get(column.shape, "calc")
    if column.kind in {"date", "number"}:
        return f"input {column.kind}"
    if not column.wrap:
        return "input line"
    return "input"


def text_lines(text: str, width: float) -> int:
    """How many lines a text takes in a column, wrapped at blanks; a little generous.

    A column's width counts digits of the default font, as Excel draws it: LibreOffice's columns are a little wider.
    """
    room, lines = width * _EM, 0
    for paragraph in text.split("\n"):
        used, lines = 0.0, lines + 1
        for word in paragraph.split(" "):
            length = sum(map(_letter_width, word))
            if used and used + length > room:
                used, lines = 0.0, lines + 1
            lines += int(length / room)  # a long word is broken
            used += length + _letter_width(" ")
    return lines


def _letter_width(letter: str) -> float:
    """How wide a letter of our font is, in widths of an m: four classes are near enough."""
    if letter in _NARROW:
        return 0.28
    if letter in _WIDE:
        return 0.84
    return 0.58 if letter.isupper() else 0.5


def row_height(contents: Sequence[tuple[Content, float]], least: float = _LEAST) -> float:
    """The points a row needs for what its cells hold, each with its column's width."""
    texts = ((each if isinstance(each, str) else "", width) for each, width in contents)
    return max(least, 0.75 + _LINE * max(text_lines(text, width) for text, width in texts))
