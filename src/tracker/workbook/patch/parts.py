"""What of ours is put into a package: tables made anew or put right, defined names, and plain sheets of text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.formula.parse import column_letters
from tracker.resources import templates
from tracker.text import xml_text
from tracker.workbook.patch.markup import (
    MAIN,
    TAG,
    CannotPatchError,
    escape,
    main,
    parse_xml,
    quoteattr,
    read_spans,
    whole_number,
)
from tracker.workbook.patch.package import RELATION, Package, child_of
from tracker.workbook.patch.sheet import escaped
from tracker.workbook.sheet_page import row_height

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from tracker.workbook.patch.package import TablePart

_LEVEL = re.compile(rb'(<(?:\w{1,20}:)?col\s[^>]*?)\slevel="\d*"')
_NO_STYLE = dict.fromkeys(("showFirstColumn", "showLastColumn", "showRowStripes", "showColumnStripes"), "0")
_BEFORE_NAMES = {main(name) for name in ("sheets", "functionGroups", "externalReferences")}


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
        part, relation = package.add_part("table", "tables", b"", sheet_part)
        package.put(sheet_part, _with_table(package.read(sheet_part), relation))
        root.set("id", str(_free_number(package)))
    else:
        part, root = old.part, package.tree(old.part)
    if old is None or old.name.casefold() != wanted.name.casefold():
        root.set("name", wanted.name)
        root.set("displayName", wanted.name)
    if old is None:
        root.set("totalsRowShown", "0")
    again = old is None or root.get("headerRowCount") == "0"
    root.attrib.pop("headerRowCount", None)
    root.set("ref", wanted.area)
    if root.find(main("autoFilter")) is not None or (again and wanted.filters):
        # The arrows above the columns reach as far as the table, without the row of totals.
        found = re.fullmatch(r"(.+:[A-Z]+)(\d+)", wanted.area)
        assert found is not None, "the area is ours"
        bottom = int(found[2]) - (whole_number(root.get("totalsRowCount", "")) or 0)
        child_of(root, "autoFilter").set("ref", f"{found[1]}{bottom}")
    _columns(root, wanted)
    if old is None:
        ET.SubElement(root, main("tableStyleInfo"), _NO_STYLE)
    package.put_tree(root, part)


def _columns(root: ET.Element, wanted: WantedTable) -> None:
    """One entry a column in their order; what is known of a column by its title is kept."""
    columns = root.find(main("tableColumns"))
    if columns is None:
        raise CannotPatchError(f"table {wanted.name} lists no columns")
    kept = {each.get("name", "").casefold(): each for each in columns}
    last = max((whole_number(each.get("id", "")) or 0 for each in columns), default=0)
    for each in list(columns):
        columns.remove(each)
    for title in wanted.titles:
        entry = kept.pop(title.casefold(), None)
        if entry is None:
            last += 1
            entry = ET.Element(main("tableColumn"), {"id": str(last)})
        entry.set("name", xml_text(title))
        if formula := wanted.formulas.get(title):
            child_of(entry, "calculatedColumnFormula").text = formula.removeprefix("=")
        columns.append(entry)
    columns.set("count", str(len(wanted.titles)))


def _free_number(package: Package) -> int:
    """A number no table of the file has."""
    numbers = [0]
    for part in package:
        if part.startswith("xl/tables/") and part.endswith(".xml"):
            found = re.search(rb'<(?:\w+:)?table\b[^>]*?\sid="(\d{1,9})"', package.read(part)[:2_000])
            numbers.append(int(found[1]) if found else 0)
    return max(numbers) + 1


def _with_table(sheet: bytes, relation: str) -> bytes:
    """A sheet that names one more table, where the format wants it."""
    spans = read_spans(sheet)
    prefix = spans.prefix
    entry = b'<%btablePart xmlns:r="%b" r:id="%b"/>' % (prefix, RELATION.encode(), relation.encode())
    start = end = sheet.rindex(b"</")
    for name, first, behind in spans.behind_rows:
        if name == "tableParts" and not sheet[:behind].endswith(b"/>"):
            close = sheet.rindex(b"</", first, behind)
            tag = TAG.match(sheet, first)
            assert tag is not None
            count = len(re.findall(rb"<(?:[\w.-]+:)?tablePart\s", sheet[first:behind])) + 1
            opening = re.sub(rb'\scount="\d*"', b"", tag[0])[:-1] + b' count="%d">' % count
            return sheet[:first] + opening + sheet[tag.end() : close] + entry + sheet[close:]
        if name == "tableParts":
            start, end = first, behind
            break
        if name == "extLst":
            start = end = first
    whole = b'<%btableParts count="1">%b</%btableParts>' % (prefix, entry, prefix)
    return sheet[:start] + whole + sheet[end:]


def drop_names(package: Package, names: AbstractSet[str]) -> list[str]:
    """Leave out the defined names that tables have, compared without case; the names left out.

    Gnumeric has no tables and keeps the names it could not find as defined names of errors. They hide the tables.
    """
    if b"definedName" not in package.read(package.workbook):
        return []
    root = package.tree()
    dropped = []
    for held in root.findall(main("definedNames")):
        for each in list(held):
            if each.get("name", "").casefold() in names:
                held.remove(each)
                dropped.append(each.get("name", ""))
    if dropped:
        package.put_tree(root)
    return dropped


def put_names(package: Package, places: Mapping[str, str]) -> None:
    """Let defined names lead to cells, each by its name."""
    root = package.tree()
    before = max(at for at, each in enumerate(root) if each.tag in _BEFORE_NAMES)
    held = child_of(root, "definedNames", before + 1)
    again = {name.casefold() for name in places}
    for each in list(held):
        if each.get("name", "").casefold() in again and each.get("localSheetId") is None:
            held.remove(each)
    for name, place in places.items():
        ET.SubElement(held, main("definedName"), {"name": name}).text = place
    package.put_tree(root)


def without_level(sheet: bytes) -> bytes:
    """A sheet whose columns have their level as `outlineLevel` alone: SheetJS writes a word of its own beside it.

    openpyxl cannot open such a sheet.
    """
    rows = sheet.find(b"sheetData")
    return _LEVEL.sub(rb"\1", sheet[:rows]) + sheet[rows:] if rows > 0 else sheet


def without_filter(sheet: bytes) -> bytes:
    """A sheet without arrows of its own above columns: those of its table stand there."""
    for name, start, end in read_spans(sheet).behind_rows:
        if name == "autoFilter":
            return sheet[:start] + sheet[end:]
    return sheet


# Plain sheets of ours: title, subtitle, header, rows of text

_HEADER_ROW = 3  # as in `templates/workbook/new_sheet.xml`
_HEIGHTS = {"title": 26, "subtitle": 16, "header": 24}
_CELL = re.compile(r"(?:'(?:[^']|'')+'|[A-Za-z_]\w*)!\$?[A-Z]{1,3}\$?[1-9]\d*")
_FONTS = {
    "text": ("", 10, "FF1A1A1A"),
    "title": ("<b/>", 16, "FF1F3864"),
    "subtitle": ("", 10, "FF595959"),
    "header": ("<b/>", 10, "FFFFFFFF"),
    "link": ("<u/>", 10, "FF0B5394"),
}
_NAVY = '<patternFill patternType="solid"><fgColor rgb="FF1F3864"/><bgColor indexed="64"/></patternFill>'
_SIDES = "".join(
    f'<{side} style="thin"><color rgb="FFD9D9D9"/></{side}>' for side in ("left", "right", "top", "bottom")
)


def _shape(element: ET.Element) -> tuple[object, ...]:
    """What an element holds, whatever prefixes are used."""
    inner = [_shape(each) for each in element if isinstance(each.tag, str)]
    return element.tag, dict(element.attrib), inner


def _append(root: ET.Element, parent: str, markup: str) -> int:
    """Put an element behind its like, and count it; its index. One that is there already is taken as it is."""
    group = root.find(main(parent))
    assert group is not None, f"a stylesheet has {parent}"
    return appended(group, parse_xml(f'<styleSheet xmlns="{MAIN}">{markup}</styleSheet>'.encode())[0])


def appended(group: ET.Element, child: ET.Element) -> int:
    """The index of an element in its group, to which it is put where the group has none like it."""
    held = group.findall(child.tag)
    shapes = [_shape(each) for each in held]
    if _shape(child) in shapes:
        return shapes.index(_shape(child))
    group.append(child)
    group.set("count", str(len(held) + 1))
    return len(held)


def _add_formats(package: Package) -> dict[str, int]:
    """The formats of such a sheet, put behind those the workbook has; none of its own changes."""
    root = package.tree(package.styles)
    before = sum(1 for _ in root.iter())
    fonts = {
        kind: _append(
            root,
            "fonts",
            f'<font>{mark}<sz val="{size}"/><color rgb="{colour}"/><name val="Calibri"/><family val="2"/></font>',
        )
        for kind, (mark, size, colour) in _FONTS.items()
    }
    navy = _append(root, "fills", f"<fill>{_NAVY}</fill>")
    box = _append(root, "borders", f"<border>{_SIDES}<diagonal/></border>")
    found = {}
    for kind in ("title", "subtitle", "header", "text", "link"):
        fill, border = navy if kind == "header" else 0, 0 if kind in {"title", "subtitle"} else box
        vertical = "center" if kind in {"title", "header"} else "top"
        wrap = ' wrapText="1"' if border else ""
        found[kind] = _append(
            root,
            "cellXfs",
            f'<xf numFmtId="0" fontId="{fonts[kind]}" fillId="{fill}" borderId="{border}" xfId="0" applyFont="1" '
            f'applyFill="{int(fill > 0)}" applyBorder="{int(border > 0)}" applyAlignment="1">'
            f'<alignment vertical="{vertical}"{wrap}/></xf>',
        )
    if sum(1 for _ in root.iter()) != before:
        package.put_tree(root, package.styles)
    return found


class NewSheet:
    """Gathers the rows of a sheet, then writes its part."""

    def __init__(self, title: str, subtitle: str, columns: Sequence[tuple[str, float]]) -> None:
        """`columns` are titles and widths in characters."""
        self._columns = columns
        self._lines: list[tuple[list[str], str]] = [([title], "title"), ([subtitle], "subtitle")]
        self._lines.append(([name for name, _ in columns], "header"))
        self._links: list[tuple[str, str]] = []
        self._choices: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def row(self, cells: Sequence[str], *, link: str = "", link_column: int = 0) -> None:
        """A row of texts; where `link` is the address of a cell, its column leads there."""
        self._lines.append((list(cells), "text"))
        if _CELL.fullmatch(link):
            self._links.append((f"{column_letters(link_column)}{len(self._lines)}", link))

    def choice(self, column: int, row: int, words: Sequence[str]) -> None:
        """A drop-down in a cell."""
        rows = self._choices.setdefault((column_letters(column), ",".join(words)), [])
        if rows and rows[-1][1] == row - 1:
            rows[-1] = rows[-1][0], row
        else:
            rows.append((row, row))

    def _checks(self) -> str:
        """The drop-downs as the part's element."""
        lists = []
        for (letters, words), rows in self._choices.items():
            cells = " ".join(f"{letters}{first}:{letters}{last}" for first, last in rows)
            lists.append(
                '<dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" '
                'errorTitle="Please take one from the list" '
                f'error="Take one of the words from the list, or clear the cell." sqref="{cells}">'
                f'<formula1>"{words}"</formula1></dataValidation>'
            )
        return f'<dataValidations count="{len(lists)}">{"".join(lists)}</dataValidations>' if lists else ""

    def texts(self) -> list[list[str]]:
        """The texts of the sheet, row by row."""
        return [[xml_text(cell) for cell in cells if cell] for cells, _ in self._lines if any(cells)]

    def to_bytes(self, package: Package, heads: str = "") -> bytes:
        """The sheet's part, `heads` its lines on paper; the formats it needs are put into the package."""
        styles = _add_formats(package)
        last = column_letters(max(len(cells) for cells, _ in self._lines))
        links = "".join(
            f'<hyperlink ref="{cell}" location={quoteattr(to)} display={quoteattr(to)}/>'
            for cell, to in self._links
        )
        declaration, *page = (templates() / "workbook" / "new_sheet.xml").read_text("utf-8").splitlines()
        sheet = "".join(page).format(
            area=f"A1:{last}{len(self._lines)}",
            columns="".join(
                f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
                for place, (_, width) in enumerate(self._columns, 1)
            ),
            rows="".join(self._row(styles, number, *line) for number, line in enumerate(self._lines, 1)),
            choice=self._checks(),
            links=f"<hyperlinks>{links}</hyperlinks>" if links else "",
            heads=heads,
        )
        return f"{declaration}\n{sheet}".encode()

    def _row(self, styles: Mapping[str, int], number: int, cells: Sequence[str], kind: str) -> str:
        linked = {cell for cell, _ in self._links}
        written = []
        for column, text in enumerate(cells, 1):
            at = f"{column_letters(column)}{number}"
            head = f'<c r="{at}" s="{styles["link" if at in linked else kind]}"'
            inner = f' t="inlineStr"><is><t xml:space="preserve">{escape(escaped(text))}</t></is></c>'
            written.append(head + (inner if text else "/>"))
        # LibreOffice prints the lines of a row over each other where no height is given for them.
        texts = zip(cells, (width for _, width in self._columns), strict=False)
        height = _HEIGHTS[kind] if kind in _HEIGHTS else row_height(list(texts))
        return f'<row r="{number}" ht="{height:g}">{"".join(written)}</row>'
