"""From a reading to the state of its case: the workbook's own rules evaluated over what was typed.

The rules are the very formulas the workbook carries (`rules`), so a state here and a word in the open spreadsheet
cannot drift apart, also where a person's row has lost its formulas.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from tracker import rules
from tracker.formula.book import Area, Book
from tracker.formula.values import day_of, is_number, serial
from tracker.procedure.milestones import Milestones, find_milestones
from tracker.procedure.model import OUTSIDE, row_headings, rules_currency
from tracker.reconcile.events import case_events, case_values, step_index, step_of
from tracker.reconcile.model import (
    Action,
    CaseState,
    ClockState,
    HoldEntry,
    LogEntry,
    MeetingEntry,
    OwnerEntry,
    PlanAction,
    ProceedingEntry,
    SourceWorkbook,
    Timeliness,
    field_name,
)
from tracker.workbook import layout
from tracker.workbook.read_rows import homes_by_text
from tracker.workdays import networkdays

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.formula.evaluate import Formula
    from tracker.formula.values import Value
    from tracker.procedure.model import Procedure, Stage
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import Reading, ReadRow

_EMPLOYERS = {"Employer": "Owner", "Lead employer": "Lead agency"}
_PLAN_COLUMNS = (*layout.PLAN_COLUMNS, *(layout.SheetColumn(title, 12, "formula") for title in _EMPLOYERS))
"""The action plan's own columns, and whose its rows are: by its owner, else by its lead agency."""

_ACTION_COLUMNS = tuple(
    each for each in layout.STAGE_COLUMNS if each.title not in {"Waits for", "Note", "Order"}
)
"""The columns of a stage that an action shows: not the procedure's own words on it, nor what Summary sorts by."""

_DATES = "dates"  # the sheet of the book that holds the single dates and the list of bank holidays


def _to_formula_value(value: object) -> Value:
    return serial(value) if isinstance(value, date) else value


def _day(value: Value) -> date | None:
    return day_of(value) if is_number(value) and value > 0 else None


def _whole(value: Value) -> int | None:
    return int(value) if is_number(value) else None


class _Judge:
    """A reading as a book that evaluates its rules. Each table is a sheet of its own, under one row of titles."""

    def __init__(self, reading: Reading, procedure: Procedure, as_at: date) -> None:
        self.reading, self.procedure, self.as_at = reading, procedure, as_at
        self.book = Book(serial(as_at))
        self._put_dates()
        self._put_clocks()
        stage_rules = rules.stage_rules(procedure)
        for stage in procedure.stages:
            self._put_table(rules.table_name(stage.name), layout.STAGE_COLUMNS, stage_rules)
        plan_rules = {**rules.plan_rules(), **rules.employer_rules(_EMPLOYERS)}
        self._put_table(rules.PLAN, _PLAN_COLUMNS, plan_rules)
        self._put_table(rules.ROLES, layout.ROLE_COLUMNS, {})
        self._put_table(layout.HOLD_TABLE, layout.HOLD_COLUMNS, {})
        self._put_table(layout.MEETING_TABLE, layout.MEETING_COLUMNS, {})
        meetings = self.book.tables[layout.MEETING_TABLE]
        for title, column in meetings.columns.items():
            # One row more keeps it a list, as for the bank holidays.
            self.book.names[rules.meeting_cells(title)] = Area(
                meetings.sheet, 2, meetings.last_row + 1, column
            )
        self._put_table(rules.AGENCIES, layout.AGENCY_COLUMNS, {})
        cell, clocks = partial(self.book.cell, layout.CASE), enumerate(procedure.clocks, 2)
        self.clocks = {
            clock.name: ClockState(_day(cell(row, 2)), cell(row, 3) == "Provisional") for row, clock in clocks
        }

    def _put_dates(self) -> None:
        named: list[tuple[str, Value]] = [(rules.REPORT_DATE, serial(self.as_at))]
        for field in layout.fields(self.procedure):
            if field.name:
                read = self.reading.fields.get(field.path)
                named.append((field.name, _to_formula_value(read.value) if read else None))
        named.append((rules.HOLD_RUNNING, rules.HOLD_RULE))
        for row, (name, value) in enumerate(named, 1):
            self.book.put(_DATES, row, 1, value)
            self.book.names[name] = Area(_DATES, row, row, 1)
        rows = self.reading.tables[layout.HOLIDAY_TABLE]
        days = [serial(day) for row in rows if (day := row.day("Bank holiday"))]
        self.holidays = frozenset(days)
        for place, number in enumerate(days, 1):
            self.book.put(_DATES, place, 2, number)
        # One row more than there are days keeps it a list, which may end in a blank.
        self.book.names[rules.HOLIDAYS] = Area(_DATES, 1, len(days) + 1, 2)

    def _put_clocks(self) -> None:
        titles = layout.titles(layout.CLOCK_COLUMNS)
        clocks = self.procedure.clocks
        self.book.add_table(rules.CLOCKS, layout.CASE, 1, titles, len(clocks))
        for row, clock in enumerate(clocks, 2):
            in_use, confirmed = rules.clock_rules(clock, self.procedure, layout.DATE_NAMES)
            read = self.reading.clocks.get(clock.name)
            typed = _to_formula_value(read.value) if read else None
            for column, cell in enumerate((clock.name, in_use, confirmed, typed), 1):
                self.book.put(layout.CASE, row, column, cell)
            self.book.names[clock.defined_name] = Area(layout.CASE, row, row, 2)

    def _put_table(
        self, name: str, columns: tuple[SheetColumn, ...], formulas: Mapping[str, Formula]
    ) -> None:
        rows = self.reading.tables[name]
        self.book.add_table(name, name, 1, layout.titles(columns), max(len(rows), 1))
        cells = self.book.contents.setdefault(name, {})
        for number, row in enumerate(rows, 2):
            for place, column in enumerate(columns, 1):
                content: Value = row.values.get(column.title)
                if column.title in formulas:
                    typed = row.typed_over.get(column.title) if column.edited_by == "shared" else None
                    content = formulas[column.title] if typed is None else typed
                if content is not None:
                    cells[number, place] = _to_formula_value(content)

    def judge(self, table: str, columns: Sequence[SheetColumn], place: int, row: ReadRow) -> dict[str, Any]:
        """The row at a place (from 0) of a table: what was typed and what the rules give, by the fields they fill.

        A completion after the report date does not count yet; what is done only then had not begun as far as
        anyone can say.
        """
        fields: dict[str, Any] = {"cell": row.cell()}
        for column in columns:
            fields[field_name(column.title)] = (
                _evaluated(self.book.in_row(table, place + 2, column.title), column)
                if column.kind == "formula"
                else _typed(row, column)
            )
        fields["rag"] = rules.rag_word(fields["rag"])
        later = fields["completed"] and fields["completed"] > self.as_at
        if later:
            fields["completed"] = None
        if not fields["status"] or (later and fields["status"] == "Complete"):
            fields["status"] = "Not started"
        return fields

    def working_days(self, start: date | None, end: date | None) -> int | None:
        """Working days from the day after `start` to `end`; None unless both are known."""
        if start is None or end is None:
            return None
        return networkdays(serial(start) + 1, serial(end), self.holidays) if end > start else 0


def _evaluated(value: Value, column: SheetColumn) -> str | int | date | None:
    if column.shape == "date":
        return _day(value)
    return _whole(value) if column.shape == "days" else str(value)


def _typed(row: ReadRow, column: SheetColumn) -> str | int | date | None:
    if column.kind == "date":
        return row.day(column.title)
    return _whole(row.values.get(column.title)) if column.kind == "number" else row.text(column.title)


def stage_tables(reading: Reading, procedure: Procedure) -> dict[str, Sequence[ReadRow]]:
    """The rows of each stage, by the name of its sheet."""
    return {stage.name: reading.tables[rules.table_name(stage.name)] for stage in procedure.stages}


def misaligned_stages(reading: Reading, procedure: Procedure) -> frozenset[str]:
    """The stages whose IDs stand beside other rows' text, and say nothing of their own."""
    tables, issued = stage_tables(reading, procedure), reading.baseline.fingerprints
    return frozenset(stage for stage, rows in tables.items() if homes_by_text(rows, issued))


def _actions(judge: _Judge) -> list[Action]:
    steps, issued = step_index(judge.procedure), judge.reading.baseline.due
    misaligned = misaligned_stages(judge.reading, judge.procedure)
    tables = stage_tables(judge.reading, judge.procedure)
    ids_of: dict[str, list[str]] = {}
    for rows in tables.values():
        for row in rows:
            if step := step_of(row.text("ID"), steps):
                ids_of.setdefault(step.id, []).append(row.text("ID"))
    actions = []
    for stage, rows in tables.items():
        for place, row in enumerate(rows):
            fields = judge.judge(rules.table_name(stage), _ACTION_COLUMNS, place, row)
            past = None
            if fields["rag"] != "Not applicable":
                past = judge.working_days(fields["agreed"], fields["completed"] or judge.as_at)
            if fields["rag"] in rules.DONE_WORDS:
                fields["status"] = "Complete"  # what is done is complete, whatever stands beside it
            step, clock = step_of(fields["id"], steps), judge.clocks.get(fields["counted_from"])
            before = step.after if step else ()
            action = Action(
                **fields,
                stage=stage,
                due_issued=None if stage in misaligned else issued.get(fields["id"]),
                provisional=clock is not None and clock.provisional,
                days_past_agreed=past or None,
                key=step is not None and step.key,
                after=tuple(row_id for each in before for row_id in ids_of.get(each, ())),
            )
            actions.append(action)
    return actions


def _plan_actions(judge: _Judge) -> list[PlanAction]:
    actions = []
    for place, row in enumerate(judge.reading.tables[rules.PLAN]):
        if row.text("Recommendation") or row.text("Action"):
            fields = judge.judge(rules.PLAN, _PLAN_COLUMNS, place, row)
            lead_employer = fields.pop("lead_employer")
            actions.append(PlanAction(**{**fields, "employer": fields["employer"] or lead_employer}))
    return actions


def _timeliness(judge: _Judge, actions: Sequence[Action], milestones: Milestones) -> Timeliness:
    procedure, clocks = judge.procedure, judge.clocks
    by_id = {action.id: action for action in actions}

    def day_zero(field: str) -> date | None:
        clock = procedure.clock_of(field)
        return clocks[clock.name].day if clock else None

    sin, review = by_id.get(milestones.notification.step), by_id.get(milestones.review.step)
    steps = (step.id for _, step in procedure.steps() if step.completed_by == "published")
    published = by_id.get(next(steps, ""))
    letter = procedure.clock_of("lcspr_recommended")
    panels = (
        clocks[each.name].day
        for each in procedure.clocks
        if each.step and letter and procedure.step(each.step).clock == letter.name
    )
    typed = judge.reading.clocks.get(letter.name) if letter else None
    aware = day_zero("aware")
    sent, done = (sin.completed if sin else None), (review.completed if review else None)
    return Timeliness(
        aware=aware,
        sin_due=sin.due if sin else None,
        sin_sent=sent,
        sin_days=judge.working_days(aware, sent),
        rapid_review_sent=done,
        days_from_sin=judge.working_days(sent, done),
        days_from_awareness=judge.working_days(aware, done),
        panel_letter=typed.day if typed else None,
        lcspr_day_zero=day_zero("lcspr_recommended"),
        first_review_panel=next(panels, None),
        publication_target=day_zero("publication"),
        published=published.completed if published else None,
        open_actions=sum(action.open for action in actions),
    )


def _counts(
    actions: Sequence[Action], plan: Sequence[PlanAction], stages: Sequence[Stage]
) -> dict[str, dict[str, int]]:
    words = {each.name: [row.rag for row in actions if row.stage == each.name] for each in stages}
    words[layout.PLAN] = [row.rag for row in plan]
    return {
        sheet: {word: rags.count(word) for word in rules.RAG_WORDS if word in rags}
        for sheet, rags in words.items()
    }


_Entry = TypeVar("_Entry")


def _entries(
    entry: Callable[..., _Entry], columns: Sequence[SheetColumn], rows: Sequence[ReadRow]
) -> list[_Entry]:
    """The rows of a table, whose columns are the fields of its entries in the same order; the cell comes last."""
    return [entry(*(_typed(row, each) for each in columns), row.cell(columns[0].title)) for row in rows]


def _meeting(kind: str, day: date | None, time: str, place: str, held: str, cell: str) -> MeetingEntry:
    return MeetingEntry(kind, day, time, place, bool(held), cell)


def _people(reading: Reading, procedure: Procedure) -> list[OwnerEntry]:
    known = {role.name.casefold(): role for role in procedure.roles}
    owners = []
    for row in reading.tables[rules.ROLES]:
        role = known.get(row.text("Role").casefold())
        aliases, digest, signs = (role.aliases, role.digest, role.signs) if role else ((), False, False)
        who = row.text("Role"), row.text("Name"), row.text("Email")
        outside = row.text("Employer") in OUTSIDE
        owners.append(OwnerEntry(*who, aliases, digest=digest, signs=signs, outside=outside))
    agencies = [
        (row.text("Agency"), row.text("Contact"), row.text("Email")) for row in reading.tables[rules.AGENCIES]
    ]
    owners += [OwnerEntry(*agency, outside=True) for agency in agencies]
    return [each for each in owners if each.owner]


def case_state(reading: Reading, procedure: Procedure, as_at: date) -> CaseState:
    """The state of the case a workbook holds, judged as at a date; changes and problems are added by others."""
    judge = _Judge(reading, procedure, as_at)
    actions, plan = _actions(judge), _plan_actions(judge)
    baseline, milestones, tables = reading.baseline, find_milestones(procedure), reading.tables
    known, values = step_index(procedure), case_values(reading, procedure)
    steps = {each.id: step for each in actions if (step := step_of(each.id, known))}
    decisions = (path for path in values if path.startswith("decisions."))
    state = CaseState(
        reference=str(values.get("case.reference") or ""),
        summary=str(values.get("case.summary") or ""),
        marking=str(values.get("marking") or ""),
        uuid=baseline.uuid,
        title=procedure.title,
        edition=baseline.edition,
        workbooks=(SourceWorkbook(reading.path, reading.sha256, baseline.tool),),
        clocks=judge.clocks,
        decisions={path.removeprefix("decisions."): values[path] or None for path in decisions},
        holds=_entries(HoldEntry, layout.HOLD_COLUMNS, tables[layout.HOLD_TABLE]),
        actions=actions,
        action_plan=plan,
        log=_entries(LogEntry, layout.LOG_COLUMNS, tables[layout.LOG_TABLE]),
        meetings=_entries(_meeting, layout.MEETING_COLUMNS, tables[layout.MEETING_TABLE]),
        proceedings=_entries(
            ProceedingEntry, layout.PROCEEDING_COLUMNS, tables.get(layout.PROCEEDINGS_TABLE, ())
        ),
        timeliness=_timeliness(judge, actions, milestones),
        changes=(),
        counts=_counts(actions, plan, procedure.stages),
        milestones={stage.name: stage.milestone for stage in procedure.stages},
        holidays=frozenset(map(day_of, judge.holidays)),
        people=_people(reading, procedure),
        meeting_kinds=(*procedure.meeting_kinds, *(board.name for board in procedure.boards)),
        headings=row_headings(steps, procedure),
        asks={row: step.decides for row, step in steps.items() if step.decides},
        issued=baseline.as_at,
        baseline=baseline.sha256,
        made_from=tuple(baseline.sources),
        set_name=procedure.set_name,
        marks=milestones,
        short_names={row: step.short for row, step in steps.items() if step.short},
        standing=frozenset(row for row, step in steps.items() if step.standing),
        currency=rules_currency(procedure, as_at),
    )
    return replace(state, events=case_events(state, steps, values, as_at))
