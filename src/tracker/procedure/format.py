"""The format of a procedure set: every key of its files, of what kind it is, whether it is needed and what it means.

The loader reads by it; the schema for editors and the page on the format are made from it. The keys of a table stand
in the order in which their faults are reported.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tracker.case.model import case_paths, keys
from tracker.procedure.conditions import CONDITION, TEMPLATE, text_options
from tracker.procedure.kinds import (
    CLOCK,
    CODE,
    DAY,
    DEFINED_NAME,
    DOCUMENT,
    FLAG,
    NAMED_TEXTS,
    OWNERS,
    PLAIN,
    PREFIX,
    ROLES,
    SHEET_NAME,
    SHORT,
    TEXT,
    TEXTS,
    WHOLE,
    SetKey,
    choice,
    entries_of,
    table_of,
)
from tracker.procedure.model import BASES, EMPLOYERS, FIELD_DATES, REPETITIONS, SIGHTS, UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping

STAGE_FILE = "STAGE.toml"
"""Our name for the file of a stage; each set names its own files."""

DATE_FIELDS = ("aware", "incident", *keys("dates"))
"""The case's dates that can start a clock: `aware`, `publication`."""

_must = partial(SetKey, required=True)
_EMPLOYER, _UNIT = choice(EMPLOYERS), choice(UNITS)

_ROLE = (
    _must("name", PLAIN, "its one name"),
    _must("employer", _EMPLOYER, "whose it is"),
    SetKey("aliases", TEXTS, "its other names, read as this one everywhere"),
    SetKey(
        "option", choice(text_options()), "where the case decides who it is: the option that names the role"
    ),
    SetKey(
        "default",
        TEXT,
        "that role where the case says nothing; needed with `option`",
        needed=lambda role: role["option"],
    ),
    SetKey("digest", FLAG, "true for who gets the weekly digest of all cases"),
    SetKey("signs", FLAG, "true for the one who signs messages to owners and gets their answers"),
    SetKey("email", PLAIN, "an address the procedure itself gives, written beside the role on People"),
    SetKey("email_note", PLAIN, "what people should know of that address, shown above the roles on People"),
    SetKey("code", CODE, "ends the IDs of its rows where a step has several owners; kept for ever"),
)
_EMPLOYER_NAMES = (
    _must("council", TEXT, "the council"),
    _must("partnership", TEXT, "the safeguarding partnership"),
    _must("partner agency", TEXT, "any partner agency"),
    _must("external", TEXT, "anybody outside, who is chased and never overdue"),
)
_PROVISIONAL = (
    _must("from", TEXT, "that clock"),
    _must("count", WHOLE, "how far"),
    _must("unit", _UNIT, "in what"),
)
_CLOCK = (
    SetKey(
        "provisional",
        table_of(_PROVISIONAL),
        "until then, counted from another clock; left out, no dates before it is known",
    ),
    SetKey(
        "field",
        choice(DATE_FIELDS),
        "a date of the case. One clock has `aware`; `incident` is typed among the details of sheet Case",
    ),
    SetKey("fallback", choice(FIELD_DATES), "another date of the case, for when the first is not known"),
    _must("name", PLAIN, "its name, shown as Counted from"),
    _must("defined_name", DEFINED_NAME, "what formulas call it"),
    _must("paragraph", TEXT, "where the procedure says so"),
    SetKey("step", TEXT, "the step whose Completed it is: one that every case has exactly once"),
    SetKey("hold", FLAG, "true where the case's hold stops the rows counted from it"),
    SetKey("note", TEXT, "the reading taken"),
)
_BOARD = (
    _must("sees", choice(SIGHTS), "what it is shown"),
    _must("id", PLAIN, "what `--for` calls it"),
    _must("name", TEXT, "its name, also a kind of meeting"),
    _must("paragraph", TEXT, "where the procedure says so"),
    SetKey(
        "employer",
        _EMPLOYER,
        "with `employer`: whose outstanding actions",
        needed=lambda board: board["sees"] == "employer",
    ),
    SetKey("members", ROLES, "roles that sit on it: their report asks for the steps these own"),
)
_AGENCY = (
    _must("name", PLAIN, "its name"),
    _must("code", CODE, "ends the IDs of its rows; kept for ever"),
    _must("employer", _EMPLOYER, "whose it is"),
    SetKey("statutory", FLAG, "true for a statutory partner"),
)
_NOT_APPLICABLE = (
    _must("when", CONDITION, "the decision"),
    _must("stages", TEXTS, "whose rows become Not applicable"),
    SetKey("excluding", TEXTS, "steps that stay"),
    _must(
        "reason", TEMPLATE, "the reason in the row; fields of the case in braces: `{decisions.lcspr_reason}`"
    ),
)
_COMPARISON = (
    _must("label", PLAIN, "what it is called there"),
    _must("step", TEXT, "the step"),
    _must("from", TEXT, "a clock"),
    _must("count", WHOLE, "how far from its day zero"),
    _must("unit", _UNIT, "in what"),
    SetKey("note", PLAIN, "a word of help beside it"),
)
_WORDS = (
    SetKey("label", PLAIN, "what it is called"),
    SetKey("help", PLAIN, "a word of help beside it, such as the paragraph"),
)
_FIELDS = tuple(
    SetKey(path, table_of(_WORDS), 'one field, by its path in a case description: `"decisions.lcspr"`')
    for path in case_paths()
)
_READING = (
    _must("paragraphs", TEXT, "where"),
    _must("text", TEXT, "how"),
)
_SOURCE = (
    _must("title", TEXT, "the document"),
    _must("date", DAY, "its date"),
    _must("taken", TEXT, "what was taken from it"),
)
_STEP = (
    SetKey("count", WHOLE, "how far from its day zero; negative counts back"),
    SetKey(
        "unit",
        _UNIT,
        "days are calendar days; a date in days, weeks or months is due on the last working day on or before it",
    ),
    SetKey(
        "basis",
        choice(BASES),
        "needed with a date; left out, Undated. Added is for steps of your own without a date",
        needed=lambda step: "count" in step,
    ),
    _must("owner", OWNERS, "a role; several for a row each; `{agency}` where each agency does it itself"),
    _must("id", TEXT, "prefix, paragraph, then b, c ... for further steps of it; kept for ever"),
    _must("paragraph", TEXT, 'text in quotes (`"5.10"` is not `"5.1"`), or `"Appendix"`'),
    _must(
        "action", TEXT, "short and plain; with `each` it begins small, since the row puts a name before it"
    ),
    SetKey(
        "from", CLOCK, "a clock, or a kind of planned meeting; with `count` and `unit`, or none of the three"
    ),
    SetKey("consult", ROLES, "roles, named at the end of the row"),
    SetKey("copy_to", ROLES, "roles, named at the end of the row"),
    SetKey("after", TEXTS, "steps that must be done first; a repeated one means all its rows"),
    SetKey("key", FLAG, "true for a key date"),
    SetKey("short", SHORT, "a key date's name on Summary and in messages, at most 30 characters"),
    SetKey("title", PLAIN, "what calendars call it; left out, `short`, `decides` or how the action begins"),
    SetKey("decides", TEXT, "what the owner is asked to decide or sign off, as a request in a digest"),
    SetKey(
        "event",
        TEMPLATE,
        "what reports say happened once it is done, a meeting as `Rapid Review meeting held`; what follows a colon may "
        "name fields of the case in braces and is left out until they are known",
    ),
    SetKey(
        "when",
        CONDITION,
        'fields of the case for which there is such a row; with `each = "child"` of the child',
    ),
    SetKey("unless", CONDITION, "fields of the case for which there is no such row"),
    SetKey("each", choice(REPETITIONS), "a row for each of them"),
    SetKey("completed_by", choice(keys("dates")), "the date of the case that fills Completed"),
    SetKey("note", TEXT, "the reading taken; `tracker explain` shows it"),
    SetKey("first", WHOLE, "of a range of days the first; the step is due on its last, which is `count`"),
    SetKey(
        "target_of",
        TEXT,
        "the step whose limit this one is to beat: the same clock and unit, a smaller count",
    ),
    SetKey("held", FLAG, "true where the case's hold stops the step, whatever it is counted from"),
    SetKey(
        "delay_within",
        WHOLE,
        "for the step that gives the reasons for delay: it is asked for in the weekly report from so many "
        "working days before the local review is due",
    ),
    SetKey(
        "standing", FLAG, "true for what is done again and again: one open row without a date, never Ready"
    ),
    SetKey(
        "document",
        DOCUMENT,
        "the letter or form the step asks for: the name of its Word template, which `tracker documents` fills; each "
        'agency gets its own where a step with `each = "agency"` waits for this one',
    ),
)

FILES: Mapping[str, tuple[SetKey, ...]] = {
    "procedure.toml": (
        SetKey("not_applicable", entries_of(_NOT_APPLICABLE), "a decision that ends something"),
        SetKey(
            "comparison",
            table_of(_COMPARISON),
            "another reading of when a step is due: shown on sheet Case, never used",
        ),
        _must("title", TEXT, "the procedure's name"),
        _must(
            "edition",
            TEXT,
            "which edition it is; a workbook remembers it, and `regenerate --move-edition` moves it on",
        ),
        _must("effective_from", DAY, "the day from which the edition holds"),
        _must("improvement_plan", TEXT, "the plan that learning goes into"),
        _must("meeting_kinds", TEXTS, "what a meeting can be called, besides the boards"),
        SetKey(
            "reading", entries_of(_READING), "how a contradiction or a gap is read: a line on sheet Guide"
        ),
        SetKey("source", entries_of(_SOURCE), "what the rules rest on"),
        SetKey("checked_on", DAY, "the day the set was last compared with its sources; left out, nobody has"),
        SetKey("checked_by", TEXT, "who compared it: a role, never a person"),
        SetKey("review_by", DAY, "the day until which that holds; past it every command and report says so"),
        SetKey(
            "plan_sources",
            TEXTS,
            "where an action of the action plan can come from; left out, the stages and who writes letters",
        ),
        SetKey("fields", table_of(_FIELDS), "the set's own words for the fields of sheet Case"),
        SetKey(
            "guide",
            NAMED_TEXTS,
            "lines of sheet Guide that the set words itself, by the word they begin with",
        ),
    ),
    "roles.toml": (
        _must("role", entries_of(_ROLE, "name"), "a role"),
        _must("employers", table_of(_EMPLOYER_NAMES), "how each kind of employer is shown"),
    ),
    "clocks.toml": (_must("clock", entries_of(_CLOCK, "name"), "a clock"),),
    "boards.toml": (SetKey("board", entries_of(_BOARD, "id"), "a board"),),
    "agencies.toml": (SetKey("agency", entries_of(_AGENCY, "code"), "an agency"),),
    STAGE_FILE: (
        _must("step", entries_of(_STEP, "id"), "a step: a row, in the order of the file"),
        _must("name", SHEET_NAME, "the sheet's name"),
        _must("prefix", PREFIX, "how the IDs of its steps begin"),
        _must("order", WHOLE, "its place among the stages, of which there are at most eight"),
        _must("milestone", TEXT, "the step the stage leads to"),
        _must("milestone_words", TEXT, 'what Summary says before its date: `"with the Panel by"`'),
    ),
}
"""The files every set has, and a stage's."""

GENERAL_FILES = tuple(name for name in FILES if name != STAGE_FILE)
"""The files every set has; each other `.toml` file is a stage."""
