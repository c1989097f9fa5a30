"""A workbook's package: its parts as bytes, each kept as it is unless it is put anew."""

from __future__ import annotations

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker.formula.parse import parse_area
from tracker.workbook.patch.markup import CannotPatchError, main, parse_xml, to_xml, whole_number
from tracker.workbook.preflight import UnpackedWorkbook
from tracker.workbook.reading import FileTable

if TYPE_CHECKING:
    from collections.abc import Iterator

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = "[Content_Types].xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"
_FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_AFTER_CALC = (
    "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
    "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part: its id, its type, and the part it leads to (empty where that lies outside)."""

    id: str
    type: str
    target: str


@dataclass(frozen=True, slots=True)
class TablePart(FileTable):
    """An Excel table of the file with its sheet, its part, and whether it has a row of totals."""

    sheet: str = ""
    part: str = ""
    totals: bool = False


class Package:
    """The parts of a workbook. What is not put anew is written back byte for byte."""

    def __init__(self, content: bytes) -> None:
        """Raises `zipfile.BadZipFile` on what is no package; the preflight has seen it before.

        Raises `CannotPatchError` where the workbook cannot be found in it.
        """
        self._original = content
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._parts: dict[str, bytes] = {}
        self._changed: set[str] = set()
        unpacked = content.parts if isinstance(content, UnpackedWorkbook) else {}
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                name = info.filename
                self._infos[name] = info
                self._parts[name] = unpacked[name] if name in unpacked else archive.read(info)
        self.workbook = self._related("", "officeDocument")
        self.styles = self._related(self.workbook, "styles") if self.workbook else ""
        self.shared_strings = self._related(self.workbook, "sharedStrings") if self.workbook else ""
        if not self.workbook or not self.styles:
            raise CannotPatchError("a package whose workbook or styles cannot be found")

    def _related(self, part: str, kind: str) -> str:
        """The part of a kind that another leads to; empty where there is none."""
        targets = (each.target for each in self.relations(part) if each.type == f"{RELATION}/{kind}")
        return next((target for target in targets if target in self._parts), "")

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def read(self, part: str) -> bytes:
        """The bytes of a part."""
        return self._parts[part]

    def tree(self, part: str = "") -> ET.Element:
        """A part as a tree, the workbook by default; `put_tree` writes it back."""
        return parse_xml(self._parts[part or self.workbook])

    def put(self, part: str, content: bytes) -> None:
        """Give a part new bytes; the same bytes are no change."""
        if self._parts.get(part) != content:
            self._parts[part] = content
            self._changed.add(part)

    def put_tree(self, root: ET.Element, part: str = "") -> None:
        """Write a part from its tree."""
        self.put(part or self.workbook, to_xml(root))

    @property
    def changed(self) -> frozenset[str]:
        """The parts that were put anew or left out."""
        return frozenset(self._changed)

    def to_bytes(self) -> bytes:
        """The package as a file; where nothing was changed, the very file that was read."""
        if not self._changed:
            return self._original
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
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
        for each in self.tree(name).iter(f"{{{_RELATIONS}}}Relationship"):
            target = each.get("Target", "")
            if each.get("TargetMode") == "External":
                target = ""
            elif target.startswith("/"):
                target = target[1:]
            else:
                target = posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
            found.append(Relation(each.get("Id", ""), each.get("Type", ""), target))
        return found

    def sheets(self) -> dict[str, str]:
        """The part of each worksheet by its name, in the order of the tabs."""
        targets = {each.id: each.target for each in self.relations(self.workbook)}
        sheet_id = f"{{{RELATION}}}id"
        return {
            sheet.get("name", ""): target
            for sheet in self.tree().iter(main("sheet"))
            if (target := targets.get(sheet.get(sheet_id, ""), "")) in self._parts
        }

    def tables(self) -> dict[str, TablePart]:
        """The tables of every sheet, by name."""
        found = {}
        for sheet, part in self.sheets().items():
            for relation in self.relations(part):
                if relation.type.endswith("/table") and relation.target in self._parts:
                    table = _table(relation.target, sheet, self.tree(relation.target))
                    if table:
                        found[table.name] = table
        return found

    def names(self) -> dict[str, str]:
        """The defined names of the whole workbook and what each refers to."""
        named = (each for each in self.tree().iter(main("definedName")) if each.get("localSheetId") is None)
        return {each.get("name", ""): each.text or "" for each in named}

    def epoch_1904(self) -> bool:
        """Whether days are counted from 1904."""
        return any(each.get("date1904") in {"1", "true"} for each in self.tree().iter(main("workbookPr")))

    # What may be changed beside sheets and tables

    def recalculate_on_opening(self) -> None:
        """Ask every program to work all formulas out anew, and drop the order an older save had noted."""
        root = self.tree()
        names = [str(each.tag).rpartition("}")[2] for each in root]
        calc = child_of(
            root, "calcPr", next((n for n, name in enumerate(names) if name in _AFTER_CALC), len(root))
        )
        if calc.get("fullCalcOnLoad") != "1":
            calc.set("fullCalcOnLoad", "1")
            self.put_tree(root)
        for chain in self.relations(self.workbook):
            if chain.type == f"{RELATION}/calcChain":
                self._drop_entry(_relations_part(self.workbook), "Id", chain.id)
                self._drop_entry(CONTENT_TYPES, "PartName", f"/{chain.target}")
                if self._parts.pop(chain.target, None) is not None:
                    self._changed.add(chain.target)

    def _drop_entry(self, part: str, attribute: str, value: str) -> None:
        root = self.tree(part)
        for each in list(root):
            if each.get(attribute) == value:
                root.remove(each)
        self.put_tree(root, part)

    def hide(self, name: str) -> bool:
        """Hide a sheet, but never the one that is opened first; whether it showed."""
        root = self.tree()
        first = {each.get("activeTab", "0") for each in root.iter(main("workbookView"))} or {"0"}
        for at, sheet in enumerate(root.iter(main("sheet"))):
            shows = sheet.get("state", "visible") == "visible" and str(at) not in first
            if sheet.get("name") == name and shows:
                sheet.set("state", "hidden")
                self.put_tree(root)
                return True
        return False

    def add_part(self, kind: str, folder: str, content: bytes, leads_from: str) -> tuple[str, str]:
        """Put a part of a kind (`table`, `worksheet`) that another leads to; its name, and the relation's id."""
        stem = f"xl/{folder}/{kind.removeprefix('work')}"
        part = next(f"{stem}{n}.xml" for n in range(1, 10_000) if f"{stem}{n}.xml" not in self._parts)
        self.put(part, content)
        types = self.tree(CONTENT_TYPES)
        entry = {"PartName": f"/{part}", "ContentType": _TYPE.format(kind)}
        ET.SubElement(types, f"{{{_TYPES}}}Override", entry)
        self.put_tree(types, CONTENT_TYPES)
        name = _relations_part(leads_from)
        root = parse_xml(self._parts.get(name, f'<Relationships xmlns="{_RELATIONS}"/>'.encode()))
        taken = {each.get("Id") for each in root}
        relation = next(f"rId{n}" for n in range(1, 10_000) if f"rId{n}" not in taken)
        entry = {"Id": relation, "Type": f"{RELATION}/{kind}", "Target": f"/{part}"}
        ET.SubElement(root, f"{{{_RELATIONS}}}Relationship", entry)
        self.put_tree(root, name)
        return part, relation

    def add_sheet(self, name: str, content: bytes) -> str:
        """Put a new sheet behind the last; its part."""
        part, relation = self.add_part("worksheet", "worksheets", content, self.workbook)
        root = self.tree()
        sheets = root.find(main("sheets"))
        assert sheets is not None, "a workbook that was read has sheets"
        highest = max(whole_number(each.get("sheetId", "")) or 0 for each in sheets.iter(main("sheet")))
        declared = RELATION in (*root.attrib.values(), *sheets.attrib.values())
        declares = {} if declared else {"xmlns:r": RELATION}
        attributes = {"name": name, "sheetId": str(highest + 1), f"{{{RELATION}}}id": relation}
        ET.SubElement(sheets, main("sheet"), declares | attributes)
        self.put_tree(root)
        return part

    def resize_table(self, table: TablePart, last_row: int) -> None:
        """Let a table end in another row. Only its two references change in the part."""
        area = re.sub(r"([A-Z]+|\d+)", r"\$?\1", table.area)
        new = replace(table, last_row=last_row).area
        spelling = re.compile(rf"""(\sref=)(?:"{area}"|'{area}')""".encode())
        part, count = spelling.subn(rf'\g<1>"{new}"'.encode(), self._parts[table.part])
        if not count and f'ref="{new}"'.encode() not in part:
            raise CannotPatchError(f"table {table.name} does not say how far it reaches")
        self.put(table.part, part)


def child_of(root: ET.Element, name: str, place: int = 0) -> ET.Element:
    """The child of a name, put at a place where there is none."""
    held = root.find(main(name))
    if held is None:
        held = ET.Element(main(name))
        root.insert(place, held)
    return held


def _relations_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def _table(part: str, sheet: str, root: ET.Element) -> TablePart | None:
    ref = root.get("ref", "")
    area = parse_area(ref.replace("$", "")) if ":" in ref else None
    if area is None:
        return None
    return TablePart(
        str(root.get("displayName") or root.get("name", "")),
        *area,
        tuple(each.get("name", "") for each in root.iter(main("tableColumn"))),
        header=root.get("headerRowCount", "1") != "0",
        sheet=sheet,
        part=part,
        totals=root.get("totalsRowCount", "0") != "0",
    )
