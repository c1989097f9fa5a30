"""Every key of a case description: its kind, its use and its looks. Reading and writing share it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.case.model import CHOICES
from tracker.procedure.model import EMPLOYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TEXT = 2_000
"""Characters of a text in a case description: a paragraph, not a report."""


class Is(StrEnum):
    """What a value is."""

    TEXT = "text"
    DATE = "date"
    FLAG = "flag"
    CHOICE = "choice"
    REFERENCE = "reference"
    LABEL = "label"
    CODE = "code"
    EMAIL = "email"
    TEXTS = "texts"
    DATES = "dates"


WANTED: Mapping[Is, str] = {
    Is.TEXT: "text in quotation marks",
    Is.DATE: "a date: year-month-day, without quotation marks",
    Is.FLAG: "true or false, without quotation marks",
    Is.CHOICE: "a fixed word in quotation marks",
    Is.REFERENCE: "text in quotation marks",
    Is.LABEL: "text in quotation marks",
    Is.CODE: "text in quotation marks",
    Is.EMAIL: "text in quotation marks",
    Is.TEXTS: "a list of texts in square brackets",
    Is.DATES: "a list of dates in square brackets",
}


@dataclass(frozen=True, slots=True)
class FieldKey:
    """One key. `example` is its value as TOML; `about` says what it is for."""

    name: str
    kind: Is
    example: str
    about: str
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The key as a line of the description: `aware = 2026-11-02`."""
        return f"{self.name} = {self.example}"


def _choice(path: str, about: str) -> FieldKey:
    words = CHOICES[path]
    listed = ", ".join(f'"{word}"' for word in words)
    return FieldKey(path.rpartition(".")[2], Is.CHOICE, f'"{words[0]}"', f"{about}: {listed}", choices=words)


TOP = (
    FieldKey("procedure", Is.TEXT, '""', "edition of the procedure; empty: the present one"),
    FieldKey("marking", Is.TEXT, '"OFFICIAL-SENSITIVE"', "printed on every page"),
)

TABLES: Mapping[str, tuple[FieldKey, ...]] = {
    "case": (
        FieldKey(
            "reference", Is.REFERENCE, '"DOR-2026-014"', "letters, digits and hyphens; never a name", True
        ),
        FieldKey("summary", Is.TEXT, '"Serious harm to an infant"', "a few words, no names"),
        FieldKey("incident", Is.DATE, "2026-10-30", "when it happened; recorded, nothing is counted from it"),
        FieldKey("aware", Is.DATE, "2026-11-02", "when the local authority became aware: SIN day zero", True),
        FieldKey("died", Is.FLAG, "false", "true where a child died"),
        _choice("case.looked_after", "at the time"),
        _choice("case.abuse_or_neglect", "as cause or contribution"),
    ),
    "dates": (
        FieldKey("sin_submitted", Is.DATE, "2026-11-09", "starts the Rapid Review clock"),
        FieldKey(
            "national_panel_meeting", Is.DATE, "2026-12-10", "the Panel's meeting that considers the case"
        ),
        FieldKey("lcspr_recommended", Is.DATE, "2026-12-17", "on the Panel's letter: LCSPR day zero"),
        FieldKey("lcspr_decided", Is.DATE, "2026-12-18", "the partners' own decision, without the Panel's"),
        FieldKey("publication", Is.DATE, "2027-06-10", "the confirmed plan"),
        FieldKey("published", Is.DATE, "2027-06-10", "the day it was published"),
    ),
    "decisions": (
        _choice("decisions.notify", "whether the incident is notified"),
        FieldKey("notify_decided", Is.DATE, "2026-11-04", "when it was decided"),
        FieldKey("notify_reason", Is.TEXT, '"The partners agree that it is not notifiable"', "why not"),
        _choice("decisions.criteria_met", "after the Rapid Review"),
        FieldKey("criteria_decided", Is.DATE, "2026-11-24", "when it was decided"),
        FieldKey("criteria_reason", Is.TEXT, '"No evidence of neglect"', "why"),
        _choice("decisions.rapid_review_continues", "where the criteria are not met"),
        _choice("decisions.rapid_review_recommends", "to the Panel"),
        _choice("decisions.panel_response", "the National Panel"),
        _choice("decisions.lcspr", "what the partners do"),
        FieldKey("lcspr_reason", Is.TEXT, '"The learning is known"', "why; printed where there is no LCSPR"),
        _choice("decisions.learning_review", "where there is no LCSPR"),
        _choice("decisions.publication_form", "what is published"),
        FieldKey("case_closed", Is.DATE, "2027-09-30", "when the case was closed"),
    ),
    "options": (
        FieldKey("other_partnerships", Is.TEXTS, '["Somerset"]', "safeguarding partnerships to be told"),
        FieldKey("submitters_absent", Is.FLAG, "false", "true where both registered officers are away"),
        FieldKey(
            "rapid_review_chair",
            Is.TEXT,
            '"Chair of the LCSPR subgroup"',
            "the role that chairs the Rapid Review",
        ),
    ),
    "calendar": (
        FieldKey("extra_bank_holidays", Is.DATES, "[2027-05-03]", "declared after the calendar was made"),
        FieldKey(
            "office_closures", Is.DATES, "[2026-12-29, 2026-12-30]", "still working days for every clock"
        ),
    ),
}

LISTS: Mapping[str, tuple[FieldKey, ...]] = {
    "children": (
        FieldKey("label", Is.LABEL, '"Child 1"', "Child, Sibling, Baby or Young person, and a number", True),
        FieldKey("died", Is.FLAG, "false", "left out: as under [case]"),
        _choice("case.looked_after", "left out: as under [case]"),
    ),
    "agencies": (
        FieldKey("name", Is.TEXT, '"Dorset Police"', "the agency's name", True),
        FieldKey("code", Is.CODE, '"POL"', "part of row IDs, kept for ever", True),
        FieldKey("employer", Is.CHOICE, '"partner agency"', "whose it is", choices=EMPLOYERS),
        FieldKey("statutory", Is.FLAG, "true", "true for a statutory partner"),
        FieldKey("contact", Is.TEXT, '"B. Example"', "who is asked"),
        FieldKey("email", Is.EMAIL, '"b.example@example.org"', "where"),
    ),
    "holds": (
        FieldKey("from", Is.DATE, "2027-03-01", "publication waits from this day"),
        FieldKey("review_on", Is.DATE, "2027-06-01", "when it is looked at again; the hold goes on"),
        FieldKey("ended_on", Is.DATE, "2027-10-04", "the day it ended; left out while it runs"),
        FieldKey("reason", Is.TEXT, '"Criminal trial"', "why it waits"),
        FieldKey("agreed_by", Is.TEXT, '"C. Example"', "who agreed"),
    ),
    "meetings": (
        FieldKey("kind", Is.TEXT, '"Rapid Review"', "the kind of meeting, or a board", True),
        FieldKey("date", Is.DATE, "2026-11-24", "its day", True),
        FieldKey("time", Is.TEXT, '"10:00"', "when it starts"),
        FieldKey("place", Is.TEXT, '"County Hall"', "where"),
    ),
}

PERSON = (
    FieldKey("name", Is.TEXT, '"A. Example"', "who holds the role", True),
    FieldKey("email", Is.EMAIL, '"a.example@example.org"', "where reminders go"),
    FieldKey("deputy", Is.TEXT, '"B. Example"', "who stands in"),
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
