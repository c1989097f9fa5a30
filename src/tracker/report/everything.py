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
    muted,
    name,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.frame import CASES_SHOWN_OPEN, BoardView
from tracker.report.lines import PLAN, ReportRow, by_date, natural
from tracker.report.standing import CaseLine, case_line
from tracker.rules import RAG_WORDS
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    timeline: figures.Timeline | None
    keys: tuple[ReportRow, ...]
    counts: tuple[figures.SheetCounts, ...]
    groups: tuple[sections.RowGroup, ...]


@dataclass(frozen=True, slots=True)
class EverythingView(BoardView):
    """Everything (8.3)."""

    decisions: tuple[decisions.Decision, ...]
    asked: tuple[Asked, ...]
    lines: tuple[CaseLine, ...]
    cases: tuple[BoardCase, ...]


def since_of(case: CaseRows, since: date | None) -> date:
    """The day from which on a case is reported: the board's last meeting, else the day its workbook was issued."""
    return since or case.state.issued or date.min


def everything_view(board: BoardRead) -> EverythingView:
    """Put the report together."""
    cases = tuple(_board_case(case, board) for case in board.read.cases)
    return EverythingView(
        **board.frame(),  # type: ignore[arg-type]  # by name
        decisions=tuple(each for case in board.read.cases for each in decisions.decisions(case, board.as_at)),
        asked=tuple(each for case in cases for each in case.asked),
        lines=tuple(case.line for case in cases),
        cases=cases,
    )


def _board_case(case: CaseRows, board: BoardRead) -> BoardCase:
    since = since_of(case, board.since)
    moves = sections.moved(case, since)
    requests = asked(case)
    open_words = Counter(row.rag for row in case.open)
    plan = tuple(row for row in case.lines if row.sheet == PLAN)
    return BoardCase(
        line=case_line(case, len(moves), board.as_at, board.read.days),
        since=since,
        overdue=sections.with_rag(case.lines, "Overdue", "Chase", "Provisional, passed"),
        done=sections.done_since(case.lines, since, board.as_at),
        moved=moves,
        asked=requests,
        live=by_date(row for row in case.open if row.rag not in _NOT_LIVE and row.sheet != PLAN),
        not_started=open_words["Clock not started"],
        undated=open_words["Ready"] + open_words["No date"],
        plan=tuple(sorted(plan, key=lambda row: natural(row.label))),
        plan_counts=_plan_counts(plan, since),
        timeline=figures.timeline(case, board.as_at),
        keys=case.keys,
        counts=figures.sheet_counts(case, RAG_WORDS),
        groups=sections.groups(case, case.lines),
    )


def asked(case: CaseRows) -> tuple[Asked, ...]:
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


def _plan_counts(plan: Sequence[ReportRow], since: date) -> PlanCounts:
    return PlanCounts(
        whole=sum(row.rag != "Not applicable" for row in plan),
        done=sum(row.rag in {"Complete", "Complete, late"} for row in plan),
        signed_off=sum(row.signed_off is not None for row in plan),
        signed_off_since=sum(bool(row.signed_off and row.signed_off >= since) for row in plan),
        overdue=sum(row.rag == "Overdue" for row in plan),
    )


# The page


def body(view: EverythingView) -> Body:
    """What stands between the title and the footer."""
    return Body("action tracker", _lead(view), _tiles(view), tuple(_sections(view)))


def _lead(view: EverythingView) -> tuple[Para, ...]:
    asks = len(view.decisions) + len(view.asked)
    late = sum(row.overdue for row in view.lines)
    behind = sum(bool(row.overdue) for row in view.lines)
    overdue = (
        f"{quantity(late, 'action')} overdue in {quantity(behind, 'case')}" if late else "nothing is overdue"
    )
    asked = quantity(asks, "decision") if asks else "no decision is"
    today = words(f"{asked} asked of this meeting", to="decisions")
    return (Para(spans(strong("Today:"), " ", today, "; ", words(overdue, to="cases"), "."), "lead"),)


def _tiles(view: EverythingView) -> tuple[Tile, ...]:
    late, chase = (sum(getattr(row, what) for row in view.lines) for what in ("overdue", "chase"))
    done = sum(len(case.done) for case in view.cases)
    signed = sum(case.plan_counts.signed_off_since for case in view.cases)
    asks = len(view.decisions) + len(view.asked)
    return (
        Tile(str(asks), "decisions asked", "decisions", pressing=bool(asks)),
        Tile(str(late), "overdue", "cases", pressing=bool(late)),
        Tile(str(chase), "to chase", "cases", pressing=bool(chase)),
        Tile(str(done), "done since the last meeting", "details", pressing=False),
        Tile(str(signed), "plan actions signed off since", "details", pressing=False),
    )


def _sections(view: EverythingView) -> list[Section]:
    """First one page: what is asked, a line a case; then the cases; then every action."""
    caption = "Where each case stands; days are counted from the stage's own day zero"
    cases = parts.cases_table(caption, view.lines, _lead_to)
    shown = len(view.cases) <= CASES_SHOWN_OPEN
    details = tuple(_case(case, view, opened=shown) for case in view.cases) or (
        parts.none("No case was read."),
    )
    annex = tuple(_annex(case) for case in view.cases) or (parts.none("No case was read."),)
    asks = len(view.decisions) + len(view.asked)
    return [
        Section("decisions", "Decisions asked today", _asks(view), asks, nav="Decisions"),
        Section("cases", "Cases", cases, len(view.lines)),
        Section("details", "Case by case", details, paper=True),
        Section("annex", "Annex: every action", annex, paper=True, nav="Every action"),
    ]


def _lead_to(case: CaseLine) -> tuple[str, str, str, str]:
    """Where the rows of a case's counts stand."""
    return (
        f"{case.anchor}-overdue",
        f"{case.anchor}-overdue",
        f"{case.anchor}-moved",
        f"{case.anchor}-annex",
    )


def _asks(view: EverythingView) -> tuple[Block, ...]:
    blocks: list[Block] = [parts.decision_list(view.decisions)] if view.decisions else []
    if view.asked:
        blocks += (
            Heading("Dates asked for", number=len(view.asked)),
            _asked_table(view.asked, "case id action who judged"),
        )
    return tuple(blocks) or (parts.none("No decision is awaited."),)


def _asked_table(asked: Sequence[Asked], row_columns: str) -> ReportTable:
    columns: list[parts.Column[Asked]] = [
        *parts.row_columns(row_columns),
        ("Asked for", "day", lambda each: day_cell(each.to)),
        ("Reason", "reason", lambda each: text_cell(free(each.reason))),
    ]
    return parts.table("Dates that the Log asks to move and that nobody has agreed", asked, columns)


def _case(case: BoardCase, view: EverythingView, *, opened: bool) -> Block:
    if case.line.closed and not (case.line.open or case.done):
        keys = parts.keys_table(case.line.reference, case.keys)
        blocks_of_closed = (
            *keys,
            parts.none("Closed: nothing is open, and nothing was completed since."),
            *_plan(case),
        )
        return parts.case_fold(case.line, blocks_of_closed, case.timeline, view.as_at, opened=opened)
    since = short_date(case.since)
    moved = f"Agreed for another day than the procedure's, open or done since {since}"
    blocks: list[Block] = [
        *parts.keys_table(case.line.reference, case.keys),
        Heading(_overdue_title(case), f"{case.line.anchor}-overdue", len(case.overdue)),
        *parts.rows_or("Nothing is overdue.", "Past the date they are judged by: overdue, to chase, or past a "
                        "provisional date", case.overdue, "id action who judged rag late blocks"),
        Heading(f"Completed since {since}", number=len(case.done)),
        *parts.rows_or("Nothing was completed.", "Completed, those late with the days late", case.done,
                        "id action who judged done late"),
        Heading("Dates moved or asked for", f"{case.line.anchor}-moved", len(case.moved) + len(case.asked)),
        *([_asked_table(case.asked, "id action who judged")] if case.asked else []),
        *([parts.moved_table(moved, case.moved, "id action due agreed rag")] if case.moved else []),
        *([] if case.moved or case.asked else [parts.none("No date was moved or asked for.")]),
        Heading("Live", number=len(case.live)),
        *parts.rows_or("No dated action is live.", "Open and dated, the next first", case.live,
                        "id action who judged rag status"),
        Para((muted(_not_live(case)),), "none"),
        *_plan(case),
    ]  # fmt: skip
    return parts.case_fold(case.line, blocks, case.timeline, view.as_at, opened=opened, paper=True)


def _overdue_title(case: BoardCase) -> str:
    """What the rows past their date are, so that the number beside it is that of the line a case."""
    states = {row.rag for row in case.overdue}
    words = {"Chase": "to chase", "Provisional, passed": "past a provisional date"}
    return listed(["Overdue", *(shown for state, shown in words.items() if state in states)])


def _not_live(case: BoardCase) -> str:
    return (
        f"Beyond these, {quantity(case.undated, 'open action')} without a date and {case.not_started} whose clock has "
        "not started; the annex has every one."
    )


def _plan(case: BoardCase) -> tuple[Block, ...]:
    heading = Heading("Action plan", number=len(case.plan))
    if case.line.closed and not case.plan:
        return ()
    if not case.plan:
        return (heading, parts.none("The action plan has no action yet."))
    table = parts.rows_table(
        "The action plan; what was signed off has its day",
        case.plan,
        "id action who judged done signed rag impact",
    )
    return (heading, Para((words(_plan_words(case.plan_counts)),)), table)


def _plan_words(counts: PlanCounts) -> str:
    return (
        f"{counts.done} of {counts.whole} done, {counts.signed_off} signed off ({counts.signed_off_since} of them "
        f"since the last meeting), {counts.overdue} overdue."
    )


def _annex(case: BoardCase) -> Collapsible:
    """Every action, by sheet and state: where the counts lead to."""
    caption = f"Every action of {case.line.reference}, by sheet and state"
    counts = parts.counts_table(f"Counts of {case.line.reference}", case.counts)
    rows = sum(len(each.lines) for each in case.groups)
    title = (name(case.line.reference), words(": "), words(quantity(rows, "action")))
    blocks: tuple[Block, ...] = (counts, parts.groups_table(caption, case.groups, ANNEX))
    return Collapsible(title, blocks, anchor=f"{case.line.anchor}-annex", open=True)
