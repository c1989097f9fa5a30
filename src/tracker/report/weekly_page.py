"""The weekly report laid out: its sections, in the order a Business Manager reads them on a Monday."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.problems import catalogue
from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Bullets,
    Collapsible,
    Heading,
    Para,
    ReportCell,
    ReportPage,
    ReportTable,
    Section,
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
from tracker.report.frame import CASES_SHOWN_OPEN, report_page
from tracker.report.lines import file_name
from tracker.rules import DONE_WORDS
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.reconcile.model import Change
    from tracker.report import sections
    from tracker.report.blocks import Span, Spans
    from tracker.report.figures import Count
    from tracker.report.frame import ClosedCase
    from tracker.report.history import Move, Movement
    from tracker.report.lines import ReportRow
    from tracker.report.sections import Passed, Waiting
    from tracker.report.weekly import CaseDetail, WeeklyView, Window

TITLE = "Weekly status report"
OVERDUE = "Past the date they are judged by, the oldest first; days late are working days past the due date"
CLOSED = "Every row done or not applicable; what follows only counts them"
UNDATED = "Open steps without a date; what follows them is done or past its own date. Complete them, or agree a date"


def weekly_page(view: WeeklyView) -> ReportPage:
    """The weekly report as blocks."""
    cases = quantity(len(view.cases) + len(view.closed), "case")
    about = spans("As at ", day(view.as_at), f" · {cases} · done since ", day(view.since))
    lead = (parts.sentence(view.needed), parts.sentence(view.to_decide))
    return report_page(view, TITLE, about, lead, _sections(view), tiles=view.tiles)


def _sections(view: WeeklyView) -> list[Section]:
    whole = len(view.cases) + len(view.closed)
    awaited = (
        (parts.decision_list(view.decisions),) if view.decisions else (parts.none("No decision is awaited."),)
    )
    return [
        Section("cases", "Cases", _cases(view), whole),
        Section("decisions", "Decisions awaited", awaited, len(view.decisions), nav="Decisions"),
        Section("overdue", "Overdue", _overdue(view), len(view.overdue)),
        Section("due", "Due next", tuple(each for window in view.windows for each in _window(window))),
        Section("waiting", "Waiting on others", _waiting(view), len(view.waiting)),
        Section(
            "undated",
            "Undated steps that later steps have passed",
            _undated(view.undated),
            len(view.undated),
            nav="Undated and passed",
        ),
        Section("moved", "Dates moved", _moved(view), len(view.moved)),
        Section("done", f"Done since {short_date(view.since)}", _done(view), nav="Done"),
        *([Section("movement", "Changed since the last report", movement_blocks(view.movement),
                   len(view.movement.moves), nav="Since the last report")] if view.movement else []),
        Section("counts", "Counts", _counts(view)),
        Section("details", "Case by case", _details(view)),
        Section("changes", "Changed since the workbooks were issued", _changes(view.changes), view.changed_cells,
                nav="Changes"),
        Section("problems", "Problems the reading found",
                (*problem_blocks(view.problems), *_problems_of_closed(view.closed)), len(view.problems),
                nav="Problems"),
    ]  # fmt: skip


def _cases(view: WeeklyView) -> tuple[Block, ...]:
    if view.closed and not view.cases:
        return (parts.none("Every case is closed."), _closed(view))
    rows = parts.cases_table(
        "Where each case stands", view.cases, lambda case: ("overdue", "waiting", "moved", case.anchor)
    )
    return (*rows, _closed(view)) if view.closed else rows


def _closed(view: WeeklyView) -> Collapsible:
    """The closed cases, a line each."""
    title = (words(quantity(len(view.closed), "closed case")), words(" "), small(CLOSED))
    columns: list[parts.Column[tuple[int, ClosedCase]]] = [
        ("Case", "case", lambda each: parts.name_cell(each[1].reference, sort=str(each[0]))),
        ("Closed", "day", lambda each: day_cell(each[1].closed)),
        ("Last done", "day", lambda each: day_cell(each[1].ended)),
        ("Done", "number", lambda each: number_cell(sum(map(each[1].number_in, DONE_WORDS)))),
        ("Done late", "number", lambda each: number_cell(each[1].number_in("Complete, late"))),
        ("Not applicable", "number", lambda each: number_cell(each[1].number_in("Not applicable"))),
    ]
    table = parts.table(f"Closed cases on {short_date(view.as_at)}", list(enumerate(view.closed)), columns)
    return Collapsible(title, (table,), "closed-cases")


def _problems_of_closed(closed: Sequence[ClosedCase]) -> tuple[Block, ...]:
    """What was found in closed cases: errors by code and cell, the rest counted."""
    errors = tuple(
        spans(name(case.reference), " ", name(each.place), f": {each.code}, {catalogue()[each.code].title}.")
        for case in closed
        for each in case.errors
    )
    numbers = {kind: sum(each.number_of(kind) for each in closed) for kind in ("warning", "note")}
    milder = [quantity(number, kind) for kind, number in numbers.items() if number]
    blocks: list[Block] = []
    if errors:
        blocks += (Heading("Errors in closed cases", number=len(errors)), Bullets(errors))
    if milder:
        blocks.append(parts.none(f"Closed cases also have {listed(milder)}."))
    if blocks:
        blocks.append(parts.none("Run tracker reconcile to see what each workbook holds and what to do."))
    return tuple(blocks)


def _overdue(view: WeeklyView) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if view.statutory_missed:
        blocks.append(_statutory(view.statutory_missed))
    blocks += parts.rows_or(
        "Nothing is overdue.", OVERDUE, view.overdue, "case id action who judged late blocks"
    )
    if view.provisional_passed:
        blocks += (
            Heading("Past a provisional date", "provisional", len(view.provisional_passed)),
            Para((words("Their clock is not confirmed yet, so they are not overdue."),)),
            parts.rows_table(
                "Past a provisional date", view.provisional_passed, "case id action who judged blocks"
            ),
        )
    return tuple(blocks)


def _statutory(rows: Sequence[ReportRow]) -> Para:
    missed: list[Span | str] = [strong(f"{quantity(len(rows), 'statutory date')} missed:"), " "]
    for place, row in enumerate(rows, 1):
        end = "." if place == len(rows) else "; "
        missed += [name(row.case, to=row.case_anchor), " ", name(row.label), ", due ", day(row.due), end]
    return Para(spans(*missed), "alert")


def _window(window: Window) -> tuple[Block, ...]:
    stretch = f"{short_date(window.first)} to {short_date(window.last)}"
    rows = parts.rows_or(
        f"Nothing is due from {stretch}.", f"From {stretch}", window.lines, "case id action who judged rag"
    )
    return (Heading(window.title, number=len(window.lines)), *rows)


def _waiting(view: WeeklyView) -> tuple[Block, ...]:
    returns = tuple(
        spans(
            name(back.case, to=back.case_anchor), " ", name(back.label),
            f": {back.back} of {quantity(back.asked, 'return')} back",
            *((", due ", day(back.due)) if back.due else ()),
            "; waiting for ", name(listed(back.missing)), ".",
        )
        for back in view.returns
    )  # fmt: skip
    blocks: tuple[Block, ...] = (Bullets(returns),) if returns else ()
    if not view.waiting:
        return (*blocks, parts.none("Nobody else is waited for."))
    return (*blocks, _waiting_table(view.waiting))


def _waiting_table(waiting: Sequence[Waiting]) -> ReportTable:
    columns: list[parts.Column[Waiting]] = [
        *parts.row_columns("case id action who"),
        ("Why", "why", lambda each: text_cell(words(each.why))),
        *parts.row_columns("judged rag late"),
    ]
    return parts.table("What others must do before the work can go on", waiting, columns)


def _undated(passed: Sequence[Passed]) -> tuple[Block, ...]:
    if not passed:
        return (parts.none("No undated step has been passed."),)
    columns: list[parts.Column[Passed]] = [
        *parts.row_columns("case id action who"),
        ("Passed by", "ids", lambda each: parts.ids_cell(each.overtaken_by)),
    ]
    return (parts.table(UNDATED, passed, columns),)


def _moved(view: WeeklyView) -> tuple[Block, ...]:
    caption = "Agreed for another day than the procedure's; open, or done since the last report"
    clocks = parts.clocks_list(view.clocks_moved)
    if not view.moved:
        return (*clocks, parts.none("No date has been moved."))
    return (*clocks, parts.moved_table(caption, view.moved, "case id action due agreed rag"))


def _done(view: WeeklyView) -> tuple[Block, ...]:
    return (
        Heading("Done late", number=len(view.done_late)),
        *parts.rows_or(
            "Nothing was done late.",
            "Completed after the due date",
            view.done_late,
            "case id action who judged done late",
        ),
        Heading("Done in time", number=len(view.done_in_time)),
        *parts.rows_or(
            "Nothing else was done.",
            "Completed by the due date",
            view.done_in_time,
            "case id action who done",
        ),
    )


def movement_blocks(moved: Movement) -> tuple[Block, ...]:
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
    listing: tuple[Block, ...] = (Bullets(tuple(items)),) if items else ()
    if not moved.moves:
        return (*listing, parts.none("No row has changed its state or a date."))
    return (*listing, _movement_table(moved))


def _movement_table(moved: Movement) -> ReportTable:
    columns: list[parts.Column[Move]] = [
        ("Case", "case", lambda each: parts.name_cell(each.case, each.anchor)),
        ("ID", "id", lambda each: parts.name_cell(each.label)),
        ("Action", "action", lambda each: text_cell(free(each.action))),
        ("What", "why", lambda each: text_cell(words(each.what))),
        ("Was", "why", lambda each: text_cell(words(each.was))),
        ("Now", "why", lambda each: text_cell(words(each.now))),
    ]
    return parts.table(f"Rows that are not as they were on {short_date(moved.since)}", moved.moves, columns)


def _counts(view: WeeklyView) -> tuple[Block, ...]:
    months = parts.months_block(view.chart)
    if not view.totals:
        return (parts.none("There is nothing to count."), *months)
    if not view.counts:
        return (_totals(view.totals), *months)
    without = ", without the closed cases" if view.closed else ""
    by_sheet = parts.counts_table(f"By case and sheet{without}; the words lead to the rows", view.counts)
    return (_totals(view.totals), by_sheet, *months)


def _totals(counts: Sequence[Count]) -> ReportTable:
    columns: list[parts.Column[Count]] = [
        ("State", "state", lambda each: ReportCell((rag(each.rag),))),
        ("Rows", "number", lambda each: ReportCell((words(str(each.number), to=each.anchor),))),
        ("Drawn to scale", "bar", _bar_cell),
    ]
    return parts.table("All rows of all cases", counts, columns, look="totals", plain=True)


def _bar_cell(count: Count) -> ReportCell:
    return ReportCell((words(f"{count.number} {count.rag}"),), counts=(count,), scale=True)


def _details(view: WeeklyView) -> tuple[Block, ...]:
    if not view.details:
        return (parts.none("Every case is closed." if view.closed else "No case was read."),)
    return tuple(
        parts.case_fold(
            detail.line,
            (*parts.keys_table(detail.line.reference, detail.keys), *_open_rows(detail)),
            detail.timeline,
            view.as_at,
            opened=len(view.cases) <= CASES_SHOWN_OPEN,
        )
        for detail in view.details
    )


def _open_rows(detail: CaseDetail) -> tuple[Block, ...]:
    if not detail.groups:
        return ()
    caption = f"Open rows of {detail.line.reference}, by sheet and state"
    table = parts.groups_table(caption, detail.groups, "id action who timescale judged status")
    return (Collapsible((words(quantity(detail.line.open, "open row")),), (table,)),)


def _changes(changes: Sequence[sections.CaseChanges]) -> tuple[Block, ...]:
    if not changes:
        return (parts.none("Nothing was changed."),)
    filled = tuple(_counted_changes(each) for each in changes if not each.cells)
    return (*(_changed(each) for each in changes if each.cells), *((Bullets(filled),) if filled else ()))


def _counted_changes(changes: sections.CaseChanges) -> Spans:
    """How many cells were changed or filled in, and in which columns."""
    by_column = ", ".join(f"{column} {number}" for column, number in changes.columns)
    return (name(changes.case), words(f": {quantity(changes.number, 'cell')} "), small(by_column))


def _changed(changes: sections.CaseChanges) -> Collapsible:
    columns: list[parts.Column[Change]] = [
        ("Cell", "cell", lambda each: text_cell(words(each.cell))),
        ("ID", "id", lambda each: text_cell(name(each.id))),
        ("Column", "why", lambda each: text_cell(words(each.column))),
        ("Was", "text", lambda each: text_cell(free(str(each.was)))),
        ("Now", "text", lambda each: text_cell(free(str(each.now)))),
    ]
    caption = (
        f"Cells of {changes.case} that held something else when issued, and what was typed on sheet Case"
    )
    return Collapsible(_counted_changes(changes), (parts.table(caption, changes.cells, columns, names=0),))


def problem_blocks(problems: Sequence[sections.FoldedProblem]) -> tuple[Block, ...]:
    """What the reading found."""
    if not problems:
        return (parts.none("The reading found no problem."),)
    columns: list[parts.Column[sections.FoldedProblem]] = [
        ("Code", "code", lambda each: text_cell(words(each.code))),
        ("Severity", "severity", lambda each: text_cell(strong(each.first.severity))),
        ("Case or file", "case", lambda each: text_cell(name(each.case or file_name(each.first.file)))),
        ("Where", "cell", lambda each: text_cell(name(each.where))),
        ("Found", "text", _found_cell),
        ("What to do", "text", lambda each: text_cell(free(each.first.remedy))),
    ]
    return (parts.table("What to mend in the workbooks, the gravest first", problems, columns),)


def _found_cell(problem: sections.FoldedProblem) -> ReportCell:
    more = tuple(
        (name(each.place), words(f" ({each.id}): " if each.id else ": "), free(each.found))
        for each in problem.problems
    )
    what = (strong(f"{catalogue()[problem.code].title}:"), words(" "), free(problem.first.found))
    return ReportCell(what, more=more if len(more) > 1 else ())
