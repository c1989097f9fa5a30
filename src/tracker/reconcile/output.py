"""The outline of a reconciliation as text for the terminal, as Markdown, as one self-contained HTML page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import resources
from tracker.problems import problem_text
from tracker.reconcile.outline import outline
from tracker.text import escape_markdown, terminal_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.reconcile.model import Reconciliation
    from tracker.reconcile.outline import CaseOutline, Cells, OutlineTable, ProblemFold

NEEDED_SHOWN = 10
LONGEST_VALUE = 90
"""Characters of a value that a row shows; JSON has it whole."""

_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m"}


# Text


def as_text(reconciliation: Reconciliation, *, colour: bool) -> str:
    """The outcome for a terminal: case by case, problems by sheet, the remedy on its own line."""
    report = outline(reconciliation)
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
    for table in (case.clocks, case.counts):
        yield from ("", styled(table.heading), *_pairs(table.rows))
    yield from ("", styled(case.needed.heading))
    for row_id, rag, when, who, action in case.needed.rows[:NEEDED_SHOWN]:
        yield _visible(f"  {row_id}  {rag}, {when}: {who}")
        yield styled(f"      {_short(action)}", _DIM)
    if len(case.needed.rows) > NEEDED_SHOWN:
        yield f"  and {len(case.needed.rows) - NEEDED_SHOWN} more"
    yield from ("", styled(case.changes.heading))
    for cell, row_id, column, was, now in case.changes.rows:
        where = "  ".join(part for part in (cell, row_id) if part)
        yield _visible(f"  {where}  {column}: {_short(was)} → {_short(now)}")
    yield from ("", styled(f"Problems: {case.tally}" if case.tally else "No problems"))
    for sheet, folds in case.folds.items():
        yield f"  {_visible(sheet) or 'The file'}"
        for each in folds:
            label = styled(each.label, _COLOURS[each.severity])
            yield from (f"    {label} {_visible(each.words)}", _visible(f"        {each.first.remedy}"))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _visible(text: str) -> str:
    """Text on one line, without control characters."""
    return terminal_text(text.replace("\n", " "))


def _pairs(rows: Iterable[Cells]) -> list[str]:
    """Names and what belongs to them, in two columns."""
    pairs = list(rows)
    width = max((len(name) for name, _ in pairs), default=0)
    return [_visible(f"  {name:<{width}}  {words}") for name, words in pairs]


# Markdown


def as_markdown(reconciliation: Reconciliation) -> str:
    """The outcome as Markdown."""
    report = outline(reconciliation)
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
        yield from (f"### {table.heading}", "", *_table_markdown(table))
    yield from (f"### Problems: {case.tally or 'none'}", "")
    for sheet, folds in case.folds.items():
        yield from (f"#### {escape_markdown(sheet or 'The file')}", "")
        for each in folds:
            yield from _problem_markdown(each)
        yield ""


def _table_markdown(table: OutlineTable) -> Iterator[str]:
    if table.rows:
        yield from (f"| {' | '.join(table.titles)} |", f"|{' --- |' * len(table.titles)}")
        yield from (f"| {' | '.join(map(escape_markdown, row))} |" for row in table.rows)
        yield ""


def _problem_markdown(fold: ProblemFold) -> Iterator[str]:
    yield f"- **{fold.label}** {escape_markdown(fold.words)}  "
    yield f"  {escape_markdown(fold.first.remedy)}"


# HTML


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
    return environment.get_template("reconcile.html.j2").render(report=outline(reconciliation)) + "\n"
