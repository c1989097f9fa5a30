"""Exceptions, as the readings define them (8.3), and what a board that sees only these is shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.problems import catalogue
from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Body,
    Bullets,
    Para,
    ReportCell,
    Section,
    Tile,
    name,
    number_cell,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.frame import BoardView
from tracker.report.lines import natural, rag_rank, slug
from tracker.report.standing import review_names
from tracker.report.timeliness import OF_REVIEWS, Measure, measures, review
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
class MovedDue:
    """Due dates of a case that are not as issued, by their clock, and how many working rows of them are open."""

    case: str
    case_anchor: str
    clock: str
    labels: tuple[str, ...]
    open: int


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What reconcile could not settle in a case: a conflict, or an error of the reading."""

    case: str
    case_anchor: str
    place: str
    id: str
    title: str


def why(row: ReportRow, since: date) -> tuple[str, ...]:
    """Why a row is an exception; empty where it is none."""
    tests = (
        (row.rag if row.rag in BY_STATE else "", row.rag in BY_STATE),
        (SOON, row.rag in {"Due today", "Due soon"} and row.status == "Not started"),
        (LATE, row.rag == "Complete, late" and row.completed is not None and row.completed >= since),
        (NO_OWNER, row.open and not row.owner and not row.named_owner),
        (UNDATED, row.rag == "Complete" and row.completed is None),
    )
    return tuple(word for word, holds in tests if holds)


def exceptions(case: CaseRows, since: date) -> tuple[ExceptionLine, ...]:
    """The exceptions of a case, the most pressing kind first."""
    found = [ExceptionLine(row, whys) for row in case.lines if (whys := why(row, since))]
    return tuple(sorted(found, key=lambda each: (KINDS.index(each.whys[0]), _late_rank(each), rag_rank(each.line.rag),
                                                 str(each.line.judged), natural(each.line.label))))  # fmt: skip


def _late_rank(found: ExceptionLine) -> int:
    """Of what was done late, statutory steps and key dates come first (readings: an exception)."""
    if found.whys[0] != LATE:
        return 0
    return 0 if found.line.basis == "Statutory" else 1 if found.line.key else 2


def due_not_as_issued(case: CaseRows) -> tuple[MovedDue, ...]:
    """Rows whose due date is not the one they were issued with, together by clock."""
    by_clock: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for row in case.lines:
        if _followed_early(case, row):
            continue
        if row.rag != "Not applicable" and row.due_issued and row.due != row.due_issued:
            by_clock[row.counted_from].append(row)
    return tuple(
        MovedDue(
            case.reference,
            case.anchor,
            clock,
            tuple(sorted((row.label for row in rows), key=natural)),
            sum(row.open for row in rows),
        )
        for clock, rows in sorted(by_clock.items())
    )


def _followed_early(case: CaseRows, row: ReportRow) -> bool:
    """Whether a date came forward only because the notification was submitted before its own limit."""
    took, clock = case.state.timeliness, case.state.clocks.get(row.counted_from)
    early = took.sin_sent and took.sin_due and took.sin_sent < took.sin_due
    if not (early and clock and clock.day == took.sin_sent and row.due and row.due_issued):
        return False
    return row.due < row.due_issued


def unsettled(case: CaseRows) -> tuple[Unsettled, ...]:
    """Open conflicts, and what the reading could not understand."""
    conflicts = [
        Unsettled(case.reference, case.anchor, str(each.get("cell", "")), str(each.get("id", "")), "Conflict")
        for each in case.state.conflicts
    ]
    errors = [
        Unsettled(case.reference, case.anchor, each.place, each.id, catalogue()[each.code].title)
        for each in case.state.problems
        if each.severity == "error"
    ]
    return tuple(sorted([*conflicts, *errors], key=lambda each: (natural(each.place), each.title)))


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
    moved: tuple[MovedDue, ...]
    unsettled: tuple[Unsettled, ...]
    totals: Mapping[str, int]
    counts: tuple[ExceptionCounts, ...]
    measures: tuple[Measure, ...]


def exceptions_view(board: BoardRead) -> ExceptionsView:
    """Put the report together."""
    cases = board.read.cases
    # Without an earlier meeting the whole case counts: what was late before its workbook was issued, too (8.3).
    by_case = [(case, exceptions(case, board.since or date.min)) for case in cases]
    moved = tuple(each for case in cases for each in due_not_as_issued(case))
    not_settled = tuple(each for case in cases for each in unsettled(case))
    return ExceptionsView(
        **board.frame([case.only([each.line for each in found]) for case, found in by_case]),  # type: ignore[arg-type]
        found=tuple(each for _, found in by_case for each in found),
        moved=moved,
        unsettled=not_settled,
        totals=counted([each for _, found in by_case for each in found]),
        counts=tuple(
            ExceptionCounts(
                case.reference,
                case.anchor,
                found,
                sum(len(each.labels) for each in moved if each.case_anchor == case.anchor),
                sum(each.case_anchor == case.anchor for each in not_settled),
            )
            for case, found in by_case
        ),
        measures=measures([review(case, board.as_at) for case in cases], review_names(cases))[OF_REVIEWS],
    )


# The page


def body(view: ExceptionsView) -> Body:
    """What stands between the title and the footer."""
    return Body("exceptions", _lead(view), _tiles(view), tuple(_sections(view)))


def _lead(view: ExceptionsView) -> tuple[Para, ...]:
    kinds = [f"{number} {_in_sentence(kind)}" for kind, number in view.totals.items()]
    cases = len([each for each in view.counts if each.found])
    if not view.found:
        return (Para(spans(strong("Exceptions:"), " none."), "lead"),)
    whole = words(f"{quantity(len(view.found), 'action')} in {quantity(cases, 'case')}", to="exceptions")
    return (Para(spans(strong("Exceptions:"), " ", whole, f": {listed(kinds)}."), "lead"),)


def _in_sentence(kind: str) -> str:
    """A kind inside a sentence."""
    special = {
        "Chase": "to chase",
        "No owner": "without an owner",
        SOON: "not started though due within 2 working days",
    }
    return special.get(kind, kind[0].lower() + kind[1:])


def _tiles(view: ExceptionsView) -> tuple[Tile, ...]:
    shown = ("Overdue", "Chase", "Extended", "On hold")
    pressing = {"Overdue", "Chase"}
    tiles = [
        Tile(str(view.totals.get(kind, 0)), _in_sentence(kind), "exceptions",
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
    columns: list[parts.Column[ExceptionCounts]] = [
        ("Case", "case", lambda each: parts.name_cell(each.case)),
        *(_kind_column(kind) for kind in kinds),
        (MOVED, "number", lambda each: number_cell(each.moved, to="moved")),
        ("Not settled", "number", lambda each: number_cell(each.unsettled, pressing=True, to="unsettled")),
    ]
    caption = "Exceptions by case; an action with two reasons counts under both"
    return (parts.table(caption, view.counts, columns, look="matrix"),)


def _kind_column(kind: str) -> parts.Column[ExceptionCounts]:
    return kind, "number", lambda each: _kind_count(each, kind)


def _kind_count(each: ExceptionCounts, kind: str) -> ReportCell:
    number = counted(each.found).get(kind, 0)
    leads = any(found.whys[0] == kind for found in each.found)
    anchor = _anchor(each.anchor, kind) if leads else "exceptions"
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
    columns: list[parts.Column[ExceptionLine]] = [
        *parts.row_columns("of id action who judged"),
        ("Why", "whys", lambda each: text_cell(words("; ".join(each.whys)))),
        *parts.row_columns("late reason"),
    ]
    table = parts.table(f"By case, the most pressing first; done late counts {since}", found, columns)
    anchored = zip(table.rows, _anchors(found), strict=True)
    return (replace(table, rows=tuple(replace(row, anchor=anchor) for row, anchor in anchored)),)


def _not_as_issued(moved: Sequence[MovedDue]) -> tuple[Block, ...]:
    if not moved:
        return (parts.none("Every due date is the one issued."),)
    items = tuple(
        spans(
            name(each.case), f": {quantity(len(each.labels), 'due date')} counted from ",
            name(each.clock or "no clock"), f", {each.open} of them open: ", name(", ".join(each.labels)), ".",
        )
        for each in moved
    )  # fmt: skip
    return (Bullets(items),)


def _unsettled(found: Sequence[Unsettled]) -> tuple[Block, ...]:
    if not found:
        return (parts.none("Nothing is unsettled."),)
    items = tuple(
        spans(name(each.case), ": ", strong(each.title), ", ", name(f"{each.place} {each.id}".strip()), ".")
        for each in found
    )
    return (Bullets(items),)
