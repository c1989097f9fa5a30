"""Pages to a file: the only place that knows XlsxWriter.

XlsxWriter writes a value beside each formula and refuses most mistakes that end in a repair prompt; its warnings
and return codes are errors here.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook as XlsxWorkbook
from xlsxwriter.core import Core
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import CellFormulaTuple, Worksheet

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import column_letters, in_table
from tracker.formula.values import Error
from tracker.text import listed, xml_text
from tracker.workbook import layout
from tracker.workbook.reading import quoted
from tracker.workbook.sheet_page import CONDITIONAL, style_properties

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from xlsxwriter.format import Format

    from tracker.case.model import Case
    from tracker.formula.book import Book
    from tracker.workbook.build import Workbook
    from tracker.workbook.sheet_page import Block, CellCheck, SheetPage

_FIRST_DAY, _LAST_DAY = "DATE(2000,1,1)", "DATE(2100,12,31)"
_PAPER = {"A3": 8, "A4": 9}
_ESCAPE = re.compile(r"(_x[0-9a-fA-F]{4}_)")  # what a reader would decode in a cached text
_PIXELS = 0.75  # points a pixel


class _Core(Core):  # type: ignore[misc]  # as below
    """The file's properties with its language, for which XlsxWriter has no setting."""

    def write(self, properties: Any, file: Any) -> None:
        self._set_properties(properties)
        self._set_xml_writer(file)
        self._assemble_xml_file()

    def _write_cp_category(self) -> None:
        super()._write_cp_category()
        self._xml_data_element("dc:language", "en-GB")


class _Packager(Packager):  # type: ignore[misc]  # as below
    def _write_core_file(self) -> None:
        _Core().write(self.workbook.doc_properties, self._filename("docProps/core.xml"))


class _OutputFile(XlsxWorkbook):  # type: ignore[misc]  # as below
    def _get_packager(self) -> Packager:
        return _Packager()


class _SheetWriter(Worksheet):  # type: ignore[misc]  # XlsxWriter ships no types
    """A worksheet that takes our formulas as they stand, and lets rows grow.

    XlsxWriter puts some thirty regular expressions to each formula, for functions we never use; and it fixes the
    height of every row it is given, which would cut a long entry (a height without `customHeight` still grows).
    """

    def _write_formula(
        self, row: int, col: int, formula: str, cell_format: Any = None, value: Any = 0
    ) -> int:
        if self._check_dimensions(row, col):
            return -1
        self.table[row][col] = CellFormulaTuple(formula.removeprefix("="), cell_format, value)
        return 0

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        del expand_future_functions
        return formula.strip("{}").removeprefix("=")

    def _xml_formula_element(self, formula: str, result: Any, attributes: list[Any]) -> None:
        if result == "":
            # XlsxWriter leaves the type out, and the cell would hold no value where it holds empty text.
            attributes = [*attributes, ("t", "str")]
        elif isinstance(result, str):
            result = _ESCAPE.sub(r"_x005F\1", result)
        super()._xml_formula_element(formula, result, attributes)

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        super()._xml_start_tag_unencoded(tag, _growing(tag, attributes))

    def _xml_empty_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        super()._xml_empty_tag_unencoded(tag, _growing(tag, attributes))


def _growing(tag: str, attributes: Any) -> Any:
    return [each for each in attributes if each[0] != "customHeight"] if tag == "row" else attributes


def _done(code: Any) -> None:
    """Turn XlsxWriter's return codes into errors: anything it refuses is our bug."""
    assert code is None or not isinstance(code, int) or code >= 0, f"XlsxWriter refused: {code}"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The facts of a file in its properties, and on paper by the marking and reference of its case."""

    case: Case
    title: str
    subject: str
    uuid: str
    schema: str
    as_at: date


class _BookWriter:
    def __init__(self, book: Book, pages: Sequence[SheetPage], facts: FileFacts, file: io.BytesIO) -> None:
        self.book, self.pages, self.facts = book, pages, facts
        self.out = _OutputFile(
            file, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
        )
        self._formats: dict[tuple[str, bool], Format] = {}

    def format(self, name: str, *, conditional: bool = False) -> Format:
        if (name, conditional) not in self._formats:
            properties = CONDITIONAL[name] if conditional else style_properties(name)
            self._formats[name, conditional] = self.out.add_format(dict(properties))
        return self._formats[name, conditional]

    def run(self) -> None:
        facts, as_at = self.facts, self.facts.as_at
        self.out.set_properties(
            {
                "title": facts.title,
                "subject": facts.subject,
                "category": facts.case.marking,
                # A fixed time, so that the same input gives the same bytes.
                "created": datetime(as_at.year, as_at.month, as_at.day, tzinfo=UTC).replace(tzinfo=None),
            }
        )
        self.out.set_custom_property("Tracker UUID", facts.uuid)
        self.out.set_custom_property("Tracker schema", facts.schema)
        self.out.set_calc_mode("auto")
        sheets = [self.out.add_worksheet(page.name, _SheetWriter) for page in self.pages]
        for name, area in sorted(self.book.names.items()):
            column = column_letters(area.column)
            last = f":${column}${area.last_row}" if area.last_row != area.first_row else ""
            _done(self.out.define_name(name, f"={quoted(area.sheet)}!${column}${area.first_row}{last}"))
        for sheet, page in zip(sheets, self.pages, strict=True):
            self._sheet(sheet, page)
        sheets[0].activate()
        self.out.close()

    def _sheet(self, sheet: Any, page: SheetPage) -> None:
        for column, (width, name) in page.widths.items():
            folded = page.folded[0] <= column <= page.folded[1]
            level = 2 if column in page.hidden_columns else 1
            options: dict[str, Any] = {"hidden": True} if folded or column in page.hidden_columns else {}
            options |= {"level": level} if folded else {}
            style = self.format(name) if name else None
            _done(sheet.set_column(column - 1, column - 1, width, style, options))
        if page.folded[0]:
            sheet.set_column(page.folded[1], page.folded[1], None, None, {"collapsed": True})
        for row, height in page.heights.items():
            _done(sheet.set_row_pixels(row - 1, round(height / _PIXELS)))
        self._tables(sheet, page)
        self._cells(sheet, page)
        for check in page.checks:
            self._check(sheet, check)
        for colour in page.colours:
            rule: dict[str, Any] = {"format": self.format(colour.style, conditional=True)}
            if colour.word:
                rule |= {"type": "cell", "criteria": "==", "value": f'"{colour.word}"'}
            else:
                rule |= {"type": "formula", "criteria": f"={colour.formula}"}
            _done(sheet.conditional_format(*_corners(colour.block), rule))
        self._paper(sheet, page)

    def _tables(self, sheet: Any, page: SheetPage) -> None:
        book = self.book
        for marked in page.tables:
            table = book.tables[marked.name]
            contents = book.contents[page.name]
            columns = []
            for column in marked.columns:
                number = table.columns[column.title]
                first = contents.get((table.header_row + 1, number))
                described: dict[str, Any] = {
                    "header": column.title,
                    "header_format": self.format(page.styles[table.header_row, number]),
                    "format": self.format(page.styles[table.header_row + 1, number]),
                }
                if isinstance(first, Formula) and column.kind == "formula" and marked.name != rules.CLOCKS:
                    described["formula"] = in_table(first.text, marked.name)
                columns.append(described)
            numbers = table.columns.values()
            block = (table.header_row - 1, min(numbers) - 1, table.last_row - 1, max(numbers) - 1)
            options = {"name": marked.name, "columns": columns, "autofilter": marked.filters, "style": None}
            _done(sheet.add_table(*block, options | {"banded_rows": False}))

    def _cells(self, sheet: Any, page: SheetPage) -> None:
        book, name = self.book, page.name
        for (row, column), content in book.contents[name].items():
            style = self.format(page.styles[row, column])
            at = (row - 1, column - 1)
            if isinstance(content, Formula):
                table = book.table_at(name, row, column)
                text = in_table(content.text, table) if table else content.text
                value = book.cell(name, row, column)
                value = value.code if isinstance(value, Error) else value
                value = xml_text(value) if isinstance(value, str) else value
                if content.array:
                    _done(sheet.write_array_formula(*at, *at, f"{{={text}}}", style, value))
                else:
                    _done(sheet.write_formula(*at, text, style, value))
            elif content is None:
                _done(sheet.write_blank(*at, None, style))
            elif isinstance(content, str):
                _done(sheet.write_string(*at, xml_text(content), style))
            else:
                _done(sheet.write_number(*at, content, style))

    @staticmethod
    def _check(sheet: Any, check: CellCheck) -> None:
        options: dict[str, Any] = {"validate": check.kind, "ignore_blank": True}
        if check.message and check.kind != "formula":
            options |= {"input_title": check.title[:32], "input_message": check.message}
        if check.kind == "date":
            options |= {
                "criteria": "between",
                "minimum": f"={_FIRST_DAY}",
                "maximum": f"={_LAST_DAY}",
                "error_title": "A date is needed",
                "error_message": "Type a date such as 9/11/2026. Words belong in Progress or a note.",
            }
        elif check.kind == "list":
            options |= {
                "source": f"={check.source}" if check.source else list(check.words),
                "error_title": "Please take one from the list",
                "error_message": "Take one of the words from the list, or clear the cell.",
                "show_error": check.strict,
            }
        elif check.kind == "formula":
            options |= {
                "validate": "custom",
                "value": "=FALSE",
                "error_type": "warning",
                "error_title": f"{check.title} is worked out",
                "error_message": check.message,
            }
        _done(sheet.data_validation(*_corners(check.block), options))

    def _paper(self, sheet: Any, page: SheetPage) -> None:
        lines = layout.on_paper(self.facts.case, page.name)
        _done(sheet.set_header(lines.header))
        _done(sheet.set_footer(lines.footer))
        sheet.set_paper(_PAPER[page.paper.paper])
        sheet.set_margins(left=0.25, right=0.25, top=0.7, bottom=0.6)
        if page.paper.landscape:
            sheet.set_landscape()
        if page.paper.scale:
            sheet.set_print_scale(page.paper.scale)
        else:
            sheet.fit_to_pages(1, 0)
        if page.paper.last_column:
            # Whole columns, so that rows typed later are printed; written so that other programs keep the area.
            last = column_letters(page.paper.last_column)
            sheet.print_area_range = f"{quoted(page.name)}!$A$1:${last}$1048576"
        if page.paper.header_row:
            _done(sheet.repeat_rows(page.paper.header_row - 1))
        sheet.set_tab_color(page.tab)
        sheet.set_zoom(page.zoom)
        sheet.hide_gridlines(2)
        sheet.set_default_row(15)
        if page.breaks:
            sheet.set_h_pagebreaks(list(page.breaks))
        if page.freeze != (0, 0):
            sheet.freeze_panes(*page.freeze)
        if page.hidden:
            sheet.hide()


def _corners(block: Block) -> tuple[int, int, int, int]:
    return block.first_row - 1, block.first_column - 1, block.last_row - 1, block.last_column - 1


def workbook_bytes(workbook: Workbook) -> bytes:
    """The workbook as the bytes of an .xlsx file; the same for the same workbook."""
    plan = workbook.plan
    facts = FileFacts(
        case=plan.case,
        title=f"Action tracker {plan.case.details.reference}".strip(),
        subject=listed(stage.name for stage in plan.procedure.stages),
        uuid=workbook.baseline.uuid,
        schema=layout.SCHEMA,
        as_at=workbook.as_at,
    )
    return file_bytes(workbook.book, workbook.pages, facts)


def file_bytes(book: Book, pages: Sequence[SheetPage], facts: FileFacts) -> bytes:
    """Pages over one book as the bytes of an .xlsx file; the same for the same pages."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _BookWriter(book, pages, facts, file).run()
    return file.getvalue()
