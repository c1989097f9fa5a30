"""What a check sees, and the checks of the case as a whole: its clocks, decisions, holds and description."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Generic, TypeVar

from tracker import rules
from tracker.case.checks import DATE_ORDER
from tracker.case.format import KINDS
from tracker.case.model import value_at
from tracker.plan import filled_reason, holds
from tracker.problems import Problem, codes, problem
from tracker.reconcile.events import step_index, step_of
from tracker.reconcile.model import Action, PlanAction
from tracker.reconcile.output import split_place
from tracker.reconcile.state import misaligned_stages, stage_tables
from tracker.text import clean_text, listed, listed_first, quantity
from tracker.toml_reader import misses_shape
from tracker.workbook import layout
from tracker.workbook.case_of import clock_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from tracker.case.model import Case
    from tracker.procedure.model import Clock, Procedure, Step
    from tracker.reconcile.model import CaseState
    from tracker.workbook.reading import Reading, ReadRow

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


@dataclass(frozen=True, slots=True)
class TypedDate:
    """A date of the case: what it is called, where it is typed, and what is typed there."""

    label: str
    cell: str
    day: date | None


@dataclass(frozen=True)
class CheckInput:
    """One case, ready to be checked.

    `reading_problems` are those met while reading, which checks must not echo. `case` is the description given with
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
    reading_problems: Sequence[Problem]

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
        doubtful: set[str] = set()
        for clock in self.procedure.clocks:  # one that follows another comes after it
            read = self.reading.clocks.get(clock.name)
            if read and read.value is not None:
                continue
            if stages.get(clock.step) in self.misaligned or clock.provisional_from in doubtful:
                doubtful.add(clock.name)
        return frozenset(doubtful)

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
        waiting: dict[str, list[StageRow]] = {}
        for checked in self.rows:
            for before in checked.action.after:
                waiting.setdefault(before, []).append(checked)
        return waiting

    @cached_property
    def unclear(self) -> frozenset[str]:
        """The cells whose value could not be understood: nothing more is reported of them."""
        return frozenset(each.place for each in self.reading_problems if each.code in _NOT_UNDERSTOOD)

    @cached_property
    def unread(self) -> frozenset[str]:
        """The sheets that are missing or have no header row."""
        missing = (codes.SHEET_MISSING, codes.HEADER_ROW_MISSING)
        return frozenset(split_place(each.place)[0] for each in self.reading_problems if each.code in missing)

    def blank(self, row: ReadRow, title: str) -> bool:
        """Whether a row's cell was left empty; not where its column is missing or it could not be understood."""
        return title in row.columns and row.values.get(title) is None and row.cell(title) not in self.unclear

    def clock_place(self, clock: Clock) -> str:
        """Where a clock's date is typed: its cell on sheet Case, or the `Completed` of its step."""
        if clock.name in self.reading.clocks:
            return self.reading.clocks[clock.name].cell
        checked = self.by_id.get(clock.step)
        return checked.row.cell("Completed") if checked else layout.CASE

    @cached_property
    def typed_dates(self) -> Mapping[str, TypedDate]:
        """Every date of the case by the description's path, blank ones too."""
        read = {
            field.path: (field.label, self.reading.fields.get(field.path))
            for field in layout.fields(self.procedure)
            if field.kind == "date"
        }
        for clock in self.procedure.clocks:
            if clock.field:
                read[clock_path(clock)] = clock.name, self.reading.clocks.get(clock.name)
        typed = {path: TypedDate(label, each.cell, each.day) for path, (label, each) in read.items() if each}
        for _, step in self.procedure.steps():
            checked = self.by_id.get(step.id)
            if step.completed_by and checked:
                cell, day = checked.row.cell("Completed"), checked.row.day("Completed")
                typed[f"dates.{step.completed_by}"] = TypedDate(f"Completed of {step.id}", cell, day)
        return typed


_NAMED = 5
_SWITCHES = frozenset({"case.died", "options.submitters_absent"})
"""Fields of the case that are yes or no."""
_WORKED_ON = frozenset({"In progress", "Waiting on others", "Complete"})


def dates_in_order(data: CheckInput) -> Iterator[Problem]:
    """Dates of the case that come before what they follow; the SIN's is checked with the rows."""
    for later, earlier in DATE_ORDER:
        after, before = data.typed_dates.get(later), data.typed_dates.get(earlier)
        if after and before and later != "dates.sin_submitted":
            yield from _contradiction(after, before)


def _contradiction(later: TypedDate, earlier: TypedDate) -> Iterator[Problem]:
    day, before = later.day, earlier.day
    if day and before and day < before:
        facts = {"later": later.label, "earlier": earlier.label}
        yield problem(codes.CASE_DATES_CONTRADICT, place=later.cell, day=day, before=before, **facts)


def publication_after_day_zero(data: CheckInput) -> Iterator[Problem]:
    """Publication typed before the day from which its target is counted."""
    for clock in data.procedure.clocks:
        read, start = data.reading.clocks.get(clock.name), data.state.clocks.get(clock.provisional_from)
        if read and read.value and start and clock.field != "aware":
            typed = TypedDate(clock.name, read.cell, data.state.clocks[clock.name].day)
            yield from _contradiction(typed, TypedDate(clock.provisional_from, "", start.day))


def day_zero_missing(data: CheckInput) -> Iterator[Problem]:
    """The one date every case needs: reported once, not in each row that waits for it."""
    clock = data.procedure.clock_of("aware")
    read = data.reading.clocks.get(clock.name) if clock else None
    if clock and read and read.value is None and read.cell not in data.unclear:
        yield problem(codes.DAY_ZERO_MISSING, place=read.cell, clock=clock.name)


def worked_without_clock(data: CheckInput) -> Iterator[Problem]:
    """Rows at work although what they are counted from is not known; what is only implied may begin before."""
    for clock in data.procedure.clocks:
        if not clock.field or clock.field == "aware" or data.state.clocks[clock.name].day:
            continue
        actions = (each.action for each in _counted_from(data, clock) if each.action.basis != "Implied")
        at_work = [each.id for each in actions if each.completed or each.status in _WORKED_ON]
        place = data.clock_place(clock)
        if at_work and place not in data.unclear:
            ids = f"{listed_first(at_work, _NAMED)} {'is' if len(at_work) == 1 else 'are'}"
            yield problem(codes.WORK_WITHOUT_CLOCK, place=place, clock=clock.name, ids=ids)


def _counted_from(data: CheckInput, clock: Clock) -> list[StageRow]:
    name = clock.name.casefold()
    return [checked for checked in data.rows if checked.action.counted_from.casefold() == name]


def two_day_zeros(data: CheckInput) -> Iterator[Problem]:
    """The Panel's letter and the partners' own decision, on different days."""
    for clock in data.procedure.clocks:
        used, other = data.reading.clocks.get(clock.name), data.typed_dates.get(f"dates.{clock.fallback}")
        if used and other and other.day and used.value and used.value != other.day:
            facts = {"fallback": other.label, "clock": clock.name}
            day = data.state.clocks[clock.name].day
            yield problem(codes.TWO_DATES_FOR_DAY_ZERO, place=other.cell, used=day, day=other.day, **facts)


def decision_against_date(data: CheckInput) -> Iterator[Problem]:
    """No LCSPR, yet a day zero for it; partners may decide so against the Panel's letter, and say why."""
    decision, clock = data.reading.fields.get("decisions.lcspr"), data.procedure.clock_of("lcspr_recommended")
    letter = _typed_value(data, "decisions.panel_response") == "recommends LCSPR"
    explained = letter and _typed_value(data, "decisions.lcspr_reason")
    day = data.state.clocks[clock.name].day if clock else None
    if clock and day and decision and decision.value == "no" and not explained:
        yield problem(codes.DECISION_CONTRADICTS_DATE, place=decision.cell, clock=clock.name, day=day)


def holds_in_order(data: CheckInput) -> Iterator[Problem]:
    """A hold that never begins, or ends before it does; one whose review date has come, while rows still wait."""
    held = [clock for clock in data.procedure.clocks if clock.hold]
    waiting = any(checked.action.open for clock in held for checked in _counted_from(data, clock))
    for row in data.reading.tables[layout.HOLD_TABLE]:
        start, review, end = (row.day(title) for title in ("From", "Review on", "Ended on"))
        for title, day in (("Review on", review), ("Ended on", end)):
            yield from _contradiction(TypedDate(title, row.cell(title), day), TypedDate("From", "", start))
        given = [each.title for each in layout.HOLD_COLUMNS if row.values.get(each.title) is not None]
        if given and "From" not in given:
            yield row.problem(codes.HOLD_ROW_WITHOUT_START, "From", given=listed(given))
        running = start and start <= data.as_at and not (end and end <= data.as_at)
        if running and review and review <= data.as_at and waiting:
            yield row.problem(codes.HOLD_REVIEW_PASSED, "Review on", day=review)


def published_as_planned(data: CheckInput) -> Iterator[Problem]:
    """The day of publication beside the plan."""
    plan, done = data.typed_dates.get("dates.publication"), data.typed_dates.get("dates.published")
    if plan and done and plan.day and done.day and plan.day != done.day:
        yield problem(codes.PUBLISHED_ON_OTHER_DAY, place=done.cell, day=done.day, planned=plan.day)


def later_than_appendix(data: CheckInput) -> Iterator[Problem]:
    """What is sent after the notification beside another reading of its date, which counts from awareness."""
    other, times = data.procedure.comparison, data.state.timeliness
    aware = data.procedure.clock_of("aware")
    if not other or not aware or other.start != aware.name:
        return
    checked, days = data.by_id.get(other.step), times.days_from_awareness
    if checked and times.rapid_review_sent and days and days > other.lag.count:
        facts = {"days": str(days), "limit": str(other.lag.count), "label": other.label}
        yield checked.problem(codes.LATER_THAN_OTHER_INTERPRETATION, "Completed", **facts)


def fixed_report_date(data: CheckInput) -> Iterator[Problem]:
    """A report date that was typed and left."""
    if data.reading.report_date:
        place = data.reading.report_date_cell or layout.CASE
        yield problem(codes.REPORT_DATE_FIXED, place=place, day=data.reading.report_date)


def due_moved(data: CheckInput) -> Iterator[Problem]:
    """Rows due on another date than issued, counted for each clock, and those whose lateness changed by it.

    A provisional clock follows another, which is the one that moved.
    """
    for clock in data.procedure.clocks:
        if data.state.clocks[clock.name].provisional:
            continue
        actions = [checked.action for checked in _counted_from(data, clock)]
        moved = [each for each in actions if each.due_issued and each.due and each.due != each.due_issued]
        if moved:
            changed = [each.id for each in moved if _lateness_changed(each, data.as_at)]
            lateness = "none is late or in time by it alone"
            if changed:
                lateness = f"lateness changed in {listed_first(changed, _NAMED)}"
            facts = {"rows": quantity(len(moved), "row"), "clock": clock.name, "lateness": lateness}
            yield problem(codes.DUE_DATES_MOVED, place=data.clock_place(clock), **facts)


def _lateness_changed(action: Action, as_at: date) -> bool:
    if action.rag == "Not applicable" or not (action.due and action.due_issued):
        return False
    end = action.completed or as_at
    return not (action.open and action.provisional) and (end > action.due) != (end > action.due_issued)


def perhaps_a_name(data: CheckInput) -> Iterator[Problem]:
    """A case reference or a child's label of another shape than theirs; what is typed there is not repeated."""
    reference = data.reading.fields.get("case.reference")
    if reference and misses_shape(KINDS["reference"], clean_text(str(reference.value or ""))):
        facts = {"kind": "case reference", "example": "DOR-2026-014"}
        yield problem(codes.POSSIBLE_NAME, place=reference.cell, **facts)
    for row in data.reading.tables[layout.CHILDREN_TABLE]:
        if misses_shape(KINDS["label"], clean_text(row.text("Child"))):
            yield row.problem(codes.POSSIBLE_NAME, "Child", kind="label of a child", example="Child 2")


def another_case(data: CheckInput) -> Iterator[Problem]:
    """The description of another case than the workbook's."""
    if data.case and _is_another(data):
        read = data.reading.fields.get("case.reference")
        now = data.state.reference or data.reading.baseline.case.details.reference
        described = data.case.details.reference
        place = read.cell if read else ""
        yield problem(codes.OTHER_CASES_WORKBOOK, place=place, now=now, described=described)


def _is_another(data: CheckInput) -> bool:
    """By the reference it was issued with, too: a reference may have been mended since."""
    references = {data.state.reference, data.reading.baseline.case.details.reference} - {""}
    return data.case is not None and bool(references) and data.case.details.reference not in references


def another_procedure(data: CheckInput) -> Iterator[Problem]:
    """A workbook that is judged by a set it was not issued under."""
    baseline, procedure = data.reading.baseline, data.procedure
    if baseline.is_of_another(procedure):
        sets = (baseline, procedure)
        was, now = (f'{each.set_name}, edition {each.edition} ("{each.title}")' for each in sets)
        yield problem(codes.OTHER_PROCEDURE, was=was, now=now)


def differs_from_description(data: CheckInput) -> Iterator[Problem]:
    """Each date of the case against the description given beside the workbook."""
    if data.case is None or _is_another(data):
        return
    for path, typed in data.typed_dates.items():
        described = value_at(data.case, path)
        if described != typed.day and typed.cell not in data.unclear:
            now, was = typed.day or "no date", described or "no date"
            facts = {"label": typed.label, "path": path}
            yield problem(codes.DESCRIPTION_DIFFERS, place=typed.cell, now=now, described=was, **facts)


def rows_a_decision_ends(data: CheckInput) -> Iterator[Problem]:
    """Rows that a decision typed in the workbook ends, but that are still open; one problem a sheet."""
    typed = partial(_typed_value, data)
    for rule in data.procedure.not_applicable:
        if not holds(rule.when, typed):
            continue
        for stage in rule.stages:
            rows = [each for each in data.rows if each.action.stage == stage and each.action.open]
            if ended := [each for each in rows if each.step and each.step.id not in rule.excluding]:
                place = ended[0].row.cell("Status")
                facts = {"reason": filled_reason(rule, typed), "rows": quantity(len(ended), "open row")}
                yield problem(codes.DECISION_LEAVES_OPEN_ROWS, place=place, sheet=stage, **facts)


def _typed_value(data: CheckInput, path: str) -> object:
    """What is typed on sheet Case for a field of the description."""
    read = data.reading.fields.get(path)
    value = read.value if read else None
    return {"yes": True, "no": False}.get(str(value)) if path in _SWITCHES else value
