"""Procedure sets as wholes: found by name or folder, copied to be adapted, compared entry by entry."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker import resources
from tracker.paths import LARGEST_TOML, hint, is_folder, is_there, read_regular
from tracker.problems import Problem, codes, problem
from tracker.procedure.format import procedure_schema
from tracker.records import JsonRecord
from tracker.saving import unbroken, write_over
from tracker.text import did_you_mean, listed, refusal
from tracker.toml_reader import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tracker.procedure.model import Procedure

DORSET = "dorset"
"""The set that is used when none is named."""
_SCHEMA = "schema.json"


def set_names() -> tuple[str, ...]:
    """The sets that travel with the program."""
    sets = resources.templates() / "procedure"
    return tuple(sorted(each.name for each in sets.iterdir() if each.is_dir()))


def find_set_folder(name_or_folder: str | Path) -> Path | Problem:
    """The folder of a set: a set's name first, else a path."""
    known = set_names()
    name = str(name_or_folder)
    folder = resources.templates() / "procedure" / name if name in known else Path(name)
    if name and is_folder(folder):
        return folder
    is_file = is_there(folder) and folder.is_file()
    meant = " (it is a file: name its folder)" if is_file else did_you_mean(name, known) or hint(Path(name))
    return problem(codes.SET_NOT_FOUND, file=name, name=name, known=quoted(known), hint=meant)


def is_namesake(folder: Path) -> bool:
    """Whether a folder has the name of a set that travels with the program, and is another one."""
    try:
        real = folder.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return False
    known = resources.templates() / "procedure" / real.name
    return real.name in set_names() and not (real.is_dir() and real.samefile(known))


# Copied


def copy_set(source: Path, folder: Path) -> list[Problem]:
    """Copy the files of a set into a folder that is empty or not there yet; nothing else is ever touched."""
    try:
        if is_namesake(folder):
            return [problem(codes.NEW_SET_NAME_TAKEN, file=str(folder), name=folder.resolve().name)]
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            return [problem(codes.NEW_SET_FOLDER_IN_USE, file=str(folder), name=str(folder))]
        files = {path.name: read_regular(path, LARGEST_TOML) for path in sorted(source.glob("[!.]*.toml"))}
        marked = {name: f"#:schema ./{_SCHEMA}\n".encode() + content for name, content in files.items()}
        marked[_SCHEMA] = procedure_schema().encode()
        return _write_all(folder, marked)
    except OSError as error:
        return [problem(codes.NEW_SET_NOT_WRITTEN, file=str(folder), name=str(folder), reason=refusal(error))]


@unbroken()
def _write_all(folder: Path, files: dict[str, bytes]) -> list[Problem]:
    """Write all the files or none: what half a copy leaves would refuse the next one. May raise `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, content) in enumerate(files.items()):
        if write_over(folder / name, content):
            for written in list(files)[:number]:
                (folder / written).unlink()
            reason = f"no room for {name}"
            return [problem(codes.NEW_SET_NOT_WRITTEN, file=str(folder), name=str(folder), reason=reason)]
    return []


# Compared

_GENERAL = (
    "title",
    "edition",
    "effective_from",
    "improvement_plan",
    "meeting_kinds",
    "plan_sources",
    "comparison",
)
_IN_A_FILE = {"lag": "count", "clock": "from", "start": "from", "provisional_from": "provisional from"}
"""The name in a set's files, where the model uses another."""
_WITHIN = ("owners", "steps")
"""What is compared in another place: as the owner of a step, as steps."""
_TITLES = ("action", "text", "reason")


@dataclass(frozen=True, slots=True)
class Difference(JsonRecord):
    """One difference. `was` or `now` is empty where only the other set has the entry; `key` where it is whole."""

    what: str
    name: str
    key: str
    was: str
    now: str


_ENTRIES: tuple[tuple[str, Callable[[Procedure], Iterable[tuple[str, Any]]]], ...] = (
    ("set", lambda each: [("", each)]),
    ("employer", lambda each: each.employer_names),
    ("decision", lambda each: ((str(number), rule) for number, rule in enumerate(each.not_applicable, 1))),
    ("field", lambda each: each.fields),
    ("line of the guide", lambda each: each.guide),
    ("reading", lambda each: ((entry.paragraphs, entry) for entry in each.interpretations)),
    ("role", lambda each: ((role.name, role) for role in each.roles)),
    ("clock", lambda each: ((clock.name, clock) for clock in each.clocks)),
    ("board", lambda each: ((board.id, board) for board in each.boards)),
    ("agency", lambda each: ((agency.code, agency) for agency in each.agencies)),
    ("stage", lambda each: ((stage.prefix, stage) for stage in each.stages)),
    ("step", lambda each: ((step.id, step) for _, step in each.steps())),
)
"""The kinds of entry in a set, and its entries of each kind by their names."""


def compare_procedures(old: Procedure, new: Procedure) -> list[Difference]:
    """Find what differs from one set to another: roles, clocks, boards, then step by step.

    Example:
        >>> procedure, _ = load_procedure("dorset")
        >>> compare_procedures(procedure, procedure)
        []
    """
    differences: list[Difference] = []
    for what, entries in _ENTRIES:
        differences += _entry_differences(what, _by_name(entries(old)), _by_name(entries(new)))
    steps_was, steps_now = ([step.id for _, step in each.steps()] for each in (old, new))
    was = [name for name in steps_was if name in steps_now]
    now = [name for name in steps_now if name in steps_was]
    if moved := [place for place, (one, other) in enumerate(zip(was, now, strict=True)) if one != other]:
        stretch = slice(moved[0], moved[-1] + 1)  # from the first step that stands elsewhere to the last
        order = listed(was[stretch]), listed(now[stretch])
        differences.append(Difference("set", "", "order of steps", *order))
    return differences


def _by_name(entries: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Entries by name; a name that is there again gets a number."""
    named: dict[str, Any] = {}
    for name, entry in entries:
        numbered = (f"{name} ({number})" for number in count(2))
        named[next(key for key in chain([name], numbered) if key not in named)] = entry
    return named


def _entry_differences(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Entries by name: in the old set's order, those that are new at the end."""
    for name in (*old, *(name for name in new if name not in old)):
        if name not in new:
            yield Difference(what, name, "", _entry_title(old[name]), "")
        elif name not in old:
            yield Difference(what, name, "", "", _entry_title(new[name]))
        elif isinstance(old[name], str):
            if old[name] != new[name]:
                yield Difference(what, name, "text", old[name], new[name])
        else:
            keys = _GENERAL if what == "set" else [each.name for each in fields(old[name])]
            for key in keys:
                was, now = (_compared_value(key, each) for each in (old[name], new[name]))
                if was != now:
                    yield Difference(what, name, _IN_A_FILE.get(key, key), _text_of(was), _text_of(now))


def _compared_value(key: str, entry: Any) -> Any:
    """The value that is compared: the owners of a step that has several stand for its owner."""
    if key in _WITHIN:
        return None
    return (key == "owner" and getattr(entry, "owners", ())) or getattr(entry, key)


def _entry_title(entry: Any) -> str:
    """The words of an entry: a step's action, an interpretation's text."""
    title = next((getattr(entry, key) for key in _TITLES if hasattr(entry, key)), "")
    return str(title or getattr(entry, "name", "") or _text_of(entry))


def _text_of(value: Any) -> str:
    """A value as people read it. What is empty becomes `nothing`, since an empty side means that there is no entry."""
    if value is None or value in ("", ()):
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(_text_of(each) for each in value)
    if hasattr(value, "unit"):
        return f"{value.count} {value.unit}"
    if hasattr(value, "__dataclass_fields__"):
        parts = ((_IN_A_FILE.get(each.name, each.name), getattr(value, each.name)) for each in fields(value))
        return "; ".join(f"{name} {_text_of(part)}" for name, part in parts if part not in (None, "", ()))
    return str(value)
