"""The weekly report's page, as its readers use it: the first screen for directors, then the week, then each case.

What there is nothing of is named once, at the end of the week; counts, changes and problems come last, for the
Business Manager.

Example:
    >>> page = weekly_page(weekly_view(reconciliation))
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields, is_dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from tracker.reconcile.model import TYPED_EVENTS
from tracker.report import history, parts, weekly_cases
from tracker.report.blocks import (
    Block,
    Heading,
    ReportCell,
    ReportPage,
    Section,
    Span,
    day,
    day_cell,
    free,
    name,
    small,
    spans,
    text_cell,
    words,
)
from tracker.report.rows import PRESSING
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from tracker.report.decisions import Coming
    from tracker.report.messages import CaseEvent
    from tracker.report.rows import ReportRow
    from tracker.report.sections import NotedRow
    from tracker.report.weekly import WeeklyView

T = TypeVar("T")

FIRST, OF_ONE, BRIEF, NEWEST = 5, 8, 6, 3
"""Rows of a list that are shown at once, the others behind a fold; cases and events that fit on one page."""
NEEDS = "Past their date, due today or due in the next 5 working days; statutory and key dates first"
MOVED = "Agreed for another day than the procedure's; open, or done since the last report"
UNDATED = "Open steps without a date; what follows them is done or past its own date. Complete them, or agree a date"
_QUIET = {
    "happened": "nothing happened",
    "coming": "no meeting or review is ahead",
    "waiting": "we are not waiting for anyone",
    "ready": "nothing is ready to start",
    "undated": "no step without a date was passed",
    "moved": "no date was moved",
    "movement": "nothing else changed",
}
"""What a section without anything would say; numbers that are nought stand with the tiles."""
_OVER = {
    "Not ticked": "Tick on Calendar what was held, or give it a new date.",
    "Proceedings": "Type the next date on Case.",
}
_ROWS = "tagged action who judged state blocks"


def weekly_page(view: WeeklyView, *, brief: bool = False) -> ReportPage:
    """The weekly report as blocks; `brief` is one page for directors, without the cases one by one."""
    many = quantity(len(view.cases) + len(view.closed), "case")
    about = spans(f"{many} · since ", day(view.since))
    shown = _brief_sections(view) if brief else _sections(view)
    anchors = {each.anchor for each in shown}
    tiles = tuple(
        each if each.anchor in anchors else replace(each, anchor="main")
        for each in view.tiles
        if each.number != "0"
    )
    lead = weekly_cases.lead(view)
    page = parts.report_page(view, "Weekly status report", about, lead, shown, tiles=tiles)
    if brief:
        page = replace(page, lead=_unlinked(page.lead, anchors), sections=_unlinked(page.sections, anchors))
    look = "brief" if brief else "one" if view.one else ""
    return replace(page, quiet=weekly_cases.quiet_tiles(view.tiles), look=look)


def _unlinked(part: Any, anchors: AbstractSet[str]) -> Any:
    """A part of a page without the links to what the page leaves out."""
    if isinstance(part, tuple):
        return tuple(_unlinked(each, anchors) for each in part)
    if isinstance(part, Span):
        return part if part.to in anchors else replace(part, to="")
    if is_dataclass(part) and not isinstance(part, type):
        return replace(
            part, **{each.name: _unlinked(getattr(part, each.name), anchors) for each in fields(part)}
        )
    return part


def _sections(view: WeeklyView) -> list[Section]:
    """The week, what there is nothing of, the cases one by one, and what the Business Manager needs."""
    week = _week(view)
    found = [each for each in week if each.blocks]
    quiet = [
        _QUIET[each.anchor]
        for each in week
        if each.anchor in _QUIET and not (each.blocks or (each.anchor == "undated" and view.undated))
    ]
    if quiet:
        text = f"{'; '.join(quiet)}.".capitalize()
        found.append(Section("quiet", "Nothing to report", (parts.none(text),)))
    problems = (*weekly_cases.problem_blocks(view.problems), *weekly_cases.blocks_of_closed(view.closed))
    return [
        *found,
        Section("details", "Case by case", weekly_cases.details(view)),
        Section("counts", "Counts", weekly_cases.counts(view, {each.anchor for each in found}), paper=True),
        Section("changes", "Changed since the workbooks were issued", weekly_cases.change_blocks(view.changes),
                view.changed_cells, nav="Changes"),
        Section("problems", "Problems in the workbooks", problems, len(view.problems), nav="Problems"),
    ]  # fmt: skip


def _week(view: WeeklyView) -> list[Section]:
    """The sections of the week; those without blocks have nothing to report."""
    awaited = parts.decision_list(view.decisions)
    return [
        Section("cases", "Cases", weekly_cases.cases_section(view), len(view.cases) + len(view.closed)),
        Section("needs", "Needs somebody this week", _needs(view), len(view.needs), nav="Needs somebody"),
        Section("decisions", "Decisions awaited", awaited, len(view.decisions), nav="Decisions"),
        Section("happened", f"What happened since {short_date(view.since)}", _happened(view),
                nav="What happened"),
        Section("coming", "What is coming", _coming(view), nav="What is coming"),
        Section("waiting", "Waiting for others", _waiting(view), nav="Waiting"),
        Section("ready", "Ready to start", _ready(view), len(view.ready) or None),
        Section("undated", "Steps without a date that later steps have passed", _undated(view),
                len(view.undated), nav="Undated and passed"),
        Section("moved", "Dates moved", _moved(view), nav="Dates moved"),
        *([Section("movement", f"Also changed since {short_date(view.movement.since)}", _movement(view),
                   nav="Also changed")] if view.movement else []),
    ]  # fmt: skip


def _brief_sections(view: WeeklyView) -> list[Section]:
    """What fits on one page."""
    awaited = parts.decision_list(view.decisions[:NEWEST])
    columns = _columns(view, "shortly who judged state")
    needs = (parts.table(NEEDS, view.needs[:FIRST], columns, plain=True),) if view.needs else ()
    found = [
        Section("cases", "Cases", weekly_cases.case_table(view, BRIEF)),
        Section("needs", "Needs somebody this week", needs, len(view.needs)),
        Section("decisions", "Decisions awaited", awaited, len(view.decisions)),
        Section("happened", "What happened", _events(view, view.happened[:NEWEST], ids=False)),
        Section("coming", "What is coming", _ahead(view, NEWEST)),
    ]
    return [each for each in found if each.blocks]


# The week


def _needs(view: WeeklyView) -> tuple[Block, ...]:
    """The first rows, then the others by case behind a fold; and the window after."""
    most = OF_ONE if view.one else FIRST
    first, others = view.needs[:most], view.needs[most:]
    blocks: list[Block] = []
    if first:
        blocks.append(parts.table(NEEDS, first, _columns(view, _ROWS), plain=True))
    if others:
        table = _by_case(view, "The others, by case", others, _ROWS)
        blocks.append(parts.folded(f"Show all {len(view.needs)}", table, look="all"))
    after = view.windows[1]
    if after.rows:
        stretch = f"From {short_date(after.first)} to {short_date(after.last)}"
        title = f"{quantity(len(after.rows), 'step')} due in the 5 working days after"
        table = _by_case(view, stretch, after.rows, "tagged action who judged rag")
        blocks.append(parts.folded(title, table))
    return tuple(blocks)


def _by_case(view: WeeklyView, caption: str, rows: Sequence[ReportRow], columns: str) -> Block:
    """Rows under their cases, each case with what is most pressing in it first."""
    if view.one:
        return parts.table(caption, rows, columns)
    groups: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for row in rows:
        groups[row.case].append(row)
    return parts.groups_table(caption, groups.values(), columns, by_case=True)


def _events(view: WeeklyView, happened: Sequence[CaseEvent], *, ids: bool = True) -> tuple[Block, ...]:
    def what(each: CaseEvent) -> ReportCell:
        return text_cell((free if each.event.kind in TYPED_EVENTS else words)(each.event.text))

    columns: list[parts.Column[CaseEvent]] = [
        ("Day", "day", lambda each: day_cell(each.event.day)),
        ("Case", "case", lambda each: parts.name_cell(each.case, each.case_anchor)),
        ("ID", "id", lambda each: parts.name_cell(each.event.id)),
        ("What", "action", what),
    ]
    return _listing(view, "The newest first", happened, [each for each in columns if ids or each[1] != "id"])


def _listing(
    view: WeeklyView, caption: str, items: Sequence[T], columns: Iterable[parts.Column[T]]
) -> tuple[Block, ...]:
    """A plain table, without the case where there is one alone; nothing where it has no rows."""
    shown = [each for each in columns if not (view.one and each[1] == "case")]
    return (parts.table(caption, items, *shown, plain=True, names=0),) if items else ()


def _columns(view: WeeklyView, columns: str) -> str:
    """Short names of columns, with the case first where there are several."""
    return columns if view.one else f"case {columns}"


def _happened(view: WeeklyView) -> tuple[Block, ...]:
    """The events, then what else was done: late, and in time."""
    listed_above = {(each.case_anchor, each.event.id) for each in view.happened if each.event.id}
    done = [
        row
        for row in (*view.done_late, *view.done_in_time)
        if (row.case_anchor, row.label) not in listed_above
    ]
    blocks = _events(view, view.happened)
    if done:
        late = sum(row.rag == "Complete, late" for row in done)
        of_them = "" if not late else " late" if late == len(done) else f", {late} of them late"
        also = "other " if view.happened else ""
        title = f"{quantity(len(done), f'{also}step')} done{of_them}"
        table = _by_case(view, "Done, by case", done, "id action who done finished")
        blocks += (parts.folded(title, table),)
    return blocks


def _ahead(view: WeeklyView, most: int | None = None) -> tuple[Block, ...]:
    """Meetings, hold reviews and proceedings ahead."""
    columns: list[parts.Column[Coming]] = [
        ("Day", "day", lambda each: day_cell(each.day, words(f" {each.time}" if each.time else ""))),
        ("Case", "case", lambda each: parts.ids_cell(each.cases, 2)),
        ("What", "action", lambda each: text_cell(free(each.what))),
        ("Place", "text", lambda each: text_cell(free(each.place))),
    ]
    ahead = [each for each in view.coming if each.day >= view.as_at][:most]
    return _listing(view, f"From {short_date(view.as_at)}", ahead, columns)


def _coming(view: WeeklyView) -> tuple[Block, ...]:
    """What is ahead; then the days that are over and ask for an answer."""
    over: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in view.coming:
        if each.day < view.as_at:
            what = f"{each.what} ({short_date(each.day)})"
            over[each.kind, listed(each.cases), each.case_anchor].append(what)
    items = parts.bullets(
        spans(name(cases, to=anchor), ": ", free(listed(days)), f". {_OVER[kind]}")
        for (kind, cases, anchor), days in over.items()
    )
    return (*_ahead(view), *((Heading("Their day is over"),) if items else ()), *items)


def _waiting(view: WeeklyView) -> tuple[Block, ...]:
    """The returns; and the rows waiting for others that do not stand among those that need somebody."""
    shown = {id(row) for row in view.needs}
    rows = [each for each in view.waiting if id(each.row) not in shown]
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
    why: parts.Column[NotedRow] = (
        "Why",
        "reason",
        lambda each: text_cell(words(*each.notes), small(each.row.progress)),
    )
    caption = "What others must do before the work can go on, and what waits for them"
    table = parts.table(caption, rows, _columns(view, "id action who"), why, "judged")
    return (*returns, *_few_or_folded(len(rows), " waiting for others", table))


def _few_or_folded(number: int, what: str, table: Block) -> tuple[Block, ...]:
    """A table where it has a few rows, else behind a fold; nothing where it has none."""
    if number > FIRST:
        return (parts.folded(f"{quantity(number, 'step')}{what}", table),)
    return (table,) if number else ()


def _ready(view: WeeklyView) -> tuple[Block, ...]:
    """Steps that can begin, and apart from them what is done again and again."""
    if not view.ready:
        return ()
    caption = "Without a date; all that comes before them is done"
    ready = parts.table(caption, view.ready, _columns(view, "id action who"), plain=True)
    items = parts.bullets(
        spans(name(case), ": ", name(", ".join(row.label for row in rows)), ".")
        for case, rows in groupby(view.standing, key=lambda row: row.case)
    )
    title = f"Done again and again: {quantity(len(view.standing), 'standing step')}"
    return (ready, parts.folded(title, *items)) if items else (ready,)


def _undated(view: WeeklyView) -> tuple[Block, ...]:
    above = {*map(id, view.ready), *(id(each.row) for each in view.waiting)}
    rows = [each for each in view.undated if id(each.row) not in above]
    passed: parts.Column[NotedRow] = ("Passed by", "ids", lambda each: parts.ids_cell(each.notes))
    return _few_or_folded(len(rows), "", parts.table(UNDATED, rows, _columns(view, "id action who"), passed))


def _moved(view: WeeklyView) -> tuple[Block, ...]:
    """The clocks that moved many dates, a line each, and the rows that were agreed for another day."""
    if view.movement:
        moved = [(case, "", clock, rows) for case, clock, rows in view.movement.clocks]
        when = f"since {short_date(view.movement.since)}"
    else:
        moved = [(each.case, each.case_anchor, each.clock, each.open) for each in view.clocks_moved]
        when = "since the workbook was issued"
    clocks = parts.bullets(
        spans(name(case, to=anchor), f": {quantity(rows, 'due date')} moved with ", name(clock), f" {when}.")
        for case, anchor, clock, rows in moved
        if rows
    )
    table = parts.moved_table(MOVED, view.moved, _columns(view, "id action due agreed rag"))
    return (*clocks, table) if view.moved else clocks


def _movement(view: WeeklyView) -> tuple[Block, ...]:
    """What changed since the last report and stands nowhere above."""
    moved = view.movement
    assert moved
    shown = {(each.case_anchor, each.label) for each in view.needs}
    agreed = {(each.row.case_anchor, each.row.label) for each in view.moved}
    moves = [
        each
        for each in moved.moves
        if each.what != history.DONE
        and not (each.what in PRESSING and (each.anchor, each.label) in shown)
        and not (each.what == history.AGREED and (each.anchor, each.label) in agreed)
    ]
    named = (("No longer here: ", moved.gone_cases), ("New: ", moved.new_cases))
    items = [spans(what, name(listed(cases)), ".") for what, cases in named if cases]
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
    return (*parts.bullets(items), *((parts.table(caption, moves, *columns),) if moves else ()))
