"""The parts that pages are built from: tables of rows, lists, the frame of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

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
    ReportTable,
    ReportTableRow,
    day,
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
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from tracker.report.blocks import Span, Spans
    from tracker.report.chart import Chart, Month
    from tracker.report.decisions import Decision, Sentence
    from tracker.report.figures import SheetCounts, Timeline
    from tracker.report.lines import ReportRow
    from tracker.report.sections import ClockMoved, Moved, RowGroup
    from tracker.report.standing import CaseLine, NextKeyDate, ReportedHold
    from tracker.report.timeliness import Measure

    LeadTo = Callable[[CaseLine], tuple[str, str, str, str]]

T = TypeVar("T")


class HasRow(Protocol):
    """What has a row of a report beside other things."""

    @property
    def line(self) -> ReportRow:
        """The row."""


Column = tuple[str, str, "Callable[[T], ReportCell]"]
"""A column of a table: its title, the kind that says how wide and how set it is, and the cell of an item."""


def table(
    caption: str,
    items: Iterable[T],
    columns: Sequence[Column[T]],
    *,
    look: str = "",
    plain: bool = False,
    names: int | None = None,
) -> ReportTable:
    """A row an item. `names` is the place of the column that names the row: an ID or a sheet, else the first."""
    kinds = [kind for _, kind, _ in columns]
    if names is None:
        names = next((place for place, kind in enumerate(kinds) if kind in {"id", "sheet"}), 0)
    return ReportTable(
        caption,
        tuple(ReportColumn(title, kind, place == names) for place, (title, kind, _) in enumerate(columns)),
        tuple(ReportTableRow(tuple(cell(item) for _, _, cell in columns)) for item in items),
        look=look,
        plain=plain,
    )


def name_cell(text: str, to: str = "", sort: str = "") -> ReportCell:
    """A reference, an ID or a name."""
    return ReportCell((name(text, to=to),), sort=sort)


def who_cell(who: str, role: str) -> ReportCell:
    """The person, and the role behind the name."""
    return text_cell(name(who), *([small(role)] if role else []))


def judged_cell(row: ReportRow) -> ReportCell:
    """The date a row is judged by; where another was agreed, what became of it."""
    if not (row.moved and row.agreed and row.due):
        return day_cell(row.judged)
    counts = row.judged != row.due
    text = (
        f"agreed; due {short_date(row.due)}" if counts else f"agreed {short_date(row.agreed)} does not count"
    )
    return day_cell(row.judged, small(text))


def ids_cell(labels: Sequence[str]) -> ReportCell:
    """A list of IDs, each of which stays in one piece."""
    listing = [each for label in labels for each in (words(", "), name(label))]
    return ReportCell(tuple(listing[1:]))


COLUMNS: Mapping[str, Column[ReportRow]] = {
    "case": ("Case", "case", lambda row: name_cell(row.case, row.case_anchor)),
    "of": ("Case", "case", lambda row: name_cell(row.case)),  # where no details of it stand
    "id": ("ID", "id", lambda row: name_cell(row.label)),
    "action": ("Action", "action", lambda row: text_cell(free(row.action))),
    "who": ("Who", "who", lambda row: who_cell(row.who, row.role)),
    "timescale": ("Timescale", "scale", lambda row: text_cell(words(row.timescale))),
    "judged": ("Due", "day", judged_cell),
    "due": ("Due", "day", lambda row: day_cell(row.due)),
    "agreed": ("Agreed", "day", lambda row: day_cell(row.agreed)),
    "done": ("Completed", "day", lambda row: day_cell(row.completed)),
    "signed": ("Signed off", "day", lambda row: day_cell(row.signed_off)),
    "rag": ("State", "rag", lambda row: rag_cell(row.rag)),
    "late": ("Days late", "late", lambda row: number_cell(row.days_late)),
    "blocks": ("Holds up", "ids", lambda row: ids_cell(row.blocks)),
    "status": ("Status", "status", lambda row: text_cell(words(row.status))),
    "progress": ("Progress", "text", lambda row: text_cell(free(row.progress))),
    "reason": ("Reason", "reason", lambda row: text_cell(free(row.reason))),
    "key": ("Key date", "action", lambda row: text_cell(free(row.action))),
    "impact": ("Impact", "text", lambda row: text_cell(free(row.impact))),
    "ref": ("Ref", "plan", lambda row: text_cell(name(row.plan_ref))),
}
"""The columns a table of rows can have, by a short name."""


def row_columns(short_names: str) -> list[Column[HasRow]]:
    """The columns of a row, for items that have one beside other things. The names are parted by blanks."""
    return [_of_item(*COLUMNS[each]) for each in short_names.split()]


def _of_item(title: str, kind: str, cell: Callable[[ReportRow], ReportCell]) -> Column[HasRow]:
    return title, kind, lambda item: cell(item.line)


def rows_table(
    caption: str, rows: Iterable[ReportRow], columns: str, *, look: str = "", plan_ref: str = ""
) -> ReportTable:
    """A table of rows. `columns` are short names, parted by blanks; `plan_ref` is the title of column `ref`."""
    chosen = [COLUMNS[each] for each in columns.split()]
    renamed = [(plan_ref if kind == "plan" else title, kind, cell) for title, kind, cell in chosen]
    return table(caption, rows, renamed, look=look, plain=look == "keys")


def groups_table(caption: str, groups: Iterable[RowGroup], columns: str) -> ReportTable:
    """A table of rows in groups, each under its sheet and state."""
    in_groups = tuple(
        BlockGroup(
            each.anchor,
            (words(f"{each.sheet} "), rag(each.rag), small(str(len(each.lines)))),
            rows_table("", each.lines, columns).rows,
        )
        for each in groups
    )
    heads = rows_table("", [], columns).columns
    return ReportTable(caption, heads, groups=in_groups, look="groups")


def rows_or(nothing: str, caption: str, rows: Sequence[ReportRow], columns: str) -> tuple[Block, ...]:
    """A table of rows, or words that say there are none."""
    return (rows_table(caption, rows, columns),) if rows else (none(nothing),)


def none(text: str) -> Para:
    """Words that say there is nothing."""
    return Para((muted(text),), "none")


# Sentences and lists


def sentence(asked: Sentence) -> Para:
    """A sentence of linked phrases."""
    last = len(asked.phrases) - 1
    phrases: list[Span | str] = []
    for place, phrase in enumerate(asked.phrases):
        phrases.append(name(phrase.text, to=phrase.anchor))
        phrases.append("." if place == last else " and " if place == last - 1 else ", ")
    return Para(spans(strong(f"{asked.lead}:"), " ", *(phrases or [f"{asked.otherwise}."])), "lead")


def decision_list(awaited: Iterable[Decision]) -> Bullets:
    """The decisions that are awaited."""
    return Bullets(
        tuple(
            spans(name(each.case, to=each.case_anchor), ": ", strong(each.ask), f": {each.because}.")
            for each in awaited
        )
    )


def clocks_list(moved: Iterable[ClockMoved]) -> tuple[Block, ...]:
    """Due dates that moved with their clock."""
    items = tuple(
        spans(
            name(each.case, to=each.case_anchor), f": {quantity(each.rows, 'due date')} moved with ",
            name(each.clock), " since the workbook was issued.",
        )
        for each in moved
    )  # fmt: skip
    return (Bullets(items),) if items else ()


def moved_table(caption: str, moved: Iterable[Moved], columns: str) -> ReportTable:
    """Rows whose agreed date is not their due date, with the reason."""
    return table(caption, moved, [*row_columns(columns), ("Reason", "reason", _reason)])


def _reason(each: Moved) -> ReportCell:
    reason = free(each.reason) if each.reason else strong("no reason given")
    return text_cell(reason, *([small(f"agreed by {each.agreed_by}")] if each.agreed_by else []))


# Cases


def hold_spans(hold: ReportedHold | None) -> Spans:
    """Until when publication is held."""
    if hold is None:
        return (words("no"),)
    reason = (small(hold.reason),) if hold.reason else ()
    if hold.past_review:
        return spans(strong("past its review"), " of ", day(hold.review_on), *reason)
    if hold.review_on:
        return spans("until the review on ", day(hold.review_on), *reason)
    return spans("no review date", *reason)


def cases_table(caption: str, cases: Sequence[CaseLine], lead_to: LeadTo) -> tuple[Block, ...]:
    """A row a case, or that there is none; `lead_to` says where the rows of its overdue, chase, moved, open stand."""
    if not cases:
        return (none("No case was read."),)
    columns: list[Column[tuple[int, CaseLine]]] = [
        ("Case", "ref", lambda each: ReportCell(_name_case(each[1]), sort=str(each[0]))),
        ("Stage reached", "stage", lambda each: text_cell(words(each[1].stage), small(each[1].standing))),
        ("Next key date", "next", lambda each: _next_key_cell(each[1].next_key)),
        (
            "Overdue",
            "number",
            lambda each: number_cell(each[1].overdue, to=lead_to(each[1])[0], pressing=True),
        ),
        (
            "To chase",
            "number",
            lambda each: number_cell(each[1].chase, to=lead_to(each[1])[1], pressing=True),
        ),
        ("Moved", "number", lambda each: number_cell(each[1].moved, to=lead_to(each[1])[2])),
        ("Open", "number", lambda each: number_cell(each[1].open, to=lead_to(each[1])[3])),
        (
            "On hold",
            "hold",
            lambda each: ReportCell(hold_spans(each[1].hold), mark="" if each[1].hold else "nil"),
        ),
    ]
    return (table(caption, list(enumerate(cases, 1)), columns, look="cases"),)


def _name_case(case: CaseLine) -> Spans:
    return (name(case.reference, to=case.anchor), *((small(case.summary),) if case.summary else ()))


def _next_key_cell(key: NextKeyDate | None) -> ReportCell:
    if key is None:
        return ReportCell((muted("none with a date"),))
    what = spans(day(key.day), " ", rag(key.rag), small(f"{key.label} {key.action}"))
    return ReportCell(what, sort=key.day.isoformat())


def counts_table(caption: str, counts: Iterable[SheetCounts]) -> ReportTable:
    """Counts by case and sheet: a bar, and the same in words, which lead to the rows."""
    columns: list[Column[SheetCounts]] = [
        ("Case", "case", lambda each: name_cell(each.case, each.case_anchor)),
        ("Sheet", "sheet", lambda each: text_cell(words(each.sheet))),
        (
            "Done",
            "done",
            lambda each: ReportCell((words(f"{each.done} of {each.live}"),), sort=str(each.done)),
        ),
        ("In words", "words", lambda each: ReportCell((words(each.sheet),), counts=each.counts)),
    ]
    return table(caption, counts, columns, look="counts")


def case_fold(
    row: CaseLine,
    blocks: Sequence[Block],
    drawn: Timeline | None,
    as_at: date,
    *,
    opened: bool,
    paper: bool = False,
) -> Collapsible:
    """A case by itself: its line, its timeline, what else there is to tell."""
    picture = (Drawing(row.anchor, row.reference, drawn, as_at),) if drawn else ()
    title = (name(row.reference), free(row.summary), small(f"{row.stage}, {row.standing}"))
    return Collapsible(title, (*picture, *blocks), anchor=row.anchor, look="case", open=opened, paper=paper)


def keys_table(reference: str, keys: Sequence[ReportRow]) -> tuple[Block, ...]:
    """The key dates of a case."""
    columns = "id key timescale due agreed done rag late"
    return (rows_table(f"Key dates of {reference}", keys, columns, look="keys"),) if keys else ()


def months_block(drawn: Chart | None) -> tuple[Block, ...]:
    """The chart over months, where there are enough of them."""
    if drawn is None:
        return ()
    columns: list[Column[Month]] = [
        ("Month", "sheet", lambda each: ReportCell((words(each.words),), sort=each.month)),
        ("Done", "number", lambda each: number_cell(each.done)),
        ("On time", "number", lambda each: number_cell(each.on_time)),
        ("On-time share", "number", lambda each: text_cell(words(f"{each.share}%"))),
        ("Average days late", "number", lambda each: number_cell(each.average_late)),
    ]
    caption = (
        "Dated rows of the council and the partnership done in each month; days late are working days, averaged "
        "over the rows that were late"
    )
    months = table(caption, drawn.months, columns, plain=True)
    return (Heading("On time by month", "months"), Months(drawn, months))


def measures_table(measures: Sequence[Measure]) -> ReportTable:
    """What was measured, and the averages."""
    columns: list[Column[Measure]] = [
        ("Measure", "sheet", lambda each: text_cell(words(each.words))),
        ("Done", "number", lambda each: number_cell(each.done)),
        ("On time", "number", _on_time),
        ("Average working days", "number", lambda each: number_cell(each.average)),
        ("Average days late", "number", lambda each: number_cell(each.average_late)),
        ("Late and not done", "number", lambda each: number_cell(each.open_late, pressing=True)),
    ]
    caption = "Working days; days late are past the due date, averaged over those that were late"
    return table(caption, measures, columns, look="matrix", plain=True)


def _on_time(each: Measure) -> ReportCell:
    return ReportCell() if each.on_time is None else text_cell(words(f"{each.on_time} of {each.done}"))
