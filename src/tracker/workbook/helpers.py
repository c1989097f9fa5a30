"""The helper formulas on the hidden sheet, from which Summary reads.

They sort rows of all tables by date without array formulas, which some programs leave as they were after typing: each
table's column Order holds a row's key (date and sheet row in one number), SMALL merges them, and INDEX reads the rows
back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import column_letters
from tracker.plan import SPARE_AGENCIES
from tracker.workbook import layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.procedure.model import Procedure, Stage, Step
    from tracker.workbook.sheet_page import SheetPage

MOVED = (
    "ISNUMBER({table}[Agreed date])*ISNUMBER({due})*({table}[Agreed date]<>{due})"
    '*({table}[RAG]<>"Not applicable")'
)
"""The rows whose agreed date differs from their due date, over whole columns."""
_PLAN_ROWS = 150  # actions of the plan that Summary's lists can reach
BLANK = '""'
_FIRST_COLUMN = 3  # column A of the hidden sheet holds the JSON; the helpers stand right of it
_AGENCIES_LISTED = 40  # that the line about returns can name
_SHORT_WAITING = 24  # of the same list in a tile
BLANK_TEXT = '&""'
_LONGEST_WAITING = 60  # characters of the list of agencies that Summary shows


def shortened(cell: str, most: int) -> str:
    """The expression for a text of so many characters at most."""
    return f'IF(LEN({cell})>{most},LEFT({cell},{most - 1})&"…",{cell})'


def text_or_blank(found: str) -> str:
    """The expression for a cell's text, empty where the cell is not to be found."""
    return f'IFERROR({found}&"","")'


def number_or_blank(found: str) -> str:
    """The expression for a cell's date or number, empty where it holds none."""
    return f'IFERROR(IF(ISNUMBER({found}),{found},""),"")'


def of_row(table: str, step_id: str, column: str) -> str:
    """The expression for a cell of a step's row, wherever that was sorted to."""
    return f'INDEX({table}[{column}],MATCH("{step_id}",{table}[ID],0))'


@dataclass(frozen=True, slots=True)
class ListedRow:
    """Where the helpers of one row of a list on Summary stand: its key, table number, place in it, and action."""

    key: str
    table: str
    row: str
    action: str


@dataclass(frozen=True, slots=True)
class StageCells:
    """The cells that say how a stage's milestone stands: whether it is done, its RAG, and a sentence on it."""

    done: str
    sentence: str
    rag: str
    zero: str
    unit: str


class Helpers:
    """Puts helper cells on the hidden sheet, a column a topic."""

    def __init__(self, page: SheetPage, procedure: Procedure, *, standby: bool = False) -> None:
        """`page` is the hidden sheet; `standby`: codes are kept for agencies to come."""
        self.page = page
        self._standby = standby
        self.procedure = procedure
        self.tables = [rules.table_name(stage.name) for stage in procedure.stages] + [rules.PLAN]
        self.sheets = [stage.name for stage in procedure.stages] + [layout.PLAN]
        self._column = _FIRST_COLUMN
        self.stages: list[StageCells] = []
        self._returns: dict[str, tuple[str, str, str, str]] = {}

    def column(self, formulas: Sequence[Formula | str], title: str) -> list[str]:
        """Put formulas below one another in a new column; their addresses."""
        column, self._column = self._column, self._column + 1
        self.page.put(1, column, title, "text")
        addresses = []
        for row, formula in enumerate(formulas, 2):
            self.page.put(row, column, formula if isinstance(formula, Formula) else Formula(formula), "text")
            addresses.append(f"{layout.HIDDEN}!${column_letters(column)}${row}")
        return addresses

    # Lists sorted over all tables

    def order_columns(self) -> list[str]:
        """For each table the cells that hold its rows' sort keys.

        The action plan has no column Order: its keys are made here, for its first rows.
        """
        keys = [_plan_key(place) for place in range(1, _PLAN_ROWS + 1)]
        self.page.name_cell("Keys_plan", 2, self._column, 1 + len(keys))
        self.column(keys, "plan: keys")
        return [f"{table}[Order]" for table in self.tables[:-1]] + ["Keys_plan"]

    def keys_between(self, orders: Sequence[str], after: str, until: str, rows: int) -> list[str]:
        """The first `rows` keys of each table from one key on and before another, where that is not empty."""
        cells = []
        for number, order in enumerate(orders, 1):
            for rank in range(1, rows + 1):
                key = f'SMALL({order},COUNTIF({order},"<"&{after})+{rank})'
                whole = f"{key}+{number * rules.MOST_ROWS}"
                cells.append(f'IFERROR({f"IF({key}<{until},{whole},{BLANK})" if until else whole},"")')
        return cells

    def moved_keys(self, rows: int) -> list[str]:
        """The first `rows` keys of moved dates of each table, in the order of its rows."""
        cells = []
        for number, table in enumerate(self.tables, 1):
            condition = MOVED.format(table=table, due=f"{table}[{_title(table, 'Due')}]")
            place = f"({number * rules.MOST_ROWS}+ROW({table}[ID])-{rules.A_DAY})"
            for rank in range(1, rows + 1):
                least = f"SUMPRODUCT(SMALL({condition}*{place},{rank}))"
                cells.append(f'IFERROR(IF({least}<0,{least}+{rules.A_DAY},""),"")')
        return cells

    def moved(self) -> str:
        """The expression that counts the moved dates of all tables."""
        conditions = [MOVED.format(table=name, due=f"{name}[{_title(name, 'Due')}]") for name in self.tables]
        return "+".join(f"SUMPRODUCT({condition})" for condition in conditions)

    def _chosen(self, table: str, row: str, column: str) -> str:
        options = ",".join(f"INDEX({name}[{_title(name, column)}],{row})" for name in self.tables)
        return f"CHOOSE({table},{options})"

    def named_keys(self, title: str, keys: Sequence[str]) -> str:
        """The name of the cells that hold the keys of each table."""
        name = f"Keys_{title}"
        self.page.name_cell(name, 2, self._column, 1 + len(keys))
        self.column(keys, f"{title}: keys")
        return name

    def listed_rows(self, title: str, keys: Sequence[str]) -> list[ListedRow]:
        """The rows of a list, from the cell with the key of each; where that holds none, there is no row."""
        tables = self.column(
            [f'IF(ISNUMBER({key}),INT(MOD({key},{rules.A_DAY})/{rules.MOST_ROWS}),"")' for key in keys],
            f"{title}: table",
        )
        headers = ",".join(f"ROW({table}[[#Headers],[ID]])" for table in self.tables)
        places = self.column(
            [
                f'IF({table}="","",MOD({key},{rules.MOST_ROWS})-CHOOSE({table},{headers}))'
                for key, table in zip(keys, tables, strict=True)
            ],
            f"{title}: row",
        )
        actions = self.column(
            [
                f'IF({table}="","",{self._chosen(table, place, "Action")}&"")'
                for table, place in zip(tables, places, strict=True)
            ],
            f"{title}: action",
        )
        return [ListedRow(*cells) for cells in zip(keys, tables, places, actions, strict=True)]

    def text_of(self, listed: ListedRow, column: str) -> str:
        """The expression for a text of a listed row."""
        return f'IF({listed.table}="","",{self._chosen(listed.table, listed.row, column)}&"")'

    def lead_agency(self, listed: ListedRow) -> str:
        """The expression for the lead agency of a listed row, which only the action plan names."""
        lead = f'INDEX({rules.PLAN}[Lead agency],{listed.row})&""'
        return f'IF({listed.table}={len(self.tables)},{lead},"")'

    def number_of(self, listed: ListedRow, column: str) -> str:
        """The expression for a date or number of a listed row."""
        cell = self._chosen(listed.table, listed.row, column)
        return f'IF({listed.table}="","",IF(ISNUMBER({cell}),{cell},""))'

    def sheet_of(self, listed: ListedRow) -> str:
        """The expression for a listed row's sheet."""
        names = ",".join(f'"{sheet}"' for sheet in self.sheets)
        return f'IF({listed.table}="","",CHOOSE({listed.table},{names}))'

    # Counts

    def counts(self) -> list[dict[str, str]]:
        """For each table, the cell that counts each RAG word."""
        found: list[dict[str, str]] = []
        for table, sheet in zip(self.tables, self.sheets, strict=True):
            counted = [f'COUNTIF({table}[RAG],"{word}")' for word in rules.RAG_WORDS]
            found.append(dict(zip(rules.RAG_WORDS, self.column(counted, f"{sheet}: RAG"), strict=True)))
        return found

    # Returns

    def returns(self, stage: Stage, step: Step) -> str:
        """The expression for `7 of 8 back, waiting for UHD` of a step that each agency does."""
        back, live, asked, waiting = self._return_counts(stage, step)
        named = shortened(waiting, _LONGEST_WAITING)
        table = rules.table_name(stage.name)
        ids = f'{table}[ID],"{step.id}-*",{table}[RAG],"Not applicable",{table}[Progress]'
        without = f'COUNTIFS({ids},"*{rules.NO_INVOLVEMENT}*")'
        uninvolved = f'IF({without}>0,", "&{without}&" not involved","")'
        return (
            f'IF({live}=0,"None to come"&{uninvolved},'
            f'IF(AND({back}=0,{asked}="no"),"Not asked for yet: "&{live}&" to come",'
            f'{back}&" of "&{live}&" back"&{uninvolved}&IF({waiting}="","",", waiting for "&{named})))'
        )

    def returns_in_short(self, procedure: Procedure) -> tuple[str, str]:
        """The cells with `7 of 8` and the caption below, of the first returns that are asked for and not in."""
        number, caption = '"-"', '"no returns asked for"'
        steps = [(stage, step) for stage, step in procedure.steps() if step.each == "agency"]
        for stage, step in reversed(steps):
            back, live, asked, waiting = self._return_counts(stage, step)
            wanted = f'AND({live}>0,OR({back}>0,{asked}="yes"))'
            number = f'IF(AND({wanted},OR({back}<{live},{number}="-")),{back}&" of "&{live},{number})'
            words = (
                f'"returns are in"&IF({waiting}="","","; waiting for "&{shortened(waiting, _SHORT_WAITING)})'
            )
            caption = (
                f'IF(AND({wanted},OR({back}<{live},{caption}="no returns asked for")),{words},{caption})'
            )
        cells = self.column([number, caption], "returns in short")
        return cells[0], cells[1]

    def _return_counts(self, stage: Stage, step: Step) -> tuple[str, str, str, str]:
        """The cells with how many returns of a step are back, how many there are, whether asked for, and who waits."""
        if step.id in self._returns:
            return self._returns[step.id]
        table = rules.table_name(stage.name)
        waiting: list[str] = []
        before = '""'
        column = column_letters(self._column)
        for place in range(1, _AGENCIES_LISTED + 1):
            code = f'IFERROR(INDEX({rules.AGENCIES}[Code],{place})&"","")'
            row = f'MATCH("{step.id}-"&{code},{table}[ID],0)'
            rag = f'IFERROR(INDEX({table}[RAG],{row}),"")'
            done = f'OR({rag}="",LEFT({rag},8)="Complete",{rag}="Not applicable")'
            word = code
            if self._standby:  # an agency goes by its name where the code was only kept for it
                name = f'IFERROR(INDEX({rules.AGENCIES}[Agency],{place})&"","")'
                kept = ",".join(f'{code}="{each}"' for each in SPARE_AGENCIES)
                word = f"IF(OR({kept}),{name},{code})"
            begun = f'INDEX({table}[Status],{row})="In progress"'
            late = f'IF({begun}," (late, half filled)"," (late)")'
            late = f'IF({rag}="Overdue",{late},IF({begun}," (half filled)",""))'
            waiting.append(f'{before}&IF({done},"",IF({before}="","",", ")&{word}&{late})')
            before = f"{layout.HIDDEN}!${column}${place + 1}"
        last = self.column(waiting, f"{step.id}: waiting for")[-1]
        ids = f'{table}[ID],"{step.id}-*",{table}[RAG],'
        asked = '"yes"'
        if step.after:  # the request, which the returns wait for
            rag = f'IFERROR({of_row(table, step.after[0], "RAG")},"")'
            asked = f'IF(AND({rag}<>"",LEFT({rag},8)<>"Complete"),"no","yes")'
        cells = self.column(
            [f'COUNTIFS({ids}"Complete*")', f'COUNTIFS({ids}"<>Not applicable")', asked],
            f"{step.id}: returns",
        )
        self._returns[step.id] = (cells[0], cells[1], cells[2], last)
        return self._returns[step.id]

    # Meetings

    def meetings(self, rows: int, room: int) -> list[tuple[str, str, str, str]]:
        """The expressions for kind, place, day and time of the next meetings that are not held.

        `room` is in how many rows below the header one may stand; the first place is the header's.
        """
        keys, most = [], room + 2
        for place in range(2, most):
            day, held = (f"INDEX({rules.meeting_cells(title)},{place})" for title in ("Date", "Held"))
            there = f'AND(ISNUMBER({day}),{day}>=Report_date,{held}="")'
            keys.append(f'IFERROR(IF({there},INT({day})*{most}+{place},""),"")')
        name = self.named_keys("meetings", keys)
        places = self.column(
            [f'IFERROR(MOD(SMALL({name},{rank}),{most}),"")' for rank in range(1, rows + 1)],
            "meetings",
        )
        found: list[tuple[str, str, str, str]] = []
        for cell in places:
            kind, where, day, time = (
                f"INDEX({rules.meeting_cells(title)},{cell})" for title in ("Kind", "Place", "Date", "Time")
            )
            time = f'IF(ISNUMBER({time}),TEXT({time},"h:mm"),{time}{BLANK_TEXT})'
            shown = (f"{kind}{BLANK_TEXT}", f"{where}{BLANK_TEXT}", day, time)
            first, second, third, fourth = (f'IF({cell}="","",{each})' for each in shown)
            found.append((first, second, third, fourth))
        return found

    # The sentence on top

    def stage(self, stage: Stage) -> StageCells:
        """How a stage's milestone stands."""
        table = rules.table_name(stage.name)
        columns = ("RAG", "Day zero", "Due", "Agreed date", "Count", "Days late", "Unit")
        found = {column: of_row(table, stage.milestone, column) for column in columns}
        looked_up = [
            text_or_blank(cell) if column in {"RAG", "Unit"} else number_or_blank(cell)
            for column, cell in found.items()
        ]
        rag, zero, due, agreed, count, late, unit = self.column(looked_up, f"{stage.name}: milestone")
        name = f"the {stage.name}"
        held = next((clock.name for clock in self.procedure.clocks if clock.hold), "")
        day = f'"Today is day "&IF(Report_date<={zero},0,NETWORKDAYS({zero}+1,Report_date,Holidays))'
        week = f'"Today is week "&(INT((Report_date-{zero})/7)+1)&" of {name}"'
        left = f"NETWORKDAYS(Report_date+1,{due},Holidays)"
        days_left = (
            f'IF({due}=Report_date,"today",{left}&IF({left}=1," working day left"," working days left"))'
        )
        by = f'"{stage.milestone_words} "&TEXT({due},"ddd d mmm yyyy")'
        moved = f'IF(ISNUMBER({agreed}),"; agreed for "&TEXT({agreed},"ddd d mmm yyyy"),"")'
        begins = f'"{name[0].upper()}{name[1:]} begins on "&TEXT({zero},"ddd d mmm yyyy")'
        stands = f'IF(Report_date<{zero},{begins},IF({unit}="working days",{day}&" of "&{count}&" of {name}",{week}))'
        counting = f'{stands}&": "&{by}&", "&{days_left}&{moved}'
        overdue = (
            f'IF({unit}="working days",{day}&" of {name}",{week})&", "'
            f'&{late}&IF({late}=1," working day"," working days")&" late: due "&{by}&{moved}'
        )
        sentence = (
            f'IF({rag}="On hold","{held} is on hold: it was due "&{by}&{moved},'
            f'IF(NOT(ISNUMBER({due})),"The clock of {name} has not started",'
            f'IF({due}<Report_date,IF({late}="",{counting},{overdue}),{counting})))'
        )
        done = f'IF(OR({rag}="",LEFT({rag},8)="Complete",{rag}="Not applicable"),"yes","no")'
        cells = self.column([done, sentence], f"{stage.name}: sentence")
        found_stage = StageCells(cells[0], cells[1], rag, zero, unit)
        self.stages.append(found_stage)
        return found_stage


def _title(table: str, column: str) -> str:
    """The title of a column, where the action plan has it under another one."""
    return "Target date" if column == "Due" and table == rules.PLAN else column


def _plan_key(place: int) -> str:
    """The expression for the sort key of a row of the action plan, as column Order has it for a stage's."""

    def cell(title: str) -> str:
        return f"INDEX({rules.PLAN}[{title}],{place})"

    judged = f"IF(ISNUMBER({cell('Agreed date')}),{cell('Agreed date')},{cell('Target date')})"
    rag = cell("RAG")
    return (
        f'IFERROR(IF(OR(LEFT({rag},8)="Complete",{rag}="Not applicable",{rag}="",NOT(ISNUMBER({judged}))),"",'
        f'INT({judged})*{rules.A_DAY}+ROW({rules.PLAN}[[#Headers],[ID]])+{place}),"")'
    )
