"""What a typed cell means: dates, numbers, words of a list. Every doubt is a problem, nothing is guessed."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time
from functools import cache
from typing import TYPE_CHECKING

from tracker.case.model import CHOICES
from tracker.formula.parse import column_letters
from tracker.formula.values import day_of, is_number
from tracker.problems import Problem, codes, problem
from tracker.resources import templates
from tracker.text import (
    as_found,
    clean_text,
    did_you_mean,
    in_range,
    listed,
    month_first,
    parse_day,
    same_word,
    short_date,
    tidy_text,
)
from tracker.workbook import layout
from tracker.workbook.layout import SheetColumn
from tracker.workbook.reading import CellPlace, FormulaText, ReadField, address, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.procedure.model import Clock, Procedure
    from tracker.workbook.find_tables import Sheets
    from tracker.workbook.reading import CellValue, SheetGrid, SheetTable


_HUGE = 1e6  # a count of days, weeks or months is far smaller
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_415  # the years 2000 to 2100


@cache
def aliases(title: str) -> Mapping[str, str]:
    """What people type into a list's cells, and the list's own word for it."""
    words = tomllib.loads((templates() / "workbook" / "words.toml").read_text("utf-8"))
    return {
        clean_text(alias).casefold(): word for word, each in words.get(title, {}).items() for alias in each
    }


def typed_date(value: object, title: str, spot: CellPlace) -> tuple[CellValue, list[Problem]]:
    """A cell that should hold a date. Text that is no date stays text: it was typed and must not be lost."""
    if isinstance(value, date) and not in_range(value):
        shown = f"{value.day}/{value.month}/{value.year}"
        return shown, [spot.problem(codes.NOT_A_DATE, value=as_found(shown), title=title)]
    if isinstance(value, datetime):
        day = value.date()
        timed = value.time() != time()
        return day, [
            spot.problem(codes.DATE_WITH_TIME, value=f"{value:%d/%m/%Y %H:%M}", day=short_date(day))
        ] if timed else []
    if isinstance(value, date) or value is None:
        return value, []
    if isinstance(value, (int, float)) and is_number(value):  # without a date's format: a day number
        serial, shown = value + spot.epoch_shift, f"{float(value):.10g}"
        if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
            return shown, [spot.problem(codes.NOT_A_DATE, value=as_found(shown), title=title)]
        day = day_of(serial)
        return day, [spot.problem(codes.NUMBER_NOT_DATE, value=shown, day=short_date(day))]
    text = value.isoformat() if isinstance(value, time) else str(value)
    if not clean_text(text):
        return None, []
    words, shown = _without_time(text), as_found(text)
    if short := _SHORT_YEAR.fullmatch(words):
        words = f"{short[1]}20{short[3]}"  # every case lies in this century
    day_first, us_order = parse_day(words), month_first(words)
    if day_first is None or not in_range(day_first):
        return text, [spot.problem(codes.NOT_A_DATE, value=shown, title=title)]
    if us_order is not None:
        readings = {"day": short_date(day_first), "other_day": short_date(us_order)}
        return text, [spot.problem(codes.AMBIGUOUS_DATE, value=shown, **readings)]
    return day_first, [spot.problem(codes.DATE_AS_TEXT, value=shown, day=short_date(day_first))]


_TIME = re.compile(
    r"(?<=\d{4})(?:T|,? (?:at )?)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?(?: ?[ap]m|Z)?$", re.IGNORECASE
)
_ISO_TIME = re.compile(r"(?<=-\d\d)(?:T| )\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$", re.IGNORECASE)
_AROUND = re.compile(r"(?<=\d) *([-/.]) *(?=\d)")
_SHORT_YEAR = re.compile(
    r"(\d{1,2}([-/. ])\d{1,2}\2|(?:[a-z]{3,9}\.?,? )?\d{1,2}(?:st|nd|rd|th)?[- ](?:of )?[a-z]{3,9}\.?,?[- ])(\d{2})",
    re.IGNORECASE,
)


def _without_time(text: str) -> str:
    """The day alone of a text such as `13/11/2026 14:30`; dashes as hyphens, no blanks around what separates."""
    typed = clean_text(text).replace("\u2013", "-").replace("\u2014", "-")
    return _AROUND.sub(r"\1", _ISO_TIME.sub("", _TIME.sub("", typed)))


def typed_number(value: object, title: str, spot: CellPlace) -> tuple[CellValue, list[Problem]]:
    """A cell that should hold a whole number."""
    if isinstance(value, str):
        text = clean_text(value)
        if not text:
            return None, []
        try:
            value = float(text)
        except ValueError:
            return value, [spot.problem(codes.NOT_A_WHOLE_NUMBER, value=as_found(value), title=title)]
    if value is None:
        return None, []
    if isinstance(value, (int, float)) and is_number(value) and abs(value) < _HUGE and value == int(value):
        return int(value), []
    typed = typed_text(value)  # a date stays none of our counts: its day number would be one
    return str(typed), [spot.problem(codes.NOT_A_WHOLE_NUMBER, value=as_found(typed), title=title)]


def typed_word(value: object, column: SheetColumn, spot: CellPlace) -> tuple[CellValue, list[Problem]]:
    """A cell with a list of words: the list's own spelling, or a problem with the nearest word."""
    text = clean_text(str(value)) if value is not None else ""
    if not text:
        return None, []
    if not column.words or not column.strict:  # the words stand in cells, where formulas look for this one
        name = tidy_text(str(value))  # a curly apostrophe belongs to it: formulas look for the very name
        return name, [_spelling_problem(value, name, spot)] if name != str(value).strip() else []
    if value in column.words:
        return str(value), []
    word = next((each for each in column.words if same_word(each, text)), "")
    word = word or aliases(column.known_as or column.title).get(text.casefold(), "")
    if word not in column.words:
        near = did_you_mean(text, column.words)
        words = listed(column.words, "or")
        return str(value), [
            spot.problem(
                codes.UNKNOWN_WORD, value=as_found(text), title=column.title, words=words, suggestion=near
            )
        ]
    return word, [_spelling_problem(value, word, spot)]


def _spelling_problem(value: object, word: str, spot: CellPlace) -> Problem:
    return spot.problem(codes.WORD_SPELLING, value=shown_as(value, word), word=word)


def shown_as(value: object, word: str) -> str:
    """What stands in place of a word of ours; a difference that does not show in print is put into words."""
    unseen = " with blanks or marks that do not show" if clean_text(str(value)) == word else ""
    return f"{as_found(value)}{unseen}"


def typed_text(value: object) -> CellValue:
    """Free text as it was typed, but for surrounding blanks."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, (date, bool)):
        return str(value) if isinstance(value, bool) else value
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() else str(value)
    text = str(value)
    bare = text.strip()
    if bare.isascii():
        return bare or None
    return bare if clean_text(text) else None


def interpret(value: object, column: SheetColumn, spot: CellPlace) -> tuple[CellValue, list[Problem]]:
    """A typed cell by its column's kind."""
    if value is None:
        return None, []
    if column.kind == "date":
        return typed_date(value, column.title, spot)
    if column.kind == "number":
        return typed_number(value, column.title, spot)
    if column.kind == "list":
        return typed_word(value, column, spot)
    return typed_text(value), []


_KNOWN_UNTIL = "Bank holidays known until"


def read_cell(
    grid: SheetGrid, row: int, number: int, column: SheetColumn, raw: object, row_id: str = ""
) -> tuple[CellValue, list[Problem]]:
    """What was typed into a cell that holds `raw`; of a formula, the value that the file notes with it."""
    spot = grid.place(row, number, row_id)
    if not isinstance(raw, FormulaText):
        return interpret(raw, column, spot)
    noted = grid.shown(row, number)
    if noted is None or (isinstance(noted, str) and noted.startswith("#")):
        return None, [spot.problem(codes.FORMULA_WITHOUT_VALUE, title=column.title)]
    shown = short_date(noted) if isinstance(noted, date) else str(noted)
    value, found = interpret(noted, column, spot)
    return value, [spot.problem(codes.FORMULA_IN_TYPED_CELL, title=column.title, value=shown), *found]


class SingleCells:
    """Reads single cells of a workbook; gathers problems as it goes."""

    def __init__(self, sheets: Sheets, procedure: Procedure, clocks: SheetTable | None, version: int) -> None:
        """`clocks` is their table; `version` the layout of the workbook, which has no field of a newer one."""
        self.problems: list[Problem] = []
        self._sheets, self._procedure, self._clocks = sheets, procedure, clocks
        self._version = version

    def fields(self) -> dict[str, ReadField]:
        """The labelled fields of sheet Case, by the description's path."""
        grid = self._sheets.grid(layout.CASE)
        if grid is None:
            return {}
        label_column, value_column = self._case_columns()
        labelled = _labels(grid, label_column)
        kinds = {"date": "date", "list": "list", "yes/no": "list"}
        usual = {each.path: each.label for each in reversed(layout.CASE_FIELDS)}
        found = {}
        for each in layout.fields(self._procedure):
            if each.since > self._version:
                continue
            row = labelled.get(clean_text(each.label).casefold())
            if row is None:
                self._unlabelled(grid, each.label)
            else:
                words = layout.YES_NO if each.kind == "yes/no" else CHOICES.get(each.path, ())
                kind = kinds.get(each.kind, "text")
                column = SheetColumn(
                    each.label, 0, kind, words, strict=bool(words), known_as=usual[each.path]
                )
                found[each.path] = self._single(grid, row, value_column, column)
        return found

    def _unlabelled(self, grid: SheetGrid, label: str) -> None:
        """A label of sheet Case is gone, and with it what stood beside it."""
        if self._clocks and "Clock" not in self._clocks.header.columns:
            return  # the column of labels is missing, which is reported once
        labels = [each.label for each in layout.fields(self._procedure)]
        clocks = [each.name for each in self._procedure.clocks]
        ours = {clean_text(each).casefold() for each in (*labels, *clocks, layout.REPORT_DATE_LABEL)}
        column, _ = self._case_columns()
        unknown_labels = [
            str(cells[column]) for cells in grid.rows.values() if isinstance(cells.get(column), str)
        ]
        near = did_you_mean(
            label, [each for each in unknown_labels if clean_text(each).casefold() not in ours]
        )
        facts = {"label": label, "sheet": layout.CASE, "where": "beside it", "suggestion": near}
        self.problems.append(problem(codes.LABEL_MISSING, place=quoted(grid.name), **facts))

    def _case_columns(self) -> tuple[int, int]:
        """Where sheet Case has its labels and the values beside them: as in its table of clocks."""
        columns = self._clocks.header.columns if self._clocks else {}
        return columns.get("Clock", 1), columns.get("Date in use", 2)

    def _single(self, grid: SheetGrid, row: int, column_number: int, column: SheetColumn) -> ReadField:
        value, found = read_cell(grid, row, column_number, column, grid.value(row, column_number))
        self.problems += found
        return ReadField(value, grid.place(row, column_number).place)

    def clocks(self) -> dict[str, ReadField]:
        """What is typed beside each clock."""
        table = self._clocks
        if table is None:
            return {}
        names = {clean_text(clock.name).casefold(): clock for clock in self._procedure.clocks}
        column = table.header.columns.get("Type it here", 4)
        typed = {}
        for number in table.rows:
            label = table.grid.value(number, table.header.columns.get("Clock", 1))
            clock = names.pop(clean_text(str(label or "")).casefold(), None)
            if clock is None:
                continue
            self._clock_typed_over(table, number, clock)
            if not clock.field:
                continue
            typed[clock.name] = self._single(table.grid, number, column, SheetColumn(clock.name, 0, "date"))
        for clock in names.values():
            self._unlabelled(table.grid, clock.name)
        return typed

    def _clock_typed_over(self, table: SheetTable, row: int, clock: Clock) -> None:
        """What was typed where a clock's date is calculated, or over the link to the row that sets it."""
        titles = ["Date in use", "Confirmed or provisional", *([] if clock.field else ["Type it here"])]
        if clock.field:
            where = "beside it in Type it here"
        else:
            where = (
                f"in Completed of {clock.step}" if clock.step else f"among the fields of sheet {layout.CASE}"
            )
        for title in titles:
            column = table.header.columns.get(title, 0)
            value = table.grid.value(row, column)
            if isinstance(value, FormulaText) or typed_text(value) is None:
                continue
            shown = as_found(value)
            facts = {"value": shown, "title": title, "clock": clock.name, "where": where}
            place = address(table.grid.name, column_letters(column), row)
            self.problems.append(problem(codes.CLOCK_TYPED_OVER, place=place, **facts))

    def report_date(self) -> tuple[date | None, str]:
        """The report date a person fixed, and its cell; a formula there is reported, and fixes nothing."""
        grid = self._sheets.grid(layout.CASE)
        if grid is None:
            return None, ""
        label_column, column = self._case_columns()
        row = _labels(grid, label_column).get(clean_text(layout.REPORT_DATE_LABEL).casefold())
        if row is None:
            self._unlabelled(grid, layout.REPORT_DATE_LABEL)
            return None, ""
        read = self._single(grid, row, column, SheetColumn("Report date", 0, "date"))
        if isinstance(read.value, date) and not isinstance(grid.value(row, column), FormulaText):
            return read.value, read.cell
        return None, read.cell

    def known_until(self) -> date | None:
        """The day up to which bank holidays are known, below its title on sheet Calendar."""
        grid = self._sheets.grid(layout.CALENDAR)
        if grid is None:
            return None
        cells = ((row, column, value) for row, held in grid.rows.items() for column, value in held.items())
        for row, column, value in cells:
            if same_word(str(value), _KNOWN_UNTIL):
                day = self._single(grid, row + 1, column, SheetColumn("Known until", 0, "date")).value
                return day if isinstance(day, date) else None
        facts = {"label": _KNOWN_UNTIL, "sheet": layout.CALENDAR, "where": "below it", "suggestion": ""}
        self.problems.append(problem(codes.LABEL_MISSING, place=quoted(grid.name), **facts))
        return None


def _labels(grid: SheetGrid, column: int) -> dict[str, int]:
    labels: dict[str, int] = {}
    for row in sorted(grid.rows):
        if isinstance(value := grid.value(row, column), str):
            labels.setdefault(clean_text(value).casefold(), row)
    return labels
