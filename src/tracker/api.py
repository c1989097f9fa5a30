"""What other programs may rely on: the steps that the commands themselves call.

They are taken from the package itself: `from tracker import load_case, generate, read_workbook, reconcile,
regenerate`. Each gives back what was understood together with every problem as a value: a wrong file, cell or word
raises nothing. Nothing is printed, asked or written, no clock is looked at, and the same input gives the same result.

Where a `Source` is taken, a text or a path names a file, and bytes are the content itself. A procedure is a set's
name, its folder, or a `Procedure` that was loaded before. A password is a text, or a function that gives it by the
name of the file; no password at all leaves a locked workbook unread.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.case.load import load_case as case_of_file
from tracker.case.load import parse_case
from tracker.case.model import Case
from tracker.case.syntax import decoded
from tracker.plan import blank_case, make_plan
from tracker.problems import Problem, codes, problem
from tracker.problems.unexpected import DEBUG, unexpected
from tracker.procedure.load import DORSET, load_calendar_facts, load_procedure
from tracker.procedure.model import Procedure
from tracker.reconcile.model import Reconciliation
from tracker.reconcile.run import Settings
from tracker.regenerate.cases import reconcile_cases
from tracker.regenerate.copies import Copies, merge_copies
from tracker.regenerate.run import Outcome, UpdateOptions, regenerate_content
from tracker.workbook.build import Workbook, build
from tracker.workbook.preflight import given_content, workbook_content
from tracker.workbook.read import read_content
from tracker.workbook.reading import Reading
from tracker.workbook.unlock import lock

if TYPE_CHECKING:
    from datetime import date

    from tracker.workbook.issue import Issue

    Load = Callable[[Issue], tuple[Procedure | None, list[Problem]]]

__all__ = [
    "Case",
    "Outcome",
    "Problem",
    "Procedure",
    "Reading",
    "Reconciliation",
    "generate",
    "load_case",
    "load_procedure",
    "read_workbook",
    "reconcile",
    "regenerate",
]

Name = str | os.PathLike[str]
"""The path of a file or folder."""

Source = Name | bytes
"""A path, or the content itself."""

Set = Procedure | Name
"""A procedure: loaded, or the name or folder of its set."""

Password = str | Callable[[str], str] | None
"""The password of locked workbooks, or what gives it by a workbook's name; an empty one opens nothing."""

GIVEN = "the workbook given"
"""What a workbook that came as bytes is called in problems."""


def load_case(source: Source, procedure: Set = DORSET) -> tuple[Case | None, list[Problem]]:
    """Read and check a case description (TOML).

    Args:
        source: The file, or its bytes in UTF-8.
        procedure: The set by which roles, agencies and meetings are checked.

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
    found, said = _procedure(procedure)
    if found is None:
        return None, said
    if isinstance(source, bytes):
        text = decoded(source, "")
        case, problems = (None, [text]) if isinstance(text, Problem) else parse_case(text, found)
    else:
        case, problems = case_of_file(Path(source), found)
    return case, [*said, *problems]


def generate(case: Case | None, as_at: date, procedure: Set = DORSET) -> tuple[bytes | None, list[Problem]]:
    """Make the workbook of a case.

    Args:
        case: The case; None makes a blank workbook with the usual agencies and no dates.
        as_at: The day for which the values in the file are counted. Opened, the workbook follows the day.
        procedure: The set whose steps it holds, the one the case was loaded with.

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
    from tracker.workbook.write import (
        workbook_bytes,  # and the library that writes, which reading never needs
    )

    found, problems = _procedure(procedure)
    if found is None:
        return None, problems
    return workbook_bytes(laid_out(case or blank_case(found), as_at, found)), problems


def laid_out(case: Case, as_at: date, procedure: Procedure) -> Workbook:
    """The workbook of a case before it is written, every formula worked out."""
    return build(make_plan(case, procedure), load_calendar_facts(), as_at)


def read_workbook(
    source: Source, procedure: Set = "", *, realign: bool = False, password: Password = None
) -> tuple[Reading | None, Procedure | None, list[Problem]]:
    """Read an edited workbook cell by cell; nothing is judged yet.

    Args:
        source: The .xlsx file, or its bytes.
        procedure: The set to read it by; left out, the one the workbook names.
        realign: Read rows whose IDs a sort has left beside other rows by their text.
        password: Opens a locked workbook, in memory.

    Returns:
        The reading, its procedure (both None where the file cannot be used), and every problem met.

    Example:
        >>> reading, procedure, problems = read_workbook("sample_cases/ordinary-in-time-edited.xlsx")
        >>> row = reading.tables["SIN_actions"][0]
        >>> row.text("ID"), row.day("Completed"), row.cell("Completed"), procedure.set_name
        ('SIN-2.1', datetime.date(2026, 11, 4), 'SIN!H4', 'dorset')
        >>> reading, procedure, problems = read_workbook(b"reference,date")
        >>> reading, [(each.code, each.found) for each in problems]
        (None, [('T104', 'a text file, such as a CSV')])
    """
    name = _name(source)
    content, problems = _content(source, name, _asked(password))
    if problems:
        return None, None, problems
    return read_content(content, name, ProcedureFor(procedure), realign=realign)


def reconcile(
    workbooks: Name | Iterable[Name],
    as_at: date,
    *,
    case: Case | None = None,
    procedure: Set = "",
    own_first: bool = False,
    accept_typed_dates: bool = False,
    realign: bool = False,
    password: Password = None,
    today: date | None = None,
    workers: int = 1,
    step: Callable[[], object] = lambda: None,
) -> Reconciliation:
    """Say where cases stand, what was changed since their workbooks were issued, and what does not fit.

    Copies of one issue are merged and counted as one case; so is a workbook with the one made from it.

    Args:
        workbooks: One path, or several; copies are told apart by their paths, so bytes are not taken.
        as_at: The day as at which every state is judged.
        case: A description to hold the key dates of the workbooks against.
        procedure: The set to read by; left out, the one each workbook names.
        own_first: Read by `procedure` only what was issued under it, or under a set that is not to be found.
        accept_typed_dates: Read a date typed over the formula of `Due` as agreed.
        realign: Read rows whose IDs a sort has left beside other rows by their text.
        password: Opens locked workbooks, in memory.
        today: The day itself, where `as_at` is an earlier one: what was completed between the two is then no error.
        workers: Processes that read, where there are more than a handful of workbooks; the answer is the same. A
            program that asks for more than one keeps what it does behind `if __name__ == "__main__":`.
        step: Called after each workbook, to show progress.

    Returns:
        The cases with their changes, conflicts and problems, and the problems of files that gave no case.

    Example:
        >>> from datetime import date
        >>> outcome = reconcile("sample_cases/ordinary-in-time-edited.xlsx", date(2026, 11, 19))
        >>> state = outcome.cases[0]
        >>> state.reference, len(state.changes), state.conflicts
        ('DOR-2026-014', 80, ())
        >>> [each.id for each in state.actions if each.rag == "Due today"]
        ['RR-5.5', 'RR-5.7b-UHD']
        >>> [each.code for each in reconcile("nowhere.xlsx", date(2026, 11, 19)).all_problems()]
        ['T101']
    """
    names = [workbooks] if isinstance(workbooks, str | os.PathLike) else workbooks
    settings = Settings(
        as_at,
        ProcedureFor(procedure, own_first),
        case=case,
        accept_typed_dates=accept_typed_dates,
        realign=realign,
        password=_asked(password),
        today=today,
    )
    return reconcile_cases(map(Path, names), settings, workers=workers, step=step)


def regenerate(
    workbooks: Source | Sequence[Source],
    as_at: date,
    *,
    case: Case | None = None,
    procedure: Set = "",
    restore: Iterable[str] = (),
    accept_typed_dates: bool = False,
    annotate: bool = False,
    move_edition: bool = False,
    realign: bool = False,
    password: Password = None,
) -> tuple[Outcome | None, list[Problem]]:
    """Bring a workbook up to its case and procedure, keeping every edit.

    Args:
        workbooks: The .xlsx file or its bytes; several copies of one workbook are merged into the first.
        as_at: The day for which the values in the file are counted.
        case: The description to bring it up to; left out, what the workbook itself says.
        procedure: The set to bring it up to; left out, the one the workbook names.
        restore: Cells of the procedure in which an edit is taken back, such as `SIN!B5`.
        accept_typed_dates: Take a date typed over the formula of `Due` as agreed.
        annotate: Add a sheet of the problems, each linked to its cell.
        move_edition: Bring the rows to the set's present edition.
        realign: Put right IDs that a sort has left beside other rows.
        password: Opens locked workbooks, in memory.

    Returns:
        The outcome, or None where the workbook cannot be brought up to date; and every problem. The outcome's
        `content` is what to write, locked again under the password of the first workbook; `changed` says whether
        there is anything to write, and `open_conflicts` what a person has to settle on sheet Conflicts.

    Raises:
        ValueError: no workbook is given.

    Example:
        >>> from datetime import date
        >>> source = "sample_cases/ordinary-in-time-edited.xlsx"
        >>> outcome, problems = regenerate(source, date(2026, 11, 19))
        >>> outcome.changed, outcome.open_conflicts
        (True, [])
        >>> again, problems = regenerate(outcome.content, date(2026, 11, 19))
        >>> again.changed, again.content == outcome.content
        (False, True)
    """
    sources = [workbooks] if isinstance(workbooks, str | os.PathLike | bytes) else list(workbooks)
    if not sources:
        raise ValueError("regenerate needs a workbook, or copies of one: none was given")
    first = _Noted(password)
    files, unread = _read(sources, [first.word if first.ask else None, *[_asked(password)] * len(sources)])
    if unread:
        return None, unread
    load = ProcedureFor(procedure)
    copies, problems = _as_one(files, load, as_at)
    if copies is None:
        return None, problems
    options = UpdateOptions(
        case=case,
        restore=frozenset(restore),
        accept_typed_dates=accept_typed_dates,
        annotate=annotate,
        move_edition=move_edition,
        realign=realign,
        between_copies=copies.conflicts,
        sources=tuple(hashlib.sha256(content).hexdigest() for _, content in files),
        merged=copies.content != files[0][1],
    )
    outcome, problems = _regenerated(copies.content, files[0][0], load, load_calendar_facts(), as_at, options)
    if outcome and first.given:
        outcome = replace(outcome, content=lock(outcome.content, first.given))
    return outcome, [*copies.problems, *problems]


def _regenerated(content: bytes, path: str, *rest: Any) -> tuple[Outcome | None, list[Problem]]:
    """`regenerate_content`, where whatever is in a workbook ends in a problem that names it."""
    try:
        return regenerate_content(content, path, *rest)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return None, [unexpected(error, path)]


def _read(
    sources: Sequence[Source], passwords: Sequence[Callable[[str], str] | None]
) -> tuple[list[tuple[str, bytes]], list[Problem]]:
    """The name and bytes of every workbook, and why those that cannot be read cannot."""
    files, problems = [], []
    for number, source in enumerate(sources):
        name = _name(source, number)
        content, found = _content(source, name, passwords[number])
        files.append((name, content))
        problems += found
    return files, problems


def _as_one(
    files: Sequence[tuple[str, bytes]], load: Load, as_at: date
) -> tuple[Copies | None, list[Problem]]:
    """Copies merged into the first; a single workbook is as it is."""
    return (Copies(files[0][1], (), ()), []) if len(files) == 1 else merge_copies(files, load, as_at)


class _Noted:
    """Gives the same passwords, and notes the one that was used: what was locked is locked again."""

    def __init__(self, password: Password) -> None:
        self.ask = _asked(password)
        self.given = ""

    def word(self, name: str) -> str:
        """The password of a workbook."""
        self.given = self.ask(name) if self.ask else ""
        return self.given


@dataclass(frozen=True, slots=True)
class ProcedureFor:
    """Finds the procedure of a workbook: the one named here, else the one it was issued under. Loads each once.

    With `own_first` the named one is for workbooks of that name and for those whose own is not to be found: a folder
    may hold cases of several procedures.
    """

    procedure: Set = ""
    own_first: bool = False
    _loaded: dict[str, tuple[Procedure | None, list[Problem]]] = field(default_factory=dict)

    def __call__(self, issue: Issue) -> tuple[Procedure | None, list[Problem]]:
        """The procedure, or why it cannot be used."""
        if isinstance(self.procedure, Procedure):
            return self.procedure, []
        named = os.fspath(self.procedure)
        found, problems = self._load(named or issue.set_name)
        if named and self.own_first and found and found.set_name != issue.set_name:
            own, told = self._load(issue.set_name)
            if own or codes.SET_NOT_FOUND not in {each.code for each in told}:
                found, problems = own, told  # its own, also where that is not in order
        if not named and codes.SET_NOT_FOUND in {each.code for each in problems}:
            # It is the workbook that names it, not the person.
            return None, [problem(codes.PROCEDURE_NOT_FOUND, set_name=issue.set_name)]
        return found, problems

    def _load(self, name: str) -> tuple[Procedure | None, list[Problem]]:
        if name not in self._loaded:
            self._loaded[name] = load_procedure(name)
        return self._loaded[name]


@dataclass(frozen=True, slots=True)
class _Word:
    """Gives the same password for every workbook."""

    word: str

    def __call__(self, name: str) -> str:
        """The password of a file by its name."""
        del name
        return self.word


def _procedure(procedure: Set) -> tuple[Procedure | None, list[Problem]]:
    if isinstance(procedure, Procedure):
        return procedure, []
    return load_procedure(os.fspath(procedure) or DORSET)


def _name(source: Source, number: int = 0) -> str:
    """What a workbook is called in problems."""
    if isinstance(source, bytes):
        return f"{GIVEN} as copy {number + 1}" if number else GIVEN
    return os.fspath(source)


def _content(source: Source, name: str, password: Callable[[str], str] | None) -> tuple[bytes, list[Problem]]:
    """The bytes of a workbook, unlock and looked at, or why it cannot be one."""
    if isinstance(source, bytes):
        return given_content(source, name, password)
    return workbook_content(Path(source), password)


def _asked(password: Password) -> Callable[[str], str] | None:
    return _Word(password) if isinstance(password, str) else password
