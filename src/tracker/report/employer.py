"""What a board that sees one employer's outstanding actions is shown (8.4): by owner, by age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Body,
    Heading,
    Para,
    ReportCell,
    ReportTable,
    Section,
    Tile,
    number_cell,
    spans,
    strong,
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
_UNDATED = ("Ready", "No date", "Clock not started")


@dataclass(frozen=True, slots=True)
class OwnerCounts:
    """What one owner has outstanding. `oldest` are working days late."""

    who: str
    role: str
    overdue: int
    dated: int
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
    groups: dict[tuple[str, str], list[ReportRow]] = {}
    for row in rows:
        groups.setdefault((row.who, row.role), []).append(row)
    found = [_owner(who, role, theirs) for (who, role), theirs in groups.items()]
    return tuple(sorted(found, key=lambda each: (-each.overdue, -(each.oldest or 0), each.who, each.role)))


def _owner(who: str, role: str, rows: Sequence[ReportRow]) -> OwnerCounts:
    undated = sum(row.rag in _UNDATED for row in rows)
    overdue = sum(row.rag == "Overdue" for row in rows)
    return OwnerCounts(
        who, role, overdue, len(rows) - undated - overdue, undated, len(rows),
        max((row.days_late for row in rows if row.days_late), default=None),
    )  # fmt: skip


def _ages(rows: Sequence[ReportRow]) -> tuple[Age, ...]:
    """By age: working days past the due date, then what is not late, without a date, or waits for its clock."""
    found = []
    for first, last in AGES:
        words = f"{first} to {last} working days late" if last else f"more than {first - 1} working days late"
        late = by_date(row for row in rows if first <= (row.days_late or 0) <= (last or _NO_END))
        found.append(Age(words, f"age-{first}", late, late=True))
    rest = [row for row in rows if not row.days_late]
    kinds = {
        "Ready": ("ready to start", "age-ready"),
        "No date": ("no date", "age-undated"),
        "Clock not started": ("clock not started", "age-clock"),
    }
    dated = by_date(row for row in rest if row.rag not in kinds)
    found.append(Age("not late", "age-0", dated))
    found += [Age(*named, by_date(row for row in rest if row.rag == word)) for word, named in kinds.items()]
    return tuple(found)


# The page


def body(view: EmployerView) -> Body:
    """What stands between the title and the footer."""
    return Body(f"outstanding actions of {view.employer}", _lead(view), _tiles(view), tuple(_sections(view)))


def _lead(view: EmployerView) -> tuple[Para, ...]:
    if not view.whole:
        return (Para(spans(strong("Outstanding:"), " nothing."), "lead"),)
    whole = f"{quantity(view.whole, 'action')} in {quantity(view.case_count, 'case')}"
    late = f"{len(view.overdue)} overdue" if view.overdue else "none of them overdue"
    oldest = max((row.days_late or 0 for row in view.overdue), default=0)
    tail = f", the oldest by {quantity(oldest, 'working day')}" if oldest else ""
    lead = spans(
        strong("Outstanding:"), " ", words(whole, to="owners"), ", ", words(late, to="ages"), f"{tail}."
    )
    return (Para(lead, "lead"),)


def _tiles(view: EmployerView) -> tuple[Tile, ...]:
    late = [age for age in view.ages if age.late]
    rest = [age for age in view.ages if not age.late]
    oldest = late[0]
    return (
        Tile(str(len(view.overdue)), "overdue", "ages", pressing=bool(view.overdue)),
        Tile(str(len(oldest.lines)), oldest.words, _rows_of(oldest), pressing=bool(oldest.lines)),
        *(Tile(str(len(age.lines)), age.words, _rows_of(age), pressing=False) for age in rest),
    )


def _rows_of(age: Age) -> str:
    """Where the actions of an age stand; an age without any has no heading."""
    return age.anchor if age.lines else "ages"


def _sections(view: EmployerView) -> list[Section]:
    sections = [
        Section("owners", "By owner", _by_owner(view), len(view.owners)),
        Section(
            "ages",
            "By age",
            (_by_age(view), *(each for age in view.ages if age.lines for each in _age(view, age))),
        ),
    ]
    if view.unknown:
        caption = (
            "Open plan actions whose owner and lead agency are not on sheet People; they may belong here"
        )
        table = parts.rows_table(
            caption, view.unknown, "of id action who judged rag ref", plan_ref=_plan_ref(view)
        )
        sections.append(
            Section("unknown", "Whose they are is not known", (table,), len(view.unknown), nav="Not known")
        )
    return sections


def _plan_ref(view: EmployerView) -> str:
    return f"{view.improvement_plan} ref"


def _by_owner(view: EmployerView) -> tuple[Block, ...]:
    if not view.owners:
        return (parts.none("Nobody has an outstanding action."),)
    columns: list[parts.Column[OwnerCounts]] = [
        ("Owner", "who", lambda each: parts.who_cell(each.who, each.role)),
        ("Overdue", "number", lambda each: number_cell(each.overdue, pressing=True, to="ages")),
        ("Dated, not overdue", "number", lambda each: number_cell(each.dated)),
        ("No date yet", "number", lambda each: number_cell(each.undated)),
        ("All", "number", lambda each: number_cell(each.whole)),
        ("Oldest, days late", "number", lambda each: number_cell(each.oldest)),
    ]
    caption = "Outstanding actions by owner, who has most overdue first"
    return (parts.table(caption, view.owners, columns, look="matrix"),)


def _by_age(view: EmployerView) -> ReportTable:
    """How many of each age; the number leads to the rows."""
    columns: list[parts.Column[tuple[int, Age]]] = [
        ("Age", "sheet", lambda each: ReportCell((words(each[1].words),), sort=str(each[0]))),
        ("Actions", "number", lambda each: _age_count(each[1])),
    ]
    caption = "Outstanding actions by age, in working days past the due date"
    return parts.table(caption, list(enumerate(view.ages)), columns, look="narrow")


def _age_count(age: Age) -> ReportCell:
    return number_cell(len(age.lines), pressing=age.late, to=age.anchor)


def _age(view: EmployerView, age: Age) -> tuple[Block, ...]:
    title = age.words[0].upper() + age.words[1:]
    # What is on hold or extended is late all the same, and not overdue: the state shows which.
    columns = "of id action who judged rag late ref" if age.late else "of id action who judged rag ref"
    table = parts.rows_table(f"{view.employer}: {age.words}", age.lines, columns, plan_ref=_plan_ref(view))
    return (Heading(title, age.anchor, len(age.lines)), table)
