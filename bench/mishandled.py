"""Workbooks that people and programs mishandled, through reconcile, regenerate and LibreOffice's recalculation.

`python bench/mishandled.py FOLDER [report date]`: a line a file with what was reported, what regenerate did, and how
many formulas of the result differ from what LibreOffice counts for the report date.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from click.testing import CliRunner
from office.calc import differences, formula_values, recalculate

from tracker.cli import cli
from tracker.workbook.patch.file import WorkbookFile


def _run(*words: str) -> tuple[int, str, float]:
    start = time.perf_counter()
    result = CliRunner().invoke(cli, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output, time.perf_counter() - start


def _dated(path: Path, target: Path, as_at: date) -> Path:
    """The workbook with the report date typed on sheet Case, so that LibreOffice counts for the same day."""
    try:
        file = WorkbookFile(path.read_bytes())
        place = file.single_cell("Report_date_typed")
        if place is None:
            return path
        file.put(*place, as_at)
        target.write_bytes(file.to_bytes())
    except Exception:  # noqa: BLE001  too damaged to be typed into: it is tried as it is
        return path
    return target


def _recounted(result: Path, folder: Path) -> str:
    """How many formulas LibreOffice counts otherwise on the report date, and how many hold an error."""
    (counted,) = recalculate([result], folder)
    differ = differences(result, counted)
    errors = [cell for cell, value in formula_values(result).items() if str(value).startswith("#")]
    return f"{len(differ)} differ {differ[:2] if differ else ''}, {len(errors)} errors"


def _tried(path: Path, as_at: date) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, result = _dated(path, folder / path.name, as_at), folder / "result.xlsx"
        day = as_at.isoformat()
        code, told, seconds = _run("reconcile", str(path), "--as-at", day)
        reported = sorted(
            {word for word in told.split() if len(word) == 4 and word[0] == "T" and word[1:].isdigit()}
        )
        again, done, more = _run("regenerate", str(path), "-o", str(result), "--as-at", day)
        said = next((line for line in done.splitlines() if line.strip()), "")
        counted = _recounted(result, folder / "counted") if result.exists() else "nothing written"
        codes = " ".join(reported)
        return f"reconcile {code} {codes} ({seconds:.1f} s); regenerate {again} ({more:.1f} s) {said[:60]}; {counted}"


if __name__ == "__main__":
    day = date.fromisoformat(sys.argv[2]) if len(sys.argv) > 2 else date(2026, 11, 19)
    for each in sorted(Path(sys.argv[1]).rglob("*.xlsx")):
        print(f"{each.name}: {_tried(each, day)}", flush=True)
