"""What reconcile reports: its outline in words and in order, and that as text for a terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from string import ascii_uppercase
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import column_number
from tracker.problems import Problem, catalogue, problem_text, tally
from tracker.reconcile.model import CaseState, Change, Reconciliation, answers_text
from tracker.text import clean_text, quantity, request_words, short_date, terminal_text
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FOLD_FROM = 3
"""So many problems of one kind on one sheet are shown as one."""
PLACES_NAMED = 12
"""Cells a folded problem names before it counts the rest."""
NEEDED_SHOWN = 10
LONGEST_WORDS = 240
"""Characters of an action or of a row's changes that a terminal shows; the other formats have them whole."""

_ALL_COLUMNS = (*layout.STAGE_COLUMNS, *layout.PLAN_COLUMNS, *layout.ROLE_COLUMNS, *layout.AGENCY_COLUMNS)
_CALCULATED = frozenset(column.title for column in _ALL_COLUMNS if column.kind == "formula") - {
    column.title for column in _ALL_COLUMNS if column.kind != "formula"
}
"""The columns that hold formulas on every sheet; an employer is typed on sheet People."""

Cells = tuple[str, ...]
_NEEDED = ("ID", "Action", "Who", "When", "State")
_CHANGED = ("Sheet", "Row", "ID", "What changed")
_RETURNED = ("From", "Answers", "File")


@dataclass(frozen=True, slots=True)
class OutlineTable:
    """A part of a case as rows under titles, and what they are. Without rows, its heading states that."""

    heading: str
    caption: str
    titles: Cells
    rows: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class ProblemFold:
    """Problems of one code and one remedy on one sheet, in row order; often only one. The first speaks for all."""

    sheet: str
    problems: tuple[Problem, ...]

    @property
    def first(self) -> Problem:
        """The first of them."""
        return self.problems[0]

    @property
    def label(self) -> str:
        """Severity and code."""
        return f"{self.first.severity} {self.first.code}"

    @property
    def where(self) -> str:
        """The cells without their sheet: `F5`, or `in 12 cells: E5, E9, ...`; IDs where there are no cells."""
        names = [_place_name(each) for each in self.problems]
        if len(names) == 1:
            return names[0]
        noun = "cell" if all(split_place(each.place)[1] for each in self.problems) else "place"
        more = ", ..." if len(names) > PLACES_NAMED else ""
        return f"in {quantity(len(names), noun)}: {', '.join(names[:PLACES_NAMED])}{more}"

    @property
    def what(self) -> str:
        """What is wrong, in a sentence; the kind's title where it differs from cell to cell."""
        alike = len({each.found for each in self.problems}) == 1
        return self.first.sentence if alike else f"{catalogue()[self.first.code].title}."

    @property
    def words(self) -> str:
        """What is wrong and where."""
        several = len(self.problems) > 1
        return f"{self.what.removesuffix('.')} {self.where}." if several else f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class CaseOutline:
    """One case, ready to be shown: its problems by sheet (the file's own stand under no sheet), then the rest.

    A row of `changed` is a row of the workbook that was changed, whatever was changed in it.
    """

    title: str
    tally: str
    folds: dict[str, list[ProblemFold]]
    needed: OutlineTable
    changed: OutlineTable
    returned: OutlineTable
    clocks: OutlineTable
    counts: OutlineTable
    facts: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole outcome, ready to be shown. `problems` are those of files that gave no case."""

    as_at: str
    cases: tuple[CaseOutline, ...]
    summary: str
    problems: tuple[ProblemFold, ...]


def outline(reconciliation: Reconciliation) -> Outline:
    """The outcome in words, ready for a terminal or a page."""
    count = tally(reconciliation.all_problems()) or "no problems"
    return Outline(
        as_at=short_date(reconciliation.as_at),
        cases=tuple(map(_case, reconciliation.cases)),
        summary=f"{quantity(len(reconciliation.cases), 'case')}; {count}.",
        problems=tuple(ProblemFold("", (each,)) for each in reconciliation.problems),
    )


def _case(case: CaseState) -> CaseOutline:
    reference = case.reference or "a case without a reference"
    folds: dict[str, list[ProblemFold]] = {}
    for each in fold_problems(
        case.problems, sheet_order([sheet for sheet in case.counts if sheet != layout.PLAN])
    ):
        folds.setdefault(each.sheet, []).append(each)
    clocks = tuple(
        (name, _words(each.day, "not known") + (", provisional" if each.day and each.provisional else ""))
        for name, each in case.clocks.items()
    )
    counts = tuple(
        (sheet, ", ".join(f"{number} {word}" for word, number in words.items()) or "nothing")
        for sheet, words in case.counts.items()
    )
    needed, changed = _needed(case), _changed_rows(case)
    needed_words = f"Needed today: {quantity(len(needed), 'row')}" if needed else "Nobody is needed today"
    changed_words = "Nothing was changed since issue"
    if changed:
        cells = quantity(len(case.changes), "cell")
        changed_words = f"Changed since issue: {cells} in {quantity(len(changed), 'row')}"
    returned = tuple((each.owner, answers_text(each.rows), each.path) for each in case.returns)
    return CaseOutline(
        title=f"{reference}: {clean_text(case.summary)}" if case.summary else reference,
        tally=tally(case.problems),
        folds=folds,
        needed=OutlineTable(needed_words, "The most pressing first", _NEEDED, needed),
        changed=OutlineTable(
            changed_words, "Each changed row, with what stands there now", _CHANGED, changed
        ),
        returned=OutlineTable(
            f"Returns read: {len(returned)}", "What each return answers", _RETURNED, returned
        ),
        clocks=OutlineTable("Clocks", "Day zero of each clock", ("Clock", "Date"), clocks),
        counts=OutlineTable("Rows", "How many rows are in which state", ("Sheet", "Rows"), counts),
        facts=tuple(_facts(case)),
    )


def _facts(case: CaseState) -> Iterator[Cells]:
    if case.marking:
        yield "Marking", case.marking
    yield "Procedure", f"{case.title}, edition {case.edition}"
    yield from (("Workbook", each.path) for each in case.workbooks if each.path)
    for hold in case.holds:
        if hold.from_:
            review = f"to be reviewed on {_words(hold.review_on)}"
            end = f"ended on {_words(hold.ended_on)}" if hold.ended_on else review
            yield "Hold", f"from {_words(hold.from_)}, {end}"


def _needed(case: CaseState) -> tuple[Cells, ...]:
    """The rows that need someone, the most pressing word first, then the longest due."""
    rows = [each for each in case.rows if each.rag in rules.NEEDS_SOMEONE]
    rows.sort(key=lambda each: (rules.NEEDS_SOMEONE.index(each.rag), each.judged or date.max))
    needed = []
    for each in rows:
        late = f", {quantity(each.days_late, 'working day')} late" if each.days_late else ""
        when = f"Due {short_date(each.judged)}{late}" if each.judged else ""
        who = each.named_owner or each.owner or "nobody named"
        action = request_words(clean_text(each.action), each.id)
        needed.append((each.label, action, who, when, each.rag))
    return tuple(needed)


def _changed_rows(case: CaseState) -> tuple[Cells, ...]:
    """The changed rows, each with all that was changed in it."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for each in case.changes:
        sheet, cell = split_place(each.cell)
        place = sheet, cell.lstrip(ascii_uppercase), each.id
        rows.setdefault(place, []).append(_change_words(each))
    return tuple((*place, "; ".join(words)) for place, words in rows.items())


def _change_words(change: Change) -> str:
    """`Completed: Thu 5 Nov 2026`; what was there before, where it was more than a blank or a state not begun.

    What a formula showed before it was typed over is not remembered.
    """
    now = _words(change.now, "cleared")
    if not split_place(change.cell)[1]:
        return f"Deleted: {_words(change.was)}"
    if change.was is None and change.column in _CALCULATED:
        return f"{change.column}: {now} in place of the formula"
    if change.was in {None, "", rules.STATUSES[0]}:
        return f"{change.column}: {now}"
    return f"{change.column}: {_words(change.was)} → {now}"


def _words(value: str | float | date | None, none: str = "blank") -> str:
    """A cell's value on one line: dates in words."""
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return (clean_text(str(value)) if value is not None else "") or none


def _place_name(problem: Problem) -> str:
    """A problem's cell without its sheet and with its ID: `F5 (SIN-3.4)`."""
    _, cell = split_place(problem.place)
    if cell and problem.id:
        return f"{cell} ({problem.id})"
    return cell or problem.id or problem.place or problem.file


def fold_problems(problems: Iterable[Problem], sheets: Sequence[str]) -> list[ProblemFold]:
    """Problems grouped by sheet, in row order; from `FOLD_FROM` of one code and remedy on, as one."""
    ordered = sorted(problems, key=lambda each: place_key(each.place, sheets))
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for each in ordered:
        groups.setdefault((split_place(each.place)[0], each.code, each.remedy), []).append(each)
    folds = []
    for (sheet, _, _), group in groups.items():
        several = len({_place_name(each) for each in group}) > 1  # else they differ in their words alone
        parts = [tuple(group)] if several and len(group) >= FOLD_FROM else [(each,) for each in group]
        folds += [ProblemFold(sheet, part) for part in parts]
    return sorted(folds, key=lambda each: place_key(each.first.place, sheets))


# Text

_BOLD, _RESET = "\x1b[1m", "\x1b[0m"
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m"}


def as_text(reconciliation: Reconciliation, *, colour: bool) -> str:
    """The outcome for a terminal, case by case: its problems by sheet, who is needed, and a line a changed row."""
    report = outline(reconciliation)
    blocks = ["\n".join(_case_text(case, report.as_at, colour)) for case in report.cases]
    if report.problems:
        rows = (row for each in report.problems for row in problem_text(each.first).split("\n"))
        blocks.append("\n".join(map(_visible, rows)))
    return "\n\n".join([*blocks, report.summary])


def _case_text(case: CaseOutline, as_at: str, colour: bool) -> Iterator[str]:
    def styled(text: str, code: str = _BOLD) -> str:
        return f"{code}{_visible(text)}{_RESET}" if colour else _visible(text)

    yield styled(case.title)
    yield f"  As at {as_at}"
    yield from ("", styled(f"Problems: {case.tally}" if case.tally else "No problems"))
    for sheet, folds in case.folds.items():
        yield f"  {_visible(sheet) or 'The file'}"
        for each in folds:
            label = styled(each.label, _COLOURS[each.first.severity])
            yield from (f"    {label} {_visible(each.words)}", _visible(f"        {each.first.remedy}"))
    yield from ("", styled(case.needed.heading))
    for row_id, action, who, when, rag in case.needed.rows[:NEEDED_SHOWN]:
        state = ", ".join(filter(None, (rag, when[:1].lower() + when[1:])))
        yield _visible(f"  {row_id}  {state}. {who}: {_shorten(action)}")
    if len(case.needed.rows) > NEEDED_SHOWN:
        yield f"  and {len(case.needed.rows) - NEEDED_SHOWN} more"
    yield from ("", styled(case.changed.heading))
    for sheet, rows in groupby(case.changed.rows, key=itemgetter(0)):
        yield f"  {_visible(sheet)}"
        for _, row, row_id, what in rows:
            where = "  ".join(filter(None, (f"row {row}" if row else "", row_id)))
            yield _visible(f"    {where}  {_shorten(what)}")
    if case.returned.rows:
        yield from ("", styled(case.returned.heading), *_pairs([row[:2] for row in case.returned.rows]))
    for table in (case.clocks, case.counts):
        yield from ("", styled(table.heading), *_pairs(table.rows))
    yield from ("", styled("About"), *_pairs(case.facts))


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_WORDS else f"{text[: LONGEST_WORDS - 1]}…"


def _visible(text: str) -> str:
    """Text on one line, without control characters."""
    return terminal_text(text.replace("\n", " "))


def _pairs(rows: Sequence[Cells]) -> list[str]:
    """Names and what belongs to them, in two columns."""
    width = max((len(name) for name, _ in rows), default=0)
    return [_visible(f"  {name:<{width}}  {words}") for name, words in rows]


_PLACE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))(?:!([A-Z]{1,3})([0-9]+))?")
_BELOW = 1 << 30  # what stands nowhere on a sheet any more comes after what does


def split_place(place: str) -> tuple[str, str]:
    """A place's sheet and cell, either of which may be empty: `SIN`, `F12` of `SIN!F12`."""
    match = _PLACE.fullmatch(place)
    if match is None:
        return "", ""
    quoted, plain_name, column, row = match.groups("")
    return quoted.replace("''", "'") or plain_name, column + row


def sheet_order(stages: Sequence[str]) -> tuple[str, ...]:
    """The sheets of a workbook from left to right."""
    return (layout.SUMMARY, layout.CASE, *stages, layout.PLAN, layout.LOG, layout.PEOPLE, layout.CALENDAR,
            layout.GUIDE, layout.HIDDEN)  # fmt: skip


def place_key(place: str, sheets: Sequence[str]) -> tuple[int, int, int]:
    """What places are sorted by. A place without a cell comes last on its sheet, one without a sheet first."""
    sheet, cell = split_place(place)
    if not sheet:
        return (-1, 0, 0)
    number = sheets.index(sheet) if sheet in sheets else len(sheets)
    column = cell.rstrip("0123456789")
    return (number, int(cell[len(column) :]), column_number(column)) if cell else (number, _BELOW, 0)
