"""The rows of a report: an action of a stage or of the action plan, in the one shape every section uses."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tracker.rules import DONE_WORDS, RAG_WORDS
from tracker.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.reconcile.model import Action, CaseState, PlanAction

PLAN = "Action Plan"
_NUMBER = re.compile(r"(\d{1,18})")  # Python refuses a number of thousands of digits
_NOBODY = "nobody named"


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
        return self.named_owner or self.owner or _NOBODY

    @property
    def role(self) -> str:
        """The role behind a person's name; empty where `who` is the role itself."""
        return self.owner if self.named_owner else ""


@dataclass(frozen=True)
class CaseRows:
    """A case with the rows of all its sheets, in working order."""

    state: CaseState
    anchor: str
    lines: tuple[ReportRow, ...]

    @property
    def reference(self) -> str:
        """What the case is called; a workbook without a case goes by its file."""
        files = [file_name(each.path) for each in self.state.workbooks[:1]]
        return self.state.reference or "".join(files) or "No reference"

    @cached_property
    def by_id(self) -> Mapping[str, ReportRow]:
        """The rows by their ID."""
        return {line.label: line for line in self.lines}

    @cached_property
    def sheets(self) -> list[str]:
        """The sheets in the order their anchors number them: the stages in working order, then the action plan."""
        return [*dict.fromkeys(action.stage for action in self.state.actions), PLAN]

    @property
    def open(self) -> list[ReportRow]:
        """The rows that still have to be done."""
        return [line for line in self.lines if line.open]

    @property
    def keys(self) -> tuple[ReportRow, ...]:
        """The key dates that apply."""
        return tuple(line for line in self.lines if line.key and line.rag != "Not applicable")

    def open_before(self, row: ReportRow) -> tuple[ReportRow, ...]:
        """The open rows that a row waits for, directly or through others, in working order."""
        seen, queue = {row.label}, list(row.after)
        while queue:
            label = queue.pop()
            if label not in seen:
                seen.add(label)
                queue += self.by_id[label].after if label in self.by_id else ()
        return tuple(each for each in self.lines if each.open and each.label in seen - {row.label})

    def only(self, lines: Iterable[ReportRow]) -> CaseRows:
        """The case with these rows alone, in working order."""
        kept = {id(line) for line in lines}
        return replace(self, lines=tuple(line for line in self.lines if id(line) in kept))


def rows_to_do_now(case: CaseRows, owners: Iterable[str]) -> list[ReportRow]:
    """The rows that one of these owners, by any of their names, has to do and can do now."""
    names = {clean_text(each).casefold() for each in owners}
    waiting = {"Clock not started", "No date", "On hold"}
    return [row for row in case.open if row.rag not in waiting and clean_text(row.owner).casefold() in names]


def file_name(path: str) -> str:
    """The last part of a path, whichever way its slashes lean."""
    return re.split(r"[/\\]", path)[-1]


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


def by_case(lines: Iterable[ReportRow]) -> tuple[ReportRow, ...]:
    """Sorted by case, then ID."""
    return tuple(sorted(lines, key=lambda line: (line.case, natural(line.label))))


def slug(word: str) -> str:
    """A word as part of an anchor or a class: `Complete, late` -> `complete-late`."""
    return re.sub(r"[^a-z0-9]+", "-", word.casefold()).strip("-")


def group_anchor(case: CaseRows, sheet: str, rag: str) -> str:
    """Where the rows of a sheet with a RAG word stand: `case-1-2-overdue`."""
    return f"{case.anchor}-{case.sheets.index(sheet) + 1}-{slug(rag)}"


_SHARED = ("named_owner", "employer", "agreed", "completed", "rag", "days_late", "status", "reason", "cell",
           "progress", "evidence")  # fmt: skip
_OF_ACTION = (*_SHARED, "action", "owner", "timescale", "counted_from", "due", "due_issued", "judged", "provisional",
              "basis", "key", "after")  # fmt: skip
_OF_PLAN = (*_SHARED, "signed_off", "impact")


def copied(source: object, names: Iterable[str]) -> dict[str, Any]:
    """Fields that are taken over as they are, by name."""
    return {name: getattr(source, name) for name in names}


def case_rows(state: CaseState, number: int) -> CaseRows:
    """The rows of a case; `number` (from 1) makes its anchors."""
    case = CaseRows(state, f"case-{number}", ())
    waiting: defaultdict[str, set[str]] = defaultdict(set)
    for action in state.actions:
        if action.open:
            for before in action.after:
                waiting[before].add(action.id or action.cell)
    blocks = {before: tuple(sorted(ids, key=natural)) for before, ids in waiting.items()}

    def place(row: Action | PlanAction, sheet: str) -> dict[str, Any]:
        return {
            "case": case.reference,
            "case_anchor": case.anchor,
            "sheet": sheet,
            "label": row.id or row.cell,
            "anchor": group_anchor(case, sheet, row.rag),
        }

    actions = [
        ReportRow(
            **place(each, each.stage),
            **copied(each, _OF_ACTION),
            blocks=blocks.get(each.id, ()) if each.id else (),
            short=state.short_names.get(each.id, ""),
        )
        for each in state.actions
    ]
    plan = [
        ReportRow(
            **place(each, PLAN),
            **copied(each, _OF_PLAN),
            action=each.action or each.recommendation,
            owner=each.owner or each.lead_agency,
            due=each.target,
            judged=each.agreed or each.target,
            plan_ref=each.improvement_plan_ref,
        )
        for each in state.action_plan
    ]
    return replace(case, lines=(*actions, *plan))
