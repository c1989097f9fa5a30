"""A package and its sheets: what it holds, what is worked out again, and which parts may change."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from patch.packages import DOCUMENT, MAIN, relations, small, unzipped, zipped
from tracker.formula.evaluate import Formula
from tracker.workbook.patch.file import FileCell, WorkbookFile
from tracker.workbook.patch.markup import CannotPatchError
from tracker.workbook.patch.package import Package

TODAY = date(2026, 11, 22)
TABLE = (
    f'<table xmlns="{MAIN}" id="1" name="T" displayName="T" ref="A1:B3"><autoFilter ref="A1:B3"/>'
    '<tableColumns count="2"><tableColumn id="1" name="Day"/><tableColumn id="2" name="Next"/></tableColumns></table>'
)


def opened(*sheets: str, **options: str) -> WorkbookFile:
    """Sheets One, Two, ... of these rows."""
    names = dict(zip(("One", "Two", "Three"), sheets, strict=False))
    return WorkbookFile(zipped(small(names, **options)))  # type: ignore[arg-type]  # options are texts here


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def worked_out(file: WorkbookFile) -> WorkbookFile:
    file.note_values(file.book(TODAY, lambda *_: True))
    return WorkbookFile(file.to_bytes())


# What it holds

TEXTS = (
    "<si><t>plain</t></si><si><r><rPr><b/></rPr><t>rich </t></r><r><t xml:space='preserve'>text</t></r></si>"
    "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh><phoneticPr fontId='1'/></si>"
    "<si><t>a_x000D_b</t></si><si><t>_x005F_x0041_</t></si><si/>"
)


@pytest.mark.parametrize(
    ("place", "says"), list(enumerate(["plain", "rich text", "東京", "a\rb", "_x0041_", "", ""]))
)
def test_a_shared_text_is_read_whole(place: int, says: str) -> None:
    file = opened(row(1, f'<c r="A1" t="s"><v>{place}</v></c>'), texts=TEXTS)
    assert file.cell("One", 1, 1) == FileCell(says)


def test_a_cell_says_what_it_holds() -> None:
    inline = '<c r="A1" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r><rPh><t>x</t></rPh></is></c>'
    array = '<c r="C1"><f t="array" ref="C1">SUM(A:A)</f><v>4</v></c>'
    file = opened(row(1, inline, '<c r="B1" s="1"/>', array, '<c r="D1" t="str"><f>""</f><v></v></c>'))
    assert [file.cell("One", 1, column) for column in range(1, 6)] == [
        FileCell("inline"),
        FileCell(None),
        FileCell(4, "SUM(A:A)", array=True),
        FileCell("", '""'),
        FileCell(None),
    ]


def test_the_workbook_is_found_wherever_it_lies() -> None:
    parts = small({"One": row(1, '<c r="A1" t="s"><v>0</v></c>')}, texts="<si><t>found</t></si>")
    parts = {name.replace("xl/workbook", "book/main"): part for name, part in parts.items()}
    parts["_rels/.rels"] = relations(("rId1", "officeDocument", "/book/main.xml"))
    parts["book/_rels/main.xml.rels"] = relations(
        ("rId1", "worksheet", "../xl/worksheets/sheet1.xml"),
        ("rId2", "sharedStrings", "/xl/sharedStrings.xml"),
        ("rId3", "styles", "/xl/styles.xml"),
    )
    file = WorkbookFile(zipped(parts))
    assert file.cell("One", 1, 1).value == "found"
    file.add_sheet("Two", b"<worksheet/>")
    assert list(Package(file.to_bytes()).sheets()) == ["One", "Two"]


@pytest.mark.parametrize("gone", ["xl/workbook.xml", "xl/styles.xml", "_rels/.rels"])
def test_a_package_without_a_workbook_is_refused(gone: str) -> None:
    parts = small({"One": ""})
    del parts[gone]
    with pytest.raises(CannotPatchError, match="cannot be found"):
        WorkbookFile(zipped(parts))


def test_names_and_sheets_may_have_quotes() -> None:
    names = (
        "<definedNames><definedName name=\"Zero\">'It''s &amp; this'!$A$1</definedName>"
        '<definedName name="Zero" localSheetId="0">Two!$A$9</definedName></definedNames>'
    )
    sheets = {
        "It's &amp; this": row(1, '<c r="A1"><v>46335</v></c>'),
        "Two": row(1, '<c r="A1"><f>Zero+1</f></c>'),
    }
    file = worked_out(WorkbookFile(zipped(small(sheets, names=names))))
    assert file.cell("It's & this", 1, 1).value == 46335
    assert file.cell("Two", 1, 1).value == 46336


# What is worked out

SHARED = (
    row(1, '<c r="A1"><v>10</v></c>', '<c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2</f><v>0</v></c>')
    + row(2, '<c r="A2"><v>20</v></c>', '<c r="B2"><f t="shared" si="0"/><v>0</v></c>')
    + row(3, '<c r="A3"><v>30</v></c>', '<c r="B3"><f t="shared" si="0"/><v>0</v></c>')
)


def test_formulas_of_ours_are_worked_out_over_what_was_put() -> None:
    file = opened(SHARED)
    file.put("One", 1, 2, 5)
    file.put("One", 2, 1, 100)
    after = worked_out(file)
    assert [(after.cell("One", n, 2).value, after.cell("One", n, 2).formula) for n in (1, 2, 3)] == [
        (5, None), (200, "A2*2"), (60, "A3*2"),
    ]  # fmt: skip


def test_formulas_of_others_keep_their_value() -> None:
    file = opened(
        row(1, '<c r="A1"><f>1+1</f><v>9</v></c>', '<c r="B1"><f>XLOOKUP(1,A:A,A:A)</f><v>8</v></c>')
    )
    file.note_values(file.book(TODAY, lambda _sheet, _row, column: column == 2))
    assert [file.cell("One", 1, column).value for column in (1, 2)] == [9, 8]
    assert file.to_bytes() is file.package._original  # noqa: SLF001  the very file, not one like it


def test_a_sheet_of_the_persons_own_that_cannot_be_changed_is_left() -> None:
    file = opened(row(1, '<c r="A1"><f>1+1</f><v>0</v></c>'), "<row><c><v>1</v></c></row>")
    before = file.package.read("xl/worksheets/sheet2.xml")
    file.note_values(file.book(TODAY, lambda sheet, *_: sheet == "One"))
    assert unzipped(file.to_bytes())["xl/worksheets/sheet2.xml"] == before
    assert WorkbookFile(file.to_bytes()).cell("One", 1, 1).value == 2


def test_a_workbook_that_counts_from_1904_keeps_counting_so() -> None:
    rows = (
        row(1, '<c r="A1"><v>44873</v></c>', '<c r="B1"><f>A1+1</f><v>0</v></c>', '<c r="C1"><f>B1-A1</f></c>')
        + row(2, '<c r="A2"/>', '<c r="B2"><f>INT(A1)*100000+7</f></c>', '<c r="C2"><f>TEXT(A2,"yyyy")</f></c>')
    )  # fmt: skip
    file = opened(rows, workbook='<workbookPr date1904="1"/>')
    file.put("One", 2, 1, date(2026, 11, 9))
    after = worked_out(file)
    held = {(r, c): after.cell("One", r, c).value for r in (1, 2) for c in (1, 2, 3)}
    assert held == {
        (1, 1): 44873,
        (1, 2): 44874,
        (1, 3): 1,
        (2, 1): 44873,
        (2, 2): 4487300007,
        (2, 3): "2026",
    }


# Tables

RULES = (
    '<conditionalFormatting sqref="B2:B3 D1:D2"><cfRule type="expression" priority="1"><formula>1</formula></cfRule>'
    '</conditionalFormatting><dataValidations count="3"><dataValidation sqref="A2:A3"/>'
    '<dataValidation sqref="B2:B203"/><dataValidation sqref="C2:C3"/></dataValidations>||'
)


def test_a_table_reaches_down_with_its_drop_downs_and_colours() -> None:
    file = opened(RULES + row(1, '<c r="A1"/>'), table=TABLE)
    file.reach("T", 4)
    file.reach("T", 250)
    once, again = (unzipped(file.to_bytes()) for _ in range(2))
    assert once == again
    sheet = etree.fromstring(once["xl/worksheets/sheet1.xml"])
    assert [each.get("sqref") for each in sheet.iter() if each.get("sqref")] == [
        "B2:B250 D1:D2", "A2:A250", "B2:B250", "C2:C3",
    ]  # fmt: skip
    assert once["xl/tables/table1.xml"].decode() == TABLE.replace("A1:B3", "A1:B250")


def test_one_rule_over_two_tables_is_stretched_once() -> None:
    second = TABLE.replace("A1:B3", "A11:B13").replace(
        'id="1" name="T" displayName="T"', 'id="2" name="U" displayName="U"'
    )
    rules = (
        '<dataValidations count="1"><dataValidation type="list" sqref="A2:A3 A12:A13"/></dataValidations>||'
    )
    parts = small(
        {"One": rules + row(1, '<c r="A1"/>')}, table=TABLE, others={"xl/tables/table2.xml": second}
    )
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("rId1", "table", "../tables/table1.xml"), ("rId2", "table", "/xl/tables/table2.xml")
    )
    file = WorkbookFile(zipped(parts))
    file.reach("T", 5)
    file.reach("U", 15)
    sheet = etree.fromstring(unzipped(file.to_bytes())["xl/worksheets/sheet1.xml"])
    assert [each.get("sqref") for each in sheet.iter() if each.get("sqref")] == ["A2:A5 A12:A15"]


@pytest.mark.parametrize("spelling", ["ref='A1:B3'", 'ref="$A$1:$B$3"'])
def test_a_table_reaches_down_however_its_area_is_spelt(spelling: str) -> None:
    file = opened(row(1, '<c r="A1"/>'), table=TABLE.replace('ref="A1:B3"', spelling))
    file.reach("T", 4)
    assert WorkbookFile(file.to_bytes()).tables["T"].last_row == 4


def test_a_table_says_whether_it_has_a_totals_row() -> None:
    file = opened(row(1), table=TABLE.replace('id="1"', 'id="1" totalsRowCount="1"', 1))
    assert file.tables["T"].totals


def test_formulas_know_a_table_as_far_as_it_reaches() -> None:
    formula = '<c r="D1"><f>SUMPRODUCT(ISNUMBER(T[Day])*1)</f><v>0</v></c>'
    days = "".join(row(n, f'<c r="A{n}"><v>{n}</v></c>') for n in (2, 3))
    file = opened(row(1, formula) + days, table=TABLE)
    file.put("One", 4, 1, date(2026, 11, 9))
    file.put("One", 4, 2, Formula("T[[#This Row],[Day]]+1"))
    file.reach("T", 4)
    after = worked_out(file)
    assert (after.cell("One", 1, 4).value, after.cell("One", 4, 2).value) == (3, 46336)


# The package


def test_nothing_put_is_the_very_file() -> None:
    content = zipped(small({"One": row(1)}))
    file = WorkbookFile(content)
    file.sheet("One")
    assert file.to_bytes() is content


def test_only_the_part_of_a_changed_sheet_changes() -> None:
    content = zipped(
        small({"One": row(1), "Two": row(1)}, others={"xl/media/image1.png": "a picture", "own/": ""})
    )
    file = WorkbookFile(content)
    file.put("Two", 1, 1, 5)
    before, after = unzipped(content), unzipped(file.to_bytes())
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == {
        "xl/worksheets/sheet2.xml"
    }
    assert list(after) == list(before)


def test_a_recalculation_is_asked_for_and_the_noted_order_goes() -> None:
    package = Package(zipped(small({"One": row(1)}, names='<definedNames/><calcPr calcId="1"/><extLst/>')))
    package.recalculate_on_opening()
    parts = unzipped(package.to_bytes())
    assert "xl/calcChain.xml" not in parts
    assert b"calcChain" not in parts["[Content_Types].xml"] + parts["xl/_rels/workbook.xml.rels"]
    root = etree.fromstring(parts["xl/workbook.xml"])
    assert dict(root.find(f"{{{MAIN}}}calcPr").attrib) == {"calcId": "1", "fullCalcOnLoad": "1"}
    package.recalculate_on_opening()
    assert unzipped(package.to_bytes()) == parts


def test_the_wish_to_recalculate_stands_where_the_schema_wants_it() -> None:
    package = Package(zipped(small({"One": row(1)}, names="<definedNames/><extLst/>")))
    package.recalculate_on_opening()
    root = etree.fromstring(package.read("xl/workbook.xml"))
    assert [etree.QName(each).localname for each in root] == ["sheets", "definedNames", "calcPr", "extLst"]


def test_a_new_sheet_takes_a_free_part_id_and_relation() -> None:
    package = Package(zipped(small({"One": row(1), "Two": row(1)})))
    part = package.add_sheet("Three", b"<worksheet/>")
    root = etree.fromstring(package.read("xl/workbook.xml"))
    tags = [
        (each.get("name"), each.get("sheetId"), each.get(f"{{{DOCUMENT}}}id"))
        for each in root.iter(f"{{{MAIN}}}sheet")
    ]
    assert part == "xl/worksheets/sheet3.xml"
    assert tags == [("One", "1", "rId1"), ("Two", "2", "rId2"), ("Three", "3", "rId3")]
    assert package.sheets()["Three"] == part
