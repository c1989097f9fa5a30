"""Word documents through `docxtpl` and templates, which a council can brand in Word; the timelines of reports in them.

The template of a report sees a flat list of blocks; the styles it gives them are its own. What a table's columns need
is set afterwards, since a template cannot know how many there are. A timeline is a Windows metafile (EMF), with what
it shows as its alternative text: lines, shapes and short texts, sharp at any size. Word and LibreOffice both show this
format, and a few records of it need no package.
"""

from __future__ import annotations

import struct
import zipfile
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tracker import resources
from tracker.paths import read_regular
from tracker.problems import codes, problem
from tracker.report.docx_blocks import PICTURE, page_blocks, rich_text
from tracker.resources import rag_colours
from tracker.text import short_date, xml_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.report.blocks import Drawing, ReportPage
    from tracker.report.docx_blocks import DocBlock
    from tracker.report.figures import Track

Point = tuple[float, float]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
"""The namespace of Word's own elements, as lxml writes it."""
_LARGEST_TEMPLATE = 20 * 1024 * 1024
_ROWS = "rows"
"""The alternative text by which the template marks the table that our rows fill."""
_TEXT_WIDTH = 15_140  # of A4 across less its margins, in twentieths of a point


def check_can_write() -> list[Problem]:
    """A problem where the packages that write Word cannot be used; everything else runs without them."""
    try:
        import docxtpl  # noqa: F401
    except ImportError as error:
        return [problem(codes.WORD_NOT_AVAILABLE, package=error.name or "docxtpl")]
    return []


def docx_bytes(page: ReportPage, template: Path) -> bytes:
    """The report as a document."""
    blocks = page_blocks(page)
    values = {
        "marking": xml_text(page.marking),
        "title": xml_text(page.title),
        "about": rich_text(page.about),
        "procedures": xml_text("; ".join(page.procedures)),
        "blocks": blocks,
    }
    document = render_docx(template, values)
    _set_tables(document, [each for each in blocks if each.kind == "table"])
    _put_pictures(document, blocks)
    return document_file(document, page.title, page.as_at)


def _put_pictures(document: Any, blocks: Sequence[DocBlock]) -> None:
    """Each drawing in the paragraph that holds its place; a template of a council's may have left it out."""
    places = {
        PICTURE.format(number): (number, each.drawing)
        for number, each in enumerate(blocks, 1)
        if each.drawing
    }
    for paragraph in list(document.docx.element.body.iter(f"{W}p")):
        text = "".join(each.text or "" for each in paragraph.iter(f"{W}t"))
        if text in places:
            put_picture(document.docx, paragraph, *places[text])


def _set_tables(document: Any, tables: Sequence[DocBlock]) -> None:
    """Each of our tables as wide as the page, its columns by what they hold, numbers to the right.

    A branded template may have tables of its own.
    """
    ours = [
        (each, caption)
        for each in document.docx.element.body.iter(f"{W}tbl")
        for caption in each.tblPr.iter(f"{W}tblCaption")
        if caption.get(f"{W}val") == _ROWS
    ]
    if len(ours) == len(tables):
        for table, (element, caption) in zip(tables, ours, strict=True):
            caption.set(f"{W}val", table.alternative or ", ".join(table.columns))
            _set_table(element, table)


def _set_table(element: Any, table: DocBlock) -> None:
    if table.compact:
        for margin in (each for four in element.tblPr.iter(f"{W}tblCellMar") for each in four):
            if margin.tag in {f"{W}top", f"{W}bottom"}:
                margin.set(f"{W}w", "0")
    widths = [str(_TEXT_WIDTH * width // sum(table.widths)) for width in table.widths]
    for column, width in zip(element.tblGrid.iter(f"{W}gridCol"), widths, strict=False):
        column.set(f"{W}w", width)
    rows = list(element.iter(f"{W}tr"))
    for row in rows[:-1] if table.whole else rows[-2:-1]:  # no row stands alone on a page
        for paragraph in row.iter(f"{W}p"):
            paragraph.get_or_add_pPr().get_or_add_keepNext()
    for row in rows:
        for cell, width, number in zip(row.iter(f"{W}tc"), widths, table.numbers, strict=False):
            _set_cell(cell, width, number=number)


def _set_cell(cell: Any, width: str, *, number: bool) -> None:
    properties = cell.get_or_add_tcPr()
    width_of = properties.get_or_add_tcW()
    width_of.set(f"{W}w", width)
    width_of.set(f"{W}type", "dxa")
    for background in properties.findall(f"{W}shd"):  # docxtpl puts it first, where the format wants it after
        width_of.addnext(background)
    if number:
        for paragraph in cell.iter(f"{W}p"):
            paragraph.get_or_add_pPr().get_or_add_jc().set(f"{W}val", "right")


def render_docx(template: Path, values: Mapping[str, Any]) -> Any:
    """The template with its values; in the sandbox where it is none of ours."""
    from docxtpl import DocxTemplate

    from tracker.report import sandbox

    document = DocxTemplate(BytesIO(read_regular(template, _LARGEST_TEMPLATE)))
    is_ours = template.resolve().is_relative_to(resources.templates().resolve())
    own = None if is_ours else template.parent
    environment = sandbox.environment([], own, trim_blocks=False, lstrip_blocks=False)
    del environment.filters["safe"]  # text that somebody typed would become a field or a link of Word
    document.render(values, jinja_env=environment, autoescape=True)
    return document


def document_file(document: Any, title: str, as_at: date) -> bytes:
    """The bytes of a document, the same each time: without the moment at which it was made."""
    about = document.docx.core_properties
    about.title, about.author, about.language = xml_text(title), "tracker", "en-GB"
    about.created = about.modified = datetime.combine(as_at, datetime.min.time())
    first, out = BytesIO(), BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as parts, zipfile.ZipFile(out, "w") as steady:
        for name in parts.namelist():
            steady.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# The timeline of a case as a picture

_WIDTH = 1000
"""Pixels across; in Word as wide as the page's text."""
_EMU_ACROSS = 9_612_000  # 267 mm
_DARK, _MUTED, _LINE, _PAPER = "#1A1F29", "#535C6B", "#D8DCE3", "#FFFFFF"
_SIZE, _SMALL = 13, 12
_LEGEND = 24
_MARGIN = 8  # for marks at the edges
_SHAPES: Mapping[str, tuple[Point, ...]] = {
    "due": ((0, -6), (6, 0), (0, 6), (-6, 0)),
    "agreed": ((-5, -5), (5, -5), (5, 5), (-5, 5)),
    "done": ((-2, -4.5), (2, -4.5), (4.5, -2), (4.5, 2), (2, 4.5), (-2, 4.5), (-4.5, 2), (-4.5, -2)),
}


def _x(percent: str) -> float:
    return _MARGIN + float(percent.removesuffix("%")) / 100 * (_WIDTH - 2 * _MARGIN)


def draw_timeline(each: Drawing) -> Metafile:
    """The picture, as it stands on the web page."""
    drawn, late = each.drawn, rag_colours()["Overdue"].bar
    picture = Metafile(_WIDTH, drawn.height + _LEGEND)
    for tick in drawn.ticks:
        picture.line(_x(tick.x), 18, _x(tick.x), drawn.height, _LINE)
        picture.text(_x(tick.x), 12, tick.words, _SMALL, _MUTED, side=tick.side)
    if drawn.beyond:
        picture.text(_x("100%"), 12, drawn.beyond, _SIZE, _DARK, side="end")
        for shift in (-9, -3):
            at = _x("100%") + shift
            picture.line(at, 19, at + 5, 24, _DARK, width=1.5)
            picture.line(at + 5, 24, at, 29, _DARK, width=1.5)
    else:
        picture.line(_x(drawn.today), 18, _x(drawn.today), drawn.height, late, width=2, dashed=True)
    for track in drawn.tracks:
        _draw_track(picture, track, _x(drawn.today), late)
    _draw_legend(picture, drawn.height + _LEGEND - 8, f"today, {short_date(each.as_at)}")
    return picture


def _draw_track(picture: Metafile, track: Track, today: float, late: str) -> None:
    picture.text(_MARGIN, track.label_y, f"{track.label} {track.words} · {track.rag}", _SIZE, _DARK)
    picture.line(_MARGIN, track.y, _WIDTH - _MARGIN, track.y, _LINE)
    picture.line(_x(track.start), track.y, _x(track.end), track.y, rag_colours()[track.rag].bar, width=5)
    if track.over:
        picture.line(_x(track.over), track.y, today, track.y, late, width=2, dashed=True)
    if track.zero:
        picture.line(_x(track.zero), track.top, _x(track.zero), track.bottom, _DARK, width=2)
    for mark in track.marks:
        _draw_mark(picture, mark.kind, _x(mark.x), track.y)


def _draw_mark(picture: Metafile, kind: str, x: float, y: float) -> None:
    filled = _DARK if kind == "done" else _PAPER
    picture.polygon([(x + right, y + down) for right, down in _SHAPES[kind]], filled, _DARK, width=1.75)


def _draw_legend(picture: Metafile, y: float, today: str) -> None:
    x: float = _MARGIN + 2
    picture.line(x, y - 9, x, y + 1, _DARK, width=2)
    picture.text(x + 10, y, "clock's day zero", _SMALL, _MUTED)
    for kind, step in (("due", 130), ("agreed", 80), ("done", 80)):
        x += step
        _draw_mark(picture, kind, x, y - 4)
        picture.text(x + 12, y, kind, _SMALL, _MUTED)
    picture.text(x + 80, y, today, _SMALL, _MUTED)


# In the document


def put_picture(document: Any, paragraph: Any, number: int, each: Drawing) -> None:
    """Put the picture in place of what a paragraph holds."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    picture = draw_timeline(each)
    name = PackURI(f"/word/media/timeline{number}.emf")
    part = Part(name, "image/x-emf", picture.to_bytes(), document.part.package)
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    across, down = _EMU_ACROSS, round(_EMU_ACROSS * picture.height / picture.width)
    drawing = parse_xml(
        f"<w:drawing {nsdecls('w', 'wp', 'a', 'pic', 'r')}>"
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{across}" cy="{down}"/>'
        f'<wp:docPr id="{1000 + number}" name="Timeline {number}"/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{1000 + number}" name="Timeline {number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    words = xml_text(f"Timeline of the key dates of {each.reference}. {each.drawn.words}")
    next(drawing.iter(qn("wp:docPr"))).set("descr", words)
    first, *others = paragraph.iter(f"{W}r")
    first[:] = [drawing]
    for run in others:
        run.getparent().remove(run)


# The metafile. Its numbers of records are those of Microsoft's description of the format.

_UNIT = 10
"""Units of the file in a pixel, of which there are 96 to an inch."""
_DEVICE, _DEVICE_MM = (19_200, 10_800), (508, 286)
_HUNDREDTHS_MM = 2540 / 96
_FONT, _PEN, _BRUSH = 1, 2, 3
"""The one object of each kind, made anew for each shape."""
_LETTERS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 "
    "278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 "
    "667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 "
    "556 333 500 278 556 500 722 500 500 500 334 260 334 584 "
)
_WIDTHS = {chr(32 + place): int(width) for place, width in enumerate(_LETTERS.split())} | {
    "→": 1000,
    "·": 333,
}
"""Letter -> its width in Arial, in thousandths of the font's size: written beside a text, all programs set it alike."""
_OTHER = 556


def text_width(text: str, size: float) -> float:
    """How wide a text is, in pixels."""
    return sum(_WIDTHS.get(letter, _OTHER) for letter in text) * size / 1000


class Metafile:
    """A picture that is drawn on. Coordinates are the pixels of the web page, texts are in Arial.

    Example:
        >>> picture = Metafile(300, 40)
        >>> picture.line(0, 20, 300, 20, "#D8DCE3")
        >>> picture.to_bytes()[40:44]
        b' EMF'
    """

    def __init__(self, width: float, height: float) -> None:
        """An empty picture."""
        self.width, self.height = width, height
        self._bounds = (0, 0, *_units(width, height))
        self._records: list[bytes] = []
        self._add(18, "I", 1)  # texts without a background

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: str,
        *,
        width: float = 1,
        dashed: bool = False,
    ) -> None:
        """A line; Windows dashes only those one unit wide, so a dashed one is drawn in pieces."""
        self._pen(colour, width)
        steps = max(round((abs(x2 - x1) + abs(y2 - y1)) / 8), 1) if dashed else 1
        for step in range(steps):
            start, end = step / steps, (step + 0.6) / steps if dashed else 1
            self._add(27, "2i", *_units(x1 + (x2 - x1) * start, y1 + (y2 - y1) * start))
            self._add(54, "2i", *_units(x1 + (x2 - x1) * end, y1 + (y2 - y1) * end))
        self._forget(_PEN)

    def polygon(self, points: Sequence[Point], fill: str, stroke: str, *, width: float = 1) -> None:
        """A filled shape with a border."""
        self._pen(stroke, width)
        self._add(39, "4I", _BRUSH, 0, _colour(fill), 0)
        self._add(37, "I", _BRUSH)
        places = [unit for point in points for unit in _units(*point)]
        self._add(86, f"4iI{len(places)}h", *self._bounds, len(points), *places)
        self._forget(_PEN, _BRUSH)

    def text(self, x: float, y: float, text: str, size: float, colour: str, *, side: str = "start") -> None:
        """A text whose letters stand on `y`; `side` is the end of it that is at `x`: `start`, `middle` or `end`."""
        x -= {"start": 0, "middle": 0.5, "end": 1}[side] * text_width(text, size)
        font = (-round(size * _UNIT), 0, 0, 0, 400, 0, 0, 0, 1, 0, 0, 0, 0, "Arial".encode("utf-16-le"))
        self._add(82, "I5i8B64s228x", _FONT, *font)
        self._add(37, "I", _FONT)
        self._add(22, "I", 24)  # placed by the line that the letters stand on
        self._add(24, "I", _colour(colour))
        letters = text.encode("utf-16-le")
        units, padded = len(letters) // 2, len(letters) + -len(letters) % 4
        widths = [round(text_width(each, size) * _UNIT) for each in text[:units]]
        place = (1, 1.0, 1.0, *_units(x, y), units, 76, 0, 0, 0, -1, -1, 76 + padded)
        self._add(84, f"4iI2f2i3I4iI{padded}s{len(widths)}I", *self._bounds, *place, letters, *widths)
        self._forget(_FONT)

    def to_bytes(self) -> bytes:
        """The file."""
        body = b"".join(self._records) + struct.pack("<5I", 14, 20, 0, 16, 20)
        frame = (0, 0, round(self.width * _HUNDREDTHS_MM), round(self.height * _HUNDREDTHS_MM))
        sizes = (0x10000, 88 + len(body), len(self._records) + 2, 4, 0, 0, 0, 0, *_DEVICE, *_DEVICE_MM)
        return struct.pack("<2I8i4s3I2H3I4i", 1, 88, *self._bounds, *frame, b" EMF", *sizes) + body

    def _add(self, kind: int, layout: str, *values: float | bytes) -> None:
        data = struct.pack(f"<{layout}", *values)
        self._records.append(struct.pack("<2I", kind, 8 + len(data)) + data)

    def _pen(self, colour: str, width: float) -> None:
        self._add(38, "2I2iI", _PEN, 0, round(width * _UNIT), 0, _colour(colour))
        self._add(37, "I", _PEN)

    def _forget(self, *objects: int) -> None:
        for each in objects:
            self._add(40, "I", each)


def _units(*pixels: float) -> tuple[int, ...]:
    return tuple(round(each * _UNIT) for each in pixels)


def _colour(colour: str) -> int:
    """`#RRGGBB` as Windows numbers it: blue, green, red."""
    return int.from_bytes(bytes.fromhex(colour.removeprefix("#")), "little")
