"""Our own small reader of workbooks, several times as fast as the library: cells, and nothing else.

It reads what XlsxWriter, Excel and LibreOffice write for us. Anything out of the ordinary is an `UnusualError`, and
the whole file is then read by the library: the reading is the same, only later. Only the sheets that are asked for
are unpacked, and of them only what gives cells their values; damage in what holds no cells (a drop-down list, a
colour, a chart) ends the library's reading and not this one's.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from functools import cached_property
from typing import TYPE_CHECKING

from tracker.workbook.cells import first_texts, merged_in_order
from tracker.workbook.fast_reader_sheet import RICH, FastSheet, Surroundings, read_sheet, rich_text
from tracker.workbook.fast_reader_values import read_styles
from tracker.workbook.fast_reader_xml import (
    MAIN,
    OFFICE,
    PACKAGE,
    TYPES,
    UnusualError,
    children,
    root_end,
    text_of,
    tree,
)
from tracker.workbook.grid import FileTable, FormulaText, SheetGrid, as_read, file_table

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Mapping, Sequence


_WORKBOOK = "xl/workbook.xml"
_STYLES = "xl/styles.xml"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_OTHER_WORKBOOKS = ("template.main+xml", "application/vnd.ms-excel.")
_SHEET = f"{OFFICE}/worksheet"
_SHEET_ATTRIBUTES = frozenset(("name", "sheetId", "state", f"{{{OFFICE}}}id"))
_STATES = frozenset(("visible", "hidden", "veryHidden"))
_NO_TITLE = re.compile(r"[\\*?:/\[\]]")
_YES_NO = {"1": True, "true": True, "0": False, "false": False}
_TEXT = re.compile(rf"<si>({RICH})</si>|(<si/>)")
_END_OF_TEXTS = "</sst>"


class FastBook:
    """A workbook as our own reader has it (see `cells.Book`)."""

    def __init__(self, content: bytes) -> None:
        """Finds the sheets; none is read yet.

        Raises:
            UnusualError: The file is for the library, here and in every method.
        """
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise UnusualError("no zip") from error
        self._names = frozenset(self._archive.namelist())
        self._texts_part = self._declared()
        root = tree(self._part(_WORKBOOK), f"{{{MAIN}}}workbook")
        self.from_1904: bool = _counts_from_1904(root)
        self._parts = self._sheets(root)
        self._root = root
        self.titles: Sequence[str] = list(self._parts)
        self._read: dict[tuple[str, bool, bool], FastSheet] = {}

    def _part(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except (
            LookupError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            RuntimeError,
        ) as error:
            raise UnusualError("a part is missing, damaged or packed as workbooks never are") from error

    def _declared(self) -> str:
        """The part of the shared texts, empty where there is none; the workbook's own must be the usual one."""
        found: dict[str, list[str]] = {}
        for each in children(tree(self._part("[Content_Types].xml"), f"{{{TYPES}}}Types"), TYPES, "Override"):
            found.setdefault(each.get("ContentType", ""), []).append(each.get("PartName", ""))
        texts = found.get(f"{_KIND}sharedStrings+xml", [])
        other = any(end in kind for kind in found for end in _OTHER_WORKBOOKS if "main+xml" in kind)
        if found.get(f"{_KIND}sheet.main+xml") != [f"/{_WORKBOOK}"] or other or len(texts) > 1:
            raise UnusualError("parts declared otherwise")
        return texts[0][1:] if texts else ""

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to by an ID: the kind, and the name of the other part."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}
        root = tree(self._part(f"{folder}/_rels/{name}.rels"), f"{{{PACKAGE}}}Relationships")
        for each in children(root, PACKAGE, "Relationship"):
            key, kind, target = each.get("Id"), each.get("Type"), each.get("Target")
            if not key or not kind or target is None or key in found:
                raise UnusualError("a relation without a name, or two of one")
            if each.get("TargetMode") == "External":
                target = ""
            elif target.startswith("/"):
                target = target[1:]
            else:
                target = posixpath.normpath(posixpath.join(folder, target))
            found[key] = kind, target
        return found

    def _sheets(self, root: ET.Element) -> dict[str, str]:
        """The part of each sheet by its title, in the order of the tabs."""
        relations = self._relations(_WORKBOOK)
        lists = children(root, MAIN, "sheets")
        found: dict[str, str] = {}
        for each in children(lists[0], MAIN, "sheet") if len(lists) == 1 else ():
            title, state = each.get("name", ""), each.get("state", "visible")
            kind, part = relations.get(each.get(f"{{{OFFICE}}}id", ""), ("", ""))
            if kind != _SHEET or part not in self._names:
                raise UnusualError("a sheet that is no sheet of cells")
            if not title or _NO_TITLE.search(title) or title.lower() in {known.lower() for known in found}:
                raise UnusualError("a sheet whose title the library would change")
            if not _SHEET_ATTRIBUTES.issuperset(each.keys()) or state not in _STATES:
                raise UnusualError("a sheet with further attributes")
            found[title] = part
        if not found or len(found) != len(lists[0]):
            raise UnusualError("no sheets, or something between them")
        return found

    @cached_property
    def _around(self) -> Surroundings:
        styles = read_styles(self._part(_STYLES), from_1904=self.from_1904)
        texts = self._shared_texts() if self._texts_part else []
        return Surroundings([as_read(text) for text in texts], texts, styles)

    def _shared_texts(self) -> list[str]:
        text = text_of(self._part(self._texts_part))
        if text.count("xmlns") != 1:
            raise UnusualError("names from elsewhere")
        at, end = root_end(text, "sst", text), text.rfind(_END_OF_TEXTS)
        found = []
        for piece in _TEXT.finditer(text, at, max(at, end)):
            if piece.start() != at:
                break
            at = piece.end()
            found.append(rich_text(piece[1] or "").replace("x005F_", ""))
        if at != end:
            raise UnusualError("something between the texts")
        return found

    def _sheet(self, title: str, *, values: bool = False, untouched: bool = False) -> FastSheet:
        key = title, values, untouched
        if key not in self._read:
            text = text_of(self._part(self._parts[title]))
            self._read[key] = read_sheet(text, self._around, values=values, untouched=untouched)
        return self._read[key]

    def grid(self, title: str) -> SheetGrid:
        """See `SourceBook`."""
        sheet = self._sheet(title)
        return SheetGrid(title, sheet.rows, sheet.hidden, merged_in_order(sheet.merged))

    def tables(self, title: str) -> Sequence[FileTable]:
        """See `SourceBook`."""
        keys = self._sheet(title).tables
        relations = self._relations(self._parts[title]) if keys else {}
        found = (self._table(relations.get(key, ("", ""))[1]) for key in keys)
        return [table for table in found if table]

    def names(self) -> Mapping[str, str]:
        """See `SourceBook`."""
        found = (each for group in children(self._root, MAIN, "definedNames") for each in group)
        return {each.get("name", ""): each.text or "" for each in found if each.get("localSheetId") is None}

    def _table(self, part: str) -> FileTable | None:
        root = tree(self._part(part), f"{{{MAIN}}}table")
        name = root.get("name")
        if not name:
            raise UnusualError("a table without a name")
        lists = children(root, MAIN, "tableColumns")
        columns = children(lists[0], MAIN, "tableColumn") if len(lists) == 1 else []
        titles = (each.get("name", "") for each in columns)
        return file_table(name, root.get("ref", ""), titles, header=root.get("headerRowCount", "1") != "0")

    def texts(self, title: str) -> Sequence[str]:
        """See `SourceBook`."""
        rows = self._sheet(title, untouched=True).rows
        found = [cells.get(1) for row, cells in rows.items() if row <= len(rows)]
        if any(isinstance(value, FormulaText) for value in found):
            raise UnusualError("formulas among the texts")
        return first_texts(rows)

    def shown(self, title: str, row: int, column: int) -> object:
        """See `SourceBook`."""
        return self._sheet(title, values=True, untouched=True).rows.get(row, {}).get(column)


def _counts_from_1904(root: ET.Element) -> bool:
    found = children(root, MAIN, "workbookPr")
    answer = _YES_NO.get(found[0].get("date1904", "0")) if found else False
    if answer is None or len(found) > 1:
        raise UnusualError("an unknown calendar")
    return answer
