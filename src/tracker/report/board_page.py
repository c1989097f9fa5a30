"""What each board is shown, laid out: the frame of it; what is inside follows from what the board sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report import employer_page, everything_page, exceptions_page, parts
from tracker.report.blocks import ReportPage, day, words
from tracker.report.boards import EmployerView, EverythingView, ExceptionsView
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from tracker.report.blocks import Body, Spans
    from tracker.report.boards import BoardView


def board_page(view: BoardView) -> ReportPage:
    """A board's report as blocks."""
    body = _body(view)
    meeting = view.meetings.next
    when = (words("For the meeting of "), day(meeting), words(" · as at ")) if meeting else (words("As at "),)
    return ReportPage(
        title=f"{view.board}: {body.what}, {short_date(view.as_at)}",
        about=(*when, day(view.as_at), words(f" · {quantity(len(view.rows), 'case')} · "), *_since(view)),
        marking=view.marking,
        left_out=parts.left_out(view),
        lead=(*parts.headline(view), *body.lead),
        tiles=body.tiles,
        sections=body.sections,
        procedures=view.procedures,
        sources=parts.sources(view),
        as_at=view.as_at,
    )


def _body(view: BoardView) -> Body:
    if isinstance(view, EverythingView):
        return everything_page.body(view)
    if isinstance(view, ExceptionsView):
        return exceptions_page.body(view)
    assert isinstance(view, EmployerView)
    return employer_page.body(view)


def _since(view: BoardView) -> Spans:
    if view.since == view.meetings.last:
        return (words("since the last meeting listed, "), day(view.since))
    if view.meetings.last is None:
        return (words("no earlier meeting is listed: told since each workbook was issued"),)
    return (words("since "), day(view.since))
