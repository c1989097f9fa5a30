"""One short message an owner, and the weekly digests of 8.1, as plain values.

Example:
    >>> mailing = make_mailing(reconciliation)
    >>> [(each.stem, each.subject) for each in mailing.messages]
    [('owner-qa-service-manager-q-example', 'Your actions for DOR-2026-014: 2 overdue, 1 due soon')]
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from tracker.problems import Problem, codes, problem
from tracker.reconcile.model import case_identity
from tracker.report import sections
from tracker.report.decisions import coming_of_all, decisions, events_since
from tracker.report.frame import a_week_before, case_status, contradictions, open_cases
from tracker.report.messages import (
    CaseEvent,
    Digest,
    Message,
    MessageGroup,
    OwnerCase,
    OwnerLate,
    Recipient,
    Request,
    Sender,
    address_book,
    decision_requests,
    owner_request,
    waiting_requests,
)
from tracker.report.rows import (
    ReportRow,
    by_date,
    date_key,
    digest_is_due,
    key_date_is_due,
    natural,
    owner_is_reminded,
    slug,
)
from tracker.text import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from tracker.reconcile.model import CaseState, Reconciliation
    from tracker.report.messages import Key, Mail

_GROUPS = {
    "Overdue": "Overdue",
    "Chase": "Past its date",
    "Provisional, passed": "Past a provisional date",
    "Due today": "Due today",
}
_NEXT = "Due soon"
GROUP_TITLES = (*_GROUPS.values(), _NEXT)
"""The groups of a message in their order."""
_SILENT = {"On hold", "Clock not started", "No date", "Ready"}
_AHEAD = 10  # working days
_LONGEST_STEM = 80  # of a file's name; folders of councils lie deep

AnyMail = TypeVar("AnyMail", Message, Digest)


@dataclass(frozen=True, slots=True)
class OwnedRow:
    """An open row with its owner; `reminded` where this run reminds of it."""

    case: OwnerCase
    row: ReportRow
    to: Recipient
    reminded: bool


@dataclass(frozen=True, slots=True)
class Mailing:
    """Everything one run writes, and to whom. `unaddressed` matters where drafts are wanted."""

    messages: tuple[Message, ...]
    digests: tuple[Digest, ...]
    unaddressed: tuple[Problem, ...]
    problems: tuple[Problem, ...]

    def files(self) -> list[Mail]:
        """The messages, then the digests: a file each."""
        return [*self.messages, *self.digests]


def make_mailing(reconciliation: Reconciliation, *, since: date | None = None) -> Mailing:
    """The messages and digests of one run.

    Args:
        reconciliation: what was read, as at the day of the run.
        since: the day of the last run; None for the first one.
    """
    as_at = reconciliation.as_at
    opened, usual = open_cases(reconciliation)
    opened.sort(key=lambda case: natural(case.state.reference))
    book = address_book(case.state for case in opened)
    cases = [OwnerCase.of(case, usual.of(case.state.holidays), book) for case in opened]
    owned = _owned_rows(cases, since, as_at)
    left_out = tuple(each for each in reconciliation.problems if each.severity == "error")
    messages = _with_unique_stems(list(_messages(owned, as_at)))
    digests = _with_unique_stems(list(_digests(cases, since, as_at, left_out)))
    recipients = [each.to for each in (*messages, *digests)]
    unaddressed = tuple(_unaddressed(recipients, owned, cases))
    return Mailing(messages, digests, unaddressed, tuple(_unowned(owned)))


def _owned_rows(cases: Iterable[OwnerCase], since: date | None, as_at: date) -> list[OwnedRow]:
    """The open rows with their owners; a row that two copies of a case hold is taken once."""
    found: dict[tuple[str, str], OwnedRow] = {}
    for case in cases:
        for row in case.open:
            key = (case_identity(case.state), row.label)
            if key not in found:
                day = _reminder_date(row)
                reminded = day is not None and owner_is_reminded(day, since, as_at, case.days)
                found[key] = OwnedRow(case, row, case.owner_of(row), reminded)
    return list(found.values())


def _reminder_date(row: ReportRow) -> date | None:
    """The date that a row may be reminded of."""
    return None if row.rag in _SILENT else row.judged


def _messages(owned: Iterable[OwnedRow], as_at: date) -> Iterator[Message]:
    """A message for each owner with something to be reminded of."""
    by_owner: defaultdict[Key, list[OwnedRow]] = defaultdict(list)
    for each in owned:
        if each.row.owner:
            by_owner[each.to.key].append(each)
    for key in sorted(by_owner):
        to, reminded = by_owner[key][0].to, [each for each in by_owner[key] if each.reminded]
        found: defaultdict[str, list[Request]] = defaultdict(list)
        for each in sorted(reminded, key=lambda each: date_key(each.row)):
            title = _GROUPS.get(each.row.rag, _NEXT)
            found[title].append(owner_request(each.case, each.row, each.to))
        if reminded:
            senders = _senders(each.case for each in reminded)
            own = to.key in {each.to.key for each in senders}
            cases = {id(each.case): each.case for each in by_owner[key]}.values()
            coming = coming_of_all(cases, as_at) if own else ()
            yield Message(
                stem=_stem("owner", to),
                to=to,
                marking=_marking(each.case.state for each in reminded),
                as_at=as_at,
                senders=senders,
                waiting=waiting_requests(cases, to) if own else (),
                not_ticked=sum(each.kind == "Not ticked" for each in coming),
                groups=tuple(
                    MessageGroup(title, tuple(found[title])) for title in GROUP_TITLES if title in found
                ),
                later=len(by_owner[key]) - len(reminded),
            )


def _senders(cases: Iterable[OwnerCase]) -> tuple[Sender, ...]:
    """Who signs for some cases, as sheet People names them, and for which of them."""
    found: dict[Recipient, dict[str, None]] = {}
    for case in cases:
        for each in case.state.people:
            if each.signs:
                found.setdefault(case.recipient(each), {})[case.reference] = None
    return tuple(Sender(to, tuple(references)) for to, references in found.items())


def _marking(states: Iterable[CaseState]) -> str:
    return " / ".join(sorted({state.marking for state in states if state.marking}))


def _digests(
    cases: Sequence[OwnerCase], since: date | None, as_at: date, left_out: tuple[Problem, ...]
) -> Iterator[Digest]:
    """A digest for each reader, over the cases that name them; none where there is nothing to report."""
    read: defaultdict[Key, list[OwnerCase]] = defaultdict(list)
    readers: dict[Key, Recipient] = {}
    for case in cases:
        for to in case.readers():
            readers.setdefault(to.key, to)
            read[to.key].append(case)
    for key in sorted(read):
        weekly = digest_is_due(since, as_at, read[key][0].days)
        near = [
            row
            for case in read[key]
            for row in case.open
            if row.key and (day := _reminder_date(row)) and key_date_is_due(day, since, as_at, case.days)
        ]
        if weekly or near:
            yield _digest(
                readers[key], read[key], near, weekly=weekly, left_out=left_out, since=since, as_at=as_at
            )


def _digest(
    to: Recipient,
    cases: Sequence[OwnerCase],
    near: Sequence[ReportRow],
    *,
    weekly: bool,
    left_out: tuple[Problem, ...],
    since: date | None,
    as_at: date,
) -> Digest:
    """The digest of one reader; `near` are the key dates to remind of."""
    reported = cases if weekly else []
    rows = [row for case in reported for row in case.rows]
    asked = [(each, case.owner_of(each.row)) for case in cases for each in decision_requests(case, as_at)]
    yours = tuple(each for each, owner in asked if owner.key == to.key)
    missed = sections.statutory_missed(rows)
    named = {(each.case, each.label) for each in (*missed, *(each.row for each in yours))}
    senders = _senders(cases)
    until = cases[0].days.after(as_at, _AHEAD)
    return Digest(
        stem=_stem("digest", to),
        to=to,
        marking=_marking(case.state for case in cases),
        as_at=as_at,
        senders=senders,
        weekly=weekly,
        left_out=left_out,
        contradictions=contradictions(cases),
        yours=yours,
        others=tuple(each for each, owner in asked if weekly and owner.key != to.key and not each.row.key),
        shared=tuple(each for case in reported for each in decisions(case, as_at)),
        key_dates=tuple(
            _short_request(row, cases) for row in by_date(near) if (row.case, row.label) not in named
        ),
        statutory_missed=tuple(_short_request(row, cases) for row in missed),
        happened=tuple(
            CaseEvent(case.reference, case.anchor, event)
            for case in reported
            for event in events_since(case, since or a_week_before(as_at), as_at)
        ),
        coming=tuple(each for each in coming_of_all(reported, as_at) if as_at <= each.day <= until),
        cases=tuple(
            case_status(case, sum(row.moved for row in case.open), as_at, case.days) for case in reported
        ),
        late=_late(rows),
    )


def _short_request(row: ReportRow, cases: Iterable[OwnerCase]) -> Request:
    """A row by its short name."""
    headings = next(case.state.headings for case in cases if case.reference == row.case)
    return Request(row, headings.get(row.label, row.action))


def _late(rows: Iterable[ReportRow]) -> tuple[OwnerLate, ...]:
    """The overdue rows by owner, the one with most of them first."""
    late: defaultdict[str, list[int]] = defaultdict(list)
    for row in sections.with_rag(rows, "Overdue"):
        late[row.owner or row.who].append(row.days_late or 0)
    found = [OwnerLate(owner, len(days), max(days)) for owner, days in late.items()]
    return tuple(sorted(found, key=lambda each: (-each.number, -each.longest, each.owner)))


# Files


def _stem(kind: str, to: Recipient) -> str:
    """The name of a file: the role or agency and who holds it, the same from run to run."""
    words = "-".join(filter(None, (kind, slug(to.owner), slug(to.person))))
    if len(words) > _LONGEST_STEM or not slug(to.owner):
        return f"{words[:_LONGEST_STEM].rstrip('-')}-{_short_hash(to)}"
    return words


def _short_hash(to: Recipient) -> str:
    return hashlib.sha256("\x1f".join(to.key).encode("utf-8", "replace")).hexdigest()[:8]


def _with_unique_stems(items: Sequence[AnyMail]) -> tuple[AnyMail, ...]:
    """Two owners whose names give the same file name get different names, from what they are known by."""
    counts = Counter(each.stem for each in items)
    return tuple(
        replace(each, stem=f"{each.stem}-{_short_hash(each.to)}") if counts[each.stem] > 1 else each
        for each in items
    )


# Problems


def _unaddressed(
    recipients: Iterable[Recipient], owned: Sequence[OwnedRow], cases: Sequence[OwnerCase]
) -> Iterator[Problem]:
    """Recipients to whom no draft can be addressed, each once, with the cases that should give their address."""
    holding: defaultdict[Key, dict[str, CaseState]] = defaultdict(dict)
    for each in owned:
        holding[each.to.key][each.case.reference] = each.case.state
    for case in cases:
        for to in case.readers():
            holding[to.key][case.reference] = case.state
    for to in {to.key: to for to in recipients if not to.addresses}.values():
        states = holding[to.key]
        yield problem(
            codes.OWNER_WITHOUT_ADDRESS if to.addresses == () else codes.BAD_ADDRESS,
            file=next(iter(states.values())).workbooks[0].path,
            place="People",
            owner=f"{to.person} ({to.owner})" if to.person else to.owner,
            cases=listed(states),
            address=to.typed,
        )


def _unowned(owned: Iterable[OwnedRow]) -> list[Problem]:
    """The rows of each case that are due for a reminder and have no owner."""
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for each in owned:
        if each.reminded and not each.row.owner:
            rows[each.case.state.workbooks[0].path].append(each.row.label)
    return [
        problem(codes.REMINDERS_UNREACHABLE, file=file, rows=listed(labels)) for file, labels in rows.items()
    ]
