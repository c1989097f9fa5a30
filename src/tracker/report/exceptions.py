"""Exceptions, as the readings define them (8.3), and what a board that sees only these is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.problems import catalogue
from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Body,
    Para,
    ReportCell,
    Section,
    Tile,
    free,
    name,
    number_cell,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.frame import BoardView, review_names
from tracker.report.lines import natural, rag_rank, slug
from tracker.report.sections import ClockMoved, Moved, clocks_moved
from tracker.report.sections import moved as agreed_otherwise
from tracker.report.timeliness import review
from tracker.report.yearly import Measure, measures
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.report.frame import BoardRead
    from tracker.report.lines import CaseRows, ReportRow

BY_STATE = ("Overdue", "Chase", "Provisional, passed", "Extended", "On hold")
SOON = "Due within 2 working days, not started"
LATE = "Done late"
NO_OWNER = "No owner"
MOVED = "Due date not as issued"
UNDATED = "Complete without a date"
KINDS = (*BY_STATE[:3], SOON, *BY_STATE[3:], LATE, NO_OWNER, UNDATED)
"""The kinds that are listed row by row, the most pressing first."""


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """A row that is an exception, and why: one reason or several."""

    line: ReportRow
    whys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What reconcile could not settle in a case: a conflict, or an error of the reading."""

    case: str
    place: str
    id: str
    title: str


def why(row: ReportRow, since: date) -> tuple[str, ...]:
    """Why a row is an exception; empty where it is none."""
    tests = (
        (row.rag if row.rag in BY_STATE else "", row.rag in BY_STATE),
        (SOON, row.rag in {"Due today", "Due soon"} and row.status == "Not started"),
        (
            LATE,
            bool(row.rag == "Complete, late" and row.days_late and row.completed and row.completed >= since),
        ),
        (NO_OWNER, row.open and not row.owner and not row.named_owner),
        (UNDATED, row.rag == "Complete" and row.completed is None),
    )
    return tuple(word for word, holds in tests if holds)


def exceptions(case: CaseRows, since: date) -> tuple[ExceptionLine, ...]:
    """The exceptions of a case, the most pressing kind first."""

    def rank(each: ExceptionLine) -> tuple[object, ...]:
        row, kind = each.line, each.whys[0]
        # Of what was done late, statutory steps and key dates come first (readings: an exception).
        late = 0 if kind != LATE or row.basis == "Statutory" else 1 if row.key else 2
        return KINDS.index(kind), late, rag_rank(row.rag), str(row.judged), natural(row.label)

    found = [ExceptionLine(row, whys) for row in case.lines if (whys := why(row, since))]
    return tuple(sorted(found, key=rank))


def due_not_as_issued(case: CaseRows) -> tuple[ClockMoved, ...]:
    """Rows whose due date is not the one they were issued with, together by clock."""
    rows = [row for row in case.lines if row.rag != "Not applicable" and not _followed_early(case, row)]
    return clocks_moved(case, rows)


def _followed_early(case: CaseRows, row: ReportRow) -> bool:
    """Whether a date came forward only because the notification was submitted before its own limit."""
    took, clock = case.state.timeliness, case.state.clocks.get(row.counted_from)
    early = took.sin_sent and took.sin_due and took.sin_sent < took.sin_due
    if not (early and clock and clock.day == took.sin_sent and row.due and row.due_issued):
        return False
    return row.due < row.due_issued


def unsettled(case: CaseRows) -> tuple[Unsettled, ...]:
    """Open conflicts, and what the reading could not understand."""
    found = [
        (str(each.get("cell", "")), str(each.get("id", "")), "Conflict") for each in case.state.conflicts
    ]
    found += [
        (each.place, each.id, catalogue()[each.code].title)
        for each in case.state.problems
        if each.severity == "error"
    ]
    found.sort(key=lambda each: (natural(each[0]), each[2]))
    return tuple(Unsettled(case.reference, *each) for each in found)


def counted(found: Sequence[ExceptionLine]) -> Mapping[str, int]:
    """How many rows are an exception of each kind; a row with two reasons counts in both."""
    counts = Counter(word for each in found for word in each.whys)
    return {kind: counts[kind] for kind in KINDS if counts[kind]}


@dataclass(frozen=True, slots=True)
class ExceptionCounts:
    """The exceptions of a case, and how many of its dates are not as issued, how many entries unsettled."""

    case: str
    anchor: str
    found: tuple[ExceptionLine, ...]
    moved: int
    unsettled: int


@dataclass(frozen=True, slots=True)
class ExceptionsView(BoardView):
    """By exceptions (8.3): these, their counts, and timeliness so far."""

    found: tuple[ExceptionLine, ...]
    moved: tuple[ClockMoved, ...]
    agreed: tuple[Moved, ...]
    unsettled: tuple[Unsettled, ...]
    totals: Mapping[str, int]
    counts: tuple[ExceptionCounts, ...]
    measures: tuple[Measure, ...]


def exceptions_view(board: BoardRead) -> ExceptionsView:
    """Put the report together."""
    cases, as_at = board.read.cases, board.read.as_at
    # Without an earlier meeting the whole case counts: what was late before its workbook was issued, too (8.3).
    by_case = [exceptions(case, board.since or date.min) for case in cases]
    found = tuple(each for of_case in by_case for each in of_case)
    moved = [due_not_as_issued(case) for case in cases]
    not_settled = [unsettled(case) for case in cases]
    shown = [case.only([each.line for each in of_case]) for case, of_case in zip(cases, by_case, strict=True)]
    return ExceptionsView(
        **board.frame(shown),  # type: ignore[arg-type]
        found=found,
        moved=tuple(each for of_case in moved for each in of_case),
        agreed=tuple(each for case in cases for each in agreed_otherwise(case, board.since or date.min)),
        unsettled=tuple(each for of_case in not_settled for each in of_case),
        totals=counted(found),
        counts=tuple(
            ExceptionCounts(
                case.reference, case.anchor, of_case, sum(len(each.labels) for each in dates), len(entries)
            )
            for case, of_case, dates, entries in zip(cases, by_case, moved, not_settled, strict=True)
        ),
        # Of the notification and of Rapid Reviews.
        measures=measures([review(case, as_at) for case in cases], review_names(cases))[:3],
    )


# The page


def body(view: ExceptionsView) -> Body:
    """What stands between the title and the footer."""
    lead = spans(strong("Exceptions:"), " none.")
    if view.found:
        cases = quantity(sum(bool(each.found) for each in view.counts), "case")
        whole = words(f"{quantity(len(view.found), 'action')} in {cases}", to="exceptions")
        kinds = listed([f"{number} {_in_sentence(kind)}" for kind, number in view.totals.items()])
        lead = spans(strong("Exceptions:"), " ", whole, f": {kinds}.")
    tiles = []
    for kind in ("Overdue", "Chase", "On hold"):
        number = view.totals.get(kind, 0)
        pressing = kind in {"Overdue", "Chase"} and bool(number)
        tiles.append(Tile(str(number), _in_sentence(kind), "exceptions", pressing))
    agreed, unsettled = len(view.agreed), len(view.unsettled)
    tiles += [
        Tile(str(agreed), "agreed for another day", "agreed" if agreed else "counts", pressing=False),
        Tile(str(unsettled), "unsettled", "unsettled" if unsettled else "counts", bool(unsettled)),
    ]
    moved = sum(len(each.labels) for each in view.moved)
    further = (
        Section("agreed", "Agreed for another day", _agreed(view), agreed, nav="Agreed dates"),
        Section("moved", "Due dates not as issued", _not_as_issued(view), moved, nav="Dates not as issued"),
        Section("unsettled", "Not settled", _unsettled(view), unsettled),
    )
    return Body("exceptions", (Para(lead, "lead"),), tuple(tiles), (
        Section("counts", "Counts", _exception_counts(view)),
        Section("timeliness", "Timeliness so far", (parts.measures_table(view.measures),)),
        Section("exceptions", "Exceptions", _exception_rows(view), len(view.found)),
        *(each for each in further if each.number),
    ))  # fmt: skip


def _in_sentence(kind: str) -> str:
    """A kind inside a sentence."""
    special = {
        "Chase": "to chase",
        "No owner": "without an owner",
        SOON: "not started though due within 2 working days",
    }
    return special.get(kind, kind[0].lower() + kind[1:])


def _exception_counts(view: ExceptionsView) -> tuple[Block, ...]:
    def of_kind(kind: str) -> parts.Column[ExceptionCounts]:
        def cell(each: ExceptionCounts) -> ReportCell:
            number = counted(each.found).get(kind, 0)
            leads = any(found.whys[0] == kind for found in each.found)
            anchor = _anchor(each.anchor, kind) if leads else "exceptions"
            return number_cell(number, pressing=kind == KINDS[0], to=anchor)

        return kind, "number", cell

    columns: list[parts.Column[ExceptionCounts]] = [
        ("Case", "case", lambda each: parts.name_cell(each.case)),
        *(of_kind(kind) for kind in KINDS if kind in view.totals),
        (MOVED, "number", lambda each: number_cell(each.moved, to="moved")),
        ("Not settled", "number", lambda each: number_cell(each.unsettled, pressing=True, to="unsettled")),
    ]
    caption = "Exceptions by case; an action with two reasons counts under both"
    return parts.table_or("No case was read.", caption, view.counts, *columns, look="matrix")


def _anchor(case_anchor: str, kind: str) -> str:
    """Where the exceptions of a case and kind begin."""
    return f"{case_anchor}-{slug(kind)}"


def _exception_rows(view: ExceptionsView) -> tuple[Block, ...]:
    """The exceptions; the first row of a case and kind has the anchor that its count leads to."""
    if not view.found:
        return (parts.none("There is no exception."),)
    since = f"since {short_date(view.since)}" if view.meetings.last else "over the whole case"
    caption = f"By case, the most pressing first; done late counts {since}"
    why: parts.Column[ExceptionLine] = ("Why", "whys", lambda each: text_cell(words("; ".join(each.whys))))
    # What is on hold is not late while it is held.
    days: parts.Column[ExceptionLine] = ("Days late", "late", lambda each: number_cell(
        None if each.line.rag == "On hold" else each.line.days_late))  # fmt: skip
    table = parts.table(caption, view.found, "of id action who judged", why, days, "reason")
    rows, seen = [], set()
    for row, each in zip(table.rows, view.found, strict=True):
        anchor = _anchor(each.line.case_anchor, each.whys[0])
        rows.append(row if anchor in seen else replace(row, anchor=anchor))
        seen.add(anchor)
    return (replace(table, rows=tuple(rows)),)


def _not_as_issued(view: ExceptionsView) -> tuple[Block, ...]:
    return parts.bullets(
        spans(
            name(each.case), f": {quantity(len(each.labels), 'due date')} counted from ",
            name(each.clock or "no clock"), f", {each.open} of them open: ", name(", ".join(each.labels)), ".",
        )
        for each in view.moved
    )  # fmt: skip


def _agreed(view: ExceptionsView) -> tuple[Block, ...]:
    columns = "of id action who due agreed"
    why: parts.Column[Moved] = ("Reason", "reason", lambda each: text_cell(free(each.reason)))
    return (parts.table("Rows with an agreed date that is not their due date", view.agreed, columns, why),)


def _unsettled(view: ExceptionsView) -> tuple[Block, ...]:
    return parts.bullets(
        spans(name(each.case), ": ", strong(each.title), ", ", name(f"{each.place} {each.id}".strip()), ".")
        for each in view.unsettled
    )
