"""Every key of a case description: its kind, its use and its looks. Reading and writing share it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tracker.case.dates import FIRST_YEAR, LAST_YEAR, in_range, parse_day
from tracker.case.model import CHOICES
from tracker.problems import codes
from tracker.procedure.model import EMPLOYERS
from tracker.text import clean_text, did_you_mean, listed, same_word, xml_text
from tracker.toml_reader import Key, TomlTable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

LONGEST_TEXT = 2_000
"""Characters of a text in a case description: a paragraph, not a report."""
AGENCY_CODE = re.compile(r"[A-Z0-9]{2,6}")
CHILD_LABEL = re.compile(r"(?:Child|Sibling|Baby|Young person) (?:[0-9]{1,3}|[A-Z])")
_LONGEST_CODE = 6
_SHOWN = 60


@dataclass(frozen=True, eq=False, slots=True)
class CaseKind:
    """A kind of value. `take` gives what is understood at a place, or reports why there is nothing.

    `schema` is its JSON Schema, by which an editor checks it.

    A value of this kind has the shape `pattern`, or the problem `code`.
    """

    wanted: str
    take: Callable[[CaseTable, CaseKey, str, Any], Any]
    schema: Mapping[str, object]
    code: str = ""
    pattern: re.Pattern[str] | None = None


CaseTable = TomlTable[CaseKind]
CaseKey = Key[CaseKind]


def shown(value: object) -> str:
    """A value as a message shows it: text in quotation marks, cut short, nothing invisible."""
    match value:
        case str():
            text = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}..."
            return f'"{"".join(map(_visible, text))}"'
        case bool():
            return str(value).lower()
        case dict():
            return "a section"
        case list():
            return "a list"
        case _:
            return str(value)


def _visible(sign: str) -> str:
    return sign if sign.isprintable() else f"\\x{ord(sign):02x}"


def quoted(words: Iterable[str]) -> str:
    """`"yes" or "no"` for the words to choose from."""
    return listed((f'"{word}"' for word in words), "or")


def wrong_type(
    table: CaseTable, place: str, raw: object, wanted: str, example: str, otherwise: str = ""
) -> None:
    """Refuse a value of another type than the key's."""
    facts = {"value": shown(raw), "wanted": wanted, "example": example, "otherwise": otherwise}
    table.report(codes.WRONG_TYPE, place, **facts)


def misses_shape(kind: CaseKind, text: str) -> bool:
    """Whether a text misses the shape of its kind; an empty text has none to miss."""
    return bool(text and kind.pattern and not kind.pattern.fullmatch(text))


def _text(table: CaseTable, key: CaseKey, place: str, raw: object) -> str | None:
    """Free text, as one line."""
    if not isinstance(raw, str):
        wrong_type(table, place, raw, key.kind.wanted, key.line)
    elif len(raw) > LONGEST_TEXT:
        facts = {"value": shown(raw), "length": f"{len(raw):,}", "limit": f"{LONGEST_TEXT:,}"}
        table.report(codes.TEXT_TOO_LONG, place, **facts)
    elif xml_text(raw) != raw:  # characters no workbook can hold
        table.report(codes.CONTROL_CHARACTERS, place, value=shown(raw))
    else:
        return " ".join(raw.split())
    return None


def _email(table: CaseTable, key: CaseKey, place: str, raw: object) -> str | None:
    text = _text(table, key, place, raw)
    if text and misses_shape(key.kind, text):
        table.report(key.kind.code, place, value=shown(text))
    return text


def _word(table: CaseTable, key: CaseKey, place: str, raw: object) -> str | None:
    """A reference, label or code: cleaned, and of its shape."""
    text = _text(table, key, place, raw)
    word = text and clean_text(text)
    if word and misses_shape(key.kind, word):
        table.report(key.kind.code, place, value=shown(word))
        return None
    return word


def choice(words: tuple[str, ...]) -> CaseKind:
    """One of some fixed words; capitals and blanks do not matter."""

    def take(table: CaseTable, key: CaseKey, place: str, raw: object) -> str | None:
        if not isinstance(raw, str):
            wrong_type(table, place, raw, key.kind.wanted, key.line)
            return None
        for word in words:
            if same_word(word, raw):
                return word
        facts = {"value": shown(raw), "known": quoted(words), "hint": did_you_mean(raw, words)}
        table.report(codes.NOT_A_FIXED_WORD, place, **facts)
        return None

    return CaseKind(f"one of {quoted(words)}", take, {"enum": list(words)})


def _flag(table: CaseTable, key: CaseKey, place: str, raw: object) -> bool | None:
    if isinstance(raw, bool):
        return raw
    wrong_type(table, place, raw, key.kind.wanted, key.line)
    return None


def _date(table: CaseTable, key: CaseKey, place: str, raw: object) -> date | None:
    """A date alone, of a likely year. One in quotation marks gets a remedy of its own."""
    if isinstance(raw, datetime):  # before `date`, whose subclass it is
        table.report(codes.TOML_DATE_WITH_TIME, place, value=str(raw), day=str(raw.date()))
    elif isinstance(raw, date):
        if in_range(raw):
            return raw
        facts = {"value": str(raw), "first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
        table.report(codes.DATE_OUT_OF_RANGE, place, **facts)
    elif isinstance(raw, str) and (typed := parse_day(raw)):
        # Day and month are not guessed for the person: only the unmistakable date is written out.
        plain = str(typed) == clean_text(raw)
        written = f": {typed}" if plain else " and put the year first, as in 2026-11-02"
        table.report(codes.DATE_IN_QUOTES, place, value=shown(raw), written=written)
    else:
        otherwise = "; while the date is not known, leave the line out" if raw == "" else ""
        wrong_type(table, place, raw, Is.DATE.wanted, key.line, otherwise)
    return None


def _list_of(of: CaseKind, wanted: str) -> CaseKind:
    def items(table: CaseTable, key: CaseKey, place: str, raw: object) -> tuple[Any, ...] | None:
        if not isinstance(raw, list):
            wrong_type(table, place, raw, key.kind.wanted, key.line)
            return None
        # A refused item leaves a gap, so that the places of those after it stay true.
        return tuple(of.take(table, key, f"{place}[{number}]", item) for number, item in enumerate(raw, 1))

    return CaseKind(wanted, items, {"type": "array", "items": of.schema})


_IN_QUOTES = "text in quotation marks"
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}")
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")


_TEXT: Mapping[str, object] = {"type": "string", "maxLength": LONGEST_TEXT}


def _shaped(
    take: Callable[[CaseTable, CaseKey, str, Any], Any], code: str, pattern: re.Pattern[str]
) -> CaseKind:
    """Text of a shape; an editor leaves the shape to the check, which forgives blanks and quotes."""
    return CaseKind(_IN_QUOTES, take, _TEXT, code, pattern)


class Is:
    """What a value is."""

    TEXT = CaseKind(_IN_QUOTES, _text, _TEXT)
    DATE = CaseKind(
        "a date: year-month-day, without quotation marks", _date, {"type": "string", "format": "date"}
    )
    FLAG = CaseKind("true or false, without quotation marks", _flag, {"type": "boolean"})
    REFERENCE = _shaped(_word, codes.REFERENCE_FORMAT, _REFERENCE)
    LABEL = _shaped(_word, codes.CHILD_LABEL_FORMAT, CHILD_LABEL)
    CODE = _shaped(_word, codes.AGENCY_CODE_FORMAT, AGENCY_CODE)
    EMAIL = _shaped(_email, codes.NOT_AN_EMAIL, _EMAIL)
    TEXTS = _list_of(TEXT, "a list of texts in square brackets")
    DATES = _list_of(DATE, "a list of dates in square brackets")


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
        _choice("decisions.notify", "whether the incident is notified"),
        CaseKey("notify_decided", Is.DATE, "when it was decided", "2026-11-04"),
        CaseKey("notify_reason", Is.TEXT, "why not", '"The partners agree that it is not notifiable"'),
        _choice("decisions.criteria_met", "after the Rapid Review"),
        CaseKey("criteria_decided", Is.DATE, "when it was decided", "2026-11-24"),
        CaseKey("criteria_reason", Is.TEXT, "why", '"No evidence of neglect"'),
        _choice("decisions.rapid_review_continues", "where the criteria are not met"),
        _choice("decisions.rapid_review_recommends", "to the Panel"),
        _choice("decisions.panel_response", "the National Panel"),
        _choice("decisions.lcspr", "what the partners do"),
        CaseKey("lcspr_reason", Is.TEXT, "why; printed where there is no LCSPR", '"The learning is known"'),
        _choice("decisions.learning_review", "where there is no LCSPR"),
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
        CaseKey("died", Is.FLAG, "left out: as under [case]", "false"),
        _choice("case.looked_after", "left out: as under [case]"),
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


def propose_code(name: str, taken: Collection[str]) -> str:
    """A short code for an agency: its initials, or the beginning of its only word, and a number if need be.

    >>> propose_code("Barnardo's", ()), propose_code("Somerset and Avon Fire", {"SAF"})
    ('BARN', 'SAF2')
    """
    plain = unicodedata.normalize("NFKD", name.replace("'", "")).encode("ascii", "ignore").decode()
    words = [word for word in re.findall(r"[A-Za-z0-9]+", plain) if word not in {"and", "of", "the", "for"}]
    initials = "".join(word[0] for word in words).upper()[:_LONGEST_CODE]
    stem = initials if len(initials) > 1 else "".join(words).upper()[:4]
    stem = stem if len(stem) > 1 else "AG"
    code, number = stem, 1
    while code in taken:
        number += 1
        code = f"{stem[: _LONGEST_CODE - len(str(number))]}{number}"
    return code
