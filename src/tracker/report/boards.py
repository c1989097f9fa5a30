"""What two kinds of boards are shown: exceptions (8.3), or one employer's outstanding actions (8.4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.report import parts, sections
from tracker.report.blocks import (
    Block,
    Body,
    Heading,
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
from tracker.report.lines import PLAN, PRESSING, ReportRow, by_date, slug
from tracker.report.timeliness import review
from tracker.report.yearly import Measure, measures
from tracker.text import listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.report.frame import BoardRead

_IN_SENTENCE = {
    "Chase": "to chase",
    "No owner": "without an owner",
    sections.SOON: "not started though due within 2 working days",
}
_AGES = {21: "more than 20", 11: "11 to 20", 6: "6 to 10", 1: "1 to 5"}
"""The bands of working days late by their first, the oldest first."""
_OTHER_AGES = {
    "On hold": ("on hold", "age-hold"),
    "Ready": ("ready to start", "age-ready"),
    "No date": ("no date", "age-undated"),
    "Clock not started": ("clock not started", "age-clock"),
}
"""States that stand by themselves: the words for their age, and where their rows stand."""


# Exceptions


@dataclass(frozen=True, slots=True)
class ExceptionsView(BoardView):
    """By exceptions (8.3): these, their counts, and timeliness so far."""

    cases: tuple[sections.CaseExceptions, ...]
    found: tuple[sections.NotedRow, ...]
    moved: tuple[sections.ClockMoved, ...]
    agreed: tuple[sections.Moved, ...]
    unsettled: tuple[sections.Unsettled, ...]
    totals: Mapping[str, int]
    measures: tuple[Measure, ...]


def _counted(found: Sequence[sections.NotedRow]) -> Mapping[str, int]:
    """How many rows are an exception of each kind; a row with two reasons counts in both."""
    counts = Counter(word for each in found for word in each.notes)
    return {kind: counts[kind] for kind in sections.KINDS if counts[kind]}


def exceptions_view(board: BoardRead) -> ExceptionsView:
    """Put the report together."""
    cases, as_at = board.read.cases, board.read.as_at
    # Without an earlier meeting the whole case counts: what was late before its workbook was issued, too (8.3).
    since = board.since or date.min
    of_cases = tuple(sections.exceptions(case, since) for case in cases)
    found = tuple(each for case in of_cases for each in case.found)
    pairs = zip(cases, of_cases, strict=True)
    shown = [case.only(each.line for each in theirs.found) for case, theirs in pairs]
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


def exceptions_body(view: ExceptionsView) -> Body:
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
    def of_kind(kind: str) -> parts.Column[sections.CaseExceptions]:
        def cell(each: sections.CaseExceptions) -> ReportCell:
            leads = any(found.notes[0] == kind for found in each.found)
            anchor = _anchor(each.anchor, kind) if leads else "exceptions"
            return number_cell(_counted(each.found).get(kind, 0), pressing=kind == "Overdue", to=anchor)

        return kind, "number", cell

    def unsettled(each: sections.CaseExceptions) -> ReportCell:
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
    since = f"since {short_date(view.since)}" if view.meetings.last else "over the whole case"

    def days_late(each: sections.NotedRow) -> ReportCell:
        """What is on hold is not late while it is held."""
        return number_cell(None if each.line.rag == "On hold" else each.line.days_late)

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
        first.setdefault(_anchor(each.line.case_anchor, each.notes[0]), place)
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


# One employer's outstanding actions


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
    for owner, theirs in groups.items():
        late = [row.days_late or 0 for row in theirs if row.rag == "Overdue"]
        apart = Counter(row.rag for row in theirs if row.rag in _OTHER_AGES)
        held, dated = apart["On hold"], len(theirs) - apart.total() - len(late)
        oldest = max(late, default=0) or None
        found.append(OwnerCounts(*owner, len(late), dated, held, apart.total() - held, len(theirs), oldest))
    return tuple(sorted(found, key=lambda each: (-each.overdue, -(each.oldest or 0), each.who, each.role)))


def _ages(rows: Sequence[ReportRow]) -> tuple[Age, ...]:
    """By age: working days overdue, then what is not overdue, on hold, without a date, or waits for its clock."""
    bands: defaultdict[int, list[ReportRow]] = defaultdict(list)
    for row in rows:
        if row.rag == "Overdue":
            # What was due on a Friday is overdue on the Saturday, by no working day yet.
            bands[next(first for first in _AGES if first <= max(row.days_late or 0, 1))].append(row)
    late = [
        Age(f"{band} working days late", f"age-{first}", by_date(bands[first]), late=True)
        for first, band in _AGES.items()
    ]
    others = by_date(row for row in rows if row.rag not in {"Overdue", *_OTHER_AGES})
    ages = {rag: by_date(row for row in rows if row.rag == rag) for rag in _OTHER_AGES}
    apart = [Age(*named, ages[rag]) for rag, named in _OTHER_AGES.items()]
    return (*late, Age("not overdue", "age-0", others), *apart)


def employer_body(view: EmployerView) -> Body:
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

    def actions(age: Age) -> ReportCell:
        return number_cell(len(age.lines), pressing=age.late, to=age.anchor)

    blocks: list[Block] = [
        parts.table(
            "Outstanding actions by age, in working days past the due date",
            view.ages,
            ("Age", "sheet", lambda age: ReportCell((words(age.words),))),
            ("Actions", "number", actions),
            look="narrow",
            first=0,
        )
    ]
    for age in view.ages:
        if age.lines:
            columns = "of id action who judged late" if age.late else "of id action who judged rag"
            if not any(row.judged for row in age.lines):
                columns = "of id action who"  # the heading is their state
            refs = [_plan_ref(view)] if any(row.plan_ref for row in age.lines) else []
            table = parts.table(f"{view.employer}: {age.words}", age.lines, columns, *refs)
            blocks += (Heading(age.words[0].upper() + age.words[1:], age.anchor, len(age.lines)), table)
    return tuple(blocks)
