"""What a board that sees exceptions is shown (8.3): these row by row, their counts, and timeliness so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from tracker.problems import catalogue
from tracker.report import parts, sections
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
from tracker.report.rows import PRESSING, ReportRow, natural, rag_rank, slug
from tracker.report.sections import ClockMoved, NotedRow, clocks_moved
from tracker.report.timeliness import review
from tracker.report.yearly import Measure, measures
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.report.frame import BoardRead
    from tracker.report.rows import CaseRows

SOON = "Due within 2 working days, not started"
LATE = "Done late"
KINDS = (*PRESSING, SOON, "Extended", "On hold", LATE, "No owner", "Complete without a date")
"""The kinds of exceptions that are listed row by row, the most pressing first; some are states."""
_IN_SENTENCE = {
    "Chase": "to chase",
    "No owner": "without an owner",
    SOON: "not started though due within 2 working days",
}


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What reconcile could not settle in a case: a conflict, or an error of the reading."""

    case: str
    place: str
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class CaseExceptions:
    """The exceptions of a case, its due dates that are not as issued, and its entries that are not settled."""

    case: str
    anchor: str
    found: tuple[NotedRow, ...]
    moved: tuple[ClockMoved, ...]
    unsettled: tuple[Unsettled, ...]

    @property
    def moved_dates(self) -> int:
        """How many due dates are not as issued."""
        return sum(len(each.labels) for each in self.moved)


def why(row: ReportRow, since: date) -> tuple[str, ...]:
    """Why a row is an exception; empty where it is none."""
    late = bool(row.rag == "Complete, late" and row.days_late and row.completed and row.completed >= since)
    tests = {
        row.rag: row.rag in {*PRESSING, "Extended", "On hold"},
        SOON: row.rag in {"Due today", "Due soon"} and row.status == "Not started",
        LATE: late,
        "No owner": row.open and not row.owner and not row.named_owner,
        "Complete without a date": row.rag == "Complete" and row.completed is None,
    }
    return tuple(word for word, holds in tests.items() if holds)


def exceptions(case: CaseRows, since: date) -> CaseExceptions:
    """The exceptions of a case, the most pressing kind first."""

    def rank(each: NotedRow) -> tuple[object, ...]:
        row, kind = each.row, each.notes[0]
        # Of what was done late, statutory steps and key dates come first (readings: an exception).
        late = 0 if kind != LATE or row.basis == "Statutory" else 1 if row.key else 2
        return KINDS.index(kind), late, rag_rank(row.rag), str(row.judged), natural(row.label)

    found = [NotedRow(row, whys) for row in case.rows if (whys := why(row, since))]
    rows = [row for row in case.rows if row.rag != "Not applicable" and not _followed_early(case, row)]
    entries = [
        (str(each.get("cell", "")), str(each.get("id", "")), "Conflict") for each in case.state.conflicts
    ]
    entries += [
        (each.place, each.id, catalogue()[each.code].title)
        for each in case.state.problems
        if each.severity == "error"
    ]
    entries.sort(key=lambda each: (natural(each[0]), each[2]))
    return CaseExceptions(
        case.reference,
        case.anchor,
        tuple(sorted(found, key=rank)),
        clocks_moved(case, rows),
        tuple(Unsettled(case.reference, *each) for each in entries),
    )


def _followed_early(case: CaseRows, row: ReportRow) -> bool:
    """Whether a date came forward only because the notification was submitted before its own limit."""
    took, clock = case.state.timeliness, case.state.clocks.get(row.counted_from)
    early = took.sin_sent and took.sin_due and took.sin_sent < took.sin_due
    if not (early and clock and clock.day == took.sin_sent and row.due and row.due_issued):
        return False
    return row.due < row.due_issued


# The report


@dataclass(frozen=True, slots=True)
class ExceptionsView(BoardView):
    """By exceptions (8.3): these, their counts, and timeliness so far."""

    sees: ClassVar[str] = "exceptions"
    cases: tuple[CaseExceptions, ...]
    found: tuple[NotedRow, ...]
    moved: tuple[ClockMoved, ...]
    agreed: tuple[sections.Moved, ...]
    unsettled: tuple[Unsettled, ...]
    totals: Mapping[str, int]
    measures: tuple[Measure, ...]


def _counted(found: Sequence[NotedRow]) -> Mapping[str, int]:
    """How many rows are an exception of each kind; a row with two reasons counts in both."""
    counts = Counter(word for each in found for word in each.notes)
    return {kind: counts[kind] for kind in KINDS if counts[kind]}


def make_view(board: BoardRead) -> ExceptionsView:
    """Put the report together."""
    cases, as_at = board.read.cases, board.read.as_at
    # Without an earlier meeting the whole case counts: what was late before its workbook was issued, too (8.3).
    since = board.since or date.min
    of_cases = tuple(exceptions(case, since) for case in cases)
    found = tuple(each for case in of_cases for each in case.found)
    pairs = zip(cases, of_cases, strict=True)
    shown = [case.only(each.row for each in theirs.found) for case, theirs in pairs]
    return ExceptionsView(
        **board.frame(shown),  # type: ignore[arg-type]
        cases=of_cases,
        found=found,
        moved=tuple(each for case in of_cases for each in case.moved),
        agreed=tuple(each for case in cases for each in sections.moved(case, since)),
        unsettled=tuple(each for case in of_cases for each in case.unsettled),
        totals=_counted(found),
        # Of the notification and of Rapid Reviews.
        measures=measures([review(case, as_at) for case in cases], review_names(cases))[:3],
    )


def make_body(view: ExceptionsView) -> Body:
    """What stands between the title and the footer."""
    lead = spans(strong("Exceptions:"), " none.")
    if view.found:
        cases = quantity(sum(bool(each.found) for each in view.cases), "case")
        whole = words(f"{quantity(len(view.found), 'action')} in {cases}", to="exceptions")
        kinds = listed([f"{number} {_in_sentence(kind)}" for kind, number in view.totals.items()])
        lead = spans(strong("Exceptions:"), " ", whole, f": {kinds}.")
    tiles = []
    for kind in ("Overdue", "Chase", "On hold"):
        number = view.totals.get(kind, 0)
        pressing = kind in PRESSING and bool(number)
        tiles.append(Tile(str(number), _in_sentence(kind), "exceptions", pressing))
    agreed, unsettled = len(view.agreed), len(view.unsettled)
    tiles += [
        Tile(str(agreed), "agreed for another day", "agreed" if agreed else "counts", pressing=False),
        Tile(str(unsettled), "unsettled", "unsettled" if unsettled else "counts", bool(unsettled)),
    ]
    moved = sum(len(each.labels) for each in view.moved)
    why: parts.Column[sections.Moved] = ("Reason", "reason", lambda each: text_cell(free(each.reason)))
    caption = "Rows with an agreed date that is not their due date"
    agreed_rows = parts.table(caption, view.agreed, "of id action who due agreed", why)
    further = (
        Section("agreed", "Agreed for another day", (agreed_rows,), agreed, nav="Agreed dates"),
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
    return _IN_SENTENCE.get(kind, kind[0].lower() + kind[1:])


def _exception_counts(view: ExceptionsView) -> tuple[Block, ...]:
    def of_kind(kind: str) -> parts.Column[CaseExceptions]:
        def cell(each: CaseExceptions) -> ReportCell:
            leads = any(found.notes[0] == kind for found in each.found)
            anchor = _anchor(each.anchor, kind) if leads else "exceptions"
            return number_cell(_counted(each.found).get(kind, 0), pressing=kind == "Overdue", to=anchor)

        return kind, "number", cell

    def unsettled(each: CaseExceptions) -> ReportCell:
        return number_cell(len(each.unsettled), pressing=True, to="unsettled")

    return parts.table_or(
        "No case was read.",
        "Exceptions by case; an action with two reasons counts under both",
        view.cases,
        ("Case", "case", lambda each: parts.name_cell(each.case)),
        *(of_kind(kind) for kind in view.totals),
        ("Due date not as issued", "number", lambda each: number_cell(each.moved_dates, to="moved")),
        ("Not settled", "number", unsettled),
        look="matrix",
    )


def _anchor(case_anchor: str, kind: str) -> str:
    return f"{case_anchor}-{slug(kind)}"


def _exception_rows(view: ExceptionsView) -> tuple[Block, ...]:
    """The exceptions; the first row of a case and kind has the anchor that its count leads to."""
    if not view.found:
        return (parts.none("There is no exception."),)
    since = f"since {short_date(view.since)}" if view.last_meeting else "over the whole case"

    def days_late(each: NotedRow) -> ReportCell:
        """What is on hold is not late while it is held."""
        return number_cell(None if each.row.rag == "On hold" else each.row.days_late)

    table = parts.table(
        f"By case, the most pressing first; done late counts {since}",
        view.found,
        "of id action who judged",
        ("Why", "whys", lambda each: text_cell(words("; ".join(each.notes)))),
        ("Days late", "late", days_late),
        "reason",
    )
    rows, first = list(table.rows), dict[str, int]()
    for place, each in enumerate(view.found):
        first.setdefault(_anchor(each.row.case_anchor, each.notes[0]), place)
    for anchor, place in first.items():
        rows[place] = replace(rows[place], anchor=anchor)
    return (replace(table, rows=tuple(rows)),)


def _not_as_issued(view: ExceptionsView) -> tuple[Block, ...]:
    return parts.bullets(
        spans(
            name(each.case), f": {quantity(len(each.labels), 'due date')} counted from ",
            name(each.clock or "no clock"), f", {each.open} of them open: ", name(", ".join(each.labels)), ".",
        )
        for each in view.moved
    )  # fmt: skip


def _unsettled(view: ExceptionsView) -> tuple[Block, ...]:
    return parts.bullets(
        spans(name(each.case), ": ", strong(each.title), ", ", name(f"{each.place} {each.id}".strip()), ".")
        for each in view.unsettled
    )
