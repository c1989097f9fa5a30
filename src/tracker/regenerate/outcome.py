"""What a run of regenerate comes to: the new file, what was done in words and as JSON, what is remembered of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker import __version__, rules
from tracker.case.model import Case, case_record
from tracker.formula.evaluate import Formula
from tracker.formula.values import day_of, is_number
from tracker.merge import (
    AddRow,
    Conflict,
    Merge,
    SetCell,
    Values,
    action_tables,
    comparable,
    display_value,
)
from tracker.problems import Problem, codes, problem
from tracker.records import JsonRecord, Record, plain
from tracker.regenerate.rows import COUNTING
from tracker.text import listed, quantity, terminal_json
from tracker.workbook import layout
from tracker.workbook.baseline import ANCESTOR, Baseline, baseline_text, case_uuid, fingerprint, pieces
from tracker.workbook.patch.file import cell_value

if TYPE_CHECKING:
    from tracker.formula.book import Book
    from tracker.procedure.model import Procedure
    from tracker.workbook.patch.file import WorkbookFile


@dataclass(frozen=True, slots=True)
class Outcome(JsonRecord):
    """The result of a run: the new file, what was done, and the conflicts on record.

    `content` is the very file that was read where nothing had to change.
    """

    path: str
    content: bytes
    changed: bool
    merge: Merge
    conflicts: Sequence[Conflict]
    problems: Sequence[Problem]
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def open_conflicts(self) -> list[Record]:
        """The conflicts somebody still has to settle, as JSON holds them."""
        return [each.record() for each in self.conflicts if each.open]

    def record(self) -> Record:
        """What was done, as JSON holds it."""
        merge = self.merge
        return {
            "path": self.path,
            "changed": self.changed,
            "added": [
                {"id": each.id, "table": each.table, "cell": self.places.get(f"{each.table} {each.id}", "")}
                for each in merge.rows
            ],
            "adopted": merge.adopted,
            "withdrawn": merge.withdrawn,
            "marks": merge.marks,
            "deleted": merge.deleted,
            "cells": [each.record() for each in merge.cells],
            "conflicts": self.open_conflicts,
            "settled": [each.record() for each in merge.settled],
        }


SCHEMA = "tracker/regenerate/1"
_MANY = 4
"""The same change in so many cells of a sheet is shown in one line."""
_MOST = 60
"""Lines of one kind on the terminal; the rest is counted."""


def remarks(outcome: Outcome, problems: Sequence[Problem]) -> list[Problem]:
    """What a person should know of a run beside what was done: conflicts, kept edits, deletions."""
    path, merge = outcome.path, outcome.merge
    found = [each.problem(path) for each in outcome.conflicts if each.open]
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
        same = "the workbook is up to date with its case and its edition of the procedure"
        return f"Nothing to do: {same}{left}."
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
    lines += _part("conflict to settle", [_conflict_line(each) for each in outcome.conflicts if each.open])
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


def _conflict_line(each: Conflict) -> str:
    column, whose = each.names
    values = "yours {yours}, new {new}".format(**each.shown())
    return f"{each.number}  {each.cell}  {column} of {whose}: {values}. {each.do}"


def json_text(outcome: Outcome | None, problems: list[Problem]) -> str:
    """A run as JSON text."""
    record: dict[str, Any] = {"schema": SCHEMA, **(outcome.record() if outcome else {})}
    record["problems"] = [each.record() for each in problems]
    return terminal_json(json.dumps(record, ensure_ascii=False, indent=1))


_SOURCES = 60
"""SHA-256 of earlier states that are remembered: a year of weekly runs."""


def next_baseline(
    baseline: Baseline, procedure: Procedure, case: Case, described: Case,
    rows: Mapping[str, Mapping[str, Values]], book: Book, as_at: date,
    *, keeps_edition: bool, conflicts: Sequence[Conflict], added: Sequence[AddRow], moves: Iterable[str],
) -> Baseline:  # fmt: skip
    """The baseline after a run.

    `case` is the case of the workbook now, `described` that of its description; `rows` are what to remember of
    each sheet's rows; `book` holds the evaluated dates; `added` are the rows put below tables, `moves` what sheet
    Log holds.
    """
    days = [row for row in added if row.table == layout.HOLIDAY_TABLE]
    holidays = {row.values["Bank holiday"]: str(row.values.get("Name") or "") for row in days}
    values: dict[str, dict[str, dict[str, Any]]] = {sheet: plain(each) for sheet, each in rows.items()}
    stages = {stage.name: values.get(stage.name, {}) for stage in procedure.stages}
    named = not baseline.case.details.reference and case.details.reference
    made = replace(
        baseline,
        layout=layout.LAYOUT,
        tool=__version__,
        uuid=case_uuid(case.details.reference) if named else baseline.uuid,
        as_at=as_at,
        case=case,
        described=None if described == case else described,
        values=values,
        formulas={
            sheet: {title: each.text for title, each in formulas.items()}
            for sheet, _, _, formulas in action_tables(procedure)
        },
        due=_due(baseline, stages, book),
        holidays={
            **baseline.holidays,
            **{day: name for day, name in holidays.items() if isinstance(day, date)},
        },
        fingerprints={row_id: fingerprint(row) for each in stages.values() for row_id, row in each.items()},
        conflicts=tuple(each.record() for each in conflicts),
        moves=tuple(sorted(moves)),
    )
    if not keeps_edition:
        made = replace(
            made, set_name=procedure.set_name, edition=procedure.edition, procedure_sha256=procedure.sha256,
            title=procedure.title,
        )  # fmt: skip
    return _with_sha256(made)


def with_sources(now: Baseline, before: Baseline, sources: Sequence[str]) -> Baseline:
    """A baseline as it is written: with the SHA-256 of what it is made from, and the one before it as its ancestor."""
    return _with_sha256(
        replace(
            now,
            sources=(*before.sources, *sources)[-_SOURCES:],
            ancestors=(*before.ancestors, before.sha256[:ANCESTOR])[-_SOURCES:],
        )
    )


def _with_sha256(baseline: Baseline) -> Baseline:
    made = replace(baseline, sha256="")
    return replace(made, sha256=hashlib.sha256(baseline_text(made).encode()).hexdigest())


def check_procedure(baseline: Baseline, procedure: Procedure, path: str, *, moves: bool) -> list[Problem]:
    """Why a workbook is not for this procedure: what it remembers of its own would be lost under another."""
    if baseline.is_of_another(procedure) and not moves:
        was, now = (f"{each.set_name}, edition {each.edition}" for each in (baseline, procedure))
        facts = {"was": was, "now": now, "name": procedure.set_name}
        return [problem(codes.OTHER_PROCEDURES_WORKBOOK, file=path, **facts)]
    stages = [each for each in baseline.formulas if each != layout.PLAN]
    new = [stage.name for stage in procedure.stages]
    if moves and set(stages) != set(new):
        facts = {"was": listed(stages), "now": listed(new), "name": procedure.set_name}
        return [problem(codes.OTHER_STAGES, file=path, **facts)]
    return []


def _due(
    baseline: Baseline, stages: Mapping[str, Mapping[str, Mapping[str, Any]]], book: Book
) -> dict[str, date]:
    """Each due date as first issued; anew where the row is new, had none, or is counted in another way now."""
    now: dict[str, date] = {}
    for stage in stages:
        place = book.tables.get(rules.table_name(stage))
        if place and (ids := place.number("ID")) and (dates := place.number("Due")):
            for number in place.rows():
                row_id, day = (cell_value(book, place.sheet, number, column) for column in (ids, dates))
                if row_id and is_number(day):
                    now.setdefault(str(row_id), day_of(day))
    found = {}
    for sheet, rows in stages.items():
        for row_id, row in rows.items():
            before = baseline.values.get(sheet, {}).get(row_id, {})
            counted = any(comparable(row.get(each)) != comparable(before.get(each)) for each in COUNTING)
            due = now.get(row_id) if counted or row_id not in baseline.due else baseline.due[row_id]
            if due:
                found[row_id] = due
    return found


def deleted_texts(old: Baseline, new: Baseline) -> frozenset[str]:
    """The texts that the hidden sheet still holds and the new baseline does not: somebody has deleted them."""
    before, now = (
        [case_record(each.case), each.described and case_record(each.described), each.values, each.conflicts]
        for each in (old, new)
    )
    return frozenset(_texts(before)) - frozenset(_texts(now))


def _texts(record: Any) -> Iterator[str]:
    if isinstance(record, str):
        yield record
    elif isinstance(record, (Mapping, list, tuple)):
        for each in record.values() if isinstance(record, Mapping) else record:
            yield from _texts(each)


def write_baseline(file: WorkbookFile, old: Baseline, new: Baseline, *, again: bool = False) -> None:
    """Put the baseline into the hidden sheet; `again` where another has been put since the file was read."""
    before, now = pieces(baseline_text(old)), pieces(baseline_text(new))
    for row in range(1, max(len(before), len(now)) + 1):
        held = file.cell(layout.HIDDEN, row, 1)
        text = now[row - 1] if row <= len(now) else None
        if held.formula is None and (again or held.value != text):
            file.put(layout.HIDDEN, row, 1, text)
    part = "docProps/custom.xml"
    if old.uuid != new.uuid and part in file.package:
        file.package.put(part, file.package.read(part).replace(old.uuid.encode(), new.uuid.encode()))
