"""A procedure set from its folder: read, made into values, checked all at once, frozen.

Only single values are refused here; `check` judges the whole.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain, count
from typing import TYPE_CHECKING, Any, TypeVar

from tracker import resources
from tracker.paths import LARGEST_TOML, read_regular
from tracker.problems import Problem, codes, has_errors, problem
from tracker.procedure.check import Draft, check
from tracker.procedure.format import FILES, GENERAL_FILES, STAGE_FILE
from tracker.procedure.kinds import Names, ProcedureTable
from tracker.procedure.model import (
    FIELD_DATES,
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
from tracker.procedure.sets import DORSET, find_set_folder
from tracker.text import fold, refusal
from tracker.toml_reader import ENDLESS_KEY, parse_toml, undecodable_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

T = TypeVar("T")
_PLACE_IN_TOML = re.compile(r" \(at (?:line \d+, column \d+|end of document)\)$")
"""How the TOML reader's own messages end, which are plain."""


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """Whose bank holidays count, as the package `holidays` names the place, and until when they are known."""

    country: str
    subdivision: str
    known_until: date


@cache
def load_calendar_facts() -> CalendarFacts:
    """The facts in `templates/calendar/england.toml`."""
    path = resources.templates() / "calendar" / "england.toml"
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    return CalendarFacts(facts["country"], facts["subdivision"], facts["known_until"])


def load_procedure(name_or_folder: str | Path = DORSET) -> tuple[Procedure | None, list[Problem]]:
    """The procedure of a set, by its name or its folder, and everything found wrong.

    None in place of the procedure where anything found is an error.
    """
    folder = find_set_folder(name_or_folder)
    if isinstance(folder, Problem):
        return None, [folder]
    problems: list[Problem] = []
    draft = _read_draft(folder, problems)
    problems += check(draft)
    return None if has_errors(problems) else draft.procedure, problems


# The files


def _read_draft(folder: Path, problems: list[Problem]) -> Draft:
    """The values of a set's files; those that are missing or unreadable are reported."""
    stages = [each for each in folder.glob("[!.]*.toml") if each.name not in GENERAL_FILES]
    if not stages:
        # Steps cannot be looked for where there are none: as good as a stage that cannot be read.
        problems.append(_missing_file(folder, "the file of a stage", "there is none"))
    paths = [*(folder / name for name in GENERAL_FILES), *stages]
    sha256 = hashlib.sha256()
    tables: dict[str, ProcedureTable] = {}
    for path in sorted(paths):
        values = _read_values(path, sha256)
        if isinstance(values, Problem):
            problems.append(values)
        else:
            tables[path.name] = ProcedureTable(str(path), "", values, problems)
    all_read = bool(stages) and all(path.name in tables for path in stages)
    return _make_draft(folder.resolve().name, sha256.hexdigest(), tables, all_stages_read=all_read)


def _read_values(path: Path, sha256: hashlib._Hash) -> dict[str, Any] | Problem:
    """A file as TOML, its name and bytes added to the hash."""
    try:
        data = read_regular(path, LARGEST_TOML)
    except FileNotFoundError:
        return _missing_file(path, path.name, "there is no such file")
    except OSError as error:
        return _missing_file(path, path.name, refusal(error))
    sha256.update(path.name.encode() + b"\0" + data + b"\0")
    try:
        return parse_toml(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return problem(codes.SET_NOT_UTF8, file=str(path), line=undecodable_line(data, error))
    except ValueError as error:
        cause = str(error)
        is_plain = cause == ENDLESS_KEY or _PLACE_IN_TOML.search(cause)
        reason = cause if is_plain else "a number with too many digits, or too many brackets"
        return problem(codes.SET_NOT_TOML, file=str(path), reason=reason)


def _missing_file(path: Path, name: str, reason: str) -> Problem:
    return problem(codes.SET_FILE_MISSING, file=str(path), name=name, reason=reason)


# The values


def _make_draft(
    set_name: str, sha256: str, tables: Mapping[str, ProcedureTable], *, all_stages_read: bool
) -> Draft:
    """Every value of the set, from the files that could be read, by name; faults go to the tables' problems."""
    role_file = _read_file(tables, "roles.toml")
    employers: ProcedureTable | None = role_file.read.get("employers")
    roles, role_names = _make_roles(role_file.read["role"])
    general = dict(_read_file(tables, "procedure.toml").read)
    kinds = general["meeting_kinds"]
    clocks, clock_names = _make_clocks(_read_file(tables, "clocks.toml").read["clock"], kinds)
    boards = _make_each(Board, _read_file(tables, "boards.toml", role=role_names).read["board"])
    agencies = _make_each(UsualAgency, _read_file(tables, "agencies.toml").read["agency"])
    stages = []
    for name, table in sorted(tables.items()):
        if name not in GENERAL_FILES:
            table.names.update(role=role_names, clock=clock_names)
            stages.append((_make_stage(table), table))
    stages.sort(key=lambda each: each[0].order)
    rules = _make_each(NotApplicable, general.pop("not_applicable"))
    interpretations = tuple(Interpretation(**table.read) for table in general.pop("reading"))
    sources = tuple(
        Source(**{**table.read, "date": table.read.get("date") or date.min})
        for table in general.pop("source")
    )
    general["effective_from"] = general.get("effective_from") or date.min
    compared: ProcedureTable | None = general.pop("comparison", None)
    fields: ProcedureTable | None = general.pop("fields", None)
    all_clocks = [clock for clock, _ in clocks]
    procedure = Procedure(
        **general,
        set_name=set_name,
        employer_names=tuple(employers.read.items()) if employers else (),
        stages=tuple(stage for stage, _ in stages),
        roles=tuple(role for role, _ in roles),
        clocks=(*all_clocks, *_meeting_clocks(stages, kinds, all_clocks)),
        boards=tuple(board for board, _ in boards),
        agencies=tuple(agency for agency, _ in agencies),
        not_applicable=tuple(rule for rule, _ in rules),
        interpretations=interpretations,
        rests_on=sources,
        sha256=sha256,
        comparison=_make_comparison(compared, clock_names),
        fields=tuple((path, Words(**each.read)) for path, each in fields.read.items()) if fields else (),
    )
    all_read = all_stages_read and all(stage.steps for stage, _ in stages)
    by_id = {step.id: step for _, step in procedure.steps()}
    return Draft(procedure, stages, clocks, roles, boards, agencies, rules, compared, all_read, by_id)


def _read_file(tables: Mapping[str, ProcedureTable], name: str, **names: Names) -> ProcedureTable:
    """A file with its values. One that could not be read is an empty table that reports no faults."""
    table = tables.get(name) or ProcedureTable("", "", {}, [])
    table.names.update(names)
    table.read_keys(FILES[name])
    return table


def _make_each(kind: type[T], tables: Iterable[ProcedureTable]) -> list[tuple[T, ProcedureTable]]:
    """The entries of a kind, each with its table."""
    return [(kind(**table.read), table) for table in tables]


def _make_roles(tables: Iterable[ProcedureTable]) -> tuple[list[tuple[Role, ProcedureTable]], Names]:
    """The roles, and every name that means one of them. A `default` may be any of these."""
    read = _make_each(Role, tables)
    words = (
        (word, name)
        for role, table in read
        for name in _entry_names(role.name, table)
        for word in (name, *role.aliases)
    )
    names = _known_names(codes.SET_UNKNOWN_ROLE, words)
    return [
        (replace(role, default=names.resolve(table, "default", role.default)), table) for role, table in read
    ], names


def _make_clocks(
    tables: Iterable[ProcedureTable], kinds: Sequence[str]
) -> tuple[list[tuple[Clock, ProcedureTable]], Names]:
    """The clocks, and what a step may count from: a clock, which may stand below, or a kind of planned meeting."""
    read = [(_make_clock(table), table) for table in tables]
    known = [name for clock, table in read for name in _entry_names(clock.name, table)]
    clock_folds = {fold(name) for name in known}
    kinds = [kind for kind in kinds if fold(kind) not in clock_folds]  # of two alike, a step means the clock
    # Without any clock their file could not be read, which is reported once.
    known += kinds if known else ()
    names = _known_names(codes.SET_UNKNOWN_CLOCK, zip(known, known, strict=True))
    return [
        (
            replace(clock, provisional_from=names.resolve(table, "provisional.from", clock.provisional_from)),
            table,
        )
        for clock, table in read
    ], names


def _meeting_clocks(
    stages: Iterable[tuple[Stage, ProcedureTable]], kinds: Sequence[str], clocks: Sequence[Clock]
) -> Iterator[Clock]:
    """A clock for each kind of meeting that a step counts from. Each has a defined name of its own."""
    counted_from = {step.clock for stage, _ in stages for step in stage.steps}
    names = {fold(clock.name) for clock in clocks}
    defined = {clock.defined_name.casefold() for clock in clocks}
    for kind in dict.fromkeys(kinds):
        if kind not in counted_from or fold(kind) in names:
            continue
        first = f"Meeting_{re.sub('[^A-Za-z0-9]', '_', kind)}"
        also = (f"{first}_{number}" for number in count(2))
        defined_name = next(name for name in chain((first,), also) if name.casefold() not in defined)
        defined.add(defined_name.casefold())
        yield Clock(
            name=kind,
            defined_name=defined_name,
            paragraph="",
            note="The next meeting of this kind on Calendar that is not held, else the last one held.",
            meeting=kind,
        )


def _make_clock(table: ProcedureTable) -> Clock:
    values = dict(table.read)
    rule: ProcedureTable | None = values.pop("provisional", None)
    if values["field"] in FIELD_DATES and not values["fallback"]:
        values.update(field="", fallback=values["field"])
    return Clock(
        **values,
        provisional_from=rule.read["from"] if rule else "",
        provisional=_make_lag(rule.read) if rule else None,
    )


def _make_lag(values: Mapping[str, Any]) -> Lag | None:
    """How far a rule counts."""
    return Lag(values["count"], values["unit"]) if "count" in values and values["unit"] else None


def _entry_names(name: str, table: ProcedureTable) -> tuple[str, ...]:
    """The names of an entry. If its key is misspelt, what its unknown keys hold: one fault, one problem."""
    if name:
        return (name,)
    unknown = (value for key, value in table.values.items() if key not in table.read)
    return tuple(value.strip() for value in unknown if isinstance(value, str) and value.strip())


def _known_names(code: str, words: Iterable[tuple[str, str]]) -> Names:
    """Names by every spelling that means them, the words as written among these to save folding them again."""
    by_fold: dict[str, str] = {}
    for word, name in words:
        by_fold.setdefault(fold(word), name)
        by_fold.setdefault(word, name)
    return Names(code, by_fold, tuple(dict.fromkeys(by_fold.values())))


def _make_stage(table: ProcedureTable) -> Stage:
    values = {"order": 0, **table.read_keys(FILES[STAGE_FILE])}
    steps = tuple(_make_step(each) for each in values.pop("step"))
    return Stage(**values, steps=steps)


def _make_step(table: ProcedureTable) -> Step:
    values = {key: value for key, value in table.read.items() if key not in {"count", "unit"}}
    owners, clock, basis = values.pop("owner"), values.pop("from"), values.pop("basis")
    return Step(
        **values,
        basis=basis or "Undated",
        owner=owners[0] if owners else "",
        owners=owners if len(owners) > 1 else (),
        clock=clock,
        lag=_make_lag(table.read),
    )


def _make_comparison(table: ProcedureTable | None, clocks: Names) -> Comparison | None:
    """Another interpretation of a step's date; None where a part is missing, which is reported."""
    lag = _make_lag(table.read) if table else None
    if table is None or lag is None:
        return None
    start = clocks.resolve(table, "from", table.read["from"])
    return Comparison(table.read["label"], table.read["step"], start, lag, table.read["note"])
