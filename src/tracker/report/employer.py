"""What a board that sees one employer's outstanding actions is shown (8.4): by owner, by age."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from tracker.report.lines import PLAN, ReportRow, by_date
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.report.frame import BoardRead

AGES = ((21, 0), (11, 20), (6, 10), (1, 5))
"""The bands of working days late, the oldest first; 0 is without an end."""
_NO_END = 1_000_000
_HELD = "On hold"
_UNDATED = {
    "Ready": ("ready to start", "age-ready"),
    "No date": ("no date", "age-undated"),
    "Clock not started": ("clock not started", "age-clock"),
}
"""States without a date: the words for their age, and where their rows stand."""


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
class Age:
    """Outstanding actions of one age; `late` where it is counted in days late."""

    words: str
    anchor: str
    lines: tuple[ReportRow, ...]
    late: bool = False


@dataclass(frozen=True, slots=True)
class EmployerView(BoardView):
    """The outstanding actions of one employer's roles (8.4)."""

    employer: str
    improvement_plan: str
    owners: tuple[OwnerCounts, ...]
    ages: tuple[Age, ...]
    whole: int
    case_count: int
    overdue: tuple[ReportRow, ...]
    unknown: tuple[ReportRow, ...]


def employer_view(board: BoardRead) -> EmployerView:
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
        ages=_ages(theirs),
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
    for (who, role), theirs in groups.items():
        undated = sum(row.rag in _UNDATED for row in theirs)
        overdue = sum(row.rag == "Overdue" for row in theirs)
        held = sum(row.rag == _HELD for row in theirs)
        oldest = max(
            (row.days_late for row in theirs if row.rag == "Overdue" and row.days_late), default=None
        )
        dated = len(theirs) - undated - overdue - held
        found.append(OwnerCounts(who, role, overdue, dated, held, undated, len(theirs), oldest))
    return tuple(sorted(found, key=lambda each: (-each.overdue, -(each.oldest or 0), each.who, each.role)))


def _ages(rows: Sequence[ReportRow]) -> tuple[Age, ...]:
    """By age: working days overdue, then what is not overdue, on hold, without a date, or waits for its clock."""
    found = []
    overdue = [row for row in rows if row.rag == "Overdue"]
    for first, last in AGES:
        words = f"{first} to {last} working days late" if last else f"more than {first - 1} working days late"
        # What was due on a Friday is overdue on the Saturday, by no working day yet.
        late = by_date(row for row in overdue if first <= max(row.days_late or 0, 1) <= (last or _NO_END))
        found.append(Age(words, f"age-{first}", late, late=True))
    apart = {"Overdue", _HELD, *_UNDATED}
    found.append(Age("not overdue", "age-0", by_date(row for row in rows if row.rag not in apart)))
    others = {_HELD: ("on hold", "age-hold"), **_UNDATED}
    found += [Age(*named, by_date(row for row in rows if row.rag == rag)) for rag, named in others.items()]
    return tuple(found)


# The page


def body(view: EmployerView) -> Body:
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
        Tile(str(len(age.lines)), age.words, age.anchor if age.lines else "ages", pressing=False)
        for age in view.ages
        if not age.late
    ]
    what = f"outstanding actions of {view.employer}"
    return Body(what, (Para(lead, "lead"),), tuple(tiles), tuple(_sections(view)))


def _sections(view: EmployerView) -> list[Section]:
    ref: parts.Column[ReportRow] = (
        f"{view.improvement_plan} ref",
        "plan",
        lambda row: text_cell(name(row.plan_ref)),
    )
    ages: list[Block] = [_by_age(view)]
    for age in view.ages:
        if age.lines:
            title = age.words[0].upper() + age.words[1:]
            columns = "of id action who judged late" if age.late else "of id action who judged rag"
            if not any(row.judged for row in age.lines):
                columns = "of id action who"  # the heading is their state
            refs = [ref] if any(row.plan_ref for row in age.lines) else []
            table = parts.table(f"{view.employer}: {age.words}", age.lines, columns, *refs)
            ages += (Heading(title, age.anchor, len(age.lines)), table)
    sections = [
        Section("owners", "By owner", _by_owner(view), len(view.owners)),
        Section("ages", "By age", tuple(ages)),
    ]
    if view.unknown:
        caption = (
            "Open plan actions whose owner and lead agency are not on sheet People; they may belong here"
        )
        table = parts.table(caption, view.unknown, "of id action who judged rag", ref)
        title = "Whose they are is not known"
        sections.append(Section("unknown", title, (table,), len(view.unknown), nav="Not known"))
    return sections


def _by_owner(view: EmployerView) -> tuple[Block, ...]:
    columns: list[parts.Column[OwnerCounts]] = [
        ("Owner", "who", lambda each: parts.who_cell(each.who, each.role)),
        ("Overdue", "number", lambda each: number_cell(each.overdue, pressing=True, to="ages")),
        ("Dated, not overdue", "number", lambda each: number_cell(each.dated)),
        ("On hold", "number", lambda each: number_cell(each.held)),
        ("No date yet", "number", lambda each: number_cell(each.undated)),
        ("All", "number", lambda each: number_cell(each.whole)),
        ("Oldest, days late", "number", lambda each: number_cell(each.oldest)),
    ]
    caption = "Outstanding actions by owner, who has most overdue first"
    return parts.table_or("Nobody has an outstanding action.", caption, view.owners, *columns, look="matrix")


def _by_age(view: EmployerView) -> Block:
    """How many of each age; the number leads to the rows."""
    columns: list[parts.Column[Age]] = [
        ("Age", "sheet", lambda age: ReportCell((words(age.words),))),
        ("Actions", "number", lambda age: number_cell(len(age.lines), pressing=age.late, to=age.anchor)),
    ]
    caption = "Outstanding actions by age, in working days past the due date"
    return parts.table(caption, view.ages, *columns, look="narrow", first=0)
