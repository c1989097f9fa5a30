"""What belongs in which section of a report: small pure functions over the rows of the cases."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from tracker.plan import SPARE_AGENCIES
from tracker.report.days import WorkingDays
from tracker.report.frame import ReportedHold, closed_on, recorded_holds, row_of_step
from tracker.report.lines import (
    ReportRow,
    by_case,
    by_completion,
    by_date,
    copied,
    date_key,
    natural,
    rag_rank,
)
from tracker.rules import DONE_WORDS, NEEDS_SOMEONE, NO_INVOLVEMENT
from tracker.text import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.procedure.milestones import Milestone
    from tracker.reconcile.model import CaseState
    from tracker.report.lines import CaseRows

_PASSED = (*DONE_WORDS, "Overdue", "Chase", "Provisional, passed")
MOVE = "Date moved"


@dataclass(frozen=True, slots=True)
class RowGroup:
    """The rows of a sheet with one RAG word, together in the annex."""

    anchor: str
    sheet: str
    rag: str
    lines: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A row whose agreed date is not its due date, with the reason and who agreed it."""

    line: ReportRow
    reason: str
    agreed_by: str


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """Due dates of a case that are not as issued, by their clock, and how many of the rows are open."""

    case: str
    case_anchor: str
    clock: str
    labels: tuple[str, ...]
    open: int


@dataclass(frozen=True, slots=True)
class Passed:
    """An undated open row, and the rows that wait for it but are done or past their date."""

    line: ReportRow
    overtaken_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that others must do; `why` is the kind of waiting."""

    line: ReportRow
    why: str


@dataclass(frozen=True, slots=True)
class Returns:
    """The agencies' returns of one request: `7 of 8 back`, and the codes of who is missing and who was not involved.

    Of those that are missing some are late, and some have been filled in by half.
    """

    case: str
    case_anchor: str
    label: str
    due: date | None
    back: int
    asked: int
    missing: tuple[str, ...]
    late: tuple[str, ...] = ()
    half_filled: tuple[str, ...] = ()
    uninvolved: tuple[str, ...] = ()

    @property
    def remarks(self) -> str:
        """Which are late, half filled or not involved: `late: POL; not involved: CAF`."""
        parts = {"late": self.late, "half filled": self.half_filled, "not involved": self.uninvolved}
        return "; ".join(f"{words}: {listed(codes)}" for words, codes in parts.items() if codes)


def by_row_date(items: Iterable[Item]) -> tuple[Item, ...]:
    """What has a row beside other things, by the date the row is judged by."""
    return tuple(sorted(items, key=lambda each: date_key(each.line)))


Item = TypeVar("Item", Moved, Waiting)


def with_rag(rows: Iterable[ReportRow], *words: str) -> tuple[ReportRow, ...]:
    """The rows with one of these RAG words, by date."""
    return by_date(row for row in rows if row.rag in words)


def statutory_missed(rows: Iterable[ReportRow]) -> tuple[ReportRow, ...]:
    """Open rows past a date set by statute; a hold or a provisional clock is none."""
    return by_date(row for row in rows if row.basis == "Statutory" and row.rag in {"Overdue", "Chase"})


def is_grave(row: ReportRow) -> bool:
    """Whether a row is a key date or one set by statute."""
    return row.key or row.basis == "Statutory"


def due_between(rows: Iterable[ReportRow], first: date, last: date) -> tuple[ReportRow, ...]:
    """Open rows judged by a date from `first` to `last`; what is on hold is not due."""
    return by_date(
        row
        for row in rows
        if row.open and row.rag != "On hold" and row.judged and first <= row.judged <= last
    )


def done_since(rows: Iterable[ReportRow], since: date, as_at: date) -> tuple[ReportRow, ...]:
    """Rows completed from `since` to the report date, both counted."""
    return by_completion(
        row for row in rows if row.rag in DONE_WORDS and row.completed and since <= row.completed <= as_at
    )


def moved(case: CaseRows, since: date) -> tuple[Moved, ...]:
    """Rows with an agreed date that is not their due date: the open ones, and those done since."""
    found = []
    for row in by_date(case.lines):
        done_since = bool(row.completed and row.completed >= since)
        if row.moved and (row.open or done_since) and row.rag != "Not applicable":
            # What the Log says, the last word first, where the row itself gives no reason.
            log = [each for each in reversed(case.state.log) if each.id == row.label and each.what == MOVE]
            reason = row.reason or next((each.text for each in log if each.text), "")
            found.append(Moved(row, reason, next((each.agreed_by for each in log if each.agreed_by), "")))
    return tuple(found)


def clocks_moved(case: CaseRows, rows: Iterable[ReportRow]) -> tuple[ClockMoved, ...]:
    """Those of the rows whose due date is not the one they were issued with, together by clock."""
    by_clock: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for row in rows:
        if row.due_issued and row.due != row.due_issued:
            by_clock[row.counted_from].append(row)
    found = []
    for clock, moved_rows in sorted(by_clock.items()):
        labels = tuple(sorted((row.label for row in moved_rows), key=natural))
        found.append(
            ClockMoved(case.reference, case.anchor, clock, labels, sum(row.open for row in moved_rows))
        )
    return tuple(found)


def undated_and_passed(case: CaseRows) -> tuple[Passed, ...]:
    """Undated open rows named in `after` of a row that is complete or past its date."""
    overtaken: defaultdict[str, list[str]] = defaultdict(list)
    for row in case.lines:
        if row.rag in _PASSED:
            for before in row.after:
                overtaken[before].append(row.label)
    return tuple(
        Passed(row, tuple(sorted(set(overtaken[row.label]), key=natural)))
        for row in by_case(case.lines)
        if row.rag in {"No date", "Ready"} and row.label in overtaken
    )


def _asked(case: CaseRows, row: ReportRow) -> bool:
    """Whether it is the others' turn: all that comes before is done, or its date has come."""
    if row.rag in NEEDS_SOMEONE:
        return True
    before = [case.by_id[each] for each in row.after if each in case.by_id]
    return not any(each.open for each in before) and bool(before or row.judged)


def agency_returns(case: CaseRows) -> dict[str, list[ReportRow]]:
    """The repeated rows that partner agencies do, by the ID they repeat."""
    repeats: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for row in case.lines:
        base, _, code = row.label.rpartition("-")
        if "-" in base[1:-1] and code.isascii() and code.isalnum():  # RR-5.7b-POL
            repeats[base].append(row)
    return {base: rows for base, rows in repeats.items() if any(_of_agency(row, base) for row in rows)}


def _of_agency(row: ReportRow, base: str) -> bool:
    """Whether a repeat is an agency's: its action begins with the code; that of one of several owners does not."""
    return row.employer == "partner agency" and row.action.startswith(f"{_agency_word(row, base)}:")


def _agency_word(row: ReportRow, base: str) -> str:
    """What an agency goes by: its code, or its name where the code was only kept for it in a blank workbook."""
    code = row.label.removeprefix(f"{base}-")
    return row.owner if code in SPARE_AGENCIES else code


def returns(case: CaseRows) -> tuple[Returns, ...]:
    """The requests to agencies that are out and not all answered."""
    found = []
    for base, rows in sorted(agency_returns(case).items(), key=lambda each: natural(each[0])):

        def codes(some: Iterable[ReportRow], base: str = base) -> tuple[str, ...]:
            return tuple(sorted(_agency_word(row, base) for row in some))

        live = [row for row in rows if row.rag != "Not applicable"]
        missing = [row for row in live if row.open and row.rag != "On hold"]
        if any(_asked(case, row) for row in missing):
            due = min((row.judged for row in missing if row.judged), default=None)
            back = sum(not row.open for row in live)
            late = codes(row for row in missing if row.rag == "Overdue")
            half = codes(row for row in missing if row.status == "In progress")
            without = codes(row for row in rows if row not in live and _is_uninvolved(row))
            asked = (case.reference, case.anchor, base, due, back, len(live), codes(missing))
            found.append(Returns(*asked, late, half, without))
    return tuple(found)


def _is_uninvolved(row: ReportRow) -> bool:
    return NO_INVOLVEMENT.casefold() in row.progress.casefold()


def waiting(case: CaseRows) -> tuple[Waiting, ...]:
    """Open rows that wait for others: to chase, an agency's return, an external body's, or marked as waiting."""
    agencies = {row.label for rows in agency_returns(case).values() for row in rows}
    found = []
    for row in case.open:
        if row.rag == "Chase":
            found.append(Waiting(row, "To chase"))
        elif row.rag == "On hold":
            continue
        elif row.label in agencies and _asked(case, row):
            found.append(Waiting(row, "Agency return"))
        elif row.employer == "external" and _asked(case, row):
            found.append(Waiting(row, "External"))
        elif row.status == "Waiting on others":
            found.append(Waiting(row, "Marked as waiting"))
    return by_row_date(found)


def groups(case: CaseRows, rows: Sequence[ReportRow]) -> tuple[RowGroup, ...]:
    """Rows of a case by sheet, the most pressing word first: where the counts lead to."""
    found: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for row in rows:
        if row.rag:
            found[row.anchor].append(row)
    places = sorted(
        (case.sheets.index(group[0].sheet), rag_rank(group[0].rag), group[0].rag, anchor)
        for anchor, group in found.items()
    )
    return tuple(
        RowGroup(anchor, case.sheets[place], word, by_date(found[anchor]))
        for place, _, word, anchor in places
    )


# How long a review took


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a key date was moved or late."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """One review. Days are working days, `*_late` those past the due date, `*_running` those of what is not sent yet.

    `six_months` is the day publication is due by the procedure: lateness counts from it, whatever was planned.
    """

    reference: str
    anchor: str
    aware: date | None
    sin_due: date | None
    sin_sent: date | None
    sin_days: int | None
    sin_late: int | None
    review_due: date | None
    review_sent: date | None
    days_from_sin: int | None
    days_from_awareness: int | None
    review_late: int | None
    sin_running: int
    review_running: int
    lcspr_days: int | None
    lcspr_late: int | None
    lcspr_running: int
    panel_letter: date | None
    decision: str
    lcspr_day_zero: date | None
    first_review_panel: date | None
    six_months: date | None
    target: date | None
    published: date | None
    closed: date | None
    holds: tuple[ReportedHold, ...]
    reasons: tuple[Reason, ...]
    open_actions: int


_MEASURED = ("aware", "sin_due", "sin_sent", "sin_days", "days_from_sin", "days_from_awareness", "panel_letter",
             "lcspr_day_zero", "first_review_panel", "published", "open_actions")  # fmt: skip


def review(case: CaseRows, as_at: date) -> Review:
    """The row of one case."""
    state, took = case.state, case.state.timeliness
    _, sin_late, sin_running = _lateness(state, state.marks.notification, took.sin_sent)
    review_due, review_late, review_running = _lateness(state, state.marks.review, took.rapid_review_sent)
    six_months, lcspr_late, lcspr_running = _lateness(state, state.marks.local_review, took.published)
    days = None
    if took.lcspr_day_zero and took.published:  # in working days of the case's own calendar
        days = WorkingDays(frozenset()).of(state.holidays).between(took.lcspr_day_zero, took.published)
    logged = {id(each.line): each.reason for each in moved(case, date.min)}
    reasons = tuple(
        Reason(row.label, row.reason or logged.get(id(row), "") or "no reason given")
        for row in case.lines
        if row.key and (row.days_late or id(row) in logged)
    )
    return Review(
        reference=case.reference,
        anchor=case.anchor,
        sin_late=sin_late,
        review_due=review_due,
        review_sent=took.rapid_review_sent,
        review_late=review_late,
        sin_running=sin_running,
        review_running=review_running,
        lcspr_days=days,
        lcspr_late=lcspr_late,
        lcspr_running=lcspr_running,
        decision=str(state.decisions.get("lcspr") or "undecided"),
        six_months=six_months,
        target=took.publication_target,
        closed=closed_on(state),
        holds=recorded_holds(state, as_at),
        reasons=reasons,
        **copied(took, _MEASURED),
    )


def _lateness(state: CaseState, step: Milestone, done: date | None) -> tuple[date | None, int | None, int]:
    """When a step is due, how late it was done (None: not yet), and how late it is while it is open."""
    row = row_of_step(state, step)
    if row is None:
        return None, None, 0
    late = row.days_late or 0
    return None if row.rag == "Not applicable" else row.due, late if done else None, late if row.open else 0
