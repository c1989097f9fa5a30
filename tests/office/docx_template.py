"""Makes `templates/reports/report.docx` anew, unbranded: run once, then changed in Word.

Run it with `python tests/office/docx_template.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TARGET = Path(__file__).parents[2] / "templates" / "reports" / "report.docx"
NAVY, GREY, RED = RGBColor(0x1F, 0x38, 0x64), RGBColor(0x53, 0x5C, 0x6B), RGBColor(0x8B, 0x1A, 0x1A)

# Each kind of paragraph the program sends, and the style that shows it.
KINDS = {
    "page": "Heading 1 new page",
    "section": "Heading 1",
    "case page": "Heading 2 new page",
    "case": "Heading 2",
    "heading": "Heading 3",
    "group": "Group",
    "lead": "Lead",
    "alert": "Alert",
    "none": "Nothing",
    "bullet": "List Bullet",
    "text": "Normal",
}


def element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def style(document: Any, name: str, base: str, size: float, **looks: Any) -> None:
    styles = document.styles
    made = (
        styles[name]
        if name in [each.name for each in styles]
        else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    if base:
        made.base_style = styles[base]
    font = made.font
    font.name, font.size = "Calibri", Pt(size)
    made.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:cs"), "Calibri")
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        made.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
    for left in made.element.rPr.findall(qn("w:spacing")):
        made.element.rPr.remove(left)
    if made.element.pPr is not None:
        for left in made.element.pPr.findall(qn("w:tabs")):
            made.element.pPr.remove(left)
    font.bold = looks.get("bold", False)
    font.italic = False
    font.color.rgb = looks.get("colour", RGBColor(0x1A, 0x1F, 0x29))
    set_up = made.paragraph_format
    set_up.space_before, set_up.space_after = Pt(looks.get("before", 0)), Pt(looks.get("after", 4))
    set_up.keep_with_next = looks.get("keep", False)
    set_up.page_break_before = looks.get("new_page", False)
    set_up.line_spacing = 1.08


def styles(document: Any) -> None:
    style(document, "Normal", "", 10)
    style(document, "Title", "", 22, bold=True, colour=NAVY, after=2)
    borders = document.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        document.styles["Title"].element.pPr.remove(borders)
    style(document, "Subtitle", "", 10.5, colour=GREY, after=8)
    style(document, "Heading 1", "", 15, bold=True, colour=NAVY, before=11, after=3, keep=True)
    style(
        document,
        "Heading 1 new page",
        "Heading 1",
        15,
        bold=True,
        colour=NAVY,
        after=4,
        keep=True,
        new_page=True,
    )
    style(document, "Heading 2", "", 12.5, bold=True, colour=NAVY, before=10, after=4, keep=True)
    style(document, "Heading 2 new page", "Heading 2", 12.5, bold=True, colour=NAVY, keep=True, new_page=True)
    style(document, "Heading 3", "", 11, bold=True, before=8, after=3, keep=True)
    style(document, "Group", "", 10, bold=True, colour=NAVY, before=6, after=2, keep=True)
    style(document, "Lead", "", 12.5, after=3)
    style(document, "Alert", "", 10.5, bold=True, colour=RED, after=3)
    style(document, "Nothing", "", 10, colour=GREY)
    style(document, "List Bullet", "Normal", 10, after=2)
    style(document, "Caption", "", 9, colour=GREY, before=5, after=2, keep=True)
    style(document, "Table text", "Normal", 9, after=0)
    style(document, "Table head", "Normal", 9, bold=True, colour=NAVY, after=0, keep=True)
    style(document, "Header", "", 9, bold=True, colour=NAVY, after=0)
    style(document, "Footer", "", 8.5, colour=GREY, after=0)


def field(paragraph: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = paragraph.add_run()
        if kind:
            run._r.append(element("w:fldChar", fldCharType=kind))
        else:
            instruction = element("w:instrText")
            instruction.text = text
            run._r.append(instruction)


def paper(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin, section.bottom_margin = Mm(18), Mm(16)
    section.header_distance = section.footer_distance = Mm(8)
    head = section.header.paragraphs[0]
    head.text, head.alignment = "{{ marking }}", WD_ALIGN_PARAGRAPH.CENTER
    foot = section.footer.paragraphs[0]
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(267), 2)
    foot.add_run("{{ marking }}    {{ procedures }}\tPage ")
    field(foot, "PAGE")
    foot.add_run(" of ")
    field(foot, "NUMPAGES")


def table(document: Any) -> None:
    made = document.add_table(rows=4, cols=3)
    properties = made._tbl.tblPr
    for each in list(properties):
        properties.remove(each)
    properties.append(element("w:tblW", w="5000", type="pct"))
    borders = element("w:tblBorders")
    borders.append(element("w:bottom", val="single", sz="4", color="D8DCE3"))
    borders.append(element("w:insideH", val="single", sz="4", color="D8DCE3"))
    properties.append(borders)
    properties.append(element("w:tblLayout", type="fixed"))
    margins = element("w:tblCellMar")
    for side, width in (("top", "15"), ("left", "70"), ("bottom", "15"), ("right", "140")):
        margins.append(element(f"w:{side}", w=width, type="dxa"))
    properties.append(margins)
    properties.append(element("w:tblCaption", val="rows"))
    texts = [
        ("{%tc for title in block.columns %}", "{% cellbg head %}{{ title }}", "{%tc endfor %}"),
        ("{%tr for row in block.rows %}", "", ""),
        ("{%tc for cell in row.cells %}", "{% cellbg cell.ground %}{{r cell.text }}", "{%tc endfor %}"),
        ("{%tr endfor %}", "", ""),
    ]
    for place, (row, words) in enumerate(zip(made.rows, texts, strict=True)):
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))
        if place == 0:
            row._tr.trPr.append(element("w:tblHeader"))
        for cell, text in zip(row.cells, words, strict=True):
            cell.paragraphs[0].text = text
            cell.paragraphs[0].style = "Table text" if place else "Table head"


def body(document: Any) -> None:
    document.add_paragraph("{{ title }}", style="Title")
    document.add_paragraph("{{r about }}", style="Subtitle")
    document.add_paragraph("{%p set head = 'EEF1F6' %}")
    document.add_paragraph("{%p for block in blocks %}")
    for place, (kind, name) in enumerate(KINDS.items()):
        document.add_paragraph(f"{{%p {'elif' if place else 'if'} block.kind == '{kind}' %}}")
        document.add_paragraph("{{r block.text }}", style=name)
    document.add_paragraph("{%p elif block.kind == 'table' %}")
    document.add_paragraph("{%p if block.caption %}")
    document.add_paragraph("{{ block.caption }}", style="Caption")
    document.add_paragraph("{%p endif %}")
    table(document)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endfor %}")


def main() -> None:
    document = Document()
    styles(document)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    paper(document)
    body(document)
    document.core_properties.author = "tracker"
    document.core_properties.title = "Report template"
    document.core_properties.comments = ""
    # A copy of the styles for Word 2010, which would no longer agree with ours.
    for name, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("stylesWithEffects"):
            del document.part.rels[name]
    document.save(str(TARGET))
    print(TARGET)


if __name__ == "__main__":
    main()
