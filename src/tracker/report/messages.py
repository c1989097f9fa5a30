"""The messages and digests of one run as plain values: who is written to, what rows ask of them, whom to answer.

A recipient is a role or agency, who holds it, and the addresses on sheet People, as they were typed.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import defaultdict
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.headerregistry import Address
from typing import TYPE_CHECKING, ClassVar

from tracker.report.rows import FIRST_RUN_AHEAD, CaseRows, by_date, natural
from tracker.rules import DONE_WORDS
from tracker.text import clean_text, fold, listed_first, quantity, request_words, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.problems import Problem
    from tracker.reconcile.model import CaseState, Event, OwnerEntry
    from tracker.report.decisions import Coming, Decision
    from tracker.report.frame import CaseStatus, Contradiction
    from tracker.report.rows import ReportRow, WorkingDays

Key = tuple[str, ...]

CASES_NAMED = 3
"""Up to this many cases or steps a sentence names; beyond, it counts them."""
_WAITS = {"On hold", "Clock not started"}  # no decision is asked for while its clock does not run
_WAITING = "Waiting on others"

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_LONGEST_ADDRESS = 254  # RFC 5321
_BETWEEN = re.compile(r"[;,]")


# Who is written to


@dataclass(frozen=True, slots=True)
class Recipient:
    """An owner as the cases know them: a role or agency, who holds it, and their addresses.

    `typed` is the address as it stands on sheet People. `outside` marks somebody who does not have the workbook.
    """

    owner: str
    person: str
    typed: str
    outside: bool = False

    @property
    def name(self) -> str:
        """Whom the message greets: the person, else the role or agency."""
        return self.person or self.owner

    @property
    def reply_words(self) -> str:
        """Whom to answer: `R. Example (r.example@example.org)`."""
        return f"{self.name} ({'; '.join(self.addresses)})" if self.addresses else self.name

    @property
    def addresses(self) -> tuple[str, ...] | None:
        """The addresses; None where what was typed cannot be used."""
        return addresses(self.typed)

    @property
    def key(self) -> Key:
        """What makes two recipients the same, however they are written."""
        return tuple(map(fold, (self.owner, self.person, self.typed)))


def recipient_of(row: ReportRow, people: Sequence[OwnerEntry]) -> Recipient:
    """Who a row's owner is. A person typed beside the role is written to only where People knows the address."""
    known = fold(row.owner)
    named = [each for each in people if fold(each.owner) == known]
    named += [each for each in people if known in map(fold, each.aliases)]
    entry = named[0] if named else None
    owner = entry.owner if entry else row.owner
    person = row.named_owner or (entry.name if entry else "")
    outside = entry is None or entry.outside
    if entry and (not person or fold(person) == fold(entry.name)):
        return Recipient(owner, entry.name, entry.email, outside)
    other = next((each for each in people if person and fold(person) == fold(each.name)), None)
    return Recipient(owner, person, other.email if other else "", outside)


def address_book(states: Iterable[CaseState]) -> Mapping[Key, str]:
    """The address of each person in a role, where the cases that give one agree."""
    found: defaultdict[Key, set[str]] = defaultdict(set)
    for state in states:
        for each in state.people:
            if each.name and each.email:
                found[holder_key(each.owner, each.name)].add(each.email)
    return {key: typed.pop() for key, typed in found.items() if len(typed) == 1}


def holder_key(owner: str, person: str) -> Key:
    """The key of a named person in a role."""
    return (fold(owner), fold(person)) if person else ()


def addresses(typed: str) -> tuple[str, ...] | None:
    """The addresses in a cell, several parted by `;` or `,`; none in an empty cell; None where one cannot be used.

    What is not wholly an address is refused and never mended: a message about a child must not go astray.

    >>> addresses("a@example.org; b@example.org")
    ('a@example.org', 'b@example.org')
    """
    parts = tuple(part for part in map(str.strip, _BETWEEN.split(typed)) if part)
    return parts if all(map(_is_usable, parts)) else None


def _is_usable(part: str) -> bool:
    """Whether a part is wholly an address, also to those who write heads of messages: `=?x?=@a.org` reads as code."""
    if len(part) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(part):
        return False
    try:
        return Address(addr_spec=part).addr_spec == part
    except (MessageError, ValueError, LookupError):
        return False


# What is written


@dataclass(frozen=True, slots=True)
class Request:
    """What a row asks of its owner in words, and in sentences what else they should know."""

    row: ReportRow
    words: str
    notes: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """When it is due: `Due Fri 20 Nov 2026, 1 working day late`.

        Of an agreed date it also names the one it replaces.
        """
        row = self.row
        if row.judged is None:
            return ""
        words = f"Due {short_date(row.judged)}"
        if row.judged != row.due:
            first = f" (first due {short_date(row.due)})" if row.due else ""
            words = f"Agreed for {short_date(row.judged)}{first}"
        passed = row.days_late and row.rag in {"Overdue", "Chase"}
        late = f", {quantity(row.days_late or 0, 'working day')} late" if passed else ""
        return f"{words}{late}{', provisional' if row.provisional else ''}"


@dataclass(frozen=True, slots=True)
class MessageGroup:
    """Requests of a message under one title, by date."""

    title: str
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signs a message and gets the answer, for these cases."""

    to: Recipient
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mail(ABC):
    """What a message and a digest have in common. `stem` is the name of its file without the ending."""

    kind: ClassVar[str]
    stem: str
    to: Recipient
    marking: str
    as_at: date
    senders: tuple[Sender, ...]

    @property
    @abstractmethod
    def subject(self) -> str:
        """What stands in its head."""

    @property
    def own(self) -> bool:
        """Whether it goes to one of those who sign it."""
        return self.to.key in {each.to.key for each in self.senders}


@dataclass(frozen=True, slots=True)
class Message(Mail):
    """The message to one owner. `later` counts their open rows that are not due for a reminder.

    An owner who signs also gets what others still owe (`waiting`), and how many past meetings are not ticked as held.
    """

    kind: ClassVar[str] = "owner"
    groups: tuple[MessageGroup, ...]
    waiting: tuple[Request, ...]
    not_ticked: int
    later: int

    @property
    def subject(self) -> str:
        """`Your actions for DOR-2026-014: 2 overdue, 1 due today`."""
        counts = (f"{len(group.requests)} {group.title.lower()}" for group in self.groups)
        cases = self._cases()
        where = cases[0] if len(cases) == 1 else quantity(len(cases), "case")
        return f"Your actions for {where}: {', '.join(counts)}"

    @property
    def asked(self) -> str:
        """`this action for case DOR-1`, `these actions for cases DOR-1 and DOR-2`."""
        number, cases = sum(len(group.requests) for group in self.groups), self._cases()
        what = "this action" if number == 1 else "these actions"
        return f"{what} for case{'s' * (len(cases) > 1)} {listed_first(cases, CASES_NAMED)}"

    def _cases(self) -> list[str]:
        cases = {each.row.case for group in self.groups for each in group.requests}
        return sorted(cases, key=natural)


@dataclass(frozen=True, slots=True)
class OwnerLate:
    """How many overdue rows an owner has, and how many working days the latest of them is late."""

    owner: str
    number: int
    longest: int


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """What happened in a case."""

    case: str
    case_anchor: str
    event: Event


@dataclass(frozen=True, slots=True)
class Digest(Mail):
    """What one reader of 8.1 gets about all cases. Between the weekly ones it holds key dates alone.

    `yours` are the decisions that the reader has to make, `others` those of other owners, `shared` those that no
    single step settles; `happened` is what happened since the last run, `coming` the days that no step has.
    `left_out` are the workbooks that could not be read: their cases may be missing here.
    """

    kind: ClassVar[str] = "digest"
    weekly: bool
    left_out: tuple[Problem, ...]
    contradictions: tuple[Contradiction, ...]
    yours: tuple[Request, ...]
    others: tuple[Request, ...]
    shared: tuple[Decision, ...]
    key_dates: tuple[Request, ...]
    statutory_missed: tuple[Request, ...]
    happened: tuple[CaseEvent, ...]
    coming: tuple[Coming, ...]
    cases: tuple[CaseStatus, ...]
    late: tuple[OwnerLate, ...]

    @property
    def subject(self) -> str:
        """`Safeguarding reviews this week: 1 decision for you, 2 actions overdue, 1 key date`."""
        counts = [(len(self.yours), "decision for you", "decisions for you")]
        if self.weekly:
            overdue = sum(case.overdue for case in self.cases)
            counts.append((overdue, "action overdue", "actions overdue"))
        counts.append((len(self.key_dates), "key date", "key dates"))
        what = ", ".join(quantity(*each) for each in counts if each[0]) or "nothing needs you"
        return f"Safeguarding reviews {'this week' if self.weekly else 'today'}: {what}"


# What rows ask of people


@dataclass(frozen=True)
class OwnerCase(CaseRows):
    """A case with its rows and its own working days, and the addresses known in any case by role and person."""

    days: WorkingDays
    book: Mapping[Key, str]

    @classmethod
    def of(cls, case: CaseRows, days: WorkingDays, book: Mapping[Key, str]) -> OwnerCase:
        """The case with days and addresses."""
        return cls(case.state, case.anchor, case.rows, days, book)

    def readers(self) -> list[Recipient]:
        """Who gets a digest."""
        return [self.recipient(each) for each in self.state.people if each.digest]

    def recipient(self, entry: OwnerEntry) -> Recipient:
        """A person on sheet People."""
        return self._addressed(Recipient(entry.owner, entry.name, entry.email))

    def owner_of(self, row: ReportRow) -> Recipient:
        """Who owns a row."""
        return self._addressed(recipient_of(row, self.state.people))

    def _addressed(self, to: Recipient) -> Recipient:
        """The same person in the same role has one address, also where a case does not give it."""
        known = self.book.get(holder_key(to.owner, to.person), "") if not to.typed else ""
        return replace(to, typed=known) if known else to


def owner_request(case: CaseRows, row: ReportRow, to: Recipient) -> Request:
    """A row as a request to its owner. Notes that people typed stay among those who have the workbook."""
    notes = [] if to.outside else _steps_before(case, row)
    if row.blocks and to.outside:
        notes.append(f"{quantity(len(row.blocks), 'other step')} cannot start until it is done")
    elif row.blocks:
        notes.append(f"Waiting for this: {_named_steps(case, row.blocks)}")
    if not to.outside:
        notes += _waiting_note(row)
    return Request(row, request_words(row.action, row.label), tuple(notes))


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


def waiting_requests(cases: Iterable[OwnerCase], to: Recipient) -> tuple[Request, ...]:
    """What others have to do before the work goes on: marked as waiting, or to be chased."""
    rows = [
        row
        for case in cases
        for row in case.open
        if (row.status == _WAITING or row.rag == "Chase") and case.owner_of(row).key != to.key
    ]
    return tuple(
        Request(row, request_words(row.action, row.label), tuple(_waiting_note(row))) for row in by_date(rows)
    )


def decision_requests(case: OwnerCase, as_at: date) -> Iterator[Request]:
    """The decisions and sign-offs that somebody has to make now: nothing that comes after them is done.

    What they wait for is done, or they are due within days all the same.
    """
    # The steps that something done should have waited for.
    overtaken = case.with_all_before(each for row in case.rows if row.rag in DONE_WORDS for each in row.after)
    soon = case.days.after(as_at, FIRST_RUN_AHEAD)
    for row in case.open:
        if row.label not in case.state.asks or row.label in overtaken or row.rag in _WAITS:
            continue
        before = _steps_before(case, row)
        if not before or (row.judged and row.judged <= soon):
            yield Request(row, case.state.asks[row.label], tuple(before))
