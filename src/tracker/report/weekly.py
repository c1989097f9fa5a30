"""What the weekly report shows, counted and sorted; `weekly_page` lays it out.

Example:
    >>> view = weekly_view(reconciliation)
    >>> [(line.label, line.days_late, line.blocks) for line in view.overdue]
    [('RR-5.4', 2, ('RR-5.4b',))]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tracker.report import decisions, figures, history, sections, weekly_cases
from tracker.report.blocks import Tile
from tracker.report.figures import CaseStrip, case_strip
from tracker.report.frame import (
    LEFT_TO_DO,
    CaseLine,
    Frame,
    Read,
    a_week_before,
    case_line,
    is_closed,
    read_cases,
)
from tracker.report.lines import ReportRow, by_case, by_completion, date_key, rag_rank
from tracker.report.requests import OwnerCase, decision_requests
from tracker.rules import NEEDS_SOMEONE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from tracker.reconcile.model import Event, Reconciliation
    from tracker.report.blocks import Spans
    from tracker.report.figures import Chart
    from tracker.report.history import Earlier
    from tracker.report.lines import CaseRows

NEXT_WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class Window:
    """What is due from one day to another, both counted."""

    title: str
    first: date
    last: date
    lines: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a case."""

    case: str
    case_anchor: str
    event: Event


@dataclass(frozen=True, slots=True)
class CaseAtGlance:
    """A case on the first screen: its line, its most pressing state, its strip of time, whom it waits for."""

    line: CaseLine
    rag: str
    days_late: int
    strip: CaseStrip | None
    waits_for: tuple[str, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case by itself: its line, timeline, key dates, and the open rows that stand nowhere above.

    `left` are those after its last stage.
    """

    line: CaseLine
    timeline: figures.Timeline | None
    keys: tuple[ReportRow, ...]
    groups: tuple[sections.RowGroup, ...]
    left: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class WeeklyView(Frame):
    """The weekly status report. Lists are sorted by date, case and ID.

    `late` counts the cases with something overdue. `needs` are the rows that need somebody by the end of the first
    window, statutory and key ones first; `standing` those that are done again and again.
    """

    late: int
    headlines: tuple[decisions.Headline, ...]
    summaries: tuple[CaseAtGlance, ...]
    needs: tuple[ReportRow, ...]
    happened: tuple[Happened, ...]
    coming: tuple[decisions.Coming, ...]
    ready: tuple[ReportRow, ...]
    standing: tuple[ReportRow, ...]
    to_decide: Spans
    tiles: tuple[Tile, ...]
    decisions: tuple[decisions.Decision, ...]
    cases: tuple[CaseLine, ...]
    overdue: tuple[ReportRow, ...]
    windows: tuple[Window, ...]
    waiting: tuple[sections.Waiting, ...]
    returns: tuple[sections.Returns, ...]
    undated: tuple[sections.Passed, ...]
    moved: tuple[sections.Moved, ...]
    clocks_moved: tuple[sections.ClockMoved, ...]
    done_late: tuple[ReportRow, ...]
    done_in_time: tuple[ReportRow, ...]
    totals: tuple[figures.Count, ...]
    counts: tuple[figures.SheetCounts, ...]
    details: tuple[CaseDetail, ...]
    changes: tuple[weekly_cases.CaseChanges, ...]
    problems: tuple[weekly_cases.FoldedProblem, ...]
    movement: history.Movement | None
    chart: Chart | None

    @property
    def changed_cells(self) -> int:
        """How many cells are not as issued."""
        return sum(each.number for each in self.changes)


def weekly_view(
    reconciliation: Reconciliation,
    *,
    since: date | None = None,
    earlier: Earlier | None = None,
    chart: Chart | None = None,
    read: Read | None = None,
) -> WeeklyView:
    """Put the weekly report together: since the `earlier` report, else the day `since`, else a week ago.

    `read` are the same cases where somebody has them, the closed ones apart; `chart` are the months of the history.
    """
    read = read or read_cases(reconciliation)
    as_at, cases = read.as_at, read.cases
    since = earlier.as_at if earlier else since or a_week_before(as_at)
    rows = [row for case in cases for row in case.lines]
    moved = [sections.moved(case, since) for case in cases]
    with_lines = [
        (case, case_line(case, len(moves), as_at, read.days))
        for case, moves in zip(cases, moved, strict=True)
    ]
    awaited = tuple(each for case in cases for each in decisions.awaited(case, as_at))
    overdue, chase = sections.with_rag(rows, "Overdue"), sections.with_rag(rows, "Chase")
    windows = _windows(rows, read)
    returns = tuple(each for case in cases for each in sections.returns(case))
    needs = {id(row): row for row in (*sections.with_rag(rows, *NEEDS_SOMEONE), *windows[0].lines)}
    shown = {*needs, *map(id, windows[1].lines)}
    lists, elsewhere = _lists_without_repeats(cases)
    done = _done_rows(read, since, earlier)
    tiles = _tiles(overdue, chase, windows, awaited, done, _overdue_before(earlier))
    return WeeklyView(
        **read.frame(since),  # type: ignore[arg-type]  # the fields of a Frame, by name
        **lists,
        chart=chart,
        late=len({row.case_anchor for row in overdue}.difference(_ended(read))),
        headlines=_headlines(read),
        summaries=tuple(_summary(case, line, returns, as_at) for case, line in with_lines),
        needs=tuple(sorted(needs.values(), key=lambda row: (not row.grave, date_key(row)))),
        happened=_happened(read, since, done, earlier),
        coming=decisions.coming_of_all(cases, as_at),
        to_decide=decisions.to_decide(awaited),
        tiles=_true_tiles(tiles, read, returns),
        decisions=awaited,
        cases=tuple(line for _, line in with_lines),
        overdue=overdue,
        windows=windows,
        returns=returns,
        moved=sections.by_row_date(each for moves in moved for each in moves),
        clocks_moved=_clocks_moved(cases),
        done_late=tuple(row for row in done if row.rag == "Complete, late"),
        done_in_time=tuple(row for row in done if row.rag != "Complete, late"),
        totals=figures.totals(row.rag for case in read.every_case for row in case.lines),
        counts=tuple(each for case in cases for each in figures.sheet_counts(case)),
        details=tuple(_detail(case, line, as_at, shown, elsewhere) for case, line in with_lines),
        changes=tuple(weekly_cases.changes_of(case) for case in cases if case.state.changes),
        problems=weekly_cases.folded_problems(reconciliation.problems, cases),
        movement=history.movement(earlier, read.every_case) if earlier else None,
    )


def _ended(read: Read) -> list[str]:
    """The anchors of the cases that were closed."""
    return [case.anchor for case in read.cases if is_closed(case.state, read.as_at)]


def _lists_without_repeats(cases: Sequence[CaseRows]) -> tuple[dict[str, Any], set[int]]:
    """The lists of rows that need nobody now, by their field, and which rows stand in them.

    What somebody waits for is neither ready nor listed again as done again and again.
    """
    waiting = sections.by_row_date(each for case in cases for each in sections.waiting(case))
    undated = tuple(each for case in cases for each in sections.undated_and_passed(case))
    waits = {id(each.line) for each in waiting}
    rows = [(case, row) for case in cases for row in case.open if id(row) not in waits]
    ready = by_case(row for _, row in rows if row.rag == "Ready")
    standing = by_case(row for case, row in rows if _is_standing(case, row))
    passed = (each.line for each in undated)
    listed = (*(each.line for each in waiting), *passed, *ready, *(standing if ready else ()))
    lists = {"waiting": waiting, "undated": undated, "ready": ready, "standing": standing}
    return lists, set(map(id, listed))


def _is_standing(case: CaseRows, row: ReportRow) -> bool:
    """Whether a row is done again and again, and has no date of its own."""
    return row.label in case.state.standing and not row.judged


def _clocks_moved(cases: Sequence[CaseRows]) -> tuple[sections.ClockMoved, ...]:
    dated = [(case, [row for row in case.open if row.due]) for case in cases]
    return tuple(each for case, rows in dated for each in sections.clocks_moved(case, rows))


def _done_rows(read: Read, since: date, earlier: Earlier | None) -> tuple[ReportRow, ...]:
    if earlier:
        return by_completion(history.done_lines(earlier, read.cases))
    return sections.done_since([row for case in read.cases for row in case.lines], since, read.as_at)


def _detail(
    case: CaseRows, line: CaseLine, as_at: date, shown: AbstractSet[int], elsewhere: AbstractSet[int]
) -> CaseDetail:
    """`shown` are the rows that need somebody or soon will, `elsewhere` those that other lists of the week have."""
    left: tuple[ReportRow, ...] = ()
    if line.standing.endswith(LEFT_TO_DO):
        left = tuple(
            row for row in case.open if row.label not in case.state.standing and id(row) not in shown
        )
    rest = [row for row in case.open if id(row) not in {*shown, *elsewhere, *map(id, left)}]
    return CaseDetail(line, figures.timeline(case, as_at), case.keys, sections.groups(case, rest), left)


def _tiles(
    overdue: Sequence[ReportRow],
    chase: Sequence[ReportRow],
    windows: Sequence[Window],
    awaited: Sequence[decisions.Decision],
    done: Sequence[ReportRow],
    overdue_before: int | None,
) -> tuple[Tile, ...]:
    more = None if overdue_before is None else len(overdue) - overdue_before
    return (
        Tile(str(len(overdue)), "overdue", "needs", bool(overdue), more),
        Tile(str(len(chase)), "to chase", "needs", bool(chase)),
        Tile(str(len(windows[0].lines)), f"due in {NEXT_WORKING_DAYS} working days", "needs", pressing=False),
        Tile(str(len(awaited)), "to decide", "decisions", bool(awaited)),
        Tile(str(len(done)), "done since the last report", "happened", pressing=False),
    )


def _true_tiles(tiles: Sequence[Tile], read: Read, returns: Sequence[sections.Returns]) -> tuple[Tile, ...]:
    """Without a nought to chase while returns are missing, or to decide while a digest asks for a decision."""
    open_cases = (case for case in read.cases if not is_closed(case.state, read.as_at))
    untrue = {"to chase"} if returns else set()
    if any(any(decision_requests(OwnerCase(case, read.days, {}), read.as_at)) for case in open_cases):
        untrue.add("to decide")
    return tuple(each for each in tiles if each.number != "0" or each.words not in untrue)


def _overdue_before(earlier: Earlier | None) -> int | None:
    """How many rows were overdue in an earlier report."""
    if earlier is None:
        return None
    return sum(row.rag == "Overdue" for case in earlier.cases.values() for row in case.rows.values())


def _headlines(read: Read) -> tuple[decisions.Headline, ...]:
    found = [each for case in read.cases if (each := decisions.case_headline(case, read.as_at))]
    return tuple(sorted(found, key=lambda each: each.rank))


def _summary(
    case: CaseRows, line: CaseLine, returns: Sequence[sections.Returns], as_at: date
) -> CaseAtGlance:
    """The most pressing state of a case, else that of its next key date."""
    pressing = [row for row in case.lines if row.rag in NEEDS_SOMEONE]
    rag = min((row.rag for row in pressing), key=rag_rank, default="")
    if not rag and not is_closed(case.state, as_at):
        rag = line.next_key.rag if line.next_key else "On hold" if line.hold else ""
    late = max((row.days_late or 0 for row in pressing if row.rag == rag), default=0)
    codes = [code for each in returns if each.case_anchor == case.anchor for code in each.missing]
    chased = [row.owner or row.who for row in pressing if row.rag == "Chase"]
    waits_for = tuple(dict.fromkeys([*codes, *chased]))
    return CaseAtGlance(line, rag, late, case_strip(case, as_at), waits_for, is_closed(case.state, as_at))


def _happened(
    read: Read, since: date, done: Sequence[ReportRow], earlier: Earlier | None
) -> tuple[Happened, ...]:
    """The events since the last report, the newest day first: of a step when it was done, whenever that was typed."""
    rows = {(row.case_anchor, row.label) for row in done}
    first = since + timedelta(days=1) if earlier else since
    found = [
        Happened(case.reference, case.anchor, event)
        for case in read.cases
        for event in case.state.events
        if ((case.anchor, event.id) in rows if event.kind in {"Step", "Published"} else event.day >= first)
    ]
    return tuple(sorted(found, key=lambda each: each.event.day, reverse=True))


def _windows(rows: Sequence[ReportRow], read: Read) -> tuple[Window, ...]:
    """The next 5 working days, today among them, and the 5 after."""
    as_at, number = read.as_at, NEXT_WORKING_DAYS
    middle, last = read.days.after(as_at, number), read.days.after(as_at, 2 * number)
    stretches = (
        (f"Today and the next {number} working days", as_at, middle),
        (f"The {number} working days after", middle + timedelta(days=1), last),
    )
    return tuple(
        Window(title, first, end, sections.due_between(rows, first, end)) for title, first, end in stretches
    )
