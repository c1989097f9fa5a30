"""The state of a case as it was read: plain values, ready for checks, reports and JSON."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from tracker import rules
from tracker.procedure.milestones import Milestones
from tracker.records import JsonRecord, PackedRecords, Record, plain
from tracker.text import listed
from tracker.workbook.baseline import case_uuid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tracker.problems import Problem
    from tracker.rules import Rag, Status

SCHEMA = "tracker/reconcile/1"
_BLANK = case_uuid("")
_OTHER_NAMES = {"Agreed date": "agreed", "Target date": "target", "Reason for change": "reason"}


@cache
def field_name(title: str) -> str:
    """The field of `Action` or `PlanAction` that holds a column: `Counted from` -> `counted_from`."""
    return _OTHER_NAMES.get(title) or title.lower().replace(" ", "_")


class _SheetRow(JsonRecord):
    """What the rows of all sheets have in common."""

    __slots__ = ()
    id: str
    rag: Rag
    cell: str

    @property
    def label(self) -> str:
        """What it is called: its ID, or its cell where a person's row has none."""
        return self.id or self.cell

    @property
    def open(self) -> bool:
        """Whether it still has to be done."""
        return self.rag in rules.OPEN_WORDS


@dataclass(frozen=True, slots=True)
class Action(_SheetRow):
    """One step of the procedure, or one row a person added, judged as at the report date.

    `days_late` and `days_past_agreed` are working days; None where the rule gives none. `after` names the IDs of
    the rows that must be done first. `status` is one of the words of `Status`, or what a person typed in its place.
    """

    id: str
    stage: str
    paragraph: str
    action: str
    owner: str
    named_owner: str
    employer: str
    timescale: str
    counted_from: str
    count: int | None
    unit: str
    day_zero: date | None
    due: date | None
    due_issued: date | None
    agreed: date | None
    provisional: bool
    status: Status | str
    completed: date | None
    rag: Rag
    days_late: int | None
    days_past_agreed: int | None
    progress: str
    reason: str
    evidence: str
    basis: str
    key: bool
    after: tuple[str, ...]
    cell: str

    @property
    def judged(self) -> date | None:
        """The date it is judged by: agreed, else due; a statutory one always by its due date."""
        return self.agreed if self.agreed and self.basis != "Statutory" else self.due


@dataclass(frozen=True, slots=True)
class PlanAction(_SheetRow):
    """One row of the action plan."""

    id: str
    recommendation: str
    action: str
    lead_agency: str
    named_owner: str
    target: date | None
    agreed: date | None
    completed: date | None
    signed_off: date | None
    rag: Rag
    days_late: int | None
    status: Status | str
    progress: str
    impact: str
    success_measure: str
    reason: str
    evidence: str
    source: str
    owner: str
    improvement_plan_ref: str
    cell: str
    employer: str = ""

    @property
    def due(self) -> date | None:
        """Its target, which stands where a step has a due date."""
        return self.target

    @property
    def judged(self) -> date | None:
        """The date it is judged by: agreed, else its target."""
        return self.agreed or self.target


@dataclass(frozen=True, slots=True)
class LogEntry(JsonRecord):
    """One line of the log."""

    day: date | None
    id: str
    what: str
    text: str
    from_: date | None
    to: date | None
    agreed_by: str
    evidence: str
    cell: str


EventKind = Literal[
    "Step", "Meeting", "Other meeting", "Decision", "Letter", "Hold begun", "Hold ended", "Publication confirmed",
    "Published", "Closed", "Log",
]  # fmt: skip
"""What an event was. Only `Log` and `Other meeting` hold words a person typed."""
TYPED_EVENTS = frozenset({"Log", "Other meeting"})


@dataclass(frozen=True, slots=True)
class Event(JsonRecord):
    """Something that happened in a case, on a day, in a sentence. `id` is the row it stands on, where there is one."""

    day: date
    kind: EventKind
    text: str
    id: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class HoldEntry(JsonRecord):
    """One hold on publication; `ended_on` is None while it runs."""

    from_: date | None
    review_on: date | None
    ended_on: date | None
    reason: str
    agreed_by: str
    cell: str


@dataclass(frozen=True, slots=True)
class MeetingEntry(JsonRecord):
    """One meeting on the Calendar sheet."""

    kind: str
    day: date | None
    time: str
    place: str
    held: bool
    cell: str


@dataclass(frozen=True, slots=True)
class ProceedingEntry(JsonRecord):
    """Proceedings beside the case, such as a trial: what they are, their next date and what they hold up."""

    kind: str
    contact: str
    day: date | None
    effect: str
    cell: str


@dataclass(frozen=True, slots=True)
class OwnerEntry(JsonRecord):
    """A role or an agency on sheet People: who holds it, and the address to write to.

    `aliases` are the role's other names; `digest` is whether the holder gets the weekly digest of all cases, and
    `signs` whether messages to owners come from them. `outside` is set for agencies and for roles that work neither
    for the council nor for the partnership: they do not have the workbook.
    """

    REPEATED: ClassVar[bool] = True
    owner: str
    name: str
    email: str
    aliases: tuple[str, ...] = ()
    digest: bool = False
    signs: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class ReturnEntry(JsonRecord):
    """A return that was merged: by the ID of each row `answered`, `no involvement`, `half filled` or `still open`.

    A row that is overdue all the same has `, late` behind that. `sent` is the day for which the return was made.
    """

    path: str
    owner: str
    sent: date
    rows: Mapping[str, str]


def answers_text(rows: Mapping[str, str]) -> str:
    """What rows were answered with, in words: `answered RR-5.7b-POL; still open LCSPR-7.9b-POL`."""
    by_state: dict[str, list[str]] = {}
    for row_id, state in sorted(rows.items(), key=lambda row: (row[1], row[0])):
        by_state.setdefault(state, []).append(row_id)
    return "; ".join(f"{state} {listed(ids)}" for state, ids in by_state.items())


@dataclass(frozen=True, slots=True)
class ClockState(JsonRecord):
    """A clock's day zero as it runs; None while it is not known."""

    day: date | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Change(JsonRecord):
    """One cell that differs from what was issued. Values are texts, numbers or dates; None is blank."""

    cell: str
    id: str
    column: str
    was: str | float | date | None
    now: str | float | date | None


@dataclass(frozen=True, slots=True)
class Timeliness(JsonRecord):
    """The dates by which a review is measured (SI 2018/789 reg. 14); `*_days` and `days_*` are working days."""

    aware: date | None = None
    sin_due: date | None = None
    sin_sent: date | None = None
    sin_days: int | None = None
    rapid_review_sent: date | None = None
    days_from_sin: int | None = None
    days_from_awareness: int | None = None
    panel_letter: date | None = None
    lcspr_day_zero: date | None = None
    first_review_panel: date | None = None
    publication_target: date | None = None
    published: date | None = None
    open_actions: int = 0


@dataclass(frozen=True, slots=True)
class SourceWorkbook(JsonRecord):
    """A workbook that was read."""

    path: str
    sha256: str
    tool: str


@dataclass(frozen=True, slots=True)
class CaseState(JsonRecord):
    """Everything known of one case as at a date.

    `milestones` names the step each stage leads to; `holidays` are the bank holidays on its Calendar sheet;
    `people` its sheet People; `meeting_kinds` the kinds of meeting its procedure knows; `headings` what its procedure
    calls each row in a few words, by ID, and `asks` what it asks owners to decide;
    `issued` is the day for which the workbook was made, `baseline` the SHA-256 of what it was issued with; `made_from`
    are the digests of the workbooks it was made from; `set_name` is the procedure set it was judged by, `marks` the
    steps by which that measures a review; `currency` names where the rules of the set need a check. `events` are what
    happened, oldest first; `short_names` the short name of each key row, `standing` the IDs of rows that never end.
    """

    reference: str
    summary: str
    marking: str
    uuid: str
    title: str
    edition: str
    workbooks: tuple[SourceWorkbook, ...]
    clocks: Mapping[str, ClockState]
    decisions: Mapping[str, str | date | None]
    holds: Sequence[HoldEntry]
    actions: Sequence[Action]
    action_plan: Sequence[PlanAction]
    log: Sequence[LogEntry]
    meetings: Sequence[MeetingEntry]
    timeliness: Timeliness
    changes: Sequence[Change]
    conflicts: Sequence[Mapping[str, object]] = ()
    problems: Sequence[Problem] = ()
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    milestones: Mapping[str, str] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    people: Sequence[OwnerEntry] = ()
    meeting_kinds: tuple[str, ...] = ()
    proceedings: Sequence[ProceedingEntry] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    asks: Mapping[str, str] = field(default_factory=dict)
    issued: date | None = None
    baseline: str = ""
    made_from: tuple[str, ...] = ()
    set_name: str = ""
    marks: Milestones = field(default_factory=Milestones)
    events: Sequence[Event] = ()
    short_names: Mapping[str, str] = field(default_factory=dict)
    standing: frozenset[str] = frozenset()
    currency: str = ""
    returns: Sequence[ReturnEntry] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """How another process gets it: its hundreds of changes packed, as a report shows those of few cases."""
        packed = replace(self, changes=PackedRecords(self.changes))
        return JsonRecord.__reduce__(packed)

    @property
    def rows(self) -> tuple[Action | PlanAction, ...]:
        """The rows of the stages, then those of the action plan."""
        return (*self.actions, *self.action_plan)

    @property
    def procedure(self) -> Mapping[str, str]:
        """The title and edition of the procedure it was judged by, and whether its rules need a check."""
        return {"title": self.title, "edition": self.edition, "currency": self.currency}

    @property
    def ready(self) -> tuple[str, ...]:
        """The IDs of the rows that can begin: undated, and everything they wait for is done."""
        return tuple(each.id for each in self.actions if each.rag == "Ready" and each.id)

    def record(self) -> Record:
        """The case as the contract lays it out: what it shows, not all that is known."""
        return {name: plain(getattr(self, name)) for name in SHOWN}


SHOWN = (
    "reference", "uuid", "procedure", "workbooks", "clocks", "decisions", "holds", "actions",
    "action_plan", "log", "meetings", "timeliness", "changes", "conflicts", "problems", "counts", "events",
    "ready", "returns",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reconciliation(JsonRecord):
    """The outcome of reading some workbooks: their cases, and problems of files that gave none."""

    as_at: date
    cases: tuple[CaseState, ...]
    problems: tuple[Problem, ...]

    def all_problems(self) -> list[Problem]:
        """Every problem, of files and of cases."""
        return [*self.problems, *(each for case in self.cases for each in case.problems)]

    @property
    def has_conflicts(self) -> bool:
        """Whether a case has conflicts that a person must settle."""
        return any(case.conflicts for case in self.cases)

    def record(self) -> Record:
        """The whole outcome, as `tracker reconcile --format json` writes it."""
        return {"schema": SCHEMA, **JsonRecord.record(self)}


def case_identity(state: CaseState) -> str:
    """The case's UUID. Workbooks issued blank all carry the same one: they go by the reference typed since.

    Without a reference either they go by their path, so that two of them are never taken for copies of one case.
    """
    if state.uuid not in {"", _BLANK}:
        return state.uuid
    return case_uuid(state.reference or f"path {state.workbooks[0].path}")
