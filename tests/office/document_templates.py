"""Makes the templates of the letters and forms in `templates/documents/`, unbranded.

Run it with `python tests/office/document_templates.py`. A test holds the templates against what it makes, so words are
changed here, and in review_templates.py those of the review; a council changes its own copies in Word.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from office.letter_template import (  # noqa: E402  the path comes first
    CHAIR,
    LOOPED,
    MEETING,
    NO_NAMES,
    Template,
    address,
    blank,
    children_table,
    done,
    ending,
    reports_table,
)
from office.review_templates import report_and_chronology_request, seven_minute_briefing, terms_of_reference  # noqa: E402  as above

TARGET = ROOT / "templates" / "documents"


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
