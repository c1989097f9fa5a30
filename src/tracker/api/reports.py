"""What is made of cases that were read: reports, messages to owners, calendar entries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.api.sources import Name, ProcedureSource, find_procedure
from tracker.problems import Problem, codes, problem
from tracker.procedure.load import load_procedure
from tracker.procedure.sets import DORSET, set_names
from tracker.records import JsonRecord, Record, plain
from tracker.report.history import done_in, read_earlier
from tracker.text import did_you_mean, listed, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from tracker.procedure.model import Board, Procedure
    from tracker.reconcile.model import Reconciliation
    from tracker.report.calendar import Entry
    from tracker.report.history import Earlier
    from tracker.report.messages import Digest, Mail, Message
    from tracker.report.reports import Made

KINDS = ("weekly", "timeliness")
"""The reports of every procedure; each of its boards has one besides."""
OWNERS = "owners"
"""What the commands call the messages of `make_messages`."""
_WITH_EVERY_ROW = ("csv", "json")
"""Formats for other programs, which get every row of every case with its words."""


class UnknownReportError(ValueError):
    """There is no such report, or it is a board of several procedures; the message lists those there are."""


def report_names(procedure: ProcedureSource = DORSET) -> list[str]:
    """Name the reports: `weekly`, `timeliness`, `owners` (made by `make_messages`), and the IDs of a set's boards.

    Example:
        >>> report_names()
        ['weekly', 'timeliness', 'owners', 'subgroup', 'maqpag', 'qpag']
    """
    return [*KINDS, OWNERS, *_boards_by_id(find_procedure(procedure)[0])]


def check_report_name(name: str, procedure: ProcedureSource = "") -> None:
    """Refuse a misspelt report before workbooks are read for it.

    `procedure` is a set that is known beside those that travel with the program.

    Raises:
        UnknownReportError: the name is none, and much like one. Another may be a board of a workbook's own set.

    Example:
        >>> check_report_name("weekly")
        >>> try:
        ...     check_report_name("maqpg")
        ... except UnknownReportError as error:
        ...     print(str(error)[-24:])
        did you mean "maqpag"?).
    """
    if name in {*KINDS, OWNERS}:
        return
    sets = [find_procedure(procedure)[0]] if procedure else []
    sets += [load_procedure(each)[0] for each in sorted(set_names(), key=lambda each: each != DORSET)]
    _refuse_misspelt(name, [board for each in sets for board in _boards_by_id(each)])


def _boards_by_id(procedure: Procedure | None) -> dict[str, Board]:
    return {board.id: board for board in procedure.boards} if procedure else {}


def _refuse_misspelt(name: str, boards: Iterable[str]) -> None:
    choices = dict.fromkeys([*KINDS, OWNERS, *boards])
    if name not in choices and (hint := did_you_mean(name, choices)):
        raise UnknownReportError(f'"{name}" is none of {", ".join(choices)}{hint}.')


def _choose_board(
    board: str, procedure: ProcedureSource, outcome: Reconciliation
) -> tuple[Procedure, Reconciliation]:
    """The procedure whose board it is, and the cases under procedures that have this board.

    Cases of a procedure that does not have this board are left out, with a problem that counts them.
    """
    named = find_procedure(procedure)[0] if procedure else None
    used = Counter(case.set_name for case in outcome.cases)
    sets: dict[str, Procedure] = {}
    for name in sorted(used):
        of_case = named if named and named.set_name == name else load_procedure(name)[0]
        assert of_case, "a case was read by it"
        sets[name] = of_case
    identities = {name: _board_identity(board, each) for name, each in sets.items()}
    meant = {identity: name for name, identity in identities.items() if identity}
    if named and identities.get(named.set_name):
        meant = {identities[named.set_name]: named.set_name}
    if not meant:
        theirs = {each.id: each.name for one in sets.values() for each in one.boards}
        _refuse_misspelt(board, theirs)
        names = listed([f"{each} ({name})" for each, name in theirs.items()])
        raise UnknownReportError(
            f'the procedure of these workbooks has no board "{board}"; it has {names}. '
            f"There are also {listed((*KINDS, OWNERS))}."
        )
    if len(meant) > 1:
        which = listed(f'"{identity[0]}" in set {name}' for identity, name in meant.items())
        raise UnknownReportError(
            f'"{board}" is a board of several procedures: {which}. Choose with --procedure.'
        )
    identity, chosen = next(iter(meant.items()))
    shown = tuple(case for case in outcome.cases if identities[case.set_name] == identity)
    others = [
        _left_out(board, each, used[name]) for name, each in sets.items() if identities[name] != identity
    ]
    return sets[chosen], replace(outcome, cases=shown, problems=(*outcome.problems, *others))


def _board_identity(board_id: str, procedure: Procedure) -> tuple[str, ...]:
    """What makes two sets' boards the same one: its name, what it sees, and the words its report uses."""
    board = _boards_by_id(procedure).get(board_id)
    if board is None:
        return ()
    shown = dict(procedure.employer_names).get(board.employer, "")
    plan = procedure.improvement_plan if board.employer else ""
    return board.name, board.sees, board.employer, shown, plan


def _left_out(board: str, procedure: Procedure, cases: int) -> Problem:
    return problem(
        codes.BOARD_UNKNOWN_TO_PROCEDURE,
        cases=quantity(cases, "case"),
        set_name=procedure.set_name,
        title=procedure.title,
        board=board,
        has="has another board" if board in _boards_by_id(procedure) else "has no board",
        boards=", ".join(_boards_by_id(procedure)),
    )


def load_earlier_report(path: Name) -> tuple[Earlier | None, list[Problem]]:
    """Read the JSON of an earlier report (its history, or a report in the format `json`), to compare with.

    Gives None, and what is wrong, where the file cannot be used.

    Example:
        >>> earlier, problems = load_earlier_report("nowhere.json")
        >>> earlier, [each.code for each in problems]
        (None, ['T146'])
    """
    return read_earlier(Path(path))


# Reports


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was made: its files by name, a single one by the empty name.

    `outcome` are the cases it is about and the problems of what it leaves out.
    """

    kind: str
    form: str
    files: Mapping[str, bytes]
    outcome: Reconciliation
    _made: Made = field(repr=False)

    @property
    def has_history(self) -> bool:
        """Whether later reports may be compared with it: an anonymised one must not identify its cases."""
        return self._made.keeps_history

    def history(self) -> Iterator[bytes]:
        """What `load_earlier_report` reads, in pieces: every row, and no word a person typed."""
        return (piece.encode() for piece in self._made.pieces())

    def to_json(self) -> str:
        """The report as JSON (`tracker/report/1`), whatever its format."""
        return self._made.to_json().decode()


def make_report(
    outcome: Reconciliation,
    kind: str,
    *,
    form: str = "html",
    procedure: ProcedureSource = "",
    since: Earlier | None = None,
    history: Name | None = None,
    first: date | None = None,
    last: date | None = None,
    anonymise: bool = False,
    brief: bool = False,
    annex: bool = False,
    templates: Name | None = None,
) -> tuple[Report | None, list[Problem]]:
    """Make a status report over cases.

    Args:
        outcome: The cases, as `reconcile_workbooks` read them; `own_first` reads each by its own procedure.
        kind: `weekly`, `timeliness`, or the ID of a board.
        form: `html`, `md`, `docx`, `csv` (several files) or `json`.
        procedure: The set whose board is meant, where several have one of that ID.
        since: An earlier report, to show what moved since.
        history: The folder of earlier reports, from which the drawing of each month is made.
        first: For `timeliness`: reviews known of from this date on.
        last: For `timeliness`: reviews known of up to this date.
        anonymise: For `timeliness`: numbers, months and days alone.
        brief: For `weekly`: one page for directors, without the cases one by one.
        annex: With what a web page folds away, in print and Word too.
        templates: A folder of templates that replace the usual ones.

    Returns:
        The report; None where a template of that folder has a mistake; and that problem.

    Raises:
        UnknownReportError: no procedure of these cases has such a board.
        ValueError: there is no such format, or an option belongs to another report.

    Example:
        >>> from datetime import date
        >>> outcome = reconcile_workbooks("sample_cases", date(2026, 11, 19), own_first=True)
        >>> report, problems = make_report(outcome, "weekly")
        >>> report.files[""].startswith(b"<!DOCTYPE html>"), problems
        (True, [])
    """
    from tracker.report.reports import FORMATS, Wanted, make, report_files

    if form not in FORMATS:
        raise ValueError(f"{form} is none of {', '.join(FORMATS)}")
    if ((first or last or anonymise) and kind != "timeliness") or (brief and kind != "weekly"):
        raise ValueError("first, last and anonymise go with timeliness, brief with weekly")
    board_set = None
    if kind not in KINDS:
        board_set, outcome = _choose_board(kind, procedure, outcome)
    done = done_in(Path(history), (kind, "weekly"), outcome.as_at) if history is not None else None
    wanted = Wanted(kind, since, done, first, last, anonymise, form not in _WITH_EVERY_ROW, brief, annex)
    made = make(wanted, outcome, board_set)
    files, problems = report_files(made, form, _resolve(templates))
    return (None, problems) if problems else (Report(kind, form, files, outcome, made), [])


def _resolve(folder: Name | None) -> Path | None:
    return None if folder is None else Path(folder).resolve()


# Messages


@dataclass(frozen=True, slots=True)
class Messages(JsonRecord):
    """A message for each owner and the digests, as files by name; `problems` names whom none could be made for."""

    files: Mapping[str, bytes]
    messages: tuple[Message, ...]
    digests: tuple[Digest, ...]
    problems: tuple[Problem, ...]
    _outcome: Reconciliation = field(repr=False)

    def record(self) -> Record:
        """The names and subjects of the messages, without their words."""
        subjects = {each.stem: each.subject for each in self.messages}
        subjects |= {each.stem: each.subject for each in self.digests}
        files = [{"file": name, "subject": subjects[Path(name).stem]} for name in self.files]
        return {"files": files, "problems": plain(self.problems)}

    def history(self) -> Iterator[bytes]:
        """What the next run is given as `since`, in pieces."""
        from tracker.report.reports import make_history

        return (piece.encode() for piece in make_history(OWNERS, self._outcome))


def make_messages(
    outcome: Reconciliation, *, form: str = "md", since: Earlier | None = None, templates: Name | None = None
) -> tuple[Messages | None, list[Problem]]:
    """Make a message for each owner of what is due, and the weekly digest of all cases. Nothing is sent.

    As `eml` they are drafts; what has no address is then `md` all the same. `since` is the run before, None for the
    first one; `templates` a folder of templates that replace the usual ones.

    Returns:
        The messages; None where a template of that folder has a mistake; and that problem.

    Raises:
        ValueError: there is no such format.

    Example:
        >>> from datetime import date
        >>> outcome = reconcile_workbooks("sample_cases/ordinary-in-time-edited.xlsx", date(2026, 11, 19))
        >>> messages, problems = make_messages(outcome)
        >>> len(messages.files) == len(messages.messages) + len(messages.digests) > 0, problems
        (True, [])
    """
    from tracker.report.owners import make_mailing
    from tracker.report.render import draft
    from tracker.report.sandbox import catch_template_mistakes

    if form not in {"md", "eml"}:
        raise ValueError(f"{form} is none of md, eml")
    folder = _resolve(templates)
    mailing = make_mailing(outcome, since=since.as_at if since else None)
    files: dict[str, bytes] = {}
    for each in mailing.files():
        # What cannot be addressed is still written, for somebody to send by hand.
        as_draft = form == "eml" and bool(each.to.addresses)
        content, problems = catch_template_mistakes(
            partial(draft if as_draft else _as_markdown, each, folder), folder
        )
        if problems:
            return None, problems
        files[f"{each.stem}.{'eml' if as_draft else 'md'}"] = content
    unaddressed = mailing.unaddressed if form == "eml" else ()
    remarks = (*mailing.problems, *unaddressed)
    return Messages(files, mailing.messages, mailing.digests, remarks, outcome), []


def _as_markdown(message: Mail, templates: Path | None) -> bytes:
    from tracker.report.render import message_text

    return message_text(message, "md", templates).encode("utf-8", "replace")


# Calendar


@dataclass(frozen=True, slots=True)
class CalendarFile(JsonRecord):
    """Calendar entries, and the file (.ics) that holds them; `problems` are times that could not be read."""

    entries: tuple[Entry, ...]
    content: bytes
    problems: tuple[Problem, ...]


def make_calendar(outcome: Reconciliation, *, every: bool = False) -> CalendarFile:
    """Make calendar entries of meetings and key dates; with `every` of all open actions that have a date.

    They name a case by its reference alone.

    Example:
        >>> from datetime import date
        >>> outcome = reconcile_workbooks("sample_cases/ordinary-in-time-edited.xlsx", date(2026, 11, 19))
        >>> make_calendar(outcome).entries[0].summary
        'Rapid Review meeting, DOR-2026-014 (latest date)'
    """
    from tracker.report import calendar

    view = calendar.make_calendar(outcome, every=every)
    return CalendarFile(view.entries, calendar.calendar_bytes(view), view.problems)
