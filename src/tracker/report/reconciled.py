"""What reconcile reports as a page: in the reports' own style, and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.reconcile.output import outline
from tracker.report.blocks import (
    Block,
    BlockGroup,
    Bullets,
    Heading,
    ReportCell,
    ReportColumn,
    ReportPage,
    ReportTable,
    ReportTableRow,
    Section,
    free,
    name,
    rag_cell,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.lines import file_name
from tracker.report.render import render

if TYPE_CHECKING:
    from tracker.reconcile.model import Reconciliation
    from tracker.reconcile.output import CaseOutline, OutlineTable, ProblemFold
    from tracker.report.blocks import Spans

_PROBLEM_COLUMNS = (
    ReportColumn("Problem", "code", names_row=True),
    ReportColumn("Where", "cell"),
    ReportColumn("What is wrong", "text"),
    ReportColumn("What to do", "text"),
)
_KINDS = {"ID": "id", "State": "rag", "When": "why", "Who": "who", "Action": "action", "Sheet": "sheet", "Row": "why",
          "What changed": "words", "From": "who", "Answers": "text", "File": "ref", "Clock": "why", "Date": "text",
          "Rows": "words"}  # fmt: skip
"""How each column of the outline is set."""


def format_page(reconciliation: Reconciliation, form: str) -> str:
    """The outcome as `html` or `md`."""
    report = outline(reconciliation)
    states = reconciliation.cases
    page = ReportPage(
        title=f"Reconciled as at {report.as_at}",
        about=spans(report.summary),
        marking=" / ".join(sorted({state.marking for state in states} - {""})),
        left_out=Bullets(tuple(map(_file_problem, report.problems))) if report.problems else None,
        lead=(),
        tiles=(),
        sections=tuple(
            Section(
                f"case-{number}", case.title, tuple(_blocks(case, number)), nav=case.title.partition(":")[0]
            )
            for number, case in enumerate(report.cases, 1)
        ),
        procedures=tuple(sorted({f"{state.title}, edition {state.edition}" for state in states})),
        sources=(),  # each case names its own
        as_at=reconciliation.as_at,
    )
    return render(page, form, "reconcile")


def _file_problem(fold: ProblemFold) -> Spans:
    first = fold.first
    where = file_name(first.file) or "A file"
    return spans(name(where), f" ({first.code}): ", free(first.sentence), " ", free(first.remedy))


def _blocks(case: CaseOutline, number: int) -> list[Block]:
    """The case, its problems first."""
    blocks: list[Block] = [
        Heading(f"Problems: {case.tally}" if case.tally else "No problems", f"problems-{number}")
    ]
    if case.folds:
        groups = tuple(
            BlockGroup(f"problems-{number}-{place}", spans(sheet or "The file"), tuple(map(_problem, folds)))
            for place, (sheet, folds) in enumerate(case.folds.items(), 1)
        )
        blocks.append(ReportTable("Problems by sheet", _PROBLEM_COLUMNS, groups=groups, plain=True))
    returned = (case.returned,) if case.returned.rows else ()
    for table in (case.needed, case.changed, *returned, case.clocks, case.counts):
        blocks.append(Heading(table.heading))
        if table.rows:
            blocks.append(_table(table))
    facts = tuple(spans(strong(f"{title}:"), " ", name(text)) for title, text in case.facts)
    return [*blocks, Heading("About"), Bullets(facts)]


def _problem(fold: ProblemFold) -> ReportTableRow:
    first = fold.first
    return ReportTableRow(
        (
            text_cell(strong(fold.label)),
            text_cell(name(fold.where)),
            text_cell(free(fold.what)),
            text_cell(free(first.remedy)),
        )
    )


def _table(table: OutlineTable) -> ReportTable:
    named = table.titles.index("ID") if "ID" in table.titles else 0
    columns = tuple(
        ReportColumn(title, _KINDS[title], names_row=place == named)
        for place, title in enumerate(table.titles)
    )
    rows = tuple(
        ReportTableRow(tuple(_cell(title, text) for title, text in zip(table.titles, row, strict=True)))
        for row in table.rows
    )
    return ReportTable(table.caption, columns, rows, plain=True)


def _cell(title: str, text: str) -> ReportCell:
    if title == "State":
        return rag_cell(text)
    return text_cell((words if title in {"When", "Row"} else name if title == "ID" else free)(text))
