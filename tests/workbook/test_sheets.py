"""The sheets as the contract has them: order, names, columns, one formula a column, checks, paper."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from office.package import MAIN, Package, sheet_values
from openpyxl.utils.cell import range_boundaries

from tracker.formula.parse import column_letters, parse
from tracker.rules import RAG_WORDS
from workbook.making import STAGES, made, sample, written

if TYPE_CHECKING:
    from lxml import etree  # type: ignore[import-untyped]  # ships no types

SHEETS = (
    "Summary", "Case", "SIN", "Rapid Review", "LCSPR", "Action Plan", "Log", "People", "Calendar", "Guide", "_tracker",
)  # fmt: skip
STAGE = (
    "ID · Action · Timescale · Owner · Named owner · Due · Agreed date · Completed · RAG · Days late · Status · "
    "Progress · Reason for change · Evidence · Paragraph · Counted from · Count · Unit · Day zero · Employer · Basis · "
    "Waits for · Note · Order"
)
STAGE_TABLES = tuple(f"{sheet.replace(' ', '_')}_actions" for sheet in STAGES)
COLUMNS = {
    **dict.fromkeys(STAGE_TABLES, STAGE),
    "Plan_actions": (
        "ID · Recommendation · Action · Lead agency · Named owner · Target date · Agreed date · Completed · "
        "Signed off · RAG · Days late · Status · Progress · Impact · Success measure · Reason for change · "
        "Evidence · Source · Owner · Improvement plan ref"
    ),
    "Log_entries": "Date · ID · What · Text · From · To · Agreed by · Evidence",
    "People_roles": "Role · Name · Email · Deputy · Employer",
    "People_agencies": "Code · Agency · Employer · Statutory · Contact · Email · From date",
    "Meetings": "Kind · Date · Time · Place · Held",
    "Case_clocks": "Clock · Date in use · Confirmed or provisional · Type it here",
    "Case_children": "Child · Died · Looked after",
    "Case_proceedings": "Kind · Contact · Next date · Effect",
}
"""Contract, Workbook: each header spelt so, in this order."""
STAGE_FORMULAS = ("Timescale", "Named owner", "Due", "RAG", "Days late", "Day zero", "Employer", "Order")
PLAN_FORMULAS = ("Named owner", "RAG", "Days late")
STATUSES = "Not started,In progress,Waiting on others,Complete,Not applicable"
STAGE_LISTS = {
    "Status": f'"{STATUSES}"',
    "Unit": '"working days,days,weeks,months"',
    "Basis": '"Statutory,Procedure,Implied,Undated,Added"',
    "Owner": "Role_list",
    "Counted from": "Clock_list",
}
LISTS = {
    **dict.fromkeys(STAGE_TABLES, STAGE_LISTS),
    "Plan_actions": {
        "Status": f'"{STATUSES}"',
        "Source": '"SIN immediate action,Rapid Review,LCSPR,National Panel letter,Agency"',
        "Owner": "Role_list",
        "Lead agency": "Agency_list",
    },
    "Log_entries": {"What": '"Decision,Date moved,Chased,Escalated,Panel letter,Proceedings,Note"'},
    "People_roles": {"Employer": '"council,partnership,partner agency,external"'},
    "People_agencies": {"Employer": '"council,partnership,partner agency,external"', "Statutory": '"yes,no"'},
    "Meetings": {"Kind": "Meeting_kinds", "Held": '"yes"'},
    "Case_children": {"Died": '"yes,no"', "Looked after": '"no,looked after,care leaver"'},
}
DATES = {
    **dict.fromkeys(STAGE_TABLES, ("Agreed date", "Completed")),
    "Plan_actions": ("Target date", "Agreed date", "Completed", "Signed off"),
    "Log_entries": ("Date", "From", "To"),
    "People_agencies": ("From date",),
    "Meetings": ("Date",),
    "Bank_holidays": ("Bank holiday",),
    "Closures": ("Office closure",),
    "Case_proceedings": ("Next date",),
}
TYPED_NAMES = ("SIN_day_zero", "Report_date_typed", "LCSPR_decided")
FORMULA_NAMES = ("Report_date", "Rapid_Review_day_zero", "LCSPR_day_zero", "Publication_date", "Hold_running")


@cache
def package(name: str = "ordinary-in-time") -> Package:
    with TemporaryDirectory() as folder:
        return Package.read(written(made(sample(name), date(2026, 11, 22)), Path(folder, "made.xlsx")))


@cache
def sheet(name: str) -> etree._Element:
    return dict(package().sheets())[name]


@cache
def tables() -> dict[str, tuple[str, etree._Element]]:
    """Each table's sheet and XML by its name."""
    found = {}
    for name, part in package().sheet_parts().items():
        rels = part.replace("worksheets/", "worksheets/_rels/") + ".rels"
        if rels in package().parts:
            for relation in package().tree(rels):
                target = relation.get("Target").rpartition("/")[2]
                table = package().tree(f"xl/tables/{target}")
                found[table.get("name")] = (name, table)
    return found


def titles(table: etree._Element) -> list[str]:
    return [each.get("name") for each in table.iter(f"{MAIN}tableColumn")]


def defined_names() -> dict[str, str]:
    names = package().tree("xl/workbook.xml").iter(f"{MAIN}definedName")
    return {each.get("name"): each.text for each in names if each.get("localSheetId") is None}


def cell(name: str, ref: str) -> etree._Element:
    return next(each for each in sheet(name).iter(f"{MAIN}c") if each.get("r") == ref)


def test_the_sheets_stand_in_the_contracts_order() -> None:
    assert tuple(package().sheet_parts()) == SHEETS


def test_summary_opens_first() -> None:
    views = {name: each.find(f"{MAIN}sheetViews/{MAIN}sheetView") for name, each in package().sheets()}
    assert [name for name, view in views.items() if view.get("tabSelected") == "1"] == ["Summary"]
    assert (
        package().tree("xl/workbook.xml").find(f"{MAIN}bookViews/{MAIN}workbookView").get("activeTab") is None
    )


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_has_the_contracts_columns(name: str) -> None:
    on, table = tables()[name]
    assert titles(table) == COLUMNS[name].split(" · ")
    values = sheet_values(sheet(on), package().shared_strings())
    left, header, right, _ = range_boundaries(table.get("ref"))
    assert left
    assert right
    assert [values[_ref(column, header)] for column in range(left, right + 1)] == titles(table)


def _ref(column: int, row: int | None) -> str:
    return f"{column_letters(column)}{row}"


@pytest.mark.parametrize(
    ("name", "formulas"),
    [*((name, STAGE_FORMULAS) for name in STAGE_TABLES), ("Plan_actions", PLAN_FORMULAS)],
)
def test_each_calculated_column_has_one_formula_in_every_row(name: str, formulas: tuple[str, ...]) -> None:
    on, table = tables()[name]
    left, header, _, last = range_boundaries(table.get("ref"))
    assert left
    assert header
    assert last
    by_ref = {each.get("r"): each.findtext(f"{MAIN}f") for each in sheet(on).iter(f"{MAIN}c")}
    calculated = {
        each.get("name"): each.findtext(f"{MAIN}calculatedColumnFormula")
        for each in table.iter(f"{MAIN}tableColumn")
    }
    for place, title in enumerate(titles(table)):
        found = {by_ref.get(_ref(left + place, row)) for row in range(header + 1, last + 1)}
        if title in formulas:
            assert len(found) == 1, title
            (formula,) = found
            assert formula
            assert f"{name}[[#This Row]," in formula or title == "Named owner"
            assert parse(formula) == parse(str(calculated[title]))
        else:
            assert found == {None}, title
            assert calculated[title] is None


@pytest.mark.parametrize("name", TYPED_NAMES)
def test_a_typed_name_stands_for_a_cell_without_a_formula(name: str) -> None:
    on, ref = defined_names()[name].replace("$", "").split("!")
    assert cell(on, ref).find(f"{MAIN}f") is None


@pytest.mark.parametrize("name", FORMULA_NAMES)
def test_a_counted_name_stands_for_a_formula(name: str) -> None:
    on, ref = defined_names()[name].replace("$", "").split("!")
    assert cell(on, ref).find(f"{MAIN}f") is not None


def test_the_report_date_is_written_empty_and_follows_today() -> None:
    on, ref = defined_names()["Report_date_typed"].replace("$", "").split("!")
    assert len(cell(on, ref)) == 0
    on, ref = defined_names()["Report_date"].replace("$", "").split("!")
    assert cell(on, ref).findtext(f"{MAIN}f") == 'IF(Report_date_typed="",TODAY(),Report_date_typed)'


def test_the_holidays_have_room_below() -> None:
    on, table = tables()["Bank_holidays"]
    left, _, _, last = range_boundaries(table.get("ref"))
    place = defined_names()["Holidays"].replace("$", "").split("!")
    assert place[0] == on == "Calendar"
    column, first, _, end = range_boundaries(place[1])
    assert (column, first) == (left, 5)
    assert last
    assert end
    assert end - last > 100


def _checks(name: str) -> list[tuple[str, dict[str, str], list[str]]]:
    """Each check of a sheet: the cells it covers, its attributes, its formulas."""
    return [
        (each.get("sqref"), dict(each.attrib), [child.text for child in each])
        for each in sheet(name).iter(f"{MAIN}dataValidation")
    ]


def _check_of(on: str, column: int, first: int, last: int) -> tuple[dict[str, str], list[str]]:
    for sqref, attributes, formulas in _checks(on):
        for block in sqref.split():
            left, top, right, bottom = range_boundaries(block)
            assert None not in (left, top, right, bottom)
            if left <= column <= right and top <= first and bottom >= last:  # type: ignore[operator]  # as asserted
                return attributes, formulas
    return {}, []


@pytest.mark.parametrize("name", LISTS)
def test_where_there_is_a_list_there_is_a_drop_down(name: str) -> None:
    on, table = tables()[name]
    left, header, _, last = range_boundaries(table.get("ref"))
    assert left
    assert header
    assert last
    for title, source in LISTS[name].items():
        attributes, formulas = _check_of(on, left + titles(table).index(title), header + 1, last)
        assert (attributes.get("type"), formulas) == ("list", [source]), title
        assert len(source) <= 257


@pytest.mark.parametrize("name", DATES)
def test_a_date_column_takes_only_dates(name: str) -> None:
    on, table = tables()[name]
    left, header, _, last = range_boundaries(table.get("ref"))
    assert left
    assert header
    assert last
    for title in DATES[name]:
        attributes, formulas = _check_of(on, left + titles(table).index(title), header + 1, last)
        assert attributes.get("type") == "date", title
        assert attributes.get("showErrorMessage") == "1"
        assert attributes.get("errorStyle", "stop") == "stop"
        assert formulas == ["DATE(2000,1,1)", "DATE(2100,12,31)"]


@pytest.mark.parametrize("name", [*STAGES, "Action Plan"])
def test_no_message_pops_up_on_the_rows(name: str) -> None:
    """A list explains itself on the heading above it, row 3."""
    checks = _checks(name)
    told = [sqref for sqref, attributes, _ in checks if "prompt" in attributes or "promptTitle" in attributes]
    assert told
    assert [sqref for sqref in told if not sqref.endswith("3") or ":" in sqref] == []


@pytest.mark.parametrize("name", [*STAGES, "Action Plan"])
def test_typing_over_a_formula_warns_but_over_the_named_owner_does_not(name: str) -> None:
    on, table = next(each for each in tables().values() if each[0] == name)
    for place, title in enumerate(titles(table), 1):
        attributes, _ = _check_of(on, place, 4, 4)
        formula = title in (PLAN_FORMULAS if name == "Action Plan" else STAGE_FORMULAS)
        if formula and title != "Named owner":
            assert (attributes.get("type"), attributes.get("errorStyle")) == ("custom", "warning"), title
        else:
            assert attributes.get("type") != "custom"


@pytest.mark.parametrize("name", SHEETS)
def test_nothing_is_protected_and_every_row_may_grow(name: str) -> None:
    assert sheet(name).find(f"{MAIN}sheetProtection") is None
    assert not [row.get("r") for row in sheet(name).iter(f"{MAIN}row") if row.get("customHeight")]
    assert sheet(name).find(f"{MAIN}sheetFormatPr").get("customHeight") is None
    assert sheet(name).find(f"{MAIN}mergeCells") is None


def test_the_workbook_is_not_protected() -> None:
    assert package().tree("xl/workbook.xml").find(f"{MAIN}workbookProtection") is None


def _paper(name: str) -> dict[str, str]:
    return dict(sheet(name).find(f"{MAIN}pageSetup").attrib)


def _print_name(kind: str, name: str) -> str | None:
    for each in package().tree("xl/workbook.xml").iter(f"{MAIN}definedName"):
        if each.get("name") == f"_xlnm.{kind}" and SHEETS[int(each.get("localSheetId"))] == name:
            return str(each.text).rpartition("!")[2]
    return None


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_prints_on_a3_landscape_up_to_the_reason(name: str) -> None:
    paper = _paper(name)
    assert (paper["paperSize"], paper["orientation"]) == ("8", "landscape")
    assert sheet(name).find(f"{MAIN}sheetPr/{MAIN}pageSetUpPr").get("fitToPage") == "1"
    assert paper.get("fitToHeight") == "0"
    assert _print_name("Print_Titles", name) == "$3:$3"
    area = _print_name("Print_Area", name)
    assert area
    last = area.replace("$", "").partition(":")[2].rstrip("0123456789")
    assert last == "M"
    assert STAGE.split(" · ").index("Reason for change") == ord("M") - ord("A")


def test_summary_goes_to_a4_landscape_its_counts_on_a_page_of_their_own() -> None:
    paper = _paper("Summary")
    assert (paper["paperSize"], paper["orientation"]) == ("9", "landscape")
    assert (paper.get("scale"), sheet("Summary").find(f"{MAIN}sheetPr/{MAIN}pageSetUpPr")) == ("90", None)
    assert str(_print_name("Print_Area", "Summary")).startswith("$A$1:$H$")
    values = sheet_values(sheet("Summary"), package().shared_strings())
    breaks = [int(each.get("id")) for each in sheet("Summary").iter(f"{MAIN}brk")]
    assert [values[f"A{row + 1}"] for row in breaks] == ["Meetings ahead"]


def test_case_goes_to_a4_landscape_its_details_on_a_page_of_their_own() -> None:
    paper = _paper("Case")
    assert (paper["paperSize"], paper["orientation"]) == ("9", "landscape")
    assert (paper.get("scale"), sheet("Case").find(f"{MAIN}sheetPr/{MAIN}pageSetUpPr")) == ("90", None)
    values = sheet_values(sheet("Case"), package().shared_strings())
    breaks = [int(each.get("id")) for each in sheet("Case").iter(f"{MAIN}brk")]
    assert [values[f"A{row + 1}"] for row in breaks] == ["Details"]


@pytest.mark.parametrize("name", [*STAGES, "Action Plan", "Log"])
def test_the_header_and_the_first_two_columns_stay_in_sight(name: str) -> None:
    pane = sheet(name).find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane")
    assert (pane.get("xSplit"), pane.get("ySplit"), pane.get("state")) == ("2", "3", "frozen")


@pytest.mark.parametrize("name", STAGES)
def test_the_counting_columns_are_grouped_and_collapsed(name: str) -> None:
    """The sort key is folded once more, so that unfolding the others does not show it."""
    folded: dict[int, str] = {}
    for each in sheet(name).iter(f"{MAIN}col"):
        if each.get("hidden") == "1":
            for column in range(int(each.get("min")), int(each.get("max")) + 1):
                folded[column] = each.get("outlineLevel")
    columns = STAGE.split(" · ")
    first = columns.index("Paragraph") + 1
    assert folded == dict.fromkeys(range(first, len(columns)), "1") | {len(columns): "2"}


@pytest.mark.parametrize("name", SHEETS[:-1])
def test_marking_and_reference_are_on_paper_and_every_sheet_says_what_it_is(name: str) -> None:
    header, footer = (
        sheet(name).findtext(f"{MAIN}headerFooter/{MAIN}{each}") for each in ("oddHeader", "oddFooter")
    )
    assert "OFFICIAL-SENSITIVE" in str(header)
    assert "DOR-2026-014" in str(header)
    assert "OFFICIAL-SENSITIVE" in str(footer)
    values = sheet_values(sheet(name), package().shared_strings())
    assert values["A1"]
    assert str(values["A2"]).startswith("OFFICIAL-SENSITIVE · ")
    assert "Report date Sun 22 Nov 2026" in str(values["A2"])


@pytest.mark.parametrize("name", [*COLUMNS, "Bank_holidays", "Closures"])
def test_a_table_is_named_like_no_function_and_no_sheet(name: str) -> None:
    assert name in tables()
    assert name not in SHEETS
    assert name not in defined_names()


@pytest.mark.parametrize("name", STAGES)
def test_stages_can_be_filtered(name: str) -> None:
    _, table = tables()[f"{name.replace(' ', '_')}_actions"]
    assert table.find(f"{MAIN}autoFilter").get("ref") == table.get("ref")


def test_every_rag_word_has_a_colour_that_says_it_by_equality() -> None:
    for name in (*STAGES, "Action Plan"):
        rules = [
            each.findtext(f"{MAIN}formula")
            for each in sheet(name).iter(f"{MAIN}cfRule")
            if each.get("type") == "cellIs" and each.get("operator") == "equal"
        ]
        assert {f'"{word}"' for word in RAG_WORDS} <= set(rules)
