"""The cached values of a workbook held against LibreOffice's own recalculation.

Example:
    >>> strip_cached_values(made, stripped, {"Case!B20": date(2026, 11, 22)})
    >>> [counted] = recalculate([stripped], tmp_path / "counted")
    >>> assert differences(made, counted) == []
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .edits import Job, edit
from .kept import do_jobs
from .package import (
    MAIN,
    PACKAGE,
    Package,
    address,
    cell_at,
    formula_refs,
    serialised,
    sheet_values,
    split_address,
    type_into,
)
from .program import (
    ProgramError,
    make_profile,
    must_exist,
    need,
    required,
    run,
    soffice_missing,
    uno_missing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lxml import etree  # type: ignore[import-untyped]  # ships no types

__all__ = [
    "Job",
    "ProgramError",
    "cell_values",
    "convert",
    "counted_values",
    "differences",
    "edit",
    "formula_values",
    "needs_soffice",
    "recalculate",
    "soffice_missing",
    "strip_cached_values",
]

_START_SECONDS = 60
_SECONDS_A_FILE = 15
_FILES_A_PROCESS = 100
_TOLERANCE = 1e-9
_KINDS = {".xlsx", ".ods", ".docx"}


# Saves the work before the first call below, each of which skips or fails by itself.
needs_soffice = pytest.mark.skipif(bool(soffice_missing()) and not required(), reason=soffice_missing())


def strip_cached_values(source: Path, target: Path, typed: Mapping[str, object] | None = None) -> None:
    """Copy a workbook without the cached value of any formula, with values typed into some cells.

    Args:
        typed: cell to value, `{"Case!B20": date(2026, 11, 22)}`: text, number, bool, a date (stored as its
            serial number) or None, which empties the cell. The cell keeps its style; a formula in it goes.
    """
    book = Package.read(source)
    parts = book.sheet_parts()
    wanted: dict[str, dict[str, object]] = {}
    for cell, value in (typed or {}).items():
        sheet, ref = split_address(cell)
        if sheet not in parts:
            raise ValueError(f"{source.name} has no sheet {sheet!r}; it has {', '.join(parts)}")
        wanted.setdefault(sheet, {})[ref] = value
    for name, part in parts.items():
        root = book.tree(part)
        _strip(root)
        for ref, value in wanted.get(name, {}).items():
            type_into(cell_at(root, ref), value, date1904=book.date1904())
        book.parts[part] = serialised(root)
    _drop_calc_chain(book)
    book.write(target)


def _strip(sheet: etree._Element) -> None:
    formulas = set(formula_refs(sheet))
    for cell in sheet.iter(f"{MAIN}c"):
        if cell.get("r") in formulas:
            cell.attrib.pop("t", None)
            for stored in cell.findall(f"{MAIN}v"):
                cell.remove(stored)


def _drop_calc_chain(book: Package) -> None:
    """Without values the chain may name cells that are no formulas any more."""
    if book.parts.pop("xl/calcChain.xml", None) is None:
        return
    for part, tag, attribute in (
        ("xl/_rels/workbook.xml.rels", f"{PACKAGE}Relationship", "Target"),
        ("[Content_Types].xml", "{*}Override", "PartName"),
    ):
        root = book.tree(part)
        for entry in root.findall(tag):
            if entry.get(attribute).endswith("calcChain.xml"):
                root.remove(entry)
        book.parts[part] = serialised(root)


def recalculate(paths: Sequence[Path], out: Path) -> list[Path]:
    """Let LibreOffice count every formula anew and save the workbooks in `out`, under their names."""
    return convert(paths, out, "xlsx", "Calc MS Excel 2007 XML")


def counted_values(paths: Sequence[Path]) -> list[dict[str, object]]:
    """What LibreOffice shows in every cell of the workbooks after it has counted every formula anew.

    As `cell_values` of what `recalculate` saves, without the saving and the reading of the file.
    """
    need(uno_missing())
    jobs = [{"open": str(path.resolve()), "filter": "none", "edits": [{"op": "values"}]} for path in paths]
    results = do_jobs(jobs, recalculate=True)
    if errors := [f"{result['open']}: {error}" for result in results for error in result["errors"]]:
        raise ProgramError("\n".join(errors))
    return [result["read"] for result in results]


def convert(paths: Sequence[Path], out: Path, suffix: str, export_filter: str) -> list[Path]:
    """Convert workbooks in as few soffice processes as is safe; every formula is counted on opening."""
    need(soffice_missing())
    targets = [out / f"{path.stem}.{suffix}" for path in paths]
    if alike := [name for name, count in Counter(target.name for target in targets).items() if count > 1]:
        raise ValueError(f"these names would overwrite each other in {out}: {', '.join(alike)}")
    if {path.resolve() for path in paths} & {target.resolve() for target in targets}:
        raise ValueError(f"{out} holds the originals, which would be overwritten")
    out.mkdir(parents=True, exist_ok=True)
    for target in targets:
        target.unlink(missing_ok=True)
    for start in range(0, len(paths), _FILES_A_PROCESS):
        here = slice(start, start + _FILES_A_PROCESS)
        _convert_batch(paths[here], targets[here], f"{suffix}:{export_filter}")
    return targets


def _convert_batch(paths: Sequence[Path], targets: Sequence[Path], to: str) -> None:
    """By the LibreOffice that is kept; what has no kind of its own, by one that guesses it as the command line does."""
    if {path.suffix for path in paths} <= _KINDS:
        jobs = [
            {"open": str(path.resolve()), "save": str(target.resolve()), "filter": to.partition(":")[2]}
            for path, target in zip(paths, targets, strict=True)
        ]
        results = do_jobs(jobs, recalculate=True)
        must_exist(targets, "\n".join(error for result in results for error in result["errors"]))
        return
    with tempfile.TemporaryDirectory(prefix="soffice-", ignore_cleanup_errors=True) as folder:
        profile = make_profile(Path(folder), recalculate=True)
        printed = run(
            [
                "soffice",
                profile,
                "--headless",
                "--norestore",
                "--convert-to",
                to,
                "--outdir",
                targets[0].parent,
                *paths,
            ],
            seconds=_START_SECONDS + _SECONDS_A_FILE * len(paths),
        )
    must_exist(targets, printed)


def formula_values(path: Path) -> dict[str, object]:
    """The cached value of every formula cell: `{"SIN!F12": 46335, "'Rapid Review'!A7": "Overdue"}`.

    Numbers are rounded to nine places, dates are their serial numbers, errors their text ("#N/A"), and an
    empty text and a missing value are both "". All cells of an array formula's range count.
    """
    book = Package.read(path)
    strings = book.shared_strings()
    found: dict[str, object] = {}
    for name, sheet in book.sheets():
        values = sheet_values(sheet, strings)
        found |= {address(name, ref): values.get(ref, "") for ref in formula_refs(sheet)}
    return found


def cell_values(path: Path, cells: Iterable[str]) -> dict[str, object]:
    """The values of the cells named, whether formulas or not, in the terms of `formula_values`."""
    book = Package.read(path)
    strings = book.shared_strings()
    held = {
        address(name, ref): value
        for name, sheet in book.sheets()
        for ref, value in sheet_values(sheet, strings).items()
    }
    return {cell: held.get(address(*split_address(cell)), "") for cell in cells}


def differences(
    original: Path, recalculated: Path | Mapping[str, object]
) -> list[tuple[str, object, object]]:
    """The formula cells of `original` whose cached value is wrong, as (cell, cached, recalculated)."""
    cached = formula_values(original)
    counted = cell_values(recalculated, cached) if isinstance(recalculated, Path) else recalculated
    pairs = [(cell, value, counted.get(cell, "")) for cell, value in cached.items()]
    return [each for each in pairs if not _same(*each[1:])]


def _same(cached: object, counted: object) -> bool:
    if isinstance(cached, int | float) and isinstance(counted, int | float):
        return abs(cached - counted) <= _TOLERANCE * max(1.0, abs(cached))
    return cached == counted
