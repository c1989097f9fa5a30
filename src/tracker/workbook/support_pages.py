"""Log, People, Calendar and Guide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules, workdays
from tracker.formula.values import serial
from tracker.workbook import guide, layout
from tracker.workbook.entries import (
    agency_entries,
    cells,
    closure_entries,
    holiday_entries,
    meeting_entries,
    role_entries,
)  # fmt: skip
from tracker.workbook.sheet_page import Block, CellCheck, Print, SheetPage, text_lines
from tracker.workbook.stage_pages import column_checks, heading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tracker.case.model import Case
    from tracker.formula.book import Book
    from tracker.plan import Plan
    from tracker.procedure.load import CalendarFacts

_SPARE = 6  # empty rows between the roles and the agencies
YEARS = 10
"""Years of bank holidays the Calendar sheet lists, from the year before day zero."""


def log_page(book: Book) -> SheetPage:
    """The log: people write it, regenerate adds the moves of dates it finds."""
    page = SheetPage(layout.LOG, book)
    heading(page, layout.LOG, "What was decided, moved, chased and escalated.")
    page.table(layout.LOG_TABLE, layout.LOG_COLUMNS, layout.HEADER_ROW, [])
    for number, column in enumerate(layout.LOG_COLUMNS, 1):
        page.widths[number] = (column.width, "open date" if column.kind == "date" else "open")
    column_checks(page, layout.LOG_COLUMNS, layout.HEADER_ROW + 1, layout.HEADER_ROW + layout.ROOM)
    page.freeze = (layout.HEADER_ROW, 2)
    page.paper = Print(landscape=True, header_row=layout.HEADER_ROW)
    return page


def people_page(book: Book, plan: Plan) -> SheetPage:
    """Who holds each role, and the agencies involved."""
    page = SheetPage(layout.PEOPLE, book)
    heading(page, layout.PEOPLE, "A name typed here appears in every row its role or agency owns.")
    page.put(3, 1, "Roles", "section")
    page.heights[3] = 22
    roles = role_entries(plan.case, plan.procedure)
    page.table(rules.ROLES, layout.ROLE_COLUMNS, 4, cells(roles.values(), layout.ROLE_COLUMNS))
    last_role = 4 + len(roles) + _SPARE
    column_checks(page, layout.ROLE_COLUMNS, 5, last_role - 1)
    page.put(last_role, 1, "Agencies (a new one typed below gets its rows from regenerate)", "section")
    agencies = cells(agency_entries(plan.case.agencies).values(), layout.AGENCY_COLUMNS)
    header = last_role + 1
    page.table(rules.AGENCIES, layout.AGENCY_COLUMNS, header, agencies)
    column_checks(page, layout.AGENCY_COLUMNS, header + 1, header + layout.ROOM)
    page.name_cell("Role_list", 5, 1, last_role - 2)
    page.name_cell("Agency_list", header + 1, 2, header + layout.ROOM)
    for number, column in enumerate(layout.AGENCY_COLUMNS, 1):
        page.widths[number] = (column.width, "")
    page.freeze = (2, 0)
    page.paper = Print(landscape=True)
    return page


def listed_holidays(case: Case, facts: CalendarFacts, as_at: date) -> Mapping[date, str]:
    """The bank holidays a workbook lists: from the year before day zero for ten years on, and the case's own."""
    first = (case.details.aware or as_at).year - 1
    days = dict(workdays.bank_holidays(facts.country, facts.subdivision, first, first + YEARS))
    for day in case.extra_bank_holidays:
        days.setdefault(day, "Added for this case")
    return dict(sorted(days.items()))


def calendar_page(book: Book, plan: Plan, facts: CalendarFacts, holidays: Mapping[date, str]) -> SheetPage:
    """Bank holidays, office closures and meetings, side by side with room below each."""
    page = SheetPage(layout.CALENDAR, book)
    heading(page, layout.CALENDAR, "A bank holiday typed below the last moves every date at once.")
    header = layout.CALENDAR_HEADER_ROW
    case = plan.case
    tables = (
        (layout.HOLIDAY_TABLE, layout.HOLIDAY_COLUMNS, holiday_entries(holidays), 1),
        (layout.CLOSURE_TABLE, layout.CLOSURE_COLUMNS, closure_entries(sorted(case.office_closures)),
         layout.CLOSURE_COLUMN),
        (layout.MEETING_TABLE, layout.MEETING_COLUMNS, meeting_entries(case.meetings), layout.MEETING_COLUMN),
    )  # fmt: skip
    for name, columns, entries, first in tables:
        page.table(name, columns, header, cells(entries.values(), columns), first_column=first)
    _calendar_names(page, plan, facts)
    return page


def _calendar_names(page: SheetPage, plan: Plan, facts: CalendarFacts) -> None:
    header = layout.CALENDAR_HEADER_ROW
    first, last = header + 1, layout.HOLIDAY_ROOM
    sections = ((1, "Bank holidays of England"), (layout.CLOSURE_COLUMN, "Office closures"),
                (layout.MEETING_COLUMN, "Meetings"), (layout.KNOWN_COLUMN, "Bank holidays known until"),
                (layout.KINDS_COLUMN, "Kinds of meeting"))  # fmt: skip
    for column, title in sections:
        page.put(3, column, title, "section")
    page.heights[3] = 22
    page.put(header, layout.KNOWN_COLUMN, serial(facts.known_until), "input date")
    known = Block(header, layout.KNOWN_COLUMN, header, layout.KNOWN_COLUMN)
    page.checks.append(
        CellCheck(known, "date", title="Known until", message="Later dates are marked on Summary")
    )
    page.name_cell(rules.KNOWN_UNTIL, header, layout.KNOWN_COLUMN)
    kinds = (*plan.procedure.meeting_kinds, *(board.name for board in plan.procedure.boards))
    for number, kind in enumerate(kinds, header):
        page.put(number, layout.KINDS_COLUMN, kind, "text")
    page.name_cell("Meeting_kinds", header, layout.KINDS_COLUMN, header + len(kinds) - 1)
    page.name_cell(rules.HOLIDAYS, first, 1, last)
    page.name_cell(rules.CLOSURES, first, layout.CLOSURE_COLUMN, header + layout.ROOM)
    groups = ((1, layout.HOLIDAY_COLUMNS), (layout.CLOSURE_COLUMN, layout.CLOSURE_COLUMNS),
              (layout.MEETING_COLUMN, layout.MEETING_COLUMNS))  # fmt: skip
    for start, columns in groups:
        column_checks(page, columns, first, last if start == 1 else header + layout.ROOM, start)
        for number, each in enumerate(columns, start):
            page.widths[number] = (each.width, "open date" if each.kind == "date" else "open")
    for gap in (3, 6, 12, 14):
        page.widths[gap] = (3, "")
    page.widths[layout.KNOWN_COLUMN] = page.widths[layout.KINDS_COLUMN] = (26, "")
    page.freeze = (header, 0)
    page.paper = Print(landscape=True, header_row=header)


_GUIDE_WIDTHS = (26, 130)


def guide_page(book: Book, plan: Plan) -> SheetPage:
    """How to use the workbook, every status and colour, and the readings taken."""
    page = SheetPage(layout.GUIDE, book)
    heading(page, layout.GUIDE, "How to use this workbook.")
    for number, width in enumerate(_GUIDE_WIDTHS, 1):
        page.widths[number] = (width, "")
    row = 3
    for title, lines in guide.sections(plan.procedure):
        page.put(row, 1, title, "section")
        row += 1
        for first, second in lines:
            style = f"rag {first}" if first in rules.RAG_WORDS else "guide word"
            page.put(row, 1, first, style)
            page.put(row, 2, second, "guide")
            lines_needed = max(text_lines(first, _GUIDE_WIDTHS[0]), text_lines(second, _GUIDE_WIDTHS[1]))
            page.heights[row] = 2 + 13 * lines_needed
            row += 1
    page.freeze = (2, 0)
    page.paper = Print(tall=1)
    return page
