"""What a board that sees everything is shown (8.3): first one page, then case by case, then every action.

On paper a case takes three pages at most: each of its lists ends after its first rows, and the annex has every row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from tracker.report import decisions, figures, parts, sections
from tracker.report.blocks import (
    Block,
    Body,
    Collapsible,
    Heading,
    Para,
    ReportCell,
    ReportTable,
    Section,
    Tile,
    day,
    day_cell,
    free,
    muted,
    name,
    number_cell,
    rag,
    small,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.frame import BoardView, CaseStatus, case_status
from tracker.report.rows import PLAN, PRESSING, ReportRow, by_date, natural, rag_rank
from tracker.rules import DONE_WORDS
from tracker.text import clean_text, listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracker.reconcile.model import Event
    from tracker.report.frame import BoardRead, ReportedHold
    from tracker.report.rows import CaseRows

_SHOWN = {"overdue": 7, "done": 4, "moved": 3, "live": 3, "plan": 3}
"""Rows of a case's lists; the others are in the annex."""
_EVENTS = 2  # on the line of a case
_NOT_LIVE = {*PRESSING, "No date", "Ready", "Clock not started"}
"""Rows in these states are shown or counted elsewhere on a case's page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A date that somebody asks to move, and nobody has agreed yet."""

    row: ReportRow
    to: date
    reason: str


@dataclass(frozen=True, slots=True)
class BoardCase:
    """What a board that sees everything is shown of a case."""

    status: CaseStatus
    since: date
    overdue: tuple[ReportRow, ...]
    done: tuple[ReportRow, ...]
    moved: tuple[sections.Moved, ...]
    asked: tuple[Asked, ...]
    live: tuple[ReportRow, ...]
    not_started: int
    undated: int
    plan: tuple[ReportRow, ...]
    signed_off_since: int
    events: tuple[Event, ...]
    keys: tuple[ReportRow, ...]
    case: CaseRows
    groups: tuple[Sequence[ReportRow], ...]


@dataclass(frozen=True, slots=True)
class EverythingView(BoardView):
    """Everything (8.3)."""

    sees: ClassVar[str] = "everything"
    decisions: tuple[decisions.Decision, ...]
    asked: tuple[Asked, ...]
    cases: tuple[BoardCase, ...]


def make_view(board: BoardRead) -> EverythingView:
    """Put the report together."""
    cases = tuple(_board_case(case, board) for case in board.read.cases)
    return EverythingView(
        **board.frame(),  # type: ignore[arg-type]  # by name
        decisions=tuple(each for case in cases for each in decisions.decisions(case.case, board.read.as_at)),
        asked=tuple(each for case in cases for each in case.asked),
        cases=cases,
    )


def _board_case(case: CaseRows, board: BoardRead) -> BoardCase:
    as_at, since = board.read.as_at, board.since or case.state.issued or date.min
    moves = sections.moved(case, since)
    short = {step.id: step.short for _, step in board.procedure.steps() if step.short}
    open_words = Counter(row.rag for row in case.open)
    plan = tuple(row for row in case.rows if row.sheet == PLAN)
    return BoardCase(
        status=case_status(case, len(moves), as_at, board.read.days),
        since=since,
        overdue=sections.with_rag(case.rows, *PRESSING),
        done=sections.done_since(case.rows, since, as_at),
        moved=moves,
        asked=_asked(case),
        live=by_date(row for row in case.open if row.rag not in _NOT_LIVE and row.sheet != PLAN),
        not_started=open_words["Clock not started"],
        undated=open_words["Ready"] + open_words["No date"],
        plan=tuple(sorted(plan, key=lambda row: natural(row.label))),
        signed_off_since=sum(bool(row.signed_off and row.signed_off >= since) for row in plan),
        events=tuple(each for each in case.state.events if since <= each.day),
        keys=tuple(replace(row, action=short.get(row.label, row.action)) for row in case.keys),
        case=case,
        groups=sections.groups(case, case.rows),
    )


def _asked(case: CaseRows) -> tuple[Asked, ...]:
    """Dates asked for: the log's last word on an open row's date, where nobody agreed and the row has another."""
    last = {entry.id: entry for entry in case.state.log if entry.what == sections.MOVE and entry.to}
    return tuple(
        Asked(row, ask.to, ask.text)
        for row in by_date(case.open)
        if (ask := last.get(row.label)) and ask.to and not ask.agreed_by and ask.to != row.agreed
    )


# The page


def make_body(view: EverythingView) -> Body:
    """What stands between the title and the footer: a page of what is asked and a row a case; cases; every action."""
    asks = len(view.decisions) + len(view.asked)
    statuses = [case.status for case in view.cases]
    late, chase = sum(each.overdue for each in statuses), sum(each.chase for each in statuses)
    done = sum(len(case.done) for case in view.cases)
    signed = sum(case.signed_off_since for case in view.cases)
    behind = quantity(sum(bool(each.overdue) for each in statuses), "case")
    overdue = f"{quantity(late, 'action')} overdue in {behind}" if late else "nothing is overdue"
    asked = quantity(asks, "decision") if asks else "no decision is"
    today = (words(f"{asked} asked of this meeting", to="decisions" if asks else ""), "; ")
    # What this board is asked to do may be a decision: then it does not say that none is asked.
    quiet = view.requests and not asks
    lead = spans(strong("Today:"), " ", *(() if quiet else today), words(overdue, to="cases"), ".")
    asked_tile = Tile(str(asks), "decisions asked", "decisions" if asks else "cases", bool(asks))
    tiles = (
        *(() if quiet else (asked_tile,)),
        Tile(str(late), "overdue", "cases", bool(late)),
        Tile(str(chase), "to chase", "cases", bool(chase)),
        Tile(str(done), "done since the last meeting", "details", pressing=False),
        Tile(str(signed), "plan actions signed off since", "details", pressing=False),
    )
    sections = [Section("cases", "Cases", (*_cases_table(statuses), *_happened(view)), len(statuses))]
    if asks:
        sections.insert(0, Section("decisions", "Decisions asked today", _asks(view), asks, nav="Decisions"))
    if view.cases:
        details, annex = tuple(_case(case, view) for case in view.cases), tuple(map(_annex, view.cases))
        sections += (
            Section("details", "Case by case", details, paper=True),
            Section("annex", "Annex: every action", annex, paper=True, nav="Every action"),
        )
    return Body("action tracker", (Para(lead, "lead"),), tiles, tuple(sections))


def _cases_table(cases: Sequence[CaseStatus]) -> tuple[Block, ...]:
    """A row a case, or that there is none; the counts lead to their rows."""

    def number(field: str, place: str, *, pressing: bool = False) -> Callable[[CaseStatus], ReportCell]:
        return lambda case: number_cell(getattr(case, field), to=f"{case.anchor}-{place}", pressing=pressing)

    def next_key(case: CaseStatus) -> ReportCell:
        key = case.next_key
        if key is None:
            return ReportCell((muted("none with a date"),))
        what = spans(day(key.judged), " ", rag(key.rag), small(f"{key.label} {key.action}"))
        return ReportCell(what, sort=str(key.judged))

    table = parts.table(
        "Where each case stands; days are counted from the stage's own day zero",
        cases,
        ("Case", "ref", parts.reference_cell),
        ("Stage reached", "stage", lambda case: text_cell(words(case.stage), small(case.standing))),
        ("Next key date", "next", next_key),
        ("Overdue", "number", number("overdue", "overdue", pressing=True)),
        ("To chase", "number", number("chase", "overdue", pressing=True)),
        ("Moved", "number", number("moved", "moved")),
        ("Open", "number", number("open", "annex")),
        ("On hold", "hold", lambda case: _hold_cell(case.hold)),
        look="cases",
        first=1,
    )
    return (table,) if cases else (parts.none("No case was read."),)


def _hold_cell(hold: ReportedHold | None) -> ReportCell:
    """Until when publication is held."""
    if hold is None:
        return ReportCell((words("no"),), mark="nil")
    until = spans("no review date")
    if hold.review_on:
        lead = (strong("past its review"), " of ") if hold.past_review else ("until the review on ",)
        until = spans(*lead, day(hold.review_on))
    return text_cell(*until, small(hold.reason))


def _happened(view: EverythingView) -> tuple[Block, ...]:
    """What happened last in each case since the last meeting, a sentence a case."""
    items = []
    for case in view.cases:
        latest = parts.joined(spans(day(each.day), " ", free(each.text)) for each in case.events[-_EVENTS:])
        earlier = f" ({len(case.events) - _EVENTS} earlier)" if len(case.events) > _EVENTS else ""
        if latest:
            reference = name(case.status.reference, to=case.status.anchor)
            items.append(spans(reference, ": ", *latest, f"{earlier}."))
    return (Heading("What happened"), *parts.bullets(items)) if items else ()


def _asks(view: EverythingView) -> tuple[Block, ...]:
    blocks = parts.decision_list(view.decisions)
    if view.asked:
        heading = Heading("Dates asked for", number=len(view.asked))
        blocks += (heading, _asked_table(view.asked, "case id action who judged"))
    return blocks


def _asked_table(asked: Sequence[Asked], row_columns: str) -> ReportTable:
    return parts.table(
        "Dates that the Log asks to move and that nobody has agreed",
        asked,
        row_columns,
        ("Asked for", "day", lambda each: day_cell(each.to)),
        ("Reason", "reason", lambda each: text_cell(free(each.reason))),
    )


def _case(case: BoardCase, view: EverythingView) -> Block:
    timeline = figures.timeline(case.case, view.as_at)
    status = case.status
    if status.closed and not (status.open or case.done):
        closed = parts.none("Closed: nothing is open, and nothing was completed since.")
        return parts.case_fold(view, status, timeline, case.keys, (closed, *_plan(case)))
    lists, nothing = _lists(case)
    beyond = [quantity(case.undated, "open action") + " without a date"] if case.undated else []
    beyond += [f"{case.not_started} whose clock has not started"] if case.not_started else []
    closing = [f"The annex has every action, also {listed(beyond)}."] if beyond else []
    closing += [f"Nothing to report: {listed(nothing)}."] if nothing else []
    blocks = (*map(parts.none, closing), *lists)
    return parts.case_fold(view, status, timeline, case.keys, blocks, paper=True)


def _lists(case: BoardCase) -> tuple[list[Block], list[str]]:
    """The lists of a case that hold anything, and what the others would have listed."""
    since, anchor = short_date(case.since), case.status.anchor
    # What the rows past their date are, so that the number beside it is that of the case's row.
    states = {row.rag for row in case.overdue}
    further = {"Chase": "to chase", "Provisional, passed": "past a provisional date"}
    overdue = listed(["Overdue", *(shown for state, shown in further.items() if state in states)])
    first_overdue = sorted(case.overdue, key=lambda row: (row.basis != "Statutory", not row.key))

    def listing(
        kind: str, title: str, caption: str, rows: Sequence[ReportRow], columns: str
    ) -> Iterator[Block]:
        if number := len(getattr(case, kind)):
            yield Heading(title, f"{anchor}-overdue" if kind == "overdue" else "", number)
            yield parts.table(caption, rows, columns)
            yield from _more(case, kind, number)

    blocks = (
        *listing("overdue", overdue, "Past the date they are judged by; statutory steps and key dates first",
                 first_overdue[: _SHOWN["overdue"]], "id action who judged rag late blocks"),
        *listing("done", f"Completed since {since}", "Completed, the latest ones; those late with the days late",
                 case.done[-_SHOWN["done"] :], "id action who done late"),
        *_moved_or_asked(case, since),
        *listing("live", "Live", "Open and dated, the next first", case.live[: _SHOWN["live"]],
                 "id action who judged rag"),
    )  # fmt: skip
    lists = {
        "overdue": case.overdue,
        f"completed since {since}": case.done,
        "dates moved or asked for": case.moved or case.asked,
        "live with a date": case.live,
        "in the action plan": case.plan,
    }
    return [*blocks, *_plan(case)], [words for words, rows in lists.items() if not rows]


def _moved_or_asked(case: BoardCase, since: str) -> Iterator[Block]:
    number = len(case.moved) + len(case.asked)
    if number:
        yield Heading("Dates moved or asked for", f"{case.status.anchor}-moved", number)
    asked = case.asked[: _SHOWN["moved"] // 2 if case.moved else _SHOWN["moved"]]
    if asked:
        yield _asked_table(asked, "id action who judged")
    if case.moved:
        caption = f"Agreed for another day than the procedure's, open or done since {since}"
        yield parts.moved_table(
            caption, case.moved[: _SHOWN["moved"] - len(asked)], "id action due agreed rag"
        )
    yield from _more(case, "moved", number)


def _more(case: BoardCase, kind: str, number: int) -> tuple[Block, ...]:
    """How many rows of a list stand in the annex alone."""
    more = words(f"{number - _SHOWN[kind]} more in the annex", to=f"{case.status.anchor}-annex")
    return (Para((more,), "none"),) if number > _SHOWN[kind] else ()


def _plan(case: BoardCase) -> tuple[Block, ...]:
    if not case.plan:
        return ()
    # What is late or open before what is done: the annex has all of it.
    first = sorted(case.plan, key=lambda row: (not row.open, rag_rank(row.rag)))[: _SHOWN["plan"]]
    caption = "The action plan, what is open first; what was signed off has its day"
    table = parts.table(caption, first, "id action who judged signed rag impact")
    rags = [row.rag for row in case.plan]
    done = f"{sum(rag in DONE_WORDS for rag in rags)} of {len(rags) - rags.count('Not applicable')} done"
    signed = f"{sum(row.signed_off is not None for row in case.plan)} signed off"
    since = f"{case.signed_off_since} of them since the last meeting"
    heading = Heading(f"Action plan: {done}, {rags.count('Overdue')} overdue, {signed}, {since}")
    return (heading, table, *_more(case, "plan", len(case.plan)))


def _annex(case: BoardCase) -> Collapsible:
    """Every action, by sheet and state: a line a row, and below it what somebody typed."""
    rows = sum(map(len, case.groups))
    groups = parts.groups_table(
        f"Every action of {case.status.reference}, by sheet and state",
        case.groups,
        "id",
        ("Action, and what was typed", "line", _typed_cell),
        "person judged",
        ("Completed", "day", _done_cell),
    )
    title = (name(case.status.reference), words(": "), words(quantity(rows, "action")))
    table = replace(groups, look="groups compact")
    return Collapsible(title, (table,), anchor=f"{case.status.anchor}-annex", open=True)


def _typed_cell(row: ReportRow) -> ReportCell:
    typed = [row.status] if row.status in {"In progress", "Waiting on others"} else []
    typed += [clean_text(text) for text in (row.progress, row.reason, row.evidence) if text]
    return text_cell(free(row.action), small(". ".join(typed)))


def _done_cell(row: ReportRow) -> ReportCell:
    late = (words(f" ({row.days_late} late)"),) if row.completed and row.days_late else ()
    return day_cell(row.completed, *late)
