"""What each board is shown: everything, exceptions, or one employer's outstanding actions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.report import decisions, exceptions, figures, sections
from tracker.report.frame import Frame, read_cases
from tracker.report.lines import PLAN, ReportRow, by_date, natural
from tracker.report.sections import RowGroup, groups
from tracker.report.standing import CaseLine, ReportedHold, called, case_line, hold_of
from tracker.report.timeliness import OF_REVIEWS, Measure, measures, review
from tracker.rules import RAG_WORDS
from tracker.text import same_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.procedure.model import Board, Procedure
    from tracker.reconcile.model import LogEntry, Reconciliation
    from tracker.report.frame import Read
    from tracker.report.lines import CaseRows

MOVE = "Date moved"
WAITING_FOR_ITS_CLOCK = ("No date", "Clock not started")
AGES = ((21, 0), (11, 20), (6, 10), (1, 5))
"""The bands of working days late, the oldest first; 0 is without an end."""
_NO_END = 1_000_000


@dataclass(frozen=True, slots=True)
class Meetings:
    """The board's meetings on the Calendar sheets: the last before the report date, the next from it on."""

    last: date | None
    next: date | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A date that somebody asks to move, and nobody has agreed yet."""

    line: ReportRow
    to: date
    reason: str


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """How far the action plan of a case is."""

    whole: int
    done: int
    signed_off: int
    signed_off_since: int
    overdue: int


@dataclass(frozen=True, slots=True)
class BoardCase:
    """All a board that sees everything is told of a case."""

    line: CaseLine
    since: date
    overdue: tuple[ReportRow, ...]
    done: tuple[ReportRow, ...]
    moved: tuple[sections.Moved, ...]
    asked: tuple[Asked, ...]
    live: tuple[ReportRow, ...]
    not_started: int
    undated: int
    plan: tuple[ReportRow, ...]
    plan_counts: PlanCounts
    timeline: figures.Timeline | None
    keys: tuple[ReportRow, ...]
    counts: tuple[figures.SheetCounts, ...]
    groups: tuple[RowGroup, ...]
    hold: ReportedHold | None


@dataclass(frozen=True, slots=True)
class BoardView(Frame):
    """The start of every board's view."""

    board: str
    paragraph: str
    meetings: Meetings


@dataclass(frozen=True, slots=True)
class EverythingView(BoardView):
    """Everything (8.3)."""

    decisions: tuple[decisions.Decision, ...]
    asked: tuple[Asked, ...]
    lines: tuple[CaseLine, ...]
    cases: tuple[BoardCase, ...]


@dataclass(frozen=True, slots=True)
class ExceptionCounts:
    """The exceptions of a case by kind, its dates not as issued, and what is unsettled.

    `first` are the kinds that some row has as its first reason: rows stand under these.
    """

    case: str
    anchor: str
    kinds: Mapping[str, int]
    first: frozenset[str]
    rows: int
    moved: int
    unsettled: int


@dataclass(frozen=True, slots=True)
class ExceptionsView(BoardView):
    """By exceptions (8.3): these, their counts, and timeliness so far."""

    found: tuple[exceptions.ExceptionLine, ...]
    moved: tuple[exceptions.MovedDue, ...]
    unsettled: tuple[exceptions.Unsettled, ...]
    totals: Mapping[str, int]
    counts: tuple[ExceptionCounts, ...]
    measures: tuple[Measure, ...]


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


def meetings_of(board: Board, read: Read) -> Meetings:
    """The board's meetings over all cases; a meeting on the report date is the next."""
    days = {
        meeting.day
        for case in read.cases
        for meeting in case.state.meetings
        if meeting.day and same_word(meeting.kind, board.name)
    }
    before, after = [day for day in days if day < read.as_at], [day for day in days if day >= read.as_at]
    return Meetings(max(before, default=None), min(after, default=None))


def board_view(
    reconciliation: Reconciliation, board: Board, procedure: Procedure, since: date | None = None
) -> BoardView:
    """What a board is shown; since its last listed meeting, unless `since` says otherwise."""
    read = read_cases(reconciliation)
    meetings = meetings_of(board, read)
    layouts = {"everything": _everything, "exceptions": _exceptions, "employer": _employer}
    return layouts[board.sees](read, board, procedure, meetings, since or meetings.last)


def _start(
    read: Read, board: Board, meetings: Meetings, since: date | None, rows: Sequence[CaseRows] | None = None
) -> dict[str, object]:
    return {
        **read.frame(since or read.as_at, rows),
        "board": board.name,
        "paragraph": board.paragraph,
        "meetings": meetings,
    }


def since_of(case: CaseRows, since: date | None) -> date:
    """Since when a case is told of: the board's last meeting, else the day its workbook was issued."""
    return since or case.state.issued or date.min


# Everything


def _everything(
    read: Read, board: Board, procedure: Procedure, meetings: Meetings, since: date | None
) -> EverythingView:
    del procedure
    cases = tuple(_board_case(case, read, since_of(case, since)) for case in read.cases)
    return EverythingView(
        **_start(read, board, meetings, since or _first_issue(read)),  # type: ignore[arg-type]  # by name
        decisions=tuple(each for case in read.cases for each in decisions.decisions(case, read.as_at)),
        asked=tuple(each for case in cases for each in case.asked),
        lines=tuple(case.line for case in cases),
        cases=cases,
    )


def _first_issue(read: Read) -> date | None:
    return min((case.state.issued for case in read.cases if case.state.issued), default=None)


def _board_case(case: CaseRows, read: Read, since: date) -> BoardCase:
    moves = sections.moved(case, since)
    requests = asked(case)
    open_words = Counter(line.rag for line in case.open)
    plan = tuple(line for line in case.lines if line.sheet == PLAN)
    return BoardCase(
        line=case_line(case, len(moves), read.as_at, read.days),
        since=since,
        overdue=sections.with_rag(case.lines, "Overdue", "Chase", "Provisional, passed"),
        done=sections.done_since(case.lines, since, read.as_at),
        moved=moves,
        asked=requests,
        live=by_date(line for line in case.open if line.rag not in _SHOWN_APART and line.sheet != PLAN),
        not_started=open_words["Clock not started"],
        undated=open_words["No date"],
        plan=tuple(sorted(plan, key=lambda line: natural(line.label))),
        plan_counts=_plan_counts(plan, since),
        timeline=figures.timeline(case, read.as_at),
        keys=tuple(line for line in case.lines if line.key and line.rag != "Not applicable"),
        counts=figures.sheet_counts(case, RAG_WORDS),
        groups=groups(case, case.lines),
        hold=hold_of(case.state, read.as_at),
    )


_SHOWN_APART = {"Overdue", "Chase", "Provisional, passed", *WAITING_FOR_ITS_CLOCK}


def asked(case: CaseRows) -> tuple[Asked, ...]:
    """Dates asked for: the log's last word on an open row's date, where nobody agreed and the row has another."""
    last: dict[str, LogEntry] = {}
    for entry in case.state.log:
        if entry.what == MOVE and entry.to:
            last[entry.id] = entry
    found = []
    for line in by_date(case.open):
        ask = last.get(line.label)
        if ask and ask.to and not ask.agreed_by and ask.to != line.agreed:
            found.append(Asked(line, ask.to, ask.text))
    return tuple(found)


def _plan_counts(plan: Sequence[ReportRow], since: date) -> PlanCounts:
    return PlanCounts(
        whole=sum(line.rag != "Not applicable" for line in plan),
        done=sum(line.rag in {"Complete", "Complete, late"} for line in plan),
        signed_off=sum(line.signed_off is not None for line in plan),
        signed_off_since=sum(bool(line.signed_off and line.signed_off >= since) for line in plan),
        overdue=sum(line.rag == "Overdue" for line in plan),
    )


# Exceptions


def _exceptions(
    read: Read, board: Board, procedure: Procedure, meetings: Meetings, since: date | None
) -> ExceptionsView:
    del procedure
    # Without an earlier meeting the whole case counts: what was late before its workbook was issued, too (8.3).
    by_case = [(case, exceptions.exceptions(case, since or date.min)) for case in read.cases]
    found = tuple(each for _, lines in by_case for each in lines)
    scope = [_only(case, [each.line for each in lines]) for case, lines in by_case]
    moved = tuple(each for case in read.cases for each in exceptions.due_not_as_issued(case))
    unsettled = tuple(each for case in read.cases for each in exceptions.unsettled(case))
    return ExceptionsView(
        **_start(read, board, meetings, since or _first_issue(read), scope),  # type: ignore[arg-type]  # by name
        found=found,
        moved=moved,
        unsettled=unsettled,
        totals=exceptions.counted(found),
        counts=tuple(
            ExceptionCounts(
                case.reference,
                case.anchor,
                exceptions.counted(lines),
                frozenset(each.whys[0] for each in lines),
                len(lines),
                sum(len(each.labels) for each in moved if each.case_anchor == case.anchor),
                sum(each.case_anchor == case.anchor for each in unsettled),
            )
            for case, lines in by_case
        ),
        measures=measures([review(case, read.as_at) for case in read.cases], called(read.cases))[OF_REVIEWS],
    )


def _only(case: CaseRows, lines: Iterable[ReportRow]) -> CaseRows:
    """The case with these rows alone, in working order."""
    kept = {id(line) for line in lines}
    return replace(case, lines=tuple(line for line in case.lines if id(line) in kept))


# One employer's


def _employer(
    read: Read, board: Board, procedure: Procedure, meetings: Meetings, since: date | None
) -> EmployerView:
    lines = [line for case in read.cases for line in case.open]
    theirs = [line for line in lines if line.employer == board.employer]
    # An action-plan row whose owner is nobody's on People might be theirs: it is not passed over in silence.
    unknown = by_date(line for line in lines if line.sheet == PLAN and not line.employer)
    scope = [_only(case, [*theirs, *unknown]) for case in read.cases]
    return EmployerView(
        **_start(read, board, meetings, since or _first_issue(read), scope),  # type: ignore[arg-type]  # by name
        employer=dict(procedure.employer_names).get(board.employer, board.employer),
        improvement_plan=procedure.improvement_plan,
        owners=_owners(theirs),
        ages=_ages(theirs),
        whole=len(theirs),
        case_count=len({line.case_anchor for line in theirs}),
        overdue=by_date(line for line in theirs if line.rag == "Overdue"),
        unknown=unknown,
    )


def _owners(lines: Sequence[ReportRow]) -> tuple[OwnerCounts, ...]:
    """By owner, who has most overdue first."""
    groups: dict[tuple[str, str], list[ReportRow]] = {}
    for line in lines:
        groups.setdefault((line.who, line.role), []).append(line)
    found = [_owner(who, role, theirs) for (who, role), theirs in groups.items()]
    return tuple(sorted(found, key=lambda each: (-each.overdue, -(each.oldest or 0), each.who, each.role)))


def _owner(who: str, role: str, lines: Sequence[ReportRow]) -> OwnerCounts:
    undated = sum(line.rag in WAITING_FOR_ITS_CLOCK for line in lines)
    overdue = sum(line.rag == "Overdue" for line in lines)
    return OwnerCounts(
        who, role, overdue, len(lines) - undated - overdue, undated, len(lines),
        max((line.days_late for line in lines if line.days_late), default=None),
    )  # fmt: skip


def _ages(lines: Sequence[ReportRow]) -> tuple[Age, ...]:
    """By age: working days past the due date, then what is not late, without a date, or waits for its clock."""
    found = []
    for first, last in AGES:
        words = f"{first} to {last} working days late" if last else f"more than {first - 1} working days late"
        late = by_date(line for line in lines if first <= (line.days_late or 0) <= (last or _NO_END))
        found.append(Age(words, f"age-{first}", late, late=True))
    rest = [line for line in lines if not line.days_late]
    kinds = {"No date": ("no date", "age-undated"), "Clock not started": ("clock not started", "age-clock")}
    dated = by_date(line for line in rest if line.rag not in kinds)
    found.append(Age("not late", "age-0", dated))
    found += [
        Age(*named, by_date(line for line in rest if line.rag == word)) for word, named in kinds.items()
    ]
    return tuple(found)
