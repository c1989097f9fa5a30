"""What a board that sees everything is shown (8.3): first one page, then case by case, then every action."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.report import decisions, figures, parts, sections
from tracker.report.blocks import (
    Block,
    Body,
    Collapsible,
    Heading,
    Para,
    ReportTable,
    Section,
    Tile,
    day_cell,
    free,
    name,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.frame import BoardView, CaseLine, case_line
from tracker.report.lines import PLAN, ReportRow, by_date, natural
from tracker.rules import DONE_WORDS, RAG_WORDS
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from tracker.reconcile.model import LogEntry
    from tracker.report.frame import BoardRead
    from tracker.report.lines import CaseRows

ANNEX = "id action who judged done late status progress"
_NOT_LIVE = {"Overdue", "Chase", "Provisional, passed", "No date", "Ready", "Clock not started"}
"""Rows in these states are shown or counted elsewhere on a case's page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A date that somebody asks to move, and nobody has agreed yet."""

    line: ReportRow
    to: date
    reason: str


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """How far the action plan of a case is."""

    whole: int
    done: int
    signed_off: int
    signed_off_since: int
    overdue: int


@dataclass(frozen=True, slots=True)
class BoardCase:
    """What a board that sees everything is shown of a case."""

    line: CaseLine
    since: date
    overdue: tuple[ReportRow, ...]
    done: tuple[ReportRow, ...]
    moved: tuple[sections.Moved, ...]
    asked: tuple[Asked, ...]
    live: tuple[ReportRow, ...]
    not_started: int
    undated: int
    plan: tuple[ReportRow, ...]
    plan_counts: PlanCounts
    rows: CaseRows
    groups: tuple[sections.RowGroup, ...]


@dataclass(frozen=True, slots=True)
class EverythingView(BoardView):
    """Everything (8.3)."""

    decisions: tuple[decisions.Decision, ...]
    asked: tuple[Asked, ...]
    lines: tuple[CaseLine, ...]
    cases: tuple[BoardCase, ...]


def everything_view(board: BoardRead) -> EverythingView:
    """Put the report together."""
    cases = tuple(_board_case(case, board) for case in board.read.cases)
    return EverythingView(
        **board.frame(),  # type: ignore[arg-type]  # by name
        decisions=tuple(
            each for case in board.read.cases for each in decisions.decisions(case, board.read.as_at)
        ),
        asked=tuple(each for case in cases for each in case.asked),
        lines=tuple(case.line for case in cases),
        cases=cases,
    )


def _board_case(case: CaseRows, board: BoardRead) -> BoardCase:
    as_at, since = board.read.as_at, board.since or case.state.issued or date.min
    moves = sections.moved(case, since)
    open_words = Counter(row.rag for row in case.open)
    plan = tuple(row for row in case.lines if row.sheet == PLAN)
    return BoardCase(
        line=case_line(case, len(moves), as_at, board.read.days),
        since=since,
        overdue=sections.with_rag(case.lines, "Overdue", "Chase", "Provisional, passed"),
        done=sections.done_since(case.lines, since, as_at),
        moved=moves,
        asked=_asked(case),
        live=by_date(row for row in case.open if row.rag not in _NOT_LIVE and row.sheet != PLAN),
        not_started=open_words["Clock not started"],
        undated=open_words["Ready"] + open_words["No date"],
        plan=tuple(sorted(plan, key=lambda row: natural(row.label))),
        plan_counts=PlanCounts(
            whole=sum(row.rag != "Not applicable" for row in plan),
            done=sum(row.rag in DONE_WORDS for row in plan),
            signed_off=sum(row.signed_off is not None for row in plan),
            signed_off_since=sum(bool(row.signed_off and row.signed_off >= since) for row in plan),
            overdue=sum(row.rag == "Overdue" for row in plan),
        ),
        rows=case,
        groups=sections.groups(case, case.lines),
    )


def _asked(case: CaseRows) -> tuple[Asked, ...]:
    """Dates asked for: the log's last word on an open row's date, where nobody agreed and the row has another."""
    last: dict[str, LogEntry] = {}
    for entry in case.state.log:
        if entry.what == sections.MOVE and entry.to:
            last[entry.id] = entry
    found = []
    for row in by_date(case.open):
        ask = last.get(row.label)
        if ask and ask.to and not ask.agreed_by and ask.to != row.agreed:
            found.append(Asked(row, ask.to, ask.text))
    return tuple(found)


# The page


def body(view: EverythingView) -> Body:
    """What stands between the title and the footer: a page of what is asked and a line a case; cases; every action."""
    asks = len(view.decisions) + len(view.asked)
    late = sum(row.overdue for row in view.lines)
    chase = sum(row.chase for row in view.lines)
    done = sum(len(case.done) for case in view.cases)
    signed = sum(case.plan_counts.signed_off_since for case in view.cases)
    behind = quantity(sum(bool(row.overdue) for row in view.lines), "case")
    overdue = f"{quantity(late, 'action')} overdue in {behind}" if late else "nothing is overdue"
    asked = quantity(asks, "decision") if asks else "no decision is"
    today = words(f"{asked} asked of this meeting", to="decisions")
    lead = Para(spans(strong("Today:"), " ", today, "; ", words(overdue, to="cases"), "."), "lead")
    tiles = (
        Tile(str(asks), "decisions asked", "decisions", bool(asks)),
        Tile(str(late), "overdue", "cases", bool(late)),
        Tile(str(chase), "to chase", "cases", bool(chase)),
        Tile(str(done), "done since the last meeting", "details", pressing=False),
        Tile(str(signed), "plan actions signed off since", "details", pressing=False),
    )
    caption = "Where each case stands; days are counted from the stage's own day zero"
    cases = parts.cases_table(caption, view.lines, _lead_to)
    none = (parts.none("No case was read."),)
    details = tuple(_case(case, view) for case in view.cases) or none
    annex = tuple(_annex(case) for case in view.cases) or none
    sections = (
        Section("decisions", "Decisions asked today", _asks(view), asks, nav="Decisions"),
        Section("cases", "Cases", cases, len(view.lines)),
        Section("details", "Case by case", details, paper=True),
        Section("annex", "Annex: every action", annex, paper=True, nav="Every action"),
    )
    return Body("action tracker", (lead,), tiles, sections)


def _lead_to(case: CaseLine) -> tuple[str, str, str, str]:
    """Where the rows of a case's counts stand."""
    overdue = f"{case.anchor}-overdue"
    return overdue, overdue, f"{case.anchor}-moved", f"{case.anchor}-annex"


def _asks(view: EverythingView) -> tuple[Block, ...]:
    blocks = parts.decision_list(view.decisions)
    if view.asked:
        heading = Heading("Dates asked for", number=len(view.asked))
        blocks += (heading, _asked_table(view.asked, "case id action who judged"))
    return blocks or (parts.none("No decision is awaited."),)


def _asked_table(asked: tuple[Asked, ...], row_columns: str) -> ReportTable:
    return parts.table(
        "Dates that the Log asks to move and that nobody has agreed",
        asked,
        row_columns,
        ("Asked for", "day", lambda each: day_cell(each.to)),
        ("Reason", "reason", lambda each: text_cell(free(each.reason))),
    )


def _case(case: BoardCase, view: EverythingView) -> Block:
    timeline = figures.timeline(case.rows, view.as_at)
    line, opened = case.line, len(view.cases) <= parts.CASES_SHOWN_OPEN
    if line.closed and not (line.open or case.done):
        closed = parts.none("Closed: nothing is open, and nothing was completed since.")
        return parts.case_fold(
            line, timeline, case.rows.keys, (closed, *_plan(case)), view.as_at, opened=opened
        )
    since = short_date(case.since)
    moved = f"Agreed for another day than the procedure's, open or done since {since}"
    # What the rows past their date are, so that the number beside it is that of the line a case.
    states = {row.rag for row in case.overdue}
    further = {"Chase": "to chase", "Provisional, passed": "past a provisional date"}
    overdue = listed(["Overdue", *(shown for state, shown in further.items() if state in states)])
    not_live = (
        f"Beyond these, {quantity(case.undated, 'open action')} without a date and {case.not_started} whose clock has "
        "not started; the annex has every one."
    )
    blocks: list[Block] = [
        Heading(overdue, f"{line.anchor}-overdue", len(case.overdue)),
        *parts.table_or("Nothing is overdue.", "Past the date they are judged by: overdue, to chase, or past a "
                        "provisional date", case.overdue, "id action who judged rag late blocks"),
        Heading(f"Completed since {since}", number=len(case.done)),
        *parts.table_or("Nothing was completed.", "Completed, those late with the days late", case.done,
                        "id action who judged done late"),
        Heading("Dates moved or asked for", f"{line.anchor}-moved", len(case.moved) + len(case.asked)),
        *([_asked_table(case.asked, "id action who judged")] if case.asked else []),
        *([parts.moved_table(moved, case.moved, "id action due agreed rag")] if case.moved else []),
        *([] if case.moved or case.asked else [parts.none("No date was moved or asked for.")]),
        Heading("Live", number=len(case.live)),
        *parts.table_or("No dated action is live.", "Open and dated, the next first", case.live,
                        "id action who judged rag status"),
        parts.none(not_live),
        *_plan(case),
    ]  # fmt: skip
    return parts.case_fold(line, timeline, case.rows.keys, blocks, view.as_at, opened=opened, paper=True)


def _plan(case: BoardCase) -> tuple[Block, ...]:
    if not case.plan:
        none = (Heading("Action plan", number=0), parts.none("The action plan has no action yet."))
        return () if case.line.closed else none
    counts = case.plan_counts
    how_far = (
        f"{counts.done} of {counts.whole} done, {counts.signed_off} signed off ({counts.signed_off_since} of them "
        f"since the last meeting), {counts.overdue} overdue."
    )
    caption = "The action plan; what was signed off has its day"
    table = parts.table(caption, case.plan, "id action who judged done signed rag impact")
    return (Heading("Action plan", number=len(case.plan)), Para((words(how_far),)), table)


def _annex(case: BoardCase) -> Collapsible:
    """Every action, by sheet and state: where the counts lead to."""
    reference, rows = case.line.reference, sum(len(each.lines) for each in case.groups)
    counts = parts.counts_table(f"Counts of {reference}", figures.sheet_counts(case.rows, RAG_WORDS))
    groups = parts.groups_table(f"Every action of {reference}, by sheet and state", case.groups, ANNEX)
    title = (name(reference), words(": "), words(quantity(rows, "action")))
    return Collapsible(title, (counts, groups), anchor=f"{case.line.anchor}-annex", open=True)
