"""A run of regenerate for the terminal and as JSON: what was done, what waits, what was left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tracker.formula.evaluate import Formula
from tracker.merge import conflict_problem, display_json_value, display_value
from tracker.problems import Problem, codes, problem
from tracker.text import quantity, terminal_json
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.regenerate.model import AddRow, Outcome, SetCell

SCHEMA = "tracker/regenerate/1"
_MANY = 4
"""The same change in so many cells of a sheet is shown in one line."""
_MOST = 60
"""Lines of one kind on the terminal; the rest is counted."""


def remarks(outcome: Outcome, problems: Sequence[Problem]) -> list[Problem]:
    """What a person should know of a run beside what was done: conflicts, kept edits, deletions."""
    path, merge = outcome.path, outcome.merge
    found = [conflict_problem(each, path) for each in outcome.open_conflicts]
    for kept in merge.kept:
        spot = kept.spot
        facts = {"title": spot.title, "now": display_value(kept.was), "new": display_value(kept.content)}
        found.append(problem(codes.PROCEDURE_CELL_CHANGED, file=path, place=spot.cell, id=spot.id, **facts))
    found += [problem(codes.ROW_STAYS_DELETED, file=path, id=row_id) for row_id in merge.deleted]
    return [*problems, *found]


def as_text(outcome: Outcome, *, dry: bool = False) -> str:
    """What was done, a line each."""
    merge = outcome.merge
    if not outcome.changed:
        waiting = quantity(len(outcome.open_conflicts), "conflict")
        left = f"; {waiting} to settle on sheet Conflicts" if outcome.open_conflicts else ""
        return (
            f"Nothing to do: the workbook is up to date with its case and its edition of the procedure{left}."
        )
    lines = ["This would be done:" if dry else "Done:"]
    formulas = [each for each in merge.cells if isinstance(each.content, Formula)]
    plain = [each for each in merge.cells if not isinstance(each.content, Formula)]
    log = [each for each in merge.rows if each.table == layout.LOG_TABLE]
    rest = [each for each in merge.rows if each.table != layout.LOG_TABLE]
    settled = [f"{each.number}  {each.cell}: {each.state}" for each in merge.settled]
    lines += _part("mark brought up to date", merge.marks)
    lines += _part("repair of titles, tables and references", merge.mended)
    lines += _part("row added", [f"{each.id}  {_title(each.values)}" for each in rest])
    lines += _part("move of a date written into Log", [_move_line(each) for each in log])
    lines += _part("row adopted and given its ID", merge.adopted)
    lines += _part("row withdrawn", merge.withdrawn)
    lines += _part("cell changed", _cell_lines(plain), len(plain))
    lines += _part("formula put back", _cell_lines(formulas), len(formulas))
    lines += _part("conflict settled", settled)
    lines += _part("conflict to settle", [_conflict_line(each) for each in outcome.open_conflicts])
    return "\n".join(lines)


def _part(noun: str, found: Sequence[str], count: int = 0) -> list[str]:
    """A heading and its lines; `count` where a line may stand for several."""
    if not found:
        return []
    first, _, rest = noun.partition(" ")
    lines = [f"\n{quantity(count or len(found), first)} {rest}".rstrip()]
    lines += [f"  {each}" for each in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(f"  and {len(found) - _MOST} more")
    return lines


def _title(values: Any) -> str:
    titles = ("Action", "Agency", "Child", "Kind", "Text", "Name")
    return next((str(values[title]) for title in titles if values.get(title)), "")


def _move_line(each: AddRow) -> str:
    moved = f"{display_value(each.values.get('From'))} -> {display_value(each.values.get('To'))}"
    return f"{each.id}  {moved}  {each.values.get('Text') or ''}".rstrip()


def _cell_lines(cells: Sequence[SetCell]) -> list[str]:
    """A line a cell; the same change in many rows, as a decision makes it, is one line."""
    alike: dict[tuple[object, ...], list[SetCell]] = {}
    for each in cells:
        key = (each.spot.sheet, each.spot.title, each.was, each.content)
        alike.setdefault(key, []).append(each)
    lines = []
    for group in alike.values():
        shown, more = (group[:1], f" and {len(group) - 1} more") if len(group) >= _MANY else (group, "")
        for each in shown:
            spot = each.spot
            named = f"{spot.title} of {spot.id}{more}" if spot.id else spot.title
            lines.append(f"{spot.cell}{more}  {named}{_change(each)}")
    return lines


def _change(each: SetCell) -> str:
    if isinstance(each.content, Formula):
        return f", in place of {display_value(each.was)}" if each.was is not None else ""
    return f": {display_value(each.was)} -> {display_value(each.content)}"


def _conflict_line(each: Any) -> str:
    return (
        f"{each['number']}  {each['cell']}  {each['column'] or 'the row'} of {each['id'] or 'the case'}: "
        f"yours {display_json_value(each['yours'])}, new {display_json_value(each['new'])}. {each['do']}"
    )


def json_text(outcome: Outcome | None, problems: list[Problem]) -> str:
    """A run as JSON text."""
    record: dict[str, Any] = {"schema": SCHEMA, **(outcome.record() if outcome else {})}
    record["problems"] = [each.record() for each in problems]
    return terminal_json(json.dumps(record, ensure_ascii=False, indent=1))
