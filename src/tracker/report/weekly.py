"""What the weekly report shows, counted and sorted; `weekly_page` lays it out.

Example:
    >>> view = weekly_view(reconciliation)
    >>> [(row.label, row.days_late, row.blocks) for row in view.overdue]
    [('RR-5.4', 2, ('RR-5.4b',))]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.report import decisions, figures, history, sections, weekly_cases
from tracker.report.blocks import Tile
from tracker.report.frame import (
    LEFT_TO_DO,
    CaseStatus,
    Frame,
    Read,
    a_week_before,
    case_status,
    is_closed,
    read_cases,
)
from tracker.report.messages import CaseEvent, OwnerCase, decision_requests
from tracker.report.rows import CaseRows, ReportRow, by_case, by_completion, date_key, rag_rank
from tracker.rules import NEEDS_SOMEONE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from tracker.reconcile.model import Reconciliation
    from tracker.report.history import Earlier

NEXT_WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class Window:
    """What is due from one day to another, both counted."""

    first: date
    last: date
    rows: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class WeeklyCase:
    """A case on the first screen and by itself.

    `rag` is its most pressing state, else that of its next key date; `groups` are the open rows that stand nowhere
    above, `left` those after its last stage.
    """

    status: CaseStatus
    rag: str
    days_late: int
    strip: figures.CaseStrip | None
    waits_for: tuple[str, ...]
    closed: bool
    timeline: figures.Timeline | None
    keys: tuple[ReportRow, ...]
    groups: tuple[Sequence[ReportRow], ...]
    left: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class WeeklyView(Frame):
    """The weekly status report. Lists are sorted by date, case and ID.

    `needs` are the rows that need somebody by the end of the first window, statutory and key ones first; `standing`
    those that are done again and again.
    """

    details: tuple[WeeklyCase, ...]
    headlines: tuple[decisions.Headline, ...]
    needs: tuple[ReportRow, ...]
    happened: tuple[CaseEvent, ...]
    coming: tuple[decisions.Coming, ...]
    ready: tuple[ReportRow, ...]
    standing: tuple[ReportRow, ...]
    tiles: tuple[Tile, ...]
    decisions: tuple[decisions.Decision, ...]
    overdue: tuple[ReportRow, ...]
    windows: tuple[Window, Window]
    waiting: tuple[sections.NotedRow, ...]
    returns: tuple[sections.Returns, ...]
    undated: tuple[sections.NotedRow, ...]
    moved: tuple[sections.Moved, ...]
    clocks_moved: tuple[sections.ClockMoved, ...]
    done_late: tuple[ReportRow, ...]
    done_in_time: tuple[ReportRow, ...]
    counts: tuple[figures.SheetCounts, ...]
    changes: tuple[weekly_cases.CaseChanges, ...]
    problems: tuple[weekly_cases.FoldedProblem, ...]
    movement: history.Movement | None
    chart: figures.Chart | None

    @property
    def cases(self) -> tuple[CaseStatus, ...]:
        """Where each case stands."""
        return tuple(each.status for each in self.details)

    @property
    def one(self) -> bool:
        """Whether the report is about one case, whose name then stands once at its top."""
        return len(self.details) + len(self.closed) == 1

    @property
    def changed_cells(self) -> int:
        """How many cells are not as issued."""
        return sum(each.number for each in self.changes)


def weekly_view(
    reconciliation: Reconciliation,
    *,
    since: date | None = None,
    earlier: Earlier | None = None,
    chart: figures.Chart | None = None,
    read: Read | None = None,
) -> WeeklyView:
    """Put the weekly report together: since the `earlier` report, else the day `since`, else a week ago.

    `read` are the same cases where somebody has them, the closed ones apart; `chart` are the months of the history.
    """
    read = read or read_cases(reconciliation)
    as_at, cases = read.as_at, read.cases
    since = earlier.as_at if earlier else since or a_week_before(as_at)
    rows = [row for case in cases for row in case.rows]
    moved = [sections.moved(case, since) for case in cases]
    windows = _windows(rows, read)
    needs = {id(row): row for row in (*sections.with_rag(rows, *NEEDS_SOMEONE), *windows[0].rows)}
    shown = {*needs, *map(id, windows[1].rows)}
    waiting = sections.by_row_date(each for case in cases for each in sections.waiting(case))
    undated = tuple(each for case in cases for each in sections.undated_and_passed(case))
    ready, standing = _ready_and_standing(cases, waiting)
    listed = {id(each.row) for each in waiting} | {id(each.row) for each in undated}
    listed.update(map(id, (*ready, *(standing if ready else ()))))
    returns = [sections.returns(case) for case in cases]
    clocks = [sections.clocks_moved(case, (row for row in case.open if row.due)) for case in cases]
    awaited = tuple(each for case in cases for each in decisions.awaited_decisions(case, as_at))
    headlines = [each for case in cases if (each := decisions.case_headline(case, as_at))]
    known = by_completion(history.rows_done(earlier, cases)) if earlier else ()
    done = known if earlier else sections.done_since(rows, since, as_at)
    return WeeklyView(
        **read.frame(since),  # type: ignore[arg-type]  # the fields of a Frame, by name
        details=_weekly_cases(read, moved, returns, shown, listed),
        headlines=tuple(sorted(headlines, key=lambda each: each.rank)),
        needs=tuple(sorted(needs.values(), key=lambda row: (not row.grave, date_key(row)))),
        happened=_happened(read, since, done, earlier),
        coming=decisions.coming_of_all(cases, as_at),
        ready=ready,
        standing=standing,
        tiles=_tiles(read, rows, windows[0], awaited, done, earlier, missing=any(returns)),
        decisions=awaited,
        overdue=sections.with_rag(rows, "Overdue"),
        windows=windows,
        waiting=waiting,
        returns=tuple(each for of_case in returns for each in of_case),
        undated=undated,
        moved=sections.by_row_date(each for moves in moved for each in moves),
        clocks_moved=tuple(each for of_case in clocks for each in of_case),
        done_late=tuple(row for row in done if row.rag == "Complete, late"),
        done_in_time=tuple(row for row in done if row.rag != "Complete, late"),
        counts=tuple(each for case in cases for each in figures.sheet_counts(case)),
        changes=tuple(weekly_cases.changes_of(case) for case in cases if case.state.changes),
        problems=weekly_cases.folded_problems(reconciliation.problems, cases),
        movement=history.movement(earlier, read.cases, [each.case for each in read.closed])
        if earlier
        else None,
        chart=chart,
    )


def _ready_and_standing(
    cases: Sequence[CaseRows], waiting: Sequence[sections.NotedRow]
) -> tuple[tuple[ReportRow, ...], tuple[ReportRow, ...]]:
    """Rows that can begin, and those done again and again without a date; not what somebody waits for."""
    waits = {id(each.row) for each in waiting}
    rows = [(case, row) for case in cases for row in case.open if id(row) not in waits]
    standing = by_case(row for case, row in rows if row.label in case.state.standing and not row.judged)
    return by_case(row for _, row in rows if row.rag == "Ready"), standing


def _weekly_cases(
    read: Read,
    moved: Sequence[Sequence[sections.Moved]],
    returns: Sequence[Sequence[sections.Returns]],
    shown: AbstractSet[int],
    elsewhere: AbstractSet[int],
) -> tuple[WeeklyCase, ...]:
    """`shown` are the rows that need somebody or soon will, `elsewhere` those that other lists of the week have."""
    found = []
    for case, moves, missing in zip(read.cases, moved, returns, strict=True):
        status = case_status(case, len(moves), read.as_at, read.days)
        closed = is_closed(case.state, read.as_at)
        pressing = [row for row in case.rows if row.rag in NEEDS_SOMEONE]
        rag = min((row.rag for row in pressing), key=rag_rank, default="")
        if not rag and not closed:
            rag = status.next_key.rag if status.next_key else "On hold" if status.hold else ""
        codes = [code for each in missing for code in each.missing]
        chased = [row.owner or row.who for row in pressing if row.rag == "Chase"]
        rest = [row for row in case.open if id(row) not in shown]
        left: list[ReportRow] = []
        if status.standing.endswith(LEFT_TO_DO):
            left = [row for row in rest if row.label not in case.state.standing]
        listed = {*elsewhere, *map(id, left)}
        rest = [row for row in rest if id(row) not in listed]
        found.append(
            WeeklyCase(
                status=status,
                rag=rag,
                days_late=max((row.days_late or 0 for row in pressing if row.rag == rag), default=0),
                strip=figures.case_strip(case, read.as_at),
                waits_for=tuple(dict.fromkeys([*codes, *chased])),
                closed=closed,
                timeline=figures.timeline(case, read.as_at),
                keys=case.keys,
                groups=sections.groups(case, rest),
                left=tuple(left),
            )
        )
    return tuple(found)


def _tiles(
    read: Read,
    rows: Sequence[ReportRow],
    soon: Window,
    awaited: Sequence[decisions.Decision],
    done: Sequence[ReportRow],
    earlier: Earlier | None,
    *,
    missing: bool,
) -> tuple[Tile, ...]:
    """The numbers; without a nought to chase while returns are missing, or to decide while a digest asks for it."""
    overdue, chase = (sum(row.rag == rag for row in rows) for rag in ("Overdue", "Chase"))
    more = None
    if earlier:
        before = [row.rag for case in earlier.cases.values() for row in case.rows.values()]
        more = overdue - before.count("Overdue")
    tiles = (
        Tile(str(overdue), "overdue", "needs", bool(overdue), more),
        Tile(str(chase), "to chase", "needs", bool(chase)),
        Tile(str(len(soon.rows)), f"due in {NEXT_WORKING_DAYS} working days", "needs", pressing=False),
        Tile(str(len(awaited)), "to decide", "decisions", bool(awaited)),
        Tile(str(len(done)), "done since the last report", "happened", pressing=False),
    )
    untrue = {"to chase"} if missing else set()
    open_cases = (case for case in read.cases if not is_closed(case.state, read.as_at))
    if any(any(decision_requests(OwnerCase.of(case, read.days, {}), read.as_at)) for case in open_cases):
        untrue.add("to decide")
    return tuple(each for each in tiles if each.number != "0" or each.words not in untrue)


def _happened(
    read: Read, since: date, done: Sequence[ReportRow], earlier: Earlier | None
) -> tuple[CaseEvent, ...]:
    """The events since the last report, the newest day first: of a step when it was done, whenever that was typed."""
    rows = {(row.case_anchor, row.label) for row in done}
    first = since + timedelta(days=1) if earlier else since
    found = [
        CaseEvent(case.reference, case.anchor, event)
        for case in read.cases
        for event in case.state.events
        if ((case.anchor, event.id) in rows if event.kind in {"Step", "Published"} else event.day >= first)
    ]
    return tuple(sorted(found, key=lambda each: each.event.day, reverse=True))


def _windows(rows: Sequence[ReportRow], read: Read) -> tuple[Window, Window]:
    """The next 5 working days, today among them, and the 5 after."""
    middle, last = (read.days.after(read.as_at, number * NEXT_WORKING_DAYS) for number in (1, 2))
    after = middle + timedelta(days=1)
    return (
        Window(read.as_at, middle, sections.due_between(rows, read.as_at, middle)),
        Window(after, last, sections.due_between(rows, after, last)),
    )
