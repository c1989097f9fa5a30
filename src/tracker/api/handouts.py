"""What is handed out from one workbook: letters and forms in Word, and returns; and what comes back in returns.

A return is a small workbook for one agency, with its own open rows.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.api.sources import (
    Name,
    Password,
    ProcedureSource,
    Source,
    password_function,
    workbook_bytes,
    workbook_name,
)
from tracker.api.workbooks import read_workbook
from tracker.paths import is_folder
from tracker.plan import SPARE_AGENCIES
from tracker.problems import Problem, codes, problem
from tracker.records import JsonRecord, Record, plain
from tracker.text import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from tracker.reconcile.model import CaseState
    from tracker.regenerate.returned import ReturnOwner
    from tracker.report.documents import CaseDocument
    from tracker.workbook.reading import Reading
    from tracker.workbook.return_reader import ReadReturn


# Letters and forms


@dataclass(frozen=True, slots=True)
class Documents(JsonRecord):
    """Word files by name; `documents` lists the step of each and its blanks.

    `problems` are templates that could not be used: the other documents are made all the same.
    """

    files: Mapping[str, bytes]
    documents: tuple[CaseDocument, ...]
    problems: tuple[Problem, ...]

    def record(self) -> Record:
        """Each file's step, agency and blanks, without its content."""
        return {"files": plain(self.documents), "problems": plain(self.problems)}


def make_documents(
    workbook: Source,
    as_at: date,
    *,
    step: str = "",
    procedure: ProcedureSource = "",
    templates: Name | None = None,
    password: Password = None,
) -> tuple[Documents | None, list[Problem]]:
    """Make the letters and forms that the steps of a case need. What the case does not hold is a marked blank.

    Args:
        workbook: The .xlsx file or its bytes.
        as_at: The day the documents are dated.
        step: The ID of the only step wanted; left out, every step that applies to the case.
        procedure: The set to read by; left out, the one the workbook names.
        templates: A folder of Word templates that replace the usual ones.
        password: Opens a locked workbook, in memory.

    Returns:
        The documents; None where the workbook cannot be used; and the problems met while reading it.

    Example:
        >>> from datetime import date
        >>> source = "sample_cases/ordinary-in-time-edited.xlsx"
        >>> made, problems = make_documents(source, date(2026, 11, 19), step="RR-5.14")
        >>> list(made.files), made.documents[0].blanks[:1]
        (['RR-5.14-rapid-review-agenda.docx'], ('contact at Dorset HealthCare',))
    """
    from tracker.reconcile.state import case_state
    from tracker.report.documents import KnownCase, make_case_documents
    from tracker.workbook.case_of import case_of

    reading, found, problems = read_workbook(workbook, procedure, password=password)
    if reading is None or found is None:
        return None, problems
    case, unread = case_of(reading, found)
    known = KnownCase(reading, case, case_state(reading, found, as_at), as_at)
    folder = None if templates is None else Path(templates).resolve()
    made, faults = make_case_documents(known, found, step, folder)
    files = {each.name: each.content for each in made}
    return Documents(files, tuple(made), tuple(faults)), [*problems, *unread]


# Returns


@dataclass(frozen=True, slots=True)
class AgencyReturn(JsonRecord):
    """The return of one owner: `content` is its .xlsx file, `name` what to call it, `ids` the rows in it."""

    owner: str
    name: str
    ids: tuple[str, ...]
    content: bytes


def make_returns(
    workbook: Source,
    as_at: date,
    *,
    owners: Iterable[str] = (),
    procedure: ProcedureSource = "",
    password: Password = None,
) -> tuple[tuple[AgencyReturn, ...] | None, list[Problem]]:
    """Make the returns of a case: for each owner a small workbook with the open rows of that owner alone.

    Args:
        workbook: The workbook of the case, or its bytes.
        as_at: The day as at which rows are open. Opened, a return follows the day.
        owners: Names or codes; left out, every agency on sheet People and every role that a partner agency holds.
        procedure: The set to read by; left out, the one the workbook names.
        password: Opens a locked workbook, in memory. The returns have none.

    Returns:
        The returns, or None where the workbook cannot be used or an owner is not known; and every problem.

    Example:
        >>> from datetime import date
        >>> source = "sample_cases/ordinary-in-time-edited.xlsx"
        >>> made, problems = make_returns(source, date(2026, 11, 11), owners=["UHD"])
        >>> [(each.name, each.ids) for each in made], problems
        ([('DOR-2026-014-return-UHD.xlsx', ('RR-5.7b-UHD', 'LCSPR-7.9b-UHD'))], [])
    """
    from tracker.reconcile.state import case_state
    from tracker.regenerate.returned import return_content
    from tracker.workbook.return_page import return_bytes

    file = workbook_name(workbook)
    reading, found, problems = read_workbook(workbook, procedure, password=password)
    if reading is None or found is None:
        return None, problems
    state = case_state(reading, found, as_at)
    if not state.reference:
        return None, [problem(codes.RETURN_WITHOUT_REFERENCE, file=file)]
    if misread := [each for each in problems if each.code == codes.IDS_MISALIGNED]:
        return None, misread  # a row would go to somebody it is not for
    chosen, unknown = _choose_owners(reading, state, [*owners], file)
    if unknown:
        return None, unknown
    made: dict[str, AgencyReturn] = {}
    idle, notes = [], []
    for owner in chosen:
        content, left_out = return_content(owner, reading, found, state, as_at)
        notes += [
            problem(codes.RETURN_ROW_WITHOUT_ID, file=file, place=cell, owner=owner.name) for cell in left_out
        ]
        if not content.rows:
            idle.append(owner.name)
            continue
        name = _file_name(state.reference, owner, made)
        ids = tuple(row.id for row in content.rows)
        made[name.casefold()] = AgencyReturn(owner.name, name, ids, return_bytes(content))
    if idle:
        notes.append(problem(codes.RETURN_NOT_NEEDED, file=file, owners=listed(idle, "or")))
    return tuple(made.values()), notes


def _choose_owners(
    reading: Reading, state: CaseState, wanted: Sequence[str], file: str
) -> tuple[list[ReturnOwner], list[Problem]]:
    """The owners who are sent a return, and a problem for each name that nobody has."""
    from tracker.regenerate.returned import outside_owners, owners_of

    if not wanted:
        return outside_owners(reading), []
    known = owners_of(reading, state)
    chosen: list[ReturnOwner] = []
    problems = []
    for word in wanted:
        owner = next((each for each in known if each.is_called(word)), None)
        if owner is None:
            near = did_you_mean(word, [*(each.name for each in known), *(each.code for each in known)])
            problems.append(problem(codes.RETURN_FOR_NOBODY, file=file, owner=word, suggestion=near))
        elif owner not in chosen:
            chosen.append(owner)
    return chosen, problems


_UNFIT = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_NAME = 60


def _file_name(reference: str, owner: ReturnOwner, used: Iterable[str]) -> str:
    """The name of a return's file: the case's reference and the agency's code, else the owner's name."""
    known_as = owner.name if owner.code in {"", *SPARE_AGENCIES} else owner.code
    parts = (_UNFIT.sub("-", each).strip("-")[:_LONGEST_NAME] for each in (reference, known_as))
    stem = "-return-".join(part or "owner" for part in parts)
    others, name, number = set(used), f"{stem}.xlsx", 2
    while name.casefold() in others:
        name, number = f"{stem}-{number}.xlsx", number + 1
    return name


def read_returns(
    paths: Name | Iterable[Name], *, password: Password = None
) -> tuple[list[ReadReturn], list[Problem]]:
    """Read returns that came back, from files and folders.

    Of a folder every workbook counts but those of cases; a file that was named must be a return.

    Returns:
        The returns that could be read, as `reconcile_workbooks` merges them, and every problem.
    """
    from tracker.workbook.preflight import workbook_files
    from tracker.workbook.return_reader import read_return

    returns: list[ReadReturn] = []
    problems: list[Problem] = []
    for path in map(Path, [paths] if isinstance(paths, str | os.PathLike) else paths):
        in_folder = is_folder(path)
        files = list(workbook_files(path)) if in_folder else [path]
        if not files:
            problems.append(problem(codes.NO_RETURN_IN_FOLDER, file=str(path)))
        for file in files:
            content, why = workbook_bytes(file, str(file), password_function(password))
            read, more = (None, why) if why else read_return(content, str(file))
            if read is not None:
                returns.append(read)
            elif in_folder and [each.code for each in more] == [codes.WORKBOOK_AS_RETURN]:
                continue
            problems += more
    return returns, problems
