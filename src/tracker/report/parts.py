"""The parts that pages are built from: tables of rows, lists, the frame of a report."""

from __future__ import annotations

from dataclasses import replace
from textwrap import shorten
from typing import TYPE_CHECKING, Any, TypeVar

from tracker.report.blocks import (
    Block,
    BlockGroup,
    Bullets,
    Collapsible,
    Drawing,
    Heading,
    Months,
    Para,
    ReportCell,
    ReportColumn,
    ReportPage,
    ReportTable,
    ReportTableRow,
    day_cell,
    free,
    muted,
    name,
    number_cell,
    rag,
    rag_cell,
    small,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.rows import ReportRow, file_name
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tracker.report.blocks import Section, Spans, Tile
    from tracker.report.decisions import Decision
    from tracker.report.everything import EverythingView
    from tracker.report.figures import Chart, Timeline
    from tracker.report.frame import CaseStatus, Frame
    from tracker.report.sections import Moved
    from tracker.report.weekly import WeeklyView
    from tracker.report.yearly import Measure

T = TypeVar("T")
Column = tuple[str, str, "Callable[[T], ReportCell]"]
"""A column of a table: its title, the kind that sets its width and alignment, and the cell of an item."""

_CASES_SHOWN_OPEN = 6
"""Up to this many cases the page opens their details; beyond, the reader does."""
_CONTRADICTIONS_NAMED = 5


def name_cell(text: str, to: str = "") -> ReportCell:
    """A reference, an ID or a name."""
    return ReportCell((name(text, to=to),))


def reference_cell(case: CaseStatus) -> ReportCell:
    """What a case is called, and what it is about."""
    return text_cell(name(case.reference, to=case.anchor), small(case.summary))


def who_cell(who: str, role: str) -> ReportCell:
    """The person, and the role behind the name."""
    return text_cell(name(who), small(role))


def judged_cell(row: ReportRow) -> ReportCell:
    """The date a row is judged by; where another was agreed, what became of it."""
    if not (row.moved and row.agreed and row.due):
        return day_cell(row.judged)
    counts = row.judged != row.due
    text = (
        f"agreed; due {short_date(row.due)}" if counts else f"agreed {short_date(row.agreed)} does not count"
    )
    return day_cell(row.judged, small(text))


def joined(items: Iterable[Spans], separator: str = "; ") -> Spans:
    """The spans of several items in a row."""
    return tuple(each for item in items for each in (words(separator), *item))[1:]


def ids_cell(labels: Sequence[str], most: int | None = None) -> ReportCell:
    """A list of IDs, each of which stays in one piece; of more than `most`, how many others there are."""
    more = len(labels) - len(labels[:most])
    others = (words(f" and {more} more"),) if more else ()
    return ReportCell((*joined(((name(label),) for label in labels[:most]), ", "), *others))


def numbers(**titles: str) -> list[Column[Any]]:
    """Columns of numbers: the title of each by the field of an item."""

    def of(field: str) -> Callable[[Any], ReportCell]:
        return lambda item: number_cell(getattr(item, field))

    return [(title, "number", of(field)) for field, title in titles.items()]


COLUMNS: Mapping[str, Column[ReportRow]] = {
    "case": ("Case", "case", lambda row: name_cell(row.case, row.case_anchor)),
    "of": ("Case", "case", lambda row: name_cell(row.case)),  # where no details of it stand
    "id": ("ID", "id", lambda row: name_cell(row.called)),
    "tagged": ("ID", "id", lambda row: text_cell(name(row.called), small(row.tag))),
    "action": ("Action", "action", lambda row: text_cell(free(row.action))),
    "who": ("Who", "who", lambda row: who_cell(row.who, row.role)),
    "person": ("Who", "who", lambda row: name_cell(row.who)),
    "timescale": ("Timescale", "scale", lambda row: text_cell(words(row.timescale))),
    "judged": ("Due", "day", judged_cell),
    "due": ("Due", "day", lambda row: day_cell(row.due)),
    "agreed": ("Agreed", "day", lambda row: day_cell(row.agreed)),
    "done": ("Completed", "day", lambda row: day_cell(row.completed)),
    "signed": ("Signed off", "day", lambda row: day_cell(row.signed_off)),
    "rag": ("State", "rag", lambda row: rag_cell(row.rag)),
    "state": ("State", "rag", lambda row: rag_cell(row.rag, row.days_late)),
    "finished": ("How", "rag", lambda row: rag_cell(row.rag, row.days_late)),
    "late": ("Days late", "late", lambda row: number_cell(row.days_late)),
    "blocks": ("Holds up", "ids", lambda row: ids_cell(row.blocks, 3)),
    "reason": ("Reason", "reason", lambda row: text_cell(free(row.reason))),
    "key": ("Key date", "action", lambda row: text_cell(words(row.short) if row.short else free(row.action))),
    "shortly": ("Action", "action", lambda row: text_cell(free(row.short or shorten(row.action, 90)))),
    "impact": ("Impact", "text", lambda row: text_cell(free(row.impact))),
}
"""The columns a table of rows can have, by a short name."""


def table(
    caption: str,
    items: Iterable[T],
    *columns: str | Column[T],
    look: str = "",
    plain: bool = False,
    names: int | None = None,
    first: int | None = None,
) -> ReportTable:
    """A row an item, which is a `ReportRow`, or has one as its `row`, where columns are short names of `COLUMNS`.

    `look` names a special style; a `plain` table is neither sorted nor filtered. `names` is the place of the column
    that names the row, else that of an ID or a sheet, else the first. `first` numbers the rows from there on, where
    the first column is sorted by the order of the items.
    """
    chosen: list[Column[T]] = []
    for column in columns:
        chosen += map(_of_row, column.split()) if isinstance(column, str) else [column]
    if names is None:
        names = next((place for place, each in enumerate(chosen) if each[1] in {"id", "sheet"}), 0)
    rows = [tuple(cell(item) for _, _, cell in chosen) for item in items]
    if first is not None:
        rows = [(replace(row[0], sort=str(place)), *row[1:]) for place, row in enumerate(rows, first)]
    heads = tuple(ReportColumn(title, kind, place == names) for place, (title, kind, _) in enumerate(chosen))
    return ReportTable(caption, heads, tuple(map(ReportTableRow, rows)), look=look, plain=plain)


def _of_row(short_name: str) -> Column[Any]:
    title, kind, cell = COLUMNS[short_name]
    return title, kind, lambda item: cell(item if isinstance(item, ReportRow) else item.row)


def table_or(
    nothing: str, caption: str, items: Sequence[T], *columns: str | Column[T], look: str = ""
) -> tuple[Block, ...]:
    """A table, or words that say there is nothing in it."""
    return (table(caption, items, *columns, look=look),) if items else (none(nothing),)


def groups_table(
    caption: str,
    groups: Iterable[Sequence[ReportRow]],
    *columns: str | Column[ReportRow],
    by_case: bool = False,
) -> ReportTable:
    """A table of rows in groups, each under its sheet and state, or under its case."""
    found = []
    for each in groups:
        first, number = each[0], small(str(len(each)))
        title = spans(f"{first.sheet} ", rag(first.rag), number)
        if by_case:
            title = (name(first.case, to=first.case_anchor), number)
        found.append(BlockGroup("" if by_case else first.anchor, title, table("", each, *columns).rows))
    return replace(table(caption, (), *columns, look="groups"), groups=tuple(found))


def none(text: str) -> Para:
    """Words that say there is nothing."""
    return Para((muted(text),), "none")


# Sentences and lists


def bullets(items: Iterable[Spans]) -> tuple[Block, ...]:
    """A list; nothing where it has no items."""
    listing = tuple(items)
    return (Bullets(listing),) if listing else ()


def decision_list(awaited: Iterable[Decision]) -> tuple[Block, ...]:
    """The decisions that are awaited."""
    return bullets(
        spans(name(each.case, to=each.case_anchor), ": ", strong(each.ask), f": {each.because}.")
        for each in awaited
    )


def moved_table(caption: str, moved: Iterable[Moved], columns: str) -> ReportTable:
    """Rows whose agreed date is not their due date, with the reason."""

    def reason(each: Moved) -> ReportCell:
        text = free(each.reason) if each.reason else strong("no reason given")
        return text_cell(text, *([small(f"agreed by {each.agreed_by}")] if each.agreed_by else []))

    return table(caption, moved, columns, ("Reason", "reason", reason))


# Cases


def folded(title: str, *blocks: Block, anchor: str = "", look: str = "annex") -> Collapsible:
    """Blocks behind a line of our own words."""
    return Collapsible((words(title),), blocks, anchor=anchor, look=look)


def case_fold(
    view: WeeklyView | EverythingView,
    status: CaseStatus,
    drawn: Timeline | None,
    keys: Sequence[ReportRow],
    blocks: Iterable[Block],
    *,
    paper: bool = False,
    legend: bool = True,
) -> Collapsible:
    """A case by itself: its line, its timeline, its key dates, what else there is to tell."""
    shown: list[Block] = []
    if drawn:
        shown.append(Drawing(status.anchor, status.reference, drawn, view.as_at, legend))
    if keys:
        columns = "id key timescale due agreed done rag late"
        shown.append(table(f"Key dates of {status.reference}", keys, columns, look="keys", plain=True))
    title = (name(status.reference), free(status.summary), small(f"{status.stage}, {status.standing}"))
    opened = len(view.cases) <= _CASES_SHOWN_OPEN
    return Collapsible(title, (*shown, *blocks), status.anchor, look="case", open=opened, paper=paper)


def months_block(drawn: Chart | None) -> tuple[Block, ...]:
    """The chart over months, where there are enough of them."""
    if drawn is None:
        return ()
    caption = (
        "Dated rows of the council and the partnership done in each month; days late are working days, averaged "
        "over the rows that were late"
    )
    shown = table(
        caption,
        drawn.months,
        ("Month", "sheet", lambda each: ReportCell((words(each.words),), sort=each.month)),
        *numbers(done="Done"),
        ("On time", "number", lambda each: number_cell(each.on_time if each.done else None)),
        ("On-time share", "number", lambda each: text_cell(words(f"{each.share}%" if each.done else ""))),
        *numbers(average_late="Average days late"),
        plain=True,
    )
    return Heading("On time by month", "months"), Months(drawn, shown)


def measures_table(measures: Sequence[Measure]) -> ReportTable:
    """What was measured, and the averages."""

    def on_time(each: Measure) -> ReportCell:
        return ReportCell() if each.on_time is None else text_cell(words(f"{each.on_time} of {each.done}"))

    return table(
        "Working days; days late are past the due date, averaged over those that were late",
        measures,
        ("Measure", "sheet", lambda each: text_cell(words(each.words))),
        *numbers(done="Done"),
        ("On time", "number", on_time),
        *numbers(average="Average working days", average_late="Average days late"),
        ("Late and not done", "number", lambda each: number_cell(each.open_late, pressing=True)),
        look="matrix",
        plain=True,
    )


# The frame of a page


def report_page(
    view: Frame,
    title: str,
    about: Spans,
    lead: Sequence[Para],
    sections: Sequence[Section],
    *,
    tiles: Sequence[Tile] = (),
    named: bool = True,
) -> ReportPage:
    """A report as blocks. Not `named` where the names of files and cases might tell whose case it is."""
    left_out = tuple(
        spans(strong("A file"), ": ", each.found, small(each.code)) if not named else
        spans(strong(file_name(each.file)), ": ", free(each.sentence), " ", free(each.remedy), small(each.code))
        for each in view.left_out
    )  # fmt: skip
    sources = tuple(
        spans(name(case), ": ", name(file_name(file.path)), " ", small(f"SHA-256 {file.sha256}"))
        for case, file in view.sources
    )
    return ReportPage(
        title=f"{title}, {short_date(view.as_at)}",
        about=about,
        marking=view.marking,
        left_out=Bullets(left_out) if left_out else None,
        lead=(*_contradictions(view, named=named), *lead),
        tiles=tuple(tiles),
        sections=tuple(sections),
        procedures=view.procedures,
        sources=sources if named else (),
        as_at=view.as_at,
    )


def _contradictions(view: Frame, *, named: bool) -> tuple[Para, ...]:
    """How many entries cannot be right, and where the first of them stand; nothing where there are none."""
    if not (found := view.contradictions):
        return ()
    count = f"{quantity(len(found), 'entry', 'entries')} cannot be right"
    if not named:
        return (Para((strong(f"{count}."),)),)
    first = joined(
        spans(name(each.case), " ", name(each.problem.place)) for each in found[:_CONTRADICTIONS_NAMED]
    )
    more = len(found) - _CONTRADICTIONS_NAMED
    return (Para(spans(strong(f"{count}: "), *first, f" and {more} more." if more > 0 else ".")),)
