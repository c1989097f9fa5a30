"""What edit.py can do to an open workbook, and the workbook as it does it."""

import re
from datetime import datetime

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.lang import Locale
from com.sun.star.sheet import TableFilterField2
from com.sun.star.sheet.FilterOperator2 import EQUAL
from com.sun.star.sheet.FormulaResult import ERROR, STRING
from com.sun.star.table import TableSortField
from com.sun.star.table.CellContentType import EMPTY, FORMULA, TEXT
from com.sun.star.util import URL
from com.sun.star.util.NumberFormat import DATE, DATETIME, NUMBER

ERRORS = {502: "#VALUE!", 503: "#NUM!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!", 32767: "#N/A"}
DAY_SECONDS = 86_400


# ---------------------------------------------------------------- operations

OPERATIONS = {}


def operation(function):
    OPERATIONS[function.__name__.removesuffix("_")] = function
    return function


@operation
def set_(book, sheet, cell, value):
    """put text, a number, {"date": "2026-11-09"} or null (clear) into a cell; its number format stays"""
    target = book.cell(sheet, cell)
    if value is None:
        target.clearContents(1 | 2 | 4 | 16)  # values, dates, text, formulas: neither note nor format
    elif isinstance(value, dict):
        target.setValue(book.serial(value["date"]))
        book.show_as_date(target)
    elif isinstance(value, (int, float)):
        target.setValue(value)
    else:
        target.setString(value)


@operation
def set_formula(book, sheet, cell, formula):
    """put a formula into a cell, in English with semicolons"""
    book.cell(sheet, cell).setFormula(formula)


@operation
def type_(book, sheet, cell, text):
    """type text as at a British keyboard: 16/11/2026 is a date, =A1 a formula"""
    book.cell(sheet, cell).FormulaLocal = text


@operation
def insert_rows(book, sheet, row, count=1):
    """insert empty rows above a row"""
    book.sheet(sheet).Rows.insertByIndex(row - 1, count)


@operation
def delete_rows(book, sheet, row, count=1):
    """delete rows from this one on"""
    book.sheet(sheet).Rows.removeByIndex(row - 1, count)


@operation
def insert_columns(book, sheet, column, count=1):
    """insert empty columns left of a column"""
    book.sheet(sheet).Columns.insertByIndex(column_index(column), count)


@operation
def delete_columns(book, sheet, column, count=1):
    """delete columns from this one on"""
    book.sheet(sheet).Columns.removeByIndex(column_index(column), count)


@operation
def sort(book, sheet, range, by, ascending=True, header=True):
    """sort the rows of a range by a column of the sheet (a letter)"""
    cells = book.range(sheet, range)
    field = TableSortField()
    field.Field = column_index(by) - cells.RangeAddress.StartColumn
    field.IsAscending = ascending
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    cells.sort(properties(SortFields=fields, ContainsHeader=header, IsSortColumns=False))


@operation
def copy_row(book, sheet, row, onto):
    """copy a whole row and paste it over another"""
    page = book.sheet(sheet)
    source = page.Rows.getByIndex(row - 1).RangeAddress
    page.copyRange(page.getCellByPosition(0, onto - 1).CellAddress, source)


@operation
def move_range(book, sheet, range, to, to_sheet=""):
    """cut a range and paste it elsewhere"""
    target = book.cell(to_sheet or sheet, to).CellAddress
    book.sheet(sheet).moveRange(target, book.range(sheet, range).RangeAddress)


@operation
def copy_sheet(book, sheet, name, position=None):
    """copy a sheet in front of the one at a position (0 is the first), else behind the last"""
    sheets = book.document.Sheets
    book.sheet(sheet)
    sheets.copyByName(sheet, name, sheets.Count if position is None else position)


@operation
def rename_sheet(book, sheet, name):
    """rename a sheet"""
    book.sheet(sheet).setName(name)


@operation
def move_sheet(book, sheet, position):
    """move a sheet so that it is the one at a position (0 is the first)"""
    here = book.sheet(sheet).RangeAddress.Sheet
    book.document.Sheets.moveByName(sheet, position + 1 if position > here else position)


@operation
def hide_rows(book, sheet, row, count=1):
    """hide rows from this one on"""
    book.sheet(sheet).getCellRangeByPosition(0, row - 1, 0, row + count - 2).Rows.IsVisible = False


@operation
def hide_columns(book, sheet, column, count=1):
    """hide columns from this one on"""
    first = column_index(column)
    book.sheet(sheet).getCellRangeByPosition(first, 0, first + count - 1, 0).Columns.IsVisible = False


@operation
def merge(book, sheet, range):
    """merge a range into one cell"""
    book.range(sheet, range).merge(True)


@operation
def autofilter(book, sheet, range, by="", equals=None):
    """switch a range's filter arrows on; with a column and a text show only the rows that equal it"""
    cells = book.range(sheet, range)
    table = book.table_at(cells.RangeAddress)
    if table:
        table.AutoFilter = True
    else:
        book.press("DataFilterAutoFilter", cells)
    if equals is None:
        return
    chosen = TableFilterField2()
    chosen.Field = column_index(by) - cells.RangeAddress.StartColumn
    chosen.Operator = EQUAL
    chosen.StringValue = equals
    rule = cells.createFilterDescriptor(True)
    rule.ContainsHeader = True
    rule.setFilterFields2((chosen,))
    cells.filter(rule)


@operation
def note(book, sheet, cell, text):
    """put a note on a cell"""
    notes, place = book.sheet(sheet).Annotations, book.cell(sheet, cell).CellAddress
    for index in reversed(range(notes.Count)):
        if (notes[index].Position.Column, notes[index].Position.Row) == (place.Column, place.Row):
            notes.removeByIndex(index)
    notes.insertNew(place, text)


@operation
def colour(book, sheet, range, rgb):
    """give a range a background, as a number"""
    book.range(sheet, range).CellBackColor = rgb


@operation
def select_sheet(book, sheet):
    """bring a sheet to the front"""
    book.document.CurrentController.setActiveSheet(book.sheet(sheet))


@operation
def recalc(book):
    """count every formula anew"""
    book.document.calculateAll()


@operation
def today(book, day):
    """move the system's date (with --clock) and count anew what follows it, as F9 does"""
    book.clock.write_text(f"@{day['date']} 09:00:00\n")
    book.document.calculate()


@operation
def compare(book, sheet):
    """hold what a sheet shows against a hard recalculation, and put what differs into the result"""
    shown = book.values(sheet)
    book.document.calculateAll()
    counted = book.values(sheet)
    book.compared.append(
        [
            [book.sheet(sheet).getCellByPosition(column, row).AbsoluteName, shown.get((row, column)), value]
            for (row, column), value in counted.items()
            if value != shown.get((row, column))
        ]
    )


@operation
def values(book):
    """put the value of every cell that holds something into the result"""
    for name in book.document.Sheets.ElementNames:
        page, shown = book.sheet(name), book.values(name)
        for wrong in page.queryFormulaCells(ERROR).RangeAddresses:
            for row in range(wrong.StartRow, wrong.EndRow + 1):
                for column in range(wrong.StartColumn, wrong.EndColumn + 1):
                    shown[row, column] = value_of(page.getCellByPosition(column, row))
        book.read |= {address(name, place(*at)): value for at, value in shown.items() if value not in ("", None)}


@operation
def read(book, sheet, cells):
    """put values and formulas of cells into the result"""
    for cell in cells:
        book.read[address(sheet, cell)] = {
            "value": value_of(book.cell(sheet, cell)),
            "formula": formula_of(book.cell(sheet, cell)),
        }


# ---------------------------------------------------------------- the workbook


class Book:
    """An open workbook, and what has been read from it."""

    def __init__(self, document, clock):
        self.document = document
        self.clock = clock
        self.read = {}
        self.compared = []

    def values(self, name):
        """Each cell of a sheet and its value, as text or number."""
        cursor = self.sheet(name).createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        corner = cursor.RangeAddress
        return {
            (corner.StartRow + row, corner.StartColumn + column): value
            for row, values in enumerate(cursor.getDataArray())
            for column, value in enumerate(values)
        }

    def sheet(self, name):
        sheets = self.document.Sheets
        if not sheets.hasByName(name):
            raise ValueError(f"no sheet {name!r}, only {', '.join(sheets.ElementNames)}")
        return sheets.getByName(name)

    def range(self, sheet, range):
        return self.sheet(sheet).getCellRangeByName(range)

    def cell(self, sheet, cell):
        return self.range(sheet, cell).getCellByPosition(0, 0)

    def serial(self, text):
        """The number that stands for an ISO date in this workbook, which may count from 1904."""
        zero = self.document.NullDate
        past = datetime.fromisoformat(text) - datetime(zero.Year, zero.Month, zero.Day)
        return past.days + past.seconds / DAY_SECONDS

    def show_as_date(self, cell):
        """Give a date format to a cell that has no number format at all."""
        formats, british = self.document.NumberFormats, Locale("en", "GB", "")
        if cell.NumberFormat == formats.getStandardFormat(NUMBER, formats.getByKey(cell.NumberFormat).Locale):
            kind = DATETIME if cell.Value % 1 else DATE
            cell.NumberFormat = formats.getStandardFormat(kind, british)

    def table_at(self, area):
        """The table that lies exactly there, or None."""
        tables = self.document.DatabaseRanges
        found = (tables.getByName(name) for name in tables.ElementNames)
        return next((table for table in found if same_area(table.DataArea, area)), None)

    def press(self, command, cells):
        """Select cells and give a menu command, as a person does."""
        asked = URL()
        asked.Complete, asked.Main, asked.Protocol, asked.Path = f".uno:{command}", f".uno:{command}", ".uno:", command
        self.document.CurrentController.select(cells)
        self.document.CurrentController.Frame.queryDispatch(asked, "", 0).dispatch(asked, ())


def same_area(one, other):
    return all(
        getattr(one, edge) == getattr(other, edge)
        for edge in ("Sheet", "StartColumn", "StartRow", "EndColumn", "EndRow")
    )


def value_of(cell):
    if cell.Type == EMPTY:
        return ""
    if cell.getError():
        return ERRORS.get(cell.getError(), f"Err:{cell.getError()}")
    if cell.Type == TEXT or (cell.Type == FORMULA and cell.FormulaResultType2 == STRING):
        return cell.String
    return int(cell.Value) if cell.Value.is_integer() else round(cell.Value, 9)


def formula_of(cell):
    return cell.Formula if cell.Type == FORMULA else ""


def address(sheet, cell):
    """SIN!A7, 'Rapid Review'!A7"""
    quoted = sheet if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", sheet) else "'" + sheet.replace("'", "''") + "'"
    return f"{quoted}!{cell}"


def place(row, column):
    """A7 for row 6 and column 0"""
    letters, left = "", column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def column_index(letters):
    """A is 0, AA is 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def properties(**values):
    made = []
    for name, value in values.items():
        made.append(PropertyValue())
        made[-1].Name, made[-1].Value = name, value
    return tuple(made)
