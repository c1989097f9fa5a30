"""The layout of the workbook: written once, for the writer and the reader.

Widths are in characters of the default font. Rows and columns count from 1, as a spreadsheet shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker import rules
from tracker.case.model import CHOICES
from tracker.procedure.model import BASES, EMPLOYERS, UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.case.model import Case
    from tracker.procedure.model import Procedure

LAYOUT = 5
"""The layout's version; regenerate brings older workbooks up to it and refuses newer ones.

2: a completion after the report date does not count, and the holds are a table on sheet Case. 3: columns Waits for,
Note and Order; a child may have died and been looked after by itself. 5: meetings and the date of closing have names,
through which Summary looks.
"""
NAMES_MEETINGS = 5  # the first layout in which meetings have names

SCHEMA = "tracker/workbook/1"
SUMMARY = "Summary"
CASE = "Case"
PLAN = "Action Plan"
LOG = "Log"
PEOPLE = "People"
CALENDAR = "Calendar"
GUIDE = "Guide"
HIDDEN = "_tracker"
RETURN = "_return"  # the hidden sheet of an agency's return
HEADER_ROW = 3  # of every stage sheet, of the action plan and the log: three frozen rows
ROOM = 200  # rows below a table that already carry its drop-downs, checks and colours
HOLIDAY_ROOM = 400  # the last row the defined name `Holidays` reaches: typed bank holidays count at once
PIECE = 32_000  # characters of JSON a cell of `_tracker` holds
_MOST_ON_PAPER = (
    90  # letters of the marking, and of the reference: Excel repairs a workbook with over 255 in all
)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of one of our tables.

    `kind` is `text`, `date`, `number`, `list` or `formula`; a list's words stand in `words`, or in the cells of
    the defined name `source`. Where `strict`, only these words are taken. `edited_by` is who owns the cells when
    workbooks are merged: `procedure`, `person`, `shared`, or `formula`.
    """

    title: str
    width: float
    kind: str = "text"
    words: tuple[str, ...] = ()
    source: str = ""
    strict: bool = True
    edited_by: str = "person"
    wrap: bool = True
    shape: str = ""  # "date" or "days": how a formula's result is shown
    known_as: str = ""  # the title under which people's words for its list stand, where a set has another
    since: int = 1  # the layout that has it first


STAGE_COLUMNS = (
    SheetColumn("ID", 9.5, edited_by="procedure"),
    SheetColumn("Action", 48, edited_by="procedure"),
    SheetColumn("Timescale", 10, "formula", edited_by="formula"),
    SheetColumn("Owner", 22, "list", source="Role_list", strict=False, edited_by="procedure"),
    SheetColumn("Named owner", 10, "formula", edited_by="shared"),
    SheetColumn("Due", 11.5, "formula", edited_by="formula", shape="date"),
    SheetColumn("Agreed date", 11.5, "date"),
    SheetColumn("Completed", 11.5, "date"),
    SheetColumn("RAG", 14.8, "formula", edited_by="formula"),
    SheetColumn("Days late", 7, "formula", edited_by="formula", shape="days"),
    SheetColumn("Status", 9.5, "list", words=rules.STATUSES),
    SheetColumn("Progress", 20),
    SheetColumn("Reason for change", 24.5),
    SheetColumn("Evidence", 26, wrap=False),
    SheetColumn("Paragraph", 10, edited_by="procedure", wrap=False),
    SheetColumn("Counted from", 22, "list", source="Clock_list", edited_by="procedure"),
    SheetColumn("Count", 7, "number", edited_by="procedure"),
    SheetColumn("Unit", 13, "list", words=UNITS, edited_by="procedure"),
    SheetColumn("Day zero", 13, "formula", edited_by="formula", shape="date"),
    SheetColumn("Employer", 14, "formula", edited_by="formula"),
    SheetColumn("Basis", 11, "list", words=BASES, edited_by="procedure"),
    SheetColumn("Waits for", 16, edited_by="procedure", since=3),
    SheetColumn("Note", 60, edited_by="procedure", since=3),
    SheetColumn("Order", 12, "formula", edited_by="formula", since=3),
)
FIRST_FOLDED = "Paragraph"  # from this column on a stage sheet is grouped and collapsed
LAST_PRINTED = "Reason for change"
PLAN_LAST_PRINTED = "Success measure"
ZOOM = 85
"""Per cent, of stages and action plan: 13 rows and the column Progress fit on a screen of 1366 by 768."""

PLAN_COLUMNS = (
    SheetColumn("ID", 8, edited_by="procedure"),
    SheetColumn("Recommendation", 22),
    SheetColumn("Action", 30),
    SheetColumn("Lead agency", 13, "list", source="Agency_list", strict=False),
    SheetColumn("Named owner", 10, "formula", edited_by="shared"),
    SheetColumn("Target date", 11.5, "date"),
    SheetColumn("Agreed date", 11.5, "date"),
    SheetColumn("Completed", 11.5, "date"),
    SheetColumn("Signed off", 11.5, "date"),
    SheetColumn("RAG", 12, "formula", edited_by="formula"),
    SheetColumn("Days late", 7, "formula", edited_by="formula", shape="days"),
    SheetColumn("Status", 10, "list", words=rules.STATUSES),
    SheetColumn("Progress", 20),
    SheetColumn("Impact", 16),
    SheetColumn("Success measure", 15),
    SheetColumn("Reason for change", 24),
    SheetColumn("Evidence", 24, wrap=False),
    SheetColumn("Source", 18, "list"),
    SheetColumn("Owner", 21, "list", source="Role_list", strict=False),
    SheetColumn("Improvement plan ref", 18),
)


def plan_columns(procedure: Procedure) -> tuple[SheetColumn, ...]:
    """The action plan's columns, with the words a set has for where an action comes from."""
    words = procedure.sources()
    return tuple(replace(each, words=words) if each.title == "Source" else each for each in PLAN_COLUMNS)


WHAT = ("Decision", "Date moved", "Chased", "Escalated", "Panel letter", "Proceedings", "Note")
LOG_COLUMNS = (
    SheetColumn("Date", 12, "date"),
    SheetColumn("ID", 12),
    SheetColumn("What", 13, "list", words=WHAT),
    SheetColumn("Text", 50),
    SheetColumn("From", 12, "date"),
    SheetColumn("To", 12, "date"),
    SheetColumn("Agreed by", 17),
    SheetColumn("Evidence", 20),
)

YES_NO = ("yes", "no")
ROLE_COLUMNS = (
    SheetColumn("Role", 36, edited_by="shared"),
    SheetColumn("Name", 26, edited_by="shared"),
    SheetColumn("Email", 25, edited_by="shared", wrap=False),
    SheetColumn("Deputy", 16, edited_by="shared"),
    SheetColumn("Employer", 14, "list", words=EMPLOYERS, edited_by="shared"),
)
AGENCY_COLUMNS = (
    SheetColumn("Code", 36, edited_by="shared"),
    SheetColumn("Agency", 26, edited_by="shared"),
    SheetColumn("Employer", 25, "list", words=EMPLOYERS, edited_by="shared"),
    SheetColumn("Statutory", 16, "list", words=YES_NO, edited_by="shared"),
    SheetColumn("Contact", 14, edited_by="shared"),
    SheetColumn("Email", 20, edited_by="shared", wrap=False),
    SheetColumn("From date", 11.5, "date", edited_by="shared"),
)
HOLIDAY_COLUMNS = (
    SheetColumn("Bank holiday", 12, "date", edited_by="shared"),
    SheetColumn("Name", 25, edited_by="shared"),
)
CLOSURE_COLUMNS = (
    SheetColumn("Office closure", 12, "date", edited_by="shared"),
    SheetColumn("Note", 16, edited_by="shared"),
)
MEETING_COLUMNS = (
    SheetColumn("Kind", 22, "list", source="Meeting_kinds", strict=False, edited_by="shared"),
    SheetColumn("Date", 12, "date", edited_by="shared"),
    SheetColumn("Time", 8, edited_by="shared", wrap=False),
    SheetColumn("Place", 22, edited_by="shared"),
    SheetColumn("Held", 6, "list", words=("yes",), edited_by="shared"),
)
CLOCK_COLUMNS = (
    SheetColumn("Clock", 25, edited_by="procedure"),
    SheetColumn("Date in use", 19, "formula", edited_by="formula", shape="date"),
    SheetColumn("Confirmed or provisional", 11, "formula", edited_by="formula"),
    SheetColumn("Type it here", 19, "date", edited_by="shared"),
)
CHILD_COLUMNS = (
    SheetColumn("Child", 25, edited_by="shared"),
    SheetColumn("Died", 19, "list", words=YES_NO, edited_by="shared", since=3),
    SheetColumn("Looked after", 11, "list", words=CHOICES["case.looked_after"], edited_by="shared", since=3),
)
PROCEEDING_COLUMNS = (
    SheetColumn("Kind", 15),
    SheetColumn("Contact", 12),
    SheetColumn("Next date", 12, "date"),
    SheetColumn("Effect", 17.5),
)

HOLD_COLUMNS = (
    SheetColumn("From", 15, "date", edited_by="shared"),
    SheetColumn("Review on", 12, "date", edited_by="shared"),
    SheetColumn("Ended on", 12, "date", edited_by="shared"),
    SheetColumn("Reason", 17.5, edited_by="shared"),
    SheetColumn("Agreed by", 9, edited_by="shared"),
)

CHILDREN_TABLE = "Case_children"
HOLD_TABLE = rules.HOLDS
PROCEEDINGS_TABLE = "Case_proceedings"
LOG_TABLE = "Log_entries"
HOLIDAY_TABLE = "Bank_holidays"
CLOSURE_TABLE = "Closures"
MEETING_TABLE = rules.MEETINGS
BESIDE_COLUMN = 6  # of sheet Case: the holds and proceedings stand beside the clocks and decisions

MEETING_COLUMN = 1
CLOSURE_COLUMN = 7
HOLIDAY_COLUMN = 10
KNOWN_COLUMN = 13
KINDS_COLUMN = 15
CALENDAR_HEADER_ROW = 4


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the Case sheet: a label, its value beside it, and a word of help.

    `path` is the case description's (`decisions.lcspr`); `name` the cell's defined name where formulas need it;
    `since` the layout that has it first.
    """

    label: str
    path: str
    kind: str = "text"
    name: str = ""
    help: str = ""
    source: str = ""
    since: int = 1


DETAILS = (
    Field("Case reference", "case.reference", name="Case_reference", help="A reference, never a name"),
    Field("Marking", "marking", name="Case_marking", help="Shown on every sheet"),
    Field("Summary", "case.summary", name="Case_summary", help="A few words without a name"),
    Field("Incident date", "case.incident", "date", help="Recorded; nothing is counted from it"),
    Field("Child died", "case.died", "yes/no"),
    Field("Looked after", "case.looked_after", "list"),
    Field("Abuse or neglect", "case.abuse_or_neglect", "list"),
    Field("Procedure edition", "procedure", help="The edition this workbook was issued under"),
)
DECISIONS = (
    Field(
        "Notify",
        "decisions.notify",
        "list",
        help="no: give date and reason",
        since=3,
    ),
    Field("Notify: decided on", "decisions.notify_decided", "date", since=3),
    Field("Notify: reason", "decisions.notify_reason", since=3),
    Field("Criteria met", "decisions.criteria_met", "list", help="no: recorded with date and reason"),
    Field("Criteria decided on", "decisions.criteria_decided", "date"),
    Field("Criteria: reason", "decisions.criteria_reason"),
    Field("Rapid Review continues", "decisions.rapid_review_continues", "list", since=3),
    Field("Rapid Review recommends", "decisions.rapid_review_recommends", "list"),
    Field("National Panel's response", "decisions.panel_response", "list"),
    Field(
        "LCSPR",
        "decisions.lcspr",
        "list",
        name="LCSPR_decision",
        help="no: give the reason",
    ),
    Field(
        "LCSPR decided by partners on",
        "dates.lcspr_decided",
        "date",
        name="LCSPR_decided",
        help="Day zero where the Panel's letter recommends none",
    ),
    Field("LCSPR: reason", "decisions.lcspr_reason"),
    Field("Learning review", "decisions.learning_review", "list", help="Where there is no LCSPR", since=3),
    Field("Publication form", "decisions.publication_form", "list"),
    Field("Case closed on", "decisions.case_closed", "date", name="Case_closed"),
)
HOLD_OF_LAYOUT_1 = (
    Field("On hold from", "From", "date"),
    Field("Review the hold on", "Review on", "date"),
    Field("Hold: reason", "Reason"),
    Field("Hold: agreed by", "Agreed by"),
)
"""Where a workbook of layout 1 has its one hold; each path is the title in the table of today."""
OPTIONS = (
    Field("Other partnerships", "options.other_partnerships", help="With commas between them"),
    Field("Both submitters absent", "options.submitters_absent", "yes/no"),
    Field("Chair of the Rapid Review", "options.rapid_review_chair", "list", source="Role_list"),
)
CASE_FIELDS = (*DETAILS, *DECISIONS, *OPTIONS)
NOTES = frozenset(
    {"Action", "Recommendation", "Progress", "Impact", "Success measure", "Reason for change", "Evidence", "Text",
     "Note", "Effect", "Reason", *(each.label for each in CASE_FIELDS if each.path.endswith("_reason"))}
)  # fmt: skip
"""Titles and labels whose cells hold sentences: two of them can stand one below the other."""

INCIDENT = "Incident_date"  # the name of the incident's cell, given where a clock counts from it
DATE_NAMES: Mapping[str, str] = {
    "lcspr_decided": 'IF(LCSPR_decision="no","",LCSPR_decided)',
    "incident": INCIDENT,
}
"""The case's dates that a clock falls back to, and the expression that gives them: a decision against is none."""
DATE_PATHS: Mapping[str, str] = {"lcspr_decided": "dates.lcspr_decided", "incident": "case.incident"}
"""Where each of them stands in a case description."""


def fields(procedure: Procedure, section: tuple[Field, ...] = CASE_FIELDS) -> tuple[Field, ...]:
    """The fields of sheet Case as a set words them."""
    own = dict(procedure.fields)
    counted = next((clock for clock in procedure.clocks if clock.fallback == "incident"), None)
    found = []
    for each in section:
        field = each
        if counted and each.path == "case.incident":
            field = replace(each, name=INCIDENT, help=f"Day zero of the clock {counted.name}")
        if words := own.get(each.path):
            field = replace(field, label=words.label or field.label, help=words.help or field.help)
        found.append(field)
    return tuple(found)


HOLD_RUNNING_LABEL = "Hold running on the report date"
REPORT_DATE_LABEL = "Report date (empty: today)"


def meeting_room(case: Case) -> int:
    """Rows of Calendar below the header in which a meeting counts, also where the table does not grow."""
    return max(60, len(case.meetings) + 20)


def columns_of(columns: Sequence[SheetColumn], version: int) -> tuple[SheetColumn, ...]:
    """The columns that a layout has; under a newer title an older workbook has a column of a person's own."""
    return tuple(column for column in columns if column.since <= max(version, 1))


def titles(columns: Sequence[SheetColumn]) -> list[str]:
    """The titles of some columns."""
    return [column.title for column in columns]


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What stands above and below each printed page, in the format's codes: `&L` left, `&C` centre, `&R` right."""

    header: str
    footer: str


def on_paper(case: Case, sheet: str) -> OnPaper:
    """The lines a sheet of a case has: the marking must not be missing on paper."""
    texts = (case.marking, case.details.reference)
    marking, reference = (text[:_MOST_ON_PAPER].replace("&", "&&") for text in texts)
    return OnPaper(f"&L{marking}&C{reference}&R{sheet}", f"&L{marking}&CPrinted &D&RPage &P of &N")


def without_blanks(line: str) -> str:
    """A line as LibreOffice saves it: sections with nothing in them are left out."""
    return line.replace("&L&C", "&C").replace("&C&R", "&R")
