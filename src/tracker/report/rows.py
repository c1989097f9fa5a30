"""The rows of a report, in the one shape every section uses; and the working days a report counts in.

Here alone it asks for bank holidays, and decides when an owner is reminded, in the rhythm of `readings.md` and the
case's own working days: 2 working days before, on the day, then every 2 working days. A run takes what fell due for
reminding since the last one, so that weekly and daily runs send the same reminders, only bundled differently.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from tracker.formula.values import day_of, serial
from tracker.procedure.load import load_calendar_facts
from tracker.rules import DONE_WORDS, NEEDS_SOMEONE, RAG_WORDS
from tracker.text import fold
from tracker.workdays import bank_holidays, networkdays, workday

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tracker.reconcile.model import Action, CaseState, PlanAction

PLAN = "Action Plan"
PRESSING = NEEDS_SOMEONE[:3]
"""The states of rows that are past their date."""
BEFORE, EVERY = 2, 2
FIRST_RUN_AHEAD = 5
DIGEST_AHEAD = (5, 2, 0)
_NUMBER = re.compile(r"(\d{1,18})")  # Python refuses a number of thousands of digits
_ID = re.compile(r"[A-Z]{1,8}-[0-9][0-9.]{0,7}[a-z]{0,2}(-[A-Z0-9]{1,12})?")
_REPEAT = re.compile(r"-[A-Z0-9]{1,12}$")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of one case.

    `label` is the row's ID, or its cell where a person's row has none. `blocks` names the open rows that wait for
    it. `anchor` is where the row's group stands in the annex of its case.
    """

    case: str
    case_anchor: str
    sheet: str
    label: str
    action: str
    owner: str
    named_owner: str
    employer: str
    due: date | None
    agreed: date | None
    judged: date | None
    completed: date | None
    rag: str
    days_late: int | None
    status: str
    reason: str
    anchor: str
    cell: str
    progress: str
    evidence: str
    timescale: str = ""
    counted_from: str = ""
    due_issued: date | None = None
    provisional: bool = False
    basis: str = ""
    key: bool = False
    after: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    signed_off: date | None = None
    impact: str = ""
    plan_ref: str = ""
    short: str = ""

    @property
    def open(self) -> bool:
        """Whether it still has to be done."""
        return self.rag not in {*DONE_WORDS, "Not applicable", ""}

    @property
    def grave(self) -> bool:
        """Whether it is a key date or one set by statute."""
        return self.key or self.basis == "Statutory"

    @property
    def tag(self) -> str:
        """That it is a date set by statute, or a key date."""
        return "statutory" if self.basis == "Statutory" else "key date" if self.key else ""

    @property
    def called(self) -> str:
        """What a reader knows the row by: its ID; a cell is no name for a person's own row."""
        return "own row" if self.label == self.cell else self.label

    @property
    def moved(self) -> bool:
        """Whether it was agreed for another day than its due date."""
        return bool(self.agreed and self.due and self.agreed != self.due)

    @property
    def who(self) -> str:
        """The person, else the role, else that nobody is named."""
        return self.named_owner or self.owner or "nobody named"

    @property
    def role(self) -> str:
        """The role behind a person's name; empty where `who` is the role itself."""
        return self.owner if self.named_owner else ""


@dataclass(frozen=True)
class CaseRows:
    """A case with the rows of all its sheets, in working order.

    `held` are its rows; where it holds none, they are made anew each time: a folder has many cases that are closed.
    """

    state: CaseState
    anchor: str
    held: tuple[ReportRow, ...] | None

    @property
    def rows(self) -> tuple[ReportRow, ...]:
        """Its rows: those it holds, else all of them."""
        return _make_rows(self) if self.held is None else self.held

    def holding(self, rows: Iterable[ReportRow]) -> CaseRows:
        """The case with these rows."""
        return replace(self, held=tuple(rows))

    @cached_property
    def reference(self) -> str:
        """What the case is called; a workbook without a case goes by its file."""
        file = next((file_name(each.path) for each in self.state.workbooks), "")
        return self.state.reference or file or "No reference"

    @cached_property
    def by_id(self) -> Mapping[str, ReportRow]:
        """The rows by their ID."""
        return {row.label: row for row in self.rows}

    @cached_property
    def sheets(self) -> list[str]:
        """The sheets in the order their anchors number them: the stages in working order, then the action plan."""
        return [*dict.fromkeys(action.stage for action in self.state.actions), PLAN]

    @cached_property
    def open(self) -> list[ReportRow]:
        """The rows that still have to be done."""
        return [row for row in self.rows if row.open]

    @property
    def keys(self) -> tuple[ReportRow, ...]:
        """The key dates that apply."""
        return tuple(row for row in self.rows if row.key and row.rag != "Not applicable")

    def open_before(self, row: ReportRow) -> tuple[ReportRow, ...]:
        """The open rows that a row waits for, directly or through others, in working order."""
        before = self.with_all_before(row.after) - {row.label}
        return tuple(each for each in self.rows if each.open and each.label in before)

    def with_all_before(self, labels: Iterable[str]) -> set[str]:
        """These IDs, and those of all rows that these wait for, directly or through others."""
        found: set[str] = set()
        queue = list(labels)
        while queue:
            label = queue.pop()
            if label not in found:
                found.add(label)
                queue += self.by_id[label].after if label in self.by_id else ()
        return found

    def only(self, rows: Iterable[ReportRow]) -> CaseRows:
        """The case with these rows alone, in working order."""
        kept = set(map(id, rows))
        return self.holding(row for row in self.rows if id(row) in kept)


def rows_to_do_now(case: CaseRows, owners: Iterable[str]) -> list[ReportRow]:
    """The rows that one of these owners, by any of their names, has to do and can do now."""
    names = set(map(fold, owners))
    waiting = {"Clock not started", "No date", "On hold"}
    return [row for row in case.open if row.rag not in waiting and fold(row.owner) in names]


def file_name(path: str) -> str:
    """The last part of a path, whichever way its slashes lean."""
    return re.split(r"[/\\]", path)[-1]


def safe_id(row_id: str) -> str:
    """An ID as we give them; anything else typed there might be words."""
    return row_id if _ID.fullmatch(row_id) else ""


def step_of(label: str) -> str:
    """The step a row repeats, for an agency or a child: `RR-5.7b-POL` -> `RR-5.7b`."""
    return _REPEAT.sub("", label) if "-" in label.partition("-")[2] else label


@lru_cache(maxsize=4096)
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts IDs as people count: RR-5.6 before RR-5.10."""
    return tuple(
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in _NUMBER.split(text)
        if part
    )


def rag_rank(word: str) -> int:
    """The place of a RAG word, the most pressing first; an unknown word comes last."""
    return RAG_WORDS.index(word) if word in RAG_WORDS else len(RAG_WORDS)


def date_key(row: ReportRow) -> tuple[object, ...]:
    """A key that sorts by the date a row is judged by (undated last), then case, then ID."""
    return (row.judged is None, row.judged or date.max, row.case, natural(row.label))


def by_date(rows: Iterable[ReportRow]) -> tuple[ReportRow, ...]:
    """Sorted by the date they are judged by."""
    return tuple(sorted(rows, key=date_key))


def by_completion(rows: Iterable[ReportRow]) -> tuple[ReportRow, ...]:
    """Sorted by completion, then case, then ID."""
    return tuple(sorted(rows, key=lambda row: (row.completed or date.max, row.case, natural(row.label))))


def by_case(rows: Iterable[ReportRow]) -> tuple[ReportRow, ...]:
    """Sorted by case, then ID."""
    return tuple(sorted(rows, key=lambda row: (row.case, natural(row.label))))


@lru_cache(maxsize=4096)
def slug(word: str) -> str:
    """A word as part of an anchor or a class: `Complete, late` -> `complete-late`."""
    return re.sub(r"[^a-z0-9]+", "-", word.casefold()).strip("-")


def group_anchor(case: CaseRows, sheet: str, rag: str) -> str:
    """Where the rows of a sheet with a RAG word stand: `case-1-2-overdue`."""
    return f"{case.anchor}-{case.sheets.index(sheet) + 1}-{slug(rag)}"


def shared_fields(source: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Those of these fields that the source has, by name."""
    shared = _shared(type(source), names)  # type: ignore[arg-type]  # a class can be hashed
    return {name: getattr(source, name) for name in shared}


@cache
def _shared(kind: type, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if hasattr(kind, name)]


def case_rows(state: CaseState, number: int) -> CaseRows:
    """A case that holds its rows; `number` (from 1) makes its anchors."""
    case = CaseRows(state, f"case-{number}", None)
    return case.holding(case.rows)


def _make_rows(case: CaseRows) -> tuple[ReportRow, ...]:
    state = case.state
    blocks: defaultdict[str, set[str]] = defaultdict(set)
    for action in state.actions:
        for before in action.after if action.open else ():
            blocks[before].add(action.label)

    def fields_of(row: Action | PlanAction, sheet: str) -> dict[str, Any]:
        return {
            **shared_fields(row, ReportRow.__slots__),
            "case": case.reference,
            "case_anchor": case.anchor,
            "sheet": sheet,
            "anchor": sys.intern(group_anchor(case, sheet, row.rag)),  # many rows have one
        }

    rows = [
        ReportRow(
            **fields_of(each, each.stage),
            blocks=tuple(sorted(blocks.get(each.id, ()), key=natural)) if each.id else (),
            short=state.short_names.get(each.id, ""),
        )
        for each in state.actions
    ]
    plan = [
        replace(
            ReportRow(**fields_of(each, PLAN), plan_ref=each.improvement_plan_ref),
            action=each.action or each.recommendation,
            owner=each.owner or each.lead_agency,
        )
        for each in state.action_plan
    ]
    return (*rows, *plan)


# Working days


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Monday to Friday less the bank holidays of England, as serial numbers."""

    holidays: frozenset[int]

    def of(self, holidays: Collection[date]) -> WorkingDays:
        """The working days of a case that lists its own bank holidays."""
        return WorkingDays(frozenset(serial(day) for day in holidays)) if holidays else self

    def after(self, day: date, count: int) -> date:
        """The working day `count` after a day."""
        return day_of(workday(serial(day), count, self.holidays))

    def between(self, start: date, end: date) -> int:
        """Working days from the day after `start` to `end`; 0 where `end` is not later."""
        return networkdays(serial(start) + 1, serial(end), self.holidays) if end > start else 0


def working_days(first: date, last: date) -> WorkingDays:
    """The working days between two dates, with a year of room on either side."""
    facts = load_calendar_facts()
    days = bank_holidays(facts.country, facts.subdivision, first.year - 1, last.year + 1)
    return WorkingDays(frozenset(serial(day) for day in days))


# Reminders


def owner_is_reminded(due: date, since: date | None, as_at: date, days: WorkingDays) -> bool:
    """Whether a reminder fell due after the last run, up to and with this one.

    The first run has no last one: it takes what is overdue or due within 5 working days.
    """
    if since is None:
        return due <= days.after(as_at, FIRST_RUN_AHEAD)
    if any(since < day <= as_at for day in (days.after(due, -BEFORE), due)):
        return True
    if as_at <= due:
        return False
    passed = days.between(due, max(due, since))
    return days.after(due, passed + EVERY - passed % EVERY) <= as_at


def key_date_is_due(due: date, since: date | None, as_at: date, days: WorkingDays) -> bool:
    """Whether a digest lists a key date: 5 and 2 working days before, and on the day."""
    if since is None:
        return as_at <= due <= days.after(as_at, max(DIGEST_AHEAD))
    return any(since < days.after(due, -ahead) <= as_at for ahead in DIGEST_AHEAD)


def digest_is_due(since: date | None, as_at: date, days: WorkingDays) -> bool:
    """Whether the week's digest is due: on the first working day of a week, or on the first run."""
    if since is None:
        return True
    sunday = as_at - timedelta(days=as_at.weekday() + 1)
    first = days.after(sunday, 1)
    if first > as_at:  # the week has only begun with holidays
        first = days.after(sunday - timedelta(weeks=1), 1)
    return since < first <= as_at
