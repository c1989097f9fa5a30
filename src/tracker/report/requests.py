"""What rows ask of people, in words: of their owners, of who decides, and of whom the work waits for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker.report.lines import FIRST_RUN_AHEAD, by_date
from tracker.report.mail import Recipient, holder, recipient_of
from tracker.report.messages import CASES_NAMED, Request
from tracker.rules import DONE_WORDS
from tracker.text import clean_text, quantity, request_words, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.reconcile.model import CaseState
    from tracker.report.lines import CaseRows, ReportRow, WorkingDays
    from tracker.report.mail import Key

_WAITS = {"On hold", "Clock not started"}  # no decision is asked for while its clock does not run
_WAITING = "Waiting on others"


@dataclass(frozen=True, slots=True)
class OwnerCase:
    """A case with its rows and its own working days, and the addresses known in any case by role and person."""

    rows: CaseRows
    days: WorkingDays
    book: Mapping[Key, str]

    @property
    def state(self) -> CaseState:
        """The case as it was read."""
        return self.rows.state

    def readers(self) -> list[Recipient]:
        """Who gets a digest."""
        people = [each for each in self.state.people if each.digest]
        return [self.addressed(Recipient(each.owner, each.name, each.email)) for each in people]

    def addressed(self, to: Recipient) -> Recipient:
        """The same person in the same role has one address, also where a case does not give it."""
        known = self.book.get(holder(to.owner, to.person), "") if not to.typed else ""
        return replace(to, typed=known) if known else to


@dataclass(frozen=True, slots=True)
class OwnedRow:
    """An open row with its owner; `reminded` where this run reminds of it."""

    case: OwnerCase
    line: ReportRow
    to: Recipient
    reminded: bool


def owner_request(owned: OwnedRow) -> Request:
    """A row as a request to its owner. Notes that people typed stay among those who have the workbook."""
    row, case = owned.line, owned.case.rows
    notes = [] if owned.to.outside else _steps_before(case, row)
    if row.blocks and owned.to.outside:
        notes.append(f"{quantity(len(row.blocks), 'other step')} cannot start until it is done")
    elif row.blocks:
        notes.append(f"Waiting for this: {_named_steps(case, row.blocks)}")
    if not owned.to.outside:
        notes += _waiting_note(row)
    return Request(row, request_words(row.action, row.label), due_words(row), tuple(notes))


def _steps_before(case: CaseRows, row: ReportRow) -> list[str]:
    """The open steps that a row waits for."""
    before = [each for each in row.after if each in case.by_id and case.by_id[each].open]
    return [f"Still open before it: {_named_steps(case, before)}"] if before else []


def _named_steps(case: CaseRows, labels: Sequence[str]) -> str:
    """`Check the report (RR-5.4b); 2 more`."""
    names = [f"{case.state.headings.get(each, '')} ({each})".strip() for each in labels[:CASES_NAMED]]
    more = len(labels) - CASES_NAMED
    return "; ".join([*names, *([f"{more} more"] if more > 0 else [])])


def _waiting_note(row: ReportRow) -> list[str]:
    """The note that was typed where a row is marked as waiting."""
    note = clean_text(row.progress)
    return [f"Marked as waiting: {note}" if note else "Marked as waiting"] * (row.status == _WAITING)


def waited_for(cases: Iterable[OwnerCase], to: Recipient) -> tuple[Request, ...]:
    """What others have to do before the work goes on: marked as waiting, or to be chased."""
    rows = [
        row
        for case in cases
        for row in case.rows.open
        if (row.status == _WAITING or row.rag == "Chase")
        and case.addressed(recipient_of(row, case.state.people)).key != to.key
    ]
    return tuple(
        Request(row, request_words(row.action, row.label), due_words(row), tuple(_waiting_note(row)))
        for row in by_date(rows)
    )


def due_words(row: ReportRow) -> str:
    """`Due Fri 20 Nov 2026, 1 working day late`; an agreed date with the one it replaces, while it is not late."""
    if row.judged is None:
        return ""
    words = f"Due {short_date(row.judged)}"
    if row.judged != row.due:
        first = f" (first due {short_date(row.due)})" if row.due else ""
        words = f"Agreed for {short_date(row.judged)}{first}"
    passed = row.days_late and row.rag in {"Overdue", "Chase"}
    late = f", {quantity(row.days_late or 0, 'working day')} late" if passed else ""
    return f"{words}{late}{', provisional' if row.provisional else ''}"


def decision_requests(case: OwnerCase, as_at: date) -> Iterator[Request]:
    """The decisions and sign-offs that somebody has to make now: nothing that comes after them is done.

    What they wait for is done, or they are due within days all the same.
    """
    overtaken, soon = _overtaken(case.rows), case.days.after(as_at, FIRST_RUN_AHEAD)
    for row in case.rows.open:
        if row.label not in case.state.asks or row.label in overtaken or row.rag in _WAITS:
            continue
        before = _steps_before(case.rows, row)
        if not before or (row.judged and row.judged <= soon):
            yield Request(row, case.state.asks[row.label], due_words(row), tuple(before))


def _overtaken(case: CaseRows) -> set[str]:
    """The steps that something done should have waited for, directly or through others."""
    found: set[str] = set()
    queue = [before for row in case.lines if row.rag in DONE_WORDS for before in row.after]
    while queue:
        label = queue.pop()
        if label not in found:
            found.add(label)
            queue += case.by_id[label].after if label in case.by_id else ()
    return found


def short_request(row: ReportRow, cases: Iterable[OwnerCase]) -> Request:
    """A row by its short name."""
    headings = next(case.state.headings for case in cases if case.rows.reference == row.case)
    return Request(row, headings.get(row.label, row.action), due_words(row))
