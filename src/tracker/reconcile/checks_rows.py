"""Whose row is it, and who does it by when: rows deleted, doubled or unknown, their owners and their dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.problems import Problem, codes, problem
from tracker.reconcile.model import Action
from tracker.reconcile.state import stage_tables
from tracker.text import as_found, clean_text, did_you_mean, listed, listed_first, short_date, suggest
from tracker.workbook import layout
from tracker.workbook.read_rows import row_fingerprint
from tracker.workbook.reading import ReadRow, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from tracker.reconcile.checks_case import CheckInput, PlanRow, StageRow


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
    return {row_id: sheet for sheet, rows in data.reading.baseline.values.items() for row_id in rows}


def _lost_ids(data: CheckInput) -> dict[str, str]:
    """Rows without an ID that have the text of an issued row which is nowhere: their cell, and its ID."""
    without_id = [checked.row for checked in data.rows if data.blank(checked.row, "ID")]
    if not without_id:
        return {}
    seen = _seen_ids(data)
    left = {mark: row_id for row_id, mark in data.reading.baseline.fingerprints.items() if row_id not in seen}
    lost = {row.cell(): left.pop(row_fingerprint(row), "") for row in without_id}
    return {cell: row_id for cell, row_id in lost.items() if row_id}


def lost_ids(data: CheckInput) -> Iterator[Problem]:
    """Rows whose ID was cleared or merged away: reported as that, not as one row deleted and one added."""
    for place, row_id in _lost_ids(data).items():
        yield problem(codes.ROW_WITHOUT_ID, place=place, missing=row_id)


def deleted_rows(data: CheckInput) -> Iterator[Problem]:
    """Rows that were issued and are on no sheet any more; a sheet that was read may have lost all of them."""
    seen = _seen_ids(data) | set(_lost_ids(data).values())
    emptied = {sheet for sheet, rows in _tables(data).items() if not rows} - data.unread
    read = {sheet for sheet, _ in _rows_with_ids(data)} | emptied
    for row_id, sheet in _issued_sheets(data).items():
        if sheet in read and row_id not in seen:
            action = data.reading.baseline.values[sheet][row_id].get("Action") or "no action"
            yield problem(codes.ROW_DELETED, place=quoted(sheet), id=row_id, sheet=sheet, action=action)


def doubled_ids(data: CheckInput) -> Iterator[Problem]:
    """An ID that an earlier row bears already."""
    first: dict[str, str] = {}
    for _, row in _rows_with_ids(data):
        row_id = row.text("ID")
        other = first.setdefault(row_id, row.cell())
        if row_id and other != row.cell():
            yield row.problem(codes.DUPLICATE_ID, "ID", other=other)


def unknown_ids(data: CheckInput) -> Iterator[Problem]:
    """IDs this workbook was not issued with."""
    issued, seen = _issued_sheets(data), _seen_ids(data)
    missing = [row_id for row_id in issued if row_id not in seen]
    for _, row in _rows_with_ids(data):
        row_id = row.text("ID")
        if row_id and row_id not in issued:
            hint = did_you_mean(row_id, missing)
            yield row.problem(codes.UNKNOWN_ID, "ID", suggestion=hint)


def rows_elsewhere(data: CheckInput) -> Iterator[Problem]:
    """Rows cut out of their sheet and pasted into another."""
    issued = _issued_sheets(data)
    for sheet, row in _rows_with_ids(data):
        home = issued.get(row.text("ID"), sheet)
        if home != sheet:
            yield row.problem(codes.ROW_ON_OTHER_SHEET, "ID", sheet=sheet, issued=home)


def added_rows(data: CheckInput) -> Iterator[Problem]:
    """Rows a person added to a stage; those of the action plan are what it is for."""
    copies = {
        each.place for each in data.reading_problems if each.code == codes.COPIED_ROW
    }  # whose ID was set aside
    reported = copies | _lost_ids(data).keys()
    for checked in data.rows:
        if data.blank(checked.row, "ID") and checked.action.action and checked.row.cell() not in reported:
            yield checked.problem(codes.ROW_ADDED, "ID", action=checked.action.action)


def cells_left_empty(data: CheckInput) -> Iterator[Problem]:
    """Cells that what stands beside them calls for."""
    for checked in data.rows:
        if data.blank(checked.row, "Action"):
            yield checked.problem(codes.ROW_WITHOUT_ACTION, "Action")
        if checked.action.open and checked.action.action and data.blank(checked.row, "Owner"):
            yield checked.problem(codes.NO_OWNER, "Owner")
    for either in data.all_rows:
        status = either.row.text("Status")
        if status == "Complete" and data.blank(either.row, "Completed"):
            yield either.problem(codes.COMPLETE_WITHOUT_DATE, "Completed")
        if status == "Not applicable" and data.blank(either.row, "Reason for change"):
            yield either.problem(codes.NOT_APPLICABLE_WITHOUT_REASON, "Reason for change")
    for plan in data.plan:
        action = plan.action
        owned = action.lead_agency or action.owner or action.named_owner
        if action.open and not owned and data.blank(plan.row, "Lead agency"):
            yield plan.problem(codes.PLAN_ACTION_WITHOUT_OWNER, "Lead agency")
        if action.open and not action.agreed and data.blank(plan.row, "Target date"):
            yield plan.problem(codes.PLAN_ACTION_WITHOUT_TARGET, "Target date")


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
            yield checked.problem(codes.DATE_RULE_INCOMPLETE, "Agreed date", given=given)
        elif clock != count and not {row.cell("Counted from"), row.cell("Count")} & data.unclear:
            given, title = "a clock without a count", "Count"
            if clock:
                given, title = "a count without a clock", "Counted from"
            yield checked.problem(codes.DATE_RULE_INCOMPLETE, title, given=given)


def unknown_clocks(data: CheckInput) -> Iterator[Problem]:
    """`Counted from` that names no clock; an unknown unit is met while reading."""
    names = [clock.name for clock in data.procedure.clocks]
    known = {name.casefold() for name in names}
    for checked in data.rows:
        word = checked.action.counted_from
        if word and word.casefold() not in known and checked.row.cell("Counted from") not in data.unclear:
            facts = {"value": as_found(word), "words": listed(names, "or")}
            near = did_you_mean(word, names)
            yield checked.problem(codes.UNKNOWN_CLOCK, "Counted from", suggestion=near, **facts)


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
    agencies = data.reading.baseline.case.agencies
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
            yield checked.problem(codes.UNKNOWN_OWNER, title, owner=as_found(owner), suggestion=hint)


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
            yield checked.problem(codes.NOBODY_NAMED, "Named owner", due=action.due, owner=action.owner)


def named_twice(data: CheckInput) -> Iterator[Problem]:
    """A role or an agency that stands in two rows of sheet People: the formulas take the first."""
    for table, title, _ in _PEOPLE:
        first: dict[str, str] = {}
        for row in data.reading.tables[table]:
            name = clean_text(row.text(title))
            other = first.setdefault(name.casefold(), row.cell(title))
            if name and other != row.cell(title):
                yield row.problem(codes.DUPLICATE_NAME, title, name=name, other=other)


_DAYS_NAMED = 3
_STEPS_NAMED = 4


def bank_holidays_deleted(data: CheckInput) -> Iterator[Problem]:
    """Bank holidays that the workbook was issued with and that its Calendar no longer lists."""
    if layout.HOLIDAY_TABLE not in data.reading.places:
        return  # a missing sheet or header row is reported once
    listed_days = {row.values.get("Bank holiday") for row in data.reading.tables[layout.HOLIDAY_TABLE]}
    gone = sorted(day for day in data.reading.baseline.holidays if day not in listed_days)
    if gone:
        place = quoted(data.reading.places[layout.HOLIDAY_TABLE].sheet)
        days = listed_first(map(short_date, gone), _DAYS_NAMED)
        yield problem(codes.HOLIDAY_DELETED, place=place, days=days)


def completed_in_future(data: CheckInput) -> Iterator[Problem]:
    """A completion after the report date: wrong where it lies ahead, else only not counted as at that day."""
    today = max(data.as_at, data.today or data.as_at)
    for checked in data.all_rows:
        day = checked.row.day("Completed")
        if day and day > data.as_at:
            code = codes.COMPLETED_IN_FUTURE if day > today else codes.COMPLETED_AFTER_REPORT_DATE
            yield checked.problem(code, "Completed", day=day, as_at=data.as_at)


def completed_too_early(data: CheckInput) -> Iterator[Problem]:
    """A completion before awareness, else before what the row is counted from.

    Work that a step implies may begin before its clock (7.1), and what is counted back always does.
    """
    aware, clock_of_case = data.state.timeliness.aware, data.procedure.clock_of("aware")
    for checked in data.rows:
        action = checked.action
        day, start = action.completed, action.day_zero
        if day and aware and clock_of_case and day < aware:
            sent = checked.step is not None and checked.step.completed_by == "sin_submitted"
            code = codes.SIN_BEFORE_AWARENESS if sent else codes.COMPLETED_BEFORE_AWARENESS
            yield checked.problem(code, "Completed", day=day, clock=clock_of_case.name, day_zero=aware)
        elif day and start and day < start and not action.provisional and _counts_on(action):
            code, clock = codes.COMPLETED_BEFORE_DAY_ZERO, action.counted_from
            yield checked.problem(code, "Completed", day=day, day_zero=start, clock=clock)


def _counts_on(action: Action) -> bool:
    return action.count is not None and action.count >= 0 and action.basis != "Implied"


def moved_without_reason(data: CheckInput) -> Iterator[Problem]:
    """An agreed date past the due date: with its reason, and never on a statutory row."""
    for checked in data.all_rows:
        action = checked.action
        agreed, due = action.agreed, action.due if isinstance(action, Action) else action.target
        if not (agreed and due and agreed > due) or action.rag == "Not applicable":
            continue
        if checked.row.text("Basis") == "Statutory":
            yield checked.problem(codes.STATUTORY_DATE_MOVED, "Agreed date", agreed=agreed, due=due)
        elif data.blank(checked.row, "Reason for change"):
            yield checked.problem(codes.MOVED_WITHOUT_REASON, "Reason for change", agreed=agreed, due=due)


def due_on_closure(data: CheckInput) -> Iterator[Problem]:
    """The date a row is judged by, on a day still to come on which offices are closed."""
    closed = {row.day("Office closure") for row in data.reading.tables[layout.CLOSURE_TABLE]}
    for checked in data.rows:
        judged = checked.action.judged
        if judged and judged >= data.as_at and judged in closed and checked.action.open:
            title = "Due" if judged == checked.action.due else "Agreed date"
            yield checked.problem(codes.DUE_ON_CLOSURE, title, due=judged)


def due_past_calendar(data: CheckInput) -> Iterator[Problem]:
    """A due date past the last day up to which bank holidays are known."""
    for checked in data.rows:
        due = checked.action.due
        if due and due > data.known_until and checked.action.open:
            yield checked.problem(codes.DUE_PAST_KNOWN_HOLIDAYS, "Due", due=due, known_until=data.known_until)


# Steps that wait for one another


def _is_passed_over(action: Action) -> bool:
    """Whether a step is open and has no date of its own: it is reported itself."""
    return action.open and action.judged is None and not action.counted_from


def done_before(data: CheckInput) -> Iterator[Problem]:
    """A step done although one it waits for is open, or was done later."""
    for checked in data.rows:
        done, reasons = checked.action.completed, []
        if checked.action.rag not in rules.DONE_WORDS:
            continue
        for before in (data.by_id[each].action for each in checked.action.after if each in data.by_id):
            if before.open and not _is_passed_over(before):
                reasons.append(f"{before.id} (open)")
            elif done and before.completed and before.completed > done:
                reasons.append(f"{before.id} (done {short_date(before.completed)})")
        if reasons:
            others = listed_first(reasons, _STEPS_NAMED)
            yield checked.problem(codes.DONE_TOO_EARLY, "Completed", others=others)


def cannot_be_met(data: CheckInput) -> Iterator[Problem]:
    """An agreed date after the date of a step that waits for this one, directly or through others."""
    for checked in data.rows:
        action = checked.action
        agreed = action.agreed
        if not (agreed and action.open) or (action.due and agreed <= action.due):
            continue
        missed = _missed(data, checked, agreed)
        steps = listed_first([f"{each.id} ({_timescale(each)})" for each in missed], _STEPS_NAMED)
        if len(missed) == 1:
            steps = f"{missed[0].id}, {_timescale(missed[0])},"
        if missed:
            yield checked.problem(codes.LATER_STEP_LATE, "Agreed date", agreed=agreed, steps=steps)


def _timescale(action: Action) -> str:
    """`day 15`, `7 wd before`; the agreed date where that is what cannot be met."""
    if action.judged != action.due and action.judged:
        return f"agreed for {short_date(action.judged)}"
    return action.timescale[:1].lower() + action.timescale[1:]


def _missed(data: CheckInput, start: StageRow, day: date) -> list[Action]:
    """The open steps that follow, directly or through others, whose own date is before `day`, in working order."""
    seen, queue, missed = {start.row.text("ID")}, [start.row.text("ID")], []
    while queue:
        for checked in data.waiting.get(queue.pop(0), ()):
            action = checked.action
            if action.id in seen or not action.open:
                continue
            seen.add(action.id)
            if action.judged is not None and action.judged >= day:
                continue
            queue.append(action.id)
            if action.judged is not None:
                missed.append(action)
    places = {id(checked.action): place for place, checked in enumerate(data.rows)}
    return sorted(missed, key=lambda action: places[id(action)])


def undated_and_passed(data: CheckInput) -> Iterator[Problem]:
    """An undated step that is open although a step that waits for it is done or past its date."""
    for checked in data.rows:
        if not _is_passed_over(checked.action):
            continue
        for waiting in data.waiting.get(checked.row.text("ID"), ()):
            done = waiting.action.rag in rules.DONE_WORDS
            if done or waiting.action.rag in {"Overdue", "Chase"}:
                words = "is done" if done else "is past its date"
                words = f"{waiting.action.id}, which waits for it, {words}"
                yield checked.problem(codes.UNDATED_AND_PASSED, "Agreed date", waiting=words)
                break
