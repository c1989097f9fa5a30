"""The letters and forms that steps ask for by their key `document`: which a case needs, as Word files.

Example:
    >>> found, problems = make_case_documents(known, procedure, "RR-5.7", None)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tracker import resources
from tracker.case.format import AGENCY_CODE
from tracker.case.model import Agency
from tracker.problems import codes, problem
from tracker.reconcile.events import step_index, step_of
from tracker.report.docx_output import check_can_write, document_bytes
from tracker.report.sandbox import guarded
from tracker.text import listed, same_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.procedure.model import Procedure, Step
    from tracker.reconcile.model import Action
    from tracker.report.document_fields import DocumentFields, KnownCase


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A Word file: its name, the step that asks for it, the agency it is for, and what is left to fill in."""

    name: str
    step: str
    agency: str
    blanks: tuple[str, ...]
    content: bytes


def make_case_documents(
    known: KnownCase, procedure: Procedure, step_id: str = "", folder: Path | None = None
) -> tuple[list[CaseDocument], list[Problem]]:
    """The documents of one step, or of every step that applies to the case; and the templates that cannot be used.

    A template in `folder` is taken before ours of that name.
    """
    if unable := check_can_write():
        return [], unable
    asking = [step for _, step in procedure.steps() if step.document]
    wanted = [step for step in asking if not step_id or same_word(step.id, step_id)]
    if step_id and not wanted:
        known_steps = listed([step.id for step in asking], "or") or "none"
        return [], [problem(codes.NO_DOCUMENT_OF_STEP, id=step_id, steps=known_steps)]
    made: list[CaseDocument] = []
    problems: list[Problem] = []
    for step in wanted:
        template = _template(step.document, folder)
        if not template.is_file():
            problems.append(problem(codes.DOCUMENT_TEMPLATE_MISSING, file=str(template), id=step.id))
            continue
        for agency, filled in _filled(known, procedure, step, named=bool(step_id)):
            title = f"{step.document.replace('-', ' ').capitalize()}, {filled.reference}"
            blanks: list[str] = []
            make = partial(document_bytes, template, filled.values(), title, known.as_at, blanks)
            content, mistakes = guarded(make, template.parent, template)
            if mistakes:
                problems += mistakes
                break
            name = "-".join(filter(None, (step.id, step.document, agency)))
            made.append(CaseDocument(f"{name}.docx", step.id, agency, tuple(dict.fromkeys(blanks)), content))
    return made, problems


def _template(document: str, folder: Path | None) -> Path:
    """The Word template of a document: theirs before ours."""
    own = [folder / f"{document}.docx"] if folder else []
    ours = resources.templates() / "documents" / f"{document}.docx"
    return next((path for path in own if path.is_file()), ours)


def _filled(
    known: KnownCase, procedure: Procedure, step: Step, *, named: bool
) -> Iterator[tuple[str, DocumentFields]]:
    """The fields of a step's document, by the code of its agency where each agency gets its own.

    Each agency gets its own where its reply waits for the step. What is not applicable is made only when it is named.
    """
    steps = step_index(procedure)
    rows = {each.id: (each, found) for each in known.state.actions if (found := step_of(each.id, steps))}
    of_agencies = {row_id: each for row_id, (each, found) in rows.items() if found.each == "agency"}
    for action, found in rows.values():
        if found is not step or not (named or action.rag != "Not applicable"):
            continue
        returns = [each for each in of_agencies.values() if each.stage == action.stage]
        if not any(found.each == "agency" and step.id in found.after for found in steps.values()):
            yield "", known.fields(action, returns, Agency("", ""), None)
            continue
        replies = {row_id: each for row_id, each in of_agencies.items() if action.id in each.after}
        # A code ends the name of a file, and what a hidden sheet remembers may be damaged.
        for agency in (each for each in known.case.agencies if AGENCY_CODE.fullmatch(each.code)):
            own = [each for row_id, each in replies.items() if row_id.endswith(f"-{agency.code}")]
            if not own or own[0].rag != "Not applicable":
                reply = _reply_date(own, tuple(replies.values()))
                yield agency.code, known.fields(action, returns, agency, reply)


def _reply_date(own: Sequence[Action], replies: Sequence[Action]) -> date | None:
    """By when an agency is to reply; one listed since the rows were made has the due date of the others."""
    return own[0].judged if own else next((each.due for each in replies), None)
