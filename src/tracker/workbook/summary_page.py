"""The sheet Summary: where the case stands, on one A4 page, all by formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.workbook import layout
from tracker.workbook.helpers import (
    Helpers,
    ListedRow,
    number_or_blank,
    of_row,
    shortened,
    text_or_blank,
)
from tracker.workbook.sheet_page import Block, Colour, Print, SheetPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.formula.book import Book
    from tracker.plan import Plan, PlannedRow
    from tracker.procedure.model import Procedure

_WIDTHS = (12, 46, 27, 14.5, 14.5, 14.5, 18, 8)
_TWO_LINES = 29.0
_ONE_LINE = 16.0
NEEDED_ROWS = 8
COMING_ROWS = 10
MOVED_ROWS = 3
_REASON = 56  # characters of a reason that fit two lines


class _Summary:
    """Walks down the sheet, block by block."""

    def __init__(self, page: SheetPage, helpers: Helpers) -> None:
        self.page, self.helpers, self.row = page, helpers, 3

    def header(self, title: str | Formula, titles: Sequence[str]) -> None:
        self.page.section(self.row, title)
        for column, word in enumerate(titles, 1):
            self.page.put(self.row + 1, column, word, "header line")
        self.page.heights[self.row + 1] = _ONE_LINE
        self.row += 2

    def line(self, formulas: Sequence[str], kind: str = "cell") -> None:
        """A row of eight cells; D to F are dates, H a number of days. A `row` is boxed only once it is filled."""
        shapes = ("", "", "", " date", " date", " date", "", " days")
        styles = [kind + shape for shape in shapes]
        if kind == "row":
            # RAG, in between, brings its own box: of two rules on one cell not every program shows both.
            for first, last in ((1, 6), (8, 8)):
                block = Block(self.row, first, self.row, last)
                self.page.colours.append(Colour(block, "filled", formula=f'$B{self.row}<>""'))
            empty = f'AND($B{self.row}<>"",$G{self.row}="")'
            self.page.colours.append(Colour(Block(self.row, 7, self.row, 7), "filled", formula=empty))
        for column, (formula, style) in enumerate(zip(formulas, styles, strict=True), 1):
            self.page.put(self.row, column, Formula(formula), style)
        self.page.heights[self.row] = _TWO_LINES
        self.row += 1


def completed_since(table: str, step_id: str) -> tuple[str, str]:
    """When a key date was completed, as layout 1 showed it, and as it is shown.

    A completion after the report date does not count yet, here as in RAG.
    """
    before = number_or_blank(of_row(table, step_id, "Completed"))
    rag = text_or_blank(of_row(table, step_id, "RAG"))
    return before, f'IF(LEFT({rag},8)="Complete",{before},"")'


def _headline(summary: _Summary, procedure: Procedure) -> None:
    start = procedure.clocks[0].defined_name
    stages = [summary.helpers.stage_sentence(stage) for stage in procedure.stages]
    sentence = '"Nothing is left that leads to a date: every milestone is done or not applicable"'
    for done, words in reversed(stages):
        sentence = f'IF({done}="no",{words},{sentence})'
    waiting = f"{procedure.clocks[0].name} is not known yet: type it on sheet Case"
    sentence = f'IF(NOT(ISNUMBER({start})),"{waiting}",{sentence})'
    summary.page.put(summary.row, 1, Formula(sentence), "headline")
    summary.page.heights[summary.row] = 24
    summary.row += 1


def _needed_line(summary: _Summary, counts: list[dict[str, str]]) -> None:
    words = (("overdue", "Overdue"), ("to chase", "Chase"), ("due today", "Due today"),
             ("on a provisional date that has passed", "Provisional, passed"))  # fmt: skip
    parts = '&", "&'.join(f'({_total(counts, [word])})&" {phrase}"' for phrase, word in words)
    summary.page.put(summary.row, 1, Formula(f'"Needed today: "&{parts}&"."'), "lead")
    summary.row += 1


def _key_dates(summary: _Summary, rows: Sequence[tuple[PlannedRow, str]]) -> None:
    titles = ("Timescale", "Key date", "Owner", "Due", "Agreed date", "Completed", "RAG", "Days late")
    summary.header("Key dates", titles)
    first = summary.row
    for row, short in rows:
        table = rules.table_name(row.stage)

        def text(column: str, table: str = table, step_id: str = row.id) -> str:
            return text_or_blank(of_row(table, step_id, column))

        def number(column: str, table: str = table, step_id: str = row.id) -> str:
            return number_or_blank(of_row(table, step_id, column))

        _, done = completed_since(table, row.id)
        action = f'"{row.id} {short}"'
        if not short:
            (cell,) = summary.helpers.column([f'"{row.id} "&{text("Action")}'], f"{row.id}: action")
            action = shortened(cell)
        summary.line(
            [text("Timescale"), action, text("Owner"), number("Due"), number("Agreed date"),
             done, text("RAG"), number("Days late")],
        )  # fmt: skip
    summary.page.rag_colours(7, first, summary.row - 1)


def _list(summary: _Summary, title: Formula, rows: Sequence[ListedRow], third: str, none: str) -> None:
    """A list sorted over all sheets; the first row says so where it is empty."""
    helpers = summary.helpers
    summary.header(title, ("ID", "Action", third, "Due", "Agreed date", "Sheet", "RAG", "Days late"))
    first = summary.row
    for number, listed in enumerate(rows):
        action = shortened(listed.action)
        if number == 0:
            action = f'IF({listed.table}="","{none}",{action})'
        if third == "Who":
            named, owner = helpers.text_of(listed, "Named owner"), helpers.text_of(listed, "Owner")
            who = f'IF({named}="",{owner},{named})'
        else:
            (reason,) = helpers.column([helpers.text_of(listed, "Reason for change")], "moved: reason")
            who = shortened(reason, _REASON)
        summary.line(
            [helpers.text_of(listed, "ID"), action, who, helpers.number_of(listed, "Due"),
             helpers.number_of(listed, "Agreed date"), helpers.sheet_of(listed),
             helpers.text_of(listed, "RAG"), helpers.number_of(listed, "Days late")],
            "row",
        )  # fmt: skip
    summary.page.rag_colours(7, first, summary.row - 1)


def _returns(summary: _Summary, procedure: Procedure) -> None:
    summary.page.section(summary.row, "Returns in")
    summary.row += 1
    for stage, step in procedure.steps():
        if step.each == "agency":
            summary.page.put(summary.row, 1, step.id, "cell")
            words = f"{step.action[0].upper()}{step.action[1:]}"
            summary.page.put(summary.row, 2, words, "cell")
            summary.page.put(summary.row, 3, Formula(summary.helpers.returns(stage, step)), "spill")
            summary.page.heights[summary.row] = _ONE_LINE
            summary.row += 1


def _how_many(summary: _Summary, counts: list[dict[str, str]]) -> None:
    titles = ("Sheet", "In words", "Done", "Overdue", "Chase", "Due today", "Due soon", "Done late")
    summary.header("How many", titles)
    for sheet, cells in zip(summary.helpers.sheets, counts, strict=True):
        parts = "&".join(f'IF({cell}>0,{cell}&" {word.lower()}, ","")' for word, cell in cells.items())
        (listed,) = summary.helpers.column([parts], f"{sheet}: in words")
        words = f'IF({listed}="","",LEFT({listed},LEN({listed})-2))'
        done = "+".join(cells[word] for word in rules.DONE_WORDS)
        live = "+".join(cell for word, cell in cells.items() if word != "Not applicable")
        numbers = [cells[word] for word in ("Overdue", "Chase", "Due today", "Due soon", "Complete, late")]
        contents = [f'"{sheet}"', words, f'({done})&" of "&({live})', *numbers]
        for column, formula in enumerate(contents, 1):
            style = "cell" if column < 4 else "cell days"  # noqa: PLR2004  the words end before column D
            summary.page.put(summary.row, column, Formula(formula), style)
        summary.page.heights[summary.row] = _TWO_LINES
        summary.row += 1


def _watch(summary: _Summary, procedure: Procedure) -> None:
    tables = [rules.table_name(stage.name) for stage in procedure.stages]

    def open_rows(condition: str) -> str:
        """How many open rows of all stages have a due date for which a condition holds."""
        rows = f'ISNUMBER({{0}}[Due])*({condition})*(LEFT({{0}}[RAG],8)<>"Complete")*({{0}}[RAG]<>"Not applicable")'
        return "+".join(f"SUMPRODUCT({rows.format(table)})" for table in tables)

    closed = open_rows(f"COUNTIF({rules.CLOSURES},{{0}}[Due])>0")
    beyond = open_rows(f"{{0}}[Due]>{rules.KNOWN_UNTIL}")
    summary.page.section(summary.row, "To watch")
    until = f'TEXT({rules.KNOWN_UNTIL},"d mmm yyyy")'
    lines = (
        f'"Open due dates on an office closure: "&({closed})',
        f'"Open due dates after "&{until}&", until when bank holidays are known: "&({beyond})',
    )
    for number, line in enumerate(lines, summary.row + 1):
        summary.page.put(number, 1, Formula(line), "plain")
        summary.page.heights[number] = _ONE_LINE
    summary.row += 1 + len(lines)


def _total(counts: list[dict[str, str]], words: Sequence[str]) -> str:
    return "+".join(table[word] for table in counts for word in words)


def _titled(words: str, total: str, shown: int) -> Formula:
    return Formula(f'"{words}"&IF(({total})>{shown}," (the first {shown} of "&({total})&")","")')


def key_rows(plan: Plan) -> list[tuple[PlannedRow, str]]:
    """The rows of the key dates, in working order, each with its short name."""
    short = {step.id: step.short for _, step in plan.procedure.steps() if step.key}
    return [(row, short[row.step]) for row in plan.all_rows() if row.step in short]


def summary_page(book: Book, plan: Plan, hidden: SheetPage) -> SheetPage:
    """The sheet Summary; its helper formulas go to the hidden sheet."""
    page, procedure = SheetPage(layout.SUMMARY, book), plan.procedure
    helpers = Helpers(hidden, procedure)
    page.heading(layout.SUMMARY, "Where the case stands; type on the other sheets, this page follows.")
    name = (
        f'IF(Case_reference="","{layout.SUMMARY}",Case_reference)&IF(Case_summary="",""," · "&Case_summary)'
    )
    page.put(1, 1, Formula(name), "title")
    page.widths = {number: (width, "") for number, width in enumerate(_WIDTHS, 1)}
    summary = _Summary(page, helpers)
    counts = helpers.counts()
    _headline(summary, procedure)
    _needed_line(summary, counts)
    _key_dates(summary, key_rows(plan))
    orders, tomorrow = helpers.order_columns(), f"(Report_date+1)*{rules.A_DAY}"
    keys = helpers.keys_between(orders, str(rules.A_DAY), tomorrow, NEEDED_ROWS)
    needed = helpers.listed_rows("needed", keys, NEEDED_ROWS)
    title = _titled("Who is needed today", _total(counts, rules.NEEDS_SOMEONE), NEEDED_ROWS)
    _list(summary, title, needed, "Who", "Nothing is overdue, to chase or due today")
    coming = helpers.listed_rows(
        "coming", helpers.keys_between(orders, tomorrow, "", COMING_ROWS), COMING_ROWS
    )
    title = _titled("The next ten", _total(counts, rules.COMING), COMING_ROWS)
    _list(summary, title, coming, "Who", "Nothing with a date is ahead")
    moved = helpers.listed_rows("moved", helpers.moved_keys(MOVED_ROWS), MOVED_ROWS)
    title = _titled("Dates moved", helpers.moved(), MOVED_ROWS)
    _list(summary, title, moved, "Reason for change", "No date has been moved")
    _returns(summary, procedure)
    _how_many(summary, counts)
    _watch(summary, procedure)
    page.freeze = (3, 0)
    page.paper = Print(tall=1, last_column=len(_WIDTHS))
    return page
