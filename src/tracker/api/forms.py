"""Asking for a case by a form instead of one question after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.api.cases import summarise_case, write_case
from tracker.case.answers import CaseForm, FormQuestion
from tracker.records import JsonRecord, Record
from tracker.text import long_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tracker.case.answers import Answers
    from tracker.case.model import Case
    from tracker.procedure.model import Procedure

FORM = "tracker/form/1"


@dataclass(frozen=True, slots=True)
class FilledForm(JsonRecord):
    """A form as far as it is filled in.

    `dates` are the days by which each stage is to reach its milestone, as far as they can be counted. `reference` and
    `description`, the case description, are empty until every answer is fit.
    """

    questions: Sequence[FormQuestion]
    remarks: Sequence[str]
    dates: Sequence[str]
    reference: str = ""
    description: str = ""

    def record(self) -> Record:
        """The JSON object as a dictionary."""
        return {"schema": FORM, **JsonRecord.record(self)}


def case_form(procedure: Procedure, answers: Answers, today: date) -> FilledForm:
    """Put the questions of `ask_for_case` all at once.

    Args:
        procedure: The set by which questions are asked.
        answers: Questions with their answers; of a question that is put several times, in order.
        today: The day on which the case is begun.

    Example:
        >>> from datetime import date
        >>> from tracker import load_procedure
        >>> procedure, _ = load_procedure()
        >>> form = case_form(procedure, [], date(2026, 11, 2))
        >>> form.questions[0].problems
        ['This is needed: letters, digits and hyphens; never a name.']
    """
    form = CaseForm(procedure, answers, today)
    dates = milestone_dates(form.case, procedure, today) if form.fits("date") else ()
    if not form.fits():
        return FilledForm(form.questions, (), dates)
    described = write_case(form.case, procedure).decode()
    return FilledForm(form.questions, form.remarks, dates, form.case.details.reference, described)


def milestone_dates(case: Case, procedure: Procedure, today: date) -> list[str]:
    """The day by which each stage is to reach its milestone, in words, as far as it can be counted.

    Example:
        >>> from datetime import date
        >>> from tracker import load_case, load_procedure
        >>> procedure, _ = load_procedure()
        >>> case, _ = load_case("sample_cases/ordinary-in-time.toml")
        >>> milestone_dates(case, procedure, date(2026, 11, 2))[0]
        'SIN with the Panel by Monday 9 November 2026 (Day 5)'
    """
    summary, _ = summarise_case(case, today, procedure)
    dates = {each.id: each for each in summary.key_dates} if summary else {}
    lines = []
    for stage in procedure.stages:
        found = dates.get(stage.milestone)
        if found and found.due and found.rag != "Not applicable":
            state = ", provisional" if found.rag.startswith("Provisional") else ""
            lines.append(
                f"{stage.name} {stage.milestone_words} {long_date(found.due)} ({found.timescale}{state})"
            )
    return lines
