"""The format of a case description: every key with its kind, as `templates/format/case.toml` declares them.

Reading and writing share it; the JSON Schema for editors and the page on the format are made from it. The page:
`python -m tracker.case.format > docs/case-format.md`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tracker.case.model import CHOICES
from tracker.problems import codes
from tracker.procedure.model import EMPLOYERS
from tracker.text import (
    FIRST_YEAR,
    LAST_YEAR,
    clean_text,
    did_you_mean,
    in_range,
    parse_day,
    same_word,
    xml_text,
)
from tracker.toml_reader import (
    Key,
    TomlTable,
    ValueKind,
    exact_kind,
    is_flag,
    load_format,
    misses_shape,
    object_schema,
    quoted,
    shown,
    toml_value,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

LONGEST_TEXT = 2_000
"""Characters of a text in a case description: a paragraph, not a report."""
AGENCY_CODE = re.compile(r"[A-Z0-9]{2,6}")
CHILD_LABEL = re.compile(r"(?:Child|Sibling|Baby|Young person) (?:[0-9]{1,3}|[A-Z])")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}")
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")
_LONGEST_CODE = 6
_SUGGESTED = 100
SINGLE_HOLD = "hold"
"""A description of 0.1 has one section `[hold]`; it is read as one of `[[holds]]`."""


class CaseSection(TomlTable):
    """A section of a case description. Its keys are read in the order of the file."""

    __slots__ = ()

    def order(self, known: Mapping[str, Key]) -> Iterable[str]:
        """The keys that are there; those that are missing are reported last."""
        del known
        return self.values

    def take(self, key: Key) -> Any:
        """The value of a key that is there, or None where it was refused."""
        return key.kind.take(self, key, key.name, self.values[key.name])

    def wrong_type(self, place: str, raw: object, key: Key) -> None:
        """Refuse a value of another type than the key's."""
        self.refuse(place, raw, key.kind.wanted, key.line)

    def refuse(self, place: str, raw: object, wanted: str, example: str, otherwise: str = "") -> None:
        """Refuse a value of the wrong type, with an example of the right one."""
        facts = {
            "value": shown(raw, "a section"),
            "wanted": wanted,
            "example": example,
            "otherwise": otherwise,
        }
        self.report(codes.WRONG_TYPE, place, **facts)

    @property
    def suggests(self) -> bool:
        """Whether unknown words get suggestions: not in a file with very many problems, which is none of ours."""
        return len(self.problems) < _SUGGESTED

    def unknown_key(self, name: str, known: Iterable[str]) -> None:
        """Report a key that the description does not have there, with where it may belong."""
        words, home = list(known), _right_place(name)
        hint = f" (it belongs {home})" if home else did_you_mean(name, words) if self.suggests else ""
        self.report(codes.UNKNOWN_KEY, name, name=name, known=quoted(words, "or"), hint=hint)

    def read_section(self, keys: tuple[Key, ...]) -> dict[str, Any]:
        """The understood values by key; unknown, missing and refused ones are reported."""
        self.read_keys(keys)
        for key in keys:
            if key.required and key.name not in self.faulty and self.read.get(key.name, "") == "":
                self.report(codes.VALUE_MISSING, key.name, about=key.about, example=key.line)
        return self.read

    def section(self, name: str) -> CaseSection:
        """The section of that name; empty where there is none, or something else in its place."""
        raw = self.values.get(name, {})
        if not isinstance(raw, dict):
            self.refuse(name, raw, f"a section {table_header(name)}", table_header(name))
            raw = {}
        return self.inner(name, raw)

    def sections(self, name: str) -> Iterator[CaseSection]:
        """The sections `[[name]]`, each with its place, counted from 1: `children[2]`."""
        header = table_header(name)
        if not isinstance(raw := self.values.get(name, []), list):
            self.refuse(name, raw, f"a section {header} for each, in double brackets", header)
            return
        for each in self.entries(name):
            if isinstance(each, CaseSection):
                yield each
            else:
                self.refuse(*each, f"a section {header}", header)


# Kinds of value


def _text(table: CaseSection, key: Key, place: str, raw: object) -> str | None:
    """Free text, as one line."""
    if not isinstance(raw, str):
        table.wrong_type(place, raw, key)
    elif len(raw) > LONGEST_TEXT:
        facts = {"value": shown(raw), "length": f"{len(raw):,}", "limit": f"{LONGEST_TEXT:,}"}
        table.report(codes.TEXT_TOO_LONG, place, **facts)
    elif xml_text(raw) != raw:  # characters no workbook can hold
        table.report(codes.CONTROL_CHARACTERS, place, value=shown(raw))
    else:
        return " ".join(raw.split())
    return None


def _email(table: CaseSection, key: Key, place: str, raw: object) -> str | None:
    text = _text(table, key, place, raw)
    if text and misses_shape(key.kind, text):
        table.report(codes.NOT_AN_EMAIL, place, value=shown(text))
    return text


def _word(table: CaseSection, key: Key, place: str, raw: object) -> str | None:
    """A reference, label or code: cleaned, and of its shape."""
    text = _text(table, key, place, raw)
    word = text and clean_text(text)
    if word and misses_shape(key.kind, word):
        table.report(key.kind.code, place, value=shown(word))
        return None
    return word


def _choice_kind(words: tuple[str, ...]) -> ValueKind:
    """One of some fixed words; capitals and blanks do not matter."""

    def take(table: CaseSection, key: Key, place: str, raw: object) -> str | None:
        if not isinstance(raw, str):
            table.wrong_type(place, raw, key)
            return None
        for word in words:
            if same_word(word, raw):
                return word
        facts = {"value": shown(raw), "known": quoted(words, "or"), "hint": did_you_mean(raw, words)}
        table.report(codes.NOT_A_FIXED_WORD, place, **facts)
        return None

    return ValueKind(f"one of {quoted(words, 'or')}", take, {"enum": list(words)})


def _date(table: CaseSection, key: Key, place: str, raw: object) -> date | None:
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
        table.refuse(place, raw, KINDS["date"].wanted, key.line, otherwise)
    return None


def _list_kind(of: ValueKind, wanted: str) -> ValueKind:
    def items(table: CaseSection, key: Key, place: str, raw: object) -> tuple[Any, ...] | None:
        if not isinstance(raw, list):
            table.wrong_type(place, raw, key)
            return None
        # A refused item leaves a gap, so that the places of those after it stay true.
        return tuple(of.take(table, key, f"{place}[{number}]", item) for number, item in enumerate(raw, 1))

    return ValueKind(wanted, items, {"type": "array", "items": of.schema})


_IN_QUOTES = "text in quotation marks"
# An editor leaves the shape of a text to the check, which forgives blanks and quotes.
_TEXT = {"type": "string", "maxLength": LONGEST_TEXT}
_DATE_SCHEMA = {"type": "string", "format": "date"}

KINDS: dict[str, ValueKind] = {
    "text": ValueKind(_IN_QUOTES, _text, _TEXT),
    "date": ValueKind("a date: year-month-day, without quotation marks", _date, _DATE_SCHEMA),
    "flag": exact_kind("true or false, without quotation marks", is_flag, {"type": "boolean"}),
    "reference": ValueKind(_IN_QUOTES, _word, _TEXT, code=codes.REFERENCE_FORMAT, pattern=_REFERENCE),
    "label": ValueKind(_IN_QUOTES, _word, _TEXT, code=codes.CHILD_LABEL_FORMAT, pattern=CHILD_LABEL),
    "code": ValueKind(_IN_QUOTES, _word, _TEXT, code=codes.AGENCY_CODE_FORMAT, pattern=AGENCY_CODE),
    "email": ValueKind(_IN_QUOTES, _email, _TEXT, pattern=_EMAIL),
    "employer": _choice_kind(EMPLOYERS),
}
"""What a value can be, by the name that a key's declaration gives it."""
KINDS["texts"] = _list_kind(KINDS["text"], "a list of texts in square brackets")
KINDS["dates"] = _list_kind(KINDS["date"], "a list of dates in square brackets")


# Keys


def _make_key(name: str, declared: Mapping[str, Any]) -> Key:
    about, required = declared["about"], declared.get("required", False)
    if words := tuple(declared.get("words", ())) or CHOICES.get(declared.get("words_of", "")):
        return Key(name, _choice_kind(words), f"{about}: {quoted(words)}", toml_value(words[0]))
    return Key(name, KINDS[declared["kind"]], about, toml_value(declared["example"]), required)


def _make_keys(declared: Mapping[str, Any]) -> tuple[Key, ...]:
    return tuple(_make_key(name, each) for name, each in declared.items())


_FORMAT = load_format("case")
TOP, PERSON = _make_keys(_FORMAT["top"]), _make_keys(_FORMAT["person"])
TABLES = {name: _make_keys(declared) for name, declared in _FORMAT["tables"].items()}
LISTS = {name: _make_keys(declared) for name, declared in _FORMAT["lists"].items()}
ABOUT: Mapping[str, str] = _FORMAT["about"]
"""What stands above each section of a description."""
SECTION_NAMES = tuple(ABOUT)
"""The sections in the order of the description."""


def key_of(section: str, name: str) -> Key:
    """A key of a section: `key_of("case", "reference")`."""
    return next(key for key in {**TABLES, **LISTS}[section] if key.name == name)


def table_header(section: str) -> str:
    """How a section's header is written: `[case]`, `[[children]]`."""
    return f"[[{section}]]" if section in LISTS else f"[{section}]"


def _right_place(name: str) -> str:
    """Where a key belongs, as `in [case]`, or an empty string: for a key that stands in the wrong place."""
    if any(key.name == name for key in TOP):
        return "at the top, above [case]"
    homes = [each for each, keys in {**TABLES, **LISTS}.items() if any(key.name == name for key in keys)]
    return f"in {table_header(homes[0])}" if len(homes) == 1 else ""


def propose_code(name: str, used: Collection[str]) -> str:
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
    while code in used:
        number += 1
        code = f"{stem[: _LONGEST_CODE - len(str(number))]}{number}"
    return code


# Made from the keys


def case_schema() -> dict[str, Any]:
    """The JSON Schema of a case description; words are written as the program writes them."""
    sections = {name: object_schema(keys, described=True) for name, keys in TABLES.items()}
    for name, keys in LISTS.items():
        sections[name] = {"type": "array", "items": object_schema(keys, described=True)}
    person = {"anyOf": [{"type": "string"}, object_schema(PERSON, described=True)]}
    sections["people"] = {"type": "object", "additionalProperties": person}
    top = object_schema(TOP, described=True)
    top["properties"] |= {name: sections[name] for name in SECTION_NAMES}
    title = "A case description of the action tracker"
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": title, **top, "required": ["case"]}


def page() -> str:
    """The page on the format, in Markdown."""
    lines = [*_page_section("At the top", TOP)]
    for name in SECTION_NAMES:
        keys = TABLES.get(name) or LISTS.get(name) or PERSON
        lines += _page_section(f"`{table_header(name)}`", keys, _FORMAT["people"] if name == "people" else "")
    return str(_FORMAT["head"]) + "\n".join(lines) + "\n"


def _page_section(title: str, keys: tuple[Key, ...], words: str = "") -> Iterator[str]:
    yield from ("", f"## {title}", "", *([words, ""] if words else []))
    yield from ("| key | example | needed | what it is |", "| --- | --- | --- | --- |")
    for key in keys:
        yield f"| `{key.name}` | `{key.example}` | {'yes' if key.required else ''} | {key.about} |"


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
