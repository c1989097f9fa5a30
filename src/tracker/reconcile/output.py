"""What reconcile reports: its outline in words and in order, and that as text, as Markdown, as one HTML page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker import resources, rules
from tracker.problems import catalogue, problem_text, tally
from tracker.reconcile.model import answers_text
from tracker.reconcile.places import place_key, sheet_order, split_place
from tracker.text import clean_text, escape_markdown, quantity, short_date, terminal_text
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tracker.problems import Problem
    from tracker.reconcile.model import Action, CaseState, PlanAction, Reconciliation

FOLD_FROM = 3
"""So many problems of one kind on one sheet are shown as one."""
PLACES_NAMED = 12
"""Cells a folded problem names before it counts the rest."""
NEEDED_SHOWN = 10
LONGEST_VALUE = 90
"""Characters of a value that a row of text shows; JSON has it whole."""

_ALL_COLUMNS = (*layout.STAGE_COLUMNS, *layout.PLAN_COLUMNS, *layout.ROLE_COLUMNS, *layout.AGENCY_COLUMNS)
_CALCULATED = frozenset(column.title for column in _ALL_COLUMNS if column.kind == "formula") - {
    column.title for column in _ALL_COLUMNS if column.kind != "formula"
}
"""The columns that hold formulas on every sheet; an employer is typed on sheet People."""

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutlineTable:
    """A part of a case as rows under titles; the first cell of a row names it. Without rows, its heading says so."""

    heading: str
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
    def words(self) -> str:
        """What was found and where; the kind's title where it differs from cell to cell."""
        first = self.first
        if len(self.problems) == 1:
            expected = f" (expected: {first.expected})" if first.expected else ""
            return f"{self.where}: {first.found}{expected}"
        alike = len({each.found for each in self.problems}) == 1
        return f"{first.found if alike else catalogue()[first.code].title} {self.where}"


@dataclass(frozen=True, slots=True)
class CaseOutline:
    """One case, ready to be shown. `folds` are its problems by sheet; the file's own stand under no sheet."""

    title: str
    facts: tuple[Cells, ...]
    tables: tuple[OutlineTable, ...]
    tally: str
    folds: dict[str, list[ProblemFold]]


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole outcome, ready to be shown. `problems` are those of files that gave no case."""

    as_at: str
    cases: tuple[CaseOutline, ...]
    summary: str
    problems: tuple[ProblemFold, ...]


def _outline(reconciliation: Reconciliation) -> Outline:
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
    for each in fold(case.problems, sheet_order([sheet for sheet in case.counts if sheet != layout.PLAN])):
        folds.setdefault(each.sheet, []).append(each)
    marks = {
        name: ", provisional" if each.day and each.provisional else "" for name, each in case.clocks.items()
    }
    clocks = tuple((name, _words(each.day, "not known") + marks[name]) for name, each in case.clocks.items())
    counts = tuple(
        (sheet, ", ".join(f"{number} {word}" for word, number in words.items()) or "nothing")
        for sheet, words in case.counts.items()
    )
    needed = _needed(case)
    changes = _changes(case)
    needed_words = f"Needed today: {quantity(len(needed), 'row')}" if needed else "Nobody is needed today"
    changed = f"Changed since issue: {quantity(len(changes), 'cell')}"
    changes_words = changed if changes else "No cell was changed since issue"
    return CaseOutline(
        title=f"{reference}: {clean_text(case.summary)}" if case.summary else reference,
        facts=tuple(_facts(case)),
        tables=(
            OutlineTable("Clocks", ("Clock", "Date"), clocks),
            OutlineTable("Rows", ("Sheet", "Rows"), counts),
            OutlineTable(needed_words, ("ID", "RAG", "When", "Who", "Action"), needed),
            OutlineTable(changes_words, ("Cell", "ID", "Column", "Was", "Now"), changes),
            *_returns(case),
        ),
        tally=tally(case.problems),
        folds=folds,
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
    everything: list[Action | PlanAction] = [*case.actions, *case.action_plan]
    rows = [each for each in everything if each.rag in rules.NEEDS_SOMEONE]
    rows.sort(key=lambda each: (rules.NEEDS_SOMEONE.index(each.rag), each.judged or date.max))
    found = []
    for each in rows:
        late = f", {quantity(each.days_late, 'working day')} late" if each.days_late else ""
        when = f"due {short_date(each.judged)}{late}" if each.judged else ""
        who = each.named_owner or each.owner or "nobody"
        found.append((each.id or each.cell, each.rag, when, who, clean_text(each.action)))
    return tuple(found)


def _changes(case: CaseState) -> tuple[Cells, ...]:
    """The changed cells; what a formula showed before it was typed over is not remembered."""
    return tuple(
        (
            each.cell,
            each.id,
            each.column,
            "worked out" if each.was is None and each.column in _CALCULATED else _words(each.was),
            _words(each.now),
        )
        for each in case.changes
    )


def _returns(case: CaseState) -> Iterator[OutlineTable]:
    """The returns that were merged, where there were any."""
    if case.returns:
        rows = tuple((each.owner, answers_text(each.rows), each.path) for each in case.returns)
        yield OutlineTable(f"Returns read: {len(rows)}", ("From", "Answers", "File"), rows)


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


def fold(problems: Iterable[Problem], sheets: Sequence[str]) -> list[ProblemFold]:
    """Problems grouped by sheet, in row order; from `FOLD_FROM` of one code and remedy on, as one."""
    ordered = sorted(problems, key=lambda each: place_key(each.place, sheets))
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for each in ordered:
        groups.setdefault((split_place(each.place)[0], each.code, each.remedy), []).append(each)
    folds = []
    for (sheet, _, _), found in groups.items():
        several = len({_place_name(each) for each in found}) > 1  # else they differ in their words alone
        parts = [tuple(found)] if several and len(found) >= FOLD_FROM else [(each,) for each in found]
        folds += [ProblemFold(sheet, part) for part in parts]
    return sorted(folds, key=lambda each: place_key(each.first.place, sheets))


# Text

_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m"}


def as_text(reconciliation: Reconciliation, *, colour: bool) -> str:
    """The outcome for a terminal: case by case, problems by sheet, the remedy on its own line."""
    report = _outline(reconciliation)
    blocks = ["\n".join(_case_text(case, report.as_at, colour)) for case in report.cases]
    if report.problems:
        lines = (row for each in report.problems for row in problem_text(each.first).split("\n"))
        blocks.append("\n".join(map(_visible, lines)))
    return "\n\n".join([*blocks, report.summary])


def _case_text(case: CaseOutline, as_at: str, colour: bool) -> Iterator[str]:
    def styled(text: str, code: str = _BOLD) -> str:
        return f"{code}{_visible(text)}{_RESET}" if colour else _visible(text)

    yield styled(case.title)
    yield from (*_pairs(case.facts), f"  As at {as_at}")
    clocks, counts, needed, changes, *returns = case.tables
    for table in (clocks, counts):
        yield from ("", styled(table.heading), *_pairs(table.rows))
    yield from ("", styled(needed.heading))
    for row_id, rag, when, who, action in needed.rows[:NEEDED_SHOWN]:
        yield _visible(f"  {row_id}  {rag}, {when}: {who}")
        yield styled(f"      {_short(action)}", _DIM)
    if len(needed.rows) > NEEDED_SHOWN:
        yield f"  and {len(needed.rows) - NEEDED_SHOWN} more"
    yield from ("", styled(changes.heading))
    for cell, row_id, column, was, now in changes.rows:
        where = "  ".join(part for part in (cell, row_id) if part)
        yield _visible(f"  {where}  {column}: {_short(was)} → {_short(now)}")
    for table in returns:
        yield from ("", styled(table.heading), *_pairs([row[:2] for row in table.rows]))
    yield from ("", styled(f"Problems: {case.tally}" if case.tally else "No problems"))
    for sheet, folds in case.folds.items():
        yield f"  {_visible(sheet) or 'The file'}"
        for each in folds:
            label = styled(each.label, _COLOURS[each.first.severity])
            yield from (f"    {label} {_visible(each.words)}", _visible(f"        {each.first.remedy}"))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _visible(text: str) -> str:
    """Text on one line, without control characters."""
    return terminal_text(text.replace("\n", " "))


def _pairs(rows: Sequence[Cells]) -> list[str]:
    """Names and what belongs to them, in two columns."""
    width = max((len(name) for name, _ in rows), default=0)
    return [_visible(f"  {name:<{width}}  {words}") for name, words in rows]


# Markdown and HTML


def as_markdown(reconciliation: Reconciliation) -> str:
    """The outcome as Markdown."""
    report = _outline(reconciliation)
    lines = [f"# Reconciled as at {report.as_at}", "", report.summary, ""]
    for case in report.cases:
        lines += _case_markdown(case, report.as_at)
    for each in report.problems:
        lines += _problem_markdown(each)
    return "\n".join(lines).rstrip() + "\n"


def _case_markdown(case: CaseOutline, as_at: str) -> Iterator[str]:
    yield from (f"## {escape_markdown(case.title)}", "")
    yield from (f"- {name}: {escape_markdown(words)}" for name, words in case.facts)
    yield from (f"- As at {as_at}", "")
    for table in case.tables:
        yield from (f"### {table.heading}", "")
        if table.rows:
            yield from (f"| {' | '.join(table.titles)} |", f"|{' --- |' * len(table.titles)}")
            yield from (f"| {' | '.join(map(escape_markdown, row))} |" for row in table.rows)
            yield ""
    yield from (f"### Problems: {case.tally or 'none'}", "")
    for sheet, folds in case.folds.items():
        yield from (f"#### {escape_markdown(sheet or 'The file')}", "")
        for each in folds:
            yield from _problem_markdown(each)
        yield ""


def _problem_markdown(fold: ProblemFold) -> Iterator[str]:
    yield f"- **{fold.label}** {escape_markdown(fold.words)}  "
    yield f"  {escape_markdown(fold.first.remedy)}"


def as_html(reconciliation: Reconciliation) -> str:
    """The outcome as a page that loads nothing and runs nothing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(resources.templates() / "reconcile"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("reconcile.html.j2").render(report=_outline(reconciliation)) + "\n"
