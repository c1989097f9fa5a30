"""The reports there are: from what was read to the files of one report.

Example:
    >>> made = make(Wanted("weekly"), reconciliation, procedure)
    >>> files, problems = written(made, "html")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.report import boards, everything
from tracker.report.blocks import Para, Section, day, spans, strong, with_annex, words
from tracker.report.boards import EmployerView, ExceptionsView
from tracker.report.data_output import csv_files, history_lines, report_json
from tracker.report.docx_output import NAME, check_can_write, docx_bytes
from tracker.report.everything import EverythingView
from tracker.report.figures import chart
from tracker.report.frame import BoardRead, Frame, Meetings, a_week_before, read_cases, separate_closed_cases
from tracker.report.history import DoneKnown, done_by_month, has_moved
from tracker.report.parts import report_page, table
from tracker.report.render import render, template_folders
from tracker.report.timeliness import TimelinessView, timeliness_page, timeliness_view
from tracker.report.weekly import weekly_view
from tracker.report.weekly_page import weekly_page
from tracker.report.yearly import month_of, months
from tracker.text import quantity, same_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.procedure.model import Board, Procedure
    from tracker.reconcile.model import Reconciliation
    from tracker.report.blocks import ReportPage, Spans
    from tracker.report.frame import BoardView, Read
    from tracker.report.history import Done, Earlier
    from tracker.report.lines import CaseRows

KINDS = ("weekly", "timeliness")
"""Beside these, every board of the procedure has its report."""
FORMATS = ("html", "md", "docx", "csv", "json")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for. `kind` is one of `KINDS` or a board's ID.

    `history` is what earlier reports knew to be done; with `closed_apart` the weekly report counts closed
    cases alone; `brief` leaves out the cases one by one; with `annex` paper has what is folded away.
    """

    kind: str
    earlier: Earlier | None = None
    history: DoneKnown | None = None
    first: date | None = None
    last: date | None = None
    anonymous: bool = False
    closed_apart: bool = False
    brief: bool = False
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A report in no format yet: its view for programs, its page for readers, and what its history is made of."""

    kind: str
    layout: str
    view: Frame
    page: ReportPage
    cases: Sequence[CaseRows]

    def pieces(self) -> Iterator[str]:
        """The history, a case at a time."""
        return history_lines(self.kind, self.view, self.cases)

    @property
    def history(self) -> str:
        """The history as one text."""
        return "".join(self.pieces())


def make(wanted: Wanted, reconciliation: Reconciliation, procedure: Procedure | None = None) -> Made:
    """Put a report together. A board's needs the `procedure` whose board it is."""
    read = read_cases(reconciliation)
    cases = read.cases
    if wanted.kind == "weekly" and wanted.closed_apart:
        earlier = wanted.earlier
        since = earlier.as_at if earlier else a_week_before(read.as_at)
        read = separate_closed_cases(
            read, since, lambda case: earlier is not None and has_moved(earlier, case)
        )
    done = done_by_month(wanted.history or DoneKnown(), cases)
    layout, view, page = _laid_out(wanted, read, procedure, done)
    return Made(wanted.kind, layout, view, with_annex(page) if wanted.annex else page, cases)


def remembered(kind: str, reconciliation: Reconciliation) -> Iterator[str]:
    """The history a run without a page of its own leaves."""
    read = read_cases(reconciliation)
    fields = read.frame(a_week_before(read.as_at))
    return history_lines(kind, Frame(**fields), read.cases)  # type: ignore[arg-type]  # by name


def _laid_out(
    wanted: Wanted, read: Read, procedure: Procedure | None, done: Sequence[Done]
) -> tuple[str, Frame, ReportPage]:
    """The report's layout by its name, its view and its page."""
    reconciliation = read.reconciliation
    if wanted.kind == "weekly":
        drawn = chart(months(done, "", month_of(read.as_at)))
        weekly = weekly_view(reconciliation, earlier=wanted.earlier, chart=drawn, read=read)
        return wanted.kind, weekly, weekly_page(weekly, brief=wanted.brief)
    if wanted.kind == "timeliness":
        timely = timeliness_view(
            reconciliation, first=wanted.first, last=wanted.last, anonymous=wanted.anonymous, done=done
        )
        return wanted.kind, timely, timeliness_page(timely)
    assert procedure, "a board is one of a procedure"
    board = next(each for each in procedure.boards if each.id == wanted.kind)
    since = wanted.earlier.as_at if wanted.earlier else None
    shown = board_view(reconciliation, board, procedure, since)
    return board.sees, shown, board_page(shown)


# Boards


def board_view(
    reconciliation: Reconciliation, board: Board, procedure: Procedure, since: date | None = None
) -> BoardView:
    """What a board is shown, as its procedure says; since its last listed meeting, unless `since` says otherwise.

    A meeting on the report date is the next.
    """
    read = read_cases(reconciliation)
    days = {
        meeting.day
        for case in read.cases
        for meeting in case.state.meetings
        if meeting.day and same_word(meeting.kind, board.name)
    }
    last = max((day for day in days if day < read.as_at), default=None)
    following = min((day for day in days if day >= read.as_at), default=None)
    layouts = {
        "everything": everything.everything_view,
        "exceptions": boards.exceptions_view,
        "employer": boards.employer_view,
    }
    return layouts[board.sees](BoardRead(read, board, procedure, Meetings(last, following), since or last))


def board_page(view: BoardView) -> ReportPage:
    """A board's report as blocks."""
    if isinstance(view, EverythingView):
        body = everything.body(view)
    elif isinstance(view, ExceptionsView):
        body = boards.exceptions_body(view)
    else:
        assert isinstance(view, EmployerView)
        body = boards.employer_body(view)
    meeting = view.meetings.next
    when = (words("For the meeting of "), day(meeting), words(" · as at ")) if meeting else (words("As at "),)
    about = (*when, day(view.as_at), words(f" · {quantity(len(view.rows), 'case')} · "), *_since(view))
    title = f"{view.board}: {body.what}"
    lead, sections = _requests(view)
    return report_page(view, title, about, (*lead, *body.lead), (*sections, *body.sections), tiles=body.tiles)


def _requests(view: BoardView) -> tuple[tuple[Para, ...], tuple[Section, ...]]:
    """What the board is asked to do itself: a sentence and a list; nothing where it is asked for nothing."""
    if not view.requests:
        return (), ()
    asked = words(quantity(len(view.requests), "step"), to="asked")
    lead = Para(spans(strong("For this board to do:"), " ", asked, "."), "lead")
    caption = "Steps that members of this board own and that can be done now, the first due first"
    rows = table(caption, view.requests, "of id action who judged rag")
    return (lead,), (Section("asked", "For this board to do", (rows,), len(view.requests)),)


def _since(view: BoardView) -> Spans:
    if view.since == view.meetings.last:
        return (words("since the last meeting listed, "), day(view.since))
    if view.meetings.last is None:
        covered = "each case since its issue" if isinstance(view, EverythingView) else "the whole case"
        return (words(f"no earlier meeting is on the Calendar, so this covers {covered}"),)
    return (words("since "), day(view.since))


# Files


def keeps_history(made: Made) -> bool:
    """Whether a report leaves its history: an anonymised one would tell whose it is."""
    return not (isinstance(made.view, TimelinessView) and made.view.anonymous)


def written(made: Made, form: str, folder: Path | None = None) -> tuple[Mapping[str, bytes], list[Problem]]:
    """The files of a report by name; one file has the empty name. `folder` holds templates that replace ours."""
    if form == "csv":
        return csv_files(made.layout, made.view), []
    if form == "json":
        return {"": report_json(made.kind, made.layout, made.view).encode("utf-8", "replace")}, []
    from tracker.report.sandbox import guarded

    if form == "docx":
        if problems := check_can_write():
            return {}, problems
        template = _word_template(made.kind, folder)
        content, problems = guarded(lambda: docx_bytes(made.page, template), folder, template)
    else:
        # A file name may hold bytes that are no text: they are shown as "?".
        rendered = lambda: render(made.page, form, made.kind, folder).encode("utf-8", "replace")  # noqa: E731
        content, problems = guarded(rendered, folder)
    return {"": content}, problems


def _word_template(kind: str, folder: Path | None) -> Path:
    """The Word template: the report's own before the common one, theirs before ours."""
    names = [each / name for each in template_folders(folder) for name in (f"{kind}.docx", NAME)]
    return next((path for path in names if path.is_file()), names[-1])
