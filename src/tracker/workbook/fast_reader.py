"""Whole workbooks: by our own small reader, three times as fast as openpyxl, and by openpyxl. Both answer alike.

Ours reads what XlsxWriter, Excel and LibreOffice write for us: cells, and nothing else. Anything out of the ordinary
is an `UnusualError`, and the whole file is then read by openpyxl. Damage in what holds no cells (a drop-down list, a
colour, a chart) ends openpyxl's reading and not ours.
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
from functools import cached_property, partial
from typing import TYPE_CHECKING

from tracker.formula.values import SHIFT_1904
from tracker.problems import Problem
from tracker.workbook.fast_reader_sheet import (
    BUILT_IN_DAYS,
    BUILT_IN_SPANS,
    MAIN,
    OFFICE,
    FastSheet,
    SharedParts,
    SheetReader,
    Styles,
    UnusualError,
    children,
    is_day,
    is_span,
    parse_part,
    read_sheet,
    text_in,
)
from tracker.workbook.preflight import UnpackedWorkbook, unpack
from tracker.workbook.reading import FileTable, FormulaText, SheetGrid, as_read, file_table

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Iterable, Mapping, Sequence

    from openpyxl import Workbook as XlsxWorkbook

_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_WORKBOOK, _STYLES = "xl/workbook.xml", "xl/styles.xml"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_OTHER_WORKBOOKS = ("template.main+xml", "application/vnd.ms-excel.")
_SHEET_ATTRIBUTES = frozenset(("name", "sheetId", "state", f"{{{OFFICE}}}id"))
_STATES = frozenset(("visible", "hidden", "veryHidden"))
_FORMAT_NUMBER = re.compile("[0-9]{1,9}")
_NO_TITLE = re.compile(r"[\\*?:/\[\]]")
_YES_NO = {"1": True, "true": True, "0": False, "false": False}


def merged_in_order(areas: Iterable[tuple[str, int, int]]) -> tuple[tuple[str, int, int], ...]:
    """Merged ranges (address, first row, last row) from the top down, whatever order they were kept in."""
    return tuple(sorted(areas, key=lambda area: (area[1], area[2], area[0])))


class FastBook:
    """A workbook as our own reader has it. Sheets are asked for by their titles.

    `titles` are those of the sheets that hold cells, in the order of their tabs; `from_1904`: whether days are
    counted from 1904, as old Macs did.
    """

    def __init__(self, content: bytes, like: FastBook | None = None) -> None:
        """Finds the sheets; none is read yet. This, as every method, raises `UnusualError`.

        Parts that are byte for byte those of the workbook `like` are not parsed a second time.
        """
        unpacked = content if isinstance(content, UnpackedWorkbook) else unpack(content, "")
        if isinstance(unpacked, Problem):
            raise UnusualError("a reason not to read it")
        self._package = unpacked.parts
        self._texts_part = self._declared()
        self._root = parse_part(self._part(_WORKBOOK), MAIN + "workbook")
        self.from_1904: bool = self._counts_from_1904()
        self._parts = self._sheets()
        self.titles: Sequence[str] = list(self._parts)
        self._read: dict[tuple[str, bool], FastSheet] = {}
        if like:
            self._borrow(like)
        self._tables: dict[str, Sequence[FileTable]] = {}

    def _borrow(self, like: FastBook) -> None:
        """Take over what another workbook has read of parts that are the same in this one."""
        if self._texts_part != like._texts_part or self.from_1904 is not like.from_1904:
            return
        same = {name for name, part in self._package.items() if like._package.get(name) == part}
        if not same.issuperset({self._texts_part, _STYLES} - {""}):
            return
        self._shared = like._shared
        for (title, shown), sheet in like._read.items():
            part = self._parts.get(title, "")
            if part in same and part == like._parts[title]:
                self._read[title, shown] = sheet

    def _part(self, name: str) -> bytes:
        if name not in self._package:
            raise UnusualError("a part is missing")
        return self._package[name]

    def _declared(self) -> str:
        """The part of the shared texts, empty where there is none; the workbook's own must be the usual one."""
        found: dict[str, list[str]] = {}
        root = parse_part(self._part("[Content_Types].xml"), _TYPES + "Types")
        for each in children(root, _TYPES + "Override"):
            found.setdefault(each.get("ContentType", ""), []).append(each.get("PartName", ""))
        texts = found.get(f"{_KIND}sharedStrings+xml", [])
        other = any(end in kind for kind in found for end in _OTHER_WORKBOOKS if "main+xml" in kind)
        if found.get(f"{_KIND}sheet.main+xml") != [f"/{_WORKBOOK}"] or other or len(texts) > 1:
            raise UnusualError("parts declared otherwise")
        return texts[0][1:] if texts else ""

    def _counts_from_1904(self) -> bool:
        found = children(self._root, MAIN + "workbookPr")
        answer = _YES_NO.get(found[0].get("date1904", "0")) if found else False
        if answer is None or len(found) > 1:
            raise UnusualError("an unknown calendar")
        return answer

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to by an ID: the kind, and the name of the other part."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}
        root = parse_part(self._part(f"{folder}/_rels/{name}.rels"), _PACKAGE + "Relationships")
        for each in children(root, _PACKAGE + "Relationship"):
            key, kind, target = each.get("Id"), each.get("Type"), each.get("Target")
            if not key or not kind or target is None or key in found:
                raise UnusualError("a relation without a name, or two of one")
            # A target that begins with a slash is no path from the folder.
            path = posixpath.normpath(posixpath.join("/", folder, target))
            found[key] = kind, "" if each.get("TargetMode") == "External" else path.lstrip("/")
        return found

    def _sheets(self) -> dict[str, str]:
        """The part of each sheet by its title, in the order of the tabs."""
        relations = self._relations(_WORKBOOK)
        lists = children(self._root, MAIN + "sheets")
        found: dict[str, str] = {}
        for each in children(lists[0], MAIN + "sheet") if len(lists) == 1 else ():
            title, state = each.get("name", ""), each.get("state", "visible")
            kind, part = relations.get(each.get(f"{{{OFFICE}}}id", ""), ("", ""))
            if kind != f"{OFFICE}/worksheet" or part not in self._package:
                raise UnusualError("a sheet that is no sheet of cells")
            if not title or _NO_TITLE.search(title) or title.lower() in {known.lower() for known in found}:
                raise UnusualError("a sheet whose title openpyxl would change")
            if not _SHEET_ATTRIBUTES.issuperset(each.keys()) or state not in _STATES:
                raise UnusualError("a sheet with further attributes")
            found[title] = part
        if not found or len(found) != len(lists[0]):
            raise UnusualError("no sheets, or something between them")
        return found

    @cached_property
    def _shared(self) -> SharedParts:
        root = parse_part(self._part(self._texts_part), MAIN + "sst") if self._texts_part else ()
        if any(each.tag != f"{MAIN}si" for each in root):
            raise UnusualError("something between the texts")
        texts = {b"%d" % place: text_in(each).replace("x005F_", "") for place, each in enumerate(root)}
        return SharedParts(texts, read_styles(self._part(_STYLES), from_1904=self.from_1904))

    def _sheet(self, title: str, *, shown: bool = False) -> FastSheet:
        if (title, shown) not in self._read:
            part = self._part(self._parts[title])
            self._read[title, shown] = read_sheet(part, self._shared, shown=shown)
        return self._read[title, shown]

    def grid(self, title: str) -> SheetGrid:
        """The cells of a sheet."""
        sheet = self._sheet(title)
        rows = {
            row: {
                column: as_read(value) if isinstance(value, str) and "_x0" in value else value
                for column, value in cells.items()
            }
            for row, cells in sheet.rows.items()
        }
        merged, shift = merged_in_order(sheet.merged), SHIFT_1904 * self.from_1904
        return SheetGrid(title, rows, sheet.hidden, merged, shift, partial(self.shown, title))

    def tables(self, title: str) -> Sequence[FileTable]:
        """The Excel tables on a sheet, without any that cannot be made out."""
        if title not in self._tables:
            keys = self._sheet(title).tables
            relations = self._relations(self._parts[title]) if keys else {}
            found = (self._table(relations.get(key, ("", ""))[1]) for key in keys)
            self._tables[title] = [table for table in found if table]
        return self._tables[title]

    def _table(self, part: str) -> FileTable | None:
        root = parse_part(self._part(part), MAIN + "table")
        name = root.get("name")
        if not name:
            raise UnusualError("a table without a name")
        lists = children(root, MAIN + "tableColumns")
        columns: Sequence[ET.Element] = children(lists[0], MAIN + "tableColumn") if len(lists) == 1 else []
        titles = (each.get("name", "") for each in columns)
        return file_table(name, root.get("ref", ""), titles, header=root.get("headerRowCount", "1") != "0")

    def names(self) -> Mapping[str, str]:
        """The defined names of the whole workbook, and where each leads."""
        found = (each for group in children(self._root, MAIN + "definedNames") for each in group)
        return {each.get("name", ""): each.text or "" for each in found if each.get("localSheetId") is None}

    def texts(self, title: str) -> Sequence[str]:
        """The texts in the first column, from the top down to the first cell that holds none, untouched."""
        found: list[str] = []
        part = self._part(self._parts[title])
        reader = SheetReader(part, self._shared, shown=False)
        for row, cells in reader.rows():
            value = cells.get(1) if row == len(found) + 1 else None
            if isinstance(value, FormulaText):
                raise UnusualError("formulas among the texts")
            if not isinstance(value, str):
                break
            found.append(value)
        return found

    def shown(self, title: str, row: int, column: int) -> object:
        """What a formula's cell showed when the file was saved; None where the file does not say."""
        return self._sheet(title, shown=True).rows.get(row, {}).get(column)


def read_styles(part: bytes, *, from_1904: bool) -> Styles:
    """The styles of cells from the part that holds them."""
    root = parse_part(part, MAIN + "styleSheet")
    lists, formats = children(root, MAIN + "cellXfs"), children(root, MAIN + "numFmts")
    codes = {
        _format_number(each): each.get("formatCode", "")
        for some in formats
        for each in children(some, MAIN + "numFmt")
        if "numFmtId" in each.attrib and "formatCode" in each.attrib
    }
    if len(lists) != 1 or not len(lists[0]) or len(formats) > 1 or len(codes) != sum(map(len, formats)):
        raise UnusualError("not one list of styles or formats")
    if len(children(lists[0], MAIN + "xf")) != len(lists[0]):
        raise UnusualError("something between the styles")
    kinds = {str(kind): "day" for kind in BUILT_IN_DAYS} | {str(kind): "span" for kind in BUILT_IN_SPANS}
    kinds |= {
        kind: ("span" if is_span(code) else "day") if is_day(code) else "" for kind, code in codes.items()
    }
    return Styles(
        {str(place): kinds.get(_format_number(each), "") for place, each in enumerate(lists[0])}, from_1904
    )


def _format_number(element: ET.Element) -> str:
    value = element.get("numFmtId", "0")
    if not _FORMAT_NUMBER.fullmatch(value):
        raise UnusualError("no plain number")
    return value.lstrip("0") or "0"


def fast_book(content: bytes, made_from: bytes = b"") -> FastBook:
    """A workbook as our own reader has it; of bytes that were unpacked before, always the same one.

    What was read of the workbook it is made from is not read again where it is the same.
    """
    if not isinstance(content, UnpackedWorkbook):
        return FastBook(content)
    content.book = content.book or FastBook(content, getattr(made_from, "book", None))
    book: FastBook = content.book
    return book


class LibraryBook:
    """A workbook as openpyxl reads it, which raises anything on a damaged file."""

    def __init__(self, content: bytes) -> None:
        """Loads the whole file."""
        self._content = content
        self._workbook = self._load(values=False)
        self.titles: Sequence[str] = [sheet.title for sheet in self._workbook.worksheets]
        self.from_1904: bool = self._workbook.epoch.year == 1904  # noqa: PLR2004  the other date system

    def _load(self, *, values: bool) -> XlsxWorkbook:
        import openpyxl

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it would drop on saving; we never save
            return openpyxl.load_workbook(io.BytesIO(self._content), data_only=values, keep_links=False)

    @cached_property
    def _values(self) -> XlsxWorkbook:
        """The file once more with the values of formulas; loaded only where a person typed a formula."""
        return self._load(values=True)

    def grid(self, title: str) -> SheetGrid:
        """See `FastBook`."""
        sheet = self._workbook[title]
        rows: dict[int, dict[int, object]] = {}
        # The library's own store of cells: its public iterators create every cell up to the last used corner.
        for (row, column), cell in sorted(sheet._cells.items()):  # noqa: SLF001
            value: object = cell.value
            if value is None:
                continue
            if cell.data_type == "f":
                value = FormulaText(str(getattr(value, "text", value)))
            rows.setdefault(row, {})[column] = as_read(value) if isinstance(value, str) else value
        hidden = frozenset(row for row, look in sheet.row_dimensions.items() if look.hidden)
        merged = merged_in_order(
            (area.coord, area.min_row, area.max_row) for area in sheet.merged_cells.ranges
        )
        return SheetGrid(title, rows, hidden, merged, SHIFT_1904 * self.from_1904, partial(self.shown, title))

    def names(self) -> Mapping[str, str]:
        """See `FastBook`."""
        return {name: each.attr_text or "" for name, each in dict(self._workbook.defined_names).items()}

    def tables(self, title: str) -> Sequence[FileTable]:
        """See `FastBook`."""
        found = (
            file_table(
                name,
                table.ref or "",
                (each.name or "" for each in table.tableColumns),
                header=table.headerRowCount != 0,
            )
            for name, table in dict(self._workbook[title].tables).items()
        )
        return [table for table in found if table]

    def texts(self, title: str) -> Sequence[str]:
        """See `FastBook`."""
        found: list[str] = []
        for (value,) in self._workbook[title].iter_rows(max_col=1, values_only=True):
            if not isinstance(value, str):
                break
            found.append(value)
        return found

    def shown(self, title: str, row: int, column: int) -> object:
        """See `FastBook`."""
        value: object = self._values[title].cell(row, column).value
        return value


SourceBook = FastBook | LibraryBook
"""An opened workbook: both answer alike."""
