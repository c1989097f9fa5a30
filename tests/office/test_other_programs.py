"""After regenerate every formula of ours holds what LibreOffice counts, whatever program saved the workbook before."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from reconcile.editing import EARLY
from regenerate.running import regenerated, small, typed

from office.calc import cell_values, convert, differences, formula_values, needs_soffice, recalculate
from office.package import serial
from office.program import need

if TYPE_CHECKING:
    from collections.abc import Callable

EDITS: dict[str, date | str] = {
    "SIN!H4": date(2026, 11, 3), "SIN!K5": "In progress", "SIN!G6": date(2026, 11, 27),
    "SIN!M6": "Chair away", "SIN!L7": 'They will reply "soon", see <3>', "Rapid Review!H4": date(2026, 11, 10),
    "LCSPR!K4": "Not applicable", "People!B5": "B. Example", "Case!B12": EARLY,
}  # fmt: skip
"""Nine edits; the last is the report date, so that LibreOffice counts for the same day."""

NPM = Path(__file__).parent / "npm"


def _by_openpyxl(folder: Path) -> Path:
    path = folder / "openpyxl.xlsx"
    path.write_bytes(typed(dict(EDITS)))
    return path


def _by_libreoffice(folder: Path, between: str = "") -> Path:
    path = _by_openpyxl(folder)
    if between:
        (path,) = convert([path], folder / between, between, "calc8")
    return convert([path], folder / "saved", "xlsx", "Calc MS Excel 2007 XML")[0]


def _by_gnumeric(folder: Path) -> Path:
    program = shutil.which("ssconvert")
    need("" if program else "ssconvert is not installed (Debian package gnumeric)")
    target = folder / "gnumeric.xlsx"
    command = [str(program), "--export-type=Gnumeric_Excel:xlsx2", str(_by_openpyxl(folder)), str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target


def _by_node(program: str, folder: Path) -> Path:
    """The edits made by the program itself."""
    node = shutil.which("node")
    installed = (NPM / "node_modules" / program).exists()
    need("" if node else "node is not installed (Debian package nodejs)")
    need("" if installed else f"{program} is not installed (npm install in tests/office/npm)")
    source, target = folder / "issued.xlsx", folder / "saved.xlsx"
    source.write_bytes(small())
    edits = {
        cell: {"date": value.isoformat()} if isinstance(value, date) else {"text": value}
        for cell, value in EDITS.items()
    }
    command = [str(node), str(NPM / "save.js"), program, str(source), str(target), json.dumps(edits)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target


PROGRAMS: dict[str, Callable[[Path], Path]] = {
    "openpyxl": _by_openpyxl,
    "LibreOffice": _by_libreoffice,
    "LibreOffice, as ODS between": partial(_by_libreoffice, between="ods"),
    "Gnumeric": _by_gnumeric,
    "exceljs": partial(_by_node, "exceljs"),
    "SheetJS": partial(_by_node, "xlsx"),
    "xlsx-populate": partial(_by_node, "xlsx-populate"),
}


@needs_soffice
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_formula_holds_what_libreoffice_counts_and_no_edit_is_lost(
    program: str, tmp_path: Path
) -> None:
    run = regenerated(PROGRAMS[program](tmp_path).read_bytes())
    result = tmp_path / "result.xlsx"
    result.write_bytes(run.content)
    (counted,) = recalculate([result], tmp_path / "counted")
    assert differences(result, counted)[:5] == []
    assert [value for value in formula_values(result).values() if str(value).startswith("#")] == []
    expected = {cell: serial(each) if isinstance(each, date) else each for cell, each in EDITS.items()}
    assert cell_values(result, EDITS) == expected
    assert not regenerated(run.content).done.changed
