"""What a check sees: rows as they were read beside their state, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from tracker import rules
from tracker.problems import Problem, codes
from tracker.reconcile.events import step_index, step_of
from tracker.reconcile.model import Action, PlanAction
from tracker.reconcile.output import split_place
from tracker.reconcile.state import misaligned_stages, stage_tables
from tracker.workbook import layout
from tracker.workbook.case_of import clock_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.case.model import Case
    from tracker.procedure.model import Clock, Procedure, Step
    from tracker.reconcile.model import CaseState
    from tracker.workbook.reading import ReadField, Reading, ReadRow

_NOT_UNDERSTOOD = (
    *(codes.NOT_A_DATE, codes.UNKNOWN_WORD, codes.NOT_A_WHOLE_NUMBER),
    *(codes.FORMULA_WITHOUT_VALUE, codes.AMBIGUOUS_DATE),
)


ActionT = TypeVar("ActionT", Action, PlanAction)


@dataclass(frozen=True, slots=True)
class CheckedRow(Generic[ActionT]):
    """A row of a stage or of the action plan: as it was read, its state, and its step (None for a person's own)."""

    row: ReadRow
    action: ActionT
    step: Step | None = None

    def problem(self, code: str, title: str, /, **facts: str | date) -> Problem:
        """A problem of this row, at its cell under `title`."""
        return self.row.problem(code, title, **facts)


StageRow = CheckedRow[Action]
PlanRow = CheckedRow[PlanAction]


@dataclass(frozen=True)
class CheckInput:
    """One case, ready to be checked.

    `found` are the problems met while reading; checks must not echo them. `case` is the description given with
    `--case`. `known_until` is the last day up to which bank holidays are known; `today` the day itself, where
    `as_at` is an earlier one.
    """

    reading: Reading
    procedure: Procedure
    state: CaseState
    as_at: date
    known_until: date
    today: date | None
    case: Case | None
    found: Sequence[Problem]

    @cached_property
    def rows(self) -> tuple[StageRow, ...]:
        """The rows of all stages whose IDs can be trusted, stage by stage.

        What is counted from the completion of a row that cannot be has no due date to be judged by.
        """
        steps = step_index(self.procedure)
        actions = {each.cell: each for each in self.state.actions}
        for each in self.state.actions:
            if each.counted_from in self.doubtful_clocks:
                actions[each.cell] = replace(each, day_zero=None, due=None)
        return tuple(
            CheckedRow(row, actions[row.cell()], step_of(row.text("ID"), steps))
            for stage, rows in stage_tables(self.reading, self.procedure).items()
            if stage not in self.misaligned
            for row in rows
        )

    @cached_property
    def misaligned(self) -> frozenset[str]:
        """The stages whose IDs cannot be trusted: that is reported once, and nothing of single rows."""
        return misaligned_stages(self.reading, self.procedure)

    @cached_property
    def doubtful_clocks(self) -> frozenset[str]:
        """The clocks that a row of a misaligned stage sets, or that follow such a clock."""
        stages = {step.id: stage.name for stage, step in self.procedure.steps()}
        found: set[str] = set()
        for clock in self.procedure.clocks:  # one that follows another comes after it
            read = self.reading.clocks.get(clock.name)
            if read and read.value is not None:
                continue
            if stages.get(clock.step) in self.misaligned or clock.provisional_from in found:
                found.add(clock.name)
        return frozenset(found)

    @cached_property
    def plan(self) -> tuple[PlanRow, ...]:
        """The rows of the action plan that are actions."""
        actions = {action.cell: action for action in self.state.action_plan}
        rows = self.reading.tables[rules.PLAN]
        return tuple(CheckedRow(row, actions[row.cell()]) for row in rows if row.cell() in actions)

    @property
    def all_rows(self) -> tuple[StageRow | PlanRow, ...]:
        """The rows of the stages, then of the action plan."""
        return (*self.rows, *self.plan)

    @cached_property
    def by_id(self) -> Mapping[str, StageRow]:
        """The rows by their ID; of two with one ID, the first."""
        return {checked.row.text("ID"): checked for checked in reversed(self.rows) if checked.row.text("ID")}

    @cached_property
    def waiting(self) -> Mapping[str, Sequence[StageRow]]:
        """For each ID the rows that wait for it."""
        found: dict[str, list[StageRow]] = {}
        for checked in self.rows:
            for before in checked.action.after:
                found.setdefault(before, []).append(checked)
        return found

    @cached_property
    def unclear(self) -> frozenset[str]:
        """The cells whose value could not be understood: nothing more is reported of them."""
        return frozenset(each.place for each in self.found if each.code in _NOT_UNDERSTOOD)

    @cached_property
    def unread(self) -> frozenset[str]:
        """The sheets that are missing or have no header row."""
        missing = (codes.SHEET_MISSING, codes.HEADER_ROW_MISSING)
        return frozenset(split_place(each.place)[0] for each in self.found if each.code in missing)

    def blank(self, row: ReadRow, title: str) -> bool:
        """Whether a row's cell was left empty; not where its column is missing or it could not be understood."""
        return title in row.columns and row.values.get(title) is None and row.cell(title) not in self.unclear

    # Dates of the case

    def clock_place(self, clock: Clock) -> str:
        """Where a clock's date is typed: its cell on sheet Case, or the `Completed` of its step."""
        if clock.name in self.reading.clocks:
            return self.reading.clocks[clock.name].cell
        checked = self.by_id.get(clock.step)
        return checked.row.cell("Completed") if checked else layout.CASE

    @cached_property
    def awareness(self) -> Clock | None:
        """The clock that counts from awareness."""
        return self.procedure.clock_of("aware")

    @cached_property
    def typed_dates(self) -> Mapping[str, TypedDate]:
        """Every date of the case by the description's path, blank ones too."""
        read: list[tuple[str, str, ReadField | None]] = [
            (field.path, field.label, self.reading.fields.get(field.path))
            for field in layout.fields(self.procedure)
            if field.kind == "date"
        ]
        clocks = (clock for clock in self.procedure.clocks if clock.field)
        read += [(clock_path(clock), clock.name, self.reading.clocks.get(clock.name)) for clock in clocks]
        found = {path: TypedDate(label, each.cell, _day(each)) for path, label, each in read if each}
        for _, step in self.procedure.steps():
            checked = self.by_id.get(step.id)
            if step.completed_by and checked:
                cell, day = checked.row.cell("Completed"), checked.row.day("Completed")
                found[f"dates.{step.completed_by}"] = TypedDate(f"Completed of {step.id}", cell, day)
        return found


def _day(read: ReadField) -> date | None:
    return read.value if isinstance(read.value, date) else None


@dataclass(frozen=True, slots=True)
class TypedDate:
    """A date of the case: what it is called, where it is typed, and what is typed there."""

    label: str
    cell: str
    day: date | None
