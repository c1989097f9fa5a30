"""The sheet Case: every field of the case, its clocks, and the report date, each typed in one place."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.case.model import CHOICES, value_at
from tracker.formula.evaluate import Formula
from tracker.formula.values import serial
from tracker.workbook import layout
from tracker.workbook.entries import cells, child_entries, hold_entries
from tracker.workbook.layout import Field
from tracker.workbook.sheet_page import Block, CellCheck, Colour, Print, SheetPage, text_lines
from tracker.workbook.stage_pages import column_checks, heading

if TYPE_CHECKING:
    from tracker.case.model import Case
    from tracker.formula.book import Book, Content
    from tracker.plan import Plan
    from tracker.procedure.model import Clock, Comparison, Procedure

_SPARE_PROCEEDINGS = 3
_SPARE_HOLDS = 3
_LINE = 17


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


def field_content(case: Case, path: str) -> Content:
    """What a field's cell shows: dates as serial numbers."""
    value = field_value(case, path)
    return serial(value) if isinstance(value, date) else value


def _height(content: Content, width: float) -> float:
    """The height of a row, in points, in which the content of a cell of that width is seen whole."""
    lines = text_lines(content, width) if isinstance(content, str) else 1
    return max(_LINE, 4 + 13.5 * lines)


class _CaseWriter:
    """Walks down the sheet, section by section."""

    def __init__(self, page: SheetPage, case: Case) -> None:
        self.page, self.case, self.row = page, case, 3

    def section(self, title: str) -> None:
        self.page.put(self.row, 1, title, "section")
        self.page.heights[self.row] = 24
        self.row += 1

    def fields(self, fields: tuple[Field, ...]) -> None:
        for field in fields:
            self.field(field, field_content(self.case, field.path))

    def field(self, field: Field, content: Content) -> None:
        page, row = self.page, self.row
        page.put(row, 1, field.label, "label")
        style = "input date" if field.kind == "date" else "input"
        page.put(row, 2, content, style)
        page.put(row, 3, field.help or None, "help")
        page.heights[row] = _height(content, layout.CLOCK_COLUMNS[1].width)
        if field.name:
            page.name_cell(field.name, row, 2)
        self.check(field)
        self.row += 1

    def check(self, field: Field) -> None:
        block = Block(self.row, 2, self.row, 2)
        words = {"list": CHOICES.get(field.path, ()), "yes/no": layout.YES_NO}.get(field.kind, ())
        if field.kind == "date":
            self.page.checks.append(CellCheck(block, "date", title=field.label, message=field.help))
        elif words or field.source:
            self.page.checks.append(
                CellCheck(block, "list", words, field.source, title=field.label, message=field.help)
            )

    def derived(self, label: str, formula: Formula, style: str, note: str, name: str = "") -> None:
        self.page.put(self.row, 1, label, "label")
        self.page.put(self.row, 2, formula, style)
        self.page.put(self.row, 3, note or None, "help")
        self.page.heights[self.row] = _LINE
        if name:
            self.page.name_cell(name, self.row, 2)
        self.row += 1


def _link_to(step: str, procedure: Procedure) -> Formula:
    """A link to the row whose `Completed` a clock counts from; the row may have been sorted elsewhere."""
    stage = next(stage.name for stage, each in procedure.steps() if each.id == step)
    table = rules.table_name(stage)
    sheet = f"'{stage}'" if " " in stage else stage
    completed = layout.titles(layout.STAGE_COLUMNS).index("Completed")
    target = f'"#{sheet}!{chr(65 + completed)}"&(MATCH("{step}",{table}[ID],0)+{layout.HEADER_ROW})'
    return Formula(
        f'IFERROR(HYPERLINK({target},"Completed of {step} on sheet {stage}"),"{step} is not on its sheet")'
    )


def _link_to_field(clock: Clock, procedure: Procedure) -> Content:
    """A link to where the date is typed among the fields of this sheet; what a clock follows that has no date."""
    path = layout.DATE_PATHS.get(clock.fallback)
    field = next((each for each in layout.fields(procedure) if each.path == path), None)
    if field is None:
        return Formula(f'"Follows {clock.provisional_from}"')
    return Formula(f'HYPERLINK("#{field.name}","Typed at {field.label} on this sheet")')


def _typed(clock: Clock, plan: Plan) -> Content:
    if clock.step and not clock.field:
        return _link_to(clock.step, plan.procedure)
    case = plan.case
    if not clock.field:
        return _link_to_field(clock, plan.procedure)
    day = case.details.aware if clock.field == "aware" else getattr(case.dates, clock.field)
    return serial(day) if day else None


def _clocks(writer: _CaseWriter, plan: Plan) -> None:
    page, header = writer.page, writer.row
    rows = []
    for clock in plan.procedure.clocks:
        in_use, state = rules.clock_rules(clock, plan.procedure, layout.DATE_NAMES)
        rows.append([clock.name, in_use, state, _typed(clock, plan)])
    page.table(rules.CLOCKS, layout.CLOCK_COLUMNS, header, rows, filters=False)
    for number, clock in enumerate(plan.procedure.clocks, header + 1):
        # The day of awareness is named where it is typed; the others where they are in use.
        page.name_cell(clock.defined_name, number, 4 if clock.field == "aware" else 2)
        page.styles[number, 1] = "label"
        page.heights[number] = _LINE
        if clock.field:
            page.checks.append(
                CellCheck(Block(number, 4, number, 4), "date", title=clock.name, message=clock.note[:200])
            )
        else:
            page.styles[number, 4] = "link" if clock.step or clock.fallback else "calc"
    page.name_cell("Clock_list", header + 1, 1, header + len(rows))
    for word, style in (("Provisional", "rag Provisional"), ("Not known", "rag No date")):
        block = Block(header + 1, 3, header + len(rows), 3)
        page.colours.append(Colour(block, style, word=word))
    writer.row = header + len(rows) + 1


def _holds(writer: _CaseWriter, case: Case) -> None:
    page, header = writer.page, writer.row
    rows = cells(hold_entries(case.holds).values(), layout.HOLD_COLUMNS)
    widths = [column.width for column in layout.HOLD_COLUMNS]
    for number, row in enumerate(rows, header + 1):
        page.heights[number] = max(_height(text, width) for text, width in zip(row, widths, strict=True))
    rows += [[None] * len(layout.HOLD_COLUMNS) for _ in range(_SPARE_HOLDS)]
    page.table(layout.HOLD_TABLE, layout.HOLD_COLUMNS, header, rows, filters=False)
    column_checks(page, layout.HOLD_COLUMNS, header + 1, header + len(rows))
    writer.row = header + len(rows) + 1


def _report_date(writer: _CaseWriter) -> None:
    field = Field(
        layout.REPORT_DATE_LABEL,
        "",
        "date",
        "Report_date_typed",
        "Empty: every state is judged for today. Type a date to see another day; clear it afterwards",
    )
    writer.field(field, None)
    writer.derived("Report date in use", rules.REPORT_DATE_RULE, "calc date", "", rules.REPORT_DATE)


def case_page(book: Book, plan: Plan) -> SheetPage:
    """The sheet Case, one A4 page."""
    page = SheetPage(layout.CASE, book)
    heading(page, layout.CASE, "The facts, clocks and decisions; type in the white cells.")
    for number, column in enumerate(layout.HOLD_COLUMNS, 1):
        page.widths[number] = (column.width, "")
    writer = _CaseWriter(page, plan.case)
    writer.section("Details")
    writer.fields(layout.fields(plan.procedure, layout.DETAILS))
    _report_date(writer)
    writer.section("Clocks")
    _clocks(writer, plan)
    if plan.procedure.comparison:
        _compared(writer, plan.procedure.comparison, plan.procedure)
    writer.section("Decisions")
    writer.fields(layout.fields(plan.procedure, layout.DECISIONS))
    writer.section("Holds on publication, a row each: it waits from the first day until the day it ended")
    _holds(writer, plan.case)
    writer.derived(layout.HOLD_RUNNING_LABEL, rules.HOLD_RULE, "calc", "", rules.HOLD_RUNNING)
    writer.section("Conditions that switch rows on")
    writer.fields(layout.fields(plan.procedure, layout.OPTIONS))
    _lists(writer, plan)
    page.paper = Print("A4", tall=1)
    page.freeze = (2, 0)
    return page


def _compared(writer: _CaseWriter, other: Comparison, procedure: Procedure) -> None:
    """Another reading of a step's date: shown, never used."""
    start = procedure.clock(other.start).defined_name
    counted = rules.counted(start, str(other.lag.count), other.lag.unit)
    formula = Formula(f'IF(ISNUMBER({start}),{counted},"")')
    writer.derived(other.label, formula, "calc date", other.note)


def _lists(writer: _CaseWriter, plan: Plan) -> None:
    page = writer.page
    writer.section("Parallel proceedings")
    header = writer.row
    spare: list[list[Content]] = [[None] * 4 for _ in range(_SPARE_PROCEEDINGS)]
    page.table(layout.PROCEEDINGS_TABLE, layout.PROCEEDING_COLUMNS, header, spare, filters=False)
    column_checks(page, layout.PROCEEDING_COLUMNS, header + 1, header + _SPARE_PROCEEDINGS)
    writer.row = header + _SPARE_PROCEEDINGS + 1
    writer.section("Children (a label such as Child 1, never a name)")
    children = cells(child_entries(plan.case.children).values(), layout.CHILD_COLUMNS)
    page.table(layout.CHILDREN_TABLE, layout.CHILD_COLUMNS, writer.row, children, filters=False)
