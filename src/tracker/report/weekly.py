"""The weekly report: what each section shows, counted and sorted; and its page, as a Business Manager reads it.

Example:
    >>> view = weekly_view(reconciliation)
    >>> [(line.label, line.days_late, line.blocks) for line in view.overdue]
    [('RR-5.4', 2, ('RR-5.4b',))]
    >>> page = weekly_page(view)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.report import decisions, figures, findings, history, parts, sections
from tracker.report.blocks import (
    Block,
    Collapsible,
    Heading,
    Para,
    ReportCell,
    ReportPage,
    Section,
    Tile,
    day,
    day_cell,
    free,
    name,
    number_cell,
    rag,
    small,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.frame import CaseLine, Frame, Read, a_week_before, case_line, is_closed, read_cases
from tracker.report.lines import ReportRow, by_completion
from tracker.rules import DONE_WORDS
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.reconcile.model import Reconciliation
    from tracker.report.blocks import Span
    from tracker.report.frame import ClosedCase
    from tracker.report.history import Earlier
    from tracker.report.lines import CaseRows

NEXT_WORKING_DAYS = 5
OVERDUE = "Past the date they are judged by, the oldest first; days late are working days past the due date"
CLOSED = "Every row done or not applicable; what follows only counts them"
UNDATED = "Open steps without a date; what follows them is done or past its own date. Complete them, or agree a date"
MOVED = "Agreed for another day than the procedure's; open, or done since the last report"


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
    changes: tuple[findings.CaseChanges, ...]
    problems: tuple[findings.FoldedProblem, ...]
    movement: history.Movement | None
    chart: figures.Chart | None

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
    """Put the weekly report together.

    What was done and moved is told from the `earlier` report on, else from the day `since`, else over a week. `read`
    are the same cases where somebody has them already, the closed ones apart; `chart` are the months of the history.
    """
    read = read or read_cases(reconciliation)
    as_at, cases = read.as_at, read.cases
    since = earlier.as_at if earlier else since or a_week_before(as_at)
    rows = [row for case in cases for row in case.lines]
    moved = [sections.moved(case, since) for case in cases]
    case_lines = tuple(
        case_line(case, len(moves), as_at, read.days) for case, moves in zip(cases, moved, strict=True)
    )
    awaited = tuple(each for case in cases for each in decisions.awaited(case, as_at))
    overdue, chase, today, provisional = (
        sections.with_rag(rows, word) for word in ("Overdue", "Chase", "Due today", "Provisional, passed")
    )
    statutory = sections.statutory_missed(rows)
    windows = _windows(rows, read)
    done = _done_rows(read, since, earlier)
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
        moved=sections.by_row_date(each for moves in moved for each in moves),
        clocks_moved=tuple(
            each
            for case in cases
            for each in sections.clocks_moved(case, [row for row in case.open if row.due])
        ),
        done_late=tuple(row for row in done if row.rag == "Complete, late"),
        done_in_time=tuple(row for row in done if row.rag != "Complete, late"),
        totals=figures.totals(row.rag for case in read.every_case for row in case.lines),
        counts=tuple(each for case in cases for each in figures.sheet_counts(case)),
        details=tuple(_detail(case, line, as_at) for case, line in zip(cases, case_lines, strict=True)),
        changes=tuple(each for case in cases if (each := findings.changes_of(case))),
        problems=findings.folded_problems(reconciliation.problems, cases),
        movement=history.movement(earlier, read.every_case) if earlier else None,
        chart=chart,
    )


def _done_rows(read: Read, since: date, earlier: Earlier | None) -> tuple[ReportRow, ...]:
    if earlier:
        return by_completion(history.done_lines(earlier, read.cases))
    return sections.done_since([row for case in read.cases for row in case.lines], since, read.as_at)


def _detail(case: CaseRows, line: CaseLine, as_at: date) -> CaseDetail:
    return CaseDetail(line, figures.timeline(case, as_at), case.keys, sections.groups(case, case.open))


def _tiles(
    overdue: Sequence[ReportRow],
    chase: Sequence[ReportRow],
    windows: Sequence[Window],
    awaited: Sequence[decisions.Decision],
    done: Sequence[ReportRow],
) -> tuple[Tile, ...]:
    return (
        Tile(str(len(overdue)), "overdue", "overdue", bool(overdue)),
        Tile(str(len(chase)), "to chase", "waiting", bool(chase)),
        Tile(str(len(windows[0].lines)), f"due in {NEXT_WORKING_DAYS} working days", "due", pressing=False),
        Tile(str(len(awaited)), "decisions awaited", "decisions", bool(awaited)),
        Tile(str(len(done)), "done since the last report", "done", pressing=False),
    )


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


# The page


def weekly_page(view: WeeklyView) -> ReportPage:
    """The weekly report as blocks."""
    cases = quantity(len(view.cases) + len(view.closed), "case")
    about = spans("As at ", day(view.as_at), f" · {cases} · done since ", day(view.since))
    lead = (parts.sentence(view.needed), parts.sentence(view.to_decide))
    return parts.report_page(view, "Weekly status report", about, lead, _sections(view), tiles=view.tiles)


def _sections(view: WeeklyView) -> list[Section]:
    awaited = parts.decision_list(view.decisions) or (parts.none("No decision is awaited."),)
    undated = parts.table_or(
        "No undated step has been passed.", UNDATED, view.undated, "case id action who",
        ("Passed by", "ids", lambda each: parts.ids_cell(each.overtaken_by)),
    )  # fmt: skip
    return [
        Section("cases", "Cases", _cases(view), len(view.cases) + len(view.closed)),
        Section("decisions", "Decisions awaited", awaited, len(view.decisions), nav="Decisions"),
        Section("overdue", "Overdue", _overdue(view), len(view.overdue)),
        Section("due", "Due next", tuple(each for window in view.windows for each in _window(window))),
        Section("waiting", "Waiting on others", _waiting(view), len(view.waiting)),
        Section("undated", "Undated steps that later steps have passed", undated, len(view.undated),
                nav="Undated and passed"),
        Section("moved", "Dates moved", _moved(view), len(view.moved)),
        Section("done", f"Done since {short_date(view.since)}", _done(view), nav="Done"),
        *([Section("movement", "Changed since the last report", _movement(view.movement),
                   len(view.movement.moves), nav="Since the last report")] if view.movement else []),
        Section("counts", "Counts", _counts(view)),
        Section("details", "Case by case", _details(view)),
        Section("changes", "Changed since the workbooks were issued", findings.change_blocks(view.changes),
                view.changed_cells, nav="Changes"),
        Section("problems", "Problems the reading found",
                (*findings.problem_blocks(view.problems), *findings.blocks_of_closed(view.closed)), len(view.problems),
                nav="Problems"),
    ]  # fmt: skip


def _cases(view: WeeklyView) -> tuple[Block, ...]:
    rows = parts.cases_table(
        "Where each case stands", view.cases, lambda case: ("overdue", "waiting", "moved", case.anchor)
    )
    if not view.closed:
        return rows
    columns: list[parts.Column[ClosedCase]] = [
        ("Case", "case", lambda each: parts.name_cell(each.rows.reference)),
        ("Closed", "day", lambda each: day_cell(each.closed)),
        ("Last done", "day", lambda each: day_cell(each.ended)),
        ("Done", "number", lambda each: number_cell(sum(each.counts[word] for word in DONE_WORDS))),
        ("Done late", "number", lambda each: number_cell(each.counts["Complete, late"])),
        ("Not applicable", "number", lambda each: number_cell(each.counts["Not applicable"])),
    ]
    table = parts.table(f"Closed cases on {short_date(view.as_at)}", view.closed, *columns, first=0)
    title = (words(quantity(len(view.closed), "closed case")), words(" "), small(CLOSED))
    closed = Collapsible(title, (table,), "closed-cases")
    return (*(rows if view.cases else (parts.none("Every case is closed."),)), closed)


def _overdue(view: WeeklyView) -> tuple[Block, ...]:
    columns = "case id action who judged late blocks"
    overdue = parts.table_or("Nothing is overdue.", OVERDUE, view.overdue, columns)
    missed: list[Span | str] = [
        strong(f"{quantity(len(view.statutory_missed), 'statutory date')} missed:"),
        " ",
    ]
    for place, row in enumerate(view.statutory_missed, 1):
        end = "." if place == len(view.statutory_missed) else "; "
        missed += [name(row.case, to=row.case_anchor), " ", name(row.label), ", due ", day(row.due), end]
    alert = (Para(spans(*missed), "alert"),) if view.statutory_missed else ()
    if not view.provisional_passed:
        return (*alert, *overdue)
    title = "Past a provisional date"
    return (
        *alert,
        *overdue,
        Heading(title, "provisional", len(view.provisional_passed)),
        Para((words("Their clock is not confirmed yet, so they are not overdue."),)),
        parts.table(title, view.provisional_passed, "case id action who judged blocks"),
    )


def _window(window: Window) -> tuple[Block, ...]:
    stretch = f"{short_date(window.first)} to {short_date(window.last)}"
    nothing = f"Nothing is due from {stretch}."
    rows = parts.table_or(nothing, f"From {stretch}", window.lines, "case id action who judged rag")
    return (Heading(window.title, number=len(window.lines)), *rows)


def _waiting(view: WeeklyView) -> tuple[Block, ...]:
    returns = parts.bullets(
        spans(
            name(back.case, to=back.case_anchor), " ", name(back.label),
            f": {back.back} of {quantity(back.asked, 'return')} back",
            *((", due ", day(back.due)) if back.due else ()),
            "; waiting for ", name(listed(back.missing)),
            *(("; ", name(back.remarks)) if back.remarks else ()), ".",
        )
        for back in view.returns
    )  # fmt: skip
    nothing, caption = "Nobody else is waited for.", "What others must do before the work can go on"
    why: parts.Column[sections.Waiting] = ("Why", "why", lambda each: text_cell(words(each.why)))
    table = parts.table_or(nothing, caption, view.waiting, "case id action who", why, "judged rag late")
    return (*returns, *table)


def _moved(view: WeeklyView) -> tuple[Block, ...]:
    clocks = parts.bullets(
        spans(
            name(each.case, to=each.case_anchor), f": {quantity(each.open, 'due date')} moved with ",
            name(each.clock), " since the workbook was issued.",
        )
        for each in view.clocks_moved
    )  # fmt: skip
    if not view.moved:
        return (*clocks, parts.none("No date has been moved."))
    return (*clocks, parts.moved_table(MOVED, view.moved, "case id action due agreed rag"))


def _done(view: WeeklyView) -> tuple[Block, ...]:
    late, in_time = view.done_late, view.done_in_time
    return (
        Heading("Done late", number=len(late)),
        *parts.table_or("Nothing was done late.", "Completed after the due date", late,
                        "case id action who judged done late"),
        Heading("Done in time", number=len(in_time)),
        *parts.table_or("Nothing else was done.", "Completed by the due date", in_time, "case id action who done"),
    )  # fmt: skip


def _movement(moved: history.Movement) -> tuple[Block, ...]:
    """What moved since an earlier report."""
    named = (("No longer here: ", moved.gone_cases), ("New: ", moved.new_cases))
    items = [spans(what, name(listed(cases)), ".") for what, cases in named if cases]
    items += [
        spans(name(case), f": {quantity(rows, 'due date')} moved with ", name(clock), ".")
        for case, clock, rows in moved.clocks
    ]
    items += [
        spans(name(case), f": other words in {quantity(len(labels), 'row')}: ", name(", ".join(labels)), ".")
        for case, labels in moved.words
    ]
    columns: list[parts.Column[history.Move]] = [
        ("Case", "case", lambda each: parts.name_cell(each.case, each.anchor)),
        ("ID", "id", lambda each: parts.name_cell(each.label)),
        ("Action", "action", lambda each: text_cell(free(each.action))),
        ("What", "why", lambda each: text_cell(words(each.what))),
        ("Was", "why", lambda each: text_cell(words(each.was))),
        ("Now", "why", lambda each: text_cell(words(each.now))),
    ]
    caption = f"Rows that are not as they were on {short_date(moved.since)}"
    nothing = "No row has changed its state or a date."
    return (*parts.bullets(items), *parts.table_or(nothing, caption, moved.moves, *columns))


def _counts(view: WeeklyView) -> tuple[Block, ...]:
    months = parts.months_block(view.chart)
    if not view.totals:
        return (parts.none("There is nothing to count."), *months)
    columns: list[parts.Column[figures.Count]] = [
        ("State", "state", lambda each: ReportCell((rag(each.rag),))),
        ("Rows", "number", lambda each: ReportCell((words(str(each.number), to=each.anchor),))),
        (
            "Drawn to scale",
            "bar",
            lambda each: ReportCell((words(f"{each.number} {each.rag}"),), counts=(each,), scale=True),
        ),
    ]
    totals = parts.table("All rows of all cases", view.totals, *columns, look="totals", plain=True)
    without = ", without the closed cases" if view.closed else ""
    caption = f"By case and sheet{without}; the words lead to the rows"
    by_sheet = (parts.counts_table(caption, view.counts),) if view.counts else ()
    return (totals, *by_sheet, *months)


def _details(view: WeeklyView) -> tuple[Block, ...]:
    if not view.details:
        return (parts.none("Every case is closed." if view.closed else "No case was read."),)
    shown = len(view.cases) <= parts.CASES_SHOWN_OPEN
    details = []
    for each in view.details:
        blocks: tuple[Block, ...] = ()
        if each.groups:
            caption = f"Open rows of {each.line.reference}, by sheet and state"
            table = parts.groups_table(caption, each.groups, "id action who timescale judged status")
            blocks = (Collapsible((words(quantity(each.line.open, "open row")),), (table,)),)
        details.append(parts.case_fold(each.line, each.timeline, each.keys, blocks, view.as_at, opened=shown))
    return tuple(details)
