"""Names of tables and columns in other capitals are the same names, as in every spreadsheet program.

A table with another name gets ours back, and a sheet that was deleted is no case of "nothing to do".
"""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from regenerate.running import SMALL, book_of, regenerated, saved, small, typed
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.read import read_content

OTHERWISE = {
    "the table": ("xl/tables/", '"SIN_actions"', '"sin_ACTIONS"'),
    "a column": ("xl/tables/", 'name="Completed"', 'name="completed"'),
    "another name": ("xl/tables/", "SIN_actions", "Sins"),
    "another name in formulas": ("xl/worksheets/", "SIN_actions[", "Sins["),
    "formulas": ("xl/worksheets/", "SIN_actions[[#This Row],[Count]]", "SIN_ACTIONS[[#this row],[count]]"),
}


def _spelt(content: bytes, *hows: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            for folder, was, now in (OTHERWISE[how] for how in hows):
                if name.startswith(folder):
                    part = part.replace(was.encode(), now.encode())
            new.writestr(name, part)
    assert out.getvalue() != content
    return out.getvalue()


SAME = ("the table", "a column", "formulas")


@pytest.mark.parametrize("how", SAME)
def test_nothing_is_wrong_with_it(how: str) -> None:
    content = _spelt(small(), how)
    _, _, found = read_content(content, "case.xlsx", lambda _: (SMALL, []))
    run = regenerated(content)
    assert ([each.code for each in found], run.codes, run.done.changed) == ([], [], False)


def test_a_row_is_added_and_its_table_reaches_there() -> None:
    edits = {"SIN!B30": "Ring the school", "SIN!G30": date(2026, 11, 30)}
    plain, other = (regenerated(content) for content in (typed(edits), _spelt(typed(edits), *SAME)))
    values = [
        [[cell.value for cell in row] for row in book_of(each.content, values=True)["SIN"].iter_rows()]
        for each in (plain, other)
    ]
    tables = [WorkbookFile(each.content).table("SIN_actions") for each in (plain, other)]
    ends = [table and table.last_row for table in tables]
    assert values[0] == values[1]
    assert ends[0] == ends[1]


@pytest.mark.parametrize("sheet", ["Calendar", "People", "Log"])
def test_a_deleted_sheet_is_refused(sheet: str) -> None:
    book = book_of(small())
    del book[sheet]
    run = regenerated(saved(book))
    assert (run.outcome, [(each.place, each.code) for each in run.problems]) == (None, [(sheet, "T109")])


@pytest.mark.parametrize("hows", [("another name",), ("another name", "another name in formulas")])
def test_a_table_with_another_name_gets_ours_back(hows: tuple[str, ...]) -> None:
    content = _spelt(small(), *hows)
    _, _, found = read_content(content, "case.xlsx", lambda _: (SMALL, []))
    run = regenerated(content)
    assert [each.code for each in found] == ["T363"]
    with zipfile.ZipFile(io.BytesIO(run.content)) as result:
        assert [name for name in result.namelist() if b"Sins" in result.read(name)] == []
    assert not run.again().done.changed
