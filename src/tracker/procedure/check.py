"""Checks over a whole set: ids, references between steps, dates, circles, names given twice."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, TypeAlias

from tracker.problems import codes
from tracker.procedure.kinds import fold, quoted
from tracker.procedure.model import AGENCY_OWNER, FIELD_DATES, MOST_RANGES, MOST_STAGES
from tracker.text import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tracker.problems import Problem
    from tracker.procedure.build import Draft, WrittenStage, WrittenStep
    from tracker.procedure.kinds import SetTable
    from tracker.procedure.model import Step

_DATED = ("Statutory", "Procedure", "Implied")
_UNDATED = ("Undated", "Added")
_APPENDIX = "Appendix"
_NUMBERED = re.compile(r"\d+(?:\.\d+)*")


def _written(draft: Draft) -> Iterator[tuple[WrittenStage, WrittenStep]]:
    for stage in draft.stages:
        for written in stage.steps:
            yield stage, written


def _steps(draft: Draft) -> dict[str, Step]:
    return {written.step.id: written.step for _, written in _written(draft)}


def one_step_an_id(draft: Draft) -> Iterator[Problem]:
    """No two steps of the set have one id."""
    first: dict[str, str] = {}
    for _, written in _written(draft):
        step_id, table = written.step.id, written.table
        if step_id in first:
            yield table.problem(codes.DUPLICATE_STEP_ID, "id", first=first[step_id])
        elif step_id:
            first[step_id] = table.file


def ids_follow_stage_and_paragraph(draft: Draft) -> Iterator[Problem]:
    """An id is the stage's prefix, the paragraph, and a letter for further steps: `RR-5.7b`."""
    for stage, written in _written(draft):
        step, prefix = written.step, stage.stage.prefix
        if not step.id or not prefix or "prefix" in stage.table.faulty:
            continue
        if not step.id.startswith(f"{prefix}-"):
            yield written.table.problem(codes.STEP_ID_PREFIX, "id", stage=stage.stage.name, prefix=prefix)
        elif step.paragraph:
            yield from _paragraph_fault(written, prefix)


def _paragraph_fault(written: WrittenStep, prefix: str) -> Iterator[Problem]:
    paragraph = written.step.paragraph
    if paragraph == _APPENDIX:
        pattern, wanted = r"A\d+[b-z]?", f"{prefix}-A and a number"
    elif _NUMBERED.fullmatch(paragraph):
        pattern, wanted = re.escape(paragraph) + "[b-z]?", f"{prefix}-{paragraph}"
    else:
        pattern, wanted = "(?!)", f'a paragraph such as "5.10", or "{_APPENDIX}", and its id'
    if not re.fullmatch(pattern, written.step.id.removeprefix(f"{prefix}-")):
        yield written.table.problem(codes.STEP_ID_PARAGRAPH, "id", paragraph=paragraph, wanted=wanted)


def dates_are_complete(draft: Draft) -> Iterator[Problem]:
    """A clock, a count and a unit stand together or not at all, and the basis fits them."""
    for _, written in _written(draft):
        # A value already refused explains what seems to be missing.
        if written.table.faulty.isdisjoint({"from", "count", "unit", "basis"}):
            yield from _date_fault(written)


def _date_fault(written: WrittenStep) -> Iterator[Problem]:
    step = written.step
    there = {"from": step.clock != "", "count": written.count is not None, "unit": written.unit != ""}
    given, missing = [key for key in there if there[key]], [key for key in there if not there[key]]
    if given and missing:
        yield written.table.problem(
            codes.SET_DATE_RULE_INCOMPLETE, missing[0], given=listed(given), missing=listed(missing)
        )
        return
    fitting = _DATED if given else _UNDATED
    if step.basis not in fitting:
        dated = "with a date" if given else "without a date"
        yield written.table.problem(
            codes.BASIS_WITHOUT_DATE, "basis", basis=step.basis, dated=dated, known=quoted(fitting)
        )


def ranges_of_days_are_ranges(draft: Draft) -> Iterator[Problem]:
    """The first day of a range lies before its last, on the same side of day zero."""
    for _, written in _written(draft):
        first, count = written.step.first, written.count
        if first is None or not written.table.faulty.isdisjoint({"first", "count", "unit"}):
            continue
        if count is None or first >= count or (first < 0) != (count < 0):
            last = "no count" if count is None else str(count)
            yield written.table.problem(codes.EMPTY_RANGE_OF_DAYS, "first", first=first, last=last)


def agency_owners_are_repeated(draft: Draft) -> Iterator[Problem]:
    """Only a step repeated for each agency can be owned by the agency."""
    for _, written in _written(draft):
        step = written.step
        owned = AGENCY_OWNER in (step.owner, *step.owners)
        if owned and (step.owners or step.each != "agency") and "each" not in written.table.faulty:
            yield written.table.problem(codes.OWNER_NOT_AN_AGENCY, "owner", owner=AGENCY_OWNER)


def owners_have_codes(draft: Draft) -> Iterator[Problem]:
    """Several owners of one step differ in their codes, and such a step is not repeated as well."""
    code_of = {role.name: role.code for role, _ in draft.roles}
    for _, written in _written(draft):
        step, table = written.step, written.table
        if step.owners and step.each:
            yield table.problem(
                codes.ROW_FOR_EACH_OWNER, "each", reason=f"several owners, and a row for each {step.each}"
            )
        if len(set(step.owners)) != len(step.owners):
            yield table.problem(codes.ROW_FOR_EACH_OWNER, "owner", reason="an owner who is named twice")
        for owner in dict.fromkeys(step.owners):
            if code_of.get(owner) == "":
                yield table.problem(
                    codes.ROW_FOR_EACH_OWNER, "owner", reason=f'"{owner}", a role without a code'
                )


def single_rows_are_single(draft: Draft) -> Iterator[Problem]:
    """Key dates, milestones and rows that hold a date of the case are one row each."""
    steps = _steps(draft)
    for _, written in _written(draft):
        step = written.step
        uses = {"key": step.key, "completed_by": bool(step.completed_by)}
        for key in (key for key, used in uses.items() if used and step.repeated):
            yield written.table.problem(codes.SEVERAL_ROWS, key, step=step.id, each=step.repeated)
    for stage in draft.stages:
        milestone = steps.get(stage.stage.milestone)
        if milestone and milestone.repeated:
            yield stage.table.problem(
                codes.SEVERAL_ROWS, "milestone", step=milestone.id, each=milestone.repeated
            )


def targets_beat_their_limits(draft: Draft) -> Iterator[Problem]:
    """A target is counted as its limit is, and due before it."""
    steps = _steps(draft)
    for _, written in _written(draft):
        step, limit = written.step, steps.get(written.step.target_of)
        if (
            not step.target_of
            or limit is None
            or not written.table.faulty.isdisjoint({"from", "count", "unit"})
        ):
            continue
        alike = step.lag and limit.lag and (step.clock, step.lag.unit) == (limit.clock, limit.lag.unit)
        if not (alike and step.lag and limit.lag and step.lag.count < limit.lag.count):
            yield written.table.problem(codes.TARGET_AFTER_LIMIT, "target_of", limit=limit.id)


def dates_have_one_place(draft: Draft) -> Iterator[Problem]:
    """Each date of the case is typed in one place: beside one clock, or in one row."""
    first: dict[str, str] = {}
    uses = [(clock.field, clock.name, "field", table) for clock, table in draft.clocks]
    uses += [
        (each.step.completed_by, each.step.id, "completed_by", each.table) for _, each in _written(draft)
    ]
    for field, name, key, table in uses:
        if field and first.setdefault(field, name) != name:
            yield table.problem(codes.CASE_DATE_TWICE, key, field=field, first=first[field])
    for clock, table in draft.clocks:
        # Of the dates among the fields of sheet Case, one is all that a clock can follow.
        if table.values.get("field") in FIELD_DATES and clock.fallback not in ("", table.values["field"]):
            yield table.problem(
                codes.CASE_DATE_TWICE, "fallback", field=clock.fallback, first=table.values["field"]
            )


def awareness_has_its_clock(draft: Draft) -> Iterator[Problem]:
    """Every case has a day of awareness, and people type it at its clock."""
    sound = all("field" not in table.faulty for _, table in draft.clocks)
    if draft.clocks and sound and draft.procedure.clock_of("aware") is None:
        yield draft.clocks[0][1].problem(codes.NO_AWARENESS_CLOCK, "field")


def stages_fit_a_workbook(draft: Draft) -> Iterator[Problem]:
    """Summary can list the rows of so many sheets, and one formula tell so many ranges of days."""
    for stage in draft.stages[MOST_STAGES:]:
        found = f"{len(draft.stages)} stages"
        yield stage.table.problem(codes.SET_TOO_LARGE, "order", found=found, most=f"{MOST_STAGES} stages")
    ranged = [written.table for _, written in _written(draft) if written.step.first is not None]
    for table in ranged[MOST_RANGES:]:
        most = f"{MOST_RANGES} steps with a range"
        yield table.problem(
            codes.SET_TOO_LARGE, "first", found=f"{len(ranged)} steps with a range of days", most=most
        )


def steps_named_exist(draft: Draft) -> Iterator[Problem]:
    """Steps named by other steps, stages, clocks and decisions are in the set."""
    if not draft.all_stages_read:
        return
    steps = _steps(draft)
    for _, written in _written(draft):
        yield from _unknown_steps(written.table, "after", written.step.after, steps)
        yield from _unknown_steps(written.table, "target_of", [written.step.target_of], steps)
    for stage in draft.stages:
        own = [step.id for step in stage.stage.steps]
        yield from _unknown_steps(
            stage.table, "milestone", [stage.stage.milestone], own, "a step of this stage"
        )
    for clock, table in draft.clocks:
        yield from _unknown_steps(table, "step", [clock.step], steps)
    for rule, table in draft.not_applicable:
        yield from _unknown_steps(table, "excluding", rule.excluding, steps)
    if draft.comparison and draft.procedure.comparison:
        yield from _unknown_steps(draft.comparison, "step", [draft.procedure.comparison.step], steps)


def _unknown_steps(
    table: SetTable, key: str, words: Iterable[str], known: Iterable[str], which: str = "a step of the set"
) -> Iterator[Problem]:
    for word in words:
        if word and word not in known:
            yield table.problem(
                codes.SET_UNKNOWN_STEP, key, word=word, which=which, hint=did_you_mean(word, known)
            )


def stages_named_exist(draft: Draft) -> Iterator[Problem]:
    """Stages named by decisions are in the set."""
    if not draft.all_stages_read or any("name" in stage.table.faulty for stage in draft.stages):
        return
    known = [stage.name for stage in draft.procedure.stages]
    for rule, table in draft.not_applicable:
        for word in rule.stages:
            if word not in known:
                hint = did_you_mean(word, known)
                yield table.problem(
                    codes.SET_UNKNOWN_STAGE, "stages", word=word, known=quoted(known), hint=hint
                )


def clocks_can_start(draft: Draft) -> Iterator[Problem]:
    """Each clock has something that starts it, and its step is one row of every case."""
    steps = _steps(draft)
    for clock, table in draft.clocks:
        sources = ("field", "step", "fallback", "provisional")
        if not any(table.values.get(key) for key in sources):
            yield table.problem(
                codes.CLOCK_WITHOUT_START, "field", reason="a clock without field, step or provisional rule"
            )
        elif (step := steps.get(clock.step)) and (step.repeated or step.when):
            how = f"repeated for each {step.repeated}" if step.repeated else "listed on a condition only"
            yield table.problem(
                codes.CLOCK_WITHOUT_START, "step", reason=f"a clock that waits for {step.id}, which is {how}"
            )


def _circles(graph: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
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
    steps = _steps(draft)
    needs = {
        clock.name: [
            start
            for start in (clock.provisional_from, steps[clock.step].clock if clock.step in steps else "")
            if start
        ]
        for clock, _ in draft.clocks
    }
    tables = {clock.name: table for clock, table in draft.clocks}
    for circle in _circles(needs):
        table = next(tables[name] for name in circle if name in tables)
        yield table.problem(codes.CLOCK_CIRCLE, "provisional", circle=", ".join(circle))


def steps_run_in_order(draft: Draft) -> Iterator[Problem]:
    """No step waits for itself; and a step stands below those it waits for."""
    tables = {written.step.id: written.table for _, written in _written(draft)}
    circles = list(_circles({written.step.id: written.step.after for _, written in _written(draft)}))
    for circle in circles:
        yield tables[circle[0]].problem(codes.STEP_CIRCLE, "after", circle=", ".join(circle))
    if not circles:
        yield from _listed_too_early(draft)


def _listed_too_early(draft: Draft) -> Iterator[Problem]:
    position = {step_id: number for number, step_id in enumerate(_steps(draft))}
    for _, written in _written(draft):
        for word in written.step.after:
            if position.get(word, -1) > position[written.step.id]:
                yield written.table.problem(codes.STEP_LISTED_TOO_EARLY, "after", word=word)


_Named: TypeAlias = "tuple[str, str, str, SetTable]"
"""What it is, the key it stands at, the name, the table."""


def _all_names(draft: Draft) -> Iterator[_Named]:
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
    for written in draft.stages:
        yield "stage", "name", written.stage.name, written.table
        yield "prefix", "prefix", written.stage.prefix, written.table
        yield "order", "order", str(written.stage.order or ""), written.table


def names_are_given_once(draft: Draft) -> Iterator[Problem]:
    """No role, clock, board, agency or stage shares its name with another of its kind."""
    seen: set[tuple[str, str]] = set()
    for what, key, word, table in _all_names(draft):
        name = what, fold(word)
        if word and name in seen:
            yield table.problem(codes.SET_DUPLICATE_NAME, key, what=what, word=word)
        seen.add(name)


CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    one_step_an_id,
    ids_follow_stage_and_paragraph,
    dates_are_complete,
    ranges_of_days_are_ranges,
    agency_owners_are_repeated,
    owners_have_codes,
    single_rows_are_single,
    targets_beat_their_limits,
    steps_named_exist,
    stages_named_exist,
    clocks_can_start,
    dates_have_one_place,
    awareness_has_its_clock,
    stages_fit_a_workbook,
    clocks_run_in_order,
    steps_run_in_order,
    names_are_given_once,
)


def check(draft: Draft) -> list[Problem]:
    """Everything the checks find."""
    return [found for each in CHECKS for found in each(draft)]
