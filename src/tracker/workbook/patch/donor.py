"""What a workbook made anew gives to a person's: whole sheets, columns and drop-downs, in the formats of that file.

The workbook made anew was written by this program, whose spelling of cells is known.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from tracker.formula.parse import area_text, parse_area
from tracker.workbook.patch.markup import escape, main, read_shared_texts, read_spans
from tracker.workbook.patch.package import child_of
from tracker.workbook.patch.parts import appended
from tracker.workbook.patch.sheet import PatchSheet, with_attribute

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Mapping, Sequence

    from tracker.workbook.patch.package import Package

_CELL = re.compile(r'(<c r="[A-Z]+\d+")(?: s="(\d+)")?(?: t="s"><v>(\d+)</v></c>)?')
_STYLE = re.compile(r'(<row [^>]*? s|<col [^>]*? style)="(\d+)"')
_COLOUR = re.compile(r'dxfId="(\d+)"')
_COL = re.compile(rb"<(?:[\w.-]+:)?col\s[^>]*/>")
_COLS = re.compile(rb"<(?:[\w.-]+:)?cols>(.*?)</(?:[\w.-]+:)?cols>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w:]+)=["']([^"']*)["']""")
_LEVEL = re.compile(rb'outlineLevelCol="\d"')
_COLOURED = re.compile(r'<conditionalFormatting sqref="([^"]*)">(.*?)</conditionalFormatting>', re.DOTALL)
_RULE = re.compile(r'(<cfRule type="cellIs"[^>]*><formula>("[^"<]*")</formula></cfRule>)')
_RULES = '<conditionalFormatting sqref="{}">{}</conditionalFormatting>'
_OWN_FORMATS = 164
"""The first number of a format that a file spells itself."""
_BEHIND_COLOURS = {main(name) for name in ("tableStyles", "colors", "extLst")}
_GROUPS = {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}


class Donor:
    """The sheets of a workbook made anew, spelled with the formats of the file they go to."""

    def __init__(self, package: Package, made: Package) -> None:
        """Formats the package lacks are put behind its own, none of which changes."""
        self._made, self._parts = made, made.sheets()
        self._texts = read_shared_texts(made.read(made.shared_strings))
        self._styles, self._colours = _adopted(package, made)
        self._pages: dict[str, PatchSheet] = {}

    def sheet(self, name: str) -> bytes:
        """A whole sheet, not chosen among the tabs, its texts in its cells."""
        text = self._made.read(self._parts[name]).decode().replace(' tabSelected="1"', "")
        text = _CELL.sub(self._cell, text)
        text = _STYLE.sub(lambda found: f'{found[1]}="{self._styles[int(found[2])]}"', text)
        return _COLOUR.sub(lambda found: f'dxfId="{self._colours[int(found[1])]}"', text).encode()

    def _cell(self, found: re.Match[str]) -> str:
        style = f' s="{self._styles[int(found[2])]}"' if found[2] else ""
        if found[3] is None:
            return found[1] + style
        words = escape(self._texts[int(found[3])])
        return f'{found[1]}{style} t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'

    def page(self, name: str) -> PatchSheet:
        """A sheet whose cells and their formats can be asked for."""
        if name not in self._pages:
            self._pages[name] = PatchSheet(self.sheet(name))
        return self._pages[name]

    def column(self, name: str, number: int) -> dict[str, str]:
        """The attributes of a column of a sheet: its width, its format, whether it is folded."""
        return columns_of(self.page(name).part).get(number, {})

    def check(self, name: str, row: int, column: int) -> str:
        """The drop-down or check of a cell, as markup; empty where it has none."""
        part = self.page(name).part
        for kind, start, end, attributes in self.page(name).spans.heads:
            areas = map(parse_area, attributes.get("sqref", "").split())
            inside = any(
                each and each[0] <= row <= each[2] and each[1] <= column <= each[3] for each in areas
            )
            if kind == "dataValidation" and inside:
                closing = part.index(b"</dataValidation>", end) + len(b"</dataValidation>")
                return part[start:closing].decode()
        return ""

    def colours(self, name: str) -> Mapping[str, str]:
        """The colour of each word in a sheet, as markup of cells and rule, by the word with its quotes."""
        part = self.page(name).part.decode()
        return {word: _RULES.format(area, rule) for area, rules in _COLOURED.findall(part)
                for rule, word in _RULE.findall(rules)}  # fmt: skip


def _adopted(package: Package, made: Package) -> tuple[list[int], list[int]]:
    """The file's index of each format and each colour of the workbook made anew."""
    ours, theirs = package.tree(package.styles), made.tree(made.styles)
    numbers = _number_formats(ours, theirs)
    places: dict[str, list[int]] = {}
    for key, name in _GROUPS.items():
        group, given = child_of(ours, name), theirs.find(main(name))
        places[key] = [appended(group, copy.deepcopy(each)) for each in (() if given is None else given)]
    formats, styles = child_of(ours, "cellXfs"), []
    for each in theirs.iterfind(f"{main('cellXfs')}/{main('xf')}"):
        new = copy.deepcopy(each)
        for key, known in places.items():
            new.set(key, str(known[int(each.get(key, "0"))]))
        new.set("numFmtId", numbers.get(each.get("numFmtId", "0"), each.get("numFmtId", "0")))
        new.set("xfId", "0")
        styles.append(appended(formats, new))
    behind = (at for at, each in enumerate(ours) if each.tag in _BEHIND_COLOURS)
    group = child_of(ours, "dxfs", next(behind, len(ours)))
    colours = [appended(group, copy.deepcopy(each)) for each in theirs.iterfind(f"{main('dxfs')}/*")]
    package.put_tree(ours, package.styles)
    return styles, colours


def _number_formats(ours: ET.Element, theirs: ET.Element) -> dict[str, str]:
    """The file's number of each format that the workbook made anew spells itself."""
    found = {}
    for each in theirs.iterfind(f"{main('numFmts')}/*"):
        group = child_of(ours, "numFmts")
        code = each.get("formatCode", "")
        known = {held.get("formatCode"): held.get("numFmtId", "") for held in group}
        last = max((int(number) for number in known.values() if number.isdigit()), default=0)
        number = known.get(code) or str(max(last + 1, _OWN_FORMATS))
        if code not in known:
            new = copy.deepcopy(each)
            new.set("numFmtId", number)
            appended(group, new)
        found[each.get("numFmtId", "")] = number
    return found


# Columns and drop-downs


def columns_of(sheet: bytes) -> dict[int, dict[str, str]]:
    """The attributes of each column; one entry may be of thousands, of which those in use are kept."""
    found: dict[int, dict[str, str]] = {}
    for tag in _COL.findall(sheet[: read_spans(sheet).data_start]):
        attributes = dict(_ATTRIBUTE.findall(tag.decode()))
        first, last = int(attributes.pop("min")), int(attributes.pop("max"))
        found |= dict.fromkeys(range(first, last + 1), attributes)
    return found


def with_columns(sheet: bytes, columns: Mapping[int, Mapping[str, str]]) -> bytes:
    """A sheet with other attributes of some columns; folded ones may lie two levels deep."""
    spans = read_spans(sheet)
    prefix = spans.prefix.decode()
    widths = {**columns_of(sheet), **columns}
    runs: list[tuple[int, int, Mapping[str, str]]] = []
    for number in sorted(widths):
        if runs and runs[-1][1] == number - 1 and runs[-1][2] == widths[number]:
            runs[-1] = (runs[-1][0], number, widths[number])
        else:
            runs.append((number, number, widths[number]))
    entries = "".join(
        f'<{prefix}col min="{first}" max="{last}"'
        + "".join(f' {name}="{value}"' for name, value in each.items())
        + "/>"
        for first, last, each in runs
    )
    whole = f"<{prefix}cols>{entries}</{prefix}cols>".encode()
    head, rest = sheet[: spans.data_start], sheet[spans.data_start :]
    if _COLS.search(head):
        head = _COLS.sub(lambda _: whole, head, count=1)
    else:
        head += whole
    return _LEVEL.sub(b'outlineLevelCol="2"', head) + rest


def with_colours(sheet: bytes, colours: Mapping[str, str]) -> bytes:
    """A sheet that colours words for which it has no rule yet."""
    spans = read_spans(sheet)
    known = sheet[spans.data_end :]
    new = "".join(rule for word, rule in colours.items() if word.encode() not in known)
    if not new or spans.prefix or b"<conditionalFormatting" not in known:
        return sheet
    at = spans.data_end + known.index(b"<conditionalFormatting")
    return sheet[:at] + new.encode() + sheet[at:]


def with_checks(sheet: bytes, checks: Sequence[tuple[str, tuple[int, int, int, int]]]) -> bytes:
    """A sheet with more drop-downs and checks, each as markup and the cells it is for."""
    written = b"".join(
        with_attribute(each, "sqref", area_text(*area)).encode() for each, area in checks if each
    )
    spans = read_spans(sheet)
    count = sum(1 for each, _ in checks if each)
    if not count or spans.prefix:
        return sheet
    at = spans.data_end
    for name, start, end in spans.behind_rows:
        if name == "dataValidations":
            held = sheet[start:end]
            count += held.count(b"<dataValidation ")
            head = re.sub(rb'(<dataValidations[^>]*?\scount=")\d+"', rb'\g<1>%d"' % count, held)
            return (
                sheet[:start]
                + head.replace(b"</dataValidations>", written + b"</dataValidations>")
                + sheet[end:]
            )
        if name in _BEFORE_CHECKS:
            at = end
    return sheet[:at] + b'<dataValidations count="%d">%b</dataValidations>' % (count, written) + sheet[at:]


_BEFORE_CHECKS = frozenset(
    (
        "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
        "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    )
)  # fmt: skip
"""What the format wants between a sheet's rows and its checks."""
