"""Work on a text from a file grows with its length and no faster: each kind of text, sixteen times as long."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest

from files.base import TYPES, WORKBOOK, packed
from files.growth import is_linear
from tracker.case.description import parse_tables
from tracker.case.format import KINDS as CASE_KINDS
from tracker.formula.parse import FormulaSyntaxError, in_table, parse
from tracker.procedure.kinds import FIELD_IN_BRACES
from tracker.procedure.kinds import KINDS as SET_KINDS
from tracker.report.messages import addresses
from tracker.report.render import header_words
from tracker.report.rows import natural
from tracker.report.sandbox import _NO_SUCH, _TAGS
from tracker.text import clean_text, escape_markdown, parse_day, suggest, terminal_text
from tracker.workbook.fast_reader_sheet import (
    MAIN,
    SharedParts,
    Styles,
    UnusualError,
    is_day,
    is_span,
    number,
    parse_part,
    read_sheet,
)
from tracker.workbook.interpret import _SHORT_YEAR, _without_time
from tracker.workbook.patch.markup import CannotPatchError, read_spans
from tracker.workbook.patch.parts import _CELL
from tracker.workbook.patch.sheet import escaped, unescaped, with_attribute
from tracker.workbook.preflight import unpack
from tracker.workbook.respell import Respeller

if TYPE_CHECKING:
    from collections.abc import Callable

STYLES = Styles({"0": ""}, from_1904=False)


def _sheet(rows: str, after: str = "") -> None:
    text = f'<worksheet xmlns="{MAIN.strip("{}")}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    with suppress(UnusualError):
        read_sheet(text.encode(), SharedParts({}, STYLES), shown=False)


def _size_check(part: str) -> None:
    unpack(packed({TYPES: b"<Types/>", WORKBOOK: part.encode()}), "case.xlsx")


def _no_xml(text: str) -> None:
    with suppress(UnusualError):
        parse_part(text.encode(), "a")


def _no_number(text: str) -> None:
    with suppress(UnusualError):
        number(text)


def _no_formula(text: str) -> None:
    with suppress(FormulaSyntaxError):
        parse(text)


def _spans(text: str) -> None:
    with suppress(CannotPatchError):
        read_spans(text.encode())


def _suggest(text: str) -> None:
    assert suggest(text, [text[1:], text[:-1], "summary"]) in {"", text[1:], text[:-1]}


def _own_columns(text: str) -> None:
    in_table.__wrapped__(text, "SIN_actions")


def _respell(text: str) -> None:
    Respeller({}).spell(text, "SIN", 4, ours=True)


def _with_attribute(text: str) -> None:
    with_attribute(text, "r", "A1")


# What reads a text -> the text's beginning, what is repeated, its end: a pattern's worst case is one that nearly fits.
KINDS: dict[str, tuple[Callable[[str], object], tuple[tuple[str, str, str], ...]]] = {
    "addresses": (addresses, (("a@example.org;", " ", "b"), ("", "a.b@c.de; ", "@"), ("a@b", ".c", "@"))),
    "words of a head": (header_words, (("", " =?", ""), ("", "\u200b ", "x"))),
    "size check": (
        _size_check,
        (("<row", ' r="1"', "<"), ("<row", " ", "<"), ("<row ", "r='", ""), ("", "<a:row ", ""), ("<c", ' r="A', ""),
         ("<mergeCell", ' a="b"', "<"), ("<mergeCell", " ", "<"), ("<hyperlink a=", " ", "<"), ("<table", " ref=", ""),
         ('<x formatCode="', "[", ""), ("<x formatCode", " ", "x"), ("", "formatCode=", "")),
    ),
    "a part": (_no_xml, (('<?xml version="1.0"', " ", ""), ("", "<a>", ""), ("<a ", 'b="c" ', ""))),
    "number formats": (is_day, (("", "[", ""), ("", '"', ""), ('"', "[", '"'), ("[", "h", ""))),
    "formats of spans": (is_span, (("", "[", ""), ("", "[h", ""))),
    "numbers": (_no_number, (("", "1", "x"), ("1.", "0", "x"))),
    "own columns": (
        _own_columns,
        (("", "[a", ""), ("", '"', ""), ("", "a[[", ""), ("", "a", ""), ("", "[a],", ""), ("a[[", "b", "")),
    ),
    "formulas": (_no_formula, (("", " ", "?"), ("'", "''", "!"), ('"', '""', ""), ("a[", "[", ""), ("", "a.", "!"))),
    "other formulas": (_respell, (("'", "''", "!"), ('"', '""', "x"), ("a", "a", ""), ("", "a[", ""), ("", "$A", ""))),
    "suggestions": (_suggest, (("", "a", ""), ("", "ab", "c"))),
    "keys of TOML": (
        parse_tables,
        (("a", ".a", " = 1"), ("[a", ".a", "]"), ('"a"', ' . "a"', " = 1"), ("a = ", "[", ""), ("a = ", "{a=", ""),
         ("a", " ", "b"), ("a = ", "\\", "")),
    ),
    "days": (parse_day, (("", "1", ""), ("", " ", "x"), ("", "a ", ""), ("1", "-1", ""))),
    "days with times": (_without_time, (("1", " ", "x"), ("", "1-", ""), ("2026", " at 1:", ""))),
    "short years": (_SHORT_YEAR.fullmatch, (("", "a", ""), ("1 ", "a ", ""))),
    "rows": (
        _sheet,
        (('<row r="1">', '<c r="A1"/>', ""), ('<row r="1"', ' a="b"', ""), ('<row r="1"><c r="A1"><f', ' a="b"', ""),
         ('<row r="1"><c r="A1"><is>', "<r><t>x</t></r>", ""), ('<c r="A1"><is><r><rPr>', "<b/>", ""),
         ("", "</row>", "<"), ('<c r="A1"', ' cm="1"', ""), ("<c r='", "A", "")),
    ),
    "what follows rows": (
        partial(_sheet, ""),
        (("<mergeCells>", '<mergeCell ref="A1:B1"/>', ""), ("<hyperlink", ' a="b"', ""), ("", "xmlns:r", ""),
         ("xmlns:r", " ", ""), ("<tablePart ", "r:id=", "")),
    ),
    "spans": (_spans, (("", "<a ", ""), ("<a>", "<row/>", ""), ("<a", ' b="c"', ""), ("<?xml", " encoding=", ""))),
    "attributes": (_with_attribute, (("<c", ' r="', ""), ("<c", " r='", '"'), ("<c", " ", ""))),
    "escapes": (escaped, (("", "_x0041", ""), ("", "_", ""))),
    "escaped": (unescaped, (("", "_x005F", ""), ("", "_x", ""))),
    "links": (_CELL.fullmatch, (("'", "''", "!"), ("", "a", "!"), ("'", "a", ""))),
    "text of templates": (partial(_TAGS.sub, ""), (("", "<", ""), ("<", "a", ""))),
    "mistakes in templates": (_NO_SUCH.search, (("", "has no attribute ", ""), ("has no attribute '", "a", ""))),
    "conditions": (FIELD_IN_BRACES.findall, (("", "{", ""), ("{", "a", ""))),
    "Markdown": (
        escape_markdown,
        (("", "1", "."), ("", "<", ""), ("", " \n", ""), ("", " ", "-"), ("", "www", ""), ("", "1", ")")),
    ),
    "IDs": (natural, (("", "1", ""), ("", "a1", ""))),
    "words": (clean_text, (("", " ", "x"), ("", "\u200b\u00a0", ""))),
    "text for terminals": (terminal_text, (("", "\x1b", ""), ("", "\u202e", ""))),
}  # fmt: skip
for each in map(SET_KINDS.__getitem__, ("sheet name", "prefix", "code", "defined name", "plain")):
    assert each.pattern
    KINDS[each.rule] = (
        each.pattern.fullmatch,
        (("", "A_", "!"), ("A", "b", '"'), ("A", " ", "!"), ("", "A-", "")),
    )
for name in ("reference", "label", "code", "email"):
    kind = CASE_KINDS[name]
    assert kind.pattern
    KINDS[name] = (
        kind.pattern.fullmatch,
        (("a@", "a", ""), ("a", "@a.", ""), ("a@b", ".c", "@"), ("", "A-", "!")),
    )
BASE = 3_000  # characters


@pytest.mark.parametrize("kind", KINDS)
def test_work_on_a_text_grows_with_its_length(kind: str) -> None:
    job, texts = KINDS[kind]
    for before, repeated, after in texts:

        def read(size: int, parts: tuple[str, str, str] = (before, repeated, after)) -> object:
            head, body, end = parts
            return job(head + body * (size // len(body)) + end)

        assert is_linear(read, BASE), (before, repeated, after)
