"""Whose row is it: deleted, doubled, unknown, added, or on another sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import Problem, codes, problem
from tracker.text import as_found, did_you_mean, listed
from tracker.workbook import layout
from tracker.workbook.identity import row_fingerprint
from tracker.workbook.reading import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.reconcile.checks_input import CheckInput
    from tracker.workbook.reading import ReadRow


def _tables(data: CheckInput) -> Mapping[str, tuple[ReadRow, ...]]:
    """The rows that have IDs, by their sheet; a sheet whose column ID is missing or misaligned gives none."""
    return {
        sheet: () if sheet in data.misaligned else tuple(row for row in rows if "ID" in row.columns)
        for sheet, rows in _all_tables(data).items()
    }


def _all_tables(data: CheckInput) -> Mapping[str, Sequence[ReadRow]]:
    tables = {stage.name: rules.table_name(stage.name) for stage in data.procedure.stages}
    named = {**tables, layout.PLAN: rules.PLAN}
    return {sheet: data.reading.tables[table] for sheet, table in named.items()}


def _issued_sheets(data: CheckInput) -> dict[str, str]:
    """The sheet each ID was issued on."""
    return {row_id: sheet for sheet, rows in data.reading.issue.values.items() for row_id in rows}


def _lost_ids(data: CheckInput) -> dict[str, str]:
    """Rows without an ID that have the text of an issued row which is nowhere: their cell, and its ID."""
    issued = data.reading.issue.fingerprints
    seen = {row.text("ID") for rows in _all_tables(data).values() for row in rows}
    left = {mark: row_id for row_id, mark in issued.items() if row_id not in seen}
    found = {}
    for checked in data.rows:
        if data.blank(checked.row, "ID") and (row_id := left.pop(row_fingerprint(checked.row), "")):
            found[checked.row.cell()] = row_id
    return found


def lost_ids(data: CheckInput) -> Iterator[Problem]:
    """Rows whose ID was cleared or merged away: reported as that, not as one row deleted and one added."""
    for place, row_id in _lost_ids(data).items():
        yield problem(codes.ROW_WITHOUT_ID, place=place, missing=row_id)


def deleted_rows(data: CheckInput) -> Iterator[Problem]:
    """Rows that were issued and are on no sheet any more."""
    tables = _tables(data)
    seen = {row.text("ID") for rows in _all_tables(data).values() for row in rows}
    seen |= set(_lost_ids(data).values())
    read = {sheet for sheet, rows in tables.items() if rows or _was_emptied(data, sheet)}
    for row_id, sheet in _issued_sheets(data).items():
        if sheet in read and row_id not in seen:
            action = data.reading.issue.values[sheet][row_id].get("Action") or "no action"
            yield problem(codes.ROW_DELETED, place=quoted(sheet), id=row_id, sheet=sheet, action=action)


def _was_emptied(data: CheckInput, sheet: str) -> bool:
    """Whether a sheet without rows really lost them all: it was read, and not for lack of its column ID."""
    table = rules.PLAN if sheet == layout.PLAN else rules.table_name(sheet)
    return sheet not in data.unread and not data.reading.tables[table]


def doubled_ids(data: CheckInput) -> Iterator[Problem]:
    """An ID that an earlier row bears already."""
    first: dict[str, str] = {}
    for rows in _tables(data).values():
        for row in rows:
            row_id = row.text("ID")
            other = first.setdefault(row_id, row.cell())
            if row_id and other != row.cell():
                yield problem(codes.DUPLICATE_ID, place=row.cell(), id=row_id, other=other)


def unknown_ids(data: CheckInput) -> Iterator[Problem]:
    """IDs this workbook was not issued with."""
    issued = _issued_sheets(data)
    seen = {row.text("ID") for rows in _all_tables(data).values() for row in rows}
    missing = [row_id for row_id in issued if row_id not in seen]
    for rows in _tables(data).values():
        for row in rows:
            row_id = row.text("ID")
            if row_id and row_id not in issued:
                yield problem(
                    codes.UNKNOWN_ID, place=row.cell(), id=row_id, suggestion=did_you_mean(row_id, missing)
                )


def rows_elsewhere(data: CheckInput) -> Iterator[Problem]:
    """Rows cut out of their sheet and pasted into another."""
    issued = _issued_sheets(data)
    for sheet, rows in _tables(data).items():
        for row in rows:
            home = issued.get(row.text("ID"), sheet)
            if home != sheet:
                yield problem(
                    codes.ROW_ON_OTHER_SHEET, place=row.cell(), id=row.text("ID"), sheet=sheet, issued=home
                )


def added_rows(data: CheckInput) -> Iterator[Problem]:
    """Rows a person added to a stage; those of the action plan are what it is for."""
    reported = {
        each.place for each in data.found if each.code == codes.COPIED_ROW
    }  # a copy whose ID was set aside
    reported |= _lost_ids(data).keys()
    for checked in data.rows:
        if data.blank(checked.row, "ID") and checked.action.action and checked.row.cell() not in reported:
            yield checked.fault(codes.ROW_ADDED, "ID", action=checked.action.action)


def rows_without_action(data: CheckInput) -> Iterator[Problem]:
    """Rows in which something stands, but not what is to be done."""
    for checked in data.rows:
        if data.blank(checked.row, "Action"):
            yield checked.fault(codes.ROW_WITHOUT_ACTION, "Action")


def rows_without_date(data: CheckInput) -> Iterator[Problem]:
    """A clock without a count or the reverse; an added row with nothing to date it by."""
    for checked in data.rows:
        row, action = checked.row, checked.action
        if not (action.open and data.blank(row, "Agreed date")):
            continue
        if not {"ID", "Counted from", "Count"} <= row.columns.keys():
            continue  # the missing column is reported once
        clock, count = data.blank(row, "Counted from"), data.blank(row, "Count")
        if clock and count and checked.step is None and action.action:
            yield checked.fault(
                codes.DATE_RULE_INCOMPLETE,
                "Agreed date",
                given="neither a clock and a count nor an agreed date",
            )
        elif clock != count and not {row.cell("Counted from"), row.cell("Count")} & data.unclear:
            given = (
                ("a count without a clock", "Counted from") if clock else ("a clock without a count", "Count")
            )
            yield checked.fault(codes.DATE_RULE_INCOMPLETE, given[1], given=given[0])


def unknown_clocks(data: CheckInput) -> Iterator[Problem]:
    """`Counted from` that names no clock; an unknown unit is met while reading."""
    names = [clock.name for clock in data.procedure.clocks]
    known = {name.casefold() for name in names}
    for checked in data.rows:
        word = checked.action.counted_from
        cell = checked.row.cell("Counted from")
        if word and word.casefold() not in known and cell not in data.unclear:
            facts = {"value": as_found(word), "words": listed(names, "or")}
            yield checked.fault(
                codes.UNKNOWN_CLOCK, "Counted from", suggestion=did_you_mean(word, names), **facts
            )


CHECKS = (
    lost_ids,
    deleted_rows,
    doubled_ids,
    unknown_ids,
    rows_elsewhere,
    added_rows,
    rows_without_action,
    rows_without_date,
    unknown_clocks,
)
