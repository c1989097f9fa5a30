"""Titles, tables and references as people and programs leave them: told by both commands, put right by regenerate."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest

from regenerate.running import Run, book_of, regenerated, saved, small, state_of, typed
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.reading import TablePlace
from tracker.workbook.respell import Known, Respeller

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl import Workbook as XlsxWorkbook

MENDED = {"T360", "T361", "T362", "T363", "T364"}
TABLES = {
    "SIN": "SIN_actions", "Rapid Review": "Rapid_Review_actions", "Action Plan": "Plan_actions",
    "People": "People_roles", "Calendar": "Bank_holidays", "Case": "Case_clocks",
}  # fmt: skip


def _told(content: bytes) -> list[tuple[str, str]]:
    return sorted(
        (each.place, each.code) for each in state_of(content).problems if each.code in MENDED | {"T365"}
    )


def _mended(content: bytes) -> Run:
    """A run that tells what reconcile tells, puts it right, and leaves nothing to do."""
    told = _told(content)
    run = regenerated(content)
    assert told
    assert sorted((place, code) for place, code in run.codes if code in MENDED | {"T365"}) == told
    assert run.done.changed
    assert _told(run.content) == []
    assert not run.again().done.changed
    return run


def _parts(content: bytes, change: Callable[[str, str], str | None]) -> bytes:
    """A workbook with its parts changed as texts; a part for which there is None is left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = change(name, old.read(name).decode())
            if text is not None:
                new.writestr(name, text)
    return out.getvalue()


def _shape(content: bytes) -> dict[str, tuple[str, int, int, tuple[str, ...]]]:
    return {
        name: (part.sheet, part.first_row, part.last_row, part.titles)
        for name, part in WorkbookFile(content).tables.items()
    }


def _table(sheet: str, pattern: str, by: str) -> Callable[[str, str], str]:
    """Change the part of a sheet's table."""

    def change(name: str, text: str) -> str:
        mine = name.startswith("xl/tables/") and f'name="{TABLES[sheet]}"' in text
        return re.sub(pattern, by, text) if mine else text

    return change


@pytest.mark.parametrize("sheet", TABLES)
def test_a_table_with_fewer_columns(sheet: str) -> None:
    def cut(name: str, text: str) -> str:
        if f'name="{TABLES[sheet]}"' not in text or not name.startswith("xl/tables/"):
            return text
        first = re.search(r"<tableColumn [^>]*?(?:/>|>.*?</tableColumn>)", text)
        assert first
        head, _, rest = text.partition("<tableColumns")
        return (
            f'{head}<tableColumns count="1">{first[0]}</tableColumns>{rest.partition("</tableColumns>")[2]}'
        )

    assert _shape(_mended(_parts(small(), cut)).content) == _shape(small())


@pytest.mark.parametrize("sheet", ["SIN", "Rapid Review", "People", "Calendar", "Case"])
def test_a_table_that_ends_above_its_rows(sheet: str) -> None:
    shorter = _parts(small(), _table(sheet, r'ref="([A-Z]+\d+):([A-Z]+)\d+"', r'ref="\1:\g<2>@"'))
    place = _shape(small())[TABLES[sheet]]
    shorter = _parts(shorter, _table(sheet, "@", str(place[1] + 1)))
    assert _shape(_mended(shorter).content) == _shape(small())


HEADERS = {
    "another word": ("SIN!H3", "Date completed"),
    "other capitals": ("SIN!F3", "DUE"),
    "a trailing blank": ("Rapid Review!G3", "Agreed date "),
    "on the plan": ("Action Plan!C3", "What to do"),
    "on People": ("People!B4", "Who"),
    "on Calendar": ("Calendar!J4", "Holiday"),
    "on Case": ("Case!D6", "Typed"),
}


@pytest.mark.parametrize("how", HEADERS)
@pytest.mark.parametrize("everywhere", [True, False], ids=["as Excel does it", "the cell alone"])
def test_a_title_written_over(how: str, *, everywhere: bool) -> None:
    cell, word = HEADERS[how]
    sheet, _, place = cell.partition("!")
    before = str(book_of(small())[sheet][place].value)
    content = typed({cell: word})
    table = next(
        each for each, (at, top, *_) in _shape(small()).items() if (at, f"{top}") == (sheet, place[1:])
    )
    if everywhere:

        def rename(name: str, text: str) -> str:
            if name.startswith("xl/tables/") and f'name="{table}"' in text:
                text = text.replace(f'name="{before}"', f'name="{word}"')
            if name.startswith(("xl/worksheets/sheet", "xl/tables/")):
                text = text.replace(f"{table}[{before}]", f"{table}[{word}]")
                text = text.replace(f"{table}[[#This Row],[{before}]]", f"{table}[[#This Row],[{word}]]")
            return text

        content = _parts(content, rename)
    run = _mended(content)
    assert book_of(run.content)[sheet][place].value == before
    with zipfile.ZipFile(io.BytesIO(run.content)) as archive:
        left = [name for name in archive.namelist() if f"[{word}]".encode() in archive.read(name)]
    assert word.casefold() == before.casefold() or not left


def test_what_was_typed_under_a_title_written_over_is_read() -> None:
    run = _mended(typed({"SIN!H3": "Date completed", "SIN!H4": date(2026, 11, 3)}))
    assert [each.completed is not None for each in state_of(run.content).actions][:1] == [True]


@pytest.mark.parametrize("sheet", TABLES)
def test_a_header_row_switched_off(sheet: str) -> None:
    def switch_off(book: XlsxWorkbook) -> None:
        table = book[sheet].tables[TABLES[sheet]]
        for cell in book[sheet][table.ref][0]:
            cell.value = None
        first, _, last = table.ref.partition(":")
        table.ref, table.headerRowCount = f"{first[0]}{int(first[1:]) + 1}:{last}", 0
        table.autoFilter = None

    off = typed(then=switch_off)
    run = _mended(off)
    assert "T361" in {code for _, code in run.codes}
    assert _shape(run.content) == _shape(small())


def _without_tables(name: str, text: str) -> str | None:
    if name.startswith("xl/tables/") or "worksheets/_rels" in name:
        return None
    text = re.sub(r'<Override PartName="/xl/tables/[^>]*/>', "", text)
    return re.sub(r"<tableParts.*?</tableParts>", "", text)


@pytest.mark.parametrize("in_table_too", [True, False])
def test_the_only_title_of_a_table_written_over(in_table_too: bool) -> None:
    def rename(book: XlsxWorkbook) -> None:
        for row in book["Case"].iter_rows():
            for cell in row:
                if cell.value == "Child":
                    cell.value = "Kids"

    def in_part(name: str, text: str) -> str:
        if name.startswith("xl/tables/") and 'name="Case_children"' in text:
            return re.sub('name="Child"', 'name="Kids"', text)
        return text

    edited = typed(then=rename)
    run = _mended(_parts(edited, in_part) if in_table_too else edited)
    assert [code for _, code in run.codes if code in MENDED] == ["T360"]
    assert _shape(run.content) == _shape(small())


def test_tables_that_are_gone() -> None:
    run = _mended(_parts(small(), _without_tables))
    found, issued = _shape(run.content), _shape(small())
    for table in ("Case_proceedings", "Case_holds"):  # their empty rows end anywhere
        assert found.pop(table)[3] == issued.pop(table)[3]
    assert found == issued
    assert saved(book_of(run.content))


def test_what_gnumeric_leaves_in_place_of_tables() -> None:
    def change(name: str, text: str) -> str | None:
        text = re.sub(r'state="hidden" (r:id)', r"\1", text)
        names = '<definedName name="sin_actions">#NAME?</definedName>'
        text = text.replace("<definedNames>", f"<definedNames>{names}")
        formula = re.compile(r"<f>([^<]*SIN_actions\[\[#This Row\][^<]*)</f>")

        def as_error(found: re.Match[str]) -> str:
            return '<f>_xlfngnumeric.ERROR("{}")</f>'.format(found[1].replace('"', '""'))

        return _without_tables(name, formula.sub(as_error, text) if "worksheets/" in name else text)

    left = _parts(small(), change)
    assert str(WorkbookFile(left).cell("SIN", 4, 6).formula).startswith("_xlfngnumeric.ERROR(")
    run = _mended(left)
    assert run.codes == [("SIN", "T363")]
    again, before = WorkbookFile(run.content), WorkbookFile(small())
    assert again.package.names() == before.package.names()
    assert again.cell("SIN", 4, 6).formula == before.cell("SIN", 4, 6).formula
    assert book_of(run.content)["_tracker"].sheet_state == "hidden"


def test_a_word_of_sheetjs_about_columns_is_left_out() -> None:
    def change(name: str, text: str) -> str | None:
        return _without_tables(name, text.replace(' outlineLevel="1"', ' level="1" outlineLevel="1"'))

    damaged = _parts(small(), change)
    with pytest.raises(TypeError):  # openpyxl cannot open it
        book_of(damaged)
    page = book_of(_mended(damaged).content)["SIN"]
    assert page.column_dimensions["P"].outlineLevel == 1


def test_a_title_row_called_a_row_like_others_as_by_exceljs() -> None:
    def switch_off(_: str, text: str) -> str:
        return re.sub(r"<table (?=[^>]*Case_proceedings)", '<table headerRowCount="0" ', text)

    run = _mended(_parts(small(), switch_off))
    assert run.codes == [("Case!F15", "T362")]
    assert _shape(run.content) == _shape(small())


def test_a_row_of_data_is_never_taken_for_titles() -> None:
    run = regenerated(typed(then=lambda book: book["SIN"].delete_rows(3)))
    assert run.outcome is None
    assert [code for _, code in run.codes] == ["T110"]


def test_a_column_that_is_gone_is_for_a_person() -> None:
    run = regenerated(typed(then=lambda book: book["SIN"].delete_cols(8)))
    assert run.outcome is None
    assert "T111" in {code for _, code in run.codes}


def test_no_room_for_a_table() -> None:
    def overlapping(name: str, text: str) -> str:
        if "Closures" in text and name.startswith("xl/tables/"):
            return re.sub(r'ref="G(\d+):H', r'ref="A\1:H', text)
        return text

    run = regenerated(_parts(small(), overlapping))
    assert run.outcome is None
    assert "T605" in {code for _, code in run.codes}


@pytest.mark.parametrize(
    "spelt", ["RR-6.6 ", "RR -6.6", "RR\u00a0-6.6", "RR\u20116.6", "RR\u20136.6", "RR-6\u200b.6", "rr-6.6"]
)
def test_an_id_in_another_spelling(spelt: str) -> None:
    book = book_of(small())
    row = next(each[0].row for each in book["Rapid Review"]["A4:A40"] if each[0].value == "RR-6.6")
    run = _mended(typed({f"Rapid Review!A{row}": spelt}))
    assert run.value(f"Rapid Review!A{row}") == "RR-6.6"


SIN = TablePlace("SIN", 3, {"ID": 1, "Due": 6, "Completed": 8}, 14, renamed={"Completed": "Done on"})
CASES = {
    "COUNTIF(SIN!$F$4:$F$14,1)": "COUNTIF(SIN_actions[Due],1)",
    'MATCH("SIN!$F$4:$F$14",SIN!$A$4:$A$14,0)': 'MATCH("SIN!$F$4:$F$14",SIN_actions[ID],0)',
    'IF(SIN!$F5=$H5,1,"")': 'IF(SIN_actions[[#This Row],[Due]]=SIN_actions[[#This Row],[Completed]],1,"")',
    "SUM(SIN!$F$5:$F$14)+SIN!$F6": "SUM(SIN!$F$5:$F$14)+SIN!$F6",
    "sin_actions[[#This Row],[done  ON]]+SIN_actions[Done on]": (
        "SIN_actions[[#This Row],[Completed]]+SIN_actions[Completed]"
    ),
}  # fmt: skip


@pytest.mark.parametrize("formula", CASES)
def test_references_are_spelt_by_table_and_title(formula: str) -> None:
    respeller = Respeller({"SIN_actions": Known("SIN_actions", SIN, 14)})
    assert respeller.spell(formula, "SIN", 5, ours=True) == CASES[formula]


def test_fixed_cells_in_place_of_columns() -> None:
    shape, titles = _shape(small()), {}
    for sheet, table in (("SIN", "SIN_actions"), ("LCSPR", "LCSPR_actions")):
        for at, title in enumerate(shape[table][3]):
            titles[f"{table}[{title}]"] = f"{sheet}!${chr(65 + at)}$4:${chr(65 + at)}${shape[table][2]}"
            titles[f"{table}[[#This Row],[{title}]]"] = f"{sheet}!${chr(65 + at)}#"

    def in_cell(found: re.Match[str]) -> str:
        cell = found[0]
        for reference, fixed in titles.items():
            cell = cell.replace(reference, fixed.replace("#", found[1]))
        return cell

    def fixed(name: str, text: str) -> str:
        sheet = name.startswith("xl/worksheets/sheet")
        return re.sub(r'<c r="[A-Z]+(\d+)".*?</c>', in_cell, text) if sheet else text

    run = _mended(_parts(small(), fixed))
    assert [each for each in run.codes if each[1] == "T364"] == [("SIN!C4", "T364"), ("LCSPR!C4", "T364")]
    again, before = WorkbookFile(run.content), WorkbookFile(small())
    for sheet in ("SIN", "LCSPR", "Summary", "_tracker"):
        for place in before.sheet(sheet).rows[4].cells:
            assert again.cell(sheet, 4, place).formula == before.cell(sheet, 4, place).formula
