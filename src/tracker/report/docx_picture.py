"""The timeline of a case as a picture in a Word document, with what it shows as its alternative text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.colours import rag_colours
from tracker.report.metafile import Metafile
from tracker.text import short_date, xml_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.report.blocks import Drawing
    from tracker.report.figures import Track

_WIDTH = 1000
"""Pixels across; in Word as wide as the page's text."""
_EMU_ACROSS = 9_612_000  # 267 mm
_INK, _MUTED, _LINE, _PAPER = "#1A1F29", "#535C6B", "#D8DCE3", "#FFFFFF"
_SIZE, _SMALL = 13, 12
_LEGEND = 24
_MARGIN = 8  # for marks at the edges
_SHAPES: Mapping[str, tuple[tuple[float, float], ...]] = {
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
        picture.text(_x("100%"), 12, drawn.beyond, _SIZE, _INK, side="end")
        for shift in (-9, -3):
            at = _x("100%") + shift
            picture.line(at, 19, at + 5, 24, _INK, width=1.5)
            picture.line(at + 5, 24, at, 29, _INK, width=1.5)
    else:
        picture.line(_x(drawn.today), 18, _x(drawn.today), drawn.height, late, width=2, dashed=True)
    for track in drawn.tracks:
        _draw_track(picture, track, _x(drawn.today), late)
    _draw_legend(picture, drawn.height + _LEGEND - 8, f"today, {short_date(each.as_at)}")
    return picture


def _draw_track(picture: Metafile, track: Track, today: float, late: str) -> None:
    picture.text(_MARGIN, track.label_y, f"{track.label} {track.words} · {track.rag}", _SIZE, _INK)
    picture.line(_MARGIN, track.y, _WIDTH - _MARGIN, track.y, _LINE)
    picture.line(_x(track.start), track.y, _x(track.end), track.y, rag_colours()[track.rag].bar, width=5)
    if track.over:
        picture.line(_x(track.over), track.y, today, track.y, late, width=2, dashed=True)
    if track.zero:
        picture.line(_x(track.zero), track.top, _x(track.zero), track.bottom, _INK, width=2)
    for mark in track.marks:
        _draw_mark(picture, mark.kind, _x(mark.x), track.y)


def _draw_mark(picture: Metafile, kind: str, x: float, y: float) -> None:
    filled = _INK if kind == "done" else _PAPER
    picture.polygon([(x + right, y + down) for right, down in _SHAPES[kind]], filled, _INK, width=1.75)


def _draw_legend(picture: Metafile, y: float, today: str) -> None:
    x: float = _MARGIN + 2
    picture.line(x, y - 9, x, y + 1, _INK, width=2)
    picture.text(x + 10, y, "clock's day zero", _SMALL, _MUTED)
    for kind, words in (("due", "due"), ("agreed", "agreed"), ("done", "done")):
        x += 130 if kind == "due" else 80
        _draw_mark(picture, kind, x, y - 4)
        picture.text(x + 12, y, words, _SMALL, _MUTED)
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
    runs = list(paragraph.iter(qn("w:r")))
    for child in list(runs[0]):
        runs[0].remove(child)
    runs[0].append(drawing)
    for run in runs[1:]:
        run.getparent().remove(run)
