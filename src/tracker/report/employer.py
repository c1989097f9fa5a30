"""What a board is shown of one employer: the outstanding actions of its roles, by owner and by age (8.4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Body,
    Heading,
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
from tracker.report.rows import PLAN, ReportRow, by_date
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.report.frame import BoardRead

_BANDS = {21: "more than 20", 11: "11 to 20", 6: "6 to 10", 1: "1 to 5"}
"""The bands of working days late by their first, the oldest first."""
_WITHOUT_AGE = {
    "On hold": ("on hold", "age-hold"),
    "Ready": ("ready to start", "age-ready"),
    "No date": ("no date", "age-undated"),
    "Clock not started": ("clock not started", "age-clock"),
}
"""States that stand by themselves: the words for their age, and where their rows stand."""


@dataclass(frozen=True, slots=True)
class OwnerCounts:
    """What one owner has outstanding. `oldest` are working days late."""

    who: str
    role: str
    overdue: int
    dated: int
    held: int
    undated: int
    whole: int
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Band:
    """Outstanding actions of one age; `late` where it is counted in days late."""

    words: str
    anchor: str
    rows: tuple[ReportRow, ...]
    late: bool = False


@dataclass(frozen=True, slots=True)
class EmployerView(BoardView):
    """The outstanding actions of one employer's roles (8.4)."""

    sees: ClassVar[str] = "employer"
    employer: str
    improvement_plan: str
    owners: tuple[OwnerCounts, ...]
    bands: tuple[Band, ...]
    whole: int
    case_count: int
    overdue: tuple[ReportRow, ...]
    unknown: tuple[ReportRow, ...]


def make_view(board: BoardRead) -> EmployerView:
    """Put the report together."""
    employer, procedure = board.board.employer, board.procedure
    still_open = [row for case in board.read.cases for row in case.open]
    theirs = [row for row in still_open if row.employer == employer]
    # An action-plan row whose owner is nobody's on People might be theirs: it is not passed over in silence.
    unknown = by_date(row for row in still_open if row.sheet == PLAN and not row.employer)
    return EmployerView(
        **board.frame([case.only([*theirs, *unknown]) for case in board.read.cases]),  # type: ignore[arg-type]
        employer=dict(procedure.employer_names).get(employer, employer),
        improvement_plan=procedure.improvement_plan,
        owners=_owners(theirs),
        bands=_bands(theirs),
        whole=len(theirs),
        case_count=len({row.case_anchor for row in theirs}),
        overdue=by_date(row for row in theirs if row.rag == "Overdue"),
        unknown=unknown,
    )


def _owners(rows: Sequence[ReportRow]) -> tuple[OwnerCounts, ...]:
    """By owner, who has most overdue first."""
    groups: defaultdict[tuple[str, str], list[ReportRow]] = defaultdict(list)
    for row in rows:
        groups[row.who, row.role].append(row)
    found = []
    for owner, theirs in groups.items():
        late = [row.days_late or 0 for row in theirs if row.rag == "Overdue"]
        apart = Counter(row.rag for row in theirs if row.rag in _WITHOUT_AGE)
        held, dated = apart["On hold"], len(theirs) - apart.total() - len(late)
        oldest = max(late, default=0) or None
        found.append(OwnerCounts(*owner, len(late), dated, held, apart.total() - held, len(theirs), oldest))
    return tuple(sorted(found, key=lambda each: (-each.overdue, -(each.oldest or 0), each.who, each.role)))


def _bands(rows: Sequence[ReportRow]) -> tuple[Band, ...]:
    """By age: working days overdue, then what is not overdue, on hold, without a date, or waits for its clock."""
    bands: defaultdict[int, list[ReportRow]] = defaultdict(list)
    for row in rows:
        if row.rag == "Overdue":
            # What was due on a Friday is overdue on the Saturday, by no working day yet.
            bands[next(first for first in _BANDS if first <= max(row.days_late or 0, 1))].append(row)
    late = [
        Band(f"{days} working days late", f"age-{first}", by_date(bands[first]), late=True)
        for first, days in _BANDS.items()
    ]
    others = by_date(row for row in rows if row.rag not in {"Overdue", *_WITHOUT_AGE})
    apart = [
        Band(*named, by_date(row for row in rows if row.rag == rag)) for rag, named in _WITHOUT_AGE.items()
    ]
    return (*late, Band("not overdue", "age-0", others), *apart)


def make_body(view: EmployerView) -> Body:
    """What stands between the title and the footer."""
    lead = spans(strong("Outstanding:"), " nothing.")
    if view.whole:
        whole = f"{quantity(view.whole, 'action')} in {quantity(view.case_count, 'case')}"
        late = f"{len(view.overdue)} overdue" if view.overdue else "none of them overdue"
        oldest = max((row.days_late or 0 for row in view.overdue), default=0)
        tail = f", the oldest by {quantity(oldest, 'working day')}" if oldest else ""
        lead = spans(
            strong("Outstanding:"), " ", words(whole, to="owners"), ", ", words(late, to="ages"), f"{tail}."
        )
    tiles = [Tile(str(len(view.overdue)), "overdue", "ages", bool(view.overdue))]
    tiles += [
        # An age without any rows has no heading.
        Tile(str(len(band.rows)), band.words, band.anchor if band.rows else "ages", pressing=False)
        for band in view.bands
        if not band.late
    ]
    sections = [
        Section("owners", "By owner", _by_owner(view), len(view.owners)),
        Section("ages", "By age", _by_age(view)),
    ]
    if view.unknown:
        caption = (
            "Open plan actions whose owner and lead agency are not on sheet People; they may belong here"
        )
        table = parts.table(caption, view.unknown, "of id action who judged rag", _plan_ref(view))
        title = "Whose they are is not known"
        sections.append(Section("unknown", title, (table,), len(view.unknown), nav="Not known"))
    what = f"outstanding actions of {view.employer}"
    return Body(what, (Para(lead, "lead"),), tuple(tiles), tuple(sections))


def _plan_ref(view: EmployerView) -> parts.Column[ReportRow]:
    return f"{view.improvement_plan} ref", "plan", lambda row: text_cell(name(row.plan_ref))


def _by_owner(view: EmployerView) -> tuple[Block, ...]:
    return parts.table_or(
        "Nobody has an outstanding action.",
        "Outstanding actions by owner, who has most overdue first",
        view.owners,
        ("Owner", "who", lambda each: parts.who_cell(each.who, each.role)),
        ("Overdue", "number", lambda each: number_cell(each.overdue, pressing=True, to="ages")),
        *parts.numbers(dated="Dated, not overdue", held="On hold", undated="No date yet", whole="All"),
        *parts.numbers(oldest="Oldest, days late"),
        look="matrix",
    )


def _by_age(view: EmployerView) -> tuple[Block, ...]:
    """How many of each age, the number leading to the rows; then the rows of each."""

    def actions(band: Band) -> ReportCell:
        return number_cell(len(band.rows), pressing=band.late, to=band.anchor)

    blocks: list[Block] = [
        parts.table(
            "Outstanding actions by age, in working days past the due date",
            view.bands,
            ("Age", "sheet", lambda band: ReportCell((words(band.words),))),
            ("Actions", "number", actions),
            look="narrow",
            first=0,
        )
    ]
    for band in view.bands:
        if band.rows:
            columns = "of id action who judged late" if band.late else "of id action who judged rag"
            if not any(row.judged for row in band.rows):
                columns = "of id action who"  # the heading is their state
            refs = [_plan_ref(view)] if any(row.plan_ref for row in band.rows) else []
            table = parts.table(f"{view.employer}: {band.words}", band.rows, columns, *refs)
            blocks += (Heading(band.words[0].upper() + band.words[1:], band.anchor, len(band.rows)), table)
    return tuple(blocks)
