"""The sheet Case: every field of the case, its clocks, and the report date, each typed in one place."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.case.model import CHOICES, value_at
from tracker.formula.evaluate import Formula
from tracker.formula.parse import column_letters
from tracker.formula.values import serial
from tracker.plan import SPARE_CHILDREN
from tracker.text import listed
from tracker.workbook import layout
from tracker.workbook.choices import field_message
from tracker.workbook.entries import cells, child_entries, hold_entries
from tracker.workbook.layout import Field, SheetColumn
from tracker.workbook.sheet_page import Block, CellCheck, Colour, Print, SheetPage, row_height
from tracker.workbook.standby import CHILD_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.case.model import Case
    from tracker.formula.book import Book, Content
    from tracker.plan import Plan
    from tracker.procedure.model import Clock, Comparison, Procedure

_SPARE_ROWS = 3  # for holds and proceedings
_LINE = (
    13.5  # the least height of a row, in points: clocks, decisions, holds and proceedings fit on one screen
)
_SECTION = 17
_HEADER = 28  # of the clocks: two lines
_PRINTED = 90  # per cent: the columns fit on a page, and nothing is below 9 pt


def field_value(case: Case, path: str) -> str | date | None:
    """What a field of the case is typed as: dates, yes and no, lists with commas; None for a blank cell."""
    value = value_at(case, path) if "." in path else getattr(case, path)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value
    if isinstance(value, tuple):
        return ", ".join(value) or None
    return str(value) if value else None


class _CaseWriter:
    """Walks down the sheet, section by section; what stands beside them has no labels in the first column."""

    def __init__(self, page: SheetPage, plan: Plan) -> None:
        self.page, self.case, self.procedure, self.row = page, plan.case, plan.procedure, 3

    def section(self, title: str, column: int = 1) -> None:
        self.page.section(self.row, title, _SECTION, column)
        self.row += 1

    def fields(self, section: tuple[Field, ...]) -> None:
        for field in layout.fields(self.procedure, section):
            value = field_value(self.case, field.path)
            self.field(field, serial(value) if isinstance(value, date) else value)

    def field(self, field: Field, content: Content) -> None:
        """A field with what it accepts: dates, or the words of a list and what each means."""
        words = {"list": CHOICES.get(field.path, ()), "yes/no": layout.YES_NO}.get(field.kind, ())
        kind = "date" if field.kind == "date" else "list" if words or field.source else ""
        if kind:
            message = field_message(field.path, self.procedure) if kind == "list" else field.help
            block = Block(self.row, 2, self.row, 2)
            self.page.checks.append(
                CellCheck(block, kind, words, field.source, title=field.label, message=message)
            )
        style = "input date" if kind == "date" else "input"
        note = f"Paragraph {field.help}" if field.help[:1].isdigit() else field.help
        self.labelled(field.label, content, style, note, field.name)

    def labelled(
        self, label: str, content: Content, style: str, note: str = "", name: str = "", column: int = 1
    ) -> None:
        """A label, a cell beside it that may have a name, and a note."""
        self.page.put(self.row, column, label, "label typed" if style.startswith("input") else "label")
        self.page.put(self.row, column + 1, content, style)
        self.page.put(self.row, column + 2, note or None, "help")
        columns = layout.CLOCK_COLUMNS if column == 1 else layout.HOLD_COLUMNS
        texts = ((label, columns[0].width), (content, columns[1].width))
        self.page.heights[self.row] = row_height(texts, self.page.heights.get(self.row, _LINE))
        if name:
            self.page.name_cell(name, self.row, column + 1)
        self.row += 1

    def table(
        self,
        name: str,
        columns: tuple[SheetColumn, ...],
        rows: Sequence[Sequence[Content]],
        column: int = 1,
    ) -> None:
        """A table without filters; what is below it is written after it."""
        self.page.table(name, columns, self.row, rows, filters=False, first_column=column, least=_LINE)
        self.page.check_columns(columns, self.row + 1, self.row + len(rows), column)
        self.row += len(rows) + 1


def _link_to_completed(step: str, procedure: Procedure) -> Formula:
    """A link to the row whose `Completed` a clock counts from; the row may have been sorted elsewhere."""
    stage = next(stage.name for stage, each in procedure.steps() if each.id == step)
    sheet = f"'{stage}'" if " " in stage else stage
    completed = column_letters(layout.titles(layout.STAGE_COLUMNS).index("Completed") + 1)
    row = f'(MATCH("{step}",{rules.table_name(stage)}[ID],0)+{layout.HEADER_ROW})'
    link = f'HYPERLINK("#{sheet}!{completed}"&{row},"Completed of {step}")'
    return Formula(f'IFERROR({link},"{step} is not on its sheet")')


def _clock_entry(clock: Clock, plan: Plan) -> Content:
    """The date typed for a clock, or a link to where it is typed; what a clock follows that has no date."""
    if clock.field:
        day = plan.case.details.aware if clock.field == "aware" else getattr(plan.case.dates, clock.field)
        return serial(day) if day else None
    if clock.step:
        return _link_to_completed(clock.step, plan.procedure)
    path = layout.DATE_PATHS.get(clock.fallback)
    field = next((each for each in layout.fields(plan.procedure) if each.path == path), None)
    if field is None:
        return Formula(f'"Follows {clock.provisional_from}"')
    return Formula(f'HYPERLINK("#{field.name}","Typed at {field.label}")')


def _clocks(writer: _CaseWriter, plan: Plan) -> None:
    page, first = writer.page, writer.row + 1
    rows = []
    for clock in plan.procedure.clocks:
        in_use, state = rules.clock_rules(clock, plan.procedure, layout.DATE_NAMES)
        rows.append([clock.name, in_use, state, _clock_entry(clock, plan)])
    page.table(rules.CLOCKS, layout.CLOCK_COLUMNS, writer.row, rows, filters=False, least=_LINE)
    page.heights[writer.row] = _HEADER
    writer.row = first + len(rows)
    for number, clock in enumerate(plan.procedure.clocks, first):
        # The day of awareness is named where it is typed; the others where they are in use.
        page.name_cell(clock.defined_name, number, 4 if clock.field == "aware" else 2)
        page.styles[number, 1] = "label typed" if clock.field else "label"
        if clock.field:
            page.checks.append(
                CellCheck(Block(number, 4, number, 4), "date", title=clock.name, message=clock.note[:200])
            )
        else:
            page.styles[number, 4] = "link" if clock.step or clock.fallback else "calc"
    page.name_cell("Clock_list", first, 1, writer.row - 1)
    for word, style in (("Provisional", "rag Provisional"), ("Not known", "rag No date")):
        page.colours.append(Colour(Block(first, 3, writer.row - 1, 3), style, word=word))


def _holds(writer: _CaseWriter) -> None:
    columns, column = layout.HOLD_COLUMNS, layout.BESIDE_COLUMN
    rows = cells(hold_entries(writer.case.holds).values(), columns)
    writer.section("Holds: publication waits until Ended on", column)
    writer.table(layout.HOLD_TABLE, columns, [*rows, *([[None] * len(columns)] * _SPARE_ROWS)], column)
    writer.labelled(
        layout.HOLD_RUNNING_LABEL, rules.HOLD_RULE, "calc", name=rules.HOLD_RUNNING, column=column
    )


def _proceedings(writer: _CaseWriter) -> None:
    spare: list[list[Content]] = [[None] * len(layout.PROCEEDING_COLUMNS)] * _SPARE_ROWS
    writer.section("Parallel proceedings", layout.BESIDE_COLUMN)
    writer.table(layout.PROCEEDINGS_TABLE, layout.PROCEEDING_COLUMNS, spare, layout.BESIDE_COLUMN)


def _compared(writer: _CaseWriter, other: Comparison) -> None:
    """Another reading of a step's date: shown, never used."""
    start = writer.procedure.clock(other.start).defined_name
    counted = rules.counted(start, str(other.lag.count), other.lag.unit)
    writer.labelled(other.label, Formula(f'IF(ISNUMBER({start}),{counted},"")'), "calc date", other.note)


def case_page(book: Book, plan: Plan) -> SheetPage:
    """The sheet Case: what is looked at daily on the first screen and the first A4 page, the details below."""
    page = SheetPage(layout.CASE, book)
    page.heading(layout.CASE, "Type in the white cells beside green.")
    page.column_widths(layout.CLOCK_COLUMNS, styled=False)
    page.column_widths(layout.HOLD_COLUMNS, layout.BESIDE_COLUMN, styled=False)
    page.widths[layout.BESIDE_COLUMN - 1] = (1.5, "")
    writer, beside = _CaseWriter(page, plan), _CaseWriter(page, plan)
    note = "Empty: every state is judged for today. Type a date to see another day; clear it afterwards"
    writer.field(Field(layout.REPORT_DATE_LABEL, "", "date", "Report_date_typed", note), None)
    writer.labelled("Report date in use", rules.REPORT_DATE_RULE, "calc date", name=rules.REPORT_DATE)
    beside.row = writer.row
    writer.section("Clocks")
    _clocks(writer, plan)
    if plan.procedure.comparison:
        _compared(writer, plan.procedure.comparison)
    _holds(beside)
    beside.row = writer.row = max(writer.row, beside.row)
    writer.section("Decisions")
    writer.fields(layout.DECISIONS)
    _proceedings(beside)
    writer.row = max(writer.row, beside.row)
    page.breaks = (writer.row - 1,)
    writer.section("Details")
    writer.fields(layout.DETAILS)
    writer.section("Conditions that switch rows on")
    writer.fields(layout.OPTIONS)
    ready = (*(each.label for each in plan.case.children), *SPARE_CHILDREN) if plan.standby else ()
    note = f"; rows are ready for {listed(ready)}" if ready else ""
    writer.section(f"Children (a label such as Child 1, never a name{note})")
    children = cells(child_entries(plan.case.children).values(), layout.CHILD_COLUMNS)
    children += [[None] * len(layout.CHILD_COLUMNS)] * (len(ready) - len(children))
    if ready:
        labels = Block(writer.row + 1, 1, writer.row + len(children), 1)
        message = "Rows are ready for the labels of the list. Another label gets its rows from regenerate."
        page.name_cell(CHILD_LABELS, writer.row + 1, 1, writer.row + len(children))
        page.checks.append(CellCheck(labels, "list", ready, strict=False, title="Child", message=message))
    writer.table(layout.CHILDREN_TABLE, layout.CHILD_COLUMNS, children)
    page.paper = Print(landscape=True, scale=_PRINTED)
    page.freeze = (2, 0)
    return page
