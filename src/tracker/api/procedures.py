"""Procedure sets: checked, copied, compared, listed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.problems import Problem, codes, problem
from tracker.procedure.load import load_procedure
from tracker.procedure.sets import DORSET, copy_set, differences, folder_of, is_namesake

if TYPE_CHECKING:
    from datetime import date

    from tracker.api.sources import Name
    from tracker.procedure.model import Procedure, Stage
    from tracker.procedure.sets import Difference


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
    folder = folder_of(set_name)
    if procedure and isinstance(folder, Path) and is_namesake(folder):
        shadowed = problem(codes.SET_NAME_SHADOWS_OURS, file=os.fspath(name), name=procedure.set_name)
        problems = [*problems, shadowed]
    return procedure, problems


def rules_currency(procedure: Procedure, as_at: date) -> str:
    """Say in a sentence that nobody has checked a set's rules, or that they are due for another check on a day.

    Gives nothing where somebody has checked them and that still holds.

    Example:
        >>> from datetime import date
        >>> procedure, _ = load_procedure("riverside")
        >>> rules_currency(procedure, date(2026, 11, 22)), rules_currency(procedure, date(2027, 4, 1))
        ('', 'These rules were due for another check by Wed 31 Mar 2027.')
    """
    return procedure.currency(as_at)


def copy_procedure(name: Name, folder: Name) -> list[Problem]:
    """Copy a set, by its name or folder, into a new folder, to adapt it. The one function here that writes.

    An empty name means the usual set; a folder with anything in it is refused. Gives why it was not done.

    Example:
        >>> [each.code for each in copy_procedure("elsewhere", "nowhere")]
        ['T501']
    """
    source = folder_of(os.fspath(name) or DORSET)
    return [source] if isinstance(source, Problem) else copy_set(source, Path(folder))


def compare_procedures(old: Procedure, new: Procedure) -> list[Difference]:
    """Find what differs from one set to another: roles, clocks, boards, then step by step.

    Example:
        >>> procedure, _ = load_procedure("dorset")
        >>> compare_procedures(procedure, procedure)
        []
    """
    return differences(old, new)


def step_table(procedure: Procedure, stage: Stage) -> list[tuple[str, ...]]:
    """List the steps of one of a set's stages, as texts: the titles of the columns, then a row a step.

    The ID of a key date is marked with a star.

    Example:
        >>> procedure, _ = load_procedure("dorset")
        >>> [row[0] for row in step_table(procedure, procedure.stages[0])[:2]]
        ['ID', 'SIN-1.4 *']
    """
    from tracker.plan import STEP_TITLES, step_rows

    return [STEP_TITLES, *step_rows(procedure, stage)]


def procedure_schema() -> str:
    """Write the JSON Schema of a set's files, for editors, as JSON text.

    Example:
        >>> procedure_schema().startswith("{")
        True
    """
    from tracker.procedure.format import schema_text

    return schema_text()
