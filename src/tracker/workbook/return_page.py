"""An agency's return: a small workbook with its own open rows on one sheet, and nothing else of the case.

It goes to people who know neither the tracker nor its words, so the sheet itself explains what is asked, by when, and
whom to answer. A hidden sheet holds the bank holidays and what the cells held when it was sent, by which it is read
back.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker import __version__, rules
from tracker.case.model import Case, Details
from tracker.formula.book import Book
from tracker.formula.evaluate import Formula
from tracker.formula.values import serial
from tracker.records import plain
from tracker.text import clean_text, quantity
from tracker.workbook import layout
from tracker.workbook.baseline import pieces
from tracker.workbook.helpers import shortened
from tracker.workbook.layout import SheetColumn
from tracker.workbook.sheet_page import Block, CellCheck, Colour, Print, SheetPage, row_height

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.formula.book import Content
    from tracker.workbook.reading import CellValue

SCHEMA = "tracker/return/1"
SHEET, TABLE = "Your actions", "Your_actions"
HEADER_ROW = 6
TYPED = ("Completed", "Status", "Progress", "Evidence", "Impact")
"""What an agency fills in; Impact in rows of the action plan alone."""
FREE_TEXT = ("Progress", "Evidence", "Impact")
"""Their cells are empty when a return is sent: what the partnership's office noted there is for the office."""
_FIXED = {
    "ID": 12.5,
    "Timescale": 9.0,
    "Due": 12.0,
    "Agreed date": 12.0,
    "RAG": 12.0,
    "Completed": 12.0,
    "Status": 14.0,
}
_SHARES = {"Action": 34, "Progress": 30, "Evidence": 19, "Impact": 19}
_ROOM = 155
"""The width of all columns that A4 takes without letters below 9 pt."""
_UNSEEN = ("Agreed date", "Basis", "Day zero", "Count", "Unit", "As sent", "To do by")
_LEAST_HEIGHT = 34
_LONGEST_ACTION = 75
_HOW = (
    "Done: type the date under Completed. Not done yet: say under Progress how far you are. "
    f'Never involved: choose "{rules.NO_INVOLVEMENT}" under Status.'
)
_MESSAGES = {
    "Due": "Due is worked out. If you need longer, say so under Progress.",
    "RAG": "RAG is worked out from the dates and the status.",
}


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One open row of an owner. `due` is given where nothing is counted; `as_sent` as in `rules.return_rules`.

    `typed` are the cells that the owner may fill in, by title, as they stand in the case's workbook: a text is not
    sent, only known by its mark when the return comes back.
    """

    id: str
    action: str
    timescale: str
    due: date | None
    agreed: date | None
    day_zero: date | None
    count: int | None
    unit: str
    basis: str
    as_sent: str
    typed: Mapping[str, CellValue]


@dataclass(frozen=True, slots=True)
class ReturnContent:
    """What one owner is sent. `asks` are the lines that say who asks and whom to answer."""

    uuid: str
    reference: str
    marking: str
    owner: str
    code: str
    asks: tuple[str, str]
    as_at: date
    rows: tuple[ReturnRow, ...]
    holidays: tuple[date, ...]


def return_columns(*, agreed: bool, plan: bool) -> tuple[SheetColumn, ...]:
    """The columns of a return: with the agreed dates where there are any, with Impact where the plan has rows in it."""
    known = {each.title: each for each in (*layout.PLAN_COLUMNS, *layout.STAGE_COLUMNS)}
    titles = ["ID", "Action", "Timescale", "Due", *(["Agreed date"] if agreed else []), "RAG", *TYPED]
    titles = titles if plan else titles[:-1]
    room = _ROOM - sum(_FIXED.get(title, 0) for title in titles)
    shares = sum(_SHARES.get(title, 0) for title in titles)
    found = []
    for title in titles:
        width = _FIXED.get(title) or room * _SHARES[title] / shares
        column = replace(known[title], width=round(width, 1), wrap=True)
        if title == "Status":
            column = replace(column, words=(*rules.STATUSES, rules.NO_INVOLVEMENT))
        elif title not in TYPED:
            shape = "date" if title in {"Due", "Agreed date"} else ""
            column = replace(column, kind="formula", edited_by="formula", shape=shape)
        found.append(column)
    unseen = [title for title in _UNSEEN if title not in titles]
    return (*found, *(SheetColumn(title, 9, "formula", edited_by="formula") for title in unseen))


def return_bytes(content: ReturnContent) -> bytes:
    """The return as the bytes of an .xlsx file; the same for the same content."""
    from tracker.workbook.write import FileFacts, file_bytes  # who only reads needs no library that writes

    book = Book(serial(content.as_at))
    pages = (_actions_page(book, content), _hidden_page(book, content))
    case = Case(Details(reference=content.reference), marking=content.marking)
    facts = FileFacts(
        case=case,
        title=f"{SHEET} {content.reference}",
        subject=content.owner,
        uuid=content.uuid,
        schema=SCHEMA,
        as_at=content.as_at,
    )
    return file_bytes(book, pages, facts)


def _actions_page(book: Book, content: ReturnContent) -> SheetPage:
    page = SheetPage(SHEET, book, tab="#0B7A55")
    plan = any("Impact" in row.typed for row in content.rows)
    columns = return_columns(agreed=any(row.agreed for row in content.rows), plan=plan)
    titles = layout.titles(columns)
    page.put(1, 1, f"{content.reference} · {content.owner}: your actions", "title")
    page.put(2, 1, " · ".join(filter(None, (content.marking, content.asks[0]))), "subtitle")
    page.put(3, 1, Formula(_headline(len(content.rows))), "headline")
    page.put(4, 1, content.asks[1], "lead")
    page.put(5, 1, _HOW, "help")
    page.heights |= {1: 26, 2: 17, 3: 26, 4: 19, 5: 22, HEADER_ROW: 26}
    formulas = rules.return_rules()
    rows = [[_cell(row, title, formulas) for title in titles] for row in content.rows]
    page.table(TABLE, columns, HEADER_ROW, rows, filters=False)
    first, last = HEADER_ROW + 1, HEADER_ROW + len(rows)
    for place, column in enumerate(columns, 1):
        page.widths[place] = (column.width, "")
        for number, row in enumerate(content.rows, first):
            _restyle(page, number, place, column.title, row)
        block = Block(first, place, last, place)
        if column.title in TYPED and column.kind in {"date", "list"}:
            page.checks.append(CellCheck(block, column.kind, column.words, "", column.strict, column.title))
        elif column.title in _MESSAGES:
            message = _MESSAGES[column.title]
            page.checks.append(CellCheck(block, "formula", title=column.title, message=message))
    for number, row in enumerate(content.rows, first):
        texts = {"ID": row.id, "Action": row.action}
        page.heights[number] = row_height(
            [(texts.get(each.title), each.width) for each in columns], _LEAST_HEIGHT
        )
    page.rag_colours(titles.index("RAG") + 1, first, last)
    late, near = (f'LEFT($A$3,{len(word)})="{word}"' for word in ("Overdue", "Please answer today"))
    across = Block(3, 1, 3, titles.index(_last_shown(plan=plan)) + 1)
    page.colours += [
        Colour(across, "headline late", formula=late),
        Colour(across, "headline near", formula=near),
    ]
    page.freeze = (HEADER_ROW, 2)
    shown = across.last_column
    page.hidden_columns = tuple(range(shown + 1, len(columns) + 1))
    page.paper = Print(landscape=True, last_column=shown, header_row=HEADER_ROW)
    return page


def _last_shown(*, plan: bool) -> str:
    return "Impact" if plan else "Evidence"


def _headline(rows: int) -> str:
    """The expression for the one sentence a director reads: by when, and what."""
    first = f"SMALL({TABLE}[To do by],1)"
    dated, day = f"COUNT({TABLE}[To do by])", f'TEXT({first},"ddd d mmm yyyy")'
    action = shortened(f"INDEX({TABLE}[Action],MATCH({first},{TABLE}[To do by],0))", _LONGEST_ACTION)
    what = f'": "&{action}&IF({dated}=1,"",", and "&({dated}-1)&" more")'
    answered = f'COUNTIF({TABLE}[RAG],"Complete*")+COUNTIF({TABLE}[RAG],"Not applicable")'
    left = f"NETWORKDAYS(Report_date+1,{first},Holidays)"
    days = f'{left}&IF({left}=1," working day"," working days")&" from now"'
    asked = (
        f'IF({first}<Report_date,"Overdue since "&{day},IF({first}=Report_date,"Please answer today, "&{day},'
        f'"Please answer by "&{day}&", "&{days}))&{what}'
    )
    undated = f'"No date is set yet for {quantity(rows, "action")}"'
    return (
        f'IF({answered}={rows},"Thank you. Everything is answered: please save this file and send it back",'
        f"IF({dated}=0,{undated},{asked}))"
    )


def _cell(row: ReturnRow, title: str, formulas: Mapping[str, Formula]) -> Content:
    if title in TYPED:
        value: CellValue = None if title in FREE_TEXT else row.typed.get(title)
    elif title == "Due" and row.due is not None:
        value = row.due
    elif title in formulas:
        return formulas[title]
    else:
        value = getattr(row, {"Agreed date": "agreed"}.get(title, title.lower().replace(" ", "_"))) or None
        value = row.count if title == "Count" else value
    return serial(value) if isinstance(value, date) else value


def _restyle(page: SheetPage, number: int, place: int, title: str, row: ReturnRow) -> None:
    """Free text stays text, whatever it begins with; a cell that a row does not have takes nothing."""
    if title == "Impact" and title not in row.typed:
        page.styles[number, place] = "calc"
    elif title in FREE_TEXT:
        page.styles[number, place] = "input text"


def _hidden_page(book: Book, content: ReturnContent) -> SheetPage:
    """What the file is, so that it can be read back; and the bank holidays that its dates are counted with."""
    page = SheetPage(layout.RETURN, book, hidden=True)
    for row, piece in enumerate(pieces(return_text(content)), 1):
        page.put(row, 1, piece, "plain")
    page.put(1, 3, Formula("TODAY()"), "unseen")
    page.name_cell(rules.REPORT_DATE, 1, 3)
    for row, day in enumerate(content.holidays, 1):
        page.put(row, 4, serial(day), "unseen")
    # One row more than there are days keeps it a list.
    page.name_cell(rules.HOLIDAYS, 1, 4, len(content.holidays) + 1)
    return page


def return_text(content: ReturnContent) -> str:
    """What the hidden sheet of a return holds, as JSON text."""
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "tool": __version__,
        "uuid": content.uuid,
        "reference": content.reference,
        "owner": content.owner,
        "code": content.code,
        "as_at": content.as_at.isoformat(),
        "rows": {
            row.id: {
                title: text_mark(value) if title in FREE_TEXT else plain(value)
                for title, value in row.typed.items()
            }
            for row in content.rows
        },
    }
    return json.dumps(record, ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def text_mark(value: CellValue) -> str | None:
    """What a text is known by without saying it; None where the cell is blank."""
    text = clean_text(str(value)) if value is not None else ""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16] if text else None
