"""The weekly report's page, as its readers use it: the first screen for directors, then the week, then each case.

What there is nothing of is named once, at the end of the week; counts, changes and problems come last, for the
Business Manager.

Example:
    >>> page = weekly_page(weekly_view(reconciliation))
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from tracker.reconcile.model import TYPED_EVENTS
from tracker.report import figures, findings, history, parts, sections
from tracker.report.blocks import (
    Block,
    BlockGroup,
    Collapsible,
    Heading,
    ReportCell,
    ReportPage,
    Section,
    day,
    day_cell,
    free,
    name,
    rag,
    small,
    spans,
    text_cell,
    words,
)
from tracker.report.first_screen import case_table, cases_section, lead, quiet_tiles
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.report.coming import Coming
    from tracker.report.lines import ReportRow
    from tracker.report.weekly import CaseDetail, Happened, WeeklyView, Window

FIRST = 5
"""Rows of a list that are shown at once; the others behind a fold."""
BRIEF = 8
NEEDS = "Past their date, due today or due in the next 5 working days; statutory and key dates first"
MOVED = "Agreed for another day than the procedure's; open, or done since the last report"
UNDATED = "Open steps without a date; what follows them is done or past its own date. Complete them, or agree a date"
_ROWS = "tagged action who judged state blocks"


def weekly_page(view: WeeklyView, *, brief: bool = False) -> ReportPage:
    """The weekly report as blocks; `brief` is one page for directors, without the cases one by one."""
    many = quantity(len(view.cases) + len(view.closed), "case")
    about = spans(f"{many} · since ", day(view.since))
    shown = _brief_sections(view) if brief else _sections(view)
    tiles = tuple(each for each in view.tiles if each.number != "0")
    page = parts.report_page(view, "Weekly status report", about, lead(view), shown, tiles=tiles)
    anchors = {each.anchor for each in shown}
    tiles = tuple(each if each.anchor in anchors else replace(each, anchor="main") for each in tiles)
    return replace(page, tiles=tiles, quiet=quiet_tiles(view.tiles), nav=not brief)


def _sections(view: WeeklyView) -> list[Section]:
    """The week, what there is nothing of, the cases one by one, and what the Business Manager needs."""
    week = _week(view)
    empty = [each.nav or each.title for each in week if not each.blocks]
    found = [each for each in week if each.blocks]
    if empty:
        text = listed(each[0].lower() + each[1:] for each in empty)
        found.append(Section("quiet", "Nothing to report", (parts.none(f"{text[0].upper()}{text[1:]}."),)))
    problems = (*findings.problem_blocks(view.problems), *findings.blocks_of_closed(view.closed))
    return [
        *found,
        Section("details", "Case by case", _details(view)),
        Section("counts", "Counts", _counts(view)),
        Section("changes", "Changed since the workbooks were issued", findings.change_blocks(view.changes),
                view.changed_cells, nav="Changes"),
        Section("problems", "Problems in the workbooks", problems, len(view.problems), nav="Problems"),
    ]  # fmt: skip


def _week(view: WeeklyView) -> list[Section]:
    """The sections of the week; those without blocks have nothing to report."""
    awaited = parts.decision_list(view.decisions)
    return [
        Section("cases", "Cases", cases_section(view), len(view.cases) + len(view.closed)),
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
    """What fits on one page beside the headline and the cases."""
    awaited = parts.decision_list(view.decisions[:FIRST])
    needs = (parts.table(NEEDS, view.needs[:FIRST], "case tagged action who judged state", plain=True),)
    ahead = tuple(each for each in view.coming if each.day >= view.as_at)[:FIRST]
    found = [
        Section("cases", "Cases", case_table(view, BRIEF)),
        Section("needs", "Needs somebody this week", needs if view.needs else (), len(view.needs)),
        Section("decisions", "Decisions awaited", awaited, len(view.decisions)),
        Section("happened", "What happened", _events(view.happened[:FIRST]) if view.happened else ()),
        Section("coming", "What is coming", (_coming_table(view, ahead),) if ahead else ()),
    ]
    return [each for each in found if each.blocks]


# The week


def _needs(view: WeeklyView) -> tuple[Block, ...]:
    """The first rows, then the others by case behind a fold; and the window after."""
    if not view.needs:
        return _after(view.windows[1])
    first, others = view.needs[:FIRST], view.needs[FIRST:]
    blocks: list[Block] = [parts.table(NEEDS, first, f"case {_ROWS}", plain=True)]
    if others:
        table = _by_case("The others, by case", others, _ROWS)
        blocks.append(Collapsible((words(f"Show all {len(view.needs)}"),), (table,), look="all"))
    return (*blocks, *_after(view.windows[1]))


def _after(window: Window) -> tuple[Block, ...]:
    if not window.lines:
        return ()
    stretch = f"{short_date(window.first)} to {short_date(window.last)}"
    title = (words(f"{quantity(len(window.lines), 'step')} due in the 5 working days after"),)
    return (Collapsible(title, (_by_case(f"From {stretch}", window.lines, "tagged action who judged rag"),)),)


def _by_case(caption: str, rows: Iterable[ReportRow], columns: str) -> Block:
    """Rows under their cases, each case with what is most pressing in it first."""
    groups: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for row in rows:
        groups[row.case].append(row)
    found = tuple(
        BlockGroup(
            "",
            (name(case, to=each[0].case_anchor), small(str(len(each)))),
            parts.table("", each, columns).rows,
        )
        for case, each in groups.items()
    )
    return replace(parts.table(caption, (), columns, look="groups"), groups=found)


def _events(happened: Sequence[Happened]) -> tuple[Block, ...]:
    def what(each: Happened) -> ReportCell:
        text = free(each.event.text) if each.event.kind in TYPED_EVENTS else words(each.event.text)
        return text_cell(text, small(each.event.id))

    columns: list[parts.Column[Happened]] = [
        ("Day", "day", lambda each: day_cell(each.event.day)),
        ("Case", "case", lambda each: parts.name_cell(each.case, each.case_anchor)),
        ("What", "action", what),
    ]
    return (parts.table("The newest first", happened, *columns, plain=True, names=1),)


def _happened(view: WeeklyView) -> tuple[Block, ...]:
    """The events, then what else was done: late, and in time."""
    told = {(each.case_anchor, each.event.id) for each in view.happened if each.event.id}
    done = [row for row in (*view.done_late, *view.done_in_time) if (row.case_anchor, row.label) not in told]
    blocks: list[Block] = [*(_events(view.happened) if view.happened else ())]
    if done:
        late = sum(row.rag == "Complete, late" for row in done)
        of_them = f", {late} late" if late else ""
        also = " other" if view.happened else ""
        title = (words(f"{len(done)}{also} {'step' if len(done) == 1 else 'steps'} done{of_them}"),)
        blocks.append(Collapsible(title, (_by_case("Done, by case", done, "id action who done finished"),)))
    return tuple(blocks)


def _coming_table(view: WeeklyView, found: Sequence[Coming]) -> Block:
    columns: list[parts.Column[Coming]] = [
        ("Day", "day", lambda each: day_cell(each.day, *([small(each.time)] if each.time else []))),
        ("Case", "case", lambda each: parts.ids_cell(each.cases)),
        ("What", "action", lambda each: text_cell(free(each.what))),
        ("Place", "text", lambda each: text_cell(free(each.place))),
    ]
    return parts.table(f"From {short_date(view.as_at)}", found, *columns, plain=True, names=2)


def _coming(view: WeeklyView) -> tuple[Block, ...]:
    """Meetings, hold reviews and proceedings ahead; then the days that are over and ask for an answer."""
    ahead = tuple(each for each in view.coming if each.day >= view.as_at)
    asked = {
        "Not ticked": "was it held? Tick it on Calendar, or give it a new date.",
        "Proceedings": "what came of it? Type the next date on Case.",
    }
    over = parts.bullets(
        spans(name(listed(each.cases), to=each.case_anchor), ": ", free(each.what), ", ", day(each.day),
              f": {asked.get(each.kind, '')}")
        for each in view.coming
        if each.day < view.as_at
    )  # fmt: skip
    table = (_coming_table(view, ahead),) if ahead else ()
    return (*table, *((Heading("Over, and not ticked as held"),) if over else ()), *over)


def _waiting(view: WeeklyView) -> tuple[Block, ...]:
    """The returns; and the rows of others that do not stand among those that need somebody."""
    shown = {id(row) for row in view.needs}
    rows = [each for each in view.waiting if id(each.line) not in shown]
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
    why: parts.Column[sections.Waiting] = (
        "Why",
        "reason",
        lambda each: text_cell(words(each.why), *([small(each.line.progress)] if each.line.progress else [])),
    )
    caption = "What others must do before the work can go on"
    table = parts.table(caption, rows, "case id action who", why, "judged")
    if len(rows) <= FIRST:
        return (*returns, *((table,) if rows else ()))
    title = f"{quantity(len(rows), 'row')} of others"
    return (*returns, Collapsible((words(title),), (table,)))


def _ready(view: WeeklyView) -> tuple[Block, ...]:
    """Steps that can begin, and apart from them what is done again and again."""
    caption = "Without a date; all that comes before them is done"
    ready = (parts.table(caption, view.ready, "case id action who", plain=True),) if view.ready else ()
    if not view.standing:
        return ready
    items = (
        spans(name(case), ": ", name(", ".join(row.label for row in rows)), ".")
        for case, rows in groupby(view.standing, key=lambda row: row.case)
    )
    title = (words(f"Done again and again: {quantity(len(view.standing), 'standing step')}"),)
    return (*ready, Collapsible(title, parts.bullets(items))) if ready else ()


def _undated(view: WeeklyView) -> tuple[Block, ...]:
    ready = {id(row) for row in view.ready}
    rows = [each for each in view.undated if id(each.line) not in ready]
    passed: parts.Column[sections.Passed] = (
        "Passed by",
        "ids",
        lambda each: parts.ids_cell(each.overtaken_by),
    )
    return (parts.table(UNDATED, rows, "case id action who", passed),) if rows else ()


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
    rows = (parts.moved_table(MOVED, view.moved, "case id action due agreed rag"),) if view.moved else ()
    return (*clocks, *rows)


def _movement(view: WeeklyView) -> tuple[Block, ...]:
    """What changed since the last report and stands nowhere above."""
    moved = view.movement
    assert moved
    shown = {(each.case_anchor, each.label) for each in view.needs}
    agreed = {(each.line.case_anchor, each.line.label) for each in view.moved}
    moves = [
        each
        for each in moved.moves
        if each.what != history.DONE
        and not (each.what in history.PRESSING and (each.anchor, each.label) in shown)
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


# For the Business Manager


def _counts(view: WeeklyView) -> tuple[Block, ...]:
    months = parts.months_block(view.chart)
    if not view.totals:
        return (parts.none("There is nothing to count."), *months)
    anchors = {each.anchor for each in _week(view) if each.blocks}
    totals = [each if each.anchor in anchors else replace(each, anchor="details") for each in view.totals]
    columns: list[parts.Column[figures.Count]] = [
        ("State", "state", lambda each: ReportCell((rag(each.rag),))),
        ("Rows", "number", lambda each: ReportCell((words(str(each.number), to=each.anchor),))),
        (
            "Drawn to scale",
            "bar",
            lambda each: ReportCell((words(f"{each.number} {each.rag}"),), counts=(each,), scale=True),
        ),
    ]
    table = parts.table("All rows of all cases", totals, *columns, look="totals", plain=True)
    without = ", without the closed cases" if view.closed else ""
    caption = f"By case and sheet{without}; the words lead to the rows"
    by_sheet = (parts.counts_table(caption, view.counts),) if view.counts else ()
    return (table, *by_sheet, *months)


def _details(view: WeeklyView) -> tuple[Block, ...]:
    if not view.details:
        return (parts.none("Every case is closed." if view.closed else "No case was read."),)
    shown = len(view.cases) <= parts.CASES_SHOWN_OPEN
    first = next((each for each in view.details if each.timeline), None)
    return tuple(_detail(each, view, opened=shown, legend=each is first) for each in view.details)


def _detail(each: CaseDetail, view: WeeklyView, *, opened: bool, legend: bool) -> Block:
    """A case by itself: its timeline, its key dates, and all its open rows behind a fold."""
    blocks: tuple[Block, ...] = ()
    if each.left:
        blocks = (parts.table("Left to do", each.left, "id action who judged rag", plain=True),)
    if each.groups:
        caption = f"Open rows of {each.line.reference}, by sheet and state"
        table = parts.groups_table(caption, each.groups, "id action who judged")
        blocks += (Collapsible((words(quantity(each.line.open, "open row")),), (table,)),)
    return parts.case_fold(
        each.line, each.timeline, each.keys, blocks, view.as_at, opened=opened, legend=legend
    )
