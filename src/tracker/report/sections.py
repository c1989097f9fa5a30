"""What belongs in which section of a report: small pure functions over the rows of the cases."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tracker.plan import SPARE_AGENCIES
from tracker.report.rows import PRESSING, by_case, by_completion, by_date, date_key, natural, rag_rank
from tracker.rules import DONE_WORDS, NEEDS_SOMEONE, NO_INVOLVEMENT
from tracker.text import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from tracker.report.rows import CaseRows, ReportRow

MOVE = "Date moved"


@dataclass(frozen=True, slots=True)
class Moved:
    """A row whose agreed date is not its due date, with the reason and who agreed it."""

    row: ReportRow
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
class NotedRow:
    """A row of a list, with what the list notes of it: why it waits or is an exception, or the rows that passed it."""

    row: ReportRow
    notes: tuple[str, ...]


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


Item = TypeVar("Item", Moved, NotedRow)


def by_row_date(items: Iterable[Item]) -> tuple[Item, ...]:
    """What has a row beside other things, by the date the row is judged by."""
    return tuple(sorted(items, key=lambda each: date_key(each.row)))


def with_rag(rows: Iterable[ReportRow], *words: str) -> tuple[ReportRow, ...]:
    """The rows with one of these RAG words, by date."""
    return by_date(row for row in rows if row.rag in words)


def statutory_missed(rows: Iterable[ReportRow]) -> tuple[ReportRow, ...]:
    """Open rows past a date set by statute; a hold or a provisional clock is none."""
    return by_date(row for row in rows if row.basis == "Statutory" and row.rag in {"Overdue", "Chase"})


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
    for row in by_date(case.rows):
        done_since = bool(row.completed and row.completed >= since)
        if row.moved and (row.open or done_since) and row.rag != "Not applicable":
            # The text of the Log, the last row first, where the row itself gives no reason.
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
    for clock, its_rows in sorted(by_clock.items()):
        labels = tuple(sorted((row.label for row in its_rows), key=natural))
        still_open = sum(row.open for row in its_rows)
        found.append(ClockMoved(case.reference, case.anchor, clock, labels, still_open))
    return tuple(found)


def undated_and_passed(case: CaseRows) -> tuple[NotedRow, ...]:
    """Undated open rows, with the rows that wait for them but are done or past their date."""
    overtaken: defaultdict[str, list[str]] = defaultdict(list)
    for row in case.rows:
        if row.rag in {*DONE_WORDS, *PRESSING}:
            for before in row.after:
                overtaken[before].append(row.label)
    return tuple(
        NotedRow(row, tuple(sorted(set(overtaken[row.label]), key=natural)))
        for row in by_case(case.rows)
        if row.rag in {"No date", "Ready"} and row.label in overtaken
    )


def _is_asked_now(case: CaseRows, row: ReportRow) -> bool:
    """Whether it is the others' turn: all that comes before is done, or its date has come."""
    if row.rag in NEEDS_SOMEONE:
        return True
    before = [case.by_id[each] for each in row.after if each in case.by_id]
    return not any(each.open for each in before) and bool(before or row.judged)


def agency_returns(case: CaseRows) -> dict[str, list[ReportRow]]:
    """The repeated rows that partner agencies do, by the ID they repeat.

    A repeat is an agency's where its action begins with the code; that of one of several owners does not.
    """
    repeats: defaultdict[str, list[ReportRow]] = defaultdict(list)
    of_agencies = set()
    for row in case.rows:
        base, _, code = row.label.rpartition("-")
        if "-" in base[1:-1] and code.isascii() and code.isalnum():  # RR-5.7b-POL
            repeats[base].append(row)
            if row.employer == "partner agency" and row.action.startswith(f"{_agency_word(row)}:"):
                of_agencies.add(base)
    return {base: rows for base, rows in repeats.items() if base in of_agencies}


def _agency_word(row: ReportRow) -> str:
    """What an agency goes by: its code, or its name where the code was only kept for it in a blank workbook."""
    code = row.label.rpartition("-")[2]
    return row.owner if code in SPARE_AGENCIES else code


def _agency_words(rows: Iterable[ReportRow]) -> tuple[str, ...]:
    return tuple(sorted(map(_agency_word, rows)))


def returns(case: CaseRows) -> tuple[Returns, ...]:
    """The requests to agencies that are out and not all answered."""
    found, uninvolved = [], NO_INVOLVEMENT.casefold()
    for base, rows in sorted(agency_returns(case).items(), key=lambda each: natural(each[0])):
        live = [row for row in rows if row.rag != "Not applicable"]
        missing = [row for row in live if row.open and row.rag != "On hold"]
        if any(_is_asked_now(case, row) for row in missing):
            no_part = (row for row in rows if row not in live and uninvolved in row.progress.casefold())
            found.append(
                Returns(
                    case.reference,
                    case.anchor,
                    base,
                    due=min((row.judged for row in missing if row.judged), default=None),
                    back=sum(not row.open for row in live),
                    asked=len(live),
                    missing=_agency_words(missing),
                    late=_agency_words(row for row in missing if row.rag == "Overdue"),
                    half_filled=_agency_words(row for row in missing if row.status == "In progress"),
                    uninvolved=_agency_words(no_part),
                )
            )
    return tuple(found)


def waiting(case: CaseRows) -> tuple[NotedRow, ...]:
    """Open rows that wait for others: to chase, an agency's return, an external body's, or marked as waiting."""
    agencies = {row.label for rows in agency_returns(case).values() for row in rows}
    found = []
    for row in case.open:
        why = ""
        if row.rag == "Chase":
            why = "To chase"
        elif row.rag != "On hold":
            asked = (row.label in agencies or row.employer == "external") and _is_asked_now(case, row)
            marked = "Marked as waiting" if row.status == "Waiting on others" else ""
            why = marked if not asked else "Agency return" if row.label in agencies else "External"
        if why:
            found.append(NotedRow(row, (why,)))
    return by_row_date(found)


def groups(case: CaseRows, rows: Iterable[ReportRow]) -> tuple[Sequence[ReportRow], ...]:
    """Rows of a case by sheet and RAG word, the most pressing word first: where the counts lead to."""
    found: defaultdict[tuple[int, int, str], list[ReportRow]] = defaultdict(list)
    for row in rows:
        if row.rag:
            found[case.sheets.index(row.sheet), rag_rank(row.rag), row.rag].append(row)
    return tuple(by_date(found[place]) for place in sorted(found))
