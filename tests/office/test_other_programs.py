"""After regenerate every formula of ours holds what LibreOffice counts, whatever program saved the workbook before."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from reconcile.editing import EARLY
from regenerate.running import regenerated, small, state_of, typed

from office.calc import cell_values, convert, differences, formula_values, needs_soffice, recalculate
from office.package import serial
from office.program import missing, need, run

NPM = Path(__file__).parent / "npm"
LIBRARIES = ("exceljs", "xlsx", "xlsx-populate")
"""Libraries of JavaScript, each of which types and saves by itself."""

PROGRAMS = ("openpyxl", "LibreOffice", "ODS", "Gnumeric", *LIBRARIES)

EDITS: dict[str, date | str] = {
    "SIN!H4": date(2026, 11, 3), "SIN!K5": "In progress", "SIN!G6": date(2026, 11, 27),
    "SIN!M6": "Chair away", "SIN!L7": 'They will reply "soon", see <3>', "Rapid Review!H4": date(2026, 11, 10),
    "LCSPR!K4": "Not applicable", "People!B5": "B. Example", "Case!B3": EARLY,
}  # fmt: skip
"""Nine edits; the last is the report date, so that LibreOffice counts for the same day."""


def _absent(program: str) -> str:
    """Why a program cannot be run, or ""."""
    if program == "Gnumeric":
        return missing("ssconvert", "gnumeric")
    if program in LIBRARIES:
        here = (NPM / "node_modules" / program).is_dir()
        return missing("node", "nodejs") or (
            "" if here else f"{program} is not installed (npm install in {NPM})"
        )
    return ""


def _saved_by(program: str, folder: Path) -> Path:
    """The small workbook with the nine edits as a program saves it."""
    path = folder / "edited.xlsx"
    if program in LIBRARIES:
        path.write_bytes(small())
        return _through_npm(program, path)
    path.write_bytes(typed(EDITS))
    if program == "openpyxl":
        return path
    if program == "Gnumeric":
        target = folder / "gnumeric.xlsx"
        run(["ssconvert", "--export-type=Gnumeric_Excel:xlsx2", path, target], seconds=120)
        return target
    if program == "ODS":
        (path,) = convert([path], folder / "between", "ods", "calc8")
    return convert([path], folder / program, "xlsx", "Calc MS Excel 2007 XML")[0]


def _through_npm(library: str, path: Path) -> Path:
    edits = [
        [*cell.split("!"), {"date": value.isoformat()} if isinstance(value, date) else value]
        for cell, value in EDITS.items()
    ]
    target = path.with_name(f"{library}.xlsx")
    run(["node", NPM / "save.js", library, path, target, json.dumps(edits)], seconds=120)
    return target


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What each program that is here saved."""
    here = [program for program in PROGRAMS if not _absent(program)]
    return {program: _saved_by(program, tmp_path_factory.mktemp("saved")).read_bytes() for program in here}


@pytest.fixture(scope="module")
def counted(
    saved: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, Path]]:
    """What regenerate makes of each file, and the same as one LibreOffice counts it."""
    folder = tmp_path_factory.mktemp("regenerated")
    results = {program: folder / f"{program}.xlsx" for program in saved}
    for program, path in results.items():
        path.write_bytes(regenerated(saved[program]).content)
    pairs = zip(results.values(), recalculate(list(results.values()), folder / "counted"), strict=True)
    return dict(zip(results, pairs, strict=True))


@needs_soffice
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_formula_holds_what_libreoffice_counts(
    program: str, saved: dict[str, bytes], counted: dict[str, tuple[Path, Path]]
) -> None:
    need(_absent(program))
    problems = state_of(saved[program]).problems
    assert [(each.place, each.code) for each in problems if each.code.startswith("T1")] == []

    result, as_counted = counted[program]
    assert cell_values(result, EDITS) == {
        cell: serial(value) if isinstance(value, date) else value for cell, value in EDITS.items()
    }
    assert differences(result, as_counted)[:5] == []
    errors = {cell: value for cell, value in formula_values(result).items() if str(value).startswith("#")}
    assert errors == {}
    assert regenerated(result.read_bytes()).codes == []
