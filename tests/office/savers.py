"""Workbooks as other programs save them after somebody typed into them: nothing of the product is in between."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .calc import convert
from .program import missing, run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NPM = Path(__file__).parent / "npm"
LIBRARIES = ("exceljs", "xlsx", "xlsx-populate")
"""Libraries of JavaScript, each of which types and saves by itself."""

PROGRAMS = ("openpyxl", "LibreOffice", "ODS", "Gnumeric", *LIBRARIES)


def absent(program: str) -> str:
    """Why a program cannot be run, or ""."""
    if program == "Gnumeric":
        return missing("ssconvert", "gnumeric")
    if program in LIBRARIES:
        here = (NPM / "node_modules" / program).is_dir()
        return missing("node", "nodejs") or (
            "" if here else f"{program} is not installed (npm install in {NPM})"
        )
    return ""


def saved_by(
    program: str, folder: Path, content: bytes, edits: Mapping[str, date | str], typed: Callable[[], bytes]
) -> Path:
    """A workbook with edits as a program saves it; `typed` gives it with the edits as openpyxl saves it."""
    path = folder / "edited.xlsx"
    if program in LIBRARIES:
        path.write_bytes(content)
        return _through_npm(program, path, edits)
    path.write_bytes(typed())
    if program == "openpyxl":
        return path
    if program == "Gnumeric":
        target = folder / "gnumeric.xlsx"
        run(["ssconvert", "--export-type=Gnumeric_Excel:xlsx2", path, target], seconds=120)
        return target
    if program == "ODS":
        (path,) = convert([path], folder / "between", "ods", "calc8")
    return convert([path], folder / program, "xlsx", "Calc MS Excel 2007 XML")[0]


def _through_npm(library: str, path: Path, edits: Mapping[str, date | str]) -> Path:
    cells = [
        [*cell.split("!"), {"date": value.isoformat()} if isinstance(value, date) else value]
        for cell, value in edits.items()
    ]
    target = path.with_name(f"{library}.xlsx")
    run(["node", NPM / "save.js", library, path, target, json.dumps(cells)], seconds=120)
    return target
