"""The words of the letters and forms of the review: terms of reference, the request to agencies, the briefing."""

from __future__ import annotations

from office.letter_template import NO_NAMES, Template, address, blank, children_table, done, ending


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
