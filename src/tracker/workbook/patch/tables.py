"""The parts of a package that describe tables: made anew where they are gone, and put right where they are not."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.text import xml_text
from tracker.workbook.patch.markup import MAIN, parse_xml, to_xml
from tracker.workbook.patch.package import CONTENT_TYPES, RELATION, TABLE, TYPES, Package
from tracker.workbook.patch.spans import TAG, CannotPatchError, read_spans, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from tracker.workbook.patch.package import TablePart

_TABLE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
_NAME = re.compile(rb"</?(?:[\w.-]+:)?([\w.-]+)")


@dataclass(frozen=True, slots=True)
class WantedTable:
    """A table as it has to be: its cells, its titles from left to right, and the formulas of its columns by title."""

    name: str
    area: str
    titles: Sequence[str]
    formulas: Mapping[str, str] = field(default_factory=dict)
    filters: bool = True


def put_table(package: Package, sheet_part: str, old: TablePart | None, wanted: WantedTable) -> None:
    """Let a table be as wanted; `old` is its part where it has one."""
    if old is None:
        root = parse_xml(f'<table xmlns="{MAIN}"><tableColumns/></table>'.encode())
        part = _new_part(package, sheet_part)
        root.set("id", str(_free_number(package)))
        root.set("name", wanted.name)
        root.set("displayName", wanted.name)
        root.set("totalsRowShown", "0")
    else:
        part, root = old.part, parse_xml(package.read(old.part))
        if old.name.casefold() != wanted.name.casefold():
            root.set("name", wanted.name)
            root.set("displayName", wanted.name)
    again = old is None or root.get("headerRowCount") == "0"
    root.attrib.pop("headerRowCount", None)
    root.set("ref", wanted.area)
    _filter(root, wanted, again=again)
    _columns(root, wanted)
    if old is None:
        ET.SubElement(root, f"{{{MAIN}}}tableStyleInfo", dict.fromkeys(_STYLE, "0"))
    package.put(part, to_xml(root))


_STYLE = ("showFirstColumn", "showLastColumn", "showRowStripes", "showColumnStripes")


def _filter(root: ET.Element, wanted: WantedTable, *, again: bool) -> None:
    """The arrows above the columns reach as far as the table, without the row of totals."""
    held = root.find(f"{{{MAIN}}}autoFilter")
    if held is None and again and wanted.filters:
        held = ET.Element(f"{{{MAIN}}}autoFilter")
        root.insert(0, held)
    if held is not None:
        first, _, last = wanted.area.partition(":")
        found = re.fullmatch(r"([A-Z]+)(\d+)", last)
        assert found is not None, "the area is ours"
        bottom = int(found[2]) - (whole_number(root.get("totalsRowCount", "")) or 0)
        held.set("ref", f"{first}:{found[1]}{bottom}")


def _columns(root: ET.Element, wanted: WantedTable) -> None:
    """One entry a column in their order; what is known of a column by its title is kept."""
    columns = root.find(f"{{{MAIN}}}tableColumns")
    if columns is None:
        raise CannotPatchError(f"table {wanted.name} lists no columns")
    kept = {each.get("name", "").casefold(): each for each in columns}
    taken = {whole_number(each.get("id", "")) or 0 for each in columns}
    for each in list(columns):
        columns.remove(each)
    for title in wanted.titles:
        entry = kept.pop(title.casefold(), None)
        if entry is None:
            number = max(taken, default=0) + 1
            taken.add(number)
            entry = ET.Element(f"{{{MAIN}}}tableColumn", {"id": str(number)})
        entry.set("name", xml_text(title))
        formula = wanted.formulas.get(title)
        if formula:
            _formula(entry, formula)
        columns.append(entry)
    columns.set("count", str(len(wanted.titles)))


def _formula(entry: ET.Element, formula: str) -> None:
    held = entry.find(f"{{{MAIN}}}calculatedColumnFormula")
    if held is None:
        held = ET.Element(f"{{{MAIN}}}calculatedColumnFormula")
        entry.insert(0, held)
    held.text = formula.removeprefix("=")


def _free_number(package: Package) -> int:
    """A number no table of the file has."""
    numbers = [0]
    for part in package:
        if part.startswith("xl/tables/") and part.endswith(".xml"):
            found = re.search(rb'<(?:\w+:)?table\b[^>]*?\sid="(\d{1,9})"', package.read(part)[:2_000])
            numbers.append(int(found[1]) if found else 0)
    return max(numbers) + 1


def _new_part(package: Package, sheet_part: str) -> str:
    """A new part for a table of a sheet, declared and led to."""
    part = next(
        f"xl/tables/table{n}.xml" for n in range(1, 10_000) if f"xl/tables/table{n}.xml" not in package
    )
    package.put(part, b"")
    types = parse_xml(package.read(CONTENT_TYPES))
    ET.SubElement(types, f"{{{TYPES}}}Override", {"PartName": f"/{part}", "ContentType": _TABLE_TYPE})
    package.put(CONTENT_TYPES, to_xml(types))
    relation = package.relate(sheet_part, TABLE, f"/{part}")
    package.put(sheet_part, _with_table(package.read(sheet_part), relation))
    return part


def _with_table(sheet: bytes, relation: str) -> bytes:
    """A sheet that names one more table, where the format wants it."""
    spans = read_spans(sheet)
    prefix = spans.prefix
    entry = b'<%btablePart xmlns:r="%b" r:id="%b"/>' % (prefix, RELATION.encode(), relation.encode())
    place = sheet.rindex(b"</")
    for name, start, end in children_after(sheet, spans.data_end):
        if name == b"tableParts":
            if sheet[:end].endswith(b"/>"):
                return (
                    sheet[:start]
                    + b'<%btableParts count="1">%b</%btableParts>' % (prefix, entry, prefix)
                    + sheet[end:]
                )
            close = sheet.rindex(b"</", start, end)
            tag = TAG.match(sheet, start)
            assert tag is not None
            count = len(re.findall(rb"<(?:[\w.-]+:)?tablePart\s", sheet[start:end])) + 1
            opening = re.sub(rb'\scount="\d*"', b"", tag[0])[:-1] + b' count="%d">' % count
            return sheet[:start] + opening + sheet[tag.end() : close] + entry + sheet[close:]
        if name == b"extLst":
            place = start
    whole = b'<%btableParts count="1">%b</%btableParts>' % (prefix, entry, prefix)
    return sheet[:place] + whole + sheet[place:]


def children_after(sheet: bytes, at: int) -> Iterator[tuple[bytes, int, int]]:
    """The elements behind a sheet's rows: name, where each begins and where it ends."""
    depth = begin = 0
    name = b""
    while (at := sheet.find(b"<", at)) >= 0:
        tag = TAG.match(sheet, at)
        if tag is None:
            return
        closing, alone = tag[0].startswith(b"</"), tag[0].endswith(b"/>")
        if tag[0].startswith(b"<!") or tag[0].startswith(b"<?"):
            at = tag.end()
            continue
        if not depth:
            found = _NAME.match(tag[0])
            name, begin = found[1] if found else b"", at
            if closing:
                return
        depth += 0 if alone else -1 if closing else 1
        at = tag.end()
        if not depth:
            yield name, begin, at


def drop_names(package: Package, names: AbstractSet[str]) -> list[str]:
    """Leave out the defined names that tables have, compared without case; the names left out.

    Gnumeric knows no tables and keeps the names it could not find as defined names of errors. They hide the tables.
    """
    content = package.read(package.workbook)
    if b"definedName" not in content:
        return []
    root = parse_xml(content)
    dropped = []
    for held in root.findall(f"{{{MAIN}}}definedNames"):
        for each in list(held):
            if each.get("name", "").casefold() in names:
                held.remove(each)
                dropped.append(each.get("name", ""))
    if dropped:
        package.put(package.workbook, to_xml(root))
    return dropped


_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")


def put_names(package: Package, places: Mapping[str, str]) -> None:
    """Let defined names lead to cells, each by its name."""
    root = parse_xml(package.read(package.workbook))
    held = root.find(f"{{{MAIN}}}definedNames")
    if held is None:
        held = ET.Element(f"{{{MAIN}}}definedNames")
        earlier = {f"{{{MAIN}}}{name}" for name in _BEFORE_NAMES}
        before = [at for at, each in enumerate(root) if each.tag in earlier]
        root.insert(max(before) + 1, held)
    again = {name.casefold() for name in places}
    for each in list(held):
        if each.get("name", "").casefold() in again and each.get("localSheetId") is None:
            held.remove(each)
    for name, place in places.items():
        ET.SubElement(held, f"{{{MAIN}}}definedName", {"name": name}).text = place
    package.put(package.workbook, to_xml(root))


_LEVEL = re.compile(rb'(<(?:\w{1,20}:)?col\s[^>]*?)\slevel="\d*"')


def without_level(sheet: bytes) -> bytes:
    """A sheet whose columns say their level by `outlineLevel` alone: SheetJS writes a word beside it that nobody knows.

    openpyxl cannot open such a sheet.
    """
    rows = sheet.find(b"sheetData")
    return _LEVEL.sub(rb"\1", sheet[:rows]) + sheet[rows:] if rows > 0 else sheet


def without_filter(sheet: bytes) -> bytes:
    """A sheet without arrows of its own above columns: those of its table stand there."""
    for name, start, end in children_after(sheet, read_spans(sheet).data_end):
        if name == b"autoFilter":
            return sheet[:start] + sheet[end:]
    return sheet
