"""After regenerate every formula of ours holds what LibreOffice counts, whatever program saved the workbook before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from reconcile.editing import EARLY
from regenerate.running import regenerated, small, state_of, typed

from office.calc import cell_values, differences, formula_values, needs_soffice, recalculate
from office.package import serial
from office.program import need
from office.savers import PROGRAMS, absent, saved_by

if TYPE_CHECKING:
    from pathlib import Path

EDITS: dict[str, date | str] = {
    "SIN!H4": date(2026, 11, 3), "SIN!K5": "In progress", "SIN!G6": date(2026, 11, 27),
    "SIN!M6": "Chair away", "SIN!L7": 'They will reply "soon", see <3>', "Rapid Review!H4": date(2026, 11, 10),
    "LCSPR!K4": "Not applicable", "People!B5": "B. Example", "Case!B3": EARLY,
}  # fmt: skip
"""Nine edits; the last is the report date, so that LibreOffice counts for the same day."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What each program that is here saved."""
    here = [program for program in PROGRAMS if not absent(program)]
    return {
        program: saved_by(
            program, tmp_path_factory.mktemp("saved"), small(), EDITS, lambda: typed(EDITS)
        ).read_bytes()
        for program in here
    }


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
    need(absent(program))
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
