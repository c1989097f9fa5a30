"""From a plan to the whole workbook as pages over one book, evaluated and ready to be written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.formula.book import Book
from tracker.formula.values import serial
from tracker.workbook import layout
from tracker.workbook.case_page import case_page
from tracker.workbook.issue import Issue, issue_text, make_issue, pieces
from tracker.workbook.sheet_page import SheetPage
from tracker.workbook.stage_pages import plan_page, stage_page
from tracker.workbook.summary_page import summary_page
from tracker.workbook.support_pages import calendar_page, guide_page, listed_holidays, log_page, people_page

if TYPE_CHECKING:
    from datetime import date

    from tracker.plan import Plan
    from tracker.procedure.load import CalendarFacts


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook before it is written. `pages` stand in the order of the sheets."""

    plan: Plan
    as_at: date
    book: Book
    pages: tuple[SheetPage, ...]
    issue: Issue


def build(plan: Plan, facts: CalendarFacts, as_at: date) -> Workbook:
    """Lay out every sheet for a plan, judged as at a date."""
    book = Book(serial(as_at))
    hidden = SheetPage(layout.HIDDEN, book, hidden=True)
    stages = [stage_page(book, plan, stage) for stage in plan.procedure.stages]
    holidays = listed_holidays(plan.case, facts, as_at)
    pages = (
        summary_page(book, plan, hidden),
        case_page(book, plan),
        *stages,
        plan_page(book, plan.procedure),
        log_page(book),
        people_page(book, plan),
        calendar_page(book, plan, facts, holidays),
        guide_page(book, plan),
        hidden,
    )
    issue = make_issue(book, plan, as_at, holidays)
    for row, piece in enumerate(pieces(issue_text(issue)), 1):
        hidden.put(row, 1, piece, "plain")
    return Workbook(plan, as_at, book, pages, issue)
