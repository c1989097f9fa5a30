"""A workbook's package: its parts as bytes, each kept as it is unless it is put anew."""

from __future__ import annotations

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.workbook.patch.markup import MAIN, parse_xml, to_xml
from tracker.workbook.patch.spans import CannotPatchError, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET = f"{RELATION}/worksheet"
TABLE = f"{RELATION}/table"
_CALC_CHAIN = f"{RELATION}/calcChain"
_SHARED_STRINGS = f"{RELATION}/sharedStrings"
_STYLES = f"{RELATION}/styles"
_WORKBOOK = f"{RELATION}/officeDocument"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)

CONTENT_TYPES = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part: its id, its type, and the part it leads to (empty where that lies outside)."""

    id: str
    type: str
    target: str


@dataclass(frozen=True, slots=True)
class TablePart:
    """An Excel table of the file: its part, and the corners of its cells (1-based, header included)."""

    name: str
    part: str
    sheet: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int
    titles: tuple[str, ...]
    totals: bool = False
    header: bool = True


class ByName(dict[str, TablePart]):
    """Tables by their names, found without regard to case as spreadsheet programs do."""

    def __missing__(self, name: str) -> TablePart:
        word = name.casefold()
        for known in self:
            if known.casefold() == word:
                return self[known]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The table of a name, or something else."""
        try:
            return self[name]
        except KeyError:
            return otherwise


class Package:
    """The parts of a workbook. What is not put anew is written back byte for byte."""

    def __init__(self, content: bytes) -> None:
        """Raises `zipfile.BadZipFile` on what is no package; the preflight has seen it before.

        Raises `CannotPatchError` where the workbook cannot be found in it.
        """
        self._original = content
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._parts: dict[str, bytes] = {}
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                self._infos[info.filename] = info
                self._parts[info.filename] = archive.read(info)
        self._changed: set[str] = set()
        self.workbook = self._related("", _WORKBOOK)
        self.styles = self._related(self.workbook, _STYLES) if self.workbook else ""
        self.shared_strings = self._related(self.workbook, _SHARED_STRINGS) if self.workbook else ""
        if not self.workbook or not self.styles:
            raise CannotPatchError("a package whose workbook or styles cannot be found")

    def _related(self, part: str, kind: str) -> str:
        """The part of a kind that another leads to; empty where there is none."""
        targets = (each.target for each in self.relations(part) if each.type == kind)
        return next((target for target in targets if target in self._parts), "")

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def read(self, part: str) -> bytes:
        """The bytes of a part."""
        return self._parts[part]

    def put(self, part: str, content: bytes) -> None:
        """Give a part new bytes; the same bytes are no change."""
        if self._parts.get(part) != content:
            self._parts[part] = content
            self._changed.add(part)

    def drop(self, part: str) -> None:
        """Leave a part out."""
        if self._parts.pop(part, None) is not None:
            self._changed.add(part)

    @property
    def changed(self) -> frozenset[str]:
        """The parts that were put anew or left out."""
        return frozenset(self._changed)

    def to_bytes(self) -> bytes:
        """The package as a file; where nothing was changed, the very file that was read."""
        if not self._changed:
            return self._original
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self._parts.items():
                old = self._infos.get(name)
                info = zipfile.ZipInfo(name, old.date_time if old else _FIRST_ZIP_DAY)
                info.compress_type = zipfile.ZIP_DEFLATED if content else zipfile.ZIP_STORED
                info.external_attr = old.external_attr if old else 0o600 << 16
                archive.writestr(info, content)
        return file.getvalue()

    # What leads where

    def relations(self, part: str) -> list[Relation]:
        """The relations of a part, in the file's order."""
        name = _relations_part(part)
        if name not in self._parts:
            return []
        found = []
        for each in parse_xml(self._parts[name]).iter(f"{{{_RELATIONS}}}Relationship"):
            outside = each.get("TargetMode") == "External"
            target = "" if outside else _resolved(part, each.get("Target", ""))
            found.append(Relation(each.get("Id", ""), each.get("Type", ""), target))
        return found

    def sheets(self) -> dict[str, str]:
        """The part of each worksheet by its name, in the order of the tabs."""
        targets = {each.id: each.target for each in self.relations(self.workbook)}
        root = parse_xml(self._parts[self.workbook])
        named = {}
        for sheet in root.iter(f"{{{MAIN}}}sheet"):
            target = targets.get(sheet.get(f"{{{RELATION}}}id", ""), "")
            if target in self._parts:
                named[sheet.get("name", "")] = target
        return named

    def tables(self) -> ByName:
        """The tables of every sheet, by name."""
        found = ByName()
        for sheet, part in self.sheets().items():
            for relation in self.relations(part):
                if relation.type.endswith("/table") and relation.target in self._parts:
                    table = _table(relation.target, sheet, parse_xml(self._parts[relation.target]))
                    if table:
                        found[table.name] = table
        return found

    def names(self) -> dict[str, str]:
        """The defined names of the whole workbook and what each refers to."""
        root = parse_xml(self._parts[self.workbook])
        return {
            each.get("name", ""): each.text or ""
            for each in root.iter(f"{{{MAIN}}}definedName")
            if each.get("localSheetId") is None
        }

    def epoch_1904(self) -> bool:
        """Whether days are counted from 1904."""
        root = parse_xml(self._parts[self.workbook])
        return any(each.get("date1904") in {"1", "true"} for each in root.iter(f"{{{MAIN}}}workbookPr"))

    # What may be changed beside sheets and tables

    def recalculate_on_opening(self) -> None:
        """Ask every program to work all formulas out anew, and drop the order an older save had noted."""
        root = parse_xml(self._parts[self.workbook])
        calc = root.find(f"{{{MAIN}}}calcPr")
        if calc is None:
            calc = ET.Element(f"{{{MAIN}}}calcPr")
            root.insert(_place_of_calc(root), calc)
        if calc.get("fullCalcOnLoad") != "1":
            calc.set("fullCalcOnLoad", "1")
            self.put(self.workbook, to_xml(root))
        chains = [each for each in self.relations(self.workbook) if each.type == _CALC_CHAIN]
        for chain in chains:
            self._unrelate(self.workbook, chain.id)
            self._untype(chain.target)
            self.drop(chain.target)

    def hide(self, name: str) -> bool:
        """Hide a sheet, but never the one that is opened first; whether it showed."""
        root = parse_xml(self._parts[self.workbook])
        first = {each.get("activeTab", "0") for each in root.iter(f"{{{MAIN}}}workbookView")} or {"0"}
        for at, sheet in enumerate(root.iter(f"{{{MAIN}}}sheet")):
            shows = sheet.get("state", "visible") == "visible" and str(at) not in first
            if sheet.get("name") == name and shows:
                sheet.set("state", "hidden")
                self.put(self.workbook, to_xml(root))
                return True
        return False

    def _unrelate(self, part: str, relation_id: str) -> None:
        name = _relations_part(part)
        root = parse_xml(self._parts[name])
        for each in list(root):
            if each.get("Id") == relation_id:
                root.remove(each)
        self.put(name, to_xml(root))

    def _untype(self, part: str) -> None:
        root = parse_xml(self._parts[CONTENT_TYPES])
        for each in list(root):
            if each.get("PartName") == f"/{part}":
                root.remove(each)
        self.put(CONTENT_TYPES, to_xml(root))

    def add_sheet(self, name: str, content: bytes) -> str:
        """Put a new sheet behind the last; its part."""
        number = next(n for n in range(1, 10_000) if f"xl/worksheets/sheet{n}.xml" not in self._parts)
        part = f"xl/worksheets/sheet{number}.xml"
        self.put(part, content)
        types = parse_xml(self._parts[CONTENT_TYPES])
        ET.SubElement(types, f"{{{TYPES}}}Override", {"PartName": f"/{part}", "ContentType": _SHEET_TYPE})
        self.put(CONTENT_TYPES, to_xml(types))
        relation = self.relate(self.workbook, _SHEET, f"/{part}")
        root = parse_xml(self._parts[self.workbook])
        sheets = root.find(f"{{{MAIN}}}sheets")
        assert sheets is not None, "a workbook that was read has sheets"
        highest = max(whole_number(each.get("sheetId", "")) or 0 for each in sheets.iter(f"{{{MAIN}}}sheet"))
        declared = RELATION in (*root.attrib.values(), *sheets.attrib.values())
        declares = {} if declared else {"xmlns:r": RELATION}
        attributes = {"name": name, "sheetId": str(highest + 1), f"{{{RELATION}}}id": relation}
        ET.SubElement(sheets, f"{{{MAIN}}}sheet", declares | attributes)
        self.put(self.workbook, to_xml(root))
        return part

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part lead to another; the relation's id."""
        name = _relations_part(part)
        none = f'<Relationships xmlns="{_RELATIONS}"/>'.encode()
        root = parse_xml(self._parts.get(name, none))
        taken = {each.get("Id") for each in root}
        relation = next(f"rId{n}" for n in range(1, 10_000) if f"rId{n}" not in taken)
        ET.SubElement(root, f"{{{_RELATIONS}}}Relationship", {"Id": relation, "Type": kind, "Target": target})
        self.put(name, to_xml(root))
        return relation

    def resize_table(self, table: TablePart, last_row: int) -> None:
        """Let a table end in another row. Only its two references change in the part."""
        old = _reference(table.first_row, table.first_column, table.last_row, table.last_column)
        new = _reference(table.first_row, table.first_column, last_row, table.last_column)
        area = "".join(rf"\$?{piece}" for piece in re.findall(r"[A-Z]+|\d+|:", old)).replace(r"\$?:", ":")
        spelling = re.compile(rf"""(\sref=)(?:"{area}"|'{area}')""".encode())
        part, count = spelling.subn(rf'\g<1>"{new}"'.encode(), self._parts[table.part])
        if not count and f'ref="{new}"'.encode() not in part:
            raise CannotPatchError(f"table {table.name} does not say how far it reaches")
        self.put(table.part, part)


def _relations_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def _resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


def _table(part: str, sheet: str, root: ET.Element) -> TablePart | None:
    from tracker.formula.parse import column_number

    area = _AREA.fullmatch(root.get("ref", ""))
    if area is None:
        return None
    titles = tuple(each.get("name", "") for each in root.iter(f"{{{MAIN}}}tableColumn"))
    first_column, last_column = column_number(area[1]), column_number(area[3])
    name = str(root.get("displayName") or root.get("name", ""))
    totals = root.get("totalsRowCount", "0") != "0"
    header = root.get("headerRowCount", "1") != "0"
    return TablePart(
        name, part, sheet, int(area[2]), first_column, int(area[4]), last_column, titles, totals, header
    )


def _reference(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    from tracker.formula.parse import column_letters

    return f"{column_letters(first_column)}{first_row}:{column_letters(last_column)}{last_row}"


_AFTER_CALC = (
    "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
    "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip


def _place_of_calc(root: ET.Element) -> int:
    """Where the schema wants `calcPr` among the children of the workbook."""
    for place, child in enumerate(root):
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] in _AFTER_CALC:
            return place
    return len(root)
