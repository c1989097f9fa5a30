"""The parts that pages are built from: tables of rows, lists, the frame of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report.blocks import (
    Block,
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
    strong,
    text_cell,
    words,
)
from tracker.report.filters import file_name
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from tracker.problems import Problem
    from tracker.report.blocks import Span, Spans
    from tracker.report.chart import Chart
    from tracker.report.decisions import Decision, Sentence
    from tracker.report.figures import SheetCounts, Timeline
    from tracker.report.frame import Frame
    from tracker.report.lines import ReportRow
    from tracker.report.sections import ClockMoved, Moved
    from tracker.report.standing import CaseLine, ReportedHold
    from tracker.report.timeliness import Measure

    LeadTo = Callable[[CaseLine], tuple[str, str, str, str]]


def case_cell(line: ReportRow) -> ReportCell:
    """The case of a row, which leads to its details."""
    return ReportCell((name(line.case, to=line.case_anchor),))


def id_cell(line: ReportRow) -> ReportCell:
    """The ID of a row."""
    return ReportCell((name(line.label),))


def who_cell(line: ReportRow) -> ReportCell:
    """The person, and the role behind the name."""
    return text_cell(name(line.who), *([small(line.role)] if line.role else []))


def judged_cell(line: ReportRow) -> ReportCell:
    """The date a row is judged by; where another was agreed, what became of it."""
    if line.agreed and line.due and line.agreed != line.due:
        counts = line.judged != line.due
        said = (
            f"agreed; due {short_date(line.due)}"
            if counts
            else f"agreed {short_date(line.agreed)} does not count"
        )
        return day_cell(line.judged, small(said))
    return day_cell(line.judged)


def ids_cell(labels: Sequence[str]) -> ReportCell:
    """A list of IDs, each of which stays in one piece."""
    spans = [each for label in labels for each in (words(", "), name(label))]
    return ReportCell(tuple(spans[1:]))


COLUMNS: Mapping[str, tuple[ReportColumn, Callable[[ReportRow], ReportCell]]] = {
    "case": (ReportColumn("Case", "case"), case_cell),
    "of": (
        ReportColumn("Case", "case"),
        lambda line: ReportCell((name(line.case),)),
    ),  # where no details of it stand
    "id": (ReportColumn("ID", "id", names_row=True), id_cell),
    "action": (ReportColumn("Action", "action"), lambda line: text_cell(free(line.action))),
    "who": (ReportColumn("Who", "who"), who_cell),
    "timescale": (ReportColumn("Timescale", "scale"), lambda line: text_cell(words(line.timescale))),
    "judged": (ReportColumn("Due", "day"), judged_cell),
    "due": (ReportColumn("Due", "day"), lambda line: day_cell(line.due)),
    "agreed": (ReportColumn("Agreed", "day"), lambda line: day_cell(line.agreed)),
    "done": (ReportColumn("Completed", "day"), lambda line: day_cell(line.completed)),
    "signed": (ReportColumn("Signed off", "day"), lambda line: day_cell(line.signed_off)),
    "rag": (ReportColumn("State", "rag"), lambda line: rag_cell(line.rag)),
    "late": (ReportColumn("Days late", "late"), lambda line: number_cell(line.days_late)),
    "blocks": (ReportColumn("Holds up", "ids"), lambda line: ids_cell(line.blocks)),
    "status": (ReportColumn("Status", "status"), lambda line: text_cell(words(line.status))),
    "progress": (ReportColumn("Progress", "text"), lambda line: text_cell(free(line.progress))),
    "reason": (ReportColumn("Reason", "reason"), lambda line: text_cell(free(line.reason))),
    "key": (ReportColumn("Key date", "action"), lambda line: text_cell(free(line.action))),
    "sheet": (ReportColumn("Sheet", "sheet"), lambda line: text_cell(words(line.sheet))),
    "impact": (ReportColumn("Impact", "text"), lambda line: text_cell(free(line.impact))),
    "ref": (ReportColumn("Ref", "plan"), lambda line: text_cell(name(line.plan_ref))),
}
"""The columns a table of rows can have, by a short name."""


def lines_table(
    caption: str,
    lines: Iterable[ReportRow],
    columns: str,
    *,
    look: str = "",
    titles: Mapping[str, str] | None = None,
) -> ReportTable:
    """A table of rows. `columns` are short names, parted by blanks; `titles` rename some."""
    chosen = [COLUMNS[each] for each in columns.split()]
    renamed = titles or {}
    heads = tuple(
        ReportColumn(renamed.get(short, column.title), column.kind, column.names_row)
        for short, (column, _) in zip(columns.split(), chosen, strict=True)
    )
    rows = tuple(ReportTableRow(tuple(cell(line) for _, cell in chosen)) for line in lines)
    return ReportTable(caption, heads, rows, look=look, plain=look == "keys")


def lines_or(
    nothing: str, caption: str, lines: Sequence[ReportRow], columns: str, **options: str
) -> tuple[Block, ...]:
    """A table of rows, or words that say there are none."""
    return (lines_table(caption, lines, columns, **options),) if lines else (none(nothing),)  # type: ignore[arg-type]  # look


def none(said: str) -> Para:
    """Words that say there is nothing."""
    return Para((muted(said),), "none")


# Sentences and lists


def sentence(said: Sentence) -> Para:
    """A sentence of linked phrases."""
    spans = [strong(f"{said.lead}:"), words(" ")]
    last = len(said.phrases) - 1
    for place, phrase in enumerate(said.phrases):
        spans.append(name(phrase.text, to=phrase.anchor))
        spans.append(words("." if place == last else " and " if place == last - 1 else ", "))
    if not said.phrases:
        spans.append(words(f"{said.otherwise}."))
    return Para(tuple(spans), "lead")


def decision_list(awaited: Iterable[Decision]) -> Bullets:
    """The decisions that are awaited."""
    return Bullets(
        tuple(
            (name(each.case, to=each.case_anchor), words(": "), strong(each.ask), words(f": {each.because}."))
            for each in awaited
        )
    )


def clocks_list(moved: Iterable[ClockMoved]) -> tuple[Block, ...]:
    """Due dates that moved with their clock."""
    items = tuple(
        (
            name(each.case, to=each.case_anchor),
            words(f": {quantity(each.rows, 'due date')} moved with "),
            name(each.clock),
            words(" since the workbook was issued."),
        )
        for each in moved
    )
    return (Bullets(items),) if items else ()


def moved_table(caption: str, moved: Iterable[Moved], *, case: bool) -> ReportTable:
    """Rows whose agreed date is not their due date, with the reason."""
    start = [
        COLUMNS[each]
        for each in ("case id action due agreed rag" if case else "id action due agreed rag").split()
    ]
    rows = [ReportTableRow((*(cell(each.line) for _, cell in start), _reason(each))) for each in moved]
    return ReportTable(
        caption, (*(column for column, _ in start), ReportColumn("Reason", "reason")), tuple(rows)
    )


def _reason(each: Moved) -> ReportCell:
    said = free(each.reason) if each.reason else strong("no reason given")
    return text_cell(said, *([small(f"agreed by {each.agreed_by}")] if each.agreed_by else []))


# Cases


def recorded_holds(holds: Sequence[ReportedHold]) -> Spans:
    """Every hold with its dates and reason, running or over."""
    spans: list[Span] = []
    for place, hold in enumerate(holds):
        before = words(" ") if place and holds[place - 1].reason else words("; ")  # a reason ends its line
        spans += [before, *_recorded_hold(hold)] if place else _recorded_hold(hold)
    return tuple(spans)


def _recorded_hold(hold: ReportedHold) -> Spans:
    spans: list[Span] = [words("from "), day(hold.since)]
    if hold.ended_on:
        spans += [words(" to "), day(hold.ended_on)]
    elif hold.review_on:
        spans += [words(", review on "), day(hold.review_on)]
    if not (hold.running or hold.ended_on):
        spans.append(words(", over"))
    return (*spans, *((small(hold.reason),) if hold.reason else ()))


def hold_spans(hold: ReportedHold | None) -> Spans:
    """Until when publication is held."""
    if hold is None:
        return (words("no"),)
    reason = (small(hold.reason),) if hold.reason else ()
    if hold.past_review:
        return (strong("past its review"), words(" of "), day(hold.review_on), *reason)
    if hold.review_on:
        return (words("until the review on "), day(hold.review_on), *reason)
    return (words("no review date"), *reason)


_CASE_COLUMNS = (
    ReportColumn("Case", "ref", names_row=True),
    ReportColumn("Stage reached", "stage"),
    ReportColumn("Next key date", "next"),
    ReportColumn("Overdue", "number"),
    ReportColumn("To chase", "number"),
    ReportColumn("Moved", "number"),
    ReportColumn("Open", "number"),
    ReportColumn("On hold", "hold"),
)


def cases_table(caption: str, cases: Sequence[CaseLine], lead_to: LeadTo) -> ReportTable:
    """A line a case; `lead_to` says where the rows of its counts stand: overdue, chase, moved, open."""
    rows = tuple(
        ReportTableRow(_case_cells(case, place, lead_to(case))) for place, case in enumerate(cases, 1)
    )
    return ReportTable(caption, _CASE_COLUMNS, rows, look="cases")


def cases_or_none(caption: str, cases: Sequence[CaseLine], lead_to: LeadTo) -> tuple[Block, ...]:
    """A line a case, or that there is none."""
    return (cases_table(caption, cases, lead_to),) if cases else (none("No case was read."),)


def _named(case: CaseLine) -> Spans:
    summary = (small(case.summary),) if case.summary else ()
    return (name(case.reference, to=case.anchor), *summary)


def _case_cells(case: CaseLine, place: int, to: tuple[str, str, str, str]) -> tuple[ReportCell, ...]:
    key = case.next_key
    following = (
        ReportCell(
            (day(key.day), words(" "), rag(key.rag), small(f"{key.label} {key.action}")),
            sort=key.day.isoformat(),
        )
        if key
        else ReportCell((muted("none with a date"),))
    )
    return (
        ReportCell(_named(case), sort=str(place)),
        text_cell(words(case.stage), small(case.standing)),
        following,
        number_cell(case.overdue, pressing=True, to=to[0]),
        number_cell(case.chase, pressing=True, to=to[1]),
        number_cell(case.moved, to=to[2]),
        number_cell(case.open, to=to[3]),
        ReportCell(hold_spans(case.hold), mark="" if case.hold else "nil"),
    )


def counts_table(caption: str, counts: Iterable[SheetCounts]) -> ReportTable:
    """Counts by case and sheet: a bar, and the same in words, which lead to the rows."""
    columns = (
        ReportColumn("Case", "case"),
        ReportColumn("Sheet", "sheet", names_row=True),
        ReportColumn("Done", "done"),
        ReportColumn("In words", "words"),
    )
    rows = tuple(
        ReportTableRow(
            (
                ReportCell((name(each.case, to=each.case_anchor),)),
                text_cell(words(each.sheet)),
                ReportCell((words(f"{each.done} of {each.live}"),), sort=str(each.done)),
                ReportCell((words(each.sheet),), counts=each.counts),
            )
        )
        for each in counts
    )
    return ReportTable(caption, columns, rows, look="counts")


def case_fold(
    line: CaseLine,
    blocks: Sequence[Block],
    drawn: Timeline | None,
    as_at: date,
    *,
    opened: bool,
    paper: bool = False,
) -> Collapsible:
    """A case by itself: its line, its timeline, what else there is to tell."""
    picture = (Drawing(line.anchor, line.reference, drawn, as_at),) if drawn else ()
    title = (name(line.reference), free(line.summary), small(f"{line.stage}, {line.standing}"))
    return Collapsible(title, (*picture, *blocks), anchor=line.anchor, look="case", open=opened, paper=paper)


def keys_table(reference: str, keys: Sequence[ReportRow]) -> tuple[Block, ...]:
    """The key dates of a case."""
    columns = "id key timescale due agreed done rag late"
    return (lines_table(f"Key dates of {reference}", keys, columns, look="keys"),) if keys else ()


def months_block(drawn: Chart | None) -> tuple[Block, ...]:
    """The chart over months, where there are enough of them."""
    if drawn is None:
        return ()
    columns = (
        ReportColumn("Month", "sheet", names_row=True),
        ReportColumn("Done", "number"),
        ReportColumn("On time", "number"),
        ReportColumn("On-time share", "number"),
        ReportColumn("Average days late", "number"),
    )
    rows = tuple(
        ReportTableRow(
            (
                ReportCell((words(each.words),), sort=each.month),
                number_cell(each.done),
                number_cell(each.on_time),
                text_cell(words(f"{each.share}%")),
                number_cell(each.average_late),
            )
        )
        for each in drawn.months
    )
    caption = (
        "Dated rows of the council and the partnership done in each month; days late are working days, averaged "
        "over the rows that were late"
    )
    return (
        Heading("On time by month", "months"),
        Months(drawn, ReportTable(caption, columns, rows, plain=True)),
    )


def measures_table(measures: Sequence[Measure]) -> ReportTable:
    """What was measured, and the averages."""
    columns = (
        ReportColumn("Measure", "sheet", names_row=True),
        ReportColumn("Done", "number"),
        ReportColumn("On time", "number"),
        ReportColumn("Average working days", "number"),
        ReportColumn("Average days late", "number"),
        ReportColumn("Late and not done", "number"),
    )
    rows = tuple(
        ReportTableRow(
            (
                text_cell(words(each.words)),
                number_cell(each.done),
                ReportCell() if each.on_time is None else text_cell(words(f"{each.on_time} of {each.done}")),
                number_cell(each.average),
                number_cell(each.average_late),
                number_cell(each.open_late, pressing=True),
            )
        )
        for each in measures
    )
    caption = "Working days; days late are past the due date, averaged over those that were late"
    return ReportTable(caption, columns, rows, look="matrix", plain=True)


# The frame


def left_out(view: Frame, *, named: bool = True) -> Bullets | None:
    """The files that could not be read; unnamed where their names might tell whose case it is."""
    if not view.left_out:
        return None
    return Bullets(tuple(_left_out(each) if named else _unnamed(each) for each in view.left_out))


def _left_out(each: Problem) -> Spans:
    return (
        strong(file_name(each.file)), words(": "), free(each.found), words(". "), free(each.remedy), small(each.code)
    )  # fmt: skip


def _unnamed(each: Problem) -> Spans:
    return (strong("A file"), words(": "), words(each.found), small(each.code))


_CONTRADICTIONS_NAMED = 5


def headline(view: Frame, *, named: bool = True) -> tuple[Para, ...]:
    """How many entries cannot be right, and where the first of them stand; nothing where there are none."""
    found = view.contradictions
    if not found:
        return ()
    count = f"{quantity(len(found), 'entry', 'entries')} cannot be right"
    if not named:
        return (Para((strong(f"{count}."),)),)
    spans: list[Span] = [strong(f"{count}: ")]
    for place, each in enumerate(found[:_CONTRADICTIONS_NAMED]):
        spans += [words("; " if place else ""), name(each.case), words(" "), name(each.problem.place)]
    more = len(found) - _CONTRADICTIONS_NAMED
    spans.append(words(f" and {more} more." if more > 0 else "."))
    return (Para(tuple(spans)),)


def sources(view: Frame) -> tuple[Spans, ...]:
    """The workbooks the report rests on."""
    return tuple(
        (
            name(each.case),
            words(": "),
            name(file_name(each.path)),
            words(" "),
            small(f"SHA-256 {each.sha256}"),
        )
        for each in view.sources
    )
