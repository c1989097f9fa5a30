"""Single cells of a sheet's XML: what is put is there, and every other byte stays."""

from __future__ import annotations

import pytest
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from patch.cells import MAIN, cells_of, changed_cells, put, rows_of, sheet
from tracker.formula.values import Error
from tracker.workbook.patch.markup import CannotPatchError
from tracker.workbook.patch.sheet import NewCell, PatchSheet, cached

TEXT = '<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def text(at: str, said: str) -> str:
    return TEXT.format(at=at, text=said)


# Where things go

PLACES = {
    # rows as they were, the cell that is put, rows as they are then
    "the first row of an empty sheet": ("", "A1", '<row r="1"><c r="A1"><v>7</v></c></row>'),
    "a cell that stands there": (
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>',
        "A2",
        '<row r="2"><c r="A2"><v>7</v></c><c r="B2"><v>2</v></c></row>',
    ),
    "before the first cell of a row": (
        '<row r="2"><c r="B2"><v>2</v></c></row>',
        "A2",
        '<row r="2"><c r="A2"><v>7</v></c><c r="B2"><v>2</v></c></row>',
    ),
    "between two cells": (
        '<row r="2"><c r="A2"/><c r="C2"/></row>',
        "B2",
        '<row r="2"><c r="A2"/><c r="B2"><v>7</v></c><c r="C2"/></row>',
    ),
    "behind the last cell": (
        '<row r="2"><c r="A2"/></row>',
        "B2",
        '<row r="2"><c r="A2"/><c r="B2"><v>7</v></c></row>',
    ),
    "a row that is a single tag": (
        '<row r="2" ht="30" x:y="z/" xmlns:x="urn:x" />',
        "B2",
        '<row r="2" ht="30" x:y="z/" xmlns:x="urn:x"><c r="B2"><v>7</v></c></row>',
    ),
    "a row with nothing between its tags": (
        '<row r="2"></row>',
        "B2",
        '<row r="2"><c r="B2"><v>7</v></c></row>',
    ),
    "a row before the first": (
        '<row r="2"/>',
        "A1",
        '<row r="1"><c r="A1"><v>7</v></c></row><row r="2"/>',
    ),
    "a row between two": (
        '<row r="2"/><row r="9"/>',
        "A5",
        '<row r="2"/><row r="5"><c r="A5"><v>7</v></c></row><row r="9"/>',
    ),
    "a row behind the last": (
        '<row r="2"/>\n',
        "A5",
        '<row r="2"/>\n<row r="5"><c r="A5"><v>7</v></c></row>',
    ),
    "a hint on the columns of a row": (
        '<row r="2" spans="1:2"><c r="A2"/></row>',
        "D2",
        '<row r="2" spans="1:4"><c r="A2"/><c r="D2"><v>7</v></c></row>',
    ),
}


@pytest.mark.parametrize(("rows", "cell", "then"), PLACES.values(), ids=PLACES)
def test_a_cell_goes_where_it_belongs(rows: str, cell: str, then: str) -> None:
    assert rows_of(put(sheet(rows), cell, 7)) == then


def test_many_cells_stand_in_order_whatever_the_order_they_were_put_in() -> None:
    page = sheet('<row r="4"><c r="B4"/></row>')
    for cell in ("C6", "A6", "C4", "A5", "A4", "B2", "B4", "A1"):
        put(page, cell, 7)
    assert list(cells_of(page.to_bytes())) == ["A1", "B2", "A4", "B4", "C4", "A5", "A6", "C6"]


def test_many_rows_go_into_an_empty_sheet() -> None:
    page = put(put(sheet(""), "A2", 2), "A1", 1)
    assert rows_of(page) == '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'


@pytest.mark.parametrize(
    ("area", "cell", "then"),
    [("A1:C4", "D9", "A1:D9"), ("B2", "A1", "A1:B2"), ("A1:C4", "B2", "A1:C4")],
)
def test_the_used_area_takes_in_what_is_put(area: str, cell: str, then: str) -> None:
    page = put(sheet('<row r="1"/>', around=(f"<dimension ref='{area}'/>", "")), cell, 7)
    root = etree.fromstring(page.to_bytes())
    assert root.find(f"{{{MAIN}}}dimension").get("ref") == then


# What a cell becomes

CONTENTS = {
    "a number": (NewCell(46335), '<c r="A1"><v>46335</v></c>'),
    "a share": (NewCell(0.1), '<c r="A1"><v>0.1</v></c>'),
    "a truth": (NewCell(value=True), '<c r="A1" t="b"><v>1</v></c>'),
    "an error": (NewCell(Error("#N/A")), '<c r="A1" t="e"><v>#N/A</v></c>'),
    "nothing": (NewCell(), '<c r="A1"/>'),
    "a text with marks of XML": (NewCell("A & B < C"), text("A1", "A &amp; B &lt; C")),
    "a text that looks like a formula": (NewCell("=1+1"), text("A1", "=1+1")),
    "a text with lines": (NewCell("one\ntwo\r\nthree"), text("A1", "one\ntwo&#13;\nthree")),
    "a text with characters XML forbids": (NewCell("a\x00b\ufffe"), text("A1", "ab")),
    "a text that looks like an escape": (NewCell("_x0041_"), text("A1", "_x005F_x0041_")),
    "a formula": (NewCell(3, '=IF(B1<2,"a","b")'), '<c r="A1"><f>IF(B1&lt;2,"a","b")</f><v>3</v></c>'),
    "an array formula": (
        NewCell("x", "SMALL(B:B,1)", array=True),
        '<c r="A1" t="str"><f t="array" ref="A1">SMALL(B:B,1)</f><v>x</v></c>',
    ),
    "a style": (NewCell(7, style="12"), '<c r="A1" s="12"><v>7</v></c>'),
}


@pytest.mark.parametrize(("cell", "then"), CONTENTS.values(), ids=CONTENTS)
def test_a_cell_holds_what_was_put(cell: NewCell, then: str) -> None:
    assert (
        rows_of(put(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'), "A1", cell))
        == f'<row r="1">{then}</row>'
    )


def test_a_cell_keeps_its_style_and_what_else_its_tag_says() -> None:
    page = sheet("<row r='1'><c s='5' r='A1' t='s' ph=\"1\" cm='1'><v>3</v></c></row>")
    assert rows_of(put(page, "A1", 7)) == '<row r=\'1\'><c r="A1" s="5" ph="1"><v>7</v></c></row>'


def test_every_other_byte_stays() -> None:
    rows = (
        "<!-- a comment with <c r='A1'/> --><row r='1' customHeight=\"1\" x14ac:dyDescent='.25'"
        ' xmlns:x14ac="urn:x">\n  <c r="A1" t="str"><f>"a&quot;&#38;"&amp;B1</f><v>&#x41;</v></c>'
        '<c t="inlineStr" r="B1"><is><t><![CDATA[a < b]]></t></is></c><c r="C1"/></row>'
        '<row r="3"><c r="A3"><v>1e2</v></c><c r="B3"><v>1.50</v></c><?pi?></row>'
    )
    page = put(put(sheet(rows), "C1", 7), "D3", 8)
    then = rows.replace('<c r="C1"/>', '<c r="C1"><v>7</v></c>').replace(
        "<?pi?>", '<?pi?><c r="D3"><v>8</v></c>'
    )
    assert rows_of(page) == then


def test_a_sheet_nothing_was_put_into_is_the_same_bytes() -> None:
    page = sheet('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>')
    page.put_value(1, 1, 2)
    assert page.to_bytes() == page.part


def test_a_sheet_with_a_prefix_keeps_it() -> None:
    page = PatchSheet(
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:f>1</x:f><x:v>1</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>".encode()
    )
    put(put(page, "B1", "b"), "A2", NewCell(1, "A1"))
    page.put_value(1, 1, "one")
    root = etree.fromstring(page.to_bytes())
    assert {etree.QName(each).namespace for each in root.iter()} == {MAIN}
    assert [each.get("r") for each in root.iter(f"{{{MAIN}}}c")] == ["A1", "B1", "A2"]
    assert root.findtext(f".//{{{MAIN}}}v") == "one"


def test_a_byte_order_mark_shifts_nothing() -> None:
    page = PatchSheet(b"\xef\xbb\xbf" + sheet('<row r="1"><c r="A1"/></row>').part)
    assert rows_of(put(page, "A1", 7)) == '<row r="1"><c r="A1"><v>7</v></c></row>'


# Values beside formulas

WORKED_OUT = {
    "a number": (5, '<c r="A1" s="2"><f ca="1">X&amp;1</f><v>5</v></c>'),
    "a text": ("a<b", '<c r="A1" s="2" t="str"><f ca="1">X&amp;1</f><v>a&lt;b</v></c>'),
    "an empty text": ("", '<c r="A1" s="2" t="str"><f ca="1">X&amp;1</f><v></v></c>'),
    "a truth": (False, '<c r="A1" s="2" t="b"><f ca="1">X&amp;1</f><v>0</v></c>'),
    "an error": (Error("#REF!"), '<c r="A1" s="2" t="e"><f ca="1">X&amp;1</f><v>#REF!</v></c>'),
}


@pytest.mark.parametrize(("value", "then"), WORKED_OUT.values(), ids=WORKED_OUT)
def test_only_the_value_beside_a_formula_changes(value: object, then: str) -> None:
    page = sheet('<row r="1"><c r="A1" s="2" t="str"><f ca="1">X&amp;1</f><v>old</v></c></row>')
    page.put_value(1, 1, value)
    assert rows_of(page) == f'<row r="1">{then}</row>'


def test_a_value_for_a_cell_without_a_formula_is_no_change() -> None:
    page = sheet('<row r="1"><c r="A1"><v>1</v></c></row>')
    page.put_value(1, 1, 2)
    assert page.to_bytes() == page.part


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><f>1</f><v>46335</v></c>', 46335),
        ('<c r="A1" t="b"><f>1</f><v>true</v></c>', True),
        ('<c r="A1" t="d"><v>2026-11-09T00:00:00</v></c>', 46335),
        ('<c r="A1" t="str"><f>1</f><v>a_x000D_b_x005F_x0041_</v></c>', "a\rb_x0041_"),
        ('<c r="A1" t="e"><f>1</f><v>#N/A</v></c>', Error("#N/A")),
    ],
)
def test_a_value_is_read_as_the_format_means_it(cell: str, value: object) -> None:
    span = sheet(f'<row r="1">{cell}</row>').cell(1, 1)
    assert span
    assert cached(span) == value


# Shared formulas

SHARED = (
    '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*$C$1</f><v>1</v></c></row>'
    '<row r="2"><c r="A2" s="4"><f t="shared" si="0"/><v>2</v></c></row>'
    '<row r="3"><c r="A3"><f t="shared" si="0"/><v>3</v></c></row>'
)


def test_formulas_that_share_one_are_spelt_out_when_it_goes() -> None:
    page = put(sheet(SHARED), "A1", 9)
    assert rows_of(page) == (
        '<row r="1"><c r="A1"><v>9</v></c></row>'
        '<row r="2"><c r="A2" s="4"><f>B2*$C$1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3"><f>B3*$C$1</f><v>3</v></c></row>'
    )


def test_a_formula_that_shares_one_may_go_alone() -> None:
    page = put(sheet(SHARED), "A2", 9)
    assert changed_cells(page.part, page.to_bytes()) == {"A2"}


def test_a_shared_formula_is_read_as_it_stands_in_its_cell() -> None:
    page = sheet(SHARED)
    spans = [page.cell(row, 1) for row in (1, 2, 3)]
    assert [page.formula_of(span) for span in spans if span] == ["B1*$C$1", "B2*$C$1", "B3*$C$1"]


# What cannot be placed

REFUSED = {
    "a row without its number": '<row><c r="A1"/></row>',
    "a row whose number is none": '<row r="first"/>',
    "a row twice": '<row r="1"/><row r="1"/>',
    "a cell without its address": '<row r="1"><c><v>1</v></c></row>',
    "a cell of another row": '<row r="1"><c r="A2"/></row>',
    "a cell twice": '<row r="1"><c r="A1"/><c r="A1"/></row>',
}


@pytest.mark.parametrize("rows", REFUSED.values(), ids=REFUSED)
def test_a_sheet_that_does_not_say_where_things_stand_is_refused(rows: str) -> None:
    with pytest.raises(CannotPatchError, match="do not say"):
        sheet(rows)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_a_sheet_in_another_encoding_is_refused(encoding: str) -> None:
    spelt = f'<?xml version="1.0" encoding="{encoding}"?><worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    with pytest.raises(CannotPatchError, match="UTF-8"):
        PatchSheet(spelt.encode(encoding))


def test_what_is_no_xml_is_refused() -> None:
    with pytest.raises(CannotPatchError, match="no XML"):
        PatchSheet(b"<worksheet><sheetData></worksheet>")


def test_a_sheet_without_a_place_for_rows_is_refused() -> None:
    page = PatchSheet(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>')
    page.put(4, 1, NewCell("x", "", ""))
    with pytest.raises(CannotPatchError):
        page.to_bytes()
