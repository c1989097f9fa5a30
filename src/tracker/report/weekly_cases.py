"""The weekly report's last part: the cases one by one, and the counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.report import figures, parts
from tracker.report.blocks import Block, Collapsible, ReportCell, rag, words
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from tracker.report.weekly import CaseDetail, WeeklyView


def counts(view: WeeklyView, anchors: AbstractSet[str]) -> tuple[Block, ...]:
    """The rows by state, and by case and sheet; `anchors` are the sections that a state can lead to."""
    months = parts.months_block(view.chart)
    if not view.totals:
        return (parts.none("There is nothing to count."), *months)
    totals = [each if each.anchor in anchors else replace(each, anchor="details") for each in view.totals]
    columns: list[parts.Column[figures.Count]] = [
        ("State", "state", lambda each: ReportCell((rag(each.rag),))),
        ("Rows", "number", lambda each: ReportCell((words(str(each.number), to=each.anchor),))),
        (
            "Drawn to scale",
            "bar",
            lambda each: ReportCell((words(f"{each.number} {each.rag}"),), counts=(each,), scale=True),
        ),
    ]
    table = parts.table("All rows of all cases", totals, *columns, look="totals", plain=True)
    without = ", without the closed cases" if view.closed else ""
    caption = f"By case and sheet{without}; the words lead to the rows"
    listed_in = {group.anchor for each in view.details for group in each.groups}
    by_case = [
        replace(each, counts=tuple(_led(count, listed_in) for count in each.counts)) for each in view.counts
    ]
    by_sheet = (parts.counts_table(caption, by_case),) if by_case else ()
    return (table, *by_sheet, *months)


def _led(count: figures.Count, groups: AbstractSet[str]) -> figures.Count:
    """A count that leads to its rows: those of its case, or those that stand above."""
    return replace(count, anchor="main") if count.anchor and count.anchor not in groups else count


def details(view: WeeklyView) -> tuple[Block, ...]:
    """The cases one by one."""
    if not view.details:
        return (parts.none("Every case is closed." if view.closed else "No case was read."),)
    shown = len(view.cases) <= parts.CASES_SHOWN_OPEN
    first = next((each for each in view.details if each.timeline), None)
    return tuple(_detail(each, view, opened=shown, legend=each is first) for each in view.details)


def _detail(each: CaseDetail, view: WeeklyView, *, opened: bool, legend: bool) -> Block:
    """A case by itself: its timeline, its key dates, and all its open rows behind a fold."""
    blocks: tuple[Block, ...] = ()
    if each.left:
        blocks = (parts.table("Left to do", each.left, "id action who judged rag", plain=True),)
    if each.groups:
        caption = f"Open rows of {each.line.reference} that stand nowhere above, by sheet and state"
        table = parts.groups_table(caption, each.groups, "id action person judged")
        number = sum(len(group.lines) for group in each.groups)
        blocks += (Collapsible((words(quantity(number, "further open row")),), (table,)),)
    keys = tuple(row for row in each.keys if row.judged or row.completed)
    return parts.case_fold(each.line, each.timeline, keys, blocks, view.as_at, opened=opened, legend=legend)
