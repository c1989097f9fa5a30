"""Words and dates as people write and read them: cleaning, suggesting, spelling out."""

from __future__ import annotations

import difflib
import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_CELL = 32_767
"""Characters a spreadsheet cell can hold."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_SPACES = re.compile(r"\s+")
_PLAIN_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u2011": "-"}
)


def xml_text(text: str) -> str:
    """Text that can stand in a workbook: characters XML forbids dropped, cut to a cell's length."""
    return _NOT_XML.sub("", text)[:LONGEST_CELL]


# All controls but line ends and tabs, and what turns the direction of a line or separates lines and paragraphs.
_NOT_FOR_TERMINALS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def terminal_text(text: str) -> str:
    r"""Text that a terminal shows as it is: what would move the cursor, colour or turn the line is shown as a mark.

    >>> terminal_text("\x1b[31mred\r\u202egpj.exe")
    '�[31mred��gpj.exe'
    """
    return _NOT_FOR_TERMINALS.sub("\ufffd", text)


def terminal_json(text: str) -> str:
    """JSON that a terminal shows as it is and a program reads as it was: such characters are escaped."""
    return _NOT_FOR_TERMINALS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


_STYLES = re.compile("\x1b\\[\\d+m")
_HANGING = 4  # blanks before what does not fit on a line
_NARROWEST = 30


def wrap_lines(text: str, width: int) -> str:
    """Text whose lines are broken between words to fit a terminal; colours of ours take no room.

    >>> print(wrap_lines("  RR-5.5  Overdue: send the approved report to the manager", 40))
      RR-5.5  Overdue: send the approved
          report to the manager
    """
    return "\n".join(row for line in text.split("\n") for row in _wrap_line(line, max(width, _NARROWEST)))


def _wrap_line(line: str, width: int) -> list[str]:
    if len(_STYLES.sub("", line)) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip(" ")) + _HANGING)
    rows, row = [], ""
    for word in re.split("(?<=[^ ]) ", line):  # blanks that line up columns stay with the word after them
        longer = f"{row} {word}" if row else word
        if row and len(_STYLES.sub("", longer)) > width:
            rows.append(row)
            longer = indent + word.lstrip(" ")
        row = longer
    return [*rows, row]


_LINE_BREAKS = re.compile(r"(?<!\s)\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]\s*|\t")
# Right-to-left letters, and the characters that turn the direction of what follows.
_DIRECTED = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]")
_ISOLATE, _END = "\u2068", "\u2069"
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~&$])")
_AT_START = re.compile(r"^(\s*)(?:(\d+)([.)])(?=\s|$)|([-+=:]))")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|www)([:.])")


def one_line(text: str) -> str:
    """The text with its line breaks as blanks."""
    return _LINE_BREAKS.sub(" ", text)


def isolate_direction(line: str) -> str:
    """The line so that what turns direction in it does not turn the words beside it."""
    return f"{_ISOLATE}{line}{_END}" if _DIRECTED.search(line) else line


def escape_markdown(text: str) -> str:
    r"""Text that stays what it is inside a Markdown line or table cell; no address in it becomes a link.

    >>> escape_markdown("| a | <b>\n_c_")
    '\\| a \\| \\<b\\> \\_c\\_'
    """
    marked = _ADDRESS.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", one_line(text)))
    return isolate_direction(_AT_START.sub(r"\1\2\\\3\4", marked))


def clean_text(text: str) -> str:
    """The one spelling that is compared: no invisible characters, plain quotes, single blanks, trimmed.

    >>> clean_text(" Head\u00a0of  QA\u200b ")
    'Head of QA'
    """
    if text.isascii():  # nearly every text: nothing invisible, no curly quotes
        return " ".join(text.split())
    visible = _INVISIBLE.sub("", text).translate(_PLAIN_QUOTES)
    return _SPACES.sub(" ", visible).strip()


def tidy_text(text: str) -> str:
    """A name as its owner spells it, curly quotes and dashes too, without invisible characters and doubled blanks.

    >>> tidy_text(" Barnardo\u2019s\u200b ")
    'Barnardo\u2019s'
    """
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


@lru_cache(maxsize=1024)
def fold(word: str) -> str:
    """The spelling by which two names are the same: without regard to capitals, blanks and quotes."""
    return clean_text(word).casefold()


def same_word(left: str, right: str) -> bool:
    """Whether two words are the same but for case, blanks and quotes."""
    return fold(left) == fold(right)


_LONGEST_WORD = 120
"""Letters of a word that is compared with others: the work grows with the square of it, and no name is longer."""


def suggest(word: str, known: Iterable[str]) -> str:
    """The nearest known word, or an empty string when none is near.

    >>> suggest("sumary", ["summary", "aware"])
    'summary'
    """
    wanted = fold(word)
    if len(wanted) > _LONGEST_WORD:
        return ""
    by_fold = {fold(each): each for each in known if len(each) <= _LONGEST_WORD}
    near = difflib.get_close_matches(wanted, by_fold, n=1, cutoff=0.7)
    return by_fold[near[0]] if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a remedy: ` (did you mean "summary"?)`, or nothing."""
    near = suggest(word, known)
    return f' (did you mean "{near}"?)' if near else ""


def request_words(action: str, row_id: str) -> str:
    """An agency's action without its code: `POL: return the report` of row `RR-5.7b-POL` is `Return the report`."""
    words = action.removeprefix(f"{row_id.rpartition('-')[2]}: ")
    return words[:1].upper() + words[1:]


def short_date(day: date) -> str:
    """A date as people read it: `Mon 9 Nov 2026`."""
    return f"{day:%a} {day.day} {day:%b} {day.year}"


def long_date(day: date) -> str:
    """A date in full: `Monday 9 November 2026`."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


LONGEST_QUOTE = 60
"""Characters of a cell that a message repeats."""


def as_found(value: object) -> str:
    """What stands in a cell, as a message repeats it: text quoted, on one line, cut where long; a date in words.

    >>> as_found("after  the weekend")
    "'after the weekend'"
    """
    if isinstance(value, date):
        return short_date(value)
    text = clean_text(str(value))
    return f"'{text if len(text) <= LONGEST_QUOTE else f'{text[: LONGEST_QUOTE - 1]}…'}'"


def quantity(count: int, noun: str, plural: str = "") -> str:
    """`1 step`, `3 steps`; with a plural of its own `3 entries`."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    items = list(words)
    if len(items) < 2:  # noqa: PLR2004  one word needs no comma
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def listed_first(words: Iterable[str], most: int) -> str:
    """`a, b and c`; of more than `most` the first and how many more there are: `a, b and 4 more`."""
    items = list(words)
    rest = [f"{len(items) - most} more"] if len(items) > most else []
    return listed([*items[:most], *rest])


_LETTER_BY_LETTER = re.compile(r"[FHLMNRSX][B-DF-HJ-NP-TV-Z]+\b")
_VOWEL = re.compile(r"[aio]|e(?!u)|u(?!ni|se|su|t)|hour|hono|8|11\b|18\b", re.IGNORECASE)


def article(noun: str) -> str:
    """`a` or `an`, by how the noun begins; capitals without a vowel are read letter by letter.

    >>> article("LCSPR"), article("Learning Review"), article("outcome review"), article("RAPID REVIEW")
    ('an', 'a', 'an', 'a')
    """
    return "an" if _LETTER_BY_LETTER.match(noun) or _VOWEL.match(noun) else "a"


def refusal(error: OSError) -> str:
    """Why the system did not do what was asked, in its own words where it has some."""
    return error.strerror or "the system refused"


def encodable(text: str) -> str:
    r"""The text without letters that no file can hold: a file name's bytes that are no text become `?`.

    >>> encodable("f\udce9ll.xlsx")
    'f?ll.xlsx'
    """
    return text.encode("utf-8", "replace").decode()


# Dates as people in the United Kingdom type them

FIRST_YEAR, LAST_YEAR = 2000, 2100

_MONTHS = tuple(f"{date(FIRST_YEAR, month, 1):%B}".casefold() for month in range(1, 13))
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})")
_WITH_MONTH = re.compile(
    r"(?:([a-z]{3,9})\.?,? )?([0-9]{1,2})(?:st|nd|rd|th)?[- ](?:of )?([a-z]{3,9})\.?,?[- ]([0-9]{4})"
)


def parse_day(text: str) -> date | None:
    """The date a person typed, or None: year first, or day first; the month may be a word.

    A weekday that does not fit makes it no date, and so do two digits for the year: a date is never guessed.

    >>> parse_day("2/11/2026") == parse_day("2026-11-02") == parse_day("Mon 2 Nov 2026")
    True
    """
    typed = clean_text(text).casefold()
    if found := _YEAR_FIRST.fullmatch(typed):
        return _to_date(found[1], found[3], found[4])
    if found := _DAY_FIRST.fullmatch(typed):
        return _to_date(found[4], found[3], found[1])
    if found := _WITH_MONTH.fullmatch(typed):
        return _with_month_name(found[1] or "", found[2], found[3], found[4])
    return None


_SHORT_YEAR = re.compile(r"(?<=[-/. ])[0-9]{2}$")


def parse_answer(text: str) -> date | None:
    """The date of an answer, which is shown back in words: here alone the year may have two digits, day first.

    >>> parse_answer("2/3/27") == parse_answer("2 March 27") == parse_day("2/3/2027")
    True
    """
    return parse_day(text) or parse_day(_SHORT_YEAR.sub(r"20\g<0>", clean_text(text)))


def month_first(text: str) -> date | None:
    """What `2/11/2026` would be in the American order, where that is another date; None otherwise."""
    found = _DAY_FIRST.fullmatch(clean_text(text))
    if not found or found[1] == found[3]:
        return None
    return _to_date(found[4], found[1], found[3])


def in_range(day: date) -> bool:
    """Whether a date can belong to a case: another year is a slip of the finger."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _to_date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _with_month_name(weekday: str, day: str, month: str, year: str) -> date | None:
    number = _month_number(month)
    found = _to_date(year, str(number), day) if number else None
    if found and weekday and not f"{found:%A}".casefold().startswith(weekday):
        return None
    return found


def _month_number(word: str) -> int:
    """The number of a month's name: in full, three letters, or `sept`; 0 for any other word."""
    short = "sep" if word == "sept" else word
    return next((number for number, name in enumerate(_MONTHS, 1) if short in (name, name[:3])), 0)
