"""What a board that sees everything is shown: first one page, then case by case, then every action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report import parts
from tracker.report.blocks import (
    Block,
    BlockGroup,
    Body,
    Collapsible,
    Heading,
    Para,
    ReportColumn,
    ReportTable,
    ReportTableRow,
    Section,
    Tile,
    day_cell,
    free,
    muted,
    name,
    rag,
    small,
    strong,
    text_cell,
    words,
)
from tracker.report.frame import CASES_SHOWN_OPEN
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.report.boards import Asked, BoardCase, EverythingView, PlanCounts
    from tracker.report.standing import CaseLine

ANNEX = "id action who judged done late status progress"


def body(view: EverythingView) -> Body:
    """What stands between the title and the footer."""
    return Body("action tracker", _lead(view), _tiles(view), tuple(_sections(view)))


def _lead(view: EverythingView) -> tuple[Para, ...]:
    asks = len(view.decisions) + len(view.asked)
    late = sum(line.overdue for line in view.lines)
    behind = sum(bool(line.overdue) for line in view.lines)
    overdue = (
        f"{quantity(late, 'action')} overdue in {quantity(behind, 'case')}" if late else "nothing is overdue"
    )
    asked = (
        f"{quantity(asks, 'decision')} asked of this meeting"
        if asks
        else "no decision is asked of this meeting"
    )
    return (Para((strong("Today:"), words(" "), words(asked, to="decisions"), words("; "),
                  words(overdue, to="cases"), words(".")), "lead"),)  # fmt: skip


def _tiles(view: EverythingView) -> tuple[Tile, ...]:
    late, chase = (sum(getattr(line, what) for line in view.lines) for what in ("overdue", "chase"))
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
    cases = parts.cases_or_none(caption, view.lines, _lead_to)
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
        blocks += (Heading("Dates asked for", number=len(view.asked)), _asked_table(view.asked, case=True))
    return tuple(blocks) or (parts.none("No decision is awaited."),)


def _asked_table(asked: Sequence[Asked], *, case: bool) -> ReportTable:
    columns = "case id action who judged" if case else "id action who judged"
    start = parts.lines_table("", [each.line for each in asked], columns)
    rows = tuple(
        ReportTableRow((*row.cells, day_cell(each.to), text_cell(free(each.reason))))
        for each, row in zip(asked, start.rows, strict=True)
    )
    heads = (*start.columns, ReportColumn("Asked for", "day"), ReportColumn("Reason", "reason"))
    return ReportTable("Dates that the Log asks to move and that nobody has agreed", heads, rows)


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
        *parts.lines_or("Nothing is overdue.", "Past the date they are judged by: overdue, to chase, or past a "
                        "provisional date", case.overdue, "id action who judged rag late blocks"),
        Heading(f"Completed since {since}", number=len(case.done)),
        *parts.lines_or("Nothing was completed.", "Completed, those late with the days late", case.done,
                        "id action who judged done late"),
        Heading("Dates moved or asked for", f"{case.line.anchor}-moved", len(case.moved) + len(case.asked)),
        *([_asked_table(case.asked, case=False)] if case.asked else []),
        *([parts.moved_table(moved, case.moved, case=False)] if case.moved else []),
        *([] if case.moved or case.asked else [parts.none("No date was moved or asked for.")]),
        Heading("Live", number=len(case.live)),
        *parts.lines_or("No dated action is live.", "Open and dated, the next first", case.live,
                        "id action who judged rag status"),
        Para((muted(_not_live(case)),), "none"),
        *_plan(case),
    ]  # fmt: skip
    return parts.case_fold(case.line, blocks, case.timeline, view.as_at, opened=opened, paper=True)


def _overdue_title(case: BoardCase) -> str:
    """What the rows past their date are, so that the number beside it is that of the line a case."""
    states = {line.rag for line in case.overdue}
    words = {"Chase": "to chase", "Provisional, passed": "past a provisional date"}
    return listed(["Overdue", *(said for state, said in words.items() if state in states)])


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
    table = parts.lines_table(
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
    whole = parts.lines_table(caption, [], ANNEX)
    groups = tuple(
        BlockGroup(
            each.anchor,
            (words(f"{each.sheet} "), rag(each.rag), small(str(len(each.lines)))),
            parts.lines_table("", each.lines, ANNEX).rows,
        )
        for each in case.groups
    )
    counts = parts.counts_table(f"Counts of {case.line.reference}", case.counts)
    rows = sum(len(each.lines) for each in case.groups)
    title = (name(case.line.reference), words(": "), words(quantity(rows, "action")))
    blocks: tuple[Block, ...] = (counts, ReportTable(caption, whole.columns, groups=groups, look="groups"))
    return Collapsible(title, blocks, anchor=f"{case.line.anchor}-annex", open=True)
