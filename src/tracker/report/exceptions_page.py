"""What a board that sees exceptions is shown: their counts, timeliness so far, the exceptions, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Body,
    Bullets,
    Para,
    ReportCell,
    ReportColumn,
    ReportTable,
    ReportTableRow,
    Section,
    Tile,
    name,
    number_cell,
    strong,
    text_cell,
    words,
)
from tracker.report.exceptions import KINDS, MOVED, SOON
from tracker.report.lines import slug
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.report.boards import ExceptionCounts, ExceptionsView
    from tracker.report.exceptions import ExceptionLine, MovedDue, Unsettled


def body(view: ExceptionsView) -> Body:
    """What stands between the title and the footer."""
    return Body("exceptions", _lead(view), _tiles(view), tuple(_sections(view)))


def _lead(view: ExceptionsView) -> tuple[Para, ...]:
    kinds = [f"{number} {_said(kind)}" for kind, number in view.totals.items()]
    cases = len([each for each in view.counts if each.rows])
    if not view.found:
        return (Para((strong("Exceptions:"), words(" none.")), "lead"),)
    whole = f"{quantity(len(view.found), 'action')} in {quantity(cases, 'case')}"
    return (
        Para(
            (strong("Exceptions:"), words(" "), words(whole, to="exceptions"), words(f": {listed(kinds)}.")),
            "lead",
        ),
    )


def _said(kind: str) -> str:
    """A kind inside a sentence."""
    said = {
        "Chase": "to chase",
        "No owner": "without an owner",
        SOON: "not started though due within 2 working days",
    }
    return said.get(kind, kind[0].lower() + kind[1:])


def _tiles(view: ExceptionsView) -> tuple[Tile, ...]:
    shown = ("Overdue", "Chase", "Extended", "On hold")
    pressing = {"Overdue", "Chase"}
    tiles = [
        Tile(str(view.totals.get(kind, 0)), _said(kind), "exceptions",
             pressing=kind in pressing and kind in view.totals)
        for kind in shown
    ]  # fmt: skip
    return (*tiles, Tile(str(len(view.unsettled)), "unsettled", "unsettled", pressing=bool(view.unsettled)))


def _sections(view: ExceptionsView) -> list[Section]:
    since = f"since {short_date(view.since)}" if view.meetings.last else "over the whole case"
    moved = sum(len(each.labels) for each in view.moved)
    return [
        Section("counts", "Counts", _exception_counts(view)),
        Section("timeliness", "Timeliness so far", (parts.measures_table(view.measures),)),
        Section("exceptions", "Exceptions", _exception_rows(view.found, since), len(view.found)),
        Section("moved", "Due dates not as issued", _not_as_issued(view.moved), moved, nav="Dates not as issued"),
        Section("unsettled", "Not settled", _unsettled(view.unsettled), len(view.unsettled)),
    ]  # fmt: skip


def _exception_counts(view: ExceptionsView) -> tuple[Block, ...]:
    kinds = [kind for kind in KINDS if kind in view.totals]
    if not view.counts:
        return (parts.none("No case was read."),)
    columns = (
        ReportColumn("Case", "case", names_row=True),
        *(ReportColumn(kind, "number") for kind in kinds),
        ReportColumn(MOVED, "number"),
        ReportColumn("Not settled", "number"),
    )
    rows = tuple(ReportTableRow(_exception_count(each, kinds)) for each in view.counts)
    caption = "Exceptions by case; an action with two reasons counts under both"
    return (ReportTable(caption, columns, rows, look="matrix"),)


def _exception_count(each: ExceptionCounts, kinds: Sequence[str]) -> tuple[ReportCell, ...]:
    return (
        ReportCell((name(each.case),)),
        *(_kind_count(each, kind) for kind in kinds),
        number_cell(each.moved, to="moved"),
        number_cell(each.unsettled, pressing=True, to="unsettled"),
    )


def _kind_count(each: ExceptionCounts, kind: str) -> ReportCell:
    number = each.kinds.get(kind, 0)
    anchor = _anchor(each.anchor, kind) if kind in each.first else "exceptions"
    return number_cell(number, pressing=kind == KINDS[0], to=anchor)


def _anchor(case_anchor: str, kind: str) -> str:
    """Where the exceptions of a case and kind begin."""
    return f"{case_anchor}-{slug(kind)}"


def _anchors(found: Sequence[ExceptionLine]) -> list[str]:
    """Each row's anchor: the first of its case and kind has one."""
    seen: set[str] = set()
    anchors = []
    for each in found:
        anchor = _anchor(each.line.case_anchor, each.whys[0])
        anchors.append("" if anchor in seen else anchor)
        seen.add(anchor)
    return anchors


def _exception_rows(found: Sequence[ExceptionLine], since: str) -> tuple[Block, ...]:
    if not found:
        return (parts.none("There is no exception."),)
    lines = [each.line for each in found]
    start, end = (
        parts.lines_table("", lines, "of id action who judged"),
        parts.lines_table("", lines, "late reason"),
    )
    rows = tuple(
        ReportTableRow((*first.cells, text_cell(words("; ".join(each.whys))), *last.cells), anchor)
        for each, first, last, anchor in zip(found, start.rows, end.rows, _anchors(found), strict=True)
    )
    columns = (*start.columns, ReportColumn("Why", "whys"), *end.columns)
    return (ReportTable(f"By case, the most pressing first; done late counts {since}", columns, rows),)


def _not_as_issued(moved: Sequence[MovedDue]) -> tuple[Block, ...]:
    if not moved:
        return (parts.none("Every due date is the one issued."),)
    items = tuple(
        (
            name(each.case),
            words(f": {quantity(len(each.labels), 'due date')} counted from "),
            name(each.clock or "no clock"),
            words(f", {each.open} of them open: "),
            name(", ".join(each.labels)),
            words("."),
        )
        for each in moved
    )
    return (Bullets(items),)


def _unsettled(found: Sequence[Unsettled]) -> tuple[Block, ...]:
    if not found:
        return (parts.none("Nothing is unsettled."),)
    items = tuple(
        (name(each.case), words(": "), strong(each.title), words(", "),
         name(f"{each.place} {each.id}".strip()), words("."))
        for each in found
    )  # fmt: skip
    return (Bullets(items),)
