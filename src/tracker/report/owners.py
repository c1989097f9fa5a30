"""One short message an owner, and the weekly digests of 8.1, as plain values.

Example:
    >>> mailing = make_mailing(reconciliation)
    >>> [(each.stem, each.subject) for each in mailing.messages]
    [('owner-qa-service-manager-q-example', 'Actions: 2 overdue, 1 due next')]
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from tracker.problems import Problem, codes, problem
from tracker.reconcile.model import case_identity
from tracker.report import sections
from tracker.report.days import digest_is_due, key_date_is_due, owner_is_reminded
from tracker.report.frame import CaseLine, Contradiction, case_line, contradictions, open_cases
from tracker.report.lines import ReportRow, by_date, natural, slug
from tracker.report.mail import Recipient, address_book, holder, recipient_of
from tracker.text import listed, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.reconcile.model import CaseState, Reconciliation
    from tracker.report.days import WorkingDays
    from tracker.report.lines import CaseRows
    from tracker.report.mail import Key

_GROUPS = {
    "Overdue": "Overdue",
    "Chase": "Waited for",
    "Provisional, passed": "Past a provisional date",
    "Due today": "Due today",
}
_NEXT = "Due next"
GROUP_TITLES = (*_GROUPS.values(), _NEXT)
"""The groups of a message in their order."""
_SILENT = {"On hold", "Clock not started", "No date", "Ready"}
_LONGEST_STEM = 80  # of a file's name; folders of councils lie deep


@dataclass(frozen=True, slots=True)
class MessageGroup:
    """Rows of a message under one title, by date."""

    title: str
    lines: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """The message to one owner. `later` counts their open rows that are not due for a reminder.

    `stem` is its file's name without the ending.
    """

    kind: ClassVar[str] = "owner"
    stem: str
    to: Recipient
    marking: str
    as_at: date
    groups: tuple[MessageGroup, ...]
    later: int

    @property
    def subject(self) -> str:
        """`Actions: 2 overdue, 1 due today`."""
        counts = (f"{len(group.lines)} {group.title.lower()}" for group in self.groups)
        return f"Actions: {', '.join(counts)}"


@dataclass(frozen=True, slots=True)
class OwnerLate:
    """How many overdue rows an owner has, and how many working days the latest of them is late."""

    owner: str
    number: int
    longest: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What one reader of 8.1 gets about all cases. Between the weekly ones it holds key dates alone.

    `left_out` are the workbooks that could not be read: their cases may be missing here.
    """

    kind: ClassVar[str] = "digest"
    stem: str
    to: Recipient
    marking: str
    as_at: date
    weekly: bool
    left_out: tuple[Problem, ...]
    contradictions: tuple[Contradiction, ...]
    key_dates: tuple[ReportRow, ...]
    statutory_missed: tuple[ReportRow, ...]
    cases: tuple[CaseLine, ...]
    late: tuple[OwnerLate, ...]

    @property
    def subject(self) -> str:
        """`Digest: 3 cases, 2 overdue, 1 key date`."""
        keys = quantity(len(self.key_dates), "key date")
        if not self.weekly:
            return f"Digest: {keys}"
        overdue = sum(case.overdue for case in self.cases)
        return f"Digest: {quantity(len(self.cases), 'case')}, {overdue} overdue, {keys}"


@dataclass(frozen=True, slots=True)
class Mailing:
    """Everything one run has to tell, and to whom. `unaddressed` matters where drafts are wanted."""

    messages: tuple[Message, ...]
    digests: tuple[Digest, ...]
    unaddressed: tuple[Problem, ...]
    problems: tuple[Problem, ...]

    def files(self) -> list[Message | Digest]:
        """The messages, then the digests: a file each."""
        return [*self.messages, *self.digests]


_Mail = TypeVar("_Mail", Message, Digest)


@dataclass(frozen=True, slots=True)
class _OwnerCase:
    """A case with its rows and its own working days, and the addresses known in any case by role and person."""

    rows: CaseRows
    days: WorkingDays
    book: Mapping[Key, str]

    @property
    def state(self) -> CaseState:
        return self.rows.state

    def readers(self) -> list[Recipient]:
        """Who gets a digest."""
        people = [each for each in self.state.people if each.digest]
        return [self.addressed(Recipient(each.owner, each.name, each.email)) for each in people]

    def addressed(self, to: Recipient) -> Recipient:
        """The same person in the same role has one address, also where a case does not give it."""
        known = self.book.get(holder(to.owner, to.person), "") if not to.typed else ""
        return Recipient(to.owner, to.person, known) if known else to


@dataclass(frozen=True, slots=True)
class _Owned:
    """An open row with its owner; `reminded` where this run reminds of it."""

    case: _OwnerCase
    line: ReportRow
    to: Recipient
    reminded: bool


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
    cases = [_OwnerCase(case, usual.of(case.state.holidays), book) for case in opened]
    owned = _owned(cases, since, as_at)
    left_out = tuple(each for each in reconciliation.problems if each.severity == "error")
    messages = _with_unique_stems(list(_messages(owned, as_at)))
    digests = _with_unique_stems(list(_digests(cases, since, as_at, left_out)))
    return Mailing(
        messages,
        digests,
        tuple(_unaddressed([*(each.to for each in messages), *(each.to for each in digests)], owned, cases)),
        tuple(_unowned(owned)),
    )


def _owned(cases: Iterable[_OwnerCase], since: date | None, as_at: date) -> list[_Owned]:
    """The open rows with their owners; a row that two copies of a case hold is taken once."""
    found: dict[tuple[str, str], _Owned] = {}
    for case in cases:
        for row in case.rows.open:
            mark = (case_identity(case.state), row.label)
            if mark not in found:
                to = case.addressed(recipient_of(row, case.state.people))
                day = _judged(row)
                reminded = day is not None and owner_is_reminded(day, since, as_at, case.days)
                found[mark] = _Owned(case, row, to, reminded)
    return list(found.values())


def _judged(row: ReportRow) -> date | None:
    """The date that a row may be reminded of."""
    return None if row.rag in _SILENT else row.judged


def _messages(owned: Iterable[_Owned], as_at: date) -> Iterator[Message]:
    """A message for each owner with something to be reminded of."""
    by_owner: defaultdict[Key, list[_Owned]] = defaultdict(list)
    for each in owned:
        if each.line.owner:
            by_owner[each.to.key].append(each)
    for key in sorted(by_owner):
        to, reminded = by_owner[key][0].to, [each for each in by_owner[key] if each.reminded]
        found: defaultdict[str, list[ReportRow]] = defaultdict(list)
        for each in reminded:
            found[_GROUPS.get(each.line.rag, _NEXT)].append(each.line)
        if reminded:
            yield Message(
                stem=_stem("owner", to),
                to=to,
                marking=_marking(each.case.state for each in reminded),
                as_at=as_at,
                groups=tuple(
                    MessageGroup(title, by_date(found[title])) for title in GROUP_TITLES if found[title]
                ),
                later=len(by_owner[key]) - len(reminded),
            )


def _marking(states: Iterable[CaseState]) -> str:
    return " / ".join(sorted({state.marking for state in states if state.marking}))


def _digests(
    cases: Sequence[_OwnerCase], since: date | None, as_at: date, left_out: tuple[Problem, ...]
) -> Iterator[Digest]:
    """A digest for each reader, over the cases that name them; none where there is nothing to tell."""
    read: defaultdict[Key, list[_OwnerCase]] = defaultdict(list)
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
            for row in case.rows.open
            if row.key and (day := _judged(row)) and key_date_is_due(day, since, as_at, case.days)
        ]
        told = read[key] if weekly else []
        rows = [row for case in told for row in case.rows.lines]
        if weekly or near:
            yield Digest(
                stem=_stem("digest", readers[key]),
                to=readers[key],
                marking=_marking(case.state for case in read[key]),
                as_at=as_at,
                weekly=weekly,
                left_out=left_out,
                contradictions=contradictions([case.rows for case in read[key]]),
                key_dates=by_date(near),
                statutory_missed=sections.statutory_missed(rows),
                cases=tuple(
                    case_line(case.rows, sum(row.moved for row in case.rows.open), as_at, case.days)
                    for case in told
                ),
                late=_late(rows),
            )


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


def _with_unique_stems(items: Sequence[_Mail]) -> tuple[_Mail, ...]:
    """Two owners whose names give the same file name get different names, from what they are known by."""
    counts = Counter(each.stem for each in items)
    return tuple(
        replace(each, stem=f"{each.stem}-{_short_hash(each.to)}") if counts[each.stem] > 1 else each
        for each in items
    )


# Problems


def _unaddressed(
    recipients: Iterable[Recipient], owned: Sequence[_Owned], cases: Sequence[_OwnerCase]
) -> Iterator[Problem]:
    """Recipients to whom no draft can be addressed, each once, with the cases that should give their address."""
    holding: defaultdict[Key, dict[str, CaseState]] = defaultdict(dict)
    for each in owned:
        holding[each.to.key][each.case.rows.reference] = each.case.state
    for case in cases:
        for to in case.readers():
            holding[to.key][case.rows.reference] = case.state
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


def _unowned(owned: Iterable[_Owned]) -> list[Problem]:
    """The rows of each case that are due for a reminder and have no owner."""
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for each in owned:
        if each.reminded and not each.line.owner:
            rows[each.case.state.workbooks[0].path].append(each.line.label)
    return [
        problem(codes.REMINDERS_UNREACHABLE, file=file, rows=listed(labels)) for file, labels in rows.items()
    ]
