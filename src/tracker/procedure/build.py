"""A set's tables become its values. Only single values are refused here; `check` judges the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.case.model import case_paths, keys
from tracker.problems import codes
from tracker.procedure.conditions import check_fields, read_condition, text_options
from tracker.procedure.model import (
    AGENCY_OWNER,
    BASES,
    EMPLOYERS,
    FIELD_DATES,
    REPETITIONS,
    SIGHTS,
    UNITS,
    Board,
    Clock,
    Comparison,
    Interpretation,
    Lag,
    NotApplicable,
    Procedure,
    Role,
    Source,
    Stage,
    Step,
    UsualAgency,
    Words,
)
from tracker.procedure.read import (
    CODE,
    DEFINED_NAME,
    PLAIN,
    PREFIX,
    SHEET_NAME,
    SHORT,
    Names,
    TomlTable,
    fold,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

GENERAL_FILES = ("procedure.toml", "roles.toml", "clocks.toml", "boards.toml", "agencies.toml")
"""The files every set has; each other `.toml` file is a stage."""


@dataclass(frozen=True, slots=True)
class ProcedureSource:
    """The files of a set as tables, by file name. The cause of a file in `unread` is already reported."""

    set_name: str
    digest: str
    tables: Mapping[str, TomlTable]
    unread: frozenset[str]

    def entries(self, file: str, key: str, id_key: str, *, required: bool = False) -> list[TomlTable]:
        """The entries `[[key]]` of a file; none where it could not be read."""
        table = self.tables.get(file)
        return list(table.tables(key, id_key, required=required)) if table else []

    def stage_tables(self) -> list[TomlTable]:
        """The stage files that could be read."""
        return [table for name, table in sorted(self.tables.items()) if name not in GENERAL_FILES]

    @property
    def all_stages_read(self) -> bool:
        """Whether a step that is not found is truly missing."""
        return self.unread <= set(GENERAL_FILES)


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """A step with the table it was read from, for checks that need what was written."""

    step: Step
    table: TomlTable
    count: int | None
    unit: str


@dataclass(frozen=True, slots=True)
class WrittenStage:
    """A stage with its table and its steps."""

    stage: Stage
    table: TomlTable
    steps: tuple[WrittenStep, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A set as values, with the tables they came from; sound only when `check` finds no error."""

    procedure: Procedure
    stages: Sequence[WrittenStage]
    clocks: Sequence[tuple[Clock, TomlTable]]
    roles: Sequence[tuple[Role, TomlTable]]
    boards: Sequence[tuple[Board, TomlTable]]
    agencies: Sequence[tuple[UsualAgency, TomlTable]]
    not_applicable: Sequence[tuple[NotApplicable, TomlTable]]
    comparison: TomlTable | None
    all_stages_read: bool


def date_fields() -> tuple[str, ...]:
    """The case's dates that can start a clock: `aware`, `publication`."""
    return ("aware", "incident", *keys("dates"))


def _role(table: TomlTable) -> Role:
    role = Role(
        name=table.text("name", required=True, form=PLAIN),
        employer=table.word("employer", EMPLOYERS, required=True),
        aliases=table.texts("aliases"),
        option=table.word("option", text_options()),
        default=table.text("default"),
        digest=table.flag("digest"),
        code=table.text("code", form=CODE),
        email=table.text("email", form=PLAIN),
    )
    if role.option and not role.default and "default" not in table.faulty:
        table.missing("default")
    table.close()
    return role


def _lag(table: TomlTable | None, *, close: bool = True) -> tuple[str, Lag | None]:
    """A rule that counts: the clock it counts from, and how far."""
    if table is None:
        return "", None
    start = table.text("from", required=True)
    count = table.whole("count", required=True)
    unit = table.word("unit", UNITS, required=True)
    if close:
        table.close()
    return start, Lag(count, unit) if count is not None and unit else None


def _clock(table: TomlTable) -> Clock:
    start, lag = _lag(table.table("provisional"))
    field, fallback = table.word("field", date_fields()), table.word("fallback", FIELD_DATES)
    if field in FIELD_DATES and not fallback:
        field, fallback = "", field
    clock = Clock(
        name=table.text("name", required=True, form=PLAIN),
        defined_name=table.text("defined_name", required=True, form=DEFINED_NAME),
        paragraph=table.text("paragraph", required=True),
        field=field,
        fallback=fallback,
        step=table.text("step"),
        provisional_from=start,
        provisional=lag,
        hold=table.flag("hold"),
        note=table.text("note"),
    )
    table.close()
    return clock


def _board(table: TomlTable) -> Board:
    sees = table.word("sees", SIGHTS, required=True)
    board = Board(
        id=table.text("id", required=True, form=PLAIN),
        name=table.text("name", required=True),
        paragraph=table.text("paragraph", required=True),
        sees=sees,
        employer=table.word("employer", EMPLOYERS, required=sees == "employer"),
    )
    table.close()
    return board


def _agency(table: TomlTable) -> UsualAgency:
    agency = UsualAgency(
        name=table.text("name", required=True, form=PLAIN),
        code=table.text("code", required=True, form=CODE),
        employer=table.word("employer", EMPLOYERS, required=True),
        statutory=table.flag("statutory"),
    )
    table.close()
    return agency


def _not_applicable(table: TomlTable) -> NotApplicable:
    rule = NotApplicable(
        when=read_condition(table, required=True),
        stages=table.texts("stages", required=True),
        excluding=table.texts("excluding"),
        reason=table.text("reason", required=True),
    )
    check_fields(table, "reason", rule.reason)
    table.close()
    return rule


def _interpretation(table: TomlTable) -> Interpretation:
    found = Interpretation(table.text("paragraphs", required=True), table.text("text", required=True))
    table.close()
    return found


def _rests_on(table: TomlTable) -> Source:
    found = Source(
        table.text("title", required=True), table.day("date") or date.min, table.text("taken", required=True)
    )
    table.close()
    return found


def _comparison(table: TomlTable | None, clocks: Names) -> Comparison | None:
    """Another interpretation of a step's date; None where a part is missing, which is reported."""
    if table is None:
        return None
    label, step = table.text("label", required=True, form=PLAIN), table.text("step", required=True)
    start, lag = _lag(table, close=False)
    note = table.text("note", form=PLAIN)
    table.close()
    return Comparison(label, step, clocks.resolve(table, "from", start), lag, note) if lag else None


def _fields(table: TomlTable | None) -> tuple[tuple[str, Words], ...]:
    """The set's words for the fields of sheet Case."""
    if table is None:
        return ()
    found = [(path, each) for path in case_paths() if (each := table.table(path))]
    words = tuple(
        (path, Words(each.text("label", form=PLAIN), each.text("help", form=PLAIN))) for path, each in found
    )
    for each in (*(each for _, each in found), table):
        each.close()
    return words


def _owners(table: TomlTable, roles: Names) -> tuple[str, ...]:
    return tuple(
        owner if owner == AGENCY_OWNER else roles.resolve(table, "owner", owner)
        for owner in table.text_or_texts("owner")
    )


def _people(table: TomlTable, key: str, roles: Names) -> tuple[str, ...]:
    return tuple(roles.resolve(table, key, word) for word in table.texts(key))


def _step(table: TomlTable, roles: Names, clocks: Names) -> WrittenStep:
    count = table.whole("count")
    unit = table.word("unit", UNITS)
    basis = table.word("basis", BASES, required=count is not None)
    owners = _owners(table, roles)
    step = Step(
        id=table.text("id", required=True),
        paragraph=table.text("paragraph", required=True),
        action=table.text("action", required=True),
        owner=owners[0] if owners else "",
        basis=basis or "Undated",
        clock=clocks.resolve(table, "from", table.text("from")),
        lag=Lag(count, unit) if count is not None and unit else None,
        consult=_people(table, "consult", roles),
        copy_to=_people(table, "copy_to", roles),
        after=table.texts("after"),
        key=table.flag("key"),
        short=table.text("short", form=SHORT),
        when=read_condition(table),
        unless=read_condition(table, "unless"),
        each=table.word("each", REPETITIONS),
        completed_by=table.word("completed_by", keys("dates")),
        note=table.text("note"),
        first=table.whole("first"),
        owners=owners if len(owners) > 1 else (),
        target_of=table.text("target_of"),
        held=table.flag("held"),
        delay_within=table.whole("delay_within"),
        standing=table.flag("standing"),
        document=table.text("document", form=PLAIN),
    )
    table.close()
    return WrittenStep(step, table, count, unit)


def _stage(table: TomlTable, roles: Names, clocks: Names) -> WrittenStage:
    entries = table.tables("step", "id", required=True)
    steps = tuple(_step(each, roles, clocks) for each in entries)
    stage = Stage(
        name=table.text("name", required=True, form=SHEET_NAME),
        prefix=table.text("prefix", required=True, form=PREFIX),
        order=table.whole("order", required=True) or 0,
        milestone=table.text("milestone", required=True),
        milestone_words=table.text("milestone_words", required=True),
        steps=tuple(each.step for each in steps),
    )
    table.close()
    return WrittenStage(stage, table, steps)


def _employer_names(source: ProcedureSource) -> tuple[tuple[str, str], ...]:
    """How each employer is shown: one name for each of the fixed words."""
    file = source.tables.get("roles.toml")
    table = file.table("employers", required=True) if file else None
    if table is None:
        return ()
    names = tuple((word, table.text(word, required=True)) for word in EMPLOYERS)
    table.close()
    return names


def _names(code: str, words: Iterable[tuple[str, str]]) -> Names:
    """Names by every spelling that means them, the words as written among these to save folding them again."""
    by_fold: dict[str, str] = {}
    for word, name in words:
        by_fold.setdefault(fold(word), name)
        by_fold.setdefault(word, name)
    return Names(code, by_fold, tuple(dict.fromkeys(by_fold.values())))


def _names_of(name: str, table: TomlTable) -> tuple[str, ...]:
    """The names of an entry. If its key is misspelt, what its unknown keys hold: one fault, one problem."""
    if name:
        return (name,)
    unknown = (value for key, value in table.values.items() if key not in table.asked)
    return tuple(value.strip() for value in unknown if isinstance(value, str) and value.strip())


def _roles(source: ProcedureSource) -> tuple[list[tuple[Role, TomlTable]], Names]:
    """The roles, and every name that means one of them. A `default` may be any of these."""
    read = [(_role(table), table) for table in source.entries("roles.toml", "role", "name", required=True)]
    names = _names(
        codes.SET_UNKNOWN_ROLE,
        (
            (word, name)
            for role, table in read
            for name in _names_of(role.name, table)
            for word in (name, *role.aliases)
        ),
    )
    return [
        (replace(role, default=names.resolve(table, "default", role.default)), table) for role, table in read
    ], names


def _clocks(source: ProcedureSource, kinds: Sequence[str]) -> tuple[list[tuple[Clock, TomlTable]], Names]:
    """The clocks, and what a step may count from: a clock, which may stand below, or a kind of planned meeting."""
    read = [(_clock(table), table) for table in source.entries("clocks.toml", "clock", "name", required=True)]
    names = _names(
        codes.SET_UNKNOWN_CLOCK,
        (
            (name, name)
            for name in (*(name for clock, table in read for name in _names_of(clock.name, table)), *(kinds if read else ()))
        ),
    )
    return [
        (replace(clock, provisional_from=names.resolve(table, "provisional.from", start)), table)
        for clock, table in read
        for start in (clock.provisional_from,)
    ], names


def _planned_meetings(stages: Iterable[WrittenStage], kinds: Sequence[str]) -> Iterator[Clock]:
    """A clock for each kind of meeting that a step counts from."""
    counted_from = {step.clock for written in stages for step in written.stage.steps}
    for kind in kinds:
        if kind in counted_from:
            yield Clock(
                name=kind,
                defined_name=f"Meeting_{re.sub('[^A-Za-z0-9]', '_', kind)}",
                paragraph="",
                note="The next meeting of this kind on Calendar that is not held, else the last one held.",
                meeting=kind,
            )


def _general(source: ProcedureSource) -> TomlTable:
    """`procedure.toml`. If it could not be read, an empty table that reports no faults."""
    return source.tables.get("procedure.toml") or TomlTable("", "", {}, [])


def _order(written: WrittenStage) -> int:
    return written.stage.order


def build(source: ProcedureSource) -> Draft:
    """Every value of the set; faults go to the tables' problems."""
    roles, role_names = _roles(source)
    general = _general(source)
    kinds = general.texts("meeting_kinds", required=True)
    clocks, clock_names = _clocks(source, kinds)
    boards = [(_board(table), table) for table in source.entries("boards.toml", "board", "id")]
    agencies = [(_agency(table), table) for table in source.entries("agencies.toml", "agency", "code")]
    stages = sorted((_stage(table, role_names, clock_names) for table in source.stage_tables()), key=_order)
    rules = [(_not_applicable(table), table) for table in general.tables("not_applicable")]
    compared = general.table("comparison")
    comparison = _comparison(compared, clock_names)
    procedure = Procedure(
        set_name=source.set_name,
        title=general.text("title", required=True),
        edition=general.text("edition", required=True),
        effective_from=general.day("effective_from") or date.min,
        improvement_plan=general.text("improvement_plan", required=True),
        employer_names=_employer_names(source),
        stages=tuple(written.stage for written in stages),
        roles=tuple(role for role, _ in roles),
        clocks=(*(clock for clock, _ in clocks), *_planned_meetings(stages, kinds)),
        boards=tuple(board for board, _ in boards),
        agencies=tuple(agency for agency, _ in agencies),
        meeting_kinds=kinds,
        not_applicable=tuple(rule for rule, _ in rules),
        interpretations=tuple(_interpretation(table) for table in general.tables("reading")),
        digest=source.digest,
        plan_sources=general.texts("plan_sources"),
        comparison=comparison,
        fields=_fields(general.table("fields")),
        guide=general.named_texts("guide"),
        rests_on=tuple(_rests_on(table) for table in general.tables("source")),
        checked_on=general.day("checked_on", required=False),
        checked_by=general.text("checked_by"),
        review_by=general.day("review_by", required=False),
    )
    for name in source.tables.keys() & set(GENERAL_FILES):
        source.tables[name].close()
    all_read = source.all_stages_read and all(written.steps for written in stages)
    return Draft(procedure, stages, clocks, roles, boards, agencies, rules, compared, all_read)
