"""Defined names that a program or a hand has lost come back with the next regenerate; formulas look through them."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from office.calc import counted_values, differences, formula_values, needs_soffice
from reconcile.editing import EARLY

from regenerate.running import book_of, regenerated, small, state_of, typed
from tracker.workbook.patch.file import WorkbookFile

if TYPE_CHECKING:
    from pathlib import Path

PART = "xl/workbook.xml"
LOST = {
    "all gone": (r"<definedNames>.*?</definedNames>", ""),
    "errors": (r"(<definedName [^>]*>)(?:Case|Calendar)![^<]*<", r"\1#REF!<"),
    "one gone": (r'<definedName name="Report_date">[^<]*</definedName>', ""),
    "cut off": (r'(<definedName name="Meetings_Date">Calendar![$]B[$]4:[$]B[$])\d+<', r"\g<1>4<"),
}


def _lost(how: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, re.sub(*LOST[how], text.decode()) if name == PART else text)
    assert WorkbookFile(out.getvalue()).package.names() != WorkbookFile(content).package.names()
    return out.getvalue()


def _used(content: bytes, among: bytes) -> dict[str, str]:
    """The names that formulas of a workbook use, and where they lead in another."""
    file, names = WorkbookFile(content), WorkbookFile(among).package.names()
    sheets = [file.package.read(part) for part in file.package.sheets().values()]
    return {name: place for name, place in names.items() if any(name.encode() in sheet for sheet in sheets)}


def test_a_name_reaches_over_the_table_of_meetings_again() -> None:
    content = typed({"Meetings#1:Kind": "Leadership", "Meetings#1:Date": EARLY})
    run = regenerated(_lost("cut off", content))
    assert run.done.changed
    assert _used(run.content, run.content) == _used(run.content, content)
    assert not run.again().done.changed


@pytest.mark.parametrize("how", sorted(set(LOST) - {"cut off"}))
def test_names_lead_where_they_did(how: str) -> None:
    content = _lost(how, small())
    assert [each.code for each in state_of(content).problems if each.code[:2] in {"T1", "T3"}] == ["T366"]
    run = regenerated(content)
    assert "T366" in {code for _, code in run.codes}
    assert run.done.changed
    assert _used(run.content, run.content) == _used(run.content, small())
    assert not run.again().done.changed


@needs_soffice
def test_formulas_hold_what_libreoffice_counts(tmp_path: Path) -> None:
    result = tmp_path / "result.xlsx"
    result.write_bytes(regenerated(_lost("all gone", typed({"Case!B3": EARLY}))).content)
    assert differences(result, *counted_values([result])) == []
    assert [cell for cell, value in formula_values(result).items() if str(value).startswith("#")] == []


def test_a_name_whose_cell_is_not_found_is_refused() -> None:
    label = str(book_of(small())["Case"]["A4"].value)
    run = regenerated(_lost("one gone", typed({"Case!A4": f"Another {label}"})))
    assert run.outcome is None
    assert [(each.code, "Report_date" in each.found) for each in run.problems][-1] == ("T605", True)


def test_a_name_is_found_by_the_word_beside_it() -> None:
    book = book_of(small())["Case"]
    swapped = {"Case!A4": book["A49"].value, "Case!A49": book["A4"].value}
    run = regenerated(_lost("one gone", typed(swapped)))
    assert WorkbookFile(run.content).package.names()["Report_date"] == "Case!$B$49"
