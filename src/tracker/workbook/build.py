"""From a plan to the whole workbook as pages over one book, evaluated and ready to be written.

Here are the stages, the action plan, Log, People, Calendar and Guide; Summary and Case have modules of their own.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.formula.book import Book
from tracker.formula.parse import column_letters
from tracker.formula.values import serial
from tracker.plan import SPARE_AGENCIES, UNNAMED
from tracker.resources import templates
from tracker.text import listed, short_date
from tracker.workbook import layout
from tracker.workbook.baseline import Baseline, baseline_text, listed_holidays, make_baseline, pieces
from tracker.workbook.case_page import case_page
from tracker.workbook.entries import (
    agency_entries,
    agency_entry,
    cells,
    closure_entries,
    holiday_entries,
    meeting_entries,
    role_entries,
)
from tracker.workbook.layout import HEADER_ROW, ROOM, SheetColumn
from tracker.workbook.sheet_page import Block, CellCheck, Colour, Print, SheetPage, row_height
from tracker.workbook.standby import AGENCIES, AGENCY_CODES, SPARE, standby_formulas
from tracker.workbook.summary_page import summary_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.formula.evaluate import Formula
    from tracker.plan import Plan, PlannedRow
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure, Stage

_HINT = "Type under the green headings; the blue columns follow by themselves."
_SPARE_ROLES = 6  # empty rows between the roles and the agencies
_A_NAME = "as long as a name is"  # for which a row that waits for one has room
_GUIDE_WIDTHS = (22, 82)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook before it is written. `pages` stand in the order of the sheets."""

    plan: Plan
    as_at: date
    book: Book
    pages: tuple[SheetPage, ...]
    baseline: Baseline


def build(plan: Plan, facts: CalendarFacts, as_at: date) -> Workbook:
    """Lay out every sheet for a plan, judged as at a date."""
    pages = pages_with_names(plan, facts, as_at)
    book, hidden = pages[-1].book, pages[-1]
    pages = (*pages[:-1], _guide_page(book, plan), hidden)
    baseline = make_baseline(book, plan, as_at, listed_holidays(plan.case, facts, as_at))
    for row, piece in enumerate(pieces(baseline_text(baseline)), 1):
        hidden.put(row, 1, piece, "plain")
    return Workbook(plan, as_at, book, pages, baseline)


def pages_with_names(plan: Plan, facts: CalendarFacts, as_at: date) -> tuple[SheetPage, ...]:
    """The sheets that hold every table and every defined name; the hidden one last, without its baseline."""
    book = Book(serial(as_at))
    hidden = SheetPage(layout.HIDDEN, book, hidden=True)
    stages = [_stage_page(book, plan, stage) for stage in plan.procedure.stages]
    return (
        summary_page(book, plan, hidden),
        case_page(book, plan),
        *stages,
        _plan_page(book, plan.procedure),
        _log_page(book),
        _people_page(book, plan),
        _calendar_page(book, plan, facts, listed_holidays(plan.case, facts, as_at)),
        hidden,
    )


def _action_page(
    page: SheetPage, table: str, columns: Sequence[SheetColumn], formulas: Mapping[str, Formula],
    rows: Sequence[Mapping[str, object]],
) -> SheetPage:  # fmt: skip
    """What the stages and the action plan share; without rows one that has only its formulas."""
    contents = [
        [
            formulas.get(column.title)
            or (serial(value) if isinstance(value := row.get(column.title), date) else value)
            for column in columns
        ]
        for row in rows or [{}]
    ]
    page.table(table, columns, HEADER_ROW, contents)
    last = HEADER_ROW + max(len(rows), 1) + ROOM
    page.column_widths(columns)
    page.check_columns(columns, HEADER_ROW + 1, last, on_header=HEADER_ROW)
    titles = layout.titles(columns)
    page.rag_colours(titles.index("RAG") + 1, HEADER_ROW + 1, last)
    page.freeze = (HEADER_ROW, 2)
    printed = titles.index(layout.PLAN_LAST_PRINTED if table == rules.PLAN else layout.LAST_PRINTED) + 1
    page.paper = Print("A3", landscape=True, last_column=printed, header_row=HEADER_ROW)
    page.heights[HEADER_ROW] = 26.5
    page.zoom = layout.ZOOM
    return page


def _stage_page(book: Book, plan: Plan, stage: Stage) -> SheetPage:
    page = SheetPage(stage.name, book)
    page.heading(stage.name, "", _HINT)
    rows, columns = plan.rows[stage.name], layout.STAGE_COLUMNS
    formulas = rules.stage_rules(plan.procedure)
    page.tab = "#1F3864"
    page.folded = (layout.titles(columns).index(layout.FIRST_FOLDED) + 1, len(columns))
    page.hidden_columns = (len(columns),)
    filled = [
        standby_formulas(row, number) if plan.standby and row.key else row.typed()
        for number, row in enumerate(rows, HEADER_ROW + 1)
    ]
    _action_page(page, rules.table_name(stage.name), columns, formulas, filled)
    if plan.standby:
        _mute_spare_rows(page, columns)
        _room_for_names(page, plan, rows)
    return page


def _room_for_names(page: SheetPage, plan: Plan, rows: Sequence[PlannedRow]) -> None:
    """Rows whose words are formulas are as high as these are once a name is there."""
    widths = {column.title: column.width for column in layout.STAGE_COLUMNS}
    names = {each.code: each.name for each in plan.case.agencies}
    for number, row in enumerate(rows, HEADER_ROW + 1):
        if row.key:
            texts = (("Action", row.action), ("Owner", row.owner))
            name = names.get(row.key, _A_NAME)
            page.heights[number] = row_height(
                [(text.replace(UNNAMED, name), widths[title]) for title, text in texts]
            )


def _mute_spare_rows(page: SheetPage, columns: Sequence[SheetColumn]) -> None:
    """Rows that wait for the name of an agency or a child stand back, wherever they were sorted to."""
    owner, first = column_letters(layout.titles(columns).index("Owner") + 1), HEADER_ROW + 1
    (marked,) = page.tables
    block = Block(first, 1, page.book.tables[marked.name].last_row, len(columns))
    waits = f'AND($A{first}="",LEFT(${owner}{first},{len(SPARE)})="{SPARE}")'
    page.colours.append(Colour(block, "spare", formula=waits))


def _plan_page(book: Book, procedure: Procedure) -> SheetPage:
    """The action plan: one empty row, which is no action."""
    page = SheetPage(layout.PLAN, book)
    page.tab = "#0B7A75"
    page.heading(
        layout.PLAN, "", f"One row for each action agreed. {_HINT} Leave ID empty: regenerate gives one."
    )
    return _action_page(page, rules.PLAN, layout.plan_columns(procedure), rules.plan_rules(), [])


def _log_page(book: Book) -> SheetPage:
    """The log: people write it, regenerate adds the moves of dates it finds."""
    page = SheetPage(layout.LOG, book)
    page.tab = "#0B7A75"
    page.heading(layout.LOG, "What was decided, moved, chased and escalated.")
    page.table(layout.LOG_TABLE, layout.LOG_COLUMNS, HEADER_ROW, [])
    page.column_widths(layout.LOG_COLUMNS)
    page.check_columns(layout.LOG_COLUMNS, HEADER_ROW + 1, HEADER_ROW + ROOM)
    page.freeze = (HEADER_ROW, 2)
    page.paper = Print(landscape=True, header_row=HEADER_ROW)
    return page


def _people_page(book: Book, plan: Plan) -> SheetPage:
    """Who holds each role, and the agencies involved."""
    page = SheetPage(layout.PEOPLE, book)
    page.heading(layout.PEOPLE, "A name typed here appears in every row its role or agency owns.")
    notes: dict[str, list[str]] = {}
    for role in plan.procedure.roles:
        if role.email_note:
            notes.setdefault(role.email_note, []).append(role.name)
    page.section(3, "Roles" + "".join(f". {note}: {listed(names)}" for note, names in notes.items()))
    roles = role_entries(plan.case, plan.procedure)
    page.table(rules.ROLES, layout.ROLE_COLUMNS, 4, cells(roles.values(), layout.ROLE_COLUMNS))
    last_role = 4 + len(roles) + _SPARE_ROLES
    page.check_columns(layout.ROLE_COLUMNS, 5, last_role - 1)
    title = "a new one typed below gets its rows from regenerate"
    entries = agency_entries(plan.case.agencies)
    if plan.standby:
        title = "type a name beside a spare code and its rows appear"
        ready = {row.key for row in plan.all_rows()} - entries.keys()
        entries |= {code: agency_entry(code) for code in SPARE_AGENCIES if code in ready}
    page.section(last_role, f"Agencies ({title})", height=0)
    header = last_role + 1
    page.table(rules.AGENCIES, layout.AGENCY_COLUMNS, header, cells(entries.values(), layout.AGENCY_COLUMNS))
    for row, code in enumerate(entries if plan.standby else (), header + 1):
        message = (
            "Leave the code: the rows that wait for this agency know it by that. Type its name beside it."
        )
        page.checks.append(CellCheck(Block(row, 1, row, 1), "list", (code,), title="Code", message=message))
    page.check_columns(layout.AGENCY_COLUMNS, header + 1, header + ROOM)
    page.name_cell("Role_list", 5, 1, last_role - 2)
    page.name_cell(AGENCIES, header + 1, 2, header + ROOM)
    if plan.standby:
        page.name_cell(AGENCY_CODES, header + 1, 1, header + ROOM)
    page.column_widths(layout.AGENCY_COLUMNS, styled=False)
    page.freeze = (2, 0)
    page.paper = Print(landscape=True)
    return page


def _calendar_page(book: Book, plan: Plan, facts: CalendarFacts, holidays: Mapping[date, str]) -> SheetPage:
    """Bank holidays, office closures and meetings, side by side with room below each."""
    page = SheetPage(layout.CALENDAR, book)
    page.heading(
        layout.CALENDAR, "A meeting typed below the last shows on Summary; a bank holiday moves every date."
    )
    header, case = layout.CALENDAR_HEADER_ROW, plan.case
    first, last = header + 1, header + ROOM
    tables = (
        (layout.MEETING_TABLE, layout.MEETING_COLUMNS, meeting_entries(case.meetings), layout.MEETING_COLUMN, last),
        (layout.CLOSURE_TABLE, layout.CLOSURE_COLUMNS, closure_entries(sorted(case.office_closures)),
         layout.CLOSURE_COLUMN, last),
        (layout.HOLIDAY_TABLE, layout.HOLIDAY_COLUMNS, holiday_entries(holidays), layout.HOLIDAY_COLUMN,
         layout.HOLIDAY_ROOM),
    )  # fmt: skip
    for name, columns, entries, start, _ in tables:
        page.table(name, columns, header, cells(entries.values(), columns), first_column=start)
    sections = ((layout.MEETING_COLUMN, "Meetings"), (layout.CLOSURE_COLUMN, "Office closures"),
                (layout.HOLIDAY_COLUMN, "Bank holidays of England"), (layout.KNOWN_COLUMN, "Bank holidays known until"),
                (layout.KINDS_COLUMN, "Kinds of meeting"))  # fmt: skip
    for column, title in sections:
        page.section(3, title, column=column)
    page.put(header, layout.KNOWN_COLUMN, serial(facts.known_until), "input date")
    known = Block(header, layout.KNOWN_COLUMN, header, layout.KNOWN_COLUMN)
    page.checks.append(
        CellCheck(known, "date", title="Known until", message="Later dates are marked on Summary")
    )
    page.name_cell(rules.KNOWN_UNTIL, header, layout.KNOWN_COLUMN)
    kinds = (*plan.procedure.meeting_kinds, *(board.name for board in plan.procedure.boards))
    for number, kind in enumerate(kinds, header):
        page.put(number, layout.KINDS_COLUMN, kind)
    page.name_cell("Meeting_kinds", header, layout.KINDS_COLUMN, header + len(kinds) - 1)
    page.name_cell(rules.HOLIDAYS, first, layout.HOLIDAY_COLUMN, layout.HOLIDAY_ROOM)
    page.name_cell(rules.CLOSURES, first, layout.CLOSURE_COLUMN, last)
    for column, meetings in enumerate(layout.MEETING_COLUMNS, layout.MEETING_COLUMN):
        # From the header on: a row put in above the first meeting lies within.
        page.name_cell(
            rules.meeting_cells(meetings.title), header, column, header + layout.meeting_room(case)
        )
    for _, columns, _, start, room in tables:
        page.check_columns(columns, first, room, start)
        page.column_widths(columns, start)
    page.widths |= dict.fromkeys((6, 9, 12, 14), (1.5, ""))  # the gaps
    page.widths |= dict.fromkeys((layout.KNOWN_COLUMN, layout.KINDS_COLUMN), (26, ""))
    page.freeze = (header, 0)
    page.paper = Print(landscape=True, header_row=header, last_column=layout.KNOWN_COLUMN - 2)
    return page


@cache
def _standing_guide() -> Mapping[str, Any]:
    """The text of the Guide for every procedure: `section`, each with its title and lines; `blank`, lines by word."""
    return tomllib.loads((templates() / "workbook" / "guide.toml").read_text("utf-8"))


def _guide_sections(plan: Plan) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
    procedure, guide = plan.procedure, _standing_guide()
    stages = ", ".join(stage.name for stage in procedure.stages)
    own = {**(guide["blank"] if plan.standby else {}), **dict(procedure.guide)}
    for section in guide["section"]:
        lines = [(word, own.pop(word, text).replace("{stages}", stages)) for word, text in section["lines"]]
        yield section["title"], lines
    sources = [(f"{each.title}, {short_date(each.date)}", each.taken) for each in procedure.rests_on]
    yield "What the rules rest on", [("Checked", procedure.last_check()), *sources]
    if own:
        yield "More on this procedure", list(own.items())
    readings = [(f"Paragraphs {each.paragraphs}", each.text) for each in procedure.interpretations]
    # The title is a row: as part of the heading it would run over the columns, and shrink the whole sheet on paper.
    yield (
        "How the procedure is read",
        [("Procedure", f"{procedure.title}, edition {procedure.edition}"), *readings],
    )


def _guide_page(book: Book, plan: Plan) -> SheetPage:
    """How to use the workbook, every status and colour, and the readings taken."""
    page = SheetPage(layout.GUIDE, book)
    page.heading(layout.GUIDE, "How to use this workbook.")
    page.widths = {number: (width, "") for number, width in enumerate(_GUIDE_WIDTHS, 1)}
    row = 3
    for title, rows in _guide_sections(plan):
        page.section(row, title, height=0)
        row += 1
        for word, text in rows:
            page.put(row, 1, word, f"rag {word}" if word in rules.RAG_WORDS else "guide word")
            page.put(row, 2, text, "guide")
            page.heights[row] = row_height(tuple(zip((word, text), _GUIDE_WIDTHS, strict=True)))
            row += 1
    page.freeze = (2, 0)
    page.paper = Print()
    return page
