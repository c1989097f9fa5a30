"""Checks over a whole set: ids, references between steps, dates, circles, names given twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from types import FunctionType
from typing import TYPE_CHECKING

from tracker.problems import codes
from tracker.procedure.model import AGENCY_OWNER, FIELD_DATES, MOST_RANGES, MOST_STAGES
from tracker.text import did_you_mean, fold, listed
from tracker.toml_reader import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tracker.problems import Problem
    from tracker.procedure.kinds import ProcedureTable
    from tracker.procedure.model import Board, Clock, NotApplicable, Procedure, Role, Stage, Step, UsualAgency

_DATED = ("Statutory", "Procedure", "Implied")
_UNDATED = ("Undated", "Added")
_APPENDIX = "Appendix"
_NUMBERED = re.compile(r"\d+(?:\.\d+)*")

_MEETING = re.compile(r'[^"{}\n]{1,60}')
_MEETING_RULE = "a kind of meeting of at most 60 characters, without quotation marks or braces"


@dataclass(frozen=True, slots=True)
class Draft:
    """A set as values, with the tables they came from; sound only when `check` finds no error.

    Where the file of a stage could not be read, a step that is not found is not truly missing.
    """

    procedure: Procedure
    stages: Sequence[tuple[Stage, ProcedureTable]]
    clocks: Sequence[tuple[Clock, ProcedureTable]]
    roles: Sequence[tuple[Role, ProcedureTable]]
    boards: Sequence[tuple[Board, ProcedureTable]]
    agencies: Sequence[tuple[UsualAgency, ProcedureTable]]
    not_applicable: Sequence[tuple[NotApplicable, ProcedureTable]]
    comparison: ProcedureTable | None
    all_stages_read: bool
    by_id: Mapping[str, Step]

    def steps(self) -> Iterator[tuple[Step, ProcedureTable]]:
        """Every step with its table."""
        for stage, table in self.stages:
            yield from zip(stage.steps, table.read["step"], strict=True)


def one_step_an_id(draft: Draft) -> Iterator[Problem]:
    """No two steps of the set have one id."""
    first: dict[str, str] = {}
    for step, table in draft.steps():
        if step.id in first:
            yield table.problem(codes.DUPLICATE_STEP_ID, "id", first=first[step.id])
        elif step.id:
            first[step.id] = table.file


def ids_follow_stage_and_paragraph(draft: Draft) -> Iterator[Problem]:
    """An id is the stage's prefix, the paragraph, and a letter for further steps: `RR-5.7b`."""
    for stage, stage_table in draft.stages:
        for step, table in zip(stage.steps, stage_table.read["step"], strict=True):
            if not step.id or not stage.prefix or "prefix" in stage_table.faulty:
                continue
            if not step.id.startswith(f"{stage.prefix}-"):
                yield table.problem(codes.STEP_ID_PREFIX, "id", stage=stage.name, prefix=stage.prefix)
            elif paragraph := step.paragraph:
                pattern, wanted = _id_pattern(paragraph, stage.prefix)
                if not re.fullmatch(pattern, step.id.removeprefix(f"{stage.prefix}-")):
                    facts = {"paragraph": paragraph, "wanted": wanted}
                    yield table.problem(codes.STEP_ID_PARAGRAPH, "id", **facts)


def _id_pattern(paragraph: str, prefix: str) -> tuple[str, str]:
    """What follows the prefix in an id, as a pattern; the id in words."""
    if paragraph == _APPENDIX:
        return r"A\d+[b-z]?", f"{prefix}-A and a number"
    if _NUMBERED.fullmatch(paragraph):
        return re.escape(paragraph) + "[b-z]?", f"{prefix}-{paragraph}"
    return "(?!)", f'a paragraph such as "5.10", or "{_APPENDIX}", and its id'


def dates_are_complete(draft: Draft) -> Iterator[Problem]:
    """A clock, a count and a unit stand together or not at all, and the basis fits them."""
    for step, table in draft.steps():
        # A value already refused explains what seems to be missing.
        if not table.faulty.isdisjoint({"from", "count", "unit", "basis"}):
            continue
        given = [key for key in ("from", "count", "unit") if table.read.get(key, "") != ""]
        missing = [key for key in ("from", "count", "unit") if key not in given]
        fitting = _DATED if given else _UNDATED
        if given and missing:
            facts = {"given": listed(given), "missing": listed(missing)}
            yield table.problem(codes.SET_DATE_RULE_INCOMPLETE, missing[0], **facts)
        elif step.basis not in fitting:
            dated = "with a date" if given else "without a date"
            facts = {"basis": step.basis, "dated": dated, "known": quoted(fitting)}
            yield table.problem(codes.BASIS_WITHOUT_DATE, "basis", **facts)


def ranges_of_days_are_ranges(draft: Draft) -> Iterator[Problem]:
    """The first day of a range lies before its last, on the same side of day zero."""
    for step, table in draft.steps():
        first, count = step.first, table.read.get("count")
        if first is None or not table.faulty.isdisjoint({"first", "count", "unit"}):
            continue
        if count is None or first >= count or (first < 0) != (count < 0):
            last = "no count" if count is None else str(count)
            yield table.problem(codes.EMPTY_RANGE_OF_DAYS, "first", first=first, last=last)


def agency_owners_are_repeated(draft: Draft) -> Iterator[Problem]:
    """Only a step repeated for each agency can be owned by the agency."""
    for step, table in draft.steps():
        owned = AGENCY_OWNER in (step.owner, *step.owners)
        if owned and (step.owners or step.each != "agency") and "each" not in table.faulty:
            yield table.problem(codes.OWNER_NOT_AN_AGENCY, "owner", owner=AGENCY_OWNER)


def owners_have_codes(draft: Draft) -> Iterator[Problem]:
    """Several owners of one step differ in their codes, and such a step is not repeated as well."""
    code_of = {role.name: role.code for role, _ in draft.roles}
    for step, table in draft.steps():
        reasons = []
        if step.owners and step.each:
            reasons.append(("each", f"several owners, and a row for each {step.each}"))
        if len(set(step.owners)) != len(step.owners):
            reasons.append(("owner", "an owner who is named twice"))
        without = (owner for owner in dict.fromkeys(step.owners) if code_of.get(owner) == "")
        reasons.extend(("owner", f'"{owner}", a role without a code') for owner in without)
        for key, reason in reasons:
            yield table.problem(codes.ROW_FOR_EACH_OWNER, key, reason=reason)


def single_rows_are_single(draft: Draft) -> Iterator[Problem]:
    """Milestones and rows that hold a date of the case are one row each."""
    for step, table in draft.steps():
        if step.completed_by and step.repeated:
            yield table.problem(codes.SEVERAL_ROWS, "completed_by", step=step.id, each=step.repeated)
    for stage, table in draft.stages:
        milestone = draft.by_id.get(stage.milestone)
        if milestone and milestone.repeated:
            facts = {"step": milestone.id, "each": milestone.repeated}
            yield table.problem(codes.SEVERAL_ROWS, "milestone", **facts)


def targets_beat_their_limits(draft: Draft) -> Iterator[Problem]:
    """A target is counted as its limit is, and due before it."""
    for step, table in draft.steps():
        limit = draft.by_id.get(step.target_of) if step.target_of else None
        if limit is None or not table.faulty.isdisjoint({"from", "count", "unit"}):
            continue
        alike = step.lag and limit.lag and (step.clock, step.lag.unit) == (limit.clock, limit.lag.unit)
        if not (alike and step.lag and limit.lag and step.lag.count < limit.lag.count):
            yield table.problem(codes.TARGET_AFTER_LIMIT, "target_of", limit=limit.id)


def conditions_on_children_have_a_row_each(draft: Draft) -> Iterator[Problem]:
    """Only a step with a row for each child has a condition on the child."""
    tested = [
        (table, key, condition)
        for step, table in draft.steps()
        if step.each != "child"
        for key, condition in (("when", step.when), ("unless", step.unless))
    ]
    tested += [(table, "when", rule.when) for rule, table in draft.not_applicable]
    for table, key, condition in tested:
        if any(path.startswith("child.") for tests in condition for path, _ in tests):
            yield table.problem(codes.CONDITION_ON_A_CHILD, key)


def standing_steps_have_no_date(draft: Draft) -> Iterator[Problem]:
    """What is done again and again has no date of its own."""
    for step, table in draft.steps():
        if step.standing and (step.clock or step.key):
            yield table.problem(codes.STANDING_WITH_DATE, "standing")


def meetings_counted_from_fit_a_formula(draft: Draft) -> Iterator[Problem]:
    """A kind of meeting that a step counts from stands in a formula and names a cell."""
    kinds = draft.procedure.meeting_kinds
    for step, table in draft.steps():
        if step.clock in kinds and not _MEETING.fullmatch(step.clock):
            yield table.problem(codes.NAME_NOT_USABLE, "from", word=step.clock, rule=_MEETING_RULE)


def steps_named_exist(draft: Draft) -> Iterator[Problem]:
    """Steps named by other steps, stages, clocks and decisions are in the set."""
    if not draft.all_stages_read:
        return
    anywhere = "a step of the set", list(draft.by_id)
    named: list[tuple[ProcedureTable, str, Iterable[str], tuple[str, list[str]]]] = []
    for step, table in draft.steps():
        named += [(table, "after", step.after, anywhere), (table, "target_of", [step.target_of], anywhere)]
    for stage, table in draft.stages:
        own = "a step of this stage", [step.id for step in stage.steps]
        named.append((table, "milestone", [stage.milestone], own))
    named += [(table, "step", [clock.step], anywhere) for clock, table in draft.clocks]
    named += [(table, "excluding", rule.excluding, anywhere) for rule, table in draft.not_applicable]
    if draft.comparison and draft.procedure.comparison:
        named.append((draft.comparison, "step", [draft.procedure.comparison.step], anywhere))
    for table, key, words, (which, known) in named:
        for word in words:
            if word and word not in known:
                facts = {"word": word, "which": which, "hint": did_you_mean(word, known)}
                yield table.problem(codes.SET_UNKNOWN_STEP, key, **facts)


def stages_named_exist(draft: Draft) -> Iterator[Problem]:
    """Stages named by decisions are in the set."""
    if not draft.all_stages_read or any("name" in table.faulty for _, table in draft.stages):
        return
    known = [stage.name for stage in draft.procedure.stages]
    for rule, table in draft.not_applicable:
        for word in rule.stages:
            if word not in known:
                facts = {"word": word, "known": quoted(known), "hint": did_you_mean(word, known)}
                yield table.problem(codes.SET_UNKNOWN_STAGE, "stages", **facts)


def clocks_can_start(draft: Draft) -> Iterator[Problem]:
    """Each clock has something that starts it, and its step is one row of every case."""
    for clock, table in draft.clocks:
        key, reason, step = "step", "", draft.by_id.get(clock.step)
        if not any(table.values.get(key) for key in ("field", "step", "fallback", "provisional")):
            key, reason = "field", "a clock without field, step or provisional rule"
        elif step and step.repeated:
            reason = f"a clock that waits for {step.id}, which is repeated for each {step.repeated}"
        elif step and step.when:
            reason = f"a clock that waits for {step.id}, which is listed on a condition only"
        if reason:
            yield table.problem(codes.CLOCK_WITHOUT_START, key, reason=reason)


def dates_have_one_place(draft: Draft) -> Iterator[Problem]:
    """Each date of the case is typed in one place: beside one clock, or in one row."""
    first: dict[str, str] = {}
    uses = [(clock.field, clock.name, "field", table) for clock, table in draft.clocks]
    uses += [(step.completed_by, step.id, "completed_by", table) for step, table in draft.steps()]
    for field, name, key, table in uses:
        if field and first.setdefault(field, name) != name:
            yield table.problem(codes.CASE_DATE_TWICE, key, field=field, first=first[field])
    for clock, table in draft.clocks:
        # Of the dates among the fields of sheet Case, one is all that a clock can follow.
        if table.values.get("field") in FIELD_DATES and clock.fallback not in ("", table.values["field"]):
            facts = {"field": clock.fallback, "first": table.values["field"]}
            yield table.problem(codes.CASE_DATE_TWICE, "fallback", **facts)


def awareness_has_its_clock(draft: Draft) -> Iterator[Problem]:
    """Every case has a day of awareness, and people type it at its clock."""
    sound = all("field" not in table.faulty for _, table in draft.clocks)
    if draft.clocks and sound and draft.procedure.clock_of("aware") is None:
        yield draft.clocks[0][1].problem(codes.NO_AWARENESS_CLOCK, "field")


def stages_fit_a_workbook(draft: Draft) -> Iterator[Problem]:
    """Summary can list the rows of so many sheets, and one formula can hold so many ranges of days."""
    for _, table in draft.stages[MOST_STAGES:]:
        found = f"{len(draft.stages)} stages"
        yield table.problem(codes.SET_TOO_LARGE, "order", found=found, most=f"{MOST_STAGES} stages")
    ranged = [table for step, table in draft.steps() if step.first is not None]
    for table in ranged[MOST_RANGES:]:
        facts = {
            "found": f"{len(ranged)} steps with a range of days",
            "most": f"{MOST_RANGES} steps with a range",
        }
        yield table.problem(codes.SET_TOO_LARGE, "first", **facts)


def _find_circles(graph: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """Each circle as the names along it, the first again at the end: `["A", "B", "A"]`, B waiting for A."""
    left = {name: list(dict.fromkeys(needs)) for name, needs in graph.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = error.args[1]
            # One link less, and the next circle shows.
            left[circle[1]].remove(circle[0])
            yield circle
        else:
            return


def clocks_run_in_order(draft: Draft) -> Iterator[Problem]:
    """No clock waits for itself, by its provisional rule or by the step that starts it."""
    needs = {
        clock.name: [
            start
            for start in (
                clock.provisional_from,
                draft.by_id[clock.step].clock if clock.step in draft.by_id else "",
            )
            if start
        ]
        for clock, _ in draft.clocks
    }
    tables = {clock.name: table for clock, table in draft.clocks}
    for circle in _find_circles(needs):
        table = next(tables[name] for name in circle if name in tables)
        yield table.problem(codes.CLOCK_CIRCLE, "provisional", circle=", ".join(circle))


def steps_run_in_order(draft: Draft) -> Iterator[Problem]:
    """No step waits for itself; and a step stands below those it waits for."""
    tables = {step.id: table for step, table in draft.steps()}
    circles = list(_find_circles({step.id: step.after for step, _ in draft.steps()}))
    for circle in circles:
        yield tables[circle[0]].problem(codes.STEP_CIRCLE, "after", circle=", ".join(circle))
    if circles:
        return
    position = {step_id: number for number, step_id in enumerate(draft.by_id)}
    for step, table in draft.steps():
        for word in step.after:
            if position.get(word, -1) > position[step.id]:
                yield table.problem(codes.STEP_LISTED_TOO_EARLY, "after", word=word)


def _all_names(draft: Draft) -> Iterator[tuple[str, str, str, ProcedureTable]]:
    """What it is, the key it stands at, the name, the table."""
    for role, table in draft.roles:
        yield "role", "name", role.name, table
        yield from (("role", "aliases", alias, table) for alias in role.aliases)
        yield "role code", "code", role.code, table
    for clock, table in draft.clocks:
        yield "clock", "name", clock.name, table
        yield "defined name", "defined_name", clock.defined_name, table
    for board, table in draft.boards:
        yield "board", "id", board.id, table
    for agency, table in draft.agencies:
        yield "agency", "name", agency.name, table
        yield "agency code", "code", agency.code, table
    for stage, table in draft.stages:
        yield "stage", "name", stage.name, table
        yield "prefix", "prefix", stage.prefix, table
        yield "order", "order", str(stage.order or ""), table


def names_are_given_once(draft: Draft) -> Iterator[Problem]:
    """No role, clock, board, agency or stage shares its name with another of its kind."""
    seen: set[tuple[str, str]] = set()
    for what, key, word, table in _all_names(draft):
        name = what, fold(word)
        if word and name in seen:
            yield table.problem(codes.SET_DUPLICATE_NAME, key, what=what, word=word)
        seen.add(name)


CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = tuple(
    function
    for name, function in list(globals().items())
    if isinstance(function, FunctionType) and function.__module__ == __name__ and not name.startswith("_")
)
"""Each public function above."""


def check(draft: Draft) -> list[Problem]:
    """Everything the checks find."""
    return [problem for check_set in CHECKS for problem in check_set(draft)]
