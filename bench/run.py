"""Every target of docs/performance.md, as ratios measured in one run: `make bench`; to 5,000: `make bench-full`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from folder import Folder, Trackers, curve, growth_rows
from measure import Row, cores
from one import rows
from page import CURVE, ROOT, curve_table, machine, put, svg, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIZES = (100, 500, 2000)
FULL = (100, 500, 1000, 2000, 3500, 5000)
LIVE = 40
"""Workbooks of live cases that a partnership really has."""


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to 5,000 workbooks, with the curve")
    parser.add_argument("--only", choices=("one", "folder", "growth"), help="a part of the table alone")
    parser.add_argument("--sizes", help="sizes of the growth, such as 20,50")
    parser.add_argument("--workbooks", type=int, default=500, help="workbooks of the report")
    parser.add_argument("--rounds", type=int, default=0, help="rounds of every row (else 15, of folders 3)")
    parser.add_argument("--trackers", type=Path, help="keep the trackers in this folder for another run")
    parser.add_argument(
        "--print", action="store_true", dest="only_print", help="leave docs/performance.md alone"
    )
    return parser.parse_args()


def _printed(rows: Iterable[Row]) -> list[Row]:
    """The rows, each printed on standard error as soon as it is measured."""
    found = []
    for row in rows:
        value = "" if row.value is None else f"{row.value:.2f}"
        target = "" if row.at_most is None else f"({row.at_most:g})"
        line = f"{value:>8} {target:>7}  {row.what}: {row.ours} | {row.against}"
        print(line, file=sys.stderr, flush=True)
        found.append(row)
    return found


def _sizes(asked: argparse.Namespace) -> Sequence[int]:
    if asked.sizes:
        return [int(each) for each in asked.sizes.split(",")]
    return FULL if asked.full else SIZES


def main() -> None:
    asked, facts = _asked(), machine()
    # openpyxl warns of print areas in every workbook; its words are no part of what is measured.
    warnings.simplefilter("ignore")
    sizes, points, found = _sizes(asked), [], []
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        most = max(*sizes, asked.workbooks) if asked.only != "folder" else asked.workbooks
        trackers = Trackers(asked.trackers or scratch / "trackers", most, cores())
        few = asked.rounds or 3
        if asked.only in {None, "one"}:
            found += _printed(rows(ROOT, scratch, asked.rounds or 15))
        if asked.only in {None, "folder"}:
            folder = Folder(trackers.folder(asked.workbooks, "weekly"), scratch)
            found += _printed(folder.rows(f"{asked.workbooks} workbooks", few, 0.45, 1.25))
            (scratch / "live").mkdir()
            live = Folder(trackers.live(LIVE), scratch / "live")
            found += _printed(live.rows(f"{LIVE} live workbooks", 2 * few, 0.65))
        if asked.only in {None, "growth"}:
            points = curve(trackers, sizes, scratch, few)
            found += _printed(growth_rows(points))
    print(table(found, facts))
    if points:
        print(curve_table(points, facts))
    if asked.only_print or asked.only:
        return
    put("bench", table(found, facts))
    if asked.full:
        put("curve", curve_table(points, facts))
        CURVE.write_text(svg(points), "utf-8")


if __name__ == "__main__":
    main()
