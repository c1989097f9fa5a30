"""Makes the templates of the letters and forms in `templates/documents/`, unbranded.

Run it with `python tests/office/document_templates.py`. A test holds the templates against what it makes, so words are
changed here; a council changes its own copies in Word.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from office.docx_template import GREY, NAVY, element, field, style, styles  # noqa: E402  the path comes first

TARGET = ROOT / "templates" / "documents"
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


def briefing_report_request() -> Template:
    made = Template()
    address(made, "Request for a briefing report")
    made.para(
        "Please send us a briefing report on what your agency knows of {{ labels }} and their family. "
        "We need it by **{{ reply_by }}**."
    )
    made.heading("Why we ask")
    made.para(
        "The National Panel was told of a serious incident on "
        + done("SIN-3.4", "date the notification was sent")
        + ". The safeguarding partners are now holding a Rapid Review. It brings the facts together, asks whether a "
        "child needs protecting now, and looks for what we can learn."
    )
    made.facts(What_happened="{{ summary }}", Date_of_incident="{{ incident }}", Children="{{ labels }}")
    made.heading("What we ask you to do")
    made.bullets(
        "Check your records for the children and the adults of their close family. Their names come to you separately: "
        + blank("how the names are sent securely")
        + ".",
        "Fill in the form that begins on the next page. Short and factual is enough.",
        "Return it to {{ sender.name }} at {{ sender.email }} by {{ reply_by }}.",
        "If your agency has had no contact with them, tell us so by the same date.",
        "If a child needs protecting now, act at once and tell us. Do not wait for the report.",
    )
    made.heading("What happens next")
    made.para(
        f"The Rapid Review meeting is on {{{{ {MEETING}.date }}}}, {{{{ {MEETING}.time }}}}, "
        f"{{{{ {MEETING}.place }}}}. "
        f'It is chaired by {CHAIR}. Its members get every report and the agenda by {{{{ rows["RR-5.14"].date }}}}.'
    )
    ending(made)
    made.heading("Briefing report", new_page=True)
    made.para(NO_NAMES, "Note")
    made.facts(
        Case="{{ reference }}",
        Agency="{{ agency.name }}",
        Written_by=blank("name and role"),
        Approved_by=blank("name and role"),
        Date=blank("date"),
    )
    made.heading("1. Our contact with the children and their family")
    made.para(blank("who we worked with, why, from when to when; or: no contact"))
    made.heading("2. Key events")
    made.table(
        "Key events: the day, what happened and what the agency did",
        (2, 5, 5),
        ("Date", "What happened", "What we did"),
        *[(blank("date"), blank("what happened"), blank("what we did"))] * 3,
    )
    made.heading("3. The children's safety now")
    made.para(blank("any risk that remains, what was done about it, what is still needed and by whom"))
    made.heading("4. What we have learned")
    made.para(blank("what went well, and what could have been done better"))
    made.heading("5. What we are changing")
    made.para(blank("action already taken or planned, who leads it, and by when"))
    return made


def rapid_review_agenda() -> Template:
    made = Template()
    made.title("Rapid Review meeting: agenda", "Case {{ reference }} · {{ summary }}")
    made.facts(
        Date=f"{{{{ {MEETING}.date }}}}",
        Time=f"{{{{ {MEETING}.time }}}}",
        Place=f"{{{{ {MEETING}.place }}}}",
        Chair=CHAIR,
        Children="{{ labels }}",
        Sent_by="{{ sender.name }}, {{ sender.role }}",
        Sent_on="{{ today }}",
    )
    made.heading("Agenda")
    made.bullets(
        "Welcome, who is here, and how we keep this confidential",
        "The children's safety: is anything needed at once?",
        "What happened: each agency's briefing report",
        "Does the case still meet the criteria for a notification?",
        "What we can learn",
        "The action plan: who does what by when",
        "The recommendation: whether to hold an LCSPR. The council, the Police and the NHS agree it today, with its "
        "wording for Leadership.",
        "What Leadership needs to know to decide how the learning is shared with the family",
        "What happens next",
        name="List Number",
    )
    made.heading("What happens next")
    made.table(
        "What happens after the meeting, and when",
        (5, 4),
        ("Step", "By"),
        ("Leadership signs off the recommendation", '{{ rows["RR-6.5"].date }}'),
        ("The recommendation goes to the National Panel", '{{ rows["RR-6.6"].date }}'),
        ("Action planning meeting", '{{ meetings["Action planning"].date }}'),
    )
    made.heading("Briefing reports")
    reports_table(made)
    made.heading("Who is invited")
    made.table(
        "Who is invited to the meeting",
        (4, 5),
        ("Agency or role", "Name"),
        ('{{ rows["RR-6.2"].owner }} (chair)', CHAIR),
        ("Head of QA and Partnerships", '{{ people["Head of QA and Partnerships"].name }}'),
        ("PDSCP Business Manager", '{{ people["PDSCP Business Manager"].name }}'),
        (f"{LOOPED}for each in agencies %}}", ""),
        ("{{ each.name }}", "{{ each.contact }}"),
        (f"{LOOPED}endfor %}}", ""),
        together=True,
    )
    return made


def rapid_review_recommendation() -> Template:
    made = Template()
    made.title(
        "Rapid Review: recommendation to the National Panel", "Case {{ reference }} · draft of {{ today }}"
    )
    made.para(
        "This draft holds what the case file knows. Fill in the yellow blanks, then copy it into the National Panel's "
        "own form.",
        "Note",
    )
    made.heading("1. The case")
    made.facts(
        What_happened="{{ summary }}",
        Incident="{{ incident }}",
        Aware_since="{{ aware }}",
        Notified=done("SIN-3.4", "date the notification was sent"),
        Abuse_or_neglect="{{ abuse_or_neglect | capitalize }}",
    )
    children_table(made)
    made.heading("2. The facts")
    made.para(blank("the facts from the briefing reports, in short"))
    made.heading("3. Agencies and their reports")
    reports_table(made)
    made.heading("4. The Rapid Review meeting")
    made.facts(
        Held='{% if rows["RR-6.2"].done %}{{ rows["RR-6.2"].completed }}{% else %}Not held yet; planned for '
        f"{{{{ {MEETING}.date }}}}{{% endif %}}",
        Chair=CHAIR,
        Members=blank("who took part"),
    )
    made.heading("5. The children's safety")
    made.para(blank("what was done at once to keep the children safe, and what is still needed"))
    made.heading("6. The criteria for a notification")
    made.para(
        '{% if decisions.criteria_met == "no" %}Found not to be met on {{ decisions.criteria_decided }}: '
        "{{ decisions.criteria_reason }}{% elif decisions.criteria_decided %}Found to be met on "
        "{{ decisions.criteria_decided }}.{% else %}" + blank("whether they are met, and why") + "{% endif %}"
    )
    made.heading("7. What we have learned")
    made.para(blank("the learning the meeting agreed on, and whether it matters beyond this area"))
    made.heading("8. Action plan")
    made.logic("if plan")
    made.table(
        "The action plan as it stands",
        (5, 3, 3, 2),
        ("Action", "Who", "By", "State"),
        ("{{ each.action }}", "{{ each.who }}", "{{ each.date }}", "{{ each.state }}"),
        each="each in plan",
    )
    made.logic("else")
    made.para(blank("the actions agreed: the workbook's Action Plan is empty"))
    made.logic("endif")
    made.heading("9. Our recommendation")
    made.para(
        '{% if decisions.rapid_review_recommends == "LCSPR" %}**We recommend a Local Child Safeguarding Practice '
        'Review (LCSPR).**{% elif decisions.rapid_review_recommends == "no LCSPR" %}**We do not recommend a Local '
        "Child Safeguarding Practice Review (LCSPR).**{% else %}"
        + blank("whether an LCSPR is recommended, in the words the three partners agreed")
        + "{% endif %}"
    )
    made.para("Our reasons: " + blank("reasons for the recommendation"))
    made.heading("10. The family")
    made.para(blank("whether and how the learning is shared with the family"))
    made.logic("if proceedings")
    made.heading("11. Other proceedings")
    made.table(
        "Other proceedings that run beside this review",
        (3, 3, 2, 4),
        ("Kind", "Contact", "Next date", "Effect"),
        ("{{ each.kind }}", "{{ each.contact }}", "{{ each.date }}", "{{ each.effect }}"),
        each="each in proceedings",
    )
    made.logic("endif")
    made.heading("Sign-off")
    when = (
        '{{% if rows["{0}"].done %}}{{{{ rows["{0}"].completed }}}}'
        '{{% else %}}Due {{{{ rows["{0}"].date }}}}{{% endif %}}'
    )
    made.table(
        "Who checks, signs off and sends the recommendation, and when",
        (4, 4, 4),
        ("Step", "Who", "When"),
        *(
            (words, f'{{{{ rows["{row}"].owner }}}}', when.format(row))
            for words, row in (
                ("Quality assured", "RR-6.4"),
                ("Signed off", "RR-6.5"),
                ("Sent to the Panel", "RR-6.6"),
            )
        ),
    )
    return made


def terms_of_reference() -> Template:
    made = Template()
    made.title(
        "Terms of reference",
        "Local Child Safeguarding Practice Review · case {{ reference }} · draft of {{ today }}",
    )
    made.facts(
        Drafted_by="{{ sender.name }}, {{ sender.role }}",
        With='{{ people["LCSPR author"].name }} (author) and {{ people["Head of QA and Partnerships"].name }} '
        "(Head of QA and Partnerships)",
        Signed_off_by='The first Review Panel, {% if rows["LCSPR-7.8"].done %}{{ rows["LCSPR-7.8"].completed }}'
        '{% else %}due {{ rows["LCSPR-7.8"].date }}{% endif %}',
    )
    made.heading("1. Why this review is held")
    made.facts(
        What_happened="{{ summary }}", Incident="{{ incident }}", Reasons=blank("why a review is held")
    )
    children_table(made)
    made.para(
        'The review began on {{ clocks["LCSPR day zero"] }}: the date of the National Panel\'s letter, or of the '
        "partners' own decision."
    )
    made.heading("2. Scope")
    made.facts(
        Questions=blank("the questions the review answers"),
        Period=blank("from when to when"),
        Not_covered=blank("what is left out, and why"),
    )
    made.para("Agencies that take part:", keep=True)
    made.logic("for each in agencies")
    made.bullets("{{ each.name }}")
    made.logic("endfor")
    made.heading("3. Report and chronologies")
    made.para("The first Review Panel settles both.")
    made.facts(
        Type_of_report=blank("type of report"),
        Chronologies=blank("from whom, for which period, in how much detail"),
    )
    made.heading("4. The family")
    made.facts(
        Taking_part=blank("how the family can take part, and who asks them"),
        Support=blank("how the family is supported, and by whom"),
    )
    made.heading("5. Practitioners")
    made.para(blank("how practitioners are prepared and heard, and which learning events are held"))
    made.heading("6. Timeline")
    made.table(
        "The steps of the review and their dates",
        (6, 4),
        ("Step", "Date"),
        *(
            (words, f'{{{{ rows["{row}"].date }}}}')
            for words, row in (
                ("First Review Panel", "LCSPR-7.8"),
                ("Final Review Panel, at the latest", "LCSPR-7.16"),
                ("Communications planning meeting, at the latest", "LCSPR-7.17"),
                ("Report to the National Panel and Secretary of State, at the latest", "LCSPR-7.19"),
                ("Publication, at the latest", "LCSPR-7.6"),
            )
        ),
    )
    made.logic("if meetings_ahead")
    made.para("Meetings that are fixed:", keep=True)
    made.logic("for each in meetings_ahead")
    made.bullets("{{ each.kind }}: {{ each.date }}, {{ each.time }}, {{ each.place }}")
    made.logic("endfor", "endif")
    made.heading("7. When the review is finished")
    made.para(
        'The review is finished and published by **{{ rows["LCSPR-7.6"].date }}**, six months after it began. '
        "If it will take longer, the author tells the Business Manager at once, with the reason."
    )
    made.heading("8. Who does what")
    made.table(
        "The roles in the review",
        (4, 5),
        ("Role", "Name"),
        *(
            (role, f'{{{{ people["{role}"].name }}}}')
            for role in (
                "LCSPR author",
                "Chair of the Review Panel",
                "Head of QA and Partnerships",
                "PDSCP Business Manager",
                "Senior Solicitor, Legal Services",
            )
        ),
        ("Members of the Review Panel", blank("names and agencies")),
    )
    return made


def report_and_chronology_request() -> Template:
    made = Template()
    address(made, "Request for a report and a chronology")
    made.para(
        "Please send us your agency's report and chronology on {{ labels }} and their family. "
        "We need both by **{{ reply_by }}**."
    )
    made.heading("Why we ask")
    made.para(
        "A Local Child Safeguarding Practice Review is being held. It looks at how agencies worked together, so that "
        "children are better protected. "
        "The first Review Panel agreed the terms of reference on "
        + done("LCSPR-7.8", "date of the first Review Panel")
        + ". They come with this letter."
    )
    made.facts(What_happened="{{ summary }}", Date_of_incident="{{ incident }}", Children="{{ labels }}")
    made.heading("What we ask you to do")
    made.bullets(
        "**Report:** " + blank("type of report, and the questions your agency answers") + ".",
        "**Chronology:** "
        + blank("from when to when, and in how much detail")
        + ". Use the form on the next page.",
        "The names come to you separately: " + blank("how the names are sent securely") + ".",
        "Have both checked and signed off in your agency.",
        "Return them to {{ sender.name }} at {{ sender.email }} by {{ reply_by }}.",
    )
    made.para(
        'The author of the review is {{ people["LCSPR author"].name }}. If you cannot keep the date, or have nothing '
        "to report, please tell us now."
    )
    ending(made)
    made.heading("Chronology", new_page=True)
    made.para(NO_NAMES + " One line for each event, the earliest first.", "Note")
    made.facts(
        Case="{{ reference }}",
        Agency="{{ agency.name }}",
        Written_by=blank("name and role"),
        Signed_off_by=blank("name and role"),
    )
    made.table(
        "Chronology: the day, where it is recorded, what happened, what was done, what to note",
        (4, 4, 6, 6, 5),
        ("Date", "Source", "What happened", "What we did", "Comment"),
        *[(blank("date"), blank("record"), blank("event"), blank("action"), blank("comment"))] * 4,
    )
    return made


def seven_minute_briefing() -> Template:
    made = Template()
    made.title("Seven-minute briefing", "Synopsis of learning · draft of {{ today }}")
    made.para(
        "Keep it to one page, in words every practitioner knows. Before it is published, take out the marking, the "
        "reference, this note and whatever could show who a child is.",
        "Note",
    )
    made.heading("1. What happened")
    made.para("{{ summary }}")
    made.para(blank("the story in three sentences, without anything that tells who it is"))
    made.heading("2. Why it matters")
    made.para(blank("what the harm was, and why other children could be harmed in the same way"))
    made.heading("3. How we reviewed it")
    made.para(
        '{% if decisions.lcspr == "yes" %}The partners held a Local Child Safeguarding Practice Review.'
        '{% elif decisions.learning_review == "yes" %}The partners held a learning review.'
        "{% else %}" + blank("kind of review") + "{% endif %} "
        '{% if rows["RR-6.2"].done %}It began with a Rapid Review on {{ rows["RR-6.2"].completed }}.{% endif %}'
    )
    made.heading("4. What went well")
    made.para(blank("what practitioners did well"))
    made.heading("5. What we learned")
    made.bullets(blank("first point"), blank("second point"), blank("third point"))
    made.heading("6. What will change")
    made.logic("for each in plan if each.recommendation")
    made.bullets("{{ each.recommendation }}")
    made.logic("else")
    made.bullets(blank("the recommendations: the workbook's Action Plan has none yet"))
    made.logic("endfor")
    made.heading("7. What you can do now")
    made.bullets(
        blank("one thing to do in your own work"),
        blank("one question to talk about in your team"),
        blank("where to read more, and whom to ask"),
    )
    return made


TEMPLATES = {
    "briefing-report-request": briefing_report_request,
    "rapid-review-agenda": rapid_review_agenda,
    "rapid-review-recommendation": rapid_review_recommendation,
    "terms-of-reference": terms_of_reference,
    "report-and-chronology-request": report_and_chronology_request,
    "seven-minute-briefing": seven_minute_briefing,
}


def made_templates() -> dict[str, bytes]:
    """Each template by its file's name."""
    return {
        f"{name}.docx": make().content(name.replace("-", " ").capitalize())
        for name, make in TEMPLATES.items()
    }


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, content in made_templates().items():
        (TARGET / name).write_bytes(content)
        print(TARGET / name)


if __name__ == "__main__":
    main()
