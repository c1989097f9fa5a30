"""The weekly report as plain values: what each section shows, counted and sorted, in no format yet.

Example:
    >>> view = weekly_view(reconciliation)
    >>> [(line.label, line.days_late, line.blocks) for line in view.overdue]
    [('RR-5.4', 2, ('RR-5.4b',))]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.report import decisions, figures, history, sections
from tracker.report.blocks import Tile
from tracker.report.frame import Frame, Read, a_week_before, read_cases
from tracker.report.lines import ReportRow, by_completion
from tracker.report.standing import CaseLine, case_line, is_closed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.reconcile.model import Reconciliation
    from tracker.report.chart import Chart
    from tracker.report.days import WorkingDays
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
class CaseDetail:
    """A case by itself: its line, timeline, key dates and open rows."""

    line: CaseLine
    timeline: figures.Timeline | None
    keys: tuple[ReportRow, ...]
    groups: tuple[sections.RowGroup, ...]


@dataclass(frozen=True, slots=True)
class WeeklyView(Frame):
    """The weekly status report. Lists are sorted by date, case and ID."""

    needed: decisions.Sentence
    to_decide: decisions.Sentence
    tiles: tuple[Tile, ...]
    decisions: tuple[decisions.Decision, ...]
    cases: tuple[CaseLine, ...]
    overdue: tuple[ReportRow, ...]
    statutory_missed: tuple[ReportRow, ...]
    provisional_passed: tuple[ReportRow, ...]
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
    changes: tuple[sections.CaseChanges, ...]
    problems: tuple[sections.FoldedProblem, ...]
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
    """Put the weekly report together.

    Args:
        reconciliation: what was read, as at the report date.
        since: the day of the last report, from which on the report says what was done; a week ago where left out.
        earlier: the last report itself, which then says what was done and what moved.
        chart: the months of the history, drawn.
        read: the same cases with their rows, and the closed ones apart, where somebody has them already.
    """
    read = read or read_cases(reconciliation)
    as_at, cases, days = read.as_at, read.cases, read.days
    since = earlier.as_at if earlier else since or a_week_before(as_at)
    rows = sections.everything(cases)
    moved = {case.anchor: sections.moved(case, since) for case in cases}
    case_lines = tuple(case_line(case, len(moved[case.anchor]), as_at, days) for case in cases)
    awaited = tuple(each for case in cases for each in decisions.awaited(case, as_at))
    overdue, chase, today, provisional = (
        sections.with_rag(rows, word) for word in ("Overdue", "Chase", "Due today", "Provisional, passed")
    )
    statutory = sections.statutory_missed(rows)
    windows = _windows(rows, as_at, days)
    done = _done(earlier, cases) if earlier else sections.done_since(rows, since, as_at)
    ended = [case.anchor for case in cases if is_closed(case.state, as_at)]
    return WeeklyView(
        **read.frame(since),  # type: ignore[arg-type]  # the fields of a Frame, by name
        needed=decisions.needed(overdue, chase, today, provisional, statutory, ended),
        to_decide=decisions.to_decide(awaited),
        tiles=_tiles(overdue, chase, windows, awaited, done),
        decisions=awaited,
        cases=case_lines,
        overdue=overdue,
        statutory_missed=statutory,
        provisional_passed=provisional,
        windows=windows,
        waiting=sections.by_row_date(each for case in cases for each in sections.waiting(case)),
        returns=tuple(each for case in cases for each in sections.returns(case)),
        undated=tuple(each for case in cases for each in sections.undated_and_passed(case)),
        moved=sections.by_row_date(each for moves in moved.values() for each in moves),
        clocks_moved=tuple(each for case in cases for each in sections.clocks_moved(case)),
        done_late=tuple(row for row in done if row.rag == "Complete, late"),
        done_in_time=tuple(row for row in done if row.rag != "Complete, late"),
        totals=figures.totals(rows, [count for each in read.closed for count in each.counts.items()]),
        counts=tuple(each for case in cases for each in figures.sheet_counts(case)),
        details=tuple(_detail(case, row, as_at) for case, row in zip(cases, case_lines, strict=True)),
        changes=tuple(each for case in cases if (each := sections.changes_of(case))),
        problems=_problems(reconciliation, cases),
        movement=history.movement(earlier, read.every_case) if earlier else None,
        chart=chart,
    )


def _done(earlier: Earlier, cases: Sequence[CaseRows]) -> tuple[ReportRow, ...]:
    return by_completion(history.done_lines(earlier, cases))


def _windows(rows: Sequence[ReportRow], as_at: date, days: WorkingDays) -> tuple[Window, ...]:
    """The next 5 working days, today among them, and the 5 after."""
    middle, last = days.after(as_at, NEXT_WORKING_DAYS), days.after(as_at, 2 * NEXT_WORKING_DAYS)
    stretches = (
        (f"Today and the next {NEXT_WORKING_DAYS} working days", as_at, middle),
        (f"The {NEXT_WORKING_DAYS} working days after", middle + timedelta(days=1), last),
    )
    return tuple(
        Window(title, first, end, sections.due_between(rows, first, end)) for title, first, end in stretches
    )


def _tiles(
    overdue: Sequence[ReportRow],
    chase: Sequence[ReportRow],
    windows: Sequence[Window],
    awaited: Sequence[decisions.Decision],
    done: Sequence[ReportRow],
) -> tuple[Tile, ...]:
    return (
        Tile(str(len(overdue)), "overdue", "overdue", pressing=bool(overdue)),
        Tile(str(len(chase)), "to chase", "waiting", pressing=bool(chase)),
        Tile(str(len(windows[0].lines)), f"due in {NEXT_WORKING_DAYS} working days", "due", pressing=False),
        Tile(str(len(awaited)), "decisions awaited", "decisions", pressing=bool(awaited)),
        Tile(str(len(done)), "done since the last report", "done", pressing=False),
    )


def _detail(case: CaseRows, row: CaseLine, as_at: date) -> CaseDetail:
    return CaseDetail(row, figures.timeline(case, as_at), case.keys, sections.groups(case, case.open))


def _problems(
    reconciliation: Reconciliation, cases: Sequence[CaseRows]
) -> tuple[sections.FoldedProblem, ...]:
    """What the reading found in the workbooks that were read; files left out stand at the top instead."""
    milder = [each for each in reconciliation.problems if each.severity != "error"]
    of_cases = [each for case in cases for each in sections.folded(case.state.problems, case.reference)]
    return sections.by_severity([*sections.folded(milder), *of_cases])
