"""What reconcile says, as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.reconcile.outline import outline
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tracker.reconcile.fold import ProblemFold
    from tracker.reconcile.model import Reconciliation
    from tracker.reconcile.outline import CaseOutline, Fact

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
_ITEM = re.compile(r"^(\s*)([-+=]|\d+[.)])")


def escaped(text: str) -> str:
    r"""Text that Markdown shows as it stands, on one line: no mark-up, links or pictures of its own.

    >>> print(escaped("a|b <script>"))
    a\|b \<script\>
    """
    marked = _SIGNS.sub(r"\\\1", " ".join(text.split()))
    # An address that becomes a link by itself is broken after its scheme.
    marked = re.sub(r"(?i)\b(https?|ftp|www)([:.])", r"\1\\\2", marked)
    return _ITEM.sub(r"\1\\\2", marked)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"|{' --- |' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(map(escaped, row))} |"


def _facts(facts: Iterable[Fact], titles: Sequence[str]) -> Iterator[str]:
    yield from _table(titles, [(fact.name, fact.words) for fact in facts])


def _fold(fold: ProblemFold) -> Iterator[str]:
    first = fold.first
    words = f"{fold.where}: {fold.found}" if len(fold.problems) == 1 else f"{fold.found} {fold.where}"
    expected = f" (expected: {escaped(fold.expected)})" if fold.expected and len(fold.problems) == 1 else ""
    yield f"- **{first.severity} {first.code}** {escaped(words)}{expected}  "
    yield f"  {escaped(first.remedy)}"


def _case(case: CaseOutline, as_at: str) -> Iterator[str]:
    yield from (f"## {escaped(case.title)}", "")
    yield from (f"- {fact.name}: {escaped(fact.words)}" for fact in case.facts)
    yield from (f"- As at {as_at}", "", "### Clocks", "", *_facts(case.clocks, ("Clock", "Date")), "")
    yield from ("### Rows", "", *_facts(case.counts, ("Sheet", "Rows")), "")
    yield from (f"### Needed today: {quantity(len(case.needed), 'row')}", "")
    if case.needed:
        rows = [(row.id, row.rag, row.when, row.who, row.action) for row in case.needed]
        yield from (*_table(("ID", "RAG", "When", "Who", "Action"), rows), "")
    yield from (f"### Changed since issue: {quantity(len(case.changes), 'cell')}", "")
    if case.changes:
        cells = [(each.cell, each.id, each.column, each.was, each.now) for each in case.changes]
        yield from (*_table(("Cell", "ID", "Column", "Was", "Now"), cells), "")
    yield from (f"### Problems: {case.tally or 'none'}", "")
    for sheet in case.problems:
        yield from (f"#### {escaped(sheet.sheet or 'The file')}", "")
        for each in sheet.folds:
            yield from _fold(each)
        yield ""


def as_markdown(reconciliation: Reconciliation) -> str:
    """The outcome as Markdown."""
    told = outline(reconciliation)
    lines = [f"# Reconciled as at {told.as_at}", ""]
    lines.append(f"{quantity(len(told.cases), 'case')}; {told.tally or 'no problems'}.")
    lines.append("")
    for case in told.cases:
        lines += _case(case, told.as_at)
    for each in told.problems:
        lines.append(f"- **{each.severity} {each.code}** {escaped(each.file)}: {escaped(each.found)}  ")
        lines.append(f"  {escaped(each.remedy)}")
    return "\n".join(lines).rstrip() + "\n"
