"""The weekly report laid out: its sections, in the order a Business Manager reads them on a Monday."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.problems import catalogue
from tracker.report import parts
from tracker.report.blocks import (
    Block,
    BlockGroup,
    Bullets,
    Collapsible,
    Heading,
    Para,
    ReportCell,
    ReportColumn,
    ReportPage,
    ReportTable,
    ReportTableRow,
    Section,
    day,
    day_cell,
    free,
    name,
    number_cell,
    rag,
    small,
    strong,
    text_cell,
    words,
)
from tracker.report.filters import file_name
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.report import found, view
    from tracker.report.blocks import Spans
    from tracker.report.closed import ClosedCase
    from tracker.report.figures import Count
    from tracker.report.history import Move, Movement
    from tracker.report.lines import ReportRow
    from tracker.report.sections import Passed, Waiting
    from tracker.report.view import WeeklyView

TITLE = "Weekly status report"
OVERDUE = "Past the date they are judged by, the oldest first; days late are working days past the due date"
CLOSED = "Every row done or not applicable; what follows only counts them"
UNDATED = "Open steps without a date; what follows them is done or past its own date. Complete them, or agree a date"


def weekly_page(view: WeeklyView) -> ReportPage:
    """The weekly report as blocks."""
    return ReportPage(
        title=f"{TITLE}, {short_date(view.as_at)}",
        about=(
            words("As at "),
            day(view.as_at),
            words(f" · {quantity(len(view.cases) + len(view.closed), 'case')} · done since "),
            day(view.since),
        ),
        marking=view.marking,
        left_out=parts.left_out(view),
        lead=(*parts.headline(view), parts.sentence(view.needed), parts.sentence(view.to_decide)),
        tiles=view.tiles,
        sections=tuple(_sections(view)),
        procedures=view.procedures,
        sources=parts.sources(view),
        as_at=view.as_at,
    )


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
    lines = parts.cases_or_none(
        "Where each case stands", view.cases, lambda case: ("overdue", "waiting", "moved", case.anchor)
    )
    return (*lines, _closed(view)) if view.closed else lines


def _closed(view: WeeklyView) -> Collapsible:
    """The closed cases, a line each."""
    title = (words(quantity(len(view.closed), "closed case")), words(" "), small(CLOSED))
    columns = (
        ReportColumn("Case", "case", names_row=True),
        ReportColumn("Closed", "day"),
        ReportColumn("Last done", "day"),
        ReportColumn("Done", "number"),
        ReportColumn("Done late", "number"),
        ReportColumn("Not applicable", "number"),
    )
    rows = tuple(ReportTableRow(_closed_cells(each, place)) for place, each in enumerate(view.closed))
    return Collapsible(
        title, (ReportTable(f"Closed cases on {short_date(view.as_at)}", columns, rows),), "closed-cases"
    )


def _closed_cells(case: ClosedCase, place: int) -> tuple[ReportCell, ...]:
    counts = case.counts
    late = counts.get("Complete, late", 0)
    return (
        ReportCell((name(case.reference),), sort=str(place)),
        day_cell(case.closed),
        day_cell(case.ended),
        number_cell(counts.get("Complete", 0) + late),
        number_cell(late),
        number_cell(counts.get("Not applicable", 0)),
    )


def _problems_of_closed(closed: Sequence[ClosedCase]) -> tuple[Block, ...]:
    """What was found in closed cases: errors by code and cell, the rest counted."""
    errors = tuple(
        (
            name(case.reference),
            words(" "),
            name(each.place),
            words(f": {each.code}, {catalogue()[each.code].title}."),
        )
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
        blocks.append(parts.none("tracker reconcile tells what each workbook holds, and what to do."))
    return tuple(blocks)


def _overdue(view: WeeklyView) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if view.statutory_missed:
        blocks.append(_statutory(view.statutory_missed))
    blocks += parts.lines_or(
        "Nothing is overdue.", OVERDUE, view.overdue, "case id action who judged late blocks"
    )
    if view.provisional_passed:
        blocks += (
            Heading("Past a provisional date", "provisional", len(view.provisional_passed)),
            Para((words("Their clock is not confirmed yet, so they are not overdue."),)),
            parts.lines_table(
                "Past a provisional date", view.provisional_passed, "case id action who judged blocks"
            ),
        )
    return tuple(blocks)


def _statutory(lines: Sequence[ReportRow]) -> Para:
    spans = [strong(f"{quantity(len(lines), 'statutory date')} missed:"), words(" ")]
    for place, line in enumerate(lines, 1):
        end = "." if place == len(lines) else "; "
        spans += [
            name(line.case, to=line.case_anchor),
            words(" "),
            name(line.label),
            words(", due "),
            day(line.due),
        ]
        spans.append(words(end))
    return Para(tuple(spans), "alert")


def _window(window: view.Window) -> tuple[Block, ...]:
    stretch = f"{short_date(window.first)} to {short_date(window.last)}"
    rows = parts.lines_or(
        f"Nothing is due from {stretch}.", f"From {stretch}", window.lines, "case id action who judged rag"
    )
    return (Heading(window.title, number=len(window.lines)), *rows)


def _waiting(view: WeeklyView) -> tuple[Block, ...]:
    returns = tuple(
        (
            name(back.case, to=back.case_anchor),
            words(" "),
            name(back.label),
            words(f": {back.back} of {quantity(back.asked, 'return')} back"),
            *((words(", due "), day(back.due)) if back.due else ()),
            words("; waiting for "),
            name(listed(back.missing)),
            words("."),
        )
        for back in view.returns
    )
    blocks: tuple[Block, ...] = (Bullets(returns),) if returns else ()
    if not view.waiting:
        return (*blocks, parts.none("Nobody else is waited for."))
    return (*blocks, _waiting_table(view.waiting))


def _waiting_table(waiting: Sequence[Waiting]) -> ReportTable:
    before, after = "case id action who", "judged rag late"
    first, last = (
        parts.lines_table("", [each.line for each in waiting], columns) for columns in (before, after)
    )
    rows = tuple(
        ReportTableRow((*left.cells, text_cell(words(each.why)), *right.cells))
        for each, left, right in zip(waiting, first.rows, last.rows, strict=True)
    )
    columns = (*first.columns, ReportColumn("Why", "why"), *last.columns)
    return ReportTable("What others must do before the work can go on", columns, rows)


def _undated(passed: Sequence[Passed]) -> tuple[Block, ...]:
    if not passed:
        return (parts.none("No undated step has been passed."),)
    table = parts.lines_table("", [each.line for each in passed], "case id action who")
    rows = tuple(
        ReportTableRow((*row.cells, parts.ids_cell(each.overtaken_by)))
        for each, row in zip(passed, table.rows, strict=True)
    )
    return (ReportTable(UNDATED, (*table.columns, ReportColumn("Passed by", "ids")), rows),)


def _moved(view: WeeklyView) -> tuple[Block, ...]:
    caption = "Agreed for another day than the procedure's; open, or done since the last report"
    table = (
        parts.moved_table(caption, view.moved, case=True)
        if view.moved
        else parts.none("No date has been moved.")
    )
    return (*parts.clocks_list(view.clocks_moved), table)


def _done(view: WeeklyView) -> tuple[Block, ...]:
    return (
        Heading("Done late", number=len(view.done_late)),
        *parts.lines_or(
            "Nothing was done late.",
            "Completed after the due date",
            view.done_late,
            "case id action who judged done late",
        ),
        Heading("Done in time", number=len(view.done_in_time)),
        *parts.lines_or(
            "Nothing else was done.",
            "Completed by the due date",
            view.done_in_time,
            "case id action who done",
        ),
    )


def movement_blocks(moved: Movement) -> tuple[Block, ...]:
    """What moved since an earlier report."""
    items: list[Spans] = [
        (name(case), words(f": {quantity(rows, 'due date')} moved with "), name(clock), words("."))
        for case, clock, rows in moved.clocks
    ]
    items += [
        (
            name(case),
            words(f": other words in {quantity(len(labels), 'row')}: "),
            name(", ".join(labels)),
            words("."),
        )
        for case, labels in moved.words
    ]
    if moved.new_cases:
        items.insert(0, (words("New: "), name(listed(moved.new_cases)), words(".")))
    if moved.gone_cases:
        items.insert(0, (words("No longer here: "), name(listed(moved.gone_cases)), words(".")))
    listing: tuple[Block, ...] = (Bullets(tuple(items)),) if items else ()
    if not moved.moves:
        return (*listing, parts.none("No row has changed its state or a date."))
    return (*listing, _movement_table(moved))


def _movement_table(moved: Movement) -> ReportTable:
    columns = (
        ReportColumn("Case", "case"),
        ReportColumn("ID", "id", names_row=True),
        ReportColumn("Action", "action"),
        ReportColumn("What", "why"),
        ReportColumn("Was", "why"),
        ReportColumn("Now", "why"),
    )
    rows = tuple(ReportTableRow(_movement_cells(each)) for each in moved.moves)
    return ReportTable(f"Rows that are not as they were on {short_date(moved.since)}", columns, rows)


def _movement_cells(each: Move) -> tuple[ReportCell, ...]:
    return (
        ReportCell((name(each.case, to=each.anchor),)),
        ReportCell((name(each.label),)),
        text_cell(free(each.action)),
        text_cell(words(each.what)),
        text_cell(words(each.was)),
        text_cell(words(each.now)),
    )


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
    columns = (
        ReportColumn("State", "state", names_row=True),
        ReportColumn("Rows", "number"),
        ReportColumn("Drawn to scale", "bar"),
    )
    rows = tuple(
        ReportTableRow(
            (
                ReportCell((rag(each.rag),)),
                ReportCell((words(str(each.number), to=each.anchor),)),
                ReportCell((words(f"{each.number} {each.rag}"),), counts=(each,), scale=True),
            )
        )
        for each in counts
    )
    return ReportTable("All rows of all cases", columns, rows, look="totals", plain=True)


def _details(view: WeeklyView) -> tuple[Block, ...]:
    if not view.details:
        return (parts.none("Every case is closed." if view.closed else "No case was read."),)
    return tuple(
        parts.case_fold(
            detail.line,
            (*parts.keys_table(detail.line.reference, detail.keys), *_open_rows(detail)),
            detail.timeline,
            view.as_at,
            opened=view.cases_open,
        )
        for detail in view.details
    )


def _open_rows(detail: view.CaseDetail) -> tuple[Block, ...]:
    if not detail.groups:
        return ()
    caption = f"Open rows of {detail.line.reference}, by sheet and state"
    columns = "id action who timescale judged status"
    whole = parts.lines_table(caption, [], columns)
    groups = tuple(
        BlockGroup(
            each.anchor,
            (words(f"{each.sheet} "), rag(each.rag), small(str(len(each.lines)))),
            parts.lines_table("", each.lines, columns).rows,
        )
        for each in detail.groups
    )
    table = ReportTable(caption, whole.columns, groups=groups, look="groups")
    return (Collapsible((words(quantity(detail.line.open, "open row")),), (table,)),)


def _changes(changes: Sequence[found.CaseChanges]) -> tuple[Block, ...]:
    if not changes:
        return (parts.none("Nothing was changed."),)
    filled = tuple(_counted_changes(each) for each in changes if not each.cells)
    return (*(_changed(each) for each in changes if each.cells), *((Bullets(filled),) if filled else ()))


def _counted_changes(changes: found.CaseChanges) -> Spans:
    """How many cells were changed or filled in, and in which columns."""
    by_column = ", ".join(f"{column} {number}" for column, number in changes.columns)
    return (name(changes.case), words(f": {quantity(changes.number, 'cell')} "), small(by_column))


def _changed(changes: found.CaseChanges) -> Collapsible:
    columns = (
        ReportColumn("Cell", "cell", names_row=True),
        ReportColumn("ID", "id"),
        ReportColumn("Column", "why"),
        ReportColumn("Was", "text"),
        ReportColumn("Now", "text"),
    )
    rows = tuple(
        ReportTableRow(
            (
                text_cell(words(cell.cell)),
                text_cell(name(cell.id)),
                text_cell(words(cell.column)),
                text_cell(free(cell.was)),
                text_cell(free(cell.now)),
            )
        )
        for cell in changes.cells
    )
    caption = (
        f"Cells of {changes.case} that held something else when issued, and what was typed on sheet Case"
    )
    return Collapsible(_counted_changes(changes), (ReportTable(caption, columns, rows),))


def problem_blocks(problems: Sequence[found.FoldedProblem]) -> tuple[Block, ...]:
    """What the reading found."""
    if not problems:
        return (parts.none("The reading found no problem."),)
    columns = (
        ReportColumn("Code", "code", names_row=True),
        ReportColumn("Severity", "severity"),
        ReportColumn("Case or file", "case"),
        ReportColumn("Where", "cell"),
        ReportColumn("Found", "text"),
        ReportColumn("What to do", "text"),
    )
    rows = tuple(ReportTableRow(_problem_cells(each)) for each in problems)
    return (ReportTable("What to mend in the workbooks, the gravest first", columns, rows),)


def _problem_cells(problem: found.FoldedProblem) -> tuple[ReportCell, ...]:
    one = problem.first
    more = tuple(
        (name(fault.place), words(f" ({fault.id}): " if fault.id else ": "), free(fault.found))
        for fault in problem.faults
    )
    return (
        text_cell(words(problem.code)),
        text_cell(strong(problem.severity)),
        text_cell(name(problem.case or file_name(problem.file))),
        text_cell(name(problem.where)),
        ReportCell(
            (strong(f"{problem.title}:"), words(" "), free(one.found)), more=more if len(more) > 1 else ()
        ),
        text_cell(free(one.remedy)),
    )
