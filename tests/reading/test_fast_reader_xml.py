"""What sheets may look like, spelt out: read alike by our own reader and the library, or left to the library."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from patch.packages import DOCUMENT, MAIN, small, zipped

from reading.alike import by_library, differences, told_apart
from tracker.workbook.fast_reader import FastBook
from tracker.workbook.fast_reader_sheet import UnusualError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracker.workbook.fast_reader import SourceBook

TEXTS = (
    '<si><t>One</t></si><si><t xml:space="preserve"> two </t></si><si><t/></si><si><t>_x005F_x000D_ _x000D_</t></si>'
    '<si><r><rPr><b/><sz val="11"/></rPr><t>bold</t></r><r><t xml:space="preserve"> &amp; plain</t></r></si><si/>'
    "<si><t>&lt;&#38;amp;&#x41;&quot;&apos;&gt; caf\u00e9</t></si><si><t>line\r\nline</t></si>"
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="ddd d mmm yy"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts><fonts count="1"><font/></fonts><fills count="1">'
    "<fill><patternFill/></fill></fills>"
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="5"><xf/><xf numFmtId="164"/><xf numFmtId="165"/>'
    '<xf numFmtId="14"/><xf numFmtId="20"/></cellXfs></styleSheet>'
)
ROWS = (
    '<row r="1" spans="1:4" ht="26.25"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" t="s"><v>4</v></c></row>'
    '<row r="2" hidden="1"><c r="A2" s="1"><v>46335</v></c><c r="B2" s="2"><v>1.5</v></c><c r="C2" s="3"/></row>'
    '<row r="3" customFormat="false" hidden="false" collapsed="true"><c r="A3" s="4"><v>0.25</v></c>'
    '<c r="B3" t="b"><v>1</v></c><c r="C3" t="e"><v>#N/A</v></c><c r="D3" t="n"><v>-3.5E-2</v></c></row>'
    '<row r="5"><c r="A5" t="str"><f>IF(B1&lt;&gt;"",A1&amp;"x","")</f><v>Onex</v></c><c r="B5" s="1"><f>A2+1</f>'
    '<v>46336</v></c><c r="C5"><f t="shared" ref="C5:C6" si="0">A2*2</f><v>92670</v></c></row>'
    '<row r="6"><c r="A6" t="inlineStr"><is><t>typed</t></is></c><c r="B6"><f t="array" ref="B6" aca="false">SUM(A2)'
    '</f><v>1</v></c><c r="C6"><f t="shared" si="0"/><v>6</v></c><c r="D6"><f>NOW()</f></c></row><row r="9"/>'
)
AFTER = (
    '<mergeCells count="2"><mergeCell ref="A1:B2"/><mergeCell ref="D3:E4"/></mergeCells><hyperlinks><hyperlink '
    'ref="A6" location="Two!A1"/></hyperlinks><pageMargins left="0" right="0" top="0" bottom="0" header="0" '
    'footer="0"/>'
)
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
LOOKS = "xl/styles.xml"
WORKBOOK = "xl/workbook.xml"


def parts(rows: str = ROWS, texts: str = TEXTS, after: str = AFTER) -> dict[str, str | bytes]:
    """A small workbook that holds one of everything."""
    made = small({"One": rows, "Two": ""}, texts=texts) | {LOOKS: STYLES}
    return made | {SHEET: str(made[SHEET]).replace("</sheetData>", f"</sheetData>{after}")}


def test_one_of_everything_is_read_alike() -> None:
    assert differences(zipped(parts())) == []


def cell(inside: str, look: str = "") -> str:
    return f'<row r="1"><c r="A1"{look}>{inside}</c></row>'


def all_of(content: bytes) -> SourceBook:
    """The workbook by our own reader, each of its sheets read."""
    book = FastBook(content)
    for title in book.titles:
        book.grid(title)
        book.shown(title, 1, 1)
    return book


ALIKE = {
    "no cells": "",
    "an empty row": '<row r="1"></row>',
    "a text without letters": cell("<v>2</v>", ' t="s"'),
    "control characters": cell("<v>3</v>", ' t="s"'),
    "texts in pieces": cell("<v>4</v>", ' t="s"'),
    "no text at all": cell("<v>5</v>", ' t="s"'),
    "character references": cell("<v>6</v>", ' t="s"'),
    "line ends": cell("<v>7</v>", ' t="s"'),
    "an empty value": cell("<v></v>"),
    "a value of nothing": cell("<v/>", ' t="str"'),
    "blanks kept": cell('<v xml:space="preserve"> x </v>', ' t="str"'),
    "a typed text in pieces": cell("<is><r><t>a</t></r><r><rPr><b/></rPr><t>b</t></r></is>", ' t="inlineStr"'),
    "a typed text of nothing": cell("<is><t></t></is>", ' t="inlineStr"'),
    "no typed text": cell("", ' t="inlineStr"'),
    "a formula of nothing": cell("<f></f>"),
    "a formula without a word": cell("<f/><v>1</v>"),
    "a day beyond the calendar": cell("<v>99999999999</v>", ' s="1"'),
    "a day before the calendar": cell("<v>-99999999999</v>", ' s="1"'),
    "the first days of 1900": cell("<v>59.5</v>", ' s="1"'),
    "the 29 February 1900": cell("<v>60</v>", ' s="1"'),
    "nought as a day": cell("<v>0</v>", ' s="1"'),
    "nearly midnight": cell("<v>0.9999999999</v>", ' s="1"'),
    "a day with a time": cell("<v>46335.604166666664</v>", ' s="3"'),
    "a span below nought": cell("<v>-0.123456789</v>", ' s="2"'),
    "a span beyond all": cell("<v>1E300</v>", ' s="2"'),
    "a number beyond all": cell("<v>1E999</v>"),
    "a number beyond all as a day": cell("<v>1E999</v>", ' s="1"'),
    "a dot at the end": cell("<v>7.</v>"),
    "many digits": cell("<v>1234567890123456789012345678901234567890</v>"),
    "an array of one's own": cell('<f t="array" ref="A1">SUM(B1:B9*1)</f><v>5</v>', ' cm="1"'),
    "two shared formulas": '<row r="1"><c r="A1"><f t="shared" ref="A1:B1" si="3">$C1+D$1+E1</f></c><c r="B1">'
    '<f t="shared" si="3"/></c></row><row r="2"><c r="B2"><f t="shared" si="3">Z9</f></c></row>',
    "a shared formula nobody wrote": cell('<f t="shared" si="9"/>'),
    "blanks between": '<row r="1"> <c r="A1"><v>1</v></c></row>',
    "blanks before the end of tags": '<row r="1" ><c r="A1" /><c r="B1" ><v /></c><c r="C1"><f /><v>1</v></c></row>',
    "another order of attributes": cell("<v>1</v>", ' t="n" s="0"'),
    "a text of nothing": cell("<is/>", ' t="inlineStr"'),
}  # fmt: skip
"""Rows of a sheet that our own reader takes."""

LEFT = {
    "single quotes": "<row r='1'><c r='A1'><v>1</v></c></row>",
    "a prefix": f'<x:row xmlns:x="{MAIN}" r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
    "a comment": cell("<!-- x --><v>1</v>"),
    "a section of characters": cell("<v><![CDATA[1]]></v>"),
    "an instruction": cell("<?x y?><v>1</v>"),
    "no address": '<row r="1"><c><v>1</v></c></row>',
    "no row number": '<row><c r="A1"><v>1</v></c></row>',
    "a cell twice": '<row r="1"><c r="A1"><v>1</v></c><c r="A1"/></row>',
    "a row twice": '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"/>',
    "rows out of order": '<row r="2"/><row r="1"/>',
    "a cell in another row": '<row r="1"><c r="A2"><v>1</v></c></row>',
    "a small letter": '<row r="1"><c r="a1"><v>1</v></c></row>',
    "names from elsewhere": '<row r="1" xmlns="urn:x"><c r="A1"><v>1</v></c></row>',
    "an unknown look": cell("<v>1</v>", ' s="5"'),
    "a row of an unknown look": '<row r="1" s="5" customFormat="1"/>',
    "a row neither hidden nor shown": '<row r="1" hidden="yes"/>',
    "a row that says more": '<row r="1" colour="red"/>',
    "an unknown text": cell("<v>8</v>", ' t="s"'),
    "the last text": cell("<v>-1</v>", ' t="s"'),
    "no number": cell("<v>one</v>"),
    "a number with blanks": cell("<v> 1</v>"),
    "a number of its own": cell("<v>1_0</v>"),
    "not a number": cell("<v>NaN</v>"),
    "a day as text": cell("<v>2026-11-09</v>", ' t="d"'),
    "another kind": cell("<v>1</v>", ' t="zz"'),
    "neither true nor false": cell("<v>2</v>", ' t="b"'),
    "a table of data": cell('<f t="dataTable" ref="A1" r1="B1"/><v>1</v>'),
    "a formula that says more": cell('<f bx="1">1</f>'),
    "how a text is spoken": cell('<is><t>a</t><rPh sb="0" eb="1"><t>b</t></rPh></is>', ' t="inlineStr"'),
    "two values": cell("<v>1</v><v>2</v>"),
    "a text beside a number": cell("<is><t>a</t></is>"),
    "an element of its own": cell("<v>1</v><extLst/>"),
    "an unknown reference": cell("<v>&nbsp;</v>", ' t="str"'),
    "a tag that never ends": '<row r="1"><c r="A1"></row>',
}  # fmt: skip
"""Rows of a sheet that are left to the library."""


@pytest.mark.parametrize("name", ALIKE)
def test_rows_of_a_sheet_are_read_alike(name: str) -> None:
    assert differences(zipped(parts(ALIKE[name], after=""))) == []


@pytest.mark.parametrize("name", LEFT)
def test_rows_that_are_left_to_the_library(name: str) -> None:
    with pytest.raises(UnusualError):
        all_of(zipped(parts(LEFT[name], after="")))


TEMPLATE = (
    '<Override PartName="/xl/w.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"/>'
)
AROUND: Mapping[str, tuple[str, str, str]] = {
    "rows beside the rows": (SHEET, "<mergeCells", '<extra><row r="9"/></extra><mergeCells'),
    "other main names": (SHEET, f'xmlns="{MAIN}"', 'xmlns="urn:x"'),
    "a merge of one cell": (SHEET, 'ref="A1:B2"', 'ref="A1"'),
    "a merge from right to left": (SHEET, 'ref="A1:B2"', 'ref="B2:A1"'),
    "a merge twice": (SHEET, 'ref="D3:E4"', 'ref="A1:B2"'),
    "a merge over too much": (SHEET, 'ref="D3:E4"', 'ref="D3:ZZ9999"'),
    "a link over an empty cell": (SHEET, 'ref="A6"', 'ref="A8"'),
    "a link over many cells": (SHEET, 'ref="A6"', 'ref="A6:B6"'),
    "a link over a covered cell": (SHEET, 'ref="A6"', 'ref="B2"'),
    "two lists of cells": (SHEET, "<mergeCells", "<sheetData/><mergeCells"),
    "how a text is spoken": (STRINGS, "<t>One</t>", '<t>One</t><phoneticPr fontId="0"/>'),
    "a comment among texts": (STRINGS, "<si/>", "<!-- x --><si/>"),
    "other main names of texts": (STRINGS, f'xmlns="{MAIN}"', f'xmlns="urn:x" xmlns:x="{MAIN}"'),
    "no looks": (LOOKS, "cellXfs", "cellXxs"),
    "a look of no number": (LOOKS, 'numFmtId="14"', 'numFmtId="x"'),
    "a sheet nobody made": (WORKBOOK, 'r:id="rId1"', 'r:id="rId7"'),
    "two sheets of one name": (WORKBOOK, 'name="Two"', 'name="ONE"'),
    "a sheet by another word": (WORKBOOK, '<sheet name="Two"', '<leaf name="Two"'),
    "a name no sheet has": (WORKBOOK, 'name="Two"', 'name="T/wo"'),
    "a sheet that says more": (WORKBOOK, 'name="Two"', 'name="Two" colour="red"'),
    "a sheet of another kind": ("xl/_rels/workbook.xml.rels", f"{DOCUMENT}/worksheet", f"{DOCUMENT}/chartsheet"),
    "a sheet that is not there": ("xl/_rels/workbook.xml.rels", "sheet2.xml", "sheet7.xml"),
    "texts that are not there": ("[Content_Types].xml", "/xl/sharedStrings.xml", "/xl/other.xml"),
    "two declared workbooks": ("[Content_Types].xml", "</Types>", f"{TEMPLATE}</Types>"),
}  # fmt: skip
"""A part, what stands in it, and what stands there instead: left to the library."""


@pytest.mark.parametrize("name", AROUND)
def test_what_is_odd_around_the_rows_is_left_to_the_library(name: str) -> None:
    part, old, new = AROUND[name]
    text = str(parts()[part])
    assert old in text
    with pytest.raises(UnusualError):
        all_of(zipped(parts() | {part: text.replace(old, new, 1)}))


AROUND_ALIKE: Mapping[str, tuple[str, str, str]] = {
    "another name for the main names": (SHEET, "<mergeCells", f'<x xmlns:x="{MAIN}"/><mergeCells'),
    "blanks between texts": (STRINGS, "<si/>", " <si/>"),
}  # fmt: skip


@pytest.mark.parametrize("name", AROUND_ALIKE)
def test_what_makes_no_difference_around_the_rows_is_read_alike(name: str) -> None:
    part, old, new = AROUND_ALIKE[name]
    text = str(parts()[part])
    assert old in text
    assert differences(zipped(parts() | {part: text.replace(old, new, 1)})) == []


@pytest.mark.parametrize("says", ["", 'date1904="0"', 'date1904="1"', 'date1904="true"'])
def test_both_calendars_are_read_alike(says: str) -> None:
    begun = f"<workbookPr {says}/><sheets>"
    text = str(parts()[WORKBOOK]).replace("<sheets>", begun)
    assert differences(zipped(parts() | {WORKBOOK: text})) == []


def test_a_title_is_read_with_its_references_resolved() -> None:
    text = str(parts()[WORKBOOK]).replace('name="Two"', 'name="R&amp;D &#x2013; 2"')
    content = zipped(parts() | {WORKBOOK: text})
    assert FastBook(content).titles == ["One", "R&D \u2013 2"]
    assert differences(content) == []


# Seeded damage


def _without(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text))
    return text[:start] + text[start + chance.randint(1, 12) :]


def _with_another(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + chance.choice("<>&\"'/=0123456789-.eE AbcrstvfZ_\u00e9\r\n\t]") + text[place + 1 :]


def _twice(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text))
    piece = text[start : start + chance.randint(1, 80)]
    return text[:start] + piece + text[start:]


def _with(text: str, chance: random.Random) -> str:
    put = ("<!-- x -->", "<![CDATA[x]]>", "&#10;", "&#x26;", "&amp;", "&bad;", " ", "\r\n", "<v>1</v>", "<f>1</f>",
           "</row>", '<row r="7">', '<c r="A9"/>', ' t="s"', ' s="1"', ' r="B2"', ' hidden="1"', "_x000D_", "x005F_",
           ' xmlns="urn:x"', ' xml:space="preserve"', "<r><t>r</t></r>", "<is><t>i</t></is>", "1E5",
           "<t>", "<si><t>n</t></si>")  # fmt: skip
    place = chance.choice([0, *(found for found, sign in enumerate(text) if sign in "<> ")])
    return text[:place] + chance.choice(put) + text[place:]


def _exchanged(text: str, chance: random.Random) -> str:
    pieces = text.split("<")
    first, second = chance.randrange(len(pieces)), chance.randrange(len(pieces))
    pieces[first], pieces[second] = pieces[second], pieces[first]
    return "<".join(pieces)


DAMAGES: tuple[Callable[[str, random.Random], str], ...] = (
    _without,
    _with_another,
    _twice,
    _with,
    _exchanged,
)
ONLY_TEXTS = TEXTS.replace('<rPr><b/><sz val="11"/></rPr>', "")
"""Of how texts look only the library takes notice, and stumbles over it."""


def damaged(seed: int) -> bytes:
    """The small workbook with one or two changes to its rows or texts."""
    chance = random.Random(seed)
    rows, texts = ROWS, ONLY_TEXTS
    for _ in range(chance.randint(1, 2)):
        if chance.random() < 0.75:
            rows = chance.choice(DAMAGES)(rows, chance)
        else:
            texts = chance.choice(DAMAGES)(texts, chance)
    return zipped(parts(rows, texts))


def outcome(content: bytes) -> str:
    """`alike`, `left` to the library, or what is wrong."""
    try:
        plain = all_of(content)
    except UnusualError:
        return "left"
    try:
        library = by_library(content)
    except Exception as error:  # noqa: BLE001  the library raises anything
        return f"read, where the library says {error!r}"
    found = told_apart(plain, library)
    return "; ".join(found) or "alike"


@pytest.mark.parametrize("fifty", range(12))
def test_damaged_rows_and_texts_are_read_alike_or_left_to_the_library(fifty: int) -> None:
    outcomes = {seed: outcome(damaged(seed)) for seed in range(fifty * 50, fifty * 50 + 50)}
    assert {seed: said for seed, said in outcomes.items() if said not in {"alike", "left"}} == {}
    assert set(outcomes.values()) == {"alike", "left"}
