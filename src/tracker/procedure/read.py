"""Values out of the TOML tables of a procedure set: each taken in its type, or refused with a problem."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, did_you_mean, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LARGEST_COUNT = 999
"""More days, weeks or months than any step is away from its clock; beyond it lies a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a name must look like because a workbook uses it. `rule` says so after "Choose"."""

    pattern: re.Pattern[str]
    rule: str


SHEET_NAME = Form(
    re.compile(
        r"(?!(?:Summary|Case|Action Plan|Plan|Log|People|Calendar|Guide|Conflicts|Problems|History)$)"
        r"[A-Za-z][A-Za-z0-9 ]{0,30}",
        re.IGNORECASE,
    ),
    "a sheet name of letters, digits and blanks, at most 31, that no other sheet of the workbook has",
)
PREFIX = Form(re.compile(r"[A-Z]{1,8}"), "one to eight capital letters")
CODE = Form(re.compile(r"[A-Z0-9]{1,8}"), "one to eight capital letters or digits")
SHORT = Form(re.compile(r".{1,30}"), "a name of at most 30 characters")
DEFINED_NAME = Form(
    re.compile(
        r"(?!(?:(?:Case|People|Hold|Keys)_\w*|Report_date(?:_typed)?|Incident_date|LCSPR_deci(?:ded|sion)|Holidays_known_until"
        r"|Bank_holidays|Office_closures|Log_entries|(?:Role|Agency|Clock)_list|Meeting_kinds|\w*_actions)$)[A-Za-z][^\W_]*_\w+",
        re.ASCII | re.IGNORECASE,
    ),
    "words joined by underscores, such as Review_day_zero, that the workbook does not use itself",
)
PLAIN = Form(re.compile(r'[^"{}\n]+'), "a name without quotation marks or braces")


def quoted(words: Iterable[object]) -> str:
    """Words as a list in quotation marks: `"weeks", "months"`."""
    return ", ".join(f'"{word}"' for word in words)


@lru_cache(maxsize=1024)
def fold(word: str) -> str:
    """The spelling by which two names are the same."""
    return clean_text(word).casefold()


def shown(value: object) -> str:
    """A value as a problem shows it, in the words of TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else str(value)


@dataclass(slots=True)
class TomlTable:
    """One table of a file, read key by key; what is never asked for is an unknown key.

    `place` is the table in problems (`step`, `reading[3]`), empty for the file itself; `id` the entry's own
    (`RR-5.7`). `faulty` are the keys whose value was refused or is missing.
    """

    file: str
    place: str
    values: Mapping[str, Any]
    problems: list[Problem]
    id: str = ""
    faulty: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)

    def at(self, key: str) -> str:
        """A key's place: `step.count`."""
        return f"{self.place}.{key}" if self.place else key

    def problem(self, code: str, key: str, /, **facts: object) -> Problem:
        """A problem at a key."""
        return problem(code, file=self.file, place=self.at(key), id=self.id, **facts)

    def report(self, code: str, key: str, /, **facts: object) -> None:
        """Add a problem at a key, which makes it faulty."""
        self.problems.append(self.problem(code, key, **facts))
        self.faulty.add(key)

    def wrong(self, key: str, value: object, wanted: str) -> None:
        """Refuse a value of the wrong type."""
        self.report(codes.SET_WRONG_TYPE, key, value=shown(value), wanted=wanted)

    def missing(self, key: str) -> None:
        """Report a value that is needed and not there."""
        self.report(codes.SET_VALUE_MISSING, key, key=key)

    def raw(self, key: str, *, required: bool = False) -> Any:
        """The value as it stands, None where there is none."""
        self.asked.add(key)
        value = self.values.get(key)
        if required and value is None:
            self.missing(key)
        return value

    def text(self, key: str, *, required: bool = False, form: Form | None = None) -> str:
        """A text, trimmed; in the form a workbook needs."""
        value = self.raw(key, required=required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(key, value, "text in quotation marks")
            return ""
        text = value.strip()
        if required and not text:
            self.missing(key)
        elif text and form and not form.pattern.fullmatch(text):
            self.report(codes.NAME_NOT_USABLE, key, word=text, rule=form.rule)
        return text

    def whole(self, key: str, *, required: bool = False) -> int | None:
        """A whole number of a sensible size."""
        value = self.raw(key, required=required)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_COUNT:
            self.wrong(key, value, f"a whole number from -{LARGEST_COUNT} to {LARGEST_COUNT}")
            return None
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where left out."""
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.wrong(key, value, "true or false")
        return False

    def day(self, key: str, *, required: bool = True) -> date | None:
        """A date; None where it is left out or refused."""
        value = self.raw(key, required=required)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None:
            self.wrong(key, value, "a date such as 2023-05-01, without quotation marks")
        return None

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        value = self.raw(key, required=required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.wrong(key, value, "a list of texts")
            return ()
        if required and not value:
            self.missing(key)
        return tuple(each.strip() for each in value)

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """One text that must be there, or a list of them."""
        if isinstance(self.values.get(key), list):
            return self.texts(key, required=True)
        text = self.text(key, required=True)
        return (text,) if text else ()

    def named_texts(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of texts under names of the set's own choice, in its order."""
        table = self.table(key)
        if table is None:
            return ()
        return tuple((name, table.text(name, required=True)) for name in table.values)

    def word(self, key: str, known: Iterable[str], *, required: bool = False) -> str:
        """One of the fixed words; an empty text where it is left out or refused."""
        word = self.text(key, required=required)
        words = tuple(known)
        if not word or word in words:
            return word
        self.report(
            codes.SET_NOT_A_FIXED_WORD, key, word=word, known=quoted(words), hint=did_you_mean(word, words)
        )
        return ""

    def table(self, key: str, *, required: bool = False) -> TomlTable | None:
        """A table within this one, with the same id."""
        value = self.raw(key, required=required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.wrong(key, value, f"a table {key}")
            return None
        return TomlTable(self.file, self.at(key), value, self.problems, self.id)

    def tables(self, key: str, id_key: str = "", *, required: bool = False) -> Iterator[TomlTable]:
        """The entries `[[key]]`: each called by its value of `id_key`, or by its number where it has none."""
        entries = self.raw(key, required=required)
        if entries is None:
            return
        if not isinstance(entries, list):
            self.wrong(key, entries, f"entries that begin [[{key}]]")
            return
        for number, values in enumerate(entries, 1):
            if not isinstance(values, dict):
                self.wrong(key, values, f"entries that begin [[{key}]]")
                continue
            name = values.get(id_key)
            own = name.strip() if isinstance(name, str) else ""
            yield TomlTable(self.file, key if own else f"{key}[{number}]", values, self.problems, own)

    def close(self) -> None:
        """Report the keys that nothing asked for."""
        known = sorted(self.asked)
        for key in self.values:
            if key not in self.asked:
                self._forget_missing(suggest(key, known))
                self.report(
                    codes.SET_UNKNOWN_KEY, key, name=key, known=quoted(known), hint=did_you_mean(key, known)
                )

    def _forget_missing(self, key: str) -> None:
        """Withdraw the problem that a key is missing: it was misspelt, which is reported instead."""
        missing = self.file, self.id, self.at(key), codes.SET_VALUE_MISSING
        self.problems[:] = [
            each for each in self.problems if (each.file, each.id, each.place, each.code) != missing
        ]
        self.faulty.add(key)


@dataclass(frozen=True, slots=True)
class Names:
    """The names another file may use for something, aliases among them: folded spelling -> name.

    Without any names their file could not be read. Then any word passes, so that one cause is reported once.
    """

    code: str
    by_fold: Mapping[str, str]
    known: tuple[str, ...]

    def resolve(self, table: TomlTable, key: str, word: str) -> str:
        """The name that a word means; an unknown one is reported and kept."""
        name = self.by_fold.get(word) or self.by_fold.get(fold(word))
        if name is None and self.known and word:
            hint = did_you_mean(word, self.known)
            table.report(self.code, key, word=word, known=quoted(self.known), hint=hint)
        return name or word
