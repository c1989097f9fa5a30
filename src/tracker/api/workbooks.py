"""Edited workbooks: read, reconciled, explained, brought up to date."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.api.sources import (
    Name,
    Password,
    ProcedureFinder,
    ProcedureSource,
    Source,
    find_workbooks,
    password_function,
    workbook_bytes,
    workbook_name,
)
from tracker.problems import DEBUG, Problem, codes, problem, unexpected
from tracker.procedure.load import load_calendar_facts
from tracker.reconcile.model import Reconciliation
from tracker.text import did_you_mean, same_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from tracker.case.model import Case
    from tracker.procedure.model import Procedure
    from tracker.regenerate.outcome import Outcome
    from tracker.regenerate.run import UpdateOptions
    from tracker.workbook.reading import Reading


def read_workbook(
    source: Source, procedure: ProcedureSource = "", *, realign: bool = False, password: Password = None
) -> tuple[Reading | None, Procedure | None, list[Problem]]:
    """Read an edited workbook cell by cell; nothing is judged yet.

    It is read by the set it names where none is given; with `realign` rows whose IDs a sort has left beside other
    rows are read by their text.

    Returns:
        The reading, its procedure (both None where the file cannot be used), and every problem met.

    Example:
        >>> reading, procedure, problems = read_workbook("sample_cases/ordinary-in-time-edited.xlsx")
        >>> row = reading.tables["SIN_actions"][0]
        >>> row.text("ID"), row.day("Completed"), row.cell("Completed"), procedure.set_name
        ('SIN-2.1', datetime.date(2026, 11, 4), 'SIN!H4', 'dorset')
        >>> reading, procedure, problems = read_workbook(b"reference,date")
        >>> reading, [(each.code, each.found) for each in problems]
        (None, [('T104', 'this is a text file, such as a CSV, not an .xlsx workbook')])
    """
    from tracker.workbook.read import read_content

    name = workbook_name(source)
    content, problems = workbook_bytes(source, name, password_function(password))
    if problems:
        return None, None, problems
    return read_content(content, name, ProcedureFinder(procedure), realign=realign)


def reconcile_workbooks(
    workbooks: Name | Iterable[Name],
    as_at: date,
    *,
    case: Case | None = None,
    procedure: ProcedureSource = "",
    own_first: bool = False,
    accept_typed_dates: bool = False,
    realign: bool = False,
    returns: Name | Iterable[Name] = (),
    password: Password = None,
    today: date | None = None,
    workers: int = 1,
    step: Callable[[], object] = lambda: None,
) -> Reconciliation:
    """Find the state of cases, what was changed since issue, and what does not fit. Copies count as one case.

    Args:
        workbooks: One path or several, of workbooks or folders; never bytes: copies are known by their paths.
        as_at: The day as at which every state is judged.
        case: A description to hold the key dates of the workbooks against.
        procedure: The set to read by; left out, the one each workbook names.
        own_first: Read by `procedure` only what was issued under it, or under a set that is not to be found.
        accept_typed_dates: Read a date typed over the formula of `Due` as agreed.
        realign: Read rows whose IDs a sort has left beside other rows by their text.
        returns: Returns of agencies, or folders of them, merged into the cases they were made from.
        password: Opens locked workbooks, in memory.
        today: The day itself, where `as_at` is an earlier one: what was completed between the two is then no error.
        workers: Processes that read; more than one need `if __name__ == "__main__":` round the program.
        step: Called after each workbook, to show progress.

    Returns:
        The cases with their changes, conflicts and problems, and the problems of files that gave no case.

    Example:
        >>> from datetime import date
        >>> outcome = reconcile_workbooks("sample_cases/ordinary-in-time-edited.xlsx", date(2026, 11, 19))
        >>> state = outcome.cases[0]
        >>> state.reference, len(state.changes), state.conflicts
        ('DOR-2026-014', 83, ())
        >>> [each.id for each in state.actions if each.rag == "Due today"]
        ['RR-5.5', 'RR-5.7b-UHD']
    """
    from tracker.api.handouts import read_returns
    from tracker.reconcile.run import Settings
    from tracker.regenerate.returned import reconcile_cases

    files, problems = find_workbooks(workbooks)
    if problems:
        return Reconciliation(as_at, (), tuple(problems))
    sent_back, problems = read_returns(returns, password=password)
    load, ask = ProcedureFinder(procedure, own_first), password_function(password)
    settings = Settings(as_at, load, case, accept_typed_dates, realign, ask, today)
    outcome = reconcile_cases(files, settings, returns=sent_back, workers=workers, step=step)
    return replace(outcome, problems=(*problems, *outcome.problems))


FORMATS = ("text", "json", "md", "html")
"""The formats of `format_reconciliation`."""


def format_reconciliation(outcome: Reconciliation, form: str = "text", *, colour: bool = False) -> str:
    """Write the outcome of `reconcile_workbooks` for people, or for other programs.

    As `text` it is for a terminal, with colours where `colour` is set; as `json` for programs, as `md` for
    a mail, as `html` for a browser.

    Raises:
        ValueError: there is no such format.

    Example:
        >>> from datetime import date
        >>> outcome = reconcile_workbooks("sample_cases/ordinary-in-time-edited.xlsx", date(2026, 11, 19))
        >>> format_reconciliation(outcome).splitlines()[0].split(":")[0]
        'DOR-2026-014'
    """
    if form not in FORMATS:
        raise ValueError(f"{form} is none of {', '.join(FORMATS)}")
    if form == "json":
        return outcome.to_json()
    if form == "text":
        from tracker.reconcile.output import as_text

        return as_text(outcome, colour=colour)
    from tracker.report.reports import format_page

    return format_page(outcome, form)


def explain_due_date(
    workbook: Source, row_id: str, as_at: date, *, procedure: ProcedureSource = "", password: Password = None
) -> tuple[str | None, list[Problem]]:
    """Explain how the due date of a row was counted. Capitals do not matter in `row_id`.

    Returns:
        The clock, each day counted or skipped, the paragraph and the reading taken, in lines; or None, and why.

    Example:
        >>> from datetime import date
        >>> source = "sample_cases/ordinary-in-time-edited.xlsx"
        >>> text, problems = explain_due_date(source, "RR-6.6", date(2026, 11, 19))
        >>> "Bank holiday" in text, problems
        (False, [])
        >>> text, problems = explain_due_date(source, "RR-66", date(2026, 11, 19))
        >>> text, [each.code for each in problems]
        (None, ['T124'])
    """
    from tracker.reconcile.due_dates import explain
    from tracker.reconcile.state import case_state

    reading, found, problems = read_workbook(workbook, procedure, password=password)
    if reading is None or found is None:
        return None, problems
    state = case_state(reading, found, as_at)
    action = next((each for each in state.actions if each.id and same_word(each.id, row_id)), None)
    if action is None:
        near = did_you_mean(row_id, [each.id for each in state.actions])
        file = workbook_name(workbook)
        return None, [problem(codes.ROW_NOT_IN_WORKBOOK, file=file, id=row_id, suggestion=near)]
    return "\n".join(explain(action, state, reading, found)), problems


def regenerate_workbook(
    workbooks: Source | Sequence[Source],
    as_at: date,
    *,
    case: Case | None = None,
    procedure: ProcedureSource = "",
    restore: Iterable[str] = (),
    takes: Mapping[str, str] | None = None,
    accept_typed_dates: bool = False,
    annotate: bool = False,
    move_edition: bool = False,
    realign: bool = False,
    returns: Name | Iterable[Name] = (),
    password: Password = None,
) -> tuple[Outcome | None, list[Problem]]:
    """Bring a workbook up to its case and procedure, keeping every edit.

    Args:
        workbooks: The .xlsx file or its bytes; several copies of one workbook are merged into the first.
        as_at: The day for which the values in the file are counted.
        case: The description to bring it up to; left out, the case in the workbook itself.
        procedure: The set to bring it up to; left out, the one the workbook names.
        restore: Cells of the procedure in which an edit is taken back, such as `SIN!B5`.
        takes: What to take in conflicts, by their number: `{"C-001": "yours"}`, `new` or `both`.
        accept_typed_dates: Take a date typed over the formula of `Due` as agreed.
        annotate: Add a sheet of the problems, each linked to its cell.
        move_edition: Bring the rows to the set's present edition.
        realign: Put right IDs that a sort has left beside other rows.
        returns: Returns of agencies, or folders of them, to merge into it.
        password: Opens locked workbooks, in memory.

    Returns:
        The outcome, or None where the workbook cannot be brought up to date; and every problem. Its `content` is what
        to write, locked as the first workbook was, if it is `changed`; `open_conflicts` is for a person to settle.

    Example:
        >>> from datetime import date
        >>> source = "sample_cases/ordinary-in-time-edited.xlsx"
        >>> outcome, problems = regenerate_workbook(source, date(2026, 11, 19))
        >>> again, problems = regenerate_workbook(outcome.content, date(2026, 11, 19))
        >>> outcome.changed, outcome.open_conflicts, again.changed
        (True, [], False)
    """
    from tracker.regenerate.run import UpdateOptions

    sources = [workbooks] if isinstance(workbooks, str | os.PathLike | bytes) else list(workbooks)
    if not sources:
        raise ValueError("regenerate_workbook needs a workbook, or copies of one: none was given")
    options = UpdateOptions(
        case=case,
        restore=frozenset(restore),
        takes=dict(takes or {}),
        accept_typed_dates=accept_typed_dates,
        annotate=annotate,
        move_edition=move_edition,
        realign=realign,
    )
    return _regenerate_copies(
        sources, as_at, ProcedureFinder(procedure), password_function(password), options, returns
    )


def _regenerate_copies(
    sources: Sequence[Source],
    as_at: date,
    load: ProcedureFinder,
    ask: Callable[[str], str] | None,
    options: UpdateOptions,
    returns: Name | Iterable[Name],
) -> tuple[Outcome | None, list[Problem]]:
    """Merge copies and returns into the first, and bring it up to date. What was locked is locked again."""
    from tracker.api.handouts import read_returns
    from tracker.regenerate.copies import merge_copies
    from tracker.regenerate.returned import merge_returns
    from tracker.regenerate.run import regenerate_content
    from tracker.workbook.preflight import lock

    files: list[tuple[str, bytes]] = []
    problems: list[Problem] = []
    words: dict[str, str] = {}

    def remember_password(name: str) -> str:
        words.setdefault(name, word := ask(name) if ask else "")
        return word

    for number, source in enumerate(sources):
        name = workbook_name(source, number)
        content, found = workbook_bytes(source, name, remember_password if ask else None)
        files.append((name, content))
        problems += found
    if problems:
        return None, problems
    first, content = files[0]
    copies, problems = merge_copies(files, load, as_at)
    sent_back, of_returns = read_returns(returns, password=ask)
    if copies is not None and sent_back:
        copies, problems = merge_returns(first, copies, sent_back, load, as_at)
    if copies is None:
        return None, [*of_returns, *problems]
    options = replace(
        options,
        between_copies=copies.conflicts,
        sources=(
            *(hashlib.sha256(each).hexdigest() for _, each in files),
            *(each.sha256 for each in copies.returns),
        ),
        merged=copies.content != content,
        taken_over=copies.cells,
    )
    try:
        outcome, problems = regenerate_content(
            copies.content, first, load, load_calendar_facts(), as_at, options
        )
    except Exception as error:  # whatever is in a workbook ends in a problem that names it
        if os.environ.get(DEBUG):
            raise
        return None, [*of_returns, *copies.problems, unexpected(error, first)]
    if outcome and words.get(first):
        outcome = replace(outcome, content=lock(outcome.content, words[first]))
    return outcome, [*of_returns, *copies.problems, *problems]


def format_outcome(
    outcome: Outcome | None, problems: Sequence[Problem], form: str = "text", *, dry: bool = False
) -> tuple[str, list[Problem]]:
    """Write what `regenerate_workbook` did, as `text` for a terminal or as `json`.

    With `dry` the text begins `This would be done:`, for an outcome that is not written.

    Returns:
        What was done, empty as text where there is no outcome; and the problems a person should know of, with the
        conflicts and the edits that were kept. As JSON they are in the text.

    Example:
        >>> from datetime import date
        >>> source = "sample_cases/ordinary-in-time-edited.xlsx"
        >>> outcome, problems = regenerate_workbook(source, date(2026, 11, 19))
        >>> format_outcome(outcome, problems)[0].splitlines()[0]
        'Done:'
    """
    from tracker.regenerate.outcome import as_text, json_text, remarks

    shown = remarks(outcome, problems) if outcome else list(problems)
    if form == "json":
        return json_text(outcome, shown), shown
    return as_text(outcome, dry=dry) if outcome else "", shown
