"""A small real tracker, its parts, and what the builders of hostile files do to them."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from lxml import etree  # type: ignore[import-untyped]  # ships no types
from office.package import MAIN, Package, cell_at
from workbook.making import PROCEDURE, made

from tracker.case.model import Agency, Case, Child, Details, Person
from tracker.formula.parse import column_letters
from tracker.workbook import layout
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tracker.procedure.model import Procedure

    Parts = Mapping[str, bytes]
    Change = Callable[[dict[str, bytes]], None]

AS_AT = date(2026, 11, 4)
CASE = Case(
    Details(reference="DOR-2026-099", incident=date(2026, 10, 30), aware=date(2026, 11, 2)),
    children=(Child("Child 1"),),
    agencies=(Agency("Dorset Police", "POL", statutory=True, contact="P. Example"),),
    people={role.name: Person(f"{role.name[:1]}. Example") for role in PROCEDURE.roles if not role.option},
)

TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
STYLES = "xl/styles.xml"
THEME = "xl/theme/theme1.xml"
STRINGS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
FIRST_ROW = layout.HEADER_ROW + 1


@dataclass(frozen=True)
class Kind:
    """A kind of file that somebody may hand over.

    `code` is the one problem it gives, and the exit code is 1; with no code it is read like the workbook it was
    made from.
    """

    name: str
    code: str
    make: Callable[[Path], Path]


@cache
def tracker() -> bytes:
    """A real tracker, as it is issued."""
    return workbook_bytes(made(CASE, AS_AT))


def small_procedure() -> Procedure:
    """The Dorset set with few steps of each stage, for tests that read many workbooks."""
    needed = {clock.step for clock in PROCEDURE.clocks} | {stage.milestone for stage in PROCEDURE.stages}
    stages = []
    for stage in PROCEDURE.stages:
        first = {step.id for step in stage.steps[:3]} | needed
        kept = [replace(step, after=()) for step in stage.steps if step.id in first]
        stages.append(replace(stage, steps=tuple(kept)))
    return replace(PROCEDURE, stages=tuple(stages))


@cache
def parts() -> Parts:
    """The parts of the real tracker."""
    return parts_of(tracker())


def parts_of(content: bytes) -> dict[str, bytes]:
    """A package's parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def packed(members: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Parts as a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def file(content: bytes | Callable[[], bytes], name: str = "case.xlsx") -> Callable[[Path], Path]:
    """What writes a file of these bytes."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content())
        return path

    return make


def changed(*changes: Change) -> Callable[[Path], Path]:
    """What writes the tracker with its parts changed."""

    def content() -> bytes:
        members = dict(parts())
        for change in changes:
            change(members)
        return packed(members)

    return file(content)


def insert(part: str, before: bytes, new: bytes | Callable[[], bytes]) -> Change:
    """Put something into a part, in front of the first place where `before` stands."""

    def change(members: dict[str, bytes]) -> None:
        assert before in members[part], (part, before)
        made = new if isinstance(new, bytes) else new()
        members[part] = members[part].replace(before, made + before, 1)

    return change


def swap(part: str, old: bytes, new: bytes) -> Change:
    """Put something in the place of something else, wherever it stands in a part."""

    def change(members: dict[str, bytes]) -> None:
        assert old in members[part], (part, old)
        members[part] = members[part].replace(old, new)

    return change


def recoded(part: str, code: str, declared: str, *, mark: bytes = b"") -> Change:
    """Spell a part in another encoding."""

    def change(members: dict[str, bytes]) -> None:
        text = members[part].decode()
        _, _, rest = text.partition("?>")
        members[part] = mark + f'<?xml version="1.0" {declared}?>{rest}'.encode(code)

    return change


@cache
def sheet(name: str) -> str:
    """The part of a sheet: `xl/worksheets/sheet3.xml`."""
    return Package(dict(parts())).sheet_parts()[name]


def cell(title: str, row: int = FIRST_ROW) -> str:
    """The reference of a stage sheet's cell: `H4`."""
    titles = [column.title for column in layout.STAGE_COLUMNS]
    return f"{column_letters(titles.index(title) + 1)}{row}"


def typed(sheet_name: str, ref: str, value: str, kind: str = "", style: str = "") -> Change:
    """Type a value into a cell, with its kind and its style as the XML has them."""

    def change(members: dict[str, bytes]) -> None:
        part = Package(dict(members)).sheet_parts()[sheet_name]
        tree = etree.fromstring(members[part])
        found = cell_at(tree, ref)
        for child in list(found):
            found.remove(child)
        found.attrib.pop("t", None)
        found.attrib.update({key: word for key, word in (("t", kind), ("s", style)) if word})
        etree.SubElement(found, f"{MAIN}v").text = value
        members[part] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")

    return change


def remembered(text: str | Callable[[], str]) -> Change:
    """Put a text in the place of what the hidden sheet remembers."""

    def change(members: dict[str, bytes]) -> None:
        written = text if isinstance(text, str) else text()
        pieces = [written[start : start + 32_000] for start in range(0, len(written), 32_000)]
        rows = "".join(
            f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t xml:space="preserve">{_escaped(piece)}'
            "</t></is></c></row>"
            for number, piece in enumerate(pieces, 1)
        )
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        xml = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
        members[sheet(layout.HIDDEN)] = xml.encode()

    return change


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def memory_in(content: bytes) -> str:
    """The JSON the hidden sheet of a tracker remembers."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    column = [row[0] for row in book[layout.HIDDEN].iter_rows(max_col=1, values_only=True)]
    texts = column[: column.index(None)] if None in column else column
    return "".join(map(str, texts))


@cache
def memory() -> str:
    """The JSON the hidden sheet of the real tracker remembers."""
    return memory_in(tracker())


def forgot(**values: Any) -> Change:
    """Change single values of what the hidden sheet remembers; `case__aware` names one inside `case`."""

    def text() -> str:
        record = json.loads(memory())
        for path, value in values.items():
            *above, key = path.split("__")
            place = record
            for each in above:
                place = place[each]
            place[key] = value
        return json.dumps(record)

    return remembered(text)
