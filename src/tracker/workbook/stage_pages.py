"""The sheets people work on: one a stage, and the action plan."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.values import serial
from tracker.workbook import layout
from tracker.workbook.layout import HEADER_ROW, ROOM, SheetColumn
from tracker.workbook.sheet_page import Block, CellCheck, Colour, Print, SheetPage, row_height

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.formula.book import Book, Content
    from tracker.plan import Plan, PlannedRow
    from tracker.procedure.model import Procedure, Stage

TYPED_HINT = {
    "Due": "Due is worked out. Type another date in Agreed date, with the reason beside it.",
    "RAG": "RAG is worked out from the dates and the status.",
    "Days late": "Days late is worked out.",
    "Timescale": "Timescale is worked out from Count and Unit.",
    "Day zero": "Day zero comes from sheet Case.",
    "Employer": "Employer comes from sheet People.",
}


def heading(page: SheetPage, title: str, subtitle: str) -> None:
    """A1 names sheet and case; A2 says what the sheet holds and its report date, in red where it is fixed."""
    reference = 'IF(Case_reference="",""," · "&Case_reference)'
    page.put(1, 1, Formula(f'"{title}"&{reference}'), "title")
    page.put(
        2,
        1,
        Formula(f'Case_marking&" · {subtitle} Report date "&TEXT(Report_date,"ddd d mmm yyyy")'),
        "subtitle",
    )
    page.heights[1], page.heights[2] = 26, 17
    page.colours.append(Colour(Block(2, 1, 2, 1), "fixed", formula='Report_date_typed<>""'))


def rag_colours(page: SheetPage, column: int, first: int, last: int) -> None:
    """The colour beside each RAG word of a column."""
    block = Block(first, column, last, column)
    page.colours.extend(Colour(block, f"rag {word}", word=word) for word in rules.RAG_WORDS)


def column_checks(
    page: SheetPage, columns: Sequence[SheetColumn], first: int, last: int, first_column: int = 1
) -> None:
    """What each column of a table accepts: dates only, a list, or nothing typed over a formula."""
    for number, column in enumerate(columns, first_column):
        block = Block(first, number, last, number)
        if column.kind in {"date", "list"}:
            page.checks.append(
                CellCheck(block, column.kind, column.words, column.source, column.strict, column.title)
            )
        elif column.title in TYPED_HINT:
            page.checks.append(
                CellCheck(block, "formula", title=column.title, message=TYPED_HINT[column.title])
            )


def _stage_row(row: PlannedRow, formulas: Mapping[str, Formula]) -> list[Content]:
    typed: dict[str, Content] = {
        title: serial(value) if isinstance(value, date) else value for title, value in row.typed().items()
    }
    return [formulas.get(column.title) or typed.get(column.title) for column in layout.STAGE_COLUMNS]


def _lay_out(page: SheetPage, columns: Sequence[SheetColumn], rows: int) -> None:
    """What the stages and the action plan share: widths, frozen panes, checks, colours, paper."""
    last = HEADER_ROW + max(rows, 1) + ROOM
    for number, column in enumerate(columns, 1):
        style = {"date": "open date", "formula": "open", "number": "open"}.get(column.kind, "open")
        page.widths[number] = (column.width, "open date" if column.shape == "date" else style)
    column_checks(page, columns, HEADER_ROW + 1, last)
    rag = next(number for number, column in enumerate(columns, 1) if column.title == "RAG")
    rag_colours(page, rag, HEADER_ROW + 1, last)
    page.freeze = (HEADER_ROW, 2)
    printed = next(n for n, column in enumerate(columns, 1) if column.title == layout.LAST_PRINTED)
    page.paper = Print("A3", landscape=True, last_column=printed, header_row=HEADER_ROW)
    page.heights[HEADER_ROW] = 30


def stage_page(book: Book, plan: Plan, stage: Stage) -> SheetPage:
    """The sheet of one stage."""
    page = SheetPage(stage.name, book)
    heading(page, stage.name, "Type in the white columns; the tinted ones are worked out.")
    formulas = rules.stage_rules(plan.procedure)
    rows = plan.rows[stage.name]
    page.table(
        rules.table_name(stage.name),
        layout.STAGE_COLUMNS,
        HEADER_ROW,
        [_stage_row(row, formulas) for row in rows] or [_empty(layout.STAGE_COLUMNS, formulas)],
    )
    _lay_out(page, layout.STAGE_COLUMNS, len(rows))
    first = layout.titles(layout.STAGE_COLUMNS).index(layout.FIRST_FOLDED) + 1
    page.folded = (first, len(layout.STAGE_COLUMNS))
    widths = {column.title: column.width for column in layout.STAGE_COLUMNS}
    for number, row in enumerate(rows, HEADER_ROW + 1):
        page.heights[number] = row_height(
            [
                (row.action, widths["Action"]),
                (row.owner, widths["Owner"]),
                (row.reason, widths["Reason for change"]),
            ]
        )
    return page


def _empty(columns: Sequence[SheetColumn], formulas: Mapping[str, Formula]) -> list[Content]:
    return [formulas.get(column.title) for column in columns]


def plan_page(book: Book, procedure: Procedure) -> SheetPage:
    """The action plan: one empty row, which is no action."""
    page = SheetPage(layout.PLAN, book)
    heading(page, layout.PLAN, "One row an action agreed for learning. IDs are given by regenerate.")
    columns = layout.plan_columns(procedure)
    page.table(rules.PLAN, columns, HEADER_ROW, [_empty(columns, rules.plan_rules())])
    _lay_out(page, columns, 1)
    return page
