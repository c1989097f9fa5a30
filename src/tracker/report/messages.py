"""The messages and digests of one run as plain values: what is asked of whom, by when, and whom to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tracker.report.lines import natural
from tracker.text import listed_first, quantity

if TYPE_CHECKING:
    from datetime import date

    from tracker.problems import Problem
    from tracker.reconcile.model import Event
    from tracker.report.decisions import Coming, Decision
    from tracker.report.frame import CaseLine, Contradiction
    from tracker.report.lines import ReportRow
    from tracker.report.mail import Recipient

CASES_NAMED = 3
"""Up to this many cases or steps a sentence names; beyond, it counts them."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a row asks of its owner in words, when it is due, and in sentences what else they should know."""

    row: ReportRow
    words: str
    when: str
    notes: tuple[str, ...] = ()


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
class Message:
    """The message to one owner. `later` counts their open rows that are not due for a reminder.

    `stem` is its file's name without the ending; `own` says that the owner is the one who signs, and who also gets
    what others still owe (`waiting`), and how many past meetings are not ticked as held.
    """

    kind: ClassVar[str] = "owner"
    stem: str
    to: Recipient
    marking: str
    as_at: date
    senders: tuple[Sender, ...]
    own: bool
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
    event: Event


@dataclass(frozen=True, slots=True)
class Digest:
    """What one reader of 8.1 gets about all cases. Between the weekly ones it holds key dates alone.

    `yours` are the decisions that the reader has to make, `others` those of other owners, `shared` those that no
    single step settles; `happened` is what happened since the last run, `coming` the days that no step has.
    `left_out` are the workbooks that could not be read: their cases may be missing here.
    """

    kind: ClassVar[str] = "digest"
    stem: str
    to: Recipient
    marking: str
    as_at: date
    senders: tuple[Sender, ...]
    own: bool
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
    cases: tuple[CaseLine, ...]
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


@dataclass(frozen=True, slots=True)
class Mailing:
    """Everything one run writes, and to whom. `unaddressed` matters where drafts are wanted."""

    messages: tuple[Message, ...]
    digests: tuple[Digest, ...]
    unaddressed: tuple[Problem, ...]
    problems: tuple[Problem, ...]

    def files(self) -> list[Message | Digest]:
        """The messages, then the digests: a file each."""
        return [*self.messages, *self.digests]
