"""What people typed into the workbook of a story, put into its pages before they are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from stories import AS_AT, FACTS, PROCEDURE, STANDING, days_done, reason, words

from tracker.formula.book import Book
from tracker.formula.values import serial
from tracker.plan import make_plan
from tracker.workbook import layout
from tracker.workbook.baseline import baseline_text, pieces
from tracker.workbook.build import build
from tracker.workbook.sheet_page import row_height
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from stories import Story

    from tracker.plan import Plan, PlannedRow
    from tracker.workbook.build import Workbook
    from tracker.workbook.sheet_page import SheetPage, TableMarkup

    Typed = str | date | None
    Cells = Mapping[str, Typed]

_TOPICS = ("unseen adults in the household", "handover between agencies", "recording of home visits",
           "escalation of concerns", "supervision notes", "moves between schools")  # fmt: skip


# What people typed


def _decided(told: Story) -> dict[str, Typed]:
    """What was typed on sheet Case, by its label."""
    typed: dict[str, Typed] = {}
    if told.end >= told.sent:
        typed["National Panel meeting"] = told.panel
    if told.end >= told.panel:
        typed["Rapid Review recommends"] = "LCSPR" if told.letter else "no LCSPR"
    if told.letter and told.end >= told.letter:
        typed |= {
            "LCSPR day zero": told.letter,
            "LCSPR": "yes",
            "National Panel's response": "recommends LCSPR",
        }
        typed |= {"LCSPR: reason": "Local learning", "Publication": told.publication}
    elif told.closed:
        typed |= {"National Panel's response": "agrees", "LCSPR": "no"}
        typed["LCSPR: reason"] = "The learning is in the action plan"
    typed["Case closed on"] = told.closed
    return typed


def _stage_cells(
    told: Story, row: PlannedRow, done: date, end: date, chance: Random, *, blocked: bool
) -> dict[str, Typed]:
    """What was typed into a row of a stage; a row without `Completed` is open."""
    lcspr = row.stage == "LCSPR"
    if lcspr and not told.letter:
        why = "No LCSPR: the learning is in the action plan"
        return {"Status": "Not applicable", "Reason for change": why} if told.closed else {}
    if done <= end and not blocked:
        note = words(chance) if chance.random() < 0.4 else None
        file = f"File {told.number}/{chance.randint(1, 400)}" if chance.random() < 0.2 else None
        return {"Completed": done, "Status": "Complete", "Progress": note, "Evidence": file}
    started = row.step in STANDING or (done - end).days < 20
    early = row.counted_from == "National Panel meeting" and told.panel > end
    if not started or early or (lcspr and told.letter and told.letter > end):
        return {}
    typed: dict[str, Typed] = {"Status": chance.choice(("In progress", "In progress", "Waiting on others")),
                               "Progress": words(chance)}  # fmt: skip
    if chance.random() < 0.07 and row.basis != "Statutory" and row.step not in STANDING:
        typed |= {
            "Agreed date": end + timedelta(days=chance.randint(1, 20)),
            "Reason for change": reason(chance),
        }
    return typed


def _stages(told: Story, plan: Plan, chance: Random) -> dict[str, dict[str, dict[str, Typed]]]:
    """What was typed on each stage sheet, by ID; what waits for an open step is open as well."""
    days = days_done(told, plan)
    typed: dict[str, dict[str, dict[str, Typed]]] = {}
    after = {step.id: step.after for stage in PROCEDURE.stages for step in stage.steps}
    waited_for = {each for steps in after.values() for each in steps}
    open_steps: set[str] = set()
    for stage, rows in plan.rows.items():
        sheet = typed.setdefault(stage, {})
        for row in rows:
            forgotten = told.live and row.step not in waited_for and chance.random() < 0.06
            blocked = forgotten or bool(open_steps & set(after[row.step]))
            sheet[row.id] = _stage_cells(told, row, days[row.id], told.end, chance, blocked=blocked)
            if "Completed" not in sheet[row.id]:
                open_steps.add(row.step)
    return typed


def _actions(told: Story, chance: Random) -> list[dict[str, Typed]]:
    """The action plan: none before the Rapid Review is done; all done where the case is closed."""
    if told.end < told.panel:
        return []
    actions = []
    for number in range(1, chance.randint(4, 10) + 1):
        target = told.panel + timedelta(days=30 * chance.randint(1, 12))
        topic = chance.choice(_TOPICS)
        action: dict[str, Typed] = {"ID": f"AP-{number:03}", "Recommendation": f"Strengthen {topic}"}
        action |= {"Action": f"Guidance and training on {topic}, first team {number}", "Target date": target}
        action |= {"Lead agency": chance.choice(told.case.agencies).name, "Source": "Rapid Review"}
        done = min(target - timedelta(days=chance.randint(-20, 25)), told.closed or date.max)
        if done <= told.end:
            action |= {"Completed": done, "Status": "Complete", "Impact": words(chance, "Impact")}
        else:
            action |= {"Status": "In progress", "Progress": words(chance)}
        actions.append(action)
    return actions


def _log(told: Story, chance: Random) -> list[dict[str, Typed]]:
    span = max((told.end - told.aware).days, 1)
    days = sorted(told.aware + timedelta(days=chance.randrange(span)) for _ in range(chance.randint(1, 8)))
    return [
        {
            "Date": day,
            "What": (what := chance.choice(("Note", "Chased", "Decision"))),
            "Text": words(chance, what),
        }
        for day in days
    ]


def _own_rows(told: Story, chance: Random) -> list[dict[str, Typed]]:
    if chance.random() < 0.75:
        return []
    day = told.end - timedelta(days=chance.randint(2, 9))
    done: dict[str, Typed] = {"Completed": max(day, told.aware)} if told.closed else {"Status": "In progress"}
    action = f"Ask the {chance.choice(('school', 'nursery', 'GP'))} for its chronology"
    agreed = max(day, told.aware)
    return [
        {"Action": action, "Owner": "PDSCP Business Manager", "Agreed date": agreed, "Basis": "Added", **done}
    ]


# Into the pages


def _content(typed: Typed) -> str | float | None:
    return serial(typed) if isinstance(typed, date) else typed


def _page(workbook: Workbook, sheet: str) -> SheetPage:
    return next(page for page in workbook.pages if page.name == sheet)


def _lay(
    workbook: Workbook, sheet: str, rows: list[dict[str, Typed]], typed: Mapping[str, Cells] | None = None
) -> None:
    """Type into the rows of a sheet's one table, by ID, and put further rows below them."""
    page = _page(workbook, sheet)
    (marked,) = page.tables
    table, cells = workbook.book.tables[marked.name], workbook.book.contents[sheet]
    first = table.header_row + 1
    styles = {title: page.styles[first, column] for title, column in table.columns.items()}
    for number in table.rows() if typed is not None else ():
        row = typed.get(str(cells[number, 1]), {}) if typed else {}
        for title, value in row.items():
            page.put(number, table.columns[title], _content(value), styles[title])
        _make_room(page, marked, number, row)
    next_row = table.last_row + 1 if typed is not None else first
    formulas = {title: cells[first, column] for title, column in table.columns.items()}
    kinds = {column.title: column.kind for column in marked.columns}
    for number, row in enumerate(rows, next_row):
        for title, column in table.columns.items():
            content = formulas[title] if kinds[title] == "formula" else _content(row.get(title))
            page.put(number, column, content, styles[title])
        _make_room(page, marked, number, row)
    last = max(next_row + len(rows) - 1, table.last_row)
    workbook.book.tables[marked.name] = replace(table, last_row=last)


def _make_room(page: SheetPage, marked: TableMarkup, number: int, typed: Cells) -> None:
    """Make a row as high as what was typed in it needs, as a person does who wants to read it."""
    wrapped = [(_content(typed.get(column.title)), column.width) for column in marked.columns if column.wrap]
    page.heights[number] = row_height(wrapped, page.heights.get(number, 14.0))


def _type_case(workbook: Workbook, typed: Cells) -> None:
    """Type on sheet Case, beside the label; a clock's date stands in the last column."""
    page, cells = _page(workbook, layout.CASE), workbook.book.contents[layout.CASE]
    clocks = {clock.name for clock in PROCEDURE.clocks}
    rows = {str(value): row for (row, column), value in cells.items() if column == 1}
    for label, value in typed.items():
        spot = rows[label], 4 if label in clocks else 2
        page.put(*spot, _content(value), page.styles[spot])


def _hold(workbook: Workbook, typed: Cells) -> None:
    """Type a hold into the first row of its table on sheet Case."""
    page, table = _page(workbook, layout.CASE), workbook.book.tables[layout.HOLD_TABLE]
    for title, value in typed.items():
        spot = table.header_row + 1, table.columns[title]
        page.put(*spot, _content(value), page.styles[spot])


def _remember(workbook: Workbook, actions: list[dict[str, Typed]]) -> None:
    """Let the baseline know the actions' IDs, as after a run of `tracker regenerate`."""
    given = {str(each["ID"]): {"Owner": None} for each in actions}
    baseline = replace(workbook.baseline, values={**workbook.baseline.values, layout.PLAN: given})
    page = _page(workbook, layout.HIDDEN)
    for row, piece in enumerate(pieces(baseline_text(baseline)), 1):
        page.put(row, 1, piece, "plain")


def _worked_out_anew(workbook: Workbook, today: date) -> Workbook:
    old = workbook.book
    book = Book(serial(today), contents=old.contents, names=old.names)
    for table in old.tables.values():
        rows = table.last_row - table.header_row
        book.add_table(
            table.name, table.sheet, table.header_row, list(table.columns), rows, min(table.columns.values())
        )
    return replace(workbook, book=book)


def typed_bytes(told: Story) -> bytes:
    """The workbook of a story, as at `AS_AT`."""
    chance = told.chance
    plan = make_plan(told.case, PROCEDURE)
    workbook = build(plan, FACTS, told.aware + timedelta(days=1))
    typed, actions = _stages(told, plan, chance), _actions(told, chance)
    for stage, rows in typed.items():
        _lay(workbook, stage, _own_rows(told, chance) if stage != "LCSPR" else [], rows)
    _lay(workbook, layout.PLAN, actions)
    _lay(workbook, layout.LOG, _log(told, chance))
    _type_case(workbook, _decided(told))
    if told.kind == "hold":
        hold: Cells = {"From": AS_AT - timedelta(days=30), "Review on": date(2027, 3, 1)}
        _hold(workbook, {**hold, "Reason": "Criminal trial", "Agreed by": "PDSCP Leadership"})
    if actions:
        _remember(workbook, actions)
    return workbook_bytes(_worked_out_anew(workbook, AS_AT))
