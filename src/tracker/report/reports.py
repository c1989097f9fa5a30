"""The reports there are: from what was read to the files of one report; and what reconcile reports as a page.

Example:
    >>> made = make(Wanted("weekly"), reconciliation, procedure)
    >>> files, problems = report_files(made, "html")
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tracker.reconcile.output import outline
from tracker.report.blocks import (
    BlockGroup,
    Bullets,
    Heading,
    Para,
    ReportCell,
    ReportColumn,
    ReportPage,
    ReportTable,
    ReportTableRow,
    Section,
    day,
    free,
    name,
    rag_cell,
    spans,
    strong,
    text_cell,
    with_annex,
    words,
)
from tracker.report.data_output import csv_files, history_lines, report_json
from tracker.report.figures import chart
from tracker.report.frame import (
    BoardRead,
    BoardView,
    Frame,
    a_week_before,
    cases_in_order,
    closed_case,
    read_cases,
)
from tracker.report.history import DoneKnown, done_by_month, has_moved
from tracker.report.parts import report_page, table
from tracker.report.render import render, template_folders
from tracker.report.rows import file_name
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
    from tracker.reconcile.output import CaseOutline, OutlineTable, ProblemFold
    from tracker.report.blocks import Block, Body, Spans
    from tracker.report.frame import ClosedCase
    from tracker.report.history import Earlier
    from tracker.report.rows import CaseRows

FORMATS = ("html", "md", "docx", "csv", "json")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for. `kind` is `weekly`, `timeliness` or a board's ID.

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

    @property
    def keeps_history(self) -> bool:
        """Whether it leaves its history: that of an anonymised report would tell whose it is."""
        return not (isinstance(self.view, TimelinessView) and self.view.anonymous)

    def to_json(self) -> bytes:
        """The report for other programs."""
        return report_json(self.kind, self.layout, self.view).encode("utf-8", "replace")


def make(wanted: Wanted, reconciliation: Reconciliation, procedure: Procedure | None = None) -> Made:
    """Put a report together. A board's needs the `procedure` whose board it is."""
    kind, earlier = wanted.kind, wanted.earlier
    cases = cases_in_order(reconciliation)
    done = done_by_month(wanted.history or DoneKnown(), cases)
    layout = kind
    view: Frame
    if kind == "weekly":
        read = read_cases(reconciliation, lambda case: _set_apart(case, wanted, reconciliation.as_at))
        held = {case.anchor: case for case in read.cases}
        cases = tuple(held.get(case.anchor, case) for case in cases)
        drawn = chart(months(done, "", month_of(read.as_at)))
        view = weekly_view(read.reconciliation, earlier=earlier, chart=drawn, read=read)
        page = weekly_page(view, brief=wanted.brief)
    elif kind == "timeliness":
        view = timeliness_view(
            reconciliation, first=wanted.first, last=wanted.last, anonymous=wanted.anonymous, done=done
        )
        page = timeliness_page(view)
    else:
        assert procedure, "a board is one of a procedure"
        board = next(each for each in procedure.boards if each.id == kind)
        view = board_view(reconciliation, board, procedure, earlier.as_at if earlier else None)
        layout, page = board.sees, board_page(view)
    return Made(kind, layout, view, with_annex(page) if wanted.annex else page, cases)


def _set_apart(case: CaseRows, wanted: Wanted, as_at: date) -> ClosedCase | None:
    """The case, if it is to be counted alone: closed before the days that are shown, and nothing moved in it."""
    if not wanted.closed_apart:
        return None
    earlier = wanted.earlier
    found = closed_case(case, as_at, earlier.as_at if earlier else a_week_before(as_at))
    return None if found and earlier and has_moved(earlier, case) else found


def make_history(kind: str, reconciliation: Reconciliation) -> Iterator[str]:
    """The history a run without a page of its own leaves."""
    read = read_cases(reconciliation)
    fields = read.frame(a_week_before(read.as_at))
    return history_lines(kind, Frame(**fields), read.cases)  # type: ignore[arg-type]  # by name


# Boards


def _board_module(sees: str) -> Any:
    """The module for what a board sees: its view, and how that is shown."""
    return import_module(f"tracker.report.{sees}")


def board_view(
    reconciliation: Reconciliation, board: Board, procedure: Procedure, since: date | None = None
) -> BoardView:
    """What a board is shown by its procedure; since its last listed meeting, unless `since` is given.

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
    upcoming = min((day for day in days if day >= read.as_at), default=None)
    view = _board_module(board.sees).make_view(
        BoardRead(read, board, procedure, last, upcoming, since or last)
    )
    assert isinstance(view, BoardView)
    return view


def board_page(view: BoardView) -> ReportPage:
    """A board's report as blocks."""
    body: Body = _board_module(view.sees).make_body(view)
    meeting = view.next_meeting
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
    if view.since == view.last_meeting:
        return (words("since the last meeting listed, "), day(view.since))
    if view.last_meeting is None:
        covered = "each case since its issue" if view.sees == "everything" else "the whole case"
        return (words(f"no earlier meeting is on the Calendar, so this covers {covered}"),)
    return (words("since "), day(view.since))


# Files


def report_files(
    made: Made, form: str, folder: Path | None = None
) -> tuple[Mapping[str, bytes], list[Problem]]:
    """The files of a report by name; one file has the empty name. `folder` holds templates that replace ours."""
    if form == "csv":
        return csv_files(made.layout, made.view), []
    if form == "json":
        return {"": made.to_json()}, []
    from tracker.report.sandbox import catch_template_mistakes

    if form == "docx":
        from tracker.report.docx_output import check_can_write, docx_bytes

        if problems := check_can_write():
            return {}, problems
        template = _word_template(made.kind, folder)
        content, problems = catch_template_mistakes(lambda: docx_bytes(made.page, template), folder, template)
    else:
        # A file name may hold bytes that are no text: they are shown as "?".
        rendered = lambda: render(made.page, form, made.kind, folder).encode("utf-8", "replace")  # noqa: E731
        content, problems = catch_template_mistakes(rendered, folder)
    return {"": content}, problems


def _word_template(kind: str, folder: Path | None) -> Path:
    """The Word template: the report's own before the common one, theirs before ours."""
    names = [each / name for each in template_folders(folder) for name in (f"{kind}.docx", "report.docx")]
    return next((path for path in names if path.is_file()), names[-1])


# What reconcile reports

_PROBLEM_COLUMNS = (
    ReportColumn("Problem", "code", names_row=True),
    ReportColumn("Where", "cell"),
    ReportColumn("What is wrong", "text"),
    ReportColumn("What to do", "text"),
)
_KINDS = {"ID": "id", "State": "rag", "When": "why", "Who": "who", "Action": "action", "Sheet": "sheet", "Row": "why",
          "What changed": "words", "From": "who", "Answers": "text", "File": "ref", "Clock": "why", "Date": "text",
          "Rows": "words"}  # fmt: skip
"""How each column of the outline is set."""


def format_page(reconciliation: Reconciliation, form: str) -> str:
    """The outcome as `html` or `md`."""
    report = outline(reconciliation)
    states = reconciliation.cases
    page = ReportPage(
        title=f"Reconciled as at {report.as_at}",
        about=spans(report.summary),
        marking=" / ".join(sorted({state.marking for state in states} - {""})),
        left_out=Bullets(tuple(map(_file_problem, report.problems))) if report.problems else None,
        lead=(),
        tiles=(),
        sections=tuple(
            Section(
                f"case-{number}", case.title, tuple(_blocks(case, number)), nav=case.title.partition(":")[0]
            )
            for number, case in enumerate(report.cases, 1)
        ),
        procedures=tuple(sorted({f"{state.title}, edition {state.edition}" for state in states})),
        sources=(),  # each case names its own
        as_at=reconciliation.as_at,
    )
    return render(page, form, "reconcile")


def _file_problem(fold: ProblemFold) -> Spans:
    first = fold.first
    where = file_name(first.file) or "A file"
    return spans(name(where), f" ({first.code}): ", free(first.sentence), " ", free(first.remedy))


def _blocks(case: CaseOutline, number: int) -> list[Block]:
    """The case, its problems first."""
    blocks: list[Block] = [
        Heading(f"Problems: {case.tally}" if case.tally else "No problems", f"problems-{number}")
    ]
    if case.folds:
        groups = tuple(
            BlockGroup(f"problems-{number}-{place}", spans(sheet or "The file"), tuple(map(_problem, folds)))
            for place, (sheet, folds) in enumerate(case.folds.items(), 1)
        )
        blocks.append(ReportTable("Problems by sheet", _PROBLEM_COLUMNS, groups=groups, plain=True))
    returned = (case.returned,) if case.returned.rows else ()
    for part in (case.needed, case.changed, *returned, case.clocks, case.counts):
        blocks.append(Heading(part.heading))
        if part.rows:
            blocks.append(_outline_table(part))
    facts = tuple(spans(strong(f"{title}:"), " ", name(text)) for title, text in case.facts)
    return [*blocks, Heading("About"), Bullets(facts)]


def _problem(fold: ProblemFold) -> ReportTableRow:
    words = (strong(fold.label), name(fold.where), free(fold.what), free(fold.first.remedy))
    return ReportTableRow(tuple(map(text_cell, words)))


def _outline_table(part: OutlineTable) -> ReportTable:
    named = "ID" if "ID" in part.titles else part.titles[0]
    columns = tuple(ReportColumn(title, _KINDS[title], names_row=title == named) for title in part.titles)
    rows = tuple(ReportTableRow(tuple(map(_cell, part.titles, row))) for row in part.rows)
    return ReportTable(part.caption, columns, rows, plain=True)


def _cell(title: str, text: str) -> ReportCell:
    if title == "State":
        return rag_cell(text)
    return text_cell((words if title in {"When", "Row"} else name if title == "ID" else free)(text))
