"""A workbook that carries everything a person's may: pictures, notes, labels, their own sheets, columns and colours."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from workbook.making import sample

from patch.packages import DOCUMENT, MAIN, PACKAGE, unzipped, zipped
from tracker.case.model import Agency, Child
from tracker.procedure.load import load_procedure
from tracker.resources import templates

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.case.model import Case
    from tracker.procedure.model import Procedure

SAMPLE = "ordinary-in-time"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_MICROSOFT = "http://schemas.microsoft.com/office/2017/10/relationships"
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)
_PERSON = "{8B2C5F0E-3C7D-4E45-9F0A-2D1C6B7A8E90}"
_THREAD = "{1F3C6A70-0D6B-4B52-8E39-5A7D1C2B3E4F}"


def _anchor(name: int, inside: str) -> str:
    corners = "".join(
        f"<xdr:{end}><xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{30 + 8 * name + row}</xdr:row>"
        f"<xdr:rowOff>0</xdr:rowOff></xdr:{end}>"
        for end, column, row in (("from", 1, 0), ("to", 4, 6))
    )
    return f"<xdr:twoCellAnchor>{corners}{inside}<xdr:clientData/></xdr:twoCellAnchor>"


_BOX = (
    '<a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
)
_PICTURE = (
    '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="Picture 1" descr="A mark"/><xdr:cNvPicPr/></xdr:nvPicPr>'
    '<xdr:blipFill><a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>'
    f"<xdr:spPr>{_BOX}</xdr:spPr></xdr:pic>"
)
_SHAPE = (
    '<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="3" name="Shape 1"/><xdr:cNvSpPr/></xdr:nvSpPr>'
    f"<xdr:spPr>{_BOX}</xdr:spPr><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>Ask first</a:t></a:r></a:p></xdr:txBody>"
    "</xdr:sp>"
)
_FRAME = (
    '<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="4" name="Chart 1"/><xdr:cNvGraphicFramePr/>'
    '</xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>'
    f'<a:graphicData uri="{_DRAWING}/chart"><c:chart xmlns:c="{_DRAWING}/chart" r:id="rId2"/></a:graphicData>'
    "</a:graphic></xdr:graphicFrame>"
)
_CHART = (
    f'<c:chartSpace xmlns:c="{_DRAWING}/chart" xmlns:a="{_DRAWING}/main"><c:chart><c:plotArea><c:layout/><c:barChart>'
    '<c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/><c:ser><c:idx val="0"/><c:order val="0"/>'
    "<c:val><c:numRef><c:f>SIN!$J$4:$J$14</c:f></c:numRef></c:val></c:ser>"
    '<c:axId val="1"/><c:axId val="2"/></c:barChart><c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/>'
    '</c:scaling><c:delete val="0"/><c:axPos val="b"/><c:crossAx val="2"/></c:catAx><c:valAx><c:axId val="2"/>'
    '<c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="l"/><c:crossAx val="1"/>'
    '</c:valAx></c:plotArea><c:plotVisOnly val="1"/></c:chart></c:chartSpace>'
)
_NOTES = (
    f'<comments xmlns="{MAIN}"><authors><author>R. Example</author><author>tc={_THREAD}</author></authors><commentList>'
    '<comment ref="B4" authorId="0"><text><r><t>Rang twice &amp; left word</t></r></text></comment>'
    '<comment ref="B5" authorId="1"><text><t>[Threaded comment]\n\nComment:\n    Who chairs?</t></text></comment>'
    "</commentList></comments>"
)
_THREADS = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    f'<threadedComment ref="B5" dT="2026-11-20T10:00:00.00" personId="{_PERSON}" id="{_THREAD}">'
    "<text>Who chairs?</text></threadedComment></ThreadedComments>"
)
_PEOPLE = (
    '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    f'<person displayName="R. Example" id="{_PERSON}" userId="r" providerId="None"/></personList>'
)


def _note_box(row: int) -> str:
    return (
        '<v:shape type="#_x0000_t202" style="position:absolute;visibility:hidden" fillcolor="infoBackground [80]">'
        f'<v:textbox/><x:ClientData ObjectType="Note"><x:Anchor>2, 15, {row}, 2, 4, 15, {row + 4}, 4</x:Anchor>'
        f"<x:Row>{row}</x:Row><x:Column>1</x:Column></x:ClientData></v:shape>"
    )


_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" coordsize="21600,21600" '
    f'o:spt="202" path="m,l,21600r21600,l21600,xe"/>{_note_box(3)}{_note_box(4)}</xml>'
)
_OWN_SHEET = (
    f'<worksheet xmlns="{MAIN}"><dimension ref="A1:B3"/><sheetData>'
    "<row r='1'><c r='A1' t='inlineStr'><is><t>Sums for the board</t></is></c></row>"
    "<row r='2'><c r='A2'><f>SIN!F5</f><v>46335</v></c>"
    "<c r='B2'><f>COUNTIF(Rapid_Review_actions[RAG],\"Overdue\")</f><v>0</v></c></row>"
    "<row r='3'><c r='A3'><f>COUNTA('Rapid Review'!A4:A400)</f><v>1</v></c></row></sheetData></worksheet>"
)
_LABEL = (
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="9" name="MSIP_Label_0f1e_Enabled">'
    "<vt:lpwstr>true</vt:lpwstr></property></Properties>"
)
_OWN_COLOURS = (
    '<conditionalFormatting sqref="L4:L14"><cfRule type="expression" dxfId="0" priority="99">'
    '<formula>ISNUMBER(SEARCH("urgent",L4))</formula></cfRule></conditionalFormatting>'
)
PLACED: dict[str, str | bytes] = {
    "xl/media/image1.png": _PNG,
    "xl/charts/chart1.xml": _CHART,
    "xl/drawings/drawing1.xml": f'<xdr:wsDr xmlns:xdr="{_DRAWING}/spreadsheetDrawing" xmlns:a="{_DRAWING}/main" '
    f'xmlns:r="{DOCUMENT}">{_anchor(0, _PICTURE)}{_anchor(1, _SHAPE)}{_anchor(2, _FRAME)}</xdr:wsDr>',
    "xl/drawings/_rels/drawing1.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
    f'Type="{DOCUMENT}/image" Target="../media/image1.png"/><Relationship Id="rId2" Type="{DOCUMENT}/chart" '
    'Target="../charts/chart1.xml"/></Relationships>',
    "xl/drawings/vmlDrawing1.vml": _VML,
    "xl/comments1.xml": _NOTES,
    "xl/threadedComments/threadedComment1.xml": _THREADS,
    "xl/persons/person.xml": _PEOPLE,
    "xl/printerSettings/printerSettings1.bin": b"\x00printer\xff",
    "xl/worksheets/sheet12.xml": _OWN_SHEET,
    "customXml/item1.xml": '<?xml version="1.0"?><record xmlns="urn:council"><class>7</class></record>',
}
"""Parts that are a person's, by name."""

_CONTENT = {
    "/xl/charts/chart1.xml": "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
    "/xl/drawings/drawing1.xml": "application/vnd.openxmlformats-officedocument.drawing+xml",
    "/xl/comments1.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
    "/xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml",
    "/xl/persons/person.xml": "application/vnd.ms-excel.person+xml",
    "/xl/worksheets/sheet12.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
}
_ENDINGS = {
    "png": "image/png",
    "vml": "application/vnd.openxmlformats-officedocument.vmlDrawing",
    "bin": "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings",
}


class _Parts:
    """The parts of a package as text, put together by hand."""

    def __init__(self, content: bytes) -> None:
        self.parts: dict[str, bytes] = unzipped(content)

    def swap(self, part: str, old: str, new: str) -> None:
        """Replace what stands once, or first, in a part."""
        text = self.parts[part].decode()
        assert old in text, f"{part} has {old}"
        self.parts[part] = text.replace(old, new, 1).encode()

    def relate(self, part: str, *rows: tuple[str, str, str]) -> None:
        tags = "".join(f'<Relationship Id="{i}" Type="{kind}" Target="{to}"/>' for i, kind, to in rows)
        self.swap(part, "</Relationships>", f"{tags}</Relationships>")


def carrier(issued: bytes) -> bytes:
    """The issued workbook of `SAMPLE` after its people have been at it for a while."""
    book = _Parts(issued)
    book.parts |= {name: part.encode() if isinstance(part, str) else part for name, part in PLACED.items()}
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in _CONTENT.items()
    )
    endings = "".join(
        f'<Default Extension="{name}" ContentType="{kind}"/>' for name, kind in _ENDINGS.items()
    )
    book.swap("[Content_Types].xml", "<Override", f"{endings}<Override")
    book.swap("[Content_Types].xml", "</Types>", f"{overrides}</Types>")
    sheet = "xl/worksheets/sheet{}.xml".format
    rels = "xl/worksheets/_rels/sheet{}.xml.rels".format
    book.relate(
        "xl/_rels/workbook.xml.rels",
        ("rId51", f"{DOCUMENT}/worksheet", "worksheets/sheet12.xml"),
        ("rId52", f"{_MICROSOFT}/person", "persons/person.xml"),
        ("rId53", f"{DOCUMENT}/customXml", "../customXml/item1.xml"),
    )
    book.swap("xl/workbook.xml", "</sheets>", '<sheet name="My sums" sheetId="77" r:id="rId51"/></sheets>')
    book.swap("docProps/custom.xml", "</Properties>", _LABEL)
    # SIN: pictures, a printer, own colours
    book.relate(
        rels(3),
        ("rId51", f"{DOCUMENT}/drawing", "../drawings/drawing1.xml"),
        ("rId52", f"{DOCUMENT}/printerSettings", "/xl/printerSettings/printerSettings1.bin"),
    )
    book.swap(sheet(3), "<tableParts", '<drawing r:id="rId51"/><tableParts')
    book.swap(sheet(3), "<pageSetup", '<pageSetup r:id="rId52"')
    book.swap(sheet(3), "<dataValidations", f"{_OWN_COLOURS}<dataValidations")
    # Rapid Review: notes, and a column of one's own
    book.relate(
        rels(4),
        ("rId51", f"{DOCUMENT}/comments", "../comments1.xml"),
        ("rId52", f"{DOCUMENT}/vmlDrawing", "../drawings/vmlDrawing1.vml"),
        ("rId53", f"{_MICROSOFT}/threadedComment", "../threadedComments/threadedComment1.xml"),
    )
    book.swap(sheet(4), "<tableParts", '<legacyDrawing r:id="rId52"/><tableParts')
    _own_column(book, sheet(4))
    _own_colour(book, sheet(4))
    return zipped(book.parts)


def _own_column(book: _Parts, sheet: str) -> None:
    """Column Y of Rapid Review belongs to its people, inside the table."""
    (part,) = [name for name, text in book.parts.items() if b'displayName="Rapid_Review_actions"' in text]
    text = book.parts[part].decode()
    text = re.sub(r'ref="A3:X(\d+)"', r'ref="A3:Y\1"', text).replace('count="24"', 'count="25"')
    book.parts[part] = text.replace(
        "</tableColumns>", '<tableColumn id="77" name="Room"/></tableColumns>'
    ).encode()

    def with_room(found: re.Match[str]) -> str:
        number = int(found[1])
        said = (
            "Room" if number == 3 else f"Room {number} &#x2013; 2nd <![CDATA[& last]]>" if number > 3 else ""
        )
        room = f"<c t='inlineStr' r='Y{number}'><is><t>{said}</t></is></c>" if said else ""
        return found[0].replace("</row>", f"{room}</row>")

    rows = re.sub(r'<row r="(\d+)".*?</row>', with_room, book.parts[sheet].decode(), flags=re.DOTALL)
    book.parts[sheet] = rows.encode()


def _own_colour(book: _Parts, sheet: str) -> None:
    """B6 of Rapid Review is yellow."""
    styles = book.parts["xl/styles.xml"].decode()
    fills, formats = (int(re.search(rf'<{tag} count="(\d+)"', styles)[1]) for tag in ("fills", "cellXfs"))  # type: ignore[index]
    fill = '<fill><patternFill patternType="solid"><fgColor rgb="FFFFFF00"/></patternFill></fill>'
    record = f'<xf numFmtId="0" fontId="0" fillId="{fills}" borderId="0" xfId="0" applyFill="1"/>'
    book.swap("xl/styles.xml", f'<fills count="{fills}">', f'<fills count="{fills + 1}">')
    book.swap("xl/styles.xml", "</fills>", f"{fill}</fills>")
    book.swap("xl/styles.xml", f'<cellXfs count="{formats}">', f'<cellXfs count="{formats + 1}">')
    book.swap("xl/styles.xml", "</cellXfs>", f"{record}</cellXfs>")
    book.parts[sheet] = re.sub(rb'<c r="B6" s="\d+"', f'<c r="B6" s="{formats}"'.encode(), book.parts[sheet])


def grown_case() -> Case:
    """The sample's case with two more agencies and another child."""
    case = sample(SAMPLE)
    more = (Agency("Housing", "HOU", contact="H. Example"), Agency("Youth Justice", "YJS", "council"))
    return replace(case, agencies=(*case.agencies, *more), children=(*case.children, Child("Child 2")))


def new_edition(folder: Path) -> Procedure:
    """A copy of the Dorset set in its next edition: another edition, an action worded anew, another count."""
    target = folder / "dorset-2027"
    shutil.copytree(templates() / "procedure" / "dorset", target)
    _reworded(target / "procedure.toml", 'edition = "2023"', 'edition = "2027"')
    _reworded(
        target / "sin.toml", "Consult the other safeguarding partners", "Ask the other safeguarding partners"
    )
    procedure, problems = load_procedure(target)
    assert procedure, problems
    return procedure


def _reworded(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
