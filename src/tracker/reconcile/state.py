"""From a reading to the state of its case: the workbook's own rules evaluated over what was typed.

The rules are the very formulas the workbook carries (`rules`), so a state here and a word in the open spreadsheet
cannot drift apart, also where a person's row has lost its formulas.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.book import Area, Book
from tracker.formula.values import day_of, is_number, serial
from tracker.procedure.milestones import find_milestones
from tracker.reconcile.entries import (
    hold_entries,
    log_entries,
    meeting_entries,
    owner_entries,
    section_values,
)
from tracker.reconcile.model import (
    Action,
    CaseState,
    ClockState,
    PlanAction,
    SourceWorkbook,
    Timeliness,
)
from tracker.workbook import layout
from tracker.workbook.identity import homes_by_text
from tracker.workdays import networkdays

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.formula.evaluate import Formula
    from tracker.formula.values import Value
    from tracker.procedure.model import Procedure, Stage, Step
    from tracker.workbook.reading import Reading, ReadRow

_EMPLOYERS = {"Employer": "Owner", "Lead employer": "Lead agency"}
_PLAN_COLUMNS = (*layout.PLAN_COLUMNS, *(layout.SheetColumn(title, 12, "formula") for title in _EMPLOYERS))
"""The action plan's own columns, and whose its rows are: by its owner, else by its lead agency."""

_DATES = "dates"  # the sheet of the book that holds the single dates and the lists of days


def to_formula_value(value: object) -> Value:
    """A read value as a formula sees it."""
    return serial(value) if isinstance(value, date) else value


class _State:
    def __init__(self, reading: Reading, procedure: Procedure, as_at: date) -> None:
        self.reading, self.procedure, self.as_at = reading, procedure, as_at
        self.book = Book(serial(as_at))
        self._misaligned: dict[str, bool] = {}
        self._single_dates()
        self._clocks()
        self.marks = find_milestones(procedure)
        self.stage_rules = rules.stage_rules(procedure)
        for stage in procedure.stages:
            name = rules.table_name(stage.name)
            self._table(name, layout.STAGE_COLUMNS, reading.tables[name], self.stage_rules)
        self._table(rules.PLAN, _PLAN_COLUMNS, reading.tables[rules.PLAN], self._plan_rules())
        self._table(rules.ROLES, layout.ROLE_COLUMNS, reading.tables[rules.ROLES], {})
        self._table(layout.HOLD_TABLE, layout.HOLD_COLUMNS, reading.tables[layout.HOLD_TABLE], {})
        self._table(rules.AGENCIES, layout.AGENCY_COLUMNS, reading.tables[rules.AGENCIES], {})
        days = self.days(layout.HOLIDAY_TABLE, "Bank holiday")
        self.holidays = frozenset(serial(day) for day in days)
        self._list(rules.HOLIDAYS, 2, days)

    def _plan_rules(self) -> Mapping[str, Formula]:
        return {**rules.plan_rules(), **rules.employer_rules(_EMPLOYERS)}

    def misaligned(self, table: str) -> bool:
        """Whether the IDs of a stage stand beside other rows' text, and say nothing of their own."""
        if table not in self._misaligned:
            rows, issued = self.reading.tables[table], self.reading.issue.fingerprints
            self._misaligned[table] = bool(homes_by_text(rows, issued))
        return self._misaligned[table]

    def days(self, table: str, title: str) -> list[date]:
        """The dates of a Calendar table."""
        return [day for row in self.reading.tables[table] if (day := row.day(title))]

    def _list(self, name: str, column: int, days: Sequence[date]) -> None:
        for row, day in enumerate(days, 1):
            self.book.put(_DATES, row, column, serial(day))
        # One row more than there are days keeps it a list, which may end in a blank.
        self.book.names[name] = Area(_DATES, 1, len(days) + 1, column)

    def _single_dates(self) -> None:
        self.book.put(_DATES, 1, 1, serial(self.as_at))
        self.book.names[rules.REPORT_DATE] = Area(_DATES, 1, 1, 1)
        named = [field for field in layout.fields(self.procedure) if field.name]
        for row, field in enumerate(named, 2):
            read = self.reading.fields.get(field.path)
            self.book.put(_DATES, row, 1, to_formula_value(read.value) if read else None)
            self.book.names[field.name] = Area(_DATES, row, row, 1)
        row = len(named) + 2
        self.book.put(_DATES, row, 1, rules.HOLD_RULE)
        self.book.names[rules.HOLD_RUNNING] = Area(_DATES, row, row, 1)

    def _clocks(self) -> None:
        titles = layout.titles(layout.CLOCK_COLUMNS)
        clocks = self.procedure.clocks
        self.book.add_table(rules.CLOCKS, layout.CASE, 1, titles, len(clocks))
        for row, clock in enumerate(clocks, 2):
            in_use, confirmed = rules.clock_rules(clock, self.procedure, layout.DATE_NAMES)
            read = self.reading.clocks.get(clock.name)
            typed = to_formula_value(read.value) if read else None
            for column, cell in enumerate((clock.name, in_use, confirmed, typed), 1):
                self.book.put(layout.CASE, row, column, cell)
            self.book.names[clock.defined_name] = Area(layout.CASE, row, row, 2)

    def _table(
        self,
        name: str,
        columns: Sequence[layout.SheetColumn],
        rows: Sequence[ReadRow],
        formulas: Mapping[str, Formula],
    ) -> None:
        self.book.add_table(name, name, 1, layout.titles(tuple(columns)), max(len(rows), 1))
        self.book.contents.setdefault(name, {})
        for number, row in enumerate(rows, 2):
            for place, column in enumerate(columns, 1):
                cell: Value = to_formula_value(row.values.get(column.title))
                if column.title in formulas:
                    cell = formulas[column.title]
                    if column.edited_by == "shared" and row.typed_over.get(column.title) is not None:
                        cell = to_formula_value(row.typed_over[column.title])
                self.book.put(name, number, place, cell)

    def completed(self, row: ReadRow) -> date | None:
        """A row's day of completion; one after the report date does not count yet, as in the rules."""
        day = row.day("Completed")
        return day if day and day <= self.as_at else None

    def plan_status(self, row: ReadRow) -> str:
        """A row's status; done only later than the report date, it had not begun as far as anyone can say."""
        status = row.text("Status") or "Not started"
        later = row.day("Completed") is not None and self.completed(row) is None
        return "Not started" if later and status == "Complete" else status

    def status(self, row: ReadRow, rag: str) -> str:
        """The status of a stage row: what is done is complete, whatever stands beside it."""
        return "Complete" if rag in rules.DONE_WORDS else self.plan_status(row)

    def evaluate(self, table: str, place: int, title: str) -> Value:
        """A rule's value in the row at a place (from 0) of a table."""
        return self.book.in_row(table, place + 2, title)

    def working_days(self, start: date | None, end: date | None) -> int | None:
        """Working days from the day after `start` to `end`; None unless both are known."""
        if start is None or end is None:
            return None
        if end <= start:
            return 0
        return networkdays(serial(start) + 1, serial(end), self.holidays)


def _day(value: Value) -> date | None:
    return day_of(value) if is_number(value) and value > 0 else None


def _whole(value: Value) -> int | None:
    return int(value) if is_number(value) else None


def step_index(procedure: Procedure) -> Mapping[str, tuple[Stage, Step]]:
    """Every step by its ID."""
    return {step.id: (stage, step) for stage, step in procedure.steps()}


def step_of(row_id: str, steps: Mapping[str, tuple[Stage, Step]]) -> Step | None:
    """The step a row belongs to: `RR-5.7b-POL` is a repeat of `RR-5.7b`."""
    found = steps.get(row_id) or steps.get(row_id.rpartition("-")[0])
    return found[1] if found else None


def _actions(state: _State) -> list[Action]:
    steps = step_index(state.procedure)
    rows = [
        (stage, place, row)
        for stage in state.procedure.stages
        for place, row in enumerate(state.reading.tables[rules.table_name(stage.name)])
    ]
    ids_of: dict[str, list[str]] = {}
    for _, _, row in rows:
        step = step_of(row.text("ID"), steps)
        if step:
            ids_of.setdefault(step.id, []).append(row.text("ID"))
    return [_action(state, stage, place, row, steps, ids_of) for stage, place, row in rows]


def _action(
    state: _State,
    stage: Stage,
    place: int,
    row: ReadRow,
    steps: Mapping[str, tuple[Stage, Step]],
    ids_of: Mapping[str, Sequence[str]],
) -> Action:
    table = rules.table_name(stage.name)
    row_id = row.text("ID")
    step = step_of(row_id, steps)

    def rule(title: str) -> Value:
        return state.evaluate(table, place, title)

    clock = _clock_state(state, row.text("Counted from"))
    completed, agreed = state.completed(row), row.day("Agreed date")
    rag = rules.rag_word(rule("RAG"))
    past = state.working_days(agreed, completed or state.as_at) if rag != "Not applicable" else None
    return Action(
        id=row_id,
        stage=stage.name,
        paragraph=row.text("Paragraph"),
        action=row.text("Action"),
        owner=row.text("Owner"),
        named_owner=str(rule("Named owner")),
        employer=str(rule("Employer")),
        timescale=str(rule("Timescale")),
        counted_from=row.text("Counted from"),
        count=_whole(row.values.get("Count")),
        unit=row.text("Unit"),
        day_zero=_day(rule("Day zero")),
        due=_day(rule("Due")),
        due_issued=None if state.misaligned(table) else state.reading.issue.due.get(row_id),
        agreed=agreed,
        provisional=clock.provisional,
        status=state.status(row, rag),
        completed=completed,
        rag=rag,
        days_late=_whole(rule("Days late")),
        days_past_agreed=past or None,
        progress=row.text("Progress"),
        reason=row.text("Reason for change"),
        evidence=row.text("Evidence"),
        basis=row.text("Basis"),
        key=step.key if step else False,
        after=tuple(each for before in (step.after if step else ()) for each in ids_of.get(before, ())),
        cell=row.cell(),
    )


def _clock_state(state: _State, name: str) -> ClockState:
    for row, clock in enumerate(state.procedure.clocks, 2):
        if clock.name == name:
            day = _day(state.book.cell(layout.CASE, row, 2))
            return ClockState(day, state.book.cell(layout.CASE, row, 3) == "Provisional")
    return ClockState(None, provisional=False)


def _plan_actions(state: _State) -> list[PlanAction]:
    found = []
    for place, row in enumerate(state.reading.tables[rules.PLAN]):
        if not (row.text("Recommendation") or row.text("Action")):
            continue

        def rule(title: str, place: int = place) -> Value:
            return state.evaluate(rules.PLAN, place, title)

        found.append(
            PlanAction(
                id=row.text("ID"),
                recommendation=row.text("Recommendation"),
                action=row.text("Action"),
                lead_agency=row.text("Lead agency"),
                named_owner=str(rule("Named owner")),
                target=row.day("Target date"),
                agreed=row.day("Agreed date"),
                completed=state.completed(row),
                signed_off=row.day("Signed off"),
                rag=rules.rag_word(rule("RAG")),
                days_late=_whole(rule("Days late")),
                status=state.plan_status(row),
                progress=row.text("Progress"),
                impact=row.text("Impact"),
                success_measure=row.text("Success measure"),
                reason=row.text("Reason for change"),
                evidence=row.text("Evidence"),
                source=row.text("Source"),
                owner=row.text("Owner"),
                improvement_plan_ref=row.text("Improvement plan ref"),
                cell=row.cell(),
                employer=str(rule("Employer") or rule("Lead employer")),
            )
        )
    return found


def _timeliness(state: _State, actions: Sequence[Action], clocks: Mapping[str, ClockState]) -> Timeliness:
    procedure = state.procedure
    by_id = {action.id: action for action in actions}

    def clock_of(test: Callable[[str], bool]) -> date | None:
        return next((clocks[clock.name].day for clock in procedure.clocks if test(clock.field)), None)

    sin, review = by_id.get(state.marks.notification.step), by_id.get(state.marks.review.step)
    steps = (step.id for _, step in procedure.steps() if step.completed_by == "published")
    published = by_id.get(next(steps, ""))
    letter = procedure.clock_of("lcspr_recommended")
    panels = [
        each.name
        for each in procedure.clocks
        if each.step and letter and procedure.step(each.step).clock == letter.name
    ]
    typed = state.reading.clocks.get(letter.name) if letter else None
    aware = clock_of(lambda field: field == "aware")
    sent, done = (sin.completed if sin else None), (review.completed if review else None)
    return Timeliness(
        aware=aware,
        sin_due=sin.due if sin else None,
        sin_sent=sent,
        sin_days=state.working_days(aware, sent),
        rapid_review_sent=done,
        days_from_sin=state.working_days(sent, done),
        days_from_awareness=state.working_days(aware, done),
        panel_letter=typed.value if typed and isinstance(typed.value, date) else None,
        lcspr_day_zero=clock_of(lambda field: field == "lcspr_recommended"),
        first_review_panel=clocks[panels[0]].day if panels else None,
        publication_target=clock_of(lambda field: field == "publication"),
        published=published.completed if published else None,
        open_actions=sum(action.open for action in actions),
    )


def _counts(
    actions: Sequence[Action], plan: Sequence[PlanAction], procedure: Procedure
) -> dict[str, dict[str, int]]:
    sheets: dict[str, Counter[str]] = {stage.name: Counter() for stage in procedure.stages}
    for action in actions:
        sheets[action.stage][action.rag] += 1
    sheets[layout.PLAN] = Counter(action.rag for action in plan)
    return {
        sheet: {word: count[word] for word in rules.RAG_WORDS if count[word]}
        for sheet, count in sheets.items()
    }


def case_state(reading: Reading, procedure: Procedure, as_at: date) -> CaseState:
    """The state of the case a workbook holds, judged as at a date; changes and problems are added by others."""
    state = _State(reading, procedure, as_at)
    actions, plan = _actions(state), _plan_actions(state)
    clocks = {clock.name: _clock_state(state, clock.name) for clock in procedure.clocks}
    issue = reading.issue

    def field(path: str) -> str:
        read = reading.fields.get(path)
        return str(read.value or "") if read else ""

    return CaseState(
        reference=field("case.reference"),
        summary=field("case.summary"),
        marking=field("marking"),
        uuid=issue.uuid,
        title=procedure.title,
        edition=issue.edition,
        workbooks=(SourceWorkbook(reading.path, reading.sha256, issue.tool),),
        clocks=clocks,
        decisions=section_values(reading, "decisions"),
        holds=hold_entries(reading.tables[layout.HOLD_TABLE]),
        actions=actions,
        action_plan=plan,
        log=log_entries(reading.tables[layout.LOG_TABLE]),
        meetings=meeting_entries(reading.tables[layout.MEETING_TABLE]),
        timeliness=_timeliness(state, actions, clocks),
        changes=(),
        counts=_counts(actions, plan, procedure),
        milestones={stage.name: stage.milestone for stage in procedure.stages},
        holidays=frozenset(day_of(number) for number in state.holidays),
        people=owner_entries(reading, procedure),
        meeting_kinds=(*procedure.meeting_kinds, *(board.name for board in procedure.boards)),
        issued=issue.as_at,
        issue=issue.digest,
        made_from=tuple(issue.sources),
        set_name=procedure.set_name,
        marks=state.marks,
    )
