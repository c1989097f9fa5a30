"""The report of each board: everything, exceptions, or one employer's outstanding actions, as its procedure says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report import employer, everything, exceptions
from tracker.report.blocks import day, words
from tracker.report.employer import EmployerView
from tracker.report.everything import EverythingView
from tracker.report.exceptions import ExceptionsView
from tracker.report.frame import BoardRead, Meetings, read_cases, report_page
from tracker.text import quantity, same_word

if TYPE_CHECKING:
    from datetime import date

    from tracker.procedure.model import Board, Procedure
    from tracker.reconcile.model import Reconciliation
    from tracker.report.blocks import Body, ReportPage, Spans
    from tracker.report.frame import BoardView, Read


def meetings_of(board: Board, read: Read) -> Meetings:
    """The board's meetings over all cases; a meeting on the report date is the next."""
    days = {
        meeting.day
        for case in read.cases
        for meeting in case.state.meetings
        if meeting.day and same_word(meeting.kind, board.name)
    }
    before, after = [day for day in days if day < read.as_at], [day for day in days if day >= read.as_at]
    return Meetings(max(before, default=None), min(after, default=None))


def board_view(
    reconciliation: Reconciliation, board: Board, procedure: Procedure, since: date | None = None
) -> BoardView:
    """What a board is shown; since its last listed meeting, unless `since` says otherwise."""
    read = read_cases(reconciliation)
    meetings = meetings_of(board, read)
    layouts = {
        "everything": everything.everything_view,
        "exceptions": exceptions.exceptions_view,
        "employer": employer.employer_view,
    }
    return layouts[board.sees](BoardRead(read, board, procedure, meetings, since or meetings.last))


def board_page(view: BoardView) -> ReportPage:
    """A board's report as blocks."""
    body = _body(view)
    meeting = view.meetings.next
    when = (words("For the meeting of "), day(meeting), words(" · as at ")) if meeting else (words("As at "),)
    about = (*when, day(view.as_at), words(f" · {quantity(len(view.rows), 'case')} · "), *_since(view))
    title = f"{view.board}: {body.what}"
    return report_page(view, title, about, body.lead, body.sections, tiles=body.tiles)


def _body(view: BoardView) -> Body:
    if isinstance(view, EverythingView):
        return everything.body(view)
    if isinstance(view, ExceptionsView):
        return exceptions.body(view)
    assert isinstance(view, EmployerView)
    return employer.body(view)


def _since(view: BoardView) -> Spans:
    if view.since == view.meetings.last:
        return (words("since the last meeting listed, "), day(view.since))
    if view.meetings.last is None:
        return (words("no earlier meeting is on the Calendar, so this covers the whole case"),)
    return (words("since "), day(view.since))
