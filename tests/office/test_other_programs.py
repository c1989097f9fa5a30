"""After regenerate every formula of ours holds what LibreOffice counts, whatever program saved the workbook before."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from typing import TYPE_CHECKING

import pytest
from reconcile.editing import EARLY
from regenerate.running import regenerated, typed

from office.calc import convert, differences, formula_values, needs_soffice, recalculate
from office.program import required

if TYPE_CHECKING:
    from pathlib import Path

EDITS: dict[str, object] = {
    "SIN!H4": date(2026, 11, 3), "SIN!K5": "In progress", "SIN!G6": date(2026, 11, 27),
    "SIN!M6": "Chair away", "SIN!L7": 'They will reply "soon", see <3>', "Rapid Review!H4": date(2026, 11, 10),
    "LCSPR!K4": "Not applicable", "People!B5": "B. Example", "Case!B12": EARLY,
}  # fmt: skip
"""Nine edits; the last is the report date, so that LibreOffice counts for the same day."""


def _through(kind: str, path: Path) -> Path:
    """The workbook as a program saves it."""
    folder = path.parent
    if kind == "openpyxl":
        return path
    if kind == "LibreOffice":
        return convert([path], folder / kind, "xlsx", "Calc MS Excel 2007 XML")[0]
    if kind == "ODS":
        (between,) = convert([path], folder / kind, "ods", "calc8")
        return convert([between], folder / kind, "xlsx", "Calc MS Excel 2007 XML")[0]
    found = shutil.which("ssconvert")
    if found is None and not required():
        pytest.skip("no ssconvert (Gnumeric) here")
    assert found, "Gnumeric is not installed"
    target = folder / "gnumeric.xlsx"
    command = [found, "--export-type=Gnumeric_Excel:xlsx2", str(path), str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target


@needs_soffice
@pytest.mark.parametrize("kind", ["openpyxl", "LibreOffice", "ODS"])
def test_every_formula_holds_what_libreoffice_counts(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "edited.xlsx"
    path.write_bytes(typed(EDITS))
    run = regenerated(_through(kind, path).read_bytes())
    result = tmp_path / "result.xlsx"
    result.write_bytes(run.content)
    (counted,) = recalculate([result], tmp_path / "counted")
    assert differences(result, counted)[:5] == []
    errors = {cell: value for cell, value in formula_values(result).items() if str(value).startswith("#")}
    assert errors == {}


def test_formulas_come_back_after_gnumeric_and_hold_the_same_values(tmp_path: Path) -> None:
    """LibreOffice 7.4 does not take up the tables of this file yet, so it is held against the file before."""
    path = tmp_path / "edited.xlsx"
    path.write_bytes(typed(EDITS))
    expected = tmp_path / "expected.xlsx"
    expected.write_bytes(regenerated(path.read_bytes()).content)
    result = tmp_path / "result.xlsx"
    result.write_bytes(regenerated(_through("Gnumeric", path).read_bytes()).content)
    found, wanted = formula_values(result), formula_values(expected)
    assert {
        cell: (found.get(cell), value) for cell, value in wanted.items() if found.get(cell) != value
    } == {}
