"""Small workbooks of XML as a test spells them, and generated ones with parts put in."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml."


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Parts as a package."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(
                zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED
            )  # the same bytes every time
    return file.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    """The parts of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def relations(*rows: tuple[str, str, str]) -> str:
    """A part of relations: id, the last word of the type, target."""
    inside = "".join(
        f'<Relationship Id="{name}" Type="{DOCUMENT}/{kind}" Target="{target}"/>'
        for name, kind, target in rows
    )
    return f'<Relationships xmlns="{PACKAGE}">{inside}</Relationships>'


def small(
    sheets: Mapping[str, str],
    *,
    texts: str = "",
    table: str = "",
    workbook: str = "",
    names: str = "",
    others: Mapping[str, str] | None = None,
) -> dict[str, str | bytes]:
    """A workbook of these sheets, each given as the rows in its `<sheetData>`.

    `texts` are the items of the shared strings; `table` the root of a table on the first sheet; `workbook` stands
    before the sheets, `names` behind them.
    """
    tags = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1))
    kinds = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles", "/xl/sharedStrings.xml": "sharedStrings",
             "/xl/calcChain.xml": "calcChain"}  # fmt: skip
    kinds |= {f"/xl/worksheets/sheet{n}.xml": "worksheet" for n in range(1, len(sheets) + 1)}
    kinds |= {"/xl/tables/table1.xml": "table"} if table else {}
    overrides = "".join(
        f'<Override PartName="{part}" ContentType="{_KINDS}{kind}+xml"/>' for part, kind in kinds.items()
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="'
        f'application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">{workbook}<sheets>{tags}</sheets>{names}'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            *((f"rId{n}", "worksheet", f"/xl/worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)),
            ("rId90", "styles", "styles.xml"),
            ("rId91", "sharedStrings", "sharedStrings.xml"),
            ("rId92", "calcChain", "calcChain.xml"),
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="2"><fill/><fill/>'
        '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="1"><xf/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"><c r="A1" i="1"/></calcChain>',
    }
    for number, (name, spelt) in enumerate(sheets.items(), 1):
        has_table = bool(table) and name == next(iter(sheets))
        behind = '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>' if has_table else ""
        head, _, rows = spelt.rpartition("||")  # elements behind the rows, where a test wants some
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheetData>{rows}</sheetData>{head}{behind}</worksheet>'
        )
    if table:
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(("rId1", "table", "../tables/table1.xml"))
        parts["xl/tables/table1.xml"] = table
    return parts | dict(others or {})
