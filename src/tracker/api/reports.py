"""What is made of cases that were read: reports, messages to owners, calendar entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.api.boards import (
    OWNERS,
    boards_of,
    cases_of_board,
    names_for_every_procedure,
    refuse_misspelt,
)
from tracker.api.sources import Name, Set, find_procedure
from tracker.procedure.load import DORSET, load_procedure, set_names
from tracker.records import JsonRecord, Record, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from tracker.problems import Problem
    from tracker.reconcile.model import Reconciliation
    from tracker.report.calendar import Entry
    from tracker.report.history import Earlier
    from tracker.report.owners import Digest, Message
    from tracker.report.reports import Made

_MESSAGE_FORMATS = ("md", "eml")
_WITH_EVERY_ROW = ("csv", "json")
"""Formats for other programs, which get every row of every case with its words."""


def report_names(procedure: Set = DORSET) -> list[str]:
    """Name the reports there are.

    Args:
        procedure: The set whose boards have reports.

    Returns:
        `weekly` and `timeliness`, `owners` (made by `make_messages`), and the IDs of the boards.

    Example:
        >>> report_names()
        ['weekly', 'timeliness', 'owners', 'subgroup', 'maqpag', 'qpag']
    """
    return [*names_for_every_procedure(), *boards_of(find_procedure(procedure)[0])]


def check_report_name(name: str, procedure: Set = "") -> None:
    """Refuse a misspelt report before workbooks are read for it.

    Args:
        name: One of `report_names`.
        procedure: A set that is known beside those that travel with the program.

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
    sets = [find_procedure(procedure)[0]] if procedure else []
    sets += [load_procedure(each)[0] for each in sorted(set_names(), key=lambda each: each != DORSET)]
    refuse_misspelt(name, [board for each in sets for board in boards_of(each)])


def load_earlier_report(path: Name) -> tuple[Earlier | None, list[Problem]]:
    """Read the JSON of an earlier report, to compare with.

    Args:
        path: The history beside a report, or a report in the format `json`.

    Returns:
        The earlier report, or None and what is wrong with the file.

    Example:
        >>> earlier, problems = load_earlier_report("nowhere.json")
        >>> earlier, [each.code for each in problems]
        (None, ['T146'])
    """
    from tracker.report.history import read_earlier

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
        """Whether later reports may be compared with it: an anonymised one would tell whose it is."""
        from tracker.report.reports import keeps_history

        return keeps_history(self._made)

    def history(self) -> Iterator[bytes]:
        """What `load_earlier_report` reads, in pieces: every row, and no word a person typed."""
        return _encoded(self._made.pieces())

    def to_json(self) -> str:
        """The report as JSON (`tracker/report/1`), whatever its format."""
        from tracker.report.reports import written

        return written(self._made, "json")[0][""].decode()


def make_report(
    outcome: Reconciliation,
    kind: str,
    *,
    form: str = "html",
    procedure: Set = "",
    since: Earlier | None = None,
    history: Name | None = None,
    first: date | None = None,
    last: date | None = None,
    anonymise: bool = False,
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
    from tracker.report.history import done_in
    from tracker.report.reports import FORMATS, KINDS, Wanted, make, written

    if form not in FORMATS:
        raise ValueError(f"{form} is none of {', '.join(FORMATS)}")
    if (first or last or anonymise) and kind != "timeliness":
        raise ValueError("first, last and anonymise go with timeliness")
    found = None
    if kind not in KINDS:
        found, outcome = cases_of_board(kind, procedure, outcome)
    done = done_in(Path(history), (kind, "weekly"), outcome.as_at) if history is not None else None
    wanted = Wanted(kind, since, done, first, last, anonymise, closed_apart=form not in _WITH_EVERY_ROW)
    made = make(wanted, outcome, found)
    files, problems = written(made, form, _resolved(templates))
    return (None, problems) if problems else (Report(kind, form, files, outcome, made), [])


def _resolved(folder: Name | None) -> Path | None:
    return None if folder is None else Path(folder).resolve()


def _encoded(pieces: Iterator[str]) -> Iterator[bytes]:
    return (piece.encode() for piece in pieces)


# Messages


@dataclass(frozen=True, slots=True)
class Messages(JsonRecord):
    """A message for each owner and the digests, as files by name; `problems` say whom none could be made for."""

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
        from tracker.report.reports import remembered

        return _encoded(remembered(OWNERS, self._outcome))


def make_messages(
    outcome: Reconciliation, *, form: str = "md", since: Earlier | None = None, templates: Name | None = None
) -> tuple[Messages | None, list[Problem]]:
    """Make a message for each owner of what is due, and the weekly digest of all cases. Nothing is sent.

    Args:
        outcome: The cases, as `reconcile_workbooks` read them.
        form: `md`, or `eml` for drafts; what has no address is then `md` all the same.
        since: The run before, as `load_earlier_report` reads it; None for the first one.
        templates: A folder of templates that replace the usual ones.

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

    if form not in _MESSAGE_FORMATS:
        raise ValueError(f"{form} is none of {', '.join(_MESSAGE_FORMATS)}")
    mailing = make_mailing(outcome, since=since.as_at if since else None)
    files: dict[str, bytes] = {}
    for each in mailing.files():
        # What cannot be addressed is still written, for somebody to send by hand.
        as_draft = form == "eml" and bool(each.to.addresses)
        content, problems = _message_bytes(each, _resolved(templates), as_draft=as_draft)
        if problems:
            return None, problems
        files[f"{each.stem}.{'eml' if as_draft else 'md'}"] = content
    unaddressed = mailing.unaddressed if form == "eml" else ()
    found = (*mailing.problems, *unaddressed)
    return Messages(files, mailing.messages, mailing.digests, found, outcome), []


def _message_bytes(
    message: Message | Digest, templates: Path | None, *, as_draft: bool
) -> tuple[bytes, list[Problem]]:
    from tracker.report.mail import draft
    from tracker.report.render import message_text
    from tracker.report.sandbox import guarded

    def content() -> bytes:
        if as_draft:
            return draft(message, templates)
        return message_text(message, "md", templates).encode("utf-8", "replace")

    return guarded(content, templates)


# Calendar


@dataclass(frozen=True, slots=True)
class CalendarFile(JsonRecord):
    """Calendar entries, and the file (.ics) that holds them; `problems` are times that could not be read."""

    entries: tuple[Entry, ...]
    content: bytes
    problems: tuple[Problem, ...]

    def record(self) -> Record:
        """The entries, without the file."""
        return {"entries": plain(self.entries), "problems": plain(self.problems)}


def make_calendar(outcome: Reconciliation, *, every: bool = False) -> CalendarFile:
    """Make calendar entries of meetings and key dates.

    Args:
        outcome: The cases, as `reconcile_workbooks` read them.
        every: Take every open action that has a date, not key dates alone.

    Returns:
        The entries and their file. They name a case by its reference alone.

    Example:
        >>> from datetime import date
        >>> outcome = reconcile_workbooks("sample_cases/ordinary-in-time-edited.xlsx", date(2026, 11, 19))
        >>> make_calendar(outcome).entries[0].summary
        'DOR-2026-014 RR-6.2, Day 11'
    """
    from tracker.report.calendar import calendar_bytes
    from tracker.report.calendar import make_calendar as calendar_view

    view = calendar_view(outcome, every=every)
    return CalendarFile(view.entries, calendar_bytes(view), view.problems)


# Many workbooks


def start_workers(files: Sequence[Any], workers: int) -> None:
    """Let further processes load what reads workbooks, while this one loads what reports need.

    Args:
        files: The workbooks; for a handful no further process is worth its start.
        workers: How many processes will read.
    """
    from tracker.parallel import ENOUGH, get_ready

    if workers > 1 and len(files) >= ENOUGH:
        get_ready("tracker.reconcile.run", "tracker.workbook.fast_reader")
    import tracker.report.reports  # noqa: F401  what is loaded now need not be loaded later
