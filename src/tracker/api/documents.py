"""The letters and forms that the procedure asks for, in Word, filled from a case."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.api.workbooks import read_workbook
from tracker.records import JsonRecord, Record, plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tracker.api.sources import Name, Password, Set, Source
    from tracker.problems import Problem
    from tracker.report.documents import CaseDocument


@dataclass(frozen=True, slots=True)
class Documents(JsonRecord):
    """Word files by name; `documents` say which step each is for and what is left to fill in.

    `problems` are templates that could not be used: the other documents are made all the same.
    """

    files: Mapping[str, bytes]
    documents: tuple[CaseDocument, ...]
    problems: tuple[Problem, ...]

    def record(self) -> Record:
        """Each file's step, agency and blanks, without its content."""
        shown = ("name", "step", "agency", "blanks")
        files = [{name: plain(getattr(each, name)) for name in shown} for each in self.documents]
        return {"files": files, "problems": plain(self.problems)}


def make_documents(
    workbook: Source,
    as_at: date,
    *,
    step: str = "",
    procedure: Set = "",
    templates: Name | None = None,
    password: Password = None,
) -> tuple[Documents | None, list[Problem]]:
    """Make the letters and forms that the steps of a case ask for. What the case does not hold is a marked blank.

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
