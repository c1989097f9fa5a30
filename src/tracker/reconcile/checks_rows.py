"""Whose row is it: deleted, doubled, unknown, added, or on another sheet; without a date, or with nobody to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import Problem, codes
from tracker.reconcile.checks_input import fault
from tracker.reconcile.state import stage_tables
from tracker.text import as_found, clean_text, did_you_mean, listed, suggest
from tracker.workbook import layout
from tracker.workbook.read_rows import row_fingerprint
from tracker.workbook.reading import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.reconcile.checks_input import CheckInput, PlanRow, StageRow
    from tracker.workbook.reading import ReadRow


def _tables(data: CheckInput) -> dict[str, Sequence[ReadRow]]:
    """The rows of the stages and the action plan, by their sheet."""
    return {**stage_tables(data.reading, data.procedure), layout.PLAN: data.reading.tables[rules.PLAN]}


def _rows_with_ids(data: CheckInput) -> list[tuple[str, ReadRow]]:
    """Their rows with their sheets; none of a sheet whose column ID is missing or misaligned."""
    trusted = ((sheet, rows) for sheet, rows in _tables(data).items() if sheet not in data.misaligned)
    return [(sheet, row) for sheet, rows in trusted for row in rows if "ID" in row.columns]


def _seen_ids(data: CheckInput) -> set[str]:
    return {row.text("ID") for rows in _tables(data).values() for row in rows}


def _issued_sheets(data: CheckInput) -> dict[str, str]:
    """The sheet each ID was issued on."""
    return {row_id: sheet for sheet, rows in data.reading.issue.values.items() for row_id in rows}


def _lost_ids(data: CheckInput) -> dict[str, str]:
    """Rows without an ID that have the text of an issued row which is nowhere: their cell, and its ID."""
    seen = _seen_ids(data)
    left = {mark: row_id for row_id, mark in data.reading.issue.fingerprints.items() if row_id not in seen}
    found = {}
    for checked in data.rows:
        if data.blank(checked.row, "ID") and (row_id := left.pop(row_fingerprint(checked.row), "")):
            found[checked.row.cell()] = row_id
    return found


def lost_ids(data: CheckInput) -> Iterator[Problem]:
    """Rows whose ID was cleared or merged away: reported as that, not as one row deleted and one added."""
    for place, row_id in _lost_ids(data).items():
        yield fault(codes.ROW_WITHOUT_ID, place, missing=row_id)


def deleted_rows(data: CheckInput) -> Iterator[Problem]:
    """Rows that were issued and are on no sheet any more; a sheet that was read may have lost all of them."""
    seen = _seen_ids(data) | set(_lost_ids(data).values())
    emptied = {sheet for sheet, rows in _tables(data).items() if not rows} - data.unread
    read = {sheet for sheet, _ in _rows_with_ids(data)} | emptied
    for row_id, sheet in _issued_sheets(data).items():
        if sheet in read and row_id not in seen:
            action = data.reading.issue.values[sheet][row_id].get("Action") or "no action"
            yield fault(codes.ROW_DELETED, quoted(sheet), row_id, sheet=sheet, action=action)


def doubled_ids(data: CheckInput) -> Iterator[Problem]:
    """An ID that an earlier row bears already."""
    first: dict[str, str] = {}
    for _, row in _rows_with_ids(data):
        row_id = row.text("ID")
        other = first.setdefault(row_id, row.cell())
        if row_id and other != row.cell():
            yield fault(codes.DUPLICATE_ID, row.cell(), row_id, other=other)


def unknown_ids(data: CheckInput) -> Iterator[Problem]:
    """IDs this workbook was not issued with."""
    issued, seen = _issued_sheets(data), _seen_ids(data)
    missing = [row_id for row_id in issued if row_id not in seen]
    for _, row in _rows_with_ids(data):
        row_id = row.text("ID")
        if row_id and row_id not in issued:
            hint = did_you_mean(row_id, missing)
            yield fault(codes.UNKNOWN_ID, row.cell(), row_id, suggestion=hint)


def rows_elsewhere(data: CheckInput) -> Iterator[Problem]:
    """Rows cut out of their sheet and pasted into another."""
    issued = _issued_sheets(data)
    for sheet, row in _rows_with_ids(data):
        home = issued.get(row.text("ID"), sheet)
        if home != sheet:
            yield fault(codes.ROW_ON_OTHER_SHEET, row.cell(), row.text("ID"), sheet=sheet, issued=home)


def added_rows(data: CheckInput) -> Iterator[Problem]:
    """Rows a person added to a stage; those of the action plan are what it is for."""
    copies = {each.place for each in data.found if each.code == codes.COPIED_ROW}  # whose ID was set aside
    reported = copies | _lost_ids(data).keys()
    for checked in data.rows:
        if data.blank(checked.row, "ID") and checked.action.action and checked.row.cell() not in reported:
            yield checked.fault(codes.ROW_ADDED, "ID", action=checked.action.action)


def cells_left_empty(data: CheckInput) -> Iterator[Problem]:
    """Cells that what stands beside them calls for."""
    for checked in data.rows:
        if data.blank(checked.row, "Action"):
            yield checked.fault(codes.ROW_WITHOUT_ACTION, "Action")
        if checked.action.open and checked.action.action and data.blank(checked.row, "Owner"):
            yield checked.fault(codes.NO_OWNER, "Owner")
    for either in data.all_rows:
        status = either.row.text("Status")
        if status == "Complete" and data.blank(either.row, "Completed"):
            yield either.fault(codes.COMPLETE_WITHOUT_DATE, "Completed")
        if status == "Not applicable" and data.blank(either.row, "Reason for change"):
            yield either.fault(codes.NOT_APPLICABLE_WITHOUT_REASON, "Reason for change")
    for plan in data.plan:
        action = plan.action
        owned = action.lead_agency or action.owner or action.named_owner
        if action.open and not owned and data.blank(plan.row, "Lead agency"):
            yield plan.fault(codes.PLAN_ACTION_WITHOUT_OWNER, "Lead agency")
        if action.open and not action.agreed and data.blank(plan.row, "Target date"):
            yield plan.fault(codes.PLAN_ACTION_WITHOUT_TARGET, "Target date")


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
            given = "neither a clock and a count nor an agreed date"
            yield checked.fault(codes.DATE_RULE_INCOMPLETE, "Agreed date", given=given)
        elif clock != count and not {row.cell("Counted from"), row.cell("Count")} & data.unclear:
            given = "a count without a clock" if clock else "a clock without a count"
            yield checked.fault(codes.DATE_RULE_INCOMPLETE, "Counted from" if clock else "Count", given=given)


def unknown_clocks(data: CheckInput) -> Iterator[Problem]:
    """`Counted from` that names no clock; an unknown unit is met while reading."""
    names = [clock.name for clock in data.procedure.clocks]
    known = {name.casefold() for name in names}
    for checked in data.rows:
        word = checked.action.counted_from
        if word and word.casefold() not in known and checked.row.cell("Counted from") not in data.unclear:
            facts = {
                "value": as_found(word),
                "words": listed(names, "or"),
                "suggestion": did_you_mean(word, names),
            }
            yield checked.fault(codes.UNKNOWN_CLOCK, "Counted from", **facts)


# Owners

_PEOPLE = ((rules.ROLES, "Role", "Name"), (rules.AGENCIES, "Agency", "Contact"))
"""The tables of sheet People: the columns that hold an owner, and who that is."""


def _known_owners(data: CheckInput) -> list[str]:
    rows = ((row, title) for table, title, _ in _PEOPLE for row in data.reading.tables[table])
    return [name for row, title in rows if (name := row.text(title))]


def unknown_owner(data: CheckInput) -> Iterator[Problem]:
    """An owner that is not on sheet People; the same role under another name is suggested."""
    if layout.PEOPLE in data.unread:
        return
    names, roles = _known_owners(data), data.procedure.roles
    known = {name.casefold() for name in names}
    aliases = {clean_text(alias).casefold(): role.name for role in roles for alias in role.aliases}
    employers = {clean_text(name).casefold() for _, name in data.procedure.employer_names}
    agencies = data.reading.issue.case.agencies
    issued = {name.casefold() for name in [each.name for each in agencies] + [role.name for role in roles]}
    owned: list[tuple[StageRow | PlanRow, str, str]] = [
        *((checked, checked.action.owner, "Owner") for checked in data.all_rows),
        *((checked, checked.action.lead_agency, "Lead agency") for checked in data.plan),
    ]
    for checked, owner, title in owned:
        word = clean_text(owner)
        if title == "Lead agency" and word.casefold() in employers:
            continue  # the council leads what no single service of it does
        if word and owner.casefold() not in known:
            # A role or agency as issued was taken off sheet People: another one like it is not what was meant.
            near = "" if word.casefold() in issued else aliases.get(word.casefold()) or suggest(word, names)
            hint = f' (did you mean "{near}"?)' if near else ""
            yield checked.fault(codes.UNKNOWN_OWNER, title, owner=as_found(owner), suggestion=hint)


def nobody_named(data: CheckInput) -> Iterator[Problem]:
    """An open row with a confirmed due date, and no name for its owner; others' bodies name their own."""
    tables = data.reading.tables
    if any(name not in row.columns for table, _, name in _PEOPLE for row in tables[table][:1]):
        return  # a missing column is reported once
    known = {name.casefold() for name in _known_owners(data)}
    for checked in data.rows:
        action = checked.action
        if not (action.open and action.due) or action.provisional or action.employer == "external":
            continue
        if action.owner.casefold() in known and not action.named_owner:
            yield checked.fault(codes.NOBODY_NAMED, "Named owner", due=action.due, owner=action.owner)


def named_twice(data: CheckInput) -> Iterator[Problem]:
    """A role or an agency that stands in two rows of sheet People: the formulas take the first."""
    for table, title, _ in _PEOPLE:
        first: dict[str, str] = {}
        for row in data.reading.tables[table]:
            name = clean_text(row.text(title))
            other = first.setdefault(name.casefold(), row.cell(title))
            if name and other != row.cell(title):
                yield fault(codes.DUPLICATE_NAME, row.cell(title), name=name, other=other)
