"""The sheet Summary: where the case stands, all by formula. Its first screen shows what is late and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import column_letters
from tracker.workbook import layout
from tracker.workbook.helpers import (
    Helpers,
    ListedRow,
    number_or_blank,
    of_row,
    shortened,
    text_or_blank,
)
from tracker.workbook.sheet_page import Block, Colour, Print, SheetPage
from tracker.workbook.strip import SQUARES, strip_of_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.formula.book import Book
    from tracker.plan import Plan, PlannedRow
    from tracker.procedure.model import Procedure

_WIDTHS = (11, 37, 23, 11, 11, 11, 14, 5, 0.4)
_SQUARE_WIDTH = 1.5
_STRIP = len(_WIDTHS) + 1  # the first column of the strip of time
_LINE = 15.0
_LAST = 8  # the last column beside the strip
_PRINTED = 90  # per cent: the rows above the page break fit on a page, and nothing is below 9 pt
_LISTED, _NEXT_AT_LEAST = 18, 5
_READY_ROWS, MOVED_ROWS, _MEETING_ROWS = 5, 3, 4
_ACTION = 45  # characters of an action that fit its column
_TITLES = ("ID", "Action", "Who", "Due", "Agreed date", "Sheet", "RAG", "Late")
_HEADLINES = {
    "headline late": ("Overdue", "Chase"),
    "headline near": ("Due today", "Due soon", "Extended", "Provisional, passed"),
}
_SHAPES = ("", "", "", " date", " date", "", "", " days")


class _Summary:
    """Walks down the sheet, block by block."""

    def __init__(self, page: SheetPage, helpers: Helpers) -> None:
        self.page, self.helpers, self.row = page, helpers, 3

    def put(self, column: int, formula: str, style: str) -> None:
        self.page.put(self.row, column, Formula(formula), style)

    def header(self, title: str | Formula, titles: Sequence[str]) -> None:
        self.page.section(self.row, title, 20)
        for column, word in enumerate(titles, 1):
            self.page.put(
                self.row + 1, column, word, "summary header days" if word == "Late" else "summary header"
            )
        self.page.heights[self.row + 1] = _LINE
        self.row += 2

    def line(self, formulas: Sequence[str], shapes: Sequence[str] = _SHAPES) -> None:
        """A row of one line."""
        for column, (formula, shape) in enumerate(zip(formulas, shapes, strict=True), 1):
            self.put(column, formula, f"summary{shape}")
        self.page.heights[self.row] = _LINE
        self.row += 1


def completed_since(table: str, step_id: str) -> tuple[str, str]:
    """When a key date was completed, as layout 1 showed it, and as it is shown.

    A completion after the report date does not count yet, here as in RAG.
    """
    before = number_or_blank(of_row(table, step_id, "Completed"))
    rag = text_or_blank(of_row(table, step_id, "RAG"))
    return before, f'IF(LEFT({rag},8)="Complete",{before},"")'


def key_rows(plan: Plan) -> list[tuple[PlannedRow, str]]:
    """The rows of the key dates, in working order, each with its short name."""
    short = {step.id: step.short for _, step in plan.procedure.steps() if step.key}
    return [(row, short[row.step]) for row in plan.all_rows() if row.step in short]


def _total(counts: Sequence[dict[str, str]], words: Sequence[str]) -> str:
    return "+".join(table[word] for table in counts for word in words)


def _headline(summary: _Summary, procedure: Procedure) -> None:
    """One sentence on the running stage, red where its milestone is late, amber where it is near."""
    start = procedure.clocks[0].defined_name
    stages = [summary.helpers.stage(stage) for stage in procedure.stages]
    sentence = '"Every key date is done or not applicable"'
    rag = '""'
    for stage in reversed(stages):
        sentence = f'IF({stage.done}="no",{stage.sentence},{sentence})'
        rag = f'IF({stage.done}="no",{stage.rag},{rag})'
    closed = "AND(ISNUMBER(Case_closed),Case_closed<Report_date+1)"
    sentence = f'IF({closed},"The case was closed on "&TEXT(Case_closed,"ddd d mmm yyyy"),{sentence})'
    rag = f'IF({closed},"",{rag})'
    waiting = f"{procedure.clocks[0].name} is not known yet: type it on sheet Case"
    (running,) = summary.helpers.column([rag], "running: RAG")
    summary.put(1, f'IF(NOT(ISNUMBER({start})),"{waiting}",{sentence})', "headline")
    for column in range(2, _LAST + 1):
        summary.page.put(summary.row, column, None, "headline")
    block = Block(summary.row, 1, summary.row, _LAST)
    for row, (style, words) in enumerate(_HEADLINES.items(), summary.row):
        # A condition may not look at another sheet in every program: a cell of this one repeats it.
        tests = ",".join(f'{running}="{word}"' for word in words)
        summary.page.put(row, _LAST + 1, Formula(f'IF(OR({tests}),"x","")'), "unseen")
        cell = f"${column_letters(_LAST + 1)}${row}"
        summary.page.colours.append(Colour(block, style, formula=f'{cell}="x"'))
    summary.page.heights[summary.row] = 24
    summary.row += 1


def _tiles(summary: _Summary, procedure: Procedure, counts: Sequence[dict[str, str]]) -> None:
    """What is asked first, as numbers; a number of something late is coloured."""
    helpers, stages = summary.helpers, counts[:-1]
    done = _total(stages, rules.DONE_WORDS)
    live = [word for word in rules.RAG_WORDS if word not in {"Clock not started", "Not applicable"}]
    begun = []
    for stage, counted in zip(helpers.stages, stages, strict=True):
        runs = f"AND(ISNUMBER({stage.zero}),{stage.zero}<=Report_date)"
        begun.append(f"IF({runs},{_total([counted], live)},{_total([counted], rules.DONE_WORDS)})")
    back, waiting = helpers.returns_in_short(procedure)
    tiles = (
        (_total(counts, ["Overdue"]), '"overdue"', "late"),
        (back, waiting, ""),
        (f'({done})&" of "&({"+".join(begun)})', '"steps done in stages begun"', ""),
        (_total(counts, ["Due today"]), '"due today"', "near"),
        (_total(counts, ["Due soon"]), '"due soon"', ""),
        (_total(counts, ["Chase"]), '"to chase"', "near"),
        (helpers.moved(), '"dates moved"', ""),
    )
    for column, (number, caption, colour) in enumerate(tiles, 1):
        summary.page.put(summary.row, column, Formula(number), "tile")
        summary.page.put(summary.row + 1, column, Formula(caption), "tile caption")
        if colour:
            cell = f"{column_letters(column)}${summary.row}"
            block = Block(summary.row, column, summary.row + 1, column)
            summary.page.colours.append(
                Colour(block, f"tile {colour}", formula=f"AND(ISNUMBER({cell}),{cell}>0)")
            )
    summary.page.heights[summary.row], summary.page.heights[summary.row + 1] = 24, _LINE
    summary.row += 2


def _key_dates(summary: _Summary, rows: Sequence[tuple[PlannedRow, str]]) -> None:
    titles = ("Timescale", "Key date", "Owner", "Due", "Agreed date", "Completed", "RAG", "Late")
    strip = strip_of_time(summary.helpers)
    summary.page.put(summary.row, _STRIP, Formula(strip.caption), "strip caption")
    summary.header("Key dates", titles)
    for offset, label in enumerate(strip.labels):
        summary.page.put(summary.row - 1, _STRIP + offset, Formula(label), "strip label")
    first = summary.row
    for row, short in rows:
        table = rules.table_name(row.stage)
        cells = {title: of_row(table, row.id, title) for title in layout.titles(layout.STAGE_COLUMNS)}
        _, done = completed_since(table, row.id)
        place = f'(MATCH("{row.id}",{table}[ID],0)+ROW({table}[[#Headers],[ID]]))'
        name = f'"{short}"' if short else shortened(text_or_blank(cells["Action"]), _ACTION)
        link = f'IFERROR(HYPERLINK("#{_quoted(row.stage)}!A"&{place},{name}),{name})'
        due, agreed, late = (number_or_blank(cells[title]) for title in ("Due", "Agreed date", "Days late"))
        at = [f"${column}${summary.row}" for column in "DEF"]
        for offset, mark in enumerate(strip.marks(*at)):
            summary.page.put(summary.row, _STRIP + offset, Formula(mark), "strip")
        summary.line(
            [text_or_blank(cells["Timescale"]), link, text_or_blank(cells["Owner"]), due, agreed, done,
             text_or_blank(cells["RAG"]), late],
            ("", " link", "", " date", " date", " date", "", " days"),
        )  # fmt: skip
    last = summary.row - 1
    summary.page.rag_colours(7, first, last)
    _strip_colours(summary.page, first, last)


def _strip_colours(page: SheetPage, first: int, last: int) -> None:
    """Filled up to the judged date in the colour of RAG, hatched while late."""
    column = column_letters(_STRIP)
    cell = f"{column}{first}"
    block = Block(first, _STRIP, last, _STRIP + SQUARES - 1)
    page.colours.append(Colour(block, "strip late", formula=f'{cell}="  "'))
    filled = f'{cell}<>"",OR({cell}=" ",RIGHT({cell},1)<>" ")'
    for word in rules.RAG_WORDS:
        page.colours.append(Colour(block, f"strip {word}", formula=f'AND($G{first}="{word}",{filled})'))


def _quoted(sheet: str) -> str:
    return f"'{sheet}'" if " " in sheet else sheet


def _listed(summary: _Summary, listed: ListedRow, *, reason: bool = False) -> None:
    """One row of a list: its ID leads to it."""
    helpers = summary.helpers
    names = ",".join(f'"{_quoted(sheet)}"' for sheet in helpers.sheets)
    row_id = helpers.text_of(listed, "ID")
    target = f'"#"&CHOOSE({listed.table},{names})&"!A"&MOD({listed.key},{rules.MOST_ROWS})'
    link = f'HYPERLINK({target},IF({row_id}="","own row",{row_id}))'
    named, owner = helpers.text_of(listed, "Named owner"), helpers.text_of(listed, "Owner")
    who = f'IF({named}<>"",{named},IF({owner}<>"",{owner},{helpers.lead_agency(listed)}))'
    if reason:
        (text,) = helpers.column([helpers.text_of(listed, "Reason for change")], "moved: reason")
        who = shortened(text, 30)
    summary.line(
        [f'IF({listed.table}="",IF(ISNUMBER({listed.key}),"",{listed.key}&""),{link})',
         shortened(listed.action, _ACTION), who, helpers.number_of(listed, "Due"),
         helpers.number_of(listed, "Agreed date"), helpers.sheet_of(listed), helpers.text_of(listed, "RAG"),
         helpers.number_of(listed, "Days late")],
        (" link", *_SHAPES[1:]),
    )  # fmt: skip


def _needed_and_next(summary: _Summary, orders: Sequence[str], counts: Sequence[dict[str, str]]) -> None:
    """One list: who is needed by today, and below a line what comes next."""
    helpers, tomorrow = summary.helpers, f"(Report_date+1)*{rules.A_DAY}"
    needed = helpers.named_keys(
        "needed", helpers.keys_between(orders, str(rules.A_DAY), tomorrow, _LISTED - 1)
    )
    ahead = helpers.named_keys("ahead", helpers.keys_between(orders, tomorrow, "", _LISTED - 1))
    late, later = helpers.column([f"COUNT({needed})", f"COUNT({ahead})"], "needed, ahead: how many")
    most = f"IF({later}<{_NEXT_AT_LEAST},{later},{_NEXT_AT_LEAST})"
    (shown,) = helpers.column(
        [f"IF({late}<={_LISTED - 1}-{most},{late},{_LISTED - 1}-{most})"], "needed: shown"
    )
    keys = helpers.column(
        [
            f'IF({rank}<={shown},SMALL({needed},{rank}),IF({rank}={shown}+1,IF({later}=0,"","Next"),'
            f'IF({rank}-{shown}-1>{later},"",SMALL({ahead},{rank}-{shown}-1))))'
            for rank in range(1, _LISTED + 1)
        ],
        "needed and next: keys",
    )
    today, coming = _total(counts, rules.NEEDS_SOMEONE), _total(counts, rules.COMING)
    summary.page.put(summary.row, 3, Formula(f'({today})&" needed, "&({coming})&" ahead"'), "subtitle")
    summary.header("Who is needed today and next", _TITLES)
    first = summary.row
    for listed in helpers.listed_rows("needed and next", keys):
        _listed(summary, listed)
    block = Block(first, 1, summary.row - 1, _LAST)
    summary.page.colours.append(Colour(block, "summary divider", formula=f'$A{first}="Next"'))
    summary.page.rag_colours(7, first, summary.row - 1)


def _short_list(
    summary: _Summary, title: str, total: str, keys: Sequence[str], rows: int, *, reason: bool = False
) -> None:
    helpers, name = summary.helpers, title.lower().replace(" ", "_")
    column = helpers.named_keys(name, keys)
    merged = helpers.column(
        [f'IFERROR(SMALL({column},{rank}),"")' for rank in range(1, rows + 1)], f"{name}: keys"
    )
    more = f'IF(({total})>{rows}," (the first {rows})","")'
    titles = (*_TITLES[:2], "Reason for change" if reason else "Who", *_TITLES[3:])
    summary.header(Formula(f'"{title}: "&IF(({total})=0,"none",({total})&{more})'), titles)
    first = summary.row
    for listed in helpers.listed_rows(name, merged):
        _listed(summary, listed, reason=reason)
    summary.page.rag_colours(7, first, summary.row - 1)


def _meetings(summary: _Summary, room: int) -> None:
    meetings = summary.helpers.meetings(_MEETING_ROWS, room)
    summary.header("Meetings ahead", ("", "Meeting", "Place", "Date", "Time"))
    for place, meeting in enumerate(meetings):
        empty = '"No meeting is ahead"' if place == 0 else '""'
        kind, where, day, time = meeting
        summary.line(['""', f'IF({kind}="",{empty},{kind})', where, day, time], ("", "", "", " date", ""))


def _returns(summary: _Summary, procedure: Procedure) -> None:
    summary.page.section(summary.row, "Returns in", 20)
    summary.row += 1
    for stage, step in procedure.steps():
        if step.each == "agency":
            summary.page.put(summary.row, 1, step.id, "summary")
            words = f"{step.action[0].upper()}{step.action[1:]}"
            summary.page.put(summary.row, 2, words, "summary")
            summary.page.put(summary.row, 3, Formula(summary.helpers.returns(stage, step)), "spill")
            summary.page.heights[summary.row] = _LINE
            summary.row += 1


def _how_many(summary: _Summary, counts: Sequence[dict[str, str]]) -> None:
    titles = ("Sheet", "In words", "Done", "Overdue", "Chase", "Due today", "Due soon", "Late")
    summary.header("How many", titles)
    for sheet, cells in zip(summary.helpers.sheets, counts, strict=True):
        parts = "&".join(f'IF({cell}>0,{cell}&" {word.lower()}, ","")' for word, cell in cells.items())
        (listed,) = summary.helpers.column([parts], f"{sheet}: in words")
        words = f'IF({listed}="","",LEFT({listed},LEN({listed})-2))'
        done = "+".join(cells[word] for word in rules.DONE_WORDS)
        live = "+".join(cell for word, cell in cells.items() if word != "Not applicable")
        numbers = [cells[word] for word in ("Overdue", "Chase", "Due today", "Due soon", "Complete, late")]
        contents = [f'"{sheet}"', words, f'({done})&" of "&({live})', *numbers]
        summary.line(contents, ("", " wrapped", "", *[" days"] * 5))
        summary.page.heights[summary.row - 1] = 2 * _LINE


def _watch(summary: _Summary, procedure: Procedure) -> None:
    """Warnings, only where there are any."""
    tables = [rules.table_name(stage.name) for stage in procedure.stages]

    def open_rows(condition: str) -> str:
        """How many open rows of all stages have a due date for which a condition holds."""
        rows = f'ISNUMBER({{0}}[Due])*({condition})*(LEFT({{0}}[RAG],8)<>"Complete")*({{0}}[RAG]<>"Not applicable")'
        return "+".join(f"SUMPRODUCT({rows.format(table)})" for table in tables)

    closed = open_rows(f"COUNTIF({rules.CLOSURES},{{0}}[Due])>0")
    beyond = open_rows(f"{{0}}[Due]>{rules.KNOWN_UNTIL}")
    until = f'TEXT({rules.KNOWN_UNTIL},"d mmm yyyy")'
    cells = summary.helpers.column([closed, beyond], "to watch")
    lines = (
        f'IF({cells[0]}=0,"","Open due dates on an office closure: "&{cells[0]})',
        f'IF({cells[1]}=0,"","Open due dates after "&{until}&", the last date with known bank holidays: "&{cells[1]})',
    )
    summary.page.section(summary.row, Formula(f'IF({cells[0]}+{cells[1]}=0,"","To watch")'), 20)
    for number, line in enumerate(lines, summary.row + 1):
        summary.page.put(number, 1, Formula(line), "plain")
        summary.page.heights[number] = _LINE
    summary.row += 1 + len(lines)


def summary_page(book: Book, plan: Plan, hidden: SheetPage) -> SheetPage:
    """The sheet Summary; its helper formulas go to the hidden sheet."""
    page, procedure = SheetPage(layout.SUMMARY, book), plan.procedure
    helpers = Helpers(hidden, procedure, standby=plan.standby)
    page.heading(layout.SUMMARY, "Where the case stands; an ID leads to its row.")
    name = (
        f'IF(Case_reference="","{layout.SUMMARY}",Case_reference)&IF(Case_summary="",""," · "&Case_summary)'
    )
    page.put(1, 1, Formula(name), "title")
    widths = (*_WIDTHS, *[_SQUARE_WIDTH] * SQUARES)
    page.widths = {number: (width, "") for number, width in enumerate(widths, 1)}
    summary = _Summary(page, helpers)
    counts = helpers.counts()
    _headline(summary, procedure)
    _tiles(summary, procedure, counts)
    _key_dates(summary, key_rows(plan))
    orders = helpers.order_columns()
    _needed_and_next(summary, orders, counts)
    page.breaks = (summary.row - 1,)
    _meetings(summary, layout.meeting_room(plan.case))
    ready = helpers.keys_between(orders, "0", str(rules.A_DAY), _READY_ROWS)
    _short_list(summary, "Ready to start", _total(counts, ["Ready"]), ready, _READY_ROWS)
    _short_list(
        summary, "Dates moved", helpers.moved(), helpers.moved_keys(MOVED_ROWS), MOVED_ROWS, reason=True
    )
    _returns(summary, procedure)
    _how_many(summary, counts)
    _watch(summary, procedure)
    page.tab = "#A4262C"
    page.freeze = (3, 0)
    page.paper = Print(landscape=True, last_column=_LAST, scale=_PRINTED)
    return page
