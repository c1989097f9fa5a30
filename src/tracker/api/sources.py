"""What the functions of the API take: files or bytes, folders of workbooks, passwords, procedure sets.

Sets are also checked, copied, compared and listed here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.paths import is_folder
from tracker.problems import Problem, codes, problem
from tracker.procedure.load import load_procedure
from tracker.procedure.model import Procedure
from tracker.procedure.sets import DORSET, copy_set, find_set_folder, is_namesake

if TYPE_CHECKING:
    from tracker.workbook.baseline import Baseline

Name = str | os.PathLike[str]
"""The path of a file or folder."""

Source = Name | bytes
"""A path, or the content itself."""

ProcedureSource = Procedure | Name
"""A procedure: loaded, or the name or folder of its set."""

Password = str | Callable[[str], str] | None
"""The password of locked workbooks, or what gives it by a workbook's name; an empty one opens nothing."""


def find_workbooks(paths: Name | Iterable[Name]) -> tuple[list[Path], list[Problem]]:
    """Find the workbooks among files and folders; a problem where there is none at all.

    Of a folder every workbook in it counts, but none of our own reports.

    Example:
        >>> files, problems = find_workbooks("sample_cases")
        >>> files[0].name, problems
        ('late-sin-over-christmas-edited.xlsx', [])
        >>> find_workbooks("templates")[1][0].code
        'T123'
    """
    from tracker.workbook.preflight import workbook_files

    given = [paths] if isinstance(paths, str | os.PathLike) else paths
    names = [Path(each) for each in given]
    files: list[Path] = []
    for path in names:
        files += workbook_files(path) if is_folder(path) else [path]
    if files or not names:
        return files, []
    return [], [problem(codes.NO_WORKBOOK_IN_FOLDER, file=str(names[0]))]


def find_procedure(procedure: ProcedureSource) -> tuple[Procedure | None, list[Problem]]:
    """The procedure of a set, the usual one where none is named."""
    if isinstance(procedure, Procedure):
        return procedure, []
    return load_procedure(os.fspath(procedure) or DORSET)


@dataclass(frozen=True, slots=True)
class ProcedureFinder:
    """Finds the procedure of a workbook: the one named here, else the one it was issued under. Loads each once.

    With `own_first` the named one is for workbooks of that name and for those whose own is not to be found: a folder
    may hold cases of several procedures.
    """

    procedure: ProcedureSource = ""
    own_first: bool = False
    _loaded: dict[str, tuple[Procedure | None, list[Problem]]] = field(default_factory=dict)

    def __call__(self, baseline: Baseline) -> tuple[Procedure | None, list[Problem]]:
        """The procedure, or why it cannot be used."""
        if isinstance(self.procedure, Procedure):
            return self.procedure, []
        named = os.fspath(self.procedure)
        found, problems = self._load(named or baseline.set_name)
        if named and self.own_first and found and found.set_name != baseline.set_name:
            own, of_own = self._load(baseline.set_name)
            if own or codes.SET_NOT_FOUND not in {each.code for each in of_own}:
                found, problems = own, of_own  # its own, also where that is not in order
        if not named and codes.SET_NOT_FOUND in {each.code for each in problems}:
            # It is the workbook that names it, not the person.
            return None, [problem(codes.PROCEDURE_NOT_FOUND, set_name=baseline.set_name)]
        return found, problems

    def _load(self, name: str) -> tuple[Procedure | None, list[Problem]]:
        if name not in self._loaded:
            self._loaded[name] = load_procedure(name)
        return self._loaded[name]


def workbook_name(source: Source, number: int = 0) -> str:
    """What a workbook is called in problems."""
    if isinstance(source, bytes):
        return f"the workbook given as copy {number + 1}" if number else "the workbook given"
    return os.fspath(source)


def workbook_bytes(
    source: Source, name: str, password: Callable[[str], str] | None
) -> tuple[bytes, list[Problem]]:
    """The bytes of a workbook, unlocked and checked, or why it cannot be one."""
    from tracker.workbook.preflight import given_content, workbook_content

    if isinstance(source, bytes):
        return given_content(source, name, password)
    return workbook_content(Path(source), password)


def password_function(password: Password) -> Callable[[str], str] | None:
    """What gives the password of a workbook by its name; other processes get it as well."""
    return partial(_same_password, password) if isinstance(password, str) else password


def _same_password(password: str, name: str) -> str:
    del name
    return password


# Procedure sets


def check_procedure(name: Name = DORSET) -> tuple[Procedure | None, list[Problem]]:
    """Load a set for its author: as `load_procedure`, with a warning where one of ours has its name.

    The procedure is None where any problem is an error.

    Example:
        >>> procedure, problems = check_procedure("dorset")
        >>> procedure.edition != "", problems
        (True, [])
    """
    set_name = os.fspath(name) or DORSET
    procedure, problems = load_procedure(set_name)
    folder = find_set_folder(set_name)
    if procedure and isinstance(folder, Path) and is_namesake(folder):
        shadowed = problem(codes.SET_NAME_SHADOWS_OURS, file=os.fspath(name), name=procedure.set_name)
        problems = [*problems, shadowed]
    return procedure, problems


def copy_procedure(name: Name, folder: Name) -> list[Problem]:
    """Copy a set, by its name or folder, into a new folder, to adapt it. The one function here that writes.

    An empty name means the usual set; a folder with anything in it is refused. Gives why it was not done.

    Example:
        >>> [each.code for each in copy_procedure("elsewhere", "nowhere")]
        ['T501']
    """
    source = find_set_folder(os.fspath(name) or DORSET)
    return [source] if isinstance(source, Problem) else copy_set(source, Path(folder))
