"""A template of a letter or form, written from top to bottom, and what several of them hold."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from office.docx_template import GREY, NAVY, element, field, style, styles

TEXT_WIDTH = 9400  # of A4 less its margins, in twentieths of a point
LOOPED = "{%tr "


def blank(words: str) -> str:
    """A blank that the case never fills."""
    return f'{{{{ blank("{words}") }}}}'


class Template:
    """One template, written from top to bottom."""

    def __init__(self) -> None:
        self.document = Document()
        self.close = ""  # what stands above and leaves no room below
        styles(self.document)
        self._styles()
        self._paper()

    def _styles(self) -> None:
        made = self.document
        style(made, "Normal", "", 11, after=6)
        style(made, "Title", "", 20, bold=True, colour=NAVY, after=2)
        style(made, "Subtitle", "", 11, colour=GREY, after=12)
        style(made, "Heading 1", "", 13.5, bold=True, colour=NAVY, before=14, after=4, keep=True)
        style(
            made,
            "Heading 1 new page",
            "Heading 1",
            13.5,
            bold=True,
            colour=NAVY,
            after=4,
            keep=True,
            new_page=True,
        )
        style(made, "List Bullet", "Normal", 11, after=3)
        style(made, "List Number", "Normal", 11, after=4)
        style(made, "Fact", "Normal", 11, after=2)
        fact = made.styles["Fact"].paragraph_format
        fact.left_indent, fact.first_line_indent = Mm(38), Mm(-38)
        fact.tab_stops.add_tab_stop(Mm(38))
        style(made, "Note", "Normal", 10, colour=GREY, after=6)
        style(made, "Caption", "", 10, colour=GREY, before=6, after=2, keep=True)
        style(made, "Table text", "Normal", 10, after=0)
        style(made, "Table head", "Normal", 10, bold=True, colour=NAVY, after=0, keep=True)
        for name in ("List Bullet", "List Number"):
            made.styles[name].paragraph_format.left_indent = Pt(18)
            made.styles[name].paragraph_format.first_line_indent = Pt(-18)
            made.styles[name].paragraph_format.tab_stops.add_tab_stop(Pt(18))
        for language in made.styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), "en-GB")

    def _paper(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin, section.bottom_margin = Mm(22), Mm(20)
        section.header_distance = section.footer_distance = Mm(10)
        head = section.header.paragraphs[0]
        head.text, head.alignment = "{{ marking }}", WD_ALIGN_PARAGRAPH.CENTER
        foot = section.footer.paragraphs[0]
        foot.paragraph_format.tab_stops.clear_all()
        foot.paragraph_format.tab_stops.add_tab_stop(Mm(166), 2)
        foot.add_run("{{ marking }}    {{ reference }}\tPage ")
        field(foot, "PAGE")
        foot.add_run(" of ")
        field(foot, "NUMPAGES")

    def para(self, text: str, name: str = "Normal", *, keep: bool = False) -> None:
        """A paragraph; what stands between two pairs of stars is bold."""
        made = self.document.add_paragraph(style=name)
        if self.close and not name.startswith("Heading") and name != self.close:
            made.paragraph_format.space_before = Pt(8)
        self.close = name if name == "Fact" else ""
        for place, part in enumerate(text.split("**")):
            if part:
                made.add_run(part).bold = True if place % 2 else None
        if keep:
            made.paragraph_format.keep_with_next = True

    def title(self, title: str, below: str) -> None:
        self.para(title, "Title")
        self.para(below, "Subtitle")

    def facts(self, **facts: str) -> None:
        """Labels with their values; an underscore stands for a blank."""
        for label, text in facts.items():
            self.para(f"**{label.replace('_', ' ')}**\t{text}", "Fact")

    def heading(self, text: str, *, new_page: bool = False) -> None:
        self.para(text, "Heading 1 new page" if new_page else "Heading 1")

    def bullets(self, *texts: str, name: str = "List Bullet") -> None:
        for text in texts:
            self.para(text, name)

    def logic(self, *tags: str) -> None:
        """Paragraphs that are only instructions."""
        self.close = ""
        for tag in tags:
            self.document.add_paragraph(f"{{%p {tag} %}}")

    def table(
        self,
        says: str,
        widths: tuple[int, ...],
        head: tuple[str, ...],
        *rows: tuple[str, ...],
        each: str = "",
        together: bool = False,
    ) -> None:
        """A table with one header row; with `each` its row is repeated, with `together` no page parts it."""
        if self.close == "Fact":
            self.document.paragraphs[-1].paragraph_format.space_after = Pt(8)
        looped = [
            (f"{LOOPED}for {each} %}}", *[""] * (len(head) - 1)),
            *rows,
            (f"{LOOPED}endfor %}}", *[""] * (len(head) - 1)),
        ]
        texts = [head, *(looped if each else rows)]
        made = self.document.add_table(rows=len(texts), cols=len(head))
        properties = made._tbl.tblPr
        for old in list(properties):
            properties.remove(old)
        properties.append(element("w:tblW", w="5000", type="pct"))
        borders = element("w:tblBorders")
        borders.append(element("w:top", val="single", sz="4", color="8A94A6"))
        borders.append(element("w:bottom", val="single", sz="4", color="8A94A6"))
        borders.append(element("w:insideH", val="single", sz="4", color="D8DCE3"))
        properties.append(borders)
        properties.append(element("w:tblLayout", type="fixed"))
        margins = element("w:tblCellMar")
        for side, width in (("top", "40"), ("left", "70"), ("bottom", "40"), ("right", "110")):
            margins.append(element(f"w:{side}", w=width, type="dxa"))
        properties.append(margins)
        properties.append(element("w:tblCaption", val=says))
        shares = [TEXT_WIDTH * width // sum(widths) for width in widths]
        for column, share in zip(made._tbl.tblGrid.iter(qn("w:gridCol")), shares, strict=True):
            column.set(qn("w:w"), str(share))
        for place, (row, words) in enumerate(zip(made.rows, texts, strict=True)):
            row._tr.get_or_add_trPr().append(element("w:cantSplit"))
            if place == 0:
                row._tr.trPr.append(element("w:tblHeader"))
            for cell, text, share in zip(row.cells, words, shares, strict=True):
                width = cell._tc.get_or_add_tcPr().get_or_add_tcW()
                width.set(qn("w:w"), str(share))
                width.set(qn("w:type"), "dxa")
                cell.paragraphs[0].text = text
                cell.paragraphs[0].style = "Table text" if place else "Table head"
                if together:
                    cell.paragraphs[0].paragraph_format.keep_with_next = True
        self.close = "table"

    def content(self, title: str) -> bytes:
        """The file, the same each time."""
        if self.close == "table":
            self.para("", "Table text")  # no document ends with a table
        about = self.document.core_properties
        about.author, about.title, about.comments = "tracker", title, ""
        for name, relation in list(self.document.part.rels.items()):
            if relation.reltype.endswith("stylesWithEffects"):  # a copy for Word 2010 that would not agree
                del self.document.part.rels[name]
        first, out = BytesIO(), BytesIO()
        self.document.save(first)
        with ZipFile(first) as parts, ZipFile(out, "w") as steady:
            for name in parts.namelist():
                steady.writestr(ZipInfo(name), parts.read(name), ZIP_DEFLATED)
        return out.getvalue()


CHAIR = '{{ rows["RR-6.2"].name }}'
MEETING = 'meetings["Rapid Review"]'
REPORT_STATE = (
    "{% if not row.applies %}Not needed: {{ row.reason }}{% elif row.done %}Received {{ row.completed }}"
    "{% else %}Not received yet; due {{ row.date }}{% endif %}"
)


def done(row: str, words: str) -> str:
    """The day a row was completed, else a blank."""
    return f'{{% if rows["{row}"].done %}}{{{{ rows["{row}"].completed }}}}{{% else %}}{blank(words)}{{% endif %}}'


NO_NAMES = "Use the labels of this case, such as {{ children[0].label }}. Never write a child's name."


def address(made: Template, title: str) -> None:
    made.title(title, "Case {{ reference }}")
    made.facts(
        To="{{ agency.contact }}, {{ agency.name }}",
        From="{{ sender.name }}, {{ sender.role }}",
        Date="{{ today }}",
        Reply_by="**{{ reply_by }}**",
    )
    made.para("Dear {{ agency.contact }},")


def ending(made: Template) -> None:
    made.para("Yours sincerely,", keep=True)
    made.para("{{ sender.name }}", keep=True)
    signed = made.document.paragraphs[-1].paragraph_format
    signed.space_before, signed.space_after = Pt(20), Pt(0)
    made.para("{{ sender.role }}")


def children_table(made: Template) -> None:
    made.table(
        "The children of the case, by their labels",
        (3, 2, 3),
        ("Child", "Died", "Looked after"),
        ("{{ child.label }}", "{{ child.died | capitalize }}", "{{ child.looked_after | capitalize }}"),
        each="child in children",
    )


def reports_table(made: Template) -> None:
    made.table(
        "The briefing reports: whose each one is, and whether it has come",
        (4, 5),
        ("Agency", "Briefing report"),
        ("Children's Services", '{% set row = rows["RR-5.5"] %}' + REPORT_STATE),
        (f"{LOOPED}for row in returns %}}", ""),
        ("{{ row.owner }}", REPORT_STATE),
        (f"{LOOPED}endfor %}}", ""),
    )
