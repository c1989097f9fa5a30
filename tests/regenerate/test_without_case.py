"""Names of tables and columns in other capitals are the same names, as in every spreadsheet program.

And a sheet that was deleted is no case of "nothing to do".
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


@pytest.mark.parametrize("how", OTHERWISE)
def test_nothing_is_wrong_with_it(how: str) -> None:
    content = _spelt(small(), how)
    _, _, found = read_content(content, "case.xlsx", lambda _: (SMALL, []))
    run = regenerated(content)
    assert ([each.code for each in found], run.codes, run.done.changed) == ([], [], False)


def test_a_row_is_added_and_its_table_reaches_there() -> None:
    edits = {"SIN!B30": "Ring the school", "SIN!G30": date(2026, 11, 30)}
    plain, other = (regenerated(content) for content in (typed(edits), _spelt(typed(edits), *OTHERWISE)))
    values = [
        [[cell.value for cell in row] for row in book_of(each.content, values=True)["SIN"].iter_rows()]
        for each in (plain, other)
    ]
    ends = [WorkbookFile(each.content).tables["SIN_actions"].last_row for each in (plain, other)]
    assert values[0] == values[1]
    assert ends[0] == ends[1]


@pytest.mark.parametrize("sheet", ["Calendar", "People", "Log"])
def test_a_deleted_sheet_is_refused(sheet: str) -> None:
    book = book_of(small())
    del book[sheet]
    run = regenerated(saved(book))
    assert (run.outcome, [(each.place, each.code) for each in run.problems]) == (None, [(sheet, "T109")])
