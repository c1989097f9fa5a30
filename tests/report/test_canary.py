"""Whatever a person can type, an anonymised report prints none of it: every cell holds a word of its own."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import count
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner

from tracker.cli import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_CANARY = re.compile(r"(?i)zyq\w*")
AS_AT = "2026-11-19"
DESCRIPTION = """
marking = "ZYQMARKING"
[case]
reference = "ZYQ-2026-001"
summary = "zyqsummary"
incident = 2026-10-30
aware = 2026-11-02
[[children]]
label = "Child 1"
[[agencies]]
name = "Zyqagency"
code = "ZYQ"
contact = "zyqcontact"
[people]
"Head of QA and Partnerships" = { name = "zyqname", email = "zyqmail@zyq.example", deputy = "zyqdeputy" }
"LCSPR author" = "zyqauthor"
[dates]
sin_submitted = 2026-11-12
[decisions]
criteria_met = "yes"
lcspr_reason = "zyqreason"
[hold]
from = 2026-11-17
review_on = 2027-01-18
reason = "zyqhold"
agreed_by = "zyqagreed"
[[meetings]]
kind = "Rapid Review"
date = 2026-11-23
place = "zyqplace"
"""


def _blanks(book: Workbook, words: Iterator[str]) -> None:
    """Words in every empty cell beside and below what is there."""
    for sheet in _shown(book):
        for row in sheet.iter_rows(min_row=4, max_row=sheet.max_row + 3, max_col=sheet.max_column + 1):
            for cell in row:
                cell.value = next(words) if cell.value is None else cell.value


def _texts(book: Workbook, words: Iterator[str]) -> None:
    """Every text and formula replaced, but for the headings that a sheet is known by."""
    for sheet in _shown(book):
        headings = {table.ref.split(":")[0].lstrip("ABC") for table in sheet.tables.values()}
        for row in sheet.iter_rows(max_col=sheet.max_column):
            for cell in row:
                if isinstance(cell.value, str) and str(cell.row) not in headings and sheet.title != "Case":
                    cell.value = next(words)


def _answers(book: Workbook, words: Iterator[str]) -> None:
    """Every answer on sheet Case, and every ID, added to."""
    for sheet in _shown(book):
        for row in sheet.iter_rows(min_row=4, min_col=1, max_col=2):
            for cell in row[1:] if sheet.title == "Case" else row[:1]:
                if isinstance(cell.value, str):
                    cell.value = f"{cell.value} {next(words)}"


def _all(book: Workbook, words: Iterator[str]) -> None:
    for sheet in _shown(book):
        for row in sheet.iter_rows():
            for cell in row:
                cell.value = next(words)


def _rows(book: Workbook, words: Iterator[str]) -> None:
    """Rows of somebody's own below the others, and words in the columns of the rows that are there."""
    sheet = book["SIN"]
    headings = {cell.column: str(cell.value) for cell in next(sheet.iter_rows(min_row=4, max_row=4))}
    for row in sheet.iter_rows(min_row=5, max_row=sheet.max_row + 2):
        for cell in row:
            if cell.value is None or headings[cell.column].startswith(("Reason", "Progress", "Evidence")):
                cell.value = next(words)


def _titles(book: Workbook, words: Iterator[str]) -> None:
    for sheet in _shown(book):
        sheet.title = f"{sheet.title} {next(words)}"


EDITS = (_blanks, _texts, _answers, _all, _rows, _titles)


def _shown(book: Workbook) -> list[Worksheet]:
    return [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _issued(folder: Path, number: int) -> bytes:
    """A workbook of its own case."""
    description, issued = folder / f"zyqdescribed{number}.toml", folder / f"zyqissued{number}.xlsx"
    description.write_text(DESCRIPTION.replace("-001", f"-00{number}"), encoding="utf-8")
    result = CliRunner().invoke(cli, ["generate", str(description), "-o", str(issued), "--as-at", AS_AT])
    assert result.exit_code == 0, result.output
    return issued.read_bytes()


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of workbooks, each filled in another way, and of files that are none."""
    described, folder = tmp_path_factory.mktemp("described"), tmp_path_factory.mktemp("zyqfolder")
    for number, edit in enumerate(EDITS):
        book = openpyxl.load_workbook(io.BytesIO(_issued(described, number)))
        edit(book, (f"zyq{edit.__name__}{each}" for each in count()))
        book.save(folder / f"zyqfile{edit.__name__}.xlsx")
    (folder / "zyqcut.xlsx").write_bytes(_issued(described, len(EDITS))[:5000])
    (folder / "zyqother.ods").write_bytes(b"PK")
    return folder


def _text_of(path: Path) -> str:
    if path.is_dir():
        return "".join(map(_text_of, sorted(path.iterdir())))
    if path.suffix != ".docx":
        return path.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(path) as package:
        # Word may break a word into runs: without the tags it is whole again.
        return "".join(
            re.sub(r"<[^>]*>", "", package.read(name).decode("utf-8", "replace"))
            for name in package.namelist()
        )


@pytest.mark.parametrize("form", ["html", "md", "csv", "json", "docx"])
def test_nothing_typed_is_in_an_anonymised_report(cases: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / ("tables" if form == "csv" else f"report.{form}")
    options = ["--for", "timeliness", "--anonymise", "--format", form, "-o", str(target), "--as-at", AS_AT]
    CliRunner().invoke(cli, ["report", str(cases), *options], catch_exceptions=False)
    text = _text_of(target)
    assert _CANARY.findall(text) == []
    assert "Review 5" in text
    assert sorted(tmp_path.iterdir()) == [target]


def test_the_canaries_are_where_a_report_finds_them(cases: Path, tmp_path: Path) -> None:
    target = tmp_path / "weekly.html"
    CliRunner().invoke(cli, ["report", str(cases), "--for", "weekly", "-o", str(target), "--as-at", AS_AT])
    assert {"zyqsummary", "zyqname", "ZYQMARKING"} <= set(_CANARY.findall(target.read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", ["weekly", "owners", "maqpag", "qpag", "subgroup"])
def test_no_other_report_can_be_anonymised(cases: Path, tmp_path: Path, kind: str) -> None:
    options = ["--for", kind, "--anonymise", "-o", str(tmp_path / "x.html")]
    assert CliRunner().invoke(cli, ["report", str(cases), *options]).exit_code == 2
    assert not list(tmp_path.iterdir())
