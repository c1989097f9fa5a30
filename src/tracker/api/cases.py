"""Cases: descriptions read, checked and written, also from the answers of a form; workbooks made."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from tracker import rules
from tracker.api.sources import (
    Password,
    ProcedureSource,
    Source,
    check_procedure,
    find_procedure,
    workbook_name,
)
from tracker.case import description as case_files
from tracker.case.answers import CaseForm, FormQuestion
from tracker.case.contacts import TITLES, read_contact_rows, read_contacts
from tracker.case.description import case_toml, decode_description
from tracker.case.model import Person
from tracker.formula.values import day_of, is_number
from tracker.paths import LARGEST_TOML, hint, open_regular
from tracker.plan import Plan, blank_plan, make_plan
from tracker.problems import Problem, codes, has_errors, problem
from tracker.procedure.load import load_calendar_facts
from tracker.procedure.model import Procedure, rules_currency
from tracker.procedure.sets import DORSET
from tracker.records import JsonRecord
from tracker.text import long_date, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from tracker.case.answers import Answers
    from tracker.case.model import Case
    from tracker.rules import Rag
    from tracker.workbook.build import Workbook


def load_case(source: Source, procedure: ProcedureSource = DORSET) -> tuple[Case | None, list[Problem]]:
    """Read and check a case description (TOML in UTF-8), its roles, agencies and meetings by those of the set.

    Returns:
        The case, or None where any problem is an error; and every problem of the set and the description.

    Example:
        >>> case, problems = load_case("sample_cases/ordinary-in-time.toml")
        >>> case.details.reference, problems
        ('DOR-2026-014', [])
        >>> case, problems = load_case(b"case.awear = 2026-11-02")
        >>> case, problems[0].code, problems[0].place
        (None, 'T408', 'case.awear')
    """
    found, of_set = find_procedure(procedure)
    if found is None:
        return None, of_set
    if isinstance(source, bytes):
        text = decode_description(source, "")
        case, problems = (None, [text]) if isinstance(text, Problem) else case_files.parse_case(text, found)
    else:
        case, problems = case_files.load_case(Path(source), found)
    return case, [*of_set, *problems]


def load_people(
    source: Source, procedure: ProcedureSource = DORSET, *, password: Password = None
) -> tuple[dict[str, Person] | None, list[Problem]]:
    r"""Read who holds which role: from a contacts file, the description of another case, or its workbook.

    A contacts file is a table (CSV, UTF-8) with the columns Role, Name, Email and Deputy. Other names of a role are
    understood; a usual agency may stand in place of a role.

    Returns:
        The person of each role and agency, or None where any problem is an error; and every problem.

    Example:
        >>> people, problems = load_people(b"Role,Name,Email\nHoQA,A. Example,a@example.org\n")
        >>> [(role, person.name) for role, person in people.items()], problems
        ([('Head of QA and Partnerships', 'A. Example')], [])
        >>> people, problems = load_people(b"Role,Name\nHead of QQ,A. Example\n")
        >>> people, problems[0].place
        (None, 'line 2, Role')
    """
    found, of_set = find_procedure(procedure)
    if found is None:
        return None, of_set
    file = "" if isinstance(source, bytes) else os.fspath(source)
    content = source if isinstance(source, bytes) else _read_contacts_file(Path(source))
    if isinstance(content, Problem):
        return None, [*of_set, content]
    if content.startswith(_WORKBOOKS):
        people, problems = _people_of_workbook(source, found, password)
    else:
        try:
            people, problems = read_contacts(content.decode("utf-8-sig"), found, file=file)
        except UnicodeDecodeError:
            reason = "letters that are not in UTF-8"
            people, problems = {}, [problem(codes.CONTACTS_UNREADABLE, file=file, reason=reason, hint="")]
    return None if has_errors(problems) else people, [*of_set, *problems]


_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How workbooks begin, the second a locked one."""


def _read_contacts_file(path: Path) -> bytes | Problem:
    try:
        with open_regular(path) as file:
            head = file.read(LARGEST_TOML + 1)
    except OSError as error:
        reason = f"could not be opened: {refusal(error)}"
        near = hint(path) if isinstance(error, FileNotFoundError) else ""
        return problem(codes.CONTACTS_UNREADABLE, file=str(path), reason=reason, hint=near)
    if len(head) > LARGEST_TOML and not head.startswith(_WORKBOOKS):
        reason = "larger than 1 MB"
        return problem(codes.CONTACTS_UNREADABLE, file=str(path), reason=reason, hint="")
    return head


def _people_of_workbook(
    source: Source, procedure: Procedure, password: Password
) -> tuple[dict[str, Person], list[Problem]]:
    from tracker.api.workbooks import read_workbook

    reading, _, problems = read_workbook(source, password=password)
    if reading is None:
        return {}, problems
    # An address without a name is the procedure's own.
    rows = [row for row in reading.tables.get(rules.ROLES, ()) if row.text("Name")]
    texts = [({title: row.text(title) for title in TITLES}, row.cell) for row in rows]
    people, problems = read_contact_rows(texts, procedure, file=workbook_name(source))
    for row in reading.tables.get(rules.AGENCIES, ()):
        contact = Person(row.text("Contact"), row.text("Email"))
        if row.text("Agency") and contact != Person(""):
            people[row.text("Agency")] = contact
    return people, problems


def write_case(case: Case, procedure: Procedure) -> bytes:
    """Write a case as a description (TOML, in UTF-8), by the set whose roles and agencies it names.

    Example:
        >>> procedure, _ = load_procedure("dorset")
        >>> case, _ = load_case("sample_cases/ordinary-in-time.toml", procedure)
        >>> load_case(write_case(case, procedure), procedure) == (case, [])
        True
    """
    return case_toml(case, procedure).encode("utf-8", "replace")


def generate(
    case: Case | None, as_at: date, procedure: ProcedureSource = DORSET
) -> tuple[bytes | None, list[Problem]]:
    """Make the workbook of a case by the set it was loaded with; None makes a blank one, with the usual agencies.

    The values in the file are those of the day `as_at`. Opened, the workbook follows the day.

    Returns:
        The bytes of the .xlsx file, the same for the same input, or None where the set cannot be used; and the
        problems of the set.

    Example:
        >>> from datetime import date
        >>> case, _ = load_case("sample_cases/ordinary-in-time.toml")
        >>> content, problems = generate(case, date(2026, 11, 22))
        >>> content.startswith(b"PK"), problems
        (True, [])
    """
    from tracker.workbook.write import workbook_bytes

    found, problems = find_procedure(procedure)
    if found is None:
        return None, problems
    plan = make_plan(case, found) if case else blank_plan(found)
    return workbook_bytes(_evaluate(plan, as_at)), problems


def _evaluate(plan: Plan, as_at: date) -> Workbook:
    """The workbook of a plan before it is written, every formula evaluated."""
    from tracker.workbook.build import build

    return build(plan, load_calendar_facts(), as_at)


# What a case comes to


@dataclass(frozen=True, slots=True)
class ClockDate(JsonRecord):
    """A clock of a case; `day` is None while it is not known, `state`: whether it is confirmed."""

    clock: str
    day: date | None
    state: str


@dataclass(frozen=True, slots=True)
class KeyDate(JsonRecord):
    """A key date of a case; `due` is None while it cannot be counted."""

    id: str
    timescale: str
    due: date | None
    rag: Rag
    action: str


@dataclass(frozen=True, slots=True)
class CaseSummary(JsonRecord):
    """The clocks and key dates of a case; `rows` is how many rows its workbook would have.

    `currency` is the sentence of `rules_currency` for that day.
    """

    reference: str
    summary: str
    procedure: str
    edition: str
    currency: str
    rows: int
    clocks: tuple[ClockDate, ...]
    key_dates: tuple[KeyDate, ...]


@dataclass(frozen=True, slots=True)
class CheckedCase(JsonRecord):
    """What `check_case` found: `case` is None where the description, or its procedure, holds an error."""

    SCHEMA: ClassVar[str] = "tracker/check/1"
    as_at: date
    case: CaseSummary | None
    problems: tuple[Problem, ...]


def check_case(source: Source, as_at: date, procedure: ProcedureSource = DORSET) -> CheckedCase:
    """Read and check a case description (`load_case`), and count its clocks and key dates (`summarise_case`).

    Example:
        >>> from datetime import date
        >>> checked = check_case("sample_cases/ordinary-in-time.toml", date(2026, 11, 22))
        >>> checked.case.rows, checked.problems
        (115, ())
    """
    found, problems = (
        find_procedure(procedure) if isinstance(procedure, Procedure) else check_procedure(procedure)
    )
    case, more = load_case(source, found) if found else (None, [])
    summary, doubts = summarise_case(case, as_at, found) if case and found else (None, [])
    return CheckedCase(as_at, summary, (*problems, *more, *doubts))


def summarise_case(
    case: Case, as_at: date, procedure: ProcedureSource = DORSET
) -> tuple[CaseSummary | None, list[Problem]]:
    """Count the clocks and key dates of a case, by the set it was loaded with, and judge them as at a day.

    Returns:
        The summary, or None where the set cannot be used; and the problems of the set, and of dates that are
        possible but unlikely.

    Example:
        >>> from datetime import date
        >>> case, _ = load_case("sample_cases/ordinary-in-time.toml")
        >>> summary, problems = summarise_case(case, date(2026, 11, 22))
        >>> [(each.id, each.rag) for each in summary.key_dates[:2]]
        [('SIN-3.4', 'Complete'), ('RR-6.2', 'Due soon')]
    """
    from tracker.reconcile.due_dates import doubtful_dates

    found, problems = find_procedure(procedure)
    if found is None:
        return None, problems
    workbook = _evaluate(make_plan(case, found), as_at)
    rows = sum(len(stage) for stage in workbook.plan.rows.values())
    dates = tuple(_clock_dates(workbook)), tuple(_key_dates(workbook))
    rules_used = found.title, found.edition, rules_currency(found, as_at)
    summary = CaseSummary(case.details.reference, case.details.summary, *rules_used, rows, *dates)
    return summary, [*problems, *doubtful_dates(workbook, as_at)]


def _clock_dates(workbook: Workbook) -> Iterator[ClockDate]:
    titles = ("Clock", "Date in use", "Confirmed or provisional")
    columns = [workbook.book.column(rules.CLOCKS, title) for title in titles]
    for name, day, state in zip(*columns, strict=True):
        yield ClockDate(str(name), _to_date(day), str(state))


def _key_dates(workbook: Workbook) -> Iterator[KeyDate]:
    from tracker.workbook.summary_page import key_rows

    for row, _ in key_rows(workbook.plan):
        table = rules.table_name(row.stage)
        ids = workbook.book.column(table, "ID")
        if row.id in ids:
            place = ids.index(row.id)
            timescale, due, rag, action = (
                workbook.book.column(table, title)[place] for title in ("Timescale", "Due", "RAG", "Action")
            )
            yield KeyDate(row.id, str(timescale), _to_date(due), rules.rag_word(rag), str(action))


def _to_date(value: object) -> date | None:
    return day_of(value) if is_number(value) else None  # type: ignore[arg-type]  # a number


# By a form, instead of one question after the other


@dataclass(frozen=True, slots=True)
class FilledForm(JsonRecord):
    """A form as far as it is filled in.

    `dates` are the days by which each stage is to reach its milestone, as far as they can be counted. `reference` and
    `description`, the case description, are empty until every answer is fit.
    """

    SCHEMA: ClassVar[str] = "tracker/form/1"
    questions: Sequence[FormQuestion]
    remarks: Sequence[str]
    dates: Sequence[str]
    reference: str = ""
    description: str = ""


def case_form(procedure: Procedure, answers: Answers, today: date) -> FilledForm:
    """Put the questions of `ask_for_case` all at once.

    Args:
        procedure: The set whose questions are put.
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
    form = CaseForm(procedure, {}, today, answers)
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
        key_date = dates.get(stage.milestone)
        if key_date and key_date.due and key_date.rag != "Not applicable":
            state = ", provisional" if key_date.rag.startswith("Provisional") else ""
            lines.append(
                f"{stage.name} {stage.milestone_words} {long_date(key_date.due)} ({key_date.timescale}{state})"
            )
    return lines
