"""A procedure set from its folder: read, checked all at once, frozen."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker import resources
from tracker.paths import LARGEST_TOML, hint, read_regular
from tracker.problems import Problem, codes, has_errors, problem
from tracker.procedure.build import Draft, build
from tracker.procedure.check import check
from tracker.procedure.format import GENERAL_FILES
from tracker.procedure.kinds import SetTable, quoted
from tracker.text import did_you_mean, refusal
from tracker.toml_reader import EndlessKeyError, parse_toml, undecodable_line

if TYPE_CHECKING:
    from datetime import date

    from tracker.procedure.model import Procedure

DORSET = "dorset"
"""The set that is taken when none is named."""

_IN_TOML = re.compile(r" \(at (?:line \d+, column \d+|end of document)\)$")
"""How the TOML reader's own messages end, which are plain."""


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """Whose bank holidays count, as the package `holidays` names the place, and until when they are known."""

    country: str
    subdivision: str
    known_until: date


def load_calendar_facts() -> CalendarFacts:
    """What `templates/calendar/england.toml` says."""
    path = resources.templates() / "calendar" / "england.toml"
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    return CalendarFacts(facts["country"], facts["subdivision"], facts["known_until"])


def set_names() -> tuple[str, ...]:
    """The sets that travel with the program."""
    sets = resources.templates() / "procedure"
    return tuple(sorted(each.name for each in sets.iterdir() if each.is_dir()))


def load_procedure(name_or_folder: str | Path = DORSET) -> tuple[Procedure | None, list[Problem]]:
    """The procedure of a set, by its name or its folder, and everything found wrong.

    None in place of the procedure where anything found is an error.
    """
    folder = folder_of(name_or_folder)
    if isinstance(folder, Problem):
        return None, [folder]
    problems: list[Problem] = []
    draft = _draft(folder, problems)
    problems += check(draft)
    return None if has_errors(problems) else draft.procedure, problems


def folder_of(name_or_folder: str | Path) -> Path | Problem:
    """The folder of a set: a set's name first, else a path."""
    known = set_names()
    name = str(name_or_folder)
    folder = resources.templates() / "procedure" / name if name in known else Path(name)
    if name and os.path.isdir(folder):  # noqa: PTH112  says no where the path is too long to ask
        return folder
    is_file = os.path.isfile(folder)  # noqa: PTH113  as above
    meant = " (it is a file: name its folder)" if is_file else did_you_mean(name, known) or hint(Path(name))
    return problem(codes.SET_NOT_FOUND, file=name, name=name, known=quoted(known), hint=meant)


def is_namesake(folder: Path) -> bool:
    """Whether a folder has the name of a set that travels with the program, and is another one."""
    try:
        real = folder.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return False
    ours = resources.templates() / "procedure" / real.name
    return real.name in set_names() and not (real.is_dir() and real.samefile(ours))


def _draft(folder: Path, problems: list[Problem]) -> Draft:
    """The values of a set's files; those that are missing or unreadable are reported."""
    stages = [each for each in folder.glob("[!.]*.toml") if each.name not in GENERAL_FILES]
    if not stages:
        # Steps cannot be looked for where there are none: as good as a stage that cannot be read.
        problems.append(_missing(folder, "the file of a stage", "there is none"))
    paths = [*(folder / name for name in GENERAL_FILES), *stages]
    digest = hashlib.sha256()
    tables: dict[str, SetTable] = {}
    for path in sorted(paths):
        values = _values(path, digest)
        if isinstance(values, Problem):
            problems.append(values)
        else:
            tables[path.name] = SetTable(str(path), "", values, problems)
    all_read = bool(stages) and all(path.name in tables for path in stages)
    return build(folder.resolve().name, digest.hexdigest(), tables, all_stages_read=all_read)


def _values(path: Path, digest: hashlib._Hash) -> dict[str, Any] | Problem:
    """A file as TOML, its name and bytes added to the digest."""
    try:
        data = read_regular(path, LARGEST_TOML)
    except FileNotFoundError:
        return _missing(path, path.name, "there is no such file")
    except OSError as error:
        return _missing(path, path.name, refusal(error))
    digest.update(path.name.encode() + b"\0" + data + b"\0")
    try:
        return parse_toml(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return problem(codes.SET_NOT_UTF8, file=str(path), line=undecodable_line(data, error))
    except EndlessKeyError:
        return problem(codes.SET_NOT_TOML, file=str(path), reason="a line with hundreds of dots")
    except (ValueError, RecursionError) as error:
        # A TOMLDecodeError, Python's refusal of a number of thousands of digits, or brackets without end.
        cause = str(error)
        reason = cause if _IN_TOML.search(cause) else "a number with too many digits, or too many brackets"
        return problem(codes.SET_NOT_TOML, file=str(path), reason=reason)


def _missing(path: Path, name: str, reason: str) -> Problem:
    return problem(codes.SET_FILE_MISSING, file=str(path), name=name, reason=reason)
