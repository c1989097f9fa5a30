"""What a board that sees one employer's outstanding actions is shown: by owner, by age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Body,
    Heading,
    Para,
    ReportCell,
    ReportColumn,
    ReportTable,
    ReportTableRow,
    Section,
    Tile,
    name,
    number_cell,
    small,
    strong,
    text_cell,
    words,
)
from tracker.text import quantity

if TYPE_CHECKING:
    from tracker.report.boards import Age, EmployerView


def body(view: EmployerView) -> Body:
    """What stands between the title and the footer."""
    return Body(f"outstanding actions of {view.employer}", _lead(view), _tiles(view), tuple(_sections(view)))


def _lead(view: EmployerView) -> tuple[Para, ...]:
    if not view.whole:
        return (Para((strong("Outstanding:"), words(" nothing.")), "lead"),)
    whole = f"{quantity(view.whole, 'action')} in {quantity(view.case_count, 'case')}"
    late = f"{len(view.overdue)} overdue" if view.overdue else "none of them overdue"
    oldest = max((line.days_late or 0 for line in view.overdue), default=0)
    tail = f", the oldest by {quantity(oldest, 'working day')}" if oldest else ""
    return (Para((strong("Outstanding:"), words(" "), words(whole, to="owners"), words(", "), words(late, to="ages"),
                  words(f"{tail}.")), "lead"),)  # fmt: skip


def _tiles(view: EmployerView) -> tuple[Tile, ...]:
    late = [age for age in view.ages if age.late]
    rest = [age for age in view.ages if not age.late]
    oldest = late[0]
    return (
        Tile(str(len(view.overdue)), "overdue", "ages", pressing=bool(view.overdue)),
        Tile(str(len(oldest.lines)), oldest.words, _rows_of(oldest), pressing=bool(oldest.lines)),
        *(Tile(str(len(age.lines)), age.words, _rows_of(age), pressing=False) for age in rest),
    )


def _rows_of(age: Age) -> str:
    """Where the actions of an age stand; an age without any has no heading."""
    return age.anchor if age.lines else "ages"


def _sections(view: EmployerView) -> list[Section]:
    sections = [
        Section("owners", "By owner", _owners(view), len(view.owners)),
        Section(
            "ages",
            "By age",
            (_ages(view), *(each for age in view.ages if age.lines for each in _age(view, age))),
        ),
    ]
    if view.unknown:
        caption = (
            "Open plan actions whose owner and lead agency are not on sheet People; they may belong here"
        )
        table = parts.lines_table(caption, view.unknown, "of id action who judged rag ref", titles=_ref(view))
        sections.append(
            Section("unknown", "Whose they are is not known", (table,), len(view.unknown), nav="Not known")
        )
    return sections


def _ref(view: EmployerView) -> dict[str, str]:
    return {"ref": f"{view.improvement_plan} ref"}


def _owners(view: EmployerView) -> tuple[Block, ...]:
    if not view.owners:
        return (parts.none("Nobody has an outstanding action."),)
    columns = (
        ReportColumn("Owner", "who", names_row=True),
        ReportColumn("Overdue", "number"),
        ReportColumn("Dated, not overdue", "number"),
        ReportColumn("No date yet", "number"),
        ReportColumn("All", "number"),
        ReportColumn("Oldest, days late", "number"),
    )
    rows = tuple(
        ReportTableRow(
            (
                text_cell(name(each.who), *([small(each.role)] if each.role else [])),
                number_cell(each.overdue, pressing=True, to="ages"),
                number_cell(each.dated),
                number_cell(each.undated),
                number_cell(each.whole),
                number_cell(each.oldest),
            )
        )
        for each in view.owners
    )
    return (
        ReportTable("Outstanding actions by owner, who has most overdue first", columns, rows, look="matrix"),
    )


def _ages(view: EmployerView) -> ReportTable:
    """How many of each age; the number leads to the rows."""
    columns = (ReportColumn("Age", "sheet", names_row=True), ReportColumn("Actions", "number"))
    rows = tuple(
        ReportTableRow(
            (
                ReportCell((words(age.words),), sort=str(place)),
                number_cell(len(age.lines), pressing=age.late, to=age.anchor),
            )
        )
        for place, age in enumerate(view.ages)
    )
    return ReportTable(
        "Outstanding actions by age, in working days past the due date", columns, rows, look="narrow"
    )


def _age(view: EmployerView, age: Age) -> tuple[Block, ...]:
    said = age.words[0].upper() + age.words[1:]
    # What is on hold or extended is late all the same, and not overdue: the state tells them apart.
    columns = "of id action who judged rag late ref" if age.late else "of id action who judged rag ref"
    table = parts.lines_table(f"{view.employer}: {age.words}", age.lines, columns, titles=_ref(view))
    return (Heading(said, age.anchor, len(age.lines)), table)
