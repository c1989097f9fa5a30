"""Every key of a case description: its kind, its use and its looks. Reading and writing share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.case.model import CHOICES
from tracker.case.values import CaseKey, Is, choice
from tracker.procedure.model import EMPLOYERS

if TYPE_CHECKING:
    from collections.abc import Mapping


def _choice(path: str, about: str) -> CaseKey:
    words = CHOICES[path]
    listed = ", ".join(f'"{word}"' for word in words)
    return CaseKey(path.rpartition(".")[2], choice(words), f"{about}: {listed}", f'"{words[0]}"')


TOP = (
    CaseKey("procedure", Is.TEXT, "edition of the procedure; empty: the present one", '""'),
    CaseKey("marking", Is.TEXT, "printed on every page", '"OFFICIAL-SENSITIVE"'),
)

TABLES: Mapping[str, tuple[CaseKey, ...]] = {
    "case": (
        CaseKey(
            "reference",
            Is.REFERENCE,
            "letters, digits and hyphens; never a name",
            '"DOR-2026-014"',
            required=True,
        ),
        CaseKey("summary", Is.TEXT, "a few words, no names", '"Serious harm to an infant"'),
        CaseKey("incident", Is.DATE, "when it happened; recorded, nothing is counted from it", "2026-10-30"),
        CaseKey(
            "aware",
            Is.DATE,
            "when the local authority became aware: SIN day zero",
            "2026-11-02",
            required=True,
        ),
        CaseKey("died", Is.FLAG, "true where a child died", "false"),
        _choice("case.looked_after", "at the time"),
        _choice("case.abuse_or_neglect", "as cause or contribution"),
    ),
    "dates": (
        CaseKey("sin_submitted", Is.DATE, "starts the Rapid Review clock", "2026-11-09"),
        CaseKey(
            "national_panel_meeting", Is.DATE, "the Panel's meeting that considers the case", "2026-12-10"
        ),
        CaseKey("lcspr_recommended", Is.DATE, "on the Panel's letter: LCSPR day zero", "2026-12-17"),
        CaseKey("lcspr_decided", Is.DATE, "the partners' own decision, without the Panel's", "2026-12-18"),
        CaseKey("publication", Is.DATE, "the confirmed plan", "2027-06-10"),
        CaseKey("published", Is.DATE, "the day it was published", "2027-06-10"),
    ),
    "decisions": (
        _choice("decisions.criteria_met", "after the Rapid Review"),
        CaseKey("criteria_decided", Is.DATE, "when it was decided", "2026-11-24"),
        CaseKey("criteria_reason", Is.TEXT, "why", '"No evidence of neglect"'),
        _choice("decisions.rapid_review_recommends", "to the Panel"),
        _choice("decisions.panel_response", "the National Panel"),
        _choice("decisions.lcspr", "what the partners do"),
        CaseKey("lcspr_reason", Is.TEXT, "why; printed where there is no LCSPR", '"The learning is known"'),
        _choice("decisions.publication_form", "what is published"),
        CaseKey("case_closed", Is.DATE, "when the case was closed", "2027-09-30"),
    ),
    "options": (
        CaseKey("other_partnerships", Is.TEXTS, "safeguarding partnerships to be told", '["Somerset"]'),
        CaseKey("submitters_absent", Is.FLAG, "true where both registered officers are away", "false"),
        CaseKey(
            "rapid_review_chair",
            Is.TEXT,
            "the role that chairs the Rapid Review",
            '"Chair of the LCSPR subgroup"',
        ),
    ),
    "calendar": (
        CaseKey("extra_bank_holidays", Is.DATES, "declared after the calendar was made", "[2027-05-03]"),
        CaseKey(
            "office_closures", Is.DATES, "still working days for every clock", "[2026-12-29, 2026-12-30]"
        ),
    ),
}

LISTS: Mapping[str, tuple[CaseKey, ...]] = {
    "children": (
        CaseKey(
            "label",
            Is.LABEL,
            "Child, Sibling, Baby or Young person, and a number",
            '"Child 1"',
            required=True,
        ),
    ),
    "agencies": (
        CaseKey("name", Is.TEXT, "the agency's name", '"Dorset Police"', required=True),
        CaseKey("code", Is.CODE, "part of row IDs, kept for ever", '"POL"', required=True),
        CaseKey("employer", choice(EMPLOYERS), "whose it is", '"partner agency"'),
        CaseKey("statutory", Is.FLAG, "true for a statutory partner", "true"),
        CaseKey("contact", Is.TEXT, "who is asked", '"B. Example"'),
        CaseKey("email", Is.EMAIL, "where", '"b.example@example.org"'),
    ),
    "holds": (
        CaseKey("from", Is.DATE, "publication waits from this day", "2027-03-01"),
        CaseKey("review_on", Is.DATE, "when it is looked at again; the hold goes on", "2027-06-01"),
        CaseKey("ended_on", Is.DATE, "the day it ended; left out while it runs", "2027-10-04"),
        CaseKey("reason", Is.TEXT, "why it waits", '"Criminal trial"'),
        CaseKey("agreed_by", Is.TEXT, "who agreed", '"C. Example"'),
    ),
    "meetings": (
        CaseKey("kind", Is.TEXT, "the kind of meeting, or a board", '"Rapid Review"', required=True),
        CaseKey("date", Is.DATE, "its day", "2026-11-24", required=True),
        CaseKey("time", Is.TEXT, "when it starts", '"10:00"'),
        CaseKey("place", Is.TEXT, "where", '"County Hall"'),
    ),
}

PERSON = (
    CaseKey("name", Is.TEXT, "who holds the role", '"A. Example"', required=True),
    CaseKey("email", Is.EMAIL, "where reminders go", '"a.example@example.org"'),
    CaseKey("deputy", Is.TEXT, "who stands in", '"B. Example"'),
)

SECTION_NAMES = (
    *("case", "children", "agencies", "people"),
    *("dates", "decisions", "holds", "options", "meetings", "calendar"),
)
"""The sections in the order of the description."""

SINGLE_HOLD = "hold"
"""A description of 0.1 has one section `[hold]`; it is read as one of `[[holds]]`."""


def table_header(section: str) -> str:
    """How a section's header is written: `[case]`, `[[children]]`."""
    return f"[[{section}]]" if section in LISTS else f"[{section}]"


def home_of(name: str) -> str:
    """Where a key belongs, as `in [case]`, or an empty string: for a key that stands in the wrong place."""
    if any(key.name == name for key in TOP):
        return "at the top, above [case]"
    homes = [
        section for section, keys in {**TABLES, **LISTS}.items() if any(key.name == name for key in keys)
    ]
    return f"in {table_header(homes[0])}" if len(homes) == 1 else ""
